//! Carrying out a run: one thread reads and listens, the database takes batch after batch.
//!
//! Each batch is one transaction with its counts and its job's progress, so a run that was cut off goes on after the last row that was
//! saved, and a worker that lost the job saves nothing more.

use std::collections::{BTreeSet, HashSet};
use std::path::{Path, PathBuf};
use std::time::Instant;

use chrono::Duration;
use serde_json::json;
use tokio::sync::mpsc;

use super::cell::cut;
use super::gather::Gatherer;
use super::hear::{Heard, Listener};
use super::records::Record;
use super::row::{Person, Reader, Refused};
use super::{Counts, Kind, LeftOut, Mapping, Notes, Run, State, source, store};
use crate::account::Actor;
use crate::activity::{Thing, act::did};
use crate::author::names::Names;
use crate::clock::{Time, now};
use crate::customer;
use crate::db::{Db, Tx, epoch};
use crate::error::{Error, Result};
use crate::ids::{AuthorId, CustomerId, ImportRunId, ProgramId};
use crate::job::{self, Held, Job, Outcome, act::Ask};
use crate::mention::Mention;
use crate::mention::opinion::Ear;
use crate::mention::rollup::RollUp;
use crate::raw::{self, Block, Row};
use crate::segment::{act::Met, store::Who};
use crate::shout::memory::Memory;
use crate::topic::matcher::Matcher;
use crate::{author, mention, movement, program, segment, sentiment, shout, topic, webhook};

/// Rows that the reading thread hands over at once, and that make one transaction where somebody waits to write: some ten milliseconds,
/// so that a note is not held up.
const BATCH: usize = 64;
/// Rows that are saved without that look where nobody has waited for a while: the more, the less there is to do for each.
const AT_ONCE: usize = 2048;
/// Rows of one transaction for which nobody waits: the more, the less is written twice. On PostgreSQL, where nobody is seen waiting, fewer.
const TOGETHER: usize = 32_768;
const TOGETHER_ON_POSTGRES: usize = 8192;
/// How long such a transaction goes on, however few rows it has: far less than a job's lease.
const TOGETHER_SECONDS: u64 = 5;
/// Rows from which on the database is told that much is new.
const SETTLES: usize = 1000;
/// For how long an import makes room after somebody has waited.
const MAKES_ROOM_SECONDS: u64 = 10;
/// Characters of a raw row that are kept.
const RAW_LONGEST: usize = 20_000;
/// Posts taken back in one transaction.
const UNDO_BATCH: i64 = 1000;

/// Rows as the reading thread hands them over.
#[derive(Default)]
struct Batch {
    posts: Vec<Heard>,
    people: Vec<Person>,
    out: Vec<LeftOut>,
    notes: Notes,
    /// All of them as they stood, packed.
    raw: Vec<Block>,
}

impl Batch {
    fn len(&self) -> usize {
        self.posts.len() + self.people.len() + self.out.len()
    }

    fn merge(&mut self, other: Self) {
        self.posts.extend(other.posts);
        self.people.extend(other.people);
        self.out.extend(other.out);
        self.raw.extend(other.raw);
        self.notes.merge(&other.notes);
    }
}

/// What the job of an import that a command began says of its file, which is not in the spool.
pub const FILE: &str = "file";

/// Carries out, goes on with or undoes the run that a job is for. Spooled files are in `spool` under the run's id; one is removed when
/// its run needs it no more: one that failed or was cancelled may go on.
///
/// # Errors
/// Why the import failed; the run says it as well, unless the database did not answer: then the job goes on later.
pub async fn run(db: &Db, held: Held, spool: &Path) -> Result<Outcome> {
    let id: ImportRunId = held.job.key.parse().map_err(|_| Error::NotFound)?;
    let mut tx = db.begin().await?;
    let Some(run) = store::begin(&mut tx, id, now()).await? else { return Ok(Outcome::Finished) };
    tx.commit().await?;
    let kept = spooled(spool, &run);
    let path = held.job.payload.get(FILE).and_then(|file| file.as_str()).map_or_else(|| kept.clone(), PathBuf::from);
    let outcome = match run.state {
        State::Undoing => undo(db, held, &run).await,
        _ => carry_out(db, held, &run, &path, None).await,
    };
    let after = store::find(&mut db.read().await?, run.id).await?;
    if after.is_none_or(|run| matches!(run.state, State::Finished | State::Undone)) {
        let _ = tokio::fs::remove_file(kept).await;
    }
    // What was recorded with the run waits for a person: trying it again as it is would end in the same way.
    outcome.map_err(|error| if passes(&error) { error } else { Error::Conflict(error.message()) })
}

