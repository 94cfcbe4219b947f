//! `/listen/long-tail`: what large numbers hide. Posts about no topic, small topics that grow, and what few people raise
//! intensely.

use leptos::prelude::*;

use super::list::{posts, shares, tabs, waiting};
use super::store;
use super::trend::{self, Line, Span, Trend};
use super::{Topic, rules};
use crate::account::Verb;
use crate::clock::long_date;
use crate::ids::TopicId;
use crate::import::page::{no_program, program_shown};
use crate::phrase;
use crate::ui::{Empty, PageHead, Spark, Tile, count, number, page};
use crate::volume::Counts;

/// Largest share of the last five weeks' posts, in hundredths, of a topic that is called small.
const SMALL: i64 = 5;
/// Least posts of the last seven days for growth to be told from chance by eye.
const GROWING_POSTS: i64 = 3;
/// Most posts of the last five weeks of a topic whose voices are counted.
const COUNTED: i64 = 500;

/// `/listen/long-tail`.
pub fn long_tail() -> impl IntoView {
    page("Long tail", Verb::SeeListening, |cx| async move {
        let may_edit = cx.actor.scope(Verb::EditTopics).is_some();
        let mut tx = cx.db.read().await?;
        let head = view! {
            <PageHead title="Long tail" sub="Smaller matters that large numbers hide." crumbs=vec![("/listen".into(), "Listen".into())]/>
            {tabs("/listen/long-tail")}
        };
        let Some(program) = program_shown(&mut tx).await? else {
            return Ok(view! { {head} {no_program()} }.into_any());
        };
        let trend = trend::of(&mut tx, program.id).await?;
        let Some(span) = trend.span else {
            return Ok(view! { {head} <Empty title="Nothing was heard yet" text="Import an export of posts first."/> }.into_any());
        };
        let waiting = waiting(&mut tx, program.id).await?;
        let none = store::count_topicless(&mut tx, program.id, span.before, span.until).await?;
        let heard = trend.posts_now + trend.posts_before;
        let topics: Vec<Topic> = trend.lines.iter().map(|line| line.topic.clone()).collect();
        let few: Vec<TopicId> = trend.lines.iter().filter(|line| worth_asking(line)).map(|line| line.topic.id).collect();
        let voices = store::count_voices(&mut tx, &few, span.before).await?;
        let intense: Vec<(&Line, i64)> = trend
            .lines
            .iter()
            .filter_map(|line| voices.iter().find(|(id, _)| *id == line.topic.id).map(|(_, voices)| (line, *voices)))
            .filter(|(line, voices)| is_intense(line, *voices))
            .collect();
        let phrases = phrase::list::intense(&mut tx, program.id, &topics, may_edit).await?;
        let tiles = topicless(none, heard, span);
        let growing = growing(&trend);
        let raised = raised(&intense, span);
        Ok(view! {
            {head}
            {waiting}
            <section class="stack">
                <h2>"Posts about no topic"</h2>
                {tiles}
                <p class="dim">{format!("Of {} in the last 5 weeks, up to {}.", count(heard, "post", "posts"), long_date(span.until))}</p>
            </section>
            {growing}
            {raised}
            {phrases}
        }
        .into_any())
    })
}

fn topicless(none: Counts, heard: i64, span: Span) -> impl IntoView {
    let share = |part: i64| if heard == 0 { String::new() } else { format!("{} % of all", (part * 100 + heard / 2) / heard) };
    let at = |reading: &str| posts(&[("topic", "none".into()), ("reading", reading.into()), ("since", span.before.to_string())]);
    view! {
        <div class="tiles">
            <Tile label="About no topic" value=number(none.posts) note=share(none.posts) href=at("")/>
            <Tile label="of them negative" value=number(none.negative) note=share(none.negative) href=at("negative")/>
            <Tile label="of them positive" value=number(none.positive) note=share(none.positive) href=at("positive")/>
        </div>
    }
}

fn of_both(line: &Line) -> Counts {
    Counts {
        posts: line.now.posts + line.before.posts,
        negative: line.now.negative + line.before.negative,
        positive: line.now.positive + line.before.positive,
    }
}

/// Small topics whose share of what is said has grown by half at least.
fn grows(line: &Line, now: i64, before: i64) -> bool {
    let small = of_both(line).posts * 100 <= (now + before) * SMALL;
    let grown = line.now.posts * before * 2 >= line.before.posts * now * 3;
    line.topic.is_active() && small && line.now.posts >= GROWING_POSTS && grown
}

