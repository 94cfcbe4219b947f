//! What the start page shows: to-dos, sessions, panel days, numbers.

use std::collections::{HashMap, HashSet};

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
use crate::ui::Tone;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToDo {
    pub count: i64,
    /// What there are so many of: "commitments overdue".
    pub words: String,
    /// The label of its button: "Review".
    pub action: &'static str,
    pub href: String,
    pub tone: Tone,
}

/// The loop in numbers, over all programs; of a moderator, over the days on which they moderate.
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

/// Everything on the page.
pub struct HomePage {
    pub programs: Vec<Program>,
    /// Latest first.
    pub days: Vec<PanelDayRow>,
    /// The reader's own sessions, soonest first; all sessions for a reader who moderates none.
    pub sessions: Vec<Session>,
    pub lines: Vec<FollowUpRow>,
    /// People on all shortlists.
    pub shortlisted: i64,
    pub loop_counts: LoopCounts,
    /// Most urgent first.
    pub to_dos: Vec<ToDo>,
}

impl HomePage {
    /// The next panel day, today's included, by local time.
    #[must_use]
    pub fn next_day(&self, now: Time) -> Option<&PanelDayRow> {
        self.days.iter().filter(|line| line.day.day >= local_day(now, line.day.zone())).min_by_key(|line| line.day.day)
    }

    /// The zone that decides what "today" is: that of the next panel day, else of the last one.
    #[must_use]
    pub fn zone(&self, now: Time) -> Tz {
        self.next_day(now).or_else(|| self.days.first()).map_or(Tz::UTC, |line| line.day.zone())
    }
}

