//! One record: a post, a customer, or the reason why neither.

use super::records::Record;
use super::{Field, Mapping, Outcome, dates};
use crate::account::rules::parse_email;
use crate::author::rules::{self as author, Handle};
use crate::clock::Time;
use crate::customer::rules::yes_or_no;

/// A post longer than this is not a post.
const TEXT_LONGEST: usize = 50_000;
/// Other cells are cut at this length.
const CELL_LONGEST: usize = 2_000;

/// A post as a row gives it.
#[derive(Clone, Debug, PartialEq)]
pub struct Post {
    pub line: i64,
    pub network: String,
    pub handle: Handle,
    pub name: Option<String>,
    pub text: String,
    pub at: Time,
    pub id: Option<String>,
    pub url: Option<String>,
    pub language: Option<String>,
    pub country: Option<String>,
    pub followers: Option<i64>,
    pub vendor_sentiment: Option<String>,
}

/// A customer as a row gives one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    pub line: i64,
    pub external_ref: String,
    pub name: String,
    pub email: Option<String>,
    pub products: String,
    pub owns_products: bool,
    pub consents_to_contact: bool,
    pub last_contact_at: Option<Time>,
    pub survey_answer: Option<String>,
    pub survey_at: Option<Time>,
}

/// Why a row is left out: set aside or rejected, and the reason.
pub type Refused = (Outcome, String);

/// Reads rows by a mapping. Made once per run: it looks up places by field.
#[derive(Debug)]
pub struct Reader {
    width: usize,
    last_mapped: usize,
    day_first: bool,
    places: Vec<(Field, Vec<usize>)>,
    now: Time,
}

impl Reader {
    #[must_use]
    pub fn new(mapping: &Mapping, now: Time) -> Self {
        let places = Field::ALL.iter().map(|field| (*field, mapping.places(*field))).filter(|(_, places)| !places.is_empty()).collect();
        let last_mapped = mapping.columns.iter().rposition(Option::is_some).unwrap_or(0);
        Self { width: mapping.columns.len(), last_mapped, day_first: mapping.day_first, places, now }
    }

