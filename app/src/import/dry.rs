//! A dry run: what an import would do, without changing anything.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use super::act::{Options, as_told};
use super::arrive::{look, new_run};
use super::hear::dedupe_key;
use super::record::Record;
use super::row::Reader;
use super::{Counts, Kind, LeftOut, Mapping, Notes, Outcome, Run, State, source, work};
use crate::account::{Actor, Verb};
use crate::author::names::Names;
use crate::author::{self, Standing};
use crate::clock::now;
use crate::db::{Db, Tx};
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
    let names = program::store::find(&mut tx, run.program_id).await?.map(|program| Names::of(&program)).unwrap_or_default();
    drop(tx);
    let (mut preview, taken) = blocking(move || dry_run(&path, &mapping, kind, complete, &names)).await?;
    tell(&mut db.read().await?, run.program_id, kind, &taken, &mut preview.counts).await?;
    Ok(preview)
}

/// The rows that would be taken in, by what makes each the same as another; and their voices.
#[derive(Default)]
struct Taken {
    rows: Vec<(String, Option<Voice>)>,
    /// What the names of each voice say at sight: whether its posts would be set aside.
    voices: HashMap<Voice, bool>,
}

/// A voice's network and its handle in lower case.
type Voice = (String, String);

/// How those rows would end, as an import ends them.
async fn tell(tx: &mut Tx, program: ProgramId, kind: Kind, taken: &Taken, counts: &mut Counts) -> Result<()> {
    let keys: Vec<&str> = taken.rows.iter().map(|(key, _)| key.as_str()).collect::<HashSet<_>>().into_iter().collect();
    let (known, again): (HashSet<String>, _) = match kind {
        Kind::Mentions => {
            let known = mention::store::list_known(tx, program, &keys).await?;
            (known.into_iter().map(|known| known.dedupe_key).collect(), Outcome::Duplicate)
        }
        Kind::Customers => {
            let known = customer::store::list_known(tx, program, &keys).await?;
            (known.into_iter().map(|known| known.external_ref).collect(), Outcome::Updated)
        }
    };
    let (aside, objected) = standing(tx, program, &taken.voices).await?;
    let mut seen = HashSet::new();
    for (key, voice) in &taken.rows {
        let outcome = match voice {
            Some(voice) if objected.contains(voice) => Outcome::SetAside,
            _ if !seen.insert(key.as_str()) => Outcome::Duplicate,
            _ if known.contains(key) => again,
            Some(voice) if aside.contains(voice) => Outcome::SetAside,
            _ => Outcome::Created,
        };
        counts.add(outcome);
    }
    Ok(())
}

/// Which voices are set aside, and which objected. What is decided about a known voice holds, whatever its names say.
async fn standing(tx: &mut Tx, program: ProgramId, at_sight: &HashMap<Voice, bool>) -> Result<(HashSet<Voice>, HashSet<Voice>)> {
    let voices: Vec<Voice> = at_sight.keys().cloned().collect();
    let mut aside: HashSet<Voice> = voices.iter().filter(|voice| at_sight[*voice]).cloned().collect();
    for (_, network, key, standing) in author::store::list_known(tx, program, &voices).await? {
        let voice = (network, key);
        if standing == Standing::Counted {
            aside.remove(&voice);
        } else {
            aside.insert(voice);
        }
    }
    let hashes: Vec<String> = voices.iter().map(|(network, key)| author::store::objection_hash(tx, network, key)).collect();
    let objections: HashSet<String> = author::store::list_objections(tx, &hashes).await?.into_iter().collect();
    let objected = voices.into_iter().zip(&hashes).filter(|(_, hash)| objections.contains(*hash)).map(|(voice, _)| voice).collect();
    Ok((aside, objected))
}

fn dry_run(path: &Path, mapping: &Mapping, kind: Kind, complete: bool, names: &Names) -> Result<(Preview, Taken)> {
    let mut records = source::rows(path, mapping)?;
    let reader = Reader::new(mapping, now());
    let mut seen = 0;
    let (mut preview, mut record, mut taken) = (Preview::default(), Record::default(), Taken::default());
    while records.next(&mut record).map_err(|error| source::unreadable(path, &error))? {
        if preview.sample.len() < SAMPLE_ROWS {
            preview.sample.push(record.cells().map(str::to_owned).collect());
        }
        if seen >= PREVIEW_ROWS {
            preview.cut = true;
            break;
        }
        seen += 1;
        preview.garbled += i64::from(record.raw().contains('\u{fffd}'));
        preview.notes.recoded += i64::from(record.recoded);
        if !complete {
            preview.counts.rows += 1;
            continue;
        }
        let row = match kind {
            Kind::Mentions => reader.post(&record).map(|post| {
                preview.notes.damaged_ids += i64::from(post.damaged_id);
                preview.notes.mojibake += i64::from(post.mojibake);
                let voice = (post.network.clone(), post.handle.key.clone());
                taken.voices.entry(voice.clone()).or_insert_with(|| names.at_sight(&post.handle.shown, post.name.as_deref()).is_some());
                (dedupe_key(&post), Some(voice))
            }),
            Kind::Customers => reader.person(&record).map(|person| (person.external_ref, None)),
        };
        match row {
            Ok(row) => taken.rows.push(row),
            Err(refused) => {
                preview.counts.add(refused.outcome);
                if preview.left_out.len() < 20 {
                    preview.left_out.push(work::left_out(&record, refused));
                }
            }
        }
    }
    Ok((preview, taken))
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
