//! The fair lottery: maximin and leximin over all feasible panels, with a proof.
//!
//! First the shares that divided panels would allow (`shares`), and panels that realise them (`decomposition`). When that succeeds, the result is
//! optimal: no lottery over whole panels can be fairer than the best over divided ones. When it fails, whole panels allow less, and the optimum is
//! found by column generation over all types, round after round, as Flanigan et al. do: maximise the smallest chance of the open types; close those
//! whose bound has a price; repeat. After 1, 2, 4, … rounds the shares that are still possible are tried again.

use super::DrawMethod;
use super::decomposition::{COVERED, Mixture, decompose};
use super::master::{Cover, Covered, cover};
use super::problem::{Problem, TypePanel};
use super::shares::leximin;

/// A type whose bound has a higher price is closed.
const PRICED: f64 = 1e-7;

/// A lottery, with what is known about the best one.
#[derive(Clone, Debug)]
pub struct Lottery {
    pub mixture: Mixture,
    /// No lottery gives everybody more than this chance (the dual bound).
    pub bound: f64,
}

/// The fairest lottery. None if there is no feasible panel.
pub fn fairest(problem: &Problem, method: DrawMethod) -> Option<Lottery> {
    let shares = leximin(problem, &vec![None; problem.types.len()])?;
    let (mixture, reached) = decompose(problem, &shares)?;
    if reached >= COVERED {
        return Some(Lottery { mixture, bound: shares.smallest });
    }
    let mut rounds = Rounds { problem, closed: vec![None; problem.types.len()], panels: mixture.panels.into_iter().map(|(_, panel)| panel).collect() };
    let first = rounds.next()?;
    let bound = first.bound.min(shares.smallest);
    let mut last = first;
    if method == DrawMethod::Leximin {
        for round in 1_usize.. {
            if rounds.closed.iter().all(Option::is_some) {
                break;
            }
            if round.is_power_of_two()
                && let Some(covered) = rounds.jump()
            {
                last = covered;
                break;
            }
            last = rounds.next()?;
        }
    }
    let mixture = Mixture::of(last.weights.into_iter().zip(rounds.panels).collect());
    Some(Lottery { mixture, bound })
}

/// Rounds of leximin over whole panels.
struct Rounds<'a> {
    problem: &'a Problem,
    closed: Vec<Option<f64>>,
    panels: Vec<TypePanel>,
}

impl Rounds<'_> {
    /// Maximises the smallest open chance, and closes the types that hold it down.
    fn next(&mut self) -> Option<Covered> {
        let row = |(at, closed): (usize, &Option<f64>)| match closed {
            Some(chance) => (at, chance * self.problem.size(at), 0.0),
            None => (at, 0.0, self.problem.size(at)),
        };
        let rows: Vec<_> = self.closed.iter().enumerate().map(row).collect();
        let covered = self.cover(Cover { rows, mass: 1.0, enough: f64::INFINITY, rounds: usize::MAX })?;
        let price = |at: usize| covered.prices[at] * self.problem.size(at);
        let open: Vec<usize> = (0..self.closed.len()).filter(|at| self.closed[*at].is_none()).collect();
        let mut tight: Vec<usize> = open.iter().copied().filter(|at| price(*at) > PRICED).collect();
        if tight.is_empty() || covered.reached > 1.0 - 1e-12 {
            tight = open;
        }
        for at in tight {
            self.closed[at] = Some(covered.reached.clamp(0.0, 1.0));
        }
        Some(covered)
    }

    /// All other rounds at once, if the shares that divided panels still allow can be covered.
    fn jump(&mut self) -> Option<Covered> {
        // Closed chances are rounded: a hair less, so that they are feasible.
        let given: Vec<_> = self.closed.iter().map(|chance| chance.map(|chance| (chance - 1e-9).max(0.0))).collect();
        let shares = leximin(self.problem, &given)?;
        let target = |at: usize| shares.chance[at] * self.problem.size(at);
        let rows: Vec<_> = (0..self.closed.len()).filter(|at| target(*at) > 1e-9).map(|at| (at, 0.0, target(at))).collect();
        let covered = self.cover(Cover { rows, mass: 1.0, enough: COVERED, rounds: usize::MAX })?;
        (covered.reached >= COVERED).then_some(covered)
    }

    fn cover(&mut self, wanted: Cover) -> Option<Covered> {
        cover(self.problem, &mut self.problem.program(), &mut self.panels, &wanted)
    }
}
