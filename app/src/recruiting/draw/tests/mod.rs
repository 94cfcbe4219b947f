//! The draw against brute force: small pools of which every panel is listed.

mod brute;
mod conditions;
mod fairness;
mod repeatability;

use super::{DrawConditions, DrawMethod, DrawPool, DrawRequest, DrawResult, PoolCandidate, SeatQuota, draw};

/// Dice for made-up pools: Knuth's MMIX generator.
pub struct PoolDice(pub u64);

impl PoolDice {
    pub fn roll(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % limit
    }
}

/// A pool with categories of so many values, and quotas of all values.
pub fn pool(dice: &mut PoolDice, people: usize, categories: &[usize], seats: u32) -> (DrawPool, Vec<SeatQuota>) {
    let names: Vec<String> = (0..categories.len()).map(|at| format!("category {at}")).collect();
    let value = |at: usize| format!("value {at}");
    let candidates = (0..people).map(|at| PoolCandidate {
        id: format!("person {at:04}"),
        // Low values are more frequent than high ones.
        values: categories.iter().map(|values| value(dice.roll(*values).min(dice.roll(*values)))).collect(),
        // Not from the dice: what is drawn stays what it was.
        score: (at % 5) as f64,
        ..PoolCandidate::default()
    });
    let pool = DrawPool { categories: names.clone(), candidates: candidates.collect() };
    let mut quotas = Vec::new();
    for (name, values) in names.iter().zip(categories) {
        for at in 0..*values {
            let share = seats / *values as u32;
            let (below, above) = (dice.roll(2) as u32, dice.roll(3) as u32);
            let (min, max) = (share.saturating_sub(below), share + above);
            quotas.push(SeatQuota { category: name.clone(), value: value(at), min, max, population: None });
        }
    }
    (pool, quotas)
}

/// Draws without any conditions.
pub fn drawn(pool: &DrawPool, quotas: &[SeatQuota], seats: u32, method: DrawMethod, seed: &str) -> DrawResult {
    let conditions = DrawConditions::default();
    draw(&DrawRequest { pool, quotas, seats, conditions: &conditions, method, seed, reserves: 0 }).expect("no mistakes")
}

/// How many of these people have the value of a quota.
pub fn count(pool: &DrawPool, people: &[String], quota: &SeatQuota) -> u32 {
    let at = pool.categories.iter().position(|category| *category == quota.category).expect("a category");
    let has = |candidate: &&PoolCandidate| people.contains(&candidate.id) && candidate.values[at] == quota.value;
    pool.candidates.iter().filter(has).count() as u32
}