/// Whether the database was in the way, so that the run goes on later as if nothing had happened.
const fn passes(error: &Error) -> bool {
    matches!(error, Error::Busy | Error::Unreachable(_))
}

/// Records with the run that its job was given up.
///
/// # Errors
/// What the database says.
pub async fn give_up(db: &Db, job: &Job, why: &Error) -> Result<()> {
    let id: ImportRunId = job.key.parse().map_err(|_| Error::NotFound)?;
    let mut tx = db.begin().await?;
    end(&mut tx, id, now(), Some(why)).await?;
    tx.commit().await
}

/// Does one job that waits. Gives whether there was one. For tests and the demo.
///
/// # Errors
/// Only what keeps the database from being asked; a run's own failure is recorded with the run.
pub async fn work(db: &Db, spool: &Path) -> Result<bool> {
    let ended = job::work::one(db, job::Kind::Import, |held| {
        let (db, spool) = (db.clone(), spool.to_owned());
        async move { run(&db, held, &spool).await }
    });
    Ok(ended.await?.is_some())
}

/// Removes files of runs that nobody went on with for as long as their program keeps raw rows. Gives how many.
///
/// # Errors
/// What the database says.
pub async fn forget_files(db: &Db, spool: &Path, now: Time) -> Result<u64> {
    let mut gone = 0;
    let Ok(mut files) = tokio::fs::read_dir(spool).await else { return Ok(0) };
    while let Ok(Some(file)) = files.next_entry().await {
        let name = file.file_name();
        let Some(id) = name.to_str().and_then(|name| name.strip_suffix(".csv")?.parse::<ImportRunId>().ok()) else { continue };
        let mut tx = db.read().await?;
        let Some(run) = store::find(&mut tx, id).await? else { continue };
        let days = program::store::find(&mut tx, run.program_id).await?.map_or(0, |program| program.raw_days);
        drop(tx);
        let waits = [State::Mapping, State::Cancelled, State::Failed];
        if run.created_at < now - Duration::days(days) && waits.contains(&run.state) {
            let mut tx = db.begin().await?;
            store::move_on(&mut tx, id, &[State::Mapping], State::Cancelled).await?;
            tx.commit().await?;
            gone += u64::from(tokio::fs::remove_file(file.path()).await.is_ok());
        }
    }
    Ok(gone)
}

/// Where the file of a run is spooled.
#[must_use]
pub fn spooled(spool: &Path, run: &Run) -> PathBuf {
    spool.join(format!("{}.csv", run.id))
}

/// Carries out a run whose job the caller holds, from the row where it stands. A failure is recorded with the run and given back.
/// It happens now, unless a story says when.
pub(super) async fn carry_out(db: &Db, mut held: Held, run: &Run, path: &Path, story: Option<Time>) -> Result<Outcome> {
    held.job.total = run.mapping.total;
    held.job.done = run.row_count;
    let result = match read_and_save(db, &mut held, run, path).await {
        Ok(Some(touched)) => assess(db, run, touched, story.unwrap_or_else(now)).await,
        Ok(None) => return Ok(Outcome::Stopped),
        Err(error) => Err(error),
    };
    if let Err(error) = &result {
        if passes(error) {
            return result.map(|()| Outcome::Stopped);
        }
        // What was saved before counts, whether the run goes on or not.
        let saved = store::find(&mut db.read().await?, run.id).await?.ok_or(Error::NotFound)?;
        if let Err(error) = assess(db, &saved, Touched::default(), story.unwrap_or_else(now)).await {
            tracing::warn!(run = %run.id, %error, "the voices of an import that failed could not be assessed");
        }
    }
    let at = story.unwrap_or_else(now);
    let mut tx = db.begin().await?;
    end(&mut tx, run.id, at, result.as_ref().err()).await?;
    let is_ours = match &result {
        Ok(()) => job::act::finish(&mut tx, &held, now()).await?,
        Err(_) => job::act::progress(&mut tx, &held, now()).await?,
    };
    if !is_ours {
        return Ok(Outcome::Stopped);
    }
    tx.commit().await?;
    result.map(|()| Outcome::Finished)
}

