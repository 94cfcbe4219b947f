//! Forms: each page that changes something has one `FormPage`, listing its acts and who may do them.
//!
//! A POST is refused before its handler runs when the act is not in the list or the actor lacks the permission; the act itself
//! authorises again, with the scope. Success is 303 with a message; a refusal re-renders the page, nothing typed lost.

mod account;
mod heard;
pub mod listen;
mod nomination;
mod candidate;
mod invitation;
mod job;
mod note;
mod portal;
mod program;
mod report;
mod topic;
mod triage;
mod webhook;

use std::future::Future;
use std::pin::Pin;
use std::str::FromStr;

use app::access::account::{Actor, Permission};
use app::access::link::Purpose;
use app::access::page::{PageContext, Site};
use app::db::{Db, Tx};
use app::kernel::clock::Time;
use app::kernel::error::{Error, Result};
use app::kernel::ids::ProgramId;
use app::ui::by_personal_link;
use app::ui::form::FOR;
use app::ui::submission::Fields;
use axum::extract::{Extension, RawPathParams, State};
use axum::http::{HeaderMap, Uri};
use axum::response::Response;

use crate::http::{self, FormBody};
use crate::{AppState, downloads, render};

/// All forms.
pub const FORMS: &[FormPage] = &[
    account::ME,
    account::ACCOUNTS,
    heard::ITEM,
    heard::OF_DAY,
    heard::OWNED,
    report::OF_DAY,
    report::REPORT,
    report::MAIL,
    job::LIST,
    portal::REPORT,
    portal::YOU,
    listen::AUTHOR,
    listen::IMPORT,
    listen::FEEDS,
    webhook::LIST,
    listen::MENTION,
    listen::SENTIMENT,
    listen::SEGMENTS,
    listen::ASIDE,
    listen::OPT_OUTS,
    listen::LINKS,
    topic::TOPICS,
    topic::TOPIC,
    topic::LONG_TAIL,
    triage::LIST,
    triage::CASE,
    nomination::MINE,
    nomination::LIST,
    note::LIVE,
    note::SESSION,
    program::PROGRAMS,
    program::PROGRAM,
    program::DAYS,
    program::DAY,
    candidate::SHORTLIST,
    invitation::BOARD,
    invitation::ONE,
    invitation::ANSWER,
    invitation::PEOPLE,
];

/// One page's forms.
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
    pub fields: Fields,
    pub headers: HeaderMap,
    pub site: std::sync::Arc<Site>,
    params: Vec<(String, String)>,
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
        app::program::store::find(tx, id).await?.map(|program| program.id).ok_or(Error::NotFound)
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

/// POST of any page with forms.
pub async fn submitted(
    form: &'static FormPage,
    State(app): State<AppState>,
    Extension(cx): Extension<PageContext>,
    params: RawPathParams,
    uri: Uri,
    headers: HeaderMap,
    FormBody(fields): FormBody,
) -> Response {
    let params = params.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let request = FormRequest { db: app.db.clone(), actor: cx.actor.clone(), now: cx.now, fields, headers, site: cx.site.clone(), params };
    if let Some(error) = for_another(&request) {
        return render::instead(app, cx, uri, &error).await;
    }
    match run(form, &request).await {
        Ok(FormOutcome::Redirect { to, message }) => http::see_other(&to, message.as_deref()),
        Ok(FormOutcome::File(name, kind, content)) => downloads::file(&name, kind, content),
        Ok(FormOutcome::Refused(error)) => render::refused(app, cx, uri, request.fields, error).await,
        Err(Error::SignIn) if !by_personal_link(uri.path()) => {
            http::see_other("/sign-in", Some("Your login has ended. Please sign in and try again."))
        }
        Err(error) => render::refused(app, cx, uri, request.fields, error).await,
    }
}

/// Why a form of a personal page is not taken: it was shown to somebody else. One browser may have several links open, one after the other;
/// its cookie says whose page was opened last, the form whose page it was.
fn for_another(request: &FormRequest) -> Option<Error> {
    let Actor::Link { purpose, subject, .. } = &request.actor else { return None };
    if request.fields.text(FOR) == subject.to_string() {
        return None;
    }
    let what = match purpose {
        Purpose::Invite => "another invitation",
        Purpose::Response => "another item",
        _ => "another person",
    };
    Some(Error::conflict(format!("This page was for {what}. Follow its link again. Nothing was saved.")))
}

async fn run(form: &FormPage, request: &FormRequest) -> Result<FormOutcome> {
    let (_, permission) = form.acts.iter().find(|(act, _)| *act == request.act()).ok_or(Error::NotFound)?;
    request.actor.may(*permission)?;
    match form.handle {
        FormHandler::Unit(handle) => request.db.write(|tx, _| handle(tx, request)).await,
        FormHandler::Steps(handle) => handle(request).await,
    }
}
