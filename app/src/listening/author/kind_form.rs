//! Saying what an author is with one click, on its page and in lists, and taking it back.

use leptos::prelude::*;

use super::{Author, AuthorKind, store};
use crate::db::Tx;
use crate::kernel::error::Result;
use crate::kernel::ids::AuthorId;
use crate::ui::{Form, Hidden, Notice, RowMenu, Submit, TextArea, Tone, capital, queries, query};

#[derive(Clone, Debug)]
pub struct KindOf {
    pub id: AuthorId,
    /// As it is addressed.
    pub shown: String,
    pub kind: AuthorKind,
    /// Whether a person said so.
    pub decided: bool,
}

impl From<&Author> for KindOf {
    fn from(author: &Author) -> Self {
        Self { id: author.id, shown: author.shown(), kind: author.kind, decided: author.kind_by.is_some() }
    }
}

/// A button for every other kind; where a person decided, one that leaves it to the rules. `key` where a page has several.
pub fn kind_buttons(author: &KindOf, in_list: bool) -> impl IntoView + use<> {
    let key = if in_list { author.id.to_string() } else { String::new() };
    let buttons = AuthorKind::ALL
        .iter()
        .filter(|kind| **kind != author.kind)
        .map(|kind| {
            let label = capital(kind.label());
            view! { <button type="submit" name="kind" value=kind.as_str()>{label}</button> }
        })
        .collect_view();
    let seen = author.kind.as_str();
    let lift = author.decided.then(|| {
        let key = key.clone();
        view! {
            <Form act="lift_kind" key>
                {back(in_list)}
                <Hidden name="seen" value=seen/>
                <Submit label="Let the rules decide"/>
            </Form>
        }
    });
    let reason = (!in_list).then(|| view! { <TextArea name="reason" label="Reason (optional)" rows=2/> });
    view! {
        <Form act="set_kind" key=key.clone()>
            {back(in_list)}
            <Hidden name="seen" value=seen/>
            {reason}
            <p class="dim">"Set kind to"</p>
            <div class="row wrap">{buttons}</div>
        </Form>
        {lift}
    }
}

/// The same behind the button of a row.
pub fn kind_menu(author: &KindOf) -> impl IntoView + use<> {
    let (of, link) = (author.shown.clone(), format!("/authors/{}", author.id));
    let buttons = kind_buttons(author, true);
    view! { <RowMenu of><a href=link>"Open author"</a> {buttons}</RowMenu> }
}

/// The list is shown as it was.
fn back(in_list: bool) -> impl IntoView {
    in_list.then(|| {
        let mut shown = queries();
        shown.remove("changed");
        shown.remove("was");
        view! { <Hidden name="back" value=shown.to_query_string()/> }
    })
}

/// What was changed a moment ago, with a button that takes it back.
///
/// # Errors
/// What the database says.
pub async fn changed_notice(tx: &mut Tx) -> Result<Option<impl IntoView + use<>>> {
    let Some(id) = query("changed").and_then(|id| id.parse().ok()) else { return Ok(None) };
    let Some(author) = store::find(tx, id).await?.filter(|author| author.kind_by.is_some()) else { return Ok(None) };
    let was = query("was").unwrap_or_default();
    let (key, words) = (id.to_string(), format!("{}: kind set to {}. Rules will not change it.", author.shown(), author.kind.label()));
    let seen = author.kind.as_str();
    Ok(Some(view! {
        <Notice tone=Tone::Good>
            <span>{words}</span>
            <Form act="undo_kind" key>
                {back(true)}
                <Hidden name="seen" value=seen/>
                <Hidden name="was" value=was/>
                <Submit label="Undo"/>
            </Form>
        </Notice>
    }))
}
