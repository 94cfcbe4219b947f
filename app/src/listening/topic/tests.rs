//! Topics on both databases: new mentions, old mentions, and the counts whatever happens to the mentions.

use chrono::NaiveDate;

use super::act;
use super::rules::TopicForm;
use super::store;
use super::{trend, work};
use crate::access::job::{self, JobKind, act::JobRequest};
use crate::db::Db;
use crate::kernel::clock::now;
use crate::kernel::error::Error;
use crate::kernel::ids::{IdAtRevision, ImportRunId, MentionId, ProgramId, TopicId};
use crate::listening::import::import_file::ImportOptions;
use crate::listening::mention::store::{MentionSearch, TopicFilter};
use crate::listening::mention::{self, Sentiment};
use crate::listening::volume::SentimentCounts;
use crate::listening::{author, import, phrase, sentiment};
use crate::panel_day::session;
use crate::privacy::{erasure, retention};
use crate::testing::each_db;
use crate::testing::fixture::{self, SYSTEM, staff};

const COLUMNS: &str = "Datetime,Tweet Id,Text,Username,sentiment\n";
const MENTIONS: &str = "2022-09-01 10:00:00+00:00,15700000101,My battery died and support is on hold,zoe_k,negative\n\
    2022-09-01 11:00:00+00:00,15700000102,A battery farm opened next door,zoe_k,neutral\n\
    2022-09-02 10:00:00+00:00,15700000103,Great battery and a great screen,MaxO,positive\n\
    2022-09-02 11:00:00+00:00,15700000104,What a lovely day,MaxO,positive\n\
    2022-09-03 11:00:00+00:00,15700000105,The fan is loud,ada,negative\n";

fn form(name: &str, phrases: &str, excludes: &str) -> TopicForm {
    TopicForm { name: name.into(), phrases: phrases.into(), excludes: excludes.into(), ..TopicForm::default() }
}

async fn start(db: &Db) -> ProgramId {
    let mut tx = db.begin().await.expect("tx");
    let program = fixture::program(&mut tx, now()).await;
    tx.commit().await.expect("commit");
    program
}

async fn add(db: &Db, program: ProgramId, form: TopicForm) -> TopicId {
    let mut tx = db.begin().await.expect("tx");
    let id = act::create(&mut tx, &staff(), now(), program, form).await.expect("added");
    tx.commit().await.expect("commit");
    id
}

async fn import(db: &Db, program: ProgramId, rows: &str) -> ImportRunId {
    fixture::import(db, &format!("{COLUMNS}{rows}"), ImportOptions { program: Some(program), ..ImportOptions::default() }).await;
    import::store::list(&mut db.read().await.expect("tx"), program, "", None, 1, 0).await.expect("runs")[0].id
}

/// A topic's counts, after checking that a recount gives the same.
async fn counts(db: &Db, program: ProgramId, topic: Option<TopicId>) -> SentimentCounts {
    let rebuilt = retention::act::rebuild(db, &SYSTEM, program).await.expect("rebuilt");
    assert_eq!(rebuilt.mended, 0, "the roll-ups were right");
    let (from, to) = (day("2000-01-01"), day("2100-01-01"));
    let mut tx = db.read().await.expect("tx");
    match topic {
        Some(topic) => {
            let totals = store::list_totals(&mut tx, program, from, to).await.expect("totals");
            totals.into_iter().find(|(id, _)| *id == topic).map(|(_, count)| count).unwrap_or_default()
        }
        None => store::count_topicless(&mut tx, program, from, to).await.expect("a count"),
    }
}

fn count(mentions: i64, negative: i64, positive: i64) -> SentimentCounts {
    SentimentCounts { mentions, negative, positive }
}

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

async fn mention(db: &Db, words: &str) -> mention::Mention {
    let wanted = MentionSearch { text: words.into(), ..MentionSearch::default() };
    mention::store::list(&mut db.read().await.expect("tx"), &wanted, 9, 0).await.expect("mentions").remove(0).mention
}

fn at(id: TopicId, revision: i64) -> IdAtRevision<TopicId> {
    IdAtRevision { id, revision }
}

