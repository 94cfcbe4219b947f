//! Responses: the organisation's answer to a heard item. This is the model to follow: read it first.
//!
//! An item may have several responses, a response several versions, and at most one of these is being drafted or reviewed.
//! A version is drafted by its owner, submitted for review, and published by staff; from then on it never changes.
//! Whatever changes later (promise, owner, date) is the next version, with a reason. Every command carries what its author
//! had read, and is refused once that has changed. A commitment is delivered when one person shows evidence and another confirms it.
//! Whether it is on track, due soon or overdue follows from the date and is never stored.

#[cfg(feature = "store")]
pub mod act;
#[cfg(feature = "ssr")]
pub mod form;
#[cfg(feature = "ssr")]
pub mod page;
pub mod rules;
#[cfg(feature = "store")]
pub mod store;
#[cfg(all(test, feature = "store"))]
mod tests;
#[cfg(feature = "ssr")]
pub mod words;

use chrono::NaiveDate;

use crate::kernel::clock::Time;
use crate::kernel::ids::{AccountId, HeardId, IdAtRevision, ResponseId, VersionId};

text_enum! {
    /// What kind of answer it is.
    pub enum ResponseKind {
        Commit = "commit", "Commitment";
        Exists = "exists", "Already exists";
        Declined = "declined", "Declined";
        Question = "question", "Question to the panel";
    }
}

text_enum! {
    pub enum DeclineReason {
        NotOurs = "not_ours", "Outside our control";
        Duplicate = "duplicate", "Answered elsewhere";
        Cost = "cost", "Too expensive";
        Law = "law", "Not allowed by law";
        Direction = "direction", "We are going in a different direction";
        Other = "other", "Other";
    }
}

text_enum! {
    pub enum VersionStage {
        Draft = "draft", "draft";
        InReview = "in_review", "in review";
        Published = "published", "published";
    }
}

text_enum! {
    /// What became of a heard item: the board's column. Follows from events, versions, deliveries and the date.
    pub enum FollowUpStatus {
        NoOwner = "no_owner", "no owner";
        Waiting = "waiting", "no answer yet";
        InReview = "in_review", "in review";
        Reopened = "reopened", "reopened";
        Overdue = "overdue", "overdue";
        DueSoon = "due_soon", "due soon";
        OnTrack = "on_track", "on track";
        Delivered = "delivered", "delivered";
        Exists = "exists", "already exists";
        Declined = "declined", "declined";
        Question = "question", "question to the panel";
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "store", derive(sqlx::FromRow))]
pub struct ResponseVersion {
    pub id: VersionId,
    pub response_id: ResponseId,
    pub heard_id: HeardId,
    /// From 1, within the response.
    pub number: i64,
    pub kind: ResponseKind,
    pub text: String,
    /// Where it exists already.
    pub link: Option<String>,
    pub decline_reason: Option<DeclineReason>,
    /// Who is responsible for a commitment: a name or a role.
    pub owner: Option<String>,
    pub due: Option<NaiveDate>,
    /// Why this version replaces the one before.
    pub change_reason: Option<String>,
    /// Counts changes of what a reader sees: saves, submitting, returning, publishing.
    pub revision: i64,
    pub drafted_by: Option<AccountId>,
    /// The drafter's name as it was then; an owner without an account has no other.
    pub drafted_as: String,
    pub drafted_at: Time,
    pub submitted_at: Option<Time>,
    /// When its reviewer returned it; none once it is submitted again.
    pub returned_at: Option<Time>,
    /// What the reviewer misses.
    pub return_reason: Option<String>,
    pub published_by: Option<AccountId>,
    pub published_at: Option<Time>,
}

impl ResponseVersion {
    /// The version as it was read here.
    #[must_use]
    pub fn seen(&self) -> IdAtRevision<VersionId> {
        IdAtRevision { id: self.id, revision: self.revision }
    }

    /// How far this version is, from its moments.
    #[must_use]
    pub fn stage(&self) -> VersionStage {
        match (self.published_at, self.submitted_at) {
            (Some(_), _) => VersionStage::Published,
            (None, Some(_)) => VersionStage::InReview,
            (None, None) => VersionStage::Draft,
        }
    }
}

/// Evidence that a commitment was delivered, and its confirmation.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "store", derive(sqlx::FromRow))]
pub struct CommitmentDelivery {
    pub response_id: ResponseId,
    pub evidence: String,
    /// Counts what was shown: who confirms says which evidence they read.
    pub revision: i64,
    pub claimed_by: Option<AccountId>,
    pub claimed_at: Time,
    pub confirmed_by: Option<AccountId>,
    pub confirmed_at: Option<Time>,
}
