//! A dry run: what an import would do, without changing anything.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use super::act::{Options, as_told, first_program, meant};
use super::arrive::{look, new_run};
use super::gather::{Vendors, fill_in};
use super::hear::{Listener, dedupe_key};
use super::record::Record;
use super::row::{Post, Reader};
use super::{Counts, Kind, LeftOut, Mapping, Notes, Outcome, Run, State, source, work};
use crate::account::{Actor, Verb};
use crate::author::names::Names;
use crate::author::{self, Standing};
use crate::clock::now;
use crate::db::{Db, Tx};
use crate::error::{Error, Result, blocking};
use crate::ids::ProgramId;
use crate::mention::opinion::Ear;
use crate::mention::store::Known;
use crate::program::{self, Program};
use crate::topic::matcher::Matcher;
use crate::{customer, mention};

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
    let path = path.to_owned();
    let mut tx = db.read().await?;
    let program = program::store::find(&mut tx, run.program_id).await?.ok_or(Error::NotFound)?;
    drop(tx);
    preview_for(db, &program, run, path).await
}

/// What would happen in a program that may not be there yet.
async fn preview_for(db: &Db, program: &Program, run: &Run, path: PathBuf) -> Result<Preview> {
    let (mapping, kind, names) = (run.mapping.clone(), run.kind, Names::of(program));
    let complete = mapping.missing(kind).is_empty();
    let (mut preview, taken) = blocking(move || dry_run(&path, &mapping, kind, complete, &names)).await?;
    let mut tx = db.read().await?;
    tell_people(&mut tx, run.program_id, &taken.people, &mut preview.counts).await?;
    tell_posts(&mut tx, run, taken, &mut preview.counts).await?;
    Ok(preview)
}

/// The rows that would be taken in, and their voices.
#[derive(Default)]
struct Taken {
    /// Posts, by what makes each the same as another.
    posts: Vec<(String, Post)>,
    /// Customers, by what makes each the same as another.
    people: Vec<String>,
    /// What the names of each voice say at sight: whether its posts would be set aside.
    voices: HashMap<Voice, bool>,
}

/// A voice's network and its handle in lower case.
type Voice = (String, String);

/// How rows of customers would end, as an import ends them.
async fn tell_people(tx: &mut Tx, program: ProgramId, people: &[String], counts: &mut Counts) -> Result<()> {
    let refs: Vec<&str> = people.iter().map(String::as_str).collect();
    let known: HashSet<String> =
        customer::store::list_known(tx, program, &refs).await?.into_iter().map(|known| known.external_ref).collect();
    let mut seen = HashSet::new();
    for person in people {
        counts.add(match (seen.insert(person.as_str()), known.contains(person)) {
            (false, _) => Outcome::Duplicate,
            (true, true) => Outcome::Updated,
            (true, false) => Outcome::Created,
        });
    }
    Ok(())
}

/// How rows of posts would end, as an import ends them. Only posts that are met twice are listened to: what one is read as decides nothing
/// about any other.
async fn tell_posts(tx: &mut Tx, run: &Run, taken: Taken, counts: &mut Counts) -> Result<()> {
    let Taken { posts, voices, .. } = taken;
    let keys: Vec<&str> = posts.iter().map(|(key, _)| key.as_str()).collect();
    let known = mention::store::list_known(tx, run.program_id, &keys).await?;
    let mut known: HashMap<String, Known> = known.into_iter().map(|known| (known.dedupe_key.clone(), known)).collect();
    let (aside, objected) = standing(tx, run.program_id, &voices).await?;
    let mut times: HashMap<&str, usize> = HashMap::new();
    keys.iter().for_each(|key| *times.entry(key).or_default() += 1);
    let again: Vec<bool> = keys.iter().map(|key| times[key] > 1 || known.contains_key(*key)).collect();
    let mut listener = Listener::new(run, 0, Ear::default(), Matcher::default());
    let posts = blocking(move || {
        Ok(posts
            .into_iter()
            .zip(again)
            .map(|((key, post), again)| {
                let voice = (post.network.clone(), post.handle.key.clone());
                (key, voice, again.then(|| listener.hear(post).mention))
            })
            .collect::<Vec<_>>())
    })
    .await?;
    let mut vendors = Vendors::new(run);
    for (key, voice, mention) in posts {
        let outcome = match (mention, known.get_mut(&key)) {
            _ if objected.contains(&voice) => Outcome::SetAside,
            (Some(mention), Some(found)) => {
                let same = vendors.same(tx, found).await?;
                fill_in(found, &mention, same).0
            }
            (mention, _) => {
                known.extend(mention.map(|mention| (key, Known::from(&mention))));
                if aside.contains(&voice) { Outcome::SetAside } else { Outcome::Created }
            }
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
    let objected = author::store::list_objected(tx, &voices).await?;
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
                taken.voices.entry(voice).or_insert_with(|| names.at_sight(&post.handle.shown, post.name.as_deref()).is_some());
                taken.posts.push((dedupe_key(&post), post));
            }),
            Kind::Customers => reader.person(&record).map(|person| taken.people.push(person.external_ref)),
        };
        if let Err(refused) = row {
            preview.counts.add(refused.outcome);
            if preview.left_out.len() < 20 {
                preview.left_out.push(work::left_out(&record, refused));
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
    let program = match meant(&mut tx, &options).await? {
        Some(program) => program,
        None => first_program(options.organisation.as_deref()),
    };
    let kind = as_told(&mut tx, program.id, &options, kind, &mut mapping).await?;
    drop(tx);
    let run = new_run(actor, program.id, "", look, kind, mapping, State::Mapping);
    preview_for(db, &program, &run, path.to_owned()).await
}
