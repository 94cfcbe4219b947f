//! From a note that is saved to the other screen that shows it: server-sent events over a real connection.

use std::time::{Duration, Instant};

use app::access::account::Actor;
use app::kernel::clock;
use app::kernel::ids::{NoteId, SessionId};
use app::{panel_day::note, panel_day::session, program::day};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::bench_server::BenchServer;
use crate::load::quantile;
use crate::table::BenchTable;
use crate::{Outcome, milliseconds};

const NOTES: usize = 100;

/// Opens one session's stream, saves notes, and times how long each takes to arrive.
pub async fn bench(server: &BenchServer) -> Outcome<()> {
    let mut screen = Screen::open(server).await?;
    let mut times = Vec::new();
    for _ in 0..NOTES {
        times.push(screen.note(server).await?);
    }
    times.sort_unstable();
    let mut table = BenchTable::new("A note, from saving it to the other screen (aim: 1 s)", &["notes", "p50", "p99"]);
    table.row(&[NOTES.to_string(), milliseconds(quantile(&times, 0.5)), milliseconds(quantile(&times, 0.99))]);
    table.print();
    Ok(())
}

/// A screen that has a session open.
pub struct Screen {
    session: SessionId,
    events: BenchStream,
    notes: usize,
}

impl Screen {
    pub async fn open(server: &BenchServer) -> Outcome<Self> {
        let at = clock::now();
        let mut tx = server.db.begin().await?;
        let mut open = None;
        for day in day::store::list(&mut tx).await? {
            for session in session::store::list(&mut tx, day.id).await? {
                open.get_or_insert(session);
            }
        }
        let open = open.ok_or("the demo has no session")?;
        // Notes of a day long past are locked; the bench works on a copy of the demo, and may turn its clock.
        if session::rules::state(&open, at) != session::SessionState::Live {
            session::store::reschedule(&mut tx, open.id, at - Duration::from_secs(60), at + Duration::from_secs(3600)).await?;
            session::store::unlock(&mut tx, open.id, at, "bench").await?;
        }
        tx.commit().await?;

        let mut stream = TcpStream::connect(server.at).await?;
        let request = format!(
            "GET /sessions/{}/events HTTP/1.1\r\nhost: {}\r\ncookie: {}\r\naccept: text/event-stream\r\n\r\n",
            open.id, server.at, server.cookie
        );
        stream.write_all(request.as_bytes()).await?;
        let mut events = BenchStream { stream, text: String::new() };
        events.wait_for("\r\n\r\n").await?;
        Ok(Self { session: open.id, events, notes: 0 })
    }

    /// Saves a note. Gives how long it took to arrive here.
    pub async fn note(&mut self, server: &BenchServer) -> Outcome<Duration> {
        self.notes += 1;
        let words = format!("bench-{}-{}-said", self.session, self.notes);
        let draft = serde_json::from_value(serde_json::json!({
            "id": NoteId::new(), "at": clock::now().timestamp_millis(), "panelist": null, "speaker": "Team", "kind": "observation", "text": words, "topic": null
        }))?;
        let began = Instant::now();
        let (draft, session): (&note::NoteDraft, _) = (&draft, self.session);
        let actor = &Actor::System("bench");
        server.db.write(|tx, _| Box::pin(note::act::take(tx, actor, clock::now(), session, draft.clone()))).await?;
        self.events.wait_for(&words).await?;
        Ok(began.elapsed())
    }
}

struct BenchStream {
    stream: TcpStream,
    text: String,
}

impl BenchStream {
    async fn wait_for(&mut self, words: &str) -> Outcome<()> {
        let mut buffer = [0; 16 * 1024];
        while !self.text.contains(words) {
            let read = timeout(Duration::from_secs(5), self.stream.read(&mut buffer)).await??;
            if read == 0 {
                return Err(format!("the stream ended before “{words}”: {}", self.text).into());
            }
            self.text.push_str(&String::from_utf8_lossy(&buffer[..read]));
        }
        self.text.clear();
        Ok(())
    }
}
