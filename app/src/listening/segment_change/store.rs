//! The tables `segment_change` and `segment_change_count`.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use sqlx::AssertSqlSafe;

use super::{SegmentChange, SegmentChangeCount};
use crate::db::{DataSubject, Erase, Filter, Table, Tx, bulk};
use crate::kernel::error::Result;
use crate::kernel::ids::{AuthorId, ProgramId};
use crate::listening::segment::Segment;
use crate::listening::segment::tally::SegmentStep;

/// The tables written here. Steps are about an author through and through: they go with it.
pub const TABLES: &[Table] = &[
    Table {
        name: "segment_change",
        people: &[(DataSubject::Author, "author_id")],
        personal: &[("before", Erase::Row), ("after", Erase::Row)],
        columns: &["author_id", "month", "program_id", "mentions"],
    },
    Table::plain("segment_change_count", &["program_id", "month", "before", "after", "authors"]),
];

/// Which steps are looked for. `Some(None)` asks for “neither”.
#[derive(Clone, Debug)]
pub struct SegmentChangeSearch {
    pub program: ProgramId,
    pub before: Option<Option<Segment>>,
    pub after: Option<Option<Segment>>,
    /// The first days of the first and the last month.
    pub since: Option<NaiveDate>,
    pub until: Option<NaiveDate>,
}

