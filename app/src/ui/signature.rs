//! The signature of the product: the panel's words as a quotation, the answer beneath it, the state at the edge, the
//! evidence one click away. The same on the board, in the report and in the portal.

use leptos::prelude::*;

use super::diff::DiffText;

/// What the panel said; what was answered goes inside as `<Reply …/>`, and whatever else belongs to it after that.
#[component]
pub fn HeardBlock(
    /// The panel's words.
    #[prop(into)]
    text: String,
    /// Where the item's own page is.
    #[prop(optional, into)]
    href: String,
    /// Badges and state above the words.
    #[prop(optional)]
    edge: Option<AnyView>,
    /// Who said it and where; links to the evidence are welcome.
    #[prop(optional)]
    by: Option<AnyView>,
    /// The level of the words as a heading: 2 or 3 where the block is a part of a page, 0 in lists.
    #[prop(default = 0)]
    level: u8,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    let words = if href.is_empty() { text.into_any() } else { view! { <a href=href>{text}</a> }.into_any() };
    let words = view! { <q dir="auto">{words}</q> };
    let words = match level {
        0 => words.into_any(),
        1 | 2 => view! { <h2>{words}</h2> }.into_any(),
        _ => view! { <h3>{words}</h3> }.into_any(),
    };
    view! {
        <article class="heard">
            {edge.map(|edge| view! { <div class="edge">{edge}</div> })}
            {words}
            {by.map(|by| view! { <span class="by">{by}</span> })}
            {children.map(|children| children())}
        </article>
    }
}

/// The state of an answer, for its edge.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ReplyLook {
    /// Published.
    #[default]
    Said,
    /// Not published yet.
    Draft,
    /// Declined, with a reason.
    Declined,
    /// A promise that was kept.
    Done,
    /// No answer yet; the text says so.
    None,
}

impl ReplyLook {
    const fn class(self) -> &'static str {
        match self {
            Self::Said => "reply",
            Self::Draft => "reply draft",
            Self::Declined => "reply declined",
            Self::Done => "reply done",
            Self::None => "reply none",
        }
    }
}

/// What the organisation answered: `<Reply label="Dell · commitment, version 2" text=… small="Owner: … · due 30 Sep"/>`.
/// With `before`, what was reworded since is marked.
#[component]
pub fn Reply(
    #[prop(into)] label: String,
    #[prop(into)] text: String,
    #[prop(optional, into)] small: String,
    /// The earlier wording, to show what changed.
    #[prop(optional, into)]
    before: String,
    #[prop(optional)] look: ReplyLook,
    /// Links or anything else beneath the text.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let text = if before.is_empty() { text.into_any() } else { view! { <DiffText before=before after=text/> }.into_any() };
    view! {
        <div class=look.class()>
            {(!label.is_empty()).then(|| view! { <b dir="auto">{label}</b> })}
            <span dir="auto">{text}</span>
            {(!small.is_empty()).then(|| view! { <small dir="auto">{small}</small> })}
            {children.map(|children| children())}
        </div>
    }
}
