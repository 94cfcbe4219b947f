//! What the forms of an import (`/imports/{id}`) say about its file.

use app::kernel::error::{Error, Result};
use app::listening::import::ImportField;
use app::listening::import::act::MappingAnswers;
use app::listening::import::mapping::columns::ReadingOptions;
use app::listening::import::reading::chat_lines::CHAT;
use app::listening::import::reading::record::MAX_COLUMNS;
use app::ui::submission::Fields;

/// What the form says about columns and dates.
///
/// # Errors
/// `Invalid` for a column that holds what we do not know.
pub fn mapping_answers(fields: &Fields) -> Result<MappingAnswers> {
    let (mut columns, mut unsaid): (Vec<Option<ImportField>>, Vec<usize>) = (Vec::new(), Vec::new());
    for (name, value) in &fields.0 {
        let Some(place) = name.strip_prefix("column-").and_then(|place| place.parse::<usize>().ok()) else { continue };
        if place >= MAX_COLUMNS {
            return Err(Error::field("columns", "The file has fewer columns. Reload the page and try again."));
        }
        if columns.len() <= place {
            columns.resize(place + 1, None);
        }
        // A mark before the guess says that nobody has chosen yet.
        let word = value.trim();
        unsaid.extend(word.starts_with('?').then_some(place));
        columns[place] = match word.trim_start_matches('?') {
            "" => None,
            word => Some(word.parse().map_err(|_| Error::field(name, format!("Choose a value for “{name}”.")))?),
        };
    }
    let day_first = match fields.text("day_first") {
        "yes" => Some(true),
        "no" => Some(false),
        _ => None,
    };
    let zones = fields.0.iter().filter_map(|(name, value)| Some((name.strip_prefix("zone-")?.to_owned(), value.clone())));
    Ok(MappingAnswers {
        columns,
        unsaid,
        day_first,
        time_zone: fields.text("time_zone").to_owned(),
        network: fields.all("network").next().map(str::to_owned),
        short_zones: zones.collect(),
        survey_scale: fields.maybe("survey_scale")?,
        marketing_is_consent: fields.ticked("marketing_is_consent"),
    })
}

/// How the form says that the file is read.
///
/// # Errors
/// `Invalid` on the field that holds what we do not know.
pub fn reading_options(fields: &Fields) -> Result<ReadingOptions> {
    let not_whole = |_| Error::field("header", "Enter the row with the column names as a whole number, or 0 if there are none.");
    Ok(ReadingOptions {
        kind: fields.parse("kind")?,
        encoding: fields.text("encoding").to_owned(),
        delimiter: delimiter(fields.text("delimiter"))?,
        header: fields.text("header").trim().parse().map_err(not_whole)?,
        sheet: Some(fields.text("sheet").to_owned()).filter(|sheet| !sheet.is_empty()),
    })
}

/// A delimiter by its name.
fn delimiter(word: &str) -> Result<char> {
    match word {
        "comma" => Ok(','),
        "semicolon" => Ok(';'),
        "tab" => Ok('\t'),
        "vertical bar" => Ok('|'),
        "chat" => Ok(CHAT),
        other => Err(Error::field("delimiter", format!("“{other}” is not a column separator we know. Choose one from the list."))),
    }
}
