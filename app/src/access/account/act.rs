//! Adding, changing and closing accounts; signing in by password, sign-in link or personal link; signing devices out. Codes are in `code`.

use serde_json::json;

use super::code::{AskCode, ask_for_code};
pub use super::password::{hash_password, verify_password};
use super::store::{self, NewDevice};
use super::{Account, AccountMoved, Actor, Permission, Role, UnitChange, UnitRenamed, rules};
use crate::access::audit::ResourceType;
use crate::access::audit::act::audit;
use crate::access::link::{self, Link, Purpose};
use crate::access::outbox::{self, EmailTemplate};
use crate::db::Tx;
use crate::kernel::address::EmailAddress;
use crate::kernel::clock::Time;
use crate::kernel::error::{Error, Result, ValidationErrors};
use crate::kernel::ids::{AccountId, SignedInDeviceId};
use crate::kernel::secret::{fingerprint, random_token};

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
    actor.may(Permission::ManageAccounts)?;
    let mut errors = ValidationErrors::default();
    let name = errors.text("name", "The name", &cmd.name, 120);
    let unit = check_unit(&mut errors, cmd.role, &cmd.unit);
    let email = errors.email(&cmd.email);
    errors.finish()?;
    let account = Account { id: AccountId::new(), email, name, role: cmd.role, unit, created_at: now, closed_at: None, revision: 1 };
    if !store::create(tx, &account).await? {
        return Err(Error::field("email", "An account with this email address already exists."));
    }
    audit(actor, now, "added", ResourceType::Account, account.id).with(json!({"role": account.role, "unit": account.unit})).record(tx);
    Ok(account)
}

/// Adds an account, and emails the person what it is and where to sign in.
///
/// # Errors
/// As `add`.
pub async fn add_and_notify(tx: &mut Tx, actor: &Actor, now: Time, cmd: Profile) -> Result<Account> {
    let account = add(tx, actor, now, cmd).await?;
    let by = match actor {
        Actor::Account { name, .. } => name.as_str(),
        _ => "",
    };
    let queued = outbox::act::QueueEmail {
        template: EmailTemplate::AccountAdded,
        recipient: account.email.clone(),
        recipient_name: account.name.clone(),
        params: json!({ "role": account.role, "by": by, "path": "/sign-in" }),
        link: None,
        subject: Some(account.id.0),
        key: format!("account_added:{}", account.id),
    };
    outbox::act::queue(tx, now, queued).await?;
    Ok(account)
}

/// Makes a sign-in link for the account with this email address, where no email can carry one. It works once, for as long as any other.
///
/// # Errors
/// `Invalid` for a mistyped address; `Missing` where no account has it; `Conflict` where the account is closed.
pub async fn make_link(tx: &mut Tx, actor: &Actor, now: Time, email: &str) -> Result<(Account, Link)> {
    actor.may(Permission::ManageAccounts)?;
    let email = EmailAddress::parse(email)?;
    let Some(account) = store::find_by_email(tx, email.as_str()).await? else {
        let closed = store::list(tx).await?.into_iter().any(|account| account.email == email.as_str());
        return Err(match closed {
            true => Error::conflict(format!("The account of {email} is closed. Add a new account with `weheard user add`.")),
            false => Error::missing(format!("No account has the email address {email}. Add one with `weheard user add`.")),
        });
    };
    let link = link::act::create(tx, now, Purpose::SignIn, account.id.0).await?;
    audit(actor, now, "made a sign-in link", ResourceType::Account, account.id).record(tx);
    Ok((account, link))
}

/// A change of an account as it was at `revision`.
#[derive(Clone, Debug)]
pub struct ChangeAccount {
    pub id: AccountId,
    pub revision: i64,
    pub profile: Profile,
    /// What a new unit means; without a new unit it says nothing.
    pub unit_change: UnitChange,
}

