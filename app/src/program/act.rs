//! Creating a program and changing its charter.

use serde_json::json;

use super::{Charter, Program, branding, rules, store};
use crate::access::account::{Actor, Permission};
use crate::access::audit::ResourceType;
use crate::access::audit::act::audit;
use crate::access::job::{self, act::JobRequest};
use crate::db::Tx;
use crate::kernel::clock::Time;
use crate::kernel::error::{Error, Result};
use crate::kernel::ids::ProgramId;

/// A changed charter, and the revision it was read at.
#[derive(Clone, Debug)]
pub struct UpdateProgram {
    pub id: ProgramId,
    pub revision: i64,
    pub charter: Charter,
}

/// Starts a program with its charter, and with the branding of its organisation where another program has one.
///
/// # Errors
/// `Invalid` without a name, an organisation or a language.
pub async fn create(tx: &mut Tx, actor: &Actor, now: Time, charter: Charter) -> Result<ProgramId> {
    actor.may(Permission::EditProgram)?;
    let program = Program { id: ProgramId::new(), charter: rules::check(&charter)?, revision: 1, created_at: now };
    store::create(tx, &program).await?;
    branding::store::inherit(tx, program.id).await?;
    audit(actor, now, "created", ResourceType::Program, program.id).with(json!({ "after": program.charter })).record(tx);
    Ok(program.id)
}

/// Changes a charter.
///
/// # Errors
/// `NotFound`; `Invalid`; `Conflict` when somebody saved in between.
pub async fn update(tx: &mut Tx, actor: &Actor, now: Time, cmd: UpdateProgram) -> Result<()> {
    actor.may(Permission::EditProgram)?;
    let before = store::find(tx, cmd.id).await?.ok_or(Error::NotFound)?;
    let after = Program { id: cmd.id, charter: rules::check(&cmd.charter)?, revision: cmd.revision, created_at: before.created_at };
    if !store::update(tx, &after).await? {
        return Err(Error::conflict(
            "Someone else saved this program while you were writing. Your text is below. Compare it with theirs, then save again.",
        ));
    }
    let (before, after) = (before.charter, after.charter);
    let names = |charter: &Charter| {
        let Charter { organisation, own_handles, brands, staff_handles, staff_hashtags, own_domains, .. } = charter;
        [organisation, own_handles, brands, staff_handles, staff_hashtags, own_domains].map(String::clone)
    };
    if names(&before) != names(&after) {
        // These names decide which authors are excluded, so all are assessed again.
        job::act::restart(tx, actor, now, JobRequest::of_program(job::JobKind::Assessment, cmd.id)).await?;
    }
    audit(actor, now, "changed", ResourceType::Program, cmd.id).with(json!({ "before": before, "after": after })).record(tx);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::clock;
    use crate::testing::each_db;
    use crate::testing::fixture::charter;

    #[tokio::test]
    async fn of_two_people_who_save_one_charter_the_second_gets_a_conflict() {
        each_db(|db| async move {
            let me = Actor::System("test");
            let mut tx = db.begin().await.expect("a transaction");
            let id = create(&mut tx, &me, clock::now(), charter()).await.expect("a program");
            let written = Charter { sponsor: "Head of support".into(), mention_months: 7, brands: "Alienware".into(), ..charter() };
            let first = UpdateProgram { id, revision: 1, charter: written.clone() };
            update(&mut tx, &me, clock::now(), first.clone()).await.expect("the first save");
            assert!(matches!(update(&mut tx, &me, clock::now(), first).await, Err(Error::Conflict(_))));
            let saved = store::find(&mut tx, id).await.expect("a read").expect("the program");
            assert_eq!(
                (saved.charter.sponsor.as_str(), saved.revision, saved.charter.own_handles.as_str()),
                ("Head of support", 2, "dellcares")
            );
            assert_eq!(saved.charter, rules::check(&written).expect("a charter"), "every field is saved in its own column");
            tx.commit().await.expect("a commit");
        })
        .await;
    }
}
