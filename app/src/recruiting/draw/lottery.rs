//! The fair lottery: maximin and leximin over all feasible panels, with a proof.
//!
//! First the shares that divided panels would allow (`shares`), and panels that realise them (`decomposition`). When that succeeds, the result is
//! optimal: no lottery over whole panels can be fairer than the best over divided ones. When it fails, whole panels allow less, and the optimum is
//! found by column generation over all types, round after round, as Flanigan et al. do: maximise the smallest chance of the open types; close those
//! whose bound has a price; repeat. After 1, 2, 4, … rounds the shares that are still possible are tried again.

use super::decomposition::{COVERED, Mixture, decompose};
use super::integer::{Aim, SeatSearch};
use super::master::{Cover, Covered, cover};
use super::method::DrawMethod;
use super::problem::{Problem, TypePanel};
use super::shares::{Shares, leximin};

/// A type whose bound has a higher price is closed.
const PRICED: f64 = 1e-7;

/// A lottery, with what is known about the best one.
#[derive(Clone, Debug)]
pub struct Lottery {
    pub mixture: Mixture,
    /// No lottery gives everybody more than this chance (the dual bound).
    pub bound: f64,
}

/// The fairest lottery, or if the budget is spent, the fairest that was found until then, with a bound that holds all the same. None if there is no
/// feasible panel, or the budget is spent before there is one.
pub fn fairest(problem: &Problem, method: DrawMethod) -> Option<Lottery> {
    let shares = leximin(problem, &vec![None; problem.types.len()])?;
    // Maximin asks for no more than the smallest chance; all chances must be right for leximin.
    let is_fairest = |shares: &Shares, reached: f64| reached >= COVERED && (shares.is_complete || method == DrawMethod::Maximin);
    let mut bound = shares.smallest;
    let (mut mixture, reached) = decompose(problem, &shares)?;
    if is_fairest(&shares, reached) || problem.budget.is_spent() {
        return Some(Lottery { mixture, bound });
    }
    // Perhaps only because some fit on no whole panel at all: then the others' shares are tried again without them.
    let given: Vec<Option<f64>> = possible(problem).into_iter().map(|is_possible| (!is_possible).then_some(0.0)).collect();
    if given.iter().any(Option::is_some) {
        bound = 0.0;
        let mut is_done = false;
        if let Some(shares) = leximin(problem, &given)
            && let Some((again, reached)) = decompose(problem, &shares)
        {
            mixture = again;
            is_done = is_fairest(&shares, reached);
        }
        if is_done || problem.budget.is_spent() {
            return Some(Lottery { mixture, bound });
        }
    }
    let panels = mixture.panels.iter().map(|(_, panel)| panel.clone()).collect();
    let mut rounds = Rounds { problem, closed: given, panels };
    let Some(first) = rounds.next() else { return Some(Lottery { mixture, bound }) };
    bound = first.bound.clamp(0.0, bound);
    let mut last = first;
    if method == DrawMethod::Leximin {
        for round in 1_usize.. {
            if problem.budget.is_spent() || rounds.closed.iter().all(Option::is_some) {
                break;
            }
            let jumped = if round.is_power_of_two() { rounds.jump() } else { None };
            let is_last = jumped.is_some();
            // A round that the budget has ended may be worse than the one before.
            match jumped.or_else(|| rounds.next()).filter(|_| !problem.budget.is_spent()) {
                Some(covered) => last = covered,
                None => break,
            }
            if is_last {
                break;
            }
        }
    }
    let found = Mixture::of(last.weights.into_iter().zip(rounds.panels).collect());
    // The first round may have ended early, before it was as fair as what it began with.
    let is_better = !problem.budget.is_spent() || found.smallest(problem) >= mixture.smallest(problem);
    Some(Lottery { mixture: if is_better { found } else { mixture }, bound })
}

/// Which types are on any panel at all: panels are looked for that have as many new types as possible, then for each type that is left.
fn possible(problem: &Problem) -> Vec<bool> {
    let types = problem.types.len();
    let mut program = problem.program();
    let mut is_possible = vec![false; types];
    (0..types).for_each(|at| program.set_cost(at, 1.0 / problem.size(at)));
    for wanted in 0..types {
        if is_possible[wanted] {
            continue;
        }
        let bounds = program.bounds(wanted);
        program.set_bounds(wanted, (1.0, bounds.1));
        let found = SeatSearch::run(&mut program, types, true, Aim { first: true, ..Aim::BEST });
        program.set_bounds(wanted, bounds);
        let Some((_, panel)) = found.solutions.last() else {
            // Without a proof it may be possible.
            is_possible[wanted] = !found.is_proven;
            continue;
        };
        for at in (0..types).filter(|at| panel[*at] > 0) {
            is_possible[at] = true;
            program.set_cost(at, 0.0);
        }
    }
    is_possible
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
        let shares = leximin(self.problem, &given).filter(|shares| shares.is_complete)?;
        let target = |at: usize| shares.chance[at] * self.problem.size(at);
        let rows: Vec<_> = (0..self.closed.len()).filter(|at| target(*at) > 1e-9).map(|at| (at, 0.0, target(at))).collect();
        let covered = self.cover(Cover { rows, mass: 1.0, enough: COVERED, rounds: usize::MAX })?;
        (covered.reached >= COVERED).then_some(covered)
    }

    fn cover(&mut self, wanted: Cover) -> Option<Covered> {
        cover(self.problem, &mut self.problem.program(), &mut self.panels, &wanted)
    }
}
