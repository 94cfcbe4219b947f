//! The one-line grammar of a note, and what may be saved when. The browser and the server read with the same eyes.
//!
//! | typed | means |
//! |---|---|
//! | `/a` or `/AR`, as a word of its own | who speaks: a seat's key or initials; `/CO` is the company |
//! | `"` first | a quote, verbatim |
//! | `!` first | an idea |
//! | `?` first | a question |
//! | `>` first | for the parking lot |
//! | `#topic` | its topic |
//! | none of these | an observation |

use std::fmt;

use chrono::Duration;

use super::{Kind, Said, Seat, Wire, seat};
use crate::clock::Time;
use crate::error::{Error, Result, Wrong};

/// The longest note, in characters. A longer one is two notes.
pub const MOST_CHARS: usize = 2000;
/// The longest topic tag, in characters.
pub const MOST_TOPIC: usize = 40;
/// Notes that one request may carry.
pub const MOST_AT_ONCE: usize = 200;
/// A note that was typed in time and waited in a browser is saved for this many days after the notes have closed. Its time is the browser's
/// word alone, so that this cannot go on for ever.
pub const LATE_DAYS: i64 = 7;

/// A line as understood so far; good for showing while somebody types, and for saving once it passes `check`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Capture {
    pub said: Said,
    /// A word that looks like a speaker and is nobody's. It stays in the text.
    pub stranger: Option<String>,
}

