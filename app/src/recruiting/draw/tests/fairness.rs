//! Lotteries are exactly as fair as brute force says, and the methods without chance exactly as good.

use super::super::lottery::fairest;
use super::super::pool::pose;
use super::super::shares;
use super::super::{DrawConditions, DrawMethod};
use super::{PoolDice, brute, count, drawn, pool};

/// A pool, its quotas and seats, and all of its panels.
type SmallPool = (super::DrawPool, Vec<super::SeatQuota>, u32, Vec<Vec<usize>>);

/// Small pools for which there are panels, with all of them.
fn small_pools(seed: u64, wanted: usize) -> Vec<SmallPool> {
    let mut dice = PoolDice(seed);
    let mut found = Vec::new();
    while found.len() < wanted {
        let (people, seats) = (7 + dice.roll(4), 3 + dice.roll(3) as u32);
        let categories = [&[2, 2][..], &[2, 3], &[2, 2, 2], &[3, 3], &[2, 2, 3]][dice.roll(5)];
        let (pool, quotas) = pool(&mut dice, people, categories, seats);
        let panels = brute::panels(&pool, &quotas, seats, |_| true);
        if !panels.is_empty() {
            found.push((pool, quotas, seats, panels));
        }
    }
    found
}

#[test]
fn maximin_is_the_largest_smallest_chance() {
    for (pool, quotas, seats, panels) in small_pools(1, 150) {
        let people = pool.candidates.len();
        let exact = brute::largest(people, &panels, &vec![None; people], |_| true);
        let result = drawn(&pool, &quotas, seats, DrawMethod::Maximin, "s");
        assert!((result.min_probability - exact).abs() < 1e-6, "{} instead of {exact}", result.min_probability);
        assert!(result.bound > exact - 1e-9 && result.bound < exact + 1e-6, "the bound {} proves {exact}", result.bound);
        assert!((result.probabilities.values().sum::<f64>() - f64::from(seats)).abs() < 1e-9);
    }
}

#[test]
fn lotteries_are_exact_where_divided_panels_would_allow_more_than_whole_ones() {
    let mut dice = PoolDice(7);
    let (mut checked, mut tried) = (0, 0);
    while checked < 40 {
        tried += 1;
        assert!(tried < 5_000, "only {checked} such pools");
        // Halves of each of three categories, and people most of whom have value 1 in an odd number of them: half a person of each of these four
        // types makes a divided panel of two, but no whole one does.
        let (people, seats) = (7 + dice.roll(4), 2 + 2 * dice.roll(2) as u32);
        let (mut pool, mut quotas) = pool(&mut dice, people, &[2, 2, 2], seats);
        quotas.iter_mut().for_each(|quota| (quota.min, quota.max) = (seats / 2, seats / 2));
        for candidate in &mut pool.candidates {
            let ones = candidate.values.iter().filter(|value| *value == "value 1").count();
            if ones % 2 == 0 && dice.roll(5) > 0 {
                candidate.values[0] = if candidate.values[0] == "value 1" { "value 0" } else { "value 1" }.to_owned();
            }
        }
        let posed = pose(&pool, &quotas, seats, &DrawConditions::default(), false).expect("no mistakes");
        let panels = brute::panels(&pool, &quotas, seats, |_| true);
        let Some(divided) = shares::leximin(&posed.problem, &vec![None; posed.problem.types.len()]) else {
            assert!(panels.is_empty());
            continue;
        };
        if panels.is_empty() {
            continue;
        }
        let exact = brute::leximin(people, &panels);
        let smallest = exact.iter().copied().fold(1.0, f64::min);
        let type_of = |at: usize| posed.problem.types.iter().position(|of| of.units.contains(&vec![at])).expect("a type");
        let divided: Vec<f64> = posed.candidates.iter().enumerate().map(|(at, _)| divided.chance[type_of(at)]).collect();
        if exact.iter().zip(&divided).all(|(exact, divided)| (exact - divided).abs() < 1e-6) {
            continue;
        }
        checked += 1;
        let result = drawn(&pool, &quotas, seats, DrawMethod::Maximin, "s");
        assert!((result.min_probability - smallest).abs() < 1e-6, "{} instead of {smallest}", result.min_probability);
        assert!(result.bound > smallest - 1e-8 && result.bound < smallest + 1e-6, "the bound {} proves {smallest}", result.bound);
        let result = drawn(&pool, &quotas, seats, DrawMethod::Leximin, "s");
        for (candidate, exact) in posed.candidates.iter().zip(exact) {
            let chance = result.probabilities[&candidate.id];
            assert!((chance - exact).abs() < 1e-6, "{}: {chance} instead of {exact} in {pool:?} {quotas:?}", candidate.id);
        }
    }
}

#[test]
fn leximin_gives_everybody_the_chance_of_the_definition() {
    for (pool, quotas, seats, panels) in small_pools(2, 60) {
        let exact = brute::leximin(pool.candidates.len(), &panels);
        let result = drawn(&pool, &quotas, seats, DrawMethod::Leximin, "s");
        for (candidate, exact) in pool.candidates.iter().zip(exact) {
            let chance = result.probabilities[&candidate.id];
            assert!((chance - exact).abs() < 1e-6, "{}: {chance} instead of {exact} in {pool:?} {quotas:?}", candidate.id);
        }
    }
}

