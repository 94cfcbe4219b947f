//! `/days/{id}/shortlist`: on the left the ranked authors to choose from, on the right who is chosen, and why.

use std::collections::{HashMap, HashSet};

use leptos::prelude::*;

use super::{Candidate, CandidateIdentity, store};
use crate::access::account::{self, Account, Permission};
use crate::access::page::{PageContext, page};
use crate::db::Tx;
use crate::kernel::clock;
use crate::kernel::error::Result;
use crate::kernel::ids::{AuthorId, CustomerId, PanelDayId};
use crate::listening::author::list::{known, reaches};
use crate::listening::segment::RankedAuthor;
use crate::listening::segment::store::{MAX_COUNTED, SegmentFilter, SegmentOrder, SegmentSearch as Ranking, count, rank};
use crate::listening::{author, identity_link};
use crate::program::Segment;
use crate::program::day::{PanelDay, rules};
use crate::program::page::chip;
use crate::recruiting::DayHead;
use crate::recruiting::invitation::{self, InvitationRow};
use crate::ui::{
    Confirm, Empty, Field, FilterBar, Form, Hidden, Notice, Pager, Pick, Progress, Search, Submit, Tone, count as count_of, param, query,
    skipped, tried,
};

/// Authors on one page of the ranking.
const PER_PAGE: i64 = 25;

/// `/days/{id}/shortlist`.
pub fn shortlist(head: DayHead) -> impl IntoView {
    let id = param::<PanelDayId>("id");
    page("Shortlist", Permission::Shortlist, move |cx: PageContext| async move {
        let mut tx = cx.db.read().await?;
        let (day, head) = head(&mut tx, &cx, id, Permission::Shortlist, "/shortlist").await?;
        let ranking = ranking(&day, query);
        let total = count(&mut tx, &ranking).await?;
        let ranked = rank(&mut tx, &ranking, PER_PAGE, skipped(total, PER_PAGE)).await?;
        let candidates = store::list(&mut tx, day.id).await?;
        let invitations = invitation::store::list(&mut tx, day.id).await?;
        let accounts = account::store::list(&mut tx).await?;
        let linked = linked(&mut tx, &ranked, &candidates).await?;
        let left = authors(&cx, &day, ranked, total, &candidates, &linked);
        let right = shortlist_section(&day, candidates, &invitations, &accounts, &linked);
        Ok(view! {
            {head}
            <div class="two">
                <section class="stack" aria-labelledby="voices">{left}</section>
                <section class="stack" aria-labelledby="chosen">{right}</section>
            </div>
        })
    })
}

/// What is ranked: the day's cohort, narrowed by the page's query.
fn ranking(day: &PanelDay, get: impl Fn(&str) -> Option<String>) -> Ranking {
    let wanted = day.segment.or_else(|| get("segment").and_then(|word| word.parse().ok()));
    let number = |name: &str| get(name).and_then(|text| text.parse::<f64>().ok());
    Ranking {
        text: get("q").unwrap_or_default(),
        min_mentions: get("posts").and_then(|text| text.parse().ok()).unwrap_or(0),
        min_reach: get("reach").and_then(|text| text.parse().ok()).unwrap_or(0),
        min_confidence: number("sure").unwrap_or(0.0) / 100.0,
        language: get("language").unwrap_or_default(),
        country: get("country").unwrap_or_default(),
        order: get("sort").and_then(|word| word.parse().ok()).unwrap_or(SegmentOrder::Score),
        ..Ranking::of(day.program_id, wanted.map_or(SegmentFilter::Any, SegmentFilter::In))
    }
}

/// The other authors of those on the page, by confirmed links: (id, how it is shown) of each.
type LinkedHandles = HashMap<AuthorId, Vec<(AuthorId, String)>>;

