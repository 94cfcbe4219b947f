//! What was said lately, so that a copy is known when it comes.

use chrono::NaiveDate;
use uuid::Uuid;

use super::rules::{Met, fingerprint};
use super::{Copy, store};
use crate::db::Tx;
use crate::error::Result;
use crate::ids::{AuthorId, MentionId, ProgramId};

/// Different texts that are remembered: a campaign runs within days, and so many are some days of a large brand.
const REMEMBERED: usize = 50_000;
/// Posts read back when an import begins.
const READ_BACK: i64 = 20_000;

/// Who said it last that day, and whose shout it is.
#[derive(Clone, Copy, Debug)]
struct Said {
    shout: Uuid,
    author: AuthorId,
    day: NaiveDate,
}

/// The texts of one program that were heard lately.
#[derive(Debug)]
pub struct Memory(Met<Said>);

impl Default for Memory {
    fn default() -> Self {
        Self(Met::new(REMEMBERED))
    }
}

impl Memory {
    /// What the program's newest posts said.
    ///
    /// # Errors
    /// What the database says.
    pub async fn load(tx: &mut Tx, program: ProgramId) -> Result<Self> {
        let mut memory = Self::default();
        for post in store::list_lately(tx, program, READ_BACK).await?.into_iter().rev() {
            if let Some(print) = fingerprint(&post.text) {
                let said = Said { shout: post.shout_id.unwrap_or(post.id.0), author: post.author_id, day: post.day };
                match memory.0.find(print) {
                    Some(known) => *known = said,
                    None => memory.0.add(print, said),
                }
            }
        }
        Ok(memory)
    }

    /// Hears a new post. Gives whose copy it is, if it is one.
    pub fn hear(&mut self, print: u64, id: MentionId, author: AuthorId, day: NaiveDate) -> Option<Copy> {
        match self.0.find(print) {
            Some(said) => {
                let repeats = (said.author, said.day) == (author, day);
                (said.author, said.day) = (author, day);
                Some(Copy { shout_id: said.shout, repeats })
            }
            None => {
                self.0.add(print, Said { shout: id.0, author, day });
                None
            }
        }
    }
}
