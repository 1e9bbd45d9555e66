//! From letters to texts: walking the tries along the spelling, and putting the finds in order.

use std::collections::BTreeSet;

use super::lexicon::{Entry, Lexicon, Trie};
use super::spelling::Spelling;
use super::{Candidate, NamePosition};

/// Added to a given name put together from two characters without being known as a name.
const COMPOSED: u32 = 250;
/// What the second of two equal characters costs instead: such names are frequent (婷婷).
const DOUBLED: u32 = 350;
/// Added for each syllable more than the letters need: `yue` is 悦 before it is 语娥.
const NEEDLESS_SYLLABLE: u32 = 300;
/// Added where the surname's own pinyin was typed again before the given name's.
const SURNAME_AGAIN: u32 = 400;
/// Where anything may come, a whole name is the likeliest; added to what is only …
const ALONE: u32 = 300;
/// How many characters of each syllable are tried in putting a name together.
const PARTS: usize = 8;
/// How many surnames and given names of each length are paired.
const PAIRED: usize = 14;
/// How many texts that stand for all the letters are offered, and how many for a beginning.
const MOST_WHOLE: usize = 60;
const MOST_BEGINNINGS: usize = 30;
/// How many characters are offered for a syllable of which only the beginning is there.
const MOST_UNFINISHED: usize = 100;

/// A text that stands for the letters up to `end`.
struct Find {
    text: String,
    end: usize,
    cost: u32,
}

struct Search<'a> {
    lexicon: &'a Lexicon,
    spelling: &'a Spelling,
}

pub(super) fn candidates(
    lexicon: &Lexicon,
    typed: &str,
    position: NamePosition<'_>,
) -> Vec<Candidate> {
    let spelling = &Spelling::new(lexicon, typed);
    let search = Search { lexicon, spelling };
    let mut finds = Vec::new();
    let mut first_characters = &lexicon.characters;
    match position {
        NamePosition::Surname => finds.extend(search.texts(&lexicon.surnames, 0)),
        NamePosition::GivenAfter(surname) => {
            finds.extend(search.given_names(0));
            finds.extend(search.given_names_after(surname));
            first_characters = &lexicon.name_characters;
        }
        NamePosition::Anything => {
            finds.extend(search.whole_names());
            let parts = search
                .given_names(0)
                .into_iter()
                .chain(search.texts(&lexicon.surnames, 0))
                .chain(search.texts(&lexicon.words, 0));
            finds.extend(parts.map(|find| Find {
                cost: find.cost + ALONE,
                ..find
            }));
        }
    }
    let all = spelling.len();
    if let Some(fewest) = spelling.fewest_syllables() {
        for find in finds.iter_mut().filter(|f| f.end == all) {
            let more = find.text.chars().count().saturating_sub(fewest);
            find.cost += NEEDLESS_SYLLABLE * more as u32;
        }
    }
    order(&mut finds);
    let whole = finds.partition_point(|f| f.end == all);
    let beginnings = finds.split_off(whole);
    finds.truncate(MOST_WHOLE);
    finds.extend(beginnings.into_iter().take(MOST_BEGINNINGS));
    finds.extend(search.first_characters(first_characters));
    finds.extend(search.first_characters(&lexicon.characters));

    let mut offered = BTreeSet::new();
    finds
        .into_iter()
        .filter(|find| offered.insert(find.text.clone()))
        .map(|find| Candidate {
            consumed: spelling.consumed(find.end),
            text: find.text,
        })
        .collect()
}

/// What stands for more letters first, then the likelier; the text settles ties, so that the same
/// letters always give the same order.
fn order(finds: &mut [Find]) {
    finds.sort_by(|a, b| {
        (b.end.cmp(&a.end))
            .then(a.cost.cmp(&b.cost))
            .then_with(|| a.text.cmp(&b.text))
    });
}

