//! The fields that columns of a file hold, and the two kinds of files.

text_enum! {
    /// What a file holds.
    pub enum ImportKind {
        Mentions = "mentions", "listening export";
        Customers = "customers", "customer roster";
    }
}

text_enum! {
    /// What a column holds.
    pub enum ImportField {
        Text = "text", "Text";
        Handle = "handle", "Author’s handle";
        Name = "name", "Author’s name";
        At = "at", "Date (and time)";
        Clock = "clock", "Time of day";
        Id = "id", "Mention ID";
        Url = "url", "Link";
        Sentiment = "sentiment", "Vendor’s sentiment";
        Language = "language", "Language";
        Country = "country", "Country";
        Followers = "followers", "Followers";
        Reach = "reach", "Reach";
        Engagement = "engagement", "Total engagement";
        Likes = "likes", "Likes";
        Comments = "comments", "Comments and replies";
        Shares = "shares", "Shares and reposts";
        Network = "network", "Network";
        Ref = "ref", "Customer number";
        FullName = "full_name", "Customer’s name";
        EmailAddress = "email", "Email address";
        Products = "products", "Products owned";
        Owns = "owns", "Owns products (yes or no)";
        Consents = "consents", "Consents to contact (yes or no)";
        LastContact = "last_contact", "Date of last contact";
        SurveyAnswer = "survey_answer", "Survey answer";
        SurveyAt = "survey_at", "Survey date";
    }
}

impl ImportField {
    /// The kind of file that the field belongs to.
    #[must_use]
    pub const fn kind(self) -> ImportKind {
        match self {
            Self::Text
            | Self::Handle
            | Self::Name
            | Self::At
            | Self::Clock
            | Self::Id
            | Self::Url
            | Self::Sentiment
            | Self::Language
            | Self::Country
            | Self::Followers
            | Self::Reach
            | Self::Engagement
            | Self::Likes
            | Self::Comments
            | Self::Shares
            | Self::Network => ImportKind::Mentions,
            _ => ImportKind::Customers,
        }
    }

    /// The fields of a kind, in the order of the form.
    pub fn of(kind: ImportKind) -> impl Iterator<Item = Self> {
        Self::ALL.iter().copied().filter(move |field| field.kind() == kind)
    }
}
