//! What a person sees when a form is refused, and that two who work on one item at once are told of each other, through the pages themselves.

use std::collections::BTreeSet;

use app::access::account::Role;
use app::follow_up::response::act::{ConfirmDelivery, DeliverCommitment, confirm, deliver};
use app::follow_up::response::rules::ResponseContent;
use app::kernel::clock::now;
use app::kernel::ids::{HeardId, PanelistId};
use app::recruiting::panelist::QuotePermission;
use app::testing::{each_db, fixture};
use app::{follow_up::heard, follow_up::response};
use axum_test::TestServer;
use chrono::Duration;

use crate::test_app::{SYSTEM, TestApp, submit};

/// A form as a browser finds it on a page.
#[derive(Clone, Debug)]
struct RenderedForm {
    /// Where it mentions to.
    action: String,
    /// What it sends with nothing typed: names and values.
    fields: Vec<(String, String)>,
    /// Whether it is folded away.
    folded: bool,
}

impl RenderedForm {
    fn get(&self, name: &str) -> &str {
        self.fields.iter().find(|(field, _)| field == name).map_or("", |(_, value)| value.as_str())
    }
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let value = tag.split(&format!(" {name}=\"")).nth(1)?.split('"').next()?;
    Some(value.replace("&amp;", "&").replace("&quot;", "\"").replace("&#x27;", "'").replace("&lt;", "<").replace("&gt;", ">"))
}

/// Every tag of a page with whether it lies in something closed.
fn tags(html: &str) -> Vec<(&str, bool)> {
    let mut open = Vec::new();
    let mut found = Vec::new();
    for (at, _) in html.match_indices('<') {
        let tag = html[at..].split('>').next().unwrap_or_default();
        if tag.starts_with("<details") {
            open.push(tag.split_whitespace().any(|word| word == "open" || word.starts_with("open=")));
        } else if tag.starts_with("</details") {
            open.pop();
        }
        found.push((tag, open.iter().any(|open| !open)));
    }
    found
}

/// The forms of a page that change something, as they are sent when every field that a person fills in is left empty.
fn forms(path: &str, html: &str) -> Vec<RenderedForm> {
    let mut forms: Vec<RenderedForm> = Vec::new();
    let mut inside = false;
    for (tag, folded) in tags(html) {
        if tag.starts_with("<form") {
            inside = tag.contains("method=\"post\"") && !tag.contains("multipart");
            if inside {
                forms.push(RenderedForm {
                    action: attribute(tag, "action").unwrap_or_else(|| path.to_owned()),
                    fields: Vec::new(),
                    folded,
                });
            }
        } else if tag.starts_with("</form") {
            inside = false;
        } else if inside && (tag.starts_with("<input") || tag.starts_with("<textarea")) {
            let Some(name) = attribute(tag, "name") else { continue };
            match attribute(tag, "type").as_deref() {
                Some("hidden") => forms.last_mut().expect("a form").fields.push((name, attribute(tag, "value").unwrap_or_default())),
                Some("checkbox" | "radio") => {}
                _ => forms.last_mut().expect("a form").fields.push((name, String::new())),
            }
        }
    }
    // Signing out is no act of a page.
    forms.retain(|form| !form.get("act").is_empty());
    forms
}

/// The form of this act on a page.
async fn form(browser: &TestServer, path: &str, act: &str) -> RenderedForm {
    let html = browser.get(path).await.text();
    forms(path, &html).into_iter().find(|form| form.get("act") == act).unwrap_or_else(|| panic!("no form “{act}” on {path}"))
}

/// Sends a form with these values typed.
async fn send(browser: &TestServer, form: &RenderedForm, typed: &[(&str, &str)]) -> axum_test::TestResponse {
    let mut fields: Vec<(&str, &str)> = form.fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    fields.retain(|(name, _)| !typed.iter().any(|(other, _)| other == name));
    fields.extend(typed);
    submit(browser, &form.action, &fields).await
}

/// What a page shows, without its tags.
fn visible(html: &str) -> String {
    let body = html.split("<body").nth(1).unwrap_or(html);
    let body = body.split("<code").map(|part| part.split_once("</code>").map_or(part, |(_, rest)| rest)).collect::<String>();
    body.split('<').filter_map(|part| part.split_once('>').map(|(_, text)| text)).collect::<Vec<_>>().join(" ")
}

