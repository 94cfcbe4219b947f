//! Nominations on both databases: who may, one mention however many bring it, what becomes of it, who is told, who is forgotten.

use chrono::Duration;

use super::act::{NominatePerson, NominatePost, ask, list_programs, me, nominate_person, nominate_post, open};
use super::decision::{SeenNomination, accept, answer, decline, remove};
use super::{Nomination, NominationState, store};
use crate::access::account::{self, Account, Actor, Role};
use crate::access::link::Purpose;
use crate::access::outbox::{self, EmailTemplate, OutboxEmail};
use crate::casework::triage;
use crate::db::{Db, Tx};
use crate::kernel::clock::now;
use crate::kernel::ids::{LinkId, MentionId, NominationId, NominatorId, ProgramId};
use crate::listening::mention;
use crate::privacy::{erasure, retention};
use crate::testing::each_db;
use crate::testing::fixture::{self, SYSTEM, account, actor, staff};

const HEARD: &str = "Datetime,Tweet Id,Text,Username,sentiment,Link\n\
    2022-03-20 10:00:00+00:00,15700000001,The hinge broke again and support hung up,zoe_k,negative,https://twitter.com/zoe_k/status/15700000001\n\
    2022-03-19 10:00:00+00:00,15700000002,My parcel has been lost for a week,MaxO,negative,https://twitter.com/MaxO/status/15700000002\n";

struct NominationDesk {
    program: ProgramId,
    sam: Account,
    /// Zoe's mention.
    mention: MentionId,
}

async fn desk(db: &Db) -> NominationDesk {
    let program = fixture::import(db, HEARD, fixture::dell()).await.0;
    let mut tx = db.begin().await.expect("tx");
    let sam = account(&mut tx, "Sam Field", Role::Staff, now()).await;
    open(&mut tx, &actor(&sam), now(), program, 0, "dell.example, emc.example").await.expect("open");
    let mention = mention::store::list(&mut tx, &mention::store::MentionSearch::default(), 9, 0).await.expect("mentions")[0].mention.id;
    tx.commit().await.expect("commit");
    NominationDesk { program, sam, mention }
}

/// Somebody of the company who came by the link in their email.
async fn colleague(tx: &mut Tx, email: &str) -> Actor {
    ask(tx, now(), email).await.expect("asked");
    let subject = store::resolve_nominator(tx, email, now()).await.expect("known").id.0;
    Actor::Link { id: LinkId::new(), purpose: Purpose::Nominate, subject }
}

fn link(program: ProgramId, link: &str) -> NominatePost {
    NominatePost { program, link: link.into(), text: String::new(), why: "Three shops told me the same.".into() }
}

async fn one(tx: &mut Tx, id: NominationId) -> Nomination {
    store::find(tx, id).await.expect("read").expect("a nomination")
}

async fn seen(tx: &mut Tx, id: NominationId) -> SeenNomination {
    SeenNomination { id, revision: one(tx, id).await.revision }
}

/// What was emailed about nominations: (to, outcome).
async fn reported(tx: &mut Tx) -> Vec<(String, String)> {
    let mut emails: Vec<OutboxEmail> = outbox::store::list(tx, 99).await.expect("email");
    emails.retain(|queued| queued.template == EmailTemplate::Nomination);
    emails.reverse();
    emails.into_iter().map(|queued| (queued.recipient, queued.params["outcome"].as_str().unwrap_or_default().to_owned())).collect()
}

fn to(who: &str, outcome: &str) -> (String, String) {
    (format!("{who}@dell.example"), outcome.to_owned())
}

#[tokio::test]
async fn a_link_goes_to_company_addresses_alone() {
    each_db(|db| async move {
        let mut tx = db.begin().await.expect("tx");
        assert!(
            ask(&mut tx, now(), "ada@dell.example").await.is_err_and(|error| error.status() == 409),
            "closed until a program opens them"
        );
        tx.commit().await.expect("commit");
        let desk = desk(&db).await;
        let mut tx = db.begin().await.expect("tx");
        assert!(ask(&mut tx, now(), "ada@evil.example").await.is_err_and(|error| error.message().contains("evil.example")));
        assert!(
            ask(&mut tx, now(), "ada@sub.dell.example").await.is_err_and(|error| error.status() == 422),
            "a subdomain is another domain"
        );
        let ada = colleague(&mut tx, "ada@dell.example").await;
        let mine = me(&mut tx, &ada).await.expect("Ada");
        assert_eq!(list_programs(&mut tx, &mine).await.expect("programs").len(), 1);
        assert!(me(&mut tx, &staff()).await.is_err_and(|error| error.status() == 403), "an account is no link");
        let links: Vec<OutboxEmail> = outbox::store::list_for(&mut tx, mine.id.0).await.expect("email");
        assert_eq!((links.len(), links[0].template), (1, EmailTemplate::Nominate));

        let sam = actor(&desk.sam);
        assert!(open(&mut tx, &sam, now(), desk.program, 0, "").await.is_err_and(|error| error.status() == 409), "somebody was quicker");
        assert!(open(&mut tx, &sam, now(), desk.program, 1, "gmail.com").await.is_err_and(|error| error.status() == 422));
        assert!(open(&mut tx, &ada, now(), desk.program, 1, "").await.is_err_and(|error| error.status() == 403));
        open(&mut tx, &sam, now(), desk.program, 1, "emc.example").await.expect("changed");
        let mention = link(desk.program, "https://x.com/a/status/1");
        assert!(nominate_post(&mut tx, &ada, now(), mention).await.is_err_and(|error| error.status() == 409), "her domain is off the list");
    })
    .await;
}

