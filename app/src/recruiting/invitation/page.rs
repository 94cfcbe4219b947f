//! Staff's side of invitations: the board of a day, and one invitation with its text, preview and message to copy.

use chrono_tz::Tz;
use leptos::prelude::*;

use super::letter;
use super::list::{self, InvitationColumn, InvitationSearch, InvitationSort};
use super::{Invitation, InvitationChannel, InvitationRow, InvitationState, UnconfirmedAcceptance, act, rules, store};
use crate::access::account::{self, Permission};
use crate::access::outbox;
use crate::access::page::page;
use crate::db::{Tx, audit_log};
use crate::kernel::clock;
use crate::kernel::error::{Error, Result};
use crate::kernel::ids::{InvitationId, PanelDayId};
use crate::program;
use crate::program::day::{self, PanelDay};
use crate::program::page::{chip, url_part};
use crate::recruiting::DayHead;
use crate::recruiting::candidate::{self, Candidate};
use crate::ui::{Field, Form, Hidden, Notice, Select, Submit, TextArea, Tone, options, param, query, refused, words};

/// `/days/{id}/invitations`: the board.
pub fn board(head: DayHead) -> impl IntoView {
    let id = param::<PanelDayId>("id");
    page("Invitations", Permission::Invite, move |cx| async move {
        let mut tx = cx.db.read().await?;
        let (day, head) = head(&mut tx, &cx, id, Permission::Invite, "/invitations").await?;
        let search = InvitationSearch::read(query);
        let all = store::list(&mut tx, day.id).await?;
        let undrafted = candidate::store::list(&mut tx, day.id)
            .await?
            .iter()
            .filter(|candidate| candidate.removed_at.is_none() && all.iter().all(|line| line.invitation.candidate_id != candidate.id))
            .count();
        let lines = list::list(&mut tx, day.id, &search, cx.now).await?;
        let count = format!("{} of {}", lines.len(), all.len());
        let none = all.is_empty() && undrafted == 0;
        let channel = search.channel.map_or("", InvitationChannel::as_str);
        let channels: Vec<_> = std::iter::once((String::new(), "Both ways".to_owned()))
            .chain(InvitationChannel::ALL.iter().map(|channel| (channel.as_str().to_owned(), channel.label().to_owned())))
            .collect();
        let csv = format!("/days/{}/invitations.csv?q={}&channel={channel}&sort={}", day.id, url_part(&search.words), search.sort.as_str());
        let columns = InvitationColumn::ALL.iter().map(|&which| column(which, &lines, &day)).collect_view();
        Ok(view! {
            {head}
            {(undrafted > 0).then(|| view! {
                <div class="notice row wrap">
                    <span>{if undrafted == 1 { "1 person on the shortlist has no invitation yet.".to_owned() } else { format!("{undrafted} people on the shortlist have no invitation yet.") }}</span>
                    <Form act="draft_all" class="inline"><Submit label="Draft the invitations" main=true/></Form>
                </div>
            })}
            {none.then(|| view! {
                <section class="card empty">
                    <h2>"Nobody to invite yet"</h2>
                    <p>"Invitations are drafted from the shortlist, then reviewed by a person, then sent."</p>
                    <p><a href=format!("/days/{}/shortlist", day.id)>"Go to the shortlist"</a></p>
                </section>
            })}
            {(!none).then(|| view! {
                <form class="filter" role="search">
                    <label class="grow">"Search" <input type="search" name="q" value=search.words.clone()/></label>
                    <label>"Way" {options("channel", channels, channel)}</label>
                    <label>"Sort" {words("sort", InvitationSort::ALL, InvitationSort::as_str, InvitationSort::label, search.sort)}</label>
                    <button type="submit">"Filter"</button>
                    <span class="push dim">{count}</span>
                    <a class="btn" href=csv>"CSV"</a>
                </form>
                <div class="board slim">{columns}</div>
            })}
        })
    })
}

