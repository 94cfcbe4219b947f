//! Connecting a tool, changing its secret, closing it, and taking what it delivers.

use std::path::Path;

use chrono::Duration;
use serde_json::{Map, Value, json};

use super::sign::{Headers, Key};
use super::{Feed, store};
use crate::account::{Actor, Verb};
use crate::activity::{Thing, act::did};
use crate::clock::Time;
use crate::db::{Db, Tx};
use crate::error::{Error, Result, Wrong, blocking};
use crate::ids::{FeedId, ImportRunId, ProgramId};
use crate::import::Kind;
use crate::import::arrive::{Arrival, Then, discard, enter as enter_run, prepare, unsaved};
use crate::program;

/// Deliveries are remembered this long: far beyond the window in which one can come again, and long enough to be asked about.
const REMEMBERED_DAYS: i64 = 30;
/// Names under which tools wrap their list of posts.
const WRAPPERS: [&str; 6] = ["mentions", "data", "items", "results", "posts", "documents"];

/// What became of a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Taken {
    pub run: ImportRunId,
    /// It came before, and nothing was done.
    pub again: bool,
}

/// Connects a tool.
///
/// # Errors
/// `NotFound` for an unknown program; `Invalid` without a name.
pub async fn open(tx: &mut Tx, actor: &Actor, now: Time, program: ProgramId, name: &str) -> Result<FeedId> {
    actor.may(Verb::Connect)?;
    program::store::find(tx, program).await?.ok_or(Error::NotFound)?;
    let mut wrong = Wrong::default();
    let name = wrong.text("name", "The name", name, 80);
    wrong.finish()?;
    let feed = Feed {
        id: FeedId::new(),
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
    store::create(tx, &feed).await?;
    did(actor, now, "connected", Thing::Feed, feed.id).with(json!({ "name": feed.name })).record(tx);
    Ok(feed.id)
}

/// Makes the secret a new one; deliveries signed with the old one are refused from now on.
///
/// # Errors
/// `NotFound`, also for a feed that is closed.
pub async fn renew(tx: &mut Tx, actor: &Actor, now: Time, id: FeedId) -> Result<()> {
    actor.may(Verb::Connect)?;
    if !store::renew(tx, id).await? {
        return Err(Error::NotFound);
    }
    did(actor, now, "changed the secret", Thing::Feed, id).record(tx);
    Ok(())
}

/// Closes a feed for good. What it brought stays.
///
/// # Errors
/// `NotFound`, also for a feed that is closed.
pub async fn close(tx: &mut Tx, actor: &Actor, now: Time, id: FeedId) -> Result<()> {
    actor.may(Verb::Connect)?;
    if !store::close(tx, id, now).await? {
        return Err(Error::NotFound);
    }
    did(actor, now, "closed", Thing::Feed, id).record(tx);
    Ok(())
}

/// The feed's secret. It is derived, so that nobody can read it from the database or a backup.
#[must_use]
pub fn key(tx: &Tx, feed: &Feed) -> Key {
    Key::new(&tx.secret().derive("feed", format!("{}.{}", feed.id, feed.version).as_bytes()))
}

/// Takes a delivery: checks its signature, reads what it holds, and lets it be imported as soon as a worker is free.
///
/// # Errors
/// `NotFound` for a feed that there is not; `Invalid` on a header, on `file` for a body that holds no posts, on `columns` or
/// `day_first` for posts that cannot be read without a person. A delivery that is refused is counted with its feed.
pub async fn take(db: &Db, now: Time, spool: &Path, id: FeedId, headers: Headers<'_>, body: &[u8]) -> Result<Taken> {
    let mut tx = db.read().await?;
    let feed = store::find(&mut tx, id).await?.filter(|feed| feed.closed_at.is_none()).ok_or(Error::NotFound)?;
    let key = key(&tx, &feed);
    let taken = match key.check(headers, body, now) {
        Ok(()) => match store::find_delivery(&mut tx, id, headers.id).await? {
            Some(run) => return Ok(Taken { run, again: true }),
            None => {
                drop(tx);
                enter(db, now, spool, &feed, headers.id, body).await
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

async fn enter(db: &Db, now: Time, spool: &Path, feed: &Feed, delivery: &str, body: &[u8]) -> Result<Taken> {
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
    let name = format!("{} {}", feed.name, now.format("%Y-%m-%d %H:%M"));
    let arrival = Arrival {
        program: feed.program_id,
        name: &name,
        upload: &upload,
        stays: false,
        spool,
        kind: Some(Kind::Mentions),
        then: Then::Start,
    };
    let run = prepare(db, &actor, arrival).await.map_err(hinted)?;
    let (actor, run) = (&actor, &run);
    let entered = db
        .write(|tx, _| {
            Box::pin(async move {
                enter_run(tx, actor, run).await?;
                if store::deliver(tx, feed.id, delivery, run.id, now).await? {
                    Ok(())
                } else {
                    Err(Error::conflict("This delivery came before."))
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
        return Ok(Taken { run: run.id, again: false });
    }
    // The same delivery came twice at once, and the other one was quicker.
    let run = store::find_delivery(&mut db.read().await?, feed.id, delivery).await?.ok_or(Error::NotFound)?;
    Ok(Taken { run, again: true })
}

/// An error with what the tool can do about it: nobody is there to be asked.
fn hinted(error: Error) -> Error {
    let Error::Invalid(mut fields) = error else { return error };
    for (_, message) in fields.iter_mut().filter(|(field, _)| field == "day_first") {
        *message = "Dates like 3/4/2022 can be read in two ways. Please send them as 2022-04-03T10:00:00Z.".into();
    }
    Error::Invalid(fields)
}

/// The list of posts in a delivery, without what a tool wraps around it; none where nothing is around it. Reading it takes a while.
fn unwrapped(body: &[u8]) -> Option<Vec<u8>> {
    serde_json::from_slice::<Map<String, Value>>(body)
        .ok()
        .and_then(|mut object| WRAPPERS.iter().find_map(|name| object.remove(*name)))
        .filter(|list| list.as_array().is_some_and(|posts| posts.iter().all(Value::is_object)))
        .map(|list| list.to_string().into_bytes())
}

/// Forgets deliveries that cannot come again.
///
/// # Errors
/// What the database says.
pub async fn forget(tx: &mut Tx, now: Time) -> Result<u64> {
    store::forget(tx, now - Duration::days(REMEMBERED_DAYS)).await
}
