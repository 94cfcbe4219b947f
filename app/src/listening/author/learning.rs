//! Learning weights of the scorecard from people's decisions about authors of one program.
//!
//! The stated weights are where it begins: the more decisions there are, the further the weights move away from them (a Gaussian prior around the
//! stated weights). Erased authors and those that opted out are never among the examples. What is learned judges authors only where it
//! does at least as well as the stated weights, on authors that it did not know.

use serde::{Deserialize, Serialize};

use super::author_trait::TRAITS;
use super::measure::RecognitionScore;
use super::scorecard::{AuthorShares, STATED, Scorecard};
use crate::kernel::clock::Time;

/// Decisions for and against “customer” that are needed, of each: fewer say nothing about authors that are not known.
pub const MIN_DECISIONS_OF_EACH: usize = 10;
/// Parts of a cross-validation.
pub const FOLDS: usize = 5;
/// How strongly weights are drawn to the stated ones: as much as so many decisions would.
const PRIOR: f64 = 0.25;
/// Steps of the descent, and their length.
const STEPS: usize = 400;
const STEP: f64 = 1.0;

/// One author about which a person decided.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DecidedAuthor {
    pub shares: AuthorShares,
    /// A person said that it is not a customer.
    pub is_other: bool,
}

/// How good the learned weights are, by cross-validation, and the stated ones on the same authors.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct LearningFigures {
    pub customers: usize,
    pub others: usize,
    pub folds: usize,
    pub stated: RecognitionScore,
    pub learned: RecognitionScore,
}

#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "store", derive(sqlx::FromRow))]
pub struct KindModel {
    #[cfg_attr(feature = "store", sqlx(json))]
    pub scorecard: Scorecard,
    #[cfg_attr(feature = "store", sqlx(json))]
    pub figures: LearningFigures,
    pub is_used: bool,
    pub trained_at: Time,
}

/// The weights that explain the decisions best and stay near the stated ones. The same decisions always give the same weights.
#[must_use]
pub fn learn(examples: &[&DecidedAuthor]) -> Scorecard {
    let mut learned = Scorecard { learned: true, ..STATED };
    let count = |is_other| examples.iter().filter(|author| author.is_other == is_other).count().max(1) as f64;
    // Both sides count alike, however many decisions each has: people correct what they stumble on, not what is frequent.
    let weights = [count(false), count(true)].map(|side| examples.len() as f64 / (2.0 * side));
    let all = examples.len().max(1) as f64;
    for _ in 0..STEPS {
        let (mut constant, mut slope) = (0.0, [0.0; TRAITS]);
        for author in examples {
            let likely = 1.0 / (1.0 + (author.shares.needed() - learned.score(&author.shares)).exp());
            let error = (likely - f64::from(u8::from(author.is_other))) * weights[usize::from(author.is_other)];
            constant += error;
            for (slope, share) in slope.iter_mut().zip(author.shares.shares) {
                *slope += error * share;
            }
        }
        learned.constant -= STEP * (constant + PRIOR * (learned.constant - STATED.constant)) / all;
        for ((weight, slope), stated) in learned.weights.iter_mut().zip(slope).zip(STATED.weights) {
            *weight -= STEP * (slope + PRIOR * (*weight - stated)) / all;
        }
    }
    learned
}

/// Learns, and measures on authors that were not known. None where there are too few decisions.
#[must_use]
pub fn train(examples: &[DecidedAuthor]) -> Option<(Scorecard, LearningFigures)> {
    let others = examples.iter().filter(|author| author.is_other).count();
    let customers = examples.len() - others;
    if others < MIN_DECISIONS_OF_EACH || customers < MIN_DECISIONS_OF_EACH {
        return None;
    }
    // Each side is dealt out in turn, so that every part has some of both.
    let mut dealt = [0_usize; 2];
    let folds: Vec<usize> = examples
        .iter()
        .map(|author| {
            let next = &mut dealt[usize::from(author.is_other)];
            *next += 1;
            *next % FOLDS
        })
        .collect();
    let mut pairs = Vec::with_capacity(examples.len());
    for fold in 0..FOLDS {
        let known: Vec<&DecidedAuthor> = examples.iter().zip(&folds).filter(|(_, at)| **at != fold).map(|(author, _)| author).collect();
        let learned = learn(&known);
        let unknown = examples.iter().zip(&folds).filter(|(_, at)| **at == fold);
        pairs.extend(unknown.map(|(author, _)| (author.is_other, learned.excludes(&author.shares))));
    }
    let stated = RecognitionScore::of(examples.iter().map(|author| (author.is_other, STATED.excludes(&author.shares))));
    let figures = LearningFigures { customers, others, folds: FOLDS, stated, learned: RecognitionScore::of(pairs) };
    Some((learn(&examples.iter().collect::<Vec<_>>()), figures))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::listening::author::author_trait::AuthorTrait;

    fn author(is_other: bool, traits: &[(AuthorTrait, f64)]) -> DecidedAuthor {
        let mut shares = [0.0; TRAITS];
        for (what, share) in traits {
            shares[AuthorTrait::ALL.iter().position(|known| known == what).expect("a trait")] = *share;
        }
        DecidedAuthor { shares: AuthorShares { mentions: 10, shares }, is_other }
    }

    /// Customers of this program link to their own reviews; its partners answer questions as “we”.
    fn decisions(each: usize) -> Vec<DecidedAuthor> {
        let share = |at: usize| 0.7 + 0.02 * (at % 10) as f64;
        (0..each)
            .flat_map(|at| {
                [
                    author(false, &[(AuthorTrait::Link, share(at)), (AuthorTrait::Hashtags, share(at + 3))]),
                    author(true, &[(AuthorTrait::Reply, share(at)), (AuthorTrait::We, share(at + 5)), (AuthorTrait::Service, 0.3)]),
                ]
            })
            .collect()
    }

    #[test]
    fn a_program_learns_what_the_stated_weights_get_wrong() {
        let (learned, figures) = train(&decisions(20)).expect("enough");
        assert!(figures.stated.f1 < 0.2 && figures.learned.f1 > 0.9, "{figures:?}");
        assert!(learned.learned && learned.weights[0] < STATED.weights[0]);
        assert_eq!(train(&decisions(20)).expect("enough").0, learned, "the same decisions give the same weights");
    }

    #[test]
    fn few_decisions_teach_nothing_and_one_decision_moves_little() {
        assert_eq!(train(&decisions(MIN_DECISIONS_OF_EACH - 1)), None);
        assert_eq!(train(&[]), None);
        let typical = [author(true, &[(AuthorTrait::Link, 0.9), (AuthorTrait::Call, 0.8)])];
        let learned = learn(&typical.iter().collect::<Vec<_>>());
        let furthest = learned.weights.iter().zip(STATED.weights).map(|(one, other)| (one - other).abs()).fold(0.0, f64::max);
        assert!(furthest < 0.2, "{learned:?}");
    }

    #[test]
    fn what_the_stated_weights_know_is_not_unlearned() {
        let known: Vec<DecidedAuthor> = (0..15)
            .flat_map(|at| {
                let share = 0.6 + 0.02 * f64::from(at);
                [
                    author(true, &[(AuthorTrait::Link, share), (AuthorTrait::Call, share)]),
                    author(false, &[(AuthorTrait::FirstPerson, share), (AuthorTrait::Reply, share)]),
                ]
            })
            .collect();
        let (_, figures) = train(&known).expect("enough");
        assert_eq!((figures.stated.f1, figures.learned.f1), (1.0, 1.0));
    }
}
