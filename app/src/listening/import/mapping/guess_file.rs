//! Guesses how a file is to be read from its first records, and reads on where they leave something open about its dates.

use std::collections::BTreeMap;
use std::path::Path;

use encoding_rs::Encoding;

use crate::kernel::clock::Time;
use crate::kernel::error::Result;
use crate::kernel::export;
use crate::listening::customer::SurveyScale;
use crate::listening::import::field::{ImportField, ImportKind};
use crate::listening::import::mapping::column_facts::{ColumnFacts, DateFacts};
use crate::listening::import::mapping::columns::{ColumnMapping, MappingOrigin, ReadingOptions};
use crate::listening::import::mapping::confidence::confidences;
use crate::listening::import::mapping::date_order::{self, DateEvidence};
use crate::listening::import::mapping::file_dates::{FileDates, SeeOrder};
use crate::listening::import::mapping::file_sample::{FileSample, best_delimiter, best_sheet, chat, first, objects, objects_of};
use crate::listening::import::mapping::values::values_fit;
use crate::listening::import::mapping::{guess, layout_network, own_files, preset, roster, score_scale, survey_scale};
use crate::listening::import::reading::chat_lines::CHAT;
use crate::listening::import::reading::container::{self, Content, invalid, unreadable};
use crate::listening::import::reading::record::{MAX_COLUMNS, Record};
use crate::listening::import::reading::sheet::WorkbookRows;
use crate::listening::import::reading::source::{self, FileInspection, FileRows};

/// Files up to this size are read to their end beforehand: a second or two.
const MAX_WHOLE_BYTES: u64 = 256 << 20;

/// Guesses everything about the file: sheet, delimiter, header, what it holds, its columns, how its dates are written.
///
/// # Errors
/// `Invalid` on the field `file` where no columns can be told apart.
pub fn guess(path: &Path, inspection: &FileInspection, kind: Option<ImportKind>, now: Time) -> Result<(ImportKind, ColumnMapping)> {
    guess_from_sample(path, inspection, kind, false, now)
}

/// As `guess`, with the rows counted where that does not take long, so that progress can be shown against a whole.
///
/// # Errors
/// As `guess`.
pub fn guess_and_count(
    path: &Path,
    inspection: &FileInspection,
    kind: Option<ImportKind>,
    now: Time,
) -> Result<(ImportKind, ColumnMapping)> {
    guess_from_sample(path, inspection, kind, u64::try_from(inspection.bytes).is_ok_and(|bytes| bytes <= MAX_WHOLE_BYTES), now)
}

fn guess_from_sample(
    path: &Path,
    inspection: &FileInspection,
    kind: Option<ImportKind>,
    count: bool,
    now: Time,
) -> Result<(ImportKind, ColumnMapping)> {
    let sample = match inspection.content {
        Content::Text => best_delimiter(path, inspection.encoding)?,
        Content::Workbook => best_sheet(path, now)?,
        Content::Json => objects(path, now)?,
    };
    let header = header_span(&sample, find_header(&sample.records, now), now);
    let (kind, mut mapping, evidence) = with_header(inspection.encoding, header, sample, kind, now)?;
    read_on(path, &mut mapping, &evidence, count, now)?;
    Ok((kind, mapping))
}

/// Guesses columns again after a person said what encoding, delimiter or header line is right.
///
/// # Errors
/// `Invalid` for an encoding that there is not.
pub fn guess_again(path: &Path, before: &ColumnMapping, options: &ReadingOptions, now: Time) -> Result<ColumnMapping> {
    reguess(path, before, options, |_| options.header.checked_sub(1), now)
}

/// As `guess_again`; with the header guessed where another sheet or list is read than before.
///
/// # Errors
/// As `guess_sheet`.
pub fn guess_as_told(path: &Path, before: &ColumnMapping, options: &ReadingOptions, now: Time) -> Result<ColumnMapping> {
    let again = if options.sheet == before.sheet { guess_again } else { guess_sheet };
    again(path, before, options, now)
}

