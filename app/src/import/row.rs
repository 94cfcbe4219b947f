//! One record: a post, a customer, or the reason why neither.

use super::cell::{cut, is_damaged_id, language, mojibake, number, plain_text};
use super::records::Record;
use super::{Field, Mapping, Outcome, dates, own};
use crate::address::Email;
use crate::author::rules::{self as author, Handle};
use crate::clock::Time;
use crate::customer::rules::yes_or_no;
use crate::export;

/// A post longer than this is not a post.
const TEXT_LONGEST: usize = 50_000;
/// Other cells are cut at this length.
const CELL_LONGEST: usize = 2_000;
/// What vendors put in place of a text that they may not pass on.
const LICENCE: &str = "due to licensing restrictions";

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
    /// How many people may have seen it, as the vendor reckons.
    pub reach: Option<i64>,
    /// Likes, comments and shares together.
    pub engagement: Option<i64>,
    pub vendor_sentiment: Option<String>,
    /// A spreadsheet had destroyed its id.
    pub damaged_id: bool,
    /// Its letters were lost before the file was made.
    pub mojibake: bool,
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

/// Why a row is left out: set aside or rejected, by which column, and the reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    pub outcome: Outcome,
    /// The column's name, where it is one column's fault.
    pub column: Option<String>,
    pub reason: String,
}

/// Reads rows by a mapping. Made once per run: it looks up places by field.
#[derive(Debug)]
pub struct Reader {
    headers: Vec<String>,
    width: usize,
    last_mapped: usize,
    dates: dates::Rule,
    /// By field: the columns that hold it, first choice first.
    places: Vec<Vec<usize>>,
    /// The file left our house: what a spreadsheet would run has a guard.
    ours: bool,
    now: Time,
}

impl Reader {
    /// A reader for rows laid out as the mapping says. Dates after `now` are mistakes.
    #[must_use]
    pub fn new(mapping: &Mapping, now: Time) -> Self {
        let places = Field::ALL.iter().map(|field| mapping.places(*field)).collect();
        let last_mapped = mapping.columns.iter().rposition(Option::is_some).unwrap_or(0);
        let (headers, ours) = (mapping.headers.clone(), own::is_ours(&mapping.headers));
        Self { headers, width: mapping.columns.len(), last_mapped, dates: mapping.dates(), places, ours, now }
    }

    fn places(&self, field: Field) -> &[usize] {
        self.places.get(field as usize).map_or(&[], Vec::as_slice)
    }

