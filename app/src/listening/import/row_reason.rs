//! Why a row of a file did not simply become a mention or a customer: stored as a code with arguments, put into words when it is shown.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Why a row was skipped, or what it changed. The code and the names of the arguments are stored in `import_row`: they stay as they are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", content = "args", rename_all = "snake_case")]
pub enum RowReason {
    /// A quotation mark or bracket is never closed, or the file ends within the row.
    Unclosed,
    CellsMissing {
        cells: i64,
        columns: i64,
    },
    TooManyCells {
        cells: i64,
        columns: i64,
    },
    /// The vendor may not pass on the text.
    TextLicensed,
    TextMissing,
    /// The text is an error value such as `#NAME?`.
    TextDestroyed {
        text: String,
    },
    TextTooLong {
        limit: i64,
    },
    AuthorMissing,
    HandleTooLong {
        limit: i64,
    },
    NotAHandle {
        text: String,
    },
    NotAName {
        text: String,
    },
    DateMissing,
    NotADate {
        text: String,
    },
    /// “2 weeks ago”: the file does not say since when.
    DateRelative {
        text: String,
    },
    /// “IST”: several zones are abbreviated so.
    ZoneAmbiguous {
        text: String,
        zone: String,
    },
    DateInFuture {
        date: String,
    },
    /// 1970-01-01, which programs write in place of no date.
    DatePlaceholder,
    DateTooEarly {
        date: String,
        year: i64,
    },
    NameMissing,
    NotAnEmail {
        text: String,
    },
    /// Neither customer number nor email address.
    CustomerUnidentified,
    /// Another customer of the roster has this address.
    EmailTaken {
        email: String,
        customer: String,
    },
    OptedOut,
    OwnAccount,
    /// Of earlier releases: a partner today.
    Retailer,
    Employee,
    Partner,
    Media,
    Bot,
    Advertiser,
    AuthorExcluded,
    MentionKnown,
    MentionCompleted,
    MentionRecounted,
    SentimentKept {
        kept: String,
        ignored: String,
    },
    CustomerUnchanged,
    CustomerUpdated,
    /// A sentence of an earlier release that has no code.
    Other {
        text: String,
    },
}

impl fmt::Display for RowReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unclosed => f.write_str("This row is incomplete: a quotation mark or bracket is not closed."),
            Self::CellsMissing { cells, columns } => write!(f, "This row is incomplete: it has {cells} of {columns} columns."),
            Self::TooManyCells { cells, columns } => {
                write!(f, "This row has {cells} cells for {columns} columns. A quotation mark may be missing.")
            }
            Self::TextLicensed => f.write_str("The vendor’s licence does not include this text."),
            Self::TextMissing => f.write_str("The text is missing."),
            Self::TextDestroyed { text } => write!(f, "The text is “{text}”, an error value that a spreadsheet wrote over it."),
            Self::TextTooLong { limit } => write!(f, "The text is longer than {},{:03} characters.", limit / 1000, limit % 1000),
            Self::AuthorMissing => f.write_str("The author is missing."),
            Self::HandleTooLong { limit } => write!(f, "The author’s handle is longer than {limit} characters."),
            Self::NotAHandle { text } => write!(f, "“{text}” is not a handle. A handle has only letters, digits, “_”, “.” and “-”."),
            Self::NotAName { text } => write!(f, "“{text}” is not an author’s name."),
            Self::DateMissing => f.write_str("The date is missing."),
            Self::NotADate { text } => write!(f, "“{text}” is not a date we can read."),
            Self::DateRelative { text } => write!(f, "“{text}” is a relative date. Export calendar dates."),
            Self::ZoneAmbiguous { text, zone } => {
                write!(f, "“{text}” is in “{zone}”, which can mean several time zones. Choose one.")
            }
            Self::DateInFuture { date } => write!(f, "The date {date} is in the future."),
            Self::DatePlaceholder => f.write_str("The date 1970-01-01 usually means that the date is missing."),
            Self::DateTooEarly { date, year } => write!(f, "The date {date} is before {year}."),
            Self::NameMissing => f.write_str("The name is missing."),
            Self::NotAnEmail { text } => write!(f, "“{text}” is not an email address."),
            Self::CustomerUnidentified => f.write_str("The customer number and the email address are both missing."),
            Self::EmailTaken { email, customer } => write!(f, "Customer {customer} has the same email address, {email}."),
            Self::OptedOut => f.write_str("The author has opted out."),
            Self::OwnAccount => f.write_str("The author is the organisation’s own account."),
            Self::Retailer => f.write_str("The author looks like a retailer."),
            Self::Employee => f.write_str("The author looks like an employee of the organisation."),
            Self::Partner => f.write_str("The author looks like a shop or partner."),
            Self::Media => f.write_str("The author looks like a news site or other media."),
            Self::Bot => f.write_str("The author looks like a bot."),
            Self::Advertiser => f.write_str("The author looks like an advertiser."),
            Self::AuthorExcluded => f.write_str("The author is excluded."),
            Self::MentionKnown => f.write_str("This mention was imported before."),
            Self::MentionCompleted => f.write_str("This mention was imported before. Missing details were added."),
            Self::MentionRecounted => f.write_str("This mention was imported before. Its reach and engagement were updated."),
            Self::SentimentKept { kept, ignored } => {
                write!(f, "This mention was imported before with the sentiment “{kept}”. “{ignored}” was ignored.")
            }
            Self::CustomerUnchanged => f.write_str("This customer was imported before, with the same details."),
            Self::CustomerUpdated => f.write_str("This customer was imported before. Changed details were updated."),
            Self::Other { text } => f.write_str(text),
        }
    }
}

