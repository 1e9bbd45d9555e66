//! A kiosk that loses its floor goes on by itself, and hands all over when the floor is back.

use std::path::Path;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use reqwest::StatusCode;
use serde_json::{Value, json};
use yingbin::client::FloorClient;
use yingbin::client::check_in::{EffectRunner, site_info};
use yingbin::client::cut_off::{CutOff, OwnPaper, OwnTicket, Patience};
use yingbin::client::own_series::{Backlog, OwnSeries};
use yingbin::core::kiosk::{Effect, Message, Paper, Step};
use yingbin::core::time::Millis;
use yingbin::protocol::check_in::CheckInRequest;

use crate::support::floor::{DESK, DISPLAY, KIOSK, MORNING, OTHER_KIOSK, TestFloor};
use crate::support::kiosk::Story;
use crate::support::line::{Cable, Line};
use crate::support::site::{agreed, party};

/// Nobody waits for a floor that a test has taken away; a floor that is there is waited for as long
/// as it takes.
fn patience(cable: Cable) -> Patience {
    let guest = match cable {
        Cable::Whole => Duration::from_secs(60),
        Cable::Cut | Cable::Hung | Cable::LosesAnswers => Duration::from_millis(20),
    };
    Patience {
        guest,
        known_gone: guest,
        pause: Duration::from_millis(5),
        look: Duration::from_millis(5),
    }
}

struct House {
    floor: TestFloor,
    line: Line,
    folder: tempfile::TempDir,
    /// The kiosk's own.
    clock: Arc<AtomicI64>,
}

impl House {
    /// A floor, and a kiosk that has heard its site once.
    async fn open() -> Self {
        let floor = TestFloor::open().await;
        let line = Line::to(&floor.url).await;
        let house = Self {
            floor,
            line,
            folder: tempfile::tempdir().unwrap(),
            clock: Arc::new(AtomicI64::new(Millis::parse_rfc3339(MORNING).unwrap().0)),
        };
        house.kiosk(Cable::Whole).site().await.unwrap();
        house
    }

    fn client(&self) -> FloorClient {
        FloorClient::new(&self.line.url(), KIOSK, None).unwrap()
    }

    /// The kiosk, started anew on its folder; the cable as it is.
    fn kiosk(&self, cable: Cable) -> Arc<CutOff> {
        self.kiosk_at(self.folder.path(), cable, None)
    }

    fn kiosk_at(
        &self,
        folder: &Path,
        cable: Cable,
        paper: Option<Arc<dyn OwnPaper>>,
    ) -> Arc<CutOff> {
        self.line.set(cable);
        let series = OwnSeries::open(folder).unwrap();
        let clock = self.clock.clone();
        let clock = move || Millis(clock.load(Ordering::SeqCst));
        CutOff::new(self.client(), series, paper, clock, patience(cable))
    }

    async fn tickets(&self) -> Vec<String> {
        let desk = self.floor.desk().await;
        desk.visits.into_iter().map(|v| v.ticket).collect()
    }
}

async fn number(kiosk: &CutOff, key: &str, request: &CheckInRequest) -> String {
    kiosk.check_in(key, request).await.unwrap().ticket.number
}

fn waiting(n: u32) -> Backlog {
    Backlog {
        waiting: n,
        set_aside: 0,
    }
}

