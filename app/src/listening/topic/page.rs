//! `/listen/topics/{id}`: one topic over time, its newest mentions, and editing, testing, retiring and deleting it.

use chrono::NaiveDate;
use leptos::prelude::*;

use super::list::{fields, preview_view, typed, waiting};
use super::mentions;
use super::rules::{self, TopicForm};
use super::store::{self, TopicDay};
use super::trend::TrendSpan;
use super::{Topic, act};
use crate::access::account::Permission;
use crate::access::page::page;
use crate::kernel::amount::share;
use crate::kernel::clock::{Time, ago, long_date};
use crate::kernel::error::Error;
use crate::kernel::ids::TopicId;
use crate::listening::author;
use crate::listening::mention::store::{ListedMention, MentionSearch, TopicFilter};
use crate::listening::mention::{self, list::reading_badge};
use crate::listening::volume::rules::Period;
use crate::listening::volume::{self, SentimentCounts, VolumeDay};
use crate::program::shown::crumbs;
use crate::ui::{
    Confirm, DefList, Empty, Form, Hidden, LineChart, Notice, PageHead, Series, StateBadge, Submit, Tile, Tone, count, number, param,
    query, refused, with_query,
};

/// Mentions shown on the page.
const NEWEST: i64 = 8;

/// `/listen/topics/{id}`.
pub fn topic() -> impl IntoView {
    let id = param::<TopicId>("id");
    page("Topic", Permission::SeeListening, move |cx| async move {
        let id = id?;
        let may_edit = cx.actor.scope(Permission::EditTopics).is_some();
        let mut tx = cx.db.read().await?;
        let topic = store::find(&mut tx, id).await?.ok_or(Error::NotFound)?;
        let days = store::list_days_of(&mut tx, id).await?;
        let heard = volume::store::list_days(&mut tx, topic.program_id, None, None).await?;
        let search = MentionSearch { program: Some(topic.program_id), about: Some(TopicFilter::Topic(id)), ..MentionSearch::default() };
        let newest = mention::store::list(&mut tx, &search, NEWEST, 0).await?;
        let sessions = store::count_sessions(&mut tx, id).await?;
        let waiting = waiting(&mut tx, topic.program_id).await?;
        let typed = typed();
        let preview = match &typed {
            Some(form) if may_edit => Some(act::attempt(&mut tx, &cx.actor, topic.program_id, Some(id), form).await),
            _ => None,
        };
        let all = sum(&days, |_| true).mentions;
        let active = topic.is_active();
        let chart = heard.first().zip(heard.last()).map(|(first, last)| chart(id, &days, (first.day, last.day)));
        let silent = days.is_empty();
        let (none_title, none_text) = none_yet(waiting.is_some());
        let revision = topic.revision;
        let editing = typed.is_some() || query("edit").is_some() || refused("update");
        let form = typed.unwrap_or_else(|| TopicForm::of(&topic));
        let crumbs = crumbs(&mut tx, topic.program_id, &[("/listen", "Listen"), ("/listen/topics", "Topics")]).await?;
        Ok(view! {
            <PageHead title=topic.name.clone() crumbs>
                {(may_edit && !editing).then(|| view! { <a class="btn btn-1" href=with_query("edit", "yes") + "#change">"Edit topic"</a> })}
            </PageHead>
            {waiting}
            {(!active).then(|| view! { <Notice>"This topic is retired. New mentions are not matched; existing matches stay."</Notice> })}
            {tiles(id, &days, &heard)}
            <div class="side">
                <div class="stack">
                    {silent.then(|| view! { <Empty title=none_title text=none_text/> })}
                    {(!silent).then(|| view! {
                        <section class="card pad">{chart}</section>
                        {newest_mentions(id, newest, all)}
                    })}
                    {may_edit.then(|| view! {
                        <details class="card pad" id="change" open=editing>
                            <summary>"Edit topic"</summary>
                            {fields("update", form, Some(revision), format!("/listen/topics/{id}#trial"), "Save topic")}
                            {preview.map(preview_view)}
                        </details>
                    })}
                </div>
                <aside class="stack">
                    <section class="card pad stack"><DefList rows=facts(&topic, sessions, cx.now)/></section>
                    {may_edit.then(|| view! { <section class="card pad stack">{ending(&topic, sessions)}</section> })}
                </aside>
            </div>
        }
        .into_any())
    })
}

