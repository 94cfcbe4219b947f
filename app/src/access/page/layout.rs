//! The frame around every page: header, navigation, account menu, flash message, main landmark, footer; and the error pages.

use leptos::nonce::use_nonce;
use leptos::prelude::*;
use leptos_router::hooks::use_location;

use super::nav::{self, SECTIONS};
use super::{Host, PageContext, Panel, cx, public_page};
use crate::access::account::{Actor, Permission};
use crate::kernel::error::Error;
use crate::kernel::locale::Locale;
use crate::t;
use crate::ui::by_personal_link;

/// The logo: two opening quotation marks.
#[component]
fn Mark() -> impl IntoView {
    view! {
        <svg viewBox="0 0 32 32" aria-hidden="true" fill="currentColor">
            <path d="M13 8c-4.6 1.8-7.5 5.3-7.5 10 0 3.6 2.2 6 5.2 6 2.7 0 4.7-2 4.7-4.5 0-2.6-1.8-4.3-4.2-4.3-.5 0-1 .1-1.3.2.4-2.1 2.2-4 4.6-5.1z"></path>
            <path d="M25.5 8c-4.6 1.8-7.5 5.3-7.5 10 0 3.6 2.2 6 5.2 6 2.7 0 4.7-2 4.7-4.5 0-2.6-1.8-4.3-4.2-4.3-.5 0-1 .1-1.3.2.4-2.1 2.2-4 4.6-5.1z"></path>
        </svg>
    }
}

/// The frame. A guest (by personal link) gets no navigation.
#[component]
pub fn Layout(
    /// The program that a page shows, given its path.
    programs: Panel<String>,
    children: Children,
) -> impl IntoView {
    let cx = cx();
    let path = use_location().pathname.get_untracked();
    let staff = matches!(cx.actor, Actor::Account { .. });
    let wordmark = if staff {
        view! { <a class="wordmark" href="/"><Mark/>"Weheard"</a> }.into_any()
    } else {
        let host = cx.host.clone().unwrap_or_else(|| Host { name: super::OURS.to_owned(), ..Host::default() });
        view! { <Wordmark host/> }.into_any()
    };
    let menu = staff.then(|| menu(&cx.actor, &path));
    let sections = staff.then(|| sections(&cx.actor, &path));
    let pages = staff.then(|| pages(&cx, &path, programs));
    let find = staff.then(|| find(&path));
    // On a phone, in place of the box.
    let to_search = staff.then(|| view! { <a class="to-search" href="/search" aria-label="Search everything">{magnifier()}</a> });
    view! {
        <a class="skip" href="#main">{t!(cx.locale, "skip-to-content")}</a>
        <header class="top">{wordmark} {sections} {find} {to_search} {menu}</header>
        {pages}
        <main id="main" tabindex="-1">
            {cx.flash.map(|flash| view! { <p class="flash" role="status">{flash}</p> })}
            {children()}
        </main>
        {foot(&cx.actor, cx.locale, cx.host.as_ref())}
    }
}

/// The name of the organisation that a page is from: its logo, where it has one.
#[component]
pub fn Wordmark(host: Host) -> impl IntoView {
    let shown = match host.logo {
        Some(logo) => view! { <img src=logo.src width=logo.width height=logo.height alt=host.name/> }.into_any(),
        None => view! { <Mark/>{host.name} }.into_any(),
    };
    view! { <span class="wordmark" dir="auto">{shown}</span> }
}

/// The colours of the organisation that a page is from, where they are not ours.
#[must_use]
pub fn host_style() -> Option<impl IntoView> {
    let style = use_context::<PageContext>()?.host?.style?;
    Some(view! { <style nonce=use_nonce()>{format!(":root{{{style}}}")}</style> })
}

