//! The tables `author` and `objection`.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::{NaiveDate, NaiveTime};
use sqlx::AssertSqlSafe;
use uuid::Uuid;

use super::habits::Habits;
use super::rules::formerly;
use super::{Author, Standing};
use crate::clock::Time;
use crate::db::{Erase, Filter, Subject, Table, Tx, bulk};
use crate::error::Result;
use crate::ids::{AuthorId, ProgramId};
use crate::{affected, bind_all, program, rows_in, run_in, sql};

/// The tables written here. An erased voice keeps its counts and nothing that names it; an objection is a keyed hash.
pub const TABLES: &[Table] = &[
    Table {
        name: "author",
        people: &[(Subject::Author, "id")],
        personal: &[
            ("handle", Erase::Unique),
            ("handle_key", Erase::Unique),
            ("name", Erase::Null),
            ("followers", Erase::Null),
            ("followers_at", Erase::Null),
            ("standing_reason", Erase::Null),
        ],
        columns: &[
            "id",
            "program_id",
            "network",
            "standing",
            "standing_by",
            "posts",
            "negative",
            "positive",
            "links",
            "promotional",
            "copies",
            "busiest_day",
            "busiest_hour",
            "busiest_minute",
            "reach",
            "reach_posts",
            "engagement",
            "engagement_posts",
            "first_at",
            "last_at",
        ],
    },
    Table::plain("objection", &["handle_hash", "at"]),
];

const SELECT: &str = "SELECT id, program_id, network, handle, name, followers, followers_at, CASE WHEN reach_posts > 0 THEN reach END AS reach, CASE WHEN engagement_posts > 0 THEN engagement END AS engagement, standing, standing_reason, standing_by, posts, negative, positive, links, promotional, copies, busiest_day, busiest_hour, busiest_minute, first_at, last_at FROM author";

/// What posts add to (or take from) one voice's roll-up.
#[derive(Clone, Debug)]
pub struct Change {
    pub id: AuthorId,
    pub name: Option<String>,
    /// As the newest of these posts says, and when it was written.
    pub followers: Option<(i64, Time)>,
    pub posts: i64,
    pub negative: i64,
    pub positive: i64,
    pub links: i64,
    pub promotional: i64,
    /// The sum over the posts that say it, and how many do.
    pub reach: (i64, i64),
    pub engagement: (i64, i64),
    pub first_at: Time,
    pub last_at: Time,
}

impl Change {
    /// An empty change; its times lie where a post of the voice is, so they change nothing.
    #[must_use]
    pub const fn none(id: AuthorId, at: Time) -> Self {
        Self {
            id,
            name: None,
            followers: None,
            posts: 0,
            negative: 0,
            positive: 0,
            links: 0,
            promotional: 0,
            reach: (0, 0),
            engagement: (0, 0),
            first_at: at,
            last_at: at,
        }
    }

    /// A post says how many follow the voice: the newest one is believed.
    pub fn followed(&mut self, by: i64, at: Time) {
        if self.followers.is_none_or(|(_, known)| known <= at) {
            self.followers = Some((by, at));
        }
    }
}

/// A voice as an import first meets it.
#[derive(Clone, Debug)]
pub struct New {
    pub network: String,
    pub handle: String,
    pub key: String,
    pub standing: Standing,
    pub standing_reason: Option<String>,
    /// Its id, its name, and what its first posts add up to.
    pub first: Change,
}

/// One voice.
pub async fn find(tx: &mut Tx, id: AuthorId) -> Result<Option<Author>> {
    let statement = format!("{SELECT} WHERE id = $1");
    Ok(sql!(tx, |c| sqlx::query_as(AssertSqlSafe(statement.clone())).bind(id).fetch_optional(c).await)?)
}

/// The program of a voice.
pub async fn find_program(tx: &mut Tx, id: AuthorId) -> Result<Option<ProgramId>> {
    Ok(sql!(tx, |c| sqlx::query_scalar("SELECT program_id FROM author WHERE id = $1").bind(id).fetch_optional(c).await)?)
}

