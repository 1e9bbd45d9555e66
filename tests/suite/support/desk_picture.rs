//! A made-up moment at a desk, as the floor would send it.

use uuid::Uuid;
use yingbin::core::foretold::WaitRange;
use yingbin::core::id::{AgentId, VisitId};
use yingbin::core::language::{Language, Text};
use yingbin::core::rota::AwayReason;
use yingbin::core::site::{ConsentPurpose, Drink, Notice, VisitPurpose};
use yingbin::core::ticket::Line;
use yingbin::core::turn_book::Rule;
use yingbin::core::visit::{Action, VisitState};
use yingbin::protocol::agent::{AgentView, PhoneAccount};
use yingbin::protocol::check_in::AssignmentView;
use yingbin::protocol::desk::{DeskView, LapseView, OutboxView, PrinterView};
use yingbin::protocol::site::SiteView;
use yingbin::protocol::steer::{AppointmentView, DeskRules};
use yingbin::protocol::visit::{PrintState, PrintView, VisitView, WaitsForView};

pub const fn id(n: u128) -> VisitId {
    VisitId(Uuid::from_u128(n))
}

/// 14:`minute` on the day of the tests.
pub fn at(minute: u32) -> String {
    format!("2026-11-23T14:{minute:02}:00+08:00")
}

pub fn site(recipient: &str) -> SiteView {
    let purpose = |id: &str, zh: &str, en: &str| ConsentPurpose {
        id: id.into(),
        text: Text::zh_en(zh, en),
    };
    let visit = |id: &str, line, zh: &str, en: &str| VisitPurpose {
        id: id.into(),
        line,
        text: Text::zh_en(zh, en),
    };
    let drink = |id: &str, zh: &str, en: &str| Drink {
        id: id.into(),
        text: Text::zh_en(zh, en),
    };
    SiteView {
        name: Text::zh_en("云栖府", "Cloud Residence"),
        languages: Language::ALL.to_vec(),
        recipient: recipient.into(),
        notice: Notice {
            version: "2026-11".into(),
            hash: "ab12".into(),
            text: Text::zh_en("个人信息处理告知", "Privacy notice"),
            purposes: vec![
                purpose(
                    "reception",
                    "为接待您使用您的称呼",
                    "Your name, to receive you",
                ),
                purpose("follow_up_call", "电话回访", "Follow-up by telephone"),
                purpose("follow_up_sms", "短信联系", "Follow-up by text message"),
            ],
        },
        visit_purposes: vec![
            visit("view_homes", Line::New, "看房", "View homes"),
            visit("sign", Line::Signing, "签约", "Sign a contract"),
            visit("after_sales", Line::AfterSales, "售后", "After-sales"),
        ],
        consultants: Vec::new(),
        drinks: vec![
            drink("tea", "绿茶", "Green tea"),
            drink("coffee", "咖啡", "Coffee"),
            drink("water", "温水", "Water"),
        ],
        time_zone: "UTC".into(),
        closed: false,
        ticket_base_url: String::new(),
        kiosk: None,
    }
}

fn visit(n: u128, state: VisitState, minute: u32, actions: &[Action]) -> VisitView {
    VisitView {
        id: id(n),
        ticket: format!("A{n:03}"),
        also: None,
        line: Line::New,
        state,
        checked_in_at: at(0),
        since: at(minute),
        waits_since: (state == VisitState::Waiting).then(|| at(0)),
        patience_ends: (state == VisitState::Waiting).then(|| at(35)),
        language: Language::ZhCn,
        first_visit: true,
        purpose: "view_homes".into(),
        party_size: 2,
        drink: None,
        address_form: None,
        asked_for: None,
        wanted: None,
        learned_owner: None,
        co_owners: Vec::new(),
        assignment: None,
        waits_for: None,
        accept_by: None,
        recalls: 0,
        ahead: None,
        actions: actions.to_vec(),
        print: PrintView {
            state: PrintState::Printed,
            problem: None,
        },
        courtesy: false,
        chores: Vec::new(),
        wait_range: None,
    }
}

fn with_agent(mut visit: VisitView, agent: &str, name: &str, place: &str) -> VisitView {
    visit.assignment = Some(AssignmentView {
        agent: AgentId::new(agent),
        name: name.into(),
        title: Text::zh_en("置业顾问", "Consultant"),
        place: place.into(),
        rule: Rule::InTurn,
        reason: "轮到这位顾问接待".into(),
    });
    visit
}

