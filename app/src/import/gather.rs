//! One batch of rows into the database, in one short transaction: voices, posts, roll-ups, and what was left out.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::hear::Heard;
use super::row::Person;
use super::{Counts, LeftOut, Outcome, Run, store};
use crate::author::names::Names;
use crate::author::store::New;
use crate::author::{self, Standing};
use crate::clock::Time;
use crate::customer::{self, Customer};
use crate::db::Tx;
use crate::error::Result;
use crate::ids::{AuthorId, CustomerId, ImportRunId, MentionId, ProgramId};
use crate::mention::rollup::RollUp;
use crate::mention::store::Known;
use crate::mention::{self, LanguageFrom, Mention, index, rules as reading};
use crate::search;
use crate::segment::act::Met;
use crate::segment::tally::{Saying, Tally};
use crate::shout::{self, Copy, memory::Memory};

/// Voices remembered between transactions. Beyond that they are looked up again: memory stays flat however long the file is.
const REMEMBERED: usize = 65_000;
/// Bytes for adding up posts for their voices while they are read. Voices that write beyond that are read back: memory stays flat.
const ROOM: usize = if cfg!(test) { 104_000 } else { 24 << 20 };
/// What a voice takes of it with its first post, and each further post, about: how many voices there are counts more than how much they write.
const OF_A_VOICE: usize = 300;
const OF_A_POST: usize = 44;

/// A voice that is known.
#[derive(Clone, Copy, Debug)]
struct Voice {
    id: AuthorId,
    standing: Standing,
}

/// Saves batches of one run.
pub(super) struct Gatherer {
    program: ProgramId,
    number: i64,
    run: ImportRunId,
    names: Names,
    /// By network and key; none where a voice has objected.
    voices: HashMap<(String, String), Option<Voice>>,
    /// Voices that this transaction meets first, not saved yet.
    strangers: Vec<New>,
    /// Voices that this run met first, with what their posts add up to.
    met: Met,
    /// Bytes that are left for that.
    room: usize,
    /// Every voice to whose posts something changed.
    touched: BTreeSet<AuthorId>,
    shouts: Memory,
    /// What the posts of this transaction add to the counts, the index of words and the copies.
    rollup: RollUp,
    words: Vec<search::store::Entry>,
    copies: Vec<(i64, Copy)>,
    /// Posts that were here already and are found by something else now.
    refiled: Vec<MentionId>,
    vendors: Vendors,
    /// Lines of voices that have objected.
    unheard: Vec<i64>,
}

/// The posts of a batch, by whether they are here already: in the database, or further up in the batch.
struct Sorted {
    fresh: Vec<(Heard, Standing)>,
    again: Vec<Heard>,
    known: HashMap<String, Known>,
}

impl Gatherer {
    /// `number` is the program's.
    pub(super) fn new(run: &Run, number: i64, names: Names, shouts: Memory) -> Self {
        Self {
            program: run.program_id,
            number,
            run: run.id,
            names,
            voices: HashMap::new(),
            strangers: Vec::new(),
            met: Met::new(),
            room: ROOM,
            touched: BTreeSet::new(),
            shouts,
            rollup: RollUp::default(),
            words: Vec::new(),
            copies: Vec::new(),
            refiled: Vec::new(),
            vendors: Vendors::new(run),
            unheard: Vec::new(),
        }
    }

    /// Forgets what it remembers from earlier transactions: somebody opted out since, was erased, or left with their last post. Voices are
    /// looked up again, and those that are gone are met anew.
    pub(super) async fn forget(&mut self, tx: &mut Tx) -> Result<()> {
        self.voices.clear();
        self.met.clear();
        self.room = ROOM;
        self.shouts = Memory::load(tx, self.program).await?;
        Ok(())
    }

    /// The voices to assess, and what is known of those met first.
    pub(super) fn finish(self) -> (BTreeSet<AuthorId>, Met) {
        (self.touched, self.met)
    }

    /// The lines that were met since this was last asked, of voices that have objected: nothing of them may be kept.
    pub(super) fn take_unheard(&mut self) -> Vec<i64> {
        std::mem::take(&mut self.unheard)
    }

    /// Writes the voices that were new, what the posts of a transaction add to the counts, and what they are found by, as the last thing
    /// before it commits.
    pub(super) async fn count(&mut self, tx: &mut Tx) -> Result<()> {
        self.greet(tx).await?;
        self.touched.extend(std::mem::take(&mut self.rollup).apply(tx, self.program).await?);
        search::store::create(tx, &mut std::mem::take(&mut self.words)).await?;
        shout::store::create(tx, &std::mem::take(&mut self.copies)).await?;
        index::refresh(tx, &std::mem::take(&mut self.refiled)).await?;
        if self.voices.len() > REMEMBERED {
            self.voices.clear();
        }
        Ok(())
    }

