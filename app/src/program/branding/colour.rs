//! The accent colour of guests' pages: read from a hex code, held to the contrast that WCAG 2 asks for, and worked out into the shades that
//! pages need in light and dark.
//!
//! Sources: relative luminance and contrast ratio as defined in WCAG 2.2, <https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio>.

use std::fmt;
use std::str::FromStr;

/// The least contrast of text (WCAG 2.2, success criterion 1.4.3, level AA).
pub const MIN_CONTRAST: f64 = 4.5;
/// What dark shades aim for on `DARK`, so that enough contrast is left on a wash.
const DARK_CONTRAST: f64 = 7.0;

/// The backgrounds of pages on which accent text has the least contrast: `--sunk` in light, `--card` in dark (style/00-tokens.css).
const LIGHT: Colour = Colour([0xf3, 0xf1, 0xed]);
const DARK: Colour = Colour([0x1f, 0x21, 0x24]);
/// What is written on the accent: `--accent-ink`.
const ON_LIGHT: Colour = Colour([0xff, 0xff, 0xff]);
#[cfg(test)]
const ON_DARK: Colour = Colour([0x10, 0x13, 0x1f]);
const BLACK: Colour = Colour([0, 0, 0]);
/// Steps between a colour and black or white.
const STEPS: u32 = 512;

/// An sRGB colour, one byte each for red, green and blue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Colour(pub [u8; 3]);

impl FromStr for Colour {
    type Err = ();

    /// `#0b5fff`, `0B5FFF`, or `#05f` for `#0055ff`.
    fn from_str(text: &str) -> Result<Self, ()> {
        let digits = text.trim().strip_prefix('#').unwrap_or(text.trim());
        let digits: Vec<u8> = digits
            .chars()
            .map(|digit| digit.to_digit(16).and_then(|digit| u8::try_from(digit).ok()).ok_or(()))
            .collect::<Result<_, ()>>()?;
        match digits.as_slice() {
            [r, g, b] => Ok(Self([r * 17, g * 17, b * 17])),
            [r1, r2, g1, g2, b1, b2] => Ok(Self([r1 * 16 + r2, g1 * 16 + g2, b1 * 16 + b2])),
            _ => Err(()),
        }
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self([r, g, b]) = self;
        write!(f, "#{r:02x}{g:02x}{b:02x}")
    }
}

impl Colour {
    /// Relative luminance, from 0 for black to 1 for white.
    #[must_use]
    pub fn luminance(self) -> f64 {
        let [r, g, b] = self.0.map(linear);
        0.2126 * r + 0.7152 * g + 0.0722 * b
    }

    /// The contrast ratio, from 1 to 21.
    #[must_use]
    pub fn contrast(self, other: Self) -> f64 {
        let (a, b) = (self.luminance(), other.luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    /// `share` of `other` in this colour, from 0 to 1.
    fn mixed(self, other: Self, share: f64) -> Self {
        let mut parts = self.0;
        for (part, other) in parts.iter_mut().zip(other.0) {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between two bytes")]
            let mixed = (f64::from(*part) + (f64::from(other) - f64::from(*part)) * share).round() as u8;
            *part = mixed;
        }
        Self(parts)
    }

    /// The nearest shade towards `end` that passes, this colour first; `end` where none does.
    fn towards(self, end: Self, passes: impl Fn(Self) -> bool) -> Self {
        (0..=STEPS).map(|step| self.mixed(end, f64::from(step) / f64::from(STEPS))).find(|shade| passes(*shade)).unwrap_or(end)
    }
}

/// The light that a byte of sRGB stands for.
fn linear(byte: u8) -> f64 {
    let value = f64::from(byte) / 255.0;
    if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
}

/// Whether text in this colour can be read on a light page, and white text on it.
#[must_use]
pub fn is_readable(colour: Colour) -> bool {
    contrast_on_light(colour) >= MIN_CONTRAST
}

/// The least contrast that this colour has on a light page, with text on it or as text.
#[must_use]
pub fn contrast_on_light(colour: Colour) -> f64 {
    colour.contrast(LIGHT).min(colour.contrast(ON_LIGHT))
}

/// The nearest darker shade that is readable; the colour itself where it is.
#[must_use]
pub fn nearest_readable(colour: Colour) -> Colour {
    colour.towards(BLACK, is_readable)
}

/// What pages need of an accent: each shade in light and in dark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Palette {
    /// Links, and the background of the main button.
    pub accent: [Colour; 2],
    /// The same under the pointer.
    pub hover: [Colour; 2],
    /// A quiet background, on which accent text is readable.
    pub wash: [Colour; 2],
}

impl Palette {
    /// The shades of a readable accent. In dark, it is lightened until it has contrast there.
    #[must_use]
    pub fn of(accent: Colour) -> Self {
        let dark = accent.towards(ON_LIGHT, |shade| shade.contrast(DARK) >= DARK_CONTRAST);
        Self {
            accent: [accent, dark],
            hover: [accent.mixed(BLACK, 0.25), dark.mixed(ON_LIGHT, 0.3)],
            wash: [wash(ON_LIGHT, accent, 0.08), wash(DARK, dark, 0.14)],
        }
    }

