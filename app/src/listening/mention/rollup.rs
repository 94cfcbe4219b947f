//! What mentions add to the counts of their authors, days, slices and topics, or take from them: collected, so that each of them is
//! written once.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use chrono::NaiveDate;

use super::signs::{SignReader, TextSigns};
use super::{Mention, Sentiment, store};
use crate::db::Tx;
use crate::kernel::clock::Time;
use crate::kernel::error::Result;
use crate::kernel::ids::{AuthorId, MentionId, ProgramId, TopicId};
use crate::listening::author::{self, store::AuthorChange};
use crate::listening::sentiment::rules::language;
use crate::listening::topic::tally::TopicTally;
use crate::listening::volume::kinds::KindTally;
use crate::listening::volume::{self, Dimension, KindDimension, SentimentCounts, VolumeSlice, country};

/// Changes of counts that are not written yet.
#[derive(Debug, Default)]
pub struct RollUp {
    authors: HashMap<AuthorId, AuthorChange>,
    days: HashMap<NaiveDate, SentimentCounts>,
    slices: HashMap<VolumeSlice, SentimentCounts>,
    /// Mentions by author and day, for the segment that the author is in when all is written.
    author_days: HashMap<(AuthorId, NaiveDate), i64>,
    /// Authors that are in no segment yet.
    new: HashSet<AuthorId>,
    topics: TopicTally,
    /// The same by author, for the kind that the author is of when all is written.
    kinds: KindTally,
}

