//! What the book says, line by line: true of the state before it, with who decided it and in words
//! a fair clerk would write.

use super::world::{World, agent, site};
use crate::core::booking::Appointment;
use crate::core::clock;
use crate::core::floor::{Attendance, Command, ManagersOrder, Refusal, Step};
use crate::core::house_rules::{Courtesy, HouseRules, RotaOrder, YesNo};
use crate::core::id::AgentId;
use crate::core::language::Language;
use crate::core::rota::{AwayReason, RotaKind};
use crate::core::site::{Site, StaffRole};
use crate::core::time::{Millis, zone};
use crate::core::turn_book::words::{Reader, signed, staff};
use crate::core::turn_book::{Reason, Rule};
use crate::core::visit::{KnownOwner, OwnerSource};

fn with(change: impl FnOnce(&mut HouseRules)) -> HouseRules {
    let mut rules = HouseRules::default();
    change(&mut rules);
    rules
}

/// The lines from `from` on, as they are read.
fn read(w: &World, from: usize, language: Language) -> Vec<String> {
    let zone = zone("Asia/Shanghai").unwrap();
    let name = |id: &AgentId| id.0.clone();
    let lines = w.state.book[from..].iter().map(|line| {
        let time = |at: Millis| clock::moment(language, at, line.at, &zone);
        let reader = Reader {
            language,
            name: &name,
            time: &time,
        };
        let who = line.by.as_deref();
        let who = who.and_then(|by| staff(&w.state.site, by, language));
        signed(line, who.as_deref(), &reader)
    });
    lines.collect()
}

fn chinese(w: &World, from: usize) -> Vec<String> {
    read(w, from, Language::ZhCn)
}

fn with_a_manager() -> Site {
    let mut site = site(3);
    let mut manager = site.staff[0].clone();
    manager.id = AgentId::new("zhou-min");
    manager.name = "周敏".into();
    manager.role = StaffRole::Manager;
    site.staff.push(manager);
    site
}

fn by_manager(w: &mut World, order: ManagersOrder, why: &str) -> Result<(), Refusal> {
    let why = why.to_owned();
    let command = Command::Manager { order, why };
    let decision = w.state.decide_by(Some("zhou-min"), command, w.now);
    w.log.extend(decision.events);
    decision.result
}

#[test]
fn r15_the_manager_stands_in_the_book_by_name_and_what_follows_by_itself_does_not() {
    let mut w = World::on_duty(3);
    w.must(Command::SetSite {
        site: Box::new(with_a_manager()),
    });
    let from = w.state.book.len();
    let fine = ManagersOrder::Penalise {
        agent: agent(0),
        turns: 2,
        rota: RotaKind::WalkIn,
    };
    by_manager(&mut w, fine, "迟到").unwrap();
    let until = w.now.plus_minutes(24 * 60);
    let suspend = ManagersOrder::Suspend {
        agent: agent(1),
        until,
    };
    by_manager(&mut w, suspend, "违反规定").unwrap();
    by_manager(
        &mut w,
        ManagersOrder::EndSuspension { agent: agent(1) },
        "已谈话",
    )
    .unwrap();
    let lines = chinese(&w, from);
    assert_eq!(lines[0], "经理周敏：扣an 2 轮：迟到");
    assert_eq!(lines[1], "经理周敏：bo暂停轮排至 11月16日06:13：违反规定");
    assert_eq!(lines[2], "经理周敏：提前恢复bo轮排：已谈话");
    let english = read(&w, from, Language::En);
    assert_eq!(english[0], "周敏 (manager): an is to lose 2 turn(s): 迟到");
    assert!(english[1].contains("until Nov 16, 06:13"), "{}", english[1]);
    // A visitor arrives at the kiosk: the rota decides, nobody's name stands before it.
    let from = w.state.book.len();
    let (_, command) = w.check_in_command(None);
    w.state.decide_by(Some("kiosk-1"), command, w.now);
    assert_eq!(w.state.book[from].by.as_deref(), Some("kiosk-1"));
    assert!(w.state.book[from + 1..].iter().all(|l| l.by.is_none()));
}

