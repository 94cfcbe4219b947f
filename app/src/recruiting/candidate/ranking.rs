//! The left side of `/days/{id}/shortlist`: ranked people to choose from, one line each.

use std::collections::HashSet;

use leptos::prelude::*;

use super::facts::{Facts, also, details, last_mention};
use super::{Candidate, CandidateIdentity};
use crate::kernel::amount::percent_of_one;
use crate::kernel::clock::Time;
use crate::kernel::ids::{AuthorId, CustomerId};
use crate::listening::author::list::reaches;
use crate::listening::segment::RankedAuthor;
use crate::listening::segment::store::{MAX_COUNTED, SegmentFilter, SegmentOrder, SegmentSearch as Ranking};
use crate::program::Segment;
use crate::program::day::PanelDay;
use crate::program::page::chip;
use crate::ui::{
    Empty, Field, FilterBar, Form, Help, Pager, Pick, Search, Submit, capital, count as count_of, number, query, refused, tried,
};

/// Authors on one page of the ranking.
pub(super) const PER_PAGE: i64 = 25;

/// The day's segment, narrowed by the page's query.
pub(super) fn search(day: &PanelDay, get: impl Fn(&str) -> Option<String>) -> Ranking {
    let wanted = day.segment.or_else(|| get("segment").and_then(|word| word.parse().ok()));
    let number = |name: &str| get(name).and_then(|text| text.parse::<f64>().ok());
    Ranking {
        text: get("q").unwrap_or_default(),
        min_mentions: get("mentions").or_else(|| get("posts")).and_then(|text| text.parse().ok()).unwrap_or(0),
        min_reach: get("reach").and_then(|text| text.parse().ok()).unwrap_or(0),
        min_confidence: number("sure").unwrap_or(0.0) / 100.0,
        language: get("language").unwrap_or_default(),
        country: get("country").unwrap_or_default(),
        order: get("sort").and_then(|word| SegmentOrder::from_query(&word)).unwrap_or(SegmentOrder::Score),
        ..Ranking::of(day.program_id, wanted.map_or(SegmentFilter::Any, SegmentFilter::In))
    }
}

/// How a form names a person: "author:ID" or "customer:ID".
pub(super) fn form_value(author: Option<AuthorId>, customer: Option<CustomerId>) -> Option<String> {
    author.map(|id| format!("author:{id}")).or_else(|| customer.map(|id| format!("customer:{id}")))
}

/// Reads what `form_value` wrote.
#[must_use]
pub fn parse(word: &str) -> Option<CandidateIdentity> {
    match word.split_once(':')? {
        ("author", id) => id.parse().ok().map(CandidateIdentity::Author),
        ("customer", id) => id.parse().ok().map(CandidateIdentity::Customer),
        _ => None,
    }
}

/// Who is on the shortlist already, and who of this page is selected from the start.
pub(super) struct Chosen {
    listed: HashSet<String>,
    selected: HashSet<String>,
}

impl Chosen {
    /// `select` is how many people from the top of the page are selected; a form that was refused keeps its own selection.
    pub(super) fn of(candidates: &[Candidate], ranked: &[RankedAuthor], facts: &Facts, select: usize) -> Self {
        let listed = candidates.iter().filter(|one| one.removed_at.is_none());
        let listed: HashSet<String> = listed.filter_map(|one| form_value(one.author_id, one.customer_id)).collect();
        let mut chosen = Self { listed, selected: HashSet::new() };
        chosen.selected = match tried() {
            Some(tried) => tried.fields.all("who").map(str::to_owned).collect(),
            None => {
                let free = ranked.iter().filter(|one| chosen.through(one, facts).is_none());
                free.filter_map(|one| form_value(one.author_id, one.customer_id)).take(select).collect()
            }
        };
        chosen
    }

    /// How many people of the page are not on the shortlist yet.
    pub(super) fn free(&self, ranked: &[RankedAuthor], facts: &Facts) -> i64 {
        i64::try_from(ranked.iter().filter(|one| self.through(one, facts).is_none()).count()).unwrap_or(i64::MAX)
    }

    /// Under which name this person is on the shortlist: the same, or another author of theirs.
    fn through(&self, one: &RankedAuthor, facts: &Facts) -> Option<String> {
        if form_value(one.author_id, one.customer_id).is_some_and(|word| self.listed.contains(&word)) {
            return Some(one.shown());
        }
        let others = facts.linked(one.author_id);
        others.iter().find(|(id, _)| self.listed.contains(&format!("author:{id}"))).map(|(_, shown)| shown.clone())
    }
}

