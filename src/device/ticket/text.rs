//! Text of any script as dots.
//!
//! The house's own fonts come first and are compiled in, so that a ticket looks the same on every
//! machine; the system's fonts are looked through only for a character those lack.

use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};

use cosmic_text::fontdb::{Database, Source};
use cosmic_text::{
    Align, Attrs, Buffer, Color, Family, FontSystem, Hinting, LayoutGlyph, Metrics, Shaping,
    SwashCache, Weight, Wrap,
};

use super::bitmap::Bitmap;

static REGULAR: &[u8] = include_bytes!("../../../assets/fonts/NotoSansSC-Regular.ttf");
static BOLD: &[u8] = include_bytes!("../../../assets/fonts/NotoSansSC-Bold.ttf");
const FAMILY: Family<'_> = Family::Name("Noto Sans SC");

/// How much of a dot a stroke must cover to be printed, of 255. A little under a half, as thin
/// strokes burn weakly.
const INKED: u8 = 112;
/// A line's height by its letters' size; Chinese needs air.
const LEADING: f32 = 1.32;
/// No letter is ever smaller, dots.
const SMALLEST: f32 = 12.0;

/// How a text is set. Sizes in dots (8 a millimetre).
#[derive(Clone, Copy)]
pub(super) struct Style {
    pub size: f32,
    /// Down to here a text shrinks to stay on one line; then it wraps.
    pub smallest: f32,
    pub bold: bool,
    /// Space after each character, as a part of the size.
    pub spacing: f32,
    pub align: Align,
}

/// A text laid out, ready to be drawn.
pub(super) struct Block {
    buffer: Buffer,
    align: Align,
    /// Room it was laid out for.
    room: f32,
    /// Letters' size after shrinking.
    pub size: f32,
    /// What its lines really fill, dots.
    pub width: f32,
    /// All lines, dots.
    pub height: i32,
    /// From the block's top to the last line's foot, dots.
    pub baseline: i32,
}

impl Block {
    /// How high a capital stands, dots; in this font 73 % of its size.
    pub(super) fn capitals(&self) -> i32 {
        whole(self.size * 0.733)
    }
}

pub(super) struct Typesetter {
    fonts: FontSystem,
    glyphs: SwashCache,
    system_fonts: bool,
}

/// Fonts and drawn glyphs are kept for the whole process.
pub(super) fn typesetter() -> MutexGuard<'static, Typesetter> {
    static ONE: LazyLock<Mutex<Typesetter>> = LazyLock::new(|| Mutex::new(Typesetter::new()));
    // What a panic left behind is at worst a missing cache entry.
    ONE.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Typesetter {
    fn new() -> Self {
        let mut fonts = Database::new();
        for font in [REGULAR, BOLD] {
            fonts.load_font_source(Source::Binary(Arc::new(font)));
        }
        Self {
            // The locale only chooses between the system's fonts for Chinese characters.
            fonts: FontSystem::new_with_locale_and_db("zh-CN".to_owned(), fonts),
            glyphs: SwashCache::new(),
            system_fonts: false,
        }
    }

    /// Lays `text` out within `width` dots: on one line where it fits, if need be in smaller
    /// letters, else on several.
    pub(super) fn set(&mut self, text: &str, style: Style, width: f32) -> Block {
        let style = self.with_weight(text, style);
        let natural = self.lay(text, style, style.size, None).width;
        let fitting = (style.size * width / natural.max(1.0)).floor();
        let smallest = style.smallest.min(style.size);
        let wrapped = (fitting < smallest).then_some(width);
        let mut size = fitting.clamp(smallest, style.size);
        loop {
            let mut block = self.lay(text, style, size, wrapped);
            // Letters stand on whole dots, which can make a line a little wider than was reckoned.
            if block.width <= width || size <= SMALLEST {
                block.room = width;
                return block;
            }
            size -= 1.0;
        }
    }

    /// Bold is for texts that the bold font has whole: one thin character among bold ones looks
    /// like a fault.
    fn with_weight(&mut self, text: &str, style: Style) -> Style {
        let block = self.lay(text, style, style.size, None);
        if !self.system_fonts && missing(&block) {
            self.fonts.db_mut().load_system_fonts();
            self.system_fonts = true;
        }
        let mut used: Vec<_> = glyphs(&block).map(|g| g.font_id).collect();
        used.sort_unstable();
        used.dedup();
        Style {
            bold: style.bold && used.len() < 2,
            ..style
        }
    }

    /// Lays `text` out in letters of that size: in lines of at most `width`, or on one line.
    fn lay(&mut self, text: &str, style: Style, size: f32, width: Option<f32>) -> Block {
        let weight = if style.bold {
            Weight::BOLD
        } else {
            Weight::NORMAL
        };
        let attributes = Attrs::new()
            .family(FAMILY)
            .weight(weight)
            .letter_spacing(style.spacing);
        let leading = (size * LEADING).ceil();
        let mut buffer = Buffer::new(&mut self.fonts, Metrics::new(size, leading));
        buffer.set_hinting(Hinting::Enabled);
        buffer.set_wrap(Wrap::WordOrGlyph);
        buffer.set_size(width, None);
        // Aligned when painted, by what the lines really fill.
        buffer.set_text(text, &attributes, Shaping::Advanced, Some(Align::Left));
        buffer.shape_until_scroll(&mut self.fonts, false);
        let mut block = Block {
            buffer,
            align: style.align,
            room: 0.0,
            size,
            width: 0.0,
            height: 0,
            baseline: 0,
        };
        for run in block.buffer.layout_runs() {
            let (left, right) = extent(run.glyphs);
            // The last character's spacing is not part of the picture.
            block.width = block.width.max(right - left - style.spacing * size);
            block.baseline = whole(run.line_y);
            block.height += whole(leading);
        }
        block
    }

    /// Draws a block with its upper left corner at `x`, `y`.
    pub(super) fn paint(&mut self, block: &Block, bitmap: &mut Bitmap, x: i32, y: i32, ink: bool) {
        for run in block.buffer.layout_runs() {
            let (left, right) = extent(run.glyphs);
            let free = block.room - (right - left);
            let shift = match block.align {
                Align::Right => free,
                Align::Center => free / 2.0,
                _ => 0.0,
            };
            let (x, baseline) = (x + whole(shift - left), y + whole(run.line_y));
            for glyph in run.glyphs {
                let at = glyph.physical((0.0, 0.0), 1.0);
                let (from, line) = (x + at.x, baseline + at.y);
                self.glyphs.with_pixels(
                    &mut self.fonts,
                    at.cache_key,
                    Color::rgb(0, 0, 0),
                    |column, row, colour| {
                        let pale = u16::from(colour.r()) + u16::from(colour.g()) > 320;
                        if colour.a() >= INKED && !pale {
                            bitmap.put(from + column, line + row, ink);
                        }
                    },
                );
            }
        }
    }
}

