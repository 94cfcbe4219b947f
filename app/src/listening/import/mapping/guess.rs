//! Guessing what a file's columns hold, from their names and from what stands in them.

use crate::kernel::clock::Time;
use crate::listening::import::mapping::header_synonyms::{NO_FIELD_NAMES, bare, is_praise, name_fits, name_part, plain};
use crate::listening::import::mapping::values::values_fit;
use crate::listening::import::reading::dates;
use crate::listening::import::{ColumnMapping, ImportField, ImportKind};

/// How many records are looked at for guessing.
pub const SAMPLE_ROWS: usize = 60;
/// The header is within the first records of any export we know (Brandwatch puts 6 lines before it).
pub const HEADER_WITHIN: usize = 30;

/// A field that a column may hold.
struct FieldScore {
    /// A column that is passed over in favour of another may still fill its gaps: what decides the order is apart from the score.
    rank: f64,
    score: f64,
    place: usize,
    field: ImportField,
}

/// Guesses what each column holds. `rows` are sample records without the header.
#[must_use]
pub fn guess(kind: ImportKind, headers: &[String], rows: &[Vec<String>], now: Time) -> Vec<Option<ImportField>> {
    let mut scores: Vec<FieldScore> = Vec::new();
    for (place, header) in headers.iter().enumerate() {
        let cells = cells_of(rows, place);
        scores.extend(ImportField::of(kind).filter_map(|field| score(field, (place, header), &cells, now)));
    }
    demote_titles(&mut scores, headers);
    scores.sort_by(|a, b| b.rank.total_cmp(&a.rank).then(a.place.cmp(&b.place)));
    let mut columns = assign(&scores, headers, rows);
    if kind == ImportKind::Mentions {
        find_author(&mut columns, headers, rows, now);
    }
    columns
}

/// The cells of a column in the sample.
fn cells_of(rows: &[Vec<String>], place: usize) -> Vec<&str> {
    rows.iter().map(|row| row.get(place).map_or("", |cell| cell.trim())).collect()
}

/// How well a field fits a column, by its name and its cells; none where it does not.
fn score(field: ImportField, (place, header): (usize, &str), cells: &[&str], now: Time) -> Option<FieldScore> {
    let name = name_fits(field, header);
    let score = match values_fit(field, cells, now) {
        // A column that is empty in the sample may be filled later; its name must say clearly what it is.
        None if name >= 80.0 => name / 10.0,
        // The plainest names are believed even where many cells are damaged.
        Some(fit) if name > 0.0 && (fit >= 0.5 || (name >= 92.0 && fit >= 0.25)) => name * (0.5 + 0.5 * fit),
        // Who sends a mention or two may send short ones.
        Some(_) if field == ImportField::Text && name >= 92.0 && cells.iter().any(|cell| cell.contains(char::is_alphabetic)) => name * 0.5,
        Some(fit) if plain(header).is_empty() || header.starts_with("Column ") => unnamed(field, fit, cells),
        // Short words may be anything where their column is called something else: countries, plans, ids.
        Some(_) if field == ImportField::Handle && name == 0.0 && !cells.iter().all(|cell| cell.is_empty() || is_mention(cell)) => 0.0,
        Some(fit) if name == 0.0 && !NO_FIELD_NAMES.iter().any(|never| plain(header).contains(never)) => unnamed(field, fit, cells) * 0.8,
        _ => 0.0,
    };
    let filled = cells.iter().filter(|cell| !cell.is_empty()).count() as f64 / cells.len().max(1) as f64;
    // Of two columns that may be the text, the one that is filled in every row is.
    let share = if field == ImportField::Text && name > 0.0 { 0.6 + 0.4 * filled } else { 1.0 };
    (score > 0.0).then_some(FieldScore { rank: score * share, score, place, field })
}

