//! `/voices/{id}`: one voice, its posts, how it was assessed over time and why, and what a person can say against it.

use leptos::prelude::*;

use super::{Author, Standing, store};
use crate::account::Verb;
use crate::claim::page::Joint;
use crate::clock::{ago, long_date};
use crate::error::Error;
use crate::ids::AuthorId;
use crate::mention::list::reading_badge;
use crate::mention::{self, store::Search};
use crate::movement;
use crate::segment::list::{badge, percent};
use crate::segment::store::Who;
use crate::segment::{self, Assessment, Origin};
use crate::ui::{
    DefList, Empty, Form, Notice, PER_PAGE, PageHead, Pager, Select, Strip, Submit, TextArea, Tone, encoded, number, page, param, skipped,
    tried,
};

/// `/voices/{id}`.
pub fn voice() -> impl IntoView {
    let id = param::<AuthorId>("id");
    page("Voice", Verb::SeeListening, move |cx| async move {
        let id = id?;
        let may_assess = cx.actor.scope(Verb::Assess).is_some();
        let may_erase = cx.actor.scope(Verb::ManageAccounts).is_some();
        let mut tx = cx.db.read().await?;
        let voice = store::find(&mut tx, id).await?.ok_or(Error::NotFound)?;
        let history = segment::store::list_history(&mut tx, Who::Author(id)).await?;
        let joint = Joint::of(&mut tx, &voice).await?;
        let moved = movement::rules::told(&movement::store::list_of(&mut tx, id).await?);
        let wanted = Search { author: Some(id), ..Search::default() };
        let posts = mention::store::list(&mut tx, &wanted, PER_PAGE, skipped(voice.posts, PER_PAGE)).await?;
        let current = history.iter().find(|found| found.superseded_at.is_none()).cloned();
        let score = segment::store::find_score(&mut tx, voice.program_id, current.as_ref()).await?;
        let overruled = current.as_ref().is_some_and(segment::store::is_overruled);
        let neutral = voice.posts - voice.negative - voice.positive;
        let strip = vec![
            ("ranter", voice.negative, "negative".to_owned()),
            ("apathetic", neutral, "neutral or not counted".to_owned()),
            ("raver", voice.positive, "positive".to_owned()),
        ];
        let rows = posts
            .into_iter()
            .map(|listed| {
                let mention = listed.mention;
                let reading = reading_badge(&mention);
                let post = format!("/mentions/{}", mention.id);
                let sensitive = mention.sensitive.then(|| view! { <small>"Its subject never counts."</small> });
                let link = mention
                    .url
                    .clone()
                    .map(|url| view! { <small><a href=url rel="noopener noreferrer nofollow" target="_blank">"Original"</a></small> });
                view! {
                    <tr>
                        <td><span class="voice">{mention.text}</span> {sensitive} {link}</td>
                        <td data-label="Reading">{reading}</td>
                        <td data-label="Date"><a href=post>{long_date(mention.day)}</a></td>
                    </tr>
                }
            })
            .collect_view();
        let followers = match (voice.followers, voice.followers_at) {
            (Some(followers), Some(at)) => format!("{}, as of {}", number(followers), long_date(at.date_naive())),
            (Some(followers), None) => number(followers),
            (None, _) => "unknown".to_owned(),
        };
        let facts = vec![
            ("Name", voice.name.clone().unwrap_or_default()),
            ("Network", super::network_label(&voice.network)),
            ("Followers", followers),
            ("Reach of its posts", voice.reach.map_or_else(|| "unknown".to_owned(), number)),
            ("Likes, comments, shares", voice.engagement.map_or_else(|| "unknown".to_owned(), number)),
            ("Posts", number(voice.posts)),
            ("First post", voice.first_at.map(|at| long_date(at.date_naive())).unwrap_or_default()),
            ("Last post", voice.last_at.map(|at| long_date(at.date_naive())).unwrap_or_default()),
            ("With a link", number(voice.links)),
            ("With give-away words", number(voice.promotional)),
            ("Repeating an earlier post", number(voice.copies)),
            ("Most on one day", counted(voice.busiest_day)),
            ("Most within an hour", counted(voice.busiest_hour)),
            ("Most within a minute", counted(voice.busiest_minute)),
        ];
        let now = cx.now;
        let old = history.iter().filter(|found| found.superseded_at.is_some()).cloned().collect::<Vec<_>>();
        let none_before = old.is_empty();
        let old = old.into_iter().map(|found| view! { <li>{assessment(found, None, now)}</li> }).collect_view();
        Ok(view! {
            <PageHead title=voice.shown() crumbs=vec![("/voices".into(), "Voices".into())]>
                <a class="btn" href=format!("/voices/{id}/links")>"Links to other voices"</a>
            </PageHead>
            {aside(&voice)}
            <div class="side">
                <div class="stack">
                    {joint.show(id)}
                    <section class="card pad stack">
                        <h2>"How it is assessed"</h2>
                        {match current {
                            Some(current) => assessment(current, score, now).into_any(),
                            None => view! { <p class="dim">"Not assessed yet."</p> }.into_any(),
                        }}
                        {(!moved.is_empty()).then(|| view! { <p>"As the posts show: " {moved} "."</p> })}
                        <Strip parts=strip/>
                        {(!none_before).then(|| view! { <details class="more"><summary>"Earlier assessments"</summary><ul class="stack">{old}</ul></details> })}
                    </section>
                    <section class="card">
                        <table class="list">
                            <caption class="sr">"Posts of this voice"</caption>
                            <thead><tr><th scope="col">"Post"</th><th scope="col">"Reading"</th><th scope="col">"Date"</th></tr></thead>
                            <tbody>{rows}</tbody>
                        </table>
                    </section>
                    {(voice.posts == 0).then(|| view! { <Empty title="No posts are left" text="The import that brought them was undone, or their time has run out."/> })}
                    <Pager count=voice.posts one="post" many="posts" csv=format!("/mentions.csv?voice={id}")/>
                </div>
                <aside class="stack">
                    <section class="card pad"><DefList rows=facts/></section>
                    {may_assess.then(|| view! { {overrule(overruled)} {standing(&voice)} })}
                    {may_erase.then(|| {
                        let to = format!("/listen/objections?network={}&handle={}", encoded(&voice.network), encoded(&voice.handle));
                        view! { <p><a href=to>"This voice objects to being listened to"</a></p> }
                    })}
                </aside>
            </div>
        }
        .into_any())
    })
}

