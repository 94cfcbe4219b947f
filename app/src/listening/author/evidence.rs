//! Why an author is of its kind: stored as codes with numbers, put into words when it is shown.

use serde::{Deserialize, Serialize};

use super::author_trait::AuthorTrait;

/// What one finding about an author rests on. The code and the names of the arguments are stored in `author.kind_evidence`: they stay as they are.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "code", content = "args", rename_all = "snake_case")]
pub enum KindEvidence {
    /// On the program's list of own accounts.
    ListedOwn,
    /// On the program's list of employees.
    ListedStaff,
    /// The handle is the organisation's name, and what remains of it.
    OrganisationName {
        rest: String,
    },
    /// The handle is a brand's name, and what remains of it.
    BrandName {
        rest: String,
    },
    /// The handle or the name ends like a shop's; with the organisation's or a brand's name in it or without.
    ShopName {
        field: NameField,
        word: String,
        brand: bool,
    },
    Links {
        mentions: i64,
        links: i64,
    },
    Advertising {
        mentions: i64,
        links: i64,
        promotional: i64,
    },
    /// Repeats itself; `links` where links are part of the finding.
    Repeating {
        mentions: i64,
        links: Option<i64>,
        copies: i64,
    },
    Burst {
        mentions: i64,
        most: i64,
        span: BurstSpan,
    },
    StaffHashtag {
        mentions: i64,
        shown: i64,
    },
    /// How the mentions speak, by the scorecard.
    Speech(SpeechEvidence),
    Promotional {
        mentions: i64,
        promotional: i64,
    },
    Syndicated {
        mentions: i64,
        syndicated: i64,
    },
    Addressing {
        mentions: i64,
        addressing: i64,
        calls: i64,
    },
    OwnLinks {
        mentions: i64,
        links: i64,
    },
    Reposts {
        mentions: i64,
        reposts: i64,
    },
    /// Links, without speaking to a reader.
    Headlines {
        mentions: i64,
        links: i64,
    },
}

/// What the scorecard counted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SpeechEvidence {
    pub mentions: i64,
    /// How many mentions show each trait.
    pub shown: Vec<(AuthorTrait, i64)>,
    /// Hundredths of the score, and of the score from which an author with so many mentions is not a customer.
    pub score: i64,
    pub needed: i64,
    /// Whether the weights were learned from people's decisions.
    pub learned: bool,
}

/// Where a word was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NameField {
    Handle,
    Name,
}

/// Within which time mentions were posted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BurstSpan {
    Minute,
    Hour,
    Day,
}

/// How many of so many: "38 of 39", "all 39", "none of 39".
fn of(part: i64, mentions: i64) -> String {
    format!("{part} of {mentions}")
}

fn named(what: &str, rest: &str) -> String {
    if rest.is_empty() { format!("The handle is {what}.") } else { format!("The handle is {what} and “{rest}”.") }
}

impl KindEvidence {
    /// The finding in a sentence, for staff.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::ListedOwn => "On the program's list of own accounts.".into(),
            Self::ListedStaff => "On the program's list of employees.".into(),
            Self::OrganisationName { rest } => named("the organisation's name", rest),
            Self::BrandName { rest } => named("a brand's name", rest),
            Self::ShopName { field, word, brand } => {
                let field = if *field == NameField::Handle { "handle" } else { "name" };
                let also = if *brand { " and contains the organisation's or a brand's name" } else { "" };
                format!("The {field} ends with the retail word “{word}”{also}.")
            }
            Self::Links { mentions, links } => format!("{} mentions have a link.", of(*links, *mentions)),
            Self::Advertising { mentions, links, promotional } => {
                format!("{} mentions have a link, and {promotional} contain advertising words.", of(*links, *mentions))
            }
            Self::Repeating { mentions, links: Some(links), copies } => {
                format!("{} mentions have a link, and {copies} repeat an earlier one in nearly the same words.", of(*links, *mentions))
            }
            Self::Repeating { mentions, links: None, copies } => {
                format!("{} mentions repeat an earlier one in nearly the same words.", of(*copies, *mentions))
            }
            Self::Burst { mentions, most, span } => {
                let within = match span {
                    BurstSpan::Minute => "within one minute",
                    BurstSpan::Hour => "within one hour",
                    BurstSpan::Day => "on one day",
                };
                format!("{} mentions were posted {within}.", of(*most, *mentions))
            }
            Self::StaffHashtag { mentions, shown } => {
                format!("{} mentions have a hashtag of the organisation's employees.", of(*shown, *mentions))
            }
            Self::Speech(speech) => speech.words(),
            Self::Promotional { mentions, promotional } => format!("{} mentions contain advertising words.", of(*promotional, *mentions)),
            Self::Syndicated { mentions, syndicated } => {
                format!("{} mentions are also posted by other authors in nearly the same words.", of(*syndicated, *mentions))
            }
            Self::Addressing { mentions, addressing, calls } => {
                format!("{} mentions address the reader (“you”), and {calls} ask the reader to do something.", of(*addressing, *mentions))
            }
            Self::OwnLinks { mentions, links } => format!("{} mentions link to the organisation's own sites.", of(*links, *mentions)),
            Self::Reposts { mentions, reposts } => format!("{} mentions repost other accounts.", of(*reposts, *mentions)),
            Self::Headlines { mentions, links } => {
                format!("{} mentions have a link, and few address the reader, which is typical of media.", of(*links, *mentions))
            }
        }
    }
}

