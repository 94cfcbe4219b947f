//! Unit tests of `verify`.

use sqlx::AssertSqlSafe;

use super::*;
use crate::access::account::Actor;
use crate::access::audit::ResourceType;
use crate::access::audit::act::audit;
use crate::front::wiring::tests::fill;
use crate::kernel::clock::now;
use crate::testing::each_db;

/// What somebody does behind the program's back, and what the check has to name.
const ALTERED: &[(&[&str], &str)] = &[
    (&["UPDATE audit_log SET action = 'praised' WHERE seq = 1"], "Entry 1 was altered."),
    (&["UPDATE audit_log SET panel_day_id = subject_id WHERE seq = 2"], "Entry 2 was altered."),
    (&["UPDATE audit_log SET session_id = subject_id WHERE seq = 2"], "Entry 2 was altered."),
    (&["UPDATE audit_log SET covers = NULL WHERE seq = 1"], "Entry 1 was altered."),
    (&["UPDATE audit_log SET format = 1 WHERE seq = 1"], "Entry 1 was altered."),
    (&["UPDATE audit_log_payload SET payload = '{}' WHERE seq = 1"], "The details of entry 1 were altered."),
    (&["DELETE FROM audit_log_payload WHERE seq = 1"], "The details of entry 1 are missing, and no erasure accounts for them."),
    (
        &[
            "INSERT INTO erasure (id, subject_kind, subject_id, at) SELECT subject_id, 'panelist', subject_id, at FROM audit_log WHERE seq = 2",
            "DELETE FROM audit_log_payload WHERE seq = 2",
        ],
        "The details of entry 2 are missing, and no erasure accounts for them.",
    ),
    (&["DELETE FROM audit_log_payload WHERE seq = 2", "DELETE FROM audit_log WHERE seq = 2"], "Deleted: entry 2."),
    (&["DELETE FROM audit_log_payload WHERE seq > 2", "DELETE FROM audit_log WHERE seq > 2"], "Deleted from the end: entries 3 to 4."),
    (&["DELETE FROM audit_log_payload", "DELETE FROM audit_log"], "Deleted from the end: entries 1 to 4."),
    (
        &[
            "DELETE FROM audit_log_payload WHERE seq > 2",
            "DELETE FROM audit_log WHERE seq > 2",
            "UPDATE audit_log_head SET seq = 2, hash = (SELECT hash FROM audit_log WHERE seq = 2)",
        ],
        "The end of the log was set from outside, or with another key.",
    ),
    (
        &[
            "DELETE FROM audit_log_payload",
            "DELETE FROM audit_log",
            "UPDATE audit_log_head SET seq = 0, hash = '', mac = '', sealed_seq = 0",
        ],
        "The end of the log was set from outside, or with another key.",
    ),
    (&["UPDATE audit_log_head SET sealed_seq = 4"], "The end of the log was set from outside, or with another key."),
    (&["UPDATE note SET text = 'We love it'"], "note/ID was altered after entry 1."),
    (&["UPDATE note_revision SET text = 'We love it'"], "note_revision/ID/-7 was altered after entry 1."),
    (&["UPDATE response_version SET text = 'We promise nothing'"], "response_version/ID was altered after entry 1."),
    (&["UPDATE response_version SET due = NULL"], "response_version/ID was altered after entry 1."),
    (&["UPDATE response_version SET published_at = NULL"], "response_version/ID was deleted; entry 1 vouches for it."),
    (&["UPDATE delivery SET evidence = 'None'"], "delivery/ID was altered after entry 1."),
    (&["UPDATE delivery SET confirmed_by = NULL"], "delivery_confirmed/ID was altered after entry 1."),
    (&["UPDATE report SET document = '{\"who\": []}'"], "report/ID was altered after entry 1."),
    (&["UPDATE answer SET answer = 'solved'"], "answer/ID was altered after entry 1."),
    (&["UPDATE answer SET remark = ''"], "answer/ID was altered after entry 1."),
    (&["DELETE FROM answer"], "answer/ID was deleted; entry 1 vouches for it."),
    (
        &["INSERT INTO note_revision (note_id, revision, panelist_id, kind, text, topic, at, by_account)
             SELECT note_id, 3, panelist_id, kind, text, topic, at, by_account FROM note_revision"],
        "note_revision/ID/3 was added from outside: no entry vouches for it.",
    ),
];

#[tokio::test]
async fn whatever_is_altered_from_outside_is_named() {
    each_db(|db| async move {
        let id = Uuid::now_v7();
        fill(&db, id).await;
        let mut tx = db.begin().await.expect("tx");
        for _ in 0..2 {
            audit(&Actor::System("test"), now(), "looked at", ResourceType::Account, Uuid::now_v7()).record(&mut tx);
        }
        tx.commit().await.expect("commit");
        let before = verify(&mut db.snapshot().await.expect("tx"), &[]).await.expect("verified");
        assert!(before.is_whole() && before.intact == 4 && before.rows == 7, "{before:?}");
        for (statements, problem) in ALTERED {
            let mut tx = db.begin().await.expect("tx");
            for statement in *statements {
                tx.run(AssertSqlSafe(*statement), &[]).await.map(drop).unwrap_or_else(|error| panic!("{statement}: {error}"));
            }
            let found = verify(&mut tx, &[]).await.expect("verified");
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
        let kept = audit_log::head(&mut db.read().await.expect("tx")).await.expect("a head");
        let mut tx = db.begin().await.expect("tx");
        audit(&Actor::System("test"), now(), "looked at", ResourceType::Account, Uuid::now_v7()).record(&mut tx);
        tx.commit().await.expect("commit");
        let mut tx = db.read().await.expect("tx");
        let again: AuditHead = kept.to_string().parse().expect("as it was printed");
        assert!(verify(&mut tx, std::slice::from_ref(&again)).await.expect("verified").is_whole());
        let other = AuditHead { hash: "q".into(), ..kept };
        assert_eq!(
            verify(&mut tx, std::slice::from_ref(&other)).await.expect("verified").problems,
            [AuditProblem::OtherHead { expected: other.to_string() }]
        );
        assert!("812".parse::<AuditHead>().is_err());
    })
    .await;
}

#[tokio::test]
async fn lines_of_an_earlier_version_are_checked_as_they_were_written() {
    each_db(|db| async move {
        // As an earlier version wrote it: a line without a key, and a head without a mark.
        let mut tx = db.begin().await.expect("tx");
        let (at, subject) = (now(), Uuid::now_v7());
        let payload_hash = audit_log::digest(&[b"salt", b"null"]);
        let line = LineWords {
            seq: 1,
            at,
            actor_kind: "system",
            actor_id: None,
            action: "opened",
            subject_kind: "heard",
            subject_id: subject,
            session_id: None,
            panel_day_id: None,
        };
        let hash = audit_log::plain_hash(&line, &payload_hash, "");
        tx.run(
            "INSERT INTO audit_log (seq, at, actor_kind, action, subject_kind, subject_id, payload_hash, prev_hash, hash)
             VALUES (1, $1, 'system', 'opened', 'heard', $2, $3, '', $4)",
            &[at.into(), subject.into(), payload_hash.as_str().into(), hash.as_str().into()],
        )
        .await
        .map(drop)
        .expect("a line");
        for statement in [
            "INSERT INTO audit_log_payload (seq, salt, payload) VALUES (1, 'salt', 'null')",
            "UPDATE audit_log_head SET seq = 1, hash = (SELECT hash FROM audit_log), mac = ''",
        ] {
            tx.run(statement, &[]).await.map(drop).expect("as before");
        }
        audit_log::seal(&mut tx).await.expect("sealed");
        audit(&Actor::System("test"), now(), "looked at", ResourceType::Account, Uuid::now_v7()).record(&mut tx);
        tx.commit().await.expect("commit");
        let mut tx = db.begin().await.expect("tx");
        let found = verify(&mut tx, &[]).await.expect("verified");
        assert!(found.is_whole() && found.unkeyed == 1 && found.intact == 2, "{found:?}");
        tx.run("UPDATE audit_log SET action = 'closed' WHERE seq = 1", &[]).await.map(drop).expect("altered");
        assert_eq!(verify(&mut tx, &[]).await.expect("verified").problems, [AuditProblem::LineAltered { line: 1 }]);
    })
    .await;
}
