//! Random histories of a floor: what a person might do next, in numbers that mean something only
//! beside the model (the third open guest, the second agent), so that a history that failed can be
//! made shorter and still makes sense.

use std::collections::BTreeMap;

use proptest::prelude::*;
use uuid::Uuid;
use yingbin::core::booking::{Appointment, Registration};
use yingbin::core::chore::Chore;
use yingbin::core::floor::day::Rest;
use yingbin::core::floor::devices::EnrolledDevice;
use yingbin::core::floor::{Attendance, Command, Deed, ManagersOrder, PHONE_CALL, Step};
use yingbin::core::house_rules::{
    Courtesy, HouseRules, LineRule, LineRules, ReturnerTurn, RotaOrder, YesNo,
};
use yingbin::core::id::{AgentId, DeviceId, VisitId};
use yingbin::core::language::{Language, Text};
use yingbin::core::reception::{
    Budget, HandKind, Needs, Next, NextStep, ReceptionStep, SkipReason,
};
use yingbin::core::rota::{AwayReason, RotaKind};
use yingbin::core::site::{Site, StaffMember, VisitPurpose};
use yingbin::core::ticket::{Line, TicketNumber};
use yingbin::core::time::Millis;
use yingbin::core::visit::{CheckIn, Issued, KnownOwner, NotABuyer, NoticeShown, VisitState};

use super::model::Model;

/// A Monday morning in Shanghai.
pub const MORNING: i64 = 1_795_395_600_000;
/// The last is a newcomer until the site says otherwise.
pub const NAMES: [&str; 5] = ["an", "bo", "cy", "du", "ed"];
const NOBODY: &str = "nobody";
const PURPOSES: [(&str, Line); 5] = [
    ("view_homes", Line::New),
    ("sign", Line::Signing),
    ("complaint", Line::AfterSales),
    ("appointment", Line::Appointment),
    (PHONE_CALL, Line::Phone),
];

/// Something that happens `after` seconds.
#[derive(Clone, Debug)]
pub struct Move {
    pub after: u32,
    pub act: Act,
}

impl Move {
    /// How far the clock moves; it goes on while the floor is down.
    pub fn seconds(&self) -> i64 {
        let after = i64::from(self.after);
        match self.act {
            Act::Down(seconds) => after + i64::from(seconds),
            Act::SetBack(seconds) => after - i64::from(seconds),
            _ => after,
        }
    }
}

#[derive(Clone, Debug)]
pub enum Act {
    Arrive(Arrival),
    /// The next ordinary step with a guest who is with an agent.
    GoOn(u8),
    Step {
        guest: u8,
        over_ones_too: bool,
        doing: Doing,
    },
    Attend(u8, Attendance),
    Order(ManagersWord),
    Rules(HouseRules),
    /// Who is on the staff list, and who of them is a newcomer, by bits.
    Staff(u8, u8),
    Appointments(Vec<(u8, u8)>),
    AddAppointment(u8, u8),
    Overdue([u8; 5]),
    LearnOwner(u8, u8),
    NotABuyer,
    NewDay(bool),
    Down(u32),
    /// The clock is set back by so many seconds.
    SetBack(u32),
    /// The kiosk had not heard the answer and gave a number of its own.
    Renumber(u8, Promise),
    Registrations(Vec<(u8, u8)>),
    /// A screen proves a code.
    Enrol(u8, u8),
    /// The floor was restored from a backup.
    SkipNumbers(u32),
    Chore(u8, Chore),
    Close(Rest),
    Reopen,
    Acknowledge(u8),
    Own {
        /// Mostly whoever has the guest.
        by: Option<u8>,
        guest: u8,
        tap: Tap,
    },
    HandGiven(u8, HandKind),
    Pad(u8, bool),
    Tick,
}

/// A number of a kiosk's own series.
#[derive(Clone, Copy, Debug)]
pub struct Promise {
    pub kiosk: u32,
    pub count: u32,
    /// The party came so many seconds ago; behind the floor's clock or, a little, ahead of it.
    pub ago: i32,
    pub day: PromisedDay,
}

#[derive(Clone, Copy, Debug)]
pub enum PromisedDay {
    Today,
    Before,
}

/// What an agent does at the pad.
#[derive(Clone, Copy, Debug)]
pub enum Tap {
    /// `true`: the offer that stands now.
    Accept(bool),
    Call,
    Recall,
    Start,
    NoShow,
    Done(ReceptionStep, u32),
    Undo(ReceptionStep),
    AskHand(HandKind),
    WithdrawHand(HandKind),
    Needs(bool),
    /// `true`: with a reason for every step left out.
    Finish(bool),
}

