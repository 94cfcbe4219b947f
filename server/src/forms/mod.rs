//! Forms: each page that changes something has one `FormPage`, listing its acts and who may do them.
//!
//! A POST is refused before its handler runs when the act is not in the list or the actor lacks the verb; the act itself
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

use app::account::{Actor, Verb};
use app::clock::Time;
use app::db::{Db, Tx};
use app::error::{Error, Result};
use app::ids::ProgramId;
use app::link::Purpose;
use app::ui::form::{FOR, Fields};
use app::ui::{Cx, Site, by_personal_link};
use axum::extract::{Extension, FromRequest, RawPathParams, Request, State};
use axum::http::{HeaderMap, Uri, header};
use axum::response::{IntoResponse, Response};

use crate::{AppState, door, downloads, render};

/// All forms of the house.
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
    listen::VOICE,
    listen::IMPORT,
    listen::FEEDS,
    webhook::LIST,
    listen::MENTION,
    listen::SENTIMENT,
    listen::SEGMENTS,
    listen::ASIDE,
    listen::OBJECTIONS,
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
    /// Every act it knows, and the verb that each asks for.
    pub acts: &'static [(&'static str, Verb)],
    pub handle: Handle,
}

/// How a form does what it was asked for.
#[derive(Clone, Copy)]
pub enum Handle {
    /// In one unit of work, which may be repeated (`Db::write`): nothing in it waits for anything but the database.
    Unit(for<'a> fn(&'a mut Tx, &'a Post) -> Doing<'a>),
    /// In steps: what takes long (a password's hash, an upload, a drawing) is made ready while nobody waits, and then committed in units of work.
    Steps(for<'a> fn(&'a Post) -> Doing<'a>),
}

/// A form at work.
pub type Doing<'a> = Pin<Box<dyn Future<Output = Result<Done>> + Send + 'a>>;

/// A posted form.
pub struct Post {
    pub db: Db,
    pub actor: Actor,
    pub now: Time,
    pub fields: Fields,
    pub headers: HeaderMap,
    pub site: std::sync::Arc<Site>,
    params: Vec<(String, String)>,
}

impl Post {
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
    pub fn back(&self, path: &str) -> Done {
        match self.fields.text("program").parse::<ProgramId>() {
            Ok(program) => done(format!("{path}?program={program}")),
            Err(_) => done(path),
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
pub enum Done {
    /// Go to this page of ours, with something to say there.
    Go { to: String, say: Option<String> },
    /// A file to save: (name, kind, content).
    File(String, &'static str, Vec<u8>),
    /// Refused, though what was counted on the way (a wrong code) stays counted.
    Refused(Error),
}

/// Go to this page of ours.
pub fn done(to: impl Into<String>) -> Done {
    Done::Go { to: to.into(), say: None }
}

impl Done {
    /// Shown once, on the next page.
    #[must_use]
    pub fn saying(self, say: impl Into<String>) -> Self {
        match self {
            Self::Go { to, .. } => Self::Go { to, say: Some(say.into()) },
            other => other,
        }
    }
}

/// A form's body: URL-encoded or multipart without files, up to 1 MiB.
pub struct Body(pub Fields);

impl<S: Send + Sync> FromRequest<S> for Body {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        let multipart = request
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .is_some_and(|kind| kind.starts_with("multipart/form-data"));
        if !multipart {
            let form = axum::Form::<Vec<(String, String)>>::from_request(request, state).await.map_err(IntoResponse::into_response)?;
            return Ok(Self(Fields(form.0)));
        }
        let mut parts = axum::extract::Multipart::from_request(request, state).await.map_err(IntoResponse::into_response)?;
        let mut fields = Vec::new();
        while let Some(part) = parts.next_field().await.map_err(IntoResponse::into_response)? {
            let name = part.name().unwrap_or_default().to_owned();
            fields.push((name, part.text().await.map_err(IntoResponse::into_response)?));
        }
        Ok(Self(Fields(fields)))
    }
}

/// POST of any page with forms.
pub async fn post(
    form: &'static FormPage,
    State(app): State<AppState>,
    Extension(cx): Extension<Cx>,
    params: RawPathParams,
    uri: Uri,
    headers: HeaderMap,
    Body(fields): Body,
) -> Response {
    let params = params.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let post = Post { db: app.db.clone(), actor: cx.actor.clone(), now: cx.now, fields, headers, site: cx.site.clone(), params };
    if let Some(error) = for_another(&post) {
        return render::instead(app, cx, uri, &error).await;
    }
    match run(form, &post).await {
        Ok(Done::Go { to, say }) => door::see_other(&to, say.as_deref()),
        Ok(Done::File(name, kind, content)) => downloads::file(&name, kind, content),
        Ok(Done::Refused(error)) => render::refused(app, cx, uri, post.fields, error).await,
        Err(Error::SignIn) if !by_personal_link(uri.path()) => {
            door::see_other("/sign-in", Some("Your login has ended. Please sign in and try again."))
        }
        Err(error) => render::refused(app, cx, uri, post.fields, error).await,
    }
}

/// Why a form of a personal page is not taken: it was shown to somebody else. One browser may have several links open, one after the other;
/// its cookie says whose page was opened last, the form whose page it was.
fn for_another(post: &Post) -> Option<Error> {
    let Actor::Link { purpose, subject, .. } = &post.actor else { return None };
    if post.fields.text(FOR) == subject.to_string() {
        return None;
    }
    let what = match purpose {
        Purpose::Invite => "another invitation",
        Purpose::Response => "another item",
        _ => "another person",
    };
    Some(Error::conflict(format!("This page was for {what}. Follow its link again. Nothing was saved.")))
}

async fn run(form: &FormPage, post: &Post) -> Result<Done> {
    let (_, verb) = form.acts.iter().find(|(act, _)| *act == post.act()).ok_or(Error::NotFound)?;
    post.actor.may(*verb)?;
    match form.handle {
        Handle::Unit(handle) => post.db.write(|tx, _| handle(tx, post)).await,
        Handle::Steps(handle) => handle(post).await,
    }
}
