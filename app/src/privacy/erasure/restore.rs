//! Restores a backup without people who were erased, and with the opt-outs that were made, since it was taken.

use std::collections::{BTreeMap, BTreeSet};
use std::io::BufRead;

use uuid::Uuid;

use super::store::{self, PersonRow};
use super::{ErasureOutcome, act};
use crate::access::account::Actor;
use crate::db::backup::{self, Summary};
use crate::db::{DataSubject, Tx, epoch};
use crate::kernel::clock::Time;
use crate::kernel::error::Result;
use crate::listening::{mention, opt_out};

/// Who was erased, by id alone, and who opted out, by keyed hash.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeptOut {
    /// And when: an item's next owner was not erased with the one before.
    pub erased: BTreeMap<PersonRow, Time>,
    pub opted_out: BTreeMap<String, Time>,
}

/// The word before the hash of an opt-out.
const OPT_OUT: &str = "opt-out";

impl KeptOut {
    /// What a database remembers.
    ///
    /// # Errors
    /// What the database says.
    pub async fn of(tx: &mut Tx) -> Result<Self> {
        Ok(Self { erased: store::list(tx).await?.into_iter().collect(), opted_out: opt_out::store::list(tx).await?.into_iter().collect() })
    }

    /// One line each: "author ID TIME", "opt-out HASH TIME".
    pub fn lines(&self) -> impl Iterator<Item = String> + '_ {
        let erased = self.erased.iter().map(|((subject, id), at)| format!("{} {id} {}", subject.as_str(), at.to_rfc3339()));
        erased.chain(self.opted_out.iter().map(|(hash, at)| format!("{OPT_OUT} {hash} {}", at.to_rfc3339())))
    }

    /// Adds what a line says; false if it says nothing of the kind.
    pub fn add_line(&mut self, line: &str) -> bool {
        let words: Vec<&str> = line.split_whitespace().collect();
        let (kind, name, at) = match words[..] {
            [] => return true,
            // Earlier versions did not say when.
            [kind, name] => (kind, name, Some(Time::MAX_UTC)),
            [kind, name, at] => (kind, name, at.parse().ok()),
            _ => return false,
        };
        match (kind, at, DataSubject::from_word(kind), name.parse::<Uuid>()) {
            (OPT_OUT, Some(at), ..) => {
                self.opted_out.insert(name.to_owned(), at);
                true
            }
            (_, Some(at), Some(subject), Ok(id)) => {
                self.erased.insert((subject, id), at);
                true
            }
            _ => false,
        }
    }

    fn unite(&mut self, other: Self) {
        self.erased.extend(other.erased);
        self.opted_out.extend(other.opted_out);
    }
}

/// Puts a backup in the place of what there is, as `backup::read`. People who were erased or opted out in the database that is replaced, in the
/// backup or in `gone` are erased again and stay out of imports; the restored database remembers all of them.
///
/// # Errors
/// As `backup::read`.
pub async fn restore(
    tx: &mut Tx,
    actor: &Actor,
    now: Time,
    mut gone: KeptOut,
    other_key: bool,
    input: impl BufRead,
) -> Result<(Summary, ErasureOutcome)> {
    let epoch = epoch::current(tx).await?;
    gone.unite(KeptOut::of(tx).await?);
    let summary = backup::read(tx, &tx.tables(), other_key, input).await?;
    epoch::raise_above(tx, epoch).await?;
    gone.unite(KeptOut::of(tx).await?);
    opt_out::store::create_hashed(tx, &gone.opted_out).await?;
    // Words and roll-ups follow from the mentions: a backup of any kind of database brings the mentions.
    mention::index::rebuild_all(tx).await?;
    let erased = act::replay(tx, actor, now, &gone.erased).await?;
    let remembered: BTreeSet<PersonRow> = store::list(tx).await?.into_iter().map(|(part, _)| part).collect();
    for (part, at) in gone.erased.iter().filter(|(part, _)| !remembered.contains(*part)) {
        store::create(tx, now.min(*at), *part).await?;
    }
    Ok((summary, erased))
}
