//! A text as `rules` looks for names in it: in small letters, without accents, with the place of each letter in the original.

use std::ops::Range;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// A text as it is compared, and where each character of it comes from.
pub(super) struct FoldedText<'t> {
    text: &'t str,
    pub(super) chars: Vec<char>,
    from: Vec<Range<usize>>,
}

impl<'t> FoldedText<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        let mut folded = Self { text, chars: Vec::with_capacity(text.len()), from: Vec::with_capacity(text.len()) };
        let mut rest = text.char_indices().peekable();
        while let Some((start, c)) = rest.next() {
            let mut end = start + c.len_utf8();
            // A character and the marks after it are one.
            while let Some(&(at, mark)) = rest.peek().filter(|(_, next)| !next.is_ascii() && belongs(*next)) {
                end = at + mark.len_utf8();
                rest.next();
            }
            if c.is_ascii() && end == start + 1 {
                folded.push(even(c.to_ascii_lowercase()), start..end);
            } else {
                for c in text[start..end].nfkc() {
                    folded.push_letter(c, start..end);
                }
            }
        }
        folded
    }

    /// A character outside of ASCII in small letters and without its accents, as search folds it.
    fn push_letter(&mut self, c: char, from: Range<usize>) {
        if matches!(u32::from(c), 0xac00..=0xd7a3) {
            return self.push(c, from);
        }
        for c in std::iter::once(c).nfkd().filter(|c| !is_accent(*c)).flat_map(char::to_lowercase).filter(|c| !is_accent(*c)) {
            match c {
                'ß' => ['s', 's'].into_iter().for_each(|c| self.push(c, from.clone())),
                'æ' => ['a', 'e'].into_iter().for_each(|c| self.push(c, from.clone())),
                'œ' => ['o', 'e'].into_iter().for_each(|c| self.push(c, from.clone())),
                'ø' => self.push('o', from.clone()),
                'ł' => self.push('l', from.clone()),
                'đ' | 'ð' => self.push('d', from.clone()),
                'ı' => self.push('i', from.clone()),
                'ς' => self.push('σ', from.clone()),
                c => self.push(even(c), from.clone()),
            }
        }
    }

    fn push(&mut self, c: char, from: Range<usize>) {
        match (c, self.chars.last(), self.from.last_mut()) {
            // Nothing is seen of these: they belong to what is before them.
            ('\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}', _, before) => {
                if let Some(before) = before {
                    before.end = from.end;
                }
            }
            (' ', Some(' '), Some(before)) => before.end = from.end,
            _ => {
                self.chars.push(c);
                self.from.push(from);
            }
        }
    }

    /// Where the patterns are in the text, in order and without overlaps; of two at one place the longer one.
    pub(super) fn find(&self, patterns: &[Pattern]) -> Vec<Range<usize>> {
        let (mut found, mut at) = (Vec::new(), 0);
        while at < self.chars.len() {
            match patterns.iter().filter_map(|pattern| self.ends(pattern, at)).max().filter(|end| *end > at) {
                Some(end) => {
                    // A visible text is replaced, not the space after it.
                    found.push(self.from[at].start..self.from[end - 1].end);
                    at = end;
                }
                None => at += 1,
            }
        }
        found
    }

    /// Where the pattern ends if it begins at `at`.
    pub(super) fn ends(&self, pattern: &Pattern, at: usize) -> Option<usize> {
        if !self.may_begin(pattern.border, at) {
            return None;
        }
        self.after(&pattern.pieces, at, pattern.border)
    }

    fn after(&self, pieces: &[PatternPiece], at: usize, border: Border) -> Option<usize> {
        let Some((piece, rest)) = pieces.split_first() else { return self.may_end(border, at) };
        let go = |at: usize| self.after(rest, at, border);
        let skip = |at: usize, which: fn(char) -> bool| at + self.chars[at..].iter().take_while(|c| which(**c)).count();
        match piece {
            PatternPiece::Text(text) => self.chars[at..].starts_with(text).then(|| go(at + text.len())).flatten(),
            PatternPiece::Gap => Some(skip(at, is_gap)).filter(|end| *end > at).and_then(go),
            PatternPiece::MaybeGap => go(skip(at, is_gap)),
            PatternPiece::Comma => {
                let comma = skip(at, |c| c == ' ');
                (self.chars.get(comma) == Some(&',')).then(|| go(skip(comma + 1, |c| c == ' '))).flatten()
            }
            PatternPiece::MaybeStop => Some(skip(at, |c| matches!(c, '.' | ' '))).filter(|end| *end > at).and_then(go),
            PatternPiece::MaybeInitial => go(at).or_else(|| {
                let letter = self.chars.get(at).is_some_and(|c| c.is_alphabetic());
                letter.then(|| skip(at + 1, |c| matches!(c, '.' | ' '))).filter(|end| *end > at + 1).and_then(go)
            }),
            PatternPiece::MaybeTag => go(at).or_else(|| {
                let tagged = self.chars.get(at) == Some(&'+');
                tagged.then(|| skip(at + 1, |c| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '+'))).and_then(go)
            }),
        }
    }

    fn may_begin(&self, border: Border, at: usize) -> bool {
        let before = self.chars[..at].iter().rev().find(|c| **c != '_');
        let clear = before.is_none_or(|c| !c.is_alphanumeric() || joins(*c)) || joins(self.chars[at]);
        match border {
            Border::Name | Border::Handle => clear,
            Border::EmailAddress => clear && !at.checked_sub(1).is_some_and(|before| matches!(self.chars[before], '.' | '-' | '+' | '_')),
            Border::Proper => clear && !self.text[self.from[at].start..].starts_with(char::is_lowercase),
        }
    }

    fn may_end(&self, border: Border, at: usize) -> Option<usize> {
        let next = |at: usize| self.chars[at..].iter().find(|c| **c != '_');
        let clear = |at: usize| joins(self.chars[at - 1]) || next(at).is_none_or(|c| !c.is_alphanumeric() || joins(*c));
        match border {
            Border::EmailAddress => {
                let goes_on = matches!(self.chars.get(at), Some('.' | '-')) && self.chars.get(at + 1).is_some_and(|c| c.is_alphanumeric());
                (clear(at) && !goes_on).then_some(at)
            }
            Border::Handle => clear(at).then_some(at),
            Border::Name | Border::Proper if clear(at) => Some(at),
            Border::Name | Border::Proper => {
                let plural = [&['s'][..], &['e', 's']].into_iter().find(|plural| self.chars[at..].starts_with(plural));
                plural.map(|plural| at + plural.len()).filter(|end| clear(*end))
            }
        }
    }
}

