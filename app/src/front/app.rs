//! Every page, one line each, and the document around them.

use leptos::prelude::*;
use leptos_meta::{MetaTags, provide_meta_context};
use leptos_router::any_nested_route::{AnyNestedRoute, IntoAnyNestedRoute as _};
use leptos_router::components::{Route, Router, Routes};
use leptos_router::{SsrMode, path};

use crate::access::account::{Permission, page as account};
use crate::access::{outbox, page};
use crate::casework::{nomination, triage};
use crate::follow_up::{board, evidence_trail, heard, report};
use crate::front::portal::{self, invitation as invitee};
use crate::front::{accounts, audit_log, design, home, jobs, link, programs, search, webhook};
use crate::listening::sentiment::page as sentiment;
use crate::listening::{author, customer, identity_link, import, inbound, mention, repeated, segment, segment_change, topic, volume};
use crate::panel_day::day::page as day;
use crate::panel_day::note::{list as notes, page as note};
use crate::panel_day::session;
use crate::privacy::opt_out;
use crate::program::branding::page as branding;
use crate::program::page as program;
use crate::recruiting::candidate::page as candidate;
use crate::recruiting::invitation::{board as invitations, page as invitation};
use crate::recruiting::panelist::page as panelist;
use crate::ui::locale;

/// The permission of each page; `None` for public pages. `server/tests/http/permissions.rs` walks this list against the router.
pub const PAGES: &[(&str, Option<Permission>)] = &[
    ("/", Some(Permission::SeeHome)),
    ("/search", Some(Permission::SeeHome)),
    ("/sign-in", None),
    ("/l/{token}", None),
    ("/device-forgotten", None),
    ("/me", Some(Permission::SeeSelf)),
    ("/accounts", Some(Permission::ManageAccounts)),
    ("/audit-log", Some(Permission::SeeAuditLog)),
    ("/heard", Some(Permission::SeeHeard)),
    ("/heard/{id}", Some(Permission::SeeHeard)),
    ("/days/{id}/heard", Some(Permission::EditHeard)),
    ("/item", Some(Permission::SeeOwnItem)),
    ("/programs", Some(Permission::SeeProgram)),
    ("/programs/{id}", Some(Permission::SeeProgram)),
    ("/programs/{id}/branding", Some(Permission::EditBranding)),
    ("/days", Some(Permission::SeeProgram)),
    ("/days/{id}", Some(Permission::SeeSchedule)),
    ("/sessions", Some(Permission::SeeSchedule)),
    ("/sessions/{id}", Some(Permission::SeeNotes)),
    ("/sessions/{id}/live", Some(Permission::SeeNotes)),
    ("/reports", Some(Permission::SeeReports)),
    ("/reports/{id}", Some(Permission::SeeReports)),
    ("/days/{id}/report", Some(Permission::FinaliseReport)),
    ("/share/{slug}", None),
    ("/outbox", Some(Permission::SeeOutbox)),
    ("/outbox/{id}", Some(Permission::SeeOutbox)),
    ("/jobs", Some(Permission::RunJobs)),
    ("/portal", Some(Permission::SeePortal)),
    ("/portal/you", Some(Permission::SeePortal)),
    ("/portal/reports/{number}", Some(Permission::SeePortal)),
    ("/unsubscribe/{token}", None),
    ("/listen", Some(Permission::SeeListening)),
    ("/listen/sentiment", Some(Permission::SeeListening)),
    ("/listen/segments", Some(Permission::SeeListening)),
    ("/listen/repeated-mentions", Some(Permission::SeeListening)),
    ("/listen/segment-changes", Some(Permission::SeeListening)),
    ("/listen/excluded", Some(Permission::SeeListening)),
    ("/opt-outs", Some(Permission::Import)),
    ("/listen/topics", Some(Permission::SeeListening)),
    ("/listen/topics/{id}", Some(Permission::SeeListening)),
    ("/listen/long-tail", Some(Permission::SeeListening)),
    ("/listen/triage", Some(Permission::SeeTriage)),
    ("/listen/triage/{id}", Some(Permission::SeeTriage)),
    ("/listen/nominations", Some(Permission::SeeNominations)),
    ("/nominate", None),
    ("/nominate/mine", Some(Permission::Nominate)),
    ("/mentions", Some(Permission::SeeListening)),
    ("/mentions/{id}", Some(Permission::SeeListening)),
    ("/authors", Some(Permission::SeeListening)),
    ("/authors/{id}", Some(Permission::SeeListening)),
    ("/authors/{id}/identity-links", Some(Permission::SeeListening)),
    ("/inbound", Some(Permission::ConnectTools)),
    ("/webhooks", Some(Permission::ConnectTools)),
    ("/imports", Some(Permission::Import)),
    ("/imports/{id}", Some(Permission::Import)),
    ("/imports/{id}/rows", Some(Permission::Import)),
    ("/imports/{id}/rows/{line}", Some(Permission::Import)),
    ("/customers", Some(Permission::SeeCustomers)),
    ("/evidence-trail/{start}/{id}", Some(Permission::SeeTrail)),
    ("/design", Some(Permission::ManageAccounts)),
    ("/days/{id}/shortlist", Some(Permission::Shortlist)),
    ("/days/{id}/invitations", Some(Permission::Invite)),
    ("/days/{id}/people", Some(Permission::SeeRecruiting)),
    ("/invitations/{id}", Some(Permission::Invite)),
    ("/invitation", Some(Permission::AnswerInvitation)),
];

