//! Which addresses may be called, when a delivery is retried, and its body. No I/O.

use chrono::Duration;
use serde_json::{Value as Json, json};
use url::Url;

use super::{WebhookDelivery, WebhookFormat};
use crate::kernel::address;
use crate::kernel::clock::{self, Time};
use crate::kernel::error::ValidationErrors;
use crate::kernel::networks::AllowedNetworks;

/// Attempts before a delivery fails: about an hour.
pub const MAX_ATTEMPTS: i64 = 8;
/// A webhook without a successful delivery for so many days is paused.
pub const MAX_FAILING_DAYS: i64 = 3;
/// Deliveries are kept for so many days.
pub const KEPT_DAYS: i64 = 30;

/// The wait after the `attempts`-th failure: 30 s, doubling, at most half an hour.
#[must_use]
pub fn wait_after(attempts: i64) -> Duration {
    clock::wait_after(attempts, Duration::minutes(30))
}

/// Reads `https://host[:port]/path`. None with a user, a fragment, or without a host.
#[must_use]
pub fn address(text: &str) -> Option<Url> {
    address::web(text).filter(|url| url.fragment().is_none())
}

/// A webhook's address as typed: https and public, unless the server was started with its network.
pub fn url(errors: &mut ValidationErrors, text: &str, networks: &AllowedNetworks) -> String {
    let text = errors.text("url", "The address", text, 1000);
    match address(&text) {
        _ if text.is_empty() => {}
        None => errors.add("url", "Enter a full web address that starts with https://."),
        Some(url) if url.scheme() != "https" && networks.is_empty() => {
            errors.add("url", "Enter an address that starts with https://. Messages to http:// addresses are not encrypted.");
        }
        Some(url) if !networks.may_name(&url) => errors.add("url", INNER),
        Some(_) => {}
    }
    text
}

/// The error for an address outside of the public internet.
pub const INNER: &str = "This address is not on the public internet. If the tool is inside your network, start the server with \
    --webhook-networks and its network, such as 10.1.2.0/24.";

#[must_use]
pub fn body(delivery: &WebhookDelivery, shape: WebhookFormat, program: &str, base_url: &str) -> Json {
    let url = format!("{base_url}{}", delivery.path);
    match shape {
        WebhookFormat::Standard => json!({
            "type": delivery.event,
            "timestamp": delivery.at,
            "data": { "program": program, "items": delivery.items, "text": delivery.text, "url": url },
        }),
        WebhookFormat::Chat => json!({ "text": format!("{program}: {} {url}", delivery.text) }),
    }
}

/// Whether a webhook has failed for `MAX_FAILING_DAYS`.
#[must_use]
pub fn is_lost(failing_since: Time, now: Time) -> bool {
    now - failing_since >= Duration::days(MAX_FAILING_DAYS)
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
            assert!(!crate::kernel::networks::is_public(inner.parse().expect("an address")), "{inner}");
        }
        for open in ["93.184.216.34", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "::ffff:93.184.216.34"] {
            assert!(crate::kernel::networks::is_public(open.parse().expect("an address")), "{open}");
        }
        let refused = |url_text: &str, networks: &str| {
            let mut errors = ValidationErrors::default();
            url(&mut errors, url_text, &AllowedNetworks::parse(networks).expect("networks"));
            errors.finish().is_err()
        };
        assert!(refused("http://hooks.example.com/", "") && refused("https://localhost/", "") && refused("https://[::1]/", ""));
        assert!(refused("https://10.0.0.7/hook", "") && refused("nonsense", "10.0.0.0/8") && refused("https://10.0.0.7/", "10.1.0.0/16"));
        assert!(!refused("https://hooks.example.com/", "") && !refused("http://10.0.0.7/hook", "10.0.0.0/8"));
    }

    #[test]
    fn a_network_of_ones_own_is_opened_by_name_and_never_the_machines_metadata() {
        let all = AllowedNetworks::parse("0.0.0.0/0, ::/0").expect("networks");
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
        let office = AllowedNetworks::parse("10.1.2.3/16,127.0.0.1").expect("networks");
        let may = |ip: &str| office.may_call(ip.parse().expect("an address"));
        assert!(may("10.1.99.1") && may("127.0.0.1") && may("::ffff:10.1.0.1") && may("93.184.216.34"));
        assert!(!may("10.2.0.1") && !may("127.0.0.2") && !may("192.168.1.1") && !may("::1"));
        let plain = |ip: &str| office.may_call_in_plain(ip.parse().expect("an address"));
        assert!(plain("10.1.99.1") && !plain("93.184.216.34"), "without encryption only at home");
        assert!(AllowedNetworks::parse("10.0.0.0/33").is_err() && AllowedNetworks::parse("yes").is_err());
        assert!(AllowedNetworks::parse(" ").expect("none").is_empty());
    }

    #[test]
    fn waits_grow_and_patience_ends() {
        assert_eq!([1, 2, 7, 99].map(|attempts| wait_after(attempts).num_seconds()), [30, 60, 1800, 1800]);
        let total: i64 = (1..MAX_ATTEMPTS).map(|attempts| wait_after(attempts).num_minutes()).sum();
        assert!((55..70).contains(&total), "{total} minutes");
        let now = clock::now();
        assert!(is_lost(now - Duration::days(3), now) && !is_lost(now - Duration::days(2), now));
    }
}
