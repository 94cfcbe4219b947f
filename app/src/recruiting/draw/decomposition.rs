//! From shares to panels: a lottery over whole panels whose chances are the given shares.
//!
//! Carathéodory's construction, panel after panel. What remains of the shares, r, and of the weight, μ, always satisfy the rows together
//! (`μ·min ≤ A·r ≤ μ·max`, `0 ≤ r ≤ μ·m`). Each step finds a panel in which every type and every row is the whole number below or above what
//! remains on average (controlled rounding, Cox 1987), and takes as much weight of it as what remains allows. The rows of types that are used up
//! become empty; towards the end too few types are left to make a whole panel. Then the last panels are put back, and this rest, a hundred
//! types as a rule, is solved by column generation (`master`), which undoes choices that were made too early. The rest grows until it is covered.

use super::integer::{Aim, SeatSearch};
use super::master::{Cover, Covered, cover};
use super::problem::{Problem, TypePanel, sparse};
use super::shares::Shares;
use super::simplex::BoxedProgram;

/// Chances below this are none.
const NONE: f64 = 1e-10;
/// A rest with fewer types goes to column generation.
const REST: usize = 40;
/// The least weight of a rest, so that rounding is nothing beside it.
const MASS: f64 = 1e-4;
/// An average so near to a whole number is this number.
const WHOLE: f64 = 1e-7;
/// What counts as covered: one millionth of each chance may be missing.
pub const COVERED: f64 = 1.0 - 1e-6;

/// A lottery: panels with weights that add up to 1.
#[derive(Clone, Debug, Default)]
pub struct Mixture {
    pub panels: Vec<(f64, TypePanel)>,
}

impl Mixture {
    /// From panels with weights, of which those without weight are left out.
    pub fn of(mut panels: Vec<(f64, TypePanel)>) -> Self {
        panels.retain(|(weight, _)| *weight > NONE);
        let total: f64 = panels.iter().map(|(weight, _)| weight).sum();
        panels.iter_mut().for_each(|(weight, _)| *weight /= total);
        panels.sort_by(|one, other| one.1.cmp(&other.1));
        panels.dedup_by(|same, first| {
            let is_same = same.1 == first.1;
            if is_same {
                first.0 += same.0;
            }
            is_same
        });
        Self { panels }
    }

    pub fn smallest(&self, problem: &Problem) -> f64 {
        self.chances(problem).into_iter().fold(1.0, f64::min)
    }

    /// The chance of a unit of each type.
    pub fn chances(&self, problem: &Problem) -> Vec<f64> {
        let mut sums = vec![0.0; problem.types.len()];
        for (weight, panel) in &self.panels {
            for (at, count) in panel {
                sums[*at as usize] += weight * f64::from(*count);
            }
        }
        sums.iter().enumerate().map(|(at, sum)| sum / problem.size(at)).collect()
    }
}

/// A mixture with these shares, and how much of each share it reaches at least: less than `COVERED` only if no lottery has these shares,
/// or the budget is spent. None if there is no panel at all, or the budget is spent before there is one.
pub fn decompose(problem: &Problem, shares: &Shares) -> Option<(Mixture, f64)> {
    let target: Vec<f64> = shares.chance.iter().enumerate().map(|(at, chance)| chance * problem.size(at)).collect();
    if target.iter().all(|share| *share <= NONE) {
        return Some((Mixture::of(vec![(1.0, problem.any_panel()?)]), 1.0));
    }
    let mut rest = Rest { left: target.clone(), mass: 1.0 };
    let mut taken = Vec::new();
    let mut program = problem.program();
    // Each step makes one more average whole, however little weight it takes, so there are no more steps than averages. Rounding may undo some.
    let most = 2 * (problem.types.len() + problem.rows.len());
    while rest.types() > REST && taken.len() < most {
        // First near the averages of rows too. Not every table can be rounded in both; then the rows' own bounds must do.
        let mut near = |rows| rest.next(problem, &target, &mut program, rows).map(|panel| (rows, panel));
        let Some((rows, panel)) = near(Near::Averages).or_else(|| near(Near::Bounds)) else { break };
        let weight = rest.step(problem, &panel, rows);
        if weight <= 0.0 {
            break;
        }
        rest.take(weight, &panel);
        taken.push((weight, panel));
    }
    // If the budget is spent before the rest is covered, the panels so far are a lottery, too.
    let so_far = taken.clone();
    loop {
        // The rest, and enough of the last panels that its types can be combined anew.
        let aim = (rest.types() * 2).max(REST);
        let mut panels: Vec<TypePanel> = Vec::new();
        while (rest.types() < aim || rest.mass < MASS)
            && let Some((weight, panel)) = taken.pop()
        {
            rest.take(-weight, &panel);
            panels.push(panel);
        }
        let Some((covered, panels)) = rest.cover(problem, &target, panels) else {
            return (problem.budget.is_spent() && !so_far.is_empty()).then(|| (Mixture::of(so_far), 0.0));
        };
        if covered.reached >= COVERED || taken.is_empty() || problem.budget.is_spent() {
            taken.extend(covered.weights.into_iter().zip(panels));
            return Some((Mixture::of(taken), covered.reached));
        }
    }
}

