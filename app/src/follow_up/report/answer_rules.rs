//! What a panelist's answer to a reply does, what its button says, and what they read afterwards.

use super::{AnswerEffect, AnswerKind};

/// What is known when somebody answers a reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AnswerCircumstances {
    /// They raised the item themself.
    pub own: bool,
    /// The reply is the newest answer to the item; an older report may hold an older one.
    pub current: bool,
    /// It promises something whose day has not passed, and that is not confirmed as kept.
    pub not_due: bool,
    /// The item was opened again after that answer.
    pub open_again: bool,
}

/// What an answer does. One tap reopens an item only where its speaker raised it, the answer is the newest, its promise is due, and nobody has
/// reopened it yet. Everything else is recorded, counted and shown to staff, who decide.
///
/// | "still broken" | does |
/// |---|---|
/// | to an answer that was replaced since | nothing: it is recorded |
/// | about an item that somebody else raised | counts as "me too" |
/// | when the item is open again already | nothing: it is recorded |
/// | before the promised day | tells owner and staff that it is not enough, or too late |
/// | else | reopens the item |
#[must_use]
pub const fn effect(answer: AnswerKind, at: AnswerCircumstances) -> AnswerEffect {
    match (answer, at) {
        (_, AnswerCircumstances { current: false, .. }) => AnswerEffect::Outdated,
        (AnswerKind::Yes | AnswerKind::Partly | AnswerKind::NotWhatISaid, _) => AnswerEffect::Recorded,
        (AnswerKind::StillBroken, AnswerCircumstances { own: false, .. }) => AnswerEffect::MeToo,
        (AnswerKind::StillBroken, AnswerCircumstances { open_again: true, .. }) => AnswerEffect::AlreadyOpen,
        (AnswerKind::StillBroken, AnswerCircumstances { not_due: true, .. }) => AnswerEffect::TooSoon,
        (AnswerKind::StillBroken, _) => AnswerEffect::Reopened,
    }
}

/// What the button of an answer says: it fits what will happen. None where the answer makes no sense.
#[must_use]
pub const fn button(answer: AnswerKind, at: AnswerCircumstances) -> Option<&'static str> {
    match (answer, at) {
        (AnswerKind::NotWhatISaid, AnswerCircumstances { own: false, .. }) => None,
        (AnswerKind::StillBroken, AnswerCircumstances { own: false, .. }) => Some("Broken for me too"),
        (AnswerKind::StillBroken, AnswerCircumstances { not_due: true, open_again: false, .. }) => Some("Not enough, or too late"),
        _ => Some(answer.label()),
    }
}

/// What a panelist is told after an answer.
#[must_use]
pub const fn thanks(answer: AnswerKind, effect: AnswerEffect) -> &'static str {
    match (answer, effect) {
        (_, AnswerEffect::Outdated) => {
            "Your answer is recorded. This item has a newer answer than the one in this report, so nothing is opened again. The next report will include it."
        }
        (AnswerKind::Yes, _) => "You said: yes. Thank you.",
        (AnswerKind::Partly, _) => "You said: partly. The program team sees it.",
        (AnswerKind::NotWhatISaid, _) => "You said: not what I said. The program team will look at the wording again.",
        (AnswerKind::StillBroken, AnswerEffect::MeToo) => {
            "You said: broken for me too. You are counted, and the program team decides whether the item is opened again."
        }
        (AnswerKind::StillBroken, AnswerEffect::TooSoon) => {
            "You said: not enough, or too late. The promised day has not come, so the promise stays as it is. The program team sees what you say."
        }
        (AnswerKind::StillBroken, AnswerEffect::AlreadyOpen) => {
            "You said: still broken. The item is open again already, and your answer is added."
        }
        (AnswerKind::StillBroken, _) => "You said: still broken. The item is open again.",
    }
}
