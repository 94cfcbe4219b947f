//! Previewing and finalising a report, also while others change what it is made of.

use super::*;
use crate::db::audit_log::AuditHead;
use crate::db::verify::verify;
use crate::follow_up::report::ReportEdition;

#[tokio::test]
async fn of_two_who_finalise_at_once_one_gets_a_conflict() {
    each_db(|db| async move {
        let held = held(&db).await;
        let finalise = async || {
            let mut tx = db.begin().await.expect("a transaction");
            act::finalise(&mut tx, &staff(), july(), held.day, 1).await?;
            tx.commit().await
        };
        let (one, other) = tokio::join!(finalise(), finalise());
        assert!(one.is_ok() != other.is_ok(), "{one:?} {other:?}");
        let reports = store::list(&mut db.read().await.expect("a transaction"), Some(held.day)).await.expect("reports");
        assert_eq!(reports.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn the_preview_is_the_report_with_the_quotes_that_were_chosen() {
    each_db(|db| async move {
        let held = held(&db).await;
        publish(&db, held.upsell, july(), commitment("2010-09-30", "")).await;
        let preview = async |quotes: &QuoteChoices| {
            collect(&mut db.read().await.expect("a transaction"), july(), held.day, quotes).await.expect("a preview")
        };
        let plain = preview(&QuoteChoices::default()).await;
        let [quote] = plain.quotes.as_slice() else { panic!("Ben gave no permission") };
        assert_eq!(quote.by.as_deref(), Some("Ada Okafor"));

        let reworded =
            QuoteChoices { reworded: [(quote.note, "They tried to sell me memory.".to_owned())].into(), ..QuoteChoices::default() };
        let left_out = QuoteChoices { left_out: [quote.note].into(), ..QuoteChoices::default() };
        for (number, quotes) in (1..).zip([QuoteChoices::default(), reworded, left_out]) {
            let read = preview(&quotes).await;
            let cmd = FinaliseReport { day: held.day, number, seen: Some(read.mark()), quotes };
            let id = act::finalise_ahead(&db, &staff(), july(), &cmd).await.expect("finalised");
            let mut tx = db.read().await.expect("a transaction");
            let report = store::find(&mut tx, id).await.expect("a read").expect("a report");
            let copies = store::list_copies(&mut tx, id).await.expect("copies");
            assert_eq!(report.document, read.document, "report {number}");
            let whole = store::edition(&report, &copies);
            assert_eq!(ReportEdition { audit_head: None, ..whole.clone() }, read.edition(), "report {number}");
            let head: AuditHead = whole.audit_head.as_deref().expect("a line").parse().expect("as verify takes it");
            assert!(verify(&mut tx, std::slice::from_ref(&head)).await.expect("verified").is_whole(), "a line of this log");
            assert!(read.edition().audit_head.is_none(), "a preview carries none");
            let (preview, closing) = (read.preview().closing(), whole.closing());
            assert!(preview.starts_with("Preview of") && !preview.contains("no longer changes"), "{preview}");
            assert!(closing.starts_with("Finalised on"), "{closing}");
            let shown: Vec<_> = whole.others[0].quotes.iter().map(|quote| quote.text.as_str()).collect();
            assert_eq!(
                shown,
                [&["They tried to sell me memory while my disk was dying"][..], &["They tried to sell me memory."], &[]]
                    [usize::try_from(number - 1).expect("small")]
            );
        }
        let note = note::store::find(&mut db.read().await.expect("a transaction"), quote.note).await.expect("a read").expect("a note");
        assert_eq!(note.text, "They tried to sell me memory while my disk was dying", "the note keeps what was said");

        let empty = QuoteChoices { reworded: [(quote.note, " ".to_owned())].into(), ..QuoteChoices::default() };
        let cmd = FinaliseReport { day: held.day, number: 4, seen: None, quotes: empty };
        assert!(matches!(act::finalise_ahead(&db, &staff(), july(), &cmd).await, Err(Error::Invalid(_))));
    })
    .await;
}

#[tokio::test]
async fn a_report_that_changed_since_it_was_read_is_not_finalised() {
    each_db(|db| async move {
        let held = held(&db).await;
        let mark =
            collect(&mut db.read().await.expect("a transaction"), july(), held.day, &QuoteChoices::default()).await.expect("read").mark();
        publish(&db, held.upsell, july(), commitment("2010-09-30", "")).await;
        let cmd = FinaliseReport { day: held.day, number: 1, seen: Some(mark), quotes: QuoteChoices::default() };
        let refused = act::finalise_ahead(&db, &staff(), july(), &cmd).await;
        assert!(matches!(&refused, Err(Error::Conflict(words)) if words.contains("has changed since you read it")), "{refused:?}");
        assert!(store::list(&mut db.read().await.expect("a transaction"), Some(held.day)).await.expect("reports").is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_report_and_what_it_is_made_of_at_once_end_in_one_order() {
    each_db(|db| async move {
        let held = held(&db).await;
        let version = publish(&db, held.upsell, july() - Duration::days(1), commitment("2010-07-06", "")).await;
        let first = finalise(&db, held.day, july()).await;
        send(&db, first, july()).await;
        let finalised = {
            let db = db.clone();
            tokio::spawn(async move {
                let cmd = FinaliseReport { day: held.day, number: 2, seen: None, quotes: QuoteChoices::default() };
                act::finalise_ahead(&db, &staff(), july(), &cmd).await
            })
        };
        let stated = {
            let db = db.clone();
            tokio::spawn(async move { say(&db, held.ada, 1, version, AnswerKind::StillBroken, "again").await })
        };
        let item = fixture::heard_item(&mut db.read().await.expect("a transaction"), held.lids).await.seen();
        let worded = {
            let db = db.clone();
            tokio::spawn(async move {
                let cmd = heard::act::RewordItem { item, text: "Lids in green, please.".into(), topic: String::new() };
                let (cmd, staff) = (&cmd, &staff());
                db.write(|tx, _| Box::pin(heard::act::reword(tx, staff, july(), cmd.clone()))).await
            })
        };
        let id = finalised.await.expect("ended").expect("finalised");
        assert_eq!(stated.await.expect("ended").expect("answered"), AnswerEffect::Reopened);
        worded.await.expect("ended").expect("worded");
        let document = store::find(&mut db.read().await.expect("a transaction"), id).await.expect("a read").expect("a report").document;
        let at = line(&db, "finalised").await;
        assert_eq!(document.items[0].reopened, line(&db, "reopened").await < at);
        assert_eq!(document.items[1].text == "Lids in green, please.", line(&db, "reworded").await < at);
    })
    .await;
}

#[tokio::test]
async fn what_happens_elsewhere_does_not_build_a_report_anew() {
    each_db(|db| async move {
        let held = held(&db).await;
        let read = collect(&mut db.read().await.expect("a transaction"), july(), held.day, &QuoteChoices::default()).await.expect("read");
        let mut tx = db.begin().await.expect("a transaction");
        let other = fixture::program(&mut tx, may()).await;
        let elsewhere = fixture::day(&mut tx, may(), other, noon().date_naive(), 15).await;
        tx.commit().await.expect("a commit");
        let since = audit_log::newest(&mut db.read().await.expect("a transaction")).await.expect("a line");
        let changed = async |after| {
            store::has_changed_since(&mut db.read().await.expect("a transaction"), read.program, after).await.expect("a read")
        };
        let mut tx = db.begin().await.expect("a transaction");
        fixture::session(&mut tx, noon(), elsewhere, None).await;
        fixture::panelist(&mut tx, may(), elsewhere, "Finn Roe", QuotePermission::None).await;
        tx.commit().await.expect("a commit");
        assert!(changed(read.read_at).await, "a program was started, which is nobody's day: it may matter");
        assert!(!changed(since).await, "somebody said yes to another program's day");
        publish(&db, held.upsell, july(), commitment("2010-09-30", "")).await;
        assert!(changed(since).await);
    })
    .await;
}
