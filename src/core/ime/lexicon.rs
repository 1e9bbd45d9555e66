//! Reading the lexicon: five tries over syllables, all texts where they stand in the file.

use std::ops::Range;

/// The first line of a lexicon this version reads.
const HEADER: &str = "yingbin pinyin lexicon 1";

/// Why a lexicon cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ImeError {
    #[error("this is not a pinyin lexicon of version 1")]
    NotALexicon,
    #[error("line {0} of the pinyin lexicon cannot be read")]
    Line(usize),
}

/// A text under its syllables. Costs are `-100 ln p`: less is more likely, and costs add up.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry {
    /// Where the text stands in the file, and how many bytes it has.
    at: u32,
    bytes: u8,
    pub(super) cost: u16,
}

/// A place in a trie: the syllables so far.
#[derive(Clone, Default, Debug)]
struct Node {
    syllable: u16,
    children: Range<u32>,
    entries: Range<u32>,
}

/// Texts by their syllables.
#[derive(Default, Debug)]
pub(super) struct Trie {
    nodes: Vec<Node>,
    entries: Vec<Entry>,
}

/// Syllables and the entries under them.
type Key = (Vec<u16>, Range<u32>);

impl Trie {
    pub(super) const ROOT: u32 = 0;

    fn build(mut lines: Vec<Key>, entries: Vec<Entry>) -> Self {
        lines.sort_by(|(a, _), (b, _)| a.cmp(b));
        let mut trie = Self {
            nodes: vec![Node::default()],
            entries,
        };
        trie.grow(0, &lines, 0);
        trie
    }

    /// Gives `node` its entries and children; `lines` all begin with the `depth` syllables of `node`.
    fn grow(&mut self, node: usize, lines: &[Key], depth: usize) {
        let own = usize::from(lines.first().is_some_and(|(s, _)| s.len() == depth));
        if own == 1 {
            self.nodes[node].entries = lines[0].1.clone();
        }
        let groups: Vec<&[Key]> = lines[own..]
            .chunk_by(|(a, _), (b, _)| a[depth] == b[depth])
            .collect();
        let first = self.nodes.len();
        self.nodes.extend(groups.iter().map(|group| Node {
            syllable: group[0].0[depth],
            ..Node::default()
        }));
        self.nodes[node].children = first as u32..self.nodes.len() as u32;
        for (child, group) in (first..).zip(groups) {
            self.grow(child, group, depth + 1);
        }
    }

    /// The children of `node` whose syllable is in `syllables`.
    pub(super) fn children(&self, node: u32, syllables: &Range<u16>) -> Range<u32> {
        let Range { start, end } = self.nodes[node as usize].children.clone();
        let children = &self.nodes[start as usize..end as usize];
        let from = children.partition_point(|n| n.syllable < syllables.start);
        let to = children.partition_point(|n| n.syllable < syllables.end);
        start + from as u32..start + to as u32
    }

    pub(super) fn entries(&self, node: u32) -> &[Entry] {
        let Range { start, end } = self.nodes[node as usize].entries;
        &self.entries[start as usize..end as usize]
    }
}

/// All that is known about sounds and characters.
pub(super) struct Lexicon {
    file: String,
    syllables: Vec<String>,
    common: Vec<String>,
    /// Every character by each of its readings.
    pub(super) characters: Trie,
    /// Characters as they are met in given names.
    pub(super) name_characters: Trie,
    pub(super) surnames: Trie,
    pub(super) given_names: Trie,
    pub(super) words: Trie,
}

