//! From a candidate to a seat: the shortlist, the invitation and its answer, the panelist.

#[cfg(feature = "ssr")]
use leptos::prelude::AnyView;

#[cfg(feature = "ssr")]
use crate::access::{account::Permission, page::PageContext};
#[cfg(feature = "ssr")]
use crate::db::Tx;
#[cfg(feature = "ssr")]
use crate::kernel::{error::Result, ids::PanelDayId};
#[cfg(feature = "ssr")]
use crate::program::day::PanelDay;

pub mod candidate;
pub mod invitation;
pub mod panelist;

/// A day within reach, and the head of its pages.
#[cfg(feature = "ssr")]
pub type DayAndHead<'a> = std::pin::Pin<Box<dyn Future<Output = Result<(PanelDay, AnyView)>> + Send + 'a>>;

/// What makes the head of a day's pages, for the path of a page below the day: it counts what contexts further down have, so `front::app` gives it to
/// the pages of this one.
#[cfg(feature = "ssr")]
pub type DayHead = for<'a> fn(&'a mut Tx, &'a PageContext, Result<PanelDayId>, Permission, &'static str) -> DayAndHead<'a>;
