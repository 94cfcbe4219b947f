//! Files that people upload, and files that nobody should.

use app::kernel::error::Error;
use app::program::branding::Logo;

use super::*;

fn picture(width: u32, height: u32, pixel: impl Fn(u32, u32) -> [u8; 4]) -> Pixels {
    let rgba = (0..height).flat_map(|y| (0..width).map(move |x| (x, y))).flat_map(|(x, y)| pixel(x, y)).collect();
    Pixels { width, height, rgba }
}

fn why(file: &[u8]) -> String {
    match prepare(file) {
        Err(error @ Error::Invalid(_)) => error.message(),
        Err(other) => panic!("{other:?}"),
        Ok(logo) => panic!("taken, {} by {}", logo.width, logo.height),
    }
}

fn svg(inside: &str) -> String {
    format!(r#"<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 200 50">{inside}</svg>"#)
}

fn drawn(inside: &str) -> Pixels {
    let logo = prepare(svg(inside).as_bytes()).expect("a logo");
    pixels(&logo.png).expect("pixels")
}

/// The colour in the middle of a picture.
fn middle(pixels: &Pixels) -> [u8; 4] {
    let at = ((pixels.height / 2 * pixels.width + pixels.width / 2) * 4) as usize;
    [pixels.rgba[at], pixels.rgba[at + 1], pixels.rgba[at + 2], pixels.rgba[at + 3]]
}

/// A chunk of a PNG file.
fn chunk(name: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let mut crc = flate2::Crc::new();
    crc.update(name);
    crc.update(content);
    let length = u32::try_from(content.len()).expect("short");
    [&length.to_be_bytes()[..], name, content, &crc.sum().to_be_bytes()].concat()
}

/// A PNG file of this size whose rows are all zero, or missing.
fn zeros(width: u32, height: u32, bytes: usize) -> Vec<u8> {
    use std::io::Write;
    let mut packed = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    packed.write_all(&vec![0; bytes]).expect("packed");
    let header = [&width.to_be_bytes()[..], &height.to_be_bytes(), &[8, 6, 0, 0, 0]].concat();
    let parts = [chunk(b"IHDR", &header), chunk(b"IDAT", &packed.finish().expect("packed")), chunk(b"IEND", &[])].concat();
    [b"\x89PNG\r\n\x1a\n".to_vec(), parts].concat()
}

#[test]
fn a_png_is_written_anew_without_its_metadata() {
    let file = encode(&picture(200, 50, |x, _| [u8::try_from(x).expect("small"), 20, 30, 255])).expect("a file");
    let (head, rest) = file.split_at(33);
    let secret = chunk(b"tEXt", b"Author\0Ada Okafor, 12 Example Street");
    let with_metadata = [head, &secret, rest].concat();
    let Logo { png, width, height } = prepare(&with_metadata).expect("a logo");
    assert_eq!((width, height), (200, 50));
    assert!(!png.windows(4).any(|part| part == b"tEXt" || part == b"Ada "), "metadata is gone");
    assert_eq!(middle(&pixels(&png).expect("pixels")), [100, 20, 30, 255]);
}

#[test]
fn a_large_png_is_made_smaller_without_a_dark_fringe() {
    let half = |x: u32, _: u32| if x < 1000 { [255, 255, 255, 255] } else { [0, 0, 0, 0] };
    let logo = prepare(&encode(&picture(2001, 500, half)).expect("a file")).expect("a logo");
    assert_eq!((logo.width, logo.height), (960, 240));
    let pixels = pixels(&logo.png).expect("pixels");
    for pixel in pixels.rgba.chunks_exact(4).filter(|pixel| pixel[3] > 0) {
        assert_eq!(&pixel[..3], &[255, 255, 255], "white stays white where it ends");
    }
}

#[test]
fn each_kind_of_png_is_read() {
    for (colour, depth, bytes) in [
        (ColorType::Grayscale, BitDepth::Eight, vec![77; 40 * 40]),
        (ColorType::Rgb, BitDepth::Sixteen, vec![77; 40 * 40 * 6]),
        (ColorType::GrayscaleAlpha, BitDepth::Eight, vec![77; 40 * 40 * 2]),
        (ColorType::Indexed, BitDepth::Eight, vec![1; 40 * 40]),
    ] {
        let mut file = Vec::new();
        let mut encoder = Encoder::new(&mut file, 40, 40);
        encoder.set_color(colour);
        encoder.set_depth(depth);
        if colour == ColorType::Indexed {
            encoder.set_palette(vec![0, 0, 0, 77, 77, 77]);
        }
        let mut writer = encoder.write_header().expect("a header");
        writer.write_image_data(&bytes).expect("pixels");
        writer.finish().expect("the end");
        let logo = prepare(&file).unwrap_or_else(|error| panic!("{colour:?}: {error}"));
        assert_eq!(middle(&pixels(&logo.png).expect("pixels"))[..3], [77, 77, 77], "{colour:?}");
    }
}

#[test]
fn png_bombs_are_refused_before_they_are_unpacked() {
    assert!(why(&zeros(60_000, 60_000, 16)).contains("60000 by 60000 pixels, which is too many"));
    assert!(why(&zeros(u32::MAX >> 1, 1, 16)).contains("too many"));
    // A header that is small, and rows that are a million times what it says.
    let long = why(&zeros(64, 64, 64 * 1024 * 1024));
    assert!(long.contains("all of it is transparent") || long.contains("damaged"), "{long}");
    // Rows that are missing.
    assert!(why(&zeros(400, 400, 16)).contains("damaged"));
    // Metadata that unpacks to 64 MB.
    let bomb = {
        use std::io::Write;
        let mut packed = flate2::write::ZlibEncoder::new(b"profile\0\0".to_vec(), flate2::Compression::best());
        packed.write_all(&vec![0; 64 << 20]).expect("packed");
        chunk(b"iCCP", &packed.finish().expect("packed"))
    };
    let file = encode(&picture(40, 40, |_, _| [9, 9, 9, 255])).expect("a file");
    let (head, rest) = file.split_at(33);
    assert!(prepare(&[head, &bomb, rest].concat()).is_ok(), "it is never unpacked");
    assert!(why(&vec![b' '; 1_000_001]).contains("larger than 1 MB"));
}

#[test]
fn what_is_no_logo_is_refused_in_words() {
    for (file, expected) in [
        ("GIF89a".as_bytes(), "neither PNG nor SVG"),
        ("".as_bytes(), "neither PNG nor SVG"),
        ("<html><body onload=alert(1)></body></html>".as_bytes(), "neither PNG nor SVG"),
        (&b"\x89PNG\r\n\x1a\n"[..], "damaged"),
        ("<svg".as_bytes(), "damaged"),
        ("<svg xmlns='http://www.w3.org/2000/svg' width='0' height='0'/>".as_bytes(), "damaged"),
    ] {
        assert!(why(file).contains(expected), "{}: {}", String::from_utf8_lossy(file), why(file));
    }
    assert!(why(&encode(&picture(1000, 4, |_, _| [0, 0, 0, 255])).expect("a file")).contains("too small or too wide"));
    assert!(why(svg("").as_bytes()).contains("transparent"));
}

#[test]
fn an_svg_is_drawn_as_large_as_a_logo_is_kept() {
    let pixels = drawn(
        r##"<defs><linearGradient id="g"><stop stop-color="#0b5fff"/></linearGradient></defs><rect width="200" height="50" fill="url(#g)"/>"##,
    );
    assert_eq!((pixels.width, pixels.height, middle(&pixels)), (960, 240, [0x0b, 0x5f, 0xff, 255]));
    // As Illustrator and Inkscape write them.
    let file = format!(
        "<?xml version=\"1.0\"?><!DOCTYPE svg PUBLIC \"-//W3C//DTD SVG 1.1//EN\" \"http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd\">{}",
        r#"<svg xmlns="http://www.w3.org/2000/svg" xmlns:inkscape="http://www.inkscape.org/namespaces/inkscape" width="100" height="100"><inkscape:grid/><metadata>x</metadata><circle r="50" cx="50" cy="50" class="a"/><style>.a{fill:#123456}</style></svg>"#
    );
    let logo = prepare(file.as_bytes()).expect("a logo");
    assert_eq!((logo.width, logo.height), (240, 240));
    assert_eq!(middle(&super::pixels(&logo.png).expect("pixels")), [0x12, 0x34, 0x56, 255]);
}

#[test]
fn hostile_svgs_are_refused() {
    let rectangle = r#"<rect width="200" height="50"/>"#;
    for (inside, expected) in [
        ("<script>alert(1)</script>", "contains a script"),
        (r#"<g onload="alert(1)"/>"#, "contains a script"),
        (r#"<g ONCLICK="alert(1)"/>"#, "contains a script"),
        (r#"<a><rect onmouseover="alert(1)"/></a>"#, "contains a script"),
        (r#"<foreignObject><body xmlns="http://www.w3.org/1999/xhtml">x</body></foreignObject>"#, "contains HTML"),
        (r#"<image href="file:///etc/passwd" width="9" height="9"/>"#, "contains a picture"),
        (r#"<image xlink:href="https://tracker.example/p.png"/>"#, "contains a picture"),
        (r#"<filter id="f"><feImage href="https://tracker.example/p.png"/></filter>"#, "uses effects"),
        (r#"<pattern id="p" width="90000" height="90000"/>"#, "uses patterns"),
        ("<text>Tarnwick</text>", "Convert the text to outlines"),
        (r##"<g id="a"><use href="#b"/></g><g id="b"><use href="#a"/></g>"##, "too complex"),
    ] {
        assert!(why(svg(&format!("{rectangle}{inside}")).as_bytes()).contains(expected), "{inside}");
    }
}

#[test]
fn svgs_that_grow_are_refused() {
    // Ten elements that each repeat the one before ten times.
    let laughs: String = (0..10)
        .map(|level| format!(r#"<g id="l{}">{}</g>"#, level + 1, format!(r##"<use xlink:href="#l{level}"/>"##).repeat(10)))
        .collect();
    assert!(why(svg(&format!(r#"<rect id="l0" width="1" height="1"/>{laughs}"#)).as_bytes()).contains("too complex"));
    assert!(why(svg(&"<g>".repeat(9_000)).as_bytes()).contains("damaged"), "never closed");
    let deep = why(svg(&format!("{}{}", "<g>".repeat(9_000), "</g>".repeat(9_000))).as_bytes());
    assert!(deep.contains("too complex") || deep.contains("damaged"), "{deep}");
    assert!(why(svg(&r#"<rect width="1" height="1"/>"#.repeat(25_000)).as_bytes()).contains("too complex"));
    let entities = format!("<!DOCTYPE svg [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;\">]>{}", svg("&b;"));
    assert!(why(entities.as_bytes()).contains("declares entities"));
    let outside = format!("<!DOCTYPE svg [<!ENTITY a SYSTEM \"file:///etc/passwd\">]>{}", svg("<desc>&a;</desc>"));
    assert!(why(outside.as_bytes()).contains("declares entities"));
}

#[test]
fn references_to_the_outside_draw_nothing() {
    let pixels = drawn(
        r##"<style>@import url("https://tracker.example/a.css"); rect{fill:#112233}</style>
        <use href="https://tracker.example/a.svg#x"/><rect width="200" height="50" style="fill:url(https://tracker.example/b.svg#p) #445566"/>"##,
    );
    assert_eq!(middle(&pixels)[3], 255);
}
