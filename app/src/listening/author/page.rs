//! `/authors/{id}`: one author with its mentions and assessments; setting the segment by hand, excluding and including.

use leptos::prelude::*;

use super::author_trait::AuthorTrait;
use super::kind_form::{KindOf, kind_buttons};
use super::scorecard::AuthorShares;
use super::{Author, AuthorKind, store, work};
use crate::access::account::Permission;
use crate::access::page::page;
use crate::db::Tx;
use crate::kernel::clock::{Time, ago, long_date};
use crate::kernel::error::{Error, Result};
use crate::kernel::ids::AuthorId;
use crate::listening::author::list::{badge, percent};
use crate::listening::identity_link::linked_authors::LinkedAuthors;
use crate::listening::mention::list::reading_badge;
use crate::listening::mention::{
    self,
    store::{ListedMention, MentionSearch},
};
use crate::listening::segment::store::AssessedParty;
use crate::listening::segment::{self, Assessment, SegmentOrigin};
use crate::listening::{repeated, segment_change};
use crate::program::shown::crumbs;
use crate::ui::{
    DefList, Empty, Form, Help, Hidden, Notice, PER_PAGE, PageHead, Pager, Select, Strip, Submit, TextArea, Tone, capital, encoded, number,
    param, refused, skipped,
};

/// Other authors with the same texts that are counted.
const MAX_SHARING: i64 = 1000;

/// `/authors/{id}`.
pub fn author() -> impl IntoView {
    let id = param::<AuthorId>("id");
    page("Author", Permission::SeeListening, move |cx| async move {
        let id = id?;
        let may_assess = cx.actor.scope(Permission::AssessAuthors).is_some();
        let may_erase = cx.actor.scope(Permission::ManageAccounts).is_some();
        let mut tx = cx.db.read().await?;
        let author = store::find(&mut tx, id).await?.ok_or(Error::NotFound)?;
        let history = segment::store::list_history(&mut tx, AssessedParty::Author(id)).await?;
        let joint = LinkedAuthors::of(&mut tx, &author).await?;
        let moved = segment_change::rules::describe_steps(&segment_change::store::list_of(&mut tx, id).await?);
        let wanted = MentionSearch { author: Some(id), ..MentionSearch::default() };
        let mentions = mention::store::list(&mut tx, &wanted, PER_PAGE, skipped(author.mentions, PER_PAGE)).await?;
        let current = history.iter().find(|found| found.superseded_at.is_none()).cloned();
        let score = segment::store::find_score(&mut tx, author.program_id, current.as_ref()).await?;
        let speech = speech_card(&mut tx, &author).await?;
        let manual = segment_forms(current.as_ref());
        let crumbs = crumbs(&mut tx, author.program_id, &[("/authors", "Authors")]).await?;
        Ok(view! {
            <PageHead title=author.shown() crumbs>
                <a class="btn" href=format!("/authors/{id}/identity-links")>"Identity links"</a>
            </PageHead>
            {excluded(&author)}
            <div class="side">
                <div class="stack">
                    {joint.show(id)}
                    {assessment_card(&author, &history, current, score, moved, cx.now)}
                    {speech}
                    <section class="card">
                        <table class="list">
                            <caption class="sr">"Mentions of this author"</caption>
                            <thead><tr><th scope="col">"Mention"</th><th scope="col">"Sentiment"</th><th scope="col" class="n">"Date"</th></tr></thead>
                            <tbody>{mentions.into_iter().map(row).collect_view()}</tbody>
                        </table>
                    </section>
                    {(author.mentions == 0).then(|| view! { <Empty title="No mentions" text="Their import was undone, or their retention period has ended."/> })}
                    <Pager count=author.mentions one="mention" many="mentions" csv=format!("/mentions.csv?author={id}")/>
                </div>
                <aside class="stack">
                    <section class="card pad"><DefList rows=facts(&author)/></section>
                    {may_assess.then(|| view! { {kind_card(&author)} {manual} {exclusion_form(&author)} })}
                    {may_erase.then(|| {
                        let to = format!("/opt-outs?network={}&handle={}", encoded(&author.network), encoded(&author.handle));
                        view! { <p><a href=to>"Opt author out"</a></p> }
                    })}
                </aside>
            </div>
        }
        .into_any())
    })
}

