//! Mentions as they are found and counted, on both databases.

use std::collections::BTreeSet;

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;

use super::store::{self, MentionSearch};
use super::{Sentiment, place};
use crate::db::{Db, fresh};
use crate::kernel::clock::{Time, now};
use crate::kernel::error::Error;
use crate::kernel::ids::{AuthorId, MentionId, ProgramId};
use crate::listening::import::import_file::ImportOptions;
use crate::listening::volume::{self, Dimension};
use crate::listening::{author, import, search, sentiment};
use crate::privacy::{erasure, opt_out, retention};
use crate::program::{self, Segment};
use crate::testing::fixture::{SYSTEM, staff};
use crate::testing::{each_db, fixture};

const COLUMNS: &str = "Datetime,Tweet Id,Text,Username,Language,Country,Sentiment\n";
const MENTIONS: &str = "2022-03-01 10:00:00+00:00,1570000000000000001,\"The hinge broke, and <b>support</b> never called back\",zoe_k,en,US,negative\n\
    2022-03-01 11:00:00+00:00,1570000000000000002,Great support: they called back at once,MaxO,English,us,positive\n\
    2022-03-02 10:00:00+00:00,1570000000000000003,Der Kundendienst ruft seit drei Wochen nicht zurück und das Scharnier ist noch immer kaputt,anna.b,,Germany,\n\
    2022-03-03 10:00:00+00:00,1570000000000000004,Sale! Hinges on sale,shop1,,,neutral\n\
    2022-03-03 11:00:00+00:00,1570000000000000005,ok,zoe_k,,,\n\
    2022-03-04 10:00:00+00:00,1570000000000000006,Thanks @zoe_k for the tip about the café,MaxO,en,,\n";

async fn import(db: &Db, rows: &str, at: Option<Time>) -> ProgramId {
    fixture::import(db, &format!("{COLUMNS}{rows}"), ImportOptions { at, ..ImportOptions::default() }).await.0
}

fn everything(program: ProgramId) -> MentionSearch {
    MentionSearch { program: Some(program), ..MentionSearch::default() }
}

fn words(program: ProgramId, text: &str) -> MentionSearch {
    MentionSearch { text: text.to_owned(), ..everything(program) }
}

/// The last digits of the ids of the mentions that a search lists; their number is what it counts.
async fn found(db: &Db, search: &MentionSearch) -> String {
    let mut tx = db.read().await.expect("tx");
    let listed = store::list(&mut tx, search, 100, 0).await.expect("listed");
    assert_eq!(store::count(&mut tx, search).await.expect("counted"), listed.len() as i64, "{search:?}");
    listed.iter().filter_map(|listed| listed.mention.external_id.as_ref()?.chars().last()).collect()
}

/// Everything that is kept beside the mentions themselves: the index, the days, the slices.
async fn kept(db: &Db, program: ProgramId) -> String {
    let mut tx = db.read().await.expect("tx");
    let mut kept = format!("{:?}\n", search::store::list(&mut tx).await.expect("index"));
    kept.push_str(&format!("{:?}\n", volume::store::list_days(&mut tx, program, None, None).await.expect("days")));
    kept.push_str(&format!("{:?}\n", volume::store::list_values(&mut tx, program, Dimension::ALL, None, None).await.expect("values")));
    kept.push_str(&format!("{:?}\n", volume::store::kinds::list_kind_slices(&mut tx, program).await.expect("slices of kinds")));
    kept
}

/// The index and the roll-ups equal a recount.
async fn assert_kept(db: &Db, program: ProgramId, after: &str) -> String {
    let before = kept(db, program).await;
    let rebuilt = retention::act::rebuild(db, &SYSTEM, program).await.expect("rebuilt");
    assert_eq!(before, kept(db, program).await, "after {after}");
    let mut tx = db.read().await.expect("tx");
    assert_eq!(rebuilt.mentions as i64, store::count(&mut tx, &everything(program)).await.expect("counted"), "after {after}");
    before
}

#[tokio::test]
async fn mentions_are_found_by_words_phrases_authors_and_what_they_lack() {
    each_db(|db| async move {
        let program = import(&db, MENTIONS, None).await;
        let cases = [
            ("hinge", "1"),
            ("HINGE*", "41"),
            ("support called", "21"),
            ("\"called back\"", "21"),
            ("\"back called\"", ""),
            ("\"never called\"", "1"),
            ("called -great", "1"),
            ("-called", "6543"),
            ("zuruck", "3"),
            ("cafe", "6"),
            ("@zoe_k", "51"),
            ("@anna.b", "3"),
            ("-@zoe_k hinge*", "4"),
            ("zoe_k", "6"),
            ("@zoe_k -hinge", "5"),
            ("\"the tip\" @maxo", "6"),
            ("it's", ""),
        ];
        for (text, mentions) in cases {
            assert_eq!(found(&db, &words(program, text)).await, mentions, "{text}");
        }
        let oldest = MentionSearch { oldest_first: true, ..words(program, "hinge*") };
        assert_eq!(found(&db, &oldest).await, "14");
        let mut tx = db.read().await.expect("tx");
        let error = store::list(&mut tx, &words(program, "ab*"), 10, 0).await.expect_err("too short");
        assert!(matches!(error, Error::Invalid(_)), "{error:?}");
    })
    .await;
}

