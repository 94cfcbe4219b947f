//! What becomes of a nomination: accepted, answered, declined, removed; and who is told.

use serde_json::json;

use super::known::find_post;
use super::{AuthorRecommended, Endorsement, Nomination, NominationKind, NominationState, store};
use crate::access::account::{Actor, Permission};
use crate::access::audit::ResourceType;
use crate::access::audit::act::audit;
use crate::access::link::{self, Purpose};
use crate::access::outbox::{self, EmailTemplate};
use crate::casework::triage::{self, CaseChanged};
use crate::db::Tx;
use crate::kernel::clock::Time;
use crate::kernel::error::{Error, Result, ValidationErrors};
use crate::kernel::ids::{AuthorId, MentionId, NominationId, PanelDayId};
use crate::listening::{author, mention};
use crate::program::day;

/// The nomination that is meant, and the revision that was seen.
#[derive(Clone, Copy, Debug)]
pub struct SeenNomination {
    pub id: NominationId,
    pub revision: i64,
}

/// Accepts a nomination: a known mention gets its case in triage, a known author may be put on the shortlist of a day. `known` is the
/// address of the mention or author here, where the nomination itself does not lead to it.
///
/// # Errors
/// `Invalid` on `known`; `Conflict` for one that is decided, or where the author does not fit the day.
pub async fn accept(
    tx: &mut Tx,
    actor: &Actor,
    now: Time,
    seen: SeenNomination,
    known: &str,
    day: Option<PanelDayId>,
) -> Result<Nomination> {
    let mut nomination = find_undecided(tx, actor, seen).await?;
    match nomination.kind {
        NominationKind::Post => resolve_post(tx, &mut nomination, known).await?,
        NominationKind::Person => resolve_author(tx, &mut nomination, known).await?,
    }
    nomination.state = NominationState::Accepted;
    nomination.decided_at = Some(now);
    nomination.decided_by = actor.account().map(|id| id.0);
    if let (NominationKind::Post, Some(mention)) = (nomination.kind, nomination.mention_id) {
        match triage::store::find(tx, mention).await? {
            None => {
                triage::act::add_to_queue(tx, actor, now, mention).await?;
            }
            Some(case) => {
                (nomination.state, nomination.answer_url, nomination.reason) = match case.state {
                    triage::CaseState::Answered => (NominationState::Answered, case.answer_url, None),
                    triage::CaseState::NoAction => (NominationState::Closed, None, case.reason),
                    _ => (NominationState::Accepted, None, None),
                };
            }
        }
    }
    let recommended = match (nomination.kind, day) {
        (NominationKind::Person, Some(day)) => {
            let author = nomination.author_id.ok_or_else(|| {
                Error::field("day", "Only an imported author can be added to a shortlist. Enter the address of the author’s page, or choose “No panel day”.")
            })?;
            let day = day::store::find(tx, day).await?.filter(|day| day.program_id == nomination.program_id).ok_or(Error::NotFound)?;
            Some(AuthorRecommended { actor: actor.clone(), at: now, author, day: day.id })
        }
        _ => None,
    };
    let nomination = save(tx, actor, now, nomination, "accepted").await?;
    if let Some(recommended) = recommended {
        tx.emit(&recommended).await?;
    }
    Ok(nomination)
}

/// Declines a nomination. Whoever made it reads the reason.
///
/// # Errors
/// `Invalid` without a reason; `Conflict` for one that is decided.
pub async fn decline(tx: &mut Tx, actor: &Actor, now: Time, seen: SeenNomination, reason: &str) -> Result<Nomination> {
    let mut nomination = find_undecided(tx, actor, seen).await?;
    let mut errors = ValidationErrors::default();
    let reason = errors.lines("reason", "The reason", reason, 500);
    errors.finish()?;
    nomination.state = NominationState::Declined;
    nomination.decided_at = Some(now);
    nomination.decided_by = actor.account().map(|id| id.0);
    nomination.reason = Some(reason);
    save(tx, actor, now, nomination, "declined").await
}

