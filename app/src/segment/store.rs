//! The tables `assessment`, `segment_count` and `segment_setting`, and the ranking over the first.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde_json::json;
use sqlx::AssertSqlSafe;
use sqlx::types::Json;

use super::{Assessment, Origin, Ranked, Segment, Settings, rules};
use crate::author::Standing;
use crate::clock::Time;
use crate::db::{Erase, Filter, Subject, Table, Tx, bulk};
use crate::error::Result;
use crate::ids::{AssessmentId, AuthorId, CustomerId, ProgramId};
use crate::{affected, bind_all, mention, rows_in, run_in, sql};

/// The tables written here. An assessment is about a person through and through: it goes with them.
pub const TABLES: &[Table] = &[
    Table {
        name: "assessment",
        people: &[(Subject::Author, "author_id"), (Subject::Customer, "customer_id")],
        personal: &[("reasons", Erase::Row)],
        columns: &[
            "id",
            "program_id",
            "author_id",
            "customer_id",
            "segment",
            "score",
            "confidence",
            "origin",
            "by_account",
            "at",
            "superseded_at",
        ],
    },
    Table::plain("segment_count", &["program_id", "segment", "people"]),
    Table::plain("segment_setting", &["program_id", "settings", "revision", "changed_by", "changed_at"]),
];

/// Whom an assessment is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Who {
    Author(AuthorId),
    Customer(CustomerId),
}

/// Which segment is looked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Wanted {
    #[default]
    Any,
    NoneYet,
    In(Segment),
}

text_enum! {
    /// What a ranking goes by.
    pub enum Order {
        Score = "score", "score";
        Confidence = "confidence", "confidence";
        Posts = "posts", "posts";
        Newest = "newest", "last post";
        Followers = "followers", "followers";
        Reach = "reach", "reach";
        Engagement = "engagement", "engagement";
    }
}

/// What a person looks for in the ranking of voices.
#[derive(Clone, Debug, PartialEq)]
pub struct Search {
    pub program: ProgramId,
    pub wanted: Wanted,
    /// None: every voice, those set aside too.
    pub standing: Option<Standing>,
    pub text: String,
    pub min_posts: i64,
    /// At least so much reach; 0: whatever it is, also unknown.
    pub min_reach: i64,
    pub min_confidence: f64,
    pub language: String,
    pub country: String,
    pub order: Order,
}

impl Search {
    /// Everybody who counts, by score.
    #[must_use]
    pub fn of(program: ProgramId, wanted: Wanted) -> Self {
        Self {
            program,
            wanted,
            standing: Some(Standing::Counted),
            text: String::new(),
            min_posts: 0,
            min_reach: 0,
            min_confidence: 0.0,
            language: String::new(),
            country: String::new(),
            order: Order::Score,
        }
    }

    /// Apathetics are customers; all others are voices.
    fn is_about_customers(&self) -> bool {
        self.wanted == Wanted::In(Segment::Apathetic)
    }

    /// How many it finds, where all voices of a segment are asked for: those that `count_segments` counted.
    #[must_use]
    pub fn told(&self, segments: &[(Option<Segment>, i64)]) -> Option<i64> {
        let segment = match self.wanted {
            Wanted::In(segment) if !self.is_about_customers() => Some(segment),
            Wanted::NoneYet => None,
            Wanted::In(_) | Wanted::Any => return None,
        };
        let plain = Self { order: Order::Score, ..self.clone() } == Self::of(self.program, self.wanted);
        plain.then(|| segments.iter().find(|(found, _)| *found == segment).map_or(0, |(_, count)| *count))
    }

