//! `/sessions/{id}`: a session's notes to read, search, correct and withdraw, and the lock.

use std::collections::HashMap;

use leptos::prelude::*;

use super::page::{LiveHead, SessionPage, reaches};
use super::rules::{late_until, shown, tagged};
use super::store::{self, NoteSearch};
use super::{Note, NoteKind, NoteRevision, Speaker, act};
use crate::access::account::{Actor, Permission};
use crate::access::page::page;
use crate::db::Tx;
use crate::kernel::clock::{Time, csv_time, date_time, wall_time};
use crate::kernel::error::{Error, Result};
use crate::kernel::export;
use crate::kernel::ids::{NoteId, SessionId};
use crate::panel_day::session::rules::{is_locked_by_hand, notes_close_after_unlocking, notes_close_at};
use crate::panel_day::session::{Session, SessionState};
use crate::program::day;
use crate::ui::{
    Confirm, Empty, Field, FilterBar, Form, Hidden, Pager, Pick, Search, Select, Submit, TextArea, param, query, refused_row, with_query,
};

/// A note that arrived this much later than it was typed shows when it did.
const LATE_HOURS: i64 = 1;

/// The search in the query of a session's page or its CSV: `q`, `kind`, `who` (a panelist's id or
/// "company"), `shown` ("withdrawn").
#[must_use]
pub fn read_search(query: impl Fn(&str) -> Option<String>) -> NoteSearch {
    let who = query("who").unwrap_or_default();
    NoteSearch {
        search: query("q").unwrap_or_default(),
        kind: query("kind").and_then(|kind| kind.parse().ok()),
        panelist: who.parse().ok(),
        company: who == "company",
        withdrawn: query("shown").as_deref() == Some("withdrawn"),
    }
}

pub async fn csv(tx: &mut Tx, actor: &Actor, session: SessionId, wanted: &NoteSearch) -> Result<Vec<u8>> {
    let session = act::reach(tx, actor, Permission::SeeNotes, session).await?;
    let zone = day::store::find(tx, session.panel_day_id).await?.ok_or(Error::NotFound)?.zone();
    let notes = store::search(tx, session.id, wanted).await?;
    let rows = notes.into_iter().map(|note| {
        let company = note.wording().by_company();
        [
            note.seq.to_string(),
            csv_time(note.at, zone),
            csv_time(note.saved_at, zone),
            note.speaker,
            if company { "company" } else { "panel" }.to_owned(),
            note.kind.label().to_owned(),
            note.text,
            note.topic.unwrap_or_default(),
            note.revision.to_string(),
        ]
    });
    Ok(export::csv(&["Number", "Typed at", "Saved at", "Speaker", "Side", "Kind", "Text", "Topic", "Revision"], rows))
}

/// `/sessions/{id}`.
pub fn session() -> impl IntoView {
    let id = param::<SessionId>("id");
    page("Notes", Permission::SeeNotes, move |cx| async move {
        let mut tx = cx.db.read().await?;
        let session = act::reach(&mut tx, &cx.actor, Permission::SeeNotes, id?).await?;
        let head = LiveHead::load(&mut tx, cx.now, &session).await?;
        let zone = head.day.zone();
        let corrects = reaches(&mut tx, &cx.actor, Permission::TakeNotes, &session).await? && head.state.takes_notes();
        let locks = reaches(&mut tx, &cx.actor, Permission::LockNotes, &session).await?;
        let speakers = act::speakers(&mut tx, &session).await?;
        let wanted = read_search(query);
        let all = store::list(&mut tx, session.id).await?;
        let (current, withdrawn) = all.iter().partition::<Vec<_>, _>(|note| note.withdrawn_at.is_none());
        let (current, withdrawn) = (current.len(), withdrawn.len());
        let notes = store::search(&mut tx, session.id, &wanted).await?;
        let count = i64::try_from(notes.len()).unwrap_or(i64::MAX);
        let mut earlier: HashMap<NoteId, Vec<NoteRevision>> = HashMap::new();
        for (note, revision) in store::list_revisions(&mut tx, session.id).await? {
            earlier.entry(note).or_default().push(revision);
        }
        let rows: Vec<_> = notes
            .into_iter()
            .map(|note| {
                let earlier = earlier.remove(&note.id).unwrap_or_default();
                row(note, earlier, zone, corrects && !wanted.withdrawn, &speakers)
            })
            .collect();
        let csv = match with_query("page", "") {
            query if query == "?" => format!("/sessions/{}/notes.csv", session.id),
            query => format!("/sessions/{}/notes.csv{query}", session.id),
        };
        let empty = (count == 0).then(|| empty(&session, current, wanted.withdrawn, corrects));
        let withdrawn_link = match (wanted.withdrawn, withdrawn) {
            (true, _) => Some(view! { <a href=with_query("shown", "")>"Show current notes"</a> }.into_any()),
            (false, 0) => None,
            (false, n) => Some(view! { <a href=with_query("shown", "withdrawn")>{format!("Withdrawn notes ({n})")}</a> }.into_any()),
        };
        Ok(view! {
            {head.view(&session, SessionPage::Notes { takes: corrects })}
            {locks.then(|| lock(&session, head.state, zone, cx.now))}
            <FilterBar>
                <Search label="Words, topic or name"/>
                <Pick name="kind" label="Kind" options=kinds()/>
                <Pick name="who" label="Speaker" options=speaker_options(&speakers) any="Everyone"/>
            </FilterBar>
            {empty}
            {(count > 0).then(|| view! { <section class="card note-list" aria-label="Notes">{rows}</section> })}
            <Pager count one="note" many="notes" per=i64::MAX csv/>
            {withdrawn_link}
        }
        .into_any())
    })
}

