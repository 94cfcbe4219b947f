//! Real listening exports, where they are at hand (`WEHEARD_DATA`, default `../shared/data` beside the repository).
//! Says which of the two it did; without the data there is nothing to check.
#![cfg(feature = "store")]

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use app::access::account::Actor;
use app::db::Db;
use app::kernel::clock::now;
use app::kernel::ids::ProgramId;
use app::listening::author::evaluation::{KindEvaluation, LabelledAuthors, evaluate};
use app::listening::author::measure::RecognitionScore;
use app::listening::author::{self, AuthorKind};
use app::listening::import::import_file::{ImportOptions, import_file};
use app::listening::import::mapping::columns::MappingOrigin;
use app::listening::import::mapping::preset::Preset;
use app::listening::import::{self, ImportCounts, ImportState};
use app::listening::mention::{self, Mention};
use app::listening::segment::store::{SegmentFilter, SegmentSearch};
use app::listening::sentiment::act::{EvaluationSample, read};
use app::listening::sentiment::evaluation;
use app::listening::sentiment::evaluation::LabelledText;
use app::listening::sentiment::{Sentiment, SentimentComparison};
use app::program::Segment;
use app::testing::{each_db, fixture};

fn data(name: &str) -> Option<PathBuf> {
    let root = std::env::var("WEHEARD_DATA").map_or_else(
        |_| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data")),
        |given| {
            let given = PathBuf::from(given);
            if given.is_absolute() { given } else { PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/..")).join(given) }
        },
    );
    let path = root.join("listening").join(name);
    if path.exists() {
        return Some(path);
    }
    eprintln!("no real data at {}: not checked", path.display());
    None
}

/// The labels of authors, which are beside the listening files.
fn labels() -> Option<PathBuf> {
    let path = data("dell-tweets-2022.csv")?.parent()?.parent()?.join("field").join("authors.csv");
    if path.exists() {
        return Some(path);
    }
    eprintln!("no labelled authors at {}: not checked", path.display());
    None
}

fn sum(counts: &ImportCounts) -> i64 {
    counts.created + counts.updated + counts.duplicate + counts.excluded + counts.rejected
}

#[tokio::test]
async fn every_row_of_the_dell_file_is_accounted_for_and_a_second_import_creates_nothing() {
    let Some(path) = data("dell-tweets-2022.csv") else { return };
    each_db(|db| {
        let path = path.clone();
        async move {
            let actor = Actor::System("test");
            let options = ImportOptions { organisation: Some("Dell".into()), ..ImportOptions::default() };
            let first = import_file(&db, &actor, &path, options.clone()).await.expect("imported");
            assert_eq!((first.counts.rows, sum(&first.counts)), (14_363, 14_363));
            assert!(first.counts.rejected <= 2 && first.counts.excluded >= 50, "own accounts are excluded");
            let second = import_file(&db, &actor, &path, options).await.expect("imported again");
            assert_eq!((second.counts.rows, sum(&second.counts)), (14_363, 14_363));
            assert_eq!((second.counts.created, second.counts.updated), (0, 0));
            assert_eq!(second.counts.rejected, first.counts.rejected);

            let mut tx = db.read().await.expect("a transaction");
            let program = app::program::store::list(&mut tx).await.expect("programs")[0].id;
            for own in ["dellclients", "dell_in", "dellsmallbiz", "delltech"] {
                let author = author::store::find_by_handle(&mut tx, program, "x", own).await.expect("read").expect(own);
                assert_eq!(author.kind, AuthorKind::Own, "{own}");
            }
            for segment in [Segment::Ranter, Segment::Raver] {
                let search = SegmentSearch::of(program, SegmentFilter::In(segment));
                let authors = app::listening::segment::store::rank(&mut tx, &search, 15, 0).await.expect("a ranking");
                assert_eq!(authors.len(), 15, "{segment}");
                assert!(
                    authors.iter().all(|author| !author.reasons.is_empty() && author.mentions >= 3 && author.kind == AuthorKind::Customer)
                );
            }
        }
    })
    .await;
}

#[tokio::test]
async fn every_row_of_the_airline_file_is_accounted_for() {
    let Some(path) = data("airline-tweets-2015.csv") else { return };
    each_db(|db| {
        let path = path.clone();
        async move {
            let done = import_file(&db, &Actor::System("test"), &path, ImportOptions::default()).await.expect("imported");
            assert_eq!((done.counts.rows, sum(&done.counts)), (14_564, 14_564));
            assert_eq!(done.counts.duplicate, 154);
        }
    })
    .await;
}

/// Labels are for measuring only. The rules were not fitted to them, so all labels that are sure measure; halves show how far chance goes.
#[tokio::test]
async fn authors_that_are_no_customers_are_recognised_on_the_dell_file() {
    let (Some(path), Some(labels)) = (data("dell-tweets-2022.csv"), labels()) else { return };
    each_db(|db| {
        let (path, labels) = (path.clone(), labels.clone());
        async move {
            let actor = Actor::System("test");
            let options = ImportOptions { organisation: Some("Dell".into()), ..ImportOptions::default() };
            import_file(&db, &actor, &path, options).await.expect("imported");
            let program = app::program::store::list(&mut db.read().await.expect("a transaction")).await.expect("programs")[0].id;
            let sample = LabelledAuthors { file: labels, handle: "handle".into(), kind: "kind".into(), sure: Some("sure".into()) };
            let found = evaluate(&db, &actor, program, &sample).await.expect("measured");
            for score in
                std::iter::once(("not a customer", found.no_customer)).chain(found.kinds.iter().map(|kind| (kind.kind.label(), kind.score)))
            {
                let (name, score) = score;
                eprintln!("{name}: precision {:.3}, recall {:.3} ({} of {})", score.precision, score.recall, score.right, score.labelled);
            }
            for mistake in &found.mistakes {
                eprintln!("  {} is {}, recognised as {}. {}", mistake.handle, mistake.label, mistake.kind, mistake.why);
            }
            assert!(found.authors >= 140 && found.missing == 0, "{found:?}");
            assert!(found.no_customer.recall >= 0.90 && found.no_customer.precision >= 0.94, "{:?}", found.no_customer);
            every_half(&found);
        }
    })
    .await;
}

/// Twenty random halves of the labels: mean and spread are printed; none is far below.
fn every_half(found: &KindEvaluation) {
    let wrong = |is_customer: bool| found.mistakes.iter().filter(|mistake| (mistake.label == AuthorKind::Customer) == is_customer).count();
    let (missed, false_alarms) = (wrong(false), wrong(true));
    let (others, customers) = (found.no_customer.labelled as usize, found.authors - found.no_customer.labelled as usize);
    let mut random = 42_u64;
    let mut half = |of: usize, wrong: usize| {
        let mut all: Vec<bool> = (0..of).map(|at| at < wrong).collect();
        for at in (1..of).rev() {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            all.swap(at, (random >> 33) as usize % (at + 1));
        }
        all.iter().take(of / 2).filter(|wrong| **wrong).count()
    };
    let (mut recalls, mut precisions) = (Vec::new(), Vec::new());
    for _ in 0..20 {
        let right = (others / 2 - half(others, missed)) as f64;
        recalls.push(right / (others / 2) as f64);
        precisions.push(right / (right + half(customers, false_alarms) as f64));
    }
    for (name, values) in [("recall", &recalls), ("precision", &precisions)] {
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        let (least, most) = values.iter().fold((1.0_f64, 0.0_f64), |(least, most), value| (least.min(*value), most.max(*value)));
        eprintln!("{name} on 20 halves: mean {mean:.3}, from {least:.3} to {most:.3}");
        assert!(least >= 0.80, "{name} {least}");
    }
}

/// What a vendor's file is found to be, and what its mentions say.
struct Expected {
    name: &'static str,
    preset: Preset,
    /// Lowest number of mentions that have each.
    created: i64,
    reach: usize,
    engagement: usize,
}

#[tokio::test]
async fn vendors_lay_out_the_same_posts_each_in_their_own_way() {
    let vendors = [
        Expected { name: "brandwatch.csv", preset: Preset::Brandwatch, created: 380, reach: 380, engagement: 380 },
        Expected { name: "meltwater-2024.csv", preset: Preset::MeltwaterNewer, created: 380, reach: 380, engagement: 0 },
        Expected { name: "meltwater-utf16.csv", preset: Preset::MeltwaterOlder, created: 380, reach: 380, engagement: 380 },
        Expected { name: "sprinklr.xlsx", preset: Preset::Sprinklr, created: 380, reach: 380, engagement: 0 },
        Expected { name: "talkwalker.csv", preset: Preset::Talkwalker, created: 380, reach: 380, engagement: 380 },
    ];
    for expected in vendors {
        let name = expected.name;
        let Some(path) = data(&format!("vendors/{name}")) else { return };
        let expected = &expected;
        each_db(|db| {
            let path = path.clone();
            async move {
                let actor = Actor::System("test");
                let done = import_file(&db, &actor, &path, ImportOptions::default()).await.expect(name);
                let mut tx = db.read().await.expect("a transaction");
                let program = app::program::store::list(&mut tx).await.expect("programs")[0].id;
                let run = import::store::list(&mut tx, program, "", None, 1, 0).await.expect("runs").remove(0);
                assert_eq!(run.state, ImportState::Finished);
                assert_eq!((done.counts.rows, sum(&done.counts)), (400, 400), "{name}");
                assert!(done.counts.created >= expected.created, "{name}: {done:?}");
                assert_eq!(run.mapping.preset.map(|found| found.preset), Some(expected.preset), "{name}");
                let wanted = mention::store::MentionSearch { program: Some(program), ..Default::default() };
                let mentions = mention::store::list(&mut tx, &wanted, 1000, 0).await.expect("posts");
                let have = |test: &dyn Fn(&Mention) -> bool| mentions.iter().filter(|mention| test(&mention.mention)).count();
                eprintln!(
                    "{name}: {:?}, {:?}; language {}, country {}, vendor's sentiment {}, reach {}, engagement {}; dates {:?}, zone {} {:?}",
                    done.counts,
                    done.notes,
                    have(&|mention| mention.language.as_deref() == Some("en")),
                    have(&|mention| mention.country.is_some()),
                    have(&|mention| mention.vendor_sentiment.is_some()),
                    have(&|mention| mention.reach.is_some()),
                    have(&|mention| mention.engagement.is_some()),
                    run.mapping.order_from,
                    run.mapping.time_zone,
                    run.mapping.zone_from,
                );
                assert!(have(&|mention| mention.country.is_some()) >= 380, "{name}");
                assert!(have(&|mention| mention.vendor_sentiment.is_some()) >= 380, "{name}");
                assert!(have(&|mention| mention.reach.is_some()) >= expected.reach, "{name}");
                assert!(have(&|mention| mention.engagement.is_some()) >= expected.engagement, "{name}");
                assert!(mentions.iter().all(|mention| mention.mention.network == "x" && mention.mention.external_id.is_some()), "{name}");
                assert!(mentions.iter().all(|mention| mention.mention.day.format("%Y").to_string() == "2022"), "{name}");
                assert_eq!(run.mapping.order_from, MappingOrigin::File, "{name}");
                drop(tx);

                let again = import_file(&db, &actor, &path, ImportOptions::default()).await.expect(name);
                assert_eq!((again.counts.rows, again.counts.created, again.counts.updated), (400, 0, 0), "{name}: {again:?}");
            }
        })
        .await;
    }
}

/// The mentions of a labelled file.
fn labelled(path: PathBuf, text: &str, label: &str, author: &str) -> Vec<LabelledText> {
    let sample = EvaluationSample { file: path, text: text.into(), label: label.into(), author: Some(author.into()), cross_validate: true };
    read(&sample).expect("a labelled file").0
}

fn figures(name: &str, scores: &SentimentComparison) {
    for (who, score) in [("VADER", &scores.vader), ("model", &scores.model)] {
        let classes: Vec<String> = score.classes.iter().map(|class| format!("{} {:.3}", class.sentiment.label(), class.f1)).collect();
        eprintln!("{name}, {who}: macro-F1 {:.4} ({}), accuracy {:.4}", score.macro_f1, classes.join(", "), score.accuracy);
    }
}

/// By author and with copies kept together. Unoptimised code takes too long for all mentions and learns from a part of them.
#[test]
fn what_is_learned_from_the_dell_file_reads_authors_that_it_does_not_know() {
    let Some(path) = data("dell-tweets-2022.csv") else { return };
    let mentions = labelled(path, "Text", "sentiment", "Username");
    assert!(mentions.len() >= 14_361);
    let (step, bar) = if cfg!(debug_assertions) { (8, 0.66) } else { (1, 0.78) };
    let part: Vec<LabelledText> = mentions.into_iter().step_by(step).collect();
    let scores = evaluation::compare(&part).expect("enough labels");
    figures("Dell", &scores);
    assert!(scores.model.macro_f1 >= bar && scores.model.macro_f1 > scores.vader.macro_f1);
}

/// Rows of the Dell file, each with another sentiment where one is given, as a file to import.
fn dell_file(path: &Path, sentiment: impl Fn(&str, &str) -> Option<Sentiment>) -> String {
    let mut rows = csv::Reader::from_path(path).expect("the Dell file");
    let heads = rows.headers().expect("heads").clone();
    let at = |name: &str| heads.iter().position(|head| head == name).expect("a column");
    let (text, author, label) = (at("Text"), at("Username"), at("sentiment"));
    let mut file = csv::Writer::from_writer(Vec::new());
    file.write_record(&heads).expect("written");
    for row in rows.records().map(|row| row.expect("a row")) {
        let read = sentiment(&row[author].to_lowercase(), &row[text]);
        let other = read.map_or(&row[label], |read| read.as_str());
        let cells = row.iter().enumerate().map(|(place, cell)| if place == label { other } else { cell });
        file.write_record(cells).expect("written");
    }
    String::from_utf8(file.into_inner().expect("written")).expect("UTF-8")
}

/// The authors of a program in each segment, and whether each is a customer.
async fn segments(db: &Db, program: ProgramId) -> HashMap<String, (Segment, bool)> {
    let mut found = HashMap::new();
    let mut tx = db.read().await.expect("a transaction");
    for segment in [Segment::Ranter, Segment::Raver] {
        let search = SegmentSearch { kind: None, ..SegmentSearch::of(program, SegmentFilter::In(segment)) };
        for author in app::listening::segment::store::rank(&mut tx, &search, 20_000, 0).await.expect("a ranking") {
            found.insert(author.name, (segment, author.kind == AuthorKind::Customer));
        }
    }
    found
}

/// How well segments by our own readings are those by the labels of the file: a model reads each author without having known it. Segments decide
/// about customers only, so these are what counts; the others are printed beside them. The aim for ravers, 0.86, is not reached: of all ravers by
/// labels, three in four are partners and media, and 47 customers are left, of whom a few decide.
#[tokio::test]
async fn segments_of_customers_are_those_of_the_labels() {
    let Some(path) = data("dell-tweets-2022.csv") else { return };
    let mentions = labelled(path.clone(), "Text", "sentiment", "Username");
    let readings = evaluation::read_unknown(&mentions).expect("enough labels");
    let read: HashMap<(&str, &str), Sentiment> =
        mentions.iter().zip(readings).map(|(mention, reading)| ((mention.author.as_str(), mention.text.as_str()), reading)).collect();
    let files = [dell_file(&path, |_, _| None), dell_file(&path, |author, text| read.get(&(author, text)).copied())];
    each_db(|db| {
        let files = files.clone();
        async move {
            let mut programs = Vec::new();
            for file in &files {
                let mut tx = db.begin().await.expect("a transaction");
                let program = fixture::program(&mut tx, now()).await;
                tx.commit().await.expect("committed");
                fixture::import(&db, file, ImportOptions { program: Some(program), ..ImportOptions::default() }).await;
                programs.push(segments(&db, program).await);
            }
            let mut reached = Vec::new();
            for segment in [Segment::Ranter, Segment::Raver] {
                let of = |program: &HashMap<String, (Segment, bool)>, only_customers: bool| -> HashSet<String> {
                    let is_in = |(_, (found, customer)): &(&String, &(Segment, bool))| *found == segment && (*customer || !only_customers);
                    program.iter().filter(is_in).map(|(name, _)| name.clone()).collect()
                };
                let score = |only_customers: bool| {
                    let (labelled, taken) = (of(&programs[0], only_customers), of(&programs[1], only_customers));
                    let pairs = labelled.union(&taken).map(|name| (labelled.contains(name), taken.contains(name)));
                    RecognitionScore::of(pairs.collect::<Vec<_>>())
                };
                for (who, score) in [("customers", score(true)), ("all authors", score(false))] {
                    eprintln!(
                        "{segment}, {who}: F1 {:.3}, precision {:.3}, recall {:.3} ({} by labels, {} by readings)",
                        score.f1, score.precision, score.recall, score.labelled, score.taken
                    );
                }
                reached.push(score(true).f1);
            }
            assert!(reached[0] >= 0.90 && reached[1] >= 0.68, "{reached:?}");
        }
    })
    .await;
}

/// Read by people. Measured only: nothing that was trained on it is kept.
#[test]
fn the_airline_file_tells_how_readings_meet_human_labels() {
    let (Some(airline), Some(dell)) = (data("airline-tweets-2015.csv"), data("dell-tweets-2022.csv")) else { return };
    let step = if cfg!(debug_assertions) { 8 } else { 1 };
    let part = |mentions: Vec<LabelledText>| mentions.into_iter().step_by(step).collect::<Vec<_>>();
    let mentions = part(labelled(airline, "text", "airline_sentiment", "name"));
    let trained = evaluation::train(&part(labelled(dell, "Text", "sentiment", "Username"))).expect("trained");
    let scores = SentimentComparison { vader: evaluation::score_vader(&mentions), model: evaluation::score(&trained.model, &mentions) };
    figures("Airlines by a model of Dell", &scores);
    figures("Airlines by cross-validation", &evaluation::compare(&mentions).expect("enough labels"));
    assert!(scores.vader.macro_f1 > 0.42 && scores.model.macro_f1 > scores.vader.macro_f1);
}

/// What we read in another way than the crate, on purpose.
const HABITS: [&str; 18] = [
    "above and beyond",
    "can't wait",
    "cant wait",
    "do better",
    "fed up",
    "get it together",
    "get your act together",
    "hung up on",
    "made my day",
    "never again",
    "no help",
    "stay away from",
    "thank you for nothing",
    "thanks for nothing",
    "thx for nothing",
    "waste of money",
    "waste of time",
    "what a joke",
];

/// Whether a mention has one of them, in whatever capitals and with whatever punctuation around the words.
fn habitual(text: &str) -> bool {
    // VADER passes over words of one letter, and reads an emoji as words of its own.
    let words = |text: &str| {
        let text = text.replace(|c: char| !c.is_ascii(), " ");
        let words = text.split_whitespace().filter(|word| word.len() > 1);
        let words = words.map(|word| word.trim_matches(|c: char| c.is_ascii_punctuation()).to_lowercase());
        format!(" {} ", words.collect::<Vec<_>>().join(" "))
    };
    let text = words(text);
    HABITS.iter().any(|habit| text.contains(&words(habit)))
}

#[test]
fn our_vader_scores_every_real_post_without_a_habit_as_the_crate_does() {
    let theirs = vader_sentimental::SentimentIntensityAnalyzer::new();
    for (name, column) in
        [("dell-tweets-2022.csv", ("Text", "sentiment", "Username")), ("airline-tweets-2015.csv", ("text", "airline_sentiment", "name"))]
    {
        let Some(path) = data(name) else { return };
        let all = labelled(path, column.0, column.1, column.2);
        let mentions: Vec<_> = all.iter().filter(|mention| !habitual(&mention.text)).collect();
        assert!(mentions.len() * 50 > all.len() * 49, "{} of {} mentions have a habit", all.len() - mentions.len(), all.len());
        for mention in mentions {
            let (ours, theirs) =
                (app::listening::sentiment::vader::read(&mention.text).compound, theirs.polarity_scores(&mention.text).compound);
            assert!((ours - theirs).abs() < 1e-9, "{ours} and {theirs}: {}", mention.text);
        }
    }
}

#[tokio::test]
async fn a_post_from_two_vendors_is_one_post() {
    let (Some(first), Some(second)) = (data("vendors/brandwatch.csv"), data("vendors/sprinklr.xlsx")) else { return };
    each_db(|db| {
        let (first, second) = (first.clone(), second.clone());
        async move {
            let actor = Actor::System("test");
            let one = import_file(&db, &actor, &first, ImportOptions::default()).await.expect("imported").counts;
            let two = import_file(&db, &actor, &second, ImportOptions::default()).await.expect("imported").counts;
            assert!(two.created + one.created < 450, "{one:?} {two:?}");
        }
    })
    .await;
}
