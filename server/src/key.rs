//! The key file: 32 random bytes as hexadecimal, readable by its owner alone. Without it every personal link dies.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::Path;

use app::kernel::error::{Error, Result};
use app::kernel::secret::Secret;

/// Reads the key, or makes one where there is none.
///
/// # Errors
/// `Unavailable` when the file can be neither read nor written; `Conflict` when it holds something else.
pub fn load(path: &Path) -> Result<Secret> {
    match fs::read_to_string(path) {
        Ok(text) => parse(text.trim()).ok_or_else(|| {
            Error::conflict(format!(
                "{} is not a key file: it must have 64 hexadecimal digits. Restore it from your backup.",
                path.display()
            ))
        }),
        Err(error) if error.kind() == ErrorKind::NotFound => create(path),
        Err(error) => Err(Error::Unavailable(format!("The key file {} cannot be read: {error}", path.display()))),
    }
}

fn create(path: &Path) -> Result<Secret> {
    let failed = |error: std::io::Error| Error::Unavailable(format!("The key file {} cannot be created: {error}", path.display()));
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    let secret = Secret::random();
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(mut file) => {
            writeln!(file, "{}", secret.to_hex()).and_then(|()| file.sync_all()).map_err(failed)?;
            Ok(secret)
        }
        // Another process was quicker: its key is the key.
        Err(error) if error.kind() == ErrorKind::AlreadyExists => load(path),
        Err(error) => Err(failed(error)),
    }
}

fn parse(text: &str) -> Option<Secret> {
    let bytes: Option<Vec<u8>> =
        (0..text.len()).step_by(2).map(|at| text.get(at..at + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok())).collect();
    bytes.filter(|bytes| bytes.len() >= 32).map(Secret::new)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_is_made_once_and_kept_from_others() {
        let folder = std::env::temp_dir().join(format!("weheard-key-{}", uuid::Uuid::now_v7()));
        let path = folder.join("secret.key");
        let first = load(&path).expect("made").to_hex();
        assert_eq!(load(&path).expect("read").to_hex(), first);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(fs::metadata(&path).expect("a file").permissions().mode() & 0o777, 0o600);
        }
        fs::write(&path, "short").expect("written");
        assert!(matches!(load(&path), Err(Error::Conflict(_))));
        fs::remove_dir_all(folder).expect("removed");
    }
}
