//! `/days/{id}/heard`: a day's notes grouped into items.

use std::collections::BTreeSet;

use leptos::prelude::*;

use super::{Heard, HeardState, SourceNote, store};
use crate::access::account::Permission;
use crate::access::page::{PageContext, page};
use crate::kernel::fold::Needle;
use crate::kernel::ids::PanelDayId;
use crate::panel_day::day::page::day_and_head;
use crate::panel_day::note::NoteKind;
use crate::ui::{Empty, Field, FieldSet, FilterBar, Form, Hidden, Pick, Search, Submit, TextArea, count, param, query, tried};

/// `/days/{id}/heard`: the notes of a day that are in no item, and the items of that day.
pub fn of_day() -> impl IntoView {
    let id = param::<PanelDayId>("id");
    page("Group notes", Permission::EditHeard, move |cx: PageContext| async move {
        let mut tx = cx.db.read().await?;
        let (day, head) = day_and_head(&mut tx, &cx, id, Permission::EditHeard, "/heard").await?;
        let id = day.id;
        let notes = store::list_unused_notes(&mut tx, id).await?;
        let items = store::list_day(&mut tx, id).await?;
        let left = i64::try_from(notes.len()).unwrap_or(0);
        let sub = match (left, items.is_empty()) {
            (0, true) => "Notes of this day are grouped into items here.".to_owned(),
            (0, false) => "All notes are grouped into items.".to_owned(),
            _ => format!(
                "{} not grouped yet. Select notes that make the same point, then write what you heard.",
                count(left, "note", "notes")
            ),
        };
        let none_yet = items.is_empty();
        let board = items
            .iter()
            .any(|item| item.state() == HeardState::Open)
            .then(|| view! { <a class="btn" href=format!("/heard?day={id}")>"Follow-up board"</a> }.into_any());
        Ok(view! {
            {head(board)}
            <section><h2>"Group notes"</h2><p>{sub}</p></section>
            <div class="two">
                {drafting(notes, none_yet)}
                {drafted(items)}
            </div>
        })
    })
}

/// What the list of notes is filtered by.
struct NoteFilter {
    search: Option<String>,
    session: Option<String>,
    hashtag: Option<String>,
}

impl NoteFilter {
    fn read() -> Self {
        Self { search: query("q"), session: query("session"), hashtag: query("hashtag") }
    }

    fn matches(&self, note: &SourceNote) -> bool {
        let is = |asked: &Option<String>, value: &str| asked.as_ref().is_none_or(|asked| asked == value);
        is(&self.session, &note.session_id.to_string())
            && is(&self.hashtag, note.topic.as_deref().unwrap_or_default())
            && self.search.as_ref().is_none_or(|search| Needle::of(search).is_in([note.text.as_str(), note.speaker.as_str()]))
    }
}

/// Sessions and hashtags to choose from: none where there is only one.
fn filters(notes: &[SourceNote]) -> impl IntoView + use<> {
    let mut sessions: Vec<(String, String)> = Vec::new();
    for note in notes {
        let id = note.session_id.to_string();
        if !sessions.iter().any(|(known, _)| *known == id) {
            sessions.push((id, note.session_title.clone()));
        }
    }
    let hashtags: BTreeSet<String> = notes.iter().filter_map(|note| note.topic.clone()).collect();
    let hashtags: Vec<_> = hashtags.into_iter().map(|topic| (topic.clone(), format!("#{topic}"))).collect();
    let session = (sessions.len() > 1).then(|| view! { <Pick name="session" label="Session" options=sessions/> });
    let hashtag = (!hashtags.is_empty()).then(|| view! { <Pick name="hashtag" label="Hashtag" options=hashtags/> });
    view! { <FilterBar><Search label="Note or speaker"/>{session}{hashtag}</FilterBar> }
}

/// The notes that are in no item, to select. `none_yet`: there is no item either, so that no note was taken.
fn drafting(notes: Vec<SourceNote>, none_yet: bool) -> impl IntoView {
    if notes.is_empty() && none_yet {
        return view! {
            <section class="card"><Empty title="No notes yet" text="Notes from this day’s sessions appear here."><a class="btn" href="/sessions">"Sessions"</a></Empty></section>
        }
        .into_any();
    }
    if notes.is_empty() {
        return view! {
            <section class="card"><Empty title="All notes are grouped" text="New notes appear here. Answer the items on the follow-up board."><a class="btn" href="/heard">"Follow-up board"</a></Empty></section>
        }
        .into_any();
    }
    let filter = NoteFilter::read();
    let bar = filters(&notes);
    let tried = tried();
    let notes: Vec<SourceNote> = notes.into_iter().filter(|note| filter.matches(note)).collect();
    if notes.is_empty() {
        return view! { <div>{bar}<section class="card"><Empty title="No notes match" text="Clear the filter to see all notes."/></section></div> }.into_any();
    }
    let rows = notes
        .into_iter()
        .map(|note| {
            let id = note.note_id.to_string();
            let ticked = tried.as_ref().is_some_and(|tried| tried.fields.all("notes").any(|chosen| chosen == id));
            let quote = note.kind == NoteKind::Quote;
            let topic = note.topic.map(|topic| format!(" · #{topic}")).unwrap_or_default();
            view! {
                <li>
                    <label class="pick-note">
                        <input type="checkbox" name="notes" value=id checked=ticked/>
                        <span><span class:quote=quote dir="auto">{note.text}</span> <small dir="auto">{format!("{} · {} · {}{topic}", note.speaker, note.kind, note.session_title)}</small></span>
                    </label>
                </li>
            }
        })
        .collect_view();
    let topic = filter.hashtag.clone().unwrap_or_default();
    view! {
        <div>
            {bar}
            <section class="card pad">
                <Form act="draft" class="stack">
                    <Hidden name="session" value=filter.session.unwrap_or_default()/>
                    <Hidden name="hashtag" value=filter.hashtag.unwrap_or_default()/>
                    <FieldSet name="notes" legend="Notes"><ul class="pick-notes">{rows}</ul></FieldSet>
                    <TextArea name="text" label="We heard" hint="One sentence, in the panel’s own words." rows=2 serif=true/>
                    <Field name="topic" label="Topic (optional)" value=topic/>
                    <div class="row wrap">
                        <Submit label="Save as draft"/>
                        <button class="btn-1" type="submit" name="then" value="open">"Publish to board"</button>
                    </div>
                </Form>
            </section>
        </div>
    }
    .into_any()
}

fn drafted(items: Vec<Heard>) -> impl IntoView {
    let rows = items
        .into_iter()
        .map(|item| {
            let open = (item.state() == HeardState::Draft).then(|| {
                let (key, revision) = (item.id.to_string(), item.revision.to_string());
                view! { <Form act="open" key=key><Hidden name="revision" value=revision/><Submit label="Publish to board"/></Form> }
            });
            let state = if item.state() == HeardState::Open { "on the board" } else { item.state().label() };
            view! {
                <li class="row">
                    <span>
                        <a class="quote" dir="auto" href=format!("/heard/{}", item.id)>{item.text.clone()}</a>
                        <small>{format!("item {} · {state}", item.number)}</small>
                    </span>
                    <span class="push">{open}</span>
                </li>
            }
        })
        .collect::<Vec<_>>();
    let empty = rows.is_empty().then(|| view! { <p class="dim">"No items yet. Select notes to write the first item."</p> });
    view! {
        <section class="card pad stack">
            <h2>"Items of this day"</h2>
            {empty}
            <ul class="plain stack">{rows}</ul>
        </section>
    }
}
