//! The design system: components without domain words, the page wrapper, forms.

pub mod form;
mod layout;
pub mod page;

pub use form::{Field, Form, Hidden, Select, Submit, TextArea, Tick};
pub use layout::{ErrorView, Layout, error_title, home, missing};
pub use page::{Cx, Site, cx, page, param, public_page, queries, query, tried};
