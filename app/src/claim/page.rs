//! `/voices/{id}/links`: with whom a voice is one person, what waits for a second look, and who may be suggested.

use std::collections::HashMap;

use leptos::prelude::*;

use super::act::suggest;
use super::{Claim, Ground, State, store};
use crate::account::{self, Verb};
use crate::author::{self, Author, Standing, network_label};
use crate::clock::{Time, ago};
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::ids::{AccountId, AuthorId};
use crate::segment::list::badge;
use crate::segment::{self, Segment};
use crate::ui::{
    Empty, FilterBar, Form, Hidden, Notice, PageHead, StateBadge, Submit, TextArea, Tone, count, number, page, param, query, tried,
};

/// Voices that a search shows.
const FOUND: i64 = 20;

/// What the page knows by id.
struct Known {
    voices: HashMap<AuthorId, Author>,
    segments: HashMap<AuthorId, Option<Segment>>,
    accounts: HashMap<AccountId, String>,
}

impl Known {
    async fn load(tx: &mut Tx, ids: &[AuthorId]) -> Result<Self> {
        let voices = author::store::list(tx, ids).await?.into_iter().map(|voice| (voice.id, voice)).collect();
        let current = segment::store::list_current(tx, ids).await?;
        let segments = current.into_iter().filter_map(|found| Some((found.author_id?, found.segment))).collect();
        let accounts = account::store::list(tx).await?.into_iter().map(|account| (account.id, account.name)).collect();
        Ok(Self { voices, segments, accounts })
    }

    fn shown(&self, id: AuthorId) -> String {
        self.voices
            .get(&id)
            .map_or_else(|| "an erased voice".to_owned(), |voice| format!("{} on {}", voice.shown(), network_label(&voice.network)))
    }

    fn who(&self, id: Option<AccountId>) -> String {
        id.and_then(|id| self.accounts.get(&id).cloned()).unwrap_or_else(|| "the system".to_owned())
    }
}

