//! Small parts that every page uses: the page's head, badges, tiles, progress, what is empty, what is worth knowing.

use leptos::prelude::*;

use super::crumbs::Crumbs;
use crate::kernel::amount::number;

/// The tone of a state. Gives colour and, where it matters, shape.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    #[default]
    Plain,
    Good,
    Warn,
    Bad,
    /// Going on right now.
    Live,
    /// A commitment that is not due yet.
    Promised,
    /// It exists already.
    Exists,
    Declined,
    /// A question to the panel.
    Question,
    /// No answer yet.
    Unanswered,
    /// Delivered after its due date.
    Late,
}

impl Tone {
    /// The CSS class.
    #[must_use]
    pub const fn class(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Good => "good",
            Self::Warn => "warn",
            Self::Bad => "bad",
            Self::Live => "live",
            Self::Promised => "promised",
            Self::Exists => "exists",
            Self::Declined => "declined",
            Self::Question => "question",
            Self::Unanswered => "unanswered",
            Self::Late => "late",
        }
    }
}

/// The page's title, one line under it, the way up, and (as children) its actions.
/// `<PageHead title="Authors" sub="Who speaks, and how" crumbs=vec![("/days".into(), "Panel days".into())]>actions</PageHead>`
#[component]
pub fn PageHead(
    #[prop(into)] title: String,
    #[prop(optional, into)] sub: String,
    /// (address, label) of each page above this one.
    #[prop(optional)]
    crumbs: Vec<(String, String)>,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    view! {
        <header class="page-head">
            <div>
                <Crumbs above=crumbs here=title.clone()/>
                <h1 dir="auto">{title}</h1>
                {(!sub.is_empty()).then(|| view! { <p dir="auto">{sub}</p> })}
            </div>
            {children.map(|children| view! { <div class="actions">{children()}</div> })}
        </header>
    }
}

/// A segment, in colour and shape and word: `<SegBadge class=segment.as_str() label="Ranters 8"/>`. No class: no segment yet.
#[component]
pub fn SegBadge(#[prop(optional, into)] class: String, #[prop(into)] label: String) -> impl IntoView {
    let class = if class.is_empty() { "seg none".to_owned() } else { format!("seg {class}") };
    view! { <span class=class>{label}</span> }
}

/// A state: `<StateBadge tone=Tone::Warn label="due soon"/>`.
#[component]
pub fn StateBadge(#[prop(optional)] tone: Tone, #[prop(into)] label: String) -> impl IntoView {
    view! { <span class=format!("state {}", tone.class())>{label}</span> }
}

/// A list with nothing in it, and what to do next (children: links or a form).
#[component]
pub fn Empty(
    #[prop(into)] title: String,
    #[prop(optional, into)] text: String,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="empty">
            <strong>{title}</strong>
            {(!text.is_empty()).then(|| view! { <p>{text}</p> })}
            {children.map(|children| view! { <div class="actions">{children()}</div> })}
        </div>
    }
}

/// One number: what it counts, the number, what it means. Leads to what it counts where `href` says so. Stand them in `<div class="tiles">`.
#[component]
pub fn Tile(
    #[prop(into)] label: String,
    #[prop(into)] value: String,
    #[prop(optional, into)] note: String,
    #[prop(optional, into)] href: String,
    #[prop(optional)] tone: Tone,
) -> impl IntoView {
    let class = format!("card tile {}", tone.class());
    let inside = view! {
        <small>{label}</small>
        <b>{value}</b>
        {(!note.is_empty()).then(|| view! { <small>{note}</small> })}
    };
    if href.is_empty() {
        view! { <div class=class>{inside}</div> }.into_any()
    } else {
        view! { <a class=class href=href>{inside}</a> }.into_any()
    }
}

/// How far a long job has come: `<Progress label="Reading rows" done=1200 of=14363/>`.
#[component]
pub fn Progress(
    #[prop(into)] label: String,
    done: i64,
    of: i64,
    #[prop(optional)] tone: Tone,
    /// What is counted: "rows".
    #[prop(optional, into)]
    noun: String,
) -> impl IntoView {
    let numbers = format!("{} of {} {noun}", number(done), number(of));
    view! {
        <div class=format!("progress {}", tone.class())>
            <div>
                <span dir="auto">{label.clone()}</span>
                <span class="dim">{numbers.trim_end().to_owned()}</span>
            </div>
            <progress aria-label=label value=done.max(0) max=of.max(1)>{numbers.clone()}</progress>
        </div>
    }
}

