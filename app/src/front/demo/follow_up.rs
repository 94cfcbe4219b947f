//! From notes to items, from items to replies and promises, a report, and what the panel said to it.

use super::cast::{Cast, MEETS, actor};
use super::heard_items::{ANSWERS, DemoItem, DemoOwner, DemoReply, DemoReplyStage, RANTERS_SAID, RAVERS_SAID};
use super::people::RANTERS;
use super::recruiting::{find_panelist, panelist_link};
use super::sessions::NotesByDay;
use super::story::Story;
use crate::access::account::Actor;
use crate::access::link::Purpose;
use crate::db::Tx;
use crate::follow_up::heard::{Heard, act as heard, assignment};
use crate::follow_up::report::act as report;
use crate::follow_up::report::reader::{self, AnswerReply};
use crate::follow_up::response::rules::ResponseContent;
use crate::follow_up::response::{self, ResponseKind, ResponseVersion};
use crate::kernel::clock::Time;
use crate::kernel::error::{Error, Result};
use crate::kernel::ids::{HeardId, LinkId, VersionId};

/// Everything after the two days, as far as the story has come.
pub(super) async fn follow_up(tx: &mut Tx, story: Story, cast: &Cast, talk: &NotesByDay) -> Result<()> {
    let ranters = draft_items(tx, story, cast, 0, RANTERS_SAID, talk).await?;
    let ravers = draft_items(tx, story, cast, 1, RAVERS_SAID, talk).await?;
    let [lead, second] = &cast.staff;
    let merged = RANTERS_SAID.len() - 1;
    let (item, into) = (item(tx, ranters[merged]).await?.seen(), item(tx, ranters[0]).await?.seen());
    heard::merge(tx, lead, story.at(44, 16, 0), item, into).await?;
    if !story.reaches(56) {
        // Two replies are in review already when the story stands here.
        for index in [0, 4] {
            reply(tx, story, cast, &RANTERS_SAID[index], ranters[index], DemoReplyStage::InReview, 46).await?;
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
    let finalised = report::finalise(tx, lead, story.at(56, 11, 0), cast.days[0], 1).await?;
    report::send(tx, second, story.at(56, 14, 30), finalised).await?;
    answer_report(tx, story, cast, &ranters).await?;
    deliver_commitments(tx, story, cast, &ranters).await
}

/// Drafts and opens items, and gives them their owners.
async fn draft_items(tx: &mut Tx, story: Story, cast: &Cast, day: usize, items: &[DemoItem], talk: &NotesByDay) -> Result<Vec<HeardId>> {
    let lead = &cast.staff[0];
    let on = MEETS[day] + 1;
    let mut ids = Vec::new();
    for (index, item) in items.iter().enumerate() {
        let minute = i64::try_from(index).unwrap_or(0);
        let notes = item.from.iter().map(|&(session, line)| talk[day][session][line]).collect();
        let cmd =
            heard::DraftItem { panel_day: cast.days[day], text: item.text.to_owned(), topic: cast.tags[item.topic].to_lowercase(), notes };
        let drafted = heard::draft(tx, lead, story.at(on, 10, minute), cmd).await?;
        let opened = heard::open(tx, lead, story.at(on, 15, minute), drafted.seen()).await?;
        let owner = match item.owner {
            DemoOwner::Account(index) => assignment::ItemOwner::Account(cast.responders[index].id),
            DemoOwner::Partner => assignment::ItemOwner::Guest {
                name: "Niall Greaves".into(),
                email: "niall.greaves@example.org".into(),
                unit: "Recycling partner".into(),
            },
            DemoOwner::Nobody => {
                ids.push(drafted.id);
                continue;
            }
        };
        assignment::assign(tx, lead, story.at(on + 1, 9, minute), opened.seen(), owner, "Please answer in two weeks.").await?;
        ids.push(drafted.id);
    }
    Ok(ids)
}

/// Drafts a reply as its owner and takes it as far as `stage`. Gives the version.
async fn reply(
    tx: &mut Tx,
    story: Story,
    cast: &Cast,
    item: &DemoItem,
    id: HeardId,
    stage: DemoReplyStage,
    on: i64,
) -> Result<Option<VersionId>> {
    let Some((_, reply)) = &item.reply else { return Ok(None) };
    let owner = match item.owner {
        DemoOwner::Account(index) => actor(&cast.responders[index]),
        DemoOwner::Partner | DemoOwner::Nobody => Actor::Link { id: LinkId::new(), purpose: Purpose::Response, subject: id.0 },
    };
    let version = draft(tx, story.at(on, 10, 30), &owner, id, content(story, cast, item, reply)).await?;
    if stage != DemoReplyStage::Drafted {
        response::act::submit_for_review(tx, &owner, story.at(on, 16, 15), version.seen()).await?;
    }
    if stage == DemoReplyStage::Published {
        publish(tx, &cast.staff[0], story.at(on + 7, 9, 20), version.id).await?;
    }
    Ok(Some(version.id))
}

async fn draft(tx: &mut Tx, at: Time, owner: &Actor, heard: HeardId, content: ResponseContent) -> Result<ResponseVersion> {
    let item = item(tx, heard).await?.seen();
    response::act::draft(tx, owner, at, response::act::DraftResponse { item, version: None, content }).await
}

async fn item(tx: &mut Tx, id: HeardId) -> Result<Heard> {
    crate::follow_up::heard::store::find(tx, id).await?.ok_or(Error::NotFound)
}

fn content(story: Story, cast: &Cast, item: &DemoItem, reply: &DemoReply) -> ResponseContent {
    let owner = match item.owner {
        DemoOwner::Account(index) => cast.responders[index].name.clone(),
        DemoOwner::Partner | DemoOwner::Nobody => "Niall Greaves".to_owned(),
    };
    let mut content = ResponseContent {
        kind: ResponseKind::Commit,
        text: String::new(),
        link: String::new(),
        decline_reason: None,
        owner: String::new(),
        due: None,
        change_reason: String::new(),
    };
    match reply {
        DemoReply::Commit { text, due, .. } => {
            content.text = (*text).to_owned();
            content.owner = owner;
            content.due = Some(story.date(*due));
        }
        DemoReply::Exists { text, link } => {
            content.kind = ResponseKind::Exists;
            content.text = (*text).to_owned();
            content.link = (*link).to_owned();
        }
        DemoReply::Declined { text, reason } => {
            content.kind = ResponseKind::Declined;
            content.text = (*text).to_owned();
            content.decline_reason = Some(*reason);
        }
        DemoReply::Question { text } => {
            content.kind = ResponseKind::Question;
            content.text = (*text).to_owned();
        }
    }
    content
}

/// What the panel said to the report. One "still broken" comes after the promise was kept.
async fn answer_report(tx: &mut Tx, story: Story, cast: &Cast, items: &[HeardId]) -> Result<()> {
    deliver(tx, story, cast, RANTERS_SAID, items, 4, 63).await?;
    for (turn, (who, item, answer, remark)) in ANSWERS.iter().enumerate() {
        let at = story.at(65 + i64::try_from(turn).unwrap_or(0) / 2, 20, i64::try_from(turn).unwrap_or(0));
        let panelist = find_panelist(tx, cast.days[0], RANTERS[*who].name).await?.ok_or(Error::NotFound)?;
        let version = response::store::find_current(tx, items[*item]).await?.ok_or(Error::NotFound)?;
        let cmd = AnswerReply { number: 1, version: version.id, answer: *answer, remark: (*remark).to_owned() };
        reader::answer(tx, &panelist_link(panelist), at, cmd).await?;
    }
    Ok(())
}

/// One promise is kept and confirmed, one is put off, with a reason; one stays overdue.
async fn deliver_commitments(tx: &mut Tx, story: Story, cast: &Cast, items: &[HeardId]) -> Result<()> {
    deliver(tx, story, cast, RANTERS_SAID, items, 0, 78).await?;
    const HINGES: usize = 8;
    let item = &RANTERS_SAID[HINGES];
    let Some((_, commitment)) = &item.reply else { return Ok(()) };
    let mut later = content(story, cast, item, commitment);
    later.due = Some(story.date(92));
    later.change_reason =
        "The second batch of screws failed our test. Lids are replaced already; the new mount comes two weeks later.".into();
    let owner = actor(&cast.responders[2]);
    let version = draft(tx, story.at(72, 11, 0), &owner, items[HINGES], later).await?;
    response::act::submit_for_review(tx, &owner, story.at(72, 11, 10), version.seen()).await?;
    publish(tx, &cast.staff[0], story.at(73, 9, 0), version.id).await
}

/// Publishes a version as it stands.
async fn publish(tx: &mut Tx, actor: &Actor, at: Time, id: VersionId) -> Result<()> {
    let version = response::store::find(tx, id).await?.ok_or(Error::NotFound)?;
    let item = item(tx, version.heard_id).await?.revision;
    response::act::publish(tx, actor, at, response::act::PublishVersion { version: version.seen(), item }).await
}

/// Evidence from the owner on `day`, confirmed by somebody else the day after.
async fn deliver(tx: &mut Tx, story: Story, cast: &Cast, drafts: &[DemoItem], items: &[HeardId], index: usize, day: i64) -> Result<()> {
    let (Some((_, DemoReply::Commit { kept: Some(evidence), .. })), DemoOwner::Account(owner)) =
        (&drafts[index].reply, drafts[index].owner)
    else {
        return Ok(());
    };
    let heard = items[index];
    let commitment = response::store::find_current(tx, heard).await?.ok_or(Error::NotFound)?.id;
    let shown = response::act::DeliverCommitment { heard, commitment, seen: None, evidence: (*evidence).to_owned() };
    response::act::deliver(tx, &actor(&cast.responders[owner]), story.at(day, 15, 0), shown).await?;
    response::act::confirm(tx, &cast.staff[1], story.at(day + 1, 10, 0), response::act::ConfirmDelivery { heard, commitment, seen: 1 })
        .await
}
