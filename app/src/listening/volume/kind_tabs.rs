//! Whose mentions `/listen` counts: the choice of a kind of authors, and what the page says of it.

use chrono::NaiveDate;
use leptos::prelude::*;

use super::links::VolumeLinks;
use crate::kernel::clock::long_date;
use crate::listening::author::AuthorKind;
use crate::ui::{Empty, Tabs};

/// Customers, all authors, and each other kind that has mentions, with how many they have in the period.
pub(super) fn kind_tabs(kinds: &[(AuthorKind, i64)], links: &VolumeLinks) -> impl IntoView + use<> {
    let of = |wanted: AuthorKind| kinds.iter().find(|(kind, _)| *kind == wanted).map_or(0, |(_, mentions)| *mentions);
    let link = |kind: Option<AuthorKind>| VolumeLinks { kind, ..*links }.listen();
    let all = kinds.iter().map(|(_, mentions)| mentions).sum();
    let mut tabs = vec![
        (link(Some(AuthorKind::Customer)), AuthorKind::Customer.plural().to_owned(), Some(of(AuthorKind::Customer))),
        (link(None), "All authors".to_owned(), Some(all)),
    ];
    let others = AuthorKind::ALL.iter().skip(1).filter(|kind| of(**kind) > 0 || links.kind == Some(**kind));
    tabs.extend(others.map(|kind| (link(Some(*kind)), kind.plural().to_owned(), Some(of(*kind)))));
    view! { <Tabs label="Kind of author" current=links.listen() tabs/> }
}

/// Whose mentions the page counts, in a sentence.
pub(super) fn counted(kind: Option<AuthorKind>) -> String {
    match kind {
        None => "Counts mentions by all authors, excluded ones too.".to_owned(),
        Some(AuthorKind::Customer) => "Counts mentions by customers only. Excluded authors are not counted.".to_owned(),
        Some(kind) => format!("Counts mentions by excluded authors of one kind only: {}.", kind.plural().to_lowercase()),
    }
}

/// The empty state: of a period, or of a kind of authors in it.
pub(super) fn no_mentions(kind: Option<AuthorKind>, all: &VolumeLinks, (first, last): (NaiveDate, NaiveDate)) -> impl IntoView + use<> {
    let text = format!("Your mentions date from {} to {}.", long_date(first), long_date(last));
    let (dates, authors) = (all.listen(), VolumeLinks { kind: None, ..*all }.listen());
    match kind {
        Some(kind) => view! {
            <Empty title=format!("{}: no mentions in this period", kind.plural()) text>
                <a class="btn" href=authors>"Show all authors"</a>
            </Empty>
        }
        .into_any(),
        None => view! { <Empty title="No mentions in this period" text><a class="btn" href=dates>"Show all dates"</a></Empty> }.into_any(),
    }
}
