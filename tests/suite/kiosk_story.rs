//! The kiosk's way from the first touch to the wipe, told without a window.

use yingbin::core::guest_name::Title;
use yingbin::core::id::AgentId;
use yingbin::core::kiosk::{
    Before, Effect, Failure, Field, MAX_NAME, Message, Paper, Settings, Step,
};
use yingbin::core::language::Language;

use super::support::kiosk::{RECIPIENT, Story, site, ticket};

fn refused(code: &str) -> Failure {
    Failure::Refused { code: code.into() }
}

#[test]
fn k1_a_guest_who_agrees_is_checked_in_with_everything_said() {
    let mut story = Story::open();
    story
        .tell(Message::Start {
            key: "key-1".into(),
        })
        .tell(Message::Before(Before::Yes))
        .tell(Message::AskFor(Some(AgentId::new("wu-bo"))))
        .tell(Message::Next)
        .consent("reception", true)
        .consent("follow_up_call", true)
        .tell(Message::Next)
        .tell(Message::OfAge(true))
        .type_in("ouyang ")
        .tell(Message::Title(Title::Ms))
        .tell(Message::Focus(Field::GivenName))
        .type_in("zihan")
        .tell(Message::Pick(0))
        .tell(Message::Next)
        .type_in("13800138000");
    assert_eq!(story.view().phone.shown, "138 0013 8000");
    story.walk_to(Step::Sending);

    let sent = story.sent();
    let parts = sent[0];
    let personal = parts.personal.as_ref().unwrap();
    assert_eq!((parts.key.as_str(), parts.first_visit), ("key-1", false));
    assert_eq!(parts.asked_for, Some(AgentId::new("wu-bo")));
    assert_eq!(personal.surname, "欧阳");
    assert_eq!(personal.given_name.as_deref(), Some("子涵"));
    assert_eq!(personal.address_form, "欧阳女士");
    assert_eq!(personal.phone.as_deref(), Some("13800138000"));
    assert_eq!(personal.recipient, RECIPIENT);
    let answers: Vec<_> = parts
        .consents
        .iter()
        .map(|c| (c.purpose.as_str(), c.given))
        .collect();
    assert_eq!(
        answers,
        [
            ("reception", true),
            ("follow_up_call", true),
            ("follow_up_sms", false)
        ]
    );

    story.answered();
    let card = story.view().ticket.unwrap();
    assert_eq!(card.number, "A007");
    assert_eq!(card.ahead, "前面还有 2 位");
    assert_eq!(card.wait, "预计等候约 5–15 分钟");
    assert_eq!(card.consultant, "陈静 · 置业顾问");
    assert_eq!(
        story.effects.last(),
        Some(&Effect::WatchPrint {
            visit: ticket().visit
        })
    );
}

#[test]
fn p2_refusing_everything_still_gives_a_ticket_and_skips_the_personal_pages() {
    let mut story = Story::at(Step::Notice);
    for purpose in ["reception", "follow_up_call", "follow_up_sms"] {
        story.consent(purpose, false);
    }
    story.tell(Message::Next);
    assert_eq!(story.step(), Step::Visit);
    story.walk_to(Step::Ticket);
    let sent = story.sent();
    assert_eq!(sent[0].personal, None);
    assert!(sent[0].consents.iter().all(|c| !c.given));
    assert_eq!(sent[0].consents.len(), 3);
}

#[test]
fn p2_nothing_is_agreed_beforehand_and_silence_is_a_refusal() {
    let mut story = Story::at(Step::Notice);
    assert!(story.view().consents.iter().all(|row| row.answer.is_none()));
    assert!(
        story.view().can_go_on,
        "refusing takes no more touches than agreeing"
    );
    story.tell(Message::Next).walk_to(Step::Sending);
    let sent = story.sent();
    assert!(sent[0].consents.iter().all(|c| !c.given));
    assert_eq!(sent[0].personal, None);
}

#[test]
fn p2_agreeing_to_a_call_alone_opens_no_personal_field() {
    let mut story = Story::at(Step::Notice);
    story
        .consent("follow_up_call", true)
        .tell(Message::Next)
        .tell(Message::OfAge(true));
    assert_eq!(story.step(), Step::Visit);
}

