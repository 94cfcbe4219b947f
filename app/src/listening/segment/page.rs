//! `/listen/segments`: the rules for ranters and ravers, and how many authors other settings would change.

use leptos::prelude::*;

use super::SegmentSettings;
use super::preview::{SettingsPreview, preview};
use super::settings::SHOWN;
use super::store::{self, SavedSettings};
use crate::access::account::Permission;
use crate::access::job::{self, Job, JobState};
use crate::access::page::page;
use crate::kernel::clock::ago;
use crate::listening::segment_change::SegmentChangeCount;
use crate::listening::segment_change::rules::called;
use crate::program::shown::{no_program, program_shown};
use crate::ui::form::ErrorSummary;
use crate::ui::{DefList, Form, Hidden, Notice, PageHead, Progress, Submit, Tone, capital, count, number, query, tried};

/// `/listen/segments`.
pub fn segments() -> impl IntoView {
    page("Segment rules", Permission::SeeListening, |cx| async move {
        let may_set = cx.actor.scope(Permission::AssessAuthors).is_some();
        let mut tx = cx.db.read().await?;
        let crumbs = vec![("/authors".to_owned(), "Authors".to_owned())];
        let sub = "When an author becomes a ranter or a raver. Mentions on sensitive subjects never count.";
        let head = view! { <PageHead title="Segment rules" sub crumbs><a class="btn" href="/listen/segment-changes">"Segment changes"</a></PageHead> };
        let Some(program) = program_shown(&mut tx).await? else {
            return Ok(view! { {head} {no_program()} }.into_any());
        };
        let kept = store::find_settings(&mut tx, program.id).await?;
        let settings = kept.as_ref().map_or_else(SegmentSettings::default, |kept| kept.settings);
        let assessing = job::store::find_of_program(&mut tx, job::JobKind::Assessment, program.id).await?;
        let waiting = assessing.filter(|job| job.state != JobState::Cancelled).map(|job| assessing_notice(&job));
        let since = match &kept {
            Some(SavedSettings { changed_at, .. }) => format!("Last changed {}.", ago(*changed_at, cx.now)),
            None => "These are the default settings.".to_owned(),
        };
        if !may_set {
            let rows = SHOWN.iter().map(|shown| (shown.label, number((shown.get)(&settings)))).collect();
            return Ok(
                view! { {head} {waiting} <section class="card pad stack"><p class="dim">{since}</p><DefList rows/></section> }.into_any()
            );
        }
        let asked = query("show").map(|_| SegmentSettings::read(query));
        let shown = match asked {
            Some(Ok(other)) if other != settings => {
                let found = preview(&mut tx, cx.now, program.id, &other).await?;
                let revision = kept.as_ref().map_or(0, |kept| kept.revision);
                Some(what_changes(&found, &other, revision).into_any())
            }
            Some(Ok(_)) => Some(nothing_changes().into_any()),
            Some(Err(invalid)) => {
                let lines = invalid.into_iter().map(|(_, message)| view! { <li>{message}</li> }).collect_view();
                Some(view! { <Notice tone=Tone::Bad><ul>{lines}</ul></Notice> }.into_any())
            }
            None => None,
        };
        Ok(view! {
            {head}
            {waiting}
            <div class="side">
                {settings_form(&settings, since, shown.is_some())}
                <div class="stack" aria-live="polite">{shown}</div>
            </div>
        }
        .into_any())
    })
}

fn assessing_notice(job: &Job) -> impl IntoView + use<> {
    if job.is_open() {
        let done = format!("Reassessing all authors: {} so far.", count(job.done, "author", "authors"));
        view! { <Notice tone=Tone::Live>{done}</Notice> }
    } else {
        let failed = format!("Reassessing all authors failed. {}", job.reason());
        view! { <Notice tone=Tone::Bad>{failed}</Notice> }
    }
}

