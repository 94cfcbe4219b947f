//! A preview: what the first rows of a file become with the columns, dates and header that a person is choosing. Nothing is changed; the
//! same code reads the rows as in an import.

use std::path::Path;

use crate::access::account::{Actor, Permission};
use crate::db::Db;
use crate::kernel::clock::now;
use crate::kernel::error::{Error, Result, blocking};
use crate::kernel::ids::ImportRunId;
use crate::listening::author::names::KnownNames;
use crate::listening::import::batch::row::{ParsedCustomer, ParsedMention, RefusedRow, RowReader};
use crate::listening::import::intake::spool;
use crate::listening::import::mapping::answers::MappingAnswers;
use crate::listening::import::mapping::columns::ReadingOptions;
use crate::listening::import::mapping::guess_file;
use crate::listening::import::reading::record::Record;
use crate::listening::import::reading::{container, source};
use crate::listening::import::{ColumnMapping, ImportKind, ImportRun, ImportState, store};
use crate::listening::mention::Sentiment;
use crate::listening::mention::opinion::SentimentReader;
use crate::listening::mention::rules as reading;
use crate::listening::sentiment;
use crate::program;

pub const ROWS: usize = 5;

/// What the forms of the page say, saved or not.
#[derive(Clone, Debug)]
pub struct PreviewRequest {
    pub answers: MappingAnswers,
    /// How the file is to be read, where that is another way than so far.
    pub reread: ReadingOptions,
}

impl PreviewRequest {
    /// As the file is read so far.
    #[must_use]
    pub fn of(run: &ImportRun) -> Self {
        Self { answers: MappingAnswers::of(&run.mapping), reread: ReadingOptions::of(run.kind, &run.mapping) }
    }
}

/// What would become of the first rows.
#[derive(Debug)]
pub struct MappingPreview {
    pub kind: ImportKind,
    pub mapping: ColumnMapping,
    /// The file is read in another way than the form of the columns shows.
    pub other: bool,
    pub rows: Vec<PreviewRow>,
}

/// One row: its line, and what it becomes.
#[derive(Debug)]
pub struct PreviewRow {
    pub line: i64,
    pub became: PreviewOutcome,
}

/// What a row becomes.
#[derive(Debug)]
pub enum PreviewOutcome {
    Mention {
        mention: Box<ParsedMention>,
        /// How it will count.
        reading: Sentiment,
        /// Why it will be excluded.
        excluded: Option<String>,
    },
    Customer(Box<ParsedCustomer>),
    Nothing(RefusedRow),
}

/// Reads the first rows as the request says.
///
/// # Errors
/// `NotFound`; `Forbidden`; `Invalid` for a time zone that there is not, or for columns that the file has not; `Conflict` once the import has
/// started; `Unavailable` where the file is gone.
pub async fn read(db: &Db, actor: &Actor, id: ImportRunId, spool: &Path, asked: PreviewRequest) -> Result<MappingPreview> {
    actor.may(Permission::Import)?;
    let mut tx = db.read().await?;
    let run = store::find(&mut tx, id).await?.ok_or(Error::NotFound)?;
    if run.state != ImportState::Mapping {
        return Err(Error::conflict("This import has already started, so its mapping can no longer be changed."));
    }
    let names = program::store::find(&mut tx, run.program_id).await?.map(|program| KnownNames::of(&program)).unwrap_or_default();
    let reader = SentimentReader::of(sentiment::store::load_on(&mut tx, run.program_id).await?);
    drop(tx);
    let path = spool::spooled(spool, &run);
    blocking(move || rows(&path, &run, asked, &names, &reader)).await
}

fn rows(path: &Path, run: &ImportRun, asked: PreviewRequest, names: &KnownNames, reader: &SentimentReader) -> Result<MappingPreview> {
    let other = asked.reread != ReadingOptions::of(run.kind, &run.mapping);
    let (kind, mapping) = if other {
        // The form's columns are those of the file as it was read before: they are guessed anew.
        let mut mapping = guess_file::guess_as_told(path, &run.mapping, &asked.reread, now())?;
        // The field was empty under the earlier reading, which is no answer to this one.
        let network = asked.answers.network.filter(|network| !network.trim().is_empty());
        MappingAnswers { network, ..asked.answers }.say(&mut mapping)?;
        (asked.reread.kind, mapping)
    } else {
        (run.kind, asked.answers.mapping(run)?)
    };
    let mut preview = MappingPreview { kind, mapping, other, rows: Vec::new() };
    if !preview.mapping.missing(kind).is_empty() {
        return Ok(preview);
    }
    let mut records = source::rows(path, &preview.mapping)?;
    let row_reader = RowReader::new(&preview.mapping, now());
    let mut record = Record::default();
    while preview.rows.len() < ROWS && records.next(&mut record).map_err(|error| container::unreadable(path, &error))? {
        let became = match kind {
            ImportKind::Mentions => row_reader.mention(&record).map(|mention| preview_mention(mention, names, reader)),
            ImportKind::Customers => row_reader.person(&record).map(|person| PreviewOutcome::Customer(Box::new(person))),
        };
        preview.rows.push(PreviewRow { line: record.line, became: became.unwrap_or_else(PreviewOutcome::Nothing) });
    }
    Ok(preview)
}

