//! Emails read back from a mail server that lives in the test.

mod sink;
mod doubt;
mod guests;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use app::access::job::{self, JobKind};
use app::access::link::{self, Purpose};
use app::access::outbox::rules::SmtpVerdict;
use app::access::outbox::{self, EmailState, EmailTemplate, OutboxEmail};
use app::db::Db;
use app::follow_up::report::rules::assemble;
use app::follow_up::report::{RaisedItem, ReportReader};
use app::kernel::clock::now;
use app::kernel::ids::{OutboxId, PanelistId};
use app::testing::each_db;
use app::testing::fixture::staff;
use serde_json::{Value as Json, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use uuid::Uuid;

use self::sink::{Manner, Sink, SinkEnd, sink};
use super::smtp::{SmtpEnding, SmtpTimeouts};
use super::*;
use crate::jobs::Runner;
use crate::jobs::email::{EmailSender, SendAccessEmail, SendEmail};
use crate::jobs::kind::{BackgroundJob, Context};

fn row(template: EmailTemplate, params: Json) -> OutboxEmail {
    OutboxEmail {
        id: OutboxId::new(),
        template,
        recipient: "ada@example.com".into(),
        recipient_name: "Ada Okafor".into(),
        params,
        link_id: None,
        subject_id: None,
        state: EmailState::Queued,
        revision: 0,
        attempts: 0,
        due_at: now(),
        created_at: now(),
        sending_at: None,
        sent_at: None,
        error: None,
    }
}

fn queue(template: EmailTemplate, params: Json, key: &str) -> outbox::act::QueueEmail {
    queue_for("ada@example.com", template, params, key)
}

fn queue_for(recipient: &str, template: EmailTemplate, params: Json, key: &str) -> outbox::act::QueueEmail {
    outbox::act::QueueEmail {
        template,
        recipient: recipient.into(),
        recipient_name: "Ada Okafor".into(),
        params,
        link: None,
        subject: None,
        key: key.into(),
    }
}

fn reopened() -> Json {
    json!({
        "organisation": "Dell", "number": 12, "text": "Offended by upsell while trying to get support.",
        "reply": "We are increasing audits of support agents.", "reason": "It happened again <yesterday>", "path": "/heard/12"
    })
}

/// Queues an email that an item was reopened.
async fn queued(db: &Db, recipient: &str) -> OutboxId {
    let key = format!("{recipient}:{}", Uuid::now_v7());
    db.write(|tx, _| Box::pin(outbox::act::queue(tx, now(), queue_for(recipient, EmailTemplate::Reopened, reopened(), &key))))
        .await
        .expect("queued")
        .expect("it is new")
}

async fn find(db: &Db, id: OutboxId) -> OutboxEmail {
    outbox::store::find(&mut db.read().await.expect("tx"), id).await.expect("read").expect("an email")
}

fn mailer(sink: &Sink) -> EmailSender {
    EmailSender::new(sink.client(), "https://panel.example.com")
}

/// Sends what is due, one after the other; gives how many jobs there were.
async fn send_due(db: &Db, mailer: &EmailSender) -> usize {
    let mut jobs = 0;
    for kind in [JobKind::AccessEmail, JobKind::Email] {
        loop {
            let mailer = mailer.clone();
            let context = |held| Context { db: db.clone(), held };
            let ended = job::work::one(db, kind, |held| {
                let context = context(held);
                async move { SendEmail(mailer).run(context).await }
            })
            .await
            .expect("read");
            match ended {
                None => break,
                Some(ended) => assert!(ended.error.is_none(), "{:?}", ended.error),
            }
            jobs += 1;
        }
    }
    jobs
}

/// Lets the pause before another attempt be over.
async fn later(db: &Db, id: OutboxId) {
    let mut tx = db.begin().await.expect("tx");
    let mut row = outbox::store::find(&mut tx, id).await.expect("read").expect("an email");
    row.due_at = now();
    outbox::store::update(&mut tx, &mut row).await.expect("updated");
    if let Some(job) = job::store::find_unfinished(&mut tx, JobKind::Email, &id.to_string()).await.expect("read") {
        assert!(job::store::retry(&mut tx, job.id, now()).await.expect("hurried"));
    }
    tx.commit().await.expect("commit");
}

#[tokio::test]
async fn a_request_for_a_response_says_what_its_link_opens() {
    each_db(|db| async move {
        let mut tx = db.begin().await.expect("a transaction");
        let link = link::act::create(&mut tx, now(), Purpose::Response, Uuid::now_v7()).await.expect("a link");
        let params = json!({ "organisation": "Dell", "number": 12, "text": "Support sells.", "by": "Sam", "path": "/heard/12" });
        let guest = OutboxEmail { link_id: Some(link.id), ..row(EmailTemplate::Response, params.clone()) };
        let colleague = row(EmailTemplate::Response, params);
        for (row, stated, unsaid) in
            [(guest, "opens only this item", "Sign in"), (colleague, "Sign in with your account", "opens only this item")]
        {
            let email = compose(&mut tx, now(), "https://panel.example", &row, Links::Live).await.expect("an email");
            let text = email.text.split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(text.contains(stated) && !text.contains(unsaid), "{text}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_due_email_is_sent_once_and_restates_the_item() {
    each_db(|db| async move {
        let sink = sink(Manner::default()).await;
        let mut tx = db.begin().await.expect("a transaction");
        assert!(outbox::act::queue(&mut tx, now(), queue(EmailTemplate::Reopened, reopened(), "one")).await.expect("queued").is_some());
        assert!(outbox::act::queue(&mut tx, now(), queue(EmailTemplate::Reopened, reopened(), "one")).await.expect("queued").is_none());
        tx.commit().await.expect("a commit");

        assert_eq!(send_due(&db, &mailer(&sink)).await, 1);
        assert_eq!(send_due(&db, &mailer(&sink)).await, 0);
        assert_eq!(sink.taken().len(), 1);
        let email = sink.taken()[0].replace("=\n", "");
        for expected in [
            "To: \"Ada Okafor\" <ada@example.com>",
            "multipart/alternative",
            "Offended by upsell",
            "It happened again &lt;yesterday&gt;",
            "/heard/12",
        ] {
            assert!(email.contains(expected), "“{expected}” is not in {email}");
        }
        let sent = outbox::store::list(&mut db.read().await.expect("a transaction"), 10).await.expect("a list");
        assert_eq!((sent[0].state, sent[0].attempts), (EmailState::Sent, 1));
    })
    .await;
}

#[tokio::test]
async fn what_a_server_answers_decides_what_becomes_of_an_email() {
    each_db(|db| async move {
        for (answer, state, words) in [
            ("550 5.1.1 no such user", EmailState::Bounced, "This address does not accept email."),
            ("554 5.1.1 no such user", EmailState::Bounced, "This address does not accept email."),
            ("550 5.7.1 you are on our block list", EmailState::Failed, "blocks our email"),
            ("554 5.7.1 relay access denied", EmailState::Failed, "blocks our email"),
            ("552 5.2.2 mailbox full", EmailState::Queued, "The mailbox is full."),
            ("450 greylisted", EmailState::Queued, "has not accepted it yet"),
        ] {
            let row = queued(&db, "ada@example.com").await;
            let server = sink(Manner { end: SinkEnd::Says(answer), ..Manner::default() }).await;
            send_due(&db, &mailer(&server)).await;
            let ended = find(&db, row).await;
            assert_eq!((ended.state, ended.attempts), (state, 1), "{answer}");
            let error = ended.error.expect("why").to_string();
            assert!(error.contains(words) && error.contains(answer), "{error}");
            assert_eq!(ended.due_at > now(), state == EmailState::Queued, "{answer}");
        }
    })
    .await;
}

#[tokio::test]
async fn of_many_emails_half_are_refused_and_none_is_lost_or_sent_twice() {
    each_db(|db| async move {
        let server =
            sink(Manner { recipient: |to| if to.starts_with("odd") { "550 no such user" } else { "250 fine" }, ..Manner::default() }).await;
        let mut emails = Vec::new();
        for n in 0..12 {
            let address = format!("{}{n}@example.com", if n % 2 == 0 { "even" } else { "odd" });
            emails.push((queued(&db, &address).await, address));
        }
        let mailer = mailer(&server);
        send_due(&db, &mailer).await;
        send_due(&db, &mailer).await;
        for (row, address) in emails {
            let odd = address.starts_with("odd");
            assert_eq!(find(&db, row).await.state, if odd { EmailState::Bounced } else { EmailState::Sent }, "{address}");
            assert_eq!(server.taken_for(&address), usize::from(!odd), "{address}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_slow_recipient_holds_up_nobody_else_and_no_sign_in_link() {
    each_db(|db| async move {
        let leave = Arc::new(Semaphore::new(0));
        let slow = sink(Manner { end: SinkEnd::Waits(leave.clone()), ..Manner::default() }).await;
        let mut stuck = Vec::new();
        for n in 0..9 {
            stuck.push(queued(&db, &format!("person{n}@slow.example")).await);
        }
        // Every message of this server waits for the test; those to one domain take only their share of the connections.
        let others = [queued(&db, "ada@quick.example").await, queued(&db, "ben@other.example").await];
        let link = db.write(|tx, _| Box::pin(link::act::create(tx, now(), Purpose::SignIn, Uuid::now_v7()))).await.expect("a link");
        let ask = outbox::act::QueueEmail { link: Some(link.id), ..queue(EmailTemplate::SignIn, json!({}), "sign in") };
        let mut tx = db.begin().await.expect("tx");
        let sign_in = outbox::act::queue(&mut tx, now(), ask).await.expect("queued").expect("new");
        tx.commit().await.expect("commit");

        let mailer = mailer(&slow);
        let runner = Runner::new(db.clone()).with(SendEmail(mailer.clone())).with(SendAccessEmail(mailer));
        let running = runner.start(tokio_util::sync::CancellationToken::new());
        let reached = tokio::time::timeout(Duration::from_secs(60), async {
            loop {
                let letters = ["ada@quick.example", "ben@other.example", "ada@example.com"].map(|address| slow.taken_for(address));
                if letters == [1, 1, 1] {
                    return;
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        });
        reached.await.expect("the others are sent while the slow ones wait");
        let waiting = stuck.len() - slow.taken().iter().filter(|email| email.contains("@slow.example>")).count();
        assert!(waiting > 0, "the slow domain does not take every connection");
        leave.add_permits(99);
        let sent = tokio::time::timeout(Duration::from_secs(60), async {
            for row in stuck.iter().chain(&others).chain([&sign_in]) {
                while find(&db, *row).await.state != EmailState::Sent {
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
            }
        });
        sent.await.expect("all are sent");
        assert_eq!(slow.taken().len(), 12, "each once");
        assert!(running.end(Duration::from_secs(5)).await);
    })
    .await;
}

#[tokio::test]
async fn who_unsubscribed_after_a_report_was_queued_does_not_get_it() {
    each_db(|db| async move {
        let server = sink(Manner::default()).await;
        let ada = PanelistId::new();
        let mut tx = db.begin().await.expect("tx");
        let unsubscribe = link::act::create(&mut tx, now(), Purpose::Unsubscribe, ada.0).await.expect("a link");
        let cmd = outbox::act::QueueEmail {
            subject: Some(ada.0),
            ..queue(EmailTemplate::Report, json!({ "unsubscribe": unsubscribe.id }), "report")
        };
        let row = outbox::act::queue(&mut tx, now(), cmd).await.expect("queued").expect("new");
        let queued = outbox::store::find(&mut tx, row).await.expect("read").expect("an email");
        link::store::open(&mut tx, unsubscribe.id, now()).await.expect("opened");
        tx.commit().await.expect("commit");
        let begun = db.write(|tx, _| Box::pin(outbox::act::begin(tx, now(), &queued))).await.expect("read");
        assert!(begun.is_none(), "not even at the last moment");
        send_due(&db, &mailer(&server)).await;
        let ended = find(&db, row).await;
        assert_eq!((ended.state, ended.attempts), (EmailState::Unsubscribed, 0));
        assert!(server.taken().is_empty());
        let staff = staff();
        let again = db.write(|tx, _| Box::pin(outbox::act::retry(tx, &staff, now(), row, ended.revision))).await;
        assert!(again.is_err_and(|error| error.message().contains("has unsubscribed from reports by email")));
    })
    .await;
}

#[tokio::test]
async fn an_address_beyond_ascii_is_sent_as_the_server_can_or_fails_at_once() {
    each_db(|db| async move {
        let server = sink(Manner { extensions: "8BITMIME", ..Manner::default() }).await;
        let (mailbox, domain) = (queued(&db, "josé@example.com").await, queued(&db, "pia@münchen.example").await);
        send_due(&db, &mailer(&server)).await;
        let failed = find(&db, mailbox).await;
        assert_eq!((failed.state, failed.attempts), (EmailState::Failed, 1));
        assert!(
            failed.error.is_some_and(|error| error.code() == "failure-mail-smtputf8" && error.to_string().contains("Use another address"))
        );
        assert_eq!((find(&db, domain).await.state, server.taken_for("pia@xn--mnchen-3ya.example")), (EmailState::Sent, 1));

        let able = sink(Manner { extensions: "SMTPUTF8", ..Manner::default() }).await;
        let mailbox = queued(&db, "josé@example.com").await;
        send_due(&db, &mailer(&able)).await;
        assert_eq!(
            (find(&db, mailbox).await.state, able.taken_for("josé@example.com")),
            (EmailState::Failed, 0),
            "its headers need 8BITMIME"
        );
    })
    .await;
}

#[tokio::test]
async fn a_link_lives_in_the_email_and_nowhere_else() {
    each_db(|db| async move {
        let mut tx = db.begin().await.expect("a transaction");
        let link = link::act::create(&mut tx, now(), Purpose::SignIn, Uuid::now_v7()).await.expect("a link");
        let row = OutboxEmail { link_id: Some(link.id), ..row(EmailTemplate::SignIn, json!({})) };
        let token = link::act::token(tx.secret(), &link);
        let email = compose(&mut tx, now(), "https://panel.example.com/", &row, Links::Live).await.expect("an email");
        assert!(email.text.contains(&format!("https://panel.example.com/l/{token}")) && email.html.contains(&token));
        let preview = compose(&mut tx, now(), "https://panel.example.com", &row, Links::Hidden).await.expect("a preview");
        assert!(!preview.text.contains(&token) && !preview.html.contains(&token));
        let late = now() + chrono::Duration::hours(1);
        let gone = compose(&mut tx, late, "https://panel.example.com", &row, Links::Live).await;
        assert!(matches!(gone, Err(app::kernel::error::Error::Gone(_))));
    })
    .await;
}

#[test]
fn the_report_email_starts_with_what_its_reader_raised() {
    let document = crate::pdf::sample::document();
    let mine = [RaisedItem { heard_id: document.items[0].heard_id, quotes: vec![], withheld: vec![] }];
    let edition = assemble(&document, ReportReader::Panelist("Ada Okafor".into()), &mine, &[]);
    let email = report::report_email(
        &edition,
        "Ada Okafor",
        &EmailFrom {
            sender: "Dell customer council".into(),
            signature: "Thank you!\nEdith Calloway".into(),
            accent: Some("#7e0041".into()),
        },
        "https://x.example/l/abc".into(),
        Some("https://x.example/unsubscribe/u".into()),
    );
    assert_eq!(email.subject, "You said one thing. Here is what became of it. (report 2, Dell Customer Advisory Panel)");
    assert!(email.text.contains("You said it, with 8 others (promised for 30 Sep)"), "{}", email.text);
    assert!(email.text.contains("  | Dell: We are increasing audits"), "{}", email.text);
    assert!(email.text.contains("The panel said five more things"), "{}", email.text);
    assert!(email.text.lines().filter(|line| !line.contains("http")).all(|line| line.chars().count() <= 78), "{}", email.text);
    assert_eq!(email.unsubscribe.as_deref(), Some("https://x.example/unsubscribe/u"));
    assert_eq!(email.sender.as_deref(), Some("Dell customer council"));
    assert!(email.text.contains("\n\nThank you!\nEdith Calloway\n"), "{}", email.text);
    assert!(email.html.contains("background:#7e0041") && !email.html.contains("background:#2546b8"), "{}", email.html);
}

#[test]
fn a_header_is_one_line_and_markup_stays_text() {
    let email =
        Email::new("Hello\r\nBcc: everybody@example.com", "en", None, &[message::EmailBlock::Text("<script>alert(1)</script>".into())]);
    assert_eq!(email.subject, "Hello Bcc: everybody@example.com");
    assert!(!email.html.contains("<script>"));
}
