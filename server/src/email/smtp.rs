//! The SMTP client, command by command, so that "sending" is committed between DATA and the end of the message.
//!
//! `SmtpClient::offer` goes as far as the mail server's go-ahead for the message: whatever ends before has certainly not been sent.
//! `Handover::finish` sends the message and waits for the last answer: whatever ends there without an answer may have been sent.

use std::fmt::Display;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use app::access::outbox::OutboxEmail;
use app::access::outbox::rules::{SmtpReply, SmtpStep, SmtpVerdict, explain, verdict};
use app::coded;
use app::kernel::address::email_domain;
use app::kernel::error::{Error, Result};
use app::kernel::message;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use lettre::transport::smtp;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Tls, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail as MailFrom, Noop, Rcpt, Rset};
use lettre::transport::smtp::extension::{ClientId, Extension, MailBodyParameter, MailParameter};
use lettre::transport::smtp::response::{Response, Severity};
use lettre::{Address, Message};
use percent_encoding::percent_decode_str;
use tokio::time::timeout;
use url::{Host, Url};

use super::Email;

/// An open connection that was not needed for this long is closed; mail servers do the same after some minutes.
const IDLE_TIMEOUT: Duration = Duration::from_secs(30);

/// How long a mail server may take.
#[derive(Clone, Copy, Debug)]
pub struct SmtpTimeouts {
    /// To connect, greet, encrypt and sign in.
    pub open: Duration,
    /// To answer MAIL, RCPT or DATA (RFC 5321, 4.5.3.2: 5 minutes).
    pub command: Duration,
    /// To take the message and answer to its end (RFC 5321, 4.5.3.2.6: 10 minutes).
    pub answer: Duration,
}

impl Default for SmtpTimeouts {
    fn default() -> Self {
        let minutes = |minutes: u64| Duration::from_secs(60 * minutes);
        Self { open: minutes(1), command: minutes(5), answer: minutes(10) }
    }
}

/// The mail server, and who the email is from.
pub struct SmtpClient {
    server: Server,
    from: Mailbox,
    limits: SmtpTimeouts,
    /// Connections that have sent something, and since when they are idle.
    idle: Mutex<Vec<(AsyncSmtpConnection, Instant)>>,
}

struct Server {
    host: String,
    port: u16,
    tls: Tls,
    credentials: Option<Credentials>,
    hello: ClientId,
}

/// Why an email certainly did not arrive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SmtpRefusal {
    pub verdict: SmtpVerdict,
    /// For the outbox.
    pub why: message::Message,
}

/// How the end of a message was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SmtpEnding {
    Taken,
    Refused(SmtpRefusal),
    /// It may have been taken: no answer came, for this reason.
    Silent(message::Message),
}

/// A mail server that waits for the message. Dropping it closes the connection without the message's end, and nothing is sent.
pub struct Handover<'a> {
    client: &'a SmtpClient,
    connection: AsyncSmtpConnection,
    message: Vec<u8>,
}

impl SmtpClient {
    /// Prepares a connection to `smtp://…` or `smtps://…`; nothing is opened yet. `from` is `Name <address>`.
    ///
    /// # Errors
    /// `Invalid` on `smtp_url` or `email_from`, for the list of mistakes in the settings.
    pub fn open(url: &str, from: &str) -> Result<Self> {
        let server = Server::read(url).map_err(|why| {
            Error::field("smtp_url", format!("The mail server's address is not understood: {why}. It should look like smtp://localhost:25 or smtps://user:password@mail.example.com."))
        })?;
        let from = from.parse().map_err(|_| {
            Error::field("email_from", format!("“{from}” is not a sender. It should look like Panel team <panel@example.com>."))
        })?;
        Ok(Self { server, from, limits: SmtpTimeouts::default(), idle: Mutex::default() })
    }

    /// With other limits, for tests.
    #[must_use]
    pub fn with_limits(self, limits: SmtpTimeouts) -> Self {
        Self { limits, ..self }
    }