/// Lets no import assess this voice anew until the transaction ends.
pub async fn hold(tx: &mut Tx, id: AuthorId) -> Result<()> {
    match find_program(tx, id).await? {
        Some(program) => program::store::hold(tx, program).await,
        None => Ok(()),
    }
}

/// One voice by its network and its handle in lower case.
pub async fn find_by_handle(tx: &mut Tx, program: ProgramId, network: &str, key: &str) -> Result<Option<Author>> {
    let statement = format!("{SELECT} WHERE program_id = $1 AND network = $2 AND handle_key = $3");
    Ok(sql!(tx, |c| sqlx::query_as(AssertSqlSafe(statement.clone())).bind(program).bind(network).bind(key).fetch_optional(c).await)?)
}

/// The networks on which there are voices.
pub async fn list_networks(tx: &mut Tx) -> Result<Vec<String>> {
    Ok(sql!(tx, |c| sqlx::query_scalar("SELECT DISTINCT network FROM author ORDER BY network").fetch_all(c).await)?)
}

/// The networks on which there is a voice with this handle.
pub async fn list_networks_of(tx: &mut Tx, key: &str) -> Result<Vec<String>> {
    Ok(sql!(tx, |c| sqlx::query_scalar("SELECT DISTINCT network FROM author WHERE handle_key = $1 ORDER BY network")
        .bind(key)
        .fetch_all(c)
        .await)?)
}

/// Several voices, in no order.
pub async fn list(tx: &mut Tx, ids: &[AuthorId]) -> Result<Vec<Author>> {
    Ok(rows_in!(tx, query_as, ids, &format!("{SELECT} WHERE id IN ({{}})"), []))
}

/// What assessing a voice asks of it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Brief {
    pub id: AuthorId,
    pub handle: String,
    pub name: Option<String>,
    pub standing: Standing,
    pub standing_reason: Option<String>,
    /// Whether a person said so.
    pub decided: bool,
    /// As they are kept.
    #[sqlx(flatten)]
    pub habits: Habits,
}

/// Several voices, in no order, as assessing them needs: an import assesses them by the hundred.
pub async fn list_briefs(tx: &mut Tx, ids: &[AuthorId]) -> Result<Vec<Brief>> {
    Ok(rows_in!(
        tx,
        query_as,
        ids,
        "SELECT id, handle, name, standing, standing_reason, standing_by IS NOT NULL AS decided, posts, negative, links, promotional, copies,
             busiest_day, busiest_hour, busiest_minute
         FROM author WHERE id IN ({})",
        []
    ))
}

/// The ids of those of these (network, handle key) that are known, with their standing. It is asked network by network: an index finds
/// handles behind their network only.
pub async fn list_known(tx: &mut Tx, program: ProgramId, keys: &[(String, String)]) -> Result<Vec<(AuthorId, String, String, Standing)>> {
    let mut networks: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (network, key) in keys {
        networks.entry(network).or_default().push(key);
    }
    let mut known = Vec::new();
    for (network, keys) in networks {
        let found: Vec<(AuthorId, String, Standing)> = rows_in!(
            tx,
            query_as,
            &keys,
            "SELECT id, handle_key, standing FROM author WHERE program_id = $1 AND network = $2 AND handle_key IN ({})",
            [program, network]
        );
        known.extend(found.into_iter().map(|(id, key, standing)| (id, network.to_owned(), key, standing)));
    }
    Ok(known)
}

/// Adds voices that are not known, with their first counts.
pub async fn create(tx: &mut Tx, program: ProgramId, voices: &[New]) -> Result<()> {
    bulk::write(
        tx,
        "INSERT INTO author (id, program_id, network, handle, handle_key, name, followers, followers_at, standing, standing_reason, posts,
             negative, positive, links, promotional, reach, reach_posts, engagement, engagement_posts, first_at, last_at) {}",
        voices,
        |New { network, handle, key, standing, standing_reason, first }| {
            [
                first.id.into(),
                program.into(),
                network.into(),
                handle.into(),
                key.into(),
                (&first.name).into(),
                first.followers.map(|(by, _)| by).into(),
                first.followers.map(|(_, at)| at).into(),
                (*standing).into(),
                standing_reason.into(),
                first.posts.into(),
                first.negative.into(),
                first.positive.into(),
                first.links.into(),
                first.promotional.into(),
                first.reach.0.into(),
                first.reach.1.into(),
                first.engagement.0.into(),
                first.engagement.1.into(),
                first.first_at.into(),
                first.last_at.into(),
            ]
        },
    )
    .await?;
    Ok(())
}

