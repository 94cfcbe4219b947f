//! Assessing voices and customers from the evidence, overruling, and lifting what was overruled.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use serde_json::json;

use super::rules::{self, Assessed, RosterEvidence};
use super::store::{self, Change, Kept, Place, Who};
use super::tally::{Saying, Step, Tally};
use super::{Assessment, Origin, Segment, Settings};
use crate::account::{Actor, Verb};
use crate::activity::{Thing, act::did};
use crate::author::habits::Habits;
use crate::author::names::Names;
use crate::author::{self, Standing};
use crate::clock::{self, Time};
use crate::customer;
use crate::db::{Db, Tx, setting};
use crate::error::{Error, Result, Wrong};
use crate::ids::{AssessmentId, AuthorId, CustomerId, ProgramId};
use crate::job::{self, act::Ask};
use crate::volume::{self, Counts, Dimension, Slice};
use crate::{import, mention, movement, program};

/// Voices assessed before a look at who waits to write: nobody waits behind them for long.
const AT_ONCE: usize = 256;
/// How often so many are assessed in one transaction where nobody waits.
const TOGETHER: usize = 8;

/// Voices that an import met first, with what their posts add up to: those need not be read back.
pub type Met = HashMap<AuthorId, Tally>;

/// Assesses these voices anew, in transactions that end where somebody waits to write. What a person overruled stays; what did not
/// change stays too.
pub async fn assess_voices(db: &Db, now: Time, program: ProgramId, voices: &[AuthorId], met: &Met) -> Result<()> {
    let mut parts = voices.chunks(AT_ONCE).peekable();
    while parts.peek().is_some() {
        let mut tx = db.begin_bulk().await?;
        for part in parts.by_ref().take(TOGETHER) {
            assess_met(&mut tx, now, program, part, met).await?;
            if db.is_awaited(&mut tx).await? {
                break;
            }
        }
        tx.commit().await?;
    }
    Ok(())
}

/// Assesses a few voices in the caller's transaction. Gives of how many something else is said now.
pub async fn assess(tx: &mut Tx, now: Time, program: ProgramId, voices: &[AuthorId]) -> Result<i64> {
    assess_met(tx, now, program, voices, &Met::new()).await
}

async fn assess_met(tx: &mut Tx, now: Time, program: ProgramId, voices: &[AuthorId], met: &Met) -> Result<i64> {
    // Two who assess one voice at once would both find nothing in force, and both put something there.
    program::store::hold(tx, program).await?;
    let settings = store::settings(tx, program).await?;
    let names = names(tx, program).await?;
    let until = heard_until(tx, program, now).await?;
    let current: HashMap<AuthorId, Assessment> =
        store::list_current(tx, voices).await?.into_iter().filter_map(|found| found.author_id.map(|id| (id, found))).collect();
    let known = author::store::list_briefs(tx, voices).await?;
    // What an import tells holds for a voice that nobody else wrote to or decided about meanwhile.
    let told = |voice: &author::store::Brief| {
        met.get(&voice.id).filter(|tally| tally.posts() == voice.habits.posts && !current.contains_key(&voice.id))
    };
    let unread: Vec<AuthorId> = known.iter().filter(|voice| told(voice).is_none()).map(|voice| voice.id).collect();
    let read = tallies(&mention::store::list_briefs(tx, &unread).await?);
    let (mut fresh, mut replaced, mut moves, silent) = (Vec::new(), Vec::new(), Vec::new(), Tally::default());
    let (mut stepped, mut steps, mut changed, mut counts) = (Vec::new(), Vec::new(), Vec::new(), Change::default());
    // Other settings may weigh what is said otherwise.
    let mut weighed = Vec::new();
    for voice in &known {
        let tally = told(voice).or_else(|| read.get(&voice.id)).unwrap_or(&silent);
        let habits = tally.habits(voice.habits);
        if habits != voice.habits {
            changed.push((voice.id, habits));
        }
        let standing = judge(tx, &names, voice, &habits).await?;
        let before = current.get(&voice.id);
        let taken = steps_of(standing, tally, &settings, until);
        if before.is_some() || standing != voice.standing || !taken.is_empty() {
            stepped.push(voice.id);
            steps.extend(taken.into_iter().map(|step| (voice.id, voice.habits.posts, step)));
        }
        let was = before.map(|before| before.segment);
        let found = rules::assess(&tally.evidence(&settings, until), &settings);
        if let Some(before) = before
            && (store::is_overruled(before) || before.segment == found.segment && before.reasons == found.reasons)
        {
            counts.go(place(voice.standing, was), place(standing, was));
            if !store::is_overruled(before) && (before.score, before.confidence) != (found.score, found.confidence) {
                weighed.push((before.id, found.score, found.confidence));
            }
            continue;
        }
        counts.go(place(voice.standing, was), place(standing, Some(found.segment)));
        replaced.extend(before.map(|before| before.id));
        moves.push((was.flatten(), found.segment, tally));
        fresh.push(computed(program, Who::Author(voice.id), found, now));
    }
    author::store::set_habits(tx, &changed).await?;
    movement::store::replace(tx, program, &stepped, &steps).await?;
    store::weigh(tx, &weighed).await?;
    store::create(tx, &fresh, &replaced, now).await?;
    store::change(tx, program, counts).await?;
    move_posts(tx, program, &moves).await?;
    Ok(i64::try_from(fresh.len()).unwrap_or(i64::MAX))
}

