//! `/evidence-trail/{start}/{id}`: the trail of one item, from mentions to reports or back, or a choice of items.

use leptos::prelude::*;
use uuid::Uuid;

use super::TrailStart;
use super::collect::{EvidenceTrail, TrailPerson, collect, items};
use crate::access::account::Permission;
use crate::access::page::{PageContext, page};
use crate::follow_up::heard::{Heard, SourceNote};
use crate::kernel::clock::long_date;
use crate::kernel::ids::HeardId;
use crate::listening::author::network_label;
use crate::ui::{Empty, Help, PageHead, SegBadge, StateBadge, Tone, count, param, query, quoted};

/// `/evidence-trail/{start}/{id}`.
pub fn trail() -> impl IntoView {
    let (start, id) = (param::<TrailStart>("start"), param::<Uuid>("id"));
    page("Evidence trail", Permission::SeeTrail, move |cx: PageContext| async move {
        let (start, id) = (start?, id?);
        let mut tx = cx.db.read().await?;
        let found = items(&mut tx, start, id).await?;
        Ok(match found.as_slice() {
            [] => empty(start).into_any(),
            [only] => {
                let trail = collect(&mut tx, only.id).await?;
                around(&trail).into_any()
            }
            _ => several(start, &found).into_any(),
        })
    })
}

fn empty(start: TrailStart) -> impl IntoView {
    view! {
        <PageHead title="Evidence trail" crumbs=vec![("/heard".into(), "Follow-up board".into())]/>
        <section class="card">
            <Empty title=format!("This {} is not part of an item yet", start.label()) text="An evidence trail starts once a note from a panel day is grouped into an item.">
                <a class="btn" href="/heard">"Follow-up board"</a>
            </Empty>
        </section>
    }
}

fn several(start: TrailStart, found: &[Heard]) -> impl IntoView + use<> {
    let things = count(i64::try_from(found.len()).unwrap_or(i64::MAX), "item", "items");
    let rows = found
        .iter()
        .map(|item| view! { <li><a dir="auto" href=format!("/evidence-trail/heard/{}", item.id)>{format!("{}. {}", item.number, item.text)}</a></li> })
        .collect::<Vec<_>>();
    view! {
        <PageHead title=format!("{things} from this {}", start.label()) sub="Choose an item to see its evidence trail." crumbs=vec![("/heard".into(), "Follow-up board".into())]/>
        <section class="card pad"><ul class="plain stack">{rows}</ul></section>
    }
}

fn around(trail: &EvidenceTrail) -> impl IntoView + use<> {
    let item = &trail.item;
    let (people, notes) = (trail.people.len(), trail.notes.len());
    let authors = trail.people.iter().filter(|person| person.author.is_some()).count();
    let sub = format!(
        "{} · {} · {} · {}",
        counted(authors, "author", "authors"),
        counted(people, "panelist", "panelists"),
        counted(notes, "note", "notes"),
        counted(trail.reports.len(), "report", "reports")
    );
    let mut steps = vec![
        step("Mentions", trail.people.iter().map(mentions).collect(), "No supporter of this item is linked to a mention."),
        step(
            "Panelists",
            trail.people.iter().map(|person| panelist_view(person, &trail.notes)).collect(),
            "The notes of this item name no panelist.",
        ),
        step("Notes", trail.notes.iter().map(|note| note_view(note, trail)).collect(), "The notes of this item were withdrawn."),
        step("We heard", item_view(trail), ""),
        step("Answers", responses(trail), "No answer yet."),
        step("Reports", reports(trail), "Not in a report yet."),
        step("Panelists’ reactions", answers(trail), "No reactions yet."),
    ];
    let here = format!("/evidence-trail/heard/{}", item.id);
    let turn = if query("order").as_deref() == Some("report-first") {
        steps.reverse();
        (here, "Start from mentions")
    } else {
        (format!("{here}?order=report-first"), "Start from reports")
    };
    view! {
        <PageHead title="Evidence trail" sub crumbs=vec![("/heard".into(), "Follow-up board".into()), (format!("/heard/{}", item.id), format!("Item {}", item.number))]>
            <Help term="evidence trail"/>
            <a class="btn" href=turn.0>{turn.1}</a>
        </PageHead>
        <section class="card pad"><ol class="trail">{steps}</ol></section>
    }
}

fn item_view(trail: &EvidenceTrail) -> Vec<AnyView> {
    let item = &trail.item;
    let mut parts =
        vec![view! { <p><q class="quote" dir="auto"><a href=format!("/heard/{}", item.id)>{item.text.clone()}</a></q></p> }.into_any()];
    for merged in &trail.merged {
        let words = format!("Item {} was merged into this item: “{}”", merged.number, merged.text);
        parts.push(view! { <p><small><a href=format!("/heard/{}", merged.id) dir="auto">{words}</a></small></p> }.into_any());
    }
    parts
}

fn counted(n: usize, one: &str, many: &str) -> String {
    count(i64::try_from(n).unwrap_or(i64::MAX), one, many)
}

/// One step; its mark is hollow while it is empty.
fn step(title: &'static str, parts: Vec<AnyView>, empty: &'static str) -> AnyView {
    let nothing = parts.is_empty();
    let body =
        if nothing { view! { <p class="dim">{empty}</p> }.into_any() } else { view! { <div class="stack">{parts}</div> }.into_any() };
    view! { <li class:done=!nothing><h2>{title}</h2>{body}</li> }.into_any()
}