#[derive(Clone, Debug)]
pub struct Arrival {
    pub purpose: u8,
    pub first_visit: bool,
    pub size: u32,
    pub asked: Option<u8>,
    pub owner: Option<(u8, bool)>,
    pub appointment: Option<u8>,
    pub channel: Option<(u8, bool, bool)>,
    pub parted_from: Option<u8>,
    pub promise: Option<Promise>,
    /// The very check-in before comes once more.
    pub repeated: bool,
}

#[derive(Clone, Debug)]
pub enum Doing {
    Plain(Step),
    /// The guest refuses this one, who may not be the one the visit is with.
    RefuseOf(u8),
    Reassign(u8, bool),
    Appointment(u8),
    Channel(u8, bool, bool),
    Owner(Option<u8>),
    Join(u8),
}

#[derive(Clone, Debug)]
pub enum ManagersWord {
    Cursor(u8, RotaKind),
    List(Vec<u8>),
    Grant(u8, RotaKind),
    Take(u8, RotaKind),
    Penalise(u8, u32, RotaKind),
    Lift(u8, RotaKind),
    Suspend(u8, i32),
    EndSuspension(u8),
    WithoutReason,
}

fn name() -> impl Strategy<Value = u8> {
    prop_oneof![40 => 0..5_u8, 1 => Just(5)]
}

fn rota() -> impl Strategy<Value = RotaKind> {
    prop_oneof![4 => Just(RotaKind::WalkIn), 1 => Just(RotaKind::Phone)]
}

fn after() -> impl Strategy<Value = u32> {
    prop_oneof![
        6 => Just(0_u32),
        6 => 1..12_u32,
        3 => 20..130_u32,
        2 => Just(60),
        2 => prop_oneof![Just(600), Just(120), Just(900), Just(1200)],
        2 => 300..1500_u32,
        1 => 3000..9000_u32,
    ]
}

fn sometimes<S: Strategy>(one_in: u32, what: S) -> impl Strategy<Value = Option<S::Value>>
where
    S::Value: Clone,
{
    (0..one_in, what).prop_map(move |(n, value)| (n + 1 == one_in).then_some(value))
}

fn arrival() -> impl Strategy<Value = Arrival> {
    (
        prop_oneof![10 => Just(0_u8), 2 => Just(1), 2 => Just(2), 1 => Just(3), 3 => Just(4), 1 => Just(5)],
        prop_oneof![3 => Just(true), 1 => Just(false)],
        1..5_u32,
        sometimes(4, name()),
        sometimes(8, (name(), any::<bool>())),
        sometimes(8, 0..4_u8),
        sometimes(12, (name(), any::<bool>(), any::<bool>())),
        sometimes(12, any::<u8>()),
        (sometimes(7, promise()), prop_oneof![40 => Just(false), 1 => Just(true)]),
    )
        .prop_map(
            |(
                purpose,
                first_visit,
                size,
                asked,
                owner,
                appointment,
                channel,
                parted_from,
                (promise, repeated),
            )| {
                Arrival {
                    purpose,
                    first_visit,
                    size,
                    asked,
                    owner,
                    appointment,
                    channel,
                    parted_from,
                    promise,
                    repeated,
                }
            },
        )
}

fn promise() -> impl Strategy<Value = Promise> {
    let ago = prop_oneof![1 => -30..1_i32, 3 => 1..900_i32, 1 => 900..9000_i32];
    let day = prop_oneof![12 => Just(PromisedDay::Today), 1 => Just(PromisedDay::Before)];
    (1..3_u32, 1..9_u32, ago, day).prop_map(|(kiosk, count, ago, day)| Promise {
        kiosk,
        count,
        ago,
        day,
    })
}

fn tap() -> impl Strategy<Value = Tap> {
    let step = || prop::sample::select(ReceptionStep::ALL.to_vec());
    let hand = || prop::sample::select(HandKind::ALL.to_vec());
    prop_oneof![
        4 => prop_oneof![5 => Just(true), 1 => Just(false)].prop_map(Tap::Accept),
        1 => Just(Tap::Call),
        2 => Just(Tap::Recall),
        3 => Just(Tap::Start),
        1 => Just(Tap::NoShow),
        5 => (step(), prop_oneof![Just(0_u32), 1..900_u32]).prop_map(|(s, n)| Tap::Done(s, n)),
        2 => step().prop_map(Tap::Undo),
        4 => hand().prop_map(Tap::AskHand),
        1 => hand().prop_map(Tap::WithdrawHand),
        1 => any::<bool>().prop_map(Tap::Needs),
        3 => prop_oneof![3 => Just(true), 1 => Just(false)].prop_map(Tap::Finish),
    ]
}

