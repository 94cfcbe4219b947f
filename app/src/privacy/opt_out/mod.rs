//! An author objects to being listened to: everything about them is erased, and keyed hashes (`listening::opt_out`) keep them out of every
//! later import. The page also removes mentions that were deleted where they were written (`retention`).

#[cfg(feature = "store")]
pub mod act;
#[cfg(feature = "ssr")]
pub mod page;
#[cfg(all(test, feature = "store"))]
mod tests;
