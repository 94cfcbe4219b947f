//! The kinds of authors.

#[cfg(feature = "ssr")]
use crate::listening::current_word;

text_enum! {
    /// What an author is, by a stated rule or a person's decision. Only customers are ranked.
    pub enum AuthorKind {
        /// The default.
        Customer = "customer", "customer";
        Own = "own", "own account";
        /// Works for the organisation.
        Employee = "employee", "employee";
        /// A shop, reseller, supplier or other business that sells with the organisation.
        Partner = "partner", "partner";
        /// News site, analyst, publisher, event organiser.
        Media = "media", "media";
        Advertiser = "advertiser", "advertiser";
        /// Posts automatically.
        Bot = "bot", "bot";
        /// Not a customer, and nothing says what else; or a person excluded it without saying.
        Unknown = "unknown", "not a customer";
    }
}

impl AuthorKind {
    /// The heading of many.
    #[must_use]
    pub const fn plural(self) -> &'static str {
        match self {
            Self::Customer => "Customers",
            Self::Own => "Own accounts",
            Self::Employee => "Employees",
            Self::Partner => "Partners",
            Self::Media => "Media",
            Self::Advertiser => "Advertisers",
            Self::Bot => "Bots",
            Self::Unknown => "Not customers, kind unknown",
        }
    }
}

#[cfg(feature = "ssr")]
impl AuthorKind {
    /// The kind that a query asks for, also in words of earlier releases: customers where it says nothing, none for authors of all kinds.
    #[must_use]
    pub fn asked(word: Option<&str>) -> Option<Self> {
        match word {
            None => Some(Self::Customer),
            Some("all") => None,
            Some(word) => current_word(word).parse().ok().or(Some(Self::Customer)),
        }
    }
}