/// Pages with an island. All others load no script; staff pages have one line of it, for the key `/`.
#[must_use]
pub fn has_island(path: &str) -> bool {
    path.ends_with("/live")
        || (path.starts_with("/days/") && path.ends_with("/people"))
        || path.strip_prefix("/imports/").is_some_and(|id| !id.is_empty() && !id.contains('/'))
}

/// The icon of the browser's tab: ours, and on a guest's page the logo of the organisation, or none.
fn icon() -> AnyView {
    match use_context::<page::PageContext>().and_then(|cx| cx.host) {
        None => view! { <link rel="icon" href="/favicon.svg" type="image/svg+xml"/> }.into_any(),
        Some(host) => view! { <link rel="icon" href=host.logo.map_or_else(|| "data:,".to_owned(), |logo| logo.src)/> }.into_any(),
    }
}

/// The document.
#[must_use]
pub fn shell(options: LeptosOptions, path: &str) -> AnyView {
    let scripts = has_island(path).then(|| view! { <HydrationScripts options islands=true/> });
    view! {
        <!DOCTYPE html>
        <html lang=locale().tag()>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1, interactive-widget=resizes-content"/>
                <meta name="color-scheme" content="light dark"/>
                {icon()}
                <link rel="stylesheet" href="/pkg/weheard.css"/>
                {page::host_style()}
                {scripts}
                <MetaTags/>
            </head>
            <body>
                <App/>
            </body>
        </html>
    }
    .into_any()
}

/// The pages, grouped as the loop goes.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    view! {
        <Router>
            <page::Layout programs=programs::switcher>
                <Routes fallback=page::missing>
                    <GeneralPages/>
                    <ListeningPages/>
                    <PanelPages/>
                    <FollowUpPages/>
                </Routes>
            </page::Layout>
        </Router>
    }
}

/// Signing in, accounts, the portal and what runs the program: no one step of the loop.
#[component(transparent)]
fn GeneralPages() -> AnyNestedRoute {
    view! {
        <Route path=path!("/") view=home::home ssr=SsrMode::Async/>
        <Route path=path!("/search") view=search::search ssr=SsrMode::Async/>
        <Route path=path!("/sign-in") view=account::sign_in ssr=SsrMode::Async/>
        <Route path=path!("/l/:token") view=link::link ssr=SsrMode::Async/>
        <Route path=path!("/device-forgotten") view=account::forgotten ssr=SsrMode::Async/>
        <Route path=path!("/me") view=account::me ssr=SsrMode::Async/>
        <Route path=path!("/accounts") view=accounts::accounts ssr=SsrMode::Async/>
        <Route path=path!("/audit-log") view=audit_log::audit_log ssr=SsrMode::Async/>
        <Route path=path!("/outbox") view=outbox::list::outbox ssr=SsrMode::Async/>
        <Route path=path!("/outbox/:id") view=outbox::list::email ssr=SsrMode::Async/>
        <Route path=path!("/jobs") view=jobs::jobs ssr=SsrMode::Async/>
        <Route path=path!("/portal") view=portal::page::start ssr=SsrMode::Async/>
        <Route path=path!("/portal/you") view=portal::page::you ssr=SsrMode::Async/>
        <Route path=path!("/portal/reports/:number") view=portal::page::report ssr=SsrMode::Async/>
        <Route path=path!("/webhooks") view=webhook::page::webhooks ssr=SsrMode::Async/>
        <Route path=path!("/design") view=design::design ssr=SsrMode::Async/>
    }
    .into_inner()
    .into_any_nested_route()
}

