//! The first text of an invitation, until when it can be answered, and what an answer must contain.

use chrono::{Duration, NaiveTime};

use super::{Invitation, InvitationChannel, InvitationState};
use crate::coded;
use crate::kernel::clock::{self, Time};
use crate::kernel::error::{Error, Result, ValidationErrors};
use crate::kernel::locale::Locale;
use crate::program::day::PanelDay;
use crate::program::{Program, Segment};
use crate::t;

/// An invitation can be answered for this many days, but not after the day has begun.
pub const ANSWER_DAYS: i64 = 21;

/// Until when an invitation sent at `now` can be answered: 21 days, or the first minute of the day at its place. One that is sent less than
/// twelve hours before, or on the day itself, is open for twelve hours, but never past the day.
#[must_use]
pub fn answer_by(day: &PanelDay, now: Time) -> Time {
    let midnight = |on: chrono::NaiveDate| clock::at_wall(on, NaiveTime::MIN, day.zone());
    let begins = midnight(day.day).unwrap_or(now);
    let ends = day.day.succ_opt().and_then(midnight).map_or(begins, |next| next - Duration::minutes(1));
    (now + Duration::days(ANSWER_DAYS)).min(begins.max((now + Duration::hours(12)).min(ends)))
}

/// The state of the invitation at `now`: a sent one that was not answered in time has expired, even before a job records it.
#[must_use]
pub fn state(invitation: &Invitation, now: Time) -> InvitationState {
    match (invitation.state, invitation.expires_at) {
        (InvitationState::Sent, Some(until)) if until <= now => InvitationState::Expired,
        (state, _) => state,
    }
}

/// Whether a yes to the invitation counts at `now`: it was sent and is open, and a no can still become a yes.
#[must_use]
pub fn can_be_accepted(invitation: &Invitation, now: Time) -> bool {
    let in_time = invitation.expires_at.is_none_or(|until| until > now);
    in_time && matches!(invitation.state, InvitationState::Sent | InvitationState::Declined)
}

/// The first text, in the program's words: who asks, why this person, when and where, what it costs and what it does not. `ending` is how the
/// organisation's emails end: thanks and signature.
#[must_use]
pub fn draft(
    program: &Program,
    day: &PanelDay,
    channel: InvitationChannel,
    name: &str,
    segment: Segment,
    ending: &str,
) -> (String, String) {
    let charter = &program.charter;
    let locale = Locale::of(&charter.language);
    let (date, organisation, costs) = (locale.long_date(day.day), &charter.organisation, ends_well(&charter.disclosed_costs));
    let subject = t!(locale, "draft-subject", organisation = organisation, date = &date, place = &day.place);
    let why = match segment {
        Segment::Ranter => t!(locale, "draft-why-ranter", organisation = organisation),
        Segment::Raver => t!(locale, "draft-why-raver", organisation = organisation),
        Segment::Apathetic => t!(locale, "draft-why-apathetic", organisation = organisation),
    };
    if channel == InvitationChannel::Hand {
        let body = t!(
            locale,
            "draft-hand",
            name = name,
            organisation = organisation,
            why = why,
            people = day.capacity,
            place = &day.place,
            date = date,
            day = &day.title,
            costs = costs
        );
        return (subject, body);
    }
    let opening = t!(
        locale,
        "draft-email",
        name = name,
        why = why,
        day = &day.title,
        date = date,
        place = &day.place,
        people = day.capacity,
        organisation = organisation,
        rules = ends_well(&charter.rules_of_listening)
    );
    let benefits = (!charter.benefits.is_empty()).then(|| t!(locale, "draft-email-benefits", benefits = ends_well(&charter.benefits)));
    let end = t!(locale, "draft-email-end", costs = costs, term = ends_well(&charter.term), ending = ending);
    (subject, [Some(opening), benefits, Some(end)].into_iter().flatten().collect::<Vec<_>>().join("\n\n"))
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
        ("", InvitationChannel::Email) => {
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
        InvitationState::Expired => Error::Gone(coded!("error-invitation-expired")),
        InvitationState::Withdrawn => Error::Gone(coded!("error-invitation-withdrawn")),
        InvitationState::Drafted | InvitationState::Reviewed => Error::NotFound,
        _ => Error::conflict(coded!("error-invitation-answered")),
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
                let (_, body) = draft(&program(), &day(), *channel, "Carla", *segment, "Thank you!\nAda Okafor");
                assert_eq!(body.ends_with("item by item.\n\nThank you!\nAda Okafor"), *channel == InvitationChannel::Email, "{body}");
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

    #[test]
    fn an_invitation_on_the_day_itself_is_not_open_beyond_it() {
        let at = |text: &str| text.parse::<Time>().expect("a time");
        assert_eq!(answer_by(&day(), at("2010-06-15T10:00:00Z")), at("2010-06-15T22:00:00Z"));
        for now in ["2010-06-14T20:00:00Z", "2010-06-15T14:00:00Z", "2010-06-15T23:30:00Z", "2010-06-16T04:30:00Z"] {
            let due = answer_by(&day(), at(now));
            assert!(due > at(now) && clock::local_day(due, day().zone()) <= day().day, "{now}: {due}");
        }
    }
}
