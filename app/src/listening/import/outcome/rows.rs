//! The rows of an import, one by one: original content, outcome and mention.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::access::account::{Actor, Permission};
use crate::db::Tx;
use crate::kernel::error::{Error, Result};
use crate::kernel::export;
use crate::kernel::ids::{ImportRunId, MentionId};
use crate::listening::import::mapping::own_files;
use crate::listening::import::reading::chat_lines::{self, CHAT};
use crate::listening::import::reading::json;
use crate::listening::import::reading::record::Record;
use crate::listening::import::reading::records::Records;
use crate::listening::import::{ColumnMapping, ImportKind, ImportRun, RowOutcome, SkippedRow, store};
use crate::listening::{customer, mention, source_row};

/// Rows read at once for a file.
const PART: i64 = 1000;

/// One row of a file, and what became of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImportRow {
    /// Its line, its outcome and the reason.
    pub ended: SkippedRow,
    /// Its mention, also where the author is excluded.
    pub mention: Option<MentionId>,
    /// The original row; none once it was deleted.
    pub original: Option<String>,
}

/// The rows of a run after a line, in their order; of all outcomes if none is named.
///
/// # Errors
/// `Forbidden` for those who may not import.
pub async fn list(
    tx: &mut Tx,
    actor: &Actor,
    run: &ImportRun,
    outcome: Option<RowOutcome>,
    after: i64,
    limit: i64,
) -> Result<Vec<ImportRow>> {
    actor.may(Permission::Import)?;
    let mut ended: BTreeMap<i64, SkippedRow> = BTreeMap::new();
    if outcome != Some(RowOutcome::Created) {
        let outcomes: Vec<RowOutcome> = outcome.into_iter().collect();
        ended.extend(store::list_rows(tx, run.id, &outcomes, after, limit).await?.into_iter().map(|row| (row.line, row)));
    }
    if outcome.is_none_or(|outcome| outcome == RowOutcome::Created) {
        for line in created(tx, run, after, limit).await? {
            ended.insert(line, SkippedRow { line, ..SkippedRow::default() });
        }
    }
    let ended = ended.into_values().take(usize::try_from(limit).unwrap_or(0)).collect();
    whole(tx, run, ended).await
}

/// One row of a run; none where nothing is known of such a line any more.
///
/// # Errors
/// `Forbidden` for those who may not import.
pub async fn find(tx: &mut Tx, actor: &Actor, run: &ImportRun, line: i64) -> Result<Option<ImportRow>> {
    actor.may(Permission::Import)?;
    let mut ended = store::list_rows_at(tx, run.id, &[line]).await?;
    if ended.is_empty() && created(tx, run, line - 1, 1).await? == [line] {
        ended.push(SkippedRow { line, ..SkippedRow::default() });
    }
    Ok(whole(tx, run, ended).await?.pop())
}

/// The lines after `after` that became new mentions or customers.
async fn created(tx: &mut Tx, run: &ImportRun, after: i64, limit: i64) -> Result<Vec<i64>> {
    let (mut after, mut found) = (after, Vec::new());
    loop {
        let lines = match run.kind {
            ImportKind::Mentions => mention::store::list_lines(tx, run.id, after, limit).await?,
            ImportKind::Customers => customer::store::list_lines(tx, run.id, after, limit).await?,
        };
        let Some(last) = lines.last() else { return Ok(found) };
        after = *last;
        // Mentions of authors that are excluded are kept too.
        let excluded: BTreeSet<i64> = store::list_rows_at(tx, run.id, &lines).await?.into_iter().map(|row| row.line).collect();
        found.extend(lines.into_iter().filter(|line| !excluded.contains(line)));
        if i64::try_from(found.len()).unwrap_or(limit) >= limit {
            found.truncate(usize::try_from(limit).unwrap_or(0));
            return Ok(found);
        }
    }
}

