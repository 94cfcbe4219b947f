//! Purges what is past its retention, removes what was deleted at the source, and recalculates counts.
//!
//! All of it goes in short transactions: nobody waits behind it, and what is cut off goes on the next time.

use std::collections::{BTreeSet, HashMap};

use chrono::{Duration, Months};
use serde::Serialize;
use serde_json::json;

use crate::access::account::{Actor, Permission};
use crate::access::audit::ResourceType;
use crate::access::audit::act::audit;
use crate::casework::nomination;
use crate::db::{Db, Tx, epoch, setting};
use crate::kernel::clock::{Time, now};
use crate::kernel::error::{Error, Result};
use crate::kernel::ids::{AuthorId, ProgramId};
use crate::listening::mention::rollup::counted;
use crate::listening::mention::signs::SignReader;
use crate::listening::mention::{self, Mention};
use crate::listening::segment::act::AuthorTallies;
use crate::listening::{author, import, search, segment, segment_change, source_row, topic, volume};
use crate::program::{self, Program};

/// Mentions deleted in one transaction.
const MENTIONS_AT_ONCE: i64 = 1000;
/// Authors recalculated in one transaction.
const AUTHORS_AT_ONCE: i64 = 200;

/// What a purge took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Purged {
    pub source_rows: u64,
    pub mentions: u64,
    pub nominations: u64,
}

/// Takes what every program's retention says: the text of source rows after its days, mentions after its months. Both are counted from
/// the import: an export of years ago is not gone an hour after somebody brought it. Authors that are left with other mentions
/// are assessed anew. Nominations go after the same months, and whoever asked for a link and nominated nothing.
///
/// # Errors
/// `Forbidden` for those who may not import.
pub async fn purge(db: &Db, actor: &Actor, now: Time) -> Result<Purged> {
    actor.may(Permission::Import)?;
    let programs = program::store::list(&mut db.read().await?).await?;
    let mut all = Purged::default();
    for program in &programs {
        let mut purged = Purged::default();
        let (rows_before, mentions_before) = (now - Duration::days(program.charter.source_row_days), mentions_until(program, now));
        // A row says what its mention says: it is kept no longer.
        let rows_before = mentions_before.map_or(rows_before, |mentions_before| rows_before.max(mentions_before));
        while let Some(run) = source_row::store::find_old(&mut db.read().await?, program.id, rows_before).await? {
            purged.source_rows += import::batch::undo::delete_source_rows(db, run).await?;
        }
        if let Some(before) = mentions_before {
            let mut speaking = BTreeSet::new();
            loop {
                let mut tx = db.begin().await?;
                epoch::raise(&mut tx).await?;
                let gone = mention::store::delete_imported_before(&mut tx, program.id, before, MENTIONS_AT_ONCE).await?;
                purged.mentions += gone.len() as u64;
                import::batch::undo::take_back(&mut tx, program.id, &gone, &mut speaking).await?;
                tx.commit().await?;
                if gone.is_empty() {
                    break;
                }
            }
            assess(db, now, program.id, speaking).await?;
            let mut tx = db.begin().await?;
            purged.nominations = nomination::store::purge(&mut tx, program.id, before).await?;
            tx.commit().await?;
        }
        if purged != Purged::default() {
            let mut tx = db.begin().await?;
            audit(actor, now, "purged", ResourceType::Program, program.id).with(json!(purged)).record(&mut tx);
            tx.commit().await?;
        }
        all.source_rows += purged.source_rows;
        all.mentions += purged.mentions;
        all.nominations += purged.nominations;
    }
    let mut tx = db.begin().await?;
    nomination::store::purge_idle(&mut tx, now - Duration::days(nomination::rules::IDLE_DAYS)).await?;
    tx.commit().await?;
    Ok(all)
}

/// Mentions imported before this moment are no longer kept; none where a program's months reach beyond all calendars.
fn mentions_until(program: &Program, now: Time) -> Option<Time> {
    now.checked_sub_months(Months::new(u32::try_from(program.charter.mention_months).ok()?))
}

/// Removes mentions that were deleted where they were written, by their network's ids. Gives how many were here.
///
/// # Errors
/// `Forbidden` for those who may not import; `NotFound` for an unknown program.
pub async fn remove(db: &Db, actor: &Actor, now: Time, program: ProgramId, ids: &[String]) -> Result<u64> {
    actor.may(Permission::Import)?;
    program::store::find(&mut db.read().await?, program).await?.ok_or(Error::NotFound)?;
    let (mut count, mut speaking) = (0, BTreeSet::new());
    for part in ids.chunks(usize::try_from(MENTIONS_AT_ONCE).unwrap_or(1000)) {
        let mut tx = db.begin().await?;
        count += take_named(&mut tx, program, part, &mut speaking).await?;
        tx.commit().await?;
    }
    assess(db, now, program, speaking).await?;
    if count > 0 {
        let mut tx = db.begin().await?;
        record_removed(&mut tx, actor, now, program, count);
        tx.commit().await?;
    }
    Ok(count)
}

/// As `remove`, for as many as one transaction takes.
///
/// # Errors
/// As `remove`; `Invalid` on `ids` for none or too many.
pub async fn remove_few(tx: &mut Tx, actor: &Actor, now: Time, program: ProgramId, ids: &[String]) -> Result<u64> {
    actor.may(Permission::Import)?;
    program::store::find(tx, program).await?.ok_or(Error::NotFound)?;
    if ids.is_empty() || i64::try_from(ids.len()).is_ok_and(|given| given > MENTIONS_AT_ONCE) {
        return Err(Error::field("ids", format!("Enter 1 to {MENTIONS_AT_ONCE} IDs, one per line. You entered {}.", ids.len())));
    }
    let mut speaking = BTreeSet::new();
    let count = take_named(tx, program, ids, &mut speaking).await?;
    segment::act::assess(tx, now, program, &speaking.into_iter().collect::<Vec<_>>()).await?;
    if count > 0 {
        record_removed(tx, actor, now, program, count);
    }
    Ok(count)
}

