//! Cards of `/listen` about authors: the most active new ones, and the number in each segment.

use leptos::prelude::*;

use crate::kernel::clock::long_date;
use crate::listening::author::list::known;
use crate::listening::author::{self, AuthorKind};
use crate::program::Segment;
use crate::ui::{Help, SegBadge, capital, number};

/// The most active authors among those that are new.
pub(super) fn new_authors_card(most_active: Vec<author::Author>, new: i64, kind: Option<AuthorKind>) -> impl IntoView + use<> {
    let none = most_active.is_empty();
    let followers = most_active.iter().any(|author| author.followers.is_some());
    let reach = most_active.iter().any(|author| author.reach.is_some());
    let rows = most_active
        .into_iter()
        .map(|author| {
            let first = author.first_at.map(|at| long_date(at.date_naive()));
            let to = |more: &str| format!("/mentions?author={}{more}", author.id);
            view! {
                <tr>
                    <td><a href=format!("/authors/{}", author.id) dir="auto">{author.shown()}</a> " " <small>{author::network_label(&author.network)}</small></td>
                    <td class="n" data-label="Mentions"><a href=to("")>{number(author.mentions)}</a></td>
                    <td class="n" data-label="Negative"><a href=to("&reading=negative&counting=yes")>{number(author.negative)}</a></td>
                    <td class="n" data-label="Positive"><a href=to("&reading=positive&counting=yes")>{number(author.positive)}</a></td>
                    {followers.then(|| view! { <td class="n" data-label="Followers">{known(author.followers)}</td> })}
                    {reach.then(|| view! { <td class="n" data-label="Reach">{known(author.reach)}</td> })}
                    <td class="n" data-label="First mention">{first}</td>
                </tr>
            }
        })
        .collect_view();
    let hidden = (kind == Some(AuthorKind::Customer)).then_some("Excluded authors are hidden.");
    let words = if new == 0 { "All authors of this period have earlier mentions." } else { "No new author has ten mentions yet." };
    view! {
        <section class="card" id="new">
            <div class="pad">
                <h2>"Most active new authors"</h2>
                <p class="dim">"First mention in this period. Ranked by mentions, then followers. " {hidden}</p>
            </div>
            <table class="list">
                <caption class="sr">"Most active new authors"</caption>
                <thead><tr>
                    <th scope="col">"Author"</th><th scope="col" class="n">"Mentions"</th><th scope="col" class="n">"Negative"</th><th scope="col" class="n">"Positive"</th>
                    {followers.then(|| view! { <th scope="col" class="n">"Followers"</th> })}
                    {reach.then(|| view! { <th scope="col" class="n">"Reach"</th> })}
                    <th scope="col" class="n">"First mention"</th>
                </tr></thead>
                <tbody>
                    {rows}
                    {none.then(|| view! { <tr><td colspan="7" class="dim">{words}</td></tr> })}
                </tbody>
            </table>
        </section>
    }
}

/// The number of customers in each segment.
pub(super) fn segments_card(segments: &[(Option<Segment>, i64)]) -> impl IntoView + use<> {
    let rows = [Some(Segment::Ranter), Some(Segment::Raver), Some(Segment::Apathetic), None]
        .into_iter()
        .map(|wanted| {
            let found = segments.iter().find(|(segment, _)| *segment == wanted).map_or(0, |(_, count)| *count);
            let (class, label, word) = match wanted {
                Some(segment) => (segment.as_str(), capital(segment.plural()), segment.as_str()),
                None => ("", "Unclassified".to_owned(), "none"),
            };
            view! {
                <tr>
                    <td><SegBadge class label/></td>
                    <td class="n" data-label="Customers"><a href=format!("/authors?segment={word}")>{number(found)}</a></td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <section class="card">
            <table class="list">
                <caption class="sr narrow">"Customers by segment"</caption>
                <thead><tr><th scope="col">"Segment" <Help term="segment"/></th><th scope="col" class="n">"Customers, all time"</th></tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </section>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::ids::{AuthorId, ProgramId};

    #[test]
    fn each_number_of_a_new_author_leads_to_its_mentions() {
        let id = AuthorId::new();
        let zoe = author::Author {
            id,
            program_id: ProgramId::new(),
            network: "x".into(),
            handle: "zoe_k".into(),
            name: None,
            followers: None,
            followers_at: None,
            reach: None,
            engagement: None,
            kind: AuthorKind::Customer,
            kind_reason: None,
            kind_evidence: None,
            signs: author::scorecard::AuthorSigns::default(),
            kind_by: None,
            mentions: 12,
            negative: 7,
            positive: 4,
            links: 0,
            promotional: 0,
            copies: 0,
            busiest_day: 0,
            busiest_hour: 0,
            busiest_minute: 0,
            first_at: None,
            last_at: None,
        };
        let html = new_authors_card(vec![zoe], 1, None).to_html();
        for (more, number) in [("", 12), ("&amp;reading=negative&amp;counting=yes", 7), ("&amp;reading=positive&amp;counting=yes", 4)] {
            assert!(html.contains(&format!("<a href=\"/mentions?author={id}{more}\">{number}<")), "{number}: {html}");
        }
    }
}
