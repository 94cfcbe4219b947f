//! `/days/{id}/heard`: a day's notes turned into items.

use leptos::prelude::*;

use super::{Heard, HeardState, SourceNote, store};
use crate::access::account::Permission;
use crate::access::page::{PageContext, page};
use crate::kernel::error::Error;
use crate::kernel::ids::PanelDayId;
use crate::panel_day::note::NoteKind;
use crate::panel_day::session;
use crate::program::day;
use crate::ui::{Empty, Field, FieldSet, Form, Hidden, PageHead, Submit, TextArea, count, param, tried};

/// `/days/{id}/heard`: the notes of a day that no item has yet, and the items drafted so far.
pub fn of_day() -> impl IntoView {
    let id = param::<PanelDayId>("id");
    page("Notes into items", Permission::EditHeard, move |cx: PageContext| async move {
        let id = id?;
        let mut tx = cx.db.read().await?;
        session::act::may_on_day(&mut tx, &cx.actor, Permission::EditHeard, id).await?;
        let day = day::store::find(&mut tx, id).await?.ok_or(Error::NotFound)?;
        let notes = store::list_unused_notes(&mut tx, id).await?;
        let items = store::list_day(&mut tx, id).await?;
        let left = i64::try_from(notes.len()).unwrap_or(0);
        Ok(view! {
            <PageHead
                title="Turn notes into items"
                sub=format!("{} are in no item yet. Choose those that say the same, and word what was heard.", count(left, "note", "notes"))
                crumbs=vec![("/days".into(), "Panel days".into()), (format!("/days/{id}"), day.title)]
            />
            <div class="two">
                {drafting(notes)}
                {drafted(items)}
            </div>
        })
    })
}

fn drafting(notes: Vec<SourceNote>) -> impl IntoView {
    if notes.is_empty() {
        return view! {
            <section class="card"><Empty title="No note is left" text="Every note of this day stands behind an item, or none was taken yet."/></section>
        }
        .into_any();
    }
    let tried = tried();
    let rows = notes
        .into_iter()
        .map(|note| {
            let id = note.note_id.to_string();
            let ticked = tried.as_ref().is_some_and(|tried| tried.fields.all("notes").any(|chosen| chosen == id));
            let quote = note.kind == NoteKind::Quote;
            view! {
                <li>
                    <label class="pick-note">
                        <input type="checkbox" name="notes" value=id checked=ticked/>
                        <span><span class:quote=quote>{note.text}</span> <small>{format!("{} · {} · {}", note.speaker, note.kind, note.session_title)}</small></span>
                    </label>
                </li>
            }
        })
        .collect_view();
    view! {
        <section class="card pad">
            <Form act="draft" class="stack">
                <FieldSet name="notes" legend="Notes"><ul class="pick-notes">{rows}</ul></FieldSet>
                <TextArea name="text" label="We heard" hint="One sentence, in the panel’s own words." rows=2 serif=true/>
                <Field name="topic" label="Topic" hint="Optional."/>
                <Submit label="Draft the item" main=true/>
            </Form>
        </section>
    }
    .into_any()
}

fn drafted(items: Vec<Heard>) -> impl IntoView {
    let rows = items
        .into_iter()
        .map(|item| {
            let open = (item.state() == HeardState::Draft).then(|| {
                let (key, revision) = (item.id.to_string(), item.revision.to_string());
                view! { <Form act="open" key=key><Hidden name="revision" value=revision/><Submit label="Open"/></Form> }
            });
            view! {
                <li class="row">
                    <span><a class="quote" href=format!("/heard/{}", item.id)>{item.text.clone()}</a> <small>{format!("{} · {}", item.number, item.state().label())}</small></span>
                    <span class="push">{open}</span>
                </li>
            }
        })
        .collect::<Vec<_>>();
    let empty = rows.is_empty().then(|| view! { <p class="dim">"None yet."</p> });
    view! {
        <section class="card pad stack">
            <h2>"Items of this day"</h2>
            {empty}
            <ul class="plain stack">{rows}</ul>
        </section>
    }
}
