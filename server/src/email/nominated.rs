//! The emails to those who nominate: their link, and the result of a nomination.

use app::casework::nomination::{self, NominationKind, NominationState};
use app::follow_up::report::rules::ReportTone;
use app::kernel::error::{Error, Result};
use app::kernel::ids::NominationId;
use app::kernel::locale::Locale;
use app::listening::mention;
use app::program;
use app::t;

use super::context::TemplateContext;
use super::message::{Email, EmailBlock, QuotedItem};

/// The link that somebody requested.
pub(super) async fn link(context: &mut TemplateContext<'_>) -> Result<Email> {
    let url = context.url().await?;
    let locale = context.locale;
    let mut blocks = vec![
        EmailBlock::Headline(t!(locale, "email-nominate-headline")),
        context.greeting(),
        EmailBlock::Text(t!(locale, "email-nominate")),
        EmailBlock::Button(t!(locale, "email-nominate-button"), url),
    ];
    blocks.extend(context.signature());
    blocks.push(EmailBlock::Small(t!(locale, "email-nominate-small")));
    Ok(context.email(t!(locale, "email-nominate-subject"), &blocks))
}

/// The result of a nomination: its words as they are now, the outcome as it was when the email was queued.
pub(super) async fn outcome(context: &mut TemplateContext<'_>) -> Result<Email> {
    let id: NominationId = context.param("nomination").parse().map_err(|_| Error::NotFound)?;
    let outcome: NominationState = context.param("outcome").parse().map_err(|_| Error::NotFound)?;
    let nominated = nomination::store::find(context.tx, id).await?.ok_or(Error::NotFound)?;
    let program = program::store::find(context.tx, nominated.program_id).await?;
    context.guest_of(program).await?;
    let charter = context.program.as_ref().ok_or(Error::NotFound)?.charter.clone();
    let words = match nominated.mention_id {
        Some(mention) => mention::store::find(context.tx, mention).await?.map(|mention| mention.text),
        None => nominated.text.clone().or_else(|| nominated.person.clone()),
    };
    let url = context.url().await?;
    let locale = context.locale;
    let reason = nominated.reason.clone().unwrap_or_default();
    let OutcomeWords { subject, edge, tone, text } = outcome_words(locale, outcome, nominated.kind, &reason);
    let mut blocks = vec![
        EmailBlock::Headline(subject.clone()),
        context.greeting(),
        EmailBlock::Item(QuotedItem {
            by: t!(locale, "email-nominated-by"),
            text: words.or_else(|| nominated.url.clone()).unwrap_or_default(),
            edge,
            tone,
            organisation: charter.organisation.clone(),
            replies: vec![],
            small: vec![],
        }),
        EmailBlock::Text(text),
    ];
    match (outcome, &nominated.answer_url) {
        (NominationState::Answered, Some(answer)) => {
            blocks.push(EmailBlock::Button(t!(locale, "email-nominated-read"), answer.clone()));
            blocks.push(EmailBlock::Text(format!("{}\n{url}", t!(locale, "email-nominated-all"))));
        }
        _ => blocks.push(EmailBlock::Button(t!(locale, "email-nominated-button"), url)),
    }
    blocks.extend(context.signature());
    blocks.push(EmailBlock::Small(t!(locale, "email-nominated-small", program = &charter.name)));
    Ok(context.email(subject, &blocks))
}

/// The result of a nomination, in words.
struct OutcomeWords {
    subject: String,
    edge: String,
    tone: ReportTone,
    text: String,
}

fn outcome_words(locale: Locale, outcome: NominationState, kind: NominationKind, reason: &str) -> OutcomeWords {
    let post = kind == NominationKind::Post;
    let (subject, edge, tone, text) = match outcome {
        NominationState::New | NominationState::Accepted => (
            t!(locale, "email-nominated-accepted-subject"),
            t!(locale, "nominated-accepted"),
            ReportTone::Promised,
            if post { t!(locale, "email-nominated-accepted-post") } else { t!(locale, "email-nominated-accepted-person") },
        ),
        NominationState::Answered => (
            t!(locale, "email-nominated-answered-subject"),
            t!(locale, "nominated-answered"),
            ReportTone::Good,
            t!(locale, "email-nominated-answered"),
        ),
        NominationState::Closed => (
            t!(locale, "email-nominated-closed-subject"),
            t!(locale, "nominated-closed"),
            ReportTone::Quiet,
            t!(locale, "email-nominated-closed", reason = reason),
        ),
        NominationState::Declined => (
            t!(locale, "email-nominated-declined-subject"),
            t!(locale, "nominated-declined"),
            ReportTone::Quiet,
            if post {
                t!(locale, "email-nominated-declined-post", reason = reason)
            } else {
                t!(locale, "email-nominated-declined-person", reason = reason)
            },
        ),
    };
    OutcomeWords { subject, edge, tone, text }
}
