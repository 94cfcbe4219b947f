//! `/listen/sentiment`: how well mentions are read, by which model, and training, switching on and off.

use leptos::prelude::*;

use super::measure::SentimentScore;
use super::store;
use super::{ModelVersion, SentimentComparison, rules};
use crate::access::account::Permission;
use crate::access::job::{self, Job, JobKind, JobState};
use crate::access::page::page;
use crate::kernel::clock::{Time, ago, long_date};
use crate::listening::mention;
use crate::listening::volume::{self, Dimension, SentimentCounts};
use crate::program::shown::{no_program, program_shown};
use crate::ui::{Empty, Form, Notice, PageHead, Progress, StateBadge, Submit, Tone, count, number};

/// `/listen/sentiment`.
pub fn sentiment() -> impl IntoView {
    page("Sentiment", Permission::SeeListening, |cx| async move {
        let may_teach = cx.actor.scope(Permission::ManageSentimentModel).is_some();
        let mut tx = cx.db.read().await?;
        let head = view! {
            <PageHead title="Sentiment" sub="How mentions are read as negative, neutral or positive, and how well." crumbs=vec![("/listen".into(), "Listen".into())]/>
        };
        let Some(program) = program_shown(&mut tx).await? else {
            return Ok(view! { {head} {no_program()} }.into_any());
        };
        let versions = store::list(&mut tx, program.id).await?;
        let mut jobs = Vec::new();
        for kind in [JobKind::Reread, JobKind::Training] {
            jobs.extend(job::store::find_of_program(&mut tx, kind, program.id).await?);
        }
        let (corrections, labels) = store::count_labels(&mut tx, program.id).await?;
        let mentions: i64 = volume::store::total(&mut tx, program.id, None, None).await?.mentions;
        let mut heard = volume::store::list_values(&mut tx, program.id, &[Dimension::Language], None, None).await?;
        let heard = heard.remove(&Dimension::Language).unwrap_or_default();
        let on = versions.iter().find(|version| version.is_on()).cloned();
        let reader = match &on {
            Some(on) => format!(
                "Version {} reads new mentions, since {}.",
                on.version,
                on.on_since.map(|at| long_date(at.date_naive())).unwrap_or_default()
            ),
            None => "VADER reads new mentions: a lexicon of English words with rules for negation, emphasis and emoji.".to_owned(),
        };
        let training = jobs.iter().any(|job| job.kind == JobKind::Training && job.is_open());
        let waiting = jobs.into_iter().filter(|job| job.state != JobState::Cancelled).map(|job| waiting(job, mentions)).collect_view();
        let shown = on.or_else(|| versions.first().cloned());
        let now = cx.now;
        let none = versions.is_empty();
        Ok(view! {
            {head}
            {waiting}
            <section class="card pad stack">
                <h2>"Who reads"</h2>
                <p>{reader}</p>
                <p class="dim">"How a mention counts: a person's correction leads, then the vendor's value, then our own reading. "
                    "A model learns from vendors' values (" {number(labels)} ") and from corrections (" {number(corrections)} "), which weigh more. "
                    "It reads the languages that it has learned; VADER reads English; what neither reads keeps the vendor's value or stays unrated."</p>
                {(may_teach && !training).then(|| view! { <Form act="train"><Submit label="Train a new version" main=none/></Form> })}
            </section>
            {(!heard.is_empty()).then(|| languages(&heard, shown.as_ref()))}
            {shown.map(figures)}
            {none.then(|| view! {
                <Empty title="Nothing was trained yet" text="A training learns how people talk about this organisation, and shows how good it is before it is switched on."/>
            })}
            {(!none).then(|| version_table(versions, may_teach, now))}
        }
        .into_any())
    })
}

