//! Weheard: customer advisory panels, from what people say in public to what was promised and kept.
//!
//! The contexts are listed in the order of the loop. A file imports from its own context and from those above it, never from one below: what
//! happens further down is an event (`db::event`), and `front::wiring` lists who handles it. `tests/tidy.rs` enforces this.

#![recursion_limit = "256"]

#[macro_use]
mod text_enum;

// Foundation: anybody may import. `kernel` has no domain words, except the types of IDs and the names of catalogues.
pub mod kernel;
#[cfg(feature = "store")]
pub mod db;
#[cfg(feature = "ssr")]
pub mod ui;

// The loop.
pub mod access;
pub mod program;
pub mod listening;
pub mod casework;
pub mod recruiting;
pub mod panel_day;
pub mod follow_up;
pub mod privacy;
pub mod front;

#[cfg(feature = "store")]
pub mod testing;

/// Does nothing, so that the linker keeps this crate and with it the islands that register themselves.
#[cfg(feature = "hydrate")]
pub fn link_islands() {}
