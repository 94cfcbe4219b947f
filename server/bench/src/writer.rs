//! How long a note waits for the writer while others do what takes long: passwords are set, a large upload is read again, a loud author is
//! erased, a report of thirty is built. All of it in one process on SQLite, whose one writer they share.

use std::fmt::Write as _;
use std::future::Future;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use app::access::account::{self, Actor, Role};
use app::follow_up::report::QuoteChoices;
use app::follow_up::report::act::FinaliseReport;
use app::follow_up::response::rules::ResponseContent;
use app::kernel::clock;
use app::kernel::ids::{PanelDayId, ProgramId};
use app::listening::import::import_file::{ImportOptions, import_file};
use app::listening::import::mapping::columns::ReadingOptions;
use app::listening::import::{self, ImportKind};
use app::privacy::opt_out;
use app::recruiting::panelist::QuotePermission;
use app::testing::fixture;
use app::{follow_up::heard, follow_up::report, follow_up::response, kernel::error, panel_day::note};
use tokio::time::sleep;

use crate::bench_server::BenchServer;
use crate::live::Screen;
use crate::load::quantile;
use crate::table::BenchTable;
use crate::{Outcome, Scratch, milliseconds};

const NOTES: usize = 200;
/// Between two notes.
const PAUSE: Duration = Duration::from_millis(10);
/// Of the upload that is read again.
const UPLOAD_BYTES: usize = 200 << 20;
/// Mentions of the author who is erased.
const MENTIONS: usize = 5_000;
/// Panelists and items of the report.
const THIRTY: usize = 30;
const BENCH: Actor = Actor::System("bench");

/// Prints how long notes waited beside each.
pub async fn bench(server: &BenchServer) -> Outcome<()> {
    let mut table = BenchTable::new(
        "A note, to the other screen, while somebody else in the same process … (aim: nothing holds the writer for more than 50 ms)",
        &["meanwhile", "done", "notes", "p50", "p99", "slowest"],
    );
    let mut screen = Screen::open(server).await?;
    let scratch = Scratch::new()?;
    beside(server, &mut screen, &mut table, "nothing", async || {
        sleep(PAUSE).await;
        Ok(())
    })
    .await?;
    beside_passwords(server, &mut screen, &mut table).await?;
    let program = server.db.write(|tx, _| Box::pin(async { Ok(fixture::program(tx, clock::now()).await) })).await?;
    beside_upload(server, &mut screen, &mut table, program, &scratch).await?;
    beside_erasure(server, &mut screen, &mut table, program, &scratch).await?;

    let day = thirty(server, program).await?;
    let mut number = 0;
    beside(server, &mut screen, &mut table, "builds reports of 30", async || {
        number += 1;
        let cmd = FinaliseReport { day, number, seen: None, quotes: QuoteChoices::default() };
        report::act::finalise_ahead(&server.db, &BENCH, clock::now(), &cmd).await?;
        Ok(())
    })
    .await?;
    table.print();
    Ok(())
}

async fn beside_passwords(server: &BenchServer, screen: &mut Screen, table: &mut BenchTable) -> Outcome<()> {
    // Not the administrator: a new password signs out the devices of its account, and the screen is one of theirs.
    let accounts = account::store::list(&mut server.db.read().await?).await?;
    let staff = accounts.into_iter().find(|account| account.role == Role::Staff).ok_or("the demo has no staff")?;
    let staff = fixture::actor(&staff);
    beside(server, screen, table, "sets passwords", async || {
        let hash = error::blocking(|| account::act::hash_password("a long and good password")).await?;
        let id = staff.account().ok_or("no account")?;
        let (hash, staff) = (&hash, &staff);
        server
            .db
            .write(|tx, _| {
                Box::pin(async move {
                    let cmd = account::act::NewPassword {
                        checked: account::store::find_password(tx, id).await?,
                        hash: hash.clone(),
                        cookie: None,
                    };
                    account::act::set_password(tx, staff, clock::now(), &cmd).await
                })
            })
            .await?;
        Ok(())
    })
    .await
}

async fn beside_upload(
    server: &BenchServer,
    screen: &mut Screen,
    table: &mut BenchTable,
    program: ProgramId,
    scratch: &Scratch,
) -> Outcome<()> {
    let upload = scratch.0.join("upload.csv");
    std::fs::write(&upload, export(UPLOAD_BYTES, usize::MAX))?;
    let run = import::intake::receive(&server.db, &BENCH, program, "upload.csv", &upload, &scratch.0).await?;
    beside(server, screen, table, "reads 200 MB again", async || {
        let cmd = ReadingOptions { kind: ImportKind::Mentions, encoding: "utf-8".into(), delimiter: ',', header: 1, sheet: None };
        let again = import::act::read_again(&server.db, &BENCH, run, &scratch.0, cmd).await?;
        let again = &again;
        server.db.write(|tx, _| Box::pin(import::act::reread(tx, &BENCH, again))).await?;
        Ok(())
    })
    .await
}

