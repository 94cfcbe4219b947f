//! What the columns of a file hold: guessed from vendors' headers, names and values, remembered, shown in a preview, answered by a person.

#[cfg(feature = "store")]
pub mod answers;
#[cfg(feature = "store")]
mod chosen_columns;
pub mod column_facts;
pub mod columns;
pub mod confidence;
pub mod date_order;
#[cfg(feature = "ssr")]
pub(super) mod form;
pub mod guess;
#[cfg(feature = "store")]
mod file_dates;
#[cfg(feature = "store")]
mod file_sample;
#[cfg(feature = "store")]
pub mod guess_file;
pub(super) mod header_synonyms;
#[cfg(feature = "store")]
pub(super) mod layout_network;
pub mod mapping_origin;
pub mod own_files;
pub mod preset;
#[cfg(feature = "store")]
pub mod questions;
mod preset_layouts;
#[cfg(feature = "store")]
pub mod preview;
#[cfg(feature = "ssr")]
pub mod preview_view;
#[cfg(feature = "ssr")]
pub(super) mod reading_summary;
#[cfg(feature = "store")]
mod roster;
#[cfg(feature = "store")]
pub mod saved_mappings;
#[cfg(feature = "store")]
mod score_scale;
#[cfg(feature = "store")]
mod survey_scale;
mod values;
