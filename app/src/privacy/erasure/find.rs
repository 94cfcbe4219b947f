//! Finds a person: their rows, their names, and all data about them.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::rules::Traces;
use super::store::{self, IdentifyingWord, PersonRow};
use crate::access::account::{Actor, Permission};
use crate::db::{DataSubject, Tx};
use crate::kernel::clock::Time;
use crate::kernel::error::{Error, Result};
use crate::kernel::ids::{AuthorId, CustomerId, PanelistId};
use crate::listening::{customer, import, mention};

/// What replaces an erased name, address or handle.
const PLACEHOLDERS: &[&str] = &["erased", "former colleague", "—"];

/// All rows of one human being.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PersonRows(BTreeSet<PersonRow>);

impl PersonRows {
    /// These rows, and no others.
    #[must_use]
    pub fn of(parts: BTreeSet<PersonRow>) -> Self {
        Self(parts)
    }

    /// The rows, by kind.
    pub fn parts(&self) -> impl Iterator<Item = PersonRow> + '_ {
        self.0.iter().copied()
    }

    /// The ids of one kind of row.
    pub fn ids(&self, subject: DataSubject) -> impl Iterator<Item = Uuid> + '_ {
        self.parts().filter(move |(kind, _)| *kind == subject).map(|(_, id)| id)
    }
}

/// The person behind an email address, a handle (with or without @), an id, or the name of a guest or a nominated person.
///
/// # Errors
/// `NotFound` when nobody is known by it; `Conflict` where people with different names have the address: the message lists them.
pub async fn find(tx: &mut Tx, words: &str) -> Result<PersonRows> {
    let words = words.trim();
    let seeds = if let Ok(id) = words.parse::<Uuid>() {
        store::find_by_id(tx, id).await?
    } else if words.trim_start_matches('@').contains('@') {
        return find_by_email(tx, &words.to_lowercase()).await;
    } else {
        match store::find_by_handle(tx, &words.trim_start_matches('@').to_lowercase()).await? {
            found if found.is_empty() => store::find_by_name(tx, words).await?,
            found => found,
        }
    };
    if seeds.is_empty() {
        return Err(Error::NotFound);
    }
    Ok(PersonRows(store::together(tx, seeds).await?))
}

/// The person who holds a seat.
///
/// # Errors
/// `NotFound`.
pub async fn find_panelist(tx: &mut Tx, id: PanelistId) -> Result<PersonRows> {
    find(tx, &id.to_string()).await
}

/// Rows with one address, which is one person's as long as their names do not differ.
async fn find_by_email(tx: &mut Tx, email: &str) -> Result<PersonRows> {
    let (mut named, mut nameless): (Vec<BTreeSet<PersonRow>>, BTreeSet<PersonRow>) = (Vec::new(), BTreeSet::new());
    for seed in store::find_by_email(tx, email).await? {
        if named.iter().any(|group| group.contains(&seed)) {
            continue;
        }
        let words = store::words(tx, seed).await?;
        let mut group = store::together(tx, vec![seed]).await?;
        if !words.iter().any(|(word, text)| *word == IdentifyingWord::Name && !text.trim().is_empty()) {
            nameless.append(&mut group);
            continue;
        }
        let mut others = Vec::new();
        for mut other in named {
            if !other.is_disjoint(&group) || have_same_name(tx, &other, &words).await? {
                group.append(&mut other);
            } else {
                others.push(other);
            }
        }
        others.push(group);
        named = others;
    }
    match named.len() {
        0 if nameless.is_empty() => Err(Error::NotFound),
        0 => Ok(PersonRows(nameless)),
        1 => {
            nameless.extend(named.into_iter().flatten());
            Ok(PersonRows(nameless))
        }
        _ => Err(several(tx, email, &named).await?),
    }
}

async fn have_same_name(tx: &mut Tx, group: &BTreeSet<PersonRow>, words: &[(IdentifyingWord, String)]) -> Result<bool> {
    for part in group {
        if store::have_same_name(&store::words(tx, *part).await?, words) {
            return Ok(true);
        }
    }
    Ok(false)
}

