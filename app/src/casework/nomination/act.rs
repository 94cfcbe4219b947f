//! Asking for a link, nominating, and saying who may. What becomes of a nomination is decided in `decision`.

use serde_json::json;
use sha2::{Digest, Sha256};

use super::known;
use super::rules::{self, some};
use super::{Endorsement, Nomination, NominationKind, NominationMade, NominationSetting, NominationState, Nominator, decision, store};
use crate::access::account::{self, Actor, Permission};
use crate::access::audit::{ResourceType, act::audit};
use crate::access::link::{self, Purpose};
use crate::access::outbox::{self, EmailTemplate};
use crate::coded;
use crate::db::Tx;
use crate::kernel::address::EmailAddress;
use crate::kernel::clock::Time;
use crate::kernel::error::{Error, Result, ValidationErrors};
use crate::kernel::ids::{EndorsementId, NominationId, NominatorId, ProgramId};
use crate::kernel::secret::hex;
use crate::listening::author;
use crate::program::{self, Program};

/// Most nominations of one person within a day.
const MAX_NOMINATIONS_A_DAY: usize = 100;

/// Says which company addresses may nominate. Nobody may where none is named.
///
/// # Errors
/// `Invalid` on `domains`; `NotFound`; `Conflict` when somebody else was quicker.
pub async fn open(tx: &mut Tx, actor: &Actor, now: Time, program: ProgramId, revision: i64, domains: &str) -> Result<NominationSetting> {
    actor.may(Permission::DecideNominations)?;
    program::store::find(tx, program).await?.ok_or(Error::NotFound)?;
    let mut errors = ValidationErrors::default();
    let domains = rules::domains(&mut errors, domains);
    errors.finish()?;
    let setting = NominationSetting { program_id: program, domains, revision };
    if !store::save_setting(tx, &setting).await? {
        return Err(Error::conflict("Someone else has changed these domains. Compare theirs below with yours, then save again."));
    }
    audit(actor, now, "said who may nominate for", ResourceType::Program, program).with(json!({ "domains": setting.domains })).record(tx);
    Ok(setting)
}

/// Emails a link to an address of the company. It is all that nominating asks for.
///
/// # Errors
/// `Invalid` on `email`: mistyped, or of a domain that may not nominate; `Conflict` while nominations are closed.
pub async fn ask(tx: &mut Tx, now: Time, email: &str) -> Result<()> {
    let email = String::from(EmailAddress::parse(email)?);
    let open = store::list_settings(tx).await?;
    if open.is_empty() {
        return Err(Error::conflict(coded!("error-nominations-closed")));
    }
    if !open.iter().any(|setting| setting.allows(&email)) {
        let domain = rules::domain(&email).unwrap_or_default();
        return Err(Error::field("email", coded!("error-nominate-domain", domain = domain)));
    }
    if let Some(wait) = outbox::act::wait(tx, now, EmailTemplate::Nominate, &email).await? {
        return Err(Error::Wait(coded!("error-nominate-wait", minutes = account::rules::whole_minutes(wait))));
    }
    let nominator = store::resolve_nominator(tx, &email, now).await?;
    let link = link::act::create(tx, now, Purpose::Nominate, nominator.id.0).await?;
    let queued = outbox::act::QueueEmail {
        template: EmailTemplate::Nominate,
        recipient: nominator.email,
        recipient_name: String::new(),
        params: json!({}),
        link: Some(link.id),
        subject: Some(nominator.id.0),
        key: format!("nominate:{}", link.id),
    };
    outbox::act::queue(tx, now, queued).await?;
    Ok(())
}

/// Who came by the link.
///
/// # Errors
/// `SignIn` and `Forbidden` from the table; `Gone` for somebody who has been forgotten.
pub async fn me(tx: &mut Tx, actor: &Actor) -> Result<Nominator> {
    actor.may(Permission::Nominate)?;
    let Actor::Link { purpose: Purpose::Nominate, subject, .. } = actor else { return Err(Error::Forbidden) };
    let found = store::find_nominator(tx, NominatorId(*subject)).await?;
    found.ok_or_else(|| Error::Gone(coded!("error-nominate-link-unknown")))
}

/// The programs for which somebody may nominate, the newest first.
pub async fn list_programs(tx: &mut Tx, nominator: &Nominator) -> Result<Vec<Program>> {
    let open = store::list_settings(tx).await?;
    let mut programs = program::store::list(tx).await?;
    programs.retain(|program| open.iter().any(|setting| setting.program_id == program.id && setting.allows(&nominator.email)));
    Ok(programs)
}

/// A mention that somebody heard.
#[derive(Clone, Debug)]
pub struct NominatePost {
    pub program: ProgramId,
    pub link: String,
    pub text: String,
    pub why: String,
}

/// A person whom somebody heard.
#[derive(Clone, Debug)]
pub struct NominatePerson {
    pub program: ProgramId,
    pub who: String,
    pub place: String,
    pub why: String,
    pub reach: String,
}

/// What became of submitting a nomination.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SubmittedNomination {
    pub id: NominationId,
    /// How many people have nominated the same before.
    pub others: usize,
    /// The same person had nominated it before, and nothing was added.
    pub again: bool,
}

