//! The one-line grammar of a note, and when notes are accepted. Browser and server use the same code.
//!
//! | typed | meaning |
//! |---|---|
//! | `/a` or `/AR`, as a word of its own | who speaks: their key or initials; `/CO` is the company |
//! | `"` first | a quote, verbatim |
//! | `!` first | an idea |
//! | `?` first | a question |
//! | `>` first | for the parking lot |
//! | `#topic` | its topic |
//! | none of these | an observation |

use std::fmt;

use chrono::Duration;

use super::{NoteKind, NoteWording, Speaker, WireNote, speaker};
use crate::kernel::amount::rough_duration;
use crate::kernel::clock::Time;
use crate::kernel::error::{Error, Result, ValidationErrors};

/// The longest note, in characters. A longer one is two notes.
pub const MAX_CHARS: usize = 2000;
/// The longest topic tag, in characters.
pub const MAX_TOPIC_CHARS: usize = 40;
pub const MAX_NOTES_AT_ONCE: usize = 200;
/// A note that was typed in time and waited in a browser is saved for this many days after the notes have closed. Its time is the browser's
/// word alone, so that this cannot go on for ever.
pub const LATE_DAYS: i64 = 7;

/// A line as understood so far: shown while typing, saved once it passes `check`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CapturedLine {
    pub wording: NoteWording,
    /// A word that looks like a speaker and matches none. It stays in the text.
    pub stranger: Option<String>,
}

/// Reads one line. What is not grammar stays in the text, so that nothing typed is lost.
#[must_use]
pub fn parse(line: &str, speakers: &[Speaker]) -> CapturedLine {
    let mut words: Vec<&str> = Vec::new();
    let (mut named, mut stranger) = (None, None);
    for word in line.split_whitespace() {
        match speaker_word(word) {
            Some((name, rest)) => match speaker::find(speakers, name) {
                Some(speaker) => {
                    named = Some(speaker);
                    words.extend((!rest.is_empty()).then_some(rest));
                }
                None => {
                    if words.is_empty() {
                        stranger = Some(name.to_owned());
                    }
                    words.push(word);
                }
            },
            None => words.push(word),
        }
    }
    let text = words.join(" ");
    let (kind, text) = take_kind(&text);
    let (text, topic) = take_topic(text);
    let text = if kind == NoteKind::Quote { text.trim_end_matches(['"', '”', '“', '»', '«']).trim_end().to_owned() } else { text };
    CapturedLine {
        wording: NoteWording {
            panelist: named.and_then(|speaker| speaker.panelist),
            speaker: named.map(|speaker| speaker.name.clone()).unwrap_or_default(),
            kind,
            text,
            topic,
        },
        stranger,
    }
}

/// `/AR`, `/AR:` or `/AR!an idea`: the name, and what follows it in the same word.
fn speaker_word(word: &str) -> Option<(&str, &str)> {
    let rest = word.strip_prefix('/')?;
    let end = rest.find(|c: char| !c.is_alphanumeric()).unwrap_or(rest.len());
    let (name, tail) = rest.split_at(end);
    let tail = tail.trim_start_matches([':', ',', '.']);
    let grammar_follows = tail.chars().next().is_none_or(|c| sign(c).is_some() || c == '#');
    (!name.is_empty() && grammar_follows).then_some((name, tail))
}

/// The kind that a first character means. Tablets turn `"` into one of several curly ones.
fn sign(c: char) -> Option<NoteKind> {
    match c {
        '"' | '“' | '”' | '„' | '«' | '»' => Some(NoteKind::Quote),
        '!' => Some(NoteKind::Idea),
        '?' => Some(NoteKind::Question),
        '>' => Some(NoteKind::ParkingLot),
        _ => None,
    }
}

fn take_kind(text: &str) -> (NoteKind, &str) {
    match text.chars().next().and_then(|c| Some((sign(c)?, c.len_utf8()))) {
        Some((kind, length)) => (kind, text[length..].trim_start()),
        None => (NoteKind::Observation, text),
    }
}