#[test]
fn every_panel_of_a_lottery_is_feasible_and_their_chances_are_those_that_are_told() {
    let mut dice = PoolDice(3);
    for people in [40, 120, 400] {
        let (pool, quotas) = pool(&mut dice, people, &[2, 3, 4, 3], 12);
        let posed = pose(&pool, &quotas, 12, &DrawConditions::default(), false).expect("no mistakes");
        let Some(lottery) = fairest(&posed.problem, DrawMethod::Leximin) else { panic!("{people} people fill a panel") };
        assert!(lottery.mixture.panels.iter().all(|(weight, panel)| *weight > 0.0 && posed.problem.allows(panel)));
        assert!((lottery.mixture.panels.iter().map(|(weight, _)| weight).sum::<f64>() - 1.0).abs() < 1e-12);
        let result = drawn(&pool, &quotas, 12, DrawMethod::Leximin, "s");
        assert!((result.probabilities.values().sum::<f64>() - 12.0).abs() < 1e-9);
        assert!(result.min_probability <= result.bound + 1e-9 && result.min_probability > result.bound * (1.0 - 1e-6));
        assert!(quotas.iter().all(|quota| (quota.min..=quota.max).contains(&count(&pool, &result.selected, quota))));
    }
}

#[test]
fn whoever_is_drawn_is_drawn_as_often_as_their_chance_says() {
    let (pool, quotas, seats, _) = small_pools(4, 1).remove(0);
    let draws = 2_000;
    let mut drawn_times = std::collections::BTreeMap::<String, u32>::new();
    let mut chances = Default::default();
    for seed in 0..draws {
        let result = drawn(&pool, &quotas, seats, DrawMethod::Leximin, &seed.to_string());
        result.selected.into_iter().for_each(|id| *drawn_times.entry(id).or_default() += 1);
        chances = result.probabilities;
    }
    for (id, chance) in chances {
        let share = f64::from(drawn_times.get(&id).copied().unwrap_or_default()) / f64::from(draws);
        // Five standard deviations.
        let tolerance = 5.0 * (chance * (1.0 - chance) / f64::from(draws)).sqrt() + 1e-9;
        assert!((share - chance).abs() <= tolerance, "{id}: {share} of the draws, chance {chance}");
    }
}

#[test]
fn balanced_has_the_smallest_distance_of_all_panels() {
    for (pool, quotas, seats, panels) in small_pools(5, 40) {
        let mut quotas = quotas;
        quotas.iter_mut().enumerate().for_each(|(at, quota)| quota.population = Some([5.0, 3.0, 1.0][at % 3]));
        let share = |quota: &super::SeatQuota| {
            let whole: f64 = quotas.iter().filter(|other| other.category == quota.category).filter_map(|other| other.population).sum();
            quota.population.unwrap_or_default() / whole
        };
        let distance = |ids: &[String]| {
            let off = |quota: &super::SeatQuota| (f64::from(count(&pool, ids, quota)) / f64::from(seats) - share(quota)).abs() / 2.0;
            quotas.iter().map(off).sum::<f64>()
        };
        let ids = |panel: &Vec<usize>| panel.iter().map(|at| pool.candidates[*at].id.clone()).collect::<Vec<_>>();
        let best = panels.iter().map(|panel| distance(&ids(panel))).fold(f64::INFINITY, f64::min);
        let result = drawn(&pool, &quotas, seats, DrawMethod::Balanced, "s");
        assert!((distance(&result.selected) - best).abs() < 1e-9, "{} instead of {best}", distance(&result.selected));
    }
}

#[test]
fn ranked_has_the_highest_score_of_all_panels() {
    let mut dice = PoolDice(6);
    for (mut pool, quotas, seats, panels) in small_pools(6, 40) {
        pool.candidates.iter_mut().for_each(|candidate| candidate.score = dice.roll(50) as f64 / 7.0);
        let score = |panel: &Vec<usize>| panel.iter().map(|at| pool.candidates[*at].score).sum::<f64>();
        let best = panels.iter().map(score).fold(0.0, f64::max);
        let result = drawn(&pool, &quotas, seats, DrawMethod::Ranked, "s");
        let selected = pool.candidates.iter().filter(|candidate| result.selected.contains(&candidate.id));
        let sum: f64 = selected.map(|candidate| candidate.score).sum();
        assert!((sum - best).abs() < 1e-6, "{sum} instead of {best}");
    }
}

#[test]
fn divided_shares_fill_every_seat_where_rounding_adds_up() {
    let mut feasible = 0;
    for seed in 0..60 {
        let (pool, quotas) = pool(&mut PoolDice(seed), 200, &[3, 5, 4, 4, 3, 5], 30);
        let posed = pose(&pool, &quotas, 30, &DrawConditions::default(), false).expect("no mistakes");
        let problem = &posed.problem;
        let Some(shares) = shares::leximin(problem, &vec![None; problem.types.len()]) else { continue };
        feasible += 1;
        let seats: f64 = shares.chance.iter().enumerate().map(|(at, chance)| chance * problem.size(at)).sum();
        assert!(shares.is_complete && (seats - 30.0).abs() < 1e-4, "seed {seed}: {seats} seats");
    }
    assert!(feasible >= 10, "{feasible}");
}
