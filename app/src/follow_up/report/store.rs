//! The tables `report`, `report_copy` and `answer`.

mod answers;

use sqlx::{AssertSqlSafe, FromRow};

use super::{DeliveryStatus, QuotableWords, QuotedPanelist, RaisedItem, ReportDocument, ReportEdition, ReportReader, rules};
use crate::access::outbox;
use crate::db::audit_log::{self, AuditHead};
use crate::db::{Cell, DataSubject, Erase, Table, Tx};
use crate::kernel::clock::Time;
use crate::kernel::error::Result;
use crate::kernel::failure::{Failure, StoredFailure};
use crate::kernel::ids::{AccountId, LinkId, OutboxId, PanelDayId, PanelistId, ProgramId, ReportCopyId, ReportId};
use crate::recruiting::panelist::{Attendance, QuotePermission};
pub use answers::{ReplyAnswer, answer, answer_in, count_answers, find_answer, list_answers, list_answers_by, list_disputed};

/// The tables written here. The document names nobody; whose words are in a report is in the copies.
pub const TABLES: &[Table] = &[
    Table::plain(
        "report",
        &["id", "panel_day_id", "number", "document", "hash", "finalised_by", "finalised_at", "sending_at", "share_slug", "audit_head"],
    ),
    Table {
        name: "report_copy",
        people: &[(DataSubject::Panelist, "panelist_id")],
        personal: &[("raised", Erase::Text("[]"))],
        columns: &["id", "report_id", "panelist_id", "link_id", "outbox_id", "opened_at"],
    },
    Table {
        name: "answer",
        people: &[(DataSubject::Panelist, "panelist_id")],
        personal: &[("remark", Erase::Text(""))],
        columns: &["id", "panelist_id", "heard_id", "version_id", "answer", "effect", "at"],
    },
    Table::plain("report_answer", &["report_copy_id", "version_id", "at"]),
];

#[derive(Clone, Debug, FromRow)]
pub struct Report {
    pub id: ReportId,
    pub panel_day_id: PanelDayId,
    pub number: i64,
    #[sqlx(json)]
    pub document: ReportDocument,
    pub hash: String,
    pub finalised_by: Option<AccountId>,
    pub finalised_at: Time,
    pub sending_at: Option<Time>,
    pub share_slug: Option<String>,
    /// The last line of the audit log before it was finalised, as `weheard audit verify --expect` takes it.
    pub audit_head: Option<String>,
}

const REPORT: &str =
    "SELECT id, panel_day_id, number, document, hash, finalised_by, finalised_at, sending_at, share_slug, audit_head FROM report";

pub async fn find(tx: &mut Tx, id: ReportId) -> Result<Option<Report>> {
    let statement = format!("{REPORT} WHERE id = $1");
    tx.find(AssertSqlSafe(statement), &[id.into()]).await
}

pub async fn find_shared(tx: &mut Tx, slug: &str) -> Result<Option<Report>> {
    let statement = format!("{REPORT} WHERE share_slug = $1");
    tx.find(AssertSqlSafe(statement), &[slug.into()]).await
}

pub async fn find_newest(tx: &mut Tx, day: PanelDayId) -> Result<Option<Report>> {
    let statement = format!("{REPORT} WHERE panel_day_id = $1 ORDER BY number DESC LIMIT 1");
    tx.find(AssertSqlSafe(statement), &[day.into()]).await
}

pub async fn newest_number(tx: &mut Tx, day: PanelDayId) -> Result<Option<i64>> {
    tx.value("SELECT MAX(number) FROM report WHERE panel_day_id = $1", &[day.into()]).await
}

/// Reports of one day, newest first; of all days with `None`.
pub async fn list(tx: &mut Tx, day: Option<PanelDayId>) -> Result<Vec<Report>> {
    let statement = match day {
        Some(_) => format!("{REPORT} WHERE panel_day_id = $1 ORDER BY number DESC"),
        None => format!("{REPORT} ORDER BY finalised_at DESC, id DESC"),
    };
    let values = day.map(Cell::from);
    tx.list(AssertSqlSafe(statement), values.as_slice()).await
}

/// Keeps a document for good, with the last line that the audit log has now. Says whether its number was still free.
pub async fn finalise(tx: &mut Tx, id: ReportId, document: &ReportDocument, hash: &str, by: Option<AccountId>) -> Result<bool> {
    let head = audit_log::head(tx).await?.to_string();
    let added = tx
        .run(
            "INSERT INTO report (id, panel_day_id, number, document, hash, finalised_by, finalised_at, audit_head)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT (panel_day_id, number) DO NOTHING",
            &[
                id.into(),
                document.day.id.into(),
                document.number.into(),
                Cell::json(document)?,
                hash.into(),
                by.into(),
                document.finalised_at.into(),
                head.into(),
            ],
        )
        .await?;
    Ok(added == 1)
}

