//! Finding a person, handing out what is kept about them, and erasing it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::rules;
use super::store::{self, Part, Word};
use crate::account::{Actor, Verb};
use crate::activity::Thing;
use crate::activity::act::did;
use crate::clock::Time;
use crate::db::{Subject, Tx, epoch, journal};
use crate::error::{Error, Result};
use crate::ids::{AuthorId, CustomerId, PanelistId};
use crate::mention::rollup::RollUp;
use crate::segment::store::Who;
use crate::tables::tables;
use crate::{author, customer, import, mention, movement, panel_day, panelist, raw, segment};

/// All rows of one human being.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person(BTreeSet<Part>);

impl Person {
    /// The rows, by kind.
    pub fn parts(&self) -> impl Iterator<Item = Part> + '_ {
        self.0.iter().copied()
    }
}

/// The person behind a mail address, a handle (with or without @) or an id.
///
/// # Errors
/// `NotFound` when nobody is known by it.
pub async fn find(tx: &mut Tx, words: &str) -> Result<Person> {
    let words = words.trim();
    let seeds = if let Ok(id) = words.parse::<Uuid>() {
        store::find_by_id(tx, id).await?
    } else if words.trim_start_matches('@').contains('@') {
        store::find_by_email(tx, &words.to_lowercase()).await?
    } else {
        store::find_by_handle(tx, &words.trim_start_matches('@').to_lowercase()).await?
    };
    if seeds.is_empty() {
        return Err(Error::NotFound);
    }
    Ok(Person(store::together(tx, seeds).await?))
}

/// The person who holds a seat.
///
/// # Errors
/// `NotFound`.
pub async fn find_panelist(tx: &mut Tx, id: PanelistId) -> Result<Person> {
    find(tx, &id.to_string()).await
}

/// Everything that is kept about a person: one JSON object, a list of rows for each table that has some.
/// Secrets (a password's hash) are left out.
///
/// # Errors
/// `Forbidden` for all but an administrator and the person in their own portal.
pub async fn export(tx: &mut Tx, actor: &Actor, now: Time, person: &Person) -> Result<Json> {
    match actor {
        Actor::Link { subject, .. } => {
            actor.may(Verb::DownloadOwnData)?;
            if !person.0.contains(&(Subject::Panelist, *subject)) {
                return Err(Error::NotFound);
            }
        }
        _ => {
            actor.may(Verb::ManageAccounts)?;
        }
    }
    let mut found: BTreeMap<&str, Vec<Json>> = BTreeMap::new();
    for table in tables() {
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
            Subject::Author => {
                let posts = mention::store::list_of_authors(tx, &[AuthorId(id)]).await?;
                rows.extend(posts.into_iter().map(|post| (post.run_id, post.line)));
            }
            Subject::Customer => rows.extend(customer::store::find(tx, CustomerId(id)).await?.map(|found| (found.run_id, found.line))),
            _ => {}
        }
    }
    let rows = import::rows::kept(tx, rows).await?;
    let rows: Vec<Json> = rows.into_iter().map(|(run, line, row)| json!({"run_id": run, "line": line, "row": row})).collect();
    if !rows.is_empty() {
        found.insert("raw_block", rows);
    }
    Ok(json!({"exported_at": now, "tables": found}))
}

/// What erasing did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Erased {
    /// Rows that were this person.
    pub parts: usize,
    /// Rows in which others had named them.
    pub mentions_elsewhere: u64,
}

/// Erases a person everywhere, for good. Their voices stay out of later imports.
///
/// # Errors
/// `Forbidden` for all but an administrator.
pub async fn erase(tx: &mut Tx, actor: &Actor, now: Time, person: &Person) -> Result<Erased> {
    actor.may(Verb::ManageAccounts)?;
    epoch::raise(tx).await?;
    let (mut names, mut emails, mut handles) = (Vec::new(), Vec::new(), Vec::new());
    for part in person.parts() {
        for (word, text) in store::words(tx, part).await? {
            match word {
                Word::Name => names.push(text),
                Word::Email => emails.push(text),
                Word::Handle => handles.push(text),
            }
        }
    }
    let traces = rules::traces(&names, &emails, &handles);
    let mut days = BTreeSet::new();
    for (subject, id) in person.parts() {
        if subject == Subject::Panelist {
            days.extend(store::find_seat(tx, PanelistId(id)).await?);
        }
    }
    for (subject, id) in person.parts() {
        // Structural erasing below knows rows, not what was counted and indexed of them.
        match subject {
            Subject::Author => forget_voice(tx, now, AuthorId(id)).await?,
            Subject::Customer => forget_customer(tx, CustomerId(id)).await?,
            _ => {}
        }
        store::end(tx, now, (subject, id)).await?;
        for table in tables().into_iter().rev() {
            for row in table.ids_of(tx, subject, id).await? {
                journal::erase(tx, row).await?;
            }
            table.erase(tx, subject, id).await?;
        }
        journal::erase(tx, id).await?;
    }
    store::scrub_journal(tx, &traces).await?;
    // A row of a file says more about whom it names than a name: the rest of it goes too.
    if !traces.is_empty() {
        let names = rules::Finder::new(&traces);
        raw::store::delete_where(tx, |row| names.finds(row)).await?;
    }
    let mut mentions_elsewhere = 0;
    for table in tables().into_iter().filter(|table| !table.name.starts_with("activity")) {
        if table.name == "mention" {
            let named = store::scrub_posts(tx, &traces).await?;
            mention::index::refresh(tx, &named).await?;
            mentions_elsewhere += named.len() as u64;
        } else {
            mentions_elsewhere += store::scrub(tx, table, &traces).await?;
        }
    }
    for part in person.parts() {
        store::create(tx, now, part).await?;
        did(actor, now, "erased", thing(part.0), part.1).record(tx);
    }
    for day in days {
        // The seat that they leave goes to whoever has waited longest, as if they had withdrawn.
        if let Some(day) = panel_day::store::lock(tx, day).await? {
            panelist::act::promote(tx, actor, now, &day).await?;
        }
    }
    Ok(Erased { parts: person.0.len(), mentions_elsewhere })
}

