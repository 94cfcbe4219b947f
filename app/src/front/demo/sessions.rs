//! The two days that were held: who came, and what was written down.

use chrono::Duration;

use super::cast::{Cast, MEETS, actor};
use super::people::{DemoAuthor, RANTERS, RAVERS};
use super::recruiting::find_panelist;
use super::script::{DemoNote, DemoSession, DemoSpeaker, RANTER_DAY, RAVER_DAY};
use super::story::Story;
use crate::db::Tx;
use crate::kernel::error::Result;
use crate::kernel::ids::{NoteId, PanelDayId, PanelistId};
use crate::panel_day::note::{self, NoteDraft, NoteWording};
use crate::panel_day::{check_in, session};
use crate::recruiting::panelist::{self, Attendance};

/// The notes of each day, by session and line.
pub(super) type NotesByDay = Vec<Vec<Vec<NoteId>>>;

/// Checks people in and takes the notes, at the times at which they were said.
pub(super) async fn run_days(tx: &mut Tx, story: Story, cast: &Cast) -> Result<NotesByDay> {
    let mut talk = Vec::new();
    for (day, authors, slots, absent) in [(0, RANTERS, RANTER_DAY, 12), (1, RAVERS, RAVER_DAY, 10)] {
        check_in(tx, story, cast, day, authors, absent).await?;
        let sessions = session::store::list(tx, cast.days[day]).await?;
        let mut notes = Vec::new();
        for (slot, session) in slots.iter().zip(&sessions) {
            notes.push(take_notes(tx, cast, cast.days[day], authors, slot, session).await?);
        }
        talk.push(notes);
    }
    Ok(talk)
}

async fn check_in(tx: &mut Tx, story: Story, cast: &Cast, day: usize, authors: &[DemoAuthor], absent: usize) -> Result<()> {
    let moderator = actor(&cast.moderators[0]);
    for (index, panelist) in panelist::store::list_seated(tx, cast.days[day]).await?.into_iter().enumerate() {
        let came = panelist.name != authors[absent].name;
        let attendance = if came { Attendance::CheckedIn } else { Attendance::NoShow };
        let at = story.at(MEETS[day], 8, 10 + i64::try_from(index).unwrap_or(0));
        check_in::record(tx, &moderator, at, panelist.id, Some(attendance)).await?;
    }
    Ok(())
}

async fn take_notes(
    tx: &mut Tx,
    cast: &Cast,
    day: PanelDayId,
    authors: &[DemoAuthor],
    slot: &DemoSession,
    session: &session::Session,
) -> Result<Vec<NoteId>> {
    let moderator = actor(&cast.moderators[slot.moderator]);
    let minutes = (session.ends_at - session.starts_at).num_minutes();
    let between = minutes / (i64::try_from(slot.lines.len()).unwrap_or(1) + 1);
    let mut notes = Vec::new();
    for (index, line) in slot.lines.iter().enumerate() {
        let at = session.starts_at + Duration::minutes(between * (i64::try_from(index).unwrap_or(0) + 1)) + Duration::seconds(17);
        let draft = NoteDraft { id: NoteId::new(), at: at.timestamp_millis(), wording: wording(tx, cast, day, authors, slot, line).await? };
        notes.push(note::act::take(tx, &moderator, at, session.id, draft).await?.id);
    }
    Ok(notes)
}

async fn wording(
    tx: &mut Tx,
    cast: &Cast,
    day: PanelDayId,
    authors: &[DemoAuthor],
    slot: &DemoSession,
    line: &DemoNote,
) -> Result<NoteWording> {
    let (panelist, speaker): (Option<PanelistId>, String) = match line.by {
        DemoSpeaker::Panel(who) => (find_panelist(tx, day, authors[who].name).await?, String::new()),
        DemoSpeaker::Company(name) => (None, name.to_owned()),
    };
    Ok(NoteWording { panelist, speaker, kind: line.kind, text: line.text.to_owned(), topic: Some(cast.tags[slot.topic].to_lowercase()) })
}
