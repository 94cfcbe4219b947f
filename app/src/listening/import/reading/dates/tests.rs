//! Dates as vendors write them, and those that make no sense.

use super::*;

fn now() -> Time {
    Utc.with_ymd_and_hms(2026, 1, 1, 0, 0, 0).single().expect("a moment")
}

fn read(text: &str) -> Result<String, RowReason> {
    parse(text, DateRule::utc(true), now()).map(|at| at.format("%Y-%m-%d %H:%M:%S").to_string())
}

#[test]
fn dates_are_read_as_vendors_write_them() {
    for (text, meant) in [
        ("2022-09-30 21:46:35+00:00", "2022-09-30 21:46:35"),
        ("2015-02-24 11:35:52 -0800", "2015-02-24 19:35:52"),
        ("2022-08-21T19:11:38.123Z", "2022-08-21 19:11:38"),
        ("2022-08-21 19:11:38.0", "2022-08-21 19:11:38"),
        ("2022-08-21", "2022-08-21 00:00:00"),
        ("2022-08-21 19:11", "2022-08-21 19:11:00"),
        ("21-Aug-2022 07:11PM", "2022-08-21 19:11:00"),
        ("07-Jul-25 12:05 AM", "2025-07-07 00:05:00"),
        ("23/09/2013 18:23", "2013-09-23 18:23:00"),
        ("3/4/2022 18:23", "2022-04-03 18:23:00"),
        ("4/23/2022 6:05 pm", "2022-04-23 18:05:00"),
        ("23.09.2013", "2013-09-23 00:00:00"),
        ("Wed Oct 10 20:19:24 +0000 2018", "2018-10-10 20:19:24"),
        ("Aug 21, 2022 7:11 PM", "2022-08-21 19:11:00"),
        ("21 August 2022", "2022-08-21 00:00:00"),
        ("1661109098000", "2022-08-21 19:11:38"),
        ("1661109098", "2022-08-21 19:11:38"),
        ("1661109098.0", "2022-08-21 19:11:38"),
        ("Reviewed in Canada on August 21, 2022", "2022-08-21 00:00:00"),
        ("2024-06-14 09:30:12 EDT", "2024-06-14 13:30:12"),
        ("10/6/2022 12:37\u{202f}AM", "2022-06-10 00:37:00"),
        ("Sun Aug 21 2022 16:11:38 GMT-0300 (Brasilia Standard Time)", "2022-08-21 19:11:38"),
        ("21. August 2022 um 19:11 Uhr", "2022-08-21 19:11:00"),
        ("mardi 2 août 2022", "2022-08-02 00:00:00"),
        ("3 de março de 2022", "2022-03-03 00:00:00"),
        ("21 августа 2022 г. в 19:11", "2022-08-21 19:11:00"),
        ("Aug 21, 2022 @ 7:11 pm", "2022-08-21 19:11:00"),
        ("44794.79974537037", "2022-08-21 19:11:38"),
        ("44794", "2022-08-21 00:00:00"),
        ("\"2022-08-21 19:11:38\"", "2022-08-21 19:11:38"),
    ] {
        assert_eq!(read(text), Ok(meant.to_owned()), "{text}");
    }
}

#[test]
fn months_and_days_are_read_in_many_languages() {
    for (text, meant) in [
        ("2024年1月5日 15:22", "2024-01-05 15:22:00"),
        ("2024年1月5日(金) 午後3時22分", "2024-01-05 15:22:00"),
        ("2024年1月5日 星期五 上午9:05:30", "2024-01-05 09:05:30"),
        ("２０２４年０１月０５日", "2024-01-05 00:00:00"),
        ("2024년 1월 5일 금요일 오후 3:22", "2024-01-05 15:22:00"),
        ("2024년 1월 5일 오후 3시 22분 10초", "2024-01-05 15:22:10"),
        ("5 stycznia 2024 r. 15:22", "2024-01-05 15:22:00"),
        ("5. října 2023 15:22", "2023-10-05 15:22:00"),
        ("5. července 2023", "2023-07-05 00:00:00"),
        ("5 Ağustos 2023 Cumartesi", "2023-08-05 00:00:00"),
        ("5 січня 2024 р.", "2024-01-05 00:00:00"),
        ("2024. január 5. 15:22", "2024-01-05 15:22:00"),
        ("5. marraskuuta 2023 klo 15.22", "2023-11-05 15:22:00"),
        ("5 Ιανουαρίου 2024", "2024-01-05 00:00:00"),
        ("5 يناير 2024", "2024-01-05 00:00:00"),
        ("05.01.2024 15.22", "2024-01-05 15:22:00"),
        ("05/01/2024 à 15h22", "2024-01-05 15:22:00"),
        ("5 janvier 2024 15h", "2024-01-05 15:00:00"),
        ("5. 10. 2022", "2022-10-05 00:00:00"),
        ("2024-01-05 15:22:10,123", "2024-01-05 15:22:10"),
        ("05/01/2024 15:22:10,123", "2024-01-05 15:22:10"),
        ("20240105", "2024-01-05 00:00:00"),
        ("20240105152210", "2024-01-05 15:22:10"),
        ("20240105T152210Z", "2024-01-05 15:22:10"),
        ("1704468130000000", "2024-01-05 15:22:10"),
        ("fre 5 jan. 2024 kl. 15:22", "2024-01-05 15:22:00"),
        ("5/01/2024 3:22:10 p.\u{a0}m.", "2024-01-05 15:22:10"),
    ] {
        assert_eq!(read(text), Ok(meant.to_owned()), "{text}");
    }
    for text in ["令和6年1月5日", "1月5日", "20241305", "99999999", "12345678901234", "2024年13月5日", "年月日"] {
        assert!(read(text).is_err(), "{text}");
    }
}