/// Ends a run that runs: finished, or failed.
async fn end(tx: &mut Tx, id: ImportRunId, at: Time, error: Option<&Error>) -> Result<()> {
    if !store::finish(tx, id, at, error.map(Error::message).as_deref()).await? {
        return Ok(());
    }
    let after = store::find(tx, id).await?.ok_or(Error::NotFound)?;
    let verb = if error.is_none() { "finished" } else { "failed" };
    let payload = json!({ "file": after.file_name, "counts": after.counts(), "error": after.error });
    did(&Actor::System("import"), at, verb, Thing::ImportRun, id).with(payload).record(tx);
    webhook::act::tell(tx, at, after.program_id, webhook::act::Said::of_import(&after), id).await
}

/// Whom a run touched.
#[derive(Default)]
pub(super) struct Touched {
    customers: BTreeSet<CustomerId>,
    voices: BTreeSet<AuthorId>,
    met: Met,
}

/// The rows of the run's file, batch by batch. None where the run was cancelled, taken by another worker, or the server stops.
pub(super) async fn read_and_save(db: &Db, held: &mut Held, run: &Run, path: &Path) -> Result<Option<Touched>> {
    let mut tx = db.read().await?;
    let program = program::store::find(&mut tx, run.program_id).await?.ok_or(Error::NotFound)?;
    let number = program::store::number(&mut tx, run.program_id).await?;
    let ear = Ear::of(sentiment::store::load_on(&mut tx, run.program_id).await?);
    let topics = topic::store::stamp(&mut tx, run.program_id).await?;
    let matcher = Matcher::new(&topic::store::list(&mut tx, run.program_id).await?);
    let shouts = if run.kind == Kind::Mentions { Memory::load(&mut tx, run.program_id).await? } else { Memory::default() };
    drop(tx);
    let names = Names::of(&program);
    let mut gatherer = Gatherer::new(run, number, names, shouts);
    let listener = Listener::new(run, number, ear, matcher);
    let (sender, mut batches) = mpsc::channel(AT_ONCE / BATCH * 2);
    let (mapping, kind, skip, file) = (run.mapping.clone(), run.kind, run.row_count, path.to_owned());
    let reading = tokio::task::spawn_blocking(move || read(&file, &mapping, kind, skip, listener, &sender));
    let mut customers = BTreeSet::new();
    let mut awaited: Option<Instant> = None;
    let mut saved = 0;
    while let Some(batch) = batches.recv().await {
        let mut tx = db.begin().await?;
        program::store::hold(&mut tx, run.program_id).await?;
        let (mut counts, mut out, mut notes, mut raw) = (Counts::default(), Vec::new(), Notes::default(), Vec::new());
        let (mut next, mut rows) = (Some(batch), 0);
        let (at_once, together) = match awaited.is_some_and(|awaited| awaited.elapsed().as_secs() <= MAKES_ROOM_SECONDS) {
            true => (BATCH, BATCH),
            false if tx.is_postgres() => (AT_ONCE, TOGETHER_ON_POSTGRES),
            false => (AT_ONCE, TOGETHER),
        };
        let began = Instant::now();
        while let Some(mut batch) = next {
            while batch.len() < at_once
                && let Ok(more) = batches.try_recv()
            {
                batch.merge(more);
            }
            rows += batch.len();
            saved += batch.len();
            notes.merge(&batch.notes);
            batch.out.iter().for_each(|row: &LeftOut| counts.add(row.outcome));
            out.extend(batch.out);
            let (added, left) = if run.kind == Kind::Mentions {
                gatherer.posts(&mut tx, batch.posts).await?
            } else {
                let (added, left, people) = gatherer.people(&mut tx, batch.people, now()).await?;
                customers.extend(people);
                (added, left)
            };
            counts.merge(&added);
            out.extend(left);
            raw.extend(hushed(batch.raw, &gatherer.take_unheard())?);
            next = match db.is_awaited() {
                true => {
                    awaited = Some(Instant::now());
                    None
                }
                // Rows that are left out wait in memory, as they came.
                false if rows < together && out.len() < AT_ONCE && began.elapsed().as_secs() < TOGETHER_SECONDS => batches.try_recv().ok(),
                false => None,
            };
        }
        gatherer.count(&mut tx).await?;
        store::create_rows(&mut tx, run.id, &out).await?;
        raw::store::create(&mut tx, run.id, &raw).await?;
        held.job.done += counts.rows;
        if !store::progress(&mut tx, run.id, &counts, &notes).await? || !job::act::progress(&mut tx, held, now()).await? {
            // Cancelled or taken by another meanwhile: this transaction is dropped, what came before stays.
            return Ok(None);
        }
        tx.commit().await?;
        if held.is_stopping() {
            return Ok(None);
        }
    }
    drop(batches);
    reading.await.map_err(|error| Error::Internal(error.to_string()))??;
    if topic::store::stamp(&mut db.read().await?, run.program_id).await? != topics {
        // Somebody changed a topic meanwhile, and these posts were still read for the old ones.
        let mut tx = db.begin().await?;
        job::act::restart(&mut tx, &Actor::System("import"), now(), Ask::of_program(job::Kind::Topics, run.program_id)).await?;
        tx.commit().await?;
    }
    if saved > SETTLES
        && let Err(error) = settle(db).await
    {
        tracing::warn!(%error, "the database was not told of many new posts; it will notice by itself");
    }
    let (voices, met) = gatherer.finish();
    Ok(Some(Touched { customers, voices, met }))
}

