//! `/heard`: the follow-up board, as a page and as CSV.

use std::collections::BTreeSet;

use leptos::prelude::*;

use super::{FollowUpRow, FollowUpTally};
use crate::access::account::Permission;
use crate::access::page::{PageContext, page};
use crate::follow_up::heard::Heard;
use crate::follow_up::response::page::{self as response_page, badge};
use crate::follow_up::response::{FollowUpStatus, ResponseKind};
use crate::kernel::clock::{Time, local_day, short_date};
use crate::kernel::export;
use crate::kernel::fold::Needle;
use crate::program;
use crate::program::day::PanelDay;
use crate::program::shown::{program_name, program_pick};
use crate::ui::list::skipped;
use crate::ui::{Empty, FilterBar, PER_PAGE, PageHead, Pager, Pick, Search, StateBadge, Th, Tile, Tone, count, encoded, query};

/// What the board is filtered and sorted by; the CSV reads the same.
#[derive(Clone, Debug, Default)]
pub struct BoardQuery {
    pub search: Option<String>,
    /// "open" for everything that needs action, or one status.
    pub status: Option<String>,
    pub program: Option<String>,
    pub topic: Option<String>,
    pub day: Option<String>,
    /// A column; "-" before it for descending order.
    pub sort: Option<String>,
}

impl BoardQuery {
    /// Reads a query; unknown values are ignored.
    pub fn read(get: impl Fn(&str) -> Option<String>) -> Self {
        Self {
            search: get("q"),
            status: get("status").or_else(|| get("standing")),
            program: get("program"),
            topic: get("topic"),
            day: get("day"),
            sort: get("sort"),
        }
    }

    /// The lines that match, in the order asked for.
    #[must_use]
    pub fn apply(&self, mut lines: Vec<FollowUpRow>) -> Vec<FollowUpRow> {
        if let Some(search) = &self.search {
            let needle = Needle::of(search);
            lines.retain(|line| {
                let owner = line.owner().unwrap_or_default();
                let reply = line.published.as_ref().map(|version| version.text.as_str()).unwrap_or_default();
                needle.is_in([line.item.text.as_str(), &owner, reply]) || line.item.number.to_string() == search.trim()
            });
        }
        match self.status.as_deref() {
            Some("open") => lines.retain(FollowUpRow::is_open),
            Some(word) => lines.retain(|line| word.parse().is_ok_and(|status| line.is(status))),
            None => {}
        }
        if let Some(program) = &self.program {
            lines.retain(|line| line.item.program_id.to_string() == *program);
        }
        if let Some(topic) = &self.topic {
            lines.retain(|line| line.item.topic.as_ref() == Some(topic));
        }
        if let Some(day) = &self.day {
            lines.retain(|line| line.item.panel_day_id.to_string() == *day);
        }
        let sort = self.sort.as_deref().unwrap_or("number");
        match sort.trim_start_matches('-') {
            "people" => lines.sort_by_key(|line| (line.support.supporters, line.item.number)),
            "due" => lines.sort_by_key(|line| (line.due().is_none(), line.due(), line.item.number)),
            "owner" => lines.sort_by_key(|line| (line.owner().is_none(), line.owner(), line.item.number)),
            "status" | "standing" => lines.sort_by_key(|line| (line.status, line.item.number)),
            _ => {}
        }
        if sort.starts_with('-') {
            lines.reverse();
        }
        lines
    }
}

