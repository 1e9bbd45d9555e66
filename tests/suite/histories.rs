//! The same random histories through a real floor: over HTTP, with its log on disk, two requests in
//! flight at once, and restarts in between. What the desk is shown must agree with the second rule
//! sheet after every step. Orders of the manager, appointments, follow-ups and days have no call yet:
//! `reference.rs` covers them.

use futures_util::future::join;
use proptest::prelude::*;
use proptest::test_runner::{FileFailurePersistence, RngSeed, TestRunner};
use reqwest::StatusCode;
use serde_json::{Value, json};
use yingbin::core::floor::{Attendance, Command, Event, Stamped, State, Step};
use yingbin::core::house_rules::HouseRules;
use yingbin::core::id::VisitId;
use yingbin::core::site::Site;
use yingbin::core::time::Millis;
use yingbin::core::visit::{CheckIn, VisitState};
use yingbin::protocol::check_in::CheckInRequest;

use crate::support::floor::{DESK, MORNING, TestFloor};
use crate::support::histories::{self, Act, Director, Move, NAMES, Opening, moves, opening};
use crate::support::model::seen::Seen;
use crate::support::model::{Model, Word};
use crate::support::site::{party, site};

/// `YINGBIN_FLOOR_HISTORIES` tries more.
fn cases() -> u32 {
    std::env::var("YINGBIN_FLOOR_HISTORIES")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(12)
}

/// What happens, and perhaps what happens at the same moment.
type Moment = (Move, Option<Act>);

fn moments() -> impl Strategy<Value = Vec<Moment>> {
    let second = prop_oneof![3 => Just(false), 1 => Just(true)];
    (moves(60), prop::collection::vec(second, 60)).prop_map(|(moves, seconds)| {
        let mut moves = moves.into_iter().filter(|m| has_a_call(&m.act));
        let mut moments = Vec::new();
        for second in seconds {
            let Some(mut step) = moves.next() else { break };
            // Within one day of the showroom.
            step.after %= 700;
            let beside = moves.next_if_second(second, &step.act);
            moments.push((step, beside));
        }
        moments
    })
}

trait Beside {
    fn next_if_second(&mut self, second: bool, first: &Act) -> Option<Act>;
}

impl<I: Iterator<Item = Move>> Beside for I {
    /// A restart, or what the centre hands down, has nothing beside it.
    fn next_if_second(&mut self, second: bool, first: &Act) -> Option<Act> {
        let alone = |act: &Act| matches!(act, Act::Down(_) | Act::Rules(_) | Act::Staff(..));
        if !second || alone(first) {
            return None;
        }
        self.next().map(|m| m.act).filter(|act| !alone(act))
    }
}

fn has_a_call(act: &Act) -> bool {
    match act {
        Act::Arrive(a) => {
            let of_the_desk = a.appointment.is_some() || a.channel.is_some();
            a.owner.is_none() && a.parted_from.is_none() && !of_the_desk
        }
        Act::GoOn(_)
        | Act::Step { .. }
        | Act::Attend(..)
        | Act::Rules(_)
        | Act::Staff(..)
        | Act::Down(_) => true,
        _ => false,
    }
}

#[test]
fn r_a_real_floor_and_a_second_rule_sheet_agree_through_restarts_and_two_at_once() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    let settings = ProptestConfig {
        cases: cases(),
        // The same histories in every run: a gate must not fail by chance. `PROPTEST_RNG_SEED` tries others.
        rng_seed: RngSeed::Fixed(20261123),
        failure_persistence: Some(Box::new(FileFailurePersistence::Direct(
            "tests/regressions/histories.txt",
        ))),
        max_shrink_iters: 300,
        ..ProptestConfig::default()
    };
    let mut runner = TestRunner::new(settings);
    let ended = runner.run(&(opening(), moments()), |(opening, moments)| {
        runtime.block_on(play(&opening, &moments))
    });
    if let Err(error) = ended {
        panic!("{error}");
    }
}

async fn play(opening: &Opening, moments: &[Moment]) -> Result<(), TestCaseError> {
    let mut pair = Pair::open(opening).await?;
    for (step, beside) in moments {
        pair.live_through(step, beside.as_ref()).await?;
    }
    pair.read_back().await
}

struct Pair {
    floor: TestFloor,
    model: Model,
    director: Director,
    story: Vec<String>,
    keys: u32,
}

