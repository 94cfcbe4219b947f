//! A trained model: weights in one table, read by adding up. It is kept as bytes, with a format number in front.

use std::cell::RefCell;

use super::features::{BITS, DENSE, FeatureBag, FeatureBuffers};
use super::{CLASSES, Sentiment};
use crate::kernel::error::{Error, Result};

/// The format of a model's bytes. It changes with features, hash or layout; models of another format are trained again.
const FORMAT: u8 = 1;
const MARK: &[u8; 3] = b"WHS";
/// How much parts of words count beside whole words. Found by trying.
pub(super) const PARTS: f32 = 0.7;

thread_local! {
    /// One desk a thread: its lists grow once.
    static DESK: RefCell<(FeatureBuffers, FeatureBag)> = RefCell::default();
}

/// Weights for one place: negative, neutral, positive, and the place's share in the length of a mention.
pub(super) type Weights = [f32; 4];

/// A model that reads mentions.
#[derive(Clone, Debug, PartialEq)]
pub struct Linear {
    pub(super) table: Vec<Weights>,
    pub(super) bias: [f32; 3],
    pub(super) dense: [[f32; 3]; DENSE],
    /// Languages that it was trained on, as `rules::language` writes them; empty text: mentions without one.
    pub languages: Vec<String>,
}

impl Linear {
    /// How likely a mention is negative, neutral and positive; the three sum to 1.
    #[must_use]
    pub fn probabilities(&self, bag: &FeatureBag) -> [f32; 3] {
        let words = self.sum(&bag.words);
        let parts = self.sum(&bag.parts);
        let mut logits = self.bias;
        for class in 0..3 {
            logits[class] += words[class] + PARTS * parts[class];
            for (weights, value) in self.dense.iter().zip(&bag.dense) {
                logits[class] += weights[class] * value;
            }
        }
        softmax(logits)
    }

    /// Sentiment, and a score from −1 to 1: how likely the mention is positive, less how likely it is negative.
    #[must_use]
    pub fn read(&self, text: &str) -> (Sentiment, f64) {
        let probabilities = DESK.with_borrow_mut(|(desk, bag)| {
            desk.take_apart(text, bag);
            self.probabilities(bag)
        });
        (likeliest(probabilities), f64::from(probabilities[2] - probabilities[0]))
    }

    /// Whether it has learned this language. Mentions that do not say theirs are read.
    #[must_use]
    pub fn reads(&self, language: Option<&str>) -> bool {
        language.map(super::rules::language).is_none_or(|language| language.is_empty() || self.languages.contains(&language))
    }

    fn sum(&self, places: &[u32]) -> [f32; 3] {
        let mut sum = [0.0; 4];
        for place in places {
            let weights = &self.table[*place as usize];
            for lane in 0..4 {
                sum[lane] += weights[lane];
            }
        }
        let length = sum[3].sqrt().max(1e-6);
        [sum[0] / length, sum[1] / length, sum[2] / length]
    }

