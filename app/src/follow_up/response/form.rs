//! The forms that answer an item: draft, submit, publish, deliver. The same on the item's page and behind an owner's link.

use chrono_tz::Tz;
use leptos::prelude::*;

use super::rules::selling_words;
use super::{DeclineReason, ResponseKind, ResponseVersion, VersionStage, words};
use crate::access::account::{Actor, Permission};
use crate::follow_up::board::FollowUpRow;
use crate::kernel::clock::local_day;
use crate::kernel::locale::Locale;
use crate::t;
use crate::ui::{Choice, Confirm, Field, Form, Help, Hidden, Notice, Reply, ReplyLook, Select, Submit, TextArea, Tone, locale, refused};

/// Where the forms are shown, and what else is on that page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FormPlace {
    /// The item's page, whose head has the primary action.
    Item { has_primary: bool },
    /// The page behind an owner's link, which has nothing else.
    Owner,
}

/// What this actor can do next with the item's response.
pub fn next_steps(actor: &Actor, organisation: &str, line: &FollowUpRow, place: FormPlace) -> impl IntoView + use<> {
    let may = |permission| actor.scope(permission).is_some();
    let review = line.waiting.as_ref().map(|version| {
        let submit = (place == FormPlace::Owner && may(Permission::DraftResponse)).then(|| decision(actor, line)).flatten();
        review(organisation, version, line.day.zone(), may(Permission::PublishResponse), submit)
    });
    let committed = line.published.as_ref().is_some_and(|version| version.kind == ResponseKind::Commit) && !line.reopened;
    let has_primary = place == FormPlace::Item { has_primary: true } || line.waiting.is_some();
    let deliver = (committed && may(Permission::RecordDelivery)).then(|| delivery(actor, line, !has_primary));
    let draft = may(Permission::DraftResponse).then(|| draft(organisation, line, !has_primary));
    view! { {review} {deliver} {draft} }
}

/// The one button for the version that is being drafted or reviewed: submit it, or publish it.
pub fn decision(actor: &Actor, line: &FollowUpRow) -> Option<AnyView> {
    let version = line.waiting.as_ref()?;
    let may = |permission| actor.scope(permission).is_some();
    let (id, revision) = (version.id.to_string(), version.revision.to_string());
    match version.stage() {
        VersionStage::Draft if may(Permission::DraftResponse) => Some(
            view! {
                <Form act="submit">
                    <Hidden name="version" value=id/>
                    <Hidden name="revision" value=revision/>
                    <Submit label=t!(locale(), "draft-submit") main=true/>
                </Form>
            }
            .into_any(),
        ),
        VersionStage::InReview if may(Permission::PublishResponse) => {
            let item = line.item.revision.to_string();
            Some(
                view! {
                    <Form act="publish">
                        <Hidden name="version" value=id/>
                        <Hidden name="revision" value=revision/>
                        <Hidden name="item_revision" value=item/>
                        <Submit label="Publish answer" main=true/>
                    </Form>
                }
                .into_any(),
            )
        }
        _ => None,
    }
}

/// A draft, or what waits for review, with what the reviewer should know.
fn review(organisation: &str, version: &ResponseVersion, zone: Tz, may_publish: bool, submit: Option<AnyView>) -> impl IntoView + use<> {
    let in_review = version.stage() == VersionStage::InReview;
    let locale = locale();
    let label = t!(locale, "answer-drafted-by", answer = words::answer(locale, organisation, version.kind), name = &version.drafted_as);
    let selling = selling_words(&version.text);
    let warning = (!selling.is_empty()).then(|| {
        view! {
            <Notice tone=Tone::Warn>
                <p>{t!(locale, "answer-advertising", words = selling.join("”, “"))}</p>
            </Notice>
        }
    });
    let (id, revision) = (version.id.to_string(), version.revision.to_string());
    let send_back = (in_review && may_publish).then(|| {
        view! {
            <Confirm label="Return to drafter">
                <Form act="return" class="stack">
                    <Hidden name="version" value=id/>
                    <Hidden name="revision" value=revision/>
                    <TextArea name="reason" label="What is missing?"/>
                    <Submit label="Return to drafter"/>
                </Form>
            </Confirm>
        }
    });
    view! {
        <section class="card pad stack">
            <h2>{if in_review { t!(locale, "answer-in-review") } else { t!(locale, "answer-draft") }}</h2>
            <Reply label text=version.text.clone() small=words::small_print(locale, version, zone) look=ReplyLook::Draft/>
            {returned(version, zone)}
            {warning}
            {submit}
            {send_back}
        </section>
    }
}

