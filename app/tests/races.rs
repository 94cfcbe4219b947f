//! Two people act at the same moment. Each pair of acts runs fifty times on each database (an import beside an undo ten times), each act
//! after a random pause; afterwards the rule that both could break must hold, and each act must have been done or refused in words. Pairs
//! on an item and its answer, and administrators who demote each other, are raced beside their rules
//! (`follow_up/response/tests/races.rs`, `access/account/act/tests.rs`).

#![cfg(feature = "store")]

mod imports;

use std::future::Future;

use app::access::account::act::{ChangeAccount, Profile};
use app::access::account::{self, Actor, Role, UnitChange};
use app::access::link::{self, Purpose};
use app::db::{Db, audit_log, verify};
use app::follow_up::heard::{self, Heard};
use app::follow_up::report::{self, AnswerKind};
use app::follow_up::response::rules::ResponseContent;
use app::follow_up::response::{ResponseKind, ResponseVersion};
use app::kernel::clock::{Time, now};
use app::kernel::error::{Error, Result};
use app::kernel::ids::{HeardId, NoteId, PanelDayId, PanelistId, ProgramId, SessionId};
use app::listening::{author, import, mention};
use app::panel_day::check_in;
use app::panel_day::note::{self, NoteDraft, NoteKind, NoteWording};
use app::panel_day::session::{self, SessionState};
use app::privacy::{opt_out, retention};
use app::program::day;
use app::recruiting::invitation;
use app::recruiting::panelist::{self, Attendance, QuotePermission};
use app::testing::fixture::{self, SYSTEM};
use app::testing::{self, each_db};
use chrono::Duration;

/// How often each pair acts at the same time.
const ROUNDS: usize = 50;

/// Does both at the same time. Each may be refused, but in words that are meant for a person.
async fn at_once<A, B>(left: impl Future<Output = Result<A>>, right: impl Future<Output = Result<B>>) -> (Option<A>, Option<B>) {
    let (left, right) = testing::at_once(left, right).await;
    (done(left), done(right))
}

/// What was done, or nothing where it was refused in words.
fn done<T>(outcome: Result<T>) -> Option<T> {
    match outcome {
        Ok(done) => Some(done),
        Err(Error::Conflict(_) | Error::Gone(_) | Error::Invalid(_) | Error::NotFound) => None,
        Err(error) => panic!("neither done nor refused in words: {error:?}"),
    }
}

/// A panel day of today with a session that is going on, and two of the staff.
struct Scene {
    db: Db,
    now: Time,
    program: ProgramId,
    day: PanelDayId,
    session: SessionId,
    ada: Actor,
    bo: Actor,
}

impl Scene {
    async fn open(db: &Db) -> Self {
        let at = now();
        let mut tx = db.begin().await.expect("tx");
        let ada = fixture::account(&mut tx, "Ada Okafor", Role::Staff, at).await;
        let bo = fixture::account(&mut tx, "Bo Lindqvist", Role::Staff, at).await;
        let program = fixture::program(&mut tx, at).await;
        let day = fixture::day(&mut tx, at, program, at.date_naive() + Duration::days(1), 15).await;
        let session = fixture::session(&mut tx, at, day, None).await;
        tx.commit().await.expect("commit");
        Self { db: db.clone(), now: at, program, day, session, ada: fixture::actor(&ada), bo: fixture::actor(&bo) }
    }

    /// An open item of a panelist's own words.
    async fn item_of(&self, panelist: PanelistId, text: &str) -> Heard {
        let mut tx = self.db.begin().await.expect("tx");
        let mut stated = words(text);
        stated.wording = NoteWording { panelist: Some(panelist), speaker: String::new(), ..stated.wording };
        let note = note::act::take(&mut tx, &SYSTEM, self.now, self.session, stated).await.expect("a note").id;
        let cmd = heard::act::DraftItem { panel_day: self.day, text: text.into(), topic: String::new(), notes: vec![note] };
        let item = heard::act::draft(&mut tx, &SYSTEM, self.now, cmd).await.expect("an item");
        let item = heard::act::open(&mut tx, &SYSTEM, self.now, item.seen()).await.expect("open");
        tx.commit().await.expect("commit");
        item
    }

