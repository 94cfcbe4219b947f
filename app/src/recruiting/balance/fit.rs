//! Whether counts may be a random sample of stated shares: goodness of fit.
//!
//! The exact multinomial test (Read and Cressie, "Goodness-of-Fit Statistics for Discrete Multivariate Data", 1988, section 9.1) adds up the probability
//! of every outcome that is as improbable as the observed one, or more. Where there are too many outcomes to list, Pearson's chi-square test is used, on
//! Cochran's condition ("Some Methods for Strengthening the Common χ² Tests", Biometrics 10, 1954): every expected count is at least 1, and four
//! fifths of them are at least 5. Where neither is possible there is no answer.

use serde::Serialize;

/// More outcomes than this are not listed.
const OUTCOMES: u64 = 200_000;

/// Which test gave a probability.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FitTest {
    ExactMultinomial,
    ChiSquare,
}

/// How probable it is that a random sample is as far from the shares, or further.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Fit {
    pub test: FitTest,
    /// Between 0 and 1 (p-value).
    pub probability: f64,
}

/// Tests counts against the weights of their population (of any sum). None if nothing is counted, if no weight is positive, if a weight is negative or
/// not a number, or if there are too many outcomes for the exact test while expected counts are too small for the other.
#[must_use]
pub fn fit(observed: &[u64], weights: &[f64]) -> Option<Fit> {
    let (count, whole): (u64, f64) = (observed.iter().sum(), weights.iter().sum());
    let is_usable = observed.len() == weights.len() && weights.iter().all(|weight| *weight >= 0.0) && whole > 0.0 && whole.is_finite();
    if count == 0 || !is_usable {
        return None;
    }
    if observed.iter().zip(weights).any(|(observed, weight)| *observed > 0 && *weight == 0.0) {
        // Somebody whom the population does not have: no random sample.
        return Some(Fit { test: FitTest::ExactMultinomial, probability: 0.0 });
    }
    let (observed, shares): (Vec<u64>, Vec<f64>) =
        observed.iter().zip(weights).filter(|(_, weight)| **weight > 0.0).map(|(observed, weight)| (*observed, weight / whole)).unzip();
    if outcomes(count, shares.len() as u64) <= OUTCOMES {
        return Some(Fit { test: FitTest::ExactMultinomial, probability: exact(&observed, &shares) });
    }
    let expected: Vec<f64> = shares.iter().map(|share| share * count as f64).collect();
    let small = expected.iter().filter(|expected| **expected < 5.0).count();
    if expected.iter().any(|expected| *expected < 1.0) || 5 * small > expected.len() {
        return None;
    }
    let distance: f64 = observed.iter().zip(&expected).map(|(observed, expected)| (*observed as f64 - expected).powi(2) / expected).sum();
    Some(Fit { test: FitTest::ChiSquare, probability: above(distance, expected.len() - 1) })
}

/// How many ways there are to count so many in so many values: (count + values − 1) over (values − 1).
fn outcomes(count: u64, values: u64) -> u64 {
    (1..values).fold(1_u64, |ways, at| if ways > OUTCOMES { ways } else { ways.saturating_mul(count.saturating_add(at)) / at })
}

fn exact(observed: &[u64], shares: &[f64]) -> f64 {
    let count: u64 = observed.iter().sum();
    let mut factorials = vec![0.0];
    for number in 1..=count {
        factorials.push(factorials.last().copied().unwrap_or_default() + (number as f64).ln());
    }
    let logs: Vec<f64> = shares.iter().map(|share| share.ln()).collect();
    let term = |at: usize, number: u64| number as f64 * logs[at] - factorials[number as usize];
    let probability = factorials[count as usize] + observed.iter().enumerate().map(|(at, number)| term(at, *number)).sum::<f64>();
    // As improbable within rounding.
    let limit = probability + 1e-9;
    let mut sum = 0.0;
    let mut open = vec![(0, count, factorials[count as usize])];
    while let Some((at, left, log)) = open.pop() {
        if at + 1 == shares.len() {
            let log = log + term(at, left);
            if log <= limit {
                sum += log.exp();
            }
        } else {
            open.extend((0..=left).map(|number| (at + 1, left - number, log + term(at, number))));
        }
    }
    sum.min(1.0)
}

