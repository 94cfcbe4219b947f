//! What may be typed, and how large a logo may be.

use super::BrandingFields;
use super::colour::{Colour, MIN_CONTRAST, contrast_on_light, is_readable, nearest_readable};
use crate::kernel::error::{Result, ValidationErrors};

/// The largest file that is taken as a logo, in bytes.
pub const MAX_LOGO_FILE_BYTES: usize = 1_000_000;
/// The most pixels that a logo file may have: 2,000 by 4,000.
pub const MAX_LOGO_FILE_PIXELS: u64 = 8_000_000;
/// A logo is kept at this size at most, in pixels: sharp at 48 pixels in height on any screen, and at 12 mm on paper.
pub const MAX_LOGO_WIDTH: u32 = 960;
/// See `MAX_LOGO_WIDTH`.
pub const MAX_LOGO_HEIGHT: u32 = 240;
/// The smallest logo that looks sharp, in pixels of its height.
pub const MIN_LOGO_HEIGHT: u32 = 24;
/// The most lines of a signature.
pub const MAX_SIGNATURE_LINES: usize = 6;

/// The fields, tidied.
///
/// # Errors
/// `Invalid`, with every mistake. A colour that cannot be read is refused with the nearest that can.
pub fn check(fields: &BrandingFields) -> Result<BrandingFields> {
    let mut errors = ValidationErrors::default();
    let accent = fields.accent.trim();
    let accent = match accent.parse::<Colour>() {
        _ if accent.is_empty() => String::new(),
        Ok(colour) if is_readable(colour) => colour.to_string(),
        Ok(colour) => {
            errors.add("accent", too_pale(colour));
            String::new()
        }
        Err(()) => {
            errors.add("accent", "Enter the colour as a hex code, such as #0B5FFF.");
            String::new()
        }
    };
    let checked = BrandingFields {
        accent,
        sender: errors.optional("sender", "The sender", &fields.sender, 80),
        signature: errors.optional_lines("signature", "The signature", &fields.signature, 400),
        thanks: errors.optional("thanks", "The thanks", &fields.thanks, 200),
    };
    if checked.signature.lines().count() > MAX_SIGNATURE_LINES {
        errors.add("signature", format!("Shorten the signature to {MAX_SIGNATURE_LINES} lines."));
    }
    errors.finish()?;
    Ok(checked)
}

fn too_pale(colour: Colour) -> String {
    format!(
        "{colour} is hard to read: its contrast is {:.1} to 1, and text needs {MIN_CONTRAST} to 1. The nearest colour that works is {}.",
        (contrast_on_light(colour) * 10.0).floor() / 10.0,
        nearest_readable(colour)
    )
}

/// A colour that was refused for its contrast, replaced by the nearest that can be read; none for anything else.
#[must_use]
pub fn suggested(typed: &str) -> Option<Colour> {
    typed.parse().ok().filter(|colour| !is_readable(*colour)).map(nearest_readable)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::error::Error;

    #[test]
    fn a_colour_that_cannot_be_read_is_refused_with_the_nearest_that_can() {
        let pale = BrandingFields { accent: "#FFD400".into(), ..BrandingFields::default() };
        let why = check(&pale).expect_err("refused").message();
        let nearest = suggested("#FFD400").expect("a suggestion").to_string();
        assert!(why.contains("its contrast is 1.2 to 1") && why.ends_with(&format!("works is {nearest}.")), "{why}");
        let taken = check(&BrandingFields { accent: nearest.clone(), ..BrandingFields::default() }).expect("readable");
        assert_eq!(taken.accent, nearest);
        assert_eq!((suggested("#2546b8"), suggested("no colour")), (None, None));
    }

    #[test]
    fn every_mistake_is_said_at_once() {
        let wrong = BrandingFields {
            accent: "blue".into(),
            sender: "x".repeat(81),
            signature: "a\n".repeat(MAX_SIGNATURE_LINES + 1) + "b",
            thanks: "x".repeat(201),
        };
        let Err(Error::Invalid(mistakes)) = check(&wrong) else { panic!("taken") };
        let fields: Vec<&str> = mistakes.iter().map(|(field, _)| field.as_str()).collect();
        assert_eq!(fields, ["accent", "sender", "thanks", "signature"]);
        assert_eq!(check(&BrandingFields::default()).expect("nothing set is fine"), BrandingFields::default());
    }
}