    /// The first filled cell of a field's columns.
    fn cell<'r>(&self, record: &'r Record, field: Field) -> &'r str {
        let places = self.places.iter().find(|(of, _)| *of == field).map_or(&[][..], |(_, places)| places);
        places.iter().map(|place| record.cell(*place)).find(|cell| !cell.is_empty()).unwrap_or("")
    }

    fn optional(&self, record: &Record, field: Field) -> Option<String> {
        let cell = self.cell(record, field);
        (!cell.is_empty()).then(|| cell.chars().take(CELL_LONGEST).collect())
    }

    /// A row that was torn apart is not read at all: its cells stand in the wrong columns.
    fn whole(&self, record: &Record) -> Result<(), Refused> {
        let cells = record.fields.len();
        if record.half {
            return rejected("Half a row: a quotation mark is opened and never closed.");
        }
        if cells <= self.last_mapped {
            return rejected(format!("Half a row: it has {cells} of {} columns.", self.width));
        }
        if record.fields.iter().skip(self.width).any(|cell| !cell.trim().is_empty()) {
            return rejected(format!("It has {cells} cells for {} columns; a quotation mark may be missing.", self.width));
        }
        Ok(())
    }

    /// Reads a post.
    ///
    /// # Errors
    /// How the row ends instead, and why.
    pub fn post(&self, record: &Record) -> Result<Post, Refused> {
        self.whole(record)?;
        let text = self.cell(record, Field::Text);
        if text.to_lowercase().starts_with("due to licensing restrictions") {
            return Err((Outcome::SetAside, "The vendor's licence does not pass on this text.".into()));
        }
        if text.is_empty() {
            return rejected("The text is missing.");
        }
        if ["#ERROR!", "#NAME?", "#REF!", "#VALUE!", "#N/A", "#NUM!", "#DIV/0!", "#NULL!"].contains(&text) {
            return rejected(format!("The text is “{text}”: a spreadsheet has destroyed it."));
        }
        if text.len() > TEXT_LONGEST {
            return rejected(format!("The text is longer than {TEXT_LONGEST} characters."));
        }
        let url = self.optional(record, Field::Url).filter(|url| url.starts_with("http://") || url.starts_with("https://"));
        let (handle, name) = self.author(record)?;
        let at = self.time(record, Field::At)?;
        let network = author::network(self.cell(record, Field::Network), url.as_deref());
        let id = self.optional(record, Field::Id).and_then(|id| intact_id(&id)).or_else(|| url.as_deref().and_then(status_id));
        Ok(Post {
            line: record.line,
            network,
            handle,
            name,
            text: plain_text(text),
            at,
            id,
            url,
            language: self.optional(record, Field::Language).map(|language| language.to_lowercase()),
            country: self.optional(record, Field::Country),
            followers: self.optional(record, Field::Followers).and_then(|n| n.replace([',', ' '], "").parse().ok()).filter(|n| *n >= 0),
            vendor_sentiment: self.optional(record, Field::Sentiment),
        })
    }

    fn author(&self, record: &Record) -> Result<(Handle, Option<String>), Refused> {
        let (handle, name) = (self.cell(record, Field::Handle), self.cell(record, Field::Name));
        let shown = (!name.is_empty()).then(|| name.chars().take(author::HANDLE_LONGEST).collect());
        let parsed = match (handle, name) {
            ("", name) => author::parse_name(name),
            (handle, _) if handle.contains(' ') => author::parse_name(handle),
            (handle, _) => author::parse_handle(handle),
        };
        parsed.map(|parsed| (parsed, shown)).map_err(|why| (Outcome::Rejected, why))
    }

    /// The date, with the time of day where that stands in a column of its own.
    fn time(&self, record: &Record, field: Field) -> Result<Time, Refused> {
        let (day, clock) = (self.cell(record, field), if field == Field::At { self.cell(record, Field::Clock) } else { "" });
        let parsed = if clock.is_empty() || day.contains(':') {
            dates::parse(day, self.day_first, self.now)
        } else {
            dates::parse(&format!("{day} {clock}"), self.day_first, self.now)
        };
        parsed.map_err(|why| (Outcome::Rejected, why))
    }

    /// Reads a customer.
    ///
    /// # Errors
    /// How the row ends instead, and why.
    pub fn person(&self, record: &Record) -> Result<Person, Refused> {
        self.whole(record)?;
        let name = self.cell(record, Field::FullName);
        if name.is_empty() {
            return rejected("The name is missing.");
        }
        let email = match self.cell(record, Field::Email) {
            "" => None,
            email => Some(parse_email(email).map_err(|error| (Outcome::Rejected, error.message()))?),
        };
        let external_ref = self.optional(record, Field::Ref).or_else(|| email.clone());
        let Some(external_ref) = external_ref else {
            return rejected("Neither customer number nor e-mail address is given.");
        };
        let products = self.optional(record, Field::Products).unwrap_or_default();
        let optional_time = |field| if self.cell(record, field).is_empty() { Ok(None) } else { self.time(record, field).map(Some) };
        Ok(Person {
            line: record.line,
            external_ref,
            name: name.chars().take(200).collect(),
            owns_products: yes_or_no(self.cell(record, Field::Owns)).unwrap_or(!products.is_empty()),
            products,
            email,
            consents_to_contact: yes_or_no(self.cell(record, Field::Consents)).unwrap_or(false),
            last_contact_at: optional_time(Field::LastContact)?,
            survey_answer: self.optional(record, Field::SurveyAnswer),
            survey_at: optional_time(Field::SurveyAt)?,
        })
    }
}