    /// The custom properties of style/00-tokens.css that differ.
    #[must_use]
    pub fn css(&self) -> String {
        let pair = |[light, dark]: [Colour; 2]| format!("light-dark({light},{dark})");
        format!("--accent:{};--accent-2:{};--accent-wash:{}", pair(self.accent), pair(self.hover), pair(self.wash))
    }
}

/// `background` with as much of `accent` as leaves accent text readable, up to `share`.
fn wash(background: Colour, accent: Colour, share: f64) -> Colour {
    (0..=8)
        .map(|eighth| background.mixed(accent, share * f64::from(8 - eighth) / 8.0))
        .find(|wash| accent.contrast(*wash) >= MIN_CONTRAST)
        .unwrap_or(background)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn colour(text: &str) -> Colour {
        text.parse().expect("a colour")
    }

    #[test]
    fn contrast_is_that_of_wcag() {
        // Figures of the WebAIM contrast checker.
        for (one, other, ratio) in
            [("#000000", "#ffffff", 21.0), ("#777777", "#ffffff", 4.48), ("#ff0000", "#ffffff", 4.0), ("#2546b8", "#ffffff", 7.93)]
        {
            assert!(
                (colour(one).contrast(colour(other)) - ratio).abs() < 0.01,
                "{one} on {other}: {}",
                colour(one).contrast(colour(other))
            );
        }
    }

    #[test]
    fn a_colour_is_read_in_the_usual_spellings() {
        for text in ["#0B5FFF", "0b5fff", " #0b5fff "] {
            assert_eq!(colour(text).to_string(), "#0b5fff");
        }
        assert_eq!(colour("#05f").to_string(), "#0055ff");
        for text in ["", "#", "blue", "#12", "#12345", "#1234567", "#12345g", "rgb(1,2,3)", "#0b5fff;}", "#é12"] {
            assert!(text.parse::<Colour>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_bright_yellow_becomes_the_nearest_shade_that_can_be_read() {
        let yellow = colour("#ffd400");
        assert!(!is_readable(yellow) && contrast_on_light(yellow) < 1.5);
        let nearest = nearest_readable(yellow);
        assert!(is_readable(nearest) && contrast_on_light(nearest) < MIN_CONTRAST + 0.1, "{nearest}");
        assert_eq!(nearest_readable(colour("#2546b8")).to_string(), "#2546b8");
    }

    proptest! {
        #[test]
        fn every_shade_of_every_accent_can_be_read(bytes: [u8; 3]) {
            let nearest = nearest_readable(Colour(bytes));
            prop_assert!(is_readable(nearest));
            let palette = Palette::of(nearest);
            for theme in [0, 1] {
                let background = [LIGHT, DARK][theme];
                for accent in [palette.accent[theme], palette.hover[theme]] {
                    prop_assert!(accent.contrast(background) >= MIN_CONTRAST);
                    prop_assert!(accent.contrast([ON_LIGHT, ON_DARK][theme]) >= MIN_CONTRAST);
                }
                prop_assert!(palette.accent[theme].contrast(palette.wash[theme]) >= MIN_CONTRAST);
            }
        }
    }
}
