//! What the office arranges and decides in the console: appointments, brokers' registrations, whose
//! customer somebody is.

use reqwest::StatusCode;
use serde_json::Value;
use yingbin::core::floor::event::Event;

use crate::support::browser::{Browser, Page};
use crate::support::central::{Office, PASSWORD, SITE, USER, value};
use crate::support::floor_log::{FloorLog, Guest};

const GUEST: Guest = Guest {
    surname: "欧阳",
    given_name: "思雨",
    phone: Some("13912340077"),
};

async fn signed_in(office: &Office) -> Browser {
    let browser = Browser::at(office.running.address);
    let form = [("user", USER), ("password", PASSWORD)];
    browser.post("/sign-in", &form).await.leads_to("/");
    browser
}

async fn arranged(office: &Office, what: &str) -> Value {
    let path = format!("/api/v1/sites/{SITE}/{what}");
    value(office.running.get(&path, &office.admin).await).await[what].clone()
}

fn refused(page: &Page, says: &str) {
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    page.shows(says);
}

#[tokio::test]
async fn k6_the_office_arranges_appointments_in_the_showrooms_own_time() {
    let office = Office::open().await;
    let browser = signed_in(&office).await;
    browser.get("/bookings").await.shows("No appointment");
    let add = async |time: &str, agent: &str| {
        let form = [("time", time), ("agent", agent)];
        browser.post("/bookings/appointments", &form).await
    };
    let done = "/bookings?done=saved";
    add("2026-11-23T15:00", "chen-jing").await.leads_to(done);
    let all = arranged(&office, "appointments").await;
    assert_eq!(all[0]["time"], "2026-11-23T07:00:00.000Z");
    assert_eq!(all[0]["agent"], "chen-jing");
    let kinds: Vec<Value> = office.feed(0).await;
    let told = kinds.iter().rev().find(|i| i["kind"] == "appointments");
    assert_eq!(told.unwrap()["appointments"], all, "the floors hear of it");

    refused(&add("soon", "chen-jing").await, "a date and a time");
    refused(
        &add("2026-11-22T15:00", "chen-jing").await,
        "today or later",
    );
    let stranger = add("2026-11-24T15:00", "nobody").await;
    refused(&stranger, "a consultant of the list");
    // What was entered is there to be mended.
    stranger.shows("2026-11-24T15:00");

    let page = browser.get("/bookings").await;
    page.shows("2026-11-23 15:00");
    page.shows("this office");
    let id = all[0]["id"].as_str().unwrap();
    let cancel = [("id", id)];
    let path = "/bookings/appointments/cancel";
    browser.post(path, &cancel).await.leads_to(done);
    assert_eq!(
        arranged(&office, "appointments").await,
        Value::Array(vec![])
    );
    let again = browser.post(path, &cancel).await;
    assert_eq!(again.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn k4_the_office_registers_brokers_clients_for_some_days() {
    let office = Office::open().await;
    let browser = signed_in(&office).await;
    let add = async |id: &str, broker: &str, days: &str| {
        let form = [
            ("id", id),
            ("broker", broker),
            ("agent", "chen-jing"),
            ("days", days),
        ];
        browser.post("/bookings/registrations", &form).await
    };
    let done = "/bookings?done=saved";
    add("BJ-2291", "安居经纪", "7").await.leads_to(done);
    let all = arranged(&office, "registrations").await;
    assert_eq!(all[0]["registered"], "2026-11-23T02:00:00.000Z");
    assert_eq!(all[0]["expires"], "2026-11-30T02:00:00.000Z");
    browser.get("/bookings").await.shows("安居经纪");

    refused(&add("BJ-2291", "安居经纪", "7").await, "stands there twice");
    refused(&add("BJ-2292", "安居经纪", "0").await, "for a day at least");
    refused(&add("BJ-2292", " ", "7").await, "check what was entered");
    let path = "/bookings/registrations/remove";
    browser
        .post(path, &[("id", "BJ-2291")])
        .await
        .leads_to(done);
    assert_eq!(
        arranged(&office, "registrations").await,
        Value::Array(vec![])
    );
}

#[tokio::test]
async fn k4_rule_6_who_may_be_claimed_is_listed_until_a_person_decides() {
    let office = Office::open().await;
    let mut log = FloorLog::new(&office.notice_hash);
    let visit = log.arrive(GUEST, &office.recipient);
    log.push(&Event::ForgotWithWhom { visit, days: 2 });
    log.serve(visit);
    assert_eq!(office.deliver(&log.batch()).await.status(), 200);
    let browser = signed_in(&office).await;

    let page = browser.get("/customers").await;
    page.shows("Open to be claimed");
    page.shows("欧阳**");
    page.hides("13912340077");
    let (_, rest) = page.page.split_once("href=\"/customers/").expect("a link");
    let customer = format!("/customers/{}", rest.split('"').next().unwrap());
    let record = browser.get(&customer).await;
    record.shows("A colleague may claim until");
    record.shows("protected until");

    office.running.pass_minutes(60);
    let owner = format!("{customer}/owner");
    let unknown = browser.post(&owner, &[("agent", "nobody")]).await;
    assert!(unknown.status.is_client_error() || unknown.page.contains("did not work"));
    browser
        .post(&owner, &[("agent", "chen-jing")])
        .await
        .leads_to(&format!("{customer}?done=saved"));
    let record = browser.get(&customer).await;
    record.hides("A colleague may claim until");
    record.shows("陈静");
    browser.get("/customers").await.hides("Open to be claimed");
}