/// `/voices/{id}/links`.
pub fn links() -> impl IntoView {
    let id = param::<AuthorId>("id");
    page("Links of a voice", Verb::SeeListening, move |cx| async move {
        let id = id?;
        let may_link = cx.actor.scope(Verb::LinkVoices).is_some();
        let mut tx = cx.db.read().await?;
        let voice = author::store::find(&mut tx, id).await?.ok_or(Error::NotFound)?;
        let claims = store::list_of(&mut tx, id).await?;
        let linked = store::linked(&mut tx, id).await?;
        let suggested = if may_link { suggest(&mut tx, &voice).await? } else { Vec::new() };
        let asked = query("q").filter(|words| may_link && !words.trim().is_empty());
        let found = match &asked {
            Some(words) => store::search(&mut tx, voice.program_id, words, id, FOUND).await?,
            None => Vec::new(),
        };
        let mut ids: Vec<AuthorId> =
            claims.iter().map(|claim| claim.other(id)).chain(linked.iter().copied()).chain(found.iter().copied()).collect();
        ids.extend(suggested.iter().map(|one| one.voice.id));
        ids.push(id);
        let known = Known::load(&mut tx, &ids).await?;
        drop(tx);

        let shown = voice.shown();
        let crumbs = vec![("/voices".to_owned(), "Voices".to_owned()), (format!("/voices/{id}"), shown.clone())];
        let sub = "Voices that are one person. Nothing is linked by itself: a link is proposed, then looked at a second time.";
        let now = cx.now;
        let waiting = claims
            .iter()
            .filter(|claim| claim.state == State::Proposed)
            .map(|claim| waits(claim, id, &known, may_link, now))
            .collect_view();
        let holding: Vec<&Claim> = claims.iter().filter(|claim| claim.state == State::Confirmed).collect();
        let through: Vec<AuthorId> = linked.iter().copied().filter(|other| holding.iter().all(|claim| claim.other(id) != *other)).collect();
        let holds = holding.iter().map(|claim| held(claim, id, &known, may_link, now)).collect_view();
        let through = through
            .into_iter()
            .map(|other| view! { <li><a href=format!("/voices/{other}")>{known.shown(other)}</a> " " <small class="dim">"through another link"</small></li> })
            .collect_view();
        let past: Vec<&Claim> = claims.iter().filter(|claim| matches!(claim.state, State::Refused | State::Ended)).collect();
        let none_past = past.is_empty();
        let past = past.into_iter().map(|claim| view! { <li>{story(claim, id, &known, now)}</li> }).collect_view();
        let none_waiting = claims.iter().all(|claim| claim.state != State::Proposed);
        let none_linked = linked.is_empty();
        let taken: Vec<AuthorId> = claims
            .iter()
            .filter(|claim| matches!(claim.state, State::Proposed | State::Confirmed))
            .map(|claim| claim.other(id))
            .chain(linked)
            .collect();
        let none_suggested = suggested.is_empty();
        let suggestions = suggested
            .into_iter()
            .map(|one| {
                let ground = match one.ground {
                    Ground::Handle => "The same handle on another network.".to_owned(),
                    Ground::Name { country } => format!("The same name, and posts from the same country ({country})."),
                };
                offer(&one.voice, &known, Some(ground), false)
            })
            .collect_view();
        let nobody = found.is_empty();
        let results = found
            .iter()
            .filter_map(|found| known.voices.get(found))
            .map(|other| offer(other, &known, None, taken.contains(&other.id)))
            .collect_view();
        Ok(view! {
            <PageHead title=format!("Links of {shown}") sub crumbs/>
            <section class="card pad stack" aria-labelledby="linked">
                <h2 id="linked">"Linked"</h2>
                {none_linked.then(|| view! { <p class="dim">"This voice is linked to no other."</p> })}
                <ul class="plain stack">{holds} {through}</ul>
            </section>
            {(!none_waiting).then(|| view! {
                <section class="card pad stack" aria-labelledby="waiting">
                    <h2 id="waiting">"Waiting for a second look"</h2>
                    <p class="dim">"Whoever proposed a link may confirm it too; both steps are kept with their names."</p>
                    <ul class="plain stack">{waiting}</ul>
                </section>
            })}
            {may_link.then(|| view! {
                <section class="card pad stack" aria-labelledby="suggested">
                    <h2 id="suggested">"Suggestions"</h2>
                    <p class="dim">"A handle or a name that occurs twice is no proof: look at the posts of both before you propose."</p>
                    {none_suggested.then(|| view! { <p>"No further voice has this handle on another network, or this name and a country in common."</p> })}
                    <ul class="plain stack">{suggestions}</ul>
                </section>
                <section class="card pad stack" aria-labelledby="search">
                    <h2 id="search">"Look for another voice"</h2>
                    <FilterBar><crate::ui::Search label="Handle or name"/></FilterBar>
                    {(asked.is_some() && nobody).then(|| view! { <Empty title="No voice fits" text="Try the beginning of a handle or a part of the name."/> })}
                    <ul class="plain stack">{results}</ul>
                </section>
            })}
            {(!none_past).then(|| view! { <details class="more"><summary>"Refused or taken back"</summary><ul class="stack">{past}</ul></details> })}
        }
        .into_any())
    })
}

/// Who proposed and decided a claim, and why.
fn story(claim: &Claim, id: AuthorId, known: &Known, now: Time) -> impl IntoView + use<> {
    let mut lines = vec![format!("Proposed by {} {}: {}", known.who(claim.proposed_by), ago(claim.proposed_at, now), claim.reason)];
    if let Some(at) = claim.decided_at {
        let verb = if claim.state == State::Refused { "Refused" } else { "Confirmed" };
        let why = claim.decided_reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
        lines.push(format!("{verb} by {} {}{why}", known.who(claim.decided_by), ago(at, now)));
    }
    if let Some(at) = claim.ended_at {
        lines.push(format!(
            "Taken back by {} {}: {}",
            known.who(claim.ended_by),
            ago(at, now),
            claim.ended_reason.clone().unwrap_or_default()
        ));
    }
    let other = claim.other(id);
    let lines = lines.into_iter().map(|line| view! { <small class="dim block">{line}</small> }).collect_view();
    view! { <a href=format!("/voices/{other}")>{known.shown(other)}</a> " " <StateBadge tone=tone(claim.state) label=claim.state.label()/> {lines} }
}

