//! Forms of a day's shortlist.

use app::account::Verb;
use app::candidate::act::{self, Shortlist};
use app::candidate::page::parse;
use app::db::Tx;
use app::error::{Error, Result};
use app::ids::PanelDayId;

use super::{Done, FormPage, Handle, Post, done};

/// Putting people on, taking them off.
pub const SHORTLIST: FormPage = FormPage {
    path: "/days/{id}/shortlist",
    acts: &[("add", Verb::Shortlist), ("unlist", Verb::Shortlist), ("restore", Verb::Shortlist)],
    handle: Handle::Unit(|tx, post| Box::pin(shortlist(tx, post))),
};

async fn shortlist(tx: &mut Tx, post: &Post) -> Result<Done> {
    let day: PanelDayId = post.id("id")?;
    let say = match post.act() {
        "add" | "restore" => {
            let mut count = 0;
            for word in post.fields.all("who") {
                let cmd = Shortlist { day, who: parse(word).ok_or(Error::NotFound)?, remark: post.text("remark") };
                act::shortlist(tx, &post.actor, post.now, cmd).await?;
                count += 1;
            }
            match count {
                0 => return Err(Error::field("who", "Tick somebody first.")),
                1 => "One person is on the shortlist.".to_owned(),
                count => format!("{count} people are on the shortlist."),
            }
        }
        "unlist" => {
            act::unlist(tx, &post.actor, post.now, post.key()?, &post.text("reason")).await?;
            "Taken off. The reason is kept.".to_owned()
        }
        _ => return Err(Error::NotFound),
    };
    Ok(done(format!("/days/{day}/shortlist")).saying(say))
}
