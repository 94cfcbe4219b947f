//! Forms of triage: the list (`/listen/triage`), one post's case (`/listen/triage/{id}`), and the box beside a post.

use app::account::Verb;
use app::clock::Time;
use app::db::Tx;
use app::error::{Error, Result};
use app::ids::MentionId;
use app::triage::act::{self, Seen};
use app::triage::{rules, store};
use chrono::NaiveDateTime;

use super::{Done, FormPage, Handle, Post, done};

/// Taking a post from the list, or leaving it with a reason; setting the clock.
pub const LIST: FormPage = FormPage {
    path: "/listen/triage",
    acts: &[("take", Verb::Triage), ("no_action", Verb::Triage), ("clock", Verb::EditProgram)],
    handle: Handle::Unit(|tx, post| Box::pin(list(tx, post))),
};

/// Everything that can be done with one post.
pub const CASE: FormPage = FormPage {
    path: "/listen/triage/{id}",
    acts: &[
        ("take", Verb::Triage),
        ("hand_over", Verb::Triage),
        ("route", Verb::Triage),
        ("answer", Verb::Triage),
        ("no_action", Verb::Triage),
        ("reopen", Verb::Triage),
    ],
    handle: Handle::Unit(|tx, post| Box::pin(case(tx, post))),
};

async fn list(tx: &mut Tx, post: &Post) -> Result<Done> {
    if post.act() == "clock" {
        let program = post.fields.parse("program")?;
        let hours = act::set_clock(tx, &post.actor, post.now, program, post.fields.parse("seen")?, &post.text("hours")).await?;
        let say = format!("Posts that are put up from now on are late after {}.", rules::in_hours(hours));
        return Ok(done(format!("/listen/triage?program={program}")).saying(say));
    }
    let id: MentionId = post.key()?;
    work(tx, post, id).await.map(|say| match post.act() {
        "take" => done(format!("/listen/triage/{id}")).saying(say),
        _ => post.back("/listen/triage").saying(say),
    })
}

async fn case(tx: &mut Tx, post: &Post) -> Result<Done> {
    let id: MentionId = post.id("id")?;
    let say = work(tx, post, id).await?;
    // A unit that passes a post on no longer sees it.
    let to = match act::find(tx, &post.actor, id).await {
        Ok(_) => format!("/listen/triage/{id}"),
        Err(_) => "/listen/triage".to_owned(),
    };
    Ok(done(to).saying(say))
}

/// Does what the form asks for, and says what was done.
pub(super) async fn work(tx: &mut Tx, post: &Post, id: MentionId) -> Result<String> {
    let (actor, now) = (&post.actor, post.now);
    if post.act() == "put_up" {
        act::put_up(tx, actor, now, id).await?;
        let case = store::find(tx, id).await?.ok_or(Error::NotFound)?;
        return Ok(format!("The post is put up. It is late in {}.", rules::lasting(case.due_at - now)));
    }
    let seen = Seen { mention: id, revision: post.fields.parse("revision")? };
    let say = match post.act() {
        "take" => {
            act::take(tx, actor, now, seen).await?;
            "The post is yours."
        }
        "hand_over" => {
            act::hand_over(tx, actor, now, seen, post.fields.maybe("to")?, &post.text("note")).await?;
            "The post is handed over."
        }
        "route" => {
            act::route(tx, actor, now, seen, &post.text("unit"), &post.text("note")).await?;
            "The post is with its unit."
        }
        "answer" => {
            act::answer(tx, actor, now, seen, &post.text("link"), moment(&post.text("at"))?).await?;
            "The post is closed with its answer."
        }
        "no_action" => {
            act::no_action(tx, actor, now, seen, &post.text("reason")).await?;
            "The post is closed without an answer."
        }
        "reopen" => {
            act::reopen(tx, actor, now, seen, &post.text("reason")).await?;
            "The post is open again, and yours."
        }
        _ => return Err(Error::NotFound),
    };
    Ok(say.to_owned())
}

/// A moment as a browser's field sends it, in UTC.
fn moment(text: &str) -> Result<Option<Time>> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]
        .iter()
        .find_map(|form| NaiveDateTime::parse_from_str(text, form).ok())
        .map(|at| Some(at.and_utc()))
        .ok_or_else(|| Error::field("at", format!("“{text}” is not a moment. Please write it like 2010-06-15T10:30, in UTC.")))
}
