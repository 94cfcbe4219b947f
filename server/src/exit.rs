//! How a command ends: a number for scripts, a sentence for people.

use std::process::ExitCode;

use app::kernel::error::Error;

use crate::out;

/// What `--help` says about it.
pub const HELP: &str = "Exit codes: 0 done · 1 our fault · 2 something typed or set is wrong · 3 there is no such thing · \
4 refused, nothing was changed · 5 the database, disk, port or mail server is not available";

/// Says what went wrong on standard error, and gives the number that a script reads.
#[must_use]
pub fn failed(error: &Error) -> ExitCode {
    let (code, text) = match error {
        Error::Invalid(fields) => (2, fields.iter().map(|(_, message)| &**message).collect::<Vec<_>>().join("\n")),
        Error::NotFound => (3, "There is nothing by that name.".to_owned()),
        Error::Missing(_) => (3, error.message()),
        Error::SignIn | Error::Forbidden | Error::Conflict(_) | Error::Gone(_) => (4, error.message()),
        Error::TooMany | Error::Wait(_) | Error::Busy | Error::Unavailable(_) => (5, error.message()),
        Error::Unreachable(detail) => (5, format!("The database does not answer: {detail}")),
        Error::Internal(detail) => (1, format!("Something went wrong on our side: {detail}")),
    };
    out::aside(format!("weheard: {text}"));
    ExitCode::from(code)
}
