//! A floor's long past, made by the floor's own rules and written in bulk.

use std::path::Path;

use rusqlite::{Connection, params};
use serde_json::json;
use uuid::Uuid;
use yingbin::core::floor::event::EVENT_VERSION;
use yingbin::core::floor::{Attendance, Command, Decision, State, Step};
use yingbin::core::id::{AgentId, VisitId};
use yingbin::core::time::Millis;
use yingbin::core::visit::CheckIn;
use yingbin::crypto::{chain, token};
use yingbin::protocol::ingest::Envelope;

/// Visits on each day of the past.
const A_DAY: usize = 1000;
/// Days whose answers are still kept for repetitions.
const ANSWERED_DAYS: i64 = 7;
const DAY_MS: i64 = 24 * 3_600_000;
const INSERT: &str = "INSERT INTO events (seq, id, prev, at, actor, v, body)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";

/// Replaces the history in `data` by one of at least `events` events that ended yesterday and that
/// the centre has. The floor must have stopped in order. Gives how many there are.
pub fn write(data: &Path, events: u64) -> u64 {
    let db = Connection::open(data.join("floor.db")).expect("a database");
    db.execute_batch(
        "PRAGMA synchronous = OFF; BEGIN; DELETE FROM events; DELETE FROM turn_lines;
         DELETE FROM check_ins; DELETE FROM profiles; DELETE FROM print_jobs;",
    )
    .expect("emptied");
    let known: String = db
        .query_row("SELECT state FROM snapshots", [], |r| r.get(0))
        .expect("a snapshot");
    let known: State = serde_json::from_str(&known).expect("a state");
    let days = i64::try_from(events / (A_DAY as u64 * 5) + 1).expect("few");
    let mut past = Past {
        db: &db,
        state: State::default(),
        now: Millis(yingbin::wall_clock::now().0 - (days + 1) * DAY_MS),
        seq: 0,
        hash: chain::GENESIS.to_owned(),
    };
    past.tell(Command::SetSite {
        site: Box::new(known.site),
    });
    past.tell(Command::SetRules {
        rules: Box::new(known.rules),
    });
    for day in (1..=days).rev() {
        past.day(day <= ANSWERED_DAYS);
    }
    let Past { state, seq, .. } = past;
    db.execute("DELETE FROM snapshots", []).expect("emptied");
    let json = serde_json::to_string(&state).expect("JSON");
    db.execute(
        "INSERT INTO snapshots VALUES (?1, ?2)",
        params![seq as i64, json],
    )
    .expect("a snapshot");
    let delivered = "INSERT INTO meta (name, value) VALUES ('delivered', ?1)
        ON CONFLICT (name) DO UPDATE SET value = excluded.value";
    db.execute(delivered, [seq.to_string()]).expect("delivered");
    db.execute_batch("COMMIT; PRAGMA wal_checkpoint(TRUNCATE);")
        .expect("committed");
    let _ = std::fs::remove_file(data.join("heartbeat"));
    seq
}

struct Past<'a> {
    db: &'a Connection,
    state: State,
    now: Millis,
    seq: u64,
    hash: String,
}

impl Past<'_> {
    fn day(&mut self, answered: bool) {
        let begun = self.now;
        let day = self.now.rfc3339()[..10].to_owned();
        self.tell(Command::OpenDay { day: day.clone() });
        let agents: Vec<AgentId> = self.state.agents.keys().cloned().collect();
        for agent in agents {
            let to = Attendance::Ready;
            self.tell(Command::Agent { agent, to });
        }
        for _ in 0..A_DAY {
            self.now = self.now.plus_seconds(20);
            self.visit(&day, answered);
        }
        self.now = Millis(begun.0 + DAY_MS);
    }

    fn visit(&mut self, day: &str, answered: bool) {
        let visit = VisitId(Uuid::now_v7());
        let key = Uuid::now_v7().to_string();
        let token_hash = token::hash(&key);
        let site = &self.state.site;
        let check_in = json!({
            "visit": visit, "device": "kiosk-1", "language": "zh-CN", "first_visit": true,
            "purpose": site.visit_purposes[0].id, "party_size": 2,
            "notice": {"version": site.notice.version, "hash": site.notice.hash},
            "consents": [], "consent_receipt": "R-BENCH", "asked_for": null, "drink": "tea",
            "idempotency_key": key, "profile_hash": null, "token_hash": token_hash,
        });
        let check_in: CheckIn = serde_json::from_value(check_in).expect("a check-in");
        self.tell(Command::CheckIn(Box::new(check_in)));
        for step in [Step::Accept { place: None }, Step::Start, Step::Finish] {
            self.tell(Command::Visit { visit, step });
        }
        if answered {
            let insert = "INSERT INTO check_ins VALUES ('kiosk-1', ?1, ?2, ?3, ?4, ?5, ?6)";
            let answer = format!("{{\"padding\":\"{}\"}}", "x".repeat(600));
            self.db
                .prepare_cached(insert)
                .and_then(|mut s| {
                    s.execute(params![
                        key,
                        [7_u8; 32],
                        visit.to_string(),
                        day,
                        token_hash,
                        answer
                    ])
                })
                .expect("an answer");
        }
    }

    fn tell(&mut self, command: Command) {
        let Decision { events, result } = self.state.decide(command, self.now);
        result.expect("a possible command");
        for stamped in events {
            let body = serde_json::value::to_raw_value(&stamped.event).expect("JSON");
            self.seq += 1;
            let event = Envelope {
                seq: self.seq,
                id: Uuid::now_v7(),
                prev: std::mem::take(&mut self.hash),
                at: stamped.at.rfc3339(),
                actor: "kiosk-1".to_owned(),
                v: EVENT_VERSION,
                body,
            };
            self.hash = chain::hash(&event);
            let row = params![
                event.seq as i64,
                event.id.to_string(),
                event.prev,
                event.at,
                event.actor,
                event.v,
                event.body.get()
            ];
            self.db
                .prepare_cached(INSERT)
                .and_then(|mut insert| insert.execute(row))
                .expect("an event");
        }
        let day = self.state.day.clone().unwrap_or_default();
        for line in std::mem::take(&mut self.state.book) {
            let json = serde_json::to_string(&line).expect("JSON");
            self.db
                .prepare_cached("INSERT INTO turn_lines (day, seq, line) VALUES (?1, ?2, ?3)")
                .and_then(|mut insert| insert.execute(params![day, line.seq as i64, json]))
                .expect("a line");
        }
    }
}
