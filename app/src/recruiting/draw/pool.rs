//! Who can be drawn, what a panel must look like, and the problem that this makes.

use std::collections::{BTreeMap, BTreeSet};

use super::budget::Budget;
use super::problem::{Problem, UnitType};

/// Somebody who can be drawn.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PoolCandidate {
    pub id: String,
    /// Their value in each category of the pool, in its order. Empty if unknown.
    pub values: Vec<String>,
    /// At most one of a household comes. Empty for none.
    pub household: String,
    /// How telling they are, for the ranked method.
    pub score: f64,
}

/// All candidates.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DrawPool {
    pub categories: Vec<String>,
    pub candidates: Vec<PoolCandidate>,
}

/// How many seats a category's value has at least and at most.
#[derive(Clone, Debug, PartialEq)]
pub struct SeatQuota {
    pub category: String,
    pub value: String,
    pub min: u32,
    pub max: u32,
    /// Its part of the population, in any unit, for the balanced method.
    pub population: Option<f64>,
}

/// What else a panel must satisfy, by IDs of candidates.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DrawConditions {
    /// Already seated: on every panel.
    pub fixed: Vec<String>,
    /// On no panel: they have declined, or left.
    pub without: Vec<String>,
    /// Groups who come together or not at all.
    pub together: Vec<Vec<String>>,
    /// Groups of whom at most one comes.
    pub apart: Vec<Vec<String>>,
}

/// Mistakes in words, all of them.
pub type DrawMistakes = Vec<String>;

/// The problem with what is needed to read its solution.
#[derive(Clone, Debug)]
pub(super) struct Posed {
    pub problem: Problem,
    /// Candidates sorted by ID, so that the order of rows in a file changes nothing.
    pub candidates: Vec<PoolCandidate>,
    /// Numbers of those who are seated already.
    pub fixed: Vec<usize>,
    /// Quotas sorted by category and value. Quota q is row q + 1.
    pub quotas: Vec<SeatQuota>,
    /// How many seats of each quota are taken by those who are fixed.
    pub taken: Vec<u32>,
}

/// Candidates by their numbers in the order of their IDs, with the conditions that concern them. None contradicts another.
struct CheckedPool {
    candidates: Vec<PoolCandidate>,
    fixed: BTreeSet<usize>,
    without: BTreeSet<usize>,
    /// Who comes with whom.
    units: Vec<Vec<usize>>,
    /// Groups of whom one at most comes, households too.
    apart: Vec<BTreeSet<usize>>,
}

/// Checks everything.
///
/// # Errors
/// All mistakes in words.
fn check(pool: &DrawPool, quotas: &[SeatQuota], seats: u32, conditions: &DrawConditions) -> Result<CheckedPool, DrawMistakes> {
    let mut mistakes = check_quotas(pool, quotas, seats);
    let mut candidates = pool.candidates.clone();
    candidates.sort_by(|one, other| one.id.cmp(&other.id));
    for pair in candidates.windows(2).filter(|pair| pair[0].id == pair[1].id) {
        mistakes.push(format!("The ID “{}” occurs more than once. Give each candidate an ID of their own.", pair[0].id));
    }
    mistakes.dedup();
    let numbers: BTreeMap<&str, usize> = candidates.iter().enumerate().map(|(at, candidate)| (candidate.id.as_str(), at)).collect();
    let mut find = |ids: &[String], list: &str| -> BTreeSet<usize> {
        let number = |id: &String| {
            let number = numbers.get(id.as_str()).copied();
            if number.is_none() {
                mistakes.push(format!("“{id}” ({list}) is not a candidate. Check the ID."));
            }
            number
        };
        ids.iter().filter_map(number).collect()
    };
    let mut fixed = find(&conditions.fixed, "already seated");
    let without = find(&conditions.without, "left out");
    let together: Vec<BTreeSet<usize>> = conditions.together.iter().map(|group| find(group, "together")).collect();
    let mut apart: Vec<BTreeSet<usize>> = conditions.apart.iter().map(|group| find(group, "apart")).collect();
    mistakes.extend(fixed.intersection(&without).map(|at| format!("“{}” is both already seated and left out.", candidates[*at].id)));
    let units = units(candidates.len(), &together);
    // Who is seated already takes the others of their group along.
    for unit in units.iter().filter(|unit| unit.len() > 1) {
        if unit.iter().any(|at| fixed.contains(at)) {
            fixed.extend(unit.iter().filter(|at| !without.contains(at)));
        }
    }
    let open = candidates.len() - without.len();
    if open < seats as usize {
        mistakes.push(format!("There are {open} candidates for {seats} seats. Add candidates, or fill fewer seats."));
    }
    if fixed.len() > seats as usize {
        mistakes.push(format!("{} people are already seated, but there are {seats} seats.", fixed.len()));
    }
    let homes = households(&candidates);
    mistakes.extend(contradictions(&candidates, &units, &fixed, &without, &apart, &homes));
    apart.extend(homes);
    if !mistakes.is_empty() {
        return Err(mistakes);
    }
    Ok(CheckedPool { candidates, fixed, without, units, apart })
}

