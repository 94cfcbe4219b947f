//! What waits for somebody, and how far the loop has come.

use std::collections::HashMap;

use chrono_tz::Tz;

use crate::account::{Actor, Verb};
use crate::clock::{Time, local_day};
use crate::db::Tx;
use crate::error::Result;
use crate::ids::PanelDayId;
use crate::panel_day::list::{self as days, Line as Day};
use crate::program::{self, Program, Segment};
use crate::response::Standing;
use crate::response::board::{self, Line, Tally};
use crate::session::{self, Session};
use crate::ui::{Tone, count};
use crate::{claim, heard, import, mention, nomination, outbox, report, segment, triage, webhook};

/// One thing to do: how many, of what, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wait {
    pub count: i64,
    pub words: String,
    pub href: String,
    pub tone: Tone,
}

/// The loop in numbers.
#[derive(Clone, Debug, Default)]
pub struct Loop {
    pub posts: i64,
    pub segments: Vec<(Segment, i64)>,
    pub seated: i64,
    pub seats: i64,
    pub unanswered: i64,
    pub sessions: i64,
    pub notes: i64,
    pub tally: Tally,
}

/// All that the page shows.
pub struct Today {
    pub programs: Vec<Program>,
    /// Latest first.
    pub days: Vec<Day>,
    /// The reader's own sessions, soonest first; everybody's where they moderate none.
    pub sessions: Vec<Session>,
    pub lines: Vec<Line>,
    pub round: Loop,
    pub waits: Vec<Wait>,
}

impl Today {
    /// The next panel day, today's included, each by the clock of its place.
    #[must_use]
    pub fn next_day(&self, now: Time) -> Option<&Day> {
        self.days.iter().filter(|line| line.day.day >= local_day(now, line.day.zone())).min_by_key(|line| line.day.day)
    }

    /// Whose "today" is meant: that of the next panel day, else of the last one.
    #[must_use]
    pub fn zone(&self, now: Time) -> Tz {
        self.next_day(now).or_else(|| self.days.first()).map_or(Tz::UTC, |line| line.day.zone())
    }
}

/// Reads it.
pub async fn read(tx: &mut Tx, actor: &Actor, now: Time) -> Result<Today> {
    let may = |verb: Verb| actor.scope(verb).is_some();
    let search = days::Search { words: String::new(), program: None, when: days::When::All, sort: days::Sort::Latest };
    let programs = program::store::list(tx).await?;
    let days = days::list(tx, &search, now).await?;
    let lines = if may(Verb::SeeHeard) { board::list(tx, actor, now).await? } else { Vec::new() };
    let mut round = Loop { tally: board::tally(&lines), ..Loop::default() };
    let mut waits = on_the_board(&lines, actor);
    if may(Verb::SeeListening) {
        for program in &programs {
            let all = mention::store::Search { program: Some(program.id), ..Default::default() };
            round.posts += mention::store::count(tx, &all).await?;
            for (segment, voices) in segment::store::count_segments(tx, program.id).await? {
                if let Some(segment) = segment {
                    round.segments.push((segment, voices));
                }
            }
        }
    }
    let notes: HashMap<PanelDayId, (i64, i64)> =
        heard::store::count_notes(tx).await?.into_iter().map(|(day, taken, left)| (day, (taken, left))).collect();
    for line in &days {
        let today = local_day(now, line.day.zone());
        round.seated += line.counts.seated;
        round.seats += line.day.capacity;
        round.unanswered += line.counts.unanswered;
        round.sessions += line.counts.sessions;
        let (taken, left) = notes.get(&line.day.id).copied().unwrap_or_default();
        round.notes += taken;
        if may(Verb::Invite) && line.counts.unsent > 0 && line.day.day >= today {
            waits.push(Wait {
                count: line.counts.unsent,
                words: format!("{} of {} not sent yet", plain(line.counts.unsent, "invitation", "invitations"), line.day.title),
                href: format!("/days/{}/invitations", line.day.id),
                tone: Tone::Warn,
            });
        }
        if left > 0 && actor.scope(Verb::EditHeard) == Some(crate::account::Scope::All) && line.day.day <= today {
            waits.push(Wait {
                count: left,
                words: format!("{} of {} in no item yet", plain(left, "note", "notes"), line.day.title),
                href: format!("/days/{}/heard", line.day.id),
                tone: Tone::Plain,
            });
        }
    }
    // One program need not be named.
    let named = |path: &str, program: &Program| match (programs.len(), path.rsplit_once(['?', '&'])) {
        (1, Some((plain, _))) => plain.to_owned(),
        _ => format!("{path}{}", program.id),
    };
    if may(Verb::SeeTriage) {
        for program in &programs {
            let late = triage::page::count_late(tx, actor, now, program.id).await?;
            push(
                &mut waits,
                late,
                ("post is late for an answer", "posts are late for an answer"),
                &named("/listen/triage?tab=late&program=", program),
                Tone::Bad,
            );
        }
    }
    if may(Verb::DecideNominations) {
        for program in &programs {
            let counts = nomination::store::count(tx, Some(program.id)).await?;
            let new = counts.iter().find(|(state, _)| *state == nomination::State::New).map_or(0, |(_, count)| *count);
            push(
                &mut waits,
                new,
                ("nomination waits for a decision", "nominations wait for a decision"),
                &named("/listen/nominations?program=", program),
                Tone::Warn,
            );
        }
    }
    if may(Verb::LinkVoices) {
        for program in &programs {
            // One leads to the next: each is decided on the page of its voices.
            if let Some(oldest) = claim::store::find_waiting(tx, program.id).await? {
                let waiting = claim::store::count_waiting(tx, program.id).await?;
                let words = ("link of two voices waits for a second look", "links of two voices wait for a second look");
                push(&mut waits, waiting, words, &format!("/voices/{}/links", oldest.one_id), Tone::Plain);
            }
        }
    }
    if may(Verb::Import) {
        for program in &programs {
            let mapping = import::store::count(tx, program.id, "", Some(import::State::Mapping)).await?;
            push(
                &mut waits,
                mapping,
                ("import waits for its columns", "imports wait for their columns"),
                "/imports?state=mapping",
                Tone::Warn,
            );
        }
    }
    if may(Verb::Connect) {
        let lost = webhook::store::count_lost(tx).await?;
        push(&mut waits, lost, ("webhook stopped: nothing reached it", "webhooks stopped: nothing reached them"), "/webhooks", Tone::Bad);
    }
    if may(Verb::SeeOutbox) {
        let failed = outbox::store::count(tx).await?.iter().filter(|(state, _)| state.needs_attention()).map(|(_, count)| count).sum();
        push(&mut waits, failed, ("mail did not arrive, or may not have", "mails did not arrive, or may not have"), "/outbox", Tone::Bad);
    }
    if may(Verb::Reopen) {
        let disputed = report::store::list_disputed(tx).await?;
        // Each is decided on its own page, and one that stays as it is must not hide the next.
        for line in lines.iter().filter(|line| disputed.contains(&line.item.id)) {
            waits.push(Wait {
                count: 1,
                words: format!("answer is disputed by panelists: item {}", line.item.number),
                href: format!("/heard/{}", line.item.id),
                tone: Tone::Plain,
            });
        }
    }
    let sessions = sessions(tx, actor, now).await?;
    Ok(Today { programs, days, sessions, lines, round, waits })
}