/// A title is what was posted only where there is nothing else.
fn demote_titles(scores: &mut [FieldScore], headers: &[String]) {
    let is_titled = |found: &FieldScore| found.field == ImportField::Text && is_title(&headers[found.place]);
    if scores.iter().any(|found| found.field == ImportField::Text && found.rank >= 30.0 && !is_titled(found)) {
        for found in scores.iter_mut().filter(|found| is_titled(found)) {
            found.rank = found.rank.min(29.0);
        }
    }
}

/// Gives each column the first field that is left for it.
fn assign(scores: &[FieldScore], headers: &[String], rows: &[Vec<String>]) -> Vec<Option<ImportField>> {
    let mut columns: Vec<Option<ImportField>> = vec![None; headers.len()];
    let mut taken: Vec<(ImportField, usize)> = Vec::new();
    for FieldScore { score, place, field, .. } in scores {
        let (score, place, field) = (*score, *place, *field);
        // Cells alone make nobody an author where a column is named as such.
        let is_guess = field == ImportField::Handle && score < 30.0;
        if is_guess && taken.iter().any(|(held, _)| *held == ImportField::Name) {
            continue;
        }
        let held: Vec<usize> = taken.iter().filter(|(held, _)| *held == field).map(|(_, place)| *place).collect();
        let is_another = match held.first() {
            None => true,
            Some(first) => fills_gaps(field, score, &held, place, headers, rows) || is_other_part(field, &headers[*first], &headers[place]),
        };
        if columns[place].is_none() && is_another {
            columns[place] = Some(field);
            taken.push((field, place));
        }
    }
    columns
}

/// Finds the author of mentions where no column is a handle.
fn find_author(columns: &mut [Option<ImportField>], headers: &[String], rows: &[Vec<String>], now: Time) {
    if !columns.contains(&Some(ImportField::Handle)) {
        // A lone "name" whose cells are handles is the handle (the airline set calls it so).
        for (column, header) in columns.iter_mut().zip(headers).filter(|(column, _)| **column == Some(ImportField::Name)) {
            if name_part(header).is_none() {
                *column = Some(ImportField::Handle);
            }
        }
    }
    if columns.iter().any(|column| matches!(column, Some(ImportField::Handle | ImportField::Name))) {
        return;
    }
    let mut free = (0..headers.len()).filter(|place| columns[*place].is_none());
    // Nor need an "author" be a handle: forums and news give the name.
    let is_named = |place: &usize| {
        name_fits(ImportField::Handle, &headers[*place]) >= 60.0 && values_fit(ImportField::Name, &cells_of(rows, *place), now) >= Some(0.5)
    };
    // A number that always means the same account tells authors apart, where nothing names them.
    let found = match free.clone().find(is_named) {
        Some(place) => Some((place, ImportField::Name)),
        None => free.find(|place| is_author_id(&headers[*place])).map(|place| (place, ImportField::Handle)),
    };
    if let Some((place, field)) = found {
        columns[place] = Some(field);
    }
}

/// Whether a column is called as the numbers of accounts are.
pub(super) fn is_author_id(header: &str) -> bool {
    const IDS: [&str; 6] = ["userid", "authorid", "fromid", "memberid", "accountid", "authorsteamid"];
    IDS.contains(&plain(bare(header)).as_str())
}

fn is_title(header: &str) -> bool {
    matches!(plain(header).as_str(), "title" | "headline" | "subject")
}

/// Whether a cell marks somebody as networks do.
fn is_mention(cell: &str) -> bool {
    cell.starts_with('@') || cell.starts_with("u/") || cell.starts_with("/u/")
}

/// Whether two columns are first and last name, or praise and criticism of one review.
fn is_other_part(field: ImportField, one: &str, other: &str) -> bool {
    if field == ImportField::Text {
        return matches!((is_praise(one), is_praise(other)), (Some(one), Some(other)) if one != other);
    }
    matches!(field, ImportField::Name | ImportField::FullName)
        && matches!((name_part(one), name_part(other)), (Some(one), Some(other)) if one != other)
}