impl Pair {
    async fn open(opening: &Opening) -> Result<Self, TestCaseError> {
        let floor = TestFloor::start().await;
        let mut pair = Self {
            floor,
            model: Model::default(),
            director: Director::default(),
            story: vec![],
            keys: 0,
        };
        for command in opening.commands() {
            match &command {
                Command::SetSite { site } => pair.hand_site(site).await,
                Command::SetRules { rules } => pair.hand_rules(rules).await,
                // The floor opens the day by itself; appointments have no call.
                Command::OpenDay { .. } => {}
                Command::SetAppointments { .. } => continue,
                command => {
                    let _ = pair.ask(command).await;
                }
            }
            let _ = pair.model.obey(&command, pair.now());
        }
        pair.compare(&[]).await?;
        Ok(pair)
    }

    fn now(&self) -> i64 {
        self.floor.clock.borrow().0
    }

    async fn hand_site(&self, staff: &Site) {
        let site = Site {
            staff: staff.staff.clone(),
            visit_purposes: staff.visit_purposes.clone(),
            ..site()
        };
        let at = self
            .floor
            .centre
            .hand_down(json!({"kind": "site", "site": site}));
        self.floor.centre.heard(at).await;
    }

    async fn hand_rules(&self, rules: &HouseRules) {
        let at = self
            .floor
            .centre
            .hand_down(json!({"kind": "rules", "rules": rules}));
        self.floor.centre.heard(at).await;
    }

    async fn live_through(
        &mut self,
        step: &Move,
        beside: Option<&Act>,
    ) -> Result<(), TestCaseError> {
        self.floor.let_pass(i64::from(step.after));
        if let Act::Down(seconds) = step.act {
            // What fell due before is decided before the end.
            let _ = self.ask(&Command::Tick).await;
            let _ = self.model.obey(&Command::Tick, self.now());
            self.story.push(format!("down for {seconds} s"));
            self.floor.stop().await;
            self.floor.let_pass(i64::from(seconds));
            self.floor.begin();
            let down_ms = i64::from(seconds) * 1000;
            let _ = self.model.obey(&Command::Resume { down_ms }, self.now());
            return self.compare(&[]).await;
        }
        let now = self.now();
        let mut first = self.next(&step.act, now);
        match &first {
            Command::SetSite { site } => self.hand_site(site).await,
            Command::SetRules { rules } => self.hand_rules(rules).await,
            _ => {}
        }
        let Some(beside) = beside else {
            let word = self.ask(&first).await;
            settle_visit(&mut first, &word);
            let model = self.model.obey(&first, now);
            self.story.push(format!("{now} {first:?}: {word:?}"));
            let same = same_word(&first, &word, model);
            return self.compare(&[same]).await;
        };
        let mut second = self.next(beside, now);
        let (one, other) = {
            let (a, b) = (self.request(&first), self.request(&second));
            join(send(a), send(b)).await
        };
        settle_visit(&mut first, &one);
        settle_visit(&mut second, &other);
        self.story
            .push(format!("{now} {first:?}: {one:?}, and at once"));
        self.story.push(format!("{now} {second:?}: {other:?}"));
        // Two at once are the same as one after the other, in one order or the other.
        let shown = self.desk().await;
        let mut agreed = false;
        let before = self.model.clone();
        for swapped in [false, true] {
            let mut model = before.clone();
            let (a, b) = if swapped {
                let b = model.obey(&second, now);
                (model.obey(&first, now), b)
            } else {
                let a = model.obey(&first, now);
                (a, model.obey(&second, now))
            };
            let picture = picture(&model.look(Ok(()), now));
            let words = same_word(&first, &one, a) && same_word(&second, &other, b);
            self.model = model;
            if words && picture == shown {
                agreed = true;
                break;
            }
        }
        self.compare(&[agreed]).await
    }

    /// A missing reason is refused before anything else is looked at, so there always is one.
    fn next(&mut self, act: &Act, now: i64) -> Command {
        let mut command = self.director.command(act, &self.model, now);
        if let Command::Visit { step, .. } = &mut command
            && let Step::Reassign { why, .. } | Step::Cancel { why } = step
        {
            "slip".clone_into(why);
        }
        command
    }

    async fn ask(&mut self, command: &Command) -> Answer {
        let request = self.request(command);
        send(request).await
    }

