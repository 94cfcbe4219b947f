//! What assessing authors changes, saved at once.

use std::collections::BTreeMap;

use super::store::{self, SegmentCountChange};
use super::tally::AuthorTally;
use super::{Assessment, Segment};
use crate::db::Tx;
use crate::kernel::clock::Time;
use crate::kernel::error::Result;
use crate::kernel::ids::{AssessmentId, AuthorId, ProgramId};
use crate::listening::author::habits::PostingHabits;
use crate::listening::author::{self, AuthorKind};
use crate::listening::segment_change;
use crate::listening::segment_change::store::AuthorStep;
use crate::listening::volume::{self, Dimension, KindDimension, KindSlice, SentimentCounts, VolumeSlice};

/// The mentions of an author of this kind, as they move with the author from one segment to another.
pub(super) struct MentionMove<'a> {
    pub kind: AuthorKind,
    pub from: Option<Segment>,
    pub to: Option<Segment>,
    pub tally: &'a AuthorTally,
}

/// What is to be saved of authors who were assessed.
#[derive(Default)]
pub(super) struct AssessmentChanges<'a> {
    pub habits: Vec<(AuthorId, PostingHabits)>,
    /// Authors whose segment changes were computed anew, with them or without any.
    pub stepped: Vec<AuthorId>,
    pub steps: Vec<AuthorStep>,
    /// Score and confidence of assessments that stay: other settings may weigh the same reasons otherwise.
    pub weighed: Vec<(AssessmentId, f64, f64)>,
    pub fresh: Vec<Assessment>,
    pub replaced: Vec<AssessmentId>,
    pub counts: SegmentCountChange,
    pub moves: Vec<MentionMove<'a>>,
}

impl AssessmentChanges<'_> {
    /// Saves them. Gives the number of new assessments.
    pub(super) async fn save(self, tx: &mut Tx, now: Time, program: ProgramId) -> Result<i64> {
        author::store::set_habits(tx, &self.habits).await?;
        segment_change::store::replace(tx, program, &self.stepped, &self.steps).await?;
        store::weigh(tx, &self.weighed).await?;
        store::create(tx, &self.fresh, &self.replaced, now).await?;
        store::change(tx, program, self.counts).await?;
        move_mentions(tx, program, &self.moves).await?;
        Ok(i64::try_from(self.fresh.len()).unwrap_or(i64::MAX))
    }
}

/// Counts mentions where their authors are now.
pub(super) async fn move_mentions(tx: &mut Tx, program: ProgramId, moves: &[MentionMove<'_>]) -> Result<()> {
    let mut slices: BTreeMap<VolumeSlice, SentimentCounts> = BTreeMap::new();
    let mut kinds: BTreeMap<KindSlice, SentimentCounts> = BTreeMap::new();
    for MentionMove { kind, from, to, tally } in moves.iter().filter(|moved| moved.from != moved.to) {
        for (segment, by) in from.map(|from| (from, -1)).into_iter().chain(to.map(|to| (to, 1))) {
            for (day, mentions) in tally.days() {
                let (value, mentions) = (segment.as_str().to_owned(), mentions * by);
                let slice = KindSlice { kind: *kind, dimension: KindDimension::Segment, day, value: value.clone() };
                kinds.entry(slice).or_default().mentions += mentions;
                slices.entry(VolumeSlice { dimension: Dimension::Segment, day, value }).or_default().mentions += mentions;
            }
        }
    }
    volume::kinds::write(tx, program, kinds).await?;
    volume::store::add_slices(tx, program, &slices.into_iter().collect::<Vec<_>>()).await
}
