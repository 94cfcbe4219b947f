//! The emails to those who nominate: their link, and what became of what they heard.

use app::casework::nomination::{self, NominationKind, NominationState};
use app::follow_up::report::rules::ReportTone;
use app::kernel::error::{Error, Result};
use app::kernel::ids::NominationId;
use app::listening::mention;
use app::program;

use super::context::TemplateContext;
use super::message::{Email, EmailBlock, QuotedItem};

/// The link that somebody asked for.
pub(super) async fn link(context: &mut TemplateContext<'_>) -> Result<Email> {
    let url = context.url().await?;
    Ok(Email::new(
        "Your link to say “I heard this”",
        "en",
        &[
            EmailBlock::Headline("What did you hear?".into()),
            context.greeting(),
            EmailBlock::Text(
                "with this link you nominate a post that deserves an answer, or a person whom we should ask, and see what became of it."
                    .into(),
            ),
            EmailBlock::Button("I heard this".into(), url),
            EmailBlock::Small(
                "The link is yours alone, please do not pass it on. If you did not ask for it, you can ignore this email.".into(),
            ),
        ],
    ))
}

/// What became of a nomination: its words as they are now, the outcome as it was when the email was queued.
pub(super) async fn outcome(context: &mut TemplateContext<'_>) -> Result<Email> {
    let id: NominationId = context.param("nomination").parse().map_err(|_| Error::NotFound)?;
    let outcome: NominationState = context.param("outcome").parse().map_err(|_| Error::NotFound)?;
    let nominated = nomination::store::find(context.tx, id).await?.ok_or(Error::NotFound)?;
    let program = program::store::find(context.tx, nominated.program_id).await?.ok_or(Error::NotFound)?;
    let words = match nominated.mention_id {
        Some(mention) => mention::store::find(context.tx, mention).await?.map(|mention| mention.text),
        None => nominated.text.clone().or_else(|| nominated.person.clone()),
    };
    let url = context.url().await?;
    let mention = nominated.kind == NominationKind::Post;
    let reason = nominated.reason.clone().unwrap_or_default();
    let OutcomeWords { headline, edge, tone, text } = outcome_words(outcome, mention, &reason);
    let mut blocks = vec![
        EmailBlock::Headline(headline.into()),
        context.greeting(),
        EmailBlock::Item(QuotedItem {
            by: "You heard".into(),
            text: words.or_else(|| nominated.url.clone()).unwrap_or_default(),
            edge: edge.into(),
            tone,
            organisation: program.charter.organisation.clone(),
            replies: vec![],
            small: vec![],
        }),
        EmailBlock::Text(text),
    ];
    match (outcome, &nominated.answer_url) {
        (NominationState::Answered, Some(answer)) => {
            blocks.push(EmailBlock::Button("Read the answer".into(), answer.clone()));
            blocks.push(EmailBlock::Text(format!("Everything you nominated, and what became of it:\n{url}")));
        }
        _ => blocks.push(EmailBlock::Button("See what you nominated".into(), url)),
    }
    blocks.push(EmailBlock::Small(format!("You get this because you nominated it for {}. The link is yours alone.", program.charter.name)));
    let subject = match outcome {
        NominationState::Answered => "What you heard has an answer",
        NominationState::Closed => "What you heard was closed",
        NominationState::Declined => "What you heard: not taken up",
        NominationState::New | NominationState::Accepted => "What you heard is taken up",
    };
    Ok(Email::new(subject, "en", &blocks))
}

/// What became of a nomination, in words.
struct OutcomeWords {
    headline: &'static str,
    edge: &'static str,
    tone: ReportTone,
    text: String,
}

fn outcome_words(outcome: NominationState, mention: bool, reason: &str) -> OutcomeWords {
    let thing = if mention { "the post" } else { "the person" };
    let (headline, edge, tone, text) = match outcome {
        NominationState::New | NominationState::Accepted if mention => (
            "Somebody looks after it.",
            "accepted",
            ReportTone::Promised,
            "thank you. The post that you nominated is taken up. We write again when it has an answer.".to_owned(),
        ),
        NominationState::New | NominationState::Accepted => (
            "Somebody looks after it.",
            "accepted",
            ReportTone::Promised,
            "thank you. The person whom you nominated is on our list of people to ask.".to_owned(),
        ),
        NominationState::Answered => {
            ("It has an answer.", "answered", ReportTone::Good, "the post that you nominated has a public answer. Read it here:".to_owned())
        }
        NominationState::Closed => (
            "There will be no public answer.",
            "closed",
            ReportTone::Quiet,
            format!("the post that you nominated was closed without a public answer. {reason}"),
        ),
        NominationState::Declined => (
            "We do not take this up.",
            "declined",
            ReportTone::Quiet,
            format!("thank you for nominating {thing}. We do not take it up: {reason}"),
        ),
    };
    OutcomeWords { headline, edge, tone, text }
}
