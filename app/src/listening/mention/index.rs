//! The index of words, kept equal to the mentions.

use super::store::{self, IndexedMention};
use super::{Mention, place};
use crate::db::{Db, Tx};
use crate::kernel::error::Result;
use crate::kernel::ids::{MentionId, ProgramId};
use crate::listening::search::{self, Facet, words};
use crate::listening::sentiment::rules::language;
use crate::listening::volume::{self, country};
use crate::program;

/// Mentions indexed in one transaction.
const BATCH: i64 = 1000;

/// What a mention is found by: its words, its author, network, language and country.
#[must_use]
pub fn document(text: &str, network: &str, handle_key: &str, language_tag: Option<&str>, country_name: Option<&str>) -> String {
    words::document(
        text,
        &[
            (Facet::Author, handle_key),
            (Facet::Network, network),
            (Facet::Language, &language(language_tag.unwrap_or_default())),
            (Facet::Country, &country(country_name)),
        ],
    )
}

fn entry(found: &IndexedMention) -> search::store::IndexEntry {
    let IndexedMention { no, text, network, handle_key, language, country } = found;
    (*no, document(text, network, handle_key, language.as_deref(), country.as_deref()))
}

/// Re-indexes mentions whose words, language or country changed.
///
/// # Errors
/// What the database says.
pub async fn refresh(tx: &mut Tx, ids: &[MentionId]) -> Result<()> {
    let mut entries: Vec<_> = store::list_found(tx, ids).await?.iter().map(entry).collect();
    search::store::delete(tx, &entries.iter().map(|(no, _)| *no).collect::<Vec<_>>()).await?;
    search::store::create(tx, &mut entries).await
}

/// Removes deleted mentions.
///
/// # Errors
/// What the database says.
pub async fn take(tx: &mut Tx, gone: &[Mention]) -> Result<()> {
    search::store::delete(tx, &gone.iter().map(|mention| mention.no).collect::<Vec<_>>()).await
}

/// Re-indexes all mentions of a program in batches, so that at most one batch is missing at a time. Returns the number of mentions.
///
/// # Errors
/// `NotFound` for an unknown program.
pub async fn rebuild(db: &Db, program: ProgramId) -> Result<u64> {
    let (mut from, end) = place::between(program::store::number(&mut db.read().await?, program).await?, None, None);
    let mut mentions = 0;
    loop {
        let mut tx = db.begin().await?;
        let last = rebuild_some(&mut tx, from, end, &mut mentions).await?;
        tx.commit().await?;
        match last {
            Some(last) => from = last + 1,
            None => return Ok(mentions),
        }
    }
}

/// Re-indexes and recounts all mentions in the caller's transaction: after a restore, which contains mentions only.
///
/// # Errors
/// What the database says.
pub async fn rebuild_all(tx: &mut Tx) -> Result<()> {
    search::store::delete_between(tx, i64::MIN, i64::MAX).await?;
    for program in program::store::list(tx).await? {
        let (mut from, end) = place::between(program::store::number(tx, program.id).await?, None, None);
        while let Some(last) = rebuild_some(tx, from, end, &mut 0).await? {
            from = last + 1;
        }
        volume::store::rebuild(tx, program.id).await?;
    }
    Ok(())
}

/// One batch; gives the last place that was indexed, none after the last batch.
async fn rebuild_some(tx: &mut Tx, from: i64, end: i64, mentions: &mut u64) -> Result<Option<i64>> {
    let found = store::list_found_between(tx, from, end, BATCH).await?;
    let last = if found.len() < usize::try_from(BATCH).unwrap_or(0) { None } else { found.last().map(|mention| mention.no) };
    search::store::replace_between(tx, from, last.unwrap_or(end), found.iter().map(entry).collect()).await?;
    *mentions += found.len() as u64;
    Ok(last)
}
