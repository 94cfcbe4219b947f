//! From a charter to people who check in, through the pages, as staff and invitee.

use app::access::account::Role;
use app::kernel::clock::now;
use app::kernel::ids::{AuthorId, ProgramId};
use app::listening::author::AuthorKind;
use app::listening::author::store::NewAuthor;
use app::program::Segment;
use app::testing::each_db;
use app::{listening::author, listening::segment};
use axum_test::TestServer;

use crate::test_app::{SYSTEM, TestApp, location, submit};

const CHARTER: &[(&str, &str)] = &[
    ("act", "create"),
    ("name", "CAP Days US 2010"),
    ("organisation", "Dell"),
    ("market", "United States"),
    ("language", "en"),
    ("purpose", "Hear what we get wrong."),
    ("sponsor", "Chief marketing officer"),
    ("rules_of_listening", "We listen."),
    ("term", "One year"),
    ("disclosed_costs", "Travel and two nights"),
    ("lawful_basis", "Legitimate interest"),
    ("notice", "We read public mentions."),
    ("source_row_days", "90"),
    ("mention_months", "24"),
];

/// Mentions and gives the page that follows.
async fn go(browser: &TestServer, path: &str, fields: &[(&str, &str)]) -> String {
    let response = submit(browser, path, fields).await;
    assert_eq!(response.status_code(), 303, "{path} {fields:?}: {}", response.text());
    let page = browser.get(&location(&response)).await;
    page.assert_status_ok();
    page.text()
}

/// The first address in `page` that starts with `stem`, as far as a quotation mark.
fn find<'a>(page: &'a str, stem: &str) -> &'a str {
    let at = page.find(stem).unwrap_or_else(|| panic!("no {stem} in\n{page}"));
    page[at..].split(['"', '#', '?', '<', '&']).next().unwrap_or_default()
}

/// A program and a day of one seat for ranters, two months from now, made by its forms.
async fn a_day(staff: &TestServer) -> (String, String) {
    let program = location(&submit(staff, "/programs", CHARTER).await);
    let id = program.rsplit('/').next().unwrap_or_default().to_owned();
    let day = (now() + chrono::Duration::days(60)).date_naive().to_string();
    let fields = [
        ("act", "create"),
        ("program", id.as_str()),
        ("title", "Ranters’ day"),
        ("day", day.as_str()),
        ("time_zone", "America/Chicago"),
        ("place", "Round Rock"),
        ("kind", "panel"),
        ("segment", "ranter"),
        ("capacity", "1"),
    ];
    let day = location(&submit(staff, "/days", &fields).await);
    (program, day)
}

/// Authors of this program, overruled to be ranters.
async fn authors(app: &TestApp, program: &str, handles: &[&str]) -> Vec<AuthorId> {
    let program: ProgramId = program.rsplit('/').next().and_then(|id| id.parse().ok()).expect("a program");
    let mut tx = app.db.begin().await.expect("tx");
    let mut ids = Vec::new();
    for handle in handles {
        let new = NewAuthor {
            network: "x".into(),
            handle: (*handle).into(),
            key: handle.to_lowercase(),
            first: author::store::AuthorChange::none(AuthorId::new(), now()),
            kind: AuthorKind::Customer,
            kind_evidence: None,
        };
        author::store::create(&mut tx, program, std::slice::from_ref(&new)).await.expect("an author");
        segment::act::overrule(&mut tx, &SYSTEM, now(), new.first.id, None, Some(Segment::Ranter), "Wrote nine angry letters")
            .await
            .expect("a ranter");
        ids.push(new.first.id);
    }
    tx.commit().await.expect("commit");
    ids
}

/// Follows a personal link and continues.
async fn enter(app: &TestApp, page: &str) -> TestServer {
    let link = find(page, "http://127.0.0.1:3000/l/").trim_start_matches("http://127.0.0.1:3000").trim().to_owned();
    let browser = app.browser();
    browser.get(&link).await.assert_status_ok();
    let opened = go(&browser, &link, &[("act", "continue")]).await;
    assert!(opened.contains("Yes, I’ll come"), "{opened}");
    assert!(!opened.contains("<script"), "an invitee's page ships no script");
    browser
}

