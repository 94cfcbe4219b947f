//! What a voice's posts add up to, and when they show that it advertises or is a machine.
//!
//! Every rule has a least number of posts, and thresholds that were tried on 14,363 real posts about a maker of computers and 14,564
//! to airlines: angry customers there wrote up to 41 posts a day, 21 an hour and 10 a minute, and none of them is caught. Customers also
//! copy their own complaint again and again, so that repeating is no reason where at least half of the posts complain.

use super::Standing;

/// Below so many posts nothing is added up: a share of them says nothing.
pub const POSTS_NEEDED: i64 = 5;

/// A promoter's posts carry links: at least this share of them does.
pub const PROMOTER_LINKS: f64 = 0.8;
/// And at least this share has give-away words ("deal", "% off", "giveaway" …).
pub const PROMOTER_WORDS: f64 = 0.4;
/// And so many posts have them: two may be an accident.
pub const PROMOTER_WORDY: i64 = 3;

/// Who repeats itself with links is a promoter from so many posts on.
pub const REPEATING_PROMOTER_POSTS: i64 = 8;
/// Who repeats itself without links is a bot from so many posts on.
pub const REPEATING_BOT_POSTS: i64 = 10;
/// At least this share of the posts says in nearly the same words what the voice had said before.
pub const REPEATING_SHARE: f64 = 0.4;

/// So many posts within one minute are a machine's. A person may send a prepared thread of 25 at once.
pub const BOT_MINUTE: i64 = 30;
/// Or so many within any sixty minutes.
pub const BOT_HOUR: i64 = 60;
/// Or so many on one day.
pub const BOT_DAY: i64 = 200;

/// What the rules look at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "store", derive(sqlx::FromRow))]
pub struct Habits {
    pub posts: i64,
    /// Posts read as negative.
    pub negative: i64,
    /// Posts with a link.
    pub links: i64,
    /// Posts with give-away words.
    pub promotional: i64,
    /// Posts that say in nearly the same words what the voice had said before; those on sensitive subjects left out.
    pub copies: i64,
    /// Most posts on one day.
    pub busiest_day: i64,
    /// Most posts within sixty minutes.
    pub busiest_hour: i64,
    /// Most posts within one minute.
    pub busiest_minute: i64,
}

impl Habits {
    fn share(&self, part: i64) -> f64 {
        part as f64 / self.posts.max(1) as f64
    }

    fn repeats(&self, posts: i64) -> bool {
        self.posts >= posts && self.share(self.copies) >= REPEATING_SHARE && self.share(self.negative) < 0.5
    }
}

/// Why a voice is set aside by what it does, or none.
#[must_use]
pub fn aside(habits: &Habits) -> Option<(Standing, String)> {
    promoter(habits).map(|reason| (Standing::Promoter, reason)).or_else(|| bot(habits).map(|reason| (Standing::Bot, reason)))
}

fn promoter(habits: &Habits) -> Option<String> {
    let Habits { posts, links, promotional, copies, .. } = *habits;
    if posts < POSTS_NEEDED || habits.share(links) < PROMOTER_LINKS {
        return None;
    }
    if promotional >= PROMOTER_WORDY && habits.share(promotional) >= PROMOTER_WORDS {
        return Some(format!("{links} of {posts} posts carry a link, and {promotional} have give-away words."));
    }
    habits
        .repeats(REPEATING_PROMOTER_POSTS)
        .then(|| format!("{links} of {posts} posts carry a link, and {copies} repeat an earlier one in nearly the same words."))
}

fn bot(habits: &Habits) -> Option<String> {
    let Habits { posts, copies, busiest_day, busiest_hour, busiest_minute, .. } = *habits;
    for (most, least, within) in [
        (busiest_minute, BOT_MINUTE, "within one minute"),
        (busiest_hour, BOT_HOUR, "within one hour"),
        (busiest_day, BOT_DAY, "on one day"),
    ] {
        if most >= least {
            return Some(format!("{most} of {posts} posts came {within}."));
        }
    }
    habits.repeats(REPEATING_BOT_POSTS).then(|| format!("{copies} of {posts} posts repeat an earlier one in nearly the same words."))
}