#[tokio::test]
async fn k10_cut_off_a_kiosk_gives_its_own_numbers_and_hands_all_over_once_and_in_order() {
    let house = House::open().await;
    let kiosk = house.kiosk(Cable::Whole);
    assert_eq!(number(&kiosk, "k0", &party()).await, "A001");

    let kiosk = house.kiosk(Cable::Cut);
    let mut tokens = Vec::new();
    for (n, expected) in ["K1-01", "K1-02", "K1-03"].into_iter().enumerate() {
        let answer = kiosk.check_in(&format!("cut-{n}"), &party()).await.unwrap();
        assert_eq!(answer.ticket.number, expected);
        assert!(
            answer.assignment.is_none(),
            "neither an agent nor a position is promised"
        );
        let url = format!("http://floor.example/t/{}", answer.ticket.token);
        assert_eq!(answer.ticket.url, url);
        tokens.push(answer.ticket.token);
    }
    assert_eq!(kiosk.backlog().await, waiting(3));
    assert!(kiosk.hand_over().await.is_err());

    let kiosk = house.kiosk(Cable::Whole);
    kiosk.hand_over().await.unwrap();
    kiosk.hand_over().await.unwrap();
    assert_eq!(kiosk.backlog().await, waiting(0));
    // Three agents: the first guest and two of the promised are with one each, in their order.
    assert_eq!(house.tickets().await, ["A001", "K1-01", "K1-02", "K1-03"]);
    let desk = house.floor.desk().await;
    let of_kiosk = &desk.kiosks[0];
    assert_eq!((of_kiosk.id.as_str(), of_kiosk.handed_over), ("kiosk-1", 3));

    // The printed code leads to the page now; the display calls by the number the guest holds.
    for (token, number) in tokens.iter().zip(["K1-01", "K1-02", "K1-03"]) {
        let page = house
            .floor
            .call("", reqwest::Method::GET, &format!("/t/{token}"));
        let page = page.send().await.unwrap();
        assert_eq!(page.status(), StatusCode::OK);
        assert!(page.text().await.unwrap().contains(number));
    }
    let visit = desk.visits.iter().find(|v| v.ticket == "K1-01").unwrap();
    house.floor.step(&visit.id.to_string(), "accept").await;
    let (_, board) = house.floor.get(DISPLAY, "/api/v1/board").await;
    assert_eq!(board["now_calling"][0]["ticket"], "K1-01");
    let (_, book) = house.floor.get(DESK, "/api/v1/turn-book").await;
    let lines = book["lines"].as_array().unwrap();
    assert!(
        lines
            .iter()
            .any(|l| l["ticket"] == "K1-01" && l["code"] == "called")
    );
    assert_eq!(
        number(&kiosk, "k1", &party()).await,
        "A002",
        "the floor's numbers go on"
    );
}

#[tokio::test]
async fn k10_a_guest_after_the_cut_does_not_come_before_those_who_were_promised() {
    let house = House::open().await;
    let kiosk = house.kiosk(Cable::Cut);
    assert_eq!(number(&kiosk, "cut", &party()).await, "K1-01");
    let kiosk = house.kiosk(Cable::Whole);
    assert_eq!(number(&kiosk, "back", &party()).await, "A001");
    let desk = house.floor.desk().await;
    let agent = |ticket: &str| {
        let visit = desk.visits.iter().find(|v| v.ticket == ticket).unwrap();
        visit.assignment.as_ref().unwrap().name.clone()
    };
    assert_eq!((&*agent("K1-01"), &*agent("A001")), ("陈静", "吴波"));
}

#[tokio::test]
async fn k10_a_kiosk_killed_in_the_middle_repeats_no_number_and_loses_no_promise() {
    let house = House::open().await;
    let kiosk = house.kiosk(Cable::Cut);
    assert_eq!(number(&kiosk, "one", &party()).await, "K1-01");
    // The disk as it is at this moment, without an orderly end.
    let disk = tempfile::tempdir().unwrap();
    for entry in std::fs::read_dir(house.folder.path()).unwrap() {
        let entry = entry.unwrap();
        std::fs::copy(entry.path(), disk.path().join(entry.file_name())).unwrap();
    }
    let killed = house.kiosk_at(disk.path(), Cable::Cut, None);
    assert_eq!(
        number(&killed, "one", &party()).await,
        "K1-01",
        "the same key, the same number"
    );
    assert_eq!(number(&killed, "two", &party()).await, "K1-02");

    // Killed between the floor's having it and noting so: it is handed over again, to no effect.
    let again = tempfile::tempdir().unwrap();
    for entry in std::fs::read_dir(disk.path()).unwrap() {
        let entry = entry.unwrap();
        std::fs::copy(entry.path(), again.path().join(entry.file_name())).unwrap();
    }
    house
        .kiosk_at(disk.path(), Cable::Whole, None)
        .hand_over()
        .await
        .unwrap();
    let twice = house.kiosk_at(again.path(), Cable::Whole, None);
    twice.hand_over().await.unwrap();
    assert_eq!(twice.backlog().await, waiting(0));
    assert_eq!(house.tickets().await, ["K1-01", "K1-02"]);
    house.floor.desk_until(|d| d.outbox.backlog == 0).await;
    let events = house.floor.centre.events();
    let checked_in = events.iter().filter(|e| e["body"]["kind"] == "checked_in");
    assert_eq!(checked_in.count(), 2);
}

