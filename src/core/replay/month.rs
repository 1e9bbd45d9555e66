//! A month that never was: random arrivals, absences, no-shows, named guests and returners, played
//! through the floor's own rules. The same seed gives the same month.

use fastrand::Rng;
use uuid::Uuid;

use super::course::Course;
use super::driver::{Played, Score, play};
use crate::core::floor::{Attendance, Command};
use crate::core::house_rules::HouseRules;
use crate::core::id::{AgentId, DeviceId, VisitId};
use crate::core::language::{Language, Text};
use crate::core::rota::AwayReason;
use crate::core::site::{Site, StaffMember, StaffRole, VisitPurpose};
use crate::core::ticket::Line;
use crate::core::time::Millis;
use crate::core::visit::{CheckIn, KnownOwner, NoticeShown};

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
/// 2026-12-01 at midnight in Shanghai.
const FIRST_DAY: i64 = 1_796_054_400_000;
const OPENS: i64 = 9 * HOUR;
const CLOSES: i64 = 18 * HOUR;

/// What kind of a month.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Month {
    pub seed: u64,
    pub days: u32,
    pub agents: usize,
    /// Parties on a weekday; half as many more on Saturdays and Sundays.
    pub parties: u32,
    pub rules: HouseRules,
}

impl Default for Month {
    fn default() -> Self {
        Self {
            seed: 1,
            days: 30,
            agents: 6,
            parties: 40,
            rules: HouseRules::default(),
        }
    }
}

/// Plays the month.
pub fn simulate(month: &Month) -> Played {
    let mut dice = Dice {
        rng: Rng::with_seed(month.seed),
        visits: 0,
    };
    let mut score = Score::default();
    let opening = Millis(FIRST_DAY);
    let rules = Box::new(month.rules.clone());
    score.commands.push((opening, Command::SetRules { rules }));
    let site = Box::new(site(month.agents));
    score.commands.push((opening, Command::SetSite { site }));
    for n in 0..i64::from(month.days) {
        dice.day(month, &mut score, n);
    }
    play(&score)
}

/// The name of the `n`th agent.
fn agent(n: usize) -> AgentId {
    AgentId::new(format!("agent-{}", n + 1))
}

fn site(agents: usize) -> Site {
    let purpose = |id: &str, line| VisitPurpose {
        id: id.to_owned(),
        line,
        text: Text::default(),
    };
    Site {
        time_zone: "Asia/Shanghai".to_owned(),
        visit_purposes: vec![
            purpose("view_homes", Line::New),
            purpose("signing", Line::Signing),
            purpose("after_sales", Line::AfterSales),
        ],
        staff: (0..agents)
            .map(|n| StaffMember {
                id: agent(n),
                name: format!("{:02}", n + 1),
                title: Text::default(),
                place: (n + 1).to_string(),
                newcomer: false,
                role: StaffRole::Agent,
            })
            .collect(),
        ..Site::default()
    }
}

struct Dice {
    rng: Rng,
    visits: u128,
}

impl Dice {
    fn chance(&mut self, percent: u32) -> bool {
        self.rng.u32(..100) < percent
    }

    /// Milliseconds between two bounds in minutes.
    fn between(&mut self, from: i64, to: i64) -> i64 {
        self.rng.i64(from * MINUTE..to * MINUTE)
    }

    /// A service: mostly around the usual time, now and then long.
    fn service(&mut self, line: Line) -> i64 {
        let usual = match line {
            Line::Signing => 60,
            Line::AfterSales => 20,
            _ => 35,
        };
        let spread = self.between(0, usual) + self.between(0, usual);
        let long = if self.chance(5) {
            self.between(30, 90)
        } else {
            0
        };
        5 * MINUTE + spread + long
    }

    fn day(&mut self, month: &Month, score: &mut Score, n: i64) {
        let midnight = FIRST_DAY + n * DAY;
        let civil = jiff::Timestamp::from_millisecond(midnight + 8 * HOUR)
            .map(|t| t.strftime("%Y-%m-%d").to_string());
        let Ok(day) = civil else { return };
        score
            .commands
            .push((Millis(midnight), Command::OpenDay { day }));
        for a in 0..month.agents {
            self.attend(score, midnight, a);
        }
        let weekend = matches!(n % 7, 4 | 5);
        let parties = month.parties + if weekend { month.parties / 2 } else { 0 };
        for _ in 0..parties {
            let course = self.party(month, midnight);
            score.courses.push(course);
        }
    }

