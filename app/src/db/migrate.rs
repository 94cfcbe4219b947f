//! Migrations: `migrations/*.sql` for both databases, `migrations/{sqlite,postgres}/` for what truly differs, merged by number.

use std::borrow::Cow;
use std::collections::BTreeSet;

use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::{AssertSqlSafe, SqlSafeStr};

use super::Tx;

/// The migration from which on lines of the audit log are hashed with the server's key.
pub(super) const AUDIT_LOG_KEY: i64 = 91;

/// (number, name, database or none for both, text).
type MigrationFile = (i64, &'static str, Option<&'static str>, &'static str);

const FILES: &[MigrationFile] = &[
    (1, "doors", None, include_str!("../../../migrations/0001_doors.sql")),
    (2, "listen", None, include_str!("../../../migrations/0002_listen.sql")),
    (3, "recruit", None, include_str!("../../../migrations/0003_recruit.sql")),
    (4, "run", None, include_str!("../../../migrations/0004_run.sql")),
    (5, "follow_up", None, include_str!("../../../migrations/0005_follow_up.sql")),
    (10, "reading", None, include_str!("../../../migrations/0010_reading.sql")),
    (20, "sentiment", None, include_str!("../../../migrations/0020_sentiment.sql")),
    (21, "preset", None, include_str!("../../../migrations/0021_preset.sql")),
    (22, "counting", None, include_str!("../../../migrations/0022_counting.sql")),
    (30, "topic", None, include_str!("../../../migrations/0030_topic.sql")),
    (31, "mention_topic", Some("sqlite"), include_str!("../../../migrations/sqlite/0031_mention_topic.sql")),
    (32, "mention_topic", Some("postgres"), include_str!("../../../migrations/postgres/0032_mention_topic.sql")),
    (35, "search", None, include_str!("../../../migrations/0035_search.sql")),
    (36, "words", Some("postgres"), include_str!("../../../migrations/postgres/0036_words.sql")),
    (36, "words", Some("sqlite"), include_str!("../../../migrations/sqlite/0036_words.sql")),
    (40, "feed", None, include_str!("../../../migrations/0040_feed.sql")),
    (41, "movement", None, include_str!("../../../migrations/0041_movement.sql")),
    (42, "shout", None, include_str!("../../../migrations/0042_shout.sql")),
    (50, "triage", None, include_str!("../../../migrations/0050_triage.sql")),
    (51, "triage_order", None, include_str!("../../../migrations/0051_triage_order.sql")),
    (60, "task", None, include_str!("../../../migrations/0060_task.sql")),
    (61, "nomination", None, include_str!("../../../migrations/0061_nomination.sql")),
    (62, "webhook", None, include_str!("../../../migrations/0062_webhook.sql")),
    (63, "triage_clock", None, include_str!("../../../migrations/0063_triage_clock.sql")),
    (65, "habit", None, include_str!("../../../migrations/0065_habit.sql")),
    (66, "claim", None, include_str!("../../../migrations/0066_claim.sql")),
    (67, "reach", None, include_str!("../../../migrations/0067_reach.sql")),
    (70, "merge", Some("sqlite"), include_str!("../../../migrations/sqlite/0070_merge.sql")),
    (71, "movement_flow", None, include_str!("../../../migrations/0071_movement_flow.sql")),
    (72, "new_voices", None, include_str!("../../../migrations/0072_new_voices.sql")),
    (73, "segment_count", None, include_str!("../../../migrations/0073_segment_count.sql")),
    (74, "movement_order", None, include_str!("../../../migrations/0074_movement_order.sql")),
    (75, "mention_author", None, include_str!("../../../migrations/0075_mention_author.sql")),
    (76, "copies_by_place", Some("postgres"), include_str!("../../../migrations/postgres/0076_copies_by_place.sql")),
    (76, "copies_by_place", Some("sqlite"), include_str!("../../../migrations/sqlite/0076_copies_by_place.sql")),
    (77, "repeated_rows", None, include_str!("../../../migrations/0077_repeated_rows.sql")),
    (78, "score_day", None, include_str!("../../../migrations/0078_score_day.sql")),
    (79, "raw_block", Some("postgres"), include_str!("../../../migrations/postgres/0079_raw_block.sql")),
    (79, "raw_block", Some("sqlite"), include_str!("../../../migrations/sqlite/0079_raw_block.sql")),
    (80, "unit_turn", Some("postgres"), include_str!("../../../migrations/postgres/0080_unit_turn.sql")),
    (81, "living_items", None, include_str!("../../../migrations/0081_living_items.sql")),
    (82, "one_draft", None, include_str!("../../../migrations/0082_one_draft.sql")),
    (83, "second_person", None, include_str!("../../../migrations/0083_second_person.sql")),
    (84, "report_answer", None, include_str!("../../../migrations/0084_report_answer.sql")),
    (87, "account_revision", None, include_str!("../../../migrations/0087_account_revision.sql")),
    (88, "invitation_answer", None, include_str!("../../../migrations/0088_invitation_answer.sql")),
    (90, "privacy_epoch", None, include_str!("../../../migrations/0090_privacy_epoch.sql")),
    (AUDIT_LOG_KEY, "audit_log_key", None, include_str!("../../../migrations/0091_audit_log_key.sql")),
    (92, "erasure_plan", None, include_str!("../../../migrations/0092_erasure_plan.sql")),
    (94, "import_file_kept", None, include_str!("../../../migrations/0094_import_file_kept.sql")),
    (95, "folded", Some("postgres"), include_str!("../../../migrations/postgres/0095_folded.sql")),
    (97, "job", None, include_str!("../../../migrations/0097_job.sql")),
    (98, "task", Some("postgres"), include_str!("../../../migrations/postgres/0098_task.sql")),
    (98, "task", Some("sqlite"), include_str!("../../../migrations/sqlite/0098_task.sql")),
    (99, "import_job", Some("postgres"), include_str!("../../../migrations/postgres/0099_import_job.sql")),
    (99, "import_job", Some("sqlite"), include_str!("../../../migrations/sqlite/0099_import_job.sql")),
    (100, "outbox_sending", None, include_str!("../../../migrations/0100_outbox_sending.sql")),
    (101, "mail_jobs", Some("postgres"), include_str!("../../../migrations/postgres/0101_mail_jobs.sql")),
    (101, "mail_jobs", Some("sqlite"), include_str!("../../../migrations/sqlite/0101_mail_jobs.sql")),
    (102, "audit_log", None, include_str!("../../../migrations/0102_audit_log.sql")),
    (103, "listening_names", None, include_str!("../../../migrations/0103_listening_names.sql")),
    (104, "names", None, include_str!("../../../migrations/0104_names.sql")),
    (105, "constraint_names", Some("postgres"), include_str!("../../../migrations/postgres/0105_constraint_names.sql")),
    (106, "row_reason", Some("postgres"), include_str!("../../../migrations/postgres/0106_row_reason.sql")),
    (106, "row_reason", Some("sqlite"), include_str!("../../../migrations/sqlite/0106_row_reason.sql")),
    (107, "branding", None, include_str!("../../../migrations/0107_branding.sql")),
    (110, "returned_answer", None, include_str!("../../../migrations/0110_returned_answer.sql")),
    (113, "roster_details", None, include_str!("../../../migrations/0113_roster_details.sql")),
    (114, "customer_link", None, include_str!("../../../migrations/0114_customer_link.sql")),
    (117, "author_signs", None, include_str!("../../../migrations/0117_author_signs.sql")),
    (118, "author_kind_model", None, include_str!("../../../migrations/0118_author_kind_model.sql")),
    (125, "reconfirmation", None, include_str!("../../../migrations/0125_reconfirmation.sql")),
    (127, "kind_slice", None, include_str!("../../../migrations/0127_kind_slice.sql")),
];

/// Sixteen hexadecimal digits that differ where any migration does.
pub(super) fn fingerprint() -> String {
    let all: String = FILES.iter().map(|(.., text)| *text).collect();
    crate::kernel::secret::fingerprint(&all)[..16].to_owned()
}

/// The number of the newest migration of any database.
pub(super) fn newest() -> i64 {
    FILES.iter().map(|(number, ..)| *number).max().unwrap_or(0)
}

/// The number of the newest migration of one database, which may be older than the other's.
pub(super) fn newest_for(database: &str) -> i64 {
    newest_of(FILES, database)
}

fn newest_of(files: &[MigrationFile], database: &str) -> i64 {
    files_for(files, database).map(|(number, ..)| *number).max().unwrap_or(0)
}

/// The migrations that one database runs.
fn files_for<'a>(files: &'a [MigrationFile], database: &'a str) -> impl Iterator<Item = &'a MigrationFile> {
    files.iter().filter(move |(_, _, only, _)| only.is_none_or(|only| only == database))
}

/// The texts of one database's migrations after `from` up to `to`, in order.
pub(super) fn texts(database: &str, from: i64, to: i64) -> impl Iterator<Item = &'static str> {
    files_for(FILES, database).filter(move |(number, ..)| (from + 1..=to).contains(number)).map(|(.., text)| *text)
}

