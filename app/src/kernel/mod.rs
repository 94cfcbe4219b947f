//! What every context is made of and none is about: time, amounts, ids, errors, messages and their languages, secrets, addresses, folding, files that leave.

pub mod address;
pub mod amount;
#[cfg(feature = "store")]
mod catalogue;
pub mod clock;
pub mod error;
pub mod failure;
#[cfg(feature = "store")]
pub mod export;
#[cfg(feature = "store")]
pub mod fold;
pub mod ids;
pub mod locale;
pub mod message;
mod message_arg;
pub mod networks;
#[cfg(feature = "store")]
pub mod secret;
#[cfg(feature = "store")]
pub mod webhook_signature;
