//! The tables `triage_setting`, `triage_case` and `triage_step`.

use chrono::NaiveDate;
use sqlx::AssertSqlSafe;

use super::rules::{AnsweredCase, DEFAULT_HOURS, MAX_OFFERED_MENTIONS};
use super::{Case, CaseState, CaseStep};
use crate::db::{DataSubject, Erase, Filter, Table, Tx};
use crate::kernel::clock::Time;
use crate::kernel::error::Result;
use crate::kernel::ids::{AccountId, MentionId, ProgramId};
use crate::listening::mention::{place, store::ListedMention};
use crate::program;

/// The tables written here. What was done about a mention goes with its author.
pub const TABLES: &[Table] = &[
    Table::plain("triage_setting", &["program_id", "hours"]),
    Table {
        name: "triage_case",
        people: &[(DataSubject::Author, "author_id")],
        personal: &[("answer_url", Erase::Row), ("reason", Erase::Row)],
        columns: &[
            "mention_id",
            "author_id",
            "program_id",
            "state",
            "opened_at",
            "due_at",
            "taken_by",
            "taken_at",
            "unit",
            "routed_at",
            "answered_at",
            "closed_at",
            "revision",
        ],
    },
    Table {
        name: "triage_step",
        people: &[(DataSubject::Author, "author_id")],
        personal: &[("text", Erase::Row)],
        columns: &["id", "mention_id", "author_id", "at", "kind", "by_account", "to_account", "unit"],
    },
];

/// How far lists are counted.
pub const MAX_COUNTED: i64 = 1_000;
/// Answers that are measured at most, the newest.
pub const MAX_MEASURED: i64 = 10_000;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CaseFilter {
    /// Open ones in this state.
    In(CaseState),
    /// Open ones that this account has.
    Of(AccountId),
    /// Open ones whose clock has run out.
    Late(Time),
    /// Answered ones and those with a reason.
    Closed,
    /// Those answered since then.
    Answered(Time),
}

#[derive(Clone, Debug)]
pub struct CaseSearch {
    pub program: ProgramId,
    pub which: CaseFilter,
    /// Cases that were routed to this unit only.
    pub unit: Option<String>,
}

impl CaseSearch {
    fn filter(&self) -> Filter {
        let mut filter = Filter::new();
        filter.and("t.program_id = ?", [self.program.0.into()]);
        match &self.which {
            CaseFilter::In(state) => filter.and("t.state = ?", [state.as_str().into()]),
            CaseFilter::Of(account) => filter.and("t.taken_by = ? AND t.closed_at IS NULL", [account.0.into()]),
            CaseFilter::Late(now) => filter.and("t.closed_at IS NULL AND t.due_at < ?", [(*now).into()]),
            CaseFilter::Closed => filter.and("t.closed_at IS NOT NULL", []),
            CaseFilter::Answered(since) => filter.and("t.answered_at >= ?", [(*since).into()]),
        };
        if let Some(unit) = &self.unit {
            filter.and("t.unit = ?", [unit.clone().into()]);
        }
        filter
    }

    /// Open cases by time left, closed ones newest first.
    const fn order(&self) -> &'static str {
        match self.which {
            CaseFilter::In(_) | CaseFilter::Of(_) | CaseFilter::Late(_) => "t.due_at, t.mention_id",
            CaseFilter::Closed => "t.closed_at DESC, t.due_at DESC, t.mention_id DESC",
            CaseFilter::Answered(_) => "t.answered_at DESC, t.mention_id DESC",
        }
    }
}

/// A case with its mention, for lists.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct CaseRow {
    #[sqlx(flatten)]
    pub case: Case,
    pub text: String,
    pub handle: String,
    pub network: String,
    pub url: Option<String>,
    /// When the mention was written.
    pub at: Time,
}

/// How many hours a program gives itself to answer.
pub async fn find_hours(tx: &mut Tx, program: ProgramId) -> Result<i64> {
    let found = tx.find_value("SELECT hours FROM triage_setting WHERE program_id = $1", &[program.into()]).await?;
    Ok(found.unwrap_or(DEFAULT_HOURS))
}

/// Sets them.
pub async fn save_hours(tx: &mut Tx, program: ProgramId, hours: i64) -> Result<()> {
    tx.run(
        "INSERT INTO triage_setting (program_id, hours) VALUES ($1, $2) ON CONFLICT (program_id) DO UPDATE SET hours = excluded.hours",
        &[program.into(), hours.into()],
    )
    .await?;
    Ok(())
}

