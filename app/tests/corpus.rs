//! A shelf of nasty files, all made up: each is imported, and its rows end as the table says, or it is refused in words.
#![cfg(feature = "store")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use app::access::account::Actor;
use app::db::Db;
use app::kernel::clock::now;
use app::kernel::error::Error;
use app::kernel::ids::ProgramId;
use app::listening::author;
use app::listening::customer::{self, store::CustomerSearch};
use app::listening::import::import_file::{ImportOptions, LayoutOptions, import_file};
use app::listening::import::mapping::preset::Preset;
use app::listening::import::outcome::rows::SkippedRowsFile;
use app::listening::import::{ImportCounts, ImportField, ImportNotes, ImportRun, store};
use app::listening::mention::{self, store::ListedMention, store::MentionSearch};
use app::recruiting::candidate::{self, CandidateIdentity, act::AddToShortlist};
use app::testing::{each_db, fixture, whole_file};

const ACTOR: Actor = Actor::System("test");

/// Rows created, duplicate, excluded and rejected; or what the refusal says.
type Ends = Result<[i64; 4], &'static str>;

const FILES: &[(&str, Ends)] = &[
    ("archive-comments.json", Ok([2, 0, 0, 0])),
    ("blank-lines.csv", Err("empty")),
    ("bomb.csv.gz", Err("unpacks to more than 32 MB")),
    ("brandwatch.csv", Ok([2, 0, 1, 0])),
    ("broken-xml.xlsx", Err("damaged")),
    ("chat-lines.txt", Ok([2, 0, 0, 2])),
    ("chat.json", Ok([2, 0, 0, 1])),
    ("cover-sheet.xlsx", Ok([3, 0, 0, 0])),
    ("crm.csv", Ok([2, 1, 0, 1])),
    ("cut-off.csv.gz", Err("cannot be unpacked")),
    ("cut-off.xlsx", Err("damaged")),
    ("cut-off.zip", Err("damaged")),
    ("damaged-ids.csv", Ok([3, 0, 0, 0])),
    ("dates-month-first.csv", Ok([3, 0, 0, 0])),
    ("dates-two-ways.csv", Err("are ambiguous")),
    ("dotted-times.csv", Ok([2, 0, 0, 0])),
    ("duplicates.csv", Ok([3, 1, 0, 0])),
    ("empty.csv", Err("empty")),
    ("empty.zip", Err("empty")),
    ("error-page.csv", Err("web page")),
    ("far-cell.xlsx", Err("more than 2,000 columns")),
    ("formulas.csv", Ok([2, 0, 0, 2])),
    ("german-two-columns.csv", Ok([2, 0, 0, 2])),
    ("half-emoji.jsonl", Ok([2, 0, 0, 0])),
    ("half-rows.csv", Ok([2, 0, 0, 3])),
    ("header-only.csv", Ok([0, 0, 0, 0])),
    ("japanese-reviews.csv", Ok([2, 0, 0, 0])),
    ("korean-reviews.csv", Ok([2, 0, 0, 0])),
    ("large-cell.xlsx", Err("more than 1 MB")),
    ("late-zone.csv", Err("which can mean India, Israel or Ireland")),
    ("letters-of-the-world.csv", Ok([3, 0, 0, 0])),
    ("links-in-cells.csv", Ok([2, 0, 0, 0])),
    ("listing.json", Ok([2, 0, 0, 0])),
    ("mac-roman.csv", Ok([2, 0, 0, 0])),
    ("meltwater-newer-junk-row.csv", Ok([3, 0, 0, 0])),
    ("meltwater-older.csv", Ok([3, 0, 0, 0])),
    ("mixed-encodings.csv", Ok([4, 0, 0, 0])),
    ("mojibake.csv", Ok([3, 0, 0, 0])),
    ("newsletter.csv", Ok([3, 0, 0, 0])),
    ("no-header.csv", Ok([4, 0, 0, 0])),
    ("no-sheet-xml.xlsx", Err("damaged")),
    ("nothing.zip", Err("photo.png, notes.docx")),
    ("nul-bytes.csv", Ok([3, 0, 0, 0])),
    ("odd-dates.csv", Ok([4, 0, 0, 6])),
    ("offset-beside-zone.csv", Ok([2, 0, 0, 0])),
    ("offset-in-name.csv", Ok([2, 0, 0, 0])),
    ("old-excel.xls", Err("old Excel")),
    ("old-mac-line-ends.csv", Ok([2, 0, 0, 0])),
    ("one.zip", Ok([2, 0, 0, 0])),
    ("picture.csv", Err("not text")),
    ("polish-months.csv", Ok([2, 0, 0, 0])),
    ("posts.csv.gz", Ok([2, 0, 0, 0])),
    ("posts.json", Ok([4, 0, 0, 0])),
    ("posts.ndjson", Ok([4, 0, 0, 1])),
    ("praise-and-criticism.csv", Ok([2, 0, 0, 0])),
    ("r-table.csv", Ok([1, 0, 0, 1])),
    ("reviews-without-author.csv", Ok([2, 0, 0, 1])),
    ("roster.csv", Ok([2, 0, 0, 1])),
    ("settings.json", Err("does not have one object per mention")),
    ("sprinklr.xlsx", Ok([2, 0, 0, 1])),
    ("statuses-and-users.json", Ok([2, 0, 0, 0])),
    ("statuses.jsonl", Ok([2, 0, 0, 0])),
    ("stored.zip", Ok([2, 0, 0, 0])),
    ("survey-three-headers.csv", Ok([2, 0, 0, 1])),
    ("talkwalker.csv", Ok([3, 0, 0, 0])),
    ("threads-of-comments.json", Ok([2, 0, 0, 0])),
    ("threads.ndjson", Ok([4, 0, 0, 1])),
    ("two.zip", Err("january.csv, february.csv")),
    ("wide.csv", Ok([4, 0, 0, 0])),
    ("wide.xlsx", Ok([2, 0, 0, 0])),
    ("windows-1252.csv", Ok([2, 0, 0, 0])),
    ("workbook-in-zip.zip", Ok([2, 0, 0, 1])),
    ("youscan.csv", Ok([4, 0, 0, 0])),
    ("zone-of-several.csv", Err("can mean India, Israel or Ireland")),
];

