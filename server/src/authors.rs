//! `weheard authors`: measuring on a labelled file how well authors are recognised.

use std::path::PathBuf;

use app::kernel::error::{Error, Result};
use app::listening::author::AuthorKind;
use app::listening::author::evaluation::{self, LabelledAuthors};
use app::listening::author::measure::RecognitionScore;
use clap::Args;

use crate::sentiment::which;
use crate::settings::Settings;
use crate::upkeep::OPERATOR;
use crate::{open, out};

/// `authors evaluate`.
#[derive(Args, Debug)]
pub struct EvaluateAuthors {
    /// The labelled file (.csv or .tsv)
    pub file: PathBuf,
    /// Column with the author's handle
    #[arg(long, value_name = "COLUMN")]
    pub handle: String,
    /// Column with the kind
    #[arg(long, value_name = "COLUMN")]
    pub kind: String,
    /// Column that says whether the label is sure: rows with “no”, “false”, “0” or nothing are left out
    #[arg(long, value_name = "COLUMN")]
    pub sure: Option<String>,
    /// ID or name of the program [default: the newest]
    #[arg(long)]
    pub program: Option<String>,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

/// `weheard authors evaluate`.
pub async fn evaluate(settings: &Settings, cmd: EvaluateAuthors) -> Result<()> {
    if !cmd.file.is_file() {
        return Err(Error::field("file", format!("{} does not exist or is not a file. Check the path.", cmd.file.display())));
    }
    let db = open::database(settings).await?;
    let program = which(&db, cmd.program.as_deref()).await?;
    let program = program.ok_or_else(|| Error::conflict("There is no program yet. Run `weheard import FILE` first."))?;
    let sample = LabelledAuthors { file: cmd.file, handle: cmd.handle, kind: cmd.kind, sure: cmd.sure };
    let found = evaluation::evaluate(&db, &OPERATOR, program, &sample).await?;
    db.close().await;
    if cmd.json {
        out::json(&found);
        return Ok(());
    }
    out::line(format!(
        "{} labelled authors; left out: {} rows, {} authors not in the program, {} decided by a person.",
        found.authors, found.skipped, found.missing, found.decided
    ));
    print("not a customer", &found.no_customer);
    for kind in &found.kinds {
        let name = if kind.kind == AuthorKind::Unknown { "not a customer, kind unknown" } else { kind.kind.label() };
        print(name, &kind.score);
    }
    if !found.mistakes.is_empty() {
        out::line("Wrongly taken for a customer, or wrongly excluded:");
    }
    for mistake in &found.mistakes {
        out::line(format!(
            "  @{}: labelled {}, recognised as {}. {}",
            mistake.handle,
            mistake.label.label(),
            mistake.kind.label(),
            mistake.why
        ));
    }
    Ok(())
}

fn print(name: &str, score: &RecognitionScore) {
    out::line(format!(
        "  {name}: precision {:.3}, recall {:.3}, F1 {:.3} ({} labelled, {} recognised)",
        score.precision, score.recall, score.f1, score.labelled, score.taken
    ));
}
