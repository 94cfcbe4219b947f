//! Purging what is too old, removing what was deleted at its source, and counting roll-ups anew.
//!
//! All of it goes in short transactions: nobody waits behind it, and what is cut off goes on the next time.

use std::collections::{BTreeSet, HashMap};
use std::path::Path;

use chrono::{Duration, Months};
use serde::Serialize;
use serde_json::json;

use crate::account::{Actor, Verb};
use crate::activity::{Thing, act::did};
use crate::clock::{Time, now};
use crate::db::{Db, Subject, Tx, epoch};
use crate::erasure::Unsure;
use crate::erasure::act::Person;
use crate::error::{Error, Result};
use crate::ids::{AuthorId, ProgramId};
use crate::mention::Mention;
use crate::mention::rollup::counted;
use crate::program::{self, Program};
use crate::segment::act::Met;
use crate::{author, erasure, import, mention, movement, nomination, raw, search, segment, topic, volume};

/// Posts taken in one transaction.
const BATCH: i64 = 1000;
/// The network of an objection that names none.
const UNNAMED: &str = "x";
/// Voices counted anew in one transaction.
const VOICES: i64 = 200;

/// What a purge took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Purged {
    pub raw_rows: u64,
    pub posts: u64,
    pub nominations: u64,
}

/// Takes what every program's retention says: the text of raw rows after its days, posts after its months. Both are counted from
/// the import: an export of years ago is not gone an hour after somebody brought it. Voices that are left with other posts
/// are assessed anew. Nominations go after the same months, and whoever asked for a link and nominated nothing.
///
/// # Errors
/// `Forbidden` for those who may not import.
pub async fn purge(db: &Db, actor: &Actor, now: Time) -> Result<Purged> {
    actor.may(Verb::Import)?;
    let programs = program::store::list(&mut db.read().await?).await?;
    let mut all = Purged::default();
    for program in &programs {
        let mut purged = Purged::default();
        let (rows_before, posts_before) = (now - Duration::days(program.raw_days), posts_until(program, now));
        // A row says what its post says: it is kept no longer.
        let rows_before = posts_before.map_or(rows_before, |posts_before| rows_before.max(posts_before));
        while let Some(run) = raw::store::find_old(&mut db.read().await?, program.id, rows_before).await? {
            purged.raw_rows += import::work::forget_raw(db, run).await?;
        }
        if let Some(before) = posts_before {
            let mut speaking = BTreeSet::new();
            loop {
                let mut tx = db.begin().await?;
                epoch::raise(&mut tx).await?;
                let gone = mention::store::delete_imported_before(&mut tx, program.id, before, BATCH).await?;
                purged.posts += gone.len() as u64;
                import::work::take_back(&mut tx, program.id, &gone, &mut speaking).await?;
                tx.commit().await?;
                if gone.is_empty() {
                    break;
                }
            }
            assess(db, now, program.id, speaking).await?;
            let mut tx = db.begin().await?;
            purged.nominations = nomination::store::forget(&mut tx, program.id, before).await?;
            tx.commit().await?;
        }
        if purged != Purged::default() {
            let mut tx = db.begin().await?;
            did(actor, now, "purged", Thing::Program, program.id).with(json!(purged)).record(&mut tx);
            tx.commit().await?;
        }
        all.raw_rows += purged.raw_rows;
        all.posts += purged.posts;
        all.nominations += purged.nominations;
    }
    let mut tx = db.begin().await?;
    nomination::store::forget_idle(&mut tx, now - Duration::days(nomination::rules::IDLE_DAYS)).await?;
    tx.commit().await?;
    Ok(all)
}

/// Posts imported before this moment are no longer kept; none where a program's months reach beyond all calendars.
fn posts_until(program: &Program, now: Time) -> Option<Time> {
    now.checked_sub_months(Months::new(u32::try_from(program.mention_months).ok()?))
}

/// Removes posts that were deleted where they were written, by their network's ids. Gives how many were here.
///
/// # Errors
/// `Forbidden` for those who may not import; `NotFound` for an unknown program.
pub async fn remove(db: &Db, actor: &Actor, now: Time, program: ProgramId, ids: &[String]) -> Result<u64> {
    actor.may(Verb::Import)?;
    program::store::find(&mut db.read().await?, program).await?.ok_or(Error::NotFound)?;
    let (mut count, mut speaking) = (0, BTreeSet::new());
    for part in ids.chunks(usize::try_from(BATCH).unwrap_or(1000)) {
        let mut tx = db.begin().await?;
        count += take_named(&mut tx, program, part, &mut speaking).await?;
        tx.commit().await?;
    }
    assess(db, now, program, speaking).await?;
    if count > 0 {
        let mut tx = db.begin().await?;
        tell_removed(&mut tx, actor, now, program, count);
        tx.commit().await?;
    }
    Ok(count)
}