    /// An answer that promises nothing, published.
    async fn answered(&self, item: HeardId) -> ResponseVersion {
        let content = ResponseContent {
            kind: ResponseKind::Exists,
            text: "Agents see it already.".into(),
            link: "https://example.com/chat".into(),
            decline_reason: None,
            owner: String::new(),
            due: None,
            change_reason: String::new(),
        };
        let mut tx = self.db.begin().await.expect("tx");
        let version = fixture::response_draft(&mut tx, &self.ada, self.now, item, content).await.expect("drafted");
        fixture::published(&mut tx, &self.ada, self.now, &version).await;
        tx.commit().await.expect("commit");
        version
    }

    /// The audit log is whole after all that.
    async fn end(&self) {
        let found = verify::verify(&mut self.db.read().await.expect("tx"), &[]).await.expect("walked");
        assert!(found.is_whole(), "the audit log is whole: {found:?}");
    }
}

fn words(text: &str) -> NoteDraft {
    let stated = NoteWording { panelist: None, speaker: "Company".into(), kind: NoteKind::Observation, text: text.into(), topic: None };
    NoteDraft { id: NoteId::new(), at: now().timestamp_millis(), wording: stated }
}

#[tokio::test]
async fn a_closed_account_stays_closed_while_somebody_changes_it() {
    each_db(|db| async move {
        let scene = Scene::open(&db).await;
        for round in 0..ROUNDS {
            let mut tx = db.begin().await.expect("tx");
            let account = fixture::account(&mut tx, &format!("Kim Number {round}"), Role::Viewer, scene.now).await;
            tx.commit().await.expect("commit");
            let profile = Profile { email: account.email.clone(), name: "Kim".into(), role: Role::Staff, unit: String::new() };
            let change = &ChangeAccount { id: account.id, revision: account.revision, profile, unit_change: UnitChange::Moves };
            let (_, closed) = at_once(
                db.write(|tx, _| Box::pin(account::act::change(tx, &SYSTEM, scene.now, change.clone()))),
                db.write(|tx, _| Box::pin(account::act::close(tx, &SYSTEM, scene.now, account.id, account.revision))),
            )
            .await;
            let after = account::store::find(&mut db.read().await.expect("tx"), account.id).await.expect("read").expect("there");
            assert_eq!(after.closed_at.is_some(), closed.is_some(), "closed is closed");
        }
        scene.end().await;
    })
    .await;
}

#[tokio::test]
async fn a_seat_is_taken_only_by_an_invitation_that_was_not_taken_back() {
    each_db(|db| async move {
        let scene = Scene::open(&db).await;
        for round in 0..ROUNDS {
            let mut tx = db.begin().await.expect("tx");
            let day = fixture::day(&mut tx, scene.now, scene.program, scene.now.date_naive() + Duration::days(30), 15).await;
            let id = fixture::invited(&mut tx, scene.now, day, &format!("Kind Otter {round}")).await;
            tx.commit().await.expect("commit");
            let (guest, yes) = (&fixture::invitee(id), &fixture::yes(&format!("Kind Otter {round}"), QuotePermission::None));
            let (accepted, withdrawn) = at_once(
                db.write(|tx, _| Box::pin(invitation::answer::accept(tx, guest, scene.now, id, yes.clone()))),
                db.write(|tx, _| Box::pin(invitation::act::withdraw(tx, &scene.ada, scene.now, id, "Asked twice"))),
            )
            .await;
            assert!(withdrawn.is_some(), "an invitation can be taken back before and after a yes");
            let mut tx = db.read().await.expect("tx");
            assert_eq!(panelist::store::count_seated(&mut tx, day).await.expect("read"), 0, "nobody sits there");
            let person = panelist::store::find(&mut tx, PanelistId(id.0)).await.expect("read");
            assert_eq!(person.is_some(), accepted.is_some(), "who was too late has not said yes");
        }
        scene.end().await;
    })
    .await;
}

