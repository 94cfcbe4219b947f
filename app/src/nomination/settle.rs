//! What becomes of a nomination: accepted, answered, declined, removed; and who is told.

use serde_json::json;

use super::act::find_post;
use super::{Hearing, Kind, Nomination, State, store};
use crate::account::{Actor, Verb};
use crate::activity::{Thing, act::did};
use crate::candidate::{self, Who};
use crate::clock::Time;
use crate::db::Tx;
use crate::error::{Error, Result, Wrong};
use crate::ids::{AuthorId, MentionId, NominationId, PanelDayId};
use crate::link::{self, Purpose};
use crate::outbox::{self, Template};
use crate::{author, mention, panel_day, triage};

/// The nomination that is meant, and the revision that was seen.
#[derive(Clone, Copy, Debug)]
pub struct Seen {
    pub id: NominationId,
    pub revision: i64,
}

/// Accepts a nomination: a known post gets its case in triage, a known voice may be put on the shortlist of a day. `known` is the
/// address of the post or voice here, where the nomination itself does not lead to it.
///
/// # Errors
/// `Invalid` on `known`; `Conflict` for one that is decided, or where the voice does not fit the day.
pub async fn accept(tx: &mut Tx, actor: &Actor, now: Time, seen: Seen, known: &str, day: Option<PanelDayId>) -> Result<State> {
    let mut nomination = waiting(tx, actor, seen).await?;
    match nomination.kind {
        Kind::Post => meet_post(tx, &mut nomination, known).await?,
        Kind::Person => meet_voice(tx, &mut nomination, known).await?,
    }
    nomination.state = State::Accepted;
    nomination.decided_at = Some(now);
    nomination.decided_by = actor.account().map(|id| id.0);
    if let (Kind::Post, Some(post)) = (nomination.kind, nomination.mention_id) {
        match triage::store::find(tx, post).await? {
            None => triage::act::put_up(tx, actor, now, post).await?,
            Some(case) => {
                (nomination.state, nomination.answer_url, nomination.reason) = match case.state {
                    triage::State::Answered => (State::Answered, case.answer_url, None),
                    triage::State::NoAction => (State::Closed, None, case.reason),
                    _ => (State::Accepted, None, None),
                };
            }
        }
    }
    if let (Kind::Person, Some(day)) = (nomination.kind, day) {
        let voice = nomination.author_id.ok_or_else(|| {
            Error::field("day", "Only a voice that we know can go on a shortlist. Give its address here, or leave the day open.")
        })?;
        let day = panel_day::store::find(tx, day).await?.filter(|day| day.program_id == nomination.program_id).ok_or(Error::NotFound)?;
        let cmd = candidate::act::Shortlist { day: day.id, who: Who::Author(voice), remark: "Nominated by employees".into() };
        candidate::act::shortlist(tx, actor, now, cmd).await?;
    }
    keep(tx, actor, now, nomination, "accepted").await
}

/// Declines a nomination. Whoever made it reads the reason.
///
/// # Errors
/// `Invalid` without a reason; `Conflict` for one that is decided.
pub async fn decline(tx: &mut Tx, actor: &Actor, now: Time, seen: Seen, reason: &str) -> Result<State> {
    let mut nomination = waiting(tx, actor, seen).await?;
    let mut wrong = Wrong::default();
    let reason = wrong.lines("reason", "The reason", reason, 500);
    wrong.finish()?;
    nomination.state = State::Declined;
    nomination.decided_at = Some(now);
    nomination.decided_by = actor.account().map(|id| id.0);
    nomination.reason = Some(reason);
    keep(tx, actor, now, nomination, "declined").await
}

/// Notes the public answer to an accepted post that we do not have: those among our own are answered in triage.
///
/// # Errors
/// `Invalid` on `link`; `Conflict` for anything else.
pub async fn answer(tx: &mut Tx, actor: &Actor, now: Time, seen: Seen, link: &str) -> Result<State> {
    let mut nomination = reached(tx, actor, seen).await?;
    if nomination.state != State::Accepted || nomination.kind != Kind::Post {
        return Err(Error::conflict("Only an accepted post can be answered."));
    }
    if nomination.mention_id.is_some() {
        return Err(Error::conflict("This post has a case in triage. Please answer it there."));
    }
    let mut wrong = Wrong::default();
    let link = triage::rules::link(&mut wrong, link);
    wrong.finish()?;
    nomination.state = State::Answered;
    nomination.answer_url = Some(link);
    keep(tx, actor, now, nomination, "answered").await
}

/// Removes a nomination for good, with all that was said about it. Nobody is told.
///
/// # Errors
/// `NotFound`.
pub async fn remove(tx: &mut Tx, actor: &Actor, now: Time, id: NominationId) -> Result<()> {
    actor.may(Verb::DecideNominations)?;
    if !store::delete(tx, id).await? {
        return Err(Error::NotFound);
    }
    did(actor, now, "removed", Thing::Nomination, id).record(tx);
    Ok(())
}

/// What triage did with a post reaches those who nominated it, in the same transaction.
///
/// # Errors
/// What the database says.
pub async fn follow(tx: &mut Tx, now: Time, case: &triage::Case) -> Result<()> {
    let state = match case.state {
        triage::State::Answered => State::Answered,
        triage::State::NoAction => State::Closed,
        _ => State::Accepted,
    };
    for mut nomination in store::list_of_post(tx, case.mention_id).await? {
        if nomination.state == State::Declined || (state == State::Accepted && nomination.state == State::New) {
            continue;
        }
        nomination.state = state;
        nomination.decided_at = nomination.decided_at.or(Some(now));
        nomination.answer_url = case.answer_url.clone();
        nomination.reason = case.reason.clone();
        if !store::update(tx, &nomination).await? {
            return Err(moved());
        }
        nomination.revision += 1;
        if state != State::Accepted {
            let hearings = store::list_hearings(tx, &[nomination.id]).await?;
            tell(tx, now, &nomination, &hearings).await?;
        }
    }
    Ok(())
}