/// What migrations have made under any name, whether or not it is still there.
#[derive(Default)]
pub(super) struct NamesMade {
    pub tables: BTreeSet<String>,
    pub functions: BTreeSet<String>,
}

pub(super) fn names_made(database: &str) -> NamesMade {
    let mut made = NamesMade::default();
    for text in texts(database, 0, i64::MAX) {
        let code: String = text.lines().filter(|line| !line.trim_start().starts_with("--")).flat_map(|line| [line, "\n"]).collect();
        let words: Vec<&str> = code.split(|c: char| c.is_whitespace() || matches!(c, '(' | ';')).filter(|word| !word.is_empty()).collect();
        for at in 0..words.len() {
            match words[at..] {
                ["CREATE", "TABLE", "IF", "NOT", "EXISTS", name, ..]
                | ["CREATE", "TABLE", name, ..]
                | ["CREATE", "VIRTUAL", "TABLE", name, ..]
                | ["RENAME", "TO", name, ..] => made.tables.insert(name.to_owned()),
                ["CREATE", "FUNCTION", name, ..] => made.functions.insert(name.to_owned()),
                _ => false,
            };
        }
    }
    made
}

/// How `FILES` calls the database behind a transaction.
pub(super) fn database(tx: &Tx) -> &'static str {
    if tx.is_postgres() { "postgres" } else { "sqlite" }
}

