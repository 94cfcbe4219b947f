//! How sure it is what a column holds, and why: shown beside each column, and asked of a person where it is not sure enough.

use serde::{Deserialize, Serialize};

use super::guess::is_author_id;
use super::header_synonyms::{name_fits, plain};
use super::preset::PresetMatch;
use super::values::{reads_longer, values_fit};
use crate::kernel::clock::Time;
use crate::listening::import::field::{ImportField, ImportKind};
use crate::listening::import::reading::cell::plain_text;
use crate::listening::import::reading::dates;
use crate::listening::import::reading::markup::without_markup;

/// Below this many percent, a file waits for a person: a name that only contains a known word, with cells of which a fifth do not fit, is
/// just below.
pub const MIN_CONFIDENCE: u8 = 50;

text_enum! {
    /// What says that a column holds a field.
    pub enum ConfidenceReason {
        Preset = "preset", "typical of this vendor";
        NameAndCells = "name_and_cells", "from its name and values";
        Name = "name", "from its name; few values to check";
        PartOfName = "part_of_name", "from part of its name and its values";
        Cells = "cells", "from its values only";
        Person = "person", "your choice";
        Saved = "saved", "as chosen for an earlier file";
        Rival = "rival", "another column fits as well";
    }
}

/// How sure it is that a column holds what it is taken for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnConfidence {
    /// Percent.
    pub sure: u8,
    pub why: ConfidenceReason,
    /// The place of another column that fits as well.
    #[serde(default)]
    pub rival: Option<usize>,
}

impl ColumnConfidence {
    /// What a person says.
    pub const PERSON: Self = Self { sure: 100, why: ConfidenceReason::Person, rival: None };
    /// What a person said for an earlier file with the same columns.
    pub const SAVED: Self = Self { sure: 100, why: ConfidenceReason::Saved, rival: None };

    /// Whether a person has to look.
    #[must_use]
    pub const fn is_open(self) -> bool {
        self.sure < MIN_CONFIDENCE || self.rival.is_some()
    }
}

/// Fields without which a row says nothing, or which say who speaks: these must be sure.
#[must_use]
pub const fn must_be_sure(field: ImportField) -> bool {
    matches!(
        field,
        ImportField::Text | ImportField::At | ImportField::Handle | ImportField::Name | ImportField::FullName | ImportField::EmailAddress
    )
}

/// How sure each column is. `rows` are sample records without the header.
#[must_use]
pub fn confidences(
    kind: ImportKind,
    headers: &[String],
    rows: &[Vec<String>],
    columns: &[Option<ImportField>],
    preset: Option<PresetMatch>,
    now: Time,
) -> Vec<Option<ColumnConfidence>> {
    let cells = |place: usize| -> Vec<&str> { rows.iter().map(|row| row.get(place).map_or("", |cell| cell.trim())).collect() };
    let by_vendor =
        |field: ImportField, header: &str| preset.is_some_and(|found| found.preset.names(field).contains(&plain(header).as_str()));
    columns
        .iter()
        .zip(headers)
        .enumerate()
        .map(|(place, (held, header))| {
            let field = (*held)?;
            if by_vendor(field, header) {
                return Some(ColumnConfidence { sure: 99, why: ConfidenceReason::Preset, rival: None });
            }
            let own = cells(place);
            let found = of_column(field, header, &own, now);
            let alone = columns.iter().filter(|other| **other == Some(field)).count() == 1;
            let rival = if must_be_sure(field) && alone && field.kind() == kind {
                (0..headers.len())
                    .filter(|other| columns[*other].is_none() && *other != place)
                    .find(|other| is_rival(field, (header, &own), (&headers[*other], &cells(*other)), now))
            } else {
                None
            };
            Some(match rival {
                Some(_) => ColumnConfidence { sure: found.sure.min(MIN_CONFIDENCE - 5), why: ConfidenceReason::Rival, rival },
                None => found,
            })
        })
        .collect()
}

fn of_column(field: ImportField, header: &str, cells: &[&str], now: Time) -> ColumnConfidence {
    let name = match field {
        // Where nothing else names the author, a column of names does.
        ImportField::Handle => name_fits(field, header).max(name_fits(ImportField::Name, header)),
        field => name_fits(field, header),
    };
    let fit = values_fit(field, cells, now);
    let is_filled = cells.iter().any(|cell| !cell.is_empty());
    if field == ImportField::Handle && is_author_id(header) {
        return ColumnConfidence { sure: 80, why: ConfidenceReason::Name, rival: None };
    }
    let (most, why) = match name {
        // Names that are known whole have 92 points and more, those that end with a known one 62 and more: see `name_fits`.
        name if name >= 90.0 && !is_filled => (90.0, ConfidenceReason::Name),
        name if name >= 90.0 && fit.is_some_and(|fit| fit < 0.25) => (75.0, ConfidenceReason::Name),
        name if name >= 90.0 => (97.0, ConfidenceReason::NameAndCells),
        name if name >= 60.0 => (85.0, ConfidenceReason::NameAndCells),
        name if name > 0.0 => (70.0, ConfidenceReason::PartOfName),
        // Dates, addresses and long texts tell themselves; who an unnamed word is, they do not.
        _ if matches!(field, ImportField::Handle | ImportField::Name) => (60.0, ConfidenceReason::Cells),
        _ => (75.0, ConfidenceReason::Cells),
    };
    let share = match (why, fit) {
        (ConfidenceReason::Name, _) | (_, None) => 1.0,
        (_, Some(fit)) => 0.5 + 0.5 * fit,
    };
    ColumnConfidence { sure: (most * share).round().clamp(1.0, 99.0) as u8, why, rival: None }
}

