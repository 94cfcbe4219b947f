//! Forms that keep what was typed. A form POSTs to its page's own path with the hidden field `act`; when the act is
//! refused, the same page comes back with the mistakes named, and every field as it was left.
//!
//! A mistake is never out of sight: the summary links to the fields, the first wrong one takes the focus, whatever was folded around it is
//! open (`unfolded`), and where the page has no such form any more, the page itself says why, with what was typed (`Unplaced`).

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use leptos::context::Provider;
use leptos::prelude::*;

use super::request::locale;
use super::submission::FailedSubmission;
use crate::kernel::error::Error;
use crate::t;

/// Which form the fields inside belong to, and what was last typed into it.
#[derive(Clone)]
struct Current {
    id: String,
    tried: Option<Arc<FailedSubmission>>,
    placed: Arc<Placed>,
}

/// What the fields of a refused form have shown so far.
#[derive(Debug, Default)]
struct Placed {
    /// Whether a wrong field took the focus.
    focused: AtomicBool,
    /// The fields that are there: (name, id).
    fields: Mutex<Vec<(String, String)>>,
}

impl Placed {
    fn add(&self, name: &str, id: &str) {
        self.fields.lock().unwrap_or_else(PoisonError::into_inner).push((name.to_owned(), id.to_owned()));
    }

    fn find(&self, name: &str) -> Option<String> {
        let fields = self.fields.lock().unwrap_or_else(PoisonError::into_inner);
        fields.iter().find(|(field, _)| field == name).map(|(_, id)| id.clone())
    }
}

/// What every form of a page carries.
#[derive(Clone)]
struct Carried {
    name: &'static str,
    value: String,
}

/// Lets every `Form` of this page carry a hidden field: what the page was made for, such as its program, however it was chosen. To be
/// called before the page's view is made.
pub fn carry(name: &'static str, value: String) {
    provide_context(Carried { name, value });
}

/// A form. `act` says what it does; `key` tells several forms of one act on a page apart (a row's id).
#[component]
pub fn Form(
    /// Sent as the hidden field `act`.
    act: &'static str,
    /// Sent as the hidden field `key`, where one page has the same form many times.
    #[prop(optional, into)]
    key: String,
    /// Extra classes.
    #[prop(optional)]
    class: &'static str,
    children: Children,
) -> impl IntoView {
    let mine = tried().filter(|tried| tried.fields.text("act") == act && tried.fields.text("key") == key);
    let carried = use_context::<Carried>().map(|Carried { name, value }| view! { <Hidden name value/> });
    let id = if key.is_empty() { act.to_owned() } else { format!("{act}-{key}") };
    let placed = Arc::new(Placed::default());
    let current = Current { id: id.clone(), tried: mine.clone(), placed: placed.clone() };
    // First the fields, so that the summary knows which of them are there.
    let fields = view! { <Provider value=current>{children()}</Provider> };
    let summary = mine.map(|tried| {
        let mistakes = match &tried.error {
            Error::Invalid(mistakes) => mistakes.iter().map(|(field, message)| (message.in_locale(locale()), placed.find(field))).collect(),
            other => vec![(other.message(), None)],
        };
        view! { <Summary mistakes focus=!placed.focused.load(Ordering::Relaxed)/> }
    });
    view! {
        <form method="post" class=format!("form {class}") id=format!("form-{id}") novalidate>
            {summary}
            <input type="hidden" name="act" value=act/>
            {(!key.is_empty()).then(|| view! { <input type="hidden" name="key" value=key/> })}
            {carried}
            {whom().map(|whom| view! { <input type="hidden" name=FOR value=whom/> })}
            {fields}
        </form>
    }
}

/// The field that says for whom a personal page was shown.
pub const FOR: &str = "for";

/// For whom the page is shown, where it opened by a personal link: given with the page's context.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShownTo(pub Option<String>);

fn whom() -> Option<String> {
    use_context::<ShownTo>()?.0
}

/// What was typed into a form of this page that was refused, if that is why the page is shown.
#[must_use]
pub fn tried() -> Option<Arc<FailedSubmission>> {
    use_context::<Arc<FailedSubmission>>()
}

/// Whether the form of this act was just refused, so that the fold around it stays open.
#[must_use]
pub fn refused(act: &str) -> bool {
    tried().is_some_and(|tried| tried.fields.text("act") == act)
}

/// The same of one form of several on a page.
#[must_use]
pub fn refused_row(act: &str, key: &str) -> bool {
    tried().is_some_and(|tried| tried.fields.text("act") == act && tried.fields.text("key") == key)
}

/// What is wrong, above a form that is not a `Form`, announced to screen readers.
#[component]
pub fn ErrorSummary(mistakes: Vec<String>) -> impl IntoView {
    let mistakes = mistakes.into_iter().map(|line| (line, None)).collect();
    view! { <Summary mistakes focus=true/> }
}

