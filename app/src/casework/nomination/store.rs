//! The tables `nomination_setting`, `nominator`, `nomination` and `nomination_endorsement`.

use sqlx::AssertSqlSafe;

use super::{Endorsement, Nomination, NominationSetting, NominationState, Nominator};
use crate::db::{DataSubject, Erase, Filter, Table, Tx};
use crate::kernel::clock::Time;
use crate::kernel::error::Result;
use crate::kernel::ids::{MentionId, NominationId, NominatorId, ProgramId};
use crate::{affected, bind_all, rows_in, sql};

/// The tables written here. A nomination goes with the author that it is about, what somebody said with who said it.
pub const TABLES: &[Table] = &[
    Table::plain("nomination_setting", &["program_id", "domains", "revision"]),
    Table {
        name: "nominator",
        people: &[(DataSubject::Nominator, "id")],
        personal: &[("email", Erase::Row)],
        columns: &["id", "created_at", "asked_at"],
    },
    Table {
        name: "nomination",
        people: &[(DataSubject::Author, "author_id"), (DataSubject::Nominated, "id")],
        personal: &[
            ("match_key", Erase::Row),
            ("url", Erase::Row),
            ("text", Erase::Row),
            ("person", Erase::Row),
            ("reason", Erase::Row),
            ("answer_url", Erase::Row),
        ],
        columns: &[
            "id",
            "program_id",
            "kind",
            "state",
            "network",
            "mention_id",
            "author_id",
            "made_at",
            "decided_at",
            "decided_by",
            "revision",
        ],
    },
    Table {
        name: "nomination_endorsement",
        people: &[(DataSubject::Nominator, "nominator_id"), (DataSubject::Nominated, "nomination_id")],
        personal: &[("why", Erase::Row), ("reach", Erase::Row)],
        columns: &["id", "nomination_id", "nominator_id", "at"],
    },
];

const SELECT_ENDORSEMENTS: &str =
    "SELECT e.id, e.nomination_id, e.nominator_id, n.email, e.at, e.why, e.reach FROM nomination_endorsement e
     JOIN nominator n ON n.id = e.nominator_id";

/// Who may nominate for a program.
pub async fn find_setting(tx: &mut Tx, program: ProgramId) -> Result<NominationSetting> {
    let found =
        sql!(tx, |c| sqlx::query_as("SELECT * FROM nomination_setting WHERE program_id = $1").bind(program).fetch_optional(c).await)?;
    Ok(found.unwrap_or(NominationSetting::closed(program)))
}

/// All programs that have said who may nominate.
pub async fn list_settings(tx: &mut Tx) -> Result<Vec<NominationSetting>> {
    Ok(sql!(tx, |c| sqlx::query_as("SELECT * FROM nomination_setting WHERE domains <> '' ORDER BY program_id DESC").fetch_all(c).await)?)
}

/// Saves who may nominate over the revision that was read; false if somebody else was quicker.
pub async fn save_setting(tx: &mut Tx, setting: &NominationSetting) -> Result<bool> {
    let changed = affected!(tx, |c| sqlx::query(
        "INSERT INTO nomination_setting (program_id, domains, revision) VALUES ($1, $2, $3 + 1)
         ON CONFLICT (program_id) DO UPDATE SET domains = excluded.domains, revision = excluded.revision
         WHERE nomination_setting.revision = $3"
    )
    .bind(setting.program_id)
    .bind(&setting.domains)
    .bind(setting.revision)
    .execute(c)
    .await)?;
    Ok(changed == 1)
}

/// Somebody who nominates, by id.
pub async fn find_nominator(tx: &mut Tx, id: NominatorId) -> Result<Option<Nominator>> {
    Ok(sql!(tx, |c| sqlx::query_as("SELECT id, email, created_at FROM nominator WHERE id = $1").bind(id).fetch_optional(c).await)?)
}

/// The nominator behind an address (lower case), added if there is none yet.
pub async fn resolve_nominator(tx: &mut Tx, email: &str, now: Time) -> Result<Nominator> {
    Ok(sql!(tx, |c| sqlx::query_as(
        "INSERT INTO nominator (id, email, created_at, asked_at) VALUES ($1, $2, $3, $3)
         ON CONFLICT (email) DO UPDATE SET asked_at = excluded.asked_at RETURNING id, email, created_at"
    )
    .bind(NominatorId::new())
    .bind(email)
    .bind(now)
    .fetch_one(c)
    .await)?)
}

