//! `/l/{token}`: personal links.

use http::StatusCode;
use leptos::prelude::*;
use leptos_axum::ResponseOptions;

use crate::access::link::{self, Link, Purpose};
use crate::access::page::public_page;
use crate::db::Tx;
use crate::kernel::address::masked;
use crate::kernel::clock::long_date;
use crate::kernel::error::{Error, Result};
use crate::program::day;
use crate::recruiting::invitation;
use crate::ui::{Field, Form, Hidden, Submit, param, query};

/// `/l/{token}`: what a personal link opens. GET changes nothing; the button does.
pub fn link() -> impl IntoView {
    let token = param::<String>("token");
    let to = query("to").unwrap_or_default();
    let response = expect_context::<ResponseOptions>();
    public_page("Welcome", move |cx| async move {
        let mut tx = cx.db.read().await?;
        let link = link::act::find(&mut tx, &token?).await?;
        match link::rules::check(&link, cx.now) {
            Ok(()) => {}
            Err(closed) if link.purpose == Purpose::SignIn => {
                response.set_status(StatusCode::GONE);
                return Ok(ask_again(&closed, to).into_any());
            }
            Err(closed) => return Err(closed),
        }
        let (title, text) = match link.purpose {
            Purpose::SignIn => ("Sign in to Weheard", "Continue to sign in on this device.".to_owned()),
            Purpose::Invite => ("You are invited", "Continue to read and answer your invitation.".to_owned()),
            Purpose::Confirm => ("Confirm your answer", answer(&mut tx, &link).await?),
            Purpose::Portal => ("Welcome back", "Continue to your agenda and your reports.".to_owned()),
            Purpose::Response => ("Customers raised something with you", "Continue to read it and draft a response.".to_owned()),
            Purpose::Nominate => ("Nominations", "Continue to nominate a mention or a person, and to follow your nominations.".to_owned()),
            Purpose::Feed | Purpose::Unsubscribe => return Err(Error::NotFound),
        };
        let label = if link.purpose == Purpose::Confirm { "Confirm" } else { "Continue" };
        Ok(view! {
            <section class="narrow card pad stack">
                <h1>{title}</h1>
                <p>{text}</p>
                <Form act="continue">
                    <Hidden name="to" value=to/>
                    <Submit label=label main=true/>
                </Form>
                <small>"This link is personal. Do not share it."</small>
            </section>
        }
        .into_any())
    })
}

/// Why a sign-in link no longer works, and the form for a new one.
fn ask_again(closed: &Error, to: String) -> impl IntoView + use<> {
    view! {
        <section class="narrow stack">
            <h1>"Request a new sign-in link"</h1>
            <p>{closed.message()} " We can email you a new link."</p>
            <form method="post" action="/sign-in" class="form card pad stack" novalidate>
                <input type="hidden" name="act" value="link"/>
                <Hidden name="to" value=to/>
                <Field name="email" label="Email" kind="email" autocomplete="username"/>
                <Submit label="Email me a sign-in link" main=true/>
            </form>
        </section>
    }
}

/// The answer that a link confirms.
async fn answer(tx: &mut Tx, link: &Link) -> Result<String> {
    let answer = invitation::store::find_answer(tx, link.subject_id).await?.ok_or(Error::NotFound)?;
    let invitation = invitation::store::find(tx, answer.invitation_id).await?.ok_or(Error::NotFound)?;
    let day = day::store::find(tx, invitation.panel_day_id).await?.ok_or(Error::NotFound)?;
    Ok(format!("{} ({}) accepted the invitation to “{}” on {}.", answer.name, masked(&answer.email), day.title, long_date(day.day)))
}
