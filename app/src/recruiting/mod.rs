//! From a candidate to a seat: the shortlist, the draw, the invitation and its answer, the panelist.

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

#[cfg(feature = "store")]
pub mod balance;
pub mod candidate;
#[cfg(feature = "store")]
pub mod draw;
pub mod invitation;
pub mod panelist;

/// The head of a day's page, with the actions of that page.
#[cfg(feature = "ssr")]
pub type HeadWithActions = Box<dyn FnOnce(Option<AnyView>) -> AnyView + Send>;

/// A day within reach, and the head of its pages.
#[cfg(feature = "ssr")]
pub type DayAndHead<'a> = std::pin::Pin<Box<dyn Future<Output = Result<(PanelDay, HeadWithActions)>> + Send + 'a>>;

/// Makes the head of a day's page, given the end of its path. It counts things of contexts further down, so `front::app` passes it in.
#[cfg(feature = "ssr")]
pub type DayHead = for<'a> fn(&'a mut Tx, &'a PageContext, Result<PanelDayId>, Permission, &'static str) -> DayAndHead<'a>;
