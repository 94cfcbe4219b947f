//! Teaching on both databases: a correction, a training, switching on and off, and what it does to every count.

use super::store::{self, Correction};
use super::work::work_off;
use super::{Sentiment, act};
use crate::access::account::{Actor, Role};
use crate::db::Db;
use crate::kernel::clock::now;
use crate::kernel::error::Error;
use crate::kernel::ids::{AccountId, MentionId, ProgramId};
use crate::listening::author;
use crate::listening::import::import_file::ImportOptions;
use crate::listening::mention::{self, store::MentionSearch};
use crate::testing::{each_db, fixture};

const STAFF: Actor = Actor::System("test");

/// Mentions about a made-up shop, the last twelve of them without a vendor's value.
async fn import(db: &Db, mentions: usize) -> ProgramId {
    let words = [
        ("bricked again after the update, number", "negative"),
        ("comes in two sizes, number", "neutral"),
        ("absolutely slaps, number", "positive"),
    ];
    let mut text = String::from("Datetime,Tweet Id,Text,Username,sentiment\n");
    for number in 0..mentions {
        let (words, label) = words[number % 3];
        let label = if number + 12 < mentions { label } else { "" };
        text += &format!(
            "2022-09-01 10:{:02}:00+00:00,{},\"My Vela {words} {}\",author{},{label}\n",
            number % 60,
            1_570_000_000_000 + number,
            number * 31,
            number % 50
        );
    }
    let (program, counts) =
        fixture::import(db, &text, ImportOptions { organisation: Some("Vela".into()), ..ImportOptions::default() }).await;
    assert_eq!(counts.created, i64::try_from(mentions).expect("few"));
    program
}

async fn unrated(db: &Db, program: ProgramId) -> Vec<mention::Mention> {
    let mut tx = db.read().await.expect("tx");
    let search = MentionSearch { program: Some(program), ..MentionSearch::default() };
    let all = mention::store::list(&mut tx, &search, 1000, 0).await.expect("mentions");
    all.into_iter().map(|listed| listed.mention).filter(|mention| mention.vendor_sentiment.is_none()).collect()
}

/// The roll-ups say what the mentions say.
async fn assert_counts(db: &Db, program: ProgramId) {
    let mut tx = db.read().await.expect("tx");
    let search = MentionSearch { program: Some(program), ..MentionSearch::default() };
    let mentions: Vec<_> =
        mention::store::list(&mut tx, &search, 1000, 0).await.expect("mentions").into_iter().map(|listed| listed.mention).collect();
    let of = |reading, mentions: &[mention::Mention]| {
        i64::try_from(mentions.iter().filter(|mention| mention.reading == reading).count()).expect("few")
    };
    let days = crate::listening::volume::store::list_days(&mut tx, program, None, None).await.expect("days");
    let (negative, positive) = days.iter().fold((0, 0), |(n, p), day| (n + day.counts.negative, p + day.counts.positive));
    assert_eq!((negative, positive), (of(Sentiment::Negative, &mentions), of(Sentiment::Positive, &mentions)));
    let mut authors: Vec<_> = mentions.iter().map(|mention| mention.author_id).collect();
    authors.sort_unstable();
    authors.dedup();
    for author in author::store::list(&mut tx, &authors).await.expect("authors") {
        let own: Vec<_> = mentions.iter().filter(|mention| mention.author_id == author.id).cloned().collect();
        assert_eq!((author.negative, author.positive), (of(Sentiment::Negative, &own), of(Sentiment::Positive, &own)), "{}", author.handle);
    }
}

#[tokio::test]
async fn a_correction_outranks_everything_until_it_is_taken_back() {
    each_db(|db| async move {
        let program = import(&db, 30).await;
        let mut tx = db.begin().await.expect("tx");
        let search = MentionSearch { program: Some(program), reading: Some(Sentiment::Negative), ..MentionSearch::default() };
        let mention = mention::store::list(&mut tx, &search, 1, 0).await.expect("mentions").remove(0).mention;
        let viewer = Actor::Account { id: AccountId::new(), role: Role::Viewer, unit: None, name: "Vera".into() };
        let refused = act::correct(&mut tx, &viewer, now(), mention.id, None, Some(Sentiment::Positive), "").await;
        assert!(matches!(refused, Err(Error::Forbidden)));
        let unknown = act::correct(&mut tx, &STAFF, now(), MentionId::new(), None, Some(Sentiment::Positive), "").await;
        assert!(matches!(unknown, Err(Error::NotFound)));
        let nothing = act::correct(&mut tx, &STAFF, now(), mention.id, None, None, "").await;
        assert!(matches!(nothing, Err(Error::Conflict(_))));
        act::correct(&mut tx, &STAFF, now(), mention.id, None, Some(Sentiment::Positive), "It is meant as praise")
            .await
            .expect("corrected");
        act::correct(&mut tx, &STAFF, now(), mention.id, None, Some(Sentiment::Positive), "It is meant as praise")
            .await
            .expect("a double click");
        for word in [Some(Sentiment::Negative), None] {
            let late = act::correct(&mut tx, &STAFF, now(), mention.id, None, word, "I read an older page").await;
            assert!(matches!(late, Err(Error::Conflict(_))), "{late:?}");
        }
        act::correct(&mut tx, &STAFF, now(), mention.id, Some(Sentiment::Positive), Some(Sentiment::Neutral), "")
            .await
            .expect("corrected again");
        tx.commit().await.expect("commit");
        assert_counts(&db, program).await;

        let mut tx = db.begin().await.expect("tx");
        let found = mention::store::find(&mut tx, mention.id).await.expect("read").expect("there");
        assert_eq!(
            (found.reading, found.sentiment, found.vendor_sentiment),
            (Sentiment::Neutral, mention.sentiment, mention.vendor_sentiment)
        );
        let kept: Correction = store::find_correction(&mut tx, mention.id).await.expect("read").expect("kept");
        assert_eq!((kept.sentiment, kept.reason, kept.author_id), (Sentiment::Neutral, None, mention.author_id));
        act::correct(&mut tx, &STAFF, now(), mention.id, Some(Sentiment::Neutral), None, "").await.expect("taken back");
        assert_eq!(mention::store::find(&mut tx, mention.id).await.expect("read").expect("there").reading, mention.reading);
        tx.commit().await.expect("commit");
        assert_counts(&db, program).await;
    })
    .await;
}

