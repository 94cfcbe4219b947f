//! How far a date says that it is from UTC: in digits, or by the abbreviation of a zone.

use crate::listening::import::reading::short_zones::ShortZones;

/// The zone that follows a time of day, by its abbreviation or as a browser writes it ("GMT-0300 (Brasilia Standard Time)"), and what is left.
/// An offset in digits leads over any abbreviation. Of abbreviations that several zones share, the file's rule says what they mean.
pub(super) fn named_zone(text: &str, shared: ShortZones) -> (Option<i32>, String) {
    const HOURS: &[(&str, i32)] = &[
        ("UTC", 0),
        ("GMT", 0),
        ("Z", 0),
        ("WET", 0),
        ("EST", -5),
        ("EDT", -4),
        ("CDT", -5),
        ("MST", -7),
        ("MDT", -6),
        ("PST", -8),
        ("PDT", -7),
        ("AKST", -9),
        ("AKDT", -8),
        ("HST", -10),
        ("CET", 1),
        ("CEST", 2),
        ("MEZ", 1),
        ("MESZ", 2),
        ("WEST", 1),
        ("EET", 2),
        ("EEST", 3),
        ("MSK", 3),
        ("IDT", 3),
        ("ADT", -3),
        ("BRT", -3),
        ("JST", 9),
        ("KST", 9),
        ("AEST", 10),
        ("AEDT", 11),
        ("NZST", 12),
        ("NZDT", 13),
    ];
    // What stands in brackets repeats the zone in words.
    let plain = text.split_once('(').map_or(text, |(before, _)| before);
    let (mut in_digits, mut by_name, mut rest) = (None, None, Vec::new());
    for word in plain.split_whitespace() {
        let upper = word.trim_matches([',', ';', '.']).to_uppercase();
        let letters = upper.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(upper.len());
        let (name, behind) = upper.split_at(letters);
        let hours = HOURS.iter().find(|(known, _)| *known == name).map(|(_, hours)| hours * 3600);
        match shared.find(name).flatten().or(hours) {
            Some(ahead) if behind.is_empty() => by_name = Some(ahead),
            Some(_) if offset(behind).is_some() => in_digits = offset(behind).flatten(),
            // Without a meaning it says nothing; see `is_by_short_zone`.
            None if behind.is_empty() && word == name && shared.find(name).is_some() => {}
            _ => rest.push(word),
        }
    }
    (in_digits.or(by_name), rest.join(" "))
}

/// Seconds east of UTC: "Z", "UTC", "+00:00", " -0800", "+01"; for "" that it is not said. None for what is no offset.
pub(super) fn offset(text: &str) -> Option<Option<i32>> {
    let text = text.trim();
    if text.is_empty() {
        return Some(None);
    }
    if matches!(text, "Z" | "z" | "UTC" | "GMT") {
        return Some(Some(0));
    }
    let sign = match text.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let numbers: String = text[1..].chars().filter(|c| *c != ':').collect();
    if !numbers.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let (hours, minutes): (i32, i32) = match numbers.len() {
        1 | 2 => (numbers.parse().ok()?, 0),
        4 => (numbers[..2].parse().ok()?, numbers[2..].parse::<i32>().ok()?),
        _ => return None,
    };
    (0..=14).contains(&hours).then_some(Some(sign * (hours * 3600 + minutes * 60)))
}
