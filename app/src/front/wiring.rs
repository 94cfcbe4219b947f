//! Where everything is put together: all tables, parents before children, and who handles which event of whom, in order.

use crate::access::account::AccountMoved;
use crate::casework::nomination::{self, AuthorRecommended, NominationMade};
use crate::casework::triage::{self, CaseChanged, CaseRouted};
use crate::db::{Subscription, Table, Wiring, audit_log, epoch, setting};
use crate::follow_up::heard::{self, ItemReopened};
use crate::follow_up::report;
use crate::front::webhook::events;
use crate::listening::customer_link;
use crate::listening::import::ImportEnded;
use crate::panel_day::note::LateNotes;
use crate::panel_day::session;
use crate::program::day::DayChanged;
use crate::recruiting::{candidate, panelist};
use crate::subscribe;

/// What every database is opened with.
pub static WIRING: Wiring = Wiring { tables: TABLES, subscriptions: SUBSCRIPTIONS };

/// Who handles what, in the order in which it happens.
static SUBSCRIPTIONS: &[Subscription] = &[
    subscribe!(AccountMoved => triage::handover::follow_account),
    subscribe!(AccountMoved => heard::handover::follow_account),
    subscribe!(DayChanged => session::act::move_with_day),
    subscribe!(DayChanged => panelist::act::fill_changed_day),
    subscribe!(DayChanged => panelist::moved_day::notify_people_concerned),
    subscribe!(CaseChanged => nomination::decision::follow_case),
    subscribe!(AuthorRecommended => candidate::act::shortlist_recommended),
    subscribe!(LateNotes => report::act::answer_late_notes),
    subscribe!(ImportEnded => customer_link::act::propose_from_roster),
    subscribe!(ImportEnded => events::import_ended),
    subscribe!(NominationMade => events::nomination_made),
    subscribe!(CaseRouted => events::case_routed),
    subscribe!(ItemReopened => events::item_reopened),
];

/// The tables of each store, in an order in which rows can be added without pointing at a row that is not there yet.
static TABLES: &[&[Table]] = &[
    setting::TABLES,
    epoch::TABLES,
    crate::access::account::store::TABLES,
    crate::access::link::store::TABLES,
    audit_log::TABLES,
    crate::access::job::store::TABLES,
    crate::access::outbox::store::TABLES,
    crate::privacy::erasure::store::TABLES,
    crate::program::store::TABLES,
    crate::program::branding::store::TABLES,
    crate::program::day::store::TABLES,
    crate::listening::author::store::TABLES,
    crate::listening::opt_out::store::TABLES,
    crate::listening::import::store::TABLES,
    crate::listening::source_row::store::TABLES,
    crate::listening::volume::store::TABLES,
    crate::listening::mention::store::TABLES,
    crate::listening::repeated::store::TABLES,
    crate::listening::topic::store::TABLES,
    crate::listening::phrase::store::TABLES,
    crate::listening::sentiment::store::TABLES,
    crate::listening::customer::store::TABLES,
    crate::listening::identity_link::store::TABLES,
    customer_link::store::TABLES,
    crate::listening::inbound::store::TABLES,
    crate::front::webhook::store::TABLES,
    crate::listening::segment::store::TABLES,
    crate::listening::segment_change::store::TABLES,
    triage::store::TABLES,
    nomination::store::TABLES,
    candidate::store::TABLES,
    crate::recruiting::invitation::store::TABLES,
    panelist::store::TABLES,
    session::store::TABLES,
    crate::panel_day::note::store::TABLES,
    heard::store::TABLES,
    crate::follow_up::response::store::TABLES,
    report::store::TABLES,
];

#[cfg(test)]
pub(crate) mod tests {
    use std::collections::BTreeSet;

    use serde_json::{Map, Value as Json, json};
    use uuid::Uuid;

    use super::*;
    use crate::access::account::Actor;
    use crate::access::audit::{ResourceType, act::audit};
    use crate::db::row::{self, ColumnKind};
    use crate::db::{Db, Tx};
    use crate::kernel::clock::now;
    use crate::testing::each_db;

