//! The centre's pages over HTTP, as a browser meets them.

use reqwest::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ORIGIN, REFERRER_POLICY, SET_COOKIE,
};
use reqwest::{Method, StatusCode};
use tempfile::TempDir;
use yingbin::core::language::Language;
use yingbin::crypto::token;
use yingbin::store::central::audit;
use yingbin::store::central::visits::{self, Move, NewVisit};

use crate::support;
use crate::support::browser::{Browser, urlencoded};
use crate::support::central::Running;
use crate::support::floor_log::{FloorLog, Guest};

const USER: &str = "manager";
const PASSWORD: &str = "plum blossom 42";

/// A centre as it is at its first start.
struct Office {
    running: Running,
    _data: TempDir,
}

impl Office {
    async fn open() -> Self {
        let data = tempfile::tempdir().expect("a temporary folder");
        Self {
            running: Running::start(data.path()).await,
            _data: data,
        }
    }

    /// With the first administrator signed in.
    async fn with_manager() -> (Self, Browser) {
        let office = Self::open().await;
        let browser = office.browser();
        let form = [("user", USER), ("password", PASSWORD), ("again", PASSWORD)];
        let answer = browser.post(&office.setup_path(), &form).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.page);
        (office, browser)
    }

    fn browser(&self) -> Browser {
        Browser::at(self.running.address)
    }

    /// The one-time link without its host.
    fn setup_path(&self) -> String {
        let link = self.running.setup_link.as_deref().expect("a first start");
        let (_, path) = link.split_once("/setup/").expect("a setup link");
        format!("/setup/{path}")
    }
}

const SITE: [(&str, &str); 15] = [
    ("id", "cloud"),
    ("name_zh-CN", "云栖府<script>alert(1)</script>"),
    ("name_zh-TW", ""),
    ("name_en", "Cloud Residence"),
    ("language", "zh-CN"),
    ("language", "en"),
    ("time_zone", "Asia/Shanghai"),
    ("ticket_base_url", ""),
    ("purpose_id", "view_homes"),
    ("purpose_line", "new"),
    ("purpose_zh-CN", "看房"),
    ("purpose_en", "View homes"),
    ("drink_id", "tea"),
    ("drink_zh-CN", "热茶"),
    ("drink_en", "Tea"),
];
const NOTICE: [(&str, &str); 6] = [
    ("version", "2026-11"),
    ("text_zh-CN", "个人信息处理告知\r\n- 谁: 云栖府"),
    ("text_en", "Your data\r\n- Who: Cloud Residence"),
    ("purpose_id", "reception"),
    ("purpose_zh-CN", "为接待留下称呼"),
    ("purpose_en", "Keep my name for this reception"),
];
const STAFF: [(&str, &str); 10] = [
    ("id", "chen-jing"),
    ("name", "陈静<b>"),
    ("place", "3"),
    ("title_zh-CN", "置业顾问"),
    ("title_en", "Consultant"),
    ("id", ""),
    ("name", ""),
    ("place", ""),
    ("title_zh-CN", "置业顾问"),
    ("title_en", "Consultant"),
];

fn with<'a>(form: &[(&'a str, &'a str)], more: (&'a str, &'a str)) -> Vec<(&'a str, &'a str)> {
    let mut form = form.to_vec();
    form.push(more);
    form
}

