//! The language that a reader is written to. It is a value of the page, the email or the document, never of the process. Dates are written
//! here for everything that is worded from the catalogues.

use chrono::{Datelike, NaiveDate};

use crate::t;

/// A language that has catalogues (`app/locales/`). Another one needs a folder, its line in `kernel::catalogue`, and a variant here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Locale {
    #[default]
    En,
}

impl Locale {
    /// The locale of a BCP 47 tag, such as "en-US". A language without catalogues gets the default.
    #[must_use]
    pub fn of(tag: &str) -> Self {
        match tag.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase().as_str() {
            "en" => Self::En,
            _ => Self::default(),
        }
    }

    /// The BCP 47 tag, for `lang` and `/Lang`.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
        }
    }

    /// "15 June 2010".
    #[must_use]
    pub fn long_date(self, day: NaiveDate) -> String {
        t!(self, "date-long", day = day.day(), month = day.month(), year = day.year().to_string())
    }

    /// "Tuesday 15 June 2010".
    #[must_use]
    pub fn full_date(self, day: NaiveDate) -> String {
        t!(self, "date-full", weekday = day.weekday().number_from_monday(), date = self.long_date(day))
    }

    /// "15 Jun", with its year where that is not the year of `today`.
    #[must_use]
    pub fn short_date(self, day: NaiveDate, today: NaiveDate) -> String {
        let short = t!(self, "date-short", day = day.day(), month = day.month());
        if day.year() == today.year() { short } else { t!(self, "date-short-year", date = short, year = day.year().to_string()) }
    }

    /// An amount in a sentence: "three", and "13" from thirteen on.
    #[must_use]
    pub fn number_word(self, n: usize) -> String {
        t!(self, "number-word", n = n)
    }
}

#[cfg(all(test, feature = "store"))]
mod tests {
    use super::*;

    #[test]
    fn dates_have_their_year_where_it_is_another_one() {
        let day = |y, m, d| NaiveDate::from_ymd_opt(y, m, d).expect("a day");
        assert_eq!(Locale::En.long_date(day(2010, 6, 15)), "15 June 2010");
        assert_eq!(Locale::En.full_date(day(2010, 6, 15)), "Tuesday 15 June 2010");
        assert_eq!(Locale::En.short_date(day(2010, 6, 15), day(2010, 12, 31)), "15 Jun");
        assert_eq!(Locale::En.short_date(day(2011, 1, 5), day(2010, 12, 31)), "5 Jan 2011");
    }

    #[test]
    fn a_language_without_catalogues_gets_the_default() {
        assert_eq!(Locale::of("en-US"), Locale::En);
        assert_eq!(Locale::of("tlh"), Locale::En);
        assert_eq!((Locale::En.number_word(3), Locale::En.number_word(13)), ("three".into(), "13".into()));
    }
}