/// The probability that a chi-square variable is above a value. By recursion over the degrees of freedom f (DLMF 8.8.6, with a = f/2):
/// Q(x, f + 2) = Q(x, f) + (x/2)^(f/2)·e^(−x/2) / Γ(f/2 + 1), from Q(x, 2) = e^(−x/2) and Q(x, 1) = erfc(√(x/2)).
fn above(value: f64, freedom: usize) -> f64 {
    if freedom == 0 || value <= 0.0 {
        return 1.0;
    }
    let half = value / 2.0;
    let is_even = freedom.is_multiple_of(2);
    // The term that leads from f to f + 2; Γ(3/2) = √π / 2.
    let (mut sum, mut term, mut at) = match is_even {
        true => ((-half).exp(), half * (-half).exp(), 2.0),
        false => (complementary_error(half.sqrt()), half.sqrt() * (-half).exp() * std::f64::consts::FRAC_2_SQRT_PI, 1.0),
    };
    for _ in 0..(freedom - 1) / 2 {
        sum += term;
        at += 2.0;
        term *= half / (at / 2.0);
    }
    sum.clamp(0.0, 1.0)
}

/// erfc for numbers that are not negative: the series of erf below 2.5, the continued fraction above (Abramowitz and Stegun, 7.1.6 and 7.1.14).
fn complementary_error(x: f64) -> f64 {
    let scale = (-x * x).exp() / std::f64::consts::PI.sqrt();
    if x < 2.5 {
        let (mut term, mut sum) = (2.0 * x, 0.0);
        for at in 1..100 {
            sum += term;
            term *= 2.0 * x * x / (2.0 * f64::from(at) + 1.0);
        }
        1.0 - scale * sum
    } else {
        scale / (1..=60).rev().fold(x, |below, at| x + f64::from(at) / 2.0 / below)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(one: f64, other: f64, by: f64) {
        assert!((one - other).abs() < by, "{one} instead of {other}");
    }

    #[test]
    fn few_are_tested_exactly() {
        // A fair coin, 9 of 10 or more extreme on either side: 22 of 1,024.
        let coin = fit(&[9, 1], &[1.0, 1.0]).expect("a fit");
        assert_eq!(coin.test, FitTest::ExactMultinomial);
        near(coin.probability, 22.0 / 1024.0, 1e-12);
        // Three of three of one value, of three equal ones: 3 of 27. One of each is the most probable outcome.
        near(fit(&[3, 0, 0], &[2.0, 2.0, 2.0]).expect("a fit").probability, 3.0 / 27.0, 1e-12);
        near(fit(&[1, 1, 1], &[2.0, 2.0, 2.0]).expect("a fit").probability, 1.0, 1e-12);
        // By hand, shares ½, ¼, ¼, two people: as improbable as both of the second: 1/16 + 1/16.
        near(fit(&[0, 2, 0], &[2.0, 1.0, 1.0]).expect("a fit").probability, 0.125, 1e-12);
    }

    #[test]
    fn many_are_tested_by_chi_square_if_enough_are_expected() {
        let many = fit(&[220, 180, 210, 190, 200], &[1.0; 5]).expect("a fit");
        assert_eq!(many.test, FitTest::ChiSquare);
        // χ² = 5 with 4 degrees of freedom: 3.5·e^(−2.5).
        near(many.probability, 3.5 * (-2.5_f64).exp(), 1e-12);
        assert_eq!(fit(&[990, 5, 4, 1, 0], &[0.9999, 0.00004, 0.00003, 0.00002, 0.00001]), None);
    }

    #[test]
    fn chi_square_has_the_values_of_the_tables() {
        // Upper 5 % and 1 % points (Abramowitz and Stegun, table 26.8).
        for (freedom, five, one) in
            [(1, 3.84146, 6.63490), (2, 5.99146, 9.21034), (3, 7.81473, 11.3449), (5, 11.0705, 15.0863), (10, 18.3070, 23.2093)]
        {
            near(above(five, freedom), 0.05, 2e-6);
            near(above(one, freedom), 0.01, 2e-6);
        }
        near(complementary_error(2.499_999_999), complementary_error(2.500_000_001), 1e-10);
    }

    #[test]
    fn there_is_no_answer_without_counts_or_shares_and_none_but_zero_for_the_impossible() {
        assert_eq!(fit(&[0, 0], &[1.0, 1.0]), None);
        assert_eq!(fit(&[1, 2], &[0.0, 0.0]), None);
        assert_eq!(fit(&[1, 2], &[1.0, f64::NAN]), None);
        assert_eq!(fit(&[1, 2], &[1.0]), None);
        assert_eq!(fit(&[1, 2], &[0.0, 1.0]).expect("a fit").probability, 0.0);
    }
}
