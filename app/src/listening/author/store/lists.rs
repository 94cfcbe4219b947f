//! Authors as a person looks for them: those excluded, those new in a period, those whom other settings could move.

use chrono::{NaiveDate, NaiveTime};
use sqlx::AssertSqlSafe;

use super::SELECT;
use crate::db::{Filter, Tx};
use crate::kernel::clock::Time;
use crate::kernel::error::Result;
use crate::kernel::ids::{AuthorId, ProgramId};
use crate::listening::author::{Author, AuthorKind};

/// Whom a list of excluded authors is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ExcludedFilter {
    /// All excluded authors.
    #[default]
    Excluded,
    /// Those of one kind.
    Kind(AuthorKind),
    /// Those that a person included again.
    BroughtBack,
}

/// What a person looks for among authors that are excluded.
#[derive(Clone, Debug)]
pub struct ExcludedSearch {
    pub program: ProgramId,
    pub which: ExcludedFilter,
    pub text: String,
    /// Whether a person decided, or a rule; none: either.
    pub by_person: Option<bool>,
}

impl ExcludedSearch {
    fn filter(&self, tx: &Tx) -> Filter {
        let mut filter = Filter::new();
        filter.and("a.program_id = ?", [self.program.0.into()]);
        match self.which {
            ExcludedFilter::Excluded => filter.and("a.kind <> 'customer'", []),
            ExcludedFilter::Kind(kind) => filter.and("a.kind <> 'customer' AND a.kind = ?", [kind.as_str().into()]),
            ExcludedFilter::BroughtBack => filter.and("a.kind = 'customer' AND a.kind_by IS NOT NULL", []),
        };
        match self.by_person {
            Some(true) => filter.and("a.kind_by IS NOT NULL", []),
            Some(false) => filter.and("a.kind_by IS NULL", []),
            None => &mut filter,
        };
        if !self.text.trim().is_empty() {
            filter.contains(tx, &["a.handle", "a.name"], self.text.trim().trim_start_matches('@'));
        }
        filter.and("NOT EXISTS (SELECT 1 FROM erasure e WHERE e.subject_id = a.id)", []);
        filter
    }
}

/// Excluded authors, or those included again: by kind, the most active first.
pub async fn list_excluded(tx: &mut Tx, search: &ExcludedSearch, limit: i64, skip: i64) -> Result<Vec<Author>> {
    let filter = search.filter(tx);
    let (limit_place, offset_place) = (filter.next(), filter.next() + 1);
    let statement =
        format!("{SELECT} a{} ORDER BY a.kind, a.mentions DESC, a.id LIMIT ${limit_place} OFFSET ${offset_place}", filter.clause());
    tx.list(AssertSqlSafe(statement), &filter.with([limit.into(), skip.into()])).await
}

/// How many the list holds.
pub async fn count_excluded(tx: &mut Tx, search: &ExcludedSearch) -> Result<i64> {
    let filter = search.filter(tx);
    let statement = format!("SELECT COUNT(*) FROM author a{}", filter.clause());
    tx.value(AssertSqlSafe(statement), filter.values()).await
}

/// How many authors are excluded, by kind.
pub async fn count_kinds(tx: &mut Tx, program: ProgramId) -> Result<Vec<(AuthorKind, i64)>> {
    tx.list(
        "SELECT a.kind, COUNT(*) FROM author a WHERE a.program_id = $1 AND a.kind <> 'customer'
             AND NOT EXISTS (SELECT 1 FROM erasure e WHERE e.subject_id = a.id)
         GROUP BY a.kind",
        &[program.into()],
    )
    .await
}

/// How far new authors are counted.
pub const MAX_COUNTED: i64 = 10_000;

/// The first moment of a day and of the day after another.
fn moments(since: NaiveDate, until: NaiveDate) -> (Time, Time) {
    let midnight = |day: NaiveDate| day.and_time(NaiveTime::MIN).and_utc();
    (midnight(since), until.succ_opt().map_or(Time::MAX_UTC, midnight))
}

/// How many authors of a kind, or of any, first wrote from one day to another, one more than `MAX_COUNTED` at most.
pub async fn count_new(tx: &mut Tx, program: ProgramId, kind: Option<AuthorKind>, since: NaiveDate, until: NaiveDate) -> Result<i64> {
    let (from, to) = moments(since, until);
    let statement = format!(
        "SELECT COUNT(*) FROM (SELECT 1 FROM author WHERE program_id = $1 AND first_at >= $2 AND first_at < $3 AND ($4 = '' OR kind = $4)
             LIMIT {}) found",
        MAX_COUNTED + 1
    );
    tx.value(AssertSqlSafe(statement), &[program.into(), from.into(), to.into(), kind.map_or("", AuthorKind::as_str).into()]).await
}

/// Authors that are new in a period.
#[derive(Clone, Copy, Debug)]
pub struct NewAuthorsSearch {
    pub program: ProgramId,
    /// None: of any kind.
    pub kind: Option<AuthorKind>,
    pub since: NaiveDate,
    pub until: NaiveDate,
    /// How many they are: see `count_new`.
    pub new: i64,
}

/// The most active of the authors that first wrote from one day to another: by mentions, then by followers. Where they are many,
/// only those with ten mentions are looked at, which an index holds apart.
pub async fn list_new(tx: &mut Tx, search: NewAuthorsSearch, limit: i64) -> Result<Vec<Author>> {
    let (from, to) = moments(search.since, search.until);
    let active = if search.new > MAX_COUNTED { "mentions >= 10" } else { "mentions > 0" };
    let statement = format!(
        "{SELECT} WHERE program_id = $1 AND {active} AND first_at >= $2 AND first_at < $3 AND ($5 = '' OR kind = $5)
             AND NOT EXISTS (SELECT 1 FROM erasure e WHERE e.subject_id = author.id)
         ORDER BY mentions DESC, followers DESC NULLS LAST, id LIMIT $4"
    );
    let kind = search.kind.map_or("", AuthorKind::as_str);
    tx.list(AssertSqlSafe(statement), &[search.program.into(), from.into(), to.into(), limit.into(), kind.into()]).await
}

/// Authors that other settings could change: customers with enough mentions and without a person's decision.
const UNDECIDED: &str = "FROM author a WHERE a.program_id = $1 AND a.mentions >= $2 AND a.kind = 'customer'
     AND NOT EXISTS (SELECT 1 FROM assessment s WHERE s.author_id = a.id AND s.superseded_at IS NULL AND s.origin = 'overruled')";

/// The number of authors with at least so many mentions and without a person's decision.
pub async fn count_undecided(tx: &mut Tx, program: ProgramId, mentions: i64) -> Result<i64> {
    let statement = format!("SELECT COUNT(*) {UNDECIDED}");
    tx.value(AssertSqlSafe(statement), &[program.into(), mentions.into()]).await
}

/// A random sample of them.
pub async fn draw_undecided(tx: &mut Tx, program: ProgramId, mentions: i64, limit: i64) -> Result<Vec<AuthorId>> {
    let statement = format!("SELECT a.id {UNDECIDED} ORDER BY RANDOM() LIMIT $3");
    tx.list_values(AssertSqlSafe(statement), &[program.into(), mentions.into(), limit.into()]).await
}
