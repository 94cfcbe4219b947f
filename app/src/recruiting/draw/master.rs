//! Column generation: the mixture of panels that covers stated chances as far as possible.
//!
//! For rows t (types), a base b_t and a rate g_t, over all feasible panels j with x_jt units of type t:
//!
//! `maximise s  where  Σ_j λ_j·x_jt ≥ b_t + s·g_t  for all t,   Σ_j λ_j = mass,   λ ≥ 0`
//!
//! It is solved through its dual, in which panels are rows and can be added one by one:
//!
//! `minimise mass·w − Σ_t b_t·y_t  where  w ≥ Σ_t x_jt·y_t  for all known j,   Σ_t g_t·y_t = 1,   y ≥ 0`
//!
//! The prices y ask for the panel that is worth most (an integer program, `integer`). If it is worth more than w it is added; if the best is
//! worth U, then `mass·U − Σ b·y` bounds s from above, whichever panels are not known. That is the dual bound which proves the result.
//! With b = 0 and g = m this is the maximin lottery of Flanigan et al. (2021); with closed types in b, a round of leximin.

use super::integer::{Aim, FoundSeats, SeatSearch};
use super::problem::{Problem, TypePanel, sparse};
use super::simplex::{BoxedProgram, Solved};

/// Panels are added while one is worth so much more than the known ones.
const WORTHWHILE: f64 = 1e-9;
/// The highest price of a closed type, in units of an average price.
const MAX_PRICE: f64 = 1e4;

/// What is to be covered.
#[derive(Clone, Debug)]
pub struct Cover {
    /// The type of each row, with its base and rate.
    pub rows: Vec<(usize, f64, f64)>,
    /// What the weights of all panels add up to.
    pub mass: f64,
    /// Reaching this is enough.
    pub enough: f64,
    /// Rounds of prices at the most.
    pub rounds: usize,
}

/// How far it was covered.
#[derive(Clone, Debug)]
pub struct Covered {
    pub reached: f64,
    /// No mixture reaches more.
    pub bound: f64,
    /// Weights of the panels, in their order.
    pub weights: Vec<f64>,
    /// The price of each row.
    pub prices: Vec<f64>,
}

/// Covers as far as possible, adding panels where they help. `pricing` is a program over panels (`Problem::program`), whose bounds say which
/// types may be used. When the budget is spent, what was reached until then. None if there is no panel at all, or the budget is spent before anything is
/// covered.
pub fn cover(problem: &Problem, pricing: &mut BoxedProgram, panels: &mut Vec<TypePanel>, wanted: &Cover) -> Option<Covered> {
    let mut master = Master::new(problem, wanted);
    for panel in panels.iter() {
        master.add(panel);
    }
    let mut bound = f64::INFINITY;
    if panels.is_empty() {
        let found = SeatSearch::run(pricing, problem.types.len(), true, Aim { first: true, ..Aim::BEST });
        panels.push(sparse(&found.solutions.last()?.1));
        master.add(&panels[0]);
    }
    let mut last = None;
    for round in 0.. {
        let Some(reached) = master.solve() else { return last };
        if reached >= wanted.enough || reached >= bound - 1e-10 || round >= wanted.rounds {
            return Some(master.covered(reached, bound));
        }
        last = Some(master.covered(reached, bound));
        let (prices, worth) = (master.prices(), master.program.value(master.worth));
        (0..problem.types.len()).for_each(|at| pricing.set_cost(at, 0.0));
        for ((unit_type, _, _), price) in wanted.rows.iter().zip(&prices) {
            pricing.set_cost(*unit_type, *price);
        }
        let step = 1e-4 * worth.abs().max(1e-3);
        // A quick look first. Only when it finds nothing, the whole search, which proves a bound.
        let quick = Aim { above: worth + (1e-3 * worth).max(WORTHWHILE), step, nodes: 60, first: false };
        let (_, is_new) = add_new(problem, pricing, panels, &mut master, quick);
        if is_new {
            continue;
        }
        let (found, is_new) = add_new(problem, pricing, panels, &mut master, Aim { above: worth + WORTHWHILE, step, ..Aim::BEST });
        if !found.is_proven {
            // The budget is spent: nothing new is known about the bound.
            return last;
        }
        let best = found.solutions.last().map(|(value, _)| *value);
        let based: f64 = wanted.rows.iter().zip(&prices).map(|((_, base, _), price)| base * price).sum();
        bound = bound.min(wanted.mass * best.map_or(worth + WORTHWHILE, |best| best + step) - based);
        if !is_new {
            return Some(master.covered(reached, bound));
        }
    }
    None
}

