//! The watched folder: files that a tool or a person lays there are imported by themselves.
//!
//! A file is taken once nobody has written to it for some seconds. It goes when its import is entered, so that a crash in
//! between imports it again, which creates nothing twice. A folder inside, named as a program, holds files for that program.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::arrive::{Arrival, Then, admit, unsaved};
use crate::account::Actor;
use crate::db::Db;
use crate::error::{Error, Result, blocking};
use crate::ids::{ImportRunId, ProgramId};
use crate::program;

/// Nobody writes to a file any more that has lain still for this long.
const STILL: Duration = Duration::from_secs(5);
/// Where files go that hold nothing to import.
const REFUSED: &str = "refused";
/// Endings of files that a program has not finished.
const UNFINISHED: [&str; 4] = ["part", "tmp", "crdownload", "filepart"];

/// Looks once, and takes what lies there. Gives how many files were taken.
///
/// # Errors
/// `Unavailable` for a folder that cannot be read, or a database that cannot be asked: what lies there stays.
pub async fn take(db: &Db, folder: &Path, spool: &Path) -> Result<usize> {
    let programs = program::store::list(&mut db.read().await?).await?;
    let Some(newest) = programs.first().map(|program| program.id) else { return Ok(0) };
    let mut taken = take_from(db, newest, folder, spool).await?;
    for program in &programs {
        let Some(name) = folder_of(&program.name) else { continue };
        let own = folder.join(name);
        if own.is_dir() {
            taken += take_from(db, program.id, &own, spool).await?;
        }
    }
    Ok(taken)
}

/// The folder of a program's own; none for a name that leads elsewhere.
fn folder_of(program: &str) -> Option<String> {
    let name = program.replace(['/', '\\'], "-");
    (!name.starts_with('.') && name != REFUSED).then_some(name)
}

async fn take_from(db: &Db, program: ProgramId, folder: &Path, spool: &Path) -> Result<usize> {
    let (looked, mut taken) = (folder.to_owned(), 0);
    for path in blocking(move || lying(&looked)).await? {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        match one(db, program, &path, &name, spool).await {
            Ok(()) => taken += 1,
            Err(Error::Invalid(why)) => {
                let why = why.into_iter().map(|(_, message)| message).collect::<Vec<_>>().join(" ");
                tracing::warn!(file = name, why, "a file in the watched folder was refused");
                refuse(folder, &path, &name, &why).await?;
            }
            Err(other) => return Err(other),
        }
    }
    Ok(taken)
}

/// Files that are finished, oldest first.
fn lying(folder: &Path) -> Result<Vec<PathBuf>> {
    let unreadable = |error: std::io::Error| Error::Unavailable(format!("The watched folder {} cannot be read: {error}", folder.display()));
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let (path, about) = (entry.path(), entry.metadata().map_err(unreadable)?);
        let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase()).unwrap_or_default();
        let hidden = entry.file_name().to_string_lossy().starts_with('.');
        let written = about.modified().unwrap_or(SystemTime::UNIX_EPOCH);
        // A clock that was set back must not keep a file for ever.
        let still = written.elapsed().map_or(true, |age| age >= STILL);
        if about.is_file() && still && !hidden && !UNFINISHED.contains(&ending.as_str()) {
            found.push((written, path));
        }
    }
    found.sort();
    Ok(found.into_iter().map(|(_, path)| path).collect())
}

async fn one(db: &Db, program: ProgramId, path: &Path, name: &str, spool: &Path) -> Result<()> {
    let actor = Actor::System("watched folder");
    let upload = spool.join(format!("upload-{}", ImportRunId::new()));
    if let Err(error) = tokio::fs::copy(path, &upload).await {
        let _ = tokio::fs::remove_file(&upload).await;
        return Err(unsaved(&error));
    }
    admit(db, &actor, Arrival { program, name, upload: &upload, spool, kind: None, then: Then::StartOrWait }).await?;
    tokio::fs::remove_file(path).await.map_err(|error| {
        Error::Unavailable(format!("{} was imported, but cannot be taken away: {error}. Please check the folder's rights.", path.display()))
    })
}

async fn refuse(folder: &Path, path: &Path, name: &str, why: &str) -> Result<()> {
    let moved = async {
        let refused = folder.join(REFUSED);
        tokio::fs::create_dir_all(&refused).await?;
        tokio::fs::rename(path, refused.join(name)).await?;
        tokio::fs::write(refused.join(format!("{name}.why.txt")), format!("{why}\n")).await
    };
    moved.await.map_err(|error| Error::Unavailable(format!("{} was refused, but cannot be moved aside: {error}", path.display())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_programs_folder_lies_inside() {
        assert_eq!(folder_of("CAP Days 2022").as_deref(), Some("CAP Days 2022"));
        assert_eq!(folder_of("North/South").as_deref(), Some("North-South"));
        for elsewhere in ["..", ".", ".hidden", "../x", "refused"] {
            assert_eq!(folder_of(elsewhere), None, "{elsewhere}");
        }
    }
}
