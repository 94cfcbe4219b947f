//! `weheard panel draw`: fills the seats of a panel from files, with the code that the web uses. It needs no database.

use std::path::{Path, PathBuf};
use std::time::Instant;

use app::kernel::amount::percent_of_one;
use app::kernel::error::{Error, Result};
use app::recruiting::draw::files::{apply_weights, read_candidates, read_groups, read_quotas};
use app::recruiting::draw::{DrawConditions, DrawMethod, DrawMistakes, DrawRequest, DrawResult, draw, seeded};
use clap::{Args, ValueEnum};
use serde_json::json;

use crate::out;

/// How seats are filled, in the words of the command line.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum MethodFlag {
    /// By lot: the smallest chance as large as possible, then the next smallest, and so on
    Leximin,
    /// By lot: the smallest chance as large as possible
    Maximin,
    /// The panel nearest to the population, without chance
    Balanced,
    /// The highest scores under the quotas, without chance
    Ranked,
}

impl From<MethodFlag> for DrawMethod {
    fn from(flag: MethodFlag) -> Self {
        match flag {
            MethodFlag::Leximin => Self::Leximin,
            MethodFlag::Maximin => Self::Maximin,
            MethodFlag::Balanced => Self::Balanced,
            MethodFlag::Ranked => Self::Ranked,
        }
    }
}

/// A smaller chance is none: it comes from rounding.
const NO_CHANCE: f64 = 1e-9;

/// `panel draw`.
#[derive(Args, Debug)]
pub struct PanelDraw {
    /// CSV file: id, categories, and optionally household and score
    #[arg(long, value_name = "FILE")]
    pub candidates: PathBuf,
    /// CSV file: category,value,min,max, and optionally population
    #[arg(long, value_name = "FILE")]
    pub quotas: PathBuf,
    /// How many seats the panel has
    #[arg(long)]
    pub seats: u32,
    /// Text that decides the lot: needed for leximin and maximin
    #[arg(long)]
    pub seed: Option<String>,
    /// How seats are filled
    #[arg(long, value_enum, default_value = "leximin")]
    pub method: MethodFlag,
    /// CSV file of scores for `ranked`: id,score or category,value,weight
    #[arg(long, value_name = "FILE")]
    pub weights: Option<PathBuf>,
    /// IDs of people who are already seated, separated by commas
    #[arg(long, value_delimiter = ',', value_name = "IDS")]
    pub fixed: Vec<String>,
    /// IDs of people who have declined or left, separated by commas
    #[arg(long, value_delimiter = ',', value_name = "IDS")]
    pub without: Vec<String>,
    /// File of groups who come together or not at all: one group of IDs per line, separated by commas
    #[arg(long, value_name = "FILE")]
    pub together: Option<PathBuf>,
    /// File of groups of whom at most one comes
    #[arg(long, value_name = "FILE")]
    pub apart: Option<PathBuf>,
    /// Length of the reserve list
    #[arg(long, default_value_t = 0, value_name = "COUNT")]
    pub reserves: usize,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

/// `weheard panel draw`.
pub fn panel(cmd: &PanelDraw) -> Result<()> {
    let method = DrawMethod::from(cmd.method);
    let seed = cmd.seed.as_deref().map(str::trim).unwrap_or_default();
    if method.is_lottery() && seed.is_empty() {
        return Err(Error::field(
            "seed",
            "Leximin and maximin draw by lot: add --seed with a text that no one can choose, such as the lottery numbers of a day that was announced.",
        ));
    }
    let mut pool = read_candidates(&text(&cmd.candidates)?).map_err(invalid)?;
    let quotas = read_quotas(&text(&cmd.quotas)?, cmd.seats).map_err(invalid)?;
    if let Some(file) = &cmd.weights {
        apply_weights(&mut pool, &text(file)?).map_err(invalid)?;
    }
    let groups = |file: &Option<PathBuf>| match file {
        Some(file) => read_groups(&text(file)?).map_err(invalid),
        None => Ok(Vec::new()),
    };
    let conditions = DrawConditions {
        fixed: cmd.fixed.clone(),
        without: cmd.without.clone(),
        together: groups(&cmd.together)?,
        apart: groups(&cmd.apart)?,
    };
    let began = Instant::now();
    let request =
        DrawRequest { pool: &pool, quotas: &quotas, seats: cmd.seats, conditions: &conditions, method, seed, reserves: cmd.reserves };
    let result = draw(&request).map_err(invalid)?;
    let seconds = began.elapsed().as_secs_f64();
    if cmd.json {
        let mut object = serde_json::to_value(&result).map_err(|error| Error::Internal(error.to_string()))?;
        object["seconds"] = json!(seconds);
        object["seed_hash"] = json!(method.is_lottery().then(|| seeded::commitment(seed)));
        out::json(&object);
    } else {
        words(&result, method.is_lottery().then_some(seed)).iter().for_each(out::line);
    }
    if result.feasible {
        return Ok(());
    }
    Err(Error::conflict("No panel satisfies all quotas. Change the quotas as listed, or invite more candidates."))
}

/// The result for people; the seed where the lot decided.
fn words(result: &DrawResult, seed: Option<&str>) -> Vec<String> {
    if !result.feasible {
        let change = |change: &app::recruiting::draw::Relaxation| {
            let bound = if change.bound == "min" { "at least" } else { "at most" };
            format!("{} “{}”: {bound} {} instead of {}", change.category, change.value, change.to, change.from)
        };
        let head = match result.proven {
            true => "The smallest changes that make a panel possible:".to_owned(),
            false => "These changes make a panel possible. Smaller changes may exist: the search reached its limit.".to_owned(),
        };
        return std::iter::once(head).chain(result.relaxations.iter().map(change)).collect();
    }
    let mut lines = vec![format!("Panel of {}: {}", result.seats, result.selected.join(", "))];
    if !result.proven {
        lines.push("The search reached its limit, so a better result may exist.".to_owned());
    }
    if !result.reserves.is_empty() {
        lines.push(format!("Reserves, in this order: {}", result.reserves.join(", ")));
    }
    if let Some(seed) = seed {
        let (smallest, bound) = (percent_of_one(result.min_probability, 3), percent_of_one(result.bound, 3));
        let panels = if result.panels == 1 { "1 panel".to_owned() } else { format!("{} panels", result.panels) };
        lines.push(format!("Drawn from {panels}. Smallest chance {smallest}; no lottery can give everyone more than {bound}."));
        lines.push(format!("Inequality of chances (Gini): {:.3}", result.gini));
        let without: Vec<&str> =
            result.probabilities.iter().filter(|(_, chance)| **chance < NO_CHANCE).map(|(id, _)| id.as_str()).collect();
        if !without.is_empty() {
            let why = if result.proven { "On no panel that satisfies all quotas" } else { "On none of the panels that were found" };
            lines.push(format!("{why}: {}", without.join(", ")));
        }
        lines.push(format!("Procedure {}, SHA-256 of the seed: {}", result.generator, seeded::commitment(seed)));
    }
    lines
}

fn text(file: &Path) -> Result<String> {
    std::fs::read_to_string(file).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => Error::missing(format!("There is no file {}.", file.display())),
        std::io::ErrorKind::InvalidData => Error::field("file", format!("{} is not UTF-8 text. Save it as CSV UTF-8.", file.display())),
        _ => Error::unavailable(format!("{} cannot be read: {error}", file.display())),
    })
}

fn invalid(mistakes: DrawMistakes) -> Error {
    Error::invalid(mistakes.into_iter().map(|mistake| ("draw".to_owned(), mistake)).collect())
}
