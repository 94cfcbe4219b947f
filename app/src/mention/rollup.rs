//! What posts add to the counts of their voices and days, or take from them: collected, so that each voice and each day is
//! written once.

use std::collections::HashMap;

use chrono::NaiveDate;

use super::rules::{Signs, signs};
use super::store::{self, Day};
use super::{Mention, Sentiment};
use crate::author::{self, store::Change};
use crate::clock::Time;
use crate::db::Tx;
use crate::error::Result;
use crate::ids::{AuthorId, ProgramId};

/// Changes of counts that are not written yet.
#[derive(Debug, Default)]
pub struct RollUp {
    voices: HashMap<AuthorId, Change>,
    days: HashMap<NaiveDate, Day>,
}

impl RollUp {
    /// A post is new. Gives its voice's change, for what else the post says of the voice.
    pub fn add(&mut self, post: &Mention, signs: Signs) -> &mut Change {
        self.day(post.day, 1, post.reading, 1);
        let voice = self.voice(post.author_id, post.at);
        count_post(voice, post, signs, 1);
        voice.first_at = voice.first_at.min(post.at);
        voice.last_at = voice.last_at.max(post.at);
        voice
    }

    /// A post is gone. When its voice wrote first and last is to be asked of what is left.
    pub fn take(&mut self, post: &Mention) {
        self.day(post.day, -1, post.reading, -1);
        count_post(self.voice(post.author_id, post.at), post, signs(&post.text), -1);
    }

    /// A post stays and is read differently. Posts on sensitive subjects count for no voice.
    pub fn reread(&mut self, author: AuthorId, at: Time, day: NaiveDate, sensitive: bool, before: Sentiment, now: Sentiment) {
        for (reading, by) in [(before, -1), (now, 1)] {
            self.day(day, 0, reading, by);
            if !sensitive {
                let voice = self.voice(author, at);
                count(reading, by, &mut voice.negative, &mut voice.positive);
            }
        }
    }

    /// Takes the changes of one voice out, for whoever writes them with the voice itself.
    pub fn take_voice(&mut self, id: AuthorId) -> Option<Change> {
        self.voices.remove(&id)
    }

    /// Writes the counts. Gives the voices whose counts changed.
    ///
    /// # Errors
    /// What the database says.
    pub async fn apply(self, tx: &mut Tx, program: ProgramId) -> Result<Vec<AuthorId>> {
        let mut changes: Vec<Change> = self.voices.into_values().collect();
        // In the order of their ids they lie side by side.
        changes.sort_unstable_by_key(|change| change.id);
        let voices = changes.iter().map(|change| change.id).collect();
        author::store::add(tx, &changes).await?;
        store::add_days(tx, program, &self.days.into_values().collect::<Vec<_>>()).await?;
        Ok(voices)
    }

    fn voice(&mut self, id: AuthorId, at: Time) -> &mut Change {
        self.voices.entry(id).or_insert_with(|| Change::none(id, at))
    }

    fn day(&mut self, day: NaiveDate, posts: i64, reading: Sentiment, by: i64) {
        let entry = self.days.entry(day).or_insert_with(|| Day { day, ..Day::default() });
        entry.posts += posts;
        count(reading, by, &mut entry.negative, &mut entry.positive);
    }
}

/// What all posts of a voice add up to, whatever was counted before.
#[must_use]
pub fn counted(id: AuthorId, posts: &[Mention]) -> Change {
    let mut change = Change::none(id, posts.first().map_or(Time::UNIX_EPOCH, |post| post.at));
    posts.iter().for_each(|post| count_post(&mut change, post, signs(&post.text), 1));
    change
}

fn count_post(change: &mut Change, post: &Mention, signs: Signs, by: i64) {
    change.posts += by;
    change.links += by * i64::from(signs.link);
    change.promotional += by * i64::from(signs.promotional);
    if !post.sensitive {
        count(post.reading, by, &mut change.negative, &mut change.positive);
    }
}

fn count(reading: Sentiment, by: i64, negative: &mut i64, positive: &mut i64) {
    match reading {
        Sentiment::Negative => *negative += by,
        Sentiment::Positive => *positive += by,
        Sentiment::Neutral | Sentiment::Unknown => {}
    }
}
