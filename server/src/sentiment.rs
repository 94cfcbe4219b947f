//! `weheard sentiment`: training, and measuring on a labelled file.

use app::clock::now;
use app::db::Db;
use app::error::{Error, Result};
use app::ids::ProgramId;
use app::program;
use app::sentiment::act::{self, Sample};
use app::sentiment::measure::Score;
use app::sentiment::work;
use serde_json::json;

use crate::cli::{EvaluateSentiment, TrainSentiment};
use crate::import::find_program;
use crate::settings::Settings;
use crate::upkeep::OPERATOR;
use crate::{open, out};

/// `weheard sentiment train`.
pub async fn train(settings: &Settings, cmd: TrainSentiment) -> Result<()> {
    let db = open::database(settings).await?;
    let program = which(&db, cmd.program.as_deref()).await?;
    let program =
        program.ok_or_else(|| Error::conflict("There is no program yet, so there are no posts to learn from. Import some first."))?;
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
    out::line(format!("Version {} learned from {} labels in {:.1} s.", version.version, version.labels, figures.seconds));
    print("VADER", &figures.all.vader);
    print("Version", &figures.all.model);
    out::line(if cmd.switch_on {
        "It is switched on."
    } else {
        "It is switched off; --switch-on, or the page /listen/sentiment, switches it on."
    });
    Ok(())
}

/// `weheard sentiment evaluate`.
pub async fn evaluate(settings: &Settings, cmd: EvaluateSentiment) -> Result<()> {
    if !cmd.file.is_file() {
        return Err(Error::field("file", format!("There is no file {}.", cmd.file.display())));
    }
    let db = open::database(settings).await?;
    let program = which(&db, cmd.program.as_deref()).await?;
    let sample = Sample { file: cmd.file, text: cmd.text, label: cmd.label, author: cmd.author, cross_validate: cmd.cross_validate };
    let found = act::evaluate(&db, &OPERATOR, program, sample).await?;
    db.close().await;
    if cmd.json {
        out::json(&found);
        return Ok(());
    }
    out::line(format!("{} labelled posts, {} rows left out.", found.posts, found.left_out));
    print("VADER", &found.vader);
    match &found.model {
        Some(model) => print(&format!("Version {}", model.version), &model.score),
        None => out::line("No model was trained yet: weheard sentiment train."),
    }
    if let Some(scores) = &found.cross_validated {
        print("Trained within the file", &scores.model);
    }
    Ok(())
}

fn print(name: &str, score: &Score) {
    let classes: Vec<String> = score.classes.iter().map(|class| format!("{} {:.3}", class.sentiment.label(), class.f1)).collect();
    out::line(format!("  {name}: macro-F1 {:.3} ({}), accuracy {:.3}", score.macro_f1, classes.join(", "), score.accuracy));
}

/// The program that is named, else the newest.
pub(crate) async fn which(db: &Db, words: Option<&str>) -> Result<Option<ProgramId>> {
    match words {
        Some(words) => find_program(db, words).await.map(Some),
        None => Ok(program::store::list(&mut db.read().await?).await?.first().map(|program| program.id)),
    }
}
