//! `/authors`: the ranking of authors, searched and filtered, and the same as CSV.

use leptos::prelude::*;

use crate::access::account::{Actor, Permission};
use crate::access::page::page;
use crate::kernel::clock::long_date;
use crate::kernel::error::Result;
use crate::kernel::export;
use crate::kernel::ids::ProgramId;
use crate::listening::author::{AuthorKind, network_label};
use crate::listening::current_word;
use crate::listening::segment::store::{self, SegmentFilter, SegmentOrder, SegmentSearch};
use crate::listening::segment::{RankedAuthor, Segment, SegmentOrigin};
use crate::program::shown::{no_program, program_shown};
use crate::ui::{
    Empty, FilterBar, Notice, PER_PAGE, PageHead, Pager, Pick, Search, SegBadge, StateBadge, Tabs, Tone, number, queries, query, skipped,
};

/// What the query of the list asks for: those who count, by score, unless it says otherwise.
pub fn search(program: ProgramId, get: impl Fn(&str) -> Option<String>) -> SegmentSearch {
    let wanted = match get("segment").as_deref() {
        None => SegmentFilter::Any,
        Some("none") => SegmentFilter::NoneYet,
        Some(word) => word.parse().map_or(SegmentFilter::Any, SegmentFilter::In),
    };
    let kind = match get("kind").or_else(|| get("standing")).as_deref() {
        None => Some(AuthorKind::Customer),
        Some("all") => None,
        Some(word) => current_word(word).parse().ok().or(Some(AuthorKind::Customer)),
    };
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
        order: get("order").and_then(|word| word.parse().ok()).unwrap_or(SegmentOrder::Score),
        ..SegmentSearch::of(program, SegmentFilter::Any)
    }
}

/// What is wrong with the numbers that a query of the list asks for.
fn wrong(get: impl Fn(&str) -> Option<String>) -> Option<String> {
    ["mentions", "posts", "reach", "sure"].into_iter().find_map(|name| {
        let text = get(name).filter(|text| text.parse::<i64>().is_err())?;
        Some(format!("“{text}” is no whole number, so it was left out."))
    })
}

/// Apathetics are customers: only who may see the roster sees them.
///
/// # Errors
/// `Forbidden`.
pub fn may_see(actor: &Actor, wanted: &SegmentSearch) -> Result<()> {
    if wanted.wanted == SegmentFilter::In(Segment::Apathetic) { actor.may(Permission::SeeCustomers).map(|_| ()) } else { Ok(()) }
}

/// A segment's badge; "None yet" where there is none.
pub fn badge(segment: Option<Segment>) -> impl IntoView {
    match segment {
        Some(segment) => view! { <SegBadge class=segment.as_str() label=segment.label()/> },
        None => view! { <SegBadge label="None yet"/> },
    }
}

/// "64 %".
pub fn percent(share: f64) -> String {
    format!("{:.0} %", share * 100.0)
}

