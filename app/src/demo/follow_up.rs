//! From notes to items, from items to replies and promises, a report, and what the panel said to it.

use super::Story;
use super::cast::{Cast, MEETS, actor};
use super::held::Talk;
use super::people::RANTERS;
use super::recruiting::{door, find_panelist};
use super::talk::{ANSWERS, Item, Owner, RANTERS_SAID, RAVERS_SAID, Reply, Stage};
use crate::account::Actor;
use crate::clock::Time;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::heard::Heard;
use crate::heard::act as heard;
use crate::ids::{HeardId, LinkId, VersionId};
use crate::link::Purpose;
use crate::report::act as report;
use crate::response::act as response;
use crate::response::rules::Content;
use crate::response::{Kind, Version};

/// Everything after the two days, as far as the story has come.
pub(super) async fn answer(tx: &mut Tx, story: Story, cast: &Cast, talk: &Talk) -> Result<()> {
    let ranters = hear(tx, story, cast, 0, RANTERS_SAID, talk).await?;
    let ravers = hear(tx, story, cast, 1, RAVERS_SAID, talk).await?;
    let [lead, second] = &cast.staff;
    let merged = RANTERS_SAID.len() - 1;
    let (item, into) = (item(tx, ranters[merged]).await?.seen(), item(tx, ranters[0]).await?.seen());
    heard::merge(tx, lead, story.at(44, 16, 0), item, into).await?;
    if !story.reaches(56) {
        // Two replies are in review already when the story stands here.
        for index in [0, 4] {
            reply(tx, story, cast, &RANTERS_SAID[index], ranters[index], Stage::InReview, 46).await?;
        }
        return Ok(());
    }
    for (items, ids, on) in [(RANTERS_SAID, &ranters, 46), (RAVERS_SAID, &ravers, 66)] {
        for (item, id) in items.iter().zip(ids) {
            if let Some((stage, _)) = &item.reply {
                reply(tx, story, cast, item, *id, *stage, on).await?;
            }
        }
    }
    let frozen = report::freeze(tx, lead, story.at(56, 11, 0), cast.days[0], 1).await?;
    report::send(tx, second, story.at(56, 14, 30), frozen).await?;
    listen_again(tx, story, cast, &ranters).await?;
    keep_promises(tx, story, cast, &ranters).await
}

/// Drafts and opens items, and gives them their owners.
async fn hear(tx: &mut Tx, story: Story, cast: &Cast, day: usize, items: &[Item], talk: &Talk) -> Result<Vec<HeardId>> {
    let lead = &cast.staff[0];
    let on = MEETS[day] + 1;
    let mut ids = Vec::new();
    for (index, item) in items.iter().enumerate() {
        let minute = i64::try_from(index).unwrap_or(0);
        let notes = item.from.iter().map(|&(session, line)| talk[day][session][line]).collect();
        let cmd =
            heard::Draft { panel_day: cast.days[day], text: item.text.to_owned(), topic: cast.tags[item.topic].to_lowercase(), notes };
        let drafted = heard::draft(tx, lead, story.at(on, 10, minute), cmd).await?;
        let opened = heard::open(tx, lead, story.at(on, 15, minute), drafted.seen()).await?;
        let owner = match item.owner {
            Owner::Account(index) => heard::Owner::Account(cast.responders[index].id),
            Owner::Partner => heard::Owner::Guest {
                name: "Niall Greaves".into(),
                email: "niall.greaves@example.org".into(),
                unit: "Recycling partner".into(),
            },
            Owner::Nobody => {
                ids.push(drafted.id);
                continue;
            }
        };
        heard::assign(tx, lead, story.at(on + 1, 9, minute), opened.seen(), owner, "Please answer in two weeks.").await?;
        ids.push(drafted.id);
    }
    Ok(ids)
}

/// Drafts a reply as its owner and takes it as far as `stage`. Gives the version.
async fn reply(tx: &mut Tx, story: Story, cast: &Cast, item: &Item, id: HeardId, stage: Stage, on: i64) -> Result<Option<VersionId>> {
    let Some((_, reply)) = &item.reply else { return Ok(None) };
    let owner = match item.owner {
        Owner::Account(index) => actor(&cast.responders[index]),
        Owner::Partner | Owner::Nobody => Actor::Link { id: LinkId::new(), purpose: Purpose::Response, subject: id.0 },
    };
    let version = draft(tx, story.at(on, 10, 30), &owner, id, content(story, cast, item, reply)).await?;
    if stage != Stage::Drafted {
        response::submit(tx, &owner, story.at(on, 16, 15), version.seen()).await?;
    }
    if stage == Stage::Published {
        publish(tx, &cast.staff[0], story.at(on + 7, 9, 20), version.id).await?;
    }
    Ok(Some(version.id))
}

