//! Analyzing mentions: what each of them says, ready to be saved. This is the expensive part of an import, and it needs no database.

use std::num::NonZeroUsize;

use lru::LruCache;
use sha2::{Digest, Sha256};

use crate::kernel::ids::{AuthorId, ImportRunId, MentionId, ProgramId, TopicId};
use crate::kernel::secret::hex;
use crate::listening::author::AuthorKey;
use crate::listening::import::ImportRun;
use crate::listening::import::batch::row::ParsedMention;
use crate::listening::mention::opinion::SentimentReader;
use crate::listening::mention::rules as reading;
use crate::listening::mention::signs::{SignReader, TextSigns};
use crate::listening::mention::{LanguageFrom, Mention, Sentiment, index, language, place};
use crate::listening::repeated;
use crate::listening::topic::matcher::TopicMatcher;

/// Texts that were analyzed lately and are not analyzed again: what is passed on comes back within days.
const MAX_REMEMBERED_TEXTS: NonZeroUsize = NonZeroUsize::new(16_384).expect("some");
/// Bytes of a text that is remembered at most: who passes something on passes on little.
const MAX_REMEMBERED_BYTES: usize = 1000;

/// A mention ready to be saved, but for its author.
#[derive(Debug)]
pub(crate) struct AnalyzedMention {
    /// Its author is nobody yet.
    pub mention: Mention,
    pub author: AuthorKey,
    pub handle: String,
    pub name: Option<String>,
    pub followers: Option<i64>,
    pub signs: TextSigns,
    /// What it is found by.
    pub words: String,
    pub topics: Vec<TopicId>,
    pub print: Option<u64>,
}

/// What a text says, whoever wrote it.
#[derive(Clone, Debug)]
struct TextAnalysis {
    /// As the export gave it.
    given: Option<String>,
    detected: Option<&'static str>,
    sentiment: Sentiment,
    score: f64,
    signs: TextSigns,
    topics: Vec<TopicId>,
    print: Option<u64>,
}

/// Analyzes the mentions of one run, or of one that nobody carries out.
#[derive(Debug)]
pub(crate) struct MentionAnalyzer {
    program: ProgramId,
    number: i64,
    run: ImportRunId,
    reader: SentimentReader,
    topics: TopicMatcher,
    signs: SignReader,
    lately: LruCache<String, TextAnalysis>,
}

impl MentionAnalyzer {
    /// `number` is the program's.
    pub(crate) fn new(run: &ImportRun, number: i64, reader: SentimentReader, topics: TopicMatcher, signs: SignReader) -> Self {
        Self { program: run.program_id, number, run: run.id, reader, topics, signs, lately: LruCache::new(MAX_REMEMBERED_TEXTS) }
    }

    /// What a mention says, in full.
    pub(crate) fn analyze(&mut self, parsed: ParsedMention) -> AnalyzedMention {
        let analysis = self.say(&parsed.text, parsed.language.as_deref());
        let language_from = match (&parsed.language, analysis.detected) {
            (Some(_), _) => Some(LanguageFrom::Export),
            (None, detected) => detected.map(|_| LanguageFrom::Text),
        };
        let dedupe_key = dedupe_key(&parsed);
        let language = parsed.language.or_else(|| analysis.detected.map(str::to_owned));
        let words = index::document(&parsed.text, &parsed.network, &parsed.handle.key, language.as_deref(), parsed.country.as_deref());
        let id = MentionId::new();
        let mention = Mention {
            id,
            no: place::of(self.number, parsed.at, id.0),
            author_id: AuthorId(uuid::Uuid::nil()),
            run_id: Some(self.run),
            line: parsed.line,
            dedupe_key,
            program_id: self.program,
            network: parsed.network.clone(),
            external_id: parsed.id,
            url: parsed.url,
            text: parsed.text,
            at: parsed.at,
            day: parsed.at.date_naive(),
            language,
            language_from,
            country: parsed.country,
            reading: reading::reading(reading::vendor(parsed.vendor_sentiment.as_deref()), analysis.sentiment),
            vendor_sentiment: parsed.vendor_sentiment,
            sentiment: analysis.sentiment,
            score: analysis.score,
            sensitive: analysis.signs.sensitive,
            reach: parsed.reach,
            engagement: parsed.engagement,
        };
        AnalyzedMention {
            mention,
            author: (parsed.network, parsed.handle.key),
            handle: parsed.handle.shown,
            name: parsed.name,
            followers: parsed.followers,
            signs: analysis.signs,
            words,
            topics: analysis.topics,
            print: analysis.print,
        }
    }

    /// What a text says: a copy says what it said before.
    fn say(&mut self, text: &str, language: Option<&str>) -> TextAnalysis {
        if let Some(analysis) = self.lately.get(text)
            && analysis.given.as_deref() == language
        {
            return analysis.clone();
        }
        let detected = if language.is_none() { language::detect_language(text) } else { None };
        let (sentiment, score) = self.reader.read(text, language.or(detected));
        let analysis = TextAnalysis {
            given: language.map(str::to_owned),
            detected,
            sentiment,
            score,
            signs: self.signs.read(text),
            topics: self.topics.topics(text),
            print: repeated::rules::fingerprint(text),
        };
        if text.len() <= MAX_REMEMBERED_BYTES {
            self.lately.put(text.to_owned(), analysis.clone());
        }
        analysis
    }
}

/// What makes a mention the same in another export: network and id, else the link, else author, time and text.
pub(crate) fn dedupe_key(mention: &ParsedMention) -> String {
    match (&mention.id, &mention.url) {
        (Some(id), _) => format!("{}:{id}", mention.network),
        (None, Some(url)) => url.clone(),
        (None, None) => {
            let mut sha = Sha256::new();
            for part in
                [mention.network.as_str(), "\n", &mention.handle.key, "\n", &mention.at.timestamp().to_string(), "\n", &mention.text]
            {
                sha.update(part.as_bytes());
            }
            format!("sha:{}", hex(&sha.finalize()[..20]))
        }
    }
}
