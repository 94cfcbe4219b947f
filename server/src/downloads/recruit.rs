//! Downloads of the recruiting pages: programs, days, a day's sessions and its agenda.

use std::collections::HashMap;

use app::access::account::{Actor, Permission};
use app::access::page::PageContext;
use app::kernel::error::{Error, Result};
use app::kernel::export;
use app::kernel::ids::{PanelDayId, PanelistId};
use app::listening::segment::reason::joined;
use app::panel_day::day::list::PanelDaySearch;
use app::program::day::{self, PanelDay};
use app::{
    access::account, kernel::clock, panel_day, panel_day::session, program, recruiting::candidate, recruiting::invitation,
    recruiting::panelist,
};
use axum::extract::{Extension, Path, Query};
use axum::response::Response;

use super::{ListQuery, csv, file, getter};
use crate::{http, ics};

/// GET /programs.csv
pub async fn programs(Extension(cx): Extension<PageContext>, Query(query): ListQuery) -> Response {
    answer(list_programs(&cx, &query).await)
}

async fn list_programs(cx: &PageContext, query: &HashMap<String, String>) -> Result<Response> {
    let mut tx = cx.db.read().await?;
    let needle = getter(query)("q").unwrap_or_default();
    let programs = program::page::search(program::store::list(&mut tx).await?, &needle);
    let rows = programs
        .into_iter()
        .map(|program| program.charter)
        .map(|p| [p.name, p.organisation, p.market, p.language, p.purpose, p.sponsor, p.disclosed_costs]);
    let heads = ["Name", "Organisation", "Market", "Language", "Purpose", "Sponsor", "Expenses we cover"];
    Ok(csv("programs.csv", export::csv(&heads, rows)))
}

/// GET /days.csv
pub async fn days(Extension(cx): Extension<PageContext>, Query(query): ListQuery) -> Response {
    answer(list_days(&cx, &query).await)
}

async fn list_days(cx: &PageContext, query: &HashMap<String, String>) -> Result<Response> {
    let mut tx = cx.db.read().await?;
    let search = PanelDaySearch::read(getter(query));
    let lines = panel_day::day::list::list(&mut tx, &search, cx.now).await?;
    let rows = lines.into_iter().map(|line| {
        let (day, counts) = (line.day, line.counts);
        [
            day.day.to_string(),
            day.title,
            day.kind.label().to_owned(),
            day.place,
            day.time_zone.to_string(),
            line.program,
            day.segment.map_or("Mixed", |segment| segment.label()).to_owned(),
            day.capacity.to_string(),
            counts.shortlisted.to_string(),
            counts.unanswered.to_string(),
            counts.seated.to_string(),
            counts.waiting.to_string(),
            counts.came.to_string(),
        ]
    });
    let heads = [
        "Date",
        "Title",
        "Kind",
        "Place",
        "Time zone",
        "Program",
        "Customers",
        "Seats",
        "Shortlist",
        "Invited, no answer",
        "Seats taken",
        "Waitlist",
        "Attended",
    ];
    Ok(csv("panel-days.csv", export::csv(&heads, rows)))
}

/// GET /days/{id}/sessions.csv
pub async fn sessions(Extension(cx): Extension<PageContext>, Path(id): Path<PanelDayId>) -> Response {
    answer(list_sessions(&cx, id).await)
}

async fn list_sessions(cx: &PageContext, id: PanelDayId) -> Result<Response> {
    let mut tx = cx.db.read().await?;
    let day = day(cx, &mut tx, Permission::SeeSchedule, id).await?;
    let accounts = account::store::list(&mut tx).await?;
    let rows: Vec<_> = session::store::list(&mut tx, id)
        .await?
        .into_iter()
        .map(|session| {
            let moderator = accounts.iter().find(|account| Some(account.id) == session.moderator_id);
            [
                day.day.to_string(),
                clock::wall_time(session.starts_at, day.zone()),
                clock::wall_time(session.ends_at, day.zone()),
                day.time_zone.to_string(),
                session.room.clone(),
                session.title.clone(),
                moderator.map(|account| account.name.clone()).unwrap_or_default(),
                session.company.replace('\n', "; "),
                session::rules::state(&session, cx.now).label().to_owned(),
            ]
        })
        .collect();
    let heads = ["Date", "Starts", "Ends", "Time zone", "Room", "Title", "Moderator", "Company participants", "Status"];
    Ok(csv("sessions.csv", export::csv(&heads, rows)))
}

/// GET /days/{id}/agenda.ics
pub async fn agenda(Extension(cx): Extension<PageContext>, Path(id): Path<PanelDayId>) -> Response {
    answer(make_agenda(&cx, id).await)
}

async fn make_agenda(cx: &PageContext, id: PanelDayId) -> Result<Response> {
    let mut tx = cx.db.read().await?;
    let day = day(cx, &mut tx, Permission::SeeSchedule, id).await?;
    let sessions = session::store::list(&mut tx, id).await?;
    let text = ics::calendar(&day, &session::rules::agenda(&day, &sessions), cx.now);
    Ok(file("agenda.ics", "text/calendar; charset=utf-8", text.into_bytes()))
}

/// GET /portal/agenda.ics: a panelist's own.
pub async fn own_agenda(Extension(cx): Extension<PageContext>) -> Response {
    answer(make_own_agenda(&cx).await)
}