async fn draft(tx: &mut Tx, at: Time, owner: &Actor, heard: HeardId, content: Content) -> Result<Version> {
    let item = item(tx, heard).await?.seen();
    response::draft(tx, owner, at, response::Draft { item, version: None, content }).await
}

async fn item(tx: &mut Tx, id: HeardId) -> Result<Heard> {
    crate::heard::store::find(tx, id).await?.ok_or(Error::NotFound)
}

fn content(story: Story, cast: &Cast, item: &Item, reply: &Reply) -> Content {
    let owner = match item.owner {
        Owner::Account(index) => cast.responders[index].name.clone(),
        Owner::Partner | Owner::Nobody => "Niall Greaves".to_owned(),
    };
    let mut content = Content {
        kind: Kind::Commit,
        text: String::new(),
        link: String::new(),
        decline_reason: None,
        owner: String::new(),
        due: None,
        change_reason: String::new(),
    };
    match reply {
        Reply::Commit { text, due, .. } => {
            content.text = (*text).to_owned();
            content.owner = owner;
            content.due = Some(story.date(*due));
        }
        Reply::Exists { text, link } => {
            content.kind = Kind::Exists;
            content.text = (*text).to_owned();
            content.link = (*link).to_owned();
        }
        Reply::Declined { text, reason } => {
            content.kind = Kind::Declined;
            content.text = (*text).to_owned();
            content.decline_reason = Some(*reason);
        }
        Reply::Question { text } => {
            content.kind = Kind::Question;
            content.text = (*text).to_owned();
        }
    }
    content
}

/// What the panel said to the report. One "still broken" comes after the promise was kept.
async fn listen_again(tx: &mut Tx, story: Story, cast: &Cast, items: &[HeardId]) -> Result<()> {
    keep(tx, story, cast, RANTERS_SAID, items, 4, 63).await?;
    for (turn, (who, item, said, remark)) in ANSWERS.iter().enumerate() {
        let at = story.at(65 + i64::try_from(turn).unwrap_or(0) / 2, 20, i64::try_from(turn).unwrap_or(0));
        let panelist = find_panelist(tx, cast.days[0], RANTERS[*who].name).await?.ok_or(Error::NotFound)?;
        let version = crate::response::store::find_current(tx, items[*item]).await?.ok_or(Error::NotFound)?;
        let cmd = report::Answer { number: 1, version: version.id, answer: *said, remark: (*remark).to_owned() };
        report::answer(tx, &door(panelist), at, cmd).await?;
    }
    Ok(())
}

/// One promise is kept and confirmed, one is put off, with a reason; one stays overdue.
async fn keep_promises(tx: &mut Tx, story: Story, cast: &Cast, items: &[HeardId]) -> Result<()> {
    keep(tx, story, cast, RANTERS_SAID, items, 0, 78).await?;
    const HINGES: usize = 8;
    let item = &RANTERS_SAID[HINGES];
    let Some((_, promise)) = &item.reply else { return Ok(()) };
    let mut later = content(story, cast, item, promise);
    later.due = Some(story.date(92));
    later.change_reason =
        "The second batch of screws failed our test. Lids are replaced already; the new mount comes two weeks later.".into();
    let owner = actor(&cast.responders[2]);
    let version = draft(tx, story.at(72, 11, 0), &owner, items[HINGES], later).await?;
    response::submit(tx, &owner, story.at(72, 11, 10), version.seen()).await?;
    publish(tx, &cast.staff[0], story.at(73, 9, 0), version.id).await
}

/// Publishes a version as it stands.
async fn publish(tx: &mut Tx, actor: &Actor, at: Time, id: VersionId) -> Result<()> {
    let version = crate::response::store::find(tx, id).await?.ok_or(Error::NotFound)?;
    let item = item(tx, version.heard_id).await?.revision;
    response::publish(tx, actor, at, response::Publish { version: version.seen(), item }).await
}

/// Evidence from the owner on `day`, confirmed by somebody else the day after.
async fn keep(tx: &mut Tx, story: Story, cast: &Cast, said: &[Item], items: &[HeardId], index: usize, day: i64) -> Result<()> {
    let (Some((_, Reply::Commit { kept: Some(evidence), .. })), Owner::Account(owner)) = (&said[index].reply, said[index].owner) else {
        return Ok(());
    };
    let heard = items[index];
    let promise = crate::response::store::find_current(tx, heard).await?.ok_or(Error::NotFound)?.id;
    let shown = response::Deliver { heard, promise, seen: None, evidence: (*evidence).to_owned() };
    response::deliver(tx, &actor(&cast.responders[owner]), story.at(day, 15, 0), shown).await?;
    response::confirm(tx, &cast.staff[1], story.at(day + 1, 10, 0), response::Confirm { heard, promise, seen: 1 }).await
}
