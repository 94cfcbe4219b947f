//! Turns one record into a mention or a customer, or into the reason why not.

use std::borrow::Cow;

use sha2::{Digest, Sha256};

use crate::kernel::address::EmailAddress;
use crate::kernel::clock::Time;
use crate::kernel::export;
use crate::kernel::secret::hex;
use crate::listening::author::rules::{self as author, Handle};
use crate::listening::customer::rules::yes_or_no;
use crate::listening::customer::{CustomerDetails, SurveyScale};
#[cfg(feature = "store")]
use crate::listening::import::SkippedRow;
use crate::listening::import::mapping::header_synonyms::{NamePart, is_praise, name_fits, name_part};
use crate::listening::import::mapping::own_files;
use crate::listening::import::reading::cell::{cut, is_damaged_id, language, mended, mojibake, number, plain_text};
use crate::listening::import::reading::dates;
use crate::listening::import::reading::markup::without_markup;
use crate::listening::import::reading::record::Record;
use crate::listening::import::{ColumnMapping, ImportField, RowOutcome, RowReason};

/// The maximum length of a mention, in bytes.
const MAX_TEXT_CHARS: usize = 50_000;
/// Other cells are cut at this length.
const MAX_CELL_CHARS: usize = 2_000;
/// Characters of a cell that the reason of its row shows.
const MAX_SHOWN_CHARS: usize = 80;
/// What vendors write instead of a text that their licence does not include.
const LICENCE: &str = "due to licensing restrictions";

#[derive(Clone, Debug, PartialEq)]
pub struct ParsedMention {
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

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParsedCustomer {
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
    pub survey_scale: SurveyScale,
    pub details: CustomerDetails,
}

/// Why a row is skipped: outcome, column and reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusedRow {
    pub outcome: RowOutcome,
    /// The column's name, where it is one column's fault.
    pub column: Option<String>,
    pub reason: RowReason,
}

/// Reads rows by a mapping. Made once per run: it looks up places by field.
#[derive(Debug)]
pub struct RowReader {
    headers: Vec<String>,
    width: usize,
    last_mapped: usize,
    dates: dates::DateRule,
    /// By field: the columns that hold it, first choice first.
    places: Vec<Vec<usize>>,
    /// One of our own CSV files, whose formula-like cells are marked.
    ours: bool,
    /// Our own file of all customers.
    own_roster: bool,
    /// Columns of first and of last names, where each has one: (for authors, for customers).
    split_names: [Option<(usize, usize)>; 2],
    network: Option<String>,
    scale: Option<u8>,
    survey_scale: SurveyScale,
    marketing_is_consent: bool,
    /// Columns of praise and of criticism, where a review has both.
    parts: Option<(usize, usize)>,
    /// Columns whose links lead to the mention: those of links, and those that show it or say when it was.
    leading: Vec<usize>,
    now: Time,
}

impl RowReader {
    /// A reader for rows laid out as the mapping says. Dates after `now` are mistakes.
    #[must_use]
    pub fn new(mapping: &ColumnMapping, now: Time) -> Self {
        let places = ImportField::ALL.iter().map(|field| mapping.places(*field)).collect();
        let last_mapped = mapping.columns.iter().rposition(Option::is_some).unwrap_or(0);
        let (headers, ours) = (mapping.headers.clone(), own_files::is_ours(&mapping.headers));
        let own_roster = own_files::is_whole_roster(&headers);
        let split_names = [ImportField::Name, ImportField::FullName].map(|field| split_name(mapping, field));
        let (network, scale) = (mapping.network.clone(), mapping.scale);
        let named = (0..mapping.headers.len()).filter(|place| name_fits(ImportField::Url, &mapping.headers[*place]) >= 60.0);
        let held = [ImportField::Text, ImportField::At, ImportField::Id].into_iter().flat_map(|field| mapping.places(field));
        let leading = named.chain(held).collect();
        let texts = mapping.places(ImportField::Text);
        let part =
            |praise| texts.iter().copied().find(|place| mapping.headers.get(*place).and_then(|name| is_praise(name)) == Some(praise));
        let parts = part(true).zip(part(false));
        Self {
            headers,
            width: mapping.columns.len(),
            last_mapped,
            dates: mapping.dates(),
            places,
            ours,
            own_roster,
            split_names,
            network,
            scale,
            survey_scale: mapping.survey_scale,
            marketing_is_consent: mapping.marketing_is_consent,
            parts,
            leading,
            now,
        }
    }

