//! Every table of the house, parents before children: what backups copy, erasing walks and exports read.

use crate::db::{Table, epoch, journal, setting};

/// Each room's tables, in an order in which rows can be added without pointing at a row that is not there yet.
const ROOMS: &[&[Table]] = &[
    setting::TABLES,
    epoch::TABLES,
    crate::account::store::TABLES,
    crate::link::store::TABLES,
    journal::TABLES,
    crate::job::store::TABLES,
    crate::outbox::store::TABLES,
    crate::erasure::store::TABLES,
    crate::program::store::TABLES,
    crate::panel_day::store::TABLES,
    crate::author::store::TABLES,
    crate::import::store::TABLES,
    crate::raw::store::TABLES,
    crate::volume::store::TABLES,
    crate::mention::store::TABLES,
    crate::shout::store::TABLES,
    crate::topic::store::TABLES,
    crate::phrase::store::TABLES,
    crate::sentiment::store::TABLES,
    crate::customer::store::TABLES,
    crate::claim::store::TABLES,
    crate::feed::store::TABLES,
    crate::webhook::store::TABLES,
    crate::segment::store::TABLES,
    crate::movement::store::TABLES,
    crate::triage::store::TABLES,
    crate::nomination::store::TABLES,
    crate::candidate::store::TABLES,
    crate::invitation::store::TABLES,
    crate::panelist::store::TABLES,
    crate::session::store::TABLES,
    crate::note::store::TABLES,
    crate::heard::store::TABLES,
    crate::response::store::TABLES,
    crate::report::store::TABLES,
];

/// All tables, parents first.
#[must_use]
pub fn tables() -> Vec<&'static Table> {
    ROOMS.iter().flat_map(|room| room.iter()).collect()
}

#[cfg(test)]
pub(crate) mod tests {
    use std::collections::BTreeSet;

    use serde_json::{Map, Value as Json, json};
    use uuid::Uuid;

    use super::*;
    use crate::account::Actor;
    use crate::activity::{Thing, act::did};
    use crate::clock::now;
    use crate::db::row::{self, Kind};
    use crate::db::{Db, Tx};
    use crate::sql;
    use crate::testing::each_db;