#[tokio::test]
async fn a_post_that_two_people_bring_is_one_and_both_hear_of_its_answer() {
    each_db(|db| async move {
        let desk = desk(&db).await;
        let sam = actor(&desk.sam);
        let mut tx = db.begin().await.expect("tx");
        let (ada, ben) = (colleague(&mut tx, "ada@dell.example").await, colleague(&mut tx, "ben@dell.example").await);
        let cmd =
            NominatePost { text: "The hinge broke again".into(), ..link(desk.program, "https://x.com/zoe_k/status/15700000001?s=20") };
        let first = nominate_post(&mut tx, &ada, now(), cmd.clone()).await.expect("nominated");
        assert!(!first.again && first.others == 0);
        assert!(nominate_post(&mut tx, &ada, now(), cmd.clone()).await.expect("again").again);
        let second = nominate_post(&mut tx, &ben, now(), link(desk.program, "https://www.twitter.com/zoe_k/status/15700000001/"))
            .await
            .expect("nominated");
        assert_eq!((second.id, second.others, second.again), (first.id, 1, false));
        assert_eq!(store::count(&mut tx, Some(desk.program)).await.expect("counts"), [(NominationState::New, 1)]);
        let nomination = one(&mut tx, first.id).await;
        assert_eq!(
            (nomination.mention_id, nomination.text),
            (Some(desk.mention), None),
            "the mention is ours, so its words are not kept twice"
        );

        let wanted = seen(&mut tx, first.id).await;
        assert!(accept(&mut tx, &ada, now(), wanted, "", None).await.is_err_and(|error| error.status() == 403));
        accept(&mut tx, &sam, now(), wanted, "", None).await.expect("accepted");
        assert!(accept(&mut tx, &sam, now(), wanted, "", None).await.is_err_and(|error| error.status() == 409), "two tabs");
        assert_eq!(reported(&mut tx).await, [to("ada", "accepted"), to("ben", "accepted")]);
        let case = triage::store::find(&mut tx, desk.mention).await.expect("read").expect("a case");
        assert_eq!(case.state, triage::CaseState::New);

        let of = |revision| triage::act::SeenCase { mention: desk.mention, revision };
        triage::act::take(&mut tx, &sam, now(), of(1)).await.expect("taken");
        triage::act::answer(&mut tx, &sam, now(), of(2), "https://x.com/DellCares/status/9", None).await.expect("answered");
        assert_eq!(reported(&mut tx).await[2..], [to("ada", "answered"), to("ben", "answered")]);
        assert_eq!(one(&mut tx, first.id).await.answer_url.as_deref(), Some("https://x.com/DellCares/status/9"));
        triage::act::reopen(&mut tx, &sam, now(), of(3), "It was the wrong link.").await.expect("reopened");
        assert_eq!((one(&mut tx, first.id).await.state, reported(&mut tx).await.len()), (NominationState::Accepted, 4));
        triage::act::no_action(&mut tx, &sam, now(), of(4), "Solved by phone.").await.expect("closed");
        assert_eq!(reported(&mut tx).await[4..], [to("ada", "closed"), to("ben", "closed")]);

        let cyd = colleague(&mut tx, "cyd@dell.example").await;
        nominate_post(&mut tx, &cyd, now(), link(desk.program, "https://x.com/zoe_k/status/15700000001")).await.expect("late");
        assert_eq!(reported(&mut tx).await[6..], [to("cyd", "closed")], "who comes late is told at once");
        tx.commit().await.expect("commit");
    })
    .await;
}

