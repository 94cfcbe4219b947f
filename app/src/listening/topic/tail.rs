//! `/listen/long-tail`: mentions without a topic, small topics that grow, and topics that a few authors raise repeatedly.

use leptos::prelude::*;

use super::list::{tabs, waiting};
use super::mentions;
use super::store;
use super::trend::{self, TopicTrendLine, TopicTrends, TrendSpan};
use super::{Topic, rules};
use crate::access::account::Permission;
use crate::access::page::page;
use crate::kernel::amount;
use crate::kernel::clock::long_date;
use crate::kernel::ids::TopicId;
use crate::listening::phrase;
use crate::listening::volume::SentimentCounts;
use crate::program::shown::{no_program, program_shown};
use crate::ui::{Empty, PageHead, Spark, Tile, count, number};

/// Largest share of the last five weeks' mentions, in hundredths, of a topic that is called small.
const SMALL: i64 = 5;
/// Minimum mentions in the last seven days for a topic to count as growing.
const GROWING_MENTIONS: i64 = 3;
/// Most mentions of the last five weeks of a topic whose authors are counted.
const MAX_COUNTED_TOPICS: i64 = 500;

/// `/listen/long-tail`.
pub fn long_tail() -> impl IntoView {
    page("Long tail", Permission::SeeListening, |cx| async move {
        let may_edit = cx.actor.scope(Permission::EditTopics).is_some();
        let mut tx = cx.db.read().await?;
        let head = view! {
            <PageHead title="Long tail" sub="Small topics, and mentions without a topic. Counts mentions by all authors." crumbs=vec![("/listen".into(), "Listen".into())]/>
            {tabs("/listen/long-tail")}
        };
        let Some(program) = program_shown(&mut tx).await? else {
            return Ok(view! { {head} {no_program()} }.into_any());
        };
        let trend = trend::of(&mut tx, program.id).await?;
        let Some(span) = trend.span else {
            return Ok(view! { {head} <Empty title="No mentions yet" text="Import mentions to see small topics here."/> }.into_any());
        };
        let waiting = waiting(&mut tx, program.id).await?;
        let none = store::count_topicless(&mut tx, program.id, span.before, span.until).await?;
        let heard = trend.mentions_now + trend.mentions_before;
        let topics: Vec<Topic> = trend.lines.iter().map(|line| line.topic.clone()).collect();
        let few: Vec<TopicId> = trend.lines.iter().filter(|line| worth_asking(line)).map(|line| line.topic.id).collect();
        let authors = store::count_authors(&mut tx, &few, span.before).await?;
        let intense: Vec<(&TopicTrendLine, i64)> = trend
            .lines
            .iter()
            .filter_map(|line| authors.iter().find(|(id, _)| *id == line.topic.id).map(|(_, authors)| (line, *authors)))
            .filter(|(line, authors)| is_intense(line, *authors))
            .collect();
        let phrases = phrase::list::intense(&mut tx, program.id, &topics, may_edit).await?;
        let tiles = topicless(none, heard, span);
        let growing = growing(&trend);
        let raised = raised(&intense, span);
        Ok(view! {
            {head}
            {waiting}
            <section class="stack">
                <h2>"Mentions without a topic"</h2>
                {tiles}
                <p class="dim">{format!("Of {} in the last 5 weeks, until {}.", count(heard, "mention", "mentions"), long_date(span.until))}</p>
            </section>
            {growing}
            {raised}
            {phrases}
        }
        .into_any())
    })
}

fn topicless(none: SentimentCounts, heard: i64, span: TrendSpan) -> impl IntoView {
    let share = |part: i64| amount::share(part, heard).map(|share| format!("{share} of mentions")).unwrap_or_default();
    let at =
        |reading: &str| mentions::address(&[("topic", "none".into()), ("reading", reading.into()), ("since", span.before.to_string())]);
    view! {
        <div class="tiles">
            <Tile label="No topic" value=number(none.mentions) note=share(none.mentions) href=at("")/>
            <Tile label="Negative, no topic" value=number(none.negative) note=share(none.negative) href=at("negative")/>
            <Tile label="Positive, no topic" value=number(none.positive) note=share(none.positive) href=at("positive")/>
        </div>
    }
}

fn of_both(line: &TopicTrendLine) -> SentimentCounts {
    SentimentCounts {
        mentions: line.now.mentions + line.before.mentions,
        negative: line.now.negative + line.before.negative,
        positive: line.now.positive + line.before.positive,
    }
}

/// Small topics whose share of mentions grew by at least half.
fn grows(line: &TopicTrendLine, now: i64, before: i64) -> bool {
    let small = of_both(line).mentions * 100 <= (now + before) * SMALL;
    let grown = line.now.mentions * before * 2 >= line.before.mentions * now * 3;
    line.topic.is_active() && small && line.now.mentions >= GROWING_MENTIONS && grown
}

