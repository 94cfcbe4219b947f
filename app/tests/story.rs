//! The whole loop in nine steps, from a listening export to an answer on a report, on SQLite and PostgreSQL from one code.
//! Each step is one function; read `the_loop` first.

#![cfg(feature = "store")]

use std::fmt::Write;

use app::account::act::Profile;
use app::account::{Account, Actor, Role};
use app::clock::{Time, now};
use app::db::{Db, Tx};
use app::error::Error;
use app::heard::act::Owner;
use app::ids::{HeardId, InvitationId, NoteId, PanelDayId, PanelistId, ProgramId, ReportId, SessionId};
use app::link::Purpose;
use app::note::{Kind as NoteKind, Said};
use app::panelist::rules::Yes;
use app::panelist::{Attendance, Panelist, QuotePermission};
use app::program::Segment;
use app::program::rules::Charter;
use app::report::{AnswerKind, Standing as Shown};
use app::response::rules::Content;
use app::response::{Kind, Standing, board};
use app::segment::store::{Search, Wanted};
use app::testing::{each_db, fixture};
use app::trail::Start;
use app::trail::walk::{items, walk};
use app::{
    account, candidate, db, heard, import, invitation, link, mention, note, outbox, panel_day, panelist, program, report, response,
    segment, session, topic,
};
use chrono::{Duration, NaiveTime};

#[tokio::test]
async fn the_loop() {
    each_db(|db| async move {
        let house = House::open(db).await;
        house.listen().await;
        let invitations = house.recruit().await;
        let panelists = house.fill_the_seats(&invitations).await;
        let (session, notes) = house.take_notes(&panelists).await;
        let item = house.hear(session, &notes).await;
        house.respond(item).await;
        let report = house.report(item, &panelists).await;
        house.answer(item, report, &panelists[0]).await;
        house.keep_the_promise(item).await;
        house.look_back(item).await;
    })
    .await;
}

/// The people of the story and where it takes place.
struct House {
    db: Db,
    now: Time,
    program: ProgramId,
    day: PanelDayId,
    staff: Actor,
    second: Actor,
    moderator: Actor,
}

impl House {
    /// Step 0: accounts, a charter, a panel day with two seats, a session that is going on.
    async fn open(db: Db) -> Self {
        let now = now();
        let system = Actor::System("story");
        let mut tx = db.begin().await.expect("tx");
        let staff = account(&mut tx, "Ada Okafor", Role::Staff).await;
        let second = account(&mut tx, "Bo Lindqvist", Role::Staff).await;
        let moderator = account(&mut tx, "Mara Duarte", Role::Moderator).await;
        let program = program::act::create(&mut tx, &actor(&staff), now, charter()).await.expect("a program");
        let plan = panel_day::rules::Plan {
            title: "Ranters' day".into(),
            kind: panel_day::Kind::Panel,
            day: Some((now + Duration::days(30)).date_naive()),
            time_zone: "Europe/Berlin".into(),
            place: "Kiel".into(),
            segment: Some(Segment::Ranter),
            capacity: 2,
            held: false,
        };
        let day = panel_day::act::create(&mut tx, &actor(&staff), now, panel_day::act::Create { program, plan }).await.expect("a day");
        let plan = session::rules::Plan {
            title: "Support when something breaks".into(),
            topic: None,
            room: "Room 1".into(),
            moderator: Some(moderator.id),
            starts: NaiveTime::from_hms_opt(9, 0, 0),
            ends: NaiveTime::from_hms_opt(10, 30, 0),
            company: "Head of support".into(),
        };
        session::act::create(&mut tx, &actor(&staff), now, session::act::Create { day, plan }).await.expect("a session");
        did_commit(tx).await;
        assert!(matches!(system.may(account::Verb::Publish), Ok(account::Scope::All)));
        Self { db, now, program, day, staff: actor(&staff), second: actor(&second), moderator: actor(&moderator) }
    }