#[tokio::test]
async fn counting_anew_mends_an_index_that_says_something_else() {
    each_db(|db| async move {
        let program = import(&db, MENTIONS, None).await;
        let before = kept(&db, program).await;
        let mut tx = db.begin().await.expect("tx");
        let places: Vec<i64> = search::store::list(&mut tx).await.expect("index").into_iter().map(|(no, _)| no).collect();
        search::store::delete(&mut tx, &places[..2]).await.expect("taken out");
        search::store::create(&mut tx, &mut [(places[0], "nonsense".into()), (places[2] + 1, "left behind".into())])
            .await
            .expect("written");
        tx.commit().await.expect("commit");
        assert_ne!(kept(&db, program).await, before);
        retention::act::rebuild(&db, &SYSTEM, program).await.expect("rebuilt");
        assert_eq!(kept(&db, program).await, before);
        assert_eq!(found(&db, &words(program, "nonsense")).await, "");
        assert_eq!(found(&db, &words(program, "hinge")).await, "1");
    })
    .await;
}

#[tokio::test]
async fn filters_and_words_hold_together_and_count_what_they_list() {
    each_db(|db| async move {
        let program = import(&db, MENTIONS, None).await;
        let day = |text: &str| text.parse().ok();
        let searches = [
            (MentionSearch { language: "en".into(), ..everything(program) }, "621"),
            (MentionSearch { language: "German".into(), ..everything(program) }, "3"),
            (MentionSearch { language: "unknown".into(), ..everything(program) }, "54"),
            (MentionSearch { country: "US".into(), ..everything(program) }, "21"),
            (MentionSearch { country: "unknown".into(), ..everything(program) }, "654"),
            (MentionSearch { network: "x".into(), ..everything(program) }, "654321"),
            (MentionSearch { reading: Some(Sentiment::Negative), ..everything(program) }, "1"),
            (MentionSearch { since: day("2022-03-02"), until: day("2022-03-03"), ..everything(program) }, "543"),
            (MentionSearch { since: day("2022-03-02"), ..words(program, "hinge*") }, "4"),
            (MentionSearch { language: "en".into(), country: "us".into(), ..words(program, "called -never") }, "2"),
            (MentionSearch { reading: Some(Sentiment::Positive), country: "us".into(), ..everything(program) }, "2"),
            (MentionSearch { reading: Some(Sentiment::Positive), ..words(program, "support") }, "2"),
        ];
        for (search, mentions) in &searches {
            assert_eq!(found(&db, search).await, *mentions, "{search:?}");
        }
        let mut tx = db.read().await.expect("tx");
        let zoe = author::store::find_by_handle(&mut tx, program, "x", "zoe_k").await.expect("read").expect("zoe");
        drop(tx);
        assert_eq!(found(&db, &MentionSearch { author: Some(zoe.id), ..words(program, "hinge") }).await, "1");
        let mut tx = db.begin().await.expect("tx");
        fixture::overrule(&mut tx, &staff(), now(), zoe.id, Some(Segment::Ranter)).await;
        tx.commit().await.expect("commit");
        assert_eq!(found(&db, &MentionSearch { segment: Some(Segment::Ranter), ..everything(program) }).await, "51");
        assert_eq!(found(&db, &MentionSearch { segment: Some(Segment::Ranter), ..words(program, "ok") }).await, "5");
        assert_kept(&db, program, "overruling").await;
        let mut tx = db.begin().await.expect("tx");
        fixture::lift(&mut tx, &staff(), now(), zoe.id).await;
        tx.commit().await.expect("commit");
        assert_kept(&db, program, "lifting").await;
    })
    .await;
}

