//! The table `mention`.

mod lists;
mod readings;

use std::collections::HashSet;

use chrono::NaiveDate;

use super::{LanguageFrom, Mention, Sentiment, place};
use crate::db::{DataSubject, Erase, Table, Tx, bulk};
use crate::kernel::clock::Time;
use crate::kernel::error::{Error, Result};
use crate::kernel::ids::{AuthorId, ImportRunId, MentionId, ProgramId};

pub use self::lists::{ListedMention, MentionSearch, TopicFilter, UNKNOWN, count, list, list_ids, list_last, list_newest, list_some};
pub use self::readings::{
    IndexedMention, MentionBrief, MentionToRead, list_after, list_briefs, list_found, list_found_between, update_readings,
};

/// The tables written here. A mention is deleted with its author.
pub const TABLES: &[Table] = &[Table {
    name: "mention",
    people: &[(DataSubject::Author, "author_id")],
    personal: &[("text", Erase::Row), ("url", Erase::Row), ("external_id", Erase::Row), ("dedupe_key", Erase::Row)],
    columns: &[
        "id",
        "author_id",
        "run_id",
        "line",
        "program_id",
        "at",
        "day",
        "language",
        "country",
        "vendor_sentiment",
        "sentiment",
        "score",
        "reading",
        "sensitive",
        "reach",
        "engagement",
        "no",
        "network",
        "language_from",
    ],
}];

/// A mention that exists already, as an import needs it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct KnownMention {
    pub id: MentionId,
    pub run_id: Option<ImportRunId>,
    pub line: i64,
    pub dedupe_key: String,
    pub author_id: AuthorId,
    pub at: Time,
    pub day: NaiveDate,
    pub network: String,
    pub language: Option<String>,
    pub language_from: Option<LanguageFrom>,
    pub country: Option<String>,
    pub vendor_sentiment: Option<String>,
    pub sentiment: Sentiment,
    pub score: f64,
    pub reading: Sentiment,
    pub sensitive: bool,
    /// A person's correction, which outranks vendor and own reading.
    pub corrected: Option<Sentiment>,
    pub reach: Option<i64>,
    pub engagement: Option<i64>,
}

impl From<&Mention> for KnownMention {
    /// Without a correction.
    fn from(mention: &Mention) -> Self {
        Self {
            id: mention.id,
            run_id: mention.run_id,
            line: mention.line,
            dedupe_key: mention.dedupe_key.clone(),
            author_id: mention.author_id,
            at: mention.at,
            day: mention.day,
            network: mention.network.clone(),
            language: mention.language.clone(),
            language_from: mention.language_from,
            country: mention.country.clone(),
            vendor_sentiment: mention.vendor_sentiment.clone(),
            sentiment: mention.sentiment,
            score: mention.score,
            reading: mention.reading,
            sensitive: mention.sensitive,
            corrected: None,
            reach: mention.reach,
            engagement: mention.engagement,
        }
    }
}

/// Adds mentions, none of whose keys is there already. A mention whose place was taken gets another one, which is written to it;
/// `number` is the program's.
///
/// # Errors
/// `Conflict` where millions of mentions were written in the rest of one day.
pub async fn create(tx: &mut Tx, number: i64, mentions: &mut [&mut Mention]) -> Result<()> {
    let mut left: Vec<usize> = (0..mentions.len()).collect();
    for tries in 0..TRIES {
        let batch: Vec<&Mention> = left.iter().map(|at| &*mentions[*at]).collect();
        let there = insert(tx, &batch).await?;
        left.retain(|at| !there.contains(&mentions[*at].id));
        if left.is_empty() {
            return Ok(());
        }
        for at in &left {
            mentions[*at].no = place::another(number, mentions[*at].at, tries);
        }
    }
    Err(Error::conflict("Too many mentions have the same time. Check that the export contains real times."))
}

/// Other places that are tried for a mention before it is given up.
const TRIES: u32 = 64;

/// Adds those mentions whose places are free. Gives their ids.
async fn insert(tx: &mut Tx, mentions: &[&Mention]) -> Result<HashSet<MentionId>> {
    let added = bulk::write(
        tx,
        "INSERT INTO mention (id, author_id, run_id, line, dedupe_key, program_id, external_id, url, text, at, day, language, country,
             vendor_sentiment, sentiment, score, reading, sensitive, reach, engagement, no, network, language_from)
         {} ON CONFLICT (no) DO NOTHING",
        mentions,
        |m| {
            [
                m.id.into(),
                m.author_id.into(),
                m.run_id.into(),
                m.line.into(),
                (&m.dedupe_key).into(),
                m.program_id.into(),
                (&m.external_id).into(),
                (&m.url).into(),
                (&m.text).into(),
                m.at.into(),
                m.day.into(),
                (&m.language).into(),
                (&m.country).into(),
                (&m.vendor_sentiment).into(),
                m.sentiment.into(),
                m.score.into(),
                m.reading.into(),
                m.sensitive.into(),
                m.reach.into(),
                m.engagement.into(),
                m.no.into(),
                (&m.network).into(),
                m.language_from.into(),
            ]
        },
    )
    .await?;
    let ids: Vec<MentionId> = mentions.iter().map(|mention| mention.id).collect();
    let there = if usize::try_from(added) == Ok(ids.len()) { ids } else { list_there(tx, &ids).await? };
    Ok(there.into_iter().collect())
}

