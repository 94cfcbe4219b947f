//! What a panelist's answer to a reply does, what its button says, and what they read afterwards.

use super::{AnswerEffect, AnswerKind};
use crate::kernel::locale::Locale;
use crate::t;

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
        (AnswerKind::Yes | AnswerKind::Partly | AnswerKind::NotWhatISaid | AnswerKind::Replied, _) => AnswerEffect::Recorded,
        (AnswerKind::StillBroken, AnswerCircumstances { own: false, .. }) => AnswerEffect::MeToo,
        (AnswerKind::StillBroken, AnswerCircumstances { open_again: true, .. }) => AnswerEffect::AlreadyOpen,
        (AnswerKind::StillBroken, AnswerCircumstances { not_due: true, .. }) => AnswerEffect::TooSoon,
        (AnswerKind::StillBroken, _) => AnswerEffect::Reopened,
    }
}

/// The label of an answer's button: it fits what will happen. None for an answer that makes no sense here, and for the one that has no
/// button of its own.
#[must_use]
pub fn button(locale: Locale, answer: AnswerKind, at: AnswerCircumstances) -> Option<String> {
    match (answer, at) {
        (AnswerKind::NotWhatISaid, AnswerCircumstances { own: false, .. }) | (AnswerKind::Replied, _) => None,
        (AnswerKind::StillBroken, AnswerCircumstances { own: false, .. }) => Some(t!(locale, "answer-broken-for-me-too")),
        (AnswerKind::StillBroken, AnswerCircumstances { not_due: true, open_again: false, .. }) => Some(t!(locale, "answer-too-late")),
        (AnswerKind::Yes, _) => Some(t!(locale, "answer-yes")),
        (AnswerKind::Partly, _) => Some(t!(locale, "answer-partly")),
        (AnswerKind::NotWhatISaid, _) => Some(t!(locale, "answer-not-what-i-said")),
        (AnswerKind::StillBroken, _) => Some(t!(locale, "answer-still-broken")),
    }
}

/// What a panelist reads after an answer.
#[must_use]
pub fn thanks(locale: Locale, answer: AnswerKind, effect: AnswerEffect) -> String {
    match (answer, effect) {
        (_, AnswerEffect::Outdated) => t!(locale, "thanks-outdated"),
        (AnswerKind::Yes, _) => t!(locale, "thanks-yes"),
        (AnswerKind::Partly, _) => t!(locale, "thanks-partly"),
        (AnswerKind::NotWhatISaid, _) => t!(locale, "thanks-not-what-i-said"),
        (AnswerKind::Replied, _) => t!(locale, "thanks-replied"),
        (AnswerKind::StillBroken, AnswerEffect::MeToo) => t!(locale, "thanks-me-too"),
        (AnswerKind::StillBroken, AnswerEffect::TooSoon) => t!(locale, "thanks-too-late"),
        (AnswerKind::StillBroken, AnswerEffect::AlreadyOpen) => t!(locale, "thanks-already-open"),
        (AnswerKind::StillBroken, _) => t!(locale, "thanks-reopened"),
    }
}