/// The topic is the first tag of those at the end, which leaves the text, or else the first within a sentence, which
/// stays there as a word. Further tags stay as typed.
fn take_topic(text: &str) -> (String, Option<String>) {
    let words: Vec<&str> = text.split_whitespace().collect();
    let tail = words.iter().rposition(|word| tag(word).is_none()).map_or(0, |last| last + 1);
    let (place, cut) = match words.iter().position(|word| tag(word).is_some()) {
        None => return (words.join(" "), None),
        Some(_) if tail < words.len() => (tail, true),
        Some(first) => (first, false),
    };
    let topic = tag(words[place]);
    let kept: Vec<&str> = words
        .iter()
        .enumerate()
        .filter(|(at, _)| !(cut && *at == place))
        .map(|(at, word)| if at == place { word.trim_start_matches('#') } else { word })
        .collect();
    (kept.join(" "), topic)
}

/// `#Hand-over,` → `hand-over`. A tag has a letter in it: `#1` is a rank, not a topic.
fn tag(word: &str) -> Option<String> {
    clean_topic(word.strip_prefix('#')?)
}

/// A topic as it is kept: lower case, letters, digits, `-` and `_`, at most 40 characters; none if no letter is left.
#[must_use]
pub fn clean_topic(typed: &str) -> Option<String> {
    let tag: String = typed
        .trim()
        .trim_start_matches('#')
        .chars()
        .map(|c| if c.is_whitespace() { '-' } else { c })
        .take_while(|c| c.is_alphanumeric() || matches!(c, '-' | '_'))
        .flat_map(char::to_lowercase)
        .take(MAX_TOPIC_CHARS)
        .collect();
    let tag = tag.trim_end_matches(['-', '_']);
    tag.chars().any(char::is_alphabetic).then(|| tag.to_owned())
}

/// What can be saved: some text, not too much of it, on one line, and a clean topic.
///
/// # Errors
/// `Invalid` on the field `text`.
pub fn check(wording: &NoteWording) -> Result<NoteWording> {
    let mut errors = ValidationErrors::default();
    let text = wording.text.split_whitespace().collect::<Vec<_>>().join(" ");
    let text = errors.lines("text", "The note", &text, MAX_CHARS);
    errors.finish()?;
    Ok(NoteWording {
        panelist: wording.panelist,
        speaker: wording.speaker.trim().chars().filter(|c| !c.is_control()).take(120).collect(),
        kind: wording.kind,
        text,
        topic: wording.topic.as_deref().and_then(clean_topic),
    })
}

/// The text as shown: quotes in quotation marks.
#[must_use]
pub fn shown(wording: &NoteWording) -> String {
    match wording.kind {
        NoteKind::Quote => format!("“{}”", wording.text),
        _ => wording.text.clone(),
    }
}

/// The note in a line. `chosen` is the speaker unless the line names one.
///
/// # Errors
/// `Invalid` on the field `line`.
pub fn capture(line: &str, speakers: &[Speaker], chosen: Option<&Speaker>) -> Result<NoteWording> {
    let CapturedLine { mut wording, stranger } = parse(line, speakers);
    if let Some(word) = stranger {
        return Err(Error::field("line", unknown_speaker(&word)));
    }
    if let Some(speaker) = chosen.filter(|_| wording.speaker.is_empty()) {
        wording.panelist = speaker.panelist;
        wording.speaker = speaker.name.clone();
    }
    if wording.text.is_empty() {
        return Err(Error::field("line", "The note is empty. Type what was said."));
    }
    check(&wording)
}

/// What is wrong with initials that nobody has.
#[must_use]
pub fn unknown_speaker(word: &str) -> String {
    format!("No speaker in this session has the initials “{word}”. Correct the initials, or remove the slash.")
}

