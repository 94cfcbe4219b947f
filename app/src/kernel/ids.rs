//! All ids, as newtypes over UUIDv7, so that a session's id is never passed for a note's.
//! Ids are made in Rust (or in the browser, for notes), never by the database: a retry carries the same id.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A thing as somebody read it. A command that is based on it is refused once the thing has moved on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IdAtRevision<Id> {
    pub id: Id,
    /// The revision that was read.
    pub revision: i64,
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[cfg_attr(feature = "store", derive(sqlx::Type))]
        #[cfg_attr(feature = "store", sqlx(transparent))]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// A fresh id, ordered by the time it was made.
            #[must_use]
            #[expect(clippy::new_without_default, reason = "an id is never a default value")]
            pub fn new() -> Self {
                Self(Uuid::now_v7())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::from_str(text).map(Self)
            }
        }

        impl From<$name> for Uuid {
            fn from(id: $name) -> Uuid {
                id.0
            }
        }

        #[cfg(feature = "store")]
        impl From<$name> for crate::db::Cell<'_> {
            fn from(id: $name) -> Self {
                id.0.into()
            }
        }

        #[cfg(feature = "store")]
        impl From<Option<$name>> for crate::db::Cell<'_> {
            fn from(id: Option<$name>) -> Self {
                id.map(Uuid::from).into()
            }
        }
    )*};
}

ids! {
    /// Somebody who signs in: staff, moderator, responder, viewer.
    AccountId
    /// One signed-in browser.
    SignedInDeviceId
    /// A personal link with one purpose.
    LinkId
    /// A one-time code sent by email.
    CodeId
    /// An email waiting to be sent.
    OutboxId
    /// Something that is done in the background.
    JobId
    ProgramId
    /// A tool that pushes mentions.
    InboundIntegrationId
    /// A tool that we call when something happens.
    WebhookId
    /// One call of a webhook.
    DeliveryId
    PanelDayId
    TopicId
    AuthorId
    /// That two authors are one person.
    IdentityLinkId
    /// That a customer and an author are one person.
    CustomerLinkId
    MentionId
    /// One thing done with a mention in triage.
    TriageStepId
    NominatorId
    /// A mention or a person that employees nominated.
    NominationId
    /// One person's “I heard this”.
    EndorsementId
    CustomerId
    ImportRunId
    /// One training of the sentiment model.
    ModelId
    AssessmentId
    CandidateId
    InvitationId
    PanelistId
    SessionId
    NoteId
    HeardId
    HeardEventId
    ResponseId
    VersionId
    ReportId
    ReportCopyId
    AnswerId
    ErasureId
    ErasurePlanId
}
