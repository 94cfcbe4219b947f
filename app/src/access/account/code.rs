//! Six-digit codes by email, for acts that need more than a link.

use serde_json::json;
use uuid::Uuid;

use super::rules;
use super::store::{self, CodeRow};
use crate::access::outbox::{self, EmailTemplate};
use crate::coded;
use crate::db::Tx;
use crate::kernel::clock::Time;
use crate::kernel::error::{Error, Result};
use crate::kernel::ids::CodeId;
use crate::kernel::message::Message;
use crate::kernel::secret::fingerprint;

#[derive(Clone, Debug)]
pub struct AskCode<'a> {
    /// "leave", "permission" or "download".
    pub purpose: &'a str,
    pub subject: Uuid,
    pub recipient: &'a str,
    pub recipient_name: &'a str,
}

/// Emails a six-digit code. The code is derived when the email is written (`code_digits`); only its fingerprint is kept.
///
/// # Errors
/// `Wait` when the person, or the address, was sent `MAX_CODES_PER_HOUR` codes within an hour.
pub async fn ask_for_code(tx: &mut Tx, now: Time, ask: AskCode<'_>) -> Result<()> {
    let asked = store::list_codes(tx, ask.subject, now - chrono::Duration::hours(1)).await?;
    let times: Vec<Time> = asked.iter().map(|(at, _)| *at).collect();
    let by_person = rules::wait(&times, rules::MAX_CODES_PER_HOUR, now);
    let by_address = outbox::act::wait(tx, now, EmailTemplate::Code, ask.recipient).await?;
    if let Some(wait) = by_person.max(by_address) {
        return Err(Error::Wait(coded!("error-code-wait", limit = rules::MAX_CODES_PER_HOUR, minutes = rules::whole_minutes(wait))));
    }
    if let Some(wait) = wait_to_try(&asked, now) {
        return Err(Error::Wait(too_many_tries(wait)));
    }
    let id = CodeId::new();
    let code = CodeRow {
        id,
        code_hash: fingerprint(&code_digits(tx, id)),
        expires_at: now + chrono::Duration::minutes(rules::CODE_MINUTES),
        tries: 0,
    };
    store::create_code(tx, now, ask.purpose, ask.subject, &code).await?;
    let email = outbox::act::QueueEmail {
        template: EmailTemplate::Code,
        recipient: ask.recipient.to_owned(),
        recipient_name: ask.recipient_name.to_owned(),
        params: json!({"code": id, "purpose": ask.purpose}),
        link: None,
        subject: Some(ask.subject),
        key: format!("code:{id}"),
    };
    outbox::act::queue(tx, now, email).await?;
    Ok(())
}

/// How long no code of this person may be tried, given the codes of the last hour: until enough tries are an hour old.
pub(super) fn wait_to_try(asked: &[(Time, i64)], now: Time) -> Option<chrono::Duration> {
    let tries = |at: &[(Time, i64)]| at.iter().map(|(_, tries)| tries).sum::<i64>();
    let first = (0..asked.len()).find(|from| tries(&asked[from + 1..]) < rules::MAX_TRIES_PER_HOUR)?;
    (tries(asked) >= rules::MAX_TRIES_PER_HOUR).then(|| asked[first].0 + chrono::Duration::hours(1) - now)
}

fn too_many_tries(wait: chrono::Duration) -> Message {
    coded!("error-code-tries-wait", limit = rules::MAX_TRIES_PER_HOUR, minutes = rules::whole_minutes(wait))
}

/// The six digits of a code, derived from its id.
#[must_use]
pub fn code_digits(tx: &Tx, id: CodeId) -> String {
    let derived = fingerprint(&tx.secret().derive("code", id.0.as_bytes()));
    let number = u64::from_str_radix(&derived[..12], 16).unwrap_or(0) % 1_000_000;
    format!("{number:06}")
}

/// Checks a typed code and uses it up. The caller commits in either case, so that a wrong try counts.
///
/// # Errors
/// `Invalid` on the field `code`: wrong, too old, or tried too often.
pub async fn check_code(tx: &mut Tx, now: Time, purpose: &str, subject: Uuid, typed: &str) -> Result<()> {
    let refuse = |why: Message| Err(Error::field("code", why));
    if let Some(wait) = wait_to_try(&store::list_codes(tx, subject, now - chrono::Duration::hours(1)).await?, now) {
        return refuse(too_many_tries(wait));
    }
    let Some(code) = store::try_code(tx, purpose, subject).await? else {
        return refuse(coded!("error-code-none"));
    };
    if code.tries > rules::MAX_CODE_TRIES {
        return refuse(coded!("error-code-tries"));
    }
    if code.expires_at <= now {
        return refuse(coded!("error-code-expired", minutes = rules::CODE_MINUTES));
    }
    let digits: String = typed.chars().filter(char::is_ascii_digit).collect();
    if fingerprint(&digits) != code.code_hash {
        return refuse(coded!("error-code-wrong"));
    }
    store::use_code(tx, code.id, now).await
}