#[test]
fn r15_a_suspension_that_ran_out_reads_otherwise_than_one_lifted() {
    let mut w = World::on_duty(2);
    let until = w.now.plus_minutes(10);
    w.manager(ManagersOrder::Suspend {
        agent: agent(0),
        until,
    });
    let from = w.state.book.len();
    w.pass_seconds(600);
    assert_eq!(chinese(&w, from)[0], "an暂停期满，恢复轮排");
}

#[test]
fn r15_the_order_is_refused_where_it_would_change_nothing_and_named_where_it_does() {
    let set = || ManagersOrder::SetOrder {
        agents: vec![agent(1), agent(0)],
    };
    let mut w = World::on_duty(2);
    let refused = by_manager(&mut w, set(), "轮换");
    assert_eq!(refused, Err(Refusal::OrderNotByList));
    let mut w = World::on_duty_with(2, with(|r| r.rota_order = RotaOrder::ManagersList));
    let from = w.state.book.len();
    by_manager(&mut w, set(), "轮换").unwrap();
    assert_eq!(chinese(&w, from), ["重排轮排顺序为：bo、an（轮换）"]);
}

#[test]
fn r15_a_change_of_rules_names_its_author() {
    let mut w = World::on_duty(1);
    let rules = || Box::new(with(|r| r.accept_seconds = 45));
    let from = w.state.book.len();
    w.must(Command::OfficeRules {
        rules: rules(),
        author: "wang.lei".into(),
    });
    assert_eq!(
        chinese(&w, from),
        ["总部（wang.lei）修改了轮排规则，下一次分配起生效：接单时限（秒）：60 → 45"]
    );
    w.must(Command::OfficeRules {
        rules: rules(),
        author: "li.na".into(),
    });
    assert_eq!(w.state.book.len(), from + 1, "nothing changed");
}

#[test]
fn r13_who_joins_late_reads_the_place_counted_from_the_cursor() {
    let mut w = World::on_duty(3);
    for _ in 0..2 {
        w.arrive();
    }
    let mut site = site(4);
    site.staff[3].name = "deng".into();
    w.must(Command::SetSite {
        site: Box::new(site),
    });
    let from = w.state.book.len();
    w.ready(3);
    let position = w.state.turn_of(&agent(3));
    assert_eq!(position, Some(4), "last in turn");
    let line = &w.state.book[from];
    assert_eq!(line.reason, Reason::SignedIn { position: 4 });
}

#[test]
fn r11_a_late_guest_reads_the_place_in_the_line() {
    let mut w = World::with_rules(1, HouseRules::default());
    let back = w.arrive();
    w.step(back, Step::Park);
    w.arrive();
    let from = w.state.book.len();
    w.step(back, Step::Resume);
    let Reason::Resumed { position } = w.state.book[from].reason else {
        panic!()
    };
    let line = w.state.line_up();
    assert_eq!(
        line.iter().position(|v| *v == back),
        Some(position as usize - 1)
    );
}

#[test]
fn r9_a_lapse_says_what_became_of_the_turn() {
    let mut w = World::on_duty_with(2, with(|r| r.named_uses_turn = YesNo::No));
    let from = w.state.book.len();
    w.arrive_asking(0);
    w.pass_seconds(60);
    let said = chinese(&w, from).join("\n");
    assert!(
        said.contains("不占轮次，转下一位") && !said.contains("作废"),
        "{said}"
    );

    let mut w = World::on_duty(2);
    for connected in [true, false] {
        let agent = agent(0);
        w.must(Command::Pad {
            agent,
            connected,
            since: None,
        });
    }
    let from = w.state.book.len();
    w.arrive();
    w.pass_seconds(60);
    let said = chinese(&w, from).join("\n");
    assert!(said.contains("因其接待手机未联网，本轮不作废"), "{said}");
    assert!(
        said.contains("本轮退还an") && said.contains("：接待手机未联网"),
        "{said}"
    );
    assert!(said.contains("an因未应答转为离岗"), "{said}");
}

#[test]
fn r5_under_fewest_received_a_turn_asked_for_counts_and_is_not_ahead() {
    let mut w = World::on_duty_with(2, with(|r| r.rota_order = RotaOrder::FewestReceived));
    let from = w.state.book.len();
    w.arrive_asking(0);
    let said = chinese(&w, from).join("\n");
    assert!(said.contains("客户指名an，计一轮"), "{said}");
    let mut w = World::on_duty(2);
    let from = w.state.book.len();
    w.arrive_asking(0);
    assert!(
        chinese(&w, from)
            .join("\n")
            .contains("客户指名an，记为预支一轮")
    );
}

