//! The invitations of a day: what the page `/days/{id}/invitations` and its CSV show.

use super::{InvitationChannel, InvitationRow, InvitationState, store};
use crate::db::Tx;
use crate::kernel::clock::Time;
use crate::kernel::error::Result;
use crate::kernel::fold::Needle;
use crate::kernel::ids::PanelDayId;

text_enum! {
    pub enum InvitationSort {
        Name = "", "Name";
        Newest = "newest", "Newest first";
        Answer = "answer", "Answer due";
    }
}

/// What the page's query asks for.
#[derive(Clone, Debug)]
pub struct InvitationSearch {
    pub words: String,
    pub channel: Option<InvitationChannel>,
    pub stage: Option<InvitationStage>,
    pub sort: InvitationSort,
}

impl InvitationSearch {
    /// Reads a query; unknown values are ignored.
    pub fn read(get: impl Fn(&str) -> Option<String>) -> Self {
        Self {
            words: get("q").unwrap_or_default(),
            channel: get("channel").and_then(|word| word.parse().ok()),
            stage: get("stage").and_then(|word| word.parse().ok()),
            sort: get("sort").and_then(|word| word.parse().ok()).unwrap_or(InvitationSort::Name),
        }
    }
}

/// The invitations that match, each in its state at `now`.
pub async fn list(tx: &mut Tx, day: PanelDayId, search: &InvitationSearch, now: Time) -> Result<Vec<InvitationRow>> {
    let words = Needle::of(&search.words);
    let mut lines: Vec<InvitationRow> = store::list(tx, day)
        .await?
        .into_iter()
        .filter(|line| search.channel.is_none_or(|channel| line.invitation.channel == channel))
        .filter(|line| words.is_in([&line.name, &line.invitation.body]))
        .collect();
    for line in &mut lines {
        line.invitation.state = super::rules::state(&line.invitation, now);
    }
    lines.retain(|line| search.stage.is_none_or(|stage| InvitationStage::of(line.invitation.state) == stage));
    match search.sort {
        InvitationSort::Name => {}
        InvitationSort::Newest => lines.sort_by_key(|line| std::cmp::Reverse(line.invitation.drafted_at)),
        InvitationSort::Answer => lines.sort_by_key(|line| (line.invitation.expires_at.is_none(), line.invitation.expires_at)),
    }
    Ok(lines)
}

text_enum! {
    /// What an invitation waits for.
    pub enum InvitationStage {
        Review = "review", "To review";
        Send = "send", "To send";
        Sent = "sent", "No answer yet";
        Yes = "yes", "Accepted";
        Waiting = "waiting", "Waitlist";
        No = "no", "Declined or closed";
    }
}

impl InvitationStage {
    /// Whether something is still to happen.
    #[must_use]
    pub const fn is_open(self) -> bool {
        !matches!(self, Self::Yes | Self::No)
    }

    /// The stage of an invitation in this state.
    #[must_use]
    pub const fn of(state: InvitationState) -> Self {
        match state {
            InvitationState::Drafted => Self::Review,
            InvitationState::Reviewed => Self::Send,
            InvitationState::Sent => Self::Sent,
            InvitationState::Accepted | InvitationState::Promoted => Self::Yes,
            InvitationState::Waitlisted => Self::Waiting,
            InvitationState::Declined | InvitationState::Expired | InvitationState::Withdrawn => Self::No,
        }
    }
}
