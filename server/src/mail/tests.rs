//! Letters read back from a mail server that lives in the test.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use app::clock::now;
use app::ids::OutboxId;
use app::link::{self, Purpose};
use app::outbox::{self, Mail, State, Template};
use app::report::rules::assemble;
use app::report::{Raised, Reader};
use app::testing::each_db;
use serde_json::{Value as Json, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;
use uuid::Uuid;

use super::*;

/// What a mail server answers to a recipient, and what it took.
struct Sink {
    url: String,
    taken: Arc<Mutex<Vec<String>>>,
}

/// A mail server that greets, answers `RCPT TO` with `to_recipient`, and keeps what it takes.
async fn sink(to_recipient: &'static str) -> Sink {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("smtp://{}", listener.local_addr().expect("an address"));
    let taken = Arc::new(Mutex::new(Vec::new()));
    let kept = taken.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let kept = kept.clone();
            tokio::spawn(async move {
                let (read, mut write) = stream.into_split();
                let mut lines = BufReader::new(read).lines();
                let _ = write.write_all(b"220 sink\r\n").await;
                while let Ok(Some(line)) = lines.next_line().await {
                    let verb = line.to_uppercase();
                    let answer = if verb.starts_with("RCPT") {
                        to_recipient
                    } else if verb.starts_with("DATA") {
                        let _ = write.write_all(b"354 go on\r\n").await;
                        let mut letter = String::new();
                        while let Ok(Some(line)) = lines.next_line().await {
                            if line == "." {
                                break;
                            }
                            letter.push_str(&line);
                            letter.push('\n');
                        }
                        kept.lock().expect("no test panicked before").push(letter);
                        "250 taken"
                    } else {
                        "250 fine"
                    };
                    let _ = write.write_all(format!("{answer}\r\n").as_bytes()).await;
                }
            });
        }
    });
    Sink { url, taken }
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
        attempts: 0,
        due_at: now(),
        created_at: now(),
        sent_at: None,
        error: None,
    }
}

fn queue(template: Template, params: Json, key: &str) -> outbox::act::Queue {
    outbox::act::Queue {
        template,
        recipient: "ada@example.com".into(),
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
        let sink = sink("250 fine").await;
        let post = Post::open(&sink.url, "Panel team <panel@example.com>").expect("an address");
        let mut tx = db.begin().await.expect("a transaction");
        assert!(outbox::act::queue(&mut tx, now(), queue(Template::Reopened, reopened(), "one")).await.expect("queued").is_some());
        assert!(outbox::act::queue(&mut tx, now(), queue(Template::Reopened, reopened(), "one")).await.expect("queued").is_none());
        tx.commit().await.expect("a commit");

        assert_eq!(sender::send_due(&db, &post, "https://panel.example.com").await.expect("sent"), 1);
        assert_eq!(sender::send_due(&db, &post, "https://panel.example.com").await.expect("nothing left"), 0);
        let taken = sink.taken.lock().expect("the sink lives").clone();
        assert_eq!(taken.len(), 1);
        let letter = taken[0].replace("=\n", "");
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
async fn an_address_that_does_not_exist_bounces_at_once() {
    each_db(|db| async move {
        let sink = sink("550 5.1.1 no such user").await;
        let post = Post::open(&sink.url, "panel@example.com").expect("an address");
        let mut tx = db.begin().await.expect("a transaction");
        outbox::act::queue(&mut tx, now(), queue(Template::Reopened, reopened(), "two")).await.expect("queued");
        tx.commit().await.expect("a commit");
        sender::send_due(&db, &post, "https://panel.example.com").await.expect("tried");
        let mails = outbox::store::list(&mut db.read().await.expect("a transaction"), 10).await.expect("a list");
        assert_eq!(mails[0].state, State::Bounced);
        assert!(mails[0].error.as_deref().is_some_and(|error| error.contains("no such user")), "{:?}", mails[0].error);
    })
    .await;
}

#[tokio::test]
async fn a_full_mailbox_is_tried_again() {
    each_db(|db| async move {
        let sink = sink("452 4.2.2 mailbox full").await;
        let post = Post::open(&sink.url, "panel@example.com").expect("an address");
        let mut tx = db.begin().await.expect("a transaction");
        outbox::act::queue(&mut tx, now(), queue(Template::Reopened, reopened(), "three")).await.expect("queued");
        tx.commit().await.expect("a commit");
        sender::send_due(&db, &post, "https://panel.example.com").await.expect("tried");
        let mails = outbox::store::list(&mut db.read().await.expect("a transaction"), 10).await.expect("a list");
        assert_eq!((mails[0].state, mails[0].attempts), (State::Queued, 1));
        assert!(mails[0].due_at > now());
    })
    .await;
}

#[tokio::test]
async fn a_mail_server_that_says_nothing_is_given_up_in_time() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("smtp://{}", listener.local_addr().expect("an address"));
    let post = Post::open(&url, "panel@example.com").expect("an address").with_patience(Duration::from_millis(200));
    let letter = Letter::new("Hello", "en", &[]);
    let refused = post.send(&mail(Template::SignIn, json!({})), &letter).await.expect_err("nobody answers");
    assert!(!refused.for_good, "{refused:?}");
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
