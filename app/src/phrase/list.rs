//! Phrases as lists on the pages about topics: those that rise, and those that few raise intensely.

use leptos::prelude::*;

use super::rules::{FEW_POSTS, FEW_VOICES, MOST, ONE_MIND, POSTS_EACH, RISING_POSTS, RISING_VOICES};
use super::work::{HOURLY, WHOLE};
use super::{Kind, Phrase, Run, store};
use crate::clock::long_date;
use crate::db::Tx;
use crate::error::Result;
use crate::ids::ProgramId;
use crate::topic::Topic;
use crate::topic::list::{posts, shares};
use crate::topic::matcher::Matcher;
use crate::topic::rules::SURE;
use crate::topic::trend::Span;
use crate::ui::{Form, count, number};
use crate::volume::Counts;

/// Phrases that rise, ranked.
pub(crate) async fn rising(tx: &mut Tx, program: ProgramId, topics: &[Topic], may_edit: bool) -> Result<AnyView> {
    let (run, rows) = found(tx, program, Kind::Rising, topics, may_edit).await?;
    let Some(run) = run else { return Ok(().into_any()) };
    let rule = format!(
        "Words and phrases of up to three words that stand in more posts of the last 7 days ({}) than of the 4 weeks before ({}), ranked by \
         Dunning’s log-likelihood G². Listed from G² {SURE} on (chance alone gets there once in a thousand), with at least {RISING_POSTS} posts by {RISING_VOICES} \
         voices, the first {MOST}. Words like “the” and the organisation’s own name are left out, and so are voices that are set aside, posts on \
         sensitive subjects and copies of a text.",
        count(run.posts, "post", "posts"),
        count(run.before, "post", "posts")
    );
    Ok(table("Rising phrases", "No phrase rises.", rule, &run, "G²", rows))
}

/// Phrases that few voices raise again and again, of one mind.
pub(crate) async fn intense(tx: &mut Tx, program: ProgramId, topics: &[Topic], may_edit: bool) -> Result<AnyView> {
    let (run, rows) = found(tx, program, Kind::Intense, topics, may_edit).await?;
    let Some(run) = run else { return Ok(().into_any()) };
    let rule = format!(
        "Words and phrases of the last 5 weeks ({}) that {} to {} voices raise, with {FEW_POSTS} posts or more, at least {POSTS_EACH} for each voice, \
         {ONE_MIND} % of them of one mind. Ranked by posts of one mind for each voice.",
        count(run.posts + run.before, "post", "posts"),
        FEW_VOICES.0,
        FEW_VOICES.1
    );
    Ok(table("Phrases of few, again and again", "Nobody insists on anything.", rule, &run, "Of one mind, each", rows))
}

async fn found(tx: &mut Tx, program: ProgramId, kind: Kind, topics: &[Topic], may_edit: bool) -> Result<(Option<Run>, Vec<AnyView>)> {
    let Some(run) = store::find_run(tx, program).await? else { return Ok((None, Vec::new())) };
    let matcher = Matcher::new(topics);
    let phrases = store::list(tx, program).await?.into_iter().filter(|phrase| phrase.kind == kind);
    let rows = phrases.map(|phrase| row(phrase, &run, topics, &matcher, may_edit)).collect();
    Ok((Some(run), rows))
}

fn table(title: &'static str, none: &'static str, rule: String, run: &Run, score: &'static str, rows: Vec<AnyView>) -> AnyView {
    let sampled = run
        .sampled
        .then(|| format!(" Of days with more than {} posts, the first {} of each hour were read.", number(WHOLE), number(HOURLY)));
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
                            <th scope="col">"Phrase"</th><th scope="col" class="n">"Posts"</th><th scope="col" class="n">"4 weeks before"</th>
                            <th scope="col" class="n">"Voices"</th><th scope="col">"How people speak of it"</th><th scope="col" class="n">{score}</th>
                            <th scope="col"><span class="sr">"Topic"</span></th>
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

fn row(phrase: Phrase, run: &Run, topics: &[Topic], matcher: &Matcher, may_edit: bool) -> AnyView {
    let span = Span::ending(run.until);
    let since = if phrase.kind == Kind::Rising { span.since } else { span.before };
    let between = |from: chrono::NaiveDate, to: chrono::NaiveDate| {
        posts(&[("q", format!("\"{}\"", phrase.words)), ("since", from.to_string()), ("until", to.to_string())])
    };
    let (here, before) = (between(since, span.until), between(span.before, span.until_before()));
    let known: Vec<AnyView> = matcher
        .topics(&phrase.words)
        .into_iter()
        .filter_map(|id| topics.iter().find(|topic| topic.id == id))
        .map(|topic| view! { <a class="chip" href=format!("/listen/topics/{}", topic.id)>{topic.name.clone()}</a> }.into_any())
        .collect();
    let act = match (known.is_empty(), may_edit) {
        (true, true) => {
            let label = format!("Make it a topic: {}", phrase.words);
            view! { <Form act="adopt" key=phrase.words.clone()><button type="submit" aria-label=label>"Make it a topic"</button></Form> }
                .into_any()
        }
        (true, false) => ().into_any(),
        (false, _) => view! { <span class="chips">{known}</span> }.into_any(),
    };
    let mind = Counts { posts: phrase.posts, negative: phrase.negative, positive: phrase.positive };
    view! {
        <tr>
            <td><a class="voice" href=here.clone()>{phrase.words.clone()}</a></td>
            <td class="n" data-label="Posts"><a href=here>{number(phrase.posts)}</a></td>
            <td class="n" data-label="4 weeks before"><a href=before>{number(phrase.before)}</a></td>
            <td class="n" data-label="Voices">{number(phrase.voices)}</td>
            <td data-label="How people speak of it">{shares(mind)}</td>
            <td class="n" data-label="Rank">{format!("{:.1}", phrase.score)}</td>
            <td>{act}</td>
        </tr>
    }
    .into_any()
}
