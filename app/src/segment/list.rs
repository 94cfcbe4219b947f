//! `/voices`: the ranking of voices, searched and filtered, and the same as CSV.

use leptos::prelude::*;

use super::store::{self, Order, Search, Wanted};
use super::{Origin, Ranked, Segment};
use crate::account::{Actor, Verb};
use crate::author::{Standing, network_label};
use crate::clock::long_date;
use crate::error::Result;
use crate::export;
use crate::ids::ProgramId;
use crate::import::page::{no_program, program_shown};
use crate::ui::{
    Empty, FilterBar, Notice, PER_PAGE, PageHead, Pager, Pick, SegBadge, StateBadge, Tabs, Tone, number, page, queries, query, skipped,
};

/// What the query of the list asks for: those who count, by score, unless it says otherwise.
pub fn search(program: ProgramId, get: impl Fn(&str) -> Option<String>) -> Search {
    let wanted = match get("segment").as_deref() {
        None => Wanted::Any,
        Some("none") => Wanted::NoneYet,
        Some(word) => word.parse().map_or(Wanted::Any, Wanted::In),
    };
    let standing = match get("standing").as_deref() {
        None => Some(Standing::Counted),
        Some("all") => None,
        Some(word) => word.parse().ok().or(Some(Standing::Counted)),
    };
    Search {
        wanted,
        standing,
        text: get("q").unwrap_or_default(),
        min_posts: get("posts").and_then(|number| number.parse().ok()).unwrap_or(0),
        min_reach: get("reach").and_then(|number| number.parse().ok()).unwrap_or(0),
        min_confidence: get("sure")
            .and_then(|percent| percent.parse::<f64>().ok())
            .map_or(0.0, |percent| percent.clamp(0.0, 100.0) / 100.0),
        language: get("language").unwrap_or_default(),
        country: get("country").unwrap_or_default(),
        order: get("order").and_then(|word| word.parse().ok()).unwrap_or(Order::Score),
        ..Search::of(program, Wanted::Any)
    }
}

/// What is wrong with the numbers that a query of the list asks for.
fn wrong(get: impl Fn(&str) -> Option<String>) -> Option<String> {
    ["posts", "reach", "sure"].into_iter().find_map(|name| {
        let text = get(name).filter(|text| text.parse::<i64>().is_err())?;
        Some(format!("“{text}” is no whole number, so it was left out."))
    })
}

