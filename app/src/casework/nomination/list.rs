//! `/listen/nominations`: what employees nominated, the decisions, and who may nominate. Also as CSV.

use std::collections::HashMap;

use chrono_tz::Tz;
use leptos::prelude::*;

use super::rules::{ELSEWHERE, PLACES};
use super::{Endorsement, Nomination, NominationKind, NominationSetting, NominationState, store};
use crate::access::account::Permission;
use crate::access::page::{PageContext, page};
use crate::casework::triage;
use crate::casework::triage::{case::is_web, rules::clock};
use crate::db::Tx;
use crate::kernel::clock::{Time, ago, csv_time, local_day};
use crate::kernel::error::Result;
use crate::kernel::export;
use crate::kernel::ids::{NominationId, ProgramId};
use crate::listening::author::network_label;
use crate::program::day::{self, PanelDay};
use crate::program::shown::{no_program, program_shown};
use crate::ui::form::ErrorSummary;
use crate::ui::{
    DefList, Empty, Field, Form, Hidden, Notice, PER_PAGE, PageHead, Pager, RowMenu, Select, StateBadge, Submit, Tabs, TextArea, Tone,
    capital, count, queries, query, refused, refused_row, skipped, tried, with_query,
};

/// Most nominations in one CSV file.
const MAX_CSV_ROWS: i64 = 10_000;

pub fn read_state(get: impl Fn(&str) -> Option<String>) -> NominationState {
    get("state").and_then(|word| word.parse().ok()).unwrap_or(NominationState::New)
}

pub(super) const fn tone(state: NominationState) -> Tone {
    match state {
        NominationState::New => Tone::Warn,
        NominationState::Accepted => Tone::Live,
        NominationState::Answered => Tone::Good,
        NominationState::Closed | NominationState::Declined => Tone::Plain,
    }
}

/// The state in colour and word.
fn badge(state: NominationState) -> impl IntoView {
    view! { <StateBadge tone=tone(state) label=state.label()/> }
}

/// Where a person speaks, as people write it.
pub(super) fn place(network: &str) -> String {
    match PLACES.iter().find(|(word, _)| *word == network) {
        Some((ELSEWHERE, _)) => "elsewhere".to_owned(),
        Some((_, label)) => (*label).to_owned(),
        None => network_label(network),
    }
}

/// A nomination with what its card shows besides.
struct NominationCard {
    nomination: Nomination,
    endorsements: Vec<Endorsement>,
    /// The words of the mention, where it is ours, and its case.
    ours: Option<(String, Option<triage::Case>)>,
}

/// `/listen/nominations`.
pub fn nominations() -> impl IntoView {
    page("Nominations", Permission::SeeNominations, |cx: PageContext| async move {
        let mut tx = cx.db.read().await?;
        let sub = "Mentions and people nominated by employees, who get an email about each decision.";
        let head = view! { <PageHead title="Nominations" sub crumbs=vec![("/listen/triage".into(), "Triage".into())]/> };
        let Some(program) = program_shown(&mut tx).await? else {
            return Ok(view! { {head} {no_program()} }.into_any());
        };
        let setting = store::find_setting(&mut tx, program.id).await?;
        let wanted = read_state(query);
        let counts: HashMap<NominationState, i64> = store::count(&mut tx, Some(program.id)).await?.into_iter().collect();
        let total = counts.get(&wanted).copied().unwrap_or_default();
        let found = store::list(&mut tx, program.id, wanted, PER_PAGE, skipped(total, PER_PAGE)).await?;
        let cards = cards(&mut tx, found).await?;
        let days = days(&mut tx, program.id, cx.now).await?;
        let may = cx.actor.scope(Permission::DecideNominations).is_some();
        let tabs = NominationState::ALL
            .iter()
            .map(|state| {
                (with_query("state", state.as_str()), capital(state.label()), Some(counts.get(state).copied().unwrap_or_default()))
            })
            .collect();
        let lost = lost_refusal(&cards);
        let none = cards.is_empty();
        let csv = format!("/nominations.csv{}", queries().to_query_string());
        let public = format!("{}/nominate", cx.site.base_url);
        let shown = cards.into_iter().map(|card| card_view(card, &days, may, cx.now)).collect_view();
        Ok(view! {
            {head}
            {lost}
            {who_may_nominate(&setting, &public, may)}
            <Tabs label="Nominations" current=with_query("state", wanted.as_str()) tabs/>
            <div class="stack">
                {none.then(|| empty(wanted, setting.domains.is_empty()))}
                {shown}
                {(!none).then(|| view! { <Pager count=total one="nomination" many="nominations" csv/> })}
            </div>
        }
        .into_any())
    })
}

