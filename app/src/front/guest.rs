//! Whose guest a person is: the program behind a personal link, and the organisation whose name stands on a guest's page.

use uuid::Uuid;

use crate::access::account::Actor;
use crate::access::link::{self, Purpose};
use crate::access::page::Host;
use crate::casework::nomination;
use crate::db::Tx;
use crate::follow_up::{heard, report};
use crate::kernel::error::{Error, Result};
use crate::kernel::ids::{HeardId, InvitationId, NominatorId, PanelDayId, PanelistId};
use crate::program::{self, Program, branding, day};
use crate::recruiting::{invitation, panelist};

/// The paths of pages that guests open before, or without, a visit by their link.
const PATHS: &[&str] = &["/l/", "/share/", "/unsubscribe/", "/nominate"];

/// Whether a page is a guest's.
#[must_use]
pub fn is_theirs(actor: &Actor, path: &str) -> bool {
    matches!(actor, Actor::Link { .. }) || PATHS.iter().any(|prefix| path.starts_with(prefix))
}

/// The organisation whose guest opens a page, as guests see it. None where it is not known: a link that does not exist, or one for staff.
///
/// # Errors
/// What the database says.
pub async fn host(tx: &mut Tx, actor: &Actor, path: &str) -> Result<Option<Host>> {
    if let Actor::Link { purpose, subject, .. } = actor {
        let program = program_of(tx, *purpose, *subject).await?;
        return of_program(tx, program).await;
    }
    let rest = |prefix: &str| path.strip_prefix(prefix).map(|rest| rest.split('/').next().unwrap_or_default());
    if let Some(slug) = rest("/share/") {
        let Some(edition) = known(report::act::shared(tx, slug).await)? else { return Ok(None) };
        let program = program_of_day(tx, edition.document.day.id).await?;
        // The report keeps the name that it was finalised with.
        return Ok(of_program(tx, program).await?.map(|host| Host { name: edition.document.organisation, ..host }));
    }
    if let Some(token) = rest("/l/").or_else(|| rest("/unsubscribe/")) {
        let Some(link) = known(link::act::find(tx, token).await)? else { return Ok(None) };
        let program = program_of(tx, link.purpose, link.subject_id).await?;
        return of_program(tx, program).await;
    }
    let program = program_of_only_organisation(tx).await?;
    of_program(tx, program).await
}

async fn of_program(tx: &mut Tx, program: Option<Program>) -> Result<Option<Host>> {
    let Some(program) = program else { return Ok(None) };
    let branding = branding::store::find(tx, program.id).await?;
    Ok(Some(branding.host(program.charter.organisation)))
}

/// The logo of the organisation that held a panel day, as a PNG file.
///
/// # Errors
/// What the database says.
pub async fn logo_of_day(tx: &mut Tx, day: PanelDayId) -> Result<Option<Vec<u8>>> {
    let Some(program) = program_of_day(tx, day).await? else { return Ok(None) };
    match branding::store::find(tx, program.id).await?.logo.logo_hash {
        Some(hash) => branding::store::find_logo(tx, &hash).await,
        None => Ok(None),
    }
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

/// The newest program, where all are of one organisation.
async fn program_of_only_organisation(tx: &mut Tx) -> Result<Option<Program>> {
    let mut programs = program::store::list(tx).await?;
    programs.dedup_by(|next, newest| next.charter.organisation == newest.charter.organisation);
    Ok(if programs.len() == 1 { programs.pop() } else { None })
}

/// What was found; none where there is no such thing any more.
fn known<T>(found: Result<T>) -> Result<Option<T>> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(Error::NotFound | Error::Gone(_)) => Ok(None),
        Err(error) => Err(error),
    }
}
