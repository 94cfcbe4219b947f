//! Accounts and signing in: by password, by mail link, by personal link; codes by mail; ending logins.

use argon2::password_hash::phc::PasswordHash;
use argon2::{Argon2, PasswordHasher, PasswordVerifier};
use serde_json::json;
use uuid::Uuid;

use super::store::{self, Code, NewLogin};
use super::{Account, Actor, Role, Verb, rules};
use crate::activity::Thing;
use crate::activity::act::did;
use crate::clock::Time;
use crate::db::Tx;
use crate::error::{Error, Result, Wrong};
use crate::ids::{AccountId, CodeId, LoginId};
use crate::link::{self, Link, Purpose};
use crate::outbox::{self, Template};
use crate::secret::{fingerprint, random_token};

/// A new or changed account.
#[derive(Clone, Debug)]
pub struct Profile {
    pub email: String,
    pub name: String,
    pub role: Role,
    pub unit: String,
}

/// Adds an account.
///
/// # Errors
/// `Invalid` for a mistyped or taken address, a missing name, a responder without a unit.
pub async fn add(tx: &mut Tx, actor: &Actor, now: Time, cmd: Profile) -> Result<Account> {
    actor.may(Verb::ManageAccounts)?;
    let mut wrong = Wrong::default();
    let name = wrong.text("name", "The name", &cmd.name, 120);
    let unit = check_unit(&mut wrong, cmd.role, &cmd.unit);
    let email = rules::parse_email(&cmd.email).unwrap_or_else(|error| {
        wrong.say("email", error.message());
        String::new()
    });
    wrong.finish()?;
    let account = Account { id: AccountId::new(), email, name, role: cmd.role, unit, created_at: now, closed_at: None };
    if !store::create(tx, &account).await? {
        return Err(Error::field("email", "There is already an account with this address."));
    }
    did(actor, now, "added", Thing::Account, account.id).with(json!({"role": account.role, "unit": account.unit})).record(tx);
    Ok(account)
}

/// Changes name, role and unit. A change of role ends the account's logins, so that it takes effect at once.
///
/// # Errors
/// `NotFound`; `Invalid`; `Conflict` when the last administrator would stop being one.
pub async fn change(tx: &mut Tx, actor: &Actor, now: Time, id: AccountId, cmd: Profile) -> Result<()> {
    actor.may(Verb::ManageAccounts)?;
    let mut account = store::find(tx, id).await?.ok_or(Error::NotFound)?;
    let mut wrong = Wrong::default();
    account.name = wrong.text("name", "The name", &cmd.name, 120);
    account.unit = check_unit(&mut wrong, cmd.role, &cmd.unit);
    wrong.finish()?;
    let before = account.role;
    if before != cmd.role {
        keep_an_administrator(tx, &account).await?;
        store::revoke_all(tx, id, now).await?;
    }
    account.role = cmd.role;
    store::update(tx, &account).await?;
    did(actor, now, "changed", Thing::Account, id)
        .with(json!({"role": {"before": before, "after": cmd.role}, "unit": account.unit}))
        .record(tx);
    Ok(())
}

/// Closes an account and ends its logins. What it did stays in the record.
///
/// # Errors
/// `NotFound`; `Conflict` for the last administrator.
pub async fn close(tx: &mut Tx, actor: &Actor, now: Time, id: AccountId) -> Result<()> {
    actor.may(Verb::ManageAccounts)?;
    let mut account = store::find(tx, id).await?.ok_or(Error::NotFound)?;
    keep_an_administrator(tx, &account).await?;
    account.closed_at = Some(now);
    store::update(tx, &account).await?;
    store::revoke_all(tx, id, now).await?;
    did(actor, now, "closed", Thing::Account, id).record(tx);
    Ok(())
}

/// Sets one's own password. The caller has hashed it outside the transaction (`hash_password` takes tens of milliseconds).
pub async fn set_password(tx: &mut Tx, actor: &Actor, now: Time, hash: &str) -> Result<()> {
    actor.may(Verb::SeeSelf)?;
    let id = actor.account().ok_or(Error::Forbidden)?;
    store::update_password(tx, id, hash).await?;
    did(actor, now, "set a password", Thing::Account, id).record(tx);
    Ok(())
}

