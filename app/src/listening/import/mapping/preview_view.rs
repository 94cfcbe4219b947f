//! The preview of a column mapping: each of the first rows as the mention or customer that it would become.

use chrono::{DateTime, Timelike};
use chrono_tz::Tz;
use leptos::prelude::*;

use crate::kernel::clock::{Time, long_date, wall_time, weekday_date};
use crate::kernel::error::Result;
use crate::listening::author::{self, network_label};
use crate::listening::import::batch::row::{ParsedCustomer, ParsedMention, RefusedRow};
use crate::listening::import::mapping::date_order::zone_label;
use crate::listening::import::mapping::preview::{MappingPreview, PreviewOutcome, PreviewRow, ROWS};
use crate::listening::import::mapping::reading_summary;
use crate::listening::import::{ColumnMapping, ImportKind};
use crate::listening::mention::Sentiment;
use crate::listening::sentiment::rules::language_name;
use crate::ui::{Notice, StateBadge, Tone, beginning, number};

/// Characters of a text that are shown.
const SHOWN: usize = 140;

/// What the first rows become, or why that cannot be said.
pub fn shown(preview: &Result<MappingPreview>) -> AnyView {
    match preview {
        Ok(preview) => rows(preview),
        Err(error) => {
            let message = error.message();
            view! { <Notice tone=Tone::Bad>{message}</Notice> }.into_any()
        }
    }
}

/// The same as a piece of a page.
#[must_use]
pub fn html(preview: &Result<MappingPreview>) -> String {
    Owner::new().with(|| shown(preview).to_html())
}

/// What the first rows become.
fn rows(preview: &MappingPreview) -> AnyView {
    let dates = reading_summary::date_reading(&preview.mapping);
    let other = preview.other.then(|| {
        let held = preview
            .mapping
            .headers
            .iter()
            .zip(&preview.mapping.columns)
            .filter_map(|(name, held)| Some(format!("“{name}” as {}", held.as_ref()?.label())));
        let held = held.collect::<Vec<_>>().join("; ");
        let held = if held.is_empty() { held } else { format!("{held}. ") };
        view! { <p class="dim">"The columns are guessed again for this file type. " {held} "Choose “Read file again” to keep it."</p> }
    });
    let missing = preview.mapping.missing(preview.kind);
    if !missing.is_empty() {
        return view! { {other} <Notice tone=Tone::Warn>"Choose the column for " {missing.join(" and ")} "."</Notice> }.into_any();
    }
    if preview.rows.is_empty() {
        return view! { {dates} {other} <Notice tone=Tone::Warn>"There are no rows below the column names."</Notice> }.into_any();
    }
    let columns = PreviewColumns::of(&preview.rows);
    let heads: Vec<&str> = match preview.kind {
        ImportKind::Mentions => vec!["Line", "Date", "Author", "Network", "Text", "Sentiment"],
        ImportKind::Customers => vec!["Line", "Customer", "Contact", "May be invited", "Survey answer", "Further details"],
    };
    let shown = |head: &&str| match *head {
        "Network" => columns.network,
        "Survey answer" => columns.survey,
        "Further details" => columns.further,
        _ => true,
    };
    let head = |head: &str| view! { <th scope="col" class:n=matches!(head, "Line" | "Date")>{head.to_owned()}</th> };
    let heads = heads.into_iter().filter(shown).map(head).collect_view();
    let lines = preview.rows.iter().map(|row| line(row, columns, &preview.mapping)).collect_view();
    view! {
        {dates}
        {other}
        <div class="scroll" tabindex="0" role="region" aria-label="Table of the first rows">
            <table class="list">
                <caption class="sr">{format!("The first {ROWS} rows as they would be imported")}</caption>
                <thead><tr>{heads}</tr></thead>
                <tbody>{lines}</tbody>
            </table>
        </div>
    }
    .into_any()
}

/// Columns that have a value in any of the rows.
#[derive(Clone, Copy, Default)]
struct PreviewColumns {
    network: bool,
    survey: bool,
    further: bool,
}

impl PreviewColumns {
    fn of(rows: &[PreviewRow]) -> Self {
        let mut columns = Self::default();
        for row in rows {
            match &row.became {
                PreviewOutcome::Mention { mention, .. } => columns.network |= !mention.network.is_empty(),
                PreviewOutcome::Customer(person) => {
                    columns.survey |= person.survey_answer.is_some();
                    columns.further |= !person.details.extra.line().is_empty();
                }
                PreviewOutcome::Nothing(_) => {}
            }
        }
        columns
    }
}