/// Asserts that a refused page says why where it can be seen, and that something has the focus.
fn assert_in_sight(name: &str, html: &str) {
    let tags = tags(html);
    let summaries: Vec<_> = tags.iter().filter(|(tag, _)| tag.contains("class=\"error-summary\"")).collect();
    assert!(!summaries.is_empty(), "{name}: nothing says why\n{}", visible(html));
    let hidden: Vec<_> = tags
        .iter()
        .filter(|(tag, closed)| {
            *closed && ["class=\"error-summary\"", "aria-invalid=\"true\"", "field-error"].iter().any(|mark| tag.contains(mark))
        })
        .collect();
    assert!(hidden.is_empty(), "{name}: a mistake is folded away: {hidden:?}");
    assert!(tags.iter().any(|(tag, closed)| !closed && tag.contains(" autofocus")), "{name}: nothing takes the focus");
    for (tag, _) in tags.iter().filter(|(tag, _)| tag.starts_with("<a href=\"#")) {
        let id = attribute(tag, "href").expect("an address").trim_start_matches('#').to_owned();
        assert!(
            tags.iter().any(|(tag, _)| attribute(tag, "id").as_deref() == Some(id.as_str())),
            "{name}: a link to #{id}, which is not there"
        );
    }
}

/// A published promise about the day's item. Gives the version.
async fn committed(app: &TestApp, item: HeardId, at: app::kernel::clock::Time, days: i64) -> response::ResponseVersion {
    let staff = app.account(Role::Staff).await;
    let content = ResponseContent {
        kind: response::ResponseKind::Commit,
        text: "From October every agent sees the chat.".into(),
        link: String::new(),
        decline_reason: None,
        owner: "Head of support".into(),
        due: Some(at.date_naive() + Duration::days(days)),
        change_reason: String::new(),
    };
    let mut tx = app.db.begin().await.expect("tx");
    let version = fixture::response_draft(&mut tx, &fixture::actor(&staff), at, item, content).await.expect("a draft");
    fixture::published(&mut tx, &fixture::actor(&staff), at, &version).await;
    tx.commit().await.expect("commit");
    version
}

#[tokio::test]
async fn on_every_page_a_refused_form_is_open_says_why_and_takes_the_focus() {
    each_db(|db| async move {
        let app = TestApp::over(db);
        let day = app.day(None).await;
        committed(&app, day.item, now(), 30).await;
        let mut tx = app.db.begin().await.expect("tx");
        fixture::listed(&mut tx, now(), day.day, "Sora Kim").await;
        fixture::panelist(&mut tx, now(), day.day, "Ada Okafor", QuotePermission::None).await;
        fixture::invited(&mut tx, now(), day.day, "Ben Rao").await;
        tx.commit().await.expect("commit");
        fixture::import(&app.db, "Author,Date,Text\n@zoe,2010-06-01,My disk died and nobody calls back\n", fixture::dell()).await;
        let browser = app.signed_in(Role::Administrator).await;

        let found = every_form(&browser).await;
        let (mut refused, mut folded) = (Vec::new(), 0);
        for form in found {
            let name = format!("“{}” on {}", form.get("act"), form.action);
            // Some forms sign devices out.
            let browser = app.signed_in(Role::Administrator).await;
            let html = send(&browser, &form, &[]).await;
            if !matches!(html.status_code().as_u16(), 409 | 422) {
                continue;
            }
            assert_in_sight(&name, &html.text());
            refused.push(name);
            folded += usize::from(form.folded);
        }
        assert!(refused.len() >= 12 && folded >= 4, "{} forms were refused, {folded} of them folded: {refused:#?}", refused.len());
    })
    .await;
}

/// The forms of all pages that links lead to, from the start page on.
async fn every_form(browser: &TestServer) -> Vec<RenderedForm> {
    let (mut queue, mut seen) = (vec!["/".to_owned(), "/design".to_owned()], BTreeSet::new());
    let mut found = Vec::new();
    while let Some(path) = queue.pop() {
        // One page of each kind: ids are all alike, and so are the pages of a filter.
        let kind: String =
            path.split('?').next().unwrap_or_default().split('/').map(|part| if part.len() == 36 { "{id}/" } else { part }).collect();
        if path.contains('.') || !seen.insert(kind) {
            continue;
        }
        let answer = browser.get(&path).await;
        if answer.status_code() != 200 || !answer.header("content-type").to_str().unwrap_or_default().starts_with("text/html") {
            continue;
        }
        let html = answer.text();
        // Stored words with an underscore belong into the database, not onto a page. (/design is about the components' own names.)
        if path != "/design" {
            assert_readable(&path, &html);
        }
        for (tag, _) in tags(&html) {
            if let Some(to) = tag
                .starts_with("<a ")
                .then(|| attribute(tag, "href"))
                .flatten()
                .filter(|to| to.starts_with('/') && !to.starts_with("/evidence-trail"))
            {
                queue.push(to.split('#').next().unwrap_or_default().to_owned());
            }
        }
        found.extend(forms(&path, &html));
    }
    assert!(seen.len() > 25, "{} pages: {seen:?}", seen.len());
    found
}