fn shelf() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus")
}

async fn import(db: &Db, name: &str) -> Result<(ImportCounts, ImportNotes), Error> {
    let options = ImportOptions { organisation: Some("Dell".into()), ..ImportOptions::default() };
    import_file(db, &ACTOR, &shelf().join(name), options).await.map(|done| (done.counts, done.notes))
}

async fn program(db: &Db) -> ProgramId {
    app::program::store::list(&mut db.read().await.expect("a transaction")).await.expect("programs")[0].id
}

async fn last_run(db: &Db) -> ImportRun {
    let program = program(db).await;
    store::list(&mut db.read().await.expect("a transaction"), program, "", None, 1, 0).await.expect("runs").remove(0)
}

/// The mentions of the last import, by line.
async fn mentions(db: &Db) -> Vec<ListedMention> {
    let wanted = MentionSearch { run: Some(last_run(db).await.id), ..MentionSearch::default() };
    let mut mentions = mention::store::list(&mut db.read().await.expect("a transaction"), &wanted, 1000, 0).await.expect("posts");
    mentions.sort_by_key(|mention| mention.mention.line);
    mentions
}

#[test]
fn every_file_on_the_shelf_is_in_the_table() {
    let there: BTreeSet<String> =
        std::fs::read_dir(shelf()).expect("a shelf").map(|file| file.expect("a file").file_name().to_string_lossy().into_owned()).collect();
    let listed: BTreeSet<String> = FILES.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(there, listed);
}

