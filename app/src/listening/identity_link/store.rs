//! The table `identity_link`, and the authors that may be one person.

use std::collections::BTreeSet;

use sqlx::AssertSqlSafe;

use super::{IdentityLink, IdentityLinkState, rules};
use crate::db::{DataSubject, Erase, Table, Tx};
use crate::kernel::clock::Time;
use crate::kernel::error::Result;
use crate::kernel::ids::{AccountId, AuthorId, IdentityLinkId, ProgramId};
use crate::listening::author::Author;

/// The tables written here. A link is deleted when one of its authors is erased.
pub const TABLES: &[Table] = &[Table {
    name: "identity_link",
    people: &[(DataSubject::Author, "one_id"), (DataSubject::Author, "other_id")],
    personal: &[("reason", Erase::Row), ("decided_reason", Erase::Row), ("ended_reason", Erase::Row)],
    columns: &[
        "id",
        "program_id",
        "one_id",
        "other_id",
        "state",
        "proposed_by",
        "proposed_at",
        "decided_by",
        "decided_at",
        "ended_by",
        "ended_at",
    ],
}];

/// Authors that are named as possible: so many at most of each ground.
const SUGGESTED: i64 = 10;

pub async fn find(tx: &mut Tx, id: IdentityLinkId) -> Result<Option<IdentityLink>> {
    tx.find("SELECT * FROM identity_link WHERE id = $1", &[id.into()]).await
}

/// All links about an author, newest first.
pub async fn list_of(tx: &mut Tx, author: AuthorId) -> Result<Vec<IdentityLink>> {
    tx.list("SELECT * FROM identity_link WHERE one_id = $1 OR other_id = $1 ORDER BY proposed_at DESC, id DESC", &[author.into()]).await
}

/// How many links of a program wait for a second look.
pub async fn count_waiting(tx: &mut Tx, program: ProgramId) -> Result<i64> {
    tx.value("SELECT COUNT(*) FROM identity_link WHERE program_id = $1 AND state = 'proposed'", &[program.into()]).await
}

/// The link that has waited longest for its second look.
pub async fn find_waiting(tx: &mut Tx, program: ProgramId) -> Result<Option<IdentityLink>> {
    tx.find("SELECT * FROM identity_link WHERE program_id = $1 AND state = 'proposed' ORDER BY proposed_at, id LIMIT 1", &[program.into()])
        .await
}

/// Adds a link. False if one about the same two authors waits or holds.
pub async fn create(tx: &mut Tx, link: &IdentityLink) -> Result<bool> {
    let added = tx
        .run(
            "INSERT INTO identity_link (id, program_id, one_id, other_id, reason, state, proposed_by, proposed_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING",
            &[
                link.id.into(),
                link.program_id.into(),
                link.one_id.into(),
                link.other_id.into(),
                link.reason.as_str().into(),
                link.state.into(),
                link.proposed_by.into(),
                link.proposed_at.into(),
            ],
        )
        .await?;
    Ok(added == 1)
}

/// Confirms or refuses a link. False if it does not wait any more.
pub async fn decide(
    tx: &mut Tx,
    id: IdentityLinkId,
    state: IdentityLinkState,
    by: Option<AccountId>,
    at: Time,
    reason: Option<&str>,
) -> Result<bool> {
    let changed = tx.run(
        "UPDATE identity_link SET state = $2, decided_by = $3, decided_at = $4, decided_reason = $5 WHERE id = $1 AND state = 'proposed'",
        &[id.into(), state.into(), by.into(), at.into(), reason.into()],
    )
    .await?;
    Ok(changed == 1)
}

/// Takes a link back. False if it does not hold any more.
pub async fn end(tx: &mut Tx, id: IdentityLinkId, by: Option<AccountId>, at: Time, reason: &str) -> Result<bool> {
    let changed = tx.run(
        "UPDATE identity_link SET state = 'ended', ended_by = $2, ended_at = $3, ended_reason = $4 WHERE id = $1 AND state = 'confirmed'",
        &[id.into(), by.into(), at.into(), reason.into()],
    )
    .await?;
    Ok(changed == 1)
}

