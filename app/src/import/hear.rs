//! Listening to posts: what each of them says, made ready to be saved. This is the dear part of an import, and it needs no database.

use std::num::NonZeroUsize;

use lru::LruCache;
use sha2::{Digest, Sha256};

use super::Run;
use super::row::Post;
use crate::ids::{AuthorId, MentionId, ProgramId, TopicId};
use crate::mention::opinion::Ear;
use crate::mention::rules::{self as reading, Signs};
use crate::mention::{LanguageFrom, Mention, Sentiment, index, place, tongue};
use crate::secret::hex;
use crate::shout;
use crate::topic::matcher::Matcher;

/// Texts that were heard lately and are not listened to again: what is passed on comes back within days.
const LATELY: NonZeroUsize = NonZeroUsize::new(16_384).expect("some");
/// Bytes of a text that is remembered at most: who passes something on passes on little.
const LONGEST: usize = 1000;

/// A post ready to be saved, but for its voice.
#[derive(Debug)]
pub(super) struct Heard {
    /// Its author is nobody yet.
    pub mention: Mention,
    /// The network and key of its voice.
    pub voice: (String, String),
    pub handle: String,
    pub name: Option<String>,
    pub followers: Option<i64>,
    pub signs: Signs,
    /// What it is found by.
    pub words: String,
    pub topics: Vec<TopicId>,
    pub print: Option<u64>,
}

/// What a text says, whoever wrote it.
#[derive(Clone, Debug)]
struct Said {
    /// As the export gave it.
    given: Option<String>,
    detected: Option<&'static str>,
    sentiment: Sentiment,
    score: f64,
    signs: Signs,
    topics: Vec<TopicId>,
    print: Option<u64>,
}

/// Listens to the posts of one run, or of one that nobody carries out.
#[derive(Debug)]
pub(super) struct Listener {
    program: ProgramId,
    number: i64,
    run: crate::ids::ImportRunId,
    ear: Ear,
    topics: Matcher,
    lately: LruCache<String, Said>,
}

impl Listener {
    /// `number` is the program's.
    pub(super) fn new(run: &Run, number: i64, ear: Ear, topics: Matcher) -> Self {
        Self { program: run.program_id, number, run: run.id, ear, topics, lately: LruCache::new(LATELY) }
    }

    /// What a post says, in full.
    pub(super) fn hear(&mut self, post: Post) -> Heard {
        let said = self.say(&post.text, post.language.as_deref());
        let language_from = match (&post.language, said.detected) {
            (Some(_), _) => Some(LanguageFrom::Export),
            (None, detected) => detected.map(|_| LanguageFrom::Text),
        };
        let dedupe_key = dedupe_key(&post);
        let language = post.language.or_else(|| said.detected.map(str::to_owned));
        let words = index::document(&post.text, &post.network, &post.handle.key, language.as_deref(), post.country.as_deref());
        let id = MentionId::new();
        let mention = Mention {
            id,
            no: place::of(self.number, post.at, id.0),
            author_id: AuthorId(uuid::Uuid::nil()),
            run_id: Some(self.run),
            line: post.line,
            dedupe_key,
            program_id: self.program,
            network: post.network.clone(),
            external_id: post.id,
            url: post.url,
            text: post.text,
            at: post.at,
            day: post.at.date_naive(),
            language,
            language_from,
            country: post.country,
            reading: reading::reading(reading::vendor(post.vendor_sentiment.as_deref()), said.sentiment),
            vendor_sentiment: post.vendor_sentiment,
            sentiment: said.sentiment,
            score: said.score,
            sensitive: said.signs.sensitive,
            reach: post.reach,
            engagement: post.engagement,
        };
        Heard {
            mention,
            voice: (post.network, post.handle.key),
            handle: post.handle.shown,
            name: post.name,
            followers: post.followers,
            signs: said.signs,
            words,
            topics: said.topics,
            print: said.print,
        }
    }

    /// What a text says: a copy says what it said before.
    fn say(&mut self, text: &str, language: Option<&str>) -> Said {
        if let Some(said) = self.lately.get(text)
            && said.given.as_deref() == language
        {
            return said.clone();
        }
        let detected = if language.is_none() { tongue::detect(text) } else { None };
        let (sentiment, score) = self.ear.read(text, language.or(detected));
        let said = Said {
            given: language.map(str::to_owned),
            detected,
            sentiment,
            score,
            signs: reading::signs(text),
            topics: self.topics.topics(text),
            print: shout::rules::fingerprint(text),
        };
        if text.len() <= LONGEST {
            self.lately.put(text.to_owned(), said.clone());
        }
        said
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
