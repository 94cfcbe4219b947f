//! What posts add to the counts of their voices, days, slices and topics, or take from them: collected, so that each of them is
//! written once.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use chrono::NaiveDate;

use super::rules::{Signs, signs};
use super::{Mention, Sentiment, store};
use crate::author::{self, store::Change};
use crate::clock::Time;
use crate::db::Tx;
use crate::error::Result;
use crate::ids::{AuthorId, MentionId, ProgramId, TopicId};
use crate::sentiment::rules::language;
use crate::topic::tally::Tally;
use crate::volume::{self, Counts, Dimension, Slice, country};

/// Changes of counts that are not written yet.
#[derive(Debug, Default)]
pub struct RollUp {
    voices: HashMap<AuthorId, Change>,
    days: HashMap<NaiveDate, Counts>,
    slices: HashMap<Slice, Counts>,
    /// Posts by voice and day, for the segment that the voice is in when all is written.
    voice_days: HashMap<(AuthorId, NaiveDate), i64>,
    /// Voices that are in no segment yet.
    new: HashSet<AuthorId>,
    topics: Tally,
}

/// Where a post is counted.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    pub id: MentionId,
    pub author: AuthorId,
    pub at: Time,
    pub day: NaiveDate,
    pub network: &'a str,
    pub language: Option<&'a str>,
    pub country: Option<&'a str>,
    pub sensitive: bool,
}

macro_rules! counted_where {
    ($($post:ty),+) => {$(
        impl $post {
            /// Where it is counted.
            #[must_use]
            pub fn place(&self) -> Place<'_> {
                Place {
                    id: self.id,
                    author: self.author_id,
                    at: self.at,
                    day: self.day,
                    network: &self.network,
                    language: self.language.as_deref(),
                    country: self.country.as_deref(),
                    sensitive: self.sensitive,
                }
            }
        }
    )+};
}
counted_where!(Mention, store::Known, store::Again);

impl RollUp {
    /// A post is new and is about these topics. Gives its voice's change, for what else the post says of the voice.
    pub fn add(&mut self, post: &Mention, signs: Signs, topics: &[TopicId]) -> &mut Change {
        self.count(&post.place(), counts(post.reading, 1, 1));
        self.topics.add(post, topics);
        let voice = self.voice(post.author_id, post.at);
        count_post(voice, post, signs, 1);
        voice.first_at = voice.first_at.min(post.at);
        voice.last_at = voice.last_at.max(post.at);
        voice
    }

    /// A post is gone. When its voice wrote first and last is to be asked of what is left.
    pub fn take(&mut self, post: &Mention) {
        self.forget(post);
        count_post(self.voice(post.author_id, post.at), post, signs(&post.text), -1);
    }

    /// A post is gone, and what its voice had added up to is kept: it was erased.
    pub fn forget(&mut self, post: &Mention) {
        self.count(&post.place(), counts(post.reading, -1, -1));
        self.topics.take(post);
    }

    /// A post stays and is read differently. Posts on sensitive subjects count for no voice.
    pub fn reread(&mut self, post: &Place<'_>, before: Sentiment, now: Sentiment) {
        self.topics.reread(post.id, post.day, before, now);
        for (reading, by) in [(before, -1), (now, 1)] {
            let change = counts(reading, 0, by);
            self.count(post, change);
            if !post.sensitive {
                let voice = self.voice(post.author, post.at);
                voice.negative += change.negative;
                voice.positive += change.positive;
            }
        }
    }

    /// A post stays, and its reach and engagement became others.
    pub fn remeasure(&mut self, before: &store::Known, now: &store::Known) {
        let voice = self.voice(now.author_id, now.at);
        for (post, by) in [(before, -1), (now, 1)] {
            measure(&mut voice.reach, post.reach, by);
            measure(&mut voice.engagement, post.engagement, by);
        }
    }

