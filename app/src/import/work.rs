//! Carrying out a run: one thread reads and listens, the database takes batch after batch.
//!
//! Each batch is one transaction with its counts, so a run that was cut off goes on after the last row that was saved. While it works, a
//! worker holds its run by a lease, which every transaction compares and renews: a run that was taken over takes nothing more from the
//! worker that had it. A database that is busy, full or away ends no run: it goes on later. Whoever ends a run, however it ended, assesses
//! the voices that it touched.

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
use crate::mention::Mention;
use crate::mention::opinion::Ear;
use crate::mention::rollup::RollUp;
use crate::raw::{self, Block, Row};
use crate::segment::{act::Met, store::Who};
use crate::shout::memory::Memory;
use crate::task;
use crate::topic::matcher::Matcher;
use crate::{author, mention, movement, program, segment, sentiment, shout, topic, webhook};

/// Rows that the reading thread hands over at once, and that make one transaction where somebody waits to write: some ten milliseconds,
/// so that a note is not held up.
const BATCH: usize = 64;
/// Rows that are saved without that look where nobody has waited for a while: the more, the less there is to do for each. On PostgreSQL,
/// where others may wait for rows that this run has written, fewer.
const AT_ONCE: usize = 2048;
const AT_ONCE_ON_POSTGRES: usize = 512;
/// Rows of one transaction for which nobody waits: the more, the less is written twice. On PostgreSQL, where its end takes longer, fewer.
const TOGETHER: usize = 32_768;
const TOGETHER_ON_POSTGRES: usize = 8192;
/// How long such a transaction goes on, however few rows it has: far less than `LEASE_SECONDS`. On PostgreSQL others write meanwhile.
const TOGETHER_SECONDS: f64 = 5.0;
const TOGETHER_SECONDS_ON_POSTGRES: f64 = 1.0;
/// Rows from which on the database is told that much is new.
const SETTLES: usize = 1000;
/// For how long an import makes room after somebody has waited.
const MAKES_ROOM_SECONDS: u64 = 10;
/// How long a batch may take before the worker is taken for dead.
const LEASE_SECONDS: i64 = 60;
/// Characters of a raw row that are kept.
const RAW_LONGEST: usize = 20_000;
/// Posts taken back in one transaction.
const UNDO_BATCH: i64 = 1000;
/// Voices or customers that are assessed before the run is held on.
const ASSESSED: usize = 2048;
/// How often a worker tries again at once where the database was busy, full or away, and the first pause; each further one is twice as long.
const RETRIES: u32 = 3;
const RETRY_PAUSE: std::time::Duration = std::time::Duration::from_millis(if cfg!(test) { 2 } else { 1000 });
/// After so many seconds, a run that found the database so is tried again by whoever is there.
const RETRY_SECONDS: i64 = 15;
/// How long a file lies in the spool that belongs to no run: an upload that was cut off, or a run that was never entered.
const LEFTOVER_HOURS: i64 = 24;

/// Who does it.
const IMPORT: Actor = Actor::System("import");

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

/// Until when a worker that starts now holds a run.
#[must_use]
pub fn lease_until(now: Time) -> Time {
    now + Duration::seconds(LEASE_SECONDS)
}

/// A run in the hands of this worker. Who takes it over moves the lease, and then nothing more of this worker's is committed.
#[derive(Clone, Copy, Debug)]
struct Held {
    run: ImportRunId,
    until: Time,
}

impl Held {
    /// A run that was just leased.
    fn of(run: &Run) -> Result<Self> {
        let until = run.lease_until.ok_or_else(|| Error::Internal("a run without a lease cannot be carried out".into()))?;
        Ok(Self { run: run.id, until })
    }

    /// Holds the run on in this transaction. False if it moved on or was taken over: then nothing may be committed.
    async fn renew(&mut self, tx: &mut Tx, state: State) -> Result<bool> {
        let until = lease_until(now());
        let held = store::renew(tx, self.run, state, self.until, until).await?;
        if held {
            self.until = until;
        }
        Ok(held)
    }
}