#[tokio::test]
async fn an_authors_negative_mentions_are_as_many_as_its_count_says() {
    each_db(|db| async move {
        let rows = "2022-03-01 10:00:00+00:00,1570000000000000001,I hate how the hinge broke,zoe_k,en,US,negative\n\
            2022-03-02 10:00:00+00:00,1570000000000000002,I hate how Trump speaks of the hinge,zoe_k,en,US,negative\n\
            2022-03-03 10:00:00+00:00,1570000000000000003,I love the new one,zoe_k,en,US,positive\n";
        let program = import(&db, rows, None).await;
        let mut tx = db.read().await.expect("tx");
        let zoe = author::store::find_by_handle(&mut tx, program, "x", "zoe_k").await.expect("read").expect("zoe");
        drop(tx);
        let negative = MentionSearch { author: Some(zoe.id), reading: Some(Sentiment::Negative), ..everything(program) };
        assert_eq!(found(&db, &negative).await, "21");
        assert_eq!(found(&db, &MentionSearch { counting: true, ..negative }).await, "1", "a sensitive subject counts for no author");
        assert_eq!((zoe.mentions, zoe.negative), (3, 1));
        assert_eq!(found(&db, &MentionSearch { counting: true, ..everything(program) }).await, "31");
    })
    .await;
}

