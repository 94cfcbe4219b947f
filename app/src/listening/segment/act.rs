//! Assessing authors and customers from the evidence, overruling, and lifting what was overruled.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use serde_json::json;

use super::changes::{AssessmentChanges, MentionMove, move_mentions};
use super::roster::{self, RosterEvidence};
use super::rules::{self, SegmentVerdict};
use super::store::{self, AssessedParty, SavedSettings, SegmentCountChange, SegmentPlace};
use super::tally::{AuthorTally, SegmentStep, TalliedMention};
use super::{Assessment, Segment, SegmentOrigin, SegmentReason, SegmentSettings, reason};
use crate::access::account::{Actor, Permission};
use crate::access::audit::{ResourceType, act::audit};
use crate::access::job::{self, act::JobRequest};
use crate::db::{Db, Tx, setting};
use crate::kernel::clock::{self, Time};
use crate::kernel::error::{Error, Result, ValidationErrors};
use crate::kernel::ids::{AssessmentId, AuthorId, CustomerId, ProgramId};
use crate::listening::author::judge::{AuthorJudge, current_signs};
use crate::listening::author::{self, AuthorKind};
use crate::listening::mention::signs::SignReader;
use crate::listening::{customer, import, mention, segment_change};
use crate::program;

/// Authors assessed before a look at who waits to write: nobody waits behind them for long.
pub(super) const MAX_AUTHORS_AT_ONCE: usize = 256;
/// How often so many are assessed in one transaction where nobody waits.
const MAX_BATCHES_TOGETHER: usize = 8;

/// New authors of an import, with tallies of their mentions, which need not be read back.
pub type AuthorTallies = HashMap<AuthorId, AuthorTally>;

/// Assesses these authors anew, in transactions that end where somebody waits to write. What a person overruled stays; what did not
/// change stays too. `syndicated` are those that may have begun to post what others post too; none: it is asked of all.
pub async fn assess_authors(
    db: &Db,
    now: Time,
    program: ProgramId,
    authors: &[AuthorId],
    met: &AuthorTallies,
    syndicated: Option<&HashSet<AuthorId>>,
) -> Result<()> {
    let mut parts = authors.chunks(MAX_AUTHORS_AT_ONCE).peekable();
    while parts.peek().is_some() {
        let mut tx = db.begin_bulk().await?;
        for part in parts.by_ref().take(MAX_BATCHES_TOGETHER) {
            assess_met(&mut tx, now, program, part, met, syndicated).await?;
            if db.has_waiting_writers(&mut tx).await? {
                break;
            }
        }
        tx.commit().await?;
    }
    Ok(())
}

/// Assesses a few authors in the caller's transaction. Gives of how many something else is said now.
pub async fn assess(tx: &mut Tx, now: Time, program: ProgramId, authors: &[AuthorId]) -> Result<i64> {
    assess_met(tx, now, program, authors, &AuthorTallies::new(), None).await
}

async fn assess_met(
    tx: &mut Tx,
    now: Time,
    program: ProgramId,
    authors: &[AuthorId],
    met: &AuthorTallies,
    syndicated: Option<&HashSet<AuthorId>>,
) -> Result<i64> {
    // Two who assess one author at once would both find nothing in force, and both put something there.
    program::store::lock_listening(tx, program).await?;
    let settings = store::settings(tx, program).await?;
    let mut judge = AuthorJudge::of(tx, program).await?;
    let until = heard_until(tx, program, now).await?;
    let current: HashMap<AuthorId, Assessment> =
        store::list_current(tx, authors).await?.into_iter().filter_map(|found| found.author_id.map(|id| (id, found))).collect();
    let known = author::store::list_briefs(tx, authors).await?;
    let signs = current_signs(tx, &known, syndicated).await?;
    // The import's tallies are valid for authors that no other transaction changed.
    let tally_of = |author: &author::store::AuthorBrief| {
        met.get(&author.id).filter(|tally| tally.mentions() == author.habits.mentions && !current.contains_key(&author.id))
    };
    let unread: Vec<AuthorId> = known.iter().filter(|author| tally_of(author).is_none()).map(|author| author.id).collect();
    let read = tallies(&mention::store::list_briefs(tx, &unread).await?);
    let (mut changes, silent) = (AssessmentChanges::default(), AuthorTally::default());
    for author in &known {
        let tally = tally_of(author).or_else(|| read.get(&author.id)).unwrap_or(&silent);
        let habits = tally.habits(author.habits);
        if habits != author.habits {
            changes.habits.push((author.id, habits));
        }
        let kind = judge.judge(author, &habits, &signs[&author.id]);
        let before = current.get(&author.id);
        let taken = steps_of(kind, tally, &settings, until);
        if before.is_some() || kind != author.kind || !taken.is_empty() {
            changes.stepped.push(author.id);
            changes.steps.extend(taken.into_iter().map(|step| (author.id, author.habits.mentions, step)));
        }
        let was = before.map(|before| before.segment);
        let found = rules::assess(&tally.evidence(&settings, until), &settings);
        if let Some(before) = before
            && (store::is_overruled(before) || before.segment == found.segment && reason::is_same(&before.reasons, &found.reasons))
        {
            changes.counts.go(place(author.kind, was), place(kind, was));
            if !store::is_overruled(before) && (before.score, before.confidence) != (found.score, found.confidence) {
                changes.weighed.push((before.id, found.score, found.confidence));
            }
            continue;
        }
        changes.counts.go(place(author.kind, was), place(kind, Some(found.segment)));
        changes.replaced.extend(before.map(|before| before.id));
        changes.moves.push(MentionMove { kind, from: was.flatten(), to: found.segment, tally });
        changes.fresh.push(computed(program, AssessedParty::Author(author.id), found, now));
    }
    judge.save(tx).await?;
    changes.save(tx, now, program).await
}

