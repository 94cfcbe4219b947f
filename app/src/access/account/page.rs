//! Signing in, following a personal link, one's own signed-in devices, and the list of accounts.

use chrono_tz::Tz;
use leptos::prelude::*;

use super::{Account, Permission, Role, rules, store};
use crate::access::page::{PageContext, page, public_page};
use crate::kernel::clock::short_date_time;
use crate::kernel::error::Error;
use crate::kernel::ids::AccountId;
use crate::t;
use crate::ui::{Field, Form, Hidden, Select, Submit, locale, query};

/// `/sign-in`: an email link, or a password.
pub fn sign_in() -> impl IntoView {
    let to = query("to").unwrap_or_default();
    public_page("Sign in", move |_| async move {
        let back = to.clone();
        Ok(view! {
            <section class="narrow stack">
                <h1>"Sign in"</h1>
                <p class="dim">"For program staff, moderators, responders and viewers. Panelists: please use the link in your email."</p>
                <Form act="link" class="card pad stack">
                    <Hidden name="to" value=to/>
                    <Field name="email" label="Your email address" kind="email" autocomplete="username"/>
                    <Submit label="Email me a link" main=true/>
                </Form>
                <details class="card pad">
                    <summary>"Use a password instead"</summary>
                    <Form act="password" class="stack">
                        <Hidden name="to" value=back/>
                        <Field name="email" label="Your email address" kind="email" autocomplete="username"/>
                        <Field name="password" label="Password" kind="password" autocomplete="current-password"/>
                        <Submit label="Sign in" main=true/>
                    </Form>
                </details>
            </section>
        })
    })
}

/// `/device-forgotten`: what a panelist, an invitee or an owner sees who has told this device to forget them.
pub fn forgotten() -> impl IntoView {
    public_page(t!(locale(), "device-forgotten"), |cx| async move {
        Ok(view! {
            <section class="narrow stack">
                <h1>{t!(cx.locale, "device-forgotten")}</h1>
                <p>{t!(cx.locale, "device-forgotten-text")}</p>
            </section>
        })
    })
}

/// `/me`: one's own password and signed-in devices.
pub fn me() -> impl IntoView {
    page("You", Permission::SeeSelf, |cx| async move {
        let id = cx.actor.account().ok_or(Error::Forbidden)?;
        let mut tx = cx.db.read().await?;
        let account = store::find(&mut tx, id).await?.ok_or(Error::NotFound)?;
        let devices = store::list_devices(&mut tx, id, cx.now, cx.now - rules::idle_timeout(false)).await?;
        let has_password = store::find_password(&mut tx, id).await?.is_some();
        let rows = devices
            .into_iter()
            .map(|device| {
                view! {
                    <tr>
                        <td>{device.device}</td>
                        <td data-label="Since">{short_date_time(device.created_at, Tz::UTC)}</td>
                        <td class="n">
                            <Form act="end" key=device.id.to_string()>
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
                <p class="dim">
                    {format!("A login ends after {} days, and after {} days without a request.", rules::DEVICE_DAYS, rules::ACCOUNT_IDLE_DAYS)}
                </p>
                <table class="list">
                    <thead><tr><th>"Device"</th><th>"Since"</th><th class="n"><span class="sr">"End"</span></th></tr></thead>
                    <tbody>{rows}</tbody>
                </table>
                <form method="post" action="/sign-out"><button type="submit">"Sign out here"</button></form>
            </section>
            <section class="card pad stack">
                <h2>"Password"</h2>
                <p class="dim">"Optional: a link by email always works."</p>
                <p>"A new password signs you out on all other devices."</p>
                {has_password.then(|| view! {
                    <Form act="forgot">
                        <Submit label="Email me a code: I forgot the current password"/>
                    </Form>
                })}
                <Form act="password" class="stack">
                    {has_password.then(|| view! {
                        <Field name="current" label="Current password" kind="password" autocomplete="current-password"/>
                        <Field name="code" label="Or the code from the email" autocomplete="one-time-code"/>
                    })}
                    <Field name="password" label="New password" kind="password" hint="At least 12 characters. Long is what counts." autocomplete="new-password"/>
                    <Submit label="Save the password"/>
                </Form>
            </section>
        })
    })
}

/// `/accounts`: who can sign in.
pub fn accounts() -> impl IntoView {
    page("Accounts", Permission::ManageAccounts, |cx: PageContext| async move {
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
                    <Field name="email" label="Email address" kind="email"/>
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
    let (key, revision) = (account.id.to_string(), account.revision.to_string());
    let close_label = format!("Close the account of {}", account.name);
    let close = (mine != Some(account.id)).then({
        let (key, revision) = (key.clone(), revision.clone());
        || view! { <Form act="close" key=key><Hidden name="revision" value=revision/> <Submit label=close_label danger=true/></Form> }
    });
    view! {
        <details>
            <summary>"Change"</summary>
            <Form act="change" key=key class="stack">
                <Hidden name="revision" value=revision/>
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
