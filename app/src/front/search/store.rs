//! Panelists by name or email, over all panel days.

use sqlx::AssertSqlSafe;

use crate::db::{Filter, Tx};
use crate::kernel::error::Result;
use crate::kernel::ids::PanelDayId;
use crate::recruiting::panelist::Panelist;

fn filter(tx: &Tx, words: &str, days: Option<&[PanelDayId]>) -> Filter {
    let mut filter = Filter::new();
    if let Some(days) = days {
        filter.any("panel_day_id", days.iter().map(|day| (*day).into()));
    }
    // The email of an erased panelist is empty.
    filter.and("email <> ''", []).contains(tx, &["name", "email"], words);
    filter
}

/// Panelists whose name or email contains `words`, on `days` or on all, newest first.
pub async fn list(tx: &mut Tx, words: &str, days: Option<&[PanelDayId]>, limit: i64) -> Result<Vec<Panelist>> {
    let filter = filter(tx, words, days);
    let statement = format!("SELECT * FROM panelist{} ORDER BY accepted_at DESC, id LIMIT ${}", filter.clause(), filter.next());
    tx.list(AssertSqlSafe(statement), &filter.with([limit.into()])).await
}

/// How many there are.
pub async fn count(tx: &mut Tx, words: &str, days: Option<&[PanelDayId]>) -> Result<i64> {
    let filter = filter(tx, words, days);
    let statement = format!("SELECT COUNT(*) FROM panelist{}", filter.clause());
    tx.value(AssertSqlSafe(statement), filter.values()).await
}
