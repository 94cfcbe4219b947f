//! Forms that keep what was typed. A form POSTs to its page's own path with the hidden field `act`; when the act is
//! refused, the same page comes back with the mistakes named, and every field as it was left.
//!
//! A mistake is never out of sight: the summary links to the fields, the first wrong one takes the focus, whatever was folded around it is
//! open (`unfolded`), and where the page has no such form any more, the page itself says why, with what was typed (`Unplaced`).

use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use chrono::{NaiveDate, NaiveTime};
use leptos::context::Provider;
use leptos::prelude::*;

use super::page::{Cx, tried};
use crate::account::Actor;
use crate::error::{Error, Result};

/// The fields of a posted form, in order. A name may come several times (checkboxes).
#[derive(Clone, Debug, Default)]
pub struct Fields(pub Vec<(String, String)>);

impl Fields {
    /// The first value of a field; empty where the field is missing.
    #[must_use]
    pub fn text(&self, name: &str) -> &str {
        self.0.iter().find(|(field, _)| field == name).map_or("", |(_, value)| value.as_str())
    }

    /// Every value of a field.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(field, _)| field == name).map(|(_, value)| value.as_str())
    }

    /// Whether a checkbox was ticked.
    #[must_use]
    pub fn ticked(&self, name: &str) -> bool {
        self.0.iter().any(|(field, _)| field == name)
    }

    /// A value that the form itself put there (an id, a revision, a choice of a select).
    ///
    /// # Errors
    /// `Invalid` on that field when it is missing or does not parse.
    pub fn parse<T: FromStr>(&self, name: &str) -> Result<T> {
        self.text(name).trim().parse().map_err(|_| Error::field(name, format!("Please choose a value for “{}”.", name.replace('_', " "))))
    }

    /// A value that may be left out.
    ///
    /// # Errors
    /// `Invalid` when it is there and does not parse.
    pub fn maybe<T: FromStr>(&self, name: &str) -> Result<Option<T>> {
        if self.text(name).trim().is_empty() { Ok(None) } else { self.parse(name).map(Some) }
    }

    /// A date as a browser's date field sends it (2010-06-15), or nothing.
    ///
    /// # Errors
    /// `Invalid` when it is no date.
    pub fn date(&self, name: &str) -> Result<Option<NaiveDate>> {
        match self.text(name).trim() {
            "" => Ok(None),
            text => NaiveDate::parse_from_str(text, "%Y-%m-%d")
                .map(Some)
                .map_err(|_| Error::field(name, format!("“{text}” is not a date. Please write it as year-month-day, like 2010-06-15."))),
        }
    }

    /// A time of day as a browser's time field sends it (10:30).
    ///
    /// # Errors
    /// `Invalid` when it is missing or no time.
    pub fn time(&self, name: &str) -> Result<NaiveTime> {
        let text = self.text(name).trim();
        NaiveTime::parse_from_str(text, "%H:%M")
            .or_else(|_| NaiveTime::parse_from_str(text, "%H:%M:%S"))
            .map_err(|_| Error::field(name, format!("“{text}” is not a time. Please write it like 10:30.")))
    }
}

/// A form that was refused: what was typed, and why.
#[derive(Debug)]
pub struct Tried {
    pub fields: Fields,
    pub error: Error,
    /// Whether a part of the page has said so.
    shown: AtomicBool,
}

impl Tried {
    /// What was typed, and why it was refused.
    #[must_use]
    pub const fn new(fields: Fields, error: Error) -> Self {
        Self { fields, error, shown: AtomicBool::new(false) }
    }

    /// What a person wrote in their own words: neither ids nor choices, and nothing secret.
    #[must_use]
    pub fn typed(&self) -> Vec<&str> {
        const FREE: &[&str] = &["evidence", "message", "name", "reason", "remark", "text", "title", "topic"];
        let secret = |name: &str| ["password", "code", "secret", "token"].iter().any(|word| name.contains(word));
        let written = |name: &str, value: &str| !value.is_empty() && (FREE.contains(&name) || value.contains(char::is_whitespace));
        let fields = self.fields.0.iter().map(|(name, value)| (name.as_str(), value.trim()));
        fields.filter(|(name, value)| !secret(name) && written(name, value)).map(|(_, value)| value).collect()
    }

