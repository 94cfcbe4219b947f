//! How long what was heard is kept. Raw rows and posts go when their program's time is over, or when they were deleted
//! where they were written; what they had added to roll-ups goes with them. The roll-ups can be counted anew at any time.

#[cfg(feature = "store")]
pub mod act;
#[cfg(feature = "ssr")]
pub mod page;
