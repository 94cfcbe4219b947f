//! Lists of phrases on the topic pages: rising ones, and those repeated by a few authors.

use leptos::prelude::*;

use super::rules::{
    FEW_AUTHORS, FEW_MENTIONS, MAX_PHRASES, MENTIONS_EACH, MIN_CONSISTENT_PERCENT, MIN_RISING_AUTHORS, MIN_RISING_MENTIONS,
};
use super::work::{HOURLY, WHOLE};
use super::{Phrase, PhraseKind, PhraseRun, store};
use crate::db::Tx;
use crate::kernel::clock::long_date;
use crate::kernel::error::Result;
use crate::kernel::ids::ProgramId;
use crate::listening::topic::matcher::TopicMatcher;
use crate::listening::topic::rules::SIGNIFICANCE;
use crate::listening::topic::trend::TrendSpan;
use crate::listening::topic::{Topic, mentions};
use crate::listening::volume::SentimentCounts;
use crate::ui::{Form, RowMenu, count, number};

/// What a list is ranked by.
const fn score_label(kind: PhraseKind) -> &'static str {
    match kind {
        PhraseKind::Rising => "G²",
        PhraseKind::Intense => "Per author",
    }
}

/// Rising phrases, ranked.
pub(crate) async fn rising(tx: &mut Tx, program: ProgramId, topics: &[Topic], may_edit: bool) -> Result<AnyView> {
    let (run, rows) = found(tx, program, PhraseKind::Rising, topics, may_edit).await?;
    let Some(run) = run else { return Ok(().into_any()) };
    let rule = format!(
        "Phrases of up to three words that are more frequent in the last 7 days ({}) than in the previous 4 weeks ({}), ranked by Dunning’s \
         log-likelihood G². The first {MAX_PHRASES} with a G² of at least {SIGNIFICANCE} (one in a thousand by chance) and at least {MIN_RISING_MENTIONS} mentions by \
         {MIN_RISING_AUTHORS} authors. Common words, the organisation’s name, excluded authors, sensitive subjects and copies are not counted.",
        count(run.mentions, "mention", "mentions"),
        count(run.before, "mention", "mentions")
    );
    Ok(table("Rising phrases", "No rising phrases.", rule, &run, score_label(PhraseKind::Rising), rows))
}

/// Phrases that a few authors repeat with one sentiment.
pub(crate) async fn intense(tx: &mut Tx, program: ProgramId, topics: &[Topic], may_edit: bool) -> Result<AnyView> {
    let (run, rows) = found(tx, program, PhraseKind::Intense, topics, may_edit).await?;
    let Some(run) = run else { return Ok(().into_any()) };
    let rule = format!(
        "Phrases in the last 5 weeks ({}) by {} to {} authors, with at least {FEW_MENTIONS} mentions, at least {MENTIONS_EACH} per author, and \
         {MIN_CONSISTENT_PERCENT} % of one sentiment. Ranked by mentions of that sentiment per author.",
        count(run.mentions + run.before, "mention", "mentions"),
        FEW_AUTHORS.0,
        FEW_AUTHORS.1
    );
    Ok(table("Phrases repeated by a few authors", "No repeated phrases.", rule, &run, score_label(PhraseKind::Intense), rows))
}

/// The rows of a list, and whether any of them has a topic or can become one.
#[derive(Default)]
struct PhraseRows {
    rows: Vec<AnyView>,
    acts: bool,
}

/// What every row of a list is shown with.
struct PhraseView<'a> {
    run: &'a PhraseRun,
    topics: &'a [Topic],
    matcher: &'a TopicMatcher,
    may_edit: bool,
    acts: bool,
}

async fn found(
    tx: &mut Tx,
    program: ProgramId,
    kind: PhraseKind,
    topics: &[Topic],
    may_edit: bool,
) -> Result<(Option<PhraseRun>, PhraseRows)> {
    let Some(run) = store::find_run(tx, program).await? else { return Ok((None, PhraseRows::default())) };
    let matcher = TopicMatcher::new(topics);
    let phrases: Vec<Phrase> = store::list(tx, program).await?.into_iter().filter(|phrase| phrase.kind == kind).collect();
    let acts = may_edit || phrases.iter().any(|phrase| !matcher.topics(&phrase.words).is_empty());
    let view = PhraseView { run: &run, topics, matcher: &matcher, may_edit, acts };
    let rows = phrases.into_iter().map(|phrase| row(phrase, &view)).collect();
    Ok((Some(run), PhraseRows { rows, acts }))
}

