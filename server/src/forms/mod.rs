//! Forms: each page that changes something has one `FormPage`, listing its acts and who may do them.
//!
//! A POST is refused before its handler runs when the act is not in the list or the actor lacks the permission; the act itself
//! authorises again, with the scope. Success is 303 with a message; a refusal re-renders the page, nothing typed lost.

mod author;
mod account;
mod audit;
mod heard;
pub mod import_answers;
mod listen;
mod nomination;
mod candidate;
mod customer;
mod invitation;
mod job;
mod note;
mod portal;
mod program;
mod report;
mod request;
mod topic;
mod triage;
mod webhook;

use app::access::account::Actor;
use app::access::link::Purpose;
use app::access::page::PageContext;
use app::coded;
use app::kernel::error::{Error, Result};
use app::ui::by_personal_link;
use app::ui::form::FOR;
use axum::extract::{Extension, RawPathParams, State};
use axum::http::{HeaderMap, Uri};
use axum::response::Response;

use crate::http::{self, FormBody};
use crate::{AppState, downloads, moved, render};
use request::{FormHandler, FormOutcome, FormPage, FormRequest};

pub const FORMS: &[FormPage] = &[
    account::ME,
    account::ACCOUNTS,
    audit::LOG,
    heard::ITEM,
    heard::OF_DAY,
    heard::OWNED,
    report::OF_DAY,
    report::REPORT,
    report::EMAIL,
    job::LIST,
    portal::PORTAL,
    portal::REPORT,
    portal::YOU,
    author::AUTHOR,
    author::AUTHORS,
    listen::IMPORT,
    listen::INBOUND,
    webhook::LIST,
    listen::MENTION,
    listen::SENTIMENT,
    listen::SEGMENTS,
    author::EXCLUDED,
    listen::OPT_OUTS,
    listen::LINKS,
    customer::CUSTOMERS,
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
    program::BRANDING,
    program::DAYS,
    program::DAY,
    candidate::SHORTLIST,
    invitation::BOARD,
    invitation::ONE,
    invitation::ANSWER,
    invitation::PEOPLE,
];

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
    let fields = moved::renamed(fields);
    let request = FormRequest {
        db: app.db.clone(),
        actor: cx.actor.clone(),
        now: cx.now,
        locale: cx.locale,
        fields,
        headers,
        site: cx.site.clone(),
        params,
    };
    if let Some(error) = for_another(&request) {
        return render::instead(app, cx, uri, &error).await;
    }
    match run(form, &request).await {
        Ok(FormOutcome::Redirect { to, message }) => http::see_other(&to, message.as_deref()),
        Ok(FormOutcome::File(name, kind, content)) => downloads::file(&name, kind, content),
        Ok(FormOutcome::Refused(error)) => render::refused(app, cx, uri, request.fields, error).await,
        Err(Error::SignIn) if !by_personal_link(uri.path()) => {
            http::see_other("/sign-in", Some("Your session has expired. Sign in, then try again."))
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
    Some(Error::conflict(match purpose {
        Purpose::Invite => coded!("error-page-of-another-invitation"),
        Purpose::Response => coded!("error-page-of-another-item"),
        _ => coded!("error-page-of-another-person"),
    }))
}

async fn run(form: &FormPage, request: &FormRequest) -> Result<FormOutcome> {
    let (_, permission) = form.acts.iter().find(|(act, _)| *act == request.act()).ok_or(Error::NotFound)?;
    request.actor.may(*permission)?;
    match form.handle {
        FormHandler::Unit(handle) => request.db.write(|tx, _| handle(tx, request)).await,
        FormHandler::Steps(handle) => handle(request).await,
    }
}