/// The lines of the audit log that reports carry.
pub async fn list_audit_heads(tx: &mut Tx) -> Result<Vec<AuditHead>> {
    let heads: Vec<String> =
        tx.list_values("SELECT audit_head FROM report WHERE audit_head IS NOT NULL ORDER BY finalised_at", &[]).await?;
    Ok(heads.iter().map(|head| head.parse().unwrap_or_else(|_| AuditHead { seq: 0, hash: head.clone() })).collect())
}

/// Marks the first sending.
pub async fn start_sending(tx: &mut Tx, id: ReportId, now: Time) -> Result<()> {
    tx.run("UPDATE report SET sending_at = $2 WHERE id = $1 AND sending_at IS NULL", &[id.into(), now.into()]).await?;
    Ok(())
}

/// Sets or removes the address of the public version. False if someone else did the same in between.
pub async fn share(tx: &mut Tx, id: ReportId, slug: Option<&str>) -> Result<bool> {
    let changed = match slug {
        Some(slug) => tx.run("UPDATE report SET share_slug = $2 WHERE id = $1 AND share_slug IS NULL", &[id.into(), slug.into()]).await?,
        None => tx.run("UPDATE report SET share_slug = NULL WHERE id = $1 AND share_slug IS NOT NULL", &[id.into()]).await?,
    };
    Ok(changed == 1)
}

/// One attendee's copy, with what its delivery status follows from.
#[derive(Clone, Debug, FromRow)]
pub struct CopyRow {
    pub id: ReportCopyId,
    pub report_id: ReportId,
    pub panelist_id: PanelistId,
    #[sqlx(json)]
    pub raised: Vec<RaisedItem>,
    pub link_id: Option<LinkId>,
    pub outbox_id: Option<OutboxId>,
    /// When its reader first opened the report itself: its page, or its PDF.
    pub opened_at: Option<Time>,
    pub name: String,
    pub email: String,
    pub quote_permission: QuotePermission,
    pub withdrawn_at: Option<Time>,
    pub attendance: Option<Attendance>,
    pub email_state: Option<outbox::EmailState>,
    /// Why its email failed or waits.
    #[sqlx(flatten, try_from = "StoredFailure")]
    pub email_error: Option<Failure>,
    pub sent_at: Option<Time>,
    /// How many replies they answered in this copy.
    pub answers: i64,
    /// Whether they want no reports by email: their unsubscribe link was used.
    pub unsubscribed: bool,
}

impl CopyRow {
    /// How far this copy got.
    #[must_use]
    pub fn delivery(&self) -> DeliveryStatus {
        rules::delivery(self.email_state, self.opened_at.is_some(), self.answers > 0)
    }

    /// Who came and is still on the panel.
    #[must_use]
    pub fn may_get(&self) -> bool {
        self.attendance == Some(Attendance::CheckedIn) && self.withdrawn_at.is_none() && !self.is_erased()
    }

    /// Whether they would get this copy by email, but unsubscribed.
    #[must_use]
    pub fn is_silent(&self) -> bool {
        self.may_get() && self.unsubscribed
    }

    /// Whether the next sending emails this copy.
    #[must_use]
    pub fn will_get(&self) -> bool {
        self.may_get() && !self.unsubscribed && self.outbox_id.is_none()
    }

    /// Whether its reader was erased: a copy stays, so that counts stay true, and nobody is behind it.
    #[must_use]
    pub fn is_erased(&self) -> bool {
        self.email.is_empty()
    }

    fn speaker(&self) -> QuotedPanelist<'_> {
        QuotedPanelist { name: &self.name, permission: self.quote_permission, raised: &self.raised }
    }
}

const COPY: &str = "SELECT k.id, k.report_id, k.panelist_id, k.raised, k.link_id, k.outbox_id,
        k.opened_at,
        p.name, p.email, p.quote_permission, p.withdrawn_at, p.attendance, o.state AS email_state, o.error, o.error_args, o.sent_at,
        (SELECT COUNT(*) FROM report_answer a WHERE a.report_copy_id = k.id) AS answers,
        EXISTS (SELECT 1 FROM access_link u WHERE u.subject_id = k.panelist_id AND u.purpose = 'unsubscribe'
            AND u.opened_at IS NOT NULL AND u.revoked_at IS NULL) AS unsubscribed
     FROM report_copy k
     JOIN panelist p ON p.id = k.panelist_id
     LEFT JOIN outbox o ON o.id = k.outbox_id";

/// All copies of a report, by name.
pub async fn list_copies(tx: &mut Tx, report: ReportId) -> Result<Vec<CopyRow>> {
    let statement = format!("{COPY} WHERE k.report_id = $1 ORDER BY lower(p.name), k.id");
    tx.list(AssertSqlSafe(statement), &[report.into()]).await
}

