//! `weheard backup` and `weheard restore`: one compressed file that either database can read.

use clap::Args;
use std::fs::{self, File};
use std::io::{BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

use app::db::backup::{self, Summary};
use app::db::private;
use app::kernel::clock::now;
use app::kernel::error::{Error, Result};
use app::privacy::erasure::restore::{self, KeptOut};
use flate2::Compression;
use flate2::read::MultiGzDecoder;
use flate2::write::GzEncoder;
use serde_json::json;

use crate::settings::Settings;
use crate::upkeep::OPERATOR;
use crate::{open, out};

/// `backup`.
#[derive(Args, Debug)]
pub struct BackupFile {
    pub file: PathBuf,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

/// `restore`.
#[derive(Args, Debug)]
pub struct RestoreFile {
    pub file: PathBuf,
    /// Delete the current data of the database
    #[arg(long, requires = "yes")]
    pub replace: bool,
    /// Confirm --replace
    #[arg(long)]
    pub yes: bool,
    /// Restore without the key file that the backup was made with
    #[arg(long)]
    pub other_key: bool,
    /// Also erase the people and keep the opt-outs in this file, made by `weheard person erased`
    #[arg(long, value_name = "FILE")]
    pub erased: Option<PathBuf>,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

/// `weheard backup`. The file appears under its name only when it is complete.
pub async fn write(settings: &Settings, cmd: BackupFile) -> Result<()> {
    let db = open::database(settings).await?;
    let unwritable = |error: std::io::Error| Error::unavailable(format!("{} cannot be written: {error}", cmd.file.display()));
    let mut half = cmd.file.clone().into_os_string();
    half.push(".part");
    let half = PathBuf::from(half);
    let mut packed = GzEncoder::new(BufWriter::new(private::create(&half).map_err(unwritable)?), Compression::default());
    let written = backup::write(&mut db.read().await?, now(), &db.tables(), &mut packed).await;
    let kept = written.and_then(|summary| {
        let mut file = packed.finish().and_then(|mut file| file.flush().map(|()| file)).map_err(unwritable)?;
        file.get_mut().sync_all().and_then(|()| fs::rename(&half, &cmd.file)).map_err(unwritable)?;
        Ok(summary)
    });
    db.close().await;
    let summary = kept.inspect_err(|_| {
        let _ = fs::remove_file(&half);
    })?;
    if cmd.json {
        out::json(&json!({"file": cmd.file, "rows": rows(&summary), "sha256": summary.sha256}));
    } else {
        out::line(format!("Backup saved in {}: {} rows of {} tables.", cmd.file.display(), rows(&summary), summary.rows.len()));
    }
    Ok(())
}

/// `weheard restore`.
pub async fn restore(settings: &Settings, cmd: RestoreFile) -> Result<()> {
    let file = File::open(&cmd.file).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => Error::field("file", format!("{} does not exist. Check the path.", cmd.file.display())),
        _ => Error::unavailable(format!("{} cannot be read: {error}", cmd.file.display())),
    })?;
    let gone = cmd.erased.as_deref().map(read_gone).transpose()?.unwrap_or_default();
    let db = open::database(settings).await?;
    let mut alone = db.hold_alone().await?;
    let mut tx = db.begin().await?;
    if !backup::is_empty(&mut tx, &db.tables()).await? && !cmd.replace {
        return Err(Error::conflict("This database is not empty. Restore into an empty one, or add --replace --yes to delete its data."));
    }
    let input = BufReader::new(MultiGzDecoder::new(BufReader::new(file)));
    let (summary, erased) = restore::restore(&mut tx, &OPERATOR, now(), gone, cmd.other_key, input).await?;
    alone.check().await?;
    tx.commit().await?;
    db.close().await;
    if cmd.json {
        out::json(&json!({"rows": rows(&summary), "erased_again": erased.parts}));
    } else {
        out::line(format!("Restored {} rows. Records erased again: {}.", rows(&summary), erased.parts));
    }
    Ok(())
}

fn rows(summary: &Summary) -> u64 {
    summary.rows.values().sum()
}

/// The lines that `weheard person erased` prints.
fn read_gone(path: &Path) -> Result<KeptOut> {
    let text = fs::read_to_string(path).map_err(|error| Error::field("erased", format!("{} cannot be read: {error}", path.display())))?;
    let mut gone = KeptOut::default();
    match text.lines().find(|line| !gone.add_line(line)) {
        None => Ok(gone),
        Some(line) => Err(Error::field(
            "erased",
            format!("{} has a line that `weheard person erased` did not print: “{line}”. Check the file.", path.display()),
        )),
    }
}
