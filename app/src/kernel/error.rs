//! The program's error type: messages that a person can act on, and one match that maps an error to its HTTP status.

use std::fmt;

use crate::coded;
use crate::kernel::address::{self, EmailAddress, NoEmailAddress};
use crate::kernel::locale::Locale;
use crate::kernel::message::Message;
use crate::t;

/// Why an act was refused or failed. Everything but `Internal`, `Aborted` and `Unreachable` may be shown.
#[derive(Debug)]
pub enum Error {
    /// Nobody is signed in. Leads to the sign-in page.
    SignIn,
    /// Signed in, but this role may not do that at all.
    Forbidden,
    /// It does not exist, or the reader may not see it. The two look the same on purpose.
    NotFound,
    /// It does not exist, for a reader who may know that.
    Missing(Message),
    /// Validation errors: (field, message) each.
    Invalid(Vec<(String, Message)>),
    /// It has changed since it was read, or its state does not allow the act.
    Conflict(Message),
    /// A link or code that no longer works.
    Gone(Message),
    /// Rate limit reached.
    TooMany,
    /// Rate limit reached; the text says when to try again.
    Wait(Message),
    /// Concurrent changes won every attempt.
    Busy,
    /// The database is not responding. The text is for the log.
    Unreachable(String),
    /// A dependency is down or full; another attempt may help.
    Unavailable(Message),
    /// A job's worker died, panicked or took too long. The words are for administrators.
    Aborted(Message),
    /// A bug. The text is for the log, never for the page.
    Internal(String),
}

pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Runs CPU-bound or blocking work on Tokio's blocking pool. A panic becomes `Internal`.
///
/// # Errors
/// Those of `work`.
#[cfg(feature = "store")]
pub async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(|error| Error::Internal(error.to_string()))?
}

impl From<NoEmailAddress> for Error {
    fn from(no: NoEmailAddress) -> Self {
        Self::field("email", Message::from(no))
    }
}

impl From<NoEmailAddress> for Message {
    fn from(no: NoEmailAddress) -> Self {
        match no.typed() {
            "" => coded!("error-email-missing"),
            typed => coded!("error-email-address", address = typed),
        }
    }
}

impl Error {
    /// Mistakes of several fields: (field, message) each.
    #[must_use]
    pub fn invalid(mistakes: Vec<(String, String)>) -> Self {
        Self::Invalid(mistakes.into_iter().map(|(field, message)| (field, message.into())).collect())
    }

    pub fn field(field: &str, message: impl Into<Message>) -> Self {
        Self::Invalid(vec![(field.to_owned(), message.into())])
    }

    /// The state of the thing does not allow the act.
    pub fn conflict(message: impl Into<Message>) -> Self {
        Self::Conflict(message.into())
    }

    /// A dependency is down or full.
    pub fn unavailable(message: impl Into<Message>) -> Self {
        Self::Unavailable(message.into())
    }

    /// It does not exist, and the reader may know.
    pub fn missing(message: impl Into<Message>) -> Self {
        Self::Missing(message.into())
    }

    #[must_use]
    pub fn busy() -> Self {
        Self::Unavailable(coded!("failure-server-busy"))
    }

    /// Whether another attempt may succeed.
    #[must_use]
    pub const fn is_passing(&self) -> bool {
        matches!(self, Self::TooMany | Self::Wait(_) | Self::Busy | Self::Unreachable(_) | Self::Unavailable(_))
    }

    /// The HTTP status. No other place decides it.
    #[must_use]
    pub fn status(&self) -> u16 {
        match self {
            Self::SignIn => 401,
            Self::Forbidden => 403,
            Self::NotFound | Self::Missing(_) => 404,
            Self::Invalid(_) => 422,
            Self::Conflict(_) => 409,
            Self::Gone(_) => 410,
            Self::TooMany | Self::Wait(_) => 429,
            Self::Busy | Self::Unreachable(_) | Self::Unavailable(_) => 503,
            Self::Internal(_) | Self::Aborted(_) => 500,
        }
    }

    /// The message for people.
    #[must_use]
    pub fn message(&self) -> String {
        Message::from(self).into()
    }
}

