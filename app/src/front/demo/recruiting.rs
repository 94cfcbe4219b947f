//! Five months of listening, three shortlists, invitations and their answers, the timetable.

use chrono::NaiveTime;

use super::cast::{Cast, DEMO};
use super::people::{CUSTOMERS, DemoAuthor, RANTERS, RAVERS, address};
use super::story::Story;
use super::{mentions, script};
use crate::access::account::Actor;
use crate::access::link::Purpose;
use crate::db::{Db, Tx};
use crate::kernel::clock;
use crate::kernel::error::{Error, Result};
use crate::kernel::ids::{AuthorId, InvitationId, LinkId, PanelDayId, PanelistId};
use crate::listening::import::ImportKind;
use crate::listening::import::import_file::{ImportOptions, import_file};
use crate::listening::{author, customer};
use crate::panel_day::session;
use crate::panel_day::session::act::CreateSession;
use crate::panel_day::session::rules::SessionPlan;
use crate::recruiting::candidate::act::{AddToShortlist, shortlist};
use crate::recruiting::candidate::{self, CandidateIdentity};
use crate::recruiting::invitation::{self, answer};
use crate::recruiting::panelist::rules::Acceptance;
use crate::recruiting::panelist::{self, QuotePermission};

/// The vendor's export and the roster, by the same import as any file.
pub(super) async fn listen(db: &Db, story: Story, cast: &Cast) -> Result<()> {
    let roster = roster(story);
    for (kind, name, text) in [
        (ImportKind::Mentions, "tarnwick-listening.csv", mentions::csv(story.at(0, 8, 0))),
        (ImportKind::Customers, "tarnwick-customers.csv", roster),
    ] {
        let folder = std::env::temp_dir().join(format!("weheard-demo-{}", uuid::Uuid::now_v7()));
        let path = folder.join(name);
        let unwritable = |error: std::io::Error| Error::unavailable(format!("{} cannot be written: {error}", path.display()));
        std::fs::create_dir_all(&folder).and_then(|()| std::fs::write(&path, text)).map_err(unwritable)?;
        let options =
            ImportOptions { program: Some(cast.program), kind: Some(kind), at: Some(story.at(0, 8, 0)), ..ImportOptions::default() };
        let imported = import_file(db, &DEMO, &path, options).await;
        let _ = std::fs::remove_dir_all(&folder);
        imported?;
    }
    Ok(())
}

fn roster(story: Story) -> String {
    let mut text = "Customer ID,Name,Email,Products,Consents to contact,Survey answer,Survey date,Last contact\n".to_owned();
    for (index, customer) in CUSTOMERS.iter().enumerate() {
        let surveyed = if customer.answer.is_empty() { String::new() } else { story.date(-20).to_string() };
        text.push_str(&format!(
            "C-{},{},{},{},{},{},{surveyed},{}\n",
            1001 + index,
            customer.name,
            address(customer.name),
            customer.products,
            if customer.consents { "yes" } else { "no" },
            customer.answer,
            story.date(-customer.silent_days)
        ));
    }
    text
}

/// Shortlists, drafts, reviews and answers, as far as the story has come.
pub(super) async fn invite(tx: &mut Tx, story: Story, cast: &Cast) -> Result<()> {
    let lead = &cast.staff[0];
    for (day, authors) in [(0, RANTERS), (1, RAVERS)] {
        for (index, author) in authors.iter().enumerate() {
            let remark = if index == 0 { "Writes well and is read by many. Ask her first." } else { "" };
            let who = CandidateIdentity::Author(find_author(tx, cast, author).await?);
            let cmd = AddToShortlist { day: cast.days[day], who, remark: remark.to_owned() };
            shortlist(tx, lead, story.at(3, 10, i64::try_from(index).unwrap_or(0)), cmd).await?;
        }
        send(tx, story, cast, day, 4).await?;
    }
    say_yes_and_no(tx, story, cast, 0, RANTERS, &[14, 18, 19], None).await?;
    say_yes_and_no(tx, story, cast, 1, RAVERS, &[], Some(16)).await?;
    if story.reaches(24) {
        let leaver = find_panelist(tx, cast.days[0], RANTERS[14].name).await?.ok_or(Error::NotFound)?;
        let cmd = panelist::act::WithdrawPanelist { panelist: leaver, reason: "A new job, and no holiday yet.".into() };
        panelist::act::withdraw(tx, &panelist_link(leaver), story.at(24, 18, 5), cmd).await?;
    }
    if story.reaches(62) {
        for (index, _) in CUSTOMERS.iter().take(16).enumerate() {
            let found = customer::store::list_known(tx, cast.program, &[format!("C-{}", 1001 + index).as_str()]).await?;
            let who = CandidateIdentity::Customer(found.first().ok_or(Error::NotFound)?.id);
            shortlist(tx, lead, story.at(58, 14, 0), AddToShortlist { day: cast.days[2], who, remark: String::new() }).await?;
        }
        send(tx, story, cast, 2, 60).await?;
        for (index, customer) in CUSTOMERS.iter().take(16).enumerate() {
            let at = story.at(64 + i64::try_from(index).unwrap_or(0), 19, 20);
            match index % 4 {
                3 => {}
                2 => answer_no(tx, cast.days[2], customer.name, at, "No time for this, sorry.").await?,
                _ => answer_yes(tx, cast.days[2], customer.name, customer.name, at, QuotePermission::Anonymous).await?,
            }
        }
    }
    Ok(())
}

