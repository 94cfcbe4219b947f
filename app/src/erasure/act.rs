//! Erasing a person, at once or in short steps.
//!
//! The person's own rows go last: whatever ends an erasure before, they are found again and it goes on from there.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::json;
use uuid::Uuid;

pub use super::find::{Person, export, find, find_panelist};
use super::rules::Traces;
use super::store::{self, Part};
use super::{Erased, Unsure, files, find as people};
use crate::account::{Actor, Verb};
use crate::activity::Thing;
use crate::activity::act::did;
use crate::clock::{Time, now};
use crate::db::unit::{Scope, Work};
use crate::db::{Db, Subject, Table, Tx, Value, epoch, journal};
use crate::error::{Error, Result};
use crate::ids::{AuthorId, CustomerId, ErasurePlanId, PanelistId};
use crate::mention::rollup::RollUp;
use crate::segment::store::Who;
use crate::tables::tables;
use crate::{author, customer, import, job, mention, movement, panel_day, panelist, raw, segment, shout};

/// Posts that are taken in one step.
const POSTS: i64 = 100;
/// Lines of the audit log whose payload is taken in one step.
const LINES: i64 = 500;
/// Texts by others that are replaced in one step.
const TEXTS: usize = 20;
/// Posts, and payloads, that are searched in one step.
const SEARCHED: i64 = 2_000;

/// Where the steps of an erasure are made.
enum Steps<'a> {
    /// Each in a transaction of its own: nobody waits for more than one of them.
    Short(&'a Db),
    /// All of them in the caller's.
    Within(&'a mut Tx),
}

impl Steps<'_> {
    /// As one unit of work: for what checks before it writes.
    async fn decide<'env, T, F>(&mut self, work: F) -> Result<T>
    where
        F: for<'t> Fn(&'t mut Tx, Scope<'t, 'env>) -> Work<'t, T>,
    {
        match self {
            Self::Short(db) => db.write(work).await,
            Self::Within(tx) => work(tx, Scope::default()).await,
        }
    }

    async fn write<'env, T, F>(&mut self, work: F) -> Result<T>
    where
        F: for<'t> FnOnce(&'t mut Tx, Scope<'t, 'env>) -> Work<'t, T>,
    {
        match self {
            Self::Short(db) => {
                let mut tx = db.begin().await?;
                let done = work(&mut tx, Scope::default()).await?;
                tx.commit().await?;
                Ok(done)
            }
            Self::Within(tx) => work(tx, Scope::default()).await,
        }
    }

    async fn read<'env, T, F>(&mut self, work: F) -> Result<T>
    where
        F: for<'t> FnOnce(&'t mut Tx, Scope<'t, 'env>) -> Work<'t, T>,
    {
        match self {
            Self::Short(db) => work(&mut db.read().await?, Scope::default()).await,
            Self::Within(tx) => work(tx, Scope::default()).await,
        }
    }
}

/// What is known when the last step begins, and is kept with it.
#[derive(Default)]
struct Ending {
    /// Uploads that name the person.
    files: Vec<Unsure>,
    /// The plan that it ends.
    plan: Option<ErasurePlanId>,
}

/// Erases a person everywhere, for good, in the caller's transaction. Their voices stay out of later imports.
///
/// # Errors
/// `Forbidden` for all but an administrator; `Conflict` for the last administrator.
pub async fn erase(tx: &mut Tx, actor: &Actor, now: Time, person: &Person) -> Result<Erased> {
    carry_out(Steps::Within(tx), actor, now, person, Ending::default()).await
}

/// As `erase`, in many short transactions: for as much as anybody may have written. What was cut off goes on when it is asked for again.
/// Uploads in the folder `spool` that name the person are reported, and SQLite's log is emptied.
///
/// # Errors
/// As `erase`.
pub async fn erase_in_steps(db: &Db, spool: &Path, actor: &Actor, now: Time, person: &Person) -> Result<Erased> {
    let erased = in_steps(db, spool, actor, now, person, None).await?;
    db.clear_log().await?;
    Ok(erased)
}

async fn in_steps(db: &Db, spool: &Path, actor: &Actor, now: Time, person: &Person, plan: Option<ErasurePlanId>) -> Result<Erased> {
    let traces = people::traces(&mut db.read().await?, person).await?;
    let files = files::search(db, spool, &traces).await?;
    carry_out(Steps::Short(db), actor, now, person, Ending { files, plan }).await
}

