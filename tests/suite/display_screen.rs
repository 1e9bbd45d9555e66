//! The display's window: what it says, when it chimes, how it looks.

use std::cell::Cell;
use std::rc::Rc;

use i_slint_backend_testing::ElementHandle;
use slint::ComponentHandle;
use yingbin::client::live::{Live, Silence};
use yingbin::core::display::Display;
use yingbin::core::language::{Language, Text};
use yingbin::core::ticket::Line;
use yingbin::core::time::Millis;
use yingbin::protocol::board::{Board, Call, Waiting};
use yingbin::screens::display::{Screen, message};

use super::support::snapshot::{assert_looks, in_memory, resize};

fn now() -> Millis {
    Millis::parse_rfc3339("2026-11-23T14:05:00+08:00").unwrap()
}

fn call(ticket: &str, consultant: &str, place: &str, minute: u32) -> Call {
    Call {
        ticket: ticket.into(),
        consultant: consultant.into(),
        place: place.into(),
        called_at: format!("2026-11-23T13:{minute:02}:00+08:00"),
        times: 1,
    }
}

fn board(calls: usize) -> Board {
    let calling = [
        call("A012", "陈静", "3", 59),
        call("B004", "周岩", "5", 58),
        call("A011", "赵敏", "二楼签约室", 57),
        call("C002", "吴凡", "6", 56),
    ];
    Board {
        version: 7,
        at: "2026-11-23T14:05:00+08:00".into(),
        now_calling: calling[..calls].to_vec(),
        recent: vec![
            call("A010", "林晓", "1", 52),
            call("A009", "吴凡", "2", 47),
            call("B003", "周岩", "5", 40),
        ],
        waiting: ["A013", "A014", "B005", "A015", "A016"]
            .into_iter()
            .map(|ticket| Waiting {
                ticket: ticket.into(),
                line: Line::New,
            })
            .collect(),
    }
}

struct Stage {
    screen: Screen,
    chimes: Rc<Cell<u32>>,
}

impl Stage {
    fn new(language: Language) -> Self {
        in_memory();
        let chimes = Rc::new(Cell::new(0));
        let counted = Rc::clone(&chimes);
        let name = Text::zh_en("云栖府", "Cloud Residence").and(Language::ZhTw, "雲棲府");
        let on_chime = Box::new(move || counted.set(counted.get() + 1));
        let screen = Screen::new(Display::new(language, name), on_chime).unwrap();
        screen.window.show().unwrap();
        resize(screen.window.window(), 1920, 1080);
        Self { screen, chimes }
    }

    fn hear(&self, board: Board) {
        self.screen.receive(message(Live::View(board)), now());
    }

    fn lose(&self) {
        let stale = Live::Stale {
            since: None,
            why: Silence::Unreachable,
        };
        self.screen.receive(message(stale), now());
    }

    fn shows(&self, label: &str) -> bool {
        ElementHandle::find_by_accessible_label(&self.screen.window, label)
            .next()
            .is_some()
    }

    fn looks(&self, name: &str) {
        assert_looks(self.screen.window.window(), &format!("display/{name}"));
    }
}

#[test]
fn k5_the_window_calls_ticket_consultant_and_place_and_chimes_for_what_is_new() {
    let stage = Stage::new(Language::ZhCn);
    stage.hear(board(0));
    assert!(stage.shows("欢迎光临"));
    assert_eq!(stage.chimes.get(), 0);
    stage.hear(board(2));
    assert!(stage.shows("A012 3号洽谈桌 陈静 为您服务"));
    assert!(stage.shows("B004 5号洽谈桌 周岩 为您服务"));
    assert_eq!(stage.chimes.get(), 1, "two calls together chime once");
    stage.hear(board(2));
    assert_eq!(stage.chimes.get(), 1);
}

#[test]
fn k5_one_call_looks_as_agreed_in_chinese() {
    let stage = Stage::new(Language::ZhCn);
    stage.hear(board(0));
    stage.hear(board(1));
    stage.looks("zh-CN-one-call");
}

#[test]
fn k5_several_calls_look_as_agreed_in_english() {
    let stage = Stage::new(Language::En);
    stage.hear(board(4));
    stage.looks("en-several-calls");
}

#[test]
fn k5_the_welcome_looks_as_agreed() {
    let stage = Stage::new(Language::ZhTw);
    stage.hear(Board::default());
    stage.looks("zh-TW-welcome");
}

#[test]
fn k5_an_upright_screen_that_lost_the_floor_looks_as_agreed() {
    let stage = Stage::new(Language::ZhCn);
    stage.hear(board(3));
    stage.lose();
    resize(stage.screen.window.window(), 1080, 1920);
    stage.looks("zh-CN-upright-stale");
}

/// A kiosk's own numbers are longer than the floor's.
fn with_kiosks_numbers(calls: usize) -> Board {
    let mut board = board(calls);
    board.now_calling[0].ticket = "K12-107".into();
    if let Some(second) = board.now_calling.get_mut(1) {
        second.ticket = "K12-105".into();
    }
    board.recent[2].ticket = "K2-07".into();
    board.waiting[3].ticket = "K2-08".into();
    board.recent[1].ticket = "K12-106".into();
    board.waiting[2].ticket = "K12-108".into();
    board
}

#[test]
fn k10_kiosks_own_numbers_are_shown_whole() {
    let stage = Stage::new(Language::ZhCn);
    stage.hear(with_kiosks_numbers(1));
    stage.looks("zh-CN-kiosk-number");
    stage.hear(with_kiosks_numbers(4));
    stage.looks("zh-CN-kiosk-numbers");
    assert!(stage.shows("K12-107 3号洽谈桌 陈静 为您服务"));
}

#[test]
fn k10_a_display_at_another_floor_says_so() {
    let stage = Stage::new(Language::ZhCn);
    stage.hear(board(1));
    let stale = Live::Stale {
        since: None,
        why: Silence::OtherFloor,
    };
    stage.screen.receive(message(stale), now());
    stage.looks("zh-CN-other-floor");
}
