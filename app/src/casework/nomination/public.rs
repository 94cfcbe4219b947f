//! `/nominate`: requesting a link with a company address. `/nominate/mine`: nominating, and the results; on a phone, without a script.

use leptos::prelude::*;

use super::list::{place, tone};
use super::rules::{ELSEWHERE, PLACES};
use super::{Endorsement, Nomination, NominationKind, NominationState, act, store};
use crate::access::account::Permission;
use crate::access::page::{PageContext, page, public_page};
use crate::casework::triage::case::is_web;
use crate::kernel::clock::Time;
use crate::kernel::locale::Locale;
use crate::listening::mention;
use crate::program::Program;
use crate::t;
use crate::ui::{Empty, Field, Form, Hidden, Notice, Select, StateBadge, Submit, TextArea, Tone, locale, refused};

/// One's own nominations that the page lists.
const MAX_SHOWN: i64 = 100;

/// `/nominate`.
pub fn nominate() -> impl IntoView {
    public_page(t!(locale(), "nominate-page"), |cx: PageContext| async move {
        let locale = cx.locale;
        let mut tx = cx.db.read().await?;
        let open = !store::list_settings(&mut tx).await?.is_empty();
        let inside = cx.actor.scope(Permission::Nominate).is_some();
        let ask = match open {
            true => view! {
                <Form act="ask" class="card pad stack">
                    <Field name="email" label=t!(locale, "nominate-email") kind="email" autocomplete="email"/>
                    <Submit label=t!(locale, "nominate-email-me") main=true/>
                    <small>{t!(locale, "nominate-email-use")}</small>
                </Form>
            }
            .into_any(),
            false => view! { <Notice tone=Tone::Warn><p>{t!(locale, "error-nominations-closed")}</p></Notice> }.into_any(),
        };
        Ok(view! {
            <section class="narrow stack">
                <h1>{t!(locale, "nominate-title")}</h1>
                <p>{t!(locale, "nominate-intro")}</p>
                {inside.then(|| view! { <p><a class="btn" href="/nominate/mine">{t!(locale, "nominate-continue")}</a></p> })}
                {ask}
            </section>
        })
    })
}

/// `/nominate/mine`.
pub fn mine() -> impl IntoView {
    page(t!(locale(), "nominations-title"), Permission::Nominate, |cx: PageContext| async move {
        let locale = cx.locale;
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
            rows.push(row(locale, &endorsement, &nomination, words, cx.now));
        }
        let none = rows.is_empty();
        let forms = if programs.is_empty() {
            view! { <Notice tone=Tone::Warn><p>{t!(locale, "nominations-closed")}</p></Notice> }.into_any()
        } else {
            forms(locale, &programs).into_any()
        };
        Ok(view! {
            <div class="narrow stack-l">
                <header class="stack">
                    <h1>{t!(locale, "nominations-title")}</h1>
                    <p class="dim">{me.email}</p>
                </header>
                {forms}
                <section class="stack">
                    <h2>{t!(locale, "nominations-sent")}</h2>
                    {none.then(|| view! { <Empty title=t!(locale, "nominations-none") text=t!(locale, "nominations-none-text")/> })}
                    {(!none).then(|| view! { <ul class="plain stack">{rows}</ul> })}
                </section>
            </div>
        })
    })
}

