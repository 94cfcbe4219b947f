//! Dates as exports write them, with the reason where one makes no sense.

use chrono::{DateTime, Duration, LocalResult, NaiveDate, NaiveDateTime, NaiveTime, TimeZone, Utc};
use chrono_tz::Tz;

use crate::kernel::clock::Time;
use crate::listening::import::reading::date_words::{month_of, plain, says_nothing};
use crate::listening::import::reading::offset::{named_zone, offset};
use crate::listening::import::reading::short_zones::{self, ShortZones};
use crate::listening::import::row_reason::RowReason;

/// Mentions from before public forums are a mistake in the file.
pub const EARLIEST_YEAR: i32 = 1990;
/// Clocks may be off by this much; what lies further ahead is a mistake.
pub const AHEAD_DAYS: i64 = 2;

/// How dates are to be read where they leave it open.
#[derive(Clone, Copy, Debug)]
pub struct DateRule {
    /// 3/4/2022 is the third of April.
    pub day_first: bool,
    /// Where the clocks stood of dates that name no offset.
    pub zone: Tz,
    /// What abbreviations mean that several zones share.
    pub short_zones: ShortZones,
}

impl DateRule {
    /// In UTC.
    #[must_use]
    pub fn utc(day_first: bool) -> Self {
        Self { day_first, zone: Tz::UTC, short_zones: ShortZones::default() }
    }
}

/// A date as it is written: the clock on the wall, and how far it is ahead of UTC (seconds) where it says so.
type Written = (NaiveDateTime, Option<i32>);

/// Parses a date and time; without an offset it is in the rule's zone, without a time it is midnight.
///
/// # Errors
/// Why it is no date, or none that can be right.
pub fn parse(text: &str, rule: DateRule, now: Time) -> Result<Time, RowReason> {
    let plain = plain(text);
    let text = plain.trim().trim_matches('"').trim();
    if text.is_empty() {
        return Err(RowReason::DateMissing);
    }
    if is_relative(text) {
        return Err(RowReason::DateRelative { text: text.chars().take(40).collect() });
    }
    if let Some(name) = short_zones::words(text).find(|name| rule.short_zones.find(name) == Some(None))
        && is_by_short_zone(text)
    {
        return Err(RowReason::ZoneAmbiguous { text: text.chars().take(40).collect(), zone: name.to_owned() });
    }
    let at = written(text, rule).and_then(|written| moment(written, rule.zone));
    let at = at.ok_or_else(|| RowReason::NotADate { text: text.chars().take(40).collect() })?;
    let date = || at.format("%Y-%m-%d").to_string();
    if at > now + Duration::days(AHEAD_DAYS) {
        return Err(RowReason::DateInFuture { date: date() });
    }
    if at.timestamp().abs() < 86_400 {
        return Err(RowReason::DatePlaceholder);
    }
    if at.naive_utc().date() < NaiveDate::from_ymd_opt(EARLIEST_YEAR, 1, 1).unwrap_or_default() {
        return Err(RowReason::DateTooEarly { date: date(), year: EARLIEST_YEAR.into() });
    }
    Ok(at)
}

/// Whether a cell is a date, in either order of day and month.
#[must_use]
pub fn is_date(text: &str, now: Time) -> bool {
    let read = |day_first| parse(text, DateRule::utc(day_first), now);
    matches!(read(true), Ok(_) | Err(RowReason::ZoneAmbiguous { .. })) || read(false).is_ok()
}

/// Whether a date says itself how far it is from UTC; none where it is no date.
#[must_use]
pub fn names_offset(text: &str) -> Option<bool> {
    let plain = plain(text);
    let text = plain.trim().trim_matches('"').trim();
    // Whichever zone an abbreviation means, it says one.
    let any = ShortZones::of(&short_zones::words(text).map(|name| (name.to_owned(), 0)).collect());
    let rule = |day_first| DateRule { short_zones: any, ..DateRule::utc(day_first) };
    written(text, rule(true)).or_else(|| written(text, rule(false))).map(|(_, offset)| offset.is_some())
}

