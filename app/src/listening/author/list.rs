//! `/authors`: the ranking of authors, with search and filters. Also as CSV.

use std::collections::HashMap;

use chrono::NaiveDate;
use leptos::prelude::*;

use crate::access::account::{Actor, Permission};
use crate::access::page::page;
use crate::db::Tx;
use crate::kernel::clock::short_date;
use crate::kernel::error::Result;
use crate::kernel::export;
use crate::kernel::ids::{AuthorId, ProgramId, TopicId};
use crate::listening::author::kind_form::{KindOf, changed_notice, kind_menu};
use crate::listening::author::{self, AuthorKind, network_label};
use crate::listening::mention::{self, Mention};
use crate::listening::segment::store::{self, SegmentFilter, SegmentOrder, SegmentSearch};
use crate::listening::segment::{self, RankedAuthor, Segment, SegmentOrigin, SegmentReason};
use crate::listening::topic::{self, Topic};
use crate::program::shown::{no_program, program_shown};
use crate::ui::{
    Empty, FilterBar, Help, Notice, PER_PAGE, PageHead, Pager, Pick, Search, SegBadge, StateBadge, Tabs, Tone, capital, number, queries,
    query, skipped,
};

/// The search that a query asks for; by default customers by score.
pub fn search(program: ProgramId, get: impl Fn(&str) -> Option<String>) -> SegmentSearch {
    let wanted = match get("segment").as_deref() {
        None => SegmentFilter::Any,
        Some("none") => SegmentFilter::NoneYet,
        Some(word) => word.parse().map_or(SegmentFilter::Any, SegmentFilter::In),
    };
    let kind = AuthorKind::asked(get("kind").or_else(|| get("standing")).as_deref());
    SegmentSearch {
        wanted,
        kind,
        text: get("q").unwrap_or_default(),
        min_mentions: get("mentions").or_else(|| get("posts")).and_then(|number| number.parse().ok()).unwrap_or(0),
        min_reach: get("reach").and_then(|number| number.parse().ok()).unwrap_or(0),
        min_confidence: get("sure")
            .and_then(|percent| percent.parse::<f64>().ok())
            .map_or(0.0, |percent| percent.clamp(0.0, 100.0) / 100.0),
        language: get("language").unwrap_or_default(),
        country: get("country").unwrap_or_default(),
        order: get("order").and_then(|word| SegmentOrder::from_query(&word)).unwrap_or(SegmentOrder::Score),
        ..SegmentSearch::of(program, SegmentFilter::Any)
    }
}

/// The error in the numbers of a query.
fn invalid(get: impl Fn(&str) -> Option<String>) -> Option<String> {
    ["mentions", "posts", "reach", "sure"].into_iter().find_map(|name| {
        let text = get(name).filter(|text| text.parse::<i64>().is_err())?;
        Some(format!("“{text}” is not a whole number and was ignored. Enter digits only."))
    })
}

/// Apathetics are customers: seeing them takes the permission for the roster.
///
/// # Errors
/// `Forbidden`.
pub fn may_see(actor: &Actor, wanted: &SegmentSearch) -> Result<()> {
    if wanted.wanted == SegmentFilter::In(Segment::Apathetic) { actor.may(Permission::SeeCustomers).map(|_| ()) } else { Ok(()) }
}

/// The badge of a segment, or "Unclassified".
pub fn badge(segment: Option<Segment>) -> impl IntoView {
    match segment {
        Some(segment) => view! { <SegBadge class=segment.as_str() label=segment.label()/> },
        None => view! { <SegBadge label="Unclassified"/> },
    }
}

/// Newest mentions of an author whose topics are shown, and the most topics of a row.
const TOPIC_MENTIONS: i64 = 20;
const MAX_TOPICS: usize = 3;

/// "64 %".
pub fn percent(share: f64) -> String {
    crate::kernel::amount::percent_of_one(share, 0)
}

