//! Forms of the topics (`/listen/topics`), of one topic (`/listen/topics/{id}`) and of the long tail (`/listen/long-tail`).

use app::account::Verb;
use app::db::Tx;
use app::error::{Error, Result};
use app::ids::TopicId;
use app::topic::act::Form;
use app::{phrase, topic};

use super::{Done, FormPage, Handle, Post, done};

/// Adding a topic, and making one of a phrase.
pub const TOPICS: FormPage = FormPage {
    path: "/listen/topics",
    acts: &[("create", Verb::EditTopics), ("adopt", Verb::EditTopics)],
    handle: Handle::Unit(|tx, post| Box::pin(topics(tx, post))),
};

/// Making a topic of a phrase.
pub const LONG_TAIL: FormPage = FormPage {
    path: "/listen/long-tail",
    acts: &[("adopt", Verb::EditTopics)],
    handle: Handle::Unit(|tx, post| Box::pin(topics(tx, post))),
};

/// Changing, retiring, bringing back, deleting.
pub const TOPIC: FormPage = FormPage {
    path: "/listen/topics/{id}",
    acts: &[("update", Verb::EditTopics), ("retire", Verb::EditTopics), ("bring_back", Verb::EditTopics), ("delete", Verb::EditTopics)],
    handle: Handle::Unit(|tx, post| Box::pin(topic(tx, post))),
};

async fn topics(tx: &mut Tx, post: &Post) -> Result<Done> {
    let program = post.program(tx).await?;
    let id = match post.act() {
        "create" => topic::act::create(tx, &post.actor, post.now, program, form(post)).await?,
        "adopt" => phrase::act::adopt(tx, &post.actor, post.now, program, post.fields.text("key")).await?,
        _ => return Err(Error::NotFound),
    };
    Ok(done(format!("/listen/topics/{id}")).saying("The topic is added. All posts are being read for it."))
}

async fn topic(tx: &mut Tx, post: &Post) -> Result<Done> {
    let id: TopicId = post.id("id")?;
    let say = match post.act() {
        "update" => {
            // What is not there is not found, whatever else is wrong with the form.
            topic::store::find(tx, id).await?.ok_or(Error::NotFound)?;
            topic::act::update(tx, &post.actor, post.now, id, post.fields.parse("revision")?, form(post)).await?;
            "The topic is saved. Posts are being read for it again if need be."
        }
        "retire" => {
            topic::act::retire(tx, &post.actor, post.now, id).await?;
            "The topic is retired."
        }
        "bring_back" => {
            topic::act::bring_back(tx, &post.actor, post.now, id).await?;
            "The topic is back. Posts are being read for it again."
        }
        "delete" => {
            let program = topic::store::find(tx, id).await?.ok_or(Error::NotFound)?.program_id;
            topic::act::delete(tx, &post.actor, post.now, id).await?;
            return Ok(done(format!("/listen/topics?program={program}")).saying("The topic is deleted. Its posts are losing it."));
        }
        _ => return Err(Error::NotFound),
    };
    Ok(done(format!("/listen/topics/{id}")).saying(say))
}

fn form(post: &Post) -> Form {
    Form {
        name: post.text("name"),
        phrases: post.text("phrases"),
        excludes: post.text("excludes"),
        pattern: post.text("pattern"),
        unit: post.text("unit"),
    }
}
