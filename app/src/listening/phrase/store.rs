//! The tables `phrase` and `phrase_run`.

use super::{Phrase, PhraseRun};
use crate::db::{Table, Tx, bulk};
use crate::kernel::clock::Time;
use crate::kernel::error::Result;
use crate::kernel::ids::{AuthorId, ProgramId};
use crate::listening::mention::{Sentiment, place};
use crate::program;

/// The tables written here. A phrase is what several people say; erasing a person takes their name out of it.
pub const TABLES: &[Table] = &[
    Table::plain("phrase", &["program_id", "kind", "place", "words", "mentions", "before", "authors", "negative", "positive", "score"]),
    Table::plain("phrase_run", &["program_id", "computed_at", "until", "total", "mentions", "before", "sampled"]),
];

/// One mention as phrases are counted.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct PhraseMention {
    pub author_id: AuthorId,
    pub text: String,
    pub language: Option<String>,
    pub reading: Sentiment,
}

/// A program's phrases, in their order.
pub async fn list(tx: &mut Tx, program: ProgramId) -> Result<Vec<Phrase>> {
    tx.list(
        "SELECT kind, words, mentions, before, authors, negative, positive, score FROM phrase WHERE program_id = $1 ORDER BY kind, place",
        &[program.into()],
    )
    .await
}

/// What they were counted from.
pub async fn find_run(tx: &mut Tx, program: ProgramId) -> Result<Option<PhraseRun>> {
    tx.find("SELECT computed_at, until, total, mentions, before, sampled FROM phrase_run WHERE program_id = $1", &[program.into()]).await
}

/// Mentions from a moment until another, the first so many: of authors that count, on subjects that are not sensitive.
pub async fn list_mentions(tx: &mut Tx, program: ProgramId, from: Time, to: Time, limit: i64) -> Result<Vec<PhraseMention>> {
    let number = program::store::number(tx, program).await?;
    let at = |time| place::of(number, time, uuid::Uuid::nil());
    tx.list(
        "SELECT m.author_id, m.text, m.language, m.reading FROM mention m JOIN author a ON a.id = m.author_id
         WHERE m.no >= $1 AND m.no < $2 AND m.sensitive = FALSE AND a.kind = 'customer' ORDER BY m.no LIMIT $3",
        &[at(from).into(), at(to).into(), limit.into()],
    )
    .await
}

/// Puts these phrases in the place of all that were there.
pub async fn replace(tx: &mut Tx, program: ProgramId, run: &PhraseRun, phrases: &[Phrase]) -> Result<()> {
    // The run is written first, so that concurrent counts wait here.
    tx.run(
        "INSERT INTO phrase_run (program_id, computed_at, until, total, mentions, before, sampled) VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (program_id) DO UPDATE SET computed_at = excluded.computed_at, until = excluded.until, total = excluded.total,
             mentions = excluded.mentions, before = excluded.before, sampled = excluded.sampled",
        &[
            program.into(),
            run.computed_at.into(),
            run.until.into(),
            run.total.into(),
            run.mentions.into(),
            run.before.into(),
            run.sampled.into(),
        ],
    )
    .await
    .map(drop)?;
    tx.run("DELETE FROM phrase WHERE program_id = $1", &[program.into()]).await?;
    let rows: Vec<(i64, &Phrase)> = (1_i64..).zip(phrases).collect();
    bulk::write(
        tx,
        "INSERT INTO phrase (program_id, kind, place, words, mentions, before, authors, negative, positive, score) {}",
        &rows,
        |(place, phrase)| {
            [
                program.into(),
                phrase.kind.into(),
                (*place).into(),
                (&phrase.words).into(),
                phrase.mentions.into(),
                phrase.before.into(),
                phrase.authors.into(),
                phrase.negative.into(),
                phrase.positive.into(),
                phrase.score.into(),
            ]
        },
    )
    .await?;
    Ok(())
}
