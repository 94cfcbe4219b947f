//! How every page is made: `page("Title", Permission::SeeHeard, |cx| async move { … view })`.
//!
//! The wrapper authorises, and turns an error into its page and status.

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

pub use layout::{ErrorView, Layout, Wordmark, error_title, guest_error_title, host_style, missing};

/// Settings of the process that pages need.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    /// `https://cap.example.com`, without a slash at the end.
    pub base_url: String,
    /// Whether a mail server is configured; without one, email waits in the outbox.
    pub sends_email: bool,
    /// The largest file that may be uploaded, in bytes.
    pub upload_limit: u64,
    /// Where uploaded files are kept until their import; shared by all processes of one database.
    pub spool: std::path::PathBuf,
    /// A folder whose files are imported automatically.
    pub watched: Option<std::path::PathBuf>,
    /// Private networks that webhooks may call.
    pub webhook_networks: AllowedNetworks,
}

/// The context of a request: database, actor, time, settings.
#[derive(Clone)]
pub struct PageContext {
    pub db: Db,
    pub actor: Actor,
    pub now: Time,
    pub site: Arc<Site>,
    /// The message of the act that redirected here.
    pub flash: Option<String>,
    /// The language of the page.
    pub locale: Locale,
    /// On a guest's page, the organisation that invites them: guests see its name and not ours.
    pub host: Option<Host>,
}

/// What a guest sees of the organisation that invites them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Host {
    pub name: String,
    pub logo: Option<HostLogo>,
    /// Custom properties of the style sheet that differ: our own text, never what somebody typed.
    pub style: Option<String>,
    /// A line of thanks below each page; empty where there is none.
    pub thanks: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostLogo {
    /// Its address.
    pub src: String,
    /// In pixels.
    pub width: i64,
    /// In pixels.
    pub height: i64,
}

/// What a later context adds to a page of an earlier one; `front::app` passes it in.
pub type Panel<T> = fn(PageContext, T) -> Pin<Box<dyn Future<Output = Result<AnyView>> + Send>>;

impl PageContext {
    /// The language of a guest's errors; none for staff and for people who are about to sign in.
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

/// A page that requires `permission`.
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

/// A page without a permission of its own.
pub fn public_page<F, Fut, V>(title: impl Into<String>, load: F) -> impl IntoView
where
    F: FnOnce(PageContext) -> Fut + Send + 'static,
    Fut: Future<Output = Result<V>> + Send + 'static,
    V: IntoView + 'static,
{
    let cx = cx();
    let response = expect_context::<ResponseOptions>();
    let path = use_location();
    let title = format!("{} · {}", title.into(), cx.host.as_ref().map_or(OURS, |host| host.name.as_str()));
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

/// Sets the status, logs internal errors, and returns the error page.
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

/// What a query value may contain unencoded.
const IN_QUERY: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'_').remove(b'.');

/// What the product is called, where no organisation is the host.
const OURS: &str = "Weheard";

fn with_mark(search: &str) -> String {
    if search.is_empty() || search.starts_with('?') { search.to_owned() } else { format!("?{search}") }
}