/// Changes name, role and unit of an account. A change of role signs the account's devices out, so that it takes effect at once. What the person or
/// the unit answered for follows, or is given back (`AccountMoved`).
///
/// # Errors
/// `NotFound`; `Invalid`; `Conflict` when the last administrator would stop being one, when the account has changed since,
/// or when it is closed.
pub async fn change(tx: &mut Tx, actor: &Actor, now: Time, cmd: ChangeAccount) -> Result<()> {
    actor.may(Permission::ManageAccounts)?;
    let ChangeAccount { id, revision, profile, unit_change } = cmd;
    let before = as_read(tx, id, revision).await?;
    let mut account = before.clone();
    let mut errors = ValidationErrors::default();
    account.name = errors.text("name", "The name", &profile.name, 120);
    account.unit = check_unit(&mut errors, profile.role, &profile.unit);
    errors.finish()?;
    if before.role != profile.role {
        keep_an_administrator(tx, &account).await?;
        store::revoke_all(tx, id, now).await?;
    }
    account.role = profile.role;
    if !store::update(tx, &account).await? {
        return Err(changed_meanwhile());
    }
    audit(actor, now, "changed", ResourceType::Account, id)
        .with(json!({"role": {"before": before.role, "after": account.role}, "unit": account.unit}))
        .record(tx);
    let renamed = match (before.unit.clone(), account.unit.clone()) {
        (Some(from), Some(to)) if unit_change == UnitChange::Renamed && from != to => Some(UnitRenamed { from, to }),
        _ => None,
    };
    if let Some(renamed) = &renamed {
        rename_unit(tx, actor, now, renamed).await?;
    }
    if before.unit != account.unit || before.role != account.role {
        tx.emit(&AccountMoved { at: now, by: actor.clone(), before, after: account, renamed }).await?;
    }
    Ok(())
}

/// Gives everyone who is still in the old unit the new one.
async fn rename_unit(tx: &mut Tx, actor: &Actor, now: Time, renamed: &UnitRenamed) -> Result<()> {
    for mut account in store::list(tx).await? {
        if account.closed_at.is_none() && account.unit.as_deref() == Some(&renamed.from) {
            account.unit = Some(renamed.to.clone());
            if !store::update(tx, &account).await? {
                return Err(changed_meanwhile());
            }
            audit(actor, now, "changed", ResourceType::Account, account.id).with(json!({"unit": account.unit})).record(tx);
        }
    }
    Ok(())
}

/// Closes an account as it was at `revision`, and signs its devices out. What it did stays in the audit log.
///
/// # Errors
/// `NotFound`; `Conflict` for the last administrator, when the account has changed since, or when it is closed.
pub async fn close(tx: &mut Tx, actor: &Actor, now: Time, id: AccountId, revision: i64) -> Result<Account> {
    actor.may(Permission::ManageAccounts)?;
    let account = as_read(tx, id, revision).await?;
    keep_an_administrator(tx, &account).await?;
    if !store::close(tx, id, revision, now).await? {
        return Err(changed_meanwhile());
    }
    store::revoke_all(tx, id, now).await?;
    audit(actor, now, "closed", ResourceType::Account, id).record(tx);
    let after = Account { closed_at: Some(now), revision: revision + 1, ..account.clone() };
    tx.emit(&AccountMoved { at: now, by: actor.clone(), before: account.clone(), after, renamed: None }).await?;
    Ok(account)
}

/// The account, if it is still at the revision that was read.
async fn as_read(tx: &mut Tx, id: AccountId, revision: i64) -> Result<Account> {
    let account = store::find(tx, id).await?.ok_or(Error::NotFound)?;
    if account.closed_at.is_some() {
        return Err(Error::conflict(format!("The account of {} has been closed. Add a new one instead.", account.name)));
    }
    if account.revision == revision { Ok(account) } else { Err(changed_meanwhile()) }
}

fn changed_meanwhile() -> Error {
    Error::conflict("Someone else has changed this account. Check the list, then make your change again.")
}

/// A new password, made ready before the transaction: hashing and checking take tens of milliseconds each.
#[derive(Clone, Debug)]
pub struct NewPassword {
    /// The stored hash that the current password was checked against; none where there was none.
    pub checked: Option<String>,
    pub hash: String,
    /// The cookie of the device that stays signed in.
    pub cookie: Option<String>,
}

