//! A trial: what the first rows of a file become if its columns, its dates and its header are as somebody is just saying. Nothing is
//! changed; the same code reads the rows as in an import.

use std::path::Path;

use super::act::{Reread, Said, say_dates};
use super::order::Origin;
use super::record::Record;
use super::row::{Person, Post, Reader, Refused};
use super::{Field, Kind, Mapping, Run, State, source, store, work};
use crate::account::{Actor, Verb};
use crate::author::names::Names;
use crate::clock::now;
use crate::db::Db;
use crate::error::{Error, Result, blocking};
use crate::ids::ImportRunId;
use crate::mention::Sentiment;
use crate::mention::opinion::Ear;
use crate::mention::rules as reading;
use crate::{program, sentiment};

/// Rows that a trial reads.
pub const ROWS: usize = 5;

/// What somebody says of a file while they say it.
#[derive(Clone, Debug)]
pub struct Asked {
    pub columns: Vec<Option<Field>>,
    pub day_first: Option<bool>,
    pub time_zone: String,
    /// How the file is to be read, where that is another way than so far.
    pub reread: Reread,
}

impl Asked {
    /// As the file is read so far.
    #[must_use]
    pub fn of(run: &Run) -> Self {
        let mapping = &run.mapping;
        let day_first = (mapping.order_from != Origin::Open).then_some(mapping.day_first);
        Self { columns: mapping.columns.clone(), day_first, time_zone: mapping.time_zone.clone(), reread: Reread::of(run) }
    }
}

/// What would become of the first rows.
#[derive(Debug)]
pub struct Trial {
    pub kind: Kind,
    pub mapping: Mapping,
    /// The file is read in another way than the form of the columns shows.
    pub other: bool,
    pub rows: Vec<Row>,
}

/// One row: its line, and what it becomes.
#[derive(Debug)]
pub struct Row {
    pub line: i64,
    pub became: Became,
}

/// What a row becomes.
#[derive(Debug)]
pub enum Became {
    Post {
        post: Box<Post>,
        /// How it will count.
        reading: Sentiment,
        /// Why it will be set aside.
        aside: Option<String>,
    },
    Person(Box<Person>),
    Nothing(Refused),
}

/// Reads the first rows as somebody says.
///
/// # Errors
/// `NotFound`; `Forbidden`; `Invalid` for a time zone that there is not, or for columns that the file has not; `Conflict` once the import has
/// started; `Unavailable` where the file is gone.
pub async fn read(db: &Db, actor: &Actor, id: ImportRunId, spool: &Path, asked: Asked) -> Result<Trial> {
    actor.may(Verb::Import)?;
    let mut tx = db.read().await?;
    let run = store::find(&mut tx, id).await?.ok_or(Error::NotFound)?;
    if run.state != State::Mapping {
        return Err(Error::conflict("This import has started already; its columns can no longer be changed."));
    }
    let names = program::store::find(&mut tx, run.program_id).await?.map(|program| Names::of(&program)).unwrap_or_default();
    let ear = Ear::of(sentiment::store::load_on(&mut tx, run.program_id).await?);
    drop(tx);
    let path = work::spooled(spool, &run);
    blocking(move || rows(&path, &run, asked, &names, &ear)).await
}

fn rows(path: &Path, run: &Run, asked: Asked, names: &Names, ear: &Ear) -> Result<Trial> {
    let other = asked.reread != Reread::of(run);
    let (kind, mapping) = if other {
        // The form's columns are those of the file as it was read before: they are guessed anew.
        let mut mapping = source::guess_again(path, &run.mapping, &asked.reread, now())?;
        say_dates(&mut mapping, asked.day_first, Some(&asked.time_zone))?;
        (asked.reread.kind, mapping)
    } else {
        let said = Said { columns: asked.columns, day_first: asked.day_first, time_zone: asked.time_zone };
        (run.kind, said.mapping(run)?)
    };
    let mut trial = Trial { kind, mapping, other, rows: Vec::new() };
    if !trial.mapping.missing(kind).is_empty() {
        return Ok(trial);
    }
    let mut records = source::rows(path, &trial.mapping)?;
    let reader = Reader::new(&trial.mapping, now());
    let mut record = Record::default();
    while trial.rows.len() < ROWS && records.next(&mut record).map_err(|error| source::unreadable(path, &error))? {
        let became = match kind {
            Kind::Mentions => reader.post(&record).map(|post| heard(post, names, ear)),
            Kind::Customers => reader.person(&record).map(|person| Became::Person(Box::new(person))),
        };
        trial.rows.push(Row { line: record.line, became: became.unwrap_or_else(Became::Nothing) });
    }
    Ok(trial)
}

