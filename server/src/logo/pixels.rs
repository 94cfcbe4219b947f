//! The pixels of a picture, and making them fewer.

use app::kernel::error::Error;
use app::program::branding::rules::{MAX_LOGO_HEIGHT, MAX_LOGO_WIDTH};

/// A picture: red, green, blue and alpha of each pixel, row by row.
#[derive(Clone)]
pub struct Pixels {
    pub width: u32,
    pub height: u32,
    pub rgba: Vec<u8>,
}

/// An uploaded file that is no logo, and why.
pub(super) fn refused(why: impl Into<String>) -> Error {
    let why: String = why.into();
    Error::field("file", why)
}

/// The scale at which a picture of this size is as large as a logo is kept.
pub(super) fn scale(width: f32, height: f32) -> f32 {
    #[expect(clippy::cast_precision_loss, reason = "small numbers")]
    let (most_wide, most_high) = (MAX_LOGO_WIDTH as f32, MAX_LOGO_HEIGHT as f32);
    (most_wide / width).min(most_high / height)
}

impl Pixels {
    /// The picture, made smaller where it is larger than a logo is kept.
    pub(super) fn fitted(self) -> Self {
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
    pub(super) fn shrunk(&self, width: u32, height: u32) -> Self {
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
