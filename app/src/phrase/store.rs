//! The tables `phrase` and `phrase_run`.

use super::{Phrase, Run};
use crate::clock::Time;
use crate::db::{Table, Tx, bulk};
use crate::error::Result;
use crate::ids::{AuthorId, ProgramId};
use crate::mention::{Sentiment, place};
use crate::{program, sql};

/// The tables written here. A phrase is what several people say; erasing a person takes their name out of it.
pub const TABLES: &[Table] = &[
    Table::plain("phrase", &["program_id", "kind", "place", "words", "posts", "before", "voices", "negative", "positive", "score"]),
    Table::plain("phrase_run", &["program_id", "computed_at", "until", "total", "posts", "before", "sampled"]),
];

/// One post as phrases are counted.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Post {
    pub author_id: AuthorId,
    pub text: String,
    pub language: Option<String>,
    pub reading: Sentiment,
}

/// A program's phrases, in their order.
pub async fn list(tx: &mut Tx, program: ProgramId) -> Result<Vec<Phrase>> {
    Ok(sql!(tx, |c| sqlx::query_as(
        "SELECT kind, words, posts, before, voices, negative, positive, score FROM phrase WHERE program_id = $1 ORDER BY kind, place"
    )
    .bind(program)
    .fetch_all(c)
    .await)?)
}

/// What they were counted from.
pub async fn find_run(tx: &mut Tx, program: ProgramId) -> Result<Option<Run>> {
    Ok(sql!(tx, |c| sqlx::query_as("SELECT computed_at, until, total, posts, before, sampled FROM phrase_run WHERE program_id = $1")
        .bind(program)
        .fetch_optional(c)
        .await)?)
}

/// Posts from a moment until another, the first so many: of voices that count, on subjects that are not sensitive.
pub async fn list_posts(tx: &mut Tx, program: ProgramId, from: Time, to: Time, most: i64) -> Result<Vec<Post>> {
    let number = program::store::number(tx, program).await?;
    let at = |time| place::of(number, time, uuid::Uuid::nil());
    Ok(sql!(tx, |c| sqlx::query_as(
        "SELECT m.author_id, m.text, m.language, m.reading FROM mention m JOIN author a ON a.id = m.author_id
         WHERE m.no >= $1 AND m.no < $2 AND m.sensitive = FALSE AND a.standing = 'counted' ORDER BY m.no LIMIT $3"
    )
    .bind(at(from))
    .bind(at(to))
    .bind(most)
    .fetch_all(c)
    .await)?)
}

/// Puts these phrases in the place of all that were there.
pub async fn replace(tx: &mut Tx, program: ProgramId, run: &Run, phrases: &[Phrase]) -> Result<()> {
    // The run goes first: whoever else counts at the same time waits here.
    sql!(tx, |c| sqlx::query(
        "INSERT INTO phrase_run (program_id, computed_at, until, total, posts, before, sampled) VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (program_id) DO UPDATE SET computed_at = excluded.computed_at, until = excluded.until, total = excluded.total,
             posts = excluded.posts, before = excluded.before, sampled = excluded.sampled"
    )
    .bind(program)
    .bind(run.computed_at)
    .bind(run.until)
    .bind(run.total)
    .bind(run.posts)
    .bind(run.before)
    .bind(run.sampled)
    .execute(c)
    .await
    .map(|_| ()))?;
    sql!(tx, |c| sqlx::query("DELETE FROM phrase WHERE program_id = $1").bind(program).execute(c).await.map(|_| ()))?;
    let rows: Vec<(i64, &Phrase)> = (1_i64..).zip(phrases).collect();
    bulk::write(
        tx,
        "INSERT INTO phrase (program_id, kind, place, words, posts, before, voices, negative, positive, score) {}",
        &rows,
        |(place, phrase)| {
            [
                program.into(),
                phrase.kind.into(),
                (*place).into(),
                (&phrase.words).into(),
                phrase.posts.into(),
                phrase.before.into(),
                phrase.voices.into(),
                phrase.negative.into(),
                phrase.positive.into(),
                phrase.score.into(),
            ]
        },
    )
    .await?;
    Ok(())
}
