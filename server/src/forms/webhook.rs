//! Forms of `/webhooks`: adding one, changing it, trying it, pausing it, removing it.

use app::account::Verb;
use app::db::Tx;
use app::error::{Error, Result};
use app::webhook::act::{self, Form};
use app::webhook::{Event, Shape, store};

use super::{Done, FormPage, Handle, Post, done};

/// Everything that can be done with webhooks.
pub const LIST: FormPage = FormPage {
    path: "/webhooks",
    acts: &[
        ("add", Verb::Connect),
        ("change", Verb::Connect),
        ("renew", Verb::Connect),
        ("test", Verb::Connect),
        ("pause", Verb::Connect),
        ("resume", Verb::Connect),
        ("remove", Verb::Connect),
    ],
    handle: Handle::Unit(|tx, post| Box::pin(work(tx, post))),
};

async fn work(tx: &mut Tx, post: &Post) -> Result<Done> {
    let (actor, now) = (&post.actor, post.now);
    if post.act() == "add" {
        let program = post.fields.parse("program")?;
        act::add(tx, actor, now, program, form(post)).await?;
        return Ok(done(format!("/webhooks?program={program}")).saying("The webhook is added. Send it a test."));
    }
    let id = post.key()?;
    let here = store::find(tx, id).await?.map(|webhook| format!("/webhooks?program={}", webhook.program_id)).ok_or(Error::NotFound)?;
    let say = match post.act() {
        "change" => {
            act::change(tx, actor, now, id, form(post)).await?;
            "The webhook is saved."
        }
        "renew" => {
            act::renew(tx, actor, now, id).await?;
            "The secret is a new one. Please give it to the tool."
        }
        "test" => {
            act::test(tx, actor, now, id).await?;
            "A test is on its way. How it went stands below within seconds."
        }
        "pause" => {
            act::pause(tx, actor, now, id).await?;
            "The webhook is paused."
        }
        "resume" => {
            act::resume(tx, actor, now, id).await?;
            "The webhook is on again."
        }
        "remove" => {
            act::remove(tx, actor, now, id).await?;
            "The webhook is removed."
        }
        _ => return Err(Error::NotFound),
    };
    Ok(done(here).saying(say))
}

fn form(post: &Post) -> Form {
    Form {
        name: post.text("name"),
        url: post.text("url"),
        shape: post.fields.parse("shape").unwrap_or(Shape::Chat),
        events: Event::choices().filter(|event| post.fields.ticked(event.as_str())).collect(),
        networks: post.site.webhook_networks.clone(),
    }
}
