//! The ranking of authors and customers by what their assessments say.

use chrono::NaiveDate;
use sqlx::AssertSqlSafe;

use super::settings;
use crate::db::{Filter, Tx};
use crate::kernel::error::Result;
use crate::kernel::ids::ProgramId;
use crate::listening::author::AuthorKind;
use crate::listening::mention;
use crate::listening::segment::{Assessment, RankedAuthor, Segment, SegmentSettings, rules};

text_enum! {
    pub enum SegmentOrder {
        Score = "score", "score";
        Confidence = "confidence", "confidence";
        Mentions = "mentions", "mentions";
        Newest = "newest", "last mention";
        Followers = "followers", "followers";
        Reach = "reach", "reach";
        Engagement = "engagement", "engagement";
    }
}

impl SegmentOrder {
    /// What a query asks for, also in the word of the release before.
    #[must_use]
    pub fn from_query(word: &str) -> Option<Self> {
        if word == "posts" { Some(Self::Mentions) } else { word.parse().ok() }
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SegmentFilter {
    #[default]
    Any,
    NoneYet,
    In(Segment),
}

/// What a person looks for in the ranking of authors.
#[derive(Clone, Debug, PartialEq)]
pub struct SegmentSearch {
    pub program: ProgramId,
    pub wanted: SegmentFilter,
    /// None: every author, those excluded too.
    pub kind: Option<AuthorKind>,
    pub text: String,
    pub min_mentions: i64,
    /// At least so much reach; 0: whatever it is, also unknown.
    pub min_reach: i64,
    pub min_confidence: f64,
    pub language: String,
    pub country: String,
    pub order: SegmentOrder,
}

impl SegmentSearch {
    /// Customers, by score.
    #[must_use]
    pub fn of(program: ProgramId, wanted: SegmentFilter) -> Self {
        Self {
            program,
            wanted,
            kind: Some(AuthorKind::Customer),
            text: String::new(),
            min_mentions: 0,
            min_reach: 0,
            min_confidence: 0.0,
            language: String::new(),
            country: String::new(),
            order: SegmentOrder::Score,
        }
    }

    /// Apathetics are customers; all others are authors.
    fn is_about_customers(&self) -> bool {
        self.wanted == SegmentFilter::In(Segment::Apathetic)
    }

    /// How many it finds, where all authors of a segment are asked for: those that `count_segments` counted.
    #[must_use]
    pub fn known_count(&self, segments: &[(Option<Segment>, i64)]) -> Option<i64> {
        let segment = match self.wanted {
            SegmentFilter::In(segment) if !self.is_about_customers() => Some(segment),
            SegmentFilter::NoneYet => None,
            SegmentFilter::In(_) | SegmentFilter::Any => return None,
        };
        let plain = Self { order: SegmentOrder::Score, ..self.clone() } == Self::of(self.program, self.wanted);
        plain.then(|| segments.iter().find(|(found, _)| *found == segment).map_or(0, |(_, count)| *count))
    }

    fn filter(&self, tx: &Tx) -> Filter {
        let mut filter = Filter::new();
        filter.and("s.program_id = ?", [self.program.0.into()]).and("s.superseded_at IS NULL", []);
        match self.wanted {
            SegmentFilter::Any => {}
            SegmentFilter::NoneYet => {
                filter.and("s.segment IS NULL", []);
            }
            SegmentFilter::In(segment) => {
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
        if let Some(kind) = self.kind {
            filter.and("a.kind = ?", [kind.as_str().into()]);
        }
        if self.min_mentions > 0 {
            filter.and("a.mentions >= ?", [self.min_mentions.into()]);
        }
        if self.min_reach > 0 {
            filter.and("a.reach_mentions > 0 AND a.reach >= ?", [self.min_reach.into()]);
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

pub async fn rank(tx: &mut Tx, search: &SegmentSearch, limit: i64, skip: i64) -> Result<Vec<RankedAuthor>> {
    let filter = search.filter(tx);
    let (limit_place, offset_place) = (filter.next(), filter.next() + 1);
    let statement = if search.is_about_customers() {
        format!(
            "SELECT s.author_id, s.customer_id, k.name, CAST(NULL AS TEXT) AS display_name, CAST(NULL AS TEXT) AS network, CAST(NULL AS BIGINT) AS followers, CAST(NULL AS BIGINT) AS reach,
                 CAST(NULL AS BIGINT) AS engagement, 'customer' AS kind, FALSE AS kind_decided,
                 CAST(0 AS BIGINT) AS mentions, CAST(0 AS BIGINT) AS negative, CAST(0 AS BIGINT) AS positive, k.last_contact_at AS last_at,
                 s.segment, s.score, s.confidence, s.reasons, s.origin
             FROM assessment s JOIN customer k ON k.id = s.customer_id{} ORDER BY s.score DESC, s.id LIMIT ${limit_place} OFFSET ${offset_place}",
            filter.clause()
        )
    } else {
        let order = match search.order {
            SegmentOrder::Score => "s.score DESC",
            SegmentOrder::Confidence => "s.confidence DESC",
            SegmentOrder::Mentions => "a.mentions DESC",
            SegmentOrder::Newest => "a.last_at DESC NULLS LAST",
            SegmentOrder::Followers => "a.followers DESC NULLS LAST",
            SegmentOrder::Reach => "CASE WHEN a.reach_mentions > 0 THEN a.reach END DESC NULLS LAST",
            SegmentOrder::Engagement => "CASE WHEN a.engagement_mentions > 0 THEN a.engagement END DESC NULLS LAST",
        };
        format!(
            "SELECT s.author_id, s.customer_id, a.handle AS name, a.name AS display_name, a.network, a.followers, CASE WHEN a.reach_mentions > 0 THEN a.reach END AS reach,
                 CASE WHEN a.engagement_mentions > 0 THEN a.engagement END AS engagement, a.kind, a.kind_by IS NOT NULL AS kind_decided, a.mentions, a.negative, a.positive, a.last_at,
                 s.segment, s.score, s.confidence, s.reasons, s.origin
             FROM assessment s JOIN author a ON a.id = s.author_id{} ORDER BY {order}, s.id LIMIT ${limit_place} OFFSET ${offset_place}",
            filter.clause()
        )
    };
    let mut found: Vec<RankedAuthor> = tx.list(AssertSqlSafe(statement), &filter.with([limit.into(), skip.into()])).await?;
    if !search.is_about_customers() {
        let (day, settings) = weighing(tx, search.program).await?;
        found.iter_mut().for_each(|author| author.score = rules::score_on(day, author.score, &settings));
    }
    Ok(found)
}

/// The score of an author's assessment, from 0 to 1, on the day of the newest mention.
pub async fn find_score(tx: &mut Tx, program: ProgramId, found: Option<&Assessment>) -> Result<Option<f64>> {
    let (day, settings) = weighing(tx, program).await?;
    Ok(found.map(|found| rules::score_on(day, found.score, &settings)))
}

/// Inputs of an author's score: the day of the newest mention, and the settings.
async fn weighing(tx: &mut Tx, program: ProgramId) -> Result<(NaiveDate, SegmentSettings)> {
    let day = mention::store::newest(tx, program).await?.map(|at| at.date_naive()).unwrap_or_default();
    Ok((day, settings(tx, program).await?))
}

/// Upper bound for counting a ranking: every further thousand costs some milliseconds.
pub const MAX_COUNTED: i64 = 10_000;

/// How many the ranking holds, one more than `MAX_COUNTED` at most.
pub async fn count(tx: &mut Tx, search: &SegmentSearch) -> Result<i64> {
    let filter = search.filter(tx);
    let joined = if search.is_about_customers() { "customer k ON k.id = s.customer_id" } else { "author a ON a.id = s.author_id" };
    let statement =
        format!("SELECT COUNT(*) FROM (SELECT 1 FROM assessment s JOIN {joined}{} LIMIT {}) found", filter.clause(), MAX_COUNTED + 1);
    tx.value(AssertSqlSafe(statement), filter.values()).await
}
