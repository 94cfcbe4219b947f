//! Saves a batch of rows in one short transaction: authors, mentions, counts and skipped rows.

use std::collections::{BTreeSet, HashMap, HashSet};

use crate::db::Tx;
use crate::kernel::error::Result;
use crate::kernel::ids::{AuthorId, ImportRunId, MentionId, ProgramId};
use crate::listening::author::names::KnownNames;
use crate::listening::author::store::NewAuthor;
use crate::listening::author::{self, AuthorKey, AuthorKind};
use crate::listening::import::batch::analyze::AnalyzedMention;
use crate::listening::import::batch::known_mention::{VendorCache, again_met};
use crate::listening::import::{ImportCounts, ImportRun, RowOutcome, RowReason, SkippedRow};
use crate::listening::mention::rollup::RollUp;
use crate::listening::mention::store::KnownMention;
use crate::listening::mention::{self, Mention, index};
use crate::listening::opt_out;
use crate::listening::repeated::{self, MentionCopy, memory::FingerprintMemory};
use crate::listening::search;
use crate::listening::segment::act::AuthorTallies;
use crate::listening::segment::tally::{AuthorTally, TalliedMention};

/// Authors remembered between transactions. Beyond that they are looked up again: memory stays flat however long the file is.
const MAX_REMEMBERED_AUTHORS: usize = 65_000;
/// Bytes for adding up mentions for their authors while they are read. Authors that write beyond that are read back: memory stays flat.
const MEMORY_BUDGET: usize = if cfg!(test) { 104_000 } else { 24 << 20 };
/// What an author takes of it with its first mention, and each further mention, about: how many authors there are counts more than how much they write.
const BYTES_OF_AN_AUTHOR: usize = 300;
const BYTES_OF_A_MENTION: usize = 44;

#[derive(Clone, Copy, Debug)]
struct KnownAuthor {
    id: AuthorId,
    kind: AuthorKind,
}

/// Saves batches of one run.
pub(crate) struct BatchWriter {
    program: ProgramId,
    number: i64,
    names: KnownNames,
    /// None where an author has opted out.
    authors: HashMap<AuthorKey, Option<KnownAuthor>>,
    /// Authors that this transaction meets first, not saved yet.
    new_authors: Vec<NewAuthor>,
    /// Authors that this run met first, with what their mentions add up to.
    tallies: AuthorTallies,
    /// Bytes that are left for that.
    room: usize,
    /// Every author to whose mentions something changed.
    touched: BTreeSet<AuthorId>,
    /// Those of them that posted what others posted too.
    syndicated: HashSet<AuthorId>,
    fingerprints: FingerprintMemory,
    /// What the mentions of this transaction add to the counts, the index of words and the copies.
    rollup: RollUp,
    words: Vec<search::store::IndexEntry>,
    copies: Vec<(i64, MentionCopy)>,
    /// Mentions that were here already and are found by something else now.
    refiled: Vec<MentionId>,
    vendors: VendorCache,
    /// Lines of authors who opted out.
    opted_out: Vec<i64>,
}

/// The mentions of a batch, by whether they are here already: in the database, or further up in the batch.
struct SortedRows {
    fresh: Vec<(AnalyzedMention, AuthorKind)>,
    again: Vec<AnalyzedMention>,
    known: HashMap<String, KnownMention>,
}

impl BatchWriter {
    /// `number` is the program's.
    pub(crate) fn new(run: &ImportRun, number: i64, names: KnownNames, fingerprints: FingerprintMemory) -> Self {
        Self {
            program: run.program_id,
            number,
            names,
            authors: HashMap::new(),
            new_authors: Vec::new(),
            tallies: AuthorTallies::new(),
            room: MEMORY_BUDGET,
            touched: BTreeSet::new(),
            syndicated: HashSet::new(),
            fingerprints,
            rollup: RollUp::default(),
            words: Vec::new(),
            copies: Vec::new(),
            refiled: Vec::new(),
            vendors: VendorCache::new(run),
            opted_out: Vec::new(),
        }
    }

    /// Clears its caches, after an opt-out, an erasure or a deletion by others. Authors are looked up again.
    pub(crate) async fn clear(&mut self, tx: &mut Tx) -> Result<()> {
        self.authors.clear();
        self.tallies.clear();
        self.room = MEMORY_BUDGET;
        self.fingerprints = FingerprintMemory::load(tx, self.program).await?;
        Ok(())
    }

    /// The authors to assess, what is known of those met first, and which posted what others posted too.
    pub(crate) fn finish(self) -> (BTreeSet<AuthorId>, AuthorTallies, HashSet<AuthorId>) {
        (self.touched, self.tallies, self.syndicated)
    }

    /// The lines since the last call whose authors opted out. Nothing of them may be kept.
    pub(crate) fn take_opted_out_lines(&mut self) -> Vec<i64> {
        std::mem::take(&mut self.opted_out)
    }