pub async fn find(tx: &mut Tx, id: MentionId) -> Result<Option<Case>> {
    tx.find("SELECT * FROM triage_case WHERE mention_id = $1", &[id.into()]).await
}

/// The open cases of a unit and those that an account has, by mention; with `closed`, the unit's closed ones too.
pub async fn list_of(tx: &mut Tx, account: AccountId, unit: Option<&str>, closed: bool) -> Result<Vec<Case>> {
    tx.list(
        "SELECT * FROM triage_case WHERE (unit = $2 AND (closed_at IS NULL OR $3)) OR (taken_by = $1 AND closed_at IS NULL) ORDER BY mention_id",
        &[account.into(), unit.into(), closed.into()],
    )
    .await
}

/// How many open cases are with each unit.
pub async fn count_by_unit(tx: &mut Tx) -> Result<Vec<(String, i64)>> {
    tx.list("SELECT unit, COUNT(*) FROM triage_case WHERE unit IS NOT NULL AND closed_at IS NULL GROUP BY unit", &[]).await
}

/// The cases of these mentions, in no order.
pub async fn list_cases(tx: &mut Tx, mentions: &[MentionId]) -> Result<Vec<Case>> {
    tx.list_in("SELECT * FROM triage_case WHERE mention_id IN ({})", &[], mentions).await
}

pub async fn list(tx: &mut Tx, search: &CaseSearch, limit: i64, skip: i64) -> Result<Vec<CaseRow>> {
    let filter = search.filter();
    let (limit_place, offset_place) = (filter.next(), filter.next() + 1);
    let statement = format!(
        "SELECT t.*, m.text, m.network, m.url, m.at, a.handle FROM triage_case t JOIN mention m ON m.id = t.mention_id
         JOIN author a ON a.id = t.author_id{} ORDER BY {} LIMIT ${limit_place} OFFSET ${offset_place}",
        filter.clause(),
        search.order()
    );
    tx.list(AssertSqlSafe(statement), &filter.with([limit.into(), skip.into()])).await
}

/// How many cases a search finds, one more than `MAX_COUNTED` at most.
pub async fn count(tx: &mut Tx, search: &CaseSearch) -> Result<i64> {
    let filter = search.filter();
    let statement = format!("SELECT COUNT(*) FROM (SELECT 1 FROM triage_case t{} LIMIT {}) found", filter.clause(), MAX_COUNTED + 1);
    tx.value(AssertSqlSafe(statement), filter.values()).await
}

/// How many open cases became late after `since` and until `now`, and how many are late in all.
pub async fn count_late_since(tx: &mut Tx, program: ProgramId, since: Time, now: Time) -> Result<(i64, i64)> {
    tx.one(
        "SELECT CAST(COALESCE(SUM(CASE WHEN due_at >= $2 THEN 1 ELSE 0 END), 0) AS BIGINT), COUNT(*) FROM triage_case
         WHERE program_id = $1 AND closed_at IS NULL AND due_at < $3",
        &[program.into(), since.into(), now.into()],
    )
    .await
}

/// When cases were opened, due, taken and answered, the newest answers first.
pub async fn list_answered(tx: &mut Tx, search: &CaseSearch) -> Result<Vec<AnsweredCase>> {
    let filter = search.filter();
    let statement = format!(
        "SELECT t.opened_at, t.due_at, t.taken_at, t.answered_at FROM triage_case t{} ORDER BY t.answered_at DESC, t.mention_id DESC LIMIT {MAX_MEASURED}",
        filter.clause()
    );
    tx.list(AssertSqlSafe(statement), filter.values()).await
}

/// Opens a case; false if the mention has one already.
pub async fn create(tx: &mut Tx, case: &Case) -> Result<bool> {
    let added = tx.run(
        "INSERT INTO triage_case (mention_id, author_id, program_id, state, opened_at, due_at, taken_by, taken_at, unit, routed_at, answered_at,
             answer_url, reason, closed_at, revision)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) ON CONFLICT (mention_id) DO NOTHING",
        &[
            case.mention_id.into(), case.author_id.into(), case.program_id.into(), case.state.into(),
            case.opened_at.into(), case.due_at.into(), case.taken_by.into(), case.taken_at.into(),
            case.unit.as_deref().into(), case.routed_at.into(), case.answered_at.into(),
            case.answer_url.as_deref().into(), case.reason.as_deref().into(), case.closed_at.into(), case.revision.into(),
        ],
    )
    .await?;
    Ok(added == 1)
}

