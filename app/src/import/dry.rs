//! A dry run: what an import would do, without changing anything.

use std::collections::HashMap;
use std::path::Path;

use super::act::{Options, as_told};
use super::arrive::{look, new_run};
use super::gather::dedupe_key;
use super::record::Record;
use super::row::Reader;
use super::{Counts, Kind, LeftOut, Mapping, Notes, Outcome, Run, State, source, work};
use crate::account::{Actor, Verb};
use crate::author::rules::Own;
use crate::clock::now;
use crate::db::Db;
use crate::error::{Error, Result, blocking};
use crate::ids::ProgramId;
use crate::{customer, mention, program};

/// A dry run reads this many rows: a second or two.
const PREVIEW_ROWS: i64 = 20_000;
/// Sample rows shown beside the columns.
const SAMPLE_ROWS: usize = 5;

/// What a dry run says.
#[derive(Clone, Debug, Default)]
pub struct Preview {
    /// First rows, cell by cell.
    pub sample: Vec<Vec<String>>,
    pub counts: Counts,
    /// The file is longer than what was read.
    pub cut: bool,
    /// The first rows that would be left out, and why.
    pub left_out: Vec<LeftOut>,
    /// Cells with characters that the encoding cannot have meant.
    pub garbled: i64,
    /// What is odd about rows that would be taken in all the same.
    pub notes: Notes,
}

/// Reads the file as the mapping says and tells what would happen, without changing anything.
///
/// # Errors
/// `Unavailable` where the file is gone.
pub async fn preview(db: &Db, run: &Run, path: &Path) -> Result<Preview> {
    let (mapping, kind, path) = (run.mapping.clone(), run.kind, path.to_owned());
    let complete = mapping.missing(kind).is_empty();
    let mut tx = db.read().await?;
    // Before the first program nobody is the organisation's own yet.
    let own = program::store::find(&mut tx, run.program_id).await?.map(|program| Own::new(&program.organisation, &program.own_handles));
    drop(tx);
    let (mut preview, seen) = blocking(move || dry_run(&path, &mapping, kind, complete, own.as_ref())).await?;
    let mut tx = db.read().await?;
    let keys: Vec<&str> = seen.keys().map(String::as_str).collect();
    let (known, again): (Vec<String>, _) = match kind {
        Kind::Mentions => {
            let known = mention::store::list_known(&mut tx, run.program_id, &keys).await?;
            (known.into_iter().map(|known| known.dedupe_key).collect(), Outcome::Duplicate)
        }
        Kind::Customers => {
            let known = customer::store::list_known(&mut tx, run.program_id, &keys).await?;
            (known.into_iter().map(|known| known.external_ref).collect(), Outcome::Updated)
        }
    };
    for outcome in known.iter().filter_map(|key| seen.get(key)) {
        preview.counts.instead(*outcome, again);
    }
    Ok(preview)
}

fn dry_run(path: &Path, mapping: &Mapping, kind: Kind, complete: bool, own: Option<&Own>) -> Result<(Preview, HashMap<String, Outcome>)> {
    let mut records = source::rows(path, mapping)?;
    let reader = Reader::new(mapping, now());
    let (mut preview, mut record, mut seen) = (Preview::default(), Record::default(), HashMap::new());
    while records.next(&mut record).map_err(|error| source::unreadable(path, &error))? {
        if preview.sample.len() < SAMPLE_ROWS {
            preview.sample.push(record.cells().map(str::to_owned).collect());
        }
        if preview.counts.rows >= PREVIEW_ROWS {
            preview.cut = true;
            break;
        }
        preview.garbled += i64::from(record.raw().contains('\u{fffd}'));
        preview.notes.recoded += i64::from(record.recoded);
        if !complete {
            preview.counts.rows += 1;
            continue;
        }
        let key = match kind {
            Kind::Mentions => reader.post(&record).map(|post| {
                preview.notes.damaged_ids += i64::from(post.damaged_id);
                preview.notes.mojibake += i64::from(post.mojibake);
                let aside = own.is_some_and(|own| own.reason(&post.handle.key).is_some());
                (dedupe_key(&post), if aside { Outcome::SetAside } else { Outcome::Created })
            }),
            Kind::Customers => reader.person(&record).map(|person| (person.external_ref, Outcome::Created)),
        };
        match key {
            Ok((key, _)) if seen.contains_key(&key) => preview.counts.add(Outcome::Duplicate),
            Ok((key, outcome)) => {
                preview.counts.add(outcome);
                seen.insert(key, outcome);
            }
            Err(refused) => {
                preview.counts.add(refused.outcome);
                if preview.left_out.len() < 20 {
                    preview.left_out.push(work::left_out(&record, refused));
                }
            }
        }
    }
    Ok((preview, seen))
}

/// As `import_file`.
pub async fn preview_file(db: &Db, actor: &Actor, path: &Path, options: Options) -> Result<Preview> {
    actor.may(Verb::Import)?;
    let (look, kind, mut mapping) = look(path, options.kind).await?;
    let mut tx = db.read().await?;
    let program = match options.program {
        Some(id) => program::store::find(&mut tx, id).await?.ok_or(Error::NotFound)?.id,
        None => program::store::list(&mut tx).await?.first().map_or_else(ProgramId::new, |newest| newest.id),
    };
    let kind = as_told(&mut tx, program, &options, kind, &mut mapping).await?;
    drop(tx);
    preview(db, &new_run(actor, program, "", look, kind, mapping, State::Mapping), path).await
}
