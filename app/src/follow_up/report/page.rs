//! `/reports/{id}`: a final report, the delivery status of its copies, what was answered. `/share/{slug}`: the public version,
//! which needs no sign-in.

use std::collections::BTreeMap;

use chrono_tz::Tz;
use leptos::prelude::*;

use super::drawing::{document_view, tone};
use super::rules::state;
use super::store::{self, CopyRow, Report};
use super::{AnswerEffect, AnswerKind, DeliveryStatus, ReportState, act, reader};
use crate::access::account::Permission;
use crate::access::page::{PageContext, page, public_page};
use crate::db::Tx;
use crate::follow_up::board;
use crate::kernel::clock::{long_date, short_date_time};
use crate::kernel::error::Result;
use crate::kernel::ids::{HeardId, ReportId};
use crate::program::day;
use crate::recruiting::panelist::Attendance;
use crate::t;
use crate::ui::{Confirm, Form, Notice, PageHead, RowMenu, StateBadge, Submit, Th, Tile, Tone, capital, count, locale, param};

/// `/reports/{id}`.
pub fn report() -> impl IntoView {
    let id = param::<ReportId>("id");
    page("Report", Permission::SeeReports, move |cx: PageContext| async move {
        let mut tx = cx.db.read().await?;
        let report = act::find(&mut tx, &cx.actor, id?).await?;
        let copies = store::list_copies(&mut tx, report.id).await?;
        let answers = store::count_answers(&mut tx, report.id).await?;
        let day = day::store::find(&mut tx, report.panel_day_id).await?;
        let zone = day.as_ref().map_or(Tz::UTC, |day| day.zone());
        let state = state(report.sending_at, copies.iter().map(CopyRow::delivery));
        let edition = store::edition(&report, &copies);
        let document = &report.document;
        let mut crumbs = match &day {
            Some(day) => day::crumbs::through(&mut tx, day).await?,
            None => Vec::new(),
        };
        crumbs.push(("/reports".into(), "Reports".into()));
        let trail = cx.actor.scope(Permission::SeeTrail).is_some();
        let document_view = document_view(&edition, &|item| answers_view(&answers, item.heard_id, trail));
        let may_send = cx.actor.scope(Permission::SendReport).is_some();
        let answered = copies.iter().any(|copy| copy.answers > 0);
        let rows = copies.iter().map(|copy| row(&report, copy, may_send, answered, zone)).collect::<Vec<_>>();
        let send = may_send.then(|| send(&report, &copies, state));
        let pdf = format!("/reports/{}/pdf", report.id);
        Ok(view! {
            <PageHead title=format!("Report {} of {}", report.number, long_date(document.day.date)) sub=format!("{}, finalised on {}", document.day.title, long_date(document.finalised_on)) crumbs>
                <a class="btn" href=pdf>"Download PDF"</a>
                {send}
            </PageHead>
            {tiles(&copies, state)}
            <div class="stack-l">
                {may_send.then(|| notices(&copies, state, cx.site.sends_email))}
                <section class="card">
                    <h2 class="in-card">"Delivery status"</h2>
                    <table class="list">
                        <caption class="sr">"Delivery status of each copy"</caption>
                        <thead><tr>
                            <Th label="Panelist"/>
                            <Th label="Attendance"/>
                            <Th label="Raised" n=true/>
                            <Th label="Delivery"/>
                            {answered.then(|| view! { <Th label="Answers" n=true/> })}
                            <th scope="col"><span class="sr">"More"</span></th>
                        </tr></thead>
                        <tbody>{rows}</tbody>
                    </table>
                </section>
                {may_send.then(|| sharing(&report, &cx.site.base_url))}
                <section class="card pad">{document_view}</section>
                <p class="dim"><small>{format!("SHA-256 of the final document: {}", report.hash)}</small></p>
                {report.audit_head.map(|head| view! { <p class="dim"><small>{format!("Last entry in the audit log before it: {head}")}</small></p> })}
            </div>
        })
    })
}