fn agent(id: &str, name: &str, place: &str, status: &str, turn: Option<u32>) -> AgentView {
    AgentView {
        id: AgentId::new(id),
        name: name.into(),
        title: Text::zh_en("置业顾问", "Consultant"),
        place: place.into(),
        status: status.into(),
        away_reason: (status == "away").then_some(AwayReason::Lunch),
        announced: None,
        since: at(20),
        visit: None,
        ticket: match status {
            "offered" => Some("A006".into()),
            "serving" => Some("A003".into()),
            _ => None,
        },
        received: 3,
        served: 2,
        owed: u32::from(status == "away"),
        prepaid: 0,
        phone: PhoneAccount {
            received: 1,
            ..PhoneAccount::default()
        },
        pad: None,
        turn,
        penalties: 0,
        suspended_until: None,
    }
}

/// Half past two on a busy afternoon.
pub fn busy() -> DeskView {
    use Action::*;
    let mut waiting = visit(8, VisitState::Waiting, 10, &[Park, Transfer, Leave, Cancel]);
    waiting.wait_range = Some(WaitRange {
        from_s: 600,
        to_s: 1500,
    });
    waiting.address_form = Some("王先生".into());
    waiting.drink = Some("tea".into());
    let mut unprinted = visit(9, VisitState::Waiting, 24, &[Park, Leave, Cancel]);
    unprinted.asked_for = Some(AgentId::new("chen-jing"));
    unprinted.waits_for = Some(WaitsForView {
        agent: AgentId::new("chen-jing"),
        until: at(34),
    });
    unprinted.print = PrintView {
        state: PrintState::Failed,
        problem: Some("paper_out".into()),
    };
    let mut offered = visit(
        7,
        VisitState::Offered,
        29,
        &[Accept, Call, Refuse, Park, Reassign, Leave, Cancel],
    );
    offered.accept_by = Some(at(31));
    offered.address_form = Some("李女士".into());
    let mut called = visit(
        6,
        VisitState::Called,
        26,
        &[Call, Recall, Start, Refuse, Park, Reassign, Leave, Cancel],
    );
    called.recalls = 1;
    let mut serving = visit(3, VisitState::Serving, 5, &[Finish, Refuse, Cancel]);
    serving.drink = Some("coffee".into());
    serving.first_visit = false;
    DeskView {
        version: 42,
        hands: Vec::new(),
        at: at(30),
        day: "2026-11-23".into(),
        visits: vec![
            with_agent(serving, "wu-fan", "吴凡", "2"),
            with_agent(called, "zhou-yan", "周岩", "5"),
            with_agent(offered, "chen-jing", "陈静", "3"),
            waiting,
            unprinted,
            visit(5, VisitState::Parked, 12, &[Resume, Leave, Cancel]),
            with_agent(
                visit(2, VisitState::Finished, 3, &[]),
                "lin-xiao",
                "林晓",
                "1",
            ),
        ],
        agents: vec![
            agent("chen-jing", "陈静", "3", "offered", Some(2)),
            agent("zhao-min", "赵敏", "4", "ready", Some(1)),
            agent("zhou-yan", "周岩", "5", "offered", Some(3)),
            agent("wu-fan", "吴凡", "2", "serving", Some(4)),
            agent("lin-xiao", "林晓", "1", "away", Some(5)),
            agent("he-qing", "何清", "6", "off", None),
        ],
        next: Some(AgentId::new("zhao-min")),
        printer: PrinterView {
            state: "paper_out".into(),
            queued: 1,
            failed_today: 1,
            unknown_today: 0,
        },
        outbox: OutboxView {
            backlog: 12,
            oldest: Some(at(18)),
            state: "unreachable".into(),
        },
        kiosks: Vec::new(),
        alarms: Vec::new(),
        served_today: 1,
        lapses: vec![LapseView {
            ticket: "A004".into(),
            agent: AgentId::new("lin-xiao"),
            at: at(15),
        }],
        appointments: vec![
            AppointmentView {
                id: "b1".into(),
                agent: AgentId::new("zhou-yan"),
                time: at(0),
                visit: Some(id(6)),
            },
            AppointmentView {
                id: "b2".into(),
                agent: AgentId::new("chen-jing"),
                time: at(45),
                visit: None,
            },
        ],
        registrations: Vec::new(),
        closed: None,
        sheet_signed: None,
        acknowledged: Vec::new(),
        rules: DeskRules {
            ready_needs_pin: false,
            reason_lead_seconds: 120,
            owed_cap: 2,
            long_service_minutes: 120,
            by_list: true,
        },
    }
}
