//! The links of a customer within the list of customers: the authors who have their handle, and the review of what is proposed.

use leptos::prelude::*;

use super::{CustomerLinkState, ListedLink};
use crate::listening::author::{network_label, shown};
use crate::ui::{Confirm, Form, RowMenu, StateBadge, Submit, Tone};

pub fn links(links: Vec<ListedLink>, may_link: bool) -> impl IntoView {
    let of = |link: ListedLink| {
        let author = format!("{} on {}", shown(&link.handle), network_label(&link.network));
        let is_open = link.state == CustomerLinkState::Proposed;
        let tone = if is_open { Tone::Warn } else { Tone::Good };
        let label = if is_open { "same handle" } else { "linked" };
        let (key, own_key) = (link.id.to_string(), link.id.to_string());
        let removal = (!is_open && may_link).then(|| {
            view! {
                <Confirm label=format!("Remove link with {author}")>
                    <p>"The customer and the author count as two people again. The link is not proposed again."</p>
                    <Form act="unlink" key=own_key><Submit label="Remove link" danger=true/></Form>
                </Confirm>
            }
        });
        let review = (is_open && may_link).then(|| {
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
                <a href=format!("/authors/{}", link.author_id) dir="auto">{author.clone()}</a> <StateBadge tone label/>
                <small class="dim" dir="auto">{link.reason}</small> {review} {removal}
            </span>
        }
    };
    links.into_iter().map(of).collect_view()
}
