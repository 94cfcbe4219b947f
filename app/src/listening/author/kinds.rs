//! Which kind an author is: by its names, by its habits, by how its mentions speak, in this order; each rule with its evidence.
//!
//! The scorecard only says that an author is not a customer; which kind it is instead, the rules below it say. A person's decision overrides all.

use super::AuthorKind;
use super::evidence::KindEvidence;
use super::habits::{self, PostingHabits};
use super::names::{self, KnownNames};
use super::scorecard::{AuthorShares, AuthorSigns, Scorecard};

/// An author that shows a hashtag of the organisation's employees in at least so many mentions, and in this share of them, is one.
pub const MIN_STAFF_MENTIONS: i64 = 2;
pub const STAFF_SHARE: f64 = 0.2;
/// Of those that are not customers: employees link to their employer's sites in at least so many mentions, and in this share.
pub const MIN_OWN_LINKS: i64 = 3;
pub const OWN_LINK_SHARE: f64 = 0.5;
/// Bots pass on what others wrote.
pub const MIN_REPOSTS: i64 = 5;
pub const REPOST_SHARE: f64 = 0.8;
/// Advertisers advertise.
pub const PROMOTIONAL_SHARE: f64 = 0.3;
/// Partners post what others post too: a kit.
pub const SYNDICATED_SHARE: f64 = 0.25;
/// Or speak to a reader in this share of mentions; in fewer where as many ask for something.
pub const ADDRESSING_SHARE: f64 = 0.4;
pub const ADDRESSING_AND_CALLING_SHARE: f64 = 0.3;
/// Media link and do not speak to a reader.
pub const HEADLINE_SHARE: f64 = 0.6;

/// What is known of one author.
#[derive(Clone, Copy, Debug)]
pub struct KnownOfAuthor<'a> {
    pub handle: &'a str,
    pub name: Option<&'a str>,
    pub habits: &'a PostingHabits,
    pub signs: &'a AuthorSigns,
}

impl KnownOfAuthor<'_> {
    /// The kind of the author and why; nothing has to be said of a customer.
    #[must_use]
    pub fn kind(&self, names: &KnownNames, scorecard: &Scorecard) -> (AuthorKind, Vec<KindEvidence>) {
        if let Some(found) = names.kind_by_name(self.handle, self.name, self.habits.mentions, self.habits.links) {
            return found;
        }
        let found = self.staff().or_else(|| habits::kind_by_habits(self.habits));
        if let Some((kind, evidence)) = found {
            return (kind, vec![evidence]);
        }
        if !AuthorShares::of(self.habits, self.signs).is_some_and(|author| scorecard.excludes(&author)) {
            return (AuthorKind::Customer, Vec::new());
        }
        let speech = scorecard.evidence(self.habits, self.signs).map(KindEvidence::Speech);
        let (kind, more) = self.kind_of_others();
        (kind, speech.into_iter().chain(more).collect())
    }

    fn share(&self, part: i64) -> f64 {
        part as f64 / self.habits.mentions.max(1) as f64
    }

    fn staff(&self) -> Option<(AuthorKind, KindEvidence)> {
        let (mentions, shown) = (self.habits.mentions, self.signs.staff);
        let enough = shown >= MIN_STAFF_MENTIONS && self.share(shown) >= STAFF_SHARE;
        enough.then_some((AuthorKind::Employee, KindEvidence::StaffHashtag { mentions, shown }))
    }

    /// The kind of an author that is not a customer.
    fn kind_of_others(&self) -> (AuthorKind, Option<KindEvidence>) {
        let PostingHabits { mentions, links, promotional, .. } = *self.habits;
        let AuthorSigns { calls, addressing, reposts, own_links, syndicated, .. } = *self.signs;
        let (kind, evidence) = if reposts >= MIN_REPOSTS && self.share(reposts) >= REPOST_SHARE {
            (AuthorKind::Bot, KindEvidence::Reposts { mentions, reposts })
        } else if own_links >= MIN_OWN_LINKS && self.share(own_links) >= OWN_LINK_SHARE {
            (AuthorKind::Employee, KindEvidence::OwnLinks { mentions, links: own_links })
        } else if self.share(promotional) >= PROMOTIONAL_SHARE {
            (AuthorKind::Advertiser, KindEvidence::Promotional { mentions, promotional })
        } else if self.share(syndicated) >= SYNDICATED_SHARE {
            (AuthorKind::Partner, KindEvidence::Syndicated { mentions, syndicated })
        } else if self.share(addressing) >= ADDRESSING_SHARE || self.share(addressing.min(calls)) >= ADDRESSING_AND_CALLING_SHARE {
            (AuthorKind::Partner, KindEvidence::Addressing { mentions, addressing, calls })
        } else if self.share(links) >= HEADLINE_SHARE {
            (AuthorKind::Media, KindEvidence::Headlines { mentions, links })
        } else {
            return (AuthorKind::Unknown, None);
        };
        (kind, Some(evidence))
    }
}

