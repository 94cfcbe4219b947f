//! Linear programs in which every variable has two finite bounds, solved by the dual simplex method.
//!
//! `maximise c·x  where  A·x = s,  lower ≤ (x, s) ≤ upper`. Each row has its own variable s (the row's activity), so the basis that consists of
//! rows only always exists. Because every variable is boxed, any basis becomes dual feasible when each nonbasic variable is put on the bound
//! that its reduced cost prefers. So there is one method for everything: after a change of costs, of bounds, or with a row added, the last basis
//! is where the next solution starts, and no first phase is needed.
//!
//! Sources: Koberstein, "The Dual Simplex Method, Techniques for a Fast and Stable Implementation" (2005): the bound flipping ratio test (3.3.2) and
//! steepest edge pricing (3.3.3; here exact, because the inverse is dense). The inverse is kept explicitly: programs have tens of rows, or hundreds.
//! Only + − × ÷ are used, in a fixed order, so results are the same on every platform with IEEE 754 doubles.

mod basis;
mod vectors;

use super::budget::Budget;
use vectors::{dot, squared};

/// How far a value may be outside of its bounds.
const FEASIBLE: f64 = 1e-9;
/// The smallest element that is pivoted on when there is a choice.
const STABLE: f64 = 1e-7;
/// Elements below this are taken as zero.
const ZERO: f64 = 1e-11;
/// After so many pivots the inverse is computed afresh.
const FRESH: usize = 250;
const NONBASIC: usize = usize::MAX;

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Solved {
    /// With the largest value of the objective.
    Optimal(f64),
    /// Nothing satisfies all rows and bounds.
    Infeasible,
    /// The objective cannot exceed the cutoff.
    Cut,
    /// The budget was spent before any of these was certain.
    OutOfWork,
}

/// A program with its current basis. Variables are numbered: first the columns, then the rows.
#[derive(Clone, Debug)]
pub struct BoxedProgram {
    columns: Vec<Vec<(usize, f64)>>,
    lower: Vec<f64>,
    upper: Vec<f64>,
    cost: Vec<f64>,
    value: Vec<f64>,
    reduced: Vec<f64>,
    /// The variable at each position of the basis, and the position of each variable.
    basis: Vec<usize>,
    position: Vec<usize>,
    inverse: Vec<Vec<f64>>,
    /// Squared lengths of the rows of the inverse.
    lengths: Vec<f64>,
    pivots: usize,
    /// Whether reduced costs must be computed afresh.
    is_stale: bool,
    /// Columns that are not fixed by their bounds; the others need no reduced costs.
    active: Vec<usize>,
    is_active: Vec<bool>,
    row_alphas: Vec<f64>,
    budget: Budget,
}

impl BoxedProgram {
    /// A program from its columns, given as (row, coefficient), with bounds and cost for each, and the bounds of each row.
    pub fn new(columns: Vec<Vec<(usize, f64)>>, bounds: &[(f64, f64)], cost: &[f64], rows: &[(f64, f64)], budget: &Budget) -> Self {
        let (n, m) = (columns.len(), rows.len());
        let all = || bounds.iter().chain(rows);
        let mut inverse = vec![vec![0.0; m]; m];
        for (at, row) in inverse.iter_mut().enumerate() {
            row[at] = -1.0;
        }
        Self {
            columns,
            lower: all().map(|(lower, _)| *lower).collect(),
            upper: all().map(|(_, upper)| *upper).collect(),
            cost: cost.iter().copied().chain(rows.iter().map(|_| 0.0)).collect(),
            value: vec![0.0; n + m],
            reduced: vec![0.0; n + m],
            basis: (n..n + m).collect(),
            position: (0..n).map(|_| NONBASIC).chain(0..m).collect(),
            inverse,
            budget: budget.clone(),
            lengths: vec![1.0; m],
            pivots: 0,
            is_stale: true,
            active: Vec::new(),
            is_active: vec![false; n],
            row_alphas: vec![0.0; n + m],
        }
    }

    pub fn rows(&self) -> usize {
        self.basis.len()
    }

    /// The number of a row's variable.
    pub fn row(&self, row: usize) -> usize {
        self.columns.len() + row
    }

    pub fn value(&self, variable: usize) -> f64 {
        self.value[variable]
    }

    pub fn values(&self) -> &[f64] {
        &self.value[..self.columns.len()]
    }

    /// By how much the objective grows with the variable, at the optimum. Negative on the lower bound, positive on the upper one.
    pub fn reduced(&self, variable: usize) -> f64 {
        self.reduced[variable]
    }

