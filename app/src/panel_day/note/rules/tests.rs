//! Unit tests of `rules`.

use proptest::prelude::*;

use super::*;
use crate::kernel::clock;
use crate::kernel::ids::{NoteId, PanelistId};

fn room() -> Vec<Speaker> {
    let people = [("Maria Okafor", "MO"), ("Ana Reyes", "AR"), ("Piet Duarte", "PD"), ("Oluwaseun Reed", "OR")];
    let people: Vec<_> = people.iter().map(|(name, initials)| (PanelistId::new(), (*name).into(), (*initials).into())).collect();
    speaker::speakers(&people, "Tom Li, Support", "Dell")
}

/// (speaker, kind, text, topic) of a line.
fn read(line: &str) -> (String, NoteKind, String, Option<String>) {
    let wording = parse(line, &room()).wording;
    (wording.speaker, wording.kind, wording.text, wording.topic)
}

fn expect(line: &str, speaker: &str, kind: NoteKind, text: &str, topic: Option<&str>) {
    assert_eq!(read(line), (speaker.to_owned(), kind, text.to_owned(), topic.map(str::to_owned)), "{line}");
}

#[test]
fn a_bare_line_is_an_observation_by_nobody_in_particular() {
    expect("Three hand-overs, story told anew", "", NoteKind::Observation, "Three hand-overs, story told anew", None);
}

#[test]
fn the_line_of_the_guide_reads_as_meant() {
    expect("/AR  !a parts list with failure rates #repair", "Ana Reyes", NoteKind::Idea, "a parts list with failure rates", Some("repair"));
}

#[test]
fn each_sign_has_its_kind() {
    expect("\"I would pay more", "", NoteKind::Quote, "I would pay more", None);
    expect("! one number", "", NoteKind::Idea, "one number", None);
    expect("?why two lines", "", NoteKind::Question, "why two lines", None);
    expect("> travel costs", "", NoteKind::ParkingLot, "travel costs", None);
}

#[test]
fn a_speaker_is_named_by_initials_or_key_anywhere_in_the_line() {
    for line in ["/ar slow", "/AR: slow", "slow /AR", "/a slow", "slow /a", "/AR, slow"] {
        expect(line, "Ana Reyes", NoteKind::Observation, "slow", None);
    }
    expect("/AR\"so slow\"", "Ana Reyes", NoteKind::Quote, "so slow", None);
    expect("!faster /PD #chat", "Piet Duarte", NoteKind::Idea, "faster", Some("chat"));
}

#[test]
fn the_last_speaker_named_counts() {
    expect("/AR slow /MO", "Maria Okafor", NoteKind::Observation, "slow", None);
}

#[test]
fn the_company_speaks_too() {
    let wording = parse("/CO >why do second-line agents not see chat", &room()).wording;
    assert!(wording.by_company());
    assert_eq!((wording.speaker.as_str(), wording.kind), ("Dell", NoteKind::ParkingLot));
    let wording = parse("/TL we look into it", &room()).wording;
    assert!(wording.by_company());
    assert_eq!(wording.speaker, "Tom Li");
}

#[test]
fn a_stranger_stays_in_the_text_and_is_pointed_out() {
    let capture = parse("/ZZ slow", &room());
    assert_eq!(capture.stranger.as_deref(), Some("ZZ"));
    assert_eq!(capture.wording.text, "/ZZ slow");
    assert_eq!(parse("in and/or out, see /etc/hosts or /yes", &room()).wording.text, "in and/or out, see /etc/hosts or /yes");
}

#[test]
fn a_quote_keeps_its_words_and_loses_only_the_marks_around_it() {
    expect("“I was sold a warranty.”", "", NoteKind::Quote, "I was sold a warranty.", None);
    expect("„Nie wieder“ #warranty", "", NoteKind::Quote, "Nie wieder", Some("warranty"));
    expect("\"I said \"no\" twice, ok?\"", "", NoteKind::Quote, "I said \"no\" twice, ok?", None);
}

#[test]
fn a_tag_within_a_sentence_stays_a_word() {
    expect("the #warranty upsell again", "", NoteKind::Observation, "the warranty upsell again", Some("warranty"));
    expect("the #warranty upsell #Sales #phone", "", NoteKind::Observation, "the #warranty upsell #phone", Some("sales"));
    expect("the #1 problem is C#", "", NoteKind::Observation, "the #1 problem is C#", None);
    expect("slow #Hand-Over.", "", NoteKind::Observation, "slow", Some("hand-over"));
}

