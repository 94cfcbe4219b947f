//! Fingerprints of recent mentions, for recognising copies.

use chrono::NaiveDate;
use uuid::Uuid;

use super::rules::{SimilarFingerprints, fingerprint, is_repost};
use super::{MentionCopy, store};
use crate::db::Tx;
use crate::kernel::error::Result;
use crate::kernel::ids::{AuthorId, ProgramId};
use crate::listening::mention::Mention;

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
    /// Who posted it last in words of their own, not as a repost.
    writer: Option<AuthorId>,
}

/// A text that was there before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RememberedCopy {
    pub copy: MentionCopy,
    /// The other author that posted it last in words of their own, where this mention is no repost either.
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
                let writer = (!is_repost(&mention.text)).then_some(mention.author_id);
                let newest = RememberedText {
                    repeated: mention.first_id.unwrap_or(mention.id.0),
                    author: mention.author_id,
                    day: mention.day,
                    writer,
                };
                match memory.0.find(print) {
                    Some(known) => *known = RememberedText { writer: writer.or(known.writer), ..newest },
                    None => memory.0.add(print, newest),
                }
            }
        }
        Ok(memory)
    }

    /// Remembers a new mention. Gives whose copy it is, if it is one.
    pub fn remember(&mut self, print: u64, mention: &Mention) -> Option<RememberedCopy> {
        let (author, day) = (mention.author_id, mention.day);
        let writer = (!is_repost(&mention.text)).then_some(author);
        match self.0.find(print) {
            Some(newest) => {
                let repeats = (newest.author, newest.day) == (author, day);
                let other = newest.writer.filter(|known| writer.is_some_and(|writer| writer != *known));
                let first_id = newest.repeated;
                *newest = RememberedText { repeated: first_id, author, day, writer: writer.or(newest.writer) };
                Some(RememberedCopy { copy: MentionCopy { first_id, repeats }, other })
            }
            None => {
                self.0.add(print, RememberedText { repeated: mention.id.0, author, day, writer });
                None
            }
        }
    }
}