    fn filter(&self, tx: &Tx) -> Filter {
        let mut filter = Filter::new();
        filter.and("s.program_id = ?", [self.program.0.into()]).and("s.superseded_at IS NULL", []);
        match self.wanted {
            Wanted::Any => {}
            Wanted::NoneYet => {
                filter.and("s.segment IS NULL", []);
            }
            Wanted::In(segment) => {
                filter.and("s.segment = ?", [segment.as_str().into()]);
            }
        }
        if self.min_confidence > 0.0 {
            filter.and("s.confidence >= ?", [self.min_confidence.into()]);
        }
        if self.is_about_customers() {
            if !self.text.trim().is_empty() {
                filter.contains(tx, &["k.name", "k.products"], &self.text);
            }
            return filter;
        }
        if let Some(standing) = self.standing {
            filter.and("a.standing = ?", [standing.as_str().into()]);
        }
        if self.min_posts > 0 {
            filter.and("a.posts >= ?", [self.min_posts.into()]);
        }
        if self.min_reach > 0 {
            filter.and("a.reach_posts > 0 AND a.reach >= ?", [self.min_reach.into()]);
        }
        if !self.text.trim().is_empty() {
            filter.contains(tx, &["a.handle", "a.name"], self.text.trim().trim_start_matches('@'));
        }
        if !self.language.trim().is_empty() {
            filter.and(
                "EXISTS (SELECT 1 FROM mention l WHERE l.author_id = a.id AND lower(l.language) = ?)",
                [self.language.trim().to_lowercase().into()],
            );
        }
        if !self.country.trim().is_empty() {
            filter.and(
                "EXISTS (SELECT 1 FROM mention l WHERE l.author_id = a.id AND lower(l.country) = ?)",
                [self.country.trim().to_lowercase().into()],
            );
        }
        filter
    }
}

/// A page of the ranking.
pub async fn rank(tx: &mut Tx, search: &Search, most: i64, skip: i64) -> Result<Vec<Ranked>> {
    let filter = search.filter(tx);
    let (limit, offset) = (filter.next(), filter.next() + 1);
    let statement = if search.is_about_customers() {
        format!(
            "SELECT s.author_id, s.customer_id, k.name, CAST(NULL AS TEXT) AS network, CAST(NULL AS BIGINT) AS followers, CAST(NULL AS BIGINT) AS reach,
                 CAST(NULL AS BIGINT) AS engagement, 'counted' AS standing,
                 CAST(0 AS BIGINT) AS posts, CAST(0 AS BIGINT) AS negative, CAST(0 AS BIGINT) AS positive, k.last_contact_at AS last_at,
                 s.segment, s.score, s.confidence, s.reasons, s.origin
             FROM assessment s JOIN customer k ON k.id = s.customer_id{} ORDER BY s.score DESC, s.id LIMIT ${limit} OFFSET ${offset}",
            filter.clause()
        )
    } else {
        let order = match search.order {
            Order::Score => "s.score DESC",
            Order::Confidence => "s.confidence DESC",
            Order::Posts => "a.posts DESC",
            Order::Newest => "a.last_at DESC NULLS LAST",
            Order::Followers => "a.followers DESC NULLS LAST",
            Order::Reach => "CASE WHEN a.reach_posts > 0 THEN a.reach END DESC NULLS LAST",
            Order::Engagement => "CASE WHEN a.engagement_posts > 0 THEN a.engagement END DESC NULLS LAST",
        };
        format!(
            "SELECT s.author_id, s.customer_id, a.handle AS name, a.network, a.followers, CASE WHEN a.reach_posts > 0 THEN a.reach END AS reach,
                 CASE WHEN a.engagement_posts > 0 THEN a.engagement END AS engagement, a.standing, a.posts, a.negative, a.positive, a.last_at,
                 s.segment, s.score, s.confidence, s.reasons, s.origin
             FROM assessment s JOIN author a ON a.id = s.author_id{} ORDER BY {order}, s.id LIMIT ${limit} OFFSET ${offset}",
            filter.clause()
        )
    };
    let mut found: Vec<Ranked> = sql!(tx, |c| bind_all!(sqlx::query_as(AssertSqlSafe(statement.clone())), filter.values())
        .bind(most)
        .bind(skip)
        .fetch_all(c)
        .await)?;
    if !search.is_about_customers() {
        let (day, settings) = weighing(tx, search.program).await?;
        found.iter_mut().for_each(|voice| voice.score = rules::score_on(day, voice.score, &settings));
    }
    Ok(found)
}

