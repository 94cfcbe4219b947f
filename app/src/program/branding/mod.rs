//! Branding: what guests see of the organisation besides its name. Its logo, an accent colour, the sender of emails, a signature and thanks.
//!
//! It belongs to a program, as the organisation's name does. A new program of an organisation starts with the branding of its newest program.
//! Where nothing is set, guests see the name in our own colours.

#[cfg(feature = "store")]
pub mod act;
pub mod colour;
#[cfg(feature = "ssr")]
pub mod page;
pub mod rules;
#[cfg(feature = "store")]
pub mod store;

use serde::{Deserialize, Serialize};

#[cfg(feature = "ssr")]
use crate::access::page::{Host, HostLogo};
use crate::kernel::ids::ProgramId;
#[cfg(feature = "store")]
use crate::{kernel::locale::Locale, t};

/// A program's branding, without the logo's picture.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "store", derive(sqlx::FromRow))]
pub struct Branding {
    pub program_id: ProgramId,
    #[cfg_attr(feature = "store", sqlx(flatten))]
    pub words: BrandingFields,
    #[cfg_attr(feature = "store", sqlx(flatten))]
    pub logo: LogoMeasures,
    /// 0 while nothing is set; every change adds one.
    pub revision: i64,
}

/// What is typed. Each may be empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "store", derive(sqlx::FromRow))]
pub struct BrandingFields {
    /// `#rrggbb`.
    pub accent: String,
    /// The name that emails come from, where it is not the organisation's.
    pub sender: String,
    /// A few lines that end emails, where they are not the sponsor and the organisation.
    pub signature: String,
    /// A line of thanks at the end of emails and of guests' pages.
    pub thanks: String,
}

/// A logo's fingerprint and size; none of it where there is no logo.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "store", derive(sqlx::FromRow))]
pub struct LogoMeasures {
    /// SHA-256 of the PNG file, in hexadecimal: the logo's address.
    pub logo_hash: Option<String>,
    /// In pixels.
    pub logo_width: Option<i64>,
    /// In pixels.
    pub logo_height: Option<i64>,
}

impl Branding {
    /// Nothing set.
    #[must_use]
    pub fn unset(program_id: ProgramId) -> Self {
        Self { program_id, words: BrandingFields::default(), logo: LogoMeasures::default(), revision: 0 }
    }
}

/// A logo that is safe to show: a PNG file that was written here, from pixels alone.
#[derive(Clone, PartialEq, Eq)]
pub struct Logo {
    pub png: Vec<u8>,
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
}

#[cfg(feature = "ssr")]
impl Branding {
    /// What guests of this organisation see.
    #[must_use]
    pub fn host(&self, name: String) -> Host {
        Host { name, logo: self.logo.shown(), style: self.words.style(), thanks: self.words.thanks.clone() }
    }
}

#[cfg(feature = "store")]
impl BrandingFields {
    /// The sender of a guest's email, and what ends it: thanks, and the signature or, without one, the sponsor and the organisation.
    #[must_use]
    pub fn email_words(&self, locale: Locale, sponsor: &str, organisation: &str) -> (String, String) {
        let sender = if self.sender.is_empty() { organisation } else { &self.sender };
        let thanks = if self.thanks.is_empty() { t!(locale, "email-thanks") } else { self.thanks.clone() };
        let mut lines = vec![thanks.as_str()];
        match self.signature.as_str() {
            "" => lines.extend([sponsor.trim(), organisation.trim()].into_iter().filter(|line| !line.is_empty())),
            signature => lines.push(signature),
        }
        (sender.to_owned(), lines.join("\n"))
    }
}

#[cfg(feature = "ssr")]
impl LogoMeasures {
    /// The logo's address and size.
    #[must_use]
    pub fn shown(&self) -> Option<HostLogo> {
        let hash = self.logo_hash.as_ref()?;
        Some(HostLogo { src: format!("/logos/{hash}.png"), width: self.logo_width?, height: self.logo_height? })
    }
}

#[cfg(feature = "ssr")]
impl BrandingFields {
    /// The custom properties of the accent colour, where one is set.
    #[must_use]
    pub fn style(&self) -> Option<String> {
        Some(colour::Palette::of(self.accent.parse().ok()?).css())
    }
}
