//! A file's bytes become records, whatever it is packed in and written with, and cells become numbers, dates and texts.

pub mod cell;
#[cfg(feature = "store")]
pub(super) mod container;
pub mod dates;
pub(super) mod encoding;
#[cfg(feature = "store")]
pub(super) mod json;
#[cfg(feature = "store")]
pub(super) mod json_lists;
pub mod record;
pub mod records;
#[cfg(feature = "store")]
pub(super) mod sheet;
#[cfg(feature = "store")]
pub mod source;