/// A second column for text or handle, where the first is empty in rows in which this one is filled (Meltwater puts the
/// text into one of three columns, Talkwalker the handle into one of two). A title may stand beside a text, and is what was posted where
/// there is none.
fn fills_gaps(field: ImportField, score: f64, held: &[usize], place: usize, headers: &[String], rows: &[Vec<String>]) -> bool {
    let filled = |row: &Vec<String>, place: usize| row.get(place).is_some_and(|cell| !cell.trim().is_empty());
    let before = |row: &Vec<String>| held.iter().any(|held| filled(row, *held));
    let name = plain(&headers[place]);
    let both = rows.iter().any(|row| before(row) && filled(row, place));
    // A title that stands in no row with a text is something else's: of a group, of an event.
    // One that is the same in every row is the name of what is spoken of.
    let titles: std::collections::HashSet<&str> = rows.iter().filter_map(|row| row.get(place)).map(|cell| cell.trim()).collect();
    let beside = field == ImportField::Text && (name == "linktext" || (both && titles.len() > 1 && is_title(&headers[place])));
    matches!(field, ImportField::Text | ImportField::Handle)
        && score >= 30.0
        && rows.iter().any(|row| !before(row) && filled(row, place))
        && (beside || !both)
        && (field != ImportField::Text || both || !is_title(&headers[place]))
}

/// A score from the cells alone, for headers that say nothing; always below a named column's.
fn unnamed(field: ImportField, fit: f64, cells: &[&str]) -> f64 {
    let mean = cells.iter().map(|cell| cell.chars().count()).sum::<usize>() / cells.len().max(1);
    let distinct = cells.iter().collect::<std::collections::HashSet<_>>().len();
    let likely = match field {
        ImportField::Text => fit > 0.7 && mean > 30 && distinct * 2 > cells.len(),
        ImportField::Handle => {
            fit > 0.9 && (4..=20).contains(&mean) && distinct * 5 > cells.len() && (distinct > 2 || distinct == cells.len())
        }
        // A number alone is no date, though Excel counts days so.
        ImportField::At => fit > 0.9 && mean >= 8 && !cells.iter().any(|cell| cell.parse::<f64>().is_ok()),
        ImportField::Url | ImportField::EmailAddress => fit > 0.9,
        ImportField::Id => {
            fit > 0.9 && mean >= 10 && distinct == cells.len() && cells.iter().all(|cell| cell.bytes().all(|b| b.is_ascii_digit()))
        }
        ImportField::Sentiment => fit > 0.95 && distinct <= 5 && cells.iter().any(|cell| cell.parse::<f64>().is_err()),
        _ => false,
    };
    if likely { 20.0 + fit } else { 0.0 }
}

/// Where the header is among the first records, or none. It is the first record that is as wide as the file and whose cells are names: no
/// dates, links or numbers, hardly any of them long, hardly any twice.
#[must_use]
pub fn find_header(records: &[Vec<String>], now: Time) -> Option<usize> {
    let width = width(records);
    let at =
        records.iter().take(HEADER_WITHIN).position(|record| record.len() >= width.max(2) || (width > 5 && record.len() + 1 == width))?;
    let is_value =
        |cell: &str| cell.parse::<f64>().is_ok() || cell.starts_with("http") || dates::parse(cell, dates::DateRule::utc(true), now).is_ok();
    let names = records[at].iter().map(|cell| cell.trim()).filter(|cell| !cell.is_empty()).collect::<Vec<_>>();
    let distinct = names.iter().map(|name| name.to_lowercase()).collect::<std::collections::HashSet<_>>().len();
    let long = names.iter().filter(|name| name.chars().count() > 80 || name.contains('\n')).count();
    let fits =
        names.len() * 2 > width && !names.iter().any(|name| is_value(name)) && distinct * 5 >= names.len() * 4 && long * 3 <= names.len();
    fits.then_some(at)
}

