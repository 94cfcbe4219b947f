//! `/nominate`: asking for a link with a company address. `/nominate/mine`: “I heard this”, and what became of it; on a phone,
//! without a script.

use leptos::prelude::*;

use super::list::{badge, place};
use super::rules::PLACES;
use super::{Endorsement, Nomination, NominationKind, NominationState, act, store};
use crate::access::account::Permission;
use crate::access::page::{PageContext, page, public_page};
use crate::casework::triage::case::is_web;
use crate::kernel::clock::{Time, ago};
use crate::listening::mention;
use crate::program::Program;
use crate::ui::{Empty, Field, Form, Hidden, Notice, Select, Submit, TextArea, Tone, refused};

/// One's own nominations that the page lists.
const MAX_SHOWN: i64 = 100;

/// `/nominate`.
pub fn nominate() -> impl IntoView {
    public_page("I heard this", |cx: PageContext| async move {
        let mut tx = cx.db.read().await?;
        let open = !store::list_settings(&mut tx).await?.is_empty();
        let inside = cx.actor.scope(Permission::Nominate).is_some();
        let ask = match open {
            true => view! {
                <Form act="ask" class="card pad stack">
                    <Field name="email" label="Your company email address" kind="email" autocomplete="email"/>
                    <Submit label="Email me a link" main=true/>
                    <small>"We use it to send you the link and to tell you what became of what you nominate. Nothing else."</small>
                </Form>
            }
            .into_any(),
            false => view! { <Notice tone=Tone::Warn><p>{act::CLOSED}</p></Notice> }.into_any(),
        };
        Ok(view! {
            <section class="narrow stack">
                <h1>"I heard this"</h1>
                <p>
                    "You saw a mention that deserves an answer, or know somebody whom we should ask? Everybody who works here can say so, without an account. \
                     You get a personal link by email."
                </p>
                {inside.then(|| view! { <p><a class="btn btn-1" href="/nominate/mine">"Go on to your nominations"</a></p> })}
                {ask}
            </section>
        })
    })
}

/// `/nominate/mine`.
pub fn mine() -> impl IntoView {
    page("I heard this", Permission::Nominate, |cx: PageContext| async move {
        let mut tx = cx.db.read().await?;
        let me = act::me(&mut tx, &cx.actor).await?;
        let programs = act::list_programs(&mut tx, &me).await?;
        let own = store::list_own(&mut tx, me.id, MAX_SHOWN).await?;
        let mut rows = Vec::new();
        for (endorsement, nomination) in own {
            let words = match nomination.mention_id {
                Some(id) => mention::store::find(&mut tx, id).await?.map(|mention| mention.text),
                None => nomination.text.clone(),
            };
            rows.push(row(&endorsement, &nomination, words, cx.now));
        }
        let none = rows.is_empty();
        let forms = if programs.is_empty() {
            view! { <Notice tone=Tone::Warn><p>"Nominations from your address are closed at the moment. What you nominated before is below."</p></Notice> }.into_any()
        } else {
            forms(&programs).into_any()
        };
        Ok(view! {
            <div class="narrow stack-l">
                <header class="stack">
                    <h1>"I heard this"</h1>
                    <p class="dim">{me.email}</p>
                </header>
                {forms}
                <section class="stack">
                    <h2>"What you nominated"</h2>
                    {none.then(|| view! { <Empty title="Nothing yet" text="What you nominate stands here, and what became of it. You also get an email."/> })}
                    {(!none).then(|| view! { <ul class="plain stack">{rows}</ul> })}
                </section>
            </div>
        })
    })
}

fn forms(programs: &[Program]) -> impl IntoView + use<> {
    let person = refused("person");
    let places: Vec<(String, String)> = std::iter::once((String::new(), "Choose".to_owned()))
        .chain(PLACES.iter().map(|(word, label)| ((*word).to_owned(), (*label).to_owned())))
        .collect();
    let (first, second) = (whose(programs), whose(programs));
    view! {
        <section class="card pad stack">
            <h2>"A post"</h2>
            <Form act="post" class="stack">
                {first}
                <Field name="link" label="Link to the post" kind="url" hint="As your browser or app shares it."/>
                <TextArea name="text" label="Or its text" hint="Where there is no link: what was said, word for word." rows=3 serif=true/>
                <TextArea name="why" label="Why it matters" hint="Optional." rows=2/>
                <Submit label="Nominate this post" main=true/>
            </Form>
        </section>
        <details class="card pad" open=person>
            <summary>"A person"</summary>
            <Form act="person" class="stack">
                {second}
                <Field name="who" label="Who" hint="A name, a handle, or the address of their profile."/>
                <Select name="place" label="Where they speak" options=places/>
                <TextArea name="why" label="Why we should ask them" rows=3/>
                <Field name="reach" label="How to reach them" hint="Optional, and only what they would be fine with."/>
                <Submit label="Nominate this person" main=true/>
            </Form>
        </details>
    }
}

/// For which program: said only where there are several.
fn whose(programs: &[Program]) -> AnyView {
    match programs {
        [one] => view! { <Hidden name="program" value=one.id.to_string()/> }.into_any(),
        many => {
            let options = many.iter().map(|program| (program.id.to_string(), program.charter.name.clone())).collect();
            view! { <Select name="program" label="For" options/> }.into_any()
        }
    }
}

fn row(endorsement: &Endorsement, nomination: &Nomination, words: Option<String>, now: Time) -> AnyView {
    let what = match (nomination.kind, words) {
        (NominationKind::Post, Some(text)) => view! { <p class="quote">{text}</p> }.into_any(),
        (NominationKind::Post, None) => view! { <p>{nomination.url.clone()}</p> }.into_any(),
        (NominationKind::Person, _) => view! {
            <p><strong>{nomination.person.clone()}</strong> " " <small>{place(nomination.network.as_deref().unwrap_or_default())}</small></p>
        }
        .into_any(),
    };
    let reason = nomination.reason.clone().unwrap_or_default();
    let became = match nomination.state {
        NominationState::New => "Somebody will look at it. You get an email.".to_owned(),
        NominationState::Accepted => "Somebody looks after it.".to_owned(),
        NominationState::Answered => "It has a public answer.".to_owned(),
        NominationState::Closed => format!("It was closed without a public answer: {reason}"),
        NominationState::Declined => format!("It was declined: {reason}"),
    };
    let answer = nomination.answer_url.clone().filter(|url| is_web(url));
    let answer = answer.map(|url| view! { " " <a href=url rel="noopener noreferrer nofollow" target="_blank">"Read the answer"</a> });
    view! {
        <li class="card pad stack">
            <p class="row wrap">{badge(nomination.state)} <small>{ago(endorsement.at, now)}</small></p>
            {what}
            <p>{became} {answer}</p>
        </li>
    }
    .into_any()
}
