//! Links to the mentions behind a topic or a phrase, and their sentiment as shares.

use leptos::prelude::*;
use leptos_router::params::ParamsMap;

use crate::listening::volume::SentimentCounts;
use crate::ui::Strip;

/// The address of the list of mentions with these filters.
pub(crate) fn address(filters: &[(&'static str, String)]) -> String {
    let mut map = ParamsMap::new();
    for (name, value) in filters.iter().filter(|(_, value)| !value.is_empty()) {
        map.insert(*name, value.clone());
    }
    format!("/mentions{}", map.to_query_string())
}

/// Negative, neutral (or unrated) and positive, as a bar and in words.
pub(crate) fn shares(count: SentimentCounts) -> impl IntoView {
    let rest = count.mentions - count.negative - count.positive;
    view! {
        <Strip parts=vec![
            ("ranter", count.negative, "negative".into()),
            ("plain", rest, "neutral".into()),
            ("raver", count.positive, "positive".into()),
        ]/>
    }
}