/// Takes one run that waits (or was left by a dead worker) and carries it out; spooled files are in `spool` under the
/// run's id. Gives whether there was one. The server's job loop calls this; it is safe to call from several processes.
///
/// # Errors
/// Only what keeps the database from being asked; a run's own failure is recorded with the run.
pub async fn work(db: &Db, spool: &Path) -> Result<bool> {
    let at = now();
    // It is looked for every second: only who finds something stands in the way of those who write.
    if !store::is_due(&mut db.read().await?, at).await? {
        return Ok(false);
    }
    let mut tx = db.begin().await?;
    let run = store::lease(&mut tx, at, lease_until(at)).await?;
    tx.commit().await?;
    let Some(run) = run else { return Ok(false) };
    take(db, &run, spool).await?;
    Ok(true)
}

/// Carries out or undoes a run that the caller holds, and removes its file when it needs that no more: one that failed or was cancelled
/// may go on.
pub(super) async fn take(db: &Db, run: &Run, spool: &Path) -> Result<()> {
    let path = spooled(spool, run);
    if run.state == State::Undoing {
        undo(db, run).await?;
    } else if !run.file_kept {
        give_up(db, run).await?;
    } else if let Err(error) = carry_out(db, run, &path, None).await {
        tracing::warn!(run = %run.id, %error, "an import stopped");
    }
    let after = store::find(&mut db.read().await?, run.id).await?;
    if after.is_none_or(|run| matches!(run.state, State::Finished | State::Undone | State::Discarded)) {
        let _ = tokio::fs::remove_file(path).await;
    }
    Ok(())
}

/// Removes files from the spool that nobody needs any more: of runs that ended, of runs that nobody went on with for as long as their
/// program keeps raw rows, and after a day those that belong to no run. Gives how many. Of files that are not named as ours it knows nothing.
///
/// # Errors
/// What the database says.
pub async fn forget_files(db: &Db, spool: &Path, now: Time) -> Result<u64> {
    let mut gone = 0;
    let Ok(mut files) = tokio::fs::read_dir(spool).await else { return Ok(0) };
    while let Ok(Some(file)) = files.next_entry().await {
        let name = file.file_name();
        let Some(found) = name.to_str().and_then(Spooled::named) else { continue };
        let Ok(written) = file.metadata().await.and_then(|about| about.modified()) else { continue };
        let is_leftover = Time::from(written) < now - Duration::hours(LEFTOVER_HOURS);
        let forgotten = match found {
            Spooled::Upload => is_leftover,
            Spooled::Run(id) => match store::find(&mut db.read().await?, id).await? {
                Some(run) => is_forgotten(db, &run, now).await?,
                None => is_leftover,
            },
        };
        if forgotten {
            gone += u64::from(tokio::fs::remove_file(file.path()).await.is_ok());
        }
    }
    Ok(gone)
}

/// Whose a file in the spool is, by its name.
enum Spooled {
    /// Half an upload, or one that was not looked at yet.
    Upload,
    Run(ImportRunId),
}

impl Spooled {
    fn named(name: &str) -> Option<Self> {
        let id = |text: &str| text.parse::<ImportRunId>().ok();
        match name.strip_prefix("upload-") {
            Some(rest) => id(rest).map(|_| Self::Upload),
            None => id(name.split_once('.').map_or(name, |(stem, _)| stem)).map(Self::Run),
        }
    }
}

/// Whether nobody needs a run's file any more. A run that waited for too long is discarded with it.
async fn is_forgotten(db: &Db, run: &Run, now: Time) -> Result<bool> {
    let is_old = match program::store::find(&mut db.read().await?, run.program_id).await? {
        Some(program) => run.created_at < now - Duration::days(program.raw_days),
        None => true,
    };
    match run.state {
        State::Finished | State::Undone | State::Discarded => Ok(true),
        State::Queued | State::Running | State::Undoing => Ok(false),
        State::Mapping | State::Cancelled | State::Failed if is_old => {
            db.write(|tx, _| {
                Box::pin(async move {
                    store::move_on(tx, run.id, &[State::Mapping], State::Discarded).await?;
                    store::forget_file(tx, run.id).await
                })
            })
            .await?;
            Ok(true)
        }
        State::Mapping | State::Cancelled | State::Failed => Ok(false),
    }
}

