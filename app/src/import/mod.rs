//! Import: a listening export or a customer roster becomes mentions and voices, or customers.
//!
//! Any export is taken: CSV in any encoding, packed or not, workbooks, JSON. Vendors are known by their headers; for
//! other files the meaning of columns is guessed, shown with sample rows and can be overridden, and what a person said is
//! remembered for the next file with the same columns. Rows stream through in batches of one short transaction each, so a run can be watched, cancelled,
//! resumed after a crash and undone. Every row ends as created, updated, duplicate, set aside or rejected, and the five
//! add up to the rows of the file.

#[cfg(feature = "store")]
pub mod act;
#[cfg(feature = "store")]
pub mod arrive;
#[cfg(feature = "hydrate")]
mod browser;
pub mod cell;
pub mod dates;
#[cfg(feature = "store")]
pub mod dry;
mod encoding;
#[cfg(feature = "store")]
mod gather;
#[cfg(feature = "store")]
mod hear;
#[cfg(feature = "store")]
pub mod inbox;
#[cfg(feature = "store")]
mod json;
#[cfg(all(test, feature = "store"))]
mod interrupted;
#[cfg(any(feature = "hydrate", feature = "ssr"))]
pub mod island;
#[cfg(feature = "ssr")]
pub mod list;
#[cfg(feature = "ssr")]
pub mod look;
#[cfg(feature = "ssr")]
pub mod page;
mod names;
#[cfg(feature = "store")]
mod open;
pub mod order;
pub mod own;
pub mod preset;
mod record;
pub mod records;
#[cfg(feature = "store")]
pub mod remember;
pub mod row;
#[cfg(feature = "store")]
pub mod rows;
#[cfg(feature = "ssr")]
pub mod rows_page;
pub mod rules;
#[cfg(feature = "store")]
mod sheet;
#[cfg(feature = "store")]
pub mod source;
#[cfg(feature = "store")]
pub mod store;
#[cfg(all(test, feature = "store"))]
mod tests;
#[cfg(feature = "ssr")]
mod told;
#[cfg(feature = "store")]
pub mod trial;
#[cfg(feature = "store")]
pub mod work;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use self::order::Origin;
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
        Discarded = "discarded", "discarded";
    }
}

text_enum! {
    /// How a row ended.
    #[derive(Default)]
    pub enum Outcome {
        #[default]
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
        Reach = "reach", "Reach";
        Engagement = "engagement", "Engagement in all";
        Likes = "likes", "Likes";
        Comments = "comments", "Comments and replies";
        Shares = "shares", "Shares and reposts";
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
            | Self::Reach
            | Self::Engagement
            | Self::Likes
            | Self::Comments
            | Self::Shares
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
    /// How that is known.
    #[serde(default)]
    pub order_from: Origin,
    /// The zone of dates that name none, by its IANA name.
    #[serde(default = "utc")]
    pub time_zone: String,
    /// How that is known.
    #[serde(default)]
    pub zone_from: Origin,
    /// The vendor whose export it is, and why; none for any other file.
    #[serde(default)]
    pub preset: Option<preset::Found>,
    /// The sheet of a workbook that is read.
    #[serde(default)]
    pub sheet: Option<String>,
    /// Whether the columns are as a person said for an earlier file with the same ones.
    #[serde(default)]
    pub remembered: bool,
    /// Rows of the file, where they were counted beforehand.
    pub total: Option<i64>,
}

fn utc() -> String {
    "UTC".into()
}

impl Default for Mapping {
    fn default() -> Self {
        Self {
            encoding: String::new(),
            delimiter: ',',
            header: None,
            headers: Vec::new(),
            columns: Vec::new(),
            day_first: true,
            order_from: Origin::Guessed,
            time_zone: utc(),
            zone_from: Origin::Guessed,
            preset: None,
            sheet: None,
            remembered: false,
            total: None,
        }
    }
}

impl Mapping {
    /// Positions of the columns that hold a field, first choice first: as the vendor's preset ranks them, else as common
    /// names are ranked, else as they stand.
    #[must_use]
    pub fn places(&self, field: Field) -> Vec<usize> {
        let held = self.columns.iter().enumerate().filter(|(_, held)| **held == Some(field));
        let mut places: Vec<usize> = held.map(|(place, _)| place).collect();
        if places.len() > 1 {
            places.sort_by_key(|place| {
                let name = self.headers.get(*place).map_or("", String::as_str);
                let plain = names::plain(name);
                let ranked = self.preset.and_then(|found| found.preset.names(field).iter().position(|known| *known == plain));
                ranked.unwrap_or_else(|| 100_usize.saturating_add(names::rank(field, name)))
            });
        }
        places
    }

    /// How dates are to be read.
    #[must_use]
    pub fn dates(&self) -> dates::Rule {
        dates::Rule { day_first: self.day_first, zone: self.time_zone.parse().unwrap_or(chrono_tz::Tz::UTC) }
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
        *self.of(outcome) += 1;
    }

    fn of(&mut self, outcome: Outcome) -> &mut i64 {
        match outcome {
            Outcome::Created => &mut self.created,
            Outcome::Updated => &mut self.updated,
            Outcome::Duplicate => &mut self.duplicate,
            Outcome::SetAside => &mut self.set_aside,
            Outcome::Rejected => &mut self.rejected,
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

/// What was odd about rows that were taken in all the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notes {
    /// Rows in another encoding than the file, read as windows-1252.
    pub recoded: i64,
    /// Ids that a spreadsheet had destroyed: the link, else author, time and text, tells such posts apart.
    pub damaged_ids: i64,
    /// Texts whose letters were lost before the file was made.
    pub mojibake: i64,
}

impl Notes {
    /// Adds what was noticed in other rows.
    pub fn merge(&mut self, other: &Self) {
        self.recoded += other.recoded;
        self.damaged_ids += other.damaged_ids;
        self.mojibake += other.mojibake;
    }
}

/// What the command line prints: the outcome of one import.
#[cfg(feature = "store")]
#[derive(Clone, Debug, Serialize)]
pub struct Summary {
    pub program: String,
    pub organisation: String,
    /// The program was made for this import: its charter is empty.
    pub founded: bool,
    #[serde(flatten)]
    pub counts: Counts,
    /// Apart from the counts, which add up to the rows.
    pub notes: Notes,
    /// Why rows were left out, most first.
    pub reasons: Vec<store::Reason>,
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
    pub undone_at: Option<Time>,
    pub recoded: i64,
    pub damaged_ids: i64,
    pub mojibake: i64,
    /// Whether its file is in the spool: an import of the command line reads it where it is, and what was discarded is gone.
    pub file_kept: bool,
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

    /// What was odd about the run's rows.
    #[must_use]
    pub fn notes(&self) -> Notes {
        Notes { recoded: self.recoded, damaged_ids: self.damaged_ids, mojibake: self.mojibake }
    }
}

/// A row that did not simply become a mention or a customer, and why.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "store", derive(sqlx::FromRow))]
pub struct LeftOut {
    pub line: i64,
    pub outcome: Outcome,
    /// The column at fault, where it is one.
    pub column_name: Option<String>,
    pub reason: String,
    /// The import that brought what the row repeats, and the line there.
    pub repeats_run: Option<ImportRunId>,
    pub repeats_line: Option<i64>,
}
