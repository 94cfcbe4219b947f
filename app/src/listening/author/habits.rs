//! Posting habits of an author, and when they show an advertiser or a bot.
//!
//! Every rule has a least number of mentions, and thresholds that were tried on 14,363 real mentions about a maker of computers and 14,564
//! to airlines: angry customers there wrote up to 41 mentions a day, 21 an hour and 10 a minute, and none of them is caught. Customers also
//! copy their own complaint again and again, so that repeating is no reason where at least half of the mentions complain.

use super::evidence::{BurstSpan, KindEvidence};
use super::kind::AuthorKind;

/// Below so many mentions nothing is added up: a share of them says nothing.
pub const MIN_MENTIONS: i64 = 5;

/// An advertiser's mentions carry links: at least this share of them does.
pub const ADVERTISER_LINK_SHARE: f64 = 0.8;
/// And at least this share has give-away words ("deal", "% off", "giveaway" …).
pub const ADVERTISER_WORD_SHARE: f64 = 0.4;
/// And so many mentions have them: two may be an accident.
pub const MIN_ADVERTISER_WORDY: i64 = 3;

/// Who repeats itself with links is an advertiser from so many mentions on.
pub const MIN_REPEATING_ADVERTISER_MENTIONS: i64 = 8;
/// Who repeats itself without links is a bot from so many mentions on.
pub const MIN_REPEATING_BOT_MENTIONS: i64 = 10;
/// At least this share of the mentions says in nearly the same words what the author had said before.
pub const REPEATING_SHARE: f64 = 0.4;

/// So many mentions within one minute are a machine's. A person may send a prepared thread of 25 at once.
pub const BOT_MINUTE: i64 = 30;
/// Or so many within any sixty minutes.
pub const BOT_HOUR: i64 = 60;
/// Or so many on one day.
pub const BOT_DAY: i64 = 200;

/// What the rules look at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "store", derive(sqlx::FromRow))]
pub struct PostingHabits {
    pub mentions: i64,
    /// Mentions read as negative.
    pub negative: i64,
    /// Mentions with a link.
    pub links: i64,
    /// Mentions with give-away words.
    pub promotional: i64,
    /// Mentions that say in nearly the same words what the author had said before; those on sensitive subjects left out.
    pub copies: i64,
    /// Most mentions on one day.
    pub busiest_day: i64,
    /// Most mentions within sixty minutes.
    pub busiest_hour: i64,
    /// Most mentions within one minute.
    pub busiest_minute: i64,
}

impl PostingHabits {
    fn share(&self, part: i64) -> f64 {
        part as f64 / self.mentions.max(1) as f64
    }

    fn repeats(&self, mentions: i64) -> bool {
        self.mentions >= mentions && self.share(self.copies) >= REPEATING_SHARE && self.share(self.negative) < 0.5
    }
}

/// Why an author is excluded by what it does, or none.
#[must_use]
pub fn kind_by_habits(habits: &PostingHabits) -> Option<(AuthorKind, KindEvidence)> {
    advertiser(habits).map(|reason| (AuthorKind::Advertiser, reason)).or_else(|| bot(habits).map(|reason| (AuthorKind::Bot, reason)))
}

fn advertiser(habits: &PostingHabits) -> Option<KindEvidence> {
    let PostingHabits { mentions, links, promotional, copies, .. } = *habits;
    if mentions < MIN_MENTIONS || habits.share(links) < ADVERTISER_LINK_SHARE {
        return None;
    }
    if promotional >= MIN_ADVERTISER_WORDY && habits.share(promotional) >= ADVERTISER_WORD_SHARE {
        return Some(KindEvidence::Advertising { mentions, links, promotional });
    }
    habits.repeats(MIN_REPEATING_ADVERTISER_MENTIONS).then_some(KindEvidence::Repeating { mentions, links: Some(links), copies })
}

fn bot(habits: &PostingHabits) -> Option<KindEvidence> {
    let PostingHabits { mentions, copies, busiest_day, busiest_hour, busiest_minute, .. } = *habits;
    for (most, least, span) in
        [(busiest_minute, BOT_MINUTE, BurstSpan::Minute), (busiest_hour, BOT_HOUR, BurstSpan::Hour), (busiest_day, BOT_DAY, BurstSpan::Day)]
    {
        if most >= least {
            return Some(KindEvidence::Burst { mentions, most, span });
        }
    }
    habits.repeats(MIN_REPEATING_BOT_MENTIONS).then_some(KindEvidence::Repeating { mentions, links: None, copies })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(habits: PostingHabits) -> Option<AuthorKind> {
        kind_by_habits(&habits).map(|(kind, _)| kind)
    }

    fn in_words(habits: &PostingHabits) -> Option<(AuthorKind, String)> {
        kind_by_habits(habits).map(|(kind, evidence)| (kind, evidence.words()))
    }

    #[test]
    fn advertisers_need_links_and_words_or_copies() {
        let habits = PostingHabits { mentions: 20, links: 19, promotional: 12, busiest_day: 15, ..PostingHabits::default() };
        assert_eq!(
            in_words(&habits),
            Some((AuthorKind::Advertiser, "19 of 20 mentions have a link, and 12 contain advertising words.".into()))
        );
        assert_eq!(kind(PostingHabits { promotional: 1, ..habits }), None, "a fan may mention fifteen pictures on a day");
        assert_eq!(kind(PostingHabits { links: 5, ..habits }), None);
        assert_eq!(
            kind(PostingHabits { mentions: 5, links: 5, promotional: 2, ..PostingHabits::default() }),
            None,
            "two may be an accident"
        );
        assert_eq!(kind(PostingHabits { mentions: 4, links: 4, promotional: 4, ..PostingHabits::default() }), None);
        let repeats = PostingHabits { promotional: 0, copies: 8, ..habits };
        assert_eq!(
            in_words(&repeats),
            Some((AuthorKind::Advertiser, "19 of 20 mentions have a link, and 8 repeat an earlier one in nearly the same words.".into()))
        );
        assert_eq!(kind(PostingHabits { copies: 7, ..repeats }), None);
        assert_eq!(kind(PostingHabits { negative: 10, ..repeats }), None, "who complains may say it again and again");
    }

    #[test]
    fn bots_write_faster_than_hands_or_say_the_same() {
        let angry = PostingHabits {
            mentions: 60,
            negative: 55,
            busiest_day: 41,
            busiest_hour: 21,
            busiest_minute: 10,
            copies: 30,
            ..PostingHabits::default()
        };
        assert_eq!(kind(angry), None);
        assert_eq!(
            in_words(&PostingHabits { busiest_hour: 60, ..angry }),
            Some((AuthorKind::Bot, "60 of 60 mentions were posted within one hour.".into()))
        );
        assert_eq!(kind(PostingHabits { busiest_minute: 30, ..angry }), Some(AuthorKind::Bot));
        assert_eq!(kind(PostingHabits { mentions: 200, busiest_day: 200, ..angry }), Some(AuthorKind::Bot));
        let copies = PostingHabits { mentions: 10, copies: 4, ..PostingHabits::default() };
        assert_eq!(in_words(&copies), Some((AuthorKind::Bot, "4 of 10 mentions repeat an earlier one in nearly the same words.".into())));
        assert_eq!(kind(PostingHabits { mentions: 9, ..copies }), None);
        assert_eq!(kind(PostingHabits { negative: 5, ..copies }), None);
    }
}
