//! Every page rendered with made-up people. With `YINGBIN_TEST_PAGES=DIR` the pages are left there
//! to be looked at.

use std::fs;
use std::path::Path;

use askama::Template;

use super::bookings::{AppointmentRow, BookingsPage, Entered, RegistrationRow, consultants};
use super::clock::Clock;
use super::customers::{
    ClaimRow, ConsentRow, CustomerPage, CustomerRow, CustomersPage, Entry, Found, Owned, VisitRow,
    ways,
};
use super::devices::{DeviceRow, DevicesPage, Secret, roles};
use super::entrance::{MessagePage, SetupPage, SignInPage};
use super::floors::{FloorRow, FloorsPage, QuarantineRow};
use super::frame::{Choice, Frame};
use super::notice::NoticePage;
use super::site::{SitePage, beginning};
use super::staff::StaffPage;
use super::ticket::TicketPage;
use super::today::{AgentRow, CustomerLink, FloorToday, Lane, Step, Tile, TodayPage, VisitCard};
use super::words::Words;
use crate::central::visits::Ticket;
use crate::core::id::AgentId;
use crate::core::language::{Language, Text};
use crate::core::site::{ConsentPurpose, Notice, StaffMember, StaffRole};
use crate::core::visit::VisitState;
use crate::core::words::known;
use crate::protocol::central::{CustomerList, CustomerView, NoticeDraft};

const BAD: &str = "<script>alert(1)</script>\"'&";

fn frame(language: Language, here: &str) -> Frame {
    Frame {
        t: Words::console(language),
        here: here.to_owned(),
        user: Some("manager".to_owned()),
        sites: vec![Choice {
            value: "cloud-residence".to_owned(),
            label: "云栖府".to_owned(),
            chosen: true,
        }],
        done: None,
        trouble: None,
    }
}

fn staff() -> Vec<StaffMember> {
    ["陈静", "李强", "王芳", "赵敏"]
        .iter()
        .enumerate()
        .map(|(i, name)| StaffMember {
            newcomer: false,
            id: AgentId(format!("agent-{}", i + 1)),
            name: (*name).to_owned(),
            title: Text::zh_en("置业顾问", "Consultant"),
            place: (i + 1).to_string(),
            role: StaffRole::default(),
        })
        .collect()
}

fn card(ticket: &str, title: &str, more: &str, time: &str) -> VisitCard {
    VisitCard {
        ticket: ticket.to_owned(),
        title: title.to_owned(),
        more: more.to_owned(),
        time: time.to_owned(),
        long: time.starts_with("26"),
        customer: None,
    }
}

fn today(language: Language, name: &str) -> TodayPage {
    let frame = frame(language, "/");
    let t = frame.t;
    let lane = |code: &'static str, visits| Lane {
        code,
        title: t.w(&format!("lane_{code}")),
        empty: t.w(&format!("lane_{code}_empty")),
        count: 1,
        visits,
    };
    let tile = |name: &str, value: &str, gold| Tile {
        label: t.w(&format!("tile_{name}")),
        value: value.to_owned(),
        gold,
    };
    let (new, returning) = (t.code("line", "new"), t.code("line", "returning"));
    let minutes = |n: u32| t.n("minutes", n);
    TodayPage {
        steps: Vec::new(),
        floor: Some(FloorToday {
            day: "2026-11-23".to_owned(),
            at: "14:05".to_owned(),
            warnings: vec![t.n("floor_quiet", "floor-1")],
            news: vec![format!("floor-1 · {}", t.w("just_now"))],
            tiles: vec![
                tile("guests", "38", true),
                tile("waiting", "3", false),
                tile("longest", &minutes(26), false),
                tile("serving", "4", false),
                tile("finished", "29", false),
            ],
            lanes: vec![
                lane(
                    "waiting",
                    vec![
                        card("A036", &new, &t.n("party", 2), &minutes(26)),
                        card("B007", &returning, &t.n("party", 1), &minutes(4)),
                    ],
                ),
                lane(
                    "called",
                    vec![VisitCard {
                        customer: Some(CustomerLink {
                            id: "c1".to_owned(),
                            name: name.to_owned(),
                        }),
                        ..card(
                            "A035",
                            "陈静",
                            &format!("{} · {}", t.code("state", "called"), t.n("place_at", 3)),
                            &minutes(1),
                        )
                    }],
                ),
                lane(
                    "serving",
                    vec![card("A031", "李强", &t.n("place_at", 1), &minutes(35))],
                ),
                lane("over", Vec::new()),
            ],
            agents: ["free", "offered", "serving", "called"]
                .iter()
                .zip(staff())
                .map(|(code, s)| AgentRow {
                    name: s.name,
                    title: t.text(&s.title).to_owned(),
                    code: (*code).to_owned(),
                    now: t.code("agent", code),
                    received: 7,
                    served: 6,
                })
                .collect(),
        }),
        frame,
    }
}

