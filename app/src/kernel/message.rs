//! Sentences by code: `t!` words one from the catalogues, `coded!` makes an error's message that is worded when its reader is known.
//!
//! `app/tests/messages.rs` compares every code and argument in the sources with the catalogues.

use std::borrow::Borrow;
use std::fmt;
use std::ops::Deref;

use super::locale::Locale;
pub use super::message_arg::Arg;

/// What an error says: a sentence for staff, or a code with arguments for guests.
#[derive(Clone, Debug)]
pub struct Message {
    /// The sentence in the default language.
    text: String,
    code: Option<(&'static str, Vec<(&'static str, Arg)>)>,
}

impl Message {
    /// A message of the catalogues.
    #[must_use]
    pub fn coded(code: &'static str, args: Vec<(&'static str, Arg)>) -> Self {
        Self { text: text(Locale::default(), code, &args), code: Some((code, args)) }
    }

    /// The sentence in the default language.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Its code, where it has one.
    #[must_use]
    pub fn code(&self) -> Option<&'static str> {
        self.code.as_ref().map(|(code, _)| *code)
    }

    /// Its code and arguments, where it has a code.
    #[must_use]
    pub fn parts(&self) -> Option<(&'static str, &[(&'static str, Arg)])> {
        self.code.as_ref().map(|(code, args)| (*code, args.as_slice()))
    }

    /// The sentence as its reader reads it. Without a code it is what staff read.
    #[must_use]
    pub fn in_locale(&self, locale: Locale) -> String {
        match &self.code {
            Some((code, args)) if locale != Locale::default() => text(locale, code, args),
            _ => self.text.clone(),
        }
    }
}

impl From<String> for Message {
    fn from(text: String) -> Self {
        Self { text, code: None }
    }
}

impl From<&str> for Message {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

impl From<Message> for String {
    fn from(message: Message) -> Self {
        message.text
    }
}

impl Deref for Message {
    type Target = str;

    fn deref(&self) -> &str {
        &self.text
    }
}

impl Borrow<str> for Message {
    fn borrow(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl PartialEq for Message {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Message {}

impl PartialEq<str> for Message {
    fn eq(&self, other: &str) -> bool {
        self.text == other
    }
}

impl PartialEq<&str> for Message {
    fn eq(&self, other: &&str) -> bool {
        self.text == *other
    }
}

/// The sentence of a code. `t!` calls this, and `Failure` for what `coded!` stored; nothing else should, since the test reads codes from those two.
#[cfg(feature = "store")]
#[must_use]
pub fn text(locale: Locale, code: &str, args: &[(&str, Arg)]) -> String {
    super::catalogue::text(locale, code, args)
}

/// The browser has no catalogues: nothing that moves there speaks to guests.
#[cfg(not(feature = "store"))]
#[must_use]
pub fn text(_: Locale, code: &str, _: &[(&str, Arg)]) -> String {
    code.to_owned()
}

/// A sentence from the catalogues: `t!(locale, "portal-hello", name = me.name)`.
#[macro_export]
macro_rules! t {
    ($locale:expr, $code:literal $(, $name:ident = $value:expr)* $(,)?) => {
        $crate::kernel::message::text($locale, $code, &[$((stringify!($name), $crate::kernel::message::Arg::from($value))),*])
    };
}

/// An error's message that is worded when its reader is known: `Error::conflict(coded!("error-invitation-answered"))`.
#[macro_export]
macro_rules! coded {
    ($code:literal $(, $name:ident = $value:expr)* $(,)?) => {
        $crate::kernel::message::Message::coded($code, vec![$((stringify!($name), $crate::kernel::message::Arg::from($value))),*])
    };
}
