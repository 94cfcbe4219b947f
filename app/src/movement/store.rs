//! The tables `movement` and `movement_flow`.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use sqlx::AssertSqlSafe;

use super::{Flow, Moved};
use crate::db::{Erase, Filter, Subject, Table, Tx, bulk};
use crate::error::Result;
use crate::ids::{AuthorId, ProgramId};
use crate::segment::Segment;
use crate::segment::tally::Step;
use crate::{bind_all, rows_in, sql};

/// The tables written here. Steps are about a voice through and through: they go with it.
pub const TABLES: &[Table] = &[
    Table {
        name: "movement",
        people: &[(Subject::Author, "author_id")],
        personal: &[("before", Erase::Row), ("after", Erase::Row)],
        columns: &["author_id", "month", "program_id", "posts"],
    },
    Table::plain("movement_flow", &["program_id", "month", "before", "after", "voices"]),
];

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
    /// On the columns of `movement`, or of `movement_flow`.
    fn filter(&self, of_flows: bool) -> Filter {
        let mut filter = Filter::new();
        filter.and("s.program_id = ?", [self.program.0.into()]);
        for (column, wanted) in [("before", self.before), ("after", self.after)] {
            match wanted {
                None => {}
                Some(None) => {
                    let neither = match (column, of_flows) {
                        ("before", true) => "s.before = ''",
                        ("before", false) => "s.before IS NULL",
                        (_, true) => "s.after = ''",
                        (_, false) => "s.after IS NULL",
                    };
                    filter.and(neither, []);
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

/// How a step lies in `movement_flow`.
type Key = (NaiveDate, String, String);

/// What a voice did: its step, and how many posts it has written.
pub type Taken = (AuthorId, i64, Step);

/// Puts the steps of voices in the place of those that were kept.
pub async fn replace(tx: &mut Tx, program: ProgramId, voices: &[AuthorId], steps: &[Taken]) -> Result<()> {
    let mut flows = take(tx, voices).await?;
    bulk::write(tx, "INSERT INTO movement (author_id, month, program_id, posts, before, after) {}", steps, |(author, posts, step)| {
        [(*author).into(), step.month.into(), program.into(), (*posts).into(), step.before.into(), step.after.into()]
    })
    .await?;
    let word = |segment: Option<Segment>| segment.map_or("", Segment::as_str).to_owned();
    for (_, _, step) in steps {
        *flows.entry((step.month, word(step.before), word(step.after))).or_default() += 1;
    }
    add_flows(tx, program, flows).await
}

/// Forgets the steps of voices.
pub async fn delete(tx: &mut Tx, program: ProgramId, voices: &[AuthorId]) -> Result<()> {
    let flows = take(tx, voices).await?;
    add_flows(tx, program, flows).await
}

/// Deletes the steps of voices. Gives what that takes from the flows.
async fn take(tx: &mut Tx, voices: &[AuthorId]) -> Result<BTreeMap<Key, i64>> {
    let gone: Vec<Key> = rows_in!(
        tx,
        query_as,
        voices,
        "DELETE FROM movement WHERE author_id IN ({}) RETURNING month, COALESCE(before, ''), COALESCE(after, '')",
        []
    );
    let mut flows = BTreeMap::new();
    for step in gone {
        *flows.entry(step).or_default() -= 1;
    }
    Ok(flows)
}

async fn add_flows(tx: &mut Tx, program: ProgramId, mut flows: BTreeMap<Key, i64>) -> Result<()> {
    flows.retain(|_, voices| *voices != 0);
    bulk::write(
        tx,
        "INSERT INTO movement_flow (program_id, month, before, after, voices) {}
         ON CONFLICT (program_id, month, before, after) DO UPDATE SET voices = movement_flow.voices + excluded.voices",
        &flows.into_iter().collect::<Vec<_>>(),
        |((month, before, after), voices)| [program.into(), (*month).into(), before.into(), after.into(), (*voices).into()],
    )
    .await?;
    Ok(())
}

/// Counts the flows anew from the steps, without those of voices that are set aside. Gives how many were others before.
pub async fn rebuild(tx: &mut Tx, program: ProgramId) -> Result<u64> {
    let kept = flows(tx, program).await?;
    for statement in [
        "DELETE FROM movement WHERE program_id = $1 AND author_id IN (SELECT id FROM author WHERE program_id = $1 AND standing <> 'counted')",
        "DELETE FROM movement_flow WHERE program_id = $1",
        "INSERT INTO movement_flow (program_id, month, before, after, voices)
         SELECT program_id, month, COALESCE(before, ''), COALESCE(after, ''), COUNT(*) FROM movement WHERE program_id = $1
         GROUP BY program_id, month, COALESCE(before, ''), COALESCE(after, '')",
    ] {
        sql!(tx, |c| sqlx::query(statement).bind(program).execute(c).await.map(|_| ()))?;
    }
    let counted = flows(tx, program).await?;
    let others: BTreeSet<&Key> = kept.symmetric_difference(&counted).map(|(key, _)| key).collect();
    Ok(others.len() as u64)
}

async fn flows(tx: &mut Tx, program: ProgramId) -> Result<BTreeSet<(Key, i64)>> {
    let statement = "SELECT month, before, after, voices FROM movement_flow WHERE program_id = $1 AND voices <> 0";
    let rows: Vec<(NaiveDate, String, String, i64)> = sql!(tx, |c| sqlx::query_as(statement).bind(program).fetch_all(c).await)?;
    Ok(rows.into_iter().map(|(month, before, after, voices)| ((month, before, after), voices)).collect())
}

/// The steps of one voice, in the order of time.
pub async fn list_of(tx: &mut Tx, author: AuthorId) -> Result<Vec<Step>> {
    let rows: Vec<(NaiveDate, Option<Segment>, Option<Segment>)> = sql!(tx, |c| {
        sqlx::query_as("SELECT month, before, after FROM movement WHERE author_id = $1 ORDER BY month").bind(author).fetch_all(c).await
    })?;
    Ok(rows.into_iter().map(|(month, before, after)| Step { month, before, after }).collect())
}

/// Voices that moved: the latest month first, and in a month whoever has written most.
pub async fn list(tx: &mut Tx, search: &Search, most: i64, skip: i64) -> Result<Vec<Moved>> {
    let filter = search.filter(false);
    let (limit, offset) = (filter.next(), filter.next() + 1);
    let statement = format!(
        "SELECT s.author_id, a.handle, a.network, s.posts, s.month, s.before, s.after FROM movement s JOIN author a ON a.id = s.author_id{}
         ORDER BY s.month DESC, s.posts DESC, s.author_id LIMIT ${limit} OFFSET ${offset}",
        filter.clause()
    );
    Ok(sql!(tx, |c| bind_all!(sqlx::query_as(AssertSqlSafe(statement.clone())), filter.values()).bind(most).bind(skip).fetch_all(c).await)?)
}

/// How many steps a search finds.
pub async fn count(tx: &mut Tx, search: &Search) -> Result<i64> {
    let filter = search.filter(true);
    let statement = format!("SELECT CAST(COALESCE(SUM(s.voices), 0) AS BIGINT) FROM movement_flow s{}", filter.clause());
    Ok(sql!(tx, |c| bind_all!(sqlx::query_scalar(AssertSqlSafe(statement.clone())), filter.values()).fetch_one(c).await)?)
}

/// How many steps led from where to where.
pub async fn count_flows(tx: &mut Tx, search: &Search) -> Result<Vec<Flow>> {
    let filter = search.filter(true);
    let statement = format!(
        "SELECT NULLIF(s.before, '') AS before, NULLIF(s.after, '') AS after, CAST(SUM(s.voices) AS BIGINT) AS voices FROM movement_flow s{}
         GROUP BY s.before, s.after HAVING SUM(s.voices) <> 0",
        filter.clause()
    );
    Ok(sql!(tx, |c| bind_all!(sqlx::query_as(AssertSqlSafe(statement.clone())), filter.values()).fetch_all(c).await)?)
}

/// The newest month in which somebody moved.
pub async fn newest(tx: &mut Tx, program: ProgramId) -> Result<Option<NaiveDate>> {
    Ok(sql!(tx, |c| sqlx::query_scalar("SELECT MAX(month) FROM movement WHERE program_id = $1").bind(program).fetch_one(c).await)?)
}
