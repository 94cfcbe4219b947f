//! Erasure: what a person may ask for, across the whole house: everything that is kept about them, or that none of it is.
//!
//! One human being is several rows: a voice or two, a customer, a candidate, a panelist, perhaps an account. They are
//! found from a mail address or a handle, together. Erasing follows what every table declares about its personal columns,
//! ends links and logins, then looks for the name, address and handle in whatever others wrote. The journal keeps its chain
//! and says "erased". What was erased is remembered by id alone, so that a restored backup can be erased again.

#[cfg(feature = "store")]
pub mod act;
#[cfg(feature = "store")]
pub mod rules;
#[cfg(feature = "store")]
pub mod store;