fn growing(trend: &TopicTrends) -> impl IntoView + use<> {
    let (now, before) = (trend.mentions_now, trend.mentions_before);
    let mut lines: Vec<&TopicTrendLine> = trend.lines.iter().filter(|line| grows(line, now, before)).collect();
    lines.sort_by(|a, b| b.rise.total_cmp(&a.rise).then(b.now.mentions.cmp(&a.now.mentions)));
    let span = trend.span;
    let rows: Vec<AnyView> = lines
        .into_iter()
        .filter_map(|line| {
            let span = span?;
            let id = line.topic.id.to_string();
            let at = |from: chrono::NaiveDate, to: chrono::NaiveDate| {
                mentions::address(&[("topic", id.clone()), ("since", from.to_string()), ("until", to.to_string())])
            };
            let weeks = format!("Mentions per week, oldest first: {}", line.weeks.iter().map(i64::to_string).collect::<Vec<_>>().join(", "));
            Some(
                view! {
                    <tr>
                        <td><a href=format!("/listen/topics/{id}") dir="auto">{line.topic.name.clone()}</a></td>
                        <td class="n" data-label="Last 7 days"><a href=at(span.since, span.until)>{number(line.now.mentions)}</a></td>
                        <td class="n" data-label="Previous 4 weeks"><a href=at(span.before, span.until_before())>{number(line.before.mentions)}</a></td>
                        <td class="n" data-label="Change">{rules::change(line.now.mentions, now, line.before.mentions, before)}</td>
                        <td class="n" data-label="G²">{format!("{:.1}", line.rise)}</td>
                        <td data-label="13 weeks"><Spark label=weeks values=line.weeks.clone()/></td>
                    </tr>
                }
                .into_any(),
            )
        })
        .collect();
    let empty = rows.is_empty();
    view! {
        <section class="stack">
            <h2>"Growing small topics"</h2>
            {empty.then(|| view! { <p>"No small topic is growing."</p> })}
            {(!empty).then(|| view! {
                <div class="card">
                    <table class="list topics">
                        <caption class="sr">"Growing small topics"</caption>
                        <thead><tr>
                            <th scope="col">"Topic"</th><th scope="col" class="n">"Last 7 days"</th><th scope="col" class="n">"Previous 4 weeks"</th>
                            <th scope="col" class="n">"Change"</th><th scope="col" class="n">"G²"</th><th scope="col">"13 weeks"</th>
                        </tr></thead>
                        <tbody>{rows}</tbody>
                    </table>
                </div>
            })}
            <p class="dim">{format!(
                "Topics with at most {SMALL} % of mentions in the last 5 weeks, at least {GROWING_MENTIONS} mentions in the last 7 days, and a share at least 50 % larger \
                 than in the previous 4 weeks."
            )}</p>
        </section>
    }
}

/// Whether a topic is small enough for its authors to be counted.
fn worth_asking(line: &TopicTrendLine) -> bool {
    (i64::from(phrase::rules::FEW_MENTIONS)..=MAX_COUNTED_TOPICS).contains(&of_both(line).mentions)
}

fn is_intense(line: &TopicTrendLine, authors: i64) -> bool {
    let both = of_both(line);
    let bounds = phrase::rules::FEW_AUTHORS;
    let few = usize::try_from(authors).is_ok_and(|authors| (bounds.0..=bounds.1).contains(&authors));
    let each = i64::try_from(phrase::rules::MENTIONS_EACH).unwrap_or(0);
    few && both.mentions >= authors * each
        && both.negative.max(both.positive) * 100 >= both.mentions * i64::from(phrase::rules::MIN_CONSISTENT_PERCENT)
}

fn raised(intense: &[(&TopicTrendLine, i64)], span: TrendSpan) -> impl IntoView + use<> {
    let rows: Vec<AnyView> = intense
        .iter()
        .map(|(line, authors)| {
            let id = line.topic.id.to_string();
            let both = of_both(line);
            let at = mentions::address(&[("topic", id.clone()), ("since", span.before.to_string())]);
            view! {
                <tr>
                    <td><a href=format!("/listen/topics/{id}") dir="auto">{line.topic.name.clone()}</a></td>
                    <td class="n" data-label="Mentions in 5 weeks"><a href=at>{number(both.mentions)}</a></td>
                    <td class="n" data-label="Authors">{number(*authors)}</td>
                    <td data-label="Sentiment">{mentions::shares(both)}</td>
                </tr>
            }
            .into_any()
        })
        .collect();
    let empty = rows.is_empty();
    view! {
        <section class="stack">
            <h2>"Topics raised repeatedly by a few authors"</h2>
            {empty.then(|| view! { <p>"No topic is raised repeatedly by a few authors."</p> })}
            {(!empty).then(|| view! {
                <div class="card">
                    <table class="list topics">
                        <caption class="sr">"Topics raised repeatedly by a few authors"</caption>
                        <thead><tr>
                            <th scope="col">"Topic"</th><th scope="col" class="n">"Mentions in 5 weeks"</th><th scope="col" class="n">"Authors"</th>
                            <th scope="col">"Sentiment"</th>
                        </tr></thead>
                        <tbody>{rows}</tbody>
                    </table>
                </div>
            })}
            <p class="dim">{format!(
                "Topics with {} to {MAX_COUNTED_TOPICS} mentions in the last 5 weeks by {} to {} authors, with at least {} mentions per author and {} % of one sentiment.",
                phrase::rules::FEW_MENTIONS, phrase::rules::FEW_AUTHORS.0, phrase::rules::FEW_AUTHORS.1, phrase::rules::MENTIONS_EACH, phrase::rules::MIN_CONSISTENT_PERCENT
            )}</p>
        </section>
    }
}