    pub fn bounds(&self, variable: usize) -> (f64, f64) {
        (self.lower[variable], self.upper[variable])
    }

    pub fn set_bounds(&mut self, variable: usize, (lower, upper): (f64, f64)) {
        (self.lower[variable], self.upper[variable]) = (lower, upper);
        self.is_stale |= lower < upper && self.is_active.get(variable) == Some(&false);
    }

    pub fn set_cost(&mut self, variable: usize, cost: f64) {
        if self.cost[variable] != cost {
            self.cost[variable] = cost;
            self.is_stale = true;
        }
    }

    /// Adds a row over columns that exist.
    pub fn add_row(&mut self, entries: &[(usize, f64)], (lower, upper): (f64, f64)) {
        let row = self.rows();
        // Bordering the inverse: the new row's variable joins the basis.
        let mut last = vec![0.0; row + 1];
        for (column, coefficient) in entries {
            self.columns[*column].push((row, *coefficient));
            if let Some(old) = self.inverse.get(self.position[*column]) {
                for (sum, element) in last.iter_mut().zip(old) {
                    *sum += coefficient * element;
                }
            }
        }
        last[row] = -1.0;
        for old in &mut self.inverse {
            old.push(0.0);
        }
        self.lengths.push(squared(&last));
        self.inverse.push(last);
        self.position.push(row);
        self.basis.push(self.value.len());
        self.lower.push(lower);
        self.upper.push(upper);
        for list in [&mut self.cost, &mut self.value, &mut self.reduced, &mut self.row_alphas] {
            list.push(0.0);
        }
    }

    /// Solves from the last basis. Stops early when the objective cannot exceed the cutoff, or when the budget is spent.
    pub fn solve(&mut self, cutoff: f64) -> Solved {
        let entries: usize = self.columns.iter().map(Vec::len).sum();
        let work = self.rows() * self.rows() + entries + self.value.len();
        if !self.budget.take(work) {
            return Solved::OutOfWork;
        }
        if self.pivots > FRESH {
            self.refresh();
        }
        if self.is_stale {
            self.compute_reduced();
        }
        if (0..self.value.len()).any(|variable| self.lower[variable] > self.upper[variable] + FEASIBLE) {
            return Solved::Infeasible;
        }
        self.compute_values();
        let mut flips = Vec::new();
        let mut steps = Vec::new();
        loop {
            if self.pivots > FRESH {
                self.refresh();
                self.compute_reduced();
                self.compute_values();
            }
            if cutoff > f64::NEG_INFINITY && dot(&self.cost, &self.value) <= cutoff {
                return Solved::Cut;
            }
            let Some(leaving) = self.most_violated() else { return Solved::Optimal(dot(&self.cost, &self.value)) };
            // Cycling has not been seen. It would end here, too.
            if !self.budget.take(work) {
                return Solved::OutOfWork;
            }
            let variable = self.basis[leaving];
            let is_below = self.value[variable] < self.lower[variable];
            let bound = if is_below { self.lower[variable] } else { self.upper[variable] };
            self.compute_row(leaving);
            let Some(entering) = self.entering(is_below, (self.value[variable] - bound).abs(), &mut steps, &mut flips) else {
                return Solved::Infeasible;
            };
            self.flip(&flips);
            let alphas = self.column(entering);
            let step = (self.value[variable] - bound) / alphas[leaving];
            for (position, alpha) in alphas.iter().enumerate() {
                self.value[self.basis[position]] -= alpha * step;
            }
            self.value[entering] += step;
            self.value[variable] = bound;
            let dual_step = self.reduced[entering] / alphas[leaving];
            for variable in self.active.iter().copied().chain(self.columns.len()..self.value.len()) {
                self.reduced[variable] -= dual_step * self.row_alphas[variable];
            }
            self.reduced[variable] = -dual_step;
            self.reduced[entering] = 0.0;
            self.pivot(leaving, entering, &alphas);
        }
    }

    /// The position whose variable violates its bounds most, measured along the steepest edge.
    fn most_violated(&self) -> Option<usize> {
        let mut worst = (0.0, None);
        for (position, variable) in self.basis.iter().enumerate() {
            let (value, lower, upper) = (self.value[*variable], self.lower[*variable], self.upper[*variable]);
            let violation = (lower - value).max(value - upper);
            if violation > FEASIBLE * (1.0 + lower.abs().min(upper.abs())) {
                let weighted = violation * violation / self.lengths[position];
                if weighted > worst.0 {
                    worst = (weighted, Some(position));
                }
            }
        }
        worst.1
    }

