//! The table `author`.

mod counts;
mod lists;
mod model;

use std::collections::BTreeMap;

use sqlx::AssertSqlSafe;
use uuid::Uuid;

use super::evidence::KindEvidence;
use super::habits::PostingHabits;
use super::scorecard::AuthorSigns;
use super::{Author, AuthorKey, AuthorKind};
use crate::db::{Cell, DataSubject, Erase, Table, Tx, bulk};
use crate::kernel::error::Result;
use crate::kernel::ids::{AuthorId, ProgramId};
use crate::program;

pub use self::counts::{AuthorChange, add, recompute_times, set_counts, set_habits, set_signs, set_syndicated};
pub use self::lists::{
    ExcludedFilter, ExcludedSearch, MAX_COUNTED, NewAuthorsSearch, count_excluded, count_kinds, count_new, count_undecided, draw_undecided,
    list_excluded, list_new,
};
pub use self::model::{count_decided, delete_model, find_model, list_decided, save_model};

/// The tables written here. An erased author keeps its counts and nothing that names it. What was learned of decided authors is sums.
pub const TABLES: &[Table] = &[
    Table {
        name: "author",
        people: &[(DataSubject::Author, "id")],
        personal: &[
            ("handle", Erase::Unique),
            ("handle_key", Erase::Unique),
            ("name", Erase::Null),
            ("followers", Erase::Null),
            ("followers_at", Erase::Null),
            ("kind_reason", Erase::Null),
            ("kind_evidence", Erase::Null),
        ],
        columns: &[
            "id",
            "program_id",
            "network",
            "kind",
            "kind_by",
            "mentions",
            "negative",
            "positive",
            "links",
            "promotional",
            "copies",
            "busiest_day",
            "busiest_hour",
            "busiest_minute",
            "reach",
            "reach_mentions",
            "engagement",
            "engagement_mentions",
            "first_at",
            "last_at",
            "signed",
            "replies",
            "first_person",
            "calls",
            "hashtags",
            "service",
            "we",
            "addressing",
            "reposts",
            "staff",
            "own_links",
            "syndicated",
        ],
    },
    Table::plain("author_kind_model", &["program_id", "scorecard", "figures", "is_used", "trained_at"]),
];

const SELECT: &str = "SELECT id, program_id, network, handle, name, followers, followers_at, CASE WHEN reach_mentions > 0 THEN reach END AS reach, CASE WHEN engagement_mentions > 0 THEN engagement END AS engagement, kind, kind_reason, kind_evidence, kind_by, mentions, negative, positive, links, promotional, copies, busiest_day, busiest_hour, busiest_minute, first_at, last_at, signed, replies, first_person, calls, hashtags, service, we, addressing, reposts, staff, own_links, syndicated FROM author";

#[derive(Clone, Debug)]
pub struct NewAuthor {
    pub network: String,
    pub handle: String,
    pub key: String,
    pub kind: AuthorKind,
    pub kind_evidence: Option<KindEvidence>,
    /// Its id, its name, and what its first mentions add up to.
    pub first: AuthorChange,
}

pub async fn find(tx: &mut Tx, id: AuthorId) -> Result<Option<Author>> {
    let statement = format!("{SELECT} WHERE id = $1");
    tx.find(AssertSqlSafe(statement), &[id.into()]).await
}

pub async fn find_program(tx: &mut Tx, id: AuthorId) -> Result<Option<ProgramId>> {
    tx.find_value("SELECT program_id FROM author WHERE id = $1", &[id.into()]).await
}

/// Locks the author against reassessment by imports until the transaction ends.
pub async fn hold(tx: &mut Tx, id: AuthorId) -> Result<()> {
    match find_program(tx, id).await? {
        Some(program) => program::store::lock_listening(tx, program).await,
        None => Ok(()),
    }
}

