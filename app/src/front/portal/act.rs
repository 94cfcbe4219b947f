//! What a panelist decides about themself. The guarded acts check a code first; a wrong code counts even though the act
//! is refused, so its check is told apart from the act.

use serde_json::Value as Json;

use super::StepUpAction;
use crate::access::account::code::{AskCode, ask_for_code, check_code};
use crate::access::account::{Actor, Permission};
use crate::db::Tx;
use crate::follow_up::report::reader::own;
use crate::kernel::clock::Time;
use crate::kernel::error::{Error, Result};
use crate::kernel::ids::PanelistId;
use crate::privacy::erasure;
use crate::recruiting::panelist::act::WithdrawPanelist;
use crate::recruiting::panelist::{self, QuotePermission};

impl StepUpAction {
    /// What it asks for.
    #[must_use]
    pub const fn permission(self) -> Permission {
        match self {
            Self::Permission => Permission::SetQuotePermission,
            Self::Download => Permission::DownloadOwnData,
            Self::Leave => Permission::LeavePanel,
        }
    }
}

/// Emails a code for one guarded act to the panelist's own address.
///
/// # Errors
/// `NotFound` for everybody but a panelist.
pub async fn ask(tx: &mut Tx, actor: &Actor, now: Time, what: StepUpAction) -> Result<()> {
    actor.may(what.permission())?;
    let panelist = panelist::store::find(tx, own(actor)?).await?.ok_or(Error::NotFound)?;
    let ask = AskCode { purpose: what.as_str(), subject: panelist.id.0, recipient: &panelist.email, recipient_name: &panelist.name };
    ask_for_code(tx, now, ask).await
}

/// Checks and uses up a code. The caller commits even when it is wrong, so that tries are counted.
///
/// # Errors
/// `Invalid` on `code`.
pub async fn check(tx: &mut Tx, actor: &Actor, now: Time, what: StepUpAction, typed: &str) -> Result<PanelistId> {
    actor.may(what.permission())?;
    let panelist = own(actor)?;
    check_code(tx, now, what.as_str(), panelist.0, typed).await?;
    Ok(panelist)
}

/// Sets how the panelist may be quoted, from now on and in every report that was ever finalised.
///
/// # Errors
/// As `panelist::act::permit_quotes`.
pub async fn permit(tx: &mut Tx, actor: &Actor, now: Time, panelist: PanelistId, permission: QuotePermission) -> Result<()> {
    panelist::act::permit_quotes(tx, actor, now, panelist, permission).await
}

/// Takes the panelist off the panel.
///
/// # Errors
/// As `panelist::act::withdraw`.
pub async fn leave(tx: &mut Tx, actor: &Actor, now: Time, panelist: PanelistId, reason: String) -> Result<()> {
    panelist::act::withdraw(tx, actor, now, WithdrawPanelist { panelist, reason }).await
}

/// Everything that is kept about the panelist.
///
/// # Errors
/// As `erasure::find::export`.
pub async fn download(tx: &mut Tx, actor: &Actor, now: Time, panelist: PanelistId) -> Result<Json> {
    let person = erasure::find::find_panelist(tx, panelist).await?;
    erasure::find::export(tx, actor, now, &person).await
}
