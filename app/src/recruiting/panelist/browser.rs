//! Sends check-in forms without leaving the page, so that a list that was scrolled stays where it is.
//!
//! Whatever goes wrong, the form is sent as it would be without this code: the page that the server answers says why.

use std::cell::Cell;

use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Element, Event, HtmlElement, Request, RequestInit, Response};

thread_local! {
    /// Requests under way: only the last one to end shows its page, which then has them all.
    static PENDING: Cell<u32> = const { Cell::new(0) };
    /// The next submission goes its normal way.
    static NATIVE: Cell<bool> = const { Cell::new(false) };
}

/// Listens to the forms of the people.
pub(super) fn start() {
    let Some(people) = people() else { return };
    let submitted = Closure::<dyn FnMut(Event)>::new(|event: Event| {
        let submitter = js_sys::Reflect::get(&event, &"submitter".into()).ok().and_then(|value| value.dyn_into::<Element>().ok());
        let form = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        let (Some(form), Some(button)) = (form, submitter) else { return };
        if button.get_attribute("name").as_deref() != Some("attendance") || NATIVE.replace(false) {
            return;
        }
        event.prevent_default();
        spawn_local(send(form, button));
    });
    let _ = people.add_event_listener_with_callback("submit", submitted.as_ref().unchecked_ref());
    submitted.forget();
    if let Some(root) = document().document_element() {
        let _ = root.set_attribute("data-hydrated", "");
    }
}

fn people() -> Option<Element> {
    document().get_element_by_id("check-in")
}

async fn send(form: Element, button: Element) {
    let row = form.closest("tr").ok().flatten().map(|row| row.id()).unwrap_or_default();
    PENDING.set(PENDING.get() + 1);
    let sent = post(&body(&form, &button)).await;
    PENDING.set(PENDING.get() - 1);
    if sent.is_none() {
        native(&form, &button);
    } else if PENDING.get() == 0
        && let Some(page) = get().await
        && PENDING.get() == 0
        && let (Some(here), Some(new)) = (people(), part(&page))
    {
        here.set_inner_html(&new.inner_html());
        focus(&row);
    }
}

/// The form's fields and the pressed button, URL-encoded.
fn body(form: &Element, button: &Element) -> String {
    let mut pairs = Vec::new();
    if let Ok(fields) = form.query_selector_all("input[name]") {
        pairs.extend((0..fields.length()).filter_map(|at| fields.item(at)?.dyn_into::<Element>().ok()));
    }
    pairs.push(button.clone());
    let encoded = |text: Option<String>| String::from(js_sys::encode_uri_component(&text.unwrap_or_default()));
    let pairs: Vec<String> =
        pairs.iter().map(|field| format!("{}={}", encoded(field.get_attribute("name")), encoded(field.get_attribute("value")))).collect();
    pairs.join("&")
}

/// Sends the form. None unless the server answered with the page of the people.
async fn post(body: &str) -> Option<()> {
    let init = RequestInit::new();
    init.set_method("POST");
    init.set_body(&JsValue::from_str(body));
    let request = Request::new_with_str_and_init(&window().location().href().ok()?, &init).ok()?;
    request.headers().set("content-type", "application/x-www-form-urlencoded").ok()?;
    let page = text(window().fetch_with_request(&request)).await?;
    part(&page).map(|_| ())
}

/// The page as it is now, with its search and filters.
async fn get() -> Option<String> {
    text(window().fetch_with_str(&window().location().href().ok()?)).await
}

async fn text(fetch: js_sys::Promise) -> Option<String> {
    let response: Response = JsFuture::from(fetch).await.ok()?.dyn_into().ok()?;
    JsFuture::from(response.text().ok()?).await.ok()?.as_string().filter(|_| response.ok())
}

/// The people of a page.
fn part(page: &str) -> Option<Element> {
    let whole = document().create_element("div").ok()?;
    whole.set_inner_html(page);
    whole.query_selector("#check-in").ok().flatten()
}

/// Sends the form the normal way.
fn native(form: &Element, button: &Element) {
    let submit = js_sys::Reflect::get(form, &"requestSubmit".into()).ok().and_then(|value| value.dyn_into::<js_sys::Function>().ok());
    if let Some(submit) = submit {
        NATIVE.set(true);
        let _ = submit.call1(form, button);
    }
}

/// Back to the row that was acted on: its button, or its menu where it has none.
fn focus(row: &str) {
    let Some(row) = document().get_element_by_id(row) else { return };
    for target in ["button.check", "summary"] {
        if let Some(found) = row.query_selector(target).ok().flatten().and_then(|found| found.dyn_into::<HtmlElement>().ok()) {
            let _ = found.focus();
            return;
        }
    }
}
