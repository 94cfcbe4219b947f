//! Forms of one author's identity links, one mention (`/mentions/{id}`), one import (`/imports/{id}`), inbound integrations (`/inbound`) and
//! the sentiment model (`/listen/sentiment`).

use app::access::account::Permission;
use app::db::Tx;
use app::kernel::error::{Error, Result};
use app::kernel::ids::{AuthorId, ImportRunId, MentionId};
use app::listening::import::act::MappingAnswers;
use app::listening::{identity_link, import, inbound, segment, sentiment};
use app::privacy::{opt_out, retention};
use app::ui::{count, encoded};

use super::import_answers::{mapping_answers, reading_options};
use super::request::{FormHandler, FormOutcome, FormPage, FormRequest, redirect};

/// Columns, start, discard, cancel, again, undo.
pub const IMPORT: FormPage = FormPage {
    path: "/imports/{id}",
    acts: &[
        ("map", Permission::Import),
        ("reread", Permission::Import),
        ("kind", Permission::Import),
        ("discard", Permission::Import),
        ("cancel", Permission::Import),
        ("retry", Permission::Import),
        ("undo", Permission::Import),
    ],
    handle: FormHandler::Steps(|request| Box::pin(import(request))),
};

/// Inbound integrations.
pub const INBOUND: FormPage = FormPage {
    path: "/inbound",
    acts: &[("open", Permission::ConnectTools), ("renew", Permission::ConnectTools), ("close", Permission::ConnectTools)],
    handle: FormHandler::Unit(|tx, request| Box::pin(inbound(tx, request))),
};

/// Correcting how a mention is read, adding it to the queue.
pub const MENTION: FormPage = FormPage {
    path: "/mentions/{id}",
    acts: &[
        ("correct", Permission::ManageSentimentModel),
        ("uncorrect", Permission::ManageSentimentModel),
        ("add_to_queue", Permission::AddToQueue),
        ("take", Permission::AddToQueue),
    ],
    handle: FormHandler::Unit(|tx, request| Box::pin(mention(tx, request))),
};

/// Training, activating, deactivating.
pub const SENTIMENT: FormPage = FormPage {
    path: "/listen/sentiment",
    acts: &[
        ("train", Permission::ManageSentimentModel),
        ("switch_on", Permission::ManageSentimentModel),
        ("switch_off", Permission::ManageSentimentModel),
    ],
    handle: FormHandler::Unit(|tx, request| Box::pin(teach(tx, request))),
};

/// The settings of segments.
pub const SEGMENTS: FormPage = FormPage {
    path: "/listen/segments",
    acts: &[("set", Permission::AssessAuthors)],
    handle: FormHandler::Unit(|tx, request| Box::pin(segments(tx, request))),
};

/// Opting an author out, and removing mentions that were deleted at the source.
pub const OPT_OUTS: FormPage = FormPage {
    path: "/opt-outs",
    acts: &[("preview", Permission::ManageAccounts), ("opt_out", Permission::ManageAccounts), ("remove", Permission::Import)],
    handle: FormHandler::Unit(|tx, request| Box::pin(opt_outs(tx, request))),
};

/// Proposing, reviewing and removing identity links.
pub const LINKS: FormPage = FormPage {
    path: "/authors/{id}/identity-links",
    acts: &[
        ("propose", Permission::LinkAuthors),
        ("confirm", Permission::LinkAuthors),
        ("refuse", Permission::LinkAuthors),
        ("unlink", Permission::LinkAuthors),
    ],
    handle: FormHandler::Unit(|tx, request| Box::pin(links(tx, request))),
};

