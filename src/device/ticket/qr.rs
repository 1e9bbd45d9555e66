//! The QR code (二维码) with its quiet zone, model 2, level M.

use qrcode::types::QrError;
use qrcode::{Color, EcLevel, QrCode};

use super::bitmap::Bitmap;

/// Modules of white that the standard wants on every side.
const QUIET: u32 = 4;

pub(super) struct Qr {
    colours: Vec<Color>,
    modules: u32,
}

impl Qr {
    pub(super) fn new(text: &str) -> Result<Self, QrError> {
        let code = QrCode::with_error_correction_level(text, EcLevel::M)?;
        let modules = u32::try_from(code.width()).map_err(|_| QrError::DataTooLong)?;
        Ok(Self {
            colours: code.into_colors(),
            modules,
        })
    }

    /// Dots of one module: `wanted`, or fewer where the code would not fit into `width`.
    pub(super) fn module(&self, wanted: u32, width: u32) -> u32 {
        wanted.min(width / (self.modules + 2 * QUIET))
    }

    /// Side in dots, quiet zone included.
    pub(super) const fn side(&self, module: u32) -> u32 {
        (self.modules + 2 * QUIET) * module
    }

    pub(super) fn paint(&self, bitmap: &mut Bitmap, x: i32, y: i32, module: u32) {
        let dots = module.cast_signed();
        let quiet = QUIET.cast_signed() * dots;
        for (row, line) in (0..).zip(self.colours.chunks(self.modules as usize)) {
            for (column, colour) in (0..).zip(line) {
                if *colour == Color::Dark {
                    let at = (x + quiet + column * dots, y + quiet + row * dots);
                    bitmap.fill(at.0, at.1, dots, dots, true);
                }
            }
        }
    }
}