impl From<&Error> for Message {
    fn from(error: &Error) -> Self {
        match error {
            Error::SignIn => coded!("failure-sign-in"),
            Error::Forbidden => coded!("failure-forbidden"),
            Error::NotFound => coded!("failure-not-found"),
            Error::Invalid(fields) => match fields.as_slice() {
                [(_, only)] => only.clone(),
                several => several.iter().map(|(_, message)| message.as_str()).collect::<Vec<_>>().join(" ").into(),
            },
            Error::Conflict(message)
            | Error::Gone(message)
            | Error::Wait(message)
            | Error::Missing(message)
            | Error::Unavailable(message) => message.clone(),
            Error::Busy => coded!("failure-busy"),
            Error::Unreachable(_) => coded!("failure-database"),
            Error::TooMany => coded!("failure-too-many"),
            Error::Internal(_) | Error::Aborted(_) => coded!("failure-internal"),
        }
    }
}

impl Error {
    /// The message for guests, in their language. What has no code is said as staff read it.
    #[must_use]
    pub fn for_guest(&self, locale: Locale) -> String {
        match self {
            Self::Invalid(fields) => fields.iter().map(|(_, message)| message.in_locale(locale)).collect::<Vec<_>>().join(" "),
            Self::Conflict(message) | Self::Gone(message) | Self::Wait(message) => message.in_locale(locale),
            Self::SignIn | Self::Forbidden => t!(locale, "error-link-needed"),
            Self::NotFound | Self::Missing(_) => t!(locale, "error-not-found"),
            Self::TooMany => t!(locale, "error-too-many"),
            Self::Busy | Self::Unavailable(_) | Self::Unreachable(_) => t!(locale, "error-busy"),
            Self::Internal(_) | Self::Aborted(_) => t!(locale, "error-internal"),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Internal(detail) => f.write_str(detail),
            Self::Aborted(why) => f.write_str(why),
            Self::Unreachable(detail) => write!(f, "the database is not responding: {detail}"),
            other => f.write_str(&other.message()),
        }
    }
}

impl std::error::Error for Error {}

#[cfg(feature = "store")]
impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        let text = error.to_string();
        let Some(reported) = error.as_database_error() else {
            return match error {
                sqlx::Error::PoolTimedOut => Self::busy(),
                sqlx::Error::Io(_)
                | sqlx::Error::Tls(_)
                | sqlx::Error::PoolClosed
                | sqlx::Error::WorkerCrashed
                | sqlx::Error::Protocol(_) => Self::Unreachable(text),
                _ => Self::Internal(text),
            };
        };
        if text.contains("database or disk is full") || text.contains("No space left on device") {
            return Self::Unavailable(coded!("failure-disk-full"));
        }
        match reported.kind() {
            sqlx::error::ErrorKind::UniqueViolation => {
                return Self::conflict("Someone else has just saved the same thing. Reload the page to see it.");
            }
            sqlx::error::ErrorKind::ForeignKeyViolation => {
                return Self::conflict("Something this depends on has just been deleted. Reload the page to see the current state.");
            }
            _ => {}
        }
        // SQLite's I/O errors are 10 in their first byte: the disk fails, or a file may not grow.
        let is_sqlite = reported.try_downcast_ref::<sqlx::sqlite::SqliteError>().is_some();
        if is_sqlite && reported.code().and_then(|code| code.parse::<u32>().ok()).is_some_and(|code| code & 0xff == 10) {
            tracing::error!(detail = %text, "the database file cannot be read or written");
            return Self::Unavailable(coded!("failure-disk-unwritable"));
        }
        match reported.code().as_deref() {
            // PostgreSQL: could not serialise; deadlock; the lock was not to be had in time. SQLite: busy, locked, busy with a snapshot.
            Some("40001" | "40P01" | "55P03" | "5" | "6" | "261" | "517") => Self::Busy,
            // PostgreSQL: it stops, starts, or takes no more connections; connection errors.
            Some(code) if code.starts_with("57P") || code.starts_with("08") || code == "53300" => Self::Unreachable(text),
            _ => Self::Internal(text),
        }
    }
}

/// Collects validation errors, so that a person sees all of them at once.
#[derive(Debug, Default)]
pub struct ValidationErrors(Vec<(String, Message)>);

impl ValidationErrors {
    pub fn add(&mut self, field: &str, message: impl Into<Message>) {
        self.0.push((field.to_owned(), message.into()));
    }

    /// One line of 1 to `limit` characters, without control characters and invisible ones. `name` completes “Enter …”, so it may be singular or
    /// plural.
    pub fn text(&mut self, field: &str, name: &str, value: &str, limit: usize) -> String {
        self.sized(field, name, address::one_line(value), limit)
    }

