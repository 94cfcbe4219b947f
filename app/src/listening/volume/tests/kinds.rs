//! Counts by kinds of authors on both databases: each is the number of mentions that the list finds, and all are those of a recount.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::super::{Dimension, SentimentCounts, country, kinds, store};
use crate::access::account::Role;
use crate::db::Db;
use crate::kernel::clock::now;
use crate::kernel::ids::{ProgramId, TopicId};
use crate::listening::author::{self, AuthorKind};
use crate::listening::mention::store::{ListedMention, MentionSearch, TopicFilter};
use crate::listening::mention::{self, Sentiment};
use crate::listening::topic::rules::TopicForm;
use crate::listening::topic::{self, trend};
use crate::listening::{import, sentiment};
use crate::privacy::{erasure, retention};
use crate::program::Segment;
use crate::testing::fixture::{self, SYSTEM, staff};
use crate::testing::{change, each_db};

const COLUMNS: &str = "Datetime,Tweet Id,Text,Username,Language,Country,Sentiment\n";
const MENTIONS: &str = "2022-08-20 10:00:00+00:00,1570000000000000001,My battery died and support is on hold,zoe_k,en,US,negative\n\
    2022-09-01 10:00:00+00:00,1570000000000000002,The battery of my laptop broke again,zoe_k,English,us,negative\n\
    2022-09-02 10:00:00+00:00,1570000000000000003,Mein Akku ist kaputt und keiner ruft zurück,anna.b,de,Germany,negative\n\
    2022-09-02 11:00:00+00:00,1570000000000000004,Any battery you like is in our shop https://t.co/a,BestDellDeals,en,US,positive\n\
    2022-09-03 11:00:00+00:00,1570000000000000005,New screens are here https://t.co/b,BestDellDeals,,,neutral\n\
    2022-09-03 12:00:00+00:00,1570000000000000006,We are here to help with your battery,DellCares,en,,neutral\n";

fn counts<'a>(mentions: impl IntoIterator<Item = &'a ListedMention>) -> SentimentCounts {
    mentions.into_iter().fold(SentimentCounts::default(), |mut all, listed| {
        let one = |reading| i64::from(listed.mention.reading == reading);
        all.add(SentimentCounts { mentions: 1, negative: one(Sentiment::Negative), positive: one(Sentiment::Positive) });
        all
    })
}

async fn listed(db: &Db, search: &MentionSearch) -> Vec<ListedMention> {
    let mut tx = db.read().await.expect("tx");
    let found = mention::store::list(&mut tx, search, 1000, 0).await.expect("listed");
    assert_eq!(mention::store::count(&mut tx, search).await.expect("counted"), found.len() as i64, "{search:?}");
    found
}

