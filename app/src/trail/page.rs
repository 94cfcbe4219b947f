//! `/trail/{start}/{id}`: the walk around one item, or the choice of items where several are reached.

use leptos::prelude::*;
use uuid::Uuid;

use super::Start;
use super::walk::{Person, Walk, items, walk};
use crate::account::Verb;
use crate::author::network_label;
use crate::clock::long_date;
use crate::heard::{Heard, Source};
use crate::ids::HeardId;
use crate::ui::{Cx, Empty, PageHead, SegBadge, StateBadge, Tone, count, page, param, quoted};

/// `/trail/{start}/{id}`.
pub fn trail() -> impl IntoView {
    let (start, id) = (param::<Start>("start"), param::<Uuid>("id"));
    page("Trail", Verb::SeeTrail, move |cx: Cx| async move {
        let (start, id) = (start?, id?);
        let mut tx = cx.db.read().await?;
        let found = items(&mut tx, start, id).await?;
        Ok(match found.as_slice() {
            [] => nothing(start).into_any(),
            [only] => {
                let walk = walk(&mut tx, only.id).await?;
                around(&walk).into_any()
            }
            _ => several(start, &found).into_any(),
        })
    })
}

fn nothing(start: Start) -> impl IntoView {
    view! {
        <PageHead title="Trail" crumbs=vec![("/heard".into(), "What we heard".into())]/>
        <section class="card">
            <Empty title=format!("This {} has not been heard in an item yet", start.label()) text="Somebody has to come to a panel and say it, and the note has to become an item, before there is a trail to walk."/>
        </section>
    }
}

fn several(start: Start, found: &[Heard]) -> impl IntoView + use<> {
    let things = count(i64::try_from(found.len()).unwrap_or(i64::MAX), "item", "items");
    let rows = found
        .iter()
        .map(|item| view! { <li><a href=format!("/trail/heard/{}", item.id)>{format!("{}. {}", item.number, item.text)}</a></li> })
        .collect::<Vec<_>>();
    view! {
        <PageHead title=format!("{things} from this {}", start.label()) sub="Choose one to walk its trail." crumbs=vec![("/heard".into(), "What we heard".into())]/>
        <section class="card pad"><ul class="plain stack">{rows}</ul></section>
    }
}

