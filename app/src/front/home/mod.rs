//! The start page: what waits for whoever looks, the loop in numbers, the next day, the promises that are late.
//!
//! Owns no tables. Everything is read through the stores of other contexts, within the reader's reach: a moderator sees their
//! own sessions and days, a responder what their unit owns.

mod page;
mod to_do;

pub use page::home;