    fn places(&self, field: ImportField) -> &[usize] {
        self.places.get(field as usize).map_or(&[], Vec::as_slice)
    }

    /// A trimmed cell, without the mark of our own files.
    fn at<'r>(&self, record: &'r Record, place: usize) -> &'r str {
        let cell = record.cell(place);
        if self.ours { export::unguarded(cell).trim() } else { cell }
    }

    /// The first filled cell of a field's columns.
    fn cell<'r>(&self, record: &'r Record, field: ImportField) -> &'r str {
        self.places(field).iter().map(|place| self.at(record, *place)).find(|cell| !is_nothing(cell)).unwrap_or("")
    }

    /// A name, put together where first and last name stand in columns of their own.
    fn name<'r>(&self, record: &'r Record, field: ImportField) -> Cow<'r, str> {
        match self.split_names[usize::from(field == ImportField::FullName)] {
            Some((first, last)) => {
                let parts = [first, last].map(|place| self.at(record, place)).into_iter().filter(|part| !is_nothing(part));
                Cow::Owned(parts.collect::<Vec<_>>().join(" "))
            }
            None => Cow::Borrowed(self.cell(record, field)),
        }
    }

    /// The vendor's value; a score with how far it could go.
    fn vendor_sentiment(&self, record: &Record) -> Option<String> {
        let value = self.optional(record, ImportField::Sentiment)?;
        match self.scale {
            Some(scale) if value.parse::<f64>().is_ok() => Some(format!("{value} of {scale}")),
            _ => Some(value),
        }
    }

    fn optional(&self, record: &Record, field: ImportField) -> Option<String> {
        let cell = self.cell(record, field);
        (!cell.is_empty()).then(|| cut(cell, MAX_CELL_CHARS))
    }

    /// Rejects a row because of a field's column.
    fn refuse(&self, record: &Record, field: ImportField, reason: RowReason) -> RefusedRow {
        let places = self.places(field);
        let place = places.iter().find(|place| !record.cell(**place).is_empty()).or(places.first());
        let column = place.and_then(|place| self.headers.get(*place)).filter(|name| !name.is_empty()).cloned();
        RefusedRow { outcome: RowOutcome::Rejected, column, reason }
    }

    /// Rejects a row with too few or too many cells, whose values would be in the wrong columns.
    fn whole(&self, record: &Record) -> Result<(), RefusedRow> {
        let (cells, whole) = (record.len(), |count: usize| i64::try_from(count).unwrap_or(i64::MAX));
        let torn = |reason: RowReason| Err(RefusedRow { outcome: RowOutcome::Rejected, column: None, reason });
        if record.half {
            return torn(RowReason::Unclosed);
        }
        // Sheets and objects leave out what is empty at the end.
        if cells <= self.last_mapped && !record.original.is_empty() {
            return torn(RowReason::CellsMissing { cells: whole(cells), columns: whole(self.width) });
        }
        if (self.width..cells).any(|place| !record.cell(place).is_empty()) {
            return torn(RowReason::TooManyCells { cells: whole(cells), columns: whole(self.width) });
        }
        Ok(())
    }

    /// Reads a mention.
    ///
    /// # Errors
    /// How the row ends instead, and why.
    pub fn mention(&self, record: &Record) -> Result<ParsedMention, RefusedRow> {
        self.whole(record)?;
        let text = self.text(record)?;
        let url = self
            .places(ImportField::Url)
            .iter()
            .find_map(|place| record.link(*place).or_else(|| Some(self.at(record, *place))).and_then(link));
        let url = url.or_else(|| self.leading.iter().find_map(|place| record.link(*place).and_then(link)));
        let at = self.time(record, ImportField::At)?;
        let word = self.cell(record, ImportField::Network);
        let network = match &self.network {
            Some(network) if word.is_empty() => network.clone(),
            _ => author::network(word, url.as_deref()),
        };
        let written = self.cell(record, ImportField::Id).trim_matches(['"', '\'']).trim();
        let damaged_id = is_damaged_id(written);
        let id = (!written.is_empty() && !damaged_id).then(|| cut(written, MAX_CELL_CHARS));
        let text = self.with_other_part(record, text);
        let text = without_markup(&text);
        let text = plain_text(&text);
        let text = mended(&text).map_or(text, Cow::Owned);
        let id = id.or_else(|| url.as_deref().and_then(status_id));
        let (handle, name) = self.author(record, || match &id {
            Some(id) => id.clone(),
            // Two of the same words at the same time are one mention.
            None => hex(&Sha256::digest(format!("{}\n{text}", at.timestamp())))[..24].to_owned(),
        })?;
        Ok(ParsedMention {
            line: record.line,
            network,
            handle,
            name,
            mojibake: mojibake(&text),
            text: text.into_owned(),
            at,
            id,
            url,
            language: language(self.cell(record, ImportField::Language)),
            country: self.optional(record, ImportField::Country),
            followers: number(self.cell(record, ImportField::Followers)).filter(|count| *count >= 0),
            reach: number(self.cell(record, ImportField::Reach)).filter(|count| *count >= 0),
            engagement: self.engagement(record),
            vendor_sentiment: self.vendor_sentiment(record),
            damaged_id,
        })
    }

    /// The first text of a row.
    ///
    /// # Errors
    /// How the row ends where it has none that may be kept, and why.
    fn text<'r>(&self, record: &'r Record) -> Result<&'r str, RefusedRow> {
        let text = self.places(ImportField::Text).iter().map(|place| self.at(record, *place)).find(|cell| !is_no_text(cell)).unwrap_or("");
        if text.get(..LICENCE.len()).is_some_and(|start| start.eq_ignore_ascii_case(LICENCE)) {
            let refused = self.refuse(record, ImportField::Text, RowReason::TextLicensed);
            return Err(RefusedRow { outcome: RowOutcome::Excluded, ..refused });
        }
        if text.is_empty() {
            return Err(self.refuse(record, ImportField::Text, RowReason::TextMissing));
        }
        if ["#ERROR!", "#NAME?", "#REF!", "#VALUE!", "#N/A", "#NUM!", "#DIV/0!", "#NULL!"].contains(&text) {
            return Err(self.refuse(record, ImportField::Text, RowReason::TextDestroyed { text: text.to_owned() }));
        }
        if text.len() > MAX_TEXT_CHARS {
            return Err(self.refuse(
                record,
                ImportField::Text,
                RowReason::TextTooLong { limit: i64::try_from(MAX_TEXT_CHARS).unwrap_or(i64::MAX) },
            ));
        }
        Ok(text)
    }

    /// A text with its other part, where reviews ask what is good and what is not.
    fn with_other_part<'t>(&self, record: &Record, text: &'t str) -> Cow<'t, str> {
        let Some((praise, criticism)) = self.parts else { return Cow::Borrowed(text) };
        let parts = [praise, criticism].map(|place| self.at(record, place)).into_iter().filter(|part| !is_no_text(part));
        let joined = parts.collect::<Vec<_>>().join("\n\n");
        if joined.is_empty() { Cow::Borrowed(text) } else { Cow::Owned(joined) }
    }

    /// The engagement that the row states, else the sum of its parts; none where it says nothing.
    fn engagement(&self, record: &Record) -> Option<i64> {
        number(self.cell(record, ImportField::Engagement)).or_else(|| {
            let parts = [ImportField::Likes, ImportField::Comments, ImportField::Shares];
            let counts = parts.iter().flat_map(|field| self.places(*field)).filter_map(|place| number(self.at(record, *place)));
            counts.fold(None, |sum: Option<i64>, count| Some(sum.unwrap_or(0).saturating_add(count)))
        })
    }

    /// The author and the name shown. Where no author is known, one of this mention alone: `mention` gives what it is known by.
    fn author(&self, record: &Record, mention: impl Fn() -> String) -> Result<(Handle, Option<String>), RefusedRow> {
        let (handle, name) = (self.cell(record, ImportField::Handle), self.name(record, ImportField::Name));
        let handle = author::in_record(handle).unwrap_or(handle);
        let (handle, name) = (mended(handle).map_or(Cow::Borrowed(handle), Cow::Owned), mended(&name).map_or(name, Cow::Owned));
        let shown = (!author::is_unknown(&name)).then(|| cut(&name, author::MAX_HANDLE_CHARS));
        let parsed = match (author::is_unknown(&handle), author::is_unknown(&name)) {
            (true, true) => return Ok((author::unknown(&mention()), None)),
            (true, false) => author::parse_name(&name),
            (false, _) if handle.contains(' ') => author::parse_name(&handle),
            (false, _) => author::parse_handle(&handle).or_else(|why| author::parse_name(&handle).map_err(|_| why)),
        };
        let field = if author::is_unknown(&handle) { ImportField::Name } else { ImportField::Handle };
        parsed.map(|parsed| (parsed, shown)).map_err(|_| self.refuse(record, field, not_an_author(&handle, &name)))
    }

    /// The date, with the time of day where that stands in a column of its own.
    fn time(&self, record: &Record, field: ImportField) -> Result<Time, RefusedRow> {
        let (day, clock) = (self.cell(record, field), if field == ImportField::At { self.cell(record, ImportField::Clock) } else { "" });
        let parsed = if clock.is_empty() {
            dates::parse(day, self.dates, self.now)
        } else {
            // A day in a sheet comes with midnight.
            let day = day.strip_suffix(" 00:00:00").unwrap_or(day);
            if day.contains(':') || dates::is_moment(day) {
                dates::parse(day, self.dates, self.now)
            } else {
                dates::parse(&format!("{day} {clock}"), self.dates, self.now)
            }
        };
        parsed.map_err(|why| self.refuse(record, field, why))
    }
}

