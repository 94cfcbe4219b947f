//! Logos. A PNG or SVG file that somebody uploads becomes a PNG file that is written here from pixels alone, so nothing else of the file is
//! kept or served: no script, no reference, no metadata.
//!
//! SVG is drawn once, by resvg. What it would draw wrongly or at a high price is refused in words (`svg`).

mod pixels;
mod svg;
#[cfg(test)]
mod tests;

use std::io::Cursor;

use app::kernel::error::{Error, Result};
use app::program::branding::Logo;
use app::program::branding::rules::{MAX_LOGO_FILE_BYTES, MAX_LOGO_FILE_PIXELS, MIN_LOGO_HEIGHT};
use png::{BitDepth, ColorType, Decoder, DecodingError, Encoder, Limits, Transformations};

pub use pixels::Pixels;
use pixels::refused;

/// What a PNG decoder may use besides the pixels, in bytes.
const MAX_DECODER_BYTES: usize = 8 * 1024 * 1024;

/// The logo in an uploaded file. Takes up to a second: not for an async thread.
///
/// # Errors
/// `Invalid` on `file`, saying what to do.
pub fn prepare(file: &[u8]) -> Result<Logo> {
    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";
    if file.len() > MAX_LOGO_FILE_BYTES {
        return Err(too_large());
    }
    let pixels = if file.starts_with(PNG) {
        decode(file)?.fitted()
    } else if svg::is_svg(file) {
        svg::draw(file)?
    } else {
        return Err(refused("This file is neither PNG nor SVG. Choose a PNG or SVG file."));
    };
    if pixels.height < MIN_LOGO_HEIGHT {
        return Err(refused(format!("This logo is too small or too wide. It needs at least {MIN_LOGO_HEIGHT} pixels in height.")));
    }
    if pixels.rgba.chunks_exact(4).all(|pixel| pixel[3] == 0) {
        return Err(refused("This logo is empty: all of it is transparent."));
    }
    Ok(Logo { png: encode(&pixels)?, width: pixels.width, height: pixels.height })
}

/// The pixels of a logo that was prepared here.
///
/// # Errors
/// `Invalid` for a file that was not.
pub fn pixels(png: &[u8]) -> Result<Pixels> {
    decode(png)
}

/// The file is larger than a logo may be.
pub(crate) fn too_large() -> Error {
    refused(format!("This file is larger than {} MB. Save the logo smaller, then try again.", MAX_LOGO_FILE_BYTES / 1_000_000))
}

fn decode(file: &[u8]) -> Result<Pixels> {
    let damaged = |error: DecodingError| match error {
        DecodingError::LimitsExceeded => refused("This PNG file needs too much memory. Save it again without metadata."),
        _ => refused("This PNG file is damaged. Save it again, then try again."),
    };
    let mut decoder = Decoder::new_with_limits(Cursor::new(file), Limits { bytes: MAX_DECODER_BYTES });
    decoder.set_ignore_text_chunk(true);
    decoder.set_ignore_iccp_chunk(true);
    decoder.set_transformations(Transformations::EXPAND | Transformations::STRIP_16);
    let header = decoder.read_header_info().map_err(damaged)?;
    if u64::from(header.width) * u64::from(header.height) > MAX_LOGO_FILE_PIXELS {
        let (width, height) = (header.width, header.height);
        return Err(refused(format!("This logo has {width} by {height} pixels, which is too many. Save it with at most 2,000 by 2,000.")));
    }
    let mut reader = decoder.read_info().map_err(damaged)?;
    let size = reader.output_buffer_size().ok_or_else(|| damaged(DecodingError::LimitsExceeded))?;
    let mut buffer = vec![0; size];
    let frame = reader.next_frame(&mut buffer).map_err(damaged)?;
    let bytes = &buffer[..frame.buffer_size()];
    let rgba = match frame.color_type {
        ColorType::Rgba => bytes.to_vec(),
        ColorType::Rgb => bytes.chunks_exact(3).flat_map(|rgb| [rgb[0], rgb[1], rgb[2], 255]).collect(),
        ColorType::GrayscaleAlpha => bytes.chunks_exact(2).flat_map(|grey| [grey[0], grey[0], grey[0], grey[1]]).collect(),
        ColorType::Grayscale => bytes.iter().flat_map(|grey| [*grey, *grey, *grey, 255]).collect(),
        ColorType::Indexed => return Err(Error::Internal("a PNG palette was not expanded".into())),
    };
    Ok(Pixels { width: frame.width, height: frame.height, rgba })
}

fn encode(pixels: &Pixels) -> Result<Vec<u8>> {
    let failed = |error: png::EncodingError| Error::Internal(format!("a logo could not be written: {error}"));
    let mut file = Vec::new();
    let mut encoder = Encoder::new(&mut file, pixels.width, pixels.height);
    encoder.set_color(ColorType::Rgba);
    encoder.set_depth(BitDepth::Eight);
    let mut writer = encoder.write_header().map_err(failed)?;
    writer.write_image_data(&pixels.rgba).map_err(failed)?;
    writer.finish().map_err(failed)?;
    Ok(file)
}
