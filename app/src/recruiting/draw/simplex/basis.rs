//! The basis of a program: its inverse, and the prices and values that follow from it.

use super::vectors::{dot, squared};
use super::{BoxedProgram, NONBASIC, ZERO};

impl BoxedProgram {
    /// Exchanges the variable at a position of the basis.
    pub(super) fn pivot(&mut self, leaving: usize, entering: usize, alphas: &[f64]) {
        let mut pivot_row = std::mem::take(&mut self.inverse[leaving]);
        for element in &mut pivot_row {
            *element /= alphas[leaving];
        }
        for (position, row) in self.inverse.iter_mut().enumerate() {
            let alpha = alphas[position];
            if position != leaving && alpha.abs() > ZERO {
                for (element, pivot) in row.iter_mut().zip(&pivot_row) {
                    *element -= alpha * pivot;
                }
                self.lengths[position] = squared(row);
            }
        }
        self.lengths[leaving] = squared(&pivot_row);
        self.inverse[leaving] = pivot_row;
        self.position[self.basis[leaving]] = NONBASIC;
        self.position[entering] = leaving;
        self.basis[leaving] = entering;
        self.pivots += 1;
    }

    /// Computes the inverse of the same basis afresh, from the basis of rows only.
    pub(super) fn refresh(&mut self) {
        let (n, m) = (self.columns.len(), self.rows());
        let wanted: Vec<usize> = self.basis.iter().copied().filter(|variable| *variable < n).collect();
        let stays: Vec<bool> = (0..m).map(|row| self.position[n + row] != NONBASIC).collect();
        for (at, row) in self.inverse.iter_mut().enumerate() {
            row.fill(0.0);
            row[at] = -1.0;
        }
        self.lengths.fill(1.0);
        self.position[..n].fill(NONBASIC);
        for row in 0..m {
            self.basis[row] = n + row;
            self.position[n + row] = row;
        }
        for variable in wanted {
            let alphas = self.column(variable);
            let free = (0..m).filter(|at| self.basis[*at] >= n && !stays[self.basis[*at] - n]);
            // A column that has become dependent is left out; its row's variable takes its place.
            if let Some(at) = free.max_by(|one, other| alphas[*one].abs().total_cmp(&alphas[*other].abs()).then(other.cmp(one)))
                && alphas[at].abs() > ZERO
            {
                self.pivot(at, variable, &alphas);
            }
        }
        self.pivots = 0;
        self.is_stale = true;
    }

    pub(super) fn compute_reduced(&mut self) {
        let n = self.columns.len();
        let mut prices = vec![0.0; self.rows()];
        for (position, variable) in self.basis.iter().enumerate() {
            let cost = self.cost[*variable];
            if cost != 0.0 {
                prices.iter_mut().zip(&self.inverse[position]).for_each(|(price, element)| *price += cost * element);
            }
        }
        self.active.clear();
        for variable in 0..n {
            let is_active = self.lower[variable] < self.upper[variable] || self.position[variable] != NONBASIC;
            self.is_active[variable] = is_active;
            if is_active {
                self.active.push(variable);
            }
        }
        for variable in self.active.iter().copied().chain(n..self.value.len()) {
            let priced: f64 = match self.columns.get(variable) {
                Some(column) => column.iter().map(|(row, coefficient)| prices[*row] * coefficient).sum(),
                None => -prices[variable - n],
            };
            self.reduced[variable] = if self.position[variable] == NONBASIC { self.cost[variable] - priced } else { 0.0 };
        }
        self.is_stale = false;
    }

    /// Puts each nonbasic variable on the bound that its reduced cost prefers, and computes the basic ones.
    pub(super) fn compute_values(&mut self) {
        let mut sum = vec![0.0; self.rows()];
        for variable in 0..self.value.len() {
            if self.position[variable] != NONBASIC {
                continue;
            }
            let (lower, upper, now) = (self.lower[variable], self.upper[variable], self.value[variable]);
            let prefers_upper = if self.reduced[variable].abs() > ZERO { self.reduced[variable] > 0.0 } else { upper - now < now - lower };
            self.value[variable] = if prefers_upper { upper } else { lower };
            if self.value[variable] != 0.0 {
                self.add_column(variable, self.value[variable], &mut sum);
            }
        }
        for (position, row) in self.inverse.iter().enumerate() {
            self.value[self.basis[position]] = -dot(row, &sum);
        }
    }
}
