//! The methods of a draw.

/// How seats are filled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DrawMethod {
    /// By lot, the smallest chance as large as possible, then the next smallest, and so on.
    Leximin,
    /// By lot, the smallest chance as large as possible.
    Maximin,
    /// The smallest distance to the population.
    Balanced,
    /// The highest scores.
    Ranked,
}

impl DrawMethod {
    /// Whether the lot decides, by a seed.
    #[must_use]
    pub const fn is_lottery(self) -> bool {
        matches!(self, Self::Leximin | Self::Maximin)
    }
}
