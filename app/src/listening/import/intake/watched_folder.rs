//! The watched folder: files in it are imported automatically.
//!
//! A file is taken once nobody has written to it for some seconds. It is taken by being renamed into the spool, into a folder of its own that
//! says for which program it is: whatever is put in its place meanwhile is another file, and of two processes one gets it. What was taken and
//! is not entered yet is taken up by whoever looks next, and a crash after that imports it again, which creates nothing twice. A folder
//! inside the watched one, named as a program, holds files for that program.

use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use crate::access::account::Actor;
use crate::db::Db;
use crate::kernel::clock::{Time, now};
use crate::kernel::error::{Error, Result, blocking};
use crate::kernel::ids::{ImportRunId, ProgramId};
use crate::listening::import::intake::{ArrivedFile, OnArrival, admit};
use crate::program;

/// Nobody writes to a file any more that has been still for this long.
const QUIET_PERIOD: Duration = Duration::from_secs(5);
/// A folder for a file that was taken is left behind where nothing came into it for so long.
const LEFTOVER_AGE: Duration = Duration::from_secs(24 * 3600);
/// Where files go that hold nothing to import.
const REFUSED: &str = "refused";
/// What stands beside a refused file, with the reason.
const WHY: &str = ".why.txt";
/// Endings of files that a program has not finished.
const UNFINISHED: [&str; 4] = ["part", "tmp", "crdownload", "filepart"];
/// What the spool's folders of taken files begin with: `watched-PROGRAM-ID`.
const TAKEN: &str = "watched-";
/// What the watched folder's own such folders begin with, where the spool is on another disk.
const TAKEN_HERE: &str = ".weheard-";

/// Looks once, and takes what is there. Gives how many files were imported or wait for a person.
///
/// # Errors
/// `Unavailable` for a folder that cannot be read, or a database that cannot be asked: what is there stays.
pub async fn take(db: &Db, folder: &Path, spool: &Path) -> Result<usize> {
    let programs = program::store::list(&mut db.read().await?).await?;
    let Some(newest) = programs.first() else { return Ok(0) };
    let mut folders = vec![(folder.to_owned(), IntendedFor { program: newest.id, by_folder: false }, newest.charter.source_row_days)];
    for program in &programs {
        let own = folder_of(&program.charter.name).map(|name| folder.join(name));
        folders.extend(own.map(|own| (own, IntendedFor { program: program.id, by_folder: true }, program.charter.source_row_days)));
    }
    let now = now();
    for (own, meant, days) in folders.clone() {
        let spool = spool.to_owned();
        blocking(move || {
            if own.is_dir() {
                take_all(&own, &spool, meant)?;
                purge_refused(&own, now - chrono::Duration::days(days));
            }
            Ok(())
        })
        .await?;
    }
    let looked = spool.to_owned();
    let mut imported = 0;
    for taken in blocking(move || ClaimedFile::list(&looked)).await? {
        // Back to where it came from; a program that has another name by now may have no folder.
        let own = folders.iter().find(|(own, meant, _)| *meant == taken.meant && own.is_dir()).map_or(folder, |(own, ..)| own);
        imported += usize::from(import(db, taken, &own.join(REFUSED), spool).await?);
    }
    Ok(imported)
}

/// For which program a file is meant, and whether its folder said so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct IntendedFor {
    program: ProgramId,
    by_folder: bool,
}

impl IntendedFor {
    /// The name of a folder for one file that was taken.
    fn folder(self, begin: &str) -> String {
        let Self { program, by_folder } = self;
        format!("{begin}{program}.{}.{}", if by_folder { "own" } else { "all" }, ImportRunId::new())
    }

    /// From such a name, without its beginning.
    fn read(name: &str) -> Option<Self> {
        let (program, rest) = name.split_once('.')?;
        Some(Self { program: program.parse().ok()?, by_folder: rest.starts_with("own.") })
    }
}

/// The folder of a program's own; none for a name that leads elsewhere.
fn folder_of(program: &str) -> Option<String> {
    let name = program.replace(['/', '\\'], "-");
    (!name.starts_with('.') && name != REFUSED).then_some(name)
}

/// A file that was taken into the spool, and is this process's for as long as this lives.
struct ClaimedFile {
    meant: IntendedFor,
    path: PathBuf,
    name: String,
    /// Locked: another process passes by.
    _lock: File,
}

