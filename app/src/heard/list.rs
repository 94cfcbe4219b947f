//! `/heard`: the board of what was heard and what became of it; `/days/{id}/heard`: a day's notes turned into items.

use leptos::prelude::*;

use super::{State, store};
use crate::account::Verb;
use crate::clock::{Time, local_day, short_date};
use crate::error::{Error, Result};
use crate::fold::Needle;
use crate::ids::PanelDayId;
use crate::response::board::{self, Line, Tally};
use crate::response::page::{self as response_page, badge};
use crate::response::{Kind, Standing};
use crate::ui::list::skipped;
use crate::ui::{
    Cx, Empty, Field, FieldSet, FilterBar, Form, Hidden, PER_PAGE, PageHead, Pager, Pick, Search, Submit, TextArea, Th, Tile, Tone, count,
    page, param, query,
};
use crate::{panel_day, session};

/// What the board is filtered and sorted by; the CSV reads the same.
#[derive(Clone, Debug, Default)]
pub struct Choice {
    pub search: Option<String>,
    /// "open" for everything that waits for somebody, or one standing.
    pub standing: Option<String>,
    pub topic: Option<String>,
    pub day: Option<String>,
    /// "-" before the column turns the order around.
    pub sort: Option<String>,
}

impl Choice {
    fn from_query() -> Self {
        Self { search: query("q"), standing: query("standing"), topic: query("topic"), day: query("day"), sort: query("sort") }
    }

    /// The lines that match, in the order asked for.
    #[must_use]
    pub fn apply(&self, mut lines: Vec<Line>) -> Vec<Line> {
        if let Some(search) = &self.search {
            let needle = Needle::of(search);
            lines.retain(|line| {
                let owner = line.owner().unwrap_or_default();
                let reply = line.published.as_ref().map(|version| version.text.as_str()).unwrap_or_default();
                needle.is_in([line.item.text.as_str(), &owner, reply]) || line.item.number.to_string() == search.trim()
            });
        }
        match self.standing.as_deref() {
            Some("open") => lines.retain(Line::is_open),
            Some(word) => lines.retain(|line| word.parse().is_ok_and(|standing| line.is(standing))),
            None => {}
        }
        if let Some(topic) = &self.topic {
            lines.retain(|line| line.item.topic.as_ref() == Some(topic));
        }
        if let Some(day) = &self.day {
            lines.retain(|line| line.item.panel_day_id.to_string() == *day);
        }
        let sort = self.sort.as_deref().unwrap_or("number");
        match sort.trim_start_matches('-') {
            "people" => lines.sort_by_key(|line| (line.weight.panelists, line.item.number)),
            "due" => lines.sort_by_key(|line| (line.due().is_none(), line.due(), line.item.number)),
            "owner" => lines.sort_by_key(|line| (line.owner().is_none(), line.owner(), line.item.number)),
            "standing" => lines.sort_by_key(|line| (line.standing, line.item.number)),
            _ => {}
        }
        if sort.starts_with('-') {
            lines.reverse();
        }
        lines
    }
}

