//! What parts of all mentions add up to: by network, language and country, and by topic.

use leptos::prelude::*;

use super::links::VolumeLinks;
use super::rules::Period;
use super::{Dimension, SentimentCounts, country_label};
use crate::kernel::amount;
use crate::kernel::ids::TopicId;
use crate::listening::author;
use crate::listening::mention::store::UNKNOWN;
use crate::listening::sentiment::rules::language_name;
use crate::listening::topic::trend::{TopicTrendLine, TopicTrends};
use crate::ui::{Bar, count, encoded, number};

/// Values of one dimension that are shown; the rest is one line.
const SHOWN: usize = 8;

/// What a part of all mentions adds up to: its name, the filter by which its mentions are found, its counts.
struct VolumeShare {
    name: String,
    filter: String,
    counts: SentimentCounts,
    /// The remainder; drawn without a bar.
    rest: bool,
}

/// One dimension: its most frequent values with their sentiment.
pub(super) fn dimension_card(
    dimension: Dimension,
    values: &[(String, SentimentCounts)],
    total: SentimentCounts,
    address: &VolumeLinks,
) -> impl IntoView + use<> {
    let (word, label, plural) = match dimension {
        Dimension::Network => ("network", "Network", "networks"),
        Dimension::Language => ("language", "Language", "languages"),
        Dimension::Country => ("country", "Country", "countries"),
        Dimension::Segment => ("segment", "Segment", "segments"),
    };
    let rest = values.get(SHOWN..).unwrap_or_default();
    let mut left = SentimentCounts::default();
    rest.iter().for_each(|(_, counts)| left.add(*counts));
    let more = (!rest.is_empty()).then(|| {
        view! {
            <tr class="dim">
                <td>{count(i64::try_from(rest.len()).unwrap_or(0), &format!("other {word}"), &format!("other {plural}"))}</td>
                <td class="n" data-label="Mentions">{number(left.mentions)} " " <small>{percent(left, total)}</small></td>
                <td class="n" data-label="Negative">{number(left.negative)}</td>
                <td class="n" data-label="Positive">{number(left.positive)}</td>
            </tr>
        }
        .into_any()
    });
    let shares = values
        .iter()
        .take(SHOWN)
        .map(|(value, counts)| {
            let name = match dimension {
                Dimension::Language => language_name(value),
                Dimension::Country => country_label(value),
                Dimension::Network | Dimension::Segment => author::network_label(value),
            };
            let asked = if value.is_empty() { UNKNOWN.to_owned() } else { encoded(value) };
            VolumeShare { name, filter: format!("{word}={asked}"), counts: *counts, rest: false }
        })
        .collect();
    share_card(label, word, shares, more, total, address)
}

/// Mentions by topic. A mention can have several topics, so the shares need not add up.
pub(super) fn topics_card(
    trend: &TopicTrends,
    spoken: &[(TopicId, SentimentCounts)],
    none: SentimentCounts,
    total: SentimentCounts,
    address: &VolumeLinks,
) -> Option<impl IntoView + use<>> {
    let mut shares: Vec<VolumeShare> = trend
        .lines
        .iter()
        .filter_map(|TopicTrendLine { topic, .. }| {
            let counts = spoken.iter().find(|(id, _)| *id == topic.id)?.1;
            Some(VolumeShare { name: topic.name.clone(), filter: format!("topic={}", topic.id), counts, rest: false })
        })
        .collect();
    if shares.is_empty() {
        return None;
    }
    shares.sort_by_key(|share| (-share.counts.mentions, share.name.to_lowercase()));
    let left = shares.len().saturating_sub(SHOWN);
    shares.truncate(SHOWN);
    shares.push(VolumeShare { name: "No topic".into(), filter: "topic=none".into(), counts: none, rest: true });
    let more = (left > 0).then(|| {
        let words = count(i64::try_from(left).unwrap_or(0), "more topic", "more topics");
        view! { <tr><td colspan="4"><a href="/listen/topics">{words}</a></td></tr> }.into_any()
    });
    Some(share_card("Topic", "topic", shares, more, total, address))
}

/// A table of shares; every number leads to its mentions.
fn share_card(
    label: &'static str,
    word: &'static str,
    shares: Vec<VolumeShare>,
    more: Option<AnyView>,
    total: SentimentCounts,
    address: &VolumeLinks,
) -> impl IntoView + use<> {
    let limit = shares.iter().filter(|share| !share.rest).map(|share| share.counts.mentions).max().unwrap_or(1);
    let rows = shares
        .into_iter()
        .map(|VolumeShare { name, filter, counts, rest }| {
            let to = |more: &str| address.mentions(&format!("{filter}{more}"));
            let name = if rest {
                view! { <span class="dim">{name}</span> }.into_any()
            } else {
                view! { <bdi>{name}</bdi> " " <Bar value=(counts.mentions, counts.negative, counts.positive) peak=limit/> }.into_any()
            };
            view! {
                <tr>
                    <td>{name}</td>
                    <td class="n" data-label="Mentions"><a href=to("")>{number(counts.mentions)}</a> " " <small>{percent(counts, total)}</small></td>
                    <td class="n" data-label="Negative"><a href=to("&reading=negative")>{number(counts.negative)}</a></td>
                    <td class="n" data-label="Positive"><a href=to("&reading=positive")>{number(counts.positive)}</a></td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <section class="card">
            <table class="list slice">
                <caption class="sr narrow">{format!("Mentions by {word}")}</caption>
                <thead><tr>
                    <th scope="col">{label}</th><th scope="col" class="n">"Mentions"</th>
                    <th scope="col" class="n">"Negative"</th><th scope="col" class="n">"Positive"</th>
                </tr></thead>
                <tbody>{rows}{more}</tbody>
            </table>
        </section>
    }
}

/// A part of all mentions, rounded: "24 %".
fn percent(part: SentimentCounts, total: SentimentCounts) -> String {
    if part.mentions > 0 && part.mentions * 200 < total.mentions {
        return format!("under {}", amount::percent(1));
    }
    amount::share(part.mentions, total.mentions).unwrap_or_else(|| amount::percent(0))
}

/// Topics that rose significantly in the newest week.
pub(super) fn rising_topics(trend: &TopicTrends, address: &VolumeLinks) -> Option<impl IntoView + use<>> {
    let span = trend.span?;
    let found: Vec<_> = trend
        .rising()
        .into_iter()
        .take(5)
        .map(|line| {
            let week = Period { since: span.since, until: span.until, days: None };
            let href = VolumeLinks { period: week, ..*address }.mentions(&format!("topic={}", line.topic.id));
            let words = format!("{}: {}", line.topic.name, count(line.now.mentions, "mention", "mentions"));
            view! { <a class="chip" dir="auto" href=href>{words}</a> }
        })
        .collect();
    (!found.is_empty()).then(|| {
        view! {
            <section class="card pad row wrap">
                <h2>"Rising topics"</h2>
                {found}
                <a href="/listen/topics">"Compare topics"</a>
            </section>
        }
    })
}
