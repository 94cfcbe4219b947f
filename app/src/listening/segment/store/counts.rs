//! How many people are in each segment, kept as assessments change.

use std::collections::BTreeMap;

use sqlx::AssertSqlSafe;

use super::{AssessedParty, columns};
use crate::db::{Tx, bulk};
use crate::kernel::error::Result;
use crate::kernel::ids::ProgramId;
use crate::listening::segment::Segment;

/// How many are in each segment now, those excluded left out; none: neither yet.
pub async fn count_segments(tx: &mut Tx, program: ProgramId) -> Result<Vec<(Option<Segment>, i64)>> {
    tx.list(
        "SELECT NULLIF(segment, ''), people FROM segment_count WHERE program_id = $1 AND people > 0 ORDER BY segment = '', segment",
        &[program.into()],
    )
    .await
}

/// Where somebody is counted: in a segment or, as an author, in neither yet. Nowhere: without an assessment, excluded, or a customer
/// who is not apathetic.
pub type SegmentPlace = Option<Option<Segment>>;

/// How many more people each segment has, or fewer.
#[derive(Debug, Default)]
pub struct SegmentCountChange(BTreeMap<&'static str, i64>);

impl SegmentCountChange {
    /// Moves one count from a place to another.
    pub fn go(&mut self, from: SegmentPlace, to: SegmentPlace) {
        for (place, by) in [(from, -1), (to, 1)] {
            if let Some(segment) = place {
                *self.0.entry(segment.map_or("", Segment::as_str)).or_default() += by;
            }
        }
    }
}

/// Counts who went where.
pub async fn change(tx: &mut Tx, program: ProgramId, change: SegmentCountChange) -> Result<()> {
    let by: Vec<_> = change.0.into_iter().filter(|(_, by)| *by != 0).collect();
    bulk::write(
        tx,
        "INSERT INTO segment_count (program_id, segment, people) {}
         ON CONFLICT (program_id, segment) DO UPDATE SET people = segment_count.people + excluded.people",
        &by,
        |(segment, by)| [program.into(), (*segment).into(), (*by).into()],
    )
    .await?;
    Ok(())
}

/// Whom `segment_count` counts, of the assessments `s` of the authors `a`.
const COUNTED_NOW: &str = "s.superseded_at IS NULL AND (a.kind = 'customer' OR (s.author_id IS NULL AND s.segment = 'apathetic'))";

/// Recounts the program's people. Returns how many segments changed.
pub async fn recount(tx: &mut Tx, program: ProgramId) -> Result<u64> {
    let kept = count_segments(tx, program).await?;
    tx.run("DELETE FROM segment_count WHERE program_id = $1", &[program.into()]).await?;
    let statement = format!(
        "INSERT INTO segment_count (program_id, segment, people)
         SELECT s.program_id, COALESCE(s.segment, ''), COUNT(*) FROM assessment s LEFT JOIN author a ON a.id = s.author_id
         WHERE s.program_id = $1 AND {COUNTED_NOW} GROUP BY s.program_id, COALESCE(s.segment, '')"
    );
    tx.run(AssertSqlSafe(statement), &[program.into()]).await?;
    let counted: BTreeMap<_, _> = count_segments(tx, program).await?.into_iter().collect();
    let kept: BTreeMap<_, _> = kept.into_iter().collect();
    let all = kept.keys().chain(counted.keys().filter(|segment| !kept.contains_key(*segment)));
    Ok(all.filter(|segment| kept.get(*segment) != counted.get(*segment)).count() as u64)
}

/// Counts these no longer: their assessments go next.
pub async fn uncount(tx: &mut Tx, who: &[AssessedParty]) -> Result<()> {
    for (column, ids) in columns(who) {
        let statement = format!(
            "SELECT s.program_id, s.segment FROM assessment s LEFT JOIN author a ON a.id = s.author_id WHERE {COUNTED_NOW} AND s.{column} IN ({{}})"
        );
        let counted: Vec<(ProgramId, Option<Segment>)> = tx.list_in(&statement, &[], &ids).await?;
        let mut changes: BTreeMap<ProgramId, SegmentCountChange> = BTreeMap::new();
        for (program, segment) in counted {
            changes.entry(program).or_default().go(Some(segment), None);
        }
        for (program, gone) in changes {
            change(tx, program, gone).await?;
        }
    }
    Ok(())
}