#[tokio::test]
async fn nothing_that_is_typed_makes_a_database_stumble() {
    each_db(|db| async move {
        let program = import(&db, MENTIONS, None).await;
        let mut runner = TestRunner::deterministic();
        let typed = "\\PC{0,24}|([a-z\"'*@(){}:^+|&!<>\\\\ -]|AND|OR|NOT|NEAR|é|中|\u{300}|\u{e100}){0,16}";
        let strategy = proptest::string::string_regex(typed).expect("a pattern");
        let mut tx = db.read().await.expect("tx");
        for _ in 0..300 {
            let text = strategy.new_tree(&mut runner).expect("a text").current();
            for search in [
                words(program, &text),
                MentionSearch { language: text.clone(), country: text.clone(), network: text.clone(), ..everything(program) },
            ] {
                let listed = store::list(&mut tx, &search, 5, 0).await;
                assert!(matches!(listed, Ok(_) | Err(Error::Invalid(_))), "{text:?}: {listed:?}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn the_index_and_the_counts_follow_the_mentions() {
    each_db(|db| async move {
        let program = import(&db, MENTIONS, None).await;
        let all = assert_kept(&db, program, "an import").await;
        assert!(all.contains("kundendienst"));

        // The same mentions again, with what they lacked: a language that we had read, and a country.
        let again = "2022-03-02 10:00:00+00:00,1570000000000000003,Der Kundendienst,anna.b,de-AT,Germany,negative\n\
            2022-03-03 10:00:00+00:00,1570000000000000005,ok,zoe_k,fr,FR,\n";
        import(&db, again, None).await;
        assert_kept(&db, program, "an update").await;
        assert_eq!(found(&db, &MentionSearch { language: "fr".into(), ..words(program, "ok") }).await, "5");

        let mut tx = db.begin().await.expect("tx");
        let mention = store::list(&mut tx, &words(program, "sale"), 1, 0).await.expect("read").remove(0).mention;
        sentiment::act::correct(&mut tx, &SYSTEM, now(), mention.id, None, Some(Sentiment::Positive), "").await.expect("corrected");
        tx.commit().await.expect("commit");
        assert_kept(&db, program, "a correction").await;

        let extra = "2022-03-05 10:00:00+00:00,1570000000000000007,A passing remark,lea,en,FR,\n";
        import(&db, extra, Some("2020-01-01T00:00:00Z".parse().expect("a time"))).await;
        assert_eq!(found(&db, &words(program, "passing")).await, "7");
        assert_eq!(
            retention::act::purge(&db, &SYSTEM, "2022-04-01T00:00:00Z".parse().expect("a time"), None).await.expect("purged").mentions,
            1
        );
        assert!(!assert_kept(&db, program, "a purge").await.contains("passing"));

        assert_eq!(retention::act::remove(&db, &SYSTEM, now(), program, &["1570000000000000004".into()]).await.expect("removed"), 1);
        assert!(!assert_kept(&db, program, "a removal").await.contains("sale"));

        let mut tx = db.begin().await.expect("tx");
        opt_out::act::opt_out(&mut tx, &SYSTEM, now(), "x", "zoe_k").await.expect("objected");
        tx.commit().await.expect("commit");
        let left = assert_kept(&db, program, "an opt-out").await;
        assert!(!left.contains("hinge") && !left.contains("zoe_k"), "neither her mentions nor her name in another's: {left}");

        let mut tx = db.read().await.expect("tx");
        let runs = import::store::list(&mut tx, program, "", None, 9, 0).await.expect("runs");
        drop(tx);
        for run in runs {
            let mut tx = db.begin().await.expect("tx");
            import::act::undo(&mut tx, &staff(), now(), run.id).await.expect("undoing");
            tx.commit().await.expect("commit");
            import::batch::work::work(&db, std::path::Path::new("/nowhere")).await.expect("undone");
        }
        let nothing = assert_kept(&db, program, "undoing").await;
        assert!(nothing.starts_with("[]\n[]\n"), "{nothing}");
    })
    .await;
}

#[tokio::test]
async fn erased_words_are_gone_from_the_file() {
    let path = std::env::temp_dir().join(format!("weheard-erased-{}.db", uuid::Uuid::new_v4()));
    let db = Db::open(&format!("sqlite:{}", path.display()), crate::kernel::secret::Secret::random(), &crate::front::wiring::WIRING)
        .await
        .expect("a database");
    import(&db, &MENTIONS.replace("kaputt", "zerbrochenundverloren"), None).await;
    let mut tx = db.begin().await.expect("tx");
    let person = erasure::find::find(&mut tx, "@anna.b").await.expect("found");
    erasure::act::erase(&mut tx, &SYSTEM, now(), &person).await.expect("erased");
    tx.commit().await.expect("commit");
    db.close().await;
    let bytes = std::fs::read(&path).expect("the file");
    assert!(!bytes.windows(14).any(|part| part == b"zerbrochenundv"));
    fresh::remove(&path);
}

#[tokio::test]
async fn what_one_file_says_twice_is_found_by_what_the_second_row_adds() {
    each_db(|db| async move {
        // The author, the mention and its words are saved by the same transaction that fills the mention in; a stranger only repeats.
        let again = "2022-03-03 11:00:00+00:00,1570000000000000005,ok,zoe_k,nl,Belgium,positive\n\
            2022-03-03 11:00:00+00:00,1570000000000000005,ok,nobody_new,,,\n";
        let program = import(&db, &format!("{MENTIONS}{again}"), None).await;
        assert_eq!(found(&db, &MentionSearch { language: "nl".into(), ..words(program, "ok") }).await, "5");
        assert_eq!(found(&db, &MentionSearch { country: "Belgium".into(), ..everything(program) }).await, "5");
        assert_kept(&db, program, "a row that fills in another of its file").await;
        let mut tx = db.read().await.expect("tx");
        let stranger = author::store::find_by_handle(&mut tx, program, "x", "nobody_new").await.expect("read");
        assert!(stranger.is_none(), "of whom nothing is new stays unknown");
    })
    .await;
}

#[tokio::test]
async fn a_mention_of_nobody_is_refused_at_the_latest_when_it_is_committed() {
    each_db(|db| async move {
        let program = import(&db, MENTIONS, None).await;
        let mut tx = db.begin().await.expect("tx");
        let number = program::store::number(&mut tx, program).await.expect("a number");
        let mention = store::list(&mut tx, &everything(program), 1, 0).await.expect("read").remove(0).mention;
        let mut stray = super::Mention { id: MentionId::new(), dedupe_key: "stray".into(), author_id: AuthorId::new(), ..mention };
        store::create(&mut tx, number, &mut [&mut stray]).await.expect("kept until then");
        tx.commit().await.expect_err("nobody wrote it");
        assert_eq!(store::count(&mut db.read().await.expect("tx"), &everything(program)).await.expect("a count"), 6);
    })
    .await;
}

#[tokio::test]
async fn mentions_of_one_moment_make_room_for_each_other() {
    each_db(|db| async move {
        let program = import(&db, MENTIONS, None).await;
        let mut tx = db.begin().await.expect("tx");
        let number = program::store::number(&mut tx, program).await.expect("a number");
        let mention = store::list(&mut tx, &everything(program), 1, 0).await.expect("read").remove(0).mention;
        let mut crowd: Vec<_> =
            (0..40).map(|at| super::Mention { id: MentionId::new(), dedupe_key: format!("crowd:{at}"), ..mention.clone() }).collect();
        store::create(&mut tx, number, &mut crowd.iter_mut().collect::<Vec<_>>()).await.expect("created");
        let places: BTreeSet<i64> = crowd.iter().chain([&mention]).map(|mention| mention.no).collect();
        let (from, to) = place::between(number, Some(mention.day), Some(mention.day));
        assert!(places.len() == 41 && places.iter().all(|no| (from..=to).contains(no)));
    })
    .await;
}

#[tokio::test]
async fn what_was_imported_before_there_was_an_index_is_caught_up_with() {
    each_db(|db| async move {
        let program = import(&db, MENTIONS, None).await;
        let before = kept(&db, program).await;
        let mut tx = db.begin().await.expect("tx");
        search::store::delete_between(&mut tx, i64::MIN, i64::MAX).await.expect("emptied");
        tx.commit().await.expect("commit");
        retention::act::catch_up(&db, &SYSTEM).await.expect("caught up");
        assert_eq!(kept(&db, program).await, before);
    })
    .await;
}