/// Shares of one whole in a line: (class, count, word) each. The classes are those of tones and segments; the key below repeats them with words.
#[component]
pub fn Strip(parts: Vec<(&'static str, i64, String)>) -> impl IntoView {
    let parts: Vec<_> = parts.into_iter().filter(|(_, count, _)| *count > 0).collect();
    let total = parts.iter().map(|(_, count, _)| *count).sum::<i64>().max(1) as f64;
    let words = parts.iter().map(|(_, count, word)| format!("{} {word}", number(*count))).collect::<Vec<_>>().join(" · ");
    let mut start = 0.0;
    let bars = parts
        .iter()
        .map(|(class, count, _)| {
            let width = *count as f64 * 100.0 / total;
            let bar =
                view! { <rect class=*class x=format!("{start:.2}%") width=format!("{:.2}%", (width - 0.4).max(0.2)) height="10"></rect> };
            start += width;
            bar
        })
        .collect_view();
    let keys = parts
        .iter()
        .map(|(class, count, word)| view! { <span class=format!("key {class}")>{format!("{} {word}", number(*count))}</span> })
        .collect_view();
    view! {
        <div class="stack">
            <svg class="strip" role="img" aria-label=words>{bars}</svg>
            <small class="keys">{keys}</small>
        </div>
    }
}

/// Terms and what they are; rows whose value is empty are left out.
#[component]
pub fn DefList(rows: Vec<(&'static str, String)>) -> impl IntoView {
    let rows = rows
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(term, value)| view! { <dt>{term}</dt><dd dir="auto">{value}</dd> })
        .collect_view();
    view! { <dl class="dl">{rows}</dl> }
}

/// Something worth knowing before the next step.
#[component]
pub fn Notice(#[prop(optional)] tone: Tone, children: Children) -> impl IntoView {
    view! { <div class=format!("notice {}", tone.class())>{children()}</div> }
}

/// A named confirmation without a dialog: the button unfolds what will happen, with the form (children) that does it.
#[component]
pub fn Confirm(
    #[prop(into)] label: String,
    #[prop(optional)] danger: bool,
    /// The page's primary action.
    #[prop(optional)]
    main: bool,
    children: Children,
) -> impl IntoView {
    let class = match (danger, main) {
        (true, _) => "confirm danger",
        (_, true) => "confirm main",
        _ => "confirm",
    };
    view! {
        <details class=class>
            <summary dir="auto">{label}</summary>
            <div class="stack">{children()}</div>
        </details>
    }
}

/// A form among the actions of a page's head, closed behind its button until wanted; open, it takes the width of the page, and the button
/// closes it.
/// `<PageForm label="Add session" main=true open=refused("add_session")>…</PageForm>`
#[component]
pub fn PageForm(
    #[prop(into)] label: String,
    /// Whether this is the page's primary action.
    #[prop(optional)]
    main: bool,
    #[prop(optional)] open: bool,
    children: Children,
) -> impl IntoView {
    view! {
        <details class="page-form" open=open>
            <summary class="btn" class:btn-1=main><span>{label}</span><span class="cancel">"Cancel"</span></summary>
            <div class="card pad stack">{children()}</div>
        </details>
    }
}

/// What else can be done with a row, behind one button: `<RowMenu of="Ada Lovelace">…forms and links…</RowMenu>`. `of` names the row to a screen reader.
#[component]
pub fn RowMenu(#[prop(into)] of: String, children: Children) -> impl IntoView {
    view! {
        <details class="menu row-menu" name="row-menu">
            <summary aria-label=format!("More for {of}")>"⋯"</summary>
            <div>{children()}</div>
        </details>
    }
}

/// Views of one thing: (address, label, count) each; `current` is the address of the one shown.
#[component]
pub fn Tabs(#[prop(into)] label: String, #[prop(into)] current: String, tabs: Vec<(String, String, Option<i64>)>) -> impl IntoView {
    let tabs = tabs
        .into_iter()
        .map(|(to, label, count)| {
            let here = (to == current).then_some("page");
            view! {
                <a href=to aria-current=here>
                    {label}
                    {count.map(|count| view! { <span class="count">{number(count)}</span> })}
                </a>
            }
        })
        .collect_view();
    view! { <nav class="tabs" aria-label=label>{tabs}</nav> }
}

/// Words that lead somewhere, where there is an address.
pub fn leading(words: String, to: Option<String>) -> impl IntoView {
    match to {
        Some(to) => view! { <a href=to dir="auto">{words}</a> }.into_any(),
        None => view! { <bdi>{words}</bdi> }.into_any(),
    }
}

/// Words in quotation marks; none where there are none, or where they were erased.
#[must_use]
pub fn quoted(words: &str) -> Option<String> {
    let words = words.trim();
    (!words.is_empty()).then(|| format!("“{words}”"))
}

/// The word with a capital first letter.
#[must_use]
pub fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// The beginning of a long text: so many characters at most, and "…" where there is more.
#[must_use]
pub fn beginning(text: &str, limit: usize) -> String {
    match text.char_indices().nth(limit) {
        Some((end, _)) => format!("{}…", text[..end].trim_end()),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_begins_and_says_that_there_is_more() {
        assert_eq!(["größer", "größe r", "größe"].map(|text| beginning(text, 6)), ["größer", "größe…", "größe"]);
    }

    #[test]
    fn a_strip_leaves_out_what_is_not_there() {
        let html = view! { <Strip parts=vec![("good", 3, "done".into()), ("warn", 0, "due".into())]/> }.to_html();
        assert!(html.contains("3 done") && !html.contains("due"), "{html}");
    }
}
