//! Sign-in, one's own account, and the list of accounts.

use chrono_tz::Tz;
use leptos::prelude::*;

use super::{Account, Permission, Role, rules, store};
use crate::access::page::{PageContext, page, public_page};
use crate::kernel::clock::short_date_time;
use crate::kernel::error::Error;
use crate::kernel::ids::AccountId;
use crate::t;
use crate::ui::{Confirm, Field, Form, Hidden, PageHead, Select, StateBadge, Submit, Th, count, locale, query, refused, refused_row};

/// `/sign-in`: a sign-in link by email, or a password. Without a mail server, a link comes from the administrator.
pub fn sign_in() -> impl IntoView {
    let to = query("to").unwrap_or_default();
    public_page("Sign in", move |cx| async move {
        let (sends_mail, back) = (cx.site.sends_mail, to.clone());
        let by_link = match sends_mail {
            true => view! {
                <Form act="link" class="card pad stack">
                    <Hidden name="to" value=back/>
                    <Field name="email" label="Email" kind="email" autocomplete="username"/>
                    <Submit label="Email me a sign-in link" main=true/>
                </Form>
            }
            .into_any(),
            false => view! {
                <section class="card pad stack">
                    <h2>"Ask for a sign-in link"</h2>
                    <p>"This server has no mail server, so it cannot email you a link. Ask your administrator for one."</p>
                    <p class="dim">"Administrators make a link with this command on the server:"</p>
                    <p class="wrap"><code>"weheard user link you@example.com"</code></p>
                </section>
            }
            .into_any(),
        };
        Ok(view! {
            <section class="narrow stack">
                <h1>"Sign in"</h1>
                <p class="dim">"For people with an account. If you are a panelist, use the link in your email."</p>
                {by_link}
                <details class="card pad" open=!sends_mail>
                    <summary>"Sign in with a password"</summary>
                    <Form act="password" class="stack">
                        <Hidden name="to" value=to/>
                        <Field name="email" label="Email" kind="email" autocomplete="username"/>
                        <Field name="password" label="Password" kind="password" autocomplete="current-password"/>
                        <Submit label="Sign in"/>
                    </Form>
                </details>
            </section>
        })
    })
}

/// `/device-forgotten`: confirms that a guest's visit has ended on this device.
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
    page("Your account", Permission::SeeSelf, |cx| async move {
        let id = cx.actor.account().ok_or(Error::Forbidden)?;
        let mut tx = cx.db.read().await?;
        let account = store::find(&mut tx, id).await?.ok_or(Error::NotFound)?;
        let devices = store::list_devices(&mut tx, id, cx.now, cx.now - rules::idle_timeout(false)).await?;
        let has_password = store::find_password(&mut tx, id).await?.is_some();
        let unit = account.unit.map(|unit| format!(" · {unit}")).unwrap_or_default();
        let sub = format!("{} · {}{unit}", account.email, account.role.label());
        let rows = devices
            .into_iter()
            .map(|device| {
                let device_name = rules::device_name(&device.device);
                let named = format!("Sign out {device_name}");
                view! {
                    <tr>
                        <td title=device.device>{device_name}</td>
                        <td data-label="Signed in">{short_date_time(device.created_at, Tz::UTC)}</td>
                        <td data-label="Last used">{short_date_time(device.seen_at, Tz::UTC)}</td>
                        <td class="n">
                            <Form act="end" key=device.id.to_string()>
                                <button type="submit" aria-label=named>"Sign out"</button>
                            </Form>
                        </td>
                    </tr>
                }
            })
            .collect_view();
        Ok(view! {
            <PageHead title=account.name sub/>
            <section class="card">
                <header>
                    <h2>"Signed-in devices"</h2>
                    <p class="dim">
                        {format!("Devices are signed out after {} days, or {} days without use.", rules::DEVICE_DAYS, rules::ACCOUNT_IDLE_DAYS)}
                    </p>
                </header>
                <table class="list">
                    <thead><tr>
                        <Th label="Device"/>
                        <Th label="Signed in"/>
                        <Th label="Last used"/>
                        <th scope="col" class="n"><span class="sr">"Sign out"</span></th>
                    </tr></thead>
                    <tbody>{rows}</tbody>
                </table>
                <form method="post" action="/sign-out" class="pad"><button type="submit">"Sign out this device"</button></form>
            </section>
            {password(has_password)}
        })
    })
}