fn row(note: Note, earlier: Vec<NoteRevision>, zone: chrono_tz::Tz, corrects: bool, speakers: &[Speaker]) -> impl IntoView + use<> {
    let wording = note.wording();
    let who = if wording.speaker.is_empty() { "—".to_owned() } else { wording.speaker.clone() };
    let kind = tagged(&wording);
    let history = (!earlier.is_empty()).then(|| {
        let lines = earlier.into_iter().map(|was| history_line(was, zone)).collect_view();
        view! {
            <details class="more">
                <summary>{format!("Corrected ({} earlier)", note.revision - 1)}</summary>
                <ul>{lines}</ul>
            </details>
        }
    });
    let id = note.id;
    let change = corrects.then(|| change(&note, speakers));
    let late = (note.revision == 1 && note.saved_at - note.at > chrono::Duration::hours(LATE_HOURS))
        .then(|| view! { <small>{format!("Arrived {}", date_time(note.saved_at, zone))}</small> });
    view! {
        <article class="n" id=format!("note-{id}")>
            <time datetime=note.at.to_rfc3339()>{wall_time(note.at, zone)}</time>
            <span class="who" dir="auto">{who}</span>
            <span class="t" dir="auto" class:q=wording.kind == NoteKind::Quote>{shown(&wording)}</span>
            <span class="kind" dir="auto">{kind}</span>
            {(late.is_some() || history.is_some() || change.is_some()).then(|| view! { <div class="after">{late}{history}{change}</div> })}
        </article>
    }
    .into_any()
}

fn history_line(was: NoteRevision, zone: chrono_tz::Tz) -> impl IntoView {
    view! { <li><small>{wall_time(was.at, zone)}</small> " " <span dir="auto">{was.text}</span> " " <small>{was.kind.label()}</small></li> }
}

fn change(note: &Note, speakers: &[Speaker]) -> impl IntoView + use<> {
    let key = note.id.to_string();
    let refused = refused_row("correct", &key);
    let kinds = NoteKind::ALL.iter().map(|kind| (kind.as_str().to_owned(), kind.label().to_owned())).collect();
    let mut people = vec![(String::new(), "No speaker".to_owned())];
    people.extend(speakers.iter().map(|speaker| (speaker.initials.clone(), speaker.name.clone())));
    let speaker = speakers.iter().find(|speaker| match note.panelist_id {
        Some(id) => speaker.panelist == Some(id),
        None => speaker.panelist.is_none() && speaker.name == note.speaker,
    });
    let known = speaker.map(|speaker| speaker.initials.clone());
    // A withdrawn panelist is no speaker any more, and stays the speaker of this note.
    if known.is_none() && !note.speaker.is_empty() {
        people.push(("=".to_owned(), note.speaker.clone()));
    }
    let value = known.unwrap_or_else(|| if note.speaker.is_empty() { String::new() } else { "=".to_owned() });
    let read_at = note.revision.to_string();
    let (revision, text, serif, kind) = (note.revision.to_string(), note.text.clone(), note.kind == NoteKind::Quote, note.kind.as_str());
    let topic = note.topic.clone().unwrap_or_default();
    view! {
        <details class="more" open=refused>
            <summary>"Correct note"</summary>
            <Form act="correct" key=key.clone()>
                <Hidden name="revision" value=revision/>
                <TextArea name="text" label="Note" value=text serif/>
                <Select name="kind" label="Kind" options=kinds value=kind/>
                <Select name="speaker" label="Speaker" options=people value/>
                <Field name="topic" label="Topic" value=topic/>
                <Submit label="Save correction" main=true/>
            </Form>
            <Confirm label="Withdraw note" danger=true>
                <p>"The note is removed from the list and all counts. You can still read it under “Withdrawn notes”."</p>
                <Form act="withdraw" key>
                    <Hidden name="revision" value=read_at/>
                    <Submit label="Withdraw note" danger=true/>
                </Form>
            </Confirm>
        </details>
    }
    .into_any()
}