/// As `remove`, for as many as one transaction takes.
///
/// # Errors
/// As `remove`; `Invalid` on `ids` for none or too many.
pub async fn remove_few(tx: &mut Tx, actor: &Actor, now: Time, program: ProgramId, ids: &[String]) -> Result<u64> {
    actor.may(Verb::Import)?;
    program::store::find(tx, program).await?.ok_or(Error::NotFound)?;
    if ids.is_empty() || i64::try_from(ids.len()).is_ok_and(|given| given > BATCH) {
        return Err(Error::field("ids", format!("Please give 1 to {BATCH} ids, one a line; these are {}.", ids.len())));
    }
    let mut speaking = BTreeSet::new();
    let count = take_named(tx, program, ids, &mut speaking).await?;
    segment::act::assess(tx, now, program, &speaking.into_iter().collect::<Vec<_>>()).await?;
    if count > 0 {
        tell_removed(tx, actor, now, program, count);
    }
    Ok(count)
}

/// Takes posts by their ids, with the rows that brought them. Gives how many were here.
async fn take_named(tx: &mut Tx, program: ProgramId, ids: &[String], speaking: &mut BTreeSet<AuthorId>) -> Result<u64> {
    epoch::raise(tx).await?;
    let gone = mention::store::delete_named(tx, program, ids).await?;
    import::rows::forget(tx, gone.iter().map(|post| (post.run_id, post.line))).await?;
    import::work::take_back(tx, program, &gone, speaking).await?;
    Ok(gone.len() as u64)
}

fn tell_removed(tx: &mut Tx, actor: &Actor, now: Time, program: ProgramId, count: u64) {
    did(actor, now, "removed deleted posts of", Thing::Program, program).with(json!({ "posts": count })).record(tx);
}

async fn assess(db: &Db, now: Time, program: ProgramId, voices: BTreeSet<AuthorId>) -> Result<()> {
    segment::act::assess_voices(db, now, program, &voices.into_iter().collect::<Vec<_>>(), &Met::new()).await
}

/// What an objection took.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Objected {
    /// The network's word.
    pub network: String,
    /// Whether there was anything to erase: a voice may object before it was ever heard.
    pub known: bool,
    /// Voices that were erased: this one, and those linked to it as one person.
    pub voices: usize,
    /// Rows that were this person.
    pub parts: usize,
    /// Other networks on which a voice with this handle is kept: it may be somebody else.
    pub elsewhere: Vec<String>,
    /// Rows by others that may still name the person.
    pub unsure: Vec<Unsure>,
}

/// The network of an objection that names none: x, unless a voice with this handle is kept on another one.
///
/// # Errors
/// `Forbidden` for all but an administrator; `Invalid` without a handle, and where the network has to be named.
pub async fn network_of(tx: &mut Tx, actor: &Actor, handle: &str) -> Result<String> {
    actor.may(Verb::ManageAccounts)?;
    let handle = author::rules::parse_handle(handle).map_err(|why| Error::field("handle", why))?;
    let kept = author::store::list_networks_of(tx, &handle.key).await?;
    if kept.iter().all(|network| network == UNNAMED) {
        return Ok(UNNAMED.to_owned());
    }
    Err(Error::field(
        "network",
        format!("{} is kept on: {}. Please say with --network which one objects.", author::shown(&handle.shown), kept.join(", ")),
    ))
}

/// A voice objects to being listened to: everything about it, and about those linked to it as one person, is erased, and keyed
/// hashes keep them out of every later import. All of it in the caller's transaction.
///
/// # Errors
/// `Forbidden` for all but an administrator; `Invalid` without a handle, and for a network that neither we nor this database know.
pub async fn object(tx: &mut Tx, actor: &Actor, now: Time, network: &str, handle: &str) -> Result<Objected> {
    let (mut objected, people) = keep_out(tx, actor, now, network, handle).await?;
    for person in people {
        objected.parts += erasure::act::erase(tx, actor, now, &person).await?.parts;
    }
    say_elsewhere(tx, &mut objected, handle).await?;
    Ok(objected)
}

