//! Authors: one handle on one network, with its mentions.
//!
//! An author is not a person: only a reviewed identity link connects it to another author. Who is not a customer (own accounts, employees,
//! partners, media, advertisers, bots) is excluded by rules that a page states, with the evidence. Staff can say otherwise; no rule changes a
//! person's decision, and a program learns from many of them.
//! The counts are roll-ups, updated in the transaction that adds the mentions.

#[cfg(feature = "store")]
pub mod act;
#[cfg(feature = "store")]
pub mod evaluation;
#[cfg(feature = "ssr")]
pub mod excluded;
pub mod author_trait;
pub mod evidence;
pub mod habits;
#[cfg(feature = "store")]
pub mod judge;
#[cfg(feature = "ssr")]
pub mod kind_form;
pub mod kind;
pub mod kinds;
pub mod learning;
#[cfg(feature = "ssr")]
pub mod list;
pub mod measure;
pub mod names;
#[cfg(feature = "ssr")]
pub mod page;
pub mod rules;
pub mod scorecard;
#[cfg(feature = "store")]
pub mod store;
#[cfg(feature = "store")]
pub mod work;
#[cfg(all(test, feature = "store"))]
mod tests;

use uuid::Uuid;

use crate::kernel::clock::Time;
use crate::kernel::ids::{AuthorId, ProgramId};
use evidence::KindEvidence;
use habits::PostingHabits;
pub use kind::AuthorKind;
use scorecard::AuthorSigns;

/// The key of an author in a program: the network, and the handle in lower case.
pub type AuthorKey = (String, String);

/// A network as people write it; a host as it is.
#[must_use]
pub fn network_label(network: &str) -> String {
    match network {
        "" => "Unknown".to_owned(),
        "youtube" => "YouTube".to_owned(),
        "linkedin" => "LinkedIn".to_owned(),
        "tiktok" => "TikTok".to_owned(),
        "vk" => "VK".to_owned(),
        "googleplay" => "Google Play".to_owned(),
        "googlemaps" => "Google Maps".to_owned(),
        "appstore" => "App Store".to_owned(),
        "whatsapp" => "WhatsApp".to_owned(),
        host if host.contains('.') => host.to_owned(),
        other => {
            let mut letters = other.chars();
            letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "store", derive(sqlx::FromRow))]
pub struct Author {
    pub id: AuthorId,
    pub program_id: ProgramId,
    /// "x" unless the export says otherwise.
    pub network: String,
    /// As written, without the `@`.
    pub handle: String,
    pub name: Option<String>,
    /// As the newest mention says that says it.
    pub followers: Option<i64>,
    pub followers_at: Option<Time>,
    /// How many people its mentions may have reached, added up; none where no mention says so.
    pub reach: Option<i64>,
    /// Likes, comments and shares of its mentions, added up; none where no mention says so.
    pub engagement: Option<i64>,
    pub kind: AuthorKind,
    /// Why a person gave it its kind, in words.
    pub kind_reason: Option<String>,
    /// Why a rule gave it its kind; none for customers.
    #[cfg_attr(feature = "store", sqlx(json(nullable)))]
    pub kind_evidence: Option<Vec<KindEvidence>>,
    /// The person who decided, where it was a person: no rule changes it then.
    pub kind_by: Option<Uuid>,
    pub mentions: i64,
    /// Mentions read as negative, those on sensitive subjects left out.
    pub negative: i64,
    pub positive: i64,
    /// Mentions with a link.
    pub links: i64,
    /// Mentions with promotional words.
    pub promotional: i64,
    /// Mentions that repeat an earlier one of the author in nearly the same words. This and the next three are kept from
    /// `habits::MIN_MENTIONS` mentions on, and 0 before.
    pub copies: i64,
    /// Most mentions on one day.
    pub busiest_day: i64,
    /// Most mentions within sixty minutes.
    pub busiest_hour: i64,
    /// Most mentions within one minute.
    pub busiest_minute: i64,
    pub first_at: Option<Time>,
    pub last_at: Option<Time>,
    #[cfg_attr(feature = "store", sqlx(flatten))]
    pub signs: AuthorSigns,
}

impl Author {
    /// Why it is of its kind: a person's reason, or the evidence in sentences.
    #[must_use]
    pub fn why(&self) -> Option<String> {
        self.kind_reason.clone().or_else(|| self.kind_evidence.as_deref().map(evidence::in_words)).filter(|why| !why.is_empty())
    }

    /// What its mentions add up to, as the rules look at it.
    #[must_use]
    pub const fn habits(&self) -> PostingHabits {
        PostingHabits {
            mentions: self.mentions,
            negative: self.negative,
            links: self.links,
            promotional: self.promotional,
            copies: self.copies,
            busiest_day: self.busiest_day,
            busiest_hour: self.busiest_hour,
            busiest_minute: self.busiest_minute,
        }
    }

    /// How the author is addressed.
    #[must_use]
    pub fn shown(&self) -> String {
        shown(&self.handle)
    }
}

/// How an author with this handle is addressed: "@handle", or the plain name where the network has no handles.
#[must_use]
pub fn shown(handle: &str) -> String {
    if handle.contains(char::is_whitespace) { handle.to_owned() } else { format!("@{handle}") }
}
