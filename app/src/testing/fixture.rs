//! A program, its day and its people, for tests: made by the same acts as everybody's. Panics where an act refuses.

use chrono::{Duration, NaiveDate};

use crate::access::account::act::Profile;
use crate::access::account::{self, Account, Actor, Role};
use crate::access::link::Purpose;
use crate::db::{Db, Tx};
use crate::follow_up::heard::{self, Heard};
use crate::follow_up::response::rules::ResponseContent;
use crate::follow_up::response::{self, ResponseVersion};
use crate::kernel::clock::Time;
use crate::kernel::error::Result;
use crate::kernel::ids::{
    AccountId, AssessmentId, AuthorId, CandidateId, HeardId, InvitationId, LinkId, PanelDayId, PanelistId, ProgramId, SessionId,
};
use crate::listening::import::import_file::{ImportOptions, import_file};
use crate::listening::import::{self, ImportCounts, ImportRun};
use crate::listening::segment::{self, SegmentReason};
use crate::panel_day::session::{self, Session};
use crate::program::day::{self, PanelDayKind};
use crate::program::{self, Charter, Segment};
use crate::recruiting::candidate::{self, Candidate};
use crate::recruiting::invitation;
use crate::recruiting::panelist::QuotePermission;
use crate::recruiting::panelist::rules::Acceptance;

/// The actor that prepares what a test needs.
pub const SYSTEM: Actor = Actor::System("test");

/// A member of the program's staff, without an account.
#[must_use]
pub fn staff() -> Actor {
    Actor::Account { id: AccountId::new(), role: Role::Staff, unit: None, name: "Sam".into() }
}

/// An account of this role.
pub async fn account(tx: &mut Tx, name: &str, role: Role, at: Time) -> Account {
    let email = format!("{}@example.com", name.to_lowercase().replace(' ', "."));
    let profile = Profile { email, name: name.into(), role, unit: String::new() };
    account::act::add(tx, &SYSTEM, at, profile).await.expect("an account")
}

/// Who acts with this account.
#[must_use]
pub fn actor(account: &Account) -> Actor {
    Actor::Account { id: account.id, role: account.role, unit: account.unit.clone(), name: account.name.clone() }
}

/// An import for the organisation of these tests: the first makes its program.
#[must_use]
pub fn dell() -> ImportOptions {
    ImportOptions { organisation: Some("Dell".into()), ..ImportOptions::default() }
}

/// Imports an export that holds this text. Gives the newest program, and how the rows ended.
pub async fn import(db: &Db, text: &str, options: ImportOptions) -> (ProgramId, ImportCounts) {
    let path = std::env::temp_dir().join(format!("weheard-export-{}.csv", uuid::Uuid::new_v4()));
    std::fs::write(&path, text).expect("a file");
    let done = import_file(db, &SYSTEM, &path, options).await;
    std::fs::remove_file(path).expect("removed");
    let counts = done.expect("imported").counts;
    let programs = program::store::list(&mut db.read().await.expect("a transaction")).await.expect("programs");
    (programs[0].id, counts)
}

/// The newest program's newest import.
pub async fn newest_import(tx: &mut Tx) -> ImportRun {
    let program = program::store::list(tx).await.expect("programs")[0].id;
    import::store::list(tx, program, "", None, 1, 0).await.expect("runs").remove(0)
}

/// A charter like the one of 2010.
#[must_use]
pub fn charter() -> Charter {
    Charter {
        name: "CAP Days US 2010".into(),
        organisation: "Dell".into(),
        market: "United States".into(),
        language: "en".into(),
        purpose: "Hear from customers what we get wrong and right, and answer.".into(),
        sponsor: "Chief marketing officer".into(),
        rules_of_listening: "We listen. We do not sell. Every item gets an answer.".into(),
        term: "One year; a third rotates.".into(),
        benefits: "A direct line to those who decide.".into(),
        disclosed_costs: "Travel, two nights and food are paid for.".into(),
        lawful_basis: "Legitimate interest in public mentions about our products.".into(),
        notice: "We read public mentions that name our products.".into(),
        own_handles: "@DellCares".into(),
        ..Charter::unwritten()
    }
}

/// Sets the segment of an author by hand, on a page that shows what is in force.
pub async fn overrule(tx: &mut Tx, by: &Actor, at: Time, author: AuthorId, to: Option<Segment>) {
    let seen = assessment(tx, author).await;
    segment::act::overrule(tx, by, at, author, seen, to, "She said so.").await.expect("overruled");
}

/// Lifts what was set by hand, on a page that shows it.
pub async fn lift(tx: &mut Tx, by: &Actor, at: Time, author: AuthorId) {
    let seen = assessment(tx, author).await;
    segment::act::lift(tx, by, at, author, seen).await.expect("lifted");
}

/// The assessment of an author that is in force.
pub async fn assessment(tx: &mut Tx, author: AuthorId) -> Option<AssessmentId> {
    segment::store::find_author(tx, author).await.expect("a read").map(|found| found.id)
}