/// `/heard`.
pub fn board() -> impl IntoView {
    let choice = Choice::from_query();
    let address = leptos_router::hooks::use_location().search.get_untracked();
    page("What we heard", Verb::SeeHeard, move |cx: Cx| async move {
        let mut tx = cx.db.read().await?;
        let all = board::list(&mut tx, &cx.actor, cx.now).await?;
        let tally = board::tally(&all);
        let mut topics: Vec<String> = all.iter().filter_map(|line| line.item.topic.clone()).collect();
        topics.sort();
        topics.dedup();
        let mut days: Vec<(String, String)> = all
            .iter()
            .map(|line| {
                (line.day.id.to_string(), format!("{}, {}", line.day.title, short_date(line.day.day, local_day(cx.now, line.day.zone()))))
            })
            .collect();
        days.sort_by(|a, b| a.1.cmp(&b.1));
        days.dedup();
        let lines = choice.apply(all);
        let matching = i64::try_from(lines.len()).unwrap_or(i64::MAX);
        let shown = usize::try_from(skipped(matching, PER_PAGE)).unwrap_or(0);
        let per = usize::try_from(PER_PAGE).unwrap_or(50);
        let rows = lines.into_iter().skip(shown).take(per).map(|line| row(&line, cx.now)).collect_view();
        let csv = format!("/heard.csv{}{}", if address.is_empty() { "" } else { "?" }, address.trim_start_matches('?'));
        let table = if matching == 0 {
            empty(tally).into_any()
        } else {
            view! {
                <table class="fold">
                    <thead><tr>
                        <Th label="We heard"/>
                        <Th label="People" sort="people" n=true/>
                        <Th label="Owner" sort="owner"/>
                        <Th label="State" sort="standing"/>
                        <Th label="Due" sort="due" n=true/>
                    </tr></thead>
                    <tbody>{rows}</tbody>
                </table>
                <Pager count=matching one="item" many="items" csv/>
            }
            .into_any()
        };
        Ok(view! {
            <PageHead title="What we heard, and what we promised" sub="Every item the panels raised, its answer, and whether the promise was kept."/>
            {tiles(tally)}
            <FilterBar>
                <Search label="Words, owner or number"/>
                <Pick name="standing" label="State" options=standings()/>
                <Pick name="topic" label="Topic" options=topics.into_iter().map(|topic| (topic.clone(), topic)).collect()/>
                <Pick name="day" label="Panel day" options=days/>
            </FilterBar>
            <section class="card">{table}</section>
        })
    })
}

fn standings() -> Vec<(String, String)> {
    std::iter::once(("open".to_owned(), "needs somebody".to_owned()))
        .chain(Standing::ALL.iter().map(|standing| (standing.as_str().to_owned(), standing.label().to_owned())))
        .collect()
}

fn tiles(tally: Tally) -> impl IntoView {
    let overdue = if tally.overdue > 0 { Tone::Bad } else { Tone::Plain };
    let lonely = if tally.no_owner > 0 { Tone::Bad } else { Tone::Plain };
    view! {
        <div class="tiles">
            <Tile label="Items" value=tally.items.to_string() note=format!("from {}", count(tally.notes, "note", "notes")) href="/heard"/>
            <Tile label="Answered" value=tally.answered.to_string() note=format!("{} open again", tally.reopened) href="/heard?standing=reopened"/>
            <Tile label="Promises kept" value=format!("{} of {}", tally.kept, tally.promises) note=format!("{} overdue", tally.overdue) href="/heard?standing=overdue" tone=overdue/>
            <Tile label="Without an owner" value=tally.no_owner.to_string() href="/heard?standing=no_owner" tone=lonely/>
        </div>
    }
}

fn empty(tally: Tally) -> impl IntoView {
    if tally.items > 0 {
        view! { <Empty title="No item matches" text="Clear the filter to see all of them."><a class="btn" href="/heard">"Show all"</a></Empty> }
    } else {
        view! {
            <Empty title="Nothing was heard yet" text="Items are drafted from the notes of a panel day. Open the day and choose “Turn notes into items”.">
                <a class="btn" href="/days">"Panel days"</a>
            </Empty>
        }
    }
}

fn row(line: &Line, now: Time) -> impl IntoView + use<> {
    let href = format!("/heard/{}", line.item.id);
    let owner = line.owner().unwrap_or_else(|| "–".into());
    let due = line.due().map_or_else(|| "–".into(), |due| short_date(due, local_day(now, line.day.zone())));
    view! {
        <tr>
            <td><a class="voice" href=href>{line.item.text.clone()}</a> <small>{format!("{} · {}", line.item.number, line.day.title)}</small></td>
            <td class="n" data-label="People">{line.weight.panelists}</td>
            <td data-label="Owner">{owner}</td>
            <td data-label="State">{badge(line, now)}</td>
            <td class="n" data-label="Due">{due}</td>
        </tr>
    }
}

