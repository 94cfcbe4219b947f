//! The program: one market's customer advisory panel and its charter.
//!
//! A program needs a name, an organisation and a language. Its charter states what the panel is for, who sponsors it, the ground rules, how
//! long a membership lasts, benefits and expenses, the lawful basis, the privacy notice and the retention. It must be complete before
//! the first invitation is approved (`rules::ready_to_invite`). Everything else belongs to a program.

#[cfg(feature = "store")]
pub mod act;
pub mod branding;
pub mod day;
#[cfg(feature = "ssr")]
pub mod page;
pub mod rules;
#[cfg(feature = "ssr")]
pub mod shown;
#[cfg(feature = "store")]
pub mod store;

use crate::kernel::clock::Time;
use crate::kernel::ids::ProgramId;

text_enum! {
    /// Whom a panel day is for: people who complain, people who praise, and customers who do neither.
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

/// Days that source rows are kept, unless the charter says otherwise.
const DEFAULT_SOURCE_ROW_DAYS: i64 = 90;
/// Months that mentions are kept, unless the charter says otherwise.
const DEFAULT_MENTION_MONTHS: i64 = 24;

/// Declares the charter's struct together with the names of its fields.
macro_rules! charter {
    ($(#[$meta:meta])* pub struct Charter { $($(#[$about:meta])* pub $field:ident: $kind:ty,)+ }) => {
        $(#[$meta])*
        pub struct Charter { $($(#[$about])* pub $field: $kind,)+ }

        impl Charter {
            /// Every field. The name is that of its column in `program`, of its input in the form and of its key in the audit log.
            pub const FIELDS: &'static [&'static str] = &[$(stringify!($field)),+];
        }
    };
}

charter! {
    /// What a program promises, and whom it listens to.
    ///
    /// A new field needs a column (a migration), its place here, its rule in `rules::check` and its input on the page. The rest follows
    /// from here: the table's declaration, writing and reading, the posted form, and the audit log.
    #[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
    #[cfg_attr(feature = "store", derive(sqlx::FromRow))]
    pub struct Charter {
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
        /// How long a membership lasts.
        pub term: String,
        pub benefits: String,
        /// Expenses that the organisation covers. Every invitation states them.
        pub disclosed_costs: String,
        pub lawful_basis: String,
        /// The privacy notice for people whose mentions are read.
        pub notice: String,
        /// Days that original rows are kept.
        pub source_row_days: i64,
        /// Months that mentions are kept.
        pub mention_months: i64,
        /// Handles of the organisation itself, one a line: excluded when listening.
        pub own_handles: String,
        /// Names of its brands, one a line: accounts named after them are excluded.
        pub brands: String,
        /// Handles of its employees, one a line: excluded when listening.
        pub staff_handles: String,
        /// Hashtags by which its employees speak, one a line.
        pub staff_hashtags: String,
        /// Domains of its own sites, one a line.
        pub own_domains: String,
    }
}

impl Charter {
    /// An empty charter with the default retention.
    #[must_use]
    pub fn unwritten() -> Self {
        Self { source_row_days: DEFAULT_SOURCE_ROW_DAYS, mention_months: DEFAULT_MENTION_MONTHS, ..Self::default() }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "store", derive(sqlx::FromRow))]
pub struct Program {
    pub id: ProgramId,
    #[cfg_attr(feature = "store", sqlx(flatten))]
    pub charter: Charter,
    pub revision: i64,
    pub created_at: Time,
}
