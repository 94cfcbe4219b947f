//! `/listen`: what was heard in a period, in one look. Every number leads to the posts behind it.

use chrono::NaiveDate;
use leptos::prelude::*;

use super::rules::{Asked, LENGTHS, Period};
use super::{Counts, Dimension, country_label, store};
use crate::account::Verb;
use crate::clock::{ago, long_date};
use crate::ids::{ProgramId, TopicId};
use crate::import::page::{program_shown, state_badge};
use crate::mention::store::UNKNOWN;
use crate::program::Segment;
use crate::segment::list::known;
use crate::sentiment::rules::language_name;
use crate::topic;
use crate::topic::trend::{Line, Trend};
use crate::ui::{
    Bar, Empty, LineChart, Notice, PageHead, SegBadge, Series, Tile, Tone, capital, count, encoded, leading, number, page, query,
    wrong_days,
};
use crate::{author, import, segment, triage};

/// Values of one dimension that are shown; the rest is one line.
const SHOWN: usize = 8;
/// New voices that are shown.
const LOUDEST: i64 = 8;

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
        let head = view! {
            <PageHead title="Listen" sub=format!("What people say in public about {}.", program.organisation)>
                {may_import.then(|| view! { <a class="btn btn-1" href="/imports#new">"Import an export"</a> })}
            </PageHead>
        };
        let Some(span) = store::span(&mut tx, program.id).await? else {
            return Ok(view! {
                {head}
                <Empty title="Nothing was heard yet" text="Export posts from your listening tool and import the file as it is: CSV, Excel or JSON, with any column names.">
                    {may_import.then(|| view! { <a class="btn" href="/imports#new">"Import an export"</a> })}
                </Empty>
            }
            .into_any());
        };
        let day = |name: &str| query(name).and_then(|day| day.parse().ok());
        let asked = Asked { days: query("days").and_then(|days| days.parse().ok()), since: day("since"), until: day("until") };
        let today = cx.now.date_naive();
        let wrong = wrong_days(query, false);
        let asked = if wrong.is_none() { asked } else { Asked::default() };
        let (period, wrong) = match Period::of(&asked, span, today) {
            Ok(period) => (period, wrong),
            Err(why) => {
                let usual = Period::of(&Asked::default(), span, today);
                (usual.unwrap_or(Period { since: span.0, until: span.1, days: None }), Some(why.to_owned()))
            }
        };
        let other = query("program").map(|_| program.id);
        let address = Address { period, program: other };
        let (since, until) = (Some(period.since), Some(period.until));
        let before = period.before();
        let total = store::total(&mut tx, program.id, since, until).await?;
        let earlier = store::total(&mut tx, program.id, Some(before.since), Some(before.until)).await?;
        let days = store::list_days(&mut tx, program.id, since, until).await?;
        let mut segments = Vec::new();
        for segment in [Segment::Ranter, Segment::Raver] {
            segments.push(store::list_days_of(&mut tx, program.id, Dimension::Segment, segment.as_str(), since, until).await?);
        }
        let dimensions = [Dimension::Network, Dimension::Language, Dimension::Country];
        let slices = store::list_values(&mut tx, program.id, &dimensions, since, until).await?;
        let spoken = topic::store::list_totals(&mut tx, program.id, period.since, period.until).await?;
        let about_none = topic::store::count_topicless(&mut tx, program.id, period.since, period.until).await?;
        let rising = topic::trend::ending(&mut tx, program.id, span.1).await?;
        let new = author::store::count_new(&mut tx, program.id, period.since, period.until).await?;
        let loudest = author::store::list_new(&mut tx, program.id, period.since, period.until, new, LOUDEST).await?;
        let standing = segment::store::count_segments(&mut tx, program.id).await?;
        let late = match cx.actor.scope(Verb::SeeTriage) {
            Some(_) => {
                let late = triage::page::count_late(&mut tx, &cx.actor, cx.now, program.id).await?;
                Some((late, triage::store::find_hours(&mut tx, program.id).await?))
            }
            None => None,
        };
        let runs = import::store::list(&mut tx, program.id, "", None, 5, 0).await?;
        drop(tx);

        let points = period.points(span);
        let all = points.add_up(&days);
        let by_segment: Vec<Vec<Counts>> = segments.iter().map(|days| points.add_up(days)).collect();
        let line = |label: &str, class, filter: &str, counts: &[Counts], value: fn(&Counts) -> i64| Series {
            label: label.to_owned(),
            class,
            values: counts.iter().map(|counts| value(counts) as f64).collect(),
            links: points.points.iter().map(|point| Address { period: *point, program: other }.mentions(filter)).collect(),
        };
        let volume = vec![
            line("all", "", "", &all, |counts| counts.posts),
            line("negative", "ranter", "reading=negative", &all, |counts| counts.negative),
            line("positive", "raver", "reading=positive", &all, |counts| counts.positive),
        ];
        let by_segment = vec![
            line("ranters", "ranter", "segment=ranter", &by_segment[0], |counts| counts.posts),
            line("ravers", "raver", "segment=raver", &by_segment[1], |counts| counts.posts),
        ];
        let drawn = points.drawn.clone();
        let left_out = points.left_out().unwrap_or_default();
        let share =
            |part: i64| if total.posts == 0 { String::new() } else { format!("{} % of all", (part * 100 + total.posts / 2) / total.posts) };
        let ends = (period.days.is_some() && period.until < today)
            .then(|| format!("The newest post is of {}: the period ends there.", long_date(period.until)));
        let nothing = total.posts == 0;
        let imports = runs
            .into_iter()
            .map(|run| {
                let its_page = may_import.then(|| format!("/imports/{}", run.id));
                view! {
                    <tr>
                        <td>{leading(run.file_name.clone(), its_page.clone())}</td>
                        <td data-label="State">{state_badge(run.state)}</td>
                        <td data-label="Rows" class="n">{leading(number(run.row_count), its_page.clone())}</td>
                        <td data-label="Created" class="n">{leading(number(run.created), its_page)}</td>
                        <td data-label="When">{ago(run.created_at, cx.now)}</td>
                    </tr>
                }
            })
            .collect_view();
        let slices = slices.into_iter().map(|(dimension, values)| slice(dimension, values, total, &address)).collect_view();
        Ok(view! {
            {head}
            {picker(&period, other)}
            {wrong.map(|why| view! { <Notice tone=Tone::Bad>{why}</Notice> })}
            <p class="dim">{period.shown()}". "{ends}</p>
            <div class="tiles">
                <Tile label="Posts" value=number(total.posts) note=change(total.posts, earlier.posts, &period, span) href=address.mentions("")/>
                <Tile label="Negative" value=number(total.negative) note=share(total.negative) href=address.mentions("reading=negative")/>
                <Tile label="Positive" value=number(total.positive) note=share(total.positive) href=address.mentions("reading=positive")/>
                <Tile label="New voices" value=new_voices(new) note="first heard in this period" href="#new"/>
                {late.map(|(late, hours)| late_answers(late, hours))}
            </div>
            {nothing.then(|| view! {
                <Empty title="Nothing was heard in this period" text=format!("Posts are from {} to {}.", long_date(span.0), long_date(span.1))>
                    <a class="btn" href=Address { period: Period { since: span.0, until: span.1, days: None }, program: other }.listen()>"All of it"</a>
                </Empty>
            })}
            {(!nothing).then(|| view! {
                <section class="card pad">
                    <LineChart title=format!("Posts a {}", points.unit)
                        sub=format!("Negative and positive as a person corrected them, else as the vendor reads them, else as we do. {left_out}")
                        x=points.names() lines=volume drawn=drawn.clone()/>
                </section>
                <section class="card pad">
                    <LineChart title=format!("Posts of ranters and ravers a {}", points.unit)
                        sub=format!("By the segment in which their voices stand now. {left_out}") x=points.names() lines=by_segment drawn/>
                </section>
                {rising_topics(&rising)}
                <div class="cols-2">
                    {topics_card(&rising, &spoken, about_none, total, &address)}
                    {slices}
                    {standing_card(&standing)}
                </div>
                {voices(loudest, new)}
            })}
            <section class="card">
                <table class="list">
                    <caption class="sr narrow">"Recent imports"</caption>
                    <thead>
                        <tr>
                            <th scope="col">"Recent imports"</th><th scope="col">"State"</th><th scope="col" class="n">"Rows"</th>
                            <th scope="col" class="n">"Created"</th><th scope="col">"When"</th>
                        </tr>
                    </thead>
                    <tbody>{imports}</tbody>
                </table>
            </section>
        }
        .into_any())
    })
}