    /// Writes the authors that were new, what the mentions of a transaction add to the counts, and what they are found by, as the last thing
    /// before it commits.
    pub(crate) async fn count(&mut self, tx: &mut Tx) -> Result<()> {
        self.insert_new_authors(tx).await?;
        self.touched.extend(std::mem::take(&mut self.rollup).apply(tx, self.program).await?);
        search::store::create(tx, &mut std::mem::take(&mut self.words)).await?;
        repeated::store::create(tx, &std::mem::take(&mut self.copies)).await?;
        index::refresh(tx, &std::mem::take(&mut self.refiled)).await?;
        if self.authors.len() > MAX_REMEMBERED_AUTHORS {
            self.authors.clear();
        }
        Ok(())
    }

    /// Saves mentions, while the caller holds the program's listening; `count` must follow. Gives how they ended, and those that were
    /// not simply created.
    pub(crate) async fn mentions(&mut self, tx: &mut Tx, mentions: Vec<AnalyzedMention>) -> Result<(ImportCounts, Vec<SkippedRow>)> {
        let (mut counts, mut out) = (ImportCounts::default(), Vec::new());
        self.resolve_authors(tx, &mentions).await?;
        let SortedRows { mut fresh, again, mut known } = self.sort(tx, mentions, &mut counts, &mut out).await?;
        self.save(tx, &mut fresh).await?;
        for (heard, kind) in fresh {
            match kind {
                AuthorKind::Customer => counts.add(RowOutcome::Created),
                kind => leave(&mut counts, &mut out, heard.mention.line, RowOutcome::Excluded, reason_excluded(kind)),
            }
        }
        let repeated: Vec<&str> =
            again.iter().map(|heard| heard.mention.dedupe_key.as_str()).filter(|key| !known.contains_key(*key)).collect();
        known.extend(self.known(tx, &repeated).await?);
        for AnalyzedMention { mention, .. } in again {
            match known.get_mut(&mention.dedupe_key) {
                Some(found) => {
                    let same = self.vendors.same(tx, found).await?;
                    let (outcome, reason) = again_met(tx, found, &mention, same, (&mut self.rollup, &mut self.refiled)).await?;
                    leave(&mut counts, &mut out, mention.line, outcome, reason);
                    repeats(&mut out, found.run_id, found.line);
                }
                None => leave(&mut counts, &mut out, mention.line, RowOutcome::Duplicate, RowReason::MentionKnown),
            }
        }
        Ok((counts, out))
    }

    /// Separates new mentions from known ones, and skips authors who opted out.
    async fn sort(
        &mut self,
        tx: &mut Tx,
        mentions: Vec<AnalyzedMention>,
        counts: &mut ImportCounts,
        out: &mut Vec<SkippedRow>,
    ) -> Result<SortedRows> {
        let keys: Vec<&str> = mentions.iter().map(|heard| heard.mention.dedupe_key.as_str()).collect();
        let known = self.known(tx, &keys).await?;
        let (mut fresh, mut again, mut seen) = (Vec::with_capacity(mentions.len()), Vec::new(), HashSet::with_capacity(mentions.len()));
        for mut heard in mentions {
            let Some(author) = self.authors.get(&heard.author).copied().flatten() else {
                // Not even the original row is kept.
                self.opted_out.push(heard.mention.line);
                leave(counts, out, heard.mention.line, RowOutcome::Excluded, RowReason::OptedOut);
                continue;
            };
            heard.mention.author_id = author.id;
            if known.contains_key(&heard.mention.dedupe_key) || !seen.insert(heard.mention.dedupe_key.clone()) {
                again.push(heard);
            } else {
                fresh.push((heard, author.kind));
            }
        }
        Ok(SortedRows { fresh, again, known })
    }

    async fn known(&self, tx: &mut Tx, keys: &[&str]) -> Result<HashMap<String, KnownMention>> {
        let found = mention::store::list_known(tx, self.program, keys).await?;
        Ok(found.into_iter().map(|known| (known.dedupe_key.clone(), known)).collect())
    }

    /// Saves the authors that were not known, with what their first mentions add up to. Those of whom nothing is new stay unknown.
    async fn insert_new_authors(&mut self, tx: &mut Tx) -> Result<()> {
        let new_authors = std::mem::take(&mut self.new_authors);
        let mut new = Vec::with_capacity(new_authors.len());
        for author in new_authors {
            match self.rollup.take_author(author.first.id) {
                Some(first) => new.push(NewAuthor { first, ..author }),
                None => {
                    self.authors.remove(&(author.network, author.key));
                    self.tallies.remove(&author.first.id);
                }
            }
        }
        author::store::create(tx, self.program, &new).await?;
        self.touched.extend(new.iter().map(|new| new.first.id));
        Ok(())
    }

