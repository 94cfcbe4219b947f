//! Making a topic of a phrase.

use crate::account::Actor;
use crate::clock::Time;
use crate::db::Tx;
use crate::error::Result;
use crate::ids::{ProgramId, TopicId};
use crate::topic::{self, rules::Form};

/// Makes a topic that is recognised by this phrase.
///
/// # Errors
/// As adding a topic.
pub async fn adopt(tx: &mut Tx, actor: &Actor, now: Time, program: ProgramId, words: &str) -> Result<TopicId> {
    let mut letters = words.trim().chars();
    let name = letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default();
    topic::act::create(tx, actor, now, program, Form { name, phrases: words.to_owned(), ..Form::default() }).await
}
