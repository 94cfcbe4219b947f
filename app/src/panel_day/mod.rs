//! The day itself: its timetable of sessions, who is there, and the notes that are taken live.

#[cfg(feature = "store")]
pub mod check_in;
pub mod day;
pub mod session;
pub mod note;
