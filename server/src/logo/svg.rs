//! Drawing an SVG file.
//!
//! Only shapes, gradients, clips and masks are drawn. resvg ignores scripts, event handlers and HTML; a file with them is refused all the same,
//! since a logo has none. Nothing is read from outside of the file.

use std::collections::HashMap;

use app::kernel::error::{Error, Result};
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::roxmltree::{self, Document, Node, NodeId, ParsingOptions};
use resvg::usvg::{ImageHrefResolver, Options, Tree};

use super::pixels::{Pixels, refused, scale};

const NAMESPACE: &str = "http://www.w3.org/2000/svg";
/// Elements, texts and comments that a logo may have.
const MAX_NODES: u32 = 20_000;
/// Elements that it may have after each `<use>` is replaced by what it repeats.
const MAX_DRAWN: u64 = 20_000;
/// How deep elements may be inside of each other.
const MAX_DEPTH: usize = 64;

/// What is not drawn, and what to do about it.
const REFUSED: &[(&str, &str)] = &[
    ("script", "This SVG file contains a script. Export it again without scripts."),
    ("foreignObject", "This SVG file contains HTML. Export it again with shapes only."),
    ("text", "This SVG file contains text in a font. Convert the text to outlines, then export it again."),
    ("image", "This SVG file contains a picture. Export the logo as PNG instead."),
    ("feImage", "This SVG file contains a picture. Export the logo as PNG instead."),
    ("filter", "This SVG file uses effects, such as shadows. Export it again without effects, or as PNG."),
    ("pattern", "This SVG file uses patterns. Export it again without patterns, or as PNG."),
];

/// Whether a file may be meant as SVG.
pub(super) fn is_svg(file: &[u8]) -> bool {
    let head = &file[..file.len().min(4096)];
    std::str::from_utf8(file).is_ok() && head.windows(4).any(|part| part == b"<svg")
}

/// Draws the file as large as a logo is kept.
///
/// # Errors
/// `Invalid` on `file`.
pub(super) fn draw(file: &[u8]) -> Result<Pixels> {
    let damaged = || refused("This SVG file is damaged. Export it again, then try again.");
    let text = std::str::from_utf8(file).map_err(|_| damaged())?;
    // Some programs write a DOCTYPE, none needs entities: they would be the way to write much with little.
    if text.contains("<!ENTITY") {
        return Err(refused("This SVG file declares entities. Export it again as plain SVG."));
    }
    let options = ParsingOptions { allow_dtd: true, nodes_limit: MAX_NODES, entity_resolver: None };
    let document = Document::parse_with_options(text, options).map_err(|error| match error {
        roxmltree::Error::NodesLimitReached => too_complex(),
        _ => damaged(),
    })?;
    check(&document)?;
    let nowhere = ImageHrefResolver { resolve_data: Box::new(|_, _, _| None), resolve_string: Box::new(|_, _| None) };
    let tree = Tree::from_xmltree(&document, &Options { image_href_resolver: nowhere, ..Options::default() }).map_err(|_| damaged())?;
    let scale = scale(tree.size().width(), tree.size().height());
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most the size of a logo")]
    let [width, height] = [tree.size().width(), tree.size().height()].map(|length| ((length * scale).round() as u32).max(1));
    let mut pixmap = Pixmap::new(width, height).ok_or_else(damaged)?;
    resvg::render(&tree, Transform::from_scale(scale, scale), &mut pixmap.as_mut());
    let colours = pixmap.pixels().iter().map(|pixel| pixel.demultiply());
    let rgba = colours.flat_map(|colour| [colour.red(), colour.green(), colour.blue(), colour.alpha()]).collect();
    Ok(Pixels { width, height, rgba })
}

fn too_complex() -> Error {
    refused("This SVG file is too complex for a logo. Simplify it, or export it as PNG.")
}

/// Refuses what a logo does not need, before anything is drawn.
fn check(document: &Document<'_>) -> Result<()> {
    for node in document.descendants().filter(Node::is_element) {
        if node.ancestors().nth(MAX_DEPTH).is_some() {
            return Err(too_complex());
        }
        let name = node.tag_name();
        if !matches!(name.namespace(), Some(NAMESPACE) | None) {
            continue;
        }
        if let Some((_, why)) = REFUSED.iter().find(|(refused, _)| *refused == name.name()) {
            return Err(refused(*why));
        }
        if node.attributes().any(|attribute| attribute.namespace().is_none() && attribute.name().to_ascii_lowercase().starts_with("on")) {
            return Err(refused("This SVG file contains a script. Export it again without scripts."));
        }
    }
    let targets = document.descendants().filter_map(|node| Some((node.attribute("id")?, node))).collect();
    let mut drawing = Drawing { targets, known: HashMap::new() };
    match drawing.count(document.root(), 0) {
        Some(drawn) if drawn <= MAX_DRAWN => Ok(()),
        _ => Err(too_complex()),
    }
}

/// How many elements are drawn once each `<use>` is replaced.
struct Drawing<'d, 'i> {
    /// Elements by their id.
    targets: HashMap<&'d str, Node<'d, 'i>>,
    known: HashMap<NodeId, u64>,
}

impl<'d, 'i> Drawing<'d, 'i> {
    /// None where elements repeat each other in a circle, or too deep.
    fn count(&mut self, node: Node<'d, 'i>, depth: usize) -> Option<u64> {
        if depth > MAX_DEPTH * 2 {
            return None;
        }
        if let Some(known) = self.known.get(&node.id()) {
            return Some(*known);
        }
        let mut drawn = 1_u64;
        if node.tag_name().name() == "use" {
            let reference =
                node.attributes().find(|attribute| attribute.name() == "href").and_then(|href| href.value().trim().strip_prefix('#'));
            if let Some(target) = reference.and_then(|id| self.targets.get(id).copied()) {
                drawn = drawn.saturating_add(self.count(target, depth + 1)?);
            }
        }
        for child in node.children().filter(Node::is_element) {
            drawn = drawn.saturating_add(self.count(child, depth + 1)?);
        }
        self.known.insert(node.id(), drawn);
        Some(drawn)
    }
}
