//! Opt-outs: everything about an author is erased, and keyed hashes (`listening::opt_out`) keep them out of later imports. The page also
//! removes mentions that were deleted at the source (`retention`).

#[cfg(feature = "store")]
pub mod act;
#[cfg(feature = "ssr")]
pub mod page;
#[cfg(all(test, feature = "store"))]
mod tests;