const fn tone(state: State) -> Tone {
    match state {
        State::Proposed => Tone::Warn,
        State::Confirmed => Tone::Good,
        State::Refused | State::Ended => Tone::Plain,
    }
}

fn waits(claim: &Claim, id: AuthorId, known: &Known, may_link: bool, now: Time) -> impl IntoView + use<> {
    let (key, other) = (claim.id.to_string(), known.shown(claim.other(id)));
    let second = may_link.then(|| {
        let label = format!("Not one person: {other}");
        let unfolded = open("refuse", &key);
        view! {
            <div class="row wrap">
                <Form act="confirm" key=key.clone() class="inline"><Submit label=format!("Confirm {other}") main=true/></Form>
                <details class="confirm" open=unfolded>
                    <summary>"Refuse"</summary>
                    <Form act="refuse" key=key><TextArea name="reason" label="Reason" rows=2/><Submit label=label/></Form>
                </details>
            </div>
        }
    });
    view! { <li class="stack">{story(claim, id, known, now)} {second}</li> }
}

fn held(claim: &Claim, id: AuthorId, known: &Known, may_link: bool, now: Time) -> impl IntoView + use<> {
    let (key, other) = (claim.id.to_string(), known.shown(claim.other(id)));
    let back = may_link.then(|| {
        let label = format!("Unlink {other}");
        let unfolded = open("unlink", &key);
        view! {
            <details class="confirm" open=unfolded>
                <summary>"Take back"</summary>
                <Form act="unlink" key=key>
                    <TextArea name="reason" label="Reason" rows=2 hint="Kept with the link. The voices stand alone again."/>
                    <Submit label=label danger=true/>
                </Form>
            </details>
        }
    });
    view! { <li class="stack">{story(claim, id, known, now)} {back}</li> }
}

/// Whether this form was sent and refused: it is not folded away then.
fn open(act: &str, key: &str) -> bool {
    tried().is_some_and(|tried| tried.fields.text("act") == act && tried.fields.text("key") == key)
}

/// A voice that could be linked, with what is known of it.
fn offer(voice: &Author, known: &Known, ground: Option<String>, taken: bool) -> impl IntoView + use<> {
    let (id, shown) = (voice.id.to_string(), known.shown(voice.id));
    let name = voice.name.clone().filter(|name| *name != voice.handle).map(|name| format!("{name} · ")).unwrap_or_default();
    let about = format!("{name}{}", count(voice.posts, "post", "posts"));
    let segment = known.segments.get(&voice.id).copied().flatten();
    let label = format!("Propose {shown}");
    let unfolded = open("propose", &id);
    view! {
        <li class="stack">
            <div class="row wrap">
                <a href=format!("/voices/{id}")>{shown}</a> {segment.map(|segment| badge(Some(segment)))} <small class="dim">{about}</small>
            </div>
            {ground.map(|ground| view! { <small>{ground}</small> })}
            {if taken {
                view! { <small class="tag">"linked or proposed"</small> }.into_any()
            } else {
                view! {
                    <details class="confirm" open=unfolded>
                        <summary>"Propose as one person"</summary>
                        <Form act="propose" key=id.clone()>
                            <Hidden name="other" value=id/>
                            <TextArea name="reason" label="Reason" rows=2 hint="What shows that both are one person. Kept with the link."/>
                            <Submit label=label main=true/>
                        </Form>
                    </details>
                }
                .into_any()
            }}
        </li>
    }
}

/// What a voice's own page says of its links.
pub struct Joint {
    /// The voice and those linked to it, the loudest first; empty where there are none.
    voices: Vec<(Author, Option<Segment>)>,
    waiting: usize,
}