/// Hashes a password with argon2id and the crate's recommended cost (19 MiB, 2 passes: OWASP's first choice).
///
/// # Errors
/// `Invalid` for one that is too short or too long.
pub fn hash_password(password: &str) -> Result<String> {
    rules::check_password(password)?;
    Argon2::default().hash_password(password.as_bytes()).map(|hash| hash.to_string()).map_err(|e| Error::Internal(e.to_string()))
}

/// Whether `password` is the one behind `hash`. Without a hash it takes as long and says no, so that an address with an
/// account cannot be told from one without.
#[must_use]
pub fn verify_password(password: &str, hash: Option<&str>) -> bool {
    const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$Hfb9Cj4Rrzx1VGpSr6A0nyOZ2pWyfBfZ2Jb3uGkxSpY";
    let known = hash.is_some();
    PasswordHash::new(hash.unwrap_or(NOBODY)).is_ok_and(|parsed| Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok())
        && known
}

/// What signing in by password needs to know, read before the slow check.
pub async fn password_of(tx: &mut Tx, email: &str) -> Result<Option<(Account, Option<String>)>> {
    let Some(account) = store::find_by_email(tx, &email.trim().to_lowercase()).await? else { return Ok(None) };
    let hash = store::find_password(tx, account.id).await?;
    Ok(Some((account, hash)))
}

/// Signs an account in on one device. Gives the token for the cookie; only its fingerprint is kept.
pub async fn sign_in(tx: &mut Tx, now: Time, account: AccountId, device: &str) -> Result<String> {
    let token = random_token();
    let login = NewLogin {
        account: Some(account),
        link: None,
        token_hash: &fingerprint(&token),
        expires_at: now + rules::login_lasts(),
        device: &device.chars().take(200).collect::<String>(),
    };
    store::create_login(tx, now, &login).await?;
    let actor = Actor::Account { id: account, role: Role::Viewer, unit: None, name: String::new() };
    did(&actor, now, "signed in", Thing::Account, account).record(tx);
    Ok(token)
}

/// Sends a sign-in link to an address, if it has an account. The answer is the same either way.
pub async fn ask_for_link(tx: &mut Tx, now: Time, email: &str) -> Result<()> {
    let email = rules::parse_email(email)?;
    let Some(account) = store::find_by_email(tx, &email).await? else { return Ok(()) };
    let link = link::act::create(tx, now, Purpose::SignIn, account.id.0).await?;
    let mail = outbox::act::Queue {
        template: Template::SignIn,
        recipient: account.email,
        recipient_name: account.name,
        params: json!({}),
        link: Some(link.id),
        subject: Some(account.id.0),
        key: format!("sign_in:{}", link.id),
    };
    outbox::act::queue(tx, now, mail).await?;
    Ok(())
}

/// Swaps a personal link for a login. A sign-in link signs its account in and is used up; any other gives a login for
/// just the link's purpose, which ends when the link does.
///
/// # Errors
/// `NotFound` and `Gone`, as `link::act::follow`; `Gone` for a closed account.
pub async fn enter(tx: &mut Tx, now: Time, token: &str, device: &str) -> Result<(String, Link)> {
    let link = link::act::follow(tx, now, token).await?;
    link::store::open(tx, link.id, now).await?;
    if link.purpose == Purpose::SignIn {
        let account = store::find(tx, AccountId(link.subject_id)).await?.filter(|account| account.closed_at.is_none());
        let account = account.ok_or_else(|| Error::Gone("This account has been closed.".into()))?;
        link::store::revoke(tx, Purpose::SignIn, link.subject_id, now).await?;
        return Ok((sign_in(tx, now, account.id, device).await?, link));
    }
    let cookie = random_token();
    let login = NewLogin {
        account: None,
        link: Some(link.id),
        token_hash: &fingerprint(&cookie),
        expires_at: link.expires_at.min(now + rules::login_lasts()),
        device: &device.chars().take(200).collect::<String>(),
    };
    store::create_login(tx, now, &login).await?;
    Ok((cookie, link))
}