/// Compares every count of a kind with the mentions themselves.
async fn check_kind(db: &Db, program: ProgramId, kind: Option<AuthorKind>, after: &str) {
    let all = MentionSearch { program: Some(program), kind, ..MentionSearch::default() };
    let mentions = listed(db, &all).await;
    let mut tx = db.read().await.expect("tx");
    let context = format!("{kind:?} after {after}");
    assert_eq!(kinds::total(&mut tx, program, kind, None, None, None).await.expect("total"), counts(&mentions), "{context}");
    let mut days: BTreeMap<NaiveDate, Vec<&ListedMention>> = BTreeMap::new();
    for listed in &mentions {
        days.entry(listed.mention.day).or_default().push(listed);
    }
    let found = kinds::days(&mut tx, program, kind, None, None, None).await.expect("days");
    assert_eq!(
        found.iter().map(|day| (day.day, day.counts)).collect::<Vec<_>>(),
        days.iter().map(|(day, mentions)| (*day, counts(mentions.iter().copied()))).collect::<Vec<_>>(),
        "{context}"
    );
    let values = kinds::values(&mut tx, program, kind, &[Dimension::Network, Dimension::Country], None, None).await.expect("values");
    for (dimension, values) in &values {
        for (value, counted) in values {
            let of = |listed: &&ListedMention| match dimension {
                Dimension::Network => listed.mention.network == *value,
                _ => country(listed.mention.country.as_deref()) == *value,
            };
            assert_eq!(*counted, counts(mentions.iter().filter(of)), "{dimension} {value}, {context}");
        }
        assert_eq!(values.iter().map(|(_, counts)| counts.mentions).sum::<i64>(), mentions.len() as i64, "{context}");
    }
    let (since, until) = ("2000-01-01".parse().expect("a day"), "2100-01-01".parse().expect("a day"));
    let spoken = (
        topic::store::list_totals(&mut tx, program, since, until).await.expect("totals"),
        topic::store::count_topicless(&mut tx, program, since, until).await.expect("a count"),
    );
    let (topics, none) = kinds::topics(&mut tx, program, kind, spoken, (since, until)).await.expect("topics");
    let last = mentions.iter().map(|listed| listed.mention.day).max();
    let trends = trend::ending(&mut tx, program, kind, last.unwrap_or(until)).await.expect("trends");
    assert_eq!(trends.mentions_now + trends.mentions_before, mentions.len() as i64, "all are of the last five weeks, {context}");
    drop(tx);
    let about: Vec<(TopicId, SentimentCounts)> = topics;
    for (topic, counted) in &about {
        let found = listed(db, &MentionSearch { about: Some(TopicFilter::Topic(*topic)), ..all.clone() }).await;
        assert_eq!(*counted, counts(&found), "{context}");
        let line = trends.lines.iter().find(|line| line.topic.id == *topic).expect("a line");
        assert_eq!(line.now.mentions + line.before.mentions, counted.mentions, "{context}");
    }
    assert_eq!(none, counts(&listed(db, &MentionSearch { about: Some(TopicFilter::Nothing), ..all.clone() }).await), "{context}");
    for segment in [Segment::Ranter, Segment::Raver] {
        listed(db, &MentionSearch { segment: Some(segment), ..all.clone() }).await;
    }
    for reading in [Sentiment::Negative, Sentiment::Positive] {
        listed(db, &MentionSearch { reading: Some(reading), language: "en".into(), ..all.clone() }).await;
    }
}

/// Compares the counts of all kinds with the mentions, and with a recount.
async fn check(db: &Db, program: ProgramId, after: &str) {
    for kind in AuthorKind::ALL.iter().copied().map(Some).chain([None]) {
        check_kind(db, program, kind, after).await;
    }
    let slices = store::kinds::list_kind_slices(&mut db.read().await.expect("tx"), program).await.expect("slices");
    retention::act::rebuild(db, &SYSTEM, program).await.expect("rebuilt");
    let recounted = store::kinds::list_kind_slices(&mut db.read().await.expect("tx"), program).await.expect("slices");
    assert_eq!(slices, recounted, "after {after}");
    let mut tx = db.read().await.expect("tx");
    let all = store::total(&mut tx, program, None, None).await.expect("a total").mentions;
    let days = ("2000-01-01".parse().expect("a day"), "2100-01-01".parse().expect("a day"));
    let by_kind = kinds::counts(&mut tx, program, all, days).await.expect("counts");
    assert_eq!(by_kind.iter().map(|(_, mentions)| mentions).sum::<i64>(), all, "after {after}");
}

async fn author_of(db: &Db, program: ProgramId, key: &str) -> author::Author {
    author::store::find_by_handle(&mut db.read().await.expect("tx"), program, "x", key).await.expect("read").expect("an author")
}

/// Counts what is missing after an upgrade, once.
async fn check_upgrade(db: &Db, program: ProgramId) {
    change(db, "DELETE FROM mention_kind_slice").await;
    retention::act::catch_up(db, &SYSTEM).await.expect("caught up");
    check_kind(db, program, Some(AuthorKind::Partner), "an upgrade").await;
    change(db, "DELETE FROM mention_kind_slice WHERE kind = 'partner'").await;
    retention::act::catch_up(db, &SYSTEM).await.expect("looked");
    let slices = store::kinds::list_kind_slices(&mut db.read().await.expect("tx"), program).await.expect("slices");
    assert!(slices.iter().all(|slice| slice.0 != "partner"), "what was counted once is not counted at each start");
    retention::act::rebuild(db, &SYSTEM, program).await.expect("rebuilt");
}

