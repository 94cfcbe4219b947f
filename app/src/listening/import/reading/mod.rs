//! A file's bytes become records, whatever it is packed in and written with, and cells become numbers, dates and texts.

pub mod cell;
#[cfg(feature = "store")]
pub mod chat_lines;
#[cfg(feature = "store")]
pub(super) mod container;
mod date_words;
pub mod dates;
pub(super) mod encoding;
pub mod hyperlink;
#[cfg(feature = "store")]
pub(super) mod json;
#[cfg(feature = "store")]
pub(super) mod json_lists;
pub mod markup;
mod offset;
pub mod record;
pub mod records;
pub mod short_zones;
#[cfg(feature = "store")]
pub(super) mod sheet;
#[cfg(feature = "store")]
pub mod source;