fn empty(session: &Session, current: usize, withdrawn: bool, takes: bool) -> impl IntoView + use<> {
    let live = format!("/sessions/{}/live", session.id);
    if withdrawn {
        return view! { <Empty title="No withdrawn notes" text="Notes that are withdrawn are listed here."/> }.into_any();
    }
    if current > 0 {
        return view! { <Empty title="No matching notes" text="Change or clear the filters."/> }.into_any();
    }
    view! {
        <Empty title="No notes yet" text="All moderators of this panel day can take notes together.">
            {takes.then(|| view! { <a class="btn" href=live>"Take notes"</a> })}
        </Empty>
    }
    .into_any()
}

fn lock(session: &Session, state: SessionState, zone: chrono_tz::Tz, now: Time) -> impl IntoView + use<> {
    let day = |at: Time| date_time(at, zone);
    let seen = session.lock_changed_at().map(|at| at.timestamp_micros().to_string()).unwrap_or_default();
    match state {
        SessionState::Planned => None,
        SessionState::Live | SessionState::NotesOpen => {
            let until = format!("Notes are open until {}.", day(notes_close_at(session)));
            let why = session.unlock_reason.clone().filter(|_| session.unlocked_at.is_some()).map(|reason| format!(" Unlocked: {reason}"));
            Some(
                view! {
                    <div class="row wrap lock">
                        <small dir="auto">{until}{why}</small>
                        <Form act="lock" class="inline"><Hidden name="seen" value=seen/><Submit label="Lock notes"/></Form>
                    </div>
                }
                .into_any(),
            )
        }
        SessionState::Locked => {
            let by_hand = is_locked_by_hand(session);
            let open_until = format!("The notes are then open until {}.", day(notes_close_after_unlocking(session, now)));
            let late = (!by_hand && now < late_until(notes_close_at(session))).then(|| {
                let until = format!(
                    "Unsent notes typed before {} are accepted until {}, unless a report of this day is final.",
                    day(notes_close_at(session)),
                    day(late_until(notes_close_at(session)))
                );
                let seen = seen.clone();
                view! {
                    <div class="row wrap lock">
                        <small>{until}</small>
                        <Form act="lock" class="inline"><Hidden name="seen" value=seen/><Submit label="Refuse late notes"/></Form>
                    </div>
                }
            });
            Some(
                view! {
                    {late}
                    <details class="more">
                        <summary>{if by_hand { "Locked by a moderator. Unlock notes" } else { "Locked. Unlock notes" }}</summary>
                        <Form act="unlock">
                            <Hidden name="seen" value=seen/>
                            <Field name="reason" label="Reason" hint="Shown to everyone who reads the notes"/>
                            <p class="dim">{open_until}</p>
                            <Submit label="Unlock notes"/>
                        </Form>
                    </details>
                }
                .into_any(),
            )
        }
    }
}

fn kinds() -> Vec<(String, String)> {
    NoteKind::ALL.iter().map(|kind| (kind.as_str().to_owned(), kind.label().to_owned())).collect()
}

fn speaker_options(speakers: &[Speaker]) -> Vec<(String, String)> {
    let panel = speakers.iter().filter_map(|speaker| Some((speaker.panelist?.to_string(), speaker.name.clone())));
    panel.chain([("company".to_owned(), "The company".to_owned())]).collect()
}
