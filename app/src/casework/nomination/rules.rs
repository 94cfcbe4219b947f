//! What a nomination must say, and when two of them mean the same. No I/O.

use crate::coded;
use crate::kernel::address::email_domain;
use crate::kernel::error::ValidationErrors;
use crate::listening::author::rules::{known_network, network, parse_handle};

/// Days after which somebody who asked for a link and nominated nothing is forgotten.
pub const IDLE_DAYS: i64 = 30;
/// Email domains in which everybody can have an address.
const PUBLIC_EMAIL_DOMAINS: &[&str] = &[
    "163.com",
    "aol.com",
    "gmail.com",
    "gmx.de",
    "gmx.net",
    "googlemail.com",
    "hotmail.com",
    "icloud.com",
    "live.com",
    "mail.com",
    "mail.ru",
    "me.com",
    "msn.com",
    "outlook.com",
    "proton.me",
    "protonmail.com",
    "qq.com",
    "web.de",
    "yahoo.com",
    "yandex.ru",
];
/// Where a person speaks: the word and its label. The last is for everything else.
pub const PLACES: &[(&str, &str)] = &[
    ("x", "X (Twitter)"),
    ("facebook", "Facebook"),
    ("instagram", "Instagram"),
    ("linkedin", "LinkedIn"),
    ("reddit", "Reddit"),
    ("tiktok", "TikTok"),
    ("youtube", "YouTube"),
    ("mastodon", "Mastodon"),
    ("bluesky", "Bluesky"),
    ("threads", "Threads"),
    ("forum", "A forum"),
    ("blog", "A blog"),
    ("news", "News"),
    (ELSEWHERE, "Elsewhere: in a shop, at an event, by phone"),
];
/// A person whom somebody met rather than read.
pub const ELSEWHERE: &str = "elsewhere";

/// The domain of an email address in lower case.
#[must_use]
pub fn domain(email: &str) -> Option<String> {
    email.rsplit_once('@').map(|(_, domain)| domain.trim().to_lowercase())
}

/// Email domains as typed: one a line or separated by commas, with or without `@`; each once, sorted.
pub fn domains(errors: &mut ValidationErrors, text: &str) -> String {
    let mut domains: Vec<String> = text
        .split(|c: char| c.is_whitespace() || matches!(c, ',' | ';'))
        .map(|one| one.trim_start_matches('@'))
        .map(|one| email_domain(one).unwrap_or_else(|| one.to_lowercase()))
        .filter(|one| !one.is_empty())
        .collect();
    domains.sort();
    domains.dedup();
    for one in &domains {
        let letters = |label: &str| !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || c == '-');
        if one.len() > 253 || !one.contains('.') || !one.split('.').all(letters) {
            errors.add("domains", format!("“{one}” is not an email domain. Enter the part after the @, such as example.com."));
        } else if PUBLIC_EMAIL_DOMAINS.contains(&one.as_str()) {
            errors.add("domains", format!("Anyone can have an address at {one}. Enter only domains of your company."));
        }
    }
    if domains.len() > 50 {
        errors.add("domains", "Enter at most 50 domains.");
    }
    domains.join("\n")
}

/// A nominated mention, tidied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NominatedPost {
    pub url: Option<String>,
    pub text: Option<String>,
    pub key: String,
}

/// A mention by its link, by its words, or by both.
pub fn mention(errors: &mut ValidationErrors, link: &str, text: &str) -> NominatedPost {
    let url = address(errors, "link", link);
    let text = some(errors.guest_lines("text", None, text, 4000));
    let key = match (&url, &text) {
        (Some(url), _) => format!("mention:{}", place(url)),
        (None, Some(text)) => format!("words:{}", folded(text).chars().take(400).collect::<String>()),
        (None, None) => {
            if link.trim().is_empty() {
                errors.add("link", coded!("error-nominate-post-missing"));
            }
            String::new()
        }
    };
    NominatedPost { url, text, key }
}

