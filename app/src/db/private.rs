//! Files and folders with personal data: nobody but their owner may read them.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::Path;

/// Creates a file, or empties it where it is there already.
///
/// # Errors
/// What the system says.
pub fn create(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path)?;
    close(path, 0o600)?;
    Ok(file)
}

/// Creates a folder, with those above it, or closes it to others where it is there already. Those above stay as they are.
///
/// # Errors
/// What the system says.
pub fn create_folder(path: &Path) -> io::Result<()> {
    fs::create_dir_all(path)?;
    close(path, 0o700)
}

/// Closes a SQLite database to others: its file, which is made if it is missing so that it never was open, and its log, which SQLite makes as
/// the file is.
pub(super) fn close_database(path: &Path) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(_) => return Ok(()),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(error),
    }
    for end in ["", "-wal", "-shm"] {
        let mut file = path.as_os_str().to_owned();
        file.push(end);
        match close(Path::new(&file), 0o600) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

#[cfg(unix)]
fn close(path: &Path, mode: u32) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let permissions = fs::metadata(path)?.permissions();
    if permissions.mode() & 0o077 == 0 {
        return Ok(());
    }
    fs::set_permissions(path, fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
fn close(_: &Path, _: u32) -> io::Result<()> {
    Ok(())
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;
    use crate::db::Db;
    use crate::kernel::secret::Secret;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).expect("a file").permissions().mode() & 0o777
    }

    #[tokio::test]
    async fn a_database_is_its_owners_alone_from_the_start_and_where_it_was_open() {
        let folder = std::env::temp_dir().join(format!("weheard-private-{}", uuid::Uuid::new_v4()));
        create_folder(&folder).expect("a folder");
        assert_eq!(mode(&folder), 0o700);
        let file = folder.join("weheard.db");
        let all = || ["", "-wal", "-shm"].map(|end| folder.join(format!("weheard.db{end}")));
        for round in ["new", "open to all"] {
            let db =
                Db::open(&format!("sqlite:{}", file.display()), Secret::random(), &crate::front::wiring::WIRING).await.expect("a database");
            let mut tx = db.begin().await.expect("tx");
            crate::db::setting::update(&mut tx, "round", round).await.expect("written");
            tx.commit().await.expect("commit");
            for path in all() {
                assert_eq!(mode(&path), 0o600, "{round}: {}", path.display());
            }
            db.close().await;
            fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).expect("open");
        }
        let backup = folder.join("backup");
        fs::write(&backup, "old").expect("a file that others may read");
        fs::set_permissions(&backup, fs::Permissions::from_mode(0o644)).expect("open");
        create(&backup).expect("emptied");
        assert_eq!((mode(&backup), fs::read_to_string(&backup).expect("read").as_str()), (0o600, ""));
        fs::remove_dir_all(folder).expect("removed");
    }
}
