//! Notifying the person who drafted an answer that its reviewer returned it.

use serde_json::json;

use super::Heard;
use super::recipient::{ItemRecipient, organisation, owner, person, queue_email, sender};
use crate::access::account::Actor;
use crate::access::outbox::EmailTemplate;
use crate::db::Tx;
use crate::follow_up::response::ResponseVersion;
use crate::kernel::clock::Time;
use crate::kernel::error::Result;

/// Emails the drafter of a returned version with the reviewer's reason, or the item's owner where the drafter has no open account. Gives the name
/// of who was notified; none where that is the reviewer, or there is nobody.
///
/// # Errors
/// What the database says.
pub(crate) async fn notify(tx: &mut Tx, actor: &Actor, now: Time, item: &Heard, version: &ResponseVersion) -> Result<Option<String>> {
    let Some(recipient) = recipient(tx, item, version).await?.filter(|to| to.account.is_none() || to.account != actor.account()) else {
        return Ok(None);
    };
    let params = json!({
        "organisation": organisation(tx, item).await?,
        "number": item.number,
        "text": item.text,
        "reply": version.text,
        "by": sender(actor),
        "reason": version.return_reason,
        "path": format!("/heard/{}?tab=answer", item.id),
    });
    let key = format!("returned:{}:{}", version.id, version.revision);
    queue_email(tx, now, item, &recipient, EmailTemplate::Returned, params, key).await?;
    Ok(Some(recipient.name))
}

async fn recipient(tx: &mut Tx, item: &Heard, version: &ResponseVersion) -> Result<Option<ItemRecipient>> {
    if let Some(drafter) = version.drafted_by
        && let Some(drafter) = person(tx, drafter).await?
    {
        return Ok(Some(drafter));
    }
    owner(tx, item).await
}
