//! What uses all contexts: start page, search, the panelist portal, webhooks to other tools, the demo, and the lists of pages and tables.

#[cfg(feature = "ssr")]
pub mod accounts;
#[cfg(feature = "ssr")]
pub mod audit_log;
#[cfg(feature = "ssr")]
pub mod home;
#[cfg(feature = "ssr")]
pub mod design;
#[cfg(feature = "ssr")]
pub mod jobs;
#[cfg(feature = "ssr")]
pub mod guest;
#[cfg(feature = "ssr")]
pub mod link;
#[cfg(feature = "ssr")]
#[cfg(feature = "ssr")]
mod programs;
#[cfg(feature = "ssr")]
pub mod search;
pub mod portal;
pub mod webhook;
#[cfg(feature = "store")]
pub mod demo;
#[cfg(feature = "store")]
pub mod wiring;
#[cfg(feature = "ssr")]
pub mod app;
