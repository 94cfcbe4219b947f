//! Words in dates: names of months and days, the signs of Chinese, Japanese and Korean dates, and words that add nothing to the numbers.

use std::borrow::Cow;

/// The month that a word names, whole or shortened: in most languages of Europe, in Turkish, Indonesian and Arabic.
pub(super) fn month_of(word: &str) -> Option<u32> {
    // Those that begin as another month's do, first.
    const LONGER: [(&str, u32); 5] = [("marras", 11), ("červenc", 7), ("cervenc", 7), ("červen", 6), ("cerven", 6)];
    const BEGINNINGS: [&str; 12] = [
        "jan ene gen янв яну січ ian sty led oca tam ιαν يناير",
        "feb fév fev фев лют lut úno uno şub sub hel φεβ فبراير",
        "mar mär mrz maa мар бер már bře bre μαρ μάρ مارس",
        "apr avr abr апр кві kwi dub nis huh ápr απρ أبريل ابريل",
        "may mai mag mei maj май мая тра kvě kve tou máj μαΐ μαι μαϊ μάι مايو",
        "jun juin giu июн юни чер cze haz kes jún iun ιουν ιούν يونيو",
        "jul juil lug июл юли лип lip tem hei júl iul ιουλ ιούλ يوليو",
        "aug aoû aou ago авг сер sie srp ağu agu elo αυγ αύγ أغسطس اغسطس",
        "sep set сен сеп вер wrz zář zar eyl syy szep σεπ سبتمبر",
        "oct okt ott out окт жов paź říj rij eki lok οκτ أكتوبر اكتوبر",
        "nov ноя ное лис lis kas noi noe νοε νοέ نوفمبر",
        "dec dez déc dic дек гру gru pro des ara jou δεκ ديسمبر",
    ];
    if let Some((_, month)) = LONGER.iter().find(|(beginning, _)| word.starts_with(beginning)) {
        return Some(*month);
    }
    let at = BEGINNINGS.iter().position(|beginnings| beginnings.split(' ').any(|beginning| word.starts_with(beginning)))?;
    u32::try_from(at + 1).ok()
}

/// Whether a word belongs to a date and says nothing that its numbers do not say: a day of the week, "of", "Uhr".
pub(super) fn says_nothing(word: &str) -> bool {
    const WORDS: &str = "utc gmt z t at of the de del di du le um uhr à às a as alle ore ora kl klo om г года год р року r roku ob godz в о den der la las el \
        mardi martes martedì martedi mercoledì mercoledi miércoles miercoles mercredi dinsdag donderdag dienstag donnerstag \
        mandag marți marti wt śr pt so ne út st čt pá vrijdag";
    const BEGINNINGS: &str = "mon tue wed thu fri sat sun mitt frei sam son lun jeu ven dim jue vie sáb sab dom gio seg ter qua qui sex \
        maandag woe vrij zat zon пон вто сре чет пят суб вос понед вівт середа четвер п’ят нед \
        pon wto śro środ czw pią sob niedz mån tis ons tors fre lör sön tir lør søn pzt sal çar per cum cmt paz";
    WORDS.split_whitespace().any(|known| known == word) || BEGINNINGS.split_whitespace().any(|beginning| word.starts_with(beginning))
}

/// A date with plain spaces and plain digits: programs put narrow spaces before AM and PM, and signs of their language between the numbers
/// (“2024年1月5日 午後3時22分”).
pub(super) fn plain(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let letters: String = text.chars().map(plain_letter).collect();
    if !letters.contains(['年', '년', '月']) {
        return Cow::Owned(letters);
    }
    let (without_days, half) = without_days(&letters);
    let mut plain = String::with_capacity(without_days.len());
    for (at, letter) in without_days.char_indices() {
        match letter {
            '年' | '月' | '년' | '월' => plain.push('-'),
            '日' | '号' | '號' | '일' | '秒' | '초' => plain.push(' '),
            '時' | '时' | '点' | '點' | '시' => plain.push(':'),
            '分' | '분' if without_days[at + letter.len_utf8()..].trim_start().starts_with(|next: char| next.is_ascii_digit()) => {
                plain.push(':')
            }
            '分' | '분' => plain.push(' '),
            other => plain.push(other),
        }
    }
    // “3-5 15: 22” where blanks stood between the signs.
    let mut plain = plain.replace("- ", "-").replace(": ", ":").trim_end_matches([':', ' ']).to_owned();
    if plain.ends_with('-') {
        plain.pop();
    }
    if let Some(half) = half.filter(|_| plain.contains(':')) {
        plain.push_str(half);
    }
    Cow::Owned(plain)
}

/// A letter as plain dates have it.
fn plain_letter(letter: char) -> char {
    let digit = |zero: u32| char::from_digit(u32::from(letter) - zero, 10).unwrap_or(letter);
    match letter {
        '\u{202f}' | '\u{a0}' | '\u{2009}' | '\u{3000}' => ' ',
        '\u{ff10}'..='\u{ff19}' => digit(0xff10),
        '\u{0660}'..='\u{0669}' => digit(0x0660),
        '\u{06f0}'..='\u{06f9}' => digit(0x06f0),
        '：' => ':',
        '／' => '/',
        '−' | '‑' => '-',
        other => other,
    }
}

/// A date in Chinese, Japanese or Korean without its day of the week, and whether its time is before or after noon.
fn without_days(text: &str) -> (String, Option<&'static str>) {
    const HALVES: [(&str, &str); 6] =
        [("午前", " AM"), ("上午", " AM"), ("오전", " AM"), ("午後", " PM"), ("下午", " PM"), ("오후", " PM")];
    let half = HALVES.iter().find(|(word, _)| text.contains(word));
    let mut rest = half.map_or_else(|| text.to_owned(), |(word, _)| text.replace(word, " "));
    for (open, close) in [('(', ')'), ('（', '）')] {
        if let Some((before, behind)) = rest.split_once(open)
            && let Some((inside, after)) = behind.split_once(close)
            && !inside.chars().any(|c| c.is_ascii_alphanumeric())
        {
            rest = format!("{before} {after}");
        }
    }
    for mark in ["曜日", "요일"] {
        if let Some((before, after)) = rest.split_once(mark) {
            let day = before.chars().next_back().map_or(0, char::len_utf8);
            rest = format!("{} {after}", &before[..before.len() - day]);
        }
    }
    for mark in ["星期", "周", "週"] {
        if let Some((before, after)) = rest.split_once(mark) {
            let mut after = after.chars();
            after.next();
            rest = format!("{before} {}", after.as_str());
        }
    }
    (rest, half.map(|(_, half)| *half))
}