/// One nomination.
pub async fn find(tx: &mut Tx, id: NominationId) -> Result<Option<Nomination>> {
    Ok(sql!(tx, |c| sqlx::query_as("SELECT * FROM nomination WHERE id = $1").bind(id).fetch_optional(c).await)?)
}

/// The nomination of the same post or person.
pub async fn find_same(tx: &mut Tx, program: ProgramId, key: &str) -> Result<Option<Nomination>> {
    Ok(sql!(tx, |c| sqlx::query_as("SELECT * FROM nomination WHERE program_id = $1 AND match_key = $2")
        .bind(program)
        .bind(key)
        .fetch_optional(c)
        .await)?)
}

/// Nominations of this post.
pub async fn list_of_post(tx: &mut Tx, post: MentionId) -> Result<Vec<Nomination>> {
    Ok(sql!(tx, |c| sqlx::query_as("SELECT * FROM nomination WHERE mention_id = $1 ORDER BY id").bind(post).fetch_all(c).await)?)
}

/// A program's nominations in one state: new ones by how long they wait, others the newest first.
pub async fn list(tx: &mut Tx, program: ProgramId, state: NominationState, most: i64, skip: i64) -> Result<Vec<Nomination>> {
    let order = if state == NominationState::New { "" } else { "DESC" };
    let statement =
        format!("SELECT * FROM nomination WHERE program_id = $1 AND state = $2 ORDER BY made_at {order}, id {order} LIMIT $3 OFFSET $4");
    Ok(sql!(tx, |c| sqlx::query_as(AssertSqlSafe(statement.clone())).bind(program).bind(state).bind(most).bind(skip).fetch_all(c).await)?)
}

/// How many nominations stand in each state; of every program where none is named.
pub async fn count(tx: &mut Tx, program: Option<ProgramId>) -> Result<Vec<(NominationState, i64)>> {
    let mut filter = Filter::new();
    if let Some(program) = program {
        filter.and("program_id = ?", [program.0.into()]);
    }
    let statement = format!("SELECT state, COUNT(*) FROM nomination{} GROUP BY state", filter.clause());
    Ok(sql!(tx, |c| bind_all!(sqlx::query_as(AssertSqlSafe(statement.clone())), filter.values()).fetch_all(c).await)?)
}

/// Adds a nomination; false if the same is there already.
pub async fn create(tx: &mut Tx, nomination: &Nomination) -> Result<bool> {
    let added = affected!(tx, |c| {
        sqlx::query(
        "INSERT INTO nomination (id, program_id, kind, state, match_key, url, text, person, network, mention_id, author_id, made_at, revision)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT (program_id, match_key) DO NOTHING"
    )
    .bind(nomination.id)
    .bind(nomination.program_id)
    .bind(nomination.kind)
    .bind(nomination.state)
    .bind(&nomination.match_key)
    .bind(&nomination.url)
    .bind(&nomination.text)
    .bind(&nomination.person)
    .bind(&nomination.network)
    .bind(nomination.mention_id)
    .bind(nomination.author_id)
    .bind(nomination.made_at)
    .bind(nomination.revision)
    .execute(c)
    .await
    })?;
    Ok(added == 1)
}

/// Changes a nomination as it was read, and gives it its next revision; false if somebody else was quicker.
pub async fn update(tx: &mut Tx, nomination: &Nomination) -> Result<bool> {
    let changed = affected!(tx, |c| sqlx::query(
        "UPDATE nomination SET state = $2, text = $3, mention_id = $4, author_id = $5, decided_at = $6, decided_by = $7, reason = $8,
             answer_url = $9, revision = revision + 1
         WHERE id = $1 AND revision = $10"
    )
    .bind(nomination.id)
    .bind(nomination.state)
    .bind(&nomination.text)
    .bind(nomination.mention_id)
    .bind(nomination.author_id)
    .bind(nomination.decided_at)
    .bind(nomination.decided_by)
    .bind(&nomination.reason)
    .bind(&nomination.answer_url)
    .bind(nomination.revision)
    .execute(c)
    .await)?;
    Ok(changed == 1)
}