/// Who is behind a cookie. `Nobody` when the login has ended, or the link that it came by. And its login, where `used` is to
/// remember that it is in use: not more than once an hour, so that pages stay reads.
pub async fn recognise(tx: &mut Tx, now: Time, cookie: &str) -> Result<(Actor, Option<LoginId>)> {
    let Some(holder) = store::find_holder(tx, &fingerprint(cookie), now).await? else { return Ok((Actor::Nobody, None)) };
    let actor = match (holder.account_id, holder.role, holder.link_id) {
        (Some(id), Some(role), _) => Actor::Account { id, role, unit: holder.unit, name: holder.name.unwrap_or_default() },
        (_, _, Some(link)) => match link::store::find(tx, link).await? {
            Some(link) if link::rules::check(&link, now).is_ok() => {
                Actor::Link { id: link.id, purpose: link.purpose, subject: link.subject_id }
            }
            _ => Actor::Nobody,
        },
        _ => Actor::Nobody,
    };
    Ok((actor, (holder.seen_at < now - chrono::Duration::hours(1)).then_some(holder.login_id)))
}

/// Remembers when a login was used last, for the list of one's own logins.
///
/// # Errors
/// What the database says.
pub async fn used(tx: &mut Tx, now: Time, login: LoginId) -> Result<()> {
    store::touch_login(tx, login, now).await
}

/// Ends one of one's own logins.
///
/// # Errors
/// `NotFound` for a login that is not one's own.
pub async fn end_login(tx: &mut Tx, actor: &Actor, now: Time, id: LoginId) -> Result<()> {
    actor.may(Verb::SeeSelf)?;
    let account = actor.account().ok_or(Error::Forbidden)?;
    if !store::revoke_login(tx, account, id, now).await? {
        return Err(Error::NotFound);
    }
    did(actor, now, "ended a login", Thing::Account, account).record(tx);
    Ok(())
}

/// Whom a code is sent to and for what.
#[derive(Clone, Debug)]
pub struct AskCode<'a> {
    /// "leave", "permission" or "download".
    pub purpose: &'a str,
    pub subject: Uuid,
    pub recipient: &'a str,
    pub recipient_name: &'a str,
}

/// Mails a six-digit code. The code is derived when the mail is written (`code_digits`); only its fingerprint is kept.
pub async fn ask_for_code(tx: &mut Tx, now: Time, ask: AskCode<'_>) -> Result<()> {
    let id = CodeId::new();
    let code = Code {
        id,
        code_hash: fingerprint(&code_digits(tx, id)),
        expires_at: now + chrono::Duration::minutes(rules::CODE_MINUTES),
        tries: 0,
    };
    store::create_code(tx, now, ask.purpose, ask.subject, &code).await?;
    let mail = outbox::act::Queue {
        template: Template::Code,
        recipient: ask.recipient.to_owned(),
        recipient_name: ask.recipient_name.to_owned(),
        params: json!({"code": id, "purpose": ask.purpose}),
        link: None,
        subject: Some(ask.subject),
        key: format!("code:{id}"),
    };
    outbox::act::queue(tx, now, mail).await?;
    Ok(())
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
    let wrong = |why: &str| Err(Error::field("code", why));
    let Some(code) = store::try_code(tx, purpose, subject).await? else {
        return wrong("There is no code waiting. Please ask for a new one.");
    };
    if code.tries > rules::CODE_TRIES {
        return wrong("That was too many tries. Please ask for a new code.");
    }
    if code.expires_at <= now {
        return wrong("This code is more than 10 minutes old. Please ask for a new one.");
    }
    let digits: String = typed.chars().filter(char::is_ascii_digit).collect();
    if fingerprint(&digits) != code.code_hash {
        return wrong("This is not the code in the mail. Please check the digits.");
    }
    store::use_code(tx, code.id, now).await
}

fn check_unit(wrong: &mut Wrong, role: Role, unit: &str) -> Option<String> {
    let unit = wrong.optional("unit", "The unit", unit, 80);
    if role == Role::Responder && unit.is_empty() {
        wrong.say("unit", "A responder answers for a business unit. Please name it.");
    }
    (!unit.is_empty()).then_some(unit)
}

