//! Forms of the portal: answering a reply, and what a panelist decides about themself.

use app::access::account::Permission;
use app::access::account::rules::CODE_MINUTES;
use app::db::Tx;
use app::follow_up::report::answer_rules::thanks;
use app::follow_up::report::reader::{AnswerReply, answer, own, subscribe};
use app::front::portal::{StepUpAction, act};
use app::kernel::error::{Error, Result};
use app::kernel::ids::PanelistId;
use app::recruiting::panelist::moved_day;
use app::t;

use super::request::{FormHandler, FormOutcome, FormPage, FormRequest, redirect};

/// One's own page.
pub const PORTAL: FormPage = FormPage {
    path: "/portal",
    // Who may leave may also stay.
    acts: &[("reconfirm", Permission::LeavePanel)],
    handle: FormHandler::Unit(|tx, request| Box::pin(portal(tx, request))),
};

/// One's own copy of a report.
pub const REPORT: FormPage = FormPage {
    path: "/portal/reports/{number}",
    acts: &[("answer", Permission::AnswerResponse)],
    handle: FormHandler::Unit(|tx, request| Box::pin(report(tx, request))),
};

/// Quotes, email, data, leaving.
pub const YOU: FormPage = FormPage {
    path: "/portal/you",
    acts: &[
        ("ask", Permission::SeePortal),
        ("subscribe", Permission::SeePortal),
        ("permission", Permission::SetQuotePermission),
        ("download", Permission::DownloadOwnData),
        ("leave", Permission::LeavePanel),
    ],
    handle: FormHandler::Unit(|tx, request| Box::pin(you(tx, request))),
};

async fn portal(tx: &mut Tx, request: &FormRequest) -> Result<FormOutcome> {
    match request.act() {
        "reconfirm" => {
            moved_day::reconfirm(tx, &request.actor, request.now, own(&request.actor)?, request.fields.parse("revision")?).await?
        }
        _ => return Err(Error::NotFound),
    }
    Ok(redirect("/portal").with_message(t!(request.locale, "portal-moved-done")))
}

async fn report(tx: &mut Tx, request: &FormRequest) -> Result<FormOutcome> {
    let number: i64 = request.id("number")?;
    let reply = AnswerReply { number, version: request.key()?, answer: request.fields.parse("answer")?, remark: request.text("remark") };
    let kind = reply.answer;
    let effect = answer(tx, &request.actor, request.now, reply).await?;
    let item: String = request.fields.text("item").chars().filter(char::is_ascii_digit).collect();
    Ok(redirect(format!("/portal/reports/{number}#item-{item}")).with_message(thanks(request.locale, kind, effect)))
}

async fn you(tx: &mut Tx, request: &FormRequest) -> Result<FormOutcome> {
    let (actor, now) = (&request.actor, request.now);
    let here = redirect("/portal/you");
    Ok(match request.act() {
        "ask" => {
            act::ask(tx, actor, now, request.key::<StepUpAction>()?).await?;
            here.with_message(t!(request.locale, "you-done-code", minutes = CODE_MINUTES))
        }
        "subscribe" => {
            subscribe(tx, actor, now).await?;
            here.with_message(t!(request.locale, "you-done-subscribed"))
        }
        "permission" => {
            let permission = request.fields.parse("permission")?;
            let me = match checked(tx, request, StepUpAction::Permission).await? {
                Ok(me) => me,
                Err(invalid) => return Ok(invalid),
            };
            act::permit(tx, actor, now, me, permission).await?;
            here.with_message(t!(request.locale, "you-done-permission"))
        }
        "download" => {
            let me = match checked(tx, request, StepUpAction::Download).await? {
                Ok(me) => me,
                Err(invalid) => return Ok(invalid),
            };
            let data = act::download(tx, actor, now, me).await?;
            let text = serde_json::to_vec_pretty(&data).map_err(|e| Error::Internal(e.to_string()))?;
            FormOutcome::File("your-data.json".into(), "application/json", text)
        }
        "leave" => {
            let me = match checked(tx, request, StepUpAction::Leave).await? {
                Ok(me) => me,
                Err(invalid) => return Ok(invalid),
            };
            act::leave(tx, actor, now, me, request.text("reason")).await?;
            redirect("/portal").with_message(t!(request.locale, "you-done-left"))
        }
        _ => return Err(Error::NotFound),
    })
}

/// Who may go on, or the refusal to show: a wrong code is counted, so it must be committed.
async fn checked(tx: &mut Tx, request: &FormRequest, what: StepUpAction) -> Result<Result<PanelistId, FormOutcome>> {
    match act::check(tx, &request.actor, request.now, what, request.fields.text("code")).await {
        Ok(me) => Ok(Ok(me)),
        Err(invalid @ Error::Invalid(_)) => Ok(Err(FormOutcome::Refused(invalid))),
        Err(error) => Err(error),
    }
}
