//! `/authors/{id}/identity-links`: the linked authors of an author, links to review, and suggestions.

use std::collections::HashMap;

use leptos::prelude::*;

use super::act::suggest;
use super::{IdentityLink, IdentityLinkState, LinkGround, LinkSuggestion, store};
use crate::access::account::{self, Permission};
use crate::access::page::page;
use crate::db::Tx;
use crate::kernel::clock::{Time, ago};
use crate::kernel::error::{Error, Result};
use crate::kernel::ids::{AccountId, AuthorId};
use crate::listening::author::list::badge;
use crate::listening::author::{self, Author, network_label};
use crate::listening::segment::{self, Segment};
use crate::program::shown::crumbs;
use crate::ui::{
    Empty, FilterBar, Form, Help, Hidden, PageHead, Search, StateBadge, Submit, TextArea, Tone, count, param, query, refused_row,
};

/// Authors that a search shows.
const FOUND: i64 = 20;

/// What the page knows by id.
struct LinkNames {
    authors: HashMap<AuthorId, Author>,
    segments: HashMap<AuthorId, Option<Segment>>,
    accounts: HashMap<AccountId, String>,
}

impl LinkNames {
    async fn load(tx: &mut Tx, ids: &[AuthorId]) -> Result<Self> {
        let authors = author::store::list(tx, ids).await?.into_iter().map(|author| (author.id, author)).collect();
        let current = segment::store::list_current(tx, ids).await?;
        let segments = current.into_iter().filter_map(|found| Some((found.author_id?, found.segment))).collect();
        let accounts = account::store::list(tx).await?.into_iter().map(|account| (account.id, account.name)).collect();
        Ok(Self { authors, segments, accounts })
    }

    fn shown(&self, id: AuthorId) -> String {
        self.authors
            .get(&id)
            .map_or_else(|| "an erased author".to_owned(), |author| format!("{} on {}", author.shown(), network_label(&author.network)))
    }

    fn who(&self, id: Option<AccountId>) -> String {
        id.and_then(|id| self.accounts.get(&id).cloned()).unwrap_or_else(|| "the system".to_owned())
    }
}

/// `/authors/{id}/identity-links`.
pub fn identity_links() -> impl IntoView {
    let id = param::<AuthorId>("id");
    page("Identity links", Permission::SeeListening, move |cx| async move {
        let may_link = cx.actor.scope(Permission::LinkAuthors).is_some();
        let mut tx = cx.db.read().await?;
        let links = AuthorLinks::load(&mut tx, id?, may_link, cx.now).await?;
        let shown = links.author.shown();
        let author = format!("/authors/{}", links.author.id);
        let crumbs = crumbs(&mut tx, links.author.program_id, &[("/authors", "Authors"), (&author, &shown)]).await?;
        drop(tx);
        let sub = "Authors that are the same person. A link takes effect once it has been proposed and confirmed.";
        Ok(view! {
            <PageHead title=format!("Identity links of {shown}") sub crumbs/>
            {links.linked_card()}
            {links.waiting_card()}
            {may_link.then(|| view! { {links.suggestions_card()} {links.search_card()} })}
            {links.past()}
        }
        .into_any())
    })
}

/// What the page shows of one author.
struct AuthorLinks {
    author: Author,
    may_link: bool,
    now: Time,
    links: Vec<IdentityLink>,
    /// All linked authors, also through others.
    linked: Vec<AuthorId>,
    suggested: Vec<LinkSuggestion>,
    asked: Option<String>,
    found: Vec<AuthorId>,
    known: LinkNames,
}

impl AuthorLinks {
    async fn load(tx: &mut Tx, id: AuthorId, may_link: bool, now: Time) -> Result<Self> {
        let author = author::store::find(tx, id).await?.ok_or(Error::NotFound)?;
        let links = store::list_of(tx, id).await?;
        let linked = store::linked(tx, id).await?;
        let suggested = if may_link { suggest(tx, &author).await? } else { Vec::new() };
        let asked = query("q").filter(|words| may_link && !words.trim().is_empty());
        let found = match &asked {
            Some(words) => store::search(tx, author.program_id, words, id, FOUND).await?,
            None => Vec::new(),
        };
        let mut ids: Vec<AuthorId> =
            links.iter().map(|link| link.other(id)).chain(linked.iter().copied()).chain(found.iter().copied()).collect();
        ids.extend(suggested.iter().map(|one| one.author.id));
        ids.push(id);
        let known = LinkNames::load(tx, &ids).await?;
        Ok(Self { author, may_link, now, links, linked, suggested, asked, found, known })
    }

