//! `/customers`: the roster, with search, filters and assessments.

use std::collections::HashMap;

use leptos::prelude::*;

use super::Customer;
use super::store::{self, CustomerSearch};
use crate::access::account::Permission;
use crate::access::page::page;
use crate::kernel::clock::long_date;
use crate::kernel::export;
use crate::kernel::ids::{CustomerId, ProgramId};
use crate::listening::author::list::badge;
use crate::listening::import::mapping::own_files::CUSTOMERS;
use crate::listening::segment;
use crate::listening::segment::Assessment;
use crate::program::shown::{no_program, program_shown};
use crate::ui::{Empty, FilterBar, Help, PER_PAGE, PageHead, Pager, Pick, Search, StateBadge, Tone, queries, query, skipped};

/// What the query of the list asks for.
pub fn search(program: ProgramId, get: impl Fn(&str) -> Option<String>) -> CustomerSearch {
    let is = |word: &str| get("only").as_deref() == Some(word);
    CustomerSearch { program: Some(program), text: get("q").unwrap_or_default(), reachable: is("reachable"), surveyed: is("surveyed") }
}

/// `/customers`.
pub fn customers() -> impl IntoView {
    page("Customers", Permission::SeeCustomers, |cx| async move {
        let may_import = cx.actor.scope(Permission::Import).is_some();
        let mut tx = cx.db.read().await?;
        let head = view! {
            <PageHead title="Customers" sub="The roster from your CRM. Apathetics are identified here, by their survey answers.">
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
        let searched = query("q").is_some() || query("only").is_some();
        let title = if searched { "No matching customers" } else { "No customers yet" };
        let only =
            vec![("reachable".to_owned(), "With consent and email".to_owned()), ("surveyed".to_owned(), "With survey answer".to_owned())];
        let csv = format!("/customers.csv{}", queries().to_query_string());
        Ok(view! {
            {head}
            <FilterBar>
                <Search label="Name, email, number or product"/>
                <Pick name="only" label="Show" any="All customers" options=only/>
            </FilterBar>
            {empty.then(|| view! {
                <Empty title=title text="Import a CSV from your CRM with number, name, email, products, consent, last contact and survey answer.">
                    {searched.then(|| view! { <a class="btn" href="/customers">"Show all customers"</a> })}
                    {may_import.then(|| view! { <a class="btn" href="/imports#new">"Import roster"</a> })}
                </Empty>
            })}
            {(!empty).then(|| table(found, assessed))}
            <Pager count=total one="customer" many="customers" csv/>
        }
        .into_any())
    })
}

/// Columns that at least one customer of the page has a value for.
#[derive(Clone, Copy)]
struct CustomerColumns {
    products: bool,
    last_contact: bool,
    survey: bool,
}

fn table(found: Vec<Customer>, mut assessed: HashMap<CustomerId, Assessment>) -> impl IntoView {
    let columns = CustomerColumns {
        products: found.iter().any(|customer| !customer.products.is_empty()),
        last_contact: found.iter().any(|customer| customer.last_contact_at.is_some()),
        survey: found.iter().any(|customer| customer.survey_answer.is_some()),
    };
    let rows = found
        .into_iter()
        .map(|customer| {
            let found = assessed.remove(&customer.id);
            row(customer, columns, found)
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

fn row(customer: Customer, columns: CustomerColumns, found: Option<Assessment>) -> impl IntoView {
    let (tone, consent) = if customer.consents_to_contact { (Tone::Good, "consent") } else { (Tone::Plain, "no consent") };
    let (segment, reasons) = found.map_or((None, String::new()), |found| (found.segment, segment::reason::joined(&found.reasons)));
    view! {
        <tr>
            <td><bdi>{customer.name}</bdi> <small>{customer.external_ref}</small></td>
            {columns.products.then(|| view! { <td data-label="Products">{customer.products}</td> })}
            <td data-label="Contact"><StateBadge tone label=consent/> <small>{customer.email}</small></td>
            {columns
                .last_contact
                .then(|| view! { <td data-label="Last contact" class="n">{customer.last_contact_at.map(|at| long_date(at.date_naive()))}</td> })}
            {columns.survey.then(|| view! { <td data-label="Survey" dir="auto">{customer.survey_answer}</td> })}
            <td data-label="Segment">{badge(segment)} <small>{reasons}</small></td>
        </tr>
    }
}

/// The same customers as CSV.
#[must_use]
pub fn csv(found: &[Customer]) -> Vec<u8> {
    let yes = |yes: bool| if yes { "yes" } else { "no" }.to_owned();
    export::csv(
        &CUSTOMERS,
        found.iter().map(|customer| {
            [
                customer.external_ref.clone(),
                customer.name.clone(),
                customer.email.clone().unwrap_or_default(),
                customer.products.clone(),
                yes(customer.owns_products),
                yes(customer.consents_to_contact),
                customer.last_contact_at.map(|at| at.date_naive().to_string()).unwrap_or_default(),
                customer.survey_answer.clone().unwrap_or_default(),
            ]
        }),
    )
}