/// Checks everything and poses the problem. Units that count alike are one type; with `by_score`, those of them that have the same score.
pub(super) fn pose(
    pool: &DrawPool,
    quotas: &[SeatQuota],
    seats: u32,
    conditions: &DrawConditions,
    by_score: bool,
) -> Result<Posed, DrawMistakes> {
    let CheckedPool { candidates, fixed, without, units, mut apart } = check(pool, quotas, seats, conditions)?;
    let mut quotas = quotas.to_vec();
    quotas.sort_by(|one, other| (&one.category, &one.value).cmp(&(&other.category, &other.value)));
    let mut rows = vec![(f64::from(seats), f64::from(seats))];
    rows.extend(quotas.iter().map(|quota| (f64::from(quota.min), f64::from(quota.max))));
    // A group of whom one at most comes is one more row. Groups of one say nothing.
    apart.retain(|group| group.difference(&without).count() > 1);
    apart.sort_unstable();
    apart.dedup();
    rows.extend(apart.iter().map(|_| (0.0, 1.0)));

    let counted = |at: usize| {
        let candidate = &candidates[at];
        let has = |(_, quota): &(usize, &SeatQuota)| {
            pool.categories.iter().zip(&candidate.values).any(|(category, value)| *category == quota.category && *value == quota.value)
        };
        let of_quotas = quotas.iter().enumerate().filter(has).map(|(at, _)| at + 1);
        let of_groups = apart.iter().enumerate().filter(move |(_, group)| group.contains(&at)).map(|(group, _)| group + 1 + quotas.len());
        std::iter::once(0).chain(of_quotas).chain(of_groups).collect::<Vec<_>>()
    };
    for at in &fixed {
        for row in counted(*at) {
            rows[row].0 -= 1.0;
            rows[row].1 -= 1.0;
        }
    }
    let taken = quotas.iter().zip(&rows[1..]).map(|(quota, (_, max))| (f64::from(quota.max) - max) as u32).collect();
    let mut types: Vec<UnitType> = Vec::new();
    let mut known: BTreeMap<(Vec<(usize, u32)>, u64), usize> = BTreeMap::new();
    let is_open = |unit: &Vec<usize>| unit.iter().all(|at| !without.contains(at) && !fixed.contains(at));
    for unit in units.into_iter().filter(is_open) {
        let mut sums: BTreeMap<usize, u32> = BTreeMap::new();
        for row in unit.iter().flat_map(|at| counted(*at)) {
            *sums.entry(row).or_default() += 1;
        }
        let entries = sums.iter().map(|(row, count)| (*row, f64::from(*count))).collect();
        let score = if by_score { score_of(&candidates, &unit).to_bits() } else { 0 };
        let at = *known.entry((sums.into_iter().collect(), score)).or_insert(types.len());
        match types.get_mut(at) {
            Some(alike) => alike.units.push(unit),
            None => types.push(UnitType { units: vec![unit], entries }),
        }
    }
    Ok(Posed { problem: Problem { types, rows, budget: Budget::default() }, fixed: fixed.into_iter().collect(), candidates, quotas, taken })
}

