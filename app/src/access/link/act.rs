//! Creating, following and revoking personal links.

use uuid::Uuid;

use super::{Link, Purpose, rules, store};
use crate::db::Tx;
use crate::kernel::clock::Time;
use crate::kernel::error::{Error, Result};
use crate::kernel::ids::LinkId;
use crate::kernel::secret::{Secret, fingerprint};

/// Creates a link. Its token is not returned: derive it when the email is written or the message is shown.
pub async fn create(tx: &mut Tx, now: Time, purpose: Purpose, subject: Uuid) -> Result<Link> {
    let link = Link {
        id: LinkId::new(),
        purpose,
        subject_id: subject,
        version: 1,
        created_at: now,
        expires_at: now + rules::lasts(purpose),
        revoked_at: None,
        opened_at: None,
        opened_by: None,
    };
    let hash = fingerprint(&token(tx.secret(), &link));
    store::create(tx, &link, &hash).await?;
    Ok(link)
}

/// The current link of a purpose for a subject, created if none works.
pub async fn current(tx: &mut Tx, now: Time, purpose: Purpose, subject: Uuid) -> Result<Link> {
    match store::find_current(tx, purpose, subject).await? {
        Some(link) if rules::check(&link, now).is_ok() => Ok(link),
        _ => create(tx, now, purpose, subject).await,
    }
}

/// Whether a panelist unsubscribed from reports by email, and has not subscribed again.
///
/// # Errors
/// Database errors.
pub async fn is_unsubscribed(tx: &mut Tx, panelist: Uuid) -> Result<bool> {
    store::is_followed(tx, Purpose::Unsubscribe, panelist).await
}

/// The secret part of a link's address, 43 characters.
#[must_use]
pub fn token(secret: &Secret, link: &Link) -> String {
    let mut message = link.id.0.as_bytes().to_vec();
    message.extend(link.version.to_be_bytes());
    secret.derive("access_link", &message)
}

/// `/l/TOKEN`.
#[must_use]
pub fn path(secret: &Secret, link: &Link) -> String {
    format!("/l/{}", token(secret, link))
}

/// The link behind a token, whether it still works or not.
///
/// # Errors
/// `NotFound` for an unknown token.
pub async fn find(tx: &mut Tx, token: &str) -> Result<Link> {
    store::find_by_hash(tx, &fingerprint(token)).await?.ok_or(Error::NotFound)
}

/// The link behind a token, if it works at `now`.
///
/// # Errors
/// `NotFound` for an unknown token, `Gone` for a link that has expired or was revoked.
pub async fn follow(tx: &mut Tx, now: Time, token: &str) -> Result<Link> {
    let link = find(tx, token).await?;
    rules::check(&link, now)?;
    Ok(link)
}
