//! Forms of the portal: answering a reply, and what a panelist decides about themself.

use app::account::Verb;
use app::db::Tx;
use app::error::{Error, Result};
use app::ids::PanelistId;
use app::portal::{Guarded, act};
use app::report::act::{Answer, answer, subscribe};
use app::report::rules::thanks;

use super::{Done, FormPage, Handle, Post, done};

/// One's own copy of a report.
pub const REPORT: FormPage = FormPage {
    path: "/portal/reports/{number}",
    acts: &[("answer", Verb::Answer)],
    handle: Handle::Unit(|tx, post| Box::pin(report(tx, post))),
};

/// Quotes, mail, data, leaving.
pub const YOU: FormPage = FormPage {
    path: "/portal/you",
    acts: &[
        ("ask", Verb::SeePortal),
        ("subscribe", Verb::SeePortal),
        ("permission", Verb::SetQuotePermission),
        ("download", Verb::DownloadOwnData),
        ("leave", Verb::Leave),
    ],
    handle: Handle::Unit(|tx, post| Box::pin(you(tx, post))),
};

async fn report(tx: &mut Tx, post: &Post) -> Result<Done> {
    let number: i64 = post.id("number")?;
    let said = Answer { number, version: post.key()?, answer: post.fields.parse("answer")?, remark: post.text("remark") };
    let kind = said.answer;
    let effect = answer(tx, &post.actor, post.now, said).await?;
    let item: String = post.fields.text("item").chars().filter(char::is_ascii_digit).collect();
    Ok(done(format!("/portal/reports/{number}#item-{item}")).saying(thanks(kind, effect)))
}

async fn you(tx: &mut Tx, post: &Post) -> Result<Done> {
    let (actor, now) = (&post.actor, post.now);
    let here = done("/portal/you");
    Ok(match post.act() {
        "ask" => {
            act::ask(tx, actor, now, post.key::<Guarded>()?).await?;
            here.saying("A code is on its way to you. It works for 10 minutes.")
        }
        "subscribe" => {
            subscribe(tx, actor, now).await?;
            here.saying("You get reports by mail again.")
        }
        "permission" => {
            let permission = post.fields.parse("permission")?;
            let me = match checked(tx, post, Guarded::Permission).await? {
                Ok(me) => me,
                Err(wrong) => return Ok(wrong),
            };
            act::permit(tx, actor, now, me, permission).await?;
            here.saying("Saved. It holds for every report, also those that you have already.")
        }
        "download" => {
            let me = match checked(tx, post, Guarded::Download).await? {
                Ok(me) => me,
                Err(wrong) => return Ok(wrong),
            };
            let data = act::download(tx, actor, now, me).await?;
            let text = serde_json::to_vec_pretty(&data).map_err(|e| Error::Internal(e.to_string()))?;
            Done::File("your-data.json".into(), "application/json", text)
        }
        "leave" => {
            let me = match checked(tx, post, Guarded::Leave).await? {
                Ok(me) => me,
                Err(wrong) => return Ok(wrong),
            };
            act::leave(tx, actor, now, me, post.text("reason")).await?;
            done("/portal").saying("You have left the panel. Thank you for everything you said.")
        }
        _ => return Err(Error::NotFound),
    })
}

/// Who may go on, or the refusal to show: a wrong code is counted, so it must be committed.
async fn checked(tx: &mut Tx, post: &Post, what: Guarded) -> Result<Result<PanelistId, Done>> {
    match act::check(tx, &post.actor, post.now, what, post.fields.text("code")).await {
        Ok(me) => Ok(Ok(me)),
        Err(wrong @ Error::Invalid(_)) => Ok(Err(Done::Refused(wrong))),
        Err(error) => Err(error),
    }
}
