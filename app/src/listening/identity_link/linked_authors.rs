//! Identity links on the page of an author: the linked authors with their totals.

use leptos::prelude::*;

use super::{IdentityLinkState, store};
use crate::db::Tx;
use crate::kernel::error::Result;
use crate::kernel::ids::AuthorId;
use crate::listening::author::list::badge;
use crate::listening::author::{self, Author, AuthorKind, network_label};
use crate::listening::segment::{self, Segment};
use crate::ui::{Notice, StateBadge, Tone, number};

/// What an author's own page says of its links.
pub struct LinkedAuthors {
    /// The author and those linked to it, the most active first; empty where there are none.
    authors: Vec<(Author, Option<Segment>)>,
    waiting: usize,
}

impl LinkedAuthors {
    /// Everybody who is one person with this author.
    ///
    /// # Errors
    /// What the database says.
    pub async fn of(tx: &mut Tx, author: &Author) -> Result<Self> {
        let waiting = store::list_of(tx, author.id).await?.iter().filter(|link| link.state == IdentityLinkState::Proposed).count();
        let mut ids = store::linked(tx, author.id).await?;
        if ids.is_empty() {
            return Ok(Self { authors: Vec::new(), waiting });
        }
        ids.push(author.id);
        let segments = segment::store::list_current(tx, &ids).await?;
        let of = |id: AuthorId| segments.iter().find(|found| found.author_id == Some(id)).and_then(|found| found.segment);
        let mut authors: Vec<_> = author::store::list(tx, &ids)
            .await?
            .into_iter()
            .map(|author| (author.id, author))
            .map(|(id, author)| (author, of(id)))
            .collect();
        authors.sort_by_key(|(author, _)| (std::cmp::Reverse(author.mentions), author.id));
        Ok(Self { authors, waiting })
    }

    /// The totals, and a link to what needs review.
    pub fn show(self, id: AuthorId) -> impl IntoView + use<> {
        let Self { authors, waiting } = self;
        let to = format!("/authors/{id}/identity-links");
        let waits = (waiting > 0).then(|| {
            let words = if waiting == 1 {
                "1 identity link needs to be reviewed. ".to_owned()
            } else {
                format!("{waiting} identity links need to be reviewed. ")
            };
            view! { <Notice tone=Tone::Warn>{words} <a href=to.clone()>"Review"</a></Notice> }
        });
        let joint = (!authors.is_empty()).then(|| {
            let sum = |part: fn(&Author) -> i64| number(authors.iter().map(|(author, _)| part(author)).sum());
            let (mentions, negative, positive) =
                (sum(|author| author.mentions), sum(|author| author.negative), sum(|author| author.positive));
            let rows = authors.iter().map(|(author, segment)| linked_row(author, *segment, author.id == id)).collect_view();
            view! {
                <section class="card" aria-label="Linked authors">
                    <table class="list">
                        <caption class="pad">"Linked authors (same person). Each author keeps its own assessment."</caption>
                        <thead>
                            <tr>
                                <th scope="col">"Author"</th>
                                <th scope="col">"Segment"</th>
                                <th scope="col" class="n">"Mentions"</th>
                                <th scope="col" class="n">"Negative"</th>
                                <th scope="col" class="n">"Positive"</th>
                            </tr>
                        </thead>
                        <tbody>{rows}</tbody>
                        <tfoot>
                            <tr>
                                <th scope="row">"Total"</th>
                                <td></td>
                                <td data-label="Mentions" class="n">{mentions}</td>
                                <td data-label="Negative" class="n">{negative}</td>
                                <td data-label="Positive" class="n">{positive}</td>
                            </tr>
                        </tfoot>
                    </table>
                </section>
            }
        });
        view! { {waits} {joint} }
    }
}

fn linked_row(author: &Author, segment: Option<Segment>, here: bool) -> impl IntoView + use<> {
    let excluded = (author.kind != AuthorKind::Customer).then(|| view! { " " <StateBadge tone=Tone::Warn label=author.kind.label()/> });
    let shown = author.shown();
    let name = if here {
        view! { <strong dir="auto">{shown}</strong> }.into_any()
    } else {
        view! { <a href=format!("/authors/{}", author.id) dir="auto">{shown}</a> }.into_any()
    };
    view! {
        <tr>
            <td>{name} " " <small>{network_label(&author.network)}</small> {excluded}</td>
            <td data-label="Segment">{badge(segment)}</td>
            <td data-label="Mentions" class="n"><a href=format!("/mentions?author={}", author.id)>{number(author.mentions)}</a></td>
            <td data-label="Negative" class="n">{number(author.negative)}</td>
            <td data-label="Positive" class="n">{number(author.positive)}</td>
        </tr>
    }
}
