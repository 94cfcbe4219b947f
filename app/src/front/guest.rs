//! Whose guest a person is: the program behind a personal link, and the organisation whose name stands on a guest's page.

use uuid::Uuid;

use crate::access::account::Actor;
use crate::access::link::{self, Purpose};
use crate::casework::nomination;
use crate::db::Tx;
use crate::follow_up::{heard, report};
use crate::kernel::error::{Error, Result};
use crate::kernel::ids::{HeardId, InvitationId, NominatorId, PanelDayId, PanelistId};
use crate::program::{self, Program, day};
use crate::recruiting::{invitation, panelist};

/// The paths of pages that guests open before, or without, a visit by their link.
const PATHS: &[&str] = &["/l/", "/share/", "/unsubscribe/", "/nominate"];

/// Whether a page is a guest's.
#[must_use]
pub fn is_theirs(actor: &Actor, path: &str) -> bool {
    matches!(actor, Actor::Link { .. }) || PATHS.iter().any(|prefix| path.starts_with(prefix))
}

/// The name of the organisation whose guest opens a page. None where it is not known: a link that does not exist, or one for staff.
///
/// # Errors
/// What the database says.
pub async fn host(tx: &mut Tx, actor: &Actor, path: &str) -> Result<Option<String>> {
    if let Actor::Link { purpose, subject, .. } = actor {
        return Ok(program_of(tx, *purpose, *subject).await?.map(|program| program.charter.organisation));
    }
    let rest = |prefix: &str| path.strip_prefix(prefix).map(|rest| rest.split('/').next().unwrap_or_default());
    if let Some(slug) = rest("/share/") {
        return Ok(known(report::act::shared(tx, slug).await)?.map(|edition| edition.document.organisation));
    }
    if let Some(token) = rest("/l/").or_else(|| rest("/unsubscribe/")) {
        let Some(link) = known(link::act::find(tx, token).await)? else { return Ok(None) };
        return Ok(program_of(tx, link.purpose, link.subject_id).await?.map(|program| program.charter.organisation));
    }
    only_organisation(tx).await
}

/// The program behind a link's purpose and subject. None for sign-in links, and where it is gone.
///
/// # Errors
/// What the database says.
pub async fn program_of(tx: &mut Tx, purpose: Purpose, subject: Uuid) -> Result<Option<Program>> {
    let day = match purpose {
        Purpose::Invite => invitation::store::find(tx, InvitationId(subject)).await?.map(|found| found.panel_day_id),
        Purpose::Confirm => match invitation::store::find_answer(tx, subject).await? {
            Some(answer) => invitation::store::find(tx, answer.invitation_id).await?.map(|found| found.panel_day_id),
            None => None,
        },
        Purpose::Portal | Purpose::Feed | Purpose::Unsubscribe => {
            panelist::store::find(tx, PanelistId(subject)).await?.map(|found| found.panel_day_id)
        }
        Purpose::Response => heard::store::find(tx, HeardId(subject)).await?.map(|found| found.panel_day_id),
        Purpose::Nominate => return program_of_nominator(tx, NominatorId(subject)).await,
        Purpose::SignIn => None,
    };
    match day {
        Some(day) => program_of_day(tx, day).await,
        None => Ok(None),
    }
}

async fn program_of_day(tx: &mut Tx, id: PanelDayId) -> Result<Option<Program>> {
    match day::store::find(tx, id).await? {
        Some(day) => program::store::find(tx, day.program_id).await,
        None => Ok(None),
    }
}

/// The newest program that a nominator may nominate for.
async fn program_of_nominator(tx: &mut Tx, id: NominatorId) -> Result<Option<Program>> {
    match nomination::store::find_nominator(tx, id).await? {
        Some(nominator) => Ok(nomination::act::list_programs(tx, &nominator).await?.into_iter().next()),
        None => Ok(None),
    }
}

/// The organisation of all programs, where it is one.
async fn only_organisation(tx: &mut Tx) -> Result<Option<String>> {
    let mut names: Vec<String> = program::store::list(tx).await?.into_iter().map(|program| program.charter.organisation).collect();
    names.dedup();
    Ok(if names.len() == 1 { names.pop() } else { None })
}

/// What was found; none where there is no such thing any more.
fn known<T>(found: Result<T>) -> Result<Option<T>> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(Error::NotFound | Error::Gone(_)) => Ok(None),
        Err(error) => Err(error),
    }
}