    #[tokio::test]
    async fn every_column_is_declared_once_and_parents_come_first() {
        each_db(|db| async move {
            let mut tx = db.read().await.expect("tx");
            if tx.is_postgres() {
                return;
            }
            let exist: BTreeSet<String> = tx.list_values(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '_sqlx%' AND name NOT LIKE 'mention_search%'",
                &[],
            )
            .await
            .expect("tables")
            .into_iter()
            .collect();
            let declared: BTreeSet<String> = WIRING.tables().iter().map(|table| table.name.to_owned()).collect();
            assert_eq!(declared.len(), WIRING.tables().len(), "a table is declared twice");
            assert_eq!(declared, exist);

            let mut above = BTreeSet::new();
            for table in WIRING.tables() {
                let columns: BTreeSet<String> =
                    row::kinds(&mut tx, table.name).await.expect("columns").into_iter().map(|(name, _)| name).collect();
                assert_eq!(table.all_columns().map(str::to_owned).collect::<BTreeSet<_>>(), columns, "{}", table.name);
                assert_eq!(table.all_columns().count(), columns.len(), "{} declares a column twice", table.name);
                let parents: Vec<String> =
                    tx.list_values("SELECT \"table\" FROM pragma_foreign_key_list($1)", &[table.name.into()]).await
                        .expect("foreign keys");
                for parent in parents.iter().filter(|parent| *parent != table.name) {
                    assert!(above.contains(parent), "{} points to {parent}, which comes later", table.name);
                }
                above.insert(table.name.to_owned());
            }
        })
        .await;
    }

    /// One row in every table, all of them about Wanda Exampleton, whose id is `id`: in her own columns and in whatever
    /// others may have written about her. And two lines in the audit log.
    pub(crate) async fn fill(db: &Db, id: Uuid) {
        let mut tx = db.begin().await.expect("tx");
        for table in WIRING.tables() {
            if !matches!(table.name, "privacy_epoch" | "audit_log_head" | "audit_log" | "audit_log_payload" | "erasure" | "opt_out") {
                let kinds = row::kinds(&mut tx, table.name).await.expect("columns");
                let row: Map<String, Json> =
                    kinds.iter().map(|(column, kind)| (column.clone(), cell(!table.people.is_empty(), column, *kind, id))).collect();
                row::insert(&mut tx, table.name, &kinds, &[row]).await.unwrap_or_else(|error| panic!("{}: {error}", table.name));
            }
        }
        audit_log::cover_all(&mut tx).await.expect("digests");
        audit(&Actor::System("test"), now(), "named", ResourceType::Heard, Uuid::now_v7())
            .with(json!({"by": "Wanda Exampleton"}))
            .record(&mut tx);
        audit(&Actor::System("test"), now(), "seated", ResourceType::Panelist, id).record(&mut tx);
        tx.commit().await.expect("commit");
    }