#[tokio::test]
async fn who_was_told_of_an_answer_is_not_told_again_when_the_unit_that_gave_it_is_renamed() {
    each_db(|db| async move {
        let desk = desk(&db).await;
        let sam = actor(&desk.sam);
        let mut tx = db.begin().await.expect("tx");
        let profile = |unit: &str| account::act::Profile {
            email: "rosa@example.com".into(),
            name: "Rosa Diaz".into(),
            role: Role::Responder,
            unit: unit.into(),
        };
        let rosa = account::act::add(&mut tx, &SYSTEM, now(), profile("Support")).await.expect("an account");
        let ada = colleague(&mut tx, "ada@dell.example").await;
        let nominated =
            nominate_post(&mut tx, &ada, now(), link(desk.program, "https://x.com/zoe_k/status/15700000001")).await.expect("nominated").id;
        let wanted = seen(&mut tx, nominated).await;
        accept(&mut tx, &sam, now(), wanted, "", None).await.expect("accepted");
        let of = |revision| triage::act::SeenCase { mention: desk.mention, revision };
        triage::act::route(&mut tx, &sam, now(), of(1), "Support", "").await.expect("routed");
        triage::act::answer(&mut tx, &actor(&rosa), now(), of(2), "https://x.com/DellCares/status/9", None).await.expect("answered");
        let told = reported(&mut tx).await;
        assert_eq!(told, [to("ada", "accepted"), to("ada", "answered")]);

        let renamed = account::act::ChangeAccount {
            id: rosa.id,
            revision: rosa.revision,
            profile: profile("Care"),
            unit_change: account::UnitChange::Renamed,
        };
        account::act::change(&mut tx, &SYSTEM, now(), renamed).await.expect("renamed");
        let case = triage::store::find(&mut tx, desk.mention).await.expect("read").expect("a case");
        assert_eq!(case.unit.as_deref(), Some("Care"), "the closed case follows its unit");
        assert_eq!(reported(&mut tx).await, told);
        tx.commit().await.expect("commit");
    })
    .await;
}

#[tokio::test]
async fn what_we_do_not_have_is_declined_with_a_reason_or_answered_by_hand() {
    each_db(|db| async move {
        let desk = desk(&db).await;
        let sam = actor(&desk.sam);
        let mut tx = db.begin().await.expect("tx");
        let (ada, ben) = (colleague(&mut tx, "ada@dell.example").await, colleague(&mut tx, "ben@emc.example").await);
        let words = NominatePost { link: String::new(), text: "My new laptop hums in B flat".into(), ..link(desk.program, "") };
        let id = nominate_post(&mut tx, &ada, now(), words.clone()).await.expect("nominated").id;
        let wanted = seen(&mut tx, id).await;
        assert!(decline(&mut tx, &sam, now(), wanted, " ").await.is_err_and(|error| error.status() == 422));
        decline(&mut tx, &sam, now(), wanted, "It is an advertisement.").await.expect("declined");
        assert_eq!(reported(&mut tx).await, [to("ada", "declined")]);
        nominate_post(&mut tx, &ben, now(), words).await.expect("by somebody else");
        assert_eq!(one(&mut tx, id).await.state, NominationState::New, "a second pair of eyes: it waits again");
        let wanted = seen(&mut tx, id).await;
        assert!(accept(&mut tx, &sam, now(), wanted, "/mentions/nonsense", None).await.is_err_and(|error| error.status() == 422));
        accept(&mut tx, &sam, now(), wanted, "", None).await.expect("accepted");
        let wanted = seen(&mut tx, id).await;
        assert!(answer(&mut tx, &sam, now(), wanted, "nowhere").await.is_err_and(|error| error.status() == 422));
        answer(&mut tx, &sam, now(), wanted, "https://forum.example/12").await.expect("answered");
        assert_eq!(reported(&mut tx).await.len(), 5);

        let other = nominate_post(&mut tx, &ada, now(), link(desk.program, "https://forum.example/99")).await.expect("nominated").id;
        let wanted = seen(&mut tx, other).await;
        let page = format!("http://127.0.0.1:3000/mentions/{}", desk.mention);
        accept(&mut tx, &sam, now(), wanted, &page, None).await.expect("matched by hand");
        assert_eq!(one(&mut tx, other).await.mention_id, Some(desk.mention));
        let wanted = seen(&mut tx, other).await;
        assert!(answer(&mut tx, &sam, now(), wanted, "https://a.example/1").await.is_err_and(|error| error.status() == 409), "in triage");
        remove(&mut tx, &sam, now(), other).await.expect("removed");
        assert!(store::find(&mut tx, other).await.expect("read").is_none());
    })
    .await;
}