    /// The row of the tableau at a position, for all nonbasic variables.
    fn compute_row(&mut self, position: usize) {
        let row = &self.inverse[position];
        let n = self.columns.len();
        for variable in &self.active {
            let alpha = || self.columns[*variable].iter().map(|(at, coefficient)| row[*at] * coefficient).sum();
            self.row_alphas[*variable] = if self.position[*variable] == NONBASIC { alpha() } else { 0.0 };
        }
        for (at, element) in row.iter().enumerate() {
            self.row_alphas[n + at] = if self.position[n + at] == NONBASIC { -element } else { 0.0 };
        }
    }

    /// The bound flipping ratio test: which variable enters, and which go to their other bound before it. None if the row cannot be satisfied.
    fn entering(&self, is_below: bool, violation: f64, steps: &mut Vec<(f64, f64, usize)>, flips: &mut Vec<usize>) -> Option<usize> {
        steps.clear();
        flips.clear();
        for variable in self.active.iter().copied().chain(self.columns.len()..self.value.len()) {
            let (alpha, range) = (self.row_alphas[variable], self.upper[variable] - self.lower[variable]);
            if alpha.abs() <= ZERO || range <= ZERO || self.position[variable] != NONBASIC {
                continue;
            }
            let is_at_lower = self.value[variable] - self.lower[variable] < self.upper[variable] - self.value[variable];
            // The basic variable falls by alpha for each unit that this one grows.
            if (is_at_lower == (alpha < 0.0)) == is_below {
                steps.push((self.reduced[variable].abs() / alpha.abs(), alpha.abs(), variable));
            }
        }
        let order = |one: &(f64, f64, usize), other: &(f64, f64, usize)| {
            one.0.total_cmp(&other.0).then(other.1.total_cmp(&one.1)).then(one.2.cmp(&other.2))
        };
        let mut remaining = violation;
        let mut chosen = None;
        let mut sorted = 0;
        for at in 0..steps.len() {
            // Few are needed, as a rule, so few are sorted.
            if at == sorted {
                let unsorted = &mut steps[sorted..];
                let some = unsorted.len().min(8 + 4 * sorted);
                if some < unsorted.len() {
                    unsorted.select_nth_unstable_by(some, order);
                }
                unsorted[..some].sort_unstable_by(order);
                sorted += some;
            }
            let (_, alpha, variable) = &steps[at];
            remaining -= alpha * (self.upper[*variable] - self.lower[*variable]);
            if remaining <= FEASIBLE {
                chosen = Some(at);
                break;
            }
        }
        // Stopping at an earlier variable is always allowed: better than dividing by next to nothing.
        let mut chosen = chosen?;
        if steps[chosen].1 < STABLE
            && let Some(earlier) = (0..chosen).rev().find(|at| steps[*at].1 >= STABLE)
        {
            chosen = earlier;
        }
        flips.extend(steps[..chosen].iter().map(|step| step.2));
        Some(steps[chosen].2)
    }

    fn flip(&mut self, flips: &[usize]) {
        if flips.is_empty() {
            return;
        }
        let mut moved = vec![0.0; self.rows()];
        for variable in flips {
            let is_at_lower = self.value[*variable] - self.lower[*variable] < self.upper[*variable] - self.value[*variable];
            let to = if is_at_lower { self.upper[*variable] } else { self.lower[*variable] };
            let by = to - self.value[*variable];
            self.value[*variable] = to;
            self.add_column(*variable, by, &mut moved);
        }
        for (position, row) in self.inverse.iter().enumerate() {
            self.value[self.basis[position]] -= dot(row, &moved);
        }
    }

    fn add_column(&self, variable: usize, times: f64, sum: &mut [f64]) {
        match self.columns.get(variable) {
            Some(column) => column.iter().for_each(|(row, coefficient)| sum[*row] += times * coefficient),
            None => sum[variable - self.columns.len()] -= times,
        }
    }

    fn column(&self, variable: usize) -> Vec<f64> {
        match self.columns.get(variable) {
            Some(column) => {
                let element = |row: &Vec<f64>| column.iter().map(|(at, coefficient)| row[*at] * coefficient).sum();
                self.inverse.iter().map(element).collect()
            }
            None => self.inverse.iter().map(|row| -row[variable - self.columns.len()]).collect(),
        }
    }
}