/// `/authors`.
pub fn authors() -> impl IntoView {
    page("Authors", Permission::SeeListening, |cx| async move {
        let may_see_customers = cx.actor.scope(Permission::SeeCustomers).is_some();
        let may_import = cx.actor.scope(Permission::Import).is_some();
        let may_assess = cx.actor.scope(Permission::AssessAuthors).is_some();
        let mut tx = cx.db.read().await?;
        let head = view! { <PageHead title="Authors" sub="Ranked by how clear and how recent their mentions are.">
            <a class="btn btn-quiet" href="/listen/segment-changes">"Segment changes"</a>
            <a class="btn btn-quiet" href="/listen/excluded">"Excluded authors"</a>
            <a class="btn btn-quiet" href="/listen/segments">"Segment rules"</a>
            {may_import.then(|| view! { <a class="btn btn-quiet" href="/opt-outs">"Opt-outs"</a> })}
        </PageHead> };
        let Some(program) = program_shown(&mut tx).await? else {
            return Ok(view! { {head} {no_program()} }.into_any());
        };
        let wanted = search(program.id, query);
        may_see(&cx.actor, &wanted)?;
        let segments = store::count_segments(&mut tx, program.id).await?;
        let (total, counted) = match wanted.known_count(&segments) {
            Some(total) => (total, 0),
            None => (store::count(&mut tx, &wanted).await?, store::MAX_COUNTED),
        };
        let found = store::rank(&mut tx, &wanted, PER_PAGE, skipped(total, PER_PAGE)).await?;
        let details = AuthorDetails::load(&mut tx, program.id, &found).await?;
        let tabs = tabs(&segments, may_see_customers);
        let kinds = kind_tabs(&author::store::count_kinds(&mut tx, program.id).await?, &segments);
        let changed = changed_notice(&mut tx).await?;
        let current = query("segment").map_or("/authors".to_owned(), |segment| format!("/authors?segment={segment}"));
        let empty = found.is_empty();
        let csv = format!("/authors.csv{}", queries().to_query_string());
        Ok(view! {
            {head}
            {changed}
            <Tabs label="Segments" current tabs/>
            {kinds}
            {filters()}
            {invalid(query).map(|why| view! { <Notice tone=Tone::Bad>{why}</Notice> })}
            {empty.then(|| nothing_found(segments.iter().any(|(_, authors)| *authors > 0), may_import))}
            {(!empty).then(|| table(found, details, cx.now.date_naive(), may_assess))}
            <Pager count=total counted one="author" many="authors" csv/>
        }
        .into_any())
    })
}

/// The empty state: of a program without authors, or of a search.
fn nothing_found(imported: bool, may_import: bool) -> impl IntoView {
    let import = may_import.then(|| view! { <a class="btn" href="/imports#new">"Import mentions"</a> });
    if imported {
        view! {
            <Empty title="No matching authors" text="Remove a filter, or import more mentions. By default an author needs three mentions on two days for a segment.">
                <a class="btn" href="/authors">"Show all authors"</a>
                {import}
            </Empty>
        }
        .into_any()
    } else {
        view! { <Empty title="No authors yet" text="Authors appear here after you import mentions.">{import}</Empty> }.into_any()
    }
}

/// One tab for every segment that the reader may see.
fn tabs(segments: &[(Option<Segment>, i64)], may_see_customers: bool) -> Vec<(String, String, Option<i64>)> {
    let of = |segment: Option<Segment>| segments.iter().find(|(found, _)| *found == segment).map_or(0, |(_, count)| *count);
    let mut tabs = vec![
        ("/authors".to_owned(), "All".to_owned(), None),
        ("/authors?segment=ranter".to_owned(), "Ranters".to_owned(), Some(of(Some(Segment::Ranter)))),
        ("/authors?segment=raver".to_owned(), "Ravers".to_owned(), Some(of(Some(Segment::Raver)))),
    ];
    if may_see_customers {
        tabs.push(("/authors?segment=apathetic".to_owned(), "Apathetics".to_owned(), Some(of(Some(Segment::Apathetic)))));
    }
    tabs.push(("/authors?segment=none".to_owned(), "Unclassified".to_owned(), Some(of(None))));
    tabs
}

/// How many authors there are of each kind, each with the list of them.
fn kind_tabs(kinds: &[(AuthorKind, i64)], segments: &[(Option<Segment>, i64)]) -> impl IntoView + use<> {
    let customers: i64 = segments.iter().filter(|(segment, _)| *segment != Some(Segment::Apathetic)).map(|(_, authors)| authors).sum();
    let counted = std::iter::once((AuthorKind::Customer, customers)).chain(kinds.iter().copied());
    let links = counted
        .filter(|(_, authors)| *authors > 0)
        .map(|(kind, authors)| {
            let to = if kind == AuthorKind::Customer { "/authors".to_owned() } else { format!("/authors?kind={}", kind.as_str()) };
            view! { <a href=to>{capital(kind.label())} " " <span class="count">{number(authors)}</span></a> " " }
        })
        .collect_view();
    view! { <p class="dim row wrap"><span>"By kind:"</span> {links}</p> }
}