/// A program with that charter.
pub async fn program(tx: &mut Tx, at: Time) -> ProgramId {
    program::act::create(tx, &SYSTEM, at, charter()).await.expect("a program")
}

/// The plan of a ranters' day.
#[must_use]
pub fn plan(on: NaiveDate, capacity: i64) -> day::rules::PanelDayPlan {
    day::rules::PanelDayPlan {
        title: "CAP Day".into(),
        kind: PanelDayKind::Panel,
        day: Some(on),
        time_zone: "America/Chicago".into(),
        place: "Round Rock".into(),
        segment: Some(Segment::Ranter),
        capacity,
        held: false,
    }
}

/// A ranters' day.
pub async fn day(tx: &mut Tx, at: Time, program: ProgramId, on: NaiveDate, capacity: i64) -> PanelDayId {
    let create = day::act::CreatePanelDay { program, plan: plan(on, capacity) };
    day::act::create(tx, &SYSTEM, at, create).await.expect("a day")
}

/// A session that began half an hour before `at`, whatever the hours of its day: most tests run now.
pub async fn session(tx: &mut Tx, at: Time, day: PanelDayId, moderator: Option<AccountId>) -> SessionId {
    let session = Session {
        id: SessionId::new(),
        panel_day_id: day,
        title: "Support when something breaks".into(),
        topic_id: None,
        room: "Room 1".into(),
        moderator_id: moderator,
        starts_at: at - Duration::minutes(30),
        ends_at: at + Duration::minutes(45),
        company: "Tom Li, Support".into(),
        locked_at: None,
        unlocked_at: None,
        unlock_reason: None,
        revision: 1,
    };
    session::store::create(tx, &session).await.expect("a session");
    session.id
}

/// Somebody on the shortlist of a day.
pub async fn listed(tx: &mut Tx, at: Time, day: PanelDayId, name: &str) -> CandidateId {
    let candidate = Candidate {
        id: CandidateId::new(),
        panel_day_id: day,
        author_id: None,
        customer_id: None,
        name: name.into(),
        segment: Segment::Ranter,
        reasons: vec![SegmentReason::recognised("14 of 17 mentions negative over 9 weeks")],
        remark: String::new(),
        added_by: None,
        added_at: at,
        removed_at: None,
        removed_reason: None,
    };
    assert!(candidate::store::create(tx, &candidate).await.expect("a candidate"));
    candidate.id
}

/// Somebody who was asked by hand.
pub async fn invited(tx: &mut Tx, at: Time, day: PanelDayId, name: &str) -> InvitationId {
    let candidate = listed(tx, at, day, name).await;
    let id = invitation::act::draft(tx, &staff(), at, candidate).await.expect("a draft");
    invitation::store::review(tx, id, 1, AccountId::new(), at).await.expect("a review");
    invitation::act::send(tx, &staff(), at, id).await.expect("a sending");
    id
}

/// The person who opened this invitation's link.
#[must_use]
pub fn invitee(id: InvitationId) -> Actor {
    Actor::Link { id: LinkId::new(), purpose: Purpose::Invite, subject: id.0 }
}

/// What somebody of this name says who comes.
#[must_use]
pub fn yes(name: &str, quotes: QuotePermission) -> Acceptance {
    let email = format!("{}@example.com", name.to_lowercase().replace(' ', "."));
    Acceptance { name: name.into(), email, consent: true, quotes }
}

/// Somebody who was asked at `at` and said yes at once.
pub async fn panelist(tx: &mut Tx, at: Time, day: PanelDayId, name: &str, quotes: QuotePermission) -> PanelistId {
    let id = invited(tx, at, day, name).await;
    invitation::answer::accept(tx, &invitee(id), at, id, yes(name, quotes)).await.expect("a yes");
    PanelistId(id.0)
}

/// An item as it is now.
pub async fn heard_item(tx: &mut Tx, id: HeardId) -> Heard {
    heard::store::find(tx, id).await.expect("a read").expect("an item")
}

/// Drafts the next words about an item as `owner`, over a draft where there is one.
pub async fn response_draft(tx: &mut Tx, owner: &Actor, at: Time, item: HeardId, content: ResponseContent) -> Result<ResponseVersion> {
    let version = response::store::find_unpublished(tx, item).await?.map(|version| version.seen());
    let item = heard_item(tx, item).await.seen();
    response::act::draft(tx, owner, at, response::act::DraftResponse { item, version, content }).await
}

/// Hands a draft in and publishes it, as it is now.
pub async fn published(tx: &mut Tx, staff: &Actor, at: Time, version: &ResponseVersion) {
    response::act::submit_for_review(tx, staff, at, version.seen()).await.expect("submitted");
    let read = response::store::find(tx, version.id).await.expect("a read").expect("a version");
    let item = heard_item(tx, version.heard_id).await.revision;
    response::act::publish(tx, staff, at, response::act::PublishVersion { version: read.seen(), item }).await.expect("published");
}
