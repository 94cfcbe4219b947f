//! Every page, one line each, and the document around them.

use leptos::prelude::*;
use leptos_meta::{MetaTags, provide_meta_context};
use leptos_router::components::{Route, Router, Routes};
use leptos_router::{SsrMode, path};

use crate::account::Verb;
use crate::account::page as account;
use crate::candidate::page as candidate;
use crate::invitation::page as invitation;
use crate::invitation::public as invitee;
use crate::note::{list as notes, page as note};
use crate::panel_day::page as day;
use crate::panelist::page as panelist;
use crate::program::page as program;
use crate::sentiment::page as sentiment;
use crate::{
    author, claim, customer, feed, heard, home, import, job, mention, movement, nomination, outbox, portal, report, retention, segment,
    session, shout, topic, trail, triage, ui, volume, webhook,
};

/// Who may open which page. The test of doors walks this list against the router; `None` is for everybody.
pub const PAGES: &[(&str, Option<Verb>)] = &[
    ("/", Some(Verb::SeeHome)),
    ("/sign-in", None),
    ("/l/{token}", None),
    ("/forgotten", None),
    ("/me", Some(Verb::SeeSelf)),
    ("/accounts", Some(Verb::ManageAccounts)),
    ("/heard", Some(Verb::SeeHeard)),
    ("/heard/{id}", Some(Verb::SeeHeard)),
    ("/days/{id}/heard", Some(Verb::EditHeard)),
    ("/item", Some(Verb::SeeOwnItem)),
    ("/programs", Some(Verb::SeeProgram)),
    ("/programs/{id}", Some(Verb::SeeProgram)),
    ("/days", Some(Verb::SeeProgram)),
    ("/days/{id}", Some(Verb::SeeSchedule)),
    ("/sessions", Some(Verb::SeeSchedule)),
    ("/sessions/{id}", Some(Verb::SeeNotes)),
    ("/sessions/{id}/live", Some(Verb::SeeNotes)),
    ("/reports", Some(Verb::SeeReports)),
    ("/reports/{id}", Some(Verb::SeeReports)),
    ("/days/{id}/report", Some(Verb::Freeze)),
    ("/share/{slug}", None),
    ("/outbox", Some(Verb::SeeOutbox)),
    ("/outbox/{id}", Some(Verb::SeeOutbox)),
    ("/jobs", Some(Verb::RunJobs)),
    ("/portal", Some(Verb::SeePortal)),
    ("/portal/you", Some(Verb::SeePortal)),
    ("/portal/reports/{number}", Some(Verb::SeePortal)),
    ("/unsubscribe/{token}", None),
    ("/listen", Some(Verb::SeeListening)),
    ("/listen/sentiment", Some(Verb::SeeListening)),
    ("/listen/segments", Some(Verb::SeeListening)),
    ("/listen/shouts", Some(Verb::SeeListening)),
    ("/listen/movement", Some(Verb::SeeListening)),
    ("/listen/aside", Some(Verb::SeeListening)),
    ("/listen/objections", Some(Verb::Import)),
    ("/listen/topics", Some(Verb::SeeListening)),
    ("/listen/topics/{id}", Some(Verb::SeeListening)),
    ("/listen/long-tail", Some(Verb::SeeListening)),
    ("/listen/triage", Some(Verb::SeeTriage)),
    ("/listen/triage/{id}", Some(Verb::SeeTriage)),
    ("/listen/nominations", Some(Verb::SeeNominations)),
    ("/nominate", None),
    ("/nominate/mine", Some(Verb::Nominate)),
    ("/mentions", Some(Verb::SeeListening)),
    ("/mentions/{id}", Some(Verb::SeeListening)),
    ("/voices", Some(Verb::SeeListening)),
    ("/voices/{id}", Some(Verb::SeeListening)),
    ("/voices/{id}/links", Some(Verb::SeeListening)),
    ("/feeds", Some(Verb::Connect)),
    ("/webhooks", Some(Verb::Connect)),
    ("/imports", Some(Verb::Import)),
    ("/imports/{id}", Some(Verb::Import)),
    ("/imports/{id}/rows", Some(Verb::Import)),
    ("/imports/{id}/rows/{line}", Some(Verb::Import)),
    ("/customers", Some(Verb::SeeCustomers)),
    ("/trail/{start}/{id}", Some(Verb::SeeTrail)),
    ("/design", Some(Verb::SeeHome)),
    ("/days/{id}/shortlist", Some(Verb::Shortlist)),
    ("/days/{id}/invitations", Some(Verb::Invite)),
    ("/days/{id}/people", Some(Verb::SeeRecruiting)),
    ("/invitations/{id}", Some(Verb::Invite)),
    ("/invitation", Some(Verb::AnswerInvitation)),
];