/// Takes a voice out of all counts, keeps it out of later imports, and forgets its posts' words and its steps.
async fn forget_voice(tx: &mut Tx, now: Time, voice: AuthorId) -> Result<()> {
    author::store::hold(tx, voice).await?;
    if let Some((network, key)) = store::find_handle(tx, voice.0).await? {
        author::store::object(tx, &network, &key, now).await?;
    }
    let posts = mention::store::list_of_authors(tx, &[voice]).await?;
    if let Some(program) = posts.first().map(|post| post.program_id) {
        let mut rollup = RollUp::default();
        posts.iter().for_each(|post| rollup.forget(post));
        rollup.apply(tx, program).await?;
        mention::index::take(tx, &posts).await?;
        import::rows::forget(tx, posts.iter().map(|post| (post.run_id, post.line))).await?;
        movement::store::delete(tx, program, &[voice]).await?;
    }
    segment::store::uncount(tx, &[Who::Author(voice)]).await
}

/// Erases again, after a restore, what had been erased before: rows that the backup brought back.
pub async fn replay(tx: &mut Tx, actor: &Actor, now: Time, parts: &[Part]) -> Result<Erased> {
    let mut back = BTreeSet::new();
    for part in parts {
        if store::find_by_id(tx, part.1).await?.contains(part) {
            back.insert(*part);
        }
    }
    erase(tx, actor, now, &Person(back)).await
}

/// Takes a customer out of all counts, and forgets the rows that brought them.
async fn forget_customer(tx: &mut Tx, id: CustomerId) -> Result<()> {
    let found = customer::store::find(tx, id).await?;
    import::rows::forget(tx, found.iter().map(|customer| (customer.run_id, customer.line))).await?;
    segment::store::uncount(tx, &[Who::Customer(id)]).await
}

fn thing(subject: Subject) -> Thing {
    match subject {
        Subject::Author => Thing::Author,
        Subject::Customer => Thing::Customer,
        Subject::Candidate => Thing::Candidate,
        Subject::Invitation => Thing::Invitation,
        Subject::Panelist => Thing::Panelist,
        Subject::Account => Thing::Account,
        Subject::Nominator => Thing::Nominator,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::now;
    use crate::tables::tests::{everything, fill};
    use crate::testing::each_db;

    const SYSTEM: Actor = Actor::System("test");

    #[tokio::test]
    async fn an_erased_person_leaves_no_trace_and_the_chain_holds() {
        each_db(|db| async move {
            let id = Uuid::now_v7();
            fill(&db, id).await;
            let mut tx = db.begin().await.expect("tx");
            assert!(everything(&mut tx).await.to_lowercase().contains("wanda"));
            for words in ["wanda@example.com", "@Wanda_Ex"] {
                let person = find(&mut tx, words).await.expect("found");
                assert_eq!(person.parts().count(), Subject::ALL.len(), "by {words}");
            }
            let person = find(&mut tx, "WANDA@example.com").await.expect("found");
            let data = export(&mut tx, &SYSTEM, now(), &person).await.expect("exported").to_string();
            assert!(data.contains("Wanda Exampleton") && !data.contains("token_hash"));

            erase(&mut tx, &SYSTEM, now(), &person).await.expect("erased");
            tx.commit().await.expect("commit");
            let mut tx = db.read().await.expect("tx");
            let left = everything(&mut tx).await.to_lowercase();
            let lines: Vec<&str> = left.lines().filter(|line| line.contains("wanda")).collect();
            assert!(lines.is_empty(), "{lines:#?}");
            let verified = journal::verify(&mut tx).await.expect("verified");
            assert_eq!((verified.broken_at, verified.erased), (None, 2));
            assert!(matches!(find(&mut tx, "wanda@example.com").await, Err(Error::NotFound)));
        })
        .await;
    }

    #[tokio::test]
    async fn a_panelist_sees_their_own_data_and_nobody_elses() {
        each_db(|db| async move {
            let id = Uuid::now_v7();
            fill(&db, id).await;
            let mut tx = db.begin().await.expect("tx");
            let person = find_panelist(&mut tx, PanelistId(id)).await.expect("found");
            let link = |subject| Actor::Link { id: crate::ids::LinkId::new(), purpose: crate::link::Purpose::Door, subject };
            assert!(export(&mut tx, &link(id), now(), &person).await.is_ok());
            assert!(matches!(export(&mut tx, &link(Uuid::now_v7()), now(), &person).await, Err(Error::NotFound)));
            assert!(matches!(erase(&mut tx, &link(id), now(), &person).await, Err(Error::Forbidden)));
        })
        .await;
    }
}