/// The rules in words, as pages state them: (kind, rule).
#[must_use]
pub fn rules_in_words() -> Vec<(AuthorKind, String)> {
    use habits::{
        ADVERTISER_LINK_SHARE, ADVERTISER_WORD_SHARE, BOT_DAY, BOT_HOUR, BOT_MINUTE, MIN_ADVERTISER_WORDY, MIN_MENTIONS,
        MIN_REPEATING_ADVERTISER_MENTIONS, MIN_REPEATING_BOT_MENTIONS, REPEATING_SHARE,
    };
    use names::{MIN_RETAILER_LINK_SHARE, MIN_RETAILER_MENTIONS};
    let percent = |share: f64| crate::kernel::amount::percent_of_one(share, 0);
    vec![
        (
            AuthorKind::Own,
            "The handle is on the program's list of own accounts, or consists of the organisation's or a brand's name and typical additions (“cares”, “support”, “uk”).".into(),
        ),
        (
            AuthorKind::Employee,
            format!(
                "The handle is on the program's list of employees; or at least {MIN_STAFF_MENTIONS} mentions, {} of all, have a hashtag of employees (“#IWork4…”, “#LifeAt…” with the organisation's name, or one from the program); or the author is not a customer and {} of its mentions (at least {MIN_OWN_LINKS}) link to the organisation's own sites.",
                percent(STAFF_SHARE), percent(OWN_LINK_SHARE)
            ),
        ),
        (
            AuthorKind::Partner,
            format!(
                "The handle or name ends with a retail word (“store”, “deals”, “official”), and contains the organisation's or a brand's name or has at least {MIN_RETAILER_MENTIONS} mentions, {} of them with a link. Or the author is not a customer, and {} of its mentions are also posted by other authors, {} address the reader, or {} do so and ask for something.",
                percent(MIN_RETAILER_LINK_SHARE), percent(SYNDICATED_SHARE), percent(ADDRESSING_SHARE), percent(ADDRESSING_AND_CALLING_SHARE)
            ),
        ),
        (
            AuthorKind::Media,
            format!("The author is not a customer, {} of its mentions have a link, and few address the reader: news sites, analysts, event organisers.", percent(HEADLINE_SHARE)),
        ),
        (
            AuthorKind::Advertiser,
            format!(
                "At least {} of at least {MIN_MENTIONS} mentions have a link, and {} (at least {MIN_ADVERTISER_WORDY}) contain advertising words (“deal”, “% off”); or, of at least {MIN_REPEATING_ADVERTISER_MENTIONS} mentions, {} repeat an earlier one and fewer than half are negative; or the author is not a customer and {} of its mentions contain advertising words.",
                percent(ADVERTISER_LINK_SHARE), percent(ADVERTISER_WORD_SHARE), percent(REPEATING_SHARE), percent(PROMOTIONAL_SHARE)
            ),
        ),
        (
            AuthorKind::Bot,
            format!(
                "At least {BOT_MINUTE} mentions within a minute, {BOT_HOUR} within an hour or {BOT_DAY} on one day; or, of at least {MIN_REPEATING_BOT_MENTIONS} mentions, {} repeat an earlier one in nearly the same words and fewer than half are negative; or the author is not a customer and {} of its mentions (at least {MIN_REPOSTS}) repost others.",
                percent(REPEATING_SHARE), percent(REPOST_SHARE)
            ),
        ),
        (AuthorKind::Unknown, "The author is not a customer by the scorecard, and no other rule applies; or a person excluded it without a kind.".into()),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::listening::author::scorecard::STATED;

    /// A business that links in each of ten mentions.
    const LINKS: PostingHabits = PostingHabits {
        mentions: 10,
        links: 10,
        negative: 0,
        promotional: 0,
        copies: 0,
        busiest_day: 0,
        busiest_hour: 0,
        busiest_minute: 0,
    };

    fn kind(habits: PostingHabits, signs: AuthorSigns) -> AuthorKind {
        let signs = AuthorSigns { signed: habits.mentions, ..signs };
        let author = KnownOfAuthor { handle: "somebody", name: None, habits: &habits, signs: &signs };
        let (kind, evidence) = author.kind(&KnownNames::default(), &STATED);
        assert_eq!(kind == AuthorKind::Customer, evidence.is_empty(), "{evidence:?}");
        kind
    }

    #[test]
    fn each_kind_of_business_is_told_by_its_rule() {
        let none = AuthorSigns::default();
        assert_eq!(kind(LINKS, AuthorSigns { hashtags: 8, ..none }), AuthorKind::Media);
        assert_eq!(kind(LINKS, AuthorSigns { calls: 8, addressing: 4, ..none }), AuthorKind::Partner);
        assert_eq!(kind(LINKS, AuthorSigns { calls: 3, addressing: 3, ..none }), AuthorKind::Partner);
        assert_eq!(kind(LINKS, AuthorSigns { calls: 2, addressing: 3, ..none }), AuthorKind::Media);
        assert_eq!(kind(LINKS, AuthorSigns { syndicated: 3, ..none }), AuthorKind::Partner);
        assert_eq!(kind(PostingHabits { promotional: 3, ..LINKS }, AuthorSigns { addressing: 9, ..none }), AuthorKind::Advertiser);
        assert_eq!(kind(LINKS, AuthorSigns { own_links: 5, ..none }), AuthorKind::Employee);
        assert_eq!(kind(LINKS, AuthorSigns { reposts: 8, ..none }), AuthorKind::Bot);
        assert_eq!(kind(PostingHabits { links: 5, ..LINKS }, AuthorSigns { we: 6, hashtags: 10, ..none }), AuthorKind::Unknown);
    }

    #[test]
    fn customers_stay_customers_whatever_else_they_show() {
        let angry =
            AuthorSigns { first_person: 9, service: 8, replies: 6, addressing: 9, syndicated: 3, own_links: 10, ..AuthorSigns::default() };
        assert_eq!(kind(PostingHabits { promotional: 3, ..LINKS }, angry), AuthorKind::Customer);
        assert_eq!(kind(PostingHabits::default(), AuthorSigns::default()), AuthorKind::Customer);
    }

    #[test]
    fn a_hashtag_of_employees_is_enough_and_once_is_not() {
        let personal = AuthorSigns { first_person: 9, replies: 6, ..AuthorSigns::default() };
        assert_eq!(kind(LINKS, AuthorSigns { staff: 2, ..personal }), AuthorKind::Employee);
        assert_eq!(kind(LINKS, AuthorSigns { staff: 1, ..personal }), AuthorKind::Customer);
        assert_eq!(kind(PostingHabits { mentions: 11, ..LINKS }, AuthorSigns { staff: 2, ..personal }), AuthorKind::Customer);
    }

    #[test]
    fn every_kind_that_a_rule_gives_is_stated() {
        let stated: Vec<AuthorKind> = rules_in_words().into_iter().map(|(kind, _)| kind).collect();
        assert_eq!(stated, AuthorKind::ALL[1..]);
    }
}
