//! `weheard panel draw`: fills the seats of a panel from files, with the code that the web uses. It needs no database.

use std::path::{Path, PathBuf};
use std::time::Instant;

use app::kernel::amount::percent_of_one;
use app::kernel::error::{Error, Result};
use app::recruiting::draw::files::{apply_weights, read_candidates, read_groups, read_quotas};
use app::recruiting::draw::{DrawConditions, DrawMethod, DrawRequest, DrawResult, Mistakes, draw, seeded};
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
    /// Text that decides the lot
    #[arg(long, default_value = "")]
    pub seed: String,
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
    let request = DrawRequest {
        pool: &pool,
        quotas: &quotas,
        seats: cmd.seats,
        conditions: &conditions,
        method: cmd.method.into(),
        seed: &cmd.seed,
        reserves: cmd.reserves,
    };
    let result = draw(&request).map_err(invalid)?;
    let seconds = began.elapsed().as_secs_f64();
    if cmd.json {
        let mut object = serde_json::to_value(&result).map_err(|error| Error::Internal(error.to_string()))?;
        object["seconds"] = json!(seconds);
        object["seed_hash"] = json!(seeded::commitment(&cmd.seed));
        out::json(&object);
    } else {
        words(&result, &cmd.seed).iter().for_each(out::line);
    }
    if result.feasible {
        return Ok(());
    }
    Err(Error::conflict("No panel satisfies all quotas. Change the quotas as listed, or invite more candidates."))
}

/// The result for people.
fn words(result: &DrawResult, seed: &str) -> Vec<String> {
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
    if result.panels > 1 {
        let (smallest, bound) = (percent_of_one(result.min_probability, 3), percent_of_one(result.bound, 3));
        lines.push(format!(
            "Drawn from {} panels. Smallest chance {smallest}; no lottery can give everyone more than {bound}.",
            result.panels
        ));
        lines.push(format!("Inequality of chances (Gini): {:.3}", result.gini));
        lines.push(format!("Procedure {}, SHA-256 of the seed: {}", result.generator, seeded::commitment(seed)));
    }
    lines
}

fn text(file: &Path) -> Result<String> {
    std::fs::read_to_string(file).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => Error::Missing(format!("There is no file {}.", file.display())),
        std::io::ErrorKind::InvalidData => Error::field("file", format!("{} is not UTF-8 text. Save it as CSV UTF-8.", file.display())),
        _ => Error::Unavailable(format!("{} cannot be read: {error}", file.display())),
    })
}

fn invalid(mistakes: Mistakes) -> Error {
    Error::invalid(mistakes.into_iter().map(|mistake| ("draw".to_owned(), mistake)).collect())
}
