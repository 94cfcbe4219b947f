//! Accounts and signing in: by password, by mail link, by personal link; codes by mail; ending logins.

use argon2::password_hash::phc::PasswordHash;
use argon2::{Argon2, PasswordHasher, PasswordVerifier};
use serde_json::json;
use uuid::Uuid;

use super::store::{self, Code, NewLogin};
use super::{Account, Actor, Role, Verb, rules};
use crate::activity::Thing;
use crate::activity::act::did;
use crate::address::Email;
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
    let email = wrong.email(&cmd.email);
    wrong.finish()?;
    let account = Account { id: AccountId::new(), email, name, role: cmd.role, unit, created_at: now, closed_at: None, revision: 1 };
    if !store::create(tx, &account).await? {
        return Err(Error::field("email", "There is already an account with this address."));
    }
    did(actor, now, "added", Thing::Account, account.id).with(json!({"role": account.role, "unit": account.unit})).record(tx);
    Ok(account)
}

/// Changes name, role and unit of an account as it was at `revision`. A change of role ends the account's logins, so that it takes effect
/// at once.
///
/// # Errors
/// `NotFound`; `Invalid`; `Conflict` when the last administrator would stop being one, when somebody else changed the account in between,
/// or when it is closed.
pub async fn change(tx: &mut Tx, actor: &Actor, now: Time, id: AccountId, revision: i64, cmd: Profile) -> Result<()> {
    actor.may(Verb::ManageAccounts)?;
    let mut account = as_read(tx, id, revision).await?;
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
    if !store::update(tx, &account).await? {
        return Err(changed_meanwhile());
    }
    did(actor, now, "changed", Thing::Account, id)
        .with(json!({"role": {"before": before, "after": cmd.role}, "unit": account.unit}))
        .record(tx);
    Ok(())
}

/// Closes an account as it was at `revision`, and ends its logins. What it did stays in the record.
///
/// # Errors
/// `NotFound`; `Conflict` for the last administrator, when somebody else changed the account in between, or when it is closed.
pub async fn close(tx: &mut Tx, actor: &Actor, now: Time, id: AccountId, revision: i64) -> Result<Account> {
    actor.may(Verb::ManageAccounts)?;
    let account = as_read(tx, id, revision).await?;
    keep_an_administrator(tx, &account).await?;
    if !store::close(tx, id, revision, now).await? {
        return Err(changed_meanwhile());
    }
    store::revoke_all(tx, id, now).await?;
    did(actor, now, "closed", Thing::Account, id).record(tx);
    Ok(account)
}

/// The account, if it is still what somebody read.
async fn as_read(tx: &mut Tx, id: AccountId, revision: i64) -> Result<Account> {
    let account = store::find(tx, id).await?.ok_or(Error::NotFound)?;
    if account.closed_at.is_some() {
        return Err(Error::conflict(format!("The account of {} is closed.", account.name)));
    }
    if account.revision == revision { Ok(account) } else { Err(changed_meanwhile()) }
}

fn changed_meanwhile() -> Error {
    Error::conflict("Somebody else changed this account in the meantime. The list shows it as it is now. Please look, and try again.")
}

/// A new password, made ready before the transaction: hashing and checking take tens of milliseconds each.
#[derive(Clone, Debug)]
pub struct NewPassword {
    /// The stored hash that the current password was checked against; none where there was none.
    pub checked: Option<String>,
    /// The hash to store.
    pub hash: String,
    /// The cookie of the login that stays.
    pub cookie: Option<String>,
}

/// Sets one's own password and ends all other logins of the account. Whoever wants to keep somebody out does this.
///
/// # Errors
/// `Conflict` when the password has changed since the current one was checked.
pub async fn set_password(tx: &mut Tx, actor: &Actor, now: Time, cmd: &NewPassword) -> Result<()> {
    actor.may(Verb::SeeSelf)?;
    let id = actor.account().ok_or(Error::Forbidden)?;
    if store::find_password(tx, id).await? != cmd.checked {
        return Err(Error::conflict("Your password was changed a moment ago, on another device. Please try again."));
    }
    store::update_password(tx, id, &cmd.hash).await?;
    let kept = cmd.cookie.as_deref().map(fingerprint).unwrap_or_default();
    let ended = store::revoke_others(tx, id, &kept, now).await?;
    did(actor, now, "set a password", Thing::Account, id).with(json!({"logins_ended": ended})).record(tx);
    Ok(())
}

