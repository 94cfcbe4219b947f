//! Events caused by time: cases and commitments that become overdue. Checked every minute, reported once.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use chrono::{Duration, NaiveDate};
use chrono_tz::Tz;

use super::act::{WebhookMessage, queue};
use super::{Webhook, WebhookEvent, rules, store};
use crate::casework::triage;
use crate::db::{Db, Tx};
use crate::follow_up::board;
use crate::kernel::clock::{Time, local_day};
use crate::kernel::error::Result;
use crate::kernel::ids::ProgramId;

/// Due date and zone of each overdue commitment of a program.
type Overdue = Vec<(NaiveDate, Tz)>;

/// Notifies each webhook of what has become overdue since the last check, and deletes old deliveries.
///
/// # Errors
/// Database errors.
pub async fn notify_overdue(db: &Db, now: Time) -> Result<()> {
    // A program's board is read once, however many webhooks it has.
    let mut boards = HashMap::new();
    for webhook in store::list_running(&mut db.read().await?).await? {
        let found = find_due(&mut db.read().await?, &webhook, now, &mut boards).await?;
        db.write(|tx, _| Box::pin(queue_messages(tx, now, &webhook, &found))).await?;
    }
    db.write(|tx, _| Box::pin(store::purge(tx, now - Duration::days(rules::KEPT_DAYS)))).await?;
    Ok(())
}

async fn queue_messages(tx: &mut Tx, now: Time, webhook: &Webhook, found: &[WebhookMessage]) -> Result<()> {
    // Of several processes, only the first one queues it.
    if store::mark_checked(tx, webhook.id, webhook.looked_at, now).await? {
        for message in found {
            let key = format!("{}:{}", message.event.as_str(), now.timestamp_micros());
            queue(tx, now, webhook, message, &key).await?;
        }
    }
    Ok(())
}

async fn find_due(tx: &mut Tx, webhook: &Webhook, now: Time, boards: &mut HashMap<ProgramId, Overdue>) -> Result<Vec<WebhookMessage>> {
    let mut found = Vec::new();
    if webhook.wants(WebhookEvent::Late) {
        let (new, all) = triage::store::count_late_since(tx, webhook.program_id, webhook.looked_at, now).await?;
        if new > 0 {
            found.push(WebhookMessage {
                event: WebhookEvent::Late,
                text: format!("{} ({all} in total).", many(new, "more case is overdue", "more cases are overdue")),
                path: format!("/listen/triage?tab=late&program={}", webhook.program_id),
                items: new,
            });
        }
    }
    // Due dates end at midnight in the panel day's zone: always on a quarter of an hour in UTC.
    if webhook.wants(WebhookEvent::Overdue) && quarter(webhook.looked_at) != quarter(now) {
        let overdue = match boards.entry(webhook.program_id) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(place) => place.insert(overdue(tx, webhook.program_id, now).await?),
        };
        let all = overdue.len();
        let new = overdue.iter().filter(|(due, zone)| *due >= local_day(webhook.looked_at, *zone)).count();
        if new > 0 {
            let new = i64::try_from(new).unwrap_or(i64::MAX);
            found.push(WebhookMessage {
                event: WebhookEvent::Overdue,
                text: format!("{} ({all} in total).", many(new, "more commitment is overdue", "more commitments are overdue")),
                path: "/heard?status=overdue".into(),
                items: new,
            });
        }
    }
    Ok(found)
}

async fn overdue(tx: &mut Tx, program: ProgramId, now: Time) -> Result<Overdue> {
    let mut lines = board::list_program(tx, program, now).await?;
    lines.retain(|line| line.overdue);
    Ok(lines.iter().filter_map(|line| Some((line.due()?, line.day.zone()))).collect())
}

fn quarter(at: Time) -> i64 {
    at.timestamp().div_euclid(900)
}

fn many(count: i64, one: &str, many: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {many}") }
}