/// Adds to roll-ups. A voice may occur once only in `changes`.
pub async fn add(tx: &mut Tx, changes: &[Change]) -> Result<()> {
    bulk::write(
        tx,
        "UPDATE author SET name = COALESCE(d.column2, author.name),
             followers = CASE WHEN d.column4 >= COALESCE(author.followers_at, d.column4) THEN d.column3 ELSE author.followers END,
             followers_at = CASE WHEN d.column4 >= COALESCE(author.followers_at, d.column4) THEN d.column4 ELSE author.followers_at END,
             posts = author.posts + d.column5, negative = author.negative + d.column6, positive = author.positive + d.column7,
             links = author.links + d.column8, promotional = author.promotional + d.column9,
             reach = author.reach + d.column10, reach_posts = author.reach_posts + d.column11,
             engagement = author.engagement + d.column12, engagement_posts = author.engagement_posts + d.column13,
             first_at = CASE WHEN author.first_at <= d.column14 THEN author.first_at ELSE d.column14 END,
             last_at = CASE WHEN author.last_at >= d.column15 THEN author.last_at ELSE d.column15 END
         FROM ({}) AS d WHERE author.id = d.column1",
        changes,
        |change| {
            [
                change.id.into(),
                (&change.name).into(),
                change.followers.map(|(by, _)| by).into(),
                change.followers.map(|(_, at)| at).into(),
                change.posts.into(),
                change.negative.into(),
                change.positive.into(),
                change.links.into(),
                change.promotional.into(),
                change.reach.0.into(),
                change.reach.1.into(),
                change.engagement.0.into(),
                change.engagement.1.into(),
                change.first_at.into(),
                change.last_at.into(),
            ]
        },
    )
    .await?;
    Ok(())
}

/// Recomputes first and last time of voices that lost posts.
pub async fn recompute_times(tx: &mut Tx, ids: &[AuthorId]) -> Result<()> {
    run_in!(
        tx,
        ids,
        "UPDATE author SET first_at = (SELECT MIN(m.at) FROM mention m WHERE m.author_id = author.id),
             last_at = (SELECT MAX(m.at) FROM mention m WHERE m.author_id = author.id)
         WHERE id IN ({})",
        []
    );
    Ok(())
}

/// Those of these voices that no candidate and no claim points to.
pub async fn list_unused(tx: &mut Tx, ids: &[AuthorId]) -> Result<Vec<AuthorId>> {
    Ok(rows_in!(
        tx,
        query_scalar,
        ids,
        "SELECT id FROM author WHERE id IN ({}) AND NOT EXISTS (SELECT 1 FROM candidate c WHERE c.author_id = author.id)
             AND NOT EXISTS (SELECT 1 FROM claim k WHERE k.one_id = author.id) AND NOT EXISTS (SELECT 1 FROM claim k WHERE k.other_id = author.id)",
        []
    ))
}

/// Deletes voices that have no posts left.
pub async fn delete(tx: &mut Tx, ids: &[AuthorId]) -> Result<()> {
    run_in!(tx, ids, "DELETE FROM author WHERE posts = 0 AND id IN ({})", []);
    Ok(())
}

/// Sets a voice aside or brings it back, as the person `by` decided.
pub async fn set_standing(tx: &mut Tx, id: AuthorId, standing: Standing, reason: &str, by: Uuid) -> Result<()> {
    sql!(tx, |c| sqlx::query("UPDATE author SET standing = $2, standing_reason = $3, standing_by = $4 WHERE id = $1")
        .bind(id)
        .bind(standing)
        .bind(reason)
        .bind(by)
        .execute(c)
        .await
        .map(|_| ()))?;
    Ok(())
}

