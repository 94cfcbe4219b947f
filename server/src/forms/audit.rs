//! The form of `/audit-log`.

use app::access::account::Permission;
use app::access::audit::verification::{self, MAX_LINES_ON_PAGE};
use app::db::{audit_log, verify};
use app::follow_up::report;
use app::kernel::error::{Error, Result};

use super::request::{FormHandler, FormOutcome, FormPage, FormRequest, redirect};

/// Verifying the log.
pub const LOG: FormPage = FormPage {
    path: "/audit-log",
    acts: &[("verify", Permission::SeeAuditLog)],
    handle: FormHandler::Steps(|request| Box::pin(log(request))),
};

/// The log is read as it was at one moment, before the unit of work that notes the result.
async fn log(request: &FormRequest) -> Result<FormOutcome> {
    let mut snapshot = request.db.snapshot().await?;
    if audit_log::newest(&mut snapshot).await? > MAX_LINES_ON_PAGE {
        return Err(Error::conflict("The log is too long to verify it here. Run `weheard audit verify` on the server."));
    }
    let printed = report::store::list_audit_heads(&mut snapshot).await?;
    let found = verify::verify(&mut snapshot, &printed).await?;
    drop(snapshot);
    let (actor, now, verified) = (&request.actor, request.now, &found);
    request.db.write(|tx, _| Box::pin(verification::note(tx, actor, now, verified))).await?;
    Ok(redirect("/audit-log").with_message(if found.is_whole() {
        format!("The audit log is intact: {} entries verified.", found.intact + found.erased)
    } else {
        "The audit log is not intact.".to_owned()
    }))
}
