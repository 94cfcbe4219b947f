//! How well the cells of a column fit a field, whatever the column is called.

use crate::kernel::address::EmailAddress;
use crate::kernel::clock::Time;
use crate::listening::author::rules as author;
use crate::listening::customer::rules::yes_or_no;
use crate::listening::import::ImportField;
use crate::listening::import::reading::{cell, dates};
use crate::listening::mention::{Sentiment, rules as mention};

/// Which share of a column's filled cells could be the field, from 0 to 1; none where no cell is filled.
pub(super) fn values_fit(field: ImportField, cells: &[&str], now: Time) -> Option<f64> {
    let filled: Vec<&str> = cells.iter().copied().filter(|cell| !cell.is_empty()).collect();
    let share = |test: &dyn Fn(&str) -> bool| {
        (!filled.is_empty()).then(|| filled.iter().filter(|cell| test(cell)).count() as f64 / filled.len() as f64)
    };
    let number = |cell: &str| cell.parse::<f64>().is_ok();
    match field {
        ImportField::Text => share(&|cell| reads_as_text(cell) && !number(cell)),
        // A flag or a code is nobody, whatever its column is called.
        ImportField::Handle | ImportField::Name if filled.iter().all(|cell| is_flag(cell)) => share(&|_| false),
        ImportField::Handle => share(&is_handle),
        ImportField::Name => {
            share(&|cell| author::is_unknown(cell) || (author::parse_name(cell.trim_start_matches('@')).is_ok() && !number(cell)))
        }
        ImportField::At | ImportField::LastContact | ImportField::SurveyAt | ImportField::PurchasedAt | ImportField::ConsentSince => {
            share(&|cell| dates::is_date(cell, now))
        }
        ImportField::Clock => share(&|cell| cell.len() <= 11 && cell.contains(':') && cell.starts_with(|c: char| c.is_ascii_digit())),
        ImportField::Id => share(&|cell| cell.trim_matches('"').len() >= 6 && !cell.contains(' ') && !cell.starts_with("http")),
        ImportField::Url => share(&|cell| cell.starts_with("http://") || cell.starts_with("https://") || cell.starts_with("/r/")),
        ImportField::Sentiment => share(&is_sentiment),
        ImportField::Language | ImportField::HomeLanguage => {
            share(&|cell| cell.len() <= 20 && cell.chars().all(|c| c.is_alphabetic() || matches!(c, '-' | '_' | ' ')))
        }
        ImportField::Country | ImportField::HomeCountry | ImportField::Network | ImportField::Products | ImportField::Company => {
            share(&|cell| !number(cell) && cell.chars().count() <= 200)
        }
        ImportField::SurveyAnswer => share(&|cell| cell.parse::<f64>().map_or(cell.chars().count() <= 200, |n| (0.0..=100.0).contains(&n))),
        ImportField::Phone => share(&|cell| {
            let digits = cell.chars().filter(char::is_ascii_digit).count();
            (5..=20).contains(&digits) && cell.chars().all(|c| c.is_ascii_digit() || " +-()/.x'".contains(c))
        }),
        ImportField::SocialHandle => share(&|cell| {
            let is_email = EmailAddress::parse(cell).is_ok();
            author::parse_handle(cell).is_ok() && !number(cell) && !is_email && !is_flag(cell)
        }),
        ImportField::Tags => share(&|cell| cell.contains(char::is_alphabetic)),
        // What a roster says besides is kept, not guessed.
        ImportField::Extra => share(&|_| false),
        ImportField::Followers
        | ImportField::Reach
        | ImportField::Engagement
        | ImportField::Likes
        | ImportField::Comments
        | ImportField::Shares => share(&|cell| cell::number(cell).is_some()),
        ImportField::Ref => share(&|cell| !cell.contains(char::is_whitespace)),
        ImportField::FullName | ImportField::FirstName | ImportField::LastName => {
            share(&|cell| cell.contains(char::is_alphabetic) && !cell.contains('@'))
        }
        ImportField::EmailAddress => share(&|cell| EmailAddress::parse(cell).is_ok()),
        ImportField::Owns | ImportField::Consents | ImportField::MarketingConsent => share(&|cell| yes_or_no(cell).is_some()),
    }
}

/// A handle, a name of one word, or what exports write for an unknown author. An email address lists nobody: it does not say who wrote a mention.
fn is_handle(cell: &str) -> bool {
    let handle = author::parse_handle(cell).is_ok() || (!cell.contains(' ') && author::parse_name(cell).is_ok());
    let number = cell.parse::<f64>().is_ok();
    author::is_unknown(cell) || author::in_record(cell).is_some() || (handle && !number && EmailAddress::parse(cell).is_err())
}

/// A word or a whole number of a vendor's sentiment.
fn is_sentiment(cell: &str) -> bool {
    let known = mention::vendor(Some(cell)) != Sentiment::Unknown;
    (known && cell.parse::<f64>().map_or(true, |n| n.fract() == 0.0)) || ["unknown", "not rated", "n/a"].contains(&&*cell.to_lowercase())
}

/// Yes or no, in the words of programs.
fn is_flag(cell: &str) -> bool {
    matches!(cell.to_lowercase().as_str(), "true" | "false" | "yes" | "no" | "0" | "1" | "t" | "f" | "y" | "n")
}

/// Whether a cell is long enough for a mention. Chinese and Japanese put no spaces, and say more with each character.
fn reads_as_text(cell: &str) -> bool {
    let dense = cell.chars().filter(|c| ('\u{2e80}'..='\u{9fff}').contains(c) || ('\u{0e00}'..='\u{0e7f}').contains(c)).count();
    dense >= 5 || (cell.contains(' ') && cell.chars().count() >= 15)
}

/// Whether cells are at least half as long as others, on average.
pub(super) fn reads_longer(cells: &[&str], than: &[&str]) -> bool {
    let mean = |cells: &[&str]| {
        let filled = cells.iter().filter(|cell| !cell.is_empty());
        filled.clone().map(|cell| cell.chars().count()).sum::<usize>() / filled.count().max(1)
    };
    mean(cells) * 2 >= mean(than)
}
