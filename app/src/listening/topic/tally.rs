//! What mentions add to the roll-ups of their topics, or take from them: collected, so that each day of a topic is written once.
//! `mention::rollup` calls it for every mention that it counts.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;

use super::store;
use crate::db::Tx;
use crate::kernel::error::Result;
use crate::kernel::ids::{AuthorId, MentionId, ProgramId, TopicId};
use crate::listening::mention::{Mention, Sentiment};
use crate::listening::volume::kinds::KindTally;
use crate::listening::volume::{KindDimension, SentimentCounts};

/// A mention that is here already, as it counts: gone, or read differently.
#[derive(Clone, Copy, Debug)]
struct TaggedMention {
    id: MentionId,
    author: AuthorId,
    day: NaiveDate,
    before: Sentiment,
    /// None: the mention is gone.
    now: Option<Sentiment>,
}

/// Changes of counts that are not written yet.
#[derive(Debug, Default)]
pub struct TopicTally {
    tags: Vec<(MentionId, TopicId, NaiveDate)>,
    untags: Vec<(MentionId, TopicId)>,
    known: Vec<TaggedMention>,
    /// In one order everywhere, so that two transactions never wait for each other.
    days: BTreeMap<(Option<TopicId>, NaiveDate), SentimentCounts>,
    kinds: KindTally,
}

impl TopicTally {
    /// A mention is new and is about these topics.
    pub fn add(&mut self, mention: &Mention, topics: &[TopicId]) {
        self.tags.extend(topics.iter().map(|topic| (mention.id, *topic, mention.day)));
        self.count(mention.author_id, topics, mention.day, mention.reading, 1);
    }

    /// A mention is gone.
    pub fn take(&mut self, mention: &Mention) {
        self.known.push(TaggedMention { id: mention.id, author: mention.author_id, day: mention.day, before: mention.reading, now: None });
    }

    /// A mention stays and is read differently.
    pub fn reread(&mut self, (id, author): (MentionId, AuthorId), day: NaiveDate, before: Sentiment, now: Sentiment) {
        self.known.push(TaggedMention { id, author, day, before, now: Some(now) });
    }

    /// A mention stays and is about other topics.
    pub fn retag(&mut self, mention: &store::MentionToTag, reading: Sentiment, before: &[TopicId], now: &[TopicId]) {
        let (id, author, day) = (mention.id, mention.author_id, mention.day);
        self.tags.extend(now.iter().filter(|topic| !before.contains(topic)).map(|topic| (id, *topic, day)));
        self.untags.extend(before.iter().filter(|topic| !now.contains(topic)).map(|topic| (id, *topic)));
        self.count(author, before, day, reading, -1);
        self.count(author, now, day, reading, 1);
    }

    /// Writes topics and counts.
    ///
    /// # Errors
    /// What the database says.
    pub async fn apply(mut self, tx: &mut Tx, program: ProgramId) -> Result<()> {
        store::untag(tx, &self.untags).await?;
        store::tag(tx, &self.tags).await?;
        if !self.known.is_empty() {
            self.look_up(tx).await?;
        }
        let days: Vec<_> = std::mem::take(&mut self.days)
            .into_iter()
            .filter(|(_, count)| *count != SentimentCounts::default())
            .map(|((topic, day), count)| (topic, day, count))
            .collect();
        store::add_days(tx, program, &days).await?;
        self.kinds.apply(tx, program).await
    }

    /// What mentions that are here already are about, which only the database knows.
    async fn look_up(&mut self, tx: &mut Tx) -> Result<()> {
        let known = std::mem::take(&mut self.known);
        let ids: Vec<MentionId> = known.iter().map(|mention| mention.id).collect();
        let mut topics: HashMap<MentionId, Vec<TopicId>> = HashMap::new();
        for (mention, topic) in store::list_tags(tx, &ids).await? {
            topics.entry(mention).or_default().push(topic);
        }
        for mention in &known {
            let about = topics.get(&mention.id).map_or(&[][..], Vec::as_slice);
            self.count(mention.author, about, mention.day, mention.before, -1);
            if let Some(now) = mention.now {
                self.count(mention.author, about, mention.day, now, 1);
            }
        }
        let gone: Vec<MentionId> = known.iter().filter(|mention| mention.now.is_none()).map(|mention| mention.id).collect();
        store::delete_tags(tx, &gone).await
    }

    fn count(&mut self, author: AuthorId, topics: &[TopicId], day: NaiveDate, reading: Sentiment, by: i64) {
        let one = |wanted| if reading == wanted { by } else { 0 };
        let change = SentimentCounts { mentions: by, negative: one(Sentiment::Negative), positive: one(Sentiment::Positive) };
        let none = topics.is_empty().then_some(None);
        for topic in topics.iter().copied().map(Some).chain(none) {
            self.days.entry((topic, day)).or_default().add(change);
            let value = topic.map(|topic| topic.to_string()).unwrap_or_default();
            self.kinds.count(author, KindDimension::Topic, day, value, change);
        }
    }
}