    /// Saves posts, while the caller holds the program's listening; `count` must follow. Gives how they ended, and those that were
    /// not simply created.
    pub(super) async fn posts(&mut self, tx: &mut Tx, posts: Vec<Heard>) -> Result<(Counts, Vec<LeftOut>)> {
        let (mut counts, mut out) = (Counts::default(), Vec::new());
        self.meet(tx, &posts).await?;
        let Sorted { mut fresh, again, mut known } = self.sort(tx, posts, &mut counts, &mut out).await?;
        self.save(tx, &mut fresh).await?;
        for (heard, standing) in fresh {
            match standing {
                Standing::Counted => counts.add(Outcome::Created),
                standing => leave(&mut counts, &mut out, heard.mention.line, Outcome::SetAside, aside(standing)),
            }
        }
        let repeated: Vec<&str> =
            again.iter().map(|heard| heard.mention.dedupe_key.as_str()).filter(|key| !known.contains_key(*key)).collect();
        known.extend(self.known(tx, &repeated).await?);
        for Heard { mention, .. } in again {
            match known.get_mut(&mention.dedupe_key) {
                Some(found) => {
                    let same = self.vendors.same(tx, found).await?;
                    let (outcome, reason) = again_met(tx, found, &mention, same, (&mut self.rollup, &mut self.refiled)).await?;
                    leave(&mut counts, &mut out, mention.line, outcome, &reason);
                    repeats(&mut out, found.run_id, found.line);
                }
                None => leave(&mut counts, &mut out, mention.line, Outcome::Duplicate, HERE_ALREADY),
            }
        }
        Ok((counts, out))
    }

    /// Tells new posts from those that are here already. Says which voices have objected.
    async fn sort(&mut self, tx: &mut Tx, posts: Vec<Heard>, counts: &mut Counts, out: &mut Vec<LeftOut>) -> Result<Sorted> {
        let keys: Vec<&str> = posts.iter().map(|heard| heard.mention.dedupe_key.as_str()).collect();
        let known = self.known(tx, &keys).await?;
        let (mut fresh, mut again, mut seen) = (Vec::with_capacity(posts.len()), Vec::new(), HashSet::with_capacity(posts.len()));
        for mut heard in posts {
            let Some(voice) = self.voices.get(&heard.voice).copied().flatten() else {
                // Of them nothing is kept, not even the row.
                self.unheard.push(heard.mention.line);
                leave(counts, out, heard.mention.line, Outcome::SetAside, "This voice has objected to being listened to.");
                continue;
            };
            heard.mention.author_id = voice.id;
            if known.contains_key(&heard.mention.dedupe_key) || !seen.insert(heard.mention.dedupe_key.clone()) {
                again.push(heard);
            } else {
                fresh.push((heard, voice.standing));
            }
        }
        Ok(Sorted { fresh, again, known })
    }

    async fn known(&self, tx: &mut Tx, keys: &[&str]) -> Result<HashMap<String, Known>> {
        let found = mention::store::list_known(tx, self.program, keys).await?;
        Ok(found.into_iter().map(|known| (known.dedupe_key.clone(), known)).collect())
    }

    /// Saves the voices that were not known, with what their first posts add up to. Those of whom nothing is new stay unknown.
    async fn greet(&mut self, tx: &mut Tx) -> Result<()> {
        let strangers = std::mem::take(&mut self.strangers);
        let mut new = Vec::with_capacity(strangers.len());
        for stranger in strangers {
            match self.rollup.take_voice(stranger.first.id) {
                Some(first) => new.push(New { first, ..stranger }),
                None => {
                    self.voices.remove(&(stranger.network, stranger.key));
                    self.met.remove(&stranger.first.id);
                }
            }
        }
        author::store::create(tx, self.program, &new).await?;
        self.touched.extend(new.iter().map(|new| new.first.id));
        Ok(())
    }