    /// Rows about Gus Guestman, who has no row of his own: he owns an item without an account, got email about it, drafted its response by a link,
    /// and was nominated. Every id that may be missing is. `guest` is the id of all these rows; `known` is that of what `fill` made.
    pub(crate) async fn fill_guests(db: &Db, known: Uuid, guest: Uuid) {
        let mut tx = db.begin().await.expect("tx");
        for table in WIRING.tables() {
            if !matches!(table.name, "outbox" | "nomination" | "nomination_endorsement" | "heard_item" | "response" | "response_version") {
                continue;
            }
            let kinds = row::kinds(&mut tx, table.name).await.expect("columns");
            let may_be_missing = nullable(&mut tx, table.name).await;
            let row: Map<String, Json> = kinds
                .iter()
                .map(|(column, kind)| {
                    let value = match (kind, column.as_str()) {
                        (_, "id" | "subject_id" | "heard_id" | "response_id" | "nomination_id") => json!(guest),
                        (_, "answered_at") => Json::Null,
                        (_, "merged_into") => json!(known),
                        (ColumnKind::Id, column) if may_be_missing.contains(column) => Json::Null,
                        (_, "owner_email" | "recipient" | "reach") => json!("Guest@example.com"),
                        (_, "owner_name" | "recipient_name" | "drafted_as" | "person") => json!("Gus Guestman"),
                        (_, "idempotency_key") => json!("another word"),
                        (ColumnKind::Text, "state" | "kind" | "network") => json!("word"),
                        (ColumnKind::Text, _) => json!("Gus Guestman said so"),
                        (ColumnKind::Json, _) => json!({"who": "Gus  Guestman"}),
                        (ColumnKind::Int, _) => json!(-8),
                        _ => cell(true, column, *kind, known),
                    };
                    (column.clone(), value)
                })
                .collect();
            row::insert(&mut tx, table.name, &kinds, &[row]).await.unwrap_or_else(|error| panic!("{}: {error}", table.name));
        }
        audit_log::cover_all(&mut tx).await.expect("digests");
        audit(&Actor::System("test"), now(), "named", ResourceType::Heard, guest).with(json!({"by": "Guestman, Gus"})).record(&mut tx);
        tx.commit().await.expect("commit");
    }

    /// The columns of a table that may be NULL.
    async fn nullable(tx: &mut Tx, table: &str) -> BTreeSet<String> {
        let ask = if tx.is_postgres() {
            "SELECT column_name::text FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = $1 AND is_nullable = 'YES'"
        } else {
            "SELECT name FROM pragma_table_info($1) WHERE \"notnull\" = 0"
        };
        let found: Vec<String> = tx.list_values(ask, &[table.into()]).await.expect("columns");
        found.into_iter().collect()
    }

    fn cell(is_personal: bool, column: &str, kind: ColumnKind, id: Uuid) -> Json {
        match (kind, column) {
            (ColumnKind::Text, "name") if !is_personal => json!("CAP Days"),
            (ColumnKind::Text, "name" | "recipient_name" | "initials" | "speaker") => json!("Wanda Exampleton"),
            (ColumnKind::Text, "email" | "recipient" | "owner_email") => json!("Wanda@example.com"),
            (ColumnKind::Text, "handle" | "handle_key") => json!("wanda_ex"),
            (ColumnKind::Text, "state" | "idempotency_key") => json!("word"),
            (ColumnKind::Text, "kind") => json!("media"),
            (ColumnKind::Text, "sentiment" | "reading") => json!("negative"),
            (ColumnKind::Text, "language_from") => json!("export"),
            (ColumnKind::Text, "survey_scale") => json!("10"),
            (ColumnKind::Text, "language" | "country") => json!("en"),
            (ColumnKind::Text, _) if column.ends_with("hash") => json!("abc"),
            (ColumnKind::Text, _) => json!("WANDA EXAMPLETON (@wanda_ex, wanda@example.com) “said” so\n— twice"),
            (ColumnKind::Int, _) => json!(-7),
            (ColumnKind::Float, _) => json!(0.1),
            (ColumnKind::Bool, _) => json!(true),
            // An item is not merged into itself, nor merged or withdrawn once it is answered; nobody confirms their own evidence.
            (_, "merged_into" | "answered_at" | "claimed_by") => Json::Null,
            (ColumnKind::Id, _) => json!(id),
            (ColumnKind::Time, _) => json!("2026-03-01T09:30:00.123456Z"),
            (ColumnKind::Day, _) => json!("2026-03-01"),
            (ColumnKind::Bytes, _) => json!("V0hTAQ=="),
            (ColumnKind::Json, _) => json!({"who": ["Wanda Exampleton"], "score": 0.5}),
        }
    }

    /// Everything that the database holds, as one text.
    pub(crate) async fn everything(tx: &mut Tx) -> String {
        let mut all = String::new();
        for table in WIRING.tables() {
            row::each(tx, table.name, |row| {
                all.push_str(&format!("{}: {}\n", table.name, Json::Object(row)));
                Ok(())
            })
            .await
            .expect("rows");
        }
        all
    }
}
