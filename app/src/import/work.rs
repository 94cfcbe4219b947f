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
/// Rows that are saved without that look where nobody has waited for a while: the more, the less there is to do for each. On PostgreSQL,
/// where others may wait for rows that this run has written, fewer.
const AT_ONCE: usize = 2048;
const AT_ONCE_ON_POSTGRES: usize = 512;
/// Rows of one transaction for which nobody waits: the more, the less is written twice. On PostgreSQL, where its end takes longer, fewer.
const TOGETHER: usize = 32_768;
const TOGETHER_ON_POSTGRES: usize = 8192;
/// How long such a transaction goes on, however few rows it has: far less than the lease of a job. On PostgreSQL others write meanwhile.
const TOGETHER_SECONDS: f64 = 5.0;
const TOGETHER_SECONDS_ON_POSTGRES: f64 = 1.0;
/// Rows from which on the database is told that much is new.
const SETTLES: usize = 1000;
/// For how long an import makes room after somebody has waited.
const MAKES_ROOM_SECONDS: u64 = 10;
/// Characters of a raw row that are kept.
const RAW_LONGEST: usize = 20_000;
/// Posts taken back in one transaction.
const UNDO_BATCH: i64 = 1000;
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
    if after.is_none_or(|run| matches!(run.state, State::Finished | State::Undone | State::Discarded)) {
        let _ = tokio::fs::remove_file(kept).await;
    }
    // What was recorded with the run waits for a person: trying it again as it is would end in the same way.
    outcome.map_err(|error| if error.is_passing() { error } else { Error::Conflict(error.message()) })
}

/// A mistake of the file: it is the same however often it is read.
fn for_good(error: Error) -> Error {
    match error {
        Error::Unavailable(why) => Error::Conflict(why),
        other => other,
    }
}

/// What keeps a batch from being saved. Where somebody else was quicker, as who erases a voice, it goes on with what is there then.
fn by_others(error: Error) -> Error {
    match error {
        Error::Conflict(why) => {
            tracing::debug!(why, "a batch of an import met what is no longer there");
            Error::Busy
        }
        other => other,
    }
}

/// Records with the run that its job was given up. Those whose posts came are assessed: nobody else would do it.
///
/// # Errors
/// What the database says.
pub async fn give_up(db: &Db, job: &Job, why: &Error) -> Result<()> {
    let id: ImportRunId = job.key.parse().map_err(|_| Error::NotFound)?;
    let Some(run) = store::find(&mut db.read().await?, id).await? else { return Ok(()) };
    if run.state == State::Running {
        assess(db, &run, Touched::default(), now()).await?;
    }
    db.write(|tx, _| Box::pin(end(tx, id, now(), Some(why)))).await
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
        State::Mapping | State::Cancelled | State::Failed if is_old => db.write(|tx, _| Box::pin(give_up_file(tx, run.id))).await,
        State::Mapping | State::Cancelled | State::Failed => Ok(false),
    }
}