#[tokio::test]
async fn k10_what_reached_the_floor_although_its_answer_was_lost_is_one_visit_with_both_numbers() {
    let house = House::open().await;
    let mut request = party();
    request.consents = vec![agreed("reception")];
    request.address_form = Some("慕容先生".into());

    house.line.set(Cable::LosesAnswers);
    let (client, sent) = (house.client(), request.clone());
    let asking = tokio::spawn(async move { client.check_in("lost", &sent).await });
    let desk = house.floor.desk_until(|d| d.visits.len() == 1).await;
    assert_eq!(desk.visits[0].ticket, "A001");
    asking.abort();

    let kiosk = house.kiosk(Cable::Cut);
    let promised = kiosk.check_in("lost", &request).await.unwrap();
    assert_eq!(promised.ticket.number, "K1-01");
    let kiosk = house.kiosk(Cable::Whole);
    kiosk.hand_over().await.unwrap();
    assert_eq!(kiosk.backlog().await, waiting(0));
    let desk = house.floor.desk().await;
    assert_eq!(desk.visits.len(), 1);
    let visit = &desk.visits[0];
    assert_eq!(
        (&*visit.ticket, visit.also.as_deref()),
        ("K1-01", Some("A001"))
    );
    assert_eq!(visit.address_form.as_deref(), Some("慕容先生"));
    let page = format!("/t/{}", promised.ticket.token);
    assert_eq!(
        house
            .floor
            .call("", reqwest::Method::GET, &page)
            .send()
            .await
            .unwrap()
            .status(),
        200
    );
    assert_eq!(number(&kiosk, "next", &party()).await, "A002");
}

#[tokio::test]
async fn k10_a_floor_that_is_down_over_night_records_yesterdays_promises_and_begins_anew() {
    let house = House::open().await;
    let kiosk = house.kiosk(Cable::Cut);
    assert_eq!(number(&kiosk, "yesterday", &party()).await, "K1-01");
    house.floor.let_pass(24 * 3600);
    house.clock.fetch_add(24 * 3600 * 1000, Ordering::SeqCst);
    assert_eq!(
        number(&kiosk, "today", &party()).await,
        "K1-01",
        "numbers restart each day"
    );
    let kiosk = house.kiosk(Cable::Whole);
    kiosk.hand_over().await.unwrap();
    assert_eq!(kiosk.backlog().await, waiting(0));
    let visits = house.floor.desk().await.visits;
    let states: Vec<_> = visits
        .iter()
        .map(|v| (&*v.ticket, v.state.code()))
        .collect();
    assert_eq!(states, [("K1-01", "waiting"), ("K1-01", "left")]);
    assert_eq!(visits[1].checked_in_at, MORNING.replace('Z', ".000Z"));
}

#[tokio::test]
async fn p7_a_stolen_kiosks_disk_tells_nobodys_name_and_a_newer_notice_takes_no_promise_back() {
    let house = House::open().await;
    let kiosk = house.kiosk(Cable::Cut);
    let mut request = party();
    request.consents = vec![agreed("reception"), agreed("follow_up_call")];
    request.address_form = Some("慕容先生".into());
    request.sealed_profile = Some(base64::Engine::encode(
        &base64::engine::general_purpose::STANDARD,
        b"age-encryption.org/v1\nsealed",
    ));
    kiosk.check_in("cut", &request).await.unwrap();
    for entry in std::fs::read_dir(house.folder.path()).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        assert!(!String::from_utf8_lossy(&bytes).contains("慕容"));
    }

    let mut site = crate::support::site::site();
    let shown = site.notice.hash.clone();
    site.notice.version = "2026-2".into();
    site.notice.purposes.truncate(1);
    site.visit_purposes[0].id = "view_houses".into();
    site.drinks.clear();
    let newer = house
        .floor
        .centre
        .hand_down(json!({"kind": "site", "site": site}));
    house.floor.centre.heard(newer).await;
    let kiosk = house.kiosk(Cable::Whole);
    kiosk.hand_over().await.unwrap();
    assert_eq!(kiosk.backlog().await, waiting(0));
    house.floor.desk_until(|d| d.outbox.backlog == 0).await;
    let events = house.floor.centre.events();
    let visit = events
        .iter()
        .find(|e| e["body"]["kind"] == "checked_in")
        .unwrap();
    let check_in = &visit["body"]["check_in"];
    assert_eq!(
        check_in["notice"],
        json!({"version": "2026-1", "hash": shown})
    );
    assert_eq!(check_in["consents"].as_array().unwrap().len(), 2);
    assert_eq!(visit["body"]["ticket"], "K1-01");
    assert_eq!(house.floor.centre.profiles().len(), 1);
}