    /// Steps 1 and 2: an export is imported, every row accounted for; voices get their segments with reasons.
    async fn listen(&self) {
        let path = std::env::temp_dir().join(format!("story-{}.csv", uuid::Uuid::new_v4()));
        std::fs::write(&path, export(self.now)).expect("an export");
        let options = || import::act::Options { program: Some(self.program), ..import::act::Options::default() };
        let first = import::act::import_file(&self.db, &self.staff, &path, options()).await.expect("imported");
        let counts = first.counts;
        assert_eq!(counts.rows, 23, "every row is counted");
        assert_eq!(counts.created + counts.updated + counts.duplicate + counts.set_aside + counts.rejected, counts.rows);
        assert_eq!((counts.created, counts.duplicate, counts.set_aside, counts.rejected), (20, 1, 1, 1));
        let again = import::act::import_file(&self.db, &self.staff, &path, options()).await.expect("imported again");
        assert_eq!(again.counts.created, 0, "the same file twice creates nothing");
        std::fs::remove_file(&path).expect("removed");

        let mut tx = self.db.read().await.expect("tx");
        let ranters = segment::store::rank(&mut tx, &Search::of(self.program, Wanted::In(Segment::Ranter)), 50, 0).await.expect("ranked");
        assert_eq!(ranters.len(), 3);
        assert!(ranters.iter().all(|voice| !voice.reasons.is_empty()), "each with reasons in words");
        let ravers = segment::store::rank(&mut tx, &Search::of(self.program, Wanted::In(Segment::Raver)), 50, 0).await.expect("ranked");
        assert_eq!(ravers.len(), 1);
        drop(tx);
        self.sort_by_topic().await;
    }

    /// Still step 2: staff say what they listen for; old posts are read for it, and each is found by it.
    async fn sort_by_topic(&self) {
        let mut tx = self.db.begin().await.expect("tx");
        let form = topic::act::Form { name: "Support".into(), phrases: "support\nhand-over\nmy case".into(), ..Default::default() };
        let id = topic::act::create(&mut tx, &self.staff, self.now, self.program, form).await.expect("a topic");
        did_commit(tx).await;
        topic::work::work_off(&self.db).await.expect("read");
        let mut tx = self.db.read().await.expect("tx");
        let trend = topic::trend::of(&mut tx, self.program).await.expect("a trend");
        assert_eq!((trend.lines[0].all.posts, trend.lines[0].all.negative), (9, 9), "three voices, three posts each");
        let wanted =
            mention::store::Search { program: Some(self.program), about: Some(mention::store::About::Topic(id)), ..Default::default() };
        let found = mention::store::list(&mut tx, &wanted, 50, 0).await.expect("posts");
        assert_eq!(found.len(), 9);
        assert!(found.iter().all(|post| post.mention.text.contains("support") || post.mention.text.contains("my case")));
    }

