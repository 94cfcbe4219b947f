//! Addresses of the page, and of the mentions behind its numbers.

use super::rules::Period;

/// Addresses that ask for the same days.
#[derive(Clone, Copy, Debug)]
pub(super) struct VolumeLinks {
    pub period: Period,
}

impl VolumeLinks {
    pub fn mentions(&self, more: &str) -> String {
        self.to("/mentions", more)
    }

    pub fn listen(&self) -> String {
        self.to("/listen", "")
    }

    fn to(&self, page: &str, more: &str) -> String {
        let more = if more.is_empty() { String::new() } else { format!("{more}&") };
        format!("{page}?{more}{}", self.period.address())
    }
}
