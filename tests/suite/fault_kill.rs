//! The plug pulled at random points, again and again, on one data folder.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use reqwest::Method;
use tokio::sync::watch;
use yingbin::client::{ClientError, FloorClient};
use yingbin::core::id::VisitId;
use yingbin::core::visit::VisitState;
use yingbin::protocol::agent::{StatusChange, StatusRequest};
use yingbin::protocol::check_in::CheckInAnswer;

use crate::support::floor::{DESK, KIOSK, OTHER_KIOSK};
use crate::support::house::{House, action, client, desk_of, next_step, with_agents};
use crate::support::office::until;
use crate::support::site::party;

/// Kills, where `YINGBIN_TEST_KILLS` says no other number.
const KILLS: usize = 200;
/// Most answers a life is given before it ends.
const MOST_ANSWERS: usize = 16;
/// One life in so many ends before it says a word.
const STILLBORN: usize = 10;

/// What the clients know: all of it must be true after every restart.
#[derive(Default)]
struct Known {
    /// Answered check-ins by key.
    answers: BTreeMap<String, CheckInAnswer>,
    /// Keys sent in the last life that heard no answer.
    unanswered: Vec<String>,
    /// Keys answered in the last life.
    latest: Vec<String>,
    /// The states that steps of the last life led to.
    steps: BTreeMap<VisitId, VisitState>,
    /// A step that heard no answer: from where to where.
    doubt: Option<(VisitId, VisitState, VisitState)>,
}

impl Known {
    fn answered(&mut self, key: String, answer: CheckInAnswer) {
        let before = self.answers.insert(key, answer.clone());
        assert!(before.is_none_or(|b| b == answer), "another answer");
    }

    /// Whatever was answered before the plug was pulled still stands.
    async fn check(&mut self, kiosk: &FloorClient, desk: &FloorClient) {
        let keys = std::mem::take(&mut self.latest);
        for key in keys.into_iter().chain(std::mem::take(&mut self.unanswered)) {
            let answer = kiosk.check_in(&key, &party()).await.unwrap();
            self.answered(key, answer);
        }
        for (visit, state) in std::mem::take(&mut self.steps) {
            let now = desk.visit(visit).await.unwrap().state;
            let doubted = self.doubt.filter(|(doubtful, _, _)| *doubtful == visit);
            assert!(
                now == state || doubted.is_some_and(|(_, _, to)| now == to),
                "{now:?} instead of {state:?}"
            );
        }
        if let Some((visit, from, to)) = self.doubt.take() {
            let now = desk.visit(visit).await.unwrap().state;
            assert!(now == from || now == to, "{now:?} after {from:?} to {to:?}");
        }
    }
}

/// Counts answers until the plug is pulled.
type Count = Arc<watch::Sender<usize>>;

/// Checks in until the floor is gone; every key sent, with the answer if one came.
async fn arrive(
    kiosk: FloorClient,
    name: String,
    count: Count,
) -> Vec<(String, Option<CheckInAnswer>)> {
    let mut sent = Vec::new();
    for n in 0.. {
        let key = format!("{name}-{n}");
        match kiosk.check_in(&key, &party()).await {
            Ok(answer) => sent.push((key, Some(answer))),
            Err(ClientError::Unreachable) => {
                sent.push((key, None));
                break;
            }
            Err(error) => panic!("{error}"),
        }
        count.send_modify(|n| *n += 1);
    }
    sent
}

type Steps = (
    BTreeMap<VisitId, VisitState>,
    Option<(VisitId, VisitState, VisitState)>,
);

/// Serves until the floor is gone.
async fn serve(desk: FloorClient, count: Count) -> Steps {
    let mut steps = BTreeMap::new();
    while let Ok(visits) = with_agents(&desk).await {
        for visit in visits {
            let Ok(view) = desk.visit(visit).await else {
                return (steps, None);
            };
            let Some((step, to)) = next_step(view.state) else {
                continue;
            };
            match desk.act(visit, &action(step)).await {
                Ok(after) => steps.insert(visit, after.state),
                Err(ClientError::Unreachable) => {
                    return (steps, Some((visit, view.state, to)));
                }
                Err(error) => panic!("{error}"),
            };
            count.send_modify(|n| *n += 1);
        }
    }
    (steps, None)
}

fn number_of_kills() -> usize {
    let told = std::env::var("YINGBIN_TEST_KILLS").ok();
    told.and_then(|n| n.parse().ok()).unwrap_or(KILLS)
}