    /// Every mistake, a line each.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        match &self.error {
            Error::Invalid(mistakes) => mistakes.iter().map(|(_, message)| message.clone()).collect(),
            other => vec![other.message()],
        }
    }

    /// What is wrong with a field.
    #[must_use]
    pub fn mistake(&self, field: &str) -> Option<&str> {
        match &self.error {
            Error::Invalid(mistakes) => mistakes.iter().find(|(name, _)| name == field).map(|(_, message)| message.as_str()),
            _ => None,
        }
    }
}

/// Which form the fields inside belong to, and what was last typed into it.
#[derive(Clone)]
struct Current {
    id: String,
    tried: Option<Arc<Tried>>,
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
            Error::Invalid(mistakes) => mistakes.iter().map(|(field, message)| (message.clone(), placed.find(field))).collect(),
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

/// For whom the page is shown, where it opened by a personal link.
fn whom() -> Option<String> {
    match use_context::<Cx>()?.actor {
        Actor::Link { subject, .. } => Some(subject.to_string()),
        _ => None,
    }
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
            Some(id) => view! { <li><a href=format!("#{id}")>{line}</a></li> }.into_any(),
            None => view! { <li>{line}</li> }.into_any(),
        })
        .collect_view();
    view! {
        <div class="error-summary" role="alert" tabindex="-1" autofocus=focus>
            <strong>"This was not saved yet"</strong>
            <ul>{lines}</ul>
        </div>
    }
}

