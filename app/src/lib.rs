//! Weheard: customer advisory panels, from what people say in public to what was promised and kept.
//!
//! The rooms, in the order that data flows. A room may import the rooms above it; `act` and the views may meet any.

#![recursion_limit = "256"]

#[macro_use]
mod text_enum;

// Foundation: anyone may import.
pub mod address;
pub mod clock;
#[cfg(feature = "store")]
pub mod db;
pub mod error;
pub mod export;
#[cfg(feature = "store")]
pub mod fold;
pub mod ids;
#[cfg(feature = "store")]
pub mod secret;
#[cfg(feature = "store")]
pub mod tables;
#[cfg(feature = "store")]
pub mod demo;
#[cfg(feature = "store")]
pub mod testing;
#[cfg(feature = "ssr")]
pub mod ui;

// Doors: who may come in, what was done, what waits to be sent.
pub mod link;
pub mod account;
pub mod activity;
pub mod job;
pub mod outbox;
pub mod erasure;

// Listen: the program, its days, and everything that is heard before anybody is invited.
pub mod program;
pub mod panel_day;
pub mod author;
pub mod sentiment;
#[cfg(feature = "store")]
pub mod search;
pub mod volume;
pub mod mention;
pub mod shout;
pub mod topic;
pub mod phrase;
pub mod customer;
pub mod claim;
#[cfg(feature = "store")]
pub mod raw;
pub mod import;
pub mod feed;
pub mod webhook;

// Recruit: from a voice to a seat at the table.
pub mod segment;
pub mod movement;
pub mod retention;
pub mod triage;
pub mod nomination;
pub mod candidate;
pub mod invitation;
pub mod panelist;

// Run: the day itself.
pub mod session;
pub mod note;

// Follow up: what was heard, what is answered, and the reports that carry it back.
pub mod heard;
pub mod response;
pub mod report;

// Front: pages made of other rooms; they own no tables.
#[cfg(feature = "ssr")]
pub mod home;
pub mod portal;
pub mod trail;

// The pages around the rooms.
#[cfg(feature = "ssr")]
pub mod app;

/// Does nothing, so that the linker keeps this crate and with it the islands that register themselves.
#[cfg(feature = "hydrate")]
pub fn link_islands() {}
