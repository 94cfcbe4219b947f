//! Candidates, quotas and conditions as CSV files.
//!
//! - candidates: `id`, categories, and optionally `household` and `score`
//! - quotas: `category,value,min,max`, and optionally `population` (the value's part of the population, in any unit)
//! - weights: `id,score` for each candidate, or `category,value,weight`, of which a candidate's score is the sum
//! - groups (together, apart): one group of IDs a line, separated by commas

use std::collections::BTreeMap;

use super::pool::{DrawMistakes, DrawPool, PoolCandidate, SeatQuota};

/// Reads candidates.
///
/// # Errors
/// Each line that cannot be read.
pub fn read_candidates(text: &str) -> Result<DrawPool, DrawMistakes> {
    let table = DrawTable::read(text, "candidates")?;
    let id = table.column("id").ok_or_else(|| table.missing("id"))?;
    let (household, score) = (table.column("household"), table.column("score"));
    let is_category = |at: &usize| *at != id && Some(*at) != household && Some(*at) != score;
    let of_categories: Vec<usize> = (0..table.heads.len()).filter(is_category).collect();
    let mut mistakes = DrawMistakes::new();
    let mut pool = DrawPool { categories: of_categories.iter().map(|at| table.heads[*at].clone()).collect(), candidates: Vec::new() };
    for (line, cells) in &table.rows {
        if cells[id].is_empty() {
            mistakes.push(format!("Line {line} of the candidates has no ID."));
        }
        let stated = score.map_or("", |at| &cells[at]);
        let score = if stated.is_empty() { Some(0.0) } else { number(stated) };
        let score = score.unwrap_or_else(|| {
            mistakes.push(format!("Line {line} of the candidates: the score “{stated}” is not a number."));
            0.0
        });
        pool.candidates.push(PoolCandidate {
            id: cells[id].clone(),
            values: of_categories.iter().map(|at| cells[*at].clone()).collect(),
            household: household.map(|at| cells[at].clone()).unwrap_or_default(),
            score,
        });
    }
    if mistakes.is_empty() { Ok(pool) } else { Err(mistakes) }
}

/// Reads quotas. An empty `min` is 0, an empty `max` all seats.
///
/// # Errors
/// Each line that cannot be read.
pub fn read_quotas(text: &str, seats: u32) -> Result<Vec<SeatQuota>, DrawMistakes> {
    let table = DrawTable::read(text, "quotas")?;
    let column = |name: &str| table.column(name).ok_or_else(|| table.missing(name));
    let (category, value, min, max) = (column("category")?, column("value")?, column("min")?, column("max")?);
    let population = table.column("population");
    let mut mistakes = DrawMistakes::new();
    let mut quotas = Vec::new();
    for (line, cells) in &table.rows {
        let mut seats_of = |at: usize, empty: u32| match cells[at].as_str() {
            "" => empty,
            text => text.parse().unwrap_or_else(|_| {
                mistakes.push(format!("Line {line} of the quotas: “{text}” is not a number of seats. Enter a whole number."));
                empty
            }),
        };
        let (min, max) = (seats_of(min, 0), seats_of(max, seats));
        let stated = population.map_or("", |at| &cells[at]);
        let share = number(stated).filter(|share| *share >= 0.0);
        if share.is_none() && !stated.is_empty() {
            mistakes.push(format!("Line {line} of the quotas: the population “{stated}” is not a number of people or a share."));
        }
        quotas.push(SeatQuota { category: cells[category].clone(), value: cells[value].clone(), min, max, population: share });
    }
    if mistakes.is_empty() { Ok(quotas) } else { Err(mistakes) }
}

