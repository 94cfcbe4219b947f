//! Opt-out: everything about an author is erased, and imports skip them.

use std::collections::BTreeSet;
use std::path::Path;

use serde::Serialize;

use crate::access::account::{Actor, Permission};
use crate::db::{DataSubject, Db, Tx, epoch};
use crate::kernel::clock::Time;
use crate::kernel::error::{Error, Result};
use crate::listening::{author, opt_out as listening_opt_out};
use crate::privacy::erasure;
use crate::privacy::erasure::UncertainTrace;
use crate::privacy::erasure::find::PersonRows;
use crate::program;

/// The network of an opt-out that names none.
const DEFAULT_NETWORK: &str = "x";

/// What an opt-out took.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct OptOutOutcome {
    /// The network's word.
    pub network: String,
    /// Whether there was anything to erase: an author may object before it was ever heard.
    pub known: bool,
    /// Authors that were erased: this one, and those linked to it as one person.
    pub authors: usize,
    /// Rows that were this person.
    pub parts: usize,
    /// Other networks with an author of this handle, who may be someone else.
    pub elsewhere: Vec<String>,
    /// Rows by others that may still name the person.
    pub unsure: Vec<UncertainTrace>,
}

/// The network of an opt-out that names none: x, unless an author with this handle is kept on another one.
///
/// # Errors
/// `Forbidden` for all but an administrator; `Invalid` without a handle, and where the network has to be named.
pub async fn network_of(tx: &mut Tx, actor: &Actor, handle: &str) -> Result<String> {
    actor.may(Permission::ManageAccounts)?;
    let handle = author::rules::parse_handle(handle).map_err(|why| Error::field("handle", why))?;
    let kept = author::store::list_networks_of(tx, &handle.key).await?;
    if kept.iter().all(|network| network == DEFAULT_NETWORK) {
        return Ok(DEFAULT_NETWORK.to_owned());
    }
    Err(Error::field(
        "network",
        format!(
            "There are authors called {} on several networks: {}. Name the one who opts out with --network.",
            author::shown(&handle.shown),
            kept.join(", ")
        ),
    ))
}

/// An author objects to being listened to: everything about it, and about those linked to it as one person, is erased, and keyed
/// hashes keep them out of every later import. All of it in the caller's transaction: for tests, in which nothing may happen between
/// its steps. A person's request is `opt_out_in_steps` or `opt_out_soon`.
///
/// # Errors
/// `Forbidden` for all but an administrator; `Invalid` without a handle, and for a network that neither we nor this database know.
pub async fn opt_out(tx: &mut Tx, actor: &Actor, now: Time, network: &str, handle: &str) -> Result<OptOutOutcome> {
    let (mut outcome, people) = keep_out(tx, actor, now, network, handle).await?;
    for person in people {
        outcome.parts += erasure::act::erase(tx, actor, now, &person).await?.parts;
    }
    find_elsewhere(tx, &mut outcome, handle).await?;
    Ok(outcome)
}

/// As `opt_out`, in many short transactions: an author may have written for years.
///
/// # Errors
/// As `opt_out`.
pub async fn opt_out_in_steps(db: &Db, spool: &Path, actor: &Actor, now: Time, network: &str, handle: &str) -> Result<OptOutOutcome> {
    let (mut outcome, people) = db.write(|tx, _| Box::pin(keep_out(tx, actor, now, network, handle))).await?;
    for person in people {
        let erased = erasure::act::erase_in_steps(db, spool, actor, now, &person).await?;
        outcome.parts += erased.parts;
        outcome.unsure.extend(erased.unsure);
    }
    find_elsewhere(&mut db.read().await?, &mut outcome, handle).await?;
    Ok(outcome)
}

/// As `opt_out`, but what is there is erased soon after: `erasure::act::work` does it.
///
/// # Errors
/// As `opt_out`.
pub async fn opt_out_soon(tx: &mut Tx, actor: &Actor, now: Time, network: &str, handle: &str) -> Result<OptOutOutcome> {
    let (mut outcome, people) = keep_out(tx, actor, now, network, handle).await?;
    for person in people {
        outcome.parts += person.parts().count();
        erasure::act::plan(tx, actor, now, &person).await?;
    }
    find_elsewhere(tx, &mut outcome, handle).await?;
    Ok(outcome)
}

/// Who would be erased if this author opted out, one for each program in which it was heard.
///
/// # Errors
/// As `opt_out`.
pub async fn find_people(tx: &mut Tx, actor: &Actor, network: &str, handle: &str) -> Result<Vec<PersonRows>> {
    actor.may(Permission::ManageAccounts)?;
    let handle = author::rules::parse_handle(handle).map_err(|why| Error::field("handle", why))?;
    let network = network_word(tx, network).await?;
    let mut people = Vec::new();
    for program in program::store::list(tx).await? {
        if let Some(author) = author::store::find_by_handle(tx, program.id, &network, &handle.key).await? {
            let person = erasure::find::find(tx, &author.id.to_string()).await?;
            if !people.contains(&person) {
                people.push(person);
            }
        }
    }
    Ok(people)
}

/// Keeps an author out of every later import. Gives what is known of it, and who is to be erased.
async fn keep_out(tx: &mut Tx, actor: &Actor, now: Time, network: &str, handle: &str) -> Result<(OptOutOutcome, Vec<PersonRows>)> {
    actor.may(Permission::ManageAccounts)?;
    epoch::raise(tx).await?;
    let people = find_people(tx, actor, network, handle).await?;
    let network = network_word(tx, network).await?;
    let handle = author::rules::parse_handle(handle).map_err(|why| Error::field("handle", why))?;
    listening_opt_out::store::create(tx, &network, &handle.key, now).await?;
    let authors = people.iter().map(|person| person.ids(DataSubject::Author).count()).sum();
    Ok((OptOutOutcome { network, known: !people.is_empty(), authors, ..OptOutOutcome::default() }, people))
}

/// The word under which a network is kept.
async fn network_word(tx: &mut Tx, network: &str) -> Result<String> {
    let heard = author::store::list_networks(tx).await?;
    let word = author::rules::network(network, None);
    // What was imported long ago may have another word than it would have today.
    let network = heard.iter().find(|heard| **heard == network.trim().to_lowercase()).cloned().unwrap_or(word);
    if heard.contains(&network) || author::rules::known_network(&network).is_some() {
        return Ok(network);
    }
    let known: BTreeSet<String> = heard.into_iter().chain(author::rules::known_networks().map(str::to_owned)).collect();
    let known = known.into_iter().collect::<Vec<_>>().join(", ");
    Err(Error::field("network", format!("There are no mentions from “{network}”. Choose one of: {known}.")))
}

async fn find_elsewhere(tx: &mut Tx, outcome: &mut OptOutOutcome, handle: &str) -> Result<()> {
    let handle = author::rules::parse_handle(handle).map_err(|why| Error::field("handle", why))?;
    outcome.elsewhere = author::store::list_networks_of(tx, &handle.key).await?;
    outcome.elsewhere.retain(|network| *network != outcome.network);
    Ok(())
}
