//! A small made-up house for tests.

use uuid::Uuid;

use crate::core::floor::{
    Attendance, Command, Decision, Event, ManagersOrder, Refusal, Stamped, State, Step,
};
use crate::core::house_rules::HouseRules;
use crate::core::id::{AgentId, DeviceId, VisitId};
use crate::core::language::{Language, Text};
use crate::core::site::{Site, StaffMember, StaffRole, VisitPurpose};
use crate::core::ticket::Line;
use crate::core::time::Millis;
use crate::core::turn_book::{Pass, Rule, words};
use crate::core::visit::{CheckIn, NoticeShown, VisitState};

pub const OPENING: Millis = Millis(1_700_000_000_000);

/// A floor with its whole log.
#[derive(Clone)]
pub struct World {
    pub state: State,
    pub log: Vec<Stamped>,
    pub now: Millis,
    /// Every command, with its moment.
    pub told: Vec<(Command, Millis)>,
    checked_in: u128,
}

pub fn agent(n: usize) -> AgentId {
    AgentId::new(["an", "bo", "chen", "deng", "fan", "gao", "han", "ji"][n])
}

pub fn site(agents: usize) -> Site {
    Site {
        time_zone: "Asia/Shanghai".to_owned(),
        visit_purposes: vec![
            VisitPurpose {
                id: "view_homes".into(),
                line: Line::New,
                text: Text::default(),
            },
            VisitPurpose {
                id: "signing".into(),
                line: Line::Signing,
                text: Text::default(),
            },
            VisitPurpose {
                id: "appointment".into(),
                line: Line::Appointment,
                text: Text::default(),
            },
        ],
        staff: (0..agents)
            .map(|n| StaffMember {
                id: agent(n),
                name: agent(n).0,
                title: Text::default(),
                place: format!("{}", n + 1),
                newcomer: false,
                role: StaffRole::default(),
            })
            .collect(),
        ..Site::default()
    }
}

pub fn visit_id(n: u128) -> VisitId {
    VisitId(Uuid::from_u128(n))
}

impl World {
    /// A house of `agents`, its day open, nobody signed in.
    pub fn with_rules(agents: usize, rules: HouseRules) -> Self {
        let mut world = Self {
            state: State::default(),
            log: Vec::new(),
            now: OPENING,
            told: Vec::new(),
            checked_in: 0,
        };
        world.must(Command::SetSite {
            site: Box::new(site(agents)),
        });
        world.must(Command::SetRules {
            rules: Box::new(rules),
        });
        world.must(Command::OpenDay {
            day: "2026-11-23".into(),
        });
        world
    }

    /// A house where everybody signed in, in the order of their names.
    pub fn on_duty(agents: usize) -> Self {
        Self::on_duty_with(agents, HouseRules::default())
    }

    pub fn on_duty_with(agents: usize, rules: HouseRules) -> Self {
        let mut world = Self::with_rules(agents, rules);
        for n in 0..agents {
            world.ready(n);
        }
        world
    }

    pub fn tell(&mut self, command: Command) -> Decision {
        self.told.push((command.clone(), self.now));
        let decision = self.state.decide(command, self.now);
        self.log.extend(decision.events.iter().cloned());
        decision
    }

    pub fn must(&mut self, command: Command) -> Vec<Event> {
        let decision = self.tell(command);
        assert_eq!(decision.result, Ok(()));
        decision.events.into_iter().map(|s| s.event).collect()
    }

    pub fn refused(&mut self, command: Command) -> Refusal {
        self.tell(command)
            .result
            .expect_err("the command is refused")
    }

    pub fn pass_seconds(&mut self, seconds: i64) {
        self.now = self.now.plus_seconds(seconds);
        self.must(Command::Tick);
    }

