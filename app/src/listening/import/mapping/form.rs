//! The form of the column mapping: what each column holds, with how sure that is, and the questions that the file leaves open.

use leptos::prelude::*;

use super::columns::MappingOrigin;
use super::confidence::{ColumnConfidence, MIN_CONFIDENCE, must_be_sure};
use super::date_order::zone_label;
use super::questions::{asks_scale, zone_field};
use crate::listening::author::network_label;
use crate::listening::author::rules::known_networks;
use crate::listening::customer::SurveyScale;
use crate::listening::import::reading::short_zones;
use crate::listening::import::{ColumnMapping, ImportField, ImportKind, ImportRun};
use crate::ui::{Field, Form, Notice, Select, StateBadge, Submit, Tick, Tone};

/// Whether these are people or mentions, asked where the file may be either.
pub(crate) fn kind_question(run: &ImportRun) -> Option<impl IntoView + use<>> {
    (run.mapping.kind_from == MappingOrigin::Open).then(|| {
        let guess = match run.kind {
            ImportKind::Mentions => "mentions",
            ImportKind::Customers => "people",
        };
        view! {
            <Notice tone=Tone::Warn>
                <Form act="kind" class="inline row wrap">
                    <strong>"Are these people or mentions?"</strong>
                    <span>"The file has names and email addresses, and also texts with dates. For now it is read as " {guess} "."</span>
                    <button type="submit" name="kind" value="customers">"People"</button>
                    <button type="submit" name="kind" value="mentions">"Mentions"</button>
                </Form>
            </Notice>
        }
    })
}

/// A line for each column: its name, examples, what it holds, and how sure that is. `sample` are the first rows.
pub(crate) fn columns(run: &ImportRun, sample: &[Vec<String>]) -> impl IntoView + use<> {
    let mapping = &run.mapping;
    let rivals: Vec<usize> = mapping.confidence.iter().flatten().filter_map(|found| found.rival).collect();
    let rows = (0..mapping.headers.len()).map(|place| column(run, place, rivals.contains(&place), sample)).collect_view();
    let questions = questions(run);
    view! {
        {unsure(mapping)}
        <Form act="map" class="wide">
            <table class="list">
                <thead><tr>
                    <th scope="col">"Column"</th>
                    <th scope="col">"Examples"</th>
                    <th scope="col">"Import as"</th>
                    <th scope="col">"Confidence"</th>
                </tr></thead>
                <tbody>{rows}</tbody>
            </table>
            {questions}
            <Submit label="Save mapping"/>
        </Form>
    }
}

fn column(run: &ImportRun, place: usize, is_rival: bool, sample: &[Vec<String>]) -> impl IntoView + use<> {
    let mapping = &run.mapping;
    let held = mapping.columns.get(place).copied().flatten();
    let found = mapping.confidence.get(place).copied().flatten();
    let header = &mapping.headers[place];
    let name = if header.is_empty() { format!("Column {}", place + 1) } else { header.clone() };
    let cells = sample.iter().filter_map(|row| row.get(place)).map(|cell| cell.trim()).filter(|cell| !cell.is_empty());
    let examples = cells.take(2).map(|cell| cell.chars().take(60).collect::<String>()).collect::<Vec<_>>().join(" · ");
    let is_asked = is_rival || found.is_some_and(|found| found.rival.is_some());
    let options = ImportField::of(run.kind)
        .map(|field| view! { <option value=field.as_str() selected=!is_asked && held == Some(field)>{field.label()}</option> })
        .collect_view();
    let asked = is_asked.then(|| {
        let value = format!("?{}", held.map_or("", ImportField::as_str));
        view! { <option value=value selected=true>"Choose"</option> }
    });
    let confidence = found.map(|found| confidence(held, found));
    view! {
        <tr>
            <th scope="row" dir="auto">{name.clone()}</th>
            <td data-label="Examples" class="dim" dir="auto">{examples}</td>
            <td data-label="Import as">
                <select name=format!("column-{place}") aria-label=format!("Import column {name} as")>
                    {asked}
                    <option value="" selected=!is_asked && held.is_none()>"Ignore this column"</option>
                    {options}
                </select>
            </td>
            <td data-label="Confidence"><div>{confidence}</div></td>
        </tr>
    }
}

/// How sure a column is, and why.
fn confidence(held: Option<ImportField>, found: ColumnConfidence) -> impl IntoView + use<> {
    let is_low = found.is_open() && held.is_some_and(must_be_sure);
    let tone = if is_low { Tone::Warn } else { Tone::Plain };
    let is_plain = matches!(held, Some(ImportField::Extra));
    (!is_plain).then(|| view! { <StateBadge tone label=format!("{} %", found.sure)/> " " <small class="dim">{found.why.label()}</small> })
}