/// The score of people who come together: the sum of theirs.
pub(super) fn score_of(candidates: &[PoolCandidate], unit: &[usize]) -> f64 {
    // Never −0, which is another number by its bits.
    unit.iter().map(|at| candidates[*at].score).sum::<f64>() + 0.0
}

/// Who lives together, by household.
fn households(candidates: &[PoolCandidate]) -> Vec<BTreeSet<usize>> {
    let mut homes: BTreeMap<&str, BTreeSet<usize>> = BTreeMap::new();
    for (at, candidate) in candidates.iter().enumerate().filter(|(_, candidate)| !candidate.household.is_empty()) {
        homes.entry(&candidate.household).or_default().insert(at);
    }
    homes.into_values().collect()
}

/// People who are to be on the panel together, or are seated already, and of whom only one may come: no change of a quota helps there.
fn contradictions(
    candidates: &[PoolCandidate],
    units: &[Vec<usize>],
    fixed: &BTreeSet<usize>,
    without: &BTreeSet<usize>,
    apart: &[BTreeSet<usize>],
    homes: &[BTreeSet<usize>],
) -> DrawMistakes {
    let mut mistakes = DrawMistakes::new();
    let one_of = homes.iter().map(|home| (home, "household")).chain(apart.iter().map(|group| (group, "group apart")));
    for (group, what) in one_of {
        let names = |people: &[usize]| {
            let names: Vec<String> = people.iter().map(|at| format!("“{}”", candidates[*at].id)).collect();
            names.join(" and ")
        };
        let seated: Vec<usize> = group.intersection(fixed).copied().collect();
        if seated.len() > 1 {
            mistakes.push(format!("{} are already seated, but only one of a {what} may come. Leave one of them out.", names(&seated)));
        }
        for unit in units.iter().filter(|unit| !unit.iter().any(|at| fixed.contains(at) || without.contains(at))) {
            let both: Vec<usize> = unit.iter().copied().filter(|at| group.contains(at)).collect();
            if both.len() > 1 {
                mistakes.push(format!("{} are to come together, but only one of a {what} may come. Change one of the two.", names(&both)));
            }
        }
    }
    mistakes
}

/// Who comes with whom: groups that share somebody are one.
fn units(candidates: usize, together: &[BTreeSet<usize>]) -> Vec<Vec<usize>> {
    let mut leader: Vec<usize> = (0..candidates).collect();
    for group in together {
        let leaders: BTreeSet<usize> = group.iter().map(|at| leader[*at]).collect();
        if let Some(first) = leaders.first() {
            leader.iter_mut().filter(|at| leaders.contains(at)).for_each(|at| *at = *first);
        }
    }
    let mut units: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (at, leader) in leader.into_iter().enumerate() {
        units.entry(leader).or_default().push(at);
    }
    units.into_values().collect()
}

fn check_quotas(pool: &DrawPool, quotas: &[SeatQuota], seats: u32) -> DrawMistakes {
    let mut mistakes = DrawMistakes::new();
    if seats == 0 {
        mistakes.push("A panel has at least one seat.".to_owned());
    }
    let mut known = BTreeSet::new();
    let mut unknown = BTreeSet::new();
    for SeatQuota { category, value, min, max, .. } in quotas {
        if !pool.categories.contains(category) && unknown.insert(category) {
            let categories = pool.categories.join(", ");
            mistakes.push(format!("No candidate has a category “{category}”. Categories of the candidates: {categories}."));
        }
        if min > max {
            mistakes.push(format!("{category} “{value}”: at least {min} is more than at most {max}."));
        }
        if !known.insert((category, value)) {
            mistakes.push(format!("{category} “{value}” has two quotas. Keep one."));
        }
    }
    mistakes
}
