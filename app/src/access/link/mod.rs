//! Personal links: one purpose each, unguessable, expiring, revocable.
//!
//! The token is `HMAC(secret, link id ‖ version)`: it is derived when an email is written or a message is copied, and only
//! its fingerprint is stored. GET on a link changes nothing; "Continue" (POST) swaps it for a cookie and a clean address.

#[cfg(feature = "store")]
pub mod act;
pub mod rules;
#[cfg(feature = "store")]
pub mod store;

use uuid::Uuid;

use crate::kernel::clock::Time;
use crate::kernel::ids::LinkId;

text_enum! {
    /// The one thing a link opens.
    pub enum Purpose {
        /// An account's sign-in by email; the subject is the account.
        SignIn = "sign_in", "Sign in";
        /// An invitation; the subject is the invitation.
        Invite = "invite", "Invitation";
        /// A panelist's portal; the subject is the panelist.
        Portal = "portal", "Portal";
        /// One heard item for its owner; the subject is the heard item.
        Response = "response", "Response";
        /// Nominating mentions and people; the subject is the nominator.
        Nominate = "nominate", "Nominations";
        /// An agenda feed for a calendar program; the subject is the panelist.
        Feed = "feed", "Calendar feed";
        /// Confirms a yes that was given from another address than the invited one; the subject is that answer.
        Confirm = "confirm", "Confirmation";
        /// Ends follow-up email; the subject is the panelist.
        Unsubscribe = "unsubscribe", "Unsubscribe";
    }
}

/// A personal link.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "store", derive(sqlx::FromRow))]
pub struct Link {
    pub id: LinkId,
    pub purpose: Purpose,
    pub subject_id: Uuid,
    pub version: i64,
    pub created_at: Time,
    pub expires_at: Time,
    pub revoked_at: Option<Time>,
    pub opened_at: Option<Time>,
    /// Fingerprint of what the browser that used it showed, where that matters.
    pub opened_by: Option<String>,
}