fn password(has_password: bool) -> impl IntoView {
    let (title, state) = if has_password {
        ("Change password", "You can sign in with a password or a link.")
    } else {
        ("Set a password", "Optional: you can always sign in with a link.")
    };
    let open = refused("password") || refused("forgot");
    view! {
        <section class="card pad stack">
            <h2>"Password"</h2>
            <p class="dim">{state}</p>
            <details open=open>
                <summary>{title}</summary>
                <Form act="password" class="stack">
                    {has_password.then(|| view! {
                        <Field name="current" label="Current password" kind="password" autocomplete="current-password"/>
                        <Field name="code" label="Or the code from the email" autocomplete="one-time-code"/>
                    })}
                    <Field name="password" label="New password" kind="password" hint="At least 12 characters. All other devices are signed out." autocomplete="new-password"/>
                    <Submit label="Save password" main=true/>
                </Form>
                {has_password.then(|| view! {
                    <Form act="forgot">
                        <p class="dim">"Forgot your current password?"</p>
                        <Submit label="Email me a code"/>
                    </Form>
                })}
            </details>
        </section>
    }
}

/// `/accounts`: the people who can sign in.
pub fn accounts() -> impl IntoView {
    let asked = query("add").is_some();
    page("Accounts", Permission::ManageAccounts, move |cx: PageContext| async move {
        let mut tx = cx.db.read().await?;
        let accounts = store::list(&mut tx).await?;
        let open = i64::try_from(accounts.iter().filter(|account| account.closed_at.is_none()).count()).unwrap_or(i64::MAX);
        let units = accounts.iter().any(|account| account.unit.is_some());
        let mine = cx.actor.account();
        let rows = accounts.into_iter().map(|account| row(account, mine, units)).collect_view();
        Ok(view! {
            <PageHead title="Accounts" sub=format!("{} can sign in.", count(open, "person", "people"))>
                {(!asked && !refused("add")).then(|| view! { <a class="btn btn-1" href="/accounts?add=1#add">"Add account"</a> })}
            </PageHead>
            {(asked || refused("add")).then(add_form)}
            <section class="card">
                <table class="list">
                    <thead><tr>
                        <Th label="Name"/>
                        <Th label="Email"/>
                        <Th label="Role"/>
                        {units.then(|| view! { <Th label="Unit"/> })}
                        <th scope="col"><span class="sr">"Actions"</span></th>
                    </tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </section>
        })
    })
}

fn add_form() -> impl IntoView {
    view! {
        <section class="card pad" id="add">
            <h2>"Add account"</h2>
            <Form act="add" class="stack">
                <Field name="name" label="Name"/>
                <Field name="email" label="Email" kind="email"/>
                <Select name="role" label="Role" options=roles() value=Role::Staff.as_str()/>
                <Field name="unit" label="Business unit (responders only)" hint="The unit whose items the responder answers."/>
                <Submit label="Add account" main=true/>
                <a class="btn btn-quiet" href="/accounts">"Cancel"</a>
            </Form>
        </section>
    }
}

fn row(account: Account, mine: Option<AccountId>, units: bool) -> impl IntoView {
    let open = account.closed_at.is_none();
    let role = account.role.label().to_owned();
    // On a phone, a row shows only the cells that have a value.
    let unit = units.then(|| match account.unit.clone() {
        Some(unit) => view! { <td data-label="Unit" dir="auto">{unit}</td> }.into_any(),
        None => view! { <td></td> }.into_any(),
    });
    let (name, email) = (account.name.clone(), account.email.clone());
    let actions = open.then(|| actions(account, mine));
    view! {
        <tr class:dim=!open>
            <td dir="auto">{name}</td>
            <td data-label="Email">{email}</td>
            <td data-label="Role">{role} {(!open).then(|| view! { " " <StateBadge label="closed"/> })}</td>
            {unit}
            <td>{actions}</td>
        </tr>
    }
}

fn actions(account: Account, mine: Option<AccountId>) -> impl IntoView {
    let (key, revision) = (account.id.to_string(), account.revision.to_string());
    let close = (mine != Some(account.id)).then({
        let (key, revision, label) = (key.clone(), revision.clone(), format!("Close account of {}", account.name));
        || {
            view! {
                <Confirm label="Close account" danger=true>
                    <p>"All devices are signed out, and this person can no longer sign in. The audit log is kept."</p>
                    <Form act="close" key=key>
                        <Hidden name="revision" value=revision/>
                        <Submit label danger=true/>
                    </Form>
                </Confirm>
            }
        }
    });
    let named = format!("Edit {}", account.name);
    let open = refused_row("change", &key);
    view! {
        <details open=open>
            <summary aria-label=named>"Edit"</summary>
            <div class="stack">
                <Form act="change" key=key class="stack">
                    <Hidden name="revision" value=revision/>
                    <Field name="name" label="Name" value=account.name/>
                    <Select name="role" label="Role" options=roles() value=account.role.as_str()/>
                    <Field name="unit" label="Business unit (responders only)" value=account.unit.unwrap_or_default()/>
                    <Submit label="Save account"/>
                </Form>
                {close}
            </div>
        </details>
    }
}

fn roles() -> Vec<(String, String)> {
    Role::ALL.iter().map(|role| (role.as_str().to_owned(), role.label().to_owned())).collect()
}
