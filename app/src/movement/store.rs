//! The table `movement`.

use chrono::NaiveDate;
use sqlx::AssertSqlSafe;

use super::{Flow, Moved};
use crate::db::{Erase, Filter, Subject, Table, Tx, bulk};
use crate::error::Result;
use crate::ids::{AuthorId, ProgramId};
use crate::segment::Segment;
use crate::segment::tally::Step;
use crate::{bind_all, run_in, sql};

/// The tables written here. Steps are about a voice through and through: they go with it.
pub const TABLES: &[Table] = &[Table {
    name: "movement",
    people: &[(Subject::Author, "author_id")],
    personal: &[("before", Erase::Row), ("after", Erase::Row)],
    columns: &["author_id", "month", "program_id"],
}];

/// How far lists are counted.
pub const COUNTED: i64 = 10_000;

/// Which steps are looked for. `Some(None)` asks for “neither”.
#[derive(Clone, Debug)]
pub struct Search {
    pub program: ProgramId,
    pub before: Option<Option<Segment>>,
    pub after: Option<Option<Segment>>,
    /// The first days of the first and the last month.
    pub since: Option<NaiveDate>,
    pub until: Option<NaiveDate>,
}

impl Search {
    fn filter(&self) -> Filter {
        let mut filter = Filter::new();
        filter.and("s.program_id = ?", [self.program.0.into()]);
        for (column, wanted) in [("before", self.before), ("after", self.after)] {
            match wanted {
                None => {}
                Some(None) => {
                    filter.and(if column == "before" { "s.before IS NULL" } else { "s.after IS NULL" }, []);
                }
                Some(Some(segment)) => {
                    filter.and(if column == "before" { "s.before = ?" } else { "s.after = ?" }, [segment.as_str().into()]);
                }
            }
        }
        if let Some(month) = self.since {
            filter.and("s.month >= ?", [month.into()]);
        }
        if let Some(month) = self.until {
            filter.and("s.month <= ?", [month.into()]);
        }
        filter
    }
}

/// Puts the steps of voices in the place of those that were kept.
pub async fn replace(tx: &mut Tx, program: ProgramId, voices: &[AuthorId], steps: &[(AuthorId, Step)]) -> Result<()> {
    delete(tx, voices).await?;
    for part in bulk::parts(steps) {
        let statement = bulk::statement(
            tx,
            format!("INSERT INTO movement (author_id, month, program_id, before, after) VALUES {}", bulk::places(part.len(), 5)),
        );
        sql!(tx, |c| {
            let mut query = sqlx::query(AssertSqlSafe(statement.clone()));
            for (author, step) in part {
                query = query.bind(*author).bind(step.month).bind(program).bind(step.before).bind(step.after);
            }
            query.execute(c).await.map(|_| ())
        })?;
    }
    Ok(())
}

/// Forgets the steps of voices.
pub async fn delete(tx: &mut Tx, voices: &[AuthorId]) -> Result<()> {
    run_in!(tx, voices, "DELETE FROM movement WHERE author_id IN ({})", []);
    Ok(())
}

/// The steps of one voice, in the order of time.
pub async fn list_of(tx: &mut Tx, author: AuthorId) -> Result<Vec<Step>> {
    let rows: Vec<(NaiveDate, Option<Segment>, Option<Segment>)> = sql!(tx, |c| {
        sqlx::query_as("SELECT month, before, after FROM movement WHERE author_id = $1 ORDER BY month").bind(author).fetch_all(c).await
    })?;
    Ok(rows.into_iter().map(|(month, before, after)| Step { month, before, after }).collect())
}

/// Voices that moved, latest first.
pub async fn list(tx: &mut Tx, search: &Search, most: i64, skip: i64) -> Result<Vec<Moved>> {
    let filter = search.filter();
    let (limit, offset) = (filter.next(), filter.next() + 1);
    let statement = format!(
        "SELECT s.author_id, a.handle, a.network, a.posts, s.month, s.before, s.after FROM movement s JOIN author a ON a.id = s.author_id{}
         ORDER BY s.month DESC, a.posts DESC, s.author_id LIMIT ${limit} OFFSET ${offset}",
        filter.clause()
    );
    Ok(sql!(tx, |c| bind_all!(sqlx::query_as(AssertSqlSafe(statement.clone())), filter.values()).bind(most).bind(skip).fetch_all(c).await)?)
}

/// How many steps a search finds, one more than `COUNTED` at most.
pub async fn count(tx: &mut Tx, search: &Search) -> Result<i64> {
    let filter = search.filter();
    let statement = format!("SELECT COUNT(*) FROM (SELECT 1 FROM movement s{} LIMIT {}) found", filter.clause(), COUNTED + 1);
    Ok(sql!(tx, |c| bind_all!(sqlx::query_scalar(AssertSqlSafe(statement.clone())), filter.values()).fetch_one(c).await)?)
}

/// How many steps led from where to where.
pub async fn count_flows(tx: &mut Tx, search: &Search) -> Result<Vec<Flow>> {
    let filter = search.filter();
    let statement = format!("SELECT s.before, s.after, COUNT(*) AS voices FROM movement s{} GROUP BY s.before, s.after", filter.clause());
    Ok(sql!(tx, |c| bind_all!(sqlx::query_as(AssertSqlSafe(statement.clone())), filter.values()).fetch_all(c).await)?)
}

/// The newest month in which somebody moved.
pub async fn newest(tx: &mut Tx, program: ProgramId) -> Result<Option<NaiveDate>> {
    Ok(sql!(tx, |c| sqlx::query_scalar("SELECT MAX(month) FROM movement WHERE program_id = $1").bind(program).fetch_one(c).await)?)
}
