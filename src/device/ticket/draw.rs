//! Draws a ticket: what stands where.

use std::ops::Range;

use qrcode::types::QrError;

use super::bitmap::Bitmap;
use super::content::{Advisor, TicketContent};
use super::logo::Logo;
use super::qr::Qr;
use super::sheet::{Measures, Sheet, centred};
use super::text::{Style, typesetter};
use crate::config::PaperWidth;

/// The widest print head, dots; no QR is higher.
pub(super) const WIDEST: u32 = 576;

const MM80: Measures = Measures {
    width: 576,
    margin: 40,
    module: 8,
    number: 168.0,
    house: 52.0,
    name: 56.0,
    lead: 38.0,
    body: 28.0,
    small: 25.0,
    gap: 14,
};

const MM58: Measures = Measures {
    width: 384,
    margin: 16,
    module: 6,
    number: 120.0,
    house: 40.0,
    name: 44.0,
    lead: 30.0,
    body: 24.0,
    small: 22.0,
    gap: 10,
};

/// Why a ticket cannot be drawn.
#[derive(Debug, thiserror::Error)]
#[error("the ticket's address does not fit into a QR code ({0})")]
pub struct DrawError(QrError);

/// A ticket as it will stand on paper.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DrawnTicket {
    bitmap: Bitmap,
    qr_lines: Range<u32>,
}

impl DrawnTicket {
    pub const fn bitmap(&self) -> &Bitmap {
        &self.bitmap
    }
    /// The lines of dots that the QR takes, its quiet zone included.
    pub(super) const fn qr_lines(&self) -> &Range<u32> {
        &self.qr_lines
    }
    pub fn png(&self) -> Vec<u8> {
        self.bitmap.png()
    }
}

/// Draws `content` for paper of that width. Takes some milliseconds of one core: not for a thread
/// that serves others.
pub fn draw(
    content: &TicketContent,
    width: PaperWidth,
    logo: &Logo,
) -> Result<DrawnTicket, DrawError> {
    let qr = (!content.url.is_empty())
        .then(|| Qr::new(&content.url))
        .transpose()
        .map_err(DrawError)?;
    let m = match width {
        PaperWidth::Mm80 => MM80,
        PaperWidth::Mm58 => MM58,
    };
    let mut type_ = typesetter();
    let mut sheet = Sheet {
        bitmap: Bitmap::new(m.width.unsigned_abs()),
        y: 0,
        m,
        type_: &mut type_,
    };
    sheet.gap(1);
    if let Some(mark) = &content.reprint {
        sheet.bar(mark);
        sheet.gap(2);
    }
    head(&mut sheet, content, logo);
    number(&mut sheet, content);
    sheet.gap(2);
    match &content.figures {
        Some((ahead, wait)) => sheet.figures(ahead, wait),
        None => sheet.text(&content.own_number, centred(m.lead, true)),
    }
    sheet.gap(2);
    sheet.rule();
    sheet.gap(2);
    match &content.advisor {
        Some(advisor) => consultant(&mut sheet, advisor),
        None => sheet.text(&content.please_wait, centred(m.lead, false)),
    }
    sheet.gap(2);
    sheet.rule();
    sheet.gap(1);
    let qr_lines = match &qr {
        Some(qr) => {
            let lines = code(&mut sheet, qr);
            sheet.text(&content.scan, centred(m.body, false));
            lines
        }
        None => 0..0,
    };
    sheet.gap(2);
    foot(&mut sheet, content);
    sheet.gap(2);
    let height = sheet.y.unsigned_abs();
    let mut bitmap = sheet.bitmap;
    bitmap.set_height(height);
    Ok(DrawnTicket { bitmap, qr_lines })
}

fn head(sheet: &mut Sheet<'_>, content: &TicketContent, logo: &Logo) {
    let m = sheet.m;
    let size = logo.size(m.inner().unsigned_abs() * 3 / 4, 120);
    logo.paint(&mut sheet.bitmap, (m.width - size.0) / 2, sheet.y, size);
    sheet.y += size.1;
    sheet.gap(1);
    let spaced = Style {
        spacing: 0.08,
        ..centred(m.house, true)
    };
    sheet.text(&content.house, spaced);
    let welcome = Style {
        spacing: 0.2,
        ..centred(m.body, false)
    };
    sheet.text(&content.welcome, welcome);
    sheet.gap(2);
}

fn number(sheet: &mut Sheet<'_>, content: &TicketContent) {
    let m = sheet.m;
    let top = sheet.y;
    let inside = (m.margin + 2 * m.gap, m.inner() - 4 * m.gap);
    sheet.gap(2);
    let label = centred(m.body, false);
    sheet.y += sheet.text_at(&content.number_label, label, inside.0, sheet.y, inside.1);
    let large = centred(m.number, true);
    sheet.gap(2);
    sheet.y += sheet.figure_at(&content.number, large, inside.0, sheet.y, inside.1);
    sheet.gap(3);
    sheet.frame(top);
}

fn consultant(sheet: &mut Sheet<'_>, advisor: &Advisor) {
    let m = sheet.m;
    sheet.text(&advisor.label, centred(m.small, false));
    sheet.text(&advisor.name, centred(m.name, true));
    sheet.text(&advisor.title, centred(m.body, false));
    if !advisor.place.is_empty() {
        sheet.gap(1);
        sheet.text(&advisor.place, centred(m.lead, true));
    }
    sheet.gap(1);
    sheet.text(&advisor.note, centred(m.small, false));
}

/// Draws the QR in the middle; gives its lines.
fn code(sheet: &mut Sheet<'_>, qr: &Qr) -> Range<u32> {
    let m = sheet.m;
    let module = qr.module(m.module, m.width.unsigned_abs());
    let side = qr.side(module).cast_signed();
    qr.paint(&mut sheet.bitmap, (m.width - side) / 2, sheet.y, module);
    let top = sheet.y.unsigned_abs();
    sheet.y += side;
    top..sheet.y.unsigned_abs()
}

fn foot(sheet: &mut Sheet<'_>, content: &TicketContent) {
    let m = sheet.m;
    sheet.rule();
    sheet.gap(1);
    if let Some(drink) = &content.drink {
        sheet.row(drink);
    }
    sheet.row(&content.time);
    sheet.row(&content.receipt);
    sheet.gap(1);
    sheet.text(&content.withdraw, centred(m.small, false));
    sheet.gap(1);
    sheet.text(&content.thanks, centred(m.body, false));
}