/// Keeps what the rules say of a voice; they never change what a person decided.
pub async fn judge(tx: &mut Tx, id: AuthorId, standing: Standing, reason: Option<&str>) -> Result<()> {
    sql!(tx, |c| sqlx::query("UPDATE author SET standing = $2, standing_reason = $3 WHERE id = $1 AND standing_by IS NULL")
        .bind(id)
        .bind(standing)
        .bind(reason)
        .execute(c)
        .await
        .map(|_| ()))?;
    Ok(())
}

/// Keeps what posts of some voices add up to beyond their counts.
pub async fn set_habits(tx: &mut Tx, habits: &[(AuthorId, Habits)]) -> Result<()> {
    bulk::write(
        tx,
        "UPDATE author SET copies = d.column2, busiest_day = d.column3, busiest_hour = d.column4, busiest_minute = d.column5
         FROM ({}) AS d WHERE author.id = d.column1",
        habits,
        |(id, habits)| {
            [(*id).into(), habits.copies.into(), habits.busiest_day.into(), habits.busiest_hour.into(), habits.busiest_minute.into()]
        },
    )
    .await?;
    Ok(())
}

/// Whom a list of voices set aside is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Which {
    /// Everybody who is set aside.
    #[default]
    Aside,
    /// Those of one kind.
    Kind(Standing),
    /// Those whom a person brought back.
    BroughtBack,
}

/// What a person looks for among voices that are set aside.
#[derive(Clone, Debug)]
pub struct Search {
    pub program: ProgramId,
    pub which: Which,
    pub text: String,
    /// Whether a person decided, or a rule; none: either.
    pub by_person: Option<bool>,
}

impl Search {
    fn filter(&self, tx: &Tx) -> Filter {
        let mut filter = Filter::new();
        filter.and("a.program_id = ?", [self.program.0.into()]);
        match self.which {
            Which::Aside => filter.and("a.standing <> 'counted'", []),
            Which::Kind(standing) => filter.and("a.standing <> 'counted' AND a.standing = ?", [standing.as_str().into()]),
            Which::BroughtBack => filter.and("a.standing = 'counted' AND a.standing_by IS NOT NULL", []),
        };
        match self.by_person {
            Some(true) => filter.and("a.standing_by IS NOT NULL", []),
            Some(false) => filter.and("a.standing_by IS NULL", []),
            None => &mut filter,
        };
        if !self.text.trim().is_empty() {
            filter.contains(tx, &["a.handle", "a.name"], self.text.trim().trim_start_matches('@'));
        }
        filter.and("NOT EXISTS (SELECT 1 FROM erasure e WHERE e.subject_id = a.id)", []);
        filter
    }
}

/// Voices that are set aside or were brought back: by kind, the loudest first.
pub async fn list_aside(tx: &mut Tx, search: &Search, most: i64, skip: i64) -> Result<Vec<Author>> {
    let filter = search.filter(tx);
    let (limit, offset) = (filter.next(), filter.next() + 1);
    let statement = format!("{SELECT} a{} ORDER BY a.standing, a.posts DESC, a.id LIMIT ${limit} OFFSET ${offset}", filter.clause());
    Ok(sql!(tx, |c| bind_all!(sqlx::query_as(AssertSqlSafe(statement.clone())), filter.values()).bind(most).bind(skip).fetch_all(c).await)?)
}

/// How many the list holds.
pub async fn count_aside(tx: &mut Tx, search: &Search) -> Result<i64> {
    let filter = search.filter(tx);
    let statement = format!("SELECT COUNT(*) FROM author a{}", filter.clause());
    Ok(sql!(tx, |c| bind_all!(sqlx::query_scalar(AssertSqlSafe(statement.clone())), filter.values()).fetch_one(c).await)?)
}

/// How many voices are set aside, by kind.
pub async fn count_kinds(tx: &mut Tx, program: ProgramId) -> Result<Vec<(Standing, i64)>> {
    Ok(sql!(tx, |c| sqlx::query_as(
        "SELECT a.standing, COUNT(*) FROM author a WHERE a.program_id = $1 AND a.standing <> 'counted'
             AND NOT EXISTS (SELECT 1 FROM erasure e WHERE e.subject_id = a.id)
         GROUP BY a.standing"
    )
    .bind(program)
    .fetch_all(c)
    .await)?)
}

