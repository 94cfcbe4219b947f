//! `weheard person`: what is kept about somebody, and that it no longer is.

use std::collections::BTreeMap;

use app::author;
use app::clock::now;
use app::db::Subject;
use app::erasure::{act, store};
use app::error::{Error, Result};
use app::ids::AuthorId;
use serde_json::json;

use crate::cli::{PersonErase, PersonExport};
use crate::settings::Settings;
use crate::upkeep::OPERATOR;
use crate::{open, out};

/// `weheard person export`.
pub async fn export(settings: &Settings, cmd: PersonExport) -> Result<()> {
    let db = open::database(settings).await?;
    let mut tx = db.read().await?;
    let person = act::find(&mut tx, &cmd.person).await?;
    let data = act::export(&mut tx, &OPERATOR, now(), &person).await?;
    drop(tx);
    db.close().await;
    let text = serde_json::to_string_pretty(&data).map_err(|error| Error::Internal(error.to_string()))?;
    match cmd.out {
        None => out::line(text),
        Some(file) => {
            std::fs::write(&file, text + "\n")
                .map_err(|error| Error::Unavailable(format!("{} cannot be written: {error}", file.display())))?;
        }
    }
    Ok(())
}

/// `weheard person erase`.
pub async fn erase(settings: &Settings, cmd: PersonErase) -> Result<()> {
    let db = open::database(settings).await?;
    let mut tx = db.begin().await?;
    let person = act::find(&mut tx, &cmd.person).await?;
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    for (subject, _) in person.parts() {
        *kinds.entry(subject.as_str()).or_default() += 1;
    }
    let mut words = kinds.iter().map(|(kind, count)| format!("{count} {kind}")).collect::<Vec<_>>().join(", ");
    let ids: Vec<AuthorId> = person.parts().filter(|(subject, _)| *subject == Subject::Author).map(|(_, id)| AuthorId(id)).collect();
    let voices = author::store::list(&mut tx, &ids).await?;
    if voices.len() > 1 {
        let names = voices.iter().map(|voice| format!("{} on {}", voice.shown(), author::network_label(&voice.network)));
        words += &format!(" (the voices {})", names.collect::<Vec<_>>().join(" and "));
    }
    if !cmd.yes {
        return Err(Error::conflict(format!("This would erase {words} and all that they wrote. Nothing was erased: add --yes to do it.")));
    }
    let erased = act::erase(&mut tx, &OPERATOR, now(), &person).await?;
    tx.commit().await?;
    db.close().await;
    if cmd.json {
        out::json(&json!({"erased": kinds, "named_elsewhere": erased.mentions_elsewhere}));
    } else {
        out::line(format!("Erased: {words}. Named elsewhere in {} rows, where “[erased]” stands now.", erased.mentions_elsewhere));
    }
    Ok(())
}

/// `weheard person erased`.
pub async fn erased(settings: &Settings) -> Result<()> {
    let db = open::database(settings).await?;
    for (subject, id) in store::list(&mut db.read().await?).await? {
        out::line(format!("{} {id}", subject.as_str()));
    }
    db.close().await;
    Ok(())
}
