//! `/customers`: the roster, with search, filters and assessments.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::NaiveTime;
use leptos::prelude::*;

use super::Customer;
use super::store::{self, CustomerSearch};
use crate::access::account::Permission;
use crate::access::page::page;
use crate::kernel::clock::{Time, long_date};
use crate::kernel::export;
use crate::kernel::ids::{CustomerId, ProgramId};
use crate::listening::author::list::badge;
use crate::listening::customer_link::{self, ListedLink};
use crate::listening::import::mapping::own_files::CUSTOMERS;
use crate::listening::segment;
use crate::listening::segment::Assessment;
use crate::program::shown::{no_program, program_shown};
use crate::ui::{Empty, FilterBar, Help, PER_PAGE, PageHead, Pager, Pick, Search, StateBadge, Tone, queries, query, skipped};

/// What the query of the list asks for.
pub fn search(program: ProgramId, get: impl Fn(&str) -> Option<String>) -> CustomerSearch {
    let is = |word: &str| get("only").as_deref() == Some(word);
    let extra = get("detail").and_then(|detail| detail.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned())));
    CustomerSearch {
        program: Some(program),
        text: get("q").unwrap_or_default(),
        reachable: is("reachable"),
        surveyed: is("surveyed"),
        proposed: is("proposed"),
        extra,
    }
}

/// `/customers`.
pub fn customers() -> impl IntoView {
    page("Customers", Permission::SeeCustomers, |cx| async move {
        let may_import = cx.actor.scope(Permission::Import).is_some();
        let may_link = cx.actor.scope(Permission::LinkAuthors).is_some();
        let mut tx = cx.db.read().await?;
        let head = view! {
            <PageHead title="Customers" sub="The roster from your CRM. Apathetics are identified here by their survey answers.">
                {may_import.then(|| view! { <a class="btn btn-1" href="/imports#new">"Import roster"</a> })}
            </PageHead>
        };
        let Some(program) = program_shown(&mut tx).await? else {
            return Ok(view! { {head} {no_program()} }.into_any());
        };
        let wanted = search(program.id, query);
        let total = store::count(&mut tx, &wanted).await?;
        let found = store::list(&mut tx, &wanted, PER_PAGE, skipped(total, PER_PAGE)).await?;
        let ids: Vec<CustomerId> = found.iter().map(|customer| customer.id).collect();
        let assessed: HashMap<CustomerId, Assessment> = segment::store::list_current_customers(&mut tx, &ids)
            .await?
            .into_iter()
            .filter_map(|found| found.customer_id.map(|id| (id, found)))
            .collect();
        let empty = found.is_empty();
        let searched = ["q", "only", "detail"].into_iter().any(|name| query(name).is_some());
        let extras = store::list_extras(&mut tx, program.id).await?;
        let links = customer_link::store::list_of(&mut tx, &ids).await?;
        let title = if searched { "No matching customers" } else { "No customers yet" };
        let only = [("reachable", "With consent and email"), ("surveyed", "With survey answer"), ("proposed", "With proposed link")]
            .map(|(word, label)| (word.to_owned(), label.to_owned()))
            .into();
        let csv = format!("/customers.csv{}", queries().to_query_string());
        Ok(view! {
            {head}
            <FilterBar>
                <Search label="Name, email, number or product"/>
                <Pick name="only" label="Show" any="All customers" options=only/>
                {(!extras.is_empty()).then(|| view! { <Pick name="detail" label="Further detail" any="Any" options=details(extras)/> })}
            </FilterBar>
            {empty.then(|| view! {
                <Empty title=title text="Import a CSV file from your CRM or newsletter tool. It needs a name and an email address or customer number. All other columns are kept.">
                    {searched.then(|| view! { <a class="btn" href="/customers">"Show all customers"</a> })}
                    {may_import.then(|| view! { <a class="btn" href="/imports#new">"Import roster"</a> })}
                </Empty>
            })}
            {(!empty).then(|| table(found, assessed, links, may_link))}
            <Pager count=total one="customer" many="customers" csv/>
        }
        .into_any())
    })
}

/// What the list can be filtered by besides: “Plan: Gold (12)”.
fn details(extras: BTreeMap<String, BTreeMap<String, i64>>) -> Vec<(String, String)> {
    let of = |(name, values): (String, BTreeMap<String, i64>)| {
        let option = move |(value, customers): (String, i64)| (format!("{name}={value}"), format!("{name}: {value} ({customers})"));
        values.into_iter().map(option).collect::<Vec<_>>()
    };
    extras.into_iter().flat_map(of).collect()
}

/// Columns that at least one customer of the page has a value for.
#[derive(Clone, Copy)]
struct CustomerColumns {
    products: bool,
    last_contact: bool,
    survey: bool,
}