#[tokio::test]
async fn new_mentions_are_read_for_topics_and_old_ones_after_a_change() {
    each_db(|db| async move {
        let program = start(&db).await;
        let battery = add(&db, program, form("Battery", "battery", "battery farm")).await;
        work::work_off(&db).await.expect("nothing to read");
        import(&db, program, MENTIONS).await;
        assert_eq!(counts(&db, program, Some(battery)).await, count(2, 1, 1));
        assert_eq!(counts(&db, program, None).await, count(3, 1, 1));

        let fan = add(&db, program, TopicForm { pattern: r"\bfans?\b".into(), ..form("Fan", "", "") }).await;
        let mut tx = db.begin().await.expect("tx");
        act::update(&mut tx, &staff(), now(), at(battery, 1), form("Battery and screen", "battery\nscreen", "")).await.expect("changed");
        let stale = act::update(&mut tx, &staff(), now(), at(battery, 1), form("Battery", "x", "")).await;
        assert!(matches!(stale, Err(Error::Conflict(_))), "somebody else was faster");
        assert!(job::store::find_of_program(&mut tx, JobKind::Topics, program).await.expect("read").is_some());
        tx.commit().await.expect("commit");
        work::work_off(&db).await.expect("read again");
        assert_eq!(counts(&db, program, Some(battery)).await, count(3, 1, 1), "the farm is no longer kept out");
        assert_eq!(counts(&db, program, Some(fan)).await, count(1, 1, 0));
        assert_eq!(counts(&db, program, None).await, count(1, 0, 1));
        assert!(job::store::find_of_program(&mut db.read().await.expect("tx"), JobKind::Topics, program).await.expect("read").is_none());
    })
    .await;
}

#[tokio::test]
async fn counts_follow_whatever_happens_to_the_mentions() {
    each_db(|db| async move {
        let program = start(&db).await;
        let battery = add(&db, program, form("Battery", "battery", "")).await;
        let fan = add(&db, program, form("Fan", "fan", "")).await;
        let run = import(&db, program, MENTIONS).await;
        import(&db, program, MENTIONS).await;
        assert_eq!(counts(&db, program, Some(battery)).await, count(3, 1, 1), "the same file adds nothing");

        let died = mention(&db, "battery died").await;
        let mut tx = db.begin().await.expect("tx");
        sentiment::act::correct(&mut tx, &SYSTEM, now(), died.id, None, Some(Sentiment::Positive), "irony").await.expect("corrected");
        tx.commit().await.expect("commit");
        assert_eq!(counts(&db, program, Some(battery)).await, count(3, 0, 2), "a correction moves it");
        let lovely = mention(&db, "lovely day").await;
        let mut tx = db.begin().await.expect("tx");
        sentiment::act::correct(&mut tx, &SYSTEM, now(), lovely.id, None, Some(Sentiment::Negative), "").await.expect("corrected");
        tx.commit().await.expect("commit");
        assert_eq!(counts(&db, program, None).await, count(1, 1, 0), "also where a mention is about none");

        retention::act::remove(&db, &staff(), now(), program, &["15700000105".into()]).await.expect("removed");
        assert_eq!(counts(&db, program, Some(fan)).await, SentimentCounts::default());
        let mut tx = db.begin().await.expect("tx");
        let person = erasure::find::find(&mut tx, "@zoe_k").await.expect("zoe");
        erasure::act::erase(&mut tx, &SYSTEM, now(), &person).await.expect("erased");
        tx.commit().await.expect("commit");
        assert_eq!(counts(&db, program, Some(battery)).await, count(1, 0, 1));

        let mut tx = db.begin().await.expect("tx");
        import::act::undo(&mut tx, &SYSTEM, now(), run).await.expect("undoing");
        tx.commit().await.expect("commit");
        assert!(import::batch::work::work(&db, &std::env::temp_dir()).await.expect("undone"));
        assert_eq!(counts(&db, program, Some(battery)).await, SentimentCounts::default());
        assert_eq!(counts(&db, program, None).await, SentimentCounts::default());
        let mut tx = db.read().await.expect("tx");
        assert!(store::list_tags(&mut tx, &[died.id, lovely.id]).await.expect("read").is_empty(), "nothing is left behind");
    })
    .await;
}