/// A number that is kept only from some posts on.
fn counted(value: i64) -> String {
    if value == 0 { String::new() } else { number(value) }
}

/// Segment, confidence and reasons of one assessment, and the score of the one in force.
fn assessment(found: Assessment, score: Option<f64>, now: crate::clock::Time) -> impl IntoView {
    let whence = match found.origin {
        Origin::Computed => "From the evidence",
        Origin::Overruled => "A person's decision",
    };
    let reasons = found.reasons.into_iter().map(|reason| view! { <li>{reason}</li> }).collect_view();
    view! {
        <div class="stack">
            <p class="row wrap">
                {badge(found.segment)}
                {score.map(|score| view! { <span>"Score " {format!("{score:.2}")}</span> })}
                <span>"Confidence " {percent(found.confidence)}</span>
                <span class="dim">{whence} ", " {long_date(found.at.date_naive())} " (" {ago(found.at, now)} ")"</span>
            </p>
            <ul>{reasons}</ul>
        </div>
    }
}

/// Says why a voice is set aside, or that it was brought back.
fn aside(voice: &Author) -> impl IntoView + use<> {
    let reason = voice.standing_reason.clone().unwrap_or_default();
    let words = match (voice.standing, voice.standing_by) {
        (Standing::Counted, None) => return None,
        (Standing::Counted, Some(_)) => format!("A person brought this voice back: {reason}"),
        (Standing::Own, _) => format!("Set aside as the organisation's own account. {reason}"),
        (Standing::Aside, _) => format!("A person set this voice aside: {reason}"),
        (kind, _) => format!("Set aside as a {}. {reason}", kind.label()),
    };
    let link = (voice.standing != Standing::Counted).then(|| {
        let to = format!("/listen/aside?kind={}", voice.standing.as_str());
        view! { " " <a href=to>"All of this kind, and the rules"</a> }
    });
    Some(view! { <Notice tone=Tone::Warn>{words} {link}</Notice> })
}

fn open(act: &str) -> bool {
    tried().is_some_and(|tried| tried.fields.text("act") == act)
}

fn overrule(overruled: bool) -> impl IntoView {
    let options =
        vec![("ranter".to_owned(), "Ranter".to_owned()), ("raver".to_owned(), "Raver".to_owned()), (String::new(), "Neither".to_owned())];
    view! {
        {overruled.then(|| view! {
            <section class="card pad">
                <Form act="lift">
                    <p>"A person's decision is in force. Lifting it lets the evidence decide again."</p>
                    <Submit label="Lift the decision"/>
                </Form>
            </section>
        })}
        <details class="card pad" open=open("overrule")>
            <summary>"Overrule the assessment"</summary>
            <Form act="overrule">
                <Select name="segment" label="This voice is" options/>
                <TextArea name="reason" label="Reason" hint="Kept with the assessment; shown wherever it is used."/>
                <Submit label="Overrule" main=true/>
            </Form>
        </details>
    }
}

fn standing(voice: &Author) -> impl IntoView + use<> {
    let (act, title, hint) = if voice.standing == Standing::Counted {
        ("set_aside", "Set this voice aside", "It stays visible, is in no ranking and on no shortlist.")
    } else {
        ("bring_back", "Bring this voice back", "It counts again; no rule sets it aside a second time.")
    };
    view! {
        <details class="card pad" open=open(act)>
            <summary>{title}</summary>
            <Form act=act>
                <TextArea name="reason" label="Reason" hint=hint/>
                <Submit label=title/>
            </Form>
        </details>
    }
}