/// Gives candidates the scores of a file with weights.
///
/// # Errors
/// Each line that cannot be read, or that names nobody.
pub fn apply_weights(pool: &mut DrawPool, text: &str) -> Result<(), DrawMistakes> {
    let table = DrawTable::read(text, "weights")?;
    let mut mistakes = DrawMistakes::new();
    let mut weigh = |line: &usize, text: &str| {
        number(text).unwrap_or_else(|| {
            mistakes.push(format!("Line {line} of the weights: “{text}” is not a number."));
            0.0
        })
    };
    if let (Some(id), Some(score)) = (table.column("id"), table.column("score").or_else(|| table.column("weight"))) {
        let scores: BTreeMap<&str, f64> = table.rows.iter().map(|(line, cells)| (cells[id].as_str(), weigh(line, &cells[score]))).collect();
        for candidate in &mut pool.candidates {
            candidate.score = scores.get(candidate.id.as_str()).copied().unwrap_or_default();
        }
        let is_known = |id: &&str| pool.candidates.iter().any(|candidate| candidate.id == **id);
        let unknown = scores.keys().filter(|id| !is_known(id));
        mistakes.extend(unknown.map(|id| format!("The weights name “{id}”, who is not a candidate.")));
    } else {
        let column = |name: &str| table.column(name).ok_or_else(|| table.missing(name));
        let (category, value, weight) = (column("category")?, column("value")?, column("weight")?);
        let mut weights: BTreeMap<(usize, &str), f64> = BTreeMap::new();
        let mut unknown = DrawMistakes::new();
        for (line, cells) in &table.rows {
            let weight = weigh(line, &cells[weight]);
            match pool.categories.iter().position(|known| *known == cells[category]) {
                Some(at) => *weights.entry((at, &cells[value])).or_default() += weight,
                None => unknown.push(format!("Line {line} of the weights: no candidate has a category “{}”.", cells[category])),
            }
        }
        mistakes.extend(unknown);
        for candidate in &mut pool.candidates {
            let of = |(at, value): (usize, &String)| weights.get(&(at, value.as_str())).copied().unwrap_or_default();
            candidate.score = candidate.values.iter().enumerate().map(of).sum();
        }
    }
    if mistakes.is_empty() { Ok(()) } else { Err(mistakes) }
}

/// Reads groups of IDs, one a line.
///
/// # Errors
/// A line that names one person only.
pub fn read_groups(text: &str) -> Result<Vec<Vec<String>>, DrawMistakes> {
    let ids = |line: &str| line.split(',').map(|id| id.trim().to_owned()).filter(|id| !id.is_empty()).collect::<Vec<_>>();
    let groups: Vec<Vec<String>> = text.trim_start_matches('\u{feff}').lines().map(ids).filter(|group| !group.is_empty()).collect();
    let alone =
        groups.iter().filter(|group| group.len() < 2).map(|group| format!("A group has two people or more: “{}” is alone.", group[0]));
    let mistakes: DrawMistakes = alone.collect();
    if mistakes.is_empty() { Ok(groups) } else { Err(mistakes) }
}

fn number(text: &str) -> Option<f64> {
    text.parse().ok().filter(|number: &f64| number.is_finite())
}

/// A file with a header row: cells without spaces around them, with their line.
struct DrawTable {
    what: &'static str,
    heads: Vec<String>,
    rows: Vec<(usize, Vec<String>)>,
}

impl DrawTable {
    fn read(text: &str, what: &'static str) -> Result<Self, DrawMistakes> {
        let mut reader =
            csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).from_reader(text.trim_start_matches('\u{feff}').as_bytes());
        let unreadable = |error: csv::Error| vec![format!("The {what} cannot be read: {error}")];
        let heads: Vec<String> = reader.headers().map_err(unreadable)?.iter().map(str::to_owned).collect();
        let mut mistakes = DrawMistakes::new();
        let mut rows = Vec::new();
        for record in reader.records() {
            let record = record.map_err(unreadable)?;
            let line = record.position().map_or(0, |position| position.line() as usize);
            if record.len() == heads.len() {
                rows.push((line, record.iter().map(str::to_owned).collect()));
            } else {
                mistakes.push(format!("Line {line} of the {what} has {} columns instead of {}.", record.len(), heads.len()));
            }
        }
        for (at, head) in heads.iter().enumerate() {
            if heads[..at].contains(head) {
                mistakes.push(format!("The {what} have two columns “{head}”. Rename one."));
            }
        }
        if mistakes.is_empty() { Ok(Self { what, heads, rows }) } else { Err(mistakes) }
    }

    fn column(&self, name: &str) -> Option<usize> {
        self.heads.iter().position(|head| head.eq_ignore_ascii_case(name))
    }

    fn missing(&self, name: &str) -> DrawMistakes {
        vec![format!("The {} have no column “{name}”. Columns: {}.", self.what, self.heads.join(", "))]
    }
}
