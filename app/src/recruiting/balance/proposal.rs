//! Quotas from a population: the largest remainder method.
//!
//! Each value gets the whole part of its share of the seats, and the seats that are left go to the largest remainders (Hamilton's or Hare's method;
//! Balinski and Young, "Fair Representation", 1982). Among equal remainders the value with the larger share comes first, then the one that stands
//! first. The result is a seat number that adds up to the panel; slack makes a range of it.

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SeatRange {
    /// The seats by largest remainder.
    pub seats: u32,
    pub min: u32,
    pub max: u32,
}

/// Ranges of seats for the weights of a category's values (of any sum): the seats by largest remainder, less and more the slack, between 0 and all seats.
/// None if no weight is positive, or one is negative or not a number.
#[must_use]
pub fn propose(weights: &[f64], seats: u32, slack: u32) -> Option<Vec<SeatRange>> {
    let whole: f64 = weights.iter().sum();
    if !(whole > 0.0 && whole.is_finite() && weights.iter().all(|weight| *weight >= 0.0)) {
        return None;
    }
    // Shares that are whole numbers but for rounding are whole.
    let exact = |weight: &f64| {
        let share = f64::from(seats) * weight / whole;
        if (share - share.round()).abs() < 1e-9 { share.round() } else { share }
    };
    let shares: Vec<f64> = weights.iter().map(exact).collect();
    let mut numbers: Vec<u32> = shares.iter().map(|share| share.floor() as u32).collect();
    let left = seats.saturating_sub(numbers.iter().sum());
    let mut order: Vec<usize> = (0..shares.len()).collect();
    // Remainders within rounding are equal.
    let remainder = |at: usize| (shares[at].fract() * 1e9).round();
    order.sort_by(|one, other| {
        remainder(*other).total_cmp(&remainder(*one)).then(shares[*other].total_cmp(&shares[*one])).then(one.cmp(other))
    });
    order.into_iter().take(left as usize).for_each(|at| numbers[at] += 1);
    let range = |number: u32| SeatRange { seats: number, min: number.saturating_sub(slack), max: number.saturating_add(slack).min(seats) };
    Some(numbers.into_iter().map(range).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seats(weights: &[f64], seats: u32) -> Vec<u32> {
        propose(weights, seats, 0).expect("a proposal").iter().map(|range| range.seats).collect()
    }

    #[test]
    fn seats_left_go_to_the_largest_remainders() {
        // 15 seats: 9, 3.75, 2.25.
        assert_eq!(seats(&[60.0, 25.0, 15.0], 15), [9, 4, 2]);
        // 10 seats of 21 people: 3.33, 6.67.
        assert_eq!(seats(&[7.0, 14.0], 10), [3, 7]);
        assert_eq!(seats(&[0.1, 0.2, 0.7], 10), [1, 2, 7]);
    }

    #[test]
    fn equal_remainders_prefer_the_larger_share_then_the_first() {
        assert_eq!(seats(&[1.0, 3.0], 2), [0, 2]);
        assert_eq!(seats(&[1.0, 1.0, 1.0], 4), [2, 1, 1]);
    }

    #[test]
    fn every_seat_is_given_and_nobody_is_off_by_a_seat() {
        for count in 1..40_u32 {
            let weights: Vec<f64> = (0..7_u32).map(|at| f64::from((at * 37 + count * 11) % 23)).collect();
            let whole: f64 = weights.iter().sum();
            let given = seats(&weights, count);
            assert_eq!(given.iter().sum::<u32>(), count);
            assert!(given.iter().zip(&weights).all(|(given, weight)| (f64::from(*given) - f64::from(count) * weight / whole).abs() < 1.0));
        }
    }

    #[test]
    fn slack_widens_within_the_panel() {
        let ranges = propose(&[60.0, 25.0, 15.0], 3, 2).expect("a proposal");
        assert_eq!(ranges.iter().map(|range| (range.seats, range.min, range.max)).collect::<Vec<_>>(), [(2, 0, 3), (1, 0, 3), (0, 0, 2)]);
        assert_eq!(propose(&[0.0, 0.0], 3, 0), None);
        assert_eq!(propose(&[1.0, -1.0], 3, 0), None);
    }
}