fn preview_mention(mention: ParsedMention, names: &KnownNames, reader: &SentimentReader) -> PreviewOutcome {
    let (own, _) = reader.read(&mention.text, mention.language.as_deref());
    let reading = reading::reading(reading::vendor(mention.vendor_sentiment.as_deref()), own);
    let excluded = names.at_sight(&mention.handle.shown, mention.name.as_deref()).map(|(_, evidence)| evidence.words());
    PreviewOutcome::Mention { mention: Box::new(mention), reading, excluded }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::listening::import::ImportField;
    use crate::listening::import::import_file::{ImportOptions, import_file};
    use crate::listening::import::intake::receive;
    use crate::testing::each_db;

    const STAFF: Actor = Actor::System("test");
    const FILE: &str = "Wann;Wer;Was;Nummer\n\
        2/3/2022;zoe;My laptop died again and I hate this terrible support;501\n\
        3/3/2022;DellCares;We are sorry to hear that, please send us your number;502\n\
        soon;max;When will it arrive then;503\n";

    async fn waiting(db: &Db, folder: &Path) -> ImportRunId {
        let first = folder.join("first.csv");
        std::fs::write(&first, "Date,Author,Text\n2022-08-01,zoe_k,The fan is loud again\n").expect("a file");
        let options = ImportOptions { organisation: Some("Dell".into()), ..ImportOptions::default() };
        import_file(db, &STAFF, &first, options).await.expect("imported");
        let program = program::store::list(&mut db.read().await.expect("tx")).await.expect("programs")[0].id;
        let upload = folder.join("upload");
        std::fs::write(&upload, FILE).expect("a file");
        receive(db, &STAFF, program, "export.csv", &upload, folder).await.expect("received")
    }

    #[tokio::test]
    async fn rows_are_read_as_a_person_says_and_nothing_is_kept() {
        each_db(|db| async move {
            let folder = std::env::temp_dir().join(format!("weheard-preview-{}", uuid::Uuid::new_v4()));
            std::fs::create_dir_all(&folder).expect("a folder");
            let id = waiting(&db, &folder).await;
            let run = store::find(&mut db.read().await.expect("tx"), id).await.expect("read").expect("the run");
            let columns = vec![Some(ImportField::At), Some(ImportField::Handle), Some(ImportField::Text), Some(ImportField::Id)];
            let answers = |day_first| MappingAnswers {
                columns: columns.clone(),
                day_first: Some(day_first),
                time_zone: "Asia/Tokyo".into(),
                ..MappingAnswers::default()
            };
            let asked = |answers| PreviewRequest { answers, ..PreviewRequest::of(&run) };
            for (day_first, day) in [(true, "2022-03-01"), (false, "2022-02-02")] {
                let preview = read(&db, &STAFF, id, &folder, asked(answers(day_first))).await.expect("a preview");
                let [
                    PreviewRow { line: 2, became: PreviewOutcome::Mention { mention, reading, excluded: None } },
                    PreviewRow { became: own, .. },
                    PreviewRow { became: none, .. },
                ] = preview.rows.as_slice()
                else {
                    panic!("{:?}", preview.rows)
                };
                assert_eq!((mention.at.date_naive().to_string().as_str(), *reading), (day, Sentiment::Negative), "midnight in Tokyo");
                assert!(matches!(own, PreviewOutcome::Mention { excluded: Some(_), .. }), "{own:?}");
                assert!(matches!(none, PreviewOutcome::Nothing(RefusedRow { column: Some(column), .. }) if column == "Wann"), "{none:?}");
            }
            let nowhere = asked(MappingAnswers { time_zone: "Asia/Tokio".into(), ..answers(true) });
            assert!(matches!(read(&db, &STAFF, id, &folder, nowhere).await, Err(Error::Invalid(_))));
            let narrow = asked(MappingAnswers { columns: vec![None], ..answers(true) });
            assert!(matches!(read(&db, &STAFF, id, &folder, narrow).await, Err(Error::Invalid(_))));
            let textless = asked(MappingAnswers { columns: vec![Some(ImportField::At), None, None, None], ..answers(true) });
            let preview = read(&db, &STAFF, id, &folder, textless).await.expect("a preview");
            assert!(preview.rows.is_empty() && !preview.mapping.missing(preview.kind).is_empty());
            let below = PreviewRequest { reread: ReadingOptions { header: 2, ..PreviewRequest::of(&run).reread }, ..asked(answers(true)) };
            let preview = read(&db, &STAFF, id, &folder, below).await.expect("a preview");
            assert!(preview.other && preview.mapping.headers[1] == "zoe", "{:?}", preview.mapping.headers);

            let after = store::find(&mut db.read().await.expect("tx"), id).await.expect("read").expect("the run");
            assert_eq!(after.mapping, run.mapping, "nothing is kept");
            let _ = std::fs::remove_dir_all(&folder);
        })
        .await;
    }
}
