//! `/reports/{id}`: a final report, the delivery status of its copies, what was answered. `/share/{slug}`: the public version,
//! for anybody.

use std::collections::BTreeMap;

use chrono_tz::Tz;
use leptos::prelude::*;

use super::drawing::{letter, tone};
use super::rules::{assemble, state};
use super::store::{self, CopyRow, Report};
use super::{AnswerEffect, AnswerKind, DeliveryStatus, ReportReader, ReportState, act, reader};
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
use crate::ui::{Confirm, Form, Notice, PageHead, StateBadge, Submit, Th, Tile, Tone, count, locale, param};

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
        let edition = assemble(&report.document, ReportReader::Staff, &[], &store::words(&copies).consented);
        let document = &report.document;
        let crumbs = vec![
            ("/reports".into(), "Reports".into()),
            (format!("/days/{}", report.panel_day_id), day.map_or_else(|| document.day.title.clone(), |day| day.title)),
        ];
        let trail = cx.actor.scope(Permission::SeeTrail).is_some();
        let letter = letter(&edition, &|item| answers_view(&answers, item.heard_id, trail));
        let may_send = cx.actor.scope(Permission::SendReport).is_some();
        let rows = copies.iter().map(|copy| row(&report, copy, may_send, zone)).collect::<Vec<_>>();
        Ok(view! {
            <PageHead title=format!("Report {} of {}", report.number, long_date(document.day.date)) sub=format!("{}, frozen on {}", document.day.title, long_date(document.finalised_on)) crumbs>
                <a class="btn" href=format!("/reports/{}/pdf", report.id)>"PDF"</a>
            </PageHead>
            {tiles(&copies, state)}
            <div class="stack-l">
                {may_send.then(|| sending(&report, &copies, state, cx.site.sends_mail))}
                <section class="card">
                    <table class="list">
                        <caption class="sr">"Copies and how they travelled"</caption>
                        <thead><tr>
                            <Th label="Panelist"/>
                            <Th label="Came"/>
                            <Th label="Raised" n=true/>
                            <Th label="Delivery"/>
                            <Th label="Answers" n=true/>
                            <Th label="Copy"/>
                        </tr></thead>
                        <tbody>{rows}</tbody>
                    </table>
                </section>
                {may_send.then(|| sharing(&report, &cx.site.base_url))}
                <section class="card pad">{letter}</section>
                <p class="dim"><small>{format!("SHA-256 of the frozen document: {}", report.hash)}</small></p>
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
            <Tile label="State" value=state.label()/>
            <Tile label="Came" value=counted(|copy| copy.attendance == Some(Attendance::CheckedIn))/>
            <Tile label="Sent" value=counted(|copy| copy.sent_at.is_some())/>
            <Tile label="Opened" value=counted(|copy| copy.opened_at.is_some())/>
            <Tile label="Answered" value=counted(|copy| copy.answers > 0)/>
            <Tile label="Failed or bounced" value=lost.to_string() tone=tone/>
            {(doubt > 0).then(|| view! { <Tile label="May have been sent" value=doubt.to_string() href="/outbox?state=in_doubt" tone=Tone::Warn/> })}
        </div>
    }
}

fn sending(report: &Report, copies: &[CopyRow], state: ReportState, sends_mail: bool) -> impl IntoView + use<> {
    let waiting = copies.iter().filter(|copy| copy.will_get()).count();
    let silent: Vec<&str> = copies.iter().filter(|copy| copy.is_silent()).map(|copy| copy.name.as_str()).collect();
    let silent = (!silent.is_empty()).then(|| {
        view! { <p class="dim">{format!("Not sent by email, because they unsubscribed: {}. They can still read the report on their page.", silent.join(", "))}</p> }
    });
    let people = count(i64::try_from(waiting).unwrap_or(i64::MAX), "person", "people");
    let no_server = (!sends_mail).then(|| {
        view! { <Notice tone=Tone::Warn><p>"No mail server is set, so email stays queued. " <a href="/outbox">"Read it under Outbox"</a></p></Notice> }
    });
    let number = report.number;
    let form = (waiting > 0).then(|| {
        let label =
            if state == ReportState::Final { format!("Send report {number} to {people}") } else { format!("Send it to {people} more") };
        view! {
            <Confirm label=label.clone()>
                <p>"Each of them gets one email with a personal link. Their copy starts with what they raised."</p>
                <Form act="send"><Submit label main=true/></Form>
            </Confirm>
        }
    });
    let nobody = (waiting == 0 && state == ReportState::Final)
        .then(|| view! { <p class="dim">"There is no one left to send it to. Check people in on the panel day first."</p> });
    view! { <div class="stack">{no_server} {form} {silent} {nobody}</div> }
}

