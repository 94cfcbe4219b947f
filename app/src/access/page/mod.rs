//! How every page is made: `page("Title", Permission::SeeHeard, |cx| async move { … view })`.
//!
//! The wrapper authorises, reads inside one transaction's life, and turns an error into its designed page and status.

mod layout;
pub mod nav;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use http::{HeaderValue, StatusCode, header};
use leptos::either::Either;
use leptos::prelude::*;
use leptos_axum::ResponseOptions;
use leptos_meta::Title;
use leptos_router::hooks::use_location;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::access::account::{Actor, Permission};
use crate::coded;
use crate::db::Db;
use crate::kernel::clock::Time;
use crate::kernel::error::{Error, Result};
use crate::kernel::locale::Locale;
use crate::kernel::networks::AllowedNetworks;
use crate::ui::by_personal_link;
use crate::ui::form::Unplaced;

pub use layout::{ErrorView, Layout, error_title, guest_error_title, missing};

/// What the process knows about itself that pages show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    /// `https://cap.example.com`, without a slash at the end.
    pub base_url: String,
    /// Whether a mail server is configured; without one, email waits in the outbox.
    pub sends_mail: bool,
    /// The largest file that may be uploaded, in bytes.
    pub upload_limit: u64,
    /// Where uploads wait for their import; several processes over one database share it.
    pub spool: std::path::PathBuf,
    /// Files that are laid there are imported by themselves.
    pub watched: Option<std::path::PathBuf>,
    /// Networks of one's own that webhooks may lead into.
    pub webhook_networks: AllowedNetworks,
}

/// What a page or a form is given: who asks, when, and where to read.
#[derive(Clone)]
pub struct PageContext {
    pub db: Db,
    pub actor: Actor,
    pub now: Time,
    pub site: Arc<Site>,
    /// The message left by the act that led here.
    pub flash: Option<String>,
    /// The language of the page.
    pub locale: Locale,
    /// On a guest's page, the organisation that invites them: guests see its name and not ours.
    pub host: Option<String>,
}

/// What a context further down puts on a page of one above. `front::app`, which knows both, gives it to the page.
pub type Panel<T> = fn(PageContext, T) -> Pin<Box<dyn Future<Output = Result<AnyView>> + Send>>;

impl PageContext {
    /// The language in which a guest is told of errors; none for staff and for whoever is about to sign in.
    #[must_use]
    pub fn guest(&self) -> Option<Locale> {
        (matches!(self.actor, Actor::Link { .. }) || self.host.is_some()).then_some(self.locale)
    }
}

/// The request's context.
///
/// # Panics
/// Outside of a request; the router provides it before any page is rendered.
#[must_use]
pub fn cx() -> PageContext {
    expect_context::<PageContext>()
}

/// A page that asks for `permission`.
pub fn page<F, Fut, V>(title: impl Into<String>, permission: Permission, load: F) -> impl IntoView
where
    F: FnOnce(PageContext) -> Fut + Send + 'static,
    Fut: Future<Output = Result<V>> + Send + 'static,
    V: IntoView + 'static,
{
    let cx = cx();
    public_page(title, move |_| async move {
        cx.actor.may(permission)?;
        load(cx).await
    })
}

/// A page that anybody may open.
pub fn public_page<F, Fut, V>(title: impl Into<String>, load: F) -> impl IntoView
where
    F: FnOnce(PageContext) -> Fut + Send + 'static,
    Fut: Future<Output = Result<V>> + Send + 'static,
    V: IntoView + 'static,
{
    let cx = cx();
    let response = expect_context::<ResponseOptions>();
    let path = use_location();
    let title = format!("{} · {}", title.into(), cx.host.as_deref().unwrap_or(OURS));
    let guest = cx.guest();
    let here = format!("{}{}", path.pathname.get_untracked(), with_mark(&path.search.get_untracked()));
    Suspend::new(async move {
        match load(cx).await {
            // The view is made already, so that `Unplaced` knows whether one of its forms has said why it was refused.
            Ok(view) => Either::Left(view! { <Title text=title.clone()/> <Unplaced/> {view} }),
            Err(Error::SignIn) if by_personal_link(&here) => {
                Either::Right(refuse(&response, &here, &Error::Gone(coded!("error-link-needed")), guest))
            }
            Err(error) => Either::Right(refuse(&response, &here, &error, guest)),
        }
    })
}

/// Sets the status, logs what is ours, and gives the page for an error.
fn refuse(response: &ResponseOptions, here: &str, error: &Error, guest: Option<Locale>) -> impl IntoView + use<> {
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
    let (title, message) = match guest {
        Some(locale) => (guest_error_title(locale, error), error.for_guest(locale)),
        None => (error_title(error).to_owned(), error.message()),
    };
    view! { <Title text=title.clone()/> <ErrorView title message/> }
}

/// What may stand in a query value as it is; everything else of a path is percent-encoded.
const IN_QUERY: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'_').remove(b'.');

/// What the product is called, where no organisation is the host.
const OURS: &str = "Weheard";

fn with_mark(search: &str) -> String {
    if search.is_empty() || search.starts_with('?') { search.to_owned() } else { format!("?{search}") }
}