/// Rows with their mentions and original content.
async fn whole(tx: &mut Tx, run: &ImportRun, ended: Vec<SkippedRow>) -> Result<Vec<ImportRow>> {
    let lines: Vec<i64> = ended.iter().map(|row| row.line).collect();
    let mut originals = source_row::store::list(tx, run.id, &lines).await?;
    let mentions: HashMap<i64, MentionId> = mention::store::list_at(tx, run.id, &lines).await?.into_iter().collect();
    Ok(ended
        .into_iter()
        .map(|ended| ImportRow { mention: mentions.get(&ended.line).copied(), original: originals.remove(&ended.line), ended })
        .collect())
}

/// Deletes original rows, and those that repeat them.
pub(crate) async fn purge(tx: &mut Tx, rows: impl IntoIterator<Item = (Option<ImportRunId>, i64)>) -> Result<()> {
    for (run, lines) in with_repeats(tx, rows).await? {
        source_row::store::delete_lines(tx, run, &lines).await?;
    }
    Ok(())
}

/// Original rows, with those that repeat them: import, line and text.
pub(crate) async fn kept(
    tx: &mut Tx,
    rows: impl IntoIterator<Item = (Option<ImportRunId>, i64)>,
) -> Result<Vec<(ImportRunId, i64, String)>> {
    let mut found = Vec::new();
    for (run, lines) in with_repeats(tx, rows).await? {
        let mut texts = source_row::store::list(tx, run, &lines).await?;
        found.extend(lines.into_iter().filter_map(|line| Some((run, line, texts.remove(&line)?))));
    }
    Ok(found)
}

/// The lines of each import, in order, with those that repeat them.
async fn with_repeats(tx: &mut Tx, rows: impl IntoIterator<Item = (Option<ImportRunId>, i64)>) -> Result<BTreeMap<ImportRunId, Vec<i64>>> {
    let mut lines: BTreeMap<ImportRunId, BTreeSet<i64>> = BTreeMap::new();
    for (run, line) in rows {
        if let Some(run) = run {
            lines.entry(run).or_default().insert(line);
        }
    }
    let mut lines: BTreeMap<ImportRunId, Vec<i64>> = lines.into_iter().map(|(run, lines)| (run, lines.into_iter().collect())).collect();
    for (run, own) in lines.clone() {
        for (other, line) in store::list_repeating(tx, run, &own).await? {
            lines.entry(other).or_default().push(line);
        }
    }
    for lines in lines.values_mut() {
        lines.sort_unstable();
        lines.dedup();
    }
    Ok(lines)
}

/// A row's cells, each with the name of its column; none of an object that is broken or was cut.
#[must_use]
pub fn cells(mapping: &ColumnMapping, original: &str) -> Vec<(String, String)> {
    if original.starts_with('{') {
        return json::cells_of(original.as_bytes()).unwrap_or_default();
    }
    split(mapping, original)
        .into_iter()
        .enumerate()
        .map(|(place, cell)| {
            let name = mapping.headers.get(place).filter(|name| !name.is_empty());
            (name.cloned().unwrap_or_else(|| format!("Column {}", place + 1)), cell)
        })
        .collect()
}

/// A row's cells in the order of the file's columns.
fn in_order(mapping: &ColumnMapping, original: &str) -> Vec<String> {
    match json::cells_of(original.as_bytes()) {
        Some(cells) => {
            let mut cells: HashMap<String, String> = cells.into_iter().collect();
            mapping.headers.iter().map(|name| cells.remove(name).unwrap_or_default()).collect()
        }
        None => split(mapping, original),
    }
}

fn split(mapping: &ColumnMapping, original: &str) -> Vec<String> {
    if mapping.delimiter == CHAT {
        return chat_lines::cells(original).map(str::to_owned).into();
    }
    let mut record = Record::default();
    match Records::new(original.as_bytes(), mapping.delimiter).next(&mut record) {
        Ok(true) => record.cells().map(str::to_owned).collect(),
        _ => Vec::new(),
    }
}

/// Skipped rows of an import as a CSV file that can be corrected and imported again: line, outcome and reason, then the file's own columns.
#[derive(Debug)]
pub struct SkippedRowsFile {
    run: ImportRun,
    /// All skipped and updated rows, with the rows that they repeat. Otherwise only rejected and excluded rows.
    all: bool,
    begun: bool,
    after: i64,
    /// Names of the imports whose rows are repeated.
    names: HashMap<ImportRunId, String>,
}