/// Mails a code to whoever has forgotten the current password and wants to set a new one.
///
/// # Errors
/// `Wait` after too many codes within an hour.
pub async fn ask_for_password_code(tx: &mut Tx, actor: &Actor, now: Time) -> Result<()> {
    actor.may(Verb::SeeSelf)?;
    let id = actor.account().ok_or(Error::Forbidden)?;
    let account = store::find(tx, id).await?.ok_or(Error::NotFound)?;
    let ask = AskCode { purpose: PASSWORD_CODE, subject: id.0, recipient: &account.email, recipient_name: &account.name };
    ask_for_code(tx, now, ask).await
}

/// What a code is for that stands for a forgotten password.
pub const PASSWORD_CODE: &str = "password";

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
    let Ok(email) = Email::parse(email) else { return Ok(None) };
    let Some(account) = store::find_by_email(tx, email.as_str()).await? else { return Ok(None) };
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

/// Ends the login of this cookie, as its owner asked.
///
/// # Errors
/// What the database says.
pub async fn sign_out(tx: &mut Tx, now: Time, cookie: &str) -> Result<()> {
    let token_hash = fingerprint(cookie);
    let Some(holder) = store::find_holder(tx, &token_hash, now).await? else { return Ok(()) };
    store::revoke_token(tx, &token_hash, now).await?;
    if let (Some(id), Some(role)) = (holder.account_id, holder.role) {
        let actor = Actor::Account { id, role, unit: holder.unit, name: holder.name.unwrap_or_default() };
        did(&actor, now, "signed out", Thing::Account, id).record(tx);
    }
    Ok(())
}

/// Sends a sign-in link to an address, if it has an account. The answer is the same either way, also when the address has got enough
/// links within the hour: those still work. `to` is the page of ours to open then.
pub async fn ask_for_link(tx: &mut Tx, now: Time, email: &str, to: Option<&str>) -> Result<()> {
    let email = Email::parse(email)?;
    let Some(account) = store::find_by_email(tx, email.as_str()).await? else { return Ok(()) };
    if outbox::act::wait(tx, now, Template::SignIn, &account.email).await?.is_some() {
        return Ok(());
    }
    let link = link::act::create(tx, now, Purpose::SignIn, account.id.0).await?;
    let mail = outbox::act::Queue {
        template: Template::SignIn,
        recipient: account.email,
        recipient_name: account.name,
        params: json!({ "to": to }),
        link: Some(link.id),
        subject: Some(account.id.0),
        key: format!("sign_in:{}", link.id),
    };
    outbox::act::queue(tx, now, mail).await?;
    Ok(())
}

/// Where a link is followed.
#[derive(Clone, Copy, Debug)]
pub struct Browser<'a> {
    /// What the browser calls itself.
    pub device: &'a str,
    /// What the page of the link left in the browser, if it did.
    pub mark: Option<&'a str>,
}

/// Swaps a personal link for a login. A sign-in link signs its account in and is used up, though pressing its button twice in one browser
/// is pressing it once; any other link gives a login for just its purpose, which ends when the link does.
///
/// # Errors
/// `NotFound` and `Gone`, as `link::act::follow`; `Gone` for a closed account.
pub async fn enter(tx: &mut Tx, now: Time, token: &str, browser: Browser<'_>) -> Result<(String, Link)> {
    let link = link::act::find(tx, token).await?;
    let mark = browser.mark.map(fingerprint);
    if !pressed_twice(&link, now, mark.as_deref()) {
        link::rules::check(&link, now)?;
    }
    link::store::open_in(tx, link.id, now, mark.as_deref()).await?;
    if link.purpose == Purpose::SignIn {
        let account = store::find(tx, AccountId(link.subject_id)).await?.filter(|account| account.closed_at.is_none());
        let account = account.ok_or_else(|| Error::Gone("This account has been closed.".into()))?;
        link::store::revoke(tx, Purpose::SignIn, link.subject_id, now).await?;
        return Ok((sign_in(tx, now, account.id, browser.device).await?, link));
    }
    Ok((visit(tx, now, &link, browser.device).await?, link))
}