/// Whether only an abbreviation that several zones share says how far a date is from UTC. An offset in digits beside it says so itself:
/// “10:00 +0530 (IST)”.
#[must_use]
pub fn is_by_short_zone(text: &str) -> bool {
    let ahead = |seconds: i32| {
        let all = ShortZones::of(&short_zones::words(text).map(|name| (name.to_owned(), seconds)).collect());
        let rule = |day_first| DateRule { short_zones: all, ..DateRule::utc(day_first) };
        written(text, rule(true)).or_else(|| written(text, rule(false))).and_then(|(_, ahead)| ahead)
    };
    ahead(0) != ahead(3600)
}

/// "2 weeks ago", "vor 3 Tagen", "yesterday": only who saw the page knows which day is meant.
fn is_relative(text: &str) -> bool {
    let lower = text.to_lowercase();
    let words: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let marks = ["ago", "yesterday", "today", "gestern", "heute", "hier", "ayer", "hoy", "ontem", "ieri", "gisteren", "вчера", "назад"];
    let first = ["vor", "hace", "il", "há"];
    words.iter().any(|word| marks.contains(word))
        || (words.len() >= 3 && first.contains(&words[0]) && words.iter().any(|word| word.parse::<u32>().is_ok()))
}

/// Whether a date is a moment by itself, which no time of day in another column adds to: seconds or milliseconds since 1970.
#[must_use]
pub fn is_moment(text: &str) -> bool {
    epoch(text.trim()).is_some()
}

fn written(text: &str, rule: DateRule) -> Option<Written> {
    // Shops write whole sentences: "Reviewed in Canada on March 3, 2024".
    let sentence = || text.rsplit_once(" on ").and_then(|(_, date)| loose(date, rule));
    iso(text).or_else(|| epoch(text)).or_else(|| serial(text)).or_else(|| compact(text)).or_else(|| loose(text, rule)).or_else(sentence)
}

fn moment((local, ahead): Written, zone: Tz) -> Option<Time> {
    if let Some(ahead) = ahead {
        return local.checked_sub_signed(Duration::seconds(i64::from(ahead))).map(|utc| Utc.from_utc_datetime(&utc));
    }
    if zone == Tz::UTC {
        return Some(Utc.from_utc_datetime(&local));
    }
    match zone.from_local_datetime(&local) {
        LocalResult::Single(at) | LocalResult::Ambiguous(at, _) => Some(at.with_timezone(&Utc)),
        // The hour that summer time skips: as if the clocks had not been changed yet.
        LocalResult::None => {
            let before = zone.from_local_datetime(&local.checked_sub_signed(Duration::hours(1))?).earliest()?;
            before.with_timezone(&Utc).checked_add_signed(Duration::hours(1))
        }
    }
}

/// "2022-09-30T21:46:35.5+00:00", "2015-02-24 11:35:52 -0800", "2022-08-21": by position, since nearly all rows are so.
fn iso(text: &str) -> Option<Written> {
    let bytes = text.as_bytes();
    let number = |from: usize, to: usize| bytes.get(from..to).and_then(digits);
    if bytes.get(4) != Some(&b'-') || bytes.get(7) != Some(&b'-') {
        return None;
    }
    let day = NaiveDate::from_ymd_opt(i32::try_from(number(0, 4)?).ok()?, number(5, 7)?, number(8, 10)?)?;
    if bytes.len() == 10 {
        return Some((day.and_time(NaiveTime::MIN), None));
    }
    if !matches!(bytes[10], b' ' | b'T' | b't') || bytes.get(13) != Some(&b':') {
        return None;
    }
    let (seconds, mut at) = if bytes.get(16) == Some(&b':') { (number(17, 19)?, 19) } else { (0, 16) };
    let mut micros = 0;
    // Some programs write a comma before the fraction of a second.
    if matches!(bytes.get(at), Some(b'.' | b',')) && bytes.get(at + 1).is_some_and(u8::is_ascii_digit) {
        let end = bytes[at + 1..].iter().position(|b| !b.is_ascii_digit()).map_or(bytes.len(), |ahead| at + 1 + ahead);
        let kept = &bytes[at + 1..end.min(at + 7)];
        micros = digits(kept).unwrap_or(0) * 10_u32.pow(6 - u32::try_from(kept.len()).ok()?);
        at = end;
    }
    let time = NaiveTime::from_hms_micro_opt(number(11, 13)?, number(14, 16)?, seconds.min(59), micros)?;
    Some((day.and_time(time), offset(text.get(at..)?)?))
}

