//! One training with its measurement: what was learned, and how good it is on mentions that it did not know.

use std::collections::{BTreeMap, HashSet};
use std::time::Instant;

use crate::kernel::error::{Error, Result};
use crate::listening::sentiment::features::{FeatureBag, FeatureBuffers};
use crate::listening::sentiment::learn::{self, FOLDS, TrainingExample};
use crate::listening::sentiment::linear::{Linear, likeliest};
use crate::listening::sentiment::measure::{SentimentScore, class};
use crate::listening::sentiment::{LanguageComparison, ModelFigures, Sentiment, SentimentComparison, rules, vader};

/// A mention to learn from or to be measured on.
#[derive(Clone, Debug)]
pub struct LabelledText {
    /// Identifies the author.
    pub author: String,
    pub text: String,
    pub language: Option<String>,
    pub label: Sentiment,
    /// The label is a person's correction.
    pub corrected: bool,
}

impl LabelledText {
    fn language(&self) -> String {
        rules::language(self.language.as_deref().unwrap_or_default())
    }
}

/// A model and its figures.
#[derive(Debug)]
pub struct TrainingResult {
    pub model: Linear,
    pub weights: Vec<u8>,
    pub figures: ModelFigures,
}

/// Learns from labelled mentions and measures by cross-validation. Takes seconds on all cores: not for a request's thread.
///
/// # Errors
/// `Conflict` saying what is missing, where there are too few labels.
pub fn train(mentions: &[LabelledText]) -> Result<TrainingResult> {
    let began = Instant::now();
    enough(mentions)?;
    let examples = examples(mentions);
    let (readings, authors) = cross_validated(mentions, &examples);
    let vader: Vec<Sentiment> = mentions.iter().map(|mention| by_vader(&mention.text, mention.language.as_deref())).collect();
    let compare = |readings: &[Sentiment], keep: &dyn Fn(&LabelledText) -> bool| {
        let score = |readings: &[Sentiment]| {
            let pairs = mentions.iter().zip(readings).filter(|(mention, _)| keep(mention));
            SentimentScore::of(pairs.map(|(mention, reading)| (mention.label, *reading)))
        };
        SentimentComparison { vader: score(&vader), model: score(readings) }
    };
    let mut found: BTreeMap<String, usize> = BTreeMap::new();
    mentions.iter().for_each(|mention| *found.entry(mention.language()).or_default() += 1);
    let languages: Vec<LanguageComparison> = found
        .into_keys()
        .map(|language| {
            let scores = compare(&readings, &|mention| mention.language() == language);
            LanguageComparison { read: rules::reads(&language, &scores), language, scores }
        })
        .collect();
    let read: Vec<String> = languages.iter().filter(|language| language.read).map(|language| language.language.clone()).collect();
    // As in use: languages that the model does not rate are rated by VADER, or not at all.
    let used: Vec<Sentiment> = mentions
        .iter()
        .zip(readings.iter().zip(&vader))
        .map(|(mention, (model, vader))| if read.contains(&mention.language()) { *model } else { *vader })
        .collect();
    let corrected = compare(&used, &|mention| mention.corrected);
    let model = learn::train(&examples.iter().collect::<Vec<_>>(), &read);
    let weights = model.to_bytes();
    let figures = ModelFigures {
        folds: FOLDS,
        authors,
        all: compare(&used, &|_| true),
        languages,
        corrected: (corrected.model.mentions > 0).then_some(corrected),
        seconds: began.elapsed().as_secs_f64(),
        bytes: weights.len(),
    };
    Ok(TrainingResult { model, weights, figures })
}

/// VADER and a freshly trained model on the same mentions, by cross-validation; nothing is kept.
///
/// # Errors
/// As `train`.
pub fn compare(mentions: &[LabelledText]) -> Result<SentimentComparison> {
    let readings = read_unknown(mentions)?;
    let model = SentimentScore::of(mentions.iter().zip(readings).map(|(mention, reading)| (mention.label, reading)));
    Ok(SentimentComparison { vader: score_vader(mentions), model })
}

/// What each mention is taken for by a model that knew neither its author nor a copy of it.
///
/// # Errors
/// As `train`.
pub fn read_unknown(mentions: &[LabelledText]) -> Result<Vec<Sentiment>> {
    enough(mentions)?;
    Ok(cross_validated(mentions, &examples(mentions)).0)
}

/// How VADER alone does.
#[must_use]
pub fn score_vader(mentions: &[LabelledText]) -> SentimentScore {
    SentimentScore::of(mentions.iter().map(|mention| (mention.label, by_vader(&mention.text, mention.language.as_deref()))))
}

/// How a model does, with VADER in the languages that it does not read.
#[must_use]
pub fn score(model: &Linear, mentions: &[LabelledText]) -> SentimentScore {
    SentimentScore::of(mentions.iter().map(|mention| {
        let language = mention.language.as_deref();
        (mention.label, if model.reads(language) { model.read(&mention.text).0 } else { by_vader(&mention.text, language) })
    }))
}

fn by_vader(text: &str, language: Option<&str>) -> Sentiment {
    if rules::vader_reads(language) { vader::read(text).sentiment() } else { Sentiment::Unknown }
}

fn examples(mentions: &[LabelledText]) -> Vec<TrainingExample> {
    let mut desk = FeatureBuffers::default();
    mentions
        .iter()
        .map(|mention| {
            let mut bag = FeatureBag::default();
            desk.take_apart(&mention.text, &mut bag);
            bag.words.shrink_to_fit();
            bag.parts.shrink_to_fit();
            let weight = if mention.corrected { rules::CORRECTION_WEIGHT } else { 1.0 };
            TrainingExample { bag, class: class(mention.label).unwrap_or(1), weight }
        })
        .collect()
}

/// What each mention is taken for by a model that knew neither its author nor a copy of it; and how many authors there are.
fn cross_validated(mentions: &[LabelledText], examples: &[TrainingExample]) -> (Vec<Sentiment>, usize) {
    let authors: HashSet<&str> = mentions.iter().map(|mention| mention.author.as_str()).collect();
    let folds = learn::folds(&mentions.iter().map(|mention| (mention.author.as_str(), mention.text.as_str())).collect::<Vec<_>>());
    let readings = learn::cross_validate(examples, &folds, &[]).into_iter().map(likeliest).collect();
    (readings, authors.len())
}

fn enough(mentions: &[LabelledText]) -> Result<()> {
    let mut counts = [0_usize; 3];
    mentions.iter().filter_map(|mention| class(mention.label)).for_each(|class| counts[class] += 1);
    let all: usize = counts.iter().sum();
    if all != mentions.len() {
        return Err(Error::Internal("a mention without a label was among the training data".into()));
    }
    if all < rules::MIN_LABELLED || counts.iter().any(|count| *count < rules::MIN_LABELLED_OF_A_CLASS) {
        return Err(Error::conflict(format!(
            "There are too few labelled mentions: {} negative, {} neutral, {} positive. Training needs {} in total and {} of each. \
             Import mentions with a vendor's sentiment, or correct more.",
            counts[0],
            counts[1],
            counts[2],
            rules::MIN_LABELLED,
            rules::MIN_LABELLED_OF_A_CLASS
        )));
    }
    Ok(())
}
