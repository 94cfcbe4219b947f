//! One batch of rows into the database, in one short transaction: voices, posts, roll-ups, and what was left out.

use std::collections::{BTreeSet, HashMap, HashSet};

use sha2::{Digest, Sha256};

use super::row::{Person, Post};
use super::{Counts, LeftOut, Outcome};
use crate::author::names::Names;
use crate::author::store::New;
use crate::author::{self, Standing};
use crate::clock::Time;
use crate::customer::{self, Customer};
use crate::db::Tx;
use crate::error::Result;
use crate::ids::{AuthorId, CustomerId, ImportRunId, MentionId, ProgramId, TopicId};
use crate::mention::opinion::Ear;
use crate::mention::rollup::RollUp;
use crate::mention::rules::{self as reading, Signs};
use crate::mention::store::Known;
use crate::mention::{self, LanguageFrom, Mention, Sentiment, index, place, tongue};
use crate::search;
use crate::secret::hex;
use crate::segment::act::Met;
use crate::segment::tally::{Saying, Tally};
use crate::shout::{self, Copy, memory::Memory};
use crate::topic::matcher::Matcher;

/// Voices remembered between batches. Beyond that they are looked up again: memory stays flat however long the file is.
const REMEMBERED: usize = 100_000;
/// Bytes for adding up posts for their voices while they are read. Voices that write beyond that are read back: memory stays flat.
const ROOM: usize = if cfg!(test) { 104_000 } else { 40 << 20 };
/// What a voice takes of it with its first post, and each further post, about: how many voices there are counts more than how much they write.
const OF_A_VOICE: usize = 300;
const OF_A_POST: usize = 44;

/// A post with our own reading of it, ready to be saved.
#[derive(Debug)]
pub(super) struct Heard {
    pub post: Post,
    pub key: String,
    pub sentiment: Sentiment,
    pub score: f64,
    pub signs: Signs,
    pub language_from: Option<LanguageFrom>,
    /// What it is found by.
    pub words: String,
    pub topics: Vec<TopicId>,
    pub print: Option<u64>,
}

impl Heard {
    /// Listens to a post. This is the dear part of an import; it needs no database.
    pub(super) fn new(mut post: Post, ear: &Ear, topics: &Matcher) -> Self {
        let mut language_from = post.language.is_some().then_some(LanguageFrom::Export);
        if language_from.is_none()
            && let Some(language) = tongue::detect(&post.text)
        {
            post.language = Some(language.to_owned());
            language_from = Some(LanguageFrom::Text);
        }
        let (sentiment, score) = ear.read(&post.text, post.language.as_deref());
        let signs = reading::signs(&post.text);
        let words = index::document(&post.text, &post.network, &post.handle.key, post.language.as_deref(), post.country.as_deref());
        let topics = topics.topics(&post.text);
        let print = shout::rules::fingerprint(&post.text);
        Self { key: dedupe_key(&post), sentiment, score, signs, language_from, words, topics, print, post }
    }

    fn reading(&self) -> Sentiment {
        reading::reading(reading::vendor(self.post.vendor_sentiment.as_deref()), self.sentiment)
    }
}

/// What makes a post the same in another export: network and id, else the link, else author, time and text.
pub(super) fn dedupe_key(post: &Post) -> String {
    match (&post.id, &post.url) {
        (Some(id), _) => format!("{}:{id}", post.network),
        (None, Some(url)) => url.clone(),
        (None, None) => {
            let mut sha = Sha256::new();
            for part in [post.network.as_str(), "\n", &post.handle.key, "\n", &post.at.timestamp().to_string(), "\n", &post.text] {
                sha.update(part.as_bytes());
            }
            format!("sha:{}", hex(&sha.finalize()[..20]))
        }
    }
}

#[derive(Clone, Debug)]
struct Voice {
    id: AuthorId,
    /// Why its posts are set aside, where they are.
    aside: Option<String>,
}

/// Saves batches of one run.
pub(super) struct Gatherer {
    program: ProgramId,
    number: i64,
    run: ImportRunId,
    names: Names,
    voices: HashMap<(String, String), Option<Voice>>,
    /// Voices that this run met first, with what their posts add up to.
    met: Met,
    /// Bytes that are left for that.
    room: usize,
    /// Every voice to whose posts something changed.
    touched: BTreeSet<AuthorId>,
    shouts: Memory,
    /// What the posts of this transaction add to the counts.
    rollup: RollUp,
}

