//! One of a few, as radio buttons in a row. Fields that belong to one of them are in an element of class `only` with the value as second class;
//! `style/40-signature.css` hides those of the others, without a script.

use leptos::prelude::*;

use super::form::{FieldSlot, slot};

/// One of a few: (value, label) each.
#[component]
pub fn Choice(
    name: &'static str,
    #[prop(into)] legend: String,
    options: Vec<(String, String)>,
    #[prop(into)] value: String,
) -> impl IntoView {
    let FieldSlot { id, value: chosen, mistake, focus } = slot(name, value);
    let invalid = mistake.is_some().then_some("true");
    let error = mistake.is_some().then(|| format!("{id}-error"));
    let radios = options
        .into_iter()
        .map(|(value, label)| {
            let checked = value == chosen;
            view! { <label><input type="radio" name=name value=value checked=checked aria-invalid=invalid/> <span dir="auto">{label}</span></label> }
        })
        .collect_view();
    view! {
        <fieldset id=id.clone() class="choice" tabindex="-1" autofocus=focus aria-describedby=error>
            <legend>{legend}</legend>
            {mistake.map(|mistake| view! { <p class="field-error" dir="auto" id=format!("{id}-error")>{mistake}</p> })}
            <div class="choices across">{radios}</div>
        </fieldset>
    }
}
