//! Asks the server what the first rows become, a moment after the last change in one of the forms.

use std::cell::Cell;
use std::rc::Rc;

use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Element, Response};

/// The pause after the last change, while someone types.
const PAUSE_MS: u32 = 250;
/// The fields that say how the file is read.
const FIELDS: &str = "#form-map [name], #form-reread [name]";

pub(super) fn start(ask: String) {
    let (ask, changes) = (Rc::new(ask), Rc::new(Cell::new(0_u32)));
    let changed = Closure::<dyn FnMut()>::new(move || {
        let (ask, changes) = (Rc::clone(&ask), Rc::clone(&changes));
        changes.set(changes.get() + 1);
        let mine = changes.get();
        spawn_local(async move {
            TimeoutFuture::new(PAUSE_MS).await;
            if changes.get() == mine {
                busy(true);
                let answer = fetch(&format!("{ask}?{}", form_query())).await;
                // A later change asks for itself: its answer is the one that stands.
                if changes.get() == mine {
                    show(answer);
                }
            }
        });
    });
    for form in ["form-map", "form-reread"] {
        if let Some(form) = document().get_element_by_id(form) {
            for event in ["input", "change"] {
                let _ = form.add_event_listener_with_callback(event, changed.as_ref().unchecked_ref());
            }
        }
    }
    changed.forget();
    if let Some(root) = document().document_element() {
        let _ = root.set_attribute("data-hydrated", "");
    }
}

fn preview() -> Option<Element> {
    document().get_element_by_id("preview")
}

fn busy(busy: bool) {
    if let Some(preview) = preview() {
        let _ = preview.set_attribute("aria-busy", if busy { "true" } else { "false" });
    }
}

/// What the forms say, as a query. A checkbox that is not ticked says nothing, as when a form is sent.
fn form_query() -> String {
    let mut query = String::new();
    let Ok(fields) = document().query_selector_all(FIELDS) else { return query };
    for at in 0..fields.length() {
        let Some(field) = fields.item(at) else { continue };
        let property = |name: &str| js_sys::Reflect::get(&field, &name.into()).ok();
        let text = |name: &str| property(name).and_then(|value| value.as_string());
        let is_checked = || property("checked").and_then(|value| value.as_bool()) == Some(true);
        if matches!(text("type").as_deref(), Some("checkbox" | "radio")) && !is_checked() {
            continue;
        }
        if let (Some(name), Some(value)) = (text("name"), text("value")) {
            if !query.is_empty() {
                query.push('&');
            }
            query.push_str(&name);
            query.push('=');
            query.push_str(&String::from(js_sys::encode_uri_component(&value)));
        }
    }
    query
}

async fn fetch(address: &str) -> Option<String> {
    let response: Response = JsFuture::from(window().fetch_with_str(address)).await.ok()?.dyn_into().ok()?;
    JsFuture::from(response.text().ok()?).await.ok()?.as_string().filter(|_| response.ok())
}

/// Shows the answer. Without one, the preview stays.
fn show(answer: Option<String>) {
    if let (Some(preview), Some(answer)) = (preview(), answer) {
        preview.set_inner_html(&answer);
    }
    busy(false);
}