pub async fn read(tx: &mut Tx, actor: &Actor, now: Time) -> Result<HomePage> {
    let may = |permission: Permission| actor.scope(permission).is_some();
    let search =
        days::PanelDaySearch { words: String::new(), program: None, when: days::PanelDayPeriod::All, sort: days::PanelDaySort::Latest };
    let programs = program::store::list(tx).await?;
    let days = days::list(tx, &search, now).await?;
    let lines = if may(Permission::SeeHeard) { board::list(tx, actor, now).await? } else { Vec::new() };
    let mut round = LoopCounts { tally: board::tally(&lines), ..LoopCounts::default() };
    let mut to_dos = board_to_dos(&lines, actor);
    to_dos.extend(returned_to_dos(&lines, actor));
    if may(Permission::SeeListening) {
        count_listening(tx, &programs, &mut round).await?;
    }
    let notes: HashMap<PanelDayId, (i64, i64)> =
        heard::store::count_notes(tx).await?.into_iter().map(|(day, taken, left)| (day, (taken, left))).collect();
    let own = match actor.account() {
        Some(account) => session::store::list_moderated(tx, account).await?,
        None => Vec::new(),
    };
    let moderated: HashSet<PanelDayId> = own.iter().map(|session| session.panel_day_id).collect();
    for line in &days {
        let (taken, left) = notes.get(&line.day.id).copied().unwrap_or_default();
        let reaches = |permission: Permission| match actor.scope(permission) {
            Some(Scope::Day) => moderated.contains(&line.day.id),
            _ => true,
        };
        if reaches(Permission::SeeRecruiting) {
            round.seated += line.counts.seated;
            round.seats += line.day.capacity;
            round.unanswered += line.counts.unanswered;
        }
        if reaches(Permission::SeeNotes) {
            round.sessions += line.counts.sessions;
            round.notes += taken;
        }
        let groups = match actor.scope(Permission::EditHeard) {
            Some(Scope::All) => true,
            Some(Scope::Day) => moderated.contains(&line.day.id),
            _ => false,
        };
        day_to_dos(&mut to_dos, actor, now, line, if groups { left } else { 0 });
    }
    program_to_dos(tx, actor, now, &programs, &mut to_dos).await?;
    operation_to_dos(tx, actor, &mut to_dos).await?;
    if may(Permission::ReopenItem) {
        panelist_to_dos(tx, &lines, &mut to_dos).await?;
    }
    let sessions = sessions(tx, actor, now, own).await?;
    let shortlisted = days.iter().map(|line| line.counts.shortlisted).sum();
    to_dos.sort_by_key(|to_do| match to_do.tone {
        Tone::Bad => 0,
        Tone::Warn => 1,
        _ => 2,
    });
    Ok(HomePage { programs, days, sessions, lines, shortlisted, loop_counts: round, to_dos })
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

/// Invitations that are not sent, and `left` notes without an item, which the reader may group.
fn day_to_dos(to_dos: &mut Vec<ToDo>, actor: &Actor, now: Time, line: &PanelDayRow, left: i64) {
    let today = local_day(now, line.day.zone());
    if actor.scope(Permission::Invite).is_some() && line.counts.unsent > 0 && line.day.day >= today {
        to_dos.push(ToDo {
            count: line.counts.unsent,
            words: format!("{} to send for {}", plain(line.counts.unsent, "invitation", "invitations"), line.day.title),
            action: "Review invitations",
            href: format!("/days/{}/invitations", line.day.id),
            tone: Tone::Warn,
        });
    }
    if left > 0 && line.day.day <= today {
        to_dos.push(ToDo {
            count: left,
            words: format!("{} not grouped yet for {}", plain(left, "note", "notes"), line.day.title),
            action: "Group notes",
            href: format!("/days/{}/heard", line.day.id),
            tone: Tone::Plain,
        });
    }
}

/// To-dos of each program: overdue cases, nominations, identity links, imports.
async fn program_to_dos(tx: &mut Tx, actor: &Actor, now: Time, programs: &[Program], to_dos: &mut Vec<ToDo>) -> Result<()> {
    let may = |permission: Permission| actor.scope(permission).is_some();
    if may(Permission::SeeTriage) {
        for program in programs {
            let late = triage::page::count_late(tx, actor, now, program.id).await?;
            push(
                to_dos,
                late,
                ("overdue case", "overdue cases"),
                "Answer",
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
                ("nomination to decide", "nominations to decide"),
                "Decide",
                &of_program(programs, "/listen/nominations?program=", program),
                Tone::Warn,
            );
        }
    }
    if may(Permission::LinkAuthors) {
        for program in programs {
            // Deciding one leads to the next.
            if let Some(oldest) = identity_link::store::find_waiting(tx, program.id).await? {
                let waiting = identity_link::store::count_waiting(tx, program.id).await?;
                let words = ("identity link to confirm", "identity links to confirm");
                push(to_dos, waiting, words, "Review", &format!("/authors/{}/identity-links", oldest.one_id), Tone::Plain);
            }
        }
    }
    if may(Permission::Import) {
        for program in programs {
            let mapping = import::store::count(tx, program.id, "", Some(import::ImportState::Mapping)).await?;
            let words = ("import needs column mapping", "imports need column mapping");
            let to = of_program(programs, "/imports?state=mapping&program=", program);
            push(to_dos, mapping, words, "Map columns", &to, Tone::Warn);
        }
    }
    Ok(())
}

/// The address of a program's list. `path` ends in `program=`, which is left out where there is one program only.
fn of_program(programs: &[Program], path: &str, program: &Program) -> String {
    match (programs.len(), path.rsplit_once(['?', '&'])) {
        (1, Some((plain, _))) => plain.to_owned(),
        _ => format!("{path}{}", program.id),
    }
}

/// Paused webhooks, and emails that were not delivered.
async fn operation_to_dos(tx: &mut Tx, actor: &Actor, to_dos: &mut Vec<ToDo>) -> Result<()> {
    if actor.scope(Permission::ConnectTools).is_some() {
        let lost = webhook::store::count_lost(tx).await?;
        push(to_dos, lost, ("webhook paused after errors", "webhooks paused after errors"), "Check", "/webhooks", Tone::Bad);
    }
    if actor.scope(Permission::SeeOutbox).is_some() {
        let failed = outbox::store::count(tx).await?.iter().filter(|(state, _)| state.needs_attention()).map(|(_, count)| count).sum();
        push(to_dos, failed, ("failed or unconfirmed email", "failed or unconfirmed emails"), "Check", "/outbox", Tone::Bad);
    }
    Ok(())
}

/// Answers that panelists dispute.
async fn panelist_to_dos(tx: &mut Tx, lines: &[FollowUpRow], to_dos: &mut Vec<ToDo>) -> Result<()> {
    let disputed = report::store::list_disputed(tx).await?;
    // Each is decided on its own page, and one that is left undecided must not hide the next.
    for line in lines.iter().filter(|line| disputed.contains(&line.item.id)) {
        to_dos.push(ToDo {
            count: 1,
            words: format!("answer disputed by panelists: item {}", line.item.number),
            action: "Review",
            href: format!("/heard/{}", line.item.id),
            tone: Tone::Plain,
        });
    }
    Ok(())
}

/// Answers that a reviewer returned: to who drafted them, and to a responder those of the unit.
fn returned_to_dos(lines: &[FollowUpRow], actor: &Actor) -> Vec<ToDo> {
    let scope = actor.scope(Permission::DraftResponse);
    let concerns = |line: &&FollowUpRow| {
        let own = actor.account().is_some() && line.waiting.as_ref().is_some_and(|version| version.drafted_by == actor.account());
        line.is_returned() && (scope == Some(Scope::Unit) || (scope.is_some() && own))
    };
    let to_do = |line: &FollowUpRow| ToDo {
        count: 1,
        words: format!("answer returned for changes: item {}", line.item.number),
        action: "Revise",
        href: format!("/heard/{}?tab=answer", line.item.id),
        tone: Tone::Bad,
    };
    lines.iter().filter(concerns).map(to_do).collect()
}

/// To-dos of the follow-up board.
fn board_to_dos(lines: &[FollowUpRow], actor: &Actor) -> Vec<ToDo> {
    let many = |status: FollowUpStatus| count_of(lines.iter().filter(|line| line.is(status)).count());
    let may = |permission: Permission| actor.scope(permission).is_some();
    let mut to_dos = Vec::new();
    let mut add = |status: FollowUpStatus, words: (&str, &str), action: &'static str, tone: Tone| {
        push(&mut to_dos, many(status), words, action, &format!("/heard?status={}", status.as_str()), tone);
    };
    add(FollowUpStatus::Overdue, ("commitment overdue", "commitments overdue"), "Review", Tone::Bad);
    add(FollowUpStatus::Reopened, ("item reopened", "items reopened"), "Review", Tone::Bad);
    if may(Permission::AssignItem) {
        add(FollowUpStatus::NoOwner, ("item without an owner", "items without an owner"), "Assign owners", Tone::Bad);
    }
    add(FollowUpStatus::DueSoon, ("commitment due soon", "commitments due soon"), "Review", Tone::Warn);
    if may(Permission::DraftResponse) {
        add(FollowUpStatus::Waiting, ("item to answer", "items to answer"), "Answer", Tone::Warn);
    }
    if may(Permission::PublishResponse) {
        add(FollowUpStatus::InReview, ("answer to review", "answers to review"), "Review", Tone::Warn);
    }
    if may(Permission::ConfirmDelivery) {
        let claimed = count_of(lines.iter().filter(|line| line.is_claimed()).count());
        let words = ("delivered commitment to confirm", "delivered commitments to confirm");
        push(&mut to_dos, claimed, words, "Confirm", "/heard?status=open", Tone::Warn);
    }
    to_dos
}

