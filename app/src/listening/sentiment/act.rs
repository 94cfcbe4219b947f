//! Correct a mention; train, activate, deactivate and evaluate a model.

use std::path::PathBuf;

use serde::Serialize;
use serde_json::json;

use super::measure::SentimentScore;
use super::store::{self, Correction};
use super::{ModelVersion, Sentiment, SentimentComparison, rules};
use crate::access::account::{Actor, Permission};
use crate::access::audit::{ResourceType, act::audit};
use crate::access::job::{self, act::JobRequest};
use crate::db::{Db, Tx};
use crate::kernel::clock::{Time, now};
use crate::kernel::error::{Error, Result, ValidationErrors, blocking};
use crate::kernel::ids::{MentionId, ModelId, ProgramId};
use crate::listening::labelled_file::LabelledFile;
use crate::listening::mention::{self, rollup::RollUp};
use crate::listening::segment;
use crate::listening::sentiment::evaluation::{self, LabelledText};

/// Maximum mentions of a training, the newest and all corrected ones: half a minute, some hundred megabytes.
const MAX_TRAINING_MENTIONS: i64 = 60_000;

/// Corrects the sentiment of a mention, or removes the correction. `seen` is the correction that the person read. Saying once more what
/// is in force changes nothing.
///
/// # Errors
/// `NotFound`; `Invalid` for a reason that is too long; `Conflict` where there is nothing to take back, or someone else has said something else.
pub async fn correct(
    tx: &mut Tx,
    actor: &Actor,
    now: Time,
    id: MentionId,
    seen: Option<Sentiment>,
    sentiment: Option<Sentiment>,
    reason: &str,
) -> Result<()> {
    actor.may(Permission::ManageSentimentModel)?;
    let mut errors = ValidationErrors::default();
    let reason = errors.optional_lines("reason", "The reason", reason, 500);
    if sentiment == Some(Sentiment::Unknown) {
        errors.add("sentiment", "Choose negative, neutral or positive.");
    }
    errors.finish()?;
    let mention = mention::store::find(tx, id).await?.ok_or(Error::NotFound)?;
    let before = store::find_correction(tx, id).await?;
    if let Some(before) = &before
        && Some(before.sentiment) == sentiment
        && before.reason.as_deref().unwrap_or_default() == reason
    {
        return Ok(());
    }
    if before.map(|before| before.sentiment) != seen {
        return Err(Error::conflict("Someone else has changed the correction of this mention. Check it, then try again."));
    }
    if let Some(sentiment) = sentiment {
        let reason = Some(reason.clone()).filter(|reason| !reason.is_empty());
        let by_account = actor.account().map(|account| account.0);
        store::correct(tx, &Correction { mention_id: id, author_id: mention.author_id, sentiment, reason, by_account, at: now }).await?;
    } else if !store::delete_correction(tx, id).await? {
        return Err(Error::conflict("This mention has no correction."));
    }
    let vendor = mention::rules::vendor(mention.vendor_sentiment.as_deref());
    let reading = sentiment.unwrap_or_else(|| mention::rules::reading(vendor, mention.sentiment));
    if reading != mention.reading {
        let mut rollup = RollUp::default();
        rollup.reread(&mention.place(), mention.reading, reading);
        mention::store::update_readings(tx, &[(id, mention.sentiment, mention.score, reading)]).await?;
        rollup.apply(tx, mention.program_id).await?;
        segment::act::assess(tx, now, mention.program_id, &[mention.author_id]).await?;
    }
    let action = if sentiment.is_some() { "corrected" } else { "removed the correction of" };
    audit(actor, now, action, ResourceType::Mention, id)
        .with(json!({ "before": mention.reading, "now": reading, "reason": reason }))
        .record(tx);
    Ok(())
}

/// Asks for a training in the background.
///
/// # Errors
/// `Conflict` while one is on its way, or where there is nothing to learn from.
pub async fn ask_to_train(tx: &mut Tx, actor: &Actor, now: Time, program: ProgramId) -> Result<()> {
    actor.may(Permission::ManageSentimentModel)?;
    if job::store::find_of_program(tx, job::JobKind::Training, program).await?.is_some_and(|job| job.is_open()) {
        return Err(Error::conflict("A training is already running."));
    }
    let (corrections, vendor) = store::count_labels(tx, program).await?;
    if corrections + vendor == 0 {
        return Err(Error::conflict(
            "There are no labelled mentions to learn from. Import mentions with a vendor’s sentiment, or correct some.",
        ));
    }
    job::act::restart(tx, actor, now, JobRequest::of_program(job::JobKind::Training, program)).await
}

