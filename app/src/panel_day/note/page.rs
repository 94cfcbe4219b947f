//! `/sessions/{id}/live`: taking notes together. Also the head that both pages of a session share.

use leptos::prelude::*;

use super::island::LiveNotes;
use super::{act, speaker};
use crate::access::account::{self, Actor, Permission};
use crate::access::page::page;
use crate::db::Tx;
use crate::kernel::clock::{Time, long_date, wall_time, zoned_time};
use crate::kernel::error::{Error, Result};
use crate::kernel::ids::{NoteId, SessionId};
use crate::panel_day::session::rules::state;
use crate::panel_day::session::{self, Session, SessionState};
use crate::program::day::{self, PanelDay};
use crate::recruiting::panelist;
use crate::ui::{PageHead, SegBadge, StateBadge, Tone, capital, param, tried};

/// `/sessions/{id}/live`.
pub fn live() -> impl IntoView {
    let id = param::<SessionId>("id");
    page("Live notes", Permission::SeeNotes, move |cx| async move {
        let Actor::Account { id: me, name: my_name, .. } = cx.actor.clone() else { return Err(Error::Forbidden) };
        let mut tx = cx.db.read().await?;
        let session = act::reach(&mut tx, &cx.actor, Permission::SeeNotes, id?).await?;
        let head = LiveHead::load(&mut tx, cx.now, &session).await?;
        let zone = head.day.zone();
        let offset = chrono::Offset::fix(session.starts_at.with_timezone(&zone).offset()).local_minus_utc() / 60;
        let takes = reaches(&mut tx, &cx.actor, Permission::TakeNotes, &session).await? && head.state.takes_notes();
        let speakers = act::speakers(&mut tx, &session).await?;
        let sheet = act::load(&mut tx, &session, cx.now).await?;
        let refused = tried().filter(|tried| tried.fields.text("act") == "take");
        let typed = refused.as_ref().map(|tried| tried.fields.text("line").to_owned()).unwrap_or_default();
        let mistake = refused.as_ref().map(|tried| tried.lines().join(" ")).unwrap_or_default();
        // A refused note keeps its id, so that pressing Back and sending again is still one note.
        let draft = refused.and_then(|tried| tried.fields.parse::<NoteId>("id").ok()).unwrap_or_else(NoteId::new);
        let waits = (head.state == SessionState::Planned).then(|| {
            view! { <p class="notice">{format!("This session has not started. Notes open at {}.", opens(&session, zone))}</p> }
        });
        let grammar = format!("Type / and initials to name a speaker; /{} is the company.", speaker::COMPANY);
        Ok(view! {
            {head.view(&session, SessionPage::Live)}
            {waits}
            <noscript><p class="notice">"Without JavaScript, reload this page to see the notes of others. " {grammar}</p></noscript>
            <div>
                <LiveNotes
                    session=session.id
                    me
                    my_name
                    sheet
                    speakers
                    starts=session.starts_at.timestamp_millis()
                    ends=session.ends_at.timestamp_millis()
                    offset=i64::from(offset)
                    takes
                    draft
                    typed
                    mistake
                />
            </div>
        }
        .into_any())
    })
}

/// Whether the actor may do `permission` in this session, to hide what would be refused.
pub(super) async fn reaches(tx: &mut Tx, actor: &Actor, permission: Permission, session: &Session) -> Result<bool> {
    match session::act::may_on_day(tx, actor, permission, session.panel_day_id).await {
        Ok(()) => Ok(true),
        Err(Error::Forbidden | Error::NotFound | Error::SignIn) => Ok(false),
        Err(error) => Err(error),
    }
}

fn opens(session: &Session, zone: chrono_tz::Tz) -> String {
    zoned_time(session.starts_at - chrono::Duration::minutes(session::rules::EARLY_MINUTES), zone)
}

/// Which of a session's pages a head is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SessionPage {
    Live,
    /// The notes to read; `takes` says whether the reader takes notes.
    Notes {
        takes: bool,
    },
}

pub(super) struct LiveHead {
    pub day: PanelDay,
    pub state: SessionState,
    sub: String,
    seated: usize,
    crumbs: Vec<(String, String)>,
}

impl LiveHead {
    pub async fn load(tx: &mut Tx, now: Time, session: &Session) -> Result<Self> {
        let day = day::store::find(tx, session.panel_day_id).await?.ok_or(Error::NotFound)?;
        let sessions = session::store::list(tx, day.id).await?;
        let place = sessions.iter().position(|other| other.id == session.id).map_or(1, |place| place + 1);
        let zone = day.zone();
        let moderator = match session.moderator_id {
            Some(id) => account::store::find(tx, id).await?.map(|account| account.name),
            None => None,
        };
        let mut parts = vec![
            format!("Session {place} of {}", sessions.len()),
            session.room.clone(),
            format!("{}, {}–{}", long_date(day.day), wall_time(session.starts_at, zone), zoned_time(session.ends_at, zone)),
        ];
        let crumbs = day::crumbs::through(tx, &day).await?;
        parts.extend(moderator.map(|name| format!("Moderator: {name}")));
        parts.retain(|part| !part.is_empty());
        let seated = panelist::store::list_seated(tx, day.id).await?.len();
        Ok(Self { state: state(session, now), sub: parts.join(" · "), day, seated, crumbs })
    }

    pub fn view(&self, session: &Session, here: SessionPage) -> impl IntoView + use<> {
        let mut crumbs = self.crumbs.clone();
        if here == SessionPage::Live {
            crumbs.push((format!("/sessions/{}", session.id), "Notes".to_owned()));
        }
        let segment = self.day.segment.map(|segment| {
            view! { <SegBadge class=segment.as_str() label=format!("{} {}", capital(segment.plural()), self.seated)/> }
        });
        let tone = match self.state {
            SessionState::Live => Tone::Live,
            SessionState::NotesOpen => Tone::Good,
            SessionState::Planned | SessionState::Locked => Tone::Plain,
        };
        let live = format!("/sessions/{}/live", session.id);
        let other = match here {
            SessionPage::Live => {
                Some(view! { <a class="btn" href=format!("/sessions/{}", session.id)>"Search and correct notes"</a> }.into_any())
            }
            SessionPage::Notes { takes: true } if self.state.takes_notes() => {
                Some(view! { <a class="btn btn-1" href=live>"Take notes"</a> }.into_any())
            }
            SessionPage::Notes { .. } if self.state != SessionState::Locked => {
                Some(view! { <a class="btn" href=live>"Follow live notes"</a> }.into_any())
            }
            SessionPage::Notes { .. } => None,
        };
        let (title, sub, label) = (session.title.clone(), self.sub.clone(), self.state.label());
        view! {
            <PageHead title sub crumbs>
                {segment}
                <StateBadge tone label/>
                {other}
            </PageHead>
        }
    }
}
