//! The input of live notes: the line, its speaker, and how it is understood.

use leptos::prelude::*;

use super::clicks::{focus_line, send};
use super::rules::{self, capture, tagged};
use super::speaker::{self, short_name};
use super::state::Live;
use super::{NoteWording, Speaker};
use crate::kernel::error::Result;
use crate::kernel::ids::NoteId;

/// The input with its grammar. Without JavaScript it is a form that posts one line.
#[component]
pub(super) fn CaptureBar(
    live: Live,
    speakers: Vec<Speaker>,
    line: RwSignal<String>,
    chosen: RwSignal<Option<String>>,
    mistake: RwSignal<String>,
    draft: NoteId,
) -> impl IntoView {
    let speakers = StoredValue::new(speakers);
    let palette = RwSignal::new(false);
    let understood = move || speakers.with_value(|speakers| understood(&line.get(), speakers, chosen.get().as_deref()));
    let stranger = move || speakers.with_value(|speakers| stranger(&line.get(), speakers)).is_some();
    let save = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        match speakers.with_value(|speakers| note_or_choice(line, chosen, speakers)) {
            None => {}
            Some(Ok(wording)) => {
                send(live, wording);
                line.set(String::new());
                chosen.set(None);
                palette.set(false);
                mistake.set(String::new());
            }
            Some(Err(error)) => mistake.set(error.message()),
        }
    };
    let pick = move |initials: String| {
        chosen.set(Some(initials));
        line.update(without_open_word);
        palette.set(false);
        focus_line();
    };
    let choices = move || {
        is_open(line, palette).then(|| {
            let word = line.with(|line| line.rsplit('/').next().unwrap_or_default().to_lowercase());
            let typing = line.with(|line| open_word(line));
            let offered = speakers
                .with_value(|speakers| speakers.iter().filter(|speaker| !typing || offers(speaker, &word)).cloned().collect::<Vec<_>>());
            palette_of(offered, pick)
        })
    };
    view! {
        <form method="post" class="cap" on:submit=save>
            <input type="hidden" name="act" value="take"/>
            <input type="hidden" name="id" value=draft.to_string()/>
            {choices}
            {move || {
                let words = mistake.get();
                (!words.is_empty()).then(|| view! { <p class="field-error" role="alert" id="line-error">{words}</p> })
            }}
            <LineInput line chosen mistake palette/>
            <div class="understood" class:bad-text=stranger aria-live="polite">{understood}</div>
            <LineKeys/>
        </form>
    }
    .into_any()
}

/// The line, "Speaker" and "Save". Escape clears the speaker.
#[component]
fn LineInput(
    line: RwSignal<String>,
    chosen: RwSignal<Option<String>>,
    mistake: RwSignal<String>,
    palette: RwSignal<bool>,
) -> impl IntoView {
    let escape = move |event: leptos::ev::KeyboardEvent| {
        if event.key() == "Escape" {
            chosen.set(None);
            palette.set(false);
            mistake.set(String::new());
        }
    };
    view! {
        <div class="cap-line">
            <label class="sr" for="line">"Note"</label>
            <input
                id="line"
                name="line"
                dir="auto"
                autocomplete="off"
                enterkeyhint="send"
                aria-describedby="line-keys"
                placeholder="/A note #topic"
                prop:value=move || line.get()
                value=line.get_untracked()
                on:input=move |event| {
                    line.set(event_target_value(&event));
                    mistake.set(String::new());
                }
                on:keydown=escape
            />
            <button type="button" class="needs-js" aria-expanded=move || is_open(line, palette).to_string() on:click=move |_| palette.update(|open| *open = !*open)>
                "Speaker"
            </button>
            <button type="submit" class="btn-1">"Save note"</button>
        </div>
    }
}

/// Whether the speakers are listed: by the button, or while one is typed.
fn is_open(line: RwSignal<String>, palette: RwSignal<bool>) -> bool {
    palette.get() || line.with(|line| open_word(line))
}

/// The typed note. A line with a speaker only is a choice, not a note: the speaker is remembered and the line cleared.
fn note_or_choice(line: RwSignal<String>, chosen: RwSignal<Option<String>>, speakers: &[Speaker]) -> Option<Result<NoteWording>> {
    let speaker = chosen.get_untracked().and_then(|initials| speaker::find(speakers, &initials).cloned());
    let typed = line.get_untracked();
    let parsed = rules::parse(&typed, speakers).wording;
    if parsed.text.is_empty() && !parsed.speaker.is_empty() {
        let named = speakers.iter().find(|speaker| speaker.name == parsed.speaker && speaker.panelist == parsed.panelist);
        chosen.set(named.map(|speaker| speaker.initials.clone()));
        line.set(String::new());
        return None;
    }
    Some(capture(&typed, speakers, speaker.as_ref()))
}

