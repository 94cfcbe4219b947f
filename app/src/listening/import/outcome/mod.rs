//! How the rows of an import ended, or would end.

pub mod dry_run;
#[cfg(feature = "ssr")]
pub(super) mod ended;
pub mod rows;
#[cfg(feature = "ssr")]
pub mod rows_page;
