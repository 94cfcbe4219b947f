//! Charts rendered on the server: SVG with widths in percent, so that text keeps its size on every screen. Labels are direct, and a data
//! table follows.

use std::ops::Range;

use leptos::prelude::*;

use super::parts::leading;
use crate::kernel::amount::number;

/// One bar or one line.
#[derive(Clone, Debug, Default)]
pub struct Series {
    pub label: String,
    /// A segment's word, for its colour; empty for the accent.
    pub class: &'static str,
    pub values: Vec<f64>,
    /// Where each number leads, to what it counts; none where there is nothing to show.
    pub links: Vec<String>,
}

impl Series {
    #[must_use]
    pub fn bar(label: impl Into<String>, class: &'static str, value: f64) -> Self {
        Self { label: label.into(), class, values: vec![value], links: Vec::new() }
    }
}

/// Up to one decimal, thousands set apart.
fn figure(value: f64) -> String {
    if value.fract().abs() < 0.05 { number(value.round() as i64) } else { format!("{value:.1}") }
}

/// Bars under each other, longest possible = largest value: `<BarChart title="…" unit="mentions" bars=vec![Series::bar("Support", "", 41.0)]/>`.
#[component]
pub fn BarChart(
    #[prop(into)] title: String,
    #[prop(optional, into)] sub: String,
    /// What is counted; the head of the table's column.
    #[prop(into)]
    unit: String,
    bars: Vec<Series>,
) -> impl IntoView {
    const ROW: usize = 38;
    let value = |bar: &Series| bar.values.first().copied().unwrap_or_default();
    let peak = bars.iter().map(value).fold(0.0, f64::max).max(f64::MIN_POSITIVE);
    let rows = bars
        .iter()
        .enumerate()
        .map(|(row, bar)| {
            let top = row * ROW;
            let width = value(bar) * 100.0 / peak;
            view! {
                <g class=bar.class>
                    <text x="0" y=top + 13>{bar.label.clone()}</text>
                    <text class="value" x="100%" y=top + 13 text-anchor="end">{figure(value(bar))}</text>
                    <rect class="bar" x="0" y=top + 19 width=format!("{width:.2}%") height="10" rx="2"></rect>
                </g>
            }
        })
        .collect_view();
    let table = bars.iter().map(|bar| (bar.label.clone(), vec![linked_number(bar, 0)])).collect();
    let described = format!("Bar chart: {title}");
    view! {
        <figure class="chart">
            <figcaption>{title.clone()}{(!sub.is_empty()).then(|| view! { <small>{sub}</small> })}</figcaption>
            <svg role="img" aria-label=described height=bars.len() * ROW>{rows}</svg>
            <Numbers title heads=vec![unit] rows=table/>
        </figure>
    }
}