async fn linked(tx: &mut Tx, ranked: &[RankedAuthor], candidates: &[Candidate]) -> Result<LinkedHandles> {
    let ids: Vec<AuthorId> =
        ranked.iter().filter_map(|one| one.author_id).chain(candidates.iter().filter_map(|one| one.author_id)).collect();
    let groups = identity_link::store::groups(tx, &ids).await?;
    let everybody: Vec<AuthorId> = groups.iter().flatten().copied().collect();
    let shown: HashMap<AuthorId, String> = author::store::list(tx, &everybody)
        .await?
        .into_iter()
        .map(|author| (author.id, format!("{} on {}", author.shown(), author::network_label(&author.network))))
        .collect();
    let mut linked = LinkedHandles::new();
    for group in &groups {
        for id in group {
            let others = group.iter().filter(|other| *other != id).filter_map(|other| Some((*other, shown.get(other)?.clone()))).collect();
            linked.insert(*id, others);
        }
    }
    Ok(linked)
}

/// Names a person's other authors.
fn also(id: Option<AuthorId>, linked: &LinkedHandles) -> impl IntoView + use<> {
    let others = id.and_then(|id| linked.get(&id)).cloned().unwrap_or_default();
    (!others.is_empty()).then(|| {
        let names = others.into_iter().map(|(id, shown)| view! { " " <a href=format!("/authors/{id}")>{shown}</a> }).collect_view();
        view! { <small>"One person with" {names}</small> }
    })
}

fn authors(
    cx: &PageContext,
    day: &PanelDay,
    ranked: Vec<RankedAuthor>,
    total: i64,
    candidates: &[Candidate],
    linked: &LinkedHandles,
) -> impl IntoView + use<> {
    let customers = ranked.iter().any(|one| one.customer_id.is_some());
    let listed: HashSet<String> =
        candidates.iter().filter(|one| one.removed_at.is_none()).filter_map(|one| form_value(one.author_id, one.customer_id)).collect();
    let none = ranked.is_empty();
    let filtered = ["q", "posts", "sure", "reach", "language", "country", "segment"].iter().any(|name| query(name).is_some());
    let mixed = day.segment.is_none();
    let rows = ranked.into_iter().map(|one| author(one, mixed, &listed, linked, cx.now)).collect_view();
    let pair = |value: &str, label: &str| (value.to_owned(), label.to_owned());
    let segments = Segment::ALL.iter().map(|segment| pair(segment.as_str(), segment.label())).collect();
    let mentions = ["2", "3", "5", "10"].iter().map(|count| pair(count, &format!("{count} or more"))).collect();
    let sure = ["50", "70", "90"].iter().map(|percent| pair(percent, &format!("{percent} % or more"))).collect();
    let orders =
        SegmentOrder::ALL.iter().filter(|order| **order != SegmentOrder::Score).map(|order| pair(order.as_str(), order.label())).collect();
    let whose = day.segment == Some(Segment::Apathetic) || customers;
    view! {
        <h2 id="voices">{if whose { "Customers to choose from" } else { "Authors to choose from" }}</h2>
        <FilterBar>
            <Search label="Name or handle"/>
            {mixed.then(|| view! { <Pick name="segment" label="Segment" options=segments/> })}
            {(!whose).then(|| view! { <Pick name="posts" label="Mentions" options=mentions/> })}
            <Pick name="sure" label="Confidence" options=sure/>
            {(!whose).then(|| view! { <Pick name="reach" label="Reach" options=reaches()/> })}
            <Pick name="sort" label="Order" options=orders any="score"/>
        </FilterBar>
        {none.then(|| view! {
            <div class="card">
                <Empty
                    title=if filtered { "Nobody fits that" } else { "Nobody is assessed for this day yet" }
                    text=if filtered { "Try fewer conditions." } else { "Import a listening export, or the customer roster: each author is then assessed with reasons." }
                >
                    <a class="btn" href=if filtered { "?" } else { "/import" }>{if filtered { "Show all" } else { "Import" }}</a>
                </Empty>
            </div>
        })}
        {(!none).then(|| view! {
            <Form act="add" class="wide">
                <div class="pair">
                    <Field name="remark" label="Why these" hint="Optional; kept with each of them"/>
                    <Submit label="Put the ticked ones on the shortlist" main=true/>
                </div>
                <div class="card">
                    <table class="list">
                        <thead>
                            <tr>
                                <th>"Who"</th>
                                <th>"Why"</th>
                                {(!whose).then(|| view! { <th class="n">"Reach"</th> })}
                                <th class="n">"Score"</th>
                            </tr>
                        </thead>
                        <tbody>{rows}</tbody>
                    </table>
                </div>
            </Form>
            <Pager count=total counted=MAX_COUNTED one="person" many="people" per=PER_PAGE/>
        })}
    }
}

