//! `/listen/sentiment`: the sentiment model, its accuracy, and training, activating and deactivating it.

use leptos::prelude::*;

use super::measure::SentimentScore;
use super::store;
use super::{ModelVersion, SentimentComparison, rules};
use crate::access::account::Permission;
use crate::access::job::{self, Job, JobKind, JobState};
use crate::access::page::page;
use crate::kernel::amount::percent_of_one;
use crate::kernel::clock::{Time, ago, long_date};
use crate::listening::mention;
use crate::listening::volume::{self, Dimension, SentimentCounts};
use crate::program::shown::{no_program, program_shown};
use crate::ui::{Empty, Form, Notice, PageHead, Progress, RowMenu, StateBadge, Submit, Tone, capital, count, number};

/// `/listen/sentiment`.
pub fn sentiment() -> impl IntoView {
    page("Sentiment", Permission::SeeListening, |cx| async move {
        let may_teach = cx.actor.scope(Permission::ManageSentimentModel).is_some();
        let mut tx = cx.db.read().await?;
        let Some(program) = program_shown(&mut tx).await? else {
            return Ok(view! { {head(false)} {no_program()} }.into_any());
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
                "Version {} rates new mentions since {}.",
                on.version,
                on.on_since.map(|at| long_date(at.date_naive())).unwrap_or_default()
            ),
            None => "VADER rates new mentions. It is an English lexicon with rules for negation, emphasis and emoji.".to_owned(),
        };
        let training = jobs.iter().any(|job| job.kind == JobKind::Training && job.is_open());
        let waiting = jobs.into_iter().filter(|job| job.state != JobState::Cancelled).map(|job| waiting(job, mentions)).collect_view();
        let shown = on.or_else(|| versions.first().cloned());
        let now = cx.now;
        let none = versions.is_empty();
        Ok(view! {
            {head(may_teach && !training)}
            {waiting}
            <section class="card pad stack">
                <h2>"Current model"</h2>
                <p>{reader}</p>
                <p class="dim">"Sentiment is a person’s correction if there is one, otherwise the vendor’s value, otherwise ours. "
                    "Models learn from vendor values (" {number(labels)} ") and corrections (" {number(corrections)} "), which weigh more. "
                    "A model rates the languages it was trained on; VADER rates English. Other mentions keep the vendor’s value or stay unrated."</p>
            </section>
            {(!heard.is_empty()).then(|| languages(&heard, shown.as_ref()))}
            {shown.map(figures)}
            {none.then(|| view! {
                <Empty title="No model trained yet" text="Train a model on your labelled mentions. You see its accuracy before you activate it."/>
            })}
            {(!none).then(|| version_table(versions, may_teach, now))}
        }
        .into_any())
    })
}

fn head(may_train: bool) -> impl IntoView {
    let sub = "The model that rates mentions as negative, neutral or positive, and its accuracy.";
    view! {
        <PageHead title="Sentiment" sub crumbs=vec![("/listen".into(), "Listen".into())]>
            {may_train.then(|| view! { <Form act="train"><Submit label="Train new version" main=true/></Form> })}
        </PageHead>
    }
}

/// A job that is not done yet, or that failed.
fn waiting(job: Job, mentions: i64) -> AnyView {
    match (job.kind, job.is_open()) {
        (_, false) => view! { <Notice tone=Tone::Bad>{job.reason()}</Notice> }.into_any(),
        (JobKind::Training, true) => {
            view! { <Notice tone=Tone::Live>"Training is running. It takes about half a minute. Reload this page to see the result."</Notice> }
                .into_any()
        }
        (_, true) => view! { <Progress label="Rating all mentions again" done=job.done of=mentions noun="mentions"/> }.into_any(),
    }
}

/// The languages of mentions: what rates them, and how accurately.
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
                (false, false) => "vendor’s value, or unrated".to_owned(),
            };
            let score = measured.map(|found| if by_model { &found.scores.model } else { &found.scores.vader });
            let accuracy = match score.filter(|score| score.mentions > 0 && (by_model || by_vader)) {
                Some(score) => format!("{} of {} labelled mentions", percent_of_one(score.accuracy, 0), number(i64::from(score.mentions))),
                None => "unknown".to_owned(),
            };
            let value = if language.is_empty() { mention::store::UNKNOWN } else { language.as_str() };
            view! {
                <tr>
                    <td>{rules::language_name(language)}</td>
                    <td data-label="Mentions" class="n"><a href=format!("/mentions?language={value}")>{number(counts.mentions)}</a></td>
                    <td data-label="Rated by">{reader}</td>
                    <td data-label="Accuracy">{accuracy}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <section class="card">
            <table class="list">
                <caption class="pad">"Languages"</caption>
                <thead><tr>
                    <th scope="col">"Language"</th><th scope="col" class="n">"Mentions"</th><th scope="col">"Rated by"</th><th scope="col">"Accuracy"</th>
                </tr></thead>
                <tbody>{rows}</tbody>
            </table>
            <p class="pad dim">"Accuracy is the share of labelled mentions (vendor’s value or correction) with a matching rating, by a model that had not seen their authors. It is unknown without a trained model or without labelled mentions in that language."</p>
        </section>
    }
}