/// Lines over time: `x` names the points (the first and the last are labelled), and each series is labelled at its end. With `drawn`, lines
/// show those points only; the table has all.
#[component]
pub fn LineChart(
    #[prop(into)] title: String,
    #[prop(optional, into)] sub: String,
    x: Vec<String>,
    lines: Vec<Series>,
    #[prop(optional)] drawn: Range<usize>,
) -> impl IntoView {
    const HIGH: f64 = 160.0;
    let range = if drawn.is_empty() { 0..x.len() } else { drawn };
    let seen: Vec<&[f64]> = lines.iter().map(|line| line.values.get(range.clone()).unwrap_or_default()).collect();
    let peak = seen.iter().copied().flatten().copied().fold(0.0, f64::max).max(f64::MIN_POSITIVE);
    let steps = range.len().saturating_sub(1).max(1) as f64;
    let at = move |point: usize, value: f64| (100.0 * point as f64 / steps, 12.0 + HIGH * (1.0 - value / peak));
    let ground = 12.0 + HIGH;
    let ends: Vec<f64> = seen.iter().map(|values| values.last().map_or(ground, |value| at(0, *value).1)).collect();
    let name_at = apart(&ends, ground);
    let drawn = lines
        .iter()
        .enumerate()
        .map(|(index, line)| {
            let values = seen[index];
            let segments = segments(values, &at);
            let end = values.last().map(|value| {
                let (x, y) = at(values.len() - 1, *value);
                view! {
                    <circle class="dot" cx=format!("{x:.2}%") cy=format!("{y:.1}") r="3.5"></circle>
                    <text x=format!("{x:.2}%") dx="9" y=format!("{:.1}", name_at[index] + 4.0)>{format!("{} {}", line.label, figure(*value))}</text>
                }
            });
            view! { <g class=line.class>{segments}{end}</g> }
        })
        .collect_view();
    let named = x.get(range.clone()).unwrap_or_default();
    let first = named.first().cloned().unwrap_or_default();
    let last = if named.len() > 1 { named.last().cloned().unwrap_or_default() } else { String::new() };
    let rows =
        x.iter().enumerate().map(|(point, name)| (name.clone(), lines.iter().map(|line| linked_number(line, point)).collect())).collect();
    let heads = lines.iter().map(|line| line.label.clone()).collect();
    let described = format!("Line chart: {title}");
    view! {
        <figure class="chart">
            <figcaption>{title.clone()}{(!sub.is_empty()).then(|| view! { <small>{sub}</small> })}</figcaption>
            <svg class="lines" role="img" aria-label=described height=ground + 22.0>
                <line class="grid" x1="0" x2="100%" y1="12" y2="12"></line>
                <text x="0" y="9">{figure(peak)}</text>
                <line class="axis" x1="0" x2="100%" y1=ground y2=ground></line>
                {drawn}
                <text x="0" y=ground + 16.0>{first}</text>
                <text x="100%" y=ground + 16.0 text-anchor="end">{last}</text>
            </svg>
            <Numbers title heads rows/>
        </figure>
    }
}

/// The line from one value to the next; `at` says where a value is.
fn segments(values: &[f64], at: &dyn Fn(usize, f64) -> (f64, f64)) -> impl IntoView + use<> {
    values
        .windows(2)
        .enumerate()
        .map(|(point, pair)| {
            let ((x1, y1), (x2, y2)) = (at(point, pair[0]), at(point + 1, pair[1]));
            view! {
                <line class="line" x1=format!("{x1:.2}%") y1=format!("{y1:.1}") x2=format!("{x2:.2}%") y2=format!("{y2:.1}")></line>
            }
        })
        .collect_view()
}

/// A bar in a table's row: how long it is against the longest, and its red and green parts. The numbers are beside it.
#[component]
pub fn Bar(
    /// All of it, its first and its second part.
    value: (i64, i64, i64),
    peak: i64,
) -> impl IntoView {
    let share = |part: i64| format!("{:.2}%", part as f64 * 100.0 / peak.max(1) as f64);
    let (all, red, green) = value;
    let parts = [("ranter", 0, red), ("raver", red, green), ("rest", red + green, all - red - green)]
        .into_iter()
        .filter(|(.., wide)| *wide > 0)
        .map(|(class, from, wide)| view! { <rect class=class x=share(from) width=share(wide) height="8"></rect> })
        .collect_view();
    view! { <svg class="share" aria-hidden="true" height="8">{parts}</svg> }
}

/// A small chart in a line of a table: one bar a point, the newest last, and the number of the highest. Its label says all numbers.
#[component]
pub fn Spark(#[prop(into)] label: String, values: Vec<i64>) -> impl IntoView {
    const HIGH: f64 = 24.0;
    let peak = values.iter().copied().max().unwrap_or(0).max(1) as f64;
    let step = 100.0 / values.len().max(1) as f64;
    let bars = values
        .iter()
        .enumerate()
        .map(|(at, value)| {
            // A point without anything is still a point.
            let high = ((*value).max(0) as f64 / peak * HIGH).max(1.0);
            let (x, y) = (format!("{:.2}%", step * at as f64), format!("{:.1}", HIGH - high));
            view! { <rect x=x y=y width=format!("{:.2}%", step * 0.72) height=format!("{high:.1}")></rect> }
        })
        .collect_view();
    let most = format!("max {}", number(values.iter().copied().max().unwrap_or(0)));
    view! { <span class="sparkline"><svg class="spark" role="img" aria-label=label>{bars}</svg><small aria-hidden="true">{most}</small></span> }
}