    /// Signs in, goes to lunch, runs an errand now and then, is unreachable for a while.
    fn attend(&mut self, score: &mut Score, midnight: i64, n: usize) {
        let mut say = |at: i64, to| {
            let agent = agent(n);
            score
                .commands
                .push((Millis(at), Command::Agent { agent, to }));
        };
        if self.chance(6) {
            return;
        }
        let late = if self.chance(10) {
            self.between(20, 120)
        } else {
            -self.between(1, 20)
        };
        say(midnight + OPENS + late, Attendance::Ready);
        let lunch = midnight + 11 * HOUR + self.between(0, 120);
        say(lunch, Attendance::Away(AwayReason::Lunch));
        say(lunch + self.between(25, 45), Attendance::Ready);
        if self.chance(30) {
            let reasons = [
                AwayReason::Errand,
                AwayReason::Toilet,
                AwayReason::Private,
                AwayReason::Leave,
            ];
            let reason = reasons[self.rng.usize(..reasons.len())];
            let from = midnight + 14 * HOUR + self.between(0, 180);
            say(from, Attendance::Away(reason));
            say(from + self.between(5, 40), Attendance::Ready);
        }
        if self.chance(4) {
            let from = midnight + OPENS + self.between(60, 400);
            let to = from + self.between(5, 30);
            let spans = score.silent.entry(agent(n)).or_default();
            spans.push((Millis(from), Millis(to)));
            score.commands.push((
                Millis(to),
                Command::Agent {
                    agent: agent(n),
                    to: Attendance::Ready,
                },
            ));
        }
    }

    fn party(&mut self, month: &Month, midnight: i64) -> Course {
        // Two crowds, before noon and in the afternoon.
        let arrives = if self.chance(45) {
            OPENS + self.between(0, 90) + self.between(0, 90)
        } else {
            13 * HOUR + self.between(0, 150) + self.between(0, 120)
        };
        let arrives = Millis(midnight + arrives.min(CLOSES - HOUR));
        self.visits += 1;
        let visit = VisitId(Uuid::from_u128(self.visits));
        let first_visit = !self.chance(30);
        let someone = agent(self.rng.usize(..month.agents.max(1)));
        let (purpose, line) = match self.rng.u32(..100) {
            0..=7 => ("signing", Line::Signing),
            8..=13 => ("after_sales", Line::AfterSales),
            _ => ("view_homes", Line::New),
        };
        let owner = (!first_visit && self.chance(70)).then(|| KnownOwner {
            agent: someone.clone(),
            bought: line == Line::Signing,
        });
        let asked_for = (first_visit && self.chance(8)).then(|| someone.clone());
        let check_in = CheckIn {
            visit,
            device: DeviceId::from("kiosk"),
            language: Language::ZhCn,
            first_visit,
            purpose: purpose.to_owned(),
            party_size: 1 + self.rng.u32(..3),
            notice: NoticeShown {
                version: String::new(),
                hash: String::new(),
            },
            consents: Vec::new(),
            consent_manner: Default::default(),
            consent_receipt: String::new(),
            asked_for,
            owner,
            appointment: None,
            channel: None,
            split_from: None,
            drink: None,
            idempotency_key: String::new(),
            profile_hash: None,
            token_hash: String::new(),
            issued: None,
        };
        let misses_call = self.chance(4);
        Course {
            accept_after: self.rng.i64(3_000..40_000),
            start_after: self.rng.i64(20_000..150_000),
            service: self.service(line),
            misses_call,
            returns_after: (misses_call && self.chance(60)).then(|| self.between(5, 50)),
            patience: self.chance(5).then(|| self.between(15, 60)),
            refuses: if self.chance(2) {
                [someone].into()
            } else {
                Default::default()
            },
            ..Course::usual(check_in, arrives)
        }
    }
}
