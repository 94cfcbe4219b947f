//! How well a roster, candidates or a panel resemble the population: shares of each category, and quotas that follow from them.
//!
//! `table` compares shares and says whether a gap may be chance, `fit` is the test behind it, `proposal` turns a population into quotas.

pub mod fit;
pub mod proposal;
pub mod table;
