//! Adding and rewording topics.

use serde_json::json;

use super::{Topic, rules, store};
use crate::account::{Actor, Verb};
use crate::activity::{Thing, act::did};
use crate::clock::Time;
use crate::db::Tx;
use crate::error::{Error, Result, Wrong};
use crate::ids::{ProgramId, TopicId};

/// A topic as typed.
#[derive(Clone, Debug, Default)]
pub struct Form {
    pub name: String,
    /// One phrase a line.
    pub phrases: String,
}

/// Adds a topic; its tag is made from its name.
///
/// # Errors
/// `Invalid` for a missing name, or one whose tag the program has already.
pub async fn create(tx: &mut Tx, actor: &Actor, now: Time, program: ProgramId, form: Form) -> Result<TopicId> {
    actor.may(Verb::EditProgram)?;
    let (name, phrases) = check(&form)?;
    let topic = Topic { id: TopicId::new(), program_id: program, tag: rules::tag(&name), name, phrases, created_at: now };
    if topic.tag.is_empty() {
        return Err(Error::field("name", "A topic's name needs a letter or a digit."));
    }
    if !store::create(tx, &topic).await? {
        return Err(Error::field("name", format!("There is a topic “{}” already.", topic.name)));
    }
    did(actor, now, "added", Thing::Topic, topic.id).with(json!({ "name": topic.name, "tag": topic.tag })).record(tx);
    Ok(topic.id)
}

/// Rewords a topic.
///
/// # Errors
/// `NotFound`; `Invalid` for a missing name.
pub async fn update(tx: &mut Tx, actor: &Actor, now: Time, id: TopicId, form: Form) -> Result<()> {
    actor.may(Verb::EditProgram)?;
    let (name, phrases) = check(&form)?;
    let before = store::find(tx, id).await?.ok_or(Error::NotFound)?;
    store::update(tx, id, &name, &phrases).await?;
    did(actor, now, "changed", Thing::Topic, id).with(json!({ "before": before.name, "name": name })).record(tx);
    Ok(())
}

fn check(form: &Form) -> Result<(String, String)> {
    let mut wrong = Wrong::default();
    let name = wrong.text("name", "The name", &form.name, 80);
    let phrases = wrong.optional("phrases", "The list of phrases", &form.phrases, 2000);
    wrong.finish()?;
    Ok((name, phrases))
}
