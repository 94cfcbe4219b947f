//! A day that moves: everybody concerned gets one email, in the transaction that moves it, and people with a seat are asked whether they can
//! still come. Their seats are kept until they answer.

use serde_json::json;
use uuid::Uuid;

use super::{Panelist, act, rules, store};
use crate::access::account::{Actor, Permission};
use crate::access::audit::ResourceType;
use crate::access::audit::act::audit;
use crate::access::link::{self, Purpose};
use crate::access::outbox::{self, EmailTemplate};
use crate::db::Tx;
use crate::kernel::clock::{Time, local_day, zone_place};
use crate::kernel::error::{Error, Result};
use crate::kernel::ids::PanelistId;
use crate::program::Program;
use crate::program::day::{self, DayChanged, PanelDay};
use crate::recruiting::invitation::{self, InvitationChannel, InvitationRow, InvitationState};
use crate::{coded, program};

/// Whom a move of the day concerns.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PeopleConcerned {
    pub seated: Vec<Panelist>,
    pub waiting: Vec<Panelist>,
    /// Invited by email, and without an answer.
    pub invited: Vec<InvitationRow>,
    /// Invited by a message that staff copied, and without an answer: no email can reach them.
    pub by_hand: Vec<InvitationRow>,
}

impl PeopleConcerned {
    /// How many get an email.
    #[must_use]
    pub fn emails(&self) -> usize {
        self.seated.len() + self.waiting.len() + self.invited.len()
    }
}

/// The people to notify when this day moves: those with a seat, on the waitlist, or invited and without an answer.
///
/// # Errors
/// What the database says.
pub async fn people_concerned(tx: &mut Tx, now: Time, day: &PanelDay) -> Result<PeopleConcerned> {
    let mut concerned = PeopleConcerned::default();
    for panelist in store::list(tx, day.id).await? {
        if panelist.withdrawn_at.is_some() || panelist.is_erased() {
            continue;
        }
        if panelist.seated_at.is_some() { concerned.seated.push(panelist) } else { concerned.waiting.push(panelist) }
    }
    for row in invitation::store::list(tx, day.id).await? {
        if invitation::rules::state(&row.invitation, now) != InvitationState::Sent {
            continue;
        }
        let by_email = row.invitation.channel == InvitationChannel::Email && row.invitation.email.is_some();
        if by_email { concerned.invited.push(row) } else { concerned.by_hand.push(row) }
    }
    Ok(concerned)
}

/// Emails the people concerned when the date, place or time zone of a day changes that is still to come.
///
/// # Errors
/// `Invalid` on `notify` where people are concerned and nobody said that they are to be notified.
pub(crate) async fn notify_people_concerned(tx: &mut Tx, change: &DayChanged) -> Result<()> {
    let DayChanged { actor, at, before, after, notify } = change;
    if !rules::has_moved(before, after) || after.day < local_day(*at, after.zone()) {
        return Ok(());
    }
    give_time_to_answer(tx, *at, after).await?;
    let concerned = people_concerned(tx, *at, after).await?;
    if concerned.emails() == 0 {
        return Ok(());
    }
    if !notify {
        return Err(Error::field(
            "notify",
            match concerned.emails() {
                1 => "This changes the date or place for one person. Select this to email them, then save again.".to_owned(),
                n => format!("This changes the date or place for {n} people. Select this to email them, then save again."),
            },
        ));
    }
    let program = program::store::find(tx, after.program_id).await?.ok_or(Error::NotFound)?;
    for panelist in &concerned.seated {
        store::ask_to_reconfirm(tx, panelist.id, *at).await?;
        email(tx, change, &program, Recipient::of(panelist, "seated")).await?;
    }
    for panelist in &concerned.waiting {
        email(tx, change, &program, Recipient::of(panelist, "waiting")).await?;
    }
    for row in &concerned.invited {
        let recipient = Recipient {
            address: row.invitation.email.clone().unwrap_or_default(),
            name: row.name.clone(),
            link: (Purpose::Invite, row.invitation.id.0),
            role: "invited",
            answer_by: row.invitation.expires_at,
        };
        email(tx, change, &program, recipient).await?;
    }
    audit(actor, *at, "sent emails about the move of", ResourceType::PanelDay, after.id)
        .on_day(after.id)
        .with(json!({ "seated": concerned.seated.len(), "waiting": concerned.waiting.len(), "invited": concerned.invited.len() }))
        .record(tx);
    Ok(())
}

