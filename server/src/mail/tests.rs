//! Letters read back from a mail server that lives in the test.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use app::clock::now;
use app::db::Db;
use app::ids::{OutboxId, PanelistId};
use app::job::{self, Kind};
use app::link::{self, Purpose};
use app::outbox::rules::Verdict;
use app::outbox::{self, Mail, State, Template};
use app::report::rules::assemble;
use app::report::{Raised, Reader};
use app::testing::each_db;
use app::testing::fixture::staff;
use serde_json::{Value as Json, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use uuid::Uuid;

use super::post::{Ending, Limits};
use super::*;
use crate::jobs::mail::{Mailer, SendAccessMail, SendMail};
use crate::jobs::{BackgroundJob, Context, Runner};

/// How a mail server behaves that lives in the test.
#[derive(Clone)]
struct Manner {
    /// Said to EHLO after its own name.
    extensions: &'static str,
    /// Said to `RCPT TO` this address.
    recipient: fn(&str) -> &'static str,
    end: End,
}

/// What a mail server does after the dot that ends a message.
#[derive(Clone)]
enum End {
    Says(&'static str),
    /// Takes it, and hangs up without a word.
    HangsUp,
    /// Says "250" after this long.
    Slow(Duration),
    /// Says "250" when the test lets it.
    Waits(Arc<Semaphore>),
}

impl Default for Manner {
    fn default() -> Self {
        Self { extensions: "", recipient: |_| "250 fine", end: End::Says("250 taken") }
    }
}

/// A mail server, and what it took: every message whose end it saw.
struct Sink {
    url: String,
    taken: Arc<Mutex<Vec<String>>>,
}

impl Sink {
    fn taken(&self) -> Vec<String> {
        self.taken.lock().expect("no test panicked before").clone()
    }

    /// How many messages to this address it took.
    fn taken_for(&self, address: &str) -> usize {
        self.taken().iter().filter(|letter| letter.contains(&format!("RCPT <{address}>"))).count()
    }

    fn post(&self) -> Post {
        Post::open(&self.url, "Panel team <panel@example.com>").expect("an address")
    }
}

async fn sink(manner: Manner) -> Sink {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("smtp://{}", listener.local_addr().expect("an address"));
    let taken = Arc::new(Mutex::new(Vec::new()));
    let kept = taken.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(converse(stream, kept.clone(), manner.clone()));
        }
    });
    Sink { url, taken }
}

async fn converse(stream: tokio::net::TcpStream, kept: Arc<Mutex<Vec<String>>>, manner: Manner) {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    let mut recipient = String::new();
    let _ = write.write_all(b"220 sink\r\n").await;
    while let Ok(Some(line)) = lines.next_line().await {
        let verb = line.to_uppercase();
        let answer = if verb.starts_with("EHLO") && !manner.extensions.is_empty() {
            format!("250-sink\r\n250 {}", manner.extensions)
        } else if verb.starts_with("RCPT") {
            let address = line.split(['<', '>']).nth(1).unwrap_or_default();
            recipient = format!("RCPT <{address}>\n");
            (manner.recipient)(address).to_owned()
        } else if verb.starts_with("DATA") {
            let _ = write.write_all(b"354 go on\r\n").await;
            let mut letter = recipient.clone();
            loop {
                match lines.next_line().await {
                    Ok(Some(line)) if line == "." => break,
                    Ok(Some(line)) => letter.push_str(&format!("{line}\n")),
                    // The end never came: nothing is taken.
                    _ => return,
                }
            }
            kept.lock().expect("no test panicked before").push(letter);
            match &manner.end {
                End::Says(answer) => (*answer).to_owned(),
                End::HangsUp => return,
                End::Slow(pause) => {
                    tokio::time::sleep(*pause).await;
                    "250 taken at last".to_owned()
                }
                End::Waits(leave) => {
                    leave.acquire().await.expect("the test lives").forget();
                    "250 taken at last".to_owned()
                }
            }
        } else {
            "250 fine".to_owned()
        };
        let _ = write.write_all(format!("{answer}\r\n").as_bytes()).await;
    }
}

