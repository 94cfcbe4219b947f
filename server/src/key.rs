//! The key file: 32 random bytes as hexadecimal, readable by its owner alone. Links, opt-outs, signatures and the audit log depend on it.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::Path;

use app::kernel::error::{Error, Result};
use app::kernel::secret::Secret;

/// What stops working without the key, for messages and `--help`.
pub const DEPENDS_ON_IT: &str = "personal links in sent emails, unsubscribe links, opt-outs (authors who opted out would be imported again), \
signing secrets of inbound integrations and webhooks, and the proof that the audit log was not changed";

/// Reads the key; none where there is no file.
///
/// # Errors
/// `Unavailable` when the file cannot be read; `Conflict` when it holds something else.
pub fn find(path: &Path) -> Result<Option<Secret>> {
    match fs::read_to_string(path) {
        Ok(text) => parse(text.trim()).map(Some).ok_or_else(|| {
            Error::conflict(format!(
                "{} is not a key file: it must have 64 hexadecimal digits. Restore it from your backup.",
                path.display()
            ))
        }),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Error::unavailable(format!("The key file {} cannot be read: {error}", path.display()))),
    }
}

/// Makes the key file, unless another process is quicker: its key is the key.
///
/// # Errors
/// `Unavailable` when the file cannot be written.
pub fn create(path: &Path) -> Result<Secret> {
    let failed = |error: std::io::Error| Error::unavailable(format!("The key file {} cannot be created: {error}", path.display()));
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
        Err(error) if error.kind() == ErrorKind::AlreadyExists => match find(path)? {
            Some(secret) => Ok(secret),
            None => Err(failed(error)),
        },
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
        assert!(find(&path).expect("looked for").is_none(), "looking makes nothing");
        let first = create(&path).expect("made").to_hex();
        assert_eq!(create(&path).expect("there already").to_hex(), first);
        assert_eq!(find(&path).expect("read").map(|key| key.to_hex()), Some(first));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(fs::metadata(&path).expect("a file").permissions().mode() & 0o777, 0o600);
        }
        fs::write(&path, "short").expect("written");
        assert!(matches!(find(&path), Err(Error::Conflict(_))));
        fs::remove_dir_all(folder).expect("removed");
    }
}