#[test]
fn p1_no_personal_field_takes_a_touch_before_notice_consent_and_age() {
    for step in [
        Step::Welcome,
        Step::Before,
        Step::Notice,
        Step::Age,
        Step::UnderAge,
        Step::Visit,
    ] {
        let mut story = Story::open();
        if step == Step::Visit {
            story.walk_to(Step::Notice).tell(Message::Next);
        } else {
            story.walk_to(step);
        }
        story
            .tell(Message::Focus(Field::Surname))
            .tell(Message::Surname("王".into()))
            .type_in("li ")
            .tell(Message::Focus(Field::Phone))
            .type_in("138");
        let view = story.view();
        assert_eq!(story.step(), step);
        assert_eq!(
            (view.surname.as_str(), view.phone.shown.as_str()),
            ("", ""),
            "{step:?}"
        );
    }
}

#[test]
fn p1_another_language_shows_the_notice_again_and_keeps_what_was_typed() {
    let mut story = Story::at(Step::Name);
    story
        .tell(Message::Surname("欧阳".into()))
        .tell(Message::Title(Title::Mr))
        .tell(Message::Next)
        .type_in("138")
        .tell(Message::Language(Language::En));
    let view = story.view();
    assert_eq!(view.step, Step::Notice);
    assert_eq!(view.notice_title, "Privacy notice");
    assert!(
        view.consents.iter().all(|row| row.answer.is_none()),
        "asked anew"
    );

    story.consent("reception", true).tell(Message::Next);
    let view = story.view();
    assert_eq!(view.step, Step::Phone, "the guest goes on where they were");
    assert_eq!(
        (view.phone.shown.as_str(), view.surname.as_str()),
        ("138", "欧阳")
    );
    assert_eq!(view.address_form, "Mr 欧阳");
}

#[test]
fn p1_in_another_language_the_personal_page_is_gone_once_reception_is_refused() {
    let mut story = Story::at(Step::Phone);
    story
        .tell(Message::Language(Language::ZhTw))
        .tell(Message::Next);
    assert_eq!(story.step(), Step::Age);
    story.tell(Message::OfAge(true));
    assert_eq!(story.step(), Step::Visit);
    story.walk_to(Step::Sending);
    assert_eq!(story.sent()[0].personal, None);
}

#[test]
fn k1_the_language_can_be_switched_on_every_screen() {
    for step in [
        Step::Welcome,
        Step::Before,
        Step::Notice,
        Step::Age,
        Step::UnderAge,
        Step::Name,
        Step::Phone,
        Step::Visit,
        Step::Sending,
        Step::Ticket,
    ] {
        let mut story = Story::at(step);
        story.tell(Message::Language(Language::En));
        let view = story.view();
        assert_eq!(view.language, Language::En);
        assert_eq!(view.site_name, "Cloud Residence");
        let stays = !matches!(
            step,
            Step::Age | Step::UnderAge | Step::Name | Step::Phone | Step::Visit
        );
        assert_eq!(view.step, if stays { step } else { Step::Notice });
    }
}

#[test]
fn p4_under_fourteen_an_adult_takes_over_or_the_ticket_is_anonymous() {
    let mut story = Story::at(Step::UnderAge);
    story.tell(Message::Anonymous);
    assert_eq!(story.step(), Step::Visit);
    story.walk_to(Step::Sending);
    let sent = story.sent();
    assert_eq!(sent[0].personal, None);
    assert!(
        sent[0].consents.iter().all(|c| !c.given),
        "a child agrees to nothing"
    );

    let mut story = Story::at(Step::UnderAge);
    story.tell(Message::AdultTakesOver);
    assert_eq!(story.step(), Step::Notice, "the adult reads it too");
    assert!(story.view().consents.iter().all(|row| row.answer.is_none()));
    story.walk_to(Step::Name);
}

#[test]
fn p6_idle_shows_a_countdown_and_then_wipes() {
    let mut story = Story::at(Step::Name);
    story.tell(Message::Surname("李".into())).wait(29);
    assert_eq!(story.view().countdown, None);
    story.wait(1);
    assert_eq!(story.view().countdown, Some(10));
    story.wait(9);
    assert_eq!(
        (story.view().countdown, story.step()),
        (Some(1), Step::Name)
    );
    story.wait(1);
    let view = story.view();
    assert_eq!(view.step, Step::Welcome);
    assert_eq!((view.surname.as_str(), view.countdown), ("", None));
    assert!(story.effects.contains(&Effect::Wipe));
}

#[test]
fn p6_a_touch_during_the_countdown_keeps_everything() {
    let mut story = Story::at(Step::Name);
    story
        .tell(Message::Surname("李".into()))
        .wait(35)
        .tell(Message::Touched)
        .wait(20);
    let view = story.view();
    assert_eq!((view.surname.as_str(), view.countdown), ("李", None));
}

