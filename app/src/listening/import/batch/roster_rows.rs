//! How rows of a roster end: decided here for an import and for its dry run alike.

use std::collections::HashMap;

use crate::db::Tx;
use crate::kernel::clock::Time;
use crate::kernel::error::Result;
use crate::kernel::ids::CustomerId;
use crate::listening::customer::{self, Customer};
use crate::listening::import::batch::row::ParsedCustomer;
use crate::listening::import::{ImportCounts, ImportRun, RowOutcome, RowReason, SkippedRow};

/// How rows of a roster end, and what is to be saved.
#[derive(Default)]
pub(crate) struct RosterRows {
    pub counts: ImportCounts,
    /// Rows that were not simply created.
    pub out: Vec<SkippedRow>,
    /// Customers that are new or changed, as they are after the last of their rows.
    pub changed: HashMap<String, Customer>,
}

impl RosterRows {
    /// Whom to assess again.
    pub(crate) fn touched(&self) -> Vec<CustomerId> {
        let mut touched: Vec<CustomerId> = self.changed.values().map(|customer| customer.id).collect();
        touched.sort_unstable();
        touched
    }

    fn skip(&mut self, line: i64, outcome: RowOutcome, reason: RowReason, repeats: Option<&Customer>) {
        self.counts.add(outcome);
        let (run, at) = repeats.map_or((None, 0), |before| (before.run_id, before.line));
        self.out.push(SkippedRow {
            line,
            outcome,
            reason: Some(reason),
            repeats_run: run,
            repeats_line: (at > 0).then_some(at),
            ..SkippedRow::default()
        });
    }
}

/// Compares rows with the roster, one after the other: a row counts for those below it.
pub(crate) async fn decide(tx: &mut Tx, run: &ImportRun, people: Vec<ParsedCustomer>, now: Time) -> Result<RosterRows> {
    let refs: Vec<&str> = people.iter().map(|person| person.external_ref.as_str()).collect();
    let mut known: HashMap<String, Customer> = HashMap::new();
    for found in customer::store::list_known(tx, run.program_id, &refs).await? {
        known.insert(found.external_ref.clone(), found);
    }
    let emails = people.iter().filter_map(|person| person.email.as_deref());
    let mut owners = customer::act::EmailOwners::load(tx, run.program_id, emails).await?;
    let mut rows = RosterRows::default();
    for person in people {
        if let Some(owner) = person.email.as_deref().and_then(|email| owners.other(email, &person.external_ref)) {
            let (email, customer) = (person.email.clone().unwrap_or_default(), owner.to_owned());
            rows.skip(person.line, RowOutcome::Duplicate, RowReason::EmailTaken { email, customer }, None);
            continue;
        }
        let before = known.get(&person.external_ref);
        owners.change(&person.external_ref, before.and_then(|before| before.email.as_deref()), person.email.as_deref());
        let line = person.line;
        let after = customer_after(run, before, person, now);
        match before {
            Some(before) if *before == after => {
                rows.skip(line, RowOutcome::Duplicate, RowReason::CustomerUnchanged, Some(before));
                continue;
            }
            Some(before) => rows.skip(line, RowOutcome::Updated, RowReason::CustomerUpdated, Some(before)),
            None => rows.counts.add(RowOutcome::Created),
        }
        known.insert(after.external_ref.clone(), after.clone());
        rows.changed.insert(after.external_ref.clone(), after);
    }
    Ok(rows)
}

/// The customer that a row makes of the one that was there before, if there was one.
fn customer_after(run: &ImportRun, before: Option<&Customer>, person: ParsedCustomer, now: Time) -> Customer {
    Customer {
        id: before.map_or_else(CustomerId::new, |before| before.id),
        program_id: run.program_id,
        run_id: before.map_or(Some(run.id), |before| before.run_id),
        line: before.map_or(person.line, |before| before.line),
        external_ref: person.external_ref,
        name: person.name,
        email: person.email,
        products: person.products,
        owns_products: person.owns_products,
        consents_to_contact: person.consents_to_contact,
        survey_answer: person.survey_answer,
        survey_at: person.survey_at,
        last_contact_at: person.last_contact_at,
        created_at: before.map_or(now, |before| before.created_at),
        survey_scale: person.survey_scale,
        details: person.details,
    }
}
