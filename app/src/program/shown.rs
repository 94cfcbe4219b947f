//! The program that a listening page shows.

use leptos::prelude::*;

use super::{Program, store};
use crate::db::Tx;
use crate::kernel::error::{Error, Result};
use crate::kernel::ids::ProgramId;
use crate::ui::form::carry;
use crate::ui::{Empty, query, tried};

/// The program that a page of listening shows: the one of the form that was refused, else the one named by `?program=`, else the newest.
/// Every form of the page carries it as the hidden field `program`: another one may be the newest by the time it is sent.
pub(crate) async fn program_shown(tx: &mut Tx) -> Result<Option<Program>> {
    let sent = tried().map(|tried| tried.fields.text("program").to_owned());
    let named = [sent, query("program")].into_iter().flatten().find_map(|id| id.parse::<ProgramId>().ok());
    let shown = match named {
        Some(id) => Some(store::find(tx, id).await?.ok_or(Error::NotFound)?),
        None => store::list(tx).await?.into_iter().next(),
    };
    if let Some(program) = &shown {
        carry("program", program.id.to_string());
    }
    Ok(shown)
}

/// What a page of listening shows where there is none.
pub(crate) fn no_program() -> impl IntoView {
    view! { <Empty title="No program yet" text="Mentions, panel days and reports belong to a program."><a class="btn btn-1" href="/programs">"Create a program"</a></Empty> }
}
