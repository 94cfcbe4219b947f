//! Two programs through the router: what a page's forms write goes to the program that the page shows. And uploads that are discarded.

use std::path::PathBuf;

use app::access::account::Role;
use app::access::page::nav;
use app::db::Db;
use app::kernel::clock::now;
use app::kernel::ids::ProgramId;
use app::listening::author::network_label;
use app::listening::import::import_file::{ImportOptions, import_file};
use app::testing::{each_db, fixture};
use app::{access::job, listening::import, listening::mention, listening::topic, program, program::day};
use axum_test::TestServer;
use axum_test::multipart::{MultipartForm, Part};

use crate::test_app::{SYSTEM, TestApp, location, submit};

const EXPORT: &str = "Datetime,Tweet Id,Text,Username,sentiment\n\
    2022-03-20 10:00:00+00:00,15700000001,The hinge broke again and support hung up,zoe_k,negative\n\
    2022-03-19 10:00:00+00:00,15700000002,My parcel has been lost for a week,MaxO,negative\n";

fn file() -> PathBuf {
    let path = std::env::temp_dir().join(format!("weheard-listen-http-{}.csv", uuid::Uuid::new_v4()));
    std::fs::write(&path, EXPORT).expect("a file");
    path
}

/// An older program and the newest one, each with mentions.
async fn programs(db: &Db) -> (ProgramId, ProgramId) {
    let mut made = Vec::new();
    for _ in 0..2 {
        let mut tx = db.begin().await.expect("tx");
        let program = fixture::program(&mut tx, now()).await;
        tx.commit().await.expect("commit");
        let path = file();
        import_file(db, &SYSTEM, &path, ImportOptions { program: Some(program), ..ImportOptions::default() }).await.expect("imported");
        std::fs::remove_file(path).expect("removed");
        made.push(program);
    }
    let newest = program::store::list(&mut db.read().await.expect("tx")).await.expect("programs")[0].id;
    assert_eq!(newest, made[1]);
    (made[0], made[1])
}

async fn topics(db: &Db, program: ProgramId) -> Vec<String> {
    let found = topic::store::list(&mut db.read().await.expect("tx"), program).await.expect("topics");
    found.into_iter().map(|topic| topic.name).collect()
}

/// The hidden fields `program` of all forms of a page that write.
async fn carried(browser: &TestServer, page: &str) -> Vec<Option<String>> {
    let html = browser.get(page).await.text();
    html.split("<form ")
        .skip(1)
        .filter_map(|form| form.split_once("</form>").map(|(form, _)| form.to_owned()))
        .filter(|form| form.contains("method=\"post\"") && form.contains("name=\"act\""))
        .map(|form| {
            let field = form.split("<input ").find(|input| input.contains("name=\"program\""))?;
            let value = field.split_once("value=\"")?.1;
            value.split_once('"').map(|(value, _)| value.to_owned())
        })
        .collect()
}

#[tokio::test]
async fn every_form_carries_the_program_that_its_page_shows() {
    each_db(|db| async move {
        let app = TestApp::over(db.clone());
        let (older, newest) = programs(&db).await;
        let browser = app.signed_in(Role::Administrator).await;
        let pages = [
            "/listen/topics",
            "/listen/sentiment",
            "/opt-outs",
            "/listen/triage",
            "/listen/nominations",
            "/inbound",
            "/webhooks?add=1",
            "/listen/segments?min_posts=4&try=yes",
        ];
        for page in pages {
            let joined = |program: ProgramId| format!("{page}{}program={program}", if page.contains('?') { '&' } else { '?' });
            for (address, expected) in [(joined(older), older), (joined(newest), newest), (page.to_owned(), newest)] {
                let found = carried(&browser, &address).await;
                assert!(!found.is_empty() || page.contains("segments"), "{address} has forms");
                assert!(found.iter().all(|program| program.as_deref() == Some(&expected.to_string())), "{address}: {found:?}");
            }
        }
        let upload = browser.get(&format!("/imports?program={older}")).await.text();
        assert!(upload.contains(&format!("action=\"/imports?program={older}\"")));
    })
    .await;
}