/// A nominated person, tidied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NominatedPerson {
    pub person: String,
    pub network: String,
    pub url: Option<String>,
    /// The key of the handle, where it can be one.
    pub handle: Option<String>,
    pub key: String,
}

/// A person by name, handle or the address of their profile, and where they speak.
pub fn person(errors: &mut ValidationErrors, who: &str, place: &str) -> NominatedPerson {
    let typed = errors.guest_text("who", coded!("error-nominate-who-missing"), who, 200);
    let is_link = typed.starts_with("https://") || typed.starts_with("http://");
    let url = if is_link { address(errors, "who", &typed) } else { None };
    if !PLACES.iter().any(|(word, _)| *word == place) {
        errors.add("place", coded!("error-nominate-place-missing"));
    }
    let network = match &url {
        Some(url) => match known_network(url) {
            Some(known) => known.to_owned(),
            // A forum, blog or news site is the one of the link; so is a place that was named otherwise.
            None => network(known_network(place).unwrap_or_default(), Some(url)),
        },
        None => place.to_owned(),
    };
    let handle = parse_handle(&typed).ok();
    let person = match (&handle, is_link) {
        (Some(handle), true) => handle.shown.clone(),
        _ => typed.clone(),
    };
    let handle = handle.map(|handle| handle.key);
    let key = format!("person:{network}:{}", handle.clone().unwrap_or_else(|| folded(&typed)));
    NominatedPerson { person, network, url, handle, key }
}

/// Under which keys an import may have kept the mention of a link: by an id in it, or by the link itself.
#[must_use]
pub fn known_as(url: &str) -> Vec<String> {
    let bare = url.trim_end_matches('/');
    let mut keys = vec![url.to_owned(), bare.to_owned(), format!("{bare}/")];
    let path = url.split_once("//").map_or(url, |(_, rest)| rest).split_once('/').map_or("", |(_, path)| path);
    let parts = path.split(['/', '?', '&', '#', '=']).filter(|part| part.len() >= 4 && part.chars().any(|c| c.is_ascii_digit()));
    let site = network("", Some(url));
    for id in parts.take(6) {
        keys.extend(PLACES.iter().filter(|(word, _)| *word != ELSEWHERE).map(|(word, _)| format!("{word}:{id}")));
        keys.push(format!("{site}:{id}"));
    }
    keys.sort();
    keys.dedup();
    keys
}

/// Whether two links lead to one place: scheme, "www.", a slash at the end, marks of campaigns and jumps do not count.
#[must_use]
pub fn same_place(one: &str, other: &str) -> bool {
    place(one) == place(other)
}

fn place(url: &str) -> String {
    let rest = url.split_once("//").map_or(url, |(_, rest)| rest);
    let rest = rest.split('#').next().unwrap_or(rest);
    let (address, query) = rest.split_once('?').map_or((rest, ""), |(address, query)| (address, query));
    let (host, path) = address.split_once('/').map_or((address, ""), |(host, path)| (host, path));
    let host = host.to_lowercase();
    let host = host.strip_prefix("www.").or_else(|| host.strip_prefix("mobile.")).unwrap_or(&host).to_owned();
    let host = if host == "twitter.com" { "x.com".to_owned() } else { host };
    let sharing = |name: &str| name.starts_with("utm_") || matches!(name, "s" | "t" | "si" | "igsh" | "fbclid" | "ref_src" | "share_id");
    let kept: Vec<&str> =
        query.split('&').filter(|pair| !pair.is_empty() && !sharing(pair.split('=').next().unwrap_or_default())).collect();
    let path = path.trim_end_matches('/');
    if kept.is_empty() { format!("{host}/{path}") } else { format!("{host}/{path}?{}", kept.join("&")) }
}

/// An address as a browser shows it; none where nothing was given.
fn address(errors: &mut ValidationErrors, field: &str, text: &str) -> Option<String> {
    some(errors.guest_web(field, coded!("error-nominate-link"), text, 2000))
}

/// Words in lower case, one space between them, nothing else.
fn folded(text: &str) -> String {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect::<Vec<_>>().join(" ")
}

