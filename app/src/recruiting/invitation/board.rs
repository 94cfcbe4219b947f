//! `/days/{id}/invitations`: the invitations of a day by stage, each with its next step.

use std::collections::HashMap;

use leptos::prelude::*;

use super::list::{self, InvitationSearch, InvitationSort, InvitationStage};
use super::{Invitation, InvitationChannel, InvitationRow, InvitationState, rules, store};
use crate::access::account::Permission;
use crate::access::page::page;
use crate::kernel::clock::{self, Time, ago};
use crate::kernel::ids::{InvitationId, PanelDayId};
use crate::program::day::PanelDay;
use crate::program::page::{chip, url_part};
use crate::recruiting::{DayHead, candidate, panelist};
use crate::ui::{
    Empty, FilterBar, Form, Hidden, Pager, Pick, RowMenu, Search, StateBadge, Submit, Tabs, Tone, count as count_of, param, query,
    with_query,
};

/// `/days/{id}/invitations`.
pub fn board(head: DayHead) -> impl IntoView {
    let id = param::<PanelDayId>("id");
    page("Invitations", Permission::Invite, move |cx| async move {
        let mut tx = cx.db.read().await?;
        let (day, head) = head(&mut tx, &cx, id, Permission::Invite, "/invitations").await?;
        let search = InvitationSearch::read(query);
        let mut all = store::list(&mut tx, day.id).await?;
        all.iter_mut().for_each(|line| line.invitation.state = rules::state(&line.invitation, cx.now));
        let undrafted = candidate::store::list(&mut tx, day.id)
            .await?
            .iter()
            .filter(|candidate| candidate.removed_at.is_none() && all.iter().all(|line| line.invitation.candidate_id != candidate.id))
            .count();
        let lines = list::list(&mut tx, day.id, &search, cx.now).await?;
        let names: HashMap<InvitationId, String> =
            panelist::store::list(&mut tx, day.id).await?.into_iter().map(|person| (person.invitation_id, person.name)).collect();
        let channel = search.channel.map_or("", InvitationChannel::as_str);
        let stage = search.stage.map_or("", InvitationStage::as_str);
        let csv = format!(
            "/days/{}/invitations.csv?q={}&channel={channel}&stage={stage}&sort={}",
            day.id,
            url_part(&search.words),
            search.sort.as_str()
        );
        let actions = actions(undrafted, &all);
        let (none, shown, tabs) = (all.is_empty(), lines.len(), stages(&all, search.stage));
        let list = match (none, shown) {
            (true, _) => nothing_yet(&day, undrafted).into_any(),
            (_, 0) => {
                let show_all = format!("/days/{}/invitations", day.id);
                view! {
                    <section class="card">
                        <Empty title="No matching invitations" text="Change or clear the filters."><a class="btn" href=show_all>"Show all invitations"</a></Empty>
                    </section>
                }
                .into_any()
            }
            _ => view! {
                <section class="card">{table(lines, &day, &names, cx.now)}</section>
                <Pager count=i64::try_from(shown).unwrap_or(i64::MAX) one="invitation" many="invitations" per=i64::MAX csv/>
            }
            .into_any(),
        };
        Ok(view! {
            {head(actions)}
            {(!none).then(|| view! { {tabs} {filters()} })}
            {list}
        })
    })
}

