//! Customers: merged by phone, found by keyed words, shown masked, in clear nowhere.

use std::path::Path;

use reqwest::Method;
use serde_json::json;
use yingbin::store::central::audit;

use crate::support::central::{Office, problem, value};
use crate::support::floor_log::{FloorLog, Guest};
use crate::support::log;

const OUYANG: Guest = Guest {
    surname: "欧阳",
    given_name: "思雨",
    phone: Some("13912340077"),
};
/// The same phone, typed otherwise, by somebody of another name.
const HUSBAND: Guest = Guest {
    surname: "沈",
    given_name: "屿白",
    phone: Some("+86 139-1234-0077"),
};
const NO_PHONE: Guest = Guest {
    surname: "欧阳",
    given_name: "晚晴",
    phone: None,
};

async fn office_with_guests() -> (Office, FloorLog) {
    let office = Office::open().await;
    let mut log = FloorLog::new(&office.notice_hash);
    for guest in [OUYANG, HUSBAND, NO_PHONE, NO_PHONE] {
        let visit = log.arrive(guest, &office.recipient);
        log.serve(visit);
    }
    let nobody = log.check_in();
    log.push_check_in(nobody);
    assert_eq!(office.deliver(&log.batch()).await.status(), 200);
    (office, log)
}

#[tokio::test]
async fn s2_2_2_one_phone_is_one_customer_and_visits_are_counted() {
    let (office, _) = office_with_guests().await;
    for by in [
        json!({"phone": "１３９ １２３４ ００７７"}),
        json!({"tail": "0077"}),
        json!({"name": "欧阳思雨"}),
        json!({"name": "屿白"}),
    ] {
        let found = office.search(by.clone()).await;
        let customers = found["customers"].as_array().unwrap();
        assert_eq!(customers.len(), 1, "{by}");
        assert_eq!(customers[0]["visits"], 2);
        assert_eq!(customers[0]["name"], "沈**", "as said last");
        assert_eq!(customers[0]["phone"], "139****0077");
        assert_eq!(customers[0]["first_visit_at"], "2026-11-23T02:00:01.000Z");
        assert_eq!(customers[0]["last_visit_at"], "2026-11-23T02:00:06.000Z");
    }
    let alone = office.search(json!({"name": "晚晴"})).await;
    assert_eq!(alone["customers"].as_array().unwrap().len(), 2);
    assert_eq!(alone["customers"][0]["phone"], json!(null));
    for by in [
        json!({"name": "张"}),
        json!({"tail": "1234"}),
        json!({"name": "·"}),
    ] {
        let none = office.search(by).await;
        assert_eq!(none["customers"], json!([]));
    }
}

#[tokio::test]
async fn s2_4_1_searches_need_a_session_and_every_look_is_written_down_without_its_words() {
    let (office, _) = office_with_guests().await;
    let path = "/api/v1/customers/search";
    let by = json!({"phone": "13912340077"});
    let stranger = office.running.send(Method::POST, path, "", &by).await;
    assert_eq!(problem(stranger).await.0, 401);
    let floor = office
        .running
        .send(Method::POST, path, &office.floor_token, &by)
        .await;
    assert_eq!(problem(floor).await.0, 401);
    for (by, code) in [
        (json!({}), "one_of_three"),
        (json!({"phone": "12"}), "bad_phone"),
        (json!({"tail": "12"}), "bad_tail"),
        (json!({"tail": "1234", "page": 0}), "bad_page"),
    ] {
        assert_eq!(office.search(by).await["code"], code);
    }

    let found = office.search(by).await;
    let id = found["customers"][0]["id"].as_str().unwrap();
    let one = format!("/api/v1/customers/{id}");
    let one = office.running.get(&one, &office.admin).await;
    assert_eq!(value(one).await, found["customers"][0]);
    let missing = "/api/v1/customers/nobody";
    let missing = office.running.get(missing, &office.admin).await;
    assert_eq!(problem(missing).await.0, 404);

    let mut tx = office.running.central.db.read().await.unwrap();
    let looks = audit::latest(&mut *tx, 10).await.unwrap();
    let looks: Vec<_> = looks
        .iter()
        .map(|l| (l.kind.as_str(), l.subject.as_deref(), l.found))
        .collect();
    assert_eq!(
        looks,
        [
            ("customer", Some(id), None),
            ("search_phone", None, Some(1))
        ]
    );
}