/// Removes a nomination and what was said about it; false if it was not there.
pub async fn delete(tx: &mut Tx, id: NominationId) -> Result<bool> {
    Ok(affected!(tx, |c| sqlx::query("DELETE FROM nomination WHERE id = $1").bind(id).execute(c).await)? == 1)
}

/// Notes who nominated; false if this person had before.
pub async fn endorse(tx: &mut Tx, endorsement: &Endorsement) -> Result<bool> {
    let added = affected!(tx, |c| sqlx::query(
        "INSERT INTO nomination_endorsement (id, nomination_id, nominator_id, at, why, reach) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (nomination_id, nominator_id) DO NOTHING"
    )
    .bind(endorsement.id)
    .bind(endorsement.nomination_id)
    .bind(endorsement.nominator_id)
    .bind(endorsement.at)
    .bind(&endorsement.why)
    .bind(&endorsement.reach)
    .execute(c)
    .await)?;
    Ok(added == 1)
}

/// Who nominated these, in the order of time.
pub async fn list_endorsements(tx: &mut Tx, nominations: &[NominationId]) -> Result<Vec<Endorsement>> {
    let mut found: Vec<Endorsement> =
        rows_in!(tx, query_as, nominations, &format!("{SELECT_ENDORSEMENTS} WHERE e.nomination_id IN ({{}})"), []);
    found.sort_by_key(|endorsement| (endorsement.at, endorsement.id));
    Ok(found)
}

/// What somebody nominated, the newest first, with where it stands.
pub async fn list_own(tx: &mut Tx, nominator: NominatorId, most: i64) -> Result<Vec<(Endorsement, Nomination)>> {
    let statement = format!("{SELECT_ENDORSEMENTS} WHERE e.nominator_id = $1 ORDER BY e.at DESC, e.id DESC LIMIT $2");
    let endorsements: Vec<Endorsement> =
        sql!(tx, |c| sqlx::query_as(AssertSqlSafe(statement.clone())).bind(nominator).bind(most).fetch_all(c).await)?;
    let ids: Vec<NominationId> = endorsements.iter().map(|endorsement| endorsement.nomination_id).collect();
    let nominations: Vec<Nomination> = rows_in!(tx, query_as, &ids, "SELECT * FROM nomination WHERE id IN ({})", []);
    let of = |endorsement: &Endorsement| nominations.iter().find(|nomination| nomination.id == endorsement.nomination_id).cloned();
    Ok(endorsements.into_iter().filter_map(|endorsement| of(&endorsement).map(|nomination| (endorsement, nomination))).collect())
}

/// How many people nominated this post.
pub async fn count_nominators(tx: &mut Tx, post: MentionId) -> Result<i64> {
    Ok(sql!(tx, |c| {
        sqlx::query_scalar(
        "SELECT COUNT(DISTINCT e.nominator_id) FROM nomination n JOIN nomination_endorsement e ON e.nomination_id = n.id WHERE n.mention_id = $1"
    )
    .bind(post)
    .fetch_one(c)
    .await
    })?)
}

/// The words of those of these posts that we have.
pub async fn list_words(tx: &mut Tx, posts: &[MentionId]) -> Result<Vec<(MentionId, String)>> {
    Ok(rows_in!(tx, query_as, posts, "SELECT id, text FROM mention WHERE id IN ({})", []))
}

/// Deletes a program's nominations that were made before this moment. Gives how many.
pub async fn purge(tx: &mut Tx, program: ProgramId, before: Time) -> Result<u64> {
    Ok(affected!(tx, |c| sqlx::query("DELETE FROM nomination WHERE program_id = $1 AND made_at < $2")
        .bind(program)
        .bind(before)
        .execute(c)
        .await)?)
}

/// Deletes those who have nominated nothing that is still kept and have not asked for a link since this moment.
pub async fn purge_idle(tx: &mut Tx, before: Time) -> Result<u64> {
    Ok(affected!(tx, |c| {
        sqlx::query(
        "DELETE FROM nominator WHERE asked_at < $1 AND NOT EXISTS (SELECT 1 FROM nomination_endorsement e WHERE e.nominator_id = nominator.id)"
    )
    .bind(before)
    .execute(c)
    .await
    })?)
}
