//! The tables `nomination_setting`, `nominator`, `nomination` and `nomination_endorsement`.

use sqlx::AssertSqlSafe;

use super::{Endorsement, Nomination, NominationSetting, NominationState, Nominator};
use crate::db::{DataSubject, Erase, Filter, Table, Tx};
use crate::kernel::clock::Time;
use crate::kernel::error::Result;
use crate::kernel::ids::{MentionId, NominationId, NominatorId, ProgramId};

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
    let found = tx.find("SELECT * FROM nomination_setting WHERE program_id = $1", &[program.into()]).await?;
    Ok(found.unwrap_or(NominationSetting::closed(program)))
}

/// All programs that have said who may nominate.
pub async fn list_settings(tx: &mut Tx) -> Result<Vec<NominationSetting>> {
    tx.list("SELECT * FROM nomination_setting WHERE domains <> '' ORDER BY program_id DESC", &[]).await
}

/// Saves who may nominate over the revision that was read; false if somebody else was quicker.
pub async fn save_setting(tx: &mut Tx, setting: &NominationSetting) -> Result<bool> {
    let changed = tx
        .run(
            "INSERT INTO nomination_setting (program_id, domains, revision) VALUES ($1, $2, $3 + 1)
         ON CONFLICT (program_id) DO UPDATE SET domains = excluded.domains, revision = excluded.revision
         WHERE nomination_setting.revision = $3",
            &[setting.program_id.into(), setting.domains.as_str().into(), setting.revision.into()],
        )
        .await?;
    Ok(changed == 1)
}

pub async fn find_nominator(tx: &mut Tx, id: NominatorId) -> Result<Option<Nominator>> {
    tx.find("SELECT id, email, created_at FROM nominator WHERE id = $1", &[id.into()]).await
}

/// The nominator behind an address (lower case), added if there is none yet.
pub async fn resolve_nominator(tx: &mut Tx, email: &str, now: Time) -> Result<Nominator> {
    tx.one(
        "INSERT INTO nominator (id, email, created_at, asked_at) VALUES ($1, $2, $3, $3)
         ON CONFLICT (email) DO UPDATE SET asked_at = excluded.asked_at RETURNING id, email, created_at",
        &[NominatorId::new().into(), email.into(), now.into()],
    )
    .await
}

pub async fn find(tx: &mut Tx, id: NominationId) -> Result<Option<Nomination>> {
    tx.find("SELECT * FROM nomination WHERE id = $1", &[id.into()]).await
}

/// The nomination of the same mention or person.
pub async fn find_same(tx: &mut Tx, program: ProgramId, key: &str) -> Result<Option<Nomination>> {
    tx.find("SELECT * FROM nomination WHERE program_id = $1 AND match_key = $2", &[program.into(), key.into()]).await
}

pub async fn list_of_post(tx: &mut Tx, mention: MentionId) -> Result<Vec<Nomination>> {
    tx.list("SELECT * FROM nomination WHERE mention_id = $1 ORDER BY id", &[mention.into()]).await
}

/// A program's nominations in one state: new ones by how long they wait, others the newest first.
pub async fn list(tx: &mut Tx, program: ProgramId, state: NominationState, limit: i64, skip: i64) -> Result<Vec<Nomination>> {
    let order = if state == NominationState::New { "" } else { "DESC" };
    let statement =
        format!("SELECT * FROM nomination WHERE program_id = $1 AND state = $2 ORDER BY made_at {order}, id {order} LIMIT $3 OFFSET $4");
    tx.list(AssertSqlSafe(statement), &[program.into(), state.into(), limit.into(), skip.into()]).await
}

/// How many nominations stand in each state; of every program where none is named.
pub async fn count(tx: &mut Tx, program: Option<ProgramId>) -> Result<Vec<(NominationState, i64)>> {
    let mut filter = Filter::new();
    if let Some(program) = program {
        filter.and("program_id = ?", [program.0.into()]);
    }
    let statement = format!("SELECT state, COUNT(*) FROM nomination{} GROUP BY state", filter.clause());
    tx.list(AssertSqlSafe(statement), filter.values()).await
}

/// Adds a nomination; false if the same is there already.
pub async fn create(tx: &mut Tx, nomination: &Nomination) -> Result<bool> {
    let added = tx.run(
        "INSERT INTO nomination (id, program_id, kind, state, match_key, url, text, person, network, mention_id, author_id, made_at, revision)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT (program_id, match_key) DO NOTHING",
        &[
            nomination.id.into(), nomination.program_id.into(), nomination.kind.into(), nomination.state.into(),
            nomination.match_key.as_str().into(), nomination.url.as_deref().into(), nomination.text.as_deref().into(),
            nomination.person.as_deref().into(), nomination.network.as_deref().into(), nomination.mention_id.into(),
            nomination.author_id.into(), nomination.made_at.into(), nomination.revision.into(),
        ],
    )
    .await?;
    Ok(added == 1)
}

