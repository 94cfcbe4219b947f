//! `/invitations/{id}`: one invitation with its text, its preview and its message to copy.

use chrono_tz::Tz;
use leptos::prelude::*;

use super::board::tone;
use super::wording;
use super::{Invitation, InvitationChannel, InvitationState, UnconfirmedAcceptance, act, rules, store};
use crate::access::account::{self, Permission};
use crate::access::audit;
use crate::access::outbox;
use crate::access::page::page;
use crate::db::{Tx, audit_log};
use crate::kernel::clock;
use crate::kernel::error::{Error, Result};
use crate::kernel::ids::InvitationId;
use crate::program;
use crate::program::day;
use crate::program::page::chip;
use crate::recruiting::candidate::{self, Candidate};
use crate::ui::{Field, Form, Hidden, Notice, PageForm, PageHead, Select, StateBadge, Submit, TextArea, Tone, param, query, refused};

/// `/invitations/{id}`.
pub fn invitation() -> impl IntoView {
    let id = param::<InvitationId>("id");
    page("Invitation", Permission::Invite, move |cx| async move {
        let mut tx = cx.db.read().await?;
        let mut invitation = store::find(&mut tx, id?).await?.ok_or(Error::NotFound)?;
        invitation.state = rules::state(&invitation, cx.now);
        let candidate = candidate::store::find(&mut tx, invitation.candidate_id).await?.ok_or(Error::NotFound)?;
        let day = day::store::find(&mut tx, invitation.panel_day_id).await?.ok_or(Error::NotFound)?;
        let program = program::store::find(&mut tx, day.program_id).await?.ok_or(Error::NotFound)?;
        let message = match invitation.sent_at {
            Some(_) => act::message(&mut tx, &cx.actor, invitation.id, &cx.site.base_url).await.ok(),
            None => None,
        };
        let email = outbox::store::find_newest(&mut tx, outbox::EmailTemplate::Invitation, invitation.id.0).await?;
        let email = email
            .filter(|email| email.state.needs_attention())
            .map(|email| undelivered(&email, cx.actor.may(Permission::SeeOutbox).is_ok()));
        let waiting =
            store::find_waiting_answer(&mut tx, invitation.id).await?.map(|answer| waiting_for_confirmation(&invitation, &answer));
        let history = history(&mut tx, invitation.id, &candidate.name, day.zone()).await?;
        let preview = wording::preview(&program, &day, &candidate, &invitation);
        let mut crumbs = day::crumbs::through(&mut tx, &day).await?;
        crumbs.push((format!("/days/{}/invitations", day.id), "Invitations".to_owned()));
        let badges = view! { {chip(Some(candidate.segment))} <StateBadge tone=tone(invitation.state) label=invitation.state.label()/> };
        let (withdrawal, next) = (withdrawal(&invitation), next_act(&invitation));
        Ok(view! {
            <PageHead title=candidate.name.clone() sub=invitation.channel.label() crumbs>
                {badges}
                {withdrawal}
                {next}
            </PageHead>
            <div class="two">
                <div class="stack-l">
                    {email}
                    {waiting}
                    {message.map(|message| to_copy(&invitation, message))}
                    {text(&invitation)}
                    {reasons(&candidate)}
                    <section class="card pad stack">
                        <h2>"History"</h2>
                        <ol class="trail">{history}</ol>
                    </section>
                </div>
                <section class="card pad stack" aria-labelledby="preview">
                    <h2 id="preview">"Preview"</h2>
                    {preview}
                </section>
            </div>
        })
    })
}

fn reasons(candidate: &Candidate) -> impl IntoView + use<> {
    let reasons = candidate.reasons.iter().map(|reason| view! { <li dir="auto">{reason.to_string()}</li> }).collect_view();
    view! {
        <section class="card pad stack">
            <h2>"Why they were chosen"</h2>
            <ul>{reasons}</ul>
            {(!candidate.remark.is_empty()).then(|| view! { <p dir="auto">{candidate.remark.clone()}</p> })}
        </section>
    }
}

/// The audit log of an invitation: who did what, and when.
async fn history(tx: &mut Tx, invitation: InvitationId, candidate: &str, zone: Tz) -> Result<impl IntoView + use<>> {
    let accounts = account::store::list(tx).await?;
    let history: Vec<(String, String)> = audit_log::list_subject(tx, invitation.0, 50)
        .await?
        .into_iter()
        .map(|line| {
            let by = accounts.iter().find(|account| Some(account.id.0) == line.actor_id).map(|account| account.name.clone());
            let who = by.unwrap_or_else(|| if line.actor_kind == "link" { candidate.to_owned() } else { "Weheard".to_owned() });
            (format!("{who} {}", audit::words::shown(&line.action, &line.subject_kind)), clock::short_date_time(line.at, zone))
        })
        .collect();
    Ok(history.into_iter().map(|(what, at)| view! { <li class="done" dir="auto">{what} " " <time>{at}</time></li> }).collect_view())
}

