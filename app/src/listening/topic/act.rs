//! Adding, changing, retiring and deleting topics, and trying one before it is saved.

use serde_json::json;

use super::matcher::{TopicMatcher, check_pattern};
use super::rules::{self, TopicForm};
use super::{Topic, store};
use crate::access::account::{Actor, Permission};
use crate::access::audit::{ResourceType, act::audit};
use crate::access::job::{self, act::JobRequest};
use crate::db::Tx;
use crate::kernel::clock::Time;
use crate::kernel::error::{Error, Result};
use crate::kernel::ids::{IdAtRevision, MentionId, ProgramId, TopicId};

/// Mentions that a topic is tried on: the newest.
pub const MAX_TRIED_MENTIONS: i64 = 10_000;
/// Mentions that a trial shows.
const SHOWN: usize = 8;

/// Adds a topic; its tag is made from its name. Existing mentions are matched in the background.
///
/// # Errors
/// `Invalid` naming every mistake, also for a name whose tag the program has already.
pub async fn create(tx: &mut Tx, actor: &Actor, now: Time, program: ProgramId, form: TopicForm) -> Result<TopicId> {
    actor.may(Permission::EditTopics)?;
    let form = check(&form)?;
    let active = store::list(tx, program).await?.iter().filter(|topic| topic.is_active()).count();
    if active >= rules::MAX_TOPICS {
        return Err(Error::conflict(format!("The program already has {active} active topics. Retire some first.")));
    }
    let topic = Topic {
        id: TopicId::new(),
        program_id: program,
        tag: rules::tag(&form.name),
        name: form.name,
        phrases: form.phrases,
        excludes: form.excludes,
        pattern: form.pattern,
        unit: form.unit,
        revision: 1,
        created_at: now,
        retired_at: None,
    };
    if !store::create(tx, &topic).await? {
        return Err(Error::field("name", format!("A topic “{}” already exists. Choose another name.", topic.name)));
    }
    job::act::restart(tx, actor, now, JobRequest::of_program(job::JobKind::Topics, program)).await?;
    audit(actor, now, "added", ResourceType::Topic, topic.id).with(json!({ "name": topic.name, "tag": topic.tag })).record(tx);
    Ok(topic.id)
}

/// Changes a topic as it was read. Mentions are matched again in the background if its phrases or pattern changed.
///
/// # Errors
/// `NotFound`; `Invalid` naming every mistake; `Conflict` when someone else has changed it.
pub async fn update(tx: &mut Tx, actor: &Actor, now: Time, seen: IdAtRevision<TopicId>, form: TopicForm) -> Result<()> {
    actor.may(Permission::EditTopics)?;
    let before = store::find(tx, seen.id).await?.ok_or(Error::NotFound)?;
    let form = check(&form)?;
    let after = Topic {
        name: form.name,
        phrases: form.phrases,
        excludes: form.excludes,
        pattern: form.pattern,
        unit: form.unit,
        revision: seen.revision,
        ..before.clone()
    };
    save(tx, &after).await?;
    let same = (&before.phrases, &before.excludes, &before.pattern) == (&after.phrases, &after.excludes, &after.pattern);
    if !same && after.is_active() {
        job::act::restart(tx, actor, now, JobRequest::of_program(job::JobKind::Topics, after.program_id)).await?;
    }
    let shown = |topic: &Topic| json!({ "name": topic.name, "phrases": topic.phrases, "excludes": topic.excludes, "pattern": topic.pattern, "unit": topic.unit });
    audit(actor, now, "changed", ResourceType::Topic, seen.id).with(json!({ "before": shown(&before), "now": shown(&after) })).record(tx);
    Ok(())
}

/// Retires a topic: new mentions are not matched, existing matches stay.
///
/// # Errors
/// `NotFound`; `Conflict` where it is retired already, or someone else has changed it.
pub async fn retire(tx: &mut Tx, actor: &Actor, now: Time, seen: IdAtRevision<TopicId>) -> Result<()> {
    actor.may(Permission::EditTopics)?;
    let topic = find_seen(tx, seen).await?;
    if !topic.is_active() {
        return Err(Error::conflict("This topic is already retired."));
    }
    save(tx, &Topic { retired_at: Some(now), ..topic.clone() }).await?;
    audit(actor, now, "retired", ResourceType::Topic, topic.id).with(json!({ "name": topic.name })).record(tx);
    Ok(())
}

