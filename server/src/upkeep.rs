//! Small commands: `migrate`, `demo`, `user add`, `activity verify`.

use app::account::Actor;
use app::account::act::{self, Profile};
use app::clock::now;
use app::db::journal;
use app::demo::{self, Stage};
use app::error::{Error, Result};
use app::link::{self, Purpose};
use serde_json::json;

use crate::cli::NewUser;
use crate::settings::Settings;
use crate::{open, out};

/// The command line acts for whoever may run it on this machine.
pub const OPERATOR: Actor = Actor::System("command line");

/// `weheard migrate`.
pub async fn migrate(settings: &Settings) -> Result<()> {
    let db = open::database(settings).await?;
    db.check().await?;
    db.close().await;
    out::line("The database is up to date.");
    Ok(())
}

/// `weheard demo`.
pub async fn demo(settings: &Settings, stage: Stage) -> Result<()> {
    let db = open::database(settings).await?;
    demo::make(&db, stage, now()).await?;
    db.close().await;
    out::line(format!("The demo is there: {}. See it with `weheard serve`.", stage.label().to_lowercase()));
    Ok(())
}

/// `weheard user add`.
pub async fn add_user(settings: &Settings, cmd: NewUser) -> Result<()> {
    let db = open::database(settings).await?;
    let mut tx = db.begin().await?;
    let profile = Profile { email: cmd.email, name: cmd.name, role: cmd.role, unit: cmd.unit };
    let account = act::add(&mut tx, &OPERATOR, now(), profile).await?;
    let link = link::act::create(&mut tx, now(), Purpose::SignIn, account.id.0).await?;
    let address = format!("{}{}", settings.base_url, link::act::path(tx.secret(), &link));
    tx.commit().await?;
    db.close().await;
    if cmd.json {
        out::json(&json!({"id": account.id, "email": account.email, "role": account.role, "unit": account.unit, "sign_in": address}));
    } else {
        out::line(format!("{} can sign in within 20 minutes at\n  {address}", account.name));
    }
    Ok(())
}

/// `weheard activity verify`.
pub async fn verify(settings: &Settings, json: bool) -> Result<()> {
    let db = open::database(settings).await?;
    let verified = journal::verify(&mut db.read().await?).await?;
    db.close().await;
    if json {
        out::json(&verified);
    } else if verified.broken_at.is_none() {
        out::line(format!("The record is whole: {} lines intact, {} erased with their person.", verified.intact, verified.erased));
    }
    match verified.broken_at {
        Some(seq) => Err(Error::conflict(format!("The record does not verify at line {seq}: it was changed from outside, or damaged."))),
        None => Ok(()),
    }
}