/// The page's primary action.
fn next_act(invitation: &Invitation) -> impl IntoView + use<> {
    let revision = invitation.revision.to_string();
    match (invitation.state, invitation.channel) {
        (InvitationState::Drafted, _) => {
            view! { <Form act="review"><Hidden name="revision" value=revision/> <Submit label="Approve for sending" main=true/></Form> }
                .into_any()
        }
        (InvitationState::Reviewed, InvitationChannel::Email) => {
            view! { <Form act="send"><Submit label="Send invitation" main=true/></Form> }.into_any()
        }
        (InvitationState::Reviewed, InvitationChannel::Hand) => {
            view! { <Form act="send"><Submit label="Create message to copy" main=true/></Form> }.into_any()
        }
        _ => ().into_any(),
    }
}

fn withdrawal(invitation: &Invitation) -> impl IntoView + use<> {
    invitation.state.can_withdraw().then(|| {
        let text = if invitation.state.said_yes() {
            "They accepted. Withdrawing gives their seat to the first person on the waitlist."
        } else {
            "The link in the invitation stops working, and it can no longer be answered."
        };
        view! {
            <div id="withdraw">
                <PageForm label="Withdraw invitation" open=refused("withdraw") || query("withdraw").is_some()>
                    <Form act="withdraw">
                        <p>{text}</p>
                        <Field name="reason" label="Reason"/>
                        <Submit label="Withdraw invitation" danger=true/>
                    </Form>
                </PageForm>
            </div>
        }
    })
}

/// The state of an email that was not delivered for certain.
fn undelivered(email: &outbox::OutboxLine, may_decide: bool) -> impl IntoView + use<> {
    let words = match email.state {
        outbox::EmailState::InDoubt => {
            "The email with this invitation may not have been sent: the mail server did not confirm it.".to_owned()
        }
        state => format!("The email with this invitation was not delivered: {}.", state.label()),
    };
    let link = may_decide.then(|| view! { " " <a href=format!("/outbox/{}", email.id)>"Open email"</a> });
    view! { <Notice tone=Tone::Warn><p>{words} {link}</p></Notice> }
}

/// A yes that takes a seat only when the button in an email is pressed.
fn waiting_for_confirmation(invitation: &Invitation, answer: &UnconfirmedAcceptance) -> impl IntoView + use<> {
    let title = if invitation.email.is_some() { "Accepted from another address, not confirmed yet" } else { "Accepted, not confirmed yet" };
    let text = format!(
        "{} ({}) accepted. They get a seat when they press the button in the email to {}.",
        answer.name, answer.email, answer.sent_to
    );
    view! {
        <section class="card pad stack">
            <h2>{title}</h2>
            <p dir="auto">{text}</p>
        </section>
    }
}

fn to_copy(invitation: &Invitation, message: String) -> impl IntoView + use<> {
    let lead = match invitation.channel {
        InvitationChannel::Hand => "Copy this message and send it yourself, for example as a direct message. The link in it is personal.",
        InvitationChannel::Email => "This was sent by email. If the email did not arrive, copy the message and send it yourself.",
    };
    view! {
        <section class="card pad stack" id="message">
            <h2>"Message to copy"</h2>
            <p class="dim">{lead}</p>
            <pre class="copy" tabindex="0" dir="auto">{message}</pre>
        </section>
    }
}

/// The text: to edit before it is sent, to read in the preview afterwards.
fn text(invitation: &Invitation) -> impl IntoView + use<> {
    invitation.state.editable().then(|| {
        let channels = InvitationChannel::ALL.iter().map(|channel| (channel.as_str().to_owned(), channel.label().to_owned())).collect();
        let invitation = invitation.clone();
        let again = (invitation.state == InvitationState::Reviewed).then(|| {
            view! { <p class="notice">"This text is approved. If you change it, it has to be approved again."</p> }
        });
        view! {
            <details class="card pad" open=refused("edit")>
                <summary>"Edit delivery and text"</summary>
                {again}
                <Form act="edit">
                    <Hidden name="revision" value=invitation.revision.to_string()/>
                    <div class="pair">
                        <Select name="channel" label="Delivery" options=channels value=invitation.channel.as_str()/>
                        <div class="only mail">
                            <Field name="email" label="Email" kind="email" value=invitation.email.unwrap_or_default()/>
                        </div>
                    </div>
                    <Field name="subject" label="Subject" value=invitation.subject/>
                    <TextArea name="body" label="Text" value=invitation.body rows=14 hint="The personal link is added below the text."/>
                    <Submit label="Save invitation" main=true/>
                </Form>
            </details>
        }
    })
}