#[tokio::test]
async fn k10_numbers_are_taken_from_their_own_kiosk_alone_and_once() {
    let floor = TestFloor::open().await;
    let issued = |number: &str, key: &str| {
        let mut request = serde_json::to_value(party()).unwrap();
        request["issued"] = json!({
            "number": number, "at": "2026-11-23T08:59:00+08:00", "notice_hash": "ab".repeat(32),
            "token": "AAAAAAAAAAAAAAAAAAAAAA", "consent_receipt": "7K3MD-01ZXW",
        });
        (key.to_owned(), request)
    };
    let send = |token: &'static str, (key, request): (String, Value)| {
        let call = floor.call(token, reqwest::Method::POST, "/api/v1/check-ins");
        async move {
            let sent = call.header("Idempotency-Key", key).json(&request).send();
            let answer = sent.await.unwrap();
            let status = answer.status().as_u16();
            let body: Value = answer.json().await.unwrap();
            (
                status,
                body["code"].as_str().unwrap_or_default().to_owned(),
                body,
            )
        }
    };
    assert_eq!(
        send(DESK, issued("K1-01", "d")).await.0,
        403,
        "a desk promises nothing"
    );
    let (status, code, _) = send(KIOSK, issued("K2-01", "a")).await;
    assert_eq!((status, &*code), (422, "number_not_own"));
    let (status, code, body) = send(KIOSK, issued("A001", "b")).await;
    assert_eq!(
        (status, &*code, &body["pointer"]),
        (422, "issued", &json!("/issued/number"))
    );
    for (field, value) in [
        ("at", json!("this morning")),
        ("notice_hash", json!("ab")),
        ("token", json!("short")),
        ("consent_receipt", json!("R-1")),
    ] {
        let (key, mut request) = issued("K1-01", "c");
        request["issued"][field] = value;
        let (status, code, body) = send(KIOSK, (key, request)).await;
        assert_eq!((status, &*code), (422, "issued"));
        assert_eq!(body["pointer"], format!("/issued/{field}"));
    }
    assert_eq!(send(KIOSK, issued("K1-01", "e")).await.0, 201);
    let (status, code, _) = send(KIOSK, issued("K1-01", "f")).await;
    assert_eq!((status, &*code), (409, "number_taken"));
    assert_eq!(send(OTHER_KIOSK, issued("K2-01", "e")).await.0, 201);
    // Of a kiosk that was enrolled anew since: nobody else's number.
    assert_eq!(send(KIOSK, issued("K9-04", "g")).await.0, 201);
    let site = floor.get(KIOSK, "/api/v1/site").await.1;
    assert_eq!(
        site["kiosk"],
        json!({"number": 1, "day": "2026-11-23", "last": 1})
    );
    assert_eq!(
        floor.get(DESK, "/api/v1/site").await.1["kiosk"],
        json!(null)
    );
}

#[tokio::test]
async fn k10_what_the_floor_will_never_take_stands_in_nobodys_way() {
    let house = House::open().await;
    let kiosk = house.kiosk(Cable::Cut);
    let mut wrong = party();
    wrong.party_size = 0;
    kiosk.check_in("wrong", &wrong).await.unwrap();
    kiosk.check_in("right", &party()).await.unwrap();
    let kiosk = house.kiosk(Cable::Whole);
    kiosk.hand_over().await.unwrap();
    let left = Backlog {
        waiting: 0,
        set_aside: 1,
    };
    assert_eq!(kiosk.backlog().await, left);
    assert_eq!(house.tickets().await, ["K1-02"]);
}

#[tokio::test]
async fn k10_a_kiosk_that_was_revoked_promises_nothing() {
    let house = House::open().await;
    let kiosk = house.kiosk(Cable::Cut);
    kiosk.check_in("cut", &party()).await.unwrap();
    let nobody = house
        .floor
        .centre
        .hand_down(json!({"kind": "devices", "devices": []}));
    house.floor.centre.heard(nobody).await;
    let kiosk = house.kiosk(Cable::Whole);
    let refused = kiosk.check_in("k", &party()).await.unwrap_err();
    assert!(!refused.is_temporary(), "{refused}");
    assert_eq!(
        kiosk.backlog().await,
        waiting(1),
        "kept until it is enrolled anew"
    );
}

