//! `/invitation`: what the invitee sees, on a phone, without a script. Who asks, why them, when and where, what is paid for,
//! what happens with their data; then yes or no.

use leptos::prelude::*;

use crate::access::account::{Actor, Permission};
use crate::access::page::page;
use crate::kernel::address::masked;
use crate::kernel::clock;
use crate::kernel::error::Error;
use crate::kernel::ids::{InvitationId, PanelistId};
use crate::listening::customer;
use crate::panel_day::session;
use crate::program::day::{self, PanelDay};
use crate::program::{self, Program};
use crate::recruiting::candidate;
use crate::recruiting::invitation::letter::letter;
use crate::recruiting::invitation::{Invitation, InvitationState, UnconfirmedAcceptance, rules, store};
use crate::recruiting::panelist::{self, Panelist, QuotePermission};
use crate::ui::{Field, Form, Select, Submit, TextArea, Tick, refused};

/// `/invitation`.
pub fn invitation() -> impl IntoView {
    page("Your invitation", Permission::AnswerInvitation, |cx| async move {
        let Actor::Link { subject, .. } = cx.actor else { return Err(Error::NotFound) };
        let mut tx = cx.db.read().await?;
        let mut invitation = store::find(&mut tx, InvitationId(subject)).await?.ok_or(Error::NotFound)?;
        invitation.state = rules::state(&invitation, cx.now);
        if matches!(
            invitation.state,
            InvitationState::Expired | InvitationState::Withdrawn | InvitationState::Drafted | InvitationState::Reviewed
        ) {
            return Err(rules::closed(invitation.state));
        }
        let candidate = candidate::store::find(&mut tx, invitation.candidate_id).await?.ok_or(Error::NotFound)?;
        let day = day::store::find(&mut tx, invitation.panel_day_id).await?.ok_or(Error::NotFound)?;
        let program = program::store::find(&mut tx, day.program_id).await?.ok_or(Error::NotFound)?;
        let panelist = panelist::store::find(&mut tx, PanelistId(subject)).await?;
        let sessions = session::store::list(&mut tx, day.id).await?;
        let known = match candidate.customer_id {
            Some(id) => customer::store::find(&mut tx, id).await?.map(|customer| customer.name),
            None => None,
        };
        let answer = match panelist {
            Some(panelist) => said_yes(&panelist, &day).into_any(),
            None => {
                let waiting = store::find_waiting_answer(&mut tx, invitation.id).await?;
                view! {
                    {waiting.map(|waiting| unconfirmed(&waiting))}
                    {questions(&program, &day, &invitation, known.unwrap_or_default())}
                }
                .into_any()
            }
        };
        Ok(view! {
            <article class="narrow centre letter stack-l">
                <header class="hero stack">
                    <p class="dim">{program.charter.organisation.clone()} " · " {program.charter.name.clone()}</p>
                    <h1 class="quote">{invitation.subject.clone()}</h1>
                </header>
                {letter(&program, &day, &candidate, &invitation)}
                {agenda(&day, &sessions)}
                {answer}
            </article>
        })
    })
}

fn agenda(day: &PanelDay, sessions: &[session::Session]) -> Option<impl IntoView + use<>> {
    if sessions.is_empty() {
        return None;
    }
    let agenda = session::rules::agenda(day, sessions);
    let lines = agenda
        .sessions
        .into_iter()
        .map(|session| {
            let (from, to) = (clock::wall_time(session.starts_at, agenda.zone), clock::wall_time(session.ends_at, agenda.zone));
            view! { <dt>{from} "–" {to}</dt><dd>{session.title} ", " {session.room}</dd> }
        })
        .collect_view();
    Some(view! {
        <section class="stack">
            <h2>"The day"</h2>
            <dl class="dl">{lines}</dl>
            <small>"Times are those of " {day.time_zone.to_string()} "."</small>
        </section>
    })
}

fn said_yes(panelist: &Panelist, day: &PanelDay) -> impl IntoView + use<> {
    let (title, text) = match panelist.state() {
        panelist::PanelistState::Waiting => (
            "You are on the waitlist",
            "All seats are taken right now. When one frees, it goes to whoever has waited longest, and we write to you at once.",
        ),
        panelist::PanelistState::Withdrawn => ("You have left this day", "Thank you for letting us know. Nothing more is needed."),
        _ => ("You have a seat", "We look forward to listening to you."),
    };
    let staying = panelist.withdrawn_at.is_none();
    view! {
        <section class="card pad stack" aria-live="polite">
            <h2>{title}</h2>
            <p>{text}</p>
            {staying.then(|| view! {
                <p>
                    "We wrote to " <strong>{masked(&panelist.email)}</strong> " with the link to your own page for " {day.title.clone()}
                    ": your agenda, how you may be quoted, and how to leave."
                </p>
            })}
        </section>
    }
}

/// A yes that waits for a click.
fn unconfirmed(answer: &UnconfirmedAcceptance) -> impl IntoView + use<> {
    let own = answer.sent_to == answer.email;
    let why = if own { "so that we know that the address is yours." } else { "since it is the one that we invited." };
    view! {
        <section class="card pad stack" aria-live="polite">
            <h2>"Please confirm your answer"</h2>
            <p>
                "We wrote to " <strong>{masked(&answer.sent_to)}</strong> ", " {why}
                " The seat is kept when the button in that email is pressed. Seats go to those who confirm first."
            </p>
            <p class="dim">"No email, or a wrong address? Answer again below: only the newest answer counts."</p>
        </section>
    }
}

fn questions(program: &Program, day: &PanelDay, invitation: &Invitation, name: String) -> impl IntoView + use<> {
    let said_no = invitation.state == InvitationState::Declined;
    let permissions = QuotePermission::ALL.iter().map(|one| (one.as_str().to_owned(), one.label().to_owned())).collect();
    let consent = format!("{} may write to me about {} and what follows from it", program.charter.organisation, day.title);
    let hint = match &invitation.email {
        Some(invited) => format!(
            "Leave it empty to use {}, the address that we invited. If you give another one, we ask there first whether that is right.",
            masked(invited)
        ),
        None => "We send an email to it, to make sure that it is yours.".to_owned(),
    };
    view! {
        {said_no.then(|| view! { <p class="notice">"You said no. If you have changed your mind, you can still say yes."</p> })}
        <section class="card pad stack">
            <h2>"Yes, I will come"</h2>
            <Form act="accept">
                <Field name="name" label="Your name" value=name autocomplete="name"/>
                <Field name="email" label="Your email address" kind="email" hint=hint autocomplete="email"/>
                <Select name="quotes" label="May your words be quoted outside the company?" options=permissions value=QuotePermission::None.as_str() hint="You can change this at any time."/>
                <Tick name="consent" label=consent/>
                <Submit label="Yes, I will come" main=true/>
            </Form>
        </section>
        {(!said_no).then(|| view! {
            <details class="card pad" open=refused("decline")>
                <summary>"No, thank you"</summary>
                <Form act="decline">
                    <TextArea name="reason" label="Would you tell us why?" hint="You do not have to." rows=2/>
                    <Submit label="No, thank you"/>
                </Form>
            </details>
        })}
    }
}
