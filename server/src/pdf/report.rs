//! What a report looks like on paper.

use app::clock::long_date;
use app::report::{Edition, Item, Reader};
use printpdf::PdfPage;

use super::sheet::{ACCENT, DIM, INK, Ink, LEFT, Sheet, Style, ink};
use super::type_case::{Face, TypeCase};

const HEADLINE: Style = Style { face: Face::Voice, size: 27.0, leading: 33.0, ink: INK };
const BODY: Style = Style { face: Face::Sans, size: 10.5, leading: 15.5, ink: INK };
const SMALL: Style = Style { face: Face::Sans, size: 8.5, leading: 13.0, ink: DIM };
const SECTION: Style = Style { face: Face::SansBold, size: 11.0, leading: 16.0, ink: INK };
const VOICE: Style = Style { face: Face::Voice, size: 15.0, leading: 21.0, ink: INK };
const OWN_WORDS: Style = Style { face: Face::Voice, size: 10.5, leading: 15.5, ink: DIM };
const LABEL: Style = Style { face: Face::SansBold, size: 7.5, leading: 13.0, ink: ACCENT };
/// Where a reply starts, right of its rule.
const INDENT: f32 = LEFT + 13.0;

/// The whole report, page by page.
pub fn lay_out(case: &TypeCase, edition: &Edition) -> Vec<PdfPage> {
    let mut sheet = Sheet::new(case);
    opening(&mut sheet, edition);
    for item in &edition.yours {
        draw(&mut sheet, edition, item, true);
    }
    if !edition.yours.is_empty() && !edition.others.is_empty() {
        sheet.need(120.0);
        sheet.skip(14.0);
        sheet.paragraph(SECTION, LEFT, "What others on the panel said", None);
        sheet.skip(6.0);
    }
    for item in &edition.others {
        draw(&mut sheet, edition, item, false);
    }
    closing(&mut sheet, edition);
    let foot = match &edition.reader {
        Reader::Panelist(name) => format!("{} · for {name}", edition.kicker()),
        Reader::Staff | Reader::Public => edition.kicker(),
    };
    sheet.finish(&foot)
}

fn opening(sheet: &mut Sheet<'_>, edition: &Edition) {
    sheet.paragraph(SMALL, LEFT, &format!("{} · {}", edition.kicker(), edition.document.day.place), None);
    sheet.skip(12.0);
    sheet.paragraph(HEADLINE, LEFT, &edition.headline(), None);
    sheet.skip(8.0);
    sheet.paragraph(BODY, LEFT, &edition.summary(), None);
    let parts = edition.parts();
    if !parts.is_empty() {
        sheet.skip(10.0);
        sheet.bar(&parts.iter().map(|part| (part.count, ink(part.tone))).collect::<Vec<(usize, Ink)>>(), 7.0);
        sheet.skip(4.0);
        let legend: Vec<String> = parts.iter().map(|part| format!("{} {}", part.count, part.label)).collect();
        sheet.paragraph(SMALL, LEFT, &legend.join(" · "), None);
    }
    sheet.skip(16.0);
}