/// What can be done with many invitations at once; the first of these that applies is the primary action.
fn actions(undrafted: usize, all: &[InvitationRow]) -> Option<AnyView> {
    let in_state = |state: InvitationState| all.iter().filter(move |line| line.invitation.state == state);
    let number = |count: usize| count_of(i64::try_from(count).unwrap_or(i64::MAX), "invitation", "invitations");
    let (drafted, reviewed) = (in_state(InvitationState::Drafted).count(), in_state(InvitationState::Reviewed).count());
    let draft = (undrafted > 0).then(|| {
        let label = format!("Draft {}", number(undrafted));
        view! { <Form act="draft_all"><Submit label main=true/></Form> }.into_any()
    });
    let approve = (drafted > 0).then(|| {
        let read = in_state(InvitationState::Drafted).map(|line| read(&line.invitation)).collect_view();
        let label = format!("Approve {}", number(drafted));
        view! { <Form act="review_all">{read} <Submit label main=undrafted == 0/></Form> }.into_any()
    });
    let send = (reviewed > 0).then(|| {
        let label = format!("Send {}", number(reviewed));
        view! { <Form act="send_all"><Submit label main=undrafted + drafted == 0/></Form> }.into_any()
    });
    let actions: Vec<AnyView> = [send, approve, draft].into_iter().flatten().collect();
    (!actions.is_empty()).then(|| actions.into_any())
}

/// Which text was read: approving leaves out those that changed since.
fn read(invitation: &Invitation) -> impl IntoView + use<> {
    view! { <Hidden name="read" value=format!("{}:{}", invitation.id, invitation.revision)/> }
}

/// The stages that have invitations, with their counts.
fn stages(all: &[InvitationRow], current: Option<InvitationStage>) -> impl IntoView + use<> {
    let address = |stage: &str| with_query("stage", stage);
    let count = |stage: InvitationStage| all.iter().filter(|line| InvitationStage::of(line.invitation.state) == stage).count();
    let mut tabs = vec![(address(""), "All".to_owned(), i64::try_from(all.len()).ok())];
    tabs.extend(
        InvitationStage::ALL
            .iter()
            .map(|&stage| (stage, count(stage)))
            .filter(|(stage, count)| *count > 0 || current == Some(*stage))
            .map(|(stage, count)| (address(stage.as_str()), stage.label().to_owned(), i64::try_from(count).ok())),
    );
    view! { <Tabs label="Stages" current=address(current.map_or("", InvitationStage::as_str)) tabs/> }
}

fn filters() -> impl IntoView {
    let channels = InvitationChannel::ALL.iter().map(|channel| (channel.as_str().to_owned(), channel.label().to_owned())).collect();
    let sorts = InvitationSort::ALL.iter().skip(1).map(|sort| (sort.as_str().to_owned(), sort.label().to_owned())).collect();
    let stage = query("stage").map(|stage| view! { <input type="hidden" name="stage" value=stage/> });
    view! {
        <FilterBar own=&["sort"]>
            <Search label="Name or text"/>
            <Pick name="channel" label="Delivery" options=channels/>
            <Pick name="sort" label="Sort" options=sorts any="Name"/>
            {stage}
        </FilterBar>
    }
}

/// No invitation exists: what to do first.
fn nothing_yet(day: &PanelDay, undrafted: usize) -> impl IntoView + use<> {
    let shortlist = format!("/days/{}/shortlist", day.id);
    let text = if undrafted > 0 {
        "Draft an invitation for everyone on the shortlist. You can change each text before it is approved and sent."
    } else {
        "Add people to the shortlist first. Then draft their invitations here."
    };
    view! {
        <section class="card">
            <Empty title="No invitations yet" text>
                {(undrafted == 0).then(|| view! { <a class="btn btn-1" href=shortlist>"Open shortlist"</a> })}
            </Empty>
        </section>
    }
}

fn table(lines: Vec<InvitationRow>, day: &PanelDay, names: &HashMap<InvitationId, String>, now: Time) -> impl IntoView + use<> {
    let mixed = day.segment.is_none();
    let steps = lines.iter().any(|line| InvitationStage::of(line.invitation.state).is_open());
    let rows = lines.into_iter().map(|line| row(line, day, names, (mixed, steps), now)).collect_view();
    view! {
        <table class="list compact">
            <thead>
                <tr>
                    <th scope="col">"Name"</th><th scope="col">"Stage"</th><th scope="col">"Delivery"</th>
                    {steps.then(|| view! { <th scope="col">"Next step"</th> })}
                    <th scope="col"><span class="sr">"More"</span></th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    }
}

