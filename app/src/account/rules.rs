//! Parsing of addresses, and how long logins and codes last.

use chrono::Duration;

use crate::error::{Error, Result};

/// A login ends after 14 days, or after 12 hours without a request from a personal link.
pub const LOGIN_DAYS: i64 = 14;
/// A sign-in link by mail opens for 20 minutes.
pub const SIGN_IN_MINUTES: i64 = 20;
/// A code by mail is good for 10 minutes and 5 tries.
pub const CODE_MINUTES: i64 = 10;
/// Wrong tries after which a code is dead.
pub const CODE_TRIES: i64 = 5;

/// How long a login lasts.
#[must_use]
pub fn login_lasts() -> Duration {
    Duration::days(LOGIN_DAYS)
}

/// A mail address, parsed once: one `@`, something on both sides, a dot in the domain, no spaces or control characters.
/// Lower case, since people type their own address in either.
///
/// # Errors
/// `Invalid` on the field `email`.
pub fn parse_email(text: &str) -> Result<String> {
    let text = text.trim();
    let good = text.len() <= 254
        && !text.chars().any(|c| c.is_whitespace() || c.is_control() || matches!(c, ',' | ';' | '<' | '>' | '"'))
        && text.split_once('@').is_some_and(|(user, domain)| {
            !user.is_empty() && !domain.contains('@') && domain.contains('.') && domain.split('.').all(|label| !label.is_empty())
        });
    if good {
        Ok(text.to_lowercase())
    } else {
        Err(Error::field("email", format!("“{text}” is not a mail address. It should look like name@example.com.")))
    }
}

/// A password: 12 characters or more. Length is what helps; rules about digits do not (NIST SP 800-63B, 5.1.1).
///
/// # Errors
/// `Invalid` on the field `password`.
pub fn check_password(password: &str) -> Result<()> {
    match password.chars().count() {
        12..=200 => Ok(()),
        0..12 => Err(Error::field("password", "A password needs at least 12 characters.")),
        _ => Err(Error::field("password", "A password may have at most 200 characters.")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_parsed_once() {
        assert_eq!(parse_email(" Ada.Okafor@Example.COM ").ok().as_deref(), Some("ada.okafor@example.com"));
        for wrong in
            ["", "ada", "ada@", "@example.com", "ada@example", "a b@example.com", "a@b@example.com", "a@b..com", "a@b.com\r\nBcc: x@y.z"]
        {
            assert!(parse_email(wrong).is_err(), "{wrong}");
        }
    }
}