#[tokio::test]
async fn s4_3_1_a_timeline_tells_every_visit_in_the_readers_language() {
    let (office, _) = office_with_guests().await;
    let found = office.search(json!({"tail": "0077"})).await;
    let id = found["customers"][0]["id"].as_str().unwrap();
    let path = format!("/api/v1/customers/{id}/timeline");
    let told = |language: &'static str| {
        let request = office
            .running
            .request(Method::GET, &path, &office.admin)
            .header("accept-language", language);
        async move {
            let timeline = value(request.send().await.unwrap()).await;
            let entries = timeline["entries"].as_array().unwrap().clone();
            entries
                .iter()
                .map(|e| {
                    let text = |name: &str| e[name].as_str().unwrap_or_default().to_owned();
                    (text("kind"), text("ticket"), text("text"))
                })
                .collect::<Vec<_>>()
        }
    };
    let english = told("en").await;
    let kinds: Vec<_> = english.iter().map(|e| e.0.as_str()).collect();
    let visit = [
        "finished",
        "started",
        "called",
        "offered",
        "consent",
        "checked_in",
    ];
    assert_eq!(kinds, [visit, visit].concat());
    assert_eq!(english[0].1, "A002");
    assert_eq!(english[2].2, "Called by 陈静 to 3");
    assert!(
        english[4]
            .2
            .contains("agreed to “Reception”; declined “Calls”")
    );
    let chinese = told("zh-CN").await;
    assert_eq!(chinese[0].2, "陈静 接待结束");
    assert_eq!(chinese[5].2, "登记到访,号码 A002,来意:看房,共 2 位");
}

#[tokio::test]
async fn s2_2_2_a_search_by_a_common_surname_comes_in_pages() {
    let office = Office::open().await;
    let mut log = FloorLog::new(&office.notice_hash);
    for _ in 0..21 {
        log.arrive(NO_PHONE, &office.recipient);
    }
    assert_eq!(office.deliver(&log.batch()).await.status(), 200);
    let first = office.search(json!({"name": "欧阳"})).await;
    assert_eq!(first["customers"].as_array().unwrap().len(), 20);
    assert_eq!(first["more"], true);
    let second = office.search(json!({"name": "欧阳", "page": 2})).await;
    assert_eq!(second["customers"].as_array().unwrap().len(), 1);
    assert_eq!(second["more"], false);
}

fn every_file(folder: &Path, see: &mut dyn FnMut(&Path, &[u8])) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            every_file(&path, see);
        } else {
            see(&path, &std::fs::read(&path).unwrap());
        }
    }
}

/// While it runs (the write-ahead log is there) and after it ended; and its own log, told to say all.
#[tokio::test]
async fn p8_no_file_and_no_log_of_the_centre_holds_a_name_or_a_phone() {
    let logged = log::listen();
    let (office, log) = office_with_guests().await;
    office.search(json!({"phone": "13912340077"})).await;
    office.search(json!({"name": "欧阳思雨"})).await;
    // A search for something that is there shows that the search sees anything at all.
    let clear = [
        "13912340077",
        "1234-0077",
        "欧阳",
        "思雨",
        "屿白",
        "晚晴",
        "12340077",
    ];
    let device = "kiosk-1";
    let look = |data: &Path| {
        let mut files = 0;
        let mut seen = false;
        every_file(data, &mut |path, bytes| {
            files += 1;
            let holds = |text: &str| bytes.windows(text.len()).any(|w| w == text.as_bytes());
            seen |= holds(device);
            for text in clear {
                assert!(!holds(text), "{text} in {}", path.display());
            }
        });
        assert!(seen, "the files were looked through");
        files
    };
    assert!(
        look(office.data.path()) >= 6,
        "database, its log, four keys"
    );
    for sealed in log.profiles.values() {
        assert!(!sealed.contains("欧阳"));
    }
    office.running.stop().await;
    look(office.data.path());
    let said = logged.text();
    assert!(
        said.contains("migration applied"),
        "the log was listened to"
    );
    for text in clear {
        assert!(!said.contains(text), "{text} in the log");
    }
}

#[tokio::test]
async fn p7_what_a_kiosk_sealed_opens_only_with_the_centres_identity() {
    let (office, log) = office_with_guests().await;
    use base64::Engine;
    let sealed = log.profiles.values().next().unwrap();
    let sealed = base64::engine::general_purpose::STANDARD
        .decode(sealed)
        .unwrap();
    let other = age::x25519::Identity::generate();
    assert!(yingbin::crypto::seal::open(&sealed, &other).is_err());
    let own = &office.running.central.keys.identity;
    assert!(yingbin::crypto::seal::open(&sealed, own).is_ok());
}