#[tokio::test]
async fn every_row_of_every_file_is_accounted_for() {
    let mut invalid = Vec::new();
    for (name, ends) in FILES {
        let invalid = &std::sync::Mutex::new(&mut invalid);
        each_db(|db| async move {
            let reported = match import(&db, name).await {
                Ok((counts, _)) => {
                    let all = counts.created + counts.updated + counts.duplicate + counts.excluded + counts.rejected;
                    assert_eq!(all, counts.rows, "{name}: {counts:?}");
                    Ok([counts.created, counts.duplicate, counts.excluded, counts.rejected])
                }
                Err(error) => Err(error.message()),
            };
            let as_said = match (&reported, ends) {
                (Ok(reported), Ok(ends)) => reported == ends,
                (Err(reported), Err(part)) => reported.contains(part),
                _ => false,
            };
            if !as_said {
                invalid.lock().expect("nobody panicked").push(format!("{name}: {reported:?} instead of {ends:?}"));
            }
        })
        .await;
    }
    assert!(invalid.is_empty(), "{}", invalid.join("\n"));
}

#[tokio::test]
async fn vendors_are_known_and_their_columns_read() {
    each_db(|db| async move {
        for (name, preset, from, reach, engagement) in [
            ("brandwatch.csv", Some(Preset::Brandwatch), "the export says so", Some(1_799), Some(4)),
            ("meltwater-newer-junk-row.csv", Some(Preset::MeltwaterNewer), "the export says so", Some(12_599), Some(5)),
            ("meltwater-older.csv", Some(Preset::MeltwaterOlder), "the export says so", Some(12_599), Some(4)),
            ("talkwalker.csv", Some(Preset::Talkwalker), "the export says so", Some(12_599), Some(2)),
            ("youscan.csv", Some(Preset::YouScan), "read from the text", None, Some(3)),
            ("sprinklr.xlsx", Some(Preset::Sprinklr), "read from the text", Some(12_599), None),
            ("posts.ndjson", None, "the export says so", None, Some(0)),
        ] {
            import(&db, name).await.expect(name);
            let run = last_run(&db).await;
            assert_eq!(run.mapping.preset.map(|found| found.preset), preset, "{name}");
            let first = mentions(&db).await.remove(0);
            let language = (first.mention.language.as_deref(), first.mention.language_from.map(|from| from.label()));
            assert_eq!((first.handle.as_str(), language), ("zoe_k", (Some("en"), Some(from))), "{name}");
            assert_eq!((first.mention.reach, first.mention.engagement), (reach, engagement), "{name}");
            assert!(first.mention.text.starts_with("The fan of my laptop is loud again"), "{name}: {}", first.mention.text);
        }
    })
    .await;
}

#[tokio::test]
async fn texts_arrive_as_they_were_written() {
    each_db(|db| async move {
        import(&db, "brandwatch.csv").await.expect("imported");
        assert_eq!(mentions(&db).await[0].mention.text, "The fan of my laptop is loud again, please help & again\nsecond line");
        let (_, notes) = import(&db, "mixed-encodings.csv").await.expect("imported");
        assert_eq!(notes, ImportNotes { recoded: 1, ..ImportNotes::default() });
        assert_eq!(mentions(&db).await[2].mention.text, "Früher war das Gerät größer");
        assert_eq!(import(&db, "mojibake.csv").await.expect("imported").1, ImportNotes { mojibake: 1, ..ImportNotes::default() });
        let texts: Vec<String> = mentions(&db).await.into_iter().map(|listed| listed.mention.text).collect();
        assert!(texts.contains(&"I don’t like the new keyboard at all".to_owned()), "what is certain is mended: {texts:?}");
        assert!(texts.contains(&"GrÃ¶ÃŸer und schöner".to_owned()), "what is not is left, and counted: {texts:?}");
        assert_eq!(import(&db, "damaged-ids.csv").await.expect("imported").1, ImportNotes { damaged_ids: 3, ..ImportNotes::default() });
    })
    .await;
}

