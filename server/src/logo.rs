//! Logos. A PNG or SVG file that somebody uploads becomes a PNG file that is written here from pixels alone, so nothing else of the file is
//! kept or served: no script, no reference, no metadata.
//!
//! SVG is drawn once, by resvg. What it would draw wrongly or at a high price is refused in words (`svg`).

mod svg;
#[cfg(test)]
mod tests;

use std::io::Cursor;

use app::kernel::error::{Error, Result};
use app::program::branding::Logo;
use app::program::branding::rules::{MAX_LOGO_FILE_BYTES, MAX_LOGO_FILE_PIXELS, MAX_LOGO_HEIGHT, MAX_LOGO_WIDTH, MIN_LOGO_HEIGHT};
use png::{BitDepth, ColorType, Decoder, DecodingError, Encoder, Limits, Transformations};

/// What a PNG decoder may use besides the pixels, in bytes.
const MAX_DECODER_BYTES: usize = 8 * 1024 * 1024;

/// A picture: red, green, blue and alpha of each pixel, row by row.
#[derive(Clone)]
pub struct Pixels {
    pub width: u32,
    pub height: u32,
    pub rgba: Vec<u8>,
}

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

fn refused(why: impl Into<String>) -> Error {
    let why: String = why.into();
    Error::field("file", why)
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

/// The scale at which a picture of this size is as large as a logo is kept.
pub(crate) fn scale(width: f32, height: f32) -> f32 {
    #[expect(clippy::cast_precision_loss, reason = "small numbers")]
    let (most_wide, most_high) = (MAX_LOGO_WIDTH as f32, MAX_LOGO_HEIGHT as f32);
    (most_wide / width).min(most_high / height)
}

impl Pixels {
    /// The picture, made smaller where it is larger than a logo is kept.
    fn fitted(self) -> Self {
        #[expect(clippy::cast_precision_loss, reason = "at most 8 million")]
        let scale = scale(self.width as f32, self.height as f32);
        if scale >= 1.0 {
            return self;
        }
        #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most 8 million")]
        let scaled = |length: u32| ((length as f32 * scale).round() as u32).max(1);
        self.shrunk(scaled(self.width), scaled(self.height))
    }

    /// Each pixel is the mean of those that it takes the place of, weighted by their alpha, so that edges get no dark fringe.
    fn shrunk(&self, width: u32, height: u32) -> Self {
        let range = |at: u32, of: u32, length: u32| {
            let begin = u64::from(at) * u64::from(length) / u64::from(of);
            let end = (u64::from(at + 1) * u64::from(length)).div_ceil(u64::from(of));
            usize::try_from(begin).unwrap_or(0)..usize::try_from(end).unwrap_or(0)
        };
        let row_length = self.width as usize;
        let mut rgba = Vec::with_capacity(width as usize * height as usize * 4);
        for y in 0..height {
            for x in 0..width {
                let (mut sums, mut alphas, mut count) = ([0_u64; 3], 0_u64, 0_u64);
                for row in range(y, height, self.height) {
                    for column in range(x, width, self.width) {
                        let at = (row * row_length + column) * 4;
                        let alpha = u64::from(self.rgba[at + 3]);
                        for (sum, part) in sums.iter_mut().zip(&self.rgba[at..at + 3]) {
                            *sum += u64::from(*part) * alpha;
                        }
                        alphas += alpha;
                        count += 1;
                    }
                }
                let mean = |sum: u64, of: u64| u8::try_from((sum + of / 2).checked_div(of).unwrap_or(0)).unwrap_or(u8::MAX);
                rgba.extend(sums.map(|sum| mean(sum, alphas)));
                rgba.push(mean(alphas, count));
            }
        }
        Self { width, height, rgba }
    }
}
