//! What guests see of the organisation: set by an administrator, shown to guests, and to nobody else.

use app::access::account::Role;
use app::access::link::Purpose;
use app::kernel::clock::now;
use app::kernel::ids::{IdAtRevision, ProgramId};
use app::program::branding::{BrandingFields, Logo, act};
use app::testing::{each_db, fixture};
use axum_test::multipart::{MultipartForm, Part};

use crate::test_app::{SYSTEM, TestApp, follow, link_to, location, submit};

const SVG: &str = r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 50"><rect width="200" height="50" fill="#0b5fff"/></svg>"##;

async fn program(app: &TestApp) -> ProgramId {
    let mut tx = app.db.begin().await.expect("tx");
    let program = fixture::program(&mut tx, now()).await;
    tx.commit().await.expect("commit");
    program
}

fn upload(revision: &str, file: impl Into<Vec<u8>>) -> MultipartForm {
    let file = Part::bytes(file.into()).file_name("logo.svg").mime_type("image/svg+xml");
    MultipartForm::new().add_text("revision", revision).add_part("file", file)
}

#[tokio::test]
async fn a_logo_is_uploaded_checked_and_served_as_a_picture_alone() {
    each_db(|db| async move {
        let app = TestApp::over(db);
        let admin = app.signed_in(Role::Administrator).await;
        let page = format!("/programs/{}/branding", program(&app).await);
        let to = format!("{page}/logo");

        let hostile = r#"<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>"#;
        let refused = admin.post(&to).multipart(upload("0", hostile)).await;
        assert_eq!(refused.status_code(), 422);
        assert!(refused.text().contains("contains a script") && refused.text().contains("Upload logo"), "{}", refused.text());
        let refused = admin.post(&to).multipart(upload("0", vec![b'x'; 1_500_000])).await;
        assert_eq!(refused.status_code(), 422);
        assert!(refused.text().contains("larger than 1 MB"), "{}", refused.text());
        let refused = admin.post(&to).multipart(MultipartForm::new().add_text("revision", "0")).await;
        assert_eq!(refused.status_code(), 422);
        assert!(refused.text().contains("No file was uploaded"), "{}", refused.text());

        let saved = admin.post(&to).multipart(upload("0", SVG)).await;
        assert_eq!((saved.status_code().as_u16(), location(&saved)), (303, page.clone()));
        let again = admin.post(&to).multipart(upload("0", SVG)).await;
        assert_eq!(again.status_code(), 409, "a second window that has not seen the first");
        let shown = admin.get(&page).await.text();
        let at = shown.find("/logos/").expect("the preview shows it");
        let address = shown[at..].split('"').next().expect("an address").to_owned();

        let stranger = app.browser();
        let logo = stranger.get(&address).await;
        logo.assert_status_ok();
        assert_eq!(logo.header("content-type"), "image/png");
        assert_eq!(logo.header("x-content-type-options"), "nosniff");
        assert!(logo.header("content-security-policy").to_str().expect("text").starts_with("default-src 'none'"));
        assert!(logo.as_bytes().starts_with(b"\x89PNG"));
        let tag = logo.header("etag");
        let known = stranger.get(&address).add_header("if-none-match", tag.clone()).await;
        assert_eq!((known.status_code().as_u16(), known.as_bytes().len()), (304, 0));
        assert_eq!(stranger.get("/logos/abc.png").await.status_code(), 404);
        assert_eq!(stranger.get(&address.replace(".png", ".svg")).await.status_code(), 404);

        let removed = submit(&admin, &page, &[("act", "remove_logo"), ("revision", "1")]).await;
        assert_eq!(removed.status_code(), 303);
        assert_eq!(stranger.get(&address).await.status_code(), 404);
    })
    .await;
}

#[tokio::test]
async fn a_colour_that_cannot_be_read_is_refused_with_one_that_can() {
    each_db(|db| async move {
        let app = TestApp::over(db);
        let admin = app.signed_in(Role::Administrator).await;
        let page = format!("/programs/{}/branding", program(&app).await);
        let fields =
            [("act", "branding"), ("revision", "0"), ("accent", "#FFD400"), ("sender", "Dell council"), ("thanks", ""), ("signature", "")];
        let refused = submit(&admin, &page, &fields).await;
        assert_eq!(refused.status_code(), 422);
        let text = refused.text();
        assert!(text.contains("hard to read") && text.contains("#FFD400") && text.contains("Dell council"), "{text}");
        let at = text.find("name=\"suggested\" value=\"").expect("a suggestion") + "name=\"suggested\" value=\"".len();
        let suggested = &text[at..at + 7];
        let taken = submit(&admin, &page, &[&fields[..], &[("suggested", suggested)]].concat()).await;
        assert_eq!(taken.status_code(), 303, "{}", taken.text());
        let text = admin.get(&page).await.text();
        assert!(text.contains(suggested) && text.contains("From: "), "{text}");

        let staff = app.signed_in(Role::Staff).await;
        assert_eq!(staff.get(&page).await.status_code(), 403);
        let program = staff.get(page.trim_end_matches("/branding")).await.text();
        assert!(program.contains("Dell council") && program.contains("Administrators can change it"), "{program}");
    })
    .await;
}

