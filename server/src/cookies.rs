//! Cookies: their names, what protects them, and how they end.
//!
//! Over https every name begins with `__Host-`, so that a browser takes it from this very host alone, encrypted, for all paths; over http,
//! which is for one's own machine, that is not possible. Names of earlier versions are cleared where they still come in.

use app::access::page::Site;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use cookie::{Cookie, SameSite, time::Duration};
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// The message that the next page shows.
pub const FLASH: &str = "weheard_flash";
/// An account's signed-in device.
pub const SIGNED_IN: &str = "weheard_signed_in";
/// A panelist's visit.
pub const PORTAL: &str = "weheard_portal";
/// An invitee's visit.
pub const INVITATION: &str = "weheard_invite";
/// The visit of an item's owner.
pub const ITEM: &str = "weheard_response";
/// A nominator's visit.
pub const NOMINATE: &str = "weheard_nominate";
/// What the page of a personal link leaves in a browser, so that pressing its button twice is known from somebody else's pressing.
pub const MARK: &str = "weheard_mark";
/// How many notes wait in this browser to be sent. The page of live notes sets it; it is no secret.
pub const UNSENT: &str = "weheard_unsent";

/// The cookies of visits by a personal link.
pub const VISITS: &[&str] = &[PORTAL, INVITATION, ITEM, NOMINATE];
/// Names that earlier versions set: they are still read, so that an update signs nobody out.
const FORMER: &[(&str, &str)] = &[(SIGNED_IN, "weheard_login"), (PORTAL, "weheard_door")];
const HOST: &str = "__Host-";

/// How cookies are read and set on this site.
#[derive(Clone, Copy, Debug)]
pub struct Cookies {
    secure: bool,
}

impl Cookies {
    /// The cookies of a site: secured where people reach it by https.
    #[must_use]
    pub fn of(site: &Site) -> Self {
        Self { secure: site.base_url.starts_with("https:") }
    }

    fn name(self, name: &str) -> String {
        if self.secure { format!("{HOST}{name}") } else { name.to_owned() }
    }

    /// The value of a cookie of ours, if the request has it and it is not empty.
    #[must_use]
    pub fn read(self, headers: &HeaderMap, name: &str) -> Option<String> {
        find(headers, &self.name(name)).or_else(|| find(headers, &self.name(former(name)?)))
    }

    /// Sets a cookie for so many seconds.
    pub fn set(self, response: &mut Response, name: &str, value: &str, seconds: i64) {
        self.append(response, self.name(name), value, seconds);
    }

    pub fn clear(self, response: &mut Response, name: &str) {
        for name in std::iter::once(name).chain(former(name)) {
            self.append(response, self.name(name), "", 0);
        }
    }

    /// Ends cookies that an earlier version set under names without `__Host-`.
    pub fn clear_old(self, request: &HeaderMap, response: &mut Response) {
        if !self.secure {
            return;
        }
        let names = [FLASH, SIGNED_IN].iter().chain(VISITS).chain(FORMER.iter().map(|(_, former)| former));
        for name in names.filter(|name| find(request, name).is_some()) {
            self.append(response, (*name).to_owned(), "", 0);
        }
    }

    fn append(self, response: &mut Response, name: String, value: &str, seconds: i64) {
        let cookie = Cookie::build((name, value))
            .path("/")
            .http_only(true)
            .same_site(SameSite::Lax)
            .secure(self.secure)
            .max_age(Duration::seconds(seconds))
            .build();
        if let Ok(value) = HeaderValue::from_str(&cookie.to_string()) {
            response.headers_mut().append(header::SET_COOKIE, value);
        }
    }
}

fn former(name: &str) -> Option<&'static str> {
    FORMER.iter().find(|(today, _)| *today == name).map(|(_, former)| *former)
}

/// How many notes wait in the browser, as the page of live notes said.
#[must_use]
pub fn unsent(headers: &HeaderMap) -> usize {
    find(headers, UNSENT).and_then(|count| count.parse().ok()).unwrap_or(0)
}

fn find(headers: &HeaderMap, name: &str) -> Option<String> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    let mut cookies = lines.flat_map(Cookie::split_parse).filter_map(Result::ok);
    cookies.find(|cookie| cookie.name() == name).map(|cookie| cookie.value().to_owned()).filter(|value| !value.is_empty())
}

/// A text as a cookie carries it.
#[must_use]
pub fn encode(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

/// The text of a cookie, at most 300 characters of it.
#[must_use]
pub fn decode(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().chars().take(300).collect()
}

#[cfg(test)]
mod tests {
    use axum::response::IntoResponse;

    use super::*;

    fn set(response: &Response) -> Vec<String> {
        response.headers().get_all(header::SET_COOKIE).iter().map(|value| value.to_str().expect("text").to_owned()).collect()
    }

    #[test]
    fn a_message_survives_its_cookie() {
        let say = "“Kept” – 50 % done; see /heard";
        assert_eq!(decode(&encode(say)), say);
    }

    #[test]
    fn over_https_a_cookie_is_of_this_host_alone() {
        let (https, http) = (Cookies { secure: true }, Cookies { secure: false });
        let mut response = ().into_response();
        https.set(&mut response, SIGNED_IN, "token", 60);
        http.set(&mut response, SIGNED_IN, "token", 60);
        let lines = set(&response);
        assert!(lines[0].starts_with("__Host-weheard_signed_in=token; "), "{lines:?}");
        for part in ["HttpOnly", "SameSite=Lax", "Secure", "Path=/", "Max-Age=60"] {
            assert!(lines[0].contains(part), "{part} in {lines:?}");
        }
        assert!(!lines[0].contains("Domain"), "{lines:?}");
        assert!(lines[1].starts_with("weheard_signed_in=token; ") && !lines[1].contains("Secure"), "{lines:?}");

        let mut request = HeaderMap::new();
        request.append(header::COOKIE, HeaderValue::from_static("other=1; weheard_signed_in=old"));
        request.append(header::COOKIE, HeaderValue::from_static("__Host-weheard_signed_in=new"));
        assert_eq!(https.read(&request, SIGNED_IN).as_deref(), Some("new"), "a name without protection is not believed");
        assert_eq!(http.read(&request, SIGNED_IN).as_deref(), Some("old"));
        let mut response = ().into_response();
        https.clear_old(&request, &mut response);
        http.clear_old(&request, &mut response);
        let lines = set(&response);
        assert!(lines.len() == 1 && lines[0].starts_with("weheard_signed_in=;") && lines[0].contains("Max-Age=0"), "{lines:?}");
    }

    #[test]
    fn cookies_of_an_earlier_version_are_read_and_ended() {
        let cookies = Cookies { secure: true };
        let mut request = HeaderMap::new();
        request.append(header::COOKIE, HeaderValue::from_static("__Host-weheard_door=old; __Host-weheard_login=older"));
        assert_eq!(cookies.read(&request, PORTAL).as_deref(), Some("old"));
        assert_eq!(cookies.read(&request, SIGNED_IN).as_deref(), Some("older"));
        request.append(header::COOKIE, HeaderValue::from_static("__Host-weheard_portal=new"));
        assert_eq!(cookies.read(&request, PORTAL).as_deref(), Some("new"));
        let mut response = ().into_response();
        cookies.clear(&mut response, PORTAL);
        let lines = set(&response);
        assert!(lines.len() == 2 && lines[1].starts_with("__Host-weheard_door=;"), "{lines:?}");
    }
}
