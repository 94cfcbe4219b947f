//! Accounts and the people behind them: administrator, program staff, moderator, responder, viewer.
//!
//! Everyone who acts is an `Actor`. One table (`permission`) says what an actor may do, deny by default, and how far
//! (own, unit, day, all): the scope. An account signs in by password or by an email link; either makes the browser a signed-in device,
//! which can be revoked. Panelists have no account: they use a personal link (see `link`).

#[cfg(feature = "store")]
pub mod act;
#[cfg(feature = "store")]
pub mod code;
#[cfg(feature = "store")]
mod password;
#[cfg(feature = "ssr")]
pub mod page;
pub mod permission;
pub mod rules;
#[cfg(feature = "store")]
pub mod store;

use uuid::Uuid;

use crate::access::link::Purpose;
use crate::kernel::clock::Time;
use crate::kernel::ids::{AccountId, LinkId, SignedInDeviceId};
pub use permission::{Permission, Scope};

text_enum! {
    /// What an account is for.
    pub enum Role {
        Administrator = "administrator", "Administrator";
        Staff = "staff", "Program staff";
        Moderator = "moderator", "Moderator";
        Responder = "responder", "Responder";
        Viewer = "viewer", "Viewer";
    }
}

text_enum! {
    /// What a new business unit of one account means for the others.
    pub enum UnitChange {
        /// This person moves to another unit; the old one goes on without them.
        Moves = "moves", "moves to another unit";
        /// The unit has a new name: everyone in it, its items and its cases follow.
        Renamed = "renamed", "the unit has a new name";
    }
}

/// An account was closed, or its role or unit changed. What only this person, or only their old unit, could answer needs someone else now.
#[cfg(feature = "store")]
pub struct AccountMoved {
    pub at: Time,
    pub by: Actor,
    pub before: Account,
    /// The account as it is now.
    pub after: Account,
    /// Set where the unit was renamed.
    pub renamed: Option<UnitRenamed>,
}

/// The old and the new name of a business unit.
#[cfg(feature = "store")]
#[derive(Clone, Debug)]
pub struct UnitRenamed {
    pub from: String,
    pub to: String,
}

#[cfg(feature = "store")]
impl crate::db::Event for AccountMoved {}

/// A person who can sign in.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "store", derive(sqlx::FromRow))]
pub struct Account {
    pub id: AccountId,
    pub email: String,
    pub name: String,
    pub role: Role,
    /// The business unit a responder answers for.
    pub unit: Option<String>,
    pub created_at: Time,
    pub closed_at: Option<Time>,
    /// 1 when new; every change adds one.
    pub revision: i64,
}

/// Who acts. Every act and every page gets one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// A signed-in account.
    Account { id: AccountId, role: Role, unit: Option<String>, name: String },
    /// A guest by personal link; `subject` is what the link is for.
    Link { id: LinkId, purpose: Purpose, subject: Uuid },
    /// The program itself: jobs, the command line, the demo. The word says which.
    System(&'static str),
    /// Not signed in.
    Nobody,
}

impl Actor {
    /// The account's id, where an account acts.
    #[must_use]
    pub fn account(&self) -> Option<AccountId> {
        match self {
            Self::Account { id, .. } => Some(*id),
            _ => None,
        }
    }

    #[must_use]
    pub fn role(&self) -> Option<Role> {
        match self {
            Self::Account { role, .. } => Some(*role),
            _ => None,
        }
    }
}

/// A signed-in browser, as its owner sees it on their page.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "store", derive(sqlx::FromRow))]
pub struct SignedInDevice {
    pub id: SignedInDeviceId,
    pub created_at: Time,
    pub seen_at: Time,
    pub expires_at: Time,
    pub device: String,
}