/// One author by its network and its handle in lower case.
pub async fn find_by_handle(tx: &mut Tx, program: ProgramId, network: &str, key: &str) -> Result<Option<Author>> {
    let statement = format!("{SELECT} WHERE program_id = $1 AND network = $2 AND handle_key = $3");
    tx.find(AssertSqlSafe(statement), &[program.into(), network.into(), key.into()]).await
}

/// The authors of a program with one of these handles in lower case, on any network; erased authors have none.
pub async fn list_by_handles(tx: &mut Tx, program: ProgramId, keys: &[&String]) -> Result<Vec<Author>> {
    tx.list_in(&format!("{SELECT} WHERE program_id = $1 AND handle_key IN ({{}})"), &[program.into()], keys).await
}

/// The networks on which there are authors.
pub async fn list_networks(tx: &mut Tx) -> Result<Vec<String>> {
    tx.list_values("SELECT DISTINCT network FROM author ORDER BY network", &[]).await
}

/// The networks on which there is an author with this handle.
pub async fn list_networks_of(tx: &mut Tx, key: &str) -> Result<Vec<String>> {
    tx.list_values("SELECT DISTINCT network FROM author WHERE handle_key = $1 ORDER BY network", &[key.into()]).await
}

/// Several authors, in no order.
pub async fn list(tx: &mut Tx, ids: &[AuthorId]) -> Result<Vec<Author>> {
    tx.list_in(&format!("{SELECT} WHERE id IN ({{}})"), &[], ids).await
}

/// What assessing an author asks of it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct AuthorBrief {
    pub id: AuthorId,
    pub handle: String,
    pub name: Option<String>,
    pub kind: AuthorKind,
    #[sqlx(json(nullable))]
    pub kind_evidence: Option<Vec<KindEvidence>>,
    /// Whether a person said so.
    pub decided: bool,
    /// As they are kept.
    #[sqlx(flatten)]
    pub habits: PostingHabits,
    #[sqlx(flatten)]
    pub signs: AuthorSigns,
}

/// Several authors, in no order, as assessing them needs: an import assesses them by the hundred.
pub async fn list_briefs(tx: &mut Tx, ids: &[AuthorId]) -> Result<Vec<AuthorBrief>> {
    tx.list_in(
        "SELECT id, handle, name, kind, kind_evidence, kind_by IS NOT NULL AS decided, mentions, negative, links, promotional, copies,
             busiest_day, busiest_hour, busiest_minute, signed, replies, first_person, calls, hashtags, service, we, addressing, reposts,
             staff, own_links, syndicated
         FROM author WHERE id IN ({})",
        &[],
        ids,
    )
    .await
}

/// The ids of those of these (network, handle key) that are known, with their kind. It is asked network by network: an index finds
/// handles behind their network only.
pub async fn list_known(tx: &mut Tx, program: ProgramId, keys: &[AuthorKey]) -> Result<Vec<(AuthorId, String, String, AuthorKind)>> {
    let mut networks: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (network, key) in keys {
        networks.entry(network).or_default().push(key);
    }
    let mut known = Vec::new();
    for (network, keys) in networks {
        let found: Vec<(AuthorId, String, AuthorKind)> = tx
            .list_in(
                "SELECT id, handle_key, kind FROM author WHERE program_id = $1 AND network = $2 AND handle_key IN ({})",
                &[program.into(), network.into()],
                &keys,
            )
            .await?;
        known.extend(found.into_iter().map(|(id, key, kind)| (id, network.to_owned(), key, kind)));
    }
    Ok(known)
}

