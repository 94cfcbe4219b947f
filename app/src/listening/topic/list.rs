//! `/listen/topics`: every topic with its mentions, sentiment and trend; rising phrases; adding a topic. Also as CSV.

use leptos::prelude::*;

use super::act::{TopicExample, TopicPreview};
use super::mentions;
use super::rules::{self, TopicForm};
use super::store;
use super::trend::{self, TopicTrendLine, TopicTrends, TrendSpan};
use super::{Topic, act};
use crate::access::account::Permission;
use crate::access::job;
use crate::access::page::page;
use crate::kernel::amount::percent_of_one;
use crate::kernel::clock::long_date;
use crate::kernel::error::Result;
use crate::kernel::export;
use crate::kernel::fold::Needle;
use crate::listening::phrase;
use crate::listening::volume;
use crate::program::shown::{no_program, program_shown};
use crate::ui::{
    Empty, Field, FilterBar, Form, Hidden, Notice, PageHead, Pager, Pick, Progress, Search, Spark, StateBadge, Submit, Tabs, TextArea, Th,
    Tone, count, number, query, refused, with_query,
};

/// The pages about topics, as tabs.
pub(crate) fn tabs(current: &'static str) -> impl IntoView {
    let tabs = vec![
        ("/listen/topics".to_owned(), "Topics and rising phrases".to_owned(), None),
        ("/listen/long-tail".to_owned(), "Long tail".to_owned(), None),
    ];
    view! { <Tabs label="Topics" current tabs/> }
}

/// The topics that a query asks for, in its order.
#[must_use]
pub fn chosen(trend: TopicTrends, get: impl Fn(&str) -> Option<String>) -> Vec<TopicTrendLine> {
    let words = Needle::of(&get("q").unwrap_or_default());
    let which = get("show").unwrap_or_default();
    let mut lines = trend.lines;
    lines.retain(|line| match which.as_str() {
        "all" => true,
        "retired" => !line.topic.is_active(),
        _ => line.topic.is_active(),
    });
    lines.retain(|line| {
        let topic = &line.topic;
        words.is_in([&topic.name, &topic.phrases, &topic.unit])
    });
    let sort = get("sort").unwrap_or_else(|| "-mentions".into());
    match sort.trim_start_matches('-') {
        "name" => lines.sort_by_key(|line| line.topic.name.to_lowercase()),
        "week" => lines.sort_by_key(|line| line.now.mentions),
        "rise" => lines.sort_by(|a, b| a.rise.total_cmp(&b.rise)),
        _ => lines.sort_by_key(|line| line.all.mentions),
    }
    if sort.starts_with('-') {
        lines.reverse();
    }
    lines
}

/// `/listen/topics`.
pub fn topics() -> impl IntoView {
    page("Topics", Permission::SeeListening, |cx| async move {
        let may_edit = cx.actor.scope(Permission::EditTopics).is_some();
        let adding = query("add").is_some() || typed().is_some() || refused("create");
        let mut tx = cx.db.read().await?;
        let head = view! {
            <PageHead title="Topics" sub="What mentions by all authors are about, with sentiment and trend." crumbs=vec![("/listen".into(), "Listen".into())]>
                {(may_edit && !adding).then(|| view! { <a class="btn btn-1" href=with_query("add", "yes") + "#new">"Add topic"</a> })}
            </PageHead>
            {tabs("/listen/topics")}
        };
        let Some(program) = program_shown(&mut tx).await? else {
            return Ok(view! { {head} {no_program()} }.into_any());
        };
        let trend = trend::of(&mut tx, program.id).await?;
        let waiting = waiting(&mut tx, program.id).await?;
        let none = trend.lines.is_empty();
        let (span, heard) = (trend.span, trend.mentions);
        let topicless = match span {
            Some(span) => store::count_topicless(&mut tx, program.id, chrono::NaiveDate::default(), span.until).await?.mentions,
            None => 0,
        };
        let all: Vec<Topic> = trend.lines.iter().map(|line| line.topic.clone()).collect();
        let (now, before) = (trend.mentions_now, trend.mentions_before);
        let lines = chosen(trend, query);
        let shown = i64::try_from(lines.len()).unwrap_or(0);
        let empty = lines.is_empty();
        let csv = format!("/listen/topics.csv{}", crate::ui::queries().to_query_string());
        let rising = phrase::list::rising(&mut tx, program.id, &all, may_edit).await?;
        let typed = typed();
        let preview = match &typed {
            Some(form) if may_edit => Some(act::attempt(&mut tx, &cx.actor, program.id, None, form).await),
            _ => None,
        };
        Ok(view! {
            {head}
            {waiting}
            {none.then(|| view! {
                <Empty title="No topics yet" text="A topic has a name and the phrases that match mentions. Existing mentions are matched too."/>
            })}
            {(!none).then(|| view! {
                <FilterBar>
                    <Search label="Name, phrase or business unit"/>
                    <Pick name="show" label="Show" any="Active topics" options=vec![("retired".into(), "Retired".into()), ("all".into(), "All".into())]/>
                </FilterBar>
                {empty.then(|| view! { <Empty title="No matching topics"><a class="btn" href="/listen/topics">"Show active topics"</a></Empty> })}
                {(!empty).then(|| table(lines, span, now, before))}
                <Pager count=shown one="topic" many="topics" per=i64::MAX csv/>
                {(heard > 0).then(|| topicless_note(heard, topicless, span))}
            })}
            {rising}
            {may_edit.then(|| new_topic_card(typed, preview))}
        }
        .into_any())
    })
}

