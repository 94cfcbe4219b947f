//! Mentions that somebody answers, and people whom colleagues recommend: what a person decides one by one.

pub mod triage;
pub mod nomination;
