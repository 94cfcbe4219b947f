//! Which events become webhook deliveries.

use super::WebhookEvent;
use super::act::{WebhookMessage, notify};
use crate::casework::nomination::NominationMade;
use crate::casework::triage::CaseRouted;
use crate::db::Tx;
use crate::follow_up::heard::ItemReopened;
use crate::kernel::error::Result;
use crate::listening::import::ImportEnded;

pub(crate) async fn import_ended(tx: &mut Tx, ImportEnded { at, run }: &ImportEnded) -> Result<()> {
    let (event, text) = match run.error {
        Some(_) => (WebhookEvent::Failed, "Import failed. Open its page for the reason.".to_owned()),
        None => (WebhookEvent::Imported, format!("Import finished: {} new of {} rows.", run.created, run.row_count)),
    };
    let message = WebhookMessage { event, text, path: format!("/imports/{}", run.id), items: run.created };
    notify(tx, *at, run.program_id, message, run.id).await
}

pub(crate) async fn nomination_made(tx: &mut Tx, NominationMade { at, nomination }: &NominationMade) -> Result<()> {
    let message = WebhookMessage {
        event: WebhookEvent::Nominated,
        text: format!("New nomination: a {}.", nomination.kind.label()),
        path: format!("/listen/nominations?program={}", nomination.program_id),
        items: 1,
    };
    notify(tx, *at, nomination.program_id, message, nomination.id).await
}

pub(crate) async fn case_routed(tx: &mut Tx, case: &CaseRouted) -> Result<()> {
    let message = WebhookMessage {
        event: WebhookEvent::Routed,
        text: format!("A case was routed to {}.", case.unit),
        path: format!("/listen/triage/{}", case.mention),
        items: 1,
    };
    notify(tx, case.at, case.program, message, case.mention).await
}

pub(crate) async fn item_reopened(tx: &mut Tx, reopened: &ItemReopened) -> Result<()> {
    let message = WebhookMessage {
        event: WebhookEvent::Reopened,
        text: format!("Item {} was reopened.", reopened.number),
        path: format!("/heard/{}", reopened.item),
        items: 1,
    };
    notify(tx, reopened.at, reopened.program, message, reopened.item).await
}
