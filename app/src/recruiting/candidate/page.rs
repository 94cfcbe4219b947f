//! `/days/{id}/shortlist`: ranked people to choose from beside the people who are chosen.

use leptos::prelude::*;

use super::facts::{Facts, also, details, last_mention};
use super::ranking::{Chosen, PER_PAGE, form_value, ranking, search};
use super::{Candidate, rules as shortlist_rules, store};
use crate::access::account::{self, Account, Permission};
use crate::access::page::{PageContext, page};
use crate::kernel::clock::Time;
use crate::kernel::ids::{AuthorId, PanelDayId};
use crate::listening::segment::RankedAuthor;
use crate::listening::segment::store::{count, rank};
use crate::program::Segment;
use crate::program::day::{PanelDay, rules};
use crate::program::page::chip;
use crate::recruiting::DayHead;
use crate::recruiting::invitation::{self, Invitation, InvitationRow};
use crate::ui::{
    Confirm, Empty, Field, Form, Hidden, Notice, Progress, RowMenu, Submit, count as count_of, param, query, skipped, with_query,
};

/// `/days/{id}/shortlist`.
pub fn shortlist(head: DayHead) -> impl IntoView {
    let id = param::<PanelDayId>("id");
    page("Shortlist", Permission::Shortlist, move |cx: PageContext| async move {
        let mut tx = cx.db.read().await?;
        let (day, head) = head(&mut tx, &cx, id, Permission::Shortlist, "/shortlist").await?;
        let wanted = search(&day, query);
        let total = count(&mut tx, &wanted).await?;
        let ranked = rank(&mut tx, &wanted, PER_PAGE, skipped(total, PER_PAGE)).await?;
        let candidates = store::list(&mut tx, day.id).await?;
        let invitations = invitation::store::list(&mut tx, day.id).await?;
        let accounts = account::store::list(&mut tx).await?;
        let facts = Facts::load(&mut tx, &shown_authors(&ranked, &candidates)).await?;
        let on: Vec<&Candidate> = candidates.iter().filter(|one| one.removed_at.is_none()).collect();
        let undrafted = on.iter().filter(|one| invitations.iter().all(|line| line.invitation.candidate_id != one.id)).count();
        let missing = day.capacity - i64::try_from(on.len()).unwrap_or(i64::MAX);
        let select = query("select").and_then(|text| text.parse().ok()).unwrap_or(0_usize);
        let chosen = Chosen::of(&candidates, &ranked, &facts, select);
        // Only people of this page who are not on the shortlist yet can be selected.
        let top = missing.min(chosen.free(&ranked, &facts));
        let action = match (select, top > 0, undrafted) {
            (1.., _, _) => None,
            (_, true, _) => {
                let to = with_query("select", &top.to_string());
                Some(view! { <a class="btn btn-1" href=to>{format!("Select top {top}")}</a> }.into_any())
            }
            (_, _, 1..) => {
                // The form of the Invitations tab, which opens with the drafts.
                let to = format!("/days/{}/invitations", day.id);
                let label = format!("Draft {}", count_of(i64::try_from(undrafted).unwrap_or(i64::MAX), "invitation", "invitations"));
                Some(
                    view! {
                        <form method="post" action=to>
                            <Hidden name="act" value="draft_all"/>
                            <Submit label main=true/>
                        </form>
                    }
                    .into_any(),
                )
            }
            _ => None,
        };
        let left = ranking(&day, ranked, total, &chosen, &facts, action.is_none(), cx.now);
        let to_fill = (missing > 0).then(|| shortlist_rules::to_fill(missing));
        let right = chosen_section(&day, &candidates, &invitations, &accounts, &facts, cx.now);
        Ok(view! {
            {head(action)}
            {to_fill.map(|text| view! { <Notice>{text}</Notice> })}
            <div class="two shortlist">
                <section class="stack" aria-labelledby="candidates">{left}</section>
                <section class="stack" aria-labelledby="chosen">{right}</section>
            </div>
        })
    })
}

fn shown_authors(ranked: &[RankedAuthor], candidates: &[Candidate]) -> Vec<AuthorId> {
    ranked.iter().filter_map(|one| one.author_id).chain(candidates.iter().filter_map(|one| one.author_id)).collect()
}

