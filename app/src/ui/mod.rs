//! The design system: components without domain words, and forms. Every component is shown, in all its
//! states, on the page `/design` (`front::design`).
//!
//! | to | use |
//! |---|---|
//! | begin a page | `PageHead` with `PageForm`, `Crumbs` (of a head that is no `PageHead`), `Tabs` `Notice` |
//! | show a state | `SegBadge` `StateBadge` (with a `Tone`) `Progress` `Strip` `Tile` |
//! | list | `FilterBar` with `Search` and `Pick`, `Th` in `<table class="list">` (`data-label` on its cells), `Pager`, `Empty` |
//! | show what was heard and answered | `HeardBlock` with `Reply`, `DiffText` |
//! | ask | `Form` with `Field` `TextArea` `Select` `Choice` `Tick` `FieldSet` `Hidden` `Submit`; `Confirm` around what cannot be undone |
//! | explain a word, act on a row | `Help`, `RowMenu` |
//! | show numbers | `BarChart` `LineChart` `Spark`, `DefList`, `number()`, `count()` |

pub mod chart;
pub mod choice;
pub mod crumbs;
pub mod diff;
pub mod form;
pub mod help;
pub mod submission;
pub mod list;
pub mod parts;
pub mod request;
pub mod signature;

pub use crate::kernel::amount::{count, number};
pub use chart::{Bar, BarChart, LineChart, Series, Spark};
pub use choice::Choice;
pub use crumbs::Crumbs;
pub use diff::DiffText;
pub use form::{Field, FieldSet, Form, Hidden, Select, Submit, TextArea, Tick, refused, refused_row, tried};
pub use help::Help;
pub use list::{FilterBar, PER_PAGE, Pager, Pick, Search, Th, options, page_number, skipped, with_query, words, wrong_days};
pub use parts::{
    Confirm, DefList, Empty, Notice, PageForm, PageHead, Progress, RowMenu, SegBadge, StateBadge, Strip, Tabs, Tile, Tone, beginning,
    capital, leading, quoted,
};
pub use request::{by_personal_link, encoded, locale, param, queries, query};
pub use signature::{HeardBlock, Reply, ReplyLook};
