//! The fairest chances if panels could be divided: an upper bound on what any lottery can reach, and usually what it does reach.
//!
//! Chances p of a lottery over feasible panels are a mixture of them, so they satisfy the same rows: the linear relaxation
//! `min ≤ A·x ≤ max, 0 ≤ x_t ≤ m_t` with `x_t = m_t·p_t`. Leximin over it is computed round after round:
//!
//! `maximise z  where  x_t ≥ m_t·z for open types,  x_t = m_t·f_t for closed ones`
//!
//! and every open type whose bound has a price is closed at f_t = z (a bound with a price is tight in *every* solution). At least one has,
//! since the prices of a round add up to 1. The first z is the bound on the smallest chance.

use super::problem::Problem;
use super::simplex::{BoxedProgram, Solved};

const PRICED: f64 = 1e-9;
/// The width around each row at first: closed chances are rounded, and must stay feasible.
const HAIR: f64 = 1e-10;
/// The width to which it may grow.
const MAX_HAIR: f64 = 1e-6;

/// Chances of each type's units, between 0 and 1.
#[derive(Clone, Debug)]
pub struct Shares {
    pub chance: Vec<f64>,
    /// The largest smallest chance of those that were not given.
    pub smallest: f64,
    /// Whether the chances above the smallest are leximin, too. They are not if rounding, or the budget, has ended the rounds early.
    pub is_complete: bool,
}

/// Leximin over divided panels, where some chances may be given. None if no divided panel satisfies the rows.
pub fn leximin(problem: &Problem, given: &[Option<f64>]) -> Option<Shares> {
    let types = problem.types.len();
    let mut closed = given.to_vec();
    // Types whose chance could exceed 1 get a row that forbids it, once it did.
    let mut capped: Vec<usize> = Vec::new();
    let (mut smallest, mut last, mut hair, mut is_complete) = (None, 0.0, HAIR, true);
    while closed.iter().any(Option::is_none) {
        let (mut program, level) = round(problem, &closed, &capped, hair);
        let Solved::Optimal(_) = program.solve(f64::NEG_INFINITY) else {
            // Rounding has used up the hair's width around the rows.
            smallest?;
            if hair < MAX_HAIR && !problem.budget.is_spent() {
                hair *= 10.0;
                continue;
            }
            // What is open keeps the level of the last round.
            is_complete = false;
            closed.iter_mut().for_each(|chance| *chance = chance.or(Some(last)));
            break;
        };
        let z = program.value(level);
        last = z;
        let over = |at: &usize| closed[*at].is_none() && program.value(*at) > (1.0 - z) * problem.size(*at) + 1e-9 && !capped.contains(at);
        let over: Vec<usize> = (0..types).filter(over).collect();
        if !over.is_empty() {
            capped.extend(over);
            continue;
        }
        smallest.get_or_insert(z);
        let open = (0..types).filter(|at| closed[*at].is_none());
        let price = |at: &usize| -program.reduced(*at) * problem.size(*at);
        let mut tight: Vec<usize> = open.clone().filter(|at| price(at) > PRICED).collect();
        if tight.is_empty() || z > 1.0 - 1e-12 {
            tight = open.collect();
        }
        for at in tight {
            // What the hair's width around the rows allows is no chance.
            closed[at] = Some(if z < 1e-9 { 0.0 } else { z.min(1.0) });
        }
    }
    let chance = closed.into_iter().map(|chance| chance.unwrap_or_default()).collect();
    Some(Shares { chance, smallest: smallest.unwrap_or(1.0), is_complete })
}

/// The program of a round: what each type gets above its level, and the level itself as the last column.
fn round(problem: &Problem, closed: &[Option<f64>], capped: &[usize], hair: f64) -> (BoxedProgram, usize) {
    let types = problem.types.len();
    let mut columns: Vec<Vec<(usize, f64)>> = problem.types.iter().map(|unit_type| unit_type.entries.clone()).collect();
    let mut bounds: Vec<(f64, f64)> = (0..types).map(|at| (0.0, problem.size(at))).collect();
    let mut level = vec![0.0; problem.rows.len()];
    for (at, unit_type) in problem.types.iter().enumerate() {
        match closed[at] {
            Some(chance) => bounds[at] = (chance * problem.size(at), chance * problem.size(at)),
            None => unit_type.entries.iter().for_each(|(row, coefficient)| level[*row] += coefficient * problem.size(at)),
        }
    }
    columns.push(level.into_iter().enumerate().filter(|(_, sum)| *sum != 0.0).collect());
    bounds.push((0.0, 1.0));
    let mut cost = vec![0.0; types + 1];
    cost[types] = 1.0;
    let rows: Vec<_> = problem.rows.iter().map(|(min, max)| (min - hair, max + hair)).collect();
    let mut program = BoxedProgram::new(columns, &bounds, &cost, &rows, &problem.budget);
    for at in capped.iter().filter(|at| closed[**at].is_none()) {
        program.add_row(&[(*at, 1.0), (types, problem.size(*at))], (0.0, problem.size(*at)));
    }
    (program, types)
}
