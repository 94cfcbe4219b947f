//! Mail: letters are written from outbox rows, sent by SMTP, and the outcome is recorded.
//!
//! `templates` says the words, `letter` turns them into text and HTML, `post` is the SMTP door and `sender` the job that
//! leases what is due. The secret part of a link is derived while a letter is written and is kept nowhere.

pub mod letter;
mod nominated;
pub mod post;
pub mod sender;
pub mod templates;

pub use letter::Letter;
pub use post::Post;
pub use templates::compose;

#[cfg(test)]
mod tests;
