//! What happens at the counter, with a real floor behind the desk: consultants sign in by PIN,
//! brokers' papers, two desks side by side, the sheet of a closed day.

use std::path::Path;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tokio::sync::mpsc;
use yingbin::client::FloorClient;
use yingbin::core::desk::{Deed, Effect, Message, OneTimeCode, Outcome, Private, Trouble};
use yingbin::core::id::AgentId;
use yingbin::core::language::Language;
use yingbin::screens::desk::{Errands, Pages};

use super::support::floor::{DESK, DISPLAY, KIOSK, OTHER_DESK, TestFloor};
use super::support::pad::{MANAGER, PIN, RECEPTIONIST};
use super::support::processes::Program;
use super::support::site::party;

const AGENT: &str = "chen-jing";

/// A desk's line to the floor.
struct Counter {
    errands: Errands,
    told: mpsc::UnboundedReceiver<Message>,
    folder: tempfile::TempDir,
}

impl Counter {
    fn at(floor: &TestFloor, token: &str) -> Self {
        let client = FloorClient::new(&floor.url, token, None).unwrap();
        let (tell, told) = mpsc::unbounded_channel();
        let folder = tempfile::tempdir().unwrap();
        let pages = Pages {
            folder: folder.path().to_owned(),
            open: |_: &Path| Ok(()),
        };
        Self {
            errands: Errands::with_pages(client, String::new(), tell, pages),
            told,
            folder,
        }
    }

    async fn does(&mut self, deed: Deed) -> Result<Outcome, Trouble> {
        self.errands.run(Effect::Do(deed)).await;
        match self.told.recv().await {
            Some(Message::Did { result, .. }) => result,
            other => panic!("{other:?}"),
        }
    }

    async fn signs_in(&mut self, pin: &str) -> Result<Outcome, Trouble> {
        let agent = AgentId::new(AGENT);
        let pin = Private(pin.to_owned());
        self.does(Deed::AgentReady { agent, pin }).await
    }
}

fn refused(code: &str) -> Result<Outcome, Trouble> {
    let code = code.to_owned();
    Err(Trouble::Refused { code })
}

async fn book(floor: &TestFloor) -> Vec<Value> {
    let request = floor.call(DESK, Method::GET, "/api/v1/turn-book");
    let answer = request.header("accept-language", "zh-CN").send().await;
    let book: Value = answer.unwrap().json().await.unwrap();
    book["lines"].as_array().unwrap().clone()
}

async fn status_of(floor: &TestFloor, agent: &str) -> String {
    let agents = floor.desk().await.agents;
    let found = agents.into_iter().find(|a| a.id.as_str() == agent);
    found.unwrap().status
}

#[tokio::test]
async fn k6_a_consultant_comes_on_duty_at_the_desk_with_the_own_pin_and_lock_out() {
    let floor = TestFloor::open_with_managers("").await;
    floor.status(AGENT, json!({"status": "off"})).await;
    let mut desk = Counter::at(&floor, DESK);
    assert_eq!(desk.signs_in(PIN).await, refused("no_pin"));
    floor.set_pins(&[AGENT]).await;
    assert_eq!(desk.signs_in("135790").await, refused("wrong_pin"));
    assert_eq!(desk.signs_in(PIN).await, Ok(Outcome::Done));
    assert_eq!(status_of(&floor, AGENT).await, "ready");
    let line = book(&floor).await.pop().unwrap();
    assert_eq!(
        (&line["code"], &line["agent"]),
        (&json!("signed_in"), &json!(AGENT))
    );
    assert_eq!(line["by"], "陈静", "the consultant's own doing");

    floor.status(AGENT, json!({"status": "off"})).await;
    for guess in 1..=5 {
        let code = if guess < 5 { "wrong_pin" } else { "locked" };
        assert_eq!(
            desk.signs_in("135790").await,
            refused(code),
            "guess {guess}"
        );
    }
    assert_eq!(
        desk.signs_in(PIN).await,
        refused("locked"),
        "the right one too"
    );
    assert_eq!(status_of(&floor, AGENT).await, "off");
    floor.let_pass(300);
    assert_eq!(desk.signs_in(PIN).await, Ok(Outcome::Done));
}

