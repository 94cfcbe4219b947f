//! Emails of which nobody knows whether they arrived.

use super::*;

#[tokio::test]
async fn an_email_that_certainly_did_not_arrive_is_sent_again_and_arrives_once() {
    each_db(|db| async move {
        let row = queued(&db, "ada@example.com").await;
        let nobody =
            EmailSender::new(SmtpClient::open("smtp://127.0.0.1:1", "panel@example.com").expect("an address"), "https://panel.example.com");
        send_due(&db, &nobody).await;
        let waits = find(&db, row).await;
        assert_eq!((waits.state, waits.attempts), (EmailState::Queued, 1));
        assert!(waits.error.is_some_and(|error| error.to_string().contains("was not reached")));

        let busy = sink(Manner { end: SinkEnd::Says("451 4.3.0 try again later"), ..Manner::default() }).await;
        assert_eq!(send_due(&db, &mailer(&busy)).await, 0, "not before its pause is over");
        later(&db, row).await;
        assert_eq!(send_due(&db, &mailer(&busy)).await, 1);
        assert_eq!((find(&db, row).await.state, find(&db, row).await.attempts), (EmailState::Queued, 2));

        let server = sink(Manner::default()).await;
        later(&db, row).await;
        send_due(&db, &mailer(&server)).await;
        assert_eq!((find(&db, row).await.state, server.taken_for("ada@example.com")), (EmailState::Sent, 1));
    })
    .await;
}

#[tokio::test]
async fn an_email_without_an_answer_is_in_doubt_until_a_person_decides() {
    each_db(|db| async move {
        let server = sink(Manner { end: SinkEnd::HangsUp, ..Manner::default() }).await;
        let (again, arrived) = (queued(&db, "again@example.com").await, queued(&db, "arrived@example.com").await);
        send_due(&db, &mailer(&server)).await;
        for row in [again, arrived] {
            later(&db, row).await;
            assert_eq!(send_due(&db, &mailer(&server)).await, 0, "nothing is sent by itself");
            let doubted = find(&db, row).await;
            assert_eq!(doubted.state, EmailState::InDoubt);
            assert!(doubted.error.is_some_and(|error| error.to_string().contains("before the mail server answered")));
        }
        assert_eq!(server.taken().len(), 2);

        let (staff, read) = (staff(), find(&db, arrived).await.revision);
        db.write(|tx, _| Box::pin(outbox::act::confirm(tx, &staff, now(), arrived, read))).await.expect("confirmed");
        assert_eq!(find(&db, arrived).await.state, EmailState::Sent);
        let read = find(&db, again).await.revision;
        db.write(|tx, _| Box::pin(outbox::act::retry(tx, &staff, now(), again, read))).await.expect("queued");
        let twice = db.write(|tx, _| Box::pin(outbox::act::retry(tx, &staff, now(), again, read))).await;
        assert!(twice.is_err_and(|error| error.status() == 409), "a second click on the same page sends nothing");
        let whole = sink(Manner::default()).await;
        send_due(&db, &mailer(&whole)).await;
        send_due(&db, &mailer(&whole)).await;
        assert_eq!((find(&db, again).await.state, whole.taken_for("again@example.com"), whole.taken().len()), (EmailState::Sent, 1, 1));
    })
    .await;
}

