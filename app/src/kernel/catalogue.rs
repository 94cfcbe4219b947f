//! The Fluent catalogues in `app/locales/`, read once. They are part of the binary.

use std::sync::OnceLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

use super::locale::Locale;
use super::message_arg::Arg;

/// The files of English. Another language has the same ones, in its own folder.
const EN: &[&str] = &[
    include_str!("../../locales/en/dates.ftl"),
    include_str!("../../locales/en/guest.ftl"),
    include_str!("../../locales/en/errors.ftl"),
    include_str!("../../locales/en/failures.ftl"),
    include_str!("../../locales/en/invitation.ftl"),
    include_str!("../../locales/en/item.ftl"),
    include_str!("../../locales/en/portal.ftl"),
    include_str!("../../locales/en/report.ftl"),
    include_str!("../../locales/en/nomination.ftl"),
    include_str!("../../locales/en/email.ftl"),
];

fn bundle(locale: Locale) -> &'static FluentBundle<FluentResource> {
    static ENGLISH: OnceLock<FluentBundle<FluentResource>> = OnceLock::new();
    match locale {
        Locale::En => ENGLISH.get_or_init(|| read(locale, EN)),
    }
}

/// What is wrong in a catalogue is left out here; `app/tests/messages.rs` fails on it.
fn read(locale: Locale, files: &[&str]) -> FluentBundle<FluentResource> {
    let language: LanguageIdentifier = locale.tag().parse().unwrap_or_default();
    let mut bundle = FluentBundle::new_concurrent(vec![language]);
    // The marks that isolate arguments would show up in plain-text email and in PDF.
    bundle.set_use_isolating(false);
    for file in files {
        let resource = FluentResource::try_new((*file).to_owned()).unwrap_or_else(|(resource, _)| resource);
        if let Err(errors) = bundle.add_resource(resource) {
            tracing::error!(?errors, locale = locale.tag(), "a catalogue has the same message twice");
        }
    }
    bundle
}

/// The sentence of a code. An unknown code shows itself.
pub(super) fn text(locale: Locale, code: &str, args: &[(&str, Arg)]) -> String {
    let bundle = bundle(locale);
    let Some(pattern) = bundle.get_message(code).and_then(|message| message.value()) else {
        tracing::error!(code, locale = locale.tag(), "a message is missing");
        return code.to_owned();
    };
    let mut values = FluentArgs::with_capacity(args.len());
    for (name, value) in args {
        values.set(*name, value_of(locale, value));
    }
    let mut errors = Vec::new();
    let words = bundle.format_pattern(pattern, Some(&values), &mut errors);
    if !errors.is_empty() {
        tracing::error!(code, ?errors, locale = locale.tag(), "a message lacks an argument");
    }
    words.into_owned()
}

fn value_of(locale: Locale, value: &Arg) -> FluentValue<'static> {
    match value {
        Arg::Text(text) => FluentValue::from(text.clone()),
        Arg::Number(number) => FluentValue::from(*number),
        Arg::Date(day) => FluentValue::from(locale.long_date(*day)),
    }
}
