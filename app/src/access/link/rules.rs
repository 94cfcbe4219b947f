//! How long links work, and why one no longer does.

use chrono::Duration;

use super::{Link, Purpose};
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
            (Purpose::SignIn, Some(_)) => "This sign-in link has already been used. Each link works once.".into(),
            (Purpose::SignIn, None) => "This link stopped working because you signed in with a newer one.".into(),
            (Purpose::Confirm, _) => {
                "The invitation was answered again after this email was sent. Use the link in the most recent email.".into()
            }
            _ => "This link has been revoked. If you did not expect that, reply to the email that contained it.".into(),
        }))
    } else if link.expires_at <= now {
        Err(Error::Gone(match link.purpose {
            Purpose::SignIn => "This sign-in link has expired. Links work for 20 minutes.".into(),
            Purpose::Nominate => "This link has expired. Request a new one at /nominate.".into(),
            _ => "This link has expired. Reply to the email that contained it and ask for a new one.".into(),
        }))
    } else {
        Ok(())
    }
}