/// Apathetics are customers: only who may see the roster sees them.
///
/// # Errors
/// `Forbidden`.
pub fn may_see(actor: &Actor, wanted: &Search) -> Result<()> {
    if wanted.wanted == Wanted::In(Segment::Apathetic) { actor.may(Verb::SeeCustomers).map(|_| ()) } else { Ok(()) }
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

/// `/voices`.
pub fn voices() -> impl IntoView {
    page("Voices", Verb::SeeListening, |cx| async move {
        let may_see_customers = cx.actor.scope(Verb::SeeCustomers).is_some();
        let may_import = cx.actor.scope(Verb::Import).is_some();
        let mut tx = cx.db.read().await?;
        let head = view! { <PageHead title="Voices" sub="Who speaks, ranked by how clearly and how lately. A voice is a handle, not a person.">
            {may_import.then(|| view! { <a class="btn" href="/listen/objections">"Objections"</a> })}
            <a class="btn" href="/listen/movement">"Movement"</a>
            <a class="btn" href="/listen/aside">"Set aside"</a>
            <a class="btn" href="/listen/segments">"How segments are made"</a>
        </PageHead> };
        let Some(program) = program_shown(&mut tx).await? else {
            return Ok(view! { {head} {no_program()} }.into_any());
        };
        let wanted = search(program.id, query);
        may_see(&cx.actor, &wanted)?;
        let segments = store::count_segments(&mut tx, program.id).await?;
        let (total, counted) = match wanted.told(&segments) {
            Some(total) => (total, 0),
            None => (store::count(&mut tx, &wanted).await?, store::COUNTED),
        };
        let found = store::rank(&mut tx, &wanted, PER_PAGE, skipped(total, PER_PAGE)).await?;
        let of = |segment: Option<Segment>| segments.iter().find(|(found, _)| *found == segment).map_or(0, |(_, count)| *count);
        let mut tabs = vec![
            ("/voices".to_owned(), "All".to_owned(), None),
            ("/voices?segment=ranter".to_owned(), "Ranters".to_owned(), Some(of(Some(Segment::Ranter)))),
            ("/voices?segment=raver".to_owned(), "Ravers".to_owned(), Some(of(Some(Segment::Raver)))),
        ];
        if may_see_customers {
            tabs.push(("/voices?segment=apathetic".to_owned(), "Apathetics".to_owned(), Some(of(Some(Segment::Apathetic)))));
        }
        tabs.push(("/voices?segment=none".to_owned(), "None yet".to_owned(), Some(of(None))));
        let current = query("segment").map_or("/voices".to_owned(), |segment| format!("/voices?segment={segment}"));
        let segment = query("segment").map(|segment| view! { <input type="hidden" name="segment" value=segment/> });
        let empty = found.is_empty();
        let rows = found.into_iter().map(row).collect_view();
        let orders = Order::ALL.iter().skip(1).map(|order| (order.as_str().to_owned(), format!("By {}", order.label()))).collect();
        let standings = Standing::ALL
            .iter()
            .skip(1)
            .map(|standing| (standing.as_str().to_owned(), standing.label().to_owned()))
            .chain([("all".to_owned(), "everybody".to_owned())])
            .collect();
        let sure = ["50", "60", "70", "80", "90"].map(|percent| (percent.to_owned(), format!("{percent} % and more"))).to_vec();
        let csv = format!("/voices.csv{}", queries().to_query_string());
        Ok(view! {
            {head}
            <Tabs label="Segments" current tabs/>
            <FilterBar>
                {segment}
                <crate::ui::Search label="Handle or name"/>
                <label>"Posts at least" <input type="number" name="posts" min="0" size="4" value=query("posts").unwrap_or_default()/></label>
                <Pick name="sure" label="Confidence" options=sure/>
                <Pick name="reach" label="Reach" options=reaches()/>
                <label>"Language" <input name="language" size="6" value=query("language").unwrap_or_default()/></label>
                <label>"Country" <input name="country" size="10" value=query("country").unwrap_or_default()/></label>
                <Pick name="standing" label="Standing" any="counted" options=standings/>
                <Pick name="order" label="Order" any="By score" options=orders/>
            </FilterBar>
            {wrong(query).map(|why| view! { <Notice tone=Tone::Bad>{why}</Notice> })}
            {empty.then(|| view! {
                <Empty title="No voice fits" text="Take a filter away, or import more posts: three posts on two days are the least from which anything is said.">
                    <a class="btn" href="/voices">"All voices"</a>
                    {may_import.then(|| view! { <a class="btn" href="/imports">"Imports"</a> })}
                </Empty>
            })}
            {(!empty).then(|| view! {
                <div class="card">
                    <table class="list">
                        <caption class="sr">"Voices"</caption>
                        <thead>
                            <tr>
                                <th scope="col">"Voice"</th>
                                <th scope="col">"Segment"</th>
                                <th scope="col">"Why"</th>
                                <th scope="col" class="n">"Score"</th>
                                <th scope="col" class="n">"Confidence"</th>
                                <th scope="col" class="n">"Posts"</th>
                                <th scope="col" class="n">"Followers"</th>
                                <th scope="col" class="n">"Reach"</th>
                                <th scope="col">"Last post"</th>
                            </tr>
                        </thead>
                        <tbody>{rows}</tbody>
                    </table>
                </div>
            })}
            <Pager count=total counted one="voice" many="voices" csv/>
        }
        .into_any())
    })
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

fn row(voice: Ranked) -> impl IntoView {
    let shown = voice.shown();
    let name = match (voice.author_id, voice.customer_id) {
        (Some(id), _) => view! { <a href=format!("/voices/{id}")>{shown}</a> }.into_any(),
        _ => {
            let to = format!("/customers?q={}", shown.replace(' ', "+"));
            view! { <a href=to>{shown}</a> }.into_any()
        }
    };
    let aside = (voice.standing != Standing::Counted).then(|| view! { <StateBadge tone=Tone::Warn label=voice.standing.label()/> });
    let by = (voice.origin == Origin::Overruled).then(|| view! { <span class="tag">"by a person"</span> });
    view! {
        <tr>
            <td>{name} " " {aside} <small>{voice.network.as_deref().map(network_label)}</small></td>
            <td data-label="Segment">{badge(voice.segment)} " " {by}</td>
            <td data-label="Why">{voice.reasons.join("; ")}</td>
            <td data-label="Score" class="n">{format!("{:.2}", voice.score)}</td>
            <td data-label="Confidence" class="n">{percent(voice.confidence)}</td>
            <td data-label="Posts" class="n">{voice.posts}</td>
            <td data-label="Followers" class="n">{known(voice.followers)}</td>
            <td data-label="Reach" class="n">{known(voice.reach)}</td>
            <td data-label="Last post">{voice.last_at.map(|at| long_date(at.date_naive()))}</td>
        </tr>
    }
}

/// The same voices as CSV.
#[must_use]
pub fn csv(found: &[Ranked]) -> Vec<u8> {
    let heads = [
        "Voice",
        "Network",
        "Standing",
        "Segment",
        "Score",
        "Confidence",
        "Why",
        "Posts",
        "Negative",
        "Positive",
        "Last post",
        "Followers",
        "Reach",
        "Engagement",
    ];
    export::csv(
        &heads,
        found.iter().map(|voice| {
            [
                voice.name.clone(),
                voice.network.clone().unwrap_or_default(),
                voice.standing.label().to_owned(),
                voice.segment.map_or("None yet", Segment::label).to_owned(),
                format!("{:.3}", voice.score),
                format!("{:.3}", voice.confidence),
                voice.reasons.join("; "),
                voice.posts.to_string(),
                voice.negative.to_string(),
                voice.positive.to_string(),
                voice.last_at.map(|at| at.to_rfc3339()).unwrap_or_default(),
                voice.followers.map(|followers| followers.to_string()).unwrap_or_default(),
                voice.reach.map(|reach| reach.to_string()).unwrap_or_default(),
                voice.engagement.map(|engagement| engagement.to_string()).unwrap_or_default(),
            ]
        }),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_number_is_told() {
        let asked = |text: &'static str| wrong(|name| (name == "posts").then(|| text.to_owned()));
        assert_eq!(asked("abc").as_deref(), Some("“abc” is no whole number, so it was left out."));
        assert_eq!((asked("12"), wrong(|_| None)), (None, None));
    }
}