/// As `object`, in many short transactions: a voice may have written for years.
///
/// # Errors
/// As `object`.
pub async fn object_in_steps(db: &Db, spool: &Path, actor: &Actor, now: Time, network: &str, handle: &str) -> Result<Objected> {
    let (mut objected, people) = db.write(|tx, _| Box::pin(keep_out(tx, actor, now, network, handle))).await?;
    for person in people {
        let erased = erasure::act::erase_in_steps(db, spool, actor, now, &person).await?;
        objected.parts += erased.parts;
        objected.unsure.extend(erased.unsure);
    }
    say_elsewhere(&mut db.read().await?, &mut objected, handle).await?;
    Ok(objected)
}

/// As `object`, but what is there is erased soon after: `erasure::act::work` does it.
///
/// # Errors
/// As `object`.
pub async fn object_soon(tx: &mut Tx, actor: &Actor, now: Time, network: &str, handle: &str) -> Result<Objected> {
    let (mut objected, people) = keep_out(tx, actor, now, network, handle).await?;
    for person in people {
        objected.parts += person.parts().count();
        erasure::act::plan(tx, actor, now, &person).await?;
    }
    say_elsewhere(tx, &mut objected, handle).await?;
    Ok(objected)
}

/// Who would be erased if this voice objected, one for each program in which it was heard.
///
/// # Errors
/// As `object`.
pub async fn who_objects(tx: &mut Tx, actor: &Actor, network: &str, handle: &str) -> Result<Vec<Person>> {
    actor.may(Verb::ManageAccounts)?;
    let handle = author::rules::parse_handle(handle).map_err(|why| Error::field("handle", why))?;
    let network = network_word(tx, network).await?;
    let mut people = Vec::new();
    for program in program::store::list(tx).await? {
        if let Some(voice) = author::store::find_by_handle(tx, program.id, &network, &handle.key).await? {
            let person = erasure::act::find(tx, &voice.id.to_string()).await?;
            if !people.contains(&person) {
                people.push(person);
            }
        }
    }
    Ok(people)
}

/// Keeps a voice out of every later import. Gives what is known of it, and who is to be erased.
async fn keep_out(tx: &mut Tx, actor: &Actor, now: Time, network: &str, handle: &str) -> Result<(Objected, Vec<Person>)> {
    actor.may(Verb::ManageAccounts)?;
    epoch::raise(tx).await?;
    let people = who_objects(tx, actor, network, handle).await?;
    let network = network_word(tx, network).await?;
    let handle = author::rules::parse_handle(handle).map_err(|why| Error::field("handle", why))?;
    author::store::object(tx, &network, &handle.key, now).await?;
    let voices = people.iter().map(|person| person.ids(Subject::Author).count()).sum();
    Ok((Objected { network, known: !people.is_empty(), voices, ..Objected::default() }, people))
}

/// The word under which a network is kept.
async fn network_word(tx: &mut Tx, network: &str) -> Result<String> {
    let heard = author::store::list_networks(tx).await?;
    let word = author::rules::network(network, None);
    // What was imported long ago may have another word than it would have today.
    let network = heard.iter().find(|heard| **heard == network.trim().to_lowercase()).cloned().unwrap_or(word);
    if heard.contains(&network) || author::rules::known_network(&network).is_some() {
        return Ok(network);
    }
    let known: BTreeSet<String> = heard.into_iter().chain(author::rules::known_networks().map(str::to_owned)).collect();
    let known = known.into_iter().collect::<Vec<_>>().join(", ");
    Err(Error::field("network", format!("“{network}” is no network from which there are posts. It can be: {known}.")))
}

async fn say_elsewhere(tx: &mut Tx, objected: &mut Objected, handle: &str) -> Result<()> {
    let handle = author::rules::parse_handle(handle).map_err(|why| Error::field("handle", why))?;
    objected.elsewhere = author::store::list_networks_of(tx, &handle.key).await?;
    objected.elsewhere.retain(|network| *network != objected.network);
    Ok(())
}

/// What counting anew found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Rebuilt {
    pub days: u64,
    /// Posts whose words were indexed.
    pub posts: u64,
    pub voices: u64,
    /// Voices of which something else is said now: posts may have grown too old for the window since they were assessed.
    pub assessed: u64,
    /// Days of topics, and days with posts about none.
    pub topic_days: u64,
    /// Voices, days of topics, flows of movement and segments whose counts were others before: none, unless somebody changed the database from outside.
    pub mended: u64,
}

