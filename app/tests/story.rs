//! The whole loop in nine steps, from a listening export to an answer on a report, on SQLite and PostgreSQL from one code.
//! Each step is one function; read `the_loop` first.

#![cfg(feature = "store")]

mod follow_up;

use std::fmt::Write;

use app::access::account::act::Profile;
use app::access::account::{self, Account, Actor, Role};
use app::access::link::{self, Purpose};
use app::access::outbox;
use app::db::{self, Db, Tx};
use app::follow_up::evidence_trail::TrailStart;
use app::follow_up::evidence_trail::collect::{collect, items};
use app::follow_up::heard::assignment::ItemOwner;
use app::follow_up::report::{self, AnswerKind, ReplyStatus};
use app::follow_up::response::rules::ResponseContent;
use app::follow_up::response::{self, FollowUpStatus, ResponseKind};
use app::follow_up::{board, heard};
use app::kernel::clock::{Time, now};
use app::kernel::error::Error;
use app::kernel::ids::{HeardId, InvitationId, NoteId, PanelDayId, PanelistId, ProgramId, ReportId, SessionId};
use app::listening::import::import_file::{ImportOptions, import_file};
use app::listening::segment::store::{SegmentFilter, SegmentSearch};
use app::listening::{mention, segment, topic};
use app::panel_day::note::{self, NoteKind, NoteWording};
use app::panel_day::{check_in, session};
use app::program::{self, Charter, Segment, day};
use app::recruiting::panelist::rules::Acceptance;
use app::recruiting::panelist::{self, Attendance, Panelist, QuotePermission};
use app::recruiting::{candidate, invitation};
use app::testing::{each_db, fixture};
use chrono::{Duration, NaiveTime};

#[tokio::test]
async fn the_loop() {
    each_db(|db| async move {
        let story = WholeLoop::open(db).await;
        story.listen().await;
        let invitations = story.recruit().await;
        let panelists = story.fill_the_seats(&invitations).await;
        let (session, notes) = story.take_notes(&panelists).await;
        let item = story.hear(session, &notes).await;
        story.respond(item).await;
        let report = story.report(item, &panelists).await;
        story.answer(item, report, &panelists[0]).await;
        story.keep_the_promise(item).await;
        story.look_back(item).await;
    })
    .await;
}

/// The people of the story and where it takes place.
struct WholeLoop {
    db: Db,
    now: Time,
    program: ProgramId,
    day: PanelDayId,
    staff: Actor,
    second: Actor,
    moderator: Actor,
}

impl WholeLoop {
    /// Step 0: accounts, a charter, a panel day with two seats, a session that is going on.
    async fn open(db: Db) -> Self {
        let now = now();
        let system = Actor::System("story");
        let mut tx = db.begin().await.expect("tx");
        let staff = account(&mut tx, "Ada Okafor", Role::Staff).await;
        let second = account(&mut tx, "Bo Lindqvist", Role::Staff).await;
        let moderator = account(&mut tx, "Mara Duarte", Role::Moderator).await;
        let program = program::act::create(&mut tx, &actor(&staff), now, charter()).await.expect("a program");
        let plan = day::rules::PanelDayPlan {
            title: "Ranters' day".into(),
            kind: day::PanelDayKind::Panel,
            day: Some((now + Duration::days(30)).date_naive()),
            time_zone: "Europe/Berlin".into(),
            place: "Kiel".into(),
            segment: Some(Segment::Ranter),
            capacity: 2,
            held: false,
        };
        let day = day::act::create(&mut tx, &actor(&staff), now, day::act::CreatePanelDay { program, plan }).await.expect("a day");
        let plan = session::rules::SessionPlan {
            title: "Support when something breaks".into(),
            topic: None,
            room: "Room 1".into(),
            moderator: Some(moderator.id),
            starts: NaiveTime::from_hms_opt(9, 0, 0),
            ends: NaiveTime::from_hms_opt(10, 30, 0),
            company: "Head of support".into(),
        };
        session::act::create(&mut tx, &actor(&staff), now, session::act::CreateSession { day, plan }).await.expect("a session");
        did_commit(tx).await;
        assert!(matches!(system.may(account::Permission::PublishResponse), Ok(account::Scope::All)));
        Self { db, now, program, day, staff: actor(&staff), second: actor(&second), moderator: actor(&moderator) }
    }