/// Its numbers, and whether it rises.
fn tiles(id: TopicId, days: &[TopicDay], heard: &[VolumeDay]) -> impl IntoView + use<> {
    let span = heard.last().map(|day| TrendSpan::ending(day.day));
    let all = sum(days, |_| true);
    let week = span.map(|span| sum(days, |day| day >= span.since)).unwrap_or_default();
    let before = span.map(|span| sum(days, |day| day >= span.before && day < span.since)).unwrap_or_default();
    let volume = |from: NaiveDate, to: NaiveDate| {
        heard.iter().filter(|day| (from..=to).contains(&day.day)).map(|day| day.counts.mentions).sum::<i64>()
    };
    let (mentions_now, mentions_before) =
        span.map(|span| (volume(span.since, span.until), volume(span.before, span.until_before()))).unwrap_or_default();
    let rising = rules::rise(week.mentions, mentions_now, before.mentions, mentions_before) >= rules::SIGNIFICANCE;
    let change = format!("{} from the previous 4 weeks", rules::change(week.mentions, mentions_now, before.mentions, mentions_before));
    let key = id.to_string();
    let with = |name: &'static str, value: String| mentions::address(&[("topic", key.clone()), (name, value)]);
    let of_all = |part: i64| share(part, all.mentions).map(|share| format!("{share} of mentions")).unwrap_or_default();
    let since = span.map(|span| span.since.to_string()).unwrap_or_default();
    view! {
        <div class="tiles">
            <Tile label="Mentions" value=number(all.mentions) href=mentions::address(&[("topic", key.clone())])/>
            <Tile label="Negative" value=number(all.negative) note=of_all(all.negative) href=with("reading", "negative".into())/>
            <Tile label="Positive" value=number(all.positive) note=of_all(all.positive) href=with("reading", "positive".into())/>
            <Tile label="Last 7 days" value=number(week.mentions) note=change href=with("since", since)/>
        </div>
        {rising.then(|| view! { <p><StateBadge tone=Tone::Warn label="rising"/> " The rise is significant (G² of 10.83 or more)."</p> })}
    }
}

fn newest_mentions(id: TopicId, newest: Vec<ListedMention>, all: i64) -> impl IntoView {
    let rows = newest.into_iter().map(row).collect_view();
    view! {
        <section class="card">
            <table class="list">
                <caption class="sr narrow">"Newest mentions"</caption>
                <thead><tr><th scope="col">"Newest mentions"</th><th scope="col">"Sentiment"</th><th scope="col" class="n">"Date"</th></tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </section>
        <p><a href=mentions::address(&[("topic", id.to_string())])>{format!("Show all {}", count(all, "mention", "mentions"))}</a></p>
    }
}

fn facts(topic: &Topic, sessions: i64, now: Time) -> Vec<(&'static str, String)> {
    vec![
        ("Business unit", topic.unit.clone()),
        ("Tag", topic.tag.clone()),
        ("Sessions", number(sessions)),
        ("Added", ago(topic.created_at, now)),
        ("Retired", topic.retired_at.map(|at| ago(at, now)).unwrap_or_default()),
    ]
}

/// The empty state, which differs while mentions are still being matched.
fn none_yet(reading: bool) -> (&'static str, &'static str) {
    if reading {
        ("No matching mentions yet", "Mentions are still being matched. Reload this page to see the result.")
    } else {
        ("No matching mentions yet", "Edit the phrases below, or import more mentions.")
    }
}