/// Mistakes, each with the id of its field where that is on the page.
#[component]
fn Summary(mistakes: Vec<(String, Option<String>)>, focus: bool) -> impl IntoView {
    if let Some(tried) = tried() {
        tried.shown.store(true, Ordering::Relaxed);
    }
    let lines = mistakes
        .into_iter()
        .map(|(line, field)| match field {
            Some(id) => view! { <li dir="auto"><a href=format!("#{id}")>{line}</a></li> }.into_any(),
            None => view! { <li dir="auto">{line}</li> }.into_any(),
        })
        .collect_view();
    view! {
        <div class="error-summary" role="alert" tabindex="-1" autofocus=focus>
            <strong>{t!(locale(), "form-not-saved")}</strong>
            <ul>{lines}</ul>
        </div>
    }
}

/// Why a form was refused that this page does not show (any more), and what was written into it. Nothing where a form has said so itself: so it
/// is made after the rest of the page.
#[component]
pub fn Unplaced() -> impl IntoView {
    let tried = tried().filter(|tried| !tried.shown.load(Ordering::Relaxed))?;
    let typed = tried.typed().into_iter().map(|words| view! { <blockquote dir="auto">{words.to_owned()}</blockquote> }).collect::<Vec<_>>();
    let typed = (!typed.is_empty()).then(|| view! { <div class="stack"><p>{t!(locale(), "form-you-wrote")}</p>{typed}</div> });
    Some(view! { <div class="stack"><ErrorSummary mistakes=tried.lines()/> {typed}</div> })
}

/// A page with everything open that a mistake is folded into: each `<details>` around a summary of errors or around a wrong field. Works on the
/// finished page, so that no page has to think of it.
#[must_use]
pub fn unfolded(page: &str) -> String {
    let mut around: Vec<usize> = Vec::new();
    let mut unfold: Vec<usize> = Vec::new();
    for (at, _) in page.match_indices('<') {
        let tag = &page[at..];
        let end = tag.find('>').unwrap_or(tag.len());
        let tag = &tag[..end];
        if tag.starts_with("<details") {
            around.push(at + "<details".len());
        } else if tag.starts_with("</details") {
            around.pop();
        } else if tag.contains("aria-invalid=\"true\"") || tag.contains("class=\"error-summary\"") || tag.contains("class=\"field-error\"")
        {
            unfold.append(&mut around.clone());
        }
    }
    unfold.sort_unstable();
    unfold.dedup();
    let (mut open, mut done) = (String::with_capacity(page.len() + unfold.len() * 5), 0);
    for at in unfold {
        open.push_str(&page[done..at]);
        let attributes = page[at..].split('>').next().unwrap_or_default();
        if !attributes.split_whitespace().any(|word| word == "open" || word.starts_with("open=")) {
            open.push_str(" open");
        }
        done = at;
    }
    open.push_str(&page[done..]);
    open
}

pub(super) struct FieldSlot {
    pub(super) id: String,
    pub(super) value: String,
    pub(super) mistake: Option<String>,
    pub(super) focus: bool,
}

/// The field's id, what to show in it, and its mistake. What was typed wins over what is stored.
pub(super) fn slot(name: &str, stored: String) -> FieldSlot {
    let Some(Current { id, tried, placed }) = use_context::<Current>() else {
        return FieldSlot { id: format!("page-{name}"), value: stored, mistake: None, focus: false };
    };
    let id = format!("{id}-{name}");
    placed.add(name, &id);
    let mistake = tried.as_ref().and_then(|tried| tried.mistake(name).map(|mistake| mistake.in_locale(locale())));
    let focus = mistake.is_some() && !placed.focused.swap(true, Ordering::Relaxed);
    FieldSlot { id, value: tried.map_or(stored, |tried| tried.fields.text(name).to_owned()), mistake, focus }
}

fn described(id: &str, hint: &str, mistake: bool) -> Option<String> {
    let mut parts = Vec::new();
    if !hint.is_empty() {
        parts.push(format!("{id}-hint"));
    }
    if mistake {
        parts.push(format!("{id}-error"));
    }
    (!parts.is_empty()).then(|| parts.join(" "))
}

#[component]
fn Frame(id: String, label: String, hint: String, mistake: Option<String>, children: Children) -> impl IntoView {
    let wrong = mistake.is_some();
    view! {
        <div class="field" class:wrong=wrong>
            <label for=id.clone() dir="auto">{label}</label>
            {(!hint.is_empty()).then(|| view! { <small id=format!("{id}-hint") dir="auto">{hint}</small> })}
            {mistake.map(|mistake| view! { <p class="field-error" id=format!("{id}-error") dir="auto">{mistake}</p> })}
            {children()}
        </div>
    }
}

/// One line of text, a date, a time, a number, an address.
#[component]
pub fn Field(
    name: &'static str,
    #[prop(into)] label: String,
    /// What is stored; shown unless something else was typed.
    #[prop(optional, into)]
    value: String,
    #[prop(optional, into)] hint: String,
    /// The browser's input type.
    #[prop(default = "text")]
    kind: &'static str,
    #[prop(optional)] autocomplete: &'static str,
) -> impl IntoView {
    let slot = slot(name, value);
    let describedby = described(&slot.id, &hint, slot.mistake.is_some());
    let invalid = slot.mistake.is_some().then_some("true");
    // A password is never sent back to the page.
    let value = if kind == "password" { String::new() } else { slot.value };
    let autocomplete = (!autocomplete.is_empty()).then_some(autocomplete);
    // Words run as their language does; addresses, dates and numbers as the page does.
    let dir = (kind == "text").then_some("auto");
    view! {
        <Frame id=slot.id.clone() label hint mistake=slot.mistake>
            <input id=slot.id name=name type=kind value=value dir=dir aria-describedby=describedby aria-invalid=invalid autofocus=slot.focus autocomplete=autocomplete/>
        </Frame>
    }
}

