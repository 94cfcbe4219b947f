//! What the columns of a file hold: guessed from vendors' headers, names and values, remembered, shown in a preview, answered by a person.

pub mod columns;
pub mod date_order;
pub mod guess;
#[cfg(feature = "store")]
pub mod guess_file;
pub(super) mod header_synonyms;
#[cfg(feature = "store")]
pub(super) mod layout_network;
pub mod own_files;
pub mod preset;
mod preset_layouts;
#[cfg(feature = "store")]
pub mod preview;
#[cfg(feature = "ssr")]
pub mod preview_view;
#[cfg(feature = "ssr")]
pub(super) mod reading_summary;
#[cfg(feature = "store")]
pub mod saved_mappings;