#[tokio::test]
async fn guests_see_the_organisation_and_staff_do_not() {
    each_db(|db| async move {
        let app = TestApp::over(db);
        let day = app.day(None).await;
        let mut tx = app.db.begin().await.expect("tx");
        let id = app::program::store::list(&mut tx).await.expect("read")[0].id;
        let fields = BrandingFields {
            accent: "#7e0041".into(),
            sender: "Dell customer council".into(),
            signature: "Ada Okafor\nHead of support".into(),
            thanks: "Thank you for helping us get better.".into(),
        };
        act::change(&mut tx, &SYSTEM, now(), IdAtRevision { id, revision: 0 }, &fields).await.expect("saved");
        let logo = Logo { png: b"\x89PNG".to_vec(), width: 200, height: 50 };
        act::set_logo(&mut tx, &SYSTEM, now(), IdAtRevision { id, revision: 1 }, &logo).await.expect("a logo");
        tx.commit().await.expect("commit");

        let looks_branded = |page: &str| {
            page.contains("<img src=\"/logos/")
                && page.contains("--accent:light-dark(#7e0041,")
                && page.contains("Thank you for helping us get better.")
        };
        let browser = app.browser();
        let link = link_to(&app.db, Purpose::Response, day.item.0).await;
        let before = browser.get(&link).await;
        assert!(looks_branded(&before.text()), "{}", before.text());
        let policy = before.header("content-security-policy").to_str().expect("text").to_owned();
        let nonce = policy.split("style-src 'self' 'nonce-").nth(1).and_then(|rest| rest.split('\'').next()).expect("a nonce for styles");
        assert!(before.text().contains(&format!("<style nonce=\"{nonce}\">")), "the style has the nonce of its page");
        let page = follow(&browser, &link).await;
        let item = browser.get(&page).await.text();
        assert!(looks_branded(&item), "{item}");
        assert!(item.contains("alt=\"Dell\""), "{item}");
        let nominate = app.browser().get("/nominate").await.text();
        assert!(looks_branded(&nominate), "{nominate}");

        let staff = app.signed_in(Role::Staff).await;
        for path in ["/".to_owned(), format!("/days/{}", day.day)] {
            let page = staff.get(&path).await.text();
            assert!(!page.contains("/logos/") && !page.contains("--accent:"), "{path}");
        }
    })
    .await;
}

#[tokio::test]
async fn an_owner_without_an_account_reads_words_for_guests_alone() {
    each_db(|db| async move {
        let app = TestApp::over(db);
        let day = app.day(None).await;
        let browser = app.browser();
        let page = follow(&browser, &link_to(&app.db, Purpose::Response, day.item.0).await).await;
        let shown = browser.get(&page).await.text();
        for expected in ["Item 1", "no answer yet", "Type of answer", "Dell’s answer", "Submit for review"] {
            assert!(shown.contains(expected), "“{expected}” is not in {shown}");
        }
        let draft = [
            ("act", "draft"),
            ("kind", "commit"),
            ("text", "From October every agent sees the chat."),
            ("item_revision", "2"),
            ("due", "soon"),
        ];
        let refused = submit(&browser, &page, &draft).await;
        assert_eq!(refused.status_code(), 422);
        assert!(refused.text().contains("“soon” is not a date. Write it as year-month-day"), "{}", refused.text());
        let question = [("act", "draft"), ("kind", "question"), ("text", "Which chat do you mean?"), ("item_revision", "2")];
        let saved = submit(&browser, &page, &question).await;
        assert_eq!(saved.status_code(), 303, "{}", saved.text());
        let stale = submit(&browser, &page, &question).await;
        assert_eq!(stale.status_code(), 409);
        assert!(stale.text().contains("It is now a draft and reads: “Which chat do you mean?”"), "{}", stale.text());
        let shown = browser.get(&page).await.text();
        assert!(shown.contains("Dell · question to the panel · drafted by"), "{shown}");
        for staff_word in ["Ranters", "Ravers", "supporter", "was notified", "Assign owner", "Return to drafter"] {
            assert!(!shown.contains(staff_word), "“{staff_word}” is for staff: {shown}");
        }
    })
    .await;
}
