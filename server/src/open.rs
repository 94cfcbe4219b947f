//! Opening the database that the settings name, and the sign-in links of a demo.

use app::access::account::{self, Role};
use app::access::link::{self, Purpose};
use app::db::{Db, setting};
use app::front::demo;
use app::kernel::clock::now;
use app::kernel::error::{Error, Result};

use crate::key;
use crate::settings::Settings;

/// Opens the database, creating file and schema where they are missing.
///
/// # Errors
/// `Unavailable` with what is the matter.
pub async fn database(settings: &Settings) -> Result<Db> {
    if settings.database_file().is_some() {
        let folder = settings.folder();
        std::fs::create_dir_all(&folder)
            .map_err(|error| Error::Unavailable(format!("The folder {} cannot be created: {error}", folder.display())))?;
    }
    Db::open(&settings.database_url, key::load(&settings.secret_file)?, &app::front::wiring::WIRING).await
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
    let mut lines = vec!["This is a demo. Sign in as (each link works once, within 20 minutes):".to_owned()];
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