/// Paper that comes out, or does not.
struct Printer {
    works: bool,
    printed: Mutex<Vec<OwnTicket>>,
    asked: AtomicUsize,
}

#[async_trait::async_trait]
impl OwnPaper for Printer {
    async fn print(&self, ticket: OwnTicket) -> bool {
        self.asked.fetch_add(1, Ordering::SeqCst);
        self.printed.lock().unwrap().push(ticket);
        self.works
    }
}

#[tokio::test]
async fn k10_k3_the_guest_sees_and_takes_the_kiosks_own_ticket_printed_once() {
    for works in [true, false] {
        let house = House::open().await;
        let printer = Arc::new(Printer {
            works,
            printed: Mutex::default(),
            asked: AtomicUsize::new(0),
        });
        let kiosk = house.kiosk_at(house.folder.path(), Cable::Cut, Some(printer.clone()));
        let runner = EffectRunner::with_own_series(house.client(), kiosk);
        let Some(Message::SiteFetched(site)) = runner.run(Effect::FetchSite).await else {
            panic!("the site as it was last heard");
        };
        let mut story = Story::begin(Default::default());
        story.tell(Message::SiteFetched(site));
        // This showroom's notice names no recipient, so the guest stays anonymous.
        story.walk_to(Step::Sending);
        let parts = (*story.sent()[0]).clone();
        let answered = runner.run(Effect::CheckIn(Box::new(parts))).await.unwrap();
        story.tell(answered);
        let card = story.view().ticket.unwrap();
        assert_eq!((&*card.number, &*card.ahead), ("K1-01", "号码已为您保留"));
        assert_eq!(card.wait, "按到场先后叫号");
        let Some(Effect::WatchPrint { visit }) = story.effects.last().cloned() else {
            panic!("the paper is watched");
        };
        let paper = runner.run(Effect::WatchPrint { visit }).await.unwrap();
        let expected = if works {
            Paper::Printed
        } else {
            Paper::Missing
        };
        assert_eq!(
            paper,
            Message::Paper {
                visit,
                paper: expected
            }
        );
        assert_eq!(printer.asked.load(Ordering::SeqCst), 1, "tried once");
        let printed = printer.printed.lock().unwrap();
        assert_eq!(printed[0].answer.ticket.number, "K1-01");
        assert_eq!(printed[0].local_time, "2026-11-23T09:00:00+08:00");
        assert_eq!(printed[0].house, "云栖府");
    }
}

#[tokio::test]
async fn k10_a_kiosk_by_itself_hands_over_as_soon_as_the_floor_is_back() {
    let house = House::open().await;
    let kiosk = house.kiosk(Cable::Cut);
    kiosk.check_in("cut", &party()).await.unwrap();
    let running = tokio::spawn({
        let kiosk = kiosk.clone();
        async move { kiosk.run().await }
    });
    house.line.set(Cable::Whole);
    house
        .floor
        .desk_until(|d| d.kiosks[0].handed_over == 1)
        .await;
    running.abort();
}

#[tokio::test]
async fn k10_a_kiosk_that_never_heard_its_floor_promises_nothing() {
    let floor = TestFloor::open().await;
    let line = Line::to(&floor.url).await;
    line.set(Cable::Cut);
    let folder = tempfile::tempdir().unwrap();
    let client = FloorClient::new(&line.url(), KIOSK, None).unwrap();
    let series = OwnSeries::open(folder.path()).unwrap();
    let kiosk = CutOff::new(client, series, None, || Millis(0), patience(Cable::Cut));
    assert!(kiosk.site().await.is_err());
    assert!(
        kiosk
            .check_in("k", &party())
            .await
            .unwrap_err()
            .is_temporary()
    );
    // A desk has no series.
    line.set(Cable::Whole);
    let site = FloorClient::new(&floor.url, DESK, None)
        .unwrap()
        .site()
        .await
        .unwrap();
    assert_eq!(site.kiosk, None);
    assert!(!site_info(site).visit_purposes.is_empty());
}