/// Where the rows of the next panel must be.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Near {
    /// The whole numbers below and above what remains on average.
    Averages,
    /// Their own bounds.
    Bounds,
}

impl Near {
    fn of(self, average: f64, (min, max): (f64, f64)) -> (f64, f64) {
        match self {
            Self::Averages => {
                let (floor, ceiling) = around(average);
                (floor.max(min), ceiling.min(max))
            }
            // On a bound, every panel that remains is on it.
            Self::Bounds if average <= min + WHOLE => (min, min),
            Self::Bounds if average >= max - WHOLE => (max, max),
            Self::Bounds => (min, max),
        }
    }
}

/// What remains of the shares and of the weight.
struct Rest {
    left: Vec<f64>,
    mass: f64,
}

impl Rest {
    fn types(&self) -> usize {
        self.left.iter().filter(|left| **left > NONE).count()
    }

    fn take(&mut self, weight: f64, panel: &TypePanel) {
        self.mass -= weight;
        for (at, count) in panel {
            self.left[*at as usize] -= weight * f64::from(*count);
        }
    }

    /// How many units of a type the remaining panels have on average, at least and at most.
    fn around(&self, at: usize) -> (f64, f64) {
        around(if self.left[at] <= NONE { 0.0 } else { self.left[at] / self.mass })
    }

    /// A panel near the average of what remains, that prefers types of which much remains.
    fn next(&self, problem: &Problem, target: &[f64], program: &mut BoxedProgram, rows: Near) -> Option<TypePanel> {
        let mut sums = vec![0.0; problem.rows.len()];
        for (at, unit_type) in problem.types.iter().enumerate() {
            let (floor, ceiling) = self.around(at);
            program.set_bounds(at, (floor, ceiling.min(problem.size(at))));
            program.set_cost(at, if target[at] > NONE { self.left[at] / target[at] / self.mass } else { 0.0 });
            unit_type.entries.iter().for_each(|(row, coefficient)| sums[*row] += coefficient * self.left[at] / self.mass);
        }
        for (row, sum) in sums.into_iter().enumerate() {
            program.set_bounds(program.row(row), rows.of(sum, problem.rows[row]));
        }
        let aim = Aim { nodes: 400, first: true, ..Aim::BEST };
        let found = SeatSearch::run(program, problem.types.len(), true, aim);
        found.solutions.last().map(|(_, solution)| sparse(solution))
    }

    /// The most weight that a panel may take: afterwards every type is still within its whole numbers.
    fn step(&self, problem: &Problem, panel: &TypePanel, rows: Near) -> f64 {
        let mut counts = vec![0.0; problem.types.len()];
        let mut sums = vec![(0.0, 0.0); problem.rows.len()];
        panel.iter().for_each(|(at, count)| counts[*at as usize] = f64::from(*count));
        let mut most = self.mass;
        for (at, count) in counts.into_iter().enumerate() {
            let (floor, ceiling) = self.around(at);
            most = most.min(self.until(self.left[at], count, floor, ceiling));
            for (row, coefficient) in &problem.types[at].entries {
                sums[*row].0 += coefficient * self.left[at];
                sums[*row].1 += coefficient * count;
            }
        }
        for ((left, count), bounds) in sums.into_iter().zip(&problem.rows) {
            let (floor, ceiling) = rows.of(left / self.mass, *bounds);
            most = most.min(self.until(left, count, floor, ceiling));
        }
        most
    }

    /// The weight at which the average of what remains reaches a whole number.
    fn until(&self, left: f64, count: f64, floor: f64, ceiling: f64) -> f64 {
        let mut most = self.mass;
        if floor < ceiling {
            if count > floor {
                most = most.min((left - floor * self.mass) / (count - floor));
            }
            if count < ceiling {
                most = most.min((ceiling * self.mass - left) / (ceiling - count));
            }
        }
        most
    }

    /// Covers what remains by column generation over the types that remain.
    fn cover(&self, problem: &Problem, target: &[f64], mut panels: Vec<TypePanel>) -> Option<(Covered, Vec<TypePanel>)> {
        let mut pricing = problem.program();
        let mut rows = Vec::new();
        for (at, left) in self.left.iter().enumerate() {
            if *left > NONE {
                // Short of the whole share, not only of what remains of it.
                rows.push((at, left - target[at], target[at]));
            } else {
                pricing.set_bounds(at, (0.0, 0.0));
            }
        }
        let wanted = Cover { rows, mass: self.mass, enough: COVERED, rounds: 5_000 };
        let covered = cover(problem, &mut pricing, &mut panels, &wanted)?;
        Some((covered, panels))
    }
}

/// The whole numbers below and above; the same twice for a whole number.
fn around(average: f64) -> (f64, f64) {
    let whole = average.round();
    if (average - whole).abs() < WHOLE { (whole, whole) } else { (average.floor(), average.ceil()) }
}