fn table(
    found: Vec<Customer>,
    mut assessed: HashMap<CustomerId, Assessment>,
    mut links: HashMap<CustomerId, Vec<ListedLink>>,
    may_link: bool,
) -> impl IntoView {
    let columns = CustomerColumns {
        products: found.iter().any(|customer| !customer.products.is_empty()),
        last_contact: found.iter().any(|customer| customer.last_contact_at.is_some()),
        survey: found.iter().any(|customer| customer.survey_answer.is_some()),
    };
    let rows = found
        .into_iter()
        .map(|customer| {
            let found = assessed.remove(&customer.id);
            let links = links.remove(&customer.id).unwrap_or_default();
            row(customer, columns, found, links, may_link)
        })
        .collect_view();
    view! {
        <div class="card">
            <table class="list">
                <caption class="sr">"Customers"</caption>
                <thead>
                    <tr>
                        <th scope="col">"Customer"</th>
                        {columns.products.then(|| view! { <th scope="col">"Products"</th> })}
                        <th scope="col">"Contact"</th>
                        {columns.last_contact.then(|| view! { <th scope="col" class="n">"Last contact"</th> })}
                        {columns.survey.then(|| view! { <th scope="col">"Survey"</th> })}
                        <th scope="col">"Segment" <Help term="apathetic"/></th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}

fn row(customer: Customer, columns: CustomerColumns, found: Option<Assessment>, links: Vec<ListedLink>, may_link: bool) -> impl IntoView {
    let (tone, consent) = if customer.consents_to_contact { (Tone::Good, "consent") } else { (Tone::Plain, "no consent") };
    let (segment, reasons) = found.map_or((None, String::new()), |found| (found.segment, segment::reason::joined(&found.reasons)));
    let details = &customer.details;
    let joined = |parts: &[Option<&str>]| parts.iter().flatten().copied().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ");
    let about = joined(&[Some(&customer.external_ref), details.company.as_deref(), details.country.as_deref(), details.tags.as_deref()]);
    let contact = joined(&[customer.email.as_deref(), details.phone.as_deref()]);
    let story = details.consent_story(customer.consents_to_contact);
    let further = details.extra.line();
    let further = (!further.is_empty())
        .then(|| view! { <details class="more"><summary>"Further details"</summary><small dir="auto">{further}</small></details> });
    let survey = customer.survey_scale.scored(customer.survey_answer.as_deref());
    view! {
        <tr>
            <td><div><bdi>{customer.name.clone()}</bdi> <small dir="auto">{about}</small> {customer_link::page::links(links, may_link)} {further}</div></td>
            {columns.products.then(|| view! { <td data-label="Products" dir="auto">{customer.products.clone()}</td> })}
            <td data-label="Contact"><div><StateBadge tone label=consent/> <small dir="auto">{contact}</small> <small class="dim block" dir="auto">{story}</small></div></td>
            {columns
                .last_contact
                .then(|| view! { <td data-label="Last contact" class="n">{customer.last_contact_at.map(|at| long_date(at.date_naive()))}</td> })}
            {columns.survey.then(|| view! { <td data-label="Survey" dir="auto">{survey}</td> })}
            <td class="why" data-label="Segment">{badge(segment)} <small dir="auto">{reasons}</small></td>
        </tr>
    }
}

/// The same customers as CSV. Further details have a column each.
#[must_use]
pub fn csv(found: &[Customer]) -> Vec<u8> {
    let yes = |yes: bool| if yes { "yes" } else { "no" }.to_owned();
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    // A time of day is kept, so that the file can be imported again as it was.
    let day = |at: Option<Time>| {
        at.map_or_else(String::new, |at| if at.time() == NaiveTime::MIN { at.date_naive().to_string() } else { at.to_rfc3339() })
    };
    let extras: BTreeSet<&str> = found.iter().flat_map(|customer| customer.details.extra.0.keys()).map(String::as_str).collect();
    let heads: Vec<&str> = CUSTOMERS.iter().copied().chain(extras.iter().copied()).collect();
    export::csv(
        &heads,
        found.iter().map(|customer| {
            let details = &customer.details;
            let mut cells = vec![
                customer.external_ref.clone(),
                customer.name.clone(),
                text(&customer.email),
                customer.products.clone(),
                yes(customer.owns_products),
                yes(customer.consents_to_contact),
                day(customer.last_contact_at),
                text(&customer.survey_answer),
                customer.survey_answer.as_ref().map(|_| customer.survey_scale.label().to_owned()).unwrap_or_default(),
                day(customer.survey_at),
                text(&details.phone),
                text(&details.company),
                day(details.purchased_at),
                text(&details.country),
                text(&details.language),
                text(&details.handle),
                text(&details.handle_network),
                text(&details.tags),
                details.marketing_consent.map(yes).unwrap_or_default(),
                text(&details.consent_column),
                text(&details.consent_says),
                day(details.consent_since),
            ];
            cells.extend(extras.iter().map(|name| details.extra.0.get(*name).cloned().unwrap_or_default()));
            cells
        }),
    )
}
