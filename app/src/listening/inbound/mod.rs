//! Inbound integrations: tools that push mentions.
//!
//! An integration has a name, a program and a secret. Each delivery is signed per Standard Webhooks, at most five minutes old, and accepted
//! once. It becomes an import like any other: the same columns are recognised, duplicates and opt-outs apply, and it can be undone.

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
    /// The version of the secret; a new one invalidates the old one.
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