    /// The model as bytes. Weights are rounded to 16 bits; unused places are left out.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let used: Vec<(usize, &Weights)> = self.table.iter().enumerate().filter(|(_, weights)| weights[3] > 0.0).collect();
        let limit = |lanes: std::ops::Range<usize>| {
            used.iter().flat_map(|(_, weights)| &weights[lanes.clone()]).fold(0.0_f32, |limit, w| limit.max(w.abs()))
        };
        let steps = [limit(0..3), limit(3..4)].map(|limit| limit.max(1e-6) / f32::from(i16::MAX));
        let mut bytes = MARK.to_vec();
        bytes.push(FORMAT);
        let numbers = steps.iter().chain(&self.bias).chain(self.dense.iter().flatten());
        numbers.for_each(|number| bytes.extend(number.to_le_bytes()));
        let languages = self.languages.join(",");
        put(&mut bytes, languages.len());
        bytes.extend(languages.as_bytes());
        put(&mut bytes, used.len());
        let mut before = 0;
        for (place, weights) in used {
            put(&mut bytes, place - before);
            before = place;
            for (lane, weight) in weights.iter().enumerate() {
                bytes.extend(((weight / steps[usize::from(lane == 3)]).round() as i16).to_le_bytes());
            }
        }
        bytes
    }

    /// A model from its bytes.
    ///
    /// # Errors
    /// `Conflict` for another format or damaged bytes.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let mut bytes = ModelBytes(bytes);
        if bytes.take(3) != Some(MARK) || bytes.take(1) != Some(&[FORMAT]) {
            return Err(Error::conflict("This model was trained by another version of Weheard. Train a new one."));
        }
        Self::parse(&mut bytes).ok_or_else(|| Error::conflict("The model is damaged. Train a new one."))
    }

    fn parse(bytes: &mut ModelBytes<'_>) -> Option<Self> {
        let steps = [bytes.float()?, bytes.float()?];
        let mut model = Self { table: vec![[0.0; 4]; 1 << BITS], bias: [0.0; 3], dense: [[0.0; 3]; DENSE], languages: Vec::new() };
        for number in model.bias.iter_mut().chain(model.dense.iter_mut().flatten()) {
            *number = bytes.float()?;
        }
        let length = bytes.number()?;
        let languages = std::str::from_utf8(bytes.take(length)?).ok()?;
        model.languages = languages.split(',').map(str::to_owned).collect();
        let mut place = 0_usize;
        for _ in 0..bytes.number()? {
            place = place.checked_add(bytes.number()?)?;
            let weights = model.table.get_mut(place)?;
            for (lane, weight) in weights.iter_mut().enumerate() {
                let value = i16::from_le_bytes(bytes.take(2)?.try_into().ok()?);
                *weight = f32::from(value) * steps[usize::from(lane == 3)];
            }
        }
        bytes.0.is_empty().then_some(model)
    }
}

#[must_use]
pub fn likeliest(probabilities: [f32; 3]) -> Sentiment {
    let best = (0..3).fold(0, |best, class| if probabilities[class] > probabilities[best] { class } else { best });
    CLASSES[best]
}

pub(super) fn softmax(logits: [f32; 3]) -> [f32; 3] {
    let limit = logits[0].max(logits[1]).max(logits[2]);
    let powers = logits.map(|logit| (logit - limit).exp());
    let sum: f32 = powers.iter().sum();
    powers.map(|power| power / sum)
}

/// Seven bits a byte, the eighth says that more follow.
fn put(bytes: &mut Vec<u8>, mut number: usize) {
    while number >= 0x80 {
        bytes.push((number as u8 & 0x7f) | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

struct ModelBytes<'a>(&'a [u8]);

impl<'a> ModelBytes<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn float(&mut self) -> Option<f32> {
        Some(f32::from_le_bytes(self.take(4)?.try_into().ok()?)).filter(|number| number.is_finite())
    }

    fn number(&mut self) -> Option<usize> {
        let mut number = 0_usize;
        for shift in (0..28).step_by(7) {
            let byte = self.take(1)?[0];
            number |= usize::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(number);
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn model() -> Linear {
        let mut table = vec![[0.0; 4]; 1 << BITS];
        for (place, weights) in table.iter_mut().enumerate().step_by(37) {
            *weights = [place as f32 / 1e6, -1.5, 0.25, 30.0];
        }
        Linear { table, bias: [0.1, 0.0, -0.1], dense: [[0.5; 3]; DENSE], languages: vec![String::new(), "en".into()] }
    }

    #[test]
    fn a_model_survives_being_kept() {
        let model = model();
        let kept = Linear::from_bytes(&model.to_bytes()).expect("readable");
        assert_eq!((kept.bias, kept.dense, &kept.languages), (model.bias, model.dense, &model.languages));
        for (kept, made) in kept.table.iter().zip(&model.table) {
            assert!((0..4).all(|lane| (kept[lane] - made[lane]).abs() < 0.001), "{kept:?} {made:?}");
        }
        assert_eq!(Linear::from_bytes(&kept.to_bytes()).expect("again"), kept);
    }

    #[test]
    fn other_bytes_are_refused() {
        let bytes = model().to_bytes();
        for bad in [&b""[..], b"WHS", b"WHS\xff", &bytes[..bytes.len() - 1], &[&bytes[..], b"x"].concat()] {
            assert!(matches!(Linear::from_bytes(bad), Err(Error::Conflict(_))));
        }
    }
}
