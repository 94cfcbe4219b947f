//! Customers: the roster from a CRM, with products owned and consent to contact.
//!
//! Apathetics come from the roster, since they never write about the product.

#[cfg(feature = "ssr")]
pub mod page;
pub mod rules;
#[cfg(feature = "store")]
pub mod store;

use crate::kernel::clock::Time;
use crate::kernel::ids::{CustomerId, ImportRunId, ProgramId};

/// One person on the roster.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "store", derive(sqlx::FromRow))]
pub struct Customer {
    pub id: CustomerId,
    pub program_id: ProgramId,
    pub run_id: Option<ImportRunId>,
    /// The line of its file; 0 if unknown.
    pub line: i64,
    /// The CRM's own number.
    pub external_ref: String,
    pub name: String,
    pub email: Option<String>,
    /// As the CRM words them: "XPS 13; Monitor U2723".
    pub products: String,
    pub owns_products: bool,
    pub consents_to_contact: bool,
    /// What they answered when asked how much they care.
    pub survey_answer: Option<String>,
    pub survey_at: Option<Time>,
    pub last_contact_at: Option<Time>,
    pub created_at: Time,
}
