//! What a template reads while it is composed.

use app::access::link;
use app::access::outbox::OutboxEmail;
use app::db::Tx;
use app::follow_up::report::rules::ReportTone;
use app::kernel::clock::Time;
use app::kernel::error::{Error, Result};
use app::kernel::ids::LinkId;
use serde_json::Value as Json;

use super::message::{EmailBlock, QuotedItem};

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

    /// "Dear Ada,", or "Hello," where no name is known.
    pub(super) fn greeting(&self) -> EmailBlock {
        let name = self.queued.recipient_name.trim();
        EmailBlock::Text(if name.is_empty() { "Hello,".into() } else { format!("Dear {name},") })
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
            by: if number.is_empty() { "We heard".into() } else { format!("We heard, no. {number}") },
            text: self.param("text"),
            edge: edge.into(),
            tone,
            organisation: self.param("organisation"),
            replies,
            small,
        })
    }
}