/// How the posts of a batch ended.
struct Sorted {
    mentions: Vec<Mention>,
    kept: Vec<(Voice, Heard)>,
    /// Those that are new.
    fresh: HashSet<MentionId>,
    known: HashMap<String, Known>,
}

impl Gatherer {
    /// `number` is the program's.
    pub(super) fn new(program: ProgramId, number: i64, run: ImportRunId, names: Names, shouts: Memory) -> Self {
        Self {
            program,
            number,
            run,
            names,
            voices: HashMap::new(),
            met: Met::new(),
            room: ROOM,
            touched: BTreeSet::new(),
            shouts,
            rollup: RollUp::default(),
        }
    }

    /// The voices to assess, and what is known of those met first.
    pub(super) fn finish(self) -> (BTreeSet<AuthorId>, Met) {
        (self.touched, self.met)
    }

    /// Writes what the posts of a transaction add to the counts, as the last thing before it commits.
    pub(super) async fn count(&mut self, tx: &mut Tx) -> Result<()> {
        let rollup = std::mem::take(&mut self.rollup);
        self.touched.extend(rollup.apply(tx, self.program).await?);
        Ok(())
    }

    /// Saves posts, while the caller holds the program's listening; `count` must follow. Gives how they ended, and those that were
    /// not simply created.
    pub(super) async fn posts(&mut self, tx: &mut Tx, posts: Vec<Heard>) -> Result<(Counts, Vec<LeftOut>)> {
        let (mut counts, mut out) = (Counts::default(), Vec::new());
        let strangers = self.meet(tx, &posts).await?;
        let mut batch = self.sort(tx, posts, &mut counts, &mut out).await?;
        let mut refiled = Vec::new();
        for (mention, (_, heard)) in batch.mentions.iter().zip(&batch.kept).filter(|(mention, _)| batch.fresh.contains(&mention.id)) {
            let change = self.rollup.add(mention, heard.signs, &heard.topics);
            change.name = heard.post.name.clone().or_else(|| change.name.take());
            if let Some(followers) = heard.post.followers {
                change.followed(followers, mention.at);
            }
        }
        self.greet(tx, strangers).await?;
        self.save(tx, &mut batch).await?;
        for (mention, (voice, _)) in batch.mentions.iter().zip(&batch.kept) {
            if batch.fresh.contains(&mention.id) {
                match &voice.aside {
                    None => counts.add(Outcome::Created),
                    Some(why) => leave(&mut counts, &mut out, mention.line, Outcome::SetAside, why),
                }
            } else if let Some(found) = batch.known.get_mut(&mention.dedupe_key) {
                let (outcome, reason) = again_met(tx, found, mention, &mut self.rollup, &mut refiled).await?;
                leave(&mut counts, &mut out, mention.line, outcome, &reason);
                repeats(&mut out, found);
            } else {
                leave(&mut counts, &mut out, mention.line, Outcome::Duplicate, HERE_ALREADY);
            }
        }
        index::refresh(tx, &refiled).await?;
        Ok((counts, out))
    }

    /// Tells new posts from those that are here already, in the database or further up in the batch.
    async fn sort(&self, tx: &mut Tx, posts: Vec<Heard>, counts: &mut Counts, out: &mut Vec<LeftOut>) -> Result<Sorted> {
        let (mut mentions, mut kept) = (Vec::with_capacity(posts.len()), Vec::with_capacity(posts.len()));
        for heard in posts {
            match self.voice(&heard.post) {
                Some(voice) => {
                    mentions.push(self.mention(&heard, voice.id));
                    kept.push((voice, heard));
                }
                None => leave(counts, out, heard.post.line, Outcome::SetAside, "This voice has objected to being listened to."),
            }
        }
        let keys: Vec<&str> = mentions.iter().map(|mention| mention.dedupe_key.as_str()).collect();
        let known = self.known(tx, &keys).await?;
        let (mut seen, mut fresh) = (HashSet::new(), HashSet::new());
        for mention in &mentions {
            if !known.contains_key(&mention.dedupe_key) && seen.insert(mention.dedupe_key.as_str()) {
                fresh.insert(mention.id);
            }
        }
        Ok(Sorted { mentions, kept, fresh, known })
    }

    async fn known(&self, tx: &mut Tx, keys: &[&str]) -> Result<HashMap<String, Known>> {
        let found = mention::store::list_known(tx, self.program, keys).await?;
        Ok(found.into_iter().map(|known| (known.dedupe_key.clone(), known)).collect())
    }

    fn voice(&self, post: &Post) -> Option<Voice> {
        self.voices.get(&(post.network.clone(), post.handle.key.clone())).cloned().flatten()
    }

