//! Where a tool may be, when a delivery is tried again, and what it says. No I/O.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use chrono::Duration;
use ipnet::IpNet;
use serde_json::{Value as Json, json};
use url::{Host, Url};

use super::{Delivery, Shape};
use crate::address;
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

/// Reads `https://host[:port]/path`. What names a user, a fragment or no host is none.
#[must_use]
pub fn address(text: &str) -> Option<Url> {
    address::web(text).filter(|url| url.fragment().is_none())
}

/// A tool's address as typed: https, and no address of an inner network, unless the server was started with that network.
pub fn url(wrong: &mut Wrong, text: &str, networks: &Networks) -> String {
    let text = wrong.text("url", "The address", text, 1000);
    match address(&text) {
        _ if text.is_empty() => {}
        None => wrong.say("url", "Please give the address as the tool shows it: it begins with https:// and names a host."),
        Some(url) if url.scheme() != "https" && networks.is_empty() => {
            wrong.say("url", "Please give an https address: what is sent there is readable on the way otherwise.");
        }
        Some(url) if !networks.may_name(&url) => wrong.say("url", INNER),
        Some(_) => {}
    }
    text
}

/// Said of an address that is not on the open internet.
pub const INNER: &str = "This address is not on the open internet. If the tool is inside your network, start the server with \
    --webhook-networks and the network that it is in, such as 10.1.2.0/24.";

/// Networks of one's own that webhooks may lead into, beside the open internet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Networks(Vec<IpNet>);

impl Networks {
    /// Reads networks with commas between: `10.0.0.0/8,fd12:3456::/48`. A single address is a network of one.
    ///
    /// # Errors
    /// What is wrong, in words for whoever set it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
        let read = |part: &str| match (part.parse::<IpNet>(), part.parse::<IpAddr>()) {
            (Ok(network), _) => Ok(network.trunc()),
            (_, Ok(ip)) => Ok(IpNet::from(ip)),
            _ => Err(format!("“{part}” is no network; it should look like 10.1.2.0/24, with commas between several")),
        };
        parts.map(read).collect::<Result<_, _>>().map(Self)
    }

    /// Whether none is named: webhooks lead to the open internet alone.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a server at this address may be called: on the open internet, or in a network that was named. Addresses at which clouds hand
    /// out keys and passwords are never called.
    #[must_use]
    pub fn may_call(&self, ip: IpAddr) -> bool {
        let ip = ip.to_canonical();
        !is_metadata(ip) && (is_public(ip) || self.holds(ip))
    }

    /// Whether it may be called without encryption: only inside a network that was named.
    #[must_use]
    pub fn may_call_in_plain(&self, ip: IpAddr) -> bool {
        let ip = ip.to_canonical();
        self.may_call(ip) && self.holds(ip)
    }

    /// Whether an address may name its host, before anybody has asked where that is.
    fn may_name(&self, url: &Url) -> bool {
        match url.host() {
            Some(Host::Ipv4(ip)) => self.may_call(ip.into()),
            Some(Host::Ipv6(ip)) => self.may_call(ip.into()),
            Some(Host::Domain(name)) => {
                let local = name == "localhost" || [".localhost", ".local", ".internal"].iter().any(|end| name.ends_with(end));
                !local || !self.is_empty()
            }
            None => false,
        }
    }

    fn holds(&self, ip: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(&ip))
    }
}

/// Where clouds answer questions about the machine, its keys among them: link-local addresses, and those of AWS, Azure, Alibaba, Oracle and
/// Google that lie elsewhere. A network that holds one of them does not open it.
fn is_metadata(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => ip.is_link_local() || matches!(ip.octets(), [168, 63, 129, 16] | [100, 100, 100, 200] | [192, 0, 0, 192]),
        IpAddr::V6(ip) => {
            let parts = ip.segments();
            let inside = |high: u16, low: u16| is_metadata(Ipv4Addr::from((u32::from(high) << 16) | u32::from(low)).into());
            // NAT64 and 6to4 carry an address of version 4.
            let translated = (parts[..6] == [0x64, 0xff9b, 0, 0, 0, 0] && inside(parts[6], parts[7]))
                || (parts[0] == 0x2002 && inside(parts[1], parts[2]));
            ip.is_unicast_link_local()
                || parts == [0xfd00, 0x0ec2, 0, 0, 0, 0, 0, 0x0254]
                || parts == [0xfd20, 0x00ce, 0, 0, 0, 0, 0, 0x0254]
                || translated
        }
    }
}