async fn cards(tx: &mut Tx, nominations: Vec<Nomination>) -> Result<Vec<NominationCard>> {
    let ids: Vec<NominationId> = nominations.iter().map(|nomination| nomination.id).collect();
    let mut endorsements: HashMap<NominationId, Vec<Endorsement>> = HashMap::new();
    for endorsement in store::list_endorsements(tx, &ids).await? {
        endorsements.entry(endorsement.nomination_id).or_default().push(endorsement);
    }
    let mentions: Vec<_> = nominations.iter().filter_map(|nomination| nomination.mention_id).collect();
    let words: HashMap<_, _> = store::list_words(tx, &mentions).await?.into_iter().collect();
    let mut cases: HashMap<_, _> =
        triage::store::list_cases(tx, &mentions).await?.into_iter().map(|case| (case.mention_id, case)).collect();
    Ok(nominations
        .into_iter()
        .map(|nomination| NominationCard {
            endorsements: endorsements.remove(&nomination.id).unwrap_or_default(),
            ours: nomination.mention_id.map(|id| (words.get(&id).cloned().unwrap_or_default(), cases.remove(&id))),
            nomination,
        })
        .collect())
}

/// The program's upcoming days.
async fn days(tx: &mut Tx, program: ProgramId, now: Time) -> Result<Vec<PanelDay>> {
    let mut days = day::store::list_program(tx, program).await?;
    days.retain(|day| day.day >= local_day(now, day.zone()));
    Ok(days)
}

/// Who may nominate, and where.
fn who_may_nominate(setting: &NominationSetting, public: &str, may: bool) -> impl IntoView + use<> {
    let closed = setting.domains.is_empty();
    let domains = setting.domains.replace('\n', ", ");
    let (revision, value) = (setting.revision.to_string(), setting.domains.clone());
    let refused = refused("open");
    let public = public.to_owned();
    view! {
        {if closed {
            view! { <Notice tone=Tone::Warn><p>"Nominations are closed. Enter your company’s email domains to open them."</p></Notice> }.into_any()
        } else {
            view! {
                <p>"People with an email address at " <strong>{domains}</strong> " can nominate at " <a href="/nominate">{public}</a> ". They need no account."</p>
            }.into_any()
        }}
        {may.then(|| view! {
            <details class="card pad" open=refused || closed>
                <summary>"Who may nominate"</summary>
                <Form act="open" class="stack">
                    <Hidden name="revision" value=revision/>
                    <TextArea name="domains" label="Email domains of your company" value rows=3 hint="The part after the @, one per line. Leave empty to close nominations."/>
                    <Submit label="Save domains" main=closed/>
                </Form>
            </details>
        })}
    }
}

/// The reason for a refusal, above the list where its nomination is no longer listed.
fn lost_refusal(cards: &[NominationCard]) -> Option<impl IntoView + use<>> {
    let tried = tried()?;
    let key = tried.fields.text("key");
    let there = tried.fields.text("act") == "open" || cards.iter().any(|card| card.nomination.id.to_string() == key);
    (!there).then(|| view! { <ErrorSummary mistakes=tried.lines()/> })
}

fn empty(state: NominationState, closed: bool) -> impl IntoView {
    let (title, text) = match state {
        NominationState::New if closed => {
            ("Nominations are closed", "Enter your company’s email domains above, then share the address with your colleagues.")
        }
        NominationState::New => ("No new nominations", "Share the address above with your colleagues."),
        NominationState::Accepted => ("No accepted nominations", "Accepted nominations are listed here until they are answered."),
        NominationState::Answered => ("No answered nominations", "Nominated mentions are listed here with their public answers."),
        NominationState::Closed => ("No closed nominations", "Nominated mentions without a public answer are listed here with the reason."),
        NominationState::Declined => ("No declined nominations", "Declined nominations are listed here with the reason."),
    };
    view! { <Empty title text/> }
}

