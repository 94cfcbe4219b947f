//! The start page: on a panel day its rooms and check-in, the next things to do, what is late, and the loop in numbers; in a new system, the first steps.
//!
//! Owns no tables. Everything is read through the stores of other contexts, within the reader's scope: a moderator sees their
//! own sessions and days, a responder what their unit owns.

mod on_the_day;
mod page;
mod setup;
#[cfg(test)]
mod tests;
mod to_do;

pub use page::home;