fn growing(trend: &Trend) -> impl IntoView + use<> {
    let (now, before) = (trend.posts_now, trend.posts_before);
    let mut lines: Vec<&Line> = trend.lines.iter().filter(|line| grows(line, now, before)).collect();
    lines.sort_by(|a, b| b.rise.total_cmp(&a.rise).then(b.now.posts.cmp(&a.now.posts)));
    let span = trend.span;
    let rows: Vec<AnyView> = lines
        .into_iter()
        .filter_map(|line| {
            let span = span?;
            let id = line.topic.id.to_string();
            let at = |from: chrono::NaiveDate, to: chrono::NaiveDate| {
                posts(&[("topic", id.clone()), ("since", from.to_string()), ("until", to.to_string())])
            };
            let weeks = format!("Posts in each of the last weeks, oldest first: {}", line.weeks.iter().map(i64::to_string).collect::<Vec<_>>().join(", "));
            Some(
                view! {
                    <tr>
                        <td><a href=format!("/listen/topics/{id}")>{line.topic.name.clone()}</a></td>
                        <td class="n" data-label="Last 7 days"><a href=at(span.since, span.until)>{number(line.now.posts)}</a></td>
                        <td class="n" data-label="4 weeks before"><a href=at(span.before, span.until_before())>{number(line.before.posts)}</a></td>
                        <td class="n" data-label="Change">{rules::change(line.now.posts, now, line.before.posts, before)}</td>
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
            <h2>"Small topics that grow"</h2>
            {empty.then(|| view! { <p>"No small topic grows."</p> })}
            {(!empty).then(|| view! {
                <div class="card">
                    <table class="list topics">
                        <caption class="sr">"Small topics that grow"</caption>
                        <thead><tr>
                            <th scope="col">"Topic"</th><th scope="col" class="n">"Last 7 days"</th><th scope="col" class="n">"4 weeks before"</th>
                            <th scope="col" class="n">"Change"</th><th scope="col" class="n">"G²"</th><th scope="col">"13 weeks"</th>
                        </tr></thead>
                        <tbody>{rows}</tbody>
                    </table>
                </div>
            })}
            <p class="dim">{format!(
                "At most {SMALL} % of the last 5 weeks’ posts, {GROWING_POSTS} or more in the last 7 days, and a share of all posts that is half as \
                 large again as in the 4 weeks before."
            )}</p>
        </section>
    }
}

/// Whether a topic is small enough for its voices to be counted.
fn worth_asking(line: &Line) -> bool {
    (i64::from(phrase::rules::FEW_POSTS)..=COUNTED).contains(&of_both(line).posts)
}

fn is_intense(line: &Line, voices: i64) -> bool {
    let both = of_both(line);
    let bounds = phrase::rules::FEW_VOICES;
    let few = usize::try_from(voices).is_ok_and(|voices| (bounds.0..=bounds.1).contains(&voices));
    let each = i64::try_from(phrase::rules::POSTS_EACH).unwrap_or(0);
    few && both.posts >= voices * each && both.negative.max(both.positive) * 100 >= both.posts * i64::from(phrase::rules::ONE_MIND)
}

fn raised(intense: &[(&Line, i64)], span: Span) -> impl IntoView + use<> {
    let rows: Vec<AnyView> = intense
        .iter()
        .map(|(line, voices)| {
            let id = line.topic.id.to_string();
            let both = of_both(line);
            let at = posts(&[("topic", id.clone()), ("since", span.before.to_string())]);
            view! {
                <tr>
                    <td><a href=format!("/listen/topics/{id}")>{line.topic.name.clone()}</a></td>
                    <td class="n" data-label="Posts in 5 weeks"><a href=at>{number(both.posts)}</a></td>
                    <td class="n" data-label="Voices">{number(*voices)}</td>
                    <td data-label="How people speak of it">{shares(both)}</td>
                </tr>
            }
            .into_any()
        })
        .collect();
    let empty = rows.is_empty();
    view! {
        <section class="stack">
            <h2>"Topics of few, again and again"</h2>
            {empty.then(|| view! { <p>"No topic is raised by few alone."</p> })}
            {(!empty).then(|| view! {
                <div class="card">
                    <table class="list topics">
                        <caption class="sr">"Topics of few, again and again"</caption>
                        <thead><tr>
                            <th scope="col">"Topic"</th><th scope="col" class="n">"Posts in 5 weeks"</th><th scope="col" class="n">"Voices"</th>
                            <th scope="col">"How people speak of it"</th>
                        </tr></thead>
                        <tbody>{rows}</tbody>
                    </table>
                </div>
            })}
            <p class="dim">{format!(
                "Topics with {} to {COUNTED} posts in the last 5 weeks that {} to {} voices raise, at least {} posts for each, {} % of them of one mind.",
                phrase::rules::FEW_POSTS, phrase::rules::FEW_VOICES.0, phrase::rules::FEW_VOICES.1, phrase::rules::POSTS_EACH, phrase::rules::ONE_MIND
            )}</p>
        </section>
    }
}