/// Trains a model on the program's labelled mentions and keeps it, switched off, with its figures.
///
/// # Errors
/// `Conflict` where there are too few labels.
pub async fn train(db: &Db, actor: &Actor, program: ProgramId) -> Result<ModelVersion> {
    actor.may(Permission::ManageSentimentModel)?;
    let learned = learn(db, program).await?;
    let mut tx = db.begin().await?;
    let version = keep(&mut tx, actor, now(), program, learned).await?;
    tx.commit().await?;
    Ok(version)
}

/// A trained model, before it is kept.
pub(super) struct LearnedModel {
    trained: evaluation::TrainingResult,
    labels: usize,
    corrections: usize,
}

/// Learns from the program's labelled mentions; nothing is written.
pub(super) async fn learn(db: &Db, program: ProgramId) -> Result<LearnedModel> {
    let mut tx = db.read().await?;
    let labelled = store::list_labelled(&mut tx, program, MAX_TRAINING_MENTIONS).await?;
    drop(tx);
    let mentions: Vec<LabelledText> = labelled.into_iter().filter_map(labelled_text).collect();
    let (labels, corrections) = (mentions.len(), mentions.iter().filter(|mention| mention.corrected).count());
    let trained = blocking(move || evaluation::train(&mentions)).await?;
    Ok(LearnedModel { trained, labels, corrections })
}

/// Keeps a trained model as the program's next version, switched off.
pub(super) async fn keep(tx: &mut Tx, actor: &Actor, now: Time, program: ProgramId, learned: LearnedModel) -> Result<ModelVersion> {
    let LearnedModel { trained, labels, corrections } = learned;
    let newest = store::list(tx, program).await?.first().map_or(0, |newest| newest.version);
    let version = ModelVersion {
        id: ModelId::new(),
        program_id: program,
        version: newest + 1,
        trained_at: now,
        trained_by: actor.account().map(|account| account.0),
        labels: i64::try_from(labels).unwrap_or(i64::MAX),
        corrections: i64::try_from(corrections).unwrap_or(i64::MAX),
        figures: trained.figures,
        on_since: None,
        off_since: None,
    };
    store::create(tx, &version, &trained.weights).await?;
    let scores = &version.figures.all;
    audit(actor, version.trained_at, "trained", ResourceType::SentimentModel, version.id)
        .with(json!({ "version": version.version, "labels": labels, "macro_f1": scores.model.macro_f1, "vader": scores.vader.macro_f1 }))
        .record(tx);
    Ok(version)
}

/// Lets a version read new mentions, and the old ones again in the background.
///
/// # Errors
/// `NotFound`; `Conflict` where it is worse than VADER, or of an older format.
pub async fn switch_on(tx: &mut Tx, actor: &Actor, now: Time, id: ModelId) -> Result<()> {
    actor.may(Permission::ManageSentimentModel)?;
    let version = store::find(tx, id).await?.ok_or(Error::NotFound)?;
    if version.is_on() {
        return Err(Error::conflict("This version is already active."));
    }
    if let Some(why) = rules::reason_to_keep_off(&version.figures) {
        return Err(Error::conflict(why));
    }
    store::load(tx, id).await?;
    let before = store::find_on(tx, version.program_id).await?;
    store::switch_on(tx, &version, now).await?;
    job::act::restart(tx, actor, now, JobRequest::of_program(job::JobKind::Reread, version.program_id)).await?;
    audit(actor, now, "activated", ResourceType::SentimentModel, id)
        .with(json!({ "version": version.version, "before": before.map(|before| before.version) }))
        .record(tx);
    Ok(())
}

/// Lets VADER read again, the old mentions too.
///
/// # Errors
/// `NotFound`; `Conflict` where the version is off.
pub async fn switch_off(tx: &mut Tx, actor: &Actor, now: Time, id: ModelId) -> Result<()> {
    actor.may(Permission::ManageSentimentModel)?;
    let version = store::find(tx, id).await?.ok_or(Error::NotFound)?;
    if !version.is_on() {
        return Err(Error::conflict("This version is already inactive."));
    }
    store::switch_off(tx, version.program_id, now).await?;
    job::act::restart(tx, actor, now, JobRequest::of_program(job::JobKind::Reread, version.program_id)).await?;
    audit(actor, now, "deactivated", ResourceType::SentimentModel, id).with(json!({ "version": version.version })).record(tx);
    Ok(())
}

/// A labelled file to measure on.
#[derive(Clone, Debug)]
pub struct EvaluationSample {
    pub file: PathBuf,
    /// Names of the columns.
    pub text: String,
    pub label: String,
    pub author: Option<String>,
    /// Train and measure within the file as well.
    pub cross_validate: bool,
}

/// The figures measured on a labelled file.
#[derive(Clone, Debug, Serialize)]
pub struct Evaluation {
    pub mentions: usize,
    /// Rows without a text or without a label that we know.
    pub skipped: usize,
    pub vader: SentimentScore,
    /// The program's model: the one that is on, else the newest.
    pub model: Option<EvaluatedModel>,
    pub cross_validated: Option<SentimentComparison>,
}

