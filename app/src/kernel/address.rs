//! Addresses that people type: email, pages of the web, and where to go after signing in. Each is parsed once, in one place.
//!
//! Text that was copied from a contact or a chat often carries characters that nobody sees (a zero-width space, a byte order mark, a mark of
//! direction). They are taken away before anything is checked: an address with one looks right and never arrives.

use std::fmt;

use email_address::Options;
use url::{Host, Url};

/// The longest email address that mail servers take (RFC 5321), in bytes.
const MAX_EMAIL: usize = 254;

/// An email address as it is stored, compared and sent: the domain in ASCII (`xn--…`), ASCII letters in lower case.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct EmailAddress(String);

impl EmailAddress {
    /// Reads an address as somebody typed it. International domains are turned into their ASCII form, since mail servers know no other.
    /// Letters beyond ASCII before the `@` stay as they are: “İ” in lower case is two characters, and another mailbox.
    ///
    /// # Errors
    /// What is wrong, in words.
    pub fn parse(text: &str) -> Result<Self, NoEmailAddress> {
        let typed: String = text.chars().filter(|c| !is_invisible(*c) && (c.is_ascii() || !c.is_whitespace())).collect();
        let typed = typed.trim();
        Self::read(typed).ok_or_else(|| NoEmailAddress(typed.to_owned()))
    }

    fn read(typed: &str) -> Option<Self> {
        let (local, domain) = typed.rsplit_once('@')?;
        let domain = email_domain(domain)?;
        let address = format!("{}@{domain}", local.to_ascii_lowercase());
        let options = Options::default().with_required_tld().without_domain_literal().without_display_text();
        let good = address.len() <= MAX_EMAIL
            && !address.chars().any(char::is_control)
            && email_address::EmailAddress::parse_with_options(&address, options).is_ok();
        good.then_some(Self(address))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What somebody typed that is no email address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoEmailAddress(String);

impl NoEmailAddress {
    #[must_use]
    pub fn typed(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for NoEmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "“{}” is not an email address. It should look like name@example.com.", self.0)
    }
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<EmailAddress> for String {
    fn from(email: EmailAddress) -> Self {
        email.0
    }
}

/// An email domain in the form in which addresses keep it: `münchen.example` is `xn--mnchen-3ya.example`.
#[must_use]
pub fn email_domain(text: &str) -> Option<String> {
    if text.contains('%') || text.split('.').any(str::is_empty) {
        return None;
    }
    match Host::parse(text) {
        Ok(Host::Domain(domain)) if domain.contains('.') => Some(domain),
        _ => None,
    }
}

/// An address as somebody may see it who only holds a link: `m…@example.com`.
#[must_use]
pub fn masked(email: &str) -> String {
    match email.rsplit_once('@') {
        Some((local, domain)) => format!("{}…@{domain}", local.chars().next().map(String::from).unwrap_or_default()),
        None => "…".into(),
    }
}

/// The address of a page: http or https, a host without empty parts, no user name, no password.
#[must_use]
pub fn web(text: &str) -> Option<Url> {
    let text = text.trim();
    if text.chars().any(|c| c.is_whitespace() || c.is_control() || is_invisible(c) || matches!(c, '"' | '<' | '>' | '\\')) {
        return None;
    }
    // The parser also takes `https:example.com`, which no browser shows.
    let (scheme, _) = text.split_once("://")?;
    if !scheme.eq_ignore_ascii_case("https") && !scheme.eq_ignore_ascii_case("http") {
        return None;
    }
    let url = Url::parse(text).ok()?;
    let named = match url.host()? {
        Host::Domain(name) => name.split('.').all(|label| !label.is_empty()),
        Host::Ipv4(_) | Host::Ipv6(_) => true,
    };
    let good = named && url.username().is_empty() && url.password().is_none() && url.port() != Some(0);
    good.then_some(url)
}

/// A page of our own, as path and query: what a browser that shows a page of `base` makes of `to`. None where that leads to another
/// site, or where `to` holds characters that browsers take away before they read an address.
#[must_use]
pub fn local(base: &str, to: &str) -> Option<String> {
    if !to.starts_with('/') || to.chars().any(|c| c.is_control() || c == '\\') {
        return None;
    }
    let base = Url::parse(base).ok()?;
    let url = base.join(to).ok()?;
    (url.origin() == base.origin()).then(|| url[url::Position::BeforePath..].to_owned()).filter(|path| !path.starts_with("//"))
}

/// A character that takes no room on the screen: format characters (Unicode's Cf) but for the visible ones among them, and fillers.
#[must_use]
pub const fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}'
    )
}

