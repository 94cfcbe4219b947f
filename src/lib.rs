//! The entry in WebAssembly: wakes the islands of `app` in a page that the server has already rendered.

use wasm_bindgen::prelude::wasm_bindgen;

/// Called once by the page's script.
#[wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    app::link_islands();
    leptos::mount::hydrate_islands();
}
