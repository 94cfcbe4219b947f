//! `/l/{token}`: personal links.

use http::StatusCode;
use leptos::prelude::*;
use leptos_axum::ResponseOptions;

use crate::access::link::{self, Link, Purpose};
use crate::access::page::public_page;
use crate::db::Tx;
use crate::kernel::address::masked;
use crate::kernel::error::{Error, Result};
use crate::kernel::locale::Locale;
use crate::program::day;
use crate::recruiting::invitation;
use crate::t;
use crate::ui::{Field, Form, Hidden, Submit, locale, param, query};

/// `/l/{token}`: what a personal link opens. GET changes nothing; the button does.
pub fn link() -> impl IntoView {
    let token = param::<String>("token");
    let to = query("to").unwrap_or_default();
    let response = expect_context::<ResponseOptions>();
    public_page(t!(locale(), "link-page"), move |cx| async move {
        let locale = cx.locale;
        let mut tx = cx.db.read().await?;
        let link = link::act::find(&mut tx, &token?).await?;
        match link::rules::check(&link, cx.now) {
            Ok(()) => {}
            Err(closed) if link.purpose == Purpose::SignIn => {
                response.set_status(StatusCode::GONE);
                return Ok(match cx.site.sends_email {
                    true => ask_again(locale, &closed, to).into_any(),
                    false => ask_administrator(locale, &closed).into_any(),
                });
            }
            Err(closed) => return Err(closed),
        }
        let (title, text) = match link.purpose {
            Purpose::SignIn => (t!(locale, "link-sign-in"), t!(locale, "link-sign-in-text")),
            Purpose::Invite => (t!(locale, "link-invitation"), t!(locale, "link-invitation-text")),
            Purpose::Confirm => (t!(locale, "link-confirm"), answer(locale, &mut tx, &link).await?),
            Purpose::Portal => (t!(locale, "link-portal"), t!(locale, "link-portal-text")),
            Purpose::Response => (t!(locale, "link-item"), t!(locale, "link-item-text")),
            Purpose::Nominate => (t!(locale, "link-nominate"), t!(locale, "link-nominate-text")),
            Purpose::Feed | Purpose::Unsubscribe => return Err(Error::NotFound),
        };
        let label = if link.purpose == Purpose::Confirm { t!(locale, "link-confirm-button") } else { t!(locale, "link-continue") };
        Ok(view! {
            <section class="narrow card pad stack">
                <h1>{title}</h1>
                <p dir="auto">{text}</p>
                <Form act="continue">
                    <Hidden name="to" value=to/>
                    <Submit label=label main=true/>
                </Form>
                <small>{t!(locale, "link-private")}</small>
            </section>
        }
        .into_any())
    })
}

/// A sign-in link that no longer opens, and the form for a new one.
fn ask_again(locale: Locale, closed: &Error, to: String) -> impl IntoView + use<> {
    view! {
        <section class="narrow stack">
            <h1>{t!(locale, "link-expired-title")}</h1>
            <p>{t!(locale, "link-expired-offer", why = closed.for_guest(locale))}</p>
            <form method="post" action="/sign-in" class="form card pad stack" novalidate>
                <input type="hidden" name="act" value="link"/>
                <Hidden name="to" value=to/>
                <Field name="email" label=t!(locale, "link-email") kind="email" autocomplete="username"/>
                <Submit label=t!(locale, "link-email-me") main=true/>
            </form>
        </section>
    }
}

/// The same where no mail server is set up.
fn ask_administrator(locale: Locale, closed: &Error) -> impl IntoView + use<> {
    view! {
        <section class="narrow stack">
            <h1>{t!(locale, "link-expired-title")}</h1>
            <p>{t!(locale, "link-expired-no-email", why = closed.for_guest(locale))}</p>
            <p><a class="btn" href="/sign-in">{t!(locale, "link-sign-in")}</a></p>
        </section>
    }
}

/// Whose answer to which day a link confirms.
async fn answer(locale: Locale, tx: &mut Tx, link: &Link) -> Result<String> {
    let answer = invitation::store::find_answer(tx, link.subject_id).await?.ok_or(Error::NotFound)?;
    let invitation = invitation::store::find(tx, answer.invitation_id).await?.ok_or(Error::NotFound)?;
    let day = day::store::find(tx, invitation.panel_day_id).await?.ok_or(Error::NotFound)?;
    Ok(t!(locale, "link-confirm-text", name = &answer.name, email = masked(&answer.email), day = &day.title, date = day.day))
}
