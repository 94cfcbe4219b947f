//! Integer programs by branch and bound on top of `simplex`: the most telling panel for given weights of its types.
//!
//! Depth first, the nearer side first, so that a good panel is found within a few dozen pivots. Rows are branched on before columns: how many
//! seats a category's value takes decides more than whether one type of person is in (compare Ryan and Foster, 1981).

use super::simplex::{BoxedProgram, Solved};

const INTEGRAL: f64 = 1e-6;

/// What a search looks for, and how long.
#[derive(Clone, Copy, Debug)]
pub struct Aim {
    /// Only values above this one are of interest.
    pub above: f64,
    /// By how much a solution must be better than the best one so far.
    pub step: f64,
    /// The number of programs solved until the search gives up. A number, never a time: results must not depend on the machine. It also ends when
    /// the budget of the program is spent.
    pub nodes: usize,
    /// Ends at the first solution.
    pub first: bool,
}

impl Aim {
    /// The best of all.
    pub const BEST: Self = Self { above: f64::NEG_INFINITY, step: 1e-9, nodes: usize::MAX, first: false };
}

#[derive(Clone, Debug, Default)]
pub struct FoundSeats {
    /// Solutions with their values, each better than the one before.
    pub solutions: Vec<(f64, Vec<u32>)>,
    /// No solution is better than this, unless the search ended early: then nothing is known.
    pub is_proven: bool,
}

/// A branch and bound over one program.
pub struct SeatSearch<'a> {
    program: &'a mut BoxedProgram,
    /// The columns that must be whole numbers: the first ones.
    columns: usize,
    /// Whether rows are whole numbers too.
    rows: bool,
    aim: Aim,
    nodes: usize,
    ended: bool,
    found: FoundSeats,
}

impl<'a> SeatSearch<'a> {
    /// Searches the program for whole numbers in its first columns, and in its rows if these are sums of such columns.
    pub fn run(program: &'a mut BoxedProgram, columns: usize, rows: bool, aim: Aim) -> FoundSeats {
        let mut search = Self { program, columns, rows, aim, nodes: 0, ended: false, found: FoundSeats::default() };
        search.branch();
        search.found.is_proven = !search.ended;
        search.found
    }

    fn best(&self) -> f64 {
        self.found.solutions.last().map_or(self.aim.above, |(value, _)| value + self.aim.step)
    }

    fn branch(&mut self) {
        if self.ended {
            return;
        }
        self.nodes += 1;
        if self.nodes > self.aim.nodes {
            self.ended = true;
            return;
        }
        let value = match self.program.solve(self.best()) {
            Solved::Optimal(value) => value,
            Solved::Infeasible | Solved::Cut => return,
            Solved::OutOfWork => {
                self.ended = true;
                return;
            }
        };
        let Some((variable, at)) = self.most_fractional() else {
            let solution = self.program.values()[..self.columns].iter().map(|value| value.round() as u32).collect();
            self.found.solutions.push((value, solution));
            self.ended |= self.aim.first;
            return;
        };
        let (lower, upper) = self.program.bounds(variable);
        let (down, up) = ((lower, at.floor()), (at.floor() + 1.0, upper));
        let sides = if at - at.floor() >= 0.5 { [up, down] } else { [down, up] };
        for side in sides {
            self.program.set_bounds(variable, side);
            self.branch();
        }
        self.program.set_bounds(variable, (lower, upper));
    }

    fn most_fractional(&self) -> Option<(usize, f64)> {
        let rows = if self.rows { self.program.rows() } else { 0 };
        let rows = self.program.row(0)..self.program.row(rows);
        self.fractional(rows).or_else(|| self.fractional(0..self.columns))
    }

    fn fractional(&self, variables: std::ops::Range<usize>) -> Option<(usize, f64)> {
        let mut most = (INTEGRAL, None);
        for variable in variables {
            let value = self.program.value(variable);
            let off = (value - value.round()).abs();
            if off > most.0 {
                most = (off, Some((variable, value)));
            }
        }
        most.1
    }
}
