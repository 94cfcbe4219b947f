//! The panel day itself: its timetable of sessions, check-in, and live notes.

#[cfg(feature = "store")]
pub mod check_in;
pub mod day;
pub mod session;
pub mod note;
