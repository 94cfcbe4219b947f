//! `/days/{id}/report`: what the next report would say, and freezing it. `/reports/{id}`: a frozen report, how its copies
//! travelled, what was answered. `/share/{slug}`: the share-safe version, for anybody.

use std::collections::BTreeMap;

use leptos::prelude::*;

use super::drawing::{letter, tone};
use super::gather::gather;
use super::rules::{assemble, state};
use super::store::{self, CopyRow, Report};
use super::{AnswerKind, Delivery, Reader, State, act};
use crate::account::Verb;
use crate::clock::{long_date, short_date};
use crate::ids::{HeardId, PanelDayId, ReportId};
use crate::panel_day;
use crate::panelist::Attendance;
use crate::ui::{Confirm, Cx, Empty, Form, Hidden, Notice, PageHead, StateBadge, Submit, Th, Tile, Tone, count, page, param, public_page};

/// `/days/{id}/report`.
pub fn of_day() -> impl IntoView {
    let id = param::<PanelDayId>("id");
    page("Build the report", Verb::Freeze, move |cx: Cx| async move {
        let mut tx = cx.db.read().await?;
        let gathered = gather(&mut tx, cx.now, id?).await?;
        let number = gathered.document.number;
        let day = gathered.document.day.clone();
        let waiting = gathered.document.items.iter().filter(|item| item.replies.is_empty()).count();
        let edition = assemble(&gathered.document, Reader::Staff, &[], &[]);
        let crumbs = vec![("/days".into(), "Panel days".into()), (format!("/days/{}", day.id), day.title.clone())];
        let warning = (waiting > 0).then(|| {
            let things = count(i64::try_from(waiting).unwrap_or(i64::MAX), "item has", "items have");
            view! { <Notice tone=Tone::Warn><p>{format!("{things} no answer yet. The report will say so. ")} <a href="/heard?standing=open">"See who is asked"</a></p></Notice> }
        });
        let body = if gathered.document.items.is_empty() {
            let to = format!("/days/{}/heard", day.id);
            view! {
                <Empty title="Nothing to report yet" text="A report is made of the day’s open items. Turn its notes into items first.">
                    <a class="btn btn-1" href=to>"Turn notes into items"</a>
                </Empty>
            }
            .into_any()
        } else {
            let letter = letter(&edition, &|_| None);
            view! {
                {warning}
                <section class="card pad stack">
                    <p>{format!("Frozen, report {number} never changes again, whatever happens to its items. You can still decide when to send it.")}</p>
                    <Confirm label=format!("Freeze report {number}")>
                        <p>{format!("This freezes what stands below as report {number} of {}.", long_date(day.date))}</p>
                        <Form act="freeze">
                            <Hidden name="number" value=number.to_string()/>
                            <Submit label=format!("Yes, freeze report {number}") main=true/>
                        </Form>
                    </Confirm>
                </section>
                <section class="card pad">{letter}</section>
            }
            .into_any()
        };
        Ok(view! {
            <PageHead title=format!("Report {number} as it would be today") sub=format!("{}, {}", day.title, long_date(day.date)) crumbs/>
            <div class="stack-l">{body}</div>
        })
    })
}