impl Lexicon {
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, ImeError> {
        let text = std::str::from_utf8(bytes).map_err(|_| ImeError::NotALexicon)?;
        let mut lines = Line::all(text).peekable();
        if lines.next().map(|line| line.text) != Some(HEADER) {
            return Err(ImeError::NotALexicon);
        }
        let mut section = |name: &str| {
            let heading = lines.next().map(|line| line.text);
            if heading.and_then(|h| h.strip_prefix('[')?.strip_suffix(']')) != Some(name) {
                return Err(ImeError::NotALexicon);
            }
            let mut own = Vec::new();
            while let Some(line) = lines.next_if(|line| !line.text.starts_with('[')) {
                own.push(line);
            }
            Ok(own)
        };

        let common = section("common")?
            .into_iter()
            .map(|line| line.text.to_owned())
            .collect();
        let characters = section("characters")?;
        let mut syllables: Vec<String> = characters
            .iter()
            .filter_map(|line| Some(line.text.split_once('\t')?.0.to_owned()))
            .collect();
        syllables.sort();
        syllables.dedup();

        Ok(Self {
            characters: read_trie(&characters, &syllables)?,
            name_characters: read_trie(&section("name characters")?, &syllables)?,
            surnames: read_trie(&section("surnames")?, &syllables)?,
            given_names: read_trie(&section("given names")?, &syllables)?,
            words: read_trie(&section("words")?, &syllables)?,
            common,
            file: text.to_owned(),
            syllables,
        })
    }

    pub(super) fn text(&self, entry: Entry) -> &str {
        let at = entry.at as usize;
        &self.file[at..at + usize::from(entry.bytes)]
    }

    pub(super) fn common_surnames(&self) -> impl ExactSizeIterator<Item = &str> {
        self.common.iter().map(String::as_str)
    }

    /// The syllables beginning with `letters`; empty when none does.
    pub(super) fn beginning_with(&self, letters: &str) -> Range<u16> {
        let from = self.syllables.partition_point(|s| s.as_str() < letters);
        let many = self.syllables[from..].partition_point(|s| s.starts_with(letters));
        from as u16..(from + many) as u16
    }

    /// The syllable that is `letters`, as a range of one.
    pub(super) fn syllable(&self, letters: &str) -> Option<Range<u16>> {
        let at = self
            .syllables
            .binary_search_by(|s| s.as_str().cmp(letters))
            .ok()? as u16;
        Some(at..at + 1)
    }
}

/// A line of the file: where it begins, its number from 1, and what it says.
#[derive(Clone, Copy)]
struct Line<'a> {
    at: usize,
    number: usize,
    text: &'a str,
}

impl<'a> Line<'a> {
    fn all(file: &'a str) -> impl Iterator<Item = Self> {
        let mut at = 0;
        file.split_inclusive('\n')
            .zip(1..)
            .map(move |(line, number)| {
                let begins = at;
                at += line.len();
                Self {
                    at: begins,
                    number,
                    text: line.trim_end_matches('\n'),
                }
            })
    }
}

/// Reads lines `zi'han<TAB>子涵701梓涵730`.
fn read_trie(lines: &[Line<'_>], syllables: &[String]) -> Result<Trie, ImeError> {
    let (mut keys, mut entries) = (Vec::with_capacity(lines.len()), Vec::new());
    for line in lines {
        let first = entries.len() as u32;
        let key = read_line(*line, syllables, &mut entries).ok_or(ImeError::Line(line.number))?;
        keys.push((key, first..entries.len() as u32));
    }
    Ok(Trie::build(keys, entries))
}

fn read_line(line: Line<'_>, syllables: &[String], entries: &mut Vec<Entry>) -> Option<Vec<u16>> {
    let (pinyin, texts) = line.text.split_once('\t')?;
    let key: Option<Vec<u16>> = pinyin
        .split('\'')
        .map(|s| {
            Some(
                syllables
                    .binary_search_by(|known| known.as_str().cmp(s))
                    .ok()? as u16,
            )
        })
        .collect();
    let mut at = line.at + pinyin.len() + 1;
    let mut rest = texts.as_bytes();
    while !rest.is_empty() {
        let text = rest.iter().position(u8::is_ascii_digit)?;
        let digits = rest[text..]
            .iter()
            .position(|b| !b.is_ascii_digit())
            .unwrap_or(rest.len() - text);
        let cost = rest[text..text + digits]
            .iter()
            .try_fold(0_u16, |n, digit| {
                n.checked_mul(10)?.checked_add(u16::from(digit - b'0'))
            })?;
        let bytes = u8::try_from(text).ok().filter(|n| *n > 0)?;
        entries.push(Entry {
            at: u32::try_from(at).ok()?,
            bytes,
            cost,
        });
        at += text + digits;
        rest = &rest[text + digits..];
    }
    key
}