    /// Steps 1 and 2: an export is imported, every row accounted for; authors get their segments with reasons.
    async fn listen(&self) {
        let path = std::env::temp_dir().join(format!("story-{}.csv", uuid::Uuid::new_v4()));
        std::fs::write(&path, export(self.now)).expect("an export");
        let options = || ImportOptions { program: Some(self.program), ..ImportOptions::default() };
        let first = import_file(&self.db, &self.staff, &path, options()).await.expect("imported");
        let counts = first.counts;
        assert_eq!(counts.rows, 23, "every row is counted");
        assert_eq!(counts.created + counts.updated + counts.duplicate + counts.excluded + counts.rejected, counts.rows);
        assert_eq!((counts.created, counts.duplicate, counts.excluded, counts.rejected), (20, 1, 1, 1));
        let again = import_file(&self.db, &self.staff, &path, options()).await.expect("imported again");
        assert_eq!(again.counts.created, 0, "the same file twice creates nothing");
        std::fs::remove_file(&path).expect("removed");

        let mut tx = self.db.read().await.expect("tx");
        let ranters = segment::store::rank(&mut tx, &SegmentSearch::of(self.program, SegmentFilter::In(Segment::Ranter)), 50, 0)
            .await
            .expect("ranked");
        assert_eq!(ranters.len(), 3);
        assert!(ranters.iter().all(|author| !author.reasons.is_empty()), "each with reasons in words");
        let ravers = segment::store::rank(&mut tx, &SegmentSearch::of(self.program, SegmentFilter::In(Segment::Raver)), 50, 0)
            .await
            .expect("ranked");
        assert_eq!(ravers.len(), 1);
        drop(tx);
        self.sort_by_topic().await;
    }

    /// Still step 2: staff say what they listen for; old mentions are read for it, and each is found by it.
    async fn sort_by_topic(&self) {
        let mut tx = self.db.begin().await.expect("tx");
        let form = topic::rules::TopicForm { name: "Support".into(), phrases: "support\nhand-over\nmy case".into(), ..Default::default() };
        let id = topic::act::create(&mut tx, &self.staff, self.now, self.program, form).await.expect("a topic");
        did_commit(tx).await;
        topic::work::work_off(&self.db).await.expect("read");
        let mut tx = self.db.read().await.expect("tx");
        let trend = topic::trend::of(&mut tx, self.program).await.expect("a trend");
        assert_eq!((trend.lines[0].all.mentions, trend.lines[0].all.negative), (9, 9), "three authors, three mentions each");
        let wanted = mention::store::MentionSearch {
            program: Some(self.program),
            about: Some(mention::store::TopicFilter::Topic(id)),
            ..Default::default()
        };
        let found = mention::store::list(&mut tx, &wanted, 50, 0).await.expect("posts");
        assert_eq!(found.len(), 9);
        assert!(found.iter().all(|mention| mention.mention.text.contains("support") || mention.mention.text.contains("my case")));
    }

    /// Step 3: three authors are shortlisted with their reasons; invitations are drafted, reviewed and sent by hand.
    async fn recruit(&self) -> Vec<InvitationId> {
        let mut tx = self.db.begin().await.expect("tx");
        let ranters = segment::store::rank(&mut tx, &SegmentSearch::of(self.program, SegmentFilter::In(Segment::Ranter)), 50, 0)
            .await
            .expect("ranked");
        let mut invitations = Vec::new();
        for author in ranters {
            let who = candidate::CandidateIdentity::Author(author.author_id.expect("an author"));
            let cmd = candidate::act::AddToShortlist { day: self.day, who, remark: "Says it calmly.".into() };
            let id = candidate::act::shortlist(&mut tx, &self.staff, self.now, cmd).await.expect("shortlisted");
            let listed = candidate::store::find(&mut tx, id).await.expect("read").expect("there");
            assert!(!listed.reasons.is_empty(), "the reasons of that moment are kept");
            let id = invitation::act::draft(&mut tx, &self.staff, self.now, id).await.expect("drafted");
            assert!(invitation::act::send(&mut tx, &self.staff, self.now, id).await.is_err(), "nothing goes out unread");
            let drafted = invitation::store::find(&mut tx, id).await.expect("read").expect("there");
            invitation::act::review(&mut tx, &self.second, self.now, id, drafted.revision).await.expect("reviewed");
            invitation::act::send(&mut tx, &self.staff, self.now, id).await.expect("sent");
            let message = invitation::act::message(&mut tx, &self.staff, id, "https://cap.example").await.expect("a message");
            assert!(message.contains("https://cap.example/l/"), "with the personal link");
            invitations.push(id);
        }
        did_commit(tx).await;
        invitations
    }

