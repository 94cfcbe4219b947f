//! Excluding an author, and including it again.

use serde_json::json;

use super::{AuthorKind, store};
use crate::access::account::{Actor, Permission};
use crate::access::audit::{ResourceType, act::audit};
use crate::db::Tx;
use crate::kernel::clock::Time;
use crate::kernel::error::{Error, Result, ValidationErrors};
use crate::kernel::ids::AuthorId;
use crate::listening::segment;

/// Excludes an author: it stays visible, but is hidden from rankings and shortlists.
///
/// # Errors
/// `NotFound`; `Invalid` without a reason.
pub async fn exclude(tx: &mut Tx, actor: &Actor, now: Time, id: AuthorId, reason: &str) -> Result<()> {
    decide(tx, actor, now, id, AuthorKind::Excluded, "excluded", reason).await
}

/// Includes an author that a rule or a person excluded. No rule excludes it again.
///
/// # Errors
/// `NotFound`; `Invalid` without a reason.
pub async fn bring_back(tx: &mut Tx, actor: &Actor, now: Time, id: AuthorId, reason: &str) -> Result<()> {
    decide(tx, actor, now, id, AuthorKind::Customer, "included", reason).await
}

async fn decide(tx: &mut Tx, actor: &Actor, now: Time, id: AuthorId, to: AuthorKind, action: &'static str, reason: &str) -> Result<()> {
    actor.may(Permission::AssessAuthors)?;
    let mut errors = ValidationErrors::default();
    let reason = errors.lines("reason", "The reason", reason, 500);
    errors.finish()?;
    store::hold(tx, id).await?;
    let before = store::find(tx, id).await?.ok_or(Error::NotFound)?;
    let by = actor.account().map_or(uuid::Uuid::nil(), |account| account.0);
    store::set_kind(tx, id, to, &reason, by).await?;
    segment::act::stand(tx, now, before.program_id, id, before.kind, to).await?;
    audit(actor, now, action, ResourceType::Author, id).with(json!({ "before": before.kind, "now": to, "reason": reason })).record(tx);
    Ok(())
}