fn row(
    line: InvitationRow,
    day: &PanelDay,
    names: &HashMap<InvitationId, String>,
    (mixed, steps): (bool, bool),
    now: Time,
) -> impl IntoView + use<> {
    let InvitationRow { invitation, name, segment } = line;
    let to = format!("/invitations/{}", invitation.id);
    // Who said yes gave a name; the shortlist knows the handle.
    let given = names.get(&invitation.id).filter(|given| **given != name && !given.is_empty()).cloned();
    let shown = given.clone().unwrap_or_else(|| name.clone());
    let since = match invitation.state {
        InvitationState::Drafted => Some(invitation.drafted_at),
        InvitationState::Reviewed => invitation.reviewed_at,
        InvitationState::Sent => invitation.sent_at,
        InvitationState::Promoted => invitation.promoted_at,
        InvitationState::Expired => invitation.expires_at,
        InvitationState::Withdrawn => None,
        _ => invitation.answered_at,
    };
    let text = (invitation.state == InvitationState::Drafted).then(|| {
        let body = invitation.body.clone();
        view! { <details class="more"><summary aria-label=format!("Read the text for {shown}")>"Read text"</summary><p class="copy" dir="auto">{body}</p></details> }
    });
    let next = next_step(&invitation, day, &to);
    let menu = menu(&invitation, &to, shown.clone());
    view! {
        <tr>
            <td>
                <a href=to dir="auto">{shown}</a> {mixed.then(|| chip(Some(segment)))}
                {given.map(|_| view! { <small dir="auto">{name}</small> })}
                {text}
            </td>
            <td data-label="Stage"><span><StateBadge tone=tone(invitation.state) label=invitation.state.label()/> <small>{since.map(|at| ago(at, now))}</small></span></td>
            <td data-label="Delivery"><span>{invitation.channel.label()} <small>{invitation.email.clone()}</small></span></td>
            {steps.then(|| view! { <td data-label="Next step">{next}</td> })}
            <td>{menu}</td>
        </tr>
    }
}

pub(super) const fn tone(state: InvitationState) -> Tone {
    match state {
        InvitationState::Accepted | InvitationState::Promoted => Tone::Good,
        InvitationState::Expired => Tone::Warn,
        _ => Tone::Plain,
    }
}

fn next_step(invitation: &Invitation, day: &PanelDay, to: &str) -> impl IntoView + use<> {
    let link = |end: &str, label: &'static str| view! { <a href=format!("{to}{end}")>{label}</a> }.into_any();
    match (invitation.state, invitation.channel) {
        (InvitationState::Drafted, _) => link("", "Review text"),
        (InvitationState::Reviewed, _) => link("", "Send invitation"),
        (InvitationState::Sent, channel) => {
            let until = invitation.expires_at.map(|until| clock::long_date(clock::local_day(until, day.zone())));
            let copy = (channel == InvitationChannel::Hand).then(|| link("#message", "Copy message"));
            view! { {copy} <small>{until.map(|until| format!("Answer due {until}"))}</small> }.into_any()
        }
        (InvitationState::Waitlisted, _) => "Gets the next free seat".into_any(),
        _ => ().into_any(),
    }
}

fn menu(invitation: &Invitation, to: &str, name: String) -> impl IntoView + use<> {
    let approve = (invitation.state == InvitationState::Drafted).then(|| {
        let (key, read) = (invitation.id.to_string(), read(invitation));
        view! { <Form act="review_all" key>{read} <Submit label="Approve for sending"/></Form> }
    });
    let withdraw = invitation.state.can_withdraw().then(|| view! { <a href=format!("{to}?withdraw=1#withdraw")>"Withdraw invitation"</a> });
    let to = to.to_owned();
    view! {
        <RowMenu of=name>
            <a href=to>"Open invitation"</a>
            {approve}
            {withdraw}
        </RowMenu>
    }
}