/// Asks for all authors of a program to be assessed anew where the last day listened to is another than when that was asked last: of who has
/// fallen silent, mentions grow too old for the window, and nothing else would look. Or where signs of authors are read otherwise than then. It is
/// asked once for each day and reading, however long the job takes. While an import runs, it waits for its end.
///
/// # Errors
/// What the database says.
pub async fn keep_up(db: &Db, now: Time) -> Result<()> {
    for program in program::store::list(&mut db.read().await?).await? {
        let (mut tx, key) = (db.read().await?, format!("assessed_until:{}", program.id));
        let Some(until) = last_heard(&mut tx, program.id, now).await? else { continue };
        let asked = format!("{until} {}", SignReader::of(&program).stamp());
        if setting::find(&mut tx, &key).await?.as_ref() == Some(&asked) || import::store::is_working(&mut tx, program.id).await? {
            continue;
        }
        drop(tx);
        let mut tx = db.begin().await?;
        setting::update(&mut tx, &key, &asked).await?;
        job::act::restart(&mut tx, &Actor::System("segments"), now, JobRequest::of_program(job::JobKind::Assessment, program.id)).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// The day of the newest mention.
async fn last_heard(tx: &mut Tx, program: ProgramId, now: Time) -> Result<Option<NaiveDate>> {
    Ok(mention::store::newest(tx, program).await?.map(|newest| newest.min(now).date_naive()))
}

/// The day of the newest mention, or today: silence is measured until then.
pub(super) async fn heard_until(tx: &mut Tx, program: ProgramId, now: Time) -> Result<NaiveDate> {
    Ok(last_heard(tx, program, now).await?.unwrap_or(now.date_naive()))
}

/// Adds up anew what mentions of these authors show beyond their counts, and asks the rules who is excluded. Gives of how many something
/// else was kept.
pub async fn recount(tx: &mut Tx, program: ProgramId, authors: &[AuthorId]) -> Result<u64> {
    let now = clock::now();
    let mut judge = AuthorJudge::of(tx, program).await?;
    let read = tallies(&mention::store::list_briefs(tx, authors).await?);
    let (mut changed, silent) = (Vec::new(), AuthorTally::default());
    let known = author::store::list_briefs(tx, authors).await?;
    let signs = current_signs(tx, &known, None).await?;
    for author in &known {
        let habits = read.get(&author.id).unwrap_or(&silent).habits(author.habits);
        if habits != author.habits {
            changed.push((author.id, habits));
        }
        let kind = judge.judge(author, &habits, &signs[&author.id]);
        stand(tx, now, program, author.id, author.kind, kind).await?;
    }
    judge.save(tx).await?;
    author::store::set_habits(tx, &changed).await?;
    Ok(changed.len() as u64)
}

/// Where an author of this kind and segment is counted.
fn place(kind: AuthorKind, segment: SegmentPlace) -> SegmentPlace {
    segment.filter(|_| kind == AuthorKind::Customer)
}

/// The segment changes of an author of this kind; excluded authors have none.
fn steps_of(kind: AuthorKind, tally: &AuthorTally, settings: &SegmentSettings, until: NaiveDate) -> Vec<SegmentStep> {
    if kind == AuthorKind::Customer { tally.steps(settings, until) } else { Vec::new() }
}

/// Updates counts and segment changes of an author that was excluded or included.
///
/// # Errors
/// What the database says.
pub async fn stand(tx: &mut Tx, now: Time, program: ProgramId, author: AuthorId, from: AuthorKind, to: AuthorKind) -> Result<()> {
    if (from == AuthorKind::Customer) == (to == AuthorKind::Customer) {
        return Ok(());
    }
    let settings = store::settings(tx, program).await?;
    let until = heard_until(tx, program, now).await?;
    let tally = tallies(&mention::store::list_briefs(tx, &[author]).await?).remove(&author).unwrap_or_default();
    let steps: Vec<_> = steps_of(to, &tally, &settings, until).into_iter().map(|step| (author, tally.mentions(), step)).collect();
    segment_change::store::replace(tx, program, &[author], &steps).await?;
    let segment = store::find_author(tx, author).await?.map(|found| found.segment);
    count(tx, program, place(from, segment), place(to, segment)).await
}

/// Counts one author elsewhere.
async fn count(tx: &mut Tx, program: ProgramId, from: SegmentPlace, to: SegmentPlace) -> Result<()> {
    let mut counts = SegmentCountChange::default();
    counts.go(from, to);
    store::change(tx, program, counts).await
}

async fn move_author(tx: &mut Tx, author: &author::Author, from: Option<Segment>, to: Option<Segment>) -> Result<()> {
    let read = tallies(&mention::store::list_briefs(tx, &[author.id]).await?);
    match read.get(&author.id) {
        Some(tally) => move_mentions(tx, author.program_id, &[MentionMove { kind: author.kind, from, to, tally }]).await,
        None => Ok(()),
    }
}

pub async fn assess_customers(db: &Db, now: Time, program: ProgramId, customers: &[CustomerId]) -> Result<()> {
    for part in customers.chunks(MAX_AUTHORS_AT_ONCE) {
        let mut tx = db.begin_bulk().await?;
        program::store::lock_listening(&mut tx, program).await?;
        let settings = store::settings(&mut tx, program).await?;
        let current: HashMap<CustomerId, Assessment> = store::list_current_customers(&mut tx, part)
            .await?
            .into_iter()
            .filter_map(|found| found.customer_id.map(|id| (id, found)))
            .collect();
        let (mut fresh, mut replaced, mut counts) = (Vec::new(), Vec::new(), SegmentCountChange::default());
        for person in customer::store::list_some(&mut tx, part).await? {
            let before = current.get(&person.id);
            if before.is_some_and(store::is_overruled) {
                continue;
            }
            let evidence = RosterEvidence {
                owns_products: person.owns_products,
                consents_to_contact: person.consents_to_contact,
                survey_answer: person.survey_answer,
                survey_scale: person.survey_scale,
                last_contact_at: person.last_contact_at,
            };
            let found = roster::assess_customer(&evidence, &settings, now);
            if before.is_some_and(|before| before.segment == found.segment && reason::is_same(&before.reasons, &found.reasons)) {
                continue;
            }
            // A customer is counted only as apathetic.
            let place = |segment: Option<Segment>| segment.filter(|segment| *segment == Segment::Apathetic).map(Some);
            counts.go(place(before.and_then(|before| before.segment)), place(found.segment));
            replaced.extend(before.map(|before| before.id));
            fresh.push(computed(program, AssessedParty::Customer(person.id), found, now));
        }
        store::create(&mut tx, &fresh, &replaced, now).await?;
        store::change(&mut tx, program, counts).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// Changes what the program asks of mentions; all authors are assessed anew in the background. `revision` is that of the settings
/// as the person saw them.
///
/// # Errors
/// `NotFound`; `Conflict` if somebody changed them meanwhile.
pub async fn set(tx: &mut Tx, actor: &Actor, now: Time, program: ProgramId, settings: SegmentSettings, revision: i64) -> Result<()> {
    actor.may(Permission::AssessAuthors)?;
    program::store::find(tx, program).await?.ok_or(Error::NotFound)?;
    let before = store::settings(tx, program).await?;
    let changed_by = actor.account().map(|account| account.0);
    if !store::save_settings(tx, program, &SavedSettings { settings, revision, changed_by, changed_at: now }).await? {
        return Err(Error::conflict("Someone else has changed these settings. Check the current values, then try again."));
    }
    job::act::restart(tx, actor, now, JobRequest::of_program(job::JobKind::Assessment, program)).await?;
    audit(actor, now, "changed the segment rules of", ResourceType::Program, program)
        .with(json!({ "before": before, "now": settings }))
        .record(tx);
    Ok(())
}

/// Says what an author is, against or without evidence. Stays in force until lifted. `seen` is the assessment that the person read.
/// Saying once more what is in force changes nothing.
///
/// # Errors
/// `NotFound`; `Invalid` without a reason, or for apathetic, which no mention can show; `Conflict` where another assessment is in force.
pub async fn overrule(
    tx: &mut Tx,
    actor: &Actor,
    now: Time,
    id: AuthorId,
    seen: Option<AssessmentId>,
    segment: Option<Segment>,
    reason: &str,
) -> Result<()> {
    actor.may(Permission::AssessAuthors)?;
    let mut errors = ValidationErrors::default();
    let reason = errors.lines("reason", "The reason", reason, 500);
    if segment == Some(Segment::Apathetic) {
        errors.add("segment", "Apathetics come from the customer roster. Choose ranter, raver or neither.");
    }
    errors.finish()?;
    author::store::hold(tx, id).await?;
    let author = author::store::find(tx, id).await?.ok_or(Error::NotFound)?;
    let reasons = vec![SegmentReason::Said { text: reason.clone() }];
    let before = store::find_author(tx, id).await?;
    if before.as_ref().is_some_and(|before| store::is_overruled(before) && before.segment == segment && before.reasons == reasons) {
        return Ok(());
    }
    check_seen(before.as_ref(), seen)?;
    let sure = SegmentVerdict { segment, score: rules::FOR_EVER, confidence: 1.0, reasons };
    let by_account = actor.account().map(|account| account.0);
    let fresh =
        Assessment { origin: SegmentOrigin::Overruled, by_account, ..computed(author.program_id, AssessedParty::Author(id), sure, now) };
    store::create(tx, &[fresh], &before.iter().map(|before| before.id).collect::<Vec<_>>(), now).await?;
    let was = before.as_ref().and_then(|before| before.segment);
    count(tx, author.program_id, place(author.kind, before.map(|before| before.segment)), place(author.kind, Some(segment))).await?;
    move_author(tx, &author, was, segment).await?;
    audit(actor, now, "overruled", ResourceType::Author, id).with(json!({ "before": was, "now": segment, "reason": reason })).record(tx);
    Ok(())
}

/// Lifts what a person overruled: the evidence decides again. `seen` is the assessment that the person read.
///
/// # Errors
/// `NotFound`; `Conflict` where another assessment is in force, or no person set it.
pub async fn lift(tx: &mut Tx, actor: &Actor, now: Time, id: AuthorId, seen: Option<AssessmentId>) -> Result<()> {
    actor.may(Permission::AssessAuthors)?;
    author::store::hold(tx, id).await?;
    let author = author::store::find(tx, id).await?.ok_or(Error::NotFound)?;
    let before = store::find_author(tx, id).await?;
    check_seen(before.as_ref(), seen)?;
    let before = before.filter(store::is_overruled).ok_or_else(|| Error::conflict("This author’s segment was not set by a person."))?;
    store::create(tx, &[], &[before.id], now).await?;
    count(tx, author.program_id, place(author.kind, Some(before.segment)), None).await?;
    move_author(tx, &author, before.segment, None).await?;
    assess(tx, now, author.program_id, &[id]).await?;
    audit(actor, now, "lifted", ResourceType::Author, id).with(json!({ "before": before.segment, "reason": before.reasons })).record(tx);
    Ok(())
}

/// Refuses what was decided about another assessment than the one in force.
fn check_seen(current: Option<&Assessment>, seen: Option<AssessmentId>) -> Result<()> {
    if current.map(|found| found.id) == seen {
        return Ok(());
    }
    Err(Error::conflict("The segment of this author has been assessed again since you opened this page. Check it, then try again."))
}

fn computed(program: ProgramId, who: AssessedParty, found: SegmentVerdict, now: Time) -> Assessment {
    let (author_id, customer_id) = match who {
        AssessedParty::Author(id) => (Some(id), None),
        AssessedParty::Customer(id) => (None, Some(id)),
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
        origin: SegmentOrigin::Computed,
        by_account: None,
        at: now,
        superseded_at: None,
    }
}

/// What mentions add up to, author by author.
pub(super) fn tallies(mentions: &[mention::store::MentionBrief]) -> AuthorTallies {
    let mut found = AuthorTallies::new();
    for mention in mentions {
        let disputed = mention::rules::disputed(mention::rules::vendor(mention.vendor_sentiment.as_deref()), mention.sentiment);
        let saying = TalliedMention { disputed, sensitive: mention.sensitive, repeats: mention.repeats, ..TalliedMention::default() };
        found.entry(mention.author_id).or_default().add(mention.at, mention.reading, saying.of(mention.original));
    }
    found
}
