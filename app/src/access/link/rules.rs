//! When a link still opens.

use chrono::Duration;

use super::{Link, Purpose};
use crate::kernel::clock::Time;
use crate::kernel::error::{Error, Result};

/// How long a link of this purpose opens, from its making.
#[must_use]
pub fn lasts(purpose: Purpose) -> Duration {
    match purpose {
        Purpose::SignIn => Duration::minutes(20),
        Purpose::Invite | Purpose::Confirm | Purpose::Response => Duration::days(60),
        Purpose::Nominate => Duration::days(90),
        Purpose::Portal | Purpose::Feed | Purpose::Unsubscribe => Duration::days(730),
    }
}

/// Whether the link opens at `now`.
///
/// # Errors
/// `Gone`, with what the holder can do.
pub fn check(link: &Link, now: Time) -> Result<()> {
    if link.revoked_at.is_some() {
        Err(Error::Gone(match (link.purpose, link.opened_at) {
            (Purpose::SignIn, Some(_)) => "This link was used already. A sign-in link works once.".into(),
            (Purpose::SignIn, None) => "You have signed in with another link since then, so this one no longer works.".into(),
            (Purpose::Confirm, _) => {
                "The invitation was answered anew since this email was sent. The newest email has the link that works.".into()
            }
            _ => "This link was withdrawn. If you did not expect that, please answer the email it came in.".into(),
        }))
    } else if link.expires_at <= now {
        Err(Error::Gone(match link.purpose {
            Purpose::SignIn => "This sign-in link is more than 20 minutes old.".into(),
            Purpose::Nominate => "This link has expired. Please ask for a new one on the page /nominate.".into(),
            _ => "This link has expired. Please answer the email it came in and ask for a new one.".into(),
        }))
    } else {
        Ok(())
    }
}
