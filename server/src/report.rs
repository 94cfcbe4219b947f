//! `weheard report build`.

use std::path::{Path, PathBuf};

use app::follow_up::report::store;
use app::front::guest;
use app::kernel::error::{Error, Result};
use app::program::day::{self, PanelDay};
use clap::Args;
use serde_json::json;

use crate::pdf::PdfRenderer;
use crate::settings::Settings;
use crate::{logo, open, out};

/// `report build`.
#[derive(Args, Debug)]
pub struct ReportFiles {
    /// Date, title or ID of the panel day
    #[arg(long)]
    pub day: String,
    /// Folder for the PDF files
    #[arg(long)]
    pub out: PathBuf,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

/// `weheard report build`: the whole report, and each attendee's copy.
pub async fn build(settings: &Settings, cmd: ReportFiles) -> Result<()> {
    let pdf_renderer = PdfRenderer::open(&settings.site.join("fonts"))?;
    let db = open::database(settings).await?;
    let mut tx = db.read().await?;
    let day = find_day(&day::store::list(&mut tx).await?, &cmd.day)?;
    let report = store::find_newest(&mut tx, day.id).await?;
    let report =
        report.ok_or_else(|| Error::conflict(format!("“{}” has no final report yet. Finalise it on its page first.", day.title)))?;
    let copies = store::list_copies(&mut tx, report.id).await?;
    let logo = guest::logo_of_day(&mut tx, day.id).await?.map(|png| logo::pixels(&png)).transpose()?;
    drop(tx);
    db.close().await;

    let name = format!("report-{}-{}", report.document.day.date, report.document.number);
    let whole = store::edition(&report, &copies);
    let mut editions = vec![(format!("{name}.pdf"), whole)];
    for copy in &copies {
        editions.push((format!("{name}-{}.pdf", copy.panelist_id), store::edition_for(&report, &copies, copy.panelist_id)));
    }
    std::fs::create_dir_all(&cmd.out).map_err(|error| unwritable(&cmd.out, &error))?;
    for (file, edition) in &editions {
        let bytes = pdf_renderer.report(edition, logo.as_ref())?;
        let path = cmd.out.join(file);
        std::fs::write(&path, bytes).map_err(|error| unwritable(&path, &error))?;
    }
    if cmd.json {
        out::json(&json!({"report": report.id, "number": report.document.number, "files": editions.len(), "folder": cmd.out}));
    } else {
        out::line(format!("{} PDF files saved in {}.", editions.len(), cmd.out.display()));
    }
    Ok(())
}

/// A day by id, date or title; the one that is meant must be the only one.
fn find_day(days: &[PanelDay], words: &str) -> Result<PanelDay> {
    let words = words.trim();
    let is_meant = |day: &&PanelDay| day.id.to_string() == words || day.day.to_string() == words || day.title.eq_ignore_ascii_case(words);
    let mut meant = days.iter().filter(is_meant);
    match (meant.next(), meant.next()) {
        (Some(day), None) => Ok(day.clone()),
        (Some(_), Some(_)) => Err(Error::field("day", format!("Several panel days match “{words}”. Enter the ID."))),
        (None, _) => {
            let known = days.iter().map(|day| format!("{} “{}”", day.day, day.title)).collect::<Vec<_>>().join(", ");
            Err(Error::field("day", format!("There is no panel day “{words}”. Panel days: {known}")))
        }
    }
}

fn unwritable(path: &Path, error: &std::io::Error) -> Error {
    Error::unavailable(format!("{} cannot be written: {error}", path.display()))
}