async fn make_own_agenda(cx: &PageContext) -> Result<Response> {
    let Actor::Link { subject, .. } = cx.actor else { return Err(Error::NotFound) };
    let mut tx = cx.db.read().await?;
    let panelist = panelist::store::find(&mut tx, PanelistId(subject)).await?.ok_or(Error::NotFound)?;
    if panelist.seated_at.is_none() || panelist.withdrawn_at.is_some() {
        return Err(Error::NotFound);
    }
    let day = day::store::find(&mut tx, panelist.panel_day_id).await?.ok_or(Error::NotFound)?;
    let sessions = session::store::list(&mut tx, day.id).await?;
    let text = ics::calendar(&day, &session::rules::agenda(&day, &sessions), cx.now);
    Ok(file("agenda.ics", "text/calendar; charset=utf-8", text.into_bytes()))
}

async fn day(cx: &PageContext, tx: &mut app::db::Tx, permission: Permission, id: PanelDayId) -> Result<PanelDay> {
    session::act::may_on_day(tx, &cx.actor, permission, id).await?;
    day::store::find(tx, id).await?.ok_or(Error::NotFound)
}

fn answer(outcome: Result<Response>) -> Response {
    outcome.unwrap_or_else(|error| http::plain(&error))
}

/// GET /days/{id}/people.csv
pub async fn people(Extension(cx): Extension<PageContext>, Path(id): Path<PanelDayId>, Query(query): ListQuery) -> Response {
    answer(list_people(&cx, id, &query).await)
}

async fn list_people(cx: &PageContext, id: PanelDayId, query: &HashMap<String, String>) -> Result<Response> {
    let mut tx = cx.db.read().await?;
    let day = day(cx, &mut tx, Permission::SeeRecruiting, id).await?;
    let search = panelist::list::PanelistSearch::read(getter(query));
    let rows: Vec<_> = panelist::list::list(panelist::store::list(&mut tx, id).await?, &search)
        .into_iter()
        .map(|person| {
            [
                person.name.clone(),
                person.initials.clone(),
                person.email.clone(),
                person.segment.label().to_owned(),
                person.state().label().to_owned(),
                person.quote_permission.label().to_owned(),
                local(person.accepted_at, &day),
                person.attendance_at.map(|at| local(at, &day)).unwrap_or_default(),
            ]
        })
        .collect();
    let heads = ["Name", "Initials", "Email address", "Segment", "Status", "Quotes", "Accepted", "Attendance recorded"];
    Ok(csv("people.csv", export::csv(&heads, rows)))
}

/// GET /days/{id}/invitations.csv
pub async fn invitations(Extension(cx): Extension<PageContext>, Path(id): Path<PanelDayId>, Query(query): ListQuery) -> Response {
    answer(list_invitations(&cx, id, &query).await)
}

async fn list_invitations(cx: &PageContext, id: PanelDayId, query: &HashMap<String, String>) -> Result<Response> {
    let mut tx = cx.db.read().await?;
    let day = day(cx, &mut tx, Permission::Invite, id).await?;
    let search = invitation::list::InvitationSearch::read(getter(query));
    let rows: Vec<_> = invitation::list::list(&mut tx, id, &search, cx.now)
        .await?
        .into_iter()
        .map(|line| {
            let invitation = line.invitation;
            let when = |at: Option<clock::Time>| at.map(|at| local(at, &day)).unwrap_or_default();
            [
                line.name,
                line.segment.label().to_owned(),
                invitation.channel.label().to_owned(),
                invitation.email.unwrap_or_default(),
                invitation.state.label().to_owned(),
                when(invitation.sent_at),
                when(invitation.expires_at),
                when(invitation.answered_at),
                invitation.subject,
            ]
        })
        .collect();
    let heads = ["Name", "Segment", "Delivery", "Email address", "Status", "Sent", "Answer by", "Answered", "Subject"];
    Ok(csv("invitations.csv", export::csv(&heads, rows)))
}

/// GET /days/{id}/shortlist.csv
pub async fn shortlist(Extension(cx): Extension<PageContext>, Path(id): Path<PanelDayId>) -> Response {
    answer(list_shortlist(&cx, id).await)
}

async fn list_shortlist(cx: &PageContext, id: PanelDayId) -> Result<Response> {
    let mut tx = cx.db.read().await?;
    let day = day(cx, &mut tx, Permission::Shortlist, id).await?;
    let rows = candidate::store::list(&mut tx, id).await?.into_iter().map(|one| {
        [
            one.name,
            one.segment.label().to_owned(),
            joined(&one.reasons),
            one.remark,
            local(one.added_at, &day),
            one.removed_at.map(|at| local(at, &day)).unwrap_or_default(),
            one.removed_reason.unwrap_or_default(),
        ]
    });
    Ok(csv("shortlist.csv", export::csv(&["Name", "Segment", "Reasons", "Comment", "Added", "Removed", "Reason for removal"], rows)))
}

/// The wall clock of the day's place, with how far it is from UTC: "2010-06-15 09:30:00 -05:00".
fn local(at: clock::Time, day: &PanelDay) -> String {
    clock::csv_time(at, day.zone())
}