/// How far new voices are counted.
pub const COUNTED: i64 = 10_000;

/// The first moment of a day and of the day after another.
fn moments(since: NaiveDate, until: NaiveDate) -> (Time, Time) {
    let midnight = |day: NaiveDate| day.and_time(NaiveTime::MIN).and_utc();
    (midnight(since), until.succ_opt().map_or(Time::MAX_UTC, midnight))
}

/// How many voices were first heard from one day to another, one more than `COUNTED` at most.
pub async fn count_new(tx: &mut Tx, program: ProgramId, since: NaiveDate, until: NaiveDate) -> Result<i64> {
    let (from, to) = moments(since, until);
    let statement = format!(
        "SELECT COUNT(*) FROM (SELECT 1 FROM author WHERE program_id = $1 AND first_at >= $2 AND first_at < $3 LIMIT {}) found",
        COUNTED + 1
    );
    Ok(sql!(tx, |c| sqlx::query_scalar(AssertSqlSafe(statement.clone())).bind(program).bind(from).bind(to).fetch_one(c).await)?)
}

/// The loudest of the voices that were first heard from one day to another: by posts, then by followers. Where `new` says that they are
/// many, only those with ten posts are looked at, which an index holds apart.
pub async fn list_new(tx: &mut Tx, program: ProgramId, since: NaiveDate, until: NaiveDate, new: i64, most: i64) -> Result<Vec<Author>> {
    let (from, to) = moments(since, until);
    let loud = if new > COUNTED { "posts >= 10" } else { "posts > 0" };
    let statement = format!(
        "{SELECT} WHERE program_id = $1 AND {loud} AND first_at >= $2 AND first_at < $3 AND standing = 'counted'
             AND NOT EXISTS (SELECT 1 FROM erasure e WHERE e.subject_id = author.id)
         ORDER BY posts DESC, followers DESC NULLS LAST, id LIMIT $4"
    );
    Ok(sql!(tx, |c| sqlx::query_as(AssertSqlSafe(statement.clone())).bind(program).bind(from).bind(to).bind(most).fetch_all(c).await)?)
}

/// The keyed hash under which a handle's objection is kept.
#[must_use]
fn objection_hash(tx: &Tx, network: &str, key: &str) -> String {
    tx.secret().derive("objection", format!("{network}\n{key}").as_bytes())
}

/// How many objections are kept, and when the newest came.
pub async fn count_objections(tx: &mut Tx) -> Result<(i64, Option<Time>)> {
    Ok(sql!(tx, |c| sqlx::query_as("SELECT COUNT(*), MAX(at) FROM objection").fetch_one(c).await)?)
}

/// All opt-outs: their hashes, and when they came.
pub async fn list_objections(tx: &mut Tx) -> Result<Vec<(String, Time)>> {
    Ok(sql!(tx, |c| sqlx::query_as("SELECT handle_hash, at FROM objection ORDER BY at, handle_hash").fetch_all(c).await)?)
}

/// Keeps opt-outs, by their hashes, that another database has.
pub async fn create_objections(tx: &mut Tx, opted_out: &BTreeMap<String, Time>) -> Result<()> {
    let opted_out: Vec<_> = opted_out.iter().collect();
    const CREATE: &str =
        "INSERT INTO objection (handle_hash, at) SELECT column1, column2 FROM ({}) d WHERE 1 = 1 ON CONFLICT (handle_hash) DO NOTHING";
    bulk::write(tx, CREATE, &opted_out, |(hash, at)| [(*hash).into(), (**at).into()]).await?;
    Ok(())
}

/// Keeps a handle out of every later import.
pub async fn object(tx: &mut Tx, network: &str, key: &str, now: Time) -> Result<()> {
    let hash = objection_hash(tx, network, key);
    sql!(tx, |c| sqlx::query("INSERT INTO objection (handle_hash, at) VALUES ($1, $2) ON CONFLICT (handle_hash) DO NOTHING")
        .bind(&hash)
        .bind(now)
        .execute(c)
        .await
        .map(|_| ()))?;
    Ok(())
}

