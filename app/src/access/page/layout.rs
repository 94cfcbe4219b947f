//! The frame around every page: header, sections of the loop, account menu, flash message, main landmark, footer; and
//! the pages for what cannot be shown.

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use super::nav::{self, SECTIONS};
use super::{cx, public_page};
use crate::access::account::{Actor, Permission};
use crate::kernel::error::Error;
use crate::kernel::locale::Locale;
use crate::t;
use crate::ui::by_personal_link;

/// Two quotation marks, opening: somebody is being heard.
#[component]
fn Mark() -> impl IntoView {
    view! {
        <svg viewBox="0 0 32 32" aria-hidden="true" fill="currentColor">
            <path d="M13 8c-4.6 1.8-7.5 5.3-7.5 10 0 3.6 2.2 6 5.2 6 2.7 0 4.7-2 4.7-4.5 0-2.6-1.8-4.3-4.2-4.3-.5 0-1 .1-1.3.2.4-2.1 2.2-4 4.6-5.1z"></path>
            <path d="M25.5 8c-4.6 1.8-7.5 5.3-7.5 10 0 3.6 2.2 6 5.2 6 2.7 0 4.7-2 4.7-4.5 0-2.6-1.8-4.3-4.2-4.3-.5 0-1 .1-1.3.2.4-2.1 2.2-4 4.6-5.1z"></path>
        </svg>
    }
}

/// The frame. Who came by a personal link sees only their own pages, without navigation.
#[component]
pub fn Layout(children: Children) -> impl IntoView {
    let cx = cx();
    let path = use_location().pathname.get_untracked();
    let staff = matches!(cx.actor, Actor::Account { .. });
    let wordmark = if staff {
        view! { <a class="wordmark" href="/"><Mark/>"Weheard"</a> }.into_any()
    } else {
        let name = cx.host.clone().unwrap_or_else(|| super::OURS.to_owned());
        view! { <span class="wordmark"><Mark/>{name}</span> }.into_any()
    };
    let menu = staff.then(|| menu(&cx.actor, &path));
    let sections = staff.then(|| sections(&cx.actor, &path));
    let pages = staff.then(|| pages(&cx.actor, &path));
    view! {
        <a class="skip" href="#main">{t!(cx.locale, "skip-to-content")}</a>
        <header class="top">{wordmark} {sections} {menu}</header>
        {pages}
        <main id="main" tabindex="-1">
            {cx.flash.map(|flash| view! { <p class="flash" role="status">{flash}</p> })}
            {children()}
        </main>
        {matches!(cx.actor, Actor::Link { .. }).then(|| forget(cx.locale))}
        {staff.then(|| view! { <footer class="foot"><span>"Weheard"</span><a href="/design">"Components"</a></footer> })}
    }
}

/// The way out for whoever opened a personal link on a device that is not theirs.
fn forget(locale: Locale) -> impl IntoView {
    view! {
        <footer class="foot">
            <form method="post" action="/forget-device">
                <button type="submit">{t!(locale, "forget-device")}</button>
            </form>
        </footer>
    }
}

/// The four sections; each opens its first page that the actor may see.
fn sections(actor: &Actor, path: &str) -> impl IntoView + use<> {
    let here = nav::current(path).map(|(section, _)| section);
    let links = SECTIONS
        .iter()
        .filter_map(|section| {
            let first = *nav::visible(section, actor).first()?;
            let current = (here == Some(section.label)).then_some("true");
            Some(view! { <a href=first.to aria-current=current>{section.label}</a> })
        })
        .collect_view();
    view! { <nav class="sections" aria-label="Main">{links}</nav> }
}

/// The pages of the section one is in.
fn pages(actor: &Actor, path: &str) -> Option<impl IntoView + use<>> {
    let (label, here) = nav::current(path)?;
    let section = SECTIONS.iter().find(|section| section.label == label)?;
    let entries = nav::visible(section, actor);
    (entries.len() > 1).then(|| {
        let links = entries
            .into_iter()
            .map(|entry| {
                let current = (entry.to == here).then_some(if entry.to == path { "page" } else { "true" });
                view! { <a href=entry.to aria-current=current>{entry.label}</a> }
            })
            .collect_view();
        view! { <nav class="sub" aria-label=label>{links}</nav> }
    })
}

/// Who one is, and what belongs to nobody's section.
fn menu(actor: &Actor, path: &str) -> impl IntoView + use<> {
    let (name, role) = match actor {
        Actor::Account { name, role, .. } => (name.clone(), role.label()),
        _ => (String::new(), ""),
    };
    let links = [("You", "/me", Permission::SeeSelf), ("Accounts", "/accounts", Permission::ManageAccounts)]
        .into_iter()
        .filter(|(_, _, permission)| actor.scope(*permission).is_some())
        .map(|(label, to, _)| {
            let current = (to == path).then_some("page");
            view! { <a href=to aria-current=current>{label}</a> }
        })
        .collect_view();
    view! {
        <details class="menu push" name="menu">
            <summary>{name}</summary>
            <div>
                <small>{role}</small>
                {links}
                <form method="post" action="/sign-out">
                    <button type="submit">"Sign out"</button>
                </form>
            </div>
        </details>
    }
}

/// What an error page is called.
#[must_use]
pub fn error_title(error: &Error) -> &'static str {
    match error {
        Error::SignIn => "Please sign in",
        Error::Forbidden => "Not for your role",
        Error::NotFound | Error::Missing(_) => "Nothing here",
        Error::Gone(_) => "No longer open",
        Error::TooMany | Error::Wait(_) => "One moment, please",
        Error::Conflict(_) => "Somebody was faster",
        Error::Invalid(_) => "Something is missing",
        Error::Busy => "Somebody else is changing this",
        Error::Unavailable(_) | Error::Unreachable(_) | Error::Internal(_) => "That did not work",
    }
}

/// The same for guests.
#[must_use]
pub fn guest_error_title(locale: Locale, error: &Error) -> String {
    match error {
        Error::Gone(_) | Error::SignIn => t!(locale, "guest-error-closed"),
        Error::NotFound | Error::Missing(_) | Error::Forbidden => t!(locale, "guest-error-missing"),
        Error::TooMany | Error::Wait(_) => t!(locale, "guest-error-wait"),
        Error::Conflict(_) => t!(locale, "guest-error-changed"),
        Error::Invalid(_) => t!(locale, "guest-error-invalid"),
        Error::Busy | Error::Unavailable(_) | Error::Unreachable(_) | Error::Internal(_) => t!(locale, "guest-error-failed"),
    }
}

/// A page that cannot be shown, and why. Whoever has no start page is told where to turn instead.
#[component]
pub fn ErrorView(title: String, message: String) -> impl IntoView {
    let cx = cx();
    let out = match cx.actor {
        Actor::Account { .. } => view! { <a class="btn btn-1" href="/">"Go to the start page"</a> }.into_any(),
        Actor::Link { .. } => view! { <p>{t!(cx.locale, "guest-newest-link")}</p> }.into_any(),
        Actor::Nobody | Actor::System(_) if by_personal_link(&use_location().pathname.get_untracked()) => ().into_any(),
        Actor::Nobody | Actor::System(_) => view! { <a class="btn" href="/sign-in">"Sign in"</a> }.into_any(),
    };
    view! {
        <section class="empty">
            <h1 class="quote">{title}</h1>
            <p>{message}</p>
            <div class="actions">{out}</div>
        </section>
    }
}

/// No page has this address.
pub fn missing() -> impl IntoView {
    public_page("Nothing here", |_| async { Err::<(), _>(Error::NotFound) })
}
