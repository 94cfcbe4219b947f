//! The table of permissions, walked against the router: who is let in, who is refused, and what is not there at all.

use std::collections::BTreeSet;
use std::sync::Arc;

use app::access::account::permission::{self, PERMISSIONS, Scope};
use app::access::account::{Actor, Permission, Role};
use app::access::page::{PageContext, Site};
use app::front::app::{App, PAGES};
use app::kernel::clock::now;
use app::kernel::locale::Locale;
use app::testing::each_db;
use leptos::prelude::provide_context;
use leptos_axum::generate_route_list_with_exclusions_and_ssg_and_context as generate_route_list;
use server::forms::FORMS;
use server::routes::ENDPOINTS;
use uuid::Uuid;

use crate::test_app::{TestApp, submit};

/// Pages that only a personal link opens: an account counts for nothing there.
const BY_LINK: &[&str] = &["/portal", "/invitation", "/item", "/nominate/mine"];

fn by_link(path: &str) -> bool {
    BY_LINK.iter().any(|page| path == *page || path.starts_with(&format!("{page}/")))
}

/// A path with ids that belong to nothing, which is what somebody else's object must look like.
fn elsewhere(path: &str) -> String {
    path.split('/')
        .map(|part| {
            if part.starts_with('{') {
                part.replace(&part[..=part.find('}').unwrap_or(0)], &Uuid::now_v7().to_string())
            } else {
                part.to_owned()
            }
        })
        .collect::<Vec<_>>()
        .join("/")
}

fn scope(role: Role, permission: Permission) -> Option<Scope> {
    permission::row(permission).role(role)
}

#[tokio::test]
async fn every_page_that_is_routed_is_in_the_table() {
    each_db(|db| async move {
        let site = Site {
            base_url: String::new(),
            sends_email: false,
            upload_limit: 0,
            spool: std::env::temp_dir(),
            watched: None,
            webhook_networks: Default::default(),
        };
        let cx =
            PageContext { db, actor: Actor::Nobody, now: now(), site: Arc::new(site), flash: None, locale: Locale::default(), host: None };
        let routed: BTreeSet<String> =
            generate_route_list(App, None, move || provide_context(cx.clone())).0.iter().map(|route| route.path().to_owned()).collect();
        let listed: BTreeSet<String> = PAGES.iter().map(|(path, _)| (*path).to_owned()).collect();
        assert_eq!(routed, listed);
    })
    .await;
}

