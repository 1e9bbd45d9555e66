//! A small made-up office: how a test sets it up, and guests who check in.

use std::time::Duration;

use yingbin::client::FloorClient;
use yingbin::client::enrol::enrol;
use yingbin::client::office::Office;
use yingbin::core::consent::Consent;
use yingbin::core::id::AgentId;
use yingbin::core::language::{Language, Text};
use yingbin::core::site::{ConsentPurpose, Drink, StaffMember, StaffRole, VisitPurpose};
use yingbin::core::ticket::Line;
use yingbin::crypto::seal::seal;
use yingbin::protocol::agent::{StatusChange, StatusRequest};
use yingbin::protocol::central::{FloorCredential, NoticeDraft, SiteSettings, StaffList};
use yingbin::protocol::check_in::{CheckInAnswer, CheckInRequest};
use yingbin::protocol::feed::DeviceRole;
use yingbin::protocol::profile::{PROFILE_VERSION, Profile, Title};
use yingbin::protocol::site::SiteView;

pub const USER: &str = "office-admin";
pub const PASSWORD: &str = "a long enough password";

/// What setting up gave.
pub struct SetUp {
    pub floor: FloorCredential,
    /// One-time codes.
    pub kiosk: String,
    pub desk: String,
}

/// The token a code is good for, as soon as the feed has told the floor of it.
pub async fn token(floor: &str, code: &str) -> String {
    until("the code on the floor", async || {
        match enrol(floor, code, None).await {
            Ok(enrolled) => Some(enrolled.token),
            Err(error) if error.is_temporary() => None,
            Err(error) => panic!("{error}"),
        }
    })
    .await
}

/// Everything from the one-time link to the screens' codes.
pub async fn set_up(office: &mut Office, link: &str) -> SetUp {
    let code = link.rsplit('/').next().expect("a code");
    office.set_up(code, USER, PASSWORD).await.unwrap();
    office.sign_in(USER, PASSWORD).await.unwrap();
    office.set_site(&site()).await.unwrap();
    office.set_notice(&notice()).await.unwrap();
    office.set_staff(&staff(3)).await.unwrap();
    SetUp {
        floor: office.enrol_floor().await.unwrap(),
        kiosk: office
            .add_device("kiosk-1", DeviceRole::Kiosk)
            .await
            .unwrap()
            .code,
        desk: office
            .add_device("desk-1", DeviceRole::Desk)
            .await
            .unwrap()
            .code,
    }
}

/// A zone where it is about noon now, so that no day begins during a test.
pub fn noon_zone() -> String {
    let hour = yingbin::wall_clock::now()
        .0
        .div_euclid(3_600_000)
        .rem_euclid(24);
    // The sign of these names is the other way round.
    match hour - 12 {
        0 => "Etc/GMT".to_owned(),
        east @ ..0 => format!("Etc/GMT{east}"),
        west => format!("Etc/GMT+{west}"),
    }
}

pub fn site() -> SiteSettings {
    SiteSettings {
        name: Text::zh_en("测试府", "Test House"),
        languages: Language::ALL.to_vec(),
        // Where it is about noon: no test of a real process runs across a midnight.
        time_zone: noon_zone(),
        visit_purposes: vec![VisitPurpose {
            id: "view_homes".into(),
            line: Line::New,
            text: Text::zh_en("看房", "View homes"),
        }],
        drinks: vec![Drink {
            id: "tea".into(),
            text: Text::zh_en("茶", "Tea"),
        }],
        ticket_base_url: String::new(),
    }
}

pub fn notice() -> NoticeDraft {
    NoticeDraft {
        version: "1".into(),
        text: Text::zh_en("告知\n- 处理者: 测试府", "Notice\n- Who: Test House"),
        purposes: ["reception", "follow_up_call"]
            .map(|id| ConsentPurpose {
                id: id.into(),
                text: Text::zh_en("用途", "Purpose"),
            })
            .to_vec(),
    }
}

pub fn staff(count: usize) -> StaffList {
    let staff = (1..=count)
        .map(|n| StaffMember {
            newcomer: false,
            id: AgentId::new(format!("agent-{n}")),
            name: format!("顾问{n}"),
            title: Text::zh_en("置业顾问", "Consultant"),
            place: format!("{n}号桌"),
            role: StaffRole::default(),
        })
        .collect();
    StaffList { staff }
}

/// Asks again and again until there is an answer: for what another process does in its own time.
///
/// # Panics
/// After a minute, which no working machine needs.
pub async fn until<T>(what: &str, mut ask: impl AsyncFnMut() -> Option<T>) -> T {
    let mut look = tokio::time::interval(Duration::from_millis(20));
    for _ in 0..3000 {
        look.tick().await;
        if let Some(found) = ask().await {
            return found;
        }
    }
    panic!("waited in vain for {what}");
}

/// Everybody signs in, once the feed has told the floor who there is.
pub async fn open_for_business(desk: &FloorClient) {
    let agents = until("the staff on the floor", async || {
        desk.agents()
            .await
            .ok()
            .filter(|list| !list.agents.is_empty())
    });
    for agent in agents.await.agents {
        let ready = StatusRequest {
            status: StatusChange::Ready,
            reason: None,
        };
        desk.set_status(&agent.id, &ready).await.unwrap();
    }
}

/// A guest of a test: what must never be found anywhere in clear.
#[derive(Clone)]
pub struct Guest {
    pub surname: String,
    pub given_name: String,
    pub phone: String,
    pub key: String,
}

pub fn guest(n: usize) -> Guest {
    Guest {
        surname: ["尉迟", "欧阳", "司马", "诸葛"][n % 4].into(),
        given_name: ["翀喆", "赟玥", "珺祎"][n % 3].into(),
        phone: format!("1387654{n:04}"),
        key: format!("guest-key-{n:04}"),
    }
}

impl Guest {
    pub fn address_form(&self) -> String {
        format!("{}女士", self.surname)
    }

    /// Everything personal about the guest, as it must stand in no file.
    pub fn secrets(&self) -> [String; 4] {
        let full = format!("{}{}", self.surname, self.given_name);
        [
            full,
            self.given_name.clone(),
            self.address_form(),
            self.phone.clone(),
        ]
    }

    pub fn request(&self, site: &SiteView) -> CheckInRequest {
        let profile = Profile {
            v: PROFILE_VERSION,
            surname: self.surname.clone(),
            given_name: Some(self.given_name.clone()),
            title: Title::Ms,
            phone: Some(self.phone.clone()),
            idempotency_key: self.key.clone(),
            notice_hash: site.notice.hash.clone(),
        };
        let sealed = seal(&profile, &site.recipient).unwrap();
        CheckInRequest {
            address_form: Some(self.address_form()),
            sealed_profile: Some(base64::Engine::encode(
                &base64::engine::general_purpose::STANDARD,
                sealed,
            )),
            consents: vec![Consent {
                purpose: "reception".into(),
                given: true,
            }],
            ..anonymous(site)
        }
    }

    pub async fn check_in(&self, kiosk: &FloorClient, site: &SiteView) -> CheckInAnswer {
        kiosk
            .check_in(&self.key, &self.request(site))
            .await
            .unwrap()
    }
}

/// A guest who refuses everything.
pub fn anonymous(site: &SiteView) -> CheckInRequest {
    CheckInRequest {
        language: Language::ZhCn,
        first_visit: true,
        purpose: "view_homes".into(),
        party_size: 2,
        notice_version: site.notice.version.clone(),
        consents: vec![Consent {
            purpose: "reception".into(),
            given: false,
        }],
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