/// The link in the email that asks to confirm an answer to the invitation on this page of staff.
async fn confirmation(app: &TestApp, page: &str) -> String {
    let id: app::kernel::ids::InvitationId = page.rsplit('/').next().and_then(|id| id.parse().ok()).expect("an invitation");
    let mut tx = app.db.read().await.expect("tx");
    let answer = app::recruiting::invitation::store::find_waiting_answer(&mut tx, id).await.expect("read").expect("an answer that waits");
    drop(tx);
    crate::test_app::link_to(&app.db, app::access::link::Purpose::Confirm, answer.id).await
}

/// All mistakes are named at once, and what was typed stays.
async fn accepts_with_mistakes(invitee: &TestServer) {
    let refused = submit(invitee, "/invitation", &[("act", "accept"), ("name", "Mada Myez"), ("email", "mada"), ("quotes", "none")]).await;
    assert_eq!(refused.status_code(), 422);
    let text = refused.text();
    let shown = ["Mada Myez", "is not an email address", "Tick the box so that we may write to you"];
    assert!(shown.iter().all(|words| text.contains(words)), "{text}");
}

#[tokio::test]
async fn from_a_shortlist_to_check_in() {
    each_db(|db| async move {
        let app = TestApp::over(db);
        let staff = app.signed_in(Role::Staff).await;
        let (program, day) = a_day(&staff).await;
        let ids = authors(&app, &program, &["madamyez", "techgeek"]).await;

        let list = staff.get(&format!("{day}/shortlist")).await.text();
        assert!(list.contains("@madamyez") && list.contains("Wrote nine angry letters"), "{list}");
        for id in &ids {
            let who = format!("author:{id}");
            go(&staff, &format!("{day}/shortlist"), &[("act", "add"), ("who", &who), ("remark", "Clear and fair")]).await;
        }
        let board = format!("{day}/invitations");
        let drafted = go(&staff, &board, &[("act", "draft_all")]).await;
        let one = find(&drafted, "/invitations/").to_owned();
        let unread = go(&staff, &board, &[("act", "send_all")]).await;
        assert!(unread.contains("No invitation was sent"), "nothing is sent before a person approved it");
        go(&staff, &one, &[("act", "review"), ("revision", "1")]).await;
        let sent = go(&staff, &one, &[("act", "send")]).await;
        let invitee = enter(&app, &sent).await;

        accepts_with_mistakes(&invitee).await;
        let yes = [("act", "accept"), ("name", "Mada Myez"), ("email", "mada@example.com"), ("consent", "yes"), ("quotes", "anonymous")];
        let waits = go(&invitee, "/invitation", &yes).await;
        assert!(
            waits.contains("Please confirm your answer") && waits.contains("m…@example.com") && !waits.contains("mada@example"),
            "{waits}"
        );
        let people = format!("{day}/people");
        let nobody = staff.get(&people).await.text();
        assert!(nobody.contains("0") && !nobody.contains("Mada Myez"), "no seat before the address is known to be theirs: {nobody}");
        assert!(staff.get(&one).await.text().contains("Accepted, not confirmed yet"));
        let confirm = confirmation(&app, &one).await;
        let invitee = app.browser();
        assert!(invitee.get(&confirm).await.text().contains("Mada Myez (m…@example.com) accepted"));
        assert!(go(&invitee, &confirm, &[("act", "continue")]).await.contains("You have a seat"));
        assert!(go(&invitee, &confirm, &[("act", "continue")]).await.contains("You have a seat"), "a double click is one click");
        let id = one.rsplit('/').next().unwrap_or_default();
        let again = [yes.to_vec(), vec![("for", id)]].concat();
        assert!(go(&invitee, "/invitation", &again).await.contains("You have a seat"), "saying yes twice is saying it once");

        let seen = staff.get(&people).await.text();
        assert!(seen.contains("Mada Myez") && seen.contains("1 of 1"), "{seen}");
        let key = one.rsplit('/').next().unwrap_or_default();
        let came = go(&staff, &people, &[("act", "attend"), ("key", key), ("attendance", "checked_in")]).await;
        assert!(came.contains("Checked in"), "{came}");
        let csv = staff.get(&format!("{people}.csv")).await.text();
        assert!(csv.contains("Mada Myez,MM,mada@example.com,Ranter,Checked in,Quotes without my name"), "{csv}");
        assert_eq!(invitee.get(&people).await.status_code(), 303, "an invitee is nobody elsewhere");
    })
    .await;
}

