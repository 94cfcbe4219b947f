//! Where a tool may be, when a delivery is tried again, and what it says. No I/O.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use chrono::Duration;
use serde_json::{Value as Json, json};

use super::{Delivery, Shape};
use crate::clock::{self, Time};
use crate::error::Wrong;

/// After so many failures a delivery is given up: about an hour.
pub const MOST_ATTEMPTS: i64 = 8;
/// A tool to which nothing could be delivered for so many days is paused.
pub const PATIENCE_DAYS: i64 = 3;
/// Deliveries are kept for so many days.
pub const KEPT_DAYS: i64 = 30;

/// The wait after the `attempts`-th failure: 30 s, doubling, at most half an hour.
#[must_use]
pub fn wait_after(attempts: i64) -> Duration {
    clock::wait_after(attempts, Duration::minutes(30))
}

/// An address taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    pub secure: bool,
    pub host: String,
    pub port: u16,
    /// Path and query, from the slash on.
    pub path: String,
}

impl Address {
    /// The host as the header `Host` and an address write it.
    #[must_use]
    pub fn authority(&self) -> String {
        let host = if self.host.contains(':') { format!("[{}]", self.host) } else { self.host.clone() };
        let usual = if self.secure { 443 } else { 80 };
        if self.port == usual { host } else { format!("{host}:{}", self.port) }
    }
}

/// Reads `https://host[:port]/path`. What names a user, a fragment or no host is none.
#[must_use]
pub fn address(url: &str) -> Option<Address> {
    let (secure, rest) = match (url.strip_prefix("https://"), url.strip_prefix("http://")) {
        (Some(rest), _) => (true, rest),
        (_, Some(rest)) => (false, rest),
        _ => return None,
    };
    if rest.contains(['#', '\\']) || !rest.bytes().all(|byte| byte.is_ascii_graphic()) {
        return None;
    }
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let path = if path.starts_with('/') { path.to_owned() } else { format!("/{path}") };
    let (host, port) = match authority.strip_prefix('[') {
        Some(six) => {
            let (host, after) = six.split_once(']')?;
            host.parse::<Ipv6Addr>().ok()?;
            (host, after.strip_prefix(':'))
        }
        None => authority.split_once(':').map_or((authority, None), |(host, port)| (host, Some(port))),
    };
    let six = host.parse::<Ipv6Addr>().is_ok();
    let letters = |label: &str| !label.is_empty() && label.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
    if !six && !host.split('.').all(letters) {
        return None;
    }
    let port = match port {
        Some(port) => port.parse().ok().filter(|port| *port > 0)?,
        None if secure => 443,
        None => 80,
    };
    Some(Address { secure, host: host.to_lowercase(), port, path })
}

/// A tool's address as typed. Unless private addresses are allowed it is https, and no address of an inner network.
pub fn url(wrong: &mut Wrong, text: &str, private: bool) -> String {
    let text = wrong.text("url", "The address", text, 1000);
    match address(&text) {
        _ if text.is_empty() => {}
        None => wrong.say("url", "Please give the address as the tool shows it: it begins with https:// and names a host."),
        Some(address) if !private && !address.secure => {
            wrong.say("url", "Please give an https address: what is sent there is readable on the way otherwise.");
        }
        Some(address) if !private && is_inner(&address.host) => wrong.say("url", INNER),
        Some(_) => {}
    }
    text
}

/// Said of an address that is not on the open internet.
pub const INNER: &str =
    "This address is not on the open internet. If the tool is inside your network, the server must be started with --private-webhooks yes.";

fn is_inner(host: &str) -> bool {
    let local = host == "localhost" || [".localhost", ".local", ".internal"].iter().any(|end| host.ends_with(end));
    local || host.parse::<IpAddr>().is_ok_and(|ip| !is_public(ip))
}

/// Whether an address is on the open internet: none of those that RFC 6890 sets aside, so that nobody makes the server knock inside
/// its own network.
#[must_use]
pub fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_public_4(ip),
        IpAddr::V6(ip) => match ip.to_ipv4_mapped() {
            Some(inside) => is_public_4(inside),
            None => is_public_6(ip),
        },
    }
}

