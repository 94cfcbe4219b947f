//! The tables `account`, `signed_in_device` and `code`.

use uuid::Uuid;

use super::{Account, Role, SignedInDevice};
use crate::db::{DataSubject, Erase, Table, Tx};
use crate::kernel::clock::Time;
use crate::kernel::error::Result;
use crate::kernel::ids::{AccountId, CodeId, LinkId, SignedInDeviceId};

pub const TABLES: &[Table] = &[
    Table {
        name: "account",
        people: &[(DataSubject::Account, "id")],
        personal: &[("email", Erase::Unique), ("name", Erase::Text("Former colleague")), ("password_hash", Erase::Null)],
        columns: &["id", "role", "unit", "created_at", "closed_at", "revision"],
    },
    Table {
        name: "signed_in_device",
        people: &[(DataSubject::Account, "account_id")],
        personal: &[("device", Erase::Row)],
        columns: &["id", "account_id", "link_id", "token_hash", "created_at", "seen_at", "expires_at", "revoked_at"],
    },
    Table::plain("code", &["id", "purpose", "subject_id", "code_hash", "created_at", "expires_at", "tries", "used_at"]),
];

/// The account or link behind a signed-in device.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct SignedInHolder {
    pub device_id: SignedInDeviceId,
    pub link_id: Option<LinkId>,
    pub seen_at: Time,
    pub account_id: Option<AccountId>,
    pub role: Option<Role>,
    pub unit: Option<String>,
    pub name: Option<String>,
}

pub async fn find(tx: &mut Tx, id: AccountId) -> Result<Option<Account>> {
    tx.find("SELECT id, email, name, role, unit, created_at, closed_at, revision FROM account WHERE id = $1", &[id.into()]).await
}

/// The open account with this address.
pub async fn find_by_email(tx: &mut Tx, email: &str) -> Result<Option<Account>> {
    tx.find(
        "SELECT id, email, name, role, unit, created_at, closed_at, revision FROM account WHERE email = $1 AND closed_at IS NULL",
        &[email.into()],
    )
    .await
}

/// All accounts, open ones first, by name.
pub async fn list(tx: &mut Tx) -> Result<Vec<Account>> {
    tx.list(
        "SELECT id, email, name, role, unit, created_at, closed_at, revision FROM account ORDER BY (closed_at IS NOT NULL), lower(name), id",
        &[],
    )
    .await
}

/// Adds an account; false if its address is taken.
pub async fn create(tx: &mut Tx, account: &Account) -> Result<bool> {
    let added = tx
        .run(
            "INSERT INTO account (id, email, name, role, unit, created_at) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (email) DO NOTHING",
            &[
                account.id.into(),
                account.email.as_str().into(),
                account.name.as_str().into(),
                account.role.into(),
                account.unit.as_deref().into(),
                account.created_at.into(),
            ],
        )
        .await?;
    Ok(added == 1)
}

/// Changes name, role and unit over the revision at which they were read. False if the account changed or was closed in between.
pub async fn update(tx: &mut Tx, account: &Account) -> Result<bool> {
    let changed = tx.run(
        "UPDATE account SET name = $3, role = $4, unit = $5, revision = revision + 1 WHERE id = $1 AND revision = $2 AND closed_at IS NULL",
        &[
            account.id.into(), account.revision.into(), account.name.as_str().into(), account.role.into(),
            account.unit.as_deref().into(),
        ],
    )
    .await?;
    Ok(changed == 1)
}

/// Closes an account over the revision at which it was read. False if it changed or was closed in between.
pub async fn close(tx: &mut Tx, id: AccountId, revision: i64, now: Time) -> Result<bool> {
    let closed = tx
        .run(
            "UPDATE account SET closed_at = $3, revision = revision + 1 WHERE id = $1 AND revision = $2 AND closed_at IS NULL",
            &[id.into(), revision.into(), now.into()],
        )
        .await?;
    Ok(closed == 1)
}

/// The stored password hash, if a password was set.
pub async fn find_password(tx: &mut Tx, id: AccountId) -> Result<Option<String>> {
    tx.value("SELECT password_hash FROM account WHERE id = $1", &[id.into()]).await
}

pub async fn update_password(tx: &mut Tx, id: AccountId, hash: &str) -> Result<()> {
    tx.run("UPDATE account SET password_hash = $2 WHERE id = $1", &[id.into(), hash.into()]).await?;
    Ok(())
}

/// A signed-in device to be stored.
#[derive(Debug)]
pub struct NewDevice<'a> {
    pub account: Option<AccountId>,
    pub link: Option<LinkId>,
    pub token_hash: &'a str,
    pub expires_at: Time,
    pub device: &'a str,
}

pub async fn create_device(tx: &mut Tx, now: Time, device: &NewDevice<'_>) -> Result<SignedInDeviceId> {
    let id = SignedInDeviceId::new();
    tx.run(
        "INSERT INTO signed_in_device (id, account_id, link_id, token_hash, created_at, seen_at, expires_at, device) VALUES ($1, $2, $3, $4, $5, $5, $6, $7)",
        &[
            id.into(), device.account.into(), device.link.into(), device.token_hash.into(), now.into(),
            device.expires_at.into(), device.device.into(),
        ],
    )
    .await?;
    Ok(id)
}

