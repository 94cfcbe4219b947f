//! The frame around every page, and the pages for what cannot be shown.

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use super::page::{cx, page, public_page};
use crate::account::{Actor, Verb};
use crate::error::Error;

/// Header, navigation, flash message, main landmark.
#[component]
pub fn Layout(children: Children) -> impl IntoView {
    let cx = cx();
    let path = use_location().pathname.get_untracked();
    let links = [
        ("Listen", "/listen", Verb::SeeListening),
        ("Recruit", "/days", Verb::SeeRecruiting),
        ("Run", "/run", Verb::SeeSchedule),
        ("Follow up", "/heard", Verb::SeeHeard),
    ];
    let nav = links
        .into_iter()
        .filter(|(_, _, verb)| cx.actor.scope(*verb).is_some())
        .map(|(label, to, _)| {
            let current = path.starts_with(to).then_some("page");
            view! { <a href=to aria-current=current>{label}</a> }
        })
        .collect_view();
    let me = match &cx.actor {
        Actor::Account { name, .. } => Some(view! {
            <a class="push" href="/me">{name.clone()}</a>
        }),
        _ => None,
    };
    view! {
        <a class="skip" href="#main">"Skip to content"</a>
        <header class="top">
            <a href="/"><strong>"Weheard"</strong></a>
            <nav aria-label="Main">{nav}</nav>
            {me}
        </header>
        <main id="main">
            {cx.flash.map(|flash| view! { <p class="flash" role="status">{flash}</p> })}
            {children()}
        </main>
    }
}

/// What an error page is called.
#[must_use]
pub fn error_title(error: &Error) -> &'static str {
    match error {
        Error::SignIn => "Please sign in",
        Error::Forbidden => "Not for your role",
        Error::NotFound => "Nothing here",
        Error::Gone(_) => "No longer open",
        Error::TooMany => "One moment, please",
        Error::Conflict(_) => "Somebody was faster",
        Error::Invalid(_) => "Something is missing",
        Error::Unavailable(_) | Error::Internal(_) => "That did not work",
    }
}

/// A page that cannot be shown, and why.
#[component]
pub fn ErrorView(title: String, message: String) -> impl IntoView {
    view! {
        <section class="card empty">
            <h1>{title}</h1>
            <p>{message}</p>
            <p><a href="/">"Go to the start page"</a></p>
        </section>
    }
}

/// No page has this address.
pub fn missing() -> impl IntoView {
    public_page("Nothing here", |_| async { Err::<(), _>(Error::NotFound) })
}

/// The start page.
pub fn home() -> impl IntoView {
    page("Start", Verb::SeeHome, |_| async { Ok(view! { <h1>"Start"</h1> }) })
}
