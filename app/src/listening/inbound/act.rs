//! Adding an integration, rotating its secret, closing it, and accepting deliveries.

use std::path::Path;

use chrono::Duration;
use serde_json::{Map, Value, json};

use super::{InboundIntegration, store};
use crate::access::account::{Actor, Permission};
use crate::access::audit::{ResourceType, act::audit};
use crate::db::{Db, Tx};
use crate::kernel::clock::{Time, plain_time};
use crate::kernel::error::{Error, Result, ValidationErrors, blocking};
use crate::kernel::ids::{ImportRunId, InboundIntegrationId, ProgramId};
use crate::kernel::webhook_signature::{SignatureHeaders, SigningKey};
use crate::listening::import::ImportKind;
use crate::listening::import::intake::{ArrivedFile, OnArrival, discard, enter as enter_run, prepare, unsaved};
use crate::program;

/// Retention of delivery ids: far longer than the window for replays, and long enough for support questions.
const DELIVERIES_KEPT_DAYS: i64 = 30;
/// Names under which tools wrap their list of mentions.
const WRAPPERS: [&str; 6] = ["mentions", "data", "items", "results", "posts", "documents"];

/// What became of a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReceivedDelivery {
    pub run: ImportRunId,
    /// It came before, and nothing was done.
    pub again: bool,
}

/// Connects a tool.
///
/// # Errors
/// `NotFound` for an unknown program; `Invalid` without a name.
pub async fn open(tx: &mut Tx, actor: &Actor, now: Time, program: ProgramId, name: &str) -> Result<InboundIntegrationId> {
    actor.may(Permission::ConnectTools)?;
    program::store::find(tx, program).await?.ok_or(Error::NotFound)?;
    let mut errors = ValidationErrors::default();
    let name = errors.text("name", "The name", name, 80);
    errors.finish()?;
    let integration = InboundIntegration {
        id: InboundIntegrationId::new(),
        program_id: program,
        name,
        version: 1,
        created_at: now,
        created_by: actor.account().map(|id| id.0),
        closed_at: None,
        received: 0,
        received_at: None,
        refused: 0,
        refused_at: None,
        refused_why: None,
    };
    store::create(tx, &integration).await?;
    audit(actor, now, "connected", ResourceType::InboundIntegration, integration.id).with(json!({ "name": integration.name })).record(tx);
    Ok(integration.id)
}

/// Makes the secret a new one; deliveries signed with the old one are refused from now on.
///
/// # Errors
/// `NotFound`, also for an integration that is closed.
pub async fn renew(tx: &mut Tx, actor: &Actor, now: Time, id: InboundIntegrationId) -> Result<()> {
    actor.may(Permission::ConnectTools)?;
    if !store::renew(tx, id).await? {
        return Err(Error::NotFound);
    }
    audit(actor, now, "changed the secret", ResourceType::InboundIntegration, id).record(tx);
    Ok(())
}

/// Closes an integration for good. What it brought stays.
///
/// # Errors
/// `NotFound`, also for an integration that is closed.
pub async fn close(tx: &mut Tx, actor: &Actor, now: Time, id: InboundIntegrationId) -> Result<()> {
    actor.may(Permission::ConnectTools)?;
    if !store::close(tx, id, now).await? {
        return Err(Error::NotFound);
    }
    audit(actor, now, "closed", ResourceType::InboundIntegration, id).record(tx);
    Ok(())
}

/// The integration's secret. It is derived, so that nobody can read it from the database or a backup.
#[must_use]
pub fn key(tx: &Tx, integration: &InboundIntegration) -> SigningKey {
    // The word is part of every secret that was handed out: it stays.
    SigningKey::new(&tx.secret().derive("feed", format!("{}.{}", integration.id, integration.version).as_bytes()))
}