#[test]
fn p6_whoever_walks_away_halfway_leaves_nothing_to_the_next_guest() {
    for step in [
        Step::Before,
        Step::Notice,
        Step::Age,
        Step::Name,
        Step::Phone,
        Step::Visit,
        Step::Ticket,
    ] {
        let mut story = Story::at(step);
        story.tell(Message::Language(Language::En)).wait(60);
        let mut fresh = Story::open();
        assert_eq!(story.view(), fresh.view(), "{step:?}");
        for s in [&mut story, &mut fresh] {
            s.tell(Message::Start {
                key: "key-2".into(),
            })
            .walk_to(Step::Name);
        }
        assert_eq!(story.view(), fresh.view(), "{step:?}");
    }
}

#[test]
fn p6_the_ticket_counts_down_visibly_and_is_wiped() {
    let mut story = Story::at(Step::Ticket);
    assert_eq!(story.view().countdown, Some(45));
    story.wait(44);
    assert_eq!(
        (story.view().countdown, story.step()),
        (Some(1), Step::Ticket)
    );
    story.wait(1);
    assert_eq!((story.view().ticket, story.step()), (None, Step::Welcome));

    let mut story = Story::at(Step::Ticket);
    story.wait(1).tell(Message::Leave);
    assert_eq!(story.step(), Step::Welcome);
    assert_eq!(story.effects.last(), Some(&Effect::Wipe));
}

#[test]
fn k1_the_second_half_of_a_double_tap_does_not_take_the_new_ticket_away() {
    let mut story = Story::at(Step::Ticket);
    story.tell(Message::Leave).tell(Message::Leave);
    assert_eq!(story.step(), Step::Ticket);
    story.wait(1).tell(Message::Leave);
    assert_eq!(story.step(), Step::Welcome);
}

#[test]
fn k1_going_back_keeps_what_was_typed() {
    let mut story = Story::at(Step::Name);
    story
        .tell(Message::Surname("李".into()))
        .tell(Message::Title(Title::Ms))
        .tell(Message::Next)
        .type_in("13800138000")
        .tell(Message::Next)
        .tell(Message::Purpose("signing".into()))
        .tell(Message::PartySize(4));
    for step in [
        Step::Phone,
        Step::Name,
        Step::Age,
        Step::Notice,
        Step::Before,
    ] {
        story.tell(Message::Back);
        assert_eq!(story.step(), step);
    }
    for step in [
        Step::Notice,
        Step::Age,
        Step::Name,
        Step::Phone,
        Step::Visit,
    ] {
        story.tell(Message::Next);
        assert_eq!(story.step(), step);
    }
    let view = story.view();
    assert_eq!(
        (view.surname.as_str(), view.title, view.party_size),
        ("李", Title::Ms, Some(4))
    );
    assert_eq!(view.phone.shown, "138 0013 8000");
    assert!(view.purposes.iter().any(|p| p.chosen && p.id == "signing"));
}

#[test]
fn k1_double_taps_make_one_request() {
    let mut story = Story::at(Step::Sending);
    story
        .tell(Message::Next)
        .tell(Message::Next)
        .tell(Message::Retry)
        .wait(5);
    assert_eq!(story.sent().len(), 1);
    story.answered().tell(Message::Next).tell(Message::Next);
    assert_eq!(story.sent().len(), 1);
    assert_eq!(story.step(), Step::Ticket);
}

#[test]
fn k1_an_unreachable_floor_is_tried_again_with_the_same_request_and_then_given_up_politely() {
    let mut story = Story::at(Step::Sending);
    for (tries, seconds) in [(2, 1), (3, 2), (4, 4), (5, 8)] {
        story.failed(Failure::Temporary);
        assert!(story.view().retrying);
        story.wait(seconds);
        assert_eq!(story.sent().len(), tries);
    }
    story.failed(Failure::Temporary);
    let view = story.view();
    assert_eq!(view.step, Step::Trouble);
    assert!(view.trouble.contains("前台") && view.can_retry);

    story.wait(20);
    assert_eq!(
        story.sent().len(),
        5,
        "a late success would be a second ticket beside the desk's"
    );
    story.tell(Message::Retry);
    let sent = story.sent();
    assert_eq!(sent.len(), 6);
    assert!(sent.iter().all(|parts| *parts == sent[0]));
    story.answered();
    assert_eq!(story.step(), Step::Ticket);
}