/// Adds authors that are not known, with their first counts.
pub async fn create(tx: &mut Tx, program: ProgramId, authors: &[NewAuthor]) -> Result<()> {
    bulk::write(
        tx,
        "INSERT INTO author (id, program_id, network, handle, handle_key, name, followers, followers_at, kind, kind_evidence, mentions,
             negative, positive, links, promotional, reach, reach_mentions, engagement, engagement_mentions, first_at, last_at, signed,
             replies, first_person, calls, hashtags, service, we, addressing, reposts, staff, own_links) {}",
        authors,
        |NewAuthor { network, handle, key, kind, kind_evidence, first }| {
            let [replies, first_person, calls, hashtags, service, we, addressing, reposts, staff, own_links] = first.signs;
            [
                first.id.into(),
                program.into(),
                network.into(),
                handle.into(),
                key.into(),
                (&first.name).into(),
                first.followers.map(|(by, _)| by).into(),
                first.followers.map(|(_, at)| at).into(),
                (*kind).into(),
                Cell::Json(kind_evidence.as_ref().map(|evidence| serde_json::json!([evidence]))),
                first.mentions.into(),
                first.negative.into(),
                first.positive.into(),
                first.links.into(),
                first.promotional.into(),
                first.reach.0.into(),
                first.reach.1.into(),
                first.engagement.0.into(),
                first.engagement.1.into(),
                first.first_at.into(),
                first.last_at.into(),
                first.signed.into(),
                replies.into(),
                first_person.into(),
                calls.into(),
                hashtags.into(),
                service.into(),
                we.into(),
                addressing.into(),
                reposts.into(),
                staff.into(),
                own_links.into(),
            ]
        },
    )
    .await?;
    Ok(())
}

/// Those of these authors that no candidate, no identity link and no decided customer link points to.
pub async fn list_unused(tx: &mut Tx, ids: &[AuthorId]) -> Result<Vec<AuthorId>> {
    tx.list_values_in(
        "SELECT id FROM author WHERE id IN ({}) AND NOT EXISTS (SELECT 1 FROM candidate c WHERE c.author_id = author.id)
             AND NOT EXISTS (SELECT 1 FROM identity_link k WHERE k.one_id = author.id) AND NOT EXISTS (SELECT 1 FROM identity_link k WHERE k.other_id = author.id)
             AND NOT EXISTS (SELECT 1 FROM customer_link l WHERE l.author_id = author.id AND l.state <> 'proposed')",
        &[],
        ids,
    )
    .await
}

/// Deletes authors that have no mentions left.
pub async fn delete(tx: &mut Tx, ids: &[AuthorId]) -> Result<()> {
    tx.run_in("DELETE FROM author WHERE mentions = 0 AND id IN ({})", &[], ids).await?;
    Ok(())
}

/// Sets the kind of an author as the person `by` decided; without one, the rules decide again.
pub async fn set_kind(tx: &mut Tx, id: AuthorId, kind: AuthorKind, reason: Option<&str>, by: Option<Uuid>) -> Result<()> {
    tx.run(
        "UPDATE author SET kind = $2, kind_reason = $3, kind_by = $4, kind_evidence = NULL WHERE id = $1",
        &[id.into(), kind.into(), reason.into(), by.into()],
    )
    .await?;
    Ok(())
}

/// Sets kinds by rule; never changes a person's decision.
pub async fn judge(tx: &mut Tx, judged: &[(AuthorId, AuthorKind, Vec<KindEvidence>)]) -> Result<()> {
    bulk::write(
        tx,
        "UPDATE author SET kind = d.column2, kind_evidence = d.column3 FROM ({}) AS d WHERE author.id = d.column1 AND author.kind_by IS NULL",
        judged,
        |(id, kind, evidence)| {
            [(*id).into(), (*kind).into(), Cell::Json((!evidence.is_empty()).then(|| serde_json::json!(evidence)))]
        },
    )
    .await?;
    Ok(())
}

/// The program's authors after `after`, in the order of their ids. Those erased are left out: their mentions are gone, and what they
/// had added up to is all that is kept of them.
pub async fn list_after(tx: &mut Tx, program: ProgramId, after: Option<AuthorId>, limit: i64) -> Result<Vec<AuthorId>> {
    let after = after.map_or_else(Uuid::nil, |id| id.0);
    tx.list_values(
        "SELECT id FROM author WHERE program_id = $1 AND id > $2
             AND NOT EXISTS (SELECT 1 FROM erasure e WHERE e.subject_id = author.id)
         ORDER BY id LIMIT $3",
        &[program.into(), after.into(), limit.into()],
    )
    .await
}