impl RowReason {
    /// The code and its arguments, as they are stored.
    #[must_use]
    pub fn stored(&self) -> (String, Option<Value>) {
        match serde_json::to_value(self) {
            Ok(Value::Object(mut parts)) => {
                let code = parts.remove("code").and_then(|code| code.as_str().map(str::to_owned)).unwrap_or_default();
                (code, parts.remove("args"))
            }
            _ => ("other".to_owned(), Some(serde_json::json!({ "text": self.to_string() }))),
        }
    }

    /// The reason behind a stored code. One that is unknown here is shown as it is.
    #[must_use]
    pub fn read(code: &str, args: Option<Value>) -> Self {
        let mut parts = serde_json::json!({ "code": code });
        if let (Some(args), Some(parts)) = (args, parts.as_object_mut()) {
            parts.insert("args".to_owned(), args);
        }
        serde_json::from_value(parts).unwrap_or_else(|_| Self::Other { text: code.to_owned() })
    }
}

/// The two columns of a reason.
#[cfg(feature = "store")]
#[derive(sqlx::FromRow)]
pub struct StoredReason {
    reason: String,
    reason_args: Option<sqlx::types::Json<Value>>,
}

#[cfg(feature = "store")]
impl From<StoredReason> for RowReason {
    fn from(stored: StoredReason) -> Self {
        Self::read(&stored.reason, stored.reason_args.map(|args| args.0))
    }
}

#[cfg(feature = "store")]
impl From<StoredReason> for Option<RowReason> {
    fn from(stored: StoredReason) -> Self {
        Some(stored.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_stored_as_a_code_with_arguments() {
        let reason = RowReason::SentimentKept { kept: "negative".into(), ignored: "positive".into() };
        let (code, args) = reason.stored();
        assert_eq!((code.as_str(), args.clone()), ("sentiment_kept", Some(serde_json::json!({"kept": "negative", "ignored": "positive"}))));
        assert_eq!(RowReason::read(&code, args), reason);
        assert_eq!(RowReason::TextMissing.stored(), ("text_missing".to_owned(), None));
        assert_eq!(RowReason::read("text_missing", None), RowReason::TextMissing);
        assert_eq!(RowReason::read("of_a_later_release", None).to_string(), "of_a_later_release");
    }
}
