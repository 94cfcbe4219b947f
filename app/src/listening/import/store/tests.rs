//! Reasons that earlier releases stored as sentences: the migration turns them into codes with arguments.

use sqlx::AssertSqlSafe;

use crate::listening::import::{RowOutcome, RowReason, SkippedRow, store};
use crate::testing::each_db;
use crate::testing::fixture::{dell, import, newest_import};

const SQLITE: &str = include_str!("../../../../../migrations/sqlite/0106_row_reason.sql");
const POSTGRES: &str = include_str!("../../../../../migrations/postgres/0106_row_reason.sql");

const FILE: &str = "Date,Author,Text,Url\n2022-09-01,zoe,It died again and twice,https://x.com/zoe/status/1\n";

fn text(text: &str) -> String {
    text.to_owned()
}

#[tokio::test]
async fn sentences_of_earlier_releases_become_codes() {
    each_db(|db| async move {
        let earlier = [
            ("The text is missing.", RowReason::TextMissing),
            ("This voice has objected to being listened to.", RowReason::OptedOut),
            ("The voice is taken for a promoter.", RowReason::Advertiser),
            ("This post was here already; what it lacked was filled in.", RowReason::MentionCompleted),
            ("“31/02 “x”” is not a date that we can read.", RowReason::NotADate { text: text("31/02 “x”") }),
            ("“<b>” is not a handle: only letters, digits, “_”, “.” and “-” can be in one.", RowReason::NotAHandle { text: text("<b>") }),
            ("“ada@” is not an email address. It should look like name@example.com.", RowReason::NotAnEmail { text: text("ada@") }),
            ("The text is “#REF!”: a spreadsheet has destroyed it.", RowReason::TextDestroyed { text: text("#REF!") }),
            ("The date 2190-01-01 lies in the future.", RowReason::DateInFuture { date: text("2190-01-01") }),
            ("The date 1975-03-02 is implausible: it lies before 1990.", RowReason::DateTooEarly { date: text("1975-03-02"), year: 1990 }),
            ("Half a row: it has 2 of 14 columns.", RowReason::CellsMissing { cells: 2, columns: 14 }),
            ("It has 15 cells for 4 columns; a quotation mark may be missing.", RowReason::TooManyCells { cells: 15, columns: 4 }),
            (
                "This post is here already as “NEGATIVE”; “positive” was not taken over.",
                RowReason::SentimentKept { kept: text("NEGATIVE"), ignored: text("positive") },
            ),
            ("Something else. Entirely", RowReason::Other { text: text("Something else. Entirely") }),
        ];
        import(&db, FILE, dell()).await;
        let mut tx = db.begin().await.expect("tx");
        let run = newest_import(&mut tx).await;
        let row = |line, reason| SkippedRow { line, outcome: RowOutcome::Rejected, reason: Some(reason), ..SkippedRow::default() };
        let rows: Vec<SkippedRow> = (10..).zip(&earlier).map(|(line, (sentence, _))| row(line, RowReason::read(sentence, None))).collect();
        store::create_rows(&mut tx, run.id, &rows).await.expect("rows");
        // As they were before the migration: the sentence in the column of the code.
        for (line, (sentence, _)) in (10..).zip(&earlier) {
            let back = "UPDATE import_row SET reason = $3 WHERE run_id = $1 AND line = $2";
            tx.run(back, &[run.id.into(), i64::from(line).into(), (*sentence).into()]).await.expect("a sentence");
        }
        tx.run("ALTER TABLE import_row DROP COLUMN reason_args", &[]).await.expect("dropped");
        for statement in if tx.is_postgres() { POSTGRES } else { SQLITE }.split(";\n").map(str::trim).filter(|text| !text.is_empty()) {
            tx.run(AssertSqlSafe(statement.to_owned()), &[]).await.unwrap_or_else(|error| panic!("{statement}: {error}"));
        }
        let found = store::list_rows(&mut tx, run.id, &[], 9, 99).await.expect("rows");
        let found: Vec<RowReason> = found.into_iter().filter_map(|row| row.reason).collect();
        assert_eq!(found, earlier.map(|(_, reason)| reason));
    })
    .await;
}
