//! Customer links: reviewed statements that a customer of the roster and an author are one person.
//!
//! A handle on the roster proposes a link to the author who has it. A proposal changes nothing; a person confirms or
//! rejects it, and may remove a confirmed link. A customer and an author that are linked are erased together.

#[cfg(feature = "store")]
pub mod act;
#[cfg(feature = "ssr")]
pub mod page;
#[cfg(feature = "store")]
pub mod store;
#[cfg(all(test, feature = "store"))]
mod tests;

use crate::kernel::clock::Time;
use crate::kernel::ids::{AccountId, AuthorId, CustomerId, CustomerLinkId, ProgramId};

text_enum! {
    pub enum CustomerLinkState {
        Proposed = "proposed", "proposed";
        Confirmed = "confirmed", "confirmed";
        Refused = "refused", "rejected";
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "store", derive(sqlx::FromRow))]
pub struct CustomerLink {
    pub id: CustomerLinkId,
    pub program_id: ProgramId,
    pub customer_id: CustomerId,
    pub author_id: AuthorId,
    pub reason: String,
    pub state: CustomerLinkState,
    pub proposed_at: Time,
    pub decided_by: Option<AccountId>,
    pub decided_at: Option<Time>,
}

/// A link with the author as the list of customers shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "store", derive(sqlx::FromRow))]
pub struct ListedLink {
    pub id: CustomerLinkId,
    pub customer_id: CustomerId,
    pub author_id: AuthorId,
    pub state: CustomerLinkState,
    pub reason: String,
    pub handle: String,
    pub network: String,
}