/// The groups of linked authors to which any of these belong.
pub async fn groups(tx: &mut Tx, authors: &[AuthorId]) -> Result<Vec<BTreeSet<AuthorId>>> {
    let mut links: BTreeSet<(AuthorId, AuthorId)> = BTreeSet::new();
    let (mut seen, mut asked): (BTreeSet<AuthorId>, Vec<AuthorId>) = (BTreeSet::new(), authors.to_vec());
    while !asked.is_empty() {
        seen.extend(asked.iter().copied());
        for statement in [
            "SELECT one_id, other_id FROM identity_link WHERE state = 'confirmed' AND one_id IN ({})",
            "SELECT one_id, other_id FROM identity_link WHERE state = 'confirmed' AND other_id IN ({})",
        ] {
            let found: Vec<(AuthorId, AuthorId)> = tx.list_in(statement, &[], &asked).await?;
            links.extend(found);
        }
        asked = links.iter().flat_map(|(one, other)| [*one, *other]).filter(|id| !seen.contains(id)).collect();
        asked.sort_unstable();
        asked.dedup();
    }
    Ok(rules::groups(&links.into_iter().collect::<Vec<_>>()))
}

/// The authors that are one person with this one, without itself.
pub async fn linked(tx: &mut Tx, author: AuthorId) -> Result<Vec<AuthorId>> {
    Ok(groups(tx, &[author]).await?.into_iter().flatten().filter(|id| *id != author).collect())
}

/// Authors with the same handle on other networks.
pub async fn list_same_handle(tx: &mut Tx, author: &Author) -> Result<Vec<AuthorId>> {
    tx.list_values(
        "SELECT a.id FROM author a WHERE a.program_id = $1 AND a.handle_key = $2 AND a.network <> $3
             AND a.network IN (SELECT DISTINCT s.value FROM mention_slice s WHERE s.program_id = $1 AND s.dimension = 'network')
             AND NOT EXISTS (SELECT 1 FROM erasure e WHERE e.subject_id = a.id)
         ORDER BY a.mentions DESC, a.id LIMIT $4",
        &[author.program_id.into(), author.handle.to_lowercase().into(), author.network.as_str().into(), SUGGESTED.into()],
    )
    .await
}

/// Authors with the same name of whom mentions from the same country are here, with that country.
pub async fn list_same_name(tx: &mut Tx, author: &Author) -> Result<Vec<(AuthorId, String)>> {
    let Some(name) = author.name.as_deref().filter(|name| rules::is_distinctive(name)) else { return Ok(Vec::new()) };
    tx.list(
        "SELECT a.id, MIN(m.country) FROM author a JOIN mention m ON m.author_id = a.id AND m.country IS NOT NULL
         WHERE a.program_id = $1 AND a.name IS NOT NULL AND a.mentions >= 3 AND lower(a.name) = lower($2) AND a.id <> $3
             AND m.country IN (SELECT o.country FROM mention o WHERE o.author_id = $3 AND o.country IS NOT NULL)
             AND NOT EXISTS (SELECT 1 FROM erasure e WHERE e.subject_id = a.id)
         GROUP BY a.id, a.mentions ORDER BY a.mentions DESC, a.id LIMIT $4",
        &[author.program_id.into(), name.into(), author.id.into(), SUGGESTED.into()],
    )
    .await
}

/// Authors whose handle or name holds some words, the most active first, without one of them.
pub async fn search(tx: &mut Tx, program: ProgramId, words: &str, but: AuthorId, limit: i64) -> Result<Vec<AuthorId>> {
    let mut filter = crate::db::Filter::new();
    filter.and("a.program_id = ?", [program.0.into()]).and("a.id <> ?", [but.0.into()]);
    filter.contains(tx, &["a.handle", "a.name"], words.trim().trim_start_matches('@'));
    filter.and("NOT EXISTS (SELECT 1 FROM erasure e WHERE e.subject_id = a.id)", []);
    let statement = format!("SELECT a.id FROM author a{} ORDER BY a.mentions DESC, a.id LIMIT ${}", filter.clause(), filter.next());
    tx.list_values(AssertSqlSafe(statement), &filter.with([limit.into()])).await
}