#[tokio::test]
async fn k0_an_office_is_set_up_in_the_browser_from_nothing() {
    let office = Office::open().await;
    let browser = office.browser();

    browser
        .get(&office.setup_path())
        .await
        .shows("Welcome to Yingbin");
    let differ = [("user", USER), ("password", PASSWORD), ("again", "other")];
    let answer = browser.post(&office.setup_path(), &differ).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    answer.shows("The two passwords differ");
    let weak = [("user", USER), ("password", "short"), ("again", "short")];
    let answer = browser.post(&office.setup_path(), &weak).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    answer.shows("at least 10 characters");

    let good = [("user", USER), ("password", PASSWORD), ("again", PASSWORD)];
    let answer = browser.post(&office.setup_path(), &good).await;
    answer.leads_to("/");
    let cookie = answer.header(SET_COOKIE);
    assert!(cookie.starts_with("__Host-yingbin="), "{cookie}");
    for attribute in ["Path=/", "Secure", "HttpOnly", "SameSite=Strict"] {
        assert!(cookie.contains(attribute), "{cookie}");
    }
    let again = office.browser().post(&office.setup_path(), &good).await;
    assert_eq!(again.status, StatusCode::GONE, "the link works once");

    browser.get("/").await.shows("Getting started");
    browser.get("/notice").await.leads_to("/site?done=first");
    browser
        .post("/site", &SITE)
        .await
        .leads_to("/site?done=saved");
    let answer = browser
        .post("/notice", &with(&NOTICE, ("step", "preview")))
        .await;
    assert_eq!(answer.status, StatusCode::OK);
    answer.shows("<b>Who</b>");
    browser.get("/notice").await.shows("No notice yet");
    let publish = with(&NOTICE, ("step", "publish"));
    browser
        .post("/notice", &publish)
        .await
        .leads_to("/notice?done=published");
    let answer = browser.post("/notice", &publish).await;
    assert_eq!(
        answer.status,
        StatusCode::CONFLICT,
        "a shown version never changes"
    );
    browser
        .post("/staff", &STAFF)
        .await
        .leads_to("/staff?done=saved");
    let code = browser
        .post("/staff/pin-code", &[("id", "chen-jing")])
        .await;
    assert_eq!(code.secret().len(), 9);
    browser.get("/staff").await.hides(&code.secret());
    browser
        .post("/staff", &with(&STAFF, ("role", "manager")))
        .await
        .leads_to("/staff?done=saved");
    browser
        .get("/staff")
        .await
        .shows("value=\"manager\" selected");

    let floor = browser.post("/floors", &[]).await;
    assert!(floor.secret().len() > 40);
    browser.get("/floors").await.hides(&floor.secret());
    let renewed = browser.post("/floors/renew", &[("id", "cloud-1")]).await;
    assert_ne!(renewed.secret(), floor.secret());

    let kiosk = [("id", "kiosk-1"), ("role", "kiosk")];
    let device = browser.post("/devices", &kiosk).await;
    assert_eq!(device.secret().len(), 11, "a code in two groups");
    let answer = browser.get("/devices").await;
    answer.hides(&device.secret());
    answer.shows("kiosk-1");
    let twice = browser.post("/devices", &kiosk).await;
    assert_eq!(twice.status, StatusCode::CONFLICT);
    twice.shows("That id is in use");

    let today = browser.get("/").await;
    today.hides("Getting started");
    today.shows("Nobody is waiting.");
    today.shows("陈静&#60;b&#62;");
    today.shows("2026-11-23");

    browser
        .post("/devices/revoke", &[("id", "kiosk-1")])
        .await
        .leads_to("/devices?done=revoked");
    browser
        .get("/devices")
        .await
        .shows("Revoked 2026-11-23 10:00");
}

#[tokio::test]
async fn s2_4_1_a_stranger_sees_nothing_but_the_sign_in() {
    let office = Office::open().await;
    let browser = office.browser();
    let pages = [
        "/",
        "/customers",
        "/customers/1",
        "/site",
        "/notice",
        "/staff",
        "/devices",
        "/floors",
    ];
    for path in pages {
        browser.get(path).await.leads_to("/sign-in");
    }
    for path in [
        "/customers",
        "/site",
        "/notice",
        "/staff",
        "/staff/pin-code",
        "/devices",
        "/devices/revoke",
        "/floors",
        "/choose",
    ] {
        browser
            .post(path, &[("id", "x")])
            .await
            .leads_to("/sign-in");
    }
}

#[tokio::test]
async fn s2_4_1_a_wrong_password_is_refused_and_a_session_ends_at_sign_out() {
    let (office, manager) = Office::with_manager().await;
    let browser = office.browser();
    let wrong = [("user", USER), ("password", "not the password")];
    let answer = browser.post("/sign-in", &wrong).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    answer.shows("That user name or password is not right");
    answer.hides("not the password");

    let right = [("user", USER), ("password", PASSWORD)];
    browser.post("/sign-in", &right).await.leads_to("/");
    browser.get("/sign-in").await.leads_to("/");
    let kept = browser.cookies.lock().expect("cookies").clone();
    browser.post("/sign-out", &[]).await.leads_to("/sign-in");
    *browser.cookies.lock().expect("cookies") = kept;
    browser.get("/").await.leads_to("/sign-in");
    assert_eq!(
        manager.get("/").await.status,
        StatusCode::OK,
        "the other session lives on"
    );
}

