//! Forms of `/me` and `/accounts`.

use app::account::act::{self, Profile};
use app::account::{Verb, store};
use app::db::Tx;
use app::error::{Error, Result, blocking};

use super::{Done, FormPage, Handle, Post, done};

/// One's own password and logins. Signing out is `door::sign_out`, since it ends a cookie.
pub const ME: FormPage = FormPage {
    path: "/me",
    acts: &[("end", Verb::SeeSelf), ("password", Verb::SeeSelf)],
    handle: Handle::Unit(|tx, post| Box::pin(me(tx, post))),
};

/// Adding, changing and closing accounts.
pub const ACCOUNTS: FormPage = FormPage {
    path: "/accounts",
    acts: &[("add", Verb::ManageAccounts), ("change", Verb::ManageAccounts), ("close", Verb::ManageAccounts)],
    handle: Handle::Unit(|tx, post| Box::pin(accounts(tx, post))),
};

async fn me(tx: &mut Tx, post: &Post) -> Result<Done> {
    match post.act() {
        "end" => {
            act::end_login(tx, &post.actor, post.now, post.key()?).await?;
            Ok(done("/me").saying("That login has ended."))
        }
        "password" => {
            let password = post.text("password");
            let hash = blocking(move || act::hash_password(&password)).await?;
            act::set_password(tx, &post.actor, post.now, &hash).await?;
            Ok(done("/me").saying("Your password is saved."))
        }
        _ => Err(Error::NotFound),
    }
}

async fn accounts(tx: &mut Tx, post: &Post) -> Result<Done> {
    match post.act() {
        "add" => {
            let account = act::add(tx, &post.actor, post.now, profile(post)?).await?;
            Ok(done("/accounts").saying(format!("{} can sign in now.", account.name)))
        }
        "change" => {
            act::change(tx, &post.actor, post.now, post.key()?, profile(post)?).await?;
            Ok(done("/accounts").saying("Saved."))
        }
        "close" => {
            let id = post.key()?;
            act::close(tx, &post.actor, post.now, id).await?;
            let name = store::find(tx, id).await?.map(|account| account.name).unwrap_or_default();
            Ok(done("/accounts").saying(format!("The account of {name} is closed.")))
        }
        _ => Err(Error::NotFound),
    }
}

fn profile(post: &Post) -> Result<Profile> {
    Ok(Profile { email: post.text("email"), name: post.text("name"), role: post.fields.parse("role")?, unit: post.text("unit") })
}
