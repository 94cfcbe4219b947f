//! Erasing a person, at once or in short steps.
//!
//! The person's own rows go last: whatever ends an erasure before, they are found again and it goes on from there.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::json;
use uuid::Uuid;

use super::find::{self, PersonRows};
use super::named::{erase_names, erase_names_in_mentions, erase_naming_payloads, erase_rows_of_files};
use super::steps::ErasureSteps;
use super::store::{self, PersonRow};
use super::{ErasureOutcome, UncertainTrace, files};
use crate::access::account::{Actor, Permission};
use crate::access::audit::ResourceType;
use crate::access::audit::act::audit;
use crate::access::job::{self, JobKind, act::JobRequest};
use crate::db::{DataSubject, Db, Table, Tx, audit_log, epoch};
use crate::kernel::clock::{Time, now};
use crate::kernel::error::{Error, Result};
use crate::kernel::ids::{AuthorId, CustomerId, ErasurePlanId, PanelistId};
use crate::listening::mention::rollup::RollUp;
use crate::listening::segment::store::AssessedParty;
use crate::listening::{author, customer, import, mention, opt_out, repeated, segment, segment_change};
use crate::program::day;
use crate::recruiting::panelist;

/// Mentions in one step.
const MENTIONS_AT_ONCE: i64 = 100;
/// Authors with the same texts that are assessed in a step; more are left to the job.
const AUTHORS_AT_ONCE: usize = 256;
/// Lines of the audit log in one step.
const LINES_AT_ONCE: i64 = 500;

/// What is known when the last step begins, and is kept with it.
#[derive(Default)]
struct LastStep {
    /// Uploads that name the person.
    files: Vec<UncertainTrace>,
    /// The plan that it ends.
    plan: Option<ErasurePlanId>,
}

/// Erases a person everywhere, for good, in the caller's transaction. Their authors stay out of later imports.
///
/// # Errors
/// `Forbidden` for all but an administrator; `Conflict` for the last administrator.
pub async fn erase(tx: &mut Tx, actor: &Actor, now: Time, person: &PersonRows) -> Result<ErasureOutcome> {
    carry_out(ErasureSteps::Within(tx), actor, now, person, LastStep::default()).await
}

/// As `erase`, in many short transactions: for as much as anybody may have written. What was cut off goes on when it is asked for again.
/// Uploads in the folder `spool` that name the person are reported, and SQLite's log is emptied.
///
/// # Errors
/// As `erase`.
pub async fn erase_in_steps(db: &Db, spool: &Path, actor: &Actor, now: Time, person: &PersonRows) -> Result<ErasureOutcome> {
    let erased = in_steps(db, spool, actor, now, person, None).await?;
    db.clear_log().await?;
    Ok(erased)
}

async fn in_steps(
    db: &Db,
    spool: &Path,
    actor: &Actor,
    now: Time,
    person: &PersonRows,
    plan: Option<ErasurePlanId>,
) -> Result<ErasureOutcome> {
    let traces = find::traces(&mut db.read().await?, person).await?;
    let files = files::search(db, spool, &traces).await?;
    carry_out(ErasureSteps::Short(db), actor, now, person, LastStep { files, plan }).await
}

/// Carries out an erasure that was asked for on a page.
///
/// # Errors
/// What the database says; it goes on the next time.
pub async fn work(db: &Db, spool: &Path, actor: &Actor, id: ErasurePlanId) -> Result<()> {
    let parts = store::find_plan(&mut db.read().await?, id).await?;
    if let Some(parts) = parts {
        in_steps(db, spool, actor, now(), &PersonRows::of(parts.into_iter().collect()), Some(id)).await?;
    }
    // Also where the worker before ended the plan and died then.
    db.clear_log().await
}

/// Has a person erased soon: their authors stay out of imports from here on, and their links end.
///
/// # Errors
/// As `erase`.
pub async fn plan(tx: &mut Tx, actor: &Actor, now: Time, person: &PersonRows) -> Result<()> {
    begin(tx, actor, now, person).await?;
    let parts: Vec<PersonRow> = person.parts().collect();
    let plan = store::create_plan(tx, now, actor.account().map(|id| id.0), &parts).await?;
    job::act::enqueue(tx, actor, now, JobRequest::new(JobKind::Erasure, plan)).await?;
    for (subject, id) in parts {
        audit(actor, now, "asked to erase", resource_type(subject), id).record(tx);
    }
    Ok(())
}

/// Erases people again after a restore.
///
/// # Errors
/// What the database says.
pub async fn replay(tx: &mut Tx, actor: &Actor, now: Time, parts: &BTreeMap<PersonRow, Time>) -> Result<ErasureOutcome> {
    let mut back = BTreeSet::new();
    for (part, at) in parts {
        let is_another = part.0 == DataSubject::Owner && store::find_owned_at(tx, part.1).await?.is_some_and(|owned_at| owned_at > *at);
        if !is_another && store::find_by_id(tx, part.1).await?.contains(part) {
            back.insert(*part);
        }
    }
    erase(tx, actor, now, &PersonRows::of(back)).await
}

