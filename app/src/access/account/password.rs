//! Hashing passwords, and checking them. Both are slow on purpose: not for an async thread.

use argon2::password_hash::phc::PasswordHash;
use argon2::{Argon2, PasswordHasher, PasswordVerifier};

use super::rules;
use crate::kernel::error::{Error, Result};

/// Hashes a password with argon2id and the crate's recommended cost (19 MiB, 2 passes: OWASP's first choice).
///
/// # Errors
/// `Invalid` for one that is too short or too long.
pub fn hash_password(password: &str) -> Result<String> {
    rules::check_password(password)?;
    Argon2::default().hash_password(password.as_bytes()).map(|hash| hash.to_string()).map_err(|e| Error::Internal(e.to_string()))
}

/// Whether `password` is the one behind `hash`. Without a hash it takes as long and says no, so that an address with an
/// account cannot be distinguished from one without.
#[must_use]
pub fn verify_password(password: &str, hash: Option<&str>) -> bool {
    const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$Hfb9Cj4Rrzx1VGpSr6A0nyOZ2pWyfBfZ2Jb3uGkxSpY";
    let known = hash.is_some();
    PasswordHash::new(hash.unwrap_or(NOBODY)).is_ok_and(|parsed| Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok())
        && known
}
