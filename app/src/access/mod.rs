//! Who may come in, what was done, and what runs or is sent in the background.
//!
//! Accounts and their permissions, links that open one thing each, the audit log, jobs, and the outbox.

pub mod link;
pub mod account;
pub mod audit;
pub mod job;
pub mod outbox;
#[cfg(feature = "ssr")]
pub mod page;