fn heard(post: Post, names: &Names, ear: &Ear) -> Became {
    let (own, _) = ear.read(&post.text, post.language.as_deref());
    let reading = reading::reading(reading::vendor(post.vendor_sentiment.as_deref()), own);
    let aside = names.at_sight(&post.handle.shown, post.name.as_deref()).map(|(_, reason)| reason);
    Became::Post { post: Box::new(post), reading, aside }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::act::{Options, import_file};
    use crate::import::arrive::receive;
    use crate::testing::each_db;

    const STAFF: Actor = Actor::System("test");
    const FILE: &str = "Wann;Wer;Was;Nummer\n\
        2/3/2022;zoe;My laptop died again and I hate this terrible support;501\n\
        3/3/2022;DellCares;We are sorry to hear that, please send us your number;502\n\
        soon;max;When will it arrive then;503\n";

    async fn waiting(db: &Db, folder: &Path) -> ImportRunId {
        let first = folder.join("first.csv");
        std::fs::write(&first, "Date,Author,Text\n2022-08-01,zoe_k,The fan is loud again\n").expect("a file");
        let options = Options { organisation: Some("Dell".into()), ..Options::default() };
        import_file(db, &STAFF, &first, options).await.expect("imported");
        let program = program::store::list(&mut db.read().await.expect("tx")).await.expect("programs")[0].id;
        let upload = folder.join("upload");
        std::fs::write(&upload, FILE).expect("a file");
        receive(db, &STAFF, program, "export.csv", &upload, folder).await.expect("received")
    }

    #[tokio::test]
    async fn rows_are_read_as_somebody_says_and_nothing_is_kept() {
        each_db(|db| async move {
            let folder = std::env::temp_dir().join(format!("weheard-trial-{}", uuid::Uuid::new_v4()));
            std::fs::create_dir_all(&folder).expect("a folder");
            let id = waiting(&db, &folder).await;
            let run = store::find(&mut db.read().await.expect("tx"), id).await.expect("read").expect("the run");
            let columns = vec![Some(Field::At), Some(Field::Handle), Some(Field::Text), Some(Field::Id)];
            let asked = |day_first| Asked {
                columns: columns.clone(),
                day_first: Some(day_first),
                time_zone: "Asia/Tokyo".into(),
                ..Asked::of(&run)
            };
            for (day_first, day) in [(true, "2022-03-01"), (false, "2022-02-02")] {
                let trial = read(&db, &STAFF, id, &folder, asked(day_first)).await.expect("a trial");
                let [
                    Row { line: 2, became: Became::Post { post, reading, aside: None } },
                    Row { became: own, .. },
                    Row { became: none, .. },
                ] = trial.rows.as_slice()
                else {
                    panic!("{:?}", trial.rows)
                };
                assert_eq!((post.at.date_naive().to_string().as_str(), *reading), (day, Sentiment::Negative), "midnight in Tokyo");
                assert!(matches!(own, Became::Post { aside: Some(_), .. }), "{own:?}");
                assert!(matches!(none, Became::Nothing(Refused { column: Some(column), .. }) if column == "Wann"), "{none:?}");
            }
            let nowhere = Asked { time_zone: "Asia/Tokio".into(), ..asked(true) };
            assert!(matches!(read(&db, &STAFF, id, &folder, nowhere).await, Err(Error::Invalid(_))));
            let narrow = Asked { columns: vec![None], ..asked(true) };
            assert!(matches!(read(&db, &STAFF, id, &folder, narrow).await, Err(Error::Invalid(_))));
            let textless = Asked { columns: vec![Some(Field::At), None, None, None], ..asked(true) };
            let trial = read(&db, &STAFF, id, &folder, textless).await.expect("a trial");
            assert!(trial.rows.is_empty() && !trial.mapping.missing(trial.kind).is_empty());
            let below = Asked { reread: Reread { header: 2, ..Asked::of(&run).reread }, ..asked(true) };
            let trial = read(&db, &STAFF, id, &folder, below).await.expect("a trial");
            assert!(trial.other && trial.mapping.headers[1] == "zoe", "{:?}", trial.mapping.headers);

            let after = store::find(&mut db.read().await.expect("tx"), id).await.expect("read").expect("the run");
            assert_eq!(after.mapping, run.mapping, "nothing is kept");
            let _ = std::fs::remove_dir_all(&folder);
        })
        .await;
    }
}