    pub fn check_in_command(&mut self, asked_for: Option<AgentId>) -> (VisitId, Command) {
        self.checked_in += 1;
        let visit = visit_id(self.checked_in);
        let check_in = CheckIn {
            visit,
            device: DeviceId::from("kiosk-1"),
            language: Language::ZhCn,
            first_visit: true,
            purpose: "view_homes".into(),
            party_size: 2,
            notice: NoticeShown {
                version: "1".into(),
                hash: "0".into(),
            },
            consents: Vec::new(),
            consent_manner: Default::default(),
            consent_receipt: "R".into(),
            asked_for,
            owner: None,
            appointment: None,
            channel: None,
            split_from: None,
            drink: None,
            idempotency_key: format!("key-{}", self.checked_in),
            profile_hash: None,
            token_hash: String::new(),
            issued: None,
        };
        (visit, Command::CheckIn(Box::new(check_in)))
    }

    pub fn arrive(&mut self) -> VisitId {
        let (visit, command) = self.check_in_command(None);
        self.must(command);
        visit
    }

    pub fn arrive_asking(&mut self, n: usize) -> VisitId {
        let (visit, command) = self.check_in_command(Some(agent(n)));
        self.must(command);
        visit
    }

    pub fn step(&mut self, visit: VisitId, step: Step) -> Vec<Event> {
        self.must(Command::Visit { visit, step })
    }

    /// A party that differs from the usual one in `change`.
    pub fn arrive_with(&mut self, change: impl FnOnce(&mut CheckIn)) -> VisitId {
        let (visit, command) = self.check_in_command(None);
        let Command::CheckIn(mut check_in) = command else {
            unreachable!()
        };
        change(&mut check_in);
        self.must(Command::CheckIn(check_in));
        visit
    }

    /// Called in vain as often as the house wants.
    pub fn miss(&mut self, visit: VisitId) {
        self.step(visit, Step::Accept { place: None });
        for _ in 0..self.state.rules.recalls {
            self.step(visit, Step::Recall);
        }
        self.step(visit, Step::NoShow);
    }

    pub fn manager(&mut self, order: ManagersOrder) {
        let why = "主管决定".to_owned();
        self.must(Command::Manager { order, why });
    }

    /// The codes of the book's lines from `from` on.
    pub fn book_codes(&self, from: usize) -> Vec<String> {
        let lines = &self.state.book[from..];
        lines.iter().map(|l| words::code(&l.reason)).collect()
    }

    /// Accepted, begun and finished.
    pub fn serve(&mut self, visit: VisitId) {
        self.begin(visit);
        self.step(visit, Step::Finish);
    }

    pub fn begin(&mut self, visit: VisitId) {
        self.step(visit, Step::Accept { place: None });
        self.step(visit, Step::Start);
    }

    pub fn ready(&mut self, n: usize) {
        self.must(Command::Agent {
            agent: agent(n),
            to: Attendance::Ready,
        });
    }

    pub fn set(&mut self, n: usize, to: Attendance) {
        self.must(Command::Agent {
            agent: agent(n),
            to,
        });
    }

    /// The number of the agent bound to the visit.
    pub fn server(&self, visit: VisitId) -> Option<usize> {
        let bound = self.state.visits[&visit].assignment.as_ref()?;
        (0..8).find(|n| agent(*n) == bound.agent)
    }

    pub fn rule(&self, visit: VisitId) -> Option<Rule> {
        self.state.visits[&visit]
            .assignment
            .as_ref()
            .map(|a| a.rule)
    }

    pub fn visit_state(&self, visit: VisitId) -> VisitState {
        self.state.visits[&visit].state
    }

    pub fn owed(&self, n: usize) -> usize {
        self.state.agents[&agent(n)]
            .accounts
            .walk_in
            .debts
            .open
            .len()
    }

    /// Received + owed − prepaid, the measure of fairness.
    pub fn measure(&self, n: usize) -> i64 {
        self.state.agents[&agent(n)].accounts.walk_in.measure()
    }

    pub fn last_passes(&self) -> &[Pass] {
        self.log
            .iter()
            .rev()
            .find_map(|s| match &s.event {
                Event::Offered(offer) => Some(offer.passed_over.as_slice()),
                _ => None,
            })
            .unwrap_or_default()
    }
}
