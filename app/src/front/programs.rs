//! The program that a listening page shows, in the navigation, with a switch to the others.

use std::future::Future;
use std::pin::Pin;

use leptos::prelude::*;
use uuid::Uuid;

use crate::access::account::Permission;
use crate::access::page::{PageContext, nav};
use crate::kernel::error::Result;
use crate::kernel::ids::ProgramId;
use crate::program::store;
use crate::ui::query;

/// The name of the program that the page at `path` shows; with several programs, a menu of them.
pub fn switcher(cx: PageContext, path: String) -> Pin<Box<dyn Future<Output = Result<AnyView>> + Send>> {
    let named = query("program").and_then(|id| id.parse::<ProgramId>().ok());
    Box::pin(async move {
        // A page about one thing belongs to that thing's program, whatever the address says.
        let about_one = path.split('/').any(|step| Uuid::parse_str(step).is_ok());
        let Some((_, to)) = nav::current(&path).filter(|(section, _)| *section == nav::SECTIONS[0].label && !about_one) else {
            return Ok(().into_any());
        };
        if cx.actor.scope(Permission::SeeProgram).is_none() {
            return Ok(().into_any());
        }
        let programs = store::list(&mut cx.db.read().await?).await?;
        let shown = programs.iter().find(|program| named.is_none_or(|named| program.id == named));
        let Some(shown) = shown.map(|program| (program.id, program.charter.name.clone())) else { return Ok(().into_any()) };
        if programs.len() == 1 {
            return Ok(view! { <span class="push dim" dir="auto">{shown.1}</span> }.into_any());
        }
        let links = programs
            .into_iter()
            .map(|program| {
                let current = (program.id == shown.0).then_some("true");
                view! { <a href=format!("{to}?program={}", program.id) aria-current=current dir="auto">{program.charter.name}</a> }
            })
            .collect_view();
        Ok(view! {
            <details class="menu push" name="menu">
                <summary dir="auto" aria-label=format!("Program: {}", shown.1)>{shown.1.clone()}</summary>
                <div><small>"Switch program"</small>{links}</div>
            </details>
        }
        .into_any())
    })
}
