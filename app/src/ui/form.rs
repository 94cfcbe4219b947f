//! Forms that keep what was typed. A form POSTs to its page's own path with the hidden field `act`; when the act is
//! refused, the same page comes back with the mistakes named, and every field as it was left.

use std::str::FromStr;
use std::sync::Arc;

use chrono::{NaiveDate, NaiveTime};
use leptos::context::Provider;
use leptos::prelude::*;

use super::page::tried;
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
}

impl Tried {
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
    let summary = mine.as_ref().map(|tried| view! { <ErrorSummary mistakes=tried.lines()/> });
    let carried = use_context::<Carried>().map(|Carried { name, value }| view! { <Hidden name value/> });
    let id = if key.is_empty() { act.to_owned() } else { format!("{act}-{key}") };
    let current = Current { id: id.clone(), tried: mine };
    view! {
        <form method="post" class=format!("form {class}") id=format!("form-{id}") novalidate>
            {summary}
            <input type="hidden" name="act" value=act/>
            {(!key.is_empty()).then(|| view! { <input type="hidden" name="key" value=key/> })}
            {carried}
            <Provider value=current>{children()}</Provider>
        </form>
    }
}

/// What is wrong, above the form, announced to screen readers.
#[component]
pub fn ErrorSummary(mistakes: Vec<String>) -> impl IntoView {
    view! {
        <div class="error-summary" role="alert">
            <strong>"This was not saved yet"</strong>
            <ul>{mistakes.into_iter().map(|line| view! { <li>{line}</li> }).collect_view()}</ul>
        </div>
    }
}

struct Slot {
    id: String,
    value: String,
    mistake: Option<String>,
}

/// The field's id, what to show in it, and its mistake. What was typed wins over what is stored.
fn slot(name: &str, stored: String) -> Slot {
    let current = use_context::<Current>();
    let id = format!("{}-{name}", current.as_ref().map_or("page", |current| current.id.as_str()));
    match current.and_then(|current| current.tried) {
        Some(tried) => Slot { id, value: tried.fields.text(name).to_owned(), mistake: tried.mistake(name).map(str::to_owned) },
        None => Slot { id, value: stored, mistake: None },
    }
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
            <input id=slot.id name=name type=kind value=value aria-describedby=describedby aria-invalid=invalid autocomplete=autocomplete/>
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
            <textarea id=slot.id name=name rows=rows class:voice=voice aria-describedby=describedby aria-invalid=invalid>{slot.value}</textarea>
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
    let chosen = slot.value;
    view! {
        <Frame id=slot.id.clone() label hint mistake=slot.mistake>
            <select id=slot.id name=name aria-describedby=describedby>
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
    let current = use_context::<Current>();
    let id = format!("{}-{name}", current.as_ref().map_or("page", |current| current.id.as_str()));
    let tried = current.and_then(|current| current.tried);
    let mistake = tried.as_ref().and_then(|tried| tried.mistake(name).map(str::to_owned));
    let checked = tried.map_or(ticked, |tried| tried.fields.ticked(name));
    let describedby = described(&id, &hint, mistake.is_some());
    let wrong = mistake.is_some();
    view! {
        <div class="field tick" class:wrong=wrong>
            {mistake.map(|mistake| view! { <p class="field-error" id=format!("{id}-error")>{mistake}</p> })}
            <label for=id.clone()>
                <input id=id.clone() type="checkbox" name=name value="yes" checked=checked aria-describedby=describedby/>
                <span>{label}</span>
            </label>
            {(!hint.is_empty()).then(|| view! { <small id=format!("{id}-hint")>{hint}</small> })}
        </div>
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
