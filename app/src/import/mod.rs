//! Import: a listening export or a customer roster becomes mentions and voices, or customers.
//!
//! Any CSV is taken: encoding, delimiter, header line and the meaning of columns are guessed, shown with sample rows and
//! can be overridden. Rows stream through in batches of one short transaction each, so a run can be watched, cancelled,
//! resumed after a crash and undone. Every row ends as created, updated, duplicate, set aside or rejected, and the five
//! add up to the rows of the file.

#[cfg(feature = "store")]
pub mod act;
pub mod dates;
#[cfg(feature = "store")]
mod gather;
#[cfg(feature = "ssr")]
pub mod list;
#[cfg(feature = "ssr")]
pub mod page;
pub mod records;
pub mod row;
pub mod rules;
#[cfg(feature = "store")]
pub mod source;
#[cfg(feature = "store")]
pub mod store;
#[cfg(all(test, feature = "store"))]
mod tests;
#[cfg(feature = "store")]
pub mod work;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::clock::Time;
use crate::ids::{ImportRunId, ProgramId};

text_enum! {
    /// What a file holds.
    pub enum Kind {
        Mentions = "mentions", "listening export";
        Customers = "customers", "customer roster";
    }
}

text_enum! {
    /// Where a run stands.
    pub enum State {
        Mapping = "mapping", "waiting for its columns";
        Queued = "queued", "waiting to start";
        Running = "running", "running";
        Finished = "finished", "finished";
        Failed = "failed", "failed";
        Cancelled = "cancelled", "cancelled";
        Undoing = "undoing", "being undone";
        Undone = "undone", "undone";
    }
}

text_enum! {
    /// How a row ended.
    pub enum Outcome {
        Created = "created", "created";
        Updated = "updated", "updated";
        Duplicate = "duplicate", "duplicate";
        SetAside = "set_aside", "set aside";
        Rejected = "rejected", "rejected";
    }
}

text_enum! {
    /// What a column holds.
    pub enum Field {
        Text = "text", "Text of the post";
        Handle = "handle", "Author's handle";
        Name = "name", "Author's name";
        At = "at", "Date (and time)";
        Clock = "clock", "Time of day";
        Id = "id", "Id of the post";
        Url = "url", "Link";
        Sentiment = "sentiment", "Vendor's sentiment";
        Language = "language", "Language";
        Country = "country", "Country";
        Followers = "followers", "Followers";
        Network = "network", "Network";
        Ref = "ref", "Customer number";
        FullName = "full_name", "Customer's name";
        Email = "email", "E-mail address";
        Products = "products", "Products owned";
        Owns = "owns", "Owns products (yes/no)";
        Consents = "consents", "Consents to contact (yes/no)";
        LastContact = "last_contact", "Last contact";
        SurveyAnswer = "survey_answer", "Survey answer";
        SurveyAt = "survey_at", "Date of survey";
    }
}

impl Field {
    /// The kind of file that the field belongs to.
    #[must_use]
    pub const fn kind(self) -> Kind {
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
            | Self::Network => Kind::Mentions,
            _ => Kind::Customers,
        }
    }

    /// The fields of a kind, in the order of the form.
    pub fn of(kind: Kind) -> impl Iterator<Item = Self> {
        Self::ALL.iter().copied().filter(move |field| field.kind() == kind)
    }
}

/// How a file is read: guessed first, then as a person says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mapping {
    /// WHATWG label: "UTF-8", "UTF-16LE", "windows-1252".
    pub encoding: String,
    pub delimiter: char,
    /// Records before the header; none where the file has no header line.
    pub header: Option<usize>,
    /// The header's cells, or "Column 1", "Column 2" ….
    pub headers: Vec<String>,
    /// What each column holds. Where several hold one thing, the first that is filled in a row is taken.
    pub columns: Vec<Option<Field>>,
    /// Whether 3/4/2022 is the third of April.
    pub day_first: bool,
    /// Rows of the file, where they were counted beforehand.
    pub total: Option<i64>,
}

impl Mapping {
    /// Positions of the columns that hold a field, first choice first.
    #[must_use]
    pub fn places(&self, field: Field) -> Vec<usize> {
        self.columns.iter().enumerate().filter(|(_, held)| **held == Some(field)).map(|(place, _)| place).collect()
    }

    /// What is missing before rows can be read, in words; empty if nothing is.
    #[must_use]
    pub fn missing(&self, kind: Kind) -> Vec<&'static str> {
        let has = |field| self.columns.contains(&Some(field));
        let needed: &[(&str, bool)] = match kind {
            Kind::Mentions => &[
                ("the text of the post", has(Field::Text)),
                ("the author's handle or name", has(Field::Handle) || has(Field::Name)),
                ("the date", has(Field::At)),
            ],
            Kind::Customers => &[
                ("the customer's name", has(Field::FullName)),
                ("the customer number or the e-mail address", has(Field::Ref) || has(Field::Email)),
            ],
        };
        needed.iter().filter(|(_, there)| !there).map(|(name, _)| *name).collect()
    }
}

/// How many rows ended how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    pub rows: i64,
    pub created: i64,
    pub updated: i64,
    pub duplicate: i64,
    pub set_aside: i64,
    pub rejected: i64,
}

impl Counts {
    /// Counts a row.
    pub fn add(&mut self, outcome: Outcome) {
        self.rows += 1;
        match outcome {
            Outcome::Created => self.created += 1,
            Outcome::Updated => self.updated += 1,
            Outcome::Duplicate => self.duplicate += 1,
            Outcome::SetAside => self.set_aside += 1,
            Outcome::Rejected => self.rejected += 1,
        }
    }

    /// Adds up two.
    pub fn merge(&mut self, other: &Self) {
        self.rows += other.rows;
        self.created += other.created;
        self.updated += other.updated;
        self.duplicate += other.duplicate;
        self.set_aside += other.set_aside;
        self.rejected += other.rejected;
    }
}

/// What the command line prints: the outcome of one import.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Summary {
    #[serde(flatten)]
    pub counts: Counts,
    pub seconds: f64,
}

/// One import.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "store", derive(sqlx::FromRow))]
pub struct Run {
    pub id: ImportRunId,
    pub program_id: ProgramId,
    pub kind: Kind,
    pub file_name: String,
    /// SHA-256 of the file.
    pub file_hash: String,
    pub bytes: i64,
    #[cfg_attr(feature = "store", sqlx(json))]
    pub mapping: Mapping,
    pub state: State,
    pub row_count: i64,
    pub created: i64,
    pub updated: i64,
    pub duplicate: i64,
    pub set_aside: i64,
    pub rejected: i64,
    /// What went wrong, fit to be shown.
    pub error: Option<String>,
    pub by_account: Option<Uuid>,
    pub created_at: Time,
    pub started_at: Option<Time>,
    pub finished_at: Option<Time>,
    pub lease_until: Option<Time>,
    pub undone_at: Option<Time>,
}

impl Run {
    /// The run's counts.
    #[must_use]
    pub fn counts(&self) -> Counts {
        Counts {
            rows: self.row_count,
            created: self.created,
            updated: self.updated,
            duplicate: self.duplicate,
            set_aside: self.set_aside,
            rejected: self.rejected,
        }
    }
}

/// A row that did not simply become a mention or a customer, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "store", derive(sqlx::FromRow))]
pub struct LeftOut {
    pub line: i64,
    pub outcome: Outcome,
    pub reason: String,
    /// The row as it stood in the file; empty for duplicates and for voices that objected.
    pub raw: String,
}