    /// Step 3: three voices are shortlisted with their reasons; invitations are drafted, reviewed and sent by hand.
    async fn recruit(&self) -> Vec<InvitationId> {
        let mut tx = self.db.begin().await.expect("tx");
        let ranters = segment::store::rank(&mut tx, &Search::of(self.program, Wanted::In(Segment::Ranter)), 50, 0).await.expect("ranked");
        let mut invitations = Vec::new();
        for voice in ranters {
            let who = candidate::Who::Author(voice.author_id.expect("a voice"));
            let cmd = candidate::act::Shortlist { day: self.day, who, remark: "Says it calmly.".into() };
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
            let yes = Yes {
                name: ["Pia Reyes", "Tom Kask", "Noor Silva"][place].into(),
                email: ["pia@example.com", "tom@example.com", "noor@example.com"][place].into(),
                consent: true,
                quotes: if place == 1 { QuotePermission::None } else { QuotePermission::Anonymous },
            };
            let foreign = invitations[(place + 1) % invitations.len()];
            let stolen = invitation::answer::accept(&mut tx, &invitee, self.now, foreign, yes.clone()).await;
            assert!(matches!(stolen, Err(Error::NotFound)), "a link opens its own invitation alone");
            let outcome = invitation::answer::accept(&mut tx, &invitee, self.now, *id, yes.clone()).await.expect("accepted");
            assert_eq!(outcome == invitation::answer::Outcome::Waitlisted, place == 2);
            let twice = invitation::answer::accept(&mut tx, &invitee, self.now, *id, yes).await.expect("a double click");
            assert_eq!(twice, outcome);
            did_commit(tx).await;
        }
        let mut tx = self.db.begin().await.expect("tx");
        let people = panelist::store::list(&mut tx, self.day).await.expect("read");
        let tom = people.iter().find(|panelist| panelist.name == "Tom Kask").expect("Tom").id;
        let cmd = panelist::act::Withdraw { panelist: tom, reason: "A wedding".into() };
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
            panelist::act::attend(&mut tx, &self.moderator, session.starts_at, panelist.id, Some(Attendance::CheckedIn))
                .await
                .expect("checked in");
        }
        let said = [
            (0, NoteKind::Quote, "I tell my story three times, to three people, every time."),
            (1, NoteKind::Observation, "Nobody could see the case at the second hand-over."),
            (0, NoteKind::Idea, "One number for the case, in chat, mail and phone."),
        ];
        let mut notes = Vec::new();
        for (who, kind, text) in said {
            let said = Said {
                panelist: Some(panelists[who].id),
                speaker: String::new(),
                kind,
                text: text.into(),
                topic: Some("hand-over".into()),
            };
            let draft = note::Draft { id: NoteId::new(), at: during.timestamp_millis(), said };
            let once = note::act::take(&mut tx, &self.moderator, during, session.id, draft.clone()).await.expect("taken");
            let twice = note::act::take(&mut tx, &self.moderator, during, session.id, draft).await.expect("sent again");
            assert_eq!(once, twice, "the network tried twice; it is one note");
            notes.push(once.id);
        }
        let stranger = Actor::Account { id: app::ids::AccountId::new(), role: Role::Moderator, unit: None, name: "Elsewhere".into() };
        let peeked = note::act::reach(&mut tx, &stranger, account::Verb::SeeNotes, session.id).await;
        assert!(matches!(peeked, Err(Error::NotFound)), "another moderator's session is not there");
        did_commit(tx).await;
        (session.id, notes)
    }

    /// Step 6, first half: notes become one item; a second item that says the same is found and merged.
    async fn hear(&self, session: SessionId, notes: &[NoteId]) -> HeardId {
        let mut tx = self.db.begin().await.expect("tx");
        let at = session::store::find(&mut tx, session).await.expect("read").expect("there").ends_at;
        let draft = |text: &str, notes: &[NoteId]| heard::act::Draft {
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
        let weight = heard::store::weigh_item(&mut tx, item.id).await.expect("weighed");
        assert_eq!((weight.notes, weight.panelists, weight.ranters), (3, 2, 2), "three notes, two people");
        did_commit(tx).await;
        item.id
    }

    /// Step 6, second half: an owner without an account drafts through a link; staff publishes; a change is a new version.
    async fn respond(&self, item: HeardId) {
        let at = self.after();
        let mut tx = self.db.begin().await.expect("tx");
        let owner = Owner::Guest { name: "Rosa Marsh".into(), email: "rosa@example.com".into(), unit: "Support".into() };
        let seen = fixture::heard_item(&mut tx, item).await.seen();
        heard::act::assign(&mut tx, &self.staff, at, seen, owner, "By Friday, please.").await.expect("assigned");
        let asked = outbox::store::list_for(&mut tx, item.0).await.expect("read");
        assert_eq!(asked.len(), 1, "the owner is asked by mail");
        let guest = Actor::Link { id: asked[0].link_id.expect("a link"), purpose: Purpose::Response, subject: item.0 };

        let today = at.date_naive();
        let empty = fixture::response_draft(&mut tx, &guest, at, item, promise("", None)).await;
        assert!(matches!(empty, Err(Error::Invalid(mistakes)) if mistakes.len() == 2));
        let text = "Every agent sees the whole case, from the first chat on.";
        let first = promise(text, Some(today + Duration::days(60)));
        let version = fixture::response_draft(&mut tx, &guest, at, item, first).await.expect("drafted");
        response::act::submit(&mut tx, &guest, at, version.seen()).await.expect("handed in");
        let read = response::store::find(&mut tx, version.id).await.expect("read").expect("there");
        let read = response::act::Publish { version: read.seen(), item: fixture::heard_item(&mut tx, item).await.revision };
        assert!(matches!(response::act::publish(&mut tx, &guest, at, read).await, Err(Error::Forbidden)));
        response::act::publish(&mut tx, &self.staff, at, read).await.expect("published");
        assert!(response::act::publish(&mut tx, &self.staff, at, read).await.is_err(), "a double click publishes once");

        let later = at + Duration::days(1);
        let mut content =
            promise("Every agent sees the whole case, and we publish how often that fails.", Some(today + Duration::days(75)));
        let silent = fixture::response_draft(&mut tx, &self.staff, later, item, content.clone()).await;
        assert!(matches!(silent, Err(Error::Invalid(_))), "no change without a reason");
        content.change_reason = "The panel asked how they would know.".into();
        let second = fixture::response_draft(&mut tx, &self.staff, later, item, content).await.expect("a new version");
        assert_eq!((second.number, second.response_id), (2, version.response_id));
        fixture::published(&mut tx, &self.second, later, &second).await;
        let kept = response::store::find(&mut tx, version.id).await.expect("read").expect("there");
        assert_eq!(kept.text, text, "what was promised first still stands as it was said");
        assert_eq!(self.standing(&mut tx, item, later).await, Standing::OnTrack);
        did_commit(tx).await;
    }

    /// Step 7: the report is frozen, numbered, and goes to those who came, each copy with what they said.
    async fn report(&self, item: HeardId, panelists: &[Panelist]) -> ReportId {
        let at = self.after() + Duration::days(2);
        let mut tx = self.db.begin().await.expect("tx");
        let id = report::act::freeze(&mut tx, &self.staff, at, self.day, 1).await.expect("frozen");
        let sent = report::act::send(&mut tx, &self.staff, at, id).await.expect("sent");
        assert_eq!(sent, panelists.len(), "to those who came, and to nobody else");
        assert_eq!(report::act::send(&mut tx, &self.staff, at, id).await.unwrap_or(0), 0, "a double click sends once");
        let frozen = report::store::find(&mut tx, id).await.expect("read").expect("there");
        assert_eq!(frozen.document.items.len(), 1);
        assert_eq!(frozen.document.items[0].heard_id, item);
        assert_eq!(frozen.document.items[0].panelists, Some(2));
        let slug = report::act::share(&mut tx, &self.staff, at, id).await.expect("shared");
        let shared = report::act::shared(&mut tx, &slug).await.expect("open to anybody");
        assert!(!format!("{shared:?}").contains("Pia"), "without names");
        assert_eq!(shared.others[0].panelists, None, "fewer than three people are not counted in public");
        did_commit(tx).await;
        id
    }

    /// Step 8: a panelist says "still broken"; the item is open again, and its owner hears of it with the reason.
    async fn answer(&self, item: HeardId, report: ReportId, panelist: &Panelist) {
        // The promised day has passed.
        let at = self.after() + Duration::days(77);
        let mut tx = self.db.begin().await.expect("tx");
        let door = self.door(&mut tx, panelist.id, at).await;
        let (edition, _) = report::act::own_copy(&mut tx, &door, 1).await.expect("their copy");
        assert_eq!(edition.yours.len(), 1, "it starts with what they raised");
        let version = edition.yours[0].replies.last().expect("a reply").version_id;
        let answer = report::act::Answer {
            number: 1,
            version,
            answer: AnswerKind::StillBroken,
            remark: "Told it three times again yesterday.".into(),
        };
        report::act::answer(&mut tx, &door, at, answer).await.expect("answered");
        assert_eq!(self.standing(&mut tx, item, at).await, Standing::Reopened);
        let mails = outbox::store::list_for(&mut tx, item.0).await.expect("read");
        assert!(mails.iter().any(|mail| mail.template == outbox::Template::Reopened), "the owner is told");
        let frozen = report::store::find(&mut tx, report).await.expect("read").expect("there");
        assert_eq!(frozen.number, 1, "and the frozen report is as it was");
        did_commit(tx).await;
    }

    /// The promise is answered anew, kept with evidence, and confirmed by a second person; the next report says so.
    async fn keep_the_promise(&self, item: HeardId) {
        let at = self.after() + Duration::days(80);
        let mut tx = self.db.begin().await.expect("tx");
        let mut content = promise("The case number now goes with every call.", Some(at.date_naive() + Duration::days(20)));
        content.change_reason = "A panelist told us that it was still broken.".into();
        let version = fixture::response_draft(&mut tx, &self.staff, at, item, content).await.expect("answered anew");
        assert_eq!(version.number, 1, "a response of its own, the first one stays as it was given");
        fixture::published(&mut tx, &self.staff, at, &version).await;
        let evidence = "Hand-over audit for the month: 2 of 400 calls without a case.".into();
        let shown = response::act::Deliver { heard: item, promise: version.id, seen: None, evidence };
        response::act::deliver(&mut tx, &self.staff, at, shown).await.expect("shown");
        let read = response::act::Confirm { heard: item, promise: version.id, seen: 1 };
        let own = response::act::confirm(&mut tx, &self.staff, at, read).await;
        assert!(matches!(own, Err(Error::Conflict(_))), "nobody confirms their own work");
        response::act::confirm(&mut tx, &self.second, at, read).await.expect("confirmed");
        assert_eq!(self.standing(&mut tx, item, at).await, Standing::Delivered);
        let next = report::act::freeze(&mut tx, &self.staff, at + Duration::days(1), self.day, 2).await.expect("the next report");
        let next = report::store::find(&mut tx, next).await.expect("read").expect("there");
        let reply = next.document.items[0].replies.last().expect("a reply");
        assert_eq!(reply.standing, Shown::Delivered);
        did_commit(tx).await;
    }

    /// Step 9: the trail leads from the item to the posts and to the reports, and back to it from each of them.
    async fn look_back(&self, item: HeardId) {
        let mut tx = self.db.read().await.expect("tx");
        let around = walk(&mut tx, item).await.expect("a walk");
        assert!(!around.people.is_empty(), "said by somebody");
        let mut ways = vec![(Start::Heard, item.0)];
        for person in &around.people {
            let voice = person.author.as_ref().expect("who came from listening");
            assert!(voice.posts >= 3 && !person.posts.is_empty(), "whose posts are still there");
            ways.push((Start::Panelist, person.panelist.id.0));
            ways.push((Start::Author, voice.id.0));
            ways.extend(person.posts.iter().map(|post| (Start::Mention, post.mention.id.0)));
        }
        ways.extend(around.notes.iter().map(|note| (Start::Note, note.note_id.0)));
        ways.extend(around.reports.iter().map(|report| (Start::Report, report.id.0)));
        assert_eq!((around.reports.len(), around.answers.len(), around.deliveries.len()), (2, 1, 1));
        assert!(around.versions.len() >= 2, "the promise that was answered anew stands beside the first");
        for (start, id) in ways {
            let found = items(&mut tx, start, id).await.expect("the thing is there");
            assert!(found.iter().any(|found| found.id == item), "no way back from the {}", start.label());
        }
        let chain = db::verify::verify(&mut tx, None).await.expect("walked");
        assert!(chain.is_whole() && chain.erased == 0 && chain.rows > 10, "{chain:?}");
        assert!(chain.intact > 30, "{} acts were recorded", chain.intact);
    }

    /// The evening of the panel day.
    fn after(&self) -> Time {
        self.now + Duration::days(31)
    }

    async fn standing(&self, tx: &mut Tx, item: HeardId, at: Time) -> Standing {
        let item = heard::store::find(tx, item).await.expect("read").expect("there");
        board::find(tx, item, at).await.expect("on the board").standing
    }

    async fn door(&self, tx: &mut Tx, panelist: PanelistId, at: Time) -> Actor {
        let link = link::act::current(tx, at, Purpose::Door, panelist.0).await.expect("a link");
        Actor::Link { id: link.id, purpose: Purpose::Door, subject: panelist.0 }
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
        notice: "We read public posts that name us.".into(),
        raw_days: 90,
        mention_months: 24,
        own_handles: "nordwindcares".into(),
        brands: String::new(),
    }
}

fn promise(text: &str, due: Option<chrono::NaiveDate>) -> Content {
    Content {
        kind: Kind::Commit,
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
    for (voice, start) in [("kind_otter", 40), ("loud_heron", 35), ("plain_vole", 30)] {
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
            row(start - 7 * i64::try_from(step).unwrap_or(0), &format!("{text} ({voice})"), voice, "negative");
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
