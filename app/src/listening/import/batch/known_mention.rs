//! Rows that repeat a known mention.

use std::collections::HashMap;

use crate::db::Tx;
use crate::kernel::error::Result;
use crate::kernel::ids::{ImportRunId, MentionId};
use crate::listening::import::{ImportRun, RowOutcome, RowReason, store};
use crate::listening::mention::rollup::RollUp;
use crate::listening::mention::store::KnownMention;
use crate::listening::mention::{self, LanguageFrom, Mention, rules as reading};

const OUTRANKED: (Option<LanguageFrom>, Option<LanguageFrom>) = (Some(LanguageFrom::Text), Some(LanguageFrom::Export));

/// The vendors of imports. Reach is comparable only within one vendor.
#[derive(Debug)]
pub(crate) struct VendorCache {
    run: ImportRunId,
    mine: Option<&'static str>,
    others: HashMap<ImportRunId, Option<&'static str>>,
}

impl VendorCache {
    pub(crate) fn new(run: &ImportRun) -> Self {
        Self { run: run.id, mine: vendor(run), others: HashMap::new() }
    }

    /// Whether a mention comes from the same vendor as this run.
    pub(crate) async fn same(&mut self, tx: &mut Tx, known: &KnownMention) -> Result<bool> {
        let Some(run) = known.run_id.filter(|run| *run != self.run) else { return Ok(known.run_id.is_some()) };
        let theirs = match self.others.get(&run) {
            Some(theirs) => *theirs,
            None => {
                let theirs = store::find(tx, run).await?.as_ref().and_then(vendor);
                self.others.insert(run, theirs);
                theirs
            }
        };
        Ok(theirs == self.mine)
    }
}

fn vendor(run: &ImportRun) -> Option<&'static str> {
    run.mapping.preset.map(|found| found.preset.vendor())
}

/// A mention that is here already: what it lacked is filled in, what it has stays, and its counts grow. Gives how the row ended.
pub(super) async fn again_met(
    tx: &mut Tx,
    found: &mut KnownMention,
    mention: &Mention,
    same: bool,
    sums: (&mut RollUp, &mut Vec<MentionId>),
) -> Result<(RowOutcome, RowReason)> {
    let (before, (rollup, refiled)) = (found.clone(), sums);
    let (outcome, reason) = fill_in(found, mention, same);
    if outcome == RowOutcome::Updated {
        mention::store::update(tx, found).await?;
        if found.language != before.language || found.country != before.country {
            rollup.refile(&before.place(), &found.place(), before.reading);
            refiled.push(found.id);
        }
        if (found.reach, found.engagement) != (before.reach, before.engagement) {
            rollup.remeasure(&before, found);
        }
        if found.reading != before.reading {
            rollup.reread(&found.place(), before.reading, found.reading);
        }
    }
    Ok((outcome, reason))
}

/// Fills in a known mention from another row. `same`: both come from the same vendor. Gives outcome and reason.
pub(crate) fn fill_in(found: &mut KnownMention, mention: &Mention, same: bool) -> (RowOutcome, RowReason) {
    let before = found.clone();
    let fill = |mine: &mut Option<String>, theirs: &Option<String>| {
        if mine.is_none() {
            mine.clone_from(theirs);
        }
    };
    // What an export says outranks what was read from the text.
    if mention.language.is_some() && (found.language.is_none() || (found.language_from, mention.language_from) == OUTRANKED) {
        found.language.clone_from(&mention.language);
        found.language_from = mention.language_from;
        (found.sentiment, found.score) = (mention.sentiment, mention.score);
    }
    fill(&mut found.country, &mention.country);
    fill(&mut found.vendor_sentiment, &mention.vendor_sentiment);
    let read = reading::reading(reading::vendor(found.vendor_sentiment.as_deref()), found.sentiment);
    found.reading = found.corrected.unwrap_or(read);
    let mut counted = newest(&mut found.engagement, mention.engagement);
    if same || found.reach.is_none() {
        counted |= newest(&mut found.reach, mention.reach);
    }
    let filled = found.language != before.language || found.country != before.country || found.vendor_sentiment != before.vendor_sentiment;
    if filled || counted {
        return (RowOutcome::Updated, if filled { RowReason::MentionCompleted } else { RowReason::MentionRecounted });
    }
    let reason = match (&found.vendor_sentiment, &mention.vendor_sentiment) {
        // “negative”, “NEGATIVE” and −3 say the same.
        (Some(kept), Some(other)) if reading::vendor(Some(kept)) != reading::vendor(Some(other)) => {
            RowReason::SentimentKept { kept: kept.clone(), ignored: other.clone() }
        }
        _ => RowReason::MentionKnown,
    };
    (RowOutcome::Duplicate, reason)
}

/// Takes over a count that has grown. Counts grow with time: a smaller one comes from an older export.
fn newest(mine: &mut Option<i64>, theirs: Option<i64>) -> bool {
    let grown = theirs > *mine;
    if grown {
        *mine = theirs;
    }
    grown
}