/// Those of these voices (network, handle key) that have objected; one on a site, also where it objected to what such sites were once
/// called together.
pub async fn list_objected(tx: &mut Tx, voices: &[(String, String)]) -> Result<HashSet<(String, String)>> {
    let any: Option<String> = sql!(tx, |c| sqlx::query_scalar("SELECT handle_hash FROM objection LIMIT 1").fetch_optional(c).await)?;
    if any.is_none() {
        return Ok(HashSet::new());
    }
    let mut voices_of: HashMap<String, Vec<&(String, String)>> = HashMap::new();
    for voice @ (network, key) in voices {
        for network in std::iter::once(network.as_str()).chain(formerly(network)) {
            voices_of.entry(objection_hash(tx, network, key)).or_default().push(voice);
        }
    }
    let hashes: Vec<&str> = voices_of.keys().map(String::as_str).collect();
    let found: Vec<String> = rows_in!(tx, query_scalar, &hashes, "SELECT handle_hash FROM objection WHERE handle_hash IN ({})", []);
    Ok(found.iter().filter_map(|hash| voices_of.get(hash)).flatten().map(|voice| (*voice).clone()).collect())
}

/// The program's voices after `after`, in the order of their ids. Those erased are left out: their posts are gone, and what they
/// had added up to is all that is kept of them.
pub async fn list_after(tx: &mut Tx, program: ProgramId, after: Option<AuthorId>, most: i64) -> Result<Vec<AuthorId>> {
    let after = after.map_or_else(Uuid::nil, |id| id.0);
    Ok(sql!(tx, |c| sqlx::query_scalar(
        "SELECT id FROM author WHERE program_id = $1 AND id > $2
             AND NOT EXISTS (SELECT 1 FROM erasure e WHERE e.subject_id = author.id)
         ORDER BY id LIMIT $3"
    )
    .bind(program)
    .bind(after)
    .bind(most)
    .fetch_all(c)
    .await)?)
}

/// Which voices could move with other settings: they count, wrote enough, and nobody decided about them.
const UNDECIDED: &str = "FROM author a WHERE a.program_id = $1 AND a.posts >= $2 AND a.standing = 'counted'
     AND NOT EXISTS (SELECT 1 FROM assessment s WHERE s.author_id = a.id AND s.superseded_at IS NULL AND s.origin = 'overruled')";

/// How many voices with so many posts nobody decided about.
pub async fn count_undecided(tx: &mut Tx, program: ProgramId, posts: i64) -> Result<i64> {
    let statement = format!("SELECT COUNT(*) {UNDECIDED}");
    Ok(sql!(tx, |c| sqlx::query_scalar(AssertSqlSafe(statement.clone())).bind(program).bind(posts).fetch_one(c).await)?)
}

/// Some of them, drawn by lot.
pub async fn draw_undecided(tx: &mut Tx, program: ProgramId, posts: i64, most: i64) -> Result<Vec<AuthorId>> {
    let statement = format!("SELECT a.id {UNDECIDED} ORDER BY RANDOM() LIMIT $3");
    Ok(sql!(tx, |c| sqlx::query_scalar(AssertSqlSafe(statement.clone())).bind(program).bind(posts).bind(most).fetch_all(c).await)?)
}

/// Sets a voice's counts. Gives whether they were others.
pub async fn set_counts(tx: &mut Tx, counts: &Change) -> Result<bool> {
    let changed = affected!(tx, |c| sqlx::query(
        "UPDATE author SET posts = $2, negative = $3, positive = $4, links = $5, promotional = $6, reach = $7, reach_posts = $8,
             engagement = $9, engagement_posts = $10
         WHERE id = $1 AND (posts <> $2 OR negative <> $3 OR positive <> $4 OR links <> $5 OR promotional <> $6 OR reach <> $7
             OR reach_posts <> $8 OR engagement <> $9 OR engagement_posts <> $10)"
    )
    .bind(counts.id)
    .bind(counts.posts)
    .bind(counts.negative)
    .bind(counts.positive)
    .bind(counts.links)
    .bind(counts.promotional)
    .bind(counts.reach.0)
    .bind(counts.reach.1)
    .bind(counts.engagement.0)
    .bind(counts.engagement.1)
    .execute(c)
    .await)?;
    Ok(changed > 0)
}