/// Those of these ids that are there.
async fn list_there(tx: &mut Tx, ids: &[MentionId]) -> Result<Vec<MentionId>> {
    tx.list_values_in("SELECT id FROM mention WHERE id IN ({})", &[], ids).await
}

/// The mentions that are there already under these keys.
pub async fn list_known(tx: &mut Tx, program: ProgramId, keys: &[&str]) -> Result<Vec<KnownMention>> {
    tx.list_in(
        "SELECT id, run_id, line, dedupe_key, author_id, at, day, network, language, language_from, country, vendor_sentiment, sentiment,
             score, reading, sensitive, reach, engagement, (SELECT k.sentiment FROM correction k WHERE k.mention_id = mention.id) AS corrected
         FROM mention WHERE program_id = $1 AND dedupe_key IN ({})",
        &[program.into()],
        keys,
    )
    .await
}

/// Fills in what a mention lacked: language, country, the vendor's value; and brings its counts up to date.
pub async fn update(tx: &mut Tx, known: &KnownMention) -> Result<()> {
    tx.run(
        "UPDATE mention SET language = $2, country = $3, vendor_sentiment = $4, reading = $5, reach = $6, engagement = $7,
             language_from = $8, sentiment = $9, score = $10
         WHERE id = $1",
        &[
            known.id.into(),
            known.language.as_deref().into(),
            known.country.as_deref().into(),
            known.vendor_sentiment.as_deref().into(),
            known.reading.into(),
            known.reach.into(),
            known.engagement.into(),
            known.language_from.into(),
            known.sentiment.into(),
            known.score.into(),
        ],
    )
    .await?;
    Ok(())
}

/// The mentions that an import created at these lines of its file.
pub async fn list_at(tx: &mut Tx, run: ImportRunId, lines: &[i64]) -> Result<Vec<(i64, MentionId)>> {
    tx.list_in("SELECT line, id FROM mention WHERE run_id = $1 AND line IN ({})", &[run.into()], lines).await
}

/// The lines at which an import created mentions, after one of them and in their order.
pub async fn list_lines(tx: &mut Tx, run: ImportRunId, after: i64, limit: i64) -> Result<Vec<i64>> {
    tx.list_values(
        "SELECT line FROM mention WHERE run_id = $1 AND line > $2 ORDER BY line LIMIT $3",
        &[run.into(), after.into(), limit.into()],
    )
    .await
}

pub async fn find(tx: &mut Tx, id: MentionId) -> Result<Option<Mention>> {
    tx.find("SELECT * FROM mention WHERE id = $1", &[id.into()]).await
}

/// The time of the program's newest mention: the end of what was listened to.
pub async fn newest(tx: &mut Tx, program: ProgramId) -> Result<Option<Time>> {
    let (from, to) = place::between(crate::program::store::number(tx, program).await?, None, None);
    tx.find_value("SELECT at FROM mention WHERE no BETWEEN $1 AND $2 ORDER BY no DESC LIMIT 1", &[from.into(), to.into()]).await
}

/// Takes up to `most` of an import's mentions for good and gives them back, for the roll-ups.
pub async fn delete_of_run(tx: &mut Tx, run: ImportRunId, limit: i64) -> Result<Vec<Mention>> {
    tx.list("DELETE FROM mention WHERE id IN (SELECT id FROM mention WHERE run_id = $1 LIMIT $2) RETURNING *", &[run.into(), limit.into()])
        .await
}

/// Up to `most` mentions of an author.
pub async fn list_some_of_author(tx: &mut Tx, author: AuthorId, limit: i64) -> Result<Vec<Mention>> {
    tx.list("SELECT * FROM mention WHERE author_id = $1 LIMIT $2", &[author.into(), limit.into()]).await
}

/// Deletes mentions, with what was said and done about them.
pub async fn delete(tx: &mut Tx, ids: &[MentionId]) -> Result<()> {
    tx.run_in("DELETE FROM mention WHERE id IN ({})", &[], ids).await?;
    Ok(())
}

/// Takes up to `most` mentions that were imported before `before` for good and gives them back.
pub async fn delete_imported_before(tx: &mut Tx, program: ProgramId, before: Time, limit: i64) -> Result<Vec<Mention>> {
    tx.list(
        "DELETE FROM mention WHERE id IN (
             SELECT m.id FROM import_run r JOIN mention m ON m.run_id = r.id WHERE r.program_id = $1 AND r.created_at < $2 LIMIT $3
         ) RETURNING *",
        &[program.into(), before.into(), limit.into()],
    )
    .await
}

/// Takes the mentions with these ids of their network for good and gives them back.
pub async fn delete_named(tx: &mut Tx, program: ProgramId, ids: &[String]) -> Result<Vec<Mention>> {
    tx.list_in("DELETE FROM mention WHERE program_id = $1 AND external_id IN ({}) RETURNING *", &[program.into()], ids).await
}

pub async fn list_of_authors(tx: &mut Tx, authors: &[AuthorId]) -> Result<Vec<Mention>> {
    tx.list_in("SELECT * FROM mention WHERE author_id IN ({})", &[], authors).await
}