    /// Still step 3: two seats, three who say yes; one withdraws, and the one who waited moves up.
    async fn fill_the_seats(&self, invitations: &[InvitationId]) -> Vec<Panelist> {
        for (place, id) in invitations.iter().enumerate() {
            let mut tx = self.db.begin().await.expect("tx");
            let link = link::act::current(&mut tx, self.now, Purpose::Invite, id.0).await.expect("a link");
            let invitee = Actor::Link { id: link.id, purpose: Purpose::Invite, subject: id.0 };
            let yes = Acceptance {
                name: ["Pia Reyes", "Tom Kask", "Noor Silva"][place].into(),
                email: ["pia@example.com", "tom@example.com", "noor@example.com"][place].into(),
                consent: true,
                quotes: if place == 1 { QuotePermission::None } else { QuotePermission::Anonymous },
            };
            let foreign = invitations[(place + 1) % invitations.len()];
            let stolen = invitation::answer::accept(&mut tx, &invitee, self.now, foreign, yes.clone()).await;
            assert!(matches!(stolen, Err(Error::NotFound)), "a link opens its own invitation alone");
            let outcome = invitation::answer::accept(&mut tx, &invitee, self.now, *id, yes.clone()).await.expect("accepted");
            assert_eq!(outcome == invitation::answer::AcceptanceOutcome::Waitlisted, place == 2);
            let twice = invitation::answer::accept(&mut tx, &invitee, self.now, *id, yes).await.expect("a double click");
            assert_eq!(twice, outcome);
            did_commit(tx).await;
        }
        let mut tx = self.db.begin().await.expect("tx");
        let people = panelist::store::list(&mut tx, self.day).await.expect("read");
        let tom = people.iter().find(|panelist| panelist.name == "Tom Kask").expect("Tom").id;
        let cmd = panelist::act::WithdrawPanelist { panelist: tom, reason: "A wedding".into() };
        panelist::act::withdraw(&mut tx, &self.staff, self.now, cmd).await.expect("withdrawn");
        let seated = panelist::store::list_seated(&mut tx, self.day).await.expect("read");
        let mut names: Vec<&str> = seated.iter().map(|panelist| panelist.name.as_str()).collect();
        names.sort_unstable();
        assert_eq!(names, ["Noor Silva", "Pia Reyes"], "whoever waited has the seat now");
        did_commit(tx).await;
        let mut seated = seated;
        seated.sort_by_key(|panelist| panelist.name != "Pia Reyes");
        seated
    }

    /// Steps 4 and 5: the day comes, people are checked in, the moderator takes notes; a note sent twice is one note.
    async fn take_notes(&self, panelists: &[Panelist]) -> (SessionId, Vec<NoteId>) {
        let mut tx = self.db.begin().await.expect("tx");
        let session = session::store::list(&mut tx, self.day).await.expect("read").remove(0);
        let during = session.starts_at + Duration::minutes(20);
        for panelist in panelists {
            check_in::record(&mut tx, &self.moderator, session.starts_at, panelist.id, Some(Attendance::CheckedIn))
                .await
                .expect("checked in");
        }
        let stated = [
            (0, NoteKind::Quote, "I tell my story three times, to three people, every time."),
            (1, NoteKind::Observation, "Nobody could see the case at the second hand-over."),
            (0, NoteKind::Idea, "One number for the case, in chat, email and phone."),
        ];
        let mut notes = Vec::new();
        for (who, kind, text) in stated {
            let stated = NoteWording {
                panelist: Some(panelists[who].id),
                speaker: String::new(),
                kind,
                text: text.into(),
                topic: Some("hand-over".into()),
            };
            let draft = note::NoteDraft { id: NoteId::new(), at: during.timestamp_millis(), wording: stated };
            let once = note::act::take(&mut tx, &self.moderator, during, session.id, draft.clone()).await.expect("taken");
            let twice = note::act::take(&mut tx, &self.moderator, during, session.id, draft).await.expect("sent again");
            assert_eq!(once, twice, "the network tried twice; it is one note");
            notes.push(once.id);
        }
        let stranger =
            Actor::Account { id: app::kernel::ids::AccountId::new(), role: Role::Moderator, unit: None, name: "Elsewhere".into() };
        let peeked = note::act::reach(&mut tx, &stranger, account::Permission::SeeNotes, session.id).await;
        assert!(matches!(peeked, Err(Error::NotFound)), "another moderator's session is not there");
        did_commit(tx).await;
        (session.id, notes)
    }

    /// Step 6, first half: notes become one item; a second item that says the same is found and merged.
    async fn hear(&self, session: SessionId, notes: &[NoteId]) -> HeardId {
        let mut tx = self.db.begin().await.expect("tx");
        let at = session::store::find(&mut tx, session).await.expect("read").expect("there").ends_at;
        let draft = |text: &str, notes: &[NoteId]| heard::act::DraftItem {
            panel_day: self.day,
            text: text.into(),
            topic: "hand-over".into(),
            notes: notes.to_vec(),
        };
        let item = heard::act::draft(&mut tx, &self.moderator, at, draft("I repeat my story at every hand-over.", &notes[..2]))
            .await
            .expect("drafted");
        let same = heard::act::draft(&mut tx, &self.moderator, at, draft("At each hand-over I am repeating the whole story.", &notes[2..]))
            .await
            .expect("drafted");
        let others = [item.clone()];
        assert_eq!(heard::rules::similar(&same.text, &others).len(), 1, "the two are shown side by side");
        let item = heard::act::open(&mut tx, &self.moderator, at, item.seen()).await.expect("opened");
        heard::act::merge(&mut tx, &self.moderator, at, same.seen(), item.seen()).await.expect("merged");
        let support = heard::store::count_support_of(&mut tx, item.id).await.expect("counted");
        assert_eq!((support.notes, support.supporters, support.ranters), (3, 2, 2), "three notes, two people");
        did_commit(tx).await;
        item.id
    }

