//! Every email: what it says is in the catalogue (`app/locales/*/email.ftl`), what it is made of is here. Each says who writes and why, restates
//! what it is about, has one thing to do, and fits a phone.

use app::access::account::Role;
use app::access::account::code::code_digits;
use app::access::account::rules::CODE_MINUTES;
use app::access::link::{self, Purpose};
use app::access::outbox::{EmailTemplate, OutboxEmail};
use app::coded;
use app::db::Tx;
use app::follow_up::report::rules::ReportTone;
use app::front::guest;
use app::kernel::clock::Time;
use app::kernel::error::{Error, Result};
use app::kernel::ids::CodeId;
use app::kernel::locale::Locale;
use app::program::Program;
use app::t;
use app::ui::encoded;

use super::context::{Links, TemplateContext};
use super::message::{Email, EmailBlock};
use super::{nominated, report};

/// Writes the email of an outbox row.
///
/// # Errors
/// `Gone` when its link or code no longer opens, `NotFound` when what it is about is gone.
pub async fn compose(tx: &mut Tx, now: Time, base: &str, queued: &OutboxEmail, links: Links) -> Result<Email> {
    let program = program_of(tx, queued).await?;
    let locale = Locale::default();
    let mut context = TemplateContext { tx, now, base: base.trim_end_matches('/'), queued, links, locale, program: None, branding: None };
    context.guest_of(program).await?;
    match queued.template {
        EmailTemplate::SignIn => sign_in(&mut context).await,
        EmailTemplate::AccountAdded => account_added(&mut context).await,
        EmailTemplate::Code => code(&context),
        EmailTemplate::Invitation => invitation(&mut context).await,
        EmailTemplate::Confirm => confirm(&mut context).await,
        EmailTemplate::Seated => seated(&mut context).await,
        EmailTemplate::Waitlisted => waitlisted(&mut context).await,
        EmailTemplate::DayMoved => day_moved(&mut context).await,
        EmailTemplate::Response => item(&mut context).await,
        EmailTemplate::Report => report::email(&mut context).await,
        EmailTemplate::Returned => returned(&mut context).await,
        EmailTemplate::Reopened => reopened(&mut context).await,
        EmailTemplate::TooSoon => too_soon(&mut context).await,
        EmailTemplate::Nominate => nominated::link(&mut context).await,
        EmailTemplate::Nomination => nominated::outcome(&mut context).await,
    }
}

/// The program whose guest gets an email. None for staff.
async fn program_of(tx: &mut Tx, queued: &OutboxEmail) -> Result<Option<Program>> {
    if let Some(id) = queued.link_id {
        return match link::store::find(tx, id).await? {
            Some(link) => guest::program_of(tx, link.purpose, link.subject_id).await,
            None => Ok(None),
        };
    }
    match (queued.template, queued.subject_id) {
        (EmailTemplate::Code, Some(subject)) => guest::program_of(tx, Purpose::Portal, subject).await,
        _ => Ok(None),
    }
}

async fn sign_in(context: &mut TemplateContext<'_>) -> Result<Email> {
    let mut url = context.url().await?;
    let locale = context.locale;
    let to = context.param("to");
    if !to.is_empty() {
        url = format!("{url}?to={}", encoded(&to));
    }
    let minutes = link::rules::lasts(Purpose::SignIn).num_minutes();
    Ok(context.email(
        t!(locale, "email-sign-in-subject"),
        &[
            context.greeting(),
            EmailBlock::Text(t!(locale, "email-sign-in", minutes = minutes)),
            EmailBlock::Button(t!(locale, "email-sign-in-button"), url),
            EmailBlock::Small(t!(locale, "email-sign-in-small")),
        ],
    ))
}

