//! From finalising a report to "still broken", as staff and as a panelist, through the pages and forms that they use.

use app::access::account::Role;
use app::access::link::{self, Purpose};
use app::access::outbox::{self, EmailTemplate};
use app::follow_up::response::rules::ResponseContent;
use app::kernel::clock::now;
use app::kernel::ids::{CandidateId, NoteId, OutboxId, PanelDayId, PanelistId, ReportId};
use app::recruiting::candidate::{self, Candidate};
use app::recruiting::panelist::rules::Acceptance;
use app::recruiting::panelist::{self, Attendance, QuotePermission};
use app::testing::{each_db, fixture};
use app::{follow_up::heard, follow_up::report, follow_up::response, panel_day::check_in, panel_day::note, recruiting::invitation};
use axum::http::StatusCode;
use axum_test::TestServer;

use crate::test_app::{OngoingDay, SYSTEM, TestApp, location, submit};

/// A held day on which Ada said something that was answered with a commitment.
struct AnsweredDay {
    day: OngoingDay,
    ada: PanelistId,
}

async fn answered_day(app: &TestApp) -> AnsweredDay {
    let due = now().date_naive() + chrono::Duration::days(60);
    answered_with(app, response::ResponseKind::Commit, Some(due)).await
}

async fn answered_with(app: &TestApp, kind: response::ResponseKind, due: Option<chrono::NaiveDate>) -> AnsweredDay {
    let day = app.day(None).await;
    let ada = panelist(app, day.day, "Ada Okafor").await;
    let mut tx = app.db.begin().await.expect("tx");
    check_in::record(&mut tx, &SYSTEM, now(), ada, Some(Attendance::CheckedIn)).await.expect("attendance");
    let stated = note::NoteWording {
        panelist: Some(ada),
        speaker: String::new(),
        kind: note::NoteKind::Quote,
        text: "I typed it all into the chat, and they asked me again".into(),
        topic: None,
    };
    let draft = note::NoteDraft { id: NoteId::new(), at: now().timestamp_millis(), wording: stated };
    let note = note::act::take(&mut tx, &SYSTEM, now(), day.session, draft).await.expect("a note").id;
    heard::act::attach(&mut tx, &SYSTEM, now(), day.item, &[note]).await.expect("attached");
    let owner =
        heard::assignment::ItemOwner::Guest { name: "Olu Stone".into(), email: "olu.stone@example.com".into(), unit: "Support".into() };
    let item = fixture::heard_item(&mut tx, day.item).await.seen();
    heard::assignment::assign(&mut tx, &SYSTEM, now(), item, owner, "").await.expect("an owner");
    let content = ResponseContent {
        kind,
        text: "From October every agent sees the chat.".into(),
        link: String::new(),
        decline_reason: Some(response::DeclineReason::Cost),
        owner: "Head of support".into(),
        due,
        change_reason: String::new(),
    };
    let version = fixture::response_draft(&mut tx, &SYSTEM, now(), day.item, content).await.expect("a draft");
    fixture::published(&mut tx, &SYSTEM, now(), &version).await;
    tx.commit().await.expect("commit");
    AnsweredDay { day, ada }
}

async fn panelist(app: &TestApp, day: PanelDayId, name: &str) -> PanelistId {
    let mut tx = app.db.begin().await.expect("tx");
    let candidate = Candidate {
        id: CandidateId::new(),
        panel_day_id: day,
        author_id: None,
        customer_id: None,
        name: name.into(),
        segment: app::program::Segment::Ranter,
        reasons: vec![app::listening::segment::SegmentReason::recognised("14 of 17 mentions negative over 9 weeks")],
        remark: String::new(),
        added_by: None,
        added_at: now(),
        removed_at: None,
        removed_reason: None,
    };
    candidate::store::create(&mut tx, &candidate).await.expect("a candidate");
    let id = invitation::act::draft(&mut tx, &SYSTEM, now(), candidate.id).await.expect("a draft");
    invitation::store::review(&mut tx, id, 1, app::kernel::ids::AccountId::new(), now()).await.expect("a review");
    invitation::act::send(&mut tx, &SYSTEM, now(), id).await.expect("a sending");
    let invitee = app::access::account::Actor::Link { id: app::kernel::ids::LinkId::new(), purpose: Purpose::Invite, subject: id.0 };
    let yes = Acceptance { name: name.into(), email: "ada@example.com".into(), consent: true, quotes: QuotePermission::None };
    invitation::answer::accept(&mut tx, &invitee, now(), id, yes).await.expect("a yes");
    tx.commit().await.expect("commit");
    PanelistId(id.0)
}