fn doing() -> impl Strategy<Value = Doing> {
    let plain = prop_oneof![
        3 => Just(Step::Accept { place: None }),
        1 => Just(Step::Call { place: None }),
        3 => Just(Step::Recall),
        2 => Just(Step::Start),
        2 => Just(Step::Finish),
        4 => Just(Step::NoShow),
        3 => Just(Step::Refuse { why: None, of: None }),
        3 => Just(Step::Park),
        4 => Just(Step::Resume),
        1 => prop::sample::select(Line::ALL.to_vec()).prop_map(|line| Step::Transfer { line }),
        2 => Just(Step::Leave),
        2 => prop_oneof![4 => Just("slip"), 1 => Just(" ")].prop_map(|w| Step::Cancel { why: w.into() }),
        1 => Just(Step::NotABuyer { kind: NotABuyer::Peer }),
        5 => Just(Step::Undo),
    ];
    prop_oneof![
        20 => plain.prop_map(Doing::Plain),
        2 => name().prop_map(Doing::RefuseOf),
        3 => (name(), prop_oneof![6 => Just(true), 1 => Just(false)]).prop_map(|(n, w)| Doing::Reassign(n, w)),
        1 => (0..5_u8).prop_map(Doing::Appointment),
        1 => (name(), any::<bool>(), any::<bool>()).prop_map(|(n, r, e)| Doing::Channel(n, r, e)),
        2 => sometimes(2, name()).prop_map(Doing::Owner),
        2 => any::<u8>().prop_map(Doing::Join),
    ]
}

fn managers_word() -> impl Strategy<Value = ManagersWord> {
    prop_oneof![
        2 => (name(), rota()).prop_map(|(n, r)| ManagersWord::Cursor(n, r)),
        2 => prop::collection::vec(name(), 0..5).prop_map(ManagersWord::List),
        2 => (name(), rota()).prop_map(|(n, r)| ManagersWord::Grant(n, r)),
        2 => (name(), rota()).prop_map(|(n, r)| ManagersWord::Take(n, r)),
        4 => (name(), prop_oneof![8 => 1..4_u32, 1 => Just(0), 1 => Just(21)], rota())
            .prop_map(|(n, t, r)| ManagersWord::Penalise(n, t, r)),
        1 => (name(), rota()).prop_map(|(n, r)| ManagersWord::Lift(n, r)),
        3 => (name(), prop_oneof![8 => 60..3000_i32, 1 => -10..1_i32])
            .prop_map(|(n, s)| ManagersWord::Suspend(n, s)),
        1 => name().prop_map(ManagersWord::EndSuspension),
        1 => Just(ManagersWord::WithoutReason),
    ]
}

pub fn rules() -> impl Strategy<Value = HouseRules> {
    let yes_no = || prop_oneof![Just(YesNo::Yes), Just(YesNo::No)];
    let usual = |value: YesNo| prop_oneof![2 => Just(value), 1 => yes_no()];
    (
        (
            prop_oneof![
                2 => Just(ReturnerTurn::No),
                1 => Just(ReturnerTurn::IfNotBought),
                1 => Just(ReturnerTurn::Yes)
            ],
            prop_oneof![4 => Just(10_u32), 1 => Just(0), 1 => Just(2)],
            prop_oneof![3 => Just(Courtesy::OwedTurn), 1 => Just(Courtesy::Nothing)],
            usual(YesNo::Yes),
            prop_oneof![
                3 => Just(RotaOrder::SignIn),
                2 => Just(RotaOrder::FewestReceived),
                1 => Just(RotaOrder::ManagersList)
            ],
            prop_oneof![4 => Just(2_u32), 1 => Just(0), 1 => Just(5)],
            prop_oneof![2 => Just(120_u32), 1 => Just(0)],
        ),
        (
            prop_oneof![2 => Just(120_u32), 1 => Just(10)],
            usual(YesNo::No),
            prop_oneof![2 => Just(2_u32), 2 => Just(0)],
            prop_oneof![2 => Just(3_u32), 1 => Just(1), 1 => Just(0)],
            usual(YesNo::Yes),
            prop_oneof![2 => Just(0_u32), 1 => Just(1)],
            usual(YesNo::Yes),
            prop_oneof![3 => Just(2_u32), 1 => Just(0), 1 => Just(1)],
            (
                prop_oneof![3 => Just(60_u32), 1 => 5..120_u32],
                prop_oneof![3 => Just(60_u32), 1 => Just(5)],
                prop_oneof![3 => Just(LineRules::default()), 1 => lines()],
            ),
        ),
    )
        .prop_map(|(a, b)| HouseRules {
            returner_uses_turn: a.0,
            wait_for_owner_minutes: a.1,
            courtesy: a.2,
            named_uses_turn: a.3,
            rota_order: a.4,
            owed_cap: a.5,
            reason_lead_seconds: a.6,
            long_service_minutes: b.0,
            refused_agent_regains_turn: b.1,
            recalls: b.2,
            late_return_positions: b.3,
            no_show_returns_turn: b.4,
            overdue_followups_block: b.5,
            carry_owed_turns: b.6,
            priority_ratio: b.7,
            accept_seconds: b.8.0,
            parked_minutes: b.8.1,
            lines: b.8.2,
            ..HouseRules::default()
        })
}

