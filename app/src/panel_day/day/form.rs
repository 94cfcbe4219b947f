//! The forms that plan a panel day and its sessions.

use leptos::prelude::*;

use crate::access::account::Account;
use crate::kernel::clock;
use crate::listening::topic::Topic;
use crate::panel_day::session::Session;
use crate::program::day::rules::DEFAULT_SEATS;
use crate::program::day::{PanelDay, PanelDayKind};
use crate::program::{Program, Segment};
use crate::recruiting::panelist::moved_day::PeopleConcerned;
use crate::ui::{Field, Form, Hidden, Select, Submit, TextArea, Tick};

/// Plans a day in one of these programs.
pub fn new_day(programs: Vec<Program>, chosen: String) -> impl IntoView {
    let options: Vec<_> = programs.into_iter().map(|program| (program.id.to_string(), program.charter.name)).collect();
    let program = match options.as_slice() {
        [(only, _)] => view! { <Hidden name="program" value=only.clone()/> }.into_any(),
        _ => view! { <Select name="program" label="Program" options value=chosen/> }.into_any(),
    };
    view! {
        <Form act="create">
            {program}
            {fields(None)}
            <Submit label="Plan panel day" main=true/>
        </Form>
    }
}

/// Changes a day. Where its people would be emailed about a new date or place, the form says how many.
pub fn change_day(day: PanelDay, concerned: &PeopleConcerned) -> impl IntoView + use<> {
    let notify = match (concerned.emails(), concerned.by_hand.len()) {
        (0, 0) => None,
        (0, by_hand) => Some(view! { <p class="dim">{invited_by_hand(by_hand, false)}</p> }.into_any()),
        _ => {
            let hint = concerned_in_words(concerned);
            Some(view! { <Tick name="notify" label="Email them if the date, place or time zone changes" hint ticked=false/> }.into_any())
        }
    };
    view! {
        <Form act="update">
            <Hidden name="revision" value=day.revision.to_string()/>
            {fields(Some(day))}
            {notify}
            <Submit label="Save panel day" main=true/>
        </Form>
    }
}

fn concerned_in_words(concerned: &PeopleConcerned) -> String {
    let parts = [
        (concerned.seated.len(), "with a seat"),
        (concerned.waiting.len(), "on the waitlist"),
        (concerned.invited.len(), "invited and without an answer"),
    ];
    let people = parts.iter().filter(|(n, _)| *n > 0).map(|(n, who)| format!("{n} {who}")).collect::<Vec<_>>().join(", ");
    let by_hand = match concerned.by_hand.len() {
        0 => String::new(),
        n => format!(" {}", invited_by_hand(n, true)),
    };
    format!(
        "{people}. The email says what changed, and asks people with a seat whether they can still come. You can read it in the outbox.{by_hand}"
    )
}

/// People whom no email reaches. `more`: besides those who get one.
fn invited_by_hand(count: usize, more: bool) -> String {
    let more = if more { " more" } else { "" };
    match count {
        1 => format!("One{more} person was invited by a message that you copied. If the day moves, write to them yourself."),
        n => format!("{n}{more} people were invited by messages that you copied. If the day moves, write to them yourself."),
    }
}

fn fields(day: Option<PanelDay>) -> impl IntoView {
    let get = |part: fn(&PanelDay) -> String| day.as_ref().map(part).unwrap_or_default();
    let kinds = PanelDayKind::ALL.iter().map(|kind| (kind.as_str().to_owned(), kind.label().to_owned())).collect();
    let mut cohorts: Vec<_> = Segment::ALL.iter().map(|segment| (segment.as_str().to_owned(), format!("{}s", segment.label()))).collect();
    cohorts.push((String::new(), "All segments".to_owned()));
    let kind = day.as_ref().map_or(PanelDayKind::Panel, |day| day.kind).as_str();
    let segment = day.as_ref().map_or("ranter", |day| day.segment.map_or("", Segment::as_str));
    let seats = day.as_ref().map_or(DEFAULT_SEATS, |day| day.capacity).to_string();
    view! {
        <Field name="title" label="Title" value=get(|day| day.title.clone()) hint="Customers see this title in their invitation, for example: Customer day in Round Rock"/>
        <div class="pair">
            <Field name="day" label="Date" kind="date" value=get(|day| day.day.to_string())/>
            <Field name="time_zone" label="Time zone" value=get(|day| day.time_zone.to_string()) hint="For example America/Chicago or Europe/Berlin"/>
        </div>
        <Field name="place" label="Place" value=get(|day| day.place.clone())/>
        <div class="pair">
            <Select name="kind" label="Kind" options=kinds value=kind/>
            <Select name="segment" label="Customers" options=cohorts value=segment/>
            <Field name="capacity" label="Seats" kind="number" value=seats/>
        </div>
        <Tick name="held" label="This day has already taken place" hint="Select this only to record a panel day in the past."/>
    }
}

/// What a session's form offers to choose from.
#[derive(Clone)]
pub struct SessionFormOptions {
    pub moderators: Vec<Account>,
    pub topics: Vec<Topic>,
    pub rooms: Vec<String>,
}

/// Adds a session, or changes this one.
pub fn session(day: &PanelDay, session: Option<&Session>, choices: &SessionFormOptions) -> impl IntoView + use<> {
    let zone = day.zone();
    let none = (String::new(), "None".to_owned());
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
    let rooms = if choices.rooms.is_empty() { String::new() } else { format!("Rooms in use: {}", choices.rooms.join(", ")) };
    let (act, label, key) = match &session {
        Some(session) => ("change_session", "Save session", session.id.to_string()),
        None => ("add_session", "Add session", String::new()),
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
                <Field name="ends" label="Ends" kind="time" value=ends hint=format!("Local time in {zone}")/>
            </div>
            <Field name="room" label="Room" value=room hint=rooms/>
            <Select name="moderator" label="Moderator" options=moderators value=moderator/>
            <Select name="topic" label="Topic" options=topics value=topic/>
            <TextArea name="company" label="Company participants" value=get(|session| session.company.clone()) rows=2 hint="One per line: name, responsibility"/>
            <Submit label=label main=true/>
        </Form>
    }
}
