//! A dry run: what an import would do, without changing anything.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use crate::access::account::{Actor, Permission};
use crate::db::{Db, Tx};
use crate::kernel::clock::now;
use crate::kernel::error::{Error, Result, blocking};
use crate::kernel::ids::ProgramId;
use crate::listening::author::names::KnownNames;
use crate::listening::author::{self, AuthorKey, AuthorKind};
use crate::listening::import::batch::analyze::{MentionAnalyzer, dedupe_key};
use crate::listening::import::batch::known_mention::{VendorCache, fill_in};
use crate::listening::import::batch::roster_rows;
use crate::listening::import::batch::row::{ParsedCustomer, ParsedMention, RowReader, skipped_row};
use crate::listening::import::import_file::{ImportOptions, apply_options, chosen_program, first_program, inspect_with_options};
use crate::listening::import::intake::new_run;
use crate::listening::import::reading::record::Record;
use crate::listening::import::reading::{container, source};
use crate::listening::import::{ColumnMapping, ImportCounts, ImportKind, ImportNotes, ImportRun, ImportState, RowOutcome, SkippedRow};
use crate::listening::mention::opinion::SentimentReader;
use crate::listening::mention::signs::SignReader;
use crate::listening::mention::store::KnownMention;
use crate::listening::topic::matcher::TopicMatcher;
use crate::listening::{mention, opt_out};
use crate::program::{self, Program};

/// A dry run reads this many rows: a second or two.
const PREVIEW_ROWS: i64 = 20_000;
/// Sample rows shown beside the columns.
const SAMPLE_ROWS: usize = 5;

#[derive(Clone, Debug, Default)]
pub struct DryRun {
    /// First rows, cell by cell.
    pub sample: Vec<Vec<String>>,
    pub counts: ImportCounts,
    /// The file is longer than what was read.
    pub cut: bool,
    /// The first rows that would be left out, and why.
    pub skipped: Vec<SkippedRow>,
    /// Cells with characters that the encoding cannot have meant.
    pub garbled: i64,
    /// What is odd about rows that would be imported.
    pub notes: ImportNotes,
}

/// Reads the file as the mapping says and gives what would happen, without changing anything.
///
/// # Errors
/// `Unavailable` where the file is gone.
pub async fn preview(db: &Db, run: &ImportRun, path: &Path) -> Result<DryRun> {
    let path = path.to_owned();
    let mut tx = db.read().await?;
    let program = program::store::find(&mut tx, run.program_id).await?.ok_or(Error::NotFound)?;
    drop(tx);
    preview_for(db, &program, run, path).await
}

/// What would happen in a program that may not be there yet.
async fn preview_for(db: &Db, program: &Program, run: &ImportRun, path: PathBuf) -> Result<DryRun> {
    let (mapping, kind, names) = (run.mapping.clone(), run.kind, KnownNames::of(program));
    let complete = mapping.missing(kind).is_empty();
    let (mut preview, mut taken) = blocking(move || dry_run(&path, &mapping, kind, complete, &names)).await?;
    let mut tx = db.read().await?;
    preview.counts.merge(&roster_rows::decide(&mut tx, run, std::mem::take(&mut taken.people), now()).await?.counts);
    count_mentions(&mut tx, run, taken, &mut preview.counts).await?;
    Ok(preview)
}

/// The rows that would be imported, and their authors.
#[derive(Default)]
struct DryRunRows {
    /// Mentions, by what makes each the same as another.
    mentions: Vec<(String, ParsedMention)>,
    people: Vec<ParsedCustomer>,
    /// What the names of each author say at sight: whether its mentions would be excluded.
    authors: HashMap<AuthorKey, bool>,
}