/// Sets one's own password and signs all other devices of the account out.
///
/// # Errors
/// `Conflict` when the password has changed since the current one was checked.
pub async fn set_password(tx: &mut Tx, actor: &Actor, now: Time, cmd: &NewPassword) -> Result<()> {
    actor.may(Permission::SeeSelf)?;
    let id = actor.account().ok_or(Error::Forbidden)?;
    if store::find_password(tx, id).await? != cmd.checked {
        return Err(Error::conflict("Your password has just been changed on another device. Try again with the new one."));
    }
    store::update_password(tx, id, &cmd.hash).await?;
    let kept = cmd.cookie.as_deref().map(fingerprint).unwrap_or_default();
    let ended = store::revoke_others(tx, id, &kept, now).await?;
    audit(actor, now, "set a password", ResourceType::Account, id).with(json!({"logins_ended": ended})).record(tx);
    Ok(())
}

/// Emails a code for setting a new password without the current one.
///
/// # Errors
/// `Wait` after too many codes within an hour.
pub async fn ask_for_password_code(tx: &mut Tx, actor: &Actor, now: Time) -> Result<()> {
    actor.may(Permission::SeeSelf)?;
    let id = actor.account().ok_or(Error::Forbidden)?;
    let account = store::find(tx, id).await?.ok_or(Error::NotFound)?;
    let ask = AskCode { purpose: PASSWORD_CODE, subject: id.0, recipient: &account.email, recipient_name: &account.name };
    ask_for_code(tx, now, ask).await
}

/// The purpose of a code that replaces a forgotten password.
pub const PASSWORD_CODE: &str = "password";

/// The account and password hash of an email address, read before the slow check.
pub async fn password_of(tx: &mut Tx, email: &str) -> Result<Option<(Account, Option<String>)>> {
    let Ok(email) = EmailAddress::parse(email) else { return Ok(None) };
    let Some(account) = store::find_by_email(tx, email.as_str()).await? else { return Ok(None) };
    let hash = store::find_password(tx, account.id).await?;
    Ok(Some((account, hash)))
}

/// Signs an account in on one device. Returns the token for the cookie; only its fingerprint is kept.
pub async fn sign_in(tx: &mut Tx, now: Time, account: AccountId, device: &str) -> Result<String> {
    let token = random_token();
    let device = NewDevice {
        account: Some(account),
        link: None,
        token_hash: &fingerprint(&token),
        expires_at: now + rules::max_device_age(),
        device: &device.chars().take(200).collect::<String>(),
    };
    store::create_device(tx, now, &device).await?;
    let actor = Actor::Account { id: account, role: Role::Viewer, unit: None, name: String::new() };
    audit(&actor, now, "signed in", ResourceType::Account, account).record(tx);
    Ok(token)
}

/// Signs the device of this cookie out.
///
/// # Errors
/// Database errors.
pub async fn sign_out(tx: &mut Tx, now: Time, cookie: &str) -> Result<()> {
    let token_hash = fingerprint(cookie);
    let Some(holder) = store::find_device(tx, &token_hash, now).await? else { return Ok(()) };
    store::revoke_token(tx, &token_hash, now).await?;
    if let (Some(id), Some(role)) = (holder.account_id, holder.role) {
        let actor = Actor::Account { id, role, unit: holder.unit, name: holder.name.unwrap_or_default() };
        audit(&actor, now, "signed out", ResourceType::Account, id).record(tx);
    }
    Ok(())
}

/// Emails a sign-in link, if the address has an account. The result is the same either way, and when the address reached its limit of
/// links within an hour: those still work. `to` is the page to open after signing in.
pub async fn ask_for_link(tx: &mut Tx, now: Time, email: &str, to: Option<&str>) -> Result<()> {
    let email = EmailAddress::parse(email)?;
    let Some(account) = store::find_by_email(tx, email.as_str()).await? else { return Ok(()) };
    if outbox::act::wait(tx, now, EmailTemplate::SignIn, &account.email).await?.is_some() {
        return Ok(());
    }
    let link = link::act::create(tx, now, Purpose::SignIn, account.id.0).await?;
    let queued = outbox::act::QueueEmail {
        template: EmailTemplate::SignIn,
        recipient: account.email,
        recipient_name: account.name,
        params: json!({ "to": to }),
        link: Some(link.id),
        subject: Some(account.id.0),
        key: format!("sign_in:{}", link.id),
    };
    outbox::act::queue(tx, now, queued).await?;
    Ok(())
}