/// Stored words with an underscore belong into the database, not onto a page.
fn assert_readable(path: &str, html: &str) {
    let shown = visible(html);
    let raw: Vec<_> = shown
        .split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
        .filter(|word| {
            word.contains('_') && word.chars().all(|c| c.is_ascii_lowercase() || c == '_') && word.trim_matches('_').contains('_')
        })
        .collect();
    assert!(raw.is_empty(), "{path} shows {raw:?}");
    assert!(!shown.contains("“”"), "{path} quotes nothing");
    assert!(!shown.contains("failure-"), "{path} shows the code of a failure");
    // A browser ends a paragraph where a block begins, and what follows in it loses its place.
    for paragraph in html.split("<p").skip(1).filter(|rest| rest.starts_with(['>', ' '])) {
        let inside = paragraph.split("</p>").next().unwrap_or_default();
        for block in ["<details", "<div", "<section", "<ul", "<ol", "<dl", "<form", "<table", "<h"] {
            assert!(!inside.contains(block), "{path}: {block} in <p{inside}");
        }
    }
}

#[tokio::test]
async fn a_new_version_without_a_reason_comes_back_open_at_the_field_that_is_missing() {
    each_db(|db| async move {
        let app = TestApp::over(db);
        let day = app.day(None).await;
        committed(&app, day.item, now(), 30).await;
        let browser = app.signed_in(Role::Staff).await;
        let path = format!("/heard/{}", day.item);
        let draft = form(&browser, &path, "draft").await;
        assert!(draft.folded, "it is closed until somebody wants it");
        let due = (now() + Duration::days(50)).date_naive().to_string();
        let typed =
            [("kind", "commit"), ("text", "From November every agent sees the chat."), ("owner", "Head of support"), ("due", due.as_str())];
        let answer = send(&browser, &draft, &typed).await;
        assert_eq!(answer.status_code(), 422);
        let html = answer.text();
        assert_in_sight("draft", &html);
        let (first, _) = tags(&html).into_iter().find(|(tag, _)| tag.contains(" autofocus")).expect("a focus");
        assert_eq!(attribute(first, "name").as_deref(), Some("change_reason"));
        assert!(html.contains("href=\"#draft-change_reason\"") && html.contains("From November every agent sees the chat."));
    })
    .await;
}

#[tokio::test]
async fn two_who_draft_at_once_see_each_others_words_and_lose_none() {
    each_db(|db| async move {
        let app = TestApp::over(db);
        let day = app.day(None).await;
        let (ada, bo) = (app.signed_in(Role::Staff).await, app.signed_in(Role::Administrator).await);
        let path = format!("/heard/{}", day.item);
        let (hers, his) = (form(&ada, &path, "draft").await, form(&bo, &path, "draft").await);
        let first = [("kind", "question"), ("text", "Which chat do you mean?")];
        assert_eq!(send(&ada, &hers, &first).await.status_code(), 303);
        let second = [("kind", "question"), ("text", "When did you write it?")];
        let answer = send(&bo, &his, &second).await;
        assert_eq!(answer.status_code(), 409);
        let html = answer.text();
        assert_in_sight("draft", &html);
        assert!(
            html.contains("Which chat do you mean?") && html.contains("When did you write it?"),
            "theirs is shown, and his is still there"
        );
        // He has read it, and saves his.
        let again = forms(&path, &html).into_iter().find(|form| form.get("act") == "draft").expect("the form");
        assert_eq!(send(&bo, &again, &second).await.status_code(), 303);
    })
    .await;
}

#[tokio::test]
async fn evidence_that_was_replaced_is_shown_before_it_is_confirmed() {
    each_db(|db| async move {
        let app = TestApp::over(db);
        let day = app.day(None).await;
        let commitment = committed(&app, day.item, now(), 30).await;
        let staff = fixture::actor(&app.account(Role::Staff).await);
        let show = |seen, evidence: &str| DeliverCommitment { heard: day.item, commitment: commitment.id, seen, evidence: evidence.into() };
        let mut tx = app.db.begin().await.expect("tx");
        deliver(&mut tx, &staff, now(), show(None, "Release 4.2")).await.expect("shown");
        tx.commit().await.expect("commit");
        let browser = app.signed_in(Role::Administrator).await;
        let path = format!("/heard/{}", day.item);
        let button = form(&browser, &path, "confirm").await;
        let mut tx = app.db.begin().await.expect("tx");
        deliver(&mut tx, &staff, now(), show(Some(1), "Release 4.3, for half of the agents")).await.expect("replaced");
        tx.commit().await.expect("commit");
        let answer = send(&browser, &button, &[]).await;
        assert_eq!(answer.status_code(), 409);
        let html = answer.text();
        assert_in_sight("confirm", &html);
        assert!(html.matches("Release 4.3, for half of the agents").count() >= 2, "in the refusal, and on the page");
        let button = forms(&path, &html).into_iter().find(|form| form.get("act") == "confirm").expect("the button");
        assert_eq!(send(&browser, &button, &[]).await.status_code(), 303);
    })
    .await;
}