/// Where the file of a run is spooled.
#[must_use]
pub fn spooled(spool: &Path, run: &Run) -> PathBuf {
    spool.join(format!("{}.csv", run.id))
}

/// Carries out a run that the caller holds, from the row where it stands. A failure is recorded with the run and given back; where the
/// database was busy, full or away, the run is left for later instead. It happens now, unless a story says when.
///
/// # Errors
/// Why the file was not read to its end.
pub async fn carry_out(db: &Db, run: &Run, path: &Path, story: Option<Time>) -> Result<()> {
    let mut held = Held::of(run)?;
    let (mut run, mut tries) = (run.clone(), 0);
    loop {
        let Err(Stopped { error, passes }) = attempt(db, &run, path, story, &mut held).await else { return Ok(()) };
        if passes && tries < RETRIES {
            tokio::time::sleep(RETRY_PAUSE * 2_u32.pow(tries)).await;
            tries += 1;
            // What was saved before counts; while the database is away, so does what is known.
            if let Ok(Some(now)) = found(db, run.id).await {
                // Progress is a reason for patience.
                tries = if now.row_count > run.row_count { 1 } else { tries };
                run = now;
            }
            continue;
        }
        // A conflict that does not pass is a mistake of ours, and would come back for ever.
        let error = match error {
            Error::Conflict(why) if passes => Error::Internal(why),
            other => other,
        };
        let later = passes && !matches!(error, Error::Internal(_));
        let ended = if later { leave(db, &run, &held, &error).await } else { end(db, &held, story.unwrap_or_else(now), Some(&error)).await };
        if let Err(unsaid) = ended {
            tracing::warn!(run = %run.id, %unsaid, "that an import stopped could not be noted: it is found when its lease has ended");
        }
        return Err(error);
    }
}

async fn found(db: &Db, id: ImportRunId) -> Result<Option<Run>> {
    store::find(&mut db.read().await?, id).await
}

/// Why a worker stopped before the end.
struct Stopped {
    error: Error,
    /// Whether it may be otherwise later: the database was busy, full or away, or somebody was quicker.
    passes: bool,
}

impl Stopped {
    /// By the database.
    fn by_database(error: Error) -> Self {
        let passes = matches!(error, Error::Busy | Error::Unreachable(_) | Error::Unavailable(_) | Error::Conflict(_));
        Self { error, passes }
    }

    /// By the file, or by who took the run over: trying again changes nothing.
    fn for_good(error: Error) -> Self {
        Self { error, passes: false }
    }
}

/// Reads and saves from the row where the run stands, assesses whom it touched, and ends it.
async fn attempt(db: &Db, run: &Run, path: &Path, story: Option<Time>, held: &mut Held) -> Result<(), Stopped> {
    let at = story.unwrap_or_else(now);
    let (touched, read) = read_and_save(db, run, path, held).await;
    if matches!(read, Ok(End::TakenOver)) {
        return Err(Stopped::for_good(Error::conflict("Another process has taken this import over, and goes on with it.")));
    }
    // However the reading ended: nobody else would assess those whose posts are here now.
    let assessed = assess(db, run, touched, at, held).await.map_err(Stopped::by_database);
    read?;
    assessed?;
    end(db, held, story.unwrap_or_else(now), None).await.map_err(Stopped::by_database)
}

/// Ends a run, and says so: finished, or failed with what a person is told.
async fn end(db: &Db, held: &Held, at: Time, error: Option<&Error>) -> Result<()> {
    let told = error.map(Error::message);
    let told = told.as_deref();
    db.write(|tx, _| {
        Box::pin(async move {
            if store::finish(tx, held.run, held.until, at, told).await? {
                let after = store::find(tx, held.run).await?.ok_or(Error::NotFound)?;
                let verb = if told.is_none() { "finished" } else { "failed" };
                let payload = json!({ "file": after.file_name, "counts": after.counts(), "error": after.error });
                did(&IMPORT, at, verb, Thing::ImportRun, held.run).with(payload).record(tx);
                webhook::act::tell(tx, at, after.program_id, webhook::act::Said::of_import(&after), held.run).await?;
            }
            Ok(())
        })
    })
    .await
}

