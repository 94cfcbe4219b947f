//! `/listen`: the mentions of a period at a glance. Every number links to the mentions behind it.

use chrono::{Duration, NaiveDate};
use leptos::prelude::*;

use super::authors::{new_authors_card, segments_card};
use super::kind_tabs::{counted, kind_tabs, no_mentions};
use super::links::VolumeLinks;
use super::rules::{AskedPeriod, LENGTHS, Period};
use super::shares::{dimension_card, rising_topics, topics_card};
use super::{Dimension, SentimentCounts, VolumeDay, kinds, store};
use crate::access::account::Permission;
use crate::access::page::{Panel, page};
use crate::db::Tx;
use crate::kernel::amount;
use crate::kernel::clock::{Time, ago, long_date};
use crate::kernel::error::Result;
use crate::kernel::ids::{ProgramId, TopicId};
use crate::listening::author::store::NewAuthorsSearch;
use crate::listening::author::{self, Author, AuthorKind};
use crate::listening::import::page::state_badge;
use crate::listening::import::{self, ImportRun};
use crate::listening::segment;
use crate::listening::topic::{self, trend::TopicTrends};
use crate::program::Segment;
use crate::program::shown::program_shown;
use crate::ui::{Empty, LineChart, Notice, PageHead, Series, Tile, Tone, leading, number, query, wrong_days};

/// New authors that are shown.
const MAX_ACTIVE_AUTHORS: i64 = 8;

/// `/listen`.
pub fn listen(late: Panel<ProgramId>) -> impl IntoView {
    page("Listen", Permission::SeeListening, move |cx| async move {
        let may_import = cx.actor.scope(Permission::Import).is_some();
        let mut tx = cx.db.read().await?;
        let Some(program) = program_shown(&mut tx).await? else {
            return Ok(no_program_yet().into_any());
        };
        let head = view! {
            <PageHead title="Listen" sub=format!("What people say in public about {}.", program.charter.organisation)>
                {may_import.then(|| view! { <a class="btn btn-1" href="/imports#new">"Import mentions"</a> })}
            </PageHead>
        };
        let Some(span) = store::span(&mut tx, program.id).await? else {
            return Ok(view! { {head} {nothing_heard_yet(may_import)} }.into_any());
        };
        let today = cx.now.date_naive();
        let (period, why) = asked_period(span, today);
        let kind = AuthorKind::asked(query("kind").as_deref());
        let links = VolumeLinks { period, kind };
        let heard = HeardVolume::load(&mut tx, program.id, span, links).await?;
        let runs = import::store::list(&mut tx, program.id, "", None, 5, 0).await?;
        drop(tx);
        let late = late(cx.clone(), program.id).await?;
        let ends = (period.days.is_some() && period.until < today)
            .then(|| format!("The period ends with the newest mention, on {}.", long_date(period.until)));
        let all = VolumeLinks { period: Period { since: span.0, until: span.1, days: None }, kind };
        let nothing = heard.total.mentions == 0;
        let others = heard.kinds.iter().map(|(_, mentions)| mentions).sum::<i64>() > 0;
        Ok(view! {
            {head}
            {picker(&links)}
            {kind_tabs(&heard.kinds, &links)}
            {why.map(|why| view! { <Notice tone=Tone::Bad>{why}</Notice> })}
            <p class="dim">{period.shown()}". "{ends}" "{counted(kind)}" "<a href="/listen/excluded">"Excluded authors"</a></p>
            <div class="tiles">
                {heard.tiles()}
                {late}
            </div>
            {nothing.then(|| no_mentions(others.then_some(kind).flatten(), &all, span))}
            {(!nothing).then(|| view! {
                {heard.charts()}
                {rising_topics(&heard.trends, &links)}
                <div class="cols-2">
                    {topics_card(&heard.trends, &heard.topics, heard.topicless, heard.total, &links)}
                    {heard.dimension_cards()}
                    {matches!(kind, None | Some(AuthorKind::Customer)).then(|| segments_card(&heard.segments))}
                </div>
                {new_authors_card(heard.most_active, heard.new, kind)}
            })}
            {recent_imports(runs, may_import, cx.now)}
        }
        .into_any())
    })
}

fn no_program_yet() -> impl IntoView {
    view! {
        <PageHead title="Listen" sub="What people say in public about the brand."/>
        <Empty title="No program yet" text="Mentions belong to a program. Create one, then import mentions.">
            <a class="btn btn-1" href="/programs">"Create program"</a>
        </Empty>
    }
}