fn tiles(copies: &[CopyRow], state: ReportState) -> impl IntoView + use<> {
    let counted = |reached: fn(&CopyRow) -> bool| copies.iter().filter(|copy| reached(copy)).count().to_string();
    let lost = copies.iter().filter(|copy| matches!(copy.delivery(), DeliveryStatus::Failed | DeliveryStatus::Bounced)).count();
    let doubt = copies.iter().filter(|copy| copy.delivery() == DeliveryStatus::InDoubt).count();
    let tone = if lost > 0 { Tone::Bad } else { Tone::Plain };
    view! {
        <div class="tiles">
            <Tile label="Status" value=capital(state.label())/>
            <Tile label="Attended" value=counted(|copy| copy.attendance == Some(Attendance::CheckedIn))/>
            <Tile label="Sent" value=counted(|copy| copy.sent_at.is_some())/>
            <Tile label="Opened" value=counted(|copy| copy.opened_at.is_some())/>
            <Tile label="Answered" value=counted(|copy| copy.answers > 0)/>
            <Tile label="Failed or bounced" value=lost.to_string() tone=tone/>
            {(doubt > 0).then(|| view! { <Tile label="May have been sent" value=doubt.to_string() href="/outbox?state=in_doubt" tone=Tone::Warn/> })}
        </div>
    }
}

/// How many people the next sending reaches.
fn unsent(copies: &[CopyRow]) -> usize {
    copies.iter().filter(|copy| copy.will_get()).count()
}

fn send(report: &Report, copies: &[CopyRow], state: ReportState) -> impl IntoView + use<> {
    let waiting = unsent(copies);
    let people = count(i64::try_from(waiting).unwrap_or(i64::MAX), "person", "people");
    let label =
        if state == ReportState::Final { format!("Send report {} to {people}", report.number) } else { format!("Send to {people} more") };
    (waiting > 0).then(|| {
        view! {
            <Confirm label=label.clone() main=true>
                <p>"Each person gets one email with a personal link. Their copy starts with the items that they raised."</p>
                <Form act="send"><Submit label main=true/></Form>
            </Confirm>
        }
    })
}

/// What staff should know before they send.
fn notices(copies: &[CopyRow], state: ReportState, sends_email: bool) -> impl IntoView + use<> {
    let silent: Vec<&str> = copies.iter().filter(|copy| copy.is_silent()).map(|copy| copy.name.as_str()).collect();
    let silent = (!silent.is_empty()).then(|| {
        view! { <p class="dim" dir="auto">{format!("Unsubscribed from email: {}. They can still read the report in their portal.", silent.join(", "))}</p> }
    });
    let no_server = (!sends_email).then(|| {
        view! { <Notice tone=Tone::Warn><p>"No mail server is configured, so emails stay queued. " <a href="/outbox">"Open the outbox"</a></p></Notice> }
    });
    let nobody = (unsent(copies) == 0 && state == ReportState::Final)
        .then(|| view! { <p class="dim">"There is no one to send this report to. Record who attended on the day’s People page."</p> });
    view! { <div class="stack">{no_server} {silent} {nobody}</div> }
}

