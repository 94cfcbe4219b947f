//! The pages of a panel day: its plan, and what came of it so far in every context.

#[cfg(feature = "ssr")]
pub mod form;
#[cfg(feature = "store")]
pub mod list;
#[cfg(feature = "ssr")]
pub mod page;