/// Where a mention is counted.
#[derive(Clone, Copy, Debug)]
pub struct MentionFacets<'a> {
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
    ($($mention:ty),+) => {$(
        impl $mention {
            /// Where it is counted.
            #[must_use]
            pub fn place(&self) -> MentionFacets<'_> {
                MentionFacets {
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
counted_where!(Mention, store::KnownMention, store::MentionToRead);

impl RollUp {
    /// A mention is new and is about these topics. Gives its author's change, for what else the mention says of the author.
    pub fn add(&mut self, mention: &Mention, signs: TextSigns, topics: &[TopicId]) -> &mut AuthorChange {
        self.count(&mention.place(), counts(mention.reading, 1, 1));
        self.topics.add(mention, topics);
        let author = self.author(mention.author_id, mention.at);
        count_mention(author, mention, signs, 1);
        author.first_at = author.first_at.min(mention.at);
        author.last_at = author.last_at.max(mention.at);
        author
    }

    /// A mention is gone. When its author wrote first and last is to be asked of what is left.
    pub fn take(&mut self, mention: &Mention, signs: &SignReader) {
        self.erase(mention);
        count_mention(self.author(mention.author_id, mention.at), mention, signs.read(&mention.text), -1);
    }

    /// A mention is gone, and what its author had added up to is kept: it was erased.
    pub fn erase(&mut self, mention: &Mention) {
        self.count(&mention.place(), counts(mention.reading, -1, -1));
        self.topics.take(mention);
    }

    /// A mention stays and is read differently. Mentions on sensitive subjects count for no author.
    pub fn reread(&mut self, mention: &MentionFacets<'_>, before: Sentiment, now: Sentiment) {
        self.topics.reread((mention.id, mention.author), mention.day, before, now);
        for (reading, by) in [(before, -1), (now, 1)] {
            let change = counts(reading, 0, by);
            self.count(mention, change);
            if !mention.sensitive {
                let author = self.author(mention.author, mention.at);
                author.negative += change.negative;
                author.positive += change.positive;
            }
        }
    }

    /// A mention stays, and its reach and engagement became others.
    pub fn remeasure(&mut self, before: &store::KnownMention, now: &store::KnownMention) {
        let author = self.author(now.author_id, now.at);
        for (mention, by) in [(before, -1), (now, 1)] {
            measure(&mut author.reach, mention.reach, by);
            measure(&mut author.engagement, mention.engagement, by);
        }
    }

    /// A mention stays, and its language or country became known. `reading` is how it counted so far.
    pub fn refile(&mut self, before: &MentionFacets<'_>, now: &MentionFacets<'_>, reading: Sentiment) {
        let one = counts(reading, 1, 1);
        for (dimension, from, to) in [
            (Dimension::Language, language(before.language.unwrap_or_default()), language(now.language.unwrap_or_default())),
            (Dimension::Country, country(before.country), country(now.country)),
        ] {
            if from != to {
                self.slice(dimension, before.day, from.clone(), -one);
                self.slice(dimension, now.day, to.clone(), one);
                self.kinds.count(before.author, dimension.into(), before.day, from, -one);
                self.kinds.count(now.author, dimension.into(), now.day, to, one);
            }
        }
    }

    /// Removes and returns the changes of one author, to be written with the author itself.
    pub fn take_author(&mut self, id: AuthorId) -> Option<AuthorChange> {
        self.new.insert(id);
        self.authors.remove(&id)
    }

    /// Writes the counts, and what new mentions are about. Gives the authors whose counts changed.
    ///
    /// # Errors
    /// What the database says.
    pub async fn apply(mut self, tx: &mut Tx, program: ProgramId) -> Result<Vec<AuthorId>> {
        let posted: BTreeSet<AuthorId> =
            self.author_days.keys().map(|(author, _)| *author).filter(|author| !self.new.contains(author)).collect();
        let posted: Vec<AuthorId> = posted.into_iter().collect();
        let segments: HashMap<AuthorId, String> = volume::store::list_segments(tx, &posted).await?.into_iter().collect();
        for ((author, day), mentions) in std::mem::take(&mut self.author_days) {
            if let Some(segment) = segments.get(&author) {
                let change = SentimentCounts { mentions, ..SentimentCounts::default() };
                self.slice(Dimension::Segment, day, segment.clone(), change);
                self.kinds.count(author, KindDimension::Segment, day, segment.clone(), change);
            }
        }
        let mut changes: Vec<AuthorChange> = self.authors.into_values().collect();
        // Sorted by id, for locality and a fixed lock order.
        changes.sort_unstable_by_key(|change| change.id);
        let authors = changes.iter().map(|change| change.id).collect();
        author::store::add(tx, &changes).await?;
        volume::store::add_days(tx, program, &self.days.into_iter().collect::<Vec<_>>()).await?;
        let slices: BTreeMap<VolumeSlice, SentimentCounts> =
            self.slices.into_iter().filter(|(_, counts)| *counts != SentimentCounts::default()).collect();
        volume::store::add_slices(tx, program, &slices.into_iter().collect::<Vec<_>>()).await?;
        self.topics.apply(tx, program).await?;
        self.kinds.apply(tx, program).await?;
        Ok(authors)
    }

    fn author(&mut self, id: AuthorId, at: Time) -> &mut AuthorChange {
        self.authors.entry(id).or_insert_with(|| AuthorChange::none(id, at))
    }

    fn count(&mut self, mention: &MentionFacets<'_>, change: SentimentCounts) {
        self.days.entry(mention.day).or_default().add(change);
        self.kinds.count(mention.author, KindDimension::All, mention.day, String::new(), change);
        for (dimension, value) in [
            (Dimension::Network, mention.network.to_owned()),
            (Dimension::Language, language(mention.language.unwrap_or_default())),
            (Dimension::Country, country(mention.country)),
        ] {
            self.kinds.count(mention.author, dimension.into(), mention.day, value.clone(), change);
            self.slice(dimension, mention.day, value, change);
        }
        if change.mentions != 0 {
            *self.author_days.entry((mention.author, mention.day)).or_default() += change.mentions;
        }
    }

    fn slice(&mut self, dimension: Dimension, day: NaiveDate, value: String, change: SentimentCounts) {
        self.slices.entry(VolumeSlice { dimension, day, value }).or_default().add(change);
    }
}

/// What all mentions of an author add up to, whatever was counted before.
#[must_use]
pub fn counted(id: AuthorId, mentions: &[Mention], signs: &SignReader) -> AuthorChange {
    let mut change = AuthorChange::none(id, mentions.first().map_or(Time::UNIX_EPOCH, |mention| mention.at));
    mentions.iter().for_each(|mention| count_mention(&mut change, mention, signs.read(&mention.text), 1));
    change
}

fn count_mention(change: &mut AuthorChange, mention: &Mention, signs: TextSigns, by: i64) {
    change.mentions += by;
    change.links += by * i64::from(signs.link);
    change.promotional += by * i64::from(signs.promotional);
    change.signed += by;
    signs.speech.count(&mut change.signs, by);
    measure(&mut change.reach, mention.reach, by);
    measure(&mut change.engagement, mention.engagement, by);
    if !mention.sensitive {
        let counts = counts(mention.reading, 0, by);
        change.negative += counts.negative;
        change.positive += counts.positive;
    }
}

/// What a mention says of a measure, or says no more.
fn measure(sum: &mut (i64, i64), value: Option<i64>, by: i64) {
    if let Some(value) = value {
        sum.0 += by * value;
        sum.1 += by;
    }
}

/// So many mentions, read so, so many times.
fn counts(reading: Sentiment, mentions: i64, by: i64) -> SentimentCounts {
    let one = |wanted| if reading == wanted { by } else { 0 };
    SentimentCounts { mentions, negative: one(Sentiment::Negative), positive: one(Sentiment::Positive) }
}