fn row(report: &Report, copy: &CopyRow, may_send: bool, answered: bool, zone: Tz) -> impl IntoView + use<> {
    let delivery = copy.delivery();
    let came = match copy.attendance {
        _ if copy.is_erased() => "–",
        _ if copy.withdrawn_at.is_some() => "left the panel",
        Some(Attendance::CheckedIn) => "attended",
        Some(Attendance::NoShow) => "no-show",
        None => "not recorded",
    };
    let when = match delivery {
        DeliveryStatus::Opened | DeliveryStatus::Answered => copy.opened_at,
        DeliveryStatus::NotSent | DeliveryStatus::Queued | DeliveryStatus::Unsubscribed => None,
        DeliveryStatus::Sent | DeliveryStatus::InDoubt | DeliveryStatus::Failed | DeliveryStatus::Bounced => copy.sent_at,
    };
    let when = when.map(|at| format!(" {}", short_date_time(at, zone)));
    let email = copy.outbox_id.filter(|_| may_send).map(|email| view! { <a href=format!("/outbox/{email}")>"View email"</a> });
    let name = copy.name.clone();
    let error = copy.email_error.clone().filter(|_| {
        matches!(delivery, DeliveryStatus::Failed | DeliveryStatus::Bounced | DeliveryStatus::Queued | DeliveryStatus::InDoubt)
    });
    let when_sent = copy.sent_at;
    let again = (may_send && copy.outbox_id.is_some() && act::may_resend(copy)).then(|| {
        let (key, label) = (copy.panelist_id.to_string(), format!("Send again to {}", copy.email));
        let so_far = match when_sent {
            Some(at) => format!("It was last sent on {}. Its status is “{}”.", short_date_time(at, zone), delivery.label()),
            None => format!("Its status is “{}”.", delivery.label()),
        };
        view! { <Confirm label="Send again"><p>{so_far}</p><Form act="resend" key=key><Submit label/></Form></Confirm> }
    });
    let pdf =
        (!copy.is_erased()).then(|| view! { <a href=format!("/reports/{}/copies/{}/pdf", report.id, copy.panelist_id)>"Download PDF"</a> });
    let acts = pdf.is_some() || email.is_some() || again.is_some();
    let menu = acts.then(|| view! { <RowMenu of=name>{pdf}{email}{again}</RowMenu> });
    view! {
        <tr>
            <td dir="auto">{copy.name.clone()}</td>
            <td data-label="Attendance">{came}</td>
            <td class="n" data-label="Raised">{copy.raised.len()}</td>
            <td data-label="Delivery">
                <StateBadge tone=tone(delivery.tone()) label=format!("{}{}", delivery.label(), when.unwrap_or_default())/>
                {(copy.unsubscribed && !copy.is_erased()).then_some(" · unsubscribed")}
                {error.map(|error| view! { <small class="bad-text">" " {error.to_string()}</small> })}
            </td>
            {answered.then(|| view! { <td class="n" data-label="Answers">{copy.answers}</td> })}
            <td>{menu}</td>
        </tr>
    }
}

fn sharing(report: &Report, base: &str) -> impl IntoView + use<> {
    let body = match &report.share_slug {
        Some(slug) => {
            let url = format!("{base}/share/{slug}");
            view! {
                <p>"Anyone with this link can read the public version. It hides counts below three and quotes only panelists who agreed to be quoted."</p>
                <p class="wrap"><a href=format!("/share/{slug}")>{url}</a></p>
                <Confirm label="Revoke link" danger=true>
                    <p>"The link stops working permanently. You can create a new one later."</p>
                    <Form act="unshare"><Submit label="Revoke link" danger=true/></Form>
                </Confirm>
            }
            .into_any()
        }
        None => view! {
            <p>"Anyone with the link can read the public version. It hides counts below three and quotes only panelists who agreed to be quoted. You can revoke the link at any time."</p>
            <Form act="share"><Submit label="Create public link"/></Form>
        }
        .into_any(),
    };
    view! { <section class="card pad stack"><h2>"Public version"</h2>{body}</section> }
}

/// How the readers of this report answered an item, and the link to its evidence trail.
fn answers_view(answers: &[(HeardId, AnswerKind, AnswerEffect, i64)], heard: HeardId, trail: bool) -> Option<AnyView> {
    let mut counts: BTreeMap<(AnswerKind, AnswerEffect), i64> = BTreeMap::new();
    for (_, answer, effect, count) in answers.iter().filter(|(item, ..)| *item == heard) {
        *counts.entry((*answer, *effect)).or_default() += count;
    }
    let words: Vec<String> = counts
        .iter()
        .map(|((answer, effect), count)| match effect {
            AnswerEffect::MeToo | AnswerEffect::TooSoon => format!("{count} {}", effect.label()),
            AnswerEffect::Outdated => format!("{count} {} ({})", answer.label().to_lowercase(), effect.label()),
            AnswerEffect::Recorded | AnswerEffect::Reopened | AnswerEffect::AlreadyOpen => {
                format!("{count} {}", answer.label().to_lowercase())
            }
        })
        .collect();
    let words = if words.is_empty() { "No answers from panelists yet.".to_owned() } else { format!("Answered: {}.", words.join(", ")) };
    let trail = trail.then(|| view! { <a href=format!("/evidence-trail/heard/{heard}")>"Evidence trail"</a> });
    Some(view! { <div class="evidence"><span>{words}</span> {trail}</div> }.into_any())
}

