//! Pages being filled from top to bottom.

use app::follow_up::report::rules::ReportTone;
use printpdf::{
    Color, Mm, Op, PaintMode, PdfDocument, PdfPage, Point, Pt, RawImage, RawImageData, RawImageFormat, Rect, Rgb, TextItem, XObject,
    XObjectId, XObjectTransform,
};

use super::fonts::{Face, Fonts};
use crate::logo::Pixels;

/// A4 in points.
pub const WIDTH: f32 = 595.28;
const HEIGHT: f32 = 841.89;
/// The column of text.
pub const LEFT: f32 = 62.0;
pub const RIGHT: f32 = WIDTH - 62.0;
const TOP: f32 = HEIGHT - 58.0;
const BOTTOM: f32 = 66.0;

/// A colour as `#rrggbb`.
pub type Ink = u32;

pub const INK: Ink = 0x001d_1e20;
pub const DIM: Ink = 0x0056_5a61;
pub const LINE: Ink = 0x00e3_dfd8;
pub const ACCENT: Ink = 0x0025_46b8;

/// The ink of a state, as on the page in its light theme.
pub const fn ink(tone: ReportTone) -> Ink {
    match tone {
        ReportTone::Good => 0x001d_7a3e,
        ReportTone::Late => 0x004d_6b00,
        ReportTone::Promised => ACCENT,
        ReportTone::Exists => 0x006b_3fa0,
        ReportTone::Question => 0x000b_6480,
        ReportTone::Warn => 0x008f_5b00,
        ReportTone::Bad => 0x00b3_261e,
        ReportTone::Declined | ReportTone::Quiet => DIM,
    }
}

/// How a paragraph is set.
#[derive(Clone, Copy)]
pub struct Style {
    pub face: Face,
    pub size: f32,
    /// Distance between baselines.
    pub leading: f32,
    pub ink: Ink,
}

/// The pages so far and the place on the last one where the next line goes.
pub struct PageLayout<'a> {
    pub fonts: &'a Fonts,
    pages: Vec<Vec<Op>>,
    y: f32,
}

impl<'a> PageLayout<'a> {
    pub fn new(fonts: &'a Fonts) -> Self {
        Self { fonts, pages: vec![Vec::new()], y: TOP }
    }

    /// Starts a new page unless `height` still fits on this one.
    pub fn need(&mut self, height: f32) {
        if self.y - height < BOTTOM {
            self.pages.push(Vec::new());
            self.y = TOP;
        }
    }

    /// What is left on this page.
    pub fn left(&self) -> f32 {
        self.y - BOTTOM
    }

    /// What a whole page holds.
    pub const fn whole() -> f32 {
        TOP - BOTTOM
    }

    pub fn skip(&mut self, height: f32) {
        self.y -= height;
    }

    /// A paragraph from `x` to the right edge, with an optional rule of 2 points at its left.
    pub fn paragraph(&mut self, style: Style, x: f32, text: &str, rule: Option<Ink>) {
        for line in self.fonts.lines(style.face, style.size, RIGHT - x, text) {
            self.line(style, x, &line, rule);
        }
    }

    /// One line of settable text, and the rule beside it.
    pub fn line(&mut self, style: Style, x: f32, text: &str, rule: Option<Ink>) {
        self.need(style.leading);
        if let Some(ink) = rule {
            self.block(LEFT, self.y - style.leading, 2.0, style.leading, ink);
        }
        let baseline = self.y - style.leading + (style.leading - style.size) / 2.0 + style.size * 0.22;
        self.put(style, x, baseline, text);
        self.y -= style.leading;
    }

    /// Two texts on one line, one at either edge.
    pub fn edges(&mut self, left: (Style, &str), right: (Style, &str), leading: f32) {
        self.need(leading);
        let baseline = self.y - leading + 4.0;
        let settable = self.fonts.settable(right.0.face, right.1);
        let at = RIGHT - self.fonts.width(right.0.face, right.0.size, &settable);
        let room = at - LEFT - 12.0;
        let first = self.fonts.lines(left.0.face, left.0.size, room, left.1).into_iter().next().unwrap_or_default();
        self.put(left.0, LEFT, baseline, &first);
        self.put(right.0, at, baseline, &settable);
        self.y -= leading;
    }