async fn account_added(context: &mut TemplateContext<'_>) -> Result<Email> {
    let url = context.url().await?;
    let locale = context.locale;
    let role = context.param("role").parse::<Role>().map_or_else(|_| context.param("role"), |role| role.label().to_lowercase());
    let added = match context.param("by") {
        by if by.is_empty() => t!(locale, "email-account", role = role),
        by => t!(locale, "email-account-by", name = by, role = role),
    };
    Ok(context.email(
        t!(locale, "email-account-subject"),
        &[
            context.greeting(),
            EmailBlock::Text(added),
            EmailBlock::Text(t!(locale, "email-account-what")),
            EmailBlock::Button(t!(locale, "email-account-button"), url),
            EmailBlock::Small(t!(locale, "email-account-small", address = &context.queued.recipient)),
        ],
    ))
}

fn code(context: &TemplateContext<'_>) -> Result<Email> {
    let locale = context.locale;
    let age = context.now - context.queued.created_at;
    if context.links == Links::Live && age > chrono::Duration::minutes(CODE_MINUTES) {
        return Err(Error::Gone(coded!("email-code-expired")));
    }
    let digits = match (context.links, context.param("code").parse::<CodeId>()) {
        (Links::Hidden, _) => "••••••".to_owned(),
        (Links::Live, Ok(id)) => code_digits(context.tx, id),
        (Links::Live, Err(_)) => return Err(Error::NotFound),
    };
    let subject = match context.param("purpose").as_str() {
        "leave" => t!(locale, "email-code-leave-subject"),
        "password" => t!(locale, "email-code-password-subject"),
        "permission" => t!(locale, "email-code-permission-subject"),
        "download" => t!(locale, "email-code-download-subject"),
        _ => t!(locale, "email-code-subject"),
    };
    let mut blocks = vec![context.greeting(), EmailBlock::Text(t!(locale, "email-code")), EmailBlock::Code(digits)];
    blocks.extend(ending(context, t!(locale, "email-code-small", minutes = CODE_MINUTES)));
    Ok(context.email(subject, &blocks))
}

/// The text greets and thanks on its own: staff have read it as it is.
async fn invitation(context: &mut TemplateContext<'_>) -> Result<Email> {
    let url = context.url().await?;
    let locale = context.locale;
    let mut blocks = vec![EmailBlock::Text(context.param("body"))];
    let answer_by = context.date("answer_by");
    if !answer_by.is_empty() {
        blocks.push(EmailBlock::Text(t!(locale, "email-invitation-by", date = answer_by)));
    }
    blocks.push(EmailBlock::Button(t!(locale, "email-invitation-button"), url));
    let (organisation, program) = (context.param("organisation"), context.param("program"));
    blocks.push(EmailBlock::Small(t!(locale, "email-invitation-small", organisation = organisation, program = program)));
    Ok(context.email(context.param("subject"), &blocks))
}

async fn confirm(context: &mut TemplateContext<'_>) -> Result<Email> {
    let url = context.url().await?;
    let locale = context.locale;
    let (name, address, day) = (context.param("name"), context.param("email"), day_words(context));
    let own = context.queued.params["own"].as_bool().unwrap_or(false);
    let (subject, texts, button, small) = if own {
        (
            t!(locale, "email-confirm-own-subject"),
            [t!(locale, "email-confirm-own", day = day), t!(locale, "email-confirm-own-next")],
            t!(locale, "email-confirm-own-button"),
            t!(locale, "email-confirm-own-small"),
        )
    } else {
        (
            t!(locale, "email-confirm-other-subject", name = &name),
            [
                t!(locale, "email-confirm-other", name = &name, email = &address, day = day),
                t!(locale, "email-confirm-other-next", name = &name, email = &address),
            ],
            t!(locale, "email-confirm-other-button", name = &name),
            t!(locale, "email-confirm-other-small"),
        )
    };
    let mut blocks = vec![context.greeting()];
    blocks.extend(texts.map(EmailBlock::Text));
    blocks.push(EmailBlock::Button(button, url));
    blocks.extend(ending(context, small));
    Ok(context.email(subject, &blocks))
}

/// "the day, date, place" of an email about a panel day.
fn day_words(context: &TemplateContext<'_>) -> String {
    [context.param("day_title"), context.date("date"), context.param("place")]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(", ")
}

