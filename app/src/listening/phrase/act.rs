//! Making a topic of a phrase.

use crate::access::account::Actor;
use crate::db::Tx;
use crate::kernel::clock::Time;
use crate::kernel::error::Result;
use crate::kernel::ids::{ProgramId, TopicId};
use crate::listening::topic::{self, rules::TopicForm};

/// Makes a topic that is recognised by this phrase.
///
/// # Errors
/// As adding a topic.
pub async fn adopt(tx: &mut Tx, actor: &Actor, now: Time, program: ProgramId, words: &str) -> Result<TopicId> {
    let mut letters = words.trim().chars();
    let name = letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default();
    topic::act::create(tx, actor, now, program, TopicForm { name, phrases: words.to_owned(), ..TopicForm::default() }).await
}
