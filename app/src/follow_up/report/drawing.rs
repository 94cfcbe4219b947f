//! How a report is drawn on a page: for its reader in the portal, for staff, and for everybody it was shared with.

use leptos::prelude::*;

use super::rules::ReportTone;
use super::{ReplyStatus, ReportEdition, ReportItem};
use crate::t;
use crate::ui::{self, HeardBlock, Reply, ReplyLook, StateBadge, Strip};

/// The whole edition. `below` adds to an item what its reader may do with it.
pub fn document_view(edition: &ReportEdition, below: &dyn Fn(&ReportItem) -> Option<AnyView>) -> AnyView {
    let draw = |items: &[ReportItem], yours: bool, level: u8| {
        items.iter().map(|item| block(edition, item, yours, level, below(item))).collect::<Vec<_>>()
    };
    let split = !edition.yours.is_empty() && !edition.others.is_empty();
    let yours = draw(&edition.yours, true, 2);
    let others = draw(&edition.others, false, if split { 3 } else { 2 });
    let parts = edition
        .parts()
        .into_iter()
        .map(|part| (strip_class(part.tone), i64::try_from(part.count).unwrap_or(i64::MAX), part.label))
        .collect();
    let locale = edition.locale();
    view! {
        <div class="document" lang=edition.document.language.clone()>
            <small dir="auto">{edition.kicker()}</small>
            <div class="hero"><h1 dir="auto">{edition.headline()}</h1></div>
            <p dir="auto">{edition.summary()}</p>
            <Strip parts/>
            {yours}
            {split.then(|| view! { <h2 class="part">{t!(locale, "report-others")}</h2> })}
            {others}
            <p dir="auto"><small>{edition.closing()}</small></p>
        </div>
    }
    .into_any()
}

fn block(edition: &ReportEdition, item: &ReportItem, yours: bool, level: u8, below: Option<AnyView>) -> impl IntoView + use<> {
    let (locale, on) = (edition.locale(), edition.document.finalised_on);
    let topic = item.topic.clone().map(|topic| format!(" · {topic}"));
    let edge = view! {
        <small dir="auto">{item.raised_by(locale, yours)} {topic}</small>
        <span class="push"><StateBadge tone=tone(item.tone()) label=item.edge(locale, on)/></span>
    };
    let quotes = item
        .quotes
        .iter()
        .map(|quote| view! { <p class="by" dir="auto"><q class="quote" dir="auto">{quote.text.clone()}</q> {quote.speaker(locale)}</p> })
        .collect::<Vec<_>>();
    let several = item.replies.len() > 1;
    let replies = item
        .replies
        .iter()
        .map(|reply| {
            let label = if several {
                format!("{} · {}", edition.document.organisation, reply.edge(locale, on))
            } else {
                edition.document.organisation.clone()
            };
            let look = match reply.status {
                ReplyStatus::Delivered => ReplyLook::Done,
                ReplyStatus::Declined => ReplyLook::Declined,
                _ => ReplyLook::Said,
            };
            let small = reply.small_print(locale).join(" ");
            let link = reply.link.clone().map(|link| view! { <a href=link.clone() rel="noreferrer">{link.clone()}</a> });
            view! { <Reply label text=reply.text.clone() small look>{link}</Reply> }
        })
        .collect::<Vec<_>>();
    let waiting = item.replies.is_empty().then(|| view! { <Reply label="" text=t!(locale, "report-no-answer") look=ReplyLook::None/> });
    let change = item.changed(&edition.document).map(|change| view! { <small dir="auto">{change}</small> });
    view! {
        <div id=format!("item-{}", item.number)>
            <HeardBlock text=item.text.clone() level edge=edge.into_any()>
                {quotes} {replies} {waiting} {change} {below}
            </HeardBlock>
        </div>
    }
}

#[must_use]
pub const fn tone(tone: ReportTone) -> ui::Tone {
    match tone {
        ReportTone::Good => ui::Tone::Good,
        ReportTone::Warn => ui::Tone::Warn,
        ReportTone::Bad => ui::Tone::Bad,
        ReportTone::Late => ui::Tone::Late,
        ReportTone::Promised => ui::Tone::Promised,
        ReportTone::Exists => ui::Tone::Exists,
        ReportTone::Declined => ui::Tone::Declined,
        ReportTone::Question => ui::Tone::Question,
        ReportTone::Quiet => ui::Tone::Unanswered,
    }
}

const fn strip_class(tone: ReportTone) -> &'static str {
    match tone {
        ReportTone::Good => "good",
        ReportTone::Late => "late",
        ReportTone::Promised => "promised",
        ReportTone::Exists => "exists",
        ReportTone::Declined => "declined",
        ReportTone::Question => "question",
        ReportTone::Warn => "warn",
        ReportTone::Bad => "bad",
        ReportTone::Quiet => "unanswered",
    }
}