fn rejected<T>(reason: impl Into<String>) -> Result<T, Refused> {
    Err((Outcome::Rejected, reason.into()))
}

/// An id as the network wrote it; spreadsheets turn long ones into `5.70306E+17`, which is no id any more.
fn intact_id(id: &str) -> Option<String> {
    let id = id.trim_matches(['"', '\'']).trim();
    (!id.is_empty() && !id.contains("E+")).then(|| id.to_owned())
}

/// The id within the address of a post on X.
fn status_id(url: &str) -> Option<String> {
    let id: String = url.split("/status/").nth(1)?.chars().take_while(char::is_ascii_digit).collect();
    (!id.is_empty()).then_some(id)
}

/// Undoes the five HTML entities that exports leave in texts.
fn plain_text(text: &str) -> String {
    if !text.contains('&') {
        return text.to_owned();
    }
    let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#39;", "'");
    text.replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(cells: &[&str]) -> Record {
        Record { line: 7, fields: cells.iter().map(|cell| (*cell).to_owned()).collect(), ..Record::default() }
    }

    fn reader(columns: &[Field]) -> Reader {
        let columns = columns.iter().map(|field| Some(*field)).collect();
        Reader::new(&Mapping { columns, day_first: true, ..Mapping::default() }, crate::clock::now())
    }

    const POST: &[Field] = &[Field::At, Field::Handle, Field::Text, Field::Url];

    #[test]
    fn a_row_becomes_a_post() {
        let row = record(&["2022-09-30 21:46:35+00:00", "@Zoe", "Great &amp; fast", "https://twitter.com/zoe/status/123?s=2"]);
        let post = reader(POST).post(&row).expect("a post");
        assert_eq!((post.network.as_str(), post.handle.key.as_str(), post.text.as_str()), ("x", "zoe", "Great & fast"));
        assert_eq!((post.id.as_deref(), post.line), (Some("123"), 7));
    }

    #[test]
    fn what_cannot_be_read_says_why() {
        let reader = reader(POST);
        let why = |cells: &[&str]| reader.post(&record(cells)).expect_err("no post");
        assert_eq!(why(&["2022-09-30", "zoe", "#ERROR!", ""]).1, "The text is “#ERROR!”: a spreadsheet has destroyed it.");
        assert_eq!(why(&["2022-09-30", "zoe", "", ""]).1, "The text is missing.");
        assert_eq!(why(&["soon", "zoe", "Hello", ""]).1, "“soon” is not a date that we can read.");
        assert_eq!(why(&["2022-09-30", "zoe"]).1, "Half a row: it has 2 of 4 columns.");
        assert!(why(&["2022-09-30", "<script>", "Hello", ""]).1.contains("not a handle"));
        assert!(why(&["2022-09-30", "zoe", "Hello", "", "more"]).1.contains("5 cells for 4 columns"));
        let licence = "Due to licensing restrictions, this mention cannot be downloaded";
        assert_eq!(why(&["", "zoe", licence, ""]).0, Outcome::SetAside);
    }

    #[test]
    fn an_unclear_consent_is_no_consent() {
        let reader = reader(&[Field::Ref, Field::FullName, Field::Email, Field::Products, Field::Consents]);
        let person = reader.person(&record(&["C1", "Ada Okafor", "Ada@Example.com", "XPS 13", "perhaps"])).expect("a customer");
        assert!(person.owns_products && !person.consents_to_contact);
        assert_eq!(person.email.as_deref(), Some("ada@example.com"));
        assert!(reader.person(&record(&["C1", "Ada", "nobody", "", ""])).is_err());
        assert!(reader.person(&record(&["", "Ada", "", "", ""])).is_err());
    }

    #[test]
    fn ids_that_a_spreadsheet_damaged_are_none() {
        assert_eq!(intact_id("5.70306E+17"), None);
        assert_eq!(intact_id("\"1561430846413873152\"").as_deref(), Some("1561430846413873152"));
    }
}
