//! What a template reads while it is composed.

use app::access::link;
use app::access::outbox::OutboxEmail;
use app::db::Tx;
use app::follow_up::report::rules::ReportTone;
use app::kernel::clock::Time;
use app::kernel::error::{Error, Result};
use app::kernel::ids::LinkId;
use app::kernel::locale::Locale;
use app::program::Program;
use app::program::branding::{self, Branding};
use app::t;
use serde_json::Value as Json;

use super::message::{Email, EmailBlock, EmailFrom, QuotedItem};

/// Whether links work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Links {
    /// For the recipient.
    Live,
    /// For staff who look at the email: they must not be able to open somebody else's link.
    Hidden,
}

/// Everything a template may ask for while it is written.
pub(super) struct TemplateContext<'a> {
    pub(super) tx: &'a mut Tx,
    pub(super) now: Time,
    pub(super) base: &'a str,
    pub(super) queued: &'a OutboxEmail,
    pub(super) links: Links,
    /// The language of the recipient.
    pub(super) locale: Locale,
    /// The program whose guest the recipient is. None for staff.
    pub(super) program: Option<Program>,
    /// The branding of that program.
    pub(super) branding: Option<Branding>,
}

impl TemplateContext<'_> {
    /// A parameter as text; empty if it is not there.
    pub(super) fn param(&self, key: &str) -> String {
        match &self.queued.params[key] {
            Json::String(text) => text.trim().to_owned(),
            Json::Number(number) => number.to_string(),
            _ => String::new(),
        }
    }

    /// A date among the parameters, as the recipient's language writes it. Emails that were queued by an earlier release carry it in words.
    pub(super) fn date(&self, key: &str) -> String {
        let text = self.param(key);
        text.parse().map_or(text, |day| self.locale.long_date(day))
    }

    /// "Dear Ada,", or "Hello," where no name is known.
    pub(super) fn greeting(&self) -> EmailBlock {
        greeting(self.locale, &self.queued.recipient_name)
    }

    /// Makes the recipient a guest of this program.
    pub(super) async fn guest_of(&mut self, program: Option<Program>) -> Result<()> {
        self.branding = match &program {
            Some(program) => Some(branding::store::find(self.tx, program.id).await?),
            None => None,
        };
        self.program = program;
        Ok(())
    }

    /// Who a guest's email is from.
    fn from(&self) -> Option<EmailFrom> {
        let charter = &self.program.as_ref()?.charter;
        Some(EmailFrom::of(&self.branding.as_ref()?.words, self.locale, &charter.sponsor, &charter.organisation))
    }

    /// Thanks and the signature, at the end of a guest's email.
    pub(super) fn signature(&self) -> Option<EmailBlock> {
        Some(EmailBlock::Text(self.from()?.signature))
    }

    /// The email in the recipient's language, from the organisation where a guest gets it.
    pub(super) fn email(&self, subject: impl Into<String>, blocks: &[EmailBlock]) -> Email {
        Email::new(subject, self.locale.tag(), self.from().as_ref(), blocks)
    }

    /// The address of the email's link. Where it has none, the path among its parameters.
    pub(super) async fn url(&mut self) -> Result<String> {
        match self.queued.link_id {
            Some(id) => self.link(id, "/l/").await,
            None => match self.param("path") {
                path if path.starts_with('/') => Ok(format!("{}{path}", self.base)),
                _ => Ok(self.base.to_owned()),
            },
        }
    }

    pub(super) async fn link(&mut self, id: LinkId, path: &str) -> Result<String> {
        if self.links == Links::Hidden {
            return Ok(format!("{}{path}…", self.base));
        }
        let found = link::store::find(self.tx, id).await?.ok_or(Error::NotFound)?;
        link::rules::check(&found, self.now)?;
        Ok(format!("{}{path}{}", self.base, link::act::token(self.tx.secret(), &found)))
    }

    /// The item that an email is about, as the signature block.
    pub(super) fn heard(&self, edge: &str, tone: ReportTone, replies: Vec<String>, small: Vec<String>) -> EmailBlock {
        let number = self.param("number");
        EmailBlock::Item(QuotedItem {
            by: if number.is_empty() { t!(self.locale, "email-heard") } else { t!(self.locale, "email-heard-number", number = number) },
            text: self.param("text"),
            edge: edge.into(),
            tone,
            organisation: self.param("organisation"),
            replies,
            small,
        })
    }
}

/// "Dear Ada,", or "Hello," where no name is known.
pub(super) fn greeting(locale: Locale, name: &str) -> EmailBlock {
    let name = name.trim();
    EmailBlock::Text(if name.is_empty() { t!(locale, "email-hello") } else { t!(locale, "email-dear", name = name) })
}
