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
        /// No customer, and nothing says what else; or a person excluded it without saying.
        Unknown = "unknown", "no customer, kind unknown";
    }
}