/// How a form names somebody: "author:ID" or "customer:ID".
fn form_value(author: Option<AuthorId>, customer: Option<CustomerId>) -> Option<String> {
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

fn author(one: RankedAuthor, mixed: bool, listed: &HashSet<String>, linked: &LinkedHandles, now: clock::Time) -> impl IntoView + use<> {
    let word = form_value(one.author_id, one.customer_id).unwrap_or_default();
    let others = one.author_id.and_then(|id| linked.get(&id)).map_or(&[][..], Vec::as_slice);
    let through = others.iter().find(|(id, _)| listed.contains(&format!("author:{id}"))).map(|(_, shown)| shown.clone());
    let on = listed.contains(&word) || through.is_some();
    let also = also(one.author_id, linked);
    let ticked = !on && tried().is_some_and(|tried| tried.fields.all("who").any(|who| who == word));
    let about = match one.author_id {
        Some(_) => format!(
            "{} mentions: {} negative, {} positive{}",
            one.mentions,
            one.negative,
            one.positive,
            one.last_at.map(|at| format!("; last {}", clock::ago(at, now))).unwrap_or_default(),
        ),
        None => "on the roster".to_owned(),
    };
    let followers = one.followers.map_or_else(|| "followers unknown".to_owned(), |followers| count_of(followers, "follower", "followers"));
    let profile = one.author_id.map(|id| view! { <a href=format!("/authors/{id}")>"Posts"</a> });
    let name = one.shown();
    let label = name.clone();
    let reasons = one.reasons.iter().map(|reason| view! { <li>{reason.clone()}</li> }).collect_view();
    let segment = one.segment.filter(|_| mixed).map(|segment| chip(Some(segment)));
    let tick = if on {
        let tag = through.map_or_else(|| "on the shortlist".to_owned(), |shown| format!("on the shortlist as {shown}"));
        view! { <strong>{name}</strong> " " <span class="tag">{tag}</span> }.into_any()
    } else {
        view! {
            <label class="row">
                <input type="checkbox" name="who" value=word checked=ticked/>
                <strong>{name}</strong>
            </label>
        }
        .into_any()
    };
    view! {
        <tr class:sel=on>
            <td>{tick} <small>{about} " " {profile}</small> {also}</td>
            <td data-label="Why"><ul class="plain" aria-label=format!("Why {label}")>{reasons}</ul> {segment}</td>
            {one.author_id.is_some().then(|| view! {
                <td data-label="Reach" class="n">{known(one.reach)} <small>{followers}</small></td>
            })}
            <td data-label="Score" class="n">
                {format!("{:.2}", one.score)}
                <small>{format!("{:.0} % sure", one.confidence * 100.0)}</small>
            </td>
        </tr>
    }
}

fn shortlist_section(
    day: &PanelDay,
    candidates: Vec<Candidate>,
    invitations: &[InvitationRow],
    accounts: &[Account],
    linked: &LinkedHandles,
) -> impl IntoView + use<> {
    let (on, off): (Vec<Candidate>, Vec<Candidate>) = candidates.into_iter().partition(|one| one.removed_at.is_none());
    let targets = rules::targets(day.segment, day.capacity)
        .into_iter()
        .map(|(segment, target)| {
            let have = on.iter().filter(|one| one.segment == segment).count();
            let label = format!("{}s", segment.label());
            view! { <Progress label=label done=i64::try_from(have).unwrap_or(0) of=target/> }
        })
        .collect_view();
    let undrafted = on.iter().filter(|one| invitations.iter().all(|line| line.invitation.candidate_id != one.id)).count();
    let (none, taken_off) = (on.is_empty(), off.len());
    let cards = on
        .into_iter()
        .map(|one| {
            let state = invitations.iter().find(|line| line.invitation.candidate_id == one.id).map(|line| &line.invitation);
            let by = accounts.iter().find(|account| Some(account.id) == one.added_by).map(|account| account.name.clone());
            card(one, state, by, linked)
        })
        .collect_view();
    let off = off.into_iter().map(removed).collect_view();
    let day_page = format!("/days/{}", day.id);
    view! {
        <header class="row wrap">
            <h2 id="chosen">"Shortlist"</h2>
            <a class="push" href=format!("{day_page}/shortlist.csv") download="">"Download as CSV"</a>
        </header>
        {targets}
        {(undrafted > 0).then(|| view! {
            <Notice tone=Tone::Plain>
                {if undrafted == 1 { "1 has no invitation yet. ".to_owned() } else { format!("{undrafted} have no invitation yet. ") }}
                <a href=format!("{day_page}/invitations")>"Draft them"</a>
            </Notice>
        })}
        {none.then(|| view! {
            <div class="card"><Empty title="Nobody is chosen yet" text="Tick people on the left. The reasons of their assessment are kept as they are now."/></div>
        })}
        <div class="column">{cards}</div>
        {(taken_off > 0).then(|| view! {
            <details class="more">
                <summary>{format!("Taken off: {taken_off}")}</summary>
                <div class="column">{off}</div>
            </details>
        })}
    }
}

fn card(one: Candidate, invitation: Option<&invitation::Invitation>, by: Option<String>, linked: &LinkedHandles) -> impl IntoView + use<> {
    let also = also(one.author_id, linked);
    let reasons = one.reasons.iter().map(|reason| view! { <li>{reason.clone()}</li> }).collect_view();
    let invited = invitation.map(|found| {
        let label = format!("Invitation: {}", found.state.label().to_lowercase());
        view! { <a href=format!("/invitations/{}", found.id)><small>{label}</small></a> }
    });
    let removable = invitation.is_none_or(|found| found.state.editable());
    let (key, label) = (one.id.to_string(), format!("Take {} off", one.name));
    let remove = removable.then(|| {
        view! {
            <Confirm label="Take off">
                <Form act="remove" key=key>
                    <Field name="reason" label="Reason" hint="It is kept"/>
                    <Submit label=label danger=true/>
                </Form>
            </Confirm>
        }
    });
    view! {
        <article class="ticket">
            <div class="row wrap"><strong>{one.name}</strong> {chip(Some(one.segment))} <span class="push">{invited}</span></div>
            {also}
            <ul class="plain">{reasons}</ul>
            {(!one.remark.is_empty()).then(|| view! { <p>{one.remark}</p> })}
            <div class="row wrap">
                <small>{by.map(|by| format!("Chosen by {by}"))}</small>
                <div class="push">{remove}</div>
            </div>
        </article>
    }
}

fn removed(one: Candidate) -> impl IntoView {
    let who = form_value(one.author_id, one.customer_id).unwrap_or_default();
    let (key, label) = (one.id.to_string(), format!("Put {} back", one.name));
    let back = (!who.is_empty()).then(|| {
        view! { <Form act="restore" key=key><Hidden name="who" value=who/> <Submit label=label/></Form> }
    });
    view! {
        <article class="ticket dim">
            <div class="row wrap"><strong>{one.name}</strong> {chip(Some(one.segment))}</div>
            <p>{one.removed_reason}</p>
            {back}
        </article>
    }
}