    /// Saves new posts and adds them up.
    async fn save(&mut self, tx: &mut Tx, fresh: &mut [(Heard, Standing)]) -> Result<()> {
        let mut mentions: Vec<&mut Mention> = fresh.iter_mut().map(|(heard, _)| &mut heard.mention).collect();
        mention::store::create(tx, self.number, &mut mentions).await?;
        for (Heard { mention: post, name, followers, signs, words, topics, print, .. }, _) in fresh {
            let change = self.rollup.add(post, *signs, topics);
            change.name = name.take().or_else(|| change.name.take());
            if let Some(followers) = *followers {
                change.followed(followers, post.at);
            }
            self.words.push((post.no, std::mem::take(words)));
            let copy = print.and_then(|print| self.shouts.hear(print, post.id, post.author_id, post.day));
            self.copies.extend(copy.map(|copy| (post.no, copy)));
            self.add_up(post, copy);
        }
        Ok(())
    }

    /// Adds a post to what those of a voice add up to that was met first, if there is room.
    fn add_up(&mut self, post: &Mention, copy: Option<Copy>) {
        let Some(left) = self.room.checked_sub(OF_A_POST) else {
            self.met.remove(&post.author_id);
            return;
        };
        if let Some(tally) = self.met.get_mut(&post.author_id) {
            self.room = left;
            let repeats = copy.is_some_and(|copy| copy.repeats);
            let saying = Saying { disputed: post.disputed(), sensitive: post.sensitive, repeats, ..Saying::default() };
            tally.hear(post.at, post.reading, saying.of(copy.map_or(post.id.0, |copy| copy.shout_id)));
        }
    }

    /// Makes sure that every voice of the batch is known, or known to have objected. Those that are new wait to be greeted.
    async fn meet(&mut self, tx: &mut Tx, posts: &[Heard]) -> Result<()> {
        let mut strangers: HashMap<&(String, String), &Heard> = HashMap::new();
        for heard in posts.iter().filter(|heard| !self.voices.contains_key(&heard.voice)) {
            strangers.entry(&heard.voice).or_insert(heard);
        }
        if strangers.is_empty() {
            return Ok(());
        }
        let keys: Vec<(String, String)> = strangers.keys().map(|key| (*key).clone()).collect();
        for (id, network, key, standing) in author::store::list_known(tx, self.program, &keys).await? {
            self.voices.insert((network, key), Some(Voice { id, standing }));
        }
        let fresh: Vec<(String, String)> = keys.into_iter().filter(|key| !self.voices.contains_key(key)).collect();
        let objected = author::store::list_objected(tx, &fresh).await?;
        for voice in fresh {
            if objected.contains(&voice) {
                self.voices.insert(voice, None);
                continue;
            }
            let heard = strangers[&voice];
            let (standing, standing_reason) = match self.names.at_sight(&heard.handle, heard.name.as_deref()) {
                Some((standing, reason)) => (standing, Some(reason)),
                None => (Standing::Counted, None),
            };
            let first = author::store::Change::none(AuthorId::new(), heard.mention.at);
            if let Some(left) = self.room.checked_sub(OF_A_VOICE) {
                self.room = left;
                self.met.insert(first.id, Tally::default());
            }
            self.voices.insert(voice.clone(), Some(Voice { id: first.id, standing }));
            let (network, key) = voice;
            self.strangers.push(New { network, handle: heard.handle.clone(), key, standing, standing_reason, first });
        }
        Ok(())
    }

    /// Saves customers. Gives how they ended, those that were not simply created, and whom to assess.
    pub(super) async fn people(&self, tx: &mut Tx, people: Vec<Person>, now: Time) -> Result<(Counts, Vec<LeftOut>, Vec<CustomerId>)> {
        let (mut counts, mut out, mut touched) = (Counts::default(), Vec::new(), Vec::new());
        let refs: Vec<&str> = people.iter().map(|person| person.external_ref.as_str()).collect();
        let mut known: HashMap<String, Customer> = HashMap::new();
        for found in customer::store::list_known(tx, self.program, &refs).await? {
            known.insert(found.external_ref.clone(), found);
        }
        let mut changed: HashMap<String, Customer> = HashMap::new();
        for person in people {
            let before = known.get(&person.external_ref);
            let after = Customer {
                id: before.map_or_else(CustomerId::new, |before| before.id),
                program_id: self.program,
                run_id: before.map_or(Some(self.run), |before| before.run_id),
                line: before.map_or(person.line, |before| before.line),
                external_ref: person.external_ref,
                name: person.name,
                email: person.email,
                products: person.products,
                owns_products: person.owns_products,
                consents_to_contact: person.consents_to_contact,
                survey_answer: person.survey_answer,
                survey_at: person.survey_at,
                last_contact_at: person.last_contact_at,
                created_at: before.map_or(now, |before| before.created_at),
            };
            match before {
                Some(before) if *before == after => {
                    leave(&mut counts, &mut out, person.line, Outcome::Duplicate, "This customer is here already, just so.");
                    repeats(&mut out, before.run_id, before.line);
                    continue;
                }
                Some(before) => {
                    let reason = "This customer was here already; what changed was taken over.";
                    leave(&mut counts, &mut out, person.line, Outcome::Updated, reason);
                    repeats(&mut out, before.run_id, before.line);
                }
                None => counts.add(Outcome::Created),
            }
            touched.push(after.id);
            known.insert(after.external_ref.clone(), after.clone());
            changed.insert(after.external_ref.clone(), after);
        }
        customer::store::create(tx, &changed.into_values().collect::<Vec<_>>()).await?;
        touched.sort_unstable();
        touched.dedup();
        Ok((counts, out, touched))
    }
}