/// Says which columns are not sure enough for a file that no person looks at.
fn unsure(mapping: &ColumnMapping) -> Option<impl IntoView + use<>> {
    let low: Vec<String> = mapping
        .confidence
        .iter()
        .zip(&mapping.columns)
        .zip(&mapping.headers)
        .filter(|((found, held), _)| found.is_some_and(ColumnConfidence::is_open) && held.is_some_and(must_be_sure))
        .map(|(_, name)| format!("“{name}”"))
        .collect();
    (!low.is_empty()).then(|| {
        view! {
            <Notice tone=Tone::Warn>
                "Check " {low.join(", ")} " below. We are less than " {MIN_CONFIDENCE} " % sure what is in there. The file waits until you import it."
            </Notice>
        }
    })
}

/// The questions of the file, within the form of the columns.
fn questions(run: &ImportRun) -> impl IntoView + use<> {
    let mapping = &run.mapping;
    let dated = mapping.columns.iter().any(|held| held.is_some_and(ImportField::is_date)) || !mapping.missing(run.kind).is_empty();
    view! {
        {(run.kind == ImportKind::Mentions).then(|| network_question(mapping))}
        {dated.then(|| date_questions(mapping))}
        {zone_questions(mapping)}
        {asks_scale(run.kind, mapping).then(|| scale_question(mapping))}
        {marketing_question(run)}
    }
}

fn network_question(mapping: &ColumnMapping) -> impl IntoView + use<> {
    let known = known_networks().take(4).map(network_label).collect::<Vec<_>>().join(", ");
    let hint = match mapping.network_from {
        MappingOrigin::Open => format!(
            "Nothing in the file says where these mentions are from. Enter a network such as {known}, the address of a site, or “unknown”. Your answer is remembered for files with these columns."
        ),
        _ => "For rows without a network. Leave empty if every row has one.".to_owned(),
    };
    view! { <Field name="network" label="Network" value=mapping.network.clone().unwrap_or_default() hint/> }
}

/// The order of day and month, and the zone of dates that name none.
fn date_questions(mapping: &ColumnMapping) -> impl IntoView + use<> {
    // Where no column holds a date yet, what was guessed says nothing about the one that a person chooses.
    let dated = mapping.columns.iter().any(|held| held.is_some_and(ImportField::is_date));
    let open = !dated || mapping.order_from == MappingOrigin::Open;
    let order = match (open, mapping.day_first) {
        (true, _) => "",
        (false, true) => "yes",
        (false, false) => "no",
    };
    let mut dates =
        vec![("yes".to_owned(), "day/month/year (3 April)".to_owned()), ("no".to_owned(), "month/day/year (March 4)".to_owned())];
    if open {
        dates.insert(0, (String::new(), "Choose a format".to_owned()));
    }
    let zone = if mapping.zone_from == MappingOrigin::Open { String::new() } else { zone_label(&mapping.time_zone) };
    view! {
        <Select name="day_first" label="Date format" options=dates value=order hint="How to read a date like 3/4/2022."/>
        <Field
            name="time_zone"
            label="Time zone"
            value=zone
            hint="For dates without a time zone. For example America/Chicago or Europe/Berlin. See your vendor’s export settings."
        />
    }
}

/// What abbreviations mean that several zones share.
fn zone_questions(mapping: &ColumnMapping) -> impl IntoView + use<> {
    mapping
        .short_zones
        .iter()
        .map(|(name, meaning)| {
            let label = |(place, ahead): &short_zones::ZoneMeaning| format!("{place} ({})", short_zones::offset_label(*ahead));
            let meanings = short_zones::meanings(name);
            let mut options = vec![(String::new(), "Choose a time zone".to_owned())];
            options.extend(meanings.iter().map(|meaning| (meaning.0.to_owned(), label(meaning))));
            let chosen = meanings.iter().find(|(_, ahead)| *meaning == Some(*ahead)).map_or("", |(place, _)| *place);
            view! {
                <Select
                    name=zone_field(name)
                    label=format!("“{name}” in the dates means")
                    options
                    value=chosen
                    hint="Several time zones share this abbreviation. Your choice is remembered for files with these columns."
                />
            }
        })
        .collect_view()
}

fn scale_question(mapping: &ColumnMapping) -> impl IntoView + use<> {
    let open = mapping.scale_from == MappingOrigin::Open;
    let mut options: Vec<(String, String)> =
        SurveyScale::ALL.iter().map(|scale| (scale.as_str().to_owned(), scale.label().to_owned())).collect();
    if open {
        options.insert(0, (String::new(), "Choose a scale".to_owned()));
    }
    let chosen = if open { "" } else { mapping.survey_scale.as_str() };
    view! {
        <Select
            name="survey_scale"
            label="Survey answers are"
            options
            value=chosen
            hint="Ravers give 9 or 10 of 10, or 5 of 5. Ranters give 0 to 6 of 10, or 1 or 2 of 5. Scores in between are apathetic."
        />
    }
}

fn marketing_question(run: &ImportRun) -> Option<impl IntoView + use<>> {
    let asked = run.kind == ImportKind::Customers && run.mapping.columns.contains(&Some(ImportField::MarketingConsent));
    asked.then(|| {
        view! {
            <Tick
                name="marketing_is_consent"
                label="People who gave marketing consent may be invited to panels"
                ticked=run.mapping.marketing_is_consent
                hint="Consent to advertising is not consent to be invited. Tick this only if the wording of the consent covers invitations."
            />
        }
    })
}
