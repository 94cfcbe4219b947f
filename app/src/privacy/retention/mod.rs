//! How long what was heard is kept. Source rows and mentions go when their program's time is over, or when they were deleted
//! where they were written; what they had added to roll-ups goes with them. The roll-ups can be counted anew at any time.

#[cfg(feature = "store")]
pub mod act;
#[cfg(all(test, feature = "store"))]
mod tests;