async fn beside_erasure(
    server: &BenchServer,
    screen: &mut Screen,
    table: &mut BenchTable,
    program: ProgramId,
    scratch: &Scratch,
) -> Outcome<()> {
    let loud: PathBuf = scratch.0.join("loud.csv");
    std::fs::write(&loud, export(usize::MAX, MENTIONS))?;
    let options = || ImportOptions { program: Some(program), day_first: Some(true), ..ImportOptions::default() };
    import_file(&server.db, &BENCH, &loud, options()).await?;
    let mut erased = false;
    beside(server, screen, table, "erases an author of 5,000 mentions", async || {
        if erased {
            sleep(PAUSE).await;
        } else {
            erased = true;
            opt_out::act::opt_out_in_steps(&server.db, &scratch.0, &BENCH, clock::now(), "x", "loud_heron").await?;
        }
        Ok(())
    })
    .await
}

/// Takes notes while `work` is done again and again, and adds a line to the table.
async fn beside(
    server: &BenchServer,
    screen: &mut Screen,
    table: &mut BenchTable,
    meanwhile: &str,
    mut work: impl AsyncFnMut() -> Outcome<()>,
) -> Outcome<()> {
    let mut times = Vec::with_capacity(NOTES);
    let mut done = 0;
    let notes = async {
        for _ in 0..NOTES {
            let began = Instant::now();
            screen.note(server).await?;
            times.push(began.elapsed());
            sleep(PAUSE).await;
        }
        Ok(())
    };
    until(notes, async {
        loop {
            work().await?;
            done += 1;
        }
    })
    .await?;
    times.sort_unstable();
    table.row(&[
        meanwhile.to_owned(),
        done.to_string(),
        times.len().to_string(),
        milliseconds(quantile(&times, 0.5)),
        milliseconds(quantile(&times, 0.99)),
        milliseconds(times.last().copied().unwrap_or_default()),
    ]);
    Ok(())
}

/// Ends with the first of the two, or with the first failure.
async fn until(first: impl Future<Output = Outcome<()>>, second: impl Future<Output = Outcome<()>>) -> Outcome<()> {
    tokio::select! {
        ended = first => ended,
        ended = second => ended,
    }
}

/// Mentions of one author, with dates that can be read in two ways, until there are so many bytes or rows.
fn export(bytes: usize, rows: usize) -> String {
    let mut text = String::from("Date,Tweet Id,Text,Username\n");
    for row in 0..rows {
        if text.len() >= bytes {
            break;
        }
        let (month, day) = (1 + row % 12, 1 + row / 12 % 12);
        let _ = writeln!(
            text,
            "{day:02}/{month:02}/2022 10:{:02},77{row:08},My laptop number {row} died again and support hung up,loud_heron",
            row % 60
        );
    }
    text
}

/// A day with thirty panelists and as many answered items.
async fn thirty(server: &BenchServer, program: ProgramId) -> Outcome<PanelDayId> {
    let at = clock::now();
    let mut tx = server.db.begin().await?;
    let day = fixture::day(&mut tx, at, program, at.date_naive() + chrono::Duration::days(1), 30).await;
    let session = fixture::session(&mut tx, at, day, None).await;
    for number in 0..THIRTY {
        let panelist = fixture::panelist(&mut tx, at, day, &format!("Kind Otter{number}"), QuotePermission::Anonymous).await;
        let stated = note::NoteWording {
            panelist: Some(panelist),
            speaker: String::new(),
            kind: note::NoteKind::Quote,
            text: format!("Support does not see my chat, case {number}"),
            topic: None,
        };
        let draft = note::NoteDraft { id: app::kernel::ids::NoteId::new(), at: at.timestamp_millis(), wording: stated };
        let note = note::act::take(&mut tx, &BENCH, at, session, draft).await?.id;
        let cmd = heard::act::DraftItem {
            panel_day: day,
            text: format!("Support does not see the chat, {number}"),
            topic: String::new(),
            notes: vec![note],
        };
        let item = heard::act::draft(&mut tx, &BENCH, at, cmd).await?;
        let item = heard::act::open(&mut tx, &BENCH, at, item.seen()).await?;
        let content = ResponseContent {
            kind: response::ResponseKind::Exists,
            text: "Agents see it already.".into(),
            link: "https://example.com/chat".into(),
            decline_reason: None,
            owner: String::new(),
            due: None,
            change_reason: String::new(),
        };
        let version = fixture::response_draft(&mut tx, &BENCH, at, item.id, content).await?;
        fixture::published(&mut tx, &BENCH, at, &version).await;
    }
    tx.commit().await?;
    Ok(day)
}