fn card_view(card: NominationCard, days: &[PanelDay], may: bool, now: Time) -> impl IntoView + use<> {
    let NominationCard { nomination, endorsements, ours } = card;
    let case = ours.as_ref().and_then(|(_, case)| case.clone());
    let running = case.as_ref().is_some_and(|case| case.state.is_open());
    let (acts, remove) = match may {
        true => (acts(&nomination, days), Some(removing(&nomination))),
        false => (None, None),
    };
    let by = count(i64::try_from(endorsements.len()).unwrap_or(i64::MAX), "person", "people");
    let rows = endorsements.into_iter().map(|endorsement| endorsement_row(endorsement, now)).collect_view();
    let facts = vec![
        ("Decided", nomination.decided_at.map(|at| ago(at, now)).unwrap_or_default()),
        ("Reason", nomination.reason.clone().unwrap_or_default()),
        ("Time left", case.filter(|case| case.state.is_open()).map(|case| clock(case.due_at, now)).unwrap_or_default()),
    ];
    view! {
        <article class="card pad stack" id=format!("nomination-{}", nomination.id)>
            <p class="row wrap">{badge(nomination.state)} <small>{format!("{}, nominated by {by}", capital(nomination.kind.label()))}</small></p>
            {nominated(&nomination, ours.map(|(text, _)| text), running)}
            <ul class="plain stack">{rows}</ul>
            <DefList rows=facts/>
            <div class="row wrap offer">{acts}{remove}</div>
        </article>
    }
}

/// What was nominated, with the ways to it.
fn nominated(nomination: &Nomination, ours: Option<String>, running: bool) -> AnyView {
    let away = nomination.url.clone().filter(|url| is_web(url));
    let label = if nomination.kind == NominationKind::Post { "Original post" } else { "Profile" };
    let original = away.map(|url| view! { <a href=url rel="noopener noreferrer nofollow" target="_blank">{label}</a> });
    let answer = nomination.answer_url.clone().filter(|url| is_web(url));
    let answer = answer.map(|url| view! { <a href=url rel="noopener noreferrer nofollow" target="_blank">"View answer"</a> });
    let author = nomination.author_id.map(|id| view! { <a href=format!("/authors/{id}")>"Author"</a> });
    let page = nomination.mention_id.map(|id| match nomination.state {
        NominationState::New | NominationState::Declined if !running => {
            view! { <a href=format!("/mentions/{id}")>"Mention"</a> }.into_any()
        }
        _ => view! { <a href=format!("/listen/triage/{id}")>"Case"</a> }.into_any(),
    });
    let words = match (nomination.kind, ours.or_else(|| nomination.text.clone())) {
        (NominationKind::Post, Some(text)) => view! { <p class="quote" dir="auto">{text}</p> }.into_any(),
        (NominationKind::Post, None) => view! { <p>{nomination.url.clone()}</p> }.into_any(),
        (NominationKind::Person, _) => view! {
            <p><strong dir="auto">{nomination.person.clone()}</strong> " " <small>{place(nomination.network.as_deref().unwrap_or_default())}</small></p>
        }
        .into_any(),
    };
    let unknown = (nomination.kind == NominationKind::Post && nomination.mention_id.is_none())
        .then(|| view! { <p class="dim">"This mention is not in the imported data."</p> });
    let ways = page.is_some() || author.is_some() || original.is_some() || answer.is_some();
    let ways = ways.then(|| view! { <p class="row wrap">{page}{author}{original}{answer}</p> });
    view! { {words} {unknown} {ways} }.into_any()
}

fn endorsement_row(endorsement: Endorsement, now: Time) -> impl IntoView {
    let why = endorsement.why.map(|why| view! { <p dir="auto">{why}</p> });
    let reach = endorsement.reach.map(|reach| view! { <p dir="auto">"Contact: " {reach}</p> });
    view! {
        <li>
            {why}
            {reach}
            <small>{endorsement.email} ", " {ago(endorsement.at, now)}</small>
        </li>
    }
}

