use std::collections::BTreeSet;
use std::sync::LazyLock;

use super::NamePosition::{Anything, GivenAfter, Surname};
use super::*;

static IME: LazyLock<Ime> = LazyLock::new(|| Ime::load(LEXICON).expect("the lexicon is readable"));
const STANDARD: &str = include_str!("../../../tests/data/general-standard-8105.txt");

fn offered(pinyin: &str, position: NamePosition<'_>) -> Vec<String> {
    let candidates = IME.candidates(pinyin, position);
    candidates.into_iter().map(|c| c.text).collect()
}

/// `wanted` is among the first `places` candidates.
#[track_caller]
fn early(pinyin: &str, position: NamePosition<'_>, wanted: &str, places: usize) {
    let offered = offered(pinyin, position);
    let first = &offered[..offered.len().min(places)];
    assert!(
        first.iter().any(|text| text == wanted),
        "{pinyin} as {position:?}: {wanted} is not among {first:?}, but at {:?}",
        offered.iter().position(|text| text == wanted)
    );
}

fn glyphs() -> impl Fn(char) -> bool {
    let font = include_bytes!("../../../assets/fonts/NotoSansSC-Regular.ttf");
    let face = ttf_parser::Face::parse(font, 0).expect("the font is readable");
    move |c| face.glyph_index(c).is_some()
}

#[test]
fn k1_surnames_are_found_by_the_reading_surnames_have() {
    for (pinyin, surname) in [
        ("wang", "王"),
        ("li", "李"),
        ("zhang", "张"),
        ("shan", "单"),
        ("zeng", "曾"),
        ("xie", "谢"),
        ("qiu", "邱"),
        ("zha", "查"),
        ("ou", "欧"),
        ("piao", "朴"),
        ("ge", "葛"),
        ("ren", "任"),
        ("miao", "苗"),
        ("qin", "秦"),
        ("zhai", "翟"),
        ("lv", "吕"),
        ("lü", "吕"),
        ("Lyu", "吕"),
        ("yuchi", "尉迟"),
        ("ouyang", "欧阳"),
        ("moqi", "万俟"),
        ("chanyu", "单于"),
        ("zhangsun", "长孙"),
        ("zhuge", "诸葛"),
        ("linghu", "令狐"),
        ("tantai", "澹台"),
        ("sima", "司马"),
        ("huangfu", "皇甫"),
        ("shangguan", "上官"),
        ("lvqiu", "闾丘"),
        ("helian", "赫连"),
    ] {
        early(pinyin, Surname, surname, 1);
    }
    for (pinyin, surname) in [
        ("xie", "解"),
        ("qiu", "仇"),
        ("ou", "区"),
        ("ge", "盖"),
        ("gai", "盖"),
        ("miao", "缪"),
        ("qin", "覃"),
        ("tan", "覃"),
        ("yue", "乐"),
        ("le", "乐"),
        ("wei", "隗"),
        ("xian", "冼"),
        ("yun", "员"),
        ("chong", "种"),
        ("chen", "谌"),
        ("pang", "逄"),
        ("tou", "钭"),
        ("nie", "乜"),
    ] {
        early(pinyin, Surname, surname, 8);
    }
}

#[test]
fn k1_given_names_come_by_how_often_they_are_met() {
    for (surname, pinyin, given) in [
        ("王", "zihan", "子涵"),
        ("李", "wei", "伟"),
        ("张", "xiaoming", "晓明"),
        ("刘", "jianguo", "建国"),
        ("陈", "yuxuan", "宇轩"),
        ("杨", "xinyi", "欣怡"),
        ("欧阳", "xiu", "修"),
        ("诸葛", "liang", "亮"),
        ("赵", "guiying", "桂英"),
        ("孙", "zhiqiang", "志强"),
        ("周", "haoran", "浩然"),
        ("吴", "shuzhen", "淑珍"),
    ] {
        early(pinyin, GivenAfter(surname), given, 1);
    }
    for (surname, pinyin, given) in [
        ("吕", "bu", "布"),
        ("单", "xin", "新"),
        ("林", "yixin", "怡欣"),
        ("朱", "zhaoyang", "朝阳"),
        ("马", "yihan", "艺涵"),
        ("徐", "le", "乐"),
        ("何", "kun", "堃"),
        ("郭", "yi", "祎"),
        ("高", "zhe", "喆"),
        ("罗", "chong", "翀"),
        ("郑", "yun", "赟"),
        ("梁", "yue", "玥"),
        ("宋", "jun", "珺"),
        ("唐", "rong", "镕"),
        ("许", "sheng", "昇"),
    ] {
        early(pinyin, GivenAfter(surname), given, 16);
    }
}

#[test]
fn k1_whole_names_are_put_together() {
    for (pinyin, name) in [
        ("zhangwei", "张伟"),
        ("ouyang", "欧阳"),
        ("zhugeliang", "诸葛亮"),
        ("wangzihan", "王子涵"),
        ("lixiaoming", "李晓明"),
        ("ouyangxiu", "欧阳修"),
    ] {
        early(pinyin, Anything, name, 1);
    }
    for (pinyin, name) in [
        ("shanxin", "单鑫"),
        ("shanxin", "单新"),
        ("lvbu", "吕布"),
        ("xieming", "解明"),
        ("qiuhong", "仇红"),
        ("xi'anming", "席安明"),
        ("zhongguo", "中国"),
        ("beijing", "北京"),
    ] {
        early(pinyin, Anything, name, 24);
    }
}