fn filters() -> impl IntoView {
    let segment = query("segment").map(|segment| view! { <input type="hidden" name="segment" value=segment/> });
    let orders = SegmentOrder::ALL.iter().skip(1).map(|order| (order.as_str().to_owned(), capital(order.label()))).collect();
    let kinds = AuthorKind::ALL
        .iter()
        .skip(1)
        .map(|kind| (kind.as_str().to_owned(), capital(kind.label())))
        .chain([("all".to_owned(), "All authors".to_owned())])
        .collect();
    let sure = ["50", "60", "70", "80", "90"].map(|percent| (percent.to_owned(), format!("{percent} % or more"))).to_vec();
    view! {
        <FilterBar>
            {segment}
            <Search label="Handle or name"/>
            <label>"Minimum mentions" <input type="number" name="mentions" min="0" size="4" value=query("mentions").or_else(|| query("posts")).unwrap_or_default()/></label>
            <Pick name="sure" label="Confidence" options=sure/>
            <Pick name="reach" label="Reach" options=reaches()/>
            <label>"Language" <input name="language" size="6" value=query("language").unwrap_or_default()/></label>
            <label>"Country" <input name="country" size="10" value=query("country").unwrap_or_default()/></label>
            <Pick name="kind" label="Kind" any="Customers" options=kinds/>
            <Pick name="order" label="Sort by" any="Score" options=orders/>
        </FilterBar>
    }
}

/// What the list shows of an author besides its assessment.
struct AuthorDetails {
    topics: HashMap<AuthorId, Vec<Topic>>,
    newest: HashMap<AuthorId, Mention>,
}

impl AuthorDetails {
    async fn load(tx: &mut Tx, program: ProgramId, found: &[RankedAuthor]) -> Result<Self> {
        let ids: Vec<AuthorId> = found.iter().filter_map(|author| author.author_id).collect();
        let all: HashMap<TopicId, Topic> = topic::store::list(tx, program).await?.into_iter().map(|topic| (topic.id, topic)).collect();
        let mut topics: HashMap<AuthorId, Vec<Topic>> = HashMap::new();
        for (author, topic, _) in topic::store::list_of_authors(tx, &ids, TOPIC_MENTIONS).await? {
            let of_author = topics.entry(author).or_default();
            if of_author.len() < MAX_TOPICS {
                of_author.extend(all.get(&topic).cloned());
            }
        }
        let newest =
            mention::store::list_last(tx, &ids).await?.into_iter().map(|listed| (listed.mention.author_id, listed.mention)).collect();
        Ok(Self { topics, newest })
    }
}

/// Columns that at least one author of the page has a value for.
#[derive(Clone, Copy)]
struct AuthorColumns {
    topics: bool,
    followers: bool,
    reach: bool,
}

