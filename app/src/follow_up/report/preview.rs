//! `/days/{id}/report`: what the next report would say, which quotes it shows, and finalising it.

use std::collections::BTreeSet;

use leptos::prelude::*;

use super::QuoteChoices;
use super::collect::{CollectedReport, collect};
use super::drawing::letter;
use super::rules::words_field;
use crate::access::account::Permission;
use crate::access::page::{PageContext, page};
use crate::kernel::clock::long_date;
use crate::kernel::ids::{NoteId, PanelDayId};
use crate::ui::submission::Fields;
use crate::ui::{Empty, Form, Hidden, Notice, PageHead, Submit, Tone, count, param, tried};

/// `/days/{id}/report`.
pub fn of_day() -> impl IntoView {
    let id = param::<PanelDayId>("id");
    page("Build the report", Permission::FinaliseReport, move |cx: PageContext| async move {
        let mut tx = cx.db.read().await?;
        let choices = tried().map(|tried| quote_choices(&tried.fields)).unwrap_or_default();
        let collected = collect(&mut tx, cx.now, id?, &choices).await?;
        let number = collected.document.number;
        let day = collected.document.day.clone();
        let waiting = collected.document.items.iter().filter(|item| item.replies.is_empty()).count();
        let edition = collected.edition();
        let crumbs = vec![("/days".into(), "Panel days".into()), (format!("/days/{}", day.id), day.title.clone())];
        let warning = (waiting > 0).then(|| {
            let things = count(i64::try_from(waiting).unwrap_or(i64::MAX), "item has", "items have");
            view! { <Notice tone=Tone::Warn><p>{format!("{things} no answer yet. The report will say so. ")} <a href="/heard?status=open">"See who is asked"</a></p></Notice> }
        });
        let body = if collected.document.items.is_empty() {
            let to = format!("/days/{}/heard", day.id);
            view! {
                <Empty title="Nothing to report yet" text="A report is made of the day’s open items. Turn its notes into items first.">
                    <a class="btn btn-1" href=to>"Turn notes into items"</a>
                </Empty>
            }
            .into_any()
        } else {
            let letter = letter(&edition, &|_| None);
            view! {
                {warning}
                <section class="card pad stack">
                    <p>{format!("Frozen, report {number} never changes again, whatever happens to its items. You can still decide when to send it.")}</p>
                    <details class="confirm" open=tried().is_some()>
                        <summary>{format!("Freeze report {number}")}</summary>
                        <Form act="finalise">
                            <Hidden name="number" value=number.to_string()/>
                            <Hidden name="seen" value=collected.mark()/>
                            {quotes(&collected, &choices)}
                            <p>{format!("This freezes what you read below as report {number} of {}.", long_date(day.date))}</p>
                            <Submit label=format!("Yes, freeze report {number}") main=true/>
                        </Form>
                    </details>
                </section>
                <section class="card pad">{letter}</section>
            }
            .into_any()
        };
        Ok(view! {
            <PageHead title=format!("Report {number} as it would be today") sub=format!("{}, {}", day.title, long_date(day.date)) crumbs/>
            <div class="stack-l">{body}</div>
        })
    })
}

/// What the form says about quotes: those offered and not ticked are left out.
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

/// A tick and a field for each quote that the report may show.
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
                            <span>{format!("Show in item {}, {by}", quote.item)}</span>
                        </label>
                    </div>
                    <label class="sr" for=field.clone()>{format!("Words of the quote in item {}", quote.item)}</label>
                    <textarea class="quote" id=field.clone() name=field rows="2" aria-invalid=invalid>{words}</textarea>
                </li>
            }
        })
        .collect::<Vec<_>>();
    (!rows.is_empty()).then(|| {
        view! {
            <fieldset class="stack">
                <legend>"Quotes"</legend>
                <p class="dim">"Words of panelists who agreed to be quoted. Untick what should not be in the report, and correct typing errors. The notes keep what was typed."</p>
                <ul class="plain stack">{rows}</ul>
            </fieldset>
        }
    })
}