#[tokio::test]
async fn s2_4_1_a_form_from_another_page_is_not_taken() {
    let (_office, browser) = Office::with_manager().await;
    for origin in [None, Some("https://evil.example"), Some("null")] {
        let mut request = browser
            .request(Method::POST, "/site")
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(urlencoded(&SITE));
        if let Some(origin) = origin {
            request = request.header(ORIGIN, origin);
        }
        let answer = browser.keep(request.send().await.expect("an answer")).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN);
    }
    browser.get("/").await.shows("Getting started");
}

#[tokio::test]
async fn s2_4_1_pages_forbid_foreign_scripts_and_others_words_stay_words() {
    let (_office, browser) = Office::with_manager().await;
    browser
        .post("/site", &SITE)
        .await
        .leads_to("/site?done=saved");
    browser
        .post("/staff", &STAFF)
        .await
        .leads_to("/staff?done=saved");
    for path in ["/", "/site", "/staff", "/sign-in", "/customers", "/t/x"] {
        let answer = browser.get(path).await;
        answer.hides("<script>alert");
        answer.hides("陈静<b>");
        let policy = answer.header(CONTENT_SECURITY_POLICY);
        assert!(policy.starts_with("default-src 'none'"), "{path}: {policy}");
        assert!(!policy.contains("unsafe"), "{path}: {policy}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("x-robots-tag"), "noindex, nofollow", "{path}");
        assert_eq!(answer.header(CACHE_CONTROL), "no-store", "{path}");
        // `no-referrer` would make browsers send forms without their origin.
        assert_eq!(answer.header(REFERRER_POLICY), "same-origin", "{path}");
    }
    let page = browser.get("/site").await.page;
    let (_, rest) = page
        .split_once("rel=\"stylesheet\" href=\"")
        .expect("a style");
    let style = rest.split('"').next().expect("its address");
    let answer = browser.get(style).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(answer.header(CACHE_CONTROL).contains("immutable"));
    assert_eq!(answer.header(CONTENT_TYPE), "text/css; charset=utf-8");
}

#[tokio::test]
async fn k0_the_reader_chooses_the_language_and_a_foreign_way_back_is_ignored() {
    let office = Office::open().await;
    let mut browser = office.browser();
    browser.get("/sign-in").await.shows("<html lang=\"en\">");
    browser.language = "zh-TW";
    browser.get("/sign-in").await.shows("登入");
    let choice = [("language", "zh-CN"), ("back", "/sign-in")];
    browser
        .post("/language", &choice)
        .await
        .leads_to("/sign-in");
    browser.get("/sign-in").await.shows("登录");
    for back in ["https://evil.example", "//evil.example", "/\\evil.example"] {
        let choice = [("language", "en"), ("back", back)];
        browser.post("/language", &choice).await.leads_to("/");
    }
}

#[tokio::test]
async fn k8_a_guest_sees_the_ticket_in_its_own_language_and_an_unknown_one_is_a_polite_404() {
    let (office, browser) = Office::with_manager().await;
    browser
        .post("/site", &SITE)
        .await
        .leads_to("/site?done=saved");
    browser
        .post("/staff", &STAFF)
        .await
        .leads_to("/staff?done=saved");
    browser.post("/floors", &[]).await;
    let secret = token::ticket_token();
    let at = office.running.central.clock.now();
    let mut tx = office
        .running
        .central
        .db
        .write()
        .await
        .expect("a transaction");
    let visit = NewVisit {
        id: "0199aaaa-0000-7000-8000-000000000001".to_owned(),
        site: "cloud".to_owned(),
        floor: "cloud-1".to_owned(),
        device: "kiosk-1".to_owned(),
        day: "2026-11-23".to_owned(),
        ticket: "A001".to_owned(),
        line: "new".to_owned(),
        at,
        place_in_queue: 1.0,
        language: Language::En,
        first_visit: true,
        purpose: "view_homes".to_owned(),
        party_size: 2,
        drink: None,
        asked_for: None,
        consent_receipt: "R-1".to_owned(),
        token_hash: token::hash(&secret),
    };
    let id = visit.id.clone();
    visits::add(&mut *tx, visit).await.expect("added");
    tx.commit().await.expect("committed");

    // A guest's phone: no cookies, a Chinese browser, an English ticket.
    let mut phone = office.browser();
    phone.language = "zh-CN";
    let path = format!("/t/{secret}");
    let page = phone.get(&path).await;
    page.shows("<html lang=\"en\">");
    page.shows("A001");
    page.shows("Please take a seat");
    page.shows("Cloud Residence");
    page.shows("noindex");

    let mut tx = office
        .running
        .central
        .db
        .write()
        .await
        .expect("a transaction");
    let call = Move::Call {
        agent: "chen-jing",
        place: "3",
    };
    visits::shift(&mut *tx, "cloud-1", &id, call, at)
        .await
        .expect("moved");
    tx.commit().await.expect("committed");
    let page = phone.get(&path).await;
    page.shows("It is your turn");
    page.shows("<b>Table 3</b>");
    browser.get("/").await.shows("A001");

    let page = phone.get("/t/nobody-has-this-token").await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    page.shows("没有找到这个号码");
}

const GUEST: Guest = Guest {
    surname: "欧阳",
    given_name: "思雨",
    phone: Some("13912340077"),
};

#[tokio::test]
async fn s2_4_1_customers_are_found_and_shown_masked_and_the_term_never_enters_an_address() {
    let office = support::central::Office::open().await;
    let mut log = FloorLog::new(&office.notice_hash);
    let visit = log.arrive(GUEST, &office.recipient);
    log.serve(visit);
    assert_eq!(office.deliver(&log.batch()).await.status(), 200);

    let browser = Browser::at(office.running.address);
    let form = [
        ("user", support::central::USER),
        ("password", support::central::PASSWORD),
    ];
    browser.post("/sign-in", &form).await.leads_to("/");

    let mut found = Vec::new();
    for (by, term) in [
        ("phone", "139 1234 0077"),
        ("tail", "0077"),
        ("name", "欧阳思雨"),
    ] {
        let answer = browser
            .post("/customers", &[("by", by), ("term", term)])
            .await;
        assert_eq!(answer.status, StatusCode::OK, "{by}");
        answer.shows("欧阳**");
        answer.shows("139****0077");
        answer.hides("13912340077");
        let (_, rest) = answer
            .page
            .split_once("href=\"/customers/")
            .expect("a link");
        found.push(rest.split('"').next().expect("its end").to_owned());
        assert!(!answer.page.contains(&format!("?{term}")));
    }
    assert!(found.iter().all(|id| *id == found[0]));
    let answer = browser
        .post("/customers", &[("by", "tail"), ("term", "77")])
        .await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    answer.shows("the last four digits");
    let none = browser
        .post("/customers", &[("by", "tail"), ("term", "1111")])
        .await;
    none.shows("No customer found");

    let page = browser.get(&format!("/customers/{}", found[0])).await;
    page.shows("欧阳**");
    page.hides("思雨");
    page.hides("13912340077");
    page.shows("Timeline");
    page.shows("A001");
    page.shows("Agreed");
    let missing = browser
        .get("/customers/0199aaaa-0000-7000-8000-000000000009")
        .await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
    missing.shows("Not found");
    browser.get("/").await.shows("See customer");

    let mut tx = office
        .running
        .central
        .db
        .read()
        .await
        .expect("a transaction");
    let looks = audit::latest(&mut *tx, 20).await.expect("the looks");
    let kinds: Vec<&str> = looks.iter().map(|l| l.kind.as_str()).collect();
    for kind in [
        "search_phone",
        "search_tail",
        "search_name",
        "customer",
        "timeline",
    ] {
        assert!(kinds.contains(&kind), "{kind} in {kinds:?}");
    }
}
