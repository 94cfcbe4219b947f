//! Check-in without a reload. Without JavaScript the same forms load the page again.

use leptos::prelude::*;

/// Around the people of a day. The browser sends the check-in forms inside and shows what the server answers in their place.
#[island]
pub fn CheckIn(children: Children) -> impl IntoView {
    #[cfg(feature = "hydrate")]
    super::browser::start();
    view! { <div id="check-in" class="check-in">{children()}</div> }
}
