//! Who opted out: keyed hashes of handles, which every import asks before it keeps an author.
//!
//! Opting out, and what is erased with it, is `privacy::opt_out`.

#[cfg(feature = "store")]
pub mod store;
