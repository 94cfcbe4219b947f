//! The draw as numbers: rows to satisfy, and types of candidates that are exchangeable.
//!
//! Two candidates who count for the same rows are of one **type**: any fair distribution may treat them alike, because averaging over their
//! exchanges keeps it feasible and cannot lower the smallest chance (Flanigan et al. 2021, supplement, "anonymity"). So the solver decides how many
//! of each type come, and the draw decides who. People who come together are one **unit** that takes several seats.

use super::budget::Budget;
use super::integer::{Aim, SeatSearch};
use super::simplex::BoxedProgram;

/// Units that count alike, and for which rows.
#[derive(Clone, Debug)]
pub struct UnitType {
    /// The candidates of each unit, by their number in the pool.
    pub units: Vec<Vec<usize>>,
    /// (row, how much one unit adds to it).
    pub entries: Vec<(usize, f64)>,
}

/// Rows with the least and the most that a panel may have in each, and types that fill them. The first row counts the seats.
#[derive(Clone, Debug)]
pub struct Problem {
    pub types: Vec<UnitType>,
    pub rows: Vec<(f64, f64)>,
    /// The work that everything about this problem may be.
    pub budget: Budget,
}

/// How many units of each type sit on a panel: (type, units), without zeros, by type.
pub type TypePanel = Vec<(u32, u32)>;

impl Problem {
    /// How many units there are of a type.
    pub fn size(&self, unit_type: usize) -> f64 {
        self.types[unit_type].units.len() as f64
    }

    /// The program over all panels: column t is the number of units of type t.
    pub fn program(&self) -> BoxedProgram {
        let columns = self.types.iter().map(|unit_type| unit_type.entries.clone()).collect();
        let bounds: Vec<_> = (0..self.types.len()).map(|at| (0.0, self.size(at))).collect();
        BoxedProgram::new(columns, &bounds, &vec![0.0; self.types.len()], &self.rows, &self.budget)
    }

    /// A panel, if there is any. None too if the budget is spent first.
    pub fn any_panel(&self) -> Option<TypePanel> {
        let found = SeatSearch::run(&mut self.program(), self.types.len(), true, Aim { first: true, ..Aim::BEST });
        found.solutions.last().map(|(_, solution)| sparse(solution))
    }

    /// Whether a panel satisfies every row.
    pub fn allows(&self, panel: &TypePanel) -> bool {
        let mut sums = vec![0.0; self.rows.len()];
        for (unit_type, count) in panel {
            for (row, coefficient) in &self.types[*unit_type as usize].entries {
                sums[*row] += coefficient * f64::from(*count);
            }
        }
        let fits = |(sum, (min, max)): (&f64, &(f64, f64))| *sum >= *min && *sum <= *max;
        panel.iter().all(|(at, count)| f64::from(*count) <= self.size(*at as usize)) && sums.iter().zip(&self.rows).all(fits)
    }
}

/// A panel without its zeros.
pub fn sparse(counts: &[u32]) -> TypePanel {
    (0..).zip(counts).filter(|(_, count)| **count > 0).map(|(at, count)| (at, *count)).collect()
}