    /// Saves new mentions and adds them up.
    async fn save(&mut self, tx: &mut Tx, fresh: &mut [(AnalyzedMention, AuthorKind)]) -> Result<()> {
        let mut mentions: Vec<&mut Mention> = fresh.iter_mut().map(|(heard, _)| &mut heard.mention).collect();
        mention::store::create(tx, self.number, &mut mentions).await?;
        for (AnalyzedMention { mention, name, followers, signs, words, topics, print, .. }, _) in fresh {
            let change = self.rollup.add(mention, *signs, topics);
            change.name = name.take().or_else(|| change.name.take());
            if let Some(followers) = *followers {
                change.followed(followers, mention.at);
            }
            self.words.push((mention.no, std::mem::take(words)));
            let found = print.and_then(|print| self.fingerprints.remember(print, mention));
            if let Some(other) = found.and_then(|found| found.other) {
                // The one who posted it before is to be assessed anew too: it is no longer the only one.
                self.touched.insert(other);
                self.syndicated.extend([other, mention.author_id]);
            }
            let copy = found.map(|found| found.copy);
            self.copies.extend(copy.map(|copy| (mention.no, copy)));
            self.add_up(mention, copy);
        }
        Ok(())
    }

    /// Adds a mention to what those of an author add up to that was met first, if there is room.
    fn add_up(&mut self, mention: &Mention, copy: Option<MentionCopy>) {
        let Some(left) = self.room.checked_sub(BYTES_OF_A_MENTION) else {
            self.tallies.remove(&mention.author_id);
            return;
        };
        if let Some(tally) = self.tallies.get_mut(&mention.author_id) {
            self.room = left;
            let repeats = copy.is_some_and(|copy| copy.repeats);
            let saying =
                TalliedMention { disputed: mention.disputed(), sensitive: mention.sensitive, repeats, ..TalliedMention::default() };
            tally.add(mention.at, mention.reading, saying.of(copy.map_or(mention.id.0, |copy| copy.first_id)));
        }
    }

    /// Looks up every author of the batch and their opt-outs. New authors are saved later.
    async fn resolve_authors(&mut self, tx: &mut Tx, mentions: &[AnalyzedMention]) -> Result<()> {
        let mut new_authors: HashMap<&AuthorKey, &AnalyzedMention> = HashMap::new();
        for heard in mentions.iter().filter(|heard| !self.authors.contains_key(&heard.author)) {
            new_authors.entry(&heard.author).or_insert(heard);
        }
        if new_authors.is_empty() {
            return Ok(());
        }
        let keys: Vec<AuthorKey> = new_authors.keys().map(|key| (*key).clone()).collect();
        for (id, network, key, kind) in author::store::list_known(tx, self.program, &keys).await? {
            self.authors.insert((network, key), Some(KnownAuthor { id, kind }));
        }
        let fresh: Vec<AuthorKey> = keys.into_iter().filter(|key| !self.authors.contains_key(key)).collect();
        let opted_out = opt_out::store::list_opted_out(tx, &fresh).await?;
        for author in fresh {
            if opted_out.contains(&author) {
                self.authors.insert(author, None);
                continue;
            }
            let heard = new_authors[&author];
            let (kind, kind_evidence) = match self.names.at_sight(&heard.handle, heard.name.as_deref()) {
                Some((kind, evidence)) => (kind, Some(evidence)),
                None => (AuthorKind::Customer, None),
            };
            let first = author::store::AuthorChange::none(AuthorId::new(), heard.mention.at);
            if let Some(left) = self.room.checked_sub(BYTES_OF_AN_AUTHOR) {
                self.room = left;
                self.tallies.insert(first.id, AuthorTally::default());
            }
            self.authors.insert(author.clone(), Some(KnownAuthor { id: first.id, kind }));
            let (network, key) = author;
            self.new_authors.push(NewAuthor { network, handle: heard.handle.clone(), key, kind, kind_evidence, first });
        }
        Ok(())
    }
}

/// Sets the row that the last skipped row repeats.
fn repeats(out: &mut [SkippedRow], run: Option<ImportRunId>, line: i64) {
    if let Some(row) = out.last_mut() {
        row.repeats_run = run;
        row.repeats_line = (line > 0).then_some(line);
    }
}

/// Why the mentions of an author of this kind are excluded.
const fn reason_excluded(kind: AuthorKind) -> RowReason {
    match kind {
        AuthorKind::Own => RowReason::OwnAccount,
        AuthorKind::Employee => RowReason::Employee,
        AuthorKind::Partner => RowReason::Partner,
        AuthorKind::Media => RowReason::Media,
        AuthorKind::Bot => RowReason::Bot,
        AuthorKind::Advertiser => RowReason::Advertiser,
        AuthorKind::Unknown | AuthorKind::Customer => RowReason::AuthorExcluded,
    }
}

fn leave(counts: &mut ImportCounts, out: &mut Vec<SkippedRow>, line: i64, outcome: RowOutcome, reason: RowReason) {
    counts.add(outcome);
    out.push(SkippedRow { line, outcome, reason: Some(reason), ..SkippedRow::default() });
}