/// Who can still say yes to an invitation, also after a no, has as long for the new day as if it were sent now.
async fn give_time_to_answer(tx: &mut Tx, now: Time, day: &PanelDay) -> Result<()> {
    let until = invitation::rules::answer_by(day, now);
    for row in invitation::store::list(tx, day.id).await? {
        if invitation::rules::can_be_accepted(&row.invitation, now) {
            invitation::store::set_answer_by(tx, row.invitation.id, until).await?;
        }
    }
    Ok(())
}

/// Records that a panelist can come to the day as it is now: said by themself, or told to staff. `seen` is the revision of the day whose date
/// and place they read. Saying it twice changes nothing.
///
/// # Errors
/// `NotFound` for a link to somebody else; `Conflict` where the day has changed since it was read or is over, the panelist has no seat, or
/// nobody asked.
pub async fn reconfirm(tx: &mut Tx, actor: &Actor, now: Time, id: PanelistId, seen: i64) -> Result<()> {
    act::may_own(actor, Permission::LeavePanel, Permission::Invite, id)?;
    let panelist = store::find(tx, id).await?.ok_or(Error::NotFound)?;
    let day = day::store::lock(tx, panelist.panel_day_id).await?.ok_or(Error::NotFound)?;
    let panelist = store::find(tx, id).await?.ok_or(Error::NotFound)?;
    act::not_erased(&panelist)?;
    if day.revision != seen {
        return Err(Error::conflict(coded!("error-day-changed")));
    }
    if !rules::can_still_promote(&day, now) {
        return Err(Error::conflict(coded!("error-day-over")));
    }
    if panelist.reconfirmed_at.is_some() {
        return Ok(());
    }
    if !store::reconfirm(tx, id, now).await? {
        return Err(Error::conflict(coded!("error-reconfirm-no-seat")));
    }
    audit(actor, now, "reconfirmed", ResourceType::Panelist, id).on_day(panelist.panel_day_id).record(tx);
    Ok(())
}

struct Recipient {
    address: String,
    name: String,
    link: (Purpose, Uuid),
    role: &'static str,
    /// Until when an invitee can answer.
    answer_by: Option<Time>,
}

impl Recipient {
    fn of(panelist: &Panelist, role: &'static str) -> Self {
        Self { address: panelist.email.clone(), name: panelist.name.clone(), link: (Purpose::Portal, panelist.id.0), role, answer_by: None }
    }
}

async fn email(tx: &mut Tx, DayChanged { at, before, after, .. }: &DayChanged, program: &Program, to: Recipient) -> Result<()> {
    let (purpose, subject) = to.link;
    let link = link::act::current(tx, *at, purpose, subject).await?;
    let queued = outbox::act::QueueEmail {
        template: EmailTemplate::DayMoved,
        recipient: to.address,
        recipient_name: to.name,
        params: json!({
            "organisation": program.charter.organisation,
            "program": program.charter.name,
            "day_title": after.title,
            "date": after.day,
            "place": after.place,
            "before_date": before.day,
            "before_place": before.place,
            "zone": zone_place(after.zone()),
            "before_zone": zone_place(before.zone()),
            "answer_by": to.answer_by.map(|until| local_day(until, after.zone())),
            "role": to.role,
        }),
        link: Some(link.id),
        subject: Some(subject),
        // One email for each saved move, however often the button is pressed.
        key: format!("{}/{subject}/{}", EmailTemplate::DayMoved.as_str(), after.revision),
    };
    outbox::act::queue(tx, *at, queued).await?;
    Ok(())
}
