//! Addresses of the page, and of the mentions behind its numbers.

use super::rules::Period;
use crate::kernel::ids::ProgramId;

/// Addresses that ask for the same days, and the same program where one was named.
#[derive(Clone, Copy, Debug)]
pub(super) struct VolumeLinks {
    pub period: Period,
    pub program: Option<ProgramId>,
}

impl VolumeLinks {
    pub fn mentions(&self, more: &str) -> String {
        self.to("/mentions", more)
    }

    pub fn listen(&self) -> String {
        self.to("/listen", "")
    }

    fn to(&self, page: &str, more: &str) -> String {
        let program = self.program.map(|id| format!("&program={id}")).unwrap_or_default();
        let more = if more.is_empty() { String::new() } else { format!("{more}&") };
        format!("{page}?{more}{}{program}", self.period.address())
    }
}
