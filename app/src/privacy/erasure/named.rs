//! Removes a person's name from what others wrote: original rows, payloads of the audit log, texts, mentions.

use super::rules::Traces;
use super::steps::ErasureSteps;
use super::store;
use crate::db::{Tx, audit_log};
use crate::kernel::error::Result;
use crate::listening::{mention, source_row};
/// Texts by others that are replaced in one step.
const TEXTS_AT_ONCE: usize = 20;
/// Mentions, and payloads, that are searched in one step.
const SEARCHED_AT_ONCE: i64 = 2_000;

/// A row of a file says more about whom it names than a name: all of it goes.
pub(super) async fn erase_rows_of_files(steps: &mut ErasureSteps<'_>, traces: &Traces) -> Result<()> {
    let mut after = None;
    loop {
        let (found, next) = steps.read(|tx, _| Box::pin(source_row::store::list_where(tx, after, |row| traces.finds(row)))).await?;
        for part in found.chunks(TEXTS_AT_ONCE) {
            steps.write(|tx, _| Box::pin(source_row::store::delete_where(tx, part, |row| traces.finds(row)))).await?;
        }
        if next.is_none() {
            return Ok(());
        }
        after = next;
    }
}

pub(super) async fn erase_naming_payloads(
    steps: &mut ErasureSteps<'_>,
    traces: &Traces,
    about: impl Fn(&mut Tx) + Copy + Send + Sync,
) -> Result<()> {
    let mut after = 0;
    loop {
        let (found, last) = steps.read(|tx, _| Box::pin(list_naming_payloads(tx, traces, after))).await?;
        if !found.is_empty() {
            let found = &found;
            steps
                .write(|tx, _| {
                    Box::pin(async move {
                        audit_log::erase(tx, found).await?;
                        about(tx);
                        Ok(())
                    })
                })
                .await?;
        }
        match last {
            Some(last) => after = last,
            None => return Ok(()),
        }
    }
}

async fn list_naming_payloads(tx: &mut Tx, traces: &Traces, after: i64) -> Result<(Vec<i64>, Option<i64>)> {
    let mut found = Vec::new();
    let last = audit_log::each_payload(tx, after, SEARCHED_AT_ONCE, |seq, payload| {
        if traces.scrub_json(payload).is_some() {
            found.push(seq);
        }
    })
    .await?;
    Ok((found, last))
}

/// Replaces the name in what others wrote; gives how many rows changed.
pub(super) async fn erase_names(
    steps: &mut ErasureSteps<'_>,
    traces: &Traces,
    about: impl Fn(&mut Tx) + Copy + Send + Sync,
) -> Result<u64> {
    let mut changed = 0;
    for table in steps.tables().into_iter().filter(|table| table.name != "mention" && !table.name.starts_with("audit_log")) {
        let named = steps.read(|tx, _| Box::pin(store::list_named(tx, table, traces))).await?;
        for part in named.chunks(TEXTS_AT_ONCE) {
            changed += steps
                .write(|tx, _| {
                    Box::pin(async move {
                        let changed = store::replace_named(tx, table, part).await?;
                        about(tx);
                        Ok(changed)
                    })
                })
                .await?;
        }
    }
    Ok(changed)
}

pub(super) async fn erase_names_in_mentions(steps: &mut ErasureSteps<'_>, traces: &Traces) -> Result<u64> {
    let (mut changed, mut after) = (0, None);
    loop {
        let (mentions, last) = steps.read(|tx, _| Box::pin(store::list_naming_mentions(tx, traces, after, SEARCHED_AT_ONCE))).await?;
        for part in mentions.chunks(TEXTS_AT_ONCE) {
            steps
                .write(|tx, _| {
                    Box::pin(async move {
                        store::replace_mentions(tx, part).await?;
                        mention::index::refresh(tx, &part.iter().map(|mention| mention.id).collect::<Vec<_>>()).await
                    })
                })
                .await?;
            changed += part.len() as u64;
        }
        if last.is_none() {
            return Ok(changed);
        }
        after = last;
    }
}