/// Marks that belong to the character before them: accents, and the vowels and finals of taken-apart Korean.
fn belongs(c: char) -> bool {
    is_combining_mark(c) || matches!(u32::from(c), 0x1160..=0x11ff)
}

/// Marks without which a letter is still read: those of Latin, Greek and Cyrillic.
fn is_accent(c: char) -> bool {
    matches!(u32::from(c), 0x0300..=0x036f | 0x1ab0..=0x1aff | 0x1dc0..=0x1dff)
}

fn is_gap(c: char) -> bool {
    matches!(c, ' ' | '-' | '.' | '·' | '・')
}

/// One space, one apostrophe, one hyphen for all of them.
fn even(c: char) -> char {
    match c {
        c if c.is_whitespace() => ' ',
        '’' | '‘' | 'ʼ' | '`' | '´' | '′' | '‛' | 'ʹ' => '\'',
        '\u{2010}'..='\u{2015}' | '−' | '\u{fe58}' | '\u{fe63}' => '-',
        c => c,
    }
}

/// A piece of a pattern over folded text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum PatternPiece {
    Text(Vec<char>),
    /// Space, hyphen or full stop between two parts of a name.
    Gap,
    /// As `Gap`, or nothing: in scripts without spaces.
    MaybeGap,
    /// The comma of "Donnelly, Maeve".
    Comma,
    /// A middle initial, if there is one: "Maeve K. Donnelly".
    MaybeInitial,
    /// The full stop after an initial or a title, if there is one, and the space after it.
    MaybeStop,
    /// What follows a plus sign in an email address, if anything does.
    MaybeTag,
}

/// Where a match may begin and end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Border {
    /// No letter or digit next to it; "@ann_lee" is not in "@ann_lee_fan". A plural s belongs to it.
    Name,
    Handle,
    EmailAddress,
    /// As `Name`, and it has a capital: a first name or a surname on its own.
    Proper,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pattern {
    pub(super) pieces: Vec<PatternPiece>,
    pub(super) border: Border,
}

/// Characters of scripts that set no space, or no border, around a name: Chinese, Japanese, Korean, Thai, Lao, Burmese, Khmer.
pub(super) fn joins(c: char) -> bool {
    matches!(u32::from(c), 0x0e00..=0x0eff | 0x1000..=0x109f | 0x1780..=0x17ff | 0x3005..=0x3007 | 0x3040..=0x30ff | 0x3400..=0x4dbf | 0x4e00..=0x9fff | 0xac00..=0xd7a3 | 0xf900..=0xfaff | 0x20000..=0x3134f)
}
