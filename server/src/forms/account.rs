//! Forms of `/me` and `/accounts`.

use app::access::account::act::{self, ChangeAccount, Profile};
use app::access::account::{Permission, UnitChange, code, store};
use app::db::Tx;
use app::kernel::error::{Error, Result, blocking};

use super::request::{FormHandler, FormOutcome, FormPage, FormRequest, redirect};
use crate::auth;

/// One's own password and signed-in devices. Signing out is `auth::sign_out`, since it ends a cookie.
pub const ME: FormPage = FormPage {
    path: "/me",
    acts: &[("end", Permission::SeeSelf), ("password", Permission::SeeSelf), ("forgot", Permission::SeeSelf)],
    handle: FormHandler::Steps(|request| Box::pin(me(request))),
};

/// Adding, changing and closing accounts.
pub const ACCOUNTS: FormPage = FormPage {
    path: "/accounts",
    acts: &[("add", Permission::ManageAccounts), ("change", Permission::ManageAccounts), ("close", Permission::ManageAccounts)],
    handle: FormHandler::Unit(|tx, request| Box::pin(accounts(tx, request))),
};

async fn me(request: &FormRequest) -> Result<FormOutcome> {
    let (actor, now) = (&request.actor, request.now);
    match request.act() {
        "end" => {
            let id = request.key()?;
            request.db.write(|tx, _| Box::pin(act::sign_out_device(tx, actor, now, id))).await?;
            Ok(redirect("/me").with_message("Device signed out."))
        }
        "forgot" => {
            request.db.write(|tx, _| Box::pin(act::ask_for_password_code(tx, actor, now))).await?;
            Ok(redirect("/me").with_message("We have emailed you a code. It works for 10 minutes."))
        }
        "password" => password(request).await,
        _ => Err(Error::NotFound),
    }
}

/// Hashing and checking passwords takes long, so both are done before the unit of work begins.
async fn password(request: &FormRequest) -> Result<FormOutcome> {
    let (actor, now) = (&request.actor, request.now);
    let id = actor.account().ok_or(Error::Forbidden)?;
    let checked = store::find_password(&mut request.db.read().await?, id).await?;
    let (typed, current, stored) = (request.text("password"), request.text("current"), checked.clone());
    let by_code = stored.is_some() && current.is_empty() && !request.text("code").is_empty();
    let hash = blocking(move || {
        if !by_code && stored.is_some() && !act::verify_password(&current, stored.as_deref()) {
            return Err(Error::field("current", "This password is wrong. Enter your current password, or request a code by email."));
        }
        act::hash_password(&typed)
    })
    .await?;
    let cmd = &act::NewPassword { checked, hash, cookie: auth::signed_in_cookie(&request.site, &request.headers) };
    request
        .db
        .write(|tx, _| {
            Box::pin(async move {
                if by_code && let Err(error) = code::check_code(tx, now, act::PASSWORD_CODE, id.0, request.fields.text("code")).await {
                    // A wrong code is counted, so what it wrote is committed.
                    return if matches!(error, Error::Invalid(_)) { Ok(FormOutcome::Refused(error)) } else { Err(error) };
                }
                act::set_password(tx, actor, now, cmd).await?;
                Ok(redirect("/me").with_message("Password saved. All other devices are signed out."))
            })
        })
        .await
}

async fn accounts(tx: &mut Tx, request: &FormRequest) -> Result<FormOutcome> {
    match request.act() {
        "add" => {
            let profile = profile(request)?;
            let message = if request.site.sends_email {
                let account = act::add_and_notify(tx, &request.actor, request.now, profile).await?;
                format!("Account created for {}. We emailed them where to sign in.", account.name)
            } else {
                let account = act::add(tx, &request.actor, request.now, profile).await?;
                format!(
                    "Account created for {}. No mail server is set up: run `weheard user link {}` on the server, and send them the link.",
                    account.name, account.email
                )
            };
            Ok(redirect("/accounts").with_message(message))
        }
        "change" => {
            let unit_change = request.fields.maybe("unit_change")?.unwrap_or(UnitChange::Moves);
            let cmd = ChangeAccount { id: request.key()?, revision: revision(request)?, profile: profile(request)?, unit_change };
            act::change(tx, &request.actor, request.now, cmd).await?;
            Ok(redirect("/accounts").with_message("Account saved."))
        }
        "close" => {
            let account = act::close(tx, &request.actor, request.now, request.key()?, revision(request)?).await?;
            Ok(redirect("/accounts").with_message(format!("Account of {} closed.", account.name)))
        }
        _ => Err(Error::NotFound),
    }
}

/// The revision of the account that its list showed.
fn revision(request: &FormRequest) -> Result<i64> {
    request.fields.parse("revision")
}

fn profile(request: &FormRequest) -> Result<Profile> {
    Ok(Profile {
        email: request.text("email"),
        name: request.text("name"),
        role: request.fields.parse("role")?,
        unit: request.text("unit"),
    })
}