#[tokio::test]
async fn no_more_seats_are_taken_than_a_day_has_while_it_is_changed() {
    each_db(|db| async move {
        let scene = Scene::open(&db).await;
        for round in 0..ROUNDS {
            let mut tx = db.begin().await.expect("tx");
            let on = scene.now.date_naive() + Duration::days(30);
            let day = fixture::day(&mut tx, scene.now, scene.program, on, 2).await;
            fixture::panelist(&mut tx, scene.now, day, &format!("First Guest {round}"), QuotePermission::None).await;
            let id = fixture::invited(&mut tx, scene.now, day, &format!("Kind Otter {round}")).await;
            let revision = day::store::find(&mut tx, day).await.expect("read").expect("there").revision;
            tx.commit().await.expect("commit");
            let (guest, yes) = (&fixture::invitee(id), &fixture::yes(&format!("Kind Otter {round}"), QuotePermission::None));
            // Every other round the day moves as well.
            let plan = fixture::plan(on + Duration::days(i64::from(round % 2 == 1)), 1);
            let change = &day::act::UpdatePanelDay { id: day, revision, plan, notify: true };
            at_once(
                db.write(|tx, _| Box::pin(invitation::answer::accept(tx, guest, scene.now, id, yes.clone()))),
                db.write(|tx, _| Box::pin(day::act::update(tx, &scene.ada, scene.now, change.clone()))),
            )
            .await;
            let mut tx = db.read().await.expect("tx");
            let after = day::store::find(&mut tx, day).await.expect("read").expect("there");
            let seated = panelist::store::count_seated(&mut tx, day).await.expect("read");
            assert!(seated <= after.capacity, "{seated} seats of {}", after.capacity);
        }
        scene.end().await;
    })
    .await;
}

#[tokio::test]
async fn a_yes_and_a_moved_day_are_both_kept() {
    each_db(|db| async move {
        let scene = Scene::open(&db).await;
        for round in 0..ROUNDS {
            let mut tx = db.begin().await.expect("tx");
            let on = scene.now.date_naive() + Duration::days(30);
            let day = fixture::day(&mut tx, scene.now, scene.program, on, 2).await;
            let id = fixture::invited(&mut tx, scene.now, day, &format!("Kind Otter {round}")).await;
            let revision = day::store::find(&mut tx, day).await.expect("read").expect("there").revision;
            tx.commit().await.expect("commit");
            let (guest, yes) = (&fixture::invitee(id), &fixture::yes(&format!("Kind Otter {round}"), QuotePermission::None));
            let change = &day::act::UpdatePanelDay { id: day, revision, plan: fixture::plan(on + Duration::days(7), 2), notify: true };
            let (accepted, moved) = at_once(
                db.write(|tx, _| Box::pin(invitation::answer::accept(tx, guest, scene.now, id, yes.clone()))),
                db.write(|tx, _| Box::pin(day::act::update(tx, &scene.ada, scene.now, change.clone()))),
            )
            .await;
            assert!(accepted.is_some() && moved.is_some(), "neither stands in the way of the other");
            let mut tx = db.read().await.expect("tx");
            assert_eq!(day::store::find(&mut tx, day).await.expect("read").expect("there").day, on + Duration::days(7));
            assert_eq!(panelist::store::count_seated(&mut tx, day).await.expect("read"), 1);
        }
        scene.end().await;
    })
    .await;
}

#[tokio::test]
async fn nobody_is_checked_in_who_has_left() {
    each_db(|db| async move {
        let scene = Scene::open(&db).await;
        for round in 0..ROUNDS {
            let mut tx = db.begin().await.expect("tx");
            let day = fixture::day(&mut tx, scene.now, scene.program, scene.now.date_naive() + Duration::days(1), 2).await;
            let id = fixture::panelist(&mut tx, scene.now, day, &format!("Kind Otter {round}"), QuotePermission::None).await;
            tx.commit().await.expect("commit");
            let leave = &panelist::act::WithdrawPanelist { panelist: id, reason: "Is ill".into() };
            let (came, left) = at_once(
                db.write(|tx, _| Box::pin(check_in::record(tx, &scene.ada, scene.now, id, Some(Attendance::CheckedIn)))),
                db.write(|tx, _| Box::pin(panelist::act::withdraw(tx, &scene.bo, scene.now, leave.clone()))),
            )
            .await;
            let mut tx = db.read().await.expect("tx");
            let after = panelist::store::find(&mut tx, id).await.expect("read").expect("there");
            assert_eq!(after.withdrawn_at.is_some(), left.is_some());
            // Who left first is not checked in; who came first may leave afterwards, and the log says in which order.
            if came.is_none() {
                assert_eq!(after.attendance, None);
            }
            let lines = audit_log::list_subject(&mut tx, id.0, 10).await.expect("read");
            let at = |action: &str| lines.iter().find(|line| line.action == action).map(|line| line.seq);
            if let (Some(came), Some(left)) = (at("checked in"), at("withdrew")) {
                assert!(came < left, "checked in after leaving");
            }
        }
        scene.end().await;
    })
    .await;
}

