//! What panelists answered to the replies in their reports.

use sqlx::{AssertSqlSafe, FromRow};

use super::super::{AnswerEffect, AnswerKind};
use crate::db::Tx;
use crate::kernel::clock::Time;
use crate::kernel::error::Result;
use crate::kernel::ids::{AnswerId, HeardId, PanelistId, ReportId, VersionId};

/// What one panelist said to one version of a reply.
#[derive(Clone, Debug, FromRow)]
pub struct ReplyAnswer {
    pub panelist_id: PanelistId,
    pub heard_id: HeardId,
    pub version_id: VersionId,
    pub answer: AnswerKind,
    pub effect: AnswerEffect,
    pub remark: String,
    pub at: Time,
}

const ANSWER: &str = "SELECT panelist_id, heard_id, version_id, answer, effect, remark, at FROM answer";

/// What a panelist has answered so far.
pub async fn list_answers_by(tx: &mut Tx, panelist: PanelistId) -> Result<Vec<ReplyAnswer>> {
    let statement = format!("{ANSWER} WHERE panelist_id = $1 ORDER BY at, id");
    tx.list(AssertSqlSafe(statement), &[panelist.into()]).await
}

/// What panelists said to the replies to one item, newest first.
pub async fn list_answers(tx: &mut Tx, heard: HeardId) -> Result<Vec<ReplyAnswer>> {
    let statement = format!("{ANSWER} WHERE heard_id = $1 ORDER BY at DESC, id DESC");
    tx.list(AssertSqlSafe(statement), &[heard.into()]).await
}

/// How the readers of a report answered each item in it: (item, answer, what it did, count).
pub async fn count_answers(tx: &mut Tx, report: ReportId) -> Result<Vec<(HeardId, AnswerKind, AnswerEffect, i64)>> {
    tx.list(
        "SELECT a.heard_id, a.answer, a.effect, COUNT(*) FROM report_answer x
         JOIN report_copy k ON k.id = x.report_copy_id
         JOIN answer a ON a.panelist_id = k.panelist_id AND a.version_id = x.version_id
         WHERE k.report_id = $1 GROUP BY a.heard_id, a.answer, a.effect",
        &[report.into()],
    )
    .await
}

/// Items whose newest answer a panelist disputes in a way that opened nothing by itself, and that nobody opened again since.
pub async fn list_disputed(tx: &mut Tx) -> Result<Vec<HeardId>> {
    tx.list_values(
        "SELECT DISTINCT a.heard_id FROM answer a
         JOIN response_version v ON v.id = a.version_id
         WHERE a.effect IN ('me_too', 'too_soon')
             AND NOT EXISTS (
                 SELECT 1 FROM response_version w JOIN response r ON r.id = w.response_id
                 WHERE r.heard_id = a.heard_id AND w.published_at > v.published_at)
             AND NOT EXISTS (SELECT 1 FROM heard_event e WHERE e.heard_id = a.heard_id AND e.kind = 'reopened' AND e.at > v.published_at)
         ORDER BY a.heard_id",
        &[],
    )
    .await
}

/// What a panelist said before to a version.
pub async fn find_answer(tx: &mut Tx, panelist: PanelistId, version: VersionId) -> Result<Option<ReplyAnswer>> {
    let statement = format!("{ANSWER} WHERE panelist_id = $1 AND version_id = $2");
    tx.find(AssertSqlSafe(statement), &[panelist.into(), version.into()]).await
}

/// Records an answer, or changes one.
pub async fn answer(tx: &mut Tx, answer: &ReplyAnswer) -> Result<()> {
    tx.run(
        "INSERT INTO answer (id, panelist_id, heard_id, version_id, answer, effect, remark, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
             ON CONFLICT (panelist_id, version_id) DO UPDATE SET answer = excluded.answer, effect = excluded.effect,
                 remark = excluded.remark, at = excluded.at",
        &[
            AnswerId::new().into(),
            answer.panelist_id.into(),
            answer.heard_id.into(),
            answer.version_id.into(),
            answer.answer.into(),
            answer.effect.into(),
            answer.remark.as_str().into(),
            answer.at.into(),
        ],
    )
    .await?;
    Ok(())
}

/// Records in which copy a version was answered. Once is enough.
pub async fn answer_in(tx: &mut Tx, report: ReportId, answer: &ReplyAnswer) -> Result<()> {
    tx.run(
        "INSERT INTO report_answer (report_copy_id, version_id, at)
         SELECT id, $3, $4 FROM report_copy WHERE report_id = $1 AND panelist_id = $2
         ON CONFLICT (report_copy_id, version_id) DO NOTHING",
        &[report.into(), answer.panelist_id.into(), answer.version_id.into(), answer.at.into()],
    )
    .await?;
    Ok(())
}
