//! Where syllables can begin and end in what was typed.

use std::ops::Range;

use super::lexicon::Lexicon;

/// Added where only the beginning of the last syllable is there.
const UNFINISHED: u32 = 600;
/// Added where an initial stands for its syllable.
const INITIAL: u32 = 300;
/// Added where `z`, `c` or `s` is an initial though an `h` follows: `zh` was more likely meant.
const SPLIT_INITIAL: u32 = 500;
/// No more letters than this are looked at.
const MOST_LETTERS: usize = 40;
/// The longest syllable: `zhuang`.
const LONGEST_SYLLABLE: usize = 6;

/// A syllable that can stand at some place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Edge {
    /// The letter after it.
    pub(super) end: usize,
    /// What it can be: one syllable, or all with a certain beginning.
    pub(super) syllables: Range<u16>,
    /// 0 when it is spelled out.
    pub(super) penalty: u32,
}

impl Edge {
    pub(super) fn is_whole(&self) -> bool {
        self.penalty == 0
    }
}

/// The letters typed, with the syllables that can stand at each of them.
pub(super) struct Spelling {
    edges: Vec<Vec<Edge>>,
    /// Byte offset of each letter in what was typed, and of the end.
    offsets: Vec<usize>,
}

impl Spelling {
    pub(super) fn new(lexicon: &Lexicon, typed: &str) -> Self {
        let mut letters = String::new();
        let mut offsets = Vec::new();
        // Whether a separator stands before the letter of this number.
        let mut broken = Vec::new();
        let (mut separated, mut read) = (true, 0);
        for (at, c) in typed.char_indices() {
            let letter = match c.to_lowercase().next() {
                Some('\'' | '’' | ' ') => None,
                // After these `ü` is written `u`, and there is no other `u`.
                Some('ü' | 'v') if letters.ends_with(['j', 'q', 'x', 'y']) => Some('u'),
                Some('ü') => Some('v'),
                Some(l @ 'a'..='z') => Some(l),
                _ => break,
            };
            if letter.is_some() && letters.len() == MOST_LETTERS {
                break;
            }
            read = at + c.len_utf8();
            match letter {
                None => separated = true,
                Some(l) => {
                    letters.push(l);
                    offsets.push(at);
                    broken.push(std::mem::take(&mut separated));
                }
            }
        }
        offsets.push(read);
        broken.push(true);
        let edges = (0..letters.len())
            .map(|at| edges_at(lexicon, &letters, &broken, at))
            .collect();
        Self { edges, offsets }
    }

    /// How many letters there are.
    pub(super) fn len(&self) -> usize {
        self.edges.len()
    }

    /// The syllables that can begin at letter `at`; none at the end.
    pub(super) fn edges(&self, at: usize) -> &[Edge] {
        self.edges.get(at).map_or(&[], Vec::as_slice)
    }

    /// The fewest syllables, all spelled out, that make up all the letters.
    pub(super) fn fewest_syllables(&self) -> Option<usize> {
        let mut fewest = vec![None; self.len() + 1];
        fewest[0] = Some(0);
        for at in 0..self.len() {
            let Some(here) = fewest[at] else { continue };
            for edge in self.edges[at].iter().filter(|e| e.is_whole()) {
                let there = &mut fewest[edge.end];
                *there = Some(there.map_or(here + 1, |n: usize| n.min(here + 1)));
            }
        }
        fewest[self.len()]
    }

    /// Bytes of what was typed that the letters before `end` stand for.
    pub(super) fn consumed(&self, end: usize) -> usize {
        self.offsets[end]
    }
}

fn edges_at(lexicon: &Lexicon, letters: &str, broken: &[bool], at: usize) -> Vec<Edge> {
    let mut edges = Vec::new();
    for end in at + 1..=letters.len().min(at + LONGEST_SYLLABLE) {
        if broken[at + 1..end].contains(&true) {
            break;
        }
        let part = &letters[at..end];
        let mut edge = |syllables: Range<u16>, penalty| {
            edges.push(Edge {
                end,
                syllables,
                penalty,
            });
        };
        // Passports write LYU, and `lüe` has no other spelling in the lexicon than `lue`.
        let spelled = match part {
            "lyu" => "lv",
            "nyu" => "nv",
            "lve" => "lue",
            "nve" => "nue",
            other => other,
        };
        let whole = lexicon.syllable(spelled);
        // A separator behind a whole syllable says that it is meant to end there.
        let ends_here = whole.is_some() && end < letters.len() && broken[end];
        if let Some(syllable) = whole {
            edge(syllable, 0);
        }
        if ends_here {
            break;
        }
        if broken[end] {
            let begun = lexicon.beginning_with(part);
            if !begun.is_empty() {
                edge(begun, UNFINISHED);
            }
        } else if is_initial(part) {
            let goes_on = !lexicon.beginning_with(&letters[at..=end]).is_empty();
            let splits = matches!(part, "z" | "c" | "s") && letters[end..].starts_with('h');
            if splits {
                edge(lexicon.beginning_with(part), SPLIT_INITIAL);
            } else if !goes_on {
                edge(lexicon.beginning_with(part), INITIAL);
            }
        }
    }
    edges
}

/// The initials (声母), with `y` and `w`, and the vowels that a syllable can begin with.
fn is_initial(letters: &str) -> bool {
    match letters.as_bytes() {
        [l] => l.is_ascii_alphabetic() && !b"iuv".contains(l),
        [b'z' | b'c' | b's', b'h'] => true,
        _ => false,
    }
}
