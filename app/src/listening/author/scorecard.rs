//! Whether the mentions of an author speak as a customer's do: shares of them that show some traits, each with a weight.
//!
//! It is a logistic model: the weights of the shares and a constant add up to the logarithm of the odds that the author is not a customer.
//! The stated weights are round numbers, set by reasoning and looked at once against labels of real authors; nothing was fitted to those
//! labels, which may not be passed on. ADR 0009 has the figures. A program learns weights of its own from people's decisions (`learning`).

use serde::{Deserialize, Serialize};

use super::author_trait::{AuthorTrait, TRAITS};
use super::evidence::SpeechEvidence;
use super::habits::PostingHabits;

/// How the mentions of an author speak: kept with it, updated with its mentions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "store", derive(sqlx::FromRow))]
pub struct AuthorSigns {
    /// Mentions whose signs are counted: fewer than there are where an earlier release imported some.
    pub signed: i64,
    pub replies: i64,
    pub first_person: i64,
    pub calls: i64,
    pub hashtags: i64,
    pub service: i64,
    pub we: i64,
    pub addressing: i64,
    pub reposts: i64,
    /// With a hashtag of the organisation's employees.
    pub staff: i64,
    /// With a link to the organisation's sites.
    pub own_links: i64,
    /// That other authors posted too, in nearly the same words; reposts left out.
    pub syndicated: i64,
}

impl AuthorSigns {
    /// Whether all mentions are counted.
    #[must_use]
    pub const fn is_complete(&self, habits: &PostingHabits) -> bool {
        self.signed == habits.mentions && self.signed > 0
    }

    /// How many mentions show a trait.
    #[must_use]
    pub const fn shown(&self, habits: &PostingHabits, what: AuthorTrait) -> i64 {
        match what {
            AuthorTrait::Link => habits.links,
            AuthorTrait::Call => self.calls,
            AuthorTrait::Syndicated => self.syndicated,
            AuthorTrait::Hashtags => self.hashtags,
            AuthorTrait::We => self.we,
            AuthorTrait::You => self.addressing,
            AuthorTrait::Promotional => habits.promotional,
            AuthorTrait::FirstPerson => self.first_person,
            AuthorTrait::Service => self.service,
            AuthorTrait::Reply => self.replies,
            AuthorTrait::Negative => habits.negative,
        }
    }
}

/// What is weighed of one author.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AuthorShares {
    pub mentions: i64,
    /// In the order of `AuthorTrait`.
    pub shares: [f64; TRAITS],
}

impl AuthorShares {
    /// Of an author whose mentions are all counted. One mention that shows nothing is added, so that few mentions say little. Where at least half
    /// of the mentions complain, texts that others post too do not count: customers pass on a complaint, and its words are theirs.
    #[must_use]
    pub fn of(habits: &PostingHabits, signs: &AuthorSigns) -> Option<Self> {
        if !signs.is_complete(habits) {
            return None;
        }
        let all = habits.mentions as f64 + 1.0;
        let mut shares = [0.0; TRAITS];
        let complains = habits.negative * 2 >= habits.mentions;
        for (share, what) in shares.iter_mut().zip(AuthorTrait::ALL) {
            if complains && *what == AuthorTrait::Syndicated {
                continue;
            }
            *share = signs.shown(habits, *what) as f64 / all;
        }
        Some(Self { mentions: habits.mentions, shares })
    }

    /// The score from which an author is not a customer: higher where few mentions are known.
    #[must_use]
    pub fn needed(&self) -> f64 {
        2.0 / self.mentions as f64
    }
}

/// Weights of the shares, and the constant.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Scorecard {
    pub constant: f64,
    /// In the order of `AuthorTrait`.
    pub weights: [f64; TRAITS],
    /// Whether they were learned from people's decisions.
    pub learned: bool,
}

/// The stated weights. A link, a request, a text that others post too, tags for reach and “we” speak for a business; “I”, trouble with service and
/// a reply to somebody speak for a customer. Advertising words and “you” occur in both, and complaints are rarely a business's.
pub const STATED: Scorecard =
    Scorecard { constant: -0.5, weights: [2.5, 2.0, 2.0, 1.5, 1.5, 1.0, 1.0, -3.0, -2.0, -1.5, -0.5], learned: false };

impl Default for Scorecard {
    fn default() -> Self {
        STATED
    }
}

impl Scorecard {
    /// The logarithm of the odds that an author is not a customer.
    #[must_use]
    pub fn score(&self, author: &AuthorShares) -> f64 {
        self.constant + self.weights.iter().zip(author.shares).map(|(weight, share)| weight * share).sum::<f64>()
    }

