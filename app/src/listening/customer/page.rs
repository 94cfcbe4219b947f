//! `/customers`: the roster, searched and filtered, with what each assessment says.

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
use crate::ui::{Empty, FilterBar, PER_PAGE, PageHead, Pager, Pick, Search, StateBadge, Tone, queries, query, skipped};

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
            <PageHead title="Customers" sub="The roster: who owns products and may be contacted. Apathetics are found here, by their own answers.">
                {may_import.then(|| view! { <a class="btn" href="/imports#new">"Import a roster"</a> })}
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
        let only = vec![
            ("reachable".to_owned(), "Consents and has an address".to_owned()),
            ("surveyed".to_owned(), "Answered the survey".to_owned()),
        ];
        let csv = format!("/customers.csv{}", queries().to_query_string());
        Ok(view! {
            {head}
            <FilterBar>
                <Search label="Name, address, number or product"/>
                <Pick name="only" label="Only those who" any="Everybody" options=only/>
            </FilterBar>
            {empty.then(|| view! {
                <Empty title="No customer fits" text="A roster is a CSV from your CRM: number, name, address, products, consent, last contact, survey answer.">
                    <a class="btn" href="/customers">"All customers"</a>
                    {may_import.then(|| view! { <a class="btn" href="/imports#new">"Import a roster"</a> })}
                </Empty>
            })}
            {(!empty).then(|| table(found, assessed))}
            <Pager count=total one="customer" many="customers" csv/>
        }
        .into_any())
    })
}

fn table(found: Vec<Customer>, mut assessed: HashMap<CustomerId, Assessment>) -> impl IntoView {
    let rows = found
        .into_iter()
        .map(|customer| {
            let found = assessed.remove(&customer.id);
            row(customer, found)
        })
        .collect_view();
    view! {
        <div class="card">
            <table class="list">
                <caption class="sr">"Customers"</caption>
                <thead>
                    <tr>
                        <th scope="col">"Customer"</th>
                        <th scope="col">"Products"</th>
                        <th scope="col">"Contact"</th>
                        <th scope="col">"Last contact"</th>
                        <th scope="col">"Survey"</th>
                        <th scope="col">"Segment"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}

fn row(customer: Customer, found: Option<Assessment>) -> impl IntoView {
    let (tone, consent) = if customer.consents_to_contact { (Tone::Good, "consents") } else { (Tone::Plain, "no consent") };
    let (segment, reasons) = found.map_or((None, String::new()), |found| (found.segment, found.reasons.join("; ")));
    view! {
        <tr>
            <td>{customer.name} <small>{customer.external_ref}</small></td>
            <td data-label="Products">{customer.products}</td>
            <td data-label="Contact"><StateBadge tone label=consent/> <small>{customer.email}</small></td>
            <td data-label="Last contact">{customer.last_contact_at.map(|at| long_date(at.date_naive()))}</td>
            <td data-label="Survey">{customer.survey_answer}</td>
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