fn nothing_heard_yet(may_import: bool) -> impl IntoView {
    view! {
        <Empty title="No mentions yet" text="Import an export from your listening tool. CSV, Excel and JSON work, with any column names.">
            {may_import.then(|| view! { <a class="btn" href="/imports#new">"Import mentions"</a> })}
        </Empty>
    }
}

/// The period of the query. A wrong one gives its error and the default period.
fn asked_period(span: (NaiveDate, NaiveDate), today: NaiveDate) -> (Period, Option<String>) {
    let day = |name: &str| query(name).and_then(|day| day.parse().ok());
    let asked = AskedPeriod { days: query("days").and_then(|days| days.parse().ok()), since: day("since"), until: day("until") };
    let why = wrong_days(query, false);
    let asked = if why.is_none() { asked } else { AskedPeriod::default() };
    match Period::of(&asked, span, today) {
        Ok(period) => (period, why),
        Err(why) => {
            let usual = Period::of(&AskedPeriod::default(), span, today);
            (usual.unwrap_or(Period { since: span.0, until: span.1, days: None }), Some(why.to_owned()))
        }
    }
}

/// The numbers of a period.
struct HeardVolume {
    links: VolumeLinks,
    /// The first and the last day of all listening.
    span: (NaiveDate, NaiveDate),
    total: SentimentCounts,
    /// Of as many days before.
    earlier: SentimentCounts,
    days: Vec<VolumeDay>,
    /// Of the period before, moved to the days of this one; none where it is not covered as a whole.
    days_before: Option<Vec<VolumeDay>>,
    ranters: Vec<VolumeDay>,
    ravers: Vec<VolumeDay>,
    /// Of ranters and of ravers, as `days_before`.
    segments_before: Option<(Vec<VolumeDay>, Vec<VolumeDay>)>,
    values: Vec<(Dimension, Vec<(String, SentimentCounts)>)>,
    topics: Vec<(TopicId, SentimentCounts)>,
    topicless: SentimentCounts,
    trends: TopicTrends,
    new: i64,
    most_active: Vec<Author>,
    segments: Vec<(Option<Segment>, i64)>,
    /// Mentions of the period by the kind of their authors.
    kinds: Vec<(AuthorKind, i64)>,
}

impl HeardVolume {
    async fn load(tx: &mut Tx, program: ProgramId, span: (NaiveDate, NaiveDate), links: VolumeLinks) -> Result<Self> {
        let VolumeLinks { period, kind, .. } = links;
        let (since, until) = (Some(period.since), Some(period.until));
        let before = period.before();
        let covered = before.since >= span.0;
        let mut segments_before = None;
        if covered {
            let mut of = Vec::new();
            for segment in [Segment::Ranter, Segment::Raver] {
                let of_segment = Some((Dimension::Segment, segment.as_str()));
                let days = kinds::days(tx, program, kind, of_segment, Some(before.since), Some(before.until)).await?;
                of.push(moved(days, period.length()));
            }
            segments_before = of.pop().zip(of.pop()).map(|(ravers, ranters)| (ranters, ravers));
        }
        let dimensions = [Dimension::Network, Dimension::Language, Dimension::Country];
        let new = author::store::count_new(tx, program, kind, period.since, period.until).await?;
        let newest = NewAuthorsSearch { program, kind, since: period.since, until: period.until, new };
        let everybody = store::total(tx, program, since, until).await?.mentions;
        let spoken = (
            topic::store::list_totals(tx, program, period.since, period.until).await?,
            topic::store::count_topicless(tx, program, period.since, period.until).await?,
        );
        let (topics, topicless) = kinds::topics(tx, program, kind, spoken, (period.since, period.until)).await?;
        let ranters = Some((Dimension::Segment, Segment::Ranter.as_str()));
        let ravers = Some((Dimension::Segment, Segment::Raver.as_str()));
        Ok(Self {
            links,
            span,
            total: kinds::total(tx, program, kind, None, since, until).await?,
            earlier: kinds::total(tx, program, kind, None, Some(before.since), Some(before.until)).await?,
            days: kinds::days(tx, program, kind, None, since, until).await?,
            segments_before,
            days_before: match covered {
                true => Some(moved(kinds::days(tx, program, kind, None, Some(before.since), Some(before.until)).await?, period.length())),
                false => None,
            },
            ranters: kinds::days(tx, program, kind, ranters, since, until).await?,
            ravers: kinds::days(tx, program, kind, ravers, since, until).await?,
            values: kinds::values(tx, program, kind, &dimensions, since, until).await?.into_iter().collect(),
            topics,
            topicless,
            trends: topic::trend::ending(tx, program, kind, span.1).await?,
            new,
            most_active: author::store::list_new(tx, newest, MAX_ACTIVE_AUTHORS).await?,
            segments: segment::store::count_segments(tx, program).await?,
            kinds: kinds::counts(tx, program, everybody, (period.since, period.until)).await?,
        })
    }