/// Retiring, reactivating, deleting.
fn ending(topic: &Topic, sessions: i64) -> impl IntoView + use<> {
    let delete = format!("Delete “{}”", topic.name);
    let (revision, again, active) = (topic.revision.to_string(), topic.revision.to_string(), topic.is_active());
    let retire = match active {
        true => view! {
            <Confirm label="Retire topic">
                <Form act="retire"><Hidden name="revision" value=revision/><p>"New mentions are no longer matched. Existing matches and sessions stay."</p><Submit label="Retire topic"/></Form>
            </Confirm>
        }
        .into_any(),
        false => view! { <Form act="bring_back"><Hidden name="revision" value=revision/><p>"Mentions imported since then are matched too."</p><Submit label="Reactivate topic"/></Form> }.into_any(),
    };
    let delete = match sessions {
        0 => view! {
            <Confirm label="Delete topic" danger=true>
                <Form act="delete"><Hidden name="revision" value=again/><p>"Removes the topic from all mentions. The mentions are kept."</p><Submit label=delete danger=true/></Form>
            </Confirm>
        }
        .into_any(),
        _ => view! { <p class="dim">{format!("{} this topic, so you can retire but not delete it.", count(sessions, "session has", "sessions have"))}</p> }
            .into_any(),
    };
    view! { {retire} {delete} }
}

fn row(listed: ListedMention) -> impl IntoView {
    let badge = reading_badge(&listed.mention);
    let mention = listed.mention;
    let shown = author::shown(&listed.handle);
    view! {
        <tr>
            <td><span class="quote" dir="auto">{mention.text}</span> <small><a href=format!("/authors/{}", mention.author_id) dir="auto">{shown}</a></small></td>
            <td class="nowrap" data-label="Sentiment"><div>{badge}</div></td>
            <td class="n" data-label="Date"><a href=format!("/mentions/{}", mention.id)>{long_date(mention.day)}</a></td>
        </tr>
    }
}

fn sum(days: &[TopicDay], wanted: impl Fn(NaiveDate) -> bool) -> SentimentCounts {
    days.iter().filter(|day| wanted(day.day)).fold(SentimentCounts::default(), |sum, day| SentimentCounts {
        mentions: sum.mentions + day.counts.mentions,
        negative: sum.negative + day.counts.negative,
        positive: sum.positive + day.counts.positive,
    })
}

/// The topic by day, week or month over all mentions.
fn chart(id: TopicId, days: &[TopicDay], heard: (NaiveDate, NaiveDate)) -> impl IntoView + use<> {
    let points = Period { since: heard.0, until: heard.1, days: None }.points(heard);
    let days: Vec<VolumeDay> = days.iter().map(|day| VolumeDay { day: day.day, counts: day.counts }).collect();
    let counts = points.add_up(&days);
    let series = |label: &str, class, reading: &str, value: fn(&SentimentCounts) -> i64| Series {
        label: label.to_owned(),
        class,
        values: counts.iter().map(|counts| value(counts) as f64).collect(),
        links: points
            .points
            .iter()
            .map(|point| {
                let days = [("since", point.since.to_string()), ("until", point.until.to_string())];
                mentions::address(&[&[("topic", id.to_string()), ("reading", reading.to_owned())], &days[..]].concat())
            })
            .collect(),
    };
    let lines = vec![
        series("all", "", "", |counts| counts.mentions),
        series("negative", "ranter", "negative", |counts| counts.negative),
        series("positive", "raver", "positive", |counts| counts.positive),
    ];
    let sub = points.not_drawn().unwrap_or_default();
    view! { <LineChart title=format!("Mentions per {}", points.unit) sub x=points.names() lines drawn=points.drawn/> }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn editing_phrases_is_advised_only_once_all_mentions_were_matched() {
        assert!(!none_yet(true).1.contains("Edit the phrases"));
        assert!(none_yet(false).1.contains("Edit the phrases"));
    }
}
