//! Measuring the rules on authors that a person has labelled: the labels come from a file, the authors from a program.

use std::collections::HashMap;
use std::path::PathBuf;

use serde::Serialize;

use super::measure::{KindScore, RecognitionScore, scores};
use super::rules::parse_handle;
use super::{AuthorKind, store};
use crate::access::account::{Actor, Permission};
use crate::db::Db;
use crate::kernel::error::{Error, Result};
use crate::kernel::ids::ProgramId;
use crate::listening::labelled_file::LabelledFile;

/// A labelled file and its columns.
#[derive(Clone, Debug)]
pub struct LabelledAuthors {
    pub file: PathBuf,
    pub handle: String,
    pub kind: String,
    /// Where it says “no”, “false” or “0”, the row is left out.
    pub sure: Option<String>,
}

/// How well a program's authors are recognised. Those about which a person decided are left out: they would measure the person.
#[derive(Clone, Debug, Serialize)]
pub struct KindEvaluation {
    /// Labelled authors that were measured.
    pub authors: usize,
    /// Rows left out: not sure, or without a handle or a label.
    pub skipped: usize,
    /// Labelled authors that the program does not have.
    pub missing: usize,
    /// Labelled authors about which a person decided in the program.
    pub decided: usize,
    pub no_customer: RecognitionScore,
    pub kinds: Vec<KindScore>,
    /// Those taken for a customer wrongly, or for none.
    pub mistakes: Vec<KindMistake>,
}

/// One author that is taken for a customer wrongly, or for none.
#[derive(Clone, Debug, Serialize)]
pub struct KindMistake {
    pub handle: String,
    pub label: AuthorKind,
    pub kind: AuthorKind,
    pub why: String,
}

/// The kind that a label means, in the words of this program and in others that people use.
fn label(text: &str) -> Option<AuthorKind> {
    let word = text.trim().to_lowercase();
    Some(match word.as_str() {
        "promoter" | "advertising" | "ad" | "spam" => AuthorKind::Advertiser,
        "own account" | "brand" | "company" => AuthorKind::Own,
        "retailer" | "reseller" | "shop" | "vendor" => AuthorKind::Partner,
        "news" | "press" | "journalist" | "analyst" => AuthorKind::Media,
        "staff" => AuthorKind::Employee,
        "user" | "consumer" => AuthorKind::Customer,
        "other" | "none" | "excluded" => AuthorKind::Unknown,
        word => word.parse().ok()?,
    })
}

/// The labels of a file by handle, and how many rows were left out.
///
/// # Errors
/// `Invalid` for a file that cannot be read, a column that it lacks, a label that is no kind, or no label at all.
pub fn read(sample: &LabelledAuthors) -> Result<(HashMap<String, AuthorKind>, usize)> {
    let mut file = LabelledFile::open(&sample.file)?;
    let (handle, kind) = (file.column("handle", &sample.handle)?, file.column("kind", &sample.kind)?);
    let sure = sample.sure.as_deref().map(|name| file.column("sure", name)).transpose()?;
    let (mut labels, mut skipped) = (HashMap::new(), 0);
    for row in file.rows() {
        let row = row?;
        let cell = |column: usize| row.get(column).unwrap_or_default().trim();
        let is_sure = sure.is_none_or(|sure| !matches!(cell(sure).to_lowercase().as_str(), "no" | "false" | "0" | ""));
        match parse_handle(cell(handle)) {
            Ok(handle) if is_sure && !cell(kind).is_empty() => {
                let Some(label) = label(cell(kind)) else {
                    let known = AuthorKind::ALL.iter().map(|kind| kind.as_str()).collect::<Vec<_>>().join(", ");
                    return Err(Error::field("kind", format!("“{}” is not a kind of author. Use one of: {known}.", cell(kind))));
                };
                labels.insert(handle.key, label);
            }
            _ => skipped += 1,
        }
    }
    if labels.is_empty() {
        return Err(Error::field("file", "No row of the file has a handle and a label that is sure."));
    }
    Ok((labels, skipped))
}

/// Compares the kinds of a program's authors with labels. Where several networks have the handle, the author with most mentions counts.
///
/// # Errors
/// As `read`; `Forbidden` for those who may not see authors; `Invalid` where the program has none of the authors.
pub async fn evaluate(db: &Db, actor: &Actor, program: ProgramId, sample: &LabelledAuthors) -> Result<KindEvaluation> {
    actor.may(Permission::SeeListening)?;
    let (labels, skipped) = read(sample)?;
    let mut handles: Vec<&String> = labels.keys().collect();
    handles.sort_unstable();
    let mut tx = db.read().await?;
    let mut found: HashMap<String, super::Author> = HashMap::new();
    for author in store::list_by_handles(&mut tx, program, &handles).await? {
        let key = author.handle.to_lowercase();
        if found.get(&key).is_none_or(|known| known.mentions < author.mentions) {
            found.insert(key, author);
        }
    }
    let missing = labels.len() - found.len();
    let (decided, judged): (Vec<_>, Vec<_>) = handles
        .into_iter()
        .filter_map(|handle| Some((labels[handle], found.get(handle)?)))
        .partition(|(_, author)| author.kind_by.is_some());
    if judged.is_empty() {
        return Err(Error::field("file", "The program has none of these authors. Import their mentions first, or choose another program."));
    }
    let pairs: Vec<(AuthorKind, AuthorKind)> = judged.iter().map(|(label, author)| (*label, author.kind)).collect();
    let (no_customer, kinds) = scores(&pairs);
    let mistakes = judged
        .iter()
        .filter(|(label, author)| (*label == AuthorKind::Customer) != (author.kind == AuthorKind::Customer))
        .map(|(label, author)| KindMistake {
            handle: author.handle.clone(),
            label: *label,
            kind: author.kind,
            why: author.why().unwrap_or_default(),
        })
        .collect();
    Ok(KindEvaluation { authors: judged.len(), skipped, missing, decided: decided.len(), no_customer, kinds, mistakes })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(text: &str, sure: Option<&str>) -> Result<(HashMap<String, AuthorKind>, usize)> {
        let file = std::env::temp_dir().join(format!("weheard-labels-{}.csv", uuid::Uuid::new_v4()));
        std::fs::write(&file, text).expect("written");
        let found =
            read(&LabelledAuthors { file: file.clone(), handle: "handle".into(), kind: "kind".into(), sure: sure.map(str::to_owned) });
        std::fs::remove_file(file).expect("removed");
        found
    }

    #[test]
    fn labels_are_read_in_several_words_and_only_those_that_are_sure() {
        let text = "handle,kind,sure\n@Zoe,customer,yes\nacme_shop,Retailer,yes\nads,promoter,no\nx_y,other,true\n,media,yes\n";
        let (labels, skipped) = sample(text, Some("sure")).expect("read");
        assert_eq!(skipped, 2);
        assert_eq!(labels["zoe"], AuthorKind::Customer);
        assert_eq!((labels["acme_shop"], labels["x_y"]), (AuthorKind::Partner, AuthorKind::Unknown));
        assert_eq!(sample(text, None).expect("read").0["ads"], AuthorKind::Advertiser);
    }

    #[test]
    fn what_is_wrong_with_a_file_is_said() {
        let message = |text, sure| sample(text, sure).expect_err("refused").message();
        assert!(message("a,kind\nzoe,customer\n", None).contains("has no column “handle”. It has: a, kind"));
        assert!(message("handle,kind\nzoe,martian\n", None).contains("“martian” is not a kind"));
        assert!(message("handle,kind,sure\nzoe,customer,no\n", Some("sure")).contains("No row"));
    }
}