fn mail(template: Template, params: Json) -> Mail {
    Mail {
        id: OutboxId::new(),
        template,
        recipient: "ada@example.com".into(),
        recipient_name: "Ada Okafor".into(),
        params,
        link_id: None,
        subject_id: None,
        state: State::Queued,
        revision: 0,
        attempts: 0,
        due_at: now(),
        created_at: now(),
        sending_at: None,
        sent_at: None,
        error: None,
    }
}

fn queue(template: Template, params: Json, key: &str) -> outbox::act::Queue {
    queue_for("ada@example.com", template, params, key)
}

fn queue_for(recipient: &str, template: Template, params: Json, key: &str) -> outbox::act::Queue {
    outbox::act::Queue {
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

/// Queues a mail that an item was reopened.
async fn queued(db: &Db, recipient: &str) -> OutboxId {
    let key = format!("{recipient}:{}", Uuid::now_v7());
    db.write(|tx, _| Box::pin(outbox::act::queue(tx, now(), queue_for(recipient, Template::Reopened, reopened(), &key))))
        .await
        .expect("queued")
        .expect("it is new")
}

async fn find(db: &Db, id: OutboxId) -> Mail {
    outbox::store::find(&mut db.read().await.expect("tx"), id).await.expect("read").expect("a mail")
}

fn mailer(sink: &Sink) -> Mailer {
    Mailer::new(sink.post(), "https://panel.example.com")
}

/// Sends what is due, one after the other; gives how many jobs there were.
async fn send_due(db: &Db, mailer: &Mailer) -> usize {
    let mut jobs = 0;
    for kind in [Kind::AccessMail, Kind::Mail] {
        loop {
            let mailer = mailer.clone();
            let context = |held| Context { db: db.clone(), held };
            let ended = job::work::one(db, kind, |held| {
                let context = context(held);
                async move { SendMail(mailer).run(context).await }
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
    let mut mail = outbox::store::find(&mut tx, id).await.expect("read").expect("a mail");
    mail.due_at = now();
    outbox::store::update(&mut tx, &mut mail).await.expect("updated");
    if let Some(job) = job::store::find_unfinished(&mut tx, Kind::Mail, &id.to_string()).await.expect("read") {
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
        let guest = Mail { link_id: Some(link.id), ..mail(Template::Response, params.clone()) };
        let colleague = mail(Template::Response, params);
        for (mail, said, unsaid) in
            [(guest, "opens this one item only, without an account", "Sign in"), (colleague, "Sign in with your account", "one item only")]
        {
            let letter = compose(&mut tx, now(), "https://panel.example", &mail, templates::Links::Live).await.expect("a letter");
            let text = letter.text.split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(text.contains(said) && !text.contains(unsaid), "{text}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_due_letter_is_sent_once_and_restates_the_item() {
    each_db(|db| async move {
        let sink = sink(Manner::default()).await;
        let mut tx = db.begin().await.expect("a transaction");
        assert!(outbox::act::queue(&mut tx, now(), queue(Template::Reopened, reopened(), "one")).await.expect("queued").is_some());
        assert!(outbox::act::queue(&mut tx, now(), queue(Template::Reopened, reopened(), "one")).await.expect("queued").is_none());
        tx.commit().await.expect("a commit");

        assert_eq!(send_due(&db, &mailer(&sink)).await, 1);
        assert_eq!(send_due(&db, &mailer(&sink)).await, 0);
        assert_eq!(sink.taken().len(), 1);
        let letter = sink.taken()[0].replace("=\n", "");
        for expected in [
            "To: \"Ada Okafor\" <ada@example.com>",
            "multipart/alternative",
            "Offended by upsell",
            "It happened again &lt;yesterday&gt;",
            "/heard/12",
        ] {
            assert!(letter.contains(expected), "“{expected}” is not in {letter}");
        }
        let sent = outbox::store::list(&mut db.read().await.expect("a transaction"), 10).await.expect("a list");
        assert_eq!((sent[0].state, sent[0].attempts), (State::Sent, 1));
    })
    .await;
}

#[tokio::test]
async fn what_a_server_answers_decides_what_becomes_of_a_mail() {
    each_db(|db| async move {
        for (answer, state, words) in [
            ("550 5.1.1 no such user", State::Bounced, "This address takes no mail."),
            ("554 5.1.1 no such user", State::Bounced, "This address takes no mail."),
            ("550 5.7.1 you are on our block list", State::Failed, "refuses our mail"),
            ("554 5.7.1 relay access denied", State::Failed, "refuses our mail"),
            ("552 5.2.2 mailbox full", State::Queued, "The mailbox is full."),
            ("450 greylisted", State::Queued, "did not take it yet"),
        ] {
            let mail = queued(&db, "ada@example.com").await;
            let server = sink(Manner { end: End::Says(answer), ..Manner::default() }).await;
            send_due(&db, &mailer(&server)).await;
            let ended = find(&db, mail).await;
            assert_eq!((ended.state, ended.attempts), (state, 1), "{answer}");
            let error = ended.error.expect("why");
            assert!(error.contains(words) && error.contains(answer), "{error}");
            assert_eq!(ended.due_at > now(), state == State::Queued, "{answer}");
        }
    })
    .await;
}

#[tokio::test]
async fn of_many_mails_half_are_refused_and_none_is_lost_or_sent_twice() {
    each_db(|db| async move {
        let server =
            sink(Manner { recipient: |to| if to.starts_with("odd") { "550 no such user" } else { "250 fine" }, ..Manner::default() }).await;
        let mut mails = Vec::new();
        for n in 0..12 {
            let address = format!("{}{n}@example.com", if n % 2 == 0 { "even" } else { "odd" });
            mails.push((queued(&db, &address).await, address));
        }
        let mailer = mailer(&server);
        send_due(&db, &mailer).await;
        send_due(&db, &mailer).await;
        for (mail, address) in mails {
            let odd = address.starts_with("odd");
            assert_eq!(find(&db, mail).await.state, if odd { State::Bounced } else { State::Sent }, "{address}");
            assert_eq!(server.taken_for(&address), usize::from(!odd), "{address}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_mail_that_certainly_did_not_arrive_is_sent_again_and_arrives_once() {
    each_db(|db| async move {
        let mail = queued(&db, "ada@example.com").await;
        let nobody = Mailer::new(Post::open("smtp://127.0.0.1:1", "panel@example.com").expect("an address"), "https://panel.example.com");
        send_due(&db, &nobody).await;
        let waits = find(&db, mail).await;
        assert_eq!((waits.state, waits.attempts), (State::Queued, 1));
        assert!(waits.error.is_some_and(|error| error.contains("was not reached")));

        let busy = sink(Manner { end: End::Says("451 4.3.0 try again later"), ..Manner::default() }).await;
        assert_eq!(send_due(&db, &mailer(&busy)).await, 0, "not before its pause is over");
        later(&db, mail).await;
        assert_eq!(send_due(&db, &mailer(&busy)).await, 1);
        assert_eq!((find(&db, mail).await.state, find(&db, mail).await.attempts), (State::Queued, 2));

        let server = sink(Manner::default()).await;
        later(&db, mail).await;
        send_due(&db, &mailer(&server)).await;
        assert_eq!((find(&db, mail).await.state, server.taken_for("ada@example.com")), (State::Sent, 1));
    })
    .await;
}

#[tokio::test]
async fn a_mail_without_an_answer_is_in_doubt_until_a_person_decides() {
    each_db(|db| async move {
        let server = sink(Manner { end: End::HangsUp, ..Manner::default() }).await;
        let (again, arrived) = (queued(&db, "again@example.com").await, queued(&db, "arrived@example.com").await);
        send_due(&db, &mailer(&server)).await;
        for mail in [again, arrived] {
            later(&db, mail).await;
            assert_eq!(send_due(&db, &mailer(&server)).await, 0, "nothing is sent by itself");
            let doubted = find(&db, mail).await;
            assert_eq!(doubted.state, State::InDoubt);
            assert!(doubted.error.is_some_and(|error| error.contains("before the mail server answered")));
        }
        assert_eq!(server.taken().len(), 2);

        let (staff, read) = (staff(), find(&db, arrived).await.revision);
        db.write(|tx, _| Box::pin(outbox::act::confirm(tx, &staff, now(), arrived, read))).await.expect("confirmed");
        assert_eq!(find(&db, arrived).await.state, State::Sent);
        let read = find(&db, again).await.revision;
        db.write(|tx, _| Box::pin(outbox::act::retry(tx, &staff, now(), again, read))).await.expect("queued");
        let twice = db.write(|tx, _| Box::pin(outbox::act::retry(tx, &staff, now(), again, read))).await;
        assert!(twice.is_err_and(|error| error.status() == 409), "a second click on the same page sends nothing");
        let whole = sink(Manner::default()).await;
        send_due(&db, &mailer(&whole)).await;
        send_due(&db, &mailer(&whole)).await;
        assert_eq!((find(&db, again).await.state, whole.taken_for("again@example.com"), whole.taken().len()), (State::Sent, 1, 1));
    })
    .await;
}

#[tokio::test]
async fn a_worker_that_dies_before_the_answer_leaves_a_mail_in_doubt_and_before_the_message_a_queued_one() {
    each_db(|db| async move {
        let leave = Arc::new(Semaphore::new(0));
        let server = sink(Manner { end: End::Waits(leave.clone()), ..Manner::default() }).await;
        let mail = queued(&db, "ada@example.com").await;
        let (dying, post) = (db.clone(), server.post());
        let worker = tokio::spawn(async move { sender::deliver(&dying, &post, "https://panel.example.com", mail).await });
        while server.taken().is_empty() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        assert_eq!(find(&db, mail).await.state, State::Sending, "committed before the end of the message");
        worker.abort();
        let _ = worker.await;
        send_due(&db, &mailer(&server)).await;
        assert_eq!(find(&db, mail).await.state, State::InDoubt);
        assert_eq!(server.taken().len(), 1, "not sent again");

        // One that dies while it is being offered.
        let offered = queued(&db, "ben@example.com").await;
        let row = find(&db, offered).await;
        let post = server.post();
        let letter = Letter::new("Hello", "en", &[]);
        drop(post.offer(&row, &letter).await.expect("the server asks for the message"));
        assert_eq!(find(&db, offered).await.state, State::Queued);
        leave.add_permits(9);
        send_due(&db, &mailer(&server)).await;
        assert_eq!((find(&db, offered).await.state, server.taken_for("ben@example.com")), (State::Sent, 1));
    })
    .await;
}

#[tokio::test]
async fn an_answer_that_comes_after_all_ends_the_doubt() {
    each_db(|db| async move {
        let mail = queued(&db, "ada@example.com").await;
        let queued = find(&db, mail).await;
        let begun = db.write(|tx, _| Box::pin(outbox::act::begin(tx, now(), &queued))).await.expect("begun").expect("it is queued");
        let second = db.write(|tx, _| Box::pin(outbox::act::begin(tx, now(), &queued))).await.expect("begun");
        assert!(second.is_none(), "one worker hands it over");
        let doubt = outbox::act::Outcome::InDoubt("no answer".into());
        db.write(|tx, _| Box::pin(outbox::act::settle(tx, now(), &begun, doubt.clone()))).await.expect("settled");
        db.write(|tx, _| Box::pin(outbox::act::settle(tx, now(), &begun, outbox::act::Outcome::Later("no".into()))))
            .await
            .expect("settled");
        assert_eq!(find(&db, mail).await.state, State::InDoubt, "it has moved on");
        db.write(|tx, _| Box::pin(outbox::act::settle(tx, now(), &begun, outbox::act::Outcome::Sent))).await.expect("settled");
        assert_eq!(find(&db, mail).await.state, State::Sent);
    })
    .await;
}

#[tokio::test]
async fn a_server_may_take_longer_for_its_last_answer_than_for_any_other() {
    let server = sink(Manner { end: End::Slow(Duration::from_millis(600)), ..Manner::default() }).await;
    let limits = Limits { open: Duration::from_millis(200), command: Duration::from_millis(200), answer: Duration::from_secs(60) };
    let post = server.post().with_limits(limits);
    let letter = Letter::new("Hello", "en", &[]);
    let handover = post.offer(&mail(Template::SignIn, json!({})), &letter).await.expect("a go-ahead");
    assert_eq!(handover.finish().await, Ending::Taken);
    let defaults = Limits::default();
    assert!(defaults.answer >= Duration::from_secs(600) && defaults.open < defaults.answer && defaults.command < defaults.answer);

    let post = server.post().with_limits(Limits { answer: Duration::from_millis(50), ..limits });
    let handover = post.offer(&mail(Template::SignIn, json!({})), &letter).await.expect("a go-ahead");
    assert!(matches!(handover.finish().await, Ending::Silent(_)), "and is in doubt when that is over, too");
}

#[tokio::test]
async fn a_mail_server_that_says_nothing_is_given_up_in_time() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("smtp://{}", listener.local_addr().expect("an address"));
    let limits = Limits { open: Duration::from_millis(200), ..Limits::default() };
    let post = Post::open(&url, "panel@example.com").expect("an address").with_limits(limits);
    let letter = Letter::new("Hello", "en", &[]);
    let refused = post.offer(&mail(Template::SignIn, json!({})), &letter).await.err().expect("nobody answers");
    assert_eq!(refused.verdict, Verdict::Later, "{refused:?}");
}

#[tokio::test]
async fn a_slow_recipient_holds_up_nobody_else_and_no_sign_in_link() {
    each_db(|db| async move {
        let leave = Arc::new(Semaphore::new(0));
        let slow = sink(Manner { end: End::Waits(leave.clone()), ..Manner::default() }).await;
        let mut stuck = Vec::new();
        for n in 0..9 {
            stuck.push(queued(&db, &format!("person{n}@slow.example")).await);
        }
        // Every message of this server waits for the test; those to one domain take only their share of the connections.
        let others = [queued(&db, "ada@quick.example").await, queued(&db, "ben@other.example").await];
        let link = db.write(|tx, _| Box::pin(link::act::create(tx, now(), Purpose::SignIn, Uuid::now_v7()))).await.expect("a link");
        let ask = outbox::act::Queue { link: Some(link.id), ..queue(Template::SignIn, json!({}), "sign in") };
        let mut tx = db.begin().await.expect("tx");
        let sign_in = outbox::act::queue(&mut tx, now(), ask).await.expect("queued").expect("new");
        tx.commit().await.expect("commit");

        let mailer = mailer(&slow);
        let runner = Runner::new(db.clone()).with(SendMail(mailer.clone())).with(SendAccessMail(mailer));
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
        let waiting = stuck.len() - slow.taken().iter().filter(|letter| letter.contains("@slow.example>")).count();
        assert!(waiting > 0, "the slow domain does not take every connection");
        leave.add_permits(99);
        let sent = tokio::time::timeout(Duration::from_secs(60), async {
            for mail in stuck.iter().chain(&others).chain([&sign_in]) {
                while find(&db, *mail).await.state != State::Sent {
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
        let cmd =
            outbox::act::Queue { subject: Some(ada.0), ..queue(Template::Report, json!({ "unsubscribe": unsubscribe.id }), "report") };
        let mail = outbox::act::queue(&mut tx, now(), cmd).await.expect("queued").expect("new");
        let queued = outbox::store::find(&mut tx, mail).await.expect("read").expect("a mail");
        link::store::open(&mut tx, unsubscribe.id, now()).await.expect("opened");
        tx.commit().await.expect("commit");
        let begun = db.write(|tx, _| Box::pin(outbox::act::begin(tx, now(), &queued))).await.expect("read");
        assert!(begun.is_none(), "not even at the last moment");
        send_due(&db, &mailer(&server)).await;
        let ended = find(&db, mail).await;
        assert_eq!((ended.state, ended.attempts), (State::Unsubscribed, 0));
        assert!(server.taken().is_empty());
        let staff = staff();
        let again = db.write(|tx, _| Box::pin(outbox::act::retry(tx, &staff, now(), mail, ended.revision))).await;
        assert!(again.is_err_and(|error| error.message().contains("wants no reports by mail")));
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
        assert_eq!((failed.state, failed.attempts), (State::Failed, 1));
        assert!(failed.error.is_some_and(|error| error.contains("SMTPUTF8") && error.contains("Use another address")));
        assert_eq!((find(&db, domain).await.state, server.taken_for("pia@xn--mnchen-3ya.example")), (State::Sent, 1));

        let able = sink(Manner { extensions: "SMTPUTF8", ..Manner::default() }).await;
        let mailbox = queued(&db, "josé@example.com").await;
        send_due(&db, &mailer(&able)).await;
        assert_eq!((find(&db, mailbox).await.state, able.taken_for("josé@example.com")), (State::Failed, 0), "its headers need 8BITMIME");
    })
    .await;
}

#[tokio::test]
async fn a_link_lives_in_the_letter_and_nowhere_else() {
    each_db(|db| async move {
        let mut tx = db.begin().await.expect("a transaction");
        let link = link::act::create(&mut tx, now(), Purpose::SignIn, Uuid::now_v7()).await.expect("a link");
        let row = Mail { link_id: Some(link.id), ..mail(Template::SignIn, json!({})) };
        let token = link::act::token(tx.secret(), &link);
        let letter = compose(&mut tx, now(), "https://panel.example.com/", &row, templates::Links::Live).await.expect("a letter");
        assert!(letter.text.contains(&format!("https://panel.example.com/l/{token}")) && letter.html.contains(&token));
        let preview = compose(&mut tx, now(), "https://panel.example.com", &row, templates::Links::Hidden).await.expect("a preview");
        assert!(!preview.text.contains(&token) && !preview.html.contains(&token));
        let late = now() + chrono::Duration::hours(1);
        let gone = compose(&mut tx, late, "https://panel.example.com", &row, templates::Links::Live).await;
        assert!(matches!(gone, Err(app::error::Error::Gone(_))));
    })
    .await;
}

#[test]
fn the_report_letter_starts_with_what_its_reader_raised() {
    let document = crate::pdf::sample::document();
    let mine = [Raised { heard_id: document.items[0].heard_id, quotes: vec![], withheld: vec![] }];
    let edition = assemble(&document, Reader::Panelist("Ada Okafor".into()), &mine, &[]);
    let letter =
        templates::report_letter(&edition, "Ada Okafor", "https://x.example/l/abc".into(), Some("https://x.example/unsubscribe/u".into()));
    assert_eq!(letter.subject, "You said one thing. Here is what became of it. (report 2, Dell Customer Advisory Panel)");
    assert!(letter.text.contains("You said it, with 8 others (promised for 30 Sep)"), "{}", letter.text);
    assert!(letter.text.contains("  | Dell: We are increasing audits"), "{}", letter.text);
    assert!(letter.text.contains("The panel said five more things"), "{}", letter.text);
    assert!(letter.text.lines().filter(|line| !line.contains("http")).all(|line| line.chars().count() <= 78), "{}", letter.text);
    assert_eq!(letter.unsubscribe.as_deref(), Some("https://x.example/unsubscribe/u"));
}

#[test]
fn a_header_is_one_line_and_markup_stays_text() {
    let letter = Letter::new("Hello\r\nBcc: everybody@example.com", "en", &[letter::Block::Text("<script>alert(1)</script>".into())]);
    assert_eq!(letter.subject, "Hello Bcc: everybody@example.com");
    assert!(!letter.html.contains("<script>"));
}