#[tokio::test]
async fn a_form_that_has_left_its_page_says_why_with_what_was_written() {
    each_db(|db| async move {
        let app = TestApp::over(db);
        let day = app.day(None).await;
        let browser = app.signed_in(Role::Staff).await;
        let path = format!("/heard/{}", day.item);
        let leave = form(&browser, &format!("{path}?tab=wording"), "withdraw").await;
        committed(&app, day.item, now(), 30).await;
        let answer = send(&browser, &leave, &[("reason", "It is the same as item 4.")]).await;
        assert_eq!(answer.status_code(), 409);
        let html = answer.text();
        assert_in_sight("withdraw", &html);
        assert!(html.contains("It is the same as item 4."), "nothing written is lost");
    })
    .await;
}

#[tokio::test]
async fn a_reopening_without_words_says_so_and_names_who_was_notified() {
    each_db(|db| async move {
        let app = TestApp::over(db);
        let day = app.day(None).await;
        let then = now() - Duration::days(40);
        committed(&app, day.item, then, 10).await;
        let mut tx = app.db.begin().await.expect("tx");
        let panelist: PanelistId = fixture::panelist(&mut tx, then, day.day, "Ada Okafor", QuotePermission::None).await;
        let by_link = app::access::account::Actor::Link {
            id: app::kernel::ids::LinkId::new(),
            purpose: app::access::link::Purpose::Portal,
            subject: panelist.0,
        };
        heard::reopening::reopen(&mut tx, &by_link, then + Duration::days(1), day.item, "").await.expect("reopened");
        tx.commit().await.expect("commit");
        let browser = app.signed_in(Role::Staff).await;
        let html = browser.get(&format!("/heard/{}", day.item)).await.text().replace("<!>", "");
        let page = visible(&html);
        assert!(page.contains("without a comment") && !page.contains("“”"), "{page}");
        let publisher = app.account(Role::Staff).await.name;
        assert!(page.contains(&format!("{publisher}, who published the answer, was notified by email")), "{page}");
        assert!(
            html.contains("<span class=\"state bad\">reopened</span>") && page.contains("overdue by 30 days"),
            "both are shown: {page}"
        );
        let owner = visible(&browser.get(&format!("/heard/{}?tab=owner", day.item)).await.text());
        assert!(owner.contains("Head of support is responsible for the commitment, but the item has no owner"), "{owner}");
        assert!(owner.contains("the person who published the answer is notified by email"), "{owner}");
        let trail = visible(&browser.get(&format!("/evidence-trail/heard/{}", day.item)).await.text());
        assert!(trail.contains("without a comment") && !trail.contains("“”"), "{trail}");
        let board = visible(&browser.get("/heard").await.text());
        assert!(board.contains("1 overdue") && board.contains("1 reopened") && board.contains("Head of support"), "{board}");
        for standing in ["overdue", "reopened", "open"] {
            assert!(browser.get(&format!("/heard?status={standing}")).await.text().contains(&day.item.to_string()), "{standing}");
        }
        let start = visible(&browser.get("/").await.text());
        assert!(start.contains("commitment overdue") && start.contains("item reopened"), "{start}");
    })
    .await;
}

#[tokio::test]
async fn a_promise_that_was_kept_late_says_so_wherever_it_is_shown() {
    each_db(|db| async move {
        let app = TestApp::over(db);
        let day = app.day(None).await;
        let then = now() - Duration::days(40);
        let commitment = committed(&app, day.item, then, 10).await;
        let staff = fixture::actor(&app.account(Role::Staff).await);
        let mut tx = app.db.begin().await.expect("tx");
        let shown = DeliverCommitment { heard: day.item, commitment: commitment.id, seen: None, evidence: "Release 4.2".into() };
        deliver(&mut tx, &staff, then + Duration::days(39), shown).await.expect("shown");
        confirm(&mut tx, &SYSTEM, now(), ConfirmDelivery { heard: day.item, commitment: commitment.id, seen: 1 }).await.expect("confirmed");
        tx.commit().await.expect("commit");
        let browser = app.signed_in(Role::Staff).await;
        for path in [format!("/heard/{}", day.item), "/heard".into(), format!("/days/{}/report", day.day)] {
            let page = visible(&browser.get(&path).await.text());
            assert!(page.contains("29 days late"), "{path}: {page}");
        }
        assert!(browser.get("/heard.csv").await.text().contains("delivered, 29 days late"));
    })
    .await;
}
