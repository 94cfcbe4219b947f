//! The kinds of authors.

text_enum! {
    /// What an author is, by a stated rule or a person's decision. Only customers are ranked.
    pub enum AuthorKind {
        /// The default.
        Customer = "customer", "customer";
        /// The organisation's own account.
        Own = "own", "own account";
        /// Works for the organisation.
        Employee = "employee", "employee";
        /// A shop, reseller, supplier or other business that sells with the organisation.
        Partner = "partner", "partner";
        /// News site, analyst, publisher, event organiser.
        Media = "media", "media";
        /// Posts advertising.
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