/// How rows of mentions would end, as an import ends them. Only mentions that occur twice are analyzed: what one is read as decides nothing
/// about any other.
async fn count_mentions(tx: &mut Tx, run: &ImportRun, taken: DryRunRows, counts: &mut ImportCounts) -> Result<()> {
    let DryRunRows { mentions, authors, .. } = taken;
    let keys: Vec<&str> = mentions.iter().map(|(key, _)| key.as_str()).collect();
    let known = mention::store::list_known(tx, run.program_id, &keys).await?;
    let mut known: HashMap<String, KnownMention> = known.into_iter().map(|known| (known.dedupe_key.clone(), known)).collect();
    let (excluded, opted_out) = excluded_and_opted_out(tx, run.program_id, &authors).await?;
    let mut times: HashMap<&str, usize> = HashMap::new();
    keys.iter().for_each(|key| *times.entry(key).or_default() += 1);
    let again: Vec<bool> = keys.iter().map(|key| times[key] > 1 || known.contains_key(*key)).collect();
    let mut analyzer = MentionAnalyzer::new(run, 0, SentimentReader::default(), TopicMatcher::default(), SignReader::default());
    let mentions = blocking(move || {
        Ok(mentions
            .into_iter()
            .zip(again)
            .map(|((key, mention), again)| {
                let author = (mention.network.clone(), mention.handle.key.clone());
                (key, author, again.then(|| analyzer.analyze(mention).mention))
            })
            .collect::<Vec<_>>())
    })
    .await?;
    let mut vendors = VendorCache::new(run);
    for (key, author, mention) in mentions {
        let outcome = match (mention, known.get_mut(&key)) {
            _ if opted_out.contains(&author) => RowOutcome::Excluded,
            (Some(mention), Some(found)) => {
                let same = vendors.same(tx, found).await?;
                fill_in(found, &mention, same).0
            }
            (mention, _) => {
                known.extend(mention.map(|mention| (key, KnownMention::from(&mention))));
                if excluded.contains(&author) { RowOutcome::Excluded } else { RowOutcome::Created }
            }
        };
        counts.add(outcome);
    }
    Ok(())
}

/// Which authors are excluded, and which objected. What is decided about a known author holds, whatever its names say.
async fn excluded_and_opted_out(
    tx: &mut Tx,
    program: ProgramId,
    at_sight: &HashMap<AuthorKey, bool>,
) -> Result<(HashSet<AuthorKey>, HashSet<AuthorKey>)> {
    let authors: Vec<AuthorKey> = at_sight.keys().cloned().collect();
    let mut excluded: HashSet<AuthorKey> = authors.iter().filter(|author| at_sight[*author]).cloned().collect();
    for (_, network, key, kind) in author::store::list_known(tx, program, &authors).await? {
        let author = (network, key);
        if kind == AuthorKind::Customer {
            excluded.remove(&author);
        } else {
            excluded.insert(author);
        }
    }
    let opted_out = opt_out::store::list_opted_out(tx, &authors).await?;
    Ok((excluded, opted_out))
}

fn dry_run(path: &Path, mapping: &ColumnMapping, kind: ImportKind, complete: bool, names: &KnownNames) -> Result<(DryRun, DryRunRows)> {
    let mut records = source::rows(path, mapping)?;
    let reader = RowReader::new(mapping, now());
    let mut seen = 0;
    let (mut preview, mut record, mut taken) = (DryRun::default(), Record::default(), DryRunRows::default());
    while records.next(&mut record).map_err(|error| container::unreadable(path, &error))? {
        if preview.sample.len() < SAMPLE_ROWS {
            preview.sample.push(record.cells().map(str::to_owned).collect());
        }
        if seen >= PREVIEW_ROWS {
            preview.cut = true;
            break;
        }
        seen += 1;
        preview.garbled += i64::from(record.original().contains('\u{fffd}'));
        preview.notes.recoded += i64::from(record.recoded);
        if !complete {
            preview.counts.rows += 1;
            continue;
        }
        let row = match kind {
            ImportKind::Mentions => reader.mention(&record).map(|mention| {
                preview.notes.damaged_ids += i64::from(mention.damaged_id);
                preview.notes.mojibake += i64::from(mention.mojibake);
                let author = (mention.network.clone(), mention.handle.key.clone());
                taken.authors.entry(author).or_insert_with(|| names.at_sight(&mention.handle.shown, mention.name.as_deref()).is_some());
                taken.mentions.push((dedupe_key(&mention), mention));
            }),
            ImportKind::Customers => reader.person(&record).map(|person| taken.people.push(person)),
        };
        if let Err(refused) = row {
            preview.counts.add(refused.outcome);
            if preview.skipped.len() < 20 {
                preview.skipped.push(skipped_row(&record, refused));
            }
        }
    }
    Ok((preview, taken))
}

/// As `import_file`.
pub async fn preview_file(db: &Db, actor: &Actor, path: &Path, options: ImportOptions) -> Result<DryRun> {
    actor.may(Permission::Import)?;
    let (inspection, kind, mut mapping) = inspect_with_options(path, &options).await?;
    let mut tx = db.read().await?;
    let program = match chosen_program(&mut tx, &options).await? {
        Some(program) => program,
        None => first_program(options.organisation.as_deref()),
    };
    let kind = apply_options(&mut tx, program.id, &options, kind, &mut mapping).await?;
    drop(tx);
    let run = new_run(actor, program.id, "", inspection, kind, mapping, ImportState::Mapping);
    preview_for(db, &program, &run, path.to_owned()).await
}
