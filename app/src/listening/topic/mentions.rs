//! How the mentions behind a topic or a phrase are shown: by a link, and by their shares.

use leptos::prelude::*;
use leptos_router::params::ParamsMap;

use crate::listening::volume::SentimentCounts;
use crate::ui::{Strip, query};

/// Where mentions are listed, with these filters: those of the program that the page was asked for.
pub(crate) fn address(filters: &[(&'static str, String)]) -> String {
    let mut map = ParamsMap::new();
    if let Some(program) = query("program") {
        map.insert("program", program);
    }
    for (name, value) in filters.iter().filter(|(_, value)| !value.is_empty()) {
        map.insert(*name, value.clone());
    }
    format!("/mentions{}", map.to_query_string())
}

/// Negative, neither and positive, as a line and in words.
pub(crate) fn shares(count: SentimentCounts) -> impl IntoView {
    let rest = count.mentions - count.negative - count.positive;
    view! {
        <Strip parts=vec![
            ("ranter", count.negative, "negative".into()),
            ("plain", rest, "neither".into()),
            ("raver", count.positive, "positive".into()),
        ]/>
    }
}
