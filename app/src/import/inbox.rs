//! The watched folder: files that a tool or a person puts there are imported without anybody at hand.
//!
//! A file is taken once nobody has written to it for some seconds. It is taken by being renamed into the spool, into a folder of its own that
//! says for which program it is: whatever is put in its place meanwhile is another file, and of two processes one gets it. What was taken and
//! is not entered yet is taken up by whoever looks next, and a crash after that imports it again, which creates nothing twice. A folder
//! inside the watched one, named as a program, holds files for that program.

use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::arrive::{Arrival, Then, admit};
use crate::account::Actor;
use crate::clock::{Time, now};
use crate::db::Db;
use crate::error::{Error, Result, blocking};
use crate::ids::{ImportRunId, ProgramId};
use crate::program;

/// Nobody writes to a file any more that has been still for this long.
const STILL: Duration = Duration::from_secs(5);
/// A folder for a file that was taken is left behind where nothing came into it for so long.
const LEFTOVER: Duration = Duration::from_secs(24 * 3600);
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
    let mut folders = vec![(folder.to_owned(), Meant { program: newest.id, by_folder: false }, newest.raw_days)];
    for program in &programs {
        let own = folder_of(&program.name).map(|name| folder.join(name));
        folders.extend(own.map(|own| (own, Meant { program: program.id, by_folder: true }, program.raw_days)));
    }
    let now = now();
    for (own, meant, days) in folders.clone() {
        let spool = spool.to_owned();
        blocking(move || {
            if own.is_dir() {
                take_all(&own, &spool, meant)?;
                forget_refused(&own, now - chrono::Duration::days(days));
            }
            Ok(())
        })
        .await?;
    }
    let looked = spool.to_owned();
    let mut imported = 0;
    for taken in blocking(move || Taken::list(&looked)).await? {
        // Back to where it came from; a program that has another name by now may have no folder.
        let own = folders.iter().find(|(own, meant, _)| *meant == taken.meant && own.is_dir()).map_or(folder, |(own, ..)| own);
        imported += usize::from(import(db, taken, &own.join(REFUSED), spool).await?);
    }
    Ok(imported)
}

/// For which program a file is meant, and whether its folder said so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Meant {
    program: ProgramId,
    by_folder: bool,
}

impl Meant {
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
struct Taken {
    meant: Meant,
    path: PathBuf,
    name: String,
    /// Locked: another process passes by.
    _lock: File,
}

impl Taken {
    /// What was taken and not entered yet, as far as nobody else is at it and nobody writes to it any more.
    fn list(spool: &Path) -> Result<Vec<Self>> {
        let mut found = Vec::new();
        for own in folders_in(spool, TAKEN) {
            let meant = own.file_name().and_then(|name| name.to_str()).and_then(|name| name.strip_prefix(TAKEN)).and_then(Meant::read);
            let Some(meant) = meant else { continue };
            match only_file(&own) {
                Some(path) => found.extend(Self::lock(meant, path)),
                None if is_leftover(&own) => drop(fs::remove_dir_all(&own)),
                None => {}
            }
        }
        Ok(found)
    }

    fn lock(meant: Meant, path: PathBuf) -> Option<Self> {
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
async fn import(db: &Db, taken: Taken, refused: &Path, spool: &Path) -> Result<bool> {
    let actor = Actor::System("watched folder");
    let (program, then) = (taken.meant.program, Then::StartOrWait);
    let arrival = Arrival { program, name: &taken.name, upload: &taken.path, stays: true, spool, kind: None, then };
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
                Error::Unavailable(format!("{} was refused, but cannot be moved to {}: {error}", taken.name, refused.display()))
            })?;
        }
        let imported = why.is_none();
        taken.done();
        Ok(imported)
    })
    .await
}

/// Takes all finished files of a folder into the spool.
fn take_all(folder: &Path, spool: &Path, meant: Meant) -> Result<()> {
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
    Error::Unavailable(format!("{} cannot be taken from the watched folder: {error}. Check the folder's rights.", path.display()))
}

/// Files that are finished, oldest first.
fn finished(folder: &Path) -> Result<Vec<PathBuf>> {
    let unreadable = |error: io::Error| Error::Unavailable(format!("The watched folder {} cannot be read: {error}", folder.display()));
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
    about.modified().unwrap_or(SystemTime::UNIX_EPOCH).elapsed().map_or(true, |age| age >= STILL)
}

