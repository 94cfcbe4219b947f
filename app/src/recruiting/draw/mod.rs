//! The draw: who of the candidates gets the seats of a panel, under quotas.
//!
//! `draw` takes candidates with categories, quotas (at least, at most) and a method, and gives the panel with everybody's chance.
//!
//! - **Leximin** and **maximin** are lotteries over feasible panels. Maximin makes the smallest chance p_i as large as possible, leximin then the
//!   next smallest, and so on. Source: Flanigan, Gölz, Gupta, Hennig, Procaccia: "Fair algorithms for selecting citizens' assemblies",
//!   Nature 596 (2021), 548–552.
//! - **Balanced** and **ranked** use no chance (`chosen`).
//!
//! How the lotteries are found, in the order in which it happens: `pool` checks and poses the problem over types of exchangeable people (`problem`);
//! `shares` gives the fairest chances if panels could be divided; `decomposition` finds whole panels with these chances, and `master`
//! (column generation) what is left; `lottery` proves the result, or falls back to rounds over whole panels. `integer` and `simplex` are the
//! solvers below. `seeded` draws. `relaxation` says what to change when there is no panel.
//!
//! Everything is a function of its input: no clock, no database, no threads, no order of rows in a file.

mod budget;
mod chosen;
mod decomposition;
pub mod files;
mod integer;
mod lottery;
mod master;
mod method;
pub mod pool;
mod problem;
mod relaxation;
pub mod replacement;
pub mod seeded;
mod shares;
mod simplex;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde::Serialize;

use budget::Budget;
use chosen::RowTarget;
use lottery::Lottery;
pub use method::DrawMethod;
pub use pool::{DrawConditions, DrawMistakes, DrawPool, PoolCandidate, SeatQuota};
use pool::{Posed, pose, score_of};
use problem::TypePanel;
use relaxation::RowChange;
use seeded::Seeded;

#[derive(Clone, Debug)]
pub struct DrawRequest<'a> {
    pub pool: &'a DrawPool,
    pub quotas: &'a [SeatQuota],
    pub seats: u32,
    pub conditions: &'a DrawConditions,
    pub method: DrawMethod,
    pub seed: &'a str,
    /// How many people the reserve list has at most.
    pub reserves: usize,
}

/// A quota that would have to change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Relaxation {
    pub category: String,
    pub value: String,
    /// `min` or `max`.
    pub bound: &'static str,
    pub from: u32,
    pub to: u32,
}

/// What was drawn.
#[derive(Clone, Debug, Serialize)]
pub struct DrawResult {
    pub feasible: bool,
    pub seats: u32,
    /// IDs, sorted. Those who were seated already are among them.
    pub selected: Vec<String>,
    /// Who is next, in this order.
    pub reserves: Vec<String>,
    /// How many different panels the lottery is over, counting people of one type as the same.
    pub panels: usize,
    /// The smallest chance of those who could be drawn: 0 where somebody fits on no feasible panel. Without a lottery, 1 where everybody is
    /// selected and 0 otherwise.
    pub min_probability: f64,
    /// No lottery gives everybody more than this.
    pub bound: f64,
    /// Inequality of the chances: 0 if all are equal (Gini coefficient).
    pub gini: f64,
    pub probabilities: BTreeMap<String, f64>,
    /// Whether the search ended within its work limit, which proves that nothing is better: no lottery fairer, no panel nearer or with a higher
    /// score, no set of changes smaller. Otherwise this is the best that was found until then; `bound` holds all the same.
    pub proven: bool,
    /// If there is no panel: a smallest set of changes that make one possible.
    pub relaxations: Vec<Relaxation>,
    /// The procedure that turned the seed into a panel (`seeded`).
    pub generator: &'static str,
}

/// Fills the seats.
///
/// # Errors
/// Mistakes in candidates, quotas or conditions, all at once. Quotas that contradict each other are no error: the result then names relaxations. It is
/// an error if neither a panel nor a contradiction is found within the work limit.
pub fn draw(request: &DrawRequest<'_>) -> Result<DrawResult, DrawMistakes> {
    draw_within(request, Budget::default())
}

