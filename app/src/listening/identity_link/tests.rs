//! Links of authors on both databases: looked at twice, shown as one, on a shortlist once, and erased together.

use super::act::{confirm, propose, refuse, suggest, unlink};
use super::store::{count_waiting, find, find_waiting, groups, linked, list_of};
use super::{IdentityLinkState, LinkGround};
use crate::access::account::{Actor, Role};
use crate::db::Db;
use crate::follow_up::evidence_trail::{TrailStart, collect};
use crate::kernel::clock::now;
use crate::kernel::error::Error;
use crate::kernel::ids::{AuthorId, ProgramId};
use crate::listening::author::{self, Author};
use crate::listening::import::act::undo;
use crate::listening::opt_out::store::list_opted_out;
use crate::listening::{import, segment};
use crate::privacy::{erasure, opt_out};
use crate::program::Segment;
use crate::recruiting::candidate::{self, CandidateIdentity, act::AddToShortlist};
use crate::testing::{each_db, fixture};

const SYSTEM: Actor = Actor::System("test");

/// Four authors with four mentions each: Zoe on two networks, a namesake of hers in another country, and Zoe under another handle.
async fn heard(db: &Db) -> ProgramId {
    let mut text = String::from("Date,Mention Id,Text,Author Handle,Author Name,Source,Country,Sentiment\n");
    let authors = [
        ("zoe_k", "Zoe Kramer", "Twitter", "Germany"),
        ("zoe_k", "Zoe Kramer", "Reddit", ""),
        ("zoekramer", "ZOE KRAMER", "Instagram", "Germany"),
        ("kramer", "Zoe Kramer", "Facebook", "Canada"),
    ];
    for (place, (handle, name, network, country)) in authors.iter().enumerate() {
        for day in 1..=4 {
            let words = "My laptop died again and I hate this terrible support";
            text += &format!(
                "2022-09-0{day} 1{place}:00:00,{place}0{day},\"{words} {place}{day}\",{handle},{name},{network},{country},negative\n"
            );
        }
    }
    let (program, counts) = fixture::import(db, &text, fixture::dell()).await;
    assert_eq!(counts.created, 16);
    program
}

async fn author(db: &Db, program: ProgramId, network: &str, key: &str) -> Author {
    let mut tx = db.read().await.expect("tx");
    author::store::find_by_handle(&mut tx, program, network, key).await.expect("read").expect("the author")
}

/// Proposed and confirmed.
async fn link(db: &Db, one: AuthorId, other: AuthorId) {
    let mut tx = db.begin().await.expect("tx");
    let id = propose(&mut tx, &SYSTEM, now(), one, other, "Both name the same case number").await.expect("proposed");
    confirm(&mut tx, &SYSTEM, now(), id).await.expect("confirmed");
    tx.commit().await.expect("commit");
}

