//! Giving an item its owner, and asking them for a response.

use serde_json::json;

use super::act::{living, save};
use super::recipient::{organisation, owner, queue_email, sender};
use super::{Heard, HeardState, rules};
use crate::access::account::{self, Actor, Permission};
use crate::access::audit::ResourceType;
use crate::access::audit::act::audit;
use crate::access::link::{self, Purpose};
use crate::access::outbox::EmailTemplate;
use crate::db::Tx;
use crate::kernel::clock::Time;
use crate::kernel::error::{Error, Result, ValidationErrors};
use crate::kernel::ids::{AccountId, HeardId, IdAtRevision};

/// The owner to be: an account, or a person without one who gets a link to this item only.
#[derive(Clone, Debug)]
pub enum ItemOwner {
    Account(AccountId),
    Guest { name: String, email: String, unit: String },
}

/// Gives an open item its owner and asks them, by email, for a response. A former guest's link stops opening.
///
/// # Errors
/// `Invalid` for an unknown account or a mistyped address; `Conflict` when the item is not open, or was changed since it was read.
pub async fn assign(tx: &mut Tx, actor: &Actor, now: Time, seen: IdAtRevision<HeardId>, owner: ItemOwner, message: &str) -> Result<Heard> {
    let mut item = living(tx, actor, Permission::AssignItem, seen.id).await?;
    if item.state() == HeardState::Draft {
        return Err(Error::conflict("This item is a draft. Publish it to the board before you assign an owner."));
    }
    let mut errors = ValidationErrors::default();
    let message = errors.optional_lines("message", "The message", message, 1000);
    let asked = item.clone();
    match owner {
        ItemOwner::Account(account) => {
            let account = account::store::find(tx, account).await?.filter(|account| account.closed_at.is_none());
            let account = account.ok_or_else(|| Error::field("owner", "Choose an owner. This account is closed or does not exist."))?;
            item.owner_account = Some(account.id);
            item.owner_name = Some(account.name);
            item.owner_email = Some(account.email);
            item.owner_unit = account.unit;
        }
        ItemOwner::Guest { name, email, unit } => {
            item.owner_account = None;
            item.owner_name = Some(errors.text("name", "The name", &name, 120));
            item.owner_email = Some(errors.email(&email));
            item.owner_unit = Some(errors.optional("unit", "The unit", &unit, 80)).filter(|unit| !unit.is_empty());
        }
    }
    errors.finish()?;
    rules::check_unchanged(&asked, seen.revision)?;
    item.owned_at = Some(now);
    save(tx, &item).await?;
    item.revision += 1;
    link::store::revoke(tx, Purpose::Response, item.id.0, now).await?;
    audit(actor, now, "assigned", ResourceType::Heard, item.id)
        .on_day(item.panel_day_id)
        .with(json!({"before": asked.owner(), "after": item.owner()}))
        .record(tx);
    ask(tx, actor, now, &item, &message).await?;
    Ok(item)
}

/// Emails the owner. One without an account gets a link that opens this item and nothing else.
async fn ask(tx: &mut Tx, actor: &Actor, now: Time, item: &Heard, message: &str) -> Result<()> {
    let Some(owner) = owner(tx, item).await? else { return Ok(()) };
    let params = json!({
        "organisation": organisation(tx, item).await?,
        "number": item.number,
        "text": item.text,
        "by": sender(actor),
        "note": message,
        "path": format!("/heard/{}", item.id),
    });
    queue_email(tx, now, item, &owner, EmailTemplate::Response, params, format!("response:{}:{}", item.id, item.revision)).await
}