fn row(listed: ListedMention) -> impl IntoView {
    let mention = listed.mention;
    let reading = reading_badge(&mention);
    let href = format!("/mentions/{}", mention.id);
    let sensitive = mention.sensitive.then(|| view! { <small>"Sensitive subject, not counted"</small> });
    let link = mention
        .url
        .clone()
        .map(|url| view! { <small><a href=url rel="noopener noreferrer nofollow" target="_blank">"Open original"</a></small> });
    view! {
        <tr>
            <td><span class="quote" dir="auto">{mention.text}</span> {sensitive} {link}</td>
            <td data-label="Sentiment"><div>{reading}</div></td>
            <td data-label="Date" class="n"><a href=href>{long_date(mention.day)}</a></td>
        </tr>
    }
}

/// The current assessment with its evidence, and earlier ones.
fn assessment_card(
    author: &Author,
    history: &[Assessment],
    current: Option<Assessment>,
    score: Option<f64>,
    moved: String,
    now: Time,
) -> impl IntoView + use<> {
    let neutral = author.mentions - author.negative - author.positive;
    let strip = vec![
        ("ranter", author.negative, "negative".to_owned()),
        ("apathetic", neutral, "neutral, unrated or not counted".to_owned()),
        ("raver", author.positive, "positive".to_owned()),
    ];
    let old = history.iter().filter(|found| found.superseded_at.is_some()).cloned().collect::<Vec<_>>();
    let none_before = old.is_empty();
    let old = old.into_iter().map(|found| view! { <li>{assessment(found, None, now)}</li> }).collect_view();
    view! {
        <section class="card pad stack">
            <div class="row"><h2>"Assessment"</h2> <Help term="segment"/></div>
            {match current {
                Some(current) => assessment(current, score, now).into_any(),
                None => view! { <p class="dim">"Not assessed yet."</p> }.into_any(),
            }}
            {(!moved.is_empty()).then(|| view! { <p>{moved} "."</p> })}
            <Strip parts=strip/>
            {(!none_before).then(|| view! { <details class="more"><summary>"Earlier assessments"</summary><ul class="stack">{old}</ul></details> })}
        </section>
    }
}

fn facts(author: &Author) -> Vec<(&'static str, String)> {
    let followers = match (author.followers, author.followers_at) {
        (Some(followers), Some(at)) => format!("{}, as of {}", number(followers), long_date(at.date_naive())),
        (Some(followers), None) => number(followers),
        (None, _) => String::new(),
    };
    vec![
        ("Name", author.name.clone().unwrap_or_default()),
        ("Network", super::network_label(&author.network)),
        ("Followers", followers),
        ("Reach", author.reach.map(number).unwrap_or_default()),
        ("Likes, comments, shares", author.engagement.map(number).unwrap_or_default()),
        ("Mentions", number(author.mentions)),
        ("First mention", author.first_at.map(|at| long_date(at.date_naive())).unwrap_or_default()),
        ("Last mention", author.last_at.map(|at| long_date(at.date_naive())).unwrap_or_default()),
        ("With a link", number(author.links)),
        ("With advertising words", number(author.promotional)),
        ("Repeating an earlier mention", number(author.copies)),
        ("Most per day", counted(author.busiest_day)),
        ("Most per hour", counted(author.busiest_hour)),
        ("Most per minute", counted(author.busiest_minute)),
    ]
}

/// A number that is kept only above a minimum of mentions.
fn counted(value: i64) -> String {
    if value == 0 { String::new() } else { number(value) }
}