async fn seated(context: &mut TemplateContext<'_>) -> Result<Email> {
    let url = context.url().await?;
    let (locale, day) = (context.locale, day_words(context));
    let promoted = context.queued.params["promoted"].as_bool().unwrap_or(false);
    let (subject, headline) = if promoted {
        (t!(locale, "email-seated-promoted-subject", day = &day), t!(locale, "email-seated-promoted-headline"))
    } else {
        (t!(locale, "email-seated-subject", day = &day), t!(locale, "email-seated-headline"))
    };
    let mut blocks = vec![
        EmailBlock::Headline(headline),
        context.greeting(),
        EmailBlock::Text(t!(locale, "email-seated", day = day)),
        EmailBlock::Text(t!(locale, "email-seated-next")),
        EmailBlock::Button(t!(locale, "email-seated-button"), url),
    ];
    blocks.extend(ending(context, t!(locale, "email-seated-small")));
    Ok(context.email(subject, &blocks))
}

async fn waitlisted(context: &mut TemplateContext<'_>) -> Result<Email> {
    let url = context.url().await?;
    let (locale, day) = (context.locale, day_words(context));
    let mut blocks = vec![
        EmailBlock::Headline(t!(locale, "email-waitlisted-headline")),
        context.greeting(),
        EmailBlock::Text(t!(locale, "email-waitlisted", day = &day)),
        EmailBlock::Text(t!(locale, "email-waitlisted-next")),
        EmailBlock::Button(t!(locale, "email-waitlisted-button"), url),
    ];
    blocks.extend(ending(context, t!(locale, "email-waitlisted-small")));
    Ok(context.email(t!(locale, "email-waitlisted-subject", day = day), &blocks))
}

async fn day_moved(context: &mut TemplateContext<'_>) -> Result<Email> {
    let url = context.url().await?;
    let locale = context.locale;
    let role = context.param("role");
    let (before_zone, zone) = (context.param("before_zone"), context.param("zone"));
    let shown = |date: &str, place: &str, of: &str| {
        let day = [context.date(date), context.param(place)].join(", ");
        if before_zone == zone { day } else { t!(locale, "email-moved-zone", day = day, zone = of) }
    };
    let (before, now) = (shown("before_date", "before_place", &before_zone), shown("date", "place", &zone));
    let answer_by = context.date("answer_by");
    let mut blocks = vec![
        EmailBlock::Headline(t!(locale, "email-moved-headline")),
        context.greeting(),
        EmailBlock::Text(t!(locale, "email-moved", role = &role)),
        EmailBlock::Text(t!(locale, "email-moved-before", day = before)),
        EmailBlock::Text(t!(locale, "email-moved-now", day = now)),
        EmailBlock::Text(t!(locale, "email-moved-next", role = &role)),
    ];
    if !answer_by.is_empty() {
        blocks.push(EmailBlock::Text(t!(locale, "email-invitation-by", date = answer_by)));
    }
    blocks.push(EmailBlock::Button(t!(locale, "email-moved-button", role = &role), url));
    blocks.extend(ending(context, t!(locale, "email-moved-small", organisation = context.param("organisation"))));
    Ok(context.email(t!(locale, "email-moved-subject", day = day_words(context)), &blocks))
}

/// An item is somebody's to answer.
async fn item(context: &mut TemplateContext<'_>) -> Result<Email> {
    let url = context.url().await?;
    let locale = context.locale;
    let mut blocks = vec![
        EmailBlock::Headline(t!(locale, "email-item-headline")),
        context.greeting(),
        context.heard(&t!(locale, "email-item-edge"), ReportTone::Promised, vec![], vec![]),
    ];
    let note = context.param("note");
    if !note.is_empty() {
        blocks.push(EmailBlock::Text(note));
    }
    blocks.push(EmailBlock::Text(t!(locale, "email-item")));
    blocks.push(EmailBlock::Text(t!(locale, "email-item-next")));
    blocks.push(EmailBlock::Button(t!(locale, "email-item-button"), url));
    let opens = match context.queued.link_id {
        Some(_) => t!(locale, "email-item-link-guest"),
        None => t!(locale, "email-item-link-account"),
    };
    let by = context.param("by");
    let asked = if by.is_empty() { String::new() } else { t!(locale, "email-item-asked", name = by) };
    blocks.extend(ending(context, format!("{asked} {opens}").trim().to_owned()));
    Ok(context.email(t!(locale, "email-item-subject", text = shortened(&context.param("text"))), &blocks))
}

