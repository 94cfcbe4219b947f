//! What is known about people on both sides of the shortlist: their newest mention, and their other authors.

use std::collections::HashMap;

use leptos::prelude::*;

use super::rules::is_stale;
use crate::db::Tx;
use crate::kernel::clock::{Time, ago, long_date};
use crate::kernel::error::Result;
use crate::kernel::ids::AuthorId;
use crate::listening::mention::Mention;
use crate::listening::segment::SegmentReason;
use crate::listening::{author, identity_link, mention};
use crate::program::Segment;
use crate::ui::beginning;

/// Mentions to look through for the newest that may be shown.
const MENTIONS_READ: i64 = 3;
/// Characters of a mention that are shown.
const MENTION_CHARS: usize = 400;

/// Facts about the authors of a page.
pub(super) struct Facts {
    newest: HashMap<AuthorId, Mention>,
    /// The other authors of the same person, by confirmed identity links: (id, how it is shown).
    linked: HashMap<AuthorId, Vec<(AuthorId, String)>>,
}

impl Facts {
    pub(super) async fn load(tx: &mut Tx, ids: &[AuthorId]) -> Result<Self> {
        let mut newest = HashMap::new();
        // A sensitive subject is never a reason to choose somebody.
        for found in mention::store::list_newest(tx, ids, MENTIONS_READ).await?.into_iter().filter(|found| !found.mention.sensitive) {
            newest.entry(found.mention.author_id).or_insert(found.mention);
        }
        let groups = identity_link::store::groups(tx, ids).await?;
        let members: Vec<AuthorId> = groups.iter().flatten().copied().collect();
        let shown: HashMap<AuthorId, String> = author::store::list(tx, &members)
            .await?
            .into_iter()
            .map(|author| (author.id, format!("{} on {}", author.shown(), author::network_label(&author.network))))
            .collect();
        let mut linked: HashMap<AuthorId, Vec<(AuthorId, String)>> = HashMap::new();
        for group in &groups {
            for id in group {
                let others = group.iter().filter(|other| *other != id).filter_map(|other| Some((*other, shown.get(other)?.clone())));
                linked.insert(*id, others.collect());
            }
        }
        Ok(Self { newest, linked })
    }

    pub(super) fn newest(&self, id: Option<AuthorId>) -> Option<&Mention> {
        self.newest.get(&id?)
    }

    pub(super) fn linked(&self, id: Option<AuthorId>) -> &[(AuthorId, String)] {
        id.and_then(|id| self.linked.get(&id)).map_or(&[], Vec::as_slice)
    }
}

/// Names a person's other authors.
pub(super) fn also(id: Option<AuthorId>, facts: &Facts) -> impl IntoView + use<> {
    let others = facts.linked(id).to_vec();
    (!others.is_empty()).then(|| {
        let names =
            others.into_iter().map(|(id, shown)| view! { " " <a href=format!("/authors/{id}") dir="auto">{shown}</a> }).collect_view();
        view! { <small>"Same person as" {names}</small> }
    })
}

/// When a person last wrote; a warning where that is long ago. Silence is what makes an apathetic, and no reason to warn.
pub(super) fn last_mention(at: Time, segment: Option<Segment>, now: Time) -> impl IntoView {
    let when = ago(at, now);
    if segment != Some(Segment::Apathetic) && is_stale(at, now) {
        view! { <strong class="state bad">{when}</strong> }.into_any()
    } else {
        view! { <span>{when}</span> }.into_any()
    }
}

/// Why a person is suggested or was chosen, and their newest mention, on demand.
pub(super) fn details(
    name: &str,
    id: Option<AuthorId>,
    reasons: &[SegmentReason],
    remark: &str,
    by: Option<String>,
    facts: &Facts,
) -> impl IntoView + use<> {
    let label = format!("Why {name}?");
    let reasons = reasons.iter().map(|reason| view! { <li dir="auto">{reason.to_string()}</li> }).collect_view();
    let remark = (!remark.is_empty()).then(|| view! { <p dir="auto">{remark.to_owned()}</p> });
    let mention = facts.newest(id).map(|newest| {
        let (text, on, language) = (beginning(&newest.text, MENTION_CHARS), long_date(newest.day), newest.language.clone());
        view! {
            <blockquote class="newest">
                <p class="quote" dir="auto" lang=language>{text}</p>
                <small>"Newest mention, " {on}</small>
            </blockquote>
        }
    });
    let all = id.map(|id| view! { <p><a href=format!("/authors/{id}")>"All mentions"</a></p> });
    view! {
        <details class="more">
            <summary aria-label=label>"Why?"</summary>
            <div class="stack">
                <ul>{reasons}</ul>
                {remark}
                {by.map(|by| view! { <p class="dim" dir="auto">{format!("Added by {by}")}</p> })}
                {mention}
                {all}
            </div>
        </details>
    }
}
