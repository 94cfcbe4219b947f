//! `/invitation`: what the invitee sees, on a phone, without a script. The day first, then what the invitation says, then yes or no.

use leptos::prelude::*;

use super::{agenda, quote_options};
use crate::access::account::{Actor, Permission};
use crate::access::page::page;
use crate::db::Tx;
use crate::kernel::address::masked;
use crate::kernel::clock::Time;
use crate::kernel::error::{Error, Result};
use crate::kernel::ids::{InvitationId, PanelistId};
use crate::kernel::locale::Locale;
use crate::listening::customer;
use crate::panel_day::session;
use crate::program::day::{self, PanelDay};
use crate::program::{self, Program};
use crate::recruiting::candidate;
use crate::recruiting::invitation::wording::{body, day_card};
use crate::recruiting::invitation::{Invitation, InvitationState, UnconfirmedAcceptance, rules, store};
use crate::recruiting::panelist::{self, Panelist, PanelistState, QuotePermission};
use crate::t;
use crate::ui::{Field, Form, Select, Submit, TextArea, Tick, locale, refused};

/// `/invitation`.
pub fn invitation() -> impl IntoView {
    page(t!(locale(), "invitation-page"), Permission::AnswerInvitation, |cx| async move {
        let Actor::Link { subject, .. } = cx.actor else { return Err(Error::NotFound) };
        let mut tx = cx.db.read().await?;
        let invitation = open_invitation(&mut tx, InvitationId(subject), cx.now).await?;
        let candidate = candidate::store::find(&mut tx, invitation.candidate_id).await?.ok_or(Error::NotFound)?;
        let day = day::store::find(&mut tx, invitation.panel_day_id).await?.ok_or(Error::NotFound)?;
        let program = program::store::find(&mut tx, day.program_id).await?.ok_or(Error::NotFound)?;
        let panelist = panelist::store::find(&mut tx, PanelistId(subject)).await?;
        let agenda_of_day = session::rules::agenda(&day, &session::store::list(&mut tx, day.id).await?);
        let known = match candidate.customer_id {
            Some(id) => customer::store::find(&mut tx, id).await?.map(|customer| customer.name),
            None => None,
        };
        let locale = cx.locale;
        let open = panelist.is_none();
        let card = day_card(locale, &day, agenda::times(&agenda_of_day), open.then_some(&invitation));
        let text = body(locale, &program, &candidate, &invitation);
        let timetable = agenda::timetable(locale, &agenda_of_day);
        let rest = match panelist {
            // The answer has been given: what it led to comes first, and the invitation folds away.
            Some(panelist) => view! {
                {answered(locale, &panelist)}
                {card}
                {timetable}
                <details class="card pad">
                    <summary>{t!(locale, "invitation-again")}</summary>
                    <div class="stack-l">{text}</div>
                </details>
            }
            .into_any(),
            None => {
                let waiting = store::find_waiting_answer(&mut tx, invitation.id).await?;
                view! {
                    {card}
                    {waiting.map(|waiting| unconfirmed(locale, &waiting))}
                    {text}
                    {timetable}
                    {questions(locale, &program, &day, &invitation, known.unwrap_or_default())}
                    {answer_bar(locale)}
                }
                .into_any()
            }
        };
        Ok(view! {
            <article class="narrow centre document stack-l">
                <header class="hero stack">
                    <p class="dim" dir="auto">{program.charter.organisation.clone()} " · " {program.charter.name.clone()}</p>
                    <h1 class="quote" dir="auto">{invitation.subject.clone()}</h1>
                </header>
                {rest}
            </article>
        })
    })
}

/// The invitation as its invitee may see it.
///
/// # Errors
/// The words for an invitation that was not sent yet, has expired, or was withdrawn.
async fn open_invitation(tx: &mut Tx, id: InvitationId, now: Time) -> Result<Invitation> {
    let mut invitation = store::find(tx, id).await?.ok_or(Error::NotFound)?;
    invitation.state = rules::state(&invitation, now);
    match invitation.state {
        InvitationState::Expired | InvitationState::Withdrawn | InvitationState::Drafted | InvitationState::Reviewed => {
            Err(rules::closed(invitation.state))
        }
        _ => Ok(invitation),
    }
}