    /// Saves voices that were not known, with what their posts in this batch add up to. Those of whom nothing is new stay unknown.
    async fn greet(&mut self, tx: &mut Tx, strangers: Vec<New>) -> Result<()> {
        let mut new = Vec::with_capacity(strangers.len());
        for stranger in strangers {
            match self.rollup.take_voice(stranger.first.id) {
                Some(first) => new.push(New { first, ..stranger }),
                None => drop(self.voices.remove(&(stranger.network, stranger.key))),
            }
        }
        author::store::create(tx, self.program, &new).await?;
        for New { first, .. } in new {
            if let Some(left) = self.room.checked_sub(OF_A_VOICE) {
                self.room = left;
                self.met.insert(first.id, Tally::default());
            }
            self.touched.insert(first.id);
        }
        Ok(())
    }

    /// Saves the new posts of a batch; afterwards those that repeat one of them find it among the known.
    async fn save(&mut self, tx: &mut Tx, batch: &mut Sorted) -> Result<()> {
        let copies = self.copies(batch);
        let Sorted { mentions, kept, fresh: new, known } = batch;
        let mut fresh: Vec<&mut Mention> = mentions.iter_mut().filter(|mention| new.contains(&mention.id)).collect();
        mention::store::create(tx, self.number, &mut fresh).await?;
        let mut words: Vec<_> = mentions
            .iter()
            .zip(kept)
            .filter(|(mention, _)| new.contains(&mention.id))
            .map(|(mention, (_, heard))| (mention.no, std::mem::take(&mut heard.words)))
            .collect();
        search::store::create(tx, &mut words).await?;
        shout::store::create(tx, self.program, &copies).await?;
        let copies: HashMap<MentionId, Copy> = copies.into_iter().map(|copy| (copy.mention_id, copy)).collect();
        let (fresh, again): (Vec<&Mention>, Vec<&Mention>) = mentions.iter().partition(|mention| new.contains(&mention.id));
        for post in fresh {
            let Some(left) = self.room.checked_sub(OF_A_POST) else {
                self.met.remove(&post.author_id);
                continue;
            };
            if let Some(tally) = self.met.get_mut(&post.author_id) {
                self.room = left;
                let disputed = reading::disputed(reading::vendor(post.vendor_sentiment.as_deref()), post.sentiment);
                let copy = copies.get(&post.id);
                let repeats = copy.is_some_and(|copy| copy.repeats);
                let saying = Saying { disputed, sensitive: post.sensitive, repeats, ..Saying::default() };
                tally.hear(post.at, post.reading, saying.of(copy.map_or(post.id.0, |copy| copy.shout_id)));
            }
        }
        let repeated: Vec<&str> = again.iter().map(|mention| mention.dedupe_key.as_str()).filter(|key| !known.contains_key(*key)).collect();
        known.extend(self.known(tx, &repeated).await?);
        Ok(())
    }

    /// Which of the new posts say what was said before.
    fn copies(&mut self, batch: &Sorted) -> Vec<Copy> {
        let fresh = batch.mentions.iter().zip(&batch.kept).filter(|(mention, _)| batch.fresh.contains(&mention.id));
        fresh.filter_map(|(mention, (_, heard))| self.shouts.hear(heard.print?, mention.id, mention.author_id, mention.day)).collect()
    }

    /// Makes sure that every voice of the batch is known, or known to have objected. Gives those that are new and not saved yet.
    async fn meet(&mut self, tx: &mut Tx, posts: &[Heard]) -> Result<Vec<New>> {
        if self.voices.len() > REMEMBERED {
            self.voices.clear();
        }
        let mut strangers: HashMap<(String, String), &Post> = HashMap::new();
        for Heard { post, .. } in posts {
            let key = (post.network.clone(), post.handle.key.clone());
            if !self.voices.contains_key(&key) {
                strangers.entry(key).or_insert(post);
            }
        }
        if strangers.is_empty() {
            return Ok(Vec::new());
        }
        let keys: Vec<(String, String)> = strangers.keys().cloned().collect();
        self.recall(tx, &keys).await?;
        let fresh: Vec<(String, String)> = keys.into_iter().filter(|key| !self.voices.contains_key(key)).collect();
        let hashes: Vec<String> = fresh.iter().map(|(network, key)| author::store::objection_hash(tx, network, key)).collect();
        let objected = author::store::list_objections(tx, &hashes).await?;
        let mut new = Vec::new();
        for ((network, key), hash) in fresh.into_iter().zip(&hashes) {
            if objected.contains(hash) {
                self.voices.insert((network, key), None);
                continue;
            }
            let post = strangers[&(network.clone(), key.clone())];
            let (standing, reason) = match self.names.at_sight(&post.handle.shown, post.name.as_deref()) {
                Some((standing, reason)) => (standing, Some(reason)),
                None => (Standing::Counted, None),
            };
            let first = author::store::Change::none(AuthorId::new(), post.at);
            let aside = (standing != Standing::Counted).then(|| aside(standing));
            self.voices.insert((network.clone(), key.clone()), Some(Voice { id: first.id, aside }));
            new.push(New { network, handle: post.handle.shown.clone(), key, standing, standing_reason: reason, first });
        }
        Ok(new)
    }

