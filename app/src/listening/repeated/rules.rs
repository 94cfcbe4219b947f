//! When two mentions are near-duplicates.
//!
//! A mention is evened out (case, addresses, names, tags, digits and marks say nothing) and its pairs of words are hashed to 64
//! bits by simhash (M. Charikar, 2002): texts that share most pairs differ in few bits. Two mentions are one repeated mention when at most
//! three bits differ, as G. S. Manku and others (2007) found for web pages; mentions of fewer than six words are never compared,
//! since “thank you so much” is nobody's campaign.

use std::collections::{HashMap, VecDeque};

/// Words below which a mention is compared with nothing.
pub const MIN_WORDS: usize = 6;
/// Bits in which two mentions of one repeated mention may differ.
pub const MAX_DIFFERENT_BITS: u32 = 3;

/// The words of a mention that could be copied, in order.
fn words(text: &str) -> impl Iterator<Item = String> + '_ {
    let mut parts = text.split_whitespace().peekable();
    // What a network puts before a mention that is passed on is not part of it.
    if parts.peek().is_some_and(|first| first.eq_ignore_ascii_case("rt")) {
        parts.next();
    }
    parts
        .filter(|part| !part.starts_with('@') && !part.contains("://") && !part.starts_with("www."))
        .map(|part| part.chars().filter(|c| c.is_alphabetic()).flat_map(char::to_lowercase).collect::<String>())
        .filter(|word| !word.is_empty())
}

/// Whether a mention passes on what somebody else wrote, as the store asks of texts too: its words are not its author's.
#[must_use]
pub fn is_repost(text: &str) -> bool {
    text.starts_with("RT ")
}

/// The mention's fingerprint; none for one that is too short to be compared.
#[must_use]
pub fn fingerprint(text: &str) -> Option<u64> {
    let words: Vec<String> = words(text).take(400).collect();
    if words.len() < MIN_WORDS {
        return None;
    }
    let mut weights = [0_i32; 64];
    for pair in words.windows(2) {
        let hash = hash(&pair[0], &pair[1]);
        for (bit, weight) in weights.iter_mut().enumerate() {
            *weight += if hash >> bit & 1 == 1 { 1 } else { -1 };
        }
    }
    Some(weights.iter().enumerate().fold(0, |print, (bit, weight)| print | u64::from(*weight > 0) << bit))
}

/// Two words to 64 bits, the same on every machine: fingerprints are kept.
fn hash(one: &str, other: &str) -> u64 {
    // FNV-1a, with a final mix: neighbouring words must not give neighbouring bits.
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for byte in one.bytes().chain([0]).chain(other.bytes()) {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }
    hash ^= hash >> 33;
    hash = hash.wrapping_mul(0xff51_afd7_ed55_8ccd);
    hash ^ hash >> 33
}

/// Fingerprints with what each belongs to; the oldest are dropped beyond a limit.
#[derive(Debug)]
pub struct SimilarFingerprints<T> {
    /// In order of arrival, from `first` on.
    prints: VecDeque<(u64, T)>,
    first: usize,
    limit: usize,
    /// By each quarter of the fingerprint: of four quarters one is the same where three bits differ.
    quarters: [HashMap<u16, Vec<usize>>; 4],
}

impl<T: Clone> SimilarFingerprints<T> {
    /// Remembers so many fingerprints.
    #[must_use]
    pub fn new(limit: usize) -> Self {
        Self { prints: VecDeque::new(), first: 0, limit, quarters: Default::default() }
    }

    /// What the nearest fingerprint belongs to, if one is near enough.
    pub fn find(&mut self, print: u64) -> Option<&mut T> {
        let near = |place: &usize| {
            let apart = (print ^ self.prints.get(*place - self.first)?.0).count_ones();
            (apart <= MAX_DIFFERENT_BITS).then_some((apart, *place))
        };
        let places = self.quarters.iter().enumerate().filter_map(|(quarter, table)| table.get(&part(print, quarter))).flatten();
        let (_, place) = places.filter_map(near).min()?;
        self.prints.get_mut(place - self.first).map(|(_, what)| what)
    }

    /// Remembers a fingerprint.
    pub fn add(&mut self, print: u64, what: T) {
        if self.prints.len() == self.limit
            && let Some((old, _)) = self.prints.pop_front()
        {
            for (quarter, table) in self.quarters.iter_mut().enumerate() {
                if let Some(places) = table.get_mut(&part(old, quarter)) {
                    places.retain(|place| *place != self.first);
                }
            }
            self.first += 1;
        }
        let place = self.first + self.prints.len();
        for (quarter, table) in self.quarters.iter_mut().enumerate() {
            table.entry(part(print, quarter)).or_default().push(place);
        }
        self.prints.push_back((print, what));
    }
}

fn part(print: u64, quarter: usize) -> u16 {
    (print >> (quarter * 16)) as u16
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const REPEATED: &str =
        "Dell must recall every laptop of this series now, the hinge breaks within a year and support does nothing about it at all";

    #[test]
    fn what_networks_and_copiers_add_changes_nothing() {
        let print = fingerprint(REPEATED).expect("long enough");
        for same in [
            format!("RT @angry_one: {REPEATED} https://t.co/abc123"),
            format!("@Dell @DellCares {} !!!", REPEATED.to_uppercase()),
            format!("{REPEATED} 12345 🔥🔥"),
        ] {
            assert_eq!(fingerprint(&same), Some(print), "{same}");
        }
        assert_eq!(fingerprint("thank you so much Dell"), None);
        assert_eq!(fingerprint(""), None);
    }

    #[test]
    fn others_are_far_away() {
        let other = "My new monitor arrived today and I could not be happier with the colours, thank you for the quick delivery";
        let apart = (fingerprint(REPEATED).expect("a") ^ fingerprint(other).expect("b")).count_ones();
        assert!(apart > 12, "{apart} bits");
    }

    #[test]
    fn what_was_met_is_found_again_and_the_oldest_is_forgotten() {
        let mut met = SimilarFingerprints::new(3);
        for (print, what) in [(0xff00_ff00_ff00_ff00, 'a'), (0x1234_5678_9abc_def0, 'b'), (0xffff_0000_ffff_0000, 'c')] {
            met.add(print, what);
        }
        assert_eq!(met.find(0xff00_ff00_ff00_ff07), Some(&mut 'a'), "three bits");
        assert_eq!(met.find(0xff00_ff00_ff00_ff0f), None, "four bits");
        met.add(0, 'd');
        assert_eq!(met.find(0xff00_ff00_ff00_ff00), None, "the oldest is forgotten");
        assert_eq!(met.find(0x1234_5678_9abc_def1), Some(&mut 'b'));
    }

    proptest! {
        #[test]
        fn one_of_three_flipped_bits_is_always_found(print: u64, bits in proptest::collection::vec(0_u32..64, 0..=3)) {
            let mut met = SimilarFingerprints::new(10);
            met.add(print, ());
            let near = bits.iter().fold(print, |print, bit| print ^ 1 << bit);
            prop_assert!(met.find(near).is_some());
        }

        #[test]
        fn any_text_has_a_fingerprint_or_none(text in "\\PC{0,80}") {
            prop_assert_eq!(fingerprint(&text), fingerprint(&text));
        }
    }
}
