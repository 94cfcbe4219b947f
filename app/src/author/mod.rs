//! Authors, called voices on the pages: one handle on one network, and the posts gathered behind it.
//!
//! A voice is not a person: it is linked to a customer only by a reviewed claim. The organisation's own accounts,
//! retailers, promoters and bots are set aside by stated rules, visibly and with the reason, and anybody of the staff can bring
//! them back; what a person decided, no rule changes.
//! The counts are a roll-up of the voice's mentions, kept in the transaction that adds them.

#[cfg(feature = "store")]
pub mod act;
pub mod habits;
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

use crate::clock::Time;
use crate::ids::{AuthorId, ProgramId};

text_enum! {
    /// Whether a voice counts.
    pub enum Standing {
        /// It does.
        Counted = "counted", "counted";
        /// The organisation's own account.
        Own = "own", "own account";
        /// A shop, by its own name.
        Retailer = "retailer", "retailer";
        /// It advertises rather than speaks.
        Promoter = "promoter", "promoter";
        /// A machine.
        Bot = "bot", "bot";
        /// A person set it aside.
        Aside = "aside", "set aside";
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
        host if host.contains('.') => host.to_owned(),
        other => {
            let mut letters = other.chars();
            letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
        }
    }
}

/// One voice.
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
    /// As the newest post says that says it.
    pub followers: Option<i64>,
    pub followers_at: Option<Time>,
    /// How many people its posts may have reached, added up; none where no post says so.
    pub reach: Option<i64>,
    /// Likes, comments and shares of its posts, added up; none where no post says so.
    pub engagement: Option<i64>,
    pub standing: Standing,
    /// Why it is set aside, or why it was brought back, in words.
    pub standing_reason: Option<String>,
    /// The person who decided, where it was a person: no rule changes it then.
    pub standing_by: Option<Uuid>,
    pub posts: i64,
    /// Posts read as negative, those on sensitive subjects left out.
    pub negative: i64,
    pub positive: i64,
    /// Posts with a link.
    pub links: i64,
    /// Posts with promotional words.
    pub promotional: i64,
    /// Posts that repeat an earlier one of the voice in nearly the same words. This and the next three are kept from
    /// `habits::POSTS_NEEDED` posts on, and 0 before.
    pub copies: i64,
    /// Most posts on one day.
    pub busiest_day: i64,
    /// Most posts within sixty minutes.
    pub busiest_hour: i64,
    /// Most posts within one minute.
    pub busiest_minute: i64,
    pub first_at: Option<Time>,
    pub last_at: Option<Time>,
}

impl Author {
    /// How the voice is addressed.
    #[must_use]
    pub fn shown(&self) -> String {
        shown(&self.handle)
    }
}

/// How a voice with this handle is addressed: "@handle", or the plain name where the network has no handles.
#[must_use]
pub fn shown(handle: &str) -> String {
    if handle.contains(char::is_whitespace) { handle.to_owned() } else { format!("@{handle}") }
}
