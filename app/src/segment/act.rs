//! Assessing voices and customers from the evidence, overruling, and lifting what was overruled.

use std::collections::{HashMap, HashSet};

use serde_json::json;

use super::rules::{self, Assessed, Evidence, RosterEvidence};
use super::store::{self, Who};
use super::{Assessment, Origin, Segment};
use crate::account::{Actor, Verb};
use crate::activity::{Thing, act::did};
use crate::author::{self, Standing};
use crate::clock::Time;
use crate::customer;
use crate::db::{Db, Tx};
use crate::error::{Error, Result, Wrong};
use crate::ids::{AssessmentId, AuthorId, CustomerId, ProgramId};
use crate::mention::{self, Sentiment};

/// Voices assessed in one transaction: short enough that nobody waits behind it.
const AT_ONCE: usize = 512;

/// Assesses these voices anew, a few hundred a transaction. What a person overruled stays; what did not change stays too.
pub async fn assess_voices(db: &Db, now: Time, program: ProgramId, voices: &[AuthorId]) -> Result<()> {
    for part in voices.chunks(AT_ONCE) {
        let mut tx = db.write().await?;
        assess(&mut tx, now, program, part).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// Assesses a few voices in the caller's transaction.
pub async fn assess(tx: &mut Tx, now: Time, program: ProgramId, voices: &[AuthorId]) -> Result<()> {
    let heard_until = mention::store::newest(tx, program).await?.unwrap_or(now).min(now);
    let current: HashMap<AuthorId, Assessment> =
        store::list_current(tx, voices).await?.into_iter().filter_map(|found| found.author_id.map(|id| (id, found))).collect();
    let briefs = mention::store::list_briefs(tx, voices).await?;
    let known = author::store::list_briefs(tx, voices).await?;
    let (mut fresh, mut replaced) = (Vec::new(), Vec::new());
    let mut posts: HashMap<AuthorId, Vec<&mention::store::Brief>> = HashMap::new();
    for brief in &briefs {
        posts.entry(brief.author_id).or_default().push(brief);
    }
    for voice in &known {
        let posts = posts.get(&voice.id).map_or(&[][..], Vec::as_slice);
        if voice.standing == Standing::Counted && !voice.decided {
            let habits = author::rules::Habits {
                posts: voice.posts,
                links: voice.links,
                promotional: voice.promotional,
                busiest_day: busiest_day(posts),
            };
            if let Some(reason) = author::rules::promoter(&habits) {
                author::store::set_standing(tx, voice.id, Standing::Promoter, &reason, None).await?;
            }
        }
        let before = current.get(&voice.id);
        if before.is_some_and(store::is_overruled) {
            continue;
        }
        let found = rules::assess(&evidence(posts), heard_until, now);
        if before.is_some_and(|before| before.segment == found.segment && before.reasons == found.reasons) {
            continue;
        }
        replaced.extend(before.map(|before| before.id));
        fresh.push(computed(program, Who::Author(voice.id), found, now));
    }
    store::create(tx, &fresh, &replaced, now).await
}

/// Assesses these customers anew.
pub async fn assess_customers(db: &Db, now: Time, program: ProgramId, customers: &[CustomerId]) -> Result<()> {
    for part in customers.chunks(AT_ONCE) {
        let mut tx = db.write().await?;
        let current: HashMap<CustomerId, Assessment> = store::list_current_customers(&mut tx, part)
            .await?
            .into_iter()
            .filter_map(|found| found.customer_id.map(|id| (id, found)))
            .collect();
        let (mut fresh, mut replaced) = (Vec::new(), Vec::new());
        for person in customer::store::list_some(&mut tx, part).await? {
            let before = current.get(&person.id);
            if before.is_some_and(store::is_overruled) {
                continue;
            }
            let evidence = RosterEvidence {
                owns_products: person.owns_products,
                consents_to_contact: person.consents_to_contact,
                survey_answer: person.survey_answer,
                last_contact_at: person.last_contact_at,
            };
            let found = rules::assess_customer(&evidence, now);
            if before.is_some_and(|before| before.segment == found.segment && before.reasons == found.reasons) {
                continue;
            }
            replaced.extend(before.map(|before| before.id));
            fresh.push(computed(program, Who::Customer(person.id), found, now));
        }
        store::create(&mut tx, &fresh, &replaced, now).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// Says what a voice is, against or without evidence. Stays in force until lifted.
///
/// # Errors
/// `NotFound`; `Invalid` without a reason, or for apathetic, which no post can show.
pub async fn overrule(tx: &mut Tx, actor: &Actor, now: Time, id: AuthorId, segment: Option<Segment>, reason: &str) -> Result<()> {
    actor.may(Verb::Assess)?;
    let mut wrong = Wrong::default();
    let reason = wrong.text("reason", "The reason", reason, 500);
    if segment == Some(Segment::Apathetic) {
        wrong.say("segment", "Apathetics come from the customer roster: somebody who posts is not indifferent.");
    }
    wrong.finish()?;
    let voice = author::store::find(tx, id).await?.ok_or(Error::NotFound)?;
    let before = store::find_author(tx, id).await?;
    let sure = Assessed { segment, score: 1.0, confidence: 1.0, reasons: vec![reason.clone()] };
    let by_account = actor.account().map(|account| account.0);
    let fresh = Assessment { origin: Origin::Overruled, by_account, ..computed(voice.program_id, Who::Author(id), sure, now) };
    store::create(tx, &[fresh], &before.iter().map(|before| before.id).collect::<Vec<_>>(), now).await?;
    let was = before.and_then(|before| before.segment);
    did(actor, now, "overruled", Thing::Author, id).with(json!({ "before": was, "now": segment, "reason": reason })).record(tx);
    Ok(())
}

/// Lifts what a person overruled: the evidence decides again.
///
/// # Errors
/// `NotFound`; `Conflict` where nothing is overruled.
pub async fn lift(tx: &mut Tx, actor: &Actor, now: Time, id: AuthorId) -> Result<()> {
    actor.may(Verb::Assess)?;
    let voice = author::store::find(tx, id).await?.ok_or(Error::NotFound)?;
    let before = store::find_author(tx, id).await?.filter(store::is_overruled);
    let before = before.ok_or_else(|| Error::conflict("Nobody has overruled this voice's assessment."))?;
    store::create(tx, &[], &[before.id], now).await?;
    assess(tx, now, voice.program_id, &[id]).await?;
    did(actor, now, "lifted", Thing::Author, id).with(json!({ "before": before.segment, "reason": before.reasons })).record(tx);
    Ok(())
}

fn computed(program: ProgramId, who: Who, found: Assessed, now: Time) -> Assessment {
    let (author_id, customer_id) = match who {
        Who::Author(id) => (Some(id), None),
        Who::Customer(id) => (None, Some(id)),
    };
    Assessment {
        id: AssessmentId::new(),
        program_id: program,
        author_id,
        customer_id,
        segment: found.segment,
        score: found.score,
        confidence: found.confidence,
        reasons: found.reasons,
        origin: Origin::Computed,
        by_account: None,
        at: now,
        superseded_at: None,
    }
}

/// What posts in the order of time show.
fn evidence(posts: &[&mention::store::Brief]) -> Evidence {
    let mut found = Evidence::default();
    let mut days = HashSet::new();
    for post in posts {
        if post.sensitive {
            found.left_out += 1;
            continue;
        }
        found.posts += 1;
        found.negative += i64::from(post.reading == Sentiment::Negative);
        found.positive += i64::from(post.reading == Sentiment::Positive);
        let vendor = mention::rules::vendor(post.vendor_sentiment.as_deref());
        found.disputed += i64::from(mention::rules::disputed(vendor, post.sentiment));
        days.insert(post.at.date_naive());
        found.first_at = found.first_at.or(Some(post.at));
        found.last_at = Some(post.at);
    }
    found.days = days.len();
    found
}

fn busiest_day(posts: &[&mention::store::Brief]) -> i64 {
    let mut days: HashMap<chrono::NaiveDate, i64> = HashMap::new();
    for post in posts {
        *days.entry(post.at.date_naive()).or_default() += 1;
    }
    days.into_values().max().unwrap_or(0)
}