/// Changes a nomination as it was read, and gives it its next revision; false if somebody else was quicker.
pub async fn update(tx: &mut Tx, nomination: &Nomination) -> Result<bool> {
    let changed = tx
        .run(
            "UPDATE nomination SET state = $2, text = $3, mention_id = $4, author_id = $5, decided_at = $6, decided_by = $7, reason = $8,
             answer_url = $9, revision = revision + 1
         WHERE id = $1 AND revision = $10",
            &[
                nomination.id.into(),
                nomination.state.into(),
                nomination.text.as_deref().into(),
                nomination.mention_id.into(),
                nomination.author_id.into(),
                nomination.decided_at.into(),
                nomination.decided_by.into(),
                nomination.reason.as_deref().into(),
                nomination.answer_url.as_deref().into(),
                nomination.revision.into(),
            ],
        )
        .await?;
    Ok(changed == 1)
}

/// Removes a nomination and what was said about it; false if it was not there.
pub async fn delete(tx: &mut Tx, id: NominationId) -> Result<bool> {
    Ok(tx.run("DELETE FROM nomination WHERE id = $1", &[id.into()]).await? == 1)
}

/// Notes who nominated; false if this person had before.
pub async fn endorse(tx: &mut Tx, endorsement: &Endorsement) -> Result<bool> {
    let added = tx
        .run(
            "INSERT INTO nomination_endorsement (id, nomination_id, nominator_id, at, why, reach) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (nomination_id, nominator_id) DO NOTHING",
            &[
                endorsement.id.into(),
                endorsement.nomination_id.into(),
                endorsement.nominator_id.into(),
                endorsement.at.into(),
                endorsement.why.as_deref().into(),
                endorsement.reach.as_deref().into(),
            ],
        )
        .await?;
    Ok(added == 1)
}

/// Who nominated these, in the order of time.
pub async fn list_endorsements(tx: &mut Tx, nominations: &[NominationId]) -> Result<Vec<Endorsement>> {
    let mut found: Vec<Endorsement> =
        tx.list_in(&format!("{SELECT_ENDORSEMENTS} WHERE e.nomination_id IN ({{}})"), &[], nominations).await?;
    found.sort_by_key(|endorsement| (endorsement.at, endorsement.id));
    Ok(found)
}

/// What somebody nominated, the newest first, with where it stands.
pub async fn list_own(tx: &mut Tx, nominator: NominatorId, limit: i64) -> Result<Vec<(Endorsement, Nomination)>> {
    let statement = format!("{SELECT_ENDORSEMENTS} WHERE e.nominator_id = $1 ORDER BY e.at DESC, e.id DESC LIMIT $2");
    let endorsements: Vec<Endorsement> = tx.list(AssertSqlSafe(statement), &[nominator.into(), limit.into()]).await?;
    let ids: Vec<NominationId> = endorsements.iter().map(|endorsement| endorsement.nomination_id).collect();
    let nominations: Vec<Nomination> = tx.list_in("SELECT * FROM nomination WHERE id IN ({})", &[], &ids).await?;
    let of = |endorsement: &Endorsement| nominations.iter().find(|nomination| nomination.id == endorsement.nomination_id).cloned();
    Ok(endorsements.into_iter().filter_map(|endorsement| of(&endorsement).map(|nomination| (endorsement, nomination))).collect())
}

/// How many people nominated this mention.
pub async fn count_nominators(tx: &mut Tx, mention: MentionId) -> Result<i64> {
    tx.value(
        "SELECT COUNT(DISTINCT e.nominator_id) FROM nomination n JOIN nomination_endorsement e ON e.nomination_id = n.id WHERE n.mention_id = $1",
        &[mention.into()],
    )
    .await
}

/// The words of those of these mentions that we have.
pub async fn list_words(tx: &mut Tx, mentions: &[MentionId]) -> Result<Vec<(MentionId, String)>> {
    tx.list_in("SELECT id, text FROM mention WHERE id IN ({})", &[], mentions).await
}

/// Deletes a program's nominations that were made before this moment. Gives how many.
pub async fn purge(tx: &mut Tx, program: ProgramId, before: Time) -> Result<u64> {
    tx.run("DELETE FROM nomination WHERE program_id = $1 AND made_at < $2", &[program.into(), before.into()]).await
}

/// Deletes those who have nominated nothing that is still kept and have not asked for a link since this moment.
pub async fn purge_idle(tx: &mut Tx, before: Time) -> Result<u64> {
    tx.run(
        "DELETE FROM nominator WHERE asked_at < $1 AND NOT EXISTS (SELECT 1 FROM nomination_endorsement e WHERE e.nominator_id = nominator.id)",
        &[before.into()],
    )
    .await
}