    fn in_state(&self, state: IdentityLinkState) -> impl Iterator<Item = &IdentityLink> {
        self.links.iter().filter(move |link| link.state == state)
    }

    fn linked_card(&self) -> impl IntoView + use<> {
        let Self { author, known, .. } = self;
        let holding: Vec<&IdentityLink> = self.in_state(IdentityLinkState::Confirmed).collect();
        let holds = holding.iter().map(|link| held(link, author.id, known, self.may_link, self.now)).collect_view();
        let through = self
            .linked
            .iter()
            .filter(|other| holding.iter().all(|link| link.other(author.id) != **other))
            .map(|other| view! { <li><a href=format!("/authors/{other}")>{known.shown(*other)}</a> " " <small class="dim">"through another author"</small></li> })
            .collect_view();
        view! {
            <section class="card pad stack" aria-labelledby="linked">
                <div class="row"><h2 id="linked">"Linked authors"</h2> <Help term="identity link"/></div>
                {self.linked.is_empty().then(|| view! { <p class="dim">"No linked authors."</p> })}
                <ul class="plain stack">{holds} {through}</ul>
            </section>
        }
    }

    fn waiting_card(&self) -> Option<impl IntoView + use<>> {
        let waiting: Vec<_> = self.in_state(IdentityLinkState::Proposed).enumerate().map(|(at, link)| waits(link, at == 0, self)).collect();
        (!waiting.is_empty()).then(|| {
            view! {
                <section class="card pad stack" aria-labelledby="waiting">
                    <h2 id="waiting">"To review"</h2>
                    <p class="dim">"Check the mentions of both authors, then confirm or reject. Both steps are recorded with names."</p>
                    <ul class="plain stack">{waiting}</ul>
                </section>
            }
        })
    }

    fn suggestions_card(&self) -> impl IntoView + use<> {
        let suggestions = self
            .suggested
            .iter()
            .map(|one| {
                let ground = match &one.ground {
                    LinkGround::Handle => "Same handle on another network.".to_owned(),
                    LinkGround::Name { country } => format!("Same name, and mentions from the same country ({country})."),
                };
                offer(&one.author, &self.known, Some(ground), false)
            })
            .collect_view();
        view! {
            <section class="card pad stack" aria-labelledby="suggested">
                <h2 id="suggested">"Suggestions"</h2>
                <p class="dim">"A shared handle or name is not proof. Check the mentions of both authors before you propose a link."</p>
                {self.suggested.is_empty().then(|| view! { <p>"No suggestions. No other author shares the handle, or the name and a country."</p> })}
                <ul class="plain stack">{suggestions}</ul>
            </section>
        }
    }

    fn search_card(&self) -> impl IntoView + use<> {
        let id = self.author.id;
        let open = self.links.iter().filter(|link| matches!(link.state, IdentityLinkState::Proposed | IdentityLinkState::Confirmed));
        let taken: Vec<AuthorId> = open.map(|link| link.other(id)).chain(self.linked.iter().copied()).collect();
        let nobody = self.asked.is_some() && self.found.is_empty();
        let results = self
            .found
            .iter()
            .filter_map(|found| self.known.authors.get(found))
            .map(|other| offer(other, &self.known, None, taken.contains(&other.id)))
            .collect_view();
        view! {
            <section class="card pad stack" aria-labelledby="search">
                <h2 id="search">"Find another author"</h2>
                <FilterBar><Search label="Handle or name"/></FilterBar>
                {nobody.then(|| view! { <Empty title="No matching authors" text="Enter the beginning of a handle or a part of the name."/> })}
                <ul class="plain stack">{results}</ul>
            </section>
        }
    }

    /// Rejected and removed links.
    fn past(&self) -> Option<impl IntoView + use<>> {
        let past: Vec<_> = self
            .links
            .iter()
            .filter(|link| matches!(link.state, IdentityLinkState::Refused | IdentityLinkState::Ended))
            .map(|link| view! { <li>{story(link, self.author.id, &self.known, self.now)}</li> })
            .collect();
        (!past.is_empty())
            .then(|| view! { <details class="more"><summary>"Rejected and removed links"</summary><ul class="stack">{past}</ul></details> })
    }
}

