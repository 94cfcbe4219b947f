//! The items of a colleague who left, changed role or unit: they go along with the person or the unit, or lose an owner who can no longer answer,
//! so that program staff are asked for another.

use serde_json::json;

use super::act::{is_owner, save};
use super::{Heard, store};
use crate::access::account::permission::row;
use crate::access::account::{self, Account, AccountMoved, Permission};
use crate::access::audit::ResourceType;
use crate::access::audit::act::audit;
use crate::db::Tx;
use crate::follow_up::response;
use crate::kernel::error::Result;

/// Lets the items follow: a renamed unit's, and those that the person owns. An item that still needs an answer which nobody can draft any more
/// has no owner from then on. An answered one keeps its owner: it says who answered.
///
/// # Errors
/// What the database says.
pub async fn follow_account(tx: &mut Tx, event: &AccountMoved) -> Result<()> {
    let accounts = account::store::list(tx).await?;
    let after = &event.after;
    for mut item in store::list_owned(tx, after.id, event.before.unit.as_deref()).await? {
        let before = item.owner();
        let own = item.owner_account == Some(after.id);
        match &event.renamed {
            Some(renamed) if item.owner_unit.as_ref() == Some(&renamed.from) => item.owner_unit = Some(renamed.to.clone()),
            _ if own && can_draft(after) => item.owner_unit = after.unit.clone(),
            _ => {}
        }
        let released = !can_be_answered(&item, &accounts) && needs_answer(tx, &item).await?;
        if released {
            (item.owner_account, item.owner_name, item.owner_email, item.owner_unit, item.owned_at) = (None, None, None, None, None);
        }
        if released || before != item.owner() {
            save(tx, &item).await?;
            let action = if released { "released" } else { "handed over" };
            audit(&event.by, event.at, action, ResourceType::Heard, item.id)
                .on_day(item.panel_day_id)
                .with(json!({"before": before, "after": item.owner()}))
                .record(tx);
        }
    }
    Ok(())
}

/// Whether an account is open, and may draft answers.
fn can_draft(account: &Account) -> bool {
    account.closed_at.is_none() && row(Permission::DraftResponse).role(account.role).is_some()
}

/// Whether its owner can draft an answer: a guest by the link, the account, or a colleague in its unit.
fn can_be_answered(item: &Heard, accounts: &[Account]) -> bool {
    let guest = item.owner_account.is_none() && item.owner_email.is_some();
    guest || accounts.iter().any(|account| can_draft(account) && is_owner(item, account.id, account.unit.as_deref()))
}

/// Whether it has no published answer that holds.
async fn needs_answer(tx: &mut Tx, item: &Heard) -> Result<bool> {
    let Some(answer) = response::store::find_current(tx, item.id).await? else { return Ok(true) };
    Ok(response::rules::is_reopened(store::find_reopened(tx, item.id).await?, &answer))
}