/// `/reports/{id}`.
pub fn report() -> impl IntoView {
    let id = param::<ReportId>("id");
    page("Report", Verb::SeeReports, move |cx: Cx| async move {
        let mut tx = cx.db.read().await?;
        let report = act::find(&mut tx, &cx.actor, id?).await?;
        let copies = store::list_copies(&mut tx, report.id).await?;
        let answers = store::count_answers(&mut tx, report.panel_day_id).await?;
        let day = panel_day::store::find(&mut tx, report.panel_day_id).await?;
        let state = state(report.sending_at, copies.iter().map(CopyRow::delivery));
        let edition = assemble(&report.document, Reader::Staff, &[], &store::words(&copies).consented);
        let document = &report.document;
        let crumbs = vec![
            ("/reports".into(), "Reports".into()),
            (format!("/days/{}", report.panel_day_id), day.map_or_else(|| document.day.title.clone(), |day| day.title)),
        ];
        let walk = cx.actor.scope(Verb::SeeTrail).is_some();
        let letter = letter(&edition, &|item| said(&answers, item.heard_id, walk));
        let may_send = cx.actor.scope(Verb::Send).is_some();
        let rows = copies.iter().map(|copy| row(&report, copy, may_send)).collect::<Vec<_>>();
        Ok(view! {
            <PageHead title=format!("Report {} of {}", report.number, long_date(document.day.date)) sub=format!("{}, frozen on {}", document.day.title, long_date(document.frozen_on)) crumbs>
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

fn tiles(copies: &[CopyRow], state: State) -> impl IntoView + use<> {
    let counted = |reached: fn(&CopyRow) -> bool| copies.iter().filter(|copy| reached(copy)).count().to_string();
    let lost = copies.iter().filter(|copy| matches!(copy.delivery(), Delivery::Failed | Delivery::Bounced)).count();
    let doubt = copies.iter().filter(|copy| copy.delivery() == Delivery::InDoubt).count();
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

fn sending(report: &Report, copies: &[CopyRow], state: State, sends_mail: bool) -> impl IntoView + use<> {
    let waiting = copies.iter().filter(|copy| act::may_get(copy) && copy.outbox_id.is_none()).count();
    let people = count(i64::try_from(waiting).unwrap_or(i64::MAX), "person", "people");
    let no_server = (!sends_mail).then(|| {
        view! { <Notice tone=Tone::Warn><p>"No mail server is set, so mail stays queued. " <a href="/outbox">"Read it under Outbox"</a></p></Notice> }
    });
    let number = report.number;
    let form = (waiting > 0).then(|| {
        let label = if state == State::Frozen { format!("Send report {number} to {people}") } else { format!("Send it to {people} more") };
        view! {
            <Confirm label=label.clone()>
                <p>"Everybody who came gets one mail with a personal link. Their copy starts with what they raised."</p>
                <Form act="send"><Submit label main=true/></Form>
            </Confirm>
        }
    });
    let nobody = (waiting == 0 && state == State::Frozen)
        .then(|| view! { <p class="dim">"Nobody who came is left to send it to. Check people in on the panel day first."</p> });
    view! { <div class="stack">{no_server} {form} {nobody}</div> }
}

fn row(report: &Report, copy: &CopyRow, may_send: bool) -> impl IntoView + use<> {
    let delivery = copy.delivery();
    let came = match copy.attendance {
        _ if copy.withdrawn_at.is_some() => "has left",
        Some(Attendance::CheckedIn) => "came",
        Some(Attendance::NoShow) => "no show",
        None => "not recorded",
    };
    let when = copy.sent_at.map(|at| format!(" {}", short_date(at.date_naive())));
    let mail = copy.outbox_id.filter(|_| may_send).map(|mail| view! { <a href=format!("/outbox/{mail}")>"mail"</a> });
    let error =
        copy.mail_error.clone().filter(|_| matches!(delivery, Delivery::Failed | Delivery::Bounced | Delivery::Queued | Delivery::InDoubt));
    let may_again = may_send && act::may_get(copy) && !copy.unsubscribed;
    let again = (may_again && matches!(delivery, Delivery::Failed | Delivery::Bounced | Delivery::Unsubscribed)).then(|| {
        let (key, label) = (copy.panelist_id.to_string(), format!("Send again to {}", copy.email));
        view! { <Form act="resend" key=key><Submit label/></Form> }
    });
    view! {
        <tr>
            <td>{copy.name.clone()}</td>
            <td data-label="Came">{came}</td>
            <td class="n" data-label="Raised">{copy.raised.len()}</td>
            <td data-label="Delivery">
                <StateBadge tone=tone(delivery.tone()) label=format!("{}{}", delivery.label(), when.unwrap_or_default())/>
                " " {mail}
                {copy.unsubscribed.then_some(" · wants no mail")}
                {error.map(|error| view! { <small class="bad-text">" " {error}</small> })}
                {again}
            </td>
            <td class="n" data-label="Answers">{copy.answers}</td>
            <td data-label="Copy"><a href=format!("/reports/{}/copies/{}/pdf", report.id, copy.panelist_id)>"PDF"</a></td>
        </tr>
    }
}

fn sharing(report: &Report, base: &str) -> impl IntoView + use<> {
    let body = match &report.share_slug {
        Some(slug) => {
            let url = format!("{base}/share/{slug}");
            view! {
                <p>"Anybody with this address can read the version without small counts and without words that nobody consented to. Attendees may publish it."</p>
                <p class="wrap"><a href=format!("/share/{slug}")>{url}</a></p>
                <Confirm label="Take the address back" danger=true>
                    <p>"It will say that there is nothing here. A new address can be made later; this one stays dead."</p>
                    <Form act="unshare"><Submit label="Yes, take it back" danger=true/></Form>
                </Confirm>
            }
            .into_any()
        }
        None => view! {
            <p>"A version for everybody: only words whose speakers agreed, no counts under three. It gets an address that cannot be guessed and can be taken back."</p>
            <Form act="share"><Submit label="Make a share-safe address"/></Form>
        }
        .into_any(),
    };
    view! { <section class="card pad stack"><h2>"Sharing"</h2>{body}</section> }
}

/// How an item was answered, and the way to its trail.
fn said(answers: &[(HeardId, AnswerKind, i64)], heard: HeardId, walk: bool) -> Option<AnyView> {
    let mut counts: BTreeMap<AnswerKind, i64> = BTreeMap::new();
    for (_, answer, count) in answers.iter().filter(|(item, ..)| *item == heard) {
        *counts.entry(*answer).or_default() += count;
    }
    let words: Vec<String> = counts.iter().map(|(answer, count)| format!("{} {}", count, answer.label().to_lowercase())).collect();
    let words = if words.is_empty() { "Not answered by anybody yet.".to_owned() } else { format!("Answered: {}.", words.join(", ")) };
    let trail = walk.then(|| view! { <a href=format!("/trail/heard/{heard}")>"Trail"</a> });
    Some(view! { <div class="evidence"><span>{words}</span> {trail}</div> }.into_any())
}

/// `/share/{slug}`: no sign-in, no names without consent.
pub fn shared() -> impl IntoView {
    let slug = param::<String>("slug");
    public_page("What the panel said", move |cx: Cx| async move {
        let slug = slug?;
        let mut tx = cx.db.read().await?;
        let edition = act::shared(&mut tx, &slug).await?;
        let letter = letter(&edition, &|_| None);
        Ok(view! {
            <div class="narrow">
                {letter}
                <p><a href=format!("/share/{slug}/pdf")>"PDF"</a></p>
            </div>
        })
    })
}

/// `/unsubscribe/{token}`: ends reports by mail. Looking changes nothing; the button does.
pub fn unsubscribe() -> impl IntoView {
    let token = param::<String>("token");
    public_page("No more reports by mail", move |cx: Cx| async move {
        let mut tx = cx.db.read().await?;
        let done = act::unsubscribe_link(&mut tx, cx.now, &token?).await?.opened_at.is_some();
        Ok(if done {
            view! {
                <section class="narrow card pad stack">
                    <h1>"You get no more reports by mail"</h1>
                    <p>"Your page still has them. You can turn mail on again there."</p>
                </section>
            }
            .into_any()
        } else {
            view! {
                <section class="narrow card pad stack">
                    <h1>"No more reports by mail?"</h1>
                    <p>"You stay on the panel, and your page keeps all reports."</p>
                    <Form act="unsubscribe"><Submit label="Yes, no more reports by mail" main=true/></Form>
                </section>
            }
            .into_any()
        })
    })
}
