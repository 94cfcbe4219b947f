//! What guests read in their emails.

use app::kernel::ids::IdAtRevision;
use app::program::branding::{self, BrandingFields};
use app::recruiting::panelist::QuotePermission;
use app::testing::fixture;

use super::*;

fn moved() -> Json {
    json!({
        "organisation": "Dell", "day_title": "CAP Day", "date": "2010-06-22", "place": "Berlin", "before_date": "2010-06-15",
        "before_place": "Round Rock", "role": "seated", "zone": "Berlin", "before_zone": "Chicago"
    })
}

async fn text(tx: &mut app::db::Tx, row: &OutboxEmail) -> String {
    let email = compose(tx, now(), "https://panel.example", row, Links::Live).await.expect("an email");
    email.text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn every_email_to_a_guest_ends_with_the_signature_of_the_program() {
    each_db(|db| async move {
        let mut tx = db.begin().await.expect("a transaction");
        let on = (now() + chrono::Duration::days(40)).date_naive();
        let program = fixture::program(&mut tx, now()).await;
        let day = fixture::day(&mut tx, now(), program, on, 3).await;
        let panelist = fixture::panelist(&mut tx, now(), day, "Ada Okafor", QuotePermission::None).await;
        let fields = BrandingFields { signature: "Rosa Lind\nHead of support".into(), ..BrandingFields::default() };
        branding::act::change(&mut tx, &fixture::SYSTEM, now(), IdAtRevision { id: program, revision: 0 }, &fields).await.expect("saved");
        let link = link::act::create(&mut tx, now(), Purpose::Portal, panelist.0).await.expect("a link");
        for template in [
            EmailTemplate::Seated,
            EmailTemplate::Waitlisted,
            EmailTemplate::DayMoved,
            EmailTemplate::Response,
            EmailTemplate::Returned,
            EmailTemplate::Reopened,
            EmailTemplate::TooSoon,
        ] {
            let guest = OutboxEmail { link_id: Some(link.id), subject_id: Some(panelist.0), ..row(template, moved()) };
            let text = text(&mut tx, &guest).await;
            assert!(text.contains("Rosa Lind Head of support"), "{template:?}: {text}");
        }
    })
    .await;
}

#[tokio::test]
async fn an_email_about_a_move_names_the_time_zones_where_they_changed() {
    each_db(|db| async move {
        let mut tx = db.begin().await.expect("a transaction");
        let both = text(&mut tx, &row(EmailTemplate::DayMoved, moved())).await;
        assert!(both.contains("Before: 15 June 2010, Round Rock (Chicago time)"), "{both}");
        assert!(both.contains("Now: 22 June 2010, Berlin (Berlin time)"), "{both}");
        let mut params = moved();
        params["before_zone"] = json!("Berlin");
        let one = text(&mut tx, &row(EmailTemplate::DayMoved, params.clone())).await;
        assert!(one.contains("Now: 22 June 2010, Berlin") && !one.contains(" time)") && !one.contains("Please answer by"), "{one}");
        (params["role"], params["answer_by"]) = (json!("invited"), json!("2010-06-20"));
        let invited = text(&mut tx, &row(EmailTemplate::DayMoved, params)).await;
        assert!(invited.contains("Please answer by 20 June 2010."), "{invited}");
    })
    .await;
}
