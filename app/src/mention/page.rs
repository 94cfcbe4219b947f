//! `/listen`: what was heard so far, in numbers, over time, by segment, and the imports it came from.

use chrono::{Datelike, Duration, NaiveDate};
use leptos::prelude::*;

use super::store;
use crate::account::Verb;
use crate::author::{self, Standing};
use crate::clock::{ago, long_date, short_date};
use crate::import;
use crate::import::page::{program_shown, state_badge};
use crate::mention::store::Day;
use crate::program::Segment;
use crate::segment;
use crate::ui::{Empty, LineChart, PageHead, SegBadge, Series, Tile, count, number, page};

/// Points of the chart at most: weeks are added up into months beyond it.
const POINTS: usize = 60;

/// `/listen`.
pub fn listen() -> impl IntoView {
    page("Listen", Verb::SeeListening, |cx| async move {
        let may_import = cx.actor.scope(Verb::Import).is_some();
        let mut tx = cx.db.read().await?;
        let Some(program) = program_shown(&mut tx).await? else {
            return Ok(view! {
                <PageHead title="Listen" sub="What people say in public about the brand."/>
                <Empty title="There is no program yet" text="Listening belongs to a program: its charter says who listens, and by which rules.">
                    <a class="btn btn-1" href="/programs">"Start a program"</a>
                </Empty>
            }
            .into_any());
        };
        let days = store::list_days(&mut tx, program.id).await?;
        let segments = segment::store::count_segments(&mut tx, program.id).await?;
        let standing = author::store::count_standing(&mut tx, program.id).await?;
        let runs = import::store::list(&mut tx, program.id, "", None, 5, 0).await?;
        let posts: i64 = days.iter().map(|day| day.posts).sum();
        let negative: i64 = days.iter().map(|day| day.negative).sum();
        let positive: i64 = days.iter().map(|day| day.positive).sum();
        let voices: i64 = standing.iter().map(|(_, count)| count).sum();
        let aside: i64 = standing.iter().filter(|(standing, _)| *standing != Standing::Counted).map(|(_, count)| count).sum();
        let span = match (days.first(), days.last()) {
            (Some(first), Some(last)) => format!("{} to {}", long_date(first.day), long_date(last.day)),
            _ => String::new(),
        };
        let head = view! {
            <PageHead title="Listen" sub=format!("What people say in public about {}.", program.organisation)>
                {may_import.then(|| view! { <a class="btn btn-1" href="/imports#new">"Import an export"</a> })}
            </PageHead>
        };
        if posts == 0 {
            return Ok(view! {
                {head}
                <Empty title="Nothing was heard yet" text="Export posts from your listening tool and import the file as it is: CSV, Excel or JSON, with any column names.">
                    {may_import.then(|| view! { <a class="btn" href="/imports#new">"Import an export"</a> })}
                </Empty>
            }
            .into_any());
        }
        let share = |part: i64| format!("{} % of all", (part * 100 + posts / 2) / posts);
        let badges = [Some(Segment::Ranter), Some(Segment::Raver), Some(Segment::Apathetic), None]
            .into_iter()
            .map(|wanted| {
                let found = segments.iter().find(|(segment, _)| *segment == wanted).map_or(0, |(_, count)| *count);
                let (class, label, word) = match wanted {
                    Some(segment) => (segment.as_str(), capital(segment.plural()), segment.as_str()),
                    None => ("", "None yet".to_owned(), "none"),
                };
                view! {
                    <tr>
                        <td><SegBadge class label/></td>
                        <td class="n" data-label="Voices"><a href=format!("/voices?segment={word}")>{number(found)}</a></td>
                    </tr>
                }
            })
            .collect_view();
        let runs = runs
            .into_iter()
            .map(|run| {
                let name = match may_import {
                    true => view! { <a href=format!("/imports/{}", run.id)>{run.file_name.clone()}</a> }.into_any(),
                    false => run.file_name.clone().into_any(),
                };
                view! {
                    <tr>
                        <td>{name}</td>
                        <td data-label="State">{state_badge(run.state)}</td>
                        <td data-label="Rows" class="n">{number(run.row_count)}</td>
                        <td data-label="When">{ago(run.created_at, cx.now)}</td>
                    </tr>
                }
            })
            .collect_view();
        let (x, lines, unit) = chart(&days);
        Ok(view! {
            {head}
            <div class="tiles">
                <Tile label="Posts" value=number(posts) note=span href="/mentions"/>
                <Tile label="Voices" value=number(voices) note=format!("{} set aside", number(aside)) href="/voices"/>
                <Tile label="Negative" value=number(negative) note=share(negative) href="/mentions?reading=negative"/>
                <Tile label="Positive" value=number(positive) note=share(positive) href="/mentions?reading=positive"/>
            </div>
            <section class="card pad">
                <LineChart title=format!("Posts a {unit}") sub="Negative and positive as the vendor reads them, our own reading where the vendor says nothing." x lines/>
            </section>
            <div class="cols-2">
                <section class="card">
                    <table class="list">
                        <caption class="sr">"Voices by segment"</caption>
                        <thead><tr><th scope="col">"Segment"</th><th scope="col" class="n">"Voices"</th></tr></thead>
                        <tbody>{badges}</tbody>
                    </table>
                </section>
                <section class="card">
                    <table class="list">
                        <caption class="sr">"Recent imports"</caption>
                        <thead>
                            <tr><th scope="col">"Recent imports"</th><th scope="col">"State"</th><th scope="col" class="n">"Rows"</th><th scope="col">"When"</th></tr>
                        </thead>
                        <tbody>{runs}</tbody>
                    </table>
                </section>
            </div>
            <p class="dim">{count(aside, "voice is", "voices are")} " set aside: the organisation's own accounts and promoters. They can be seen under "
                <a href="/voices?standing=own">"own accounts"</a> " and " <a href="/voices?standing=promoter">"promoters"</a> "."</p>
        }
        .into_any())
    })
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// The volume by day, week or month: as fine as the span allows.
fn chart(days: &[Day]) -> (Vec<String>, Vec<Series>, &'static str) {
    let (Some(first), Some(last)) = (days.first(), days.last()) else { return (Vec::new(), Vec::new(), "day") };
    let span = usize::try_from((last.day - first.day).num_days() + 1).unwrap_or(1);
    let (unit, begin): (_, fn(NaiveDate) -> NaiveDate) = if span <= POINTS {
        ("day", |day| day)
    } else if span / 7 <= POINTS {
        ("week", |day| day - Duration::days(i64::from(day.weekday().num_days_from_monday())))
    } else {
        ("month", |day| day.with_day(1).unwrap_or(day))
    };
    let mut points: std::collections::BTreeMap<NaiveDate, Day> = std::collections::BTreeMap::new();
    let mut day = first.day;
    while day <= last.day {
        points.entry(begin(day)).or_default();
        day += Duration::days(1);
    }
    for day in days {
        let point = points.entry(begin(day.day)).or_default();
        point.posts += day.posts;
        point.negative += day.negative;
        point.positive += day.positive;
    }
    let name = |day: &NaiveDate| if unit == "month" { day.format("%B %Y").to_string() } else { short_date(*day) };
    let series = |label: &str, class, value: fn(&Day) -> i64| Series {
        label: label.to_owned(),
        class,
        values: points.values().map(|point| value(point) as f64).collect(),
    };
    let lines = vec![
        series("all", "", |point| point.posts),
        series("negative", "ranter", |point| point.negative),
        series("positive", "raver", |point| point.positive),
    ];
    (points.keys().map(name).collect(), lines, unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_span_is_shown_by_week_with_no_gaps() {
        let day = |month, day| NaiveDate::from_ymd_opt(2022, month, day).expect("a day");
        let days = [Day { day: day(1, 3), posts: 2, negative: 1, positive: 0 }, Day { day: day(4, 4), posts: 5, negative: 0, positive: 5 }];
        let (x, lines, unit) = chart(&days);
        assert_eq!((unit, x.len()), ("week", 14));
        assert_eq!(lines[0].values.iter().sum::<f64>(), 7.0);
    }
}
