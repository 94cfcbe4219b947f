//! What time alone makes happen: posts that become late for an answer, promises that become overdue. Looked for every minute, told once.

use chrono::Duration;

use super::act::{Said, queue};
use super::{Event, Webhook, rules, store};
use crate::account::Actor;
use crate::clock::{Time, local_day};
use crate::db::{Db, Tx};
use crate::error::Result;
use crate::response::board;
use crate::triage;

const CLOCK: Actor = Actor::System("clock");

/// Tells every tool what has become late since it was looked for last, and forgets old deliveries.
///
/// # Errors
/// What the database says.
pub async fn look(db: &Db, now: Time) -> Result<()> {
    for webhook in store::list_running(&mut db.read().await?).await? {
        let found = found(&mut db.read().await?, &webhook, now).await?;
        let mut tx = db.begin().await?;
        // Of several processes one is quicker, and tells it.
        if store::look(&mut tx, webhook.id, webhook.looked_at, now).await? {
            for said in found {
                let key = format!("{}:{}", said.event.as_str(), now.timestamp_micros());
                queue(&mut tx, now, &webhook, &said, &key).await?;
            }
            tx.commit().await?;
        }
    }
    let mut tx = db.begin().await?;
    store::forget(&mut tx, now - Duration::days(rules::KEPT_DAYS)).await?;
    tx.commit().await
}

async fn found(tx: &mut Tx, webhook: &Webhook, now: Time) -> Result<Vec<Said>> {
    let mut found = Vec::new();
    if webhook.hears(Event::Late) {
        let (new, all) = triage::store::count_late_since(tx, webhook.program_id, webhook.looked_at, now).await?;
        if new > 0 {
            found.push(Said {
                event: Event::Late,
                text: format!("{} for an answer, {all} in all.", many(new, "more post is late", "more posts are late")),
                path: format!("/listen/triage?tab=late&program={}", webhook.program_id),
                items: new,
            });
        }
    }
    // A day ends at midnight where its panel meets, and everywhere that is a quarter of an hour.
    if webhook.hears(Event::Overdue) && quarter(webhook.looked_at) != quarter(now) {
        let mut overdue = board::list(tx, &CLOCK, now).await?;
        overdue.retain(|line| line.item.program_id == webhook.program_id && line.overdue);
        let all = overdue.len();
        overdue.retain(|line| line.due().is_some_and(|due| due >= local_day(webhook.looked_at, line.day.zone())));
        if !overdue.is_empty() {
            let new = i64::try_from(overdue.len()).unwrap_or(i64::MAX);
            found.push(Said {
                event: Event::Overdue,
                text: format!("{}, {all} in all.", many(new, "more promise is overdue", "more promises are overdue")),
                path: "/heard?standing=overdue".into(),
                items: new,
            });
        }
    }
    Ok(found)
}

fn quarter(at: Time) -> i64 {
    at.timestamp().div_euclid(900)
}

fn many(count: i64, one: &str, many: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {many}") }
}
