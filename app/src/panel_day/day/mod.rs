//! The pages of a panel day: the calendar, and one day with its counts from every context.

#[cfg(feature = "ssr")]
pub mod form;
#[cfg(feature = "ssr")]
mod grid;
#[cfg(feature = "store")]
pub mod list;
#[cfg(feature = "ssr")]
pub mod page;
#[cfg(feature = "ssr")]
mod timetable;
