//! A drawn ticket as the bytes of a print job: initialise, the picture in bands, feed, cut.

use std::cell::RefCell;

use escpos::driver::Driver;
use escpos::errors::PrinterError;
use escpos::printer::Printer;
use escpos::utils::{DLE, EOT, GS, Protocol, RealTimeStatusRequest};

use super::draw::DrawnTicket;

/// `GS v 0`: print a raster, at normal size.
const RASTER: [u8; 4] = [GS, b'v', b'0', 0];
/// Lines in one raster; the command's limit is 2303, small buffers take less.
const BAND: u32 = 1024;
/// How far above its limit a band looks for an empty line to end at, so that a printer's pause
/// between two bands falls where nothing is printed.
const SEARCH: u32 = 256;

/// Gathers what the commands' library writes.
#[derive(Default)]
struct Gather(RefCell<Vec<u8>>);

impl Driver for Gather {
    fn name(&self) -> String {
        "memory".to_owned()
    }
    fn write(&self, data: &[u8]) -> Result<(), PrinterError> {
        self.0.borrow_mut().extend_from_slice(data);
        Ok(())
    }
    fn read(&self, _: &mut [u8]) -> Result<usize, PrinterError> {
        Ok(0)
    }
    fn flush(&self) -> Result<(), PrinterError> {
        Ok(())
    }
}

fn composed(commands: impl FnOnce(&mut Printer<Gather>) -> Result<(), PrinterError>) -> Vec<u8> {
    let mut printer = Printer::new(Gather::default(), Protocol::default(), None);
    commands(&mut printer).expect("plain commands compose into memory");
    printer.driver().0.into_inner()
}

/// `DLE EOT n`: the question for one real-time status. The library's own command adds a zero byte,
/// which belongs to its longer questions only and would be one stray byte on the way to the paper.
pub(in crate::device) fn status_question(about: RealTimeStatusRequest) -> [u8; 3] {
    let (about, _) = about.into();
    [DLE, EOT, about]
}

impl DrawnTicket {
    /// The paper's bytes alone: no question to the printer in them, the cut at their end.
    pub fn bytes(&self) -> Vec<u8> {
        let picture = self.bitmap();
        composed(|p| {
            p.init()?;
            for (from, to) in self.bands() {
                let mut band = RASTER.to_vec();
                let stride = u16::try_from(picture.stride()).unwrap_or(u16::MAX);
                let lines = u16::try_from(to - from).unwrap_or(u16::MAX);
                band.extend_from_slice(&stride.to_le_bytes());
                band.extend_from_slice(&lines.to_le_bytes());
                band.extend_from_slice(picture.lines(from, to));
                p.custom(&band)?;
            }
            p.feed()?.print_cut().map(drop)
        })
    }

    /// The picture's bands as first line and line after the last. The QR is never cut in two.
    fn bands(&self) -> Vec<(u32, u32)> {
        let height = self.bitmap().height();
        let mut bands = Vec::new();
        let mut from = 0;
        while from < height {
            let to = self.band_end(from, height);
            bands.push((from, to));
            from = to;
        }
        bands
    }

    fn band_end(&self, from: u32, height: u32) -> u32 {
        let limit = from + BAND;
        if limit >= height {
            return height;
        }
        let qr = self.qr_lines();
        let cuts_qr = |line: u32| qr.start < line && line < qr.end;
        let empty = |line: &u32| {
            !cuts_qr(*line)
                && self
                    .bitmap()
                    .lines(*line, *line + 1)
                    .iter()
                    .all(|b| *b == 0)
        };
        // Higher than the QR, so a band that would cut it can end before it.
        const { assert!(BAND > super::draw::WIDEST) };
        let whole = if cuts_qr(limit) { qr.start } else { limit };
        (limit - SEARCH..=limit).rev().find(empty).unwrap_or(whole)
    }
}