fn new_topic_card(typed: Option<TopicForm>, preview: Option<Result<TopicPreview>>) -> impl IntoView {
    let open = typed.is_some() || query("add").is_some() || refused("create");
    view! {
        <details class="card pad" id="new" open=open>
            <summary>"Add topic"</summary>
            {fields("create", typed.unwrap_or_default(), None, "/listen/topics#trial".into(), "Add topic")}
            {preview.map(preview_view)}
        </details>
    }
}

fn table(lines: Vec<TopicTrendLine>, span: Option<TrendSpan>, now: i64, before: i64) -> impl IntoView {
    let rows = lines.into_iter().map(|line| row(line, span, now, before)).collect_view();
    view! {
        <div class="card">
            <table class="list topics">
                <caption class="sr">"Topics"</caption>
                <thead><tr>
                    <Th label="Topic" sort="name"/><Th label="Mentions" sort="mentions" n=true/><Th label="Sentiment"/>
                    <Th label="Last 7 days" sort="week" n=true/><Th label="Change from previous 4 weeks" sort="rise" n=true/><Th label="13 weeks"/>
                </tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}

/// How many mentions have no topic, and the end of the trend.
fn topicless_note(heard: i64, topicless: i64, span: Option<TrendSpan>) -> impl IntoView {
    view! {
        <p class="dim">{format!("A mention can have several topics. Of {}, ", count(heard, "mention", "mentions"))}
            <a href="/mentions?topic=none">{format!("{} have no topic", number(topicless))}</a>
            {span.map(|span| format!(". The last 7 days end with the newest mention, on {}.", long_date(span.until)))}</p>
    }
}

/// Progress of matching all mentions again, while that runs.
pub(crate) async fn waiting(tx: &mut crate::db::Tx, program: crate::kernel::ids::ProgramId) -> Result<Option<AnyView>> {
    let Some(job) =
        job::store::find_of_program(tx, job::JobKind::Topics, program).await?.filter(|job| job.state != job::JobState::Cancelled)
    else {
        return Ok(None);
    };
    if !job.is_open() {
        let failed = format!("Matching all mentions to topics failed. {}", job.reason());
        return Ok(Some(view! { <Notice tone=Tone::Bad>{failed}</Notice> }.into_any()));
    }
    let mentions = volume::store::total(tx, program, None, None).await?.mentions;
    Ok(Some(
        view! {
            <Notice tone=Tone::Live>
                <Progress label="Matching all mentions to topics" done=job.done.min(mentions) of=mentions noun="mentions"/>
                <p>"The counts below cover the mentions matched so far. Reload this page to update them."</p>
            </Notice>
        }
        .into_any(),
    ))
}

fn row(line: TopicTrendLine, span: Option<TrendSpan>, now: i64, before: i64) -> impl IntoView {
    let topic = line.topic;
    let id = topic.id.to_string();
    let days = |from: chrono::NaiveDate, to: chrono::NaiveDate| {
        mentions::address(&[("topic", id.clone()), ("since", from.to_string()), ("until", to.to_string())])
    };
    let week = span.map(|span| days(span.since, span.until)).unwrap_or_default();
    let month = span.map(|span| days(span.before, span.until_before())).unwrap_or_default();
    let weeks = format!("Mentions per week, oldest first: {}", line.weeks.iter().map(i64::to_string).collect::<Vec<_>>().join(", "));
    let retired = !topic.is_active();
    let unit = topic.unit.clone();
    view! {
        <tr>
            <td>
                <a href=format!("/listen/topics/{id}") dir="auto">{topic.name}</a>
                {retired.then(|| view! { " " <StateBadge label="retired"/> })}
                {(!unit.is_empty()).then(|| view! { <small dir="auto">{unit}</small> })}
            </td>
            <td class="n" data-label="Mentions"><a href=mentions::address(&[("topic", id.clone())])>{number(line.all.mentions)}</a></td>
            <td data-label="Sentiment">{mentions::shares(line.all)}</td>
            <td class="n" data-label="Last 7 days"><a href=week>{number(line.now.mentions)}</a></td>
            <td class="n" data-label="Change from previous 4 weeks">
                <a href=month>{rules::change(line.now.mentions, now, line.before.mentions, before)}</a>
                {(line.rise >= rules::SIGNIFICANCE).then(|| view! { <small><StateBadge tone=Tone::Warn label="rising"/></small> })}
            </td>
            <td data-label="13 weeks"><Spark label=weeks values=line.weeks/></td>
        </tr>
    }
}

/// The form to test, if the page was asked to test one.
pub(crate) fn typed() -> Option<TopicForm> {
    query("try")?;
    let text = |name: &str| query(name).unwrap_or_default();
    Some(TopicForm {
        name: text("name"),
        phrases: text("phrases"),
        excludes: text("excludes"),
        pattern: text("pattern"),
        unit: text("unit"),
    })
}

/// The form of a topic. The test is a GET of the same page and changes nothing.
pub(crate) fn fields(act: &'static str, form: TopicForm, revision: Option<i64>, try_at: String, label: &'static str) -> impl IntoView {
    view! {
        <Form act>
            {revision.map(|revision| view! { <Hidden name="revision" value=revision.to_string()/> })}
            <Field name="name" label="Name" value=form.name/>
            <TextArea name="phrases" label="Match any of these phrases" value=form.phrases rows=5
                hint="One phrase per line. Upper and lower case are the same. An asterisk matches longer words: repair* finds repairs and repaired."/>
            <TextArea name="excludes" label="Exclude mentions with these phrases (optional)" value=form.excludes rows=2 hint="One phrase per line. Exclusions override every match."/>
            <Field name="pattern" label="Advanced: regular expression (optional)" value=form.pattern
                hint="For matches that phrases cannot express. Example: \\b(tarn|fell) ?\\d{2}\\b"/>
            <Field name="unit" label="Business unit (optional)" value=form.unit hint="The unit that is responsible for this topic."/>
            <div class="row wrap">
                <Submit label main=true/>
                <button type="submit" name="try" value="yes" formmethod="get" formaction=try_at>"Test on recent mentions"</button>
            </div>
        </Form>
    }
}

/// The result of a test, or why it could not run.
pub(crate) fn preview_view(preview: Result<TopicPreview>) -> AnyView {
    let preview = match preview {
        Ok(preview) => preview,
        Err(error) => {
            return view! { <div class="error-summary" role="alert" id="trial"><strong>"The test cannot run"</strong><p>{error.message()}</p></div> }
                .into_any();
        }
    };
    let all = i64::try_from(preview.mentions).unwrap_or(0);
    let large = |value: usize| number(i64::try_from(value).unwrap_or(0));
    let of_newest = if all >= act::MAX_TRIED_MENTIONS {
        format!("the newest {} mentions", number(all))
    } else {
        format!("all {}", count(all, "mention", "mentions"))
    };
    let share = if preview.mentions == 0 { 0.0 } else { preview.fit as f64 / preview.mentions as f64 };
    let words = format!("{} of {of_newest} match ({}).", large(preview.fit), percent_of_one(share, 1));
    let changes = (preview.now > 0).then(|| {
        format!("Today {} have the topic: {} would be added, {} removed.", large(preview.now), large(preview.fresh), large(preview.lost))
    });
    let rows = preview.shown.into_iter().map(example).collect_view();
    let none = preview.fit == 0;
    view! {
        <div class="stack trial" id="trial">
            <h3>"Test result (not saved)"</h3>
            <p>{words} " " {changes}</p>
            {none.then(|| view! { <p class="dim">"No mention matches. Use fewer words, or end a word with an asterisk."</p> })}
            {(!none).then(|| view! { <ul class="plain stack">{rows}</ul> })}
        </div>
    }
    .into_any()
}

fn example(example: TopicExample) -> impl IntoView {
    let (mut at, mut parts) = (0, Vec::new());
    for (from, to) in example.spots {
        parts.push(view! { {example.text[at..from].to_owned()} <mark>{example.text[from..to].to_owned()}</mark> }.into_any());
        at = to;
    }
    let rest = example.text[at..].to_owned();
    view! {
        <li>
            <span class="quote" dir="auto">{parts}{rest}</span>
            <small><a href=format!("/mentions/{}", example.id)>{long_date(example.day)}</a>{example.fresh.then_some(" · new match")}</small>
        </li>
    }
}

/// The topics of a list as CSV.
#[must_use]
pub fn csv(lines: &[TopicTrendLine]) -> Vec<u8> {
    let heads = [
        "Topic",
        "Business unit",
        "Status",
        "Phrases",
        "Excluded phrases",
        "Regular expression",
        "Mentions",
        "Negative",
        "Positive",
        "Last 7 days",
        "4 weeks before",
        "Rise (G²)",
    ];
    export::csv(
        &heads,
        lines.iter().map(|line| {
            let topic = &line.topic;
            [
                topic.name.clone(),
                topic.unit.clone(),
                if topic.is_active() { "active" } else { "retired" }.to_owned(),
                topic.phrases.clone(),
                topic.excludes.clone(),
                topic.pattern.clone(),
                line.all.mentions.to_string(),
                line.all.negative.to_string(),
                line.all.positive.to_string(),
                line.now.mentions.to_string(),
                line.before.mentions.to_string(),
                format!("{:.1}", line.rise),
            ]
        }),
    )
}