impl ClaimedFile {
    /// What was taken and not entered yet, as far as nobody else is at it and nobody writes to it any more.
    fn list(spool: &Path) -> Result<Vec<Self>> {
        let mut found = Vec::new();
        for own in folders_in(spool, TAKEN) {
            let meant =
                own.file_name().and_then(|name| name.to_str()).and_then(|name| name.strip_prefix(TAKEN)).and_then(IntendedFor::read);
            let Some(meant) = meant else { continue };
            match only_file(&own) {
                Some(path) => found.extend(Self::lock(meant, path)),
                None if is_leftover(&own) => drop(fs::remove_dir_all(&own)),
                None => {}
            }
        }
        Ok(found)
    }

    fn lock(meant: IntendedFor, path: PathBuf) -> Option<Self> {
        let name = path.file_name()?.to_string_lossy().into_owned();
        let file = File::open(&path).ok()?;
        file.try_lock().ok()?;
        // Who had it before may have imported it in between.
        let is_there = fs::metadata(&path).is_ok_and(|about| is_still(&about));
        is_there.then_some(Self { meant, path, name, _lock: file })
    }

    /// Takes it out of the spool: it is imported, or lies elsewhere now.
    fn done(self) {
        let _ = fs::remove_file(&self.path);
        if let Some(own) = self.path.parent() {
            let _ = fs::remove_dir(own);
        }
    }
}

/// Imports a file that was taken. Gives whether it was; one that is refused goes back with the reason.
async fn import(db: &Db, taken: ClaimedFile, refused: &Path, spool: &Path) -> Result<bool> {
    let actor = Actor::System("watched folder");
    let (program, then) = (taken.meant.program, OnArrival::StartOrWait);
    let arrival = ArrivedFile { program, name: &taken.name, upload: &taken.path, stays: true, spool, kind: None, then };
    let why = match admit(db, &actor, arrival).await {
        Ok(_) => None,
        Err(Error::Invalid(why)) => Some(why.into_iter().map(|(_, message)| message).collect::<Vec<_>>().join(" ")),
        Err(other) => return Err(other),
    };
    let refused = refused.to_owned();
    blocking(move || {
        if let Some(why) = &why {
            tracing::warn!(file = taken.name, why, "a file in the watched folder was refused");
            refuse(&refused, &taken.path, &taken.name, why).map_err(|error| {
                Error::unavailable(format!("{} was rejected but cannot be moved to {}: {error}", taken.name, refused.display()))
            })?;
        }
        let imported = why.is_none();
        taken.done();
        Ok(imported)
    })
    .await
}

/// Takes all finished files of a folder into the spool.
fn take_all(folder: &Path, spool: &Path, meant: IntendedFor) -> Result<()> {
    // What was taken here by a process that ended before it came into the spool.
    for own in folders_in(folder, TAKEN_HERE) {
        match only_file(&own) {
            Some(path) => carry(&path, spool, meant).map_err(|error| untaken(&path, &error))?,
            None if is_leftover(&own) => drop(fs::remove_dir_all(&own)),
            None => {}
        }
    }
    for path in finished(folder)? {
        match take_one(&path, folder, spool, meant) {
            // Another process was quicker, or it was taken away again. If it is still there, the next look takes it.
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            other => other.map_err(|error| untaken(&path, &error))?,
        }
    }
    Ok(())
}

fn untaken(path: &Path, error: &io::Error) -> Error {
    Error::unavailable(format!(
        "{} cannot be moved out of the watched folder: {error}. Check the permissions of the folder.",
        path.display()
    ))
}

/// Files that are finished, oldest first.
fn finished(folder: &Path) -> Result<Vec<PathBuf>> {
    let unreadable = |error: io::Error| Error::unavailable(format!("The watched folder {} cannot be read: {error}", folder.display()));
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let path = entry.path();
        // What another process takes meanwhile is gone.
        let Ok(about) = entry.metadata() else { continue };
        let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase()).unwrap_or_default();
        let hidden = entry.file_name().to_string_lossy().starts_with('.');
        if about.is_file() && is_still(&about) && !hidden && !UNFINISHED.contains(&ending.as_str()) {
            found.push((about.modified().unwrap_or(SystemTime::UNIX_EPOCH), path));
        }
    }
    found.sort();
    Ok(found.into_iter().map(|(_, path)| path).collect())
}

/// Whether nobody writes to a file any more. A clock that was set back must not keep one for ever.
fn is_still(about: &fs::Metadata) -> bool {
    about.modified().unwrap_or(SystemTime::UNIX_EPOCH).elapsed().map_or(true, |age| age >= QUIET_PERIOD)
}