/// Counts the roll-ups of days, topics and voices anew from the posts, indexes their words anew, and assesses every voice as of the
/// last day listened to.
///
/// # Errors
/// `Forbidden` for those who may not import; `NotFound` for an unknown program.
pub async fn rebuild(db: &Db, actor: &Actor, program: ProgramId) -> Result<Rebuilt> {
    actor.may(Verb::Import)?;
    program::store::find(&mut db.read().await?, program).await?.ok_or(Error::NotFound)?;
    let mut tx = db.begin().await?;
    let mut rebuilt = Rebuilt { days: volume::store::rebuild(&mut tx, program).await?, ..Rebuilt::default() };
    (rebuilt.topic_days, rebuilt.mended) = topic::store::rebuild_days(&mut tx, program).await?;
    rebuilt.mended += movement::store::rebuild(&mut tx, program).await? + segment::store::recount(&mut tx, program).await?;
    tx.commit().await?;
    rebuilt.posts = mention::index::rebuild(db, program).await?;
    let mut after = None;
    loop {
        let mut tx = db.begin().await?;
        let voices = author::store::list_after(&mut tx, program, after, VOICES).await?;
        let Some(last) = voices.last() else { return Ok(rebuilt) };
        after = Some(*last);
        let mut posts: HashMap<AuthorId, Vec<Mention>> = HashMap::new();
        for post in mention::store::list_of_authors(&mut tx, &voices).await? {
            posts.entry(post.author_id).or_default().push(post);
        }
        for voice in &voices {
            rebuilt.voices += 1;
            let counts = counted(*voice, posts.get(voice).map_or(&[][..], Vec::as_slice));
            rebuilt.mended += u64::from(author::store::set_counts(&mut tx, &counts).await?);
        }
        author::store::recompute_times(&mut tx, &voices).await?;
        rebuilt.mended += segment::act::recount(&mut tx, program, &voices).await?;
        rebuilt.assessed += u64::try_from(segment::act::assess(&mut tx, now(), program, &voices).await?).unwrap_or(0);
        tx.commit().await?;
    }
}

