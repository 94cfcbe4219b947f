//! Guests see the organisation that invites them, not the software: its name in the header of pages by personal link.

use std::future::Future;
use std::pin::Pin;

use crate::access::account::Actor;
use crate::access::link::{self, Purpose};
use crate::access::page::PageContext;
use crate::db::Tx;
use crate::follow_up::heard;
use crate::kernel::error::Result;
use crate::kernel::ids::{HeardId, InvitationId, PanelDayId, PanelistId, ProgramId};
use crate::program::{day, store};
use crate::recruiting::{invitation, panelist};

/// The name of the organisation, for the guest who opens `path`; nothing on pages for staff, or where it is not certain.
pub fn organisation(cx: PageContext, path: String) -> Pin<Box<dyn Future<Output = Result<Option<String>>> + Send>> {
    Box::pin(async move { find(&mut cx.db.read().await?, &cx.actor, &path).await })
}

async fn find(tx: &mut Tx, actor: &Actor, path: &str) -> Result<Option<String>> {
    let token = path.strip_prefix("/l/");
    let opened = match (actor, token) {
        (_, Some(token)) => link::act::find(tx, token).await.ok().map(|link| (link.purpose, link.subject_id)),
        (Actor::Link { purpose, subject, .. }, None) => Some((*purpose, *subject)),
        _ => None,
    };
    let for_guests = token.is_some()
        || ["/portal", "/invitation", "/item", "/nominate", "/share", "/unsubscribe"].iter().any(|page| path.starts_with(page));
    let program = match opened {
        // The software's own account, or not a page for guests.
        Some((Purpose::SignIn, _)) => return Ok(None),
        _ if !for_guests => return Ok(None),
        Some((Purpose::Portal | Purpose::Feed | Purpose::Unsubscribe, id)) => {
            let panelist = panelist::store::find(tx, PanelistId(id)).await?;
            program_of(tx, panelist.map(|panelist| panelist.panel_day_id)).await?
        }
        Some((Purpose::Invite, id)) => {
            let invitation = invitation::store::find(tx, InvitationId(id)).await?;
            program_of(tx, invitation.map(|invitation| invitation.panel_day_id)).await?
        }
        Some((Purpose::Response, id)) => heard::store::find(tx, HeardId(id)).await?.map(|item| item.program_id),
        Some((Purpose::Confirm | Purpose::Nominate, _)) | None => None,
    };
    let programs = store::list(tx).await?;
    if let Some(found) = programs.iter().find(|known| Some(known.id) == program) {
        return Ok(Some(found.charter.organisation.clone()));
    }
    // Where all programs are of one organisation, there is no doubt.
    let mut names: Vec<String> = programs.into_iter().map(|program| program.charter.organisation).collect();
    names.dedup();
    Ok(names.pop().filter(|_| names.is_empty()))
}

async fn program_of(tx: &mut Tx, id: Option<PanelDayId>) -> Result<Option<ProgramId>> {
    match id {
        Some(id) => Ok(day::store::find(tx, id).await?.map(|day| day.program_id)),
        None => Ok(None),
    }
}