/// Carries out an erasure that was asked for on a page.
///
/// # Errors
/// What the database says; it goes on the next time.
pub async fn work(db: &Db, spool: &Path, actor: &Actor, id: ErasurePlanId) -> Result<()> {
    let parts = store::find_plan(&mut db.read().await?, id).await?;
    if let Some(parts) = parts {
        in_steps(db, spool, actor, now(), &Person::of(parts.into_iter().collect()), Some(id)).await?;
    }
    // Also where the worker before ended the plan and died then.
    db.clear_log().await
}

/// Has a person erased soon: their voices stay out of imports from here on, and their links end.
///
/// # Errors
/// As `erase`.
pub async fn plan(tx: &mut Tx, actor: &Actor, now: Time, person: &Person) -> Result<()> {
    begin(tx, actor, now, person).await?;
    let parts: Vec<Part> = person.parts().collect();
    let plan = store::create_plan(tx, now, actor.account().map(|id| id.0), &parts).await?;
    job::act::enqueue(tx, actor, now, job::act::Ask::new(job::Kind::Erasure, plan)).await?;
    for (subject, id) in parts {
        did(actor, now, "asked to erase", thing(subject), id).record(tx);
    }
    Ok(())
}

/// Erases again, after a restore, what had been erased before: rows that the backup brought back.
///
/// # Errors
/// What the database says.
pub async fn replay(tx: &mut Tx, actor: &Actor, now: Time, parts: &BTreeMap<Part, Time>) -> Result<Erased> {
    let mut back = BTreeSet::new();
    for (part, at) in parts {
        let is_another = part.0 == Subject::Owner && store::find_owned_at(tx, part.1).await?.is_some_and(|owned_at| owned_at > *at);
        if !is_another && store::find_by_id(tx, part.1).await?.contains(part) {
            back.insert(*part);
        }
    }
    erase(tx, actor, now, &Person::of(back)).await
}