    #[tokio::test]
    async fn every_column_is_declared_once_and_parents_come_first() {
        each_db(|db| async move {
            let mut tx = db.read().await.expect("tx");
            if tx.is_postgres() {
                return;
            }
            let exist: BTreeSet<String> = sql!(tx, |c| sqlx::query_scalar(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '_sqlx%' AND name NOT LIKE 'mention_search%'"
            )
            .fetch_all(c)
            .await)
            .expect("tables")
            .into_iter()
            .collect();
            let declared: BTreeSet<String> = tables().iter().map(|table| table.name.to_owned()).collect();
            assert_eq!(declared.len(), tables().len(), "a table is declared twice");
            assert_eq!(declared, exist);

            let mut above = BTreeSet::new();
            for table in tables() {
                let columns: BTreeSet<String> =
                    row::kinds(&mut tx, table.name).await.expect("columns").into_iter().map(|(name, _)| name).collect();
                assert_eq!(table.all_columns().map(str::to_owned).collect::<BTreeSet<_>>(), columns, "{}", table.name);
                assert_eq!(table.all_columns().count(), columns.len(), "{} declares a column twice", table.name);
                let parents: Vec<String> =
                    sql!(tx, |c| sqlx::query_scalar("SELECT \"table\" FROM pragma_foreign_key_list($1)").bind(table.name).fetch_all(c).await)
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
    /// others may have written about her. And two lines in the journal.
    pub(crate) async fn fill(db: &Db, id: Uuid) {
        let mut tx = db.begin().await.expect("tx");
        for table in tables() {
            if !matches!(table.name, "privacy_epoch" | "activity_head" | "activity" | "activity_payload" | "erasure" | "objection") {
                let kinds = row::kinds(&mut tx, table.name).await.expect("columns");
                let row: Map<String, Json> =
                    kinds.iter().map(|(column, kind)| (column.clone(), cell(!table.people.is_empty(), column, *kind, id))).collect();
                row::insert(&mut tx, table.name, &kinds, &[row]).await.unwrap_or_else(|error| panic!("{}: {error}", table.name));
            }
        }
        journal::cover_all(&mut tx).await.expect("digests");
        did(&Actor::System("test"), now(), "named", Thing::Heard, Uuid::now_v7()).with(json!({"by": "Wanda Exampleton"})).record(&mut tx);
        did(&Actor::System("test"), now(), "seated", Thing::Panelist, id).record(&mut tx);
        tx.commit().await.expect("commit");
    }

    /// Rows about Gus Guestman, who has no row of his own: he owns an item without an account, got mail about it, drafted its response by a link,
    /// and was nominated. Every id that may be missing is. `guest` is the id of all these rows; `known` is that of what `fill` made.
    pub(crate) async fn fill_guests(db: &Db, known: Uuid, guest: Uuid) {
        let mut tx = db.begin().await.expect("tx");
        for table in tables() {
            if !matches!(table.name, "outbox" | "nomination" | "nomination_hearing" | "heard_item" | "response" | "response_version") {
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
                        (Kind::Id, column) if may_be_missing.contains(column) => Json::Null,
                        (_, "owner_email" | "recipient" | "reach") => json!("Guest@example.com"),
                        (_, "owner_name" | "recipient_name" | "drafted_as" | "person") => json!("Gus Guestman"),
                        (_, "idempotency_key") => json!("another word"),
                        (Kind::Text, "state" | "kind" | "network") => json!("word"),
                        (Kind::Text, _) => json!("Gus Guestman said so"),
                        (Kind::Json, _) => json!({"who": "Gus  Guestman"}),
                        (Kind::Int, _) => json!(-8),
                        _ => cell(true, column, *kind, known),
                    };
                    (column.clone(), value)
                })
                .collect();
            row::insert(&mut tx, table.name, &kinds, &[row]).await.unwrap_or_else(|error| panic!("{}: {error}", table.name));
        }
        journal::cover_all(&mut tx).await.expect("digests");
        did(&Actor::System("test"), now(), "named", Thing::Heard, guest).with(json!({"by": "Guestman, Gus"})).record(&mut tx);
        tx.commit().await.expect("commit");
    }

    /// The columns of a table that may be NULL.
    async fn nullable(tx: &mut Tx, table: &str) -> BTreeSet<String> {
        let ask = if tx.is_postgres() {
            "SELECT column_name::text FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = $1 AND is_nullable = 'YES'"
        } else {
            "SELECT name FROM pragma_table_info($1) WHERE \"notnull\" = 0"
        };
        let found: Vec<String> = sql!(tx, |c| sqlx::query_scalar(ask).bind(table).fetch_all(c).await).expect("columns");
        found.into_iter().collect()
    }

    fn cell(is_personal: bool, column: &str, kind: Kind, id: Uuid) -> Json {
        match (kind, column) {
            (Kind::Text, "name") if !is_personal => json!("CAP Days"),
            (Kind::Text, "name" | "recipient_name" | "initials" | "speaker") => json!("Wanda Exampleton"),
            (Kind::Text, "email" | "recipient" | "owner_email") => json!("Wanda@example.com"),
            (Kind::Text, "handle" | "handle_key") => json!("wanda_ex"),
            (Kind::Text, "state" | "kind" | "idempotency_key") => json!("word"),
            (Kind::Text, "sentiment" | "reading") => json!("negative"),
            (Kind::Text, "language_from") => json!("export"),
            (Kind::Text, "language" | "country") => json!("en"),
            (Kind::Text, _) if column.ends_with("hash") => json!("abc"),
            (Kind::Text, _) => json!("WANDA EXAMPLETON (@wanda_ex, wanda@example.com) “said” so\n— twice"),
            (Kind::Int, _) => json!(-7),
            (Kind::Float, _) => json!(0.1),
            (Kind::Bool, _) => json!(true),
            // An item is not merged into itself, nor merged or withdrawn once it is answered; nobody confirms their own evidence.
            (_, "merged_into" | "answered_at" | "claimed_by") => Json::Null,
            (Kind::Id, _) => json!(id),
            (Kind::Time, _) => json!("2026-03-01T09:30:00.123456Z"),
            (Kind::Day, _) => json!("2026-03-01"),
            (Kind::Bytes, _) => json!("V0hTAQ=="),
            (Kind::Json, _) => json!({"who": ["Wanda Exampleton"], "score": 0.5}),
        }
    }

    /// Everything that the database holds, as one text.
    pub(crate) async fn everything(tx: &mut Tx) -> String {
        let mut all = String::new();
        for table in tables() {
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