/// Leaves a run for whoever goes on with it: a worker after a while, or the same command at once.
async fn leave(db: &Db, run: &Run, held: &Held, error: &Error) -> Result<()> {
    let (pause, told) = (if run.file_kept { RETRY_SECONDS } else { 0 }, error.message());
    let until = now() + Duration::seconds(pause);
    let told = told.as_str();
    db.write(|tx, _| Box::pin(store::release(tx, held.run, held.until, until, told))).await.map(|_| ())
}

/// Ends a run of the command line that was cut off: its file is not here, but whom it touched is.
async fn give_up(db: &Db, run: &Run) -> Result<()> {
    let mut held = Held::of(run)?;
    assess(db, run, Touched::default(), now(), &mut held).await?;
    let error = Error::Unavailable(
        "The command that imports it was cut off. Run the same command again: it goes on after the last row that was saved.".into(),
    );
    end(db, &held, now(), Some(&error)).await
}

/// Whom a run touched.
#[derive(Default)]
struct Touched {
    customers: BTreeSet<CustomerId>,
    voices: BTreeSet<AuthorId>,
    met: Met,
}

/// How the saving of a file ended that nothing stopped.
enum End {
    /// With its last row.
    Whole,
    /// Somebody cancelled the run. What came before stays.
    Cancelled,
    /// Another worker has the run.
    TakenOver,
}

/// How much a transaction takes in: little where somebody has waited to write lately.
#[derive(Default)]
struct Pace {
    awaited: Option<Instant>,
}

impl Pace {
    /// Rows between two looks at who waits, rows of a transaction, and its seconds.
    fn limits(&self, postgres: bool) -> (usize, usize, f64) {
        match self.awaited.is_some_and(|awaited| awaited.elapsed().as_secs() <= MAKES_ROOM_SECONDS) {
            true => (BATCH, BATCH, TOGETHER_SECONDS_ON_POSTGRES),
            false if postgres => (AT_ONCE_ON_POSTGRES, TOGETHER_ON_POSTGRES, TOGETHER_SECONDS_ON_POSTGRES),
            false => (AT_ONCE, TOGETHER, TOGETHER_SECONDS),
        }
    }
}

/// The rows of the run's file, batch by batch. Gives whom they touched, also where something stopped it.
async fn read_and_save(db: &Db, run: &Run, path: &Path, held: &mut Held) -> (Touched, Result<End, Stopped>) {
    let mut touched = Touched::default();
    let (gatherer, listener, topics) = match ready(db, run).await {
        Ok(ready) => ready,
        Err(error) => return (touched, Err(Stopped::by_database(error))),
    };
    let (sender, batches) = mpsc::channel(AT_ONCE / BATCH * 2);
    let (mapping, kind, skip, file) = (run.mapping.clone(), run.kind, run.row_count, path.to_owned());
    let reading = tokio::task::spawn_blocking(move || read(&file, &mapping, kind, skip, listener, &sender));
    let mut saving = Saving { db, run, gatherer, batches, pace: Pace::default(), epoch: None, customers: BTreeSet::new(), saved: 0 };
    let mut end = saving.save(held).await.map_err(Stopped::by_database);
    let Saving { gatherer, batches, customers, saved, .. } = saving;
    drop(batches);
    let read = reading.await.map_err(|error| Error::Internal(error.to_string())).and_then(|read| read);
    if let (Ok(End::Whole), Err(error)) = (&end, read) {
        end = Err(Stopped::for_good(error));
    }
    if let Ok(End::Whole) = end
        && let Err(error) = ask_for_topics(db, run, topics).await
    {
        end = Err(Stopped::by_database(error));
    }
    if saved > SETTLES
        && let Err(error) = settle(db).await
    {
        tracing::warn!(%error, "the database was not told of many new posts; it will notice by itself");
    }
    (touched.voices, touched.met) = gatherer.finish();
    touched.customers = customers;
    (touched, end)
}

