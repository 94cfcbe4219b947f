//! What a report looks like on paper.

use app::follow_up::report::{ReportEdition, ReportItem, ReportReader, ReportReply};
use app::kernel::locale::Locale;
use app::t;
use printpdf::PdfPage;

use super::fonts::{Face, Fonts};
use super::layout::{ACCENT, DIM, INK, Ink, LEFT, PageLayout, RIGHT, Style, ink};
use crate::logo::Pixels;

const HEADLINE: Style = Style { face: Face::Serif, size: 27.0, leading: 33.0, ink: INK };
const BODY: Style = Style { face: Face::Sans, size: 10.5, leading: 15.5, ink: INK };
const SMALL: Style = Style { face: Face::Sans, size: 8.5, leading: 13.0, ink: DIM };
const SECTION: Style = Style { face: Face::SansBold, size: 11.0, leading: 16.0, ink: INK };
const QUOTE: Style = Style { face: Face::Serif, size: 15.0, leading: 21.0, ink: INK };
const OWN_WORDS: Style = Style { face: Face::Serif, size: 10.5, leading: 15.5, ink: DIM };
const LABEL: Style = Style { face: Face::SansBold, size: 7.5, leading: 13.0, ink: ACCENT };
/// Where a reply starts, right of its rule.
const INDENT: f32 = LEFT + 13.0;

/// The most space that the logo takes, in points.
const LOGO_HEIGHT: f32 = 34.0;
const LOGO_WIDTH: f32 = 170.0;

/// The whole report, page by page.
pub fn lay_out(fonts: &Fonts, edition: &ReportEdition, logo: Option<&Pixels>) -> Vec<PdfPage> {
    let locale = edition.locale();
    let mut layout = PageLayout::new(fonts);
    if let Some(logo) = logo {
        layout.logo(logo, LOGO_HEIGHT, LOGO_WIDTH);
        layout.skip(20.0);
    }
    opening(&mut layout, edition);
    for item in &edition.yours {
        draw(&mut layout, edition, item, true);
    }
    if !edition.yours.is_empty() && !edition.others.is_empty() {
        layout.need(120.0);
        layout.skip(14.0);
        layout.paragraph(SECTION, LEFT, &t!(locale, "report-others"), None);
        layout.skip(6.0);
    }
    for item in &edition.others {
        draw(&mut layout, edition, item, false);
    }
    closing(&mut layout, edition);
    let foot = match &edition.reader {
        ReportReader::Panelist(name) => t!(locale, "report-pdf-for", report = edition.kicker(), name = name),
        ReportReader::Staff | ReportReader::Preview | ReportReader::Public => edition.kicker(),
    };
    layout.finish(&foot, |page, pages| t!(locale, "report-pdf-page", page = page, pages = pages))
}

fn opening(layout: &mut PageLayout<'_>, edition: &ReportEdition) {
    layout.paragraph(SMALL, LEFT, &format!("{} · {}", edition.kicker(), edition.document.day.place), None);
    layout.skip(12.0);
    layout.paragraph(HEADLINE, LEFT, &edition.headline(), None);
    layout.skip(8.0);
    layout.paragraph(BODY, LEFT, &edition.summary(), None);
    let parts = edition.parts();
    if !parts.is_empty() {
        layout.skip(10.0);
        layout.bar(&parts.iter().map(|part| (part.count, ink(part.tone))).collect::<Vec<(usize, Ink)>>(), 7.0);
        layout.skip(4.0);
        let legend: Vec<String> = parts.iter().map(|part| format!("{} {}", part.count, part.label)).collect();
        layout.paragraph(SMALL, LEFT, &legend.join(" · "), None);
    }
    layout.skip(16.0);
}