#[tokio::test]
async fn a_worker_that_dies_before_the_answer_leaves_an_email_in_doubt_and_before_the_message_a_queued_one() {
    each_db(|db| async move {
        let leave = Arc::new(Semaphore::new(0));
        let server = sink(Manner { end: SinkEnd::Waits(leave.clone()), ..Manner::default() }).await;
        let row = queued(&db, "ada@example.com").await;
        let (dying, client) = (db.clone(), server.client());
        let worker = tokio::spawn(async move { sender::deliver(&dying, &client, "https://panel.example.com", row).await });
        while server.taken().is_empty() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        assert_eq!(find(&db, row).await.state, EmailState::Sending, "committed before the end of the message");
        worker.abort();
        let _ = worker.await;
        send_due(&db, &mailer(&server)).await;
        assert_eq!(find(&db, row).await.state, EmailState::InDoubt);
        assert_eq!(server.taken().len(), 1, "not sent again");

        // One that dies while it is being offered.
        let offered = queued(&db, "ben@example.com").await;
        let row = find(&db, offered).await;
        let client = server.client();
        let email = Email::new("Hello", "en", None, &[]);
        drop(client.offer(&row, &email).await.expect("the server asks for the message"));
        assert_eq!(find(&db, offered).await.state, EmailState::Queued);
        leave.add_permits(9);
        send_due(&db, &mailer(&server)).await;
        assert_eq!((find(&db, offered).await.state, server.taken_for("ben@example.com")), (EmailState::Sent, 1));
    })
    .await;
}

#[tokio::test]
async fn an_answer_that_comes_after_all_ends_the_doubt() {
    each_db(|db| async move {
        let row = queued(&db, "ada@example.com").await;
        let queued = find(&db, row).await;
        let begun = db.write(|tx, _| Box::pin(outbox::act::begin(tx, now(), &queued))).await.expect("begun").expect("it is queued");
        let second = db.write(|tx, _| Box::pin(outbox::act::begin(tx, now(), &queued))).await.expect("begun");
        assert!(second.is_none(), "one worker hands it over");
        let doubt = outbox::act::SendOutcome::InDoubt("no answer".into());
        db.write(|tx, _| Box::pin(outbox::act::record_outcome(tx, now(), &begun, doubt.clone()))).await.expect("settled");
        db.write(|tx, _| Box::pin(outbox::act::record_outcome(tx, now(), &begun, outbox::act::SendOutcome::Later("no".into()))))
            .await
            .expect("settled");
        assert_eq!(find(&db, row).await.state, EmailState::InDoubt, "it has moved on");
        db.write(|tx, _| Box::pin(outbox::act::record_outcome(tx, now(), &begun, outbox::act::SendOutcome::Sent))).await.expect("settled");
        assert_eq!(find(&db, row).await.state, EmailState::Sent);
    })
    .await;
}

#[tokio::test]
async fn a_server_may_take_longer_for_its_last_answer_than_for_any_other() {
    let server = sink(Manner { end: SinkEnd::Slow(Duration::from_millis(600)), ..Manner::default() }).await;
    let limits = SmtpTimeouts { open: Duration::from_millis(200), command: Duration::from_millis(200), answer: Duration::from_secs(60) };
    let client = server.client().with_limits(limits);
    let email = Email::new("Hello", "en", None, &[]);
    let handover = client.offer(&row(EmailTemplate::SignIn, json!({})), &email).await.expect("a go-ahead");
    assert_eq!(handover.finish().await, SmtpEnding::Taken);
    let defaults = SmtpTimeouts::default();
    assert!(defaults.answer >= Duration::from_secs(600) && defaults.open < defaults.answer && defaults.command < defaults.answer);

    let client = server.client().with_limits(SmtpTimeouts { answer: Duration::from_millis(50), ..limits });
    let handover = client.offer(&row(EmailTemplate::SignIn, json!({})), &email).await.expect("a go-ahead");
    assert!(matches!(handover.finish().await, SmtpEnding::Silent(_)), "and is in doubt when that is over, too");
}

#[tokio::test]
async fn a_mail_server_that_says_nothing_is_given_up_in_time() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("smtp://{}", listener.local_addr().expect("an address"));
    let limits = SmtpTimeouts { open: Duration::from_millis(200), ..SmtpTimeouts::default() };
    let client = SmtpClient::open(&url, "panel@example.com").expect("an address").with_limits(limits);
    let email = Email::new("Hello", "en", None, &[]);
    let refused = client.offer(&row(EmailTemplate::SignIn, json!({})), &email).await.err().expect("nobody answers");
    assert_eq!(refused.verdict, SmtpVerdict::Later, "{refused:?}");
}