/// Seconds, milliseconds or microseconds since 1970.
fn epoch(text: &str) -> Option<Written> {
    // Some programs write a fraction: "1793620939.0".
    let (text, fraction) = text.split_once('.').unwrap_or((text, ""));
    if text.is_empty() || !text.bytes().chain(fraction.bytes()).all(|b| b.is_ascii_digit()) || (text.len() < 9 && !fraction.is_empty()) {
        return None;
    }
    let at = match text.len() {
        1 if text == "0" => DateTime::from_timestamp(0, 0),
        9 | 10 => DateTime::from_timestamp(text.parse().ok()?, 0),
        13 => DateTime::from_timestamp_millis(text.parse().ok()?),
        16 => DateTime::from_timestamp_micros(text.parse().ok()?),
        _ => None,
    };
    at.map(|at| (at.naive_utc(), Some(0)))
}

/// Days since the end of 1899 with the time as a fraction, as Excel counts: `44794.79975` is an evening in August 2022.
fn serial(text: &str) -> Option<Written> {
    let (days, fraction) = text.split_once('.').unwrap_or((text, "0"));
    if days.len() != 5 || !days.bytes().chain(fraction.bytes()).all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let seconds = (text.parse::<f64>().ok()? * 86_400.0).round();
    let from = NaiveDate::from_ymd_opt(1899, 12, 30)?.and_time(NaiveTime::MIN);
    from.checked_add_signed(Duration::try_seconds(seconds as i64)?).map(|local| (local, None))
}

/// Digits alone, as databases write: "20220821", "20220821191138", "20220821T191138Z".
fn compact(text: &str) -> Option<Written> {
    let (day, rest) = text.split_at_checked(8)?;
    let number = |text: &str, from: usize, to: usize| text.as_bytes().get(from..to).and_then(digits);
    let year = i32::try_from(number(day, 0, 4)?).ok().filter(|year| (EARLIEST_YEAR..2100).contains(year))?;
    let day = NaiveDate::from_ymd_opt(year, number(day, 4, 6)?, number(day, 6, 8)?)?;
    if rest.is_empty() {
        return Some((day.and_time(NaiveTime::MIN), None));
    }
    let (clock, zone) = rest.strip_prefix('T').unwrap_or(rest).split_at_checked(6)?;
    let time = NaiveTime::from_hms_opt(number(clock, 0, 2)?, number(clock, 2, 4)?, number(clock, 4, 6)?.min(59))?;
    Some((day.and_time(time), offset(zone)?))
}

/// A date with a time of day that has no colon, as it is written with one: "05.01.2024 15.22", "05/01/2024 à 15h22".
fn with_colon(text: &str, day_first: bool) -> Option<String> {
    let (before, clock) = text.trim_end_matches(" Uhr").rsplit_once(' ')?;
    let clock = clock.replacen(['h', 'H'], ":", 1).replace('.', ":");
    let clock = clock.strip_suffix(':').map_or_else(|| clock.clone(), |hour| format!("{hour}:00"));
    let parts: Vec<&str> = clock.split(':').collect();
    let is_clock = (2..=3).contains(&parts.len())
        && parts
            .iter()
            .enumerate()
            .all(|(at, part)| (part.len() == 2 || (at == 0 && part.len() == 1)) && part.bytes().all(|b| b.is_ascii_digit()));
    (is_clock && date(before, day_first).is_some()).then(|| format!("{before} {clock}"))
}

