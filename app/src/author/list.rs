//! `/listen/aside`: voices that are set aside, by kind and with the reason, and those that a person brought back.

use leptos::prelude::*;

use super::habits::stated;
use super::store::{self, Search, Which};
use super::{Author, Standing, network_label};
use crate::account::Verb;
use crate::clock::long_date;
use crate::export;
use crate::ids::ProgramId;
use crate::import::page::{no_program, program_shown};
use crate::ui::{Empty, Field, FilterBar, Form, PER_PAGE, PageHead, Pager, Pick, StateBadge, Submit, Tabs, Tone, skipped};
use crate::ui::{number, page, queries, query, tried};

/// What the query of the list asks for.
pub fn search(program: ProgramId, get: impl Fn(&str) -> Option<String>) -> Search {
    let which = match get("kind").as_deref() {
        None => Which::Aside,
        Some("back") => Which::BroughtBack,
        Some(word) => word.parse().ok().filter(|kind| *kind != Standing::Counted).map_or(Which::Aside, Which::Kind),
    };
    let by_person = match get("by").as_deref() {
        Some("person") => Some(true),
        Some("rule") => Some(false),
        _ => None,
    };
    Search { program, which, text: get("q").unwrap_or_default(), by_person }
}

/// The kind as a heading says it.
const fn many(standing: Standing) -> &'static str {
    match standing {
        Standing::Counted => "Counted",
        Standing::Own => "Own accounts",
        Standing::Retailer => "Retailers",
        Standing::Promoter => "Promoters",
        Standing::Bot => "Bots",
        Standing::Aside => "By a person",
    }
}

/// `/listen/aside`.
pub fn set_aside() -> impl IntoView {
    page("Voices set aside", Verb::SeeListening, |cx| async move {
        let may_assess = cx.actor.scope(Verb::Assess).is_some();
        let mut tx = cx.db.read().await?;
        let crumbs = vec![("/voices".to_owned(), "Voices".to_owned())];
        let sub = "Those who do not speak as customers. They stay visible, and are in no ranking and on no shortlist.";
        let head = view! { <PageHead title="Voices set aside" sub crumbs/> };
        let Some(program) = program_shown(&mut tx).await? else {
            return Ok(view! { {head} {no_program()} }.into_any());
        };
        let wanted = search(program.id, query);
        let total = store::count_aside(&mut tx, &wanted).await?;
        let found = store::list_aside(&mut tx, &wanted, PER_PAGE, skipped(total, PER_PAGE)).await?;
        let kinds = store::count_kinds(&mut tx, program.id).await?;
        let back = Search { which: Which::BroughtBack, text: String::new(), by_person: None, ..wanted.clone() };
        let back = store::count_aside(&mut tx, &back).await?;
        let of = |kind: Standing| kinds.iter().find(|(found, _)| *found == kind).map_or(0, |(_, count)| *count);
        let mut tabs = vec![("/listen/aside".to_owned(), "All".to_owned(), Some(kinds.iter().map(|(_, count)| count).sum()))];
        for kind in Standing::ALL.iter().skip(1) {
            tabs.push((format!("/listen/aside?kind={}", kind.as_str()), many(*kind).to_owned(), Some(of(*kind))));
        }
        tabs.push(("/listen/aside?kind=back".to_owned(), "Brought back".to_owned(), Some(back)));
        let current = query("kind").map_or("/listen/aside".to_owned(), |kind| format!("/listen/aside?kind={kind}"));
        let kind = query("kind").map(|kind| view! { <input type="hidden" name="kind" value=kind/> });
        let rules = stated().into_iter().map(|(kind, rule)| view! { <dt>{many(kind)}</dt><dd>{rule}</dd> }).collect_view();
        let empty = found.is_empty();
        let brought_back = wanted.which == Which::BroughtBack;
        let rows = found.into_iter().map(|voice| row(&voice, may_assess)).collect_view();
        let by = vec![("rule".to_owned(), "a rule".to_owned()), ("person".to_owned(), "a person".to_owned())];
        let csv = format!("/aside.csv{}", queries().to_query_string());
        Ok(view! {
            {head}
            <Tabs label="Kinds" current tabs/>
            <details class="card pad">
                <summary>"The rules"</summary>
                <dl class="dl">{rules}</dl>
                <p class="dim">"A rule goes by names, links, words of advertising, copies and times, never by what a post is about. It is asked again whenever posts of a voice come or go. What a person decided stays."</p>
            </details>
            <FilterBar>
                {kind}
                <crate::ui::Search label="Handle or name"/>
                <Pick name="by" label="Decided by" any="rule or person" options=by/>
            </FilterBar>
            {empty.then(|| {
                let title = if brought_back { "Nobody was brought back" } else { "Nobody is set aside" };
                view! {
                    <Empty title text="Rules look at every voice as its posts come; a person can set a voice aside on its page.">
                        <a class="btn" href="/voices">"All voices"</a>
                    </Empty>
                }
            })}
            {(!empty).then(|| view! {
                <div class="card">
                    <table class="list">
                        <caption class="sr">"Voices set aside"</caption>
                        <thead>
                            <tr>
                                <th scope="col">"Voice"</th>
                                <th scope="col">"Kind"</th>
                                <th scope="col">"Why"</th>
                                <th scope="col" class="n">"Posts"</th>
                                <th scope="col">"Last post"</th>
                                {may_assess.then(|| view! { <th scope="col"><span class="sr">"Bring back"</span></th> })}
                            </tr>
                        </thead>
                        <tbody>{rows}</tbody>
                    </table>
                </div>
            })}
            <Pager count=total one="voice" many="voices" csv/>
        }
        .into_any())
    })
}

