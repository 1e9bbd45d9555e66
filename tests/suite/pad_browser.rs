//! The agents' pad in a real Chromium at phone size. Its pictures are left in the target folder's
//! `tmp/pad` for whoever wants to look.

use serde_json::json;
use yingbin::core::visit::VisitState;

use crate::support::chromium::{Chromium, Tab};
use crate::support::floor::{DESK, TestFloor};
use crate::support::line::{Cable, Line};
use crate::support::pad::{CODE, MANAGER, PIN};
use crate::support::site::{agreed, party};

const STEPS: [&str; 7] = [
    "welcome",
    "introduce",
    "ask_needs",
    "show_homes",
    "recommend",
    "negotiate",
    "thanks",
];

async fn sign_in(tab: &Tab, floor: &TestFloor, staff: &str, language: &str) {
    sign_in_at(tab, &floor.url, staff, language).await;
}

async fn sign_in_at(tab: &Tab, url: &str, staff: &str, language: &str) {
    tab.open(&format!("{url}/pad?lang={language}")).await;
    tab.tap(&format!("[data-staff='{staff}']")).await;
    tab.fill("input.pin", PIN).await;
    tab.tap("#sign-in button").await;
    tab.see("#tabs:not([hidden])").await;
}

fn recipient() -> String {
    age::x25519::Identity::generate().to_public().to_string()
}