async fn settle(db: &Db) -> Result<()> {
    let mut tx = db.begin().await?;
    store::settle(&mut tx).await?;
    tx.commit().await
}

/// Reads and listens, on its own thread. Stops when nobody takes the batches any more.
fn read(path: &Path, mapping: &Mapping, kind: Kind, skip: i64, mut listener: Listener, sender: &mpsc::Sender<Batch>) -> Result<()> {
    let mut records = source::rows(path, mapping)?;
    let reader = Reader::new(mapping, now());
    let (mut record, mut batch, mut seen) = (Record::default(), Batch::default(), 0);
    let mut rows: Vec<Row> = Vec::with_capacity(BATCH);
    while records.next(&mut record).map_err(|error| source::unreadable(path, &error))? {
        seen += 1;
        if seen <= skip {
            continue;
        }
        let refused = match kind {
            Kind::Mentions => reader.post(&record).map(|post| {
                batch.notes.damaged_ids += i64::from(post.damaged_id);
                batch.notes.mojibake += i64::from(post.mojibake);
                batch.posts.push(listener.hear(post));
            }),
            Kind::Customers => reader.person(&record).map(|person| batch.people.push(person)),
        };
        batch.notes.recoded += i64::from(record.recoded);
        if let Err(refused) = refused {
            batch.out.push(left_out(&record, refused));
        }
        rows.push((record.line, cut(&record.raw(), RAW_LONGEST)));
        if batch.len() >= BATCH {
            batch.raw.extend(Block::pack(&rows)?);
            rows.clear();
            if sender.blocking_send(std::mem::take(&mut batch)).is_err() {
                return Ok(());
            }
        }
    }
    if batch.len() > 0 {
        batch.raw.extend(Block::pack(&rows)?);
        let _ = sender.blocking_send(batch);
    }
    Ok(())
}

pub(super) fn left_out(record: &Record, refused: Refused) -> LeftOut {
    let Refused { outcome, column, reason } = refused;
    LeftOut { line: record.line, outcome, column_name: column, reason, ..LeftOut::default() }
}

/// Blocks without the lines of voices that have objected.
fn hushed(blocks: Vec<Block>, unheard: &[i64]) -> Result<Vec<Block>> {
    if unheard.is_empty() {
        return Ok(blocks);
    }
    let unheard: HashSet<i64> = unheard.iter().copied().collect();
    let left: Result<Vec<Option<Block>>> = blocks.into_iter().map(|block| block.without(|(line, _)| unheard.contains(line))).collect();
    Ok(left?.into_iter().flatten().collect())
}

async fn assess(db: &Db, run: &Run, touched: Touched, at: Time) -> Result<()> {
    if run.kind == Kind::Customers {
        let mut people = touched.customers;
        if run.row_count > 0 {
            people.extend(customer::store::list_of_run(&mut db.read().await?, run.id, i64::MAX).await?);
        }
        let people: Vec<_> = people.into_iter().collect();
        return segment::act::assess_customers(db, at, run.program_id, &people).await;
    }
    let mut voices = touched.voices;
    if run.row_count > 0 {
        // Whoever carried it out before has not assessed the voices that it touched.
        let mut tx = db.read().await?;
        voices.extend(mention::store::list_authors_of_run(&mut tx, run.id).await?);
    }
    segment::act::assess_voices(db, at, run.program_id, &voices.into_iter().collect::<Vec<_>>(), &touched.met).await
}