    async fn recall(&mut self, tx: &mut Tx, keys: &[(String, String)]) -> Result<()> {
        for (id, network, key, standing) in author::store::list_known(tx, self.program, keys).await? {
            let aside = (standing != Standing::Counted).then(|| aside(standing));
            self.voices.insert((network, key), Some(Voice { id, aside }));
        }
        Ok(())
    }

    fn mention(&self, heard: &Heard, author: AuthorId) -> Mention {
        let post = &heard.post;
        let id = MentionId::new();
        Mention {
            id,
            no: place::of(self.number, post.at, id.0),
            author_id: author,
            run_id: Some(self.run),
            line: post.line,
            dedupe_key: heard.key.clone(),
            program_id: self.program,
            network: post.network.clone(),
            external_id: post.id.clone(),
            url: post.url.clone(),
            text: post.text.clone(),
            at: post.at,
            day: post.at.date_naive(),
            language: post.language.clone(),
            language_from: heard.language_from,
            country: post.country.clone(),
            vendor_sentiment: post.vendor_sentiment.clone(),
            sentiment: heard.sentiment,
            score: heard.score,
            reading: heard.reading(),
            sensitive: heard.signs.sensitive,
            reach: post.reach,
            engagement: post.engagement,
        }
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
                    continue;
                }
                Some(_) => counts.add(Outcome::Updated),
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

/// A post that is here already: what it lacked is filled in, what it has stays.
async fn again_met(
    tx: &mut Tx,
    found: &mut Known,
    mention: &Mention,
    rollup: &mut RollUp,
    refiled: &mut Vec<MentionId>,
) -> Result<(Outcome, String)> {
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
    let counted = newest(&mut found.reach, mention.reach) | newest(&mut found.engagement, mention.engagement);
    let filled = found.language != before.language || found.country != before.country || found.vendor_sentiment != before.vendor_sentiment;
    if filled || counted {
        mention::store::update(tx, found).await?;
        if found.language != before.language || found.country != before.country {
            rollup.refile(&before.place(), &found.place(), before.reading);
            refiled.push(found.id);
        }
        if counted {
            rollup.remeasure(&before, found);
        }
        if found.reading != before.reading {
            rollup.reread(&found.place(), before.reading, found.reading);
        }
        let what = if filled { "what it lacked was filled in" } else { "its reach and engagement were brought up to date" };
        return Ok((Outcome::Updated, format!("This post was here already; {what}.")));
    }
    Ok((
        Outcome::Duplicate,
        match (&found.vendor_sentiment, &mention.vendor_sentiment) {
            (Some(kept), Some(other)) if kept != other => format!("This post is here already as “{kept}”; “{other}” was not taken over."),
            _ => HERE_ALREADY.into(),
        },
    ))
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
fn repeats(out: &mut [LeftOut], found: &Known) {
    if let Some(row) = out.last_mut() {
        row.repeats_run = found.run_id;
        row.repeats_line = (found.line > 0).then_some(found.line);
    }
}

/// Why the posts of a voice in this standing are set aside.
pub(super) fn aside(standing: Standing) -> String {
    match standing {
        Standing::Own => "The organisation's own account.".into(),
        Standing::Retailer => "The voice is taken for a retailer.".into(),
        Standing::Bot => "The voice is taken for a bot.".into(),
        Standing::Promoter => "The voice is taken for a promoter.".into(),
        Standing::Aside | Standing::Counted => "The voice was set aside.".into(),
    }
}

fn leave(counts: &mut Counts, out: &mut Vec<LeftOut>, line: i64, outcome: Outcome, reason: &str) {
    counts.add(outcome);
    out.push(LeftOut { line, outcome, reason: reason.to_owned(), ..LeftOut::default() });
}