fn table(found: Vec<RankedAuthor>, mut details: AuthorDetails, today: NaiveDate, may_assess: bool) -> impl IntoView {
    let columns = AuthorColumns {
        topics: !details.topics.is_empty(),
        followers: found.iter().any(|author| author.followers.is_some()),
        reach: found.iter().any(|author| author.reach.is_some()),
    };
    let rows = found.into_iter().map(|author| row(author, columns, &mut details, today, may_assess)).collect_view();
    view! {
        <div class="card">
            <table class="list">
                <caption class="sr">"Authors"</caption>
                <thead>
                    <tr>
                        <th scope="col">"Author"</th>
                        <th scope="col">"Segment" <Help term="segment"/></th>
                        {columns.topics.then(|| view! { <th scope="col">"Topics"</th> })}
                        <th scope="col">"Why"</th>
                        <th scope="col" class="n">"Confidence" <Help term="confidence"/></th>
                        <th scope="col" class="n">"Mentions"</th>
                        {columns.followers.then(|| view! { <th scope="col" class="n">"Followers"</th> })}
                        {columns.reach.then(|| view! { <th scope="col" class="n">"Reach"</th> })}
                        <th scope="col" class="n">"Last mention"</th>
                        {may_assess.then(|| view! { <th scope="col"><span class="sr">"Action"</span></th> })}
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}

/// A number that an export may not contain. On a phone, a cell without one is hidden.
pub fn known(value: Option<i64>) -> Option<String> {
    value.map(number)
}

/// Minimum reaches to choose from.
#[must_use]
pub fn reaches() -> Vec<(String, String)> {
    [1_000, 10_000, 100_000].map(|reach| (reach.to_string(), format!("{} or more", number(reach)))).to_vec()
}

fn row(
    author: RankedAuthor,
    columns: AuthorColumns,
    details: &mut AuthorDetails,
    today: NaiveDate,
    may_assess: bool,
) -> impl IntoView + use<> {
    let shown = author.shown();
    // The day of the last mention has its own column.
    let reasons = author
        .reasons
        .iter()
        .filter(|reason| !matches!(reason, SegmentReason::LastMention { .. }))
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join("; ");
    let topics = author.author_id.and_then(|id| details.topics.remove(&id)).unwrap_or_default();
    let newest = author.author_id.and_then(|id| details.newest.remove(&id)).map(|mention| newest_mention(mention, &shown));
    let person = author.display_name.clone().filter(|name| !name.eq_ignore_ascii_case(&author.name)).map(|name| format!("{name} · "));
    let name = match (author.author_id, author.customer_id) {
        (Some(id), _) => view! { <a href=format!("/authors/{id}") dir="auto">{shown}</a> }.into_any(),
        _ => view! { <a href=format!("/customers?q={}", shown.replace(' ', "+")) dir="auto">{shown.clone()}</a> }.into_any(),
    };
    let excluded = (author.kind != AuthorKind::Customer).then(|| view! { <StateBadge tone=Tone::Warn label=author.kind.label()/> });
    let menu = author.author_id.filter(|_| may_assess).map(|id| {
        let of = KindOf { id, shown: author.shown(), kind: author.kind, decided: author.kind_decided };
        view! { <td>{kind_menu(&of)}</td> }
    });
    let reasons = (!reasons.is_empty()).then_some(reasons);
    let why = (reasons.is_some() || newest.is_some()).then(|| view! { <div dir="auto">{reasons}{newest}</div> });
    let by = (author.origin == SegmentOrigin::Overruled).then(|| view! { <span class="tag">"by a person"</span> });
    view! {
        <tr>
            <td>{name} " " {excluded} <small><bdi>{person}</bdi> {author.network.as_deref().map(network_label)}</small></td>
            <td data-label="Segment">{badge(author.segment)} " " {by}</td>
            {columns.topics.then(|| view! { <td data-label="Topics">{(!topics.is_empty()).then(|| mention::list::chips(topics))}</td> })}
            <td class="why" data-label="Why">{why}</td>
            <td data-label="Confidence" class="n">{percent(author.confidence)}</td>
            <td data-label="Mentions" class="n">{number(author.mentions)}</td>
            {columns.followers.then(|| view! { <td data-label="Followers" class="n">{known(author.followers)}</td> })}
            {columns.reach.then(|| view! { <td data-label="Reach" class="n">{known(author.reach)}</td> })}
            <td data-label="Last mention" class="n">{author.last_at.map(|at| short_date(at.date_naive(), today))}</td>
            {menu}
        </tr>
    }
}

/// The newest mention of an author, closed until wanted.
fn newest_mention(mention: Mention, author: &str) -> impl IntoView + use<> {
    let of = format!(" of {author}");
    view! {
        <details class="more">
            <summary>"Newest mention"<span class="sr">{of}</span></summary>
            <a class="quote" dir="auto" href=format!("/mentions/{}", mention.id)>{mention.text}</a>
        </details>
    }
}

#[must_use]
pub fn csv(found: &[RankedAuthor]) -> Vec<u8> {
    let heads = [
        "Author",
        "Network",
        "Kind",
        "Segment",
        "Score",
        "Confidence",
        "Why",
        "Mentions",
        "Negative",
        "Positive",
        "Last mention",
        "Followers",
        "Reach",
        "Engagement",
    ];
    export::csv(
        &heads,
        found.iter().map(|author| {
            [
                author.name.clone(),
                author.network.clone().unwrap_or_default(),
                author.kind.label().to_owned(),
                author.segment.map_or("Unclassified", Segment::label).to_owned(),
                format!("{:.3}", author.score),
                format!("{:.3}", author.confidence),
                segment::reason::joined(&author.reasons),
                author.mentions.to_string(),
                author.negative.to_string(),
                author.positive.to_string(),
                author.last_at.map(|at| at.to_rfc3339()).unwrap_or_default(),
                author.followers.map(|followers| followers.to_string()).unwrap_or_default(),
                author.reach.map(|reach| reach.to_string()).unwrap_or_default(),
                author.engagement.map(|engagement| engagement.to_string()).unwrap_or_default(),
            ]
        }),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bookmark_of_the_release_before_finds_the_same() {
        let kind = |word: &'static str| search(ProgramId::new(), |name| (name == "kind").then(|| word.to_owned())).kind;
        assert_eq!(kind("promoter"), Some(AuthorKind::Advertiser));
        assert_eq!(kind("aside"), Some(AuthorKind::Unknown));
        assert_eq!(kind("retailer"), Some(AuthorKind::Partner));
        assert_eq!(kind("counted"), Some(AuthorKind::Customer));
    }

    #[test]
    fn what_is_no_number_is_named() {
        let asked = |text: &'static str| invalid(|name| (name == "mentions").then(|| text.to_owned()));
        let ignored = "“abc” is not a whole number and was ignored. Enter digits only.";
        assert_eq!((asked("abc").as_deref(), asked("12"), invalid(|_| None)), (Some(ignored), None, None));
    }
}