/// None for empty text.
#[must_use]
pub fn some(text: String) -> Option<String> {
    (!text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ends(check: impl FnOnce(&mut ValidationErrors)) -> Vec<String> {
        let mut errors = ValidationErrors::default();
        check(&mut errors);
        match errors.finish() {
            Err(crate::kernel::error::Error::Invalid(mistakes)) => mistakes.into_iter().map(|(field, _)| field).collect(),
            _ => Vec::new(),
        }
    }

    #[test]
    fn domains_are_those_of_the_company() {
        let mut errors = ValidationErrors::default();
        assert_eq!(domains(&mut errors, "@Dell.com, emc.example\n\n dell.com"), "dell.com\nemc.example");
        assert!(errors.finish().is_ok());
        for bad in ["dell", "dell..com", "gmail.com", "a b@c.de", "@"] {
            assert_eq!(
                ends(|errors| {
                    domains(errors, bad);
                })
                .is_empty(),
                bad == "@",
                "{bad}"
            );
        }
        assert_eq!(domain("Ada@DELL.com").as_deref(), Some("dell.com"));
        let mut errors = ValidationErrors::default();
        let email = errors.email("ada@münchen.example");
        assert_eq!(domain(&email), Some(domains(&mut errors, "München.example")), "typed either way, it is one domain");
        assert!(errors.finish().is_ok());
    }

    #[test]
    fn a_post_is_the_same_however_its_link_was_shared() {
        let key = |link: &str| mention(&mut ValidationErrors::default(), link, "").key;
        let one = key("https://twitter.com/zoe_k/status/15700000001?s=20&t=abc");
        assert_eq!(one, key("http://www.x.com/zoe_k/status/15700000001/"));
        assert_ne!(one, key("https://x.com/zoe_k/status/15700000002"));
        assert_ne!(key("https://www.youtube.com/watch?v=a1"), key("https://www.youtube.com/watch?v=a2"));
        let words = |text: &str| mention(&mut ValidationErrors::default(), "", text).key;
        assert_eq!(words("My hinge broke!  Again."), words("“my hinge broke, again”"));
        assert_eq!(
            ends(|errors| {
                mention(errors, "", " ");
            }),
            ["link"]
        );
        assert_eq!(
            ends(|errors| {
                mention(errors, "javascript:alert(1)", "");
            }),
            ["link"]
        );
    }

    #[test]
    fn an_id_in_a_link_is_looked_for_on_every_network() {
        let keys = known_as("https://twitter.com/zoe_k/status/15700000001");
        assert!(keys.contains(&"x:15700000001".to_owned()) && keys.contains(&"https://twitter.com/zoe_k/status/15700000001/".to_owned()));
        assert!(known_as("https://www.youtube.com/watch?v=dQw4w9").contains(&"youtube:dQw4w9".to_owned()));
        assert!(known_as("https://forum.alpha.org/t/40071").contains(&"forum.alpha.org:40071".to_owned()));
    }

    #[test]
    fn a_person_is_known_by_handle_profile_or_name() {
        let by = |who: &str, place: &str| person(&mut ValidationErrors::default(), who, place);
        assert_eq!(by("@Zoe_K", "x").key, by("https://twitter.com/zoe_k", "elsewhere").key);
        assert_eq!(by("https://x.com/Zoe_K", "x").person, "Zoe_K");
        for place in ["forum", "elsewhere"] {
            assert_eq!(by("https://forum.alpha.org/u/zoe_k", place).network, "forum.alpha.org", "where an import knows the author");
        }
        assert_eq!(by("https://fosstodon.example/zoe_k", "mastodon").network, "mastodon");
        assert_eq!(by("Ana  Silva, Lisbon", "elsewhere").key, by("ana silva lisbon", "elsewhere").key);
        assert_eq!(by("Ana Silva", "elsewhere").handle, None);
        assert_eq!(
            ends(|errors| {
                person(errors, "", "nowhere");
            }),
            ["who", "place"]
        );
    }
}