#[tokio::test]
async fn a_timetable_shows_what_overlaps_and_leaves_as_a_calendar() {
    each_db(|db| async move {
        let app = TestApp::over(db);
        let staff = app.signed_in(Role::Staff).await;
        let (_, day) = a_day(&staff).await;
        let session =
            |title, starts, ends| [("act", "add_session"), ("title", title), ("starts", starts), ("ends", ends), ("room", "Salado")];
        let invalid = submit(&staff, &day, &session("Buying online", "10:00", "late")).await;
        assert_eq!(invalid.status_code(), 422);
        assert!(invalid.text().contains("Buying online") && invalid.text().contains("as a time, for example 09:30"), "{}", invalid.text());
        go(&staff, &day, &session("Buying online", "10:00", "11:00")).await;
        let both = go(&staff, &day, &session("Getting help", "10:30", "11:30")).await;
        assert!(both.contains("Conflicts in the timetable") && both.contains("Salado"), "{both}");
        let calendar = staff.get(&format!("{day}/agenda.ics")).await.text();
        assert_eq!(calendar.matches("BEGIN:VEVENT").count(), 3, "the day and its sessions: {calendar}");
        let viewer = app.signed_in(Role::Viewer).await;
        let seen = viewer.get(&day).await.text();
        assert!(seen.contains("Getting help") && !seen.contains("Add session"), "a viewer sees the timetable and changes nothing");
    })
    .await;
}

#[tokio::test]
async fn the_top_of_the_ranking_is_put_on_the_shortlist_with_two_clicks() {
    each_db(|db| async move {
        let app = TestApp::over(db);
        let staff = app.signed_in(Role::Staff).await;
        let (program, day) = a_day(&staff).await;
        let ids = authors(&app, &program, &["madamyez", "techgeek"]).await;
        let page = format!("{day}/shortlist");
        let list = staff.get(&page).await.text();
        assert!(list.contains("Add 1 person to the shortlist to fill all seats."), "{list}");
        assert!(list.contains("?select=1") && !list.contains(" checked"), "nobody is selected before the first click: {list}");
        let selected = staff.get(&format!("{page}?select=2")).await.text();
        assert_eq!(selected.matches(" checked").count(), 2, "{selected}");
        let who: Vec<String> = ids.iter().map(|id| format!("author:{id}")).collect();
        let added = go(&staff, &page, &[("act", "add"), ("who", &who[0]), ("who", &who[1]), ("remark", "")]).await;
        assert!(added.contains("2 people added to the shortlist.") && !added.contains("to fill all seats"), "{added}");
    })
    .await;
}

#[tokio::test]
async fn a_charter_saved_by_two_keeps_what_the_second_typed() {
    each_db(|db| async move {
        let app = TestApp::over(db);
        let staff = app.signed_in(Role::Staff).await;
        let program = location(&submit(&staff, "/programs", CHARTER).await);
        let mut fields: Vec<(&str, &str)> = CHARTER.iter().copied().filter(|(name, _)| *name != "act" && *name != "sponsor").collect();
        fields.extend([("act", "update"), ("revision", "1")]);
        let first = [fields.clone(), vec![("sponsor", "Head of support")]].concat();
        go(&staff, &program, &first).await;
        let second = [fields, vec![("sponsor", "Head of product")]].concat();
        let refused = submit(&staff, &program, &second).await;
        assert_eq!(refused.status_code(), 409);
        let text = refused.text();
        assert!(text.contains("Head of product") && text.contains("Head of support") && text.contains("Someone else saved"), "{text}");
    })
    .await;
}
