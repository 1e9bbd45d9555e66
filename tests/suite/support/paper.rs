//! Reads print jobs back: what a printer is told, and the dots that come out of it. Knows nothing
//! of how the program makes them.

const DLE: u8 = 0x10;
const ESC: u8 = 0x1b;
const GS: u8 = 0x1d;

/// One thing a printer is told.
#[derive(Clone, PartialEq, Eq)]
pub enum Heard {
    /// `DLE EOT n`
    Question(u8),
    /// `GS a n`
    Unasked(u8),
    /// `ESC @`
    Initialise,
    /// `GS v 0` at normal size: bytes a line, then all lines.
    Raster { stride: usize, dots: Vec<u8> },
    /// `ESC d n`
    Feed(u8),
    /// `GS V A n`
    Cut,
    /// `GS r n`
    PaperQuestion(u8),
    /// No command that belongs on a ticket.
    Strange(u8),
}

impl std::fmt::Debug for Heard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Question(n) => write!(f, "Question({n})"),
            Self::Unasked(n) => write!(f, "Unasked({n})"),
            Self::Initialise => f.write_str("Initialise"),
            Self::Raster { stride, dots } => write!(f, "Raster({stride}x{})", dots.len() / stride),
            Self::Feed(n) => write!(f, "Feed({n})"),
            Self::Cut => f.write_str("Cut"),
            Self::PaperQuestion(n) => write!(f, "PaperQuestion({n})"),
            Self::Strange(b) => write!(f, "Strange({b:#04x})"),
        }
    }
}

/// The first thing in `bytes` and how many it takes; `None` when its end is still to come.
pub fn first(bytes: &[u8]) -> Option<(Heard, usize)> {
    let at = |i: usize| bytes.get(i).copied();
    Some(match (at(0)?, at(1)) {
        (DLE, Some(4)) => (Heard::Question(at(2)?), 3),
        (ESC, Some(b'@')) => (Heard::Initialise, 2),
        (ESC, Some(b'd')) => (Heard::Feed(at(2)?), 3),
        (GS, Some(b'a')) => (Heard::Unasked(at(2)?), 3),
        (GS, Some(b'r')) => (Heard::PaperQuestion(at(2)?), 3),
        (GS, Some(b'V')) if at(2)? == 65 => {
            at(3)?;
            (Heard::Cut, 4)
        }
        (GS, Some(b'v')) if at(2)? == b'0' && at(3)? == 0 => {
            let stride = usize::from(u16::from_le_bytes([at(4)?, at(5)?]));
            let lines = usize::from(u16::from_le_bytes([at(6)?, at(7)?]));
            let dots = bytes.get(8..8 + stride * lines)?.to_vec();
            (Heard::Raster { stride, dots }, 8 + stride * lines)
        }
        (DLE | ESC | GS, None) => return None,
        (strange, _) => (Heard::Strange(strange), 1),
    })
}

pub fn all(mut bytes: &[u8]) -> Vec<Heard> {
    let mut heard = Vec::new();
    while !bytes.is_empty() {
        let (what, length) = first(bytes).expect("a job holds whole commands only");
        heard.push(what);
        bytes = &bytes[length..];
    }
    heard
}

/// The dots on paper.
pub struct Paper {
    pub width: usize,
    pub lines: Vec<Vec<bool>>,
    /// First line of each band after the first.
    pub seams: Vec<usize>,
}

impl Paper {
    pub fn of(heard: &[Heard]) -> Self {
        let mut paper = Self {
            width: 0,
            lines: Vec::new(),
            seams: Vec::new(),
        };
        for what in heard {
            let Heard::Raster { stride, dots } = what else {
                continue;
            };
            assert!(
                dots.len() / stride < 2303,
                "more lines than one raster holds"
            );
            if !paper.lines.is_empty() {
                paper.seams.push(paper.lines.len());
                assert_eq!(paper.width, stride * 8, "bands of one width");
            }
            paper.width = stride * 8;
            for line in dots.chunks(*stride) {
                let bits = line
                    .iter()
                    .flat_map(|b| (0..8).map(move |i| b & (0x80 >> i) != 0));
                paper.lines.push(bits.collect());
            }
        }
        paper
    }

    pub fn height(&self) -> usize {
        self.lines.len()
    }

    /// Every QR code on the paper: what it says, its first and its last line.
    pub fn codes(&self) -> Vec<(String, usize, usize)> {
        let mut picture =
            rqrr::PreparedImage::prepare_from_bitmap(self.width, self.height(), |x, y| {
                self.lines[y][x]
            });
        let grids = picture.detect_grids();
        grids
            .iter()
            .map(|grid| {
                let (_, text) = grid.decode().expect("a QR code that can be read");
                let lines = grid
                    .bounds
                    .map(|p| usize::try_from(p.y).expect("on the paper"));
                let first = lines.into_iter().min().expect("four corners");
                (text, first, lines.into_iter().max().expect("four corners"))
            })
            .collect()
    }

    /// Columns that stay white from the left and from the right.
    pub fn white_columns(&self) -> (usize, usize) {
        let white = |x: &usize| self.lines.iter().all(|line| !line[*x]);
        let left = (0..self.width).take_while(white).count();
        let right = (0..self.width).rev().take_while(white).count();
        (left, right)
    }
}