#[test]
fn nonsense_has_a_reason() {
    assert!(matches!(read("2 weeks ago"), Err(RowReason::DateRelative { .. })));
    for text in ["", "yesterday", "2022-13-45", "31/02/2022", "#ERROR!", "99:99", "2022-02-30 10:00:00", "é:é", "Foo 12, 2022"] {
        assert!(read(text).is_err(), "{text}");
    }
    let too_early = |date: &str| Err(RowReason::DateTooEarly { date: date.to_owned(), year: 1990 });
    let in_future = |date: &str| Err(RowReason::DateInFuture { date: date.to_owned() });
    assert_eq!(read("0022-08-21"), too_early("0022-08-21"));
    assert_eq!(read("0"), Err(RowReason::DatePlaceholder));
    assert_eq!(read("1970-01-01 00:00:00"), Err(RowReason::DatePlaceholder));
    assert_eq!(read("1975-03-02"), too_early("1975-03-02"));
    assert_eq!(read("2190-01-01"), in_future("2190-01-01"));
    assert_eq!(read("2922-08-21"), in_future("2922-08-21"));
}

#[test]
fn a_zone_counts_where_the_date_names_none() {
    let rule = DateRule { zone: Tz::America__Chicago, ..DateRule::utc(true) };
    let read = |text: &str| parse(text, rule, now()).map(|at| at.format("%Y-%m-%d %H:%M").to_string());
    assert_eq!(read("2022-07-01 10:00:00"), Ok("2022-07-01 15:00".to_owned()));
    assert_eq!(read("2022-01-01 10:00:00"), Ok("2022-01-01 16:00".to_owned()));
    assert_eq!(read("2022-07-01 10:00:00+02:00"), Ok("2022-07-01 08:00".to_owned()));
    assert_eq!(read("1661109098"), Ok("2022-08-21 19:11".to_owned()));
    assert_eq!(read("2022-03-13 02:30:00"), Ok("2022-03-13 08:30".to_owned()), "an hour that summer time skips");
    assert_eq!(names_offset("Sat Jan 01 00:00:00 UTC 2022"), Some(true));
    assert_eq!(names_offset("4/23/2022 18:05"), Some(false));
    assert_eq!(names_offset("soon"), None);
}

#[test]
fn an_abbreviation_of_several_zones_is_read_once_somebody_said_which() {
    let text = "Mon, 3 Mar 2025 19:11:38 IST";
    assert!(matches!(read(text), Err(RowReason::ZoneAmbiguous { zone, .. }) if zone == "IST"));
    let said = ShortZones::of(&[("IST".to_owned(), 19_800)].into());
    let at = parse(text, DateRule { short_zones: said, ..DateRule::utc(true) }, now()).map(|at| at.format("%Y-%m-%d %H:%M").to_string());
    assert_eq!(at, Ok("2025-03-03 13:41".to_owned()));
    assert_eq!(names_offset(text), Some(true));
}

#[test]
fn an_offset_in_digits_leads_over_an_abbreviation_beside_it() {
    for (text, meant) in [
        ("2024-01-05 10:00 +0530 (IST)", "2024-01-05 04:30:00"),
        ("2024-01-05 10:00:00 +0530 IST", "2024-01-05 04:30:00"),
        ("Fri Jan 05 2024 10:00:00 GMT+0530 (IST)", "2024-01-05 04:30:00"),
        ("Fri Jan 05 2024 10:00:00 GMT+0200 IST", "2024-01-05 08:00:00"),
        ("2024-07-05 10:00 IDT", "2024-07-05 07:00:00"),
        ("2024-07-05 10:00 ADT", "2024-07-05 13:00:00"),
    ] {
        assert_eq!(read(text), Ok(meant.to_owned()), "{text}");
    }
    let said = DateRule { short_zones: ShortZones::of(&[("IST".to_owned(), 7_200)].into()), ..DateRule::utc(true) };
    let at = parse("Fri Jan 05 2024 10:00:00 GMT+0530 IST", said, now()).map(|at| at.format("%H:%M").to_string());
    assert_eq!(at, Ok("04:30".to_owned()), "also where somebody said what it means elsewhere");
}

proptest::proptest! {
    #[test]
    fn no_text_makes_it_panic(text in ".{0,40}", digits in "[0-9:/ .+-]{0,30}") {
        let _ = parse(&text, DateRule::utc(true), now());
        let _ = parse(&digits, DateRule { zone: Tz::America__Chicago, ..DateRule::utc(false) }, now());
        let _ = names_offset(&text);
    }
}
