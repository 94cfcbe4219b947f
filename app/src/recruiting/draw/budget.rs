//! How much work a draw may be: a number of multiplications, never a time, so that a result does not depend on the machine.
//!
//! Integer programs have no useful bound on their work. Instead of an answer that never comes, a search that has used up its budget gives the best it
//! has, with the bound that is proven so far, and says that it ended early (`DrawResult::proven`).

use std::cell::Cell;
use std::rc::Rc;

/// The work of one draw, in multiplications: 10 to 30 seconds on one core of 2020. Pools of 5,000 people take a tenth of it, as a rule.
const DRAW: u64 = 20_000_000_000;

/// What is left of the work that a draw may be. Clones share it.
#[derive(Clone, Debug)]
pub struct Budget(Rc<Cell<Option<u64>>>);

impl Default for Budget {
    fn default() -> Self {
        Self::of(DRAW)
    }
}

impl Budget {
    pub fn of(work: u64) -> Self {
        Self(Rc::new(Cell::new(Some(work))))
    }

    /// Takes some work, if that much is left. Once it is not, nothing is.
    pub fn take(&self, work: usize) -> bool {
        self.0.set(self.0.get().and_then(|left| left.checked_sub(work as u64)));
        !self.is_spent()
    }

    /// Whether some work had to be left undone.
    pub fn is_spent(&self) -> bool {
        self.0.get().is_none()
    }
}
