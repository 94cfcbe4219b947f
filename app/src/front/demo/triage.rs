//! Posts of the last days of listening that are being answered: one of each state, one late, one that was nominated, and some that
//! nobody has looked at.

use chrono::Duration;

use super::cast::{Cast, actor};
use super::nominations;
use super::story::Story;
use crate::casework::triage::act::{SeenCase, add_to_queue, answer, no_action, route, take};
use crate::casework::triage::rules::OFFERED_DAYS;
use crate::casework::triage::store;
use crate::db::Tx;
use crate::kernel::error::Result;
use crate::listening::mention;

/// What staff and one business unit did over the last three days.
pub(super) async fn work(tx: &mut Tx, story: Story, cast: &Cast) -> Result<()> {
    let ago = |hours: i64| story.now - Duration::hours(hours);
    let Some(newest) = mention::store::newest(tx, cast.program).await?.map(|at| at.date_naive()) else { return Ok(()) };
    let days = (newest - Duration::days(OFFERED_DAYS - 1), newest);
    let mentions: Vec<_> = store::list_offered(tx, cast.program, days, 7, 0).await?.into_iter().map(|mention| mention.mention).collect();
    let [new, taken, routed, late, answered, closed, heard] = mentions.as_slice() else { return Ok(()) };
    nominations::bring(tx, story, cast, answered, heard).await?;
    let [new, taken, routed, late, answered, closed] = [new, taken, routed, late, answered, closed].map(|mention| &mention.id);
    let [lead, second] = &cast.staff;
    let seen = |mention, revision| SeenCase { mention, revision };

    add_to_queue(tx, lead, ago(5), *new).await?;
    take(tx, second, ago(7), seen(*taken, 0)).await?;
    add_to_queue(tx, lead, ago(29), *late).await?;
    take(tx, second, ago(27), seen(*late, 1)).await?;
    if let Some(helen) = cast.responders.first()
        && let Some(unit) = &helen.unit
    {
        take(tx, lead, ago(9), seen(*routed, 0)).await?;
        route(tx, lead, ago(8), seen(*routed, 1), unit, "Fourth contact about the same fault. Please ring her.").await?;
        route(tx, second, ago(59), seen(*answered, 1), unit, "").await?;
        take(tx, &actor(helen), ago(57), seen(*answered, 2)).await?;
        let link = "https://social.example/TarnwickHelp/status/41877";
        answer(tx, &actor(helen), ago(53), seen(*answered, 3), link, None).await?;
    }
    no_action(tx, second, ago(30), seen(*closed, 0), "She says in her next post that it is solved.").await?;
    Ok(())
}
