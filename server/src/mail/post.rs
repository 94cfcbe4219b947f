//! The SMTP door. Every step has an end: lettre's own timeout covers connecting only, so sends are wrapped in one.

use std::time::Duration;

use app::error::{Error, Result};
use app::outbox::Mail;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};

use super::Letter;

/// A mail server that has not taken a letter by then is down or drowning; the letter is tried again later.
pub const MOST_SECONDS: u64 = 30;

/// A connection to the mail server, and who the mail is from.
pub struct Post {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    most: Duration,
}

/// Why a letter was not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// No later attempt can help: the address does not exist, or refuses.
    pub for_good: bool,
    pub why: String,
}

impl Post {
    /// Prepares a connection to `smtp://…` or `smtps://…`; nothing is opened yet. `from` is `Name <address>`.
    ///
    /// # Errors
    /// `Invalid` on `smtp_url` or `mail_from`, for the list of mistakes in the settings.
    pub fn open(url: &str, from: &str) -> Result<Self> {
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url)
            .map_err(|e| Error::field("smtp_url", format!("The mail server's address is not understood: {e}. It should look like smtp://localhost:25 or smtps://user:password@mail.example.com.")))?
            .timeout(Some(Duration::from_secs(10)))
            .build();
        let from = from.parse().map_err(|_| {
            Error::field("mail_from", format!("“{from}” is not a sender. It should look like Panel team <panel@example.com>."))
        })?;
        Ok(Self { transport, from, most: Duration::from_secs(MOST_SECONDS) })
    }

    /// With a shorter patience, for tests.
    #[must_use]
    pub fn with_patience(mut self, most: Duration) -> Self {
        self.most = most;
        self
    }

    /// Hands one letter to the mail server.
    ///
    /// # Errors
    /// `Refused`, which says whether trying again can help.
    pub async fn send(&self, mail: &Mail, letter: &Letter) -> Result<(), Refused> {
        let message = self.message(mail, letter)?;
        match tokio::time::timeout(self.most, self.transport.send(message)).await {
            Err(_) => {
                Err(Refused { for_good: false, why: format!("The mail server did not answer within {} seconds.", self.most.as_secs_f32()) })
            }
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(Refused { for_good: is_for_good(&error), why: words(&error) }),
        }
    }

    fn message(&self, mail: &Mail, letter: &Letter) -> Result<Message, Refused> {
        let for_good = |why: String| Refused { for_good: true, why };
        let address: Address = mail.recipient.parse().map_err(|e| for_good(format!("“{}” is not a mail address: {e}.", mail.recipient)))?;
        let name = mail.recipient_name.trim();
        let to = Mailbox::new((!name.is_empty()).then(|| name.replace(char::is_control, " ")), address);
        let mut message = Message::builder()
            .from(self.from.clone())
            .to(to)
            .subject(letter.subject.clone())
            // The outbox row is the letter: a second sending after a crash carries the same id, and mail programs fold it.
            .message_id(Some(format!("<{}@{}>", mail.id, self.from.email.domain())))
            .raw_header(header("Auto-Submitted", "auto-generated"));
        if let Some(url) = &letter.unsubscribe {
            message = message
                .raw_header(header("List-Unsubscribe", &format!("<{url}>")))
                .raw_header(header("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"));
        }
        message
            .multipart(MultiPart::alternative_plain_html(letter.text.clone(), letter.html.clone()))
            .map_err(|e| for_good(format!("The letter could not be put together: {e}.")))
    }
}

fn header(name: &'static str, value: &str) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned())
}

/// Only a mailbox that is refused is beyond help (RFC 5321, 4.2.3: 550 to 553; 501 for its form). A 5xx about us, such as a
/// wrong password (535), is for an administrator to mend: the mail waits.
fn is_for_good(error: &lettre::transport::smtp::Error) -> bool {
    error.is_permanent() && error.status().is_some_and(|code| matches!(u16::from(code), 501 | 550..=553))
}

fn words(error: &lettre::transport::smtp::Error) -> String {
    let mut said = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(inner) = source {
        let inner_words = inner.to_string();
        if !said.contains(&inner_words) {
            said.push_str(&format!(": {inner_words}"));
        }
        source = inner.source();
    }
    said.chars().take(300).collect()
}
