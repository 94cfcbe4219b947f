//! The two methods without chance: the panel nearest to the population, and the panel of the most telling candidates.
//!
//! *Balanced* minimises the mean, over categories, of the total variation distance between panel and population,
//! `½·Σ_v |n_v / seats − share_v|`: the share of seats that would have to change hands. *Ranked* maximises the sum of scores. Both are exact
//! (branch and bound to the end, unless the budget is spent) and deterministic: among equals, candidates with a higher score, then with a smaller ID.

use super::integer::{Aim, SeatSearch};
use super::problem::{Problem, TypePanel, sparse};
use super::simplex::BoxedProgram;

/// A row that has a share in the population.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RowTarget {
    pub row: usize,
    /// How many seats the population's share is. Not a whole number, as a rule.
    pub seats: f64,
    /// How much each seat away from it costs.
    pub weight: f64,
}

/// The panel with the smallest distance to the targets. None if there is no panel.
pub fn nearest(problem: &Problem, targets: &[RowTarget]) -> Option<TypePanel> {
    let types = problem.types.len();
    let mut columns: Vec<Vec<(usize, f64)>> = problem.types.iter().map(|unit_type| unit_type.entries.clone()).collect();
    let mut bounds: Vec<(f64, f64)> = (0..types).map(|at| (0.0, problem.size(at))).collect();
    let mut cost = vec![0.0; types];
    let mut rows = problem.rows.clone();
    for target in targets {
        // seats on the panel = the whole number below the target + part − too few + too many. Between two whole numbers the distance is taken
        // as a straight line, so that a divided panel gains nothing by having a fraction of a seat.
        let (min, max) = problem.rows[target.row];
        let below = target.seats.clamp(min, max).floor();
        let part = (target.seats - below).clamp(0.0, 1.0);
        rows.push((below, below));
        for (sign, most, slope) in [(-1.0, 1.0, 1.0 - 2.0 * part), (1.0, below - min, 1.0), (-1.0, max - below, 1.0)] {
            columns.push(vec![(rows.len() - 1, sign)]);
            bounds.push((0.0, most));
            cost.push(-target.weight * slope);
        }
    }
    for column in &mut columns[..types] {
        let counted = targets.iter().enumerate().filter_map(|(at, target)| {
            let (_, coefficient) = column.iter().find(|(row, _)| *row == target.row)?;
            Some((problem.rows.len() + at, *coefficient))
        });
        let counted: Vec<_> = counted.collect();
        column.extend(counted);
    }
    let mut program = BoxedProgram::new(columns, &bounds, &cost, &rows, &problem.budget);
    let found = SeatSearch::run(&mut program, types, true, Aim::BEST);
    found.solutions.last().map(|(_, solution)| sparse(solution))
}

/// The panel with the largest sum of scores. `scores` has that of one unit of each type. None if there is no panel.
pub fn most_telling(problem: &Problem, scores: &[f64]) -> Option<TypePanel> {
    let mut program = problem.program();
    // Scores of any size: what counts as equal is relative to the largest.
    let largest = scores.iter().fold(0.0, |most: f64, score| most.max(score.abs())).max(f64::MIN_POSITIVE);
    scores.iter().enumerate().for_each(|(at, score)| program.set_cost(at, score / largest));
    let step = 1e-9_f64.max(grain(scores) / largest * (1.0 - 1e-6));
    let found = SeatSearch::run(&mut program, problem.types.len(), true, Aim { step, ..Aim::BEST });
    found.solutions.last().map(|(_, solution)| sparse(solution))
}

/// The unit of which all scores are multiples, so that a better panel is better by one of it at least: 1, a tenth, … or 0 if none is found.
fn grain(scores: &[f64]) -> f64 {
    let is_grain = |parts: &f64| scores.iter().all(|score| (score * parts - (score * parts).round()).abs() < 1e-9);
    [1.0, 10.0, 100.0, 1000.0].into_iter().find(is_grain).map_or(0.0, |parts| 1.0 / parts)
}
