//! The start page.

use leptos::prelude::*;

use super::{PageHead, page};
use crate::account::Verb;

/// `/`: what waits.
pub fn home() -> impl IntoView {
    page("Start", Verb::SeeHome, |_| async { Ok(view! { <PageHead title="Start" sub="Listen, recruit, run, follow up."/> }) })
}
