//! Exit codes and error messages of commands.

use std::process::ExitCode;

use app::kernel::error::Error;

use crate::out;

/// The text in `--help`.
pub const HELP: &str = "Exit codes: 0 success · 1 internal error · 2 invalid argument or setting · 3 not found · \
4 refused, nothing changed · 5 database, disk, port or mail server unavailable";

/// Prints the error to standard error. Returns the exit code.
#[must_use]
pub fn failed(error: &Error) -> ExitCode {
    let (code, text) = match error {
        Error::Invalid(fields) => (2, fields.iter().map(|(_, message)| &**message).collect::<Vec<_>>().join("\n")),
        Error::NotFound => (3, "Not found. Check the name or ID.".to_owned()),
        Error::Missing(_) => (3, error.message()),
        Error::SignIn | Error::Forbidden | Error::Conflict(_) | Error::Gone(_) => (4, error.message()),
        Error::TooMany | Error::Wait(_) | Error::Busy | Error::Unavailable(_) => (5, error.message()),
        Error::Unreachable(detail) => (5, format!("The database is not responding: {detail}")),
        Error::Internal(_) | Error::Aborted(_) => (1, format!("Something went wrong on our side: {error}")),
    };
    out::note(format!("weheard: {text}"));
    ExitCode::from(code)
}