fn draw_within(request: &DrawRequest<'_>, budget: Budget) -> Result<DrawResult, DrawMistakes> {
    let is_lottery = request.method.is_lottery();
    let is_ranked = request.method == DrawMethod::Ranked;
    if is_ranked && request.pool.candidates.iter().all(|candidate| candidate.score == 0.0) {
        return Err(vec![
            "No candidate has a score, so there is nothing to rank by. Add a column “score”, or a file of weights.".to_owned(),
        ]);
    }
    let mut posed = pose(request.pool, request.quotas, request.seats, request.conditions, is_ranked)?;
    posed.problem.budget = budget;
    let found = match request.method {
        DrawMethod::Leximin | DrawMethod::Maximin => lottery::fairest(&posed.problem, request.method),
        DrawMethod::Balanced => chosen::nearest(&posed.problem, &targets(&posed, request.seats)).map(Lottery::certain),
        DrawMethod::Ranked => chosen::most_telling(&posed.problem, &scores(&posed)).map(Lottery::certain),
    };
    let Some(lottery) = found else {
        return if posed.problem.budget.is_spent() { Err(undecided()) } else { infeasible(request, &posed) };
    };
    debug_assert!(lottery.mixture.panels.iter().all(|(_, panel)| posed.problem.allows(panel)), "a lottery over feasible panels");

    let mut seeded = Seeded::new(request.seed);
    let weights: Vec<f64> = lottery.mixture.panels.iter().map(|(weight, _)| *weight).collect();
    let panel = &lottery.mixture.panels[seeded.weighted(&weights)].1;
    let mut selected = posed.fixed.clone();
    for (at, count) in panel {
        let units = &posed.problem.types[*at as usize].units;
        selected.extend(match is_lottery {
            true => seeded.take(units, *count as usize).concat(),
            false => by_score(&posed, units)[..*count as usize].concat(),
        });
    }
    selected.sort_unstable();
    let chances = match is_lottery {
        true => chances(&posed, &lottery),
        false => open(&posed).map(|at| (at, if selected.contains(&at) { 1.0 } else { 0.0 })).collect(),
    };
    let waiting: Vec<usize> = open(&posed).filter(|at| selected.binary_search(at).is_err()).collect();
    let reserves = match is_lottery {
        true => seeded.take(&waiting, request.reserves),
        false => {
            by_score(&posed, &waiting.iter().map(|at| vec![*at]).collect::<Vec<_>>()).concat().into_iter().take(request.reserves).collect()
        }
    };
    let id = |at: &usize| posed.candidates[*at].id.clone();
    let spread: Vec<f64> = chances.values().copied().collect();
    Ok(DrawResult {
        feasible: true,
        seats: request.seats,
        selected: selected.iter().map(id).collect(),
        reserves: reserves.iter().map(id).collect(),
        panels: lottery.mixture.panels.len(),
        min_probability: spread.iter().copied().fold(1.0, f64::min),
        bound: lottery.bound.min(1.0),
        gini: gini(&spread),
        probabilities: chances.iter().map(|(at, chance)| (id(at), *chance)).chain(posed.fixed.iter().map(|at| (id(at), 1.0))).collect(),
        proven: !posed.problem.budget.is_spent(),
        relaxations: Vec::new(),
        generator: seeded::GENERATOR,
    })
}

impl Lottery {
    fn certain(panel: TypePanel) -> Self {
        Self { mixture: decomposition::Mixture { panels: vec![(1.0, panel)] }, bound: 1.0 }
    }
}

/// Everybody who could be drawn.
fn open(posed: &Posed) -> impl Iterator<Item = usize> {
    let mut open: Vec<usize> = posed.problem.types.iter().flat_map(|unit_type| unit_type.units.concat()).collect();
    open.sort_unstable();
    open.into_iter()
}

/// Each candidate's chance: that of their type, which all of the type share alike.
fn chances(posed: &Posed, lottery: &Lottery) -> BTreeMap<usize, f64> {
    let of_types = lottery.mixture.chances(&posed.problem);
    let people =
        |(unit_type, chance): (&problem::UnitType, f64)| unit_type.units.concat().into_iter().map(move |at| (at, chance.clamp(0.0, 1.0)));
    posed.problem.types.iter().zip(of_types).flat_map(people).collect()
}