/// What a run needs to be read and saved, and how the topics stood.
async fn ready(db: &Db, run: &Run) -> Result<(Gatherer, Listener, (i64, i64))> {
    let mut tx = db.read().await?;
    let program = program::store::find(&mut tx, run.program_id).await?.ok_or(Error::NotFound)?;
    let number = program::store::number(&mut tx, run.program_id).await?;
    let ear = Ear::of(sentiment::store::load_on(&mut tx, run.program_id).await?);
    let topics = topic::store::stamp(&mut tx, run.program_id).await?;
    let matcher = Matcher::new(&topic::store::list(&mut tx, run.program_id).await?);
    let shouts = if run.kind == Kind::Mentions { Memory::load(&mut tx, run.program_id).await? } else { Memory::default() };
    Ok((Gatherer::new(run, number, Names::of(&program), shouts), Listener::new(run, number, ear, matcher), topics))
}

/// Has the posts read for topics again, where somebody changed a topic while they were read for the old ones.
async fn ask_for_topics(db: &Db, run: &Run, before: (i64, i64)) -> Result<()> {
    if topic::store::stamp(&mut db.read().await?, run.program_id).await? == before {
        return Ok(());
    }
    db.write(|tx, _| Box::pin(task::act::ask(tx, &IMPORT, now(), run.program_id, task::Kind::Topics))).await
}

/// A file on its way into the database.
struct Saving<'a> {
    db: &'a Db,
    run: &'a Run,
    gatherer: Gatherer,
    batches: mpsc::Receiver<Batch>,
    pace: Pace,
    /// The privacy epoch of the last transaction: where it has moved, what is remembered of voices may be wrong.
    epoch: Option<i64>,
    customers: BTreeSet<CustomerId>,
    saved: usize,
}

impl Saving<'_> {
    /// Saves one transaction after the other, until the file ends or the run is no longer this worker's.
    async fn save(&mut self, held: &mut Held) -> Result<End> {
        while let Some(batch) = self.batches.recv().await {
            let until = lease_until(now());
            if !self.save_together(batch, held.until, until).await? {
                let after = store::find(&mut self.db.read().await?, self.run.id).await?;
                return Ok(if after.is_some_and(|run| run.state == State::Running) { End::TakenOver } else { End::Cancelled });
            }
            held.until = until;
        }
        Ok(End::Whole)
    }

    /// Saves a batch and as many of those behind it as go together, in one transaction. False where the run is no longer this worker's:
    /// then nothing of it was saved.
    async fn save_together(&mut self, batch: Batch, held: Time, until: Time) -> Result<bool> {
        let mut tx = self.db.begin_bulk().await?;
        let epoch = epoch::current(&mut tx).await?;
        program::store::hold(&mut tx, self.run.program_id).await?;
        if self.epoch.replace(epoch).is_some_and(|before| before != epoch) {
            self.gatherer.forget(&mut tx).await?;
        }
        let (mut counts, mut out, mut notes, mut raw) = (Counts::default(), Vec::new(), Notes::default(), Vec::new());
        let (mut next, mut rows) = (Some(batch), 0);
        let (at_once, together, seconds) = self.pace.limits(tx.is_postgres());
        let began = Instant::now();
        while let Some(mut batch) = next {
            while batch.len() < at_once
                && let Ok(more) = self.batches.try_recv()
            {
                batch.merge(more);
            }
            rows += batch.len();
            notes.merge(&batch.notes);
            batch.out.iter().for_each(|row: &LeftOut| counts.add(row.outcome));
            out.extend(batch.out);
            let (added, left) = if self.run.kind == Kind::Mentions {
                self.gatherer.posts(&mut tx, batch.posts).await?
            } else {
                let (added, left, people) = self.gatherer.people(&mut tx, batch.people, now()).await?;
                self.customers.extend(people);
                (added, left)
            };
            counts.merge(&added);
            out.extend(left);
            raw.extend(hushed(batch.raw, &self.gatherer.take_unheard())?);
            next = if self.db.is_awaited(&mut tx).await? {
                self.pace.awaited = Some(Instant::now());
                None
            } else if rows < together && out.len() < AT_ONCE && began.elapsed().as_secs_f64() < seconds {
                // Rows that are left out wait in memory, as they came.
                self.batches.try_recv().ok()
            } else {
                None
            };
        }
        self.gatherer.count(&mut tx).await?;
        store::create_rows(&mut tx, self.run.id, &out).await?;
        raw::store::create(&mut tx, self.run.id, &raw).await?;
        if !store::progress(&mut tx, self.run.id, &counts, &notes, held, until).await? {
            return Ok(false);
        }
        tx.commit().await?;
        self.saved += rows;
        Ok(true)
    }
}

