//! When to try again.

use chrono::Duration;

use crate::clock;

/// Mails of one kind that an address gets within an hour where anybody may ask for them: links to sign in and to nominate, codes,
/// confirmations.
pub const ASKED_AN_HOUR: usize = 5;
/// After this many failures a mail is given up and shown as failed.
pub const MOST_ATTEMPTS: i64 = 12;
/// A job that has not reported back by then is presumed dead, and its mail is sent by another.
pub const LEASE_SECONDS: i64 = 120;

/// The wait after the `attempts`-th failure: 30 s, doubling, at most 6 hours. Twelve attempts span about a day and a half.
#[must_use]
pub fn wait_after(attempts: i64) -> Duration {
    clock::wait_after(attempts, Duration::hours(6))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_and_end() {
        assert_eq!(wait_after(1), Duration::seconds(30));
        assert_eq!(wait_after(2), Duration::seconds(60));
        assert_eq!(wait_after(100), Duration::hours(6));
    }
}
