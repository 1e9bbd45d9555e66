//! The display's day as stories.

use super::*;
use crate::core::clock::zone_of;

fn at(minute: i64) -> Millis {
    Millis::parse_rfc3339("2026-11-23T06:00:00Z")
        .unwrap()
        .plus_minutes(minute)
}

fn call(ticket: &str, times: u32, minute: i64) -> Call {
    Call {
        ticket: ticket.into(),
        consultant: "陈静".into(),
        place: "3".into(),
        called_at: at(minute),
        times,
    }
}

fn board(now_calling: Vec<Call>) -> Message {
    Message::News {
        board: Board {
            now_calling,
            recent: Vec::new(),
            waiting: Vec::new(),
        },
        zone: zone_of("2026-11-23T14:00:00+08:00"),
    }
}

fn display() -> Display {
    Display::new(Language::ZhCn, Text::zh_en("云栖府", "Cloud Residence"))
}

#[test]
fn k5_a_call_is_shown_large_with_consultant_and_place_in_both_languages() {
    let mut display = display();
    display.update(board(vec![call("A012", 1, 0)]), at(0));
    let view = display.view(at(0));
    assert_eq!(view.calling[0].ticket, "A012");
    assert_eq!(view.calling[0].place.large, "3号洽谈桌");
    assert_eq!(view.calling[0].place.small, "Table 3");
    assert!(view.calling[0].consultant.large.contains("陈静"));
    assert_eq!(view.clock, "14:00");
}

#[test]
fn k5_english_can_be_the_large_language() {
    let mut display = Display::new(Language::En, Text::zh_en("云栖府", "Cloud Residence"));
    display.update(board(vec![call("A012", 1, 0)]), at(0));
    let view = display.view(at(0));
    assert_eq!(view.calling[0].place.large, "Table 3");
    assert_eq!(view.name.large, "Cloud Residence");
    assert_eq!(view.name.small, "云栖府");
}

#[test]
fn k5_the_first_board_is_silent_and_each_new_call_and_recall_chimes_once() {
    let mut display = display();
    let first = board(vec![call("A001", 1, 0)]);
    assert_eq!(display.update(first.clone(), at(0)), []);
    assert!(!display.view(at(0)).calling[0].fresh);
    assert_eq!(display.update(first, at(1)), [], "nothing new");

    let two_more = vec![call("A003", 1, 2), call("A002", 1, 2), call("A001", 1, 0)];
    assert_eq!(display.update(board(two_more), at(2)), [Effect::Chime]);

    let recalled = vec![call("A001", 2, 3), call("A003", 1, 2)];
    assert_eq!(display.update(board(recalled), at(3)), [Effect::Chime]);
    assert!(display.view(at(3)).calling[0].fresh);

    let answered = vec![call("A003", 1, 2)];
    assert_eq!(display.update(board(answered), at(4)), []);
    let again = vec![call("A001", 1, 5), call("A003", 1, 2)];
    assert_eq!(
        display.update(board(again), at(5)),
        [Effect::Chime],
        "called anew after it had gone"
    );
}

#[test]
fn k5_the_highlight_of_a_call_ends_by_itself() {
    let mut display = display();
    display.update(board(vec![]), at(0));
    display.update(board(vec![call("A001", 1, 0)]), at(0));
    assert!(display.view(at(0).plus_seconds(19)).calling[0].fresh);
    assert!(!display.view(at(0).plus_seconds(20)).calling[0].fresh);
}

#[test]
fn k5_a_silent_floor_is_said_politely_with_the_time_of_the_last_news() {
    let mut display = display();
    assert_eq!(display.view(at(0)).stale.large, "正在连接，请稍候");
    display.update(board(vec![call("A001", 1, 0)]), at(5));
    assert_eq!(display.view(at(6)).stale, Pair::default());

    assert_eq!(display.update(Message::Silent, at(7)), []);
    let view = display.view(at(8));
    assert!(view.stale.large.contains("14:05"), "{}", view.stale.large);
    assert_eq!(view.calling.len(), 1, "what was known stays");

    let missed = board(vec![call("A002", 1, 8), call("A001", 1, 0)]);
    assert_eq!(
        display.update(missed, at(9)),
        [Effect::Chime],
        "a call made while nothing was heard is announced late rather than never"
    );
    assert_eq!(display.view(at(9)).stale, Pair::default());
}

#[test]
fn k10_another_floor_is_said_plainly_until_the_right_one_is_heard() {
    let mut display = display();
    display.update(board(vec![call("A001", 1, 0)]), at(5));
    display.update(Message::OtherFloor, at(6));
    assert!(display.view(at(6)).stale.large.contains("主机不符"));
    display.update(Message::Silent, at(7));
    assert!(display.view(at(7)).stale.large.contains("14:05"));
    display.update(Message::OtherFloor, at(8));
    display.update(board(vec![call("A001", 1, 0)]), at(9));
    assert_eq!(display.view(at(9)).stale, Pair::default());
}

#[test]
fn k5_more_waiting_than_fit_are_counted() {
    let mut display = display();
    let waiting: Vec<String> = (1..=15).map(|n| format!("A{n:03}")).collect();
    let message = Message::News {
        board: Board {
            waiting,
            ..Board::default()
        },
        zone: None,
    };
    display.update(message, at(0));
    let view = display.view(at(0));
    assert_eq!(view.waiting.len(), 12);
    assert_eq!(view.waiting_more, "+3");
    assert!(view.calling.is_empty());
}

#[test]
fn k5_the_sites_own_zone_outweighs_the_offset_of_a_board() {
    let mut display = display();
    let zone = zone_of("2026-11-23T00:00:00+09:00").unwrap();
    let name = Text::zh_en("云栖府", "Cloud Residence");
    display.update(Message::Site { name, zone }, at(0));
    display.update(board(vec![]), at(0));
    assert_eq!(display.view(at(0)).clock, "15:00");
}
