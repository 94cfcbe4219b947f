//! One quick hash for words and word groups. It is part of a trained model: changing it makes older models unreadable,
//! and needs a new `linear::FORMAT`.

use std::hash::{BuildHasherDefault, Hasher};

/// A map keyed by short words.
pub type Map<K, V> = std::collections::HashMap<K, V, BuildHasherDefault<Quick>>;

/// Two values into one (a multiply and a fold, as in FxHash; the constant is 2⁶⁴ divided by the golden ratio).
#[inline]
#[must_use]
pub const fn mix(a: u64, b: u64) -> u64 {
    let x = (a ^ b.rotate_left(29)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    x ^ (x >> 29)
}

#[inline]
#[must_use]
pub const fn word(text: &[u8]) -> u64 {
    let (mut hash, mut at) = (7, 0);
    while at < text.len() {
        hash = mix(hash, text[at] as u64 + 1);
        at += 1;
    }
    hash
}

/// Hashes the keys of a `Map`. Keys come from our own lists, so nobody can choose them to collide.
#[derive(Clone, Copy, Debug, Default)]
pub struct Quick(u64);

impl Hasher for Quick {
    fn write(&mut self, bytes: &[u8]) {
        let (parts, rest) = bytes.as_chunks::<8>();
        for part in parts {
            self.0 = mix(self.0, u64::from_le_bytes(*part));
        }
        for byte in rest {
            self.0 = mix(self.0, u64::from(*byte) + 1);
        }
    }

    fn write_u32(&mut self, value: u32) {
        self.0 = mix(self.0, u64::from(value));
    }

    fn write_u64(&mut self, value: u64) {
        self.0 = mix(self.0, value);
    }

    fn write_u8(&mut self, value: u8) {
        self.0 = mix(self.0, u64::from(value));
    }

    fn finish(&self) -> u64 {
        self.0
    }
}
