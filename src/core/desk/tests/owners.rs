//! Two owners of one party (rule 8): the desk sees both and chooses who serves.

use super::*;

fn joined() -> Desk {
    let mut party = visit(1, VisitState::Waiting, &[Action::Reassign, Action::Leave]);
    party.belongs_to = Some((AgentId::new("吴凡"), "owner".into()));
    party.co_owners = vec![AgentId::new("周岩")];
    desk_with(vec![party, visit(2, VisitState::Waiting, &[])])
}

#[test]
fn r8_both_owners_of_a_joined_party_stand_in_the_row_and_in_the_sheet() {
    let mut desk = joined();
    let rows = &desk.view(at(0)).columns[0];
    assert_eq!(rows[0].owners, "吴凡、周岩的来宾");
    assert_eq!(rows[1].owners, "", "nobody has to choose");
    desk.update(Message::OpenVisit(id(1)), at(0));
    let sheet = desk.view(at(0)).sheet.unwrap();
    let belongs = sheet.facts.iter().find(|f| f.label == "来宾归属");
    assert_eq!(
        belongs.unwrap().value,
        "吴凡（原顾问）、周岩（合为一组时带来）"
    );
}

#[test]
fn r8_who_serves_is_chosen_among_the_owners_first() {
    let mut desk = joined();
    desk.update(press(id(1), Action::Reassign), at(0));
    let sheet = desk.view(at(0)).sheet.unwrap();
    let choices: Vec<_> = sheet.choices.iter().map(|c| c.label.as_str()).collect();
    assert_eq!(choices, ["周岩", "陈静"], "吴凡 serves somebody");
    assert!(sheet.choices[0].detail.contains("合为一组时带来"));
    desk.update(Message::Choose(0), at(0));
    desk.update(Message::TypeReason("两家一起来".into()), at(0));
    let sent = desk.update(Message::Confirm, at(0));
    assert_eq!(acts(&sent)[0].1.agent, Some(AgentId::new("周岩")));
}