/// As `guess_again`, with the header guessed: for another sheet of a workbook, or another list of JSON.
///
/// # Errors
/// `Invalid` where there is no such sheet, or where it has no columns.
pub fn guess_sheet(path: &Path, before: &ColumnMapping, options: &ReadingOptions, now: Time) -> Result<ColumnMapping> {
    reguess(path, before, options, |records| find_header(records, now), now)
}

fn reguess(
    path: &Path,
    before: &ColumnMapping,
    options: &ReadingOptions,
    header: impl Fn(&[Vec<String>]) -> Option<usize>,
    now: Time,
) -> Result<ColumnMapping> {
    let encoding = source::label(&options.encoding)?;
    let sample = match container::content(path)? {
        Content::Text if options.delimiter == CHAT => chat(path, encoding)?,
        Content::Text => {
            let records = first(&mut source::delimited(path, encoding, options.delimiter)?, path)?;
            FileSample { delimiter: options.delimiter, sheet: None, parts: Vec::new(), keys: None, records }
        }
        Content::Json => objects_of(path, options.sheet.clone())?,
        Content::Workbook => {
            let mut rows = FileRows::Sheet(WorkbookRows::open(container::workbook(path)?, options.sheet.as_deref()));
            let records = first(&mut rows, path)?;
            FileSample { delimiter: ',', sheet: options.sheet.clone(), parts: Vec::new(), keys: None, records }
        }
    };
    let sample = FileSample { parts: before.parts.clone(), ..sample };
    let header = header_span(&sample, header(&sample.records), now);
    let (_, mut mapping, evidence) = with_header(encoding, header, sample, Some(options.kind), now)?;
    // The file's name, or a person, may have told the network.
    if mapping.network.is_none() && before.network.is_some() {
        (mapping.network, mapping.network_from) = (before.network.clone(), before.network_from);
    }
    read_on(path, &mut mapping, &evidence, false, now)?;
    Ok(mapping)
}

/// Where the header is: a vendor's names, else what reads as names.
fn find_header(records: &[Vec<String>], now: Time) -> Option<usize> {
    preset::find(records).map(|(at, _)| at).or_else(|| guess::find_header(records, now))
}

/// The first and the last record of the header of which one record is known. Where that is the last of several, as a mapping keeps it, the
/// names stand above it. None where the names do not stand among the records.
fn header_span(sample: &FileSample, at: Option<usize>, now: Time) -> Option<(usize, usize)> {
    let at = at.filter(|_| sample.keys.is_none())?;
    let end = |first: usize| guess::header_end(&sample.records, first, now);
    let first = (1..=2).rev().filter_map(|back| at.checked_sub(back)).find(|first| end(*first) == at).unwrap_or(at);
    Some((first, end(first)))
}

/// What the file holds, and how that is known. `said` is what a person said.
fn kind_of(said: Option<ImportKind>, headers: &[String], rows: &[Vec<String>], is_vendor: bool, now: Time) -> (ImportKind, MappingOrigin) {
    match said {
        Some(kind) => (kind, MappingOrigin::User),
        None if is_vendor => (ImportKind::Mentions, MappingOrigin::Guessed),
        None if own_files::is_whole_roster(headers) => (ImportKind::Customers, MappingOrigin::Guessed),
        None if own_files::is_ours(headers) => (guess::guess_kind(headers, rows, now), MappingOrigin::Guessed),
        None => {
            let of = |kind| ColumnMapping { columns: guess::guess(kind, headers, rows, now), ..ColumnMapping::default() };
            let doubt = roster::doubt(&of(ImportKind::Mentions), &of(ImportKind::Customers), rows);
            (guess::guess_kind(headers, rows, now), doubt)
        }
    }
}