    /// The evening of the panel day.
    fn after(&self) -> Time {
        self.now + Duration::days(31)
    }

    async fn status(&self, tx: &mut Tx, item: HeardId, at: Time) -> FollowUpStatus {
        let item = heard::store::find(tx, item).await.expect("read").expect("there");
        board::find(tx, item, at).await.expect("on the board").status
    }

    async fn portal(&self, tx: &mut Tx, panelist: PanelistId, at: Time) -> Actor {
        let link = link::act::current(tx, at, Purpose::Portal, panelist.0).await.expect("a link");
        Actor::Link { id: link.id, purpose: Purpose::Portal, subject: panelist.0 }
    }
}

async fn did_commit(tx: Tx) {
    tx.commit().await.expect("committed");
}

async fn account(tx: &mut Tx, name: &str, role: Role) -> Account {
    let email = format!("{}@example.com", name.split(' ').next().unwrap_or(name).to_lowercase());
    let profile = Profile { email, name: name.into(), role, unit: String::new() };
    account::act::add(tx, &Actor::System("story"), now(), profile).await.expect("an account")
}

fn actor(account: &Account) -> Actor {
    Actor::Account { id: account.id, role: account.role, unit: account.unit.clone(), name: account.name.clone() }
}

fn charter() -> Charter {
    Charter {
        name: "Panel days".into(),
        organisation: "Nordwind".into(),
        market: "DE".into(),
        language: "en".into(),
        purpose: "To hear what support is like from the other side.".into(),
        sponsor: "Head of support".into(),
        rules_of_listening: "Executives listen and do not defend.".into(),
        term: "One year".into(),
        benefits: "Travel and two nights".into(),
        disclosed_costs: "Nordwind pays for travel, two nights and food.".into(),
        lawful_basis: "Legitimate interest".into(),
        notice: "We read public mentions that name us.".into(),
        own_handles: "nordwindcares".into(),
        ..Charter::unwritten()
    }
}

fn commitment(text: &str, due: Option<chrono::NaiveDate>) -> ResponseContent {
    ResponseContent {
        kind: ResponseKind::Commit,
        text: text.into(),
        link: String::new(),
        decline_reason: None,
        owner: "Head of support".into(),
        due,
        change_reason: String::new(),
    }
}

/// Three who complain, one who praises, one who says little; one row twice, one of the company's own, one without a text.
fn export(now: Time) -> String {
    let mut csv = String::from("Datetime,Tweet Id,Text,Username,sentiment\n");
    let mut id = 100;
    let mut row = |days: i64, text: &str, who: &str, sentiment: &str| {
        id += 1;
        let at = (now - Duration::days(days)).format("%Y-%m-%d %H:%M:%S+00:00");
        writeln!(csv, "{at},{id},\"{text}\",{who},{sentiment}").expect("a line");
    };
    for (author, start) in [("kind_otter", 40), ("loud_heron", 35), ("plain_vole", 30)] {
        for (step, text) in [
            "Third call to Nordwind support today and I am still waiting, this is awful",
            "Nordwind lost my repair again. Terrible service, I am so angry",
            "The Nordwind laptop broke after a week, worst purchase ever",
            "Nobody at Nordwind knows my case. Horrible, useless hand-over",
            "Nordwind support hung up on me. I hate this",
        ]
        .iter()
        .enumerate()
        {
            row(start - 7 * i64::try_from(step).unwrap_or(0), &format!("{text} ({author})"), author, "negative");
        }
    }
    for step in 0..4 {
        row(
            20 - 4 * step,
            &format!("I love my Nordwind laptop, great keyboard and wonderful battery, day {step}"),
            "glad_finch",
            "positive",
        );
    }
    row(9, "Does anybody have a Nordwind charger I could borrow?", "quiet_hare", "neutral");
    row(8, "We are sorry to hear that, please write to us", "nordwindcares", "neutral");
    row(7, "", "empty_text", "neutral");
    let first = csv.lines().nth(1).expect("a row").to_owned();
    csv.push_str(&first);
    csv.push('\n');
    csv
}
