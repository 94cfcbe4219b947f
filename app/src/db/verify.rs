//! Whether the audit log, and what it vouches for, is as the program wrote it.

use std::collections::{BTreeSet, HashMap, HashSet};

use sqlx::FromRow;
use uuid::Uuid;

use super::Tx;
use super::audit_log::{self, AuditHead, KEYED, LineWords};
use super::cover::{self, COVERED, Covers};
use crate::kernel::clock::Time;
use crate::kernel::error::Result;

/// Problems that are named one by one; more are only counted.
const MAX_PROBLEMS: usize = 100;
/// Lines read at once.
const PAGE: usize = 1000;

/// What a check found.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct AuditVerification {
    /// Lines whose payload matches its hash.
    pub intact: i64,
    /// Lines whose payload was erased with its person, as a later line says.
    pub erased: i64,
    /// Lines from before this server's key: only their order is vouched for.
    pub unkeyed: i64,
    /// Rows (notes, published responses, evidence, reports, answers) that are as the log says.
    pub rows: i64,
    pub head: AuditHead,
    /// At most 100.
    pub problems: Vec<AuditProblem>,
    /// All of them.
    pub found: usize,
}

impl AuditVerification {
    /// Whether nothing was changed from outside.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.found == 0
    }

    fn name(&mut self, problem: AuditProblem) {
        self.found += 1;
        if self.problems.len() < MAX_PROBLEMS {
            self.problems.push(problem);
        }
    }
}

/// What is not as the program wrote it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(tag = "problem", rename_all = "snake_case")]
pub enum AuditProblem {
    LineAltered {
        line: i64,
    },
    LinesMissing {
        first: i64,
        last: i64,
    },
    NewestMissing {
        first: i64,
        last: i64,
    },
    PayloadAltered {
        line: i64,
    },
    PayloadMissing {
        line: i64,
    },
    /// The log's end was set by somebody without the server's key.
    HeadAltered,
    /// The log does not have the line that somebody kept elsewhere.
    OtherHead {
        expected: String,
    },
    RowAltered {
        row: String,
        line: i64,
    },
    RowMissing {
        row: String,
        line: i64,
    },
    RowAdded {
        row: String,
    },
}

impl std::fmt::Display for AuditProblem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let lines = |first: i64, last: i64| if first == last { format!("entry {first}") } else { format!("entries {first} to {last}") };
        match self {
            Self::LineAltered { line } => write!(f, "Entry {line} was altered."),
            Self::LinesMissing { first, last } => write!(f, "Deleted: {}.", lines(*first, *last)),
            Self::NewestMissing { first, last } => write!(f, "Deleted from the end: {}.", lines(*first, *last)),
            Self::PayloadAltered { line } => write!(f, "The details of entry {line} were altered."),
            Self::PayloadMissing { line } => write!(f, "The details of entry {line} are missing, and no erasure accounts for them."),
            Self::HeadAltered => write!(f, "The end of the log was set from outside, or with another key."),
            Self::OtherHead { expected } => write!(f, "The log does not have the entry {expected}: it is another log, or was rewritten."),
            Self::RowAltered { row, line } => write!(f, "{row} was altered after entry {line}."),
            Self::RowMissing { row, line } => write!(f, "{row} was deleted; entry {line} vouches for it."),
            Self::RowAdded { row } => write!(f, "{row} was added from outside: no entry vouches for it."),
        }
    }
}

#[derive(FromRow)]
struct StoredLine {
    seq: i64,
    at: Time,
    actor_kind: String,
    actor_id: Option<Uuid>,
    action: String,
    subject_kind: String,
    subject_id: Uuid,
    session_id: Option<Uuid>,
    panel_day_id: Option<Uuid>,
    covers: Option<String>,
    payload_hash: String,
    prev_hash: String,
    hash: String,
    format: i64,
    salt: Option<String>,
    payload: Option<String>,
}

impl StoredLine {
    fn words(&self) -> LineWords<'_> {
        LineWords {
            seq: self.seq,
            at: self.at,
            actor_kind: &self.actor_kind,
            actor_id: self.actor_id,
            action: &self.action,
            subject_kind: &self.subject_kind,
            subject_id: self.subject_id,
            session_id: self.session_id,
            panel_day_id: self.panel_day_id,
        }
    }

    /// Whether the line is as it was written. `sealed` is the last line that is older than the server's key.
    fn fits(&self, tx: &Tx, sealed: i64) -> bool {
        match (self.format, self.seq <= sealed) {
            (KEYED, false) => {
                let words = audit_log::line_words(&self.words());
                self.hash == audit_log::keyed_hash(tx.secret(), &words, self.covers.as_deref(), &self.payload_hash, &self.prev_hash)
            }
            // Of a key that is lost: nobody can tell.
            (KEYED, true) => true,
            (1, true) => self.hash == audit_log::plain_hash(&self.words(), &self.payload_hash, &self.prev_hash),
            _ => false,
        }
    }
}

/// What was read of the lines.
#[derive(Default)]
struct ChainWalk {
    /// The newest digest of each row, and the line that has it.
    digests: HashMap<String, (String, i64)>,
    erased: BTreeSet<i64>,
    missing: Vec<i64>,
}

