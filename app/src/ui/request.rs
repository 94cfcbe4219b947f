//! What a page's address says.

use std::str::FromStr;

use leptos::prelude::{GetUntracked, use_context};
use leptos_router::hooks::{use_params_map, use_query_map};
use leptos_router::params::ParamsMap;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::kernel::error::{Error, Result};
use crate::kernel::locale::Locale;

/// The language of the page that is being made: given with the page's context.
#[must_use]
pub fn locale() -> Locale {
    use_context().unwrap_or_default()
}

/// A value as an address carries it.
#[must_use]
pub fn encoded(value: &str) -> String {
    utf8_percent_encode(value, NON_ALPHANUMERIC).to_string()
}

/// The value of `:name` in the page's path.
///
/// # Errors
/// `NotFound` when it is no id: the page does not exist.
pub fn param<T: FromStr>(name: &str) -> Result<T> {
    use_params_map().get_untracked().get(name).and_then(|text| text.parse().ok()).ok_or(Error::NotFound)
}

/// The value of `?name=`, if it is there and not empty.
#[must_use]
pub fn query(name: &str) -> Option<String> {
    use_query_map().get_untracked().get(name).map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
}

/// All of the page's query, for links that keep a filter.
#[must_use]
pub fn queries() -> ParamsMap {
    use_query_map().get_untracked()
}

/// Pages that open by a personal link alone: without one there is no account to sign in to.
#[must_use]
pub fn by_personal_link(path: &str) -> bool {
    ["/portal", "/invitation", "/item", "/nominate/mine"]
        .iter()
        .any(|page| path.strip_prefix(page).is_some_and(|rest| !rest.starts_with(char::is_alphanumeric)))
}
