//! Judging authors by the rules, with what their program knows: its names and its scorecard.

use std::collections::{HashMap, HashSet};

use super::evidence::KindEvidence;
use super::habits::PostingHabits;
use super::kinds::KnownOfAuthor;
use super::names::KnownNames;
use super::scorecard::{AuthorSigns, Scorecard};
use super::store::{self, AuthorBrief};
use super::{AuthorKind, work};
use crate::access::account::Actor;
use crate::access::job::{self, JobKind, act::JobRequest};
use crate::db::{Db, Tx, setting};
use crate::kernel::clock::Time;
use crate::kernel::error::Result;
use crate::kernel::ids::{AuthorId, ProgramId};
use crate::listening::mention;
use crate::listening::mention::signs::SignReader;
use crate::listening::repeated;
use crate::listening::volume;
use crate::program;

/// The rules of one program.
#[derive(Debug)]
pub struct AuthorJudge {
    program: ProgramId,
    names: KnownNames,
    pub scorecard: Scorecard,
    changed: Vec<(AuthorId, AuthorKind, Vec<KindEvidence>)>,
    /// From which kind to which.
    moved: Vec<(AuthorId, AuthorKind, AuthorKind)>,
}

impl AuthorJudge {
    /// As the program names its accounts, and as its people have decided about authors.
    ///
    /// # Errors
    /// What the database says.
    pub async fn of(tx: &mut Tx, program: ProgramId) -> Result<Self> {
        let names = program::store::find(tx, program).await?.map(|program| KnownNames::of(&program)).unwrap_or_default();
        Ok(Self { program, names, scorecard: work::scorecard(tx, program).await?, changed: Vec::new(), moved: Vec::new() })
    }

    /// The kind of an author by the rules. One without mentions stays as it is: nothing speaks for or against it. So does one about which
    /// a person decided.
    pub fn judge(&mut self, author: &AuthorBrief, habits: &PostingHabits, signs: &AuthorSigns) -> AuthorKind {
        if author.decided || habits.mentions == 0 {
            return author.kind;
        }
        let known = KnownOfAuthor { handle: &author.handle, name: author.name.as_deref(), habits, signs };
        let (kind, evidence) = known.kind(&self.names, &self.scorecard);
        if kind != author.kind || evidence != author.kind_evidence.as_deref().unwrap_or_default() {
            self.changed.push((author.id, kind, evidence));
            self.moved.push((author.id, author.kind, kind));
        }
        kind
    }

    /// Saves the kinds that are other ones now, or rest on other evidence. Mentions are counted with the kinds of their authors.
    ///
    /// # Errors
    /// What the database says.
    pub async fn save(&mut self, tx: &mut Tx) -> Result<()> {
        store::judge(tx, &std::mem::take(&mut self.changed)).await?;
        volume::kinds::move_authors(tx, self.program, &std::mem::take(&mut self.moved)).await
    }
}

/// The signs of authors, with how many of their mentions others posted too as it is now. It is asked of those in `syndicated` (none: of all), and of
/// those of whom it was so before. What is otherwise now is saved.
///
/// # Errors
/// What the database says.
pub async fn current_signs(
    tx: &mut Tx,
    authors: &[AuthorBrief],
    syndicated: Option<&HashSet<AuthorId>>,
) -> Result<HashMap<AuthorId, AuthorSigns>> {
    let is_asked = |author: &AuthorBrief| author.signs.syndicated > 0 || syndicated.is_none_or(|some| some.contains(&author.id));
    let asked: Vec<AuthorId> = authors.iter().filter(|author| is_asked(author)).map(|author| author.id).collect();
    let counts: HashMap<AuthorId, i64> = repeated::store::count_syndicated(tx, &asked).await?.into_iter().collect();
    let (mut signs, mut changed) = (HashMap::with_capacity(authors.len()), Vec::new());
    for author in authors {
        let mut now = author.signs;
        if is_asked(author) {
            now.syndicated = counts.get(&author.id).copied().unwrap_or(0);
        }
        if now != author.signs {
            changed.push((author.id, now.syndicated));
        }
        signs.insert(author.id, now);
    }
    store::set_syndicated(tx, &changed).await?;
    Ok(signs)
}

/// Counting signs anew, where an earlier release, other lists of words or other settings have counted them.
#[derive(Debug)]
pub struct SignRecount {
    reader: SignReader,
    stamp: String,
    stale: bool,
}

impl SignRecount {
    fn key(program: ProgramId) -> String {
        format!("author_signs:{program}")
    }

    /// How the signs of a program's authors were counted last.
    ///
    /// # Errors
    /// What the database says.
    pub async fn of(tx: &mut Tx, program: ProgramId) -> Result<Self> {
        let reader = program::store::find(tx, program).await?.map(|program| SignReader::of(&program)).unwrap_or_default();
        let stamp = reader.stamp();
        let stale = setting::find(tx, &Self::key(program)).await?.as_ref() != Some(&stamp);
        Ok(Self { reader, stamp, stale })
    }

    /// How they are read.
    #[must_use]
    pub fn stamp(&self) -> &str {
        &self.stamp
    }

    /// Whether they are to be counted anew.
    #[must_use]
    pub const fn is_stale(&self) -> bool {
        self.stale
    }

    /// Counts the signs of some authors, if they are to be counted.
    ///
    /// # Errors
    /// What the database says.
    pub async fn count(&self, tx: &mut Tx, program: ProgramId, authors: &[AuthorId]) -> Result<()> {
        if !self.stale {
            return Ok(());
        }
        // An import that adds mentions meanwhile would be lost.
        program::store::lock_listening(tx, program).await?;
        let mut mentions: HashMap<AuthorId, Vec<mention::Mention>> = HashMap::new();
        for mention in mention::store::list_of_authors(tx, authors).await? {
            mentions.entry(mention.author_id).or_default().push(mention);
        }
        let counts: Vec<_> = authors
            .iter()
            .map(|author| mention::rollup::counted(*author, mentions.get(author).map_or(&[][..], Vec::as_slice), &self.reader))
            .collect();
        store::set_signs(tx, &counts).await?;
        Ok(())
    }

    /// All were counted.
    ///
    /// # Errors
    /// What the database says.
    pub async fn finish(&self, tx: &mut Tx, program: ProgramId) -> Result<()> {
        if self.stale { setting::update(tx, &Self::key(program), &self.stamp).await } else { Ok(()) }
    }
}

/// Mentions were read as the program says no longer: the signs of its authors are counted anew, and its authors assessed.
///
/// # Errors
/// What the database says.
pub async fn recount(tx: &mut Tx, actor: &Actor, now: Time, program: ProgramId) -> Result<()> {
    setting::update(tx, &SignRecount::key(program), "").await?;
    job::act::restart(tx, actor, now, JobRequest::of_program(JobKind::Assessment, program)).await
}

/// A program that has no mentions yet has nothing to count anew: its imports count.
///
/// # Errors
/// What the database says.
pub async fn begin_counting(db: &Db, program: ProgramId) -> Result<()> {
    let mut tx = db.read().await?;
    let recount = SignRecount::of(&mut tx, program).await?;
    if !recount.is_stale() || mention::store::newest(&mut tx, program).await?.is_some() {
        return Ok(());
    }
    drop(tx);
    let mut tx = db.begin().await?;
    recount.finish(&mut tx, program).await?;
    tx.commit().await
}