/// What each column holds.
fn columns_of(
    kind: ImportKind,
    headers: &[String],
    rows: &[Vec<String>],
    found: Option<preset::PresetMatch>,
    now: Time,
) -> Vec<Option<ImportField>> {
    let mut columns = guess::guess(kind, headers, rows, now);
    if let Some(found) = found {
        found.preset.assign(headers, &mut columns);
    }
    if kind == ImportKind::Customers {
        roster::keep_extras(headers, rows, &mut columns);
        columns = own_files::roster_fields(headers).unwrap_or(columns);
    }
    // What we say about a row is none of its cells.
    let cells = own_files::columns(headers);
    columns.iter_mut().enumerate().filter(|(place, _)| !cells.contains(place)).for_each(|(_, held)| *held = None);
    columns
}

/// What the first rows say of the columns, and the evidence of their dates.
fn with_header(
    encoding: &'static Encoding,
    header: Option<(usize, usize)>,
    sample: FileSample,
    kind: Option<ImportKind>,
    now: Time,
) -> Result<(ImportKind, ColumnMapping, FileDates)> {
    let FileSample { delimiter, sheet, parts, keys, mut records } = sample;
    let is_structured = sheet.is_some() || (keys.is_some() && delimiter != CHAT);
    let mut rows = records.split_off(header.map_or(0, |(_, end)| end + 1).min(records.len()));
    let mut headers: Vec<String> = match (keys, header) {
        (Some(keys), _) => keys,
        (None, Some((at, _))) => guess::header_names(records.get(at..).unwrap_or_default()),
        (None, None) => (1..=guess::width(&rows)).map(|number| format!("Column {number}")).collect(),
    };
    if headers.len() > MAX_COLUMNS {
        return Err(invalid("This file has more than 2,000 columns, the maximum. Export fewer columns."));
    }
    if own_files::is_ours(&headers) {
        rows.iter_mut().flatten().chain(&mut headers).for_each(|cell| *cell = export::unguarded(cell).to_owned());
    }
    let found = preset::find(std::slice::from_ref(&headers)).map(|(_, found)| found).filter(|_| kind != Some(ImportKind::Customers));
    let (kind, kind_from) = kind_of(kind, &headers, &rows, found.is_some(), now);
    let mut columns = columns_of(kind, &headers, &rows, found, now);
    let network = if delimiter == CHAT { Some("whatsapp") } else { layout_network::of(&headers, sheet.as_deref()) };
    if network.is_some() && found.is_none() {
        layout_network::leave_out_other_sources(&mut columns, &rows);
    }
    let mut mapping = ColumnMapping {
        encoding: encoding.name().to_owned(),
        delimiter,
        header: header.map(|(_, end)| end),
        network: network.map(str::to_owned),
        confidence: confidences(kind, &headers, &rows, &columns, found, now),
        headers,
        columns,
        preset: found,
        sheet,
        parts,
        is_structured,
        kind_from,
        ..ColumnMapping::default()
    };
    if kind == ImportKind::Mentions && mapping.network.is_none() && !layout_network::rows_tell(&mapping, &rows) {
        mapping.network_from = MappingOrigin::Open;
    }
    // What stands above the names may say the zone, and so may what survey tools write below them.
    let names = header.map_or(0, |(at, _)| at);
    let around: Vec<Vec<String>> = records.iter().enumerate().filter(|(at, _)| *at != names).map(|(_, record)| record.clone()).collect();
    let mut dates = column_facts(&mut mapping, &around, &rows, now);
    let (zone, zone_from) = date_order::zone(&mapping.headers, &mapping.places(ImportField::At), &around, &rows);
    mapping.time_zone = zone.map_or(mapping.time_zone, |zone| zone.name().to_owned());
    mapping.zone_from = zone_from;
    for row in &rows {
        dates.see(&mapping, row.iter().map(String::as_str), DateEvidence::see_order, now);
    }
    dates.tell(&mut mapping);
    Ok((kind, mapping, dates))
}