/// The list to choose from. `main` says whether adding is the page's primary action.
pub(super) fn ranking(
    day: &PanelDay,
    ranked: Vec<RankedAuthor>,
    total: i64,
    chosen: &Chosen,
    facts: &Facts,
    main: bool,
    now: Time,
) -> impl IntoView + use<> {
    let customers = day.segment == Some(Segment::Apathetic) || ranked.iter().any(|one| one.customer_id.is_some());
    let mixed = day.segment.is_none();
    let table = if ranked.is_empty() {
        view! { <div class="card">{none_found()}</div> }.into_any()
    } else {
        let dated = ranked.iter().any(|one| one.last_at.is_some());
        let rows = ranked.into_iter().map(|one| row(one, mixed, dated, chosen, facts, now)).collect_view();
        view! {
            <Form act="add" class="wide choose">
                <div class="row wrap">
                    <Submit label="Add selected to shortlist" main/>
                    <details class="more" open=refused("add")>
                        <summary>"Add a reason"</summary>
                        <Field name="remark" label="Reason (optional)" hint="Saved with each selected person"/>
                    </details>
                </div>
                <div class="card">
                    <table class="list compact">
                        <thead>
                            <tr>
                                <th scope="col">{if customers { "Customer" } else { "Author" }}</th>
                                {dated.then(|| view! { <th scope="col" class="n">"Last mention"</th> })}
                                <th scope="col" class="n">"Confidence" <Help term="confidence"/></th>
                            </tr>
                        </thead>
                        <tbody>{rows}</tbody>
                    </table>
                </div>
            </Form>
            <Pager count=total counted=MAX_COUNTED one="person" many="people" per=PER_PAGE/>
        }
        .into_any()
    };
    view! {
        <div class="row">
            <h2 id="candidates">{if customers { "Customers to choose from" } else { "Authors to choose from" }}</h2>
            <Help term=if customers { "apathetic" } else { "segment" }/>
        </div>
        {filters(customers, mixed)}
        {table}
    }
}

fn filters(customers: bool, mixed: bool) -> impl IntoView {
    let pair = |value: &str, label: &str| (value.to_owned(), label.to_owned());
    let segments = Segment::ALL.iter().map(|segment| pair(segment.as_str(), segment.label())).collect();
    let mentions = ["2", "3", "5", "10"].iter().map(|count| pair(count, &format!("{count} or more"))).collect();
    let sure = ["50", "70", "90"].iter().map(|percent| pair(percent, &format!("{percent} % or more"))).collect();
    let orders = SegmentOrder::ALL
        .iter()
        .filter(|order| **order != SegmentOrder::Score)
        .map(|order| pair(order.as_str(), &capital(order.label())))
        .collect();
    view! {
        <FilterBar own=&["sort"]>
            <Search label="Name or handle"/>
            {mixed.then(|| view! { <Pick name="segment" label="Segment" options=segments/> })}
            {(!customers).then(|| view! { <Pick name="mentions" label="Mentions" options=mentions/> })}
            <Pick name="sure" label="Confidence" options=sure/>
            {(!customers).then(|| view! { <Pick name="reach" label="Reach" options=reaches()/> })}
            <Pick name="sort" label="Sort" options=orders any="Score"/>
        </FilterBar>
    }
}

fn none_found() -> impl IntoView {
    let filtered = ["q", "mentions", "posts", "sure", "reach", "language", "country", "segment"].iter().any(|name| query(name).is_some());
    if filtered {
        return view! { <Empty title="No matching people" text="Change or clear the filters."><a class="btn" href="?">"Clear filters"</a></Empty> }
            .into_any();
    }
    view! {
        <Empty title="No one to choose from yet" text="Import mentions or a customer list. Weheard assigns a segment to each person and gives the reasons.">
            <a class="btn" href="/imports">"Import a file"</a>
        </Empty>
    }
    .into_any()
}

fn row(one: RankedAuthor, mixed: bool, dated: bool, chosen: &Chosen, facts: &Facts, now: Time) -> impl IntoView + use<> {
    let word = form_value(one.author_id, one.customer_id).unwrap_or_default();
    let name = one.shown();
    let through = chosen.through(&one, facts);
    let on = through.is_some();
    let tick = match through {
        Some(shown) => {
            let tag = if shown == name { "On the shortlist".to_owned() } else { format!("On the shortlist as {shown}") };
            view! { <strong dir="auto">{name.clone()}</strong> <span class="tag" dir="auto">{tag}</span> }.into_any()
        }
        None => {
            let ticked = chosen.selected.contains(&word);
            view! { <label class="row"><input type="checkbox" name="who" value=word checked=ticked/> <strong dir="auto">{name.clone()}</strong></label> }
                .into_any()
        }
    };
    let (segment, badge) = (one.segment, one.segment.filter(|_| mixed).map(|segment| chip(Some(segment))));
    view! {
        <tr class:sel=on>
            <td>
                <div class="person">
                    {tick} {badge} {chips(&one)}
                    {details(&name, one.author_id, &one.reasons, "", None, facts)}
                    {also(one.author_id, facts)}
                </div>
            </td>
            {dated.then(|| view! { <td data-label="Last mention" class="n">{one.last_at.map(|at| last_mention(at, segment, now))}</td> })}
            <td data-label="Confidence" class="n">{percent_of_one(one.confidence, 0)}</td>
        </tr>
    }
}

/// What is counted about a person.
fn chips(one: &RankedAuthor) -> impl IntoView + use<> {
    let mut facts = Vec::new();
    if one.author_id.is_some() {
        let (lean, word) = if one.positive > one.negative { (one.positive, "positive") } else { (one.negative, "negative") };
        facts.push(format!("{} of {} {word}", number(lean), count_of(one.mentions, "mention", "mentions")));
        facts.extend(one.reach.map(|reach| format!("reach {}", number(reach))));
        facts.extend(one.followers.map(|followers| count_of(followers, "follower", "followers")));
    }
    facts.into_iter().map(|fact| view! { <span class="tag">{fact}</span> " " }).collect_view()
}
