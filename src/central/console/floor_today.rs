//! From today's visits to what the page of today's floor shows.

use super::clock::Clock;
use super::today::{AgentRow, CustomerLink, FloorToday, Lane, Tile, VisitCard};
use super::words::Words;
use crate::core::site::StaffMember;
use crate::core::time::Millis;
use crate::core::visit::VisitState;

/// A guest who waits longer than this is marked, minutes.
const LONG_WAIT_MINUTES: i64 = 15;
/// How many visits that are over are listed; all are counted.
const LISTED_OVER: usize = 12;
/// A floor with guests in the house always has something to tell within this time, minutes.
pub const SILENT_AFTER_MINUTES: i64 = 60;

/// Today on one showroom's floors, as the centre knows it.
pub struct Snapshot {
    pub now: Millis,
    /// `YYYY-MM-DD` in the showroom's zone.
    pub day: String,
    /// The waiting ones in order of turn, the others in any.
    pub visits: Vec<VisitNow>,
    pub staff: Vec<StaffMember>,
    pub floors: Vec<FloorNews>,
}

pub struct VisitNow {
    pub ticket: String,
    /// A line's code.
    pub line: String,
    pub state: VisitState,
    pub since: Millis,
    pub checked_in_at: Millis,
    pub started_at: Option<Millis>,
    pub party_size: u32,
    pub agent: Option<String>,
    pub place: Option<String>,
    pub customer: Option<CustomerLink>,
}

/// When a floor was last heard of, and whether something of it waits to be looked at.
pub struct FloorNews {
    pub id: String,
    pub heard: Option<Millis>,
    /// Its log stands still, or events of it are in quarantine.
    pub odd: bool,
}

impl FloorToday {
    pub fn new(t: &Words, clock: &Clock, snapshot: &Snapshot) -> Self {
        let visits = &snapshot.visits;
        let within = |states: &'static [VisitState]| move |v: &&VisitNow| states.contains(&v.state);
        let count = |states: &'static [VisitState]| visits.iter().filter(within(states)).count();
        Self {
            day: snapshot.day.clone(),
            at: clock.time(snapshot.now),
            warnings: warnings(t, snapshot),
            news: snapshot
                .floors
                .iter()
                .map(|f| format!("{} · {}", f.id, heard(t, snapshot.now, f.heard)))
                .collect(),
            tiles: vec![
                tile(t, "guests", visits.len().to_string(), true),
                tile(
                    t,
                    "waiting",
                    count(&[VisitState::Waiting]).to_string(),
                    false,
                ),
                tile(t, "longest", longest_wait(t, snapshot), false),
                tile(t, "served_wait", average_wait(t, visits), false),
                tile(
                    t,
                    "serving",
                    count(&[VisitState::Serving]).to_string(),
                    false,
                ),
                tile(
                    t,
                    "finished",
                    count(&[VisitState::Finished]).to_string(),
                    false,
                ),
            ],
            lanes: lanes(t, clock, snapshot),
            agents: agents(t, snapshot),
        }
    }
}

/// When a floor was last heard of, in words.
pub fn heard(t: &Words, now: Millis, at: Option<Millis>) -> String {
    at.map_or_else(
        || t.w("floor_new"),
        |at| match now.since(at) {
            lasted if lasted < 60_000 => t.w("just_now"),
            lasted => t.n("ago", t.lasting(lasted)),
        },
    )
}

fn warnings(t: &Words, snapshot: &Snapshot) -> Vec<String> {
    let guests = snapshot.visits.iter().any(|v| !v.state.is_over());
    let silent = snapshot.floors.iter().filter(|f| {
        guests
            && f.heard
                .is_some_and(|at| snapshot.now.since(at) > SILENT_AFTER_MINUTES * 60_000)
    });
    let odd = snapshot.floors.iter().filter(|f| f.odd);
    silent
        .map(|f| t.n("floor_quiet", &f.id))
        .chain(odd.map(|f| t.n("floor_quarantine", &f.id)))
        .collect()
}

fn tile(t: &Words, name: &str, value: String, gold: bool) -> Tile {
    Tile {
        label: t.w(&format!("tile_{name}")),
        value,
        gold,
    }
}

fn longest_wait(t: &Words, snapshot: &Snapshot) -> String {
    snapshot
        .visits
        .iter()
        .filter(|v| v.state == VisitState::Waiting)
        .map(|v| snapshot.now.since(v.checked_in_at))
        .max()
        .map_or_else(|| t.w("none"), |wait| t.lasting(wait))
}

fn average_wait(t: &Words, visits: &[VisitNow]) -> String {
    let (sum, n) = visits
        .iter()
        .filter_map(|v| Some(v.started_at?.since(v.checked_in_at)))
        .fold((0_i64, 0_i64), |(sum, n), wait| (sum + wait, n + 1));
    if n == 0 {
        t.w("none")
    } else {
        t.lasting(sum / n)
    }
}