/// The settings, and the form that tries others: closed until wanted, open beside what it `shows`.
fn settings_form(settings: &SegmentSettings, since: String, shows: bool) -> impl IntoView + use<> {
    let rows = SHOWN.iter().map(|shown| (shown.label, number((shown.get)(settings)))).collect();
    let program = query("program").map(|id| view! { <input type="hidden" name="program" value=id/> });
    let typed = |field: &str, value: i64| query(field).unwrap_or_else(|| value.to_string());
    let fields = SHOWN
        .iter()
        .map(|shown| {
            let (id, hint_id) = (format!("set-{}", shown.field), format!("hint-{}", shown.field));
            let value = typed(shown.field, (shown.get)(settings));
            view! {
                <div class="field">
                    <label for=id.clone()>{shown.label}</label>
                    <input id=id type="number" name=shown.field min=shown.least max=shown.limit value=value aria-describedby=hint_id.clone()/>
                    <small id=hint_id>{shown.hint}</small>
                </div>
            }
        })
        .collect_view();
    view! {
        <section class="card pad stack">
            <p class="dim">{since}</p>
            <details open=shows>
                <summary>"Change settings"</summary>
                <form method="get" class="form stack" novalidate>
                    {program}
                    {fields}
                    <div class="row">
                        <button type="submit" name="show" value="1" class:btn-1=!shows>"Preview changes"</button>
                        <a class="btn btn-quiet" href="/listen/segments">"Reset to current settings"</a>
                    </div>
                </form>
            </details>
            {(!shows).then(|| view! { <DefList rows/> })}
        </section>
    }
}

fn nothing_changes() -> impl IntoView {
    // A form that was refused for a stale revision is no longer on the page; its errors are shown here.
    let refused = tried().map(|tried| view! { <ErrorSummary mistakes=tried.lines()/> });
    view! { {refused} <Notice>"These are the current settings. No author would change segment."</Notice> }
}

/// The moves, and the button that makes them real.
fn what_changes(found: &SettingsPreview, other: &SegmentSettings, revision: i64) -> impl IntoView + use<> {
    let sample = found.looked_at < found.authors;
    let (moving, staying): (Vec<SegmentChangeCount>, Vec<SegmentChangeCount>) =
        found.moves.iter().copied().partition(|flow| flow.before != flow.after);
    let total: i64 = moving.iter().map(|flow| flow.authors).sum();
    let all = |authors: i64| if sample { authors * found.authors / found.looked_at.max(1) } else { authors };
    let basis = if sample {
        format!("Estimated from a random sample: {} of {}.", count(found.looked_at, "author", "authors"), number(found.authors))
    } else {
        format!("Based on {} with enough mentions.", count(found.authors, "author", "authors"))
    };
    let about = if sample { "about " } else { "" };
    let lines = moving
        .iter()
        .map(|flow| {
            view! { <tr><td>{called(flow.before)} " → " {called(flow.after)}</td><td class="n">{about} {number(all(flow.authors))}</td></tr> }
        })
        .collect_view();
    let stay: i64 = staying.iter().map(|flow| flow.authors).sum();
    let hidden = SHOWN.iter().map(|shown| view! { <Hidden name=shown.field value=(shown.get)(other).to_string()/> }).collect_view();
    let title = match all(total) {
        0 => "No author would change segment".to_owned(),
        1 => capital(&format!("{about}1 author would change segment")),
        many => capital(&format!("{about}{} authors would change segment", number(many))),
    };
    view! {
        <section class="card pad stack">
            <h2>{title}</h2>
            <Progress label="Unchanged" done=stay of=found.looked_at noun="authors"/>
            {(total > 0).then(|| view! {
                <table class="list">
                    <caption class="sr">"Segment changes"</caption>
                    <thead><tr><th scope="col">"Change"</th><th scope="col" class="n">"Authors"</th></tr></thead>
                    <tbody>{lines}</tbody>
                </table>
            })}
            <p class="dim">{basis} " Segments that a person set stay. Apathetics are reassessed when you save."</p>
            <Form act="set">
                <Hidden name="revision" value=revision.to_string()/>
                {hidden}
                <Submit label="Save and reassess all authors" main=true/>
            </Form>
        </section>
    }
}
