//! What waits for somebody, and how far the loop has come.

use std::collections::HashMap;

use chrono_tz::Tz;

use crate::access::account::{Actor, Permission, Scope};
use crate::access::outbox;
use crate::casework::{nomination, triage};
use crate::db::Tx;
use crate::follow_up::board::{self, FollowUpRow, FollowUpTally};
use crate::follow_up::response::FollowUpStatus;
use crate::follow_up::{heard, report};
use crate::front::webhook;
use crate::kernel::clock::{Time, local_day};
use crate::kernel::error::Result;
use crate::kernel::ids::PanelDayId;
use crate::listening::{identity_link, import, mention, segment};
use crate::panel_day::day::list::{self as days, PanelDayRow};
use crate::panel_day::session::{self, Session};
use crate::program::{self, Program, Segment};
use crate::ui::{Tone, count};

/// One thing to do: how many, of what, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToDo {
    pub count: i64,
    pub words: String,
    pub href: String,
    pub tone: Tone,
}

/// The loop in numbers.
#[derive(Clone, Debug, Default)]
pub struct LoopCounts {
    pub mentions: i64,
    pub segments: Vec<(Segment, i64)>,
    pub seated: i64,
    pub seats: i64,
    pub unanswered: i64,
    pub sessions: i64,
    pub notes: i64,
    pub tally: FollowUpTally,
}

/// All that the page shows.
pub struct HomePage {
    pub programs: Vec<Program>,
    /// Latest first.
    pub days: Vec<PanelDayRow>,
    /// The reader's own sessions, soonest first; everybody's where they moderate none.
    pub sessions: Vec<Session>,
    pub lines: Vec<FollowUpRow>,
    pub loop_counts: LoopCounts,
    pub to_dos: Vec<ToDo>,
}

impl HomePage {
    /// The next panel day, today's included, each by the clock of its place.
    #[must_use]
    pub fn next_day(&self, now: Time) -> Option<&PanelDayRow> {
        self.days.iter().filter(|line| line.day.day >= local_day(now, line.day.zone())).min_by_key(|line| line.day.day)
    }

    /// Whose "today" is meant: that of the next panel day, else of the last one.
    #[must_use]
    pub fn zone(&self, now: Time) -> Tz {
        self.next_day(now).or_else(|| self.days.first()).map_or(Tz::UTC, |line| line.day.zone())
    }
}

/// Reads it.
pub async fn read(tx: &mut Tx, actor: &Actor, now: Time) -> Result<HomePage> {
    let may = |permission: Permission| actor.scope(permission).is_some();
    let search =
        days::PanelDaySearch { words: String::new(), program: None, when: days::PanelDayPeriod::All, sort: days::PanelDaySort::Latest };
    let programs = program::store::list(tx).await?;
    let days = days::list(tx, &search, now).await?;
    let lines = if may(Permission::SeeHeard) { board::list(tx, actor, now).await? } else { Vec::new() };
    let mut round = LoopCounts { tally: board::tally(&lines), ..LoopCounts::default() };
    let mut to_dos = board_to_dos(&lines, actor);
    if may(Permission::SeeListening) {
        count_listening(tx, &programs, &mut round).await?;
    }
    let notes: HashMap<PanelDayId, (i64, i64)> =
        heard::store::count_notes(tx).await?.into_iter().map(|(day, taken, left)| (day, (taken, left))).collect();
    for line in &days {
        let (taken, left) = notes.get(&line.day.id).copied().unwrap_or_default();
        round.seated += line.counts.seated;
        round.seats += line.day.capacity;
        round.unanswered += line.counts.unanswered;
        round.sessions += line.counts.sessions;
        round.notes += taken;
        day_to_dos(&mut to_dos, actor, now, line, left);
    }
    program_to_dos(tx, actor, now, &programs, &mut to_dos).await?;
    operation_to_dos(tx, actor, &mut to_dos).await?;
    if may(Permission::ReopenItem) {
        panelist_to_dos(tx, &lines, &mut to_dos).await?;
    }
    let sessions = sessions(tx, actor, now).await?;
    Ok(HomePage { programs, days, sessions, lines, loop_counts: round, to_dos })
}

