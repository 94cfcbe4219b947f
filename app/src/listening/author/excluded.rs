//! `/listen/excluded`: excluded authors by kind, with the reason, and those that a person included again.

use leptos::prelude::*;

use crate::access::account::Permission;
use crate::access::page::page;
use crate::kernel::clock::long_date;
use crate::kernel::export;
use crate::kernel::ids::ProgramId;
use crate::listening::author::author_trait::AuthorTrait;
use crate::listening::author::kind_form::{KindOf, changed_notice, kind_menu};
use crate::listening::author::kinds::rules_in_words;
use crate::listening::author::learning::{KindModel, MIN_DECISIONS_OF_EACH};
use crate::listening::author::scorecard::STATED;
use crate::listening::author::store::{self, ExcludedFilter, ExcludedSearch};
use crate::listening::author::{Author, AuthorKind, network_label};
use crate::listening::current_word;
use crate::program::shown::{no_program, program_shown};
use crate::ui::{Empty, FilterBar, Help, PER_PAGE, PageHead, Pager, Pick, Search, StateBadge, Tabs, Tone};
use crate::ui::{number, queries, query, skipped};

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

/// `/listen/excluded`.
pub fn excluded_authors() -> impl IntoView {
    page("Excluded authors", Permission::SeeListening, |cx| async move {
        let may_assess = cx.actor.scope(Permission::AssessAuthors).is_some();
        let mut tx = cx.db.read().await?;
        let crumbs = vec![("/authors".to_owned(), "Authors".to_owned())];
        let sub = "Own accounts, employees, partners, media, advertisers and bots. Hidden from rankings and shortlists.";
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
        let learned = learned(store::find_model(&mut tx, program.id).await?, store::count_decided(&mut tx, program.id).await?);
        let changed = changed_notice(&mut tx).await?;
        let tabs = tabs(&kinds, back);
        let current = query("kind").map_or("/listen/excluded".to_owned(), |kind| format!("/listen/excluded?kind={}", current_word(&kind)));
        let kind = query("kind").map(|kind| view! { <input type="hidden" name="kind" value=kind/> });
        let rules = rules_in_words().into_iter().map(|(kind, rule)| view! { <dt>{kind.plural()}</dt><dd>{rule}</dd> }).collect_view();
        let empty = found.is_empty();
        let brought_back = wanted.which == ExcludedFilter::BroughtBack;
        let by = vec![("rule".to_owned(), "Rule".to_owned()), ("person".to_owned(), "Person".to_owned())];
        let csv = format!("/excluded.csv{}", queries().to_query_string());
        Ok(view! {
            {head}
            {changed}
            <Tabs label="Kinds" current tabs/>
            <details class="card pad" id="rules">
                <summary>"Exclusion rules"</summary>
                <dl class="dl">{rules}</dl>
                <p class="dim">"Rules look at names, links, hashtags, writing style, copies and posting times, never at the subject of a mention. They run again when an author gains or loses mentions. A person's decision overrides every rule. Names, hashtags and sites of your organisation are in the "<a href="/programs">"program"</a>"."</p>
                <h3>"The scorecard"</h3>
                {scorecard_in_words()}
            </details>
            {learned}
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

/// The stated weights, as a person adds them up.
fn scorecard_in_words() -> impl IntoView {
    let weights = AuthorTrait::ALL.iter().zip(STATED.weights);
    let weights = weights.map(|(what, weight)| format!("{weight:+.1} {}", what.label())).collect::<Vec<_>>().join("; ");
    view! {
        <p>{format!("Each share of mentions is multiplied by its weight: {weights}. The base value is {:+.1}.", STATED.constant)}</p>
        <p class="dim">"An author is not a customer if the sum exceeds 2 divided by the number of mentions, so few mentions need a clear sign. For the same reason, one mention without any of these traits is added to each share. Mentions that are also posted by other authors do not count where at least half of the author's mentions are negative: customers pass on complaints. The weights are round numbers, chosen by judgement. Measured on labelled authors of real posts, more than nine in ten of those recognised as non-customers were correct. A program learns its own weights from decisions."</p>
    }
}

/// What the program has learned from decisions about authors, or how many are missing.
fn learned(model: Option<KindModel>, (customers, others): (i64, i64)) -> impl IntoView {
    let share = |value: f64| crate::kernel::amount::percent_of_one(value, 0);
    let least = MIN_DECISIONS_OF_EACH;
    let words = match &model {
        Some(model) if model.is_used => {
            format!("The scorecard uses weights learned from {} decisions.", model.figures.customers + model.figures.others)
        }
        Some(_) => "Learned weights were no better than the stated weights, so the stated weights are used.".to_owned(),
        None => format!(
            "The stated weights are used. Learning starts when people have set {least} authors to “customer” and {least} to another kind; so far, {customers} and {others}."
        ),
    };
    let figures = model.map(|model| {
        let figures = model.figures;
        let rows = [("Stated weights", figures.stated), ("Learned weights", figures.learned)]
            .map(|(name, score)| view! {
                <tr>
                    <td>{name}</td>
                    <td data-label="Precision" class="n">{share(score.precision)}</td>
                    <td data-label="Recall" class="n">{share(score.recall)}</td>
                </tr>
            })
            .collect_view();
        view! {
            <table class="list">
                <caption class="sr">"Accuracy for “not a customer”"</caption>
                <thead><tr><th scope="col">"Not a customer"</th><th scope="col" class="n">"Precision"</th><th scope="col" class="n">"Recall"</th></tr></thead>
                <tbody>{rows}</tbody>
            </table>
            <p class="dim">{format!(
                "Measured on {} authors set to “customer” and {} set to another kind, in {} parts: each part was judged by weights learned from the others. Learned on {}.",
                figures.customers, figures.others, figures.folds, long_date(model.trained_at.date_naive())
            )}</p>
        }
    });
    view! { <details class="card pad more"><summary>"Learning from decisions"</summary><p>{words}</p>{figures}</details> }
}

fn tabs(kinds: &[(AuthorKind, i64)], back: i64) -> Vec<(String, String, Option<i64>)> {
    let of = |kind: AuthorKind| kinds.iter().find(|(found, _)| *found == kind).map_or(0, |(_, count)| *count);
    let mut tabs = vec![("/listen/excluded".to_owned(), "All".to_owned(), Some(kinds.iter().map(|(_, count)| count).sum()))];
    for kind in AuthorKind::ALL.iter().skip(1) {
        tabs.push((format!("/listen/excluded?kind={}", kind.as_str()), kind.plural().to_owned(), Some(of(*kind))));
    }
    tabs.push(("/listen/excluded?kind=back".to_owned(), "Included again".to_owned(), Some(back)));
    tabs
}

/// Columns that at least one author of the page has a value for.
#[derive(Clone, Copy)]
struct ExcludedColumns {
    why: bool,
    last: bool,
}

fn table(found: &[Author], may_assess: bool) -> impl IntoView + use<> {
    let columns = ExcludedColumns {
        why: found.iter().any(|author| author.why().is_some()),
        last: found.iter().any(|author| author.last_at.is_some()),
    };
    let rows = found.iter().map(|author| row(author, columns, may_assess)).collect_view();
    view! {
        <div class="card">
            <table class="list">
                <caption class="sr">"Excluded authors"</caption>
                <thead>
                    <tr>
                        <th scope="col">"Author"</th>
                        <th scope="col">"Kind" <Help term="excluded"/></th>
                        {columns.why.then(|| view! { <th scope="col">"Why"</th> })}
                        <th scope="col" class="n">"Mentions"</th>
                        {columns.last.then(|| view! { <th scope="col" class="n">"Last mention"</th> })}
                        {may_assess.then(|| view! { <th scope="col"><span class="sr">"Action"</span></th> })}
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}

fn row(author: &Author, columns: ExcludedColumns, may_assess: bool) -> impl IntoView + use<> {
    let tone = if author.kind == AuthorKind::Customer { Tone::Good } else { Tone::Warn };
    let label = if author.kind == AuthorKind::Customer { "included" } else { author.kind.label() };
    let by = author.kind_by.is_some().then(|| view! { <span class="tag">"by a person"</span> });
    let mentions = format!("/mentions?author={}", author.id);
    let network = network_label(&author.network);
    view! {
        <tr>
            <td><a href=format!("/authors/{}", author.id) dir="auto">{author.shown()}</a> " " <small>{network}</small></td>
            <td data-label="Kind"><StateBadge tone label/> " " {by}</td>
            {columns.why.then(|| view! { <td class="why" data-label="Why" dir="auto">{author.why()}</td> })}
            <td data-label="Mentions" class="n"><a href=mentions>{number(author.mentions)}</a></td>
            {columns.last.then(|| view! { <td data-label="Last mention" class="n">{author.last_at.map(|at| long_date(at.date_naive()))}</td> })}
            {may_assess.then(|| view! { <td>{kind_menu(&KindOf::from(author))}</td> })}
        </tr>
    }
}

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
                author.why().unwrap_or_default(),
                author.mentions.to_string(),
                author.links.to_string(),
                author.promotional.to_string(),
                author.copies.to_string(),
                author.last_at.map(|at| at.to_rfc3339()).unwrap_or_default(),
            ]
        }),
    )
}
