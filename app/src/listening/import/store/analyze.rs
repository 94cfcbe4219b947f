//! What PostgreSQL is told after many new rows. SQLite needs nothing of the kind.

use crate::db::Tx;
use crate::kernel::error::Result;

/// PostgreSQL takes note of many new mentions at once, instead of when its housekeeping comes round: until then it searches for words in a
/// list of what is not filed yet, and plans as for smaller tables. SQLite needs nothing of the kind.
pub async fn analyze_tables(tx: &mut Tx) -> Result<()> {
    if tx.is_postgres() {
        for statement in [
            "SELECT gin_clean_pending_list('mention_search_words')",
            "ANALYZE mention, mention_search, mention_slice, author, assessment, repeated_mention",
        ] {
            tx.run(statement, &[]).await?;
        }
    }
    Ok(())
}

/// How many times as large the tables may have grown before PostgreSQL counts them again in the middle of an import.
const GROWTH: i64 = 4;

/// PostgreSQL goes on with the plan that it made for a statement while the tables were small, which is to read all of them, until they are
/// analyzed: its housekeeping comes round once a minute, and meanwhile more than half of an import into a new database went into looking up
/// authors and mentions. `mentions` is how many this run has saved so far.
pub async fn analyze_when_grown(tx: &mut Tx, mentions: i64) -> Result<()> {
    if !tx.is_postgres() {
        return Ok(());
    }
    let planned: i64 = tx.value("SELECT CAST(reltuples AS BIGINT) FROM pg_class WHERE oid = CAST('mention' AS regclass)", &[]).await?;
    if planned.saturating_mul(GROWTH) < mentions {
        tx.run("ANALYZE mention, author, assessment, repeated_mention", &[]).await?;
    }
    Ok(())
}
