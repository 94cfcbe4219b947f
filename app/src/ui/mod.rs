//! The design system: components without domain words, the page wrapper, forms. Every component is shown, in all its
//! states, on the page `/design`.
//!
//! | to | use |
//! |---|---|
//! | begin a page | `PageHead` `Tabs` `Notice` |
//! | say how a thing stands | `SegBadge` `StateBadge` (with a `Tone`) `Progress` `Strip` `Tile` |
//! | list | `FilterBar` with `Search` and `Pick`, `Th` in `<table class="list">` (`data-label` on its cells), `Pager`, `Empty` |
//! | show what was heard and answered | `HeardBlock` with `Reply`, `DiffText` |
//! | ask | `Form` with `Field` `TextArea` `Select` `Tick` `FieldSet` `Hidden` `Submit`; `Confirm` around what cannot be undone |
//! | show numbers | `BarChart` `LineChart` `Spark`, `DefList`, `number()`, `count()` |

pub mod chart;
pub mod design;
pub mod diff;
pub mod form;
mod layout;
pub mod list;
pub mod nav;
pub mod page;
pub mod parts;
pub mod signature;

pub use chart::{Bar, BarChart, LineChart, Series, Spark};
pub use design::design;
pub use diff::DiffText;
pub use form::{Field, FieldSet, Form, Hidden, Select, Submit, TextArea, Tick};
pub use layout::{ErrorView, Layout, error_title, missing};
pub use list::{FilterBar, PER_PAGE, Pager, Pick, Search, Th, page_number, skipped, with_query, wrong_days};
pub use page::{Cx, Site, by_personal_link, cx, encoded, page, param, public_page, queries, query, tried};
pub use parts::{
    Confirm, DefList, Empty, Notice, PageHead, Progress, SegBadge, StateBadge, Strip, Tabs, Tile, Tone, beginning, capital, count, leading,
    number, quoted,
};
pub use signature::{HeardBlock, Reply, ReplyLook};