/// Notes the public answer to an accepted mention that we do not have: those among our own are answered in triage.
///
/// # Errors
/// `Invalid` on `link`; `Conflict` for anything else.
pub async fn answer(tx: &mut Tx, actor: &Actor, now: Time, seen: SeenNomination, link: &str) -> Result<Nomination> {
    let mut nomination = find_unchanged(tx, actor, seen).await?;
    if nomination.state != NominationState::Accepted || nomination.kind != NominationKind::Post {
        return Err(Error::conflict("Accept this nomination before you record an answer."));
    }
    if nomination.mention_id.is_some() {
        return Err(Error::conflict("This mention has a triage case. Record the answer there."));
    }
    let mut errors = ValidationErrors::default();
    let link = triage::rules::link(&mut errors, link);
    errors.finish()?;
    nomination.state = NominationState::Answered;
    nomination.answer_url = Some(link);
    save(tx, actor, now, nomination, "answered").await
}

/// Removes a nomination for good, with all that was said about it. Nobody is told.
///
/// # Errors
/// `NotFound`.
pub async fn remove(tx: &mut Tx, actor: &Actor, now: Time, id: NominationId) -> Result<Nomination> {
    actor.may(Permission::DecideNominations)?;
    let nomination = store::find(tx, id).await?.ok_or(Error::NotFound)?;
    if !store::delete(tx, id).await? {
        return Err(Error::NotFound);
    }
    audit(actor, now, "removed", ResourceType::Nomination, id).record(tx);
    Ok(nomination)
}

/// What triage did with a mention reaches those who nominated it, in the same transaction.
pub(crate) async fn follow_case(tx: &mut Tx, CaseChanged { at, case }: &CaseChanged) -> Result<()> {
    let state = match case.state {
        triage::CaseState::Answered => NominationState::Answered,
        triage::CaseState::NoAction => NominationState::Closed,
        _ => NominationState::Accepted,
    };
    for mut nomination in store::list_of_post(tx, case.mention_id).await? {
        if nomination.state == NominationState::Declined || (state == NominationState::Accepted && nomination.state == NominationState::New)
        {
            continue;
        }
        // The case changed in something else, such as the name of its unit: there is no news for those who nominated.
        if (nomination.state, &nomination.answer_url, &nomination.reason) == (state, &case.answer_url, &case.reason) {
            continue;
        }
        nomination.state = state;
        nomination.decided_at = nomination.decided_at.or(Some(*at));
        nomination.answer_url = case.answer_url.clone();
        nomination.reason = case.reason.clone();
        if !store::update(tx, &nomination).await? {
            return Err(stale_error());
        }
        nomination.revision += 1;
        if state != NominationState::Accepted {
            let endorsements = store::list_endorsements(tx, &[nomination.id]).await?;
            notify(tx, *at, &nomination, &endorsements).await?;
        }
    }
    Ok(())
}

/// Somebody else nominated what was declined: it waits again.
pub(super) async fn wait_again(tx: &mut Tx, mut nomination: Nomination) -> Result<()> {
    nomination.state = NominationState::New;
    (nomination.decided_at, nomination.decided_by, nomination.reason) = (None, None, None);
    if store::update(tx, &nomination).await? { Ok(()) } else { Err(stale_error()) }
}

/// Emails what became of it. One outcome is one email, however often it is recorded.
pub(super) async fn notify(tx: &mut Tx, now: Time, nomination: &Nomination, endorsements: &[Endorsement]) -> Result<()> {
    for endorsement in endorsements {
        let link = link::act::current(tx, now, Purpose::Nominate, endorsement.nominator_id.0).await?;
        let email = outbox::act::QueueEmail {
            template: EmailTemplate::Nomination,
            recipient: endorsement.email.clone(),
            recipient_name: String::new(),
            // The words themselves are read when the email is written: what is erased until then is in no email.
            params: json!({ "nomination": nomination.id, "outcome": nomination.state }),
            link: Some(link.id),
            subject: Some(endorsement.nominator_id.0),
            key: format!("nomination:{}:{}:{}", endorsement.id, nomination.state.as_str(), nomination.revision),
        };
        outbox::act::queue(tx, now, email).await?;
    }
    Ok(())
}