fn column(which: InvitationColumn, lines: &[InvitationRow], day: &PanelDay) -> impl IntoView + use<> {
    let mine: Vec<&InvitationRow> = lines.iter().filter(|line| InvitationColumn::of(line.invitation.state) == which).collect();
    let count = mine.len();
    let all = match which {
        InvitationColumn::Drafted if count > 0 => {
            let shown = mine
                .iter()
                .map(|line| view! { <Hidden name="read" value=format!("{}:{}", line.invitation.id, line.invitation.revision)/> })
                .collect_view();
            let label = if count == 1 { "I have read it: it may go".to_owned() } else { format!("I have read all {count}: they may go") };
            Some(view! { <Form act="review_all">{shown} <Submit label=label/></Form> }.into_any())
        }
        InvitationColumn::Reviewed if count > 0 => {
            let label = if count == 1 { "Send it".to_owned() } else { format!("Send all {count}") };
            Some(view! { <Form act="send_all"><Submit label=label main=true/></Form> }.into_any())
        }
        _ => None,
    };
    let tickets = mine.into_iter().map(|line| ticket(line, day)).collect_view();
    view! {
        <div class="column">
            <header><h2>{which.label()}</h2><span class="count">{count}</span></header>
            {all}
            {tickets}
        </div>
    }
}

fn ticket(line: &InvitationRow, day: &PanelDay) -> impl IntoView + use<> {
    let invitation = &line.invitation;
    let to = format!("/invitations/{}", invitation.id);
    let text = (invitation.state == InvitationState::Drafted).then(|| {
        let body = invitation.body.clone();
        view! { <details class="more"><summary>"Read it"</summary><p class="copy">{body}</p></details> }
    });
    let copy = (invitation.state == InvitationState::Sent && invitation.channel == InvitationChannel::Hand)
        .then(|| view! { <p><a href=format!("{to}#message")>"Copy the message"</a></p> });
    let until = (invitation.state == InvitationState::Sent)
        .then(|| invitation.expires_at.map(|until| format!("answer by {}", clock::long_date(clock::local_day(until, day.zone())))))
        .flatten();
    let state =
        matches!(InvitationColumn::of(invitation.state), InvitationColumn::No | InvitationColumn::Yes).then(|| invitation.state.label());
    view! {
        <article class="ticket">
            <strong><a href=to>{line.name.clone()}</a></strong>
            <span class="row wrap">{chip(Some(line.segment))} <small>{invitation.channel.label()}</small></span>
            {state.map(|state| view! { <small>{state}</small> })}
            {until.map(|until| view! { <small>{until}</small> })}
            {copy.map(IntoAny::into_any)}
            {text}
        </article>
    }
}

/// `/invitations/{id}`: one invitation.
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
        let preview = letter::letter(&program, &day, &candidate, &invitation);
        Ok(view! {
            <header class="page-head">
                <div>
                    <nav class="crumbs" aria-label="Where this is">
                        <a href="/days">"Panel days"</a>
                        <a href=format!("/days/{}", day.id)>{day.title.clone()}</a>
                        <a href=format!("/days/{}/invitations", day.id)>"Invitations"</a>
                    </nav>
                    <h1>{candidate.name.clone()}</h1>
                    <p>{chip(Some(candidate.segment))} " " {invitation.channel.label()} " · " {invitation.state.label()}</p>
                </div>
                <div class="actions">{buttons(&invitation)}</div>
            </header>
            <div class="two">
                <div class="stack-l">
                    {email}
                    {waiting}
                    {message.map(|message| by_hand(&invitation, message))}
                    <section class="card pad stack">
                        <h2>"Text"</h2>
                        {text(&invitation)}
                    </section>
                    {why_them(&candidate)}
                    <section class="card pad stack">
                        <h2>"What happened"</h2>
                        <ol class="trail">{history}</ol>
                    </section>
                </div>
                <section class="card pad stack" aria-labelledby="preview">
                    <h2 id="preview">"As they see it"</h2>
                    {preview}
                </section>
            </div>
        })
    })
}

fn why_them(candidate: &Candidate) -> impl IntoView + use<> {
    let reasons = candidate.reasons.iter().map(|reason| view! { <li>{reason.clone()}</li> }).collect_view();
    view! {
        <section class="card pad stack">
            <h2>"Why them"</h2>
            <ul>{reasons}</ul>
            {(!candidate.remark.is_empty()).then(|| view! { <p>{candidate.remark.clone()}</p> })}
        </section>
    }
}

/// What the audit log says about an invitation, and by whom.
async fn history(tx: &mut Tx, invitation: InvitationId, candidate: &str, zone: Tz) -> Result<impl IntoView + use<>> {
    let accounts = account::store::list(tx).await?;
    let history: Vec<(String, String)> = audit_log::list_subject(tx, invitation.0, 50)
        .await?
        .into_iter()
        .map(|line| {
            let by = accounts.iter().find(|account| Some(account.id.0) == line.actor_id).map(|account| account.name.clone());
            let who = by.unwrap_or_else(|| if line.actor_kind == "link" { candidate.to_owned() } else { "the program".to_owned() });
            (format!("{who} {}", line.action), clock::short_date_time(line.at, zone))
        })
        .collect();
    Ok(history.into_iter().map(|(what, at)| view! { <li class="done">{what} " " <time>{at}</time></li> }).collect_view())
}

