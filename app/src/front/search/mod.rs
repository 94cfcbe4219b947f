//! Search over everything: people, authors, mentions, items and panel days, each within the reader's scope.
//!
//! Owns no tables. Each group finds what the list behind its "See all" finds.

mod page;
mod store;

pub use page::search;