/// Records that a run has no file from here on. False where somebody went on with the run meanwhile: then it needs its file.
async fn give_up_file(tx: &mut Tx, id: ImportRunId) -> Result<bool> {
    let waits = store::find(tx, id).await?.is_some_and(|run| matches!(run.state, State::Mapping | State::Cancelled | State::Failed));
    if waits {
        store::move_on(tx, id, &[State::Mapping], State::Discarded).await?;
        store::forget_file(tx, id).await?;
    }
    Ok(waits)
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
        if error.is_passing() {
            // The run goes on later as if nothing had happened.
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
    did(&IMPORT, at, verb, Thing::ImportRun, id).with(payload).record(tx);
    webhook::act::tell(tx, at, after.program_id, webhook::act::Said::of_import(&after), id).await
}

/// Whom a run touched.
#[derive(Default)]
pub(super) struct Touched {
    customers: BTreeSet<CustomerId>,
    voices: BTreeSet<AuthorId>,
    met: Met,
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

/// The rows of the run's file, batch by batch. None where the run was cancelled, taken by another worker, or the server stops.
pub(super) async fn read_and_save(db: &Db, held: &mut Held, run: &Run, path: &Path) -> Result<Option<Touched>> {
    let (gatherer, listener, topics) = ready(db, run).await?;
    let (sender, batches) = mpsc::channel(AT_ONCE / BATCH * 2);
    let (mapping, kind, skip, file) = (run.mapping.clone(), run.kind, run.row_count, path.to_owned());
    let reading = tokio::task::spawn_blocking(move || read(&file, &mapping, kind, skip, listener, &sender));
    let mut saving = Saving::new(db, run, gatherer, batches);
    let whole = saving.save(held).await.map_err(by_others)?;
    let Saving { gatherer, batches, customers, saved, .. } = saving;
    drop(batches);
    if !whole {
        return Ok(None);
    }
    reading.await.map_err(|error| Error::Internal(error.to_string()))?.map_err(for_good)?;
    if topic::store::stamp(&mut db.read().await?, run.program_id).await? != topics {
        // Somebody changed a topic meanwhile, and these posts were still read for the old ones.
        let ask = Ask::of_program(job::Kind::Topics, run.program_id);
        db.write(|tx, _| Box::pin(job::act::restart(tx, &IMPORT, now(), ask.clone()))).await?;
    }
    if saved > SETTLES
        && let Err(error) = settle(db).await
    {
        tracing::warn!(%error, "the database was not told of many new posts; it will notice by itself");
    }
    let (voices, met) = gatherer.finish();
    Ok(Some(Touched { customers, voices, met }))
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

impl<'a> Saving<'a> {
    fn new(db: &'a Db, run: &'a Run, gatherer: Gatherer, batches: mpsc::Receiver<Batch>) -> Self {
        Self { db, run, gatherer, batches, pace: Pace::default(), epoch: None, customers: BTreeSet::new(), saved: 0 }
    }

    /// Saves one transaction after the other to the end of the file. False where the run was cancelled, taken by another worker, or the
    /// server stops: what came before stays.
    async fn save(&mut self, held: &mut Held) -> Result<bool> {
        while let Some(batch) = self.batches.recv().await {
            if !self.save_together(batch, held).await? || held.is_stopping() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Saves a batch and as many of those behind it as go together, in one transaction. False where the run is no longer this worker's:
    /// then nothing of it was saved.
    async fn save_together(&mut self, batch: Batch, held: &mut Held) -> Result<bool> {
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
        held.job.done += counts.rows;
        if !store::progress(&mut tx, self.run.id, &counts, &notes).await? || !job::act::progress(&mut tx, held, now()).await? {
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

async fn assess(db: &Db, run: &Run, touched: Touched, at: Time) -> Result<()> {
    if run.kind == Kind::Customers {
        let mut people = touched.customers;
        if run.row_count > 0 {
            people.extend(store::list_customers(&mut db.read().await?, run.id).await?);
        }
        let people: Vec<_> = people.into_iter().collect();
        return segment::act::assess_customers(db, at, run.program_id, &people).await;
    }
    let mut voices = touched.voices;
    if run.row_count > 0 {
        // Whoever carried it out before has not assessed the voices that it touched.
        voices.extend(store::list_authors(&mut db.read().await?, run.id).await?);
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
        job::act::restart(&mut tx, &IMPORT, now(), Ask::of_program(job::Kind::Assessment, run.program_id)).await?;
    }
    store::undone(&mut tx, run.id, now()).await?;
    did(&IMPORT, now(), "undone", Thing::ImportRun, run.id).with(json!({ "file": run.file_name })).record(&mut tx);
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
        let mut tx = db.begin_bulk().await?;
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
        let mut tx = db.begin_bulk().await?;
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
        let mut tx = db.begin_bulk().await?;
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mention::store::Search;
    use crate::retention;
    use crate::testing::fixture::{SYSTEM, dell, import, newest_import};
    use crate::testing::{change, each_db};

    /// Posts of three voices in turn.
    fn rows(numbers: std::ops::Range<usize>) -> String {
        let line = |number: usize| {
            let voice = ["zoe_k", "maxo", "mia"][number % 3];
            format!(
                "2022-09-01 10:00:00+00:00,{},I hate this terrible support number {number},{voice}\n",
                15_700_000_000_u64 + number as u64
            )
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
            // The run has rows at these lines already.
            found.push(Batch { raw: Vec::new(), ..batch });
        }
        found
    }

    /// A run that this worker holds, with what it needs, and the batches of its file.
    async fn at_work(db: &Db) -> (Run, Held, Gatherer, Vec<Batch>) {
        import(db, &rows(0..3), dell()).await;
        let run = newest_import(&mut db.read().await.expect("tx")).await;
        let mut tx = db.begin().await.expect("tx");
        crate::sql!(tx, |c| sqlx::query("UPDATE import_run SET state = 'running'").execute(c).await.map(|_| ())).expect("at work");
        let held = job::act::take(&mut tx, &SYSTEM, now(), Ask::new(job::Kind::Import, run.id)).await.expect("held");
        tx.commit().await.expect("commit");
        let (gatherer, listener, _) = ready(db, &run).await.expect("ready");
        let batches = batches(&run, listener, &rows(3..3 + 2 * BATCH)).await;
        assert_eq!(batches.len(), 2);
        (run, held, gatherer, batches)
    }

    async fn posts_of(db: &Db, handle: &str) -> usize {
        let found = mention::store::list(&mut db.read().await.expect("tx"), &Search::default(), 999, 0).await.expect("posts");
        found.iter().filter(|post| post.handle == handle).count()
    }

    #[tokio::test]
    async fn an_opt_out_between_two_batches_counts_for_the_second_and_a_voice_that_left_is_met_anew() {
        each_db(|db| async move {
            let (run, mut held, gatherer, mut batches) = at_work(&db).await;
            let (_sender, receiver) = mpsc::channel(1);
            let mut saving = Saving::new(&db, &run, gatherer, receiver);
            assert!(saving.save_together(batches.remove(0), &mut held).await.expect("saved"));
            assert!(posts_of(&db, "zoe_k").await > 20 && posts_of(&db, "mia").await > 20);

            db.write(|tx, _| Box::pin(retention::act::object(tx, &SYSTEM, now(), "x", "zoe_k"))).await.expect("an opt-out");
            // All that Mia wrote so far was deleted where she wrote it: she is gone.
            let all = mention::store::list(&mut db.read().await.expect("tx"), &Search::default(), 999, 0).await.expect("posts");
            let hers: Vec<String> =
                all.iter().filter(|post| post.handle == "mia").filter_map(|post| post.mention.external_id.clone()).collect();
            retention::act::remove(&db, &SYSTEM, now(), run.program_id, &hers).await.expect("removed");
            assert_eq!((posts_of(&db, "zoe_k").await, posts_of(&db, "mia").await), (0, 0));

            assert!(saving.save_together(batches.remove(0), &mut held).await.expect("saved"));
            assert_eq!(posts_of(&db, "zoe_k").await, 0, "nothing of hers came back");
            assert!(posts_of(&db, "mia").await > 20 && posts_of(&db, "maxo").await > 40, "the others go on");
        })
        .await;
    }

    #[tokio::test]
    async fn a_file_is_kept_for_a_run_that_somebody_went_on_with_since_it_was_looked_at() {
        each_db(|db| async move {
            import(&db, &rows(0..3), dell()).await;
            change(&db, "UPDATE import_run SET state = 'failed', file_kept = (1 = 1)").await;
            let seen = newest_import(&mut db.read().await.expect("tx")).await;
            db.write(|tx, _| Box::pin(crate::import::act::retry(tx, &SYSTEM, now(), seen.id))).await.expect("it goes on");
            assert!(!is_forgotten(&db, &seen, now() + Duration::days(400)).await.expect("looked"));
            let after = newest_import(&mut db.read().await.expect("tx")).await;
            assert_eq!((after.state, after.file_kept), (State::Queued, true));
        })
        .await;
    }

    #[tokio::test]
    async fn an_opt_out_waits_for_the_transaction_that_brings_the_voice_and_takes_all_of_it() {
        each_db(|db| async move {
            let (run, _, mut gatherer, mut batches) = at_work(&db).await;
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
            let (run, _, mut gatherer, mut batches) = at_work(&db).await;
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
