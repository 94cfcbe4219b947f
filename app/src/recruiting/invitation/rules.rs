//! The first text of an invitation, until when it can be answered, and what an answer must contain.

use chrono::{Duration, NaiveTime};

use super::{Invitation, InvitationChannel, InvitationState};
use crate::kernel::clock::{self, Time};
use crate::kernel::error::{Error, Result, ValidationErrors};
use crate::program::day::PanelDay;
use crate::program::{Program, Segment};

/// An invitation can be answered for this many days, but not after the day has begun.
pub const ANSWER_DAYS: i64 = 21;

/// Until when an invitation sent at `now` can be answered: 21 days, or the first minute of the day at its place.
#[must_use]
pub fn answer_by(day: &PanelDay, now: Time) -> Time {
    let begins = clock::at_wall(day.day, NaiveTime::MIN, day.zone()).unwrap_or(now);
    (now + Duration::days(ANSWER_DAYS)).min(begins.max(now + Duration::hours(12)))
}

/// The state of the invitation at `now`: a sent one that was not answered in time has expired, even before a job records it.
#[must_use]
pub fn state(invitation: &Invitation, now: Time) -> InvitationState {
    match (invitation.state, invitation.expires_at) {
        (InvitationState::Sent, Some(until)) if until <= now => InvitationState::Expired,
        (state, _) => state,
    }
}

/// The first text, in the program's words: who asks, why this person, when and where, what it costs and what it does not.
#[must_use]
pub fn draft(program: &Program, day: &PanelDay, channel: InvitationChannel, name: &str, segment: Segment) -> (String, String) {
    let date = clock::long_date(day.day);
    let organisation = &program.charter.organisation;
    let subject = format!("{organisation} would like to listen to you: {date}, {}", day.place);
    let why = match segment {
        Segment::Ranter => format!(
            "You have said in public what {organisation} gets wrong. We read it, and we would rather hear it from you in person than argue."
        ),
        Segment::Raver => format!(
            "You have said in public what {organisation} gets right. We would like to hear what we should keep, and what would make it better."
        ),
        Segment::Apathetic => format!(
            "You own something that {organisation} made, and you have never told us what you think of it. That is exactly why we would like to ask."
        ),
    };
    let body = match channel {
        InvitationChannel::Hand => format!(
            "Hello {name}, this is {organisation}. {why}\n\n\
             We are asking {} people to {} on {date}: {}. {}\n\n\
             Who asks, why you, what is paid for and what happens with your data stands behind your personal link, where you can say yes or no.",
            day.capacity,
            day.place,
            day.title,
            ends_well(&program.charter.disclosed_costs),
        ),
        InvitationChannel::Mail => {
            let benefits = if program.charter.benefits.is_empty() {
                String::new()
            } else {
                format!("What you get: {}\n\n", ends_well(&program.charter.benefits))
            };
            format!(
                "Hello {name},\n\n{why}\n\n\
                 We invite you to “{}” on {date} in {}. {} people will be there, and people from {organisation} who can change things. \
                 They are there to listen.\n\n\
                 What we promise: {}\n\n{benefits}\
                 What is paid for, so that you can say so openly: {}\n\n\
                 How long: {}\n\n\
                 {}\n{organisation}, {}",
                day.title,
                day.place,
                day.capacity,
                ends_well(&program.charter.rules_of_listening),
                ends_well(&program.charter.disclosed_costs),
                ends_well(&program.charter.term),
                "Afterwards you will get a report: what we heard from you, and what we do about it, item by item.",
                program.charter.sponsor,
            )
        }
    };
    (subject, body)
}

fn ends_well(text: &str) -> String {
    let text = text.trim();
    if text.ends_with(['.', '!', '?', '…']) { text.to_owned() } else { format!("{text}.") }
}

/// A changed text as typed.
#[derive(Clone, Debug)]
pub struct InvitationText {
    pub channel: InvitationChannel,
    pub email: String,
    pub subject: String,
    pub body: String,
}

/// The text, tidied: (address, subject, body).
///
/// # Errors
/// `Invalid`, with every mistake; an email needs an address.
pub fn check_text(text: &InvitationText) -> Result<(Option<String>, String, String)> {
    let mut errors = ValidationErrors::default();
    let email = match (text.email.trim(), text.channel) {
        ("", InvitationChannel::Mail) => {
            errors.add("email", "Enter an email address, or change the delivery to “Message to copy”.");
            None
        }
        ("", InvitationChannel::Hand) => None,
        (typed, _) => Some(errors.email(typed)),
    };
    let subject = errors.text("subject", "The subject", &text.subject, 160);
    let body = errors.lines("body", "The text", &text.body, 6000);
    errors.finish()?;
    Ok((email, subject, body))
}

/// Why an invitation cannot be accepted or declined any more.
#[must_use]
pub fn closed(state: InvitationState) -> Error {
    match state {
        InvitationState::Expired => Error::Gone("This invitation could be answered until a date that has passed. If you would still like to come, please answer the message it came in.".into()),
        InvitationState::Withdrawn => Error::Gone("This invitation was withdrawn.".into()),
        InvitationState::Drafted | InvitationState::Reviewed => Error::NotFound,
        _ => Error::conflict("This invitation has been answered."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::clock::now;
    use crate::kernel::ids::{PanelDayId, ProgramId};
    use crate::program::Charter;
    use crate::program::day::{PanelDayKind, Zone};

    fn program() -> Program {
        let charter = Charter {
            name: "CAP Days US 2010".into(),
            organisation: "Dell".into(),
            rules_of_listening: "We listen and do not sell".into(),
            disclosed_costs: "Travel, two nights and food are paid for".into(),
            notice: "We read public posts.".into(),
            ..Charter::unwritten()
        };
        Program { id: ProgramId::new(), charter, revision: 1, created_at: now() }
    }

    fn day() -> PanelDay {
        PanelDay {
            id: PanelDayId::new(),
            program_id: ProgramId::new(),
            title: "CAP Day for ranters".into(),
            kind: PanelDayKind::Panel,
            day: chrono::NaiveDate::from_ymd_opt(2010, 6, 15).expect("a day"),
            time_zone: "America/Chicago".parse::<Zone>().expect("a zone"),
            place: "Round Rock".into(),
            segment: Some(Segment::Ranter),
            capacity: 15,
            revision: 1,
            created_at: now(),
        }
    }

    #[test]
    fn every_first_text_says_who_when_where_and_what_is_paid_for() {
        for channel in InvitationChannel::ALL {
            for segment in Segment::ALL {
                let (_, body) = draft(&program(), &day(), *channel, "Carla", *segment);
                for word in ["Carla", "Dell", "15 June 2010", "Round Rock", "Travel, two nights and food are paid for."] {
                    assert!(body.contains(word), "{channel}, {segment}: no “{word}” in\n{body}");
                }
                assert!(!body.to_lowercase().contains("ranter ") && !body.contains("score"), "nobody is called a name in their invitation");
            }
        }
    }

    #[test]
    fn an_invitation_is_open_for_three_weeks_but_not_into_the_day() {
        let at = |text: &str| text.parse::<Time>().expect("a time");
        assert_eq!(answer_by(&day(), at("2010-05-01T10:00:00Z")), at("2010-05-22T10:00:00Z"));
        assert_eq!(answer_by(&day(), at("2010-06-10T10:00:00Z")), at("2010-06-15T05:00:00Z"));
    }
}