#[test]
fn k1_waiting_for_an_answer_is_not_idling() {
    let mut story = Story::at(Step::Sending);
    story.wait(50).answered();
    assert_eq!(story.step(), Step::Ticket);
}

#[test]
fn p6_an_answer_that_comes_after_the_wipe_is_not_shown_to_the_next_guest() {
    let mut story = Story::at(Step::Sending);
    for seconds in [1, 2, 4, 8, 0] {
        story.failed(Failure::Temporary).wait(seconds);
    }
    story.tell(Message::Leave).answered();
    assert_eq!(story.step(), Step::Welcome);
    story
        .tell(Message::Start {
            key: "key-2".into(),
        })
        .answered();
    assert_eq!((story.step(), story.view().ticket), (Step::Before, None));
}

#[test]
fn k1_refusals_of_the_floor_are_told_politely() {
    for (code, retry) in [
        ("unauthorised", false),
        ("key_reused", false),
        ("something_new", false),
    ] {
        let mut story = Story::at(Step::Sending);
        story.failed(refused(code));
        let view = story.view();
        assert_eq!((view.step, view.can_retry), (Step::Trouble, retry));
        assert!(view.trouble.contains("前台"), "{code}: {}", view.trouble);
        assert!(!view.trouble.contains(code));
    }
}

#[test]
fn k2_a_notice_that_changed_under_the_guest_is_shown_and_asked_again() {
    let mut story = Story::at(Step::Sending);
    story.failed(refused("notice_outdated"));
    assert_eq!(story.effects.last(), Some(&Effect::FetchSite));
    let mut newer = site();
    newer.notice.version = "2026-2".into();
    story.tell(Message::SiteFetched(Box::new(newer)));
    let view = story.view();
    assert_eq!((view.step, view.notice_renewed), (Step::Notice, true));
    assert!(view.consents.iter().all(|row| row.answer.is_none()));

    story.consent("reception", true).tell(Message::Next);
    assert_eq!(story.step(), Step::Visit, "nothing is asked twice");
    story.tell(Message::Next);
    let sent = story.sent();
    assert_eq!(sent[1].notice_version, "2026-2");
    assert_ne!(sent[0].key, sent[1].key, "other words, another key");
    assert!(sent[1].personal.is_some());
}

#[test]
fn k3_without_paper_number_and_code_stay_on_the_screen() {
    let mut story = Story::at(Step::Ticket);
    assert_eq!(story.view().ticket.unwrap().paper, Paper::Pending);
    let visit = ticket().visit;
    story.tell(Message::Paper {
        visit,
        paper: Paper::Missing,
    });
    let card = story.view().ticket.unwrap();
    assert_eq!(
        card.paper_note,
        "票纸暂未打出，请记下号码或扫码，前台会为您补打"
    );
    assert_eq!((card.number.as_str(), card.url.is_empty()), ("A007", false));
    story.tell(Message::Paper {
        visit,
        paper: Paper::Printed,
    });
    assert_eq!(
        story.view().ticket.unwrap().paper_note,
        "请取走您的号票，谢谢"
    );
}

#[test]
fn p7_another_recipient_than_the_pinned_one_closes_the_personal_fields() {
    let mut story = Story::begin(Settings {
        pinned_recipient: Some("age1theoneofourenrolment".into()),
        ..Settings::default()
    });
    story
        .tell(Message::SiteFetched(Box::new(site())))
        .walk_to(Step::Notice);
    let view = story.view();
    assert!(view.personal_closed && view.consents.is_empty());
    story.consent("reception", true).tell(Message::Next);
    assert_eq!(story.step(), Step::Visit);
    story.walk_to(Step::Ticket);
    let sent = story.sent();
    assert_eq!(
        (&sent[0].personal, sent[0].consents.is_empty()),
        (&None, true)
    );
    assert!(
        !story
            .effects
            .iter()
            .any(|e| matches!(e, Effect::Pin { .. }))
    );
}

#[test]
fn p7_the_first_recipient_seen_is_pinned_and_a_later_one_is_not_followed() {
    let mut story = Story::open();
    assert_eq!(
        story.effects,
        [Effect::Pin {
            recipient: RECIPIENT.into()
        }]
    );
    let mut other = site();
    other.recipient = "age1anotherone".into();
    story
        .tell(Message::SiteFetched(Box::new(other)))
        .walk_to(Step::Notice);
    assert!(story.view().personal_closed);
}