async fn carry_out(mut steps: Steps<'_>, actor: &Actor, now: Time, person: &Person, ending: Ending) -> Result<Erased> {
    let traces = steps
        .decide(|tx, _| {
            Box::pin(async move {
                begin(tx, actor, now, person).await?;
                people::traces(tx, person).await
            })
        })
        .await?;
    let traces = &traces;
    for part in person.parts() {
        erase_payloads(&mut steps, actor, now, part).await?;
        if part.0 == Subject::Author {
            let voice = AuthorId(part.1);
            while steps.write(|tx, _| Box::pin(take_posts(tx, voice))).await? {}
        }
    }
    let mut erased = Erased { parts: person.parts().count(), ..Erased::default() };
    if !traces.is_empty() {
        let witness = person.parts().next();
        let about = |tx: &mut Tx| {
            if let Some((subject, id)) = witness {
                did(actor, now, "erased", thing(subject), id).record(tx);
            }
        };
        erase_rows_of_files(&mut steps, traces).await?;
        erase_naming_payloads(&mut steps, traces, about).await?;
        erased.mentions_elsewhere = erase_names(&mut steps, traces, about).await? + erase_names_in_posts(&mut steps, traces).await?;
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

/// Checks, keeps the voices out of imports, and ends links, logins and what waits to be sent.
async fn begin(tx: &mut Tx, actor: &Actor, now: Time, person: &Person) -> Result<()> {
    actor.may(Verb::ManageAccounts)?;
    epoch::raise(tx).await?;
    let accounts: Vec<Uuid> = person.ids(Subject::Account).collect();
    if store::are_last_administrators(tx, &accounts).await? {
        return Err(Error::conflict("This is the only administrator. Make somebody else one first."));
    }
    for part in person.parts() {
        if part.0 == Subject::Author
            && let Some((network, key)) = store::find_handle(tx, part.1).await?
        {
            author::store::object(tx, &network, &key, now).await?;
        }
        store::end_links(tx, now, part).await?;
    }
    Ok(())
}

/// Which lines of the audit log are about a person.
enum Lines {
    /// About the person's own row, and what they did.
    Own,
    /// Of a guest who owns an item: the item's other lines are not about them.
    Guest,
    /// About their rows in a table: a query for the ids.
    About(String),
}

/// Erases what the audit log says about a person's rows, and what they did.
async fn erase_payloads(steps: &mut Steps<'_>, actor: &Actor, now: Time, part: Part) -> Result<()> {
    let lines = if part.0.is_own_row() {
        let about = tables().into_iter().flat_map(|table| table.ids_of(part.0)).map(Lines::About);
        std::iter::once(Lines::Own).chain(about).collect()
    } else {
        vec![Lines::Guest]
    };
    for which in &lines {
        while steps.write(|tx, _| Box::pin(erase_some_payloads(tx, actor, now, part, which))).await? {}
    }
    Ok(())
}

/// Erases some payloads; says whether there were any.
async fn erase_some_payloads(tx: &mut Tx, actor: &Actor, now: Time, part: Part, which: &Lines) -> Result<bool> {
    let lines = match which {
        Lines::Own => journal::list_payloads(tx, part.1, LINES).await?,
        Lines::Guest => journal::list_payloads_of_guest(tx, part.1, LINES).await?,
        Lines::About(ids) => journal::list_payloads_about(tx, ids, part.1, LINES).await?,
    };
    if lines.is_empty() {
        return Ok(false);
    }
    journal::erase(tx, &lines).await?;
    did(actor, now, "erased", thing(part.0), part.1).with(json!({"lines": lines.len()})).record(tx);
    Ok(true)
}

/// Takes some of a voice's posts out of all counts, with their words and the rows that brought them. Says whether there were any.
async fn take_posts(tx: &mut Tx, voice: AuthorId) -> Result<bool> {
    epoch::raise(tx).await?;
    author::store::hold(tx, voice).await?;
    let posts = mention::store::list_some_of_author(tx, voice, POSTS).await?;
    let Some(program) = posts.first().map(|post| post.program_id) else { return Ok(false) };
    let mut rollup = RollUp::default();
    posts.iter().for_each(|post| rollup.forget(post));
    rollup.apply(tx, program).await?;
    mention::index::take(tx, &posts).await?;
    shout::store::delete(tx, &posts.iter().map(|post| post.no).collect::<Vec<_>>()).await?;
    import::rows::forget(tx, posts.iter().map(|post| (post.run_id, post.line))).await?;
    mention::store::delete(tx, &posts.iter().map(|post| post.id).collect::<Vec<_>>()).await?;
    Ok(true)
}

/// A row of a file says more about whom it names than a name: all of it goes.
async fn erase_rows_of_files(steps: &mut Steps<'_>, traces: &Traces) -> Result<()> {
    let mut after = None;
    loop {
        let (found, next) = steps.read(|tx, _| Box::pin(raw::store::list_where(tx, after, |row| traces.finds(row)))).await?;
        for part in found.chunks(TEXTS) {
            steps.write(|tx, _| Box::pin(raw::store::delete_where(tx, part, |row| traces.finds(row)))).await?;
        }
        if next.is_none() {
            return Ok(());
        }
        after = next;
    }
}

async fn erase_naming_payloads(steps: &mut Steps<'_>, traces: &Traces, about: impl Fn(&mut Tx) + Copy + Send + Sync) -> Result<()> {
    let mut after = 0;
    loop {
        let (found, last) = steps.read(|tx, _| Box::pin(list_naming_payloads(tx, traces, after))).await?;
        if !found.is_empty() {
            let found = &found;
            steps
                .write(|tx, _| {
                    Box::pin(async move {
                        journal::erase(tx, found).await?;
                        about(tx);
                        Ok(())
                    })
                })
                .await?;
        }
        match last {
            Some(last) => after = last,
            None => return Ok(()),
        }
    }
}

async fn list_naming_payloads(tx: &mut Tx, traces: &Traces, after: i64) -> Result<(Vec<i64>, Option<i64>)> {
    let mut found = Vec::new();
    let last = journal::each_payload(tx, after, SEARCHED, |seq, payload| {
        if traces.scrub_json(payload).is_some() {
            found.push(seq);
        }
    })
    .await?;
    Ok((found, last))
}

/// Replaces the name in what others wrote; gives how many rows changed.
async fn erase_names(steps: &mut Steps<'_>, traces: &Traces, about: impl Fn(&mut Tx) + Copy + Send + Sync) -> Result<u64> {
    let mut changed = 0;
    for table in tables().into_iter().filter(|table| table.name != "mention" && !table.name.starts_with("activity")) {
        let named = steps.read(|tx, _| Box::pin(store::list_named(tx, table, traces))).await?;
        for part in named.chunks(TEXTS) {
            changed += steps
                .write(|tx, _| {
                    Box::pin(async move {
                        let changed = store::replace_named(tx, table, part).await?;
                        about(tx);
                        Ok(changed)
                    })
                })
                .await?;
        }
    }
    Ok(changed)
}

async fn erase_names_in_posts(steps: &mut Steps<'_>, traces: &Traces) -> Result<u64> {
    let (mut changed, mut after) = (0, None);
    loop {
        let (posts, last) = steps.read(|tx, _| Box::pin(store::list_naming_posts(tx, traces, after, SEARCHED))).await?;
        for part in posts.chunks(TEXTS) {
            steps
                .write(|tx, _| {
                    Box::pin(async move {
                        store::replace_posts(tx, part).await?;
                        mention::index::refresh(tx, &part.iter().map(|post| post.id).collect::<Vec<_>>()).await
                    })
                })
                .await?;
            changed += part.len() as u64;
        }
        if last.is_none() {
            return Ok(changed);
        }
        after = last;
    }
}

/// Erases the person's own rows, remembers that it was done, and gives their seats to those who wait.
async fn finish(tx: &mut Tx, actor: &Actor, now: Time, person: &Person) -> Result<()> {
    epoch::raise(tx).await?;
    let mut days = BTreeSet::new();
    for seat in person.ids(Subject::Panelist) {
        days.extend(store::find_seat(tx, PanelistId(seat)).await?);
    }
    for (subject, id) in person.parts() {
        // Structural erasing below knows rows, not what was counted and indexed of them.
        match subject {
            Subject::Author => {
                // What came between the steps.
                while take_posts(tx, AuthorId(id)).await? {}
                forget_voice(tx, AuthorId(id)).await?;
            }
            Subject::Customer => forget_customer(tx, CustomerId(id)).await?,
            Subject::Panelist => store::leave_seat(tx, now, PanelistId(id)).await?,
            _ => {}
        }
        store::end_links(tx, now, (subject, id)).await?;
        for table in tables().into_iter().rev() {
            erase_in(tx, table, subject, id).await?;
        }
        store::create(tx, now, (subject, id)).await?;
        did(actor, now, "erased", thing(subject), id).record(tx);
    }
    for day in days {
        // The seat that they leave goes to whoever has waited longest, as if they had withdrawn.
        if let Some(day) = panel_day::store::lock(tx, day).await? {
            panelist::act::promote(tx, actor, now, &day).await?;
        }
    }
    Ok(())
}

/// Erases a person in one table; the audit log vouches for what is left of the rows.
async fn erase_in(tx: &mut Tx, table: &Table, subject: Subject, id: Uuid) -> Result<()> {
    table.erase(tx, subject, id).await?;
    for condition in table.conditions(subject) {
        journal::cover(tx, table.name, &condition, &[Value::Id(id)]).await?;
    }
    Ok(())
}

/// Forgets a voice's steps, and takes it out of the segments.
async fn forget_voice(tx: &mut Tx, voice: AuthorId) -> Result<()> {
    if let Some(program) = author::store::find_program(tx, voice).await? {
        movement::store::delete(tx, program, &[voice]).await?;
    }
    segment::store::uncount(tx, &[Who::Author(voice)]).await
}

/// Takes a customer out of all counts, and forgets the rows that brought them.
async fn forget_customer(tx: &mut Tx, id: CustomerId) -> Result<()> {
    let found = customer::store::find(tx, id).await?;
    import::rows::forget(tx, found.iter().map(|customer| (customer.run_id, customer.line))).await?;
    segment::store::uncount(tx, &[Who::Customer(id)]).await
}

fn thing(subject: Subject) -> Thing {
    match subject {
        Subject::Author => Thing::Author,
        Subject::Customer => Thing::Customer,
        Subject::Candidate => Thing::Candidate,
        Subject::Invitation => Thing::Invitation,
        Subject::Panelist => Thing::Panelist,
        Subject::Account => Thing::Account,
        Subject::Nominator => Thing::Nominator,
        Subject::Owner => Thing::Heard,
        Subject::Recipient => Thing::Mail,
        Subject::Nominated => Thing::Nomination,
    }
}
