//! How long links work, and why one no longer does.

use chrono::Duration;

use super::{Link, Purpose};
use crate::coded;
use crate::kernel::clock::Time;
use crate::kernel::error::{Error, Result};

/// How long a link of this purpose works after it was created.
#[must_use]
pub fn lasts(purpose: Purpose) -> Duration {
    match purpose {
        Purpose::SignIn => Duration::minutes(20),
        Purpose::Invite | Purpose::Confirm | Purpose::Response => Duration::days(60),
        Purpose::Nominate => Duration::days(90),
        Purpose::Portal | Purpose::Feed | Purpose::Unsubscribe => Duration::days(730),
    }
}

/// Whether the link works at `now`.
///
/// # Errors
/// `Gone`, with what the holder can do.
pub fn check(link: &Link, now: Time) -> Result<()> {
    if link.revoked_at.is_some() {
        Err(Error::Gone(match (link.purpose, link.opened_at) {
            (Purpose::SignIn, Some(_)) => coded!("error-link-used"),
            (Purpose::SignIn, None) => coded!("error-link-replaced"),
            (Purpose::Confirm, _) => coded!("error-link-answered-again"),
            _ => coded!("error-link-revoked"),
        }))
    } else if link.expires_at <= now {
        Err(Error::Gone(match link.purpose {
            Purpose::SignIn => coded!("error-link-old", minutes = lasts(Purpose::SignIn).num_minutes()),
            Purpose::Nominate => coded!("error-link-nominate-expired"),
            _ => coded!("error-link-expired"),
        }))
    } else {
        Ok(())
    }
}