fn row(voice: &Author, may_assess: bool) -> impl IntoView + use<> {
    let tone = if voice.standing == Standing::Counted { Tone::Good } else { Tone::Warn };
    let label = if voice.standing == Standing::Counted { "brought back" } else { voice.standing.label() };
    let by = voice.standing_by.is_some().then(|| view! { <span class="tag">"by a person"</span> });
    let posts = format!("/mentions?voice={}", voice.id);
    let network = network_label(&voice.network);
    view! {
        <tr>
            <td><a href=format!("/voices/{}", voice.id)>{voice.shown()}</a> " " <small>{network}</small></td>
            <td data-label="Kind"><StateBadge tone label/> " " {by}</td>
            <td data-label="Why">{voice.standing_reason.clone().unwrap_or_default()}</td>
            <td data-label="Posts" class="n"><a href=posts>{number(voice.posts)}</a></td>
            <td data-label="Last post">{voice.last_at.map(|at| long_date(at.date_naive()))}</td>
            {may_assess.then(|| view! { <td>{(voice.standing != Standing::Counted).then(|| back(voice))}</td> })}
        </tr>
    }
}

/// Brings one voice back, with a reason.
fn back(voice: &Author) -> impl IntoView + use<> {
    let key = voice.id.to_string();
    let open = tried().is_some_and(|tried| tried.fields.text("key") == key);
    let who = voice.shown();
    view! {
        <details class="more" open=open>
            <summary>"Bring back" <span class="sr">" " {who}</span></summary>
            <Form act="bring_back" key=key>
                <Field name="reason" label="Reason"/>
                <Submit label="Bring back"/>
            </Form>
        </details>
    }
}

/// The same voices as CSV.
#[must_use]
pub fn csv(found: &[Author]) -> Vec<u8> {
    let heads =
        ["Voice", "Network", "Name", "Kind", "Decided by", "Why", "Posts", "With a link", "With give-away words", "Copies", "Last post"];
    export::csv(
        &heads,
        found.iter().map(|voice| {
            [
                voice.handle.clone(),
                voice.network.clone(),
                voice.name.clone().unwrap_or_default(),
                voice.standing.label().to_owned(),
                if voice.standing_by.is_some() { "a person" } else { "a rule" }.to_owned(),
                voice.standing_reason.clone().unwrap_or_default(),
                voice.posts.to_string(),
                voice.links.to_string(),
                voice.promotional.to_string(),
                voice.copies.to_string(),
                voice.last_at.map(|at| at.to_rfc3339()).unwrap_or_default(),
            ]
        }),
    )
}