fn lanes(t: &Words, clock: &Clock, snapshot: &Snapshot) -> Vec<Lane> {
    use VisitState::{
        Called, Cancelled, Finished, Left, NoShow, Offered, Parked, Serving, Waiting,
    };
    let of = |states: &'static [VisitState]| {
        snapshot
            .visits
            .iter()
            .filter(move |v| states.contains(&v.state))
    };
    let card = |v: &VisitNow| card(t, clock, snapshot, v);
    let lane = |code: &'static str, count: usize, visits: Vec<VisitCard>| Lane {
        code,
        title: t.w(&format!("lane_{code}")),
        empty: t.w(&format!("lane_{code}_empty")),
        count,
        visits,
    };
    let waiting: Vec<VisitCard> = of(&[Waiting]).chain(of(&[Parked])).map(card).collect();
    let called: Vec<VisitCard> = of(&[Called]).chain(of(&[Offered])).map(card).collect();
    let serving: Vec<VisitCard> = of(&[Serving]).map(card).collect();
    let mut over: Vec<&VisitNow> = of(&[Finished, NoShow, Left, Cancelled]).collect();
    over.sort_by_key(|v| std::cmp::Reverse(v.since));
    vec![
        lane("waiting", waiting.len(), waiting),
        lane("called", called.len(), called),
        lane("serving", serving.len(), serving),
        lane(
            "over",
            over.len(),
            over.into_iter().take(LISTED_OVER).map(card).collect(),
        ),
    ]
}

fn card(t: &Words, clock: &Clock, snapshot: &Snapshot, visit: &VisitNow) -> VisitCard {
    let line = t.code("line", &visit.line);
    let agent = visit.agent.as_ref().map(|id| {
        let named = snapshot.staff.iter().find(|s| s.id.as_str() == id);
        named.map_or_else(|| id.clone(), |s| s.name.clone())
    });
    let place = visit
        .place
        .as_deref()
        .filter(|p| !p.is_empty())
        .map(|p| t.n("place_at", p));
    let state = t.code("state", visit.state.code());
    let party = t.n("party", visit.party_size);
    let (title, more) = match visit.state {
        VisitState::Waiting => (line, party),
        VisitState::Parked => (state, line),
        _ if visit.state.is_over() => (state, agent.unwrap_or(line)),
        _ => (
            agent.unwrap_or(line),
            place.map_or_else(|| state.clone(), |place| format!("{state} · {place}")),
        ),
    };
    let waiting = visit.state == VisitState::Waiting;
    let lasted = snapshot.now.since(if waiting {
        visit.checked_in_at
    } else {
        visit.since
    });
    VisitCard {
        ticket: visit.ticket.clone(),
        title,
        more,
        time: if visit.state.is_over() {
            clock.time(visit.since)
        } else {
            t.lasting(lasted)
        },
        long: waiting && lasted > LONG_WAIT_MINUTES * 60_000,
        customer: visit.customer.clone(),
    }
}

/// Everybody on the staff list, with what today's visits say of them.
fn agents(t: &Words, snapshot: &Snapshot) -> Vec<AgentRow> {
    snapshot
        .staff
        .iter()
        .map(|member| {
            let own = || {
                snapshot
                    .visits
                    .iter()
                    .filter(|v| v.agent.as_deref() == Some(member.id.as_str()))
            };
            let busy = own().find(|v| v.state.has_agent());
            let total = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
            AgentRow {
                name: member.name.clone(),
                title: t.text(&member.title).to_owned(),
                code: busy.map_or("free", |v| v.state.code()).to_owned(),
                now: busy.map_or_else(
                    || t.w("agent_free"),
                    |v| format!("{} {}", t.code("agent", v.state.code()), v.ticket),
                ),
                received: total(own().count()),
                served: total(own().filter(|v| v.state == VisitState::Finished).count()),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::id::AgentId;
    use crate::core::language::{Language, Text};

    fn visit(ticket: &str, state: VisitState, minutes_ago: i64) -> VisitNow {
        let at = Millis(100_000_000 - minutes_ago * 60_000);
        VisitNow {
            ticket: ticket.to_owned(),
            line: "new".to_owned(),
            state,
            since: at,
            checked_in_at: at,
            started_at: None,
            party_size: 2,
            agent: state.has_agent().then(|| "chen-jing".to_owned()),
            place: None,
            customer: None,
        }
    }

    #[test]
    fn today_counts_by_state_marks_long_waits_and_names_a_silent_floor() {
        let snapshot = Snapshot {
            now: Millis(100_000_000),
            day: "1970-01-02".to_owned(),
            visits: vec![
                visit("A001", VisitState::Finished, 90),
                visit("A002", VisitState::Serving, 20),
                visit("A003", VisitState::Waiting, 16),
                visit("A004", VisitState::Waiting, 2),
                visit("A005", VisitState::Parked, 30),
                visit("A006", VisitState::Offered, 0),
            ],
            staff: vec![StaffMember {
                newcomer: false,
                id: AgentId::from("chen-jing"),
                name: "陈静".to_owned(),
                title: Text::zh_en("置业顾问", "Consultant"),
                place: String::new(),
                role: Default::default(),
            }],
            floors: vec![FloorNews {
                id: "floor-1".to_owned(),
                heard: Some(Millis(100_000_000 - 61 * 60_000)),
                odd: false,
            }],
        };
        let t = Words::console(Language::En);
        let page = FloorToday::new(&t, &Clock::new("UTC"), &snapshot);
        let counts: Vec<usize> = page.lanes.iter().map(|l| l.count).collect();
        assert_eq!(counts, [3, 1, 1, 1]);
        let tiles: Vec<&str> = page.tiles.iter().map(|t| t.value.as_str()).collect();
        assert_eq!(tiles, ["6", "2", "16 min", "—", "1", "1"]);
        let long: Vec<bool> = page.lanes[0].visits.iter().map(|v| v.long).collect();
        assert_eq!(long, [true, false, false], "parked guests are not late");
        assert_eq!(page.warnings.len(), 1);
        assert!(page.agents[0].now.contains("A002"));
        assert_eq!(page.agents[0].received, 2);
    }
}