#[test]
fn p7_what_cannot_be_sealed_is_not_sent_and_the_guest_still_gets_a_ticket() {
    let mut story = Story::at(Step::Sending);
    story.failed(Failure::Sealing);
    let sent = story.sent();
    assert_eq!((sent.len(), &sent[1].personal), (2, &None));
    story.answered();
    assert_eq!(story.step(), Step::Ticket);
}

#[test]
fn k1_the_floor_away_at_the_start_recovers_by_itself() {
    let mut story = Story::begin(Settings::default());
    story.tell(Message::Tick);
    assert_eq!(story.effects, [Effect::FetchSite]);
    for _ in 0..5 {
        story.tell(Message::SiteFailed).wait(9);
        assert_eq!(story.effects.last(), Some(&Effect::FetchSite));
        assert_eq!(story.step(), Step::Connecting);
    }
    story.tell(Message::SiteFetched(Box::new(site())));
    assert_eq!(story.step(), Step::Welcome);
    assert_eq!(
        story
            .effects
            .iter()
            .filter(|e| **e == Effect::FetchSite)
            .count(),
        6
    );
}

#[test]
fn k1_nobody_is_invited_while_the_floor_is_away() {
    let mut story = Story::open();
    story.wait(16).tell(Message::SiteFailed);
    assert_eq!(story.step(), Step::Welcome, "one lost packet says nothing");
    story.wait(3).tell(Message::SiteFailed);
    assert_eq!(story.step(), Step::Connecting);
    story.wait(5).tell(Message::SiteFetched(Box::new(site())));
    assert_eq!(story.step(), Step::Welcome);
}

#[test]
fn k1_a_site_that_changes_reaches_the_next_guest_only() {
    let mut story = Story::open();
    story.wait(16).walk_to(Step::Before);
    let mut newer = site();
    newer.consultants.clear();
    story.tell(Message::SiteFetched(Box::new(newer)));
    assert_eq!(story.view().consultants.len(), 4);
    story.tell(Message::Leave);
    assert!(story.view().consultants.is_empty());
}

#[test]
fn k1_nonsense_rare_and_endless_names_do_no_harm() {
    let mut story = Story::at(Step::Name);
    story
        .tell(Message::SwitchInput)
        .type_in(" -😀1234@#\u{7}\n");
    assert_eq!(story.view().surname, "");
    assert!(!story.view().can_go_on);
    story.type_in("𠮷O'Néill-Müller");
    assert_eq!(story.view().surname, "𠮷O'Néill-Müller");
    story.tell(Message::Clear).type_in(&"长".repeat(99));
    assert_eq!(story.view().surname.chars().count(), MAX_NAME);
    story
        .tell(Message::Surname("𰻝".repeat(60)))
        .walk_to(Step::Sending);
    assert!(story.sent()[0].personal.is_some());
}

#[test]
fn k1_pinyin_is_composed_picked_and_taken_back() {
    let mut story = Story::at(Step::Name);
    story.type_in("li");
    assert_eq!(
        (
            story.view().composing.as_str(),
            story.view().candidates.len()
        ),
        ("li", 3)
    );
    story.tell(Message::Backspace);
    assert_eq!(
        (
            story.view().composing.as_str(),
            story.view().candidates.len()
        ),
        ("l", 0)
    );
    story.type_in("i").tell(Message::Pick(1));
    assert_eq!(
        (
            story.view().surname.as_str(),
            story.view().composing.as_str()
        ),
        ("黎", "")
    );
    story.tell(Message::Pick(9)).tell(Message::Backspace);
    assert_eq!(story.view().surname, "");

    story
        .tell(Message::Surname("王".into()))
        .tell(Message::Focus(Field::GivenName))
        .type_in("zi'zihan")
        .tell(Message::Pick(1));
    let view = story.view();
    assert_eq!(
        (view.given_name.as_str(), view.composing.as_str()),
        ("梓", "zihan")
    );
    story.tell(Message::Key(' '));
    assert_eq!(story.view().given_name, "梓子涵");
}

#[test]
fn k1_a_phone_number_is_optional_but_must_be_one() {
    for (typed, right) in [
        ("", true),
        ("13800138000", true),
        ("+85291234567", true),
        ("01082345678", true),
        ("138001380", false),
        ("12345678901", false),
        ("+", false),
    ] {
        let mut story = Story::at(Step::Phone);
        story.type_in(typed).tell(Message::Next);
        assert_eq!(story.step() == Step::Visit, right, "{typed}");
        assert_eq!(story.view().phone.wrong, !right, "{typed}");
        if !right {
            story.tell(Message::Clear).tell(Message::Next);
            assert_eq!(story.step(), Step::Visit);
        }
    }
}