/// The migrations of one database.
pub(super) fn migrator(database: &str) -> Migrator {
    let migrations = files_for(FILES, database)
        .map(|&(number, name, _, text)| {
            Migration::new(number, Cow::Borrowed(name), MigrationType::Simple, AssertSqlSafe(text).into_sql_str(), false)
        })
        .collect();
    Migrator::with_migrations(migrations)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::each_db;

    #[test]
    fn a_migration_of_one_database_is_not_expected_of_the_other() {
        let files: &[MigrationFile] = &[(1, "doors", None, ""), (2, "turn", Some("postgres"), "")];
        assert_eq!((newest_of(files, "sqlite"), newest_of(files, "postgres")), (1, 2));
    }

    #[tokio::test]
    async fn a_fresh_database_is_ready() {
        each_db(|db| async move { db.check().await.expect("ready") }).await;
    }

    #[test]
    fn every_file_is_listed_once_under_its_number() {
        let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../migrations");
        let mut found = Vec::new();
        for (folder, database) in [("", None), ("/sqlite", Some("sqlite")), ("/postgres", Some("postgres"))] {
            let Ok(files) = std::fs::read_dir(format!("{root}{folder}")) else { continue };
            for file in files {
                let name = file.expect("a file").file_name().into_string().expect("a name");
                if let Some(stem) = name.strip_suffix(".sql") {
                    let (number, name) = stem.split_once('_').expect("NNNN_name.sql");
                    found.push((number.parse::<i64>().expect("a number"), name.to_owned(), database));
                }
            }
        }
        found.sort();
        let listed: Vec<_> = FILES.iter().map(|(number, name, only, _)| (*number, (*name).to_owned(), *only)).collect();
        assert_eq!(found, listed);
    }
}
