//! Counting phrases in the background, whenever a program has other mentions than the last time.
//!
//! Five weeks of mentions are read. A day of up to `WHOLE` mentions is read whole, of a busier one the first `HOURLY` mentions of
//! each hour: the work stays bounded, and every time zone is represented.

use chrono::{Duration, NaiveDate, NaiveTime};

use super::rules::{self, PhraseSource};
use super::{PhraseRun, store};
use crate::access::job::{self, JobLease, JobOutcome};
use crate::db::{Db, Tx};
use crate::kernel::clock::now;
use crate::kernel::error::{Result, blocking};
use crate::kernel::ids::ProgramId;
use crate::listening::topic::trend::TrendSpan;
use crate::listening::volume;
use crate::program::{self, Program};

/// Mentions of an hour of a busy day that are read, and mentions of a day that is not busy.
pub const HOURLY: i64 = 120;
pub const WHOLE: i64 = 24 * HOURLY;

/// Counts the phrases of every program that needs it.
///
/// # Errors
/// What the database says.
pub async fn work(db: &Db) -> Result<()> {
    let programs = program::store::list(&mut db.read().await?).await?;
    for program in &programs {
        count(db, program).await?;
    }
    Ok(())
}

/// As `work`, for a job: it is told how many programs are done, and ends it between two.
///
/// # Errors
/// What the database says.
pub async fn run(db: &Db, mut held: JobLease) -> Result<JobOutcome> {
    let programs = program::store::list(&mut db.read().await?).await?;
    held.job.total = i64::try_from(programs.len()).ok();
    for program in &programs {
        if held.is_stopping() {
            return Ok(JobOutcome::Stopped);
        }
        count(db, program).await?;
        held.job.done += 1;
        let mut tx = db.begin().await?;
        if !job::act::progress(&mut tx, &held, now()).await? {
            return Ok(JobOutcome::Stopped);
        }
        tx.commit().await?;
    }
    Ok(JobOutcome::Finished)
}

async fn count(db: &Db, program: &Program) -> Result<()> {
    let mut tx = db.read().await?;
    let days = volume::store::list_days(&mut tx, program.id, None, None).await?;
    let Some(last) = days.last() else { return Ok(()) };
    let total: i64 = days.iter().map(|day| day.counts.mentions).sum();
    let before = store::find_run(&mut tx, program.id).await?;
    if before.is_some_and(|run| (run.until, run.total) == (last.day, total)) {
        return Ok(());
    }
    let span = TrendSpan::ending(last.day);
    let (mut sources, mut sampled) = (Vec::new(), false);
    for day in days.iter().filter(|day| day.day >= span.before) {
        let busy = day.counts.mentions > WHOLE;
        sampled |= busy;
        read_day(&mut tx, program.id, day.day, busy, day.day >= span.since, &mut sources).await?;
    }
    drop(tx);
    let mut names: Vec<String> =
        program.charter.own_handles.split_whitespace().map(|handle| handle.trim_start_matches('@').to_owned()).collect();
    names.push(program.charter.organisation.clone());
    let found = blocking(move || Ok(rules::find(&sources, &names))).await?;
    let run = PhraseRun { computed_at: now(), until: last.day, total, mentions: found.mentions, before: found.before, sampled };
    let mut tx = db.begin().await?;
    store::replace(&mut tx, program.id, &run, &found.phrases).await?;
    tx.commit().await
}

async fn read_day(
    tx: &mut Tx,
    program: ProgramId,
    day: NaiveDate,
    busy: bool,
    recent: bool,
    sources: &mut Vec<PhraseSource>,
) -> Result<()> {
    let midnight = day.and_time(NaiveTime::MIN).and_utc();
    let (parts, limit) = if busy { (24, HOURLY) } else { (1, WHOLE) };
    for part in 0..parts {
        let (from, to) = (midnight + Duration::hours(part * 24 / parts), midnight + Duration::hours((part + 1) * 24 / parts));
        sources.extend(store::list_mentions(tx, program, from, to, limit).await?.into_iter().map(|mention| PhraseSource {
            author: mention.author_id.0,
            text: mention.text,
            language: mention.language,
            reading: mention.reading,
            recent,
        }));
    }
    Ok(())
}
