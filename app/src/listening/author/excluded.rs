//! `/listen/excluded`: excluded authors by kind, with the reason, and those that a person included again.

use leptos::prelude::*;

use crate::access::account::Permission;
use crate::access::page::page;
use crate::kernel::clock::long_date;
use crate::kernel::export;
use crate::kernel::ids::ProgramId;
use crate::listening::author::habits::rules_in_words;
use crate::listening::author::store::{self, ExcludedFilter, ExcludedSearch};
use crate::listening::author::{Author, AuthorKind, network_label};
use crate::listening::current_word;
use crate::program::shown::{no_program, program_shown};
use crate::ui::{Empty, Field, FilterBar, Form, Help, PER_PAGE, PageHead, Pager, Pick, Search, StateBadge, Submit, Tabs, Tone};
use crate::ui::{number, queries, query, skipped, tried};

/// What the query of the list asks for.
pub fn search(program: ProgramId, get: impl Fn(&str) -> Option<String>) -> ExcludedSearch {
    let which = match get("kind").as_deref() {
        None => ExcludedFilter::Excluded,
        Some("back") => ExcludedFilter::BroughtBack,
        Some(word) => current_word(word)
            .parse()
            .ok()
            .filter(|kind| *kind != AuthorKind::Customer)
            .map_or(ExcludedFilter::Excluded, ExcludedFilter::Kind),
    };
    let by_person = match get("by").as_deref() {
        Some("person") => Some(true),
        Some("rule") => Some(false),
        _ => None,
    };
    ExcludedSearch { program, which, text: get("q").unwrap_or_default(), by_person }
}

/// The heading of a kind.
const fn many(kind: AuthorKind) -> &'static str {
    match kind {
        AuthorKind::Customer => "Customers",
        AuthorKind::Own => "Own accounts",
        AuthorKind::Retailer => "Retailers",
        AuthorKind::Advertiser => "Advertisers",
        AuthorKind::Bot => "Bots",
        AuthorKind::Excluded => "Excluded by a person",
    }
}

/// `/listen/excluded`.
pub fn excluded_authors() -> impl IntoView {
    page("Excluded authors", Permission::SeeListening, |cx| async move {
        let may_assess = cx.actor.scope(Permission::AssessAuthors).is_some();
        let mut tx = cx.db.read().await?;
        let crumbs = vec![("/authors".to_owned(), "Authors".to_owned())];
        let sub = "Own accounts, retailers, advertisers and bots. Hidden from rankings and shortlists.";
        let head = view! { <PageHead title="Excluded authors" sub crumbs/> };
        let Some(program) = program_shown(&mut tx).await? else {
            return Ok(view! { {head} {no_program()} }.into_any());
        };
        let wanted = search(program.id, query);
        let total = store::count_excluded(&mut tx, &wanted).await?;
        let found = store::list_excluded(&mut tx, &wanted, PER_PAGE, skipped(total, PER_PAGE)).await?;
        let kinds = store::count_kinds(&mut tx, program.id).await?;
        let back = ExcludedSearch { which: ExcludedFilter::BroughtBack, text: String::new(), by_person: None, ..wanted.clone() };
        let back = store::count_excluded(&mut tx, &back).await?;
        let tabs = tabs(&kinds, back);
        let current = query("kind").map_or("/listen/excluded".to_owned(), |kind| format!("/listen/excluded?kind={}", current_word(&kind)));
        let kind = query("kind").map(|kind| view! { <input type="hidden" name="kind" value=kind/> });
        let rules = rules_in_words().into_iter().map(|(kind, rule)| view! { <dt>{many(kind)}</dt><dd>{rule}</dd> }).collect_view();
        let empty = found.is_empty();
        let brought_back = wanted.which == ExcludedFilter::BroughtBack;
        let by = vec![("rule".to_owned(), "Rule".to_owned()), ("person".to_owned(), "Person".to_owned())];
        let csv = format!("/excluded.csv{}", queries().to_query_string());
        Ok(view! {
            {head}
            <Tabs label="Kinds" current tabs/>
            <details class="card pad">
                <summary>"Exclusion rules"</summary>
                <dl class="dl">{rules}</dl>
                <p class="dim">"Rules look at names, links, advertising words, copies and posting times, never at the subject of a mention. They run again when an author gains or loses mentions. A person's decision overrides every rule."</p>
            </details>
            <FilterBar>
                {kind}
                <Search label="Handle or name"/>
                <Pick name="by" label="Decided by" any="Rule or person" options=by/>
            </FilterBar>
            {empty.then(|| {
                let title = if brought_back { "No author was included again" } else { "No excluded authors" };
                view! {
                    <Empty title text="Rules check every author when mentions are imported. To exclude one yourself, open the author's page.">
                        <a class="btn" href="/authors">"Show all authors"</a>
                    </Empty>
                }
            })}
            {(!empty).then(|| table(&found, may_assess))}
            <Pager count=total one="author" many="authors" csv/>
        }
        .into_any())
    })
}

