//! Finds all rows of a person from one of them, and the words by which others may have named them.

use std::collections::BTreeSet;

use sqlx::AssertSqlSafe;
use uuid::Uuid;

use super::super::rules;
use super::PersonRow;
use crate::db::{DataSubject, Tx};
use crate::kernel::error::Result;

/// Where an email address (lower case) was written down as somebody's own.
const BY_EMAIL: &[(DataSubject, &str)] = &[
    (DataSubject::Customer, "SELECT id FROM customer WHERE lower(email) = $1"),
    (DataSubject::Invitation, "SELECT id FROM invitation WHERE lower(email) = $1"),
    (DataSubject::Panelist, "SELECT id FROM panelist WHERE lower(email) = $1"),
    (DataSubject::Account, "SELECT id FROM account WHERE lower(email) = $1"),
    (DataSubject::Nominator, "SELECT id FROM nominator WHERE lower(email) = $1"),
    (DataSubject::Owner, "SELECT id FROM heard_item WHERE lower(owner_email) = $1 AND owner_account IS NULL"),
    (
        DataSubject::Recipient,
        "SELECT id FROM outbox WHERE lower(recipient) = $1 AND (subject_id IS NULL OR subject_id IN (SELECT id FROM heard_item))",
    ),
    (DataSubject::Nominated, "SELECT nomination_id FROM nomination_endorsement WHERE lower(reach) = $1"),
];

/// Whether the address of a row is known to be its person's: an invitation was sent to it, or a link or code that was sent to it was used.
/// What somebody typed on a form is not.
const IS_VERIFIED: &[(DataSubject, &str)] = &[
    (DataSubject::Invitation, "SELECT id FROM invitation WHERE id = $1 AND sent_at IS NOT NULL"),
    (
        DataSubject::Panelist,
        "SELECT p.id FROM panelist p JOIN invitation i ON i.id = p.invitation_id WHERE p.id = $1 AND (
             (lower(i.email) = lower(p.email) AND i.sent_at IS NOT NULL)
             OR EXISTS (SELECT 1 FROM access_link l WHERE l.subject_id = p.id AND l.purpose = 'portal' AND l.opened_at IS NOT NULL)
             OR EXISTS (SELECT 1 FROM code k WHERE k.subject_id = p.id AND k.used_at IS NOT NULL))",
    ),
];

/// Rows that may be joined with others by their address.
const JOINED_BY_EMAIL: &[DataSubject] = &[DataSubject::Customer, DataSubject::Invitation, DataSubject::Panelist];

/// From one row of a person to the next ones.
const STEPS: &[(DataSubject, DataSubject, &str)] = &[
    (
        DataSubject::Author,
        DataSubject::Author,
        "SELECT CASE WHEN one_id = $1 THEN other_id ELSE one_id END FROM identity_link WHERE state = 'confirmed' AND (one_id = $1 OR other_id = $1)",
    ),
    (DataSubject::Author, DataSubject::Customer, "SELECT customer_id FROM customer_link WHERE state = 'confirmed' AND author_id = $1"),
    (DataSubject::Customer, DataSubject::Author, "SELECT author_id FROM customer_link WHERE state = 'confirmed' AND customer_id = $1"),
    (DataSubject::Author, DataSubject::Candidate, "SELECT id FROM candidate WHERE author_id = $1"),
    (DataSubject::Author, DataSubject::Panelist, "SELECT id FROM panelist WHERE author_id = $1"),
    (DataSubject::Customer, DataSubject::Candidate, "SELECT id FROM candidate WHERE customer_id = $1"),
    (DataSubject::Customer, DataSubject::Panelist, "SELECT id FROM panelist WHERE customer_id = $1"),
    (DataSubject::Candidate, DataSubject::Author, "SELECT author_id FROM candidate WHERE id = $1 AND author_id IS NOT NULL"),
    (DataSubject::Candidate, DataSubject::Customer, "SELECT customer_id FROM candidate WHERE id = $1 AND customer_id IS NOT NULL"),
    (DataSubject::Candidate, DataSubject::Invitation, "SELECT id FROM invitation WHERE candidate_id = $1"),
    (DataSubject::Invitation, DataSubject::Candidate, "SELECT candidate_id FROM invitation WHERE id = $1"),
    (DataSubject::Invitation, DataSubject::Panelist, "SELECT id FROM panelist WHERE invitation_id = $1"),
    (DataSubject::Panelist, DataSubject::Invitation, "SELECT invitation_id FROM panelist WHERE id = $1"),
    (DataSubject::Panelist, DataSubject::Author, "SELECT author_id FROM panelist WHERE id = $1 AND author_id IS NOT NULL"),
    (DataSubject::Panelist, DataSubject::Customer, "SELECT customer_id FROM panelist WHERE id = $1 AND customer_id IS NOT NULL"),
];

