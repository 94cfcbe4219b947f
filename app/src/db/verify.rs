//! Whether the audit log, and what it vouches for, is as the program wrote it.

use std::collections::{BTreeSet, HashMap};

use sqlx::FromRow;
use uuid::Uuid;

use super::Tx;
use super::cover::{self, COVERED, Covers};
use super::journal::{self, Head, KEYED, LineWords};
use crate::clock::Time;
use crate::error::Result;
use crate::sql;

/// Problems that are named one by one; more are only counted.
const MAX_PROBLEMS: usize = 100;
/// Lines read at once.
const PAGE: usize = 1000;

/// What a check found.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Verified {
    /// Lines whose payload matches its hash.
    pub intact: i64,
    /// Lines whose payload was erased with its person, as a later line says.
    pub erased: i64,
    /// Lines from before this server's key: only their order is vouched for.
    pub unkeyed: i64,
    /// Rows (notes, published responses, evidence, reports, answers) that are as the log says.
    pub rows: i64,
    pub head: Head,
    /// At most 100.
    pub problems: Vec<Problem>,
    /// All of them.
    pub found: usize,
}

impl Verified {
    /// Whether nothing was changed from outside.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.found == 0
    }

    fn name(&mut self, problem: Problem) {
        self.found += 1;
        if self.problems.len() < MAX_PROBLEMS {
            self.problems.push(problem);
        }
    }
}

/// What is not as the program wrote it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(tag = "problem", rename_all = "snake_case")]
pub enum Problem {
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

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let lines = |first: i64, last: i64| if first == last { format!("line {first}") } else { format!("lines {first} to {last}") };
        match self {
            Self::LineAltered { line } => write!(f, "Line {line} was altered."),
            Self::LinesMissing { first, last } => write!(f, "Deleted: {}.", lines(*first, *last)),
            Self::NewestMissing { first, last } => write!(f, "Deleted from the end: {}.", lines(*first, *last)),
            Self::PayloadAltered { line } => write!(f, "What line {line} says was altered."),
            Self::PayloadMissing { line } => write!(f, "What line {line} says is missing, and no erasure accounts for it."),
            Self::HeadAltered => write!(f, "The end of the log was set from outside, or with another key."),
            Self::OtherHead { expected } => write!(f, "The log does not have the line {expected}: it is another log, or was rewritten."),
            Self::RowAltered { row, line } => write!(f, "{row} was altered after line {line}."),
            Self::RowMissing { row, line } => write!(f, "{row} was deleted; line {line} vouches for it."),
            Self::RowAdded { row } => write!(f, "{row} was added from outside: no line vouches for it."),
        }
    }
}

#[derive(FromRow)]
struct Row {
    seq: i64,
    at: Time,
    actor_kind: String,
    actor_id: Option<Uuid>,
    verb: String,
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

impl Row {
    fn words(&self) -> LineWords<'_> {
        LineWords {
            seq: self.seq,
            at: self.at,
            actor_kind: &self.actor_kind,
            actor_id: self.actor_id,
            verb: &self.verb,
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
                let words = journal::line_words(&self.words());
                self.hash == journal::keyed_hash(tx.secret(), &words, self.covers.as_deref(), &self.payload_hash, &self.prev_hash)
            }
            // Of a key that is lost: nobody can tell.
            (KEYED, true) => true,
            (1, true) => self.hash == journal::plain_hash(&self.words(), &self.payload_hash, &self.prev_hash),
            _ => false,
        }
    }
}

/// What was read of the lines.
#[derive(Default)]
struct Walk {
    /// The newest digest of each row, and the line that has it.
    digests: HashMap<String, (String, i64)>,
    erased: BTreeSet<i64>,
    missing: Vec<i64>,
}