/// `/heard`.
pub fn follow_up_board() -> impl IntoView {
    let choice = BoardQuery::read(query);
    let address = leptos_router::hooks::use_location().search.get_untracked();
    page("Follow-up board", Permission::SeeHeard, move |cx: PageContext| async move {
        let mut tx = cx.db.read().await?;
        let programs = program::store::list(&mut tx).await?;
        let mut all = super::list(&mut tx, &cx.actor, cx.now).await?;
        all.retain(|line| choice.program.as_ref().is_none_or(|id| line.item.program_id.to_string() == *id));
        let tally = super::tally(&all);
        let mut drafts = super::list_drafts(&mut tx, &cx.actor).await?;
        drafts.retain(|(item, _)| choice.program.as_ref().is_none_or(|id| item.program_id.to_string() == *id));
        let (topics, days) = (topics(&all), days(&all, cx.now));
        let lines = choice.apply(all);
        let matching = i64::try_from(lines.len()).unwrap_or(i64::MAX);
        let shown = usize::try_from(skipped(matching, PER_PAGE)).unwrap_or(0);
        let per = usize::try_from(PER_PAGE).unwrap_or(50);
        let lines: Vec<FollowUpRow> = lines.into_iter().skip(shown).take(per).collect();
        let columns =
            BoardColumns { owner: lines.iter().any(|line| line.owner().is_some()), due: lines.iter().any(|line| line.due().is_some()) };
        let rows = lines.iter().map(|line| row(line, columns, program_name(&programs, line.item.program_id), cx.now)).collect_view();
        let csv = format!("/heard.csv{}{}", if address.is_empty() { "" } else { "?" }, address.trim_start_matches('?'));
        let table = if matching == 0 {
            empty(tally, !drafts.is_empty()).into_any()
        } else {
            view! {
                <table class="fold">
                    <thead><tr>
                        <Th label="We heard"/>
                        <Th label="Supporters" sort="people" n=true/>
                        {columns.owner.then(|| view! { <Th label="Owner" sort="owner"/> })}
                        <Th label="Status" sort="status"/>
                        {columns.due.then(|| view! { <Th label="Due" sort="due" n=true/> })}
                    </tr></thead>
                    <tbody>{rows}</tbody>
                </table>
                <Pager count=matching one="item" many="items" csv/>
            }
            .into_any()
        };
        Ok(view! {
            <PageHead title="Follow-up board" sub="What the panels said, the answers, and what was delivered."/>
            {tiles(tally, choice.program.as_deref())}
            <FilterBar own=&["program"]>
                <Search label="Text, owner or number"/>
                {program_pick(&programs)}
                <Pick name="status" label="Status" options=statuses()/>
                <Pick name="topic" label="Topic" options=topics/>
                <Pick name="day" label="Panel day" options=days/>
            </FilterBar>
            {drafts_view(drafts)}
            <section class="card">{table}</section>
            {(matching > 0).then(response_page::legend)}
        })
    })
}

/// The topics of what can be shown, to choose from.
fn topics(all: &[FollowUpRow]) -> Vec<(String, String)> {
    let topics: BTreeSet<&String> = all.iter().filter_map(|line| line.item.topic.as_ref()).collect();
    topics.into_iter().map(|topic| (topic.clone(), topic.clone())).collect()
}

/// The panel days of what can be shown, to choose from.
fn days(all: &[FollowUpRow], now: Time) -> Vec<(String, String)> {
    let shown = |day: &PanelDay| format!("{}, {}", day.title, short_date(day.day, local_day(now, day.zone())));
    let mut days: Vec<(String, String)> = all.iter().map(|line| (line.day.id.to_string(), shown(&line.day))).collect();
    days.sort_by(|a, b| a.1.cmp(&b.1));
    days.dedup();
    days
}

fn statuses() -> Vec<(String, String)> {
    std::iter::once(("open".to_owned(), "needs action".to_owned()))
        .chain(FollowUpStatus::ALL.iter().map(|status| (status.as_str().to_owned(), status.label().to_owned())))
        .collect()
}

fn tiles(tally: FollowUpTally, program: Option<&str>) -> impl IntoView + use<> {
    let to = |status: &str| match (status, program) {
        ("", None) => "/heard".to_owned(),
        ("", Some(program)) => format!("/heard?program={}", encoded(program)),
        (status, None) => format!("/heard?status={status}"),
        (status, Some(program)) => format!("/heard?status={status}&program={}", encoded(program)),
    };
    let overdue = if tally.overdue > 0 { Tone::Bad } else { Tone::Plain };
    let lonely = if tally.no_owner > 0 { Tone::Bad } else { Tone::Plain };
    view! {
        <div class="tiles">
            <Tile label="Items" value=tally.items.to_string() note=format!("from {}", count(tally.notes, "note", "notes")) href=to("")/>
            <Tile label="Answered" value=tally.answered.to_string() note=format!("{} reopened", tally.reopened) href=to("reopened")/>
            <Tile label="Commitments delivered" value=format!("{} of {}", tally.confirmed, tally.commitments) note=format!("{} overdue", tally.overdue) href=to("overdue") tone=overdue/>
            <Tile label="No owner" value=tally.no_owner.to_string() href=to("no_owner") tone=lonely/>
        </div>
    }
}