/// Pages with something that moves. All others ship no script at all.
#[must_use]
pub fn has_island(path: &str) -> bool {
    path.ends_with("/live") || path.strip_prefix("/imports/").is_some_and(|id| !id.is_empty() && !id.contains('/'))
}

/// The whole document.
#[must_use]
pub fn shell(options: LeptosOptions, path: &str) -> AnyView {
    let scripts = has_island(path).then(|| view! { <HydrationScripts options islands=true/> });
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                <link rel="icon" href="/favicon.svg" type="image/svg+xml"/>
                <link rel="stylesheet" href="/pkg/weheard.css"/>
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

/// The pages.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    view! {
        <Router>
            <ui::Layout>
                <Routes fallback=ui::missing>
                    <Route path=path!("/") view=home::home ssr=SsrMode::Async/>
                    <Route path=path!("/sign-in") view=account::sign_in ssr=SsrMode::Async/>
                    <Route path=path!("/l/:token") view=account::link ssr=SsrMode::Async/>
                    <Route path=path!("/forgotten") view=account::forgotten ssr=SsrMode::Async/>
                    <Route path=path!("/me") view=account::me ssr=SsrMode::Async/>
                    <Route path=path!("/accounts") view=account::accounts ssr=SsrMode::Async/>
                    <Route path=path!("/heard") view=heard::list::board ssr=SsrMode::Async/>
                    <Route path=path!("/heard/:id") view=heard::page::item ssr=SsrMode::Async/>
                    <Route path=path!("/days/:id/heard") view=heard::list::of_day ssr=SsrMode::Async/>
                    <Route path=path!("/item") view=heard::page::owned ssr=SsrMode::Async/>
                    <Route path=path!("/programs") view=program::programs ssr=SsrMode::Async/>
                    <Route path=path!("/programs/:id") view=program::program ssr=SsrMode::Async/>
                    <Route path=path!("/days") view=day::days ssr=SsrMode::Async/>
                    <Route path=path!("/days/:id") view=day::day ssr=SsrMode::Async/>
                    <Route path=path!("/sessions") view=session::list::sessions ssr=SsrMode::Async/>
                    <Route path=path!("/sessions/:id") view=notes::session ssr=SsrMode::Async/>
                    <Route path=path!("/sessions/:id/live") view=note::live ssr=SsrMode::Async/>
                    <Route path=path!("/reports") view=report::list::reports ssr=SsrMode::Async/>
                    <Route path=path!("/reports/:id") view=report::page::report ssr=SsrMode::Async/>
                    <Route path=path!("/days/:id/report") view=report::page::of_day ssr=SsrMode::Async/>
                    <Route path=path!("/share/:slug") view=report::page::shared ssr=SsrMode::Async/>
                    <Route path=path!("/outbox") view=outbox::list::outbox ssr=SsrMode::Async/>
                    <Route path=path!("/outbox/:id") view=outbox::list::mail ssr=SsrMode::Async/>
                    <Route path=path!("/jobs") view=job::page::jobs ssr=SsrMode::Async/>
                    <Route path=path!("/portal") view=portal::page::start ssr=SsrMode::Async/>
                    <Route path=path!("/portal/you") view=portal::page::you ssr=SsrMode::Async/>
                    <Route path=path!("/portal/reports/:number") view=portal::page::report ssr=SsrMode::Async/>
                    <Route path=path!("/trail/:start/:id") view=trail::page::trail ssr=SsrMode::Async/>
                    <Route path=path!("/unsubscribe/:token") view=report::page::unsubscribe ssr=SsrMode::Async/>
                    <Route path=path!("/listen") view=volume::page::listen ssr=SsrMode::Async/>
                    <Route path=path!("/listen/shouts") view=shout::page::shouts ssr=SsrMode::Async/>
                    <Route path=path!("/listen/segments") view=segment::page::segments ssr=SsrMode::Async/>
                    <Route path=path!("/listen/movement") view=movement::page::movement ssr=SsrMode::Async/>
                    <Route path=path!("/listen/objections") view=retention::page::objections ssr=SsrMode::Async/>
                    <Route path=path!("/listen/aside") view=author::list::set_aside ssr=SsrMode::Async/>
                    <Route path=path!("/listen/sentiment") view=sentiment::sentiment ssr=SsrMode::Async/>
                    <Route path=path!("/listen/topics") view=topic::list::topics ssr=SsrMode::Async/>
                    <Route path=path!("/listen/topics/:id") view=topic::page::topic ssr=SsrMode::Async/>
                    <Route path=path!("/listen/long-tail") view=topic::tail::long_tail ssr=SsrMode::Async/>
                    <Route path=path!("/listen/triage") view=triage::page::triage ssr=SsrMode::Async/>
                    <Route path=path!("/listen/triage/:id") view=triage::case::case ssr=SsrMode::Async/>
                    <Route path=path!("/listen/nominations") view=nomination::list::nominations ssr=SsrMode::Async/>
                    <Route path=path!("/nominate") view=nomination::public::nominate ssr=SsrMode::Async/>
                    <Route path=path!("/nominate/mine") view=nomination::public::mine ssr=SsrMode::Async/>
                    <Route path=path!("/mentions/:id") view=sentiment::mention ssr=SsrMode::Async/>
                    <Route path=path!("/mentions") view=mention::list::mentions ssr=SsrMode::Async/>
                    <Route path=path!("/voices") view=segment::list::voices ssr=SsrMode::Async/>
                    <Route path=path!("/voices/:id") view=author::page::voice ssr=SsrMode::Async/>
                    <Route path=path!("/voices/:id/links") view=claim::page::links ssr=SsrMode::Async/>
                    <Route path=path!("/feeds") view=feed::page::feeds ssr=SsrMode::Async/>
                    <Route path=path!("/webhooks") view=webhook::page::webhooks ssr=SsrMode::Async/>
                    <Route path=path!("/imports") view=import::list::imports ssr=SsrMode::Async/>
                    <Route path=path!("/imports/:id/rows/:line") view=import::rows_page::one ssr=SsrMode::Async/>
                    <Route path=path!("/imports/:id/rows") view=import::rows_page::list ssr=SsrMode::Async/>
                    <Route path=path!("/imports/:id") view=import::page::import ssr=SsrMode::Async/>
                    <Route path=path!("/customers") view=customer::page::customers ssr=SsrMode::Async/>
                    <Route path=path!("/design") view=ui::design ssr=SsrMode::Async/>
                    <Route path=path!("/days/:id/shortlist") view=candidate::shortlist ssr=SsrMode::Async/>
                    <Route path=path!("/days/:id/invitations") view=invitation::board ssr=SsrMode::Async/>
                    <Route path=path!("/days/:id/people") view=panelist::people ssr=SsrMode::Async/>
                    <Route path=path!("/invitations/:id") view=invitation::invitation ssr=SsrMode::Async/>
                    <Route path=path!("/invitation") view=invitee::invitation ssr=SsrMode::Async/>
                </Routes>
            </ui::Layout>
        </Router>
    }
}