    /// The call for a command; for what has none, one that is refused and changes nothing but what
    /// is due.
    fn request(&mut self, command: &Command) -> reqwest::RequestBuilder {
        let post = |path: String, body: Value| {
            let call = self.floor.call(DESK, reqwest::Method::POST, &path);
            call.json(&body)
        };
        match command {
            Command::CheckIn(said) => {
                self.keys += 1;
                let key = format!("key-{}", self.keys);
                let call = self
                    .floor
                    .call(DESK, reqwest::Method::POST, "/api/v1/check-ins");
                call.header("Idempotency-Key", key).json(&body(said))
            }
            Command::Visit { visit, step } => {
                post(format!("/api/v1/visits/{visit}/actions"), action(step))
            }
            Command::Agent { agent, to } => {
                let body = match to {
                    Attendance::Ready => json!({"status": "ready"}),
                    Attendance::Off => json!({"status": "off"}),
                    Attendance::StillServing => json!({"status": "serving"}),
                    Attendance::Away(reason) => json!({"status": "away", "reason": reason}),
                };
                post(format!("/api/v1/agents/{agent}/status"), body)
            }
            _ => post(
                format!("/api/v1/visits/{}/actions", histories::visit(0)),
                json!({"action": "finish"}),
            ),
        }
    }

    async fn desk(&self) -> Value {
        let (status, desk) = self.floor.get(DESK, "/api/v1/desk").await;
        assert_eq!(status, StatusCode::OK);
        shown(&desk)
    }

    /// The desk shows what the second rule sheet says.
    async fn compare(&mut self, words_agree: &[bool]) -> Result<(), TestCaseError> {
        let expected = picture(&self.model.look(Ok(()), self.now()));
        let shown = self.desk().await;
        if shown == expected && words_agree.iter().all(|same| *same) {
            return Ok(());
        }
        let story = self.story.join("\n");
        Err(TestCaseError::fail(format!(
            "{story}\nwords agree: {words_agree:?}\nfloor {shown:#}\nmodel {expected:#}"
        )))
    }

    /// Invariant 2: the log on disk, read again, tells the same floor and the same book, without
    /// gaps.
    async fn read_back(mut self) -> Result<(), TestCaseError> {
        self.floor.stop().await;
        let db = rusqlite::Connection::open(self.floor.data.path().join("floor.db")).unwrap();
        let mut again = State::default();
        let mut events = db
            .prepare("SELECT at, body FROM events ORDER BY seq")
            .unwrap();
        let rows = events.query_map([], |r| Ok((r.get::<_, String>(0)?, r.get::<_, String>(1)?)));
        for (at, body) in rows.unwrap().map(Result::unwrap) {
            let at = Millis::parse_rfc3339(&at).unwrap();
            let event: Event = serde_json::from_str(&body).unwrap();
            again.evolve(&Stamped { at, event });
        }
        let mut lines = db
            .prepare("SELECT seq, line FROM turn_lines ORDER BY seq")
            .unwrap();
        let rows = lines.query_map([], |r| Ok((r.get::<_, i64>(0)?, r.get::<_, String>(1)?)));
        let stored: Vec<(i64, Value)> = rows
            .unwrap()
            .map(Result::unwrap)
            .map(|(seq, line)| (seq, serde_json::from_str(&line).unwrap()))
            .collect();
        let told: Vec<(i64, Value)> = again
            .book
            .iter()
            .map(|l| (l.seq.cast_signed(), serde_json::to_value(l).unwrap()))
            .collect();
        prop_assert_eq!(&stored, &told, "the stored book is another one");
        let gapless = stored.windows(2).all(|w| w[1].0 == w[0].0 + 1);
        prop_assert!(gapless, "the book has gaps");
        prop_assert_eq!(again.visits.len(), self.model.guests.len());
        for guest in &self.model.guests {
            let visit = again
                .visits
                .values()
                .find(|v| v.id.to_string() == guest.ticket);
            prop_assert_eq!(visit.map(|v| v.state), Some(guest.state));
        }
        Ok(())
    }
}

/// Fine, with the visit a check-in made, or the code of the refusal.
type Answer = Result<Option<VisitId>, String>;

async fn send(request: reqwest::RequestBuilder) -> Answer {
    let response = request.send().await.unwrap();
    let status = response.status();
    let body: Value = response.json().await.unwrap();
    if status.is_success() {
        let made = serde_json::from_value(body["visit_id"].clone());
        Ok(made.ok())
    } else {
        Err(body["code"].as_str().unwrap_or_default().to_owned())
    }
}

fn same_word(command: &Command, floor: &Answer, model: Word) -> bool {
    let asked = matches!(
        command,
        Command::CheckIn(_) | Command::Visit { .. } | Command::Agent { .. }
    );
    match (floor, model) {
        _ if !asked => true,
        (Ok(_), Ok(())) => true,
        (Err(code), Err(expected)) => code == expected,
        _ => false,
    }
}

/// The floor names its visits itself.
fn settle_visit(command: &mut Command, answer: &Answer) {
    if let (Command::CheckIn(said), Ok(Some(visit))) = (command, answer) {
        said.visit = *visit;
    }
}

