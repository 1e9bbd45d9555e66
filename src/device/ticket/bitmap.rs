//! One bit a dot, as a thermal printer prints it.

/// Rows of dots, eight a byte, the leftmost in the highest bit; 1 is black.
#[derive(Clone, PartialEq, Eq)]
pub struct Bitmap {
    width: u32,
    rows: Vec<u8>,
}

impl Bitmap {
    /// An empty one. `width` in dots, a multiple of 8.
    pub(super) fn new(width: u32) -> Self {
        debug_assert_eq!(width % 8, 0);
        Self {
            width,
            rows: Vec::new(),
        }
    }

    /// Dots.
    pub const fn width(&self) -> u32 {
        self.width
    }

    /// Lines of dots.
    pub fn height(&self) -> u32 {
        u32::try_from(self.rows.len() / self.stride()).unwrap_or(u32::MAX)
    }

    /// Bytes a line.
    pub const fn stride(&self) -> usize {
        (self.width / 8) as usize
    }

    /// The bytes of the lines from `from` to before `to`.
    pub fn lines(&self, from: u32, to: u32) -> &[u8] {
        &self.rows[from as usize * self.stride()..to as usize * self.stride()]
    }

    /// Whether a dot is black; outside it is paper.
    pub fn is_black(&self, x: u32, y: u32) -> bool {
        x < self.width && y < self.height() && {
            let at = y as usize * self.stride() + (x / 8) as usize;
            self.rows[at] & (0x80 >> (x % 8)) != 0
        }
    }

    /// Makes a dot black or white; the paper grows downwards as needed.
    pub(super) fn put(&mut self, x: i32, y: i32, black: bool) {
        let (Ok(x), Ok(y)) = (u32::try_from(x), u32::try_from(y)) else {
            return;
        };
        if x >= self.width {
            return;
        }
        if y >= self.height() {
            self.set_height(y + 1);
        }
        let at = y as usize * self.stride() + (x / 8) as usize;
        let bit = 0x80 >> (x % 8);
        if black {
            self.rows[at] |= bit;
        } else {
            self.rows[at] &= !bit;
        }
    }

    pub(super) fn fill(&mut self, x: i32, y: i32, width: i32, height: i32, black: bool) {
        for row in y..y + height {
            for column in x..x + width {
                self.put(column, row, black);
            }
        }
    }

    pub(super) fn set_height(&mut self, height: u32) {
        self.rows.resize(height as usize * self.stride(), 0);
    }

    /// The same picture as a PNG of one bit a dot.
    pub fn png(&self) -> Vec<u8> {
        let mut file = Vec::new();
        let mut encoder = png::Encoder::new(&mut file, self.width, self.height());
        encoder.set_color(png::ColorType::Grayscale);
        encoder.set_depth(png::BitDepth::One);
        let white_is_one: Vec<u8> = self.rows.iter().map(|b| !b).collect();
        encoder
            .write_header()
            .and_then(|mut w| w.write_image_data(&white_is_one))
            .expect("a picture of known size is written into memory");
        file
    }
}

impl std::fmt::Debug for Bitmap {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Bitmap({}x{})", self.width, self.height())
    }
}