/// Where names are put that are wished at these heights: a line of text apart, and none of them below the ground.
fn apart(wished: &[f64], ground: f64) -> Vec<f64> {
    const LINE: f64 = 14.0;
    let mut order: Vec<usize> = (0..wished.len()).collect();
    order.sort_by(|a, b| wished[*a].total_cmp(&wished[*b]));
    let mut at = wished.to_vec();
    let mut last = f64::MIN;
    for &index in &order {
        last = wished[index].max(last + LINE);
        at[index] = last;
    }
    let mut next = ground + LINE;
    for &index in order.iter().rev() {
        next = at[index].min(next - LINE);
        at[index] = next;
    }
    at
}

/// A number in words, and where it leads.
type LinkedNumber = (String, Option<String>);

fn linked_number(line: &Series, point: usize) -> LinkedNumber {
    (line.values.get(point).map_or_else(String::new, |value| figure(*value)), line.links.get(point).cloned())
}

/// The numbers of a chart, for readers who want them exactly or cannot see it.
#[component]
fn Numbers(title: String, heads: Vec<String>, rows: Vec<(String, Vec<LinkedNumber>)>) -> impl IntoView {
    let heads = heads.into_iter().map(|head| view! { <th scope="col" class="n">{head}</th> }).collect_view();
    let rows = rows
        .into_iter()
        .map(|(name, values)| {
            let value = |(value, to): LinkedNumber| view! { <td class="n">{leading(value, to)}</td> };
            view! { <tr><th scope="row">{name}</th>{values.into_iter().map(value).collect_view()}</tr> }
        })
        .collect_view();
    view! {
        <details class="more">
            <summary>"Show data table"</summary>
            <div class="scroll" tabindex="0" role="region" aria-label=format!("Numbers: {title}")>
                <table>
                    <thead>
                        <tr>
                            <td></td>
                            {heads}
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </details>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stand_apart_and_above_the_ground() {
        assert_eq!(apart(&[20.0, 90.0], 172.0), [20.0, 90.0], "where there is room each stands at its line");
        assert_eq!(apart(&[50.0, 48.0, 49.0], 172.0), [76.0, 48.0, 62.0]);
        assert_eq!(apart(&[162.0, 162.0, 172.0], 172.0), [144.0, 158.0, 172.0], "lines that end near nothing");
    }

    #[test]
    fn a_line_ends_with_the_last_point_it_is_drawn_through_and_every_number_leads_somewhere() {
        let x = ["3 Jun, 1 day", "10 Jun", "17 Jun", "24 Jun, 1 day"].map(str::to_owned).to_vec();
        let links = (0..4).map(|point| format!("/mentions?week={point}")).collect();
        let lines = vec![Series { label: "all".into(), class: "", values: vec![1.0, 40.0, 42.0, 2.0], links }];
        let html = view! { <LineChart title="Mentions a week" x lines drawn=1..3/> }.to_html();
        let (drawing, numbers) = html.split_once("<details").expect("numbers below the chart");
        assert!(drawing.contains("all 42") && drawing.contains("10 Jun") && !drawing.contains("1 day"), "{drawing}");
        assert_eq!(drawing.matches("class=\"line\"").count(), 1);
        assert!(numbers.contains("class=\"scroll\""), "on a narrow screen the table moves inside its card");
        for (point, value) in [(0, 1), (1, 40), (2, 42), (3, 2)] {
            assert!(numbers.contains(&format!("<a href=\"/mentions?week={point}\" dir=\"auto\">{value}<")), "{numbers}");
        }
    }
}
