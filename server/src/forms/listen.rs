//! Forms of one voice (`/voices/{id}`), one post (`/mentions/{id}`), one import (`/imports/{id}`), feeds (`/feeds`) and the sentiment
//! (`/listen/sentiment`).

use app::account::Verb;
use app::db::Tx;
use app::error::{Error, Result};
use app::ids::{AuthorId, ImportRunId, MentionId};
use app::import::Field;
use app::import::act::{Reread, Said};
use app::ui::{count, encoded};
use app::{author, claim, feed, import, retention, segment, sentiment};

use super::{Done, FormPage, Handle, Post, done};

/// Overruling an assessment, setting aside, bringing back.
pub const VOICE: FormPage = FormPage {
    path: "/voices/{id}",
    acts: &[("overrule", Verb::Assess), ("lift", Verb::Assess), ("set_aside", Verb::Assess), ("bring_back", Verb::Assess)],
    handle: Handle::Unit(|tx, post| Box::pin(voice(tx, post))),
};

/// Columns, start, discard, cancel, again, undo.
pub const IMPORT: FormPage = FormPage {
    path: "/imports/{id}",
    acts: &[
        ("map", Verb::Import),
        ("reread", Verb::Import),
        ("discard", Verb::Import),
        ("cancel", Verb::Import),
        ("retry", Verb::Import),
        ("undo", Verb::Import),
    ],
    handle: Handle::Steps(|post| Box::pin(import(post))),
};

/// Connecting tools that push.
pub const FEEDS: FormPage = FormPage {
    path: "/feeds",
    acts: &[("open", Verb::Connect), ("renew", Verb::Connect), ("close", Verb::Connect)],
    handle: Handle::Unit(|tx, post| Box::pin(feeds(tx, post))),
};

/// Correcting how a post is read, putting it up for answering.
pub const MENTION: FormPage = FormPage {
    path: "/mentions/{id}",
    acts: &[("correct", Verb::Teach), ("uncorrect", Verb::Teach), ("put_up", Verb::PutUp), ("take", Verb::PutUp)],
    handle: Handle::Unit(|tx, post| Box::pin(mention(tx, post))),
};

/// Training, switching on and off.
pub const SENTIMENT: FormPage = FormPage {
    path: "/listen/sentiment",
    acts: &[("train", Verb::Teach), ("switch_on", Verb::Teach), ("switch_off", Verb::Teach)],
    handle: Handle::Unit(|tx, post| Box::pin(teach(tx, post))),
};

/// What the segments go by.
pub const SEGMENTS: FormPage =
    FormPage { path: "/listen/segments", acts: &[("set", Verb::Assess)], handle: Handle::Unit(|tx, post| Box::pin(segments(tx, post))) };

/// Bringing back from the list of voices set aside.
pub const ASIDE: FormPage =
    FormPage { path: "/listen/aside", acts: &[("bring_back", Verb::Assess)], handle: Handle::Unit(|tx, post| Box::pin(aside(tx, post))) };

/// A voice that objects, and posts that were deleted where they were written.
pub const OBJECTIONS: FormPage = FormPage {
    path: "/listen/objections",
    acts: &[("preview", Verb::ManageAccounts), ("object", Verb::ManageAccounts), ("remove", Verb::Import)],
    handle: Handle::Unit(|tx, post| Box::pin(objections(tx, post))),
};

/// Proposing that two voices are one person, the second look, and taking it back.
pub const LINKS: FormPage = FormPage {
    path: "/voices/{id}/links",
    acts: &[("propose", Verb::LinkVoices), ("confirm", Verb::LinkVoices), ("refuse", Verb::LinkVoices), ("unlink", Verb::LinkVoices)],
    handle: Handle::Unit(|tx, post| Box::pin(links(tx, post))),
};

async fn links(tx: &mut Tx, post: &Post) -> Result<Done> {
    let id: AuthorId = post.id("id")?;
    let reason = post.text("reason");
    let say = match post.act() {
        "propose" => {
            claim::act::propose(tx, &post.actor, post.now, id, post.fields.parse("other")?, &reason).await?;
            "The link is proposed. It holds once it was looked at a second time."
        }
        "confirm" => {
            claim::act::confirm(tx, &post.actor, post.now, post.key()?).await?;
            "The voices are linked: they are shown together and come onto a shortlist once."
        }
        "refuse" => {
            claim::act::refuse(tx, &post.actor, post.now, post.key()?, &reason).await?;
            "The link is refused."
        }
        "unlink" => {
            claim::act::unlink(tx, &post.actor, post.now, post.key()?, &reason).await?;
            "The link is taken back. Each voice stands alone again."
        }
        _ => return Err(Error::NotFound),
    };
    Ok(done(format!("/voices/{id}/links")).saying(say))
}