/// Checks every line, the end of the log, and every row that it vouches for. `expected` are heads that were kept elsewhere: each has to be
/// one of its lines.
pub async fn verify(tx: &mut Tx, expected: &[AuditHead]) -> Result<AuditVerification> {
    let head = audit_log::head(tx).await?;
    let (mac, sealed): (String, i64) = tx.one("SELECT mac, sealed_seq FROM audit_log_head WHERE id = 1", &[]).await?;
    let mut found = AuditVerification { head: head.clone(), ..AuditVerification::default() };
    let mut walk = ChainWalk::default();
    let last = walk_lines(tx, sealed, expected, &mut walk, &mut found).await?;
    if last.seq < head.seq {
        found.name(AuditProblem::NewestMissing { first: last.seq + 1, last: head.seq });
    } else if last.hash != head.hash || last.seq != head.seq {
        found.name(AuditProblem::HeadAltered);
    }
    if mac != audit_log::head_mac(tx.secret(), &head, sealed) && !found.problems.contains(&AuditProblem::HeadAltered) {
        found.name(AuditProblem::HeadAltered);
    }
    for line in walk.missing {
        if walk.erased.contains(&line) {
            found.erased += 1;
        } else {
            found.name(AuditProblem::PayloadMissing { line });
        }
    }
    verify_rows(tx, walk.digests, &mut found).await?;
    Ok(found)
}

/// Walks the chain; gives where it ends.
async fn walk_lines(
    tx: &mut Tx,
    sealed: i64,
    expected: &[AuditHead],
    walk: &mut ChainWalk,
    found: &mut AuditVerification,
) -> Result<AuditHead> {
    let mut last = AuditHead::default();
    let mut unseen: HashSet<&AuditHead> = expected.iter().filter(|expected| **expected != last).collect();
    loop {
        let rows: Vec<StoredLine> = tx.list(
            "SELECT a.seq, a.at, a.actor_kind, a.actor_id, a.action, a.subject_kind, a.subject_id, a.session_id, a.panel_day_id, a.covers,
                     a.payload_hash, a.prev_hash, a.hash, a.format, p.salt, p.payload
                 FROM audit_log a LEFT JOIN audit_log_payload p ON p.seq = a.seq WHERE a.seq > $1 ORDER BY a.seq LIMIT 1000",
            &[last.seq.into()],
        )
        .await?;
        let ends = rows.len() < PAGE;
        for row in rows {
            let next = row.seq == last.seq + 1;
            if !next {
                found.name(AuditProblem::LinesMissing { first: last.seq + 1, last: row.seq - 1 });
            }
            let follows = !next || row.prev_hash == last.hash;
            if follows && row.fits(tx, sealed) {
                walk.note(&row, found);
            } else {
                found.name(AuditProblem::LineAltered { line: row.seq });
            }
            found.unkeyed += i64::from(row.seq <= sealed);
            last = AuditHead { seq: row.seq, hash: row.hash };
            unseen.remove(&last);
        }
        if ends {
            break;
        }
    }
    let mut unseen: Vec<&AuditHead> = unseen.into_iter().collect();
    unseen.sort_by_key(|head| head.seq);
    unseen.into_iter().for_each(|expected| found.name(AuditProblem::OtherHead { expected: expected.to_string() }));
    Ok(last)
}

impl ChainWalk {
    fn note(&mut self, row: &StoredLine, found: &mut AuditVerification) {
        match (&row.salt, &row.payload) {
            (Some(salt), Some(payload)) if audit_log::digest(&[salt.as_bytes(), payload.as_bytes()]) == row.payload_hash => {
                found.intact += 1
            }
            (Some(_), Some(_)) => found.name(AuditProblem::PayloadAltered { line: row.seq }),
            _ => self.missing.push(row.seq),
        }
        if let Some(covers) = row.covers.as_deref().and_then(|text| serde_json::from_str::<Covers>(text).ok()) {
            self.digests.extend(covers.rows.into_iter().map(|(key, digest)| (key, (digest, row.seq))));
            self.erased.extend(covers.erased.into_iter().flat_map(|(first, last)| first..=last));
        }
    }
}

async fn verify_rows(tx: &mut Tx, mut digests: HashMap<String, (String, i64)>, found: &mut AuditVerification) -> Result<()> {
    for covered in COVERED {
        for (row, digest) in cover::stored(tx, covered, "1 = 1", &[]).await? {
            match digests.remove(&row) {
                None => found.name(AuditProblem::RowAdded { row }),
                Some((kept, _)) if kept == digest => found.rows += 1,
                Some((_, line)) => found.name(AuditProblem::RowAltered { row, line }),
            }
        }
    }
    let mut gone: Vec<_> = digests.into_iter().map(|(row, (_, line))| (row, line)).collect();
    gone.sort_unstable();
    gone.into_iter().for_each(|(row, line)| found.name(AuditProblem::RowMissing { row, line }));
    Ok(())
}

#[cfg(test)]
mod tests;
