//! When to try again.

use chrono::Duration;

/// After this many failures a mail is given up and shown as failed.
pub const MOST_ATTEMPTS: i64 = 12;
/// A job that has not reported back by then is presumed dead, and its mail is sent by another.
pub const LEASE_SECONDS: i64 = 120;

/// The wait after the `attempts`-th failure: 30 s, doubling, at most 6 hours. Twelve attempts span about a day and a half.
#[must_use]
pub fn wait_after(attempts: i64) -> Duration {
    let doublings = u32::try_from(attempts.clamp(1, 11) - 1).unwrap_or(0);
    Duration::seconds((30_i64 << doublings).min(6 * 3600))
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