/// Yes and no, always within reach of a thumb.
fn answer_bar(locale: Locale) -> impl IntoView + use<> {
    view! {
        <nav class="answer-bar" aria-label=t!(locale, "invitation-answer")>
            <a class="btn btn-1" href="#form-accept">{t!(locale, "invitation-yes")}</a>
            <a class="btn" href="#form-decline">{t!(locale, "invitation-no")}</a>
        </nav>
    }
}

/// What a yes led to, and what happens next.
fn answered(locale: Locale, panelist: &Panelist) -> impl IntoView + use<> {
    let (title, text) = match panelist.state() {
        PanelistState::Waiting => (t!(locale, "invitation-waiting"), t!(locale, "invitation-waiting-text")),
        PanelistState::Withdrawn => (t!(locale, "invitation-left"), t!(locale, "invitation-left-text")),
        _ => (t!(locale, "invitation-seated"), t!(locale, "invitation-seated-text")),
    };
    let staying = panelist.withdrawn_at.is_none();
    view! {
        <section class="card pad stack" aria-live="polite">
            <h2>{title}</h2>
            <p>{text}</p>
            {staying.then(|| view! {
                <h3>{t!(locale, "invitation-next")}</h3>
                <ol>
                    <li>{t!(locale, "invitation-next-email", address = masked(&panelist.email))}</li>
                    <li>{t!(locale, "invitation-next-page")}</li>
                    <li>{t!(locale, "invitation-next-leave")}</li>
                </ol>
            })}
        </section>
    }
}

/// A yes that waits for a click.
fn unconfirmed(locale: Locale, answer: &UnconfirmedAcceptance) -> impl IntoView + use<> {
    let address = masked(&answer.sent_to);
    let sent = match answer.sent_to == answer.email {
        true => t!(locale, "invitation-confirm-own", address = address),
        false => t!(locale, "invitation-confirm-invited", address = address),
    };
    view! {
        <section class="card pad stack" aria-live="polite">
            <h2>{t!(locale, "invitation-confirm")}</h2>
            <p>{sent}</p>
            <p>{t!(locale, "invitation-confirm-next")}</p>
            <p class="dim">{t!(locale, "invitation-confirm-again")}</p>
        </section>
    }
}

fn questions(locale: Locale, program: &Program, day: &PanelDay, invitation: &Invitation, name: String) -> impl IntoView + use<> {
    let said_no = invitation.state == InvitationState::Declined;
    let organisation = &program.charter.organisation;
    let consent = t!(locale, "invitation-consent", organisation = organisation, day = &day.title);
    let quotes = t!(locale, "invitation-quotes", organisation = organisation);
    let hint = match &invitation.email {
        Some(invited) => t!(locale, "invitation-email-hint-known", address = masked(invited)),
        None => t!(locale, "invitation-email-hint-new"),
    };
    view! {
        {said_no.then(|| view! { <p class="notice">{t!(locale, "invitation-said-no")}</p> })}
        <section class="card pad stack">
            <h2>{t!(locale, "invitation-yes")}</h2>
            <Form act="accept">
                <Field name="name" label=t!(locale, "invitation-name") value=name autocomplete="name"/>
                <Field name="email" label=t!(locale, "invitation-email") kind="email" hint=hint autocomplete="email"/>
                <Select name="quotes" label=quotes options=quote_options(locale) value=QuotePermission::None.as_str() hint=t!(locale, "invitation-quotes-hint")/>
                <Tick name="consent" label=consent/>
                <Submit label=t!(locale, "invitation-accept") main=true/>
            </Form>
        </section>
        {(!said_no).then(|| view! {
            <details class="card pad" open=refused("decline")>
                <summary>{t!(locale, "invitation-no")}</summary>
                <Form act="decline">
                    <TextArea name="reason" label=t!(locale, "invitation-reason") rows=2/>
                    <Submit label=t!(locale, "invitation-decline")/>
                </Form>
            </details>
        })}
    }
}
