//! Email: composed from outbox rows, sent by SMTP, and the outcome is recorded.
//!
//! `templates` says what each is made of, the words are in `app/locales`, `message` turns them into text and HTML, `smtp` talks to the mail server, and `sender` sends one email that is
//! due. The secret part of a link is derived while an email is composed and is kept nowhere.

mod context;
pub mod message;
mod nominated;
mod report;
pub mod smtp;
pub mod sender;
pub mod templates;

pub use context::Links;
pub use message::Email;
pub use message::EmailFrom;
pub use smtp::SmtpClient;
pub use templates::compose;

#[cfg(test)]
mod tests;