fn chosen_section(
    day: &PanelDay,
    candidates: &[Candidate],
    invitations: &[InvitationRow],
    accounts: &[Account],
    facts: &Facts,
    now: Time,
) -> impl IntoView + use<> {
    let (on, off): (Vec<&Candidate>, Vec<&Candidate>) = candidates.iter().partition(|one| one.removed_at.is_none());
    let have = |segment: Segment| i64::try_from(on.iter().filter(|one| one.segment == segment).count()).unwrap_or(0);
    let targets = rules::targets(day.segment, day.capacity)
        .into_iter()
        .map(|(segment, target)| view! { <Progress label=format!("{}s", segment.label()) done=have(segment) of=target/> })
        .collect_view();
    let mixed = day.segment.is_none();
    let lines = on
        .iter()
        .map(|one| {
            let invitation = invitations.iter().find(|line| line.invitation.candidate_id == one.id).map(|line| &line.invitation);
            let by = accounts.iter().find(|account| Some(account.id) == one.added_by).map(|account| account.name.clone());
            line(one, invitation, by, mixed, facts, now)
        })
        .collect_view();
    let (none, removed) = (on.is_empty(), off.len());
    let off = off.into_iter().map(removed_line).collect_view();
    view! {
        <header class="row wrap">
            <h2 id="chosen">"Shortlist"</h2>
            {(!none).then(|| view! { <a class="push" href=format!("/days/{}/shortlist.csv", day.id) download="">"Download CSV"</a> })}
        </header>
        {targets}
        <div class="card">
            {none.then(|| view! { <Empty title="The shortlist is empty" text="Select people in the list, then add them to the shortlist."/> })}
            {(!none).then(|| view! { <ul class="plain people">{lines}</ul> })}
        </div>
        {(removed > 0).then(|| view! {
            <details class="more">
                <summary>{format!("Removed from the shortlist ({removed})")}</summary>
                <ul class="plain people card">{off}</ul>
            </details>
        })}
    }
}

/// A chosen person in one line.
fn line(
    one: &Candidate,
    invitation: Option<&Invitation>,
    by: Option<String>,
    mixed: bool,
    facts: &Facts,
    now: Time,
) -> impl IntoView + use<> {
    let invited = invitation.map(|found| view! { <a href=format!("/invitations/{}", found.id)>{found.state.label()}</a> });
    let stale = facts
        .newest(one.author_id)
        .map(|newest| newest.at)
        .filter(|at| one.segment != Segment::Apathetic && shortlist_rules::is_stale(*at, now));
    let removable = invitation.is_none_or(|found| found.state.editable());
    let (key, name) = (one.id.to_string(), one.name.clone());
    let menu = removable.then(|| {
        view! {
            <RowMenu of=name>
                <Confirm label="Remove from shortlist" danger=true>
                    <Form act="remove" key>
                        <Field name="reason" label="Reason" hint="Saved with the removed person"/>
                        <Submit label="Remove from shortlist" danger=true/>
                    </Form>
                </Confirm>
            </RowMenu>
        }
    });
    view! {
        <li class="person">
            <strong dir="auto">{one.name.clone()}</strong>
            {mixed.then(|| chip(Some(one.segment)))}
            {stale.map(|at| view! { <span class="row">"Last mention " {last_mention(at, Some(one.segment), now)}</span> })}
            {details(&one.name, one.author_id, &one.reasons, &one.remark, by, facts)}
            {also(one.author_id, facts)}
            <span class="row push">{invited} {menu}</span>
        </li>
    }
}

fn removed_line(one: &Candidate) -> impl IntoView + use<> {
    let who = form_value(one.author_id, one.customer_id).unwrap_or_default();
    let (key, label) = (one.id.to_string(), format!("Restore {}", one.name));
    let back = (!who.is_empty()).then(|| {
        view! { <RowMenu of=one.name.clone()><Form act="restore" key=key><Hidden name="who" value=who/> <Submit label=label/></Form></RowMenu> }
    });
    view! {
        <li class="person">
            <strong dir="auto">{one.name.clone()}</strong> {chip(Some(one.segment))}
            <span class="dim" dir="auto">{one.removed_reason.clone()}</span>
            <span class="push">{back}</span>
        </li>
    }
}
