//! What to change when quotas contradict each other or the pool: as few seats as possible.
//!
//! Every quota may be missed at a cost of 1 for each seat; the cheapest panel (an integer program) says which quotas give way, and by how much.
//! The sum of changes is the smallest there is. Seats, and who comes together or apart, are not changed.

use super::integer::{Aim, SeatSearch};
use super::problem::Problem;
use super::simplex::BoxedProgram;

/// A quota that gives way: the row, and by how many seats its smallest or its largest number changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowChange {
    Lower { row: usize, by: u32 },
    Raise { row: usize, by: u32 },
}

/// The smallest changes of these rows that make a panel possible. None if no change does.
pub fn smallest(problem: &Problem, changeable: &[usize]) -> Option<Vec<RowChange>> {
    let types = problem.types.len();
    let mut columns: Vec<Vec<(usize, f64)>> = problem.types.iter().map(|unit_type| unit_type.entries.clone()).collect();
    let mut bounds: Vec<(f64, f64)> = (0..types).map(|at| (0.0, problem.size(at))).collect();
    let mut cost = vec![0.0; types];
    let most = problem.rows[0].1 + problem.rows.iter().fold(0.0, |most: f64, (min, max)| most.max(min.abs()).max(max.abs()));
    for row in changeable {
        for sign in [1.0, -1.0] {
            columns.push(vec![(*row, sign)]);
            bounds.push((0.0, most));
            cost.push(-1.0);
        }
    }
    let mut program = BoxedProgram::new(columns, &bounds, &cost, &problem.rows, &problem.budget);
    // Costs are whole seats: a better panel saves one.
    let aim = Aim { step: 1.0 - 1e-6, ..Aim::BEST };
    let found = SeatSearch::run(&mut program, types, false, aim);
    let (_, solution) = found.solutions.last()?;
    let mut sums = vec![0.0; problem.rows.len()];
    for (at, count) in solution.iter().enumerate() {
        problem.types[at].entries.iter().for_each(|(row, coefficient)| sums[*row] += coefficient * f64::from(*count));
    }
    let change = |row: &usize| {
        let (sum, (min, max)) = (sums[*row], problem.rows[*row]);
        if sum < min {
            Some(RowChange::Lower { row: *row, by: (min - sum) as u32 })
        } else if sum > max {
            Some(RowChange::Raise { row: *row, by: (sum - max) as u32 })
        } else {
            None
        }
    };
    Some(changeable.iter().filter_map(change).collect())
}
