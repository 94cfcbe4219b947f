//! `weheard listening`: counts, opt-outs and retention.

use std::path::PathBuf;

use app::db::Db;
use app::kernel::clock::now;
use app::kernel::error::{Error, Result};
use app::kernel::ids::ProgramId;
use app::privacy::opt_out;
use app::privacy::retention::act;
use clap::Args;
use serde_json::json;

use crate::sentiment::which;
use crate::settings::Settings;
use crate::upkeep::OPERATOR;
use crate::{open, out, person};

/// `listening rebuild`.
#[derive(Args, Debug)]
pub struct ListeningRebuild {
    /// ID or name of the program [default: the newest]
    #[arg(long)]
    pub program: Option<String>,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

/// `listening opt-out`.
#[derive(Args, Debug)]
pub struct ListeningOptOut {
    /// The author's handle, with or without @
    pub handle: String,
    /// Their network [default: x, or the one where this handle is known]
    #[arg(long)]
    pub network: Option<String>,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

/// `listening purge`.
#[derive(Args, Debug)]
pub struct ListeningPurge {
    /// Delete the mentions with the IDs in this file, one per line
    #[arg(long, value_name = "FILE")]
    pub ids: Option<PathBuf>,
    /// ID or name of the program for --ids [default: the newest]
    #[arg(long)]
    pub program: Option<String>,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

/// `weheard listening rebuild`.
pub async fn rebuild(settings: &Settings, cmd: ListeningRebuild) -> Result<()> {
    let db = open::database(settings).await?;
    let program = program_or_missing(&db, cmd.program.as_deref()).await?;
    let rebuilt = act::rebuild(&db, &OPERATOR, program).await?;
    db.close().await;
    if cmd.json {
        out::json(&rebuilt);
    } else {
        out::line(format!(
            "Recalculated {} days, {} authors and {} topic days: {} counts corrected. Indexed {} mentions. Assessed all authors: {} changed.",
            rebuilt.days, rebuilt.authors, rebuilt.topic_days, rebuilt.mended, rebuilt.mentions, rebuilt.assessed
        ));
    }
    Ok(())
}

/// `weheard listening opt-out`.
pub async fn opt_out(settings: &Settings, cmd: ListeningOptOut) -> Result<()> {
    let db = open::database(settings).await?;
    let network = match &cmd.network {
        Some(network) => network.clone(),
        None => opt_out::act::network_of(&mut db.read().await?, &OPERATOR, &cmd.handle).await?,
    };
    let spool = settings.spool();
    let outcome = opt_out::act::opt_out_in_steps(&db, &spool, &OPERATOR, now(), &network, &cmd.handle).await?;
    db.close().await;
    if cmd.json {
        out::json(&outcome);
    } else {
        opt_out_summary(&outcome, false).into_iter().for_each(out::line);
        person::unsure(&outcome.unsure, &settings.base_url).into_iter().for_each(out::line);
    }
    Ok(())
}

/// The outcome of an opt-out in words; `soon` if a job does the erasing.
#[must_use]
pub fn opt_out_summary(outcome: &opt_out::act::OptOutOutcome, soon: bool) -> Vec<String> {
    let is = if soon { "is being erased" } else { "was erased" };
    let mut lines = vec![match (outcome.authors, outcome.known) {
        (2.., _) => {
            let linked = outcome.authors - 1;
            let others = if linked == 1 { "one other author".to_owned() } else { format!("{linked} other authors") };
            format!(
                "This author is linked with {others} as one person. Everything about them {is}, and they are kept out of later imports."
            )
        }
        (_, true) => format!("Everything about this author {is}. They are kept out of later imports."),
        (_, false) => format!("There was no data about this author on {}. They are kept out of later imports.", outcome.network),
    }];
    if !outcome.elsewhere.is_empty() {
        let elsewhere = outcome.elsewhere.join(", ");
        lines.push(format!("Authors with the same handle exist on: {elsewhere}. If it is the same person, opt them out there too."));
    }
    lines
}

/// The program that is named, else the newest.
async fn program_or_missing(db: &Db, words: Option<&str>) -> Result<ProgramId> {
    which(db, words).await?.ok_or_else(|| Error::missing("There is no program yet. Run `weheard import FILE` to create the first."))
}

/// `weheard listening purge`.
pub async fn purge(settings: &Settings, cmd: ListeningPurge) -> Result<()> {
    let db = open::database(settings).await?;
    let Some(file) = cmd.ids else {
        let purged = act::purge(&db, &OPERATOR, now(), None).await?;
        db.close().await;
        if cmd.json {
            out::json(&purged);
        } else {
            out::line(format!(
                "Deleted {} mentions, {} original rows and {} nominations.",
                purged.mentions, purged.source_rows, purged.nominations
            ));
        }
        return Ok(());
    };
    let text =
        std::fs::read_to_string(&file).map_err(|error| Error::field("ids", format!("{} cannot be read: {error}", file.display())))?;
    let ids: Vec<String> = text.lines().map(str::trim).filter(|id| !id.is_empty()).map(str::to_owned).collect();
    let program = program_or_missing(&db, cmd.program.as_deref()).await?;
    let removed = act::remove(&db, &OPERATOR, now(), program, &ids).await?;
    db.close().await;
    if cmd.json {
        out::json(&json!({ "ids": ids.len(), "mentions": removed }));
    } else {
        out::line(format!("Removed {removed} mentions for {} IDs.", ids.len()));
    }
    Ok(())
}