/// Why a form was refused that this page does not show (any more), and what was written into it. Nothing where a form has said so itself: so it
/// is made after the rest of the page.
#[component]
pub fn Unplaced() -> impl IntoView {
    let tried = tried().filter(|tried| !tried.shown.load(Ordering::Relaxed))?;
    let typed = tried.typed().into_iter().map(|words| view! { <blockquote>{words.to_owned()}</blockquote> }).collect::<Vec<_>>();
    let typed = (!typed.is_empty()).then(|| view! { <div class="stack"><p>"You wrote:"</p>{typed}</div> });
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

struct Slot {
    id: String,
    value: String,
    mistake: Option<String>,
    focus: bool,
}

/// The field's id, what to show in it, and its mistake. What was typed wins over what is stored.
fn slot(name: &str, stored: String) -> Slot {
    let Some(Current { id, tried, placed }) = use_context::<Current>() else {
        return Slot { id: format!("page-{name}"), value: stored, mistake: None, focus: false };
    };
    let id = format!("{id}-{name}");
    placed.add(name, &id);
    let mistake = tried.as_ref().and_then(|tried| tried.mistake(name).map(str::to_owned));
    let focus = mistake.is_some() && !placed.focused.swap(true, Ordering::Relaxed);
    Slot { id, value: tried.map_or(stored, |tried| tried.fields.text(name).to_owned()), mistake, focus }
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
            <label for=id.clone()>{label}</label>
            {(!hint.is_empty()).then(|| view! { <small id=format!("{id}-hint")>{hint}</small> })}
            {mistake.map(|mistake| view! { <p class="field-error" id=format!("{id}-error")>{mistake}</p> })}
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
    view! {
        <Frame id=slot.id.clone() label hint mistake=slot.mistake>
            <input id=slot.id name=name type=kind value=value aria-describedby=describedby aria-invalid=invalid autofocus=slot.focus autocomplete=autocomplete/>
        </Frame>
    }
}

/// Several lines of text. `voice` sets the panel's words in serif.
#[component]
pub fn TextArea(
    name: &'static str,
    #[prop(into)] label: String,
    #[prop(optional, into)] value: String,
    #[prop(optional, into)] hint: String,
    #[prop(default = 3)] rows: u32,
    #[prop(optional)] voice: bool,
) -> impl IntoView {
    let slot = slot(name, value);
    let describedby = described(&slot.id, &hint, slot.mistake.is_some());
    let invalid = slot.mistake.is_some().then_some("true");
    view! {
        <Frame id=slot.id.clone() label hint mistake=slot.mistake>
            <textarea id=slot.id name=name rows=rows class:voice=voice aria-describedby=describedby aria-invalid=invalid autofocus=slot.focus>{slot.value}</textarea>
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
                {options
                    .into_iter()
                    .map(|(value, label)| {
                        let selected = value == chosen;
                        view! { <option value=value selected=selected>{label}</option> }
                    })
                    .collect_view()}
            </select>
        </Frame>
    }
}

/// A checkbox. Its value is "yes" when ticked.
#[component]
pub fn Tick(
    name: &'static str,
    #[prop(into)] label: String,
    #[prop(optional)] ticked: bool,
    #[prop(optional, into)] hint: String,
) -> impl IntoView {
    let Slot { id, mistake, focus, .. } = slot(name, String::new());
    let tried = use_context::<Current>().and_then(|current| current.tried);
    let checked = tried.map_or(ticked, |tried| tried.fields.ticked(name));
    let describedby = described(&id, &hint, mistake.is_some());
    let wrong = mistake.is_some();
    let invalid = wrong.then_some("true");
    view! {
        <div class="field tick" class:wrong=wrong>
            {mistake.map(|mistake| view! { <p class="field-error" id=format!("{id}-error")>{mistake}</p> })}
            <label for=id.clone()>
                <input id=id.clone() type="checkbox" name=name value="yes" checked=checked aria-describedby=describedby aria-invalid=invalid autofocus=focus/>
                <span>{label}</span>
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
    let Slot { id, mistake, focus, .. } = slot(name, String::new());
    let describedby = described(&id, "", mistake.is_some());
    view! {
        <fieldset id=id.clone() class=class tabindex="-1" autofocus=focus aria-describedby=describedby>
            <legend>{legend}</legend>
            {mistake.map(|mistake| view! { <p class="field-error" id=format!("{id}-error")>{mistake}</p> })}
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
    view! { <button type="submit" class:btn-1=main class:btn-danger=danger>{label}</button> }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_mistake_is_folded_into_is_open_and_nothing_else() {
        let page = "<details class=\"card\"><summary>A</summary><form></form></details>\
            <details><summary>B</summary><details class=\"open\"><form><div class=\"error-summary\" role=\"alert\"></div></form></details></details>\
            <details><input aria-invalid=\"true\"/></details><details open><p class=\"field-error\"></p></details><details></details>";
        let open = unfolded(page);
        assert!(open.starts_with("<details class=\"card\"><summary>A"), "{open}");
        assert!(open.contains("<details open><summary>B</summary><details open class=\"open\"><form>"), "{open}");
        assert!(open.contains("<details open><input aria-invalid"), "{open}");
        assert!(open.contains("<details open><p class=\"field-error\"></p></details><details></details>"), "{open}");
    }

    #[test]
    fn a_page_without_a_mistake_stays_as_it_is() {
        let page = "<details><summary>1 < 2</summary><form><input/></form></details>";
        assert_eq!(unfolded(page), page);
    }

    #[test]
    fn what_was_written_is_given_back_without_ids_choices_and_secrets() {
        let field = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let fields = Fields(vec![
            field("act", "withdraw"),
            field("revision", "3"),
            field("kind", "commit"),
            field("reason", "It is the same as item 4."),
            field("topic", "Support"),
            field("new_password", "correct horse battery"),
        ]);
        assert_eq!(Tried::new(fields, Error::NotFound).typed(), ["It is the same as item 4.", "Support"]);
    }
}