fn around(walk: &Walk) -> impl IntoView + use<> {
    let item = &walk.item;
    let (people, notes) = (walk.people.len(), walk.notes.len());
    let voices = walk.people.iter().filter(|person| person.author.is_some()).count();
    let sub = format!(
        "{} · {} · {} · {}",
        counted(voices, "voice", "voices"),
        counted(people, "panelist", "panelists"),
        counted(notes, "note", "notes"),
        counted(walk.reports.len(), "report", "reports")
    );
    view! {
        <PageHead title="From posts to promises" sub crumbs=vec![("/heard".into(), "What we heard".into()), (format!("/heard/{}", item.id), format!("Item {}", item.number))]/>
        <section class="card pad">
            <ol class="trail">
                {step("What they posted", walk.people.iter().map(posts).collect(), "Nobody behind this item was found by their posts.")}
                {step("Who came", walk.people.iter().map(|person| came(person, &walk.notes)).collect(), "No panelist is named in the notes of this item.")}
                {step("What they said", walk.notes.iter().map(|note| said(note, walk)).collect(), "The notes of this item were withdrawn.")}
                <li class="done">
                    <h2>"We heard"</h2>
                    <p><q class="voice"><a href=format!("/heard/{}", item.id)>{item.text.clone()}</a></q></p>
                    {walk.merged.iter().map(|merged| view! { <p><small>{format!("It took in item {}: “{}”", merged.number, merged.text)}</small></p> }).collect::<Vec<_>>()}
                </li>
                {step("What was answered", answered(walk), "There is no answer yet.")}
                {step("Which reports told it", told(walk), "No report has told it yet.")}
                {step("What they made of it", replied(walk), "Nobody has answered the reply yet.")}
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

fn posts(person: &Person) -> AnyView {
    let Some(author) = &person.author else {
        return view! { <p><small>{format!("{} was not found by posts.", person.panelist.name)}</small></p> }.into_any();
    };
    let rows = person
        .posts
        .iter()
        .map(|post| {
            let day = long_date(post.mention.day);
            view! { <li><q class="voice">{post.mention.text.clone()}</q> <small>" " <time>{day}</time></small></li> }
        })
        .collect::<Vec<_>>();
    let linked = person
        .linked
        .iter()
        .map(|other| {
            let network = format!(" on {}, by a confirmed link", network_label(&other.network));
            view! { <p><small>"Also "</small> <a href=format!("/voices/{}", other.id)>{other.shown()}</a> <small>{network}</small></p> }
        })
        .collect::<Vec<_>>();
    view! {
        <div>
            <p><a href=format!("/voices/{}", author.id)>{author.shown()}</a> <small>{format!(" on {} · {}", network_label(&author.network), count(author.posts, "post", "posts"))}</small></p>
            {linked}
            <ul class="plain stack">{rows}</ul>
            <p><small><a href=format!("/trail/author/{}", author.id)>"All items from this voice"</a></small></p>
        </div>
    }
    .into_any()
}

fn came(person: &Person, notes: &[Source]) -> AnyView {
    let panelist = &person.panelist;
    let said = notes.iter().filter(|note| note.panelist_id == Some(panelist.id)).count();
    let found = person.author.as_ref().map_or_else(String::new, |author| format!(" · found as {}", author.shown()));
    view! {
        <p>
            <a href=format!("/trail/panelist/{}", panelist.id)>{panelist.name.clone()}</a>
            " " <SegBadge class=panelist.segment.as_str() label=panelist.segment.label()/>
            <small>{format!(" · {} · {}{found}", panelist.state().label().to_lowercase(), counted(said, "note here", "notes here"))}</small>
        </p>
    }
    .into_any()
}

fn said(note: &Source, walk: &Walk) -> AnyView {
    view! {
        <div>
            <p><q class="voice">{note.text.clone()}</q></p>
            <p>
                <small>
                    {format!("{}, {} · ", note.speaker, note.kind.label())}
                    <a href=format!("/sessions/{}", note.session_id)>{note.session_title.clone()}</a>
                    {format!(" · {}", walk.on(note.at))}
                </small>
            </p>
        </div>
    }
    .into_any()
}

/// Versions, deliveries and reopenings, in the order in which they happened.
fn answered(walk: &Walk) -> Vec<AnyView> {
    let on = |at| walk.on(at);
    let mut events = Vec::new();
    for version in &walk.versions {
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
    for delivery in &walk.deliveries {
        let at = delivery.confirmed_at.unwrap_or(delivery.claimed_at);
        let (tone, label) = if delivery.confirmed_at.is_some() {
            (Tone::Good, "kept, confirmed")
        } else {
            (Tone::Warn, "said to be kept, to be confirmed")
        };
        let evidence = delivery.evidence.clone();
        events.push((at, view! { <p><StateBadge tone label/> " " {evidence} <small>" · " <time>{on(at)}</time></small></p> }.into_any()));
    }
    for event in &walk.events {
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

fn told(walk: &Walk) -> Vec<AnyView> {
    let heard: HeardId = walk.item.id;
    walk.reports
        .iter()
        .map(|report| {
            let edge = report.document.items.iter().find(|item| item.heard_id == heard).map(|item| item.edge(report.document.frozen_on)).unwrap_or_default();
            let day = format!("{}, {}", report.document.day.title, long_date(report.document.frozen_on));
            view! { <p><a href=format!("/reports/{}", report.id)>{format!("Report {}", report.number)}</a> <small>{format!(" · {day} · {edge}")}</small></p> }.into_any()
        })
        .collect()
}

fn replied(walk: &Walk) -> Vec<AnyView> {
    walk.answers
        .iter()
        .map(|answer| {
            let known = walk.people.iter().find(|person| person.panelist.id == answer.panelist_id);
            let who = known.map_or_else(|| "Somebody else on the panel".to_owned(), |person| person.panelist.name.clone());
            let remark = if answer.remark.is_empty() { String::new() } else { format!(": “{}”", answer.remark) };
            let words = format!("{who}: {}{remark}", answer.answer.label().to_lowercase());
            view! { <p>{words} <small>" · " <time>{walk.on(answer.at)}</time></small></p> }.into_any()
        })
        .collect()
}