impl Joint {
    /// Everybody who is one person with this voice.
    ///
    /// # Errors
    /// What the database says.
    pub async fn of(tx: &mut Tx, voice: &Author) -> Result<Self> {
        let waiting = store::list_of(tx, voice.id).await?.iter().filter(|claim| claim.state == State::Proposed).count();
        let mut ids = store::linked(tx, voice.id).await?;
        if ids.is_empty() {
            return Ok(Self { voices: Vec::new(), waiting });
        }
        ids.push(voice.id);
        let segments = segment::store::list_current(tx, &ids).await?;
        let of = |id: AuthorId| segments.iter().find(|found| found.author_id == Some(id)).and_then(|found| found.segment);
        let mut voices: Vec<_> =
            author::store::list(tx, &ids).await?.into_iter().map(|voice| (of(voice.id), voice)).map(|(s, v)| (v, s)).collect();
        voices.sort_by_key(|(voice, _)| (std::cmp::Reverse(voice.posts), voice.id));
        Ok(Self { voices, waiting })
    }

    /// The joint picture, and the way to the links.
    pub fn show(self, id: AuthorId) -> impl IntoView + use<> {
        let Self { voices, waiting } = self;
        let to = format!("/voices/{id}/links");
        let waits = (waiting > 0).then(|| {
            let words = if waiting == 1 {
                "One link waits for a second look. ".to_owned()
            } else {
                format!("{waiting} links wait for a second look. ")
            };
            view! { <Notice tone=Tone::Warn>{words} <a href=to.clone()>"Look at it"</a></Notice> }
        });
        let joint = (!voices.is_empty()).then(|| {
            let sum = |part: fn(&Author) -> i64| number(voices.iter().map(|(voice, _)| part(voice)).sum());
            let (posts, negative, positive) = (sum(|voice| voice.posts), sum(|voice| voice.negative), sum(|voice| voice.positive));
            let rows = voices
                .iter()
                .map(|(voice, segment)| {
                    let here = voice.id == id;
                    let aside = (voice.standing != Standing::Counted)
                        .then(|| view! { " " <StateBadge tone=Tone::Warn label=voice.standing.label()/> });
                    let shown = voice.shown();
                    let name = if here {
                        view! { <strong>{shown}</strong> }.into_any()
                    } else {
                        view! { <a href=format!("/voices/{}", voice.id)>{shown}</a> }.into_any()
                    };
                    view! {
                        <tr>
                            <td>{name} " " <small>{network_label(&voice.network)}</small> {aside}</td>
                            <td data-label="Segment">{badge(*segment)}</td>
                            <td data-label="Posts" class="n"><a href=format!("/mentions?voice={}", voice.id)>{number(voice.posts)}</a></td>
                            <td data-label="Negative" class="n">{number(voice.negative)}</td>
                            <td data-label="Positive" class="n">{number(voice.positive)}</td>
                        </tr>
                    }
                })
                .collect_view();
            view! {
                <section class="card" aria-label="One person">
                    <table class="list">
                        <caption class="pad">"One person, by confirmed links. Each voice keeps its own assessment."</caption>
                        <thead>
                            <tr>
                                <th scope="col">"Voice"</th>
                                <th scope="col">"Segment"</th>
                                <th scope="col" class="n">"Posts"</th>
                                <th scope="col" class="n">"Negative"</th>
                                <th scope="col" class="n">"Positive"</th>
                            </tr>
                        </thead>
                        <tbody>{rows}</tbody>
                        <tfoot>
                            <tr>
                                <th scope="row">"Together"</th>
                                <td></td>
                                <td data-label="Posts" class="n">{posts}</td>
                                <td data-label="Negative" class="n">{negative}</td>
                                <td data-label="Positive" class="n">{positive}</td>
                            </tr>
                        </tfoot>
                    </table>
                </section>
            }
        });
        view! { {waits} {joint} }
    }
}