fn mentions(person: &TrailPerson) -> AnyView {
    let Some(author) = &person.author else {
        return view! { <p><small>{format!("{} is not linked to an author.", person.panelist.name)}</small></p> }.into_any();
    };
    let rows = person
        .mentions
        .iter()
        .map(|mention| {
            let day = long_date(mention.mention.day);
            view! { <li><q class="quote" dir="auto">{mention.mention.text.clone()}</q> <small>" " <a href=format!("/mentions/{}", mention.mention.id)><time>{day}</time></a></small></li> }
        })
        .collect::<Vec<_>>();
    let linked = person
        .linked
        .iter()
        .map(|other| {
            let network = format!(" on {}, confirmed identity link", network_label(&other.network));
            view! { <p><small>"Also "</small> <a href=format!("/authors/{}", other.id) dir="auto">{other.shown()}</a> <small>{network}</small></p> }
        })
        .collect::<Vec<_>>();
    view! {
        <div>
            <p><a href=format!("/authors/{}", author.id) dir="auto">{author.shown()}</a> <small>{format!(" on {} · {}", network_label(&author.network), count(author.mentions, "mention", "mentions"))}</small></p>
            {linked}
            <ul class="plain stack">{rows}</ul>
            <p><small><a href=format!("/evidence-trail/author/{}", author.id)>"All items of this author"</a></small></p>
        </div>
    }
    .into_any()
}

fn panelist_view(person: &TrailPerson, notes: &[SourceNote]) -> AnyView {
    let panelist = &person.panelist;
    let spoken = notes.iter().filter(|note| note.panelist_id == Some(panelist.id)).count();
    let found = person.author.as_ref().map_or_else(String::new, |author| format!(" · author {}", author.shown()));
    view! {
        <p>
            <a href=format!("/evidence-trail/panelist/{}", panelist.id) dir="auto">{panelist.name.clone()}</a>
            " " <SegBadge class=panelist.segment.as_str() label=panelist.segment.label()/>
            <small dir="auto">{format!(" · {} · {}{found}", panelist.state().label().to_lowercase(), counted(spoken, "note", "notes"))}</small>
        </p>
    }
    .into_any()
}

fn note_view(note: &SourceNote, trail: &EvidenceTrail) -> AnyView {
    view! {
        <div>
            <p><q class="quote" dir="auto">{note.text.clone()}</q></p>
            <p>
                <small dir="auto">
                    {format!("{}, {} · ", note.speaker, note.kind.label())}
                    <a href=format!("/sessions/{}#note-{}", note.session_id, note.note_id)>{note.session_title.clone()}</a>
                    {format!(" · {}", trail.on(note.at))}
                </small>
            </p>
        </div>
    }
    .into_any()
}

/// Versions, deliveries and reopenings, in the order in which they happened.
fn responses(trail: &EvidenceTrail) -> Vec<AnyView> {
    let on = |at| trail.on(at);
    let mut events = Vec::new();
    for version in &trail.versions {
        let at = version.published_at.unwrap_or(version.drafted_at);
        let due = version.due.map(|due| format!(" · due {}", long_date(due))).unwrap_or_default();
        let reason = version.change_reason.as_ref().map(|reason| format!(" · reason for the change: {reason}")).unwrap_or_default();
        let small = format!("Version {}, {}{due}{reason}", version.number, version.stage().label());
        let label = version.kind.label();
        let text = version.text.clone();
        let look = if version.published_at.is_some() { "reply" } else { "reply draft" };
        events.push((
            at,
            view! { <div class=look><b>{label}</b><span dir="auto">{text}</span><small dir="auto">{small} " · " <time>{on(at)}</time></small></div> }
                .into_any(),
        ));
    }
    for delivery in &trail.deliveries {
        let at = delivery.confirmed_at.unwrap_or(delivery.claimed_at);
        let (tone, label) = if delivery.confirmed_at.is_some() {
            (Tone::Good, "delivered, confirmed")
        } else {
            (Tone::Warn, "delivered, waiting for confirmation")
        };
        let evidence = delivery.evidence.clone();
        events.push((
            at,
            view! { <p><StateBadge tone label/> " " <bdi>{evidence}</bdi> <small>" · " <time>{on(at)}</time></small></p> }.into_any(),
        ));
    }
    for event in &trail.events {
        let words = quoted(&event.reason).unwrap_or_else(|| "without a comment".into());
        let at = event.at;
        events.push((
            at,
            view! { <p><StateBadge tone=Tone::Bad label=event.kind.label()/> " " <bdi>{words}</bdi> <small>" · " <time>{on(at)}</time></small></p> }
                .into_any(),
        ));
    }
    events.sort_by_key(|(at, _)| *at);
    events.into_iter().map(|(_, view)| view).collect()
}

fn reports(trail: &EvidenceTrail) -> Vec<AnyView> {
    let heard: HeardId = trail.item.id;
    trail.reports
        .iter()
        .map(|report| {
            let edge = report.document.items.iter().find(|item| item.heard_id == heard).map(|item| item.edge(report.document.locale(), report.document.finalised_on)).unwrap_or_default();
            let day = format!("{}, {}", report.document.day.title, long_date(report.document.finalised_on));
            view! { <p><a href=format!("/reports/{}", report.id)>{format!("Report {}", report.number)}</a> <small dir="auto">{format!(" · {day} · {edge}")}</small></p> }.into_any()
        })
        .collect()
}

fn answers(trail: &EvidenceTrail) -> Vec<AnyView> {
    trail
        .answers
        .iter()
        .map(|answer| {
            let known = trail.people.iter().find(|person| person.panelist.id == answer.panelist_id);
            let who = known.map_or_else(|| "Another panelist".to_owned(), |person| person.panelist.name.clone());
            let remark = if answer.remark.is_empty() { String::new() } else { format!(": “{}”", answer.remark) };
            let words = format!("{who}: {}{remark}", answer.answer.label().to_lowercase());
            view! { <p dir="auto">{words} <small>" · " <time>{trail.on(answer.at)}</time></small></p> }.into_any()
        })
        .collect()
}
