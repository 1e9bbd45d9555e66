//! A new PIN at the desk: under the manager's own sign-in, set by the person alone.

use super::*;

fn sheet(desk: &Desk) -> SheetView {
    desk.view(at(0)).sheet.expect("a sheet is open")
}

fn choose(desk: &mut Desk, label: &str) -> Vec<Effect> {
    let open = sheet(desk);
    let index = open.choices.iter().position(|c| c.label == label);
    desk.update(Message::Choose(index.expect("the choice")), at(0))
}

fn write(desk: &mut Desk, field: usize, text: &str) {
    let text = text.to_owned();
    desk.update(Message::TypeText { field, text }, at(0));
}

fn confirm(desk: &mut Desk) -> Option<Deed> {
    match desk.update(Message::Confirm, at(0)).as_slice() {
        [] => None,
        [Effect::Do(deed)] => Some(deed.clone()),
        other => panic!("{other:?}"),
    }
}

fn did(desk: &mut Desk, deed: Deed, result: Result<Outcome, Trouble>) {
    desk.update(Message::Did { deed, result }, at(0));
}

fn manager_signs_in(desk: &mut Desk) {
    assert_eq!(sheet(desk).title, "经理登录");
    write(desk, 0, "824613");
    let deed = confirm(desk).expect("a sign-in");
    let name = "林主任".to_owned();
    let manager = true;
    did(desk, deed, Ok(Outcome::Signed { name, manager }));
}

/// 陈静's code stands on the sheet.
fn with_code() -> Desk {
    let mut desk = desk_with(vec![]);
    desk.update(Message::OpenMenu, at(0));
    choose(&mut desk, "重设 PIN 码");
    manager_signs_in(&mut desk);
    assert_eq!(confirm(&mut desk), None, "whose?");
    choose(&mut desk, "陈静");
    let deed = confirm(&mut desk).unwrap();
    let staff = AgentId::new("陈静");
    assert_eq!(deed, Deed::PinCode { staff });
    let code = OneTimeCode {
        code: Private("7F3K-9QWZ".into()),
        expires: at(24 * 60),
    };
    did(&mut desk, deed, Ok(Outcome::Code(code)));
    desk
}

#[test]
fn k6_the_manager_gives_a_code_and_the_person_sets_a_pin_nobody_else_knows() {
    let mut desk = with_code();
    let open = sheet(&desk);
    let facts: Vec<_> = open.facts.iter().map(|f| f.value.as_str()).collect();
    assert_eq!(facts[0], "7F3K-9QWZ");
    assert!(facts[1].ends_with("14:00"), "until tomorrow: {facts:?}");
    assert!(open.fields.iter().all(|f| f.hidden));

    write(&mut desk, 0, "48 15 16");
    assert_eq!(confirm(&mut desk), None, "twice");
    write(&mut desk, 1, "481517");
    assert!(sheet(&desk).fields[1].wrong);
    assert_eq!(confirm(&mut desk), None, "the same twice");
    write(&mut desk, 1, "481516");
    let deed = confirm(&mut desk).unwrap();
    let Deed::SetPin { staff, code, pin } = &deed else {
        panic!("{deed:?}")
    };
    let sent = (staff.as_str(), code.0.as_str(), pin.0.as_str());
    assert_eq!(sent, ("陈静", "7F3K-9QWZ", "481516"));
    let said = format!("{deed:?}");
    assert!(!said.contains("481516") && !said.contains("7F3K"), "{said}");

    let trivial = Err(Trouble::Refused {
        code: "trivial_pin".into(),
    });
    did(&mut desk, deed.clone(), trivial);
    assert_eq!(sheet(&desk).fields[0].text.0, "", "typed again");
    assert!(desk.view(at(0)).note.text.contains("连号"));
    did(&mut desk, deed, Ok(Outcome::Done));
    let view = desk.view(at(0));
    assert!(view.sheet.is_none());
    assert_eq!(view.note.text, "陈静的 PIN 码已设定");
}

#[test]
fn k6_a_code_does_not_stay_on_a_desk_that_nobody_works_at() {
    let mut desk = with_code();
    desk.update(Message::Tick, at(0).plus_seconds(119));
    assert!(desk.view(at(0)).sheet.is_some());
    desk.update(Message::Tick, at(2));
    assert!(desk.view(at(2)).sheet.is_none());
}

#[test]
fn k6_whoever_signs_in_without_a_pin_finds_the_way_to_one() {
    let mut seen = picture(vec![]);
    seen.agents[0].status = "off".into();
    let mut desk = desk_with(vec![]);
    desk.update(news(seen), at(0));
    desk.update(Message::OpenSignIn, at(0));
    choose(&mut desk, "陈静");
    assert_eq!(
        sheet(&desk).groups[1].choices[0].label,
        "忘记或尚未设定 PIN 码"
    );
    let pick = Message::Pick { group: 1, index: 0 };
    assert_eq!(desk.update(pick, at(0)), [], "the manager first");
    manager_signs_in(&mut desk);
    let deed = confirm(&mut desk).unwrap();
    let staff = AgentId::new("陈静");
    assert_eq!(deed, Deed::PinCode { staff }, "of the one who was chosen");
}

#[test]
fn k6_a_new_pin_is_set_by_touch_alone() {
    let mut desk = with_code();
    let mut press = |label: &str| {
        let keys = sheet(&desk).groups[0].choices.clone();
        let index = keys.iter().position(|k| k.label == label).unwrap();
        desk.update(Message::Pick { group: 0, index }, at(0))
    };
    for key in [
        "4", "8", "1", "5", "1", "6", "4", "9", "删除", "8", "1", "5", "1", "6",
    ] {
        assert_eq!(press(key), []);
    }
    let sent = press("确定");
    assert!(
        matches!(&sent[..], [Effect::Do(Deed::SetPin { pin, .. })] if pin.0 == "481516"),
        "{sent:?}"
    );
    // Backwards over both lines.
    let mut desk = with_code();
    write(&mut desk, 0, "481516");
    write(&mut desk, 1, "4");
    for _ in 0..3 {
        desk.update(Message::Pick { group: 0, index: 9 }, at(0));
    }
    write(&mut desk, 1, "");
    assert!(sheet(&desk).fields[0].text.0 == "4815");
}