fn draw(layout: &mut PageLayout<'_>, edition: &ReportEdition, item: &ReportItem, yours: bool) {
    let height = height(layout, item, edition.locale());
    if height <= PageLayout::whole() * 0.6 || layout.left() < 140.0 {
        layout.need(height.min(PageLayout::whole()));
    }
    layout.hairline();
    layout.skip(10.0);
    let (locale, on) = (edition.locale(), edition.document.finalised_on);
    let mut by = vec![t!(locale, "item-number", number = item.number), item.raised_by(locale, yours)];
    by.extend(item.topic.clone());
    let state = Style { face: Face::SansBold, ink: ink(item.status().tone()), ..SMALL };
    layout.edges((SMALL, &by.join(" · ")), (state, &item.edge(locale, on)), 14.0);
    layout.skip(3.0);
    quoted(layout, QUOTE, &item.text);
    for quote in &item.quotes {
        layout.paragraph(OWN_WORDS, LEFT, &format!("“{}”{}", quote.text, quote.speaker(locale)), None);
    }
    layout.skip(7.0);
    for reply in &item.replies {
        let rule = Some(ACCENT);
        let label = edition.document.organisation.to_uppercase();
        let dated = if item.replies.len() > 1 { format!("{label} · {}", reply.edge(locale, on)) } else { label };
        let dated = layout.fonts.settable(LABEL.face, &dated);
        layout.need(LABEL.leading + 2.0 * BODY.leading);
        layout.line(LABEL, INDENT, &dated, rule);
        layout.paragraph(BODY, INDENT, &reply.text, rule);
        for small in small_print(reply, locale) {
            layout.paragraph(SMALL, INDENT, &small, rule);
        }
        layout.skip(6.0);
    }
    if item.replies.is_empty() {
        layout.paragraph(SMALL, INDENT, &t!(locale, "report-no-answer"), None);
        layout.skip(4.0);
    }
    if let Some(change) = item.changed(&edition.document) {
        layout.paragraph(SMALL, INDENT, &change, None);
        layout.skip(4.0);
    }
    layout.skip(8.0);
}

/// Reason, evidence and address below a reply.
fn small_print(reply: &ReportReply, locale: Locale) -> Vec<String> {
    reply.small_print(locale).into_iter().chain(reply.link.clone()).collect()
}

/// The panel's words with the opening quotation mark hung in the margin.
fn quoted(layout: &mut PageLayout<'_>, style: Style, text: &str) {
    let hang = layout.fonts.width(style.face, style.size, "“");
    let lines = layout.fonts.lines(style.face, style.size, RIGHT - LEFT - hang, &format!("{text}”"));
    for (index, line) in lines.iter().enumerate() {
        if index == 0 {
            layout.line(style, LEFT - hang, &format!("“{line}"), None);
        } else {
            layout.line(style, LEFT, line, None);
        }
    }
}

/// About how tall an item is, to keep it on one page where it fits.
fn height(layout: &PageLayout<'_>, item: &ReportItem, locale: Locale) -> f32 {
    let lines = |style: Style, x: f32, text: &str| {
        #[expect(clippy::cast_precision_loss, reason = "a text has far fewer lines than an f32 can count")]
        let count = layout.fonts.lines(style.face, style.size, RIGHT - x, text).len() as f32;
        count * style.leading
    };
    let replies: f32 = item
        .replies
        .iter()
        .map(|reply| {
            let small: f32 = small_print(reply, locale).iter().map(|text| lines(SMALL, INDENT, text)).sum();
            LABEL.leading + lines(BODY, INDENT, &reply.text) + small + 6.0
        })
        .sum();
    let quotes: f32 = item.quotes.iter().map(|quote| lines(OWN_WORDS, LEFT, &quote.text) + 4.0).sum();
    let change = item.change.as_ref().map_or(0.0, |change| lines(SMALL, INDENT, change) + 17.0);
    42.0 + lines(QUOTE, LEFT, &item.text) + quotes + replies + change
}

fn closing(layout: &mut PageLayout<'_>, edition: &ReportEdition) {
    layout.need(60.0);
    layout.hairline();
    layout.skip(10.0);
    let locale = edition.locale();
    let words = match &edition.reader {
        ReportReader::Panelist(_) => Some(t!(locale, "report-pdf-ask")),
        ReportReader::Staff | ReportReader::Preview => Some(t!(locale, "report-pdf-staff")),
        ReportReader::Public => None,
    };
    let logged = edition.audit_head.as_ref().map(|head| t!(locale, "report-audit-head", head = head));
    for text in words.into_iter().chain([edition.closing()]).chain(logged) {
        layout.paragraph(SMALL, LEFT, &text, None);
    }
}
