//! The screen's own pinyin keyboard (拼音输入): letters in, Chinese names out, without an input
//! method of the operating system (K1).
//!
//! Built for names: surnames with their own readings (单 shan, 尉迟 yuchi), given names by how often
//! they are met, and only then ordinary words. It offers characters of the General Standard table
//! (通用规范汉字表) alone, each of which is sure to have a glyph.

mod lexicon;
mod search;
mod spelling;
#[cfg(test)]
mod tests;

pub use lexicon::ImeError;

use lexicon::Lexicon;

/// The lexicon that comes with the program; `assets/pinyin/SOURCES.md` says where it is from.
pub static LEXICON: &[u8] = include_bytes!("../../../assets/pinyin/lexicon.txt");

/// What is being typed: it decides what comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NamePosition<'a> {
    /// A surname (姓), single or compound.
    Surname,
    /// A given name (名) after this surname, which may be empty. Who types the surname's pinyin once
    /// more before the given name's is understood too.
    GivenAfter(&'a str),
    /// A whole name, a part of one, or a word.
    Anything,
}

/// One proposal for what the letters mean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    pub text: String,
    /// How many bytes of the typed letters it stands for, separators after them included: what
    /// remains to be chosen is `&pinyin[consumed..]`.
    pub consumed: usize,
}

/// The pinyin engine. Immutable: one can serve every screen.
pub struct Ime {
    lexicon: Lexicon,
}

impl Ime {
    /// Reads a lexicon, usually [`LEXICON`].
    ///
    /// # Errors
    /// When the bytes are no lexicon of this version, with the first line that is not understood.
    pub fn load(bytes: &[u8]) -> Result<Self, ImeError> {
        Ok(Self {
            lexicon: Lexicon::parse(bytes)?,
        })
    }

    /// What `pinyin` can mean, best first.
    ///
    /// Understood are whole syllables (`zhangwei`), initials alone (`zw`, `zhw`), a last syllable still
    /// being typed (`zhangw`), `'` or a space between syllables, and `ü` written `ü`, `v` or (after
    /// `l` and `n`) `yu`; capitals as small letters. Reading stops at anything else. What stands for
    /// all the letters comes before what stands for some; every character of the first syllable is
    /// always among the candidates.
    pub fn candidates(&self, pinyin: &str, position: NamePosition<'_>) -> Vec<Candidate> {
        search::candidates(&self.lexicon, pinyin, position)
    }

    /// The sixty most common surnames, most common first, the compound ones at the end.
    pub fn common_surnames(&self) -> impl ExactSizeIterator<Item = &str> {
        self.lexicon.common_surnames()
    }
}
