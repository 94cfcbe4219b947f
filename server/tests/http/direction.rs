//! People’s words in a language that runs from right to left: every page gives them a direction of their own.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use app::access::account::Role;
use app::access::link::Purpose;
use app::front::demo::{self, DemoStage};
use app::kernel::clock::now;
use app::testing::{change, each_db};
use axum_test::TestServer;
use server::email::message::{Email, EmailBlock, QuotedItem};
use uuid::Uuid;

use crate::test_app::{TestApp, follow, link_to};

/// What each text of a person begins with: “peace”, in Hebrew.
const RTL: &str = "שלום";

/// The columns with words of people, as far as pages show them.
const WORDS: &[(&str, &[&str])] = &[
    ("account", &["name", "unit"]),
    ("answer", &["remark"]),
    ("author", &["handle", "name", "kind_reason"]),
    ("branding", &["signature", "thanks"]),
    ("candidate", &["name", "remark", "removed_reason"]),
    ("correction", &["reason"]),
    ("customer", &["name", "products", "survey_answer", "company"]),
    ("customer_link", &["reason"]),
    ("delivery", &["evidence"]),
    ("heard_event", &["reason"]),
    ("heard_item", &["text", "topic", "owner_name", "owner_unit", "withdrawn_reason"]),
    ("identity_link", &["reason", "decided_reason", "ended_reason"]),
    ("import_run", &["file_name"]),
    ("inbound_integration", &["name"]),
    ("invitation", &["subject", "body"]),
    ("invitation_answer", &["name"]),
    ("mention", &["text"]),
    ("nomination", &["text", "person", "reason"]),
    ("nomination_endorsement", &["why", "reach"]),
    ("note", &["text", "topic"]),
    ("note_revision", &["text", "topic"]),
    ("outbox", &["recipient_name"]),
    ("panel_day", &["title", "place"]),
    ("panelist", &["name"]),
    ("phrase", &["words"]),
    (
        "program",
        &[
            "name",
            "organisation",
            "market",
            "purpose",
            "sponsor",
            "rules_of_listening",
            "term",
            "benefits",
            "disclosed_costs",
            "lawful_basis",
            "notice",
        ],
    ),
    ("response_version", &["text", "owner", "change_reason", "drafted_as", "return_reason"]),
    ("session", &["title", "room", "company", "unlock_reason"]),
    ("topic", &["name", "unit"]),
    ("triage_case", &["unit", "reason"]),
    ("triage_step", &["unit", "text"]),
    ("webhook", &["name"]),
];

/// Pages of one kind that are looked at.
const PER_KIND: usize = 3;

#[tokio::test]
async fn words_from_right_to_left_have_their_own_direction_on_every_page_of_the_demo() {
    each_db(|db| async move {
        demo::make(&db, DemoStage::Reported, now()).await.expect("a demo");
        let app = TestApp::over(db.clone());
        let staff = app.signed_in(Role::Administrator).await;
        let mut tx = db.begin().await.expect("tx");
        let panelist = first_id(&mut tx, "SELECT id FROM panelist WHERE attendance = 'checked_in' ORDER BY id LIMIT 1").await;
        let invitation =
            first_id(&mut tx, "SELECT id FROM invitation WHERE state IN ('sent', 'accepted', 'declined') ORDER BY id LIMIT 1").await;
        let item =
            first_id(&mut tx, "SELECT id FROM heard_item WHERE owner_name IS NOT NULL AND opened_at IS NOT NULL ORDER BY id LIMIT 1").await;
        let postgres = tx.is_postgres();
        drop(tx);
        for (table, columns) in WORDS {
            for column in *columns {
                // An empty text stays one: it means that there is none.
                change(&db, format!("UPDATE {table} SET {column} = '{RTL} ' || {column} WHERE {column} <> ''")).await;
            }
        }
        let texts = ["\"text\":\"", "\"text\": \""]
            .iter()
            .fold("CAST(document AS TEXT)".to_owned(), |document, text| format!("replace({document}, '{text}', '{text}{RTL} ')"));
        let document = if postgres { format!("CAST({texts} AS JSONB)") } else { texts };
        change(&db, format!("UPDATE report SET document = {document}")).await;
        let mut wrong = BTreeMap::new();
        let seen = walk(&staff, &["/"], &mut wrong).await;
        assert!(seen > 40, "only {seen} pages were found");
        for (purpose, id) in [(Purpose::Portal, panelist), (Purpose::Invite, invitation), (Purpose::Response, item)] {
            let guest = app.browser();
            let path = link_to(&db, purpose, id).await;
            note(&path, &guest.get(&path).await.text(), &mut wrong);
            let first = follow(&guest, &path).await;
            walk(&guest, &[&first], &mut wrong).await;
        }
        let lines: Vec<_> = wrong.iter().map(|(place, words)| format!("{place}: {words}")).collect();
        assert!(wrong.is_empty(), "words without a direction:\n{}", lines.join("\n"));
    })
    .await;
}

async fn first_id(tx: &mut app::db::Tx, statement: &'static str) -> Uuid {
    tx.find_value(statement, &[]).await.expect("read").expect("the demo has one")
}

