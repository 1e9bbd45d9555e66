//! The ticket on paper, read back dot by dot.

use yingbin::config::PaperWidth;
use yingbin::core::foretold::WaitRange;
use yingbin::core::language::Language;
use yingbin::device::ticket::TicketContent;

use crate::support::paper::{self, Heard, Paper};
use crate::support::ticket::{URL, answer, content, on_paper};

const WIDTHS: [(PaperWidth, usize); 2] = [(PaperWidth::Mm80, 576), (PaperWidth::Mm58, 384)];

/// What every ticket must keep, whatever stands on it.
fn read_back(content: &TicketContent, width: PaperWidth, dots: usize) -> Paper {
    let ticket = on_paper(content, width);
    let heard = paper::all(&ticket.bytes());
    assert_eq!(heard.first(), Some(&Heard::Initialise));
    assert_eq!(heard.last(), Some(&Heard::Cut));
    let strange = |h: &Heard| {
        !matches!(
            h,
            Heard::Initialise | Heard::Raster { .. } | Heard::Feed(_) | Heard::Cut
        )
    };
    assert!(!heard.iter().any(strange), "{heard:?}");

    let paper = Paper::of(&heard);
    assert_eq!(paper.width, dots);
    assert_eq!(paper.height(), ticket.bitmap().height() as usize);
    for (y, line) in (0..).zip(&paper.lines) {
        for (x, black) in (0..).zip(line) {
            assert_eq!(*black, ticket.bitmap().is_black(x, y));
        }
    }

    let codes = paper.codes();
    assert_eq!(codes.len(), 1);
    let (text, first, last) = &codes[0];
    assert_eq!(*text, content.url);
    for seam in &paper.seams {
        assert!(seam <= first || seam > last, "a band ends within the QR");
    }

    // The rules reach from margin to margin; a text that outgrew its room would stand beside them.
    let margin = if dots == 576 { 40 } else { 16 };
    let (left, right) = paper.white_columns();
    assert_eq!((left, right), (margin, margin), "clipped or crooked");
    paper
}

#[test]
fn k3_a_ticket_reads_back_in_every_language_on_both_papers() {
    for language in Language::ALL {
        for (width, dots) in WIDTHS {
            for consultant in [Some("苏晴"), None] {
                let answer = answer("A001", consultant);
                assert_eq!(answer.ticket.url, URL);
                read_back(&content(language, &answer, false), width, dots);
            }
        }
    }
}

#[test]
fn k3_long_names_of_any_script_and_large_numbers_are_never_clipped() {
    for (name, number) in [
        ("阿卜杜热合曼·买买提江·阿卜力米提", "A999"),
        ("ئابدۇراخمان مەمەتجان", "A1000"),
        ("Alexandrina Featherstonehaugh-Cholmondeley", "B12345"),
        ("Wolfeschlegelsteinhausenbergerdorff", "E4294967295"),
        ("李靐堃", "A001"),
    ] {
        for (width, dots) in WIDTHS {
            let content = content(Language::En, &answer(number, Some(name)), false);
            read_back(&content, width, dots);
        }
    }
}

#[test]
fn k3_a_long_address_makes_a_finer_code_that_still_reads() {
    let mut answer = answer("A001", None);
    answer.ticket.url = format!("https://office.example/{}/t/abc", "x".repeat(150));
    for (width, dots) in WIDTHS {
        read_back(&content(Language::ZhCn, &answer, false), width, dots);
    }
}

#[test]
fn k10_a_kiosks_own_number_is_printed_without_a_position_and_without_a_code_where_there_is_no_page()
{
    for language in Language::ALL {
        for (width, dots) in WIDTHS {
            let mut answer = answer("K12-107", None);
            let with_page = content(language, &answer, false);
            assert_eq!(with_page.figures, None);
            read_back(&with_page, width, dots);
            answer.ticket.url.clear();
            let ticket = on_paper(&content(language, &answer, false), width);
            let paper = Paper::of(&paper::all(&ticket.bytes()));
            assert!(paper.codes().is_empty());
            assert_eq!(paper.height(), ticket.bitmap().height() as usize);
        }
    }
}

#[test]
fn k3_a_reprint_is_marked_and_otherwise_the_same() {
    let answer = answer("A001", Some("苏晴"));
    let first = content(Language::ZhCn, &answer, false);
    let again = content(Language::ZhCn, &answer, true);
    assert_eq!(first.reprint, None);
    assert_eq!(again.reprint.as_deref(), Some("补打 REPRINT"));
    let unmarked = TicketContent {
        reprint: None,
        ..again.clone()
    };
    assert_eq!(unmarked, first);
    for (width, dots) in WIDTHS {
        let plain = read_back(&first, width, dots);
        let marked = read_back(&again, width, dots);
        let more = marked.height() - plain.height();
        assert_eq!(marked.lines[more + 20..], plain.lines[20..]);
    }
}

#[test]
fn k3_a_ticket_promises_somebody_at_once_only_where_the_wait_is_short() {
    let words = |language, to_s: Option<u32>, number| {
        let mut answer = answer(number, None);
        answer.ticket.wait_range = to_s.map(|to_s| WaitRange { from_s: 0, to_s });
        content(language, &answer, false).please_wait
    };
    for language in Language::ALL {
        let soon = words(language, Some(600), "A001");
        let long = words(language, Some(1500), "A043");
        assert_ne!(soon, long);
        // Nobody can say how long, or the kiosk has not heard of the floor.
        assert_eq!(words(language, None, "A043"), long);
        assert_eq!(words(language, None, "K2-07"), long);
    }
    let long = words(Language::ZhCn, Some(1500), "A043");
    assert!(
        long.starts_with("请稍候") && !long.contains("马上"),
        "{long}"
    );
}

#[test]
fn k3_the_number_is_much_the_largest_thing() {
    // Columns of the number's height in solid black: the stem of a digit.
    let content = content(Language::ZhCn, &answer("A111", None), false);
    for (width, dots) in WIDTHS {
        let paper = read_back(&content, width, dots);
        // 10 mm on wide paper, 8 on narrow; a stem is thicker than any rule or frame.
        let tall = if dots == 576 { 80 } else { 64 };
        let stem =
            |x: usize, y: usize| (x..x + 8).all(|x| (y..y + tall).all(|y| paper.lines[y][x]));
        let found = (0..paper.height() - tall)
            .step_by(4)
            .any(|y| (0..dots - 8).any(|x| stem(x, y)));
        assert!(found);
    }
}

#[test]
fn p6_a_ticket_is_made_of_what_says_nothing_of_the_guest() {
    let answer = answer("A001", Some("苏晴"));
    let words = format!("{:?}", content(Language::ZhCn, &answer, false));
    // All that comes from outside: the answer a kiosk shows, house, time, drink.
    for known in [
        "A001",
        "苏晴",
        "CR-20261123-7F3K9Q",
        "2026-11-23 14:05",
        URL,
    ] {
        assert!(words.contains(known), "{known}");
    }
    for form in ["先生", "女士", "手机", "电话"] {
        assert!(!words.contains(form), "{form}");
    }
}
