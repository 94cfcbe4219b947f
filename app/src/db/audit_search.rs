//! Reading the audit log as a list: filtered by who, what, which thing and when; newest first.

use sqlx::AssertSqlSafe;
use uuid::Uuid;

use super::audit_log::AuditLine;
use super::{Cell, Filter, Tx};
use crate::kernel::clock::Time;
use crate::kernel::error::Result;

/// Lines that a list counts at most.
pub const MAX_COUNTED: i64 = 10_000;

/// Who did what is looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AuditActor {
    Account(Uuid),
    /// Everyone who came by a personal link.
    Links,
    /// Jobs, the command line, imports.
    System,
}

/// What is looked for; an empty search finds everything.
#[derive(Clone, Debug, Default)]
pub struct AuditSearch {
    pub actor: Option<AuditActor>,
    /// Part of what was done: "publish".
    pub action: Option<String>,
    /// Or one of these, "action kind" each: actions that a page shows in other words than the stored ones.
    pub shown: Vec<String>,
    /// The word of a kind of thing.
    pub subject_kind: Option<&'static str>,
    pub subject: Option<Uuid>,
    /// From this moment.
    pub since: Option<Time>,
    /// Before this moment.
    pub before: Option<Time>,
}

impl AuditSearch {
    fn filter(&self, tx: &Tx) -> Filter {
        let mut filter = Filter::new();
        match &self.actor {
            Some(AuditActor::Account(id)) => {
                filter.and("a.actor_kind = 'account' AND a.actor_id = ?", [(*id).into()]);
            }
            Some(AuditActor::Links) => {
                filter.and("a.actor_kind = 'link'", []);
            }
            Some(AuditActor::System) => {
                filter.and("a.actor_kind = 'system'", []);
            }
            None => {}
        }
        if let Some(action) = &self.action {
            let shown = self.shown.iter().map(|pair| Cell::from(pair.clone()));
            filter.contains_or_is(tx, &["a.action"], action, "a.action || ' ' || a.subject_kind", shown);
        }
        if let Some(kind) = self.subject_kind {
            filter.and("a.subject_kind = ?", [kind.into()]);
        }
        if let Some(subject) = self.subject {
            filter.and("a.subject_id = ?", [subject.into()]);
        }
        if let Some(since) = self.since {
            filter.and("a.at >= ?", [since.into()]);
        }
        if let Some(before) = self.before {
            filter.and("a.at < ?", [before.into()]);
        }
        filter
    }
}

/// A page of the lines that are looked for, newest first.
pub async fn list(tx: &mut Tx, search: &AuditSearch, limit: i64, skip: i64) -> Result<Vec<AuditLine>> {
    let filter = search.filter(tx);
    select(tx, &filter, limit, skip).await
}

/// At most so many of these lines that are older than line `before`, newest first: for a file that is made in parts.
pub async fn list_before(tx: &mut Tx, search: &AuditSearch, before: i64, limit: i64) -> Result<Vec<AuditLine>> {
    let mut filter = search.filter(tx);
    filter.and("a.seq < ?", [before.into()]);
    select(tx, &filter, limit, 0).await
}

async fn select(tx: &mut Tx, filter: &Filter, limit: i64, skip: i64) -> Result<Vec<AuditLine>> {
    let next = filter.next();
    let statement = format!(
        "SELECT a.seq, a.at, a.actor_kind, a.actor_id, a.action, a.subject_kind, a.subject_id, a.session_id, p.payload
         FROM audit_log a LEFT JOIN audit_log_payload p ON p.seq = a.seq{} ORDER BY a.seq DESC LIMIT ${next} OFFSET ${}",
        filter.clause(),
        next + 1
    );
    tx.list(AssertSqlSafe(statement), &filter.with([limit.into(), skip.into()])).await
}

/// How many lines are found, one more than `MAX_COUNTED` at most.
pub async fn count(tx: &mut Tx, search: &AuditSearch) -> Result<i64> {
    let filter = search.filter(tx);
    let statement = format!("SELECT COUNT(*) FROM (SELECT 1 FROM audit_log a{} LIMIT {}) found", filter.clause(), MAX_COUNTED + 1);
    tx.value(AssertSqlSafe(statement), filter.values()).await
}
