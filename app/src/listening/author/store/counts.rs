//! What an author's mentions add up to.

use crate::db::{Tx, bulk};
use crate::kernel::clock::Time;
use crate::kernel::error::Result;
use crate::kernel::ids::AuthorId;
use crate::listening::author::habits::PostingHabits;
use crate::listening::mention::signs::{SPEECH_SIGNS, SpeechCounts};

/// What mentions add to (or take from) one author's roll-up.
#[derive(Clone, Debug)]
pub struct AuthorChange {
    pub id: AuthorId,
    pub name: Option<String>,
    /// As the newest of these mentions says, and when it was written.
    pub followers: Option<(i64, Time)>,
    pub mentions: i64,
    pub negative: i64,
    pub positive: i64,
    pub links: i64,
    pub promotional: i64,
    /// Mentions whose signs are counted: all of them, and how many show each.
    pub signed: i64,
    pub signs: SpeechCounts,
    /// The sum over the mentions that say it, and how many do.
    pub reach: (i64, i64),
    pub engagement: (i64, i64),
    pub first_at: Time,
    pub last_at: Time,
}

impl AuthorChange {
    /// An empty change; its times lie where a mention of the author is, so they change nothing.
    #[must_use]
    pub const fn none(id: AuthorId, at: Time) -> Self {
        Self {
            id,
            name: None,
            followers: None,
            mentions: 0,
            negative: 0,
            positive: 0,
            links: 0,
            promotional: 0,
            signed: 0,
            signs: [0; SPEECH_SIGNS],
            reach: (0, 0),
            engagement: (0, 0),
            first_at: at,
            last_at: at,
        }
    }

    /// A mention says how many follow the author: the newest one is believed.
    pub fn followed(&mut self, by: i64, at: Time) {
        if self.followers.is_none_or(|(_, known)| known <= at) {
            self.followers = Some((by, at));
        }
    }
}

/// Adds to roll-ups. An author may occur once only in `changes`.
pub async fn add(tx: &mut Tx, changes: &[AuthorChange]) -> Result<()> {
    bulk::write(
        tx,
        "UPDATE author SET name = COALESCE(d.column2, author.name),
             followers = CASE WHEN d.column4 >= COALESCE(author.followers_at, d.column4) THEN d.column3 ELSE author.followers END,
             followers_at = CASE WHEN d.column4 >= COALESCE(author.followers_at, d.column4) THEN d.column4 ELSE author.followers_at END,
             mentions = author.mentions + d.column5, negative = author.negative + d.column6, positive = author.positive + d.column7,
             links = author.links + d.column8, promotional = author.promotional + d.column9,
             reach = author.reach + d.column10, reach_mentions = author.reach_mentions + d.column11,
             engagement = author.engagement + d.column12, engagement_mentions = author.engagement_mentions + d.column13,
             first_at = CASE WHEN author.first_at <= d.column14 THEN author.first_at ELSE d.column14 END,
             last_at = CASE WHEN author.last_at >= d.column15 THEN author.last_at ELSE d.column15 END,
             signed = author.signed + d.column16, replies = author.replies + d.column17, first_person = author.first_person + d.column18,
             calls = author.calls + d.column19, hashtags = author.hashtags + d.column20, service = author.service + d.column21,
             we = author.we + d.column22, addressing = author.addressing + d.column23, reposts = author.reposts + d.column24,
             staff = author.staff + d.column25, own_links = author.own_links + d.column26
         FROM ({}) AS d WHERE author.id = d.column1",
        changes,
        |change| {
            let [replies, first_person, calls, hashtags, service, we, addressing, reposts, staff, own_links] = change.signs;
            [
                change.id.into(),
                (&change.name).into(),
                change.followers.map(|(by, _)| by).into(),
                change.followers.map(|(_, at)| at).into(),
                change.mentions.into(),
                change.negative.into(),
                change.positive.into(),
                change.links.into(),
                change.promotional.into(),
                change.reach.0.into(),
                change.reach.1.into(),
                change.engagement.0.into(),
                change.engagement.1.into(),
                change.first_at.into(),
                change.last_at.into(),
                change.signed.into(),
                replies.into(),
                first_person.into(),
                calls.into(),
                hashtags.into(),
                service.into(),
                we.into(),
                addressing.into(),
                reposts.into(),
                staff.into(),
                own_links.into(),
            ]
        },
    )
    .await?;
    Ok(())
}