/// How well a kept model does.
#[derive(Clone, Debug, Serialize)]
pub struct EvaluatedModel {
    pub version: i64,
    pub on: bool,
    #[serde(flatten)]
    pub score: SentimentScore,
}

/// Measures VADER and the program's model on a labelled file. Nothing is kept.
///
/// # Errors
/// `Invalid` naming a column that the file lacks or that holds no sentiment, or for what is no export; `Conflict` for too few labels to cross-validate.
pub async fn evaluate(db: &Db, actor: &Actor, program: Option<ProgramId>, sample: EvaluationSample) -> Result<Evaluation> {
    actor.may(Permission::SeeListening)?;
    let mut tx = db.read().await?;
    let mut kept = None;
    if let Some(program) = program {
        let version = match store::find_on(&mut tx, program).await? {
            Some(on) => Some(on),
            None => store::list(&mut tx, program).await?.into_iter().next(),
        };
        if let Some(version) = version {
            kept = Some((store::load(&mut tx, version.id).await?, version));
        }
    }
    drop(tx);
    blocking(move || {
        let (mentions, skipped) = read(&sample)?;
        let model = kept.map(|(model, version)| EvaluatedModel {
            version: version.version,
            on: version.is_on(),
            score: evaluation::score(&model, &mentions),
        });
        let cross_validated = if sample.cross_validate { Some(evaluation::compare(&mentions)?) } else { None };
        Ok(Evaluation { mentions: mentions.len(), skipped, vader: evaluation::score_vader(&mentions), model, cross_validated })
    })
    .await
}

/// The labelled mentions of a file, and how many rows had none.
///
/// # Errors
/// `Invalid` for what is no export, for a column that the file lacks, and where no row has both a text and a label.
pub fn read(sample: &EvaluationSample) -> Result<(Vec<LabelledText>, usize)> {
    let mut file = LabelledFile::open(&sample.file)?;
    let (text, label) = (file.column("text", &sample.text)?, file.column("label", &sample.label)?);
    let author = sample.author.as_deref().map(|name| file.column("author", name)).transpose()?;
    let (mut mentions, mut skipped, mut labelled) = (Vec::new(), 0, 0);
    for (at, row) in file.rows().enumerate() {
        let row = row?;
        let cell = |column: usize| row.get(column).unwrap_or_default();
        let label = mention::rules::vendor(Some(cell(label)));
        labelled += usize::from(label != Sentiment::Unknown);
        if cell(text).trim().is_empty() || cell(text) == "#ERROR!" || label == Sentiment::Unknown {
            skipped += 1;
            continue;
        }
        let author = author.map_or_else(|| at.to_string(), |author| cell(author).to_lowercase());
        mentions.push(LabelledText { author, text: cell(text).to_owned(), language: None, label, corrected: false });
    }
    if !mentions.is_empty() {
        return Ok((mentions, skipped));
    }
    Err(match (skipped, labelled) {
        (0, _) => Error::field("file", "The file has a header row but no other rows."),
        (_, 0) => Error::field(
            "label",
            format!("The column “{}” contains no sentiment. Use the words negative, neutral and positive, or numbers.", sample.label),
        ),
        _ => Error::field("text", format!("No row with a label has a text in column “{}”.", sample.text)),
    })
}

fn labelled_text(row: store::LabelledMention) -> Option<LabelledText> {
    let label = row.corrected.unwrap_or_else(|| mention::rules::vendor(row.vendor_sentiment.as_deref()));
    let author = row.author_id.to_string();
    let mention = LabelledText { author, text: row.text, language: row.language, label, corrected: row.corrected.is_some() };
    (label != Sentiment::Unknown).then_some(mention)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn why(text: &str, label: &str) -> String {
        let file = std::env::temp_dir().join(format!("labelled-{}.csv", uuid::Uuid::now_v7()));
        std::fs::write(&file, text).expect("a file");
        let sample = EvaluationSample { file: file.clone(), text: "Text".into(), label: label.into(), author: None, cross_validate: false };
        let read = read(&sample);
        std::fs::remove_file(&file).expect("removed");
        match read {
            Err(Error::Invalid(mistakes)) => mistakes.into_iter().map(|(_, message)| String::from(message)).collect(),
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn a_file_without_one_label_is_refused_and_says_why() {
        let rows = "Text,Mood\nThe hinge broke again,negative\n,positive\n";
        assert!(why(rows, "Mood").starts_with("Ok("), "one row has both");
        assert!(why(rows, "Text").contains("The column “Text” contains no sentiment"));
        assert!(why("Text,Mood\n", "Mood").contains("no other rows"));
        assert!(why("Text,Mood\n,negative\n", "Mood").contains("No row with a label has a text"));
        assert!(why("<!DOCTYPE html><html><body>Please sign in</body></html>", "Mood").contains("web page"));
    }
}
