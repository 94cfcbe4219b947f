//! The fonts of a report: measuring, breaking into lines, and what to do with a character that no font has.

use std::path::Path;

use app::kernel::error::{Error, Result};
use printpdf::{FontId, ParsedFont, PdfDocument, PdfFont, PdfFontHandle};

/// Whose words they are: the panel speaks in serif, the company in sans.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Face {
    Serif,
    Sans,
    SansBold,
}

impl Face {
    /// The font's name inside the file. Its first six letters mark the subset, so they differ.
    const fn name(self) -> &'static str {
        match self {
            Self::Serif => "VOICEA",
            Self::Sans => "SANSAA",
            Self::SansBold => "SANSBB",
        }
    }

    pub fn handle(self) -> PdfFontHandle {
        PdfFontHandle::External(FontId(self.name().into()))
    }
}

/// The three fonts, parsed.
pub struct Fonts {
    serif: PdfFont,
    sans: PdfFont,
    bold: PdfFont,
}

impl Fonts {
    pub fn open(folder: &Path) -> Result<Self> {
        let read = |name: &str| -> Result<PdfFont> {
            let path = folder.join(name);
            let missing = |why: String| {
                Error::unavailable(format!(
                    "The font {} that PDF reports need cannot be read: {why}. `make build` puts it there.",
                    path.display()
                ))
            };
            let bytes = std::fs::read(&path).map_err(|e| missing(e.to_string()))?;
            let font = ParsedFont::from_bytes(&bytes, 0, &mut Vec::new()).ok_or_else(|| missing("it is not a font".into()))?;
            Ok(PdfFont::new(font))
        };
        Ok(Self { serif: read("NotoSerif-Regular.ttf")?, sans: read("NotoSans-Regular.ttf")?, bold: read("NotoSans-Bold.ttf")? })
    }

    /// Gives the fonts to a file. printpdf embeds only the glyphs that it uses.
    pub fn register(&self, file: &mut PdfDocument) {
        for (face, font) in [(Face::Serif, &self.serif), (Face::Sans, &self.sans), (Face::SansBold, &self.bold)] {
            file.resources.fonts.map.insert(FontId(face.name().into()), font.clone());
        }
    }

    fn font(&self, face: Face) -> &ParsedFont {
        match face {
            Face::Serif => &self.serif.parsed_font,
            Face::Sans => &self.sans.parsed_font,
            Face::SansBold => &self.bold.parsed_font,
        }
    }

    /// Text that this face can set: line ends become spaces, invisible characters go, and a character that the font does
    /// not have (an emoji, a script that we do not carry) becomes a replacement mark, so that nobody's words silently lose a piece.
    pub fn settable(&self, face: Face, text: &str) -> String {
        let font = self.font(face);
        let mut set = String::with_capacity(text.len());
        for c in text.chars() {
            match c {
                '\n' | '\r' | '\t' => set.push(' '),
                c if c.is_control()
                    || matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}') =>
                    {}
                c if font.lookup_glyph_index(c as u32).is_some_and(|glyph| glyph != 0) => set.push(c),
                _ if font.lookup_glyph_index(0xFFFD).is_some_and(|glyph| glyph != 0) => set.push('\u{FFFD}'),
                _ => set.push('?'),
            }
        }
        set
    }

    /// The width of a character in points: thousandths of an em, whole, as the file states them.
    fn advance(&self, face: Face, size: f32, c: char) -> f32 {
        let font = self.font(face);
        let units = f32::from(font.pdf_font_metrics.units_per_em);
        let raw = font.lookup_glyph_index(c as u32).map_or(0, |glyph| font.get_horizontal_advance(glyph));
        (f32::from(raw) * 1000.0 / units).trunc() * size / 1000.0
    }

    /// The width of settable text in points.
    pub fn width(&self, face: Face, size: f32, text: &str) -> f32 {
        text.chars().map(|c| self.advance(face, size, c)).sum()
    }

    /// Lines of at most `limit` points. A word that is longer than a line is cut.
    pub fn lines(&self, face: Face, size: f32, limit: f32, text: &str) -> Vec<String> {
        let space = self.advance(face, size, ' ');
        let mut lines = Vec::new();
        let (mut line, mut used) = (String::new(), 0.0);
        for word in self.settable(face, text).split(' ').filter(|word| !word.is_empty()) {
            let width = self.width(face, size, word);
            if !line.is_empty() && used + space + width > limit {
                lines.push(std::mem::take(&mut line));
                used = 0.0;
            }
            if !line.is_empty() {
                line.push(' ');
                used += space;
            }
            if width <= limit {
                line.push_str(word);
                used += width;
                continue;
            }
            for c in word.chars() {
                let width = self.advance(face, size, c);
                if !line.is_empty() && used + width > limit {
                    lines.push(std::mem::take(&mut line));
                    used = 0.0;
                }
                line.push(c);
                used += width;
            }
        }
        if !line.is_empty() {
            lines.push(line);
        }
        lines
    }
}