/// Asks for all voices of a program to be assessed anew where the last day listened to is another than when that was asked last: of who has
/// fallen silent, posts grow too old for the window, and nothing else would look. While an import runs, it waits for its end.
///
/// # Errors
/// What the database says.
pub async fn keep_up(db: &Db, now: Time) -> Result<()> {
    for program in program::store::list(&mut db.read().await?).await? {
        let (mut tx, key) = (db.read().await?, format!("assessed_until:{}", program.id));
        let Some(until) = last_heard(&mut tx, program.id, now).await? else { continue };
        let until = until.to_string();
        if import::store::is_working(&mut tx, program.id).await? || setting::find(&mut tx, &key).await?.as_ref() == Some(&until) {
            continue;
        }
        drop(tx);
        let mut tx = db.begin().await?;
        setting::update(&mut tx, &key, &until).await?;
        job::act::restart(&mut tx, &Actor::System("segments"), now, Ask::of_program(job::Kind::Assessment, program.id)).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// The last day of which there are posts; none where there are none.
async fn last_heard(tx: &mut Tx, program: ProgramId, now: Time) -> Result<Option<NaiveDate>> {
    Ok(mention::store::newest(tx, program).await?.map(|newest| newest.min(now).date_naive()))
}

/// The last day listened to: silence can only be told up to then.
async fn heard_until(tx: &mut Tx, program: ProgramId, now: Time) -> Result<NaiveDate> {
    Ok(last_heard(tx, program, now).await?.unwrap_or(now.date_naive()))
}

/// The names by which voices are judged.
async fn names(tx: &mut Tx, program: ProgramId) -> Result<Names> {
    Ok(program::store::find(tx, program).await?.map(|program| Names::of(&program)).unwrap_or_default())
}

/// Adds up anew what posts of these voices show beyond their counts, and asks the rules who is set aside. Gives of how many something
/// else was kept.
pub async fn recount(tx: &mut Tx, program: ProgramId, voices: &[AuthorId]) -> Result<u64> {
    let now = clock::now();
    let names = names(tx, program).await?;
    let read = tallies(&mention::store::list_briefs(tx, voices).await?);
    let (mut changed, silent) = (Vec::new(), Tally::default());
    for voice in author::store::list_briefs(tx, voices).await? {
        let habits = read.get(&voice.id).unwrap_or(&silent).habits(voice.habits);
        if habits != voice.habits {
            changed.push((voice.id, habits));
        }
        let standing = judge(tx, &names, &voice, &habits).await?;
        stand(tx, now, program, voice.id, voice.standing, standing).await?;
    }
    author::store::set_habits(tx, &changed).await?;
    Ok(changed.len() as u64)
}

/// Sets a voice aside, or takes that back, as the stated rules say. A voice without posts stays as it is: nothing speaks for or against it.
/// So does one about which a person decided. Gives how it stands now.
async fn judge(tx: &mut Tx, names: &Names, voice: &author::store::Brief, habits: &Habits) -> Result<Standing> {
    if voice.decided || habits.posts == 0 {
        return Ok(voice.standing);
    }
    let found = names.aside(&voice.handle, voice.name.as_deref(), habits.posts, habits.links).or_else(|| author::habits::aside(habits));
    let (standing, reason) = found.map_or((Standing::Counted, None), |(standing, reason)| (standing, Some(reason)));
    if (standing, &reason) != (voice.standing, &voice.standing_reason) {
        author::store::judge(tx, voice.id, standing, reason.as_deref()).await?;
    }
    Ok(standing)
}

/// Where a voice is counted that stands so and is in this segment, or has no assessment.
fn place(standing: Standing, segment: Place) -> Place {
    segment.filter(|_| standing == Standing::Counted)
}

/// The steps of a voice that stands so: who is set aside takes none.
fn steps_of(standing: Standing, tally: &Tally, settings: &Settings, until: NaiveDate) -> Vec<Step> {
    if standing == Standing::Counted { tally.steps(settings, until) } else { Vec::new() }
}

/// Counts a voice that was set aside or brought back. Its steps go and come with it.
///
/// # Errors
/// What the database says.
pub async fn stand(tx: &mut Tx, now: Time, program: ProgramId, voice: AuthorId, from: Standing, to: Standing) -> Result<()> {
    if (from == Standing::Counted) == (to == Standing::Counted) {
        return Ok(());
    }
    let settings = store::settings(tx, program).await?;
    let until = heard_until(tx, program, now).await?;
    let tally = tallies(&mention::store::list_briefs(tx, &[voice]).await?).remove(&voice).unwrap_or_default();
    let steps: Vec<_> = steps_of(to, &tally, &settings, until).into_iter().map(|step| (voice, tally.posts(), step)).collect();
    movement::store::replace(tx, program, &[voice], &steps).await?;
    let segment = store::find_author(tx, voice).await?.map(|found| found.segment);
    count(tx, program, place(from, segment), place(to, segment)).await
}

/// Counts one voice elsewhere.
async fn count(tx: &mut Tx, program: ProgramId, from: Place, to: Place) -> Result<()> {
    let mut counts = Change::default();
    counts.go(from, to);
    store::change(tx, program, counts).await
}

/// Posts move with their voices from one segment to another: (from, to, the posts) each.
async fn move_posts(tx: &mut Tx, program: ProgramId, moves: &[(Option<Segment>, Option<Segment>, &Tally)]) -> Result<()> {
    let mut slices: BTreeMap<Slice, Counts> = BTreeMap::new();
    for (from, to, tally) in moves.iter().filter(|(from, to, _)| from != to) {
        for (segment, by) in from.map(|from| (from, -1)).into_iter().chain(to.map(|to| (to, 1))) {
            for (day, posts) in tally.days() {
                let slice = Slice { dimension: Dimension::Segment, day, value: segment.as_str().to_owned() };
                slices.entry(slice).or_default().posts += posts * by;
            }
        }
    }
    volume::store::add_slices(tx, program, &slices.into_iter().collect::<Vec<_>>()).await
}

/// One voice's posts move.
async fn move_voice(tx: &mut Tx, voice: &author::Author, from: Option<Segment>, to: Option<Segment>) -> Result<()> {
    let read = tallies(&mention::store::list_briefs(tx, &[voice.id]).await?);
    match read.get(&voice.id) {
        Some(tally) => move_posts(tx, voice.program_id, &[(from, to, tally)]).await,
        None => Ok(()),
    }
}

/// Assesses these customers anew.
pub async fn assess_customers(db: &Db, now: Time, program: ProgramId, customers: &[CustomerId]) -> Result<()> {
    for part in customers.chunks(AT_ONCE) {
        let mut tx = db.begin_bulk().await?;
        program::store::hold(&mut tx, program).await?;
        let settings = store::settings(&mut tx, program).await?;
        let current: HashMap<CustomerId, Assessment> = store::list_current_customers(&mut tx, part)
            .await?
            .into_iter()
            .filter_map(|found| found.customer_id.map(|id| (id, found)))
            .collect();
        let (mut fresh, mut replaced, mut counts) = (Vec::new(), Vec::new(), Change::default());
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
            let found = rules::assess_customer(&evidence, &settings, now);
            if before.is_some_and(|before| before.segment == found.segment && before.reasons == found.reasons) {
                continue;
            }
            // A customer is counted only as apathetic.
            counts.go(before.and_then(|before| before.segment).map(Some), found.segment.map(Some));
            replaced.extend(before.map(|before| before.id));
            fresh.push(computed(program, Who::Customer(person.id), found, now));
        }
        store::create(&mut tx, &fresh, &replaced, now).await?;
        store::change(&mut tx, program, counts).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// Changes what the program asks of posts; all voices are assessed anew in the background. `revision` is that of the settings
/// as the person saw them.
///
/// # Errors
/// `NotFound`; `Conflict` if somebody changed them meanwhile.
pub async fn set(tx: &mut Tx, actor: &Actor, now: Time, program: ProgramId, settings: Settings, revision: i64) -> Result<()> {
    actor.may(Verb::Assess)?;
    program::store::find(tx, program).await?.ok_or(Error::NotFound)?;
    let before = store::settings(tx, program).await?;
    let changed_by = actor.account().map(|account| account.0);
    if !store::save_settings(tx, program, &Kept { settings, revision, changed_by, changed_at: now }).await? {
        return Err(Error::conflict("Somebody else changed these settings meanwhile. Please look at what they say now."));
    }
    job::act::restart(tx, actor, now, Ask::of_program(job::Kind::Assessment, program)).await?;
    did(actor, now, "changed the segments of", Thing::Program, program).with(json!({ "before": before, "now": settings })).record(tx);
    Ok(())
}

/// What other settings would change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Preview {
    /// Voices with enough posts that nobody decided about.
    pub voices: i64,
    /// How many of them were looked at: all, or as many as were drawn.
    pub looked_at: i64,
    /// How many of those go from where to where.
    pub moves: Vec<movement::Flow>,
}

/// Voices that a preview looks at; of more than these so many are drawn by lot.
const LOOKED_AT: i64 = 5_000;

/// How many voices other settings would move. Nothing is changed.
///
/// # Errors
/// What the database says.
pub async fn preview(tx: &mut Tx, now: Time, program: ProgramId, other: &Settings) -> Result<Preview> {
    let settings = store::settings(tx, program).await?;
    let until = heard_until(tx, program, now).await?;
    let least = settings.posts_needed.min(other.posts_needed);
    let voices = author::store::count_undecided(tx, program, least).await?;
    let drawn = author::store::draw_undecided(tx, program, least, LOOKED_AT).await?;
    let mut moves: Vec<movement::Flow> = Vec::new();
    for part in drawn.chunks(AT_ONCE) {
        for tally in tallies(&mention::store::list_briefs(tx, part).await?).values() {
            let before = rules::side(&tally.evidence(&settings, until), &settings);
            let after = rules::side(&tally.evidence(other, until), other);
            match moves.iter_mut().find(|flow| (flow.before, flow.after) == (before, after)) {
                Some(flow) => flow.voices += 1,
                None => moves.push(movement::Flow { before, after, voices: 1 }),
            }
        }
    }
    Ok(Preview { voices, looked_at: i64::try_from(drawn.len()).unwrap_or(0), moves })
}

/// Says what a voice is, against or without evidence. Stays in force until lifted.
///
/// # Errors
/// `NotFound`; `Invalid` without a reason, or for apathetic, which no post can show.
pub async fn overrule(tx: &mut Tx, actor: &Actor, now: Time, id: AuthorId, segment: Option<Segment>, reason: &str) -> Result<()> {
    actor.may(Verb::Assess)?;
    let mut wrong = Wrong::default();
    let reason = wrong.lines("reason", "The reason", reason, 500);
    if segment == Some(Segment::Apathetic) {
        wrong.say("segment", "Apathetics come from the customer roster: somebody who posts is not indifferent.");
    }
    wrong.finish()?;
    author::store::hold(tx, id).await?;
    let voice = author::store::find(tx, id).await?.ok_or(Error::NotFound)?;
    let before = store::find_author(tx, id).await?;
    let sure = Assessed { segment, score: rules::FOR_EVER, confidence: 1.0, reasons: vec![reason.clone()] };
    let by_account = actor.account().map(|account| account.0);
    let fresh = Assessment { origin: Origin::Overruled, by_account, ..computed(voice.program_id, Who::Author(id), sure, now) };
    store::create(tx, &[fresh], &before.iter().map(|before| before.id).collect::<Vec<_>>(), now).await?;
    let was = before.as_ref().and_then(|before| before.segment);
    count(tx, voice.program_id, place(voice.standing, before.map(|before| before.segment)), place(voice.standing, Some(segment))).await?;
    move_voice(tx, &voice, was, segment).await?;
    did(actor, now, "overruled", Thing::Author, id).with(json!({ "before": was, "now": segment, "reason": reason })).record(tx);
    Ok(())
}

/// Lifts what a person overruled: the evidence decides again.
///
/// # Errors
/// `NotFound`; `Conflict` where nothing is overruled.
pub async fn lift(tx: &mut Tx, actor: &Actor, now: Time, id: AuthorId) -> Result<()> {
    actor.may(Verb::Assess)?;
    author::store::hold(tx, id).await?;
    let voice = author::store::find(tx, id).await?.ok_or(Error::NotFound)?;
    let before = store::find_author(tx, id).await?.filter(store::is_overruled);
    let before = before.ok_or_else(|| Error::conflict("Nobody has overruled this voice's assessment."))?;
    store::create(tx, &[], &[before.id], now).await?;
    count(tx, voice.program_id, place(voice.standing, Some(before.segment)), None).await?;
    move_voice(tx, &voice, before.segment, None).await?;
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

/// What posts add up to, voice by voice.
fn tallies(posts: &[mention::store::Brief]) -> Met {
    let mut found = Met::new();
    for post in posts {
        let disputed = mention::rules::disputed(mention::rules::vendor(post.vendor_sentiment.as_deref()), post.sentiment);
        let saying = Saying { disputed, sensitive: post.sensitive, repeats: post.repeats, ..Saying::default() };
        found.entry(post.author_id).or_default().hear(post.at, post.reading, saying.of(post.said));
    }
    found
}