    /// Offers one email to the mail server, up to its go-ahead for the message.
    ///
    /// # Errors
    /// `SmtpRefusal`: it was not sent.
    pub async fn offer(&self, queued: &OutboxEmail, email: &Email) -> Result<Handover<'_>, SmtpRefusal> {
        let to = address(&queued.recipient)?;
        let message = self.message(queued, to.clone(), email)?.formatted();
        let mut connection = self.connect().await?;
        match self.envelope(&mut connection, &to, message.is_ascii()).await {
            Ok(()) => Ok(Handover { client: self, connection, message }),
            Err((refused, usable)) => {
                if usable && let Ok(Ok(_)) = timeout(self.limits.open, connection.command(Rset)).await {
                    self.keep(connection);
                }
                Err(refused)
            }
        }
    }

    /// MAIL, RCPT and DATA. A refusal comes with whether the connection may be used on.
    async fn envelope(&self, connection: &mut AsyncSmtpConnection, to: &Address, ascii: bool) -> Result<(), (SmtpRefusal, bool)> {
        let mut parameters = Vec::new();
        let (to_text, knows) = (to.to_string(), |extension| connection.server_info().supports_feature(extension));
        if !to_text.is_ascii() || !self.from.email.to_string().is_ascii() {
            if !knows(Extension::SmtpUtfEight) {
                let why = coded!("failure-mail-smtputf8", address = to_text);
                return Err((SmtpRefusal { verdict: SmtpVerdict::Unfit, why }, true));
            }
            parameters.push(MailParameter::SmtpUtfEight);
        }
        if !ascii {
            if !knows(Extension::EightBitMime) {
                let why = coded!("failure-mail-8bit");
                return Err((SmtpRefusal { verdict: SmtpVerdict::Unfit, why }, true));
            }
            parameters.push(MailParameter::Body(MailBodyParameter::EightBitMime));
        }
        self.send_command(connection, SmtpStep::Sender, MailFrom::new(Some(self.from.email.clone()), parameters)).await?;
        self.send_command(connection, SmtpStep::Recipient, Rcpt::new(to.clone(), Vec::new())).await?;
        let ahead = self.send_command(connection, SmtpStep::Message, Data).await?;
        if ahead.has_code(354) { Ok(()) } else { Err((later(coded!("failure-mail-not-asked", reply = reply_text(&ahead))), false)) }
    }

    async fn send_command(
        &self,
        connection: &mut AsyncSmtpConnection,
        step: SmtpStep,
        command: impl Display,
    ) -> Result<Response, (SmtpRefusal, bool)> {
        match timeout(self.limits.command, connection.command(command)).await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(error)) => {
                let usable = error.status().is_some_and(|code| u16::from(code) != 421);
                Err((refused(step, &error), usable))
            }
            Err(_) => Err((later(coded!("failure-mail-no-answer", seconds = seconds(self.limits.command))), false)),
        }
    }

    /// A connection that is open already and still answers, or a new one.
    async fn connect(&self) -> Result<AsyncSmtpConnection, SmtpRefusal> {
        while let Some((mut connection, since)) = self.take_idle() {
            if since.elapsed() < IDLE_TIMEOUT && matches!(timeout(self.limits.open, connection.command(Noop)).await, Ok(Ok(_))) {
                return Ok(connection);
            }
        }
        match timeout(self.limits.open, self.server.connect(self.limits.open)).await {
            Ok(Ok(connection)) => Ok(connection),
            Ok(Err(error)) => Err(refused(SmtpStep::Open, &error)),
            Err(_) => Err(later(coded!("failure-mail-no-greeting", seconds = seconds(self.limits.open)))),
        }
    }

    fn keep(&self, connection: AsyncSmtpConnection) {
        if !connection.has_broken() {
            self.idle().push((connection, Instant::now()));
        }
    }

    fn take_idle(&self) -> Option<(AsyncSmtpConnection, Instant)> {
        self.idle().pop()
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<(AsyncSmtpConnection, Instant)>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn message(&self, queued: &OutboxEmail, to: Address, email: &Email) -> Result<Message, SmtpRefusal> {
        let name = queued.recipient_name.trim();
        let to = Mailbox::new((!name.is_empty()).then(|| name.replace(char::is_control, " ")), to);
        let mut message = Message::builder()
            .from(Mailbox { name: email.sender.clone().or_else(|| self.from.name.clone()), email: self.from.email.clone() })
            .to(to)
            .subject(email.subject.clone())
            // The outbox row is the email: when it is sent again it carries the same id, and email programs fold it.
            .message_id(Some(format!("<{}@{}>", queued.id, self.from.email.domain())))
            .raw_header(header("Auto-Submitted", "auto-generated"));
        if let Some(url) = &email.unsubscribe {
            message = message
                .raw_header(header("List-Unsubscribe", &format!("<{url}>")))
                .raw_header(header("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"));
        }
        message
            .multipart(MultiPart::alternative_plain_html(email.text.clone(), email.html.clone()))
            .map_err(|error| SmtpRefusal { verdict: SmtpVerdict::Unfit, why: coded!("failure-mail-not-built", detail = error.to_string()) })
    }
}

impl Handover<'_> {
    /// Sends the message and its end, and waits for the answer.
    pub async fn finish(mut self) -> SmtpEnding {
        let limit = self.client.limits.answer;
        match timeout(limit, self.connection.message(&self.message)).await {
            Ok(Ok(answer)) if answer.code().severity == Severity::PositiveCompletion => {
                self.client.keep(self.connection);
                SmtpEnding::Taken
            }
            Ok(Ok(answer)) => SmtpEnding::Silent(coded!("failure-mail-misunderstood", reply = reply_text(&answer))),
            Ok(Err(error)) if error.status().is_some() => SmtpEnding::Refused(refused(SmtpStep::Message, &error)),
            Ok(Err(error)) => SmtpEnding::Silent(coded!("failure-mail-cut-off", detail = words(&error))),
            Err(_) => SmtpEnding::Silent(coded!("failure-mail-silent", seconds = seconds(limit))),
        }
    }
}