/// Mentions, and how many authors are in each segment.
async fn count_listening(tx: &mut Tx, programs: &[Program], round: &mut LoopCounts) -> Result<()> {
    for program in programs {
        let all = mention::store::MentionSearch { program: Some(program.id), ..Default::default() };
        round.mentions += mention::store::count(tx, &all).await?;
        for (segment, authors) in segment::store::count_segments(tx, program.id).await? {
            if let Some(segment) = segment {
                round.segments.push((segment, authors));
            }
        }
    }
    Ok(())
}

/// Invitations that were not sent, and notes that are in no item.
fn day_to_dos(to_dos: &mut Vec<ToDo>, actor: &Actor, now: Time, line: &PanelDayRow, left: i64) {
    let today = local_day(now, line.day.zone());
    if actor.scope(Permission::Invite).is_some() && line.counts.unsent > 0 && line.day.day >= today {
        to_dos.push(ToDo {
            count: line.counts.unsent,
            words: format!("{} of {} not sent yet", plain(line.counts.unsent, "invitation", "invitations"), line.day.title),
            href: format!("/days/{}/invitations", line.day.id),
            tone: Tone::Warn,
        });
    }
    if left > 0 && actor.scope(Permission::EditHeard) == Some(Scope::All) && line.day.day <= today {
        to_dos.push(ToDo {
            count: left,
            words: format!("{} of {} in no item yet", plain(left, "note", "notes"), line.day.title),
            href: format!("/days/{}/heard", line.day.id),
            tone: Tone::Plain,
        });
    }
}

/// What waits in each program: mentions to answer, nominations, identity links, imports.
async fn program_to_dos(tx: &mut Tx, actor: &Actor, now: Time, programs: &[Program], to_dos: &mut Vec<ToDo>) -> Result<()> {
    let may = |permission: Permission| actor.scope(permission).is_some();
    if may(Permission::SeeTriage) {
        for program in programs {
            let late = triage::page::count_late(tx, actor, now, program.id).await?;
            push(
                to_dos,
                late,
                ("mention is late for an answer", "mentions are late for an answer"),
                &of_program(programs, "/listen/triage?tab=late&program=", program),
                Tone::Bad,
            );
        }
    }
    if may(Permission::DecideNominations) {
        for program in programs {
            let counts = nomination::store::count(tx, Some(program.id)).await?;
            let new = counts.iter().find(|(state, _)| *state == nomination::NominationState::New).map_or(0, |(_, count)| *count);
            push(
                to_dos,
                new,
                ("nomination waits for a decision", "nominations wait for a decision"),
                &of_program(programs, "/listen/nominations?program=", program),
                Tone::Warn,
            );
        }
    }
    if may(Permission::LinkAuthors) {
        for program in programs {
            // One leads to the next: each is decided on the page of its authors.
            if let Some(oldest) = identity_link::store::find_waiting(tx, program.id).await? {
                let waiting = identity_link::store::count_waiting(tx, program.id).await?;
                let words = ("link of two authors waits for a second look", "links of two authors wait for a second look");
                push(to_dos, waiting, words, &format!("/authors/{}/identity-links", oldest.one_id), Tone::Plain);
            }
        }
    }
    if may(Permission::Import) {
        for program in programs {
            let mapping = import::store::count(tx, program.id, "", Some(import::ImportState::Mapping)).await?;
            push(to_dos, mapping, ("import waits for its columns", "imports wait for their columns"), "/imports?state=mapping", Tone::Warn);
        }
    }
    Ok(())
}

/// The address of a program's list, which ends in `program=`. One program need not be named.
fn of_program(programs: &[Program], path: &str, program: &Program) -> String {
    match (programs.len(), path.rsplit_once(['?', '&'])) {
        (1, Some((plain, _))) => plain.to_owned(),
        _ => format!("{path}{}", program.id),
    }
}

/// Webhooks that stopped, and emails that did not arrive.
async fn operation_to_dos(tx: &mut Tx, actor: &Actor, to_dos: &mut Vec<ToDo>) -> Result<()> {
    if actor.scope(Permission::ConnectTools).is_some() {
        let lost = webhook::store::count_lost(tx).await?;
        push(to_dos, lost, ("webhook stopped: nothing reached it", "webhooks stopped: nothing reached them"), "/webhooks", Tone::Bad);
    }
    if actor.scope(Permission::SeeOutbox).is_some() {
        let failed = outbox::store::count(tx).await?.iter().filter(|(state, _)| state.needs_attention()).map(|(_, count)| count).sum();
        push(to_dos, failed, ("email did not arrive, or may not have", "emails did not arrive, or may not have"), "/outbox", Tone::Bad);
    }
    Ok(())
}