/// Nominates a mention.
///
/// # Errors
/// `Invalid`, with every mistake; `Conflict` where the program's nominations are closed; `TooMany`.
pub async fn nominate_post(tx: &mut Tx, actor: &Actor, now: Time, cmd: NominatePost) -> Result<SubmittedNomination> {
    let me = allowed(tx, actor, now, cmd.program).await?;
    let mut errors = ValidationErrors::default();
    let mention = rules::mention(&mut errors, &cmd.link, &cmd.text);
    let why = some(errors.guest_lines("why", None, &cmd.why, 1000));
    errors.finish()?;
    let ours = match &mention.url {
        Some(url) => known::find_post(tx, cmd.program, url).await?,
        None => None,
    };
    let nomination = Nomination {
        kind: NominationKind::Post,
        url: mention.url,
        // We have its words already, and they go when the mention goes.
        text: if ours.is_some() { None } else { mention.text },
        mention_id: ours.map(|(mention, _)| mention),
        author_id: ours.map(|(_, author)| author),
        ..blank(now, cmd.program, mention.key)
    };
    enter(tx, actor, now, &me, nomination, (why, None)).await
}

/// Nominates a person.
///
/// # Errors
/// As `nominate_post`.
pub async fn nominate_person(tx: &mut Tx, actor: &Actor, now: Time, cmd: NominatePerson) -> Result<SubmittedNomination> {
    let me = allowed(tx, actor, now, cmd.program).await?;
    let mut errors = ValidationErrors::default();
    let person = rules::person(&mut errors, &cmd.who, &cmd.place);
    let why = errors.guest_lines("why", Some(coded!("error-nominate-why-missing")), &cmd.why, 1000);
    let reach = some(errors.guest_lines("reach", None, &cmd.reach, 300));
    errors.finish()?;
    let author = match &person.handle {
        Some(key) => author::store::find_by_handle(tx, cmd.program, &person.network, key).await?,
        None => None,
    };
    let nomination = Nomination {
        kind: NominationKind::Person,
        url: person.url,
        person: Some(person.person),
        network: Some(person.network),
        author_id: author.map(|author| author.id),
        ..blank(now, cmd.program, person.key)
    };
    enter(tx, actor, now, &me, nomination, (Some(why), reach)).await
}

async fn allowed(tx: &mut Tx, actor: &Actor, now: Time, program: ProgramId) -> Result<Nominator> {
    let me = me(tx, actor).await?;
    if !store::find_setting(tx, program).await?.allows(&me.email) {
        return Err(Error::conflict(coded!("error-nominations-closed-for-you")));
    }
    let today = store::list_own(tx, me.id, i64::try_from(MAX_NOMINATIONS_A_DAY).unwrap_or(100)).await?;
    if today.len() >= MAX_NOMINATIONS_A_DAY && today.iter().all(|(endorsement, _)| now - endorsement.at < chrono::Duration::days(1)) {
        return Err(Error::TooMany);
    }
    Ok(me)
}

fn blank(now: Time, program: ProgramId, key: String) -> Nomination {
    Nomination {
        id: NominationId::new(),
        program_id: program,
        kind: NominationKind::Post,
        state: NominationState::New,
        match_key: short(key),
        url: None,
        text: None,
        person: None,
        network: None,
        mention_id: None,
        author_id: None,
        made_at: now,
        decided_at: None,
        decided_by: None,
        reason: None,
        answer_url: None,
        revision: 1,
    }
}

/// A key of bounded length: PostgreSQL's indexes take no long ones.
fn short(key: String) -> String {
    if key.len() <= 500 { key } else { format!("sha:{}", hex(&Sha256::digest(key.as_bytes())[..20])) }
}

/// Adds the nomination, or its nominator to the same one of somebody else.
async fn enter(
    tx: &mut Tx,
    actor: &Actor,
    now: Time,
    me: &Nominator,
    nomination: Nomination,
    (why, reach): (Option<String>, Option<String>),
) -> Result<SubmittedNomination> {
    let fresh = store::create(tx, &nomination).await?;
    let existing = match fresh {
        true => nomination,
        false => store::find_same(tx, nomination.program_id, &nomination.match_key).await?.ok_or(Error::NotFound)?,
    };
    let others = if fresh { 0 } else { store::list_endorsements(tx, &[existing.id]).await?.len() };
    let endorsement = Endorsement {
        id: EndorsementId::new(),
        nomination_id: existing.id,
        nominator_id: me.id,
        email: me.email.clone(),
        at: now,
        why,
        reach,
    };
    if !store::endorse(tx, &endorsement).await? {
        return Ok(SubmittedNomination { id: existing.id, others: others.saturating_sub(1), again: true });
    }
    audit(actor, now, "nominated", ResourceType::Nomination, existing.id).with(json!({ "kind": existing.kind })).record(tx);
    if fresh {
        tx.emit(&NominationMade { at: now, nomination: existing.clone() }).await?;
    }
    match existing.state {
        NominationState::New => {}
        // Somebody else finds it worth a look as well: it is looked at again.
        NominationState::Declined => decision::wait_again(tx, existing.clone()).await?,
        // It is known what became of it.
        NominationState::Accepted | NominationState::Answered | NominationState::Closed => {
            decision::notify(tx, now, &existing, &[endorsement]).await?
        }
    }
    Ok(SubmittedNomination { id: existing.id, others, again: false })
}
