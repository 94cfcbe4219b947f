//! The report as PDF: A4, the panel's words in serif, the company's in sans, fonts embedded as subsets.
//!
//! `fonts` holds the fonts and measures, `layout` puts lines on pages, `report` knows what a report looks like. The
//! final document is the truth; the same edition under the same logo gives the same bytes within one build, since nothing in the file is
//! random or read from a clock.

mod report;
mod layout;
mod fonts;

use std::path::Path;

use app::follow_up::report::ReportEdition;
use app::follow_up::report::rules::canonical;
use app::kernel::error::{Error, Result};
use lopdf::{Object, StringFormat, dictionary};
use printpdf::{PdfDocument, PdfSaveOptions, to_lopdf_doc};
use sha2::{Digest, Sha256};

use crate::logo::Pixels;
use fonts::Fonts;

/// Prints reports. Made once: reading the fonts is the slow part.
pub struct PdfRenderer {
    fonts: Fonts,
}

impl PdfRenderer {
    /// Reads the fonts in `folder` (`NotoSerif-Regular.ttf`, `NotoSans-Regular.ttf`, `NotoSans-Bold.ttf`).
    ///
    /// # Errors
    /// `Unavailable`, naming the file that is missing or is not a font.
    pub fn open(folder: &Path) -> Result<Self> {
        Ok(Self { fonts: Fonts::open(folder)? })
    }

    /// One edition as a PDF file, headed by the organisation's logo, where it has one.
    ///
    /// # Errors
    /// `Internal` when the file cannot be written out, which only a defect can cause.
    pub fn report(&self, edition: &ReportEdition, logo: Option<&Pixels>) -> Result<Vec<u8>> {
        let title = edition.title();
        let pages = report::lay_out(&self.fonts, edition, logo);
        let mut file = PdfDocument::new(&title);
        if let Some(logo) = logo {
            layout::register(&mut file, logo);
        }
        file.metadata.info.author = edition.document.organisation.clone();
        file.metadata.info.subject = edition.kicker();
        file.metadata.info.creator = "Weheard".into();
        file.metadata.info.producer = "Weheard".into();
        self.fonts.register(&mut file);
        file.with_pages(pages);

        let mut pdf = to_lopdf_doc(&file, &PdfSaveOptions::default(), &mut Vec::new());
        set_document_id(&mut pdf, edition, logo, &title);
        pdf.compress();
        let mut bytes = Vec::with_capacity(64 * 1024);
        pdf.save_to(&mut bytes).map_err(|e| Error::Internal(format!("a report could not be written as PDF: {e}")))?;
        Ok(bytes)
    }
}

/// The dates and the `/ID` come from the document, so that one edition is always the same file. printpdf would draw both anew.
fn set_document_id(pdf: &mut lopdf::Document, edition: &ReportEdition, logo: Option<&Pixels>, title: &str) {
    let document = &edition.document;
    let mut sha = Sha256::new();
    sha.update(canonical(document));
    for (item, yours) in edition.items() {
        sha.update(format!("{yours}{item:?}"));
    }
    sha.update(format!("{:?}", edition.reader));
    if let Some(logo) = logo {
        sha.update(&logo.rgba);
    }
    let id = Object::String(sha.finalize()[..16].to_vec(), StringFormat::Hexadecimal);
    pdf.trailer.set("ID", vec![id.clone(), id]);

    let date = Object::string_literal(document.finalised_at.format("D:%Y%m%d%H%M%SZ").to_string());
    let utf16 = |text: &str| {
        let bytes = [0xFE, 0xFF].into_iter().chain(text.encode_utf16().flat_map(u16::to_be_bytes)).collect();
        Object::String(bytes, StringFormat::Hexadecimal)
    };
    let info = pdf.add_object(dictionary! {
        "Title" => utf16(title),
        "Author" => utf16(&document.organisation),
        "Subject" => utf16(&edition.kicker()),
        "Creator" => utf16("Weheard"),
        "Producer" => utf16("Weheard"),
        "CreationDate" => date.clone(),
        "ModDate" => date,
    });
    if let Ok(old) = pdf.trailer.get(b"Info").and_then(Object::as_reference) {
        pdf.objects.remove(&old);
    }
    pdf.trailer.set("Info", info);
    if let Ok(catalog) = pdf.catalog_mut() {
        catalog.set("Lang", Object::string_literal(document.language.as_str()));
        catalog.set("ViewerPreferences", dictionary! { "DisplayDocTitle" => true });
    }
}

#[cfg(test)]
pub(crate) mod sample;
#[cfg(test)]
mod tests;