async fn objections(tx: &mut Tx, post: &Post) -> Result<Done> {
    let say = match post.act() {
        "preview" => {
            let (network, handle) = (post.text("network"), post.text("handle"));
            retention::act::who_objects(tx, &post.actor, &network, &handle).await?;
            return Ok(done(format!("/listen/objections?network={}&handle={}", encoded(&network), encoded(handle.trim()))));
        }
        "object" => {
            let (network, handle) = (post.text("network"), post.text("handle"));
            let named = |text: &str| text.trim().trim_start_matches('@').to_lowercase();
            if named(&post.text("confirm")) != named(&handle) {
                return Err(Error::field("confirm", format!("Type {} to confirm: what is erased cannot be brought back.", handle.trim())));
            }
            let seen = post.fields.parse::<usize>("seen")?;
            let objected = retention::act::object_soon(tx, &post.actor, post.now, &network, &handle).await?;
            if objected.parts != seen {
                return Err(Error::conflict("What is kept about this voice has changed since you looked. Please look at it again."));
            }
            crate::listening::told(&objected, true).join(" ")
        }
        "remove" => {
            let text = post.text("ids");
            let ids: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
            let asked = i64::try_from(ids.len()).unwrap_or(0);
            let removed = retention::act::remove_few(tx, &post.actor, post.now, post.fields.parse("program")?, &ids).await?;
            format!("Removed: {}, of {}.", count(i64::try_from(removed).unwrap_or(0), "post", "posts"), count(asked, "id", "ids"))
        }
        _ => return Err(Error::NotFound),
    };
    Ok(post.back("/listen/objections").saying(say))
}

async fn aside(tx: &mut Tx, post: &Post) -> Result<Done> {
    author::act::bring_back(tx, &post.actor, post.now, post.key()?, &post.text("reason")).await?;
    Ok(post.back("/listen/aside").saying("The voice counts again."))
}

async fn segments(tx: &mut Tx, post: &Post) -> Result<Done> {
    let settings = segment::Settings::read(|field| Some(post.text(field))).map_err(Error::Invalid)?;
    segment::act::set(tx, &post.actor, post.now, post.fields.parse("program")?, settings, post.fields.parse("revision")?).await?;
    Ok(post.back("/listen/segments").saying("Saved. All voices are being assessed anew."))
}

async fn feeds(tx: &mut Tx, post: &Post) -> Result<Done> {
    let say = match post.act() {
        "open" => {
            feed::act::open(tx, &post.actor, post.now, post.fields.parse("program")?, &post.text("name")).await?;
            "The tool is connected. Please give it its address and its secret."
        }
        "renew" => {
            feed::act::renew(tx, &post.actor, post.now, post.key()?).await?;
            "There is a new secret. Please give it to the tool."
        }
        "close" => {
            feed::act::close(tx, &post.actor, post.now, post.key()?).await?;
            "The feed is closed. What it brought stays."
        }
        _ => return Err(Error::NotFound),
    };
    Ok(post.back("/feeds").saying(say))
}

async fn mention(tx: &mut Tx, post: &Post) -> Result<Done> {
    let id: MentionId = post.id("id")?;
    let (word, say) = match post.act() {
        "correct" => (Some(post.fields.parse("sentiment")?), "The post counts as you say. The next training learns from it."),
        "uncorrect" => (None, "The correction is taken back."),
        "put_up" | "take" => {
            let say = super::triage::work(tx, post, id).await?;
            return Ok(done(format!("/listen/triage/{id}")).saying(say));
        }
        _ => return Err(Error::NotFound),
    };
    sentiment::act::correct(tx, &post.actor, post.now, id, word, &post.text("reason")).await?;
    Ok(done(format!("/mentions/{id}")).saying(say))
}