/// Reads one line. Whatever is not grammar stays in the text, so nothing typed is ever lost.
#[must_use]
pub fn parse(line: &str, seats: &[Seat]) -> Capture {
    let mut words: Vec<&str> = Vec::new();
    let (mut speaker, mut stranger) = (None, None);
    for word in line.split_whitespace() {
        match speaker_word(word) {
            Some((name, rest)) => match seat::find(seats, name) {
                Some(seat) => {
                    speaker = Some(seat);
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
    let text = if kind == Kind::Quote { text.trim_end_matches(['"', '”', '“', '»', '«']).trim_end().to_owned() } else { text };
    Capture {
        said: Said {
            panelist: speaker.and_then(|seat| seat.panelist),
            speaker: speaker.map(|seat| seat.name.clone()).unwrap_or_default(),
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
fn sign(c: char) -> Option<Kind> {
    match c {
        '"' | '“' | '”' | '„' | '«' | '»' => Some(Kind::Quote),
        '!' => Some(Kind::Idea),
        '?' => Some(Kind::Question),
        '>' => Some(Kind::ParkingLot),
        _ => None,
    }
}

fn take_kind(text: &str) -> (Kind, &str) {
    match text.chars().next().and_then(|c| Some((sign(c)?, c.len_utf8()))) {
        Some((kind, length)) => (kind, text[length..].trim_start()),
        None => (Kind::Observation, text),
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
        .take(MOST_TOPIC)
        .collect();
    let tag = tag.trim_end_matches(['-', '_']);
    tag.chars().any(char::is_alphabetic).then(|| tag.to_owned())
}

/// What can be saved: some text, not too much of it, on one line, and a clean topic.
///
/// # Errors
/// `Invalid` on the field `text`.
pub fn check(said: &Said) -> Result<Said> {
    let mut wrong = Wrong::default();
    let text = said.text.split_whitespace().collect::<Vec<_>>().join(" ");
    let text = wrong.lines("text", "The note", &text, MOST_CHARS);
    wrong.finish()?;
    Ok(Said {
        panelist: said.panelist,
        speaker: said.speaker.trim().chars().filter(|c| !c.is_control()).take(120).collect(),
        kind: said.kind,
        text,
        topic: said.topic.as_deref().and_then(clean_topic),
    })
}

/// The text as shown: quotes stand in quotation marks.
#[must_use]
pub fn shown(said: &Said) -> String {
    match said.kind {
        Kind::Quote => format!("“{}”", said.text),
        _ => said.text.clone(),
    }
}

/// What stops a line from being saved, or what was said in it. `chosen` speaks unless the line names somebody.
///
/// # Errors
/// `Invalid` on the field `line`.
pub fn capture(line: &str, seats: &[Seat], chosen: Option<&Seat>) -> Result<Said> {
    let Capture { mut said, stranger } = parse(line, seats);
    if let Some(word) = stranger {
        return Err(Error::field(
            "line",
            format!("Nobody in this session is “{word}”. Please correct the initials, or take the slash away."),
        ));
    }
    if let Some(seat) = chosen.filter(|_| said.speaker.is_empty()) {
        said.panelist = seat.panelist;
        said.speaker = seat.name.clone();
    }
    if said.text.is_empty() {
        return Err(Error::field("line", "There are no words yet to save."));
    }
    check(&said)
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
pub fn tagged(said: &Said) -> String {
    match &said.topic {
        Some(topic) => format!("{} · {topic}", said.kind),
        None => said.kind.label().to_owned(),
    }
}

/// When a note counts as typed: never in the future, whatever the tablet's clock says.
#[must_use]
pub fn typed_at(millis: i64, now: Time) -> Time {
    Time::from_timestamp_millis(millis).map_or(now, |typed| typed.min(now))
}

/// When a session takes notes, and what has happened since that closes it for good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hours {
    pub opens: Time,
    pub closes: Time,
    /// Somebody locked the notes, and nobody unlocked them since.
    pub locked_by_hand: bool,
    /// The newest final report of the day.
    pub reported: Option<i64>,
}

/// Why a note is not saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Somebody locked the notes.
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

impl Refusal {
    /// Whether it holds for every note of the session alike and may pass: the notes wait where they are, and are sent again later.
    #[must_use]
    pub const fn may_pass(self) -> bool {
        matches!(self, Self::Locked | Self::TooEarly(_))
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const HOW: &str = "A moderator of the day can unlock the notes with a reason; then send it again.";
        match self {
            Self::Locked => f.write_str("The notes of this session are locked. A moderator of the day can unlock them, with a reason."),
            Self::TooEarly(wait) => {
                write!(f, "Notes can be taken from 10 minutes before the session starts, in {}.", in_words(*wait))
            }
            Self::TypedOutside => write!(f, "The notes have closed: they do so 72 hours after the session. {HOW}"),
            Self::TooLate => {
                write!(f, "This note was typed in time, but arrives more than {LATE_DAYS} days after the notes closed. {HOW}")
            }
            Self::Reported(number) => write!(
                f,
                "This note was typed in time, but arrives after the notes closed, and report {number} of this day is final without it. {HOW} It can go into the next report."
            ),
        }
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
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
pub fn accepts(hours: &Hours, typed: Time, now: Time) -> Result<(), Refusal> {
    let open = |at: Time| at >= hours.opens && at < hours.closes;
    if hours.locked_by_hand {
        Err(Refusal::Locked)
    } else if open(now) {
        Ok(())
    } else if now < hours.opens {
        Err(Refusal::TooEarly(hours.opens - now))
    } else if !open(typed) {
        Err(Refusal::TypedOutside)
    } else if now >= late_until(hours.closes) {
        Err(Refusal::TooLate)
    } else if let Some(number) = hours.reported {
        Err(Refusal::Reported(number))
    } else {
        Ok(())
    }
}

/// Until when a note is saved that was typed before the notes closed.
#[must_use]
pub fn late_until(closes: Time) -> Time {
    closes + Duration::days(LATE_DAYS)
}

fn in_words(wait: Duration) -> String {
    let many = |n: i64, one: &str| if n == 1 { format!("1 {one}") } else { format!("{n} {one}s") };
    match wait {
        wait if wait.num_days() > 0 => many(wait.num_days(), "day"),
        wait if wait.num_hours() > 0 => many(wait.num_hours(), "hour"),
        wait => many(wait.num_minutes() + 1, "minute"),
    }
}

/// Two people corrected one note: both texts, so that either can be kept.
#[must_use]
pub fn collision(theirs: &Said, yours: &Said) -> Error {
    Error::conflict(format!(
        "Somebody else changed this note in between. It now reads: {} — you wrote: {}. Save again to keep yours.",
        shown(theirs),
        shown(yours)
    ))
}

/// Puts a note that has arrived where it belongs: by `seq`, the newest revision only. Gives whether anything changed.
pub fn place(notes: &mut Vec<Wire>, wire: Wire) -> bool {
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
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::clock;
    use crate::ids::{NoteId, PanelistId};

    fn room() -> Vec<Seat> {
        let people = [("Maria Okafor", "MO"), ("Ana Reyes", "AR"), ("Piet Duarte", "PD"), ("Oluwaseun Reed", "OR")];
        let people: Vec<_> = people.iter().map(|(name, initials)| (PanelistId::new(), (*name).into(), (*initials).into())).collect();
        seat::seats(&people, "Tom Li, Support", "Dell")
    }

    /// (speaker, kind, text, topic) of a line.
    fn read(line: &str) -> (String, Kind, String, Option<String>) {
        let said = parse(line, &room()).said;
        (said.speaker, said.kind, said.text, said.topic)
    }

    fn expect(line: &str, speaker: &str, kind: Kind, text: &str, topic: Option<&str>) {
        assert_eq!(read(line), (speaker.to_owned(), kind, text.to_owned(), topic.map(str::to_owned)), "{line}");
    }

    #[test]
    fn a_bare_line_is_an_observation_by_nobody_in_particular() {
        expect("Three hand-overs, story told anew", "", Kind::Observation, "Three hand-overs, story told anew", None);
    }

    #[test]
    fn the_line_of_the_guide_reads_as_meant() {
        expect("/AR  !a parts list with failure rates #repair", "Ana Reyes", Kind::Idea, "a parts list with failure rates", Some("repair"));
    }

    #[test]
    fn each_sign_has_its_kind() {
        expect("\"I would pay more", "", Kind::Quote, "I would pay more", None);
        expect("! one number", "", Kind::Idea, "one number", None);
        expect("?why two lines", "", Kind::Question, "why two lines", None);
        expect("> travel costs", "", Kind::ParkingLot, "travel costs", None);
    }

    #[test]
    fn a_speaker_is_named_by_initials_or_key_anywhere_in_the_line() {
        for line in ["/ar slow", "/AR: slow", "slow /AR", "/a slow", "slow /a", "/AR, slow"] {
            expect(line, "Ana Reyes", Kind::Observation, "slow", None);
        }
        expect("/AR\"so slow\"", "Ana Reyes", Kind::Quote, "so slow", None);
        expect("!faster /PD #chat", "Piet Duarte", Kind::Idea, "faster", Some("chat"));
    }

    #[test]
    fn the_last_speaker_named_counts() {
        expect("/AR slow /MO", "Maria Okafor", Kind::Observation, "slow", None);
    }

    #[test]
    fn the_company_speaks_too() {
        let said = parse("/CO >why do second-line agents not see chat", &room()).said;
        assert!(said.by_company());
        assert_eq!((said.speaker.as_str(), said.kind), ("Dell", Kind::ParkingLot));
        let said = parse("/TL we look into it", &room()).said;
        assert!(said.by_company());
        assert_eq!(said.speaker, "Tom Li");
    }

    #[test]
    fn a_stranger_stays_in_the_text_and_is_pointed_out() {
        let capture = parse("/ZZ slow", &room());
        assert_eq!(capture.stranger.as_deref(), Some("ZZ"));
        assert_eq!(capture.said.text, "/ZZ slow");
        assert_eq!(parse("in and/or out, see /etc/hosts or /yes", &room()).said.text, "in and/or out, see /etc/hosts or /yes");
    }

    #[test]
    fn a_quote_keeps_its_words_and_loses_only_the_marks_around_it() {
        expect("“I was sold a warranty.”", "", Kind::Quote, "I was sold a warranty.", None);
        expect("„Nie wieder“ #warranty", "", Kind::Quote, "Nie wieder", Some("warranty"));
        expect("\"I said \"no\" twice, ok?\"", "", Kind::Quote, "I said \"no\" twice, ok?", None);
    }

    #[test]
    fn a_tag_within_a_sentence_stays_a_word() {
        expect("the #warranty upsell again", "", Kind::Observation, "the warranty upsell again", Some("warranty"));
        expect("the #warranty upsell #Sales #phone", "", Kind::Observation, "the #warranty upsell #phone", Some("sales"));
        expect("the #1 problem is C#", "", Kind::Observation, "the #1 problem is C#", None);
        expect("slow #Hand-Over.", "", Kind::Observation, "slow", Some("hand-over"));
    }

    #[test]
    fn what_is_only_grammar_cannot_be_saved() {
        for line in ["", "   ", "/AR", "/AR !", "\"", "#repair", "> #x"] {
            assert!(check(&parse(line, &room()).said).is_err(), "{line}");
        }
        assert!(check(&parse(&"long ".repeat(500), &room()).said).is_err());
    }

    #[test]
    fn a_chosen_seat_speaks_unless_the_line_names_somebody() {
        let room = room();
        let chosen = seat::find(&room, "MO");
        let speaker = |line: &str| capture(line, &room, chosen).map(|said| said.speaker).ok();
        assert_eq!(speaker("slow").as_deref(), Some("Maria Okafor"));
        assert_eq!(speaker("slow /AR").as_deref(), Some("Ana Reyes"));
        assert_eq!(speaker("/ZZ slow"), None);
        assert_eq!(speaker("/AR !"), None);
    }

    #[test]
    fn the_wall_clock_is_the_sessions() {
        assert_eq!(wall_clock(0, -300), "19:00");
        assert_eq!(wall_clock(1_276_616_460_000, -300), "10:41");
    }

    #[test]
    fn topics_are_kept_alike() {
        assert_eq!(clean_topic("#Premium Support ").as_deref(), Some("premium-support"));
        assert_eq!(clean_topic("  "), None);
        assert_eq!(clean_topic("42"), None);
        assert_eq!(clean_topic("Rückgabe").as_deref(), Some("rückgabe"));
    }

    #[test]
    fn when_a_note_is_saved() {
        let closes = clock::now();
        let open = Hours { opens: closes - Duration::hours(80), closes, locked_by_hand: false, reported: None };
        let locked = Hours { locked_by_hand: true, ..open };
        let reported = Hours { reported: Some(2), ..open };
        let (hour, day) = (Duration::hours(1), Duration::days(1));
        let week = Duration::days(LATE_DAYS);
        let tiny = Duration::microseconds(1);
        for (hours, typed, now, expected) in [
            (open, closes - hour, closes - hour, Ok(())),
            (reported, closes - hour, closes - hour, Ok(())),
            // Typed at any time, as long as the notes are open now.
            (open, closes - day * 30, closes - hour, Ok(())),
            (open, open.opens - hour, open.opens - hour, Err(Refusal::TooEarly(hour))),
            // Late, but typed in time.
            (open, closes - tiny, closes, Ok(())),
            (open, open.opens, closes + week - tiny, Ok(())),
            (open, closes - hour, closes + week, Err(Refusal::TooLate)),
            (open, closes - hour, closes + day * 400, Err(Refusal::TooLate)),
            (reported, closes - hour, closes + hour, Err(Refusal::Reported(2))),
            // Late, and typed late or never in the session.
            (open, closes, closes, Err(Refusal::TypedOutside)),
            (open, open.opens - tiny, closes + hour, Err(Refusal::TypedOutside)),
            // A lock by hand outlives every clock.
            (locked, closes - hour, closes - hour, Err(Refusal::Locked)),
            (locked, closes - hour, closes + hour, Err(Refusal::Locked)),
            (locked, closes - hour, closes + day * 400, Err(Refusal::Locked)),
            (locked, open.opens - day, open.opens - day, Err(Refusal::Locked)),
        ] {
            assert_eq!(accepts(&hours, typed, now), expected, "{hours:?} typed {typed} now {now}");
        }
        assert!(Refusal::Locked.may_pass() && !Refusal::TooLate.may_pass() && !Refusal::Reported(1).may_pass());
        assert!(Refusal::Reported(2).to_string().contains("report 2 of this day is final"));
    }

    #[test]
    fn no_note_is_typed_in_the_future() {
        let now = clock::now();
        assert_eq!(typed_at((now + Duration::hours(5)).timestamp_millis(), now), now);
        assert_eq!(typed_at(i64::MAX, now), now);
        assert_eq!(typed_at(0, now).timestamp_millis(), 0);
    }

    #[test]
    fn notes_arrive_once_in_their_order_and_never_go_back() {
        let wire = |seq, revision, text: &str| Wire {
            id: NoteId(uuid::Uuid::from_u128(u128::try_from(seq).expect("small"))),
            seq,
            at: 0,
            revision,
            withdrawn: false,
            said: Said { panelist: None, speaker: String::new(), kind: Kind::Idea, text: text.into(), topic: None },
        };
        let mut notes = Vec::new();
        assert!(place(&mut notes, wire(2, 1, "b")));
        assert!(place(&mut notes, wire(1, 1, "a")));
        assert!(!place(&mut notes, wire(2, 1, "b")));
        assert!(place(&mut notes, wire(2, 3, "new")));
        assert!(!place(&mut notes, wire(2, 2, "older")));
        assert_eq!(notes.iter().map(|note| note.said.text.as_str()).collect::<Vec<_>>(), ["a", "new"]);
        assert!(place(&mut notes, Wire { withdrawn: true, ..wire(2, 3, "new") }));
    }

    proptest! {
        #[test]
        fn no_line_panics_or_grows(line in ".{0,200}") {
            let said = parse(&line, &room()).said;
            prop_assert!(said.text.chars().count() <= line.chars().count());
        }

        #[test]
        fn words_without_signs_are_kept_as_they_are(words in "[a-zA-Z.,]{1,12}( [a-zA-Z.,]{1,12}){0,8}") {
            prop_assert_eq!(parse(&words, &room()).said.text, words);
        }
    }
}
