//! The portal: what a panelist sees through their personal link. Their day, their reports, and their say over their data.
//!
//! It needs no password and no JavaScript. Owns no tables: it reads `panelist`, `session` and `report`, and acts through
//! them. What a stolen link must not be enough for (leaving, quote permission, downloading) asks for a code by email.

#[cfg(feature = "store")]
pub mod act;
#[cfg(feature = "ssr")]
mod agenda;
#[cfg(feature = "ssr")]
pub mod invitation;
#[cfg(feature = "ssr")]
pub mod page;

use crate::kernel::locale::Locale;
use crate::recruiting::panelist::QuotePermission;
use crate::t;

/// The choices of a quote permission, for a `Select`.
#[must_use]
pub fn quote_options(locale: Locale) -> Vec<(String, String)> {
    let label = |permission: QuotePermission| match permission {
        QuotePermission::None => t!(locale, "quotes-none"),
        QuotePermission::Anonymous => t!(locale, "quotes-anonymous"),
        QuotePermission::Named => t!(locale, "quotes-named"),
    };
    QuotePermission::ALL.iter().map(|permission| (permission.as_str().to_owned(), label(*permission))).collect()
}

text_enum! {
    /// What a code by email is for.
    pub enum StepUpAction {
        Permission = "permission", "change your quote permission";
        Download = "download", "download your data";
        Leave = "leave", "leave the panel";
    }
}
