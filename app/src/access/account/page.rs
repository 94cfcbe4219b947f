//! Sign-in, and one's own account. The list of accounts is `front::accounts`.

use chrono_tz::Tz;
use leptos::prelude::*;

use super::{Permission, rules, store};
use crate::access::page::{page, public_page};
use crate::kernel::clock::short_date_time;
use crate::kernel::error::Error;
use crate::t;
use crate::ui::{Field, Form, Hidden, PageHead, RowMenu, Submit, Th, locale, query, refused};

/// `/sign-in`: a sign-in link by email, or a password. Without a mail server, a link comes from the administrator.
pub fn sign_in() -> impl IntoView {
    let to = query("to").unwrap_or_default();
    public_page("Sign in", move |cx| async move {
        let (sends_email, back) = (cx.site.sends_email, to.clone());
        let by_link = match sends_email {
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
                    <p class="dim">"Administrators create a link with this command on the server:"</p>
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
                <details class="card pad" open=!sends_email>
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
                let (named, of) = (format!("Sign out {device_name}"), device_name.clone());
                view! {
                    <tr>
                        <td title=device.device>{device_name}</td>
                        <td data-label="Signed in">{short_date_time(device.created_at, Tz::UTC)}</td>
                        <td data-label="Last used">{short_date_time(device.seen_at, Tz::UTC)}</td>
                        <td class="n">
                            <RowMenu of=of>
                                <Form act="end" key=device.id.to_string()>
                                    <button type="submit" aria-label=named>"Sign out"</button>
                                </Form>
                            </RowMenu>
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
                        <Field name="code" label="Or a code that we email you" autocomplete="one-time-code"/>
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
