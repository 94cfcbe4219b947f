//! The way to the pages of a panel day.

use super::PanelDay;
use crate::db::Tx;
use crate::kernel::error::{Error, Result};
use crate::program::store;

/// (address, label) of the program of a panel day and of the list of days: what is above the day itself.
///
/// # Errors
/// What the database says.
pub async fn above(tx: &mut Tx, day: &PanelDay) -> Result<Vec<(String, String)>> {
    let program = store::find(tx, day.program_id).await?.ok_or(Error::NotFound)?;
    Ok(vec![(format!("/programs/{}", program.id), program.charter.name), ("/days".to_owned(), "Panel days".to_owned())])
}

/// The same, and the day: what is above whatever belongs to it.
///
/// # Errors
/// What the database says.
pub async fn through(tx: &mut Tx, day: &PanelDay) -> Result<Vec<(String, String)>> {
    let mut crumbs = above(tx, day).await?;
    crumbs.push((format!("/days/{}", day.id), day.title.clone()));
    Ok(crumbs)
}