async fn links(tx: &mut Tx, request: &FormRequest) -> Result<FormOutcome> {
    let id: AuthorId = request.id("id")?;
    let reason = request.text("reason");
    let message = match request.act() {
        "propose" => {
            identity_link::act::propose(tx, &request.actor, request.now, id, request.fields.parse("other")?, &reason).await?;
            "Link proposed. It applies once it is confirmed."
        }
        "confirm" => {
            identity_link::act::confirm(tx, &request.actor, request.now, request.key()?).await?;
            "Link confirmed. The authors are now shown together and appear on a shortlist once."
        }
        "refuse" => {
            identity_link::act::refuse(tx, &request.actor, request.now, request.key()?, &reason).await?;
            "Link rejected."
        }
        "unlink" => {
            identity_link::act::unlink(tx, &request.actor, request.now, request.key()?, &reason).await?;
            "Link removed. The authors are separate again."
        }
        _ => return Err(Error::NotFound),
    };
    Ok(redirect(format!("/authors/{id}/identity-links")).with_message(message))
}

async fn opt_outs(tx: &mut Tx, request: &FormRequest) -> Result<FormOutcome> {
    let message = match request.act() {
        "preview" => {
            let (network, handle) = (request.text("network"), request.text("handle"));
            opt_out::act::find_people(tx, &request.actor, &network, &handle).await?;
            return Ok(redirect(format!("/opt-outs?network={}&handle={}", encoded(&network), encoded(handle.trim()))));
        }
        "opt_out" => {
            let (network, handle) = (request.text("network"), request.text("handle"));
            let named = |text: &str| text.trim().trim_start_matches('@').to_lowercase();
            if named(&request.text("confirm")) != named(&handle) {
                return Err(Error::field("confirm", format!("Type {} to confirm. Erased data cannot be restored.", handle.trim())));
            }
            let seen = request.fields.parse::<usize>("seen")?;
            let outcome = opt_out::act::opt_out_soon(tx, &request.actor, request.now, &network, &handle).await?;
            if outcome.parts != seen {
                return Err(Error::conflict("The data about this author has changed since you looked. Check it again."));
            }
            crate::listening::opt_out_summary(&outcome, true).join(" ")
        }
        "remove" => {
            let text = request.text("ids");
            let ids: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
            let asked = i64::try_from(ids.len()).unwrap_or(0);
            let removed = retention::act::remove_few(tx, &request.actor, request.now, request.fields.parse("program")?, &ids).await?;
            format!("{} deleted for {}.", count(i64::try_from(removed).unwrap_or(0), "mention", "mentions"), count(asked, "ID", "IDs"))
        }
        _ => return Err(Error::NotFound),
    };
    Ok(request.back("/opt-outs").with_message(message))
}

async fn segments(tx: &mut Tx, request: &FormRequest) -> Result<FormOutcome> {
    let settings = segment::SegmentSettings::read(|field| Some(request.text(field))).map_err(Error::invalid)?;
    segment::act::set(tx, &request.actor, request.now, request.fields.parse("program")?, settings, request.fields.parse("revision")?)
        .await?;
    Ok(request.back("/listen/segments").with_message("Settings saved. All authors are being reassessed."))
}

async fn inbound(tx: &mut Tx, request: &FormRequest) -> Result<FormOutcome> {
    let message = match request.act() {
        "open" => {
            inbound::act::open(tx, &request.actor, request.now, request.fields.parse("program")?, &request.text("name")).await?;
            "Integration added. Enter its address and its secret in your tool."
        }
        "renew" => {
            inbound::act::renew(tx, &request.actor, request.now, request.key()?).await?;
            "Secret replaced. Enter the new secret in your tool."
        }
        "close" => {
            inbound::act::close(tx, &request.actor, request.now, request.key()?).await?;
            "Integration closed. Its mentions are kept."
        }
        _ => return Err(Error::NotFound),
    };
    Ok(request.back("/inbound").with_message(message))
}

async fn mention(tx: &mut Tx, request: &FormRequest) -> Result<FormOutcome> {
    let id: MentionId = request.id("id")?;
    let (word, message) = match request.act() {
        "correct" => (Some(request.fields.parse("sentiment")?), "Correction saved. The next training learns from it."),
        "uncorrect" => (None, "Correction removed."),
        "add_to_queue" | "take" => {
            let (_, message) = super::triage::work(tx, request, id).await?;
            return Ok(redirect(format!("/listen/triage/{id}")).with_message(message));
        }
        _ => return Err(Error::NotFound),
    };
    sentiment::act::correct(tx, &request.actor, request.now, id, request.fields.maybe("seen")?, word, &request.text("reason")).await?;
    Ok(redirect(format!("/mentions/{id}")).with_message(message))
}