/// How strongly a voice's assessment says it, from 0 to 1, on the last day listened to.
pub async fn find_score(tx: &mut Tx, program: ProgramId, found: Option<&Assessment>) -> Result<Option<f64>> {
    let (day, settings) = weighing(tx, program).await?;
    Ok(found.map(|found| rules::score_on(day, found.score, &settings)))
}

/// What tells the score of a voice: the last day listened to, and the settings.
async fn weighing(tx: &mut Tx, program: ProgramId) -> Result<(NaiveDate, Settings)> {
    let day = mention::store::newest(tx, program).await?.map(|at| at.date_naive()).unwrap_or_default();
    Ok((day, settings(tx, program).await?))
}

/// How far a ranking is counted: beyond, every further thousand costs a page some milliseconds and tells its reader nothing.
pub const COUNTED: i64 = 10_000;

/// How many the ranking holds, one more than `COUNTED` at most.
pub async fn count(tx: &mut Tx, search: &Search) -> Result<i64> {
    let filter = search.filter(tx);
    let joined = if search.is_about_customers() { "customer k ON k.id = s.customer_id" } else { "author a ON a.id = s.author_id" };
    let statement =
        format!("SELECT COUNT(*) FROM (SELECT 1 FROM assessment s JOIN {joined}{} LIMIT {}) found", filter.clause(), COUNTED + 1);
    Ok(sql!(tx, |c| bind_all!(sqlx::query_scalar(AssertSqlSafe(statement.clone())), filter.values()).fetch_one(c).await)?)
}

/// How many are in each segment now, those set aside left out; none: neither yet.
pub async fn count_segments(tx: &mut Tx, program: ProgramId) -> Result<Vec<(Option<Segment>, i64)>> {
    Ok(sql!(tx, |c| sqlx::query_as(
        "SELECT NULLIF(segment, ''), people FROM segment_count WHERE program_id = $1 AND people > 0 ORDER BY segment = '', segment"
    )
    .bind(program)
    .fetch_all(c)
    .await)?)
}

/// Where somebody is counted: in a segment or, as a voice, in neither yet. Nowhere: without an assessment, set aside, or a customer
/// who is not apathetic.
pub type Place = Option<Option<Segment>>;

