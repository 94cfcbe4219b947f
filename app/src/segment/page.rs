//! `/listen/segments`: when a voice is called ranter or raver, and how many other settings would move.

use leptos::prelude::*;

use super::Settings;
use super::act::{Preview, preview};
use super::settings::SHOWN;
use super::store::{self, Kept};
use crate::account::Verb;
use crate::clock::ago;
use crate::import::page::{no_program, program_shown};
use crate::job;
use crate::movement::Flow;
use crate::movement::rules::called;
use crate::ui::form::ErrorSummary;
use crate::ui::{DefList, Form, Hidden, Notice, PageHead, Progress, Submit, Tone, count, number, page, query, tried};

/// `/listen/segments`.
pub fn segments() -> impl IntoView {
    page("Segments", Verb::SeeListening, |cx| async move {
        let may_set = cx.actor.scope(Verb::Assess).is_some();
        let mut tx = cx.db.read().await?;
        let crumbs = vec![("/voices".to_owned(), "Voices".to_owned())];
        let sub = "When a voice is called ranter or raver. Posts on sensitive subjects never count, whatever is set here.";
        let head = view! { <PageHead title="Segments" sub crumbs><a class="btn" href="/listen/movement">"Movement"</a></PageHead> };
        let Some(program) = program_shown(&mut tx).await? else {
            return Ok(view! { {head} {no_program()} }.into_any());
        };
        let kept = store::find_settings(&mut tx, program.id).await?;
        let settings = kept.as_ref().map_or_else(Settings::default, |kept| kept.settings);
        let assessing = job::store::find_of_program(&mut tx, job::Kind::Assessment, program.id).await?;
        let waiting = assessing.filter(|job| job.state != job::State::Cancelled).map(|job| {
            if job.is_open() {
                let done = format!("All voices are being assessed anew: {} so far.", count(job.done, "voice", "voices"));
                view! { <Notice tone=Tone::Live>{done}</Notice> }
            } else {
                let failed = format!("Assessing all voices anew has failed. {}", job.reason());
                view! { <Notice tone=Tone::Bad>{failed}</Notice> }
            }
        });
        let since = match &kept {
            Some(Kept { changed_at, .. }) => format!("In force since a change {}.", ago(*changed_at, cx.now)),
            None => "These are the values that every program starts with.".to_owned(),
        };
        if !may_set {
            let rows = SHOWN.iter().map(|shown| (shown.label, number((shown.get)(&settings)))).collect();
            return Ok(
                view! { {head} {waiting} <section class="card pad stack"><p class="dim">{since}</p><DefList rows/></section> }.into_any()
            );
        }
        let asked = Settings::read(query);
        let looking = query("show").is_some();
        let typed = |field: &str, value: i64| query(field).unwrap_or_else(|| value.to_string());
        let fields = SHOWN
            .iter()
            .map(|shown| {
                let (id, hint_id) = (format!("set-{}", shown.field), format!("hint-{}", shown.field));
                let value = typed(shown.field, (shown.get)(&settings));
                view! {
                    <div class="field">
                        <label for=id.clone()>{shown.label}</label>
                        <input id=id type="number" name=shown.field min=shown.least max=shown.most value=value aria-describedby=hint_id.clone()/>
                        <small id=hint_id>{shown.hint}</small>
                    </div>
                }
            })
            .collect_view();
        let shown = match (looking, asked) {
            (false, _) => None,
            (true, Err(wrong)) => {
                let lines = wrong.into_iter().map(|(_, message)| view! { <li>{message}</li> }).collect_view();
                Some(view! { <Notice tone=Tone::Bad><ul>{lines}</ul></Notice> }.into_any())
            }
            (true, Ok(other)) if other == settings => {
                // The form that was refused, because somebody else was quicker, is not here any more.
                let refused = tried().map(|tried| view! { <ErrorSummary mistakes=tried.lines()/> });
                Some(view! { {refused} <Notice>"These are the settings in force. Nobody would move."</Notice> }.into_any())
            }
            (true, Ok(other)) => {
                let found = preview(&mut tx, cx.now, program.id, &other).await?;
                let revision = kept.as_ref().map_or(0, |kept| kept.revision);
                Some(what_changes(&found, &other, revision).into_any())
            }
        };
        Ok(view! {
            {head}
            {waiting}
            <div class="side">
                <section class="card pad stack">
                    <p class="dim">{since}</p>
                    <form method="get" class="form stack" novalidate>
                        {fields}
                        <div class="row">
                            <button type="submit" name="show" value="1" class="btn-1">"Show what changes"</button>
                            <a class="btn btn-quiet" href="/listen/segments">"Back to what is in force"</a>
                        </div>
                    </form>
                </section>
                <div class="stack" aria-live="polite">{shown}</div>
            </div>
        }
        .into_any())
    })
}

/// The moves, and the button that makes them real.
fn what_changes(found: &Preview, other: &Settings, revision: i64) -> impl IntoView + use<> {
    let sample = found.looked_at < found.voices;
    let (moving, staying): (Vec<Flow>, Vec<Flow>) = found.moves.iter().copied().partition(|flow| flow.before != flow.after);
    let total: i64 = moving.iter().map(|flow| flow.voices).sum();
    let all = |voices: i64| if sample { voices * found.voices / found.looked_at.max(1) } else { voices };
    let basis = if sample {
        format!("Estimated from {} of {}, drawn by lot.", count(found.looked_at, "voice", "voices"), number(found.voices))
    } else {
        format!("Counted over {}.", count(found.voices, "voice with posts enough", "voices with posts enough"))
    };
    let about = if sample { "about " } else { "" };
    let lines = moving
        .iter()
        .map(|flow| {
            view! { <tr><td>{called(flow.before)} " → " {called(flow.after)}</td><td class="n">{about} {number(all(flow.voices))}</td></tr> }
        })
        .collect_view();
    let stay: i64 = staying.iter().map(|flow| flow.voices).sum();
    let hidden = SHOWN.iter().map(|shown| view! { <Hidden name=shown.field value=(shown.get)(other).to_string()/> }).collect_view();
    let title = match all(total) {
        0 => "Nobody would move".to_owned(),
        1 => format!("{about}1 voice would move"),
        many => format!("{about}{} voices would move", number(many)),
    };
    view! {
        <section class="card pad stack">
            <h2>{title}</h2>
            <Progress label="Stay where they are" done=stay of=found.looked_at noun="voices"/>
            {(total > 0).then(|| view! {
                <table class="list">
                    <caption class="sr">"Who would move"</caption>
                    <thead><tr><th scope="col">"From and to"</th><th scope="col" class="n">"Voices"</th></tr></thead>
                    <tbody>{lines}</tbody>
                </table>
            })}
            <p class="dim">{basis} " What a person decided about a voice stays. Apathetics are looked at anew when these settings are saved."</p>
            <Form act="set">
                <Hidden name="revision" value=revision.to_string()/>
                {hidden}
                <Submit label="Save, and assess all voices anew" main=true/>
            </Form>
        </section>
    }
}