/// The addresses of listening that the links of a page lead to, without those of its menu of programs.
fn links(html: &str) -> Vec<String> {
    html.split("href=\"")
        .skip(1)
        .filter_map(|rest| rest.split_once('"').map(|(link, _)| link.replace("&amp;", "&").replace("%2D", "-")))
        .filter(|link| {
            let path = link.split(['?', '#']).next().unwrap_or_default();
            nav::is_of_listening(path.strip_suffix(".csv").unwrap_or(path))
        })
        .collect()
}

#[tokio::test]
async fn a_mention_says_which_network_it_is_from() {
    each_db(|db| async move {
        let app = TestApp::over(db.clone());
        let (_, newest) = programs(&db).await;
        let browser = app.signed_in(Role::Administrator).await;
        let search = mention::store::MentionSearch { program: Some(newest), ..Default::default() };
        let found = mention::store::list(&mut db.read().await.expect("tx"), &search, 1, 0).await.expect("mentions").remove(0).mention;
        let html = browser.get(&format!("/mentions/{}", found.id)).await.text();
        let fact = html.split_once(">Network<").expect("the network is a fact").1;
        let value = fact.split_once("</dd>").expect("its value").0;
        assert!(value.contains(&format!(">{}<", network_label(&found.network))) && found.network == "x", "{value}");
    })
    .await;
}

#[tokio::test]
async fn links_of_listening_stay_in_the_program_that_is_shown() {
    each_db(|db| async move {
        let app = TestApp::over(db.clone());
        let (older, newest) = programs(&db).await;
        let browser = app.signed_in(Role::Administrator).await;
        let mut tx = db.read().await.expect("tx");
        let search = mention::store::MentionSearch { program: Some(older), ..Default::default() };
        let mention = mention::store::list(&mut tx, &search, 1, 0).await.expect("mentions").remove(0).mention;
        let run = import::store::list(&mut tx, older, "", None, 1, 0).await.expect("runs").remove(0);
        drop(tx);
        let id = older.to_string();
        let create = [("act", "create"), ("program", id.as_str()), ("name", "Hinges"), ("phrases", "hinge")];
        let topic = location(&submit(&browser, "/listen/topics", &create).await);
        assert_eq!(submit(&browser, &format!("/mentions/{}", mention.id), &[("act", "add_to_queue")]).await.status_code(), 303);

        // Lists and charts, whether or not they have something to show.
        let lists = nav::SECTIONS[0].entries.iter().flat_map(|entry| entry.also.iter().chain([&entry.to]));
        let lists = lists.flat_map(|list| {
            [format!("{list}?program={older}"), format!("{list}?program={older}&q=nothing-like-it&kind=bot&state=mapping")]
        });
        // Pages about one thing are in the program of the thing, whatever the newest is.
        let things = [
            format!("/authors/{}", mention.author_id),
            format!("/authors/{}/identity-links", mention.author_id),
            format!("/mentions/{}", mention.id),
            format!("/listen/triage/{}", mention.id),
            topic,
            format!("/imports/{}", run.id),
            format!("/imports/{}/rows", run.id),
            format!("/imports/{}/rows/2", run.id),
        ];
        for thing in &things {
            let html = browser.get(thing).await.text();
            assert!(
                html.contains(&format!("<li><a href=\"/programs/{older}\" dir=\"auto\">")),
                "{thing} says in which program it is: {html}"
            );
        }
        for page in lists.chain(things) {
            let response = browser.get(&page).await;
            assert_eq!(response.status_code(), 200, "{page}");
            let found = links(&response.text());
            assert!(found.len() >= 8, "{page}: {found:?}");
            // One link is the switch to the other program.
            let away: Vec<_> = found.iter().filter(|link| !link.contains(&format!("program={older}"))).collect();
            let switch = usize::from(page.contains('?'));
            assert!(
                away.len() <= switch && away.iter().all(|link| link.contains(&format!("?program={newest}"))),
                "{page} leads away: {away:?}"
            );
        }
        // Today's import that waits for its columns.
        let part = Part::bytes(b"a,b\n1,2\n".to_vec()).file_name("later.csv").mime_type("text/csv");
        browser.post(&format!("/imports?program={older}")).multipart(MultipartForm::new().add_part("file", part)).await;
        assert!(browser.get("/").await.text().contains(&format!("/imports?state=mapping&amp;program={older}")));
    })
    .await;
}