/// Most traits in a sentence: those that weigh most.
const MAX_TRAITS: usize = 4;

impl SpeechEvidence {
    /// The traits that a customer's mentions show and these do not, and those that they show and a customer's do not.
    fn words(&self) -> String {
        let mut parts: Vec<String> = self
            .shown
            .iter()
            .filter(|(what, shown)| !what.is_of_customers() && *shown > 0)
            .take(MAX_TRAITS)
            .map(|(what, shown)| format!("{} {}", of(*shown, self.mentions), what.verb(*shown)))
            .collect();
        if let Some(first) = parts.first_mut() {
            *first = first.replacen(&format!("of {}", self.mentions), &format!("of {} mentions", self.mentions), 1);
        }
        for (what, shown) in self.shown.iter().filter(|(what, _)| matches!(what, AuthorTrait::FirstPerson | AuthorTrait::Service)) {
            let how_many = if *shown == 0 { "none".to_owned() } else { shown.to_string() };
            parts.push(format!("{how_many} {}", what.verb(if *shown == 0 { 1 } else { *shown })));
        }
        let by = if self.learned { " (weights learned from your decisions)" } else { "" };
        let decimal = |hundredths: i64| format!("{:.2}", hundredths as f64 / 100.0);
        format!("{}. Score {}; above {}, not a customer{by}.", parts.join("; "), decimal(self.score), decimal(self.needed))
    }
}

/// Several findings, in sentences.
#[must_use]
pub fn in_words(evidence: &[KindEvidence]) -> String {
    evidence.iter().map(KindEvidence::words).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn evidence_is_stored_as_codes_and_read_as_sentences() {
        let speech = SpeechEvidence {
            mentions: 39,
            shown: vec![
                (AuthorTrait::Link, 38),
                (AuthorTrait::Syndicated, 12),
                (AuthorTrait::Call, 0),
                (AuthorTrait::FirstPerson, 0),
                (AuthorTrait::Service, 1),
            ],
            score: 231,
            needed: 3,
            learned: false,
        };
        assert_eq!(
            KindEvidence::Speech(speech.clone()).words(),
            "38 of 39 mentions have a link; 12 of 39 are also posted by other authors; none speaks in the first person; \
             1 is about service or a purchase. Score 2.31; above 0.03, not a customer."
        );
        for evidence in [
            KindEvidence::ListedOwn,
            KindEvidence::ShopName { field: NameField::Name, word: "deals".into(), brand: true },
            KindEvidence::Burst { mentions: 70, most: 64, span: BurstSpan::Hour },
            KindEvidence::Speech(speech),
        ] {
            let stored = serde_json::to_string(&evidence).expect("JSON");
            assert_eq!(serde_json::from_str::<KindEvidence>(&stored).expect("read"), evidence, "{stored}");
        }
        let stored = serde_json::to_value(KindEvidence::Links { mentions: 8, links: 7 }).expect("JSON");
        assert_eq!(stored, serde_json::json!({ "code": "links", "args": { "mentions": 8, "links": 7 } }));
    }
}