/// One line: line breaks and tabs become a space, control characters and invisible ones go. What joins letters and pictures inside a word
/// stays: Persian names and many emoji are written with it.
#[must_use]
pub fn one_line(text: &str) -> String {
    let joins = |c: char| matches!(c, '\u{200c}' | '\u{200d}' | '\u{fe00}'..='\u{fe0f}');
    let shown: String = text
        .replace("\r\n", "\n")
        .chars()
        .map(|c| if matches!(c, '\t' | '\n' | '\u{b}' | '\u{c}' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}') { ' ' } else { c })
        .filter(|c| joins(*c) || !(c.is_control() || is_invisible(*c)))
        .collect();
    shown.trim_matches(|c: char| c.is_whitespace() || joins(c)).to_owned()
}

/// Several lines: line breaks and tabs stay, with one sign for a line break; other control characters go.
#[must_use]
pub fn lines(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    text.trim().chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn email(text: &str) -> Option<String> {
        EmailAddress::parse(text).ok().map(String::from)
    }

    #[test]
    fn an_email_address_is_parsed_once() {
        for (typed, stored) in [
            (" Ada.Okafor@Example.COM ", "ada.okafor@example.com"),
            ("Pia+panel@Example.COM", "pia+panel@example.com"),
            ("o'neil@example.com", "o'neil@example.com"),
            ("\"ada okafor\"@example.com", "\"ada okafor\"@example.com"),
            ("İpek@example.com", "İpek@example.com"),
        ] {
            assert_eq!(email(typed).as_deref(), Some(stored), "{typed}");
        }
        for typed in [
            "",
            "ada",
            "ada@",
            "@example.com",
            "ada@example",
            "a b@example.com",
            "a@b@example.com",
            "a@b..com",
            "a@.b.com",
            "a@b.com.",
            "pia..r@example.com",
            "pia.@example.com",
            ".pia@example.com",
            "pia@[127.0.0.1]",
            "pia@127.0.0.1",
            "Pia <pia@example.com>",
            "a@b.com, c@d.com",
            "a@b.com\r\nBcc: x@y.z",
            "a\u{7}@b.com",
        ] {
            assert_eq!(email(typed), None, "{typed}");
        }
        let long = format!("{}@{}.example.com", "a".repeat(64), "b.".repeat(100));
        assert_eq!(email(&long), None, "longer than a mail server takes");
    }

    #[test]
    fn what_nobody_sees_is_taken_out_of_an_email_address() {
        for invisible in ['\u{200b}', '\u{feff}', '\u{202a}', '\u{202c}', '\u{ad}', '\u{2060}', '\u{a0}', '\u{200d}', '\u{2066}'] {
            for typed in
                [format!("pia@example.com{invisible}"), format!("{invisible}pia@example.com"), format!("pia@exam{invisible}ple.com")]
            {
                assert_eq!(email(&typed).as_deref(), Some("pia@example.com"), "U+{:04X}", u32::from(invisible));
            }
        }
    }

    #[test]
    fn an_international_domain_is_kept_in_its_ascii_form() {
        assert_eq!(email("pia@münchen.example").as_deref(), Some("pia@xn--mnchen-3ya.example"));
        assert_eq!(email("pia@MÜNCHEN.example"), email("pia@xn--mnchen-3ya.example"), "one mailbox, however it is typed");
        assert_eq!(email("pia@例え.jp").as_deref(), Some("pia@xn--r8jz45g.jp"));
        assert_eq!(email("pia@example．com").as_deref(), Some("pia@example.com"), "a full-width dot is a dot");
    }

    #[test]
    fn a_masked_address_keeps_its_first_letter_and_its_domain() {
        assert_eq!(masked("max.moser@example.com"), "m…@example.com");
        assert_eq!(masked("İpek@example.com"), "İ…@example.com");
        assert_eq!(masked("nothing"), "…");
    }

    #[test]
    fn an_address_of_a_page_is_http_and_names_a_site() {
        for good in [
            "https://example.com/parts?x=1#top",
            "http://127.0.0.1:8065",
            "https://[2606:4700::1111]:8443/a",
            "HTTPS://Example.com",
            "https://例え.jp/パス",
        ] {
            assert!(web(good).is_some(), "{good}");
        }
        for bad in [
            "",
            "example.com",
            "ftp://a.example",
            "javascript:alert(1)",
            "https:example.com",
            "https://",
            "https://a b.example",
            "https://user@a.example/",
            "https://user:password@a.example/",
            "https://a.example:0/",
            "https://a..example",
            "https://.example",
            "https://[::1",
            "https://a.example\\@b.example",
            "https://a.example\r\nX: 1",
            "https://a.exam\u{200b}ple/",
            "https://a.example/\"onclick=",
        ] {
            assert_eq!(web(bad), None, "{bad}");
        }
    }

    #[test]
    fn the_way_back_stays_on_our_own_site() {
        const BASE: &str = "https://cap.example.com";
        assert_eq!(local(BASE, "/heard?open=1#item-3").as_deref(), Some("/heard?open=1#item-3"));
        assert_eq!(local(BASE, "/a/../accounts").as_deref(), Some("/accounts"));
        for away in [
            "",
            "heard",
            "https://elsewhere.example",
            "//elsewhere.example",
            "/\\elsewhere.example",
            "/\t/elsewhere.example",
            "/\n/elsewhere.example",
            "\t//elsewhere.example",
            "/a/..//elsewhere.example",
            "/./\t/elsewhere.example",
            "/.//elsewhere.example",
            "/a\r\nSet-Cookie: x=y",
            "/\u{0}",
            "javascript:alert(1)",
        ] {
            assert_eq!(local(BASE, away), None, "{away:?}");
        }
    }

    #[test]
    fn one_line_is_one_line() {
        assert_eq!(one_line(" Ada\r\nOkafor\u{200b} "), "Ada Okafor");
        assert_eq!(one_line("Ada\u{7}\u{202e}Okafor\tX"), "AdaOkafor X");
        assert_eq!(one_line("می\u{200c}خواهم"), "می\u{200c}خواهم", "a joiner inside a word belongs to it");
        assert_eq!(one_line("\u{200d}\u{feff} "), "", "a name of nothing but invisible characters is none");
        assert_eq!(lines("One\r\ntwo\u{7}\n\tthree\r"), "One\ntwo\n\tthree");
    }
}
