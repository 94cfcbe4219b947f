//! The forms of the roster (`/customers`): reviewing and removing links between customers and authors.

use app::access::account::Permission;
use app::db::Tx;
use app::kernel::error::{Error, Result};
use app::listening::customer_link;

use super::request::{FormHandler, FormOutcome, FormPage, FormRequest};

/// Confirming, rejecting and removing links.
pub const CUSTOMERS: FormPage = FormPage {
    path: "/customers",
    acts: &[("confirm", Permission::LinkAuthors), ("refuse", Permission::LinkAuthors), ("unlink", Permission::LinkAuthors)],
    handle: FormHandler::Unit(|tx, request| Box::pin(customers(tx, request))),
};

async fn customers(tx: &mut Tx, request: &FormRequest) -> Result<FormOutcome> {
    let message = match request.act() {
        "confirm" => {
            customer_link::act::confirm(tx, &request.actor, request.now, request.key()?).await?;
            "Link confirmed. The customer and the author are one person."
        }
        "refuse" => {
            customer_link::act::refuse(tx, &request.actor, request.now, request.key()?).await?;
            "Link rejected."
        }
        "unlink" => {
            customer_link::act::unlink(tx, &request.actor, request.now, request.key()?).await?;
            "Link removed."
        }
        _ => return Err(Error::NotFound),
    };
    Ok(request.back("/customers").with_message(message))
}