#[test]
fn k1_purpose_and_party_size_are_needed_and_only_offered_ones_are_taken() {
    let mut story = Story::at(Step::Visit);
    story
        .tell(Message::Purpose("rob_a_bank".into()))
        .tell(Message::Drink(Some("gin".into())))
        .tell(Message::PartySize(500))
        .tell(Message::Next);
    assert_eq!(
        (story.step(), story.view().party_size),
        (Step::Visit, Some(20))
    );
    assert!(story.view().no_drink);
    story
        .tell(Message::Purpose("signing".into()))
        .tell(Message::Drink(Some("tea".into())))
        .tell(Message::Next);
    assert_eq!(story.sent()[0].drink.as_deref(), Some("tea"));
}

#[test]
fn p6_nothing_personal_is_in_the_debug_output_of_effects() {
    let mut story = Story::at(Step::Name);
    story
        .tell(Message::Surname("欧阳".into()))
        .walk_to(Step::Sending);
    assert!(!format!("{:?}", story.effects).contains("欧阳"));
}

#[test]
fn p6_a_language_chosen_and_left_is_set_back_for_the_next_guest() {
    let mut story = Story::open();
    story.tell(Message::Language(Language::En)).wait(29);
    assert_eq!(story.view().language, Language::En);
    story.wait(1);
    assert_eq!(story.view().language, Language::ZhCn);
}

#[test]
fn k10_a_kiosk_that_meets_another_floor_says_so_until_it_is_the_right_one_again() {
    let mut story = Story::open();
    story.tell(Message::OtherFloor);
    let view = story.view();
    assert_eq!((view.step, view.can_retry), (Step::Trouble, false));
    assert!(
        view.trouble.contains("不是登记时的那一台"),
        "{}",
        view.trouble
    );
    story
        .tell(Message::Leave)
        .tell(Message::Start {
            key: "key-1".into(),
        })
        .wait(120);
    assert_eq!(story.step(), Step::Trouble, "nobody begins here");
    let asked = story.effects.iter().filter(|e| **e == Effect::FetchSite);
    assert_eq!(
        asked.count(),
        1,
        "it goes on asking, and waits for the answer"
    );
    story.tell(Message::OtherFloor).wait(10);
    assert_eq!(story.step(), Step::Trouble);
    story.tell(Message::SiteFetched(Box::new(site())));
    assert_eq!(
        (story.step(), story.view().trouble),
        (Step::Welcome, String::new())
    );
    story.walk_to(Step::Ticket);
}

#[test]
fn k10_a_guest_half_way_is_sent_to_the_desk_and_nothing_is_sent_to_another_floor() {
    let mut story = Story::at(Step::Sending);
    story.tell(Message::OtherFloor).failed(Failure::OtherFloor);
    let view = story.view();
    assert_eq!((view.step, view.can_retry), (Step::Trouble, false));
    assert_eq!(story.sent().len(), 1);
    story.tell(Message::Leave);
    assert_eq!(story.step(), Step::Welcome);
}

#[test]
fn k10_the_kiosks_own_ticket_promises_neither_an_agent_nor_a_position() {
    let mut story = Story::at(Step::Sending);
    let key = story.sent()[0].key.clone();
    let ticket = yingbin::core::kiosk::TicketInfo {
        number: "K2-07".into(),
        ahead: 0,
        wait_seconds: 0,
        wait_range: None,
        consultant: None,
        printing: false,
        ..ticket()
    };
    story.tell(Message::CheckedIn {
        key,
        ticket: Box::new(ticket),
    });
    for language in Language::ALL {
        story.tell(Message::Language(language));
        let card = story.view().ticket.unwrap();
        let figures = format!("{} {}", card.ahead, card.wait);
        assert!(!figures.contains(|c: char| c.is_ascii_digit()), "{figures}");
        assert!(!figures.contains("kiosk."), "{figures}");
    }
}

#[test]
fn k6_after_the_closing_the_kiosk_says_so_and_takes_nobody_in() {
    let mut story = Story::open();
    let mut closed = site();
    closed.closed = true;
    story.tell(Message::SiteFetched(Box::new(closed)));
    assert!(story.view().closed);
    story.tell(Message::Start { key: "k".into() });
    assert_eq!(story.view().step, Step::Welcome);
    story.tell(Message::SiteFetched(Box::new(site())));
    story.tell(Message::Start { key: "k".into() });
    assert_ne!(story.view().step, Step::Welcome, "open again");
}