/// What people say in public, who says it, and which of it is answered there.
#[component(transparent)]
fn ListeningPages() -> AnyNestedRoute {
    view! {
        <Route path=path!("/listen") view=|| volume::page::listen(triage::page::late_answers) ssr=SsrMode::Async/>
        <Route path=path!("/listen/repeated-mentions") view=repeated::page::repeated_mentions ssr=SsrMode::Async/>
        <Route path=path!("/listen/segments") view=segment::page::segments ssr=SsrMode::Async/>
        <Route path=path!("/listen/segment-changes") view=segment_change::page::segment_changes ssr=SsrMode::Async/>
        <Route path=path!("/opt-outs") view=opt_out::page::opt_outs ssr=SsrMode::Async/>
        <Route path=path!("/listen/excluded") view=author::excluded::excluded_authors ssr=SsrMode::Async/>
        <Route path=path!("/listen/sentiment") view=sentiment::sentiment ssr=SsrMode::Async/>
        <Route path=path!("/listen/topics") view=topic::list::topics ssr=SsrMode::Async/>
        <Route path=path!("/listen/topics/:id") view=topic::page::topic ssr=SsrMode::Async/>
        <Route path=path!("/listen/long-tail") view=topic::tail::long_tail ssr=SsrMode::Async/>
        <Route path=path!("/listen/triage") view=triage::page::triage ssr=SsrMode::Async/>
        <Route path=path!("/listen/triage/:id") view=triage::case::case ssr=SsrMode::Async/>
        <Route path=path!("/listen/nominations") view=nomination::list::nominations ssr=SsrMode::Async/>
        <Route path=path!("/nominate") view=nomination::public::nominate ssr=SsrMode::Async/>
        <Route path=path!("/nominate/mine") view=nomination::public::mine ssr=SsrMode::Async/>
        <Route path=path!("/mentions/:id") view=|| mention::page::mention(triage::case::panel) ssr=SsrMode::Async/>
        <Route path=path!("/mentions") view=mention::list::mentions ssr=SsrMode::Async/>
        <Route path=path!("/authors") view=author::list::authors ssr=SsrMode::Async/>
        <Route path=path!("/authors/:id") view=author::page::author ssr=SsrMode::Async/>
        <Route path=path!("/authors/:id/identity-links") view=identity_link::page::identity_links ssr=SsrMode::Async/>
        <Route path=path!("/inbound") view=inbound::page::integrations ssr=SsrMode::Async/>
        <Route path=path!("/imports") view=import::list::imports ssr=SsrMode::Async/>
        <Route path=path!("/imports/:id/rows/:line") view=import::outcome::rows_page::one ssr=SsrMode::Async/>
        <Route path=path!("/imports/:id/rows") view=import::outcome::rows_page::list ssr=SsrMode::Async/>
        <Route path=path!("/imports/:id") view=import::page::import ssr=SsrMode::Async/>
        <Route path=path!("/customers") view=customer::page::customers ssr=SsrMode::Async/>
    }
    .into_inner()
    .into_any_nested_route()
}

/// Programs and their panel days, from the shortlist to the notes.
#[component(transparent)]
fn PanelPages() -> AnyNestedRoute {
    view! {
        <Route path=path!("/programs") view=program::programs ssr=SsrMode::Async/>
        <Route path=path!("/programs/:id") view=program::program ssr=SsrMode::Async/>
        <Route path=path!("/programs/:id/branding") view=branding::branding ssr=SsrMode::Async/>
        <Route path=path!("/days") view=day::days ssr=SsrMode::Async/>
        <Route path=path!("/days/:id") view=day::day ssr=SsrMode::Async/>
        <Route path=path!("/sessions") view=session::list::sessions ssr=SsrMode::Async/>
        <Route path=path!("/sessions/:id") view=notes::session ssr=SsrMode::Async/>
        <Route path=path!("/sessions/:id/live") view=note::live ssr=SsrMode::Async/>
        <Route path=path!("/days/:id/shortlist") view=|| candidate::shortlist(day::day_and_head) ssr=SsrMode::Async/>
        <Route path=path!("/days/:id/invitations") view=|| invitations::board(day::day_and_head) ssr=SsrMode::Async/>
        <Route path=path!("/days/:id/people") view=|| panelist::people(day::day_and_head) ssr=SsrMode::Async/>
        <Route path=path!("/invitations/:id") view=invitation::invitation ssr=SsrMode::Async/>
        <Route path=path!("/invitation") view=invitee::invitation ssr=SsrMode::Async/>
    }
    .into_inner()
    .into_any_nested_route()
}

/// Heard items, the answers to them, and the reports.
#[component(transparent)]
fn FollowUpPages() -> AnyNestedRoute {
    view! {
        <Route path=path!("/heard") view=board::list::follow_up_board ssr=SsrMode::Async/>
        <Route path=path!("/heard/:id") view=heard::page::item ssr=SsrMode::Async/>
        <Route path=path!("/days/:id/heard") view=heard::form::of_day ssr=SsrMode::Async/>
        <Route path=path!("/item") view=heard::page::owned ssr=SsrMode::Async/>
        <Route path=path!("/reports") view=report::list::reports ssr=SsrMode::Async/>
        <Route path=path!("/reports/:id") view=report::page::report ssr=SsrMode::Async/>
        <Route path=path!("/days/:id/report") view=report::preview::of_day ssr=SsrMode::Async/>
        <Route path=path!("/share/:slug") view=report::page::shared ssr=SsrMode::Async/>
        <Route path=path!("/evidence-trail/:start/:id") view=evidence_trail::page::trail ssr=SsrMode::Async/>
        <Route path=path!("/unsubscribe/:token") view=report::page::unsubscribe ssr=SsrMode::Async/>
    }
    .into_inner()
    .into_any_nested_route()
}
