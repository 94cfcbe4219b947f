//! Why work in the background failed: stored as a code of the catalogues with its arguments, and put into words when it is shown.

use std::fmt;

use serde_json::{Map, Value as Json};

use crate::coded;
use crate::kernel::error::Error;
use crate::kernel::locale::Locale;
use crate::kernel::message::{self, Arg, Message};

/// The code of a sentence that has none: what earlier releases stored, and what a mail server or an operating system says.
const SAID: &str = "said";
/// At most so many characters of an argument are kept.
const MAX_ARGUMENT: usize = 500;

/// Why an attempt failed. Codes and the names of their arguments are stored: they stay as they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    code: String,
    args: Map<String, Json>,
}

impl Failure {
    /// What everybody may read.
    #[must_use]
    pub fn of(error: &Error) -> Self {
        Message::from(error).into()
    }

    /// What administrators read: what went wrong inside, in its own words.
    #[must_use]
    pub fn detailed(error: &Error) -> Self {
        match error {
            Error::Internal(_) | Error::Unreachable(_) => coded!("failure-detail", detail = error.to_string()).into(),
            Error::Aborted(why) => why.clone().into(),
            other => Self::of(other),
        }
    }

    /// Whether only administrators read its words.
    #[must_use]
    pub fn is_internal(&self) -> bool {
        matches!(self.code.as_str(), "failure-detail" | "failure-panicked" | "failure-worker-stopped" | "failure-time-limit")
    }

    /// The code, as it is stored.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.code
    }

    /// The arguments, as they are stored.
    #[must_use]
    pub fn args(&self) -> Option<Json> {
        (!self.args.is_empty()).then(|| Json::Object(self.args.clone()))
    }

    /// The failure behind a stored code. One of a later release is shown as it is.
    #[must_use]
    pub fn read(code: String, args: Option<Json>) -> Self {
        let args = match args {
            Some(Json::Object(args)) => args,
            _ => Map::new(),
        };
        Self { code, args }
    }
}

impl From<Message> for Failure {
    fn from(message: Message) -> Self {
        let cut = |text: &str| Json::String(text.chars().take(MAX_ARGUMENT).collect());
        match message.parts() {
            Some((code, args)) => {
                let stored = |arg: &Arg| match arg {
                    Arg::Text(text) => cut(text),
                    Arg::Number(number) => (*number).into(),
                    Arg::Date(day) => serde_json::json!({ "date": day }),
                };
                Self { code: code.to_owned(), args: args.iter().map(|(name, arg)| ((*name).to_owned(), stored(arg))).collect() }
            }
            None => Self { code: SAID.to_owned(), args: Map::from_iter([("text".to_owned(), cut(message.as_str()))]) },
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.code == SAID {
            return f.write_str(self.args.get("text").and_then(Json::as_str).unwrap_or_default());
        }
        let read = |value: &Json| match value {
            Json::Number(number) => Arg::Number(number.as_i64().unwrap_or_default()),
            Json::Object(parts) => match parts.get("date").and_then(|day| serde_json::from_value(day.clone()).ok()) {
                Some(day) => Arg::Date(day),
                None => Arg::Text(value.to_string()),
            },
            other => Arg::Text(other.as_str().unwrap_or_default().to_owned()),
        };
        let args: Vec<(&str, Arg)> = self.args.iter().map(|(name, value)| (name.as_str(), read(value))).collect();
        f.write_str(&message::text(Locale::default(), &self.code, &args))
    }
}

/// The two columns of a failure; empty ones of what has not failed.
#[cfg(feature = "store")]
#[derive(sqlx::FromRow)]
pub struct StoredFailure {
    error: Option<String>,
    error_args: Option<sqlx::types::Json<Json>>,
}

#[cfg(feature = "store")]
impl From<StoredFailure> for Option<Failure> {
    fn from(stored: StoredFailure) -> Self {
        Some(Failure::read(stored.error?, stored.error_args.map(|args| args.0)))
    }
}

#[cfg(all(test, feature = "store"))]
mod tests {
    use super::*;

    #[test]
    fn a_failure_is_stored_as_a_code_with_arguments_and_read_as_a_sentence() {
        let failure = Failure::of(&Error::Unavailable(coded!("failure-file-unreadable", file = "posts.csv", detail = "it is gone")));
        assert_eq!(failure.code(), "failure-file-unreadable");
        assert_eq!(failure.args(), Some(serde_json::json!({"file": "posts.csv", "detail": "it is gone"})));
        let read = Failure::read(failure.code().to_owned(), failure.args());
        assert_eq!((&read, read.to_string().as_str()), (&failure, "The file “posts.csv” cannot be read: it is gone."));
        let day = chrono::NaiveDate::from_ymd_opt(2010, 6, 15).expect("a day");
        let date = Failure::from(coded!("failure-file-unreadable", file = day, detail = 3_i64));
        assert_eq!(Failure::read(date.code().to_owned(), date.args()).to_string(), "The file “15 June 2010” cannot be read: 3.");
    }

    #[test]
    fn what_went_wrong_inside_is_for_administrators() {
        let broke = Error::Internal("no such column: colour".into());
        let (shown, detailed) = (Failure::of(&broke), Failure::detailed(&broke));
        assert!(!shown.is_internal() && !shown.to_string().contains("colour"), "{shown}");
        assert_eq!((detailed.is_internal(), detailed.to_string().as_str()), (true, "Internal error: no such column: colour"));
        assert_eq!(Failure::of(&broke).to_string(), broke.message());
    }

    #[test]
    fn a_sentence_without_a_code_is_kept_as_it_is() {
        let said = Failure::of(&Error::conflict("Too few labels."));
        assert_eq!((said.code(), said.args()), ("said", Some(serde_json::json!({"text": "Too few labels."}))));
        assert_eq!(said.to_string(), "Too few labels.");
        assert_eq!(Failure::read("failure-of-a-later-release".into(), None).to_string(), "failure-of-a-later-release");
    }
}