/// The columns of first and last names that hold a field, where each has one.
fn split_name(mapping: &ColumnMapping, field: ImportField) -> Option<(usize, usize)> {
    let places = mapping.places(field);
    let of = |part| places.iter().copied().find(|place| mapping.headers.get(*place).and_then(|name| name_part(name)) == Some(part));
    of(NamePart::First).zip(of(NamePart::Last))
}

/// A link; the address within Reddit that its exports write is one as well.
fn link(cell: &str) -> Option<String> {
    match cell {
        cell if cell.starts_with("http://") || cell.starts_with("https://") => Some(cut(cell, MAX_CELL_CHARS)),
        cell if cell.starts_with("/r/") => Some(cut(&format!("https://www.reddit.com{cell}"), MAX_CELL_CHARS)),
        _ => None,
    }
}

/// What programs write for an empty cell.
fn is_nothing(cell: &str) -> bool {
    matches!(cell, "" | "NA" | "NaN" | "nan" | "NULL" | "null" | "None" | "\\N" | "<NA>")
}

/// What stands where a text was taken away, or where a program writes that there was none.
fn is_no_text(cell: &str) -> bool {
    matches!(cell, "" | "[removed]" | "[deleted]" | "NA" | "NaN" | "nan" | "NULL" | "null" | "\\N" | "<NA>")
}

