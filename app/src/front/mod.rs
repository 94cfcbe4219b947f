//! What is made of all contexts: the pages around them, a panelist's own page, webhooks that tell other tools, the demo, and the list of
//! every table.

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
pub mod portal;
pub mod webhook;
#[cfg(feature = "store")]
pub mod demo;
#[cfg(feature = "store")]
pub mod wiring;
#[cfg(feature = "ssr")]
pub mod app;