/// Where a person's names, addresses and handles are: (whose, what, query).
const WORDS: &[(DataSubject, IdentifyingWord, &str)] = &[
    (DataSubject::Author, IdentifyingWord::Handle, "SELECT handle FROM author WHERE id = $1"),
    (DataSubject::Author, IdentifyingWord::Name, "SELECT COALESCE(name, '') FROM author WHERE id = $1"),
    (DataSubject::Customer, IdentifyingWord::Name, "SELECT name FROM customer WHERE id = $1"),
    (DataSubject::Customer, IdentifyingWord::EmailAddress, "SELECT COALESCE(email, '') FROM customer WHERE id = $1"),
    (DataSubject::Customer, IdentifyingWord::Handle, "SELECT COALESCE(handle, '') FROM customer WHERE id = $1"),
    (DataSubject::Candidate, IdentifyingWord::Name, "SELECT name FROM candidate WHERE id = $1"),
    (
        DataSubject::Invitation,
        IdentifyingWord::Name,
        "SELECT c.name FROM invitation i JOIN candidate c ON c.id = i.candidate_id WHERE i.id = $1",
    ),
    (DataSubject::Invitation, IdentifyingWord::EmailAddress, "SELECT COALESCE(email, '') FROM invitation WHERE id = $1"),
    (DataSubject::Panelist, IdentifyingWord::Name, "SELECT name FROM panelist WHERE id = $1"),
    (DataSubject::Panelist, IdentifyingWord::EmailAddress, "SELECT email FROM panelist WHERE id = $1"),
    (DataSubject::Account, IdentifyingWord::Name, "SELECT name FROM account WHERE id = $1"),
    (DataSubject::Account, IdentifyingWord::EmailAddress, "SELECT email FROM account WHERE id = $1"),
    (DataSubject::Nominator, IdentifyingWord::EmailAddress, "SELECT email FROM nominator WHERE id = $1"),
    (DataSubject::Owner, IdentifyingWord::Name, "SELECT COALESCE(owner_name, '') FROM heard_item WHERE id = $1 AND owner_account IS NULL"),
    (
        DataSubject::Owner,
        IdentifyingWord::EmailAddress,
        "SELECT COALESCE(owner_email, '') FROM heard_item WHERE id = $1 AND owner_account IS NULL",
    ),
    (DataSubject::Recipient, IdentifyingWord::Name, "SELECT recipient_name FROM outbox WHERE id = $1"),
    (DataSubject::Recipient, IdentifyingWord::EmailAddress, "SELECT recipient FROM outbox WHERE id = $1"),
    (DataSubject::Nominated, IdentifyingWord::Name, "SELECT COALESCE(person, '') FROM nomination WHERE id = $1"),
    (
        DataSubject::Nominated,
        IdentifyingWord::EmailAddress,
        "SELECT COALESCE(reach, '') FROM nomination_endorsement WHERE nomination_id = $1",
    ),
];

/// What a word says about a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdentifyingWord {
    Name,
    EmailAddress,
    Handle,
}

/// Rows with this address.
pub async fn find_by_email(tx: &mut Tx, email: &str) -> Result<Vec<PersonRow>> {
    let mut found = Vec::new();
    for (subject, query) in BY_EMAIL {
        let ids: Vec<Uuid> = tx.list_values(*query, &[email.into()]).await?;
        found.extend(ids.into_iter().map(|id| (*subject, id)));
    }
    Ok(found)
}

/// Authors with this handle (lower case, without @), on any network.
pub async fn find_by_handle(tx: &mut Tx, handle: &str) -> Result<Vec<PersonRow>> {
    let ids: Vec<Uuid> = tx.list_values("SELECT id FROM author WHERE handle_key = $1 OR lower(handle) = $1", &[handle.into()]).await?;
    Ok(ids.into_iter().map(|id| (DataSubject::Author, id)).collect())
}

/// People who were nominated, or own heard items without an account, by this name.
pub async fn find_by_name(tx: &mut Tx, name: &str) -> Result<Vec<PersonRow>> {
    let mut found = Vec::new();
    for (subject, query) in [
        (DataSubject::Nominated, "SELECT id, person FROM nomination WHERE person IS NOT NULL"),
        (DataSubject::Owner, "SELECT id, owner_name FROM heard_item WHERE owner_name IS NOT NULL AND owner_account IS NULL"),
    ] {
        let rows: Vec<(Uuid, String)> = tx.list(query, &[]).await?;
        found.extend(rows.into_iter().filter(|(_, other)| rules::is_same_name(name, other)).map(|(id, _)| (subject, id)));
    }
    Ok(found)
}

