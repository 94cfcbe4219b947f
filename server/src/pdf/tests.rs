//! Read back with poppler's own tools, as a reader's viewer would.

use std::process::Command;

use app::follow_up::report::rules::assemble;
use app::follow_up::report::{RaisedItem, ReportDocument, ReportItem, ReportReader};
use app::kernel::ids::HeardId;

use super::sample::document;
use super::*;

fn pdf_renderer() -> PdfRenderer {
    let site = std::env::var("WEHEARD_SITE").unwrap_or_else(|_| concat!(env!("CARGO_MANIFEST_DIR"), "/../target/site").into());
    PdfRenderer::open(&Path::new(&site).join("fonts")).expect("the fonts are in place: `make test` puts them there")
}

fn edition(document: &ReportDocument) -> ReportEdition {
    let mine = [
        RaisedItem {
            heard_id: document.items[0].heard_id,
            quotes: vec!["They tried to sell me memory while my disk was dying".into()],
            withheld: vec![],
        },
        RaisedItem { heard_id: document.items[3].heard_id, quotes: vec![], withheld: vec![] },
    ];
    assemble(document, ReportReader::Panelist("Ada Okafor".into()), &mine, &[])
}

fn run(tool: &str, bytes: &[u8], arguments: &[&str]) -> String {
    let path = std::env::temp_dir().join(format!("weheard-{}.pdf", uuid::Uuid::new_v4()));
    std::fs::write(&path, bytes).expect("a temporary file");
    let mut command = Command::new(tool);
    command.arg(&path).args(arguments);
    let out = command.output().unwrap_or_else(|e| panic!("{tool} (Debian package poppler-utils) runs: {e}"));
    assert!(out.status.success() && out.stderr.is_empty(), "{tool}: {}", String::from_utf8_lossy(&out.stderr));
    std::fs::remove_file(&path).expect("the temporary file goes");
    String::from_utf8(out.stdout).expect("UTF-8")
}

#[test]
fn the_copy_reads_back_as_it_was_written() {
    let bytes = pdf_renderer().report(&edition(&document()), None).expect("a PDF");
    let text = run("pdftotext", &bytes, &["-layout", "-"]);
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    for expected in [
        "You said two things. Here is what became of them.",
        "“Offended by upsell while trying to get support.”",
        "promised for 30 Sep",
        "DELL",
        "New since 7 July 2010: The date moved from 31 Aug to 30 Sep: the audit firm starts later.",
        "“They tried to sell me memory while my disk was dying”, in your words",
        "Der Lüfter läuft ständig. Ο ανεμιστήρας. Вентилятор шумит.",
        "Reason: cost.",
        "Evidence: figures for August",
        "Page 1 of 2",
        "for Ada Okafor",
    ] {
        assert!(words.contains(expected), "“{expected}” is not in:\n{text}");
    }
    let first = words.find("green").expect("the reader's own second item");
    assert!(first < words.find("Recycling").expect("somebody else's item"), "what the reader raised comes first");
}

#[test]
fn fonts_are_embedded_as_subsets() {
    let bytes = pdf_renderer().report(&edition(&document()), None).expect("a PDF");
    let fonts = run("pdffonts", &bytes, &[]);
    for line in fonts.lines().skip(2) {
        let columns: Vec<&str> = line.split_whitespace().rev().collect();
        assert_eq!(&columns[2..5], ["yes", "yes", "yes"], "embedded, subset, unicode: {line}");
    }
    assert!(fonts.contains("NotoSerif") || fonts.contains("Noto Serif"), "{fonts}");
    assert!(bytes.len() < 150_000, "{} bytes", bytes.len());
}

#[test]
fn one_edition_is_always_the_same_file() {
    let (pdf_renderer, document) = (pdf_renderer(), document());
    let edition = edition(&document);
    assert!(pdf_renderer.report(&edition, None).expect("a PDF") == pdf_renderer.report(&edition, None).expect("a PDF"));
}

#[test]
fn the_file_says_what_it_is() {
    let bytes = pdf_renderer().report(&edition(&document()), None).expect("a PDF");
    let info = run("pdfinfo", &bytes, &[]);
    assert!(info.contains("Title:           Dell Customer Advisory Panel: what the panel said and what became of it, report 2"), "{info}");
    assert!(info.contains("Page size:       595.276 x 841.89 pts (A4)") || info.contains("(A4)"), "{info}");
}

#[test]
fn a_long_report_keeps_every_item() {
    let mut document = document();
    let model = document.items[0].clone();
    document.items = (1..=120).map(|number| ReportItem { heard_id: HeardId::new(), number, ..model.clone() }).collect();
    let bytes = pdf_renderer().report(&assemble(&document, ReportReader::Staff, &[], &[]), None).expect("a PDF");
    let text = run("pdftotext", &bytes, &["-layout", "-"]);
    assert!((1..=120).all(|number| text.contains(&format!("No. {number} "))));
}

#[test]
fn an_endless_reply_flows_over_pages() {
    let mut document = document();
    document.items[0].replies[0].text = "We have read all of it and will answer each part in turn. ".repeat(200);
    let bytes = pdf_renderer().report(&edition(&document), None).expect("a PDF");
    assert!(run("pdfinfo", &bytes, &[]).lines().any(|line| line.starts_with("Pages:") && !line.ends_with(" 1")));
}

#[test]
fn the_logo_heads_the_first_page() {
    let rgba = (0..240 * 60).flat_map(|at| if at % 240 < 120 { [11, 95, 255, 255] } else { [0, 0, 0, 0] }).collect();
    let logo = Pixels { width: 240, height: 60, rgba };
    let (renderer, edition) = (pdf_renderer(), edition(&document()));
    let bytes = renderer.report(&edition, Some(&logo)).expect("a PDF");
    let images = run("pdfimages", &bytes, &["-list"]);
    let rows: Vec<Vec<&str>> = images.lines().skip(2).map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(rows.len(), 2, "the picture and its transparency, once:\n{images}");
    assert!(rows.iter().all(|row| row[0] == "1" && row[3] == "240" && row[4] == "60"), "{images}");
    // 60 pixels over 34 points.
    assert!(rows.iter().all(|row| row[12] == "127"), "{images}");
    assert!(bytes == renderer.report(&edition, Some(&logo)).expect("a PDF"), "the same file each time");
    assert!(bytes != renderer.report(&edition, None).expect("a PDF"));
    let text = run("pdftotext", &bytes, &["-l", "1", "-"]);
    assert!(text.contains("You said two things"), "{text}");
}