fn steps(language: Language) -> TodayPage {
    let frame = frame(language, "/");
    let t = frame.t;
    let step = |name: &str, href, done| Step {
        href,
        title: t.w(&format!("step_{name}")),
        text: t.w(&format!("step_{name}_more")),
        done,
    };
    TodayPage {
        steps: vec![
            step("site", "/site", true),
            step("notice", "/notice", false),
            step("staff", "/staff", false),
            step("floor", "/floors", false),
            step("devices", "/devices", false),
        ],
        floor: None,
        frame,
    }
}

fn view(name: &str) -> CustomerView {
    CustomerView {
        id: "0190a3c2-0000-7000-8000-000000000001".to_owned(),
        name: name.to_owned(),
        phone: Some("138****5678".to_owned()),
        visits: 3,
        first_visit_at: Some("2026-10-02T03:11:00Z".to_owned()),
        last_visit_at: Some("2026-11-23T05:40:00Z".to_owned()),
    }
}

fn customers(language: Language, name: &str, term: &str) -> CustomersPage {
    let frame = frame(language, "/customers");
    let clock = Clock::new("Asia/Shanghai");
    CustomersPage {
        ways: ways(&frame.t, "tail"),
        by: "tail".to_owned(),
        term: term.to_owned(),
        found: Some(Found::new(
            &frame.t,
            &clock,
            &CustomerList {
                customers: vec![view(name), view("王**")],
                page: 2,
                more: true,
            },
        )),
        claims: vec![ClaimRow {
            id: "c2".to_owned(),
            name: name.to_owned(),
            agent: "王芳".to_owned(),
            until: "2026-11-25 14:05".to_owned(),
        }],
        frame,
    }
}

fn customer(language: Language, name: &str) -> CustomerPage {
    let frame = frame(language, "/customers/x");
    let t = frame.t;
    let clock = Clock::new("Asia/Shanghai");
    let entry = |at: &str, kind: &str, text: &str| Entry {
        at: at.to_owned(),
        kind: kind.to_owned(),
        ticket: "A035".to_owned(),
        text: text.to_owned(),
    };
    CustomerPage {
        initial: name.chars().next().unwrap_or('·').to_string(),
        customer: CustomerRow::new(&t, &clock, &view(name)),
        owned: Owned {
            agent: "陈静".to_owned(),
            contact: "2026-11-23 13:52".to_owned(),
            protected: "2026-12-08 13:52".to_owned(),
            under_protection: true,
            claim: "2026-11-25 13:52".to_owned(),
            bought: true,
            consultants: consultants(&staff(), Some(&AgentId::from("agent-1"))),
        },
        visits: vec![VisitRow {
            ticket: "A035".to_owned(),
            at: "2026-11-23 13:40".to_owned(),
            purpose: "看房".to_owned(),
            agent: "陈静".to_owned(),
            state: t.code("state", "serving"),
        }],
        timeline: vec![
            entry("2026-11-23 13:52", "started", "陈静"),
            entry("2026-11-23 13:49", "called", "陈静"),
            entry("2026-11-23 13:40", "checked_in", name),
        ],
        consents: vec![
            ConsentRow {
                purpose: "接待".to_owned(),
                given: true,
                at: "2026-11-23 13:40".to_owned(),
                place: "云栖府 · kiosk-1 · zh-CN".to_owned(),
                notice: t.n("consent_notice", "2026-11"),
                receipt: t.n("consent_receipt", "R-7K2M-44"),
            },
            ConsentRow {
                purpose: "电话回访".to_owned(),
                given: false,
                at: "2026-11-23 13:40".to_owned(),
                place: "云栖府 · kiosk-1 · zh-CN".to_owned(),
                notice: t.n("consent_notice", "2026-11"),
                receipt: t.n("consent_receipt", "R-7K2M-44"),
            },
        ],
        frame,
    }
}

