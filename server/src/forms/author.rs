//! Forms of one author (`/authors/{id}`), and of lists of authors: which kind they are, and which segment.

use app::access::account::Permission;
use app::db::Tx;
use app::kernel::error::{Error, Result};
use app::kernel::ids::AuthorId;
use app::listening::{author, segment};

use super::request::{FormHandler, FormOutcome, FormPage, FormRequest, redirect};

const EARLIER_KIND: &str = "The author has its earlier kind again.";
const LIFTED: &str = "The rules set this author's kind again.";

/// Overruling an assessment, excluding, including.
pub const AUTHOR: FormPage = FormPage {
    path: "/authors/{id}",
    acts: &[
        ("overrule", Permission::AssessAuthors),
        ("lift", Permission::AssessAuthors),
        ("exclude", Permission::AssessAuthors),
        ("bring_back", Permission::AssessAuthors),
        ("set_kind", Permission::AssessAuthors),
        ("lift_kind", Permission::AssessAuthors),
    ],
    handle: FormHandler::Unit(|tx, request| Box::pin(author(tx, request))),
};

/// Saying what an author is, in the list of authors.
pub const AUTHORS: FormPage = FormPage {
    path: "/authors",
    acts: &[("set_kind", Permission::AssessAuthors), ("lift_kind", Permission::AssessAuthors), ("undo_kind", Permission::AssessAuthors)],
    handle: FormHandler::Unit(|tx, request| Box::pin(kind_in_list(tx, request, "/authors"))),
};

/// Including authors from the list of excluded ones.
pub const EXCLUDED: FormPage = FormPage {
    path: "/listen/excluded",
    acts: &[
        ("bring_back", Permission::AssessAuthors),
        ("set_kind", Permission::AssessAuthors),
        ("lift_kind", Permission::AssessAuthors),
        ("undo_kind", Permission::AssessAuthors),
    ],
    handle: FormHandler::Unit(|tx, request| Box::pin(excluded(tx, request))),
};

/// Sets the kind of an author in a list, which is shown again as it was, with a button to undo it.
async fn kind_in_list(tx: &mut Tx, request: &FormRequest, path: &str) -> Result<FormOutcome> {
    let id: AuthorId = request.key()?;
    let shown = request.text("back");
    let shown = if shown.starts_with('?') { shown } else { String::new() };
    let list = |more: String| {
        let sign = if shown.is_empty() { '?' } else { '&' };
        if more.is_empty() { redirect(format!("{path}{shown}")) } else { redirect(format!("{path}{shown}{sign}{more}")) }
    };
    let seen = request.fields.maybe("seen")?;
    match request.act() {
        "set_kind" => {
            let (kind, reason) = (request.fields.parse("kind")?, request.text("reason"));
            let done = author::act::set_kind(tx, &request.actor, request.now, id, seen, kind, &reason).await?;
            // A rule's kind comes back by leaving it to the rules; a person's has to be set again.
            let was = if done.was_decided { format!("&was={}", done.before.as_str()) } else { String::new() };
            Ok(list(format!("changed={id}{was}")))
        }
        "undo_kind" if !request.text("was").is_empty() => {
            author::act::set_kind(tx, &request.actor, request.now, id, seen, request.fields.parse("was")?, "").await?;
            Ok(list(String::new()).with_message(EARLIER_KIND))
        }
        act @ ("undo_kind" | "lift_kind") => {
            author::act::lift_kind(tx, &request.actor, request.now, id, seen).await?;
            Ok(list(String::new()).with_message(if act == "undo_kind" { EARLIER_KIND } else { LIFTED }))
        }
        _ => Err(Error::NotFound),
    }
}

async fn excluded(tx: &mut Tx, request: &FormRequest) -> Result<FormOutcome> {
    if request.act() != "bring_back" {
        return kind_in_list(tx, request, "/listen/excluded").await;
    }
    let seen = request.fields.maybe("seen")?;
    author::act::bring_back(tx, &request.actor, request.now, request.key()?, seen, &request.text("reason")).await?;
    Ok(request.back("/listen/excluded").with_message("Author included."))
}

async fn author(tx: &mut Tx, request: &FormRequest) -> Result<FormOutcome> {
    let id: AuthorId = request.id("id")?;
    let (reason, seen) = (request.text("reason"), request.fields.maybe("seen")?);
    let message = match request.act() {
        "overrule" => {
            let assessment = request.fields.maybe("assessment")?;
            segment::act::overrule(tx, &request.actor, request.now, id, assessment, request.fields.maybe("segment")?, &reason).await?;
            "Segment set. It stays until you remove it."
        }
        "lift" => {
            segment::act::lift(tx, &request.actor, request.now, id, request.fields.maybe("assessment")?).await?;
            "Manual segment removed. The segment is computed again."
        }
        "exclude" => {
            author::act::exclude(tx, &request.actor, request.now, id, seen, &reason).await?;
            "Author excluded."
        }
        "bring_back" => {
            author::act::bring_back(tx, &request.actor, request.now, id, seen, &reason).await?;
            "Author included."
        }
        "set_kind" => {
            author::act::set_kind(tx, &request.actor, request.now, id, seen, request.fields.parse("kind")?, &reason).await?;
            "Kind set. Rules will not change it, and the program learns from it."
        }
        "lift_kind" => {
            author::act::lift_kind(tx, &request.actor, request.now, id, seen).await?;
            LIFTED
        }
        _ => return Err(Error::NotFound),
    };
    Ok(redirect(format!("/authors/{id}")).with_message(message))
}
