//! Traits of mentions that distinguish customers from businesses.

text_enum! {
    /// What mentions show, in the order of the weights.
    pub enum AuthorTrait {
        Link = "link", "have a link";
        Call = "call", "ask the reader to do something";
        Syndicated = "syndicated", "are also posted by other authors";
        Hashtags = "hashtags", "have two or more hashtags";
        We = "we", "say “we” or “our”";
        You = "you", "say “you” or “your”";
        Promotional = "promotional", "contain advertising words";
        FirstPerson = "first_person", "speak in the first person";
        Service = "service", "are about service or a purchase";
        Reply = "reply", "are replies";
        Negative = "negative", "are negative";
    }
}

/// How many traits there are.
pub const TRAITS: usize = 11;

impl AuthorTrait {
    /// Whether customers show it rather than others.
    #[must_use]
    pub const fn is_of_customers(self) -> bool {
        matches!(self, Self::FirstPerson | Self::Service | Self::Reply | Self::Negative)
    }

    /// What so many mentions do: "1 has a link", "2 have a link".
    #[must_use]
    pub fn verb(self, mentions: i64) -> String {
        let label = self.label();
        if mentions != 1 {
            return label.to_owned();
        }
        let (verb, rest) = label.split_once(' ').unwrap_or((label, ""));
        let verb = match verb {
            "have" => "has".to_owned(),
            "are" => "is".to_owned(),
            verb => format!("{verb}s"),
        };
        format!("{verb} {}", if rest == "replies" { "a reply" } else { rest })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verbs_agree_with_their_number() {
        assert_eq!(AuthorTrait::Link.verb(1), "has a link");
        assert_eq!(AuthorTrait::Reply.verb(1), "is a reply");
        assert_eq!(AuthorTrait::Call.verb(1), "asks the reader to do something");
        assert_eq!(AuthorTrait::Call.verb(3), "ask the reader to do something");
    }
}