#[tokio::test]
async fn lists_of_all_programs_name_them_and_show_one_of_them() {
    each_db(|db| async move {
        let app = TestApp::over(db.clone());
        let browser = app.signed_in(Role::Administrator).await;
        let (one, other) = (app.day(None).await, app.day(None).await);
        let of = async |path: &str| browser.get(path).await.text();
        let first = day::store::find(&mut db.read().await.expect("tx"), one.day).await.expect("read").expect("a day").program_id;
        let links = [
            ("/heard", format!("/heard/{}", one.item), format!("/heard/{}", other.item)),
            ("/sessions", format!("/sessions/{}", one.session), format!("/sessions/{}", other.session)),
        ];
        for (list, here, elsewhere) in links {
            let all = of(list).await;
            assert!(all.contains(&here) && all.contains(&elsewhere) && all.contains("<select name=\"program\">"), "{list}: {all}");
            let chosen = of(&format!("{list}?program={first}")).await;
            assert!(chosen.contains(&here) && !chosen.contains(&elsewhere), "{list}: {chosen}");
            assert!(chosen.contains("href=\"?\" class=\"btn btn-quiet\">Clear"), "{list}: the filter can be cleared: {chosen}");
        }
        assert!(of("/reports").await.contains("<select name=\"program\">"));

        // Filtering days does not open the form that plans one.
        let is_open = |html: &str| {
            html.split("<details")
                .skip(1)
                .filter_map(|rest| rest.split('>').next())
                .any(|tag| tag.contains("page-form") && tag.contains(" open"))
        };
        assert!(!is_open(&of(&format!("/days?program={first}")).await));
        let planning = of(&format!("/days?new=1&program={first}")).await;
        assert!(is_open(&planning) && planning.contains(&format!("value=\"{first}\" selected")), "{planning}");
        assert!(of(&format!("/programs/{first}")).await.contains(&format!("/days?new=1&amp;program={first}")));
    })
    .await;
}

#[tokio::test]
async fn what_is_written_goes_to_the_program_that_was_shown() {
    each_db(|db| async move {
        let app = TestApp::over(db.clone());
        let (older, newest) = programs(&db).await;
        let browser = app.signed_in(Role::Administrator).await;
        let id = older.to_string();
        let create = |program: &str| {
            [("act", "create"), ("program", program), ("name", "Hinges"), ("phrases", "hinge")]
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
        };
        // The page was opened without saying which program; another one has become the newest since.
        let fields = create(&id);
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(submit(&browser, "/listen/topics", &fields).await.status_code(), 303);
        assert_eq!((topics(&db, older).await, topics(&db, newest).await), (vec!["Hinges".to_owned()], vec![]));
        let adopt = [("act", "adopt"), ("program", id.as_str()), ("key", "lost parcel")];
        assert_eq!(submit(&browser, "/listen/long-tail", &adopt).await.status_code(), 303);
        assert_eq!((topics(&db, older).await.len(), topics(&db, newest).await.len()), (2, 0));
        let train = submit(&browser, "/listen/sentiment", &[("act", "train"), ("program", &id)]).await;
        assert_eq!((train.status_code().as_u16(), location(&train)), (303, format!("/listen/sentiment?program={id}")));
        let mut tx = db.read().await.expect("tx");
        let asked = job::store::find_unfinished(&mut tx, job::JobKind::Training, &id).await.expect("read");
        assert!(asked.is_some_and(|job| job.program_id == Some(older)));
        assert!(job::store::find_unfinished(&mut tx, job::JobKind::Training, &newest.to_string()).await.expect("read").is_none());
        drop(tx);

        // A form that does not say is not guessed for; one that is refused comes back for the same program, with what was typed.
        let unsaid = submit(&browser, "/listen/topics", &[("act", "create"), ("name", "Screens"), ("phrases", "screen")]).await;
        assert!(unsaid.status_code() == 422 && unsaid.text().contains("does not say for which program"));
        assert_eq!(
            submit(&browser, "/listen/topics", &[("act", "create"), ("program", &uuid::Uuid::new_v4().to_string())]).await.status_code(),
            404
        );
        let empty = submit(&browser, "/listen/topics", &[("act", "create"), ("program", &id), ("name", ""), ("phrases", "screen")]).await;
        assert_eq!(empty.status_code(), 422);
        assert!(
            empty.text().contains(&format!("name=\"program\" value=\"{id}\"")) && !empty.text().contains(&format!("value=\"{newest}\""))
        );
        assert_eq!(topics(&db, newest).await.len(), 0);
    })
    .await;
}