/// Takes one file: into the spool where that is on the same disk, else first into a folder beside it, from where it is carried there.
fn take_one(path: &Path, folder: &Path, spool: &Path, meant: Meant) -> io::Result<()> {
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
fn carry(path: &Path, spool: &Path, meant: Meant) -> io::Result<()> {
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
    fs::metadata(own).and_then(|about| about.modified()).is_ok_and(|at| at.elapsed().is_ok_and(|age| age > LEFTOVER))
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
fn forget_refused(folder: &Path, before: Time) {
    for entry in fs::read_dir(folder.join(REFUSED)).into_iter().flatten().flatten() {
        let old = entry.metadata().and_then(|about| about.modified()).is_ok_and(|written| Time::from(written) < before);
        if old && let Err(error) = fs::remove_file(entry.path()) {
            tracing::warn!(file = %entry.path().display(), %error, "a refused file could not be removed after its days");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::{State, store};
    use crate::testing::{each_db, fixture};

    const FILE: &str = "Date,Author,Text,Url\n2022-09-01,zoe,It died again and I hate it,https://x.com/zoe/status/1\n";

    #[test]
    fn a_programs_folder_is_inside() {
        assert_eq!(folder_of("CAP Days 2022").as_deref(), Some("CAP Days 2022"));
        assert_eq!(folder_of("North/South").as_deref(), Some("North-South"));
        for elsewhere in ["..", ".", ".hidden", "../x", "refused"] {
            assert_eq!(folder_of(elsewhere), None, "{elsewhere}");
        }
    }

    /// A watched folder and a spool, with a program to import into.
    struct Place {
        folder: PathBuf,
        spool: PathBuf,
        meant: Meant,
    }

    impl Place {
        async fn with_program(db: &Db) -> Self {
            let root = std::env::temp_dir().join(format!("weheard-watched-{}", uuid::Uuid::new_v4()));
            let mut tx = db.begin().await.expect("tx");
            let program = fixture::program(&mut tx, now()).await;
            tx.commit().await.expect("commit");
            let place = Self { folder: root.join("watched"), spool: root.join("spool"), meant: Meant { program, by_folder: false } };
            fs::create_dir_all(&place.folder).expect("a folder");
            fs::create_dir_all(&place.spool).expect("a spool");
            place
        }

        /// Puts a file there that nobody has written to for a while.
        fn put(&self, name: &str, text: &str) {
            let path = self.folder.join(name);
            fs::write(&path, text).expect("written");
            age(&path, Duration::from_secs(60));
        }

        fn names(&self, folder: &str) -> Vec<String> {
            let entries = fs::read_dir(self.folder.join(folder)).into_iter().flatten().flatten();
            let mut names: Vec<String> = entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
            names.sort();
            names
        }
    }

    impl Drop for Place {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(self.folder.parent().unwrap_or(&self.folder));
        }
    }

    fn age(path: &Path, by: Duration) {
        File::options().write(true).open(path).expect("open").set_modified(SystemTime::now() - by).expect("aged");
    }

    async fn names_of_runs(db: &Db) -> Vec<(String, State)> {
        let mut tx = db.read().await.expect("tx");
        let program = program::store::list(&mut tx).await.expect("programs")[0].id;
        let runs = store::list(&mut tx, program, "", None, 99, 0).await.expect("runs");
        let mut names: Vec<_> = runs.into_iter().map(|run| (run.file_name, run.state)).collect();
        names.sort();
        names
    }

    #[tokio::test]
    async fn a_file_that_is_replaced_while_it_is_taken_is_taken_too() {
        each_db(|db| async move {
            let place = Place::with_program(&db).await;
            place.put("latest.csv", FILE);
            take_all(&place.folder, &place.spool, place.meant).expect("taken");
            // A tool puts the next one there before the first is imported, as it may at any time.
            place.put("latest.csv", &FILE.replace("status/1", "status/2"));
            assert_eq!(take(&db, &place.folder, &place.spool).await.expect("looked"), 2);
            assert_eq!(names_of_runs(&db).await, [("latest.csv".to_owned(), State::Queued), ("latest.csv".to_owned(), State::Queued)]);
            assert!(place.names("").is_empty());
            assert!(folders_in(&place.spool, TAKEN).is_empty());
            assert_eq!(take(&db, &place.folder, &place.spool).await.expect("looked"), 0);
        })
        .await;
    }

    #[tokio::test]
    async fn two_processes_never_take_the_same_file() {
        each_db(|db| async move {
            let place = Place::with_program(&db).await;
            for number in 0..12 {
                place.put(&format!("{number}.csv"), &FILE.replace("status/1", &format!("status/{number}")));
            }
            let looks: Vec<_> = (0..4)
                .map(|_| {
                    let (db, folder, spool) = (db.clone(), place.folder.clone(), place.spool.clone());
                    tokio::spawn(async move { take(&db, &folder, &spool).await.expect("looked") })
                })
                .collect();
            let mut taken = 0;
            for look in looks {
                taken += look.await.expect("ended");
            }
            taken += take(&db, &place.folder, &place.spool).await.expect("looked");
            assert_eq!((taken, names_of_runs(&db).await.len()), (12, 12));
        })
        .await;
    }

    #[tokio::test]
    async fn a_file_that_somebody_still_writes_to_is_imported_once_it_is_whole() {
        each_db(|db| async move {
            let place = Place::with_program(&db).await;
            place.put("latest.csv", FILE);
            // The writer has it open: what it writes goes on into the file that was taken.
            let mut writer = File::options().append(true).open(place.folder.join("latest.csv")).expect("open");
            take_all(&place.folder, &place.spool, place.meant).expect("taken");
            io::Write::write_all(&mut writer, b"2022-09-02,max,I love the new screen,https://x.com/max/status/2\n").expect("written");
            drop(writer);
            assert_eq!(take(&db, &place.folder, &place.spool).await.expect("looked"), 0, "it was written to just now");
            let own = folders_in(&place.spool, TAKEN).pop().expect("it waits");
            age(&only_file(&own).expect("the file"), Duration::from_secs(60));
            assert_eq!(take(&db, &place.folder, &place.spool).await.expect("looked"), 1);
            let mut tx = db.read().await.expect("tx");
            assert_eq!(fixture::newest_import(&mut tx).await.mapping.total, Some(2));
        })
        .await;
    }

    #[tokio::test]
    async fn what_was_refused_is_never_overwritten_and_goes_after_its_days() {
        each_db(|db| async move {
            let place = Place::with_program(&db).await;
            for text in ["first", "second", "third"] {
                place.put("latest.csv", text);
                assert_eq!(take(&db, &place.folder, &place.spool).await.expect("looked"), 0);
            }
            let kept = place.names(REFUSED);
            assert_eq!(
                kept,
                [
                    "latest (2).csv",
                    "latest (2).csv.why.txt",
                    "latest (3).csv",
                    "latest (3).csv.why.txt",
                    "latest.csv",
                    "latest.csv.why.txt"
                ]
            );
            assert_eq!(fs::read_to_string(place.folder.join("refused/latest (2).csv")).expect("read"), "second");
            assert!(fs::read_to_string(place.folder.join("refused/latest.csv.why.txt")).expect("read").contains("columns"));
            let days = program::store::list(&mut db.read().await.expect("tx")).await.expect("one")[0].raw_days;
            for old in ["latest.csv", "latest.csv.why.txt"] {
                age(&place.folder.join(REFUSED).join(old), Duration::from_secs(u64::try_from(days + 1).expect("days") * 86_400));
            }
            take(&db, &place.folder, &place.spool).await.expect("looked");
            assert_eq!(place.names(REFUSED), kept[..4]);
        })
        .await;
    }

    #[test]
    fn a_file_on_another_disk_is_carried_over_whole() {
        let root = std::env::temp_dir().join(format!("weheard-carried-{}", uuid::Uuid::new_v4()));
        let (folder, spool, meant) = (root.join("watched"), root.join("spool"), Meant { program: ProgramId::new(), by_folder: true });
        let here = folder.join(meant.folder(TAKEN_HERE));
        fs::create_dir_all(&here).expect("a folder");
        fs::create_dir_all(&spool).expect("a spool");
        fs::write(here.join("latest.csv"), FILE).expect("written");
        take_all(&folder, &spool, meant).expect("carried");
        let own = folders_in(&spool, TAKEN).pop().expect("it is there");
        assert_eq!(fs::read_to_string(only_file(&own).expect("a file")).expect("read"), FILE);
        assert!(!here.exists());
        let _ = fs::remove_dir_all(root);
    }
}
