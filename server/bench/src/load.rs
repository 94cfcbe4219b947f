//! The other side of a page: clients that ask again and again over connections that stay open.

use std::io::{Error, ErrorKind, Result};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// What one page gave at one number of connections.
pub struct Load {
    pub per_second: f64,
    pub p50: Duration,
    pub p99: Duration,
    /// Bytes of one answer, head and body.
    pub bytes: usize,
}

/// Asks for `path` over `connections` for `span`, after a warm-up of a tenth of it.
pub async fn drive(at: SocketAddr, path: &str, cookie: &str, connections: usize, span: Duration) -> Result<Load> {
    let request = request(at, path, cookie);
    let mut warm = Client::connect(at).await?;
    let until = Instant::now() + span / 10;
    let mut bytes = warm.ask(&request).await?;
    while Instant::now() < until {
        bytes = warm.ask(&request).await?;
    }
    drop(warm);

    let started = Instant::now();
    let until = started + span;
    let clients: Vec<_> = (0..connections)
        .map(|_| {
            let request = request.clone();
            tokio::spawn(async move {
                let mut client = Client::connect(at).await?;
                let mut times = Vec::new();
                while Instant::now() < until {
                    let asked = Instant::now();
                    client.ask(&request).await?;
                    times.push(asked.elapsed());
                }
                Ok::<_, Error>(times)
            })
        })
        .collect();
    let mut times = Vec::new();
    for client in clients {
        times.extend(client.await.map_err(Error::other)??);
    }
    let per_second = times.len() as f64 / started.elapsed().as_secs_f64();
    times.sort_unstable();
    Ok(Load { per_second, p50: quantile(&times, 0.5), p99: quantile(&times, 0.99), bytes })
}

/// The words of a request that keeps its connection.
pub fn request(at: SocketAddr, path: &str, cookie: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nhost: {at}\r\ncookie: {cookie}\r\naccept: text/html\r\n\r\n")
}

/// The time within which this share of all requests was answered. `times` are sorted.
pub fn quantile(times: &[Duration], share: f64) -> Duration {
    let at = (times.len() as f64 * share) as usize;
    times.get(at.min(times.len().saturating_sub(1))).copied().unwrap_or_default()
}

pub struct Client {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Client {
    pub async fn connect(at: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(at).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: Vec::with_capacity(1 << 18) })
    }

    /// One request and its whole answer; the number of bytes. Anything but 200 is an error: a quick 500 is no speed.
    pub async fn ask(&mut self, request: &str) -> Result<usize> {
        self.stream.write_all(request.as_bytes()).await?;
        self.buffer.clear();
        let head = loop {
            if let Some(end) = find(&self.buffer, b"\r\n\r\n") {
                break end + 4;
            }
            self.more().await?;
        };
        let text = String::from_utf8_lossy(&self.buffer[..head]).to_ascii_lowercase();
        if !text.starts_with("http/1.1 200") {
            return Err(Error::other(format!(
                "{} answered {}",
                request.lines().next().unwrap_or_default(),
                text.lines().next().unwrap_or_default()
            )));
        }
        let header = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)).map(|value| value.trim().to_owned());
        if let Some(length) = header("content-length:") {
            let whole = head + length.parse::<usize>().map_err(Error::other)?;
            while self.buffer.len() < whole {
                self.more().await?;
            }
        } else {
            // Chunked: the end is a chunk of length zero, and nothing follows it before the next request.
            while !self.buffer.ends_with(b"0\r\n\r\n") {
                self.more().await?;
            }
        }
        Ok(self.buffer.len())
    }

    /// The last answer, as it came.
    pub fn answer(&self) -> &str {
        std::str::from_utf8(&self.buffer).unwrap_or_default()
    }

    async fn more(&mut self) -> Result<()> {
        match self.stream.read_buf(&mut self.buffer).await? {
            0 => Err(Error::new(ErrorKind::UnexpectedEof, "the server hung up")),
            _ => Ok(()),
        }
    }
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}
