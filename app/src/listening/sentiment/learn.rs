//! Training: multinomial logistic regression over hashed features, by stochastic gradient descent, averaged.
//!
//! Features are weighted by how rare they are and by how differently the classes use them (as in Wang and Manning,
//! 2012, “Baselines and Bigrams”), mentions are scaled to one length, classes count alike however many mentions each has. The
//! numbers below were found by cross-validation on mentions about one brand. The same labels always give the same model.

use std::collections::HashMap;
use std::thread;

use super::features::{BITS, DENSE, FeatureBag};
use super::linear::{Linear, PARTS, Weights, softmax};

/// Passes over the mentions; the weights of the second half are averaged.
const PASSES: usize = 12;
/// First step, and how strongly weights are drawn to 0.
const STEP: f32 = 2.0;
const DECAY: f32 = 4e-5;
/// Minimum number of mentions with a word; a part of a word needs one more.
const RARE: u32 = 2;
/// Stands for places that are too rare to learn from.
const NOWHERE: u32 = u32::MAX;
/// Parts of a cross-validation.
pub const FOLDS: usize = 5;
/// Mentions whose letters and digits are the same, and at least so many, are copies of one another.
const COPY: usize = 12;

/// One labelled mention.
#[derive(Clone, Debug)]
pub struct TrainingExample {
    pub bag: FeatureBag,
    /// 0 negative, 1 neutral, 2 positive.
    pub class: usize,
    /// How much it counts: 1 for a vendor's label.
    pub weight: f32,
}

/// A mention as training needs it: its places in a table without gaps, and the length of each kind.
struct TrainingRow {
    words: Vec<u32>,
    parts: Vec<u32>,
    by_words: f32,
    by_parts: f32,
}

impl TrainingRow {
    fn new(bag: &FeatureBag, at: &[u32], table: &[Weights]) -> Self {
        let keep = |places: &[u32]| places.iter().map(|place| at[*place as usize]).filter(|at| *at != NOWHERE).collect::<Vec<u32>>();
        let length = |kept: &[u32]| kept.iter().map(|at| table[*at as usize][3].powi(2)).sum::<f32>().sqrt().max(1e-6);
        let (words, parts) = (keep(&bag.words), keep(&bag.parts));
        Self { by_words: 1.0 / length(&words), by_parts: PARTS / length(&parts), words, parts }
    }
}

/// Learns from these mentions. Reads mentions of all `languages`.
#[must_use]
pub fn train(examples: &[&TrainingExample], languages: &[String]) -> Linear {
    let rarity = rarity(examples);
    let (mut at, mut places, mut table) = (vec![NOWHERE; 1 << BITS], Vec::new(), Vec::<Weights>::new());
    for (place, rarity) in (0_u32..).zip(rarity).filter(|(_, rarity)| *rarity > 0.0) {
        at[place as usize] = places.len() as u32;
        places.push(place);
        table.push([0.0, 0.0, 0.0, rarity]);
    }
    let rows: Vec<TrainingRow> = examples.iter().map(|example| TrainingRow::new(&example.bag, &at, &table)).collect();
    let mut counts = [0.0_f32; 3];
    examples.iter().for_each(|example| counts[example.class] += example.weight);
    let all: f32 = counts.iter().sum();
    let balance = counts.map(|count| all / 3.0 / count.max(1.0));

    let (mut bias, mut dense) = ([0.0_f32; 3], [[0.0_f32; 3]; DENSE]);
    let mut mean = Mean::new(table.len());
    let mut order: Vec<usize> = (0..examples.len()).collect();
    let (mut dice, mut steps, mut scale) = (Dice(42), 0.0_f32, 1.0_f32);
    for pass in 0..PASSES {
        dice.shuffle(&mut order);
        for &at in &order {
            let (TrainingExample { bag, class, weight }, row) = (examples[at], &rows[at]);
            let step = STEP / (1.0 + DECAY * STEP * steps);
            steps += 1.0;
            let (words, parts) = (sum(&table, &row.words), sum(&table, &row.parts));
            let mut logits = bias;
            for class in 0..3 {
                logits[class] += (words[class] * row.by_words + parts[class] * row.by_parts) * scale;
                for (weights, value) in dense.iter().zip(&bag.dense) {
                    logits[class] += weights[class] * value;
                }
            }
            scale *= 1.0 - step * DECAY;
            let mut change = softmax(logits);
            change[*class] -= 1.0;
            let strength = balance[*class] * weight * step;
            change = change.map(|change| change * strength);
            for class in 0..3 {
                bias[class] -= change[class] * 0.1;
                for (weights, value) in dense.iter_mut().zip(&bag.dense) {
                    weights[class] -= change[class] * value * 0.3;
                }
            }
            update(&mut table, &row.words, change.map(|change| change * row.by_words / scale));
            update(&mut table, &row.parts, change.map(|change| change * row.by_parts / scale));
        }
        // The scale is folded in before it grows too small to divide by.
        table.iter_mut().for_each(|weights| weights[..3].iter_mut().for_each(|weight| *weight *= scale));
        scale = 1.0;
        if pass * 2 >= PASSES {
            mean.add(&table, &bias, &dense);
        }
    }
    mean.model(&places, &table, languages)
}