#[tokio::test]
async fn counts_by_kind_follow_mentions_and_authors() {
    each_db(|db| async move {
        let (program, _) = fixture::import(&db, &format!("{COLUMNS}{MENTIONS}"), fixture::dell()).await;
        check(&db, program, "an import").await;
        let september = ("2022-09-01".parse().expect("a day"), "2022-09-30".parse().expect("a day"));
        let mut tx = db.read().await.expect("tx");
        let by_kind = kinds::counts(&mut tx, program, 5, september).await.expect("counts");
        assert_eq!(by_kind, [(AuthorKind::Customer, 2), (AuthorKind::Own, 1), (AuthorKind::Partner, 2)]);
        drop(tx);

        let mut tx = db.begin().await.expect("tx");
        let form = TopicForm { name: "Battery".into(), phrases: "battery".into(), ..TopicForm::default() };
        topic::act::create(&mut tx, &staff(), now(), program, form).await.expect("a topic");
        tx.commit().await.expect("commit");
        topic::work::work_off(&db).await.expect("matched");
        check(&db, program, "a topic").await;

        let mut tx = db.begin().await.expect("tx");
        let person = fixture::actor(&fixture::account(&mut tx, "Ada Bell", Role::Staff, now()).await);
        tx.commit().await.expect("commit");
        let (zoe, shop) = (author_of(&db, program, "zoe_k").await, author_of(&db, program, "bestdelldeals").await);
        for (id, to) in [(zoe.id, AuthorKind::Media), (shop.id, AuthorKind::Customer)] {
            let mut tx = db.begin().await.expect("tx");
            author::act::set_kind(&mut tx, &person, now(), id, None, to, "").await.expect("set");
            tx.commit().await.expect("commit");
        }
        check(&db, program, "two decisions").await;
        let mut tx = db.begin().await.expect("tx");
        author::act::lift_kind(&mut tx, &person, now(), shop.id, Some(AuthorKind::Customer)).await.expect("lifted");
        fixture::overrule(&mut tx, &person, now(), zoe.id, Some(Segment::Ranter)).await;
        let mention = mention::store::list(&mut tx, &MentionSearch { author: Some(shop.id), ..MentionSearch::default() }, 1, 0).await;
        let mention = mention.expect("read").remove(0).mention.id;
        sentiment::act::correct(&mut tx, &person, now(), mention, None, Some(Sentiment::Negative), "").await.expect("corrected");
        tx.commit().await.expect("commit");
        check(&db, program, "lifting, overruling and a correction").await;

        let more = "2022-09-03 11:00:00+00:00,1570000000000000005,New screens are here https://t.co/b,BestDellDeals,fr,France,positive\n\
            2022-09-04 11:00:00+00:00,1570000000000000007,A battery for free https://t.co/c,BestDellDeals,en,US,positive\n\
            2022-09-04 12:00:00+00:00,1570000000000000008,My battery is fine now,zoe_k,en,US,positive\n";
        fixture::import(&db, &format!("{COLUMNS}{more}"), fixture::dell()).await;
        check(&db, program, "a second import").await;

        let mut tx = db.begin().await.expect("tx");
        let erased = erasure::find::find(&mut tx, "@zoe_k").await.expect("found");
        erasure::act::erase(&mut tx, &SYSTEM, now(), &erased).await.expect("erased");
        tx.commit().await.expect("commit");
        check(&db, program, "an erasure").await;

        check_upgrade(&db, program).await;

        let mut tx = db.begin().await.expect("tx");
        for run in import::store::list(&mut tx, program, "", None, 9, 0).await.expect("runs") {
            import::act::undo(&mut tx, &SYSTEM, now(), run.id).await.expect("undoing");
        }
        tx.commit().await.expect("commit");
        while import::batch::work::work(&db, &std::env::temp_dir()).await.expect("worked") {}
        check(&db, program, "undoing").await;
    })
    .await;
}