#[tokio::test]
async fn a_retired_topic_keeps_its_mentions_and_a_deleted_one_leaves_nothing() {
    each_db(|db| async move {
        let program = start(&db).await;
        let battery = add(&db, program, form("Battery", "battery", "")).await;
        let fan = add(&db, program, form("Fan", "fan", "")).await;
        import(&db, program, MENTIONS).await;
        let mut tx = db.begin().await.expect("tx");
        let stale = act::retire(&mut tx, &staff(), now(), at(battery, 7)).await.expect_err("somebody else was faster");
        assert!(stale.message().contains("Someone else has changed this topic"), "{stale}");
        act::retire(&mut tx, &staff(), now(), at(battery, 1)).await.expect("retired");
        assert!(matches!(act::retire(&mut tx, &staff(), now(), at(battery, 2)).await, Err(Error::Conflict(_))));
        assert!(matches!(act::bring_back(&mut tx, &staff(), now(), at(battery, 1)).await, Err(Error::Conflict(_))), "it was retired since");
        act::delete(&mut tx, &staff(), now(), at(fan, 1)).await.expect("deleted");
        assert!(matches!(act::delete(&mut tx, &staff(), now(), at(fan, 1)).await, Err(Error::NotFound)));
        tx.commit().await.expect("commit");
        add(&db, program, form("Fan", "fan noise", "")).await;
        work::work_off(&db).await.expect("read again");
        import(&db, program, "2022-09-04 10:00:00+00:00,15700000106,Another battery,bob,neutral\n").await;
        assert_eq!(counts(&db, program, Some(battery)).await, count(3, 1, 1));
        assert_eq!(counts(&db, program, Some(fan)).await, SentimentCounts::default());
        assert_eq!(counts(&db, program, None).await, count(3, 1, 1));
        let names: Vec<String> =
            store::list(&mut db.read().await.expect("tx"), program).await.expect("topics").into_iter().map(|topic| topic.name).collect();
        assert_eq!(names, ["Battery", "Fan"]);

        let mut tx = db.begin().await.expect("tx");
        act::bring_back(&mut tx, &staff(), now(), at(battery, 2)).await.expect("brought back");
        let on = fixture::day(&mut tx, now(), program, now().date_naive() + chrono::Duration::days(1), 15).await;
        let session = fixture::session(&mut tx, now(), on, None).await;
        let planned = session::store::find(&mut tx, session).await.expect("read").expect("a session");
        session::store::update(&mut tx, &session::Session { topic_id: Some(battery), ..planned }).await.expect("about it");
        let refused = act::delete(&mut tx, &staff(), now(), at(battery, 3)).await.expect_err("refused");
        assert!(refused.message().contains("Retire it instead"), "{refused}");
        tx.commit().await.expect("commit");
        work::work_off(&db).await.expect("read again");
        assert_eq!(counts(&db, program, Some(battery)).await, count(4, 1, 1));
    })
    .await;
}

#[tokio::test]
async fn a_topic_that_changes_under_an_import_is_read_for_again() {
    each_db(|db| async move {
        let program = start(&db).await;
        let battery = add(&db, program, form("Battery", "battery", "")).await;
        work::work_off(&db).await.expect("nothing to read");
        import(&db, program, MENTIONS).await;
        assert!(
            job::store::find_of_program(&mut db.read().await.expect("tx"), JobKind::Topics, program).await.expect("read").is_none(),
            "nothing changed"
        );

        // A worker that died is followed by another, and a job that is asked for anew begins anew.
        let ask = async || {
            let mut tx = db.begin().await.expect("tx");
            job::act::restart(&mut tx, &SYSTEM, now(), JobRequest::of_program(JobKind::Topics, program)).await.expect("asked");
            tx.commit().await.expect("commit");
        };
        ask().await;
        let held = job::act::lease(&db, &job::rules::JobTerms::of(JobKind::Topics), now()).await.expect("read").expect("a job");
        ask().await;
        let mut tx = db.begin().await.expect("tx");
        assert!(!job::act::progress(&mut tx, &held, now()).await.expect("read"), "the old one may not go on");
        store::tag(&mut tx, &[(MentionId::new(), TopicId::new(), day("2022-09-01"))]).await.expect("a stray row");
        tx.commit().await.expect("commit");
        work::work_off(&db).await.expect("read again");
        assert_eq!(counts(&db, program, Some(battery)).await, count(3, 1, 1));
    })
    .await;
}

