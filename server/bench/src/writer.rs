//! How long a note waits for the writer while others do what takes long: passwords are set, a large upload is read again, a loud author is
//! erased, a report of thirty is built. All of it in one process on SQLite, whose one writer they share.

use std::fmt::Write as _;
use std::future::Future;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use app::account::{self, Actor, Role};
use app::clock;
use app::import::act::{Options, Reread, import_file};
use app::import::{self, Kind};
use app::panelist::QuotePermission;
use app::report::QuoteChoices;
use app::report::act::Freeze;
use app::response::rules::Content;
use app::testing::fixture;
use app::{error, heard, note, report, response, retention};
use tokio::time::sleep;

use crate::house::House;
use crate::live::Screen;
use crate::load::quantile;
use crate::table::Table;
use crate::{Outcome, Scratch, milliseconds};

const NOTES: usize = 200;
/// Between two notes.
const PAUSE: Duration = Duration::from_millis(10);
/// Of the upload that is read again.
const UPLOAD_BYTES: usize = 200 << 20;
/// Posts of the author who is erased.
const POSTS: usize = 5_000;
/// Panelists and items of the report.
const THIRTY: usize = 30;
const BENCH: Actor = Actor::System("bench");

/// Prints how long notes waited beside each.
pub async fn bench(house: &House) -> Outcome<()> {
    let mut table = Table::new(
        "A note, to the other screen, while somebody else in the same process … (aim: nothing holds the writer for more than 50 ms)",
        &["meanwhile", "done", "notes", "p50", "p99", "slowest"],
    );
    let mut screen = Screen::open(house).await?;
    let scratch = Scratch::new()?;
    beside(house, &mut screen, &mut table, "nothing", async || {
        sleep(PAUSE).await;
        Ok(())
    })
    .await?;

    // Not of the administrator: a new password ends the logins of its account, and the screen's is theirs.
    let accounts = account::store::list(&mut house.db.read().await?).await?;
    let staff = accounts.into_iter().find(|account| account.role == Role::Staff).ok_or("the demo has no staff")?;
    let staff = fixture::actor(&staff);
    beside(house, &mut screen, &mut table, "sets passwords", async || {
        let hash = error::blocking(|| account::act::hash_password("a long and good password")).await?;
        let id = staff.account().ok_or("no account")?;
        let (hash, staff) = (&hash, &staff);
        house
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
    .await?;

    let program = house.db.write(|tx, _| Box::pin(async { Ok(fixture::program(tx, clock::now()).await) })).await?;
    let upload = scratch.0.join("upload.csv");
    std::fs::write(&upload, export(UPLOAD_BYTES, usize::MAX))?;
    let run = import::arrive::receive(&house.db, &BENCH, program, "upload.csv", &upload, &scratch.0).await?;
    beside(house, &mut screen, &mut table, "reads 200 MB again", async || {
        let cmd = Reread { kind: Kind::Mentions, encoding: "utf-8".into(), delimiter: ',', header: 1 };
        let again = import::act::read_again(&house.db, &BENCH, run, &scratch.0, cmd).await?;
        let again = &again;
        house.db.write(|tx, _| Box::pin(import::act::reread(tx, &BENCH, again))).await?;
        Ok(())
    })
    .await?;

    let loud: PathBuf = scratch.0.join("loud.csv");
    std::fs::write(&loud, export(usize::MAX, POSTS))?;
    let options = || Options { program: Some(program), day_first: Some(true), ..Options::default() };
    import_file(&house.db, &BENCH, &loud, options()).await?;
    let mut erased = false;
    beside(house, &mut screen, &mut table, "erases an author of 5,000 posts", async || {
        if erased {
            sleep(PAUSE).await;
        } else {
            erased = true;
            retention::act::object_in_steps(&house.db, &scratch.0, &BENCH, clock::now(), "x", "loud_heron").await?;
        }
        Ok(())
    })
    .await?;

    let day = thirty(house, program).await?;
    let mut number = 0;
    beside(house, &mut screen, &mut table, "builds reports of 30", async || {
        number += 1;
        let cmd = Freeze { day, number, seen: None, quotes: QuoteChoices::default() };
        report::act::freeze_ahead(&house.db, &BENCH, clock::now(), &cmd).await?;
        Ok(())
    })
    .await?;
    table.print();
    Ok(())
}

/// Takes notes while `work` is done again and again, and adds a line to the table.
async fn beside(
    house: &House,
    screen: &mut Screen,
    table: &mut Table,
    meanwhile: &str,
    mut work: impl AsyncFnMut() -> Outcome<()>,
) -> Outcome<()> {
    let mut times = Vec::with_capacity(NOTES);
    let mut done = 0;
    let notes = async {
        for _ in 0..NOTES {
            let began = Instant::now();
            screen.note(house).await?;
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

/// Posts of one author, with dates that can be read in two ways, until there are so many bytes or rows.
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
async fn thirty(house: &House, program: app::ids::ProgramId) -> Outcome<app::ids::PanelDayId> {
    let at = clock::now();
    let mut tx = house.db.begin().await?;
    let day = fixture::day(&mut tx, at, program, at.date_naive() + chrono::Duration::days(1), 30).await;
    let session = fixture::session(&mut tx, at, day, None).await;
    for number in 0..THIRTY {
        let panelist = fixture::panelist(&mut tx, at, day, &format!("Kind Otter{number}"), QuotePermission::Anonymous).await;
        let said = note::Said {
            panelist: Some(panelist),
            speaker: String::new(),
            kind: note::Kind::Quote,
            text: format!("Support does not see my chat, case {number}"),
            topic: None,
        };
        let draft = note::Draft { id: app::ids::NoteId::new(), at: at.timestamp_millis(), said };
        let note = note::act::take(&mut tx, &BENCH, at, session, draft).await?.id;
        let cmd = heard::act::Draft {
            panel_day: day,
            text: format!("Support does not see the chat, {number}"),
            topic: String::new(),
            notes: vec![note],
        };
        let item = heard::act::draft(&mut tx, &BENCH, at, cmd).await?;
        let item = heard::act::open(&mut tx, &BENCH, at, item.seen()).await?;
        let content = Content {
            kind: response::Kind::Exists,
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