async fn find_author(tx: &mut Tx, cast: &Cast, author: &DemoAuthor) -> Result<AuthorId> {
    let found = author::store::find_by_handle(tx, cast.program, "x", &author.handle.to_lowercase()).await?;
    found.map(|author| author.id).ok_or(Error::Internal(format!("the demo's import has no author @{}", author.handle)))
}

/// Drafted on `day` of the story, read by a second person the day after, sent the day after that.
async fn send(tx: &mut Tx, story: Story, cast: &Cast, index: usize, day: i64) -> Result<()> {
    let panel_day = cast.days[index];
    invitation::act::draft_all(tx, &cast.staff[0], story.at(day, 15, 0), panel_day).await?;
    let drafts = invitation::store::list(tx, panel_day).await?;
    let shown: Vec<(InvitationId, i64)> = drafts.iter().map(|line| (line.invitation.id, line.invitation.revision)).collect();
    invitation::act::review_all(tx, &cast.staff[1], story.at(day + 1, 9, 40), panel_day, &shown).await?;
    invitation::act::send_all(tx, &cast.staff[0], story.at(day + 1, 16, 0), panel_day).await?;
    Ok(())
}

/// Answers come in over three weeks; `late` ones last, and `no` declines.
async fn say_yes_and_no(
    tx: &mut Tx,
    story: Story,
    cast: &Cast,
    day: usize,
    authors: &[DemoAuthor],
    late: &[usize],
    no: Option<usize>,
) -> Result<()> {
    let permissions = [QuotePermission::Named, QuotePermission::Anonymous, QuotePermission::Anonymous, QuotePermission::None];
    let early = (0..authors.len()).filter(|index| !late.contains(index));
    for (turn, index) in early.chain(late.iter().copied()).enumerate() {
        let on = 6 + i64::try_from(turn).unwrap_or(0) * 3 / 4;
        if !story.reaches(on) {
            return Ok(());
        }
        let (at, author) = (story.at(on, 18, i64::try_from(turn).unwrap_or(0)), &authors[index]);
        let shown = format!("@{}", author.handle);
        if no == Some(index) {
            answer_no(tx, cast.days[day], &shown, at, "I only have nice things to say. Ask those who do not.").await?;
        } else {
            answer_yes(tx, cast.days[day], &shown, author.name, at, permissions[index % permissions.len()]).await?;
        }
    }
    Ok(())
}

async fn answer_yes(tx: &mut Tx, day: PanelDayId, shown: &str, name: &str, at: clock::Time, quotes: QuotePermission) -> Result<()> {
    let id = find_invitation(tx, day, shown).await?;
    let yes = Acceptance { name: name.to_owned(), email: address(name), consent: true, quotes };
    answer::accept(tx, &invitee(id), at, id, yes).await?;
    Ok(())
}

async fn answer_no(tx: &mut Tx, day: PanelDayId, shown: &str, at: clock::Time, reason: &str) -> Result<()> {
    let id = find_invitation(tx, day, shown).await?;
    answer::decline(tx, &invitee(id), at, id, reason).await
}

async fn find_invitation(tx: &mut Tx, day: PanelDayId, shown: &str) -> Result<InvitationId> {
    let candidates = candidate::store::list(tx, day).await?;
    let found = candidates.iter().find(|candidate| candidate.name == shown);
    found.map(|candidate| InvitationId(candidate.id.0)).ok_or(Error::Internal(format!("the demo has no candidate {shown}")))
}

/// Somebody with a seat or a place on the waitlist, by name.
pub(super) async fn find_panelist(tx: &mut Tx, day: PanelDayId, name: &str) -> Result<Option<PanelistId>> {
    Ok(panelist::store::list(tx, day).await?.into_iter().find(|panelist| panelist.name == name).map(|panelist| panelist.id))
}

fn invitee(id: InvitationId) -> Actor {
    Actor::Link { id: LinkId::new(), purpose: Purpose::Invite, subject: id.0 }
}

/// A panelist in their portal.
pub(super) fn panelist_link(id: PanelistId) -> Actor {
    Actor::Link { id: LinkId::new(), purpose: Purpose::Portal, subject: id.0 }
}

/// The timetables: of the first two days early, of the third when the first two are over.
pub(super) async fn schedule(tx: &mut Tx, story: Story, cast: &Cast) -> Result<()> {
    for (day, slots, on) in [(0, script::RANTER_DAY, 22), (1, script::RAVER_DAY, 22), (2, script::APATHETIC_DAY, 60)] {
        if !story.reaches(on) {
            continue;
        }
        for slot in slots {
            let plan = SessionPlan {
                title: slot.title.to_owned(),
                topic: Some(cast.topics[slot.topic]),
                room: slot.room.to_owned(),
                moderator: Some(cast.moderators[slot.moderator].id),
                starts: NaiveTime::from_hms_opt(slot.starts.0, slot.starts.1, 0),
                ends: NaiveTime::from_hms_opt(slot.ends.0, slot.ends.1, 0),
                company: slot.company.to_owned(),
            };
            session::act::create(tx, &cast.staff[0], story.at(on, 14, 0), CreateSession { day: cast.days[day], plan }).await?;
        }
    }
    Ok(())
}