/// Opens what pages link to, some pages of each kind; gives how many there were.
async fn walk(browser: &TestServer, from: &[&str], wrong: &mut BTreeMap<String, String>) -> usize {
    let mut waiting: VecDeque<String> = from.iter().map(|path| (*path).to_owned()).collect();
    let (mut known, mut kinds, mut seen) = (BTreeSet::new(), BTreeMap::<String, usize>::new(), 0);
    while let Some(path) = waiting.pop_front() {
        let answer = browser.get(&path).await;
        if answer.status_code() != 200 || !answer.header("content-type").to_str().is_ok_and(|kind| kind.starts_with("text/html")) {
            continue;
        }
        seen += 1;
        let page = answer.text();
        note(&path, &page, wrong);
        for (_, rest) in page.match_indices(" href=\"").map(|(at, found)| page.split_at(at + found.len())) {
            let to = rest.split(['"', '#']).next().unwrap_or_default().replace("&amp;", "&");
            // Links of a list to itself.
            let to = if to.starts_with('?') { format!("{}{to}", path.split('?').next().unwrap_or_default()) } else { to };
            if !to.starts_with('/') || to.starts_with("//") || to.contains(".csv") || to.contains(".ics") || to.contains("/pdf") {
                continue;
            }
            let kind = kind(&to);
            let of_kind = kinds.entry(kind).or_default();
            if *of_kind < PER_KIND && known.insert(to.clone()) {
                *of_kind += 1;
                waiting.push_back(to);
            }
        }
    }
    seen
}

/// An address without what tells two pages of a kind apart.
fn kind(path: &str) -> String {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let parts = path.split('/').map(|part| if part.contains(|c: char| c.is_ascii_digit()) { "*" } else { part });
    let names = query.split('&').map(|pair| if pair.starts_with("tab=") { pair } else { pair.split('=').next().unwrap_or_default() });
    format!("{}?{}", parts.collect::<Vec<_>>().join("/"), names.collect::<Vec<_>>().join("&"))
}

/// Notes each text of a page from right to left around which no element has a direction of its own.
fn note(path: &str, page: &str, wrong: &mut BTreeMap<String, String>) {
    for words in without_direction(page) {
        wrong.entry(format!("{} {}", kind(path), words.0)).or_insert(words.1);
    }
}

/// (element, words) of texts, and of fields with texts, that have no direction.
fn without_direction(page: &str) -> Vec<(String, String)> {
    const VOID: &[&str] = &["area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"];
    let mut open: Vec<(String, String, bool)> = Vec::new();
    let mut found = Vec::new();
    let mut rest = page;
    while let Some(at) = rest.find('<') {
        let (text, tag) = rest.split_at(at);
        let has = open.last().is_some_and(|(_, _, has)| *has);
        let name = open.last().map_or("", |(name, _, _)| name);
        if text.contains(RTL) && !has && !matches!(name, "title" | "script" | "style") {
            let around = open.iter().rev().take(3).map(|(_, tag, _)| format!("<{tag}>")).collect::<Vec<_>>().join(" in ");
            found.push((around, text.trim().chars().take(60).collect()));
        }
        if let Some(comment) = tag.strip_prefix("<!--") {
            rest = comment.split_once("-->").map_or("", |(_, after)| after);
            continue;
        }
        let Some(end) = tag.find('>') else { break };
        let inside = &tag[1..end];
        rest = &tag[end + 1..];
        if let Some(name) = inside.strip_prefix('/') {
            while let Some((last, ..)) = open.pop() {
                if last == name.trim() {
                    break;
                }
            }
            continue;
        }
        let name = inside.split(|c: char| c.is_whitespace() || c == '/').next().unwrap_or_default().to_lowercase();
        let has = has || name == "bdi" || inside.contains(" dir=\"auto\"");
        if name == "input" && inside.contains(RTL) && !inside.contains("type=\"hidden\"") && !has {
            found.push((format!("<{inside}>"), String::new()));
        }
        if name == "script" || name == "style" {
            rest = rest.find("</").map_or("", |at| &rest[at..]);
        }
        if !VOID.contains(&name.as_str()) && !inside.ends_with('/') && !name.starts_with('!') {
            open.push((name, inside.chars().take(80).collect(), has));
        }
    }
    found
}

#[test]
fn a_text_without_a_direction_is_found() {
    let of = |page: &str| without_direction(page).into_iter().map(|(place, _)| place).collect::<Vec<_>>();
    assert_eq!(of(&format!("<p>{RTL}</p>")), ["<p>"]);
    assert_eq!(of(&format!("<td><b>a</b><br>{RTL}</td>")), ["<td>"]);
    assert!(of(&format!("<title>{RTL}</title><p dir=\"auto\">a <b>{RTL}</b></p><bdi>{RTL}</bdi>")).is_empty());
    assert_eq!(of(&format!("<input type=\"text\" value=\"{RTL}\">")).len(), 1);
    assert!(
        of(&format!("<input type=\"hidden\" value=\"{RTL}\"><input dir=\"auto\" value=\"{RTL}\"><textarea dir=\"auto\">{RTL}</textarea>"))
            .is_empty()
    );
}

/// The same of the emails.
#[tokio::test]
async fn words_from_right_to_left_have_their_own_direction_in_emails() {
    let item = |by: &str| QuotedItem {
        by: by.to_owned(),
        text: format!("{RTL} 1"),
        edge: "promised".into(),
        tone: app::follow_up::report::rules::ReportTone::Promised,
        organisation: format!("{RTL} 2"),
        replies: vec![format!("{RTL} 3")],
        small: vec![format!("{RTL} 4")],
    };
    let blocks = [
        EmailBlock::Headline(format!("{RTL} 5")),
        EmailBlock::Text(format!("{RTL} 6\n\n{RTL} 7")),
        EmailBlock::Item(item(&format!("{RTL} 8"))),
        EmailBlock::Small(format!("{RTL} 9")),
        EmailBlock::Title(format!("{RTL} 10")),
    ];
    let email = Email::new("Report", "en", None, &blocks);
    assert_eq!(without_direction(&email.html), Vec::new(), "{}", email.html);
    assert_eq!(email.html.matches(RTL).count(), 10);
}
