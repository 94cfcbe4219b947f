//! Forms of a day's shortlist.

use app::access::account::Permission;
use app::db::Tx;
use app::kernel::error::{Error, Result};
use app::kernel::ids::PanelDayId;
use app::recruiting::candidate::act::{self, AddToShortlist};
use app::recruiting::candidate::ranking::parse;

use super::request::{FormHandler, FormOutcome, FormPage, FormRequest, redirect};

/// Adding people and removing them.
pub const SHORTLIST: FormPage = FormPage {
    path: "/days/{id}/shortlist",
    acts: &[("add", Permission::Shortlist), ("remove", Permission::Shortlist), ("restore", Permission::Shortlist)],
    handle: FormHandler::Unit(|tx, request| Box::pin(shortlist(tx, request))),
};

async fn shortlist(tx: &mut Tx, request: &FormRequest) -> Result<FormOutcome> {
    let day: PanelDayId = request.id("id")?;
    let message = match request.act() {
        "add" | "restore" => {
            let mut count = 0;
            for word in request.fields.all("who") {
                let cmd = AddToShortlist { day, who: parse(word).ok_or(Error::NotFound)?, remark: request.text("remark") };
                act::shortlist(tx, &request.actor, request.now, cmd).await?;
                count += 1;
            }
            match count {
                0 => return Err(Error::field("who", "Select at least one person.")),
                1 => "1 person added to the shortlist.".to_owned(),
                count => format!("{count} people added to the shortlist."),
            }
        }
        "remove" => {
            act::remove_from_shortlist(tx, &request.actor, request.now, request.key()?, &request.text("reason")).await?;
            "Removed from the shortlist. The reason is saved.".to_owned()
        }
        _ => return Err(Error::NotFound),
    };
    Ok(redirect(format!("/days/{day}/shortlist")).with_message(message))
}
