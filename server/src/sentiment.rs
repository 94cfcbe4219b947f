//! `weheard sentiment`: training, and measuring on a labelled file.

use std::path::PathBuf;

use app::db::Db;
use app::kernel::clock::now;
use app::kernel::error::{Error, Result};
use app::kernel::ids::ProgramId;
use app::listening::sentiment::act::{self, EvaluationSample};
use app::listening::sentiment::measure::SentimentScore;
use app::listening::sentiment::work;
use app::program;
use clap::Args;
use serde_json::json;

use crate::import::find_program;
use crate::settings::Settings;
use crate::upkeep::OPERATOR;
use crate::{open, out};

/// `sentiment train`.
#[derive(Args, Debug)]
pub struct TrainSentiment {
    /// ID or name of the program [default: the newest]
    #[arg(long)]
    pub program: Option<String>,
    /// Activate the model for all mentions, unless it is worse than VADER
    #[arg(long)]
    pub switch_on: bool,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

/// `sentiment evaluate`.
#[derive(Args, Debug)]
pub struct EvaluateSentiment {
    /// The labelled file (.csv or .tsv)
    pub file: PathBuf,
    /// Column with the text
    #[arg(long)]
    pub text: String,
    /// Column with the label
    #[arg(long)]
    pub label: String,
    /// Column with the author
    #[arg(long)]
    pub author: Option<String>,
    /// Also train on the file and cross-validate
    #[arg(long)]
    pub cross_validate: bool,
    /// ID or name of the program [default: the newest]
    #[arg(long)]
    pub program: Option<String>,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

/// `weheard sentiment train`.
pub async fn train(settings: &Settings, cmd: TrainSentiment) -> Result<()> {
    let db = open::database(settings).await?;
    let program = which(&db, cmd.program.as_deref()).await?;
    let program = program.ok_or_else(|| Error::conflict("There is no program yet. Run `weheard import FILE` first."))?;
    let version = act::train(&db, &OPERATOR, program).await?;
    if cmd.switch_on {
        let mut tx = db.begin().await?;
        act::switch_on(&mut tx, &OPERATOR, now(), version.id).await?;
        tx.commit().await?;
        work::work_off(&db).await?;
    }
    db.close().await;
    let figures = &version.figures;
    if cmd.json {
        out::json(&json!({
            "version": version.version, "labels": version.labels, "corrections": version.corrections, "on": cmd.switch_on, "figures": figures,
        }));
        return Ok(());
    }
    out::line(format!("Trained version {} on {} labels in {:.1} s.", version.version, version.labels, figures.seconds));
    print("VADER", &figures.all.vader);
    print("Version", &figures.all.model);
    out::line(if cmd.switch_on {
        "It is active."
    } else {
        "It is not active. Activate it with --switch-on, or on the page /listen/sentiment."
    });
    Ok(())
}

/// `weheard sentiment evaluate`.
pub async fn evaluate(settings: &Settings, cmd: EvaluateSentiment) -> Result<()> {
    if !cmd.file.is_file() {
        return Err(Error::field("file", format!("{} does not exist or is not a file. Check the path.", cmd.file.display())));
    }
    let db = open::database(settings).await?;
    let program = which(&db, cmd.program.as_deref()).await?;
    let sample =
        EvaluationSample { file: cmd.file, text: cmd.text, label: cmd.label, author: cmd.author, cross_validate: cmd.cross_validate };
    let found = act::evaluate(&db, &OPERATOR, program, sample).await?;
    db.close().await;
    if cmd.json {
        out::json(&found);
        return Ok(());
    }
    out::line(format!("{} labelled mentions, {} rows skipped.", found.mentions, found.skipped));
    print("VADER", &found.vader);
    match &found.model {
        Some(model) => print(&format!("Version {}", model.version), &model.score),
        None => out::line("There is no trained model. Train one with `weheard sentiment train`."),
    }
    if let Some(scores) = &found.cross_validated {
        print("Trained on the file", &scores.model);
    }
    Ok(())
}

fn print(name: &str, score: &SentimentScore) {
    let classes: Vec<String> = score.classes.iter().map(|class| format!("{} {:.3}", class.sentiment.label(), class.f1)).collect();
    out::line(format!("  {name}: macro-F1 {:.3} ({}), accuracy {:.3}", score.macro_f1, classes.join(", "), score.accuracy));
}

/// The named program, else the newest.
pub(crate) async fn which(db: &Db, words: Option<&str>) -> Result<Option<ProgramId>> {
    match words {
        Some(words) => find_program(db, words).await.map(Some),
        None => Ok(program::store::list(&mut db.read().await?).await?.first().map(|program| program.id)),
    }
}