    /// A post stays, and its language or country became known. `reading` is how it counted so far.
    pub fn refile(&mut self, before: &Place<'_>, now: &Place<'_>, reading: Sentiment) {
        let one = counts(reading, 1, 1);
        for (dimension, from, to) in [
            (Dimension::Language, language(before.language.unwrap_or_default()), language(now.language.unwrap_or_default())),
            (Dimension::Country, country(before.country), country(now.country)),
        ] {
            if from != to {
                self.slice(dimension, before.day, from, -one);
                self.slice(dimension, now.day, to, one);
            }
        }
    }

    /// Takes the changes of one voice out, for whoever writes them with the voice itself.
    pub fn take_voice(&mut self, id: AuthorId) -> Option<Change> {
        self.new.insert(id);
        self.voices.remove(&id)
    }

    /// Writes the counts, and what new posts are about. Gives the voices whose counts changed.
    ///
    /// # Errors
    /// What the database says.
    pub async fn apply(mut self, tx: &mut Tx, program: ProgramId) -> Result<Vec<AuthorId>> {
        let posted: BTreeSet<AuthorId> =
            self.voice_days.keys().map(|(voice, _)| *voice).filter(|voice| !self.new.contains(voice)).collect();
        let posted: Vec<AuthorId> = posted.into_iter().collect();
        let segments: HashMap<AuthorId, String> = volume::store::list_segments(tx, &posted).await?.into_iter().collect();
        for ((voice, day), posts) in std::mem::take(&mut self.voice_days) {
            if let Some(segment) = segments.get(&voice) {
                self.slice(Dimension::Segment, day, segment.clone(), Counts { posts, ..Counts::default() });
            }
        }
        let mut changes: Vec<Change> = self.voices.into_values().collect();
        // In the order of their ids they lie side by side.
        changes.sort_unstable_by_key(|change| change.id);
        let voices = changes.iter().map(|change| change.id).collect();
        author::store::add(tx, &changes).await?;
        volume::store::add_days(tx, program, &self.days.into_iter().collect::<Vec<_>>()).await?;
        let slices: BTreeMap<Slice, Counts> = self.slices.into_iter().filter(|(_, counts)| *counts != Counts::default()).collect();
        volume::store::add_slices(tx, program, &slices.into_iter().collect::<Vec<_>>()).await?;
        self.topics.apply(tx, program).await?;
        Ok(voices)
    }

    fn voice(&mut self, id: AuthorId, at: Time) -> &mut Change {
        self.voices.entry(id).or_insert_with(|| Change::none(id, at))
    }

    fn count(&mut self, post: &Place<'_>, change: Counts) {
        self.days.entry(post.day).or_default().add(change);
        self.slice(Dimension::Network, post.day, post.network.to_owned(), change);
        self.slice(Dimension::Language, post.day, language(post.language.unwrap_or_default()), change);
        self.slice(Dimension::Country, post.day, country(post.country), change);
        if change.posts != 0 {
            *self.voice_days.entry((post.author, post.day)).or_default() += change.posts;
        }
    }

    fn slice(&mut self, dimension: Dimension, day: NaiveDate, value: String, change: Counts) {
        self.slices.entry(Slice { dimension, day, value }).or_default().add(change);
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
    measure(&mut change.reach, post.reach, by);
    measure(&mut change.engagement, post.engagement, by);
    if !post.sensitive {
        let counts = counts(post.reading, 0, by);
        change.negative += counts.negative;
        change.positive += counts.positive;
    }
}

/// What a post says of a measure, or says no more.
fn measure(sum: &mut (i64, i64), value: Option<i64>, by: i64) {
    if let Some(value) = value {
        sum.0 += by * value;
        sum.1 += by;
    }
}

/// So many posts, read so, so many times.
fn counts(reading: Sentiment, posts: i64, by: i64) -> Counts {
    let one = |wanted| if reading == wanted { by } else { 0 };
    Counts { posts, negative: one(Sentiment::Negative), positive: one(Sentiment::Positive) }
}
