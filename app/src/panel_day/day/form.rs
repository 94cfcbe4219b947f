//! The forms of a day and of its sessions.

use leptos::prelude::*;

use crate::access::account::Account;
use crate::kernel::clock;
use crate::listening::topic::Topic;
use crate::panel_day::session::Session;
use crate::program::day::rules::DEFAULT_SEATS;
use crate::program::day::{PanelDay, PanelDayKind};
use crate::program::{Program, Segment};
use crate::ui::{Field, Form, Hidden, Select, Submit, TextArea, Tick};

/// A new day, in one of these programs.
pub fn new_day(programs: Vec<Program>, chosen: String) -> impl IntoView {
    let options = programs.into_iter().map(|program| (program.id.to_string(), program.charter.name)).collect();
    view! {
        <Form act="create">
            <Select name="program" label="Program" options=options value=chosen/>
            {fields(None)}
            <Submit label="Plan the day" main=true/>
        </Form>
    }
}

/// This day, changed.
pub fn change_day(day: PanelDay) -> impl IntoView {
    view! {
        <Form act="update">
            <Hidden name="revision" value=day.revision.to_string()/>
            {fields(Some(day))}
            <Submit label="Save the day" main=true/>
        </Form>
    }
}

fn fields(day: Option<PanelDay>) -> impl IntoView {
    let get = |part: fn(&PanelDay) -> String| day.as_ref().map(part).unwrap_or_default();
    let kinds = PanelDayKind::ALL.iter().map(|kind| (kind.as_str().to_owned(), kind.label().to_owned())).collect();
    let mut cohorts: Vec<_> =
        Segment::ALL.iter().map(|segment| (segment.as_str().to_owned(), format!("{}s only", segment.label()))).collect();
    cohorts.push((String::new(), "Mixed".to_owned()));
    let kind = day.as_ref().map_or(PanelDayKind::Panel, |day| day.kind).as_str();
    let segment = day.as_ref().map_or("ranter", |day| day.segment.map_or("", Segment::as_str));
    let seats = day.as_ref().map_or(DEFAULT_SEATS, |day| day.capacity).to_string();
    view! {
        <Field name="title" label="Title" value=get(|day| day.title.clone()) hint="For example: CAP Day for ranters"/>
        <div class="pair">
            <Field name="day" label="Date" kind="date" value=get(|day| day.day.to_string())/>
            <Field name="time_zone" label="Time zone" value=get(|day| day.time_zone.to_string()) hint="Like America/Chicago or Europe/Berlin"/>
        </div>
        <Field name="place" label="Place" value=get(|day| day.place.clone())/>
        <div class="pair">
            <Select name="kind" label="Kind" options=kinds value=kind/>
            <Select name="segment" label="For whom" options=cohorts value=segment/>
            <Field name="capacity" label="Seats" kind="number" value=seats/>
        </div>
        <Tick name="held" label="This day has been held already" hint="Needed only for a date in the past, to enter an old day for the record."/>
    }
}

/// What a session's form offers to choose from.
#[derive(Clone)]
pub struct SessionFormOptions {
    pub moderators: Vec<Account>,
    pub topics: Vec<Topic>,
    pub rooms: Vec<String>,
}

/// A new session, or this one changed.
pub fn session(day: &PanelDay, session: Option<&Session>, choices: &SessionFormOptions) -> impl IntoView + use<> {
    let zone = day.zone();
    let none = (String::new(), "none yet".to_owned());
    let moderators = std::iter::once(none.clone())
        .chain(choices.moderators.iter().map(|account| (account.id.to_string(), account.name.clone())))
        .collect();
    // A retired topic is offered to the session that has it, and to no other.
    let offered =
        choices.topics.iter().filter(|topic| topic.is_active() || session.is_some_and(|session| session.topic_id == Some(topic.id)));
    let topics = std::iter::once(none).chain(offered.map(|topic| (topic.id.to_string(), topic.name.clone()))).collect();
    let session = session.cloned();
    let starts = session.as_ref().map(|session| clock::wall_time(session.starts_at, zone)).unwrap_or_default();
    let ends = session.as_ref().map(|session| clock::wall_time(session.ends_at, zone)).unwrap_or_default();
    let room = session.as_ref().map(|session| session.room.clone()).or_else(|| choices.rooms.first().cloned()).unwrap_or_default();
    let rooms = if choices.rooms.is_empty() { String::new() } else { format!("So far: {}", choices.rooms.join(", ")) };
    let (act, label, key) = match &session {
        Some(session) => ("change_session", "Save the session", session.id.to_string()),
        None => ("add_session", "Add the session", String::new()),
    };
    let revision = session.as_ref().map(|session| session.revision.to_string());
    let get = move |part: fn(&Session) -> String| session.as_ref().map(part).unwrap_or_default();
    let moderator = get(|session| session.moderator_id.map(|id| id.to_string()).unwrap_or_default());
    let topic = get(|session| session.topic_id.map(|id| id.to_string()).unwrap_or_default());
    view! {
        <Form act=act key=key>
            {revision.map(|revision| view! { <Hidden name="revision" value=revision/> })}
            <Field name="title" label="Title" value=get(|session| session.title.clone())/>
            <div class="pair">
                <Field name="starts" label="Starts" kind="time" value=starts/>
                <Field name="ends" label="Ends" kind="time" value=ends hint=format!("Clock of {zone}")/>
            </div>
            <Field name="room" label="Room" value=room hint=rooms/>
            <Select name="moderator" label="Moderator" options=moderators value=moderator/>
            <Select name="topic" label="Topic" options=topics value=topic/>
            <TextArea name="company" label="Company people at the table" value=get(|session| session.company.clone()) rows=2 hint="One a line: name, what they are responsible for"/>
            <Submit label=label main=true/>
        </Form>
    }
}