impl Server {
    /// `smtps://user:password@host:port/name-for-EHLO`, or `smtp://…` with `?tls=required` or `?tls=opportunistic` for STARTTLS.
    fn read(text: &str) -> Result<Self, String> {
        let url = Url::parse(text).map_err(|error| error.to_string())?;
        let host = match url.host().ok_or("it names no host")? {
            Host::Domain(name) => name.to_owned(),
            Host::Ipv4(ip) => ip.to_string(),
            Host::Ipv6(ip) => ip.to_string(),
        };
        let parameters = || TlsParameters::new(host.clone()).map_err(|error| error.to_string());
        let tls = url.query_pairs().find(|(name, _)| name == "tls").map(|(_, value)| value.into_owned());
        let (usual, tls) = match (url.scheme(), tls.as_deref()) {
            ("smtps", _) => (465, Tls::Wrapper(parameters()?)),
            ("smtp", None) => (25, Tls::None),
            ("smtp", Some("required")) => (587, Tls::Required(parameters()?)),
            ("smtp", Some("opportunistic")) => (587, Tls::Opportunistic(parameters()?)),
            ("smtp", Some(other)) => return Err(format!("tls={other} is neither required nor opportunistic")),
            (other, _) => return Err(format!("{other} is neither smtp nor smtps")),
        };
        let decoded = |part: &str| percent_decode_str(part).decode_utf8().map(|text| text.into_owned()).map_err(|error| error.to_string());
        let credentials = match url.password() {
            Some(password) => Some(Credentials::new(decoded(url.username())?, decoded(password)?)),
            None => None,
        };
        let hello = match url.path().trim_matches('/') {
            "" => ClientId::default(),
            name => ClientId::Domain(name.to_owned()),
        };
        Ok(Self { port: url.port().unwrap_or(usual), host, tls, credentials, hello })
    }

    async fn connect(&self, limit: Duration) -> Result<AsyncSmtpConnection, smtp::Error> {
        let at_once = match &self.tls {
            Tls::Wrapper(parameters) => Some(parameters.clone()),
            _ => None,
        };
        let at = (self.host.as_str(), self.port);
        let mut connection = AsyncSmtpConnection::connect_tokio1(at, Some(limit), &self.hello, at_once, None).await?;
        match &self.tls {
            Tls::Required(parameters) => connection.starttls(parameters.clone(), &self.hello).await?,
            Tls::Opportunistic(parameters) if connection.can_starttls() => connection.starttls(parameters.clone(), &self.hello).await?,
            _ => {}
        }
        if let Some(credentials) = &self.credentials {
            connection.auth(DEFAULT_MECHANISMS, credentials).await?;
        }
        Ok(connection)
    }
}

/// A recipient as SMTP knows it: the domain in ASCII (IDNA), whatever it was typed in.
fn address(text: &str) -> Result<Address, SmtpRefusal> {
    let unfit = |why: message::Message| SmtpRefusal { verdict: SmtpVerdict::Bounced, why };
    let (user, domain) = text.rsplit_once('@').ok_or_else(|| unfit(coded!("failure-mail-no-address", address = text)))?;
    let domain = email_domain(domain).ok_or_else(|| unfit(coded!("failure-mail-no-domain", address = text)))?;
    Address::new(user, domain).map_err(|error| unfit(coded!("failure-mail-wrong-address", address = text, detail = error.to_string())))
}

fn header(name: &'static str, value: &str) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned())
}

fn later(why: message::Message) -> SmtpRefusal {
    SmtpRefusal { verdict: SmtpVerdict::Later, why }
}

/// What a refusal, or a connection that broke before the message's end, means.
fn refused(step: SmtpStep, error: &smtp::Error) -> SmtpRefusal {
    match error.status() {
        Some(code) => {
            let text = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
            let reply = SmtpReply { code: code.into(), text };
            let verdict = verdict(step, &reply);
            SmtpRefusal { verdict, why: explain(verdict, &reply) }
        }
        None => later(coded!("failure-mail-unreached", detail = words(error))),
    }
}

/// A limit as it is said: "30", "0.2".
fn seconds(limit: Duration) -> String {
    limit.as_secs_f32().to_string()
}

fn reply_text(answer: &Response) -> String {
    format!("{} {}", answer.code(), answer.message().collect::<Vec<_>>().join(" "))
}

fn words(error: &smtp::Error) -> String {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(inner) = source {
        let inner_words = inner.to_string();
        if !text.contains(&inner_words) {
            text.push_str(&format!(": {inner_words}"));
        }
        source = inner.source();
    }
    text.chars().take(300).collect()
}