/// What the board asks of this reader.
fn on_the_board(lines: &[Line], actor: &Actor) -> Vec<Wait> {
    let many = |standing: Standing| count_of(lines.iter().filter(|line| line.is(standing)).count());
    let may = |verb: Verb| actor.scope(verb).is_some();
    let mut waits = Vec::new();
    push(&mut waits, many(Standing::Overdue), ("promise is overdue", "promises are overdue"), "/heard?standing=overdue", Tone::Bad);
    push(
        &mut waits,
        many(Standing::Reopened),
        ("answer did not hold: open again", "answers did not hold: open again"),
        "/heard?standing=reopened",
        Tone::Bad,
    );
    if may(Verb::Assign) {
        push(&mut waits, many(Standing::NoOwner), ("item has no owner", "items have no owner"), "/heard?standing=no_owner", Tone::Bad);
    }
    push(&mut waits, many(Standing::DueSoon), ("promise is due soon", "promises are due soon"), "/heard?standing=due_soon", Tone::Warn);
    if may(Verb::Draft) {
        push(
            &mut waits,
            many(Standing::Waiting),
            ("item waits for an answer", "items wait for an answer"),
            "/heard?standing=waiting",
            Tone::Warn,
        );
    }
    if may(Verb::Publish) {
        push(
            &mut waits,
            many(Standing::InReview),
            ("response waits for review", "responses wait for review"),
            "/heard?standing=in_review",
            Tone::Warn,
        );
    }
    if may(Verb::ConfirmDelivery) {
        let claimed = count_of(lines.iter().filter(|line| line.is_claimed()).count());
        push(
            &mut waits,
            claimed,
            ("kept promise waits for a second person", "kept promises wait for a second person"),
            "/heard?standing=open",
            Tone::Warn,
        );
    }
    waits
}

/// Sessions from now on: those that the reader moderates, or everybody's.
async fn sessions(tx: &mut Tx, actor: &Actor, now: Time) -> Result<Vec<Session>> {
    use crate::session::State;
    let own = match actor.account() {
        Some(account) => session::store::list_moderated(tx, account).await?,
        None => Vec::new(),
    };
    let mut all = if own.is_empty() && actor.scope(Verb::SeeNotes) == Some(crate::account::Scope::All) {
        session::store::list_between(tx, now - chrono::Duration::hours(session::rules::NOTES_OPEN_HOURS), now + chrono::Duration::days(1))
            .await?
    } else {
        own
    };
    all.retain(|session| session::rules::state(session, now) != State::Locked);
    all.truncate(6);
    Ok(all)
}

fn push(waits: &mut Vec<Wait>, count: i64, (one, many): (&str, &str), href: &str, tone: Tone) {
    if count > 0 {
        waits.push(Wait { count, words: plain(count, one, many), href: href.to_owned(), tone });
    }
}

/// The noun alone, in its number.
fn plain(value: i64, one: &str, many: &str) -> String {
    count(value, one, many).split_once(' ').map_or_else(String::new, |(_, noun)| noun.to_owned())
}

fn count_of(len: usize) -> i64 {
    i64::try_from(len).unwrap_or(i64::MAX)
}