#[test]
fn what_is_only_grammar_cannot_be_saved() {
    for line in ["", "   ", "/AR", "/AR !", "\"", "#repair", "> #x"] {
        assert!(check(&parse(line, &room()).wording).is_err(), "{line}");
    }
    assert!(check(&parse(&"long ".repeat(500), &room()).wording).is_err());
}

#[test]
fn a_chosen_speaker_speaks_unless_the_line_names_somebody() {
    let room = room();
    let chosen = speaker::find(&room, "MO");
    let speaker = |line: &str| capture(line, &room, chosen).map(|wording| wording.speaker).ok();
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
    let open = NoteHours { opens: closes - Duration::hours(80), closes, locked_by_hand: false, reported: None };
    let locked = NoteHours { locked_by_hand: true, ..open };
    let reported = NoteHours { reported: Some(2), ..open };
    let (hour, day) = (Duration::hours(1), Duration::days(1));
    let week = Duration::days(LATE_DAYS);
    let tiny = Duration::microseconds(1);
    for (hours, typed, now, expected) in [
        (open, closes - hour, closes - hour, Ok(())),
        (reported, closes - hour, closes - hour, Ok(())),
        // Typed at any time, as long as the notes are open now.
        (open, closes - day * 30, closes - hour, Ok(())),
        (open, open.opens - hour, open.opens - hour, Err(NoteRefusal::TooEarly(hour))),
        // Late, but typed in time.
        (open, closes - tiny, closes, Ok(())),
        (open, open.opens, closes + week - tiny, Ok(())),
        (open, closes - hour, closes + week, Err(NoteRefusal::TooLate)),
        (open, closes - hour, closes + day * 400, Err(NoteRefusal::TooLate)),
        (reported, closes - hour, closes + hour, Err(NoteRefusal::Reported(2))),
        // Late, and typed late or never in the session.
        (open, closes, closes, Err(NoteRefusal::TypedOutside)),
        (open, open.opens - tiny, closes + hour, Err(NoteRefusal::TypedOutside)),
        // A lock by hand outlives every clock.
        (locked, closes - hour, closes - hour, Err(NoteRefusal::Locked)),
        (locked, closes - hour, closes + hour, Err(NoteRefusal::Locked)),
        (locked, closes - hour, closes + day * 400, Err(NoteRefusal::Locked)),
        (locked, open.opens - day, open.opens - day, Err(NoteRefusal::Locked)),
    ] {
        assert_eq!(accepts(&hours, typed, now), expected, "{hours:?} typed {typed} now {now}");
    }
    assert!(NoteRefusal::Locked.may_pass() && !NoteRefusal::TooLate.may_pass() && !NoteRefusal::Reported(1).may_pass());
    assert!(NoteRefusal::Reported(2).to_string().contains("report 2 is final"));
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
    let wire = |seq, revision, text: &str| WireNote {
        id: NoteId(uuid::Uuid::from_u128(u128::try_from(seq).expect("small"))),
        seq,
        at: 0,
        revision,
        withdrawn: false,
        wording: NoteWording { panelist: None, speaker: String::new(), kind: NoteKind::Idea, text: text.into(), topic: None },
    };
    let mut notes = Vec::new();
    assert!(place(&mut notes, wire(2, 1, "b")));
    assert!(place(&mut notes, wire(1, 1, "a")));
    assert!(!place(&mut notes, wire(2, 1, "b")));
    assert!(place(&mut notes, wire(2, 3, "new")));
    assert!(!place(&mut notes, wire(2, 2, "older")));
    assert_eq!(notes.iter().map(|note| note.wording.text.as_str()).collect::<Vec<_>>(), ["a", "new"]);
    assert!(place(&mut notes, WireNote { withdrawn: true, ..wire(2, 3, "new") }));
}

proptest! {
    #[test]
    fn no_line_panics_or_grows(line in ".{0,200}") {
        let wording = parse(&line, &room()).wording;
        prop_assert!(wording.text.chars().count() <= line.chars().count());
    }

    #[test]
    fn words_without_signs_are_kept_as_they_are(words in "[a-zA-Z.,]{1,12}( [a-zA-Z.,]{1,12}){0,8}") {
        prop_assert_eq!(parse(&words, &room()).wording.text, words);
    }
}