async fn teach(tx: &mut Tx, post: &Post) -> Result<Done> {
    let say = match post.act() {
        "train" => {
            let program = post.program(tx).await?;
            sentiment::act::ask_to_train(tx, &post.actor, post.now, program).await?;
            "The training is on its way."
        }
        "switch_on" => {
            sentiment::act::switch_on(tx, &post.actor, post.now, post.key()?).await?;
            "It reads new posts from now on. All others are being read again."
        }
        "switch_off" => {
            sentiment::act::switch_off(tx, &post.actor, post.now, post.key()?).await?;
            "VADER reads again. All posts are being read again."
        }
        _ => return Err(Error::NotFound),
    };
    Ok(post.back("/listen/sentiment").saying(say))
}

async fn voice(tx: &mut Tx, post: &Post) -> Result<Done> {
    let id: AuthorId = post.id("id")?;
    let reason = post.text("reason");
    let say = match post.act() {
        "overrule" => {
            segment::act::overrule(tx, &post.actor, post.now, id, post.fields.maybe("segment")?, &reason).await?;
            "Your assessment is in force until you lift it."
        }
        "lift" => {
            segment::act::lift(tx, &post.actor, post.now, id).await?;
            "The evidence decides again."
        }
        "set_aside" => {
            author::act::set_aside(tx, &post.actor, post.now, id, &reason).await?;
            "The voice is set aside."
        }
        "bring_back" => {
            author::act::bring_back(tx, &post.actor, post.now, id, &reason).await?;
            "The voice counts again."
        }
        _ => return Err(Error::NotFound),
    };
    Ok(done(format!("/voices/{id}")).saying(say))
}

async fn import(post: &Post) -> Result<Done> {
    let id: ImportRunId = post.id("id")?;
    match post.act() {
        "reread" => {
            let cmd = Reread {
                kind: post.fields.parse("kind")?,
                encoding: post.text("encoding"),
                delimiter: delimiter(&post.text("delimiter"))?,
                header: post.fields.parse("header")?,
            };
            // Reading the file takes as long as it takes: nobody waits behind it.
            let again = import::act::read_again(&post.db, &post.actor, id, &post.site.spool, cmd).await?;
            post.db.write(|tx, _| Box::pin(import::act::reread(tx, &post.actor, &again))).await?;
            Ok(done(format!("/imports/{id}")).saying("The file was read again."))
        }
        "discard" => {
            let run = post.db.write(|tx, _| Box::pin(import::act::discard(tx, &post.actor, post.now, id))).await?;
            import::arrive::discard(&post.site.spool, &run).await;
            Ok(done(format!("/imports/{id}")).saying("The file is deleted. Nothing of it was imported."))
        }
        _ => {
            let say = post.db.write(|tx, _| Box::pin(decide(tx, post, id))).await?;
            Ok(done(format!("/imports/{id}")).saying(say))
        }
    }
}

/// What is decided about an import at once. Gives what to say.
async fn decide(tx: &mut Tx, post: &Post, id: ImportRunId) -> Result<&'static str> {
    Ok(match post.act() {
        "map" => {
            let run = import::store::find(tx, id).await?.ok_or(Error::NotFound)?;
            import::act::map(tx, &post.actor, post.now, id, said(post, run.mapping.columns.len())?).await?;
            if post.fields.text("then") == "start" {
                import::act::start(tx, &post.actor, post.now, id).await?;
                "The import is on its way."
            } else {
                "The columns are saved. This is what would happen now."
            }
        }
        "cancel" => {
            import::act::cancel(tx, &post.actor, post.now, id).await?;
            "The import is cancelled."
        }
        "retry" => {
            import::act::retry(tx, &post.actor, post.now, id).await?;
            "The import goes on."
        }
        "undo" => {
            import::act::undo(tx, &post.actor, post.now, id).await?;
            "The import is being undone."
        }
        _ => return Err(Error::NotFound),
    })
}

/// What the form says about columns and dates.
fn said(post: &Post, columns: usize) -> Result<Said> {
    let columns = (0..columns).map(|place| post.fields.maybe::<Field>(&format!("column-{place}"))).collect::<Result<_>>()?;
    let day_first = match post.fields.text("day_first") {
        "yes" => Some(true),
        "no" => Some(false),
        _ => None,
    };
    Ok(Said { columns, day_first, time_zone: post.text("time_zone") })
}

/// A delimiter by its name.
///
/// # Errors
/// `Invalid` for a word that names none.
pub fn delimiter(word: &str) -> Result<char> {
    match word {
        "comma" => Ok(','),
        "semicolon" => Ok(';'),
        "tab" => Ok('\t'),
        "vertical bar" => Ok('|'),
        other => Err(Error::field("delimiter", format!("“{other}” is not a delimiter that we know."))),
    }
}
