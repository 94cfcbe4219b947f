//! `/search?q=`: the page.

use leptos::prelude::*;

use super::store;
use crate::access::account::{Actor, Permission, Scope};
use crate::access::page::{PageContext, page};
use crate::db::Tx;
use crate::follow_up::board;
use crate::follow_up::board::list::BoardQuery;
use crate::kernel::clock::{local_day, short_date};
use crate::kernel::error::{Error, Result};
use crate::kernel::ids::PanelDayId;
use crate::listening::author::{network_label, shown};
use crate::listening::mention::store::MentionSearch;
use crate::listening::segment::store::{SegmentFilter, SegmentSearch};
use crate::listening::{customer, mention, segment};
use crate::panel_day::day::list::{self as days, PanelDaySearch};
use crate::panel_day::session;
use crate::program::Program;
use crate::program::shown::program_shown;
use crate::ui::{Empty, PageHead, beginning, count, encoded, number, query};

/// Results shown of each group; "See all" leads to the others.
const SHOWN: usize = 5;
/// The same, as a limit of a query.
const LIMIT: i64 = 5;
/// People shown where only they are asked for.
const MAX_PEOPLE: i64 = 200;
/// Characters of a mention or an item.
const EXCERPT: usize = 160;

/// One result: where it leads, its title, and one line about it.
struct Hit {
    href: String,
    title: String,
    about: String,
}

/// The results of one kind.
struct Group {
    title: &'static str,
    count: i64,
    /// How far was counted; a larger count is "over" it.
    counted: i64,
    /// The list with all of them, where there is one.
    all: Option<String>,
    hits: Vec<Hit>,
}

/// What is searched for, where, and by whom.
struct SiteSearch<'a> {
    cx: &'a PageContext,
    words: &'a str,
    /// Only people, and more of them: they have no list over all panel days.
    people_only: bool,
    /// Authors, mentions and customers are searched for in one program.
    program: Option<&'a Program>,
}

/// `/search`.
pub fn search() -> impl IntoView {
    let words = query("q").unwrap_or_default().trim().to_owned();
    let people_only = query("only").as_deref() == Some("people");
    page("Search", Permission::SeeHome, move |cx: PageContext| async move {
        let mut tx = cx.db.read().await?;
        let program = program_shown(&mut tx).await?;
        let search = SiteSearch { cx: &cx, words: &words, people_only, program: program.as_ref() };
        let groups = if words.is_empty() { Vec::new() } else { search.groups(&mut tx).await? };
        let total: i64 = groups.iter().map(|group| group.count).sum();
        let sub = match (words.is_empty(), total) {
            (true, _) => "Find people, authors, mentions, items and panel days.".to_owned(),
            (_, total) => format!("{} for “{words}”", count(total, "result", "results")),
        };
        let none = (!words.is_empty() && groups.is_empty()).then(|| {
            view! { <section class="card"><Empty title="Nothing found" text="Check the spelling or use fewer words."/></section> }
        });
        Ok(view! {
            <PageHead title="Search" sub/>
            <form class="filter" method="get" action="/search" role="search">
                <label class="grow">"Search for" <input type="search" name="q" value=words.clone() autofocus=words.is_empty()/></label>
                {program.map(|program| view! { <input type="hidden" name="program" value=program.id.to_string()/> })}
                <button type="submit" class="btn-1">"Search"</button>
            </form>
            {none}
            {groups.into_iter().map(section).collect_view()}
        })
    })
}

fn section(group: Group) -> impl IntoView {
    let counted = group.counted > 0 && group.count > group.counted;
    let total = if counted { format!("over {}", number(group.counted)) } else { number(group.count) };
    let all = group.all.filter(|_| group.count > LIMIT).map(|to| {
        let label = format!("See all {total} {}", group.title.to_lowercase());
        view! { <a class="push" href=to>{label}</a> }
    });
    let rows = group
        .hits
        .into_iter()
        .map(|hit| view! { <li><a href=hit.href dir="auto">{hit.title}</a><small dir="auto">{hit.about}</small></li> })
        .collect_view();
    view! {
        <section class="card">
            <header><h2>{group.title}" "<span class="count">{total}</span></h2>{all}</header>
            <ul class="lines">{rows}</ul>
        </section>
    }
}