/// Other weights and patience for the lines.
fn lines() -> impl Strategy<Value = LineRules> {
    let one = || {
        (0..4_u32, prop_oneof![Just(40_u32), Just(2), Just(0)]).prop_map(|(weight, minutes)| {
            LineRule {
                weight,
                max_wait_minutes: minutes,
            }
        })
    };
    (one(), one(), one(), one(), one(), one()).prop_map(
        |(new, returning, appointment, signing, after_sales, phone)| LineRules {
            new,
            returning,
            appointment,
            signing,
            after_sales,
            phone,
        },
    )
}

fn attendance() -> impl Strategy<Value = Attendance> {
    prop_oneof![
        5 => Just(Attendance::Ready),
        4 => prop::sample::select(AwayReason::ALL.to_vec()).prop_map(Attendance::Away),
        1 => Just(Attendance::StillServing),
        1 => Just(Attendance::Off),
    ]
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        100 => on_the_floor(),
        24 => beside_the_floor(),
    ]
}

/// Guests, agents, the manager, the rules.
fn on_the_floor() -> impl Strategy<Value = Act> {
    prop_oneof![
        20 => arrival().prop_map(Act::Arrive),
        28 => any::<u8>().prop_map(Act::GoOn),
        22 => (any::<u8>(), prop_oneof![4 => Just(false), 1 => Just(true)], doing()).prop_map(
            |(guest, over_ones_too, doing)| Act::Step { guest, over_ones_too, doing }
        ),
        16 => (name(), attendance()).prop_map(|(n, a)| Act::Attend(n, a)),
        5 => managers_word().prop_map(Act::Order),
        1 => rules().prop_map(Act::Rules),
        1 => (prop_oneof![Just(31_u8), any::<u8>()], prop_oneof![Just(16_u8), Just(0), any::<u8>()])
            .prop_map(|(s, n)| Act::Staff(s, n)),
        1 => prop::collection::vec((0..4_u8, name()), 0..4).prop_map(Act::Appointments),
        1 => (0..4_u8, name()).prop_map(|(i, n)| Act::AddAppointment(i, n)),
        1 => prop::array::uniform5(0..3_u8).prop_map(Act::Overdue),
        1 => (any::<u8>(), name()).prop_map(|(g, n)| Act::LearnOwner(g, n)),
        1 => Just(Act::NotABuyer),
        1 => prop_oneof![6 => Just(true), 1 => Just(false)].prop_map(Act::NewDay),
        1 => prop_oneof![1..90_u32, 600..4000_u32].prop_map(Act::Down),
        3 => Just(Act::Tick),
    ]
}

