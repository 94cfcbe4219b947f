//! How long devices stay signed in and codes last, how many there may be, and what a password must be.

use chrono::Duration;

use crate::kernel::clock::Time;
use crate::kernel::error::{Error, Result};

/// A device stays signed in for 14 days at most.
pub const DEVICE_DAYS: i64 = 14;
/// An account's device is signed out after 3 days without a request.
pub const ACCOUNT_IDLE_DAYS: i64 = 3;
/// A visit by a personal link ends after 12 hours without a request: the device may be shared.
pub const VISIT_IDLE_HOURS: i64 = 12;
/// A code by email works for 10 minutes and 5 tries.
pub const CODE_MINUTES: i64 = 10;
/// Wrong tries after which a code no longer works.
pub const MAX_CODE_TRIES: i64 = 5;
/// Codes that one person can ask for within an hour.
pub const MAX_CODES_PER_HOUR: usize = 5;
/// Tries that one person has within an hour, over all codes together.
pub const MAX_TRIES_PER_HOUR: i64 = 10;
/// For so many minutes, a second press of a sign-in link's button in the same browser counts as the first.
pub const SAME_PRESS_MINUTES: i64 = 2;

/// How long a device stays signed in.
#[must_use]
pub fn max_device_age() -> Duration {
    Duration::days(DEVICE_DAYS)
}

/// How long a device stays signed in without a request.
#[must_use]
pub fn idle_timeout(by_link: bool) -> Duration {
    if by_link { Duration::hours(VISIT_IDLE_HOURS) } else { Duration::days(ACCOUNT_IDLE_DAYS) }
}

/// A use is recorded when the last recorded one is older than this, so that most requests write nothing. Small beside `idle_timeout`.
#[must_use]
pub fn use_is_news_after(by_link: bool) -> Duration {
    if by_link { Duration::minutes(5) } else { Duration::hours(1) }
}

/// How long to wait, in minutes begun; at least one.
#[must_use]
pub fn whole_minutes(wait: Duration) -> i64 {
    ((wait.num_seconds() + 59) / 60).max(1)
}

/// The wait until one more request fits into the hour, or none. `times` are those of the last hour.
#[must_use]
pub fn wait(times: &[Time], limit: usize, now: Time) -> Option<Duration> {
    let mut times = times.to_vec();
    times.sort_unstable();
    let first = times.len().checked_sub(limit)?;
    Some(times[first] + Duration::hours(1) - now).filter(|wait| *wait > Duration::zero())
}

/// 12 characters or more. Length helps; rules about digits do not (NIST SP 800-63B, 5.1.1).
///
/// # Errors
/// `Invalid` on the field `password`.
pub fn check_password(password: &str) -> Result<()> {
    match password.chars().count() {
        12..=200 => Ok(()),
        0..12 => Err(Error::field("password", "This password is too short. Use at least 12 characters.")),
        _ => Err(Error::field("password", "This password is too long. Use at most 200 characters.")),
    }
}

/// A browser in words, from its user agent: "Firefox on Windows". What is not recognised is shown as it is.
#[must_use]
pub fn device_name(user_agent: &str) -> String {
    // Most browsers name others too: the first match counts.
    const BROWSERS: &[(&str, &str)] = &[
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("SamsungBrowser/", "Samsung Internet"),
        ("Firefox/", "Firefox"),
        ("FxiOS/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("CriOS/", "Chrome"),
        ("Safari/", "Safari"),
    ];
    const SYSTEMS: &[(&str, &str)] = &[
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("Windows", "Windows"),
        ("CrOS", "ChromeOS"),
        ("Mac OS", "Mac"),
        ("Linux", "Linux"),
    ];
    let find = |known: &[(&str, &'static str)]| known.iter().find(|(mark, _)| user_agent.contains(mark)).map(|(_, name)| *name);
    match (find(BROWSERS), find(SYSTEMS)) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        _ => user_agent.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::clock::now;

    #[test]
    fn a_device_is_named_by_browser_and_system() {
        for (user_agent, name) in [
            ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/148.0.0.0 Safari/537.36", "Chrome on Linux"),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile/15E148 Safari/604.1",
                "Safari on iPhone",
            ),
            ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Windows"),
            ("phone", "phone"),
        ] {
            assert_eq!(device_name(user_agent), name);
        }
    }

    #[test]
    fn one_more_fits_when_the_oldest_of_the_hour_is_over() {
        let now = now();
        let ago = |minutes| now - Duration::minutes(minutes);
        assert_eq!(wait(&[ago(50), ago(1)], 3, now), None);
        assert_eq!(wait(&[ago(1), ago(50), ago(10)], 3, now), Some(Duration::minutes(10)));
        assert_eq!(wait(&[ago(1), ago(55), ago(50), ago(10)], 3, now), Some(Duration::minutes(10)), "one more than the most");
        assert_eq!(wait(&[ago(60), ago(61), ago(62)], 3, now), None);
        assert_eq!(whole_minutes(Duration::seconds(61)), 2);
        assert_eq!(whole_minutes(Duration::seconds(3)), 1);
    }
}