#[tokio::test]
async fn a_link_holds_once_it_was_looked_at_twice_until_it_is_taken_back() {
    each_db(|db| async move {
        let program = heard(&db).await;
        let (x, reddit) = (author(&db, program, "x", "zoe_k").await, author(&db, program, "reddit", "zoe_k").await);
        let insta = author(&db, program, "instagram", "zoekramer").await;
        let mut tx = db.begin().await.expect("tx");
        let staff = fixture::actor(&fixture::account(&mut tx, "Ada Bell", Role::Staff, now()).await);
        let viewer = fixture::actor(&fixture::account(&mut tx, "Vi Ewing", Role::Viewer, now()).await);

        let suggested = suggest(&mut tx, &x).await.expect("suggestions");
        let reported: Vec<_> = suggested.iter().map(|one| (one.author.network.as_str(), one.ground.clone())).collect();
        assert_eq!(reported, [("reddit", LinkGround::Handle), ("instagram", LinkGround::Name { country: "Germany".into() })]);
        assert!(linked(&mut tx, x.id).await.expect("links").is_empty(), "a suggestion links nothing");

        assert!(matches!(propose(&mut tx, &viewer, now(), x.id, reddit.id, "Same").await, Err(Error::Forbidden)));
        assert!(matches!(propose(&mut tx, &staff, now(), x.id, reddit.id, " ").await, Err(Error::Invalid(_))));
        assert!(matches!(propose(&mut tx, &staff, now(), x.id, x.id, "Same").await, Err(Error::Conflict(_))));
        let id = propose(&mut tx, &staff, now(), reddit.id, x.id, "Same case number").await.expect("proposed");
        assert!(matches!(propose(&mut tx, &staff, now(), x.id, reddit.id, "Again").await, Err(Error::Conflict(_))), "one claim a pair");
        assert_eq!(count_waiting(&mut tx, program).await.expect("a count"), 1);
        assert_eq!(find_waiting(&mut tx, program).await.expect("read").map(|link| link.id), Some(id));
        assert!(linked(&mut tx, x.id).await.expect("links").is_empty(), "a proposal links nothing");
        assert!(matches!(unlink(&mut tx, &staff, now(), id, "Wrong").await, Err(Error::Conflict(_))));

        // Who proposed may confirm; both are kept.
        confirm(&mut tx, &staff, now(), id).await.expect("confirmed");
        assert!(matches!(refuse(&mut tx, &staff, now(), id, "No").await, Err(Error::Conflict(_))));
        let link = find(&mut tx, id).await.expect("read").expect("the claim");
        assert_eq!((link.state, link.proposed_by, link.decided_by), (IdentityLinkState::Confirmed, staff.account(), staff.account()));
        assert_eq!(link.other(x.id), reddit.id);

        // A third author joins the person through the second one.
        let other = propose(&mut tx, &staff, now(), insta.id, reddit.id, "Same picture").await.expect("proposed");
        confirm(&mut tx, &staff, now(), other).await.expect("confirmed");
        let mut found = linked(&mut tx, x.id).await.expect("links");
        found.sort_unstable();
        let mut expected = vec![reddit.id, insta.id];
        expected.sort_unstable();
        assert_eq!(found, expected);
        assert!(matches!(propose(&mut tx, &staff, now(), x.id, insta.id, "Too").await, Err(Error::Conflict(_))), "they are one already");
        assert_eq!(groups(&mut tx, &[insta.id, x.id]).await.expect("groups").len(), 1);
        assert!(suggest(&mut tx, &x).await.expect("suggestions").is_empty());

        unlink(&mut tx, &staff, now(), id, "It was her brother").await.expect("taken back");
        assert!(linked(&mut tx, x.id).await.expect("links").is_empty());
        let again = propose(&mut tx, &staff, now(), x.id, reddit.id, "It was her after all").await.expect("proposed again");
        refuse(&mut tx, &staff, now(), again, "No proof").await.expect("refused");
        let states: Vec<IdentityLinkState> = list_of(&mut tx, x.id).await.expect("claims").iter().map(|link| link.state).collect();
        assert_eq!(states, [IdentityLinkState::Refused, IdentityLinkState::Ended], "what was said is kept");
        tx.commit().await.expect("commit");
    })
    .await;
}

#[tokio::test]
async fn one_person_comes_onto_a_shortlist_once() {
    each_db(|db| async move {
        let program = heard(&db).await;
        let (x, reddit) = (author(&db, program, "x", "zoe_k").await, author(&db, program, "reddit", "zoe_k").await);
        link(&db, x.id, reddit.id).await;
        let mut tx = db.begin().await.expect("tx");
        let day = fixture::day(&mut tx, now(), program, now().date_naive() + chrono::Duration::days(30), 15).await;
        let list = |who| AddToShortlist { day, who: CandidateIdentity::Author(who), remark: String::new() };
        for author in [&x, &reddit] {
            assert_eq!(
                segment::store::find_author(&mut tx, author.id).await.expect("read").expect("assessed").segment,
                Some(Segment::Ranter)
            );
        }
        let first = candidate::act::shortlist(&mut tx, &SYSTEM, now(), list(x.id)).await.expect("listed");
        let Err(Error::Conflict(why)) = candidate::act::shortlist(&mut tx, &SYSTEM, now(), list(reddit.id)).await else {
            panic!("one person is asked once")
        };
        assert!(why.contains("@zoe_k and @zoe_k are the same person, who is already on this shortlist"), "{why}");
        candidate::act::remove_from_shortlist(&mut tx, &SYSTEM, now(), first, "Rather by the other author").await.expect("taken off");
        candidate::act::shortlist(&mut tx, &SYSTEM, now(), list(reddit.id)).await.expect("listed instead");
        assert!(collect::items(&mut tx, TrailStart::Author, x.id.0).await.expect("a walk").is_empty());
        tx.commit().await.expect("commit");
    })
    .await;
}