async fn carry_out(mut steps: ErasureSteps<'_>, actor: &Actor, now: Time, person: &PersonRows, ending: LastStep) -> Result<ErasureOutcome> {
    let traces = steps
        .decide(|tx, _| {
            Box::pin(async move {
                begin(tx, actor, now, person).await?;
                find::traces(tx, person).await
            })
        })
        .await?;
    let traces = &traces;
    for part in person.parts() {
        erase_payloads(&mut steps, actor, now, part).await?;
        if part.0 == DataSubject::Author {
            let author = AuthorId(part.1);
            while steps.write(|tx, _| Box::pin(take_mentions(tx, now, author))).await? {}
        }
    }
    let mut erased = ErasureOutcome { parts: person.parts().count(), ..ErasureOutcome::default() };
    if !traces.is_empty() {
        let witness = person.parts().next();
        let about = |tx: &mut Tx| {
            if let Some((subject, id)) = witness {
                audit(actor, now, "erased", resource_type(subject), id).record(tx);
            }
        };
        erase_rows_of_files(&mut steps, traces).await?;
        erase_naming_payloads(&mut steps, traces, about).await?;
        erased.mentions_elsewhere = erase_names(&mut steps, traces, about).await? + erase_names_in_mentions(&mut steps, traces).await?;
    }
    erased.unsure = steps
        .write(|tx, _| {
            Box::pin(async move {
                finish(tx, actor, now, person).await?;
                // The names go with the person's own rows: after this step nobody could find these rows again.
                let mut unsure = store::list_unsure(tx, traces).await?;
                unsure.extend(ending.files);
                if let Some(plan) = ending.plan {
                    store::end_plan(tx, plan, now, &unsure).await?;
                }
                Ok(unsure)
            })
        })
        .await?;
    Ok(erased)
}

/// Checks, keeps the authors out of imports, and ends links, signed-in devices and what waits to be sent.
async fn begin(tx: &mut Tx, actor: &Actor, now: Time, person: &PersonRows) -> Result<()> {
    actor.may(Permission::ManageAccounts)?;
    epoch::raise(tx).await?;
    let accounts: Vec<Uuid> = person.ids(DataSubject::Account).collect();
    if store::are_last_administrators(tx, &accounts).await? {
        return Err(Error::conflict("This is the only administrator. Make someone else an administrator first."));
    }
    for part in person.parts() {
        if part.0 == DataSubject::Author
            && let Some((network, key)) = store::find_handle(tx, part.1).await?
        {
            opt_out::store::create(tx, &network, &key, now).await?;
        }
        store::end_links(tx, now, part).await?;
    }
    Ok(())
}

/// Which lines of the audit log are about a person.
enum LogLines {
    /// About the person's own row, and what they did.
    Own,
    /// Of a guest who owns an item: the item's other lines are not about them.
    Guest,
    /// About their rows in a table: a query for the ids.
    About(String),
}

/// Erases what the audit log says about a person's rows, and what they did.
async fn erase_payloads(steps: &mut ErasureSteps<'_>, actor: &Actor, now: Time, part: PersonRow) -> Result<()> {
    let lines = if part.0.is_own_row() {
        let about = steps.tables().into_iter().flat_map(|table| table.ids_of(part.0)).map(LogLines::About);
        std::iter::once(LogLines::Own).chain(about).collect()
    } else {
        vec![LogLines::Guest]
    };
    for which in &lines {
        while steps.write(|tx, _| Box::pin(erase_some_payloads(tx, actor, now, part, which))).await? {}
    }
    Ok(())
}

/// Erases some payloads; says whether there were any.
async fn erase_some_payloads(tx: &mut Tx, actor: &Actor, now: Time, part: PersonRow, which: &LogLines) -> Result<bool> {
    let lines = match which {
        LogLines::Own => audit_log::list_payloads(tx, part.1, LINES_AT_ONCE).await?,
        LogLines::Guest => audit_log::list_payloads_of_guest(tx, part.1, LINES_AT_ONCE).await?,
        LogLines::About(ids) => audit_log::list_payloads_about(tx, ids, part.1, LINES_AT_ONCE).await?,
    };
    if lines.is_empty() {
        return Ok(false);
    }
    audit_log::erase(tx, &lines).await?;
    audit(actor, now, "erased", resource_type(part.0), part.1).with(json!({"lines": lines.len()})).record(tx);
    Ok(true)
}