/// Indexes and counts what was imported before there was an index of words: once, when a database comes from an earlier version.
///
/// # Errors
/// What the database says.
pub async fn catch_up(db: &Db, actor: &Actor) -> Result<()> {
    let mut tx = db.read().await?;
    if !search::store::is_empty(&mut tx).await? {
        return Ok(());
    }
    let programs = program::store::list(&mut tx).await?;
    drop(tx);
    for program in programs {
        rebuild(db, actor, program.id).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::Role;
    use crate::import::act::Options;
    use crate::mention::store::{Search, count};
    use crate::testing::each_db;
    use crate::testing::fixture::{self, SYSTEM, staff};
    use crate::volume::store::list_days;

    const COLUMNS: &str = "Datetime,Tweet Id,Text,Username\n";
    /// Zoe and Max in 2022, and a row that is left out.
    const FIRST: &str = "2022-03-01 10:00:00+00:00,15700000001,My laptop died and I hate this terrible support https://t.co/a,zoe_k\n\
        2022-04-01 10:00:00+00:00,15700000003,I love the great new screen so much,MaxO\n\
        2022-04-01 10:00:00+00:00,15700000004,#ERROR!,MaxO\n";
    /// Zoe again, a year later.
    const SECOND: &str = "2023-03-01 10:00:00+00:00,15700000002,It died again. Awful.,zoe_k\n";

    async fn import(db: &Db, rows: &str, at: Option<Time>) -> ProgramId {
        fixture::import(db, &format!("{COLUMNS}{rows}"), Options { at, ..Options::default() }).await.0
    }

    async fn imported(db: &Db) -> ProgramId {
        import(db, &format!("{FIRST}{SECOND}"), None).await
    }

    fn time(text: &str) -> Time {
        text.parse().expect("a time")
    }

    async fn posts(db: &Db, program: ProgramId) -> i64 {
        let search = Search { program: Some(program), ..Search::default() };
        count(&mut db.read().await.expect("tx"), &search).await.expect("a count")
    }

    #[tokio::test]
    async fn an_objection_names_a_network_that_is_known() {
        each_db(|db| async move {
            let rows = "Datetime,Tweet Id,Text,Username,Source\n\
                2022-03-01 10:00:00+00:00,15700000001,My laptop died again,zoe_k,Reddit\n\
                2022-03-01 10:00:00+00:00,15700000002,My laptop died again today,zoe_k,forum.alpha.org\n\
                2022-04-01 10:00:00+00:00,15700000003,I love the new screen so much,MaxO,Twitter\n";
            fixture::import(&db, rows, Options::default()).await;
            let mut tx = db.begin().await.expect("tx");
            let said = |found: Result<String>| found.unwrap_or_else(|error| error.to_string());
            assert_eq!(said(network_of(&mut tx, &SYSTEM, "@MaxO").await), "x");
            assert_eq!(said(network_of(&mut tx, &SYSTEM, "nobody_yet").await), "x", "before it was ever heard");
            assert!(said(network_of(&mut tx, &SYSTEM, "zoe_k").await).contains("forum.alpha.org, reddit"));

            let unknown = object(&mut tx, &SYSTEM, now(), "foo", "zoe_k").await.expect_err("no network").to_string();
            assert!(unknown.contains("“foo”") && unknown.contains("forum.alpha.org"), "{unknown}");
            let nothing = object(&mut tx, &SYSTEM, now(), "Twitter", "zoe_k").await.expect("kept for later");
            assert_eq!((nothing.known, nothing.network.as_str()), (false, "x"));
            assert_eq!(nothing.elsewhere, ["forum.alpha.org", "reddit"]);
            let taken = object(&mut tx, &SYSTEM, now(), "reddit", "zoe_k").await.expect("erased");
            assert_eq!((taken.known, taken.elsewhere), (true, vec!["forum.alpha.org".to_owned()]));
        })
        .await;
    }

    #[tokio::test]
    async fn posts_go_their_months_after_they_were_imported_and_their_counts_with_them() {
        each_db(|db| async move {
            let program = import(&db, FIRST, Some(time("2022-05-01T00:00:00Z"))).await;
            import(&db, SECOND, Some(time("2023-04-01T00:00:00Z"))).await;
            assert_eq!(posts(&db, program).await, 3);
            assert_eq!(
                purge(&db, &SYSTEM, time("2024-04-15T00:00:00Z")).await.expect("purged").posts,
                0,
                "written over, imported under 24 months ago"
            );
            let now = time("2024-06-01T00:00:00Z");
            assert_eq!(purge(&db, &SYSTEM, now).await.expect("purged").posts, 2);
            assert_eq!(posts(&db, program).await, 1);
            let mut tx = db.read().await.expect("tx");
            assert!(
                author::store::find_by_handle(&mut tx, program, "x", "maxo").await.expect("read").is_none(),
                "whose posts are all gone"
            );
            let zoe = author::store::find_by_handle(&mut tx, program, "x", "zoe_k").await.expect("read").expect("zoe");
            assert_eq!((zoe.posts, zoe.links), (1, 0));
            drop(tx);
            assert_eq!(purge(&db, &SYSTEM, now).await.expect("again").posts, 0);
        })
        .await;
    }

    #[tokio::test]
    async fn raw_rows_are_emptied_after_their_days_and_say_still_why_they_were_left_out() {
        each_db(|db| async move {
            imported(&db).await;
            let later = now() + Duration::days(80);
            assert_eq!(purge(&db, &SYSTEM, later).await.expect("purged").raw_rows, 0);
            let purged = purge(&db, &SYSTEM, later + Duration::days(20)).await.expect("purged");
            assert_eq!(purged.raw_rows, 4);
            let mut tx = db.read().await.expect("tx");
            let run = fixture::newest_import(&mut tx).await;
            let rows = import::rows::list(&mut tx, &SYSTEM, &run, None, 0, 9).await.expect("rows");
            assert_eq!(rows.len(), 4);
            assert!(rows.iter().all(|row| row.raw.is_none()), "{rows:?}");
            assert!(rows[2].ended.reason.contains("spreadsheet"), "{rows:?}");
        })
        .await;
    }

    #[tokio::test]
    async fn a_voice_that_objects_is_gone_and_never_comes_back() {
        each_db(|db| async move {
            let program = imported(&db).await;
            let mut tx = db.begin().await.expect("tx");
            let now = now();
            let zoe = erasure::act::find(&mut tx, "@zoe_k").await.expect("found");
            let data = erasure::act::export(&mut tx, &SYSTEM, now, &zoe).await.expect("exported");
            let rows = data["tables"]["raw_block"].as_array().expect("rows as they stood");
            assert!(rows.len() == 2 && rows[0]["row"].as_str().is_some_and(|row| row.contains("zoe_k")), "{rows:?}");
            assert!(matches!(object(&mut tx, &staff(), now, "x", "zoe_k").await, Err(Error::Forbidden)));
            assert!(object(&mut tx, &SYSTEM, now, "x", "@Zoe_K").await.expect("objected").known);
            assert!(!object(&mut tx, &SYSTEM, now, "x", "somebody").await.expect("objected").known);
            let run = fixture::newest_import(&mut tx).await;
            let kept = import::rows::list(&mut tx, &SYSTEM, &run, None, 0, 9).await.expect("rows");
            let kept: Vec<_> = kept.into_iter().filter_map(|row| row.raw).collect();
            assert_eq!(kept.len(), 2, "hers are gone: {kept:?}");
            assert!(kept.iter().all(|raw| raw.contains("MaxO")), "{kept:?}");
            tx.commit().await.expect("commit");
            assert_eq!(posts(&db, program).await, 1);
            let rebuilt = rebuild(&db, &SYSTEM, program).await.expect("rebuilt");
            assert_eq!(
                rebuilt,
                Rebuilt { days: 1, posts: 1, voices: 1, topic_days: 1, ..Rebuilt::default() },
                "her days are no longer counted"
            );
            imported(&db).await;
            assert_eq!(posts(&db, program).await, 1, "the same export brings nothing of hers");
        })
        .await;
    }

    #[tokio::test]
    async fn what_was_deleted_at_its_source_goes_by_its_id() {
        each_db(|db| async move {
            let program = imported(&db).await;
            imported(&db).await;
            let ids = ["15700000001".to_owned(), "999".to_owned()];
            let viewer = Actor::Account { id: crate::ids::AccountId::new(), role: Role::Viewer, unit: None, name: "V".into() };
            let now = now();
            assert!(matches!(remove(&db, &viewer, now, program, &ids).await, Err(Error::Forbidden)));
            assert_eq!(remove(&db, &staff(), now, program, &ids).await.expect("removed"), 1);
            assert_eq!(posts(&db, program).await, 2);
            let mut tx = db.read().await.expect("tx");
            let again = fixture::newest_import(&mut tx).await;
            let rows = import::rows::list(&mut tx, &SYSTEM, &again, None, 0, 9).await.expect("rows");
            let kept: Vec<_> = rows.iter().map(|row| row.raw.is_some()).collect();
            assert_eq!(kept, [false, true, true, true], "nor is the row kept that repeated it: {rows:?}");
            drop(tx);
            let mut tx = db.begin().await.expect("tx");
            let more = ["15700000002".to_owned()];
            assert!(matches!(remove_few(&mut tx, &viewer, now, program, &more).await, Err(Error::Forbidden)));
            assert!(matches!(remove_few(&mut tx, &staff(), now, program, &[]).await, Err(Error::Invalid(_))));
            assert_eq!(remove_few(&mut tx, &staff(), now, program, &more).await.expect("removed"), 1);
            tx.commit().await.expect("commit");
            assert_eq!(posts(&db, program).await, 1);
        })
        .await;
    }

    #[tokio::test]
    async fn roll_ups_counted_anew_are_those_that_were_kept() {
        each_db(|db| async move {
            let program = imported(&db).await;
            let before = list_days(&mut db.read().await.expect("tx"), program, None, None).await.expect("days");
            let rebuilt = rebuild(&db, &SYSTEM, program).await.expect("rebuilt");
            assert_eq!(rebuilt, Rebuilt { days: 3, posts: 3, voices: 2, topic_days: 3, ..Rebuilt::default() });
            let after = list_days(&mut db.read().await.expect("tx"), program, None, None).await.expect("days");
            assert_eq!(before, after);

            let mut tx = db.begin().await.expect("tx");
            crate::sql!(tx, |c| sqlx::query("UPDATE author SET negative = 7, links = 9").execute(c).await.map(|_| ())).expect("a mess");
            crate::sql!(tx, |c| sqlx::query("DELETE FROM mention_day").execute(c).await.map(|_| ())).expect("a mess");
            tx.commit().await.expect("commit");
            assert_eq!(rebuild(&db, &SYSTEM, program).await.expect("rebuilt").mended, 2);
            assert_eq!(list_days(&mut db.read().await.expect("tx"), program, None, None).await.expect("days"), before);
        })
        .await;
    }
}