#[tokio::test]
async fn an_opt_out_of_one_author_covers_those_linked_to_it_and_nobody_else() {
    each_db(|db| async move {
        let program = heard(&db).await;
        let (x, reddit) = (author(&db, program, "x", "zoe_k").await, author(&db, program, "reddit", "zoe_k").await);
        let (insta, other) = (author(&db, program, "instagram", "zoekramer").await, author(&db, program, "facebook", "kramer").await);
        link(&db, x.id, insta.id).await;
        let mut tx = db.begin().await.expect("tx");
        propose(&mut tx, &SYSTEM, now(), x.id, reddit.id, "Zoe Kramer is both").await.expect("proposed");
        tx.commit().await.expect("commit");
        let mut tx = db.begin().await.expect("tx");
        let opted_out = opt_out::act::opt_out(&mut tx, &SYSTEM, now(), "instagram", "zoekramer").await.expect("objected");
        assert_eq!((opted_out.known, opted_out.authors), (true, 2), "it says that a linked author was there");
        tx.commit().await.expect("commit");
        let mut tx = db.read().await.expect("tx");
        let left = author::store::list(&mut tx, &[x.id, reddit.id, insta.id, other.id]).await.expect("authors");
        let names: Vec<&str> = left.iter().filter(|author| author.name.is_some()).map(|author| author.network.as_str()).collect();
        assert_eq!(names.len(), 2, "{names:?}");
        assert!(names.contains(&"reddit") && names.contains(&"facebook"), "a proposal is no link: {names:?}");
        let opted_out = [("x", "zoe_k"), ("instagram", "zoekramer")].map(|(network, key)| (network.to_owned(), key.to_owned()));
        assert_eq!(list_opted_out(&mut tx, &opted_out).await.expect("read").len(), 2);
        assert!(list_of(&mut tx, x.id).await.expect("claims").is_empty(), "what was said of them is gone");
        assert!(erasure::find::find(&mut tx, &reddit.id.to_string()).await.is_ok());
    })
    .await;
}

#[tokio::test]
async fn an_author_about_which_a_person_said_something_outlives_its_mentions() {
    each_db(|db| async move {
        let program = heard(&db).await;
        let (x, reddit) = (author(&db, program, "x", "zoe_k").await, author(&db, program, "reddit", "zoe_k").await);
        link(&db, x.id, reddit.id).await;
        let mut tx = db.begin().await.expect("tx");
        let run = import::store::list(&mut tx, program, "", None, 1, 0).await.expect("runs").remove(0);
        undo(&mut tx, &SYSTEM, now(), run.id).await.expect("undoing");
        tx.commit().await.expect("commit");
        while import::batch::work::work(&db, &std::env::temp_dir()).await.expect("worked") {}
        assert_eq!(author(&db, program, "x", "zoe_k").await.mentions, 0);
        let mut tx = db.read().await.expect("tx");
        assert_eq!(linked(&mut tx, x.id).await.expect("links"), [reddit.id]);
        assert!(author::store::find_by_handle(&mut tx, program, "facebook", "kramer").await.expect("read").is_none(), "others are gone");
    })
    .await;
}