/// What each mention is taken for by a model that was trained without its fold.
#[must_use]
pub fn cross_validate(examples: &[TrainingExample], folds: &[usize], languages: &[String]) -> Vec<[f32; 3]> {
    let workers = thread::available_parallelism().map_or(1, usize::from).min(FOLDS);
    let found: Vec<(usize, [f32; 3])> = thread::scope(|scope| {
        let workers: Vec<_> = (0..workers)
            .map(|worker| {
                scope.spawn(move || {
                    let mut found = Vec::new();
                    for fold in (worker..FOLDS).step_by(workers) {
                        let others: Vec<&TrainingExample> =
                            examples.iter().zip(folds).filter(|(_, other)| **other != fold).map(|(e, _)| e).collect();
                        let model = train(&others, languages);
                        let own = (0..examples.len()).filter(|at| folds[*at] == fold);
                        found.extend(own.map(|at| (at, model.probabilities(&examples[at].bag))));
                    }
                    found
                })
            })
            .collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap_or_default()).collect()
    });
    let mut probabilities = vec![[0.0; 3]; examples.len()];
    for (at, found) in found {
        probabilities[at] = found;
    }
    probabilities
}

/// Which fold each mention belongs to. All mentions of an author are in one, and so are copies of one text whoever posted them.
#[must_use]
pub fn folds(mentions: &[(&str, &str)]) -> Vec<usize> {
    let mut groups = Groups((0..mentions.len()).collect());
    let (mut authors, mut texts) = (HashMap::new(), HashMap::new());
    for (at, (author, text)) in mentions.iter().enumerate() {
        groups.join(*authors.entry(*author).or_insert(at), at);
        let letters = letters(text);
        if letters.len() >= COPY {
            groups.join(*texts.entry(letters).or_insert(at), at);
        }
    }
    let mut sizes: HashMap<usize, usize> = HashMap::new();
    let roots: Vec<usize> = (0..mentions.len()).map(|at| groups.root(at)).collect();
    roots.iter().for_each(|root| *sizes.entry(*root).or_default() += 1);
    let mut sizes: Vec<(usize, usize)> = sizes.into_iter().collect();
    sizes.sort_by_key(|(root, size)| (usize::MAX - size, *root));
    let (mut filled, mut fold_of) = ([0; FOLDS], HashMap::new());
    for (root, size) in sizes {
        let emptiest = (0..FOLDS).min_by_key(|fold| filled[*fold]).unwrap_or(0);
        filled[emptiest] += size;
        fold_of.insert(root, emptiest);
    }
    roots.iter().map(|root| fold_of[root]).collect()
}