/// Addresses that ask for the same days, and the same program where one was named.
#[derive(Clone, Copy, Debug)]
struct Address {
    period: Period,
    program: Option<ProgramId>,
}

impl Address {
    fn mentions(&self, more: &str) -> String {
        self.to("/mentions", more)
    }

    fn listen(&self) -> String {
        self.to("/listen", "")
    }

    fn to(&self, page: &str, more: &str) -> String {
        let program = self.program.map(|id| format!("&program={id}")).unwrap_or_default();
        let more = if more.is_empty() { String::new() } else { format!("{more}&") };
        format!("{page}?{more}{}{program}", self.period.address())
    }
}

/// The lengths to choose from, and a form for other days.
fn picker(period: &Period, program: Option<ProgramId>) -> impl IntoView + use<> {
    let named = program.map(|id| format!("&program={id}")).unwrap_or_default();
    let lengths = LENGTHS
        .iter()
        .map(|(days, label)| {
            let here = (period.days == Some(*days)).then_some("page");
            view! { <a href=format!("/listen?days={days}{named}") aria-current=here>{*label}</a> }
        })
        .collect_view();
    view! {
        <div class="period">
            <nav class="tabs" aria-label="Period">{lengths}</nav>
            <form class="filter" method="get" aria-label="Other days">
                <label>"From" <input type="date" name="since" value=period.since.to_string()/></label>
                <label>"To" <input type="date" name="until" value=period.until.to_string()/></label>
                {program.map(|id| view! { <input type="hidden" name="program" value=id.to_string()/> })}
                <button type="submit">"Show"</button>
            </form>
        </div>
    }
}

