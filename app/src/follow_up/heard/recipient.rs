//! The recipient of an email about an item: its owner, or the publisher of the answer.

use uuid::Uuid;

use super::{Heard, Notified};
use crate::access::account::{self, Actor};
use crate::access::link::{self, Purpose};
use crate::access::outbox::{self, EmailTemplate};
use crate::db::Tx;
use crate::kernel::clock::Time;
use crate::kernel::error::{Error, Result};
use crate::kernel::ids::AccountId;
use crate::{follow_up::response, program};

/// A person who can be emailed about an item.
pub(super) struct ItemRecipient {
    /// None for an owner without an account, who gets a link to the item.
    pub(super) account: Option<AccountId>,
    pub(super) name: String,
    email: String,
}

/// The owner, unless there is none, or their account was closed.
pub(super) async fn owner(tx: &mut Tx, item: &Heard) -> Result<Option<ItemRecipient>> {
    if let Some(account) = item.owner_account {
        return person(tx, account).await;
    }
    let (Some(name), Some(email)) = (item.owner_name.clone(), item.owner_email.clone()) else { return Ok(None) };
    Ok(Some(ItemRecipient { account: None, name, email }))
}

/// Who is notified about an answer: the item's owner, or who published the answer where no owner can be reached.
pub(super) async fn responsible(
    tx: &mut Tx,
    item: &Heard,
    answer: &response::ResponseVersion,
) -> Result<Option<(Notified, ItemRecipient)>> {
    if let Some(owner) = owner(tx, item).await? {
        return Ok(Some((Notified::Owner, owner)));
    }
    let Some(publisher) = answer.published_by else { return Ok(None) };
    Ok(person(tx, publisher).await?.map(|publisher| (Notified::Publisher, publisher)))
}

pub(super) async fn person(tx: &mut Tx, account: AccountId) -> Result<Option<ItemRecipient>> {
    let account = account::store::find(tx, account).await?.filter(|account| account.closed_at.is_none());
    Ok(account.map(|account| ItemRecipient { account: Some(account.id), name: account.name, email: account.email }))
}

pub(super) async fn queue_email(
    tx: &mut Tx,
    now: Time,
    item: &Heard,
    to: &ItemRecipient,
    template: EmailTemplate,
    params: serde_json::Value,
    key: String,
) -> Result<()> {
    let link = match to.account {
        Some(_) => None,
        None => Some(link::act::current(tx, now, Purpose::Response, item.id.0).await?.id),
    };
    let subject: Uuid = to.account.map_or(item.id.0, |account| account.0);
    let (recipient, recipient_name) = (to.email.clone(), to.name.clone());
    outbox::act::queue(tx, now, outbox::act::QueueEmail { template, recipient, recipient_name, params, link, subject: Some(subject), key })
        .await?;
    Ok(())
}

pub(super) async fn organisation(tx: &mut Tx, item: &Heard) -> Result<String> {
    Ok(program::store::find(tx, item.program_id).await?.ok_or(Error::NotFound)?.charter.organisation)
}

pub(super) fn sender(actor: &Actor) -> String {
    match actor {
        Actor::Account { name, .. } => name.clone(),
        _ => "The program".into(),
    }
}
