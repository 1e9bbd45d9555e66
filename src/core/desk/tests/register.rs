//! Registering by hand as stories.

use super::*;
use crate::core::foretold::WaitRange;
use crate::core::guest_name::Title;

fn filled(desk: &mut Desk) {
    for edit in [Edit::FirstVisit(true), Edit::Purpose(0), Edit::Party(2)] {
        desk.update(Message::Edit(edit), at(0));
    }
}

fn consents(desk: &mut Desk, answers: [bool; 2]) {
    desk.update(Message::Edit(Edit::NoticeShown), at(0));
    desk.update(Message::Edit(Edit::Adult(true)), at(0));
    for (index, given) in answers.into_iter().enumerate() {
        desk.update(Message::Edit(Edit::Consent { index, given }), at(0));
    }
}

fn submit(desk: &mut Desk, key: &str) -> Option<(String, Registration)> {
    let message = Message::Submit {
        fresh_key: key.into(),
    };
    match desk.update(message, at(0)).pop() {
        Some(Effect::Register { key, registration }) => Some((key, *registration)),
        None => None,
        other => panic!("{other:?}"),
    }
}

#[test]
fn k6_a_party_that_gives_no_data_is_registered_without_any_personal_field() {
    let mut desk = desk_with(vec![]);
    desk.update(Message::OpenForm, at(0));
    assert!(submit(&mut desk, "k1").is_none(), "incomplete");
    assert!(desk.view(at(0)).form.unwrap().missing.contains("来访目的"));
    filled(&mut desk);
    let (key, sent) = submit(&mut desk, "k1").unwrap();
    assert_eq!(key, "k1");
    assert_eq!(sent.party_size, 3);
    assert_eq!(sent.consents, []);
    assert_eq!(sent.person, None);
}

#[test]
fn p1_no_personal_field_opens_before_the_notice_in_the_guests_language() {
    let mut desk = desk_with(vec![]);
    desk.update(Message::OpenForm, at(0));
    let typed = |desk: &mut Desk| {
        desk.update(Message::Edit(Edit::Surname("李".into())), at(0));
        desk.view(at(0)).form.unwrap().surname.0
    };
    assert_eq!(typed(&mut desk), "");
    consents(&mut desk, [true, false]);
    assert_eq!(typed(&mut desk), "李");

    desk.update(Message::Edit(Edit::Language(1)), at(0));
    let form = desk.view(at(0)).form.unwrap();
    assert!(!form.notice_shown && !form.person_open);
    assert_eq!(
        form.surname.0, "",
        "what was typed under the other notice is gone"
    );
    assert_eq!(form.notice, "The notice");
}

#[test]
fn p2_each_purpose_has_its_own_answer_and_none_is_preset() {
    let mut desk = desk_with(vec![]);
    desk.update(Message::OpenForm, at(0));
    filled(&mut desk);
    desk.update(Message::Edit(Edit::NoticeShown), at(0));
    desk.update(Message::Edit(Edit::Adult(true)), at(0));
    let form = desk.view(at(0)).form.unwrap();
    assert!(form.consents.iter().all(|c| c.answer.is_none()));
    assert!(!form.can_submit, "an answer each, or no notice at all");
    desk.update(
        Message::Edit(Edit::Consent {
            index: 0,
            given: true,
        }),
        at(0),
    );
    assert_eq!(desk.view(at(0)).form.unwrap().consents[1].answer, None);
    desk.update(
        Message::Edit(Edit::Consent {
            index: 1,
            given: false,
        }),
        at(0),
    );
    let (_, sent) = submit(&mut desk, "k").unwrap();
    assert!(sent.consents[0].given && !sent.consents[1].given);
}

#[test]
fn p2_taking_the_consent_back_removes_what_was_typed() {
    let mut desk = desk_with(vec![]);
    desk.update(Message::OpenForm, at(0));
    filled(&mut desk);
    consents(&mut desk, [true, true]);
    desk.update(Message::Edit(Edit::Surname("李".into())), at(0));
    desk.update(Message::Edit(Edit::Title(Title::Ms)), at(0));
    consents(&mut desk, [false, true]);
    let (_, sent) = submit(&mut desk, "k").unwrap();
    assert_eq!(sent.person, None);
}