    /// Whether the author is taken for something else than a customer.
    #[must_use]
    pub fn excludes(&self, author: &AuthorShares) -> bool {
        self.score(author) > author.needed()
    }

    /// What was counted and how it adds up, the traits that weigh most first.
    #[must_use]
    pub fn evidence(&self, habits: &PostingHabits, signs: &AuthorSigns) -> Option<SpeechEvidence> {
        let author = AuthorShares::of(habits, signs)?;
        let mut weighed: Vec<(AuthorTrait, f64)> = AuthorTrait::ALL
            .iter()
            .zip(self.weights.iter().zip(author.shares))
            .map(|(what, (weight, share))| (*what, weight * share))
            .collect();
        weighed.sort_by(|(_, one), (_, other)| other.abs().total_cmp(&one.abs()));
        let hundredths = |value: f64| (value * 100.0).round() as i64;
        Some(SpeechEvidence {
            mentions: author.mentions,
            shown: weighed.into_iter().map(|(what, _)| (what, signs.shown(habits, what))).collect(),
            score: hundredths(self.score(&author)),
            needed: hundredths(author.needed()),
            learned: self.learned,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn author(habits: PostingHabits, signs: AuthorSigns) -> (AuthorShares, PostingHabits, AuthorSigns) {
        let signs = AuthorSigns { signed: habits.mentions, ..signs };
        (AuthorShares::of(&habits, &signs).expect("counted"), habits, signs)
    }

    #[test]
    fn a_partner_that_passes_on_a_kit_is_no_customer_and_says_why() {
        let (shares, habits, signs) = author(
            PostingHabits { mentions: 29, links: 27, ..PostingHabits::default() },
            AuthorSigns { calls: 26, hashtags: 11, we: 7, addressing: 20, service: 4, syndicated: 24, ..AuthorSigns::default() },
        );
        assert!(STATED.excludes(&shares));
        let evidence = STATED.evidence(&habits, &signs).expect("counted");
        assert_eq!(evidence.shown[0], (AuthorTrait::Link, 27));
        assert_eq!(evidence.needed, 7);
    }

    #[test]
    fn customers_with_pictures_questions_or_one_mention_stay() {
        for (habits, signs) in [
            // Complains with pictures.
            (
                PostingHabits { mentions: 12, links: 9, negative: 9, ..PostingHabits::default() },
                AuthorSigns {
                    replies: 4,
                    first_person: 11,
                    calls: 1,
                    hashtags: 5,
                    service: 6,
                    we: 5,
                    addressing: 8,
                    ..AuthorSigns::default()
                },
            ),
            // Answers others.
            (
                PostingHabits { mentions: 20, links: 4, ..PostingHabits::default() },
                AuthorSigns { replies: 18, first_person: 2, service: 5, addressing: 12, ..AuthorSigns::default() },
            ),
            // One mention with a picture, or that passes on a deal.
            (PostingHabits { mentions: 1, links: 1, ..PostingHabits::default() }, AuthorSigns::default()),
            (PostingHabits { mentions: 1, links: 1, promotional: 1, ..PostingHabits::default() }, AuthorSigns::default()),
        ] {
            assert!(!STATED.excludes(&author(habits, signs).0), "{habits:?}");
        }
    }

    #[test]
    fn who_passes_on_a_complaint_is_a_customer() {
        let signs = AuthorSigns { syndicated: 10, ..AuthorSigns::default() };
        let posts = |negative| PostingHabits { mentions: 10, negative, ..PostingHabits::default() };
        assert!(!STATED.excludes(&author(posts(5), signs).0));
        assert!(STATED.excludes(&author(posts(4), signs).0), "but not who passes on an announcement");
    }

    #[test]
    fn what_is_not_counted_in_full_is_not_judged() {
        let habits = PostingHabits { mentions: 9, links: 9, ..PostingHabits::default() };
        assert_eq!(AuthorShares::of(&habits, &AuthorSigns { signed: 8, ..AuthorSigns::default() }), None);
        assert_eq!(AuthorShares::of(&PostingHabits::default(), &AuthorSigns::default()), None);
    }

    #[test]
    fn every_trait_has_a_weight_whose_sign_says_of_whom_it_is() {
        assert_eq!(AuthorTrait::ALL.len(), TRAITS);
        for (what, weight) in AuthorTrait::ALL.iter().zip(STATED.weights) {
            assert_eq!(weight < 0.0, what.is_of_customers(), "{what}");
        }
    }
}