/// Staff finalise and send the report; gives its id.
async fn sent(app: &TestApp, answered_day: &AnsweredDay, staff: &TestServer) -> ReportId {
    let build = format!("/days/{}/report", answered_day.day.day);
    staff.get(&build).await.assert_status_ok();
    let finalised = submit(staff, &build, &[("act", "finalise"), ("number", "1")]).await;
    finalised.assert_status(StatusCode::SEE_OTHER);
    let page = location(&finalised);
    let sent = submit(staff, &page, &[("act", "send")]).await;
    sent.assert_status(StatusCode::SEE_OTHER);
    assert_eq!(emails(app, EmailTemplate::Report).await.len(), 1);
    page.rsplit('/').next().and_then(|id| id.parse().ok()).expect("a report's id")
}

async fn emails(app: &TestApp, template: EmailTemplate) -> Vec<outbox::OutboxEmail> {
    let mut tx = app.db.read().await.expect("tx");
    outbox::store::list(&mut tx, 100).await.expect("emails").into_iter().filter(|queued| queued.template == template).collect()
}

/// A browser in which the panelist followed the link of an email.
async fn at_the_portal(app: &TestApp, queued: &outbox::OutboxEmail) -> TestServer {
    let mut tx = app.db.read().await.expect("tx");
    let link = link::store::find(&mut tx, queued.link_id.expect("a link")).await.expect("read").expect("a link");
    let path = link::act::path(tx.secret(), &link);
    drop(tx);
    let browser = app.browser();
    browser.get(&path).await.assert_text_contains("Continue");
    let entered = submit(&browser, &path, &[("act", "continue")]).await;
    assert_eq!(location(&entered), "/portal/reports/1", "the email's button leads to what it names");
    browser
}

/// The value of a hidden field.
fn hidden(page: &str, name: &str) -> String {
    let part = page.split(&format!("name=\"{name}\" value=\"")).nth(1).and_then(|rest| rest.split('"').next());
    part.unwrap_or_else(|| panic!("no field {name}")).to_owned()
}