    /// One line of 1 to `limit` characters that a guest types. `missing` says what to enter.
    pub fn guest_text(&mut self, field: &str, missing: Message, value: &str, limit: usize) -> String {
        self.guest(field, Some(missing), address::one_line(value), limit)
    }

    /// Several lines of up to `limit` characters together that a guest types. `missing` says what to enter; without it empty is fine.
    pub fn guest_lines(&mut self, field: &str, missing: Option<Message>, value: &str, limit: usize) -> String {
        self.guest(field, missing, address::lines(value), limit)
    }

    fn guest(&mut self, field: &str, missing: Option<Message>, value: String, limit: usize) -> String {
        match missing {
            Some(missing) if value.is_empty() => self.add(field, missing),
            _ if value.chars().count() > limit => self.add(field, coded!("error-too-long", limit = limit)),
            _ => {}
        }
        value
    }

    /// Several lines of 1 to `limit` characters together.
    pub fn lines(&mut self, field: &str, name: &str, value: &str, limit: usize) -> String {
        self.sized(field, name, address::lines(value), limit)
    }

    /// One line of up to `limit` characters; empty is fine.
    pub fn optional(&mut self, field: &str, name: &str, value: &str, limit: usize) -> String {
        let value = address::one_line(value);
        if value.is_empty() { value } else { self.sized(field, name, value, limit) }
    }

    /// Several lines of up to `limit` characters together; empty is fine.
    pub fn optional_lines(&mut self, field: &str, name: &str, value: &str, limit: usize) -> String {
        let value = address::lines(value);
        if value.is_empty() { value } else { self.sized(field, name, value, limit) }
    }

    fn sized(&mut self, field: &str, name: &str, value: String, limit: usize) -> String {
        if value.is_empty() {
            self.add(field, format!("Enter {}.", in_sentence(name)));
        } else if value.chars().count() > limit {
            self.add(field, format!("Shorten {} to {limit} characters.", in_sentence(name)));
        }
        value
    }

    /// The address of a page that a guest types, of up to `limit` characters; empty is fine. `wrong` says what an address looks like.
    pub fn guest_web(&mut self, field: &str, wrong: Message, value: &str, limit: usize) -> String {
        let link = self.guest(field, None, address::one_line(value), limit);
        if !link.is_empty() && !is_page(&link) {
            self.add(field, wrong);
        }
        link
    }

    /// The address of a page, of up to `limit` characters; empty is fine.
    pub fn web(&mut self, field: &str, name: &str, value: &str, limit: usize) -> String {
        let link = self.optional(field, name, value, limit);
        if !link.is_empty() && !is_page(&link) {
            self.add(field, "Enter a full web address, such as https://example.com/page.");
        }
        link
    }

    /// An email address; the mistake is noted at `email`.
    pub fn email(&mut self, value: &str) -> String {
        EmailAddress::parse(value).map(String::from).unwrap_or_else(|error| {
            self.add("email", error);
            String::new()
        })
    }

    /// `Invalid` if any error was added.
    pub fn finish(self) -> Result<()> {
        if self.0.is_empty() { Ok(()) } else { Err(Error::Invalid(self.0)) }
    }
}

/// Whether this is the address of a page, as a browser shows it.
fn is_page(link: &str) -> bool {
    address::web(link).is_some_and(|url| url.host_str().is_some_and(|host| host.contains(['.', ':'])))
}

/// A field's name inside of a sentence: "The title" is "the title", "URL" stays.
fn in_sentence(name: &str) -> String {
    let mut letters = name.chars();
    match (letters.next(), letters.clone().next()) {
        (Some(first), second) if !second.is_some_and(char::is_uppercase) => first.to_lowercase().chain(letters).collect(),
        _ => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_field_is_asked_for_in_words_that_fit_its_name() {
        for (name, stated) in [
            ("The title", "Enter the title."),
            ("The ground rules", "Enter the ground rules."),
            ("Who is responsible", "Enter who is responsible."),
            ("URL of the page", "Enter URL of the page."),
        ] {
            let mut errors = ValidationErrors::default();
            errors.text("field", name, " ", 10);
            assert_eq!(errors.finish().expect_err("refused").message(), stated);
        }
        let mut errors = ValidationErrors::default();
        errors.text("field", "The benefits", "more than ten letters", 10);
        assert_eq!(errors.finish().expect_err("refused").message(), "Shorten the benefits to 10 characters.");
    }
}
