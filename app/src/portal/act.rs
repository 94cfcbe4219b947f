//! What a panelist decides about themself. The guarded acts check a code first; a wrong code counts even though the act
//! is refused, so its check is told apart from the act.

use serde_json::Value as Json;

use super::Guarded;
use crate::account::act::{AskCode, ask_for_code, check_code};
use crate::account::{Actor, Verb};
use crate::clock::Time;
use crate::db::Tx;
use crate::erasure;
use crate::error::{Error, Result};
use crate::ids::PanelistId;
use crate::panelist::act::Withdraw;
use crate::panelist::{self, QuotePermission};
use crate::report::act::own;

impl Guarded {
    /// What it asks for.
    #[must_use]
    pub const fn verb(self) -> Verb {
        match self {
            Self::Permission => Verb::SetQuotePermission,
            Self::Download => Verb::DownloadOwnData,
            Self::Leave => Verb::Leave,
        }
    }
}

/// Mails a code for one guarded act to the panelist's own address.
///
/// # Errors
/// `NotFound` for everybody but a panelist.
pub async fn ask(tx: &mut Tx, actor: &Actor, now: Time, what: Guarded) -> Result<()> {
    actor.may(what.verb())?;
    let panelist = panelist::store::find(tx, own(actor)?).await?.ok_or(Error::NotFound)?;
    let ask = AskCode { purpose: what.as_str(), subject: panelist.id.0, recipient: &panelist.email, recipient_name: &panelist.name };
    ask_for_code(tx, now, ask).await
}

/// Checks and uses up a code. The caller commits even when it is wrong, so that tries are counted.
///
/// # Errors
/// `Invalid` on `code`.
pub async fn check(tx: &mut Tx, actor: &Actor, now: Time, what: Guarded, typed: &str) -> Result<PanelistId> {
    actor.may(what.verb())?;
    let panelist = own(actor)?;
    check_code(tx, now, what.as_str(), panelist.0, typed).await?;
    Ok(panelist)
}

/// Sets how the panelist may be quoted, from now on and in every report that was ever frozen.
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
    panelist::act::withdraw(tx, actor, now, Withdraw { panelist, reason }).await
}

/// Everything that is kept about the panelist.
///
/// # Errors
/// As `erasure::act::export`.
pub async fn download(tx: &mut Tx, actor: &Actor, now: Time, panelist: PanelistId) -> Result<Json> {
    let person = erasure::act::find_panelist(tx, panelist).await?;
    erasure::act::export(tx, actor, now, &person).await
}