/// The last record of a header that has several: survey tools write the wording of each question below its name, and below that how they
/// call it themselves, or what could be ticked.
#[must_use]
pub fn header_end(records: &[Vec<String>], at: usize, now: Time) -> usize {
    let tells_ids = |record: &Vec<String>| record.iter().any(|cell| cell.contains("\"ImportId\""));
    if let Some(ahead) = records.iter().skip(at + 1).take(2).position(tells_ids) {
        return at + 1 + ahead;
    }
    let is_date = |cell: &str| dates::is_date(cell, now);
    let Some((second, rest)) = records.get(at + 1..).and_then(<[_]>::split_first) else { return at };
    let rest = &rest[..rest.len().min(SAMPLE_ROWS)];
    let dated = (0..second.len()).find(|place| {
        let filled: Vec<&String> = rest.iter().filter_map(|row| row.get(*place)).filter(|cell| !cell.trim().is_empty()).collect();
        filled.len() >= 2 && filled.iter().all(|cell| is_date(cell))
    });
    let answers =
        second.iter().any(|cell| matches!(plain(cell).as_str(), "response" | "openendedresponse" | "antwort" | "réponse" | "respuesta"));
    match dated {
        Some(place) if answers && !second.get(place).is_some_and(|cell| is_date(cell)) => at + 1,
        _ => at,
    }
}

/// The names of the columns from all records of a header: a question's wording stands behind its name.
#[must_use]
pub fn header_names(records: &[Vec<String>]) -> Vec<String> {
    let Some((names, below)) = records.split_first() else { return Vec::new() };
    let width = records.iter().map(Vec::len).max().unwrap_or(0);
    let cell = |record: &Vec<String>, place: usize| record.get(place).map_or("", |cell| cell.trim()).to_owned();
    (0..width)
        .map(|place| {
            let name = cell(names, place);
            let wording = below.iter().map(|record| cell(record, place)).find(|cell| !cell.is_empty() && !cell.starts_with('{'));
            match wording {
                Some(wording) if name.is_empty() => wording,
                Some(wording) if plain(&wording) != plain(&name) => format!("{name}: {wording}"),
                _ => name,
            }
        })
        .collect()
}

/// The width that most records have.
#[must_use]
pub fn width(records: &[Vec<String>]) -> usize {
    let mut counts = std::collections::BTreeMap::new();
    for record in records {
        *counts.entry(record.len()).or_insert(0_usize) += 1;
    }
    counts.into_iter().max_by_key(|(width, count)| (*count, *width)).map_or(0, |(width, _)| width)
}

