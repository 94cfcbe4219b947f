//! Retention. Source rows and mentions are deleted when the program's retention is over, or when they were deleted at the source. Counts are
//! updated with them, and can be recalculated at any time.

#[cfg(feature = "store")]
pub mod act;
#[cfg(all(test, feature = "store"))]
mod tests;
