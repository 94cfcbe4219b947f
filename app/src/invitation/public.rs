//! `/invitation`: what the invitee sees, on a phone, without a script. Who asks, why them, when and where, what is paid for,
//! what happens with their data; then yes or no.

use leptos::prelude::*;

use super::answer::Unconfirmed;
use super::{Invitation, State, rules, store};
use crate::account::{Actor, Verb};
use crate::address::masked;
use crate::candidate::{self, Candidate};
use crate::clock;
use crate::customer;
use crate::error::Error;
use crate::ids::{InvitationId, PanelistId};
use crate::panel_day::{self, PanelDay};
use crate::panelist::{self, Panelist, QuotePermission};
use crate::program::page::refused;
use crate::program::{self, Program};
use crate::session;
use crate::ui::{Field, Form, Select, Submit, TextArea, Tick, page};

/// `/invitation`.
pub fn invitation() -> impl IntoView {
    page("Your invitation", Verb::AnswerInvitation, |cx| async move {
        let Actor::Link { subject, .. } = cx.actor else { return Err(Error::NotFound) };
        let mut tx = cx.db.read().await?;
        let mut invitation = store::find(&mut tx, InvitationId(subject)).await?.ok_or(Error::NotFound)?;
        invitation.state = rules::state(&invitation, cx.now);
        if matches!(invitation.state, State::Expired | State::Withdrawn | State::Drafted | State::Reviewed) {
            return Err(rules::closed(invitation.state));
        }
        let candidate = candidate::store::find(&mut tx, invitation.candidate_id).await?.ok_or(Error::NotFound)?;
        let day = panel_day::store::find(&mut tx, invitation.panel_day_id).await?.ok_or(Error::NotFound)?;
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
                    <p class="dim">{program.organisation.clone()} " · " {program.name.clone()}</p>
                    <h1 class="voice">{invitation.subject.clone()}</h1>
                </header>
                {letter(&program, &day, &candidate, &invitation)}
                {agenda(&day, &sessions)}
                {answer}
            </article>
        })
    })
}

/// The invitation itself, as the invitee's page and the preview for staff show it.
pub fn letter(program: &Program, day: &PanelDay, candidate: &Candidate, invitation: &Invitation) -> impl IntoView + use<> {
    let reasons = candidate.reasons.iter().map(|reason| view! { <li>{reason.clone()}</li> }).collect_view();
    let source = if candidate.author_id.is_some() { "What we read in your public posts:" } else { "What we know about you as a customer:" };
    let body = invitation.body.trim().to_owned();
    let benefits = (!program.benefits.is_empty()).then(|| program.benefits.clone());
    let date = clock::long_date(day.day);
    let until = invitation.expires_at.map(|until| clock::long_date(clock::local_day(until, day.zone())));
    view! {
        <p class="said">{body}</p>
        <dl class="dl">
            <dt>"When"</dt><dd>{date}</dd>
            <dt>"Where"</dt><dd>{day.place.clone()}</dd>
            <dt>"Who asks"</dt><dd>{program.organisation.clone()} ": " {program.sponsor.clone()}</dd>
            <dt>"What for"</dt><dd>{program.purpose.clone()}</dd>
            <dt>"What we promise"</dt><dd>{program.rules_of_listening.clone()}</dd>
            <dt>"How long"</dt><dd>{program.term.clone()}</dd>
            {benefits.map(|benefits| view! { <dt>"What you get"</dt><dd>{benefits}</dd> })}
            <dt>"What is paid for"</dt><dd>{program.disclosed_costs.clone()}</dd>
            {until.map(|until| view! { <dt>"Answer by"</dt><dd>{until}</dd> })}
        </dl>
        <section class="stack">
            <h2>"Why you"</h2>
            <p>{source}</p>
            <ul>{reasons}</ul>
        </section>
        <section class="stack">
            <h2>"Your data"</h2>
            <p>{program.notice.clone()}</p>
            <p class="dim">
                "Lawful basis: " {program.lawful_basis.clone()} " Posts are kept for " {program.mention_months} " months. "
                "If you say yes we keep your name and address to organise the day and to report back to you. "
                "You can leave, read and download what we hold, or have it erased, at any time."
            </p>
        </section>
    }
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
        panelist::State::Waiting => (
            "You are on the waitlist",
            "All seats are taken right now. When one frees, it goes to whoever has waited longest, and we write to you at once.",
        ),
        panelist::State::Withdrawn => ("You have left this day", "Thank you for letting us know. Nothing more is needed."),
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
fn unconfirmed(answer: &Unconfirmed) -> impl IntoView + use<> {
    let own = answer.sent_to == answer.email;
    let why = if own { "so that we know that the address is yours." } else { "since it is the one that we invited." };
    view! {
        <section class="card pad stack" aria-live="polite">
            <h2>"Please confirm your answer"</h2>
            <p>
                "We wrote to " <strong>{masked(&answer.sent_to)}</strong> ", " {why}
                " The seat is kept when the button in that mail is pressed. Seats go to those who confirm first."
            </p>
            <p class="dim">"No mail, or a wrong address? Answer again below: only the newest answer counts."</p>
        </section>
    }
}

fn questions(program: &Program, day: &PanelDay, invitation: &Invitation, name: String) -> impl IntoView + use<> {
    let said_no = invitation.state == State::Declined;
    let permissions = QuotePermission::ALL.iter().map(|one| (one.as_str().to_owned(), one.label().to_owned())).collect();
    let consent = format!("{} may write to me about {} and what follows from it", program.organisation, day.title);
    let hint = match &invitation.email {
        Some(invited) => format!(
            "Leave it empty to use {}, the address that we invited. If you give another one, we ask there first whether that is right.",
            masked(invited)
        ),
        None => "We send a mail to it, to make sure that it is yours.".to_owned(),
    };
    view! {
        {said_no.then(|| view! { <p class="notice">"You said no. If you have changed your mind, you can still say yes."</p> })}
        <section class="card pad stack">
            <h2>"Yes, I will come"</h2>
            <Form act="accept">
                <Field name="name" label="Your name" value=name autocomplete="name"/>
                <Field name="email" label="Your mail address" kind="email" hint=hint autocomplete="email"/>
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
