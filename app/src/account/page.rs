//! Signing in, following a personal link, one's own logins, and the list of accounts.

use leptos::prelude::*;

use super::{Account, Role, Verb, store};
use crate::error::Error;
use crate::ids::AccountId;
use crate::link;
use crate::ui::{Cx, Field, Form, Hidden, Select, Submit, page, param, public_page, query};

/// `/sign-in`: a mail link, or a password.
pub fn sign_in() -> impl IntoView {
    let to = query("to").unwrap_or_default();
    public_page("Sign in", move |_| async move {
        let back = to.clone();
        Ok(view! {
            <section class="narrow stack">
                <h1>"Sign in"</h1>
                <p class="dim">"For program staff, moderators, responders and viewers. Panelists: please use the link in your mail."</p>
                <Form act="link" class="card pad stack">
                    <Field name="email" label="Your mail address" kind="email" autocomplete="username"/>
                    <Submit label="Mail me a link" main=true/>
                </Form>
                <details class="card pad">
                    <summary>"Use a password instead"</summary>
                    <Form act="password" class="stack">
                        <Hidden name="to" value=back/>
                        <Field name="email" label="Your mail address" kind="email" autocomplete="username"/>
                        <Field name="password" label="Password" kind="password" autocomplete="current-password"/>
                        <Submit label="Sign in" main=true/>
                    </Form>
                </details>
            </section>
        })
    })
}

/// `/l/{token}`: what a personal link is for. Looking changes nothing; the button does.
pub fn link() -> impl IntoView {
    let token = param::<String>("token");
    public_page("Welcome", move |cx| async move {
        let mut tx = cx.db.read().await?;
        let link = link::act::follow(&mut tx, cx.now, &token?).await?;
        let (title, text) = match link.purpose {
            link::Purpose::SignIn => ("Sign in to Weheard", "This signs you in on this device."),
            link::Purpose::Invite => ("You are invited", "Continue to read the invitation and answer it."),
            link::Purpose::Door => ("Welcome back", "Continue to your agenda and your reports."),
            link::Purpose::Response => ("A panel said something to you", "Continue to read it and draft a response."),
            link::Purpose::Nominate => ("I heard this", "Continue to nominate a post or a person, and to see what became of it."),
            link::Purpose::Feed | link::Purpose::Unsubscribe => return Err(Error::NotFound),
        };
        Ok(view! {
            <section class="narrow card pad stack">
                <h1>{title}</h1>
                <p>{text}</p>
                <Form act="continue">
                    <Submit label="Continue" main=true/>
                </Form>
                <small>"The link is yours alone. Please do not pass it on."</small>
            </section>
        })
    })
}

/// `/me`: one's own password and logins.
pub fn me() -> impl IntoView {
    page("You", Verb::SeeSelf, |cx| async move {
        let id = cx.actor.account().ok_or(Error::Forbidden)?;
        let mut tx = cx.db.read().await?;
        let account = store::find(&mut tx, id).await?.ok_or(Error::NotFound)?;
        let logins = store::list_logins(&mut tx, id, cx.now).await?;
        let rows = logins
            .into_iter()
            .map(|login| {
                view! {
                    <tr>
                        <td>{login.device}</td>
                        <td data-label="Since">{login.created_at.format("%-d %b %Y %H:%M").to_string()} " UTC"</td>
                        <td class="n">
                            <Form act="end" key=login.id.to_string()>
                                <Submit label="End this login"/>
                            </Form>
                        </td>
                    </tr>
                }
            })
            .collect_view();
        Ok(view! {
            <h1>{account.name}</h1>
            <p class="dim">{account.email} " · " {account.role.label()} {account.unit.map(|unit| format!(" · {unit}"))}</p>
            <section class="card pad stack">
                <h2>"Where you are signed in"</h2>
                <table class="list">
                    <thead><tr><th>"Device"</th><th>"Since"</th><th class="n"><span class="sr">"End"</span></th></tr></thead>
                    <tbody>{rows}</tbody>
                </table>
                <form method="post" action="/sign-out"><button type="submit">"Sign out here"</button></form>
            </section>
            <section class="card pad stack">
                <h2>"Password"</h2>
                <p class="dim">"Optional: a link by mail always works."</p>
                <Form act="password" class="stack">
                    <Field name="password" label="New password" kind="password" hint="At least 12 characters. Long is what counts." autocomplete="new-password"/>
                    <Submit label="Save the password"/>
                </Form>
            </section>
        })
    })
}

/// `/accounts`: who can sign in.
pub fn accounts() -> impl IntoView {
    page("Accounts", Verb::ManageAccounts, |cx: Cx| async move {
        let mut tx = cx.db.read().await?;
        let accounts = store::list(&mut tx).await?;
        let count = accounts.iter().filter(|account| account.closed_at.is_none()).count();
        let mine = cx.actor.account();
        let rows = accounts.into_iter().map(|account| row(account, mine)).collect_view();
        Ok(view! {
            <h1>"Accounts"</h1>
            <p class="dim">{format!("{count} can sign in.")}</p>
            <section class="card">
                <table class="list">
                    <thead><tr><th>"Name"</th><th>"Address"</th><th>"Role and unit"</th><th><span class="sr">"Change"</span></th></tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </section>
            <section class="card pad">
                <h2>"Add an account"</h2>
                <Form act="add" class="stack">
                    <Field name="name" label="Name"/>
                    <Field name="email" label="Mail address" kind="email"/>
                    <Select name="role" label="Role" options=roles() value=Role::Staff.as_str()/>
                    <Field name="unit" label="Business unit" hint="Needed for responders: the unit that they answer for."/>
                    <Submit label="Add" main=true/>
                </Form>
            </section>
        })
    })
}

fn row(account: Account, mine: Option<AccountId>) -> impl IntoView {
    let open = account.closed_at.is_none();
    let state = if open { account.role.label().to_owned() } else { format!("closed, was {}", account.role.label().to_lowercase()) };
    let unit = account.unit.as_ref().map(|unit| format!(" · {unit}"));
    let (name, email) = (account.name.clone(), account.email.clone());
    let change = open.then(|| change(account, mine));
    view! {
        <tr class:dim=!open>
            <td>{name}</td>
            <td data-label="Address">{email}</td>
            <td>{state} {unit}</td>
            <td>{change}</td>
        </tr>
    }
}

fn change(account: Account, mine: Option<AccountId>) -> impl IntoView {
    let key = account.id.to_string();
    let close_label = format!("Close the account of {}", account.name);
    let close = (mine != Some(account.id)).then({
        let key = key.clone();
        || view! { <Form act="close" key=key><Submit label=close_label danger=true/></Form> }
    });
    view! {
        <details>
            <summary>"Change"</summary>
            <Form act="change" key=key class="stack">
                <Field name="name" label="Name" value=account.name/>
                <Select name="role" label="Role" options=roles() value=account.role.as_str()/>
                <Field name="unit" label="Business unit" value=account.unit.unwrap_or_default()/>
                <Submit label="Save"/>
            </Form>
            {close}
        </details>
    }
}

fn roles() -> Vec<(String, String)> {
    Role::ALL.iter().map(|role| (role.as_str().to_owned(), role.label().to_owned())).collect()
}