/// Several lines of text. `serif` is for the panel's words.
#[component]
pub fn TextArea(
    name: &'static str,
    #[prop(into)] label: String,
    #[prop(optional, into)] value: String,
    #[prop(optional, into)] hint: String,
    #[prop(default = 3)] rows: u32,
    #[prop(optional)] serif: bool,
) -> impl IntoView {
    let slot = slot(name, value);
    let describedby = described(&slot.id, &hint, slot.mistake.is_some());
    let invalid = slot.mistake.is_some().then_some("true");
    view! {
        <Frame id=slot.id.clone() label hint mistake=slot.mistake>
            <textarea id=slot.id name=name rows=rows dir="auto" class:quote=serif aria-describedby=describedby aria-invalid=invalid autofocus=slot.focus>{slot.value}</textarea>
        </Frame>
    }
}

/// One of several: (value, label) each.
#[component]
pub fn Select(
    name: &'static str,
    #[prop(into)] label: String,
    options: Vec<(String, String)>,
    #[prop(optional, into)] value: String,
    #[prop(optional, into)] hint: String,
) -> impl IntoView {
    let slot = slot(name, value);
    let describedby = described(&slot.id, &hint, slot.mistake.is_some());
    let invalid = slot.mistake.is_some().then_some("true");
    let chosen = slot.value;
    view! {
        <Frame id=slot.id.clone() label hint mistake=slot.mistake>
            <select id=slot.id name=name aria-describedby=describedby aria-invalid=invalid autofocus=slot.focus>
                {choices(options, &chosen)}
            </select>
        </Frame>
    }
}

/// The choices of a `<select>`: (value, label) each.
pub(super) fn choices(options: Vec<(String, String)>, chosen: &str) -> impl IntoView + use<> {
    options
        .into_iter()
        .map(|(value, label)| {
            let selected = value == chosen;
            view! { <option value=value selected=selected dir="auto">{label}</option> }
        })
        .collect_view()
}

/// A checkbox. Its value is "yes" when ticked.
#[component]
pub fn Tick(
    name: &'static str,
    #[prop(into)] label: String,
    #[prop(optional)] ticked: bool,
    #[prop(optional, into)] hint: String,
) -> impl IntoView {
    let FieldSlot { id, mistake, focus, .. } = slot(name, String::new());
    let tried = use_context::<Current>().and_then(|current| current.tried);
    let checked = tried.map_or(ticked, |tried| tried.fields.ticked(name));
    let describedby = described(&id, &hint, mistake.is_some());
    let wrong = mistake.is_some();
    let invalid = wrong.then_some("true");
    view! {
        <div class="field tick" class:wrong=wrong>
            {mistake.map(|mistake| view! { <p class="field-error" id=format!("{id}-error") dir="auto">{mistake}</p> })}
            <label for=id.clone()>
                <input id=id.clone() type="checkbox" name=name value="yes" checked=checked aria-describedby=describedby aria-invalid=invalid autofocus=focus/>
                <span dir="auto">{label}</span>
            </label>
            {(!hint.is_empty()).then(|| view! { <small id=format!("{id}-hint")>{hint}</small> })}
        </div>
    }
}

/// Fields that belong together: several notes to choose from, several kinds. A mistake named `name` is said of all of them.
#[component]
pub fn FieldSet(
    name: &'static str,
    #[prop(into)] legend: String,
    #[prop(optional)] class: &'static str,
    children: Children,
) -> impl IntoView {
    let FieldSlot { id, mistake, focus, .. } = slot(name, String::new());
    let describedby = described(&id, "", mistake.is_some());
    view! {
        <fieldset id=id.clone() class=class tabindex="-1" autofocus=focus aria-describedby=describedby>
            <legend dir="auto">{legend}</legend>
            {mistake.map(|mistake| view! { <p class="field-error" id=format!("{id}-error") dir="auto">{mistake}</p> })}
            {children()}
        </fieldset>
    }
}

/// A value that the page knows and the act needs: an id, a revision.
#[component]
pub fn Hidden(name: &'static str, #[prop(into)] value: String) -> impl IntoView {
    view! { <input type="hidden" name=name value=value/> }
}

/// The button that does it. `main` is the one thing a form is for.
#[component]
pub fn Submit(#[prop(into)] label: String, #[prop(optional)] main: bool, #[prop(optional)] danger: bool) -> impl IntoView {
    view! { <button type="submit" dir="auto" class:btn-1=main class:btn-danger=danger>{label}</button> }
}

#[cfg(test)]
mod tests;
