//! Facts about this database as a whole, such as that it is a demo.

use super::Tx;
use super::table::Table;
use crate::kernel::error::Result;

pub const TABLES: &[Table] = &[Table::plain("setting", &["key", "value"])];

/// A fact, if it was ever noted.
pub async fn find(tx: &mut Tx, key: &str) -> Result<Option<String>> {
    tx.find_value("SELECT value FROM setting WHERE key = $1", &[key.into()]).await
}

/// Notes a fact, in the place of what was noted before.
pub async fn update(tx: &mut Tx, key: &str, value: &str) -> Result<()> {
    tx.run(
        "INSERT INTO setting (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        &[key.into(), value.into()],
    )
    .await?;
    Ok(())
}