fn is_public_4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    let shared = a == 100 && (64..128).contains(&b);
    let protocols = (a, b, c) == (192, 0, 0) || (a, b, c) == (192, 88, 99);
    let benchmarks = a == 198 && (b == 18 || b == 19);
    !(a == 0
        || a >= 240
        || shared
        || protocols
        || benchmarks
        || ip.is_private()
        || ip.is_loopback()
        || ip.is_link_local()
        || ip.is_documentation()
        || ip.is_multicast()
        || ip.is_broadcast())
}

fn is_public_6(ip: Ipv6Addr) -> bool {
    let parts = ip.segments();
    let global = parts[0] & 0xe000 == 0x2000;
    // Teredo, ORCHID and documentation; 6to4 and the like lead to addresses of version 4.
    let special = parts[0] == 0x2002 || (parts[0] == 0x2001 && (parts[1] < 0x0200 || parts[1] == 0x0db8));
    global && !special
}

/// What is sent.
#[must_use]
pub fn body(delivery: &Delivery, shape: Shape, program: &str, base_url: &str) -> Json {
    let url = format!("{base_url}{}", delivery.path);
    match shape {
        Shape::Standard => json!({
            "type": delivery.event,
            "timestamp": delivery.at,
            "data": { "program": program, "items": delivery.items, "text": delivery.text, "url": url },
        }),
        Shape::Chat => json!({ "text": format!("{program}: {} {url}", delivery.text) }),
    }
}

/// Whether a tool has failed for longer than patience lasts.
#[must_use]
pub fn is_lost(failing_since: Time, now: Time) -> bool {
    now - failing_since >= Duration::days(PATIENCE_DAYS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_taken_apart_or_refused() {
        let read = |url: &str| address(url).map(|a| (a.secure, a.authority(), a.port, a.path));
        assert_eq!(read("https://hooks.example.com/T1/b?x=1"), Some((true, "hooks.example.com".into(), 443, "/T1/b?x=1".into())));
        assert_eq!(read("http://127.0.0.1:8065"), Some((false, "127.0.0.1:8065".into(), 8065, "/".into())));
        assert_eq!(read("https://[2606:4700::1111]:8443/a"), Some((true, "[2606:4700::1111]:8443".into(), 8443, "/a".into())));
        for bad in [
            "ftp://a.example",
            "https://",
            "https://a b.example",
            "https://user@a.example/",
            "https://a.example:0/",
            "https://a..example",
            "https://a.example/#x",
            "https://a.example/\u{e9}",
            "https://[::1",
            "https://a.example\r\nX: 1",
        ] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }

    #[test]
    fn inner_networks_are_not_knocked_at() {
        for inner in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "198.18.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "192.0.2.1",
            "::1",
            "::",
            "fe80::1",
            "fd00::1",
            "::ffff:127.0.0.1",
            "2002:7f00:1::",
            "2001:db8::1",
            "64:ff9b::7f00:1",
        ] {
            assert!(!is_public(inner.parse().expect("an address")), "{inner}");
        }
        for open in ["93.184.216.34", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "::ffff:93.184.216.34"] {
            assert!(is_public(open.parse().expect("an address")), "{open}");
        }
        let refused = |url_text: &str, private: bool| {
            let mut wrong = Wrong::default();
            url(&mut wrong, url_text, private);
            wrong.finish().is_err()
        };
        assert!(refused("http://hooks.example.com/", false) && refused("https://localhost/", false) && refused("https://[::1]/", false));
        assert!(refused("https://10.0.0.7/hook", false) && refused("nonsense", true));
        assert!(!refused("https://hooks.example.com/", false) && !refused("http://10.0.0.7/hook", true));
    }

    #[test]
    fn waits_grow_and_patience_ends() {
        assert_eq!([1, 2, 7, 99].map(|attempts| wait_after(attempts).num_seconds()), [30, 60, 1800, 1800]);
        let total: i64 = (1..MOST_ATTEMPTS).map(|attempts| wait_after(attempts).num_minutes()).sum();
        assert!((55..70).contains(&total), "{total} minutes");
        let now = clock::now();
        assert!(is_lost(now - Duration::days(3), now) && !is_lost(now - Duration::days(2), now));
    }
}