/// The browser in which a link is opened.
#[derive(Clone, Copy, Debug)]
pub struct Browser<'a> {
    /// The user agent.
    pub device: &'a str,
    /// The mark that the link's page set in the browser, if any.
    pub mark: Option<&'a str>,
}

/// Swaps a personal link for a cookie. A sign-in link signs its account in and is used up, though pressing its button twice in one browser
/// is pressing it once; any other link opens a visit for its purpose alone, which ends when the link does.
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
        let account = account.ok_or_else(|| Error::Gone("This account has been closed. Ask an administrator for a new one.".into()))?;
        link::store::revoke(tx, Purpose::SignIn, link.subject_id, now).await?;
        return Ok((sign_in(tx, now, account.id, browser.device).await?, link));
    }
    Ok((visit(tx, now, &link, browser.device).await?, link))
}

/// Begins a visit by a personal link. Returns the token for the cookie.
pub async fn visit(tx: &mut Tx, now: Time, link: &Link, device: &str) -> Result<String> {
    let cookie = random_token();
    let device = NewDevice {
        account: None,
        link: Some(link.id),
        token_hash: &fingerprint(&cookie),
        expires_at: link.expires_at.min(now + rules::max_device_age()),
        device: &device.chars().take(200).collect::<String>(),
    };
    store::create_device(tx, now, &device).await?;
    Ok(cookie)
}

/// Whether this browser used the link a moment ago.
fn pressed_twice(link: &Link, now: Time, mark: Option<&str>) -> bool {
    let lately = link.opened_at.is_some_and(|at| now - at < chrono::Duration::minutes(rules::SAME_PRESS_MINUTES));
    link.purpose == Purpose::SignIn && lately && mark.is_some() && link.opened_by.as_deref() == mark
}

/// Who is behind a cookie. `Nobody` when the device was signed out, was idle for too long, or the link that it came by has ended. And its device,
/// where `used` is to remember that it is in use: not at each request, so that pages stay reads.
pub async fn recognise(tx: &mut Tx, now: Time, cookie: &str) -> Result<(Actor, Option<SignedInDeviceId>)> {
    let Some(holder) = store::find_device(tx, &fingerprint(cookie), now).await? else { return Ok((Actor::Nobody, None)) };
    let by_link = holder.link_id.is_some();
    if now - holder.seen_at >= rules::idle_timeout(by_link) {
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
    Ok((actor, (now - holder.seen_at > rules::use_is_news_after(by_link)).then_some(holder.device_id)))
}

/// Records that a signed-in device was used, for the list of one's own devices.
///
/// # Errors
/// Database errors.
pub async fn used(tx: &mut Tx, now: Time, device: SignedInDeviceId) -> Result<()> {
    store::touch_device(tx, device, now).await
}

/// Signs one of one's own devices out.
///
/// # Errors
/// `NotFound` for a device that is not one's own.
pub async fn sign_out_device(tx: &mut Tx, actor: &Actor, now: Time, id: SignedInDeviceId) -> Result<()> {
    actor.may(Permission::SeeSelf)?;
    let account = actor.account().ok_or(Error::Forbidden)?;
    if !store::revoke_device(tx, account, id, now).await? {
        return Err(Error::NotFound);
    }
    // The audit log's word for signing a device out, as in the lines of before: the keyed chain covers it.
    audit(actor, now, "ended a login", ResourceType::Account, account).record(tx);
    Ok(())
}

fn check_unit(errors: &mut ValidationErrors, role: Role, unit: &str) -> Option<String> {
    let unit = errors.optional("unit", "The business unit", unit, 80);
    if role == Role::Responder && unit.is_empty() {
        errors.add("unit", "Enter the business unit this responder answers for.");
    }
    (!unit.is_empty()).then_some(unit)
}

async fn keep_an_administrator(tx: &mut Tx, account: &Account) -> Result<()> {
    let others = store::list(tx).await?.into_iter().any(|a| a.id != account.id && a.role == Role::Administrator && a.closed_at.is_none());
    if account.role == Role::Administrator && !others {
        return Err(Error::conflict("This is the only administrator. Give another account this role first."));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