/// Disputes by panelists of an item's newest answer that did not reopen it, for the item's page: staff decide.
///
/// # Errors
/// What the database says.
pub async fn disputes(tx: &mut Tx, line: &board::FollowUpRow) -> Result<Option<AnyView>> {
    let newest = line.published.as_ref().map(|version| version.id);
    let mut answers = store::list_answers(tx, line.item.id).await?;
    answers.retain(|answer| Some(answer.version_id) == newest && matches!(answer.effect, AnswerEffect::MeToo | AnswerEffect::TooSoon));
    let count_of =
        |effect: AnswerEffect| i64::try_from(answers.iter().filter(|answer| answer.effect == effect).count()).unwrap_or(i64::MAX);
    let mut lines = Vec::new();
    for (effect, one, many) in [
        (
            AnswerEffect::MeToo,
            "panelist who did not raise this answered “Broken for me too”.",
            "panelists who did not raise this answered “Broken for me too”.",
        ),
        (
            AnswerEffect::TooSoon,
            "panelist who raised this answered “Not enough, or too late”.",
            "panelists who raised this answered “Not enough, or too late”.",
        ),
    ] {
        let people = count_of(effect);
        if people > 0 {
            lines.push(count(people, one, many));
        }
    }
    if lines.is_empty() {
        return Ok(None);
    }
    let remarks = answers
        .into_iter()
        .filter(|answer| !answer.remark.is_empty())
        .map(|answer| view! { <li><q class="quote" dir="auto">{answer.remark}</q></li> })
        .collect::<Vec<_>>();
    let undecided = !line.reopened;
    let lines = lines.into_iter().map(|line| view! { <p dir="auto">{line}</p> }).collect::<Vec<_>>();
    Ok(Some(
        view! {
            <Notice tone=Tone::Warn>
                {lines}
                <ul class="plain stack">{remarks}</ul>
                {undecided.then(|| view! { <p>"The item was not reopened. Reopen it below if you agree."</p> })}
            </Notice>
        }
        .into_any(),
    ))
}

/// `/share/{slug}`: no sign-in, no names without consent.
pub fn shared() -> impl IntoView {
    let slug = param::<String>("slug");
    public_page(t!(locale(), "report-shared-page"), move |cx: PageContext| async move {
        let slug = slug?;
        let mut tx = cx.db.read().await?;
        let edition = act::shared(&mut tx, &slug).await?;
        let document_view = document_view(&edition, &|_| None);
        Ok(view! {
            <div class="narrow">
                {document_view}
                <p><a href=format!("/share/{slug}/pdf")>{t!(cx.locale, "portal-pdf")}</a></p>
            </div>
        })
    })
}

/// `/unsubscribe/{token}`: ends reports by email. Looking changes nothing; the button does.
pub fn unsubscribe() -> impl IntoView {
    let token = param::<String>("token");
    public_page(t!(locale(), "unsubscribe-page"), move |cx: PageContext| async move {
        let mut tx = cx.db.read().await?;
        let done = reader::unsubscribe_link(&mut tx, cx.now, &token?).await?.opened_at.is_some();
        Ok(if done {
            view! {
                <section class="narrow card pad stack">
                    <h1>{t!(cx.locale, "unsubscribe-done")}</h1>
                    <p>{t!(cx.locale, "unsubscribe-done-text")}</p>
                </section>
            }
            .into_any()
        } else {
            view! {
                <section class="narrow card pad stack">
                    <h1>{t!(cx.locale, "unsubscribe-ask")}</h1>
                    <p>{t!(cx.locale, "unsubscribe-ask-text")}</p>
                    <Form act="unsubscribe"><Submit label=t!(cx.locale, "unsubscribe-button") main=true/></Form>
                </section>
            }
            .into_any()
        })
    })
}