#[tokio::test(flavor = "multi_thread")]
async fn k9_killed_at_random_points_the_floor_keeps_every_answer_and_doubles_none() {
    let seed = std::env::var("YINGBIN_TEST_SEED").ok();
    let seed = seed
        .and_then(|s| s.parse().ok())
        .unwrap_or_else(|| fastrand::u64(..));
    println!("YINGBIN_TEST_SEED={seed}");
    let mut random = fastrand::Rng::with_seed(seed);
    let house = House::new(3600).await;
    let mut known = Known::default();

    let floor = house.floor();
    let desk = desk_of(&floor.says("floor:")).await;
    let ready = StatusRequest {
        status: StatusChange::Ready,
        reason: None,
    };
    for agent in desk.agents().await.unwrap().agents {
        desk.set_status(&agent.id, &ready).await.unwrap();
    }
    floor.kill();

    for life in 0..number_of_kills() {
        let floor = house.floor();
        if random.usize(..STILLBORN) == 0 {
            for _ in 0..random.usize(..2000) {
                tokio::task::yield_now().await;
            }
            floor.kill();
            continue;
        }
        let url = floor.says("floor:");
        let (kiosk, desk) = (client(&url, KIOSK), client(&url, DESK));
        known.check(&kiosk, &desk).await;

        let (count, mut answers) = watch::channel(0);
        let count = Arc::new(count);
        let kiosks = [KIOSK, KIOSK, OTHER_KIOSK].map(|token| client(&url, token));
        let arriving: Vec<_> = kiosks
            .into_iter()
            .enumerate()
            .map(|(n, kiosk)| tokio::spawn(arrive(kiosk, format!("{life}-{n}"), count.clone())))
            .collect();
        let serving = tokio::spawn(serve(desk, count));
        let enough = random.usize(..MOST_ANSWERS);
        let _ = answers.wait_for(|n| *n >= enough).await;
        // Requests are under way; where exactly they are is left to chance.
        for _ in 0..random.usize(..200) {
            tokio::task::yield_now().await;
        }
        floor.kill();

        for (n, task) in arriving.into_iter().enumerate() {
            for (key, answer) in task.await.unwrap() {
                // The other kiosk's keys are its own; they are checked at the end.
                match answer {
                    Some(answer) => {
                        if n < 2 {
                            known.latest.push(key.clone());
                        }
                        known.answered(key, answer);
                    }
                    None if n < 2 => known.unanswered.push(key),
                    None => {}
                }
            }
        }
        (known.steps, known.doubt) = serving.await.unwrap();
    }

    let floor = house.floor();
    let url = floor.says("floor:");
    let desk = client(&url, DESK);
    known.check(&client(&url, KIOSK), &desk).await;
    until("an empty outbox", async || {
        (desk.desk().await.ok()?.outbox.backlog == 0).then_some(())
    })
    .await;
    // Order and chain are looked at in there.
    let events = house.centre.events();
    let mut given: BTreeMap<String, (String, String)> = BTreeMap::new();
    let mut numbers = BTreeSet::new();
    for event in &events {
        let body = &event["body"];
        if body["kind"] == "checked_in" {
            let text = |v: &serde_json::Value| v.as_str().unwrap().to_owned();
            let number = text(&body["ticket"]);
            assert!(numbers.insert(number.clone()), "{number} twice");
            let check_in = &body["check_in"];
            let key = text(&check_in["idempotency_key"]);
            let twice = given.insert(key, (text(&check_in["visit"]), number));
            assert!(twice.is_none(), "one check-in, two visits");
        }
    }
    for (key, answer) in &known.answers {
        let visit = answer.visit_id.to_string();
        assert_eq!(given[key], (visit, answer.ticket.number.clone()));
    }
    let expected: BTreeSet<String> = (1..=numbers.len()).map(|n| format!("A{n:03}")).collect();
    assert_eq!(numbers, expected, "no number is left out");

    let book = reqwest::Client::new()
        .request(Method::GET, format!("{url}/api/v1/turn-book"))
        .bearer_auth(DESK)
        .send()
        .await
        .unwrap();
    let book: serde_json::Value = serde_json::from_slice(&book.bytes().await.unwrap()).unwrap();
    let lines = book["lines"].as_array().unwrap();
    let seqs: Vec<u64> = lines.iter().map(|l| l["seq"].as_u64().unwrap()).collect();
    assert!(
        seqs.windows(2).all(|w| w[1] == w[0] + 1),
        "a gap in the book"
    );
    assert!(seqs.len() >= numbers.len());
    println!(
        "{} check-ins, {} events, {} lines in the book",
        numbers.len(),
        events.len(),
        seqs.len()
    );
}