/// Pads and kiosks, what the centre and the reception say, the day's end, the clock.
fn beside_the_floor() -> impl Strategy<Value = Act> {
    let hand = || prop::sample::select(HandKind::ALL.to_vec());
    let chore = prop::sample::select(vec![Chore::Drink, Chore::OwnerTold, Chore::OwnerSeen]);
    prop_oneof![
        20 => (sometimes(8, name()), any::<u8>(), tap())
            .prop_map(|(by, guest, tap)| Act::Own { by, guest, tap }),
        10 => (name(), any::<bool>()).prop_map(|(n, on)| Act::Pad(n, on)),
        3 => (any::<u8>(), promise()).prop_map(|(g, p)| Act::Renumber(g, p)),
        1 => prop::collection::vec((0..3_u8, name()), 0..3).prop_map(Act::Registrations),
        1 => (0..2_u8, 0..2_u8).prop_map(|(s, c)| Act::Enrol(s, c)),
        1 => prop_oneof![Just(0_u32), 1..2600_u32].prop_map(Act::SkipNumbers),
        2 => (any::<u8>(), chore).prop_map(|(g, c)| Act::Chore(g, c)),
        1 => prop_oneof![2 => Just(Rest::Serve), 1 => Just(Rest::Leave)].prop_map(Act::Close),
        1 => Just(Act::Reopen),
        1 => (0..3_u8).prop_map(Act::Acknowledge),
        4 => (any::<u8>(), hand()).prop_map(|(g, h)| Act::HandGiven(g, h)),
        2 => prop_oneof![1..90_u32, 600..4000_u32].prop_map(Act::SetBack),
    ]
}

/// What happens after the doors have opened.
pub fn moves(most: usize) -> impl Strategy<Value = Vec<Move>> {
    let one = (after(), act()).prop_map(|(after, act)| Move { after, act });
    prop::collection::vec(one, 1..most)
}

/// How a history begins: the house's rules, and who signs in before the first guest.
#[derive(Clone, Debug)]
pub struct Opening {
    pub rules: HouseRules,
    pub early: u8,
    /// The day is open from the beginning.
    pub open: bool,
}

pub fn opening() -> impl Strategy<Value = Opening> {
    (
        prop_oneof![1 => Just(HouseRules::default()), 2 => rules()],
        prop_oneof![4 => Just(15_u8), 1 => any::<u8>()],
        prop_oneof![30 => Just(true), 1 => Just(false)],
    )
        .prop_map(|(rules, early, open)| Opening { rules, early, open })
}

impl Opening {
    pub fn commands(&self) -> Vec<Command> {
        let mut commands = vec![
            Command::SetSite {
                site: Box::new(site(31, 16)),
            },
            Command::SetRules {
                rules: Box::new(self.rules.clone()),
            },
            Command::Tick,
            Command::SetAppointments {
                appointments: vec![appointment(0, 0), appointment(1, 1)],
            },
        ];
        if self.open {
            commands[2] = Command::OpenDay {
                day: "2026-11-23".into(),
            };
        }
        for (at, name) in NAMES.iter().enumerate().take(4) {
            if self.early & (1 << at) != 0 {
                commands.push(Command::Agent {
                    agent: AgentId::new(*name),
                    to: Attendance::Ready,
                });
            }
        }
        commands
    }
}

pub fn agent(n: u8) -> AgentId {
    AgentId::new(NAMES.get(usize::from(n)).copied().unwrap_or(NOBODY))
}

pub fn site(on_staff: u8, newcomers: u8) -> Site {
    Site {
        name: Text::zh_en("云栖府", "Cloud Terrace"),
        languages: Language::ALL.into(),
        time_zone: "Asia/Shanghai".into(),
        visit_purposes: PURPOSES
            .iter()
            .map(|(id, line)| VisitPurpose {
                id: (*id).into(),
                line: *line,
                text: Text::zh_en("来访", "Visit"),
            })
            .collect(),
        staff: (0..5_u8)
            .filter(|n| on_staff & (1 << n) != 0)
            .map(|n| StaffMember {
                id: agent(n),
                name: NAMES[usize::from(n)].into(),
                title: Text::zh_en("置业顾问", "Consultant"),
                place: n.to_string(),
                newcomer: newcomers & (1 << n) != 0,
                role: Default::default(),
            })
            .collect(),
        ..Site::default()
    }
}

fn appointment(id: u8, of: u8) -> Appointment {
    Appointment {
        id: format!("apt-{id}"),
        agent: agent(of),
        time: Millis(MORNING + 3_600_000),
    }
}

fn registration(of: u8, before: bool, valid: bool, arrived: i64) -> Registration {
    let hour = 3_600_000;
    Registration {
        id: "BJ-1".into(),
        broker: "中介".into(),
        agent: agent(of),
        registered: Millis(if before { arrived - 2 * hour } else { arrived }),
        // One that ends before it begins is no registration.
        expires: Millis(if valid || !before {
            arrived + hour
        } else {
            arrived - hour
        }),
    }
}

/// A visit's id by its number in the history.
pub fn visit(n: usize) -> VisitId {
    VisitId(Uuid::from_u128(
        0x0198_0000_0000_7000_8000_0000_0000_0000 + n as u128,
    ))
}