async fn several(tx: &mut Tx, email: &str, groups: &[BTreeSet<PersonRow>]) -> Result<Error> {
    let mut people = Vec::new();
    for group in groups {
        for part in group {
            let names = store::words(tx, *part).await?;
            if let Some((_, name)) = names.into_iter().find(|(word, name)| *word == IdentifyingWord::Name && !name.trim().is_empty()) {
                people.push(format!("{name} ({} {})", part.0.as_str(), part.1));
                break;
            }
        }
    }
    let people = people.join(", ");
    Ok(Error::conflict(format!("People with different names use {email}: {people}. Enter the ID of the one you mean.")))
}

/// One row of a person, for checking before it is erased.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct DescribedRow {
    pub subject: DataSubject,
    pub id: Uuid,
    /// Names, handles and addresses, as they are kept.
    pub known_as: Vec<String>,
}

/// The rows of a person, each with what it is known as.
pub async fn describe(tx: &mut Tx, person: &PersonRows) -> Result<Vec<DescribedRow>> {
    let mut found = Vec::new();
    for (subject, id) in person.parts() {
        let mut known_as: Vec<String> = store::words(tx, (subject, id)).await?.into_iter().map(|(_, text)| text).collect();
        known_as.retain(|text| !text.trim().is_empty());
        known_as.dedup();
        found.push(DescribedRow { subject, id, known_as });
    }
    Ok(found)
}

/// What points to a person in what others wrote.
pub(super) async fn traces(tx: &mut Tx, person: &PersonRows) -> Result<Traces> {
    let (mut names, mut emails, mut handles) = (Vec::new(), Vec::new(), Vec::new());
    for part in person.parts() {
        for (word, text) in store::words(tx, part).await? {
            let folded = text.trim().to_lowercase();
            if folded.is_empty() || PLACEHOLDERS.contains(&folded.as_str()) || folded.starts_with("erased-") {
                continue;
            }
            match word {
                IdentifyingWord::Name => names.push(text),
                IdentifyingWord::EmailAddress => emails.push(text),
                IdentifyingWord::Handle => handles.push(text),
            }
        }
    }
    Ok(Traces::new(&names, &emails, &handles))
}

/// Everything that is kept about a person: one JSON object, a list of rows for each table that has some.
/// Secrets (a password's hash) are left out.
///
/// # Errors
/// `Forbidden` for all but an administrator and the person in their own portal.
pub async fn export(tx: &mut Tx, actor: &Actor, now: Time, person: &PersonRows) -> Result<Json> {
    match actor {
        Actor::Link { subject, .. } => {
            actor.may(Permission::DownloadOwnData)?;
            if !person.0.contains(&(DataSubject::Panelist, *subject)) {
                return Err(Error::NotFound);
            }
        }
        _ => {
            actor.may(Permission::ManageAccounts)?;
        }
    }
    let mut found: BTreeMap<&str, Vec<Json>> = BTreeMap::new();
    for table in tx.tables() {
        for &(subject, id) in &person.0 {
            for mut row in table.export(tx, subject, id).await? {
                if let Some(row) = row.as_object_mut() {
                    row.retain(|column, _| !matches!(column.as_str(), "password_hash" | "token_hash"));
                }
                let rows = found.entry(table.name).or_default();
                if !rows.contains(&row) {
                    rows.push(row);
                }
            }
        }
    }
    let mut rows = Vec::new();
    for &(subject, id) in &person.0 {
        match subject {
            DataSubject::Author => {
                let mentions = mention::store::list_of_authors(tx, &[AuthorId(id)]).await?;
                rows.extend(mentions.into_iter().map(|mention| (mention.run_id, mention.line)));
            }
            DataSubject::Customer => rows.extend(customer::store::find(tx, CustomerId(id)).await?.map(|found| (found.run_id, found.line))),
            _ => {}
        }
    }
    let rows = import::outcome::rows::kept(tx, rows).await?;
    let rows: Vec<Json> = rows.into_iter().map(|(run, line, row)| json!({"run_id": run, "line": line, "row": row})).collect();
    if !rows.is_empty() {
        found.insert("source_row_block", rows);
    }
    Ok(json!({"exported_at": now, "tables": found}))
}