/// The first agent belongs with the guest and is away.
fn courtesy(rules: HouseRules) -> (World, usize) {
    let mut w = World::on_duty_with(3, rules);
    w.set(0, Attendance::Away(AwayReason::Private));
    let from = w.state.book.len();
    w.arrive_asking(0);
    (w, from)
}

#[test]
fn r7_a_courtesy_above_the_cap_says_that_nothing_is_owed() {
    let (w, from) = courtesy(with(|r| r.owed_cap = 0));
    let withheld = w.book_codes(from).contains(&"debt_withheld".to_owned());
    assert!(withheld, "{:?}", chinese(&w, from));
    assert!(chinese(&w, from).contains(&"bo未得补接：补接已满".to_owned()));
    // A house that grants nothing has nothing to withhold.
    let (w, from) = courtesy(with(|r| {
        r.owed_cap = 0;
        r.courtesy = Courtesy::Nothing;
    }));
    let withheld = chinese(&w, from).iter().any(|l| l.starts_with("bo未得"));
    assert!(!withheld);
}

#[test]
fn r4_a_courtesy_says_how_the_guest_is_tied_and_a_forfeited_one_is_a_loss() {
    let (mut w, from) = courtesy(HouseRules::default());
    let said = chinese(&w, from);
    assert!(
        said[1].starts_with("客户指名an，因其不在岗，由bo义务接待；成交仍归an"),
        "{said:?}"
    );
    let english = read(&w, from, Language::En);
    let start =
        "The guest asked for an, who is away; bo serves as a courtesy. Any deal stays with an";
    assert!(english[1].starts_with(start), "{english:?}");
    let visit = super::world::visit_id(1);
    let from = w.state.book.len();
    w.step(
        visit,
        Step::Refuse {
            why: None,
            of: None,
        },
    );
    let said = chinese(&w, from);
    assert!(said[0].ends_with("未说明原因；本轮不退还"), "{said:?}");
    assert!(said[1].starts_with("义务接待未成，bo"), "{said:?}");
}

#[test]
fn r10_a_refusal_says_whether_the_turn_goes_back() {
    let mut w = World::on_duty_with(2, with(|r| r.refused_agent_regains_turn = YesNo::Yes));
    let visit = w.arrive();
    let from = w.state.book.len();
    w.step(
        visit,
        Step::Refuse {
            why: None,
            of: None,
        },
    );
    let said = chinese(&w, from);
    assert_eq!(
        said[0],
        "客户请求换一位顾问（原为an）：未说明原因；本轮退还"
    );
    assert!(said[1].ends_with("客户请求换一位顾问"), "{said:?}");
    // Once the service has begun the turn is used.
    w.begin(visit);
    let from = w.state.book.len();
    w.step(
        visit,
        Step::Refuse {
            why: None,
            of: None,
        },
    );
    assert!(chinese(&w, from)[0].ends_with("本轮不退还"));
}

#[test]
fn r3_only_an_appointment_of_today_is_the_partys() {
    let mut w = World::on_duty(2);
    let tomorrow = |n: usize, days: i64| Appointment {
        id: format!("apt-{days}"),
        agent: agent(n),
        time: w.now.plus_minutes(days * 24 * 60 + 30),
    };
    let later = tomorrow(1, 1);
    let today = tomorrow(0, 0);
    let appointments = vec![today, later];
    w.must(Command::SetAppointments { appointments });
    let appointed = |asked: usize| {
        move |c: &mut crate::core::visit::CheckIn| {
            c.purpose = "appointment".into();
            c.asked_for = Some(agent(asked));
        }
    };
    let from = w.state.book.len();
    let visit = w.arrive_with(appointed(1));
    assert_eq!(
        w.rule(visit),
        Some(Rule::AskedFor),
        "tomorrow's is not today's"
    );
    assert_eq!(w.book_codes(from)[1], "no_such_appointment");
    let from = w.state.book.len();
    let visit = w.arrive_with(appointed(0));
    assert_eq!(w.rule(visit), Some(Rule::Appointment));
    assert!(
        !w.book_codes(from)
            .contains(&"no_such_appointment".to_owned())
    );
}