impl SkippedRowsFile {
    /// Rejected and excluded rows.
    ///
    /// # Errors
    /// `Forbidden` for those who may not import; `NotFound`.
    pub async fn of_rejected(tx: &mut Tx, actor: &Actor, id: ImportRunId) -> Result<Self> {
        Self::of(tx, actor, id, false).await
    }

    /// All skipped and updated rows.
    ///
    /// # Errors
    /// As `of_rejected`.
    pub async fn of_all(tx: &mut Tx, actor: &Actor, id: ImportRunId) -> Result<Self> {
        Self::of(tx, actor, id, true).await
    }

    async fn of(tx: &mut Tx, actor: &Actor, id: ImportRunId, all: bool) -> Result<Self> {
        actor.may(Permission::Import)?;
        let run = store::find(tx, id).await?.ok_or(Error::NotFound)?;
        Ok(Self { run, all, begun: false, after: 0, names: HashMap::new() })
    }

    fn headers(&self) -> Vec<&str> {
        let outcome = own_files::TOLD.iter().chain(own_files::REPEATS.iter().filter(|_| self.all)).copied();
        let own = self.run.mapping.headers[own_files::columns(&self.run.mapping.headers)].iter().map(String::as_str);
        outcome.chain(own).chain(self.all.then_some(own_files::AS_IT_WAS)).collect()
    }

    async fn line(&mut self, tx: &mut Tx, row: ImportRow) -> Result<Vec<String>> {
        let ImportRow { ended, original, .. } = row;
        let of = match ended.repeats_run {
            Some(run) if run == self.run.id => "this file".to_owned(),
            Some(run) => self.name(tx, run).await?,
            None => String::new(),
        };
        let repeats = ended.repeats_line.map(|line| line.to_string()).unwrap_or_default();
        let mut line = vec![ended.line.to_string(), ended.outcome.label().to_owned(), ended.column_name.unwrap_or_default()];
        line.push(ended.reason.map(|reason| reason.to_string()).unwrap_or_default());
        if self.all {
            line.extend([repeats, of]);
        }
        let (headers, original) = (&self.run.mapping.headers, original.unwrap_or_default());
        let columns = own_files::columns(headers);
        let mut cells = if original.is_empty() { Vec::new() } else { in_order(&self.run.mapping, &original) };
        if own_files::is_ours(headers) {
            cells.iter_mut().for_each(|cell| *cell = export::unguarded(cell).to_owned());
        }
        let extra = cells.split_off(columns.end.min(cells.len()));
        line.extend(cells.into_iter().skip(columns.start));
        if self.all {
            line.resize(own_files::TOLD.len() + own_files::REPEATS.len() + columns.len(), String::new());
            line.push(original);
        } else if columns.end == headers.len() {
            // An incomplete row keeps all its cells, so that it can be corrected.
            line.extend(extra);
        }
        Ok(line)
    }

    async fn name(&mut self, tx: &mut Tx, run: ImportRunId) -> Result<String> {
        if let Entry::Vacant(place) = self.names.entry(run) {
            place.insert(store::find(tx, run).await?.map_or_else(String::new, |run| run.file_name));
        }
        Ok(self.names.get(&run).cloned().unwrap_or_default())
    }
}

impl export::Parts for SkippedRowsFile {
    async fn next(&mut self, tx: &mut Tx) -> Result<Option<Vec<u8>>> {
        if !std::mem::replace(&mut self.begun, true) {
            return Ok(Some(export::csv(&self.headers(), Vec::<Vec<String>>::new())));
        }
        let outcomes: &[RowOutcome] = if self.all { &[] } else { &[RowOutcome::Rejected, RowOutcome::Excluded] };
        let ended = store::list_rows(tx, self.run.id, outcomes, self.after, PART).await?;
        let Some(last) = ended.last() else { return Ok(None) };
        self.after = last.line;
        let mut lines = Vec::with_capacity(ended.len());
        for row in whole(tx, &self.run, ended).await? {
            lines.push(self.line(tx, row).await?);
        }
        Ok(Some(export::lines(lines)))
    }
}

#[cfg(test)]
mod tests;