/// Takes one file: into the spool where that is on the same disk, else first into a folder beside it, from where it is carried there.
fn take_one(path: &Path, folder: &Path, spool: &Path, meant: IntendedFor) -> io::Result<()> {
    fs::create_dir_all(spool)?;
    match rename_into(path, &spool.join(meant.folder(TAKEN))) {
        Err(error) if error.kind() == ErrorKind::CrossesDevices => {
            let here = folder.join(meant.folder(TAKEN_HERE));
            rename_into(path, &here)?;
            carry(&here.join(path.file_name().unwrap_or_default()), spool, meant)
        }
        other => other,
    }
}

fn rename_into(path: &Path, own: &Path) -> io::Result<()> {
    fs::create_dir(own)?;
    let moved = fs::rename(path, own.join(path.file_name().unwrap_or_default()));
    if moved.is_err() {
        let _ = fs::remove_dir(own);
    }
    moved
}

/// Carries a file that was taken into the spool on another disk. It is removed here once it is there.
fn carry(path: &Path, spool: &Path, meant: IntendedFor) -> io::Result<()> {
    let file = File::open(path)?;
    if file.try_lock().is_err() || !path.exists() {
        // Another process does.
        return Ok(());
    }
    let (name, own) = (path.file_name().unwrap_or_default(), spool.join(meant.folder(TAKEN)));
    let half = own.join(".half");
    fs::create_dir(&own)?;
    let copied = fs::copy(path, &half).and_then(|_| File::open(&half)?.sync_all()).and_then(|()| fs::rename(&half, own.join(name)));
    if let Err(error) = copied {
        let _ = fs::remove_dir_all(&own);
        return Err(error);
    }
    fs::remove_file(path)?;
    path.parent().map_or(Ok(()), fs::remove_dir)
}

/// The folders in a folder whose names begin so.
fn folders_in(folder: &Path, begin: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let begins = |entry: &fs::DirEntry| entry.file_name().to_string_lossy().starts_with(begin);
    let mut found: Vec<PathBuf> = entries.filter(begins).map(|entry| entry.path()).filter(|path| path.is_dir()).collect();
    found.sort();
    found
}

/// Whether an empty folder, or one with half a file, was left behind by a process that ended.
fn is_leftover(own: &Path) -> bool {
    fs::metadata(own).and_then(|about| about.modified()).is_ok_and(|at| at.elapsed().is_ok_and(|age| age > LEFTOVER_AGE))
}

/// The file in a folder of one, once it is there as a whole.
fn only_file(own: &Path) -> Option<PathBuf> {
    let entry = fs::read_dir(own).ok()?.flatten().next()?;
    (entry.file_name() != ".half" && entry.metadata().is_ok_and(|about| about.is_file())).then(|| entry.path())
}

/// Puts a file among those that were refused, with the reason beside it, under a name that nothing there has.
fn refuse(refused: &Path, path: &Path, name: &str, why: &str) -> io::Result<()> {
    fs::create_dir_all(refused)?;
    let mut number = 1;
    let (there, beside) = loop {
        let there = refused.join(numbered(name, number));
        let beside = refused.join(format!("{}{WHY}", numbered(name, number)));
        number += 1;
        match File::create_new(&beside) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => continue,
            other => drop(other?),
        }
        match File::create_new(&there) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => fs::remove_file(&beside)?,
            other => {
                drop(other?);
                break (there, beside);
            }
        }
    };
    fs::write(&beside, format!("{why}\n"))?;
    match fs::rename(path, &there) {
        Err(error) if error.kind() == ErrorKind::CrossesDevices => drop(fs::copy(path, &there)?),
        other => other?,
    }
    // It is kept for so long from now on, however old it is.
    File::options().write(true).open(&there)?.set_modified(SystemTime::now())
}

/// `latest.csv`, `latest (2).csv`.
fn numbered(name: &str, number: u32) -> String {
    match (number, name.rsplit_once('.')) {
        (1, _) => name.to_owned(),
        (_, Some((stem, ending))) if !stem.is_empty() => format!("{stem} ({number}).{ending}"),
        _ => format!("{name} ({number})"),
    }
}

/// Forgets what was refused before this moment: it may hold what people wrote, and is kept no longer than rows are.
fn purge_refused(folder: &Path, before: Time) {
    for entry in fs::read_dir(folder.join(REFUSED)).into_iter().flatten().flatten() {
        let old = entry.metadata().and_then(|about| about.modified()).is_ok_and(|written| Time::from(written) < before);
        if old && let Err(error) = fs::remove_file(entry.path()) {
            tracing::warn!(file = %entry.path().display(), %error, "a refused file could not be removed after its days");
        }
    }
}

#[cfg(test)]
mod tests;
