//! One training with its measurement: what was learned, and how good it is on posts that it did not know.

use std::collections::BTreeMap;
use std::time::Instant;

use super::features::{Bag, Desk};
use super::learn::{self, Example, FOLDS};
use super::linear::{Linear, likeliest};
use super::measure::{Score, class};
use super::{Comparison, Figures, Language, Sentiment, rules, vader};
use crate::error::{Error, Result};

/// A post to learn from or to be measured on.
#[derive(Clone, Debug)]
pub struct Post {
    /// Whatever tells authors apart.
    pub author: String,
    pub text: String,
    pub language: Option<String>,
    pub label: Sentiment,
    /// The label is a person's correction.
    pub corrected: bool,
}

impl Post {
    fn language(&self) -> String {
        rules::language(self.language.as_deref().unwrap_or_default())
    }
}

/// A model and its figures.
#[derive(Debug)]
pub struct Trained {
    pub model: Linear,
    pub weights: Vec<u8>,
    pub figures: Figures,
}

/// Learns from labelled posts and measures by cross-validation. Takes seconds on all cores: not for a request's thread.
///
/// # Errors
/// `Conflict` saying what is missing, where there are too few labels.
pub fn train(posts: &[Post]) -> Result<Trained> {
    let began = Instant::now();
    enough(posts)?;
    let examples = examples(posts);
    let (readings, authors) = cross_validated(posts, &examples);
    let vader: Vec<Sentiment> = posts.iter().map(|post| by_vader(&post.text, post.language.as_deref())).collect();
    let compare = |readings: &[Sentiment], keep: &dyn Fn(&Post) -> bool| {
        let score = |readings: &[Sentiment]| {
            let pairs = posts.iter().zip(readings).filter(|(post, _)| keep(post));
            Score::of(pairs.map(|(post, reading)| (post.label, *reading)))
        };
        Comparison { vader: score(&vader), model: score(readings) }
    };
    let mut found: BTreeMap<String, usize> = BTreeMap::new();
    posts.iter().for_each(|post| *found.entry(post.language()).or_default() += 1);
    let languages: Vec<Language> = found
        .into_keys()
        .map(|language| {
            let scores = compare(&readings, &|post| post.language() == language);
            Language { read: rules::reads(&language, &scores), language, scores }
        })
        .collect();
    let read: Vec<String> = languages.iter().filter(|language| language.read).map(|language| language.language.clone()).collect();
    // As it would be in use: what the model does not read, VADER reads, or nobody.
    let used: Vec<Sentiment> = posts
        .iter()
        .zip(readings.iter().zip(&vader))
        .map(|(post, (model, vader))| if read.contains(&post.language()) { *model } else { *vader })
        .collect();
    let corrected = compare(&used, &|post| post.corrected);
    let model = learn::train(&examples.iter().collect::<Vec<_>>(), &read);
    let weights = model.to_bytes();
    let figures = Figures {
        folds: FOLDS,
        authors,
        all: compare(&used, &|_| true),
        languages,
        corrected: (corrected.model.posts > 0).then_some(corrected),
        seconds: began.elapsed().as_secs_f64(),
        bytes: weights.len(),
    };
    Ok(Trained { model, weights, figures })
}

/// VADER and a freshly trained model on the same posts, by cross-validation; nothing is kept.
///
/// # Errors
/// As `train`.
pub fn compare(posts: &[Post]) -> Result<Comparison> {
    enough(posts)?;
    let (readings, _) = cross_validated(posts, &examples(posts));
    let model = Score::of(posts.iter().zip(readings).map(|(post, reading)| (post.label, reading)));
    Ok(Comparison { vader: score_vader(posts), model })
}

/// How VADER alone does.
#[must_use]
pub fn score_vader(posts: &[Post]) -> Score {
    Score::of(posts.iter().map(|post| (post.label, by_vader(&post.text, post.language.as_deref()))))
}

/// How a model does, with VADER in the languages that it does not read.
#[must_use]
pub fn score(model: &Linear, posts: &[Post]) -> Score {
    Score::of(posts.iter().map(|post| {
        let language = post.language.as_deref();
        (post.label, if model.reads(language) { model.read(&post.text).0 } else { by_vader(&post.text, language) })
    }))
}

fn by_vader(text: &str, language: Option<&str>) -> Sentiment {
    if rules::vader_reads(language) { vader::read(text).sentiment() } else { Sentiment::Unknown }
}

fn examples(posts: &[Post]) -> Vec<Example> {
    let mut desk = Desk::default();
    posts
        .iter()
        .map(|post| {
            let mut bag = Bag::default();
            desk.take_apart(&post.text, &mut bag);
            bag.words.shrink_to_fit();
            bag.parts.shrink_to_fit();
            let weight = if post.corrected { rules::CORRECTION_WEIGHT } else { 1.0 };
            Example { bag, class: class(post.label).unwrap_or(1), weight }
        })
        .collect()
}

/// What each post is taken for by a model that knew neither its author nor a copy of it; and how many authors there are.
fn cross_validated(posts: &[Post], examples: &[Example]) -> (Vec<Sentiment>, usize) {
    let authors: std::collections::HashSet<&str> = posts.iter().map(|post| post.author.as_str()).collect();
    let folds = learn::folds(&posts.iter().map(|post| (post.author.as_str(), post.text.as_str())).collect::<Vec<_>>());
    let readings = learn::cross_validate(examples, &folds, &[]).into_iter().map(likeliest).collect();
    (readings, authors.len())
}

fn enough(posts: &[Post]) -> Result<()> {
    let mut counts = [0_usize; 3];
    posts.iter().filter_map(|post| class(post.label)).for_each(|class| counts[class] += 1);
    let all: usize = counts.iter().sum();
    if all != posts.len() {
        return Err(Error::Internal("a post without a label was to be learned from".into()));
    }
    if all < rules::FEWEST || counts.iter().any(|count| *count < rules::FEWEST_OF_A_CLASS) {
        return Err(Error::conflict(format!(
            "There are too few labels to learn from: {} negative, {} neutral, {} positive. It takes {} in all and {} of each. \
             Import posts with a vendor's sentiment, or correct more posts.",
            counts[0],
            counts[1],
            counts[2],
            rules::FEWEST,
            rules::FEWEST_OF_A_CLASS
        )));
    }
    Ok(())
}