#[tokio::test]
async fn dates_and_their_zone_are_known_or_said() {
    each_db(|db| async move {
        import(&db, "dates-month-first.csv").await.expect("imported");
        assert_eq!(mentions(&db).await[0].mention.at.to_rfc3339(), "2022-09-01T18:05:00+00:00");
        let options = ImportOptions { day_first: Some(false), time_zone: Some("America/Chicago".into()), ..ImportOptions::default() };
        import_file(&db, &ACTOR, &shelf().join("dates-two-ways.csv"), options.clone()).await.expect("somebody said it");
        assert_eq!(mentions(&db).await[0].mention.at.to_rfc3339(), "2022-03-04T06:00:00+00:00");
        let nowhere = ImportOptions { time_zone: Some("Mars/Olympus".into()), ..options };
        let why = import_file(&db, &ACTOR, &shelf().join("dates-two-ways.csv"), nowhere).await.expect_err("no zone").message();
        assert!(why.contains("Europe/Berlin"), "{why}");
        import(&db, "sprinklr.xlsx").await.expect("imported");
        assert_eq!(mentions(&db).await[0].mention.at.to_rfc3339(), "2022-08-21T19:11:38+00:00");
    })
    .await;
}

#[tokio::test]
async fn what_was_left_out_names_its_line_its_column_and_the_row_it_repeats() {
    each_db(|db| async move {
        import(&db, "odd-dates.csv").await.expect("imported");
        let run = last_run(&db).await;
        let mut tx = db.read().await.expect("a transaction");
        let file = SkippedRowsFile::of_rejected(&mut tx, &ACTOR, run.id).await.expect("a file");
        let mend = whole_file(&mut tx, file).await;
        let reasons = store::count_reasons(&mut tx, run.id).await.expect("reasons");
        assert!(reasons.iter().all(|reason| reason.column_name.as_deref() == Some("Date") && reason.line >= 2));
        assert_eq!(reasons.iter().map(|reason| reason.found).sum::<i64>(), 6);
        assert!(mend.contains("\r\n4,rejected,Date,“31/02/2022” is not a date we can read.,31/02/2022,"), "{mend}");
        drop(tx);
        import(&db, "duplicates.csv").await.expect("imported");
        let run = last_run(&db).await;
        let mut tx = db.read().await.expect("a transaction");
        let file = SkippedRowsFile::of_all(&mut tx, &ACTOR, run.id).await.expect("a file");
        let rows = whole_file(&mut tx, file).await;
        assert!(rows.contains("4,duplicate,,This mention was imported before.,2,this file"), "{rows}");
        drop(tx);
        import(&db, "duplicates.csv").await.expect("imported");
        let run = last_run(&db).await;
        let mut tx = db.read().await.expect("a transaction");
        let file = SkippedRowsFile::of_all(&mut tx, &ACTOR, run.id).await.expect("a file");
        let rows = whole_file(&mut tx, file).await;
        assert!(rows.contains("3,duplicate,,This mention was imported before.,3,duplicates.csv"), "{rows}");
    })
    .await;
}