#[tokio::test]
async fn a_person_whom_we_know_is_linked_and_one_whom_we_do_not_know_is_kept() {
    each_db(|db| async move {
        let desk = desk(&db).await;
        let sam = actor(&desk.sam);
        let mut tx = db.begin().await.expect("tx");
        let ada = colleague(&mut tx, "ada@dell.example").await;
        let person = |who: &str, place: &str| NominatePerson {
            program: desk.program,
            who: who.into(),
            place: place.into(),
            why: "She helps half of our forum.".into(),
            reach: "zoe@mail.example".into(),
        };
        let silent = NominatePerson { why: String::new(), ..person("@zoe_k", "x") };
        assert!(nominate_person(&mut tx, &ada, now(), silent).await.is_err_and(|error| error.status() == 422));
        let known = nominate_person(&mut tx, &ada, now(), person("@Zoe_K", "x")).await.expect("nominated").id;
        let author = mention::store::find(&mut tx, desk.mention).await.expect("read").expect("the mention").author_id;
        assert_eq!(one(&mut tx, known).await.author_id, Some(author));
        let met = nominate_person(&mut tx, &ada, now(), person("Ana Silva, Lisbon", "elsewhere")).await.expect("nominated").id;
        let wanted = seen(&mut tx, met).await;
        let day = fixture::day(&mut tx, now(), desk.program, now().date_naive(), 15).await;
        let refused = accept(&mut tx, &sam, now(), wanted, "", Some(day)).await;
        assert!(refused.is_err_and(|error| error.status() == 422), "nobody on a shortlist without an author");
        accept(&mut tx, &sam, now(), wanted, "", None).await.expect("accepted");
        let wanted = seen(&mut tx, known).await;
        accept(&mut tx, &sam, now(), wanted, "", None).await.expect("accepted");
        assert_eq!(reported(&mut tx).await, [to("ada", "accepted"), to("ada", "accepted")]);
        let endorsement = &store::list_endorsements(&mut tx, &[known]).await.expect("hearings")[0];
        assert_eq!((endorsement.email.as_str(), endorsement.reach.as_deref()), ("ada@dell.example", Some("zoe@mail.example")));
    })
    .await;
}

#[tokio::test]
async fn an_erased_nominator_leaves_what_others_said_and_an_erased_author_takes_its_nominations() {
    each_db(|db| async move {
        let desk = desk(&db).await;
        let mut tx = db.begin().await.expect("tx");
        let (ada, ben) = (colleague(&mut tx, "ada@dell.example").await, colleague(&mut tx, "ben@dell.example").await);
        let cmd = link(desk.program, "https://x.com/zoe_k/status/15700000001");
        let id = nominate_post(&mut tx, &ada, now(), cmd.clone()).await.expect("nominated").id;
        nominate_post(&mut tx, &ben, now(), cmd).await.expect("nominated");
        let person = erasure::find::find(&mut tx, "ada@dell.example").await.expect("Ada");
        erasure::act::erase(&mut tx, &SYSTEM, now(), &person).await.expect("erased");
        let left = store::list_endorsements(&mut tx, &[id]).await.expect("hearings");
        assert_eq!(left.iter().map(|endorsement| endorsement.email.as_str()).collect::<Vec<_>>(), ["ben@dell.example"]);
        assert!(me(&mut tx, &ada).await.is_err_and(|error| error.status() == 410));
        let zoe = erasure::find::find(&mut tx, "zoe_k").await.expect("Zoe");
        erasure::act::erase(&mut tx, &SYSTEM, now(), &zoe).await.expect("erased");
        assert!(store::find(&mut tx, id).await.expect("read").is_none());
        assert!(store::list_endorsements(&mut tx, &[id]).await.expect("hearings").is_empty());
        tx.commit().await.expect("commit");
    })
    .await;
}

#[tokio::test]
async fn nominations_go_with_their_programs_posts_and_idle_nominators_after_a_month() {
    each_db(|db| async move {
        let desk = desk(&db).await;
        let mut tx = db.begin().await.expect("tx");
        let ada = colleague(&mut tx, "ada@dell.example").await;
        colleague(&mut tx, "idle@dell.example").await;
        let id = nominate_post(&mut tx, &ada, now(), link(desk.program, "https://forum.example/1")).await.expect("nominated").id;
        tx.commit().await.expect("commit");
        let who = |tx: Tx| async move {
            let mut tx = tx;
            let Actor::Link { subject, .. } = ada else { panic!("a link") };
            (
                store::find(&mut tx, id).await.expect("read").is_some(),
                store::find_nominator(&mut tx, NominatorId(subject)).await.expect("read").is_some(),
            )
        };
        let later = now() + Duration::days(40);
        retention::act::purge(&db, &SYSTEM, later, None).await.expect("purged");
        assert_eq!(who.clone()(db.read().await.expect("tx")).await, (true, true));
        assert!(erasure::find::find(&mut db.read().await.expect("tx"), "idle@dell.example").await.is_err(), "asked and never nominated");
        let purged = retention::act::purge(&db, &SYSTEM, now() + Duration::days(800), None).await.expect("purged");
        assert_eq!(purged.nominations, 1);
        assert_eq!(who(db.read().await.expect("tx")).await, (false, false));
    })
    .await;
}
