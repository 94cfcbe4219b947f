//! An invitation as the invitee reads it: when and where, why them, who asks, what is paid for, what happens with their data.

use leptos::prelude::*;

use super::Invitation;
use crate::kernel::clock;
use crate::kernel::locale::Locale;
use crate::listening::segment::SegmentReason;
use crate::listening::segment::reason::Leaning;
use crate::program::Program;
use crate::program::day::PanelDay;
use crate::recruiting::candidate::Candidate;
use crate::t;

/// The whole invitation, as the preview for staff shows it.
pub fn preview(program: &Program, day: &PanelDay, candidate: &Candidate, invitation: &Invitation) -> impl IntoView + use<> {
    let locale = Locale::default();
    view! {
        {day_card(locale, day, None, Some(invitation))}
        {body(locale, program, candidate, invitation)}
    }
}

/// When and where, on a card of its own. `times` are those of the first and the last session.
pub fn day_card(
    locale: Locale,
    day: &PanelDay,
    times: Option<(clock::Time, clock::Time)>,
    invitation: Option<&Invitation>,
) -> impl IntoView + use<> {
    let times = times.map(|(from, to)| {
        let (zone, abbreviation) = (day.zone(), clock::zone_abbreviation(from, day.zone()));
        t!(locale, "day-times", from = clock::wall_time(from, zone), to = clock::wall_time(to, zone), zone = abbreviation)
    });
    let times = times.unwrap_or_else(|| t!(locale, "day-times-later"));
    let until = invitation.and_then(|invitation| invitation.expires_at);
    let until = until.map(|until| locale.full_date(clock::local_day(until, day.zone())));
    view! {
        <dl class="day-card card pad">
            <div>
                <dt>{t!(locale, "day-when")}</dt>
                <dd><strong>{locale.full_date(day.day)}</strong> <span class="dim">{times}</span></dd>
            </div>
            <div>
                <dt>{t!(locale, "day-where")}</dt>
                <dd><strong dir="auto">{day.place.clone()}</strong></dd>
            </div>
            {until.map(|until| view! { <div><dt>{t!(locale, "day-answer-by")}</dt><dd><strong>{until}</strong></dd></div> })}
        </dl>
    }
}

/// A reason as the invitee reads it; none for what only staff weigh, such as a dispute over sentiment or a colleague's own words.
fn words_for_guest(locale: Locale, reason: &SegmentReason) -> Option<String> {
    Some(match reason {
        SegmentReason::Clear { leading, mentions, leaning: Leaning::Negative, .. } => {
            t!(locale, "invitation-reason-negative", leading = *leading, mentions = *mentions)
        }
        SegmentReason::Clear { leading, mentions, leaning: Leaning::Positive, .. } => {
            t!(locale, "invitation-reason-positive", leading = *leading, mentions = *mentions)
        }
        SegmentReason::LowAnswer { text } | SegmentReason::NeutralAnswer { text } => t!(locale, "invitation-reason-answer", text = text),
        SegmentReason::Score { given, scale } => t!(locale, "invitation-reason-score", given = given, scale = scale),
        SegmentReason::OwnsAndConsents => t!(locale, "invitation-reason-owner"),
        _ => return None,
    })
}

/// The text, the reasons, and what a program promises.
pub fn body(locale: Locale, program: &Program, candidate: &Candidate, invitation: &Invitation) -> impl IntoView + use<> {
    let charter = &program.charter;
    let reasons: Vec<String> = candidate.reasons.iter().filter_map(|reason| words_for_guest(locale, reason)).collect();
    let reasons = (!reasons.is_empty()).then(|| {
        let rows = reasons.into_iter().map(|reason| view! { <li dir="auto">{reason}</li> }).collect_view();
        view! { <ul>{rows}</ul> }
    });
    let source = if candidate.author_id.is_some() { t!(locale, "invitation-why-mentions") } else { t!(locale, "invitation-why-customer") };
    let text = invitation.body.trim().to_owned();
    let sponsor = t!(locale, "invitation-sponsor", organisation = &charter.organisation, sponsor = &charter.sponsor);
    let facts = [
        (t!(locale, "invitation-invited-by"), sponsor),
        (t!(locale, "invitation-purpose"), charter.purpose.clone()),
        (t!(locale, "invitation-ground-rules"), charter.rules_of_listening.clone()),
        (t!(locale, "invitation-membership"), charter.term.clone()),
        (t!(locale, "invitation-benefits"), charter.benefits.clone()),
        (t!(locale, "invitation-expenses"), charter.disclosed_costs.clone()),
    ];
    let facts = facts
        .into_iter()
        .filter(|(_, fact)| !fact.trim().is_empty())
        .map(|(name, fact)| view! { <dt>{name}</dt><dd dir="auto">{fact}</dd> })
        .collect_view();
    view! {
        <p class="invitation-text" dir="auto">{text}</p>
        <section class="stack">
            <h2>{t!(locale, "invitation-why")}</h2>
            <p>{source}</p>
            {reasons}
        </section>
        <section class="stack">
            <h2>{t!(locale, "invitation-details")}</h2>
            <dl class="dl">{facts}</dl>
        </section>
        <section class="stack">
            <h2>{t!(locale, "invitation-data")}</h2>
            <p dir="auto">{charter.notice.clone()}</p>
            <p class="dim" dir="auto">
                {t!(locale, "invitation-data-basis", basis = charter.lawful_basis.trim_end_matches('.'))} " " {t!(locale, "invitation-data-months", months = charter.mention_months)} " "
                {t!(locale, "invitation-data-rights")}
            </p>
        </section>
    }
}