/// Recomputes first and last time of authors that lost mentions.
pub async fn recompute_times(tx: &mut Tx, ids: &[AuthorId]) -> Result<()> {
    tx.run_in(
        "UPDATE author SET first_at = (SELECT MIN(m.at) FROM mention m WHERE m.author_id = author.id),
             last_at = (SELECT MAX(m.at) FROM mention m WHERE m.author_id = author.id)
         WHERE id IN ({})",
        &[],
        ids,
    )
    .await?;
    Ok(())
}

/// Keeps what mentions of some authors add up to beyond their counts.
pub async fn set_habits(tx: &mut Tx, habits: &[(AuthorId, PostingHabits)]) -> Result<()> {
    bulk::write(
        tx,
        "UPDATE author SET copies = d.column2, busiest_day = d.column3, busiest_hour = d.column4, busiest_minute = d.column5
         FROM ({}) AS d WHERE author.id = d.column1",
        habits,
        |(id, habits)| {
            [(*id).into(), habits.copies.into(), habits.busiest_day.into(), habits.busiest_hour.into(), habits.busiest_minute.into()]
        },
    )
    .await?;
    Ok(())
}

/// Sets how many mentions of authors show each sign, links and advertising words among them. Gives of how many authors it was otherwise.
pub async fn set_signs(tx: &mut Tx, counts: &[AuthorChange]) -> Result<u64> {
    let changed = bulk::write(
        tx,
        "UPDATE author SET signed = d.column2, replies = d.column3, first_person = d.column4, calls = d.column5, hashtags = d.column6,
             service = d.column7, we = d.column8, addressing = d.column9, reposts = d.column10, staff = d.column11, own_links = d.column12,
             links = d.column13, promotional = d.column14
         FROM ({}) AS d WHERE author.id = d.column1 AND (signed <> d.column2 OR replies <> d.column3 OR first_person <> d.column4
             OR calls <> d.column5 OR hashtags <> d.column6 OR service <> d.column7 OR we <> d.column8 OR addressing <> d.column9
             OR reposts <> d.column10 OR staff <> d.column11 OR own_links <> d.column12 OR links <> d.column13
             OR promotional <> d.column14)",
        counts,
        |change| {
            let [replies, first_person, calls, hashtags, service, we, addressing, reposts, staff, own_links] = change.signs;
            [
                change.id.into(),
                change.signed.into(),
                replies.into(),
                first_person.into(),
                calls.into(),
                hashtags.into(),
                service.into(),
                we.into(),
                addressing.into(),
                reposts.into(),
                staff.into(),
                own_links.into(),
                change.links.into(),
                change.promotional.into(),
            ]
        },
    )
    .await?;
    Ok(changed)
}

/// Keeps how many mentions of authors other authors posted too.
pub async fn set_syndicated(tx: &mut Tx, counts: &[(AuthorId, i64)]) -> Result<()> {
    bulk::write(tx, "UPDATE author SET syndicated = d.column2 FROM ({}) AS d WHERE author.id = d.column1", counts, |(id, syndicated)| {
        [(*id).into(), (*syndicated).into()]
    })
    .await?;
    Ok(())
}

/// Sets an author's counts. Gives whether they were others.
pub async fn set_counts(tx: &mut Tx, counts: &AuthorChange) -> Result<bool> {
    let changed = tx
        .run(
            "UPDATE author SET mentions = $2, negative = $3, positive = $4, links = $5, promotional = $6, reach = $7, reach_mentions = $8,
             engagement = $9, engagement_mentions = $10
         WHERE id = $1 AND (mentions <> $2 OR negative <> $3 OR positive <> $4 OR links <> $5 OR promotional <> $6 OR reach <> $7
             OR reach_mentions <> $8 OR engagement <> $9 OR engagement_mentions <> $10)",
            &[
                counts.id.into(),
                counts.mentions.into(),
                counts.negative.into(),
                counts.positive.into(),
                counts.links.into(),
                counts.promotional.into(),
                counts.reach.0.into(),
                counts.reach.1.into(),
                counts.engagement.0.into(),
                counts.engagement.1.into(),
            ],
        )
        .await?;
    Ok(changed > 0)
}
