//! When the audit log was last verified, and what was found.

use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use super::ResourceType;
use super::act::audit;
use crate::access::account::{Actor, Permission};
use crate::db::verify::AuditVerification;
use crate::db::{Tx, setting};
use crate::kernel::clock::Time;
use crate::kernel::error::{Error, Result};

/// Under this key the database notes the last verification.
const SETTING: &str = "audit_verified";

/// Lines up to which the log is verified while a page waits: about two seconds. A longer one is verified on the command line.
pub const MAX_LINES_ON_PAGE: i64 = 50_000;

/// What the last verification found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastVerification {
    pub at: Time,
    /// The newest line of then.
    pub line: i64,
    /// How many problems there were; 0 for an intact log.
    pub problems: usize,
}

/// Notes a verification. A log that is intact gets a line about it; one that is not is left as it was found.
///
/// # Errors
/// `Forbidden` for those who may not see the audit log.
pub async fn note(tx: &mut Tx, actor: &Actor, now: Time, found: &AuditVerification) -> Result<()> {
    actor.may(Permission::SeeAuditLog)?;
    let last = LastVerification { at: now, line: found.head.seq, problems: found.found };
    let text = serde_json::to_string(&last).map_err(|error| Error::Internal(error.to_string()))?;
    setting::update(tx, SETTING, &text).await?;
    if found.is_whole() {
        audit(actor, now, "verified", ResourceType::AuditLog, Uuid::nil()).with(json!({"line": last.line})).record(tx);
    }
    Ok(())
}

/// The last verification; none where there was none.
///
/// # Errors
/// What the database says.
pub async fn find(tx: &mut Tx) -> Result<Option<LastVerification>> {
    Ok(setting::find(tx, SETTING).await?.and_then(|text| serde_json::from_str(&text).ok()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::verify::verify;
    use crate::kernel::clock::now;
    use crate::testing::{change, each_db, fixture};

    #[tokio::test]
    async fn an_intact_log_gets_a_line_and_an_altered_one_is_left_alone() {
        each_db(|db| async move {
            let mut tx = db.begin().await.expect("tx");
            fixture::program(&mut tx, now()).await;
            tx.commit().await.expect("commit");
            let mut tx = db.begin().await.expect("tx");
            assert_eq!(find(&mut tx).await.expect("read"), None);
            let found = verify(&mut tx, &[]).await.expect("verified");
            note(&mut tx, &fixture::staff(), now(), &found).await.expect("noted");
            tx.commit().await.expect("commit");
            let mut tx = db.begin().await.expect("tx");
            let last = find(&mut tx).await.expect("read").expect("noted");
            assert_eq!((last.line, last.problems), (found.head.seq, 0));
            let after = verify(&mut tx, &[]).await.expect("verified").head;
            assert_eq!(after.seq, found.head.seq + 1, "the log says that it was verified");
            drop(tx);
            change(&db, "UPDATE audit_log SET action = 'invented' WHERE seq = 1").await;
            let mut tx = db.begin().await.expect("tx");
            let found = verify(&mut tx, &[]).await.expect("verified");
            note(&mut tx, &fixture::staff(), now(), &found).await.expect("noted");
            tx.commit().await.expect("commit");
            let mut tx = db.read().await.expect("tx");
            assert!(find(&mut tx).await.expect("read").expect("noted").problems > 0);
            assert_eq!(verify(&mut tx, &[]).await.expect("verified").head, after, "no line was added");
        })
        .await;
    }
}
