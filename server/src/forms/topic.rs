//! Forms of the topics (`/listen/topics`), of one topic (`/listen/topics/{id}`) and of the long tail (`/listen/long-tail`).

use app::access::account::Permission;
use app::db::Tx;
use app::kernel::error::{Error, Result};
use app::kernel::ids::{IdAtRevision, TopicId};
use app::listening::topic::rules::TopicForm;
use app::listening::{phrase, topic};

use super::request::{FormHandler, FormOutcome, FormPage, FormRequest, redirect};

/// Adding a topic, and making one of a phrase.
pub const TOPICS: FormPage = FormPage {
    path: "/listen/topics",
    acts: &[("create", Permission::EditTopics), ("adopt", Permission::EditTopics)],
    handle: FormHandler::Unit(|tx, request| Box::pin(topics(tx, request))),
};

/// Making a topic of a phrase.
pub const LONG_TAIL: FormPage = FormPage {
    path: "/listen/long-tail",
    acts: &[("adopt", Permission::EditTopics)],
    handle: FormHandler::Unit(|tx, request| Box::pin(topics(tx, request))),
};

/// Changing, retiring, reactivating, deleting.
pub const TOPIC: FormPage = FormPage {
    path: "/listen/topics/{id}",
    acts: &[
        ("update", Permission::EditTopics),
        ("retire", Permission::EditTopics),
        ("bring_back", Permission::EditTopics),
        ("delete", Permission::EditTopics),
    ],
    handle: FormHandler::Unit(|tx, request| Box::pin(topic(tx, request))),
};

async fn topics(tx: &mut Tx, request: &FormRequest) -> Result<FormOutcome> {
    let program = request.program(tx).await?;
    let id = match request.act() {
        "create" => topic::act::create(tx, &request.actor, request.now, program, form(request)).await?,
        "adopt" => phrase::act::adopt(tx, &request.actor, request.now, program, request.fields.text("key")).await?,
        _ => return Err(Error::NotFound),
    };
    Ok(redirect(format!("/listen/topics/{id}")).with_message("Topic added. All mentions are being matched."))
}

async fn topic(tx: &mut Tx, request: &FormRequest) -> Result<FormOutcome> {
    let id: TopicId = request.id("id")?;
    let seen = IdAtRevision { id, revision: request.fields.parse("revision")? };
    let message = match request.act() {
        "update" => {
            topic::act::update(tx, &request.actor, request.now, seen, form(request)).await?;
            "Topic saved. Mentions are matched again where necessary."
        }
        "retire" => {
            topic::act::retire(tx, &request.actor, request.now, seen).await?;
            "Topic retired."
        }
        "bring_back" => {
            topic::act::bring_back(tx, &request.actor, request.now, seen).await?;
            "Topic reactivated. Mentions are being matched again."
        }
        "delete" => {
            let program = topic::act::delete(tx, &request.actor, request.now, seen).await?;
            return Ok(
                redirect(format!("/listen/topics?program={program}")).with_message("Topic deleted. It is being removed from its mentions.")
            );
        }
        _ => return Err(Error::NotFound),
    };
    Ok(redirect(format!("/listen/topics/{id}")).with_message(message))
}

fn form(request: &FormRequest) -> TopicForm {
    TopicForm {
        name: request.text("name"),
        phrases: request.text("phrases"),
        excludes: request.text("excludes"),
        pattern: request.text("pattern"),
        unit: request.text("unit"),
    }
}
