//! What the centre says of a returner, and to whom.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use yingbin::core::floor::event::Event;
use yingbin::core::id::VisitId;
use yingbin::core::time::Millis;
use yingbin::protocol::profile::{PROFILE_VERSION, Profile, Title};
use yingbin::store::central::audit;

use crate::support::central::{MORNING, Office, SITE, problem, value};
use crate::support::floor_log::{FloorLog, Guest};

const WANG: Guest = Guest {
    surname: "王",
    given_name: "小满",
    phone: Some("13800135678"),
};

fn question(office: &Office, phone: Option<&str>) -> Value {
    let profile = Profile {
        v: PROFILE_VERSION,
        surname: "王".into(),
        given_name: None,
        title: Title::Ms,
        phone: phone.map(str::to_owned),
        idempotency_key: "this-check-in".into(),
        notice_hash: office.notice_hash.clone(),
    };
    let sealed = yingbin::crypto::seal::seal(&profile, &office.recipient).unwrap();
    let sealed = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, sealed);
    json!({
        "sealed_profile": sealed,
        "idempotency_key": "this-check-in",
        "notice_hash": office.notice_hash,
    })
}

async fn ask(office: &Office, token: &str, body: &Value) -> reqwest::Response {
    let path = format!("/api/v1/floors/{}/recognitions", office.floor);
    office.running.send(Method::POST, &path, token, body).await
}

async fn told(office: &Office, phone: Option<&str>) -> Value {
    let answer = ask(office, &office.floor_token, &question(office, phone)).await;
    assert_eq!(answer.status(), StatusCode::OK);
    value(answer).await
}

async fn owner(office: &Office) -> (String, Value) {
    let found = office.search(json!({"tail": "5678"})).await;
    let id = found["customers"][0]["id"].as_str().unwrap();
    let path = format!("/api/v1/customers/{id}/owner");
    let owner = office.running.get(&path, &office.admin).await;
    (path, value(owner).await)
}

/// A visit in its own line, served to the end.
async fn served(office: &Office, log: &mut FloorLog, before: impl FnOnce(&mut FloorLog, VisitId)) {
    let visit = log.arrive(WANG, &office.recipient);
    before(log, visit);
    log.serve(visit);
    assert_eq!(office.deliver(&log.batch()).await.status(), 200);
}

#[tokio::test]
async fn k4_the_centre_names_the_owner_while_protected_and_nobody_else() {
    let office = Office::open().await;
    let mut log = FloorLog::new(&office.notice_hash);
    let visit = log.arrive(WANG, &office.recipient);
    office.deliver(&log.batch()).await;
    let phone = WANG.phone;
    // Known, but never served; and nobody known at all, or no number: the same to the letter.
    assert_eq!(told(&office, phone).await, json!({}));
    assert_eq!(told(&office, Some("13911112222")).await, json!({}));
    assert_eq!(told(&office, None).await, json!({}));
    assert_eq!(told(&office, Some("12")).await, json!({}));

    log.serve(visit);
    office.deliver(&log.batch()).await;
    let chen = json!({"owner": {"agent": "chen-jing", "bought": false}});
    assert_eq!(told(&office, phone).await, chen);
    assert_eq!(told(&office, Some("+86 138 0013 5678")).await, chen);

    // Having been served after the sale, she has bought.
    served(&office, &mut log, |log, visit| {
        log.push(&Event::Transferred {
            visit,
            line: yingbin::core::ticket::Line::AfterSales,
        });
    })
    .await;
    assert_eq!(told(&office, phone).await["owner"]["bought"], true);

    // Whoever left the house protects nobody.
    let staff = format!("/api/v1/sites/{SITE}/staff");
    let nobody = json!({"staff": []});
    office
        .running
        .send(Method::PUT, &staff, &office.admin, &nobody)
        .await;
    assert_eq!(told(&office, phone).await, json!({}));
    let all = crate::support::central::staff();
    office
        .running
        .send(Method::PUT, &staff, &office.admin, &all)
        .await;
    assert_eq!(told(&office, phone).await["owner"]["agent"], "chen-jing");

    // The house may protect for a shorter time.
    let rules = format!("/api/v1/sites/{SITE}/rules");
    let short = json!({"protection_days": 1});
    office
        .running
        .send(Method::PUT, &rules, &office.admin, &short)
        .await;
    office.running.pass_minutes(24 * 60 + 1);
    assert_eq!(told(&office, phone).await, json!({}));
}

#[tokio::test]
async fn p7_a_profile_moved_to_another_check_in_is_refused_and_strangers_hear_nothing() {
    let office = Office::open().await;
    let token = office.floor_token.as_str();
    for (field, code) in [
        ("idempotency_key", "profile_moved"),
        ("notice_hash", "profile_moved"),
        ("sealed_profile", "sealed_profile"),
    ] {
        let mut moved = question(&office, WANG.phone);
        moved[field] = json!("another one!");
        let refused = problem(ask(&office, token, &moved).await).await;
        assert_eq!(refused, (422, code.to_owned()), "{field}");
    }
    let mut sealed = question(&office, WANG.phone);
    sealed["sealed_profile"] = json!("YWdlLWVuY3J5cHRpb24ub3JnL3YxCg==");
    let refused = problem(ask(&office, token, &sealed).await).await;
    assert_eq!(refused.1, "profile_unopenable");

    let good = question(&office, WANG.phone);
    for stranger in ["", "nonsense", &office.admin] {
        assert_eq!(ask(&office, stranger, &good).await.status(), 401);
    }
}