fn buttons(invitation: &Invitation) -> impl IntoView + use<> {
    let revision = invitation.revision.to_string();
    let next = match invitation.state {
        InvitationState::Drafted => Some(
            view! { <Form act="review"><Hidden name="revision" value=revision/> <Submit label="I have read it: it may go" main=true/></Form> }.into_any(),
        ),
        InvitationState::Reviewed => Some(view! { <Form act="send"><Submit label="Send" main=true/></Form> }.into_any()),
        _ => None,
    };
    let take_back = (!invitation.state.editable() && !matches!(invitation.state, InvitationState::Withdrawn | InvitationState::Expired))
        .then(|| {
            let (summary, text) = if invitation.state.said_yes() {
                ("Withdraw", "They said yes. This takes them off the day on their behalf, and whoever has waited longest moves up.")
            } else {
                ("Take back", "The link in it stops working, and it cannot be answered any more.")
            };
            view! {
                <details class="confirm danger" open=refused("withdraw")>
                    <summary>{summary}</summary>
                    <Form act="withdraw">
                        <p>{text}</p>
                        <Field name="reason" label="Reason"/>
                        <Submit label=summary danger=true/>
                    </Form>
                </details>
            }
        });
    view! { {next} {take_back} }
}

/// What became of the email with this invitation, where somebody has to look at it.
fn undelivered(email: &outbox::OutboxLine, may_decide: bool) -> impl IntoView + use<> {
    let words = match email.state {
        outbox::EmailState::InDoubt => {
            "The email with this invitation may have been sent: the mail server's answer did not arrive.".to_owned()
        }
        state => format!("The email with this invitation was not delivered: {}.", state.label()),
    };
    let link = may_decide.then(|| view! { " " <a href=format!("/outbox/{}", email.id)>"Open the email"</a> });
    view! { <Notice tone=Tone::Warn><p>{words} {link}</p></Notice> }
}

/// A yes that counts only when somebody presses the button in an email.
fn waiting_for_confirmation(invitation: &Invitation, answer: &UnconfirmedAcceptance) -> impl IntoView + use<> {
    let other = if invitation.email.is_some() { "Answered from another address" } else { "Answered, not confirmed yet" };
    let text = format!(
        "{} ({}) said yes. The seat is kept when the button in the email to {} is pressed.",
        answer.name, answer.email, answer.sent_to
    );
    view! {
        <section class="card pad stack">
            <h2>{other}</h2>
            <p>{text}</p>
        </section>
    }
}

fn by_hand(invitation: &Invitation, message: String) -> impl IntoView + use<> {
    let lead = match invitation.channel {
        InvitationChannel::Hand => "Copy this and send it yourself, where they will read it. The link is theirs alone.",
        InvitationChannel::Mail => "This went by email. If it did not arrive, you can send the same by hand.",
    };
    view! {
        <section class="card pad stack" id="message">
            <h2>"Message to copy"</h2>
            <p class="dim">{lead}</p>
            <pre class="copy" tabindex="0">{message}</pre>
        </section>
    }
}

fn text(invitation: &Invitation) -> impl IntoView + use<> {
    if !invitation.state.editable() {
        return view! {
            <p><strong>{invitation.subject.clone()}</strong></p>
            <p class="copy">{invitation.body.clone()}</p>
        }
        .into_any();
    }
    let channels = InvitationChannel::ALL.iter().map(|channel| (channel.as_str().to_owned(), channel.label().to_owned())).collect();
    let invitation = invitation.clone();
    let again = (invitation.state == InvitationState::Reviewed)
        .then(|| view! { <p class="notice">"Reviewed. If you change it, somebody has to review it again."</p> });
    view! {
        {again}
        <Form act="edit">
            <Hidden name="revision" value=invitation.revision.to_string()/>
            <div class="pair">
                <Select name="channel" label="How it travels" options=channels value=invitation.channel.as_str()/>
                <Field name="email" label="Email address" kind="email" value=invitation.email.unwrap_or_default() hint="Needed for an email"/>
            </div>
            <Field name="subject" label="Subject" value=invitation.subject/>
            <TextArea name="body" label="Text" value=invitation.body rows=14 hint="The personal link is added below it."/>
            <Submit label="Save the text"/>
        </Form>
    }
    .into_any()
}
