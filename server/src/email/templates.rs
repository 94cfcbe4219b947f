//! The words of every email. Each says who writes and why, restates what it is about, has one thing to do, and fits a phone.

use app::access::account::code::code_digits;
use app::access::account::rules::CODE_MINUTES;
use app::access::outbox::{EmailTemplate, OutboxEmail};
use app::db::Tx;
use app::follow_up::report::rules::{ReportTone, number_word};
use app::follow_up::report::{ReportEdition, ReportItem, store};
use app::kernel::clock::{Time, long_date};
use app::kernel::error::{Error, Result};
use app::kernel::ids::{CodeId, LinkId, PanelistId, ReportId};
use app::ui::encoded;

use super::context::{Links, TemplateContext};
use super::message::{Email, EmailBlock, QuotedItem};
use super::nominated;

/// Writes the email of an outbox row.
///
/// # Errors
/// `Gone` when its link or code no longer opens, `NotFound` when what it is about is gone.
pub async fn compose(tx: &mut Tx, now: Time, base: &str, queued: &OutboxEmail, links: Links) -> Result<Email> {
    let mut context = TemplateContext { tx, now, base: base.trim_end_matches('/'), queued, links };
    match queued.template {
        EmailTemplate::SignIn => sign_in(&mut context).await,
        EmailTemplate::Code => code(&context),
        EmailTemplate::Invitation => invitation(&mut context).await,
        EmailTemplate::Confirm => confirm(&mut context).await,
        EmailTemplate::Seated => seated(&mut context).await,
        EmailTemplate::Waitlisted => waitlisted(&mut context).await,
        EmailTemplate::Response => response(&mut context).await,
        EmailTemplate::Report => report(&mut context).await,
        EmailTemplate::Reopened => reopened(&mut context).await,
        EmailTemplate::TooSoon => too_soon(&mut context).await,
        EmailTemplate::Nominate => nominated::link(&mut context).await,
        EmailTemplate::Nomination => nominated::outcome(&mut context).await,
    }
}

async fn sign_in(context: &mut TemplateContext<'_>) -> Result<Email> {
    let mut url = context.url().await?;
    let to = context.param("to");
    if !to.is_empty() {
        url = format!("{url}?to={}", encoded(&to));
    }
    Ok(Email::new(
        "Your sign-in link",
        "en",
        &[
            context.greeting(),
            EmailBlock::Text("this link signs you in to Weheard. It works once, for 20 minutes.".into()),
            EmailBlock::Button("Sign in".into(), url),
            EmailBlock::Small("If you did not ask for it, you can ignore this email: nobody gets in without it.".into()),
        ],
    ))
}

fn code(context: &TemplateContext<'_>) -> Result<Email> {
    let age = context.now - context.queued.created_at;
    if context.links == Links::Live && age > chrono::Duration::minutes(CODE_MINUTES) {
        return Err(Error::Gone("The code had expired before it could be sent.".into()));
    }
    let digits = match (context.links, context.param("code").parse::<CodeId>()) {
        (Links::Hidden, _) => "••••••".to_owned(),
        (Links::Live, Ok(id)) => code_digits(context.tx, id),
        (Links::Live, Err(_)) => return Err(Error::NotFound),
    };
    let purpose = match context.param("purpose").as_str() {
        "leave" => "to leave the panel",
        "password" => "to set a new password",
        "permission" => "to change how you may be quoted",
        "download" => "to download your data",
        _ => "to go on",
    };
    Ok(Email::new(
        format!("Your code {purpose}"),
        "en",
        &[
            context.greeting(),
            EmailBlock::Text(format!("you asked {purpose}. Please type this code on the page that is open in your browser:")),
            EmailBlock::Code(digits),
            EmailBlock::Small("It works for 10 minutes. If it was not you who asked, ignore this email and nothing changes.".into()),
        ],
    ))
}

async fn invitation(context: &mut TemplateContext<'_>) -> Result<Email> {
    let url = context.url().await?;
    let mut blocks = vec![EmailBlock::Text(context.param("body")), EmailBlock::Button("Read more and answer".into(), url)];
    let answer_by = context.param("answer_by");
    if !answer_by.is_empty() {
        blocks.push(EmailBlock::Text(format!("Please answer by {answer_by}. Yes or no are both fine; one click is enough.")));
    }
    blocks.push(EmailBlock::Small(format!(
        "{} writes to you about {}. The link is yours alone, please do not pass it on. Say no there, and you will hear no more about it.",
        context.param("organisation"),
        context.param("program")
    )));
    Ok(Email::new(context.param("subject"), "en", &blocks))
}