#[tokio::test]
async fn a_model_is_trained_switched_on_and_off_and_every_count_follows() {
    each_db(|db| async move {
        let program = import(&db, 252).await;
        let before = unrated(&db, program).await;
        assert_eq!(before.len(), 12);
        let corrected = before[0].id;
        let mut tx = db.begin().await.expect("tx");
        act::correct(&mut tx, &STAFF, now(), corrected, None, Some(Sentiment::Neutral), "").await.expect("corrected");
        act::ask_to_train(&mut tx, &STAFF, now(), program).await.expect("asked");
        assert!(matches!(act::ask_to_train(&mut tx, &STAFF, now(), program).await, Err(Error::Conflict(_))));
        tx.commit().await.expect("commit");
        work_off(&db).await.expect("trained");

        let mut tx = db.begin().await.expect("tx");
        let version = store::list(&mut tx, program).await.expect("versions").remove(0);
        assert_eq!((version.version, version.labels, version.corrections, version.is_on()), (1, 241, 1, false));
        assert!(version.figures.all.model.macro_f1 > version.figures.all.vader.macro_f1);
        assert_eq!(version.figures.corrected.as_ref().expect("measured").model.mentions, 1);
        assert!(store::load_on(&mut tx, program).await.expect("read").is_none(), "nothing changes before it is switched on");
        act::switch_on(&mut tx, &STAFF, now(), version.id).await.expect("on");
        assert!(matches!(act::switch_on(&mut tx, &STAFF, now(), version.id).await, Err(Error::Conflict(_))));
        tx.commit().await.expect("commit");
        work_off(&db).await.expect("read again");
        for mention in unrated(&db, program).await {
            let meant = match &mention.text {
                _ if mention.id == corrected => Sentiment::Neutral,
                text if text.contains("bricked") => Sentiment::Negative,
                text if text.contains("slaps") => Sentiment::Positive,
                _ => Sentiment::Neutral,
            };
            assert_eq!(mention.reading, meant, "{}", mention.text);
        }
        assert_counts(&db, program).await;

        let mut tx = db.begin().await.expect("tx");
        act::switch_off(&mut tx, &STAFF, now(), version.id).await.expect("off");
        assert!(matches!(act::switch_off(&mut tx, &STAFF, now(), version.id).await, Err(Error::Conflict(_))));
        tx.commit().await.expect("commit");
        work_off(&db).await.expect("read again");
        let after = unrated(&db, program).await;
        for mention in &before {
            let found = after.iter().find(|found| found.id == mention.id).expect("still there");
            assert_eq!((found.sentiment, found.score), (mention.sentiment, mention.score));
            assert_eq!(found.reading, if mention.id == corrected { Sentiment::Neutral } else { mention.reading });
        }
        assert_counts(&db, program).await;
    })
    .await;
}

#[tokio::test]
async fn a_model_that_is_worse_than_vader_stays_off() {
    each_db(|db| async move {
        let program = import(&db, 252).await;
        let mut version = act::train(&db, &STAFF, program).await.expect("trained");
        let mut tx = db.begin().await.expect("tx");
        let weights = store::load(&mut tx, version.id).await.expect("readable").to_bytes();
        version.id = crate::kernel::ids::ModelId::new();
        version.version += 1;
        version.figures.all.vader.macro_f1 = 1.0;
        version.figures.all.model.macro_f1 = 0.9;
        store::create(&mut tx, &version, &weights).await.expect("kept");
        let refused = act::switch_on(&mut tx, &STAFF, now(), version.id).await;
        assert!(matches!(&refused, Err(Error::Conflict(why)) if why.contains("worse than VADER")), "{refused:?}");
        assert!(store::find_on(&mut tx, program).await.expect("read").is_none());
    })
    .await;
}

#[tokio::test]
async fn too_few_labels_are_said_in_numbers() {
    each_db(|db| async move {
        let program = import(&db, 30).await;
        let refused = act::train(&db, &STAFF, program).await.map(|version| version.version);
        assert!(matches!(&refused, Err(Error::Conflict(why)) if why.contains("6 negative") && why.contains("200")), "{refused:?}");
        let mut tx = db.begin().await.expect("tx");
        act::ask_to_train(&mut tx, &STAFF, now(), program).await.expect("asked");
        tx.commit().await.expect("commit");
        assert!(matches!(work_off(&db).await, Err(Error::Conflict(_))), "the task keeps why it failed");
    })
    .await;
}