/// Answers that panelists dispute.
async fn panelist_to_dos(tx: &mut Tx, lines: &[FollowUpRow], to_dos: &mut Vec<ToDo>) -> Result<()> {
    let disputed = report::store::list_disputed(tx).await?;
    // Each is decided on its own page, and one that stays as it is must not hide the next.
    for line in lines.iter().filter(|line| disputed.contains(&line.item.id)) {
        to_dos.push(ToDo {
            count: 1,
            words: format!("answer is disputed by panelists: item {}", line.item.number),
            href: format!("/heard/{}", line.item.id),
            tone: Tone::Plain,
        });
    }
    Ok(())
}

/// What the board asks of this reader.
fn board_to_dos(lines: &[FollowUpRow], actor: &Actor) -> Vec<ToDo> {
    let many = |status: FollowUpStatus| count_of(lines.iter().filter(|line| line.is(status)).count());
    let may = |permission: Permission| actor.scope(permission).is_some();
    let mut to_dos = Vec::new();
    push(&mut to_dos, many(FollowUpStatus::Overdue), ("promise is overdue", "promises are overdue"), "/heard?status=overdue", Tone::Bad);
    push(
        &mut to_dos,
        many(FollowUpStatus::Reopened),
        ("answer did not hold: open again", "answers did not hold: open again"),
        "/heard?status=reopened",
        Tone::Bad,
    );
    if may(Permission::AssignItem) {
        push(&mut to_dos, many(FollowUpStatus::NoOwner), ("item has no owner", "items have no owner"), "/heard?status=no_owner", Tone::Bad);
    }
    push(
        &mut to_dos,
        many(FollowUpStatus::DueSoon),
        ("promise is due soon", "promises are due soon"),
        "/heard?status=due_soon",
        Tone::Warn,
    );
    if may(Permission::DraftResponse) {
        push(
            &mut to_dos,
            many(FollowUpStatus::Waiting),
            ("item waits for an answer", "items wait for an answer"),
            "/heard?status=waiting",
            Tone::Warn,
        );
    }
    if may(Permission::PublishResponse) {
        push(
            &mut to_dos,
            many(FollowUpStatus::InReview),
            ("response waits for review", "responses wait for review"),
            "/heard?status=in_review",
            Tone::Warn,
        );
    }
    if may(Permission::ConfirmDelivery) {
        let claimed = count_of(lines.iter().filter(|line| line.is_claimed()).count());
        push(
            &mut to_dos,
            claimed,
            ("kept promise waits for a second person", "kept promises wait for a second person"),
            "/heard?status=open",
            Tone::Warn,
        );
    }
    to_dos
}

/// Sessions from now on: those that the reader moderates, or everybody's.
async fn sessions(tx: &mut Tx, actor: &Actor, now: Time) -> Result<Vec<Session>> {
    use crate::panel_day::session::SessionState;
    let own = match actor.account() {
        Some(account) => session::store::list_moderated(tx, account).await?,
        None => Vec::new(),
    };
    let mut all = if own.is_empty() && actor.scope(Permission::SeeNotes) == Some(Scope::All) {
        session::store::list_between(tx, now - chrono::Duration::hours(session::rules::NOTES_OPEN_HOURS), now + chrono::Duration::days(1))
            .await?
    } else {
        own
    };
    all.retain(|session| session::rules::state(session, now) != SessionState::Locked);
    all.truncate(6);
    Ok(all)
}

fn push(to_dos: &mut Vec<ToDo>, count: i64, (one, many): (&str, &str), href: &str, tone: Tone) {
    if count > 0 {
        to_dos.push(ToDo { count, words: plain(count, one, many), href: href.to_owned(), tone });
    }
}

/// The noun alone, in its number.
fn plain(value: i64, one: &str, many: &str) -> String {
    count(value, one, many).split_once(' ').map_or_else(String::new, |(_, noun)| noun.to_owned())
}

fn count_of(len: usize) -> i64 {
    i64::try_from(len).unwrap_or(i64::MAX)
}
