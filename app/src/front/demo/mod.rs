//! The demo: an edition that could have happened, built by the same acts as every other.
//!
//! Tarnwick, a maker of laptops that does not exist, listens for five months, invites three groups, meets two of them and
//! answers. The story has days of its own, counted from the first day of the program; a stage is the day on which the
//! story stands today, so that what is due soon is due soon. Each stage is the beginning of the next.

mod cast;
mod follow_up;
mod sessions;
mod nominations;
mod people;
mod mentions;
mod recruiting;
mod heard_items;
mod script;
mod story;
mod triage;

use chrono::Duration;

pub use story::DemoStage;
use story::Story;

use crate::access::outbox::act::SendOutcome;
use crate::access::{job, outbox};
use crate::coded;
use crate::db::{Db, Tx, setting};
use crate::kernel::clock::Time;
use crate::kernel::error::{Error, Result};
use crate::listening::{phrase, topic};
use crate::program;

/// The setting that marks a database as a demo.
pub const SETTING: &str = "demo";

/// Makes the demo in an empty database.
///
/// # Errors
/// `Conflict` when the database holds a program already.
pub async fn make(db: &Db, stage: DemoStage, now: Time) -> Result<()> {
    if !program::store::list(&mut db.read().await?).await?.is_empty() {
        return Err(Error::conflict(
            "This database holds a program already. A demo needs a database of its own: give --database-url another name.",
        ));
    }
    let story = Story { stage, now };
    let cast = cast::gather(db, story).await?;
    recruiting::listen(db, story, &cast).await?;
    topic::work::work_off(db).await?;
    phrase::work::work(db).await?;
    let mut tx = db.begin().await?;
    recruiting::invite(&mut tx, story, &cast).await?;
    recruiting::schedule(&mut tx, story, &cast).await?;
    if story.reaches(43) {
        let talk = sessions::run_days(&mut tx, story, &cast).await?;
        follow_up::follow_up(&mut tx, story, &cast, &talk).await?;
    }
    triage::work(&mut tx, story, &cast).await?;
    mark_emails_sent(&mut tx, now).await?;
    setting::update(&mut tx, SETTING, stage.as_str()).await?;
    tx.commit().await
}

/// Email of the demo went long ago, to people who do not exist: nothing of it may ever reach a mail server. One address
/// bounced, so that there is something to do.
async fn mark_emails_sent(tx: &mut Tx, now: Time) -> Result<()> {
    loop {
        let emails = outbox::store::list_due(tx, now, 200).await?;
        if emails.is_empty() {
            job::store::delete_waiting(tx, job::JobKind::Email).await?;
            return job::store::delete_waiting(tx, job::JobKind::AccessEmail).await;
        }
        for email in emails {
            let bounced = email.template == outbox::EmailTemplate::Report && email.recipient == people::address("Marcus Oyelaran");
            let outcome = if bounced {
                SendOutcome::Bounced(coded!("failure-mail-bounced", reply = "550 5.1.1 no such user here"))
            } else {
                SendOutcome::Sent
            };
            let sent_at = email.created_at + Duration::seconds(4);
            outbox::act::record_outcome(tx, sent_at, &email, outcome).await?;
        }
    }
}

#[cfg(test)]
mod tests;
