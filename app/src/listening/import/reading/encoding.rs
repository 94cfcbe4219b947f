//! Detects a file's encoding: UTF-8 if most of the file is valid UTF-8, UTF-16 by its zero bytes.

/// windows-1252 from 0x80 to 0x9F; above, it is as Unicode. Bytes that it leaves open become the replacement character.
pub(super) const WINDOWS_1252: [char; 32] = [
    '€', '\u{fffd}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{fffd}', 'Ž', '\u{fffd}', '\u{fffd}', '‘', '’', '“', '”',
    '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{fffd}', 'ž', 'Ÿ',
];

/// Adds bytes that are mostly UTF-8; those that are not are read as windows-1252. Gives whether there were such.
pub(crate) fn push_mixed(bytes: &[u8], text: &mut String) -> bool {
    let mut other = false;
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        for byte in chunk.invalid() {
            other = true;
            text.push(if matches!(byte, 0x80..=0x9f) { WINDOWS_1252[usize::from(byte - 0x80)] } else { char::from(*byte) });
        }
    }
    other
}

/// UTF-16 without a byte order mark: every other byte of Western text is zero.
#[cfg(feature = "store")]
pub(crate) fn wide(head: &[u8]) -> Option<&'static encoding_rs::Encoding> {
    let sample = &head[..head.len().min(4096)];
    let zeros = |odd: usize| sample.iter().skip(odd).step_by(2).filter(|byte| **byte == 0).count();
    let half = sample.len() / 2;
    match (zeros(0), zeros(1)) {
        (even, odd) if half > 8 && odd * 2 > half && even * 8 < half => Some(encoding_rs::UTF_16LE),
        (even, odd) if half > 8 && even * 2 > half && odd * 8 < half => Some(encoding_rs::UTF_16BE),
        _ => None,
    }
}

/// Counts, over the borders of chunks, what speaks for UTF-8 and what against it.
#[cfg(feature = "store")]
#[derive(Debug, Default)]
pub(crate) struct Utf8 {
    /// Letters beyond ASCII that are good UTF-8.
    good: u64,
    /// Places that are no UTF-8.
    bad: u64,
    carried: Vec<u8>,
}

#[cfg(feature = "store")]
impl Utf8 {
    /// Looks at the next part of the file.
    pub(crate) fn check(&mut self, part: &[u8]) {
        if self.carried.is_empty() && part.is_ascii() {
            return;
        }
        let joined;
        let bytes = if self.carried.is_empty() {
            part
        } else {
            joined = [self.carried.as_slice(), part].concat();
            &joined
        };
        self.carried = Vec::new();
        let mut chunks = bytes.utf8_chunks().peekable();
        while let Some(chunk) = chunks.next() {
            self.good += chunk.valid().bytes().filter(|byte| *byte >= 0xc0).count() as u64;
            if chunks.peek().is_none() && chunk.invalid().len() < 4 {
                // A letter that is cut by the end of the part.
                self.carried = chunk.invalid().to_vec();
            } else {
                self.bad += u64::from(!chunk.invalid().is_empty());
            }
        }
    }

    /// Whether the file is UTF-8: all of it, or so much that the rest are single rows in another encoding.
    pub(crate) fn holds(&self) -> bool {
        let bad = self.bad + u64::from(!self.carried.is_empty());
        bad == 0 || self.good > bad
    }

    /// Whether every byte so far is UTF-8.
    pub(crate) fn spotless(&self) -> bool {
        self.bad == 0
    }
}

/// Counts what speaks for Mac Roman, which detectors of encodings do not know, and what for windows-1252.
#[cfg(feature = "store")]
#[derive(Debug, Default)]
pub(crate) struct MacRoman {
    before: [u8; 2],
    /// Letters within words in one of the two, signs in the other.
    mac: u64,
    windows: u64,
    /// Those of the first that are no small letters in windows-1250 either.
    sure: u64,
    /// Bytes beyond ASCII, and how many of them stand behind another: letters of Chinese, Japanese and Korean have two.
    high: u64,
    pairs: u64,
    carriage_returns: u64,
    line_feeds: u64,
}

#[cfg(feature = "store")]
impl MacRoman {
    /// Looks at the next part of the file.
    pub(crate) fn check(&mut self, part: &[u8]) {
        for &byte in part {
            let [first, middle] = self.before;
            match middle {
                b'\r' => self.carriage_returns += 1,
                b'\n' => self.line_feeds += 1,
                _ => {}
            }
            self.high += u64::from(byte >= 0x80);
            self.pairs += u64::from(byte >= 0x80 && middle >= 0x80);
            // “Paweł”: a letter of windows-1250, a sign of sums on a Mac.
            self.windows += u64::from(first.is_ascii_alphabetic() && matches!(middle, 0xb3 | 0xb9));
            if middle >= 0x80 && first.is_ascii_alphabetic() && byte.is_ascii_alphabetic() {
                match middle {
                    // “don’t”: an apostrophe in one, a letter in the other.
                    0xd5 => (self.mac, self.sure) = (self.mac + 1, self.sure + 1),
                    0x92 => self.windows += 1,
                    0x9a | 0x9c..=0x9f => self.mac += 1,
                    0x80..=0x9f => (self.mac, self.sure) = (self.mac + 1, self.sure + 1),
                    0xe0..=0xff => self.windows += 1,
                    _ => {}
                }
            }
            self.before = [middle, byte];
        }
    }

    /// Whether a file that is no UTF-8 is Mac Roman: by its letters, or by line ends that only old Macs write. `guess` is what a detector takes it
    /// for that does not know Mac Roman.
    pub(crate) fn holds(&self, guess: &'static encoding_rs::Encoding) -> bool {
        use encoding_rs::{BIG5, EUC_JP, EUC_KR, GB18030, GBK, ISO_8859_2, SHIFT_JIS, WINDOWS_1250};
        if [BIG5, EUC_JP, EUC_KR, GB18030, GBK, SHIFT_JIS].contains(&guess) && self.pairs * 3 > self.high {
            return false;
        }
        let old_lines = self.carriage_returns > 0 && self.line_feeds == 0;
        if [ISO_8859_2, WINDOWS_1250].contains(&guess) && !old_lines {
            return self.sure > self.windows;
        }
        self.mac > self.windows || (old_lines && self.mac == self.windows)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(feature = "store")]
    fn holds(parts: &[&[u8]]) -> bool {
        let mut utf8 = Utf8::default();
        parts.iter().for_each(|part| utf8.check(part));
        utf8.holds()
    }

    #[test]
    #[cfg(feature = "store")]
    fn a_letter_cut_by_a_chunk_is_no_mistake() {
        assert!(holds(&[b"gr\xc3", b"\xbc\xc3", b"\x9fe"]));
        assert!(!holds(&[b"gr\xfc\xdfe und \xe4hnlich"]));
        assert!(holds(&["größer, schöner, früher".as_bytes(), b"\n gr\xfc\xdfe"]), "one row among many is no other encoding");
    }

    #[test]
    fn foreign_bytes_are_read_as_windows_1252() {
        let mut text = String::new();
        assert!(push_mixed(b"\x93gr\xfc\xc3\x9fe\x94 \x80", &mut text));
        assert_eq!(text, "“grüße” €");
    }
}
