//! Brute force that shares nothing with the solver: all panels listed, and a textbook simplex over people.

use super::super::{DrawPool, SeatQuota};
use super::count;

/// Every panel of so many seats that satisfies the quotas and the condition, as numbers of candidates.
pub fn panels(pool: &DrawPool, quotas: &[SeatQuota], seats: u32, allowed: impl Fn(&[usize]) -> bool) -> Vec<Vec<usize>> {
    let people = pool.candidates.len();
    let members = |bits: u32| (0..people).filter(|at| bits & (1 << at) != 0).collect::<Vec<_>>();
    let all = (0..1_u32 << people).filter(|bits| bits.count_ones() == seats).map(members);
    all.filter(|panel| misses(pool, quotas, panel) == 0 && allowed(panel)).collect()
}

/// By how many seats a panel misses its quotas, all added up.
pub fn misses(pool: &DrawPool, quotas: &[SeatQuota], panel: &[usize]) -> u32 {
    let ids: Vec<String> = panel.iter().map(|at| pool.candidates[*at].id.clone()).collect();
    let miss = |quota: &SeatQuota| {
        let count = count(pool, &ids, quota);
        quota.min.saturating_sub(count) + count.saturating_sub(quota.max)
    };
    quotas.iter().map(miss).sum()
}

/// The leximin chances by definition: the smallest open chance as large as possible; a person is closed if nobody could raise theirs alone.
pub fn leximin(people: usize, panels: &[Vec<usize>]) -> Vec<f64> {
    let mut closed: Vec<Option<f64>> = vec![None; people];
    while closed.iter().any(Option::is_none) {
        let smallest = largest(people, panels, &closed, |_| true);
        let floor: Vec<_> = closed.iter().map(|chance| Some(chance.unwrap_or(smallest - 1e-9))).collect();
        let open: Vec<usize> = (0..people).filter(|at| closed[*at].is_none()).collect();
        for at in open {
            let mut others = floor.clone();
            others[at] = None;
            if largest(people, panels, &others, |person| person == at) < smallest + 1e-7 {
                closed[at] = Some(smallest - 1e-9);
            }
        }
    }
    closed.into_iter().flatten().collect()
}

/// The largest z such that a lottery gives everybody with a floor that chance, and those that are raised z.
pub fn largest(people: usize, panels: &[Vec<usize>], floor: &[Option<f64>], raised: impl Fn(usize) -> bool) -> f64 {
    // Columns: the panels, then z. Rows: floor_i + z·raised_i − Σ λ_j ≤ 0, and Σ λ_j = 1 as two inequalities.
    let z = panels.len();
    let mut rows = Vec::new();
    for (at, least) in floor.iter().enumerate().take(people) {
        let mut row: Vec<f64> = panels.iter().map(|panel| if panel.contains(&at) { -1.0 } else { 0.0 }).collect();
        row.push(if least.is_none() && raised(at) { 1.0 } else { 0.0 });
        rows.push((row, -least.unwrap_or(0.0)));
    }
    for sign in [1.0, -1.0] {
        let mut row = vec![sign; panels.len()];
        row.push(0.0);
        rows.push((row, sign));
    }
    let mut cost = vec![0.0; panels.len() + 1];
    cost[z] = 1.0;
    textbook(&rows, &cost).expect("there is a lottery")
}

/// Maximises `cost·x` where `row·x ≤ limit` and `x ≥ 0`: a full tableau, two phases, Bland's rule. None if nothing satisfies the rows.
fn textbook(rows: &[(Vec<f64>, f64)], cost: &[f64]) -> Option<f64> {
    let (m, n) = (rows.len(), cost.len());
    // Columns: x, one slack for each row, the artificial variable x0, the limit.
    let width = n + m + 2;
    let mut table: Vec<Vec<f64>> = Vec::new();
    for (at, (row, limit)) in rows.iter().enumerate() {
        let mut line = row.clone();
        line.resize(width, 0.0);
        (line[n + at], line[n + m], line[n + m + 1]) = (1.0, -1.0, *limit);
        table.push(line);
    }
    let mut basis: Vec<usize> = (n..n + m).collect();
    let mut objective = vec![0.0; width];
    objective[n + m] = -1.0;
    let lowest = (0..m).min_by(|one, other| rows[*one].1.total_cmp(&rows[*other].1))?;
    if rows[lowest].1 < 0.0 {
        pivot(&mut table, &mut basis, &mut objective, lowest, n + m);
        climb(&mut table, &mut basis, &mut objective, n + m + 1);
        if objective[width - 1].abs() > 1e-7 {
            return None;
        }
        if let Some(at) = basis.iter().position(|variable| *variable == n + m) {
            let other = (0..n + m).find(|column| table[at][*column].abs() > 1e-7)?;
            pivot(&mut table, &mut basis, &mut objective, at, other);
        }
    }
    let mut objective: Vec<f64> = cost.to_vec();
    objective.resize(width, 0.0);
    for (at, variable) in basis.iter().enumerate() {
        let factor = objective[*variable];
        objective.iter_mut().zip(&table[at]).for_each(|(element, of_row)| *element -= factor * of_row);
    }
    climb(&mut table, &mut basis, &mut objective, n + m);
    Some(-objective[width - 1])
}

fn climb(table: &mut [Vec<f64>], basis: &mut [usize], objective: &mut [f64], columns: usize) {
    while let Some(entering) = (0..columns).find(|column| objective[*column] > 1e-9) {
        let limit = |at: &usize| table[*at][table[*at].len() - 1] / table[*at][entering];
        let rows = (0..table.len()).filter(|at| table[*at][entering] > 1e-9);
        let leaving = rows.min_by(|one, other| limit(one).total_cmp(&limit(other)).then(basis[*one].cmp(&basis[*other])));
        pivot(table, basis, objective, leaving.expect("bounded"), entering);
    }
}

fn pivot(table: &mut [Vec<f64>], basis: &mut [usize], objective: &mut [f64], leaving: usize, entering: usize) {
    let divisor = table[leaving][entering];
    table[leaving].iter_mut().for_each(|element| *element /= divisor);
    let row = table[leaving].clone();
    let subtract = |line: &mut [f64]| {
        let factor = line[entering];
        line.iter_mut().zip(&row).for_each(|(element, of_row)| *element -= factor * of_row);
    };
    table.iter_mut().enumerate().filter(|(at, _)| *at != leaving).for_each(|(_, line)| subtract(line));
    subtract(objective);
    basis[leaving] = entering;
}