fn empty(tally: FollowUpTally, has_drafts: bool) -> impl IntoView {
    if tally.items > 0 {
        view! { <Empty title="No items match" text="Clear the filter to see all items."><a class="btn" href="/heard">"Show all items"</a></Empty> }
    } else {
        let text = if has_drafts {
            "Publish a draft to start collecting answers."
        } else {
            "Items are made from the notes of a panel day. Open a day, then group its notes."
        };
        view! { <Empty title="No items on the board yet" text><a class="btn" href="/days">"Open panel days"</a></Empty> }
    }
}

/// Items that are not published to the board yet.
fn drafts_view(drafts: Vec<(Heard, PanelDay)>) -> impl IntoView {
    let rows = drafts
        .iter()
        .map(|(item, day)| {
            view! {
                <li>
                    <span><StateBadge label="draft"/> " " <a class="quote" dir="auto" href=format!("/heard/{}", item.id)>{item.text.clone()}</a></span>
                    <small dir="auto">{format!("item {} · {}", item.number, day.title)}</small>
                </li>
            }
        })
        .collect::<Vec<_>>();
    let (title, open) = (format!("Drafts ({})", rows.len()), rows.len() <= 3);
    (!rows.is_empty()).then(|| {
        view! {
            <details class="card drafts" open=open>
                <summary>{title}</summary>
                <p class="dim">"Not on the board yet. Open a draft to publish it."</p>
                <ul class="lines">{rows}</ul>
            </details>
        }
    })
}

/// Columns that have a value in any row shown.
#[derive(Clone, Copy)]
struct BoardColumns {
    owner: bool,
    due: bool,
}

fn row(line: &FollowUpRow, columns: BoardColumns, program: Option<String>, now: Time) -> impl IntoView + use<> {
    let place = [Some(line.item.number.to_string()), Some(line.day.title.clone()), program].into_iter().flatten().collect::<Vec<_>>();
    let href = format!("/heard/{}", line.item.id);
    let owner = line.owner();
    let due = line.due().map(|due| short_date(due, local_day(now, line.day.zone())));
    view! {
        <tr>
            <td><a class="quote" dir="auto" href=href>{line.item.text.clone()}</a> <small dir="auto">{place.join(" · ")}</small></td>
            <td class="n" data-label="Supporters">{line.support.supporters}</td>
            {columns.owner.then(|| view! { <td data-label="Owner" dir="auto">{owner}</td> })}
            <td data-label="Status">{badge(line, now, false)}</td>
            {columns.due.then(|| view! { <td class="n" data-label="Due">{due}</td> })}
        </tr>
    }
}

/// The board as rows of a CSV.
#[must_use]
pub fn csv(lines: &[FollowUpRow]) -> Vec<u8> {
    let heads = [
        "number",
        "panel_day",
        "date",
        "we_heard",
        "topic",
        "people",
        "notes",
        "owner",
        "status",
        "kind",
        "answer",
        "due",
        "version",
        "evidence",
        "delivered",
    ];
    let rows = lines.iter().map(|line| {
        let version = line.published.as_ref();
        vec![
            line.item.number.to_string(),
            line.day.title.clone(),
            line.day.day.to_string(),
            line.item.text.clone(),
            line.item.topic.clone().unwrap_or_default(),
            line.support.supporters.to_string(),
            line.support.notes.to_string(),
            line.owner().unwrap_or_default(),
            response_page::states(line).join("; "),
            version.map(|version| version.kind).map(ResponseKind::label).unwrap_or_default().to_owned(),
            version.map(|version| version.text.clone()).unwrap_or_default(),
            line.due().map(|due| due.to_string()).unwrap_or_default(),
            version.map(|version| version.number.to_string()).unwrap_or_default(),
            line.delivery.as_ref().map(|delivery| delivery.evidence.clone()).unwrap_or_default(),
            line.delivered_words().unwrap_or_default(),
        ]
    });
    export::csv(&heads, rows)
}