pub async fn find_copy(tx: &mut Tx, report: ReportId, panelist: PanelistId) -> Result<Option<CopyRow>> {
    let statement = format!("{COPY} WHERE k.report_id = $1 AND k.panelist_id = $2");
    tx.find(AssertSqlSafe(statement), &[report.into(), panelist.into()]).await
}

/// The reports of which a panelist has a copy that was sent, newest first.
pub async fn list_for(tx: &mut Tx, panelist: PanelistId) -> Result<Vec<(ReportId, i64, Time)>> {
    tx.list(
        "SELECT r.id, r.number, r.finalised_at FROM report r JOIN report_copy k ON k.report_id = r.id
         WHERE k.panelist_id = $1 AND r.sending_at IS NOT NULL ORDER BY r.number DESC",
        &[panelist.into()],
    )
    .await
}

/// The report with this number of which a panelist has a copy that was sent.
pub async fn find_numbered(tx: &mut Tx, panelist: PanelistId, number: i64) -> Result<Option<Report>> {
    tx.find(
        "SELECT r.id, r.panel_day_id, r.number, r.document, r.hash, r.finalised_by, r.finalised_at, r.sending_at, r.share_slug, r.audit_head
         FROM report r JOIN report_copy k ON k.report_id = r.id
         WHERE k.panelist_id = $1 AND r.number = $2 AND r.sending_at IS NOT NULL",
        &[panelist.into(), number.into()],
    )
    .await
}

/// Adds an attendee's copy.
pub async fn create_copy(tx: &mut Tx, report: ReportId, panelist: PanelistId, raised: &[RaisedItem]) -> Result<()> {
    tx.run(
        "INSERT INTO report_copy (id, report_id, panelist_id, raised) VALUES ($1, $2, $3, $4) ON CONFLICT (report_id, panelist_id) DO NOTHING",
        &[ReportCopyId::new().into(), report.into(), panelist.into(), Cell::json(raised)?],
    )
    .await?;
    Ok(())
}

/// Ties a copy to the email that carries it.
pub async fn send_copy(tx: &mut Tx, id: ReportCopyId, link: LinkId, email: OutboxId) -> Result<()> {
    tx.run("UPDATE report_copy SET link_id = $2, outbox_id = $3 WHERE id = $1", &[id.into(), link.into(), email.into()]).await?;
    Ok(())
}

/// The number of the report that a link was made for, if it was made for one.
pub async fn find_number_behind(tx: &mut Tx, link: LinkId) -> Result<Option<i64>> {
    tx.find_value(
        "SELECT r.number FROM report_copy k JOIN report r ON r.id = k.report_id WHERE k.link_id = $1 AND r.sending_at IS NOT NULL",
        &[link.into()],
    )
    .await
}

/// Marks a copy as opened, the first time. False if it was before.
pub async fn open(tx: &mut Tx, report: ReportId, panelist: PanelistId, now: Time) -> Result<bool> {
    let opened = tx
        .run(
            "UPDATE report_copy SET opened_at = $3 WHERE report_id = $1 AND panelist_id = $2 AND opened_at IS NULL",
            &[report.into(), panelist.into(), now.into()],
        )
        .await?;
    Ok(opened == 1)
}

/// Whether anything that a report of this program is made of may have changed after a line of the audit log.
pub async fn has_changed_since(tx: &mut Tx, program: ProgramId, seq: i64) -> Result<bool> {
    let lines: i64 = tx
        .value(
            "SELECT COUNT(*) FROM audit_log
             WHERE seq > $1 AND (panel_day_id IS NULL OR panel_day_id IN (SELECT id FROM panel_day WHERE program_id = $2))",
            &[seq.into(), program.into()],
        )
        .await?;
    Ok(lines > 0)
}

/// The words in these copies, by today's permission of their speakers.
#[must_use]
pub fn words(copies: &[CopyRow]) -> QuotableWords {
    rules::words(copies.iter().map(CopyRow::speaker))
}

impl Report {
    /// An edition of it, with the line of the audit log that it carries.
    #[must_use]
    pub fn with_audit_head(&self, edition: ReportEdition) -> ReportEdition {
        ReportEdition { audit_head: self.audit_head.clone(), ..edition }
    }
}

/// The report as staff read it.
#[must_use]
pub fn edition(report: &Report, copies: &[CopyRow]) -> ReportEdition {
    report.with_audit_head(rules::assemble(&report.document, ReportReader::Staff, &[], &words(copies).consented))
}

/// One panelist's copy, put together.
#[must_use]
pub fn edition_for(report: &Report, copies: &[CopyRow], panelist: PanelistId) -> ReportEdition {
    let mine = copies.iter().find(|copy| copy.panelist_id == panelist);
    let reader = mine.map_or(ReportReader::Staff, |copy| ReportReader::Panelist(copy.name.clone()));
    report.with_audit_head(rules::assemble(
        &report.document,
        reader,
        mine.map_or(&[], |copy| copy.raised.as_slice()),
        &words(copies).consented,
    ))
}
