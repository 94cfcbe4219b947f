//! The Sources tab of an item: its notes, what was merged into it, and merging it into another.

use leptos::prelude::*;

use super::{Heard, SourceNote, rules, store};
use crate::access::account::{Actor, Permission, Scope};
use crate::db::Tx;
use crate::kernel::error::Result;
use crate::kernel::fold::Needle;
use crate::panel_day::note::NoteKind;
use crate::ui::{Form, Hidden, RowMenu, Submit, Th, beginning, query};

/// Items offered for a merge; a search finds the others.
const MAX_OFFERED: usize = 4;

pub(super) async fn tab(tx: &mut Tx, actor: &Actor, item: &Heard) -> Result<AnyView> {
    let sources = store::list_sources(tx, item.id).await?;
    let merged = store::list_merged(tx, item.id).await?;
    let may_edit = rules::check_alive(item).is_ok() && actor.scope(Permission::EditHeard).is_some();
    let search = query("q").unwrap_or_default();
    let merging = match may_edit {
        true => Some(merging(item, mergeable(tx, actor, item, &search).await?, search)),
        false => None,
    };
    let notes = notes(item, sources, may_edit, actor.scope(Permission::SeeNotes).is_some());
    Ok(view! { {notes} {absorbed(merged)} {merging} }.into_any())
}

/// Items that this one can be merged into, the most similar first.
async fn mergeable(tx: &mut Tx, actor: &Actor, item: &Heard, search: &str) -> Result<Vec<Heard>> {
    if item.answered_at.is_some() {
        return Ok(Vec::new());
    }
    let mut others = store::list_others(tx, item).await?;
    others.retain(|other| rules::check_survivor(item, other).is_ok());
    if actor.scope(Permission::EditHeard) == Some(Scope::Day) {
        others.retain(|other| other.panel_day_id == item.panel_day_id);
    }
    if !search.is_empty() {
        let needle = Needle::of(search);
        others.retain(|other| {
            needle.is_in([other.text.as_str(), other.topic.as_deref().unwrap_or_default()]) || other.number.to_string() == search
        });
    }
    others.sort_by(|a, b| {
        rules::likeness(&item.text, &b.text).total_cmp(&rules::likeness(&item.text, &a.text)).then(a.number.cmp(&b.number))
    });
    Ok(others)
}

fn notes(item: &Heard, sources: Vec<SourceNote>, may_edit: bool, may_read: bool) -> impl IntoView + use<> {
    let revision = item.revision.to_string();
    let only = sources.len() == 1;
    let speakers = sources.iter().any(|source| !source.speaker.is_empty());
    let rows = sources
        .into_iter()
        .map(|source| {
            let quote = source.kind == NoteKind::Quote;
            let remove = (may_edit && !only).then(|| {
                let (key, revision) = (source.note_id.to_string(), revision.clone());
                view! {
                    <RowMenu of=format!("the note “{}”", beginning(&source.text, 40))>
                        <Form act="detach" key=key><Hidden name="revision" value=revision/><Submit label="Remove from item"/></Form>
                    </RowMenu>
                }
            });
            let session = match may_read {
                true => view! { <a href=format!("/sessions/{}#note-{}", source.session_id, source.note_id) dir="auto">{source.session_title}</a> }
                    .into_any(),
                false => view! { <bdi>{source.session_title}</bdi> }.into_any(),
            };
            view! {
                <tr>
                    <td><span class:quote=quote dir="auto">{source.text}</span></td>
                    <td data-label="Type">{source.kind.label()}</td>
                    {speakers.then(|| view! { <td data-label="Speaker" dir="auto">{source.speaker}</td> })}
                    <td data-label="Session">{session}</td>
                    {(may_edit && !only).then(|| view! { <td class="n">{remove}</td> })}
                </tr>
            }
        })
        .collect::<Vec<_>>();
    let menu = (may_edit && !only).then(|| view! { <th scope="col"><span class="sr">"Actions"</span></th> });
    view! {
        <section class="card menus">
            <table class="list">
                <caption class="sr">"Notes of this item"</caption>
                <thead><tr><Th label="Note"/><Th label="Type"/>{speakers.then(|| view! { <Th label="Speaker"/> })}<Th label="Session"/>{menu}</tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </section>
    }
}

fn absorbed(merged: Vec<Heard>) -> impl IntoView {
    let rows = merged
        .into_iter()
        .map(
            |item| view! { <li><a href=format!("/heard/{}", item.id) dir="auto">{format!("Item {}: {}", item.number, item.text)}</a></li> },
        )
        .collect::<Vec<_>>();
    (!rows.is_empty())
        .then(|| view! { <section class="card pad stack"><h2>"Merged into this item"</h2><ul class="plain">{rows}</ul></section> })
}

fn merging(item: &Heard, others: Vec<Heard>, search: String) -> impl IntoView + use<> {
    if item.answered_at.is_some() {
        return view! {
            <p class="dim">"This item has a published answer, so it cannot be merged into another. Open the other item and merge it into this one."</p>
        }
        .into_any();
    }
    let revision = item.revision.to_string();
    let more = others.len().saturating_sub(MAX_OFFERED);
    let rows = others
        .into_iter()
        .take(MAX_OFFERED)
        .map(|other| {
            let (key, revision, into) = (other.id.to_string(), revision.clone(), other.revision.to_string());
            let similar = rules::likeness(&item.text, &other.text) >= rules::MIN_SIMILARITY;
            let about = format!("item {}{}", other.number, if similar { " · similar wording" } else { "" });
            view! {
                <li class="row">
                    <span><a class="quote" dir="auto" href=format!("/heard/{}", other.id)>{other.text}</a> <small>{about}</small></span>
                    <span class="push">
                        <Form act="merge" key=key>
                            <Hidden name="revision" value=revision/>
                            <Hidden name="into_revision" value=into/>
                            <Submit label=format!("Merge into item {}", other.number)/>
                        </Form>
                    </span>
                </li>
            }
        })
        .collect::<Vec<_>>();
    let empty = rows.is_empty().then(|| view! { <p class="dim">"No item matches. Search for other words, or for an item number."</p> });
    let more = (more > 0).then(|| view! { <p class="dim">{format!("{more} more. Search to find them.")}</p> });
    view! {
        <section class="card pad stack" id="merge">
            <h2>"Merge into another item"</h2>
            <p class="dim">"The other item keeps its wording and gets these notes. Supporters are counted once. A merge cannot be undone."</p>
            <form class="filter" method="get" role="search">
                <input type="hidden" name="tab" value="sources"/>
                <label class="grow">"Search all items"<input type="search" name="q" value=search/></label>
                <button type="submit">"Search"</button>
            </form>
            {empty}
            <ul class="plain stack">{rows}</ul>
            {more}
        </section>
    }
    .into_any()
}
