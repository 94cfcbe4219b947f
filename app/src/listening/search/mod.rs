//! Full-text search over mentions.
//!
//! A mention's words are cut and folded here, the same for both databases, which only keep them: SQLite in an FTS5 table,
//! PostgreSQL as a tsvector with a GIN index. Beside its words a mention is found by its author, network, language and country.
//! What a person types is parsed into a small tree first; nothing that is typed reaches a database as syntax.

pub mod mark;
pub mod query;
pub mod store;
pub mod words;

pub use query::{SearchQuery, parse};
pub use words::Facet;