/// Takes a delivery: checks its signature, reads what it holds, and lets it be imported as soon as a worker is free.
///
/// # Errors
/// `NotFound` for an integration that there is not; `Invalid` on a header, on `file` for a body that holds no mentions, on `columns` or
/// `day_first` for mentions that cannot be read without a person. A delivery that is refused is counted with its integration.
pub async fn take(
    db: &Db,
    now: Time,
    spool: &Path,
    id: InboundIntegrationId,
    headers: SignatureHeaders<'_>,
    body: &[u8],
) -> Result<ReceivedDelivery> {
    let mut tx = db.read().await?;
    let integration = store::find(&mut tx, id).await?.filter(|integration| integration.closed_at.is_none()).ok_or(Error::NotFound)?;
    let key = key(&tx, &integration);
    let taken = match key.check(headers, body, now) {
        Ok(()) => match store::find_delivery(&mut tx, id, headers.id).await? {
            Some(run) => return Ok(ReceivedDelivery { run, again: true }),
            None => {
                drop(tx);
                enter(db, now, spool, &integration, headers.id, body).await
            }
        },
        Err(error) => {
            drop(tx);
            Err(error)
        }
    };
    if let Err(Error::Invalid(why)) = &taken {
        let why = why.first().map_or("", |(_, message)| message.as_str());
        db.write(|tx, _| Box::pin(store::refuse(tx, id, now, why))).await?;
    }
    taken
}

async fn enter(
    db: &Db,
    now: Time,
    spool: &Path,
    integration: &InboundIntegration,
    delivery: &str,
    body: &[u8],
) -> Result<ReceivedDelivery> {
    // The audit log's name for who enters a delivery, as in the lines of before: the keyed chain covers it.
    let actor = Actor::System("feed");
    let upload = spool.join(format!("upload-{}", ImportRunId::new()));
    let body = body.to_vec();
    let body = blocking(move || Ok(unwrapped(&body).unwrap_or(body))).await?;
    let keep = async {
        tokio::fs::create_dir_all(spool).await?;
        tokio::fs::write(&upload, body).await
    };
    if let Err(error) = keep.await {
        let _ = tokio::fs::remove_file(&upload).await;
        return Err(unsaved(&error));
    }
    let name = format!("{} {}", integration.name, plain_time(now.naive_utc()));
    let arrival = ArrivedFile {
        program: integration.program_id,
        name: &name,
        upload: &upload,
        stays: false,
        spool,
        kind: Some(ImportKind::Mentions),
        then: OnArrival::Start,
    };
    let run = prepare(db, &actor, arrival).await.map_err(hinted)?;
    let (actor, run) = (&actor, &run);
    let entered = db
        .write(|tx, _| {
            Box::pin(async move {
                enter_run(tx, actor, run).await?;
                if store::deliver(tx, integration.id, delivery, run.id, now).await? {
                    Ok(())
                } else {
                    Err(Error::conflict("This delivery was already received."))
                }
            })
        })
        .await;
    let entered = match entered {
        Err(Error::Conflict(_)) => Ok(false),
        other => other.map(|()| true),
    };
    if !matches!(entered, Ok(true)) {
        discard(spool, run).await;
    }
    if entered? {
        return Ok(ReceivedDelivery { run: run.id, again: false });
    }
    // The same delivery came twice at once, and the other one was quicker.
    let run = store::find_delivery(&mut db.read().await?, integration.id, delivery).await?.ok_or(Error::NotFound)?;
    Ok(ReceivedDelivery { run, again: true })
}

/// An error with advice for the tool, since no person can answer a question.
fn hinted(error: Error) -> Error {
    let Error::Invalid(mut fields) = error else { return error };
    for (_, message) in fields.iter_mut().filter(|(field, _)| field == "day_first") {
        *message = "Dates like 3/4/2022 are ambiguous. Send them as 2022-04-03T10:00:00Z.".into();
    }
    Error::Invalid(fields)
}

/// The list of mentions inside a wrapper object; none without a wrapper. Slow for large deliveries.
fn unwrapped(body: &[u8]) -> Option<Vec<u8>> {
    serde_json::from_slice::<Map<String, Value>>(body)
        .ok()
        .and_then(|mut object| WRAPPERS.iter().find_map(|name| object.remove(*name)))
        .filter(|list| list.as_array().is_some_and(|mentions| mentions.iter().all(Value::is_object)))
        .map(|list| list.to_string().into_bytes())
}

/// Deletes delivery ids after their retention.
///
/// # Errors
/// What the database says.
pub async fn purge_deliveries(tx: &mut Tx, now: Time) -> Result<u64> {
    store::purge_deliveries(tx, now - Duration::days(DELIVERIES_KEPT_DAYS)).await
}