    fn tiles(&self) -> impl IntoView + use<> {
        let Self { total, earlier, links, new, .. } = self;
        let share = |part: i64| amount::share(part, total.mentions).map(|share| format!("{share} of mentions")).unwrap_or_default();
        view! {
            <Tile label="Mentions" value=number(total.mentions) note=change(total.mentions, earlier.mentions, &links.period, self.span) href=links.mentions("")/>
            <Tile label="Negative" value=number(total.negative) note=share(total.negative) href=links.mentions("reading=negative")/>
            <Tile label="Positive" value=number(total.positive) note=share(total.positive) href=links.mentions("reading=positive")/>
            <Tile label="New authors" value=new_authors(*new) note="first mention in this period" href="#new"/>
        }
    }

    /// The mentions a day, week or month: all of them, and those of ranters and ravers.
    fn charts(&self) -> impl IntoView + use<> {
        let points = self.links.period.points(self.span);
        let all = points.add_up(&self.days);
        let line = |label: &str, class, filter: &str, counts: &[SentimentCounts], value: fn(&SentimentCounts) -> i64| Series {
            label: label.to_owned(),
            class,
            values: counts.iter().map(|counts| value(counts) as f64).collect(),
            links: points.points.iter().map(|point| VolumeLinks { period: *point, kind: self.links.kind }.mentions(filter)).collect(),
        };
        let mut volume = vec![
            line("all", "", "", &all, |counts| counts.mentions),
            line("negative", "ranter", "reading=negative", &all, |counts| counts.negative),
            line("positive", "raver", "reading=positive", &all, |counts| counts.positive),
        ];
        // The period before, where it is covered as a whole.
        let earlier = |label: &str, filter: &str, days: &[VolumeDay]| {
            let links =
                points.points.iter().map(|point| VolumeLinks { period: point.earlier(self.links.period.length()), kind: self.links.kind });
            Series {
                label: label.to_owned(),
                class: "before",
                values: points.add_up(days).iter().map(|counts| counts.mentions as f64).collect(),
                links: links.map(|links| links.mentions(filter)).collect(),
            }
        };
        if let Some(days) = &self.days_before {
            volume.push(earlier("period before", "", days));
        }
        let mut by_segment = vec![
            line("ranters", "ranter", "segment=ranter", &points.add_up(&self.ranters), |counts| counts.mentions),
            line("ravers", "raver", "segment=raver", &points.add_up(&self.ravers), |counts| counts.mentions),
        ];
        if let Some((ranters, ravers)) = &self.segments_before {
            by_segment.push(earlier("ranters before", "segment=ranter", ranters));
            by_segment.push(earlier("ravers before", "segment=raver", ravers));
        }
        let drawn = points.drawn.clone();
        let not_drawn = points.not_drawn().unwrap_or_default();
        view! {
            <section class="card pad">
                <LineChart title=format!("Mentions per {}", points.unit)
                    sub=format!("Sentiment is a person’s correction if there is one, otherwise the vendor’s value, otherwise ours. {not_drawn}")
                    x=points.names() lines=volume drawn=drawn.clone()/>
            </section>
            <section class="card pad">
                <LineChart title=format!("Mentions by ranters and ravers per {}", points.unit)
                    sub=format!("By the current segment of each author. {not_drawn}") x=points.names() lines=by_segment drawn/>
            </section>
        }
    }

    fn dimension_cards(&self) -> Vec<impl IntoView + use<>> {
        self.values.iter().map(|(dimension, values)| dimension_card(*dimension, values, self.total, &self.links)).collect()
    }
}