/// The speakers, to choose by touch.
fn palette_of(offered: Vec<Speaker>, pick: impl Fn(String) + Copy + Send + 'static) -> impl IntoView {
    view! {
        <div class="palette" role="group" aria-label="Choose speaker">
            {offered
                .into_iter()
                .map(|speaker| {
                    let initials = speaker.initials.clone();
                    view! {
                        <button type="button" class:company=speaker.panelist.is_none() on:click=move |_| pick(initials.clone())>
                            <kbd>{speaker.key.to_string()}</kbd>
                            {short_name(&speaker.name)}
                            <small>{speaker.initials}</small>
                        </button>
                    }
                })
                .collect_view()}
        </div>
    }
}

/// The signs of the grammar.
#[component]
fn LineKeys() -> impl IntoView {
    view! {
        <div class="keys" id="line-keys">
            <span><kbd>"/"</kbd> " speaker"</span>
            <span><kbd>"\""</kbd> " quote"</span>
            <span><kbd>"!"</kbd> " idea"</span>
            <span><kbd>"?"</kbd> " question"</span>
            <span><kbd>">"</kbd> " parking lot"</span>
            <span><kbd>"#"</kbd> " topic"</span>
            <span class="push"><kbd>"Enter"</kbd> " save"</span>
        </div>
    }
}

/// Initials that nobody has, as soon as they cannot become those of anybody.
fn stranger(line: &str, speakers: &[Speaker]) -> Option<String> {
    let stranger = rules::parse(line, speakers).stranger?;
    let letters = stranger.to_lowercase();
    let becomes = open_word(line) && line.split_whitespace().count() == 1 && speakers.iter().any(|speaker| offers(speaker, &letters));
    (!becomes).then_some(stranger)
}

/// "M. Okafor · quote · upsell", while typing; or what is wrong.
fn understood(line: &str, speakers: &[Speaker], chosen: Option<&str>) -> String {
    if let Some(stranger) = stranger(line, speakers) {
        return rules::unknown_speaker(&stranger);
    }
    let parsed = rules::parse(line, speakers);
    let speaker = match chosen.and_then(|initials| speaker::find(speakers, initials)) {
        Some(speaker) if parsed.wording.speaker.is_empty() => short_name(&speaker.name),
        _ => short_name(&parsed.wording.speaker),
    };
    match (speaker.is_empty(), line.trim().is_empty()) {
        (true, true) => String::new(),
        (true, false) => format!("No speaker · {}", tagged(&parsed.wording)),
        (false, true) => format!("Speaker: {speaker}"),
        (false, false) => format!("{speaker} · {}", tagged(&parsed.wording)),
    }
}

/// Whether a speaker is being typed: the last word begins with a slash.
fn open_word(line: &str) -> bool {
    !line.ends_with(char::is_whitespace) && line.split_whitespace().next_back().is_some_and(|word| word.starts_with('/'))
}

fn without_open_word(line: &mut String) {
    if open_word(line)
        && let Some(slash) = line.rfind('/')
    {
        line.truncate(slash);
    }
}

fn offers(speaker: &Speaker, letters: &str) -> bool {
    letters.is_empty() || speaker.initials.to_lowercase().starts_with(letters) || letters.chars().eq([speaker.key])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::ids::PanelistId;

    #[test]
    fn unknown_initials_are_said_as_soon_as_they_cannot_be_right() {
        let people = [(PanelistId::new(), "Maria Okafor".into(), "MO".into()), (PanelistId::new(), "Bo Li".into(), "BL".into())];
        let speakers = speaker::speakers(&people, "", "Dell");
        for (line, wrong) in [
            ("", None),
            ("/", None),
            ("/B", None),
            ("/BL The fan screams", None),
            ("/XY", Some("XY")),
            ("/XY The fan screams", Some("XY")),
            ("/MX", Some("MX")),
            ("Both say and/or", None),
        ] {
            assert_eq!(stranger(line, &speakers).as_deref(), wrong, "{line}");
        }
        assert!(understood("/XY The fan", &speakers, None).starts_with("No speaker in this session has the initials “XY”."));
        assert_eq!(understood("/BL The fan", &speakers, None), "B. Li · observation");
    }
}