async fn teach(tx: &mut Tx, request: &FormRequest) -> Result<FormOutcome> {
    let message = match request.act() {
        "train" => {
            let program = request.program(tx).await?;
            sentiment::act::ask_to_train(tx, &request.actor, request.now, program).await?;
            "Training started."
        }
        "switch_on" => {
            sentiment::act::switch_on(tx, &request.actor, request.now, request.key()?).await?;
            "Version activated. All mentions are being rated again."
        }
        "switch_off" => {
            sentiment::act::switch_off(tx, &request.actor, request.now, request.key()?).await?;
            "Version deactivated. VADER is rating all mentions again."
        }
        _ => return Err(Error::NotFound),
    };
    Ok(request.back("/listen/sentiment").with_message(message))
}

async fn import(request: &FormRequest) -> Result<FormOutcome> {
    let id: ImportRunId = request.id("id")?;
    match request.act() {
        "reread" => {
            let cmd = reading_options(&request.fields)?;
            // Reading the file may take long, so it happens before the transaction.
            let again = import::act::read_again(&request.db, &request.actor, id, &request.site.spool, cmd).await?;
            request.db.write(|tx, _| Box::pin(import::act::reread(tx, &request.actor, &again))).await?;
            Ok(redirect(format!("/imports/{id}")).with_message("File read again. Check the column mapping."))
        }
        "kind" => {
            let kind = request.fields.parse("kind")?;
            let again = import::act::read_as(&request.db, &request.actor, id, &request.site.spool, kind).await?;
            request.db.write(|tx, _| Box::pin(import::act::reread(tx, &request.actor, &again))).await?;
            Ok(redirect(format!("/imports/{id}")).with_message("File read again. Check the column mapping."))
        }
        "map" => {
            let answers = mapping_answers(&request.fields)?;
            let message = request.db.write(|tx, _| Box::pin(map(tx, request, id, answers.clone()))).await?;
            Ok(redirect(format!("/imports/{id}")).with_message(message))
        }
        "discard" => {
            let run = request.db.write(|tx, _| Box::pin(import::act::discard(tx, &request.actor, request.now, id))).await?;
            import::intake::discard(&request.site.spool, &run).await;
            Ok(redirect(format!("/imports/{id}")).with_message("File discarded. Nothing was imported."))
        }
        _ => {
            let message = request.db.write(|tx, _| Box::pin(decide(tx, request, id))).await?;
            Ok(redirect(format!("/imports/{id}")).with_message(message))
        }
    }
}

/// Saves the columns, and starts the import where its button was pressed. Gives what to say.
async fn map(tx: &mut Tx, request: &FormRequest, id: ImportRunId, answers: MappingAnswers) -> Result<String> {
    if request.fields.text("then") == "start" {
        return Ok(match import::act::map_and_start(tx, &request.actor, request.now, id, answers).await? {
            import::act::ImportStart::Queued => "Import started.".to_owned(),
            import::act::ImportStart::Asks(question) => format!("Mapping saved. Nothing is imported yet. {}", question.message()),
        });
    }
    import::act::map(tx, &request.actor, request.now, id, answers).await?;
    Ok("Mapping saved.".to_owned())
}

/// What is decided about an import at once. Gives what to say.
async fn decide(tx: &mut Tx, request: &FormRequest, id: ImportRunId) -> Result<&'static str> {
    Ok(match request.act() {
        "cancel" => {
            import::act::cancel(tx, &request.actor, request.now, id).await?;
            "Import cancelled."
        }
        "retry" => {
            import::act::retry(tx, &request.actor, request.now, id).await?;
            "Import continued."
        }
        "undo" => {
            import::act::undo(tx, &request.actor, request.now, id).await?;
            "Undoing the import."
        }
        _ => return Err(Error::NotFound),
    })
}