fn recent_imports(runs: Vec<ImportRun>, may_import: bool, now: Time) -> impl IntoView {
    let imports = runs
        .into_iter()
        .map(|run| {
            let its_page = may_import.then(|| format!("/imports/{}", run.id));
            view! {
                <tr>
                    <td>{leading(run.file_name.clone(), its_page.clone())}</td>
                    <td data-label="Status">{state_badge(run.state)}</td>
                    <td data-label="Rows" class="n">{leading(number(run.row_count), its_page.clone())}</td>
                    <td data-label="New" class="n">{leading(number(run.created), its_page)}</td>
                    <td data-label="Uploaded">{ago(run.created_at, now)}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <section class="card">
            <table class="list">
                <caption class="sr narrow">"Recent imports"</caption>
                <thead>
                    <tr>
                        <th scope="col">"Recent imports"</th><th scope="col">"Status"</th><th scope="col" class="n">"Rows"</th>
                        <th scope="col" class="n">"New"</th><th scope="col">"Uploaded"</th>
                    </tr>
                </thead>
                <tbody>{imports}</tbody>
            </table>
        </section>
    }
}

/// The period: fixed lengths, and a form for custom dates.
fn picker(links: &VolumeLinks) -> impl IntoView + use<> {
    let VolumeLinks { period, .. } = *links;
    let lengths = LENGTHS
        .iter()
        .map(|(days, label)| {
            let here = (period.days == Some(*days)).then_some("page");
            view! { <a href=links.newest(*days) aria-current=here>{*label}</a> }
        })
        .collect_view();
    view! {
        <div class="period">
            <nav class="tabs" aria-label="Period">{lengths}</nav>
            <form class="filter" method="get" aria-label="Custom dates">
                <label>"From" <input type="date" name="since" value=period.since.to_string()/></label>
                <label>"To" <input type="date" name="until" value=period.until.to_string()/></label>
                {links.kind_asked().map(|kind| view! { <input type="hidden" name="kind" value=kind/> })}
                {query("program").map(|id| view! { <input type="hidden" name="program" value=id/> })}
                <button type="submit">"Apply"</button>
            </form>
        </div>
    }
}

/// Days moved forward, to be drawn over a later period.
fn moved(days: Vec<VolumeDay>, by: i64) -> Vec<VolumeDay> {
    days.into_iter().map(|day| VolumeDay { day: day.day + Duration::days(by), ..day }).collect()
}

/// "previous 90 days".
fn earlier_name(period: &Period) -> String {
    match period.length() {
        1 => "day before".to_owned(),
        days => format!("previous {} days", number(days)),
    }
}

/// A number compared with the period before, where both periods are covered: mentions are from `first` to `last`.
fn change(now: i64, before: i64, period: &Period, (first, last): (NaiveDate, NaiveDate)) -> String {
    if period.before().since < first {
        return format!("data starts on {}", long_date(first));
    }
    if period.until > last {
        return format!("data ends on {}", long_date(last));
    }
    let days = earlier_name(period);
    match (before, now) {
        (0, 0) => String::new(),
        (0, _) => format!("none in the {days}"),
        _ => {
            let percent = ((now - before) as f64 * 100.0 / before as f64).round() as i64;
            let words = match percent {
                0 => "same as".to_owned(),
                more if more > 0 => format!("{} more than", amount::percent(more)),
                less => format!("{} fewer than", amount::percent(-less)),
            };
            format!("{words} the {days}")
        }
    }
}

fn new_authors(new: i64) -> String {
    if new > author::store::MAX_COUNTED { format!("over {}", number(author::store::MAX_COUNTED)) } else { number(new) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_said_in_words() {
        let day = |text: &str| text.parse().expect("a day");
        let period = Period { since: day("2022-01-01"), until: day("2022-01-30"), days: Some(30) };
        let heard = (day("2021-12-02"), day("2022-01-30"));
        assert_eq!(change(150, 100, &period, heard), "50 % more than the previous 30 days");
        assert_eq!(change(50, 100, &period, heard), "50 % fewer than the previous 30 days");
        assert_eq!(change(5, 0, &period, heard), "none in the previous 30 days");
    }

    #[test]
    fn a_period_without_data_is_not_compared() {
        let day = |text: &str| text.parse().expect("a day");
        let period = Period { since: day("2022-01-01"), until: day("2022-01-30"), days: Some(30) };
        assert_eq!(change(150, 100, &period, (day("2021-12-03"), day("2022-01-30"))), "data starts on 3 December 2021");
        assert_eq!(change(5, 0, &period, (day("2022-01-02"), day("2022-01-30"))), "data starts on 2 January 2022");
        assert_eq!(change(5, 100, &period, (day("2021-01-01"), day("2022-01-29"))), "data ends on 29 January 2022");
    }
}