/// Who proposed and decided a link, and why.
fn story(link: &IdentityLink, id: AuthorId, known: &LinkNames, now: Time) -> impl IntoView + use<> {
    let mut lines = vec![format!("Proposed by {} {}: {}", known.who(link.proposed_by), ago(link.proposed_at, now), link.reason)];
    if let Some(at) = link.decided_at {
        let action = if link.state == IdentityLinkState::Refused { "Rejected" } else { "Confirmed" };
        let why = link.decided_reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
        lines.push(format!("{action} by {} {}{why}", known.who(link.decided_by), ago(at, now)));
    }
    if let Some(at) = link.ended_at {
        lines.push(format!("Removed by {} {}: {}", known.who(link.ended_by), ago(at, now), link.ended_reason.clone().unwrap_or_default()));
    }
    let other = link.other(id);
    let lines = lines.into_iter().map(|line| view! { <small class="dim block" dir="auto">{line}</small> }).collect_view();
    view! { <a href=format!("/authors/{other}") dir="auto">{known.shown(other)}</a> " " <StateBadge tone=tone(link.state) label=link.state.label()/> {lines} }
}

const fn tone(state: IdentityLinkState) -> Tone {
    match state {
        IdentityLinkState::Proposed => Tone::Warn,
        IdentityLinkState::Confirmed => Tone::Good,
        IdentityLinkState::Refused | IdentityLinkState::Ended => Tone::Plain,
    }
}

/// A proposed link. Confirming the `first` one is the page's main action.
fn waits(link: &IdentityLink, first: bool, links: &AuthorLinks) -> impl IntoView + use<> {
    let AuthorLinks { known, may_link, now, .. } = links;
    let id = links.author.id;
    let (key, other) = (link.id.to_string(), known.shown(link.other(id)));
    let second = may_link.then(|| {
        let label = format!("Reject link with {other}");
        let unfolded = refused_row("refuse", &key);
        view! {
            <div class="row wrap">
                <Form act="confirm" key=key.clone() class="inline"><Submit label=format!("Confirm link with {other}") main=first/></Form>
                <details class="confirm" open=unfolded>
                    <summary>"Reject"</summary>
                    <Form act="refuse" key=key><TextArea name="reason" label="Reason" rows=2/><Submit label=label/></Form>
                </details>
            </div>
        }
    });
    view! { <li class="stack">{story(link, id, known, *now)} {second}</li> }
}

fn held(link: &IdentityLink, id: AuthorId, known: &LinkNames, may_link: bool, now: Time) -> impl IntoView + use<> {
    let (key, other) = (link.id.to_string(), known.shown(link.other(id)));
    let back = may_link.then(|| {
        let label = format!("Remove link with {other}");
        let unfolded = refused_row("unlink", &key);
        view! {
            <details class="confirm" open=unfolded>
                <summary>"Remove link"</summary>
                <Form act="unlink" key=key>
                    <TextArea name="reason" label="Reason" rows=2 hint="Kept with the link. The authors are separate again."/>
                    <Submit label=label danger=true/>
                </Form>
            </details>
        }
    });
    view! { <li class="stack">{story(link, id, known, now)} {back}</li> }
}

/// An author that could be linked, with what is known of it.
fn offer(author: &Author, known: &LinkNames, ground: Option<String>, taken: bool) -> impl IntoView + use<> {
    let (id, shown) = (author.id.to_string(), known.shown(author.id));
    let name = author.name.clone().filter(|name| *name != author.handle).map(|name| format!("{name} · ")).unwrap_or_default();
    let about = format!("{name}{}", count(author.mentions, "mention", "mentions"));
    let segment = known.segments.get(&author.id).copied().flatten();
    let label = format!("Propose link with {shown}");
    let unfolded = refused_row("propose", &id);
    view! {
        <li class="stack">
            <div class="row wrap">
                <a href=format!("/authors/{id}")>{shown}</a> {segment.map(|segment| badge(Some(segment)))} <small class="dim">{about}</small>
            </div>
            {ground.map(|ground| view! { <small>{ground}</small> })}
            {if taken {
                view! { <small class="tag">"linked or proposed"</small> }.into_any()
            } else {
                view! {
                    <details class="confirm" open=unfolded>
                        <summary>"Propose link"</summary>
                        <Form act="propose" key=id.clone()>
                            <Hidden name="other" value=id/>
                            <TextArea name="reason" label="Reason" rows=2 hint="Evidence that both are the same person. Kept with the link."/>
                            <Submit label=label main=true/>
                        </Form>
                    </details>
                }
                .into_any()
            }}
        </li>
    }
}
