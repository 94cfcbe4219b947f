//! Authors: one handle on one network, with its mentions.
//!
//! An author is not a person: only a reviewed identity link connects it to another author. Own accounts, retailers, advertisers and
//! bots are excluded by rules that a page states, with the reason. Staff can include them again; no rule changes a person's decision.
//! The counts are roll-ups, updated in the transaction that adds the mentions.

#[cfg(feature = "store")]
pub mod act;
#[cfg(feature = "ssr")]
pub mod excluded;
pub mod habits;
pub mod kind_reason;
#[cfg(feature = "ssr")]
pub mod list;
pub mod names;
#[cfg(feature = "ssr")]
pub mod page;
pub mod rules;
#[cfg(feature = "store")]
pub mod store;
#[cfg(all(test, feature = "store"))]
mod tests;

use uuid::Uuid;

use crate::kernel::clock::Time;
use crate::kernel::ids::{AuthorId, ProgramId};
pub use kind_reason::KindReason;

/// The key of an author in a program: the network, and the handle in lower case.
pub type AuthorKey = (String, String);

text_enum! {
    /// What an author is, by a stated rule or a person's decision. Only customers are ranked.
    pub enum AuthorKind {
        /// The default.
        Customer = "customer", "customer";
        /// The organisation's own account.
        Own = "own", "own account";
        /// A shop, by its own name.
        Retailer = "retailer", "retailer";
        /// Posts advertising.
        Advertiser = "advertiser", "advertiser";
        /// Posts automatically.
        Bot = "bot", "bot";
        /// A person excluded it.
        Excluded = "excluded", "excluded";
    }
}

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

/// One author.
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
    /// Why it is excluded, or why it was brought back.
    #[cfg_attr(feature = "store", sqlx(flatten, try_from = "kind_reason::StoredKindReason"))]
    pub kind_reason: Option<KindReason>,
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
}

impl Author {
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