/// Below a guest's page: the organisation's thanks, and the end of a visit on a shared device.
fn foot(actor: &Actor, locale: Locale, host: Option<&Host>) -> Option<impl IntoView + use<>> {
    let thanks = host.map(|host| host.thanks.clone()).filter(|thanks| !thanks.is_empty());
    let visits = matches!(actor, Actor::Link { .. });
    (visits || thanks.is_some()).then(|| {
        let thanks = thanks.map(|thanks| view! { <p dir="auto">{thanks}</p> });
        let forget = visits.then(|| {
            view! { <form method="post" action="/forget-device"><button type="submit">{t!(locale, "forget-device")}</button></form> }
        });
        view! { <footer class="foot">{thanks} {forget}</footer> }
    })
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

/// The pages of the current section.
fn pages(cx: &PageContext, path: &str, programs: Panel<String>) -> Option<impl IntoView + use<>> {
    let (label, here) = nav::current(path)?;
    let section = SECTIONS.iter().find(|section| section.label == label)?;
    let entries = nav::visible(section, &cx.actor);
    let programs = programs(cx.clone(), path.to_owned());
    (entries.len() > 1).then(|| {
        let links = entries
            .into_iter()
            .map(|entry| {
                let current = (entry.to == here).then_some(if entry.to == path { "page" } else { "true" });
                view! { <a href=entry.to aria-current=current>{entry.label}</a> }
            })
            .collect_view();
        let programs = Suspend::new(async move { programs.await.unwrap_or_else(|_| ().into_any()) });
        view! { <section class="sub" aria-label=format!("{label}: pages and program")><nav aria-label=label>{links}</nav> {programs}</section> }
    })
}

fn magnifier() -> impl IntoView {
    view! {
        <svg viewBox="0 0 20 20" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="1.8" stroke-linecap="round">
            <circle cx="8.5" cy="8.5" r="5.5"></circle>
            <path d="m13 13 4.5 4.5"></path>
        </svg>
    }
}

/// The search box. The key `/` focuses it, except while typing; without scripts it is a form like any other.
fn find(path: &str) -> impl IntoView + use<> {
    // The page of the search has the box itself.
    (path != "/search").then(|| {
        view! {
            <form class="find" method="get" action="/search" role="search" aria-label="Everything">
                <input type="search" name="q" dir="auto" aria-label="Search everything" aria-keyshortcuts="/" placeholder="Search  /"/>
                <script nonce=use_nonce()>{FOCUS_BY_KEY}</script>
            </form>
        }
    })
}

const FOCUS_BY_KEY: &str = "addEventListener('keydown',e=>{if(e.key==='/'&&!e.ctrlKey&&!e.metaKey&&!e.altKey&&!e.target.closest('input,textarea,select,[contenteditable]')){e.preventDefault();document.querySelector('.find input').focus()}})";

/// The account menu: name, role, own account, administration.
fn menu(actor: &Actor, path: &str) -> impl IntoView + use<> {
    let (name, role) = match actor {
        Actor::Account { name, role, .. } => (name.clone(), role.label()),
        _ => (String::new(), ""),
    };
    let links = [
        ("Your account", "/me", Permission::SeeSelf),
        ("Accounts", "/accounts", Permission::ManageAccounts),
        ("Audit log", "/audit-log", Permission::SeeAuditLog),
    ]
    .into_iter()
    .filter(|(_, _, permission)| actor.scope(*permission).is_some())
    .map(|(label, to, _)| {
        let current = (to == path).then_some("page");
        view! { <a href=to aria-current=current>{label}</a> }
    })
    .collect_view();
    view! {
        <details class="menu push" name="menu">
            <summary dir="auto">{name}</summary>
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

#[must_use]
pub fn error_title(error: &Error) -> &'static str {
    match error {
        Error::SignIn => "Sign in",
        Error::Forbidden => "You don’t have access",
        Error::NotFound | Error::Missing(_) => "Page not found",
        Error::Gone(_) => "This link no longer works",
        Error::TooMany | Error::Wait(_) => "Too many requests",
        Error::Conflict(_) => "This was changed by someone else",
        Error::Invalid(_) => "Check your answers",
        Error::Busy => "Try again",
        Error::Unavailable(_) | Error::Unreachable(_) | Error::Internal(_) | Error::Aborted(_) => "Something went wrong",
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
        Error::Busy | Error::Unavailable(_) | Error::Unreachable(_) | Error::Internal(_) | Error::Aborted(_) => {
            t!(locale, "guest-error-failed")
        }
    }
}

/// A page that cannot be shown, why, and where to continue.
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

/// The fallback for unknown addresses.
pub fn missing() -> impl IntoView {
    public_page("Page not found", |_| async { Err::<(), _>(Error::NotFound) })
}