async fn save(tx: &mut Tx, actor: &Actor, now: Time, mut nomination: Nomination, action: &'static str) -> Result<Nomination> {
    if !store::update(tx, &nomination).await? {
        return Err(stale_error());
    }
    nomination.revision += 1;
    let endorsements = store::list_endorsements(tx, &[nomination.id]).await?;
    notify(tx, now, &nomination, &endorsements).await?;
    audit(actor, now, action, ResourceType::Nomination, nomination.id)
        .with(json!({ "state": nomination.state, "reason": nomination.reason, "nominators": endorsements.len() }))
        .record(tx);
    Ok(nomination)
}

/// The mention that is meant: by the address given, else by the link, since an import may have brought it in the meantime.
async fn resolve_post(tx: &mut Tx, nomination: &mut Nomination, known: &str) -> Result<()> {
    let found = match id_in_address(known) {
        Some(id) => {
            let mention = mention::store::find(tx, MentionId(id)).await?.filter(|mention| mention.program_id == nomination.program_id);
            Some(mention.map(|mention| (mention.id, mention.author_id)).ok_or_else(|| unknown("mention", "/mentions/"))?)
        }
        None if !known.trim().is_empty() => return Err(unknown("mention", "/mentions/")),
        None => match (&nomination.url, nomination.mention_id) {
            (Some(url), None) => find_post(tx, nomination.program_id, url).await?,
            _ => None,
        },
    };
    if let Some((mention, author)) = found {
        (nomination.mention_id, nomination.author_id, nomination.text) = (Some(mention), Some(author), None);
    }
    Ok(())
}

async fn resolve_author(tx: &mut Tx, nomination: &mut Nomination, known: &str) -> Result<()> {
    let found = match id_in_address(known) {
        Some(id) => {
            let author = author::store::find(tx, AuthorId(id)).await?.filter(|author| author.program_id == nomination.program_id);
            Some(author.ok_or_else(|| unknown("author", "/authors/"))?)
        }
        None if !known.trim().is_empty() => return Err(unknown("author", "/authors/")),
        None => match (&nomination.network, &nomination.person, nomination.author_id) {
            (Some(network), Some(person), None) => match author::rules::parse_handle(person) {
                Ok(handle) => author::store::find_by_handle(tx, nomination.program_id, network, &handle.key).await?,
                Err(_) => None,
            },
            _ => None,
        },
    };
    if let Some(author) = found {
        nomination.author_id = Some(author.id);
    }
    Ok(())
}

/// The id at the end of an address of ours.
fn id_in_address(known: &str) -> Option<uuid::Uuid> {
    known.trim().split(['?', '#']).next()?.trim_end_matches('/').rsplit('/').next()?.parse().ok()
}

fn unknown(what: &str, path: &str) -> Error {
    Error::field("known", format!("This program has no {what} at that address. Enter the address of its page, such as {path}…"))
}

/// The nomination that was seen, if nobody else has changed it.
async fn find_unchanged(tx: &mut Tx, actor: &Actor, seen: SeenNomination) -> Result<Nomination> {
    actor.may(Permission::DecideNominations)?;
    let nomination = store::find(tx, seen.id).await?.ok_or(Error::NotFound)?;
    if nomination.revision == seen.revision { Ok(nomination) } else { Err(stale_error()) }
}

/// The same, while it waits.
async fn find_undecided(tx: &mut Tx, actor: &Actor, seen: SeenNomination) -> Result<Nomination> {
    let nomination = find_unchanged(tx, actor, seen).await?;
    match nomination.state {
        NominationState::New => Ok(nomination),
        state => Err(Error::conflict(format!("This nomination is already {}.", state.label()))),
    }
}

fn stale_error() -> Error {
    Error::conflict("Someone else has changed this nomination. Check it, then try again.")
}