fn row(report: &Report, copy: &CopyRow, may_send: bool, zone: Tz) -> impl IntoView + use<> {
    let delivery = copy.delivery();
    let came = match copy.attendance {
        _ if copy.is_erased() => "–",
        _ if copy.withdrawn_at.is_some() => "has left",
        Some(Attendance::CheckedIn) => "came",
        Some(Attendance::NoShow) => "no show",
        None => "not recorded",
    };
    let when = match delivery {
        DeliveryStatus::Opened | DeliveryStatus::Answered => copy.opened_at,
        DeliveryStatus::NotSent | DeliveryStatus::Queued | DeliveryStatus::Unsubscribed => None,
        DeliveryStatus::Sent | DeliveryStatus::InDoubt | DeliveryStatus::Failed | DeliveryStatus::Bounced => copy.sent_at,
    };
    let when = when.map(|at| format!(" {}", short_date_time(at, zone)));
    let email = copy.outbox_id.filter(|_| may_send).map(|email| view! { <a href=format!("/outbox/{email}")>"email"</a> });
    let error = copy.mail_error.clone().filter(|_| {
        matches!(delivery, DeliveryStatus::Failed | DeliveryStatus::Bounced | DeliveryStatus::Queued | DeliveryStatus::InDoubt)
    });
    let again = (may_send && copy.outbox_id.is_some() && act::may_resend(copy)).then(|| {
        let (key, label) = (copy.panelist_id.to_string(), format!("Send again to {}", copy.email));
        view! { <Form act="resend" key=key><Submit label/></Form> }
    });
    let pdf = (!copy.is_erased()).then(|| view! { <a href=format!("/reports/{}/copies/{}/pdf", report.id, copy.panelist_id)>"PDF"</a> });
    view! {
        <tr>
            <td>{copy.name.clone()}</td>
            <td data-label="Came">{came}</td>
            <td class="n" data-label="Raised">{copy.raised.len()}</td>
            <td data-label="Delivery">
                <StateBadge tone=tone(delivery.tone()) label=format!("{}{}", delivery.label(), when.unwrap_or_default())/>
                " " {email}
                {(copy.unsubscribed && !copy.is_erased()).then_some(" · unsubscribed")}
                {error.map(|error| view! { <small class="bad-text">" " {error}</small> })}
                {again}
            </td>
            <td class="n" data-label="Answers">{copy.answers}</td>
            <td data-label="Copy">{pdf}</td>
        </tr>
    }
}

fn sharing(report: &Report, base: &str) -> impl IntoView + use<> {
    let body = match &report.share_slug {
        Some(slug) => {
            let url = format!("{base}/share/{slug}");
            view! {
                <p>"Anybody with this address can read this version. It has no counts under three, and it quotes only panelists who agreed to be quoted. Attendees may publish it."</p>
                <p class="wrap"><a href=format!("/share/{slug}")>{url}</a></p>
                <Confirm label="Take the address back" danger=true>
                    <p>"It will say that there is nothing here. A new address can be made later; this one stays dead."</p>
                    <Form act="unshare"><Submit label="Yes, take it back" danger=true/></Form>
                </Confirm>
            }
            .into_any()
        }
        None => view! {
            <p>"A version for everybody. It has no counts under three, and it quotes only panelists who agreed to be quoted. It gets an address that cannot be guessed and can be taken back."</p>
            <Form act="share"><Submit label="Make a share-safe address"/></Form>
        }
        .into_any(),
    };
    view! { <section class="card pad stack"><h2>"Sharing"</h2>{body}</section> }
}

/// How the readers of this report answered an item, and the way to its trail.
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
    let words = if words.is_empty() { "Not answered by anybody yet.".to_owned() } else { format!("Answered: {}.", words.join(", ")) };
    let trail = trail.then(|| view! { <a href=format!("/evidence-trail/heard/{heard}")>"Trail"</a> });
    Some(view! { <div class="evidence"><span>{words}</span> {trail}</div> }.into_any())
}

/// What panelists say against an item's newest answer without reopening it, for the item's page: staff decide.
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
            "person who did not raise this says: broken for me too.",
            "people who did not raise this say: broken for me too.",
        ),
        (
            AnswerEffect::TooSoon,
            "person who raised this says: not enough, or too late.",
            "people who raised this say: not enough, or too late.",
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
        .map(|answer| view! { <li><q class="quote">{answer.remark}</q></li> })
        .collect::<Vec<_>>();
    let undecided = !line.reopened;
    let lines = lines.into_iter().map(|line| view! { <p>{line}</p> }).collect::<Vec<_>>();
    Ok(Some(
        view! {
            <Notice tone=Tone::Warn>
                {lines}
                <ul class="plain stack">{remarks}</ul>
                {undecided.then(|| view! { <p>"This reopened nothing by itself."</p> })}
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
        let letter = letter(&edition, &|_| None);
        Ok(view! {
            <div class="narrow">
                {letter}
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
