//! `/mentions`: every mention, searched and filtered, and the same as CSV.

use std::collections::{BTreeMap, HashMap};

use leptos::prelude::*;

use super::store::{self, ListedMention, MentionSearch, TopicFilter, UNKNOWN};
use super::{Mention, Sentiment, rules};
use crate::access::account::Permission;
use crate::access::page::page;
use crate::db::Tx;
use crate::kernel::clock::long_date;
use crate::kernel::error::Result;
use crate::kernel::export;
use crate::kernel::ids::{MentionId, ProgramId, TopicId};
use crate::listening::author::{self, AuthorKind, network_label};
use crate::listening::import::mapping::own_files::MENTIONS;
use crate::listening::search::{self, SearchQuery};
use crate::listening::sentiment::rules::{language, language_name};
use crate::listening::topic::{self, Topic};
use crate::listening::volume::{self, Dimension, SentimentCounts, country, country_label};
use crate::program::Segment;
use crate::program::shown::{no_program, program_shown};
use crate::ui::{
    Empty, FilterBar, Notice, PER_PAGE, PageHead, Pager, Pick, Search, StateBadge, Tone, capital, number, queries, query, skipped,
    wrong_days,
};

/// Mentions that are read at once for their file.
const CSV_PART: usize = 2_000;

/// The search that a query asks for; old parameter names still work.
pub fn search(program: ProgramId, get: impl Fn(&str) -> Option<String>) -> MentionSearch {
    let text = |name: &str| get(name).unwrap_or_default();
    MentionSearch {
        program: Some(program),
        author: get("author").or_else(|| get("voice")).and_then(|id| id.parse().ok()),
        run: get("run").and_then(|id| id.parse().ok()),
        repeated: get("repeated").or_else(|| get("shout")).and_then(|id| id.parse().ok()),
        text: text("q"),
        network: text("network").trim().to_lowercase(),
        segment: get("segment").and_then(|word| word.parse().ok()),
        kind: get("kind").and_then(|word| word.parse().ok()),
        reading: get("reading").and_then(|word| word.parse().ok()),
        counting: get("counting").as_deref() == Some("yes"),
        about: get("topic")
            .and_then(|word| if word == "none" { Some(TopicFilter::Nothing) } else { word.parse().ok().map(TopicFilter::Topic) }),
        language: text("language").trim().to_lowercase(),
        country: text("country").trim().to_lowercase(),
        since: get("since").and_then(|day| day.parse().ok()),
        until: get("until").and_then(|day| day.parse().ok()),
        oldest_first: get("order").as_deref() == Some("oldest"),
    }
}

/// The sentiment of a mention, with a note where it is in doubt.
pub fn reading_badge(mention: &Mention) -> impl IntoView + use<> {
    let tone = match mention.reading {
        Sentiment::Negative => Tone::Bad,
        Sentiment::Positive => Tone::Good,
        Sentiment::Neutral | Sentiment::Unknown => Tone::Plain,
    };
    let vendor = rules::vendor(mention.vendor_sentiment.as_deref());
    let doubt = rules::doubt(mention.reading, vendor, mention.sentiment).map(|words| view! { <small class="block">{words}</small> });
    view! { <StateBadge tone label=mention.reading.label()/> {doubt} }
}

/// `/mentions`.
pub fn mentions() -> impl IntoView {
    page("Mentions", Permission::SeeListening, |cx| async move {
        let may_import = cx.actor.scope(Permission::Import).is_some();
        let mut tx = cx.db.read().await?;
        let head = view! { <PageHead title="Mentions" sub="Every imported mention, as it was written."><a class="btn" href="/listen/repeated-mentions">"Repeated mentions"</a></PageHead> };
        let Some(program) = program_shown(&mut tx).await? else {
            return Ok(view! { {head} {no_program()} }.into_any());
        };
        let wanted = search(program.id, query);
        let (asked, why) = match search::parse(&wanted.text) {
            Ok(asked) => (asked, None),
            Err(why) => (SearchQuery::default(), Some(why)),
        };
        let why = why.or_else(|| wrong_days(query, false));
        let (mut total, mut found) = (0, Vec::new());
        if why.is_none() {
            total = store::count(&mut tx, &wanted).await?;
            found = store::list(&mut tx, &wanted, PER_PAGE, skipped(total, PER_PAGE)).await?;
        }
        // Options come from all mentions, not only the current period.
        let dimensions = [Dimension::Network, Dimension::Language, Dimension::Country];
        let values = volume::store::list_values(&mut tx, program.id, &dimensions, None, None).await?;
        let all = topic::store::list(&mut tx, program.id).await?;
        let choices = choices(&all);
        let about = tagged(&mut tx, all, &found).await?;
        drop(tx);
        let imported = values.values().any(|values| !values.is_empty());
        let filters = filters(&values, choices);
        let counted = wanted.counted();
        let empty = found.is_empty() && why.is_none();
        let csv = format!("/mentions.csv{}", queries().to_query_string());
        Ok(view! {
            {head}
            {filters}
            <p class="dim">"Finds mentions with all words. Use “quotation marks” for a phrase, -word to leave a word out, warrant* for beginnings, @handle for an author."</p>
            {why.map(|why| view! { <Notice tone=Tone::Bad>{why}</Notice> })}
            {empty.then(|| nothing_found(imported, may_import))}
            {(total > 0 && !empty).then(|| table(found, about, &asked))}
            <Pager count=total counted one="mention" many="mentions" csv/>
        }
        .into_any())
    })
}

