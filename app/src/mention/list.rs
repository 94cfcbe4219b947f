//! `/mentions`: every post, searched and filtered, and the same as CSV.

use leptos::prelude::*;

use super::store::{self, Listed, Search};
use super::{Mention, Sentiment};
use crate::account::Verb;
use crate::clock::long_date;
use crate::export;
use crate::ids::ProgramId;
use crate::import::page::program_shown;
use crate::ui::{Empty, FilterBar, PER_PAGE, PageHead, Pager, Pick, StateBadge, Tone, page, page_number, queries, query};

/// Most posts in one CSV file; more would not open in a spreadsheet anyway.
pub const CSV_MOST: i64 = 100_000;

/// What the query of the list asks for.
pub fn search(program: ProgramId, get: impl Fn(&str) -> Option<String>) -> Search {
    let text = |name: &str| get(name).unwrap_or_default();
    Search {
        program: Some(program),
        author: get("voice").and_then(|id| id.parse().ok()),
        run: get("run").and_then(|id| id.parse().ok()),
        text: text("q"),
        reading: get("reading").and_then(|word| word.parse().ok()),
        language: text("language"),
        country: text("country"),
        since: get("since").and_then(|day| day.parse().ok()),
        until: get("until").and_then(|day| day.parse().ok()),
        oldest_first: get("order").as_deref() == Some("oldest"),
    }
}

/// How a post is read, with colour and word.
pub fn reading_badge(mention: &Mention) -> impl IntoView + use<> {
    let tone = match mention.reading {
        Sentiment::Negative => Tone::Bad,
        Sentiment::Positive => Tone::Good,
        Sentiment::Neutral | Sentiment::Unknown => Tone::Plain,
    };
    let doubt = mention.disputed().then(|| {
        let ours = format!("Our own reading is {}; the vendor's stands.", mention.sentiment.label());
        view! { <small>{ours}</small> }
    });
    view! { <StateBadge tone label=mention.reading.label()/> {doubt} }
}

/// `/mentions`.
pub fn mentions() -> impl IntoView {
    page("Posts", Verb::SeeListening, |cx| async move {
        let may_import = cx.actor.scope(Verb::Import).is_some();
        let mut tx = cx.db.read().await?;
        let head = view! { <PageHead title="Posts" sub="Every post that was heard, as it was written."/> };
        let Some(program) = program_shown(&mut tx).await? else {
            return Ok(
                view! { {head} <Empty title="There is no program yet"><a class="btn" href="/programs">"Start a program"</a></Empty> }
                    .into_any(),
            );
        };
        let wanted = search(program.id, query);
        let total = store::count(&mut tx, &wanted).await?;
        let found = store::list(&mut tx, &wanted, PER_PAGE, (page_number() - 1) * PER_PAGE).await?;
        let empty = found.is_empty();
        let rows = found.into_iter().map(row).collect_view();
        let readings = Sentiment::ALL.iter().map(|word| (word.as_str().to_owned(), word.label().to_owned())).collect();
        let csv = format!("/mentions.csv{}", queries().to_query_string());
        Ok(view! {
            {head}
            <FilterBar>
                <crate::ui::Search label="Words or handle"/>
                <Pick name="reading" label="Reading" options=readings/>
                <label>"Language" <input name="language" size="6" value=query("language").unwrap_or_default()/></label>
                <label>"From" <input type="date" name="since" value=query("since").unwrap_or_default()/></label>
                <label>"To" <input type="date" name="until" value=query("until").unwrap_or_default()/></label>
                <Pick name="order" label="Order" any="Newest first" options=vec![("oldest".into(), "Oldest first".into())]/>
            </FilterBar>
            {empty.then(|| view! {
                <Empty title="No post fits" text="Take a filter away, or import an export that has more.">
                    <a class="btn" href="/mentions">"All posts"</a>
                    {may_import.then(|| view! { <a class="btn" href="/imports">"Imports"</a> })}
                </Empty>
            })}
            {(!empty).then(|| view! {
                <div class="card">
                    <table class="list">
                        <caption class="sr">"Posts"</caption>
                        <thead>
                            <tr><th scope="col">"Post"</th><th scope="col">"Voice"</th><th scope="col">"Reading"</th><th scope="col">"Date"</th></tr>
                        </thead>
                        <tbody>{rows}</tbody>
                    </table>
                </div>
            })}
            <Pager count=total one="post" many="posts" csv/>
        }
        .into_any())
    })
}

fn row(listed: Listed) -> impl IntoView {
    let mention = listed.mention;
    let (voice, post) = (format!("/voices/{}", mention.author_id), format!("/mentions/{}", mention.id));
    let shown = if listed.handle.contains(' ') { listed.handle.clone() } else { format!("@{}", listed.handle) };
    let badge = reading_badge(&mention);
    let link = mention
        .url
        .clone()
        .map(|url| view! { <small><a href=url rel="noopener noreferrer nofollow" target="_blank">"Original"</a></small> });
    view! {
        <tr>
            <td><span class="voice">{mention.text}</span> {link}</td>
            <td data-label="Voice"><a href=voice>{shown}</a></td>
            <td data-label="Reading">{badge}</td>
            <td data-label="Date"><a href=post>{long_date(mention.day)}</a></td>
        </tr>
    }
}

/// The same posts as CSV.
#[must_use]
pub fn csv(found: &[Listed]) -> Vec<u8> {
    let heads = [
        "Date",
        "Network",
        "Handle",
        "Text",
        "Reading",
        "Vendor's sentiment",
        "Own sentiment",
        "Score",
        "Language",
        "Country",
        "Link",
        "Id",
    ];
    let optional = |text: &Option<String>| text.clone().unwrap_or_default();
    export::csv(
        &heads,
        found.iter().map(|listed| {
            let m = &listed.mention;
            [
                m.at.to_rfc3339(),
                listed.network.clone(),
                listed.handle.clone(),
                m.text.clone(),
                m.reading.label().to_owned(),
                optional(&m.vendor_sentiment),
                m.sentiment.label().to_owned(),
                format!("{:.3}", m.score),
                optional(&m.language),
                optional(&m.country),
                optional(&m.url),
                optional(&m.external_id),
            ]
        }),
    )
}