/// Whether the copy is recorded as opened, which happens behind the page.
async fn is_opened(app: &TestApp, report: ReportId, panelist: PanelistId) -> bool {
    for _ in 0..500 {
        let mut tx = app.db.read().await.expect("tx");
        let copy = report::store::find_copy(&mut tx, report, panelist).await.expect("read").expect("a copy");
        if copy.opened_at.is_some() {
            return true;
        }
        drop(tx);
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    false
}

#[tokio::test]
async fn a_panelist_reads_their_report_and_says_still_broken() {
    each_db(|db| async move {
        let app = TestApp::over(db);
        let answered_day = answered_with(&app, response::ResponseKind::Declined, None).await;
        let staff = app.signed_in(Role::Staff).await;
        let report = sent(&app, &answered_day, &staff).await;
        let ada = at_the_portal(&app, &emails(&app, EmailTemplate::Report).await[0]).await;

        let portal = ada.get("/portal").await;
        portal.assert_text_contains("Hello, Ada Okafor");
        portal.assert_text_contains("/portal/reports/1");
        let mut tx = app.db.read().await.expect("tx");
        let copy = report::store::find_copy(&mut tx, report, answered_day.ada).await.expect("read").expect("a copy");
        assert_eq!(copy.opened_at, None, "the link was followed, the report was not read");
        drop(tx);
        let page = ada.get("/portal/reports/1").await;
        page.assert_text_contains("You said one thing. Here is what became of it.");
        page.assert_text_contains("in your words");
        assert!(!page.text().contains("<script"), "panelist pages ship no script");
        assert!(is_opened(&app, report, answered_day.ada).await);
        ada.get("/portal/reports/2").await.assert_status(StatusCode::NOT_FOUND);
        staff.get("/portal").await.assert_status(StatusCode::GONE);

        let version = hidden(&page.text(), "key");
        let fields =
            [("act", "answer"), ("key", version.as_str()), ("item", "1"), ("answer", "still_broken"), ("remark", "Again on Monday")];
        let answered = submit(&ada, "/portal/reports/1", &fields).await;
        assert_eq!(location(&answered), "/portal/reports/1#item-1");
        ada.get("/portal/reports/1").await.assert_text_contains("You answered “Still broken”. The item is open again.");
        assert_eq!(emails(&app, EmailTemplate::Reopened).await[0].params["reason"], "Again on Monday");
        staff.get(&format!("/reports/{report}")).await.assert_text_contains("Answered: 1 still broken.");
        let refused =
            submit(&ada, "/portal/reports/1", &[("act", "answer"), ("key", &version), ("answer", "maybe"), ("remark", "kept")]).await;
        refused.assert_status(StatusCode::UNPROCESSABLE_ENTITY);
        refused.assert_text_contains("kept");
    })
    .await;
}

#[tokio::test]
async fn before_its_day_a_promise_is_disputed_in_words_that_fit() {
    each_db(|db| async move {
        let app = TestApp::over(db);
        let answered_day = answered_day(&app).await;
        let staff = app.signed_in(Role::Staff).await;
        let report = sent(&app, &answered_day, &staff).await;
        let ada = at_the_portal(&app, &emails(&app, EmailTemplate::Report).await[0]).await;
        let page = ada.get("/portal/reports/1").await;
        page.assert_text_contains("Not enough, or too late");
        assert!(!page.text().contains("Still broken"), "a promise that is not due yet cannot be broken");
        let version = hidden(&page.text(), "key");
        let fields = [("act", "answer"), ("key", version.as_str()), ("item", "1"), ("answer", "still_broken"), ("remark", "I need it now")];
        submit(&ada, "/portal/reports/1", &fields).await.assert_status(StatusCode::SEE_OTHER);
        let answered = ada.get("/portal/reports/1").await;
        answered.assert_text_contains("The due date has not passed, so the commitment stays as it is.");
        assert!(emails(&app, EmailTemplate::Reopened).await.is_empty());
        let queued = emails(&app, EmailTemplate::TooSoon).await.remove(0);
        let email = staff.get(&format!("/outbox/{}/email", queued.id)).await;
        email.assert_text_contains("not enough, or too late");
        email.assert_text_contains("I need it now");
        staff.get(&format!("/reports/{report}")).await.assert_text_contains("Answered: 1 not enough, or too late.");
        let path = format!("/heard/{}", answered_day.day.item);
        let item = staff.get(&path).await;
        item.assert_text_contains("1 panelist who raised this answered “Not enough, or too late”.");
        item.assert_text_contains("I need it now");
        item.assert_text_contains("The item was not reopened.");
        staff.get("/").await.assert_text_contains("answer disputed by panelists: item 1");

        let revision = fixture::heard_item(&mut app.db.read().await.expect("tx"), answered_day.day.item).await.revision.to_string();
        let fields = [("act", "reopen"), ("revision", revision.as_str()), ("reason", "It cannot wait until then")];
        submit(&staff, &path, &fields).await.assert_status(StatusCode::SEE_OTHER);
        let reopened = staff.get(&path).await;
        reopened.assert_text_contains("1 panelist who raised this answered “Not enough, or too late”.");
        assert!(!reopened.text().contains("The item was not reopened."), "staff reopened it");
        assert!(!staff.get("/").await.text().contains("answer disputed by panelists"), "it was decided");
    })
    .await;
}

#[tokio::test]
async fn a_quote_is_left_out_or_corrected_before_finalising_and_a_changed_report_is_read_again() {
    each_db(|db| async move {
        let app = TestApp::over(db);
        let answered_day = answered_day(&app).await;
        let mut tx = app.db.begin().await.expect("tx");
        panelist::store::permit_quotes(&mut tx, answered_day.ada, QuotePermission::Named).await.expect("permitted");
        tx.commit().await.expect("commit");
        let staff = app.signed_in(Role::Staff).await;
        let build = format!("/days/{}/report", answered_day.day.day);
        let stated = "I typed it all into the chat, and they asked me again";
        let preview = staff.get(&build).await.text();
        let quoted = |page: &str, words: &str| page.replace("<!>", "").contains(&format!("<q dir=\"auto\" class=\"quote\">{words}</q>"));
        assert!(quoted(&preview, stated), "the preview shows the quote as the report will");
        let (seen, note) = (hidden(&preview, "seen"), hidden(&preview, "offered"));
        let words = format!("words-{note}");
        let fields = |words_now: &'static str| {
            vec![
                ("act".to_owned(), "finalise".to_owned()),
                ("number".to_owned(), "1".to_owned()),
                ("seen".to_owned(), seen.clone()),
                ("offered".to_owned(), note.clone()),
                ("quote".to_owned(), note.clone()),
                (words.clone(), words_now.to_owned()),
            ]
        };
        let empty = staff.post(&build).form(&fields(" ")).await;
        empty.assert_status(StatusCode::UNPROCESSABLE_ENTITY);
        empty.assert_text_contains("Enter the quote, or clear its box.");
        empty.assert_text_contains(format!("name=\"{words}\" rows=\"2\" aria-invalid=\"true\""));

        let mut tx = app.db.begin().await.expect("tx");
        let word = heard::act::RewordItem {
            item: fixture::heard_item(&mut tx, answered_day.day.item).await.seen(),
            text: "The chat is not seen by agents.".into(),
            topic: String::new(),
        };
        heard::act::reword(&mut tx, &SYSTEM, now(), word).await.expect("reworded");
        tx.commit().await.expect("commit");
        let moved_on = staff.post(&build).form(&fields("They asked me again")).await;
        moved_on.assert_status(StatusCode::CONFLICT);
        moved_on.assert_text_contains("has changed since you read it");
        moved_on.assert_text_contains("The chat is not seen by agents.");
        assert!(moved_on.text().contains("They asked me again</textarea>"), "what was typed is kept");

        let again = hidden(&moved_on.text(), "seen");
        let mut fields = fields("They asked me again");
        fields[2].1 = again;
        let finalised = staff.post(&build).form(&fields).await;
        finalised.assert_status(StatusCode::SEE_OTHER);
        let report = staff.get(&location(&finalised)).await.text();
        assert!(quoted(&report, "They asked me again") && !report.contains(stated));
    })
    .await;
}