/// Segment, confidence and reasons of one assessment, and the score of the one in force.
fn assessment(found: Assessment, score: Option<f64>, now: Time) -> impl IntoView {
    let whence = match found.origin {
        SegmentOrigin::Computed => "Computed",
        SegmentOrigin::Overruled => "Set by a person",
    };
    let current = found.superseded_at.is_none();
    let reasons = found.reasons.into_iter().map(|reason| view! { <li dir="auto">{reason.to_string()}</li> }).collect_view();
    view! {
        <div class="stack">
            <div class="row wrap">
                {badge(found.segment)}
                {score.map(|score| view! { <span>"Score " {format!("{score:.2}")}</span> })}
                <span>"Confidence " {percent(found.confidence)} {current.then(|| view! { <Help term="confidence"/> })}</span>
                <span class="dim">{whence} ", " {long_date(found.at.date_naive())} " (" {ago(found.at, now)} ")"</span>
            </div>
            <ul>{reasons}</ul>
        </div>
    }
}

/// Why an author is excluded, or that a person included it again.
fn excluded(author: &Author) -> impl IntoView + use<> {
    let reason = author.why().unwrap_or_default();
    let words = match (author.kind, author.kind_by) {
        (AuthorKind::Customer, None) => return None,
        (AuthorKind::Customer, Some(_)) if reason.is_empty() => "Included by a person.".to_owned(),
        (AuthorKind::Customer, Some(_)) => format!("Included by a person: {reason}"),
        (AuthorKind::Unknown, Some(_)) if reason.is_empty() => "Excluded by a person.".to_owned(),
        (AuthorKind::Own, _) => format!("Excluded as the organisation's own account. {reason}"),
        (AuthorKind::Unknown, Some(_)) => format!("Excluded by a person: {reason}"),
        (AuthorKind::Unknown, None) => format!("Excluded: not a customer. {reason}"),
        (AuthorKind::Media, _) => format!("Excluded as media. {reason}"),
        (AuthorKind::Employee | AuthorKind::Advertiser, _) => format!("Excluded as an {}. {reason}", author.kind.label()),
        (kind, _) => format!("Excluded as a {}. {reason}", kind.label()),
    };
    let link = (author.kind != AuthorKind::Customer).then(|| {
        let to = format!("/listen/excluded?kind={}", author.kind.as_str());
        view! { " " <a href=to>"Show similar authors and rules"</a> }
    });
    Some(view! { <Notice tone=Tone::Warn><p dir="auto">{words} {link}</p></Notice> })
}

/// Setting the segment by hand, and removing what was set, for the assessment that is shown.
fn segment_forms(current: Option<&Assessment>) -> impl IntoView + use<> {
    let overruled = current.is_some_and(segment::store::is_overruled);
    let shown = current.map(|found| found.id);
    let seen = move || shown.map(|id| id.to_string()).unwrap_or_default();
    let options =
        vec![("ranter".to_owned(), "Ranter".to_owned()), ("raver".to_owned(), "Raver".to_owned()), (String::new(), "Neither".to_owned())];
    view! {
        {overruled.then(|| view! {
            <section class="card pad">
                <Form act="lift">
                    <Hidden name="assessment" value=seen()/>
                    <p>"A person set this segment. Remove it to compute the segment from mentions again."</p>
                    <Submit label="Remove manual segment"/>
                </Form>
            </section>
        })}
        <details class="card pad" open=refused("overrule")>
            <summary>"Set segment manually"</summary>
            <Form act="overrule">
                <Hidden name="assessment" value=seen()/>
                <Select name="segment" label="Segment" options/>
                <TextArea name="reason" label="Reason" hint="Shown wherever the segment is used."/>
                <Submit label="Set segment" main=true/>
            </Form>
        </details>
    }
}

