//! Readings that change, and what follows for the roll-ups of voices and days.

use std::collections::HashMap;

use chrono::NaiveDate;

use super::Sentiment;
use crate::author::store::Change;
use crate::clock::Time;
use crate::db::Tx;
use crate::error::Result;
use crate::ids::{AuthorId, ProgramId};
use crate::mention::store::Day;
use crate::{author, mention};

/// Collects changes, so that each voice and each day is written once.
#[derive(Default)]
pub(super) struct Shift {
    voices: HashMap<AuthorId, Change>,
    days: HashMap<NaiveDate, Day>,
}

impl Shift {
    /// One post is read differently. Posts on sensitive subjects count for no voice.
    pub(super) fn reading(&mut self, author: AuthorId, at: Time, day: NaiveDate, sensitive: bool, before: Sentiment, now: Sentiment) {
        let days = self.days.entry(day).or_insert_with(|| Day { day, ..Day::default() });
        let voice = (!sensitive).then(|| self.voices.entry(author).or_insert_with(|| nothing(author, at)));
        let (mut negative, mut positive) = (vec![&mut days.negative], vec![&mut days.positive]);
        if let Some(voice) = voice {
            negative.push(&mut voice.negative);
            positive.push(&mut voice.positive);
        }
        for (reading, by) in [(before, -1), (now, 1)] {
            match reading {
                Sentiment::Negative => negative.iter_mut().for_each(|count| **count += by),
                Sentiment::Positive => positive.iter_mut().for_each(|count| **count += by),
                Sentiment::Neutral | Sentiment::Unknown => {}
            }
        }
    }

    /// Writes the roll-ups. Gives the voices whose counts changed.
    pub(super) async fn apply(self, tx: &mut Tx, program: ProgramId) -> Result<Vec<AuthorId>> {
        let voices: Vec<AuthorId> = self.voices.keys().copied().collect();
        author::store::add(tx, &self.voices.into_values().collect::<Vec<_>>()).await?;
        mention::store::add_days(tx, program, &self.days.into_values().collect::<Vec<_>>()).await?;
        Ok(voices)
    }
}

/// An empty change; its times lie where a post of the voice is, so they change nothing.
fn nothing(id: AuthorId, at: Time) -> Change {
    Change { id, name: None, followers: None, posts: 0, negative: 0, positive: 0, links: 0, promotional: 0, first_at: at, last_at: at }
}