/// Deletes mentions by their IDs, with their original rows. Gives how many there were.
async fn take_named(tx: &mut Tx, program: ProgramId, ids: &[String], speaking: &mut BTreeSet<AuthorId>) -> Result<u64> {
    epoch::raise(tx).await?;
    let gone = mention::store::delete_named(tx, program, ids).await?;
    import::outcome::rows::purge(tx, gone.iter().map(|mention| (mention.run_id, mention.line))).await?;
    import::batch::undo::take_back(tx, program, &gone, speaking).await?;
    Ok(gone.len() as u64)
}

fn record_removed(tx: &mut Tx, actor: &Actor, now: Time, program: ProgramId, count: u64) {
    audit(actor, now, "removed deleted mentions of", ResourceType::Program, program).with(json!({ "mentions": count })).record(tx);
}

async fn assess(db: &Db, now: Time, program: ProgramId, authors: BTreeSet<AuthorId>) -> Result<()> {
    segment::act::assess_authors(db, now, program, &authors.into_iter().collect::<Vec<_>>(), &AuthorTallies::new(), None).await
}

/// The result of a recalculation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Rebuilt {
    pub days: u64,
    /// Mentions whose words were indexed.
    pub mentions: u64,
    pub authors: u64,
    /// Authors of which something else is said now: mentions may have grown too old for the window since they were assessed.
    pub assessed: u64,
    /// Days of topics, and days with mentions about none.
    pub topic_days: u64,
    /// Authors, days of topics, segment changes and segments whose counts were others before: none, unless somebody changed the database from outside.
    pub mended: u64,
}

/// Counts the roll-ups of days, topics and authors anew from the mentions, indexes their words anew, and assesses every author as of the
/// last day listened to.
///
/// # Errors
/// `Forbidden` for those who may not import; `NotFound` for an unknown program.
pub async fn rebuild(db: &Db, actor: &Actor, program: ProgramId) -> Result<Rebuilt> {
    actor.may(Permission::Import)?;
    let found = program::store::find(&mut db.read().await?, program).await?.ok_or(Error::NotFound)?;
    let mut tx = db.begin().await?;
    let mut rebuilt = Rebuilt { days: volume::store::rebuild(&mut tx, program).await?, ..Rebuilt::default() };
    (rebuilt.topic_days, rebuilt.mended) = topic::store::rebuild_days(&mut tx, program).await?;
    rebuilt.mended += segment_change::store::rebuild(&mut tx, program).await? + segment::store::recount(&mut tx, program).await?;
    tx.commit().await?;
    rebuilt.mentions = mention::index::rebuild(db, program).await?;
    let signs = SignReader::of(&found);
    let mut after = None;
    loop {
        let mut tx = db.begin().await?;
        let authors = author::store::list_after(&mut tx, program, after, AUTHORS_AT_ONCE).await?;
        let Some(last) = authors.last() else { return Ok(rebuilt) };
        after = Some(*last);
        let mut mentions: HashMap<AuthorId, Vec<Mention>> = HashMap::new();
        for mention in mention::store::list_of_authors(&mut tx, &authors).await? {
            mentions.entry(mention.author_id).or_default().push(mention);
        }
        for author in &authors {
            rebuilt.authors += 1;
            let counts = counted(*author, mentions.get(author).map_or(&[][..], Vec::as_slice), &signs);
            let others = author::store::set_counts(&mut tx, &counts).await?;
            let signs = author::store::set_signs(&mut tx, &[counts]).await? > 0;
            rebuilt.mended += u64::from(others || signs);
        }
        author::store::recompute_times(&mut tx, &authors).await?;
        rebuilt.mended += segment::act::recount(&mut tx, program, &authors).await?;
        rebuilt.assessed += u64::try_from(segment::act::assess(&mut tx, now(), program, &authors).await?).unwrap_or(0);
        tx.commit().await?;
    }
}

/// What the first start with counts by kinds notes.
const KINDS_COUNTED: &str = "mention_kind_slice";

/// Indexes and counts what was imported before there was an index of words or counts by kinds of authors: once, when a database comes from an
/// earlier version.
///
/// # Errors
/// What the database says.
pub async fn catch_up(db: &Db, actor: &Actor) -> Result<()> {
    let mut tx = db.read().await?;
    let programs = program::store::list(&mut tx).await?;
    let is_indexed = !search::store::is_empty(&mut tx).await?;
    let is_counted = setting::find(&mut tx, KINDS_COUNTED).await?.is_some();
    drop(tx);
    for program in programs {
        if !is_indexed {
            rebuild(db, actor, program.id).await?;
        } else if !is_counted {
            let mut tx = db.begin().await?;
            program::store::lock_listening(&mut tx, program.id).await?;
            volume::store::kinds::rebuild_kinds(&mut tx, program.id).await?;
            tx.commit().await?;
        }
    }
    if is_counted {
        return Ok(());
    }
    let mut tx = db.begin().await?;
    setting::update(&mut tx, KINDS_COUNTED, "yes").await?;
    tx.commit().await
}
