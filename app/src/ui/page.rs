//! How every page is made: `page("Title", Verb::SeeHeard, |cx| async move { … view })`.
//!
//! The wrapper authorises, reads inside one transaction's life, and turns an error into its designed page and status.

use std::future::Future;
use std::str::FromStr;
use std::sync::Arc;

use http::{HeaderValue, StatusCode, header};
use leptos::either::Either;
use leptos::prelude::*;
use leptos_axum::ResponseOptions;
use leptos_meta::Title;
use leptos_router::hooks::{use_location, use_params_map, use_query_map};
use leptos_router::params::ParamsMap;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::form::Tried;
use crate::account::{Actor, Verb};
use crate::clock::Time;
use crate::db::Db;
use crate::error::{Error, Result};
use crate::webhook::rules::Networks;

/// What the process knows about itself that pages show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    /// `https://cap.example.com`, without a slash at the end.
    pub base_url: String,
    /// Whether a mail server is configured; without one, mail waits in the outbox.
    pub sends_mail: bool,
    /// The largest file that may be uploaded, in bytes.
    pub upload_limit: u64,
    /// Where uploads wait for their import; several processes over one database share it.
    pub spool: std::path::PathBuf,
    /// Files that are laid there are imported by themselves.
    pub watched: Option<std::path::PathBuf>,
    /// Networks of one's own that webhooks may lead into.
    pub webhook_networks: Networks,
}

/// What a page or a form is given: who asks, when, and where to read.
#[derive(Clone)]
pub struct Cx {
    pub db: Db,
    pub actor: Actor,
    pub now: Time,
    pub site: Arc<Site>,
    /// The message left by the act that led here.
    pub flash: Option<String>,
}

/// The request's context.
///
/// # Panics
/// Outside of a request; the router provides it before any page is rendered.
#[must_use]
pub fn cx() -> Cx {
    expect_context::<Cx>()
}

/// A page that asks for `verb`.
pub fn page<F, Fut, V>(title: &'static str, verb: Verb, load: F) -> impl IntoView
where
    F: FnOnce(Cx) -> Fut + Send + 'static,
    Fut: Future<Output = Result<V>> + Send + 'static,
    V: IntoView + 'static,
{
    let cx = cx();
    public_page(title, move |_| async move {
        cx.actor.may(verb)?;
        load(cx).await
    })
}

/// A page that anybody may open.
pub fn public_page<F, Fut, V>(title: &'static str, load: F) -> impl IntoView
where
    F: FnOnce(Cx) -> Fut + Send + 'static,
    Fut: Future<Output = Result<V>> + Send + 'static,
    V: IntoView + 'static,
{
    let cx = cx();
    let response = expect_context::<ResponseOptions>();
    let path = use_location();
    let here = format!("{}{}", path.pathname.get_untracked(), with_mark(&path.search.get_untracked()));
    Suspend::new(async move {
        match load(cx).await {
            // The view is made already, so that `Unplaced` knows whether one of its forms has said why it was refused.
            Ok(view) => Either::Left(view! { <Title text=format!("{title} · Weheard")/> <super::form::Unplaced/> {view} }),
            Err(Error::SignIn) if by_personal_link(&here) => Either::Right(refuse(&response, &here, &Error::Gone(LINK_AGAIN.into()))),
            Err(error) => Either::Right(refuse(&response, &here, &error)),
        }
    })
}

/// Sets the status, logs what is ours, and gives the page for an error.
fn refuse(response: &ResponseOptions, here: &str, error: &Error) -> impl IntoView + use<> {
    if let Error::Internal(detail) = error {
        tracing::error!(detail, path = here, "a page failed");
    }
    if matches!(error, Error::SignIn)
        && let Ok(to) = HeaderValue::from_str(&format!("/sign-in?to={}", utf8_percent_encode(here, IN_QUERY)))
    {
        response.set_status(StatusCode::SEE_OTHER);
        response.insert_header(header::LOCATION, to);
    } else {
        response.set_status(StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR));
    }
    let title = super::error_title(error);
    view! { <Title text=format!("{title} · Weheard")/> <super::ErrorView title=title.to_owned() message=error.message()/> }
}

/// A value as an address carries it.
#[must_use]
pub fn encoded(value: &str) -> String {
    utf8_percent_encode(value, NON_ALPHANUMERIC).to_string()
}

/// The value of `:name` in the page's path.
///
/// # Errors
/// `NotFound` when it is no id: the page does not exist.
pub fn param<T: FromStr>(name: &str) -> Result<T> {
    use_params_map().get_untracked().get(name).and_then(|text| text.parse().ok()).ok_or(Error::NotFound)
}

/// The value of `?name=`, if it is there and not empty.
#[must_use]
pub fn query(name: &str) -> Option<String> {
    use_query_map().get_untracked().get(name).map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
}

/// All of the page's query, for links that keep a filter.
#[must_use]
pub fn queries() -> ParamsMap {
    use_query_map().get_untracked()
}

/// What was typed into a form of this page that was refused, if that is why the page is shown.
#[must_use]
pub fn tried() -> Option<Arc<Tried>> {
    use_context::<Arc<Tried>>()
}

/// What may stand in a query value as it is; everything else of a path is percent-encoded.
const IN_QUERY: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'_').remove(b'.');

/// Pages that open by a personal link alone: whoever comes without one has no account to sign in to.
#[must_use]
pub fn by_personal_link(path: &str) -> bool {
    ["/portal", "/invitation", "/item", "/nominate/mine"]
        .iter()
        .any(|door| path.strip_prefix(door).is_some_and(|rest| !rest.starts_with(char::is_alphanumeric)))
}

const LINK_AGAIN: &str =
    "This page opens with your personal link only, and your last visit has ended. Please follow the link in your mail or message again.";

fn with_mark(search: &str) -> String {
    if search.is_empty() || search.starts_with('?') { search.to_owned() } else { format!("?{search}") }
}
