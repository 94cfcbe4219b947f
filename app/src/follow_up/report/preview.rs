//! `/days/{id}/report`: a preview of the next report, the choice of its quotes, and finalising it.

use std::collections::BTreeSet;

use leptos::prelude::*;

use super::QuoteChoices;
use super::collect::{CollectedReport, collect};
use super::drawing::document_view;
use super::rules::words_field;
use crate::access::account::Permission;
use crate::access::page::{PageContext, page};
use crate::kernel::ids::{NoteId, PanelDayId};
use crate::panel_day::day::page::day_and_head;
use crate::ui::submission::Fields;
use crate::ui::{Empty, Form, Help, Hidden, Notice, Tone, count, param, tried};

/// `/days/{id}/report`.
pub fn of_day() -> impl IntoView {
    let id = param::<PanelDayId>("id");
    page("Report preview", Permission::FinaliseReport, move |cx: PageContext| async move {
        let mut tx = cx.db.read().await?;
        let choices = tried().map(|tried| quote_choices(&tried.fields)).unwrap_or_default();
        let (day, head) = day_and_head(&mut tx, &cx, id, Permission::FinaliseReport, "/report").await?;
        let collected = collect(&mut tx, cx.now, day.id, &choices).await?;
        let number = collected.document.number;
        let waiting = collected.document.items.iter().filter(|item| item.replies.is_empty()).count();
        let edition = collected.preview();
        let warning = (waiting > 0).then(|| {
            let things = count(i64::try_from(waiting).unwrap_or(i64::MAX), "item has", "items have");
            let to = format!("/heard?day={}", day.id);
            view! { <Notice tone=Tone::Warn><p>{format!("{things} no answer yet, and the report will say so. ")} <a href=to>"Open the board"</a></p></Notice> }
        });
        // The form is below, with the quotes.
        let finalise = (!collected.document.items.is_empty()).then(|| {
            view! { <button class="btn-1" type="submit" form="form-finalise">{format!("Finalise report {number}")}</button> }.into_any()
        });
        let body = if collected.document.items.is_empty() {
            let to = format!("/days/{}/heard", day.id);
            view! {
                <Empty title="Nothing to report yet" text="A report contains the day’s items on the board. Group the notes into items first.">
                    <a class="btn btn-1" href=to>"Group notes"</a>
                </Empty>
            }
            .into_any()
        } else {
            let document_view = document_view(&edition, &|_| None);
            view! {
                {warning}
                <section class="card pad stack">
                    <div class="row"><p>{format!("Finalising locks the content below as report {number}. You send it in a separate step.")}</p><Help term="final report"/></div>
                    <Form act="finalise">
                        <Hidden name="number" value=number.to_string()/>
                        <Hidden name="seen" value=collected.mark()/>
                        {quotes(&collected, &choices)}
                    </Form>
                </section>
                <section class="card pad">{document_view}</section>
            }
            .into_any()
        };
        Ok(view! {
            {head(finalise)}
            <div class="stack-l"><h2>{format!("Preview of report {number}")}</h2>{body}</div>
        })
    })
}

/// The choices of the form: quotes that were offered and not ticked are left out.
#[must_use]
pub fn quote_choices(fields: &Fields) -> QuoteChoices {
    let shown: BTreeSet<NoteId> = fields.all("quote").filter_map(|id| id.parse().ok()).collect();
    let mut choices = QuoteChoices::default();
    for note in fields.all("offered").filter_map(|id| id.parse::<NoteId>().ok()) {
        if !shown.contains(&note) {
            choices.left_out.insert(note);
        } else if let Some(words) = fields.all(&words_field(note)).next() {
            choices.reworded.insert(note, words.to_owned());
        }
    }
    choices
}

/// A checkbox and a field for each quote that the report may show.
fn quotes(collected: &CollectedReport, choices: &QuoteChoices) -> impl IntoView + use<> {
    let rows = collected
        .quotes
        .iter()
        .map(|quote| {
            let (id, field) = (quote.note.to_string(), words_field(quote.note));
            let shown = !choices.left_out.contains(&quote.note);
            let invalid = tried().is_some_and(|tried| tried.mistake(&field).is_some()).then_some("true");
            let words = choices.reworded.get(&quote.note).cloned().unwrap_or_else(|| quote.text.clone());
            let by = quote.by.clone().unwrap_or_else(|| "without a name".to_owned());
            view! {
                <li class="stack">
                    <input type="hidden" name="offered" value=id.clone()/>
                    <div class="field tick">
                        <label>
                            <input type="checkbox" name="quote" value=id checked=shown/>
                            <span dir="auto">{format!("Include in item {} ({by})", quote.item)}</span>
                        </label>
                    </div>
                    <label class="sr" for=field.clone()>{format!("Quote in item {}", quote.item)}</label>
                    <textarea class="quote" dir="auto" id=field.clone() name=field rows="2" aria-invalid=invalid>{words}</textarea>
                </li>
            }
        })
        .collect::<Vec<_>>();
    let title = format!("Review quotes ({})", rows.len());
    (!rows.is_empty()).then(|| {
        view! {
            <details>
                <summary>{title}</summary>
                <fieldset class="stack">
                    <legend class="sr">"Quotes"</legend>
                    <div class="row"><p class="dim">"Only panelists who agreed to be quoted are listed. Clear the box to leave a quote out, and correct typing errors here. The notes stay as they are."</p><Help term="quote permission"/></div>
                    <ul class="plain stack">{rows}</ul>
                </fieldset>
            </details>
        }
    })
}