/// Sessions from now on: the reader's own, or all for a reader who moderates none.
async fn sessions(tx: &mut Tx, actor: &Actor, now: Time, own: Vec<Session>) -> Result<Vec<Session>> {
    use crate::panel_day::session::SessionState;
    let mut all = if own.is_empty() && actor.scope(Permission::SeeNotes) == Some(Scope::All) {
        session::store::list_between(tx, now - chrono::Duration::hours(session::rules::NOTES_OPEN_HOURS), now + chrono::Duration::days(1))
            .await?
    } else {
        own
    };
    all.retain(|session| session::rules::state(session, now) != SessionState::Locked);
    // What goes on comes first, then what is next: those are never cut off.
    all.sort_by_key(|session| {
        let order = match session::rules::state(session, now) {
            SessionState::Live => 0,
            SessionState::Planned => 1,
            SessionState::NotesOpen | SessionState::Locked => 2,
        };
        (order, session.starts_at)
    });
    all.truncate(6);
    Ok(all)
}

fn push(to_dos: &mut Vec<ToDo>, count: i64, (one, many): (&str, &str), action: &'static str, href: &str, tone: Tone) {
    if count > 0 {
        to_dos.push(ToDo { count, words: plain(count, one, many), action, href: href.to_owned(), tone });
    }
}

/// `one` or `many`, without the number.
fn plain(value: i64, one: &str, many: &str) -> String {
    if value == 1 { one.to_owned() } else { many.to_owned() }
}

fn count_of(len: usize) -> i64 {
    i64::try_from(len).unwrap_or(i64::MAX)
}