fn notice(version: &str) -> Notice {
    Notice {
        version: version.to_owned(),
        hash: "9f".repeat(32),
        text: Text::zh_en(
            "个人信息处理告知\n- 谁: 云栖府售房部\n- 目的: 接待您的来访\n- 种类: 称呼、电话（可不填）\n- 保存: 两年\n- 之后: 删除\n- 权利: 随时查阅、更正、撤回、删除",
            "How we handle personal data\n- Who: Cloud Residence sales office\n- Purpose: receiving you today\n- Kinds: form of address, phone (optional)\n- Kept: two years\n- Then: deleted\n- Rights: see, correct, withdraw, delete at any time",
        ),
        purposes: vec![
            ConsentPurpose {
                id: "reception".to_owned(),
                text: Text::zh_en(
                    "为接待留下称呼和电话",
                    "Keep name and phone for this reception",
                ),
            },
            ConsentPurpose {
                id: "follow_up_call".to_owned(),
                text: Text::zh_en("之后可以电话联系我", "You may phone me afterwards"),
            },
        ],
    }
}

fn notice_page(language: Language, preview: bool) -> NoticePage {
    let now = notice("2026-11");
    let draft = NoticeDraft {
        version: "2026-12".to_owned(),
        text: now.text.clone(),
        purposes: now.purposes.clone(),
    };
    NoticePage::new(frame(language, "/notice"), Some(&now), &draft, preview)
}

fn devices(language: Language, id: &str) -> DevicesPage {
    let frame = frame(language, "/devices");
    let t = frame.t;
    let device = |id: &str, role: &str, tone, standing: String| DeviceRow {
        id: id.to_owned(),
        role: t.code("role", role),
        series: "K1".to_owned(),
        enrolled: "2026-11-20 09:12".to_owned(),
        tone,
        standing,
        revoked: tone == "off",
    };
    DevicesPage {
        secret: Some(Secret {
            title: t.n("device_code", id),
            hint: t.n("device_code_hint", 30),
            token: "7K3MD-01ZXW".to_owned(),
        }),
        devices: vec![
            device("kiosk-1", "kiosk", "good", t.w("valid")),
            device("display-1", "display", "warn", t.n("code_waits", "10:30")),
            device(id, "desk", "off", t.n("revoked", "2026-11-21 10:00")),
        ],
        roles: roles(&t, "kiosk"),
        entered: String::new(),
        frame,
    }
}

fn bookings(language: Language, broker: &str) -> BookingsPage {
    let frame = frame(language, "/bookings");
    let t = frame.t;
    let appointment = |at: &str, agent: &str, by: String| AppointmentRow {
        id: at.to_owned(),
        at: at.to_owned(),
        agent: agent.to_owned(),
        by,
    };
    let registration = |id: &str, broker: &str, valid| RegistrationRow {
        id: id.to_owned(),
        broker: broker.to_owned(),
        agent: "赵敏".to_owned(),
        registered: "2026-11-20 09:00".to_owned(),
        expires: "2026-11-27 09:00".to_owned(),
        valid,
    };
    BookingsPage {
        appointments: vec![
            appointment("2026-11-23 15:00", "陈静", t.w("booked_office")),
            appointment("2026-11-23 16:30", "李强", t.n("booked_desk", "floor-1")),
        ],
        registrations: vec![
            registration("BJ-2291", broker, true),
            registration("BJ-2230", "安居经纪", false),
        ],
        consultants: consultants(&staff(), None),
        now: "2026-11-23T14:05".to_owned(),
        entered: Entered::default(),
        frame,
    }
}

fn floors(language: Language, cause: &str) -> FloorsPage {
    let frame = frame(language, "/floors");
    let t = frame.t;
    FloorsPage {
        secret: None,
        floors: vec![FloorRow {
            id: "floor-1".to_owned(),
            tone: "good",
            standing: t.w("floor_known"),
            heard: t.n("ago", t.n("minutes", 1)),
            accepted: "1284".to_owned(),
            trouble: Some(t.w("trouble_forked")),
            quarantined: vec![QuarantineRow {
                seq: 977,
                at: "2026-11-22 16:20".to_owned(),
                cause: cause.to_owned(),
            }],
        }],
        frame,
    }
}

fn ticket(language: Language, state: VisitState) -> TicketPage {
    TicketPage::new(
        Words::ticket_page(language),
        &Ticket {
            site_name: Text::zh_en("云栖府", "Cloud Residence"),
            number: "A035".to_owned(),
            state,
            ahead: Some(2),
            agent: Some(AgentId::from("chen-jing")),
            agent_name: Some("陈静".to_owned()),
            place: Some("3".to_owned()),
            language,
        },
    )
}

