//! The forms that answer an item: draft, submit, publish, deliver. The same on the item's page and behind an owner's link.

use chrono_tz::Tz;
use leptos::prelude::*;

use super::rules::selling_words;
use super::{DeclineReason, ResponseKind, ResponseVersion, VersionStage};
use crate::access::account::{Actor, Permission};
use crate::follow_up::board::FollowUpRow;
use crate::ui::{Confirm, Field, Form, Hidden, Notice, Reply, ReplyLook, Select, Submit, TextArea, Tone};

/// What this actor can do next with the item's response.
pub fn next_steps(actor: &Actor, organisation: &str, line: &FollowUpRow) -> impl IntoView + use<> {
    let may = |permission| actor.scope(permission).is_some();
    let draft = may(Permission::DraftResponse).then(|| draft(organisation, line));
    let review = line.waiting.as_ref().map(|version| {
        review(organisation, line.item.revision, version, line.day.zone(), may(Permission::DraftResponse), may(Permission::PublishResponse))
    });
    let committed = line.published.as_ref().is_some_and(|version| version.kind == ResponseKind::Commit) && !line.reopened;
    let deliver = (committed && may(Permission::RecordDelivery)).then(|| delivery(actor, line));
    view! { {review} {deliver} {draft} }
}

/// A draft, or what waits for review, with what the reviewer should know.
fn review(organisation: &str, item: i64, version: &ResponseVersion, zone: Tz, may_draft: bool, may_publish: bool) -> impl IntoView + use<> {
    let stage = version.stage();
    let label = format!("{organisation} · {} · {}, by {}", version.kind.label().to_lowercase(), stage.label(), version.drafted_as);
    let selling = selling_words(&version.text);
    let warning = (!selling.is_empty()).then(|| {
        view! {
            <Notice tone=Tone::Warn>
                <p>{format!("This reads like advertising: “{}”. Does it say what will change for the panel?", selling.join("”, “"))}</p>
            </Notice>
        }
    });
    let (id, revision, item) = (version.id.to_string(), version.revision.to_string(), item.to_string());
    let hand_in = (stage == VersionStage::Draft && may_draft).then(|| {
        let (id, revision) = (id.clone(), revision.clone());
        view! {
            <Form act="submit">
                <Hidden name="version" value=id/>
                <Hidden name="revision" value=revision/>
                <Submit label="Hand in for review" main=true/>
            </Form>
        }
    });
    let publish = (stage == VersionStage::InReview && may_publish).then(|| {
        let (back, back_revision) = (id.clone(), revision.clone());
        view! {
            <div class="row wrap">
                <Form act="publish">
                    <Hidden name="version" value=id/>
                    <Hidden name="revision" value=revision/>
                    <Hidden name="item_revision" value=item/>
                    <Submit label="Publish" main=true/>
                </Form>
                <Confirm label="Send back">
                    <Form act="return" class="stack">
                        <Hidden name="version" value=back/>
                        <Hidden name="revision" value=back_revision/>
                        <TextArea name="reason" label="What is missing?"/>
                        <Submit label="Send back to the drafter"/>
                    </Form>
                </Confirm>
            </div>
        }
    });
    view! {
        <section class="card pad stack">
            <h2>{if stage == VersionStage::InReview { "Waiting for review" } else { "Draft" }}</h2>
            <Reply label text=version.text.clone() small=super::page::small_print(version, zone) look=ReplyLook::Draft/>
            {warning}
            {hand_in}
            {publish}
        </section>
    }
}