/// Who is behind the device with this fingerprint, if it is still signed in and its account is open.
pub async fn find_device(tx: &mut Tx, token_hash: &str, now: Time) -> Result<Option<SignedInHolder>> {
    tx.find(
        "SELECT l.id AS device_id, l.link_id, l.seen_at, a.id AS account_id, a.role, a.unit, a.name
         FROM signed_in_device l LEFT JOIN account a ON a.id = l.account_id
         WHERE l.token_hash = $1 AND l.expires_at > $2 AND l.revoked_at IS NULL AND a.closed_at IS NULL",
        &[token_hash.into(), now.into()],
    )
    .await
}

/// Records that a device was used.
pub async fn touch_device(tx: &mut Tx, id: SignedInDeviceId, now: Time) -> Result<()> {
    tx.run("UPDATE signed_in_device SET seen_at = $2 WHERE id = $1 AND seen_at < $2", &[id.into(), now.into()]).await?;
    Ok(())
}

/// An account's devices that are still signed in and were used since `used_since`, newest first.
pub async fn list_devices(tx: &mut Tx, account: AccountId, now: Time, used_since: Time) -> Result<Vec<SignedInDevice>> {
    tx.list(
        "SELECT id, created_at, seen_at, expires_at, device FROM signed_in_device
         WHERE account_id = $1 AND expires_at > $2 AND seen_at > $3 AND revoked_at IS NULL ORDER BY created_at DESC, id DESC",
        &[account.into(), now.into(), used_since.into()],
    )
    .await
}

/// Signs one device of an account out; false if there is none such.
pub async fn revoke_device(tx: &mut Tx, account: AccountId, id: SignedInDeviceId, now: Time) -> Result<bool> {
    let ended = tx
        .run(
            "UPDATE signed_in_device SET revoked_at = $3 WHERE id = $1 AND account_id = $2 AND revoked_at IS NULL",
            &[id.into(), account.into(), now.into()],
        )
        .await?;
    Ok(ended == 1)
}

/// Signs the device with this fingerprint out.
pub async fn revoke_token(tx: &mut Tx, token_hash: &str, now: Time) -> Result<()> {
    tx.run("UPDATE signed_in_device SET revoked_at = $2 WHERE token_hash = $1 AND revoked_at IS NULL", &[token_hash.into(), now.into()])
        .await?;
    Ok(())
}

/// Signs every device of an account out.
pub async fn revoke_all(tx: &mut Tx, account: AccountId, now: Time) -> Result<()> {
    tx.run("UPDATE signed_in_device SET revoked_at = $2 WHERE account_id = $1 AND revoked_at IS NULL", &[account.into(), now.into()])
        .await?;
    Ok(())
}

/// Signs every device of an account out but the one with this fingerprint. Returns how many.
pub async fn revoke_others(tx: &mut Tx, account: AccountId, token_hash: &str, now: Time) -> Result<u64> {
    tx.run(
        "UPDATE signed_in_device SET revoked_at = $3 WHERE account_id = $1 AND token_hash <> $2 AND expires_at > $3 AND revoked_at IS NULL",
        &[account.into(), token_hash.into(), now.into()],
    )
    .await
}

/// A one-time code that waits to be typed.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct CodeRow {
    pub id: CodeId,
    pub code_hash: String,
    pub expires_at: Time,
    pub tries: i64,
}

/// Adds a code and ends the ones asked for earlier.
pub async fn create_code(tx: &mut Tx, now: Time, purpose: &str, subject: Uuid, code: &CodeRow) -> Result<()> {
    tx.run(
        "UPDATE code SET used_at = $3 WHERE purpose = $1 AND subject_id = $2 AND used_at IS NULL",
        &[purpose.into(), subject.into(), now.into()],
    )
    .await?;
    tx.run(
        "INSERT INTO code (id, purpose, subject_id, code_hash, created_at, expires_at, tries) VALUES ($1, $2, $3, $4, $5, $6, 0)",
        &[code.id.into(), purpose.into(), subject.into(), code.code_hash.as_str().into(), now.into(), code.expires_at.into()],
    )
    .await?;
    Ok(())
}

/// The codes that a person asked for since then: when each, and how often it was tried.
pub async fn list_codes(tx: &mut Tx, subject: Uuid, since: Time) -> Result<Vec<(Time, i64)>> {
    tx.list(
        "SELECT created_at, tries FROM code WHERE subject_id = $1 AND created_at > $2 ORDER BY created_at",
        &[subject.into(), since.into()],
    )
    .await
}

/// Counts a try of the newest unused code and gives it. Counting first means that two guesses at once are two tries.
pub async fn try_code(tx: &mut Tx, purpose: &str, subject: Uuid) -> Result<Option<CodeRow>> {
    tx.find(
        "UPDATE code SET tries = tries + 1 WHERE purpose = $1 AND subject_id = $2 AND used_at IS NULL RETURNING id, code_hash, expires_at, tries",
        &[purpose.into(), subject.into()],
    )
    .await
}

/// Marks a code as used.
pub async fn use_code(tx: &mut Tx, id: CodeId, now: Time) -> Result<()> {
    tx.run("UPDATE code SET used_at = $2 WHERE id = $1", &[id.into(), now.into()]).await?;
    Ok(())
}

/// Deletes devices that expired or were signed out before. Returns how many.
pub async fn purge_devices(tx: &mut Tx, before: Time) -> Result<u64> {
    tx.run("DELETE FROM signed_in_device WHERE expires_at < $1 OR revoked_at < $1", &[before.into()]).await
}

/// Deletes codes that expired before. Returns how many.
pub async fn purge_codes(tx: &mut Tx, before: Time) -> Result<u64> {
    tx.run("DELETE FROM code WHERE expires_at < $1", &[before.into()]).await
}