/// The network of an author, and the key under which its handle is one author.
pub async fn find_handle(tx: &mut Tx, author: Uuid) -> Result<Option<(String, String)>> {
    tx.find("SELECT network, handle_key FROM author WHERE id = $1", &[author.into()]).await
}

/// Which kind of person an id is.
pub async fn find_by_id(tx: &mut Tx, id: Uuid) -> Result<Vec<PersonRow>> {
    let mut found = Vec::new();
    for subject in DataSubject::ALL {
        let query = match subject {
            DataSubject::Owner => {
                "SELECT id FROM heard_item WHERE id = $1 AND owner_account IS NULL AND owner_email IS NOT NULL".to_owned()
            }
            DataSubject::Recipient => "SELECT id FROM outbox WHERE id = $1 AND recipient <> ''".to_owned(),
            DataSubject::Nominated => "SELECT id FROM nomination WHERE id = $1 AND person IS NOT NULL".to_owned(),
            _ => format!("SELECT id FROM {} WHERE id = $1", subject.as_str()),
        };
        let known: Option<Uuid> = tx.find_value(AssertSqlSafe(query), &[id.into()]).await?;
        found.extend(known.map(|id| (*subject, id)));
    }
    Ok(found)
}

/// Everything that belongs to the same person as `parts`: confirmed links of authors, candidates, invitations and seats, and rows with the
/// same name and an address of which one of them is verified. An account is never found this way: it belongs only to a person who was looked for by it.
pub async fn together(tx: &mut Tx, parts: Vec<PersonRow>) -> Result<BTreeSet<PersonRow>> {
    let mut found = BTreeSet::new();
    let mut waiting = parts;
    while let Some((subject, id)) = waiting.pop() {
        if !found.insert((subject, id)) {
            continue;
        }
        for (_, to, query) in STEPS.iter().filter(|(from, ..)| *from == subject) {
            let ids: Vec<Uuid> = tx.list_values(*query, &[id.into()]).await?;
            waiting.extend(ids.into_iter().map(|id| (*to, id)));
        }
        if JOINED_BY_EMAIL.contains(&subject) {
            waiting.extend(by_verified_email(tx, (subject, id)).await?);
        }
    }
    Ok(found)
}

async fn by_verified_email(tx: &mut Tx, part: PersonRow) -> Result<Vec<PersonRow>> {
    let own = words(tx, part).await?;
    let (verified, mut found) = (is_verified(tx, part).await?, Vec::new());
    // An address that was only typed, into a form or by us into an invitation that was never sent, says nothing.
    if part.0 != DataSubject::Customer && !verified {
        return Ok(found);
    }
    for (_, email) in own.iter().filter(|(word, email)| *word == IdentifyingWord::EmailAddress && !email.is_empty()) {
        for other in find_by_email(tx, &email.to_lowercase()).await? {
            if !JOINED_BY_EMAIL.contains(&other.0) || other == part {
                continue;
            }
            let other_verified = is_verified(tx, other).await?;
            let joined = other_verified || (verified && other.0 == DataSubject::Customer);
            if joined && have_same_name(&own, &words(tx, other).await?) {
                found.push(other);
            }
        }
    }
    Ok(found)
}

async fn is_verified(tx: &mut Tx, part: PersonRow) -> Result<bool> {
    let Some((_, query)) = IS_VERIFIED.iter().find(|(subject, _)| *subject == part.0) else { return Ok(false) };
    let found: Option<Uuid> = tx.find_value(*query, &[part.1.into()]).await?;
    Ok(found.is_some())
}

/// Whether two rows have a name in common.
pub fn have_same_name(one: &[(IdentifyingWord, String)], other: &[(IdentifyingWord, String)]) -> bool {
    let names = |words: &[(IdentifyingWord, String)]| -> Vec<String> {
        words
            .iter()
            .filter(|(word, text)| *word == IdentifyingWord::Name && !text.trim().is_empty())
            .map(|(_, text)| text.clone())
            .collect()
    };
    let others = names(other);
    names(one).iter().any(|name| others.iter().any(|other| rules::is_same_name(name, other)))
}

/// The names, addresses and handles of one row.
pub async fn words(tx: &mut Tx, part: PersonRow) -> Result<Vec<(IdentifyingWord, String)>> {
    let mut found = Vec::new();
    for (_, word, query) in WORDS.iter().filter(|(subject, ..)| *subject == part.0) {
        let texts: Vec<String> = tx.list_values(*query, &[part.1.into()]).await?;
        found.extend(texts.into_iter().map(|text| (*word, text)));
    }
    Ok(found)
}
