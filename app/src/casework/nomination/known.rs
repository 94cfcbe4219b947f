//! What we know already of what somebody nominates.

use super::rules;
use crate::db::Tx;
use crate::kernel::error::Result;
use crate::kernel::ids::{AuthorId, MentionId, ProgramId};
use crate::listening::{author, mention};

/// The mention of a link and its author, where we have it.
pub(super) async fn find_post(tx: &mut Tx, program: ProgramId, url: &str) -> Result<Option<(MentionId, AuthorId)>> {
    let keys = rules::known_as(url);
    let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
    let network = author::rules::network("", Some(url));
    let mut likely = None;
    for known in mention::store::list_known(tx, program, &keys).await? {
        let mention = mention::store::find(tx, known.id).await?;
        if mention.is_some_and(|mention| mention.url.is_some_and(|ours| rules::same_place(&ours, url))) {
            return Ok(Some((known.id, known.author_id)));
        }
        // The same id on the same network is the same mention, whatever link an export gave.
        if known.network == network && known.dedupe_key.starts_with(&format!("{network}:")) {
            likely = Some((known.id, known.author_id));
        }
    }
    Ok(likely)
}