async fn settle(db: &Db) -> Result<()> {
    let mut tx = db.begin_bulk().await?;
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

/// Assesses whom a run touched, this worker's part of it and that of those who had it before, and holds it on meanwhile. Ends early where
/// the run was taken over: whoever did so assesses them all.
async fn assess(db: &Db, run: &Run, mut touched: Touched, at: Time, held: &mut Held) -> Result<()> {
    let before = run.row_count > 0;
    match run.kind {
        Kind::Customers => {
            if before {
                touched.customers.extend(store::list_customers(&mut db.read().await?, run.id).await?);
            }
            for part in touched.customers.into_iter().collect::<Vec<_>>().chunks(ASSESSED) {
                segment::act::assess_customers(db, at, run.program_id, part).await?;
                if !hold_on(db, run, held).await? {
                    return Ok(());
                }
            }
        }
        Kind::Mentions => {
            if before {
                touched.voices.extend(store::list_authors(&mut db.read().await?, run.id).await?);
            }
            for part in touched.voices.into_iter().collect::<Vec<_>>().chunks(ASSESSED) {
                segment::act::assess_voices(db, at, run.program_id, part, &touched.met).await?;
                if !hold_on(db, run, held).await? {
                    return Ok(());
                }
            }
        }
    }
    Ok(())
}

/// Holds a run on, between transactions. False where another worker has it; a run that was cancelled needs no lease.
async fn hold_on(db: &Db, run: &Run, held: &mut Held) -> Result<bool> {
    let mut tx = db.begin_bulk().await?;
    let mine = held.renew(&mut tx, run.state).await?;
    tx.commit().await?;
    Ok(mine || store::find(&mut db.read().await?, run.id).await?.is_none_or(|after| after.state != run.state))
}

/// Takes back what a run brought, some hundred posts a transaction, and assesses anew whoever is left. Each transaction holds the run on, so
/// that nobody else undoes it meanwhile; where somebody else has it, it stops.
async fn undo(db: &Db, run: &Run) -> Result<()> {
    let mut held = Held::of(run)?;
    loop {
        let mut tx = db.begin_bulk().await?;
        let some = raw::store::delete_some(&mut tx, run.id).await?;
        if !held.renew(&mut tx, State::Undoing).await? {
            return Ok(());
        }
        tx.commit().await?;
        if some == 0 {
            break;
        }
    }
    let left = match run.kind {
        Kind::Mentions => undo_mentions(db, run, &mut held).await?,
        Kind::Customers => undo_customers(db, run, &mut held).await?.then(BTreeSet::new),
    };
    let Some(left) = left else { return Ok(()) };
    for part in left.into_iter().collect::<Vec<_>>().chunks(ASSESSED) {
        segment::act::assess_voices(db, now(), run.program_id, part, &Met::new()).await?;
        if !hold_on(db, run, &mut held).await? {
            return Ok(());
        }
    }
    db.write(|tx, _| {
        Box::pin(async move {
            let at = now();
            if store::undone(tx, run.id, held.until, at).await? {
                did(&IMPORT, at, "undone", Thing::ImportRun, run.id).with(json!({ "file": run.file_name })).record(tx);
            }
            Ok(())
        })
    })
    .await
}

/// Forgets a run's rows as they stood in its file, in short transactions. Gives how many.
///
/// # Errors
/// What the database says.
pub(crate) async fn forget_raw(db: &Db, run: ImportRunId) -> Result<u64> {
    let mut gone = 0;
    loop {
        let mut tx = db.begin_bulk().await?;
        let some = raw::store::delete_some(&mut tx, run).await?;
        tx.commit().await?;
        gone += some.unsigned_abs();
        if some == 0 {
            return Ok(gone);
        }
    }
}

/// Deletes a run's posts; gives the voices that are left with fewer. None where another worker has the run.
async fn undo_mentions(db: &Db, run: &Run, held: &mut Held) -> Result<Option<BTreeSet<AuthorId>>> {
    let mut left = BTreeSet::new();
    loop {
        let mut tx = db.begin_bulk().await?;
        epoch::raise(&mut tx).await?;
        if !held.renew(&mut tx, State::Undoing).await? {
            return Ok(None);
        }
        let gone = mention::store::delete_of_run(&mut tx, run.id, UNDO_BATCH).await?;
        take_back(&mut tx, run.program_id, &gone, &mut left).await?;
        tx.commit().await?;
        if gone.is_empty() {
            return Ok(Some(left));
        }
    }
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

/// Deletes a run's customers. False where another worker has the run.
async fn undo_customers(db: &Db, run: &Run, held: &mut Held) -> Result<bool> {
    loop {
        let mut tx = db.begin_bulk().await?;
        if !held.renew(&mut tx, State::Undoing).await? {
            return Ok(false);
        }
        let people = customer::store::list_of_run(&mut tx, run.id, UNDO_BATCH).await?;
        segment::store::delete(&mut tx, &people.iter().map(|id| Who::Customer(*id)).collect::<Vec<_>>()).await?;
        customer::store::delete(&mut tx, &people).await?;
        tx.commit().await?;
        if people.is_empty() {
            return Ok(true);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mention::store::Search;
    use crate::retention;
    use crate::testing::each_db;
    use crate::testing::fixture::{SYSTEM, dell, import, newest_import};

    /// Posts of three voices in turn.
    fn rows(numbers: std::ops::Range<usize>) -> String {
        let line = |number: usize| {
            let voice = ["zoe_k", "maxo", "mia"][number % 3];
            format!("2022-09-01 10:00:00+00:00,{},I hate this terrible support number {number},{voice}\n", 9000 + number)
        };
        "Datetime,Tweet Id,Text,Username\n".to_owned() + &numbers.map(line).collect::<String>()
    }

    /// The batches of a file, as the reading thread hands them over.
    async fn batches(run: &Run, listener: Listener, text: &str) -> Vec<Batch> {
        let path = std::env::temp_dir().join(format!("weheard-batches-{}.csv", uuid::Uuid::new_v4()));
        std::fs::write(&path, text).expect("a file");
        let (sender, mut receiver) = mpsc::channel(1000);
        let (mapping, kind, file) = (run.mapping.clone(), run.kind, path.clone());
        tokio::task::spawn_blocking(move || read(&file, &mapping, kind, 0, listener, &sender)).await.expect("ended").expect("read");
        std::fs::remove_file(path).expect("removed");
        let mut found = Vec::new();
        while let Ok(batch) = receiver.try_recv() {
            found.push(batch);
        }
        found
    }

    /// A run that this worker holds, with what it needs, and the batches of its file.
    async fn at_work(db: &Db) -> (Run, Gatherer, Vec<Batch>) {
        import(db, &rows(0..3), dell()).await;
        let run = newest_import(&mut db.read().await.expect("tx")).await;
        let until = lease_until(now());
        let mut tx = db.begin().await.expect("tx");
        crate::sql!(tx, |c| sqlx::query("UPDATE import_run SET state = 'running', lease_until = $1").bind(until).execute(c).await.map(|_| ()))
            .expect("held");
        tx.commit().await.expect("commit");
        let run = Run { state: State::Running, lease_until: Some(until), ..run };
        let (gatherer, listener, _) = ready(db, &run).await.expect("ready");
        let batches = batches(&run, listener, &rows(3..3 + 2 * BATCH)).await;
        assert_eq!(batches.len(), 2);
        (run, gatherer, batches)
    }

    async fn posts_of(db: &Db, handle: &str) -> usize {
        let found = mention::store::list(&mut db.read().await.expect("tx"), &Search::default(), 999, 0).await.expect("posts");
        found.iter().filter(|post| post.handle == handle).count()
    }

    #[tokio::test]
    async fn an_opt_out_between_two_batches_counts_for_the_second_and_a_voice_that_left_is_met_anew() {
        each_db(|db| async move {
            let (run, gatherer, batches) = at_work(&db).await;
            let (_sender, receiver) = mpsc::channel(1);
            let mut saving =
                Saving { db: &db, run: &run, gatherer, batches: receiver, pace: Pace::default(), epoch: None, customers: BTreeSet::new(), saved: 0 };
            let mut held = run.lease_until.expect("held");
            let mut batches = batches.into_iter();
            let mut save = async |saving: &mut Saving<'_>| {
                let until = lease_until(now());
                assert!(saving.save_together(batches.next().expect("a batch"), held, until).await.expect("saved"));
                held = until;
            };
            save(&mut saving).await;
            assert!(posts_of(&db, "zoe_k").await > 20 && posts_of(&db, "mia").await > 20);

            db.write(|tx, _| Box::pin(retention::act::object(tx, &SYSTEM, now(), "x", "zoe_k"))).await.expect("an opt-out");
            // All that Mia wrote so far was deleted where she wrote it: she is gone.
            let all = mention::store::list(&mut db.read().await.expect("tx"), &Search::default(), 999, 0).await.expect("posts");
            let hers: Vec<String> = all.iter().filter(|post| post.handle == "mia").filter_map(|post| post.mention.external_id.clone()).collect();
            retention::act::remove(&db, &SYSTEM, now(), run.program_id, &hers).await.expect("removed");
            assert_eq!((posts_of(&db, "zoe_k").await, posts_of(&db, "mia").await), (0, 0));

            save(&mut saving).await;
            assert_eq!(posts_of(&db, "zoe_k").await, 0, "nothing of hers came back");
            assert!(posts_of(&db, "mia").await > 20 && posts_of(&db, "maxo").await > 40, "the others go on");
        })
        .await;
    }

    #[tokio::test]
    async fn an_opt_out_waits_for_the_transaction_that_brings_the_voice_and_takes_all_of_it() {
        each_db(|db| async move {
            let (run, mut gatherer, mut batches) = at_work(&db).await;
            let mut tx = db.begin_bulk().await.expect("tx");
            epoch::current(&mut tx).await.expect("the epoch");
            program::store::hold(&mut tx, run.program_id).await.expect("held");
            let objecting = {
                let db = db.clone();
                tokio::spawn(async move { db.write(|tx, _| Box::pin(retention::act::object(tx, &SYSTEM, now(), "x", "zoe_k"))).await })
            };
            while !db.is_awaited(&mut tx).await.expect("asked") {
                tokio::time::sleep(std::time::Duration::from_millis(2)).await;
            }
            gatherer.posts(&mut tx, batches.remove(0).posts).await.expect("saved");
            gatherer.count(&mut tx).await.expect("counted");
            tx.commit().await.expect("commit");
            assert!(objecting.await.expect("ended").expect("an opt-out").known);
            assert_eq!(posts_of(&db, "zoe_k").await, 0);
            assert!(posts_of(&db, "maxo").await > 20);
        })
        .await;
    }

    #[tokio::test]
    async fn who_locks_the_row_of_a_program_does_not_wait_for_its_imports() {
        each_db(|db| async move {
            let (run, mut gatherer, mut batches) = at_work(&db).await;
            if db.postgres().is_none() {
                // SQLite has one writer.
                return;
            }
            let mut tx = db.begin_bulk().await.expect("tx");
            program::store::hold(&mut tx, run.program_id).await.expect("held");
            gatherer.posts(&mut tx, batches.remove(0).posts).await.expect("saved");
            // As drafting an item does, for its number.
            db.write(|tx, _| {
                Box::pin(async move {
                    let program = program::store::find(tx, run.program_id).await?.ok_or(Error::NotFound)?;
                    assert!(program::store::update(tx, &program).await?);
                    Ok(())
                })
            })
            .await
            .expect("while the import holds the listening");
            gatherer.count(&mut tx).await.expect("counted");
            tx.commit().await.expect("commit");
        })
        .await;
    }
}
