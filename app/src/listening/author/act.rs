//! Saying what an author is: excluding it, including it again, leaving it to the rules.

use serde_json::json;

use super::{Author, AuthorKind, store, work};
use crate::access::account::{Actor, Permission};
use crate::access::audit::{ResourceType, act::audit};
use crate::db::Tx;
use crate::kernel::clock::Time;
use crate::kernel::error::{Error, Result, ValidationErrors};
use crate::kernel::ids::AuthorId;
use crate::listening::{segment, volume};

/// Says what an author is. No rule changes it again, and the program learns from it.
///
/// # Errors
/// `NotFound`; `Invalid` for a reason that is too long; `Conflict` where the author is another kind than the person saw.
pub async fn set_kind(
    tx: &mut Tx,
    actor: &Actor,
    now: Time,
    id: AuthorId,
    seen: Option<AuthorKind>,
    to: AuthorKind,
    reason: &str,
) -> Result<KindDecision> {
    let action = if to == AuthorKind::Customer { "included" } else { "excluded" };
    decide(tx, actor, now, id, seen, KindChange { to, action, reason, is_needed: false }).await
}

/// Excludes an author without saying what it is: it stays visible, but is hidden from rankings and shortlists.
///
/// # Errors
/// `NotFound`; `Invalid` without a reason; `Conflict` where the author is another kind than the person saw.
pub async fn exclude(tx: &mut Tx, actor: &Actor, now: Time, id: AuthorId, seen: Option<AuthorKind>, reason: &str) -> Result<()> {
    decide(tx, actor, now, id, seen, KindChange { to: AuthorKind::Unknown, action: "excluded", reason, is_needed: true }).await.map(drop)
}

/// Includes an author that a rule or a person excluded. No rule excludes it again.
///
/// # Errors
/// `NotFound`; `Invalid` without a reason; `Conflict` where the author is another kind than the person saw.
pub async fn bring_back(tx: &mut Tx, actor: &Actor, now: Time, id: AuthorId, seen: Option<AuthorKind>, reason: &str) -> Result<()> {
    decide(tx, actor, now, id, seen, KindChange { to: AuthorKind::Customer, action: "included", reason, is_needed: true }).await.map(drop)
}

/// Takes a person's decision back: the rules decide again.
///
/// # Errors
/// `NotFound`; `Conflict` where no person decided, or where the author is another kind than the person saw.
pub async fn lift_kind(tx: &mut Tx, actor: &Actor, now: Time, id: AuthorId, seen: Option<AuthorKind>) -> Result<()> {
    actor.may(Permission::AssessAuthors)?;
    store::hold(tx, id).await?;
    let before = store::find(tx, id).await?.ok_or(Error::NotFound)?;
    check_seen(&before, seen)?;
    if before.kind_by.is_none() {
        return Err(Error::conflict("Rules set this author's kind, so there is no decision to undo."));
    }
    store::set_kind(tx, id, before.kind, None, None).await?;
    segment::act::assess(tx, now, before.program_id, &[id]).await?;
    let after = store::find(tx, id).await?.ok_or(Error::NotFound)?;
    audit(actor, now, "lifted the kind of", ResourceType::Author, id)
        .with(json!({ "before": before.kind, "now": after.kind, "reason": before.kind_reason }))
        .record(tx);
    work::note_decision(tx, actor, now, before.program_id).await
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KindDecision {
    pub before: AuthorKind,
    /// Whether it was a person's decision already.
    pub was_decided: bool,
}

/// Nobody undoes what they have not read.
fn check_seen(author: &Author, seen: Option<AuthorKind>) -> Result<()> {
    match seen {
        Some(seen) if seen != author.kind => Err(Error::conflict("The kind of this author has changed since you looked. Check it again.")),
        _ => Ok(()),
    }
}

struct KindChange<'a> {
    to: AuthorKind,
    action: &'static str,
    reason: &'a str,
    /// Whether a reason has to be given.
    is_needed: bool,
}

async fn decide(
    tx: &mut Tx,
    actor: &Actor,
    now: Time,
    id: AuthorId,
    seen: Option<AuthorKind>,
    change: KindChange<'_>,
) -> Result<KindDecision> {
    actor.may(Permission::AssessAuthors)?;
    let KindChange { to, action, reason, is_needed } = change;
    let mut errors = ValidationErrors::default();
    let reason = if is_needed {
        errors.lines("reason", "The reason", reason, 500)
    } else {
        errors.optional_lines("reason", "The reason", reason, 500)
    };
    errors.finish()?;
    store::hold(tx, id).await?;
    let before = store::find(tx, id).await?.ok_or(Error::NotFound)?;
    check_seen(&before, seen)?;
    let by = actor.account().map_or(uuid::Uuid::nil(), |account| account.0);
    store::set_kind(tx, id, to, Some(reason.as_str()).filter(|reason| !reason.is_empty()), Some(by)).await?;
    volume::kinds::move_authors(tx, before.program_id, &[(id, before.kind, to)]).await?;
    segment::act::stand(tx, now, before.program_id, id, before.kind, to).await?;
    audit(actor, now, action, ResourceType::Author, id).with(json!({ "before": before.kind, "now": to, "reason": reason })).record(tx);
    work::note_decision(tx, actor, now, before.program_id).await?;
    Ok(KindDecision { before: before.kind, was_decided: before.kind_by.is_some() })
}