/// Why a reviewer returned a draft.
fn returned(version: &ResponseVersion, zone: Tz) -> Option<impl IntoView + use<>> {
    let at = version.returned_at?;
    let (locale, reason) = (locale(), version.return_reason.clone().unwrap_or_default());
    Some(view! {
        <Notice tone=Tone::Warn>
            <p>{t!(locale, "draft-returned", date = locale.long_date(local_day(at, zone)))}</p>
            <p dir="auto">{t!(locale, "draft-returned-reason", text = reason)}</p>
        </Notice>
    })
}

/// What the form of a draft starts with.
#[derive(Default)]
struct DraftValues {
    version: String,
    revision: String,
    text: String,
    owner: String,
    due: String,
    link: String,
    decline: &'static str,
    change: String,
}

impl DraftValues {
    fn of(line: &FollowUpRow, stored: Option<&ResponseVersion>) -> Self {
        let waiting = line.waiting.as_ref();
        Self {
            version: waiting.map(|version| version.id.to_string()).unwrap_or_default(),
            revision: waiting.map(|version| version.revision.to_string()).unwrap_or_default(),
            text: stored.map(|version| version.text.clone()).unwrap_or_default(),
            owner: stored.and_then(|version| version.owner.clone()).or_else(|| line.item.owner()).unwrap_or_default(),
            due: stored.and_then(|version| version.due).map(|due| due.to_string()).unwrap_or_default(),
            link: stored.and_then(|version| version.link.clone()).unwrap_or_default(),
            decline: stored.and_then(|version| version.decline_reason).map(DeclineReason::as_str).unwrap_or_default(),
            change: waiting.and_then(|version| version.change_reason.clone()).unwrap_or_default(),
        }
    }
}

fn kind_options(locale: Locale) -> Vec<(String, String)> {
    ResponseKind::ALL.iter().map(|kind| (kind.as_str().to_owned(), words::kind(locale, *kind))).collect()
}

fn reason_options(locale: Locale) -> Vec<(String, String)> {
    std::iter::once((String::new(), t!(locale, "draft-reason-choose")))
        .chain(DeclineReason::ALL.iter().map(|reason| (reason.as_str().to_owned(), words::decline_reason(locale, *reason))))
        .collect()
}

