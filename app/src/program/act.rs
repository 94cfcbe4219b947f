//! Starting a program and changing its charter.

use serde_json::json;

use super::rules::{self, Charter};
use super::{Program, store};
use crate::account::{Actor, Verb};
use crate::activity::Thing;
use crate::activity::act::did;
use crate::clock::Time;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::ids::ProgramId;
use crate::job::{self, act::Ask};

/// A changed charter, and the revision it was read at.
#[derive(Clone, Debug)]
pub struct Update {
    pub id: ProgramId,
    pub revision: i64,
    pub charter: Charter,
}

/// Starts a program with its charter.
///
/// # Errors
/// `Invalid` where the charter leaves something out.
pub async fn create(tx: &mut Tx, actor: &Actor, now: Time, charter: Charter) -> Result<ProgramId> {
    actor.may(Verb::EditProgram)?;
    let program = program(ProgramId::new(), 1, now, rules::check(&charter)?);
    store::create(tx, &program).await?;
    did(actor, now, "created", Thing::Program, program.id).with(json!({ "after": shown(&program) })).record(tx);
    Ok(program.id)
}

/// Changes a charter.
///
/// # Errors
/// `NotFound`; `Invalid`; `Conflict` when somebody saved in between.
pub async fn update(tx: &mut Tx, actor: &Actor, now: Time, cmd: Update) -> Result<()> {
    actor.may(Verb::EditProgram)?;
    let before = store::find(tx, cmd.id).await?.ok_or(Error::NotFound)?;
    let after = program(cmd.id, cmd.revision, before.created_at, rules::check(&cmd.charter)?);
    if !store::update(tx, &after).await? {
        return Err(Error::conflict(
            "Somebody else saved this charter while you were writing. Your text is below; compare it with theirs, then save again.",
        ));
    }
    let names = |program: &Program| (program.organisation.clone(), program.own_handles.clone(), program.brands.clone());
    if names(&before) != names(&after) {
        // Whose account is the organisation's own or a shop's is asked of every voice anew.
        job::act::restart(tx, actor, now, Ask::of_program(job::Kind::Assessment, cmd.id)).await?;
    }
    did(actor, now, "changed", Thing::Program, cmd.id).with(json!({ "before": shown(&before), "after": shown(&after) })).record(tx);
    Ok(())
}

fn program(id: ProgramId, revision: i64, created_at: Time, charter: Charter) -> Program {
    Program {
        id,
        name: charter.name,
        organisation: charter.organisation,
        market: charter.market,
        language: charter.language,
        purpose: charter.purpose,
        sponsor: charter.sponsor,
        rules_of_listening: charter.rules_of_listening,
        term: charter.term,
        benefits: charter.benefits,
        disclosed_costs: charter.disclosed_costs,
        lawful_basis: charter.lawful_basis,
        notice: charter.notice,
        raw_days: charter.raw_days,
        mention_months: charter.mention_months,
        own_handles: charter.own_handles,
        brands: charter.brands,
        revision,
        created_at,
    }
}

/// What a change is compared by later: the parts of the charter that make promises.
fn shown(program: &Program) -> serde_json::Value {
    json!({
        "name": program.name,
        "purpose": program.purpose,
        "sponsor": program.sponsor,
        "rules_of_listening": program.rules_of_listening,
        "term": program.term,
        "benefits": program.benefits,
        "disclosed_costs": program.disclosed_costs,
        "lawful_basis": program.lawful_basis,
        "notice": program.notice,
        "raw_days": program.raw_days,
        "mention_months": program.mention_months,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock;
    use crate::testing::each_db;
    use crate::testing::fixture::charter;

    #[tokio::test]
    async fn of_two_people_who_save_one_charter_the_second_is_told() {
        each_db(|db| async move {
            let me = Actor::System("test");
            let mut tx = db.begin().await.expect("a transaction");
            let id = create(&mut tx, &me, clock::now(), charter()).await.expect("a program");
            let first = Update { id, revision: 1, charter: Charter { sponsor: "Head of support".into(), ..charter() } };
            update(&mut tx, &me, clock::now(), first.clone()).await.expect("the first save");
            assert!(matches!(update(&mut tx, &me, clock::now(), first).await, Err(Error::Conflict(_))));
            let saved = store::find(&mut tx, id).await.expect("a read").expect("the program");
            assert_eq!((saved.sponsor.as_str(), saved.revision, saved.own_handles.as_str()), ("Head of support", 2, "dellcares"));
            tx.commit().await.expect("a commit");
        })
        .await;
    }
}