#[tokio::test]
async fn a_person_says_how_a_file_is_laid_out() {
    let path = std::env::temp_dir().join(format!("weheard-layout-{}.csv", uuid::Uuid::new_v4()));
    let rows = "my list,of remarks\nWer,Wann,Was,Sonst\nrosa,2025-03-01,loud,7\nmax,2025-03-02,quiet,8\n";
    std::fs::write(&path, rows).expect("a file");
    each_db(|db| {
        let path = path.clone();
        async move {
            let reported = |columns: &[(ImportField, &str)]| ImportOptions {
                organisation: Some("Dell".into()),
                layout: LayoutOptions {
                    header_row: Some(2),
                    columns: columns.iter().map(|(field, column)| (*field, (*column).to_owned())).collect(),
                    network: Some("Reddit".into()),
                    ..LayoutOptions::default()
                },
                ..ImportOptions::default()
            };
            let refused = import_file(&db, &ACTOR, &path, reported(&[(ImportField::Text, "Nichts")])).await.expect_err("no such column");
            assert!(refused.message().contains("“Wer”, “Wann”, “Was”, “Sonst”"), "{}", refused.message());
            let columns = [(ImportField::Handle, "Wer"), (ImportField::At, "Wann"), (ImportField::Text, "Was")];
            let done = import_file(&db, &ACTOR, &path, reported(&columns)).await.expect("imported");
            assert_eq!((done.counts.created, done.counts.rejected), (2, 0));
            let listed = mentions(&db).await;
            assert!(listed.iter().all(|listed| listed.mention.network == "reddit"));
            assert_eq!(listed.iter().filter(|listed| listed.handle == "rosa" && listed.mention.text == "loud").count(), 1);
        }
    })
    .await;
    std::fs::remove_file(path).expect("removed");
}

#[tokio::test]
async fn mentions_without_an_author_are_of_nobody_and_nobody_is_invited_for_them() {
    each_db(|db| async move {
        import(&db, "reviews-without-author.csv").await.expect("imported");
        let listed = mentions(&db).await;
        assert!(listed.iter().all(|listed| listed.handle == author::rules::UNKNOWN && listed.mention.network == "googleplay"));
        assert_ne!(listed[0].mention.author_id, listed[1].mention.author_id, "two reviews are not one voice");
        assert_eq!(listed.iter().filter_map(|listed| listed.mention.vendor_sentiment.as_deref()).collect::<Vec<_>>(), ["1 of 5", "5 of 5"]);
        let mut tx = db.begin().await.expect("tx");
        let today = now().date_naive();
        let day = fixture::day(&mut tx, now(), program(&db).await, today + chrono::Duration::days(30), 15).await;
        let who = CandidateIdentity::Author(listed[0].mention.author_id);
        let refused = candidate::act::shortlist(&mut tx, &ACTOR, now(), AddToShortlist { day, who, remark: String::new() }).await;
        assert!(matches!(refused, Err(Error::Conflict(why)) if why.contains("unknown")));
    })
    .await;
}

