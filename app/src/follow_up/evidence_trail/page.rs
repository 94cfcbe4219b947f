//! `/evidence-trail/{start}/{id}`: the trail around one item, or the choice of items where several are reached.

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
use crate::ui::{Empty, PageHead, SegBadge, StateBadge, Tone, count, param, quoted};

/// `/evidence-trail/{start}/{id}`.
pub fn trail() -> impl IntoView {
    let (start, id) = (param::<TrailStart>("start"), param::<Uuid>("id"));
    page("Trail", Permission::SeeTrail, move |cx: PageContext| async move {
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
        <PageHead title="Trail" crumbs=vec![("/heard".into(), "What we heard".into())]/>
        <section class="card">
            <Empty title=format!("This {} has not been heard in an item yet", start.label()) text="Somebody has to come to a panel and say it, and the note has to become an item, before there is a trail to walk."/>
        </section>
    }
}

fn several(start: TrailStart, found: &[Heard]) -> impl IntoView + use<> {
    let things = count(i64::try_from(found.len()).unwrap_or(i64::MAX), "item", "items");
    let rows = found
        .iter()
        .map(|item| view! { <li><a href=format!("/evidence-trail/heard/{}", item.id)>{format!("{}. {}", item.number, item.text)}</a></li> })
        .collect::<Vec<_>>();
    view! {
        <PageHead title=format!("{things} from this {}", start.label()) sub="Choose one to walk its trail." crumbs=vec![("/heard".into(), "What we heard".into())]/>
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
    view! {
        <PageHead title="From mentions to promises" sub crumbs=vec![("/heard".into(), "What we heard".into()), (format!("/heard/{}", item.id), format!("Item {}", item.number))]/>
        <section class="card pad">
            <ol class="trail">
                {step("What they posted", trail.people.iter().map(mentions).collect(), "Nobody behind this item was found by their mentions.")}
                {step("Who came", trail.people.iter().map(|person| panelist_view(person, &trail.notes)).collect(), "No panelist is named in the notes of this item.")}
                {step("What they said", trail.notes.iter().map(|note| note_view(note, trail)).collect(), "The notes of this item were withdrawn.")}
                <li class="done">
                    <h2>"We heard"</h2>
                    <p><q class="quote"><a href=format!("/heard/{}", item.id)>{item.text.clone()}</a></q></p>
                    {trail.merged.iter().map(|merged| view! { <p><small>{format!("It took in item {}: “{}”", merged.number, merged.text)}</small></p> }).collect::<Vec<_>>()}
                </li>
                {step("What was answered", responses(trail), "There is no answer yet.")}
                {step("Which reports told it", reports(trail), "No report has told it yet.")}
                {step("What they made of it", answers(trail), "Nobody has answered the reply yet.")}
            </ol>
        </section>
    }
}

fn counted(n: usize, one: &str, many: &str) -> String {
    count(i64::try_from(n).unwrap_or(i64::MAX), one, many)
}

/// One step of the way; hollow while there is nothing.
fn step(title: &'static str, parts: Vec<AnyView>, empty: &'static str) -> AnyView {
    let nothing = parts.is_empty();
    let body =
        if nothing { view! { <p class="dim">{empty}</p> }.into_any() } else { view! { <div class="stack">{parts}</div> }.into_any() };
    view! { <li class:done=!nothing><h2>{title}</h2>{body}</li> }.into_any()
}

fn mentions(person: &TrailPerson) -> AnyView {
    let Some(author) = &person.author else {
        return view! { <p><small>{format!("{} was not found by mentions.", person.panelist.name)}</small></p> }.into_any();
    };
    let rows = person
        .mentions
        .iter()
        .map(|mention| {
            let day = long_date(mention.mention.day);
            view! { <li><q class="quote">{mention.mention.text.clone()}</q> <small>" " <time>{day}</time></small></li> }
        })
        .collect::<Vec<_>>();
    let linked = person
        .linked
        .iter()
        .map(|other| {
            let network = format!(" on {}, by a confirmed link", network_label(&other.network));
            view! { <p><small>"Also "</small> <a href=format!("/authors/{}", other.id)>{other.shown()}</a> <small>{network}</small></p> }
        })
        .collect::<Vec<_>>();
    view! {
        <div>
            <p><a href=format!("/authors/{}", author.id)>{author.shown()}</a> <small>{format!(" on {} · {}", network_label(&author.network), count(author.mentions, "mention", "mentions"))}</small></p>
            {linked}
            <ul class="plain stack">{rows}</ul>
            <p><small><a href=format!("/evidence-trail/author/{}", author.id)>"All items from this author"</a></small></p>
        </div>
    }
    .into_any()
}

fn panelist_view(person: &TrailPerson, notes: &[SourceNote]) -> AnyView {
    let panelist = &person.panelist;
    let said = notes.iter().filter(|note| note.panelist_id == Some(panelist.id)).count();
    let found = person.author.as_ref().map_or_else(String::new, |author| format!(" · found as {}", author.shown()));
    view! {
        <p>
            <a href=format!("/evidence-trail/panelist/{}", panelist.id)>{panelist.name.clone()}</a>
            " " <SegBadge class=panelist.segment.as_str() label=panelist.segment.label()/>
            <small>{format!(" · {} · {}{found}", panelist.state().label().to_lowercase(), counted(said, "note here", "notes here"))}</small>
        </p>
    }
    .into_any()
}

fn note_view(note: &SourceNote, trail: &EvidenceTrail) -> AnyView {
    view! {
        <div>
            <p><q class="quote">{note.text.clone()}</q></p>
            <p>
                <small>
                    {format!("{}, {} · ", note.speaker, note.kind.label())}
                    <a href=format!("/sessions/{}", note.session_id)>{note.session_title.clone()}</a>
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
        let reason = version.change_reason.as_ref().map(|reason| format!(" · changed because: {reason}")).unwrap_or_default();
        let small = format!("Version {}, {}{due}{reason}", version.number, version.stage().label());
        let label = version.kind.label();
        let text = version.text.clone();
        let look = if version.published_at.is_some() { "reply" } else { "reply draft" };
        events.push((
            at,
            view! { <div class=look><b>{label}</b><span>{text}</span><small>{small} " · " <time>{on(at)}</time></small></div> }.into_any(),
        ));
    }
    for delivery in &trail.deliveries {
        let at = delivery.confirmed_at.unwrap_or(delivery.claimed_at);
        let (tone, label) = if delivery.confirmed_at.is_some() {
            (Tone::Good, "kept, confirmed")
        } else {
            (Tone::Warn, "said to be kept, to be confirmed")
        };
        let evidence = delivery.evidence.clone();
        events.push((at, view! { <p><StateBadge tone label/> " " {evidence} <small>" · " <time>{on(at)}</time></small></p> }.into_any()));
    }
    for event in &trail.events {
        let words = quoted(&event.reason).unwrap_or_else(|| "without a remark".into());
        let at = event.at;
        events.push((
            at,
            view! { <p><StateBadge tone=Tone::Bad label=event.kind.label()/> " " {words} <small>" · " <time>{on(at)}</time></small></p> }
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
            view! { <p><a href=format!("/reports/{}", report.id)>{format!("Report {}", report.number)}</a> <small>{format!(" · {day} · {edge}")}</small></p> }.into_any()
        })
        .collect()
}

fn answers(trail: &EvidenceTrail) -> Vec<AnyView> {
    trail
        .answers
        .iter()
        .map(|answer| {
            let known = trail.people.iter().find(|person| person.panelist.id == answer.panelist_id);
            let who = known.map_or_else(|| "Somebody else on the panel".to_owned(), |person| person.panelist.name.clone());
            let remark = if answer.remark.is_empty() { String::new() } else { format!(": “{}”", answer.remark) };
            let words = format!("{who}: {}{remark}", answer.answer.label().to_lowercase());
            view! { <p>{words} <small>" · " <time>{trail.on(answer.at)}</time></small></p> }.into_any()
        })
        .collect()
}