    /// The logo at the left edge, as large as fits into this height and width.
    pub fn logo(&mut self, logo: &Pixels, height: f32, width: f32) {
        #[expect(clippy::cast_precision_loss, reason = "a logo has few pixels")]
        let (wide, high) = (logo.width as f32, logo.height as f32);
        let scale = (height / high).min(width / wide);
        let y = self.y - high * scale;
        let transform = XObjectTransform {
            translate_x: Some(Pt(LEFT)),
            translate_y: Some(Pt(y)),
            scale_x: Some(scale),
            scale_y: Some(scale),
            // A pixel is a point before it is scaled.
            dpi: Some(72.0),
            ..XObjectTransform::default()
        };
        self.ops().push(Op::UseXobject { id: logo_id(), transform });
        self.y = y;
    }

    /// A hairline across the column.
    pub fn hairline(&mut self) {
        self.block(LEFT, self.y, RIGHT - LEFT, 0.6, LINE);
    }

    /// Filled parts of one bar, side by side over the column: (share, ink).
    pub fn bar(&mut self, parts: &[(usize, Ink)], height: f32) {
        self.need(height);
        #[expect(clippy::cast_precision_loss, reason = "a report has far fewer items than an f32 can count")]
        let total = parts.iter().map(|(share, _)| *share).sum::<usize>() as f32;
        let mut x = LEFT;
        for (share, ink) in parts {
            #[expect(clippy::cast_precision_loss, reason = "as above")]
            let width = (RIGHT - LEFT) * *share as f32 / total;
            self.block(x, self.y - height, (width - 1.5).max(0.5), height, *ink);
            x += width;
        }
        self.y -= height;
    }

    fn block(&mut self, x: f32, y: f32, width: f32, height: f32, ink: Ink) {
        let mut rectangle = Rect::from_xywh(Pt(x), Pt(y), Pt(width), Pt(height));
        rectangle.mode = Some(PaintMode::Fill);
        self.ops().extend([Op::SetFillColor { col: colour(ink) }, Op::DrawRectangle { rectangle }]);
    }

    fn put(&mut self, style: Style, x: f32, y: f32, text: &str) {
        set(self.ops(), style, x, y, text);
    }

    fn ops(&mut self) -> &mut Vec<Op> {
        let last = self.pages.len() - 1;
        &mut self.pages[last]
    }

    /// The pages, each with `foot` and its number of all at the bottom.
    pub fn finish(self, foot: &str, numbered: impl Fn(usize, usize) -> String) -> Vec<PdfPage> {
        let style = Style { face: Face::Sans, size: 8.0, leading: 12.0, ink: DIM };
        let count = self.pages.len();
        let foot = self.fonts.settable(Face::Sans, foot);
        self.pages
            .into_iter()
            .enumerate()
            .map(|(index, mut ops)| {
                let number = numbered(index + 1, count);
                set(&mut ops, style, LEFT, 36.0, &foot);
                set(&mut ops, style, RIGHT - self.fonts.width(Face::Sans, style.size, &number), 36.0, &number);
                PdfPage::new(Mm(210.0), Mm(297.0), ops)
            })
            .collect()
    }
}

/// Makes the logo known to the file.
pub fn register(file: &mut PdfDocument, logo: &Pixels) {
    let image = RawImage {
        pixels: RawImageData::U8(logo.rgba.clone()),
        width: logo.width as usize,
        height: logo.height as usize,
        data_format: RawImageFormat::RGBA8,
        tag: Vec::new(),
    };
    file.resources.xobjects.map.insert(logo_id(), XObject::Image(image));
}

/// A name of our own: printpdf's are random, and one edition is always the same file.
fn logo_id() -> XObjectId {
    XObjectId("logo".into())
}

fn set(ops: &mut Vec<Op>, style: Style, x: f32, y: f32, text: &str) {
    ops.extend([
        Op::StartTextSection,
        Op::SetFillColor { col: colour(style.ink) },
        Op::SetFont { font: style.face.handle(), size: Pt(style.size) },
        Op::SetTextCursor { pos: Point { x: Pt(x), y: Pt(y) } },
        Op::ShowText { items: vec![TextItem::Text(text.into())] },
        Op::EndTextSection,
    ]);
}

fn colour(ink: Ink) -> Color {
    let [_, r, g, b] = ink.to_be_bytes();
    let part = |byte: u8| f32::from(byte) / 255.0;
    Color::Rgb(Rgb { r: part(r), g: part(g), b: part(b), icc_profile: None })
}