fn forms(locale: Locale, programs: &[Program]) -> impl IntoView + use<> {
    let person = refused("person");
    let places: Vec<(String, String)> = std::iter::once((String::new(), t!(locale, "nominate-choose")))
        .chain(PLACES.iter().map(|(word, label)| ((*word).to_owned(), place_label(locale, word, label))))
        .collect();
    let (first, second) = (whose(locale, programs), whose(locale, programs));
    view! {
        <section class="card pad stack">
            <h2>{t!(locale, "nominate-post")}</h2>
            <Form act="post" class="stack">
                {first}
                <Field name="link" label=t!(locale, "nominate-post-link") kind="url" hint=t!(locale, "nominate-post-link-hint")/>
                <TextArea name="text" label=t!(locale, "nominate-post-text") hint=t!(locale, "nominate-post-text-hint") rows=3 serif=true/>
                <TextArea name="why" label=t!(locale, "nominate-post-why") rows=2/>
                <Submit label=t!(locale, "nominate-post-send") main=true/>
            </Form>
        </section>
        <details class="card pad" open=person>
            <summary>{t!(locale, "nominate-person")}</summary>
            <Form act="person" class="stack">
                {second}
                <Field name="who" label=t!(locale, "nominate-person-who") hint=t!(locale, "nominate-person-who-hint")/>
                <Select name="place" label=t!(locale, "nominate-person-place") options=places/>
                <TextArea name="why" label=t!(locale, "nominate-person-why") rows=3/>
                <Field name="reach" label=t!(locale, "nominate-person-reach") hint=t!(locale, "nominate-person-reach-hint")/>
                <Submit label=t!(locale, "nominate-person-send") main=true/>
            </Form>
        </details>
    }
}

/// A network's name is the same everywhere; the other places are words.
fn place_label(locale: Locale, word: &str, name: &str) -> String {
    match word {
        "forum" => t!(locale, "nominate-place-forum"),
        "blog" => t!(locale, "nominate-place-blog"),
        "news" => t!(locale, "nominate-place-news"),
        ELSEWHERE => t!(locale, "nominate-place-elsewhere"),
        _ => name.to_owned(),
    }
}

/// For which program: asked only where there are several.
fn whose(locale: Locale, programs: &[Program]) -> AnyView {
    match programs {
        [one] => view! { <Hidden name="program" value=one.id.to_string()/> }.into_any(),
        many => {
            let options = many.iter().map(|program| (program.id.to_string(), program.charter.name.clone())).collect();
            view! { <Select name="program" label=t!(locale, "nominate-program") options/> }.into_any()
        }
    }
}

fn row(locale: Locale, endorsement: &Endorsement, nomination: &Nomination, words: Option<String>, now: Time) -> AnyView {
    let what = match (nomination.kind, words) {
        (NominationKind::Post, Some(text)) => view! { <p class="quote" dir="auto">{text}</p> }.into_any(),
        (NominationKind::Post, None) => view! { <p>{nomination.url.clone()}</p> }.into_any(),
        (NominationKind::Person, _) => view! {
            <p><strong dir="auto">{nomination.person.clone()}</strong> " " <small>{place(nomination.network.as_deref().unwrap_or_default())}</small></p>
        }
        .into_any(),
    };
    let reason = nomination.reason.clone().unwrap_or_default();
    let (status, result) = match nomination.state {
        NominationState::New => (t!(locale, "nominated-new"), t!(locale, "nominated-new-text")),
        NominationState::Accepted => (t!(locale, "nominated-accepted"), t!(locale, "nominated-accepted-text")),
        NominationState::Answered => (t!(locale, "nominated-answered"), t!(locale, "nominated-answered-text")),
        NominationState::Closed => (t!(locale, "nominated-closed"), t!(locale, "nominated-closed-text", reason = reason)),
        NominationState::Declined => (t!(locale, "nominated-declined"), t!(locale, "nominated-declined-text", reason = reason)),
    };
    let day = endorsement.at.date_naive();
    let when = match day == now.date_naive() {
        true => t!(locale, "nominated-today"),
        false => t!(locale, "nominated-on", date = locale.short_date(day, now.date_naive())),
    };
    let answer = nomination.answer_url.clone().filter(|url| is_web(url));
    let answer = answer.map(|url| {
        view! { " " <a href=url rel="noopener noreferrer nofollow" target="_blank">{t!(locale, "nominated-read")}</a> }
    });
    view! {
        <li class="card pad stack">
            <p class="row wrap"><StateBadge tone=tone(nomination.state) label=status/> <small>{when}</small></p>
            {what}
            <p dir="auto">{result} {answer}</p>
        </li>
    }
    .into_any()
}