#[tokio::test]
async fn a_page_opens_for_those_who_may_and_for_nobody_else() {
    each_db(|db| async move {
        let app = TestApp::over(db);
        for role in Role::ALL {
            let browser = app.signed_in(*role).await;
            for (path, permission) in PAGES {
                let Some(permission) = permission else { continue };
                let status = browser.get(&elsewhere(path)).await.status_code().as_u16();
                let expected = match scope(*role, *permission) {
                    _ if by_link(path) => 410,
                    None => 403,
                    Some(_) if path.contains('{') => 404,
                    Some(_) => 200,
                };
                assert_eq!(status, expected, "{role} on {path}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn nobody_is_asked_to_sign_in_or_to_open_their_link_again() {
    each_db(|db| async move {
        let browser = TestApp::over(db).browser();
        for (path, permission) in PAGES {
            let status = browser.get(&elsewhere(path)).await.status_code().as_u16();
            let public = if path.contains('{') { 404 } else { 200 };
            let expected = match permission {
                Some(_) if by_link(path) => 410,
                Some(_) => 303,
                None => public,
            };
            assert_eq!(status, expected, "{path}");
        }
    })
    .await;
}

#[tokio::test]
async fn an_act_is_refused_to_those_who_may_not() {
    each_db(|db| async move {
        let app = TestApp::over(db);
        for role in Role::ALL {
            let browser = app.signed_in(*role).await;
            for form in FORMS {
                for (act, permission) in form.acts {
                    let key = Uuid::now_v7().to_string();
                    let status = submit(&browser, &elsewhere(form.path), &[("act", act), ("key", &key)]).await.status_code().as_u16();
                    let allowed = scope(*role, *permission).is_some() && !by_link(form.path);
                    let name = format!("{role}: {act} on {}", form.path);
                    match (allowed, by_link(form.path)) {
                        (_, true) => assert_eq!(status, 410, "{name}"),
                        (false, _) => assert_eq!(status, 403, "{name}"),
                        // Done, or refused for what it was given: a form that fails on our side is no answer.
                        (true, _) => assert!(matches!(status, 200 | 303 | 404 | 409 | 410 | 422), "{name}: {status}"),
                    }
                    if allowed && form.path.contains('{') {
                        assert!(matches!(status, 404 | 422), "{name} on somebody else's object: {status}");
                    }
                }
                let unknown = submit(&browser, &elsewhere(form.path), &[("act", "no such act")]).await.status_code().as_u16();
                assert!(matches!(unknown, 303 | 403 | 404 | 410), "an act that is in no list is not done: {} says {unknown}", form.path);
            }
        }
    })
    .await;
}

#[tokio::test]
async fn an_endpoint_is_refused_to_those_who_may_not() {
    each_db(|db| async move {
        let app = TestApp::over(db);
        for role in Role::ALL {
            let browser = app.signed_in(*role).await;
            for endpoint in ENDPOINTS {
                let Some(permission) = endpoint.permission else { continue };
                if by_link(endpoint.path) || scope(*role, permission).is_some() {
                    continue;
                }
                let path = elsewhere(endpoint.path);
                let response = if endpoint.method == "GET" { browser.get(&path).await } else { browser.post(&path).await };
                assert_eq!(response.status_code(), 403, "{role}: {} {path}", endpoint.method);
            }
        }
        let nobody = app.browser();
        for endpoint in ENDPOINTS.iter().filter(|endpoint| endpoint.permission.is_some()) {
            let path = elsewhere(endpoint.path);
            let response = if endpoint.method == "GET" { nobody.get(&path).await } else { nobody.post(&path).await };
            assert_eq!(response.status_code(), 401, "nobody: {} {path}", endpoint.method);
        }
    })
    .await;
}

#[tokio::test]
async fn a_moderators_day_is_not_another_moderators() {
    each_db(|db| async move {
        let app = TestApp::over(db);
        let moderator = app.account(Role::Moderator).await;
        let browser = app.signed_in(Role::Moderator).await;
        let own = app.day(Some(moderator.id)).await;
        let other = app.day(None).await;
        for (path, permission) in PAGES {
            let Some(permission) = permission else { continue };
            if !path.contains("{id}") || scope(Role::Moderator, *permission) != Some(Scope::Day) {
                continue;
            }
            let at = |day: &crate::test_app::OngoingDay| {
                let id = match path.split('/').nth(1) {
                    Some("days") => day.day.0,
                    Some("sessions") => day.session.0,
                    Some("heard") => day.item.0,
                    _ => return None,
                };
                Some(path.replace("{id}", &id.to_string()))
            };
            let (Some(own), Some(other)) = (at(&own), at(&other)) else { continue };
            assert_eq!(browser.get(&own).await.status_code(), 200, "{own}");
            assert_eq!(browser.get(&other).await.status_code(), 404, "{other}");
        }
        let board = browser.get("/heard").await.text();
        assert!(board.contains(&own.item.to_string()) && !board.contains(&other.item.to_string()));
    })
    .await;
}

#[tokio::test]
async fn a_responder_sees_their_units_items_alone() {
    each_db(|db| async move {
        let app = TestApp::over(db);
        let responder = app.account(Role::Responder).await;
        let browser = app.signed_in(Role::Responder).await;
        let own = app.day(None).await;
        let other = app.day(None).await;
        let mut tx = app.db.begin().await.expect("tx");
        let owner = app::follow_up::heard::assignment::ItemOwner::Account(responder.id);
        let item = app::testing::fixture::heard_item(&mut tx, own.item).await.seen();
        app::follow_up::heard::assignment::assign(&mut tx, &crate::test_app::SYSTEM, now(), item, owner, "").await.expect("assigned");
        tx.commit().await.expect("commit");
        assert_eq!(browser.get(&format!("/heard/{}", own.item)).await.status_code(), 200);
        assert_eq!(browser.get(&format!("/heard/{}", other.item)).await.status_code(), 404);
        let draft = [("act", "draft"), ("kind", "question"), ("text", "Which chat do you mean?"), ("item_revision", "3")];
        assert_eq!(submit(&browser, &format!("/heard/{}", own.item), &draft).await.status_code(), 303);
        assert_eq!(submit(&browser, &format!("/heard/{}", other.item), &draft).await.status_code(), 404);
    })
    .await;
}

/// The table in docs/permissions.md is this one. When it fails, paste what it prints.
#[test]
fn the_documents_show_the_table_as_it_is() {
    let word = |scope: Option<Scope>| scope.map_or("–", Scope::as_str);
    let mut table = String::from(
        "| what | administrator | staff | moderator | responder | viewer | panelist | invitee | owner by link | nominator by link |\n|---|---|---|---|---|---|---|---|---|---|\n",
    );
    for row in PERMISSIONS {
        let cells =
            [row.administrator, row.staff, row.moderator, row.responder, row.viewer, row.panelist, row.invitee, row.owner, row.nominator]
                .map(word);
        table.push_str(&format!("| {} | {} |\n", row.words, cells.join(" | ")));
    }
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/permissions.md")).expect("docs/permissions.md");
    assert!(text.contains(&table), "docs/permissions.md should contain\n\n{table}");
}
