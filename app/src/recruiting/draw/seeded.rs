//! Chance that can be repeated: numbers from a seed, the same on every machine and in every language.
//!
//! The key is the SHA-256 of `weheard-draw/1:` and the seed's text (UTF-8). It keys ChaCha20 (RFC 8439's block function with a 64-bit counter from 0,
//! nonce 0), whose keystream is read as little-endian numbers of 64 bits. A number below n is taken by rejection: numbers at or above the
//! largest multiple of n are skipped. `GENERATOR` names this procedure; whatever changes a drawn panel changes the name.
//!
//! What is announced before a draw is another hash, that of the seed alone: it must not be the key, or the draw would be known beforehand.

use rand::rand_core::{Rng, SeedableRng};
use rand::rngs::ChaCha20Rng;
use sha2::{Digest, Sha256};

/// The procedure by which seeds become panels.
pub const GENERATOR: &str = "weheard-draw/1";

/// Numbers from a seed.
pub struct Seeded(ChaCha20Rng);

impl Seeded {
    pub fn new(seed: &str) -> Self {
        Self(ChaCha20Rng::from_seed(Sha256::digest(format!("{GENERATOR}:{seed}")).into()))
    }

    /// A number below the limit, each as likely. The limit is above 0.
    pub fn below(&mut self, limit: u64) -> u64 {
        let skipped = u64::MAX - (u64::MAX % limit + 1) % limit;
        loop {
            let number = self.0.next_u64();
            if number <= skipped {
                return number % limit;
            }
        }
    }

    /// Draws so many of the list without replacement, in the order in which they are drawn (Fisher and Yates).
    pub fn take<T: Clone>(&mut self, from: &[T], count: usize) -> Vec<T> {
        let mut left = from.to_vec();
        let count = count.min(left.len());
        for at in 0..count {
            let other = at + self.below((left.len() - at) as u64) as usize;
            left.swap(at, other);
        }
        left.truncate(count);
        left
    }

    /// Draws a place of the list by its weights, which add up to 1.
    pub fn weighted(&mut self, weights: &[f64]) -> usize {
        // Whole numbers, so that adding them up rounds nothing.
        let whole = |weight: &f64| (weight * 2_f64.powi(53)) as u64;
        let mut number = self.below(weights.iter().map(whole).sum::<u64>().max(1));
        for (at, weight) in weights.iter().enumerate() {
            match number.checked_sub(whole(weight)) {
                Some(rest) => number = rest,
                None => return at,
            }
        }
        0
    }
}

/// The hash that is announced before the draw: the SHA-256 of the seed, in hexadecimal.
#[must_use]
pub fn commitment(seed: &str) -> String {
    Sha256::digest(seed).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_are_the_keystream_of_chacha20() {
        // RFC 8439, A.1, test vector 1: key and nonce of zeros, block 0 begins with 76 b8 e0 ad a0 f1 3d 90.
        let mut zeros = Seeded(ChaCha20Rng::from_seed([0; 32]));
        assert_eq!(zeros.below(u64::MAX), u64::from_le_bytes([0x76, 0xb8, 0xe0, 0xad, 0xa0, 0xf1, 0x3d, 0x90]));
    }

    #[test]
    fn every_number_below_the_limit_is_as_likely() {
        let mut seeded = Seeded::new("dice");
        let mut counts = [0_i32; 6];
        (0..60_000).for_each(|_| counts[seeded.below(6) as usize] += 1);
        // Five standard deviations.
        assert!(counts.iter().all(|count| (count - 10_000).abs() < 460), "{counts:?}");
    }

    #[test]
    fn places_are_drawn_by_their_weights() {
        let mut seeded = Seeded::new("urn");
        let mut counts = [0_i32; 3];
        (0..10_000).for_each(|_| counts[seeded.weighted(&[0.5, 0.0, 0.5])] += 1);
        assert!(counts[1] == 0 && (counts[0] - 5_000).abs() < 250, "{counts:?}");
    }

    #[test]
    fn the_commitment_does_not_tell_the_draw() {
        let announced: [u8; 32] = Sha256::digest("abc").into();
        assert_ne!(Seeded::new("abc").below(u64::MAX), Seeded(ChaCha20Rng::from_seed(announced)).below(u64::MAX));
    }

    #[test]
    fn the_commitment_is_the_hash_that_anybody_can_compute() {
        // printf abc | sha256sum
        assert_eq!(commitment("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
