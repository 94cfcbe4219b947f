//! The table `customer`.

use std::collections::BTreeMap;

use sqlx::AssertSqlSafe;

use super::Customer;
use crate::db::{Cell, DataSubject, Erase, Filter, Table, Tx, bulk};
use crate::kernel::error::Result;
use crate::kernel::ids::{CustomerId, ImportRunId, ProgramId};

/// The tables written here. Erasing a customer removes what names them and keeps the row for counts.
pub const TABLES: &[Table] = &[Table {
    name: "customer",
    people: &[(DataSubject::Customer, "id")],
    personal: &[
        ("external_ref", Erase::Unique),
        ("name", Erase::Text("erased")),
        ("email", Erase::Null),
        ("products", Erase::Text("")),
        ("survey_answer", Erase::Null),
        ("phone", Erase::Null),
        ("company", Erase::Null),
        ("country", Erase::Null),
        ("language", Erase::Null),
        ("handle", Erase::Null),
        ("handle_key", Erase::Null),
        ("handle_network", Erase::Null),
        ("tags", Erase::Null),
        ("extra", Erase::Text("{}")),
        ("consent_column", Erase::Null),
        ("consent_says", Erase::Null),
        ("purchased_at", Erase::Null),
        ("consent_since", Erase::Null),
    ],
    columns: &[
        "id",
        "program_id",
        "run_id",
        "line",
        "owns_products",
        "consents_to_contact",
        "survey_at",
        "survey_scale",
        "last_contact_at",
        "marketing_consent",
        "created_at",
    ],
}];

/// What a person looks for on the roster.
#[derive(Clone, Debug, Default)]
pub struct CustomerSearch {
    pub program: Option<ProgramId>,
    pub text: String,
    /// Only those who may be contacted.
    pub reachable: bool,
    /// Only those who answered the survey.
    pub surveyed: bool,
    /// Only those with a link to an author that waits for review.
    pub proposed: bool,
    /// Only those of whom the roster says this: name and value of a further detail.
    pub extra: Option<(String, String)>,
}

/// A further detail with more values than this is none to choose from.
const MAX_EXTRA_VALUES: i64 = 20;

impl CustomerSearch {
    fn filter(&self, tx: &Tx) -> Filter {
        let mut filter = Filter::new();
        if let Some(id) = self.program {
            filter.and("program_id = ?", [id.0.into()]);
        }
        if !self.text.trim().is_empty() {
            filter.contains(tx, &["name", "email", "external_ref", "products", "company", "tags", "handle"], &self.text);
        }
        if self.reachable {
            filter.and("consents_to_contact = ?", [true.into()]).and("email IS NOT NULL", []);
        }
        if self.surveyed {
            filter.and("survey_answer IS NOT NULL", []);
        }
        if self.proposed {
            filter.and("EXISTS (SELECT 1 FROM customer_link l WHERE l.customer_id = customer.id AND l.state = 'proposed')", []);
        }
        if let Some((name, value)) = &self.extra {
            // Names of columns are no paths, whatever signs they have.
            let said = match tx.is_postgres() {
                true => "EXISTS (SELECT 1 FROM jsonb_each_text(extra) AS said WHERE said.key = ? AND said.value = ?)",
                false => "EXISTS (SELECT 1 FROM json_each(extra) AS said WHERE said.key = ? AND said.value = ?)",
            };
            filter.and(said, [name.clone().into(), value.clone().into()]);
        }
        filter
    }
}

pub async fn find(tx: &mut Tx, id: CustomerId) -> Result<Option<Customer>> {
    tx.find("SELECT * FROM customer WHERE id = $1", &[id.into()]).await
}

/// Customers as searched for, by name.
pub async fn list(tx: &mut Tx, search: &CustomerSearch, limit: i64, skip: i64) -> Result<Vec<Customer>> {
    let filter = search.filter(tx);
    let (limit_place, offset_place) = (filter.next(), filter.next() + 1);
    let statement =
        format!("SELECT * FROM customer{} ORDER BY lower(name), id LIMIT ${limit_place} OFFSET ${offset_place}", filter.clause());
    tx.list(AssertSqlSafe(statement), &filter.with([limit.into(), skip.into()])).await
}

/// How many customers a search finds.
pub async fn count(tx: &mut Tx, search: &CustomerSearch) -> Result<i64> {
    let filter = search.filter(tx);
    let statement = format!("SELECT COUNT(*) FROM customer{}", filter.clause());
    tx.value(AssertSqlSafe(statement), filter.values()).await
}

/// Several customers, in no order.
pub async fn list_some(tx: &mut Tx, ids: &[CustomerId]) -> Result<Vec<Customer>> {
    tx.list_in("SELECT * FROM customer WHERE id IN ({})", &[], ids).await
}

/// The customers that have these CRM numbers.
pub async fn list_known(tx: &mut Tx, program: ProgramId, refs: &[&str]) -> Result<Vec<Customer>> {
    tx.list_in("SELECT * FROM customer WHERE program_id = $1 AND external_ref IN ({})", &[program.into()], refs).await
}