#[tokio::test]
async fn k6_the_desk_gives_a_code_under_the_managers_sign_in_and_the_person_sets_a_pin() {
    let floor = TestFloor::open_with_managers("").await;
    floor.status(AGENT, json!({"status": "off"})).await;
    floor.set_pins(&[MANAGER]).await;
    let mut desk = Counter::at(&floor, DESK);
    let staff = AgentId::new(AGENT);
    let give = Deed::PinCode {
        staff: staff.clone(),
    };
    let nobody = desk.does(give.clone()).await;
    assert!(matches!(nobody, Err(Trouble::Refused { .. })), "{nobody:?}");
    let sign_in = Deed::SignIn {
        staff: AgentId::new(MANAGER),
        pin: Private(PIN.to_owned()),
    };
    let signed = desk.does(sign_in).await;
    assert!(matches!(signed, Ok(Outcome::Signed { manager: true, .. })));
    let given = desk.does(give).await;
    let Ok(Outcome::Code(OneTimeCode { code, .. })) = given else {
        panic!("{given:?}")
    };
    let set = |pin: &str| Deed::SetPin {
        staff: staff.clone(),
        code: code.clone(),
        pin: Private(pin.to_owned()),
    };
    assert_eq!(desk.does(set("123456")).await, refused("trivial_pin"));
    assert_eq!(desk.signs_in("481516").await, refused("no_pin"));
    assert_eq!(desk.does(set("481516")).await, Ok(Outcome::Done));
    assert_eq!(desk.does(set("481516")).await, refused("no_code"), "once");
    assert_eq!(desk.signs_in("481516").await, Ok(Outcome::Done));
    assert_eq!(status_of(&floor, AGENT).await, "ready");
}

#[tokio::test]
async fn k6_the_house_decides_whether_the_desks_word_puts_somebody_on_duty() {
    let floor = TestFloor::open_with_managers("").await;
    floor.set_pins(&[AGENT, MANAGER, RECEPTIONIST]).await;
    let ready = async |token: &str| {
        let path = format!("/api/v1/agents/{AGENT}/status");
        floor.post(token, &path, json!({"status": "ready"})).await
    };
    floor.status(AGENT, json!({"status": "off"})).await;
    assert_eq!(ready(DESK).await.0, StatusCode::OK, "by default");
    let line = book(&floor).await.pop().unwrap();
    assert_eq!(line["by"], "前台");
    assert!(line["reason"].as_str().unwrap().starts_with("前台："));

    let rules = json!({"kind": "rules", "rules": {"desk_sets_ready": "no"}});
    let heard = floor.centre.hand_down(rules);
    floor.centre.heard(heard).await;
    assert!(floor.desk().await.rules.ready_needs_pin);
    floor
        .status(AGENT, json!({"status": "away", "reason": "lunch"}))
        .await;
    let receptionist = floor.token_of(RECEPTIONIST).await;
    for token in [DESK, &receptionist] {
        let (status, problem) = ready(token).await;
        assert_eq!(status, StatusCode::FORBIDDEN);
        assert_eq!(problem["code"], "pin_needed");
    }
    let mut desk = Counter::at(&floor, DESK);
    assert_eq!(desk.signs_in(PIN).await, Ok(Outcome::Done));
    floor.status(AGENT, json!({"status": "off"})).await;
    let manager = floor.token_of(MANAGER).await;
    assert_eq!(ready(&manager).await.0, StatusCode::OK, "rule 15");
    let line = book(&floor).await.pop().unwrap();
    assert!(
        line["reason"].as_str().unwrap().starts_with("经理方衡："),
        "{line}"
    );
}