/// Checks every line, the end of the log, and every row that it vouches for. `expected` is a head that was kept elsewhere.
pub async fn verify(tx: &mut Tx, expected: Option<&Head>) -> Result<Verified> {
    let head = journal::head(tx).await?;
    let (mac, sealed): (String, i64) =
        sql!(tx, |c| sqlx::query_as("SELECT mac, sealed_seq FROM activity_head WHERE id = 1").fetch_one(c).await)?;
    let mut found = Verified { head: head.clone(), ..Verified::default() };
    let mut walk = Walk::default();
    let last = walk_lines(tx, sealed, expected, &mut walk, &mut found).await?;
    if last.seq < head.seq {
        found.name(Problem::NewestMissing { first: last.seq + 1, last: head.seq });
    } else if last.hash != head.hash || last.seq != head.seq {
        found.name(Problem::HeadAltered);
    }
    if mac != journal::head_mac(tx.secret(), &head, sealed) && !found.problems.contains(&Problem::HeadAltered) {
        found.name(Problem::HeadAltered);
    }
    for line in walk.missing {
        if walk.erased.contains(&line) {
            found.erased += 1;
        } else {
            found.name(Problem::PayloadMissing { line });
        }
    }
    verify_rows(tx, walk.digests, &mut found).await?;
    Ok(found)
}

/// Walks the chain; gives where it ends.
async fn walk_lines(tx: &mut Tx, sealed: i64, expected: Option<&Head>, walk: &mut Walk, found: &mut Verified) -> Result<Head> {
    let mut last = Head::default();
    let mut seen = expected.is_none_or(|expected| *expected == last);
    loop {
        let rows: Vec<Row> = sql!(tx, |c| {
            sqlx::query_as(
                "SELECT a.seq, a.at, a.actor_kind, a.actor_id, a.verb, a.subject_kind, a.subject_id, a.session_id, a.panel_day_id, a.covers,
                     a.payload_hash, a.prev_hash, a.hash, a.format, p.salt, p.payload
                 FROM activity a LEFT JOIN activity_payload p ON p.seq = a.seq WHERE a.seq > $1 ORDER BY a.seq LIMIT 1000",
            )
            .bind(last.seq)
            .fetch_all(c)
            .await
        })?;
        let ends = rows.len() < PAGE;
        for row in rows {
            let next = row.seq == last.seq + 1;
            if !next {
                found.name(Problem::LinesMissing { first: last.seq + 1, last: row.seq - 1 });
            }
            let follows = !next || row.prev_hash == last.hash;
            if follows && row.fits(tx, sealed) {
                walk.note(&row, found);
            } else {
                found.name(Problem::LineAltered { line: row.seq });
            }
            found.unkeyed += i64::from(row.seq <= sealed);
            last = Head { seq: row.seq, hash: row.hash };
            seen |= expected == Some(&last);
        }
        if ends {
            break;
        }
    }
    if let Some(expected) = expected.filter(|_| !seen) {
        found.name(Problem::OtherHead { expected: expected.to_string() });
    }
    Ok(last)
}

impl Walk {
    fn note(&mut self, row: &Row, found: &mut Verified) {
        match (&row.salt, &row.payload) {
            (Some(salt), Some(payload)) if journal::digest(&[salt.as_bytes(), payload.as_bytes()]) == row.payload_hash => found.intact += 1,
            (Some(_), Some(_)) => found.name(Problem::PayloadAltered { line: row.seq }),
            _ => self.missing.push(row.seq),
        }
        if let Some(covers) = row.covers.as_deref().and_then(|text| serde_json::from_str::<Covers>(text).ok()) {
            self.digests.extend(covers.rows.into_iter().map(|(key, digest)| (key, (digest, row.seq))));
            self.erased.extend(covers.erased.into_iter().flat_map(|(first, last)| first..=last));
        }
    }
}

