//! Products of vectors, summed in a fixed order.

/// The inner product. Eight partial sums, always in the same order, so that the processor may add them side by side.
pub fn dot(one: &[f64], other: &[f64]) -> f64 {
    let mut sums = [0.0; 8];
    let ((ones, rest), (others, other_rest)) = (one.as_chunks::<8>(), other.as_chunks::<8>());
    for (one, other) in ones.iter().zip(others) {
        for lane in 0..8 {
            sums[lane] += one[lane] * other[lane];
        }
    }
    let rest: f64 = rest.iter().zip(other_rest).map(|(one, other)| one * other).sum();
    sums.iter().sum::<f64>() + rest
}

/// The squared length.
pub fn squared(row: &[f64]) -> f64 {
    dot(row, row)
}
