//! Opening the database that the settings name, and the sign-in links of a demo.

use app::access::account::{self, Role};
use app::access::link::{self, Purpose};
use app::db::{Db, setting};
use app::front::demo;
use app::front::wiring::WIRING;
use app::kernel::clock::now;
use app::kernel::error::{Error, Result};
use app::kernel::secret::Secret;

use crate::key;
use crate::settings::Settings;

/// Opens the database, creating file, schema and key where they are missing.
///
/// # Errors
/// `Unavailable` with what is the matter; `Conflict` where the key is missing with which the database was used.
pub async fn database(settings: &Settings) -> Result<Db> {
    folder(settings)?;
    if let Some(secret) = key::find(&settings.secret_file)? {
        return Db::open(&settings.database_url, secret, &WIRING).await;
    }
    if needs_its_key(settings).await? {
        return Err(Error::conflict(format!(
            "The key file {} is missing, and this database was used with it. Put the file back from your backup, or name it with --secret-file. \
             Without it these are lost: {}. If the file is lost for good, run `weheard new-key --yes`.",
            settings.secret_file.display(),
            key::DEPENDS_ON_IT
        )));
    }
    with_new_key(settings).await
}

/// Opens a database whose key is lost with a new one.
///
/// # Errors
/// `Conflict` where there is a key file; `Unavailable`.
pub async fn with_lost_key(settings: &Settings) -> Result<Db> {
    folder(settings)?;
    if key::find(&settings.secret_file)?.is_some() {
        return Err(Error::conflict(format!(
            "{} exists, so no new key is needed. To replace it anyway, move it first.",
            settings.secret_file.display()
        )));
    }
    with_new_key(settings).await
}

/// The key file is made last: a database that does not open leaves none, which would be taken for the key that it was used with.
async fn with_new_key(settings: &Settings) -> Result<Db> {
    let db = Db::open(&settings.database_url, Secret::random(), &WIRING).await?;
    db.adopt_key(key::create(&settings.secret_file)?).await
}

/// Whether the database was used with a key, asked without one: nothing that depends on the key is read.
async fn needs_its_key(settings: &Settings) -> Result<bool> {
    let db = Db::connect(&settings.database_url, Secret::random(), &WIRING).await?;
    let used = db.needs_its_key().await;
    db.close().await;
    used
}

fn folder(settings: &Settings) -> Result<()> {
    if settings.database_file().is_some() {
        let folder = settings.folder();
        std::fs::create_dir_all(&folder)
            .map_err(|error| Error::unavailable(format!("The folder {} cannot be created: {error}", folder.display())))?;
    }
    Ok(())
}

/// One way in for each role, if the database is a demo. The caller has checked that only this machine can use them.
///
/// # Errors
/// Whatever the database says.
pub async fn sign_in_links(db: &Db, base_url: &str) -> Result<Vec<String>> {
    let mut tx = db.begin().await?;
    if setting::find(&mut tx, demo::SETTING).await?.is_none() {
        return Ok(Vec::new());
    }
    let mut lines = vec!["This is a demo. Sign in as (each link works once and expires after 20 minutes):".to_owned()];
    let accounts = account::store::list(&mut tx).await?;
    for role in Role::ALL {
        if let Some(account) = accounts.iter().find(|account| account.role == *role && account.closed_at.is_none()) {
            let link = link::act::create(&mut tx, now(), Purpose::SignIn, account.id.0).await?;
            lines.push(format!("  {:<14} {base_url}{}", role.label(), link::act::path(tx.secret(), &link)));
        }
    }
    tx.commit().await?;
    Ok(lines)
}