/// Says what the author is, with one click.
fn kind_card(author: &Author) -> impl IntoView + use<> {
    let title = format!("Kind: {}", author.kind.label());
    view! {
        <details class="card pad" open=refused("set_kind")>
            <summary>{title}</summary>
            <p class="dim">"Only customers are ranked and shortlisted. Your choice overrides the rules, and the program learns from it."</p>
            {kind_buttons(&KindOf::from(author), false)}
        </details>
    }
}

/// How the author's mentions speak, in numbers to check: what the scorecard adds up.
async fn speech_card(tx: &mut Tx, author: &Author) -> Result<impl IntoView + use<>> {
    let scorecard = work::scorecard(tx, author.program_id).await?;
    let habits = author.habits();
    let Some(shares) = AuthorShares::of(&habits, &author.signs) else { return Ok(None) };
    let sharing = if author.signs.syndicated > 0 { repeated::store::count_sharing(tx, author.id, MAX_SHARING).await? } else { 0 };
    let rows = AuthorTrait::ALL
        .iter()
        .zip(scorecard.weights.iter().zip(shares.shares))
        .map(|(what, (weight, share))| {
            let shown = author.signs.shown(&habits, *what);
            let others = (*what == AuthorTrait::Syndicated && sharing > 0).then(|| {
                let many = if sharing > MAX_SHARING { format!("over {}", number(MAX_SHARING)) } else { number(sharing) };
                let noun = if sharing == 1 { "author" } else { "authors" };
                view! { " " <small>{format!("by {many} other {noun}")}</small> }
            });
            view! {
                <tr>
                    <td>{capital(what.label())} {others}</td>
                    <td data-label="Mentions" class="n">{format!("{} of {}", number(shown), number(habits.mentions))}</td>
                    <td data-label="Weight" class="n">{format!("{weight:+.1}")}</td>
                    <td data-label="Points" class="n">{format!("{:+.2}", weight * share)}</td>
                </tr>
            }
        })
        .collect_view();
    let (score, needed) = (scorecard.score(&shares), shares.needed());
    let verdict = if scorecard.excludes(&shares) { "not a customer" } else { "a customer" };
    let exception = (habits.negative * 2 >= habits.mentions).then_some(
        "Mentions that are also posted by other authors do not count here, because at least half of the mentions are negative. ",
    );
    let by = if scorecard.learned { "Weights are learned from decisions in this program." } else { "Weights are stated, not learned." };
    Ok(Some(view! {
        <details class="card pad more">
            <summary>{format!("Writing style: {verdict}")}</summary>
            <table class="list">
                <caption class="sr">"Traits of the mentions and their weights"</caption>
                <thead><tr>
                    <th scope="col">"Mentions that"</th><th scope="col" class="n">"Mentions"</th>
                    <th scope="col" class="n">"Weight"</th><th scope="col" class="n">"Points"</th>
                </tr></thead>
                <tbody>{rows}</tbody>
            </table>
            <p>{format!("The score is {score:.2}: the sum of the points and a base value of {:+.1}. With this number of mentions, an author above {needed:.2} is not a customer.", scorecard.constant)}</p>
            <p class="dim">{by} " Points are the weight multiplied by the share of mentions. One mention without any of these traits is added to each share, so that few mentions weigh less. " {exception} <a href="/listen/excluded#rules">"All rules"</a></p>
        </details>
    }))
}

fn exclusion_form(author: &Author) -> impl IntoView + use<> {
    let (act, title, hint) = if author.kind == AuthorKind::Customer {
        ("exclude", "Exclude author", "Excluded authors are hidden from rankings and shortlists.")
    } else {
        ("bring_back", "Include author", "Rules will not exclude this author again.")
    };
    let seen = author.kind.as_str();
    view! {
        <details class="card pad" open=refused(act)>
            <summary>{title}</summary>
            <Form act=act>
                <Hidden name="seen" value=seen/>
                <TextArea name="reason" label="Reason" hint=hint/>
                <Submit label=title/>
            </Form>
        </details>
    }
}