/// Units with the highest score first, then by ID.
fn by_score(posed: &Posed, units: &[Vec<usize>]) -> Vec<Vec<usize>> {
    let score = |unit: &Vec<usize>| score_of(&posed.candidates, unit);
    let mut sorted = units.to_vec();
    sorted.sort_by(|one, other| score(other).total_cmp(&score(one)).then(one.cmp(other)));
    sorted
}

/// The score of one unit of each type: all of a type have the same (`pose` by score).
fn scores(posed: &Posed) -> Vec<f64> {
    posed.problem.types.iter().map(|unit_type| score_of(&posed.candidates, &unit_type.units[0])).collect()
}

/// What the balanced method aims at: the population's share of the seats, or where it is not known, the middle of the quota.
fn targets(posed: &Posed, seats: u32) -> Vec<RowTarget> {
    let middle = |quota: &SeatQuota| f64::from(quota.min) + f64::from(quota.max);
    let mut categories: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (at, quota) in posed.quotas.iter().enumerate() {
        categories.entry(&quota.category).or_default().push(at);
    }
    let mut targets = Vec::new();
    let count = categories.len() as f64;
    for quotas in categories.into_values() {
        let is_known = quotas.iter().all(|at| posed.quotas[*at].population.is_some());
        let part = |at: usize| posed.quotas[at].population.filter(|_| is_known).unwrap_or_else(|| middle(&posed.quotas[at]));
        let whole: f64 = quotas.iter().map(|at| part(*at)).sum();
        for at in quotas.into_iter().filter(|_| whole > 0.0) {
            let wanted = f64::from(seats) * part(at) / whole - f64::from(posed.taken[at]);
            targets.push(RowTarget { row: at + 1, seats: wanted, weight: 0.5 / (count * f64::from(seats)) });
        }
    }
    targets
}

/// The Gini coefficient: half the mean difference of two values, relative to the mean.
fn gini(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let (count, sum) = (sorted.len() as f64, sorted.iter().sum::<f64>());
    let ranked: f64 = sorted.iter().zip(1..).map(|(value, rank)| value * f64::from(rank)).sum();
    if sum > 0.0 { 2.0 * ranked / (count * sum) - (count + 1.0) / count } else { 0.0 }
}

/// Neither a panel nor the proof that there is none.
fn undecided() -> DrawMistakes {
    vec!["The search reached its limit without finding a panel. Use wider quotas, or fewer of them.".to_owned()]
}

fn infeasible(request: &DrawRequest<'_>, posed: &Posed) -> Result<DrawResult, DrawMistakes> {
    let quotas: Vec<usize> = (1..=posed.quotas.len()).collect();
    let changes = relaxation::smallest(&posed.problem, &quotas);
    let changes = changes.ok_or_else(|| match posed.problem.budget.is_spent() {
        true => undecided(),
        false => vec!["No panel is possible, whatever the quotas: too few people may come together.".to_owned()],
    })?;
    let named = |change: RowChange| {
        let (row, bound, by) = match change {
            RowChange::Lower { row, by } => (row, "min", by),
            RowChange::Raise { row, by } => (row, "max", by),
        };
        let quota = &posed.quotas[row - 1];
        let (from, to) = if bound == "min" { (quota.min, quota.min - by) } else { (quota.max, quota.max + by) };
        Relaxation { category: quota.category.clone(), value: quota.value.clone(), bound, from, to }
    };
    Ok(DrawResult {
        feasible: false,
        seats: request.seats,
        selected: Vec::new(),
        reserves: Vec::new(),
        panels: 0,
        min_probability: 0.0,
        bound: 0.0,
        gini: 0.0,
        probabilities: BTreeMap::new(),
        proven: !posed.problem.budget.is_spent(),
        relaxations: changes.into_iter().map(named).collect(),
        generator: seeded::GENERATOR,
    })
}