async fn confirm(context: &mut TemplateContext<'_>) -> Result<Email> {
    let url = context.url().await?;
    let (name, email, day) = (context.param("name"), context.param("email"), day_words(context));
    let own = context.queued.params["own"].as_bool().unwrap_or(false);
    let (subject, text, small) = if own {
        (
            "Please confirm that you will come".to_owned(),
            format!("You said yes to an invitation: {day}. Please confirm that this is your address. Your seat is kept as soon as you do."),
            "If it was not you who answered, ignore this email: nobody takes part in your name.",
        )
    } else {
        (
            format!("{name} answered your invitation: is that right?"),
            format!(
                "{name} ({email}) said yes to the invitation that we sent to you: {day}. If that is right, please confirm it. The seat then belongs to {name}, and everything about the day goes to {email}."
            ),
            "If you do not know about this, ignore this email. The answer does not count, and your own link still works.",
        )
    };
    Ok(Email::new(
        subject,
        "en",
        &[
            context.greeting(),
            EmailBlock::Text(text),
            EmailBlock::Button(if own { "Confirm my answer".into() } else { format!("Confirm: {name} comes") }, url),
            EmailBlock::Small(format!("{small} Sent by {}.", context.param("organisation"))),
        ],
    ))
}

/// "the day, date, place" of an email about a panel day.
fn day_words(context: &TemplateContext<'_>) -> String {
    [context.param("day_title"), context.param("date"), context.param("place")]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(", ")
}

async fn seated(context: &mut TemplateContext<'_>) -> Result<Email> {
    let url = context.url().await?;
    let promoted = context.queued.params["promoted"].as_bool().unwrap_or(false);
    let opening = if promoted { "A seat has become free, and it is yours." } else { "You have a seat." };
    Ok(Email::new(
        format!("{opening} {}", day_words(context)),
        "en",
        &[
            EmailBlock::Headline(opening.into()),
            context.greeting(),
            EmailBlock::Text(format!(
                "we look forward to listening to you: {}. Your page has the agenda, and later what was heard and what became of it.",
                day_words(context)
            )),
            EmailBlock::Button("Open your page".into(), url),
            EmailBlock::Small(format!(
                "Cannot come after all? Please say so on your page, so that somebody on the waitlist can. Sent by {}.",
                context.param("organisation")
            )),
        ],
    ))
}

async fn waitlisted(context: &mut TemplateContext<'_>) -> Result<Email> {
    let url = context.url().await?;
    Ok(Email::new(
        format!("You are on the waitlist: {}", day_words(context)),
        "en",
        &[
            EmailBlock::Headline("You are on the waitlist.".into()),
            context.greeting(),
            EmailBlock::Text(format!(
                "thank you for saying yes. All seats are taken at the moment: {}. As soon as one frees, you move up by yourself and we write to you.",
                day_words(context)
            )),
            EmailBlock::Button("Open your page".into(), url),
            EmailBlock::Small(format!("You can step back there at any time. Sent by {}.", context.param("organisation"))),
        ],
    ))
}

async fn response(context: &mut TemplateContext<'_>) -> Result<Email> {
    let url = context.url().await?;
    let mut blocks = vec![
        EmailBlock::Headline("The panel said this. What do we answer?".into()),
        context.greeting(),
        context.heard("yours to answer", ReportTone::Promised, vec![], vec![]),
    ];
    let note = context.param("note");
    if !note.is_empty() {
        blocks.push(EmailBlock::Text(note));
    }
    blocks.push(EmailBlock::Text(
        "A good answer promises something with a date, says where it exists already, or says no and why. It is read by the people who raised it. You draft it; the program team publishes it."
            .into(),
    ));
    blocks.push(EmailBlock::Button("Draft the answer".into(), url));
    let by = context.param("by");
    let asked = if by.is_empty() { String::new() } else { format!(" {by} asked you.") };
    let opens = match context.queued.link_id {
        Some(_) => "The link is yours alone and opens this one item only, without an account.",
        None => "The link leads to this item. Sign in with your account to see it.",
    };
    blocks.push(EmailBlock::Small(format!("{opens}{asked}")));
    Ok(Email::new(format!("Yours to answer: “{}”", shortened(&context.param("text"))), "en", &blocks))
}

async fn reopened(context: &mut TemplateContext<'_>) -> Result<Email> {
    let url = context.url().await?;
    let by = match context.param("by") {
        by if by.is_empty() => "A panelist".to_owned(),
        by => by,
    };
    let reply = context.param("reply");
    let reason = context.param("reason");
    let small = if reason.is_empty() { vec![] } else { vec![format!("{by}: “{reason}”")] };
    // Where nobody owns the item, whoever published its answer is told.
    let (what_now, why) = match context.param("as").as_str() {
        "publisher" => (
            "the answer below did not solve it, so the item is open again. It has no owner: please give it one, or answer it.",
            "You get this email because you published this answer, and the item has no owner with an email address.",
        ),
        _ => ("the answer below did not solve it, so the item is open again and yours.", "You get this email because you own this item."),
    };
    let heard = context.heard("open again", ReportTone::Warn, if reply.is_empty() { vec![] } else { vec![reply] }, small);
    Ok(Email::new(
        format!("Still broken: “{}”", shortened(&context.param("text"))),
        "en",
        &[
            EmailBlock::Headline(format!("{by} says: still broken.")),
            context.greeting(),
            EmailBlock::Text(what_now.into()),
            heard,
            EmailBlock::Button("Look at the item".into(), url),
            EmailBlock::Small(why.into()),
        ],
    ))
}

