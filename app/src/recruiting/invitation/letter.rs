//! An invitation as the invitee reads it: who asks, why them, when and where, what is paid for, what happens with their data.

use leptos::prelude::*;

use super::Invitation;
use crate::kernel::clock;
use crate::program::Program;
use crate::program::day::PanelDay;
use crate::recruiting::candidate::Candidate;

/// The invitation itself, as the invitee's page and the preview for staff show it.
pub fn letter(program: &Program, day: &PanelDay, candidate: &Candidate, invitation: &Invitation) -> impl IntoView + use<> {
    let reasons = candidate.reasons.iter().map(|reason| view! { <li>{reason.clone()}</li> }).collect_view();
    let source =
        if candidate.author_id.is_some() { "What we read in your public mentions:" } else { "What we know about you as a customer:" };
    let body = invitation.body.trim().to_owned();
    let benefits = (!program.charter.benefits.is_empty()).then(|| program.charter.benefits.clone());
    let date = clock::long_date(day.day);
    let until = invitation.expires_at.map(|until| clock::long_date(clock::local_day(until, day.zone())));
    view! {
        <p class="said">{body}</p>
        <dl class="dl">
            <dt>"When"</dt><dd>{date}</dd>
            <dt>"Where"</dt><dd>{day.place.clone()}</dd>
            <dt>"Who asks"</dt><dd>{program.charter.organisation.clone()} ": " {program.charter.sponsor.clone()}</dd>
            <dt>"What for"</dt><dd>{program.charter.purpose.clone()}</dd>
            <dt>"What we promise"</dt><dd>{program.charter.rules_of_listening.clone()}</dd>
            <dt>"How long"</dt><dd>{program.charter.term.clone()}</dd>
            {benefits.map(|benefits| view! { <dt>"What you get"</dt><dd>{benefits}</dd> })}
            <dt>"What is paid for"</dt><dd>{program.charter.disclosed_costs.clone()}</dd>
            {until.map(|until| view! { <dt>"Answer by"</dt><dd>{until}</dd> })}
        </dl>
        <section class="stack">
            <h2>"Why you"</h2>
            <p>{source}</p>
            <ul>{reasons}</ul>
        </section>
        <section class="stack">
            <h2>"Your data"</h2>
            <p>{program.charter.notice.clone()}</p>
            <p class="dim">
                "Lawful basis: " {program.charter.lawful_basis.clone()} " Mentions are kept for " {program.charter.mention_months} " months. "
                "If you say yes we keep your name and address to organise the day and to report back to you. "
                "You can leave, read and download what we hold, or have it erased, at any time."
            </p>
        </section>
    }
}