/// How a number stands to that of as many days before, where both were listened to as a whole: posts are from `first` to `last`.
fn change(now: i64, before: i64, period: &Period, (first, last): (NaiveDate, NaiveDate)) -> String {
    if period.before().since < first {
        return format!("the first post is of {}", long_date(first));
    }
    if period.until > last {
        return format!("the newest post is of {}", long_date(last));
    }
    let days = count(period.length(), "day", "days");
    match (before, now) {
        (0, 0) => String::new(),
        (0, _) => format!("none in the {days} before"),
        _ => {
            let percent = ((now - before) as f64 * 100.0 / before as f64).round() as i64;
            let words = match percent {
                0 => "as many as".to_owned(),
                more if more > 0 => format!("{} % more than", number(more)),
                less => format!("{} % fewer than", number(-less)),
            };
            format!("{words} in the {days} before")
        }
    }
}

/// Posts that wait for an answer longer than they may, now and whatever the period.
fn late_answers(late: i64, hours: i64) -> impl IntoView {
    let most = triage::store::COUNTED;
    let value = if late > most { format!("over {}", number(most)) } else { number(late) };
    let tone = if late > 0 { Tone::Bad } else { Tone::Plain };
    view! { <Tile label="Late answers" value note=format!("open past their clock, {} from opening", triage::rules::in_hours(hours)) href="/listen/triage?tab=late" tone/> }
}

fn new_voices(new: i64) -> String {
    if new > author::store::COUNTED { format!("over {}", number(author::store::COUNTED)) } else { number(new) }
}

/// What a part of all posts adds up to: its name, the filter by which its posts are found, its counts.
struct Share {
    name: String,
    filter: String,
    counts: Counts,
    /// What stands for the rest is no part of its own, and has no bar.
    rest: bool,
}