/// How many more people each segment has, or fewer.
#[derive(Debug, Default)]
pub struct Change(BTreeMap<&'static str, i64>);

impl Change {
    /// Somebody who was counted in one place is counted in another.
    pub fn go(&mut self, from: Place, to: Place) {
        for (place, by) in [(from, -1), (to, 1)] {
            if let Some(segment) = place {
                *self.0.entry(segment.map_or("", Segment::as_str)).or_default() += by;
            }
        }
    }
}

/// Counts who went where.
pub async fn change(tx: &mut Tx, program: ProgramId, change: Change) -> Result<()> {
    let by: Vec<_> = change.0.into_iter().filter(|(_, by)| *by != 0).collect();
    bulk::write(
        tx,
        "INSERT INTO segment_count (program_id, segment, people) {}
         ON CONFLICT (program_id, segment) DO UPDATE SET people = segment_count.people + excluded.people",
        &by,
        |(segment, by)| [program.into(), (*segment).into(), (*by).into()],
    )
    .await?;
    Ok(())
}

/// Whom `segment_count` counts, of the assessments `s` of the voices `a`.
const COUNTED_NOW: &str = "s.superseded_at IS NULL AND (a.standing = 'counted' OR (s.author_id IS NULL AND s.segment IS NOT NULL))";

/// Counts the program's people anew. Gives for how many segments there were others before.
pub async fn recount(tx: &mut Tx, program: ProgramId) -> Result<u64> {
    let kept = count_segments(tx, program).await?;
    sql!(tx, |c| sqlx::query("DELETE FROM segment_count WHERE program_id = $1").bind(program).execute(c).await.map(|_| ()))?;
    let statement = format!(
        "INSERT INTO segment_count (program_id, segment, people)
         SELECT s.program_id, COALESCE(s.segment, ''), COUNT(*) FROM assessment s LEFT JOIN author a ON a.id = s.author_id
         WHERE s.program_id = $1 AND {COUNTED_NOW} GROUP BY s.program_id, COALESCE(s.segment, '')"
    );
    sql!(tx, |c| sqlx::query(AssertSqlSafe(statement.clone())).bind(program).execute(c).await.map(|_| ()))?;
    let counted: BTreeMap<_, _> = count_segments(tx, program).await?.into_iter().collect();
    let kept: BTreeMap<_, _> = kept.into_iter().collect();
    let all = kept.keys().chain(counted.keys().filter(|segment| !kept.contains_key(*segment)));
    Ok(all.filter(|segment| kept.get(*segment) != counted.get(*segment)).count() as u64)
}

/// The assessments in force of some voices.
pub async fn list_current(tx: &mut Tx, authors: &[AuthorId]) -> Result<Vec<Assessment>> {
    current(tx, "author_id", authors.iter().map(|id| id.0).collect()).await
}

/// The assessments in force of some customers.
pub async fn list_current_customers(tx: &mut Tx, customers: &[CustomerId]) -> Result<Vec<Assessment>> {
    current(tx, "customer_id", customers.iter().map(|id| id.0).collect()).await
}

/// A voice's assessment in force.
pub async fn find_author(tx: &mut Tx, id: AuthorId) -> Result<Option<Assessment>> {
    Ok(list_current(tx, &[id]).await?.pop())
}

/// A customer's assessment in force.
pub async fn find_customer(tx: &mut Tx, id: CustomerId) -> Result<Option<Assessment>> {
    Ok(list_current_customers(tx, &[id]).await?.pop())
}

async fn current(tx: &mut Tx, column: &'static str, ids: Vec<uuid::Uuid>) -> Result<Vec<Assessment>> {
    let statement = format!("SELECT * FROM assessment WHERE superseded_at IS NULL AND {column} IN ({{}})");
    Ok(rows_in!(tx, query_as, &ids, &statement, []))
}

/// All assessments of one voice or customer, newest first.
pub async fn list_history(tx: &mut Tx, who: Who) -> Result<Vec<Assessment>> {
    let (statement, id) = match who {
        Who::Author(id) => ("SELECT * FROM assessment WHERE author_id = $1 ORDER BY at DESC, id DESC", id.0),
        Who::Customer(id) => ("SELECT * FROM assessment WHERE customer_id = $1 ORDER BY at DESC, id DESC", id.0),
    };
    Ok(sql!(tx, |c| sqlx::query_as(statement).bind(id).fetch_all(c).await)?)
}

/// Puts new assessments in force; those they replace are kept and dated. `replaced` are the ids of the latter.
pub async fn create(tx: &mut Tx, assessments: &[Assessment], replaced: &[AssessmentId], now: Time) -> Result<()> {
    run_in!(tx, replaced, "UPDATE assessment SET superseded_at = $1 WHERE id IN ({})", [now]);
    bulk::write(
        tx,
        "INSERT INTO assessment (id, program_id, author_id, customer_id, segment, score, confidence, reasons, origin, by_account, at) {}",
        assessments,
        |a| {
            [
                a.id.into(),
                a.program_id.into(),
                a.author_id.into(),
                a.customer_id.into(),
                a.segment.into(),
                a.score.into(),
                a.confidence.into(),
                json!(a.reasons).into(),
                a.origin.into(),
                a.by_account.into(),
                a.at.into(),
            ]
        },
    )
    .await?;
    Ok(())
}

/// Notes how what is said weighs now, which follows from its evidence and the settings: (assessment, score, confidence) each.
pub async fn weigh(tx: &mut Tx, weighed: &[(AssessmentId, f64, f64)]) -> Result<()> {
    bulk::write(
        tx,
        "UPDATE assessment SET score = d.column2, confidence = d.column3 FROM ({}) d WHERE assessment.id = d.column1",
        weighed,
        |(id, score, confidence)| [(*id).into(), (*score).into(), (*confidence).into()],
    )
    .await?;
    Ok(())
}

/// Whether an assessment by a person is in force.
#[must_use]
pub fn is_overruled(assessment: &Assessment) -> bool {
    assessment.origin == Origin::Overruled && assessment.superseded_at.is_none()
}

/// Deletes all assessments of voices or customers that an undone import had brought.
pub async fn delete(tx: &mut Tx, who: &[Who]) -> Result<()> {
    uncount(tx, who).await?;
    for (column, ids) in columns(who) {
        run_in!(tx, &ids, &format!("DELETE FROM assessment WHERE {column} IN ({{}})"), []);
    }
    Ok(())
}

/// Counts these no longer: their assessments go next.
pub async fn uncount(tx: &mut Tx, who: &[Who]) -> Result<()> {
    for (column, ids) in columns(who) {
        let statement = format!(
            "SELECT s.program_id, s.segment FROM assessment s LEFT JOIN author a ON a.id = s.author_id WHERE {COUNTED_NOW} AND s.{column} IN ({{}})"
        );
        let counted: Vec<(ProgramId, Option<Segment>)> = rows_in!(tx, query_as, &ids, &statement, []);
        let mut changes: BTreeMap<ProgramId, Change> = BTreeMap::new();
        for (program, segment) in counted {
            changes.entry(program).or_default().go(Some(segment), None);
        }
        for (program, gone) in changes {
            change(tx, program, gone).await?;
        }
    }
    Ok(())
}

/// Voices and customers, each with the column that names them.
fn columns(who: &[Who]) -> [(&'static str, Vec<uuid::Uuid>); 2] {
    let (mut authors, mut customers) = (Vec::new(), Vec::new());
    for one in who {
        match one {
            Who::Author(id) => authors.push(id.0),
            Who::Customer(id) => customers.push(id.0),
        }
    }
    [("author_id", authors), ("customer_id", customers)]
}

/// A program's settings as they are kept.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Kept {
    #[sqlx(json)]
    pub settings: Settings,
    pub revision: i64,
    pub changed_by: Option<uuid::Uuid>,
    pub changed_at: Time,
}

/// The settings of a program, where somebody changed them.
pub async fn find_settings(tx: &mut Tx, program: ProgramId) -> Result<Option<Kept>> {
    Ok(sql!(tx, |c| sqlx::query_as("SELECT settings, revision, changed_by, changed_at FROM segment_setting WHERE program_id = $1")
        .bind(program)
        .fetch_optional(c)
        .await)?)
}

/// The settings that hold for a program.
pub async fn settings(tx: &mut Tx, program: ProgramId) -> Result<Settings> {
    Ok(find_settings(tx, program).await?.map_or_else(Settings::default, |kept| kept.settings))
}

/// Keeps settings. False if somebody changed them after `revision` was read.
pub async fn save_settings(tx: &mut Tx, program: ProgramId, kept: &Kept) -> Result<bool> {
    let changed = affected!(tx, |c| {
        sqlx::query(
        "INSERT INTO segment_setting (program_id, settings, revision, changed_by, changed_at) VALUES ($1, $2, $3 + 1, $4, $5)
         ON CONFLICT (program_id) DO UPDATE SET settings = excluded.settings, revision = excluded.revision, changed_by = excluded.changed_by,
             changed_at = excluded.changed_at WHERE segment_setting.revision = $3"
    )
    .bind(program)
    .bind(Json(kept.settings))
    .bind(kept.revision)
    .bind(kept.changed_by)
    .bind(kept.changed_at)
    .execute(c)
    .await
    })?;
    Ok(changed == 1)
}