/// A training or a reading that is not done yet.
fn waiting(job: Job, mentions: i64) -> AnyView {
    match (job.kind, job.is_open()) {
        (_, false) => view! { <Notice tone=Tone::Bad>{job.reason()}</Notice> }.into_any(),
        (JobKind::Training, true) => {
            view! { <Notice tone=Tone::Live>"A training is on its way. It takes about half a minute; reload this page to see it."</Notice> }
                .into_any()
        }
        (_, true) => view! { <Progress label="Reading all mentions again" done=job.done of=mentions noun="mentions"/> }.into_any(),
    }
}

/// The languages that were heard: who reads them, and how often the reading is that of the label.
fn languages(heard: &[(String, SentimentCounts)], shown: Option<&ModelVersion>) -> impl IntoView + use<> {
    let rows = heard
        .iter()
        .map(|(language, counts)| {
            let measured = shown.and_then(|version| version.figures.languages.iter().find(|found| found.language == *language));
            let by_model = shown.is_some_and(ModelVersion::is_on) && measured.is_some_and(|found| found.read);
            let by_vader = rules::vader_reads(Some(language));
            let reader = match (by_model, by_vader) {
                (true, _) => format!("Version {}", shown.map_or(0, |version| version.version)),
                (false, true) => "VADER".to_owned(),
                (false, false) => "nobody: the vendor's value, or unrated".to_owned(),
            };
            let score = measured.map(|found| if by_model { &found.scores.model } else { &found.scores.vader });
            let accuracy = match score.filter(|score| score.mentions > 0 && (by_model || by_vader)) {
                Some(score) => format!("{:.0} % of {} labelled mentions", score.accuracy * 100.0, number(i64::from(score.mentions))),
                None => "unknown".to_owned(),
            };
            let value = if language.is_empty() { mention::store::UNKNOWN } else { language.as_str() };
            view! {
                <tr>
                    <td>{rules::language_name(language)}</td>
                    <td data-label="Mentions" class="n"><a href=format!("/mentions?language={value}")>{number(counts.mentions)}</a></td>
                    <td data-label="Read by">{reader}</td>
                    <td data-label="Right">{accuracy}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <section class="card">
            <table class="list">
                <caption>"Languages that were heard"</caption>
                <thead><tr>
                    <th scope="col">"Language"</th><th scope="col" class="n">"Mentions"</th><th scope="col">"Read by"</th><th scope="col">"Right"</th>
                </tr></thead>
                <tbody>{rows}</tbody>
            </table>
            <p class="pad dim">"“Right” counts the mentions with a vendor's value or a correction that were read as labelled, by a training that had not seen their authors. Without a training, or without labelled mentions in a language, it is unknown."</p>
        </section>
    }
}

fn version_table(versions: Vec<ModelVersion>, may_teach: bool, now: Time) -> impl IntoView {
    let rows = versions.into_iter().map(|version| row(version, may_teach, now)).collect_view();
    view! {
        <section class="card">
            <table class="list">
                <caption class="sr">"Versions"</caption>
                <thead><tr>
                    <th scope="col">"Version"</th><th scope="col">"State"</th><th scope="col" class="n">"Labels"</th>
                    <th scope="col" class="n">"Macro-F1"</th><th scope="col" class="n">"VADER"</th><th scope="col">"Trained"</th><th scope="col"><span class="sr">"Acts"</span></th>
                </tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </section>
    }
}

fn row(version: ModelVersion, may_teach: bool, now: Time) -> impl IntoView {
    let objection = rules::objection(&version.figures);
    let (tone, state) = match (version.is_on(), &objection) {
        (true, _) => (Tone::Good, "on"),
        (false, Some(_)) => (Tone::Warn, "not good enough"),
        (false, None) => (Tone::Plain, "off"),
    };
    let act = match (version.is_on(), objection) {
        _ if !may_teach => ().into_any(),
        (true, _) => view! { <Form act="switch_off" key=version.id.to_string()><Submit label="Switch off"/></Form> }.into_any(),
        (false, Some(why)) => view! { <small>{why}</small> }.into_any(),
        (false, None) => view! { <Form act="switch_on" key=version.id.to_string()><Submit label="Switch on"/></Form> }.into_any(),
    };
    let all = &version.figures.all;
    view! {
        <tr>
            <td>"Version " {version.version}</td>
            <td data-label="State"><StateBadge tone label=state/></td>
            <td data-label="Labels" class="n">{number(version.labels)}</td>
            <td data-label="Macro-F1" class="n">{share(all.model.macro_f1)}</td>
            <td data-label="VADER" class="n">{share(all.vader.macro_f1)}</td>
            <td data-label="Trained">{ago(version.trained_at, now)}</td>
            <td>{act}</td>
        </tr>
    }
}

/// The figures of one version, and how they were measured.
fn figures(version: ModelVersion) -> impl IntoView {
    let figures = version.figures;
    let mut rows: Vec<AnyView> = Vec::new();
    for at in 0..figures.all.model.classes.len() {
        rows.push(line(
            figures.all.model.classes[at].sentiment.label().to_owned(),
            &figures.all,
            |score| score.classes[at].f1,
            |score| score.classes[at].mentions,
        ));
    }
    rows.push(line("all three alike (macro-F1)".to_owned(), &figures.all, |score| score.macro_f1, |score| score.mentions));
    rows.push(line("right of all (accuracy)".to_owned(), &figures.all, |score| score.accuracy, |score| score.mentions));
    for language in &figures.languages {
        let name = if language.language.is_empty() { "language not given".to_owned() } else { format!("language {}", language.language) };
        let note = if language.read { "" } else { ", not read by this version" };
        rows.push(line(format!("{name}{note}"), &language.scores, |score| score.macro_f1, |score| score.mentions));
    }
    if let Some(corrected) = &figures.corrected {
        rows.push(line("mentions that people corrected".to_owned(), corrected, |score| score.macro_f1, |score| score.mentions));
    }
    view! {
        <section class="card">
            <table class="list">
                <caption>{format!("How well version {} reads, beside VADER", version.version)}</caption>
                <thead><tr>
                    <th scope="col">"Mentions"</th><th scope="col" class="n">"Number"</th><th scope="col" class="n">"VADER"</th>
                    <th scope="col" class="n">{format!("Version {}", version.version)}</th>
                </tr></thead>
                <tbody>{rows}</tbody>
            </table>
            <details class="pad more">
                <summary>"How this was measured"</summary>
                <p>{format!(
                    "The {} labelled mentions of {} were dealt into {} parts, all mentions of an author and all copies of a text into one. Each part was \
                     read by a model that had learned from the other parts only, so no author and no copy is on both sides.",
                    number(version.labels), count(i64::try_from(figures.authors).unwrap_or(0), "author", "authors"), figures.folds
                )}</p>
                <p>"For each class, F1 is the harmonic mean of two shares: of the mentions read so, how many are labelled so; and of the mentions labelled so, how many are read so. "
                    "1.00 is without a mistake. Macro-F1 is the plain mean of the three, so that a rare class counts as much as a frequent one. "
                    "Where the labels are a vendor's, the figures tell how far the readings agree with the vendor, not with the truth."</p>
            </details>
        </section>
    }
}

fn line(
    name: String,
    scores: &SentimentComparison,
    value: impl Fn(&SentimentScore) -> f64,
    mentions: impl Fn(&SentimentScore) -> u32,
) -> AnyView {
    view! {
        <tr>
            <td>{name}</td>
            <td data-label="Number" class="n">{number(i64::from(mentions(&scores.model)))}</td>
            <td data-label="VADER" class="n">{share(value(&scores.vader))}</td>
            <td data-label="This version" class="n">{share(value(&scores.model))}</td>
        </tr>
    }
    .into_any()
}

fn share(value: f64) -> String {
    format!("{value:.2}")
}