async fn guest(floor: &TestFloor, key: &str) -> String {
    let mut body = party();
    body.consents = vec![agreed("reception")];
    body.address_form = Some("欧阳女士".into());
    floor.check_in(key, &body).await.visit_id.to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn k7_an_agents_day_on_the_phone_from_the_code_to_the_goodbye() {
    let floor = TestFloor::open_with_managers(&recipient()).await;
    floor.hand_down_codes(&["chen-jing"]).await;
    let chromium = Chromium::start();
    let tab = chromium.phone().await;
    tab.open(&format!("{}/pad?lang=zh-CN", floor.url)).await;
    tab.see("[data-staff='chen-jing']").await;
    tab.picture("1-names").await;

    // The first time: a one-time code becomes a PIN.
    tab.tap("[data-staff='chen-jing']").await;
    tab.see("input.pin").await;
    tab.tap("#first-time").await;
    tab.fill("[name=code]", &CODE.to_lowercase()).await;
    tab.fill("[name=pin]", "123456").await;
    tab.fill("[name=again]", "123456").await;
    tab.tap("#set-pin button").await;
    tab.shows("不要用连号").await;
    tab.picture("2-code").await;
    tab.eval("document.querySelectorAll('input.pin').forEach((i) => (i.value = ''))")
        .await;
    tab.fill("[name=pin]", PIN).await;
    tab.fill("[name=again]", PIN).await;
    tab.tap("#set-pin button").await;
    tab.see("#place").await;
    tab.shows("下一位新客户由您接待").await;
    tab.picture("3-place").await;
    floor
        .desk_until(|desk| desk.agents[0].turn == Some(1))
        .await;

    // An offer arrives live and says nothing of the guest.
    let visit = guest(&floor, "first").await;
    tab.see("#offer").await;
    tab.shows("A001").await;
    tab.picture("4-offer").await;
    let page = tab.eval("document.documentElement.outerHTML").await;
    let network = tab.network().await;
    assert!(network.contains("A001"), "the network is listened to");
    for secret in [
        "欧阳女士",
        "看房",
        "\"party_size\":",
        "\"drink\":",
        "zh-CN\",\"purpose",
    ] {
        assert!(!page.to_string().contains(secret), "{secret} on the page");
        assert!(!network.contains(secret), "{secret} on the line");
    }

    tab.tap("#accept").await;
    tab.see("#start").await;
    tab.shows("欧阳女士").await;
    tab.picture("5-called").await;
    tab.tap("#start").await;
    tab.see("[data-step=welcome]").await;
    for (at, step) in STEPS[..5].iter().enumerate() {
        tab.tap(&format!("[data-step={step}]")).await;
        tab.until(&format!(
            "document.getElementById('done').textContent.startsWith('{}')",
            at + 1
        ))
        .await;
    }
    // A slip is taken back.
    tab.tap("[data-undo=recommend]").await;
    tab.until("document.getElementById('done').textContent.startsWith('4')")
        .await;
    tab.picture("6-steps").await;

    tab.tap("#needs").await;
    tab.tap("[data-chip='rooms:3']").await;
    tab.tap("[data-chip='budget:300']").await;
    tab.fill("textarea", "欧阳女士的母亲同住").await;
    tab.picture("7-needs").await;
    tab.tap("#save-needs").await;
    tab.until("!document.querySelector('dialog')").await;
    tab.shows("需求已记").await;
    let stored = tab.eval("JSON.stringify(localStorage)").await;
    assert!(!stored.to_string().contains("欧阳"), "{stored}");

    tab.tap("#hand").await;
    tab.tap("[data-hand=manager]").await;
    let desk = floor.desk_until(|desk| !desk.hands.is_empty()).await;
    assert_eq!(desk.hands[0].ticket, "A001");

    tab.tap("#finish").await;
    tab.see("#confirm-finish").await;
    for step in &STEPS[4..] {
        tab.choose(&format!("[data-skip={step}]"), "guest_declined")
            .await;
    }
    tab.tap("[data-chip='finish_next:revisit']").await;
    tab.picture("8-finish").await;
    tab.tap("#confirm-finish").await;
    let desk = floor
        .desk_until(|desk| desk.visits.iter().all(|v| v.state == VisitState::Finished))
        .await;
    assert_eq!(desk.visits[0].id.to_string(), visit);
    assert!(desk.hands.is_empty(), "nobody is asked for any more");
    tab.see("#place").await;
    assert_eq!(tab.complaints(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn k7_taps_made_without_wifi_are_kept_and_sent_once_in_order() {
    let floor = TestFloor::open_with_managers(&recipient()).await;
    floor.set_pins(&["chen-jing"]).await;
    let chromium = Chromium::start();
    let tab = chromium.phone().await;
    sign_in(&tab, &floor, "chen-jing", "zh-CN").await;
    let visit = guest(&floor, "first").await;
    tab.tap("#accept").await;
    tab.tap("#start").await;
    tab.see("[data-step=welcome]").await;
    floor
        .desk_until(|desk| desk.visits[0].state == VisitState::Serving)
        .await;

    tab.offline(true).await;
    tab.see("#offline").await;
    tab.tap("[data-step=welcome]").await;
    tab.tap("[data-step=introduce]").await;
    tab.tap("[data-step=ask_needs]").await;
    // A slip not sent yet is forgotten without a word.
    tab.tap("[data-undo=ask_needs]").await;
    tab.until("document.getElementById('done').textContent.startsWith('2')")
        .await;
    tab.tap("#hand").await;
    tab.tap("[data-hand=drinks]").await;
    tab.shows("待发送 3").await;
    tab.picture("9-offline").await;
    let kept = tab.eval("JSON.stringify(localStorage)").await.to_string();
    for secret in ["欧阳", "A001", "看房"] {
        assert!(
            !kept.contains(secret),
            "{secret} is kept on the phone: {kept}"
        );
    }
    assert!(kept.contains(&visit));
    // Text that may name people is not kept.
    tab.tap("#needs").await;
    tab.fill("textarea", "只在联网时发送").await;
    tab.tap("#save-needs").await;
    tab.shows("现在没有网络").await;
    let kept = tab.eval("JSON.stringify(localStorage)").await.to_string();
    assert!(!kept.contains("只在联网时发送"));
    tab.tap("dialog .link").await;

    tab.offline(false).await;
    floor.desk_until(|desk| desk.hands.len() == 1).await;
    tab.until("!document.getElementById('kept') && !document.getElementById('offline')")
        .await;
    tab.until("document.getElementById('done').textContent.startsWith('2')")
        .await;
    // The floor goes away and comes back: what was tapped meanwhile is done once.
    let mut floor = floor;
    let address = floor.url.clone();
    floor.stop().await;
    tab.see("#offline").await;
    tab.tap("[data-step=show_homes]").await;
    tab.shows("待发送 1").await;
    floor.begin_at(&address);
    tab.until("!document.getElementById('kept') && !document.getElementById('offline')")
        .await;
    let desk = floor.desk().await;
    assert_eq!(desk.hands.len(), 1);

    floor.until_delivered().await;
    let told: Vec<String> = floor
        .centre
        .events()
        .iter()
        .filter(|e| e["body"]["kind"] == "reception")
        .map(|e| {
            let fact = &e["body"]["fact"];
            let what = fact["step"].as_str().or(fact["hand"].as_str());
            format!("{} {}", fact["is"].as_str().unwrap(), what.unwrap())
        })
        .collect();
    assert_eq!(
        told,
        [
            "step_done welcome",
            "step_done introduce",
            "hand_asked drinks",
            "step_done show_homes"
        ]
    );
    assert_eq!(tab.complaints(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn r9_an_accept_tapped_offline_after_the_timer_is_refused_honestly() {
    let floor = TestFloor::open_with_managers(&recipient()).await;
    floor.set_pins(&["chen-jing"]).await;
    let chromium = Chromium::start();
    let tab = chromium.phone().await;
    sign_in(&tab, &floor, "chen-jing", "en").await;
    guest(&floor, "first").await;
    tab.see("#accept").await;
    tab.picture("10-offer-en").await;
    tab.offline(true).await;
    tab.see("#offline").await;
    tab.tap("#accept").await;
    tab.shows("Accepted; sent once connected").await;
    floor.let_pass(61);
    floor
        .desk_until(|desk| desk.agents[0].status == "away")
        .await;
    tab.offline(false).await;
    tab.shows("the time to accept had run out").await;
    tab.shows("did not answer").await;
    tab.see("#ready").await;
    tab.picture("11-lapsed-en").await;
    let page = tab.eval("document.documentElement.outerHTML").await;
    assert!(!page.to_string().contains("欧阳女士"));

    // Why was it not mine? The book tells.
    tab.tap("#ready").await;
    tab.see("#place").await;
    tab.tap("[data-tab=book]").await;
    tab.tap("[data-why]").await;
    tab.see(".answer").await;
    tab.picture("12-book-en").await;
    assert_eq!(tab.complaints(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn k7_a_reload_without_wifi_keeps_the_page_and_the_taps_and_nothing_of_the_guest() {
    let floor = TestFloor::open_with_managers(&recipient()).await;
    floor.set_pins(&["chen-jing"]).await;
    let line = Line::to(&floor.url).await;
    let chromium = Chromium::start();
    let tab = chromium.phone().await;
    sign_in_at(&tab, &line.url(), "chen-jing", "zh-CN").await;
    guest(&floor, "first").await;
    tab.tap("#accept").await;
    tab.tap("#start").await;
    tab.see("[data-step=welcome]").await;
    // The shell is kept from the first visit on: this address is one that the browser trusts.
    let kept = tab
        .eval(
            "(async () => { await navigator.serviceWorker.ready;
                const wanted = location.pathname + location.search;
                while (!(await caches.match(wanted))) await new Promise((r) => setTimeout(r, 20));
                const all = [];
                for (const name of await caches.keys()) {
                    const cache = await caches.open(name);
                    for (const one of await cache.keys())
                        all.push(one.url.replace(location.origin, '') + ' ' + (await (await cache.match(one)).text()));
                }
                return all; })()",
        )
        .await;
    let kept: Vec<&str> = kept
        .as_array()
        .unwrap()
        .iter()
        .map(|e| e.as_str().unwrap())
        .collect();
    assert_eq!(kept.len(), 4, "two pages, a style, a script");
    for entry in kept {
        assert!(entry.starts_with("/pad"), "{entry}");
        for secret in ["欧阳", "A001", "陈静"] {
            assert!(!entry.contains(secret), "{secret} is kept: {entry}");
        }
    }

    // Nothing is under way any more.
    tab.until("!document.getElementById('kept')").await;
    line.set(Cable::Cut);
    tab.see("#offline").await;
    tab.tap("[data-step=welcome]").await;
    tab.tap("[data-step=introduce]").await;
    tab.shows("待发送 2").await;
    tab.reload().await;
    tab.shows("现在没有网络").await;
    tab.shows("待发送 2").await;
    tab.picture("16-reloaded-zh-CN").await;
    let page = tab
        .eval("document.documentElement.outerHTML")
        .await
        .to_string();
    for secret in ["欧阳女士", "A001"] {
        assert!(!page.contains(secret), "{secret} after a reload");
    }

    line.set(Cable::Whole);
    tab.until("!document.getElementById('kept') && !document.getElementById('offline')")
        .await;
    tab.until("document.getElementById('done').textContent.startsWith('2')")
        .await;
    floor.until_delivered().await;
    let events = floor.centre.events();
    let done = events
        .iter()
        .filter(|e| e["body"]["fact"]["is"] == "step_done");
    assert_eq!(done.count(), 2, "each once");
    assert_eq!(tab.complaints(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn k6_a_manager_sees_hands_asked_for_and_resets_a_pin_on_the_spot() {
    let floor = TestFloor::open_with_managers(&recipient()).await;
    floor.set_pins(&["chen-jing", MANAGER]).await;
    let agent = floor.pad("chen-jing").await;
    let visit = guest(&floor, "first").await;
    let offered_at = agent.view().await["offer"]["offered_at"].clone();
    agent
        .tap(json!({"do": "accept", "visit": visit, "offered_at": offered_at}))
        .await;
    agent.tap(json!({"do": "start", "visit": visit})).await;
    let chromium = Chromium::start();
    let tab = chromium.phone().await;
    sign_in(&tab, &floor, MANAGER, "zh-TW").await;
    tab.shows("現在沒有人請求協助").await;
    agent
        .tap(json!({"do": "ask_hand", "visit": visit, "hand": "contract"}))
        .await;
    tab.see("[data-given=contract]").await;
    // The site's time, wherever the phone believes to be.
    tab.shows("1號洽談桌 · A001 · 09:00").await;
    tab.picture("13-hands-zh-TW").await;
    tab.tap("[data-given=contract]").await;
    floor.desk_until(|desk| desk.hands.is_empty()).await;
    // Rule 9: an offer that lapsed is told to the manager, wherever the manager is.
    guest(&floor, "second").await;
    floor.let_pass(61);
    tab.see("#lapsed").await;
    tab.shows("A002 · 09:01").await;
    tab.picture("18-lapsed-zh-TW").await;
    tab.tap("[data-tab=me]").await;
    tab.tap("[data-reset='wu-bo']").await;
    tab.see("#pin-code").await;
    tab.picture("14-me-zh-TW").await;
    let code = tab
        .eval("document.getElementById('pin-code').textContent")
        .await;
    let (status, answer) = floor
        .post(
            "",
            "/api/v1/staff/pins",
            json!({"staff": "wu-bo", "code": code, "pin": PIN}),
        )
        .await;
    assert_eq!(status.as_u16(), 204, "{answer}");
    tab.tap("#sign-out").await;
    tab.see("[data-staff='wu-bo']").await;
    assert_eq!(tab.complaints(), Vec::<String>::new());
}
#[tokio::test(flavor = "multi_thread")]
async fn r9_a_phone_that_leaves_the_wifi_without_a_word_gets_its_turn_back() {
    let floor = TestFloor::open_with_managers(&recipient()).await;
    floor.set_pins(&["chen-jing"]).await;
    let line = Line::to(&floor.url).await;
    let chromium = Chromium::start();
    let tab = chromium.phone().await;
    sign_in_at(&tab, &line.url(), "chen-jing", "zh-CN").await;
    floor
        .desk_until(|desk| desk.agents[0].pad == Some(true))
        .await;
    // Every connection seems open to both ends, and nothing arrives.
    line.set(Cable::Hung);
    floor.let_pass(5);
    guest(&floor, "first").await;
    floor.let_pass(8);
    floor
        .desk_until(|desk| desk.agents[0].pad == Some(false))
        .await;
    floor.let_pass(52);
    floor
        .desk_until(|desk| desk.agents[0].status == "away")
        .await;
    // The page itself has noticed too.
    tab.see("#offline").await;
    line.set(Cable::Whole);
    tab.until("!document.getElementById('offline')").await;
    tab.see("#ready").await;
    floor
        .desk_until(|desk| desk.agents[0].pad == Some(true))
        .await;
    let book = floor.get(DESK, "/api/v1/turn-book").await.1;
    let mut lapse = book["lines"].as_array().unwrap().iter();
    let lapse = lapse.rfind(|l| l["code"] == "lapsed").unwrap();
    tab.picture("15-back-zh-CN").await;
    let page = tab
        .eval("document.querySelector('.figures').innerText")
        .await;
    assert!(page.as_str().unwrap().contains("1\n补接"), "{page} {lapse}");
    assert_eq!(tab.complaints(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn k7_a_suspension_and_the_rota_of_calls_are_said_on_the_phone() {
    let floor = TestFloor::open_with_managers(&recipient()).await;
    floor
        .set_pins(&["chen-jing", "wu-bo", "he-lian", MANAGER])
        .await;
    let mut call = party();
    call.purpose = "phone_call".into();
    call.drink = None;
    let (status, answer) = floor.try_check_in(DESK, "call", &call).await;
    assert!(status.is_success(), "{answer}");
    let manager = floor.token_of(MANAGER).await;
    let order = async |order: serde_json::Value| {
        let body = json!({"order": order, "reason": "考勤"});
        let (status, answer) = floor.post(&manager, "/api/v1/manager/orders", body).await;
        assert!(status.is_success(), "{answer}");
    };
    let until = floor.clock.borrow().plus_minutes(120);
    order(json!({"order": "suspend", "agent": "wu-bo", "until": until})).await;
    order(json!({"order": "penalise", "agent": "he-lian", "turns": 2, "rota": "phone"})).await;

    let chromium = Chromium::start();
    let tab = chromium.phone().await;
    sign_in(&tab, &floor, "wu-bo", "zh-CN").await;
    tab.shows("暂停轮排至").await;
    tab.see("#phone").await;
    tab.picture("15-suspended-zh-CN").await;
    order(json!({"order": "end_suspension", "agent": "wu-bo"})).await;
    tab.until("!document.body.textContent.includes('暂停轮排至')")
        .await;

    let other = chromium.phone().await;
    sign_in(&other, &floor, "he-lian", "en").await;
    other.see("#phone").await;
    other.picture("16-calls-en").await;
    // Whoever has the call is at the telephone, and their own page says so.
    let agent = answer["assignment"]["agent"].as_str().unwrap();
    let third = chromium.phone().await;
    sign_in(&third, &floor, agent, "zh-TW").await;
    third.picture("17-call-offered-zh-TW").await;
    assert_eq!(tab.complaints(), [""; 0]);
}