/// Somebody else nominated what was declined: it waits again.
pub(super) async fn wait_again(tx: &mut Tx, mut nomination: Nomination) -> Result<()> {
    nomination.state = State::New;
    (nomination.decided_at, nomination.decided_by, nomination.reason) = (None, None, None);
    if store::update(tx, &nomination).await? { Ok(()) } else { Err(moved()) }
}

/// Mails what became of it. One outcome is one mail, however often it is recorded.
pub(super) async fn tell(tx: &mut Tx, now: Time, nomination: &Nomination, hearings: &[Hearing]) -> Result<()> {
    for hearing in hearings {
        let link = link::act::current(tx, now, Purpose::Nominate, hearing.nominator_id.0).await?;
        let mail = outbox::act::Queue {
            template: Template::Nomination,
            recipient: hearing.email.clone(),
            recipient_name: String::new(),
            // The words themselves are read when the letter is written: what is erased until then is in no mail.
            params: json!({ "nomination": nomination.id, "outcome": nomination.state }),
            link: Some(link.id),
            subject: Some(hearing.nominator_id.0),
            key: format!("nomination:{}:{}:{}", hearing.id, nomination.state.as_str(), nomination.revision),
        };
        outbox::act::queue(tx, now, mail).await?;
    }
    Ok(())
}

async fn keep(tx: &mut Tx, actor: &Actor, now: Time, mut nomination: Nomination, verb: &'static str) -> Result<State> {
    if !store::update(tx, &nomination).await? {
        return Err(moved());
    }
    nomination.revision += 1;
    let hearings = store::list_hearings(tx, &[nomination.id]).await?;
    tell(tx, now, &nomination, &hearings).await?;
    did(actor, now, verb, Thing::Nomination, nomination.id)
        .with(json!({ "state": nomination.state, "reason": nomination.reason, "nominators": hearings.len() }))
        .record(tx);
    Ok(nomination.state)
}

/// The post that is meant: by the address given, else by the link, since an import may have brought it in the meantime.
async fn meet_post(tx: &mut Tx, nomination: &mut Nomination, known: &str) -> Result<()> {
    let found = match named(known) {
        Some(id) => {
            let post = mention::store::find(tx, MentionId(id)).await?.filter(|post| post.program_id == nomination.program_id);
            Some(post.map(|post| (post.id, post.author_id)).ok_or_else(|| unknown("post", "/mentions/"))?)
        }
        None if !known.trim().is_empty() => return Err(unknown("post", "/mentions/")),
        None => match (&nomination.url, nomination.mention_id) {
            (Some(url), None) => find_post(tx, nomination.program_id, url).await?,
            _ => None,
        },
    };
    if let Some((post, voice)) = found {
        (nomination.mention_id, nomination.author_id, nomination.text) = (Some(post), Some(voice), None);
    }
    Ok(())
}

async fn meet_voice(tx: &mut Tx, nomination: &mut Nomination, known: &str) -> Result<()> {
    let found = match named(known) {
        Some(id) => {
            let voice = author::store::find(tx, AuthorId(id)).await?.filter(|voice| voice.program_id == nomination.program_id);
            Some(voice.ok_or_else(|| unknown("voice", "/voices/"))?)
        }
        None if !known.trim().is_empty() => return Err(unknown("voice", "/voices/")),
        None => match (&nomination.network, &nomination.person, nomination.author_id) {
            (Some(network), Some(person), None) => match author::rules::parse_handle(person) {
                Ok(handle) => author::store::find_by_handle(tx, nomination.program_id, network, &handle.key).await?,
                Err(_) => None,
            },
            _ => None,
        },
    };
    if let Some(voice) = found {
        nomination.author_id = Some(voice.id);
    }
    Ok(())
}

/// The id at the end of an address of ours.
fn named(known: &str) -> Option<uuid::Uuid> {
    known.trim().split(['?', '#']).next()?.trim_end_matches('/').rsplit('/').next()?.parse().ok()
}

fn unknown(what: &str, path: &str) -> Error {
    Error::field(
        "known",
        format!("There is no {what} of this program at that address. It is the address of its page here, with {path}… in it."),
    )
}

/// The nomination that was seen, if nobody else has changed it.
async fn reached(tx: &mut Tx, actor: &Actor, seen: Seen) -> Result<Nomination> {
    actor.may(Verb::DecideNominations)?;
    let nomination = store::find(tx, seen.id).await?.ok_or(Error::NotFound)?;
    if nomination.revision == seen.revision { Ok(nomination) } else { Err(moved()) }
}

/// The same, while it waits.
async fn waiting(tx: &mut Tx, actor: &Actor, seen: Seen) -> Result<Nomination> {
    let nomination = reached(tx, actor, seen).await?;
    match nomination.state {
        State::New => Ok(nomination),
        state => Err(Error::conflict(format!("This nomination is {} already.", state.label()))),
    }
}

fn moved() -> Error {
    Error::conflict("Somebody else did something with this nomination in the meantime. What stands there now is shown: please look again.")
}
