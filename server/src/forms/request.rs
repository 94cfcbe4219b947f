//! What a form declares, what its handler is given, and how it ends.

use std::future::Future;
use std::pin::Pin;
use std::str::FromStr;
use std::sync::Arc;

use app::access::account::{Actor, Permission};
use app::access::page::Site;
use app::db::{Db, Tx};
use app::kernel::clock::Time;
use app::kernel::error::{Error, Result};
use app::kernel::ids::ProgramId;
use app::kernel::locale::Locale;
use app::program;
use app::ui::submission::Fields;
use axum::http::HeaderMap;

pub struct FormPage {
    /// The page's path, as the router writes it.
    pub path: &'static str,
    /// Every act it knows, and the permission that each asks for.
    pub acts: &'static [(&'static str, Permission)],
    pub handle: FormHandler,
}

/// How a form does what it was asked for.
#[derive(Clone, Copy)]
pub enum FormHandler {
    /// In one unit of work, which may be repeated (`Db::write`): nothing in it waits for anything but the database.
    Unit(for<'a> fn(&'a mut Tx, &'a FormRequest) -> FormFuture<'a>),
    /// In steps: what takes long (a password's hash, an upload, a drawing) is made ready while nobody waits, and then committed in units of work.
    Steps(for<'a> fn(&'a FormRequest) -> FormFuture<'a>),
}

/// A form at work.
pub type FormFuture<'a> = Pin<Box<dyn Future<Output = Result<FormOutcome>> + Send + 'a>>;

/// A posted form.
pub struct FormRequest {
    pub db: Db,
    pub actor: Actor,
    pub now: Time,
    pub locale: Locale,
    pub fields: Fields,
    pub headers: HeaderMap,
    pub site: Arc<Site>,
    pub(super) params: Vec<(String, String)>,
}

impl FormRequest {
    /// Which act was asked for.
    #[must_use]
    pub fn act(&self) -> &str {
        self.fields.text("act")
    }

    /// An id from the path.
    ///
    /// # Errors
    /// `NotFound` when it is none.
    pub fn id<T: FromStr>(&self, name: &str) -> Result<T> {
        self.params.iter().find(|(key, _)| key == name).and_then(|(_, value)| value.parse().ok()).ok_or(Error::NotFound)
    }

    /// A text field as typed.
    #[must_use]
    pub fn text(&self, name: &str) -> String {
        self.fields.text(name).to_owned()
    }

    /// The program that the form is for: the one that its page shows, which may not be the newest any more.
    ///
    /// # Errors
    /// `Invalid` where the form does not say; `NotFound` where there is no such program.
    pub async fn program(&self, tx: &mut Tx) -> Result<ProgramId> {
        let unsaid = |_| Error::field("program", "The form does not say for which program it is. Reload the page and try again.");
        let id = self.fields.text("program").parse().map_err(unsaid)?;
        program::store::find(tx, id).await?.map(|program| program.id).ok_or(Error::NotFound)
    }

    /// Back to a page that shows one program: the one that the form is for.
    #[must_use]
    pub fn back(&self, path: &str) -> FormOutcome {
        match self.fields.text("program").parse::<ProgramId>() {
            Ok(program) => redirect(format!("{path}?program={program}")),
            Err(_) => redirect(path),
        }
    }

    /// The id of the row that a repeated form belongs to.
    ///
    /// # Errors
    /// `NotFound` when it is none.
    pub fn key<T: FromStr>(&self) -> Result<T> {
        self.fields.text("key").parse().map_err(|_| Error::NotFound)
    }
}

/// How a form ended that did not fail. What its handler wrote is committed.
#[derive(Debug)]
pub enum FormOutcome {
    /// Go to this page of ours, with a message to show there.
    Redirect { to: String, message: Option<String> },
    /// A file to save: (name, kind, content).
    File(String, &'static str, Vec<u8>),
    /// Refused, though what was counted on the way (a wrong code) stays counted.
    Refused(Error),
}

/// Go to this page of ours.
pub fn redirect(to: impl Into<String>) -> FormOutcome {
    FormOutcome::Redirect { to: to.into(), message: None }
}

impl FormOutcome {
    /// Shown once, on the next page.
    #[must_use]
    pub fn with_message(self, message: impl Into<String>) -> Self {
        match self {
            Self::Redirect { to, .. } => Self::Redirect { to, message: Some(message.into()) },
            other => other,
        }
    }
}
