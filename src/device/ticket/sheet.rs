//! A ticket's sheet while it is being drawn: a pen that moves down the paper.

use cosmic_text::Align;

use super::bitmap::Bitmap;
use super::text::{Style, Typesetter};

/// Sizes for one width of paper, in dots (8 a millimetre).
#[derive(Clone, Copy)]
pub(super) struct Measures {
    /// The print head.
    pub width: i32,
    /// Left and right of all print.
    pub margin: i32,
    /// Dots of a QR module.
    pub module: u32,
    pub number: f32,
    pub house: f32,
    pub name: f32,
    pub lead: f32,
    pub body: f32,
    pub small: f32,
    /// The unit of white space.
    pub gap: i32,
}

pub(super) struct Sheet<'a> {
    pub bitmap: Bitmap,
    pub y: i32,
    pub m: Measures,
    pub type_: &'a mut Typesetter,
}

impl Measures {
    pub const fn inner(&self) -> i32 {
        self.width - 2 * self.margin
    }
}

/// A plain centred text that may shrink by a quarter before it wraps.
pub(super) const fn centred(size: f32, bold: bool) -> Style {
    Style {
        size,
        smallest: size * 0.75,
        bold,
        spacing: 0.0,
        align: Align::Center,
    }
}

#[expect(clippy::cast_precision_loss, reason = "a few hundred dots")]
pub(super) const fn dots(n: i32) -> f32 {
    n as f32
}

impl Sheet<'_> {
    pub fn gap(&mut self, units: i32) {
        self.y += units * self.m.gap;
    }

    /// A text over the whole inner width, below all there is.
    pub fn text(&mut self, text: &str, style: Style) {
        let m = self.m;
        self.y += self.text_at(text, style, m.margin, self.y, m.inner());
    }

    /// A text in a column; gives its height.
    pub fn text_at(&mut self, text: &str, style: Style, x: i32, y: i32, width: i32) -> i32 {
        if text.is_empty() {
            return 0;
        }
        let block = self.type_.set(text, style, dots(width));
        self.type_.paint(&block, &mut self.bitmap, x, y, true);
        block.height
    }

    /// Capitals and digits in a column, their heads at `y`; gives the height of these alone,
    /// without the room that other letters need above and below.
    pub fn figure_at(&mut self, text: &str, style: Style, x: i32, y: i32, width: i32) -> i32 {
        let block = self.type_.set(text, style, dots(width));
        let height = block.capitals();
        let above = block.baseline - height;
        self.type_
            .paint(&block, &mut self.bitmap, x, y - above, true);
        height
    }

    /// Small print: label at the left, value at the right, on one line where both fit.
    pub fn row(&mut self, (label, value): &(String, String)) {
        let m = self.m;
        let side = |align| Style {
            align,
            ..centred(m.small, false)
        };
        let label = self.type_.set(label, side(Align::Left), dots(m.inner()));
        let value = self.type_.set(value, side(Align::Right), dots(m.inner()));
        self.type_
            .paint(&label, &mut self.bitmap, m.margin, self.y, true);
        if label.width + value.width + m.small > dots(m.inner()) {
            self.y += label.height;
        }
        self.type_
            .paint(&value, &mut self.bitmap, m.margin, self.y, true);
        self.y += value.height + m.gap / 3;
    }

    /// Two figures side by side, parted by a fine line.
    pub fn figures(&mut self, left: &(String, String), right: &(String, String)) {
        let m = self.m;
        let half = m.inner() / 2;
        let column = half - m.gap;
        let from = self.y;
        let mut lowest = from;
        for (x, (label, value)) in [(m.margin, left), (m.margin + half + m.gap, right)] {
            let below = from + self.text_at(label, centred(m.small, false), x, from, column);
            let style = centred(m.lead, true);
            let end = below + self.text_at(value, style, x, below, column);
            lowest = lowest.max(end);
        }
        let (top, height) = (from + m.gap / 2, lowest - from - m.gap);
        self.bitmap.fill(m.margin + half - 1, top, 2, height, true);
        self.y = lowest;
    }

    /// A fine rule with a lozenge in its middle.
    pub fn rule(&mut self) {
        let m = self.m;
        let (middle, reach) = (m.width / 2, 6);
        let arm = m.inner() / 2 - 3 * reach;
        self.bitmap.fill(m.margin, self.y + reach - 1, arm, 2, true);
        let right = middle + 3 * reach;
        self.bitmap.fill(
            right,
            self.y + reach - 1,
            m.width - m.margin - right,
            2,
            true,
        );
        for row in -reach..reach {
            let across = reach - if row < 0 { -row - 1 } else { row };
            self.bitmap
                .fill(middle - across, self.y + reach + row, 2 * across, 1, true);
        }
        self.y += 2 * reach;
    }

    /// A frame of two lines whose corners step inwards, around what stands between `top` and the
    /// pen.
    pub fn frame(&mut self, top: i32) {
        let m = self.m;
        let (left, right, bottom) = (m.margin, m.width - m.margin, self.y);
        let step = m.gap;
        // Each line: how far inside, how thick.
        for (inside, thick) in [(0, 3), (7, 1)] {
            let (l, r) = (left + inside, right - inside);
            let (t, b) = (top + inside, bottom - inside);
            for y in [t, b - thick] {
                self.bitmap.fill(l + step, y, r - l - 2 * step, thick, true);
            }
            for x in [l, r - thick] {
                self.bitmap.fill(x, t + step, thick, b - t - 2 * step, true);
            }
            for x in [l, r - step - thick] {
                for y in [t + step, b - step - thick] {
                    self.bitmap.fill(x, y, step + thick, thick, true);
                }
            }
            for x in [l + step, r - step - thick] {
                for y in [t, b - step - thick] {
                    self.bitmap.fill(x, y, thick, step + thick, true);
                }
            }
        }
    }

    /// A text in white on a black bar over the whole inner width.
    pub fn bar(&mut self, text: &str) {
        let m = self.m;
        let style = Style {
            spacing: 0.12,
            ..centred(m.lead, true)
        };
        let block = self.type_.set(text, style, dots(m.inner() - 2 * m.gap));
        let height = block.height + m.gap;
        self.bitmap.fill(m.margin, self.y, m.inner(), height, true);
        let at = (m.margin + m.gap, self.y + m.gap / 2);
        self.type_
            .paint(&block, &mut self.bitmap, at.0, at.1, false);
        self.y += height;
    }
}
