//! A tab of `/listen/triage` as CSV.

use chrono_tz::Tz;

use super::case::{holder, names};
use super::page::{TriageQuery, TriageTab, offered_days};
use super::store::{self, MAX_COUNTED};
use crate::db::Tx;
use crate::kernel::clock::{Time, csv_time};
use crate::kernel::error::Result;
use crate::kernel::export;

/// A tab as CSV: its cases, and after new ones the suggested mentions.
///
/// # Errors
/// What the database says.
pub async fn csv(tx: &mut Tx, asked: &TriageQuery, now: Time) -> Result<Vec<u8>> {
    let names = names(tx).await?;
    let cases = store::list(tx, &asked.search, MAX_COUNTED, 0).await?;
    let offered = match (asked.tab, offered_days(tx, asked.search.program).await?) {
        (TriageTab::New, Some(days)) if asked.search.unit.is_none() => {
            store::list_offered(tx, asked.search.program, days, MAX_COUNTED, 0).await?
        }
        _ => Vec::new(),
    };
    let heads = [
        "Status",
        "Late",
        "Assigned to",
        "Added",
        "Due",
        "First assigned",
        "Routed",
        "Answered",
        "Answer",
        "Reason",
        "Closed",
        "Written",
        "Network",
        "Handle",
        "Text",
        "Link",
    ];
    let at = |time: Option<Time>| time.map(|time| csv_time(time, Tz::UTC)).unwrap_or_default();
    let cases = cases.into_iter().map(|row| {
        let (case, open) = (&row.case, row.case.state.is_open());
        vec![
            case.state.label().to_owned(),
            if case.is_late(now) { "yes".to_owned() } else { "no".to_owned() },
            if open { holder(case, &names) } else { String::new() },
            at(Some(case.opened_at)),
            at(Some(case.due_at)),
            at(case.taken_at),
            at(case.routed_at),
            at(case.answered_at),
            case.answer_url.clone().unwrap_or_default(),
            case.reason.clone().unwrap_or_default(),
            at(case.closed_at),
            at(Some(row.at)),
            row.network.clone(),
            row.handle.clone(),
            row.text.clone(),
            row.url.clone().unwrap_or_default(),
        ]
    });
    let offered = offered.into_iter().map(|listed| {
        let mention = listed.mention;
        let mut cells = vec!["suggested".to_owned()];
        cells.extend((0..10).map(|_| String::new()));
        cells.extend([at(Some(mention.at)), mention.network, listed.handle, mention.text, mention.url.unwrap_or_default()]);
        cells
    });
    Ok(export::csv(&heads, cases.chain(offered)))
}