impl SegmentChangeSearch {
    /// On the columns of `segment changes`, or of `movement_flow`.
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

/// The key of a change in the table of flows.
type Key = (NaiveDate, String, String);

/// What an author did: its step, and how many mentions it has written.
pub type AuthorStep = (AuthorId, i64, SegmentStep);

/// Puts the steps of authors in the place of those that were kept.
pub async fn replace(tx: &mut Tx, program: ProgramId, authors: &[AuthorId], steps: &[AuthorStep]) -> Result<()> {
    let mut flows = take(tx, authors).await?;
    bulk::write(
        tx,
        "INSERT INTO segment_change (author_id, month, program_id, mentions, before, after) {}",
        steps,
        |(author, mentions, step)| {
            [(*author).into(), step.month.into(), program.into(), (*mentions).into(), step.before.into(), step.after.into()]
        },
    )
    .await?;
    let word = |segment: Option<Segment>| segment.map_or("", Segment::as_str).to_owned();
    for (_, _, step) in steps {
        *flows.entry((step.month, word(step.before), word(step.after))).or_default() += 1;
    }
    add_flows(tx, program, flows).await
}

/// Forgets the steps of authors.
pub async fn delete(tx: &mut Tx, program: ProgramId, authors: &[AuthorId]) -> Result<()> {
    let flows = take(tx, authors).await?;
    add_flows(tx, program, flows).await
}

/// Deletes the changes of authors. Returns their effect on the flows.
async fn take(tx: &mut Tx, authors: &[AuthorId]) -> Result<BTreeMap<Key, i64>> {
    let gone: Vec<Key> = tx
        .list_in(
            "DELETE FROM segment_change WHERE author_id IN ({}) RETURNING month, COALESCE(before, ''), COALESCE(after, '')",
            &[],
            authors,
        )
        .await?;
    let mut flows = BTreeMap::new();
    for step in gone {
        *flows.entry(step).or_default() -= 1;
    }
    Ok(flows)
}

async fn add_flows(tx: &mut Tx, program: ProgramId, mut flows: BTreeMap<Key, i64>) -> Result<()> {
    flows.retain(|_, authors| *authors != 0);
    bulk::write(
        tx,
        "INSERT INTO segment_change_count (program_id, month, before, after, authors) {}
         ON CONFLICT (program_id, month, before, after) DO UPDATE SET authors = segment_change_count.authors + excluded.authors",
        &flows.into_iter().collect::<Vec<_>>(),
        |((month, before, after), authors)| [program.into(), (*month).into(), before.into(), after.into(), (*authors).into()],
    )
    .await?;
    Ok(())
}

/// Recounts the flows, without excluded authors. Returns how many changed.
pub async fn rebuild(tx: &mut Tx, program: ProgramId) -> Result<u64> {
    let kept = flows(tx, program).await?;
    for statement in [
        "DELETE FROM segment_change WHERE program_id = $1 AND author_id IN (SELECT id FROM author WHERE program_id = $1 AND kind <> 'customer')",
        "DELETE FROM segment_change_count WHERE program_id = $1",
        "INSERT INTO segment_change_count (program_id, month, before, after, authors)
         SELECT program_id, month, COALESCE(before, ''), COALESCE(after, ''), COUNT(*) FROM segment_change WHERE program_id = $1
         GROUP BY program_id, month, COALESCE(before, ''), COALESCE(after, '')",
    ] {
        tx.run(statement, &[program.into()]).await?;
    }
    let counted = flows(tx, program).await?;
    let others: BTreeSet<&Key> = kept.symmetric_difference(&counted).map(|(key, _)| key).collect();
    Ok(others.len() as u64)
}

async fn flows(tx: &mut Tx, program: ProgramId) -> Result<BTreeSet<(Key, i64)>> {
    let statement = "SELECT month, before, after, authors FROM segment_change_count WHERE program_id = $1 AND authors <> 0";
    let rows: Vec<(NaiveDate, String, String, i64)> = tx.list(statement, &[program.into()]).await?;
    Ok(rows.into_iter().map(|(month, before, after, authors)| ((month, before, after), authors)).collect())
}

/// The steps of one author, in the order of time.
pub async fn list_of(tx: &mut Tx, author: AuthorId) -> Result<Vec<SegmentStep>> {
    let rows: Vec<(NaiveDate, Option<Segment>, Option<Segment>)> =
        tx.list("SELECT month, before, after FROM segment_change WHERE author_id = $1 ORDER BY month", &[author.into()]).await?;
    Ok(rows.into_iter().map(|(month, before, after)| SegmentStep { month, before, after }).collect())
}

/// Segment changes: the latest month first, then by mentions.
pub async fn list(tx: &mut Tx, search: &SegmentChangeSearch, limit: i64, skip: i64) -> Result<Vec<SegmentChange>> {
    let filter = search.filter(false);
    let (limit_place, offset_place) = (filter.next(), filter.next() + 1);
    let statement = format!(
        "SELECT s.author_id, a.handle, a.network, s.mentions, s.month, s.before, s.after FROM segment_change s JOIN author a ON a.id = s.author_id{}
         ORDER BY s.month DESC, s.mentions DESC, s.author_id LIMIT ${limit_place} OFFSET ${offset_place}",
        filter.clause()
    );
    tx.list(AssertSqlSafe(statement), &filter.with([limit.into(), skip.into()])).await
}

/// How many steps a search finds.
pub async fn count(tx: &mut Tx, search: &SegmentChangeSearch) -> Result<i64> {
    let filter = search.filter(true);
    let statement = format!("SELECT CAST(COALESCE(SUM(s.authors), 0) AS BIGINT) FROM segment_change_count s{}", filter.clause());
    tx.value(AssertSqlSafe(statement), filter.values()).await
}

/// How many steps led from where to where.
pub async fn count_flows(tx: &mut Tx, search: &SegmentChangeSearch) -> Result<Vec<SegmentChangeCount>> {
    let filter = search.filter(true);
    let statement = format!(
        "SELECT NULLIF(s.before, '') AS before, NULLIF(s.after, '') AS after, CAST(SUM(s.authors) AS BIGINT) AS authors FROM segment_change_count s{}
         GROUP BY s.before, s.after HAVING SUM(s.authors) <> 0",
        filter.clause()
    );
    tx.list(AssertSqlSafe(statement), filter.values()).await
}

/// The newest month with a change.
pub async fn newest(tx: &mut Tx, program: ProgramId) -> Result<Option<NaiveDate>> {
    tx.value("SELECT MAX(month) FROM segment_change WHERE program_id = $1", &[program.into()]).await
}