/// Notes what the cells of each column say, and gives the columns whose cells are dates.
fn column_facts(mapping: &mut ColumnMapping, around: &[Vec<String>], rows: &[Vec<String>], now: Time) -> FileDates {
    let mut dates = FileDates::default();
    for (place, header) in mapping.headers.iter().enumerate() {
        let cells: Vec<&str> = rows.iter().map(|row| row.get(place).map_or("", |cell| cell.trim())).collect();
        let held = mapping.columns.get(place).copied().flatten();
        let is_dated = held.is_some_and(ImportField::is_date) || values_fit(ImportField::At, &cells, now) >= Some(0.5);
        let facts = ColumnFacts {
            dates: is_dated.then(|| {
                let (zone, zone_from) = date_order::zone(&mapping.headers, &[place], around, rows);
                DateFacts { order: None, time_zone: zone.map(|zone| zone.name().to_owned()), zone_from, short_zones: BTreeMap::new() }
            }),
            score: score_scale::find(header, &cells),
            survey: survey_scale::find(header, &cells).filter(|_| !own_files::is_whole_roster(&mapping.headers)),
        };
        if is_dated {
            dates.columns.insert(place, DateEvidence::default());
        }
        if facts != ColumnFacts::default() {
            mapping.facts.insert(place, facts);
        }
    }
    let facts = |mapping: &ColumnMapping, field| mapping.places(field).first().and_then(|place| mapping.facts.get(place)).cloned();
    mapping.scale = facts(mapping, ImportField::Sentiment).and_then(|facts| facts.score);
    if mapping.columns.contains(&Some(ImportField::SurveyAnswer)) {
        let words = (SurveyScale::Words, MappingOrigin::File);
        (mapping.survey_scale, mapping.scale_from) =
            facts(mapping, ImportField::SurveyAnswer).and_then(|facts| facts.survey).unwrap_or(words);
    }
    dates
}

