//! The two days that were held: who came, and what was written down.

use chrono::Duration;

use super::Story;
use super::cast::{Cast, MEETS, actor};
use super::people::{RANTERS, RAVERS, Voice};
use super::recruiting::find_panelist;
use super::talk::{By, Line, RANTER_DAY, RAVER_DAY, Slot};
use crate::db::Tx;
use crate::error::Result;
use crate::ids::{NoteId, PanelDayId, PanelistId};
use crate::note::{Draft, Said};
use crate::panelist::Attendance;
use crate::{note, panelist, session};

/// The notes of each day, by session and line.
pub(super) type Talk = Vec<Vec<Vec<NoteId>>>;

/// Checks people in and takes the notes, at the times at which they were said.
pub(super) async fn hold(tx: &mut Tx, story: Story, cast: &Cast) -> Result<Talk> {
    let mut talk = Vec::new();
    for (day, voices, slots, absent) in [(0, RANTERS, RANTER_DAY, 12), (1, RAVERS, RAVER_DAY, 10)] {
        check_in(tx, story, cast, day, voices, absent).await?;
        let sessions = session::store::list(tx, cast.days[day]).await?;
        let mut notes = Vec::new();
        for (slot, session) in slots.iter().zip(&sessions) {
            notes.push(take_notes(tx, cast, cast.days[day], voices, slot, session).await?);
        }
        talk.push(notes);
    }
    Ok(talk)
}

async fn check_in(tx: &mut Tx, story: Story, cast: &Cast, day: usize, voices: &[Voice], absent: usize) -> Result<()> {
    let moderator = actor(&cast.moderators[0]);
    for (index, panelist) in panelist::store::list_seated(tx, cast.days[day]).await?.into_iter().enumerate() {
        let came = panelist.name != voices[absent].name;
        let attendance = if came { Attendance::CheckedIn } else { Attendance::NoShow };
        let at = story.at(MEETS[day], 8, 10 + i64::try_from(index).unwrap_or(0));
        panelist::act::attend(tx, &moderator, at, panelist.id, Some(attendance)).await?;
    }
    Ok(())
}

async fn take_notes(
    tx: &mut Tx,
    cast: &Cast,
    day: PanelDayId,
    voices: &[Voice],
    slot: &Slot,
    session: &session::Session,
) -> Result<Vec<NoteId>> {
    let moderator = actor(&cast.moderators[slot.moderator]);
    let minutes = (session.ends_at - session.starts_at).num_minutes();
    let between = minutes / (i64::try_from(slot.lines.len()).unwrap_or(1) + 1);
    let mut notes = Vec::new();
    for (index, line) in slot.lines.iter().enumerate() {
        let at = session.starts_at + Duration::minutes(between * (i64::try_from(index).unwrap_or(0) + 1)) + Duration::seconds(17);
        let draft = Draft { id: NoteId::new(), at: at.timestamp_millis(), said: said(tx, cast, day, voices, slot, line).await? };
        notes.push(note::act::take(tx, &moderator, at, session.id, draft).await?.id);
    }
    Ok(notes)
}

async fn said(tx: &mut Tx, cast: &Cast, day: PanelDayId, voices: &[Voice], slot: &Slot, line: &Line) -> Result<Said> {
    let (panelist, speaker): (Option<PanelistId>, String) = match line.by {
        By::Panel(who) => (find_panelist(tx, day, voices[who].name).await?, String::new()),
        By::Company(name) => (None, name.to_owned()),
    };
    Ok(Said { panelist, speaker, kind: line.kind, text: line.text.to_owned(), topic: Some(cast.tags[slot.topic].to_lowercase()) })
}
