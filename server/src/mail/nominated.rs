//! The letters to those who nominate: their link, and what became of what they heard.

use app::error::{Error, Result};
use app::ids::NominationId;
use app::nomination::{self, Kind, State};
use app::report::rules::Tone;
use app::{mention, program};

use super::letter::{Block, Heard, Letter};
use super::templates::Desk;

/// The link that somebody asked for.
pub(super) async fn link(desk: &mut Desk<'_>) -> Result<Letter> {
    let url = desk.url().await?;
    Ok(Letter::new(
        "Your link to say “I heard this”",
        "en",
        &[
            Block::Headline("What did you hear?".into()),
            desk.greeting(),
            Block::Text(
                "with this link you nominate a post that deserves an answer, or a person whom we should ask, and see what became of it."
                    .into(),
            ),
            Block::Button("I heard this".into(), url),
            Block::Small("The link is yours alone, please do not pass it on. If you did not ask for it, you can ignore this mail.".into()),
        ],
    ))
}

/// What became of a nomination: its words as they are now, the outcome as it was when the mail was queued.
pub(super) async fn outcome(desk: &mut Desk<'_>) -> Result<Letter> {
    let id: NominationId = desk.says("nomination").parse().map_err(|_| Error::NotFound)?;
    let outcome: State = desk.says("outcome").parse().map_err(|_| Error::NotFound)?;
    let nominated = nomination::store::find(desk.tx, id).await?.ok_or(Error::NotFound)?;
    let program = program::store::find(desk.tx, nominated.program_id).await?.ok_or(Error::NotFound)?;
    let words = match nominated.mention_id {
        Some(post) => mention::store::find(desk.tx, post).await?.map(|post| post.text),
        None => nominated.text.clone().or_else(|| nominated.person.clone()),
    };
    let url = desk.url().await?;
    let post = nominated.kind == Kind::Post;
    let thing = if post { "the post" } else { "the person" };
    let reason = nominated.reason.clone().unwrap_or_default();
    let (headline, edge, tone, text) = match outcome {
        State::New | State::Accepted if post => (
            "Somebody looks after it.",
            "accepted",
            Tone::Promised,
            "thank you. The post that you nominated is taken up. We write again when it has an answer.".to_owned(),
        ),
        State::New | State::Accepted => (
            "Somebody looks after it.",
            "accepted",
            Tone::Promised,
            "thank you. The person whom you nominated is on our list of people to ask.".to_owned(),
        ),
        State::Answered => {
            ("It has an answer.", "answered", Tone::Good, "the post that you nominated has a public answer. Read it here:".to_owned())
        }
        State::Closed => (
            "There will be no public answer.",
            "closed",
            Tone::Quiet,
            format!("the post that you nominated was closed without a public answer. {reason}"),
        ),
        State::Declined => (
            "We do not take this up.",
            "declined",
            Tone::Quiet,
            format!("thank you for nominating {thing}. We do not take it up: {reason}"),
        ),
    };
    let mut blocks = vec![
        Block::Headline(headline.into()),
        desk.greeting(),
        Block::Heard(Heard {
            by: "You heard".into(),
            text: words.or_else(|| nominated.url.clone()).unwrap_or_default(),
            edge: edge.into(),
            tone,
            organisation: program.organisation.clone(),
            replies: vec![],
            small: vec![],
        }),
        Block::Text(text),
    ];
    match (outcome, &nominated.answer_url) {
        (State::Answered, Some(answer)) => {
            blocks.push(Block::Button("Read the answer".into(), answer.clone()));
            blocks.push(Block::Text(format!("Everything you nominated, and what became of it:\n{url}")));
        }
        _ => blocks.push(Block::Button("See what you nominated".into(), url)),
    }
    blocks.push(Block::Small(format!("You get this because you nominated it for {}. The link is yours alone.", program.name)));
    let subject = match outcome {
        State::Answered => "What you heard has an answer",
        State::Closed => "What you heard was closed",
        State::Declined => "What you heard: not taken up",
        State::New | State::Accepted => "What you heard is taken up",
    };
    Ok(Letter::new(subject, "en", &blocks))
}