/// Adds panels that the prices ask for. Gives what was found, and whether any of it is new.
fn add_new(
    problem: &Problem,
    pricing: &mut BoxedProgram,
    panels: &mut Vec<TypePanel>,
    master: &mut Master<'_>,
    aim: Aim,
) -> (FoundSeats, bool) {
    let found = SeatSearch::run(pricing, problem.types.len(), true, aim);
    let known = panels.len();
    for (_, solution) in found.solutions.iter().rev() {
        let panel = sparse(solution);
        if !panels.contains(&panel) {
            master.add(&panel);
            panels.push(panel);
        }
    }
    (found, panels.len() > known)
}

/// The dual program over known panels.
struct Master<'a> {
    wanted: &'a Cover,
    program: BoxedProgram,
    /// The column of w, after those of y.
    worth: usize,
    row_of_type: Vec<Option<usize>>,
}

impl<'a> Master<'a> {
    fn new(problem: &Problem, wanted: &'a Cover) -> Self {
        let rows = wanted.rows.len();
        let mut row_of_type = vec![None; problem.types.len()];
        let total: f64 = wanted.rows.iter().map(|(_, _, rate)| rate).sum();
        let most = |rate: f64| if rate > 0.0 { 1.0 / rate } else { MAX_PRICE / total };
        let mut columns = Vec::with_capacity(rows + 1);
        let mut bounds = Vec::with_capacity(rows + 1);
        let mut cost = Vec::with_capacity(rows + 1);
        for (at, (unit_type, base, rate)) in wanted.rows.iter().enumerate() {
            row_of_type[*unit_type] = Some(at);
            columns.push(if *rate > 0.0 { vec![(0, *rate)] } else { Vec::new() });
            bounds.push((0.0, most(*rate)));
            // Ties would make the method turn on the spot: each row asks for a hair more or less than it should.
            cost.push(base + 1e-9 * (base.abs() + rate) * spread(at));
        }
        let seats = problem.rows[0].1.max(1.0);
        columns.push(Vec::new());
        let most = bounds.iter().fold(0.0, |most: f64, (_, upper)| most.max(*upper)) * seats;
        // Never on a bound, so that the weights add up to the mass even where nothing can be covered.
        bounds.push((-most, most));
        cost.push(-wanted.mass);
        let program = BoxedProgram::new(columns, &bounds, &cost, &[(1.0, 1.0)], &problem.budget);
        Self { wanted, program, worth: rows, row_of_type }
    }

    fn add(&mut self, panel: &TypePanel) {
        let counted = panel.iter().filter_map(|(at, count)| Some((self.row_of_type[*at as usize]?, -f64::from(*count))));
        let entries: Vec<_> = counted.chain([(self.worth, 1.0)]).collect();
        let most = self.program.bounds(self.worth).1;
        self.program.add_row(&entries, (0.0, 2.0 * most));
    }

    /// Gives what the known panels reach. None if the budget is spent.
    fn solve(&mut self) -> Option<f64> {
        match self.program.solve(f64::NEG_INFINITY) {
            Solved::Optimal(value) => Some(-value),
            Solved::Infeasible | Solved::Cut | Solved::OutOfWork => None,
        }
    }

    fn prices(&self) -> Vec<f64> {
        self.program.values()[..self.worth].to_vec()
    }

    fn covered(&self, reached: f64, bound: f64) -> Covered {
        let panels = 1..self.program.rows();
        let mut weights: Vec<f64> = panels.map(|row| (-self.program.reduced(self.program.row(row))).max(0.0)).collect();
        let total: f64 = weights.iter().sum();
        for weight in &mut weights {
            *weight *= self.wanted.mass / total;
        }
        Covered { reached, bound, weights, prices: self.prices() }
    }
}

/// Numbers between −1 and 1 without a pattern: multiples of the golden ratio.
fn spread(at: usize) -> f64 {
    let share = (at as f64 + 1.0) * 0.618_033_988_749_894_9;
    2.0 * (share - share.floor()) - 1.0
}