#[tokio::test]
async fn no_note_is_taken_after_the_lock() {
    each_db(|db| async move {
        let scene = Scene::open(&db).await;
        for round in 0..ROUNDS {
            let mut tx = db.begin().await.expect("tx");
            let session = fixture::session(&mut tx, scene.now, scene.day, None).await;
            tx.commit().await.expect("commit");
            let draft = &words(&format!("The last word, {round}"));
            let (noted, locked) = at_once(
                db.write(|tx, _| Box::pin(note::act::take(tx, &scene.ada, scene.now, session, draft.clone()))),
                db.write(|tx, _| Box::pin(session::act::lock(tx, &scene.bo, scene.now, session, None))),
            )
            .await;
            assert!(locked.is_some());
            let mut tx = db.read().await.expect("tx");
            let after = session::store::find(&mut tx, session).await.expect("read").expect("there");
            assert_eq!(session::rules::state(&after, scene.now), SessionState::Locked);
            assert_eq!(note::store::list(&mut tx, session).await.expect("read").len(), usize::from(noted.is_some()));
            if let Some(note) = noted {
                let lock = audit_log::list_subject(&mut tx, session.0, 10).await.expect("read");
                let taken = audit_log::list_subject(&mut tx, note.id.0, 10).await.expect("read");
                let lock = lock.iter().find(|line| line.action == "locked").expect("recorded").seq;
                assert!(taken[0].seq < lock, "noted after the lock");
            }
        }
        scene.end().await;
    })
    .await;
}

#[tokio::test]
async fn a_final_report_says_what_was_so_when_it_was_made() {
    each_db(|db| async move {
        let mut scene = Scene::open(&db).await;
        for round in 0..ROUNDS {
            let mut tx = db.begin().await.expect("tx");
            scene.day = fixture::day(&mut tx, scene.now, scene.program, scene.now.date_naive() + Duration::days(1), 15).await;
            scene.session = fixture::session(&mut tx, scene.now, scene.day, None).await;
            let pia = fixture::panelist(&mut tx, scene.now, scene.day, &format!("Pia Number {round}"), QuotePermission::None).await;
            check_in::record(&mut tx, &SYSTEM, scene.now, pia, Some(Attendance::CheckedIn)).await.expect("here");
            tx.commit().await.expect("commit");
            let item = scene.item_of(pia, "Support cannot see the chat").await.id;
            let version = scene.answered(item).await;
            let first = scene.now + Duration::minutes(1);
            let sent = db
                .write(|tx, _| {
                    let scene = &scene;
                    Box::pin(async move {
                        let id = report::act::finalise(tx, &scene.ada, first, scene.day, 1).await?;
                        report::act::send(tx, &scene.ada, first, id).await
                    })
                })
                .await;
            assert_eq!(sent.expect("the first report"), 1);
            let link = db.write(|tx, _| Box::pin(link::act::current(tx, first, Purpose::Portal, pia.0))).await.expect("a link");
            let reader = &Actor::Link { id: link.id, purpose: Purpose::Portal, subject: pia.0 };
            let still = &report::reader::AnswerReply {
                number: 1,
                version: version.id,
                answer: AnswerKind::StillBroken,
                remark: "Again today".into(),
            };
            let later = scene.now + Duration::days(2);
            let (second, answered) = at_once(
                db.write(|tx, _| Box::pin(report::act::finalise(tx, &scene.ada, later, scene.day, 2))),
                db.write(|tx, _| Box::pin(report::reader::answer(tx, reader, later, still.clone()))),
            )
            .await;
            let second = second.expect("the second report");
            assert!(answered.is_some());
            let mut tx = db.read().await.expect("tx");
            let finalised = report::store::find(&mut tx, second).await.expect("read").expect("there").document;
            let seq =
                |lines: Vec<audit_log::AuditLine>, action: &str| lines.iter().find(|line| line.action == action).expect("recorded").seq;
            let made = seq(audit_log::list_subject(&mut tx, second.0, 10).await.expect("read"), "finalised");
            let reopened = seq(audit_log::list_subject(&mut tx, item.0, 20).await.expect("read"), "reopened");
            assert_eq!(finalised.items[0].reopened, reopened < made, "round {round}");
        }
        scene.end().await;
    })
    .await;
}
