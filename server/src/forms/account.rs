//! Forms of `/me` and `/accounts`.

use app::account::act::{self, Profile};
use app::account::{Verb, store};
use app::db::Tx;
use app::error::{Error, Result, blocking};

use super::{Done, FormPage, Handle, Post, done};
use crate::door;

/// One's own password and logins. Signing out is `door::sign_out`, since it ends a cookie.
pub const ME: FormPage = FormPage {
    path: "/me",
    acts: &[("end", Verb::SeeSelf), ("password", Verb::SeeSelf), ("forgot", Verb::SeeSelf)],
    handle: Handle::Steps(|post| Box::pin(me(post))),
};

/// Adding, changing and closing accounts.
pub const ACCOUNTS: FormPage = FormPage {
    path: "/accounts",
    acts: &[("add", Verb::ManageAccounts), ("change", Verb::ManageAccounts), ("close", Verb::ManageAccounts)],
    handle: Handle::Unit(|tx, post| Box::pin(accounts(tx, post))),
};

async fn me(post: &Post) -> Result<Done> {
    let (actor, now) = (&post.actor, post.now);
    match post.act() {
        "end" => {
            let id = post.key()?;
            post.db.write(|tx, _| Box::pin(act::end_login(tx, actor, now, id))).await?;
            Ok(done("/me").saying("That login has ended."))
        }
        "forgot" => {
            post.db.write(|tx, _| Box::pin(act::ask_for_password_code(tx, actor, now))).await?;
            Ok(done("/me").saying("A code is on its way to you. It works for 10 minutes."))
        }
        "password" => password(post).await,
        _ => Err(Error::NotFound),
    }
}

/// Hashing and checking passwords takes long, so both are done before the unit of work begins.
async fn password(post: &Post) -> Result<Done> {
    let (actor, now) = (&post.actor, post.now);
    let id = actor.account().ok_or(Error::Forbidden)?;
    let checked = store::find_password(&mut post.db.read().await?, id).await?;
    let (typed, current, stored) = (post.text("password"), post.text("current"), checked.clone());
    let by_code = stored.is_some() && current.is_empty() && !post.text("code").is_empty();
    let hash = blocking(move || {
        if !by_code && stored.is_some() && !act::verify_password(&current, stored.as_deref()) {
            return Err(Error::field("current", "This is not your current password."));
        }
        act::hash_password(&typed)
    })
    .await?;
    let cmd = &act::NewPassword { checked, hash, cookie: door::login_of(&post.site, &post.headers) };
    post.db
        .write(|tx, _| {
            Box::pin(async move {
                if by_code && let Err(wrong) = act::check_code(tx, now, act::PASSWORD_CODE, id.0, post.fields.text("code")).await {
                    // A wrong code is counted, so what it wrote is committed.
                    return if matches!(wrong, Error::Invalid(_)) { Ok(Done::Refused(wrong)) } else { Err(wrong) };
                }
                act::set_password(tx, actor, now, cmd).await?;
                Ok(done("/me").saying("Your password is saved. You are signed out on all other devices."))
            })
        })
        .await
}

async fn accounts(tx: &mut Tx, post: &Post) -> Result<Done> {
    match post.act() {
        "add" => {
            let account = act::add(tx, &post.actor, post.now, profile(post)?).await?;
            Ok(done("/accounts").saying(format!("{} can sign in now.", account.name)))
        }
        "change" => {
            act::change(tx, &post.actor, post.now, post.key()?, revision(post)?, profile(post)?).await?;
            Ok(done("/accounts").saying("Saved."))
        }
        "close" => {
            let account = act::close(tx, &post.actor, post.now, post.key()?, revision(post)?).await?;
            Ok(done("/accounts").saying(format!("The account of {} is closed.", account.name)))
        }
        _ => Err(Error::NotFound),
    }
}

/// The state of the account that its list showed.
fn revision(post: &Post) -> Result<i64> {
    post.fields.parse("revision")
}

fn profile(post: &Post) -> Result<Profile> {
    Ok(Profile { email: post.text("email"), name: post.text("name"), role: post.fields.parse("role")?, unit: post.text("unit") })
}