/// Takes back what a run brought, some hundred posts a transaction, and assesses anew whoever is left.
async fn undo(db: &Db, mut held: Held, run: &Run) -> Result<Outcome> {
    // Whom an earlier worker left with fewer posts is not known any more: then all are assessed.
    let resumed = held.job.done > 0;
    held.job.total = Some(run.created);
    forget_raw(db, run.id).await?;
    let undone = match run.kind {
        Kind::Mentions => match undo_mentions(db, &mut held, run).await? {
            Some(left) => {
                segment::act::assess_voices(db, now(), run.program_id, &left.into_iter().collect::<Vec<_>>(), &Met::new()).await?;
                true
            }
            None => false,
        },
        Kind::Customers => undo_customers(db, &mut held, run).await?,
    };
    if !undone {
        return Ok(Outcome::Stopped);
    }
    let mut tx = db.begin().await?;
    if resumed {
        job::act::restart(&mut tx, &Actor::System("import"), now(), Ask::of_program(job::Kind::Assessment, run.program_id)).await?;
    }
    store::undone(&mut tx, run.id, now()).await?;
    did(&Actor::System("import"), now(), "undone", Thing::ImportRun, run.id).with(json!({ "file": run.file_name })).record(&mut tx);
    if !job::act::finish(&mut tx, &held, now()).await? {
        return Ok(Outcome::Stopped);
    }
    tx.commit().await?;
    Ok(Outcome::Finished)
}

/// Forgets a run's rows as they stood in its file, in short transactions. Gives how many.
///
/// # Errors
/// What the database says.
pub(crate) async fn forget_raw(db: &Db, run: ImportRunId) -> Result<u64> {
    let mut gone = 0;
    loop {
        let mut tx = db.begin().await?;
        let some = raw::store::delete_some(&mut tx, run).await?;
        tx.commit().await?;
        gone += some.unsigned_abs();
        if some == 0 {
            return Ok(gone);
        }
    }
}

/// Deletes a run's posts; gives the voices that are left with fewer, or none where it was stopped.
async fn undo_mentions(db: &Db, held: &mut Held, run: &Run) -> Result<Option<BTreeSet<AuthorId>>> {
    let mut left = BTreeSet::new();
    while !held.is_stopping() {
        let mut tx = db.begin().await?;
        epoch::raise(&mut tx).await?;
        let gone = mention::store::delete_of_run(&mut tx, run.id, UNDO_BATCH).await?;
        if gone.is_empty() {
            return Ok(Some(left));
        }
        take_back(&mut tx, run.program_id, &gone, &mut left).await?;
        held.job.done += i64::try_from(gone.len()).unwrap_or(0);
        if !job::act::progress(&mut tx, held, now()).await? {
            return Ok(None);
        }
        tx.commit().await?;
    }
    Ok(None)
}

/// Takes posts that were just deleted out of the roll-ups. Voices that are left without any go too, unless somebody decided
/// about them, linked them or put them on a shortlist; those that are left with fewer are added to `left`, to be assessed anew.
pub(crate) async fn take_back(tx: &mut Tx, program: ProgramId, gone: &[Mention], left: &mut BTreeSet<AuthorId>) -> Result<()> {
    let mut rollup = RollUp::default();
    gone.iter().for_each(|post| rollup.take(post));
    mention::index::take(tx, gone).await?;
    shout::store::delete(tx, &gone.iter().map(|post| post.no).collect::<Vec<_>>()).await?;
    let voices = rollup.apply(tx, program).await?;
    author::store::recompute_times(tx, &voices).await?;
    let (silent, speaking): (Vec<_>, Vec<_>) =
        author::store::list_briefs(tx, &voices).await?.into_iter().partition(|voice| voice.habits.posts == 0 && !voice.decided);
    let silent = author::store::list_unused(tx, &silent.iter().map(|voice| voice.id).collect::<Vec<_>>()).await?;
    movement::store::delete(tx, program, &silent).await?;
    segment::store::delete(tx, &silent.iter().map(|id| Who::Author(*id)).collect::<Vec<_>>()).await?;
    author::store::delete(tx, &silent).await?;
    for id in &silent {
        left.remove(id);
    }
    left.extend(speaking.iter().map(|voice| voice.id));
    Ok(())
}

/// Deletes a run's customers. False where it was stopped.
async fn undo_customers(db: &Db, held: &mut Held, run: &Run) -> Result<bool> {
    while !held.is_stopping() {
        let mut tx = db.begin().await?;
        let people = customer::store::list_of_run(&mut tx, run.id, UNDO_BATCH).await?;
        if people.is_empty() {
            return Ok(true);
        }
        segment::store::delete(&mut tx, &people.iter().map(|id| Who::Customer(*id)).collect::<Vec<_>>()).await?;
        customer::store::delete(&mut tx, &people).await?;
        held.job.done += i64::try_from(people.len()).unwrap_or(0);
        if !job::act::progress(&mut tx, held, now()).await? {
            return Ok(false);
        }
        tx.commit().await?;
    }
    Ok(false)
}