impl SiteSearch<'_> {
    fn may(&self, permission: Permission) -> bool {
        self.cx.actor.scope(permission).is_some()
    }

    /// A list with these words, in the program.
    fn all(&self, list: &str) -> Option<String> {
        let program = self.program.map(|program| format!("&program={}", program.id)).unwrap_or_default();
        let mark = if list.contains('?') { '&' } else { '?' };
        Some(format!("{list}{mark}q={}{program}", encoded(self.words)))
    }

    /// Every group with a result that the reader may see.
    async fn groups(&self, tx: &mut Tx) -> Result<Vec<Group>> {
        if self.people_only {
            return Ok(self.people(tx).await?.into_iter().filter(|group| group.count > 0).collect());
        }
        let mut groups = vec![self.people(tx).await?, self.customers(tx).await?];
        if self.may(Permission::SeeListening) {
            groups.push(self.authors(tx).await?);
            groups.push(self.mentions(tx).await?);
        }
        groups.push(self.items(tx).await?);
        groups.push(self.days(tx).await?);
        Ok(groups.into_iter().flatten().filter(|group| group.count > 0).collect())
    }

    /// Panelists: all of them, or those of the days that the reader moderates.
    async fn people(&self, tx: &mut Tx) -> Result<Option<Group>> {
        let days: Option<Vec<PanelDayId>> = match (self.cx.actor.scope(Permission::SeeRecruiting), &self.cx.actor) {
            (Some(Scope::All), _) => None,
            (Some(Scope::Day), Actor::Account { id, .. }) => {
                Some(session::store::list_moderated(tx, *id).await?.into_iter().map(|session| session.panel_day_id).collect())
            }
            _ => return Ok(None),
        };
        let count = store::count(tx, self.words, days.as_deref()).await?;
        let limit = if self.people_only { MAX_PEOPLE } else { LIMIT };
        let found = store::list(tx, self.words, days.as_deref(), limit).await?;
        let known = crate::program::day::store::list(tx).await?;
        let hits = found
            .into_iter()
            .map(|person| {
                let day = known.iter().find(|day| day.id == person.panel_day_id).map(|day| day.title.as_str()).unwrap_or_default();
                Hit {
                    href: format!("/days/{}/people?q={}", person.panel_day_id, encoded(&person.name)),
                    about: format!("{} · {day}", person.state().label()),
                    title: person.name,
                }
            })
            .collect();
        let all = (!self.people_only).then(|| format!("/search?only=people&q={}", encoded(self.words)));
        Ok(Some(Group { title: "People", count, counted: 0, all, hits }))
    }

    async fn customers(&self, tx: &mut Tx) -> Result<Option<Group>> {
        let Some(program) = self.program.filter(|_| self.may(Permission::SeeCustomers)) else { return Ok(None) };
        let search = customer::store::CustomerSearch { program: Some(program.id), text: self.words.to_owned(), ..Default::default() };
        let count = customer::store::count(tx, &search).await?;
        let hits = customer::store::list(tx, &search, LIMIT, 0)
            .await?
            .into_iter()
            .map(|customer| Hit {
                href: self.all("/customers").unwrap_or_default(),
                title: customer.name,
                about: customer.products.replace('\n', " · "),
            })
            .collect();
        Ok(Some(Group { title: "Customers", count, counted: 0, all: self.all("/customers"), hits }))
    }

    async fn authors(&self, tx: &mut Tx) -> Result<Option<Group>> {
        let Some(program) = self.program else { return Ok(None) };
        let search = SegmentSearch { kind: None, text: self.words.to_owned(), ..SegmentSearch::of(program.id, SegmentFilter::Any) };
        let count = segment::store::count(tx, &search).await?;
        let hits = segment::store::rank(tx, &search, LIMIT, 0)
            .await?
            .into_iter()
            .filter_map(|author| {
                let mentions = crate::ui::count(author.mentions, "mention", "mentions");
                Some(Hit {
                    href: format!("/authors/{}", author.author_id?),
                    title: shown(&author.name),
                    about: match author.segment {
                        Some(segment) => format!("{} · {mentions}", segment.label()),
                        None => mentions,
                    },
                })
            })
            .collect();
        Ok(Some(Group { title: "Authors", count, counted: segment::store::MAX_COUNTED, all: self.all("/authors?kind=all"), hits }))
    }

    async fn mentions(&self, tx: &mut Tx) -> Result<Option<Group>> {
        let Some(program) = self.program else { return Ok(None) };
        let search = MentionSearch { program: Some(program.id), text: self.words.to_owned(), ..Default::default() };
        let count = match mention::store::count(tx, &search).await {
            // Words that the search of mentions does not understand, such as an open quotation mark.
            Err(Error::Invalid(_)) => return Ok(None),
            count => count?,
        };
        let today = self.cx.now.date_naive();
        let hits = mention::store::list(tx, &search, LIMIT, 0)
            .await?
            .into_iter()
            .map(|listed| Hit {
                href: format!("/mentions/{}", listed.mention.id),
                title: beginning(&listed.mention.text, EXCERPT),
                about: format!(
                    "{} · {} · {}",
                    shown(&listed.handle),
                    network_label(&listed.mention.network),
                    short_date(listed.mention.at.date_naive(), today)
                ),
            })
            .collect();
        Ok(Some(Group { title: "Mentions", count, counted: search.counted(), all: self.all("/mentions"), hits }))
    }

    async fn items(&self, tx: &mut Tx) -> Result<Option<Group>> {
        if !self.may(Permission::SeeHeard) {
            return Ok(None);
        }
        let query = BoardQuery { search: Some(self.words.to_owned()), ..Default::default() };
        let found = query.apply(board::list(tx, &self.cx.actor, self.cx.now).await?);
        let count = i64::try_from(found.len()).unwrap_or(i64::MAX);
        let hits = found
            .into_iter()
            .take(SHOWN)
            .map(|line| Hit {
                href: format!("/heard/{}", line.item.id),
                title: beginning(&line.item.text, EXCERPT),
                about: format!("Item {} · {} · {}", line.item.number, line.status.label(), line.day.title),
            })
            .collect();
        Ok(Some(Group { title: "Items", count, counted: 0, all: Some(format!("/heard?q={}", encoded(self.words))), hits }))
    }

    async fn days(&self, tx: &mut Tx) -> Result<Option<Group>> {
        if !self.may(Permission::SeeProgram) {
            return Ok(None);
        }
        let words = self.words.to_owned();
        let search = PanelDaySearch::read(move |name| (name == "q").then(|| words.clone()));
        let found = days::list(tx, &search, self.cx.now).await?;
        let count = i64::try_from(found.len()).unwrap_or(i64::MAX);
        let hits = found
            .into_iter()
            .take(SHOWN)
            .map(|line| Hit {
                href: format!("/days/{}", line.day.id),
                about: format!(
                    "{} · {} · {}",
                    short_date(line.day.day, local_day(self.cx.now, line.day.zone())),
                    line.day.place,
                    line.program
                ),
                title: line.day.title,
            })
            .collect();
        Ok(Some(Group { title: "Panel days", count, counted: 0, all: Some(format!("/days?q={}", encoded(self.words))), hits }))
    }
}