/// The form for a draft: the first answer, the next version, or a change to what waits. Closed unless there is no answer that holds.
fn draft(organisation: &str, line: &FollowUpRow, main: bool) -> impl IntoView + use<> {
    let locale = locale();
    let (follows, reopened) = (line.published.is_some(), line.reopened);
    let stored = line.waiting.as_ref().or(line.published.as_ref().filter(|_| !reopened));
    let heading = match (&line.waiting, reopened, follows) {
        (Some(_), _, _) => t!(locale, "draft-edit"),
        (None, true, _) => t!(locale, "draft-new-answer"),
        (None, false, true) => t!(locale, "draft-new-version"),
        (None, false, false) => String::new(),
    };
    let kind = stored.map_or(ResponseKind::Commit, |version| version.kind);
    let values = DraftValues::of(line, stored);
    let item = line.item.revision.to_string();
    let was = line.waiting.as_ref().map_or("", |version| version.stage().as_str());
    let label = t!(locale, "draft-text", organisation = organisation);
    // Saving a draft takes the answer out of review: the button says so.
    let in_review = line.in_review();
    let warning = in_review.then(|| view! { <p class="dim">{t!(locale, "draft-in-review")}</p> });
    let (save, submit) = if in_review {
        (t!(locale, "draft-withdraw"), t!(locale, "draft-submit-again"))
    } else {
        (t!(locale, "draft-save"), t!(locale, "draft-submit"))
    };
    let form = view! {
        <Form act="draft" class="stack">
            <Hidden name="version" value=values.version/>
            <Hidden name="revision" value=values.revision/>
            <Hidden name="item_revision" value=item/>
            <Hidden name="was" value=was/>
            <Choice name="kind" legend=t!(locale, "draft-kind") options=kind_options(locale) value=kind.as_str()/>
            <TextArea name="text" label value=values.text rows=3 hint=t!(locale, "draft-text-hint")/>
            <div class="only commit cols-2">
                <Field name="owner" label=t!(locale, "draft-owner") value=values.owner hint=t!(locale, "draft-owner-hint")/>
                <Field name="due" label=t!(locale, "draft-due") kind="date" value=values.due/>
            </div>
            <div class="only exists"><Field name="link" label=t!(locale, "draft-link") kind="url" value=values.link hint=t!(locale, "draft-link-hint")/></div>
            <div class="only declined"><Select name="decline_reason" label=t!(locale, "draft-reason") options=reason_options(locale) value=values.decline/></div>
            {follows.then(|| view! {
                <TextArea name="change_reason" label=t!(locale, "draft-change-reason") value=values.change rows=2 hint=t!(locale, "draft-change-reason-hint")/>
            })}
            {warning}
            <div class="row wrap">
                <Submit label=save/>
                <button type="submit" name="then" value="submit" class:btn-1=main>{submit}</button>
            </div>
        </Form>
    };
    if line.waiting.is_some() || (follows && !reopened) {
        view! {
            <section class="card pad"><details open=refused("draft")><summary>{heading}</summary>{form}</details></section>
        }
        .into_any()
    } else {
        let heading = (!heading.is_empty()).then(|| view! { <h2>{heading}</h2> });
        view! { <section class="card pad stack">{heading}{form}</section> }.into_any()
    }
}

/// Showing that a commitment was delivered, and confirming it. Both carry the commitment and the evidence that were read.
fn delivery(actor: &Actor, line: &FollowUpRow, main: bool) -> impl IntoView + use<> {
    let claim = line.delivery.clone();
    let commitment = line.published.as_ref().map(|version| version.id.to_string()).unwrap_or_default();
    let seen = claim.as_ref().map(|delivery| delivery.revision.to_string()).unwrap_or_default();
    let delivered = line.delivered_words();
    let confirmed = delivered.is_some();
    let own = claim.as_ref().is_some_and(|delivery| delivery.claimed_by == actor.account());
    let may_confirm = claim.is_some() && !confirmed && !own && actor.scope(Permission::ConfirmDelivery).is_some();
    let shown = claim.as_ref().map(|delivery| {
        let state = match &delivered {
            Some(delivered) => format!("{delivered}, confirmed by a second person"),
            None => "waiting for a second person to confirm it".into(),
        };
        view! { <p>"Evidence: " <span dir="auto">{delivery.evidence.clone()}</span> <small>{format!(" ({state})")}</small></p> }
    });
    let confirm = may_confirm.then(|| {
        let (commitment, seen) = (commitment.clone(), seen.clone());
        view! {
            <Form act="confirm">
                <Hidden name="commitment" value=commitment/>
                <Hidden name="revision" value=seen/>
                <Submit label="Confirm delivery" main/>
            </Form>
        }
    });
    let form = (!confirmed).then(|| {
        let heading = if claim.is_some() { "Replace evidence" } else { "Record delivery" };
        let evidence = claim.map(|delivery| delivery.evidence).unwrap_or_default();
        view! {
            <details open=refused("deliver")>
                <summary>{heading}</summary>
                <Form act="deliver" class="stack">
                    <Hidden name="commitment" value=commitment/>
                    <Hidden name="revision" value=seen/>
                    <TextArea name="evidence" label="Evidence" value=evidence rows=2 hint="A figure, a page or a release that the panel could check."/>
                    <Submit label="Save evidence"/>
                </Form>
            </details>
        }
    });
    view! {
        <section class="card pad stack">
            <div class="row"><h2>"Delivery"</h2><Help term="evidence"/></div>
            {shown}
            {confirm}
            {form}
        </section>
    }
}