/// A reviewer returned the drafted answer of an item, and says what is missing.
async fn returned(context: &mut TemplateContext<'_>) -> Result<Email> {
    let url = context.url().await?;
    let locale = context.locale;
    let by = context.param("by");
    let heard = context.heard(&t!(locale, "email-returned-edge"), ReportTone::Warn, reply(context), remark(context, &by));
    let opens = match context.queued.link_id {
        Some(_) => t!(locale, "email-item-link-guest"),
        None => t!(locale, "email-item-link-account"),
    };
    let mut blocks = vec![
        EmailBlock::Headline(t!(locale, "email-returned-headline")),
        context.greeting(),
        EmailBlock::Text(t!(locale, "email-returned", name = &by)),
        heard,
        EmailBlock::Button(t!(locale, "email-returned-button"), url),
    ];
    blocks.extend(ending(context, opens));
    Ok(context.email(t!(locale, "email-returned-subject", text = shortened(&context.param("text"))), &blocks))
}

async fn reopened(context: &mut TemplateContext<'_>) -> Result<Email> {
    let url = context.url().await?;
    let locale = context.locale;
    let by = match context.param("by") {
        by if by.is_empty() => t!(locale, "email-reopened-panelist"),
        by => by,
    };
    // Where nobody owns the item, the person who published its answer gets this email.
    let (what_now, why) = match context.param("as").as_str() {
        "publisher" => (t!(locale, "email-reopened-publisher"), t!(locale, "email-reopened-publisher-small")),
        _ => (t!(locale, "email-reopened-owner"), t!(locale, "email-reopened-owner-small")),
    };
    let heard = context.heard(&t!(locale, "email-reopened-edge"), ReportTone::Warn, reply(context), remark(context, &by));
    let mut blocks = vec![
        EmailBlock::Headline(t!(locale, "email-reopened-headline", name = &by)),
        context.greeting(),
        EmailBlock::Text(what_now),
        heard,
        EmailBlock::Button(t!(locale, "email-reopened-button"), url),
    ];
    blocks.extend(ending(context, why));
    Ok(context.email(t!(locale, "email-reopened-subject", text = shortened(&context.param("text"))), &blocks))
}

async fn too_soon(context: &mut TemplateContext<'_>) -> Result<Email> {
    let url = context.url().await?;
    let locale = context.locale;
    let due = context.date("due");
    let edge = if due.is_empty() { t!(locale, "email-too-soon-edge") } else { t!(locale, "email-too-soon-edge-due", date = due) };
    let remark = remark(context, &t!(locale, "email-reopened-panelist"));
    let heard = context.heard(&edge, ReportTone::Promised, reply(context), remark);
    let mut blocks = vec![
        EmailBlock::Headline(t!(locale, "email-too-soon-headline")),
        context.greeting(),
        EmailBlock::Text(t!(locale, "email-too-soon")),
        heard,
        EmailBlock::Button(t!(locale, "email-reopened-button"), url),
    ];
    blocks.extend(ending(context, t!(locale, "email-reopened-owner-small")));
    Ok(context.email(t!(locale, "email-too-soon-subject", text = shortened(&context.param("text"))), &blocks))
}

/// The end of an email that a guest or staff may get: a guest's has the signature.
fn ending(context: &TemplateContext<'_>, small: String) -> Vec<EmailBlock> {
    context.signature().into_iter().chain([EmailBlock::Small(small)]).collect()
}

/// The answer that an email is about, where it has one.
fn reply(context: &TemplateContext<'_>) -> Vec<String> {
    Some(context.param("reply")).filter(|reply| !reply.is_empty()).into_iter().collect()
}

/// What somebody wrote about it.
fn remark(context: &TemplateContext<'_>, by: &str) -> Vec<String> {
    let reason = context.param("reason");
    if reason.is_empty() { vec![] } else { vec![t!(context.locale, "email-remark", name = by, text = reason)] }
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
