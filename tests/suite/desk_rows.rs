//! The rows of the flow with everything on them at once: nothing essential is cut, in any language,
//! on a small and on a large screen.

use slint::ComponentHandle;
use yingbin::core::foretold::WaitRange;
use yingbin::core::id::AgentId;
use yingbin::core::language::{Language, Text};
use yingbin::core::turn_book::Rule;
use yingbin::core::visit::{Action, VisitState};
use yingbin::protocol::desk::DeskView;
use yingbin::protocol::visit::WantedView;

use super::desk_screen::Stage;
use super::support::desk_picture::{at, busy, id};
use super::support::snapshot::resize;

/// Two owners' guests have come together; one of the owners is free.
fn joined() -> DeskView {
    let mut view = busy();
    for visit in view.visits.iter_mut().filter(|v| v.id == id(8)) {
        visit.actions.push(Action::Reassign);
        visit.wanted = Some(owned_by("lin-xiao"));
        visit.co_owners = vec![AgentId::new("zhao-min")];
    }
    view
}

#[test]
fn r8_the_desk_sees_both_owners_and_chooses_who_serves() {
    for (language, name, more, give, owner) in [
        (
            Language::ZhCn,
            "zh-CN",
            "A008 更多",
            "指派顾问",
            "赵敏  4号洽谈桌 · 合为一组时带来",
        ),
        (
            Language::En,
            "en",
            "A008 More",
            "Give to…",
            "赵敏  Table 4 · joined party",
        ),
    ] {
        let stage = Stage::with(language, joined());
        stage.press(more);
        stage.looks(&format!("{name}-two-owners"));
        stage.press(give);
        stage.press(owner);
        stage.looks(&format!("{name}-two-owners-choice"));
    }
}

fn owned_by(agent: &str) -> WantedView {
    WantedView {
        agent: AgentId::new(agent),
        rule: Rule::Owner,
        source: None,
        time: None,
        broker: None,
        refused: false,
    }
}

/// A party with much to say about it among each column's others.
fn full() -> DeskView {
    let mut view = busy();
    for visit in &mut view.visits {
        visit.purpose = "after_sales".into();
        visit.drink = Some("tea".into());
        visit.party_size = 12;
        visit.address_form = Some("Ms Featherstonehaugh".into());
        visit.wait_range.get_or_insert(WaitRange {
            from_s: 4500,
            to_s: 8100,
        });
        if visit.state == VisitState::Waiting {
            visit.wanted = Some(owned_by("lin-xiao"));
            visit.co_owners = vec![AgentId::new("wu-fan")];
        }
        if visit.id == id(9) {
            visit.ticket = "K12-107".into();
            visit.also = Some("A009".into());
            visit.waits_since = Some("2026-11-23T12:31:00+08:00".into());
            visit.patience_ends = Some(at(1));
        }
    }
    view.agents[0].announced = Some(yingbin::core::rota::AwayReason::Private);
    view
}

fn stage(language: Language, width: u32, height: u32) -> Stage {
    let stage = Stage::with(language, full());
    stage.showroom(|showroom| {
        showroom.purposes[2].text = Text::zh_en(
            "售后与业主服务、物业交接",
            "After-sales and handing the keys over",
        );
        showroom.drinks[0].text = Text::zh_en("菊花普洱茶（热）", "Chrysanthemum tea, hot");
    });
    resize(stage.screen.window.window(), width, height);
    stage
}

#[test]
fn k6_a_full_row_stands_whole_on_a_large_screen() {
    stage(Language::ZhCn, 1920, 1080).looks("zh-CN-rows");
    stage(Language::ZhTw, 1920, 1080).looks("zh-TW-rows");
    stage(Language::En, 1920, 1080).looks("en-rows");
}

#[test]
fn k6_a_full_row_stands_whole_on_a_small_screen() {
    stage(Language::ZhCn, 1280, 800).looks("zh-CN-rows-small");
    stage(Language::ZhTw, 1280, 800).looks("zh-TW-rows-small");
    stage(Language::En, 1280, 800).looks("en-rows-small");
}

#[test]
fn k6_an_ordinary_row_says_the_told_wait_beside_the_drink() {
    Stage::new(Language::En).looks("en-busy");
}