/// The form for a draft: the first answer, the next version, or a change to what waits.
fn draft(organisation: &str, line: &FollowUpRow) -> impl IntoView + use<> {
    let follows = line.published.is_some();
    let reopened = line.reopened;
    let waiting = line.waiting.clone();
    let stored = waiting.clone().or_else(|| line.published.clone().filter(|_| !reopened));
    let heading = match (&waiting, reopened, follows) {
        (Some(_), _, _) => "Change the draft",
        (None, true, _) => "Answer again",
        (None, false, true) => "Draft a new version",
        (None, false, false) => "Draft a response",
    };
    let kinds = ResponseKind::ALL.iter().map(|kind| (kind.as_str().to_owned(), kind.label().to_owned())).collect::<Vec<_>>();
    let reasons = std::iter::once((String::new(), "Only for declining".to_owned()))
        .chain(DeclineReason::ALL.iter().map(|reason| (reason.as_str().to_owned(), reason.label().to_owned())))
        .collect::<Vec<_>>();
    let kind = stored.as_ref().map_or(ResponseKind::Commit, |version| version.kind);
    let text = stored.as_ref().map(|version| version.text.clone()).unwrap_or_default();
    let owner = stored.as_ref().and_then(|version| version.owner.clone()).or_else(|| line.item.owner()).unwrap_or_default();
    let due = stored.as_ref().and_then(|version| version.due).map(|due| due.to_string()).unwrap_or_default();
    let link = stored.as_ref().and_then(|version| version.link.clone()).unwrap_or_default();
    let decline = stored.as_ref().and_then(|version| version.decline_reason).map(DeclineReason::as_str).unwrap_or_default();
    let change = waiting.as_ref().and_then(|version| version.change_reason.clone()).unwrap_or_default();
    let base = waiting.as_ref().map(|version| (version.id.to_string(), version.revision.to_string())).unwrap_or_default();
    let item = line.item.revision.to_string();
    let label = format!("{organisation}’s answer, as the panel will read it");
    let first = waiting.is_none();
    let form = view! {
        <Form act="draft" class="stack">
            <Hidden name="version" value=base.0/>
            <Hidden name="revision" value=base.1/>
            <Hidden name="item_revision" value=item/>
            <Select name="kind" label="Kind of answer" options=kinds value=kind.as_str()/>
            <TextArea name="text" label=label value=text rows=4 hint="Say what changes for them, not what is for sale."/>
            <div class="cols-2">
                <Field name="owner" label="Who keeps the promise" value=owner hint="For a commitment: a name or a mention."/>
                <Field name="due" label="Kept by" kind="date" value=due hint="For a commitment."/>
            </div>
            <Field name="link" label="Where it exists" kind="url" value=link hint="For “already exists”: an address."/>
            <Select name="decline_reason" label="Why it is declined" options=reasons value=decline/>
            {follows.then(|| view! {
                <TextArea name="change_reason" label="Why the answer changes" value=change rows=2 hint="The panel reads this beside what changed."/>
            })}
            <Submit label="Save the draft" main=first/>
        </Form>
    };
    if follows && first && !reopened {
        view! {
            <section class="card pad"><details><summary>{heading}</summary>{form}</details></section>
        }
        .into_any()
    } else {
        view! {
            <section class="card pad stack"><h2>{heading}</h2>{form}</section>
        }
        .into_any()
    }
}

/// Showing that a promise was kept, and confirming it. Both carry the promise and the evidence that were read.
fn delivery(actor: &Actor, line: &FollowUpRow) -> impl IntoView + use<> {
    let claim = line.delivery.clone();
    let commitment = line.published.as_ref().map(|version| version.id.to_string()).unwrap_or_default();
    let seen = claim.as_ref().map(|delivery| delivery.revision.to_string()).unwrap_or_default();
    let kept = line.delivered_words();
    let confirmed = kept.is_some();
    let own = claim.as_ref().is_some_and(|delivery| delivery.claimed_by == actor.account());
    let may_confirm = claim.is_some() && !confirmed && !own && actor.scope(Permission::ConfirmDelivery).is_some();
    let shown = claim.as_ref().map(|delivery| {
        let state = match &kept {
            Some(kept) => format!("{kept}, confirmed by a second person"),
            None => "waiting for a second person to confirm it".into(),
        };
        view! { <p>"Evidence: " {delivery.evidence.clone()} <small>{format!(" ({state})")}</small></p> }
    });
    let confirm = may_confirm.then(|| {
        let (commitment, seen) = (commitment.clone(), seen.clone());
        view! {
            <Form act="confirm">
                <Hidden name="commitment" value=commitment/>
                <Hidden name="revision" value=seen/>
                <Submit label="Confirm that it was kept" main=true/>
            </Form>
        }
    });
    let form = (!confirmed).then(|| {
        let evidence = claim.map(|delivery| delivery.evidence).unwrap_or_default();
        view! {
            <Form act="deliver" class="stack">
                <Hidden name="commitment" value=commitment/>
                <Hidden name="revision" value=seen/>
                <TextArea name="evidence" label="What shows that it was kept?" value=evidence rows=2 hint="A figure, a page, a release: something the panel could check."/>
                <Submit label="Save the evidence"/>
            </Form>
        }
    });
    view! {
        <section class="card pad stack">
            <h2>{if confirmed { "Kept" } else { "Was it kept?" }}</h2>
            {shown}
            {confirm}
            {form}
        </section>
    }
}