#[tokio::test]
async fn who_unsubscribed_is_not_counted_and_has_no_button() {
    each_db(|db| async move {
        let app = TestApp::over(db);
        let answered_day = answered_day(&app).await;
        let staff = app.signed_in(Role::Staff).await;
        let finalised = submit(&staff, &format!("/days/{}/report", answered_day.day.day), &[("act", "finalise"), ("number", "1")]).await;
        let page = location(&finalised);
        staff.get(&page).await.assert_text_contains("Send report 1 to 1 person");
        let mut tx = app.db.begin().await.expect("tx");
        let link = link::act::current(&mut tx, now(), Purpose::Unsubscribe, answered_day.ada.0).await.expect("a link");
        let token = link::act::token(tx.secret(), &link);
        report::reader::unsubscribe(&mut tx, now(), &token).await.expect("unsubscribed");
        tx.commit().await.expect("commit");
        let shown = staff.get(&page).await;
        assert!(!shown.text().contains("Send report 1"), "nobody is left to send it to");
        shown.assert_text_contains("Unsubscribed from email: Ada Okafor.");
        let key = answered_day.ada.to_string();
        let refused = submit(&staff, &page, &[("act", "resend"), ("key", &key)]).await;
        refused.assert_status(StatusCode::CONFLICT);
        assert!(emails(&app, EmailTemplate::Report).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_wrong_code_is_counted_and_the_right_one_opens() {
    each_db(|db| async move {
        let app = TestApp::over(db);
        let answered_day = answered_day(&app).await;
        let staff = app.signed_in(Role::Staff).await;
        sent(&app, &answered_day, &staff).await;
        let ada = at_the_portal(&app, &emails(&app, EmailTemplate::Report).await[0]).await;

        submit(&ada, "/portal/you", &[("act", "ask"), ("key", "permission")]).await.assert_status(StatusCode::SEE_OTHER);
        let queued = emails(&app, EmailTemplate::Code).await.remove(0);
        let code = {
            let tx = app.db.read().await.expect("tx");
            app::access::account::code::code_digits(
                &tx,
                queued.params["code"].as_str().and_then(|id| id.parse().ok()).expect("a code's id"),
            )
        };
        let invalid = if code == "000000" { "000001" } else { "000000" };
        let named = |code| [("act", "permission"), ("permission", "named"), ("code", code)];
        for _ in 0..2 {
            let refused = submit(&ada, "/portal/you", &named(invalid)).await;
            refused.assert_status(StatusCode::UNPROCESSABLE_ENTITY);
            refused.assert_text_contains("This code does not match the one in the email");
        }
        submit(&ada, "/portal/you", &named(&code)).await.assert_status(StatusCode::SEE_OTHER);
        ada.get("/portal/you").await.assert_text_contains("You may be quoted with your name.");
        submit(&ada, "/portal/you", &named(&code)).await.assert_status(StatusCode::UNPROCESSABLE_ENTITY);

        submit(&ada, "/portal/you", &[("act", "ask"), ("key", "download")]).await.assert_status(StatusCode::SEE_OTHER);
        for _ in 0..5 {
            submit(&ada, "/portal/you", &[("act", "download"), ("code", "wrong")]).await.assert_status(StatusCode::UNPROCESSABLE_ENTITY);
        }
        let dead = submit(&ada, "/portal/you", &[("act", "download"), ("code", "wrong")]).await;
        dead.assert_text_contains("Too many attempts");
    })
    .await;
}

#[tokio::test]
async fn what_is_shared_is_read_by_anybody_until_it_is_taken_back() {
    each_db(|db| async move {
        let app = TestApp::over(db);
        let answered_day = answered_day(&app).await;
        let staff = app.signed_in(Role::Staff).await;
        let report = sent(&app, &answered_day, &staff).await;
        let page = format!("/reports/{report}");
        submit(&staff, &page, &[("act", "share")]).await.assert_status(StatusCode::SEE_OTHER);
        let text = staff.get(&page).await.text();
        let address = text.split("href=\"/share/").nth(1).and_then(|rest| rest.split('"').next()).map(|slug| format!("/share/{slug}"));
        let address = address.expect("an address");
        let stranger = app.browser();
        let shared = stranger.get(&address).await;
        shared.assert_text_contains("From October every agent sees the chat.");
        assert!(!shared.text().contains("asked me again"), "Ada gave no permission");
        submit(&staff, &page, &[("act", "unshare")]).await.assert_status(StatusCode::SEE_OTHER);
        stranger.get(&address).await.assert_status(StatusCode::NOT_FOUND);
        stranger.get(&page).await.assert_status(StatusCode::SEE_OTHER);
    })
    .await;
}

#[tokio::test]
async fn an_email_is_read_before_it_is_sent_without_a_working_link() {
    each_db(|db| async move {
        let app = TestApp::over(db).without_mail_server();
        let answered_day = answered_day(&app).await;
        let staff = app.signed_in(Role::Staff).await;
        sent(&app, &answered_day, &staff).await;
        let queued = emails(&app, EmailTemplate::Report).await.remove(0);
        let id: OutboxId = queued.id;
        staff.get("/outbox").await.assert_text_contains("No mail server is configured");
        staff.get(&format!("/outbox/{id}")).await.assert_text_contains("/email");
        let email = staff.get(&format!("/outbox/{id}/email")).await;
        email.assert_text_contains("You said one thing.");
        email.assert_text_contains("/l/…");
        assert!(email.header("content-security-policy").to_str().is_ok_and(|policy| policy.contains("default-src 'none'")));
        submit(&staff, &format!("/outbox/{id}"), &[("act", "retry"), ("revision", "0")]).await.assert_status(StatusCode::CONFLICT);

        let token = {
            let mut tx = app.db.read().await.expect("tx");
            let link = link::store::find_current(&mut tx, Purpose::Unsubscribe, answered_day.ada.0).await.expect("read").expect("a link");
            link::act::token(tx.secret(), &link)
        };
        let anybody = app.browser();
        let page = format!("/unsubscribe/{token}");
        anybody.get(&page).await.assert_text_contains("Unsubscribe from reports by email?");
        anybody.post(&page).text("List-Unsubscribe=One-Click").await.assert_status(StatusCode::SEE_OTHER);
        anybody.get(&page).await.assert_text_contains("You’re unsubscribed");
    })
    .await;
}