/// The letters and digits of a mention without links and handles.
fn letters(text: &str) -> String {
    let own = |word: &&str| !word.starts_with('@') && !word.starts_with("http") && *word != "RT";
    text.split_whitespace().filter(own).flat_map(str::chars).filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Mentions that belong together, each pointing to another of its group.
struct Groups(Vec<usize>);

impl Groups {
    fn root(&mut self, mut at: usize) -> usize {
        while self.0[at] != at {
            self.0[at] = self.0[self.0[at]];
            at = self.0[at];
        }
        at
    }

    fn join(&mut self, one: usize, other: usize) {
        let (one, other) = (self.root(one), self.root(other));
        self.0[one.max(other)] = one.min(other);
    }
}

/// How much each place counts: rare ones more, and those that the classes use differently; 0 for too rare.
fn rarity(examples: &[&TrainingExample]) -> Vec<f32> {
    let mut seen = vec![u32::MAX; 1 << BITS];
    let mut uses = vec![[0.0_f32, 0.0, 0.0]; 1 << BITS];
    let mut part = vec![false; 1 << BITS];
    let mut mentions = vec![0_u32; 1 << BITS];
    let mut all = [0.0_f32; 3];
    for (number, example) in (0..).zip(examples) {
        let places = example.bag.words.iter().map(|place| (*place, false)).chain(example.bag.parts.iter().map(|place| (*place, true)));
        for (place, is_part) in places {
            let place = place as usize;
            uses[place][example.class] += 1.0;
            part[place] |= is_part;
            if seen[place] != number {
                seen[place] = number;
                mentions[place] += 1;
            }
        }
        all[example.class] += 1.0;
    }
    let total = examples.len() as f32;
    (0..1 << BITS)
        .map(|place| {
            if mentions[place] < RARE + u32::from(part[place]) {
                return 0.0;
            }
            let rare = ((1.0 + total) / (1.0 + mentions[place] as f32)).ln() + 1.0;
            let shares: [f32; 3] = std::array::from_fn(|class| (uses[place][class] + 0.5) / all[class].max(1.0));
            let sum: f32 = shares.iter().sum();
            let telling = shares.iter().map(|share| (share / sum * 3.0).ln().abs()).fold(0.0, f32::max);
            rare * (0.2 + telling).sqrt()
        })
        .collect()
}

fn sum(table: &[Weights], places: &[u32]) -> [f32; 3] {
    let mut sum = [0.0; 3];
    for place in places {
        let [negative, neutral, positive, rarity] = table[*place as usize];
        sum[0] += negative * rarity;
        sum[1] += neutral * rarity;
        sum[2] += positive * rarity;
    }
    sum
}

fn update(table: &mut [Weights], places: &[u32], change: [f32; 3]) {
    for place in places {
        let weights = &mut table[*place as usize];
        let rarity = weights[3];
        for class in 0..3 {
            weights[class] -= change[class] * rarity;
        }
    }
}

/// The mean of several states of a model, which is steadier than the last one.
struct Mean {
    table: Vec<[f32; 3]>,
    bias: [f32; 3],
    dense: [[f32; 3]; DENSE],
    count: f32,
}

impl Mean {
    fn new(places: usize) -> Self {
        Self { table: vec![[0.0; 3]; places], bias: [0.0; 3], dense: [[0.0; 3]; DENSE], count: 0.0 }
    }

    fn add(&mut self, table: &[Weights], bias: &[f32; 3], dense: &[[f32; 3]; DENSE]) {
        self.count += 1.0;
        let pairs = self.table.iter_mut().zip(table.iter().map(|weights| &weights[..3]));
        let pairs = pairs.map(|(mean, now)| (&mut mean[..], now)).chain([(&mut self.bias[..], &bias[..])]);
        for (mean, now) in pairs.chain(self.dense.iter_mut().zip(dense).map(|(mean, now)| (&mut mean[..], &now[..]))) {
            mean.iter_mut().zip(now).for_each(|(mean, now)| *mean += now);
        }
    }

    fn model(self, places: &[u32], weights: &[Weights], languages: &[String]) -> Linear {
        let count = self.count;
        let mut table = vec![[0.0; 4]; 1 << BITS];
        for ((place, mean), [.., rarity]) in places.iter().zip(&self.table).zip(weights) {
            let [negative, neutral, positive] = mean.map(|weight| weight * rarity / count);
            table[*place as usize] = [negative, neutral, positive, rarity * rarity];
        }
        Linear {
            table,
            bias: self.bias.map(|weight| weight / count),
            dense: self.dense.map(|weights| weights.map(|weight| weight / count)),
            languages: languages.to_vec(),
        }
    }
}

/// Chance that is always the same (splitmix64).
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn shuffle(&mut self, order: &mut [usize]) {
        for last in (1..order.len()).rev() {
            let at = self.next() % (last as u64 + 1);
            order.swap(last, usize::try_from(at).unwrap_or(0));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::features::FeatureBuffers;
    use super::*;

    #[test]
    fn an_author_and_copies_of_a_text_are_in_one_fold() {
        let names: Vec<String> = (0..40).map(|number| format!("author{number}")).collect();
        let texts: Vec<String> = (0..40).map(|number| format!("my own words, number {}", number * 7)).collect();
        let mut mentions: Vec<(&str, &str)> = names.iter().zip(&texts).map(|(name, text)| (name.as_str(), text.as_str())).collect();
        mentions.push(("author3", "another one by the third author"));
        mentions.push(("author5", "RT @author3 Another one, by the third author! https://t.co/x"));
        let folds = folds(&mentions);
        assert!(folds[3] == folds[40] && folds[40] == folds[41] && folds[41] == folds[5]);
        assert!((0..FOLDS).all(|fold| folds.iter().filter(|found| **found == fold).count() >= 7), "{folds:?}");
    }

    #[test]
    fn it_learns_what_a_lexicon_cannot_know_and_always_the_same() {
        let mut desk = FeatureBuffers::default();
        let mut example = |text: &str, class| {
            let mut bag = FeatureBag::default();
            desk.take_apart(text, &mut bag);
            TrainingExample { bag, class, weight: 1.0 }
        };
        let mut examples = Vec::new();
        for product in ["Vela", "Orin", "Tamar", "Quill", "Sable", "Umber"] {
            examples.push(example(&format!("My {product} went full brick after the update"), 0));
            examples.push(example(&format!("The {product} comes in two sizes"), 1));
            examples.push(example(&format!("This {product} absolutely slaps"), 2));
        }
        let all: Vec<&TrainingExample> = examples.iter().collect();
        let model = train(&all, &[String::new()]);
        assert_eq!(model, train(&all, &[String::new()]));
        let probabilities = model.probabilities(&example("Another brick, thanks", 0).bag);
        assert!(probabilities[0] > probabilities[1].max(probabilities[2]), "{probabilities:?}");
        assert!((probabilities.iter().sum::<f32>() - 1.0).abs() < 1e-5);
    }
}