/// One dimension: its most frequent values with their sentiment.
fn slice(dimension: Dimension, values: Vec<(String, Counts)>, total: Counts, address: &Address) -> impl IntoView + use<> {
    let (word, label, plural) = match dimension {
        Dimension::Network => ("network", "Network", "networks"),
        Dimension::Language => ("language", "Language", "languages"),
        Dimension::Country => ("country", "Country", "countries"),
        Dimension::Segment => ("segment", "Segment", "segments"),
    };
    let rest = values.get(SHOWN..).unwrap_or_default();
    let mut left = Counts::default();
    rest.iter().for_each(|(_, counts)| left.add(*counts));
    let more = (!rest.is_empty()).then(|| {
        view! {
            <tr class="dim">
                <td>{count(i64::try_from(rest.len()).unwrap_or(0), &format!("other {word}"), &format!("other {plural}"))}</td>
                <td class="n" data-label="Posts">{number(left.posts)} " " <small>{percent(left, total)}</small></td>
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
            Share { name, filter: format!("{word}={asked}"), counts: *counts, rest: false }
        })
        .collect();
    share_card(label, word, shares, more, total, address)
}

/// Share of voice by topic. A post may be about several, so that the shares need not add up.
fn topics_card(
    trend: &Trend,
    spoken: &[(TopicId, Counts)],
    none: Counts,
    total: Counts,
    address: &Address,
) -> Option<impl IntoView + use<>> {
    let mut shares: Vec<Share> = trend
        .lines
        .iter()
        .filter_map(|Line { topic, .. }| {
            let counts = spoken.iter().find(|(id, _)| *id == topic.id)?.1;
            Some(Share { name: topic.name.clone(), filter: format!("topic={}", topic.id), counts, rest: false })
        })
        .collect();
    if shares.is_empty() {
        return None;
    }
    shares.sort_by_key(|share| (-share.counts.posts, share.name.to_lowercase()));
    let left = shares.len().saturating_sub(SHOWN);
    shares.truncate(SHOWN);
    shares.push(Share { name: "no topic".into(), filter: "topic=none".into(), counts: none, rest: true });
    let more = (left > 0).then(|| {
        let words = count(i64::try_from(left).unwrap_or(0), "more topic", "more topics");
        view! { <tr><td colspan="4"><a href="/listen/topics">{words}</a></td></tr> }.into_any()
    });
    Some(share_card("Topic", "topic", shares, more, total, address))
}

/// A table of shares; every number leads to its posts.
fn share_card(
    label: &'static str,
    word: &'static str,
    shares: Vec<Share>,
    more: Option<AnyView>,
    total: Counts,
    address: &Address,
) -> impl IntoView + use<> {
    let most = shares.iter().filter(|share| !share.rest).map(|share| share.counts.posts).max().unwrap_or(1);
    let rows = shares
        .into_iter()
        .map(|Share { name, filter, counts, rest }| {
            let to = |more: &str| address.mentions(&format!("{filter}{more}"));
            let name = if rest {
                view! { <span class="dim">{name}</span> }.into_any()
            } else {
                view! { {name} " " <Bar value=(counts.posts, counts.negative, counts.positive) most/> }.into_any()
            };
            view! {
                <tr>
                    <td>{name}</td>
                    <td class="n" data-label="Posts"><a href=to("")>{number(counts.posts)}</a> " " <small>{percent(counts, total)}</small></td>
                    <td class="n" data-label="Negative"><a href=to("&reading=negative")>{number(counts.negative)}</a></td>
                    <td class="n" data-label="Positive"><a href=to("&reading=positive")>{number(counts.positive)}</a></td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <section class="card">
            <table class="list slice">
                <caption class="sr narrow">{format!("Posts by {word}")}</caption>
                <thead><tr>
                    <th scope="col">{label}</th><th scope="col" class="n">"Posts"</th>
                    <th scope="col" class="n">"Negative"</th><th scope="col" class="n">"Positive"</th>
                </tr></thead>
                <tbody>{rows}{more}</tbody>
            </table>
        </section>
    }
}

/// A part of all posts, rounded: "24 %".
fn percent(part: Counts, total: Counts) -> String {
    match (part.posts * 100 + total.posts / 2) / total.posts.max(1) {
        0 if part.posts > 0 => "under 1 %".to_owned(),
        share => format!("{share} %"),
    }
}

/// Topics of which more is said in the newest week than the weeks before let expect.
fn rising_topics(trend: &Trend) -> Option<impl IntoView + use<>> {
    let span = trend.span?;
    let found: Vec<_> = trend
        .rising()
        .into_iter()
        .take(5)
        .map(|line| {
            let href = format!("/mentions?topic={}&since={}&until={}", line.topic.id, span.since, span.until);
            let words = format!("{}: {}", line.topic.name, count(line.now.posts, "post", "posts"));
            view! { <a class="chip" href=href>{words}</a> }
        })
        .collect();
    (!found.is_empty()).then(|| {
        view! {
            <section class="card pad row wrap">
                <h2>"Rising this week"</h2>
                {found}
                <a href="/listen/topics">"How that is told"</a>
            </section>
        }
    })
}

/// The loudest voices among those that are new.
fn voices(loudest: Vec<author::Author>, new: i64) -> impl IntoView + use<> {
    let none = loudest.is_empty();
    let rows = loudest
        .into_iter()
        .map(|voice| {
            let first = voice.first_at.map(|at| long_date(at.date_naive())).unwrap_or_default();
            let to = |more: &str| format!("/mentions?voice={}{more}", voice.id);
            view! {
                <tr>
                    <td><a href=format!("/voices/{}", voice.id)>{voice.shown()}</a> " " <small>{author::network_label(&voice.network)}</small></td>
                    <td class="n" data-label="Posts"><a href=to("")>{number(voice.posts)}</a></td>
                    <td class="n" data-label="Negative"><a href=to("&reading=negative&counting=yes")>{number(voice.negative)}</a></td>
                    <td class="n" data-label="Positive"><a href=to("&reading=positive&counting=yes")>{number(voice.positive)}</a></td>
                    <td class="n" data-label="Followers">{known(voice.followers)}</td>
                    <td class="n" data-label="Reach">{known(voice.reach)}</td>
                    <td data-label="First heard">{first}</td>
                </tr>
            }
        })
        .collect_view();
    let words = if new == 0 {
        "Everybody who was heard in this period had been heard before."
    } else {
        "None of the new voices has written ten posts yet."
    };
    view! {
        <section class="card" id="new">
            <div class="pad">
                <h2>"The loudest new voices"</h2>
                <p class="dim">"First heard in this period, by posts and followers. Voices that are set aside are left out."</p>
            </div>
            <table class="list">
                <caption class="sr">"The loudest new voices"</caption>
                <thead><tr>
                    <th scope="col">"Voice"</th><th scope="col" class="n">"Posts"</th><th scope="col" class="n">"Negative"</th><th scope="col" class="n">"Positive"</th>
                    <th scope="col" class="n">"Followers"</th><th scope="col" class="n">"Reach"</th><th scope="col">"First heard"</th>
                </tr></thead>
                <tbody>
                    {rows}
                    {none.then(|| view! { <tr><td colspan="7" class="dim">{words}</td></tr> })}
                </tbody>
            </table>
        </section>
    }
}

/// How many voices stand in each segment.
fn standing_card(segments: &[(Option<Segment>, i64)]) -> impl IntoView + use<> {
    let rows = [Some(Segment::Ranter), Some(Segment::Raver), Some(Segment::Apathetic), None]
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
    view! {
        <section class="card">
            <table class="list">
                <caption class="sr narrow">"All voices by segment"</caption>
                <thead><tr><th scope="col">"Segment"</th><th scope="col" class="n">"Voices, ever"</th></tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </section>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_said_in_words() {
        let day = |text: &str| text.parse().expect("a day");
        let period = Period { since: day("2022-01-01"), until: day("2022-01-30"), days: Some(30) };
        let heard = (day("2021-12-02"), day("2022-01-30"));
        assert_eq!(change(150, 100, &period, heard), "50 % more than in the 30 days before");
        assert_eq!(change(50, 100, &period, heard), "50 % fewer than in the 30 days before");
        assert_eq!(change(5, 0, &period, heard), "none in the 30 days before");
    }

    #[test]
    fn each_number_of_a_new_voice_leads_to_its_posts() {
        let id = crate::ids::AuthorId::new();
        let zoe = author::Author {
            id,
            program_id: ProgramId::new(),
            network: "x".into(),
            handle: "zoe_k".into(),
            name: None,
            followers: None,
            followers_at: None,
            reach: None,
            engagement: None,
            standing: author::Standing::Counted,
            standing_reason: None,
            standing_by: None,
            posts: 12,
            negative: 7,
            positive: 4,
            links: 0,
            promotional: 0,
            copies: 0,
            busiest_day: 0,
            busiest_hour: 0,
            busiest_minute: 0,
            first_at: None,
            last_at: None,
        };
        let html = voices(vec![zoe], 1).to_html();
        for (more, number) in [("", 12), ("&amp;reading=negative&amp;counting=yes", 7), ("&amp;reading=positive&amp;counting=yes", 4)] {
            assert!(html.contains(&format!("<a href=\"/mentions?voice={id}{more}\">{number}<")), "{number}: {html}");
        }
    }

    #[test]
    fn days_without_listening_are_compared_with_nothing() {
        let day = |text: &str| text.parse().expect("a day");
        let period = Period { since: day("2022-01-01"), until: day("2022-01-30"), days: Some(30) };
        assert_eq!(change(150, 100, &period, (day("2021-12-03"), day("2022-01-30"))), "the first post is of 3 December 2021");
        assert_eq!(change(5, 0, &period, (day("2022-01-02"), day("2022-01-30"))), "the first post is of 2 January 2022");
        assert_eq!(change(5, 100, &period, (day("2021-01-01"), day("2022-01-29"))), "the newest post is of 29 January 2022");
    }
}