/// Turns what might happen into a command, as things stand.
#[derive(Default)]
pub struct Director {
    /// Visits of the history, refused ones included.
    pub made: usize,
    days: u32,
}

impl Director {
    pub fn command(&mut self, act: &Act, desk: &Model, now: i64) -> Command {
        match act {
            Act::Arrive(arrival) => {
                if !arrival.repeated || self.made == 0 {
                    self.made += 1;
                }
                Command::CheckIn(Box::new(self.check_in(arrival, desk, now)))
            }
            Act::GoOn(n) => {
                let with: Vec<_> = desk.guests.iter().filter(|g| g.state.has_agent()).collect();
                match with.get(usize::from(*n) % with.len().max(1)) {
                    None => Command::Tick,
                    Some(guest) => Command::Visit {
                        visit: id(&guest.ticket),
                        step: match guest.state {
                            VisitState::Offered => Step::Accept { place: None },
                            VisitState::Called => Step::Start,
                            _ => Step::Finish,
                        },
                    },
                }
            }
            Act::Step {
                guest,
                over_ones_too,
                doing,
            } => Command::Visit {
                visit: pick(desk, *guest, *over_ones_too),
                step: match doing {
                    Doing::Plain(step) => step.clone(),
                    Doing::RefuseOf(of) => Step::Refuse {
                        why: None,
                        of: Some(agent(*of)),
                    },
                    Doing::Reassign(to, why) => Step::Reassign {
                        agent: agent(*to),
                        why: if *why { "busy" } else { "" }.into(),
                    },
                    Doing::Appointment(n) => Step::Appointment {
                        id: format!("apt-{n}"),
                    },
                    Doing::Channel(of, before, valid) => Step::Channel {
                        registration: registration(*of, *before, *valid, now - 600_000),
                    },
                    Doing::Owner(of) => Step::Owner {
                        agent: of.map(agent),
                    },
                    Doing::Join(n) => Step::Join {
                        into: pick(desk, *n, n % 7 == 0),
                    },
                },
            },
            Act::Attend(n, to) => Command::Agent {
                agent: agent(*n),
                to: *to,
            },
            Act::Order(word) => managers(word, desk, now),
            Act::Rules(rules) => Command::OfficeRules {
                rules: Box::new(rules.clone()),
                author: "wang.lei".into(),
            },
            Act::Staff(on_staff, newcomers) => Command::SetSite {
                site: Box::new(site(*on_staff, *newcomers)),
            },
            Act::Appointments(list) => {
                let by_id: BTreeMap<u8, u8> = list.iter().copied().collect();
                Command::SetAppointments {
                    appointments: by_id.iter().map(|(i, n)| appointment(*i, *n)).collect(),
                }
            }
            Act::AddAppointment(i, n) => Command::AddAppointment {
                appointment: appointment(*i, *n),
            },
            Act::Overdue(counts) => Command::SetOverdue {
                overdue: (0..5_u8)
                    .map(|n| (agent(n), u32::from(counts[usize::from(n)])))
                    .filter(|(_, n)| *n > 0)
                    .collect(),
            },
            Act::LearnOwner(g, n) => Command::LearnOwner {
                visit: pick(desk, *g, true),
                owner: KnownOwner {
                    agent: agent(*n),
                    bought: false,
                },
            },
            Act::NotABuyer => Command::NotABuyer {
                kind: NotABuyer::Courier,
            },
            Act::NewDay(later) => {
                if *later {
                    self.days += 1;
                }
                Command::OpenDay {
                    day: format!("2026-12-{:02}", self.days),
                }
            }
            Act::Down(seconds) => Command::Resume {
                down_ms: i64::from(*seconds) * 1000,
            },
            Act::Tick | Act::SetBack(_) => Command::Tick,
            Act::Renumber(g, promise) => Command::Renumber {
                visit: pick(desk, *g, g % 9 == 0),
                issued: issued(promise, desk, now),
                token_hash: "renumbered".into(),
            },
            Act::Registrations(list) => {
                let by_id: BTreeMap<u8, u8> = list.iter().copied().collect();
                let each = by_id.iter().map(|(id, n)| Registration {
                    id: format!("BJ-{id}"),
                    ..registration(*n, true, true, now)
                });
                Command::SetRegistrations {
                    registrations: each.collect(),
                }
            }
            Act::Enrol(screen, code) => Command::EnrolDevice {
                device: DeviceId::new(format!("screen-{screen}")),
                enrolled: EnrolledDevice {
                    enrolment: format!("code-{code}"),
                    token_hash: "t".into(),
                },
            },
            Act::SkipNumbers(seen) => Command::SkipNumbers { seen: *seen },
            Act::Chore(g, chore) => Command::Chore {
                visit: pick(desk, *g, g % 5 == 0),
                chore: *chore,
            },
            Act::Close(rest) => Command::CloseDay { rest: *rest },
            Act::Reopen => Command::ReopenDay,
            Act::Acknowledge(thing) => Command::Acknowledge {
                key: format!("thing-{thing}"),
            },
            Act::Own { by, guest, tap } => own(*by, *guest, *tap, desk),
            Act::HandGiven(g, kind) => hand_given(*g, *kind, desk),
            Act::Pad(n, connected) => Command::Pad {
                since: None,
                agent: agent(*n),
                connected: *connected,
            },
        }
    }

