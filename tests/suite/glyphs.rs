//! A missing glyph is a blank on the screen, and another font's on somebody else's machine.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn files(folder: &Path, ending: &str, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files(&path, ending, found);
        } else if path.extension().is_some_and(|e| e == ending) {
            found.push(path);
        }
    }
}

#[test]
fn k1_every_character_of_the_screens_and_their_words_is_in_the_houses_own_font() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let font = fs::read(root.join("assets/fonts/NotoSansSC-Regular.ttf")).expect("the font");
    let face = ttf_parser::Face::parse(&font, 0).expect("a font");
    let mut sources = Vec::new();
    files(&root.join("ui"), "slint", &mut sources);
    files(&root.join("assets/lang"), "toml", &mut sources);
    assert!(sources.len() > 30);
    let mut missing = BTreeSet::new();
    for source in sources {
        let text = fs::read_to_string(&source).expect("text");
        missing.extend(
            text.chars()
                .filter(|c| !c.is_control() && face.glyph_index(*c).is_none())
                .map(|c| (c, source.clone())),
        );
    }
    assert!(missing.is_empty(), "{missing:?}");
}