fn line(row: &PreviewRow, columns: PreviewColumns, mapping: &ColumnMapping) -> AnyView {
    let number = view! { <td class="n" data-label="Line">{number(row.line)}</td> };
    match &row.became {
        PreviewOutcome::Mention { mention, reading, excluded } => {
            view! { <tr>{number} {mention_cells(mention, *reading, excluded.as_deref(), columns, mapping)}</tr> }.into_any()
        }
        PreviewOutcome::Customer(person) => view! { <tr>{number} {person_cells(person, columns, mapping)}</tr> }.into_any(),
        PreviewOutcome::Nothing(refused) => view! { <tr class="wrong">{number} {problem(refused)}</tr> }.into_any(),
    }
}

fn mention_cells(
    mention: &ParsedMention,
    reading: Sentiment,
    excluded: Option<&str>,
    columns: PreviewColumns,
    mapping: &ColumnMapping,
) -> impl IntoView + use<> {
    let vendor = mention.vendor_sentiment.clone().map_or_else(|| "our rating".to_owned(), |word| format!("vendor: “{word}”"));
    let tone = match reading {
        Sentiment::Negative => Tone::Bad,
        Sentiment::Positive => Tone::Good,
        Sentiment::Neutral | Sentiment::Unknown => Tone::Plain,
    };
    let about = [
        mention.language.as_deref().map(|language| language_name(language).to_owned()),
        mention.country.clone(),
        mention.followers.map(|followers| format!("{} followers", number(followers))),
    ];
    let about = about.into_iter().flatten().collect::<Vec<_>>().join(" · ");
    let damaged = mention.damaged_id.then(|| view! { <StateBadge tone=Tone::Warn label="damaged ID"/> });
    let mojibake = mention.mojibake.then(|| view! { <StateBadge tone=Tone::Warn label="damaged characters"/> });
    let excluded = excluded.map(|reason| view! { <small>"Excluded. " {reason.to_owned()}</small> });
    view! {
        <td class="n" data-label="Date">{moment(mention.at, mapping)}</td>
        <td data-label="Author"><div>{author::shown(&mention.handle.shown)} <small>{about}</small> {excluded}</div></td>
        {columns.network.then(|| view! { <td data-label="Network">{network_label(&mention.network)}</td> })}
        <td data-label="Text"><div><span class="quote" dir="auto">{beginning(&mention.text, SHOWN)}</span> {damaged} {mojibake}</div></td>
        <td data-label="Sentiment"><div><StateBadge tone label=reading.label()/> <small>{vendor}</small></div></td>
    }
}

fn person_cells(person: &ParsedCustomer, columns: PreviewColumns, mapping: &ColumnMapping) -> impl IntoView + use<> {
    let consent = if person.consents_to_contact { "Yes" } else { "No" };
    let survey = match (person.survey_scale.scored(person.survey_answer.as_deref()), person.survey_at) {
        (Some(answer), Some(at)) => format!("{answer}, {}", long_date(at.date_naive())),
        (Some(answer), None) => answer,
        (None, _) => "No answer".to_owned(),
    };
    let joined = |parts: &[Option<&str>]| parts.iter().flatten().copied().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ");
    let email = person.email.as_deref().unwrap_or("no email address");
    let details = &person.details;
    let contact = joined(&[Some(email), details.phone.as_deref(), details.handle.as_deref(), details.country.as_deref()]);
    let about = joined(&[Some(&person.external_ref), details.company.as_deref(), Some(&person.products)]);
    let said = details.consent_story(mapping.marketing_is_consent);
    let further = details.extra.line();
    view! {
        <td data-label="Customer" dir="auto"><div>{person.name.clone()} <small>{beginning(&about, SHOWN)}</small></div></td>
        <td data-label="Contact" dir="auto">{contact}</td>
        <td data-label="May be invited"><div>{consent} <small>{said}</small></div></td>
        {columns.survey.then(|| view! { <td data-label="Survey answer">{survey}</td> })}
        {columns.further.then(|| view! { <td data-label="Further details" class="dim" dir="auto">{beginning(&further, SHOWN)}</td> })}
    }
}

fn problem(refused: &RefusedRow) -> impl IntoView + use<> {
    let column = refused.column.clone().map(|column| format!("Column “{column}”: ")).unwrap_or_default();
    view! { <td colspan="5" data-label="Problem" dir="auto"><div><StateBadge tone=Tone::Bad label=refused.outcome.label()/> " " {column} {refused.reason.to_string()}</div></td> }
}

/// A moment in words, by the clocks of the file's zone: "Tuesday, 3 April 2022, 14:05 in Europe/Berlin".
fn moment(at: Time, mapping: &ColumnMapping) -> String {
    let zone: Tz = mapping.time_zone.parse().unwrap_or(Tz::UTC);
    let local: DateTime<Tz> = at.with_timezone(&zone);
    let day = weekday_date(local.date_naive());
    let clock = if local.num_seconds_from_midnight() == 0 { "at midnight".to_owned() } else { wall_time(at, zone) };
    format!("{day}, {clock}, {}", zone_label(zone.name()))
}