async fn keep_an_administrator(tx: &mut Tx, account: &Account) -> Result<()> {
    let others = store::list(tx).await?.into_iter().any(|a| a.id != account.id && a.role == Role::Administrator && a.closed_at.is_none());
    if account.role == Role::Administrator && !others {
        return Err(Error::conflict("This is the only administrator. Make somebody else one first."));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use chrono::Duration;

    use super::*;
    use crate::clock::now;
    use crate::testing::each_db;

    const SYSTEM: Actor = Actor::System("test");

    async fn ada(tx: &mut Tx) -> Account {
        let cmd = Profile { email: "ada@example.com".into(), name: "Ada Okafor".into(), role: Role::Administrator, unit: String::new() };
        add(tx, &SYSTEM, now(), cmd).await.expect("Ada")
    }

    #[tokio::test]
    async fn a_login_opens_until_it_is_revoked() {
        each_db(|db| async move {
            let mut tx = db.begin().await.expect("tx");
            let ada = ada(&mut tx).await;
            let cookie = sign_in(&mut tx, now(), ada.id, "Firefox on a laptop").await.expect("signed in");
            let (actor, login) = recognise(&mut tx, now(), &cookie).await.expect("recognised");
            assert_eq!((actor.account(), login), (Some(ada.id), None), "nothing to remember within the hour");
            let later = now() + Duration::hours(2);
            let login = recognise(&mut tx, later, &cookie).await.expect("recognised").1.expect("a use to remember");
            used(&mut tx, later, login).await.expect("remembered");
            assert_eq!(recognise(&mut tx, later, &cookie).await.expect("recognised").1, None);
            end_login(&mut tx, &actor, now(), login).await.expect("ended");
            assert_eq!(recognise(&mut tx, now(), &cookie).await.expect("read").0, Actor::Nobody);
            tx.commit().await.expect("commit");
        })
        .await;
    }

    #[tokio::test]
    async fn a_sign_in_link_works_once_and_for_twenty_minutes() {
        each_db(|db| async move {
            let mut tx = db.begin().await.expect("tx");
            let ada = ada(&mut tx).await;
            let link = link::act::create(&mut tx, now(), Purpose::SignIn, ada.id.0).await.expect("a link");
            let token = link::act::token(tx.secret(), &link);
            assert!(matches!(enter(&mut tx, now() + Duration::minutes(21), &token, "phone").await, Err(Error::Gone(_))));
            enter(&mut tx, now(), &token, "phone").await.expect("opens");
            assert!(matches!(enter(&mut tx, now(), &token, "phone").await, Err(Error::Gone(_))));
            assert!(matches!(enter(&mut tx, now(), "made-up", "phone").await, Err(Error::NotFound)));
        })
        .await;
    }

    #[tokio::test]
    async fn a_code_is_good_for_five_tries() {
        each_db(|db| async move {
            let mut tx = db.begin().await.expect("tx");
            let subject = Uuid::now_v7();
            let ask = AskCode { purpose: "leave", subject, recipient: "pia@example.com", recipient_name: "Pia" };
            ask_for_code(&mut tx, now(), ask.clone()).await.expect("asked");
            for _ in 0..5 {
                assert!(check_code(&mut tx, now(), "leave", subject, "nonsense").await.is_err());
            }
            let mail = outbox::store::list_for(&mut tx, subject).await.expect("mail").remove(0);
            let id: CodeId = serde_json::from_value(mail.params["code"].clone()).expect("an id");
            let digits = code_digits(&tx, id);
            assert!(
                check_code(&mut tx, now(), "leave", subject, &digits).await.is_err(),
                "the sixth try is too late even with the right code"
            );
            ask_for_code(&mut tx, now(), ask).await.expect("asked again");
            let newest = outbox::store::list_for(&mut tx, subject).await.expect("mail").remove(0);
            let id: CodeId = serde_json::from_value(newest.params["code"].clone()).expect("an id");
            let digits = code_digits(&tx, id);
            check_code(&mut tx, now(), "leave", subject, &digits).await.expect("right code, first try");
            assert!(check_code(&mut tx, now(), "leave", subject, &digits).await.is_err(), "used up");
        })
        .await;
    }

    #[tokio::test]
    async fn the_last_administrator_stays_one() {
        each_db(|db| async move {
            let mut tx = db.begin().await.expect("tx");
            let ada = ada(&mut tx).await;
            let cmd = Profile { email: ada.email.clone(), name: ada.name.clone(), role: Role::Viewer, unit: String::new() };
            assert!(matches!(change(&mut tx, &SYSTEM, now(), ada.id, cmd).await, Err(Error::Conflict(_))));
            assert!(matches!(close(&mut tx, &SYSTEM, now(), ada.id).await, Err(Error::Conflict(_))));
        })
        .await;
    }

    #[test]
    fn an_unknown_address_takes_the_same_path_and_says_no() {
        let hash = hash_password("a long enough password").expect("hashed");
        assert!(verify_password("a long enough password", Some(&hash)));
        assert!(!verify_password("another password", Some(&hash)));
        assert!(!verify_password("anything", None));
    }
}