/// Every page by name, with `hostile` wherever somebody else's words are shown.
fn pages(language: Language, hostile: &str) -> Vec<(&'static str, String)> {
    let named = |name: &'static str, page: Result<String, askama::Error>| {
        (name, page.expect("the page renders"))
    };
    let outside = || Frame {
        user: None,
        sites: Vec::new(),
        trouble: Some(Words::console(language).w("sign_in_wrong")),
        ..frame(language, "/sign-in")
    };
    let mut first = beginning(&Words::console(language));
    first.name = Text::zh_en(hostile, "Cloud Residence");
    let mut people = staff();
    people[0].name = hostile.to_owned();
    let t = Words::console(language);
    vec![
        named(
            "sign-in",
            SignInPage {
                frame: outside(),
                entered: hostile.to_owned(),
            }
            .render(),
        ),
        named(
            "setup",
            SetupPage {
                frame: outside(),
                entered: hostile.to_owned(),
            }
            .render(),
        ),
        named(
            "message",
            MessagePage {
                frame: outside(),
                title: t.w("not_found"),
                text: t.w("not_found_more"),
                onward: "/",
            }
            .render(),
        ),
        named("steps", steps(language).render()),
        named("today", today(language, hostile).render()),
        named("customers", customers(language, hostile, hostile).render()),
        named("customer", customer(language, hostile).render()),
        named(
            "site",
            SitePage::new(frame(language, "/site"), "cloud-residence", false, &first).render(),
        ),
        named(
            "site-new",
            SitePage::new(frame(language, "/site"), "", true, &beginning(&t)).render(),
        ),
        named("notice", notice_page(language, false).render()),
        named("notice-preview", notice_page(language, true).render()),
        named(
            "staff",
            StaffPage::new(frame(language, "/staff"), &people).render(),
        ),
        named("bookings", bookings(language, hostile).render()),
        named("devices", devices(language, hostile).render()),
        named("floors", floors(language, hostile).render()),
        named(
            "ticket-waiting",
            ticket(language, VisitState::Waiting).render(),
        ),
        named(
            "ticket-called",
            ticket(language, VisitState::Called).render(),
        ),
        named(
            "ticket-finished",
            ticket(language, VisitState::Finished).render(),
        ),
        named(
            "ticket-unknown",
            TicketPage::unknown(Words::ticket_page(language)).render(),
        ),
    ]
}

#[test]
fn every_page_renders_in_every_language_with_its_words() {
    let leave = std::env::var_os("YINGBIN_TEST_PAGES");
    for language in Language::ALL {
        for (name, page) in pages(language, "李**") {
            assert!(page.contains(&format!("<html lang=\"{}\">", language.tag())));
            assert!(page.trim_end().ends_with("</html>"), "{name} ends");
            if let Some(dir) = &leave {
                let file = Path::new(dir).join(format!("{name}.{}.html", language.tag()));
                fs::write(file, page).expect("the page is left to be looked at");
            }
        }
    }
}

#[test]
fn s2_4_1_words_of_others_are_shown_as_text_never_as_markup() {
    for (name, page) in pages(Language::En, BAD) {
        assert!(!page.contains("<script>alert"), "{name}");
        assert!(!page.contains("alert(1)</script>\"'"), "{name}");
    }
}

#[test]
fn the_pages_need_nothing_the_content_security_policy_forbids() {
    for (name, page) in pages(Language::ZhCn, "李**") {
        assert!(!page.contains(" style="), "{name} has an inline style");
        assert!(!page.contains(" onclick="), "{name} has an inline handler");
        for at in page.match_indices("<script") {
            let tag = &page[at.0..at.0 + page[at.0..].find('>').expect("a whole tag")];
            assert!(tag.contains(" src=\"/assets/"), "{name}: {tag}");
        }
    }
}

/// The name in each `t.w("name")` and `t.n("name", …)` of the templates.
#[test]
fn every_word_the_pages_ask_for_exists() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("ui/console");
    let mut missing = Vec::new();
    for entry in fs::read_dir(dir).expect("the templates") {
        let path = entry.expect("an entry").path();
        if path.extension().is_none_or(|e| e != "html") {
            continue;
        }
        let section = match path.file_name().and_then(|n| n.to_str()) {
            Some("ticket.html") => "ticket_page",
            _ => "console",
        };
        let source = fs::read_to_string(&path).expect("a template");
        for call in ["t.w(\"", "t.n(\""] {
            for (at, _) in source.match_indices(call) {
                let name = source[at + call.len()..].split('"').next().unwrap_or("");
                if !known(&format!("{section}.{name}")) {
                    missing.push(format!("{}: {name}", path.display()));
                }
            }
        }
    }
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn p6_the_ticket_page_holds_nothing_personal_and_is_not_indexed() {
    for (name, page) in pages(Language::ZhCn, "李**") {
        if name.starts_with("ticket") {
            assert!(page.contains("noindex"));
            assert!(!page.contains("李**") && !page.contains("138"), "{name}");
        }
    }
}
