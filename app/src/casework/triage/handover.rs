//! The cases of a colleague who left, changed role or unit: they follow a renamed unit, or return to those who can still answer them.

use super::act::{CaseStepDetails, list_units, may_hold, save};
use super::{CaseState, CaseStepKind, store};
use crate::access::account::AccountMoved;
use crate::db::Tx;
use crate::kernel::error::Result;

/// Lets the cases of a renamed unit follow it, the closed ones too. An open case of a person who may not have it any more is unassigned: it stays
/// with its unit, or returns to the team where the unit has no responder left.
///
/// # Errors
/// What the database says.
pub async fn follow_account(tx: &mut Tx, event: &AccountMoved) -> Result<()> {
    let units = list_units(tx).await?;
    let after = &event.after;
    let closed = event.renamed.is_some();
    for mut case in store::list_of(tx, after.id, event.before.unit.as_deref(), closed).await? {
        let before = (case.unit.clone(), case.taken_by);
        if let Some(renamed) = event.renamed.as_ref().filter(|renamed| case.unit.as_ref() == Some(&renamed.from)) {
            case.unit = Some(renamed.to.clone());
        }
        if case.state.is_open() {
            if case.unit.as_ref().is_some_and(|unit| !units.contains(unit)) {
                case.unit = None;
            }
            if case.taken_by == Some(after.id) && (after.closed_at.is_some() || !may_hold(after, &case)) {
                case.taken_by = None;
            }
            case.state = match (&case.unit, case.taken_by) {
                (Some(_), _) => CaseState::Routed,
                (None, Some(_)) => CaseState::Taken,
                (None, None) => CaseState::New,
            };
        }
        if before != (case.unit.clone(), case.taken_by) {
            let kind = if case.unit.is_some() { CaseStepKind::Routed } else { CaseStepKind::Returned };
            let details = CaseStepDetails { unit: case.unit.clone(), ..CaseStepDetails::default() };
            save(tx, &event.by, event.at, case, kind, details).await?;
        }
    }
    Ok(())
}