/// The rules in words, as pages state them: (kind, rule).
#[must_use]
pub fn stated() -> Vec<(Standing, String)> {
    use super::names::{RETAILER_LINKS, RETAILER_POSTS};
    let percent = |share: f64| format!("{:.0} %", share * 100.0);
    vec![
        (
            Standing::Own,
            "The handle is on the program's list of own accounts, or is the organisation's or a brand's name and nothing but words of own accounts (“cares”, “support”, “uk”).".into(),
        ),
        (
            Standing::Retailer,
            format!("The handle or name ends with a shop's word (“store”, “deals”, “official”) and holds the organisation's or a brand's name; or ends so, with at least {RETAILER_POSTS} posts of which {} carry a link.", percent(RETAILER_LINKS)),
        ),
        (
            Standing::Promoter,
            format!(
                "At least {} of at least {POSTS_NEEDED} posts carry a link, and {} (at least {PROMOTER_WORDY}) have give-away words (“deal”, “% off”); or, of at least {REPEATING_PROMOTER_POSTS} posts, {} repeat an earlier one and fewer than half complain.",
                percent(PROMOTER_LINKS), percent(PROMOTER_WORDS), percent(REPEATING_SHARE)
            ),
        ),
        (
            Standing::Bot,
            format!(
                "At least {BOT_MINUTE} posts within a minute, {BOT_HOUR} within an hour or {BOT_DAY} on a day; or, of at least {REPEATING_BOT_POSTS} posts, {} repeat an earlier one in nearly the same words and fewer than half complain.",
                percent(REPEATING_SHARE)
            ),
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(habits: Habits) -> Option<Standing> {
        aside(&habits).map(|(standing, _)| standing)
    }

    #[test]
    fn promoters_need_links_and_words_or_copies() {
        let habits = Habits { posts: 20, links: 19, promotional: 12, busiest_day: 15, ..Habits::default() };
        assert_eq!(aside(&habits), Some((Standing::Promoter, "19 of 20 posts carry a link, and 12 have give-away words.".into())));
        assert_eq!(kind(Habits { promotional: 1, ..habits }), None, "a fan may post fifteen pictures on a day");
        assert_eq!(kind(Habits { links: 5, ..habits }), None);
        assert_eq!(kind(Habits { posts: 5, links: 5, promotional: 2, ..Habits::default() }), None, "two may be an accident");
        assert_eq!(kind(Habits { posts: 4, links: 4, promotional: 4, ..Habits::default() }), None);
        let repeats = Habits { promotional: 0, copies: 8, ..habits };
        assert_eq!(
            aside(&repeats),
            Some((Standing::Promoter, "19 of 20 posts carry a link, and 8 repeat an earlier one in nearly the same words.".into()))
        );
        assert_eq!(kind(Habits { copies: 7, ..repeats }), None);
        assert_eq!(kind(Habits { negative: 10, ..repeats }), None, "who complains may say it again and again");
    }

    #[test]
    fn bots_write_faster_than_hands_or_say_the_same() {
        let angry =
            Habits { posts: 60, negative: 55, busiest_day: 41, busiest_hour: 21, busiest_minute: 10, copies: 30, ..Habits::default() };
        assert_eq!(kind(angry), None);
        assert_eq!(aside(&Habits { busiest_hour: 60, ..angry }), Some((Standing::Bot, "60 of 60 posts came within one hour.".into())));
        assert_eq!(kind(Habits { busiest_minute: 30, ..angry }), Some(Standing::Bot));
        assert_eq!(kind(Habits { posts: 200, busiest_day: 200, ..angry }), Some(Standing::Bot));
        let copies = Habits { posts: 10, copies: 4, ..Habits::default() };
        assert_eq!(aside(&copies), Some((Standing::Bot, "4 of 10 posts repeat an earlier one in nearly the same words.".into())));
        assert_eq!(kind(Habits { posts: 9, ..copies }), None);
        assert_eq!(kind(Habits { negative: 5, ..copies }), None);
    }

    #[test]
    fn every_kind_that_a_rule_sets_aside_is_stated() {
        let stated: Vec<Standing> = stated().into_iter().map(|(standing, _)| standing).collect();
        assert_eq!(stated, [Standing::Own, Standing::Retailer, Standing::Promoter, Standing::Bot]);
    }
}
