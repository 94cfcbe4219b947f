//! The program: one market's customer advisory panel and its charter.
//!
//! The charter says before anybody is listened to or invited: what the panel is for, who sponsors it, how the company
//! will listen, how long a term lasts, what panelists get and what it costs. It also records on what lawful basis public
//! posts are read, the notice that says so, and how long they are kept. Everything else belongs to a program.

#[cfg(feature = "store")]
pub mod act;
#[cfg(feature = "ssr")]
pub mod page;
pub mod rules;
#[cfg(feature = "store")]
pub mod store;

use crate::clock::Time;
use crate::ids::ProgramId;

text_enum! {
    /// Whom a panel day is for: those who complain, those who praise, those who bought and do not care.
    pub enum Segment {
        Ranter = "ranter", "Ranter";
        Raver = "raver", "Raver";
        Apathetic = "apathetic", "Apathetic";
    }
}

impl Segment {
    /// "ranters".
    #[must_use]
    pub const fn plural(self) -> &'static str {
        match self {
            Self::Ranter => "ranters",
            Self::Raver => "ravers",
            Self::Apathetic => "apathetics",
        }
    }
}

/// A program and its charter.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "store", derive(sqlx::FromRow))]
pub struct Program {
    pub id: ProgramId,
    /// "CAP Days US 2010".
    pub name: String,
    /// The label of its answers: "Dell".
    pub organisation: String,
    pub market: String,
    /// ISO 639-1: "en".
    pub language: String,
    pub purpose: String,
    pub sponsor: String,
    pub rules_of_listening: String,
    /// Term and rotation.
    pub term: String,
    pub benefits: String,
    /// What is paid for, said openly in every invitation.
    pub disclosed_costs: String,
    pub lawful_basis: String,
    /// What people whose posts are read are told.
    pub notice: String,
    /// Days that raw import rows are kept.
    pub raw_days: i64,
    /// Months that mentions are kept.
    pub mention_months: i64,
    /// Handles of the organisation itself, one a line, set aside when listening.
    pub own_handles: String,
    /// Names of its brands, one a line: a shop or an account that bears one is told from a customer.
    pub brands: String,
    pub revision: i64,
    pub created_at: Time,
}