/// Begins a visit by a personal link. Gives the token for the cookie.
pub async fn visit(tx: &mut Tx, now: Time, link: &Link, device: &str) -> Result<String> {
    let cookie = random_token();
    let login = NewLogin {
        account: None,
        link: Some(link.id),
        token_hash: &fingerprint(&cookie),
        expires_at: link.expires_at.min(now + rules::login_lasts()),
        device: &device.chars().take(200).collect::<String>(),
    };
    store::create_login(tx, now, &login).await?;
    Ok(cookie)
}

/// Whether this browser has used the link a moment ago.
fn pressed_twice(link: &Link, now: Time, mark: Option<&str>) -> bool {
    let lately = link.opened_at.is_some_and(|at| now - at < chrono::Duration::minutes(rules::SAME_PRESS_MINUTES));
    link.purpose == Purpose::SignIn && lately && mark.is_some() && link.opened_by.as_deref() == mark
}

/// Who is behind a cookie. `Nobody` when the login has ended, was idle for too long, or the link that it came by has ended. And its login,
/// where `used` is to remember that it is in use: not at each request, so that pages stay reads.
pub async fn recognise(tx: &mut Tx, now: Time, cookie: &str) -> Result<(Actor, Option<LoginId>)> {
    let Some(holder) = store::find_holder(tx, &fingerprint(cookie), now).await? else { return Ok((Actor::Nobody, None)) };
    let by_link = holder.link_id.is_some();
    if now - holder.seen_at >= rules::idle_lasts(by_link) {
        return Ok((Actor::Nobody, None));
    }
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
    Ok((actor, (now - holder.seen_at > rules::use_is_news_after(by_link)).then_some(holder.login_id)))
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
///
/// # Errors
/// `Wait` when the person, or the address, has got enough codes within the hour.
pub async fn ask_for_code(tx: &mut Tx, now: Time, ask: AskCode<'_>) -> Result<()> {
    let asked = store::list_codes(tx, ask.subject, now - chrono::Duration::hours(1)).await?;
    let times: Vec<Time> = asked.iter().map(|(at, _)| *at).collect();
    let by_person = rules::wait(&times, rules::CODES_AN_HOUR, now);
    let by_address = outbox::act::wait(tx, now, Template::Code, ask.recipient).await?;
    if let Some(wait) = by_person.max(by_address) {
        return Err(Error::Wait(format!(
            "You have asked for {} codes within an hour. You can ask for another one {}.",
            rules::CODES_AN_HOUR,
            rules::in_minutes(wait)
        )));
    }
    if let Some(wait) = wait_to_try(&asked, now) {
        return Err(too_many_tries(wait));
    }
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

/// How long nobody may try a code of this person, given the codes of the last hour: until enough tries are an hour old.
fn wait_to_try(asked: &[(Time, i64)], now: Time) -> Option<chrono::Duration> {
    let tries = |at: &[(Time, i64)]| at.iter().map(|(_, tries)| tries).sum::<i64>();
    let first = (0..asked.len()).find(|from| tries(&asked[from + 1..]) < rules::TRIES_AN_HOUR)?;
    (tries(asked) >= rules::TRIES_AN_HOUR).then(|| asked[first].0 + chrono::Duration::hours(1) - now)
}

fn too_many_tries(wait: chrono::Duration) -> Error {
    Error::Wait(format!("That was {} codes typed within an hour. You can go on {}.", rules::TRIES_AN_HOUR, rules::in_minutes(wait)))
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
    if let Some(wait) = wait_to_try(&store::list_codes(tx, subject, now - chrono::Duration::hours(1)).await?, now) {
        return wrong(&too_many_tries(wait).message());
    }
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
    use crate::testing::{at_once, each_db};

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
            let (phone, other) = (Browser { device: "phone", mark: Some("one") }, Browser { device: "scanner", mark: Some("two") });
            let bare = Browser { device: "script", mark: None };
            let late = now() + Duration::minutes(21);
            assert!(matches!(enter(&mut tx, late, &token, phone).await, Err(Error::Gone(_))));
            enter(&mut tx, now(), &token, phone).await.expect("opens");
            enter(&mut tx, now(), &token, phone).await.expect("a second press in the same browser");
            for stranger in [other, bare] {
                let Err(Error::Gone(why)) = enter(&mut tx, now(), &token, stranger).await else { panic!("used") };
                assert!(why.contains("used already"), "{why}");
            }
            let later = now() + Duration::minutes(3);
            assert!(matches!(enter(&mut tx, later, &token, phone).await, Err(Error::Gone(_))), "not for long");
            assert!(matches!(enter(&mut tx, now(), "made-up", phone).await, Err(Error::NotFound)));
            let (first, second) = (
                link::act::create(&mut tx, now(), Purpose::SignIn, ada.id.0).await.expect("a link"),
                link::act::create(&mut tx, now(), Purpose::SignIn, ada.id.0).await.expect("a link"),
            );
            let (first, second) = (link::act::token(tx.secret(), &first), link::act::token(tx.secret(), &second));
            enter(&mut tx, now(), &second, phone).await.expect("the newer one");
            let Err(Error::Gone(why)) = enter(&mut tx, now(), &first, phone).await else { panic!("superseded") };
            assert!(why.contains("another link"), "{why}");
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
            assert!(matches!(change(&mut tx, &SYSTEM, now(), ada.id, 1, cmd).await, Err(Error::Conflict(_))));
            assert!(matches!(close(&mut tx, &SYSTEM, now(), ada.id, 1).await, Err(Error::Conflict(_))));
        })
        .await;
    }

    async fn administrators(db: &crate::db::Db) -> usize {
        let accounts = store::list(&mut db.read().await.expect("tx")).await.expect("accounts");
        accounts.iter().filter(|account| account.role == Role::Administrator && account.closed_at.is_none()).count()
    }

    #[tokio::test]
    async fn two_administrators_who_demote_or_close_each_other_leave_one() {
        each_db(|db| async move {
            for round in 0..50 {
                let mut tx = db.begin().await.expect("tx");
                let mut pair = Vec::new();
                for name in ["Ada Okafor", "Rosa Duarte"] {
                    let email = format!("{}{round}@example.com", &name[..3]);
                    let cmd = Profile { email, name: name.into(), role: Role::Administrator, unit: String::new() };
                    pair.push(add(&mut tx, &SYSTEM, now(), cmd).await.expect("an administrator"));
                }
                tx.commit().await.expect("commit");
                let act = |by: &Account, on: &Account, closes: bool| {
                    let (db, on) = (db.clone(), on.clone());
                    let by = Actor::Account { id: by.id, role: by.role, unit: None, name: by.name.clone() };
                    async move {
                        let (by, on) = (&by, &on);
                        db.write(|tx, _| {
                            Box::pin(async move {
                                if closes {
                                    return close(tx, by, now(), on.id, on.revision).await.map(|_| ());
                                }
                                let cmd = Profile { email: String::new(), name: on.name.clone(), role: Role::Viewer, unit: String::new() };
                                change(tx, by, now(), on.id, on.revision, cmd).await
                            })
                        })
                        .await
                    }
                };
                let (one, other) = at_once(act(&pair[0], &pair[1], round % 2 == 0), act(&pair[1], &pair[0], round % 3 == 0)).await;
                assert!(one.is_ok() != other.is_ok(), "round {round}: {one:?} {other:?}");
                assert_eq!(administrators(&db).await, 1, "round {round}");
                // The next round begins with nobody left over.
                let left = store::list(&mut db.read().await.expect("tx")).await.expect("accounts");
                let left = left.into_iter().find(|a| a.role == Role::Administrator && a.closed_at.is_none()).expect("one");
                let (id, revision) = (left.id, left.revision);
                db.write(|tx, _| Box::pin(async move { store::close(tx, id, revision, now()).await.map(|_| ()) })).await.expect("closed");
            }
        })
        .await;
    }

    #[tokio::test]
    async fn a_change_never_opens_a_closed_account_again() {
        each_db(|db| async move {
            let mut tx = db.begin().await.expect("tx");
            ada(&mut tx).await;
            let cmd = Profile { email: "rosa@example.com".into(), name: "Rosa Duarte".into(), role: Role::Staff, unit: String::new() };
            let rosa = add(&mut tx, &SYSTEM, now(), cmd.clone()).await.expect("an account");
            tx.commit().await.expect("commit");
            let changed = db.write(|tx, _| Box::pin(change(tx, &SYSTEM, now(), rosa.id, rosa.revision, cmd.clone())));
            let closed = db.write(|tx, _| Box::pin(close(tx, &SYSTEM, now(), rosa.id, rosa.revision)));
            let (changed, closed) = at_once(changed, closed).await;
            assert!(changed.is_ok() != closed.is_ok(), "one was faster: {changed:?} {closed:?}");

            let mut tx = db.begin().await.expect("tx");
            let read = store::find(&mut tx, rosa.id).await.expect("read").expect("Rosa");
            if read.closed_at.is_none() {
                close(&mut tx, &SYSTEM, now(), rosa.id, read.revision).await.expect("closed");
            }
            let read = store::find(&mut tx, rosa.id).await.expect("read").expect("Rosa");
            for revision in [rosa.revision, read.revision] {
                let late = change(&mut tx, &SYSTEM, now(), rosa.id, revision, cmd.clone()).await;
                assert!(matches!(late, Err(Error::Conflict(_))), "{late:?}");
            }
            assert!(!store::update(&mut tx, &Account { closed_at: None, ..read.clone() }).await.expect("asked"), "not in the store either");
            assert_eq!(store::find(&mut tx, rosa.id).await.expect("read").expect("Rosa").closed_at, read.closed_at);
        })
        .await;
    }

    #[tokio::test]
    async fn a_login_ends_when_nobody_uses_it() {
        each_db(|db| async move {
            let mut tx = db.begin().await.expect("tx");
            let ada = ada(&mut tx).await;
            let door = link::act::create(&mut tx, now(), Purpose::Door, Uuid::now_v7()).await.expect("a link");
            let start = now();
            let login = sign_in(&mut tx, start, ada.id, "laptop").await.expect("signed in");
            let by_link = visit(&mut tx, start, &door, "phone").await.expect("a visit");
            for (cookie, idle) in [(&login, Duration::days(3)), (&by_link, Duration::hours(12))] {
                let last = start + idle - Duration::minutes(1);
                let (actor, used_again) = recognise(&mut tx, last, cookie).await.expect("recognised");
                assert_ne!(actor, Actor::Nobody, "in use until then");
                assert_eq!(recognise(&mut tx, start + idle, cookie).await.expect("read").0, Actor::Nobody, "idle for {idle}");
                used(&mut tx, last, used_again.expect("a use to remember")).await.expect("remembered");
                assert_ne!(recognise(&mut tx, last + idle - Duration::minutes(1), cookie).await.expect("read").0, Actor::Nobody);
            }
            assert_eq!(recognise(&mut tx, start + Duration::minutes(4), &by_link).await.expect("read").1, None, "not at each request");
        })
        .await;
    }

    #[tokio::test]
    async fn codes_and_tries_are_counted_by_person_over_the_hour() {
        each_db(|db| async move {
            let mut tx = db.begin().await.expect("tx");
            let (subject, start) = (Uuid::now_v7(), now());
            let ask = AskCode { purpose: "leave", subject, recipient: "pia@example.com", recipient_name: "Pia" };
            let other = AskCode { purpose: "download", subject: Uuid::now_v7(), ..ask.clone() };
            for minute in 0..5 {
                ask_for_code(&mut tx, start + Duration::minutes(minute), ask.clone()).await.expect("asked");
            }
            let soon = start + Duration::minutes(10);
            for ask in [ask.clone(), AskCode { purpose: "download", ..ask.clone() }, other] {
                let Err(Error::Wait(why)) = ask_for_code(&mut tx, soon, ask).await else { panic!("one mailbox, five codes an hour") };
                assert!(why.contains("in 50 minutes"), "{why}");
            }
            assert_eq!(outbox::store::list_for(&mut tx, subject).await.expect("mail").len(), 5);
            ask_for_code(&mut tx, start + Duration::minutes(61), ask).await.expect("an hour later");
        })
        .await;
    }

    #[tokio::test]
    async fn guessing_ends_after_ten_tries_however_many_codes_there_are() {
        each_db(|db| async move {
            let mut tx = db.begin().await.expect("tx");
            let (subject, start) = (Uuid::now_v7(), now());
            let ask = AskCode { purpose: "leave", subject, recipient: "pia@example.com", recipient_name: "Pia" };
            for _ in 0..2 {
                ask_for_code(&mut tx, start, ask.clone()).await.expect("asked");
                for _ in 0..5 {
                    assert!(check_code(&mut tx, start, "leave", subject, "nonsense").await.is_err());
                }
            }
            assert!(matches!(ask_for_code(&mut tx, start, ask.clone()).await, Err(Error::Wait(_))), "no new code to guess at");
            let Err(Error::Invalid(why)) = check_code(&mut tx, start, "leave", subject, "000000").await else { panic!("no more tries") };
            assert!(why[0].1.contains("You can go on in 60 minutes"), "{why:?}");
            ask_for_code(&mut tx, start + Duration::minutes(61), ask).await.expect("an hour later");
            assert_eq!(
                wait_to_try(&[(start, 6), (start + Duration::minutes(20), 4)], start + Duration::minutes(30)),
                Some(Duration::minutes(30))
            );
        })
        .await;
    }

    #[tokio::test]
    async fn a_new_password_ends_the_other_logins_and_is_not_set_over_another() {
        each_db(|db| async move {
            let mut tx = db.begin().await.expect("tx");
            let ada = ada(&mut tx).await;
            let mut cookies = Vec::new();
            for device in ["laptop", "stolen"] {
                cookies.push(sign_in(&mut tx, now(), ada.id, device).await.expect("signed in"));
            }
            let (actor, _) = recognise(&mut tx, now(), &cookies[0]).await.expect("recognised");
            let new = |checked: Option<&str>, hash: &str| NewPassword {
                checked: checked.map(str::to_owned),
                hash: hash.into(),
                cookie: Some(cookies[0].clone()),
            };
            set_password(&mut tx, &actor, now(), &new(None, "first")).await.expect("saved");
            assert_eq!(recognise(&mut tx, now(), &cookies[0]).await.expect("read").0, actor, "this one stays");
            assert_eq!(recognise(&mut tx, now(), &cookies[1]).await.expect("read").0, Actor::Nobody);
            let late = set_password(&mut tx, &actor, now(), &new(None, "second")).await;
            assert!(matches!(late, Err(Error::Conflict(_))), "it was checked against an older one");
            set_password(&mut tx, &actor, now(), &new(Some("first"), "second")).await.expect("saved");
        })
        .await;
    }

    #[tokio::test]
    async fn signing_out_is_recorded_as_signing_in_is() {
        each_db(|db| async move {
            let mut tx = db.begin().await.expect("tx");
            let ada = ada(&mut tx).await;
            let cookie = sign_in(&mut tx, now(), ada.id, "laptop").await.expect("signed in");
            sign_out(&mut tx, now(), &cookie).await.expect("signed out");
            sign_out(&mut tx, now(), &cookie).await.expect("twice is once");
            assert_eq!(recognise(&mut tx, now(), &cookie).await.expect("read").0, Actor::Nobody);
            tx.commit().await.expect("commit");
            let lines = crate::db::journal::list_subject(&mut db.read().await.expect("tx"), ada.id.0, 9).await.expect("lines");
            assert_eq!(lines.iter().filter(|line| line.verb == "signed out").count(), 1, "{lines:?}");
        })
        .await;
    }

    #[tokio::test]
    async fn one_mailbox_gets_five_sign_in_links_an_hour_and_nobody_learns_of_it() {
        each_db(|db| async move {
            let mut tx = db.begin().await.expect("tx");
            let ada = ada(&mut tx).await;
            for _ in 0..9 {
                ask_for_link(&mut tx, now(), "ADA@example.com", Some("/heard")).await.expect("the same answer each time");
            }
            assert_eq!(outbox::store::list_for(&mut tx, ada.id.0).await.expect("mail").len(), 5);
            ask_for_link(&mut tx, now() + Duration::minutes(61), &ada.email, None).await.expect("asked");
            assert_eq!(outbox::store::list_for(&mut tx, ada.id.0).await.expect("mail").len(), 6);
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