/// Adds customers, or brings those with the same CRM number up to date.
pub async fn create(tx: &mut Tx, customers: &[Customer]) -> Result<()> {
    bulk::write(
        tx,
        "INSERT INTO customer (id, program_id, run_id, line, external_ref, name, email, products, owns_products, consents_to_contact,
             survey_answer, survey_at, last_contact_at, created_at, survey_scale, phone, company, purchased_at, country, language, handle,
             handle_key, handle_network, tags, extra, consent_column, consent_says, consent_since, marketing_consent)
         {} ON CONFLICT (program_id, external_ref) DO UPDATE SET name = excluded.name, email = excluded.email,
             products = excluded.products, owns_products = excluded.owns_products, consents_to_contact = excluded.consents_to_contact,
             survey_answer = excluded.survey_answer, survey_at = excluded.survey_at, last_contact_at = excluded.last_contact_at,
             survey_scale = excluded.survey_scale, phone = excluded.phone, company = excluded.company, purchased_at = excluded.purchased_at,
             country = excluded.country, language = excluded.language, handle = excluded.handle, handle_key = excluded.handle_key,
             handle_network = excluded.handle_network, tags = excluded.tags, extra = excluded.extra, consent_column = excluded.consent_column, consent_says = excluded.consent_says,
             consent_since = excluded.consent_since, marketing_consent = excluded.marketing_consent",
        customers,
        |customer| {
            let details = &customer.details;
            [
                customer.id.into(),
                customer.program_id.into(),
                customer.run_id.into(),
                customer.line.into(),
                (&customer.external_ref).into(),
                (&customer.name).into(),
                (&customer.email).into(),
                (&customer.products).into(),
                customer.owns_products.into(),
                customer.consents_to_contact.into(),
                (&customer.survey_answer).into(),
                customer.survey_at.into(),
                customer.last_contact_at.into(),
                customer.created_at.into(),
                customer.survey_scale.into(),
                (&details.phone).into(),
                (&details.company).into(),
                details.purchased_at.into(),
                (&details.country).into(),
                (&details.language).into(),
                (&details.handle).into(),
                details.handle.as_deref().map(str::to_lowercase).into(),
                (&details.handle_network).into(),
                (&details.tags).into(),
                Cell::Json(Some(serde_json::json!(details.extra))),
                (&details.consent_column).into(),
                (&details.consent_says).into(),
                details.consent_since.into(),
                details.marketing_consent.into(),
            ]
        },
    )
    .await?;
    Ok(())
}

/// Who has these email addresses (in lower case) in a program: customer number and address.
pub async fn list_refs_by_email(tx: &mut Tx, program: ProgramId, emails: &[&str]) -> Result<Vec<(String, String)>> {
    tx.list_in("SELECT external_ref, email FROM customer WHERE program_id = $1 AND lower(email) IN ({})", &[program.into()], emails).await
}

/// Further details that customers share, by name and value: what a list can be filtered by. Of values that are of one person alone there is
/// nothing to choose.
pub async fn list_extras(tx: &mut Tx, program: ProgramId) -> Result<BTreeMap<String, BTreeMap<String, i64>>> {
    let each = if tx.is_postgres() { "jsonb_each_text(c.extra)" } else { "json_each(c.extra)" };
    let statement = format!(
        "WITH said AS (SELECT e.key AS name, CAST(e.value AS TEXT) AS value, COUNT(*) AS people FROM customer c, {each} AS e
             WHERE c.program_id = $1 GROUP BY 1, 2)
         SELECT name, value, people FROM said
         WHERE name IN (SELECT name FROM said GROUP BY name HAVING COUNT(*) <= $2 AND MAX(people) > 1)"
    );
    let found: Vec<(String, String, i64)> = tx.list(AssertSqlSafe(statement), &[program.into(), MAX_EXTRA_VALUES.into()]).await?;
    let mut counts: BTreeMap<String, BTreeMap<String, i64>> = BTreeMap::new();
    for (name, value, people) in found {
        counts.entry(name).or_default().insert(value, people);
    }
    Ok(counts)
}

pub async fn list_of_run(tx: &mut Tx, run: ImportRunId, limit: i64) -> Result<Vec<CustomerId>> {
    tx.list_values("SELECT id FROM customer WHERE run_id = $1 LIMIT $2", &[run.into(), limit.into()]).await
}

/// The lines at which an import created customers, after one of them and in their order.
pub async fn list_lines(tx: &mut Tx, run: ImportRunId, after: i64, limit: i64) -> Result<Vec<i64>> {
    tx.list_values(
        "SELECT line FROM customer WHERE run_id = $1 AND line > $2 ORDER BY line LIMIT $3",
        &[run.into(), after.into(), limit.into()],
    )
    .await
}

/// Deletes customers, as undoing their import asks.
pub async fn delete(tx: &mut Tx, ids: &[CustomerId]) -> Result<u64> {
    tx.run_in("DELETE FROM customer WHERE id IN ({})", &[], ids).await
}

/// Everybody in a program's roster.
pub async fn list_ids(tx: &mut Tx, program: ProgramId) -> Result<Vec<CustomerId>> {
    tx.list_values("SELECT id FROM customer WHERE program_id = $1", &[program.into()]).await
}