/// Reactivates a retired topic; mentions imported in the meantime are matched in the background.
///
/// # Errors
/// `NotFound`; `Conflict` where it is not retired, or someone else has changed it.
pub async fn bring_back(tx: &mut Tx, actor: &Actor, now: Time, seen: IdAtRevision<TopicId>) -> Result<()> {
    actor.may(Permission::EditTopics)?;
    let topic = find_seen(tx, seen).await?;
    if topic.is_active() {
        return Err(Error::conflict("This topic is not retired."));
    }
    save(tx, &Topic { retired_at: None, ..topic.clone() }).await?;
    job::act::restart(tx, actor, now, JobRequest::of_program(job::JobKind::Topics, topic.program_id)).await?;
    audit(actor, now, "reactivated", ResourceType::Topic, topic.id).with(json!({ "name": topic.name })).record(tx);
    Ok(())
}

/// Deletes a topic. A background job removes it from its mentions.
///
/// # Errors
/// `NotFound`; `Conflict` where a session is about it, or someone else has changed it.
pub async fn delete(tx: &mut Tx, actor: &Actor, now: Time, seen: IdAtRevision<TopicId>) -> Result<ProgramId> {
    actor.may(Permission::EditTopics)?;
    let topic = find_seen(tx, seen).await?;
    if store::count_sessions(tx, topic.id).await? > 0 {
        return Err(Error::conflict("This topic is used by sessions and cannot be deleted. Retire it instead."));
    }
    store::delete(tx, topic.id, now).await?;
    job::act::restart(tx, actor, now, JobRequest::of_program(job::JobKind::Topics, topic.program_id)).await?;
    audit(actor, now, "deleted", ResourceType::Topic, topic.id).with(json!({ "name": topic.name, "tag": topic.tag })).record(tx);
    Ok(topic.program_id)
}

/// What a topic would find.
#[derive(Clone, Debug, Default)]
pub struct TopicPreview {
    /// Mentions that it was tried on, of which so many fit, and so many are about the topic now.
    pub mentions: usize,
    pub fit: usize,
    pub now: usize,
    pub fresh: usize,
    pub lost: usize,
    /// Some of those that fit, newest first.
    pub shown: Vec<TopicExample>,
}

/// One mention that fits.
#[derive(Clone, Debug)]
pub struct TopicExample {
    pub id: MentionId,
    pub day: chrono::NaiveDate,
    pub text: String,
    /// Positions of matching phrases: (first byte, byte after the last).
    pub spots: Vec<(usize, usize)>,
    /// It is not about the topic yet.
    pub fresh: bool,
}

/// Tries a topic on the newest mentions. Nothing is saved.
///
/// # Errors
/// `Invalid` naming every mistake.
pub async fn attempt(tx: &mut Tx, actor: &Actor, program: ProgramId, id: Option<TopicId>, form: &TopicForm) -> Result<TopicPreview> {
    actor.may(Permission::EditTopics)?;
    let form = check(form)?;
    let topic = Topic {
        id: TopicId::new(),
        program_id: program,
        name: form.name,
        tag: String::new(),
        phrases: form.phrases,
        excludes: form.excludes,
        pattern: form.pattern,
        unit: form.unit,
        revision: 1,
        created_at: Time::UNIX_EPOCH,
        retired_at: None,
    };
    let matcher = TopicMatcher::new(&[topic]);
    let mentions = store::list_newest(tx, program, id, MAX_TRIED_MENTIONS).await?;
    let mut preview = TopicPreview { mentions: mentions.len(), ..TopicPreview::default() };
    for (id, day, text, now) in mentions {
        let fits = !matcher.topics(&text).is_empty();
        preview.fit += usize::from(fits);
        preview.now += usize::from(now);
        preview.fresh += usize::from(fits && !now);
        preview.lost += usize::from(now && !fits);
        if fits && preview.shown.len() < SHOWN {
            preview.shown.push(TopicExample { id, day, spots: matcher.spots(&text), text, fresh: !now });
        }
    }
    Ok(preview)
}

async fn save(tx: &mut Tx, topic: &Topic) -> Result<()> {
    if store::update(tx, topic).await? {
        return Ok(());
    }
    Err(changed())
}

/// The topic as it was read.
async fn find_seen(tx: &mut Tx, seen: IdAtRevision<TopicId>) -> Result<Topic> {
    let topic = store::find(tx, seen.id).await?.ok_or(Error::NotFound)?;
    if topic.revision == seen.revision { Ok(topic) } else { Err(changed()) }
}

fn changed() -> Error {
    Error::conflict("Someone else has changed this topic. Reload the page and compare.")
}

fn check(form: &TopicForm) -> Result<TopicForm> {
    let form = rules::check(form)?;
    if !form.pattern.is_empty() {
        check_pattern(&form.pattern).map_err(|why| Error::field("pattern", why))?;
    }
    Ok(form)
}
