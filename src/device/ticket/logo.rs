//! The picture at the ticket's head: the house's own, or the mark drawn in code.

use std::io;
use std::path::Path;

use png::{ColorType, Decoder, Limits, Transformations};

use super::bitmap::Bitmap;
use super::mark;

/// Most bytes a picture may take when unpacked.
const LARGEST: usize = 32 << 20;

/// Why a configured picture is not printed.
#[derive(Debug, thiserror::Error)]
pub enum LogoError {
    #[error("the picture cannot be read ({0})")]
    Read(io::ErrorKind),
    #[error("the picture is not a PNG that can be drawn ({0})")]
    Png(#[from] png::DecodingError),
}

/// The house's sign.
pub enum Logo {
    /// The gate in a ring.
    Mark,
    Picture(Picture),
}

/// A picture's darkness, row by row; 0 is paper.
pub struct Picture {
    width: u32,
    height: u32,
    ink: Vec<u8>,
}

impl Logo {
    /// Reads a PNG; transparent is paper.
    pub fn from_file(path: &Path) -> Result<Self, LogoError> {
        Self::from_png(&std::fs::read(path).map_err(|e| LogoError::Read(e.kind()))?)
    }

    pub fn from_png(file: &[u8]) -> Result<Self, LogoError> {
        let limits = Limits { bytes: LARGEST };
        let mut decoder = Decoder::new_with_limits(io::Cursor::new(file), limits);
        decoder.set_transformations(Transformations::normalize_to_color8());
        let mut reader = decoder.read_info()?;
        let too_large = || png::DecodingError::LimitsExceeded;
        let size = reader.output_buffer_size().filter(|s| *s <= LARGEST);
        let mut pixels = vec![0; size.ok_or_else(too_large)?];
        let frame = reader.next_frame(&mut pixels)?;
        pixels.truncate(frame.buffer_size());
        let channels = frame.color_type.samples();
        let alpha = matches!(
            frame.color_type,
            ColorType::GrayscaleAlpha | ColorType::Rgba
        );
        let ink = pixels
            .chunks_exact(channels)
            .map(|p| {
                let colours = &p[..channels - usize::from(alpha)];
                let opacity = if alpha { p[channels - 1] } else { 255 };
                let sum: u32 = colours.iter().map(|c| u32::from(*c)).sum();
                let dark = 255 - sum / colours.len() as u32;
                u8::try_from(dark * u32::from(opacity) / 255).unwrap_or(255)
            })
            .collect();
        Ok(Self::Picture(Picture {
            width: frame.width,
            height: frame.height,
            ink,
        }))
    }

    /// Width and height in dots within a box.
    pub(super) fn size(&self, widest: u32, highest: u32) -> (i32, i32) {
        match self {
            Self::Mark => (mark::SIDE, mark::SIDE),
            Self::Picture(p) => {
                let (w, h) = (u64::from(p.width), u64::from(p.height));
                let (bw, bh) = (u64::from(widest), u64::from(highest));
                let fitted = if w * bh > h * bw {
                    (bw, h * bw / w)
                } else {
                    (w * bh / h, bh)
                };
                // Never larger than it is: enlarged dots look coarse.
                let side = |fitted: u64, own: u64| {
                    i32::try_from(fitted.min(own).max(1)).unwrap_or(i32::MAX)
                };
                (side(fitted.0, w), side(fitted.1, h))
            }
        }
    }

    /// Draws it at `size` with its upper left corner at `left`, `top`.
    pub(super) fn paint(&self, bitmap: &mut Bitmap, left: i32, top: i32, size: (i32, i32)) {
        let picture = match self {
            Self::Mark => return mark::paint(bitmap, left, top),
            Self::Picture(picture) => picture,
        };
        for y in 0..size.1 {
            for x in 0..size.0 {
                if picture.darkness(x, y, size) >= 128 {
                    bitmap.put(left + x, top + y, true);
                }
            }
        }
    }
}

impl Picture {
    /// The mean darkness of all that falls on one dot.
    fn darkness(&self, x: i32, y: i32, size: (i32, i32)) -> u64 {
        let span = |at: i32, dots: i32, own: u32| {
            let (at, dots) = (at.unsigned_abs() as usize, dots.unsigned_abs() as usize);
            let from = at * own as usize / dots;
            from..((at + 1) * own as usize / dots).max(from + 1)
        };
        let (mut sum, mut count) = (0_u64, 0_u64);
        for row in span(y, size.1, self.height) {
            for column in span(x, size.0, self.width) {
                sum += u64::from(self.ink[row * self.width as usize + column]);
                count += 1;
            }
        }
        sum / count.max(1)
    }
}

impl std::fmt::Debug for Logo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Mark => f.write_str("Mark"),
            Self::Picture(p) => write!(f, "Picture({}x{})", p.width, p.height),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A PNG of one colour with transparency.
    fn plain(width: u32, height: u32, colour: [u8; 4]) -> Vec<u8> {
        let mut file = Vec::new();
        let mut encoder = png::Encoder::new(&mut file, width, height);
        encoder.set_color(ColorType::Rgba);
        encoder
            .write_header()
            .and_then(|mut w| w.write_image_data(&colour.repeat((width * height) as usize)))
            .expect("a picture");
        file
    }

    #[test]
    fn k3_a_configured_picture_fits_its_box_and_transparent_is_paper() {
        let logo = Logo::from_png(&plain(800, 200, [10, 60, 50, 255])).expect("a logo");
        assert_eq!(logo.size(400, 120), (400, 100));
        let mut bitmap = Bitmap::new(400);
        logo.paint(&mut bitmap, 0, 0, (400, 100));
        assert_eq!(bitmap.height(), 100);
        assert!(bitmap.is_black(399, 99));

        let glass = Logo::from_png(&plain(8, 8, [0, 0, 0, 40])).expect("a logo");
        let mut bitmap = Bitmap::new(8);
        glass.paint(&mut bitmap, 0, 0, glass.size(400, 120));
        assert_eq!(bitmap.height(), 0, "nothing was printed");
    }

    #[test]
    fn k3_what_is_no_picture_is_refused() {
        assert!(matches!(Logo::from_png(b"GIF89a"), Err(LogoError::Png(_))));
        let missing = Logo::from_file(Path::new("no/such/logo.png"));
        assert!(matches!(missing, Err(LogoError::Read(_))));
    }
}
