//! The frame of every list: search and filters above it, sortable heads, count and pages below it.
//! All of it is links and one GET form, so that a filtered list has an address that can be sent to somebody.

use chrono::NaiveDate;
use leptos::prelude::*;

use super::form::choices;
use super::request::{encoded, queries, query};
use crate::kernel::amount::number;

/// Rows on a page.
pub const PER_PAGE: i64 = 50;

/// Query parameters that are no filters of a list.
const NO_FILTERS: &[&str] = &["sort", "page", "program", "add", "try"];

/// Search and filters: a GET form. Put `<Search/>` and `<Pick …/>` inside; they show what is chosen now. On a phone all but the search is
/// folded behind “Filter · Sort”, which needs no script: the fold is an empty `<details>`, and CSS hides the labels beside it while it is closed.
#[component]
pub fn FilterBar(
    /// What the fields inside choose of what the bar otherwise keeps: "sort", "program".
    #[prop(optional)]
    own: &'static [&'static str],
    children: Children,
) -> impl IntoView {
    // What is sorted and which program is shown stay as they are.
    let kept = |name: &'static str| {
        query(name).filter(|_| !own.contains(&name)).map(|value| view! { <input type="hidden" name=name value=value/> })
    };
    let (sort, program) = (kept("sort"), kept("program"));
    let program_kept = query("program").filter(|_| !own.contains(&"program"));
    let unfiltered = program_kept.map_or_else(|| "?".to_owned(), |program| format!("?program={}", encoded(&program)));
    let is_filter = |name: &str| !NO_FILTERS.contains(&name) || (name == "program" && own.contains(&name));
    let active: Vec<_> = queries().into_iter().filter(|(name, value)| is_filter(name) && !value.is_empty()).collect();
    let chosen = !active.is_empty();
    let filters = active.iter().filter(|(name, _)| name != "q").count();
    view! {
        <form class="filter" method="get" role="search">
            <details class="fold-filters">
                <summary>"Filter · Sort" {(filters > 0).then(|| view! { " " <span class="count">{filters}<span class="sr">" active"</span></span> })}</summary>
            </details>
            {children()}
            {sort}
            {program}
            <button type="submit">"Apply"</button>
            {chosen.then(|| view! { <a class="btn btn-quiet" href=unfiltered>"Clear"</a> })}
        </form>
    }
}

/// The search field `?q=`.
#[component]
pub fn Search(#[prop(default = "Search".into(), into)] label: String, #[prop(default = "q")] name: &'static str) -> impl IntoView {
    view! {
        <label class="grow">
            {label}
            <input type="search" name=name dir="auto" value=query(name).unwrap_or_default()/>
        </label>
    }
}

/// One filter `?name=`: (value, label) each. The first choice, "any", leaves it out.
#[component]
pub fn Pick(
    name: &'static str,
    #[prop(into)] label: String,
    options: Vec<(String, String)>,
    #[prop(default = "Any")] any: &'static str,
) -> impl IntoView {
    let chosen = query(name).unwrap_or_default();
    view! {
        <label>
            {label}
            <select name=name>
                <option value="">{any}</option>
                {choices(options, &chosen)}
            </select>
        </label>
    }
}

/// The address of this list with one value of its query changed; an empty value takes it out, and any change but the page's starts at page 1.
#[must_use]
pub fn with_query(name: &str, value: &str) -> String {
    let mut map = queries();
    map.remove(name);
    if name != "page" {
        map.remove("page");
    }
    if !value.is_empty() {
        map.insert(name.to_owned(), value.to_owned());
    }
    let text = map.to_query_string();
    if text.is_empty() { "?".to_owned() } else { text }
}

/// A column's head. With `sort`, a link that sorts by it (`?sort=people`, again for `?sort=-people`); `n` for numbers.
#[component]
pub fn Th(#[prop(into)] label: String, #[prop(optional)] sort: &'static str, #[prop(optional)] n: bool) -> impl IntoView {
    let class = if n { "n" } else { "" };
    if sort.is_empty() {
        return view! { <th scope="col" class=class>{label}</th> }.into_any();
    }
    let now = query("sort").unwrap_or_default();
    let (state, next) = match now.strip_prefix('-') {
        Some(name) if name == sort => (Some("descending"), sort.to_owned()),
        _ if now == sort => (Some("ascending"), format!("-{sort}")),
        _ => (None, if n { format!("-{sort}") } else { sort.to_owned() }),
    };
    view! {
        <th scope="col" class=class aria-sort=state>
            <a href=with_query("sort", &next)>{label}</a>
        </th>
    }
    .into_any()
}

/// The page asked for by `?page=`, from 1.
#[must_use]
pub fn page_number() -> i64 {
    query("page").and_then(|page| page.parse().ok()).filter(|page| *page > 0).unwrap_or(1)
}

