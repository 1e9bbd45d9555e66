//! A made-up showroom with made-up people.

use yingbin::core::consent::Consent;
use yingbin::core::id::AgentId;
use yingbin::core::language::{Language, Text};
use yingbin::core::site::{
    ConsentPurpose, Drink, Notice, Site, StaffMember, StaffRole, VisitPurpose,
};
use yingbin::core::ticket::Line;
use yingbin::protocol::check_in::CheckInRequest;

pub const AGENTS: [&str; 3] = ["chen-jing", "wu-bo", "he-lian"];

pub fn site() -> Site {
    let names = ["陈静", "吴波", "何莲"];
    let mut notice = Notice {
        version: "2026-1".into(),
        hash: String::new(),
        text: Text::zh_en("个人信息处理告知", "Privacy notice"),
        purposes: ["reception", "follow_up_call"]
            .map(|id| ConsentPurpose {
                id: id.into(),
                text: Text::zh_en("用途", "Purpose"),
            })
            .into(),
    };
    notice.hash = yingbin::crypto::chain::sha256_hex(&notice.canonical());
    Site {
        name: Text::zh_en("云栖府", "Cloud Terrace"),
        languages: Language::ALL.into(),
        time_zone: "Asia/Shanghai".into(),
        recipient: String::new(),
        notice,
        visit_purposes: vec![VisitPurpose {
            id: "view_homes".into(),
            line: Line::New,
            text: Text::zh_en("看房", "View homes"),
        }],
        staff: AGENTS
            .iter()
            .zip(names)
            .enumerate()
            .map(|(at, (id, name))| StaffMember {
                newcomer: false,
                id: AgentId::new(*id),
                name: name.into(),
                title: Text::zh_en("置业顾问", "Consultant"),
                place: (at + 1).to_string(),
                role: StaffRole::default(),
            })
            .collect(),
        drinks: vec![Drink {
            id: "tea".into(),
            text: Text::zh_en("茶", "Tea"),
        }],
        ticket_base_url: String::new(),
    }
}

/// A party that says as little as possible.
pub fn party() -> CheckInRequest {
    CheckInRequest {
        language: Language::ZhCn,
        first_visit: true,
        purpose: "view_homes".into(),
        party_size: 2,
        notice_version: "2026-1".into(),
        consents: Vec::new(),
        address_form: None,
        sealed_profile: None,
        asked_for: None,
        drink: Some("tea".into()),
        appointment: None,
        channel: None,
        split_from: None,
        issued: None,
    }
}

pub fn agreed(purpose: &str) -> Consent {
    Consent {
        purpose: purpose.into(),
        given: true,
    }
}
