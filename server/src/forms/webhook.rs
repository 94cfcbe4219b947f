//! Forms of `/webhooks`: adding one, changing it, trying it, pausing it, removing it.

use app::access::account::Permission;
use app::db::Tx;
use app::front::webhook::act::{self, WebhookForm};
use app::front::webhook::{WebhookEvent, WebhookFormat};
use app::kernel::error::{Error, Result};
use app::kernel::ids::IdAtRevision;

use super::request::{FormHandler, FormOutcome, FormPage, FormRequest, redirect};

/// Everything that can be done with webhooks.
pub const LIST: FormPage = FormPage {
    path: "/webhooks",
    acts: &[
        ("add", Permission::ConnectTools),
        ("change", Permission::ConnectTools),
        ("renew", Permission::ConnectTools),
        ("test", Permission::ConnectTools),
        ("pause", Permission::ConnectTools),
        ("resume", Permission::ConnectTools),
        ("remove", Permission::ConnectTools),
    ],
    handle: FormHandler::Unit(|tx, request| Box::pin(work(tx, request))),
};

async fn work(tx: &mut Tx, request: &FormRequest) -> Result<FormOutcome> {
    let (actor, now) = (&request.actor, request.now);
    if request.act() == "add" {
        let program = request.fields.parse("program")?;
        act::add(tx, actor, now, program, form(request)).await?;
        return Ok(redirect(format!("/webhooks?program={program}")).with_message("Webhook added. Send a test to check the connection."));
    }
    let id = request.key()?;
    let seen = || Ok::<_, Error>(IdAtRevision { id, revision: request.fields.parse("revision")? });
    let (webhook, message) = match request.act() {
        "change" => (act::change(tx, actor, now, seen()?, form(request)).await?, "Webhook saved."),
        "renew" => (act::renew(tx, actor, now, seen()?).await?, "Secret replaced. Enter the new secret in the receiving tool."),
        "test" => (act::test(tx, actor, now, id).await?, "Test queued. The result appears under “Recent deliveries” within seconds."),
        "pause" => (act::pause(tx, actor, now, id).await?, "Webhook paused."),
        "resume" => (act::resume(tx, actor, now, id).await?, "Webhook resumed."),
        "remove" => (act::remove(tx, actor, now, seen()?).await?, "Webhook deleted."),
        _ => return Err(Error::NotFound),
    };
    Ok(redirect(format!("/webhooks?program={}", webhook.program_id)).with_message(message))
}

fn form(request: &FormRequest) -> WebhookForm {
    WebhookForm {
        name: request.text("name"),
        url: request.text("url"),
        shape: request.fields.parse("shape").unwrap_or(WebhookFormat::Chat),
        events: WebhookEvent::choices().filter(|event| request.fields.ticked(event.as_str())).collect(),
        networks: request.site.webhook_networks.clone(),
    }
}
