//! The links of a customer within the list of customers: the authors who have their handle, and the review of what is proposed.

use leptos::prelude::*;

use super::{CustomerLinkState, ListedLink};
use crate::listening::author::{network_label, shown};
use crate::ui::{Form, RowMenu, StateBadge, Submit, Tone};

/// The links of one customer.
pub fn links(links: Vec<ListedLink>, may_link: bool) -> impl IntoView {
    let of = |link: ListedLink| {
        let author = format!("{} on {}", shown(&link.handle), network_label(&link.network));
        let is_open = link.state == CustomerLinkState::Proposed;
        let tone = if is_open { Tone::Warn } else { Tone::Good };
        let label = if is_open { "same handle" } else { "linked" };
        let review = (is_open && may_link).then(|| {
            let key = link.id.to_string();
            let (yes, no) = (format!("Link with {author}"), format!("Reject link with {author}"));
            view! {
                <RowMenu of=author.clone()>
                    <Form act="confirm" key=key.clone()><Submit label=yes/></Form>
                    <Form act="refuse" key><Submit label=no/></Form>
                </RowMenu>
            }
        });
        view! {
            <span class="row wrap">
                <a href=format!("/authors/{}", link.author_id)>{author.clone()}</a> <StateBadge tone label/> {review}
            </span>
        }
    };
    links.into_iter().map(of).collect_view()
}