async fn verify_rows(tx: &mut Tx, mut digests: HashMap<String, (String, i64)>, found: &mut Verified) -> Result<()> {
    for covered in COVERED {
        for (row, digest) in cover::stored(tx, covered, "1 = 1", &[]).await? {
            match digests.remove(&row) {
                None => found.name(Problem::RowAdded { row }),
                Some((kept, _)) if kept == digest => found.rows += 1,
                Some((_, line)) => found.name(Problem::RowAltered { row, line }),
            }
        }
    }
    let mut gone: Vec<_> = digests.into_iter().map(|(row, (_, line))| (row, line)).collect();
    gone.sort_unstable();
    gone.into_iter().for_each(|(row, line)| found.name(Problem::RowMissing { row, line }));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::Actor;
    use crate::activity::{Thing, act::did};
    use crate::clock::now;
    use crate::tables::tests::fill;
    use crate::testing::each_db;
    use sqlx::AssertSqlSafe;

    /// What somebody does behind the program's back, and what the check has to name.
    const ALTERED: &[(&[&str], &str)] = &[
        (&["UPDATE activity SET verb = 'praised' WHERE seq = 1"], "Line 1 was altered."),
        (&["UPDATE activity SET panel_day_id = subject_id WHERE seq = 2"], "Line 2 was altered."),
        (&["UPDATE activity SET session_id = subject_id WHERE seq = 2"], "Line 2 was altered."),
        (&["UPDATE activity SET covers = NULL WHERE seq = 1"], "Line 1 was altered."),
        (&["UPDATE activity SET format = 1 WHERE seq = 1"], "Line 1 was altered."),
        (&["UPDATE activity_payload SET payload = '{}' WHERE seq = 1"], "What line 1 says was altered."),
        (&["DELETE FROM activity_payload WHERE seq = 1"], "What line 1 says is missing, and no erasure accounts for it."),
        (
            &[
                "INSERT INTO erasure (id, subject_kind, subject_id, at) SELECT subject_id, 'panelist', subject_id, at FROM activity WHERE seq = 2",
                "DELETE FROM activity_payload WHERE seq = 2",
            ],
            "What line 2 says is missing, and no erasure accounts for it.",
        ),
        (&["DELETE FROM activity_payload WHERE seq = 2", "DELETE FROM activity WHERE seq = 2"], "Deleted: line 2."),
        (&["DELETE FROM activity_payload WHERE seq > 2", "DELETE FROM activity WHERE seq > 2"], "Deleted from the end: lines 3 to 4."),
        (&["DELETE FROM activity_payload", "DELETE FROM activity"], "Deleted from the end: lines 1 to 4."),
        (
            &[
                "DELETE FROM activity_payload WHERE seq > 2",
                "DELETE FROM activity WHERE seq > 2",
                "UPDATE activity_head SET seq = 2, hash = (SELECT hash FROM activity WHERE seq = 2)",
            ],
            "The end of the log was set from outside, or with another key.",
        ),
        (
            &[
                "DELETE FROM activity_payload",
                "DELETE FROM activity",
                "UPDATE activity_head SET seq = 0, hash = '', mac = '', sealed_seq = 0",
            ],
            "The end of the log was set from outside, or with another key.",
        ),
        (&["UPDATE activity_head SET sealed_seq = 4"], "The end of the log was set from outside, or with another key."),
        (&["UPDATE note SET text = 'We love it'"], "note/ID was altered after line 1."),
        (&["UPDATE note_revision SET text = 'We love it'"], "note_revision/ID/-7 was altered after line 1."),
        (&["UPDATE response_version SET text = 'We promise nothing'"], "response_version/ID was altered after line 1."),
        (&["UPDATE response_version SET due = NULL"], "response_version/ID was altered after line 1."),
        (&["UPDATE response_version SET published_at = NULL"], "response_version/ID was deleted; line 1 vouches for it."),
        (&["UPDATE delivery SET evidence = 'None'"], "delivery/ID was altered after line 1."),
        (&["UPDATE delivery SET confirmed_by = NULL"], "delivery_confirmed/ID was altered after line 1."),
        (&["UPDATE report SET document = '{\"who\": []}'"], "report/ID was altered after line 1."),
        (&["UPDATE answer SET answer = 'solved'"], "answer/ID was altered after line 1."),
        (&["UPDATE answer SET remark = ''"], "answer/ID was altered after line 1."),
        (&["DELETE FROM answer"], "answer/ID was deleted; line 1 vouches for it."),
        (
            &["INSERT INTO note_revision (note_id, revision, panelist_id, kind, text, topic, at, by_account)
                 SELECT note_id, 3, panelist_id, kind, text, topic, at, by_account FROM note_revision"],
            "note_revision/ID/3 was added from outside: no line vouches for it.",
        ),
    ];

    #[tokio::test]
    async fn whatever_is_altered_from_outside_is_named() {
        each_db(|db| async move {
            let id = Uuid::now_v7();
            fill(&db, id).await;
            let mut tx = db.begin().await.expect("tx");
            for _ in 0..2 {
                did(&Actor::System("test"), now(), "looked at", Thing::Account, Uuid::now_v7()).record(&mut tx);
            }
            tx.commit().await.expect("commit");
            let before = verify(&mut db.snapshot().await.expect("tx"), None).await.expect("verified");
            assert!(before.is_whole() && before.intact == 4 && before.rows == 7, "{before:?}");
            for (statements, problem) in ALTERED {
                let mut tx = db.begin().await.expect("tx");
                for statement in *statements {
                    sql!(tx, |c| sqlx::query(AssertSqlSafe(*statement)).execute(c).await.map(|_| ()))
                        .unwrap_or_else(|error| panic!("{statement}: {error}"));
                }
                let found = verify(&mut tx, None).await.expect("verified");
                let named: Vec<String> = found.problems.iter().map(ToString::to_string).collect();
                let expected = problem.replace("ID", &id.to_string());
                assert!(named.contains(&expected), "{statements:?}: {named:?} has not “{expected}”");
            }
        })
        .await;
    }

    #[tokio::test]
    async fn a_head_kept_elsewhere_shows_that_a_log_was_written_anew() {
        each_db(|db| async move {
            fill(&db, Uuid::now_v7()).await;
            let kept = journal::head(&mut db.read().await.expect("tx")).await.expect("a head");
            let mut tx = db.begin().await.expect("tx");
            did(&Actor::System("test"), now(), "looked at", Thing::Account, Uuid::now_v7()).record(&mut tx);
            tx.commit().await.expect("commit");
            let mut tx = db.read().await.expect("tx");
            let again: Head = kept.to_string().parse().expect("as it was printed");
            assert!(verify(&mut tx, Some(&again)).await.expect("verified").is_whole());
            let other = Head { hash: "q".into(), ..kept };
            assert_eq!(
                verify(&mut tx, Some(&other)).await.expect("verified").problems,
                [Problem::OtherHead { expected: other.to_string() }]
            );
            assert!("812".parse::<Head>().is_err());
        })
        .await;
    }

    #[tokio::test]
    async fn lines_of_an_earlier_version_are_checked_as_they_were_written() {
        each_db(|db| async move {
            // As an earlier version wrote it: a line without a key, and a head without a mark.
            let mut tx = db.begin().await.expect("tx");
            let (at, subject) = (now(), Uuid::now_v7());
            let payload_hash = journal::digest(&[b"salt", b"null"]);
            let line = LineWords {
                seq: 1,
                at,
                actor_kind: "system",
                actor_id: None,
                verb: "opened",
                subject_kind: "heard",
                subject_id: subject,
                session_id: None,
                panel_day_id: None,
            };
            let hash = journal::plain_hash(&line, &payload_hash, "");
            sql!(tx, |c| sqlx::query(
                "INSERT INTO activity (seq, at, actor_kind, verb, subject_kind, subject_id, payload_hash, prev_hash, hash)
                 VALUES (1, $1, 'system', 'opened', 'heard', $2, $3, '', $4)"
            )
            .bind(at)
            .bind(subject)
            .bind(&payload_hash)
            .bind(&hash)
            .execute(c)
            .await
            .map(|_| ()))
            .expect("a line");
            for statement in [
                "INSERT INTO activity_payload (seq, salt, payload) VALUES (1, 'salt', 'null')",
                "UPDATE activity_head SET seq = 1, hash = (SELECT hash FROM activity), mac = ''",
            ] {
                sql!(tx, |c| sqlx::query(statement).execute(c).await.map(|_| ())).expect("as before");
            }
            journal::seal(&mut tx).await.expect("sealed");
            did(&Actor::System("test"), now(), "looked at", Thing::Account, Uuid::now_v7()).record(&mut tx);
            tx.commit().await.expect("commit");
            let mut tx = db.begin().await.expect("tx");
            let found = verify(&mut tx, None).await.expect("verified");
            assert!(found.is_whole() && found.unkeyed == 1 && found.intact == 2, "{found:?}");
            sql!(tx, |c| sqlx::query("UPDATE activity SET verb = 'closed' WHERE seq = 1").execute(c).await.map(|_| ())).expect("altered");
            assert_eq!(verify(&mut tx, None).await.expect("verified").problems, [Problem::LineAltered { line: 1 }]);
        })
        .await;
    }
}
