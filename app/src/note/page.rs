//! `/sessions/{id}/live`: taking notes, together. The head both session pages share.

use leptos::prelude::*;

use super::island::LiveNotes;
use super::{act, seat};
use crate::account::{Actor, Verb};
use crate::clock::{Time, wall_time};
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::ids::{NoteId, SessionId};
use crate::panel_day::PanelDay;
use crate::session::rules::state;
use crate::session::{Session, State};
use crate::ui::{PageHead, SegBadge, StateBadge, Tone, capital, page, param, tried};
use crate::{account, panel_day, session};

/// `/sessions/{id}/live`.
pub fn live() -> impl IntoView {
    let id = param::<SessionId>("id");
    page("Live notes", Verb::SeeNotes, move |cx| async move {
        let Actor::Account { id: me, name: my_name, .. } = cx.actor.clone() else { return Err(Error::Forbidden) };
        let mut tx = cx.db.read().await?;
        let session = act::reach(&mut tx, &cx.actor, Verb::SeeNotes, id?).await?;
        let head = Head::load(&mut tx, cx.now, &session).await?;
        let zone = head.day.zone();
        let offset = chrono::Offset::fix(session.starts_at.with_timezone(&zone).offset()).local_minus_utc() / 60;
        let takes = reaches(&mut tx, &cx.actor, Verb::TakeNotes, &session).await? && head.state.takes_notes();
        let seats = act::seats(&mut tx, &session).await?;
        let sheet = act::sheet(&mut tx, &session, cx.now).await?;
        let refused = tried().filter(|tried| tried.fields.text("act") == "take");
        let typed = refused.as_ref().map(|tried| tried.fields.text("line").to_owned()).unwrap_or_default();
        let mistake = refused.as_ref().map(|tried| tried.lines().join(" ")).unwrap_or_default();
        // A refused note keeps its id, so that pressing Back and sending again is still one note.
        let draft = refused.and_then(|tried| tried.fields.parse::<NoteId>("id").ok()).unwrap_or_else(NoteId::new);
        // Seats and bars take the colour of the day's cohort.
        let cohort = head.day.segment.map(|segment| format!("of-{}", segment.as_str())).unwrap_or_default();
        let waits = (head.state == State::Planned).then(|| {
            view! { <p class="notice">{format!("This session has not begun. Notes open at {}.", opens(&session, zone))}</p> }
        });
        let grammar = format!("/{} is the company; who is named by initials is listed beside the notes.", seat::COMPANY);
        Ok(view! {
            {head.view(&session, "live")}
            {waits}
            <noscript><p class="notice">"Without JavaScript, reload this page to see what others noted. " {grammar}</p></noscript>
            <div class=cohort>
                <LiveNotes
                    session=session.id
                    me
                    my_name
                    sheet
                    seats
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

/// Whether this actor may do `verb` in this session; for hiding what would be refused.
pub(super) async fn reaches(tx: &mut Tx, actor: &Actor, verb: Verb, session: &Session) -> Result<bool> {
    match session::act::may_on_day(tx, actor, verb, session.panel_day_id).await {
        Ok(()) => Ok(true),
        Err(Error::Forbidden | Error::NotFound | Error::SignIn) => Ok(false),
        Err(error) => Err(error),
    }
}

fn opens(session: &Session, zone: chrono_tz::Tz) -> String {
    wall_time(session.starts_at - chrono::Duration::minutes(session::rules::EARLY_MINUTES), zone)
}

/// Where one is: the day, which session of it, when, where, who moderates.
pub(super) struct Head {
    pub day: PanelDay,
    pub state: State,
    sub: String,
    seats: usize,
}

impl Head {
    pub async fn load(tx: &mut Tx, now: Time, session: &Session) -> Result<Self> {
        let day = panel_day::store::find(tx, session.panel_day_id).await?.ok_or(Error::NotFound)?;
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
            format!("{}–{}", wall_time(session.starts_at, zone), wall_time(session.ends_at, zone)),
        ];
        parts.extend(moderator.map(|name| format!("moderated by {name}")));
        parts.retain(|part| !part.is_empty());
        let seats = crate::panelist::store::list_seated(tx, day.id).await?.len();
        Ok(Self { state: state(session, now), sub: parts.join(" · "), day, seats })
    }

    /// `here` is the page's own end: "" or "live".
    pub fn view(&self, session: &Session, here: &str) -> impl IntoView + use<> {
        let crumbs = vec![
            ("/days".to_owned(), "Panel days".to_owned()),
            (format!("/days/{}", self.day.id), format!("{}, {}", self.day.title, crate::clock::long_date(self.day.day))),
        ];
        let segment = self.day.segment.map(|segment| {
            view! { <SegBadge class=segment.as_str() label=format!("{} {}", capital(segment.plural()), self.seats)/> }
        });
        let tone = match self.state {
            State::Live => Tone::Live,
            State::NotesOpen => Tone::Good,
            State::Planned | State::Locked => Tone::Plain,
        };
        let other = if here == "live" {
            view! { <a class="btn" href=format!("/sessions/{}", session.id)>"Search and correct"</a> }
        } else {
            view! { <a class="btn" href=format!("/sessions/{}/live", session.id)>"Live notes"</a> }
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