#[tokio::test]
async fn mentions_are_found_by_topic_and_counted_as_they_are_listed() {
    each_db(|db| async move {
        let program = start(&db).await;
        let battery = add(&db, program, form("Battery", "battery", "")).await;
        import(&db, program, MENTIONS).await;
        let mut tx = db.read().await.expect("tx");
        let of = |about| MentionSearch { program: Some(program), about: Some(about), ..MentionSearch::default() };
        let all = [
            of(TopicFilter::Topic(battery)),
            MentionSearch { reading: Some(Sentiment::Negative), ..of(TopicFilter::Topic(battery)) },
            MentionSearch { since: Some(day("2022-09-02")), ..of(TopicFilter::Topic(battery)) },
            MentionSearch { until: Some(day("2022-09-01")), text: "farm".into(), ..of(TopicFilter::Topic(battery)) },
            MentionSearch { oldest_first: true, reading: Some(Sentiment::Neutral), ..of(TopicFilter::Topic(battery)) },
            of(TopicFilter::Nothing),
            MentionSearch { reading: Some(Sentiment::Positive), ..of(TopicFilter::Nothing) },
            MentionSearch { since: Some(day("2022-09-03")), ..of(TopicFilter::Nothing) },
        ];
        for (wanted, expected) in all.iter().zip([3, 1, 1, 1, 1, 2, 1, 1]) {
            let listed = mention::store::list(&mut tx, wanted, 9, 0).await.expect("mentions");
            assert_eq!(
                (listed.len(), mention::store::count(&mut tx, wanted).await.expect("a count")),
                (expected, expected as i64),
                "{wanted:?}"
            );
        }
        let newest = mention::store::list(&mut tx, &all[0], 1, 0).await.expect("mentions").remove(0);
        assert_eq!(newest.mention.day, day("2022-09-02"));
        let author = author::store::find(&mut tx, newest.mention.author_id).await.expect("read").expect("an author");
        assert_eq!(author.handle, "MaxO");
    })
    .await;
}

#[tokio::test]
async fn a_trial_saves_nothing_and_says_what_would_change() {
    each_db(|db| async move {
        let program = start(&db).await;
        let battery = add(&db, program, form("Battery", "battery", "")).await;
        import(&db, program, MENTIONS).await;
        let mut tx = db.read().await.expect("tx");
        let preview = act::attempt(&mut tx, &staff(), program, Some(battery), &form("B", "battery\nfan", "farm")).await.expect("tried");
        assert_eq!((preview.mentions, preview.fit, preview.now, preview.fresh, preview.lost), (5, 3, 3, 1, 1));
        assert_eq!(preview.shown[0].text, "The fan is loud");
        assert_eq!(preview.shown[0].spots, [(4, 7)]);
        let bad = TopicForm { pattern: "(fan".into(), ..form("B", "", "") };
        assert!(act::attempt(&mut tx, &staff(), program, None, &bad).await.expect_err("refused").message().contains("unclosed group"));
    })
    .await;
}

#[tokio::test]
async fn what_rises_is_held_against_the_weeks_before_the_newest_mention() {
    each_db(|db| async move {
        let program = start(&db).await;
        let fan = add(&db, program, form("Fan", "fan", "")).await;
        let mut rows = String::new();
        for at in 0..60 {
            let (month, on) = (8 + at / 30, at % 30 + 1);
            rows += &format!("2022-0{month}-{on:02} 10:00:00+00:00,15{:09},Just another ordinary day at the office with number {at} on the list,author{at},neutral\n", 100 + at);
        }
        for at in 0..8 {
            rows += &format!("2022-09-{:02} 12:00:00+00:00,15{:09},\"It is number {at}. Fan noise!\",fan{at},negative\n", 24 + at % 6, 300 + at);
        }
        import(&db, program, &rows).await;
        let mut tx = db.read().await.expect("tx");
        let trend = trend::of(&mut tx, program).await.expect("a trend");
        let span = trend.span.expect("something was heard");
        assert_eq!((span.before, span.since, span.until), (day("2022-08-27"), day("2022-09-24"), day("2022-09-30")));
        assert_eq!((trend.mentions_now, trend.mentions_before, trend.mentions), (15, 27, 68));
        let line = trend.rising()[0];
        assert_eq!((line.topic.id, line.all, line.now.mentions, line.before.mentions), (fan, count(8, 8, 0), 8, 0));
        assert_eq!(line.weeks.iter().sum::<i64>(), 8);
        drop(tx);

        phrase::work::work(&db).await.expect("counted");
        let mut tx = db.begin().await.expect("tx");
        let run = phrase::store::find_run(&mut tx, program).await.expect("read").expect("counted");
        assert_eq!((run.until, run.total, run.mentions, run.before, run.sampled), (day("2022-09-30"), 68, 15, 27, false));
        let found = phrase::store::list(&mut tx, program).await.expect("phrases");
        assert_eq!(found[0].words, "fan noise", "the longest form of it");
        let made = phrase::act::adopt(&mut tx, &staff(), now(), program, &found[0].words).await.expect("a topic");
        let made = store::find(&mut tx, made).await.expect("read").expect("a topic");
        assert_eq!((made.name.as_str(), made.phrases.as_str()), ("Fan noise", "fan noise"));
        tx.commit().await.expect("commit");
    })
    .await;
}
