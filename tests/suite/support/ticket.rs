//! Tickets of made-up guests.

use yingbin::config::PaperWidth;
use yingbin::core::foretold::WaitRange;
use yingbin::core::id::{AgentId, VisitId};
use yingbin::core::language::{Language, Text};
use yingbin::core::ticket::Line;
use yingbin::core::turn_book::Rule;
use yingbin::device::ticket::{DrawnTicket, Logo, TicketContent, TicketFacts, draw};
use yingbin::protocol::check_in::{AssignmentView, CheckInAnswer, TicketView};

pub const URL: &str = "https://office.example/t/kX3vM9_qLw2ZrT8bNfYc1A";

pub fn answer(number: &str, consultant: Option<&str>) -> CheckInAnswer {
    CheckInAnswer {
        visit_id: VisitId(uuid::Uuid::nil()),
        ticket: TicketView {
            number: number.to_owned(),
            line: Line::New,
            ahead: 3,
            wait_s: 900,
            wait_range: Some(WaitRange {
                from_s: 600,
                to_s: 1500,
            }),
            token: "kX3vM9_qLw2ZrT8bNfYc1A".to_owned(),
            url: URL.to_owned(),
        },
        assignment: consultant.map(|name| AssignmentView {
            agent: AgentId::from("su-qing"),
            name: name.to_owned(),
            title: Text::zh_en("置业顾问", "Consultant"),
            place: "3".to_owned(),
            rule: Rule::InTurn,
            reason: String::new(),
        }),
        consent_receipt: "CR-20261123-7F3K9Q".to_owned(),
        print_job: Some("1".to_owned()),
    }
}

pub fn content(language: Language, answer: &CheckInAnswer, reprint: bool) -> TicketContent {
    TicketContent::new(&TicketFacts {
        language,
        house: match language {
            Language::ZhCn => "云栖府",
            Language::ZhTw => "雲棲府",
            Language::En => "Cloud Residence",
        },
        answer,
        local_time: "2026-11-23T14:05:00+08:00",
        drink: None,
        reprint,
    })
}

pub fn on_paper(content: &TicketContent, width: PaperWidth) -> DrawnTicket {
    draw(content, width, &Logo::Mark).expect("a ticket")
}

/// An ordinary ticket on 80 mm.
pub fn drawn() -> DrawnTicket {
    let content = content(Language::ZhCn, &answer("A001", Some("苏晴")), false);
    on_paper(&content, PaperWidth::Mm80)
}