fn version_table(versions: Vec<ModelVersion>, may_teach: bool, now: Time) -> impl IntoView {
    let acts = versions.iter().any(|version| may_teach || (!version.is_on() && rules::reason_to_keep_off(&version.figures).is_some()));
    let rows = versions.into_iter().map(|version| row(version, may_teach, acts, now)).collect_view();
    view! {
        <section class="card">
            <table class="list">
                <caption class="sr">"Versions"</caption>
                <thead><tr>
                    <th scope="col">"Version"</th><th scope="col">"Status"</th><th scope="col" class="n">"Labels"</th>
                    <th scope="col" class="n">"Macro-F1"</th><th scope="col" class="n">"VADER"</th><th scope="col">"Trained"</th>
                    {acts.then(|| view! { <th scope="col"><span class="sr">"Action"</span></th> })}
                </tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </section>
    }
}

fn row(version: ModelVersion, may_teach: bool, acts: bool, now: Time) -> impl IntoView {
    let keeps_off = rules::reason_to_keep_off(&version.figures);
    let (tone, state) = match (version.is_on(), &keeps_off) {
        (true, _) => (Tone::Good, "active"),
        (false, Some(_)) => (Tone::Warn, "not good enough"),
        (false, None) => (Tone::Plain, "inactive"),
    };
    let name = format!("version {}", version.version);
    let act = match (version.is_on(), keeps_off) {
        (false, Some(why)) => view! { <small>{why}</small> }.into_any(),
        _ if !may_teach => ().into_any(),
        (true, _) => {
            view! { <RowMenu of=name><Form act="switch_off" key=version.id.to_string()><Submit label="Deactivate"/></Form></RowMenu> }
                .into_any()
        }
        (false, None) => {
            view! { <RowMenu of=name><Form act="switch_on" key=version.id.to_string()><Submit label="Activate"/></Form></RowMenu> }
                .into_any()
        }
    };
    let all = &version.figures.all;
    view! {
        <tr>
            <td>"Version " {version.version}</td>
            <td data-label="Status"><StateBadge tone label=state/></td>
            <td data-label="Labels" class="n">{number(version.labels)}</td>
            <td data-label="Macro-F1" class="n">{share(all.model.macro_f1)}</td>
            <td data-label="VADER" class="n">{share(all.vader.macro_f1)}</td>
            <td data-label="Trained">{ago(version.trained_at, now)}</td>
            {acts.then(|| view! { <td>{act}</td> })}
        </tr>
    }
}

/// The figures of one version, and how they were measured.
fn figures(version: ModelVersion) -> impl IntoView {
    let figures = version.figures;
    let mut rows: Vec<AnyView> = Vec::new();
    for at in 0..figures.all.model.classes.len() {
        rows.push(line(
            capital(figures.all.model.classes[at].sentiment.label()),
            &figures.all,
            |score| score.classes[at].f1,
            |score| score.classes[at].mentions,
        ));
    }
    rows.push(line("All classes (macro-F1)".to_owned(), &figures.all, |score| score.macro_f1, |score| score.mentions));
    rows.push(line("All classes (accuracy)".to_owned(), &figures.all, |score| score.accuracy, |score| score.mentions));
    for language in &figures.languages {
        let name = if language.language.is_empty() { "Unknown language".to_owned() } else { rules::language_name(&language.language) };
        let note = if language.read { "" } else { ", not rated by this version" };
        rows.push(line(format!("{name}{note}"), &language.scores, |score| score.macro_f1, |score| score.mentions));
    }
    if let Some(corrected) = &figures.corrected {
        rows.push(line("Corrected mentions".to_owned(), corrected, |score| score.macro_f1, |score| score.mentions));
    }
    view! {
        <section class="card">
            <table class="list">
                <caption class="pad">{format!("Version {} compared with VADER", version.version)}</caption>
                <thead><tr>
                    <th scope="col">"Mentions"</th><th scope="col" class="n">"Number"</th><th scope="col" class="n">"VADER"</th>
                    <th scope="col" class="n">{format!("Version {}", version.version)}</th>
                </tr></thead>
                <tbody>{rows}</tbody>
            </table>
            <details class="pad more">
                <summary>"How this was measured"</summary>
                <p>{format!(
                    "The {} labelled mentions by {} were split into {} parts. All mentions by one author and all copies of a text are in the same part. \
                     Each part was rated by a model that learned only from the other parts.",
                    number(version.labels), count(i64::try_from(figures.authors).unwrap_or(0), "author", "authors"), figures.folds
                )}</p>
                <p>"F1 is the harmonic mean of precision and recall. "
                    "1.00 is perfect. Macro-F1 is the mean of the three classes, so a rare class counts as much as a frequent one. "
                    "Where the labels come from a vendor, the figures measure agreement with the vendor, not the truth."</p>
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