/// The board as rows of a CSV.
#[must_use]
pub fn csv(lines: &[Line]) -> Vec<u8> {
    let heads = [
        "number",
        "panel_day",
        "date",
        "we_heard",
        "topic",
        "people",
        "notes",
        "owner",
        "state",
        "kind",
        "response",
        "due",
        "version",
        "evidence",
        "kept",
    ];
    let rows = lines.iter().map(|line| {
        let version = line.published.as_ref();
        vec![
            line.item.number.to_string(),
            line.day.title.clone(),
            line.day.day.to_string(),
            line.item.text.clone(),
            line.item.topic.clone().unwrap_or_default(),
            line.weight.panelists.to_string(),
            line.weight.notes.to_string(),
            line.owner().unwrap_or_default(),
            response_page::states(line).join("; "),
            version.map(|version| version.kind).map(Kind::label).unwrap_or_default().to_owned(),
            version.map(|version| version.text.clone()).unwrap_or_default(),
            line.due().map(|due| due.to_string()).unwrap_or_default(),
            version.map(|version| version.number.to_string()).unwrap_or_default(),
            line.delivery.as_ref().map(|delivery| delivery.evidence.clone()).unwrap_or_default(),
            line.kept().unwrap_or_default(),
        ]
    });
    crate::export::csv(&heads, rows)
}

/// `/days/{id}/heard`: the notes of a day that no item has yet, and the items drafted so far.
pub fn of_day() -> impl IntoView {
    let id = param::<PanelDayId>("id");
    page("Notes into items", Verb::EditHeard, move |cx: Cx| async move {
        let id = id?;
        let mut tx = cx.db.read().await?;
        session::act::may_on_day(&mut tx, &cx.actor, Verb::EditHeard, id).await?;
        let day = panel_day::store::find(&mut tx, id).await?.ok_or(Error::NotFound)?;
        let notes = store::list_unused_notes(&mut tx, id).await?;
        let items = store::list_day(&mut tx, id).await?;
        let left = i64::try_from(notes.len()).unwrap_or(0);
        Ok(view! {
            <PageHead
                title="Turn notes into items"
                sub=format!("{} are in no item yet. Choose those that say the same, and word what was heard.", count(left, "note", "notes"))
                crumbs=vec![("/days".into(), "Panel days".into()), (format!("/days/{id}"), day.title)]
            />
            <div class="two">
                {drafting(notes)}
                {drafted(items)?}
            </div>
        })
    })
}

fn drafting(notes: Vec<super::Source>) -> impl IntoView {
    if notes.is_empty() {
        return view! {
            <section class="card"><Empty title="No note is left" text="Every note of this day stands behind an item, or none was taken yet."/></section>
        }
        .into_any();
    }
    let tried = crate::ui::tried();
    let rows = notes
        .into_iter()
        .map(|note| {
            let id = note.note_id.to_string();
            let ticked = tried.as_ref().is_some_and(|tried| tried.fields.all("notes").any(|chosen| chosen == id));
            let quote = note.kind == crate::note::Kind::Quote;
            view! {
                <li>
                    <label class="pick-note">
                        <input type="checkbox" name="notes" value=id checked=ticked/>
                        <span><span class:voice=quote>{note.text}</span> <small>{format!("{} · {} · {}", note.speaker, note.kind, note.session_title)}</small></span>
                    </label>
                </li>
            }
        })
        .collect_view();
    view! {
        <section class="card pad">
            <Form act="draft" class="stack">
                <FieldSet name="notes" legend="Notes"><ul class="pick-notes">{rows}</ul></FieldSet>
                <TextArea name="text" label="We heard" hint="One sentence, in the panel’s own words." rows=2 voice=true/>
                <Field name="topic" label="Topic" hint="Optional."/>
                <Submit label="Draft the item" main=true/>
            </Form>
        </section>
    }
    .into_any()
}

fn drafted(items: Vec<super::Heard>) -> Result<impl IntoView> {
    let rows = items
        .into_iter()
        .map(|item| {
            let open = (item.state() == State::Draft).then(|| {
                let (key, revision) = (item.id.to_string(), item.revision.to_string());
                view! { <Form act="open" key=key><Hidden name="revision" value=revision/><Submit label="Open"/></Form> }
            });
            view! {
                <li class="row">
                    <span><a class="voice" href=format!("/heard/{}", item.id)>{item.text.clone()}</a> <small>{format!("{} · {}", item.number, item.state().label())}</small></span>
                    <span class="push">{open}</span>
                </li>
            }
        })
        .collect::<Vec<_>>();
    let empty = rows.is_empty().then(|| view! { <p class="dim">"None yet."</p> });
    Ok(view! {
        <section class="card pad stack">
            <h2>"Items of this day"</h2>
            {empty}
            <ul class="plain stack">{rows}</ul>
        </section>
    })
}
