//! An export of two authors, for tests of what is erased and removed.

use super::fixture;
use crate::db::Db;
use crate::kernel::clock::Time;
use crate::kernel::ids::ProgramId;
use crate::listening::import::import_file::ImportOptions;
use crate::listening::mention::store::{MentionSearch, count};

const COLUMNS: &str = "Datetime,Tweet Id,Text,Username\n";
/// Zoe and Max in 2022, and a row that is left out.
pub(crate) const FIRST: &str = "2022-03-01 10:00:00+00:00,15700000001,My laptop died and I hate this terrible support https://t.co/a,zoe_k\n\
    2022-04-01 10:00:00+00:00,15700000003,I love the great new screen so much,MaxO\n\
    2022-04-01 10:00:00+00:00,15700000004,#ERROR!,MaxO\n";
/// Zoe again, a year later.
pub(crate) const SECOND: &str = "2023-03-01 10:00:00+00:00,15700000002,It died again. Awful.,zoe_k\n";

pub(crate) async fn import(db: &Db, rows: &str, at: Option<Time>) -> ProgramId {
    fixture::import(db, &format!("{COLUMNS}{rows}"), ImportOptions { at, ..ImportOptions::default() }).await.0
}

pub(crate) async fn imported(db: &Db) -> ProgramId {
    import(db, &format!("{FIRST}{SECOND}"), None).await
}

pub(crate) async fn mentions(db: &Db, program: ProgramId) -> i64 {
    let search = MentionSearch { program: Some(program), ..MentionSearch::default() };
    count(&mut db.read().await.expect("tx"), &search).await.expect("a count")
}
