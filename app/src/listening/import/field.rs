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
        FirstName = "first_name", "First name";
        LastName = "last_name", "Last name";
        EmailAddress = "email", "Email address";
        Phone = "phone", "Phone number";
        Company = "company", "Company";
        Products = "products", "Products owned";
        Owns = "owns", "Owns products (yes or no)";
        PurchasedAt = "purchased", "Purchase date";
        HomeCountry = "home_country", "Country";
        HomeLanguage = "home_language", "Language";
        Consents = "consents", "Consent to be invited (yes or no)";
        MarketingConsent = "marketing_consent", "Marketing consent (yes or no)";
        ConsentSince = "consent_since", "Date of consent";
        LastContact = "last_contact", "Date of last contact";
        SurveyAnswer = "survey_answer", "Survey answer";
        SurveyAt = "survey_at", "Survey date";
        SocialHandle = "social_handle", "Social handle";
        Tags = "tags", "Tags";
        Extra = "extra", "Further detail";
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

    /// The field of a kind of file that means the same: the name in a roster is the customer's, in an export the author's.
    #[must_use]
    pub const fn in_kind(self, kind: ImportKind) -> Self {
        match (kind, self) {
            (ImportKind::Customers, Self::Name) => Self::FullName,
            (ImportKind::Customers, Self::Handle) => Self::SocialHandle,
            (ImportKind::Customers, Self::Country) => Self::HomeCountry,
            (ImportKind::Customers, Self::Language) => Self::HomeLanguage,
            (ImportKind::Customers, Self::At) => Self::LastContact,
            (ImportKind::Mentions, Self::FullName) => Self::Name,
            (ImportKind::Mentions, Self::SocialHandle) => Self::Handle,
            (ImportKind::Mentions, Self::HomeCountry) => Self::Country,
            (ImportKind::Mentions, Self::HomeLanguage) => Self::Language,
            (_, same) => same,
        }
    }

    /// Whether cells of the field are dates.
    #[must_use]
    pub const fn is_date(self) -> bool {
        matches!(self, Self::At | Self::LastContact | Self::SurveyAt | Self::PurchasedAt | Self::ConsentSince)
    }

    /// The fields of a kind, in the order of the form.
    pub fn of(kind: ImportKind) -> impl Iterator<Item = Self> {
        Self::ALL.iter().copied().filter(move |field| field.kind() == kind)
    }
}
