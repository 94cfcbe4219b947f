//! How well authors are recognised: precision and recall of each kind, and of “not a customer”, which decides who is ranked.

use serde::{Deserialize, Serialize};

use super::AuthorKind;

/// Of the authors taken for something, how many are; of those that are, how many were taken for it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RecognitionScore {
    /// Authors that are, by their labels.
    pub labelled: u32,
    /// Authors taken for it, and how many of them rightly.
    pub taken: u32,
    pub right: u32,
    /// From 0 to 1; 1 where none was taken.
    pub precision: f64,
    /// From 0 to 1; 1 where none is.
    pub recall: f64,
    pub f1: f64,
}

impl RecognitionScore {
    /// Of pairs: whether the author is, and whether it was taken for it.
    pub fn of(pairs: impl IntoIterator<Item = (bool, bool)>) -> Self {
        let mut score = Self::default();
        for (is, taken) in pairs {
            score.labelled += u32::from(is);
            score.taken += u32::from(taken);
            score.right += u32::from(is && taken);
        }
        let share = |whole: u32| if whole == 0 { 1.0 } else { f64::from(score.right) / f64::from(whole) };
        (score.precision, score.recall) = (share(score.taken), share(score.labelled));
        let sum = score.labelled + score.taken;
        score.f1 = if sum == 0 { 1.0 } else { f64::from(2 * score.right) / f64::from(sum) };
        score
    }
}

/// One kind, recognised so.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct KindScore {
    pub kind: AuthorKind,
    #[serde(flatten)]
    pub score: RecognitionScore,
}

/// Scores of all kinds that occur, and of “not a customer”, of pairs of label and kind.
#[must_use]
pub fn scores(pairs: &[(AuthorKind, AuthorKind)]) -> (RecognitionScore, Vec<KindScore>) {
    let of = |is: &dyn Fn(AuthorKind) -> bool| RecognitionScore::of(pairs.iter().map(|(label, taken)| (is(*label), is(*taken))));
    let kinds = AuthorKind::ALL
        .iter()
        .map(|kind| KindScore { kind: *kind, score: of(&|found| found == *kind) })
        .filter(|found| found.score.labelled + found.score.taken > 0)
        .collect();
    (of(&|kind| kind != AuthorKind::Customer), kinds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_partner_taken_for_media_is_a_mistake_of_kinds_and_none_of_no_customer() {
        use AuthorKind::{Customer, Media, Partner};
        let (no_customer, kinds) =
            scores(&[(Partner, Media), (Partner, Partner), (Customer, Customer), (Customer, Media), (Media, Customer)]);
        assert_eq!((no_customer.labelled, no_customer.taken, no_customer.right), (3, 3, 2));
        assert!((no_customer.precision - 2.0 / 3.0).abs() < 1e-9 && (no_customer.recall - 2.0 / 3.0).abs() < 1e-9);
        assert_eq!(kinds.iter().map(|found| found.kind).collect::<Vec<_>>(), [Customer, Partner, Media]);
        let partner = kinds[1].score;
        assert_eq!((partner.precision, partner.recall), (1.0, 0.5));
        assert_eq!(kinds[2].score.right, 0);
        assert_eq!(scores(&[]).0.f1, 1.0);
    }
}
