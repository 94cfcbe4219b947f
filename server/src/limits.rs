//! How often one address may try: signing in, asking for links (to sign in, to nominate), following links.
//!
//! Tokens have 256 bits and codes die after five tries, so the limits are against noise: password guessing, email bombing,
//! and the load of argon2. A hotel's whole panel may share one address, hence the generous burst for links.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use app::kernel::address::EmailAddress;
use app::kernel::error::Error;
use axum::http::{HeaderMap, Method};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

/// The counters of one process.
pub struct RateLimits {
    sign_in: DefaultKeyedRateLimiter<IpAddr>,
    links: DefaultKeyedRateLimiter<IpAddr>,
    inbound: DefaultKeyedRateLimiter<IpAddr>,
    emails: DefaultKeyedRateLimiter<String>,
}

impl Default for RateLimits {
    fn default() -> Self {
        Self {
            sign_in: RateLimiter::keyed(every(Duration::from_secs(6), 10)),
            links: RateLimiter::keyed(every(Duration::from_secs(1), 120)),
            inbound: RateLimiter::keyed(every(Duration::from_millis(100), 100)),
            emails: RateLimiter::keyed(every(Duration::from_secs(180), 5)),
        }
    }
}

/// One every `period`, after `burst` at once.
fn every(period: Duration, burst: u32) -> Quota {
    let burst = NonZeroU32::new(burst).unwrap_or(NonZeroU32::MIN);
    Quota::with_period(period).map_or_else(|| Quota::per_minute(burst), |quota| quota.allow_burst(burst))
}

impl RateLimits {
    /// Whether another sign-in link may be emailed to this address now.
    ///
    /// # Errors
    /// `TooMany`.
    pub fn check_email(&self, address: &str) -> Result<(), Error> {
        let key = EmailAddress::parse(address).map_or_else(|_| address.trim().to_lowercase(), String::from);
        self.emails.check_key(&key).map_err(|_| Error::TooMany)
    }

    pub(crate) fn allows(&self, method: &Method, path: &str, from: IpAddr) -> bool {
        match path {
            "/sign-in" | "/nominate" if method == Method::POST => self.sign_in.check_key(&from).is_ok(),
            _ if path.starts_with("/inbound/") || path.starts_with("/hooks/") => self.inbound.check_key(&from).is_ok(),
            _ if path.starts_with("/l/") || path.starts_with("/share/") => self.links.check_key(&from).is_ok(),
            _ => true,
        }
    }

    /// Forgets addresses that have been quiet, so that the counters do not grow for ever.
    pub fn tidy(&self) {
        self.sign_in.retain_recent();
        self.links.retain_recent();
        self.inbound.retain_recent();
        self.emails.retain_recent();
    }
}

/// The address that asks: the socket's, or behind a proxy of our own the one that this proxy saw.
pub(crate) fn came_from(socket: IpAddr, headers: &HeaderMap, proxies: &[IpAddr]) -> IpAddr {
    if !proxies.contains(&socket) {
        return socket;
    }
    // Each proxy adds at the end the address that it saw: what stands before is whatever the client claims.
    let lines = headers.get_all("x-forwarded-for").iter().filter_map(|line| line.to_str().ok());
    let claimed: Vec<&str> = lines.flat_map(|line| line.split(',')).collect();
    let mut seen = claimed.iter().rev().map_while(|address| address.trim().parse().ok());
    seen.find(|address| !proxies.contains(address)).unwrap_or(socket)
}

/// Limits for a server that faces people; tests that sign in a hundred times have none.
#[must_use]
pub fn for_people() -> Option<Arc<RateLimits>> {
    Some(Arc::new(RateLimits::default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_eleventh_guess_in_a_row_waits() {
        let limits = RateLimits::default();
        let (guesser, other) = (IpAddr::from([10, 0, 0, 1]), IpAddr::from([10, 0, 0, 2]));
        let allowed = (0..30).filter(|_| limits.allows(&Method::POST, "/sign-in", guesser)).count();
        assert_eq!(allowed, 10);
        assert!(limits.allows(&Method::POST, "/sign-in", other), "another address is not affected");
        assert!(limits.allows(&Method::GET, "/sign-in", guesser), "looking is free");
        let asked = (0..30).filter(|_| limits.allows(&Method::POST, "/nominate", other)).count();
        assert!(asked <= 10, "asking for links to nominate is counted with it");
    }

    #[test]
    fn only_our_own_proxy_is_believed_about_where_a_request_comes_from() {
        let (proxy, guest) = (IpAddr::from([127, 0, 0, 1]), IpAddr::from([203, 0, 113, 7]));
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", "nonsense, 198.51.100.1, 203.0.113.7".parse().expect("a header"));
        assert_eq!(came_from(proxy, &headers, &[proxy]), guest, "what the client claims before it does not count");
        assert_eq!(came_from(guest, &headers, &[proxy]), guest, "a stranger's header is not read");
        assert_eq!(came_from(proxy, &headers, &[]), proxy);
        headers.insert("x-forwarded-for", "nonsense".parse().expect("a header"));
        assert_eq!(came_from(proxy, &headers, &[proxy]), proxy);
    }

    #[test]
    fn one_mailbox_gets_five_links_at_most() {
        let limits = RateLimits::default();
        let sent = (0..20).filter(|_| limits.check_email("Ada@example.com").is_ok()).count();
        assert_eq!(sent, 5);
        assert!(limits.check_email(" ada@EXAMPLE.com\u{200b}").is_err(), "however it is written");
        assert!(limits.check_email("rosa@example.com").is_ok());
    }
}