/// Where a line begins and ends, dots.
fn extent(glyphs: &[LayoutGlyph]) -> (f32, f32) {
    let left = glyphs.iter().map(|g| g.x).fold(f32::INFINITY, f32::min);
    let right = glyphs.iter().map(|g| g.x + g.w).fold(0.0, f32::max);
    (left.min(right), right)
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "a few thousand dots at most"
)]
fn whole(dots: f32) -> i32 {
    dots.round() as i32
}

fn glyphs(block: &Block) -> impl Iterator<Item = &LayoutGlyph> {
    block.buffer.layout_runs().flat_map(|run| run.glyphs)
}

/// Whether no font had one of the characters.
fn missing(block: &Block) -> bool {
    glyphs(block).any(|g| g.glyph_id == 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const STYLE: Style = Style {
        size: 40.0,
        smallest: 24.0,
        bold: true,
        spacing: 0.0,
        align: Align::Left,
    };

    #[test]
    fn k3_the_compiled_in_fonts_have_every_character_of_the_official_table() {
        let mut typesetter = Typesetter::new();
        let table = include_str!("../../../tests/data/general-standard-8105.txt");
        let characters: String = table
            .chars()
            .filter(|c| ('\u{3400}'..).contains(c))
            .collect();
        assert!(characters.chars().count() > 8000);
        let regular = Style {
            bold: false,
            ..STYLE
        };
        let block = typesetter.lay(&characters, regular, 24.0, Some(2000.0));
        assert!(!missing(&block));
        assert!(!typesetter.system_fonts);
    }

    #[test]
    fn k3_a_text_shrinks_before_it_wraps_and_never_outgrows_its_width() {
        let mut typesetter = Typesetter::new();
        let short = typesetter.set("苏晴", STYLE, 300.0);
        let shrunk = typesetter.set("欧阳慕容上官苏晴", STYLE, 300.0);
        let spaced = Style {
            spacing: 0.1,
            ..STYLE
        };
        let one_line = typesetter.set("Cloud Residence", spaced, 310.0);
        assert_eq!(one_line.buffer.layout_runs().count(), 1);
        let wrapped = typesetter.set("阿卜杜热合曼·买买提江·阿卜力米提", STYLE, 300.0);
        assert_eq!(short.height, 53);
        assert!(shrunk.height < short.height, "one line, smaller letters");
        assert!(wrapped.height > short.height, "several lines");
        for block in [&short, &shrunk, &wrapped] {
            assert!(block.width <= 300.0, "{}", block.width);
        }
    }

    #[test]
    fn k3_a_name_with_a_rare_character_is_set_in_one_weight() {
        let mut typesetter = Typesetter::new();
        assert!(typesetter.with_weight("李明", STYLE).bold);
        assert!(!typesetter.with_weight("李靐", STYLE).bold);
    }

    #[test]
    fn k3_every_character_of_a_tickets_words_leaves_ink() {
        let mut typesetter = Typesetter::new();
        let words = [
            include_str!("../../../assets/lang/zh-CN/ticket.toml"),
            include_str!("../../../assets/lang/zh-TW/ticket.toml"),
            include_str!("../../../assets/lang/en/ticket.toml"),
        ];
        let mut characters: Vec<char> = words.concat().chars().collect();
        characters.extend("ABCDE0123456789-:".chars());
        characters.retain(|c| !c.is_whitespace());
        characters.sort_unstable();
        characters.dedup();
        for bold in [true, false] {
            for character in &characters {
                let style = Style { bold, ..STYLE };
                let block = typesetter.set(&character.to_string(), style, 200.0);
                let mut bitmap = Bitmap::new(208);
                typesetter.paint(&block, &mut bitmap, 4, 4, true);
                assert!(bitmap.height() > 0, "{character} is blank");
                assert!(!missing(&block), "{character} is missing");
            }
        }
    }
}