fn table(title: &'static str, none: &'static str, rule: String, run: &PhraseRun, score: &'static str, rows: PhraseRows) -> AnyView {
    let PhraseRows { rows, acts } = rows;
    let sampled = run
        .sampled
        .then(|| format!(" On days with more than {} mentions, the first {} of each hour are counted.", number(WHOLE), number(HOURLY)));
    let until = format!(" As of {}.", long_date(run.until));
    let empty = rows.is_empty();
    view! {
        <section class="stack">
            <h2>{title}</h2>
            {empty.then(|| view! { <p>{none}</p> })}
            {(!empty).then(|| view! {
                <div class="card">
                    <table class="list topics">
                        <caption class="sr">{title}</caption>
                        <thead><tr>
                            <th scope="col">"Phrase"</th><th scope="col" class="n">"Mentions"</th><th scope="col" class="n">"Previous 4 weeks"</th>
                            <th scope="col" class="n">"Authors"</th><th scope="col">"Sentiment"</th><th scope="col" class="n">{score}</th>
                            {acts.then(|| view! { <th scope="col"><span class="sr">"Topic"</span></th> })}
                        </tr></thead>
                        <tbody>{rows}</tbody>
                    </table>
                </div>
            })}
            <p class="dim">{rule}{sampled}{until}</p>
        </section>
    }
    .into_any()
}

fn row(phrase: Phrase, view: &PhraseView<'_>) -> AnyView {
    let PhraseView { run, topics, matcher, may_edit, acts } = *view;
    let score = score_label(phrase.kind);
    let span = TrendSpan::ending(run.until);
    let since = if phrase.kind == PhraseKind::Rising { span.since } else { span.before };
    let between = |from: chrono::NaiveDate, to: chrono::NaiveDate| {
        mentions::address(&[("q", format!("\"{}\"", phrase.words)), ("since", from.to_string()), ("until", to.to_string())])
    };
    let (here, before) = (between(since, span.until), between(span.before, span.until_before()));
    let known: Vec<AnyView> = matcher
        .topics(&phrase.words)
        .into_iter()
        .filter_map(|id| topics.iter().find(|topic| topic.id == id))
        .map(|topic| view! { <a class="chip" dir="auto" href=format!("/listen/topics/{}", topic.id)>{topic.name.clone()}</a> }.into_any())
        .collect();
    let act = match (known.is_empty(), may_edit) {
        (true, true) => {
            let (label, of, key) = (format!("Make topic of {}", phrase.words), phrase.words.clone(), phrase.words.clone());
            view! {
                <RowMenu of=of>
                    <Form act="adopt" key=key><button type="submit" aria-label=label>"Make topic"</button></Form>
                </RowMenu>
            }
            .into_any()
        }
        (true, false) => ().into_any(),
        (false, _) => view! { <span class="chips">{known}</span> }.into_any(),
    };
    let mind = SentimentCounts { mentions: phrase.mentions, negative: phrase.negative, positive: phrase.positive };
    view! {
        <tr>
            <td><a class="quote" dir="auto" href=here.clone()>{phrase.words.clone()}</a></td>
            <td class="n" data-label="Mentions"><a href=here>{number(phrase.mentions)}</a></td>
            <td class="n" data-label="Previous 4 weeks"><a href=before>{number(phrase.before)}</a></td>
            <td class="n" data-label="Authors">{number(phrase.authors)}</td>
            <td data-label="Sentiment">{mentions::shares(mind)}</td>
            <td class="n" data-label=score>{format!("{:.1}", phrase.score)}</td>
            {acts.then(|| view! { <td>{act}</td> })}
        </tr>
    }
    .into_any()
}