#[tokio::test]
async fn p7_trying_numbers_out_is_stopped_and_only_that_somebody_asked_is_written_down() {
    let office = Office::open().await;
    let mut log = FloorLog::new(&office.notice_hash);
    served(&office, &mut log, |_, _| {}).await;
    told(&office, WANG.phone).await;
    {
        let mut tx = office.running.central.db.read().await.unwrap();
        let looks = audit::latest(&mut *tx, 1).await.unwrap();
        assert_eq!(looks[0].kind, "recognition");
        assert_eq!(looks[0].account, office.floor);
        assert_eq!((&looks[0].subject, looks[0].found), (&None, None));
    }
    let body = question(&office, WANG.phone);
    let mut refused = 0;
    for _ in 0..300 {
        let answer = ask(&office, &office.floor_token, &body).await;
        refused += u32::from(answer.status() == StatusCode::TOO_MANY_REQUESTS);
    }
    assert!(refused > 0, "nobody comes back three hundred times");
}

#[tokio::test]
async fn k4_k6_who_served_a_guest_who_forgot_keeps_them_unless_a_person_decides_otherwise() {
    let office = Office::open().await;
    let mut log = FloorLog::new(&office.notice_hash);
    served(&office, &mut log, |log, visit| {
        log.push(&Event::ForgotWithWhom { visit, days: 2 });
    })
    .await;
    let (path, first) = owner(&office).await;
    assert_eq!(first["agent"], "chen-jing");
    let contact = Millis::parse_rfc3339(first["contact_at"].as_str().unwrap()).unwrap();
    let days = |n: i64| json!(Millis(contact.0 + n * 86_400_000).rfc3339());
    assert_eq!(first["claim_until"], days(2));
    assert_eq!(first["protected_until"], days(15));

    let put = |agent: &str| {
        let body = json!({"agent": agent});
        let (office, path) = (&office, path.clone());
        async move {
            let running = &office.running;
            running.send(Method::PUT, &path, &office.admin, &body).await
        }
    };
    let unknown = problem(put("nobody").await).await;
    assert_eq!(unknown, (422, "unknown_agent".to_owned()));
    office.running.pass_minutes(60);
    let decided = value(put("chen-jing").await).await;
    assert_eq!(decided["claim_until"], Value::Null);
    let now = Millis::parse_rfc3339(MORNING).unwrap().plus_minutes(60);
    assert_eq!(decided["contact_at"], now.rfc3339());
}

#[tokio::test]
async fn k4_a_floor_is_told_of_todays_guests_only_and_only_what_it_did_not_know() {
    let office = Office::open().await;
    let mut log = FloorLog::new(&office.notice_hash);
    served(&office, &mut log, |_, _| {}).await;
    let last = |items: &[Value]| items.last().map_or(0, |i| i["cursor"].as_u64().unwrap());
    let cursor = last(&office.feed(0).await);

    // It knew: the answer came in time.
    let mut known = log.check_in();
    log.seal(&mut known, WANG, &office.recipient);
    known.owner = Some(yingbin::core::visit::KnownOwner {
        agent: "chen-jing".into(),
        bought: false,
    });
    log.push_check_in(known);
    office.deliver(&log.batch()).await;
    assert!(office.feed(cursor).await.is_empty());

    // It did not.
    let visit = log.arrive(WANG, &office.recipient);
    office.deliver(&log.batch()).await;
    let news = office.feed(cursor).await;
    assert_eq!(news.len(), 1);
    assert_eq!(news[0]["kind"], "owner_learned");
    assert_eq!(news[0]["visit"], visit.to_string());
    assert_eq!(news[0]["agent"], "chen-jing");
    // The same log once more tells nothing new.
    office.deliver(&log.batch()).await;
    assert_eq!(office.feed(cursor).await, news);

    // What arrives after its day is over is no news, and nothing of that day stays.
    log.arrive(WANG, &office.recipient);
    office.running.pass_minutes(24 * 60);
    office.deliver(&log.batch()).await;
    assert_eq!(office.feed(cursor).await, news);
}

#[tokio::test]
async fn k4_a_finish_by_slip_settles_nothing() {
    let office = Office::open().await;
    let mut log = FloorLog::new(&office.notice_hash);
    let visit = log.arrive(WANG, &office.recipient);
    log.serve(visit);
    office.deliver(&log.batch()).await;
    assert_eq!(owner(&office).await.1["agent"], "chen-jing");
    log.push(&Event::Undone {
        visit,
        to: Box::new(yingbin::core::visit::Undo {
            until: Millis(0),
            back_to: yingbin::core::visit::VisitState::Serving,
            since: Millis(0),
            assignment: None,
            parked_until: None,
            pass_cancelled: false,
        }),
        cancelled: None,
        prepaid: false,
    });
    office.deliver(&log.batch()).await;
    assert_eq!(owner(&office).await.1["agent"], Value::Null);
}