/// What can be done with it now.
fn acts(nomination: &Nomination, days: &[PanelDay]) -> Option<AnyView> {
    let (key, revision) = (nomination.id.to_string(), nomination.revision.to_string());
    let mention = nomination.kind == NominationKind::Post;
    let seen = || view! { <Hidden name="revision" value=revision.clone()/> };
    if mention && nomination.state == NominationState::Accepted && nomination.mention_id.is_none() {
        return Some(answer_form(key, revision));
    }
    if nomination.state != NominationState::New {
        return None;
    }
    let (accepting, declining) = (refused_row("accept", &key), refused_row("decline", &key));
    let found = if mention { nomination.mention_id.is_some() } else { nomination.author_id.is_some() };
    let (then, known) = match (mention, found) {
        (true, true) => ("The mention is added to the triage queue. The nominators get an email.", None),
        (true, false) => (
            "The nominators get an email. Record the answer here later.",
            Some(("Mention (optional)", "If it was imported, the address of its page, such as /mentions/…")),
        ),
        (false, true) => ("The nominators get an email.", None),
        (false, false) => (
            "The nominators get an email.",
            Some(("Author (optional)", "If the author was imported, the address of their page, such as /authors/…")),
        ),
    };
    let options: Vec<(String, String)> = std::iter::once((String::new(), "No panel day".to_owned()))
        .chain(days.iter().map(|day| (day.id.to_string(), day.title.clone())))
        .collect();
    let invite = !mention && !days.is_empty();
    let (first, second) = (key.clone(), key.clone());
    let (to_accept, to_decline) = (seen(), seen());
    Some(
        view! {
                <details class="confirm" open=accepting>
                    <summary>"Accept"</summary>
                    <Form act="accept" key=first class="stack">
                        {to_accept}
                        <p>{then}</p>
                        {known.map(|(label, hint)| view! { <Field name="known" label hint/> })}
                        {invite.then(|| view! {
                            <Select name="day" label="Add to shortlist" options hint="For a known author whose segment fits the day."/>
                        })}
                        <Submit label="Accept nomination" main=true/>
                    </Form>
                </details>
                <details class="confirm" open=declining>
                    <summary>"Decline"</summary>
                    <Form act="decline" key=second class="stack">
                        {to_decline}
                        <TextArea name="reason" label="Reason" hint="The nominators will read this." rows=2/>
                        <Submit label="Decline nomination"/>
                    </Form>
                </details>
        }
        .into_any(),
    )
}

/// The public answer to a mention that is not among ours.
fn answer_form(key: String, revision: String) -> AnyView {
    let seen = view! { <Hidden name="revision" value=revision/> };
    let open = refused_row("answer", &key);
    view! {
        <details class="confirm" open=open>
            <summary>"Record answer"</summary>
            <Form act="answer" key=key class="stack">
                {seen}
                <Field name="link" label="Link to the public answer" kind="url" hint="The nominators get it by email."/>
                <Submit label="Save answer"/>
            </Form>
        </details>
    }
    .into_any()
}

fn removing(nomination: &Nomination) -> impl IntoView + use<> {
    let key = nomination.id.to_string();
    view! {
        <RowMenu of="this nomination">
            <p>"This deletes the nomination and all comments on it. The nominators get no email."</p>
            <Form act="remove" key=key><Submit label="Remove nomination" danger=true/></Form>
        </RowMenu>
    }
}

/// What the list shows, a line for each nomination.
///
/// # Errors
/// What the database says.
pub async fn csv(tx: &mut Tx, program: ProgramId, state: NominationState) -> Result<Vec<u8>> {
    let found = store::list(tx, program, state, MAX_CSV_ROWS, 0).await?;
    let heads = [
        "Status",
        "Kind",
        "Mention or person",
        "Where",
        "Link",
        "Nominated by",
        "Why",
        "Contact",
        "First nominated",
        "Decided",
        "Reason",
        "Answer",
    ];
    let rows = cards(tx, found).await?.into_iter().map(|card| {
        let NominationCard { nomination, endorsements, ours } = card;
        let all =
            |get: fn(&Endorsement) -> &str| endorsements.iter().map(get).filter(|text| !text.is_empty()).collect::<Vec<_>>().join("; ");
        vec![
            nomination.state.label().to_owned(),
            nomination.kind.label().to_owned(),
            nomination.person.or(ours.map(|(text, _)| text)).or(nomination.text).unwrap_or_default(),
            nomination.network.as_deref().map(place).unwrap_or_default(),
            nomination.url.unwrap_or_default(),
            all(|endorsement| &endorsement.email),
            all(|endorsement| endorsement.why.as_deref().unwrap_or_default()),
            all(|endorsement| endorsement.reach.as_deref().unwrap_or_default()),
            csv_time(nomination.made_at, Tz::UTC),
            nomination.decided_at.map(|at| csv_time(at, Tz::UTC)).unwrap_or_default(),
            nomination.reason.unwrap_or_default(),
            nomination.answer_url.unwrap_or_default(),
        ]
    });
    Ok(export::csv(&heads, rows))
}