/// What the first rows do not tell, from one reading of all of them: how many there are, if that is asked for, which number of a date is the
/// day, until a row says so, and which abbreviations of zones there are. Of a large file that is not counted, rows are read until one says which
/// number is the day.
fn read_on(path: &Path, mapping: &mut ColumnMapping, first_rows: &FileDates, count: bool, now: Time) -> Result<()> {
    let is_open = !first_rows.held.is_decided() && mapping.order_from != MappingOrigin::File;
    let is_small = std::fs::metadata(path).is_ok_and(|file| file.len() <= MAX_WHOLE_BYTES);
    let is_whole = count || (is_small && !first_rows.columns.is_empty());
    if !is_open && !is_whole {
        return Ok(());
    }
    let until_decided: SeeOrder = |evidence, date, now| {
        if !evidence.is_decided() {
            evidence.see_order(date, now);
        }
    };
    let (mut rows, mut record) = (source::rows(path, mapping)?, Record::default());
    let (mut dates, mut total) = (first_rows.to_read_on(), 0);
    while rows.next(&mut record).map_err(|error| unreadable(path, &error))? {
        total += 1;
        dates.see(mapping, record.cells(), until_decided, now);
        if dates.held.is_decided() && !is_whole {
            break;
        }
    }
    dates.tell(mapping);
    mapping.total = count.then_some(total);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::clock::now;

    #[test]
    fn dates_that_contradict_each_other_stay_a_guess() {
        let path = std::env::temp_dir().join(format!("weheard-guess-{}.csv", uuid::Uuid::new_v4()));
        std::fs::write(&path, "Date,Author,Text\n13/4/2022,zoe,The fan is loud again\n4/13/2022,max,The hinge broke\n").expect("a file");
        let (_, mapping) = guess(&path, &source::inspect(&path).expect("text"), None, now()).expect("columns");
        std::fs::remove_file(path).expect("removed");
        assert_eq!((mapping.day_first, mapping.order_from), (true, MappingOrigin::Guessed));
    }

    #[test]
    fn a_header_of_several_rows_stays_whole_when_it_is_read_again() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus/survey-three-headers.csv");
        let inspection = source::inspect(&path).expect("text");
        let (kind, mapping) = guess(&path, &inspection, None, now()).expect("columns");
        let again = guess_again(&path, &mapping, &ReadingOptions::of(kind, &mapping), now()).expect("columns");
        assert_eq!((again.header, &again.headers, &again.columns), (Some(2), &mapping.headers, &mapping.columns));
        let named = ColumnMapping { network: Some("telegram".into()), ..mapping };
        let from_first = ReadingOptions { header: 1, ..ReadingOptions::of(kind, &named) };
        assert_eq!(
            guess_again(&path, &named, &from_first, now()).expect("columns").headers,
            again.headers,
            "its first row means all of it"
        );
    }

    #[test]
    fn one_reading_counts_the_rows_and_finds_the_order_of_dates() {
        let path = std::env::temp_dir().join(format!("weheard-guess-{}.csv", uuid::Uuid::new_v4()));
        let open = "4/5/2022,zoe,The fan is loud again\n".repeat(700);
        std::fs::write(&path, format!("Date,Author,Text\n{open}4/13/2022,max,The hinge broke\n{open}")).expect("a file");
        let inspection = source::inspect(&path).expect("text");
        let (_, counted) = guess_and_count(&path, &inspection, None, now()).expect("columns");
        let (_, mapping) = guess(&path, &inspection, None, now()).expect("columns");
        std::fs::remove_file(path).expect("removed");
        assert_eq!((counted.day_first, counted.order_from, counted.total), (false, MappingOrigin::File, Some(1401)));
        assert_eq!((mapping.day_first, mapping.order_from, mapping.total), (false, MappingOrigin::File, None));
    }

    fn of(text: &str) -> ColumnMapping {
        let path = std::env::temp_dir().join(format!("weheard-guess-{}.csv", uuid::Uuid::new_v4()));
        std::fs::write(&path, text).expect("a file");
        let (_, mapping) = guess(&path, &source::inspect(&path).expect("text"), None, now()).expect("columns");
        std::fs::remove_file(path).expect("removed");
        mapping
    }

    #[test]
    fn a_zone_that_comes_after_the_first_rows_is_asked() {
        let early = "2024-01-05 10:00,zoe,The fan is loud again\n".repeat(200);
        let asked = |rows: &str| of(&format!("Date,Author,Text\n{early}{rows}")).short_zones;
        assert_eq!(asked("2024-01-05 10:00 IST,max,The hinge broke\n"), BTreeMap::from([("IST".to_owned(), None)]));
        assert_eq!(asked("2024-01-05 10:00 +0530 (IST),max,The hinge broke\n"), BTreeMap::new());
        let both = "2024-01-05 10:00 IST,max,The hinge broke\n2024-07-05 10:00 IDT,max,The hinge broke\n";
        assert_eq!(asked(both), BTreeMap::from([("IST".to_owned(), Some(7_200))]), "its sister tells");
    }

    #[test]
    fn dates_that_come_after_the_first_rows_are_asked() {
        let early = "2024-01-05,zoe,The fan is loud again\n".repeat(200);
        let order = |rows: &str| of(&format!("Date,Author,Text\n{early}{rows}")).order_from;
        assert_eq!(order("3/4/2024,max,The hinge broke\n"), MappingOrigin::Open);
        assert_eq!(order("4/23/2024,max,The hinge broke\n"), MappingOrigin::File);
    }

    #[test]
    fn columns_that_are_not_taken_for_dates_tell_what_theirs_say() {
        let mapping = of("Date,Author,Text,Seen (EST)\n2024-01-05,zoe,The fan is loud again,3/4/2024 10:00 IST\n");
        let dates = mapping.facts[&3].dates.clone().expect("dates");
        assert_eq!(dates.order, Some((true, MappingOrigin::Open)));
        assert_eq!((dates.short_zones.len(), mapping.short_zones.len(), mapping.order_from), (1, 0, MappingOrigin::File));
    }
}
