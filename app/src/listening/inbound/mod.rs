//! Inbound integrations: tools that push what they hear, instead of somebody carrying files.
//!
//! An integration is a name, a program and a secret. Each delivery is signed as Standard Webhooks has it, is at most five minutes
//! old, and is taken once however often it is sent. Its mentions become an import like any other: the same columns are
//! recognised, duplicates and objections are honoured, and it can be undone.

#[cfg(feature = "store")]
pub mod act;
#[cfg(feature = "ssr")]
pub mod page;
#[cfg(feature = "store")]
pub mod store;

use uuid::Uuid;

use crate::kernel::clock::Time;
use crate::kernel::ids::{InboundIntegrationId, ProgramId};

/// One tool that pushes.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "store", derive(sqlx::FromRow))]
pub struct InboundIntegration {
    pub id: InboundIntegrationId,
    pub program_id: ProgramId,
    pub name: String,
    /// Which secret holds: a new one makes the old one worthless.
    pub version: i64,
    pub created_at: Time,
    pub created_by: Option<Uuid>,
    pub closed_at: Option<Time>,
    /// Deliveries taken so far.
    pub received: i64,
    pub received_at: Option<Time>,
    /// Deliveries refused so far, and why the last one was.
    pub refused: i64,
    pub refused_at: Option<Time>,
    pub refused_why: Option<String>,
}