fn body(said: &CheckIn) -> CheckInRequest {
    CheckInRequest {
        first_visit: said.first_visit,
        purpose: said.purpose.clone(),
        party_size: said.party_size,
        asked_for: said.asked_for.clone(),
        ..party()
    }
}

fn action(step: &Step) -> Value {
    let mut body = json!({"action": step.action()});
    match step {
        Step::Transfer { line } => body["line"] = json!(line),
        Step::Reassign { agent, .. } => {
            body["agent"] = json!(agent);
            body["reason"] = json!("slip");
        }
        Step::Cancel { .. } => body["reason"] = json!("slip"),
        Step::NotABuyer { kind } => body["kind"] = json!(kind),
        Step::Appointment { id } => body["appointment"] = json!(id),
        Step::Channel { registration } => body["registration"] = json!(registration),
        Step::Owner { agent } => body["agent"] = json!(agent),
        Step::Join { into } => body["into"] = json!(into),
        _ => {}
    }
    body
}

/// What the desk shows of visits and agents.
fn shown(desk: &Value) -> Value {
    let keep = |row: &Value, keys: &[&str]| -> Value {
        keys.iter()
            .map(|k| ((*k).to_owned(), row[*k].clone()))
            .collect::<serde_json::Map<_, _>>()
            .into()
    };
    let time = |t: &Value| t.as_str().and_then(Millis::parse_rfc3339).map(|t| t.0);
    let mut visits: Vec<Value> = Vec::new();
    for row in desk["visits"].as_array().unwrap() {
        let mut visit = keep(row, &["id", "line", "state", "party_size", "ahead"]);
        // The desk counts as of the last event, which nobody outside knows; the order itself is
        // compared in `reference.rs`.
        visit["ahead"] = json!(!visit["ahead"].is_null());
        // Who served somebody who has gone is history.
        let with = matches!(
            row["state"].as_str(),
            Some("offered" | "called" | "serving")
        );
        let assignment = if with {
            &row["assignment"]
        } else {
            &Value::Null
        };
        visit["agent"] = assignment["agent"].clone();
        visit["rule"] = assignment["rule"].clone();
        visit["accept_by"] = json!(time(&row["accept_by"]));
        visit["waits_for"] = row["waits_for"]["agent"].clone();
        visit["waits_until"] = json!(time(&row["waits_for"]["until"]));
        visits.push(visit);
    }
    visits.sort_by_key(|v| v["id"].as_str().map(str::to_owned));
    let agents = desk["agents"].as_array().unwrap().iter();
    let agents = agents.filter(|a| NAMES.contains(&a["id"].as_str().unwrap_or_default()));
    // The desk does not show who is off for good.
    let agents = agents.filter(|a| a["status"] != "off");
    let keys = [
        "id",
        "status",
        "away_reason",
        "announced",
        "visit",
        "received",
        "owed",
        "prepaid",
    ];
    let mut agents: Vec<Value> = agents.map(|a| keep(a, &keys)).collect();
    agents.sort_by_key(|a| a["id"].as_str().map(str::to_owned));
    json!({"visits": visits, "agents": agents})
}

/// The same of the second rule sheet.
fn picture(seen: &Seen) -> Value {
    let visits = seen.guests.iter().map(|g| {
        let serving = g.state.has_agent();
        let with = g.with.as_ref().filter(|_| serving);
        json!({
            "id": g.visit,
            "line": g.line,
            "state": g.state,
            "party_size": g.size,
            "ahead": seen.line_up.contains(&g.visit),
            "agent": with.map(|w| &w.0),
            "rule": with.map(|w| w.1),
            "accept_by": with.and_then(|w| w.2).filter(|_| g.state == VisitState::Offered),
            "waits_for": g.waits.as_ref().map(|w| &w.0),
            "waits_until": g.waits.as_ref().map(|w| w.1),
        })
    });
    let agents = seen.people.iter().filter(|p| p.status != "off").map(|p| {
        json!({
            "id": p.name,
            "status": p.status,
            "away_reason": p.away.map(|a| a.0),
            "announced": p.leaving.map(|a| a.0),
            "visit": p.visit,
            "received": p.pages[0].received,
            "owed": p.pages[0].owed.len(),
            "prepaid": p.pages[0].prepaid,
        })
    });
    let mut visits: Vec<Value> = visits.collect();
    visits.sort_by_key(|v| v["id"].as_str().map(str::to_owned));
    json!({"visits": visits, "agents": agents.collect::<Vec<_>>()})
}

/// The model's mornings are the floor's.
#[test]
fn both_mornings_are_one() {
    let morning = Millis::parse_rfc3339(MORNING).unwrap().0;
    assert_eq!(morning % 86_400_000, histories::MORNING % 86_400_000);
}