/// The empty state: of a program without mentions, or of a search.
fn nothing_found(imported: bool, may_import: bool) -> impl IntoView {
    let import = may_import.then(|| view! { <a class="btn" href="/imports#new">"Import mentions"</a> });
    if imported {
        view! {
            <Empty title="No matching mentions" text="Remove a filter, or import more mentions.">
                <a class="btn" href="/mentions">"Show all mentions"</a>
                {import}
            </Empty>
        }
        .into_any()
    } else {
        view! { <Empty title="No mentions yet" text="Import an export from your listening tool. CSV, Excel and JSON work.">{import}</Empty> }.into_any()
    }
}

fn filters(values: &BTreeMap<Dimension, Vec<(String, SentimentCounts)>>, choices: Vec<(String, String)>) -> impl IntoView + use<> {
    let options = |dimension: Dimension, label: fn(&str) -> String| {
        let values = values.get(&dimension).map(Vec::as_slice).unwrap_or_default();
        values
            .iter()
            .map(|(value, _)| (if value.is_empty() { UNKNOWN.to_owned() } else { value.clone() }, label(value)))
            .collect::<Vec<_>>()
    };
    let networks = options(Dimension::Network, network_label);
    let languages = options(Dimension::Language, language_name);
    let countries = options(Dimension::Country, country_label);
    let segments =
        [Segment::Ranter, Segment::Raver].iter().map(|segment| (segment.as_str().to_owned(), segment.label().to_owned())).collect();
    let kinds = AuthorKind::ALL.iter().map(|kind| (kind.as_str().to_owned(), capital(kind.label()))).collect();
    let readings = Sentiment::ALL.iter().map(|word| (word.as_str().to_owned(), word.label().to_owned())).collect();
    view! {
        <FilterBar>
            <Search label="Search"/>
            <Pick name="reading" label="Sentiment" options=readings/>
            <Pick name="topic" label="Topic" options=choices/>
            <Pick name="network" label="Network" options=networks/>
            <Pick name="language" label="Language" options=languages/>
            <Pick name="country" label="Country" options=countries/>
            <Pick name="segment" label="Segment of author" options=segments/>
            <Pick name="kind" label="Kind of author" options=kinds/>
            <label>"From" <input type="date" name="since" value=query("since").unwrap_or_default()/></label>
            <label>"To" <input type="date" name="until" value=query("until").unwrap_or_default()/></label>
            <Pick name="order" label="Order" any="Newest first" options=vec![("oldest".into(), "Oldest first".into())]/>
        </FilterBar>
    }
}