#[test]
fn p7_another_recipient_than_the_pinned_one_stops_personal_data() {
    let mut desk = desk_with(vec![]);
    desk.update(Message::OpenForm, at(0));
    filled(&mut desk);
    consents(&mut desk, [true, true]);
    desk.update(Message::Edit(Edit::Surname("李".into())), at(0));
    let strange = Showroom {
        recipient_is_pinned: false,
        ..showroom()
    };
    desk.update(Message::Site(Box::new(strange)), at(0));
    desk.update(Message::Edit(Edit::Party(1)), at(0));
    consents(&mut desk, [true, true]);
    let form = desk.view(at(0)).form.unwrap();
    assert!(!form.person_open && !form.can_take_data);
    let (_, sent) = submit(&mut desk, "k").unwrap();
    assert_eq!((sent.person, sent.consents), (None, vec![]));
}

#[test]
fn p4_a_child_is_asked_nothing_and_still_gets_a_number() {
    let mut desk = desk_with(vec![]);
    desk.update(Message::OpenForm, at(0));
    filled(&mut desk);
    consents(&mut desk, [true, true]);
    desk.update(Message::Edit(Edit::Adult(false)), at(0));
    let form = desk.view(at(0)).form.unwrap();
    assert!(!form.consents_open && !form.person_open);
    let (_, sent) = submit(&mut desk, "k").unwrap();
    assert!(sent.consents.iter().all(|c| !c.given));
}

#[test]
fn k6_a_form_without_an_answer_can_only_be_sent_again_as_it_was() {
    let mut desk = desk_with(vec![]);
    desk.update(Message::OpenForm, at(0));
    filled(&mut desk);
    let (key, first) = submit(&mut desk, "k1").unwrap();
    assert!(submit(&mut desk, "k2").is_none(), "a double press is one");
    let answer = |key: &str, result| Message::Registered {
        key: key.into(),
        result,
    };
    desk.update(answer(&key, Err(Trouble::Unreachable)), at(0));
    desk.update(Message::Edit(Edit::Party(1)), at(0));
    let (again, second) = submit(&mut desk, "k3").unwrap();
    assert_eq!((again.as_str(), &second), ("k1", &first));

    let registered = Registered {
        visit: id(8),
        ticket: "A008".into(),
        ahead: 2,
        wait_s: 601,
        wait_range: Some(WaitRange {
            from_s: 300,
            to_s: 900,
        }),
        agent: None,
    };
    desk.update(answer("other", Ok(registered.clone())), at(0));
    assert_eq!(desk.view(at(0)).form.unwrap().ticket, "");
    desk.update(answer("k1", Ok(registered)), at(0));
    let form = desk.view(at(0)).form.unwrap();
    assert_eq!(form.ticket, "A008");
    assert!(
        form.ticket_words.contains("预计等候约 5–15 分钟"),
        "{}",
        form.ticket_words
    );
}

#[test]
fn k6_a_refused_form_can_be_changed_and_goes_under_a_new_key() {
    let mut desk = desk_with(vec![]);
    desk.update(Message::OpenForm, at(0));
    filled(&mut desk);
    let (key, _) = submit(&mut desk, "k1").unwrap();
    let result = Err(Trouble::Refused {
        code: "unknown_purpose".into(),
    });
    desk.update(Message::Registered { key, result }, at(0));
    assert!(desk.view(at(0)).note.text.contains("来访目的"));
    desk.update(Message::Edit(Edit::Party(1)), at(0));
    let (key, sent) = submit(&mut desk, "k2").unwrap();
    assert_eq!((key.as_str(), sent.party_size), ("k2", 4));
}

#[test]
fn p6_nothing_personal_shows_in_debug_output() {
    let mut desk = desk_with(vec![visit(1, VisitState::Waiting, &[])]);
    desk.update(Message::OpenForm, at(0));
    filled(&mut desk);
    consents(&mut desk, [true, true]);
    desk.update(Message::Edit(Edit::Surname("欧阳".into())), at(0));
    desk.update(Message::Edit(Edit::Phone("13800138000".into())), at(0));
    let shown = format!("{:?}", desk.view(at(0)));
    let (_, sent) = submit(&mut desk, "k").unwrap();
    let effect = format!("{sent:?}");
    for secret in ["李女士", "欧阳", "13800138000"] {
        assert!(!shown.contains(secret) && !effect.contains(secret));
    }
}