    fn check_in(&self, arrival: &Arrival, desk: &Model, now: i64) -> CheckIn {
        let purpose = match arrival.purpose {
            4 => PHONE_CALL,
            5 => "unheard_of",
            n => PURPOSES[usize::from(n)].0,
        };
        CheckIn {
            visit: visit(self.made),
            device: DeviceId::new("kiosk-1"),
            language: Language::ZhCn,
            first_visit: arrival.first_visit,
            purpose: purpose.into(),
            party_size: arrival.size,
            notice: NoticeShown {
                version: "1".into(),
                hash: String::new(),
            },
            consents: vec![],
            consent_manner: Default::default(),
            consent_receipt: "R".into(),
            asked_for: arrival.asked.map(agent),
            owner: arrival.owner.map(|(n, bought)| KnownOwner {
                agent: agent(n),
                bought,
            }),
            appointment: arrival.appointment.map(|n| format!("apt-{n}")),
            channel: arrival
                .channel
                .map(|(n, before, valid)| registration(n, before, valid, now)),
            split_from: arrival
                .parted_from
                .filter(|_| !desk.guests.is_empty() && arrival.promise.is_none())
                .map(|n| pick(desk, n, n % 5 == 0)),
            drink: None,
            idempotency_key: format!("k{}", self.made),
            profile_hash: None,
            issued: arrival.promise.map(|p| issued(&p, desk, now)),
            token_hash: format!("t{}", self.made),
        }
    }
}

fn id(ticket: &str) -> VisitId {
    VisitId(ticket.parse().expect("tickets are visits' ids"))
}

fn pick(desk: &Model, n: u8, over_ones_too: bool) -> VisitId {
    let guests: Vec<_> = desk
        .guests
        .iter()
        .filter(|g| over_ones_too || !g.state.is_over())
        .collect();
    // A slip is mostly noticed with the last ones.
    let from_the_end = guests
        .len()
        .saturating_sub(1 + usize::from(n) % guests.len().max(1));
    guests.get(from_the_end).map_or(visit(0), |g| id(&g.ticket))
}

/// The guest of somebody's who is with an agent, else anybody.
fn with_an_agent(desk: &Model, n: u8) -> VisitId {
    let with: Vec<_> = desk.guests.iter().filter(|g| g.state.has_agent()).collect();
    let guest = with.get(usize::from(n) % with.len().max(1));
    guest.map_or_else(|| pick(desk, n, true), |g| id(&g.ticket))
}

fn issued(promise: &Promise, desk: &Model, now: i64) -> Issued {
    let today = desk.day.clone().unwrap_or_default();
    Issued {
        ticket: TicketNumber::Kiosk {
            kiosk: promise.kiosk,
            count: promise.count,
        },
        at: Millis(now - i64::from(promise.ago) * 1000),
        day: match promise.day {
            PromisedDay::Today => today,
            PromisedDay::Before => "2026-11-20".into(),
        },
    }
}

/// Mostly a hand that somebody asked for.
fn hand_given(n: u8, kind: HandKind, desk: &Model) -> Command {
    let serving = |g: &&super::model::Guest| g.state == VisitState::Serving;
    let mut asked = desk.guests.iter().filter(serving);
    let asked = asked.find_map(|g| Some((id(&g.ticket), *g.reception.hands.keys().next()?)));
    let (visit, kind) = asked
        .filter(|_| !n.is_multiple_of(4))
        .unwrap_or_else(|| (with_an_agent(desk, n), kind));
    Command::HandGiven { visit, kind }
}