/// What the file most likely holds.
#[must_use]
pub fn guess_kind(headers: &[String], rows: &[Vec<String>], now: Time) -> ImportKind {
    let lacks = |kind| {
        let mapping = ColumnMapping { columns: guess(kind, headers, rows, now), ..ColumnMapping::default() };
        (mapping.missing(kind).len(), mapping)
    };
    let (mentions, _) = lacks(ImportKind::Mentions);
    let (roster, mapping) = lacks(ImportKind::Customers);
    let has = |field| mapping.columns.contains(&Some(field));
    let consents = has(ImportField::Consents) || has(ImportField::MarketingConsent);
    let speaks_of_customers = has(ImportField::EmailAddress) || has(ImportField::Phone) || consents || has(ImportField::Owns);
    if roster == 0 && speaks_of_customers && (mentions > 0 || consents) { ImportKind::Customers } else { ImportKind::Mentions }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(text: &str) -> (Vec<String>, Vec<Vec<String>>) {
        let mut rows = text.lines().map(|line| line.split('|').map(str::to_owned).collect::<Vec<_>>());
        (rows.next().expect("a header"), rows.collect())
    }

    fn held(kind: ImportKind, text: &str) -> Vec<String> {
        let (headers, rows) = table(text);
        guess(kind, &headers, &rows, crate::kernel::clock::now())
            .iter()
            .map(|held| held.map_or("", ImportField::as_str).to_owned())
            .collect()
    }

    #[test]
    fn columns_are_known_by_name() {
        let text = "|Datetime|Tweet Id|Text|Username|sentiment|sentiment_score\n\
                    1|2022-09-30 21:46:35+00:00|1575965354425131008|My laptop has died again today|tidy_spruce|negative|0.5\n\
                    2|2022-09-30 21:18:02+00:00|1575958171423752203|So happy with the new monitor|coral_osprey|positive|0.7";
        assert_eq!(held(ImportKind::Mentions, text), ["", "at", "id", "text", "handle", "sentiment", ""]);
    }

    #[test]
    fn a_lone_name_with_handles_in_it_is_the_handle() {
        let text = "tweet_id|airline_sentiment|airline_sentiment_confidence|airline|name|text|tweet_created|user_timezone\n\
                    570306133677760513|neutral|1.0|Virgin America|rustic_raven|What was it that you said there|2015-02-24 11:35:52 -0800|Eastern";
        assert_eq!(held(ImportKind::Mentions, text), ["id", "sentiment", "", "", "handle", "text", "at", ""]);
    }

    #[test]
    fn an_author_of_full_names_is_a_name() {
        let text = "Date|Author|Text\n2022-09-30 21:46|Zoë Kramer-Lund|My laptop has died again today\n2022-09-30 21:46|Max O. Example|So happy with the new monitor";
        assert_eq!(held(ImportKind::Mentions, text), ["at", "name", "text"]);
    }

    #[test]
    fn short_mentions_and_those_without_spaces_are_text() {
        let text = "date|author|text\n2022-09-30 21:46|zoe_k|It died.\n2022-09-30 21:46|maya7|Why?";
        assert_eq!(held(ImportKind::Mentions, text), ["at", "handle", "text"]);
        let text = "a|b|c\n2022-09-30 21:46|@zoe_k|ノートパソコンがまた壊れました。もう三回目です。今度こそ返金してもらいます。\n\
                    2022-09-29 21:46|@maya7|新しいモニターがとても気に入りました。ありがとうございます。また買います！";
        assert_eq!(held(ImportKind::Mentions, text), ["at", "handle", "text"]);
    }

    #[test]
    fn columns_without_telling_names_are_known_by_what_stands_in_them() {
        let text = "a|b|c|d\n\
                    2022-09-30 21:46|@zoe_k|My laptop has died again, third time this year!|https://x.com/1\n\
                    2022-09-29 11:06|@maya7|So happy with the new monitor that I ordered, thanks|https://x.com/2\n\
                    2022-09-28 10:16|@carlos|Two hours on hold and nobody in support knew my case|https://x.com/3";
        assert_eq!(held(ImportKind::Mentions, text), ["at", "handle", "text", "url"]);
    }

    #[test]
    fn a_roster_is_distinguished_from_a_listening_export() {
        let text = "Customer ID|Name|Email|Products|Owns products|Consents to contact|Last contact|Survey answer\n\
                    C-1|Ada Okafor|ada@example.com|XPS 13|yes|yes|2021-02-03|I do not care much";
        let (headers, rows) = table(text);
        assert_eq!(guess_kind(&headers, &rows, crate::kernel::clock::now()), ImportKind::Customers);
        assert_eq!(
            held(ImportKind::Customers, text),
            ["ref", "full_name", "email", "products", "owns", "consents", "last_contact", "survey_answer"]
        );
    }

    #[test]
    fn the_header_is_found_below_a_preamble_or_missed_where_there_is_none() {
        let rows = |text: &str| text.lines().map(|line| line.split('|').map(str::to_owned).collect()).collect::<Vec<Vec<String>>>();
        let now = crate::kernel::clock::now();
        assert_eq!(find_header(&rows("Report:|Bulk\nBrand:|Dell\nQuery Id|Date|Url\n1|2|3\n1|2|3\n1|2|3"), now), Some(2));
        assert_eq!(find_header(&rows("1|2022-01-01|https://x.y\n2|2022-01-02|https://x.z"), now), None);
    }
}