/// The wall clock at `at` (milliseconds since 1970), where it is `offset` minutes ahead of UTC: "10:41". The browser has
/// no time zones of other places, so the server tells it the session's.
#[must_use]
pub fn wall_clock(at: i64, offset: i64) -> String {
    let minutes = (at.div_euclid(60_000) + offset).rem_euclid(24 * 60);
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

/// "quote · upsell".
#[must_use]
pub fn tagged(wording: &NoteWording) -> String {
    match &wording.topic {
        Some(topic) => format!("{} · {topic}", wording.kind),
        None => wording.kind.label().to_owned(),
    }
}

/// When a note counts as typed: never in the future, whatever the tablet's clock says.
#[must_use]
pub fn typed_at(millis: i64, now: Time) -> Time {
    Time::from_timestamp_millis(millis).map_or(now, |typed| typed.min(now))
}

/// When a session accepts notes, and what closes it for good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoteHours {
    pub opens: Time,
    pub closes: Time,
    /// The notes are locked and were not unlocked since.
    pub locked_by_hand: bool,
    /// The newest final report of the day.
    pub reported: Option<i64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoteRefusal {
    /// The notes are locked by hand.
    Locked,
    /// The session has not begun; the wait until it does.
    TooEarly(Duration),
    /// The notes had closed when it was typed, or it was typed before they opened.
    TypedOutside,
    /// It was typed in time, and arrives more than `LATE_DAYS` after the notes closed.
    TooLate,
    /// It was typed in time, and arrives after the notes closed and a report of the day became final.
    Reported(i64),
}

impl NoteRefusal {
    /// Whether it holds for every note of the session alike and may pass: the notes wait where they are, and are sent again later.
    #[must_use]
    pub const fn may_pass(self) -> bool {
        matches!(self, Self::Locked | Self::TooEarly(_))
    }
}

impl fmt::Display for NoteRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const HOW: &str = "A moderator of the panel day can unlock the notes with a reason. Then send the note again.";
        match self {
            Self::Locked => {
                f.write_str("The notes of this session are locked. A moderator of the panel day can unlock the notes with a reason.")
            }
            Self::TooEarly(wait) => {
                write!(f, "Notes open in {}, 10 minutes before the session starts.", rough_duration(*wait))
            }
            Self::TypedOutside => write!(f, "The notes closed 72 hours after the session. {HOW}"),
            Self::TooLate => {
                write!(f, "This note arrived more than {LATE_DAYS} days after the notes closed. {HOW}")
            }
            Self::Reported(number) => write!(
                f,
                "This note arrived after the notes closed, and report {number} is final without it. {HOW} It can be part of the next report."
            ),
        }
    }
}

impl From<NoteRefusal> for Error {
    fn from(refusal: NoteRefusal) -> Self {
        Self::conflict(refusal.to_string())
    }
}

/// Whether a note typed at `typed` may still be saved at `now`.
///
/// | | saved |
/// |---|---|
/// | locked by hand, whatever the clock says | no |
/// | the notes are open now | yes |
/// | before they open | no |
/// | after they closed, typed while they were open, at most `LATE_DAYS` ago, and no report of the day is final | yes |
/// | after they closed, anything else | no |
///
/// # Errors
/// Why not.
pub fn accepts(hours: &NoteHours, typed: Time, now: Time) -> Result<(), NoteRefusal> {
    let open = |at: Time| at >= hours.opens && at < hours.closes;
    if hours.locked_by_hand {
        Err(NoteRefusal::Locked)
    } else if open(now) {
        Ok(())
    } else if now < hours.opens {
        Err(NoteRefusal::TooEarly(hours.opens - now))
    } else if !open(typed) {
        Err(NoteRefusal::TypedOutside)
    } else if now >= late_until(hours.closes) {
        Err(NoteRefusal::TooLate)
    } else if let Some(number) = hours.reported {
        Err(NoteRefusal::Reported(number))
    } else {
        Ok(())
    }
}

/// Until when a note is saved that was typed before the notes closed.
#[must_use]
pub fn late_until(closes: Time) -> Time {
    closes + Duration::days(LATE_DAYS)
}

/// Two people corrected one note: the error has both texts, so that either can be kept.
#[must_use]
pub fn correction_conflict(theirs: &NoteWording, yours: &NoteWording) -> Error {
    Error::conflict(format!(
        "This note was changed by someone else while you were editing. It now says {} and you wrote {}. Save again to keep your text.",
        shown(theirs),
        shown(yours)
    ))
}

/// Inserts a note by `seq`, keeping the newest revision only. Returns whether anything changed.
pub fn place(notes: &mut Vec<WireNote>, wire: WireNote) -> bool {
    match notes.iter_mut().find(|note| note.id == wire.id) {
        Some(known) if known.revision >= wire.revision && known.withdrawn >= wire.withdrawn => false,
        Some(known) => {
            *known = wire;
            true
        }
        None => {
            let place = notes.partition_point(|note| note.seq < wire.seq);
            notes.insert(place, wire);
            true
        }
    }
}

#[cfg(test)]
mod tests;