#[tokio::test]
async fn an_upload_says_for_which_program_it_is_and_is_deleted_when_it_is_discarded() {
    each_db(|db| async move {
        let app = TestApp::over(db.clone());
        let (older, newest) = programs(&db).await;
        let browser = app.signed_in(Role::Staff).await;
        let upload = async |path: &str| {
            let part = Part::bytes(EXPORT.as_bytes()).file_name("later.csv").mime_type("text/csv");
            browser.post(path).multipart(MultipartForm::new().add_part("file", part)).await
        };
        let unsaid = upload("/imports").await;
        assert!(unsaid.status_code() == 422 && unsaid.text().contains("which program the file is for"));
        let received = upload(&format!("/imports?program={older}")).await;
        assert_eq!(received.status_code(), 303);
        let page = location(&received);
        let mut tx = db.read().await.expect("tx");
        let runs = import::store::list(&mut tx, older, "later.csv", None, 9, 0).await.expect("runs");
        assert_eq!((runs.len(), import::store::list(&mut tx, newest, "later.csv", None, 9, 0).await.expect("runs").len()), (1, 0));
        drop(tx);
        let path = import::intake::spool::spooled(&std::env::temp_dir(), &runs[0]);
        assert!(path.exists() && browser.get(&page).await.text().contains("Discard this file"));
        let again = [("act", "reread"), ("kind", "mentions"), ("encoding", "UTF-8"), ("delimiter", "comma"), ("header", "1")];
        assert_eq!(submit(&browser, &page, &again).await.status_code(), 303, "it is read again without the writer");
        assert_eq!(submit(&browser, &page, &[("act", "discard")]).await.status_code(), 303);
        assert!(!path.exists());
        let after = browser.get(&page).await.text();
        assert!(after.contains("discarded") && !after.contains("Go on with it"), "{after}");
        assert_eq!(submit(&browser, &page, &again).await.status_code(), 409);
        assert_eq!(submit(&browser, &page, &[("act", "retry")]).await.status_code(), 409);
    })
    .await;
}