#[test]
fn k1_initials_and_unfinished_syllables_are_enough() {
    early("zw", Anything, "张伟", 5);
    early("zhw", Anything, "张伟", 3);
    early("zhangw", Anything, "张伟", 3);
    early("zhangwe", Anything, "张伟", 3);
    early("wzh", Anything, "王喆", 5);
    early("zh", Surname, "张", 1);
    early("z", Surname, "张", 1);
    early("oy", Surname, "欧阳", 1);
    early("ouy", Surname, "欧阳", 1);
    early("zih", GivenAfter("王"), "子涵", 4);
}

#[test]
fn k1_separators_say_where_a_syllable_ends() {
    let consumed = |pinyin: &str, text: &str| {
        let candidates = IME.candidates(pinyin, Anything);
        candidates
            .iter()
            .find(|c| c.text == text)
            .map(|c| c.consumed)
    };
    assert_eq!(consumed("xian", "先"), Some(4));
    assert_eq!(consumed("xi'an", "先"), None);
    assert_eq!(consumed("xi'an", "西安"), Some(5));
    assert_eq!(consumed("xi'an", "席"), Some(3), "the separator goes too");
    assert_eq!(consumed("xi an", "西安"), Some(5));
    assert_eq!(consumed("lüxin", "吕"), Some(3), "ü is two bytes");
    assert_eq!(consumed("zhangwei!", "张伟"), Some(8));
}

#[test]
fn k1_a_surname_leaves_the_rest_of_the_letters() {
    let first = &IME.candidates("zhangwei", Surname)[0];
    assert_eq!((first.text.as_str(), first.consumed), ("张", 5));
    let rest = &"zhangwei"[first.consumed..];
    early(rest, GivenAfter("张"), "伟", 1);
    early("wangzihan", GivenAfter("王"), "子涵", 1);
    early("linlin", GivenAfter("林"), "琳琳", 3);
}

#[test]
fn k1_nonsense_gives_no_candidates_and_no_panic() {
    for typed in ["", "'", "''", "1", "王", "uu", "vvv", " ' "] {
        assert!(IME.candidates(typed, Anything).is_empty(), "{typed:?}");
    }
    let long = "zhuang".repeat(50);
    assert!(!IME.candidates(&long, Anything).is_empty());
    let initials = "z".repeat(200);
    for position in [Surname, GivenAfter("王"), GivenAfter(""), Anything] {
        IME.candidates(&initials, position);
    }
}

#[test]
fn k1_every_standard_character_can_be_typed() {
    let mut typeable = BTreeSet::new();
    for a in "abcdefghjklmnopqrstwxyz".chars() {
        for syllable in IME.lexicon.beginning_with(&a.to_string()) {
            for node in IME
                .lexicon
                .characters
                .children(lexicon::Trie::ROOT, &(syllable..syllable + 1))
            {
                for entry in IME.lexicon.characters.entries(node) {
                    typeable.insert(IME.lexicon.text(*entry));
                }
            }
        }
    }
    let missing: Vec<&str> = STANDARD
        .split_whitespace()
        .filter(|c| !typeable.contains(c))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn k1_every_character_the_keyboard_can_offer_has_a_glyph() {
    let has_glyph = glyphs();
    let text = std::str::from_utf8(LEXICON).expect("UTF-8");
    let characters: BTreeSet<char> = text.chars().filter(|c| !c.is_ascii()).collect();
    assert!(characters.len() > 8000);
    let missing: Vec<char> = characters.into_iter().filter(|c| !has_glyph(*c)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn k1_all_8105_standard_characters_have_a_glyph() {
    let has_glyph = glyphs();
    let table: Vec<&str> = STANDARD.split_whitespace().collect();
    assert_eq!(table.len(), 8105);
    let missing: Vec<&str> = table
        .into_iter()
        .filter(|c| !c.chars().all(&has_glyph))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn k1_the_sixty_common_surnames_are_ready_for_a_grid() {
    let common: Vec<&str> = IME.common_surnames().collect();
    assert_eq!(common.len(), 60);
    assert_eq!(common[..5], ["王", "李", "张", "刘", "陈"]);
    assert!(common.contains(&"欧阳") && common.contains(&"于") && common.contains(&"肖"));
    assert_eq!(common.iter().collect::<BTreeSet<_>>().len(), 60);
}

#[test]
fn a_damaged_lexicon_is_refused_with_its_line() {
    assert_eq!(Ime::load(b"").err(), Some(ImeError::NotALexicon));
    assert_eq!(Ime::load(&[0xff]).err(), Some(ImeError::NotALexicon));
    let damaged = "yingbin pinyin lexicon 1\n[common]\n[characters]\nwang\t王\n";
    assert_eq!(Ime::load(damaged.as_bytes()).err(), Some(ImeError::Line(4)));
}