/// The page to show of so many rows: the one asked for, or the last where there are fewer.
fn shown(asked: i64, count: i64, per: i64) -> i64 {
    asked.min((count - 1).max(0) / per + 1)
}

/// How many of so many rows come before the page to show.
#[must_use]
pub fn skipped(count: i64, per: i64) -> i64 {
    (shown(page_number(), count, per) - 1) * per
}

/// The error in the days from `?since=` to `?until=`. Months are asked for as “2022-03”, days as “2022-03-31”.
#[must_use]
pub fn wrong_days(get: impl Fn(&str) -> Option<String>, months: bool) -> Option<String> {
    let day = |name: &str| {
        let Some(text) = get(name) else { return Ok(None) };
        let found = if months { format!("{text}-01").parse() } else { text.parse() };
        found.map(|day: NaiveDate| Some(day)).map_err(|_| {
            let (what, like) = if months { ("month", "2022-03") } else { ("day", "2022-03-31") };
            format!("“{text}” is not a {what}. Enter it like {like}.")
        })
    };
    match (day("since"), day("until")) {
        (Err(why), _) | (_, Err(why)) => Some(why),
        (Ok(Some(since)), Ok(Some(until))) if since > until => {
            Some(format!("The first {0} is after the last {0}. Swap the two.", if months { "month" } else { "day" }))
        }
        _ => None,
    }
}

/// Under a list: how many there are, the CSV of what is shown, previous and next.
#[component]
pub fn Pager(
    /// How many match, on all pages.
    count: i64,
    /// One and many of what is listed: "author", "authors".
    one: &'static str,
    many: &'static str,
    #[prop(default = PER_PAGE)] per: i64,
    /// How far was counted, where that was not to the end: a larger count is "over" it.
    #[prop(optional)]
    counted: i64,
    /// The address of the CSV, if there is one.
    #[prop(optional, into)]
    csv: String,
) -> impl IntoView {
    let page = shown(page_number(), count, per);
    let from = (page - 1) * per + 1;
    let to = page.saturating_mul(per).min(count);
    let words = if count <= per {
        format!("{} {}", number(count), if count == 1 { one } else { many })
    } else {
        let all = if counted > 0 && count > counted { format!("over {}", number(counted)) } else { number(count) };
        format!("{}–{} of {all} {many}", number(from), number(to))
    };
    let previous = (page > 1).then(|| view! { <a rel="prev" href=with_query("page", &(page - 1).to_string())>"← Previous"</a> });
    let next = (to < count).then(|| view! { <a rel="next" href=with_query("page", &(page + 1).to_string())>"Next →"</a> });
    view! {
        <nav class="pager" aria-label="Pages">
            <span>{words}</span>
            {(!csv.is_empty()).then(|| view! { <a href=csv download="">"Download CSV"</a> })}
            <span class="push">{previous}{next}</span>
        </nav>
    }
}

/// A select of a filter.
pub fn options(name: &'static str, options: Vec<(String, String)>, chosen: &str) -> impl IntoView + use<> {
    view! { <select name=name>{choices(options, chosen)}</select> }
}

/// A select of a filter, over the words of an enum.
pub fn words<T: Copy>(
    name: &'static str,
    all: &[T],
    word: fn(T) -> &'static str,
    label: fn(T) -> &'static str,
    chosen: T,
) -> impl IntoView + use<T> {
    options(name, all.iter().map(|&one| (word(one).to_owned(), label(one).to_owned())).collect(), word(chosen))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beyond_the_end_the_last_page_is_shown() {
        let pages = [(9999, 464, 10), (10, 464, 10), (2, 464, 2), (99, 77, 2), (3, 100, 2), (3, 101, 3), (7, 0, 1), (i64::MAX, 1, 1)];
        for (asked, count, page) in pages {
            assert_eq!(shown(asked, count, PER_PAGE), page, "{asked} of {count}");
        }
        assert_eq!(shown(5, 400, i64::MAX), 1, "a list that has one page");
    }

    #[test]
    fn wrong_days_have_an_error() {
        let asked = |since: &'static str, until: &'static str, months| {
            let get = |name: &str| Some(if name == "since" { since } else { until }.to_owned()).filter(|text| !text.is_empty());
            wrong_days(get, months).unwrap_or_default()
        };
        assert_eq!(asked("2022-08-31", "2022-08-01", false), "The first day is after the last day. Swap the two.");
        assert_eq!(asked("", "notadate", false), "“notadate” is not a day. Enter it like 2022-03-31.");
        assert_eq!(asked("2022-13", "", true), "“2022-13” is not a month. Enter it like 2022-03.");
        assert_eq!(asked("2022-05", "2022-03", true), "The first month is after the last month. Swap the two.");
        for (since, until, months) in [("2022-08-01", "2022-08-01", false), ("", "", false), ("2022-03", "", true), ("", "2022-03", true)] {
            assert_eq!(asked(since, until, months), "");
        }
    }
}
