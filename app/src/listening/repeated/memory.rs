//! Fingerprints of recent mentions, for recognising copies.

use chrono::NaiveDate;
use uuid::Uuid;

use super::rules::{SimilarFingerprints, fingerprint};
use super::{MentionCopy, store};
use crate::db::Tx;
use crate::kernel::error::Result;
use crate::kernel::ids::{AuthorId, MentionId, ProgramId};

/// Different texts that are remembered: a campaign runs within days, and so many are some days of a large brand.
const MAX_REMEMBERED_FINGERPRINTS: usize = 50_000;
/// Mentions read back when an import begins.
const MAX_READ_BACK: i64 = 20_000;

/// Who said it last that day, and whose repeated mention it is.
#[derive(Clone, Copy, Debug)]
struct RememberedText {
    repeated: Uuid,
    author: AuthorId,
    day: NaiveDate,
}

/// A text that was there before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RememberedCopy {
    pub copy: MentionCopy,
    /// The other author that posted it last.
    pub other: Option<AuthorId>,
}

/// The texts of one program that came lately.
#[derive(Debug)]
pub struct FingerprintMemory(SimilarFingerprints<RememberedText>);

impl Default for FingerprintMemory {
    fn default() -> Self {
        Self(SimilarFingerprints::new(MAX_REMEMBERED_FINGERPRINTS))
    }
}

impl FingerprintMemory {
    /// What the program's newest mentions said.
    ///
    /// # Errors
    /// What the database says.
    pub async fn load(tx: &mut Tx, program: ProgramId) -> Result<Self> {
        let mut memory = Self::default();
        for mention in store::list_lately(tx, program, MAX_READ_BACK).await?.into_iter().rev() {
            if let Some(print) = fingerprint(&mention.text) {
                let newest =
                    RememberedText { repeated: mention.first_id.unwrap_or(mention.id.0), author: mention.author_id, day: mention.day };
                match memory.0.find(print) {
                    Some(known) => *known = newest,
                    None => memory.0.add(print, newest),
                }
            }
        }
        Ok(memory)
    }

    /// Remembers a new mention. Gives whose copy it is, if it is one.
    pub fn remember(&mut self, print: u64, id: MentionId, author: AuthorId, day: NaiveDate) -> Option<RememberedCopy> {
        match self.0.find(print) {
            Some(newest) => {
                let repeats = (newest.author, newest.day) == (author, day);
                let other = (newest.author != author).then_some(newest.author);
                (newest.author, newest.day) = (author, day);
                Some(RememberedCopy { copy: MentionCopy { first_id: newest.repeated, repeats }, other })
            }
            None => {
                self.0.add(print, RememberedText { repeated: id.0, author, day });
                None
            }
        }
    }
}
