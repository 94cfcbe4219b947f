//! `weheard person`: export and erase the data about a person.

use std::path::PathBuf;

use clap::Args;
use std::collections::BTreeMap;
use std::io::Write;

use app::db::private;
use app::kernel::clock::now;
use app::kernel::error::{Error, Result};
use app::privacy::erasure::restore::KeptOut;
use app::privacy::erasure::{UncertainTrace, act, find};
use serde_json::json;

use crate::settings::Settings;
use crate::upkeep::OPERATOR;
use crate::{open, out};

/// `person export`.
#[derive(Args, Debug)]
pub struct PersonExport {
    /// Email address, handle or ID
    pub person: String,
    /// Write to this file instead of standard output
    #[arg(long)]
    pub out: Option<PathBuf>,
}

/// `person erase`.
#[derive(Args, Debug)]
pub struct PersonErase {
    /// Email address, handle or ID
    pub person: String,
    /// Erase. Without it, only show a preview
    #[arg(long)]
    pub yes: bool,
    /// Also rewrite the database files, so that no deleted data is left in them. Blocks all other use meanwhile
    #[arg(long)]
    pub rewrite: bool,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

/// `weheard person export`.
pub async fn export(settings: &Settings, cmd: PersonExport) -> Result<()> {
    let db = open::database(settings).await?;
    let mut tx = db.read().await?;
    let person = find::find(&mut tx, &cmd.person).await?;
    let data = find::export(&mut tx, &OPERATOR, now(), &person).await?;
    drop(tx);
    db.close().await;
    let text = serde_json::to_string_pretty(&data).map_err(|error| Error::Internal(error.to_string()))?;
    match cmd.out {
        None => out::line(text),
        Some(file) => {
            private::create(&file)
                .and_then(|mut out| out.write_all((text + "\n").as_bytes()))
                .map_err(|error| Error::unavailable(format!("{} cannot be written: {error}", file.display())))?;
        }
    }
    Ok(())
}

/// `weheard person erase`.
pub async fn erase(settings: &Settings, cmd: PersonErase) -> Result<()> {
    let db = open::database(settings).await?;
    let mut tx = db.read().await?;
    let person = find::find(&mut tx, &cmd.person).await?;
    let described = find::describe(&mut tx, &person).await?;
    drop(tx);
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    for row in &described {
        *kinds.entry(row.subject.as_str()).or_default() += 1;
    }
    let words = kinds.iter().map(|(kind, count)| format!("{count} {kind}")).collect::<Vec<_>>().join(", ");
    if !cmd.yes {
        let rows = described.iter().map(|row| format!("\n  {} {}: {}", row.subject.as_str(), row.id, row.known_as.join(", ")));
        let rows = rows.collect::<String>();
        return Err(Error::conflict(format!(
            "This would erase {words}, and everything they wrote:{rows}\nNothing was erased. Check that all of it is one person, then add --yes."
        )));
    }
    let spool = settings.spool();
    let erased = act::erase_in_steps(&db, &spool, &OPERATOR, now(), &person).await?;
    if cmd.rewrite {
        db.rewrite(&db.tables()).await?;
    }
    db.close().await;
    if cmd.json {
        out::json(&json!({"erased": kinds, "named_elsewhere": erased.mentions_elsewhere, "unsure": erased.unsure}));
    } else {
        out::line(format!("Erased: {words}. Their name was replaced by “[erased]” in {} other rows.", erased.mentions_elsewhere));
        unsure(&erased.unsure, &settings.base_url).into_iter().for_each(out::line);
    }
    Ok(())
}

/// Rows that may still name somebody, a line each.
#[must_use]
pub fn unsure(rows: &[UncertainTrace], base_url: &str) -> Vec<String> {
    let mut lines: Vec<String> = rows.iter().map(|row| format!("  {} {base_url}{}", row.what, row.href)).collect();
    if !lines.is_empty() {
        lines.insert(
            0,
            match rows.len() {
                1 => "1 text may still name them. Read it:".to_owned(),
                many => format!("{many} texts may still name them. Read them:"),
            },
        );
    }
    lines
}

/// `weheard person erased`.
pub async fn erased(settings: &Settings) -> Result<()> {
    let db = open::database(settings).await?;
    let gone = KeptOut::of(&mut db.read().await?).await?;
    db.close().await;
    gone.lines().for_each(out::line);
    Ok(())
}