fn table(found: Vec<ListedMention>, mut about: HashMap<MentionId, Vec<Topic>>, asked: &SearchQuery) -> impl IntoView + use<> {
    let with_topics = !about.is_empty();
    let rows = found
        .into_iter()
        .map(|listed| {
            let topics = with_topics.then(|| about.remove(&listed.mention.id).unwrap_or_default());
            row(listed, topics, asked)
        })
        .collect_view();
    view! {
        <div class="card">
            <table class="list">
                <caption class="sr">"Mentions"</caption>
                <thead>
                    <tr>
                        <th scope="col">"Mention"</th><th scope="col">"Author"</th><th scope="col">"Sentiment"</th>
                        {with_topics.then(|| view! { <th scope="col">"Topics"</th> })}
                        <th scope="col" class="n">"Date"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}

/// The topics of mentions, by their ids.
///
/// # Errors
/// What the database says.
pub async fn topics(tx: &mut Tx, program: ProgramId, mentions: &[ListedMention]) -> Result<HashMap<MentionId, Vec<Topic>>> {
    let all = topic::store::list(tx, program).await?;
    tagged(tx, all, mentions).await
}

async fn tagged(tx: &mut Tx, all: Vec<Topic>, mentions: &[ListedMention]) -> Result<HashMap<MentionId, Vec<Topic>>> {
    let all: HashMap<TopicId, Topic> = all.into_iter().map(|topic| (topic.id, topic)).collect();
    let ids: Vec<MentionId> = mentions.iter().map(|listed| listed.mention.id).collect();
    let mut about: HashMap<MentionId, Vec<Topic>> = HashMap::new();
    for (mention, topic) in topic::store::list_tags(tx, &ids).await? {
        about.entry(mention).or_default().extend(all.get(&topic).cloned());
    }
    Ok(about)
}

/// The topics that a list can be filtered by.
fn choices(topics: &[Topic]) -> Vec<(String, String)> {
    let mut choices = vec![("none".to_owned(), "No topic".to_owned())];
    choices.extend(topics.iter().map(|topic| (topic.id.to_string(), topic.name.clone())));
    choices
}

/// Topics as chips that link to their pages.
pub(crate) fn chips(topics: Vec<Topic>) -> impl IntoView {
    let chips = topics
        .into_iter()
        .map(|topic| view! { <a class="chip" dir="auto" href=format!("/listen/topics/{}", topic.id)>{topic.name}</a> })
        .collect_view();
    view! { <span class="chips">{chips}</span> }
}

/// Reach and engagement in words; empty where the export has neither.
pub(crate) fn spread(mention: &Mention) -> String {
    match (mention.reach, mention.engagement) {
        (None, None) => String::new(),
        (Some(reach), None) => format!("Reach {}", number(reach)),
        (None, Some(engagement)) => format!("Engagement {}", number(engagement)),
        (Some(reach), Some(engagement)) => format!("Reach {} · engagement {}", number(reach), number(engagement)),
    }
}

/// A text with the search words highlighted.
fn marked(text: &str, asked: &SearchQuery) -> impl IntoView + use<> {
    search::mark::parts(text, asked)
        .into_iter()
        .map(|(part, hit)| if hit { view! { <mark>{part.to_owned()}</mark> }.into_any() } else { part.to_owned().into_any() })
        .collect_view()
}

fn row(listed: ListedMention, topics: Option<Vec<Topic>>, asked: &SearchQuery) -> impl IntoView + use<> {
    let mention = listed.mention;
    let (author, href) = (format!("/authors/{}", mention.author_id), format!("/mentions/{}", mention.id));
    let shown = author::shown(&listed.handle);
    let badge = reading_badge(&mention);
    let (text, spread) = (marked(&mention.text, asked), spread(&mention));
    let place = [
        Some(network_label(&mention.network)),
        mention.language.as_deref().map(|tag| language_name(&language(tag))),
        mention.country.as_deref().map(|name| country_label(&country(Some(name)))),
    ]
    .into_iter()
    .flatten()
    .collect::<Vec<_>>()
    .join(" · ");
    let link =
        mention.url.clone().map(|url| view! { <a href=url rel="noopener noreferrer nofollow" target="_blank">"Open original"</a> " " });
    view! {
        <tr>
            <td><span class="quote" dir="auto">{text}</span> <small>{link} {spread}</small></td>
            <td data-label="Author"><div><a href=author dir="auto">{shown}</a> <small class="block">{place}</small></div></td>
            <td data-label="Sentiment"><div>{badge}</div></td>
            {topics.map(|topics| view! { <td data-label="Topics">{chips(topics)}</td> })}
            <td data-label="Date" class="n"><a href=href>{long_date(mention.day)}</a></td>
        </tr>
    }
}

/// The same mentions as CSV, all of them.
#[derive(Debug)]
pub struct MentionsFile {
    program: ProgramId,
    /// The remaining mentions, the next one last.
    waiting: Vec<MentionId>,
    begun: bool,
}

impl MentionsFile {
    /// Of the mentions that a search finds.
    ///
    /// # Errors
    /// `Invalid` on `q` where the words cannot be searched for.
    pub async fn of(tx: &mut Tx, program: ProgramId, search: &MentionSearch) -> Result<Self> {
        let mut waiting = store::list_ids(tx, search).await?;
        waiting.reverse();
        Ok(Self { program, waiting, begun: false })
    }
}

impl export::Parts for MentionsFile {
    async fn next(&mut self, tx: &mut Tx) -> Result<Option<Vec<u8>>> {
        if !std::mem::replace(&mut self.begun, true) {
            return Ok(Some(export::csv(&MENTIONS, Vec::<Vec<String>>::new())));
        }
        let mut ids = self.waiting.split_off(self.waiting.len().saturating_sub(CSV_PART));
        if ids.is_empty() {
            return Ok(None);
        }
        ids.reverse();
        let found = store::list_some(tx, &ids).await?;
        let topics = topics(tx, self.program, &found).await?;
        Ok(Some(export::lines(found.iter().map(|listed| line(listed, topics.get(&listed.mention.id).map_or(&[], Vec::as_slice))))))
    }
}

/// One mention, under the heads of `MENTIONS`.
fn line(listed: &ListedMention, topics: &[Topic]) -> [String; MENTIONS.len()] {
    let optional = |text: &Option<String>| text.clone().unwrap_or_default();
    let m = &listed.mention;
    [
        m.at.to_rfc3339(),
        m.network.clone(),
        listed.handle.clone(),
        m.text.clone(),
        m.reading.label().to_owned(),
        optional(&m.vendor_sentiment),
        m.sentiment.label().to_owned(),
        format!("{:.3}", m.score),
        optional(&m.language),
        m.language_from.map(|from| from.label().to_owned()).unwrap_or_default(),
        optional(&m.country),
        topics.iter().map(|topic| topic.name.as_str()).collect::<Vec<_>>().join("; "),
        m.reach.map(|reach| reach.to_string()).unwrap_or_default(),
        m.engagement.map(|engagement| engagement.to_string()).unwrap_or_default(),
        optional(&m.url),
        optional(&m.external_id),
    ]
}
