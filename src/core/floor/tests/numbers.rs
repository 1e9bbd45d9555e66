use super::world::World;
use crate::core::floor::Command;
use crate::core::language::Language;
use crate::core::turn_book::Reason;
use crate::core::turn_book::words::{Reader, words};

#[test]
fn k9_after_a_restore_numbers_go_on_far_behind_every_one_known() {
    for (given, seen, next) in [
        (0, 0, "A1001"),
        (3, 0, "A1001"),
        (3, 600, "A2001"),
        (3, 1499, "A2001"),
    ] {
        let mut w = World::on_duty(1);
        for _ in 0..given {
            w.arrive();
        }
        w.must(Command::SkipNumbers { seen });
        let line = w.state.book.last().cloned();
        let visit = w.arrive();
        assert_eq!(w.state.visits[&visit].ticket.to_string(), next);
        let line = line.filter(|l| matches!(l.reason, Reason::NumbersSkipped { .. }));
        let reader = Reader {
            language: Language::En,
            name: &|_| String::new(),
            time: &|_| String::new(),
        };
        let said = line.map(|line| words(&line, &reader)).unwrap_or_default();
        assert!(said.contains("numbers continue after"), "{said}");
    }
}
