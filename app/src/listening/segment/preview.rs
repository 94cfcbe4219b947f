//! The effect of other settings, before they are saved.

use super::act::{MAX_AUTHORS_AT_ONCE, heard_until, tallies};
use super::{SegmentSettings, rules, store};
use crate::db::Tx;
use crate::kernel::clock::Time;
use crate::kernel::error::Result;
use crate::kernel::ids::ProgramId;
use crate::listening::{author, mention, segment_change};

/// What other settings would change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SettingsPreview {
    /// Authors with enough mentions and without a person's decision.
    pub authors: i64,
    /// The size of the sample, or all of them.
    pub looked_at: i64,
    /// Changes of segment among those.
    pub moves: Vec<segment_change::SegmentChangeCount>,
}

/// Maximum authors of a preview; beyond, it takes a random sample.
const LOOKED_AT: i64 = 5_000;

/// How many authors other settings would move. Nothing is changed.
///
/// # Errors
/// What the database says.
pub async fn preview(tx: &mut Tx, now: Time, program: ProgramId, other: &SegmentSettings) -> Result<SettingsPreview> {
    let settings = store::settings(tx, program).await?;
    let until = heard_until(tx, program, now).await?;
    let least = settings.mentions_needed.min(other.mentions_needed);
    let authors = author::store::count_undecided(tx, program, least).await?;
    let drawn = author::store::draw_undecided(tx, program, least, LOOKED_AT).await?;
    let mut moves: Vec<segment_change::SegmentChangeCount> = Vec::new();
    for part in drawn.chunks(MAX_AUTHORS_AT_ONCE) {
        for tally in tallies(&mention::store::list_briefs(tx, part).await?).values() {
            let before = rules::side(&tally.evidence(&settings, until), &settings);
            let after = rules::side(&tally.evidence(other, until), other);
            match moves.iter_mut().find(|flow| (flow.before, flow.after) == (before, after)) {
                Some(flow) => flow.authors += 1,
                None => moves.push(segment_change::SegmentChangeCount { before, after, authors: 1 }),
            }
        }
    }
    Ok(SettingsPreview { authors, looked_at: i64::try_from(drawn.len()).unwrap_or(0), moves })
}