#[tokio::test]
async fn texts_of_other_tools_arrive_whole() {
    each_db(|db| async move {
        for (name, handle, network, text, at) in [
            ("archive-comments.json", "Jörg Muster", "facebook", "Die Tür klemmt wieder 😠", "2025-10-03T18:22:11+00:00"),
            ("chat-lines.txt", "Nora", "whatsapp", "Der Akku hält keine drei Stunden mehr", "2025-10-03T18:22:00+00:00"),
            ("links-in-cells.csv", "long_tail", "reddit", "The hinge broke twice this year", "2025-10-03T18:22:00+00:00"),
            (
                "praise-and-criticism.csv",
                "Ida B.",
                "reviews.example.org",
                "The screen is fine and the keyboard too\n\nSupport takes weeks to answer a ticket",
                "2025-10-03T00:00:00+00:00",
            ),
            ("dotted-times.csv", "Zoe", "unknown", "La ventola fa rumore da quando ho aggiornato", "2025-10-03T18:22:00+00:00"),
            ("japanese-reviews.csv", "ゆき", "unknown", "バッテリーがすぐに切れてしまい仕事になりません。", "2025-10-03T19:22:00+00:00"),
            ("korean-reviews.csv", "지은", "unknown", "배터리가 너무 빨리 닳아서 하루도 쓰지 못합니다", "2025-10-03T19:22:00+00:00"),
            ("listing.json", "long_tail", "reddit", "The hinge broke twice this year", "2025-10-03T18:22:00+00:00"),
            ("offset-beside-zone.csv", "nora", "reddit", "The fan is loud again today", "2025-10-03T18:22:00+00:00"),
            ("offset-in-name.csv", "lea", "reddit", "The hinge is loose again today", "2025-10-03T18:22:00+00:00"),
            ("polish-months.csv", "Paweł Ż.", "unknown", "Bateria nie wytrzymuje nawet trzech godzin pracy", "2025-10-03T18:22:00+00:00"),
            ("r-table.csv", "nora", "x", "The fan, again, is loud", "2025-10-03T18:22:11+00:00"),
            ("statuses-and-users.json", "11", "x", "The fan of my laptop is loud again", "2025-10-03T18:22:11+00:00"),
            ("threads-of-comments.json", "UCUgw1", "youtube", "The review forgot the fan & the heat", "2025-10-03T18:22:11+00:00"),
            ("statuses.jsonl", "lea", "mastodon", "Le ventilateur fait un bruit affreux & chauffe", "2025-10-03T18:22:11+00:00"),
        ] {
            import(&db, name).await.unwrap_or_else(|error| panic!("{name}: {}", error.message()));
            let first = mentions(&db).await.remove(0);
            let found = (first.handle.as_str(), first.mention.network.as_str(), first.mention.text.as_str(), first.mention.at.to_rfc3339());
            assert_eq!(found, (handle, network, text, at.to_owned()), "{name}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_zone_of_several_is_read_as_somebody_says() {
    each_db(|db| async move {
        let layout = LayoutOptions { zones: vec![("IST".into(), "India".into())], ..LayoutOptions::default() };
        let options = ImportOptions { organisation: Some("Dell".into()), layout, ..ImportOptions::default() };
        import_file(&db, &ACTOR, &shelf().join("zone-of-several.csv"), options).await.expect("somebody said it");
        assert_eq!(mentions(&db).await[0].mention.at.to_rfc3339(), "2025-10-03T12:52:00+00:00");
    })
    .await;
}

#[tokio::test]
async fn a_roster_is_kept_with_all_that_it_says() {
    each_db(|db| async move {
        import(&db, "crm.csv").await.expect("imported");
        let search = CustomerSearch { program: Some(program(&db).await), ..CustomerSearch::default() };
        let people = customer::store::list(&mut db.read().await.expect("a transaction"), &search, 9, 0).await.expect("customers");
        let dana = people.iter().find(|person| person.external_ref == "K1").expect("Dana");
        let details = &dana.details;
        assert_eq!((dana.name.as_str(), dana.products.as_str(), dana.owns_products), ("Dana Novak", "Fjord 14", true));
        assert_eq!((details.phone.as_deref(), details.company.as_deref()), (Some("+420 700 111 222"), Some("Novak s.r.o.")));
        assert_eq!(
            (details.country.as_deref(), details.handle.as_deref(), details.handle_network.as_deref()),
            (Some("Czechia"), Some("dana_n"), Some("x"))
        );
        assert_eq!(details.purchased_at.map(|at| at.date_naive().to_string()).as_deref(), Some("2025-05-13"));
        assert_eq!(details.extra.0.get("Email Opt Out").map(String::as_str), Some("0"), "what has no field is kept");
        // Consent to marketing is no consent to be invited.
        assert!(!dana.consents_to_contact && details.marketing_consent == Some(true));
        assert_eq!(details.consent_story(dana.consents_to_contact), "“Marketing Opt-In”: “Yes”, since 9 January 2024 (marketing only)");
        assert_eq!(dana.survey_scale.scored(dana.survey_answer.as_deref()).as_deref(), Some("9 of 10"));
        let layout = LayoutOptions { marketing_is_consent: true, ..LayoutOptions::default() };
        let options = ImportOptions { layout, ..ImportOptions::default() };
        import_file(&db, &ACTOR, &shelf().join("crm.csv"), options).await.expect("imported again");
        let people = customer::store::list(&mut db.read().await.expect("a transaction"), &search, 9, 0).await.expect("customers");
        assert_eq!(
            people.iter().filter(|person| person.consents_to_contact).map(|person| person.external_ref.as_str()).collect::<Vec<_>>(),
            ["K1"]
        );
    })
    .await;
}