/// `/authors`.
pub fn authors() -> impl IntoView {
    page("Authors", Permission::SeeListening, |cx| async move {
        let may_see_customers = cx.actor.scope(Permission::SeeCustomers).is_some();
        let may_import = cx.actor.scope(Permission::Import).is_some();
        let mut tx = cx.db.read().await?;
        let head = view! { <PageHead title="Authors" sub="Who speaks, ranked by how clearly and how lately. An author is a handle, not a person.">
            {may_import.then(|| view! { <a class="btn" href="/opt-outs">"Objections"</a> })}
            <a class="btn" href="/listen/segment-changes">"Movement"</a>
            <a class="btn" href="/listen/excluded">"Set aside"</a>
            <a class="btn" href="/listen/segments">"How segments are made"</a>
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
        let tabs = tabs(&segments, may_see_customers);
        let current = query("segment").map_or("/authors".to_owned(), |segment| format!("/authors?segment={segment}"));
        let empty = found.is_empty();
        let csv = format!("/authors.csv{}", queries().to_query_string());
        Ok(view! {
            {head}
            <Tabs label="Segments" current tabs/>
            {filters()}
            {wrong(query).map(|why| view! { <Notice tone=Tone::Bad>{why}</Notice> })}
            {empty.then(|| view! {
                <Empty title="No author fits" text="Take a filter away, or import more mentions: three mentions on two days are the least from which anything is said.">
                    <a class="btn" href="/authors">"All authors"</a>
                    {may_import.then(|| view! { <a class="btn" href="/imports">"Imports"</a> })}
                </Empty>
            })}
            {(!empty).then(|| table(found))}
            <Pager count=total counted one="author" many="authors" csv/>
        }
        .into_any())
    })
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
    tabs.push(("/authors?segment=none".to_owned(), "None yet".to_owned(), Some(of(None))));
    tabs
}

fn filters() -> impl IntoView {
    let segment = query("segment").map(|segment| view! { <input type="hidden" name="segment" value=segment/> });
    let orders = SegmentOrder::ALL.iter().skip(1).map(|order| (order.as_str().to_owned(), format!("By {}", order.label()))).collect();
    let kinds = AuthorKind::ALL
        .iter()
        .skip(1)
        .map(|kind| (kind.as_str().to_owned(), kind.label().to_owned()))
        .chain([("all".to_owned(), "everybody".to_owned())])
        .collect();
    let sure = ["50", "60", "70", "80", "90"].map(|percent| (percent.to_owned(), format!("{percent} % and more"))).to_vec();
    view! {
        <FilterBar>
            {segment}
            <Search label="Handle or name"/>
            <label>"Mentions at least" <input type="number" name="mentions" min="0" size="4" value=query("mentions").or_else(|| query("posts")).unwrap_or_default()/></label>
            <Pick name="sure" label="Confidence" options=sure/>
            <Pick name="reach" label="Reach" options=reaches()/>
            <label>"Language" <input name="language" size="6" value=query("language").unwrap_or_default()/></label>
            <label>"Country" <input name="country" size="10" value=query("country").unwrap_or_default()/></label>
            <Pick name="kind" label="Kind" any="Customers" options=kinds/>
            <Pick name="order" label="Order" any="By score" options=orders/>
        </FilterBar>
    }
}

fn table(found: Vec<RankedAuthor>) -> impl IntoView {
    let rows = found.into_iter().map(row).collect_view();
    view! {
        <div class="card">
            <table class="list">
                <caption class="sr">"Authors"</caption>
                <thead>
                    <tr>
                        <th scope="col">"Author"</th>
                        <th scope="col">"Segment"</th>
                        <th scope="col">"Why"</th>
                        <th scope="col" class="n">"Score"</th>
                        <th scope="col" class="n">"Confidence"</th>
                        <th scope="col" class="n">"Mentions"</th>
                        <th scope="col" class="n">"Followers"</th>
                        <th scope="col" class="n">"Reach"</th>
                        <th scope="col">"Last mention"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}

/// A number that an export may leave open.
pub fn known(value: Option<i64>) -> impl IntoView {
    value.map_or_else(|| view! { <span class="dim">"unknown"</span> }.into_any(), |value| number(value).into_any())
}

/// Least reaches to choose from.
#[must_use]
pub fn reaches() -> Vec<(String, String)> {
    [1_000, 10_000, 100_000].map(|reach| (reach.to_string(), format!("{} or more", number(reach)))).to_vec()
}

fn row(author: RankedAuthor) -> impl IntoView {
    let shown = author.shown();
    let name = match (author.author_id, author.customer_id) {
        (Some(id), _) => view! { <a href=format!("/authors/{id}")>{shown}</a> }.into_any(),
        _ => {
            let to = format!("/customers?q={}", shown.replace(' ', "+"));
            view! { <a href=to>{shown}</a> }.into_any()
        }
    };
    let excluded = (author.kind != AuthorKind::Customer).then(|| view! { <StateBadge tone=Tone::Warn label=author.kind.label()/> });
    let by = (author.origin == SegmentOrigin::Overruled).then(|| view! { <span class="tag">"by a person"</span> });
    view! {
        <tr>
            <td>{name} " " {excluded} <small>{author.network.as_deref().map(network_label)}</small></td>
            <td data-label="Segment">{badge(author.segment)} " " {by}</td>
            <td data-label="Why">{author.reasons.join("; ")}</td>
            <td data-label="Score" class="n">{format!("{:.2}", author.score)}</td>
            <td data-label="Confidence" class="n">{percent(author.confidence)}</td>
            <td data-label="Mentions" class="n">{author.mentions}</td>
            <td data-label="Followers" class="n">{known(author.followers)}</td>
            <td data-label="Reach" class="n">{known(author.reach)}</td>
            <td data-label="Last mention">{author.last_at.map(|at| long_date(at.date_naive()))}</td>
        </tr>
    }
}

/// The same authors as CSV.
#[must_use]
pub fn csv(found: &[RankedAuthor]) -> Vec<u8> {
    let heads = [
        "Author",
        "Network",
        "Standing",
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
                author.segment.map_or("None yet", Segment::label).to_owned(),
                format!("{:.3}", author.score),
                format!("{:.3}", author.confidence),
                author.reasons.join("; "),
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
        assert_eq!(kind("aside"), Some(AuthorKind::Excluded));
        assert_eq!(kind("counted"), Some(AuthorKind::Customer));
    }

    #[test]
    fn what_is_no_number_is_named() {
        let asked = |text: &'static str| wrong(|name| (name == "mentions").then(|| text.to_owned()));
        assert_eq!(asked("abc").as_deref(), Some("“abc” is no whole number, so it was left out."));
        assert_eq!((asked("12"), wrong(|_| None)), (None, None));
    }
}