/// Everything else: "23/09/2013 18:23", "21-Aug-2022 07:11PM", "Wed Oct 10 20:19:24 +0000 2018", "Aug 21, 2022".
fn loose(text: &str, rule: DateRule) -> Option<Written> {
    let with_colon = if text.contains(':') { None } else { with_colon(text, rule.day_first) };
    let text = with_colon.as_deref().unwrap_or(text);
    let mut rest = text.to_owned();
    let mut time = NaiveTime::MIN;
    let mut ahead = None;
    if let Some(colon) = text.find(':') {
        let begin = colon - text[..colon].bytes().rev().take_while(u8::is_ascii_digit).count();
        let end = colon + text[colon..].find(|c: char| !c.is_ascii_digit() && c != ':' && c != '.').unwrap_or(text.len() - colon);
        let mut tail = text[end..].trim_start();
        let mut parts = text[begin..end].split([':', '.']);
        let mut hour: u32 = parts.next()?.parse().ok()?;
        let minute: u32 = parts.next()?.parse().ok()?;
        let second: u32 = parts.next().map_or(Some(0), |part| part.parse().ok())?;
        tail = tail.strip_prefix(',').map_or(tail, |fraction| fraction.trim_start_matches(|c: char| c.is_ascii_digit()));
        let lower = tail.to_lowercase();
        for (mark, afternoon) in [("pm", true), ("p.m.", true), ("p. m.", true), ("am", false), ("a.m.", false), ("a. m.", false)] {
            if lower.starts_with(mark) {
                hour = hour % 12 + if afternoon { 12 } else { 0 };
                tail = tail.get(mark.len()..)?.trim_start();
                break;
            }
        }
        time = NaiveTime::from_hms_opt(hour, minute, second.min(59))?;
        let zone_end = tail.find(|c: char| !(c.is_ascii_digit() || matches!(c, '+' | '-' | ':'))).unwrap_or(tail.len());
        let (zone, after) = if tail.starts_with(['+', '-']) { tail.split_at(zone_end) } else { ("", tail) };
        let (named, after) = named_zone(after, rule.short_zones);
        ahead = offset(zone)?.or(named);
        rest = format!("{} {}", &text[..begin], after);
    }
    Some((date(&rest, rule.day_first)?.and_time(time), ahead))
}

fn date(text: &str, day_first: bool) -> Option<NaiveDate> {
    let mut numbers: Vec<(&str, u32)> = Vec::new();
    let mut month = None;
    for word in text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
        if let Ok(number) = word.trim_end_matches(|c: char| c.is_alphabetic()).parse::<u32>() {
            numbers.push((word, number));
        } else {
            let lower = word.to_lowercase();
            if says_nothing(&lower) {
                continue;
            }
            let named = month_of(&lower)?;
            month = month.or(Some(named));
        }
    }
    let (year, month, day) = match (month, numbers.as_slice()) {
        (Some(month), [(word, year), (_, day)]) if word.len() == 4 => (full(*year), month, *day),
        (Some(month), [(_, day), (_, year)]) => (full(*year), month, *day),
        (None, [(word, year), (_, month), (_, day)]) if word.len() == 4 => (full(*year), *month, *day),
        (None, [(_, first), (_, second), (_, year)]) => {
            let swap = *second > 12 || (!day_first && *first <= 12);
            if swap { (full(*year), *first, *second) } else { (full(*year), *second, *first) }
        }
        _ => return None,
    };
    NaiveDate::from_ymd_opt(year, month, day)
}

/// Two digits are of this century up to 69, as POSIX reads them.
fn full(year: u32) -> i32 {
    let year = i32::try_from(year).unwrap_or(i32::MAX);
    match year {
        0..=69 => 2000 + year,
        70..=99 => 1900 + year,
        _ => year,
    }
}

fn digits(bytes: &[u8]) -> Option<u32> {
    if bytes.is_empty() || bytes.len() > 9 {
        return None;
    }
    bytes.iter().try_fold(0_u32, |sum, byte| byte.is_ascii_digit().then(|| sum * 10 + u32::from(byte - b'0')))
}

#[cfg(test)]
mod tests;