#[tokio::test]
async fn k10_what_one_desk_has_seen_rests_at_the_other_also_after_a_restart() {
    let mut floor = TestFloor::open().await;
    let mut desk = Counter::at(&floor, DESK);
    let key = "lapse:A004:1".to_owned();
    let deed = Deed::Acknowledge { key: key.clone() };
    assert_eq!(desk.does(deed).await, Ok(Outcome::Done));
    let seen = async |floor: &TestFloor| {
        let (_, desk) = floor.get(OTHER_DESK, "/api/v1/desk").await;
        desk["acknowledged"].clone()
    };
    assert_eq!(seen(&floor).await, json!([key]));
    floor.stop().await;
    floor.begin();
    assert_eq!(seen(&floor).await, json!([key]));
    for wrong in ["", "two words", "李女士", &"x".repeat(129)] {
        let body = json!({"key": wrong});
        let answer = floor.post(DESK, "/api/v1/acknowledgements", body).await;
        assert_eq!(answer.0, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
    }
    let body = json!({"key": key});
    let kiosk = floor.post(KIOSK, "/api/v1/acknowledgements", body).await;
    assert_eq!(kiosk.0, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn k5_the_board_lists_the_waiting_as_they_will_be_served() {
    let floor = TestFloor::start().await;
    floor.check_in("one", &party()).await;
    let signing = floor.check_in("two", &party()).await.visit_id.to_string();
    let body = json!({"action": "transfer", "line": "signing"});
    assert_eq!(floor.act(&signing, body).await.0, StatusCode::OK);
    let (_, board) = floor.get(DISPLAY, "/api/v1/board").await;
    let waiting = board["waiting"].as_array().unwrap().iter();
    let tickets: Vec<_> = waiting.map(|w| w["ticket"].as_str().unwrap()).collect();
    assert_eq!(tickets, ["A002", "A001"], "signing goes before");
}

#[tokio::test]
async fn k4_a_brokers_paper_shown_later_is_judged_and_stands_in_the_book() {
    let floor = TestFloor::open().await;
    let visit = floor.check_in("k", &party()).await.visit_id.to_string();
    let shown = |registered: &str| {
        json!({"action": "channel", "registration": {
            "id": "BJ-2291", "broker": "安居经纪", "agent": "he-lian",
            "registered": registered, "expires": "2026-12-21T00:00:00+08:00",
        }})
    };
    let (status, problem) = floor.act(&visit, shown("yesterday")).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(
        (&problem["code"], &problem["pointer"]),
        (&json!("bad_time"), &json!("/registration/registered"))
    );
    let (status, view) = floor.act(&visit, shown("2026-11-20T09:00:00+08:00")).await;
    assert_eq!(status, StatusCode::OK, "{view}");
    assert_eq!(view["wanted"]["broker"], "安居经纪");
    assert_eq!(view["assignment"]["agent"], "he-lian");
    let judged = book(&floor).await;
    let judged = judged.iter().find(|l| l["code"] == "channel_judged");
    let words = judged.unwrap()["reason"].as_str().unwrap().to_owned();
    assert!(
        words.contains("安居经纪") && words.contains("有效"),
        "{words}"
    );
}

/// Today's sheet as signed JSON.
async fn sheet(floor: &TestFloor, query: &str) -> Value {
    let path = format!("/api/v1/turn-book/sheet{query}");
    let request = floor.call(DESK, Method::GET, &path);
    let request = request.header("accept", "application/json");
    request.send().await.unwrap().json().await.unwrap()
}

fn lines(signed: &Value) -> Vec<Value> {
    let text = signed["sheet"].as_str().unwrap();
    let sheet: Value = serde_json::from_str(text).unwrap();
    sheet["lines"].as_array().unwrap().clone()
}

#[tokio::test]
async fn k4_a_closed_day_is_signed_when_the_last_guest_has_gone_and_later_sheets_supersede() {
    let mut floor = TestFloor::open().await;
    let served = floor.check_in("k", &party()).await.visit_id.to_string();
    for step in ["accept", "start"] {
        floor.step(&served, step).await;
    }
    let closed = floor
        .post(DESK, "/api/v1/day/close", json!({"rest": "serve"}))
        .await;
    assert_eq!(closed.0, StatusCode::NO_CONTENT);
    assert_eq!(
        sheet(&floor, "").await["signature"],
        Value::Null,
        "a guest is here"
    );
    assert_eq!(floor.desk().await.sheet_signed, None);
    floor.step(&served, "finish").await;
    let first = sheet(&floor, "").await;
    assert!(first["signature"].is_string());
    assert!(floor.desk().await.sheet_signed.is_some());
    let written = lines(&first);
    let codes: Vec<_> = written
        .iter()
        .map(|l| l["reason"]["code"].as_str().unwrap())
        .collect();
    assert!(codes.contains(&"day_closed"), "{codes:?}");
    assert_eq!(
        codes.last(),
        Some(&"off"),
        "everybody has gone home: {codes:?}"
    );

    // The desk's button: a page to print, with the signed file in it.
    let mut desk = Counter::at(&floor, DESK);
    let language = Language::En;
    let shown = desk.does(Deed::TurnSheet { language }).await;
    assert!(
        matches!(shown, Ok(Outcome::Page { opened: true, .. })),
        "{shown:?}"
    );
    let page = desk.folder.path().join("yingbin-turn-sheet.html");
    let page = std::fs::read_to_string(page).unwrap();
    assert!(page.contains("Signed by the floor after closing"), "{page}");
    assert!(page.contains("The desk: Closed for today"));
    assert!(page.contains("download=\"turn-sheet-2026-11-23-"));

    // Somebody comes after all: that sheet holds no more, and the next one does.
    floor.status(AGENT, json!({"status": "ready"})).await;
    let after = floor.desk().await;
    assert!(
        after.sheet_signed.is_some(),
        "signed anew, with the sign-in"
    );
    let late = floor.call(DESK, Method::POST, "/api/v1/check-ins");
    let late = late.header("Idempotency-Key", "late").json(&party());
    let late: Value = late.send().await.unwrap().json().await.unwrap();
    let late = late["visit_id"].as_str().unwrap().to_owned();
    assert_eq!(floor.desk().await.sheet_signed, None);
    floor.step(&late, "leave").await;
    let second = sheet(&floor, "").await;
    assert!(second["signature"].is_string());
    assert!(lines(&second).len() > written.len());
    let through = written.last().unwrap()["seq"].as_u64().unwrap();
    assert_eq!(
        sheet(&floor, &format!("?through={through}")).await,
        first,
        "kept"
    );

    floor.let_pass(24 * 3600);
    floor.desk_until(|d| d.day == "2026-11-24").await;
    let day = "?day=2026-11-23";
    let whole = sheet(&floor, day).await;
    let again = sheet(&floor, &format!("{day}&through={through}")).await;
    assert_eq!(again, first, "also when the day is over");
    floor.stop().await;
    let check = |signed: &Value| {
        let file = floor.data.path().join("sheet.json");
        std::fs::write(&file, signed.to_string()).unwrap();
        let (data, file) = (floor.data.path().to_str().unwrap(), file.to_str().unwrap());
        let arguments = [
            "replay",
            "--data",
            data,
            "--verify",
            file,
            "--language",
            "en",
        ];
        let (code, said) = Program::start(&arguments, &[]).end();
        (code == Some(0), said)
    };
    let (content, said) = check(&first);
    assert!(content && said.contains("a later sheet holds"), "{said}");
    for signed in [&second, &whole] {
        let (content, said) = check(signed);
        assert!(
            content && said.contains("fits its signature") && !said.contains("a later sheet"),
            "{said}"
        );
    }
    let mut changed = second;
    let text = changed["sheet"]
        .as_str()
        .unwrap()
        .replacen("A002", "A009", 1);
    changed["sheet"] = json!(text);
    let (content, said) = check(&changed);
    assert!(!content && said.contains("was changed"), "{said}");
}