const OUTRANKED: (Option<LanguageFrom>, Option<LanguageFrom>) = (Some(LanguageFrom::Text), Some(LanguageFrom::Export));
const HERE_ALREADY: &str = "This post is here already.";

/// Whose exports brought posts: what one vendor reckons as reach says nothing about what another does.
#[derive(Debug)]
pub(super) struct Vendors {
    run: ImportRunId,
    mine: Option<&'static str>,
    others: HashMap<ImportRunId, Option<&'static str>>,
}

impl Vendors {
    pub(super) fn new(run: &Run) -> Self {
        Self { run: run.id, mine: vendor(run), others: HashMap::new() }
    }

    /// Whether a post was brought by an export of the same vendor as this run's.
    pub(super) async fn same(&mut self, tx: &mut Tx, known: &Known) -> Result<bool> {
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

fn vendor(run: &Run) -> Option<&'static str> {
    run.mapping.preset.map(|found| found.preset.vendor())
}

/// A post that is here already: what it lacked is filled in, what it has stays, and its counts grow. Gives how the row ended.
async fn again_met(
    tx: &mut Tx,
    found: &mut Known,
    mention: &Mention,
    same: bool,
    sums: (&mut RollUp, &mut Vec<MentionId>),
) -> Result<(Outcome, String)> {
    let (before, (rollup, refiled)) = (found.clone(), sums);
    let (outcome, reason) = fill_in(found, mention, same);
    if outcome == Outcome::Updated {
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

/// What a post that is here already gains by another row; `same` where one vendor brought both. Gives how the row ends, and why.
pub(super) fn fill_in(found: &mut Known, mention: &Mention, same: bool) -> (Outcome, String) {
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
        let what = if filled { "what it lacked was filled in" } else { "its reach and engagement were brought up to date" };
        return (Outcome::Updated, format!("This post was here already; {what}."));
    }
    let reason = match (&found.vendor_sentiment, &mention.vendor_sentiment) {
        // “negative”, “NEGATIVE” and −3 say the same.
        (Some(kept), Some(other)) if reading::vendor(Some(kept)) != reading::vendor(Some(other)) => {
            format!("This post is here already as “{kept}”; “{other}” was not taken over.")
        }
        _ => HERE_ALREADY.into(),
    };
    (Outcome::Duplicate, reason)
}

/// Takes over a count that has grown. Counts grow with time: a smaller one comes from an older export.
fn newest(mine: &mut Option<i64>, theirs: Option<i64>) -> bool {
    let grown = theirs > *mine;
    if grown {
        *mine = theirs;
    }
    grown
}

/// Says of the last row that was left out which row it repeats.
fn repeats(out: &mut [LeftOut], run: Option<ImportRunId>, line: i64) {
    if let Some(row) = out.last_mut() {
        row.repeats_run = run;
        row.repeats_line = (line > 0).then_some(line);
    }
}

/// Why the posts of a voice in this standing are set aside.
pub(super) const fn aside(standing: Standing) -> &'static str {
    match standing {
        Standing::Own => "The organisation's own account.",
        Standing::Retailer => "The voice is taken for a retailer.",
        Standing::Bot => "The voice is taken for a bot.",
        Standing::Promoter => "The voice is taken for a promoter.",
        Standing::Aside | Standing::Counted => "The voice was set aside.",
    }
}

fn leave(counts: &mut Counts, out: &mut Vec<LeftOut>, line: i64, outcome: Outcome, reason: &str) {
    counts.add(outcome);
    out.push(LeftOut { line, outcome, reason: reason.to_owned(), ..LeftOut::default() });
}
