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
use crate::kernel::clock::{Time, local_day};
use crate::kernel::error::{Error, Result};
use crate::kernel::ids::PanelistId;
use crate::program::day::{DayChanged, PanelDay};
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
        let by_email = row.invitation.channel == InvitationChannel::Mail && row.invitation.email.is_some();
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
    for panelist in &concerned.seated {
        store::ask_to_reconfirm(tx, panelist.id, *at).await?;
        email(tx, change, Recipient::of(panelist, "seated")).await?;
    }
    for panelist in &concerned.waiting {
        email(tx, change, Recipient::of(panelist, "waiting")).await?;
    }
    for row in &concerned.invited {
        let recipient = Recipient {
            address: row.invitation.email.clone().unwrap_or_default(),
            name: row.name.clone(),
            link: (Purpose::Invite, row.invitation.id.0),
            role: "invited",
        };
        email(tx, change, recipient).await?;
    }
    audit(actor, *at, "notified of a move", ResourceType::PanelDay, after.id)
        .on_day(after.id)
        .with(json!({ "seated": concerned.seated.len(), "waiting": concerned.waiting.len(), "invited": concerned.invited.len() }))
        .record(tx);
    Ok(())
}

/// Records that a panelist can come to the day as it is now: said by themself, or told to staff. Saying it twice changes nothing.
///
/// # Errors
/// `NotFound` for a link to somebody else; `Conflict` where the panelist has no seat, or nobody asked.
pub async fn reconfirm(tx: &mut Tx, actor: &Actor, now: Time, id: PanelistId) -> Result<()> {
    act::may_own(actor, Permission::LeavePanel, Permission::Invite, id)?;
    let panelist = store::find(tx, id).await?.ok_or(Error::NotFound)?;
    act::not_erased(&panelist)?;
    if panelist.reconfirmed_at.is_some() {
        return Ok(());
    }
    if !store::reconfirm(tx, id, now).await? {
        return Err(Error::conflict(coded!("error-reconfirm-no-seat")));
    }
    audit(actor, now, "can still come", ResourceType::Panelist, id).on_day(panelist.panel_day_id).record(tx);
    Ok(())
}

struct Recipient {
    address: String,
    name: String,
    link: (Purpose, Uuid),
    role: &'static str,
}

impl Recipient {
    fn of(panelist: &Panelist, role: &'static str) -> Self {
        Self { address: panelist.email.clone(), name: panelist.name.clone(), link: (Purpose::Portal, panelist.id.0), role }
    }
}

async fn email(tx: &mut Tx, DayChanged { at, before, after, .. }: &DayChanged, to: Recipient) -> Result<()> {
    let program = program::store::find(tx, after.program_id).await?.ok_or(Error::NotFound)?;
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