fn own(by: Option<u8>, guest: u8, tap: Tap, desk: &Model) -> Command {
    // Most of what is done at the pad is done while serving.
    let serving = desk
        .guests
        .iter()
        .filter(|g| g.state == VisitState::Serving);
    let serving: Vec<_> = serving.collect();
    let in_service = serving.get(usize::from(guest) % serving.len().max(1));
    let of_the_flow = matches!(tap, Tap::Accept(_) | Tap::Call | Tap::Recall | Tap::Start);
    let visit = match in_service.filter(|_| !of_the_flow && !guest.is_multiple_of(4)) {
        Some(served) => id(&served.ticket),
        None => with_an_agent(desk, guest),
    };
    let guest = desk.guest(&visit.to_string());
    let with = guest.and_then(|g| g.with.as_ref());
    let holder = with.map_or(agent(0), |w| AgentId::new(w.agent.clone()));
    let deed = match tap {
        Tap::Accept(right) => Deed::Accept {
            offered_at: with.map(|w| Millis(w.offered_at - i64::from(!right) * 1000)),
            place: None,
        },
        Tap::Call => Deed::Call { place: None },
        Tap::Recall => Deed::Recall,
        Tap::Start => Deed::Start,
        Tap::NoShow => Deed::NoShow,
        Tap::Done(step, ago) => Deed::Done {
            step,
            ago_ms: i64::from(ago) * 1000,
        },
        Tap::Undo(step) => {
            let done = guest.and_then(|g| g.reception.marks.keys().next());
            Deed::Undo {
                step: done.copied().unwrap_or(step),
            }
        }
        Tap::AskHand(kind) => Deed::AskHand { kind },
        Tap::WithdrawHand(kind) => Deed::WithdrawHand { kind },
        Tap::Needs(noted) => Deed::Needs {
            needs: Needs {
                budget: noted.then_some(Budget::UpTo300),
                ..Needs::default()
            },
            note: noted.then(|| "hash".to_owned()),
        },
        Tap::Finish(all) => Deed::Finish {
            skipped: ReceptionStep::ALL
                .iter()
                .filter(|s| all || **s != ReceptionStep::Thanks)
                .map(|s| (*s, SkipReason::NoTime))
                .collect(),
            next: NextStep {
                next: Next::Revisit,
                day: None,
            },
        },
    };
    Command::Own {
        agent: by.map_or(holder, agent),
        visit,
        deed,
    }
}

fn managers(word: &ManagersWord, desk: &Model, now: i64) -> Command {
    // What there is to lift or to end, if there is any.
    let someone = |n: u8, has: &dyn Fn(&super::model::Person) -> bool| {
        let found = desk
            .people
            .iter()
            .find(|p| has(p))
            .filter(|_| !n.is_multiple_of(5));
        found.map_or_else(|| agent(n), |p| AgentId::new(p.name.clone()))
    };
    let order = match word {
        ManagersWord::Cursor(n, rota) => ManagersOrder::MoveCursor {
            agent: agent(*n),
            rota: *rota,
        },
        ManagersWord::List(list) => ManagersOrder::SetOrder {
            agents: list.iter().map(|n| agent(*n)).collect(),
        },
        ManagersWord::Grant(n, rota) => ManagersOrder::GrantTurn {
            agent: agent(*n),
            rota: *rota,
        },
        ManagersWord::Take(n, rota) => ManagersOrder::TakeTurn {
            agent: agent(*n),
            rota: *rota,
        },
        ManagersWord::Penalise(n, turns, rota) => ManagersOrder::Penalise {
            agent: agent(*n),
            turns: *turns,
            rota: *rota,
        },
        ManagersWord::Lift(n, rota) => ManagersOrder::LiftPenalty {
            agent: someone(*n, &|p| p.pages[rota_at(*rota)].penalties > 0),
            rota: *rota,
        },
        ManagersWord::Suspend(n, seconds) => ManagersOrder::Suspend {
            agent: agent(*n),
            until: Millis(now + i64::from(*seconds) * 1000),
        },
        ManagersWord::EndSuspension(n) => ManagersOrder::EndSuspension {
            agent: someone(*n, &|p| p.suspended.is_some()),
        },
        ManagersWord::WithoutReason => {
            return Command::Manager {
                order: ManagersOrder::EndSuspension { agent: agent(0) },
                why: "  ".into(),
            };
        }
    };
    Command::Manager {
        order,
        why: "manager".into(),
    }
}

const fn rota_at(rota: RotaKind) -> usize {
    match rota {
        RotaKind::WalkIn => 0,
        RotaKind::Phone => 1,
    }
}