impl Search<'_> {
    /// Every text of `trie` that can begin at letter `at`.
    fn texts(&self, trie: &Trie, at: usize) -> Vec<Find> {
        let mut found = Vec::new();
        self.walk(trie, Trie::ROOT, at, 0, &mut |entry, end, cost| {
            found.push((entry, end, cost));
        });
        // Only the likeliest are worth their own string.
        found.sort_by_key(|&(_, end, cost)| (std::cmp::Reverse(end), cost));
        let mut kept = 0;
        let mut last = None;
        found.retain(|&(_, end, _)| {
            kept = if last == Some(end) { kept + 1 } else { 1 };
            last = Some(end);
            kept <= MOST_WHOLE
        });
        found
            .into_iter()
            .map(|(entry, end, cost)| Find {
                text: self.lexicon.text(entry).to_owned(),
                end,
                cost,
            })
            .collect()
    }

    fn walk(
        &self,
        trie: &Trie,
        node: u32,
        at: usize,
        cost: u32,
        found: &mut impl FnMut(Entry, usize, u32),
    ) {
        for edge in self.spelling.edges(at) {
            for child in trie.children(node, &edge.syllables) {
                let cost = cost + edge.penalty;
                for entry in trie.entries(child) {
                    found(*entry, edge.end, cost + u32::from(entry.cost));
                }
                self.walk(trie, child, edge.end, cost, found);
            }
        }
    }

    /// Known given names, and pairs of characters that are met in names.
    fn given_names(&self, at: usize) -> Vec<Find> {
        let mut finds = self.texts(&self.lexicon.given_names, at);
        for first in self.spelling.edges(at).iter().filter(|e| e.is_whole()) {
            let seconds = self.spelling.edges(first.end);
            for second in seconds.iter().filter(|e| e.is_whole()) {
                for a in self.likeliest(&self.lexicon.name_characters, &first.syllables) {
                    for b in self.likeliest(&self.lexicon.name_characters, &second.syllables) {
                        let texts = [self.lexicon.text(a), self.lexicon.text(b)];
                        let second_cost = if texts[0] == texts[1] {
                            DOUBLED
                        } else {
                            u32::from(b.cost) + COMPOSED
                        };
                        finds.push(Find {
                            text: texts.concat(),
                            end: second.end,
                            cost: u32::from(a.cost) + second_cost,
                        });
                    }
                }
            }
        }
        finds
    }

    fn likeliest(
        &self,
        trie: &Trie,
        syllables: &std::ops::Range<u16>,
    ) -> impl Iterator<Item = Entry> {
        trie.children(Trie::ROOT, syllables)
            .flat_map(|node| trie.entries(node).iter().copied().take(PARTS))
    }

    /// Given names behind the pinyin of `surname`.
    fn given_names_after(&self, surname: &str) -> Vec<Find> {
        let ends: BTreeSet<usize> = self
            .texts(&self.lexicon.surnames, 0)
            .into_iter()
            .filter(|find| find.text == surname)
            .map(|find| find.end)
            .collect();
        ends.into_iter()
            .flat_map(|end| self.given_names(end))
            .map(|find| Find {
                cost: find.cost + SURNAME_AGAIN,
                ..find
            })
            .collect()
    }

    /// Surname and given name together, for all the letters.
    fn whole_names(&self) -> Vec<Find> {
        let mut surnames = self.texts(&self.lexicon.surnames, 0);
        order(&mut surnames);
        let mut names = Vec::new();
        for of_one_length in surnames.chunk_by(|a, b| a.end == b.end) {
            let mut given = self.given_names(of_one_length[0].end);
            given.retain(|find| find.end == self.spelling.len());
            order(&mut given);
            given.dedup_by(|a, b| a.text == b.text);
            for surname in of_one_length.iter().take(PAIRED) {
                names.extend(given.iter().take(PAIRED).map(|given| Find {
                    text: [surname.text.as_str(), given.text.as_str()].concat(),
                    end: given.end,
                    cost: surname.cost + given.cost,
                }));
            }
        }
        names
    }

    /// All characters of `trie` for the first syllable.
    fn first_characters(&self, trie: &Trie) -> Vec<Find> {
        let mut finds = Vec::new();
        for edge in self.spelling.edges(0) {
            let mut own: Vec<Entry> = trie
                .children(Trie::ROOT, &edge.syllables)
                .flat_map(|node| trie.entries(node).iter().copied())
                .collect();
            own.sort_by_key(|entry| entry.cost);
            if !edge.is_whole() {
                own.truncate(MOST_UNFINISHED);
            }
            finds.extend(own.into_iter().map(|entry| Find {
                text: self.lexicon.text(entry).to_owned(),
                end: edge.end,
                cost: u32::from(entry.cost) + edge.penalty,
            }));
        }
        order(&mut finds);
        finds
    }
}