/// Whether an address is on the open internet: none of those that RFC 6890 sets aside, so that nobody makes the server knock inside
/// its own network.
#[must_use]
pub fn is_public(ip: IpAddr) -> bool {
    match ip.to_canonical() {
        IpAddr::V4(ip) => is_public_4(ip),
        IpAddr::V6(ip) => is_public_6(ip),
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
    fn an_address_is_read_or_refused() {
        let read = |text: &str| address(text).map(String::from);
        for (typed, url) in [
            ("https://hooks.example.com/T1/b?x=1", "https://hooks.example.com/T1/b?x=1"),
            ("http://127.0.0.1:8065", "http://127.0.0.1:8065/"),
            ("https://[2606:4700::1111]:8443/a", "https://[2606:4700::1111]:8443/a"),
            ("https://häuser.example:443/é", "https://xn--huser-gra.example/%C3%A9"),
            ("https://0x7f.1/", "https://127.0.0.1/"),
        ] {
            assert_eq!(read(typed).as_deref(), Some(url), "{typed}");
        }
        for bad in [
            "ftp://a.example",
            "https://",
            "https://a b.example",
            "https://user@a.example/",
            "https://a.example:0/",
            "https://a..example",
            "https://a.example/#x",
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
        let refused = |url_text: &str, networks: &str| {
            let mut wrong = Wrong::default();
            url(&mut wrong, url_text, &Networks::parse(networks).expect("networks"));
            wrong.finish().is_err()
        };
        assert!(refused("http://hooks.example.com/", "") && refused("https://localhost/", "") && refused("https://[::1]/", ""));
        assert!(refused("https://10.0.0.7/hook", "") && refused("nonsense", "10.0.0.0/8") && refused("https://10.0.0.7/", "10.1.0.0/16"));
        assert!(!refused("https://hooks.example.com/", "") && !refused("http://10.0.0.7/hook", "10.0.0.0/8"));
    }

    #[test]
    fn a_network_of_ones_own_is_opened_by_name_and_never_the_machines_metadata() {
        let all = Networks::parse("0.0.0.0/0, ::/0").expect("networks");
        for metadata in [
            "169.254.169.254",
            "169.254.170.2",
            "168.63.129.16",
            "100.100.100.200",
            "192.0.0.192",
            "fd00:ec2::254",
            "fd20:ce::254",
            "fe80::1",
            "::ffff:169.254.169.254",
            "64:ff9b::a9fe:a9fe",
            "2002:a9fe:a9fe::1",
        ] {
            assert!(!all.may_call(metadata.parse().expect("an address")), "{metadata}");
        }
        let office = Networks::parse("10.1.2.3/16,127.0.0.1").expect("networks");
        let may = |ip: &str| office.may_call(ip.parse().expect("an address"));
        assert!(may("10.1.99.1") && may("127.0.0.1") && may("::ffff:10.1.0.1") && may("93.184.216.34"));
        assert!(!may("10.2.0.1") && !may("127.0.0.2") && !may("192.168.1.1") && !may("::1"));
        let plain = |ip: &str| office.may_call_in_plain(ip.parse().expect("an address"));
        assert!(plain("10.1.99.1") && !plain("93.184.216.34"), "without encryption only at home");
        assert!(Networks::parse("10.0.0.0/33").is_err() && Networks::parse("yes").is_err());
        assert!(Networks::parse(" ").expect("none").is_empty());
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