/// Changes a case as it was read, and gives it its next revision; false if someone else was quicker.
pub async fn update(tx: &mut Tx, case: &Case) -> Result<bool> {
    let changed = tx
        .run(
            "UPDATE triage_case SET state = $2, due_at = $3, taken_by = $4, taken_at = $5, unit = $6, routed_at = $7, answered_at = $8,
             answer_url = $9, reason = $10, closed_at = $11, revision = revision + 1
         WHERE mention_id = $1 AND revision = $12",
            &[
                case.mention_id.into(),
                case.state.into(),
                case.due_at.into(),
                case.taken_by.into(),
                case.taken_at.into(),
                case.unit.as_deref().into(),
                case.routed_at.into(),
                case.answered_at.into(),
                case.answer_url.as_deref().into(),
                case.reason.as_deref().into(),
                case.closed_at.into(),
                case.revision.into(),
            ],
        )
        .await?;
    Ok(changed == 1)
}

/// Notes what was done.
pub async fn add_step(tx: &mut Tx, step: &CaseStep) -> Result<()> {
    tx.run(
        "INSERT INTO triage_step (id, mention_id, author_id, at, kind, by_account, to_account, unit, text)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        &[
            step.id.into(),
            step.mention_id.into(),
            step.author_id.into(),
            step.at.into(),
            step.kind.into(),
            step.by_account.into(),
            step.to_account.into(),
            step.unit.as_deref().into(),
            step.text.as_deref().into(),
        ],
    )
    .await?;
    Ok(())
}

/// What was done with a case, in the order of time.
pub async fn list_steps(tx: &mut Tx, id: MentionId) -> Result<Vec<CaseStep>> {
    tx.list("SELECT * FROM triage_step WHERE mention_id = $1 ORDER BY at, id", &[id.into()]).await
}

/// Suggested mentions of these days: read as negative, not on a sensitive subject, of authors that count, without
/// a case. They stand in the order of their places, newest first, so that the walk ends with the page.
const OFFERED: &str = "FROM mention m CROSS JOIN author a WHERE a.id = m.author_id AND m.no BETWEEN $1 AND $2 AND m.reading = 'negative'
         AND NOT m.sensitive AND a.kind = 'customer' AND NOT EXISTS (SELECT 1 FROM triage_case t WHERE t.mention_id = m.id)
         ORDER BY m.no DESC";

/// The places between which mentions are offered: of those days the newest `MAX_OFFERED_MENTIONS`, so that a list whose mentions were all
/// looked at ends as well.
async fn offered_places(tx: &mut Tx, program: ProgramId, days: (NaiveDate, NaiveDate)) -> Result<(i64, i64)> {
    let (from, to) = place::between(program::store::number(tx, program).await?, Some(days.0), Some(days.1));
    let last: Option<i64> = tx
        .find_value(
            "SELECT no FROM mention WHERE no BETWEEN $1 AND $2 ORDER BY no DESC LIMIT 1 OFFSET $3",
            &[from.into(), to.into(), (MAX_OFFERED_MENTIONS - 1).into()],
        )
        .await?;
    Ok((last.unwrap_or(from), to))
}

/// Those mentions.
pub async fn list_offered(
    tx: &mut Tx,
    program: ProgramId,
    days: (NaiveDate, NaiveDate),
    limit: i64,
    skip: i64,
) -> Result<Vec<ListedMention>> {
    let (from, to) = offered_places(tx, program, days).await?;
    let statement = format!("SELECT m.*, a.handle {OFFERED} LIMIT $3 OFFSET $4");
    tx.list(AssertSqlSafe(statement), &[from.into(), to.into(), limit.into(), skip.into()]).await
}

/// How many there are, one more than `MAX_COUNTED` at most.
pub async fn count_offered(tx: &mut Tx, program: ProgramId, days: (NaiveDate, NaiveDate)) -> Result<i64> {
    let (from, to) = offered_places(tx, program, days).await?;
    let statement = format!("SELECT COUNT(*) FROM (SELECT 1 AS one {OFFERED} LIMIT {}) found", MAX_COUNTED + 1);
    tx.value(AssertSqlSafe(statement), &[from.into(), to.into()]).await
}
