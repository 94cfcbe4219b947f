//! A mail server that behaves as it is told.

use super::*;

/// How a mail server behaves that lives in the test.
#[derive(Clone)]
pub(super) struct Manner {
    /// Said to EHLO after its own name.
    pub(super) extensions: &'static str,
    /// Said to `RCPT TO` this address.
    pub(super) recipient: fn(&str) -> &'static str,
    pub(super) end: SinkEnd,
}

/// What a mail server does after the dot that ends a message.
#[derive(Clone)]
pub(super) enum SinkEnd {
    Says(&'static str),
    /// Takes it, and hangs up without a word.
    HangsUp,
    /// Says "250" after this long.
    Slow(Duration),
    /// Says "250" when the test lets it.
    Waits(Arc<Semaphore>),
}

impl Default for Manner {
    fn default() -> Self {
        Self { extensions: "", recipient: |_| "250 fine", end: SinkEnd::Says("250 taken") }
    }
}

/// A mail server, and what it took: every message whose end it saw.
pub(super) struct Sink {
    pub(super) url: String,
    pub(super) taken: Arc<Mutex<Vec<String>>>,
}

impl Sink {
    pub(super) fn taken(&self) -> Vec<String> {
        self.taken.lock().expect("no test panicked before").clone()
    }

    /// How many messages to this address it took.
    pub(super) fn taken_for(&self, address: &str) -> usize {
        self.taken().iter().filter(|email| email.contains(&format!("RCPT <{address}>"))).count()
    }

    pub(super) fn client(&self) -> SmtpClient {
        SmtpClient::open(&self.url, "Panel team <panel@example.com>").expect("an address")
    }
}

pub(super) async fn sink(manner: Manner) -> Sink {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("smtp://{}", listener.local_addr().expect("an address"));
    let taken = Arc::new(Mutex::new(Vec::new()));
    let kept = taken.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(converse(stream, kept.clone(), manner.clone()));
        }
    });
    Sink { url, taken }
}

async fn converse(stream: tokio::net::TcpStream, kept: Arc<Mutex<Vec<String>>>, manner: Manner) {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    let mut recipient = String::new();
    let _ = write.write_all(b"220 sink\r\n").await;
    while let Ok(Some(line)) = lines.next_line().await {
        let verb = line.to_uppercase();
        let answer = if verb.starts_with("EHLO") && !manner.extensions.is_empty() {
            format!("250-sink\r\n250 {}", manner.extensions)
        } else if verb.starts_with("RCPT") {
            let address = line.split(['<', '>']).nth(1).unwrap_or_default();
            recipient = format!("RCPT <{address}>\n");
            (manner.recipient)(address).to_owned()
        } else if verb.starts_with("DATA") {
            let _ = write.write_all(b"354 go on\r\n").await;
            let mut email = recipient.clone();
            loop {
                match lines.next_line().await {
                    Ok(Some(line)) if line == "." => break,
                    Ok(Some(line)) => email.push_str(&format!("{line}\n")),
                    // The end never came: nothing is taken.
                    _ => return,
                }
            }
            kept.lock().expect("no test panicked before").push(email);
            match &manner.end {
                SinkEnd::Says(answer) => (*answer).to_owned(),
                SinkEnd::HangsUp => return,
                SinkEnd::Slow(pause) => {
                    tokio::time::sleep(*pause).await;
                    "250 taken at last".to_owned()
                }
                SinkEnd::Waits(leave) => {
                    leave.acquire().await.expect("the test lives").forget();
                    "250 taken at last".to_owned()
                }
            }
        } else {
            "250 fine".to_owned()
        };
        let _ = write.write_all(format!("{answer}\r\n").as_bytes()).await;
    }
}