    /// A cell of a record, trimmed, as it was before it left our house.
    fn at<'r>(&self, record: &'r Record, place: usize) -> &'r str {
        let cell = record.cell(place);
        if self.ours { export::unguarded(cell).trim() } else { cell }
    }

    /// The first filled cell of a field's columns.
    fn cell<'r>(&self, record: &'r Record, field: Field) -> &'r str {
        self.places(field).iter().map(|place| self.at(record, *place)).find(|cell| !cell.is_empty()).unwrap_or("")
    }

    fn optional(&self, record: &Record, field: Field) -> Option<String> {
        let cell = self.cell(record, field);
        (!cell.is_empty()).then(|| cut(cell, CELL_LONGEST))
    }

    /// Refuses a row because of what stands in a field's column.
    fn refuse(&self, record: &Record, field: Field, reason: impl Into<String>) -> Refused {
        let places = self.places(field);
        let place = places.iter().find(|place| !record.cell(**place).is_empty()).or(places.first());
        let column = place.and_then(|place| self.headers.get(*place)).filter(|name| !name.is_empty()).cloned();
        Refused { outcome: Outcome::Rejected, column, reason: reason.into() }
    }

    /// A row that was torn apart is not read at all: its cells stand in the wrong columns.
    fn whole(&self, record: &Record) -> Result<(), Refused> {
        let cells = record.len();
        let torn = |reason: String| Err(Refused { outcome: Outcome::Rejected, column: None, reason });
        if record.half {
            return torn("Half a row: a quotation mark or bracket is opened and never closed, or the line has no end.".into());
        }
        // Sheets and objects leave out what is empty at the end.
        if cells <= self.last_mapped && !record.raw.is_empty() {
            return torn(format!("Half a row: it has {cells} of {} columns.", self.width));
        }
        if (self.width..cells).any(|place| !record.cell(place).is_empty()) {
            return torn(format!("It has {cells} cells for {} columns; a quotation mark may be missing.", self.width));
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
        if text.get(..LICENCE.len()).is_some_and(|start| start.eq_ignore_ascii_case(LICENCE)) {
            let refused = self.refuse(record, Field::Text, "The vendor's licence does not pass on this text.");
            return Err(Refused { outcome: Outcome::SetAside, ..refused });
        }
        if text.is_empty() {
            return Err(self.refuse(record, Field::Text, "The text is missing."));
        }
        if ["#ERROR!", "#NAME?", "#REF!", "#VALUE!", "#N/A", "#NUM!", "#DIV/0!", "#NULL!"].contains(&text) {
            return Err(self.refuse(record, Field::Text, format!("The text is “{text}”: a spreadsheet has destroyed it.")));
        }
        if text.len() > TEXT_LONGEST {
            return Err(self.refuse(record, Field::Text, format!("The text is longer than {TEXT_LONGEST} characters.")));
        }
        let url = self.optional(record, Field::Url).filter(|url| url.starts_with("http://") || url.starts_with("https://"));
        let (handle, name) = self.author(record)?;
        let at = self.time(record, Field::At)?;
        let network = author::network(self.cell(record, Field::Network), url.as_deref());
        let written = self.cell(record, Field::Id).trim_matches(['"', '\'']).trim();
        let damaged_id = is_damaged_id(written);
        let id = (!written.is_empty() && !damaged_id).then(|| cut(written, CELL_LONGEST));
        let text = plain_text(text);
        Ok(Post {
            line: record.line,
            network,
            handle,
            name,
            mojibake: mojibake(&text),
            text: text.into_owned(),
            at,
            id: id.or_else(|| url.as_deref().and_then(status_id)),
            url,
            language: language(self.cell(record, Field::Language)),
            country: self.optional(record, Field::Country),
            followers: number(self.cell(record, Field::Followers)),
            reach: number(self.cell(record, Field::Reach)),
            engagement: self.engagement(record),
            vendor_sentiment: self.optional(record, Field::Sentiment),
            damaged_id,
        })
    }

    /// The engagement that the row states, else the sum of its parts; none where it says nothing.
    fn engagement(&self, record: &Record) -> Option<i64> {
        number(self.cell(record, Field::Engagement)).or_else(|| {
            let parts = [Field::Likes, Field::Comments, Field::Shares];
            let counts = parts.iter().flat_map(|field| self.places(*field)).filter_map(|place| number(self.at(record, *place)));
            counts.fold(None, |sum: Option<i64>, count| Some(sum.unwrap_or(0).saturating_add(count)))
        })
    }

    fn author(&self, record: &Record) -> Result<(Handle, Option<String>), Refused> {
        let (handle, name) = (self.cell(record, Field::Handle), self.cell(record, Field::Name));
        let shown = (!name.is_empty()).then(|| cut(name, author::HANDLE_LONGEST));
        let parsed = match (handle, name) {
            ("", name) => author::parse_name(name),
            (handle, _) if handle.contains(' ') => author::parse_name(handle),
            (handle, _) => author::parse_handle(handle),
        };
        let field =
            if handle.is_empty() && (!name.is_empty() || self.places(Field::Handle).is_empty()) { Field::Name } else { Field::Handle };
        parsed.map(|parsed| (parsed, shown)).map_err(|why| self.refuse(record, field, why))
    }

    /// The date, with the time of day where that stands in a column of its own.
    fn time(&self, record: &Record, field: Field) -> Result<Time, Refused> {
        let (day, clock) = (self.cell(record, field), if field == Field::At { self.cell(record, Field::Clock) } else { "" });
        let parsed = if clock.is_empty() {
            dates::parse(day, self.dates, self.now)
        } else {
            // A day in a sheet comes with midnight.
            let day = day.strip_suffix(" 00:00:00").unwrap_or(day);
            if day.contains(':') {
                dates::parse(day, self.dates, self.now)
            } else {
                dates::parse(&format!("{day} {clock}"), self.dates, self.now)
            }
        };
        parsed.map_err(|why| self.refuse(record, field, why))
    }

    /// Reads a customer.
    ///
    /// # Errors
    /// How the row ends instead, and why.
    pub fn person(&self, record: &Record) -> Result<Person, Refused> {
        self.whole(record)?;
        let name = self.cell(record, Field::FullName);
        if name.is_empty() {
            return Err(self.refuse(record, Field::FullName, "The name is missing."));
        }
        let email = match self.cell(record, Field::Email) {
            "" => None,
            email => Some(Email::parse(email).map(String::from).map_err(|error| self.refuse(record, Field::Email, error.message()))?),
        };
        let external_ref = self.optional(record, Field::Ref).or_else(|| email.clone());
        let Some(external_ref) = external_ref else {
            return Err(self.refuse(record, Field::Ref, "Neither customer number nor e-mail address is given."));
        };
        let products = self.optional(record, Field::Products).unwrap_or_default();
        let optional_time = |field| if self.cell(record, field).is_empty() { Ok(None) } else { self.time(record, field).map(Some) };
        Ok(Person {
            line: record.line,
            external_ref,
            name: cut(name, 200),
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

/// The id within the address of a post on X.
fn status_id(url: &str) -> Option<String> {
    let id: String = url.split("/status/").nth(1)?.chars().take_while(char::is_ascii_digit).collect();
    (!id.is_empty()).then_some(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(cells: &[&str]) -> Record {
        let text = cells.iter().map(|cell| format!("\"{}\"", cell.replace('"', "\"\""))).collect::<Vec<_>>().join(",");
        let mut record = Record::default();
        super::super::records::Records::new(text.as_bytes(), ',').next(&mut record).expect("memory reads");
        Record { line: 7, ..record }
    }

    fn reader(columns: &[Field]) -> Reader {
        let headers = columns.iter().map(|field| format!("The {}", field.as_str())).collect();
        let columns = columns.iter().map(|field| Some(*field)).collect();
        Reader::new(&Mapping { columns, headers, ..Mapping::default() }, crate::clock::now())
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
        let column = |cells: &[&str]| why(cells).column;
        assert_eq!(why(&["2022-09-30", "zoe", "#ERROR!", ""]).reason, "The text is “#ERROR!”: a spreadsheet has destroyed it.");
        assert_eq!(why(&["2022-09-30", "zoe", "", ""]).reason, "The text is missing.");
        assert_eq!(why(&["soon", "zoe", "Hello", ""]).reason, "“soon” is not a date that we can read.");
        assert_eq!(why(&["2022-09-30", "zoe"]).reason, "Half a row: it has 2 of 4 columns.");
        assert!(why(&["2022-09-30", "<script>", "Hello", ""]).reason.contains("not a handle"));
        assert!(why(&["2022-09-30", "zoe", "Hello", "", "more"]).reason.contains("5 cells for 4 columns"));
        assert_eq!(column(&["soon", "zoe", "Hello", ""]).as_deref(), Some("The at"));
        assert_eq!(column(&["2022-09-30", "", "Hello", ""]).as_deref(), Some("The handle"));
        assert_eq!(column(&["2022-09-30", "zoe"]), None);
        let licence = "Due to licensing restrictions, this mention cannot be downloaded";
        assert_eq!(why(&["", "zoe", licence, ""]).outcome, Outcome::SetAside);
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
        let reader = reader(&[Field::At, Field::Handle, Field::Text, Field::Id, Field::Url]);
        let post = |id: &str, url: &str| reader.post(&record(&["2022-09-30", "zoe", "Hello", id, url])).expect("a post");
        assert_eq!((post("5.70306E+17", "").id, post("5.70306E+17", "").damaged_id), (None, true));
        assert_eq!(post("5.70306E+17", "https://x.com/zoe/status/570306133677760513").id.as_deref(), Some("570306133677760513"));
        assert_eq!(post("\"1561430846413873152\"", "").id.as_deref(), Some("1561430846413873152"));
    }

    #[test]
    fn counts_are_added_up_where_no_sum_is_stated() {
        let reader = reader(&[Field::At, Field::Handle, Field::Text, Field::Likes, Field::Shares, Field::Engagement, Field::Reach]);
        let counts = |cells: [&str; 4]| {
            let post = reader.post(&record(&[&["2022-09-30", "zoe", "Hello"], cells.as_slice()].concat())).expect("a post");
            (post.engagement, post.reach)
        };
        assert_eq!(counts(["3", "4", "", "1,200"]), (Some(7), Some(1_200)));
        assert_eq!(counts(["3", "4", "90", ""]), (Some(90), None));
        assert_eq!(counts(["", "", "", "many"]), (None, None));
    }

    #[test]
    fn a_time_of_day_may_stand_apart() {
        let reader = reader(&[Field::At, Field::Clock, Field::Handle, Field::Text]);
        for day in ["21-Aug-22", "2022-08-21 00:00:00", "21/08/2022"] {
            let post = reader.post(&record(&[day, "07:11 PM", "zoe", "Hello"])).expect("a post");
            assert_eq!(post.at.format("%Y-%m-%d %H:%M").to_string(), "2022-08-21 19:11", "{day}");
        }
    }
}
