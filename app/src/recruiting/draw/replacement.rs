//! Who takes a seat that is free again.
//!
//! Two ways: the reserve list that was drawn with the panel, from which the first who keeps every quota is taken; or a new draw for the free seats
//! alone, with everybody else fixed (`DrawConditions::fixed`) and those who left or declined left out (`without`).

use super::pool::{DrawConditions, DrawMistakes, pose};
use super::{DrawRequest, DrawResult, draw, undecided};

/// The first of the reserve list with whom the panel can still satisfy every quota. None if there is nobody: then draw again.
///
/// # Errors
/// Mistakes in candidates, quotas or conditions; or it is not known of somebody whether the panel can still satisfy every quota.
pub fn next_reserve(request: &DrawRequest<'_>, seated: &[String], reserves: &[String]) -> Result<Option<String>, DrawMistakes> {
    for reserve in reserves.iter().filter(|reserve| !seated.contains(reserve) && !request.conditions.without.contains(reserve)) {
        let fixed = seated.iter().chain([reserve]).cloned().collect();
        let conditions = DrawConditions { fixed, ..request.conditions.clone() };
        let posed = pose(request.pool, request.quotas, request.seats, &conditions, false)?;
        if posed.problem.any_panel().is_some() {
            return Ok(Some(reserve.clone()));
        }
        if posed.problem.budget.is_spent() {
            return Err(undecided());
        }
    }
    Ok(None)
}

/// Fills the seats of those who left, by the same method: everybody else stays.
///
/// # Errors
/// Mistakes in candidates, quotas or conditions.
pub fn redraw(request: &DrawRequest<'_>, seated: &[String], left: &[String]) -> Result<DrawResult, DrawMistakes> {
    let mut conditions = request.conditions.clone();
    conditions.fixed = seated.iter().filter(|id| !left.contains(id)).cloned().collect();
    conditions.without.extend(left.iter().cloned());
    draw(&DrawRequest { conditions: &conditions, ..request.clone() })
}