/// The id within the address of a mention on X.
fn status_id(url: &str) -> Option<String> {
    let id: String = url.split("/status/").nth(1)?.chars().take_while(char::is_ascii_digit).collect();
    (!id.is_empty()).then_some(id)
}

/// Why neither the handle nor the name says who wrote a mention.
fn not_an_author(handle: &str, name: &str) -> RowReason {
    let is_name = handle.is_empty() || handle.contains(' ');
    let text = if handle.is_empty() { name } else { handle };
    if !text.chars().any(|c| !c.is_whitespace() && !matches!(c, '@' | '＠' | '"')) {
        return RowReason::AuthorMissing;
    }
    if !is_name && text.chars().count() > author::MAX_HANDLE_CHARS {
        return RowReason::HandleTooLong { limit: i64::try_from(author::MAX_HANDLE_CHARS).unwrap_or(i64::MAX) };
    }
    let text = cut(text, MAX_SHOWN_CHARS);
    if is_name { RowReason::NotAName { text } } else { RowReason::NotAHandle { text } }
}

#[cfg(feature = "store")]
pub(crate) fn skipped_row(record: &Record, refused: RefusedRow) -> SkippedRow {
    let RefusedRow { outcome, column, reason } = refused;
    SkippedRow { line: record.line, outcome, column_name: column, reason: Some(reason), ..SkippedRow::default() }
}

mod person;
#[cfg(test)]
mod tests;