fn tabs(kinds: &[(AuthorKind, i64)], back: i64) -> Vec<(String, String, Option<i64>)> {
    let of = |kind: AuthorKind| kinds.iter().find(|(found, _)| *found == kind).map_or(0, |(_, count)| *count);
    let mut tabs = vec![("/listen/excluded".to_owned(), "All".to_owned(), Some(kinds.iter().map(|(_, count)| count).sum()))];
    for kind in AuthorKind::ALL.iter().skip(1) {
        tabs.push((format!("/listen/excluded?kind={}", kind.as_str()), many(*kind).to_owned(), Some(of(*kind))));
    }
    tabs.push(("/listen/excluded?kind=back".to_owned(), "Included again".to_owned(), Some(back)));
    tabs
}

fn table(found: &[Author], may_assess: bool) -> impl IntoView + use<> {
    let rows = found.iter().map(|author| row(author, may_assess)).collect_view();
    view! {
        <div class="card">
            <table class="list">
                <caption class="sr">"Excluded authors"</caption>
                <thead>
                    <tr>
                        <th scope="col">"Author"</th>
                        <th scope="col">"Kind" <Help term="excluded"/></th>
                        <th scope="col">"Why"</th>
                        <th scope="col" class="n">"Mentions"</th>
                        <th scope="col">"Last mention"</th>
                        {may_assess.then(|| view! { <th scope="col"><span class="sr">"Action"</span></th> })}
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}

fn row(author: &Author, may_assess: bool) -> impl IntoView + use<> {
    let tone = if author.kind == AuthorKind::Customer { Tone::Good } else { Tone::Warn };
    let label = if author.kind == AuthorKind::Customer { "included" } else { author.kind.label() };
    let by = author.kind_by.is_some().then(|| view! { <span class="tag">"by a person"</span> });
    let mentions = format!("/mentions?author={}", author.id);
    let network = network_label(&author.network);
    view! {
        <tr>
            <td><a href=format!("/authors/{}", author.id)>{author.shown()}</a> " " <small>{network}</small></td>
            <td data-label="Kind"><StateBadge tone label/> " " {by}</td>
            <td data-label="Why" dir="auto">{author.kind_reason.as_ref().map(ToString::to_string)}</td>
            <td data-label="Mentions" class="n"><a href=mentions>{number(author.mentions)}</a></td>
            <td data-label="Last mention">{author.last_at.map(|at| long_date(at.date_naive()))}</td>
            {may_assess.then(|| view! { <td>{(author.kind != AuthorKind::Customer).then(|| back(author))}</td> })}
        </tr>
    }
}

/// Includes one author again, with a reason.
fn back(author: &Author) -> impl IntoView + use<> {
    let key = author.id.to_string();
    let open = tried().is_some_and(|tried| tried.fields.text("key") == key);
    let who = author.shown();
    view! {
        <details class="more" open=open>
            <summary>"Include" <span class="sr">" " {who}</span></summary>
            <Form act="bring_back" key=key>
                <Field name="reason" label="Reason"/>
                <Submit label="Include author"/>
            </Form>
        </details>
    }
}

/// The same authors as CSV.
#[must_use]
pub fn csv(found: &[Author]) -> Vec<u8> {
    let heads = [
        "Author",
        "Network",
        "Name",
        "Kind",
        "Decided by",
        "Why",
        "Mentions",
        "With a link",
        "With advertising words",
        "Copies",
        "Last mention",
    ];
    export::csv(
        &heads,
        found.iter().map(|author| {
            [
                author.handle.clone(),
                author.network.clone(),
                author.name.clone().unwrap_or_default(),
                author.kind.label().to_owned(),
                if author.kind_by.is_some() { "a person" } else { "a rule" }.to_owned(),
                author.kind_reason.as_ref().map(ToString::to_string).unwrap_or_default(),
                author.mentions.to_string(),
                author.links.to_string(),
                author.promotional.to_string(),
                author.copies.to_string(),
                author.last_at.map(|at| at.to_rfc3339()).unwrap_or_default(),
            ]
        }),
    )
}