fn draw(sheet: &mut Sheet<'_>, edition: &Edition, item: &Item, yours: bool) {
    let height = height(sheet, item);
    if height <= Sheet::whole() * 0.6 || sheet.left() < 140.0 {
        sheet.need(height.min(Sheet::whole()));
    }
    sheet.hairline();
    sheet.skip(10.0);
    let mut by = vec![format!("No. {}", item.number), item.raised_by(yours)];
    by.extend(item.topic.clone());
    let state = Style { face: Face::SansBold, ink: ink(item.standing().tone()), ..SMALL };
    sheet.edges((SMALL, &by.join(" · ")), (state, &item.edge(edition.document.frozen_on)), 14.0);
    sheet.skip(3.0);
    quoted(sheet, VOICE, &item.text);
    for quote in &item.quotes {
        let by = quote.by.as_ref().map_or_else(String::new, |by| if by == "you" { ", in your words".into() } else { format!(", {by}") });
        sheet.paragraph(OWN_WORDS, LEFT, &format!("“{}”{by}", quote.text), None);
    }
    sheet.skip(7.0);
    for reply in &item.replies {
        let rule = Some(ACCENT);
        let label = edition.document.organisation.to_uppercase();
        let dated = if item.replies.len() > 1 { format!("{label} · {}", reply.edge(edition.document.frozen_on)) } else { label };
        let dated = sheet.case.settable(LABEL.face, &dated);
        sheet.need(LABEL.leading + 2.0 * BODY.leading);
        sheet.line(LABEL, INDENT, &dated, rule);
        sheet.paragraph(BODY, INDENT, &reply.text, rule);
        for small in small_print(reply) {
            sheet.paragraph(SMALL, INDENT, &small, rule);
        }
        sheet.skip(6.0);
    }
    if let (Some(change), Some(previous)) = (&item.change, &edition.document.previous) {
        sheet.paragraph(SMALL, INDENT, &format!("New since {}: {change}", long_date(previous.frozen_on)), None);
        sheet.skip(4.0);
    }
    sheet.skip(8.0);
}

/// Reason, evidence and address below a reply.
fn small_print(reply: &app::report::Reply) -> Vec<String> {
    let mut lines = Vec::new();
    lines.extend(reply.reason.as_ref().map(|reason| format!("Reason: {reason}")));
    lines.extend(reply.evidence.as_ref().map(|evidence| format!("Evidence: {evidence}")));
    lines.extend(reply.link.clone());
    lines
}

/// The panel's words with the opening quotation mark hung in the margin.
fn quoted(sheet: &mut Sheet<'_>, style: Style, text: &str) {
    let hang = sheet.case.width(style.face, style.size, "“");
    let lines = sheet.case.lines(style.face, style.size, super::sheet::RIGHT - LEFT - hang, &format!("{text}”"));
    for (index, line) in lines.iter().enumerate() {
        if index == 0 {
            sheet.line(style, LEFT - hang, &format!("“{line}"), None);
        } else {
            sheet.line(style, LEFT, line, None);
        }
    }
}

/// About how tall an item is, to keep it on one page where it fits.
fn height(sheet: &Sheet<'_>, item: &Item) -> f32 {
    let lines = |style: Style, x: f32, text: &str| {
        #[expect(clippy::cast_precision_loss, reason = "a text has far fewer lines than an f32 can count")]
        let count = sheet.case.lines(style.face, style.size, super::sheet::RIGHT - x, text).len() as f32;
        count * style.leading
    };
    let replies: f32 = item
        .replies
        .iter()
        .map(|reply| {
            let small: f32 = small_print(reply).iter().map(|text| lines(SMALL, INDENT, text)).sum();
            LABEL.leading + lines(BODY, INDENT, &reply.text) + small + 6.0
        })
        .sum();
    let quotes: f32 = item.quotes.iter().map(|quote| lines(OWN_WORDS, LEFT, &quote.text) + 4.0).sum();
    let change = item.change.as_ref().map_or(0.0, |change| lines(SMALL, INDENT, change) + 17.0);
    42.0 + lines(VOICE, LEFT, &item.text) + quotes + replies + change
}

fn closing(sheet: &mut Sheet<'_>, edition: &Edition) {
    sheet.need(60.0);
    sheet.hairline();
    sheet.skip(10.0);
    let words = match &edition.reader {
        Reader::Panelist(_) => {
            "Does this answer you? Open your personal link and say yes, partly, not what I said, or still broken. “Still broken” goes back to the owner the same day."
        }
        Reader::Public => "Shared by the panel. Only words of people who agreed to be quoted appear, and counts under three are left out.",
        Reader::Staff => "The whole document. Each attendee's copy starts with what they raised.",
    };
    sheet.paragraph(SMALL, LEFT, words, None);
    sheet.paragraph(
        SMALL,
        LEFT,
        &format!("Frozen on {}. It will not change; what moves later comes in the next report.", long_date(edition.document.frozen_on)),
        None,
    );
}
