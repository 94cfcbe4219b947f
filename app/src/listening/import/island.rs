//! The live preview: every change in the mapping form shows at once what the first rows become.
//!
//! The server reads the rows with the code of an import and sends them as they are shown; the browser only asks, a moment after the
//! last change, and puts the answer in its place. Without it, the same stands there after saving.

use leptos::prelude::*;

/// Around what the first rows become. `ask` is the address that shows them.
#[island]
pub fn Preview(ask: String, children: Children) -> impl IntoView {
    #[cfg(feature = "hydrate")]
    super::browser::start(ask);
    #[cfg(not(feature = "hydrate"))]
    let _ = ask;
    view! { <div id="preview" aria-live="polite" aria-busy="false">{children()}</div> }
}