/// Deletes some of an author's mentions with their index entries and original rows, and updates the counts: also of how many texts others share
/// with the author. False if there were none.
async fn take_mentions(tx: &mut Tx, now: Time, author: AuthorId) -> Result<bool> {
    epoch::raise(tx).await?;
    author::store::hold(tx, author).await?;
    let mentions = mention::store::list_some_of_author(tx, author, MENTIONS_AT_ONCE).await?;
    let Some(program) = mentions.first().map(|mention| mention.program_id) else { return Ok(false) };
    let mut rollup = RollUp::default();
    mentions.iter().for_each(|mention| rollup.erase(mention));
    rollup.apply(tx, program).await?;
    let mut sharing = repeated::store::list_sharing(tx, &mentions).await?;
    sharing.retain(|other| *other != author);
    mention::index::take(tx, &mentions).await?;
    repeated::store::delete(tx, &mentions.iter().map(|mention| mention.no).collect::<Vec<_>>()).await?;
    import::outcome::rows::purge(tx, mentions.iter().map(|mention| (mention.run_id, mention.line))).await?;
    mention::store::delete(tx, &mentions.iter().map(|mention| mention.id).collect::<Vec<_>>()).await?;
    if sharing.len() > AUTHORS_AT_ONCE {
        job::act::restart(tx, &Actor::System("privacy"), now, JobRequest::of_program(JobKind::Assessment, program)).await?;
    } else if !sharing.is_empty() {
        segment::act::assess(tx, now, program, &sharing).await?;
    }
    Ok(true)
}

/// Erases the person's own rows, remembers that it was done, and gives their seats to those who wait.
async fn finish(tx: &mut Tx, actor: &Actor, now: Time, person: &PersonRows) -> Result<()> {
    epoch::raise(tx).await?;
    let mut days = BTreeSet::new();
    for seat in person.ids(DataSubject::Panelist) {
        days.extend(store::find_seat(tx, PanelistId(seat)).await?);
    }
    for (subject, id) in person.parts() {
        // Structural erasing below knows rows, not what was counted and indexed of them.
        match subject {
            DataSubject::Author => {
                // What came between the steps.
                while take_mentions(tx, now, AuthorId(id)).await? {}
                purge_author(tx, AuthorId(id)).await?;
            }
            DataSubject::Customer => purge_customer(tx, CustomerId(id)).await?,
            DataSubject::Panelist => store::leave_seat(tx, now, PanelistId(id)).await?,
            _ => {}
        }
        store::end_links(tx, now, (subject, id)).await?;
        for table in tx.tables().into_iter().rev() {
            erase_in(tx, table, subject, id).await?;
        }
        store::create(tx, now, (subject, id)).await?;
        audit(actor, now, "erased", resource_type(subject), id).record(tx);
    }
    for day in days {
        // The seat that they leave goes to whoever has waited longest, as if they had withdrawn.
        if let Some(day) = day::store::lock(tx, day).await? {
            panelist::act::promote(tx, actor, now, &day).await?;
        }
    }
    Ok(())
}

/// Erases a person in one table; the audit log vouches for what is left of the rows.
async fn erase_in(tx: &mut Tx, table: &Table, subject: DataSubject, id: Uuid) -> Result<()> {
    table.erase(tx, subject, id).await?;
    for condition in table.conditions(subject) {
        audit_log::cover(tx, table.name, &condition, &[id.into()]).await?;
    }
    Ok(())
}

/// Deletes an author's segment changes, and takes it out of the segments.
async fn purge_author(tx: &mut Tx, author: AuthorId) -> Result<()> {
    if let Some(program) = author::store::find_program(tx, author).await? {
        segment_change::store::delete(tx, program, &[author]).await?;
    }
    segment::store::uncount(tx, &[AssessedParty::Author(author)]).await
}

/// Removes a customer from the counts, and purges their original rows.
async fn purge_customer(tx: &mut Tx, id: CustomerId) -> Result<()> {
    let found = customer::store::find(tx, id).await?;
    import::outcome::rows::purge(tx, found.iter().map(|customer| (customer.run_id, customer.line))).await?;
    segment::store::uncount(tx, &[AssessedParty::Customer(id)]).await
}

fn resource_type(subject: DataSubject) -> ResourceType {
    match subject {
        DataSubject::Author => ResourceType::Author,
        DataSubject::Customer => ResourceType::Customer,
        DataSubject::Candidate => ResourceType::Candidate,
        DataSubject::Invitation => ResourceType::Invitation,
        DataSubject::Panelist => ResourceType::Panelist,
        DataSubject::Account => ResourceType::Account,
        DataSubject::Nominator => ResourceType::Nominator,
        DataSubject::Owner => ResourceType::Heard,
        DataSubject::Recipient => ResourceType::Email,
        DataSubject::Nominated => ResourceType::Nomination,
    }
}