#[tokio::test]
async fn files_of_posts_and_rows_arrive_whole_and_come_back_in() {
    each_db(|db| async move {
        let app = TestApp::over(db.clone());
        let (older, newest) = programs(&db).await;
        let browser = app.signed_in(Role::Staff).await;
        let mentions = browser.get(&format!("/mentions.csv?program={older}")).await;
        assert!(mentions.header("content-disposition").to_str().expect("a name").contains("mentions.csv"));
        let text = mentions.text();
        assert_eq!(text.lines().count(), 3, "{text}");
        assert!(text.find("hinge broke").expect("the newest") < text.find("parcel").expect("and the older"));
        let path = std::env::temp_dir().join(format!("weheard-posts-{}.csv", uuid::Uuid::new_v4()));
        std::fs::write(&path, text).expect("a file");
        let counts = import_file(&db, &SYSTEM, &path, ImportOptions { program: Some(newest), ..ImportOptions::default() })
            .await
            .expect("imported")
            .counts;
        std::fs::remove_file(path).expect("removed");
        assert_eq!((counts.rows, counts.created, counts.rejected), (2, 0, 0), "they are known there");
        let run = import::store::list(&mut db.read().await.expect("tx"), newest, "", None, 1, 0).await.expect("runs").remove(0);
        let rows = browser.get(&format!("/imports/{}/rows.csv", run.id)).await.text();
        assert!(rows.starts_with("\u{feff}Line,Outcome,Column,Reason,Repeats line,Of import,Date,Network"), "{rows}");
        assert_eq!(browser.get(&format!("/imports/{}/rejected.csv", uuid::Uuid::new_v4())).await.status_code(), 404);
    })
    .await;
}

#[tokio::test]
async fn the_listening_page_counts_customers_unless_another_kind_is_chosen() {
    each_db(|db| async move {
        let app = TestApp::over(db.clone());
        let text =
            format!("{EXPORT}2022-03-18 10:00:00+00:00,15700000003,New hinges are in our shop https://t.co/a,BestDellDeals,neutral\n");
        let (program, _) = fixture::import(&db, &text, fixture::dell()).await;
        let browser = app.signed_in(Role::Administrator).await;
        for (query, counted, link) in [
            ("", "Counts mentions by customers only.", "reading=negative&amp;kind=customer&amp;"),
            ("&kind=all", "Counts mentions by all authors, excluded ones too.", "/mentions?reading=negative&amp;since"),
            ("&kind=partner", "one kind only: partners.", "reading=negative&amp;kind=partner&amp;"),
        ] {
            let page = browser.get(&format!("/listen?since=2022-03-01&until=2022-03-31{query}")).await.text();
            assert!(page.contains(counted) && page.contains(link), "{query}: {page}");
            for (kind, count) in [("Customers", 2), ("All authors", 3), ("Partners", 1)] {
                let tab =
                    page.split("aria-label=\"Kind of author\"").nth(1).and_then(|tabs| tabs.split("</nav>").next()).unwrap_or_default();
                let words: String =
                    tab.split('<').filter_map(|part| part.split_once('>')).map(|(_, words)| words).collect::<Vec<_>>().join(" ");
                assert!(words.split_whitespace().collect::<Vec<_>>().join(" ").contains(&format!("{kind} {count}")), "{query}: {words}");
            }
        }
        let author = app::listening::author::store::find_by_handle(&mut db.read().await.expect("tx"), program, "x", "bestdelldeals").await;
        let address = format!("/authors/{}", author.expect("read").expect("the shop").id);
        let page = browser.get(&address).await.text();
        let seen = page.split("name=\"assessment\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("an assessment");
        let overrule = [("act", "overrule"), ("assessment", seen), ("segment", "raver"), ("reason", "Met them")];
        assert_eq!(submit(&browser, &address, &overrule).await.status_code(), 303);
        let late = [("act", "overrule"), ("assessment", seen), ("segment", "ranter"), ("reason", "Read on an older page")];
        let stale = submit(&browser, &address, &late).await;
        assert_eq!(stale.status_code(), 409, "the segment that was shown is no longer in force");
        let set = submit(&browser, &address, &[("act", "set_kind"), ("seen", "partner"), ("kind", "media"), ("reason", "A blog")]).await;
        assert_eq!(set.status_code(), 303);
        assert!(browser.get(&address).await.text().contains("Excluded as media. A blog"), "the reason that was given");
        let stale = submit(&browser, &address, &[("act", "lift_kind"), ("seen", "partner")]).await;
        assert_eq!(stale.status_code(), 409, "somebody else has set another kind");
        assert_eq!(submit(&browser, &address, &[("act", "lift_kind"), ("seen", "media")]).await.status_code(), 303);
    })
    .await;
}