async fn too_soon(context: &mut TemplateContext<'_>) -> Result<Email> {
    let url = context.url().await?;
    let (reply, reason, due) = (context.param("reply"), context.param("reason"), context.param("due"));
    let small = if reason.is_empty() { vec![] } else { vec![format!("A panelist: “{reason}”")] };
    let edge = if due.is_empty() { "promised".to_owned() } else { format!("promised for {due}") };
    let heard = context.heard(&edge, ReportTone::Promised, if reply.is_empty() { vec![] } else { vec![reply] }, small);
    Ok(Email::new(
        format!("Not enough, or too late: “{}”", shortened(&context.param("text"))),
        "en",
        &[
            EmailBlock::Headline("A panelist says: not enough, or too late.".into()),
            context.greeting(),
            EmailBlock::Text("The promised day has not come, so the item stays as it is. You can change the answer, with a reason.".into()),
            heard,
            EmailBlock::Button("Look at the item".into(), url),
            EmailBlock::Small("You get this email because you own this item.".into()),
        ],
    ))
}

async fn report(context: &mut TemplateContext<'_>) -> Result<Email> {
    let id: ReportId = context.param("report").parse().map_err(|_| Error::NotFound)?;
    let panelist = context.queued.subject_id.map(PanelistId).ok_or(Error::NotFound)?;
    let report = store::find(context.tx, id).await?.ok_or(Error::NotFound)?;
    let copies = store::list_copies(context.tx, id).await?;
    let edition = store::edition_for(&report, &copies, panelist);
    let url = context.url().await?;
    let unsubscribe = match context.param("unsubscribe").parse::<LinkId>() {
        Ok(link) => Some(context.link(link, "/unsubscribe/").await?),
        Err(_) => None,
    };
    Ok(report_email(&edition, &context.queued.recipient_name, url, unsubscribe))
}

/// The report email: the headline, what its reader raised with the answers, one button.
#[must_use]
pub fn report_email(edition: &ReportEdition, name: &str, url: String, unsubscribe: Option<String>) -> Email {
    let document = &edition.document;
    let mut blocks = vec![
        EmailBlock::Headline(edition.headline()),
        EmailBlock::Text(if name.trim().is_empty() { "Hello,".into() } else { format!("Dear {},", name.trim()) }),
        EmailBlock::Text(format!(
            "this is report {} on the panel of {}. {}",
            document.number,
            long_date(document.day.date),
            edition.summary()
        )),
    ];
    blocks.extend(edition.yours.iter().map(|item| EmailBlock::Item(heard(edition, item, true))));
    if edition.yours.is_empty() {
        blocks.extend(edition.others.iter().take(3).map(|item| EmailBlock::Item(heard(edition, item, false))));
    }
    let rest = if edition.yours.is_empty() { edition.others.len().saturating_sub(3) } else { edition.others.len() };
    if rest > 0 {
        let things = if rest == 1 { "one more thing".into() } else { format!("{} more things", number_word(rest)) };
        blocks.push(EmailBlock::Text(format!("The panel said {things}; the report has them all.")));
    }
    blocks.push(EmailBlock::Text(
        "Does this answer you? One click in the report tells us: yes, partly, not what I said, or still broken.".into(),
    ));
    blocks.push(EmailBlock::Button("Read the report and answer".into(), url));
    blocks.push(EmailBlock::Small(match &unsubscribe {
        Some(url) => format!("You get this because you were at the panel. The link is yours alone. No more reports by email: {url}"),
        None => "You get this because you were at the panel. The link is yours alone.".into(),
    }));
    let subject = format!("{} (report {}, {})", edition.headline(), document.number, document.program);
    Email::new(subject, &document.language, &blocks).with_unsubscribe(unsubscribe)
}

fn heard(edition: &ReportEdition, item: &ReportItem, yours: bool) -> QuotedItem {
    let document = &edition.document;
    let mut small: Vec<String> = Vec::new();
    for reply in &item.replies {
        small.extend(reply.reason.as_ref().map(|reason| format!("Reason: {reason}")));
        small.extend(reply.evidence.as_ref().map(|evidence| format!("Evidence: {evidence}")));
        small.extend(reply.link.clone());
    }
    if let (Some(change), Some(previous)) = (&item.change, &edition.document.previous) {
        small.push(format!("New since {}: {change}", long_date(previous.finalised_on)));
    }
    QuotedItem {
        by: item.raised_by(yours),
        text: item.text.clone(),
        edge: item.edge(document.finalised_on),
        tone: item.status().tone(),
        organisation: edition.document.organisation.clone(),
        replies: item.replies.iter().map(|reply| reply.text.clone()).collect(),
        small,
    }
}

/// At most 60 characters, cut between words.
fn shortened(text: &str) -> String {
    if text.chars().count() <= 60 {
        return text.to_owned();
    }
    let mut short = String::new();
    for word in text.split_whitespace() {
        if short.chars().count() + word.chars().count() > 58 {
            break;
        }
        if !short.is_empty() {
            short.push(' ');
        }
        short.push_str(word);
    }
    format!("{short} …")
}