#[test]
fn r4_a_wait_and_a_correction_stand_under_their_own_rule() {
    let mut w = World::on_duty(2);
    let first = w.arrive();
    w.begin(first);
    let from = w.state.book.len();
    let owner = KnownOwner {
        agent: agent(0),
        bought: false,
    };
    let visit = w.arrive_with(|c| {
        c.first_visit = false;
        c.owner = Some(owner);
    });
    let waits = &w.state.book[from + 1];
    assert_eq!(waits.rule, Rule::Owner);
    assert_eq!(
        chinese(&w, from)[1],
        "客户归an接待，因其正在接待，最多等候 10 分钟"
    );
    let from = w.state.book.len();
    let owner = KnownOwner {
        agent: agent(1),
        bought: false,
    };
    w.must(Command::LearnOwner { visit, owner });
    assert_eq!(chinese(&w, from), ["总部告知：此客户原归bo（已告知前台）"]);
    assert!(matches!(
        w.state.book[from].reason,
        Reason::BelongsTo {
            source: OwnerSource::Centre,
            learned: true,
            ..
        }
    ));
}

#[test]
fn r14_the_new_day_says_how_each_party_ended_and_why_its_turn_comes_back() {
    let mut w = World::on_duty(2);
    let served = w.arrive();
    w.begin(served);
    w.arrive();
    let parked = w.arrive();
    w.step(parked, Step::Park);
    let from = w.state.book.len();
    w.must(Command::OpenDay {
        day: "2026-11-24".into(),
    });
    let said = chinese(&w, from).join("\n");
    for ending in ["记为已结束", "记为已离开", "记为未到", "：前一天未开始接待"]
    {
        assert!(said.contains(ending), "{ending} in {said}");
    }
}

#[test]
fn r11_a_slip_taken_back_is_named() {
    let mut w = World::on_duty(1);
    let visit = w.arrive();
    w.begin(visit);
    w.step(visit, Step::Finish);
    let from = w.state.book.len();
    w.step(visit, Step::Undo);
    assert_eq!(chinese(&w, from)[0], "撤销“接待结束”");
    assert_eq!(read(&w, from, Language::En)[0], "Undone: service finished");
}

#[test]
fn r8_a_second_owner_is_named() {
    let mut w = World::on_duty(3);
    let host = w.arrive_asking(0);
    let guest = w.arrive_asking(1);
    let from = w.state.book.len();
    w.step(guest, Step::Join { into: host });
    assert!(chinese(&w, from)[0].ends_with("，bo同为归属顾问"));
}

#[test]
fn r9_a_long_service_is_not_counted_while_the_floor_was_down() {
    let mut w = World::on_duty(2);
    let visit = w.arrive();
    w.begin(visit);
    let began = w.state.agents[&agent(0)].vouched_at;
    w.now = w.now.plus_minutes(180);
    let down_ms = 170 * 60_000;
    w.must(Command::Resume { down_ms });
    let vouched = w.state.agents[&agent(0)].vouched_at;
    assert_eq!(vouched, Millis(began.0 + down_ms));
    // Ten minutes of service so far: a turn missed is owed.
    let second = w.arrive();
    w.begin(second);
    w.arrive();
    w.step(second, Step::Finish);
    assert_eq!(w.owed(0), 1, "{:?}", chinese(&w, 0));
}

#[test]
fn r7_who_is_passed_over_reads_why_in_the_offices_words() {
    let mut w = World::on_duty(3);
    let fine = ManagersOrder::Penalise {
        agent: agent(0),
        turns: 1,
        rota: RotaKind::WalkIn,
    };
    w.manager(fine);
    let from = w.state.book.len();
    w.arrive();
    let said = chinese(&w, from)[1].clone();
    assert_eq!(said, "按顺序轮到bo（跳过情况：an有待扣轮次，扣去一轮）");
    w.set(2, Attendance::Away(AwayReason::Private));
    assert!(chinese(&w, from).contains(&"chen离岗（私事）".to_owned()));
}