/// Whether another column fits a field as well as the one that was taken: its name says as much, its cells are as fit and as long, and they say
/// something else.
fn is_rival(field: ImportField, (header, own): (&str, &[&str]), (other_header, other): (&str, &[&str]), now: Time) -> bool {
    let (name, other_name) = (name_fits(field, header), name_fits(field, other_header));
    let beside = field == ImportField::Text && matches!(plain(other_header).as_str(), "title" | "headline" | "subject");
    // What is known by its cells alone is taken for its place in the file.
    let as_close = name > 0.0 && other_name > 0.0 && (name - other_name).abs() <= 1.5;
    let fit = |cells: &[&str]| values_fit(field, cells, now).unwrap_or(0.0);
    let filled = |cells: &[&str]| cells.iter().filter(|cell| !cell.is_empty()).count();
    // The picture of an author is nobody.
    let is_linked = |cells: &[&str]| cells.iter().filter(|cell| !cell.is_empty()).all(|cell| cell.starts_with("http"));
    let is_picture = field == ImportField::Handle && is_linked(other) && !is_linked(own);
    as_close
        && !is_picture
        && !beside
        && filled(other) * 2 > filled(own)
        && fit(other) >= 0.8 * fit(own)
        && fit(other) > 0.5
        && (field != ImportField::Text || reads_longer(other, own))
        && own.iter().zip(other).any(|(own, other)| !own.is_empty() && !other.is_empty() && differ(field, own, other, now))
}

/// Whether two cells say different things. When a survey was begun and sent is one date; a day, and a moment of that day anywhere in the world,
/// are one too. A text with markup and one without are one.
fn differ(field: ImportField, one: &str, other: &str, now: Time) -> bool {
    let read = |cell: &str| dates::parse(cell, dates::DateRule::utc(true), now).ok();
    let bare = |text: &str| plain_text(&without_markup(text)).split_whitespace().collect::<Vec<_>>().join(" ");
    match (field, read(one), read(other)) {
        (ImportField::At, Some(one), Some(other)) => {
            let is_day = [one, other].iter().any(|at| at.time() == chrono::NaiveTime::MIN);
            (one - other).num_hours().abs() > if is_day { 24 + 14 } else { 24 }
        }
        (ImportField::Text, ..) => bare(one) != bare(other),
        _ => one != other,
    }
}

#[cfg(test)]
mod tests {
    use super::super::guess::guess;
    use super::*;

    fn of(text: &str) -> Vec<Option<ColumnConfidence>> {
        let mut rows = text.lines().map(|line| line.split('|').map(str::to_owned).collect::<Vec<_>>());
        let (headers, rows) = (rows.next().expect("a header"), rows.collect::<Vec<_>>());
        let now = crate::kernel::clock::now();
        let columns = guess(ImportKind::Mentions, &headers, &rows, now);
        confidences(ImportKind::Mentions, &headers, &rows, &columns, None, now)
    }

    #[test]
    fn names_and_cells_that_agree_are_sure() {
        let found = of(
            "Date|Author|Text\n2022-09-30 21:46|zoe_k|My laptop has died again today\n2022-09-30 21:46|max|So happy with the new monitor",
        );
        assert!(found.iter().flatten().all(|one| one.sure >= 90 && !one.is_open()), "{found:?}");
    }

    #[test]
    fn what_only_cells_say_is_less_sure() {
        let found = of(
            "a|b|c\n2022-09-30 21:46|@zoe_k|My laptop has died again, third time this year!\n2022-09-29 11:06|@maya7|So happy with the new monitor that I ordered, thanks",
        );
        assert!(found.iter().flatten().all(|one| one.why == ConfidenceReason::Cells && one.sure < 80 && !one.is_open()), "{found:?}");
    }

    #[test]
    fn what_says_the_same_in_another_way_is_no_rival() {
        for text in [
            "created_at|date|author|text\n1769651630000|2026-01-28|zoe|My laptop has died again today\n1770769316000|2026-02-10|max|So happy with the new monitor",
            "Date|Author|textDisplay|textOriginal\n2022-09-30|zoe|My laptop &amp; mouse have <b>died</b> again|My laptop & mouse have died again\n2022-09-29|max|So happy with this|So happy with this",
            "Date|authorChannelId.value|authorProfileImageUrl|text\n2022-09-30|UCabc|https://yt3.example/a|My laptop has died again today\n2022-09-29|UCdef|https://yt3.example/b|So happy with the new monitor",
            "Date|user.screen_name|user.name|text\n2022-09-30|ida_b|Ida_B|My laptop has died again today\n2022-09-29|max|Max|So happy with the new monitor",
        ] {
            assert!(of(text).iter().flatten().all(|one| one.rival.is_none()), "{text}");
        }
    }

    #[test]
    fn two_columns_that_fit_as_well_are_asked() {
        let found = of(
            "Date|Author|Comment 1|Comment 2\n2022-09-30|zoe_k|My laptop has died again today|The shop was friendly and quick\n2022-09-29|max|So happy with the new monitor|The box came late and open",
        );
        let text = found.iter().flatten().find(|one| one.rival.is_some()).expect("asked");
        assert!(text.is_open() && text.why == ConfidenceReason::Rival);
    }
}
