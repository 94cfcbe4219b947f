//! What a browser posted: its fields, and, when it was refused, why.

use std::str::FromStr;
use std::sync::atomic::AtomicBool;

use chrono::{NaiveDate, NaiveTime};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value as Json;

use super::request::locale;
use crate::kernel::error::{Error, Result};
use crate::kernel::message::Message;

/// The fields of a posted form, in order. A name may come several times (checkboxes).
#[derive(Clone, Debug, Default)]
pub struct Fields(pub Vec<(String, String)>);

impl Fields {
    /// The first value of a field; empty where the field is missing.
    #[must_use]
    pub fn text(&self, name: &str) -> &str {
        self.0.iter().find(|(field, _)| field == name).map_or("", |(_, value)| value.as_str())
    }

    /// Every value of a field.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(field, _)| field == name).map(|(_, value)| value.as_str())
    }

    /// Whether a checkbox was ticked.
    #[must_use]
    pub fn ticked(&self, name: &str) -> bool {
        self.0.iter().any(|(field, _)| field == name)
    }

    /// A value that the form itself put there (an id, a revision, a choice of a select).
    ///
    /// # Errors
    /// `Invalid` on that field when it is missing or does not parse.
    pub fn parse<T: FromStr>(&self, name: &str) -> Result<T> {
        self.text(name).trim().parse().map_err(|_| Error::field(name, format!("Choose a value for “{}”.", name.replace('_', " "))))
    }

    /// A value that may be left out.
    ///
    /// # Errors
    /// `Invalid` when it is there and does not parse.
    pub fn maybe<T: FromStr>(&self, name: &str) -> Result<Option<T>> {
        if self.text(name).trim().is_empty() { Ok(None) } else { self.parse(name).map(Some) }
    }

    /// A struct of texts, whole numbers and ticks, each from the field of its name. What is no number is 0, which the rules refuse together
    /// with every other mistake.
    ///
    /// # Errors
    /// `Internal` where the struct holds anything else.
    pub fn read<T: Default + Serialize + DeserializeOwned>(&self) -> Result<T> {
        let internal = |error: serde_json::Error| Error::Internal(error.to_string());
        let mut json = serde_json::to_value(T::default()).map_err(internal)?;
        for (name, value) in json.as_object_mut().into_iter().flatten() {
            match value {
                Json::String(text) => self.text(name).clone_into(text),
                Json::Number(number) => *number = self.parse::<i64>(name).unwrap_or(0).into(),
                Json::Bool(ticked) => *ticked = self.ticked(name),
                Json::Null | Json::Array(_) | Json::Object(_) => {}
            }
        }
        serde_json::from_value(json).map_err(internal)
    }

    /// A date as a browser's date field sends it (2010-06-15), or nothing.
    ///
    /// # Errors
    /// `Invalid` when it is no date.
    pub fn date(&self, name: &str) -> Result<Option<NaiveDate>> {
        match self.text(name).trim() {
            "" => Ok(None),
            text => NaiveDate::parse_from_str(text, "%Y-%m-%d")
                .map(Some)
                .map_err(|_| Error::field(name, format!("“{text}” is not a date. Enter it as year-month-day, such as 2010-06-15."))),
        }
    }

    /// A time of day as a browser's time field sends it (10:30).
    ///
    /// # Errors
    /// `Invalid` when it is missing or no time.
    pub fn time(&self, name: &str) -> Result<NaiveTime> {
        let text = self.text(name).trim();
        NaiveTime::parse_from_str(text, "%H:%M")
            .or_else(|_| NaiveTime::parse_from_str(text, "%H:%M:%S"))
            .map_err(|_| Error::field(name, format!("“{text}” is not a time. Enter it as hours and minutes, such as 10:30.")))
    }
}

/// A form that was refused: what was typed, and why.
#[derive(Debug)]
pub struct FailedSubmission {
    pub fields: Fields,
    pub error: Error,
    /// Whether a part of the page has said so.
    pub(super) shown: AtomicBool,
}

impl FailedSubmission {
    /// What was typed, and why it was refused.
    #[must_use]
    pub const fn new(fields: Fields, error: Error) -> Self {
        Self { fields, error, shown: AtomicBool::new(false) }
    }

    /// What a person wrote in their own words: neither ids nor choices, and nothing secret.
    #[must_use]
    pub fn typed(&self) -> Vec<&str> {
        const FREE: &[&str] = &["evidence", "message", "name", "reason", "remark", "text", "title", "topic"];
        let secret = |name: &str| ["password", "code", "secret", "token"].iter().any(|word| name.contains(word));
        let written = |name: &str, value: &str| !value.is_empty() && (FREE.contains(&name) || value.contains(char::is_whitespace));
        let fields = self.fields.0.iter().map(|(name, value)| (name.as_str(), value.trim()));
        fields.filter(|(name, value)| !secret(name) && written(name, value)).map(|(_, value)| value).collect()
    }

    /// Every mistake, a line each.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        match &self.error {
            Error::Invalid(mistakes) => mistakes.iter().map(|(_, message)| message.in_locale(locale())).collect(),
            other => vec![other.message()],
        }
    }

    /// What is wrong with a field.
    #[must_use]
    pub fn mistake(&self, field: &str) -> Option<&Message> {
        match &self.error {
            Error::Invalid(mistakes) => mistakes.iter().find(|(name, _)| name == field).map(|(_, message)| message),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
    struct Plan {
        title: String,
        capacity: i64,
        months: i64,
        held: bool,
        open: bool,
    }

    #[test]
    fn a_struct_is_read_from_the_fields_of_its_names() {
        let fields = [("act", "create"), ("title", " For ranters"), ("capacity", " 15 "), ("months", "many"), ("held", "on")];
        let fields = Fields(fields.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec());
        let plan = Plan { title: " For ranters".into(), capacity: 15, months: 0, held: true, open: false };
        assert_eq!(fields.read::<Plan>().expect("read"), plan);
    }
}
